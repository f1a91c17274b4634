//! `serve`: opens a data folder, serves it over HTTP and stops in good order.
//!
//! The configuration is flags, then environment variables, then what stands here; there is no configuration file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::cli::environment::{self, ClockArgs, setting};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::{keyfile, output};
use crate::http;
use crate::service::{Registry, ServiceFault};

const LISTEN_DEFAULT: &str = "127.0.0.1:8470";
const LOG_DEFAULT: &str = "info";
/// How often the registry is asked whether a storage error has stopped it.
const STOP_POLL: Duration = Duration::from_millis(200);

/// Serve a registry over HTTP
///
/// Prints "listening on http://..." when it takes requests. SIGINT and SIGTERM end it: requests under way are finished first.
/// A storage error ends it with exit code 3, since nothing may be acknowledged that is not on the disk.
///
/// Environment: GREENLIEN_LOG_KEY, GREENLIEN_LISTEN, GREENLIEN_LOG, GREENLIEN_PASSPHRASE, each overridden by its flag.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ServeArgs {
    /// The data folder
    folder: PathBuf,
    /// The key that signs checkpoints
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Accept keys named *.test.key, on a test system
    #[arg(long)]
    allow_test_keys: bool,
    /// Take the passphrase of the log key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Which log lines to write, such as info or greenlien=debug
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
    /// Write log lines as JSON
    #[arg(long)]
    json_logs: bool,
    #[command(flatten)]
    clock: ClockArgs,
}

/// What the flags and the environment say.
struct Config {
    log_key: PathBuf,
    listen: SocketAddr,
    filter: EnvFilter,
}

impl Config {
    fn read(args: &ServeArgs) -> Result<Self, Failure> {
        let log_key = args
            .log_key
            .clone()
            .or_else(|| setting("GREENLIEN_LOG_KEY").map(PathBuf::from))
            .ok_or_else(|| {
                Failure::usage("no log key").hint("pass --log-key FILE or set GREENLIEN_LOG_KEY")
            })?;
        let chosen = |flag: &Option<String>, name, default: &str| {
            flag.clone()
                .or_else(|| setting(name))
                .unwrap_or_else(|| default.to_owned())
        };
        let listen = chosen(&args.listen, "GREENLIEN_LISTEN", LISTEN_DEFAULT);
        let listen = listen.parse().map_err(|_| {
            Failure::usage(format!("--listen {listen} is not an address and a port"))
                .hint("write it as 127.0.0.1:8470 or [::1]:8470")
        })?;
        let filter = chosen(&args.log, "GREENLIEN_LOG", LOG_DEFAULT);
        let filter = EnvFilter::try_new(&filter).map_err(|fault| {
            Failure::usage(format!("--log {filter}: {fault}"))
                .hint("write info, warn or greenlien=debug")
        })?;
        Ok(Self {
            log_key,
            listen,
            filter,
        })
    }
}

/// Serves until a signal or a storage error.
pub fn run(args: &ServeArgs) -> Result<Exit, Failure> {
    let config = Config::read(args)?;
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let log_key = keyfile::read_key_checked(&config.log_key, passphrase, args.allow_test_keys)?;
    start_log(config.filter, args.json_logs);
    let opened = Registry::open(&args.folder, log_key, args.clock.clock());
    let registry = Arc::new(opened.map_err(|fault| match fault {
        ServiceFault::Doubt(_) => Failure::from(fault).hint(
            "check --log-key and the folder; `greenlien audit` says whether its log is sound",
        ),
        fault => fault.into(),
    })?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|fault| Failure::internal(format!("no threads: {fault}")))?;
    let served = runtime.block_on(serve(config.listen, Arc::clone(&registry)));
    let is_stopped = registry.is_stopped();
    registry.stop();
    served?;
    if is_stopped {
        return Err(Failure::internal("a storage error has stopped the registry").hint(
            "look at the log for its cause, then start again: what was acknowledged is on the disk",
        ));
    }
    tracing::info!("stopped");
    Ok(Exit::Done)
}

async fn serve(address: SocketAddr, registry: Arc<Registry>) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|fault| {
        Failure::internal(format!("{address}: {fault}"))
            .hint("choose another address with --listen")
    })?;
    let internal = |fault: std::io::Error| Failure::internal(fault.to_string());
    let address = listener.local_addr().map_err(internal)?;
    // Taken before the address is announced, so that nobody's signal comes too early to be heard.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(internal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(internal)?;
    let size = registry.published().size;
    tracing::info!(ledger.origin = registry.origin(), ledger.size = size, http.address = %address, "serving");
    output::line(&format!("listening on http://{address}"))?;
    let watched = Arc::clone(&registry);
    let shutdown = async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping after SIGINT"),
            _ = terminate.recv() => tracing::info!("stopping after SIGTERM"),
            () = storage_error(&watched) => tracing::error!("stopping after a storage error"),
        }
    };
    http::serve(listener, registry, shutdown)
        .await
        .map_err(internal)
}

/// Waits until the registry has stopped by itself.
async fn storage_error(registry: &Registry) {
    while !registry.is_stopped() {
        tokio::time::sleep(STOP_POLL).await;
    }
}

/// Sends log lines to standard error.
fn start_log(filter: EnvFilter, as_json: bool) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // A log that is there already is kept; only a program that serves twice in one process would have one.
    let started = if as_json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    drop(started);
}

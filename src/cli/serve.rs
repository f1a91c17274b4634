//! `serve`: opens a data folder, serves it over HTTP and stops in good order.
//!
//! The configuration is flags, then environment variables, then what stands here; there is no configuration file.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tracing_subscriber::EnvFilter;

use crate::cli::environment::{self, ClockArgs, setting};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::reread::{self, Reread};
use crate::cli::{feeding, keyfile, listen, towns};
use crate::http;
use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::crypto::{PublicKey, SecretKey};
use crate::primitives::limits;
use crate::primitives::site::Site;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::options::{Options, StopCause};
use crate::service::webhooks::WebhookOptions;
use crate::service::{Registry, ServiceFault};
use crate::store::HighWater;
use crate::web;
use crate::webhooks;
use crate::webhooks::couriers::Couriers;
use crate::webhooks::file::Configured;
use crate::witness::feeder::Pace;

const LISTEN_DEFAULT: &str = "127.0.0.1:8470";

/// Serve a registry over HTTP
///
/// Prints "listening on http://..." when it takes requests. SIGINT and SIGTERM end it: requests under way are finished first.
/// A storage error ends it with exit code 3, since nothing may be acknowledged that is not on the disk. With --witnesses, every
/// new checkpoint is brought to them, and the newest one that their quorum has cosigned is published.
///
/// SIGHUP has it read the files of --webhooks and --towns again; a file with a mistake changes nothing. Log lines on standard
/// error say what is different.
///
/// Environment: GREENLIEN_LOG_KEY, GREENLIEN_OPENINGS_KEY, GREENLIEN_LISTEN, GREENLIEN_LOG, GREENLIEN_PASSPHRASE, each
/// overridden by its flag.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ServeArgs {
    /// The data folder
    folder: PathBuf,
    /// The key that signs checkpoints; given twice while the log changes its key (docs/OPERATING.md)
    #[arg(long, value_name = "FILE")]
    log_key: Vec<PathBuf>,
    /// The key that seals the openings of hidden values, kept outside the folder; without it no command that hides a value is
    /// taken
    #[arg(long, value_name = "FILE")]
    openings_key: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Accept keys named *.test.key, on a test system
    #[arg(long)]
    allow_test_keys: bool,
    /// Take the passphrase of the log key and of the openings key from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// After how many seconds of silence the log writes a heartbeat, from 1 to 290
    #[arg(long, value_name = "SECONDS", default_value_t = limits::HEARTBEAT_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=limits::HEARTBEAT_SECONDS_MAX))]
    heartbeat: u64,
    /// Keep the newest checkpoint in this file too, best on another disk, and refuse a folder that is behind it
    #[arg(long, value_name = "FILE")]
    high_water: Option<PathBuf>,
    /// Have checkpoints cosigned by the witnesses of this file (C2SP tlog-policy, with addresses and a quorum)
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,
    #[command(flatten)]
    without: feeding::WithoutArgs,
    /// Send notices to the addresses of this file (docs/OPERATING.md)
    #[arg(long, value_name = "FILE", requires = "webhooks_key")]
    webhooks: Option<PathBuf>,
    /// The key that signs what is sent to them
    #[arg(long, value_name = "FILE", requires = "webhooks")]
    webhooks_key: Option<PathBuf>,
    /// Show the towns of this file by their names: a code and a name in each line, with a comma between (CSV UTF-8)
    #[arg(long, value_name = "FILE")]
    towns: Option<PathBuf>,
    /// Print this address on certificates, as where people open the pages: https://registry.example, without a path
    #[arg(long, value_name = "URL", value_parser = site)]
    site: Option<Site>,
    /// Take commands at once, though the witnesses that give no answer could have seen a newer log: only for a folder that is
    /// surely the newest
    #[arg(long, requires = "high_water", requires = "witnesses")]
    go_on_unasked: bool,
    /// Believe the proxy at this address what it adds to X-Forwarded-For, so that quotas count its clients and not itself
    #[arg(long, value_name = "ADDRESS")]
    behind_proxy: Vec<IpAddr>,
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
    log_keys: Vec<PathBuf>,
    openings_key: Option<PathBuf>,
    listen: SocketAddr,
    filter: EnvFilter,
}

impl Config {
    fn read(args: &ServeArgs) -> Result<Self, Failure> {
        let mut log_keys = args.log_key.clone();
        if log_keys.is_empty() {
            log_keys.extend(setting("GREENLIEN_LOG_KEY").map(PathBuf::from));
        }
        if log_keys.is_empty() {
            return Err(
                Failure::usage("no log key").hint("pass --log-key FILE or set GREENLIEN_LOG_KEY")
            );
        }
        let openings_key = args.openings_key.clone();
        Ok(Self {
            log_keys,
            openings_key: openings_key
                .or_else(|| setting("GREENLIEN_OPENINGS_KEY").map(PathBuf::from)),
            listen: listen::address(args.listen.as_deref(), LISTEN_DEFAULT)?,
            filter: listen::filter(args.log.as_deref())?,
        })
    }
}

/// Serves until a signal or a storage error.
pub fn run(args: &ServeArgs) -> Result<Exit, Failure> {
    let config = Config::read(args)?;
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let read = |path: &PathBuf| {
        keyfile::read_key_checked(path, passphrase, args.allow_test_keys).map_err(Failure::from)
    };
    let mut log_keys: Vec<SecretKey> = config
        .log_keys
        .iter()
        .map(read)
        .collect::<Result<_, Failure>>()?;
    let openings_key = config.openings_key.as_ref().map(read).transpose()?;
    let taken = log_keys.iter().chain(&openings_key).map(SecretKey::public);
    let hooks = hooks(args, &read, &taken.collect::<Vec<_>>())?;
    let openings_key = openings_key
        .map(|key| sealing_key(&key, &log_keys))
        .transpose()?;
    listen::start_log(config.filter, args.json_logs);
    if openings_key.is_none() {
        tracing::warn!("no --openings-key: commands that hide a value are not taken");
    }
    let policy = args.witnesses.as_deref().map(feeding::read_policy);
    let policy = policy.transpose()?;
    let options = Options {
        openings_key,
        webhooks: hooks.as_ref().map(Hooks::options),
        ..options(args, policy.clone(), &log_keys)?
    };
    let log_key = log_keys.remove(0);
    let options = Options {
        further_log_keys: log_keys.into_iter().map(Arc::new).collect(),
        ..options
    };
    let opened = Registry::open_with(&args.folder, log_key, args.clock.clock(), options);
    let registry = Arc::new(opened.map_err(|fault| not_opened(fault, args))?);
    say_opened(&registry);
    let feeder = policy
        .map(|policy| feeding::start(&registry, &policy, Pace::default()))
        .transpose()?;
    let couriers = hooks.map(|hooks| hooks.start(&registry));
    let reread = Arc::new(Reread::new(
        &registry,
        args.webhooks.as_deref().zip(couriers),
        args.towns.as_deref(),
    ));
    let again = Arc::clone(&reread);
    let watched = Arc::clone(&registry);
    let program = std::env::current_exe()
        .map_err(|fault| Failure::internal(format!("no path of this program: {fault}")))?;
    let reader = crate::cli::import::child::reader(program);
    let routes = http::router_behind(
        Arc::clone(&registry),
        web::router(reader),
        &args.behind_proxy,
    );
    let on_hangup: listen::OnHangup = Arc::new(move || again.run());
    let served = listen::serve(config.listen, routes, Some(on_hangup), move || {
        watched.is_stopped()
    });
    let cause = registry.stop_cause();
    drop(reread);
    drop(feeder);
    registry.stop();
    served?;
    if let Some(cause) = cause {
        return Err(stopped(cause));
    }
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// The webhooks of the file, and the key that signs what is sent to them.
struct Hooks {
    configured: Vec<Configured>,
    key: Arc<SecretKey>,
}

impl Hooks {
    fn options(&self) -> WebhookOptions {
        let webhooks = self.configured.iter().map(|one| one.webhook.clone());
        WebhookOptions {
            webhooks: webhooks.collect(),
            key: self.key.public(),
        }
    }

    fn start(self, registry: &Arc<Registry>) -> Couriers {
        let pace = webhooks::courier::Pace::default();
        Couriers::start(registry, self.configured, &self.key, pace)
    }
}

fn hooks(
    args: &ServeArgs,
    read: &impl Fn(&PathBuf) -> Result<SecretKey, Failure>,
    taken: &[PublicKey],
) -> Result<Option<Hooks>, Failure> {
    let (Some(file), Some(key)) = (&args.webhooks, &args.webhooks_key) else {
        return Ok(None);
    };
    let configured = reread::webhooks(file)?;
    let key = Arc::new(read(key)?);
    if taken.contains(&key.public()) {
        return Err(Failure::usage("--webhooks-key: has another job already")
            .hint("make another with `greenlien keygen`; one key does one job"));
    }
    Ok(Some(Hooks { configured, key }))
}

/// Says in the log what was opened, and whether it takes commands.
fn say_opened(registry: &Registry) {
    let size = registry.published().size;
    tracing::info!(
        ledger.origin = registry.origin(),
        ledger.size = size,
        "opened"
    );
    if registry.is_waiting() {
        tracing::warn!(
            "the witnesses that gave no answer could have seen a newer log: questions are answered, and no command is taken until enough of them answer"
        );
    }
}

/// Reads the address of the pages.
fn site(text: &str) -> Result<Site, String> {
    let why = "must be https:// or http://, a host in small letters and perhaps a port, without a path or a slash at the end";
    Site::parse(text).ok_or_else(|| why.to_owned())
}

/// One key does one job: who can copy the log's signatures must not read what it hides.
fn sealing_key(key: &SecretKey, log_keys: &[SecretKey]) -> Result<Arc<OpeningsKey>, Failure> {
    if log_keys.iter().any(|other| other.public() == key.public()) {
        return Err(Failure::usage("--openings-key: is a log key")
            .hint("make another with `greenlien keygen`; one key does one job"));
    }
    Ok(Arc::new(OpeningsKey::new(key)))
}

/// Gathers what the start compares the folder with; witnesses are asked here, before anything is signed.
fn options(
    args: &ServeArgs,
    policy: Option<TrustPolicy>,
    log_keys: &[SecretKey],
) -> Result<Options, Failure> {
    let mark = args.high_water.as_deref();
    let high_water = mark
        .map(|path| HighWater::outside(path, &args.folder))
        .transpose()?;
    let towns = match &args.towns {
        None => BTreeMap::new(),
        Some(file) => towns::read(file)?,
    };
    let mut options = Options {
        heartbeat_seconds: Some(args.heartbeat),
        towns,
        site: args.site.clone(),
        high_water,
        goes_on_unasked: args.go_on_unasked,
        required: args.without.required(),
        ..Options::serving()
    };
    if let Some(policy) = policy {
        let (seen, unanswered) = feeding::ask(&policy, feeding::own_origin(&policy, log_keys)?)?;
        for (name, why) in &unanswered {
            tracing::warn!(
                witness.name = name,
                "does not say what it has seen before this start: {why}"
            );
        }
        options.seen = seen;
        options.unanswered = unanswered.into_iter().map(|(name, _)| name).collect();
        options.witnesses = Some(policy);
    }
    Ok(options)
}

/// Says why the folder is not served, and what to run.
fn not_opened(fault: ServiceFault, args: &ServeArgs) -> Failure {
    let mut doctor = format!("greenlien doctor {}", args.folder.display());
    for (flag, file) in [
        (" --high-water ", &args.high_water),
        (" --witnesses ", &args.witnesses),
        (" --openings-key ", &args.openings_key),
        // Doctor reads one for the openings key alone.
        (
            " --passphrase-file ",
            if args.openings_key.is_some() {
                &args.passphrase_file
            } else {
                &None
            },
        ),
    ] {
        if let Some(file) = file {
            doctor.push_str(flag);
            doctor.push_str(&file.display().to_string());
        }
    }
    let hint = match &fault {
        ServiceFault::TimeStep(_) => format!(
            "set the clock right if it is wrong; if it is right, run `{doctor} --accept-time-step`, then start again within five minutes"
        ),
        ServiceFault::History(_) => format!("do not serve this folder; run `{doctor}`"),
        ServiceFault::Unasked(_) => {
            format!("bring them back, or keep a --high-water file; `{doctor}` says who is missing")
        }
        ServiceFault::Forgotten(memory) => {
            let (flag, without) = feeding::flags_of(*memory);
            format!(
                "start with {flag} FILE, as before; only if that is given up for good, and this folder is surely the newest, start with {without}; run `{doctor} {flag} FILE`"
            )
        }
        ServiceFault::Witnesses(_) => "look at the file of --witnesses".to_owned(),
        ServiceFault::Openings(_) => format!(
            "name the right file with --openings-key, or make one with `greenlien keygen` if the folder never had one; run `{doctor}{}`",
            if args.openings_key.is_some() {
                ""
            } else {
                " --openings-key FILE"
            }
        ),
        ServiceFault::LogKey(_) => {
            "give --log-key for every key that signs now: two during the overlap of a rotation, the new one after it".to_owned()
        }
        ServiceFault::Doubt(_) => format!(
            "check the folder; run `{doctor}`, and `greenlien audit` to know whether its log is sound"
        ),
        ServiceFault::Store(_)
        | ServiceFault::Input(_)
        | ServiceFault::Absent(_)
        | ServiceFault::Counting { .. }
        | ServiceFault::Stopped => return fault.into(),
    };
    Failure::from(fault).hint(hint)
}

/// Says why the registry has stopped by itself, and what to do.
fn stopped(cause: StopCause) -> Failure {
    match cause {
        StopCause::Storage => Failure::internal("a storage error has stopped the registry").hint(
            "look at the log for its cause, then start again: what was acknowledged is on the disk",
        ),
        StopCause::HighWater => Failure::internal("the high-water file could not be written").hint(
            "look at the log for the cause, then start again: what was acknowledged is on the disk",
        ),
        StopCause::TimeStep(step) => Failure::refused(step.to_string()).hint(
            "set the clock right, then start again; if it was right, the start says what to run",
        ),
        StopCause::History => Failure::refused(
            "the log key has signed a history that this folder does not have",
        )
        .hint("keep the folder and the log lines; `greenlien doctor` with --witnesses says more"),
        StopCause::LogKey => Failure::refused("a key that must sign the log was not given")
            .hint("start again with --log-key for every key that signs now"),
    }
}

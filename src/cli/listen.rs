//! What `serve` and `witness` share: where they listen, how they log, and how a signal or a storage error ends them.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::cli::environment::setting;
use crate::cli::exit::Failure;
use crate::cli::output;
use crate::http;

const LOG_DEFAULT: &str = "info";
/// How often it is asked whether a storage error has stopped the service.
const STOP_POLL: Duration = Duration::from_millis(200);

/// Returns the address of the flag, of `GREENLIEN_LISTEN`, or the default.
pub(crate) fn address(flag: Option<&str>, default: &str) -> Result<SocketAddr, Failure> {
    let listen = chosen(flag, "GREENLIEN_LISTEN", default);
    listen.parse().map_err(|_| {
        Failure::usage(format!("--listen {listen} is not an address and a port"))
            .hint("write it as 127.0.0.1:8470 or [::1]:8470")
    })
}

/// Returns which log lines are written: those of the flag, of `GREENLIEN_LOG`, or from `info` up.
pub(crate) fn filter(flag: Option<&str>) -> Result<EnvFilter, Failure> {
    let filter = chosen(flag, "GREENLIEN_LOG", LOG_DEFAULT);
    EnvFilter::try_new(&filter).map_err(|fault| {
        Failure::usage(format!("the filter of log lines {filter}: {fault}"))
            .hint("write info, warn or greenlien=debug")
    })
}

fn chosen(flag: Option<&str>, variable: &str, default: &str) -> String {
    flag.map(str::to_owned)
        .or_else(|| setting(variable))
        .unwrap_or_else(|| default.to_owned())
}

/// What SIGHUP asks for; it may take its time.
pub(crate) type OnHangup = Arc<dyn Fn() + Send + Sync>;

/// Serves the routes until a signal comes or `is_stopped` says yes. Without `on_hangup` SIGHUP ends the process at once.
pub(crate) fn serve(
    address: SocketAddr,
    routes: axum::Router,
    on_hangup: Option<OnHangup>,
    is_stopped: impl Fn() -> bool + Send + 'static,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|fault| Failure::internal(format!("no threads: {fault}")))?;
    runtime.block_on(serve_until(address, routes, on_hangup, is_stopped))
}

async fn serve_until(
    address: SocketAddr,
    routes: axum::Router,
    on_hangup: Option<OnHangup>,
    is_stopped: impl Fn() -> bool + Send + 'static,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|fault| {
        Failure::internal(format!("{address}: {fault}"))
            .hint("choose another address with --listen")
    })?;
    let internal = |fault: std::io::Error| Failure::internal(fault.to_string());
    let address = listener.local_addr().map_err(internal)?;
    // Taken before the address is announced, so that nobody's signal comes too early to be heard.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(internal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(internal)?;
    let hangup = match on_hangup {
        Some(asks) => Some(Hangup {
            signal: signal(SignalKind::hangup()).map_err(internal)?,
            has_terminal: std::io::stderr().is_terminal(),
            asks,
        }),
        None => None,
    };
    tracing::info!(http.address = %address, "serving");
    output::line(&format!("listening on http://{address}"))?;
    let shutdown = async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping after SIGINT"),
            _ = terminate.recv() => tracing::info!("stopping after SIGTERM"),
            () = hung_up(hangup) => tracing::info!("stopping: the terminal is gone"),
            () = self_stop(is_stopped) => tracing::error!("stopping: the service has stopped by itself"),
        }
    };
    http::serve_routes(listener, routes, shutdown)
        .await
        .map_err(internal)
}

/// SIGHUP, and what it means.
struct Hangup {
    signal: Signal,
    /// Whether there was a terminal before anybody could know that the service runs.
    has_terminal: bool,
    asks: OnHangup,
}

/// Does what SIGHUP asks for, one after another, until one comes because the terminal is gone.
async fn hung_up(hangup: Option<Hangup>) {
    let Some(mut hangup) = hangup else {
        return std::future::pending().await;
    };
    while hangup.signal.recv().await.is_some() {
        if hangup.has_terminal && !std::io::stderr().is_terminal() {
            return;
        }
        let asks = Arc::clone(&hangup.asks);
        if let Err(fault) = tokio::task::spawn_blocking(move || asks()).await {
            tracing::error!("SIGHUP was not done: {fault}");
        }
    }
    std::future::pending::<()>().await;
}

/// Waits until the service has stopped by itself.
async fn self_stop(is_stopped: impl Fn() -> bool) {
    while !is_stopped() {
        tokio::time::sleep(STOP_POLL).await;
    }
}

/// Sends log lines to standard error.
pub(crate) fn start_log(filter: EnvFilter, as_json: bool) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Where nobody takes a line, a word about that would end the thread that wrote it.
        .log_internal_errors(false)
        .with_ansi(false);
    // A log that is there already is kept; only a program that serves twice in one process would have one.
    let started = if as_json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    drop(started);
}

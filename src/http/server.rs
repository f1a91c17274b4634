//! The loop that takes connections: HTTP/1.1, a limit on how long a request's head may take, an orderly end.
//!
//! Separate from the routes because it is about sockets and nothing else. It is our own loop and not axum's, which gives a
//! client all the time in the world to send its first line: a few thousand of such clients would keep everybody out.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::primitives::limits;

/// How long the server waits for the rest of requests under way when it ends: as long as one may take.
const FAREWELL: Duration = Duration::from_secs(limits::REQUEST_SECONDS_MAX);
/// How long a client may take from its connection, or from its last answer, to the end of the next request's head.
const HEAD_TIME: Duration = Duration::from_secs(limits::REQUEST_HEAD_SECONDS_MAX);
/// The pause after the system has refused to take a connection, mostly because too many files are open.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is ready, then finishes the requests that are under way, for at most the time a request may take.
pub async fn serve_routes(
    listener: TcpListener,
    routes: axum::Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_patiently(listener, routes, HEAD_TIME, shutdown).await
}

/// Serves as [`serve_routes`], with another patience for the heads of requests.
pub async fn serve_patiently(
    listener: TcpListener,
    routes: axum::Router,
    head_time: Duration,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut shutdown = std::pin::pin!(shutdown);
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((connection, peer)) => {
                let routes = OfPeer {
                    routes: TowerToHyperService::new(routes.clone()),
                    peer,
                };
                answer(connection, routes, head_time, &open);
            }
            Err(fault) if is_of_the_client(&fault) => {}
            Err(fault) => {
                tracing::error!("no connection is taken: {fault}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    // Whoever has not got an answer by then would not wait for it any more.
    tokio::time::timeout(FAREWELL, open.shutdown())
        .await
        .unwrap_or_default();
    Ok(())
}

/// Who is at the other end of a connection; every request carries it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The routes, for the requests of one connection.
struct OfPeer {
    routes: TowerToHyperService<axum::Router>,
    peer: SocketAddr,
}

impl Service<Request<Incoming>> for OfPeer {
    type Response = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Peer(self.peer));
        self.routes.call(request)
    }
}

/// Answers one connection in a task of its own.
fn answer(connection: TcpStream, routes: OfPeer, head_time: Duration, open: &GracefulShutdown) {
    // Answers are written whole; waiting to fill a segment would only delay them.
    drop(connection.set_nodelay(true));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .serve_connection(TokioIo::new(connection), routes);
    let watched = open.watch(connection);
    tokio::spawn(async move {
        if let Err(fault) = watched.await {
            tracing::debug!("a connection has ended: {fault}");
        }
    });
}

/// Says whether a connection failed before it was taken, which is nothing to the next one.
fn is_of_the_client(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

//! The loop that takes connections: HTTP/1.1, limits on how long a request's head may take and on how long a client may take
//! nothing of its answer, an orderly end.
//!
//! Separate from the routes because it is about sockets and nothing else. It is our own loop and not axum's, which gives a
//! client all the time in the world to send its first line: a few thousand of such clients would keep everybody out.

use std::future::Future;
use std::io;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

use crate::primitives::limits;

/// How long the server waits for the rest of requests under way when it ends: as long as one may take.
const FAREWELL: Duration = Duration::from_secs(limits::REQUEST_SECONDS_MAX);
/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From a connection, or from the last answer on it, to the end of the next request's head.
    pub head: Duration,
    /// Without taking a byte of an answer that is there.
    pub write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(limits::REQUEST_HEAD_SECONDS_MAX),
            write: Duration::from_secs(limits::WRITE_STALL_SECONDS_MAX),
        }
    }
}

/// The pause after the system has refused to take a connection, mostly because too many files are open.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is ready, then finishes the requests that are under way, for at most the time a request may take.
pub async fn serve_routes(
    listener: TcpListener,
    routes: axum::Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_patiently(listener, routes, Patience::default(), shutdown).await
}

/// Serves as [`serve_routes`], with another patience.
pub async fn serve_patiently(
    listener: TcpListener,
    routes: axum::Router,
    patience: Patience,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut shutdown = std::pin::pin!(shutdown);
    let open = GracefulShutdown::new();
    let (end, ending) = watch::channel(false);
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
                    ending: Ending(ending.clone()),
                };
                answer(connection, routes, patience, &open);
            }
            Err(fault) if is_of_the_client(&fault) => {}
            Err(fault) => {
                tracing::error!("no connection is taken: {fault}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    // Answers without an end would be waited for in vain.
    end.send_replace(true);
    // Whoever has not got an answer by then would not wait for it any more.
    tokio::time::timeout(FAREWELL, open.shutdown())
        .await
        .unwrap_or_default();
    Ok(())
}

/// Who is at the other end of a connection; every request carries it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Says when the server ends; every request carries it, for answers that have no end of their own.
#[derive(Clone, Debug)]
pub(crate) struct Ending(watch::Receiver<bool>);

impl Ending {
    /// Says whether the server ends.
    pub(crate) fn has_come(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the server ends.
    pub(crate) async fn wait(&mut self) {
        // The sender is gone only after the server is.
        drop(self.0.wait_for(|ends| *ends).await);
    }
}

/// The routes, for the requests of one connection.
struct OfPeer {
    routes: TowerToHyperService<axum::Router>,
    peer: SocketAddr,
    ending: Ending,
}

impl Service<Request<Incoming>> for OfPeer {
    type Response = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<axum::Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Peer(self.peer));
        request.extensions_mut().insert(self.ending.clone());
        self.routes.call(request)
    }
}

/// Answers one connection in a task of its own.
fn answer(connection: TcpStream, routes: OfPeer, patience: Patience, open: &GracefulShutdown) {
    // Answers are written whole; waiting to fill a segment would only delay them.
    drop(connection.set_nodelay(true));
    let connection = Patient {
        stream: connection,
        patience: patience.write,
        stalled: None,
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
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

/// A connection whose other end must take something now and then of what is written.
struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while nothing is taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    /// Begins to wait, goes on waiting, or ends the connection.
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

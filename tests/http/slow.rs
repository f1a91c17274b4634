//! Clients that take their time: a head that does not come to an end costs its own connection, and nobody else waits for it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use greenlien::http::server::{Patience, serve_patiently};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// How long a head may take here.
const PATIENCE: Duration = Duration::from_millis(700);
/// Bytes of an answer that no buffer on the way holds.
const LARGE: usize = 256 << 20;
/// A whole request that ends its connection.
const WHOLE: &[u8] = b"GET /slow HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

/// A server of two paths, and the word that ends it.
struct Server {
    address: SocketAddr,
    runtime: Runtime,
    end: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl Server {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            tokio::time::sleep(PATIENCE * 2).await;
            "done"
        };
        let routes = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/slow", get(slow))
            .route("/large", get(|| async { vec![b'x'; LARGE] }));
        let (end, ended) = oneshot::channel();
        let patience = Patience {
            head: PATIENCE,
            write: PATIENCE,
        };
        let shutdown = async move { ended.await.unwrap_or_default() };
        let served = runtime.spawn(serve_patiently(listener, routes, patience, shutdown));
        Self {
            address,
            runtime,
            end: Some(end),
            served: Some(served),
        }
    }

    fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE * 20)).unwrap();
        connection
    }
}

/// Reads until the server closes the connection; how long that took.
fn until_closed(connection: &mut TcpStream) -> (String, Duration) {
    let (begun, mut bytes) = (Instant::now(), Vec::new());
    match connection.read_to_end(&mut bytes) {
        Ok(_) => {}
        // A connection that is closed while bytes are under way is reset.
        Err(fault) => assert_eq!(fault.kind(), std::io::ErrorKind::ConnectionReset),
    }
    (String::from_utf8(bytes).unwrap(), begun.elapsed())
}

#[test]
fn a_head_that_does_not_end_is_cut_off_while_others_are_answered() {
    let server = Server::start();
    let mut silent = server.connect();
    let mut halted = server.connect();
    halted.write_all(b"GET / HTTP/1.1\r\nhost: h").unwrap();
    let mut dripping = server.connect();
    let drips = std::thread::spawn(move || {
        let begun = Instant::now();
        dripping.write_all(b"GET / HTTP/1.1\r\n").unwrap();
        // A byte now and then does not buy more time.
        while dripping.write_all(b"a").is_ok() && begun.elapsed() < PATIENCE * 10 {
            std::thread::sleep(PATIENCE / 10);
        }
        begun.elapsed()
    });
    for _ in 0..3 {
        let mut client = server.connect();
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
            .unwrap();
        let (answer, _) = until_closed(&mut client);
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("here"),
            "{answer}"
        );
    }
    for slow in [&mut silent, &mut halted] {
        let (answer, waited) = until_closed(slow);
        assert!(!answer.contains("200 OK"), "{answer}");
        assert!(waited < PATIENCE * 5, "{waited:?}");
    }
    let dripped = drips.join().unwrap();
    assert!(dripped >= PATIENCE && dripped < PATIENCE * 5, "{dripped:?}");
}

#[test]
fn a_kept_connection_has_the_same_time_for_each_head_and_an_answer_may_take_longer() {
    let server = Server::start();
    let mut client = server.connect();
    let mut buffer = [0; 1_024];
    for _ in 0..3 {
        std::thread::sleep(PATIENCE / 2);
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
            .unwrap();
        let read = client.read(&mut buffer).unwrap();
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200 OK"));
    }
    client.write_all(WHOLE).unwrap();
    let (answer, waited) = until_closed(&mut client);
    assert!(answer.ends_with("done"), "{answer}");
    assert!(waited >= PATIENCE, "{waited:?}");
}

#[test]
fn an_end_finishes_what_is_under_way_and_takes_nothing_new() {
    let mut server = Server::start();
    let mut client = server.connect();
    client.write_all(WHOLE).unwrap();
    std::thread::sleep(PATIENCE / 4);
    server.end.take().unwrap().send(()).unwrap();
    let (answer, _) = until_closed(&mut client);
    assert!(answer.ends_with("done"), "{answer}");
    let served = server.served.take().unwrap();
    server.runtime.block_on(served).unwrap().unwrap();
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn who_takes_nothing_of_an_answer_is_cut_off_and_who_takes_little_is_not() {
    let server = Server::start();
    let ask = |path: &str| {
        let mut client = server.connect();
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        client
    };
    let mut idle = ask("/large");
    let mut steady = ask("/large");
    let mut piece = vec![0; 4 << 20];
    // Slower than the patience as a whole, and never silent for so long.
    for _ in 0..8 {
        std::thread::sleep(PATIENCE / 4);
        steady.read_exact(&mut piece).unwrap();
    }
    let mut bytes = Vec::new();
    steady.read_to_end(&mut bytes).unwrap();
    assert!(
        bytes.len() + 8 * piece.len() > LARGE,
        "the answer was cut off"
    );
    bytes.clear();
    let rest = match idle.read_to_end(&mut bytes) {
        Ok(_) => bytes.len(),
        Err(fault) => {
            assert_eq!(fault.kind(), std::io::ErrorKind::ConnectionReset);
            bytes.len()
        }
    };
    assert!(rest < LARGE, "the whole answer was written to nobody");
}

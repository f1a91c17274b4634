//! The cosigner over real HTTP: every status of C2SP tlog-witness, many requests at once, and kill -9.
//!
//! [`Fork`] is a log with a key and no registry behind it, so that it can say whatever a test wants it to say.

mod accused;
mod audits;
mod begun;
mod crash;
mod frauds;
mod honest;
mod liar;
mod parties;
mod private;
mod races;
mod resumed;
mod statuses;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::proof::consistency_proof;
use greenlien::ledger::tree::{Frontier, Tail, leaf_hash};
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::time::Clock;
use greenlien::witness::book::begin;
use greenlien::witness::cosigner::Cosigner;
use greenlien::witness::logs::Logs;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The name of the witness under test.
const NAME: &str = "bank.example/witness";
/// The origin of the log that is watched.
const ORIGIN: &str = "log.example/a";

/// Opens a witness, which begins what was not begun before.
fn opened(folder: &Path, logs: Logs, clock: Arc<dyn Clock>) -> Cosigner {
    begin(folder, &logs, |_| Vec::new()).unwrap();
    Cosigner::open(folder, NAME, witness_secret(), logs, clock).unwrap()
}

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// The key of the witness.
fn witness_secret() -> SecretKey {
    secret(90)
}

/// One history of a log: its leaves, and the key that signs for it.
struct Fork {
    origin: String,
    seed: u8,
    leaves: Tail,
}

impl Fork {
    /// Makes the history of `size` leaves that all say `what`, under the key of this seed.
    fn new(origin: &str, seed: u8, what: &str, size: u64) -> Self {
        let mut fork = Self {
            origin: origin.to_owned(),
            seed,
            leaves: Tail::new(Frontier::new()),
        };
        fork.grow(what, size);
        fork
    }

    fn grow(&mut self, what: &str, count: u64) {
        for _ in 0..count {
            let leaf = format!("{what} {}", self.leaves.size());
            self.leaves.append(leaf_hash(leaf.as_bytes()));
        }
    }

    fn key(&self) -> NoteKey {
        NoteKey::new(&self.origin, secret(self.seed).public()).unwrap()
    }

    fn head(&self) -> Checkpoint {
        Checkpoint {
            origin: self.origin.clone(),
            size: self.leaves.size(),
            root: self.leaves.root(),
        }
    }

    fn note(&self) -> String {
        self.head().sign(&secret(self.seed))
    }

    /// The proof from an older size of this history.
    fn proof(&self, old: u64) -> Vec<Hash> {
        consistency_proof(old, self.leaves.size(), &self.leaves).unwrap()
    }

    /// The request for its newest checkpoint after the one of size `old`.
    fn request(&self, old: u64) -> String {
        request(old, &self.proof(old), &self.note())
    }
}

/// Writes a request of `add-checkpoint`.
fn request(old: u64, proof: &[Hash], note: &str) -> String {
    let lines: Vec<String> = proof
        .iter()
        .map(|hash| format!("{}\n", STANDARD.encode(hash.as_bytes())))
        .collect();
    let lines = lines.concat();
    format!("old {old}\n{lines}\n{note}")
}

/// An answer as it came.
struct Raw {
    status: u16,
    media_type: String,
    text: String,
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().into()
}

/// Sends a request of `add-checkpoint`; `None` if the connection breaks.
fn post(agent: &ureq::Agent, base: &str, body: impl AsRef<[u8]>) -> Option<Raw> {
    let sent = agent
        .post(format!("{base}/add-checkpoint"))
        .send(body.as_ref());
    read(sent)
}

fn get(base: &str, path: &str) -> Raw {
    read(agent().get(format!("{base}{path}")).call()).unwrap()
}

fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Raw> {
    let mut response = sent.ok()?;
    let media_type = response.headers().get("content-type");
    Some(Raw {
        status: response.status().as_u16(),
        media_type: media_type.map_or_else(String::new, |value| value.to_str().unwrap().to_owned()),
        text: response.body_mut().read_to_string().ok()?,
    })
}

/// Routes served on a free port for as long as this lives.
struct Served {
    base: String,
    _runtime: Runtime,
}

impl Served {
    fn new(routes: axum::Router) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(TcpListener::bind(any_port)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = greenlien::http::serve_routes(listener, routes, std::future::pending());
        runtime.spawn(served);
        Self {
            base,
            _runtime: runtime,
        }
    }
}

/// The name under which the newest cosigned checkpoint of a log is read.
fn monitoring_path(origin: &str) -> String {
    format!("/{}/checkpoint", Hash::of(&[origin.as_bytes()]))
}

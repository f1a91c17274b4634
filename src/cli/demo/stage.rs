//! The registry on its stage: a new folder, the genesis, and the real HTTP server on a free port of this machine.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::cli::exit::Failure;
use crate::cli::import::parties::PartyRow;
use crate::domain::genesis::Genesis;
use crate::domain::geometry::{BoundingBox, Point};
use crate::domain::party::Role;
use crate::http;
use crate::ledger::note::NoteKey;
use crate::primitives::crypto::SecretKey;
use crate::primitives::identifier::CreditCode;
use crate::primitives::limits;
use crate::primitives::site::Site;
use crate::primitives::time::{Clock as _, SystemClock, Timestamp};
use crate::service::Registry;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::options::Options;

use super::cast::Candidate;
use super::script::{POLICIES, Script};

/// The district of the data that come with the program, and the box around it: west, south, east, north in 1e-7 degree.
const BANAN: (&str, [i32; 4]) = (
    "500113",
    [1_063_500_000, 289_500_000, 1_071_000_000, 298_000_000],
);
/// The box of a district without parcels: China.
const CHINA: [i32; 4] = [730_000_000, 30_000_000, 1_360_000_000, 540_000_000];
/// Seconds between the adoption of a policy and its effect.
const POLICY_DELAY_SECONDS: u64 = 3_600;
/// Threads that serve connections.
const SERVER_THREADS: usize = 2;

/// Returns the microseconds by which the machine's clock must be moved to show `at` now.
pub(super) fn clock_offset(at: Timestamp) -> i64 {
    let machine = SystemClock::default().now();
    let micros = |time: Timestamp| i64::try_from(time.micros()).unwrap_or(i64::MAX);
    micros(at).saturating_sub(micros(machine))
}

/// Returns the content of entry 0.
pub(super) fn genesis(
    script: &Script,
    registrar: &PartyRow,
    candidate: &Candidate,
    log_key: &SecretKey,
) -> Result<Genesis, Failure> {
    let region = CreditCode::parse(&registrar.credit_code)
        .map_err(|fault| Failure::refused(format!("the registrar's credit code {fault}")))?
        .region()
        .to_owned();
    let origin = format!("registry.example/greenlien/{region}");
    let key = NoteKey::new(&origin, log_key.public())
        .map_err(|fault| Failure::internal(format!("log key: {fault}")))?;
    let mut policies: Vec<(String, String)> = script
        .policies
        .iter()
        .zip(POLICIES)
        .map(|(policy, text)| (policy.kind.clone(), text.to_owned()))
        .collect();
    policies.sort_unstable();
    Ok(Genesis {
        origin,
        log_vkey: key.vkey(),
        county: county(script, &region)?,
        region,
        registrar: candidate.record(),
        keys: candidate.keys(),
        quorum: BTreeMap::from([(Role::Registrar, 1), (Role::Authority, 1), (Role::Bank, 1)]),
        policy_delay_seconds: POLICY_DELAY_SECONDS,
        policies,
        public: true,
    })
}

/// Returns a box in which every parcel of the script lies.
fn county(script: &Script, region: &str) -> Result<BoundingBox, Failure> {
    let mut points: Vec<Point> = script.grounds.points().collect();
    points.extend(script.other_grounds.points());
    let known = match (region == BANAN.0, points.is_empty()) {
        (true, _) => Some(BANAN.1),
        (false, true) => Some(CHINA),
        (false, false) => None,
    };
    if let Some([west, south, east, north]) = known {
        points.push(Point {
            lon: west,
            lat: south,
        });
        points.push(Point {
            lon: east,
            lat: north,
        });
    }
    BoundingBox::around(points).ok_or_else(|| Failure::internal("the district has no box"))
}

/// A running registry with its server.
pub(super) struct Stage {
    registry: Arc<Registry>,
    /// The folder of the registry.
    pub folder: PathBuf,
    /// The address of the server, such as `http://127.0.0.1:41234`.
    pub address: String,
    /// The verifier key of the log.
    pub log_vkey: String,
    /// The audience that commands name.
    pub aud: String,
    stop: Arc<Notify>,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

impl Stage {
    /// Creates the registry and serves it; `until_signal` lets SIGINT and SIGTERM end the server. One that goes on until then prints
    /// its address on certificates, whose codes open its pages; of one that ends at once the address would be dead paper.
    pub(super) fn open(
        folder: &Path,
        genesis: Genesis,
        (log_key, openings_key): (SecretKey, Arc<OpeningsKey>),
        towns: BTreeMap<String, String>,
        offset_micros: i64,
        until_signal: bool,
    ) -> Result<Self, Failure> {
        let unbound = |cause: std::io::Error| Failure::internal(format!("server: {cause}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(unbound)?;
        listener.set_nonblocking(true).map_err(unbound)?;
        let address = format!("http://{}", listener.local_addr().map_err(unbound)?);
        let clock = Arc::new(SystemClock { offset_micros });
        // The clock of a play stands where the script wants it, so its steps are not judged.
        let options = Options {
            heartbeat_seconds: Some(limits::HEARTBEAT_SECONDS),
            openings_key: Some(openings_key),
            towns,
            site: Site::parse(&address).filter(|_| until_signal),
            ..Options::default()
        };
        let registry = Registry::create_with(folder, genesis, log_key, clock, options)?;
        let registry = Arc::new(registry);
        let stop = Arc::new(Notify::new());
        let served = (Arc::clone(&registry), Arc::clone(&stop));
        let serving = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(SERVER_THREADS)
                .enable_all()
                .build()?;
            let (registry, stop) = served;
            let reader = crate::cli::import::child::reader(std::env::current_exe()?);
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                if until_signal {
                    stop_on_signal(&stop)?;
                }
                http::serve(listener, registry, crate::web::router(reader), async move {
                    stop.notified().await;
                })
                .await
            })
        });
        Ok(Self {
            folder: folder.to_owned(),
            address,
            log_vkey: registry.genesis().log_vkey.clone(),
            aud: registry.aud().to_owned(),
            registry,
            stop,
            server: Some(serving),
        })
    }

    /// Ends the server and closes the folder.
    pub(super) fn close(&mut self) -> Result<(), Failure> {
        self.stop.notify_one();
        self.wait()
    }

    /// Waits until the server has ended, then closes the folder.
    pub(super) fn wait(&mut self) -> Result<(), Failure> {
        let ended = self.server.take().map(JoinHandle::join);
        self.registry.stop();
        match ended {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(cause))) => Err(Failure::internal(format!("server: {cause}"))),
            Some(Err(_)) => Err(Failure::internal("the server ended in a panic")),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A failure has been reported by whoever led here.
        drop(self.close());
    }
}

fn stop_on_signal(stop: &Arc<Notify>) -> std::io::Result<()> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals = signal(kind)?;
        let stop = Arc::clone(stop);
        tokio::spawn(async move {
            signals.recv().await;
            stop.notify_one();
        });
    }
    Ok(())
}

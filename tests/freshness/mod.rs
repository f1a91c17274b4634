//! A registry over time: heartbeats of an idle log, cosignatures, copies of the past, clocks that jump.
//!
//! The registry is real, on a folder, in this process; the clock is the test's.

mod clocks;
mod copies;
mod edges;
mod forgotten;
mod heartbeat;
mod receipts;
mod shown;
mod unheard;
mod versions;
mod whole;
mod witnesses;

use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use greenlien::domain::command::{AdmitParty, Body};
use greenlien::primitives::time::{FixedClock, Timestamp};
use greenlien::service::options::Options;
use greenlien::service::{Receipt, Registry, ServiceFault, SubmitFault};

use crate::support::papers::instant;
use crate::support::play::seal;
use crate::support::{Local, Play as _, cast};

/// When the registries of these tests begin.
const BEGIN: &str = "2026-12-01T02:00:00Z";
/// How long a test waits for another thread before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Returns the instant so many seconds after the beginning.
fn after(seconds: u64) -> Timestamp {
    instant(BEGIN).plus_seconds(seconds)
}

/// Creates the registry of the cast in a new folder, on a clock that stands at the beginning.
fn create(folder: &Path, options: Options) -> (Arc<Registry>, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::new(after(0)));
    let (genesis, key) = (cast::genesis(), cast::log_key());
    let shared: Arc<FixedClock> = Arc::clone(&clock);
    let registry = Registry::create_with(folder, genesis, key, shared, options).unwrap();
    (Arc::new(registry), clock)
}

/// Opens the registry of a folder on a clock.
fn open(
    folder: &Path,
    clock: &Arc<FixedClock>,
    options: Options,
) -> Result<Arc<Registry>, ServiceFault> {
    let shared: Arc<FixedClock> = Arc::clone(clock);
    Registry::open_with(folder, cast::log_key(), shared, options).map(Arc::new)
}

/// Has the registrar admit a party; the fault where the registry does not decide.
fn try_admission(play: &mut Local, admission: AdmitParty) -> Result<Receipt, SubmitFault> {
    let registrar = cast::registrar();
    let keys = registrar.signers();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = play.draft(registrar.party, Body::AdmitParty(admission), &signers, &[]);
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let envelope = seal(&command, &keys).to_json();
    let verified = play.registry.verify(envelope, Vec::new()).unwrap();
    play.registry.submit_and_wait(verified)
}

/// Waits until something holds; stops the test when it takes too long.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}

//! A start while the witnesses are silent: it reads and does not write, until enough of them have said what they have seen.

use std::fs;
use std::sync::Arc;

use greenlien::cli::feeding;
use greenlien::domain::party::Role;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::time::FixedClock;
use greenlien::service::cosign::WitnessState;
use greenlien::service::options::{Options, StopCause};
use greenlien::service::{Registry, SubmitFault};
use greenlien::store::HighWater;
use greenlien::witness::feeder::Feeder;

use super::copies::copy_folder;
use super::receipts::{Served, admission, agent, read, submit};
use super::witnesses::{PACE, honest};
use super::{after, create, open, try_admission, until};
use crate::support::cosigner::{Cosigner, Manner, policy};
use crate::support::{Actor, Local, Play as _};

/// A folder with a registry of two parties that three witnesses have seen, and its high-water file.
struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<FixedClock>,
    witnesses: [Cosigner; 3],
    policy: TrustPolicy,
}

impl Desk {
    fn new() -> Self {
        let witnesses = ["a", "b", "c"].map(honest);
        let policy = TrustPolicy::parse(&policy(&witnesses.each_ref(), 2)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (registry, clock) = create(&folder.path().join("data"), Options::TEST);
        drop(registry);
        let desk = Self {
            folder,
            clock,
            witnesses,
            policy,
        };
        desk.go_on("bank-a");
        desk
    }

    fn options(&self, unanswered: &[&str]) -> Options {
        let data = self.folder.path().join("data");
        let mark = HighWater::outside(&self.folder.path().join("mark"), &data).unwrap();
        Options {
            witnesses: Some(self.policy.clone()),
            unanswered: unanswered.iter().map(|name| (*name).to_owned()).collect(),
            high_water: Some(mark),
            ..Options::serving()
        }
    }

    fn open(&self, options: Options) -> Arc<Registry> {
        open(&self.folder.path().join("data"), &self.clock, options).unwrap()
    }

    fn feed(&self, registry: &Arc<Registry>) -> Feeder {
        feeding::start(registry, &self.policy, PACE).unwrap()
    }

    fn play(&self, registry: &Arc<Registry>) -> Local {
        Local::on(registry.clone(), self.clock.clone())
    }

    /// Opens the registry as on ordinary days, admits a party, has all witnesses see it, and closes it again.
    fn go_on(&self, name: &str) {
        let registry = self.open(self.options(&[]));
        let feeder = self.feed(&registry);
        self.play(&registry).admit(name, &[Role::Bank], &[]);
        let size = registry.published().size;
        let sizes = || self.witnesses.each_ref().map(Cosigner::size);
        until("all have seen it", || sizes() == [size; 3]);
        drop(feeder);
    }

    fn behave(&self, manner: &Manner) {
        for witness in &self.witnesses {
            witness.behave(manner.clone());
        }
    }
}

fn admit(play: &mut Local, name: &str) -> Option<SubmitFault> {
    let actor = Actor::new(name, &[Role::Bank]);
    let admission = actor.admission(&play.audience(), &[Role::Bank], &[]);
    try_admission(play, admission).err()
}

#[test]
fn a_start_that_nobody_vouches_for_reads_until_enough_witnesses_have_answered() {
    let desk = Desk::new();
    desk.behave(&Manner::HangsUp);
    let registry = desk.open(desk.options(&["w0", "w1", "w2"]));
    let size = registry.published().size;
    let mut play = desk.play(&registry);
    // Long after the last heartbeat was due nothing is written, and the clock is still believed.
    for seconds in [200, 400, 600, 800] {
        desk.clock.set(after(seconds));
        let fault = admit(&mut play, "late");
        assert!(matches!(fault, Some(SubmitFault::Waiting)), "{fault:?}");
    }
    assert_eq!(registry.published().size, size);
    assert!(registry.is_waiting() && !registry.is_stopped());
    let feeder = desk.feed(&registry);
    // One of three is not enough: the other two could have seen another log.
    desk.witnesses[0].behave(Manner::Honest);
    let has_answered =
        |(name, state): &(String, WitnessState)| name == "w0" && state.cosigned.is_some();
    until("it was heard", || {
        registry.witnesses().iter().any(has_answered)
    });
    assert!(registry.is_waiting());
    desk.witnesses[1].behave(Manner::Honest);
    until("enough have answered", || !registry.is_waiting());
    assert!(admit(&mut play, "bank-b").is_none());
    assert!(registry.published().size > size && !registry.is_stopped());
    drop(feeder);
}

#[test]
fn a_snapshot_that_brings_its_high_water_file_back_signs_nothing_before_the_witnesses_stop_it() {
    let desk = Desk::new();
    let (data, mark) = (
        desk.folder.path().join("data"),
        desk.folder.path().join("mark"),
    );
    let (copy, mark_then) = (desk.folder.path().join("copy"), fs::read(&mark).unwrap());
    copy_folder(&data, &copy);
    desk.go_on("bank-b");
    fs::remove_dir_all(&data).unwrap();
    copy_folder(&copy, &data);
    fs::write(&mark, mark_then).unwrap();
    desk.behave(&Manner::HangsUp);
    let registry = desk.open(desk.options(&["w0", "w1", "w2"]));
    let size = registry.published().size;
    let fault = admit(&mut desk.play(&registry), "bank-c");
    assert!(matches!(fault, Some(SubmitFault::Waiting)), "{fault:?}");
    let feeder = desk.feed(&registry);
    desk.behave(&Manner::Honest);
    until("a witness stops it", || registry.is_stopped());
    assert_eq!(registry.stop_cause(), Some(StopCause::History));
    assert_eq!(registry.published().size, size);
    drop(feeder);
}

#[test]
fn a_clock_that_jumps_while_a_start_waits_is_not_believed() {
    let desk = Desk::new();
    desk.behave(&Manner::HangsUp);
    let registry = desk.open(desk.options(&["w0", "w1", "w2"]));
    let mut play = desk.play(&registry);
    desk.clock.set(after(200));
    assert!(matches!(
        admit(&mut play, "late"),
        Some(SubmitFault::Waiting)
    ));
    desk.clock.set(after(900));
    assert!(matches!(
        admit(&mut play, "late"),
        Some(SubmitFault::Waiting)
    ));
    let feeder = desk.feed(&registry);
    desk.behave(&Manner::Honest);
    until("the jump is seen", || registry.is_stopped());
    assert!(matches!(
        registry.stop_cause(),
        Some(StopCause::TimeStep(_))
    ));
    drop(feeder);
}

#[test]
fn who_knows_that_nothing_was_restored_goes_on_unasked_and_few_silent_witnesses_stop_nobody() {
    let desk = Desk::new();
    desk.behave(&Manner::HangsUp);
    let options = Options {
        goes_on_unasked: true,
        ..desk.options(&["w0", "w1", "w2"])
    };
    let registry = desk.open(options);
    assert!(!registry.is_waiting());
    assert!(admit(&mut desk.play(&registry), "bank-b").is_none());
    drop(registry);
    let registry = desk.open(desk.options(&["w1"]));
    assert!(!registry.is_waiting());
}

#[test]
fn over_http_a_start_that_waits_answers_reads_and_repeats_and_says_what_it_waits_for() {
    let desk = Desk::new();
    let registry = desk.open(desk.options(&[]));
    let (_, repeat) = admission(&mut desk.play(&registry), "bank-b");
    let served = Served::start(&registry);
    assert_eq!(submit(&served, &repeat, None).0, 201);
    drop(served);
    registry.stop();
    drop(registry);
    desk.behave(&Manner::HangsUp);
    let registry = desk.open(desk.options(&["w0", "w2"]));
    let served = Served::start(&registry);
    let (_, new) = admission(&mut desk.play(&registry), "bank-c");
    let (status, _, problem) = submit(&served, &new, None);
    assert_eq!(status, 503, "{problem}");
    assert_eq!(problem["type"], "/problems/waiting-for-witnesses");
    let get = |path: &str| read(agent().get(format!("{}{path}", served.base)).call());
    let (status, _, problem) = get("/readyz");
    assert_eq!(status, 503, "{problem}");
    assert_eq!(problem["type"], "/problems/waiting-for-witnesses");
    assert_eq!(get("/v1/log").0, 200);
    let (status, _, receipt) = submit(&served, &repeat, None);
    assert_eq!((status, &receipt["repeated"]), (200, &true.into()));
}

//! Witnesses of every manner: a quorum makes a checkpoint public, and a bad witness never harms the registry.

use std::sync::Arc;
use std::time::Duration;

use greenlien::cli::feeding;
use greenlien::domain::party::Role;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, SignedNote, cosign_line};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::time::FixedClock;
use greenlien::service::Registry;
use greenlien::service::cosign::Counted;
use greenlien::service::options::{Options, StopCause};
use greenlien::witness::feeder::{Feeder, Pace};

use super::{after, create, open, until};
use crate::support::cosigner::{Cosigner, Manner, policy};
use crate::support::{Local, Play as _, cast, logged};

/// As patient as the real one, in tenths of seconds.
pub(super) const PACE: Pace = Pace {
    round: Duration::from_millis(100),
    patience: Duration::from_secs(1),
    request: Duration::from_secs(1),
    backoff: Duration::from_millis(100),
    backoff_max: Duration::from_millis(800),
};

/// A registry that feeds witnesses.
pub(super) struct Fed {
    pub(super) registry: Arc<Registry>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) policy: TrustPolicy,
    feeder: Option<Feeder>,
    folder: tempfile::TempDir,
}

pub(super) fn options(policy: &TrustPolicy) -> Options {
    Options {
        witnesses: Some(policy.clone()),
        ..Options::TEST
    }
}

impl Fed {
    pub(super) fn start(witnesses: &[&Cosigner], threshold: usize) -> Self {
        let policy = TrustPolicy::parse(&policy(witnesses, threshold)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (registry, clock) = create(&folder.path().join("data"), options(&policy));
        let feeder = feeding::start(&registry, &policy, PACE).unwrap();
        Self {
            registry,
            clock,
            policy,
            feeder: Some(feeder),
            folder,
        }
    }

    /// Stops the registry and starts it again; feeds only if asked to.
    pub(super) fn restart(&mut self, feeds: bool) {
        self.feeder = None;
        self.registry.stop();
        let empty = Options::TEST;
        let elsewhere = self.folder.path().join("elsewhere");
        // The folder is closed with the last handle, so the old registry must be gone before the new one opens.
        self.registry = create(&elsewhere, empty).0;
        let path = self.folder.path().join("data");
        self.registry = open(&path, &self.clock, options(&self.policy)).unwrap();
        std::fs::remove_dir_all(elsewhere).unwrap();
        if feeds {
            self.feeder = Some(feeding::start(&self.registry, &self.policy, PACE).unwrap());
        }
    }

    /// Stops feeding; the registry goes on.
    pub(super) fn stop_feeding(&mut self) {
        self.feeder = None;
    }

    pub(super) fn play(&self) -> Local {
        Local::on(self.registry.clone(), self.clock.clone())
    }

    /// Returns the size that is cosigned; 0 if none.
    pub(super) fn cosigned(&self) -> u64 {
        self.registry.cosigned().map_or(0, |head| head.size)
    }

    /// Waits until the newest head is cosigned.
    pub(super) fn until_cosigned(&self) {
        until("the newest head is cosigned", || {
            self.cosigned() == self.registry.published().size
        });
    }

    /// Checks the public checkpoint as a reader with the policy does; returns who cosigned it.
    fn check(&self) -> Vec<String> {
        let head = self.registry.cosigned().unwrap();
        let opened = Checkpoint::open(&head.checkpoint, &self.policy.log_keys(), cast::ORIGIN);
        assert_eq!(opened.unwrap().size, head.size);
        let note = SignedNote::parse(&head.checkpoint).unwrap();
        let cosigned = self.policy.cosigned_by(&note).unwrap();
        let names: Vec<&str> = cosigned.iter().map(|(name, _)| *name).collect();
        assert!(self.policy.quorum_met(&names), "{names:?}");
        names.into_iter().map(str::to_owned).collect()
    }
}

fn begin() -> u64 {
    after(0).seconds()
}

pub(super) fn honest(name: &str) -> Cosigner {
    Cosigner::start(name, Manner::Honest, begin())
}

#[test]
fn the_newest_head_becomes_public_with_its_quorum() {
    let (a, b, c) = (honest("a"), honest("b"), honest("c"));
    let fed = Fed::start(&[&a, &b, &c], 2);
    fed.until_cosigned();
    let mut play = fed.play();
    for n in 0..6 {
        play.admit(&format!("bank-{n}"), &[Role::Bank], &[]);
        if n % 2 == 0 {
            fed.until_cosigned();
        }
    }
    fed.until_cosigned();
    fed.check();
    // The third counts too, a moment later.
    until("all three cosign", || fed.check().len() == 3);
    let size = fed.registry.published().size;
    assert_eq!([a.size(), b.size(), c.size()], [size; 3]);
    for (_, state) in fed.registry.witnesses() {
        assert_eq!((state.cosigned, state.fault), (Some((size, begin())), None));
    }
}

#[test]
fn a_quorum_needs_its_number_and_no_witness_counts_twice() {
    let (a, b) = (honest("a"), Cosigner::start("b", Manner::HangsUp, begin()));
    let fed = Fed::start(&[&a, &b], 2);
    until("one has cosigned", || a.size() == 2);
    fed.play().admit("bank", &[Role::Bank], &[]);
    until("it cosigns again", || {
        a.size() == fed.registry.published().size
    });
    assert_eq!(fed.cosigned(), 0);
    b.behave(Manner::Honest);
    fed.until_cosigned();
    assert_eq!(fed.check(), ["w0", "w1"]);
}

#[test]
fn a_bad_witness_of_any_manner_does_no_harm_and_is_named() {
    let claimed = Manner::Claims(
        9_999,
        "an origin\n9999\nnothing\n\n\u{2014} x y\n".to_owned(),
    );
    let manners = [
        (Manner::Garbage, "no cosignature of its key"),
        (Manner::Empty, "no cosignature of its key"),
        (Manner::Forging, "no cosignature of its key"),
        (Manner::OtherText, "no cosignature of its key"),
        (Manner::Late(121), "its time is 121 s"),
        (Manner::Endless, ""),
        (Manner::Dripping, ""),
        (claimed, "claims to have cosigned size 9999"),
        (Manner::Confused, "409"),
        (Manner::Mute, "409 again, with no size"),
        (Manner::Status(400), "status 400: because"),
        (Manner::Status(404), "status 404: because"),
        (Manner::Status(422), "status 422: because"),
        (Manner::Status(429), "status 429: because"),
        (Manner::Status(301), "status 301: because"),
        (Manner::Status(500), "status 500: because"),
        (Manner::HangsUp, ""),
    ];
    let good = honest("good");
    let bad: Vec<Cosigner> = manners
        .iter()
        .map(|(manner, _)| {
            Cosigner::start(
                &format!("{manner:?}").to_lowercase().replace(' ', ""),
                manner.clone(),
                begin(),
            )
        })
        .collect();
    let all: Vec<&Cosigner> = std::iter::once(&good).chain(&bad).collect();
    let fed = Fed::start(&all, 1);
    let mut play = fed.play();
    for n in 0..4 {
        play.admit(&format!("bank-{n}"), &[Role::Bank], &[]);
        fed.until_cosigned();
        assert_eq!(fed.check(), ["w0"]);
    }
    until("each is named with its fault", || {
        let states = fed.registry.witnesses();
        manners.iter().enumerate().all(|(n, (_, part))| {
            let name = format!("w{}", n + 1);
            let state = states.iter().find(|(other, _)| *other == name);
            let fault = state.and_then(|(_, state)| state.fault.as_ref());
            fault.is_some_and(|(why, _)| why.contains(part))
        })
    });
    assert!(!fed.registry.is_stopped());
    assert_eq!(fed.registry.witnesses().len(), manners.len() + 1);
}

#[test]
fn a_cosignature_within_two_minutes_counts_and_a_later_one_waits_for_the_next_head() {
    let w = Cosigner::start("w", Manner::Late(121), begin());
    let fed = Fed::start(&[&w], 1);
    until("it is told why its cosignature is not enough", || {
        let (_, state) = &fed.registry.witnesses()[0];
        let fault = state.fault.as_ref();
        fault.is_some_and(|(why, _)| why.contains("its time is 121 s"))
    });
    assert_eq!((w.size(), fed.cosigned()), (2, 0));
    w.behave(Manner::Late(119));
    fed.play().admit("bank", &[Role::Bank], &[]);
    fed.until_cosigned();
}

#[test]
fn noise_around_a_good_line_does_not_hide_it_and_is_not_published() {
    let noisy = Cosigner::start("noisy", Manner::Noisy, begin());
    let fed = Fed::start(&[&noisy], 1);
    fed.until_cosigned();
    assert_eq!(fed.check(), ["w0"]);
    let note = fed.registry.cosigned().unwrap().checkpoint;
    assert_eq!(
        note.lines()
            .filter(|line| line.starts_with('\u{2014}'))
            .count(),
        2
    );
    assert!(!note.contains("garbage"));
}

#[test]
fn a_witness_that_fails_is_asked_less_and_less_often() {
    let bad = Cosigner::start("bad", Manner::Status(500), begin());
    let fed = Fed::start(&[&bad], 1);
    // 0, 100, 300, 700, 1500, 2300 ms: never more than eight requests in the first two seconds.
    std::thread::sleep(Duration::from_secs(2));
    let asked = bad.requests();
    assert!((2..=8).contains(&asked), "{asked} requests");
    bad.behave(Manner::Honest);
    fed.until_cosigned();
}

#[test]
fn a_witness_that_knows_an_earlier_size_is_met_there() {
    let w = honest("w");
    let mut fed = Fed::start(&[&w], 1);
    fed.until_cosigned();
    fed.stop_feeding();
    for n in 0..3 {
        fed.play().admit(&format!("bank-{n}"), &[Role::Bank], &[]);
    }
    // The new feeder knows nothing, begins with old 0, and is told.
    fed.restart(true);
    fed.until_cosigned();
    assert_eq!(w.size(), fed.registry.published().size);
}

#[test]
fn what_was_cosigned_is_there_again_after_a_restart() {
    let w = honest("w");
    let mut fed = Fed::start(&[&w], 1);
    fed.play().admit("bank", &[Role::Bank], &[]);
    fed.until_cosigned();
    fed.stop_feeding();
    fed.play().admit("mill", &[Role::Holder], &[]);
    let before = fed.registry.cosigned().unwrap();
    assert!(before.size < fed.registry.published().size);
    fed.restart(false);
    let again = fed.registry.cosigned().unwrap();
    assert_eq!(
        (again.size, again.root, again.time),
        (before.size, before.root, before.time)
    );
    assert_eq!(again.checkpoint, before.checkpoint);
    assert_eq!(again.tree.root(), before.tree.root());
    fed.check();
    // With another quorum the old lines are not enough, and there is nothing until the new witnesses have cosigned.
    let other = honest("other");
    fed.policy = TrustPolicy::parse(&policy(&[&w, &other], 2)).unwrap();
    fed.restart(false);
    assert!(fed.registry.cosigned().is_none());
}

#[test]
fn a_later_checkpoint_under_our_own_signature_stops_the_registry() {
    let w = honest("w");
    let fed = Fed::start(&[&w], 1);
    fed.until_cosigned();
    let later = Checkpoint {
        origin: cast::ORIGIN.to_owned(),
        size: 40,
        root: fed.registry.published().root,
    };
    w.behave(Manner::Claims(40, later.sign(&cast::log_key())));
    fed.play().admit("bank", &[Role::Bank], &[]);
    until("the registry stops", || fed.registry.is_stopped());
    assert_eq!(fed.registry.stop_cause(), Some(StopCause::History));
}

#[test]
fn a_policy_that_cannot_be_met_or_names_another_log_is_refused() {
    let w = honest("w");
    let good = policy(&[&w], 1);
    let no_address = good.replace(&format!(" {}", w.url), "");
    let no_quorum = good.replace("quorum all", "quorum none");
    let other_log = {
        let line = good.lines().next().unwrap();
        good.replace(&format!("{line}\n"), "")
    };
    for (text, part) in [
        (no_address, "too few for the quorum"),
        (no_quorum, "no quorum"),
        (other_log, "does not name this log"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        drop(create(&path, Options::TEST));
        let clock = Arc::new(FixedClock::new(after(0)));
        let policy = TrustPolicy::parse(&text).unwrap();
        let fault = open(&path, &clock, options(&policy)).err().unwrap();
        assert!(fault.to_string().contains(part), "{fault}");
    }
}

#[test]
fn a_witness_of_another_time_is_named_in_the_log_and_not_with_every_head() {
    let key = SecretKey::from_seed(&[77; 32]);
    let log = policy(&[], 0);
    let log = log.lines().next().unwrap();
    let vkey = CosignatureKey::new("w.example", key.public())
        .unwrap()
        .vkey();
    let text = format!("{log}\nwitness w {vkey} http://127.0.0.1:1/\nquorum w\n");
    let folder = tempfile::tempdir().unwrap();
    let policy = TrustPolicy::parse(&text).unwrap();
    let (registry, clock) = create(&folder.path().join("data"), options(&policy));
    let cosign = || {
        let head = registry.begin_round();
        let note = SignedNote::parse(&head.checkpoint).unwrap();
        let time = head.time.seconds() + 1_000_000;
        let line = cosign_line(note.text(), "w.example", &key, time);
        let (counted, log) = logged(|| registry.offer("w", head.size, &line));
        assert_eq!(counted, Counted::Late);
        log
    };
    // It was of no use before, for another reason.
    registry.blame("w", "no answer");
    let log = cosign();
    assert!(
        log.contains("WARN") && log.contains("its time is 1000000 s"),
        "{log}"
    );
    for seconds in [1, 300, 600] {
        clock.set(after(seconds));
        assert_eq!(cosign(), "", "after {seconds} s");
    }
    clock.set(after(601));
    assert!(cosign().contains("WARN"));
}

#[test]
fn since_when_no_quorum_has_cosigned_is_said_after_ten_minutes_and_not_at_a_start() {
    let w = honest("w");
    let mut fed = Fed::start(&[&w], 1);
    fed.until_cosigned();
    fed.stop_feeding();
    let since = |fed: &Fed, seconds| {
        fed.clock.set(after(seconds));
        fed.registry.no_quorum_since()
    };
    let newest = fed.registry.cosigned().map(|head| head.time);
    assert_eq!(since(&fed, 600), None);
    assert_eq!(since(&fed, 601), newest);
    // Who starts again after a rest waits for the witnesses first.
    fed.restart(false);
    assert_eq!(since(&fed, 1_201), None);
    assert_eq!(since(&fed, 1_202), newest);
}

#[test]
fn a_post_quantum_witness_makes_no_quorum_and_is_not_fed() {
    let w = honest("w");
    let good = policy(&[&w], 1);
    let unverified = crate::c2sp::post_quantum_key("pq.example");
    let with = |threshold: &str| {
        let line = format!("witness pq {unverified} {}\n", w.url);
        good.replace(
            "group all 1 w0",
            &format!("{line}group all {threshold} pq w0"),
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    drop(create(&path, Options::TEST));
    let clock = Arc::new(FixedClock::new(after(0)));
    let needed = TrustPolicy::parse(&with("all")).unwrap();
    let fault = open(&path, &clock, options(&needed)).err().unwrap();
    assert!(
        fault.to_string().contains("too few for the quorum"),
        "{fault}"
    );
    let policy = TrustPolicy::parse(&with("any")).unwrap();
    let registry = open(&path, &clock, options(&policy)).unwrap();
    let feeder = feeding::start(&registry, &policy, PACE).unwrap();
    until("the other one cosigns", || registry.cosigned_size() == 2);
    assert_eq!(w.requests(), 1, "one witness was brought one head");
    drop(feeder);
}

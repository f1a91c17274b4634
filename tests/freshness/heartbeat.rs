//! An idle log says that it is alive, and what it says is part of the log like everything else.

use std::thread::sleep;
use std::time::Duration;

use greenlien::domain::entry::{Entry, Mode, StateEntry};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::service::Registry;
use greenlien::service::audit::audit;
use greenlien::service::options::Options;
use greenlien::service::rebuild::rebuild;
use greenlien::verify::checks::verify;

use super::{after, create, open, until};
use crate::evidence::trust;
use crate::support::papers::{self, span};
use crate::support::{Local, Play as _};

fn beating() -> Options {
    Options {
        heartbeat_seconds: Some(240),
        ..Options::TEST
    }
}

fn state_entry(registry: &Registry, index: u64) -> StateEntry {
    match Entry::parse(&registry.entry(index).unwrap()).unwrap() {
        Entry::State(state) => state,
        other => panic!("entry {index} is {other:?}"),
    }
}

#[test]
fn an_idle_log_writes_a_heartbeat_that_audit_rebuild_and_evidence_understand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let (registry, clock) = create(&path, beating());
    let mut local = Local::on(registry, clock.clone());
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    let registry = local.registry.clone();
    let (size, root) = (registry.published().size, registry.published().tree.root());

    clock.set(after(239));
    sleep(Duration::from_millis(700));
    assert_eq!(registry.published().size, size, "nothing before its time");
    clock.set(after(245));
    until("the first heartbeat", || {
        registry.published().size == size + 1
    });
    sleep(Duration::from_millis(700));
    assert_eq!(registry.published().size, size + 1, "one is enough");
    clock.set(after(490));
    until("the second", || registry.published().size == size + 2);

    for (index, time) in [(size, after(245)), (size + 1, after(490))] {
        let state = state_entry(&registry, index);
        assert_eq!(
            (state.mode, state.n, state.time),
            (Mode::Heartbeat, index, time)
        );
        assert_eq!(state.previous_state_index, Some(index - 1));
        assert_eq!(state.state_root, root, "a heartbeat changes no record");
    }
    // What comes afterward is a group again, and evidence is as fresh as the last heartbeat.
    let mut fresh = trust(&local);
    fresh.now = Some(after(500));
    fresh.age_seconds_max = Some(60);
    let evidence = registry.evidence(&StateKey::Right(right), None).unwrap();
    let verdict = verify(evidence.as_bytes(), &fresh);
    assert!(verdict.holds(), "{verdict:?}");
    local.admit("bank", &[Role::Bank], &[]);
    let last = registry.published().size - 1;
    assert_eq!(state_entry(&registry, last).mode, Mode::Group);
    drop((local, registry));

    let audited = audit(&path, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(audited.size, last + 1);
    assert_eq!(rebuild(&path, &mut |_, _| {}).unwrap().unwrap(), last + 1);
    let again = open(&path, &clock, beating()).unwrap();
    assert_eq!(again.published().size, last + 1);
}

#[test]
fn a_clock_that_goes_back_neither_beats_nor_turns_time_back() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = create(&folder.path().join("data"), beating());
    let mut local = Local::on(registry.clone(), clock.clone());
    clock.set(after(1_000));
    until("a heartbeat", || registry.published().size == 3);
    clock.set(after(10));
    sleep(Duration::from_millis(700));
    assert_eq!(registry.published().size, 3);
    // Registry time goes on from where it was, and a command whose time is right is taken.
    clock.set(after(990));
    local.admit("bank", &[Role::Bank], &[]);
    let state = state_entry(&registry, registry.published().size - 1);
    assert!(state.time > after(1_000) && state.time < after(1_001));
}

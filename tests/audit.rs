//! What `audit` says of a log that somebody with the log key has changed: the first entry that the law would not have made,
//! however carefully everything behind it was made to fit.
//!
//! The log is the frozen one of law 1, so that every kind of entry is there to be changed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use greenlien::domain::entry::{Entry, Outcome};
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, NoteKey, SignedNote, cosign_line};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::ledger::tree::{Frontier, leaf_hash};
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::time::Timestamp;
use greenlien::service::audit::{Audited, audit, audit_under};
use greenlien::service::rebuild::{Rebuilding, rebuild};
use greenlien::store::{Column, Commit, Store, StoreFault};
use greenlien::verify::replay::BadEntry;

use crate::frozen_log::{LOGS, entries};
use crate::support::cast::{self, ORIGIN};
use crate::support::world::replay;

/// Signs the checkpoint of a log.
pub(crate) fn sign(log: &[Vec<u8>], key: &SecretKey) -> String {
    let mut frontier = Frontier::new();
    for entry in log {
        frontier.push(leaf_hash(entry), &mut |_, _| {});
    }
    let head = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: frontier.size(),
        root: frontier.root(),
    };
    head.sign(key)
}

/// Writes a log with its checkpoint into a new folder.
pub(crate) fn write(folder: &Path, log: &[Vec<u8>], note: String) {
    let commit = Commit {
        origin: Some(ORIGIN.to_owned()),
        entries: (0..).zip(log.iter().cloned()).collect(),
        checkpoint: Some((u64::try_from(log.len()).unwrap(), note)),
        ..Commit::default()
    };
    Store::create(folder).unwrap().commit(&commit).unwrap();
}

fn audited(log: &[Vec<u8>], note: String) -> Result<Audited, BadEntry> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    write(&path, log, note);
    let result = audit(&path, &mut |_, _| {}).unwrap();
    if let Err(bad) = &result {
        // A rebuild stops at the same entry, unless only the checkpoint is at fault.
        let rebuilt = rebuild(&path, &mut |_, _| {}).unwrap();
        assert!(
            rebuilt.is_ok() || rebuilt.as_ref() == Err(bad),
            "{rebuilt:?}"
        );
    }
    result
}

pub(crate) fn log() -> Vec<Vec<u8>> {
    entries(&LOGS[0])
}

/// Finds the last command of which something is so.
fn last(log: &[Vec<u8>], is_so: impl Fn(&Outcome) -> bool) -> usize {
    let is_it = |bytes: &Vec<u8>| match Entry::parse(bytes).unwrap() {
        Entry::Command { outcome, .. } => is_so(&outcome),
        Entry::Genesis { .. } | Entry::State(_) => false,
    };
    log.iter().rposition(is_it).unwrap()
}

/// Chains every entry behind `from` to the one before it, as a forger would.
fn chain(log: &mut [Vec<u8>], from: usize) {
    for index in from + 1..log.len() {
        let before = leaf_hash(&log[index - 1]);
        let mut entry = Entry::parse(&log[index]).unwrap();
        match &mut entry {
            Entry::Command { prev, .. } => *prev = before,
            Entry::State(state) => state.prev = before,
            Entry::Genesis { .. } => panic!("entry 0 has none before it"),
        }
        log[index] = entry.to_bytes();
    }
}

/// Changes one entry, makes the rest of the chain fit, signs a checkpoint over it, and says what the audit finds.
fn forged(at: usize, change: impl FnOnce(&mut Entry)) -> BadEntry {
    let mut log = log();
    let mut entry = Entry::parse(&log[at]).unwrap();
    change(&mut entry);
    let bytes = entry.to_bytes();
    assert_ne!(bytes, log[at]);
    log[at] = bytes;
    chain(&mut log, at);
    let note = sign(&log, &cast::log_key());
    audited(&log, note).unwrap_err()
}

fn check(bad: &BadEntry, at: usize, part: &str) {
    assert_eq!(bad.index, u64::try_from(at).unwrap(), "{bad}");
    assert!(bad.reason.contains(part), "{bad}");
}

#[test]
fn a_log_as_the_law_makes_it_is_sound() {
    let log = log();
    let audited = audited(&log, sign(&log, &cast::log_key())).unwrap();
    assert_eq!(audited.root.to_string(), LOGS[0].root);
    assert_eq!(audited.state_root.to_string(), LOGS[0].state_root);
    assert!(audited.signatures > 150, "{}", audited.signatures);
}

#[test]
fn a_decision_that_the_law_would_not_make_is_named() {
    let log = log();
    let accepted = last(&log, |outcome| matches!(outcome, Outcome::Accepted { .. }));
    let refused = last(&log, |outcome| matches!(outcome, Outcome::Refused(_)));
    let Entry::Command { outcome: yes, .. } = Entry::parse(&log[accepted]).unwrap() else {
        panic!("not a command");
    };
    let Entry::Command { outcome: no, .. } = Entry::parse(&log[refused]).unwrap() else {
        panic!("not a command");
    };
    for (at, other) in [(refused, yes), (accepted, no)] {
        let bad = forged(at, |entry| match entry {
            Entry::Command { outcome, .. } => *outcome = other,
            Entry::Genesis { .. } | Entry::State(_) => panic!("not a command"),
        });
        check(&bad, at, "the law makes another entry");
    }
}

#[test]
fn a_warning_or_a_finding_that_was_left_out_is_named() {
    let log = log();
    let warned = last(
        &log,
        |outcome| matches!(outcome, Outcome::Accepted { warnings, .. } if !warnings.is_empty()),
    );
    let bad = forged(warned, |entry| {
        if let Entry::Command {
            outcome: Outcome::Accepted { warnings, .. },
            ..
        } = entry
        {
            warnings.clear();
        }
    });
    check(&bad, warned, "the law makes another entry");
    let twice = last(
        &log,
        |outcome| matches!(outcome, Outcome::Refused(findings) if findings.len() > 1),
    );
    let bad = forged(twice, |entry| {
        if let Entry::Command {
            outcome: Outcome::Refused(findings),
            ..
        } = entry
        {
            findings.pop();
        }
    });
    check(&bad, twice, "the law makes another entry");
}

#[test]
fn a_signature_over_other_bytes_is_named() {
    let log = log();
    let at = last(&log, |outcome| matches!(outcome, Outcome::Accepted { .. }));
    let bad = forged(at, |entry| {
        if let Entry::Command { envelope, .. } = entry {
            envelope.signatures[0].signature.0[7] ^= 1;
        }
    });
    check(&bad, at, "signature");
}

#[test]
fn time_that_stands_still_or_goes_back_is_named() {
    let log = log();
    let state = log.len() - 1;
    let command = last(&log, |_| true);
    for at in [state, command] {
        let before = Entry::parse(&log[at - 1]).unwrap().time();
        for micros in [before.micros(), before.micros() - 1] {
            let bad = forged(at, |entry| match entry {
                Entry::Command { time, .. } => *time = Timestamp::from_micros(micros),
                Entry::State(state) => state.time = Timestamp::from_micros(micros),
                Entry::Genesis { .. } => panic!("not entry 0"),
            });
            check(&bad, at, "its time does not progress");
        }
    }
}

#[test]
fn a_state_that_the_commands_do_not_lead_to_is_named() {
    let log = log();
    let at = log.len() - 1;
    type Change = fn(&mut greenlien::domain::entry::StateEntry);
    let changes: [Change; 3] = [
        |state| state.state_root = Hash([7; 32]),
        |state| state.root_n = Hash([7; 32]),
        |state| state.previous_state_index = Some(1),
    ];
    for change in changes {
        let bad = forged(at, |entry| match entry {
            Entry::State(state) => change(state),
            Entry::Command { .. } | Entry::Genesis { .. } => panic!("not a state entry"),
        });
        check(&bad, at, "the law makes another entry");
    }
}

#[test]
fn a_broken_chain_and_another_spelling_are_named() {
    let key = cast::log_key();
    for at in [1, 7, 100] {
        let mut log = log();
        let mut entry = Entry::parse(&log[at]).unwrap();
        match &mut entry {
            Entry::Command { prev, .. } => *prev = Hash([9; 32]),
            Entry::State(state) => state.prev = Hash([9; 32]),
            Entry::Genesis { .. } => panic!("entry 0 has none before it"),
        }
        log[at] = entry.to_bytes();
        let note = sign(&log, &key);
        check(
            &audited(&log, note).unwrap_err(),
            at,
            "the law makes another entry",
        );
        log[at].push(b' ');
        let note = sign(&log, &key);
        check(&audited(&log, note).unwrap_err(), at, "canonical");
    }
}

#[test]
fn an_entry_that_is_missing_moved_or_decided_twice_is_named() {
    let key = cast::log_key();
    let mut without = log();
    let at = last(&without, |_| true);
    without.remove(at);
    let note = sign(&without, &key);
    check(
        &audited(&without, note).unwrap_err(),
        at,
        "says that it is entry",
    );

    let mut swapped = log();
    swapped.swap(40, 41);
    let note = sign(&swapped, &key);
    check(
        &audited(&swapped, note).unwrap_err(),
        40,
        "says that it is entry 41",
    );

    // The last command once more, as the next entry.
    let mut again = log();
    let mut entry = Entry::parse(&again[at]).unwrap();
    let end = again.len();
    if let Entry::Command {
        index, time, prev, ..
    } = &mut entry
    {
        *index = u64::try_from(end).unwrap();
        let before = Entry::parse(&again[end - 1]).unwrap().time();
        *time = Timestamp::from_micros(before.micros() + 1);
        *prev = leaf_hash(&again[end - 1]);
    }
    again.push(entry.to_bytes());
    let note = sign(&again, &key);
    check(
        &audited(&again, note).unwrap_err(),
        end,
        "was decided before",
    );
}

#[test]
fn a_checkpoint_of_another_log_or_another_key_is_named() {
    let log = log();
    let end = log.len() - 1;
    let mut other = log.clone();
    other[end].push(b' ');
    let note = sign(&other, &cast::log_key());
    check(&audited(&log, note).unwrap_err(), end, "signs another root");
    let note = sign(&log, &SecretKey::from_seed(&[1; 32]));
    check(
        &audited(&log, note).unwrap_err(),
        end,
        "the checkpoint of size",
    );
}

/// A witness of these tests: its name, and the byte of its seed.
const WITNESS: (&str, u8) = ("bank.example/witness", 61);

/// Trusts the log of the cast, and asks for the one witness.
fn policy() -> TrustPolicy {
    let log = NoteKey::new(ORIGIN, cast::log_key().public())
        .unwrap()
        .vkey();
    let (name, seed) = WITNESS;
    let key = SecretKey::from_seed(&[seed; 32]).public();
    let witness = CosignatureKey::new(name, key).unwrap().vkey();
    TrustPolicy::parse(&format!("log {log}\nwitness w {witness}\nquorum w\n")).unwrap()
}

/// Puts a cosignature under a signed checkpoint, so many seconds after the state entry in which the log ends.
fn cosign(note: &str, seed: u8, log: &[Vec<u8>], seconds: u64) -> String {
    let state = Entry::parse(log.last().unwrap()).unwrap().time().seconds();
    let text = SignedNote::parse(note).unwrap().text().to_owned();
    let key = SecretKey::from_seed(&[seed; 32]);
    note.to_owned() + &cosign_line(&text, WITNESS.0, &key, state + seconds)
}

/// Audits the log under the policy, with these cosigned checkpoints in its folder.
fn audited_with(cosigned: &[(u64, String)]) -> Result<Audited, BadEntry> {
    let (log, folder) = (log(), tempfile::tempdir().unwrap());
    let path = folder.path().join("data");
    write(&path, &log, sign(&log, &cast::log_key()));
    let store = Store::open(&path).unwrap();
    for (size, note) in cosigned {
        store.put_cosigned(*size, note).unwrap();
    }
    drop(store);
    let without = audit(&path, &mut |_, _| {}).unwrap();
    let with = audit_under(&path, Some(&policy()), &mut |_, _| {}).unwrap();
    if let (Ok(without), Ok(with)) = (&without, &with) {
        assert_eq!((without.cosigned, without.quorums), (with.cosigned, None));
    }
    with
}

/// The sizes at which the log ended in a state entry.
pub(crate) fn ends(log: &[Vec<u8>]) -> Vec<usize> {
    let is_state = |at: &usize| matches!(Entry::parse(&log[at - 1]).unwrap(), Entry::State(_));
    (1..=log.len()).filter(is_state).collect()
}

#[test]
fn cosigned_checkpoints_are_counted_with_their_quorums() {
    let log = log();
    let ends = ends(&log);
    let head = |size: usize| sign(&log[..size], &cast::log_key());
    let of = |size: usize, seed, seconds| {
        let note = cosign(&head(size), seed, &log[..size], seconds);
        (u64::try_from(size).unwrap(), note)
    };
    let audited = audited_with(&[
        of(ends[1], WITNESS.1, 3),
        of(ends[2], WITNESS.1, 121),
        (u64::try_from(ends[3]).unwrap(), head(ends[3])),
        of(*ends.last().unwrap(), WITNESS.1, 0),
    ]);
    let audited = audited.unwrap();
    assert_eq!((audited.cosigned, audited.quorums), (4, Some(2)));
}

#[test]
fn a_cosigned_checkpoint_that_the_log_contradicts_is_named() {
    let log = log();
    let (ends, key) = (ends(&log), cast::log_key());
    let (end, whole) = (ends[4], sign(&log, &key));
    let size = u64::try_from(end).unwrap();
    let mut other = log[..end].to_vec();
    other[2].push(b' ');
    let head = sign(&log[..end], &key);
    let false_line = cosign(&sign(&other, &key), WITNESS.1, &log[..end], 0);
    let false_line = head.clone() + false_line.split_inclusive('\n').next_back().unwrap();
    let stranger = SecretKey::from_seed(&[1; 32]);
    let beyond = u64::try_from(log.len()).unwrap() + 1;
    for (size, note, part) in [
        (size, sign(&other, &key), "signs another root"),
        (
            size,
            sign(&log[..end], &stranger),
            "not signed by a known key",
        ),
        (size, sign(&log[..ends[3]], &key), "signs another root"),
        (size, false_line, "bank.example/witness is false"),
        (
            size,
            "garbage\n".to_owned(),
            "the cosigned checkpoint of size",
        ),
        (
            size - 1,
            sign(&log[..end - 1], &key),
            "does not end in a state entry",
        ),
        (beyond, whole.clone(), "of no size that the log has"),
        (0, whole.clone(), "of no size that the log has"),
    ] {
        let bad = audited_with(&[(size, note)]).unwrap_err();
        assert!(bad.to_string().contains(part), "{bad}");
    }
}

#[test]
fn a_rebuild_of_a_bad_log_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut log = log();
    let all = log.len();
    let bad = log.pop().unwrap();
    write(&path, &log, sign(&log, &cast::log_key()));
    rebuild(&path, &mut |_, _| {}).unwrap().unwrap();
    let derived = rows(&path)
        .iter()
        .filter(|(column, ..)| column.is_derived())
        .count();
    assert!(derived > 100, "{derived} rows");
    // The last state entry, of another state.
    let mut entry = Entry::parse(&bad).unwrap();
    if let Entry::State(state) = &mut entry {
        state.state_root = Hash([7; 32]);
    }
    let index = u64::try_from(all - 1).unwrap();
    let commit = Commit {
        entries: vec![(index, entry.to_bytes())],
        ..Commit::default()
    };
    Store::open(&path).unwrap().commit(&commit).unwrap();
    let before = rows(&path);
    let refused = rebuild(&path, &mut |_, _| {}).unwrap().unwrap_err();
    check(&refused, all - 1, "the law makes another entry");
    assert!(rows(&path) == before, "something was touched");
}

/// Every row of every column.
fn rows(path: &Path) -> Vec<(Column, Vec<u8>, Vec<u8>)> {
    let store = Store::open(path).unwrap();
    let mut rows = Vec::new();
    for column in Column::ALL {
        let mut take = |key: &[u8], value: &[u8]| rows.push((column, key.to_vec(), value.to_vec()));
        store.dump(column, &mut take).unwrap();
    }
    rows
}

/// A log that is longer than what is written at a time: the frozen one, and heartbeats.
fn long_log() -> Vec<Vec<u8>> {
    const ENTRIES: usize = 7_000;
    let mut log = log();
    let mut machine = replay(&log);
    while log.len() < ENTRIES {
        let time = machine.last_time().plus_seconds(60);
        log.push(machine.close_group(machine.next_mode(), time).bytes);
    }
    log
}

/// Rebuilds until so many entries are written and more are replayed, and then falls over.
fn interrupt(path: &Path, entries: usize) -> u64 {
    let size = u64::try_from(entries).unwrap();
    let fallen = catch_unwind(AssertUnwindSafe(|| {
        rebuild(path, &mut |done, _| {
            assert!(done <= size || done - size < 6_000, "interrupted");
        })
    }));
    assert!(fallen.is_err());
    let unfinished = StoreFault::Unfinished(path.to_owned());
    assert_eq!(Store::open(path).unwrap_err(), unfinished);
    Rebuilding::open(path).unwrap().written().unwrap()
}

#[test]
fn an_interrupted_rebuild_goes_on_behind_what_it_has_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let log = long_log();
    let size = u64::try_from(log.len()).unwrap();
    write(&path, &log, sign(&log, &cast::log_key()));
    assert_eq!(Rebuilding::open(&path).unwrap().written(), None);
    assert_eq!(rebuild(&path, &mut |_, _| {}).unwrap(), Ok(size));
    let whole = rows(&path);

    let written = interrupt(&path, log.len());
    assert!((4_096..6_000).contains(&written), "{written}");
    let mut first = None;
    let rebuilt = rebuild(&path, &mut |done, all| {
        assert_eq!(all, 2 * size);
        first.get_or_insert(done);
    });
    assert_eq!(rebuilt.unwrap(), Ok(size));
    assert!(first.unwrap() > size + written, "{first:?}");
    assert!(rows(&path) == whole);
    assert_eq!(Rebuilding::open(&path).unwrap().written(), None);
    assert_eq!(audit(&path, &mut |_, _| {}).unwrap().unwrap().size, size);
}

/// What lies there is taken only if it is what the log commits to at that place.
#[test]
fn an_interrupted_rebuild_whose_records_are_not_those_of_the_log_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let log = long_log();
    write(&path, &log, sign(&log, &cast::log_key()));
    rebuild(&path, &mut |_, _| {}).unwrap().unwrap();
    let whole = rows(&path);
    let of = |column: Column| whole.iter().filter(move |row| row.0 == column);
    let (_, key, value) = of(Column::Records).next_back().unwrap().clone();
    let (_, _, other) = of(Column::Records).next().unwrap().clone();
    let records = vec![(key.clone(), other), (key, value[..20].to_vec())];
    for record in records {
        interrupt(&path, log.len());
        let commit = Commit {
            records: vec![record],
            ..Commit::default()
        };
        let store = Store::open_for_rebuild(&path).unwrap();
        store.commit(&commit).unwrap();
        drop(store);
        let rebuilding = Rebuilding::open(&path).unwrap();
        assert_eq!(rebuilding.written(), Some(0));
        rebuilding.run(&mut |_, _| {}).unwrap().unwrap();
        assert!(rows(&path) == whole);
    }
}

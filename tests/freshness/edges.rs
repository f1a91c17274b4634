//! Folders in which something is not as it was written: a start recomputes the right edge and refuses, and says the way on.

use std::path::{Path, PathBuf};

use greenlien::domain::party::Role;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::tree::frontier_nodes;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::service::doctor::{Doctor, Outside, Standing};
use greenlien::service::options::Options;
use greenlien::service::rebuild::rebuild;
use greenlien::store::{Commit, Store};

use super::{after, create, open};
use crate::support::{Local, Play as _, cast};

/// A folder of two parties, closed; returns it with its size and root.
fn folder() -> (tempfile::TempDir, PathBuf, u64, Hash) {
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("data");
    let (registry, clock) = create(&path, Options::TEST);
    let mut play = Local::on(registry, clock);
    play.admit("bank", &[Role::Bank], &[]);
    play.admit("mill", &[Role::Holder], &[]);
    let head = play.registry.published();
    let (size, root) = (head.size, head.root);
    (outer, path, size, root)
}

/// Writes over what the folder has.
fn damage(path: &Path, change: impl FnOnce(&Store) -> Commit) {
    let store = Store::open(path).unwrap();
    let commit = change(&store);
    store.commit(&commit).unwrap();
}

fn signed(size: u64, root: Hash, key: &SecretKey) -> Commit {
    let head = Checkpoint {
        origin: cast::ORIGIN.to_owned(),
        size,
        root,
    };
    Commit {
        checkpoint: Some((size, head.sign(key))),
        ..Commit::default()
    }
}

/// Says why the folder is refused: by a start, and by the doctor, who names the same.
fn refused(path: &Path) -> String {
    let clock = std::sync::Arc::new(greenlien::primitives::time::FixedClock::new(after(0)));
    let fault = open(path, &clock, Options::TEST)
        .err()
        .expect("it was opened")
        .to_string();
    let doctor = Doctor::open(path).unwrap();
    let all = doctor.examine(after(0), &Outside::default()).unwrap();
    let refused: Vec<_> = all
        .iter()
        .filter(|one| one.standing == Standing::Refused)
        .collect();
    assert_eq!(refused.len(), 1, "{fault}: {all:?}");
    assert!(refused[0].advice.is_some(), "{all:?}");
    fault
}

#[test]
fn derived_rows_that_do_not_fit_the_entries_are_refused_and_a_rebuild_makes_them_again() {
    type Damage = fn(&Store) -> Commit;
    let damages: [(Damage, &str); 3] = [
        (
            |store| {
                let edge = frontier_nodes(store.size()).pop().unwrap();
                Commit {
                    nodes: vec![(edge, Hash([7; 32]))],
                    ..Commit::default()
                }
            },
            "the stored hashes do not belong to the entries",
        ),
        (
            |store| {
                let mut rows = Vec::new();
                let mut take = |key: &[u8], value: &[u8]| rows.push((key.to_vec(), value.to_vec()));
                store.all_records(&mut take).unwrap();
                let parties: Vec<_> = rows.into_iter().filter(|(key, _)| key[0] == b'm').collect();
                // One party's record in the place of another's.
                Commit {
                    records: vec![(parties[1].0.clone(), parties[2].1.clone())],
                    ..Commit::default()
                }
            },
            "the stored records do not have the logged root",
        ),
        (
            |store| {
                let mut key = Vec::new();
                store
                    .all_records(&mut |other, _| key = other.to_vec())
                    .unwrap();
                Commit {
                    records: vec![(key, b"garbage".to_vec())],
                    ..Commit::default()
                }
            },
            "records cannot be read",
        ),
    ];
    for (change, part) in damages {
        let (_outer, path, size, root) = folder();
        damage(&path, change);
        let fault = refused(&path);
        assert!(
            fault.contains(part) && fault.contains("greenlien rebuild"),
            "{fault}"
        );
        assert_eq!(rebuild(&path, &mut |_, _| {}).unwrap(), Ok(size));
        let clock = std::sync::Arc::new(greenlien::primitives::time::FixedClock::new(after(0)));
        let registry = open(&path, &clock, Options::TEST).unwrap();
        assert_eq!(
            (registry.published().size, registry.published().root),
            (size, root)
        );
    }
}

#[test]
fn a_checkpoint_that_the_entries_do_not_have_is_refused() {
    let key = cast::log_key();
    let stranger = SecretKey::from_seed(&[9; 32]);
    for (other, signer, part) in [
        (
            true,
            &key,
            "do not have the root that the newest checkpoint signs",
        ),
        (false, &stranger, "not signed by a known key"),
    ] {
        let (_outer, path, size, root) = folder();
        let root = if other { Hash([7; 32]) } else { root };
        damage(&path, |_| signed(size, root, signer));
        let fault = refused(&path);
        assert!(fault.contains(part), "{fault}");
    }
}

//! On the disk openings are sealed under a key that lies elsewhere; a folder and its key belong together.

use std::sync::Arc;

use greenlien::domain::entry::Outcome;
use greenlien::primitives::crypto::SecretKey;
use greenlien::service::openings::sealing::OpeningsKey;
use greenlien::service::rebuild::rebuild;
use greenlien::store::{Column, Commit, Opening as Row, Store};

use super::{CONTRACT, Office, PRINCIPAL, any_file_has, openings};
use crate::cli::{failed, program};
use crate::support::cast;
use crate::support::play::Answer;

pub(super) fn other_key() -> OpeningsKey {
    OpeningsKey::new(&SecretKey::from_seed(&[0x5e; 32]))
}

/// The kept openings of an entry, as they can be read with a key.
pub(super) fn read(data: &std::path::Path, key: &OpeningsKey, entry: u64) -> Vec<String> {
    let store = Store::open(data).unwrap();
    let wrapped = store.wrapped_key(entry).unwrap();
    let data_key = wrapped.and_then(|wrapped| key.unwrap(entry, &wrapped));
    let rows = store.openings(entry).unwrap();
    rows.iter()
        .filter_map(|row| data_key.as_ref()?.open(entry, &row.claim, &row.sealed))
        .map(|text| text.to_string())
        .collect()
}

#[test]
fn openings_are_sealed_on_the_disk_and_come_back_with_the_key() {
    let mut office = Office::new(Some(cast::openings_key()));
    let pledge = office.pledge().0;
    let folder = office.close();
    let data = folder.path().join("data");
    for value in [CONTRACT, PRINCIPAL, "a1a1a1a1a1a1a1a1"] {
        assert!(!any_file_has(&data, value.as_bytes()), "{value}");
    }
    let kept = read(&data, &cast::openings_key(), pledge);
    let given: Vec<String> = openings()
        .iter()
        .map(|opening| opening.to_json().to_canonical())
        .collect();
    assert_eq!(kept, given);
    assert!(read(&data, &other_key(), pledge).is_empty());
}

#[test]
fn without_a_key_nothing_that_hides_a_value_is_taken() {
    let mut office = Office::new(None);
    let Answer::Faulty(fault) = office.give(&openings(), "10") else {
        panic!("it was decided");
    };
    assert_eq!(fault.field, "openings");
    assert!(fault.reason.contains("--openings-key"), "{}", fault.reason);
    assert!(office.give(&[], "10").is_accepted());
}

#[test]
fn what_a_refused_command_hides_is_not_kept() {
    let mut office = Office::new(Some(cast::openings_key()));
    let Answer::Decided { index, outcome } = office.give(&openings(), "1000") else {
        panic!("the door refused it");
    };
    assert!(matches!(outcome, Outcome::Refused(_)));
    let folder = office.close();
    let store = Store::open(&folder.path().join("data")).unwrap();
    assert!(store.openings(index).unwrap().is_empty());
    assert_eq!(store.wrapped_key(index).unwrap(), None);
}

#[test]
fn a_folder_opens_with_its_own_key_alone() {
    let mut office = Office::new(Some(cast::openings_key()));
    office.pledge();
    let refused = |key| {
        let mut office = Office::new(Some(cast::openings_key()));
        office.pledge();
        match office.reopen(key) {
            Err(fault) => fault.to_string(),
            Ok(_) => panic!("it was opened"),
        }
    };
    let own = cast::openings_key().id().to_string();
    let missing = refused(None);
    assert!(
        missing.contains(&own) && missing.contains("not given"),
        "{missing}"
    );
    let wrong = refused(Some(other_key()));
    let other = other_key().id().to_string();
    assert!(wrong.contains(&own) && wrong.contains(&other), "{wrong}");
    assert!(office.reopen(Some(cast::openings_key())).is_ok());
}

/// A folder as the first release left it: openings in clear, those of refused commands among them.
#[test]
fn a_folder_with_clear_openings_is_sealed_by_its_next_start() {
    let mut office = Office::new(Some(cast::openings_key()));
    let pledge = office.pledge().0;
    let Answer::Decided { index: refused, .. } = office.give(&openings(), "1000") else {
        panic!("the door refused it");
    };
    let (folder, clock) = (office.folder, office.clock);
    office.local.registry.stop();
    drop(office.local);
    let data = folder.path().join("data");
    let store = Store::open(&data).unwrap();
    let clear = |entry| {
        openings().into_iter().map(move |opening| Row {
            entry,
            claim: opening.claim.clone(),
            sealed: opening.to_json().to_canonical().into_bytes(),
        })
    };
    let commit = Commit {
        openings: clear(pledge).chain(clear(refused)).collect(),
        opening_keys_erased: vec![pledge],
        // As a folder in which sealing was interrupted, and so one that is looked through.
        purge: Some(0),
        ..Commit::default()
    };
    store.commit(&commit).unwrap();
    drop(store);
    assert!(any_file_has(&data, CONTRACT.as_bytes()));

    let open = |key| {
        use greenlien::service::Registry;
        let options = super::with_key(key);
        Registry::open_with(&data, cast::log_key(), Arc::clone(&clock), options)
    };
    let fault = open(None).map(|_| ()).unwrap_err().to_string();
    assert!(fault.contains("openings"), "{fault}");
    open(Some(cast::openings_key())).unwrap().stop();
    assert!(!any_file_has(&data, CONTRACT.as_bytes()));
    assert_eq!(read(&data, &cast::openings_key(), pledge).len(), 2);
    assert!(
        Store::open(&data)
            .unwrap()
            .openings(refused)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn rebuilding_keeps_openings_and_their_keys() {
    let mut office = Office::new(Some(cast::openings_key()));
    office.pledge();
    let folder = office.close();
    let data = folder.path().join("data");
    let dump = || {
        let store = Store::open(&data).unwrap();
        let mut rows = Vec::new();
        for column in [Column::Openings, Column::OpeningKeys] {
            let mut visit = |key: &[u8], value: &[u8]| rows.push((key.to_vec(), value.to_vec()));
            store.dump(column, &mut visit).unwrap();
        }
        rows
    };
    let before = dump();
    assert_eq!(before.len(), 3);
    rebuild(&data, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(dump(), before);
}

/// The key changes as an operator changes it: with the program, on a stopped server.
#[test]
fn another_key_takes_over_and_the_one_before_opens_nothing() {
    let mut office = Office::new(Some(cast::openings_key()));
    let pledge = office.pledge().0;
    let store_of = |office: Office| {
        let folder = office.close();
        let path = folder.path().join("data");
        (folder, path)
    };
    let (folder, data) = store_of(office);
    let before = Store::open(&data)
        .unwrap()
        .wrapped_key(pledge)
        .unwrap()
        .unwrap();
    let file = |name: &str, key: &SecretKey| {
        let path = folder.path().join(name);
        greenlien::cli::keyfile::write_key(&path, key, None).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = file("old.key", &cast::openings_secret());
    let new = file("new.key", &SecretKey::from_seed(&[0x5e; 32]));
    let path = data.to_str().unwrap();
    failed(
        &["rewrap", path, "--from", &new, "--to", &old],
        1,
        "the one that was given is",
    );
    failed(
        &["rewrap", path, "--from", &old, "--to", &old],
        2,
        "same key",
    );
    let done = program(&["rewrap", path, "--from", &old, "--to", &new, "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("\"data_keys\":1"), "{}", done.out);
    assert!(read(&data, &cast::openings_key(), pledge).is_empty());
    assert_eq!(read(&data, &other_key(), pledge).len(), 2);
    assert!(
        !any_file_has(&data, &before),
        "the old wrapping left the disk"
    );

    let doctor = |words: &[&str]| {
        let words = [&["doctor", path, "--clock-offset=0"], words].concat();
        program(&words).out
    };
    assert!(doctor(&["--openings-key", &new]).contains("2 are sealed, under the openings key"));
    assert!(doctor(&["--openings-key", &old]).contains("refused  openings of hidden values"));
    assert!(doctor(&[]).contains("to do: name the key file with --openings-key"));
}

//! Erasure: what the registrar orders to be destroyed is gone, and everything else verifies as before.

use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use greenlien::client::Client;
use greenlien::domain::command::{Body, Hiding, PartyAct};
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::facts::{Record, StateKey};
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::time::SystemClock;
use greenlien::service::audit::audit;
use greenlien::service::rebuild::rebuild;
use greenlien::store::{Column, Store};

use super::keeping::read;
use super::{Office, any_file_has, openings};
use crate::crash::Server;
use crate::support::house::submission;
use crate::support::play::{Play as _, seal};
use crate::support::{Actor, cast};

fn order(pledge: PledgeId, claims: &[&str]) -> Body {
    Body::OfParty(Box::new(PartyAct::Erase {
        of: Hiding::Pledge(pledge),
        claims: claims.iter().map(ToString::to_string).collect(),
        document: Hash::of(&[b"request"]),
    }))
}

impl Office {
    /// The registrar's order, with the consent of the pledgee, ready to be sent.
    fn written(&mut self, body: Body) -> Envelope {
        let registrar = cast::registrar();
        let keys: Vec<_> = [&registrar, &self.bank]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.local.draft(registrar.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        seal(&command, &keys)
    }

    pub(super) fn erase(&mut self, pledge: PledgeId, claims: &[&str]) -> u64 {
        let envelope = self.written(order(pledge, claims));
        let answer = self.local.deliver(envelope, &[]);
        assert!(answer.is_accepted(), "{answer:?}");
        answer.index()
    }
}

/// What is stored of the openings of an entry: the wrapped key, and each sealed opening.
fn stored(store: &Store, entry: u64) -> Vec<Vec<u8>> {
    let rows = store.openings(entry).unwrap().into_iter();
    let rows = rows.map(|row| row.sealed);
    store
        .wrapped_key(entry)
        .unwrap()
        .into_iter()
        .chain(rows)
        .collect()
}

#[test]
fn erased_values_and_their_key_leave_the_disk_and_the_log_stays_as_it_was() {
    let mut office = Office::new(Some(cast::openings_key()));
    let (pledge, other) = (office.pledge(), office.pledge());
    let (mut office, (gone, kept)) =
        office.paused(|store| (stored(store, pledge.0), stored(store, other.0)));
    assert_eq!(gone.len(), 3);
    let entry = office.erase(pledge, &["contract_no", "principal_cny"]);
    let record = office
        .local
        .registry
        .record(&StateKey::Pledge(pledge))
        .unwrap();
    let Some(Record::Pledge(noted)) = record.map(|found| found.value.record) else {
        panic!("the pledge is gone");
    };
    let erased = noted
        .more
        .erased
        .iter()
        .map(|erased| (&*erased.claim, erased.entry));
    let expected = [("contract_no", entry), ("principal_cny", entry)];
    assert_eq!(erased.collect::<Vec<_>>(), expected);
    assert_eq!(noted.hidden.len(), 2, "the digests stay");

    let folder = office.close();
    let data = folder.path().join("data");
    for bytes in &gone {
        assert!(!any_file_has(&data, bytes));
    }
    let store = Store::open(&data).unwrap();
    assert!(stored(&store, pledge.0).is_empty());
    assert_eq!(stored(&store, other.0), kept);
    assert_eq!(store.purge_due().unwrap(), None);
    let dump = |store: &Store| {
        let mut rows = Vec::new();
        for column in Column::ALL {
            let mut visit = |k: &[u8], v: &[u8]| rows.push((column, k.to_vec(), v.to_vec()));
            store.dump(column, &mut visit).unwrap();
        }
        rows
    };
    let rows = dump(&store);
    drop(store);
    audit(&data, &mut |_, _| {}).unwrap().unwrap();
    rebuild(&data, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(dump(&Store::open(&data).unwrap()), rows);
}

#[test]
fn what_stays_is_sealed_again_so_that_old_copies_need_a_key_that_can_be_destroyed() {
    let mut office = Office::new(Some(cast::openings_key()));
    let pledge = office.pledge();
    let (mut office, before) = office.paused(|store| stored(store, pledge.0));
    office.erase(pledge, &["contract_no"]);
    let folder = office.close();
    let data = folder.path().join("data");
    for bytes in &before {
        assert!(
            !any_file_has(&data, bytes),
            "nothing of before is on the disk"
        );
    }
    let left = read(&data, &cast::openings_key(), pledge.0);
    assert_eq!(left, [openings()[1].to_json().to_canonical()]);
}

/// An order that meets the registration in one group, or in the one that is being written.
#[test]
fn an_order_right_behind_the_registration_destroys_what_is_not_written_yet() {
    for _ in 0..8 {
        let mut office = Office::new(Some(cast::openings_key()));
        let next = PledgeId(office.local.registry.published().size);
        let registration = office.registration(&openings(), "10");
        let order = office.written(order(next, &["contract_no"]));
        let registry = Arc::clone(&office.local.registry);
        let (sender, answers) = channel();
        let to = |sender: &Sender<_>| {
            let sender = sender.clone();
            Box::new(move |answer| drop(sender.send(answer)))
        };
        let given = openings().iter().map(Opening::to_json).collect();
        let registration = registry.verify(registration.to_json(), given).unwrap();
        let order = registry.verify(order.to_json(), Vec::new()).unwrap();
        registry.submit(registration, to(&sender));
        registry.submit(order, to(&sender));
        let first = answers.recv().unwrap().unwrap();
        assert_eq!(first.index, next.0);
        let second = answers.recv().unwrap().unwrap();
        let outcome = &second.outcome;
        let accepted = matches!(outcome, greenlien::domain::entry::Outcome::Accepted { .. });
        drop((registry, first));
        let folder = office.close();
        let left = read(&folder.path().join("data"), &cast::openings_key(), next.0);
        // The order is decided on the state before it: it may come too early only if the group was cut between them, and then
        // the pledge is there already.
        assert!(accepted, "{outcome:?}");
        assert_eq!(left, [openings()[1].to_json().to_canonical()]);
    }
}

/// The server dies between the answer to the order and the end of its work; the next start finishes it.
#[test]
fn a_killed_server_finishes_an_erasure_at_its_next_start() {
    let mut unfinished = 0;
    for _ in 0..3 {
        let mut office = Office::on(Arc::new(SystemClock::default()), Some(cast::openings_key()));
        let pledge = office.pledge();
        let envelope = office.written(order(pledge, &["contract_no", "principal_cny"]));
        let folder = office.close();
        let data = folder.path().join("data");
        let gone = stored(&Store::open(&data).unwrap(), pledge.0);
        let key = |name: &str, key| {
            let path = folder.path().join(name);
            greenlien::cli::keyfile::write_key(&path, &key, None).unwrap();
            path
        };
        let log_key = key("log.test.key", cast::log_key());
        let openings_key = key("openings.test.key", cast::openings_secret());
        let flags = ["--openings-key", openings_key.to_str().unwrap()];
        let server = Server::start_with(&data, &log_key, &flags);
        let client = Client::new(&format!("http://{}", server.address)).unwrap();
        let body = submission(&envelope, &[]);
        let reply = client.post("/v1/commands", &body).unwrap();
        server.kill();
        assert_eq!(reply.status, 201, "{}", reply.text);
        let store = Store::open(&data).unwrap();
        assert!(stored(&store, pledge.0).is_empty());
        unfinished += u32::from(store.purge_due().unwrap().is_some());
        drop(store);
        assert_eq!(Server::start_with(&data, &log_key, &flags).end(), 0);
        for bytes in &gone {
            assert!(!any_file_has(&data, bytes));
        }
        assert_eq!(Store::open(&data).unwrap().purge_due().unwrap(), None);
    }
    assert!(
        unfinished > 0,
        "no kill came between the answer and the end"
    );
}

/// A copy of the folder opens with the old key, and no longer once that is destroyed.
#[test]
fn a_copy_made_before_opens_only_with_the_key_before() {
    let mut office = Office::new(Some(cast::openings_key()));
    let pledge = office.pledge();
    let folder = office.close();
    let data = folder.path().join("data");
    let copy = folder.path().join("copy");
    copy_folder(&data, &copy);
    let new = super::keeping::other_key();
    let store = Store::open(&data).unwrap();
    greenlien::service::openings::start::rewrap(&store, &cast::openings_key(), &new).unwrap();
    drop(store);
    assert_eq!(read(&data, &new, pledge.0).len(), 2);
    assert_eq!(read(&copy, &cast::openings_key(), pledge.0).len(), 2);
    assert!(read(&copy, &new, pledge.0).is_empty());
}

fn copy_folder(from: &Path, to: &Path) {
    let done = Process::new("cp").arg("-r").args([from, to]).status();
    assert!(done.unwrap().success());
}

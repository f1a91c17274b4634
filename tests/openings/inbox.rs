//! Drafts that hide values lie sealed in the inbox, survive a restart, a rebuild and another openings key, and leave the disk.

use greenlien::domain::command::{Command, SignerRole};
use greenlien::domain::envelope::Draft;
use greenlien::primitives::crypto::Hash;
use greenlien::service::drafts::{KeptDraft, Put};
use greenlien::service::openings::start::rewrap;
use greenlien::service::rebuild::rebuild;
use greenlien::service::sessions::{Carrier, Session};
use greenlien::store::Store;

use super::keeping::other_key;
use super::{CONTRACT, Office, PRINCIPAL, any_file_has, openings};
use crate::support::play::{Play as _, seal};
use crate::support::{Actor, cast};

impl Office {
    fn session(&self, actor: &Actor) -> Session {
        Session {
            org: actor.party,
            kid: actor.maker.public().id(),
            person: format!("{}-maker", actor.name),
            ends: self.local.now().plus_seconds(60),
            carrier: Carrier::Token,
        }
    }

    fn command(&mut self) -> Command {
        let body = self.pledge_of(&openings(), "10");
        let keys = [&self.bank, &self.mill]
            .into_iter()
            .flat_map(Actor::signers);
        let signers: Vec<_> = keys.map(|(org, role, _)| (org, role)).collect();
        self.local.draft(self.bank.party, body, &signers, &[])
    }

    /// The bank puts a draft into the inbox, with its own signature.
    fn put(&mut self) -> (Command, Hash) {
        let command = self.command();
        let mut draft = Draft::new(&command, openings()).unwrap();
        draft.sign(SignerRole::Maker, &self.bank.maker).unwrap();
        let put = self
            .local
            .registry
            .put_draft(&self.session(&self.bank), draft.to_json());
        let (kept, put) = put.unwrap();
        assert_eq!(put, Put::New);
        (command, kept.hash)
    }

    fn show(&self, hash: Hash) -> KeptDraft {
        let session = self.session(&self.mill);
        self.local.registry.show_draft(&session, hash).unwrap()
    }
}

fn shows_everything(kept: &KeptDraft) {
    assert_eq!(kept.draft.openings, openings());
    assert_eq!((kept.draft.signatures().len(), kept.missing()), (1, 1));
}

#[test]
fn a_draft_is_sealed_and_survives_a_restart_and_a_rebuild() {
    let mut office = Office::new(Some(cast::openings_key()));
    let (_, hash) = office.put();
    shows_everything(&office.show(hash));
    let office = office.reopen(Some(cast::openings_key())).unwrap();
    shows_everything(&office.show(hash));
    let (office, rows) = office.paused(|store| store.drafts().unwrap());
    let folder = office.close();
    let data = folder.path().join("data");
    for value in [CONTRACT, PRINCIPAL, "a1a1a1a1a1a1a1a1"] {
        assert!(!any_file_has(&data, value.as_bytes()), "{value}");
    }
    rebuild(&data, &mut |_, _| {}).unwrap().unwrap();
    let store = Store::open(&data).unwrap();
    assert_eq!(store.drafts().unwrap(), rows);
    assert_eq!(store.draft_read_count(&hash).unwrap(), 2);
}

#[test]
fn another_openings_key_opens_the_drafts_too() {
    let mut office = Office::new(Some(cast::openings_key()));
    let (_, hash) = office.put();
    let (office, count) = office.paused_under(other_key(), |store| {
        rewrap(store, &cast::openings_key(), &other_key()).unwrap()
    });
    assert_eq!(count, 1);
    shows_everything(&office.show(hash));
}

#[test]
fn without_an_openings_key_only_drafts_that_hide_nothing_are_taken() {
    let mut office = Office::new(None);
    let draft = Draft::new(&office.command(), openings()).unwrap();
    let session = office.session(&office.bank);
    let registry = &office.local.registry;
    let refused = registry.put_draft(&session, draft.to_json()).unwrap_err();
    assert!(format!("{refused:?}").contains("--openings-key"));
    assert!(
        registry
            .drafts_of(office.bank.party, None, 9)
            .unwrap()
            .is_empty()
    );
}

/// Its sealed values leave the files with those of the record that the command made, whoever looked into the inbox before.
#[test]
fn what_a_decided_draft_hid_is_erased_with_the_record() {
    let mut office = Office::new(Some(cast::openings_key()));
    let (command, hash) = office.put();
    shows_everything(&office.show(hash));
    let (mut office, row) = office.paused(|store| store.draft(&hash).unwrap().unwrap());
    let keys: Vec<_> = [&office.bank, &office.mill]
        .into_iter()
        .flat_map(Actor::signers)
        .map(|(_, role, key)| (role, key))
        .collect();
    let envelope = seal(&command, &keys);
    let answer = office.local.deliver(envelope, &openings());
    let pledge = answer.pledge();
    let registry = &office.local.registry;
    assert!(
        registry
            .drafts_of(office.mill.party, None, 9)
            .unwrap()
            .is_empty()
    );
    // The access goes on in the list of the pledge.
    let reads = registry.opening_reads(pledge.0, None, 9).unwrap();
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0].org, office.mill.party);
    office.erase(pledge, &["contract_no", "principal_cny"]);
    let folder = office.close();
    let data = folder.path().join("data");
    let sealed = &row[row.len() - 64..];
    assert!(!any_file_has(&data, sealed));
    assert!(Store::open(&data).unwrap().drafts().unwrap().is_empty());
}

//! Which parties a decided command concerns: those that signed it, those of the records it changed, before and after, and those
//! that have a burden on a right it changed; of a refused one, those of the records that it names.
//!
//! The answer rests on the records as they stood at the entry and not as they stand now; so a reader that comes later, or
//! comes again, gets what one that was there has got.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::{Stamp, fold};
use crate::domain::party::keepers;
use crate::domain::pledge::Pledge;
use crate::domain::right::BurdenId;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::service::ServiceFault;
use crate::service::codec::row_key;
use crate::service::feed::notice::Decided;
use crate::service::query::found;
use crate::service::version::record_at;
use crate::store::Store;

/// A record as it stood at some size of the log.
#[derive(Clone, Debug)]
enum Then {
    Record(Option<Box<Record>>),
    /// Its history is longer than anybody goes back.
    Unknown,
}

/// Records that were looked up, as they stand after the last entry that was read.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<StateKey, Record>);

/// The parties that an entry concerns.
#[derive(Debug)]
pub(super) enum Concerned {
    /// These.
    Parties(BTreeSet<PartyId>),
    /// Nobody can tell: whoever watches a party is told.
    Unknown,
}

impl Known {
    /// Forgets what an entry changes; for entries of which nobody asks whom they concern.
    pub(super) fn forget(&mut self, decided: &Decided) {
        if let Some(event) = decided.event() {
            for key in event.touches() {
                self.0.remove(&key);
            }
        }
    }

    /// Says whom an entry concerns. Entries must come in order, each by this or by [`Known::forget`].
    pub(super) fn concerned(
        &mut self,
        store: &Store,
        decided: &Decided,
    ) -> Result<Concerned, ServiceFault> {
        let mut parties = signers(decided);
        if self.0.len() > limits::WATCH_RECORDS_MAX {
            self.0.clear();
        }
        let Some(event) = decided.event() else {
            return self.attempted(store, decided, parties);
        };
        let (index, time) = (decided.index, decided.time);
        let (mut burdens, mut issued) = (BTreeSet::new(), BTreeSet::new());
        for key in event.touches().into_iter().filter(StateKey::is_numbered) {
            let Then::Record(before) = self.at(store, &key, index)? else {
                self.forget(decided);
                return Ok(Concerned::Unknown);
            };
            let after = fold(event, Stamp { index, time }, &key, before.as_deref());
            let after = after.map_err(|fault| {
                ServiceFault::Doubt(format!("entry {index} does not fit {key}: {fault}"))
            })?;
            for record in before.as_deref().into_iter().chain([&after]) {
                parties_of(record, &mut parties);
                burdens.extend(burdens_of(record));
                issued.extend(issued_by(record));
            }
            if let StateKey::Party(party) = key {
                parties.insert(party);
            }
            self.0.insert(key, after);
        }
        if event.type_name() == "dispute_entries" || event.type_name() == "resolve_dispute" {
            match pledges_of(store, event, index)? {
                Some(pledges) => burdens.extend(pledges),
                None => return Ok(Concerned::Unknown),
            }
        }
        for (party, kind) in issued {
            match self.keepers(store, party, &kind, index)? {
                Some(keepers) => parties.extend(keepers),
                None => return Ok(Concerned::Unknown),
            }
        }
        for key in burdens {
            match self.at(store, &key, index.saturating_add(1))? {
                Then::Record(Some(record)) => {
                    parties_of(&record, &mut parties);
                    self.0.insert(key, *record);
                }
                Then::Record(None) => {}
                Then::Unknown => return Ok(Concerned::Unknown),
            }
        }
        Ok(Concerned::Parties(parties))
    }

    /// Adds those of the records that a refused command names: nothing happened to them, and an attempt is what they want to know.
    /// Who merely has a burden on a named right is not told; the quota of refusals of each giver bounds what anybody is told.
    fn attempted(
        &self,
        store: &Store,
        decided: &Decided,
        mut parties: BTreeSet<PartyId>,
    ) -> Result<Concerned, ServiceFault> {
        let mut issued = BTreeSet::new();
        for key in decided.records() {
            if let StateKey::Party(party) = key {
                parties.insert(party);
                continue;
            }
            match self.at(store, &key, decided.index)? {
                Then::Record(Some(record)) => {
                    parties_of(&record, &mut parties);
                    issued.extend(issued_by(&record));
                }
                Then::Record(None) => {}
                Then::Unknown => return Ok(Concerned::Unknown),
            }
        }
        for (party, kind) in issued {
            match self.keepers(store, party, &kind, decided.index)? {
                Some(keepers) => parties.extend(keepers),
                None => return Ok(Concerned::Unknown),
            }
        }
        Ok(Concerned::Parties(parties))
    }

    /// Those that keep, at an entry, what a party has issued or ordered; none where the history of one of them is too long.
    fn keepers(
        &self,
        store: &Store,
        issuer: PartyId,
        kind: &str,
        index: EntryIndex,
    ) -> Result<Option<Vec<PartyId>>, ServiceFault> {
        let mut is_known = true;
        let keepers = keepers(issuer, kind, index, |party| {
            Ok::<_, ServiceFault>(match self.at(store, &StateKey::Party(party), index)? {
                Then::Record(Some(record)) => match *record {
                    Record::Party(party) => Some(party.more),
                    _ => None,
                },
                Then::Record(None) => None,
                Then::Unknown => {
                    is_known = false;
                    None
                }
            })
        })?;
        Ok(is_known.then_some(keepers))
    }

    fn at(&self, store: &Store, key: &StateKey, size: u64) -> Result<Then, ServiceFault> {
        if let Some(record) = self.0.get(key) {
            return Ok(Then::Record(Some(Box::new(record.clone()))));
        }
        let Some(bytes) = store.record(&row_key(key))? else {
            return Ok(Then::Record(None));
        };
        let newest = found(&bytes)?;
        let most = u64::try_from(limits::EVIDENCE_ENTRIES_MAX).unwrap_or(u64::MAX);
        if newest.last_index >= size && newest.value.history_size > most {
            return Ok(Then::Unknown);
        }
        let then = record_at(store, key, size)?;
        Ok(Then::Record(then.map(|found| Box::new(found.value.record))))
    }
}

/// The pledges that a party has given before an entry in which it disowns signatures; none where they are too many to look
/// through. Whoever they secure may hold nothing.
fn pledges_of(
    store: &Store,
    event: &Event,
    index: EntryIndex,
) -> Result<Option<BTreeSet<StateKey>>, ServiceFault> {
    let mut pledges = BTreeSet::new();
    for key in event.touches() {
        let StateKey::Party(party) = key else {
            continue;
        };
        let mut after = None;
        loop {
            let page = store.pledges_of_pledgor(party, after, limits::PAGE_ROWS_MAX)?;
            after = page.last().copied();
            let is_last = page.len() < limits::PAGE_ROWS_MAX;
            let before = page.into_iter().filter(|pledge| pledge.0 < index);
            pledges.extend(before.map(StateKey::Pledge));
            if pledges.len() > limits::WATCH_RECORDS_MAX {
                return Ok(None);
            }
            if is_last || after.is_none_or(|last| last.0 >= index) {
                break;
            }
        }
    }
    Ok(Some(pledges))
}

/// Who gave or signed the command, or is attested to have consented.
fn signers(decided: &Decided) -> BTreeSet<PartyId> {
    let command = &decided.command;
    let signers = command.signers.iter().map(|signer| signer.org);
    let attested = command.attested.iter().map(|attested| attested.party);
    signers.chain(attested).chain([command.org]).collect()
}

fn parties_of(record: &Record, parties: &mut BTreeSet<PartyId>) {
    match record {
        Record::Right(right) => {
            parties.insert(right.holder);
        }
        Record::Pledge(pledge) => parties_of_pledge(pledge, parties),
        Record::Reservation(reservation) => {
            parties.extend([reservation.pledgee, reservation.pledgor]);
        }
        Record::Party(_)
        | Record::Identity(_)
        | Record::Source(_)
        | Record::Cell(_)
        | Record::Policy(_) => {}
    }
}

fn parties_of_pledge(pledge: &Pledge, parties: &mut BTreeSet<PartyId>) {
    let objections = pledge.more.objections.iter();
    parties.extend(pledge.parties());
    parties.extend(objections.map(|objection| objection.party));
}

/// Who has issued a right, and who has ordered freezes of it, each with the kind of the right.
fn issued_by(record: &Record) -> Vec<(PartyId, String)> {
    let Record::Right(right) = record else {
        return Vec::new();
    };
    let orders = right.burdens.iter().filter_map(|burden| burden.authority);
    let parties = orders.chain([right.issuer]);
    parties.map(|party| (party, right.kind.clone())).collect()
}

/// The pledges and reservations that stand on a right.
fn burdens_of(record: &Record) -> Vec<StateKey> {
    let Record::Right(right) = record else {
        return Vec::new();
    };
    let key = |id: BurdenId| match id {
        BurdenId::Line(pledge, _) => Some(StateKey::Pledge(pledge)),
        BurdenId::Hold(reservation, _) => Some(StateKey::Reservation(reservation)),
        BurdenId::Freeze(_) => None,
    };
    let burdens = right.burdens.iter();
    burdens.filter_map(|burden| key(burden.id)).collect()
}

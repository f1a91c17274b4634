//! Parties as they were at a position: their complete histories, folded up to there.
//!
//! Who signs for a party changes with its entries, so a signature is judged by the party as it stood before the entry. The
//! other facts stay as the file shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::event::Event;
use crate::domain::facts::{Fact, Facts, Owner, Record, StateKey};
use crate::domain::fold::{Stamp, fold};
use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, BurdenId, Right};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::time::Timestamp;
use crate::verify::binding::hanging;
use crate::verify::binding::kept::Notes;
use crate::verify::checks::Acted;
use crate::verify::evidence::Evidence;

/// Facts that move forward along the log.
pub(super) struct Past {
    facts: Facts,
    /// The time of the entry that was moved on to.
    now: Timestamp,
    /// The right that each burden stands on, of the rights with a complete history.
    places: BTreeMap<BurdenId, RightId>,
    /// What the entries so far have noted in pledges.
    notes: Notes,
    /// Rights of which an entry has taken more than there was.
    overtaken: BTreeMap<RightId, String>,
    /// Parties after the entries that changed them, in the order of the log; those at the front are already in the facts.
    ahead: BTreeMap<EntryIndex, Vec<(PartyId, Party)>>,
    /// Rights and pledges with a complete history, and those of them that exist already, as they stand there.
    shown: BTreeSet<StateKey>,
    records: BTreeMap<StateKey, Record>,
    records_ahead: BTreeMap<EntryIndex, Vec<(StateKey, Record)>>,
    /// How many entries have touched each of them so far.
    touched: BTreeMap<StateKey, u64>,
}

impl Past {
    /// Begins before the log: the parties of `versions` do not exist yet.
    pub(super) fn new(mut facts: Facts, versions: Vec<(EntryIndex, StateKey, Record)>) -> Self {
        let mut ahead: BTreeMap<EntryIndex, Vec<(PartyId, Party)>> = BTreeMap::new();
        let mut shown = BTreeSet::new();
        let mut records_ahead: BTreeMap<EntryIndex, Vec<(StateKey, Record)>> = BTreeMap::new();
        for (index, key, record) in versions {
            if let (StateKey::Party(id), Record::Party(party)) = (&key, &record) {
                facts.insert(key.clone(), None);
                ahead.entry(index).or_default().push((*id, party.clone()));
                continue;
            }
            shown.insert(key.clone());
            records_ahead.entry(index).or_default().push((key, record));
        }
        Self {
            facts,
            now: Timestamp::from_micros(0),
            places: BTreeMap::new(),
            notes: Notes::default(),
            overtaken: BTreeMap::new(),
            ahead,
            shown,
            records: BTreeMap::new(),
            records_ahead,
            touched: BTreeMap::new(),
        }
    }

    /// Returns a right or pledge as it stood before the entry that was moved on to, if its complete history is shown.
    pub(super) fn before(&self, key: &StateKey) -> Option<&Record> {
        self.shown.contains(key).then(|| self.records.get(key))?
    }

    /// Returns a right as it stood, if its complete history is shown.
    pub(super) fn right(&self, id: RightId) -> Option<&Right> {
        let Record::Right(right) = self.before(&StateKey::Right(id))? else {
            return None;
        };
        Some(right)
    }

    /// Returns the rights as they stood whose complete histories are shown.
    pub(super) fn rights(&self) -> impl Iterator<Item = &Right> {
        self.shown.iter().filter_map(|key| match key {
            StateKey::Right(id) => self.right(*id),
            StateKey::Pledge(_)
            | StateKey::Reservation(_)
            | StateKey::Party(_)
            | StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => None,
        })
    }

    /// Returns a pledge as it stood, if its complete history is shown.
    pub(super) fn pledge(&self, id: PledgeId) -> Option<&Pledge> {
        let Record::Pledge(pledge) = self.before(&StateKey::Pledge(id))? else {
            return None;
        };
        Some(pledge)
    }

    /// The time of the entry that was moved on to.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns a burden as it counted on a right whose complete history is shown, with the right.
    pub(super) fn burden(&self, id: BurdenId) -> Option<(RightId, &Burden)> {
        let right = *self.places.get(&id)?;
        let burden = self.right(right)?.burden(id);
        Some((right, burden.filter(|burden| burden.counts_at(self.now))?))
    }

    /// What the entries so far have noted in pledges.
    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Keeps what an entry notes and takes, once it is checked.
    pub(super) fn keep(&mut self, at: Stamp, event: &Event) {
        self.notes.keep(at.index, event);
        if let Some((right, why)) = hanging::taken(event, at, self) {
            self.overtaken.entry(right).or_insert(why);
        }
    }

    /// Says where an entry took more of a right than there was, as far as its complete history is shown.
    pub(super) fn overtaken(&self, right: RightId) -> Option<&str> {
        self.overtaken.get(&right).map(String::as_str)
    }

    /// Asks something of the facts with one record as it stood; nothing where its complete history is not shown.
    pub(super) fn with_before<T>(
        &mut self,
        key: &StateKey,
        ask: impl FnOnce(&Facts) -> T,
    ) -> Option<T> {
        let before = fact(self.before(key)?.clone());
        let present = self.facts.replace(key.clone(), Some(before));
        let answer = ask(&self.facts);
        self.facts.insert(key.clone(), present);
        Some(answer)
    }

    /// Says whether the complete history of a right or pledge is shown.
    pub(super) fn shows(&self, key: &StateKey) -> bool {
        self.shown.contains(key)
    }

    /// Returns the version of a right or pledge before the entry that was moved on to, if its complete history is shown.
    pub(super) fn version(&self, key: &StateKey) -> Option<u64> {
        let count = || self.touched.get(key).copied().unwrap_or_default();
        self.shows(key).then(count)
    }

    /// The facts that were moved on to.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Moves on to what an entry was decided by; positions only grow.
    pub(super) fn at(&mut self, at: Stamp) -> &Facts {
        let Stamp { index, time } = at;
        self.now = time;
        let later = self.ahead.split_off(&index);
        for (id, party) in std::mem::replace(&mut self.ahead, later)
            .into_values()
            .flatten()
        {
            for key in &party.keys {
                let owner = Record::Identity(Owner::Party(id));
                let key = StateKey::public_key(key.key.id());
                self.facts.insert(key, Some(fact(owner)));
            }
            let party = fact(Record::Party(party));
            self.facts.insert(StateKey::Party(id), Some(party));
        }
        let later = self.records_ahead.split_off(&index);
        let passed = std::mem::replace(&mut self.records_ahead, later);
        for (key, record) in passed.into_values().flatten() {
            if let (StateKey::Right(id), Record::Right(right)) = (&key, &record) {
                let stood = self.right(*id).map_or(&[][..], |right| &right.burdens);
                let gone: Vec<BurdenId> = stood.iter().map(|burden| burden.id).collect();
                for burden in gone {
                    self.places.remove(&burden);
                }
                let stand = right.burdens.iter().map(|burden| (burden.id, *id));
                self.places.extend(stand);
            }
            let touched = self.touched.entry(key.clone()).or_default();
            *touched = touched.saturating_add(1);
            self.records.insert(key, record);
        }
        &self.facts
    }
}

/// Returns every party, right and pledge whose complete history the file shows, after each entry that changed it; the histories have been
/// folded once already, so they fold again.
pub(super) fn versions(
    evidence: &Evidence,
    acts: &BTreeMap<EntryIndex, Vec<Acted>>,
) -> Result<Vec<(EntryIndex, StateKey, Record)>, String> {
    let mut versions = Vec::new();
    for record in &evidence.records {
        let (key, Some(history)) = (&record.key, &record.history) else {
            continue;
        };
        match key {
            StateKey::Party(_) | StateKey::Right(_) | StateKey::Pledge(_) => {}
            StateKey::Reservation(_)
            | StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => continue,
        }
        let mut state: Option<Record> = None;
        for act in history.iter().filter_map(|index| acts.get(index)).flatten() {
            let touched = act
                .event
                .as_ref()
                .filter(|event| event.touches().contains(key));
            let Some(event) = touched else { continue };
            let folded = fold(event, act.stamp, key, state.as_ref());
            let folded = folded.map_err(|fault| fault.to_string())?;
            versions.push((act.stamp.index, key.clone(), folded.clone()));
            state = Some(folded);
        }
    }
    Ok(versions)
}

/// A record whose version nobody asks for: only rights and pledges are compared by it.
fn fact(record: Record) -> Arc<Fact> {
    Arc::new(Fact { record, version: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::party::Role;

    fn party(threshold: u64) -> Party {
        Party {
            name: None,
            credit_code: None,
            region: None,
            roles: vec![Role::Bank],
            duties: Vec::new(),
            keys: Vec::new(),
            threshold,
            hidden: Vec::new(),
            more: crate::domain::party::PartyMore::default(),
        }
    }

    #[test]
    fn a_party_is_what_the_entries_before_made_it() {
        let id = PartyId(4);
        let version = |n| (StateKey::Party(id), Record::Party(party(n)));
        let (key, first) = version(1);
        let versions = vec![(4, key.clone(), first), (9, key, version(2).1)];
        let mut past = Past::new(Facts::default(), versions);
        let time = Timestamp::from_micros(1);
        let mut threshold = |index| {
            past.at(Stamp { index, time })
                .party(id)
                .map(|party| party.threshold)
        };
        // Its own entry finds no party yet, and an entry does not judge itself by what it sets.
        let seen = [3, 4, 5, 9, 10].map(&mut threshold);
        assert_eq!(seen, [None, None, Some(1), Some(1), Some(2)]);
    }
}

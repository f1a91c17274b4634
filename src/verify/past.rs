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

    /// Returns the rights that lines of a pledge stand on, as they stood, of those whose complete histories are shown: no more than it
    /// has lines.
    pub(super) fn rights_under(&self, pledge: PledgeId) -> impl Iterator<Item = &Right> {
        let lines = BurdenId::Line(pledge, 0)..=BurdenId::Line(pledge, u16::MAX);
        let rights: BTreeSet<RightId> = self.places.range(lines).map(|(_, right)| *right).collect();
        rights.into_iter().filter_map(|id| self.right(id))
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
                // A line that moves stands on its next right already, where that came first.
                for burden in gone {
                    if self.places.get(&burden) == Some(id) {
                        self.places.remove(&burden);
                    }
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
    use crate::domain::right::{Capacity, Extent};
    use crate::primitives::quantity::Quantity;
    use crate::primitives::time::Span;

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

    fn right(burdens: &[BurdenId]) -> Record {
        let whole = |id: &BurdenId| Burden {
            id: *id,
            extent: Extent::Whole,
            expires: None,
            authority: None,
            behind: Vec::new(),
            overhang: None,
            order: None,
        };
        Record::Right(Right {
            kind: "carbon".to_owned(),
            issuer: PartyId(1),
            holder: PartyId(2),
            acquired: None,
            identities: Vec::new(),
            source: None,
            layer: None,
            span: Span::of_years(2026, 2030).unwrap(),
            capacity: Capacity::Stock(Quantity::ZERO),
            class: None,
            attributes: [].into(),
            burdens: burdens.iter().map(whole).collect(),
            succeeds: Vec::new(),
            succeeded_by: None,
            additional: false,
            adjudication: None,
            revoked_from: None,
            resolution: None,
            converted: Vec::new(),
            uses: Vec::new(),
            verifications: Vec::new(),
        })
    }

    #[test]
    fn of_a_pledge_only_the_rights_under_its_lines_are_looked_at() {
        let line = |pledge, number| BurdenId::Line(PledgeId(pledge), number);
        let key = |id| StateKey::Right(RightId(id));
        // Ten thousand rights of others; two of the pledge, of which one line moves on in entry 20,003, told in either order.
        let of_others = (0..10_000).map(|n| (n, key(n), right(&[line(n + 1_000_000, 0)])));
        let mut versions: Vec<_> = of_others.collect();
        versions.push((20_001, key(20_001), right(&[line(7, 0), line(8, 0)])));
        versions.push((20_002, key(20_002), right(&[line(7, 1)])));
        let moved = [
            (20_003, key(20_003), right(&[line(7, 0), line(8, 0)])),
            (20_003, key(20_001), right(&[])),
        ];
        for moved in [moved.clone(), [moved[1].clone(), moved[0].clone()]] {
            let all = versions.iter().cloned().chain(moved).collect();
            let mut past = Past::new(Facts::default(), all);
            let time = Timestamp::from_micros(1);
            let mut under = |index| {
                past.at(Stamp { index, time });
                let rights = past.rights_under(PledgeId(7));
                let lines = rights.flat_map(|right| right.burdens.iter().map(|burden| burden.id));
                lines.collect::<Vec<_>>()
            };
            assert_eq!(under(20_003), [line(7, 0), line(8, 0), line(7, 1)]);
            assert_eq!(under(20_004), [line(7, 1), line(7, 0), line(8, 0)]);
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

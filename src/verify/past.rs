//! Parties as they were at a position: their complete histories, folded up to there.
//!
//! Who signs for a party changes with its entries, so a signature is judged by the party as it stood before the entry. The
//! other facts stay as the file shows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::facts::{Fact, Facts, Owner, Record, StateKey};
use crate::domain::fold::fold;
use crate::domain::party::Party;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::verify::checks::Acted;
use crate::verify::evidence::Evidence;

/// Facts that move forward along the log.
pub(super) struct Past {
    facts: Facts,
    /// Parties after the entries that changed them, in the order of the log; those at the front are already in the facts.
    ahead: BTreeMap<EntryIndex, Vec<(PartyId, Party)>>,
}

impl Past {
    /// Begins before the log: the parties of `versions` do not exist yet.
    pub(super) fn new(mut facts: Facts, versions: Vec<(EntryIndex, PartyId, Party)>) -> Self {
        let mut ahead: BTreeMap<EntryIndex, Vec<(PartyId, Party)>> = BTreeMap::new();
        for (index, id, party) in versions {
            facts.insert(StateKey::Party(id), None);
            ahead.entry(index).or_default().push((id, party));
        }
        Self { facts, ahead }
    }

    /// Moves on to what the entry at `index` was decided by; positions only grow.
    pub(super) fn at(&mut self, index: EntryIndex) -> &Facts {
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
        &self.facts
    }
}

/// Returns every party whose complete history the file shows, after each entry that changed it; the histories have been
/// folded once already, so they fold again.
pub(super) fn versions(
    evidence: &Evidence,
    acts: &BTreeMap<EntryIndex, Vec<Acted>>,
) -> Result<Vec<(EntryIndex, PartyId, Party)>, String> {
    let mut versions = Vec::new();
    for record in &evidence.records {
        let (key, StateKey::Party(id), Some(history)) = (&record.key, &record.key, &record.history)
        else {
            continue;
        };
        let mut state: Option<Record> = None;
        for act in history.iter().filter_map(|index| acts.get(index)).flatten() {
            let touched = act
                .event
                .as_ref()
                .filter(|event| event.touches().contains(key));
            let Some(event) = touched else { continue };
            let folded = fold(event, act.stamp, key, state.as_ref());
            let folded = folded.map_err(|fault| fault.to_string())?;
            if let Record::Party(party) = &folded {
                versions.push((act.stamp.index, *id, party.clone()));
            }
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
        let versions = vec![(4, id, party(1)), (9, id, party(2))];
        let mut past = Past::new(Facts::default(), versions);
        let mut threshold = |index| past.at(index).party(id).map(|party| party.threshold);
        // Its own entry finds no party yet, and an entry does not judge itself by what it sets.
        let seen = [3, 4, 5, 9, 10].map(&mut threshold);
        assert_eq!(seen, [None, None, Some(1), Some(1), Some(2)]);
    }
}

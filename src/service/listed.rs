//! Pages of the listings: what a party holds, gave, took and is concerned by, under its own name and those that ended in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{Record, StateKey};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;
use crate::service::query::{Found, Listing};
use crate::service::{Registry, ServiceFault};

impl Registry {
    /// Returns a page of a listing, ascending by index, after `after`.
    pub fn list(
        &self,
        listing: Listing,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Vec<Found>, ServiceFault> {
        let store = &self.shared.store;
        let limit = limit.min(limits::PAGE_ROWS_MAX);
        let mut keys = Vec::new();
        match listing {
            Listing::RightsOf(party) => {
                for party in self.standing_for(party)? {
                    let ids = store.rights_of_holder(party, after.map(RightId), limit)?;
                    keys.extend(ids.into_iter().map(StateKey::Right));
                }
            }
            Listing::PledgesOf(party) => {
                for party in self.standing_for(party)? {
                    let ids = store.pledges_of_pledgee(party, after.map(PledgeId), limit)?;
                    keys.extend(ids.into_iter().map(StateKey::Pledge));
                }
            }
            Listing::PledgedBy(party) => {
                for party in self.standing_for(party)? {
                    let ids = store.pledges_of_pledgor(party, after.map(PledgeId), limit)?;
                    keys.extend(ids.into_iter().map(StateKey::Pledge));
                }
            }
            Listing::Concerning(party) => {
                let mut indexes = BTreeSet::new();
                for party in self.standing_for(party)? {
                    indexes.extend(store.concerned(party, after, limit)?);
                }
                let either = |index: EntryIndex| {
                    let pledge = self.record(&StateKey::Pledge(PledgeId(index)))?;
                    match pledge {
                        Some(pledge) => Ok(Some(pledge)),
                        None => self.record(&StateKey::Reservation(ReservationId(index))),
                    }
                };
                let indexes = indexes.into_iter().take(limit);
                return indexes
                    .filter_map(|index| either(index).transpose())
                    .collect();
            }
            Listing::ReservationsOf(party) => return self.reservations_of(party, after, limit),
            Listing::Rights => return self.page(b"r", after, limit),
            Listing::Pledges => return self.page(b"p", after, limit),
            Listing::Reservations => return self.page(b"v", after, limit),
            Listing::Parties => return self.page(b"m", after, limit),
        }
        // Each list is ascending and no shorter than a page allows; so is what they come to together.
        keys.sort();
        keys.dedup();
        keys.truncate(limit);
        keys.iter()
            .filter_map(|key| self.record(key).transpose())
            .collect()
    }

    /// The reservations among what concerns a party. The pledges that lie between are names only, which costs nearly nothing.
    fn reservations_of(
        &self,
        party: PartyId,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Vec<Found>, ServiceFault> {
        let mut held = BTreeMap::new();
        for party in self.standing_for(party)? {
            let (mut next, mut count) = (after, 0);
            while count < limit {
                let rows = limits::PAGE_ROWS_MAX;
                let page = self.shared.store.concerned(party, next, rows)?;
                for index in &page {
                    let key = StateKey::Reservation(ReservationId(*index));
                    if count < limit
                        && let Some(found) = self.record(&key)?
                    {
                        held.insert(*index, found);
                        count += 1;
                    }
                }
                next = page.last().copied();
                if page.len() < rows {
                    break;
                }
            }
        }
        Ok(held.into_values().take(limit).collect())
    }

    /// Returns the parties in whose place one acts: itself, those that ended in it, and those that ended in them.
    pub(crate) fn standing_for(&self, party: PartyId) -> Result<BTreeSet<PartyId>, ServiceFault> {
        let (mut parties, mut waiting) = (BTreeSet::new(), vec![party]);
        while let Some(id) = waiting.pop() {
            if !parties.insert(id) {
                continue;
            }
            let Some(Record::Party(party)) = self.found_record(&StateKey::Party(id))? else {
                continue;
            };
            for (predecessor, _) in party.more.predecessors {
                let ended = match self.found_record(&StateKey::Party(predecessor))? {
                    Some(Record::Party(party)) => party.more.ended,
                    Some(_) | None => None,
                };
                if ended.is_some_and(|(_, successor)| successor == id) {
                    waiting.push(predecessor);
                }
            }
        }
        Ok(parties)
    }

    fn found_record(&self, key: &StateKey) -> Result<Option<Record>, ServiceFault> {
        Ok(self.record(key)?.map(|found| found.value.record))
    }
}

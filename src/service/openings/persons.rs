//! The hidden name and number of a natural person: who may see them, and that every access is written down.
//!
//! A person stands in the log by commitments alone. Whoever relies on a registration with the person needs to know who it is,
//! as long as the registration is open; nobody else does. The registrar reads who has looked, and not the values.

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::openings::reading::{Capacity, Kept, Shown};
use crate::service::query::{Found, Listing};
use crate::service::sessions::Session;
use crate::service::{Registry, ServiceFault};

impl Registry {
    /// Reads a party that hides something.
    pub fn person(&self, id: PartyId) -> Result<Option<Party>, ServiceFault> {
        let found = self.record(&StateKey::Party(id))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Party(party)) if !party.hidden.is_empty() => Some(party),
            Some(_) | None => None,
        })
    }

    /// Says in which capacity a party sees the hidden values of a person; nothing for a stranger.
    ///
    /// The person itself; the pledgee and the guarantors of an open pledge that the person gave or whose debtor it is; an
    /// authority with the duty of the kind of a right that the person holds; the registrar.
    pub fn capacity_for_person(
        &self,
        id: PartyId,
        org: PartyId,
    ) -> Result<Option<Capacity>, ServiceFault> {
        if self.acting(id)? == org {
            return Ok(Some(Capacity::Itself));
        }
        let given = self.first(Listing::PledgedBy(id), |found| {
            self.relies(found, id, org, false)
        })?;
        let relation = match given {
            Some(capacity) => Some(capacity),
            // A debtor who gave nothing stands in no list of its own.
            None => self.first(Listing::PledgesOf(org), |found| {
                self.relies(found, id, org, true)
            })?,
        };
        if relation.is_some() {
            return Ok(relation);
        }
        if let Some(duties) = self.duties_of(org)? {
            let supervised = self.first(Listing::RightsOf(id), |found| {
                let Record::Right(right) = &found.value.record else {
                    return Ok(None);
                };
                let is_its = self.is_in_duty(&duties, &right.kind)?;
                Ok(is_its.then_some(Capacity::Supervisor))
            })?;
            if supervised.is_some() {
                return Ok(supervised);
            }
        }
        Ok((org == REGISTRAR).then_some(Capacity::Registrar))
    }

    /// Looks through a list until something is found, as far as the limit goes.
    fn first<T>(
        &self,
        listing: Listing,
        look: impl Fn(&Found) -> Result<Option<T>, ServiceFault>,
    ) -> Result<Option<T>, ServiceFault> {
        let (mut after, mut looked_at) = (None, 0);
        while looked_at < limits::RELATIONS_MAX {
            let page = self.list(listing, after, limits::PAGE_ROWS_MAX)?;
            for found in &page {
                if let Some(value) = look(found)? {
                    return Ok(Some(value));
                }
                after = found.value.key.entry();
            }
            looked_at += page.len();
            if page.len() < limits::PAGE_ROWS_MAX {
                break;
            }
        }
        Ok(None)
    }

    fn relies(
        &self,
        found: &Found,
        person: PartyId,
        org: PartyId,
        as_debtor: bool,
    ) -> Result<Option<Capacity>, ServiceFault> {
        let Record::Pledge(pledge) = &found.value.record else {
            return Ok(None);
        };
        let is_about = pledge.debtor == Some(person) || !as_debtor && pledge.pledgor == person;
        if pledge.is_closed_at(self.now()) || !is_about {
            return Ok(None);
        }
        self.creditor_of(pledge, org)
    }

    fn creditor_of(&self, pledge: &Pledge, org: PartyId) -> Result<Option<Capacity>, ServiceFault> {
        if self.acting(pledge.pledgee)? == org {
            return Ok(Some(Capacity::Pledgee));
        }
        for party in pledge.sharers() {
            if self.acting(party)? == org {
                return Ok(Some(Capacity::Pledgee));
            }
        }
        for guarantee in &pledge.more.guarantees {
            if self.acting(guarantee.guarantor)? == org {
                return Ok(Some(Capacity::Guarantor));
            }
        }
        Ok(None)
    }

    /// Shows the hidden values of a person to a member who may see them, after the access was written down.
    pub fn show_person(
        &self,
        id: PartyId,
        person: &Party,
        (session, capacity): (&Session, Capacity),
    ) -> Result<Vec<Shown>, ServiceFault> {
        let shown = self.kept_openings(id.0, &person.hidden, &person.more.erased)?;
        let claims: Vec<String> = shown
            .iter()
            .filter(|one| matches!(one.state, Kept::Open(_)))
            .map(|one| one.claim.clone())
            .collect();
        if !claims.is_empty() {
            self.write_reads(&[(id.0, claims, capacity)], session)?;
        }
        Ok(shown)
    }
}

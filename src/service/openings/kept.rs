//! Openings that the registry keeps, used for a question of a member who may see them: the loan amounts of a table, the loan to
//! value of an alert. Every pledge whose value is used is an access, counted and written down before anything is answered.

use std::collections::BTreeSet;

use crate::domain::facts::{Record, StateKey};
use crate::domain::party::Erased;
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PledgeId};
use crate::primitives::limits;
use crate::service::alerts::{AlertFilter, CLOSE_OUT_CLAIM, WARNING_CLAIM};
use crate::service::openings::reading::{Capacity, Kept};
use crate::service::query::Listing;
use crate::service::sessions::Session;
use crate::service::statistics::{Disclosed, PRINCIPAL_CLAIM, Position, Selection, lines};
use crate::service::{Registry, ServiceFault};

/// Why kept openings are not used.
#[derive(Debug)]
pub enum KeptFault {
    /// The party has read too many; after so many seconds it may go on.
    TooMany(u64),
    /// Anything else.
    Service(ServiceFault),
}

impl From<ServiceFault> for KeptFault {
    fn from(fault: ServiceFault) -> Self {
        Self::Service(fault)
    }
}

/// What the loan to value of an alert is made of.
const OF_ALERTS: [&str; 3] = [PRINCIPAL_CLAIM, WARNING_CLAIM, CLOSE_OUT_CLAIM];

/// A pledge whose hidden members a party may see.
struct Openable {
    pledge: PledgeId,
    hidden: Vec<(String, Hash)>,
    erased: Vec<Erased>,
    capacity: Capacity,
}

/// The pledges whose principals count in a table.
fn of_table(position: &Position, selection: &Selection) -> BTreeSet<PledgeId> {
    let all = lines(position, &[]).into_iter();
    let counted = all.filter(|line| line.state.stands() && selection.takes(line));
    counted.map(|line| line.pledge).collect()
}

impl Registry {
    /// Returns the principals behind a table, as far as the member may see them.
    pub fn kept_for_table(
        &self,
        session: &Session,
        position: &Position,
        selection: &Selection,
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let pledges = of_table(position, selection);
        self.kept_for(session, &pledges, &[PRINCIPAL_CLAIM])
    }

    /// Says how many accesses [`Registry::kept_for_table`] would write down; nothing is opened.
    pub fn accesses_for_table(
        &self,
        session: &Session,
        position: &Position,
        selection: &Selection,
    ) -> Result<usize, KeptFault> {
        let pledges = of_table(position, selection);
        Ok(self.openable(session, &pledges, &[PRINCIPAL_CLAIM])?.len())
    }

    /// Returns the amounts and price lines of the pledges whose alerts the member asks for, as far as it may see them.
    pub fn kept_for_alerts(
        &self,
        session: &Session,
        filter: &AlertFilter,
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let pledges = self.of_alerts(session, filter)?;
        self.kept_for(session, &pledges, &OF_ALERTS)
    }

    /// Says how many accesses [`Registry::kept_for_alerts`] would write down; nothing is opened.
    pub fn accesses_for_alerts(
        &self,
        session: &Session,
        filter: &AlertFilter,
    ) -> Result<usize, KeptFault> {
        let pledges = self.of_alerts(session, filter)?;
        Ok(self.openable(session, &pledges, &OF_ALERTS)?.len())
    }

    fn of_alerts(
        &self,
        session: &Session,
        filter: &AlertFilter,
    ) -> Result<BTreeSet<PledgeId>, ServiceFault> {
        match filter.pledge {
            Some(pledge) => Ok(BTreeSet::from([pledge])),
            None => self.own_pledges(session),
        }
    }

    /// Returns what is kept of these hidden members of the pledges, as far as the member may see it.
    fn kept_for(
        &self,
        session: &Session,
        pledges: &BTreeSet<PledgeId>,
        claims: &[&str],
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let mut disclosed = Vec::new();
        let mut reads: Vec<(EntryIndex, Vec<String>, Capacity)> = Vec::new();
        for one in self.openable(session, pledges, claims)? {
            self.count_opening_read(session)
                .map_err(KeptFault::TooMany)?;
            let mut seen = Vec::new();
            for shown in self.kept_openings(one.pledge.0, &one.hidden, &one.erased)? {
                if let Kept::Open(opening) = shown.state {
                    seen.push(shown.claim);
                    let pledge = one.pledge;
                    disclosed.push(Disclosed { pledge, opening });
                }
            }
            if !seen.is_empty() {
                reads.push((one.pledge.0, seen, one.capacity));
            }
        }
        if !reads.is_empty() {
            self.write_reads(&reads, session)?;
        }
        Ok(disclosed)
    }

    /// Finds the pledges that hide one of these members and whose hidden values the member may see.
    ///
    /// Who may see is judged by the record of now, whatever position the question is about.
    fn openable(
        &self,
        session: &Session,
        pledges: &BTreeSet<PledgeId>,
        claims: &[&str],
    ) -> Result<Vec<Openable>, KeptFault> {
        let mut found = Vec::new();
        for id in pledges {
            let Some(pledge) = self.pledge(*id)? else {
                continue;
            };
            let mut hidden = pledge.hidden.clone();
            hidden.retain(|(claim, _)| claims.contains(&claim.as_str()));
            if hidden.is_empty() {
                continue;
            }
            let capacity = self.capacity_of(&pledge, session.org)?;
            let Some(capacity) = capacity.filter(|capacity| capacity.opens()) else {
                continue;
            };
            if found.len() == limits::KEPT_PLEDGES_MAX {
                let most = limits::KEPT_PLEDGES_MAX;
                let reason = format!("asks for more than the {most} pledges of one question");
                return Err(ServiceFault::Input(FieldFault::new("openings", reason)).into());
            }
            found.push(Openable {
                pledge: *id,
                hidden,
                erased: pledge.more.erased,
                capacity,
            });
        }
        Ok(found)
    }

    /// Returns the open pledges whose alerts a party has a reason to see with amounts: those it took or gave, and for an
    /// authority all, as far as the limit of one question goes.
    fn own_pledges(&self, session: &Session) -> Result<BTreeSet<PledgeId>, ServiceFault> {
        let mut listings = vec![
            Listing::PledgesOf(session.org),
            Listing::PledgedBy(session.org),
        ];
        if self.duties_of(session.org)?.is_some() {
            listings.push(Listing::Pledges);
        }
        let mut pledges = BTreeSet::new();
        for listing in listings {
            let (mut after, mut looked_at) = (None, 0);
            while looked_at < limits::RELATIONS_MAX {
                let page = self.list(listing, after, limits::PAGE_ROWS_MAX)?;
                looked_at += page.len();
                for found in &page {
                    let (StateKey::Pledge(id), Record::Pledge(pledge)) =
                        (&found.value.key, &found.value.record)
                    else {
                        continue;
                    };
                    after = Some(id.0);
                    if !pledge.is_closed_at(self.now()) {
                        pledges.insert(*id);
                    }
                }
                if page.len() < limits::PAGE_ROWS_MAX {
                    break;
                }
            }
        }
        Ok(pledges)
    }
}

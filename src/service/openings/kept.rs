//! Openings that the registry keeps, used for a question of a member who may see them: the loan amounts of a table, the loan to
//! value of an alert. Every pledge whose value is used is an access, counted and written down before anything is answered.

use std::collections::BTreeSet;

use crate::domain::facts::{Record, StateKey};
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

impl Registry {
    /// Returns the principals behind a table, as far as the member may see them.
    pub fn kept_for_table(
        &self,
        session: &Session,
        position: &Position,
        selection: &Selection,
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let counted = |line: &crate::service::statistics::LineFact| {
            line.state.stands() && selection.takes(line)
        };
        let all = lines(position, &[]).into_iter();
        let pledges = all.filter(counted).map(|line| line.pledge).collect();
        self.kept_for(session, &pledges, &[PRINCIPAL_CLAIM])
    }

    /// Returns the amounts and price lines of the pledges whose alerts the member asks for, as far as it may see them.
    pub fn kept_for_alerts(
        &self,
        session: &Session,
        filter: &AlertFilter,
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let pledges = match filter.pledge {
            Some(pledge) => BTreeSet::from([pledge]),
            None => self.own_pledges(session)?,
        };
        let claims = [PRINCIPAL_CLAIM, WARNING_CLAIM, CLOSE_OUT_CLAIM];
        self.kept_for(session, &pledges, &claims)
    }

    /// Returns what is kept of these hidden members of the pledges, as far as the member may see it.
    ///
    /// Who may see is judged by the record of now, whatever position the question is about.
    fn kept_for(
        &self,
        session: &Session,
        pledges: &BTreeSet<PledgeId>,
        claims: &[&str],
    ) -> Result<Vec<Disclosed>, KeptFault> {
        let mut disclosed = Vec::new();
        let mut reads: Vec<(EntryIndex, Vec<String>, Capacity)> = Vec::new();
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
            if reads.len() == limits::KEPT_PLEDGES_MAX {
                let most = limits::KEPT_PLEDGES_MAX;
                let reason = format!("asks for more than the {most} pledges of one question");
                return Err(ServiceFault::Input(FieldFault::new("openings", reason)).into());
            }
            self.count_opening_read(session)
                .map_err(KeptFault::TooMany)?;
            let mut seen = Vec::new();
            for shown in self.kept_openings(id.0, &hidden, &pledge.more.erased)? {
                if let Kept::Open(opening) = shown.state {
                    seen.push(shown.claim);
                    let pledge = *id;
                    disclosed.push(Disclosed { pledge, opening });
                }
            }
            if !seen.is_empty() {
                reads.push((id.0, seen, capacity));
            }
        }
        if !reads.is_empty() {
            self.write_reads(&reads, session)?;
        }
        Ok(disclosed)
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

//! Alerts: what a creditor, a guarantor or a bureau should look at today. A function of the records, of imported prices, of the
//! openings that the reader presents, and of a day; nothing is stored and no decision reads them.
//!
//! Pages go by record: pledges first, then reservations, then rights, then parties, each ascending.

mod acts;
mod changes;
mod clouds;
mod duty;
mod rules;
mod said;
mod watch;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::entry::Entry;
use crate::domain::event::cells_of;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::party::{PartyMore, keepers};
use crate::domain::pledge::Pledge;
use crate::domain::right::{BurdenId, Capacity, GroundOf, Right};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::lending::{Lent, cap_of, lent, percent_of};
use crate::service::prices::{Price, series_of};
use crate::service::query::Found;
use crate::service::statistics::{Disclosed, PRINCIPAL_CLAIM, check_opening};
use crate::service::{Registry, ServiceFault};
use crate::verify::machine::RowSource as _;

pub use rules::{Alert, Scene, Valued};
pub(crate) use rules::{CLOSE_OUT_CLAIM, WARNING_CLAIM};
pub use rules::{alerts_of_closed, alerts_of_party, alerts_of_pledge};
pub use rules::{alerts_of_reservation, alerts_of_right};
pub use said::said;
pub use watch::AlertWatch;
pub use words::{AlertKind, Lapsing, PriceLine};

/// Which alerts are asked for.
#[derive(Clone, Default, Debug)]
pub struct AlertFilter {
    /// The party must be concerned, or one in whose place it acts.
    pub party: Option<PartyId>,
    /// The right must be concerned.
    pub right: Option<RightId>,
    /// The pledge must be concerned.
    pub pledge: Option<PledgeId>,
    /// The kind of alert.
    pub kind: Option<AlertKind>,
}

impl AlertFilter {
    /// Says whether an alert is asked for; `party` is the party asked for and those in whose place it acts.
    fn takes(&self, alert: &Alert, party: Option<&BTreeSet<PartyId>>) -> bool {
        party.is_none_or(|parties| alert.parties.iter().any(|of| parties.contains(of)))
            && self.right.is_none_or(|right| alert.right == Some(right))
            && self.kind.is_none_or(|kind| alert.kind == kind)
            && self
                .pledge
                .is_none_or(|pledge| alert.record == StateKey::Pledge(pledge))
    }
}

/// A page of alerts.
#[derive(Clone, Debug)]
pub struct AlertPage {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// The pledges whose principal the reader presents and whose lines all have a price, whether a line is crossed or not.
    pub valued: Vec<(PledgeId, Valued)>,
    /// The last record that was looked at, where more may follow.
    pub next: Option<StateKey>,
    /// The size of the log that the page rests on.
    pub size: u64,
}

/// The spaces in the order of pages: the letter of their rows.
const SPACES: [&[u8]; 4] = [b"p", b"v", b"r", b"m"];

impl Registry {
    /// Returns the alerts of a day from the record after `after` on, of at most `limit` records that have any.
    pub fn alerts(
        &self,
        filter: &AlertFilter,
        disclosed: &[Disclosed],
        day: Day,
        after: Option<&StateKey>,
        limit: usize,
    ) -> Result<AlertPage, ServiceFault> {
        self.check_presented(disclosed)?;
        let size = self.shared.published().size;
        let mut page = AlertPage {
            alerts: Vec::new(),
            valued: self.valued_all(disclosed, day)?,
            next: None,
            size,
        };
        let party = filter.party.map(|party| self.standing_for(party));
        let party = party.transpose()?;
        let (mut space, mut last) = start(after)?;
        let (mut looked_at, mut with_alerts) = (0, 0);
        while let Some(letter) = SPACES.get(space) {
            let rows = self.page(letter, last, limits::PAGE_ROWS_MAX)?;
            let is_last = rows.len() < limits::PAGE_ROWS_MAX;
            for found in rows {
                let alerts = self.alerts_of(&found, disclosed, day)?;
                let mut taken: Vec<Alert> = alerts
                    .into_iter()
                    .filter(|alert| filter.takes(alert, party.as_ref()))
                    .collect();
                looked_at += 1;
                with_alerts += usize::from(!taken.is_empty());
                page.alerts.append(&mut taken);
                if with_alerts >= limit || looked_at >= limits::ALERT_RECORDS_MAX {
                    page.next = Some(found.value.key);
                    return Ok(page);
                }
                last = found.value.key.entry();
            }
            if is_last {
                space += 1;
                last = None;
            }
        }
        Ok(page)
    }

    /// Returns the other rights on the ground of a right, of its own layer and of those that its policy notes: what an alert of it
    /// rests on, whether the right stands or not.
    pub fn on_same_ground(&self, right: RightId) -> Result<Vec<String>, ServiceFault> {
        let Some(found) = self.record(&StateKey::Right(right))? else {
            return Ok(Vec::new());
        };
        let alerts = self.alerts_of(&found, &[], self.now().day())?;
        let of_ground = |alert: &Alert| alert.kind == AlertKind::SameGround;
        let alert = alerts.into_iter().find(of_ground);
        Ok(alert.map(|alert| alert.records).unwrap_or_default())
    }

    /// Every presented opening must open a hidden member of a registered pledge.
    fn check_presented(&self, disclosed: &[Disclosed]) -> Result<(), ServiceFault> {
        for (n, item) in disclosed.iter().enumerate() {
            let found = self.record(&StateKey::Pledge(item.pledge))?;
            let hidden = match found.map(|found| found.value.record) {
                Some(Record::Pledge(pledge)) => pledge.hidden,
                Some(_) | None => Vec::new(),
            };
            check_opening(n, item, &hidden).map_err(ServiceFault::Input)?;
        }
        Ok(())
    }

    /// Values the pledges of which the reader presents something.
    fn valued_all(
        &self,
        disclosed: &[Disclosed],
        day: Day,
    ) -> Result<Vec<(PledgeId, Valued)>, ServiceFault> {
        let pledges: BTreeSet<PledgeId> = disclosed.iter().map(|item| item.pledge).collect();
        let mut all = Vec::new();
        for id in pledges {
            let found = self.record(&StateKey::Pledge(id))?;
            if let Some(Record::Pledge(pledge)) = found.map(|found| found.value.record)
                && !pledge.is_closed_at(self.now())
            {
                let facts = self.facts_of_pledge(&pledge)?;
                let valued = self.valued(id, &pledge, &facts, disclosed, day)?;
                all.extend(valued.map(|valued| (id, valued)));
            }
        }
        Ok(all)
    }

    /// Returns the alerts of one record on a day, of amounts that nobody presents none.
    pub fn alerts_on(&self, found: &Found, day: Day) -> Result<Vec<Alert>, ServiceFault> {
        self.alerts_of(found, &[], day)
    }

    pub(in crate::service) fn alerts_of(
        &self,
        found: &Found,
        disclosed: &[Disclosed],
        day: Day,
    ) -> Result<Vec<Alert>, ServiceFault> {
        let now = self.now();
        let empty = Facts::new(self.shared.policies());
        let (no_days, no_due) = (BTreeMap::new(), BTreeMap::new());
        let scene = |facts, days, due| Scene {
            facts,
            day,
            now,
            days,
            due,
        };
        match (&found.value.key, &found.value.record) {
            (StateKey::Pledge(id), Record::Pledge(pledge)) => {
                let days = self.days_of_disposals(pledge)?;
                if pledge.is_closed_at(now) {
                    return Ok(alerts_of_closed(*id, pledge, scene(&empty, &days, &no_due)));
                }
                let facts = self.facts_of_pledge(pledge)?;
                let valued = self.valued(*id, pledge, &facts, disclosed, day)?;
                let open = pledge.lines.iter().filter(|line| line.is_open_at(now));
                let rights: BTreeSet<RightId> = open.map(|line| line.right).collect();
                let rights = rights.into_iter();
                let rights = rights.filter_map(|id| facts.right(id).map(|right| (id, right)));
                let due = self.surrenders_left(rights)?;
                let scene = scene(&facts, &days, &due);
                let mut alerts = alerts_of_pledge(*id, pledge, valued.as_ref(), scene);
                let disowned = self.disowned(*id, pledge, &facts)?;
                alerts.extend(clouds::of_signatures(*id, pledge, &disowned));
                let lent = self.lent(*id, pledge, &facts, disclosed, day)?;
                alerts.extend(lent.and_then(|lent| rules::lending(*id, pledge, lent)));
                Ok(alerts)
            }
            (StateKey::Reservation(id), Record::Reservation(reservation)) => {
                let mut facts = Facts::new(self.shared.policies());
                for line in &reservation.lines {
                    self.fact(&mut facts, StateKey::Right(line.right))?;
                }
                let scene = scene(&facts, &no_days, &no_due);
                Ok(alerts_of_reservation(*id, reservation, scene))
            }
            (StateKey::Right(id), Record::Right(right)) => {
                let mut facts = Facts::new(self.shared.policies());
                self.facts_of_right(&mut facts, right)?;
                let more = |party| self.more_of(party);
                let keepers = keepers(right.issuer, &right.kind, EntryIndex::MAX, more)?;
                let due = self.surrenders_left(std::iter::once((*id, right)))?;
                let scene = scene(&facts, &no_days, &due);
                Ok(alerts_of_right(*id, right, &keepers, scene))
            }
            (StateKey::Party(id), Record::Party(party)) => Ok(alerts_of_party(*id, party, day)),
            _ => Ok(Vec::new()),
        }
    }

    /// The days of the entries that recorded disposals; the record has their indexes alone.
    fn days_of_disposals(
        &self,
        pledge: &Pledge,
    ) -> Result<BTreeMap<EntryIndex, Day>, ServiceFault> {
        let entries = pledge.more.disposals.iter().map(|disposal| disposal.entry);
        let day = |index| {
            let entry = Entry::parse(&self.entry(index)?);
            let entry =
                entry.map_err(|fault| ServiceFault::Doubt(format!("entry {index}: {fault}")))?;
            Ok((index, entry.time().day()))
        };
        entries.map(day).collect()
    }

    /// Loads what the alerts of a pledge rest on: its rights with their policies and holders, and for land the neighbors.
    fn facts_of_pledge(&self, pledge: &Pledge) -> Result<Facts, ServiceFault> {
        let mut facts = Facts::new(self.shared.policies());
        let parties = [pledge.pledgee, pledge.pledgor];
        for party in parties.into_iter().chain(pledge.debtor) {
            self.chain(&mut facts, party)?;
        }
        let now = self.now();
        for line in pledge.lines.iter().filter(|line| line.is_open_at(now)) {
            self.fact(&mut facts, StateKey::Right(line.right))?;
            let Some(right) = facts.right(line.right).cloned() else {
                continue;
            };
            self.chain(&mut facts, right.holder)?;
            self.facts_of_right(&mut facts, &right)?;
        }
        Ok(facts)
    }

    /// Loads the policy of a right, its ground, and its neighbors on land.
    fn facts_of_right(&self, facts: &mut Facts, right: &Right) -> Result<(), ServiceFault> {
        self.fact(facts, StateKey::Policy(right.kind.clone()))?;
        self.ground_of(facts, right)?;
        for cell in cells_of(right) {
            self.fact(facts, StateKey::Cell(*cell))?;
            let neighbors: Vec<RightId> = facts.cell(*cell).iter().map(|(id, _)| *id).collect();
            for id in neighbors.into_iter().take(limits::CELL_RIGHTS_MAX) {
                self.fact(facts, StateKey::Right(id))?;
                if let Some(neighbor) = facts.right(id).cloned() {
                    self.ground_of(facts, &neighbor)?;
                }
            }
        }
        Ok(())
    }

    fn more_of(&self, party: PartyId) -> Result<Option<PartyMore>, ServiceFault> {
        let found = self.record(&StateKey::Party(party))?;
        Ok(match found.map(|found| found.value.record) {
            Some(Record::Party(party)) => Some(party.more),
            Some(_) | None => None,
        })
    }

    /// A party, and those in which it has ended.
    fn chain(&self, facts: &mut Facts, party: PartyId) -> Result<(), ServiceFault> {
        let mut next = Some(party);
        while let Some(party) = next.filter(|party| !facts.knows(&StateKey::Party(*party))) {
            self.fact(facts, StateKey::Party(party))?;
            let ended = facts.party(party).and_then(|party| party.more.ended);
            next = ended.map(|(_, successor)| successor);
        }
        Ok(())
    }

    pub(in crate::service) fn ground_of(
        &self,
        facts: &mut Facts,
        right: &Right,
    ) -> Result<(), ServiceFault> {
        if let Capacity::Land {
            ground: GroundOf::Units(named),
            ..
        } = &right.capacity
        {
            for parcel in named {
                self.fact(facts, StateKey::Right(parcel.right))?;
            }
        }
        Ok(())
    }

    pub(in crate::service) fn fact(
        &self,
        facts: &mut Facts,
        key: StateKey,
    ) -> Result<(), ServiceFault> {
        if !facts.knows(&key) {
            let row = self.shared.store.row(&key)?;
            facts.insert(key, row.map(|row| Arc::clone(&row.fact)));
        }
        Ok(())
    }

    /// Values an open pledge, where the reader presents its principal and every line has a price.
    fn valued(
        &self,
        id: PledgeId,
        pledge: &Pledge,
        facts: &Facts,
        disclosed: &[Disclosed],
        day: Day,
    ) -> Result<Option<Valued>, ServiceFault> {
        let own = of_pledge(id, disclosed);
        if own.is_empty() {
            return Ok(None);
        }
        let prices = self.prices_of(pledge, facts, day)?;
        Ok(Valued::of(id, pledge, facts, &own, &prices, self.now()))
    }

    /// What a pledge is lent beside what the policies of its kinds let lend: by the principal that the reader presents, else by
    /// the clear cap; none where a kind says nothing of it, or a line has no price.
    fn lent(
        &self,
        id: PledgeId,
        pledge: &Pledge,
        facts: &Facts,
        disclosed: &[Disclosed],
        day: Day,
    ) -> Result<Option<Lent>, ServiceFault> {
        let own = of_pledge(id, disclosed);
        let principal = rules::opened(&own, PRINCIPAL_CLAIM).map(rules::raw);
        let claim = principal.unwrap_or_else(|| cap_of(pledge));
        let percents = pledge.lines.iter().map(|line| {
            let percent = percent_of(line.right, facts, self);
            if line.released { Some(0) } else { percent }
        });
        let Some(percents) = percents.collect::<Option<Vec<u32>>>().filter(|_| claim > 0) else {
            return Ok(None);
        };
        let prices = self.prices_of(pledge, facts, day)?;
        let Some(worths) = rules::worths(id, pledge, facts, &prices, self.now()) else {
            return Ok(None);
        };
        let worths: Vec<(u32, u128)> = percents.into_iter().zip(worths).collect();
        let before = self.caps_before(id, &pledge.lines, facts)?;
        Ok(Some(lent(claim, before, &worths)))
    }

    /// The price of each line of a pledge that is not released, where there is one.
    fn prices_of(
        &self,
        pledge: &Pledge,
        facts: &Facts,
        day: Day,
    ) -> Result<Vec<Option<Price>>, ServiceFault> {
        let mut prices: Vec<Option<Price>> = Vec::new();
        for line in &pledge.lines {
            let series = facts.right(line.right).and_then(|right| {
                let policy = facts.policy(&right.kind, self.now())?;
                Some(series_of(right, policy))
            });
            prices.push(match series {
                Some(series) if line.is_open_at(self.now()) => self.price(&series, day)?,
                Some(_) | None => None,
            });
        }
        Ok(prices)
    }
}

/// The openings of one pledge, of those that the reader presents.
fn of_pledge(id: PledgeId, disclosed: &[Disclosed]) -> Vec<&Disclosed> {
    disclosed.iter().filter(|item| item.pledge == id).collect()
}

/// The space and the index after which a page begins.
fn start(after: Option<&StateKey>) -> Result<(usize, Option<u64>), ServiceFault> {
    let space = match after {
        None => return Ok((0, None)),
        Some(StateKey::Pledge(_)) => 0,
        Some(StateKey::Reservation(_)) => 1,
        Some(StateKey::Right(_)) => 2,
        Some(StateKey::Party(_)) => 3,
        Some(
            StateKey::Identity(_) | StateKey::Source(_) | StateKey::Cell(_) | StateKey::Policy(_),
        ) => {
            let fault = FieldFault::new("after", "must be the cursor of the page before");
            return Err(ServiceFault::Input(fault));
        }
    };
    Ok((space, after.and_then(StateKey::entry)))
}

/// Returns the name of a line as a burden.
pub(crate) fn line_name(pledge: PledgeId, number: usize) -> BurdenId {
    BurdenId::Line(pledge, u16::try_from(number).unwrap_or(u16::MAX))
}

/// An entry as alerts name it among their records.
fn entry_name(index: EntryIndex) -> String {
    format!("entry:{index}")
}

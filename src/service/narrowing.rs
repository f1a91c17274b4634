//! What narrows a list of records further than its index does: a kind, a state, a party, and a day by which a claim ends.
//!
//! A list is read on until a page is full, and no question looks at more records than [`limits::NAME_RECORDS_MAX`]: where few
//! are taken, a page may be short, or empty, and still have a next one.

use crate::domain::facts::Record;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::{Day, Timestamp};
use crate::service::query::{Found, Listing};
use crate::service::{Registry, ServiceFault};

/// Whether any line of a pledge still stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PledgeState {
    /// One is.
    Open,
    /// None is.
    Closed,
}

impl PledgeState {
    /// What may be asked for.
    pub const WORDS: &'static str = "open or closed";

    /// Parses its name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "open" => Some(Self::Open),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }

    /// Returns its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What of a list is wanted; nothing of it takes everything.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Narrowing {
    /// Rights of this kind.
    pub kind: Option<String>,
    /// Pledges and reservations in this state.
    pub state: Option<PledgeState>,
    /// Pledges whose claim is to end on this day or before.
    pub ends_by: Option<Day>,
}

impl Narrowing {
    /// Says whether a record is wanted; what has lapsed by `now` stands no longer.
    pub fn takes(&self, record: &Record, now: Timestamp) -> bool {
        match record {
            Record::Right(right) => self.kind.as_ref().is_none_or(|kind| *kind == right.kind),
            Record::Pledge(pledge) => {
                let ends = |day: Day| pledge.term.is_some_and(|term| term.to().previous() <= day);
                self.takes_state(!pledge.is_closed_at(now)) && self.ends_by.is_none_or(ends)
            }
            Record::Reservation(held) => self.takes_state(held.stands_at(now)),
            Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => true,
        }
    }

    fn takes_state(&self, is_open: bool) -> bool {
        match self.state {
            Some(PledgeState::Open) => is_open,
            Some(PledgeState::Closed) => !is_open,
            None => true,
        }
    }
}

impl Registry {
    /// Returns the records of a listing that are wanted, ascending by index, after `after`; and after which index to go on,
    /// where more may follow.
    pub fn list_where(
        &self,
        listing: Listing,
        wants: impl Fn(&Record) -> bool,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<(Vec<Found>, Option<EntryIndex>), ServiceFault> {
        let (mut last, mut looked_at, mut found_rows) = (after, 0, Vec::new());
        loop {
            let rows = self.list(listing, last, limits::PAGE_ROWS_MAX)?;
            let is_last = rows.len() < limits::PAGE_ROWS_MAX;
            for found in rows {
                let next = found.value.key.entry();
                if found_rows.len() >= limit || looked_at >= limits::NAME_RECORDS_MAX {
                    return Ok((found_rows, last));
                }
                looked_at += 1;
                last = next;
                if wants(&found.value.record) {
                    found_rows.push(found);
                }
            }
            if is_last {
                return Ok((found_rows, None));
            }
        }
    }
}

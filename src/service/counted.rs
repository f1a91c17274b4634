//! A page of a list that says how long the list is, where its page stands in it, and what came before.
//!
//! Separate from `narrowing`, whose pages read no further than they must: here the list is read from its beginning, as far as
//! [`limits::COUNTED_RECORDS_MAX`]. Beyond it a page says only that there are more.

use crate::domain::entry::Entry;
use crate::domain::facts::Record;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::query::{Found, Listing};
use crate::service::{Registry, ServiceFault};

/// A page of a list.
#[derive(Default, Debug)]
pub struct Counted {
    /// The records of the page, ascending.
    pub rows: Vec<Found>,
    /// After which index to go on, where more may follow.
    pub next: Option<EntryIndex>,
    /// After which index the page before begins; none where it is the first of the list, or where there is none.
    pub previous: Option<EntryIndex>,
    /// Records of the list as far as it was read.
    pub total: usize,
    /// Whether it was read to its end.
    pub is_whole: bool,
    /// Records of the list before the page; nothing where the page is beyond what was read.
    pub before: Option<usize>,
}

impl Registry {
    /// Returns a page of the records of a listing that are wanted, and how many there are. Every record is asked for once, in
    /// order, as far as the list is read; of a page beyond it, some more are.
    ///
    /// The list begins with the entry `first`.
    pub fn list_counted(
        &self,
        (listing, first): (Listing, EntryIndex),
        mut wants: impl FnMut(&Record) -> bool,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Counted, ServiceFault> {
        let start = first.checked_sub(1);
        let after = after.max(start);
        let (mut last, mut looked_at, mut is_whole) = (start, 0, false);
        let (mut wanted, mut rows): (Vec<EntryIndex>, Vec<Found>) = (Vec::new(), Vec::new());
        while !is_whole && looked_at < limits::COUNTED_RECORDS_MAX {
            let page = self.list(listing, last, limits::PAGE_ROWS_MAX)?;
            is_whole = page.len() < limits::PAGE_ROWS_MAX;
            looked_at += page.len();
            for found in page {
                last = found.value.key.entry();
                let Some(index) = last.filter(|_| wants(&found.value.record)) else {
                    continue;
                };
                wanted.push(index);
                if after.is_none_or(|after| index > after) && rows.len() < limit {
                    rows.push(found);
                }
            }
        }
        let reached = is_whole || after <= last;
        let before = wanted.iter().filter(|index| Some(**index) <= after).count();
        let previous = before.checked_sub(limit + 1);
        let mut counted = Counted {
            next: None,
            previous: previous.and_then(|at| wanted.get(at).copied()),
            total: wanted.len(),
            is_whole,
            before: reached.then_some(before),
            rows,
        };
        if !is_whole && counted.rows.len() < limit {
            // The page goes on beyond what was counted.
            let wants = std::cell::RefCell::new(wants);
            let takes = |record: &Record| (wants.borrow_mut())(record);
            (counted.rows, counted.next) = self.list_where(listing, takes, after, limit)?;
            return Ok(counted);
        }
        let end = counted
            .rows
            .last()
            .and_then(|found| found.value.key.entry());
        let has_more = !is_whole || wanted.last().copied() > end;
        counted.next = end.filter(|_| has_more);
        Ok(counted)
    }

    /// Returns the first entry of a day (UTC+8) or of a later one: registry time never steps back.
    pub fn first_entry_since(&self, day: Day) -> Result<EntryIndex, ServiceFault> {
        let (mut least, mut beyond) = (0, self.published().size);
        while least < beyond {
            let middle = least + (beyond - least) / 2;
            let entry = Entry::parse(&self.entry(middle)?)
                .map_err(|fault| ServiceFault::Doubt(format!("entry {middle}: {fault}")))?;
            if entry.time().day() < day {
                least = middle + 1;
            } else {
                beyond = middle;
            }
        }
        Ok(least)
    }
}

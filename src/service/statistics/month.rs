//! A month: the lines that stood in it, as they were at its end, or as of a position in it while it is not over. Nothing that is
//! decided later changes either.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::entry::Entry;
use crate::primitives::field::FieldFault;
use crate::primitives::id::PledgeId;
use crate::primitives::time::{Day, Timestamp};
use crate::service::statistics::{LineFact, LineState, Position, lines};
use crate::service::{Registry, ServiceFault};
use crate::store::Store;

/// Bytes of one entry at most.
const ENTRY_BYTES: usize = 1_048_576;

/// A calendar month (UTC+8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Month {
    first: Day,
    next: Day,
}

impl Month {
    /// Parses `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let first = Day::parse(&format!("{text}-01"))?;
        let (year, month, _) = first.date();
        let next = match month {
            12 => Day::of(year.checked_add(1)?, 1, 1)?,
            _ => Day::of(year, month.checked_add(1)?, 1)?,
        };
        Some(Self { first, next })
    }

    /// Returns its last day.
    pub fn last(self) -> Day {
        self.next.previous()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, _) = self.first.date();
        write!(f, "{year:04}-{month:02}")
    }
}

/// A line that stood in a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthLine {
    /// The line as of that position.
    pub fact: LineFact,
    /// Whether it came in the month.
    pub is_new: bool,
    /// How much of it ended in the month before the line did, or while the rest of it stands, in 10^-6 of the unit.
    pub parts: BTreeMap<LineState, u128>,
}

/// A month as of its end, or as of a position in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthEnd {
    /// The records at its end, or at the position.
    pub position: Arc<Position>,
    /// The lines that stood in it, by pledge and number; those that ended in it among them.
    pub lines: Vec<MonthLine>,
}

impl Registry {
    /// Returns a month that is over, or what there is of one as of a position in it.
    pub fn month(&self, month: Month, at: Option<u64>) -> Result<MonthEnd, ServiceFault> {
        let fault = |name: &str, why: String| ServiceFault::Input(FieldFault::new(name, why));
        let (size, time) = {
            let published = self.published();
            (published.size, published.time)
        };
        let (begins, ends) = (month.first.begins(), month.next.begins());
        let store = &self.shared.store;
        let end = match at {
            None if time < ends => {
                let why =
                    format!("is not over: registry time is {time}; as of a position, name `at`");
                return Err(fault("month", why));
            }
            None => entries_before(store, ends, size)?,
            Some(at) => {
                let first = entries_before(store, begins, size)?;
                let last = entries_before(store, ends, size)?;
                if at <= first || last < at {
                    let why =
                        format!("must be a position of the month, after {first} and up to {last}");
                    return Err(fault("at", why));
                }
                at
            }
        };
        if end == 0 {
            let why = "was over before the register began".to_owned();
            return Err(fault("month", why));
        }
        let begin = entries_before(store, begins, end)?;
        let before = match begin {
            0 => Arc::default(),
            begin => self.position_kept(begin)?,
        };
        let before: BTreeMap<(PledgeId, u16), LineFact> = lines(&before, &[])
            .into_iter()
            .map(|line| ((line.pledge, line.number), line))
            .collect();
        let position = self.position_kept(end)?;
        let stood = lines(&position, &[]).into_iter().filter_map(|fact| {
            let then = before.get(&(fact.pledge, fact.number));
            then.is_none_or(|line| line.state.stands())
                .then(|| MonthLine {
                    is_new: then.is_none(),
                    parts: parts_since(&fact, then),
                    fact,
                })
        });
        let lines = stood.collect();
        Ok(MonthEnd { position, lines })
    }

    /// Returns how many published entries there are up to the end of a day (UTC+8).
    pub fn position_at_end_of(&self, day: Day) -> Result<u64, ServiceFault> {
        let size = self.published().size;
        entries_before(&self.shared.store, day.next().begins(), size)
    }
}

/// What of a line ended by parts since it was as it was then.
fn parts_since(fact: &LineFact, then: Option<&LineFact>) -> BTreeMap<LineState, u128> {
    let before = |state| then.and_then(|line| line.parts.get(state).copied());
    let since = fact.parts.iter().map(|(state, sum)| {
        let sum = sum.saturating_sub(before(state).unwrap_or_default());
        (*state, sum)
    });
    since.filter(|(_, sum)| *sum > 0).collect()
}

/// Returns how many of the first `size` entries are of before an instant. Registry time never goes back.
fn entries_before(store: &Store, instant: Timestamp, size: u64) -> Result<u64, ServiceFault> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let doubt = |why: &str| ServiceFault::Doubt(format!("entry {middle}: {why}"));
        let found = store.entries(middle, 1, ENTRY_BYTES)?;
        let (_, bytes) = found.first().ok_or_else(|| doubt("is missing"))?;
        let entry = Entry::parse(bytes).map_err(|fault| doubt(&fault.to_string()))?;
        if entry.time() < instant {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_one_begins() {
        for (text, first, next) in [
            ("2026-12", "2026-12-01", "2027-01-01"),
            ("2028-02", "2028-02-01", "2028-03-01"),
        ] {
            let month = Month::parse(text).unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(
                (month.first, month.next),
                (Day::parse(first).unwrap(), Day::parse(next).unwrap())
            );
        }
        for text in ["", "2026", "2026-13", "2026-1", "2026-12-01", "9999-12"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }
}

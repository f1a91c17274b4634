//! What was expected and what came, counted by kind and outcome.
//!
//! Two wrong outcomes may cancel out in the counts, so every single one that differs is kept as a slip too.

use std::collections::BTreeMap;

use crate::primitives::canonical::Json;

/// Slips that are kept word for word; beyond them they are only counted.
const SLIPS_SHOWN_MAX: usize = 20;

/// What was done, in the order of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Act {
    /// Parties of the book admitted.
    Admit,
    /// Rights of the books issued.
    Issue,
    /// Registrations that the bureau must be refused.
    IssueRefused,
    /// Parcels that overlap by less than the tolerance.
    IssueSliver,
    /// Pledges registered.
    Register,
    /// Pledges amended.
    Amend,
    /// Pledges released.
    Release,
    /// Figures that an answer states.
    Figure,
}

impl Act {
    /// Returns the words of the table.
    fn name(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Issue => "issue",
            Self::IssueRefused => "issue, must be refused",
            Self::IssueSliver => "issue, sliver",
            Self::Register => "register",
            Self::Amend => "amend",
            Self::Release => "release",
            Self::Figure => "figure",
        }
    }
}

#[derive(Clone, Copy, Default, Debug)]
struct Count {
    expected: u64,
    actual: u64,
}

/// The table of outcomes.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: BTreeMap<(Act, String, String), Count>,
    slips: Vec<String>,
    slip_count: u64,
}

impl Table {
    /// Counts one outcome; `what` names it where it is not the expected one.
    pub(super) fn count(
        &mut self,
        act: Act,
        kind: &str,
        expected: &str,
        actual: &str,
        what: impl FnOnce() -> String,
    ) {
        let row = |outcome: &str| (act, kind.to_owned(), outcome.to_owned());
        self.rows.entry(row(expected)).or_default().expected += 1;
        self.rows.entry(row(actual)).or_default().actual += 1;
        if expected != actual {
            self.slip_count += 1;
            if self.slips.len() < SLIPS_SHOWN_MAX {
                self.slips
                    .push(format!("{}: expected {expected}, got {actual}", what()));
            }
        }
    }

    /// Says whether every single outcome was the expected one.
    pub(super) fn holds(&self) -> bool {
        self.slip_count == 0
    }

    /// Returns the outcomes that differ, the first of them word for word.
    pub(super) fn slips(&self) -> Vec<String> {
        let mut slips = self.slips.clone();
        let shown = u64::try_from(slips.len()).unwrap_or(u64::MAX);
        let more = self.slip_count.saturating_sub(shown);
        if more > 0 {
            slips.push(format!("and {more} more"));
        }
        slips
    }

    /// Returns the rows as JSON.
    pub(super) fn to_json(&self) -> Json {
        let row = |((act, kind, outcome), count): (&(Act, String, String), &Count)| {
            Json::object([
                ("action", Json::text(act.name())),
                ("kind", Json::text(&**kind)),
                ("outcome", Json::text(&**outcome)),
                ("expected", Json::count(count.expected)),
                ("actual", Json::count(count.actual)),
                ("ok", Json::Bool(count.expected == count.actual)),
            ])
        };
        Json::list(self.rows.iter().map(row))
    }

    /// Returns the rows as lines with columns, and a line of sums.
    pub(super) fn to_lines(&self) -> Vec<String> {
        let line = |cells: [&str; 6]| {
            let [action, kind, outcome, expected, actual, ok] = cells;
            format!("{action:<23} {kind:<18} {outcome:<20} {expected:>9} {actual:>9}  {ok}")
        };
        let mut lines = vec![line([
            "action", "kind", "outcome", "expected", "actual", "ok",
        ])];
        let mut sum = Count::default();
        for ((act, kind, outcome), count) in &self.rows {
            sum.expected += count.expected;
            sum.actual += count.actual;
            let (expected, actual) = (count.expected.to_string(), count.actual.to_string());
            let ok = if count.expected == count.actual {
                "yes"
            } else {
                "NO"
            };
            lines.push(line([act.name(), kind, outcome, &expected, &actual, ok]));
        }
        let ok = if self.holds() { "yes" } else { "NO" };
        let (expected, actual) = (sum.expected.to_string(), sum.actual.to_string());
        lines.push(line(["all", "", "", &expected, &actual, ok]));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_outcomes_that_cancel_out_are_still_slips() {
        let mut table = Table::default();
        table.count(Act::Register, "carbon", "accepted", "double_pledge", || {
            "request 1".into()
        });
        table.count(Act::Register, "carbon", "double_pledge", "accepted", || {
            "request 2".into()
        });
        assert!(!table.holds());
        let json = table.to_json().to_canonical();
        assert!(!json.contains("\"ok\":false"), "{json}");
        assert_eq!(
            table.slips()[0],
            "request 1: expected accepted, got double_pledge"
        );
        assert!(table.to_lines().last().unwrap().ends_with("NO"));
    }

    #[test]
    fn slips_beyond_the_shown_ones_are_counted() {
        let mut table = Table::default();
        for n in 0..25 {
            table.count(Act::Amend, "energy", "a", "b", || n.to_string());
        }
        assert_eq!(table.slips().last().unwrap(), "and 5 more");
    }
}

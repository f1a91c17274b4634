//! What is asked of rights: quantities, days, and behind whom.

use super::{Choice, place};
use crate::model::{ALWAYS, Ask, Kind, NOBODY, Name, Right, Taking};
use crate::properties::district::year;

impl Choice<'_> {
    /// Lines on rights of a holder: one mostly, or some on the same right.
    pub(super) fn asks(&mut self, holder: usize, skip: &[Name]) -> Vec<Ask> {
        let count = [1, 1, 1, 2, 2, 3][self.dice.below(6)];
        let same = self.dice.once_in(3).then(|| self.right_of(holder));
        let mut asks = Vec::new();
        for _ in 0..count {
            let right = same.unwrap_or_else(|| self.right_of(holder));
            asks.push(self.ask(right, skip));
        }
        asks
    }

    /// A right of a holder; rarely another, or one that nobody knows.
    pub(super) fn right_of(&mut self, holder: usize) -> usize {
        let all = 0..self.model().rights.len();
        match self.dice.below(60) {
            58 => self.dice.below(all.len()),
            59 => NOBODY,
            _ => {
                let own =
                    |nth: &usize| self.model().acting(self.model().rights[*nth].holder) == holder;
                let own: Vec<usize> = all.filter(own).collect();
                self.dice.pick(&own).unwrap_or(0)
            }
        }
    }

    pub(super) fn ask(&mut self, nth: usize, skip: &[Name]) -> Ask {
        let Some(right) = self.model().rights.get(nth).cloned() else {
            let (from, to) = ALWAYS;
            return Ask {
                right: nth,
                quantity: 1,
                from,
                to,
                behind: Vec::new(),
            };
        };
        let (from, to) = match right.kind {
            Kind::Stock | Kind::Forest => ALWAYS,
            Kind::Flow => {
                let from = [2, 3, 4, 5, 6, 7, 1, 8, 9, 0][self.dice.below(10)];
                let to = from + 1 + self.dice.below(4);
                let end = if self.dice.once_in(8) {
                    i64::MAX
                } else {
                    right.to
                };
                (place(from), place(to.min(11)).min(end).max(place(from) + 1))
            }
            Kind::Sink => {
                let first = [2028, 2029, 2028, 2027, 2030, 2027][self.dice.below(6)];
                let years = 1 + self.dice.below(2);
                // The right may end within a year; years are pledged whole.
                let mut ends = (2028..2040).map(year);
                let mut end = ends.rfind(|it| *it <= right.to).unwrap_or(year(2028));
                if self.dice.once_in(8) {
                    end = i64::MAX;
                }
                (
                    year(first),
                    year(first + years).min(end).max(year(first + 1)),
                )
            }
        };
        let mut ask = Ask {
            right: nth,
            quantity: 1,
            from,
            to,
            behind: Vec::new(),
        };
        ask.behind = self.behind(&right, &ask);
        let mut skip = skip.to_vec();
        skip.extend(&ask.behind);
        ask.quantity = self.quantity(&ask, &skip);
        ask
    }

    /// A part of what a right had, or all that is free, or a little more.
    pub(super) fn quantity(&mut self, ask: &Ask, skip: &[Name]) -> i64 {
        let (right, plot) = (&self.model().rights[ask.right], self.stage.plot(ask.right));
        if right.kind.is_land() {
            return 1;
        }
        let free = right.least_free(ask, self.model().today(), skip);
        match self.dice.below(14) {
            0..=2 => plot.eighths(1),
            3..=4 => plot.eighths(2),
            5..=6 => plot.eighths(3),
            7..=10 => free,
            11 => free + plot.grain,
            _ => plot.eighths(i64::try_from(self.dice.below(10)).unwrap()),
        }
    }

    /// Mostly nobody, else one whole stack, sometimes too few or too many.
    pub(super) fn behind(&mut self, right: &Right, ask: &Ask) -> Vec<Name> {
        let days = right.days(ask.from, ask.to, self.model().today());
        let meets = |taking: &&Taking| days.iter().any(|day| taking.on(*day));
        let there: Vec<&Taking> = right.takings.iter().filter(meets).collect();
        let is_land = right.kind.is_land();
        let wants = if is_land {
            !self.dice.once_in(4)
        } else {
            self.dice.once_in(2)
        };
        let lines: Vec<&Taking> = there
            .iter()
            .copied()
            .filter(|it| it.name.is_line())
            .collect();
        let Some(senior) = self.dice.pick(&lines).filter(|_| wants) else {
            return match self.dice.below(60) {
                59 => vec![Name::Line(9_999_999, 0)],
                _ => Vec::new(),
            };
        };
        let mut stack: Vec<&Taking> = vec![senior];
        for _ in &lines {
            for line in &lines {
                let joins = stack.iter().any(|other| other.is_ranked_with(line));
                if joins && !stack.iter().any(|other| other.name == line.name) {
                    stack.push(line);
                }
            }
        }
        let mut behind: Vec<Name> = stack.iter().map(|taking| taking.name).collect();
        behind.sort_unstable();
        match self.dice.below(16) {
            13 if behind.len() > 1 => drop(behind.remove(0)),
            14 => behind.extend(there.first().map(|taking| taking.name)),
            15 => behind.extend(right.takings.last().map(|taking| taking.name)),
            _ => {}
        }
        behind.sort_unstable();
        behind.dedup();
        behind
    }
}

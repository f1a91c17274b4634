//! What an amendment or an extension adds stands at the position of its entry, as a line of its own; what gets smaller, or
//! longer where nobody has come between, stays in its line.

use std::collections::BTreeSet;

use crate::domain::command::LineChange;
use crate::domain::facts::StateKey;
use crate::domain::pledge::Line;
use crate::domain::right::{BurdenId, Extent};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;
use crate::verify::binding::known::{Was, becomes, quantity_of, was, with_quantity};
use crate::verify::binding::lapse::extended_end;
use crate::verify::binding::lines::LineAct;
use crate::verify::binding::results::{longer, overtaken};

/// The line that a change adds, as far as it is known.
enum Wanted<'a> {
    /// Exactly this one.
    Line(Line),
    /// One that fits the change, since a line that is not known is extended.
    Like(&'a LineChange),
    /// One that fits the change, or none: a quantity that is not known may be the asked one already.
    Perhaps(&'a LineChange),
}

impl LineAct<'_> {
    /// Smaller: the line itself. Larger: a line with the difference, behind what the payload says.
    pub(super) fn amends(&self, changes: &[LineChange]) -> Result<bool, String> {
        let mut wanted = Vec::new();
        for change in changes {
            let number = change.line;
            let fails = || format!("line {number} does not become what was asked");
            let asked = change.amount.as_ref().map(|(quantity, _)| *quantity);
            let asked = asked.ok_or_else(fails)?;
            if let Some(line) = self.lines.get(&(self.pledge, number)) {
                let smaller = |was: &Line| {
                    let is_less = quantity_of(was).is_some_and(|present| asked < present);
                    with_quantity(was, asked).filter(|_| is_less)
                };
                let within = |line: &Line| !line.released && quantity_of(line) == Some(asked);
                let place = (self.pledge, number);
                if !change.behind.is_empty() || !becomes(self.past, place, line, smaller, within) {
                    return Err(fails());
                }
                continue;
            }
            match was(self.past, self.pledge, number) {
                Was::Open(line) => wanted.extend(more(&line, asked, change).ok_or_else(fails)?),
                Was::Gone => return Err(fails()),
                Was::Unknown => wanted.push(Wanted::Perhaps(change)),
            }
        }
        let fits = |change: &LineChange, line: &Line| {
            let asked = change.amount.as_ref().map(|(quantity, _)| *quantity);
            let more = quantity_of(line).zip(asked);
            self.is_unknown(line)
                && line.behind == change.behind
                && more.is_some_and(|(more, asked)| Quantity::ZERO < more && more < asked)
        };
        self.are_added(&wanted, &fits, &self.others())
    }

    /// The line itself with its new end, or the added days as a line of their own.
    pub(super) fn extends(
        &self,
        changes: &[LineChange],
        term: Option<Span>,
    ) -> Result<bool, String> {
        let mut wanted = Vec::new();
        for change in changes {
            let number = change.line;
            let fails = || format!("line {number} does not end as was asked");
            let name = BurdenId::Line(self.pledge, number);
            let splits = |was: &Line| overtaken(self.signed, self.past, name, was, change.to);
            let is_own = change.adds_own_line();
            if let Some(line) = self.lines.get(&(self.pledge, number)) {
                let made = |was: &Line| {
                    let longer = longer(was, change.to).filter(|_| splits(was) != Some(true));
                    longer.map(|line| extended_end(line, term))
                };
                let within = |line: &Line| {
                    let same = extended_end(line.clone(), term);
                    !line.released && end_of(line) == change.to && same == *line
                };
                let place = (self.pledge, number);
                if is_own || !becomes(self.past, place, line, made, within) {
                    return Err(fails());
                }
                continue;
            }
            match was(self.past, self.pledge, number) {
                Was::Open(line) => {
                    let is_placed = is_own || splits(&line) != Some(false);
                    let days = days_added(&line, change).filter(|_| is_placed);
                    let days = days.ok_or_else(fails)?;
                    wanted.push(Wanted::Line(extended_end(days, term)));
                }
                Was::Gone => return Err(fails()),
                Was::Unknown => wanted.push(Wanted::Like(change)),
            }
        }
        let fits = |change: &LineChange, line: &Line| {
            let part = change.amount.as_ref().map(|(part, _)| *part);
            self.is_unknown(line)
                && line.behind == change.behind
                && (part.is_none() || part == quantity_of(line))
                && end_of(line).is_some()
                && end_of(line) == change.to
                && extended_end(line.clone(), term) == *line
        };
        self.are_moved_or_added(&wanted, &fits, term)
    }

    /// On a right whose history is shown every line is known.
    fn is_unknown(&self, line: &Line) -> bool {
        !self.past.shows(&StateKey::Right(line.right))
    }

    /// Of the lines that the payload does not name, those that only get another end come before those that are added. Where the
    /// history of the pledge is not shown, any number of them may have been there.
    fn are_moved_or_added(
        &self,
        wanted: &[Wanted<'_>],
        fits: &dyn Fn(&LineChange, &Line) -> bool,
        term: Option<Span>,
    ) -> Result<bool, String> {
        let others = self.others();
        let mut outcome = self.are_added(wanted, fits, &others);
        for (count, (number, line)) in others.iter().enumerate() {
            if outcome.is_ok() || !self.is_moved(*number, line, term) {
                break;
            }
            let added = others.get(count + 1..).unwrap_or_default();
            outcome = self.are_added(wanted, fits, added);
        }
        outcome
    }

    /// Says whether anything is added; it is what is wanted, in the order of the payload.
    fn are_added(
        &self,
        wanted: &[Wanted<'_>],
        fits: &dyn Fn(&LineChange, &Line) -> bool,
        added: &[(u16, &Line)],
    ) -> Result<bool, String> {
        let added = self.follow(added)?;
        // How many of the added lines the changes so far may have made.
        let mut made = BTreeSet::from([0_usize]);
        for one in wanted {
            let mut then = BTreeSet::new();
            for count in &made {
                let next = added.get(*count);
                let (is_next, may_be_none) = match one {
                    Wanted::Line(line) => (next == Some(&line), false),
                    Wanted::Like(change) => (next.is_some_and(|line| fits(change, line)), false),
                    Wanted::Perhaps(change) => (next.is_some_and(|line| fits(change, line)), true),
                };
                then.extend(is_next.then_some(count + 1));
                then.extend(may_be_none.then_some(*count));
            }
            made = then;
        }
        if made.contains(&added.len()) {
            return Ok(!added.is_empty());
        }
        Err("the added lines are not those that were asked".to_owned())
    }
}

/// The line that a larger quantity adds; nothing where the quantity stays, no answer where it gets smaller.
#[expect(
    clippy::option_option,
    reason = "nothing to add is not the same as no answer"
)]
fn more<'a>(line: &Line, asked: Quantity, change: &LineChange) -> Option<Option<Wanted<'a>>> {
    let added = asked.checked_sub(quantity_of(line)?)?;
    if added.is_zero() {
        return change.behind.is_empty().then_some(None);
    }
    let further = Line {
        behind: change.behind.clone(),
        ..with_quantity(line, added)?
    };
    Some(Some(Wanted::Line(further)))
}

/// The added days as a line of their own.
fn days_added(line: &Line, change: &LineChange) -> Option<Line> {
    let (Extent::Flow(has, span), Some(to)) = (line.extent, change.to) else {
        return None;
    };
    let part = change.amount.as_ref().map(|(part, _)| *part);
    let quantity = part.unwrap_or(has);
    if quantity > has || quantity.is_zero() {
        return None;
    }
    Some(Line {
        extent: Extent::Flow(quantity, Span::new(span.to(), to)?),
        behind: change.behind.clone(),
        ..line.clone()
    })
}

fn end_of(line: &Line) -> Option<crate::primitives::time::Day> {
    match line.extent {
        Extent::Flow(_, span) => Some(span.to()),
        Extent::Stock(_) | Extent::Whole | Extent::Years(_) => None,
    }
}

//! What a file shows of a line before an entry: the pledge says it where its history is shown, and where that of the right is
//! shown the burden of the same name says the same. A line that neither shows is not known, and not held against anything.

use crate::domain::facts::StateKey;
use crate::domain::pledge::Line;
use crate::domain::right::{Burden, BurdenId, Extent};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::verify::past::Past;

/// A line as an entry found it.
pub(super) enum Was {
    /// It stood.
    Open(Line),
    /// It did not: it had been released or had lapsed, or there was none of this number.
    Gone,
    /// The file does not show it.
    Unknown,
}

/// Returns a line as it was before the entry that was moved on to.
pub(super) fn was(past: &Past, pledge: PledgeId, number: u16) -> Was {
    if past.shows(&StateKey::Pledge(pledge)) {
        let lines = past.pledge(pledge).map_or(&[][..], |pledge| &pledge.lines);
        let line = lines
            .get(usize::from(number))
            .filter(|line| line.is_open_at(past.now()));
        return line.cloned().map_or(Was::Gone, Was::Open);
    }
    match past.burden(BurdenId::Line(pledge, number)) {
        Some((right, burden)) => Was::Open(line_of(right, burden)),
        None => Was::Unknown,
    }
}

/// The line that stands on a right as this burden.
pub(super) fn line_of(right: RightId, burden: &Burden) -> Line {
    Line {
        right,
        extent: burden.extent,
        behind: burden.behind.clone(),
        released: false,
        expires: match burden.id {
            BurdenId::Line(..) => burden.expires,
            BurdenId::Hold(..) | BurdenId::Freeze(_) => None,
        },
    }
}

/// Says whether a line may become `now`: exactly what it is made where it is known, within bounds where it is not. On a
/// right whose history is shown every line is known, so one that is not there comes from nowhere.
pub(super) fn becomes(
    past: &Past,
    (pledge, number): (PledgeId, u16),
    now: &Line,
    made: impl Fn(&Line) -> Option<Line>,
    within: impl Fn(&Line) -> bool,
) -> bool {
    match was(past, pledge, number) {
        Was::Open(was) => made(&was).as_ref() == Some(now),
        Was::Gone => false,
        Was::Unknown => !past.shows(&StateKey::Right(now.right)) && within(now),
    }
}

/// The quantity of a line that has one.
pub(super) fn quantity_of(line: &Line) -> Option<Quantity> {
    match line.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
        Extent::Whole | Extent::Years(_) => None,
    }
}

/// A line with another quantity; none where a line has no quantity.
pub(super) fn with_quantity(line: &Line, quantity: Quantity) -> Option<Line> {
    let extent = match line.extent {
        Extent::Stock(_) => Extent::Stock(quantity),
        Extent::Flow(_, span) => Extent::Flow(quantity, span),
        Extent::Whole | Extent::Years(_) => return None,
    };
    Some(Line {
        extent,
        ..line.clone()
    })
}

/// What stays of a line of which a part is given back, sold or released; all of it where no part is named.
pub(super) fn without(line: &Line, part: Option<Quantity>) -> Option<Line> {
    let all = || Line {
        released: true,
        ..line.clone()
    };
    let Some(part) = part else { return Some(all()) };
    let rest = quantity_of(line)?.checked_sub(part)?;
    if part.is_zero() {
        None
    } else if rest.is_zero() {
        Some(all())
    } else {
        with_quantity(line, rest)
    }
}

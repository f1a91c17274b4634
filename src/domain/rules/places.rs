//! How much room the lines on a right take: what an act on all of them writes must fit one entry of the log.
//!
//! Freezes do not count: the orders of authorities have room of their own, which a debtor cannot fill up.

use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::rules::Case;
use crate::primitives::limits;

/// Says whether a right has no room for one more line that stands behind so many others, in the place of what it replaces.
pub(super) fn is_full(
    case: &Case<'_>,
    right: &Right,
    behind: usize,
    replaces: &dyn Fn(BurdenId) -> bool,
) -> bool {
    let now = case.stamp.time;
    if !case.law.counts_places() {
        return right.lasting(now).count() >= limits::RIGHT_LINES_MAX;
    }
    let with_it = |places: Places| Places {
        lines: places.lines + 1,
        names: places.names + behind,
    };
    let stays = |burden: &&Burden| !replaces(burden.id);
    let in_all = with_it(Places::of(right.standing(now).filter(stays)));
    with_it(Places::of(right.lasting(now).filter(stays))).taken() > limits::RIGHT_PLACES_MAX
        || in_all.taken() > limits::RIGHT_LINES_MAX
        || behind >= limits::STACK_DEPTH_MAX
}

/// Says whether a right that succeeds several would carry more than one right may, under law 2.
pub(super) fn is_crowded(case: &Case<'_>, right: &Right) -> bool {
    let now = case.stamp.time;
    let is_order = |burden: &&Burden| burden.id.is_freeze() && burden.counts_at(now);
    let orders = right.burdens.iter().filter(is_order).count();
    case.law.counts_places()
        && (Places::of(right.lasting(now)).taken() > limits::RIGHT_PLACES_MAX
            || Places::of(right.standing(now)).taken() > limits::RIGHT_LINES_MAX
            || orders > limits::RIGHT_FREEZES_MAX)
}

/// Lines and reservations, and the names that they stand behind.
struct Places {
    lines: usize,
    names: usize,
}

impl Places {
    fn of<'a>(burdens: impl Iterator<Item = &'a Burden>) -> Self {
        let nothing = Self { lines: 0, names: 0 };
        burdens.fold(nothing, |places, burden| Self {
            lines: places.lines + 1,
            names: places.names + burden.behind.len(),
        })
    }

    fn taken(&self) -> usize {
        self.lines + self.names / limits::NAMES_OF_ONE_PLACE
    }
}

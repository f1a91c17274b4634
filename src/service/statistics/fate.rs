//! How lines of pledges, and parts of them, have ended: a record says that a line is over, and only the entry says how.

use std::collections::BTreeMap;

use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::Extent;
use crate::primitives::id::PledgeId;
use crate::primitives::quantity::Quantity;
use crate::service::statistics::LineState;

/// The ends of lines and of parts of them.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Fates {
    /// How each line ended that is over.
    whole: BTreeMap<(PledgeId, u16), LineState>,
    /// How much of a line ended before the line did, in 10^-6 of the unit.
    parts: BTreeMap<(PledgeId, u16), BTreeMap<LineState, u128>>,
}

impl Fates {
    /// Notes what an event did to the lines of a pledge.
    pub(super) fn note(
        &mut self,
        event: &Event,
        key: &StateKey,
        before: Option<&Record>,
        after: &Record,
    ) {
        let (StateKey::Pledge(id), Some(Record::Pledge(before)), Record::Pledge(after)) =
            (key, before, after)
        else {
            return;
        };
        let (whole, part) = ends(event);
        for (number, (was, is)) in (0_u16..).zip(before.lines.iter().zip(&after.lines)) {
            let name = (*id, number);
            if was.released {
                continue;
            }
            if is.released {
                self.whole.insert(name, whole);
            } else if let Some(state) = part {
                let less = raw(was.extent).saturating_sub(raw(is.extent));
                if less > 0 {
                    *self
                        .parts
                        .entry(name)
                        .or_default()
                        .entry(state)
                        .or_default() += less;
                }
            }
        }
    }

    /// Returns how a line ended that is over.
    pub(super) fn of_line(&self, pledge: PledgeId, number: u16) -> LineState {
        let noted = self.whole.get(&(pledge, number));
        noted.copied().unwrap_or(LineState::Released)
    }

    /// Returns how much of a line ended before it did.
    pub(super) fn parts_of(&self, pledge: PledgeId, number: u16) -> BTreeMap<LineState, u128> {
        let noted = self.parts.get(&(pledge, number));
        noted.cloned().unwrap_or_default()
    }
}

/// How an event ends lines, and how it ends parts of them; what an amendment or a split takes off a line is neither released nor
/// sold.
fn ends(event: &Event) -> (LineState, Option<LineState>) {
    match event.type_name() {
        "pledge_released" | "substitute_collateral" => {
            (LineState::Released, Some(LineState::Released))
        }
        "record_disposal" => (LineState::Disposed, Some(LineState::Disposed)),
        "convert_right" | "transfer_right" => (LineState::Moved, None),
        _ => (LineState::Released, None),
    }
}

fn raw(extent: Extent) -> u128 {
    let quantity = match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => quantity,
        Extent::Whole | Extent::Years(_) => Quantity::ZERO,
    };
    u128::try_from(quantity.raw()).unwrap_or_default()
}

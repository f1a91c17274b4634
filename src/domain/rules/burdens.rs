//! What an event leaves on the rights it touches: the overhangs that change, found by folding the event first.

use crate::domain::event::{Event, OverhangChange};
use crate::domain::facts::{Record, StateKey};
use crate::domain::flow::Flow;
use crate::domain::fold::fold;
use crate::domain::land;
use crate::domain::right::{BurdenId, Capacity, Extent, Overhang, Right};
use crate::domain::rules::Case;
use crate::domain::stock;
use crate::primitives::id::RightId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};

/// Returns the overhang of every burden of a right that counts.
pub fn overhangs_of(right: &Right, now: Timestamp) -> Vec<(BurdenId, Option<Overhang>)> {
    match &right.capacity {
        Capacity::Stock(balance) => {
            // The worst day counts, and a revocation that is announced writes no second entry on its day.
            let balance = match right.revoked_from {
                Some(_) => Quantity::ZERO,
                None => *balance,
            };
            stock::overhangs(balance, &right.burdens, now)
        }
        Capacity::Flow(steps) => Flow {
            steps,
            live: right.live_span(),
            burdens: &right.burdens,
            now,
        }
        .overhangs(),
        Capacity::Land { .. } => land::overhangs(right, now),
    }
}

/// Says whether from today on nothing is left of a right beneath a line: no units, no quantity, no days.
pub fn is_gone_beneath(right: &Right, line: Extent, now: Timestamp) -> bool {
    let today = now.day();
    let to_come = right.live_span().and_then(|days| days.since(today));
    let common = |days: Span| to_come.and_then(|to_come| to_come.intersection(days));
    match (&right.capacity, line) {
        (Capacity::Stock(balance), _) => {
            balance.is_zero() || right.revoked_from.is_some_and(|from| from <= today)
        }
        (Capacity::Flow(steps), Extent::Flow(_, days)) => {
            let flow = Flow {
                steps,
                live: to_come,
                burdens: &[],
                now,
            };
            let mut parts = flow.profile(days, &|_| false).into_iter();
            parts.all(|part| part.free.is_zero())
        }
        (Capacity::Land { .. }, Extent::Years(years)) => common(years)
            .is_none_or(|days| land::without(days, right.converted.iter().copied()).is_empty()),
        (Capacity::Land { .. }, Extent::Whole) => to_come.is_none(),
        (Capacity::Flow(_) | Capacity::Land { .. }, _) => false,
    }
}

/// Returns what of a burden hangs now. What is recorded is renewed by the next entry on the right; a freeze or a reservation
/// that has ended by itself since then leaves less.
pub fn overhang_now(right: &Right, id: BurdenId, now: Timestamp) -> Option<Overhang> {
    let recorded = right.burden(id)?.overhang?;
    let (_, computed) = overhangs_of(right, now)
        .into_iter()
        .find(|(burden, _)| *burden == id)?;
    match (recorded, computed?) {
        (Overhang::Amount(recorded), Overhang::Amount(computed)) => {
            Some(Overhang::Amount(recorded.min(computed)))
        }
        (Overhang::Amount(_), Overhang::Whole) => Some(recorded),
        (Overhang::Whole, computed) => Some(computed),
    }
}

/// Returns what of a burden has no right beneath it, whatever a later order reaches: what only a freeze that came after the burden
/// takes is there still, and the burden comes before it.
pub fn lost_now(right: &Right, id: BurdenId, now: Timestamp) -> Option<Overhang> {
    let hangs = overhang_now(right, id, now)?;
    let place = right.burdens.iter().position(|burden| burden.id == id)?;
    let mut without = right.clone();
    let later = without.burdens.split_off(place.saturating_add(1));
    let stay = later.into_iter().filter(|burden| !burden.id.is_freeze());
    without.burdens.extend(stay);
    if without.burdens.len() == right.burdens.len() {
        return Some(hangs);
    }
    overhang_now(&without, id, now)
}

/// Returns what of a burden only a freeze that came after it reaches: it is there still, and the burden comes before the freeze.
pub fn reached_now(right: &Right, id: BurdenId, now: Timestamp) -> Option<Overhang> {
    match (overhang_now(right, id, now)?, lost_now(right, id, now)) {
        (reached, None) => Some(reached),
        (Overhang::Whole, Some(Overhang::Amount(_))) => Some(Overhang::Whole),
        (Overhang::Amount(all), Some(Overhang::Amount(lost))) => {
            let rest = all.checked_sub(lost);
            rest.filter(|rest| !rest.is_zero()).map(Overhang::Amount)
        }
        (_, Some(Overhang::Whole)) => None,
    }
}

/// Returns the overhangs that differ from the recorded ones once `event` has happened to the right.
pub(super) fn overhang_changes(case: &Case<'_>, event: &Event, id: RightId) -> Vec<OverhangChange> {
    let before = case
        .facts
        .fact(&StateKey::Right(id))
        .map(|fact| &fact.record);
    let Ok(Record::Right(after)) = fold(event, case.stamp, &StateKey::Right(id), before) else {
        return Vec::new();
    };
    renewed(id, &after, case.stamp.time)
}

/// Returns the overhangs of a right that differ from those that it has recorded, in the order of their burdens.
pub fn renewed(id: RightId, right: &Right, now: Timestamp) -> Vec<OverhangChange> {
    let differs = |(burden, overhang): (BurdenId, Option<Overhang>)| {
        let recorded = right.burden(burden)?.overhang;
        (recorded != overhang).then_some(OverhangChange {
            right: id,
            burden,
            overhang,
        })
    };
    let mut changes: Vec<OverhangChange> = overhangs_of(right, now)
        .into_iter()
        .filter_map(differs)
        .collect();
    changes.sort_by_key(|change| change.burden);
    changes
}

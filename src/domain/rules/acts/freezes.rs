//! Acts on a freeze: renewal, lifting in part, and the sale of what is frozen in execution. None of them moves it in the queue.

use crate::domain::command::FreezeAct;
use crate::domain::finding::{Code, Finding};
use crate::domain::order::Order;
use crate::domain::right::{Burden, Capacity, Extent, Right};
use crate::domain::rules::acts::rights::shown;
use crate::domain::rules::acts::take_out;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings, freezes};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Timestamp};

/// Judges an act on a freeze.
pub(super) fn judge(case: &Case<'_>, act: &FreezeAct, draft: &mut Draft<'_>, found: &mut Findings) {
    let id = act.right();
    let Some(right) = case.facts.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return;
    };
    let Some(burden) = freezes::standing(case, right, act.freeze(), found) else {
        return;
    };
    freezes::check_power(case, right, burden, found);
    let mut after = burden.clone();
    let is_over = match act {
        FreezeAct::ChangeFreeze {
            until,
            amount,
            limit_cny,
            ..
        } => {
            if let Some(until) = until {
                renew(case, &mut after, *until, found);
            }
            if let Some((quantity, _)) = amount {
                lift_part(case, act, &mut after, *quantity, *limit_cny, found);
            }
            is_nothing(after.extent)
        }
        FreezeAct::ExecuteFreeze {
            amount,
            proceeds_cny,
            buyer,
            ..
        } => {
            if let Some(buyer) = buyer {
                case.check_party(*buyer, found);
            }
            if let Some((sold, _)) = amount {
                let sale = (*sold, *proceeds_cny);
                execute(case, act, &mut after, sale, draft, found);
                is_nothing(after.extent)
            } else {
                hand_over(case, (id, right), burden, *buyer, draft, found);
                true
            }
        }
    };
    let burdens = draft.right(id).map(|right| &mut right.burdens);
    if let Some(burdens) = burdens {
        if is_over {
            burdens.retain(|burden| burden.id != after.id);
        } else if let Some(burden) = burdens.iter_mut().find(|burden| burden.id == after.id) {
            *burden = after;
        }
    }
}

fn is_nothing(extent: Extent) -> bool {
    match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => quantity.is_zero(),
        Extent::Whole | Extent::Years(_) => false,
    }
}

/// A later end; a freeze without a term has nothing to renew.
fn renew(case: &Case<'_>, burden: &mut Burden, until: Day, found: &mut Findings) {
    let later = burden.expires.is_some_and(|end| end < until.begins());
    if !later || until <= case.stamp.time.day() {
        let mut finding = Finding::of(Code::NotLonger).with(burden.id);
        let end = burden.expires.map(Timestamp::day);
        finding.at = end.map(|end| end.max(case.stamp.time.day()).next());
        found.add(finding);
    }
    burden.expires = Some(until.begins());
}

/// A part is lifted, the rest stays where it is in the queue. Where the order is limited to a sum, a new sum says how much.
fn lift_part(
    case: &Case<'_>,
    act: &FreezeAct,
    burden: &mut Burden,
    stays: Quantity,
    limit_cny: Option<Quantity>,
    found: &mut Findings,
) {
    let id = act.right();
    let before = match &mut burden.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => std::mem::replace(quantity, stays),
        Extent::Whole | Extent::Years(_) => {
            found.add(Finding::of(Code::NotApplicable).with(id));
            return;
        }
    };
    if stays.is_zero() {
        found.code(Code::ZeroQuantity);
    }
    if stays >= before {
        freezes::exceeds(id, before, found);
    }
    let order = burden.order.clone().unwrap_or_default();
    let policy = case
        .facts
        .right(id)
        .and_then(|right| case.facts.policy(&right.kind, case.stamp.time));
    if order.limit_cny.is_some() != limit_cny.is_some() {
        found.code(Code::LimitMismatch);
    } else if let Some(policy) = policy {
        freezes::check_limit(limit_cny, order.price_cny, stays, policy, found);
    }
    let limited = Order {
        limit_cny,
        ..*order
    };
    burden.order = limited.boxed();
}

/// What was sold leaves the right and the freeze at once, so that nothing of it is free in between; of a flow on the days of the
/// freeze that are to come.
fn execute(
    case: &Case<'_>,
    act: &FreezeAct,
    burden: &mut Burden,
    (sold, proceeds): (Quantity, Quantity),
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let id = act.right();
    let most = case
        .facts
        .right(id)
        .map(|right| freezes::most_to_sell(right, burden, case.stamp.time))
        .unwrap_or_default();
    let Some(right) = draft.right(id) else { return };
    let (quantity, sale) = match &mut burden.extent {
        Extent::Stock(quantity) => (quantity, Extent::Stock(sold)),
        Extent::Flow(quantity, days) => (quantity, Extent::Flow(sold, *days)),
        Extent::Whole | Extent::Years(_) => {
            found.add(Finding::of(Code::NotApplicable).with(id));
            return;
        }
    };
    if sold.is_zero() {
        found.code(Code::ZeroQuantity);
    }
    if sold > most {
        freezes::exceeds(id, most, found);
    }
    *quantity = quantity.saturating_sub(sold);
    take_out(case, (id, right), sale, None, found);
    let order = burden.order.take().unwrap_or_default();
    let sum = |so_far: Option<Quantity>, more: Quantity| {
        Some(so_far.unwrap_or_default().saturating_add(more))
    };
    let order = Order {
        executed: sum(order.executed, sold),
        proceeds_cny: sum(order.proceeds_cny, proceeds),
        ..*order
    };
    burden.order = order.boxed();
}

/// Ground is sold as it is frozen: it goes to its buyer with the lines that stand on it, or years of it leave.
fn hand_over(
    case: &Case<'_>,
    (id, before): (RightId, &Right),
    burden: &Burden,
    buyer: Option<PartyId>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(right) = draft.right(id) else { return };
    if !matches!(right.capacity, Capacity::Land { .. }) {
        found.add(Finding::of(Code::NotApplicable).with(id));
        return;
    }
    let today = case.stamp.time.day();
    let in_the_way = freezes::before_it(case, before, burden);
    if !in_the_way.is_empty() || right.revoked_from.is_some_and(|from| from <= today) {
        let mut finding = Finding::of(Code::ExceedsFreeze).with(id);
        finding.conflicts.extend(shown(&in_the_way));
        found.add(finding);
    }
    take_out(case, (id, right), burden.extent, buyer, found);
}

//! Acts on a freeze: renewal, lifting in part, and the sale of a part in execution. None of them moves it in the queue.

use crate::domain::command::FreezeAct;
use crate::domain::finding::{Code, Finding};
use crate::domain::order::Order;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings, freezes};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Day;

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
    match act {
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
        }
        FreezeAct::ExecuteFreeze {
            amount: (quantity, _),
            proceeds_cny,
            ..
        } => execute(
            case,
            act,
            &mut after,
            (*quantity, *proceeds_cny),
            draft,
            found,
        ),
    }
    let burdens = draft.right(id).map(|right| &mut right.burdens);
    if let Some(burdens) = burdens {
        if is_nothing(after.extent) {
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
        found.add(Finding::of(Code::NotLonger).with(burden.id));
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

/// What was sold leaves the right and the freeze at once, so that nothing of it is free in between; only units that are
/// counted one by one can be told apart so, flows and ground pass by an act of their issuer.
fn execute(
    case: &Case<'_>,
    act: &FreezeAct,
    burden: &mut Burden,
    (sold, proceeds): (Quantity, Quantity),
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let (id, freeze) = (act.right(), act.freeze());
    let (Some(right), BurdenId::Freeze(_)) = (draft.right(id), burden.id) else {
        return;
    };
    let (Capacity::Stock(balance), Extent::Stock(quantity)) =
        (&mut right.capacity, &mut burden.extent)
    else {
        found.add(Finding::of(Code::NotApplicable).with(id));
        return;
    };
    if sold.is_zero() {
        found.code(Code::ZeroQuantity);
    }
    let most = case
        .facts
        .right(id)
        .map(|right| freezes::amount_in_force(case, right, freeze))
        .unwrap_or_default();
    if sold > most {
        freezes::exceeds(id, most, found);
    }
    *quantity = quantity.saturating_sub(sold);
    *balance = balance.saturating_sub(sold);
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

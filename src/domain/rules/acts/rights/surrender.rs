//! Using up a part of a right: allowances that are surrendered, timber that is felled. What is pledged is taken only by a way
//! that the policy of the kind knows, and then hangs over; what a court froze is not taken. By order an authority also records what
//! was lost of ground, which nobody can prevent any more: a fire, felling without leave, an expropriation.

use crate::domain::command::{Amount, CarveOut, RightAct};
use crate::domain::finding::{Code, Finding};
use crate::domain::right::{BurdenId, Capacity, Right, Used};
use crate::domain::rules::acts::rights::{
    at_most, check_amount, level, losers, not_open_to, present, require, set_level, shown, standing,
};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::domain::stock;
use crate::domain::switches::Surrender;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;

pub(super) fn judge(
    case: &Case<'_>,
    act: &RightAct,
    amount: &Amount,
    carve_out: Option<CarveOut>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let id = act.right();
    let Some((right, policy)) = present(case, id, found) else {
        return;
    };
    check_amount(amount, policy, found);
    let (Some(rule), Some(there_is)) = (policy.switches.surrender, level(right)) else {
        found.add(Finding::of(Code::NotApplicable).with(id));
        return;
    };
    let pledged = standing(case, right, false);
    let is_carved = carve_out.is_some_and(|carve_out| rule.allows(carve_out));
    let is_ordered = is_carved && carve_out == Some(CarveOut::Order);
    let is_lost = is_ordered && matches!(right.capacity, Capacity::Land { .. });
    let Some(left) = there_is.checked_sub(amount.0) else {
        let most = if is_lost {
            there_is
        } else {
            free(case, right, is_carved)
        };
        found.add(at_most(Code::ExceedsRight, most).with(id));
        return;
    };
    let mut needed = Vec::new();
    if !is_ordered {
        needed.push(right.holder);
    }
    if !is_lost && amount.0 > free(case, right, false) {
        let unfrozen = free(case, right, true);
        if amount.0 > unfrozen {
            let mut finding = at_most(Code::FrozenPart, unfrozen);
            finding.conflicts = shown(&standing(case, right, true));
            found.add(finding);
        }
        if !pledged.is_empty() && !is_carved {
            let mut finding = at_most(Code::TakesPledged, free(case, right, false));
            finding.conflicts = shown(&pledged);
            found.add(finding);
        }
        let lose = what_loses(case, right, left);
        match carve_out {
            Some(CarveOut::Consent) => {
                needed.extend(lose.iter().filter_map(|burden| case.creditor(*burden)));
            }
            Some(CarveOut::Order) if is_ordered => {
                needed.extend(not_open_to(case, &right.kind, &lose, |policy| {
                    policy.switches.surrender == Some(Surrender::Order)
                }));
            }
            Some(CarveOut::Order) | None => {}
        }
    }
    require(case, act, &needed, found);
    if let Some(right) = draft.right(id) {
        set_level(right, left);
        if matches!(right.capacity, Capacity::Land { .. }) {
            right.uses.push(Used {
                quantity: amount.0,
                ordered: is_lost,
                entry: case.stamp.index,
            });
        }
        if right.uses.len() > limits::RIGHT_USES_MAX {
            found.add(Finding::of(Code::TooManyBurdens).with(id));
        }
    }
}

/// What no burden takes, or with `but_for_freezes` what no court has frozen. Land is pledged whole.
fn free(case: &Case<'_>, right: &Right, but_for_freezes: bool) -> Quantity {
    let now = case.stamp.time;
    match &right.capacity {
        Capacity::Stock(balance) => stock::free(*balance, &right.burdens, now, &|id| {
            but_for_freezes && !id.is_freeze()
        }),
        Capacity::Land { measure, .. } => {
            let pledged = !but_for_freezes && !standing(case, right, false).is_empty();
            if pledged || !standing(case, right, true).is_empty() {
                Quantity::ZERO
            } else {
                *measure
            }
        }
        Capacity::Flow(_) => Quantity::ZERO,
    }
}

fn what_loses(case: &Case<'_>, right: &Right, left: Quantity) -> Vec<BurdenId> {
    match right.capacity {
        Capacity::Land { .. } => standing(case, right, false),
        Capacity::Stock(_) | Capacity::Flow(_) => {
            let mut after = right.clone();
            set_level(&mut after, left);
            losers(case, right, &after)
        }
    }
}

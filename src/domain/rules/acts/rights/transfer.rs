//! Another holder: of the whole, with every line on it, or of a part of a stock that becomes a right of its own.
//!
//! A succession that the register knows (merger, split) asks nobody: lines follow with their ranks and times. A part takes
//! pledged units along as its allocations say, and their creditors sign them; without them a line follows undivided, and
//! secures from both parts together until its creditor releases what is too much. No pledged unit is left to nobody.

use crate::domain::command::{RightAct, TransferPart};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::acts::rights::made::{self, Moved};
use crate::domain::rules::acts::rights::{
    at_most, check_amount, creditor, present, require, set_level, shown, standing,
};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::domain::stock;
use crate::domain::switches::Transfer;
use crate::primitives::id::PartyId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;

pub(super) fn judge(
    case: &Case<'_>,
    act: &RightAct,
    part: Option<&TransferPart>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let RightAct::TransferRight { to, succession, .. } = act else {
        return;
    };
    let Some((right, policy)) = present(case, act.right(), found) else {
        return;
    };
    case.check_party(*to, found);
    if *to == right.holder {
        found.add(Finding::of(Code::NotApplicable).with(to));
    }
    let mut needed = Vec::new();
    if !*succession {
        needed.extend([right.holder, *to]);
    } else if !succeeds(case, right.holder, *to) {
        found.add(
            Finding::of(Code::BadPartySuccession)
                .with(right.holder)
                .with(to),
        );
    }
    match part {
        None => whole(case, act, (right, policy), *succession, &mut needed, found),
        Some(part) => of_part(case, act, (right, policy), part, &mut needed, draft, found),
    }
    require(case, act, &needed, found);
    if part.is_none()
        && let Some(right) = draft.right(act.right())
    {
        right.holder = *to;
    }
}

/// The register knows the acquirer as a successor of the holder, or of whoever acts in its place.
fn succeeds(case: &Case<'_>, holder: PartyId, to: PartyId) -> bool {
    let of = |party: PartyId| case.facts.party(party).map(|party| &party.more);
    let knows = |party: PartyId| {
        let successors = of(party).map(|more| &*more.successors);
        let mut successors = successors.unwrap_or_default().iter();
        successors.any(|(id, _)| *id == to)
    };
    let (mut party, mut last) = (holder, 0);
    while !knows(party) {
        // Each party of the chain ended later than the one before it.
        match of(party).and_then(|more| more.ended) {
            Some((entry, successor)) if entry > last => (party, last) = (successor, entry),
            Some(_) | None => return false,
        }
    }
    true
}

/// What stands on the right follows it, where the policy of the kind lets it go at all.
fn whole(
    case: &Case<'_>,
    act: &RightAct,
    (right, policy): (&Right, &KindPolicy),
    succession: bool,
    needed: &mut Vec<PartyId>,
    found: &mut Findings,
) {
    if succession {
        return;
    }
    let freezes = standing(case, right, true);
    if !freezes.is_empty() {
        let mut finding = Finding::of(Code::FrozenPart).with(act.right());
        finding.conflicts.extend(shown(&freezes));
        found.add(finding);
    }
    let lines = standing(case, right, false);
    if lines.is_empty() {
        return;
    }
    match policy.switches.transfer {
        Transfer::Free => {}
        Transfer::Consent => {
            needed.extend(lines.iter().filter_map(|line| creditor(case, *line)));
        }
        Transfer::Blocked => {
            let mut finding = Finding::of(Code::TransferBlocked);
            finding.conflicts = shown(&lines);
            found.add(finding);
        }
    }
}

fn of_part(
    case: &Case<'_>,
    act: &RightAct,
    (right, policy): (&Right, &KindPolicy),
    part: &TransferPart,
    needed: &mut Vec<PartyId>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let RightAct::TransferRight { to, succession, .. } = act else {
        return;
    };
    check_amount(&part.amount, policy, found);
    let Capacity::Stock(balance) = &right.capacity else {
        found.add(Finding::of(Code::NotApplicable).with(act.right()));
        return;
    };
    let left = balance.saturating_sub(part.amount.0);
    let moved = allocated(right, part, left, found);
    let is_part = !left.is_zero();
    if !is_part {
        let moved = moved.as_ref();
        let most = moved.map(|moved| largest_part(case, (right, policy), *balance, moved));
        let mut finding = Finding::of(Code::ExceedsRight).with(act.right());
        finding.alternative = Some(Alternative {
            quantity: most,
            ..Alternative::default()
        });
        found.add(finding);
    }
    let Some(moved) = moved.filter(|_| is_part) else {
        return;
    };
    if policy.switches.transfer == Transfer::Blocked && !*succession && !moved.is_empty() {
        let lines: Vec<BurdenId> = moved.iter().map(|item| item.line).collect();
        let mut finding = Finding::of(Code::TransferBlocked);
        finding.conflicts = shown(&lines);
        found.add(finding);
    }
    let signs = |item: &&Moved| item.joint.is_none() || !*succession;
    let signing = moved.iter().filter(signs);
    needed.extend(signing.filter_map(|item| creditor(case, item.line)));
    let mut new = Right {
        holder: *to,
        identities: part.identities.clone(),
        source: made::source_of(&part.identities, policy),
        capacity: Capacity::Stock(part.amount.0),
        burdens: Vec::new(),
        succeeds: Vec::new(),
        verifications: Vec::new(),
        ..right.clone()
    };
    made::check(case, &new, policy, found);
    if let Some(right) = draft.right(act.right()) {
        set_level(right, left);
    }
    let largest = largest_part(case, (right, policy), *balance, &moved);
    made::move_lines(act.right(), &mut new, moved, case, draft, found);
    let after = draft
        .right_now(act.right())
        .map_or(&[][..], |right| &right.burdens);
    let now = case.stamp.time;
    let most = stock::free(*balance, after, now, &|_| false);
    let along = stock::used(&new.burdens, now, &|_| false);
    if part.amount.0 > most || along > part.amount.0 {
        let mut finding = at_most(Code::DoublePledgeStock, largest);
        finding.conflicts = shown(&standing(case, right, false));
        found.add(finding);
    }
    made::create(case, new, draft);
}

/// The most that can go as a part with these lines along: something stays, what stays carries the lines that stay, and what goes
/// those that go; zero where no part would do. A line that secures from both sides takes as much of a side as it has of it; so beside anything else it needs
/// its whole room there, and alone it needs none.
fn largest_part(
    case: &Case<'_>,
    (right, policy): (&Right, &KindPolicy),
    balance: Quantity,
    moved: &[Moved],
) -> Quantity {
    let (mut staying, mut going) = (Vec::new(), Vec::new());
    for burden in &right.burdens {
        let Some(item) = moved.iter().find(|item| item.line == burden.id) else {
            staying.push((burden.clone(), false));
            continue;
        };
        let of = |extent| Burden {
            extent,
            ..burden.clone()
        };
        if let Some(whole) = item.joint {
            staying.push((of(Extent::Stock(whole)), true));
            going.push((of(Extent::Stock(whole)), true));
            continue;
        }
        going.push((of(item.goes), false));
        staying.extend(item.stays.map(|stays| (of(stays), false)));
    }
    let step = 10_i64.pow(u32::from(6_u8.saturating_sub(policy.scale.digits())));
    let step = Quantity::from_raw(step).unwrap_or_default();
    let now = case.stamp.time;
    let most = balance.saturating_sub(room_for(&staying, now).max(step));
    if room_for(&going, now) <= most {
        most
    } else {
        Quantity::ZERO
    }
}

/// The least room in which burdens stand, of which some are as large as the room lets them be.
fn room_for(burdens: &[(Burden, bool)], now: Timestamp) -> Quantity {
    let used = |with_joint: bool| {
        let of = burdens.iter().filter(|(_, joint)| with_joint || !joint);
        let of: Vec<Burden> = of.map(|(burden, _)| burden.clone()).collect();
        stock::used(&of, now, &|_| false)
    };
    let counting = burdens.iter().filter(|(burden, _)| burden.counts_at(now));
    let largest = counting.filter_map(|(burden, _)| match burden.extent {
        Extent::Stock(quantity) => Some(quantity),
        Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
    });
    let all = used(true);
    // All of them share one room exactly if together they take no more than the largest.
    if largest.max() == Some(all) {
        used(false)
    } else {
        all
    }
}

/// The parts of lines that go along; each line once, and no more of it than there is. Nothing where one of them cannot.
fn allocated(
    right: &Right,
    part: &TransferPart,
    left: Quantity,
    found: &mut Findings,
) -> Option<Vec<Moved>> {
    let mut moved: Vec<Moved> = Vec::new();
    for of in &part.allocations {
        let burden = right.burden(of.line).map(|burden| burden.extent);
        let (Some(Extent::Stock(held)), BurdenId::Line(..)) = (burden, of.line) else {
            found.add(Finding::of(Code::ClosedPledge).with(of.line));
            continue;
        };
        let twice = moved.iter().any(|item| item.line == of.line);
        let [stays, goes] = match of.quantity {
            Some(goes) => [held.checked_sub(goes), Some(goes)],
            None => [Some(held.min(left)), Some(held.min(part.amount.0))],
        };
        match stays.zip(goes) {
            Some((_, goes)) if goes.is_zero() => {
                found.add(Finding::of(Code::ZeroQuantity).with(of.line));
            }
            Some((stays, goes)) if !twice => moved.push(Moved {
                line: of.line,
                stays: (!stays.is_zero()).then_some(Extent::Stock(stays)),
                goes: Extent::Stock(goes),
                joint: of.quantity.is_none().then_some(held),
            }),
            Some(_) | None => found.add(at_most(Code::ExceedsPledge, held).with(of.line)),
        }
    }
    (moved.len() == part.allocations.len()).then_some(moved)
}

//! Setting mistakes right. Holder, identity, ground and days of a right are not corrected: another right would come of it.
//!
//! A line that the registrar entered too small gets its right quantity from now on: what it adds stands last, so whoever
//! relied on the register keeps what it showed, and what no longer fits hangs over, as a claim against the registry.

use crate::domain::authority::parts::of_correction;
use crate::domain::command::{Amount, Correction, Reliance, RightAct};
use crate::domain::event::cells_of;
use crate::domain::finding::{Code, Finding};
use crate::domain::geometry::overlap::Grade;
use crate::domain::land;
use crate::domain::pledge::{Line, LineCorrection};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::acts::rights::{
    check_amount, losers, present, require, set_level, standing,
};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::ground::Asked;
use crate::domain::rules::places::is_full;
use crate::domain::rules::{Case, Findings, ground};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;

/// Attributes of one right.
const ATTRIBUTES_MAX: usize = 16;

pub(super) fn judge(
    case: &Case<'_>,
    act: &RightAct,
    correction: &Correction,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let id = act.right();
    let Some((right, policy)) = present(case, id, found) else {
        return;
    };
    match correction {
        Correction::Particulars { class, attributes } => {
            let Some(right) = draft.right(id) else { return };
            let before = right.clone();
            right.class = class.clone().or(right.class.take());
            right.attributes.extend(attributes.clone());
            if right.attributes.len() > ATTRIBUTES_MAX || *right == before {
                found.add(Finding::of(Code::NotApplicable).with(id));
            }
        }
        Correction::Quantity(amount) => quantity(case, act, (right, policy), amount, draft, found),
        Correction::Resolution => {
            if !right.is_disputed() {
                found.add(Finding::of(Code::NotApplicable).with(id));
            }
            check_decided(case, id, (right, policy), found);
            if let Some(right) = draft.right(id) {
                right.resolution = Some(act.document());
            }
        }
        Correction::Line {
            line,
            amount,
            relied,
        } => {
            check_amount(amount, policy, found);
            correct_line(case, act, (*line, amount.0), relied, draft, found);
        }
    }
}

/// A dispute over ground is decided when the ground is one's. As long as a living right of the layer covers it too, both could be
/// pledged whole.
fn check_decided(
    case: &Case<'_>,
    id: RightId,
    (right, policy): (&Right, &KindPolicy),
    found: &mut Findings,
) {
    let today = case.stamp.time.day();
    let Some((live, days)) = right
        .live_span()
        .and_then(|live| Some((live, live.since(today)?)))
    else {
        return;
    };
    let Some(rules) = &policy.land else {
        return;
    };
    let gone = right.converted.as_slice();
    // Days that are over are decided by themselves; years of which there are units are not.
    let passed = |other: RightId, neighbor: &Right| {
        let stands = !land::taken_days(neighbor, days, gone).is_empty()
            || !land::used_days(neighbor, live, gone).is_empty();
        other == id || !stands
    };
    let asked = Asked {
        cells: cells_of(right),
        days: live,
        gone,
        layer: &rules.layer,
    };
    let mut there = ground::neighbors(case, &asked, &passed, found);
    there.retain(|(_, layer, _)| **layer == rules.layer);
    let own = land::parcels_of(right, case.facts);
    let met = ground::meet(case, (&own, cells_of(right)), rules, there, found);
    let own = land::area2(&own);
    if land::gravest((own, 0), &met.same_layer, rules.tolerance_ppm) > Grade::Sliver {
        found.add(ground::finding_over(
            Code::StillCovered,
            own,
            &met.same_layer,
        ));
    }
}

/// A quantity that was certified wrongly; below what is encumbered only with those who lose.
fn quantity(
    case: &Case<'_>,
    act: &RightAct,
    (right, policy): (&Right, &KindPolicy),
    amount: &Amount,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    check_amount(amount, policy, found);
    let mut after = right.clone();
    match &mut after.capacity {
        Capacity::Flow(steps) => match steps.as_mut_slice() {
            [(_, quantity)] => *quantity = amount.0,
            _ => found.add(Finding::of(Code::NotApplicable).with(act.right())),
        },
        Capacity::Stock(_) | Capacity::Land { .. } => set_level(&mut after, amount.0),
    }
    if after == *right {
        found.add(Finding::of(Code::NotApplicable).with(act.right()));
    }
    let lose = losers(case, right, &after).into_iter();
    let creditors = lose.filter_map(|burden| case.creditor(burden));
    let mut needed: Vec<_> = creditors.collect();
    // Ground is pledged with all that its certificate states.
    if let Capacity::Land { measure, .. } = &right.capacity
        && amount.0 < *measure
    {
        let lines = standing(case, right, false).into_iter();
        needed.extend(lines.filter_map(|line| case.creditor(line)));
    }
    require(case, act, &needed, found);
    if let Some(right) = draft.right(act.right()) {
        right.capacity = after.capacity;
    }
}

fn correct_line(
    case: &Case<'_>,
    act: &RightAct,
    (id, to): (BurdenId, Quantity),
    relied: &[Reliance],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let (Some(pledge), BurdenId::Line(_, number)) = (id.pledge(), id) else {
        found.add(Finding::of(Code::NotApplicable).with(id));
        return;
    };
    let burden = case
        .facts
        .right(act.right())
        .and_then(|right| right.burden(id))
        .filter(|burden| burden.counts_at(case.stamp.time));
    let (Some(burden), Some(record)) = (burden, case.facts.pledge(pledge)) else {
        found.add(Finding::of(Code::ClosedPledge).with(id));
        return;
    };
    let was = match burden.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => quantity,
        Extent::Whole | Extent::Years(_) => Quantity::ZERO,
    };
    // Only a certificate made after the wrong entry, and before this one, shows it.
    let shows_it =
        |reliance: &Reliance| (pledge.0 + 1..=case.stamp.index).contains(&reliance.position);
    if was.is_zero() || was == to || !relied.iter().all(shows_it) {
        found.add(Finding::of(Code::NotApplicable).with(id));
        return;
    }
    // What an earlier correction added stands as a line of its own, and is corrected itself.
    if let Some(further) = record.further_line(number, case.stamp.time) {
        let further = BurdenId::Line(pledge, further);
        found.add(Finding::of(Code::NotApplicable).with(further));
        return;
    }
    let holder = case.facts.right(act.right()).map(|right| right.holder);
    let needed = of_correction(record, (to > was, holder), case.facts, case.stamp);
    require(case, act, &needed, found);
    let further = if let Some(more) = to.checked_sub(was) {
        let added = Line {
            right: act.right(),
            extent: with_quantity(burden.extent, more),
            behind: Vec::new(),
            released: false,
            expires: burden.expires,
        };
        add_line(case, act, (pledge, record.lines.len()), added, draft, found)
    } else {
        shrink(act, (id, number), with_quantity(burden.extent, to), draft);
        None
    };
    let Some(record) = draft.pledge(pledge) else {
        return;
    };
    let correction = LineCorrection {
        line: number,
        further,
        quantity: to,
        relied: relied.iter().map(|reliance| reliance.position).collect(),
        document: act.document(),
        entry: case.stamp.index,
    };
    if !record.note_correction(correction, case.stamp.time) {
        found.add(Finding::of(Code::TooManyNotes).with(pledge));
    }
}

fn with_quantity(extent: Extent, quantity: Quantity) -> Extent {
    match extent {
        Extent::Stock(_) => Extent::Stock(quantity),
        Extent::Flow(_, span) => Extent::Flow(quantity, span),
        Extent::Whole | Extent::Years(_) => extent,
    }
}

/// What is added stands at the position of this entry, behind everyone who is in the register by now.
fn add_line(
    case: &Case<'_>,
    act: &RightAct,
    (pledge, lines): (PledgeId, usize),
    line: Line,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) -> Option<u16> {
    let right = case.facts.right(act.right());
    let is_full = right.is_some_and(|right| is_full(case, right, 0, &|_| false));
    if lines >= limits::PLEDGE_LINES_MAX {
        found.add(Finding::of(Code::TooManyLines).with(pledge));
        return None;
    }
    if is_full {
        found.add(Finding::of(Code::TooManyBurdens).with(act.right()));
        return None;
    }
    let number = u16::try_from(lines).ok()?;
    if let Some(right) = draft.right(act.right()) {
        right.burdens.push(Burden {
            id: BurdenId::Line(pledge, number),
            extent: line.extent,
            expires: line.expires,
            authority: None,
            behind: Vec::new(),
            overhang: None,
            order: None,
        });
    }
    if let Some(record) = draft.pledge(pledge) {
        record.lines.push(line);
    }
    Some(number)
}

fn shrink(act: &RightAct, (id, number): (BurdenId, u16), extent: Extent, draft: &mut Draft<'_>) {
    if let Some(line) = id
        .pledge()
        .and_then(|pledge| draft.pledge(pledge))
        .and_then(|pledge| pledge.lines.get_mut(usize::from(number)))
    {
        line.extent = extent;
    }
    if let Some(right) = draft.right(act.right()) {
        for burden in right.burdens.iter_mut().filter(|burden| burden.id == id) {
            burden.extent = extent;
        }
    }
}

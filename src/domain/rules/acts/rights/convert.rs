//! A part of a right turns into a right of another sort: years of expected income into issued units, units of one use into
//! units of another. What is pledged of it follows, each line with its share and in the order of its position.

use crate::domain::command::{Amount, Conversion, Converted, RightAct};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::land::without;
use crate::domain::opened::is_open_to;
use crate::domain::policy::{KindPolicy, Model};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::acts::rights::made::{self, Moved};
use crate::domain::rules::acts::rights::{
    at_most, check_amount, not_open_to, present, require, set_level, shown, standing,
};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::domain::stack::around;
use crate::domain::stock;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

pub(super) fn judge(
    case: &Case<'_>,
    act: &RightAct,
    part: &Converted,
    into: &Conversion,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let id = act.right();
    let Some((right, policy)) = present(case, id, found) else {
        return;
    };
    let Some(new_policy) = case.facts.policy(&into.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).with(&into.kind));
        return;
    };
    check_kinds(case, policy, new_policy, found);
    check_amount(&into.amount, new_policy, found);
    check_same_kind(id, right, part, into, found);
    if into.span.to() <= case.stamp.time.day() {
        found.add(Finding::of(Code::SpanPast).with(id));
    }
    if right.is_disputed() {
        found.add(Finding::of(Code::Disputed).with(id));
    }
    let moved = match part {
        Converted::Amount(amount) => {
            of_amount(case, (id, right, policy), amount, (into, new_policy), found)
        }
        Converted::Years(first, last) => of_years(
            case,
            (id, right),
            Span::of_years(*first, *last),
            (into, new_policy),
            found,
        ),
    };
    let lines: Vec<BurdenId> = moved.iter().map(|item| item.line).collect();
    let needed = consenting(case, (right, policy), &into.kind, &lines);
    require(case, act, &needed, found);
    let mut new = Right {
        kind: into.kind.clone(),
        issuer: case.command.org,
        holder: right.holder,
        acquired: None,
        identities: into.identities.clone(),
        source: made::source_of(&into.identities, new_policy),
        layer: None,
        span: into.span,
        capacity: Capacity::Stock(into.amount.0),
        class: into.class.clone(),
        attributes: right.attributes.clone(),
        burdens: Vec::new(),
        succeeds: Vec::new(),
        succeeded_by: None,
        additional: false,
        adjudication: None,
        revoked_from: None,
        resolution: None,
        converted: Vec::new(),
        uses: Vec::new(),
        verifications: Vec::new(),
    };
    made::check(case, &new, new_policy, found);
    leave(act, part, right, draft);
    made::move_lines(id, &mut new, moved, case, draft, found);
    made::create(case, new, draft);
}

/// Who must consent: the keeper of the right, the holder where the policy asks it, and, of a line that goes along, who was to be
/// asked by an earlier policy that it stood under, or lent where the right led into no such kind.
fn consenting(
    case: &Case<'_>,
    (right, policy): (&Right, &KindPolicy),
    into: &str,
    lines: &[BurdenId],
) -> Vec<PartyId> {
    let mut needed = vec![case.keeping(right.issuer, &right.kind)];
    let asks_nobody = |policy: &KindPolicy| policy.switches.converts_by_order;
    let (facts, at) = (case.facts, case.stamp);
    let is_open = |line: &BurdenId| is_open_to(*line, &right.kind, facts, at, asks_nobody);
    if !asks_nobody(policy) || !lines.iter().all(is_open) {
        needed.push(right.holder);
    }
    needed.extend(not_open_to(case, &right.kind, lines, |policy| {
        policy
            .switches
            .converts_into
            .iter()
            .any(|kind| kind == into)
    }));
    needed
}

fn check_kinds(case: &Case<'_>, from: &KindPolicy, to: &KindPolicy, found: &mut Findings) {
    if !from.switches.converts_into.contains(&to.kind) || to.model != Model::Stock {
        found.add(Finding::of(Code::NotApplicable).with(&to.kind));
    }
    if !case.may_issue(to) {
        found.add(Finding::of(Code::NotTheIssuer).with(case.command.org));
    }
}

/// Units stay as many, and good for as long, where they only change their class or account: no authority's word makes pledged
/// units fewer but an adjustment or a revocation, which leaves an overhang.
fn check_same_kind(
    id: RightId,
    right: &Right,
    part: &Converted,
    into: &Conversion,
    found: &mut Findings,
) {
    let Converted::Amount((quantity, _)) = part else {
        return;
    };
    let (is_as_much, lasts) = (
        into.amount.0 == *quantity,
        into.span.to() >= right.span.to(),
    );
    if into.kind != right.kind || is_as_much && lasts {
        return;
    }
    let mut finding = Finding::of(Code::Shrinks).with(id);
    finding.alternative = Some(Alternative {
        quantity: (!is_as_much).then_some(*quantity),
        spans: Span::new(into.span.from(), right.span.to())
            .filter(|_| !lasts)
            .into_iter()
            .collect(),
        ..Alternative::default()
    });
    found.add(finding);
}

/// What the old right is afterwards.
fn leave(act: &RightAct, part: &Converted, before: &Right, draft: &mut Draft<'_>) {
    let Some(right) = draft.right(act.right()) else {
        return;
    };
    match (part, &before.capacity) {
        (Converted::Amount((quantity, _)), Capacity::Stock(balance)) => {
            set_level(right, balance.saturating_sub(*quantity));
        }
        (Converted::Years(first, last), Capacity::Land { .. }) => {
            right.converted.extend(Span::of_years(*first, *last));
        }
        (Converted::Amount(_) | Converted::Years(..), _) => {}
    }
}

/// Free units go first, then those of lines, the latest first: whoever came earlier keeps what stays usable.
fn of_amount(
    case: &Case<'_>,
    (id, right, policy): (RightId, &Right, &KindPolicy),
    amount: &Amount,
    (into, new_policy): (&Conversion, &KindPolicy),
    found: &mut Findings,
) -> Vec<Moved> {
    check_amount(amount, policy, found);
    let Capacity::Stock(balance) = &right.capacity else {
        found.code(Code::NotApplicable);
        return Vec::new();
    };
    let now = case.stamp.time;
    let free_but_for =
        |skip: &dyn Fn(BurdenId) -> bool| stock::free(*balance, &right.burdens, now, skip);
    let counting: Vec<Burden> = right
        .burdens
        .iter()
        .filter(|burden| burden.counts_at(now))
        .cloned()
        .collect();
    let stacks = stacks(&counting);
    let highest = |stack: &[(BurdenId, Quantity)]| {
        let held = stack.iter().map(|(_, held)| *held);
        held.max().unwrap_or_default()
    };
    // Lines go along; what a reservation holds stays what it is, and what a court froze.
    let free = free_but_for(&|_| false);
    let unfrozen = free_but_for(&|id| !id.is_freeze());
    let with_lines = stacks.iter().map(|stack| highest(stack));
    let most = with_lines
        .fold(free, Quantity::saturating_add)
        .min(unfrozen);
    if amount.0 > *balance {
        found.add(at_most(Code::ExceedsRight, most).with(id));
        return Vec::new();
    }
    // Of frozen units only execution takes any.
    if amount.0 > unfrozen {
        let mut finding = at_most(Code::FrozenPart, most);
        finding.conflicts = shown(&standing(case, right, true));
        found.add(finding);
        return Vec::new();
    }
    let mut still = amount.0.saturating_sub(free);
    let mut moved: Vec<Moved> = Vec::new();
    for stack in stacks.into_iter().rev() {
        let taken = highest(&stack).min(still);
        still = still.saturating_sub(taken);
        // What stays of the stack stays with whoever stands first in it, and so does what goes.
        let left = highest(&stack).saturating_sub(taken);
        for (line, held) in stack {
            let rest = held.min(left);
            let goes = held.saturating_sub(rest);
            if goes.is_zero() {
                continue;
            }
            moved.push(Moved {
                line,
                stays: (!rest.is_zero()).then_some(Extent::Stock(rest)),
                goes: Extent::Stock(share(into.amount.0, goes, amount.0, new_policy)),
                joint: None,
            });
        }
    }
    if !still.is_zero() {
        let most = amount.0.saturating_sub(still);
        let mut finding = at_most(Code::DoublePledgeStock, most);
        finding.conflicts = shown(&standing(case, right, false));
        finding
            .conflicts
            .extend(shown(&standing(case, right, true)));
        found.add(finding);
    }
    all_get_something(right, moved, found)
}

/// A conversion that leaves a line nothing of what its right turns into would take its collateral without its creditor.
fn all_get_something(right: &Right, moved: Vec<Moved>, found: &mut Findings) -> Vec<Moved> {
    let nothing = |item: &Moved| item.goes == Extent::Stock(Quantity::ZERO);
    let (nothing, moved): (Vec<Moved>, Vec<Moved>) = moved.into_iter().partition(nothing);
    let mut lines: Vec<BurdenId> = nothing.iter().map(|item| item.line).collect();
    let place = |id: &BurdenId| right.burdens.iter().position(|burden| burden.id == *id);
    lines.sort_by_key(place);
    if !lines.is_empty() {
        let mut finding = Finding::of(Code::GetsNothing);
        finding.conflicts = shown(&lines);
        found.add(finding);
    }
    moved
}

/// The stacks of lines, in the order of their first positions. What a reservation or a court holds a part of does not move.
fn stacks(counting: &[Burden]) -> Vec<Vec<(BurdenId, Quantity)>> {
    let mut stacks: Vec<Vec<(BurdenId, Quantity)>> = Vec::new();
    for burden in counting {
        if stacks.iter().flatten().any(|(id, _)| *id == burden.id) {
            continue;
        }
        let of_line = |burden: &&Burden| match (burden.id, burden.extent) {
            (BurdenId::Line(..), Extent::Stock(held)) => Some((burden.id, held)),
            (BurdenId::Line(..) | BurdenId::Hold(..) | BurdenId::Freeze(_), _) => None,
        };
        let around = around(counting, burden.id);
        let stack: Option<Vec<_>> = around.iter().map(of_line).collect();
        stacks.extend(stack);
    }
    stacks
}

/// Lines over the years go with their share of the units; a line keeps the years before or after.
fn of_years(
    case: &Case<'_>,
    (id, right): (RightId, &Right),
    years: Option<Span>,
    (into, new_policy): (&Conversion, &KindPolicy),
    found: &mut Findings,
) -> Vec<Moved> {
    let (Some(years), Capacity::Land { .. }) = (years, &right.capacity) else {
        found.code(Code::NotApplicable);
        return Vec::new();
    };
    let again = right
        .converted
        .iter()
        .any(|span| span.intersection(years).is_some());
    if again || !right.span.covers(years) {
        let mut finding = Finding::of(Code::BeyondRightEnd).with(id);
        let common = right.span.intersection(years).into_iter();
        let converted = right.converted.iter().copied();
        finding.alternative = Some(Alternative {
            spans: common
                .flat_map(|common| without(common, converted.clone()))
                .filter_map(|left| over(case, left))
                .collect(),
            ..Alternative::default()
        });
        found.add(finding);
    }
    check_over(case, id, years, found);
    if right.converted.len() >= limits::RIGHT_CONVERTED_MAX {
        found.code(Code::TooManyBurdens);
    }
    let count = |span: Span| whole_years(span);
    let mut moved = Vec::new();
    for burden in right
        .burdens
        .iter()
        .filter(|b| b.counts_at(case.stamp.time))
    {
        let Extent::Years(taken) = burden.extent else {
            continue;
        };
        let Some(common) = taken.intersection(years) else {
            continue;
        };
        let before = Span::new(taken.from(), common.from());
        let after = Span::new(common.to(), taken.to());
        if !matches!(burden.id, BurdenId::Line(..)) || (before.is_some() && after.is_some()) {
            let mut finding = Finding::of(Code::DoublePledgeLand).with(burden.id);
            finding.at = Some(common.from());
            finding.alternative = Some(Alternative {
                spans: without(years, std::iter::once(common))
                    .into_iter()
                    .filter_map(|left| over(case, left))
                    .collect(),
                ..Alternative::default()
            });
            found.add(finding);
            continue;
        }
        let goes = share(into.amount.0, count(common), count(years), new_policy);
        moved.push(Moved {
            line: burden.id,
            stays: before.or(after).map(Extent::Years),
            goes: Extent::Stock(goes),
            joint: None,
        });
    }
    all_get_something(right, moved, found)
}

/// Units are issued for what has been verified, so their years are over; and as the new units are not, none of them ends before
/// the years that it came of.
fn check_over(case: &Case<'_>, id: RightId, years: Span, found: &mut Findings) {
    if case.stamp.time.day() < years.to() {
        let mut finding = Finding::of(Code::DayToCome).with(id);
        finding.at = Some(years.to());
        finding.alternative = Some(Alternative {
            spans: Vec::from_iter(over(case, years)),
            ..Alternative::default()
        });
        found.add(finding);
    }
}

/// The part of some years that is over.
fn over(case: &Case<'_>, years: Span) -> Option<Span> {
    let (this, ..) = case.stamp.time.day().date();
    Span::new(years.from(), years.to().min(Day::of(this, 1, 1)?))
}

fn whole_years(span: Span) -> Quantity {
    let years = span.to().date().0.saturating_sub(span.from().date().0);
    Quantity::from_raw(i64::from(years)).unwrap_or_default()
}

/// `all * part / of`, rounded down to what the kind can count.
fn share(all: Quantity, part: Quantity, of: Quantity, policy: &KindPolicy) -> Quantity {
    let step = 10_i128.pow(u32::from(6_u8.saturating_sub(policy.scale.digits())));
    let raw = i128::from(all.raw()) * i128::from(part.raw()) / i128::from(of.raw().max(1));
    let whole = raw / step * step;
    i64::try_from(whole)
        .ok()
        .and_then(Quantity::from_raw)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_to_the_scale_of_the_kind() {
        let text = include_str!("../../../../../fixtures/policy/carbon.toml");
        let carbon = KindPolicy::parse(text).unwrap();
        let of = |raw| Quantity::from_raw(raw).unwrap();
        let tonnes = |n: i64| of(n * 1_000_000);
        assert_eq!(share(tonnes(10), of(1), of(3), &carbon), tonnes(3));
        assert_eq!(
            share(tonnes(38), tonnes(28), tonnes(38), &carbon),
            tonnes(28)
        );
        assert_eq!(share(tonnes(10), of(3), of(3), &carbon), tonnes(10));
    }
}

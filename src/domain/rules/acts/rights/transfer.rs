//! Another holder: of the whole, with every line on it, or of a part of a stock or a flow that becomes a right of its own.
//!
//! A succession that the register knows (merger, split) asks nobody: lines follow with their ranks and times. A part takes
//! pledged units along as its allocations say, and their creditors sign them; without them a line follows undivided, and
//! secures from both parts together until its creditor releases what is too much. No pledged unit is left to nobody.

use crate::domain::command::{RightAct, TransferPart};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{BurdenId, Right};
use crate::domain::rules::acts::rights::divide::Whole;
use crate::domain::rules::acts::rights::made::{self, Moved};
use crate::domain::rules::acts::rights::{
    at_most, check_amount, not_open_to, present, require, shown, standing,
};
use crate::domain::rules::acts::take_out;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::domain::switches::Transfer;
use crate::primitives::id::{EntryIndex, PartyId, RightId};

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
    } else if !succeeds(case, (act.right(), right), *to) {
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
        right.go_to(*to, case.stamp.index);
    }
}

/// The register knows the acquirer as a successor of the holder, or of whoever acts in its place, by an entry at which that party
/// had the right already. What the party got later is its own, and goes as rights of anybody do.
fn succeeds(case: &Case<'_>, (id, right): (RightId, &Right), to: PartyId) -> bool {
    let of = |party: PartyId| case.facts.party(party).map(|party| &party.more);
    let knows = |party: PartyId, since: EntryIndex| {
        let successors = of(party).map(|more| &*more.successors);
        let mut successors = successors.unwrap_or_default().iter();
        successors.any(|(id, entry)| *id == to && *entry > since)
    };
    // Who acts in the place of the holder has the right already: its record is brought up to date.
    if case.acting(right.holder) == to && right.holder != to {
        return true;
    }
    let (mut party, mut last) = (right.holder, right.acquired.unwrap_or(id.0));
    while !knows(party, last) {
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
        Transfer::Free => {
            needed.extend(not_open_to(case, &right.kind, &lines, |policy| {
                policy.switches.transfer == Transfer::Free
            }));
        }
        Transfer::Consent => {
            needed.extend(lines.iter().filter_map(|line| case.creditor(*line)));
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
    let Some(whole) = Whole::of(right, case.stamp.time) else {
        found.add(Finding::of(Code::NotApplicable).with(act.right()));
        return;
    };
    let left = whole.least().saturating_sub(part.amount.0);
    let moved = whole.allocated(part, left, found);
    let goes = whole.part(part.amount.0).filter(|_| !left.is_zero());
    if goes.is_none() {
        let moved = moved.as_ref();
        let mut finding = Finding::of(Code::ExceedsRight).with(act.right());
        finding.alternative = Some(Alternative {
            quantity: moved.map(|moved| whole.largest(policy, moved)),
            ..Alternative::default()
        });
        found.add(finding);
    }
    let (Some(moved), Some((capacity, span))) = (moved, goes) else {
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
    needed.extend(signing.filter_map(|item| case.creditor(item.line)));
    let mut new = Right {
        holder: *to,
        acquired: None,
        identities: part.identities.clone(),
        source: made::source_of(&part.identities, policy),
        capacity,
        span,
        burdens: Vec::new(),
        succeeds: Vec::new(),
        uses: Vec::new(),
        verifications: Vec::new(),
        ..right.clone()
    };
    made::check(case, &new, policy, found);
    if let Some(right) = draft.right(act.right()) {
        let goes = whole.taken(part.amount.0);
        take_out(case, (act.right(), right), goes, None, found);
    }
    let largest = whole.largest(policy, &moved);
    made::move_lines(act.right(), &mut new, moved, case, draft, found);
    let stay = draft.right_now(act.right());
    let stay = stay.map_or(&[][..], |right| &right.burdens);
    if !whole.fits(part.amount.0, stay, &new.burdens) {
        let mut finding = at_most(whole.shortage(), largest);
        finding.conflicts = shown(&standing(case, right, false));
        found.add(finding);
    }
    made::create(case, new, draft);
}

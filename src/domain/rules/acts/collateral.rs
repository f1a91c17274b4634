//! Acts on the collateral of a pledge: other collateral for some of it, and disposal in execution. What stays keeps its
//! position, what is added stands at the position of its entry.

use crate::domain::command::{LineChange, LineRequest, PledgeAct};
use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Disposal, Line, Pledge};
use crate::domain::right::{Burden, BurdenId};
use crate::domain::rules::acts::pledges::open_pledge;
use crate::domain::rules::amendments::{open_line, own_pledge, release_line};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::pledges::{check_pledgee, check_year};
use crate::domain::rules::ranks::{self, Place};
use crate::domain::rules::{Case, Findings, consents};
use crate::primitives::id::PledgeId;
use crate::primitives::limits;

/// Gives lines back and takes others; what is given back is free for what is taken.
pub(super) fn substitute(
    case: &Case<'_>,
    id: PledgeId,
    drop: &[LineChange],
    add: &[LineRequest],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(pledge) = own_pledge(case, id, found) else {
        return;
    };
    for change in drop {
        give_back(id, pledge, change, draft, found);
    }
    for (number, request) in (0_u16..).zip(add) {
        take(case, (id, pledge), number, request, draft, found);
    }
    if let Some(pledge) = draft.pledge(id) {
        consents::note(case, &mut pledge.more, found);
    }
}

/// Releases a line, whole or in part, in the pledge and on its right.
fn give_back(
    id: PledgeId,
    pledge: &Pledge,
    change: &LineChange,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(line) = open_line(pledge, id, change.line, found) else {
        return;
    };
    let Some(after) = release_line(change, line, id, found) else {
        return;
    };
    let name = BurdenId::Line(id, change.line);
    if let Some(right) = draft.right(line.right) {
        if after.released {
            right.burdens.retain(|burden| burden.id != name);
        } else if let Some(burden) = right.burdens.iter_mut().find(|burden| burden.id == name) {
            burden.extent = after.extent;
        }
    }
    let lines = draft.pledge(id).map(|pledge| &mut pledge.lines);
    if let Some(line) = lines.and_then(|lines| lines.get_mut(usize::from(change.line))) {
        *line = after;
    }
}

/// Judges a further line as a registration would, and puts it at the end of the pledge and of its right's burdens.
fn take(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    number: u16,
    request: &LineRequest,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(right) = draft.right_now(request.right) else {
        let unknown = Finding::of(Code::RightUnknown).on_line(number);
        found.add(unknown.with(request.right));
        return;
    };
    let Some(policy) = case.facts.policy(&right.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).on_line(number));
        return;
    };
    let extent = match lines::extent_of(&request.extent, right, policy) {
        Ok(extent) => extent,
        Err(code) => {
            found.add(Finding::of(code).on_line(number));
            return;
        }
    };
    let place = Place {
        number,
        right,
        policy,
        extent,
        behind: &request.behind,
        skip: &|_| false,
    };
    let before = ranks::judge(case, &place, found);
    if !request.behind.is_empty() && pledge.more.caps.is_empty() {
        found.add(Finding::of(Code::CapMissing).on_line(number));
    }
    let skip = |burden: BurdenId| before.contains(&burden);
    let wish = Wish {
        number,
        id: request.right,
        right,
        policy,
        extent,
        skip: &skip,
    };
    lines::check_right(case, &wish, pledge.pledgor, found);
    lines::check_extent(case, &wish, found);
    check_pledgee(case, number, case.acting(pledge.pledgee), policy, found);
    check_year(number, right, policy, extent, found);
    let count = draft.pledge(id).map_or(0, |pledge| pledge.lines.len());
    let Some(line) = u16::try_from(count)
        .ok()
        .filter(|_| count < limits::PLEDGE_LINES_MAX)
    else {
        found.add(Finding::of(Code::TooManyLines).with(id));
        return;
    };
    if let Some(pledge) = draft.pledge(id) {
        pledge.lines.push(Line {
            right: request.right,
            extent,
            behind: request.behind.clone(),
            released: false,
        });
    }
    if let Some(right) = draft.right(request.right) {
        right.burdens.push(Burden {
            id: BurdenId::Line(id, line),
            extent,
            expires: None,
            authority: None,
            behind: request.behind.clone(),
            overhang: None,
            order: None,
        });
    }
}

/// Notes what execution brought, and ends the line as far as its collateral is gone.
pub(super) fn dispose(
    case: &Case<'_>,
    act: &PledgeAct,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let PledgeAct::RecordDisposal {
        pledge: id,
        line,
        amount,
        proceeds_cny,
        document,
    } = act
    else {
        return;
    };
    let Some(pledge) = open_pledge(*id, draft, found) else {
        return;
    };
    let disposal = Disposal {
        line: *line,
        quantity: amount.as_ref().map(|(quantity, _)| *quantity),
        proceeds: *proceeds_cny,
        document: *document,
        entry: case.stamp.index,
    };
    pledge.more.disposals.push(disposal);
    if pledge.more.disposals.len() > limits::PLEDGE_NOTES_MAX {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
    let before = pledge.clone();
    let change = LineChange {
        line: *line,
        amount: amount.clone(),
        to: None,
        behind: Vec::new(),
    };
    give_back(*id, &before, &change, draft, found);
}

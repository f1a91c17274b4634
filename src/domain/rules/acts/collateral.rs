//! Acts on the collateral of a pledge: other collateral for some of it, and disposal in execution. What stays keeps its
//! position, what is added stands at the position of its entry.

use crate::domain::command::{LineChange, LineRequest, PledgeAct};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::Role;
use crate::domain::pledge::{Disposal, Line, Pledge};
use crate::domain::right::{Burden, BurdenId, Extent, Overhang, Right};
use crate::domain::rules::acts::pledges::open_pledge;
use crate::domain::rules::acts::take_out;
use crate::domain::rules::amendments::{open_line, own_pledge, release_line};
use crate::domain::rules::burdens::is_gone_beneath;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::freezes::{ahead, beside, most_by_agreement, most_by_court};
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::pledges::{check_pledgee, check_year};
use crate::domain::rules::ranks::{self, Place};
use crate::domain::rules::{Case, Findings, consents, lapses};
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;

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
        give_back(case, (id, pledge), change, draft, found);
    }
    for (number, request) in (0_u16..).zip(add) {
        take(case, (id, pledge), number, request, draft, found);
    }
    if let Some(pledge) = draft.pledge(id) {
        consents::note(case, &mut pledge.more);
    }
}

/// Releases a line, whole or in part, in the pledge and on its right.
fn give_back(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    change: &LineChange,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(line) = open_line(case, (id, pledge), change.line, found) else {
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
        behind: request.behind.len(),
        replaces: &|_| false,
    };
    lines::check_right(case, &wish, pledge.pledgor, found);
    lines::check_extent(case, &wish, found);
    check_pledgee(case, number, case.acting(pledge.pledgee), policy, found);
    check_year(number, right, policy, extent, found);
    let term = (pledge.term, None);
    lines::check_term(case, number, request.right, right, policy, term, found);
    let expires = lapses::judge(case, (number, request.right), policy, pledge.term, found);
    let count = draft.pledge(id).map_or(0, |pledge| pledge.lines.len());
    let Some(line) = u16::try_from(count)
        .ok()
        .filter(|_| count < limits::PLEDGE_LINES_MAX)
    else {
        found.add(Finding::of(Code::TooManyLines).with(id));
        return;
    };
    let added = Line {
        right: request.right,
        extent,
        behind: request.behind.clone(),
        released: false,
        expires,
    };
    put(case, BurdenId::Line(id, line), added, draft);
}

/// Puts a line at the end of its pledge and of its right's burdens.
fn put(case: &Case<'_>, name: BurdenId, line: Line, draft: &mut Draft<'_>) {
    if let Some(right) = draft.right(line.right) {
        right.burdens.push(Burden {
            id: name,
            extent: line.extent,
            // The lines after it see what it takes, even where it has ended and is refused.
            expires: line.expires.filter(|end| case.stamp.time < *end),
            authority: None,
            behind: line.behind.clone(),
            overhang: None,
            order: None,
        });
    }
    if let Some(pledge) = name.pledge().and_then(|id| draft.pledge(id)) {
        pledge.lines.push(line);
    }
}

/// Notes what a sale brought, ends the line as far as its collateral is sold, and takes that out of the seller's right in the
/// same entry. A court names itself; without one the pledgor has agreed (民法典 410, 436).
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
        authority,
        buyer,
        document,
    } = act
    else {
        return;
    };
    check_basis(case, *authority, found);
    if let Some(buyer) = buyer {
        case.check_party(*buyer, found);
    }
    let Some(pledge) = open_pledge(case, *id, draft, found) else {
        return;
    };
    let disposal = Disposal {
        line: *line,
        quantity: amount.as_ref().map(|(quantity, _)| *quantity),
        proceeds: *proceeds_cny,
        authority: *authority,
        buyer: *buyer,
        document: *document,
        entry: case.stamp.index,
    };
    if !pledge.more.note_disposal(disposal) {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
    consents::note(case, &mut pledge.more);
    let before = pledge.clone();
    let change = LineChange {
        line: *line,
        amount: amount.clone(),
        to: None,
        behind: Vec::new(),
    };
    sell(case, (*id, &before), &change, *buyer, draft, found);
    give_back(case, (*id, &before), &change, draft, found);
}

/// The registrar enters what a court has ordered and names it; a pledgee acts for itself, and for no court.
pub(in crate::domain::rules) fn check_basis(
    case: &Case<'_>,
    authority: Option<PartyId>,
    found: &mut Findings,
) {
    let is_registrar = case.command.org == REGISTRAR;
    let is_court = authority
        .and_then(|authority| case.facts.party(authority))
        .is_some_and(|party| party.has_role(Role::Court));
    if is_registrar != authority.is_some() || is_registrar != is_court {
        let whom = authority.unwrap_or(case.command.org);
        found.add(Finding::of(Code::RoleLacksPower).with(whom));
    }
}

/// How much of a line may be sold: by agreement what is beneath it, and of that no more than the others leave, by a court what
/// those before it leave. What those hold is sold by them. And the others, where they leave less than is beneath it.
fn most_for_sale(
    right: &Right,
    line: &Burden,
    (held, is_agreed): (Quantity, bool),
    now: Timestamp,
) -> (Quantity, Vec<BurdenId>) {
    let (beneath, left, others) = if is_agreed {
        let beneath = match line.overhang {
            None => held,
            Some(Overhang::Amount(hangs)) => held.saturating_sub(hangs),
            Some(Overhang::Whole) => Quantity::ZERO,
        };
        let left = most_by_agreement(right, line, now);
        (beneath, left, beside(right, line))
    } else {
        (held, most_by_court(right, line, now), ahead(right, line))
    };
    if left >= beneath {
        return (beneath, Vec::new());
    }
    let shares = |other: &&Burden| match (other.extent, line.extent) {
        (Extent::Flow(_, own), Extent::Flow(_, days)) => own.intersection(days).is_some(),
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => true,
    };
    let counted = others
        .iter()
        .filter(|it| it.counts_at(now) && !it.id.is_freeze());
    (left, counted.filter(shares).map(|it| it.id).collect())
}

/// Nothing leaves a right that its buyer holds already, or of which nothing is left beneath the line: what is noted then is money
/// that took the place of the collateral, such as a compensation (物上代位, 民法典 390). Else no more is sold than is there beneath
/// the line, and ground only by a court, of which the years of the line leave a right that has others: by agreement its issuer
/// transfers it first, and the line goes along.
fn sell(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    change: &LineChange,
    buyer: Option<PartyId>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let line = pledge.lines.get(usize::from(change.line));
    let Some(line) = line.filter(|line| line.is_open_at(case.stamp.time)) else {
        return;
    };
    let Some(right) = draft.right(line.right) else {
        return;
    };
    if is_gone_beneath(right, line.extent, case.stamp.time) {
        return;
    }
    let holder = case.acting(right.holder);
    if let Some(buyer) = buyer.filter(|buyer| case.acting(*buyer) == holder) {
        // Who gave the collateral and has it still buys nothing: that is a release.
        if case.acting(pledge.pledgor) == holder {
            found.add(Finding::of(Code::NotApplicable).with(buyer));
        }
        return;
    }
    let is_agreed = case.command.org != REGISTRAR;
    if is_agreed && holder != case.acting(pledge.pledgor) {
        found.add(Finding::of(Code::MissingConsent).with(holder));
    }
    let part = change.amount.as_ref().map(|(quantity, _)| *quantity);
    let name = BurdenId::Line(id, change.line);
    let sold = match line.extent {
        Extent::Stock(held) => Extent::Stock(part.unwrap_or(held)),
        Extent::Flow(held, days) => Extent::Flow(part.unwrap_or(held), days),
        Extent::Whole | Extent::Years(_) => line.extent,
    };
    if let (
        Extent::Stock(held) | Extent::Flow(held, _),
        Extent::Stock(asked) | Extent::Flow(asked, _),
    ) = (line.extent, sold)
    {
        let whose = (held, is_agreed);
        let (most, losers) = right.burden(name).map_or((held, Vec::new()), |line| {
            most_for_sale(right, line, whose, case.stamp.time)
        });
        // Of what a split left undivided no more is sold than was pledged.
        let (most, losers) = match pledge.left_undivided(change.line, case.stamp.index) {
            Some(left) if left < most => (left, Vec::new()),
            Some(_) | None => (most, losers),
        };
        // Those before it leave nothing: a court notes what there was for it, be it nothing (民法典 414).
        if !is_agreed && most.is_zero() {
            return;
        }
        if asked <= held && asked > most {
            let mut finding = Finding::of(Code::ExceedsPledge).on_line(change.line);
            let named = std::iter::once(name).chain(losers);
            let named = named.take(lines::CONFLICTS_SHOWN_MAX);
            finding.conflicts.extend(named.map(|id| id.to_string()));
            finding.alternative = Some(Alternative {
                quantity: Some(most),
                ..Alternative::default()
            });
            found.add(finding);
        }
    }
    let to = buyer.filter(|_| !is_agreed);
    take_out(case, (line.right, right), sold, to, found);
}

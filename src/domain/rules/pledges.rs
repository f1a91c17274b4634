//! Reservations and pledges: reserve, cancel, register.

use crate::domain::command::{LineRequest, RegisterPledge};
use crate::domain::event::{Event, TakenOver};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::fold::reserved_place;
use crate::domain::pledge::{Cap, Line, Maximum, PledgeMore, Reservation, WHOLE_BP};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::domain::rules::amendments::changes_on;
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::ranks::{self, Place};
use crate::domain::rules::{Case, Findings, consents, lapses};
use crate::primitives::id::{PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::time::{Day, Span};

pub(super) fn reserve(
    case: &Case<'_>,
    pledgor: PartyId,
    requests: &[LineRequest],
    days: i32,
    found: &mut Findings,
) -> Option<Event> {
    let id = ReservationId(case.stamp.index);
    let name = |number| BurdenId::Hold(id, number);
    let lines = judge_lines(case, pledgor, requests, (None, None), &name, found);
    (!found.refuses()).then(|| Event::Reserved {
        reservation: id,
        pledgee: case.command.org,
        pledgor,
        lines,
        expires: Reservation::ends(case.stamp.time, days),
    })
}

pub(super) fn cancel_reservation(
    case: &Case<'_>,
    id: ReservationId,
    found: &mut Findings,
) -> Option<Event> {
    let Some(reservation) = case.facts.reservation(id) else {
        found.add(Finding::of(Code::ReservationUnusable).with(id));
        return None;
    };
    if case.acting(reservation.pledgee) != case.command.org {
        found.add(Finding::of(Code::NotThePledgee).with(id));
    }
    if !reservation.stands_at(case.stamp.time) {
        found.add(Finding::of(Code::ClosedPledge).with(id));
    }
    if found.refuses() {
        return None;
    }
    let rights = rights_of(&reservation.lines);
    let event = Event::ReservationCancelled {
        reservation: id,
        rights: rights.clone(),
        overhangs: Vec::new(),
    };
    let overhangs = changes_on(case, &event, &rights);
    Some(Event::ReservationCancelled {
        reservation: id,
        rights,
        overhangs,
    })
}

pub(super) fn register(
    case: &Case<'_>,
    register: &RegisterPledge,
    found: &mut Findings,
) -> Option<Event> {
    let taken = register
        .reservation
        .and_then(|id| usable(case, id, register, found));
    match register.debtor {
        Some(debtor) if case.facts.party(debtor).is_none() => {
            let mut finding = Finding::of(Code::PartyUnknown);
            if case.law.names_every_record() {
                finding = finding.with(debtor);
            }
            found.add(finding);
        }
        Some(debtor) => case.check_party(debtor, found),
        None => {}
    }
    let id = PledgeId(case.stamp.index);
    // A reservation that cannot be taken over stands in the way like every other.
    let held = taken.and(register.reservation);
    let name = |number| BurdenId::Line(id, number);
    let with = (held, register.term);
    let lines = judge_lines(case, register.pledgor, &register.lines, with, &name, found);
    check_cap(case, register, found);
    check_syndicate(case, register, found);
    for (number, line) in (0_u16..).zip(&register.lines) {
        check_term(case, number, line.right, (register.term, None), found);
    }
    check_due(case, register.term, found);
    (!found.refuses()).then(|| Event::PledgeRegistered {
        pledge: id,
        pledgee: case.command.org,
        pledgor: register.pledgor,
        debtor: register.debtor,
        form: register.form,
        lines,
        term: register.term,
        hidden: register.hidden.clone(),
        reservation: held.zip(taken).map(|(id, reservation)| TakenOver {
            id,
            rights: rights_of(&reservation.lines),
            in_place: case.law.keeps_reserved_places(),
        }),
        more: Box::new(PledgeMore {
            caps: first_cap(case, register),
            maximum: register.maximum.map(|period| Maximum { period }),
            syndicate: register.syndicate.clone(),
            green: register.green.clone(),
            attested: consents::attested(case),
            ..PledgeMore::default()
        }),
    })
}

fn first_cap(case: &Case<'_>, register: &RegisterPledge) -> Vec<Cap> {
    let cap = |amount| Cap {
        amount,
        entry: case.stamp.index,
    };
    register.cap_cny.map(cap).into_iter().collect()
}

/// What others must know of the claim is clear: the most it may be, where it stands behind them or may grow.
fn check_cap(case: &Case<'_>, register: &RegisterPledge, found: &mut Findings) {
    let names_cap = register.cap_cny.is_some() || register.maximum.is_some();
    if names_cap && !case.law.has_acts() {
        found.code(Code::NotApplicable);
    }
    let is_ranked = register.lines.iter().any(|line| !line.behind.is_empty());
    let needs_cap = register.maximum.is_some() || (is_ranked && case.law.opens_ranks());
    if needs_cap && register.cap_cny.is_none() {
        found.code(Code::CapMissing);
    }
}

/// Who shares the claim may be a pledgee of every line, and together they have no more than the whole; what they leave is the
/// pledgee's own, who has none of it where it holds for the others alone.
fn check_syndicate(case: &Case<'_>, register: &RegisterPledge, found: &mut Findings) {
    if (!register.syndicate.is_empty() || register.green.is_some()) && !case.law.has_acts() {
        found.code(Code::NotApplicable);
    }
    for share in &register.syndicate {
        if share.party == case.command.org {
            found.add(Finding::of(Code::NotApplicable).with(share.party));
        }
        case.check_party(share.party, found);
        if case.facts.party(share.party).is_none() {
            continue;
        }
        for (number, line) in (0_u16..).zip(&register.lines) {
            let right = case.facts.right(line.right);
            let policy = right.and_then(|it| case.facts.policy(&it.kind, case.stamp.time));
            if let Some(policy) = policy {
                check_pledgee(case, number, share.party, policy, found);
            }
        }
    }
    let shares = register.syndicate.iter().map(|share| share.share_bp);
    if shares.sum::<u64>() > WHOLE_BP {
        found.add(Finding::of(Code::SharesExceed).with(case.command.org));
    }
}

/// A registration takes a reservation over when it is of the same parties and draws on no other rights.
fn usable<'a>(
    case: &Case<'a>,
    id: ReservationId,
    register: &RegisterPledge,
    found: &mut Findings,
) -> Option<&'a Reservation> {
    let reservation = case.facts.reservation(id);
    let fits = |reservation: &&Reservation| {
        case.acting(reservation.pledgee) == case.command.org
            && case.acting(reservation.pledgor) == register.pledgor
            && reservation.stands_at(case.stamp.time)
            && register.lines.iter().all(|line| {
                reservation
                    .lines
                    .iter()
                    .any(|held| held.right == line.right)
            })
    };
    let usable = reservation.filter(fits);
    if usable.is_none() {
        found.add(Finding::of(Code::ReservationUnusable).with(id));
    }
    usable
}

pub(super) fn rights_of(lines: &[Line]) -> Vec<RightId> {
    let mut rights: Vec<RightId> = lines.iter().map(|line| line.right).collect();
    rights.sort_unstable();
    rights.dedup();
    rights
}

/// Judges every line; a line sees the burdens that the lines before it would add to the same right, under their `name`.
fn judge_lines(
    case: &Case<'_>,
    pledgor: PartyId,
    requests: &[LineRequest],
    (takes, term): (Option<ReservationId>, Option<Span>),
    name: &dyn Fn(u16) -> BurdenId,
    found: &mut Findings,
) -> Vec<Line> {
    case.check_party(pledgor, found);
    // Nobody secures a claim against itself.
    if case.acting(pledgor) == case.command.org && case.law.has_acts() {
        found.add(Finding::of(Code::NotApplicable).with(pledgor));
    }
    let skip = move |id: BurdenId| match id {
        BurdenId::Hold(reservation, _) => Some(reservation) == takes,
        BurdenId::Line(..) | BurdenId::Freeze(_) => false,
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut filled: Vec<BurdenId> = Vec::new();
    for (number, request) in (0_u16..).zip(requests) {
        let Some((right, policy)) = known(case, number, request.right, found) else {
            continue;
        };
        check_pledgee(case, number, case.command.org, policy, found);
        let extent = match lines::extent_of(&request.extent, right, policy) {
            Ok(extent) => extent,
            Err(code) => {
                found.add(Finding::of(code).on_line(number));
                continue;
            }
        };
        if let Some(hold) = takes.filter(|_| case.law.keeps_reserved_places()) {
            take_place(case, (number, extent), right, hold, &mut filled, found);
        }
        let with_earlier = with_lines(right, request.right, &lines, name);
        let right = with_earlier.as_ref().unwrap_or(right);
        let place = Place {
            number,
            right,
            policy,
            extent,
            behind: &request.behind,
            skip: &skip,
        };
        let before = ranks::judge(case, &place, found);
        // What may not stand behind others counts as a line for itself.
        let behind = if case.law.has_acts() && !ranks::are_open(case, policy) {
            Vec::new()
        } else {
            request.behind.clone()
        };
        let out_of_the_way = |id: BurdenId| skip(id) || before.contains(&id);
        let wish = Wish {
            number,
            id: request.right,
            right,
            policy,
            extent,
            skip: &out_of_the_way,
            behind: behind.len(),
            replaces: &skip,
        };
        lines::check_right(case, &wish, pledgor, found);
        lines::check_extent(case, &wish, found);
        check_year(number, right, policy, extent, found);
        let expires = lapses::judge(case, (number, request.right), policy, term, found);
        lines.push(Line {
            right: request.right,
            extent,
            behind,
            released: false,
            expires,
        });
    }
    lines
}

/// A line takes the place of the first reserved one that it fits into. While any is left on its right it must fit into one: else
/// what was reserved would be lost without a word. What goes beyond is asked for as a line of its own, at the end.
fn take_place(
    case: &Case<'_>,
    (number, extent): (u16, Extent),
    right: &Right,
    hold: ReservationId,
    filled: &mut Vec<BurdenId>,
    found: &mut Findings,
) {
    let is_left = |burden: &&Burden| match burden.id {
        BurdenId::Hold(of, _) => of == hold && !filled.contains(&burden.id),
        BurdenId::Line(..) | BurdenId::Freeze(_) => false,
    };
    let burdens = right.burdens.iter();
    let left: Vec<Burden> = burdens
        .filter(|burden| burden.counts_at(case.stamp.time))
        .filter(is_left)
        .cloned()
        .collect();
    let place = reserved_place(&left, hold, extent).and_then(|place| left.get(place));
    match (place, left.first()) {
        (Some(burden), _) => filled.push(burden.id),
        (None, Some(first)) => {
            let mut finding = Finding::of(Code::ReservationUnusable).on_line(number);
            finding.conflicts.push(first.id.to_string());
            finding.alternative = Some(reserved(extent, first.extent));
            found.add(finding);
        }
        (None, None) => {}
    }
}

/// What a reserved line would do for a line: its days where the asked ones go beyond them, else its quantity.
fn reserved(asked: Extent, held: Extent) -> Alternative {
    let mut alternative = Alternative::default();
    match (asked, held) {
        (Extent::Flow(_, days), Extent::Flow(_, all))
        | (Extent::Years(days), Extent::Years(all))
            if !all.covers(days) =>
        {
            alternative.spans = vec![all.intersection(days).unwrap_or(all)];
        }
        (Extent::Stock(_), Extent::Stock(there)) | (Extent::Flow(..), Extent::Flow(there, _)) => {
            alternative.quantity = Some(there);
        }
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Years(_) | Extent::Whole, _) => {}
    }
    alternative
}

pub(super) fn known<'a>(
    case: &Case<'a>,
    number: u16,
    id: RightId,
    found: &mut Findings,
) -> Option<(&'a Right, &'a KindPolicy)> {
    let Some(right) = case.facts.right(id) else {
        found.add(Finding::of(Code::RightUnknown).on_line(number).with(id));
        return None;
    };
    let policy = case.facts.policy(&right.kind, case.stamp.time);
    if policy.is_none() {
        found.add(
            Finding::of(Code::KindUnknown)
                .on_line(number)
                .with(&right.kind),
        );
    }
    policy.map(|policy| (right, policy))
}

pub(super) fn check_pledgee(
    case: &Case<'_>,
    number: u16,
    org: PartyId,
    policy: &KindPolicy,
    found: &mut Findings,
) {
    let may = case.facts.party(org).is_some_and(|party| {
        policy
            .pledgee_roles
            .iter()
            .any(|role| party.has_role(*role))
    });
    if !may {
        found.add(
            Finding::of(Code::CannotTakePledge)
                .on_line(number)
                .with(org),
        );
    }
}

pub(super) fn check_term(
    case: &Case<'_>,
    number: u16,
    id: RightId,
    term: (Option<Span>, Option<Day>),
    found: &mut Findings,
) {
    let Some(right) = case.facts.right(id) else {
        return;
    };
    let Some(policy) = case.facts.policy(&right.kind, case.stamp.time) else {
        return;
    };
    lines::check_term(case, number, id, right, policy, term, found);
}

/// A claim that is due may be secured; whoever does so is told.
fn check_due(case: &Case<'_>, term: Option<Span>, found: &mut Findings) {
    let over = term.filter(|term| case.law.has_acts() && term.to() <= case.stamp.time.day());
    if let Some(term) = over {
        let mut finding = Finding::of(Code::TermOver);
        finding.at = Some(term.to());
        found.add(finding);
    }
}

pub(super) fn check_year(
    number: u16,
    right: &Right,
    policy: &KindPolicy,
    extent: Extent,
    found: &mut Findings,
) {
    let year = policy
        .year_attribute
        .as_ref()
        .and_then(|name| right.attributes.get(name));
    let year: Option<i32> = year.and_then(|year| year.parse().ok());
    match (extent, year) {
        (Extent::Flow(_, span), Some(year)) if span.from().date().0 > year => {
            found.add(Finding::of(Code::EarlierYear).on_line(number));
        }
        (Extent::Flow(..) | Extent::Stock(_) | Extent::Whole | Extent::Years(_), _) => {}
    }
}

/// Returns the right with the lines of the same command as burdens, where there are any on it.
fn with_lines(
    right: &Right,
    id: RightId,
    lines: &[Line],
    name: &dyn Fn(u16) -> BurdenId,
) -> Option<Right> {
    let mine = (0_u16..).zip(lines).filter(|(_, line)| line.right == id);
    let burdens: Vec<Burden> = mine
        .map(|(number, line)| Burden {
            id: name(number),
            extent: line.extent,
            // Whatever its end, the lines after it see what it takes.
            expires: None,
            authority: None,
            behind: line.behind.clone(),
            overhang: None,
            order: None,
        })
        .collect();
    if burdens.is_empty() {
        return None;
    }
    let mut right = right.clone();
    right.burdens.extend(burdens);
    Some(right)
}

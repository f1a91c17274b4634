//! Reservations and pledges: register, amend, extend, release.

use crate::domain::command::{LineChange, LineRequest, RegisterPledge};
use crate::domain::event::{Event, LineResult, OverhangChange};
use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Line, Pledge, Reservation};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::domain::rules::burdens::overhang_changes;
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::time::Span;

pub(super) fn reserve(
    case: &Case<'_>,
    pledgor: PartyId,
    requests: &[LineRequest],
    days: i32,
    found: &mut Findings,
) -> Option<Event> {
    let id = ReservationId(case.stamp.index);
    let name = |number| BurdenId::Hold(id, number);
    let lines = judge_lines(case, pledgor, requests, None, &name, found);
    let seconds = u64::try_from(days)
        .unwrap_or_default()
        .saturating_mul(86_400);
    (!found.refuses()).then(|| Event::Reserved {
        reservation: id,
        pledgee: case.command.org,
        pledgor,
        lines,
        expires: case.stamp.time.plus_seconds(seconds),
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
    if reservation.pledgee != case.command.org {
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
    if register
        .debtor
        .is_some_and(|debtor| case.facts.party(debtor).is_none())
    {
        found.code(Code::PartyUnknown);
    }
    let id = PledgeId(case.stamp.index);
    // A reservation that cannot be taken over stands in the way like every other.
    let held = taken.and(register.reservation);
    let name = |number| BurdenId::Line(id, number);
    let lines = judge_lines(case, register.pledgor, &register.lines, held, &name, found);
    for (number, line) in (0_u16..).zip(&register.lines) {
        check_term(case, number, line.right, register.term, found);
    }
    (!found.refuses()).then(|| Event::PledgeRegistered {
        pledge: id,
        pledgee: case.command.org,
        pledgor: register.pledgor,
        debtor: register.debtor,
        form: register.form,
        lines,
        term: register.term,
        hidden: register.hidden.clone(),
        reservation: register
            .reservation
            .zip(taken)
            .map(|(id, reservation)| (id, rights_of(&reservation.lines))),
    })
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
        reservation.pledgee == case.command.org
            && reservation.pledgor == register.pledgor
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

fn rights_of(lines: &[Line]) -> Vec<RightId> {
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
    takes: Option<ReservationId>,
    name: &dyn Fn(u16) -> BurdenId,
    found: &mut Findings,
) -> Vec<Line> {
    if case.facts.party(pledgor).is_none() {
        found.add(Finding::of(Code::PartyUnknown).with(pledgor));
    }
    let skip = move |id: BurdenId| match id {
        BurdenId::Hold(reservation, _) => Some(reservation) == takes,
        BurdenId::Line(..) | BurdenId::Freeze(_) => false,
    };
    let mut lines: Vec<Line> = Vec::new();
    for (number, request) in (0_u16..).zip(requests) {
        let Some((right, policy)) = known(case, number, request.right, found) else {
            continue;
        };
        check_pledgee(case, number, policy, found);
        if !request.behind.is_empty() {
            found.add(Finding::of(Code::SecondRank).on_line(number));
        }
        let extent = match lines::extent_of(&request.extent, right, policy) {
            Ok(extent) => extent,
            Err(code) => {
                found.add(Finding::of(code).on_line(number));
                continue;
            }
        };
        let with_earlier = with_lines(right, request.right, &lines, name);
        let right = with_earlier.as_ref().unwrap_or(right);
        let wish = Wish {
            number,
            id: request.right,
            right,
            policy,
            extent,
            skip: &skip,
        };
        lines::check_right(case, &wish, pledgor, found);
        lines::check_extent(case, &wish, found);
        check_year(number, right, policy, extent, found);
        let behind = request.behind.clone();
        lines.push(Line {
            right: request.right,
            extent,
            behind,
            released: false,
        });
    }
    lines
}

fn known<'a>(
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

fn check_pledgee(case: &Case<'_>, number: u16, policy: &KindPolicy, found: &mut Findings) {
    let may = case.facts.party(case.command.org).is_some_and(|party| {
        policy
            .pledgee_roles
            .iter()
            .any(|role| party.has_role(*role))
    });
    if !may {
        found.add(
            Finding::of(Code::CannotTakePledge)
                .on_line(number)
                .with(case.command.org),
        );
    }
}

fn check_term(case: &Case<'_>, number: u16, id: RightId, term: Option<Span>, found: &mut Findings) {
    let Some(right) = case.facts.right(id) else {
        return;
    };
    let Some(policy) = case.facts.policy(&right.kind, case.stamp.time) else {
        return;
    };
    lines::check_term(number, id, right, policy, term, found);
}

fn check_year(
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
            expires: None,
            authority: None,
            behind: Vec::new(),
            overhang: None,
        })
        .collect();
    if burdens.is_empty() {
        return None;
    }
    let mut right = right.clone();
    right.burdens.extend(burdens);
    Some(right)
}

/// Finds the pledge, and says who may act on it.
fn own_pledge<'a>(case: &Case<'a>, id: PledgeId, found: &mut Findings) -> Option<&'a Pledge> {
    let Some(pledge) = case.facts.pledge(id) else {
        found.add(Finding::of(Code::PledgeUnknown).with(id));
        return None;
    };
    if pledge.pledgee != case.command.org {
        found.add(Finding::of(Code::NotThePledgee).with(id));
    }
    if pledge.is_closed() {
        found.add(Finding::of(Code::ClosedPledge).with(id));
    }
    Some(pledge)
}

/// Finds an open line of a pledge.
fn open_line<'a>(
    pledge: &'a Pledge,
    id: PledgeId,
    number: u16,
    found: &mut Findings,
) -> Option<&'a Line> {
    let line = pledge.lines.get(usize::from(number));
    let open = line.filter(|line| !line.released);
    if open.is_none() {
        found.add(Finding::of(Code::ClosedPledge).with(BurdenId::Line(id, number)));
    }
    open
}

fn changes_on(case: &Case<'_>, event: &Event, rights: &[RightId]) -> Vec<OverhangChange> {
    rights
        .iter()
        .flat_map(|right| overhang_changes(case, event, *right))
        .collect()
}

fn rights_of_results(lines: &[LineResult]) -> Vec<RightId> {
    let lines: Vec<Line> = lines.iter().map(|result| result.line.clone()).collect();
    rights_of(&lines)
}

/// Returns the right with these lines of the pledge at their new size, where any of them lies on it.
fn with_results(right: &Right, on: RightId, id: PledgeId, results: &[LineResult]) -> Option<Right> {
    let mine = || results.iter().filter(|result| result.line.right == on);
    mine().next()?;
    let mut right = right.clone();
    for result in mine() {
        let name = BurdenId::Line(id, result.number);
        if let Some(burden) = right.burdens.iter_mut().find(|burden| burden.id == name) {
            burden.extent = result.line.extent;
        }
    }
    Some(right)
}

/// Checks what a line would newly take, as if its former self were not there and the lines of `earlier` had changed.
fn check_growth(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    number: u16,
    line: &Line,
    earlier: &[LineResult],
    found: &mut Findings,
) {
    let Some((right, policy)) = known(case, number, line.right, found) else {
        return;
    };
    let changed = with_results(right, line.right, id, earlier);
    let skip = |burden: BurdenId| burden == BurdenId::Line(id, number);
    let wish = Wish {
        number,
        id: line.right,
        right: changed.as_ref().unwrap_or(right),
        policy,
        extent: line.extent,
        skip: &skip,
    };
    lines::check_right(case, &wish, pledge.pledgor, found);
    lines::check_extent(case, &wish, found);
}

pub(super) fn amend(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    found: &mut Findings,
) -> Option<Event> {
    let pledge = own_pledge(case, id, found)?;
    let (mut results, mut growing) = (Vec::new(), Vec::new());
    for change in changes {
        let Some(line) = open_line(pledge, id, change.line, found) else {
            continue;
        };
        let Some((quantity, _)) = &change.amount else {
            found.add(Finding::of(Code::UnitMismatch).on_line(change.line));
            continue;
        };
        let (extent, grows) = match line.extent {
            Extent::Stock(present) => (Extent::Stock(*quantity), *quantity > present),
            Extent::Flow(present, span) => (Extent::Flow(*quantity, span), *quantity > present),
            Extent::Whole | Extent::Years(_) => {
                found.add(Finding::of(Code::NotApplicable).on_line(change.line));
                continue;
            }
        };
        if quantity.is_zero() {
            found.add(Finding::of(Code::ZeroQuantity).on_line(change.line));
        }
        let result = LineResult {
            number: change.line,
            line: Line {
                extent,
                ..line.clone()
            },
        };
        let list = if grows { &mut growing } else { &mut results };
        list.push(result);
    }
    // What the command gives back is free for its other lines, and each of these sees those before it.
    for LineResult { number, line } in growing {
        check_growth(case, (id, pledge), number, &line, &results, found);
        results.push(LineResult { number, line });
    }
    results.sort_by_key(|result| result.number);
    if found.refuses() {
        return None;
    }
    let event = Event::PledgeAmended {
        pledge: id,
        lines: results.clone(),
        overhangs: Vec::new(),
    };
    let overhangs = changes_on(case, &event, &rights_of_results(&results));
    Some(Event::PledgeAmended {
        pledge: id,
        lines: results,
        overhangs,
    })
}

pub(super) fn extend(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    term: Option<Span>,
    found: &mut Findings,
) -> Option<Event> {
    let pledge = own_pledge(case, id, found)?;
    let mut results = Vec::new();
    for change in changes {
        let Some(line) = open_line(pledge, id, change.line, found) else {
            continue;
        };
        let (Extent::Flow(quantity, span), Some(to)) = (line.extent, change.to) else {
            found.add(Finding::of(Code::NotApplicable).on_line(change.line));
            continue;
        };
        let Some(longer) = Span::new(span.from(), to).filter(|_| to > span.to()) else {
            found.add(Finding::of(Code::NotLonger).on_line(change.line));
            continue;
        };
        // Only the added days are judged: what stands keeps its place even where a cut has left it hanging.
        if let Some(added) = Span::new(span.to(), to) {
            let added = Line {
                extent: Extent::Flow(quantity, added),
                ..line.clone()
            };
            check_growth(case, (id, pledge), change.line, &added, &results, found);
        }
        let line = Line {
            extent: Extent::Flow(quantity, longer),
            ..line.clone()
        };
        results.push(LineResult {
            number: change.line,
            line,
        });
    }
    for (number, line) in (0_u16..)
        .zip(&pledge.lines)
        .filter(|(_, line)| !line.released)
    {
        check_term(case, number, line.right, term, found);
    }
    (!found.refuses()).then_some(Event::PledgeExtended {
        pledge: id,
        lines: results,
        term,
    })
}

pub(super) fn release(
    case: &Case<'_>,
    id: PledgeId,
    changes: &[LineChange],
    found: &mut Findings,
) -> Option<Event> {
    let pledge = own_pledge(case, id, found)?;
    let all_open = || {
        let open = (0_u16..)
            .zip(&pledge.lines)
            .filter(|(_, line)| !line.released);
        open.map(|(line, _)| LineChange {
            line,
            amount: None,
            to: None,
        })
        .collect::<Vec<_>>()
    };
    let changes = if changes.is_empty() {
        all_open()
    } else {
        changes.to_vec()
    };
    let mut results = Vec::new();
    for change in &changes {
        let Some(line) = open_line(pledge, id, change.line, found) else {
            continue;
        };
        let line = release_line(change, line, id, found);
        results.extend(line.map(|line| LineResult {
            number: change.line,
            line,
        }));
    }
    if found.refuses() {
        return None;
    }
    let event = Event::PledgeReleased {
        pledge: id,
        lines: results.clone(),
        overhangs: Vec::new(),
    };
    let hangs = |right: &RightId| {
        let burdens = case
            .facts
            .right(*right)
            .map(|right| right.burdens.as_slice());
        burdens
            .unwrap_or_default()
            .iter()
            .any(|burden| burden.overhang.is_some())
    };
    // A release frees; only rights that carry an overhang have one to change.
    let rights: Vec<RightId> = rights_of_results(&results)
        .into_iter()
        .filter(hangs)
        .collect();
    let overhangs = changes_on(case, &event, &rights);
    Some(Event::PledgeReleased {
        pledge: id,
        lines: results,
        overhangs,
    })
}

fn release_line(
    change: &LineChange,
    line: &Line,
    id: PledgeId,
    found: &mut Findings,
) -> Option<Line> {
    let whole = || {
        Some(Line {
            released: true,
            ..line.clone()
        })
    };
    let Some((part, _)) = &change.amount else {
        return whole();
    };
    let (Extent::Stock(present) | Extent::Flow(present, _)) = line.extent else {
        found.add(Finding::of(Code::NotApplicable).on_line(change.line));
        return None;
    };
    if part.is_zero() {
        found.add(Finding::of(Code::ZeroQuantity).on_line(change.line));
        return None;
    }
    let Some(rest) = present.checked_sub(*part) else {
        let mut finding = Finding::of(Code::ExceedsPledge).on_line(change.line);
        finding
            .conflicts
            .push(BurdenId::Line(id, change.line).to_string());
        finding.alternative = Some(crate::domain::finding::Alternative {
            quantity: Some(present),
            ..crate::domain::finding::Alternative::default()
        });
        found.add(finding);
        return None;
    };
    if rest.is_zero() {
        return whole();
    }
    let extent = match line.extent {
        Extent::Stock(_) => Extent::Stock(rest),
        Extent::Flow(_, span) => Extent::Flow(rest, span),
        Extent::Whole | Extent::Years(_) => line.extent,
    };
    Some(Line {
        extent,
        ..line.clone()
    })
}

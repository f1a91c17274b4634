//! Changes of a pledge whose lines keep their places: amend, extend, release. What law 2 places anew is in `additions`.

use crate::domain::command::{CourtOrder, LineChange};
use crate::domain::event::{Event, LineResult, OverhangChange};
use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::{BurdenId, Extent, Right};
use crate::domain::rules::acts::check_basis;
use crate::domain::rules::burdens::overhang_changes;
use crate::domain::rules::lines::{self, Wish};
use crate::domain::rules::pledges::{check_term, known, rights_of};
use crate::domain::rules::{Case, Findings, consents, lapses};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::time::Span;

/// Finds the pledge, and says who may act on it.
pub(super) fn own_pledge<'a>(
    case: &Case<'a>,
    id: PledgeId,
    found: &mut Findings,
) -> Option<&'a Pledge> {
    let pledge = open_pledge(case, id, found)?;
    if case.acting(pledge.pledgee) != case.command.org {
        found.add(Finding::of(Code::NotThePledgee).with(id));
    }
    Some(pledge)
}

/// Finds a pledge that is not closed.
fn open_pledge<'a>(case: &Case<'a>, id: PledgeId, found: &mut Findings) -> Option<&'a Pledge> {
    let Some(pledge) = case.facts.pledge(id) else {
        found.add(Finding::of(Code::PledgeUnknown).with(id));
        return None;
    };
    if pledge.is_closed_at(case.stamp.time) {
        found.add(Finding::of(Code::ClosedPledge).with(id));
    }
    Some(pledge)
}

/// Finds an open line of a pledge.
pub(super) fn open_line<'a>(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &'a Pledge),
    number: u16,
    found: &mut Findings,
) -> Option<&'a Line> {
    let line = pledge.lines.get(usize::from(number));
    let open = line.filter(|line| line.is_open_at(case.stamp.time));
    if open.is_none() {
        found.add(Finding::of(Code::ClosedPledge).with(BurdenId::Line(id, number)));
    }
    open
}

pub(super) fn changes_on(
    case: &Case<'_>,
    event: &Event,
    rights: &[RightId],
) -> Vec<OverhangChange> {
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
        behind: 0,
        replaces: &skip,
    };
    let giver = consents::giver_of_more(case, right, pledge, found);
    lines::check_right(case, &wish, giver, found);
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
        let Some(line) = open_line(case, (id, pledge), change.line, found) else {
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
        let Some(line) = open_line(case, (id, pledge), change.line, found) else {
            continue;
        };
        let (Extent::Flow(quantity, span), Some(to)) = (line.extent, change.to) else {
            found.add(Finding::of(Code::NotApplicable).on_line(change.line));
            continue;
        };
        let Some(longer) = Span::new(span.from(), to).filter(|_| to > span.to()) else {
            let mut finding = Finding::of(Code::NotLonger).on_line(change.line);
            if case.law.names_every_record() {
                finding = finding.with(id);
                finding.at = Some(span.to().next());
            }
            found.add(finding);
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
    lapses::check_later(case, (id, pledge), term, found);
    // A claim that is extended runs since it began.
    let since = pledge.term.map(Span::from);
    for (number, line) in (0_u16..)
        .zip(&pledge.lines)
        .filter(|(_, line)| line.is_open_at(case.stamp.time))
    {
        check_term(case, number, line.right, (term, since), found);
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
    order: Option<CourtOrder>,
    found: &mut Findings,
) -> Option<Event> {
    let pledge = match order {
        None => own_pledge(case, id, found)?,
        Some(order) => {
            check_basis(case, Some(order.authority), found);
            open_pledge(case, id, found)?
        }
    };
    let all_open = || {
        let open = (0_u16..)
            .zip(&pledge.lines)
            .filter(|(_, line)| line.is_open_at(case.stamp.time));
        open.map(|(line, _)| LineChange {
            line,
            amount: None,
            to: None,
            behind: Vec::new(),
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
        let Some(line) = open_line(case, (id, pledge), change.line, found) else {
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

pub(super) fn release_line(
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

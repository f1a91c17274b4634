//! Events of law 1 on lines, under either law: each line result is what the payload makes of the line as it stood, and under
//! law 2 nothing is added in place that the law puts at the position of its entry.

use crate::domain::command::{Body, LineChange};
use crate::domain::event::{Event, LineResult};
use crate::domain::facts::StateKey;
use crate::domain::pledge::Line;
use crate::domain::right::{BurdenId, Extent};
use crate::domain::rules::additions::is_overtaken;
use crate::primitives::id::PledgeId;
use crate::primitives::limits;
use crate::primitives::time::{Day, Span};
use crate::verify::binding::known::{Was, becomes, quantity_of, was, with_quantity, without};
use crate::verify::binding::{Signed, lapse, sold};
use crate::verify::past::Past;

/// Checks the results of an amendment, an extension or a release; that there is one for each change is checked before.
pub(super) fn check(signed: &Signed, event: &Event, past: &Past) -> Result<(), String> {
    match (&signed.command.body, event) {
        (
            Body::AmendPledge {
                pledge,
                changes,
                cap_cny,
                green,
                ..
            },
            Event::PledgeAmended { lines, .. },
        ) => {
            let is_placed = cap_cny.is_some() || green.is_some() || places(signed, changes);
            stays_in_place(is_placed)?;
            ascend(lines)?;
            each(past, *pledge, changes, lines, &|change, result, before| {
                amended(signed, change, result, before)
            })
        }
        (
            Body::ExtendPledge {
                pledge,
                changes,
                term,
                maximum,
                ..
            },
            Event::PledgeExtended { lines, .. },
        ) => {
            let is_placed = maximum.is_some() || places(signed, changes);
            stays_in_place(is_placed || lapse::moves(*pledge, *term, past))?;
            lapse::is_later(signed, *pledge, *term, past)?;
            follow(changes, lines)?;
            each(past, *pledge, changes, lines, &|change, result, before| {
                let name = BurdenId::Line(*pledge, change.line);
                extended(signed, past, (name, change), result, before)
            })
        }
        (
            Body::ReleasePledge {
                pledge,
                changes,
                order,
            },
            Event::PledgeReleased { lines, .. },
        ) => {
            if let Some(order) = order {
                let authority = Some(order.authority);
                sold::check_basis(signed.command.org, authority, past.facts())?;
            }
            released(past, *pledge, changes, lines)
        }
        (
            Body::RegisterPledge(_),
            Event::PledgeRegistered {
                reservation: Some(taken),
                ..
            },
        ) if taken.in_place != signed.law.keeps_reserved_places() => {
            Err("the lines do not stand where they were reserved".to_owned())
        }
        (_, _) => Ok(()),
    }
}

/// What was attested is a note, and ranks are places: events of law 1 have no room for them.
fn places(signed: &Signed, changes: &[LineChange]) -> bool {
    let ranks = changes.iter().any(LineChange::adds_own_line);
    ranks || !signed.command.attested.is_empty()
}

fn stays_in_place(is_placed: bool) -> Result<(), String> {
    if is_placed {
        return Err("the event has no room for what the payload adds".to_owned());
    }
    Ok(())
}

fn ascend(lines: &[LineResult]) -> Result<(), String> {
    if lines.is_sorted_by(|a, b| a.number < b.number) {
        return Ok(());
    }
    Err("the lines are not in their order".to_owned())
}

fn follow(changes: &[LineChange], lines: &[LineResult]) -> Result<(), String> {
    let asked = changes.iter().map(|change| change.line);
    if lines.iter().map(|result| result.number).eq(asked) {
        return Ok(());
    }
    Err("the lines are not in the order of the payload".to_owned())
}

/// Judges the result of one change, beside the line as it stood where the file shows it.
type Judge<'a> = &'a dyn Fn(&LineChange, &Line, Option<&Line>) -> bool;

fn each(
    past: &Past,
    pledge: PledgeId,
    changes: &[LineChange],
    lines: &[LineResult],
    is: Judge<'_>,
) -> Result<(), String> {
    for change in changes {
        let number = change.line;
        let result = lines.iter().find(|result| result.number == number);
        let fits = result.is_some_and(|result| match was(past, pledge, number) {
            Was::Open(was) => is(change, &result.line, Some(&was)),
            Was::Gone => false,
            Was::Unknown => {
                let right = StateKey::Right(result.line.right);
                !past.shows(&right) && is(change, &result.line, None)
            }
        });
        if !fits {
            return Err(format!("line {number} does not become what was asked"));
        }
    }
    Ok(())
}

fn amended(signed: &Signed, change: &LineChange, result: &Line, before: Option<&Line>) -> bool {
    let Some((asked, _)) = &change.amount else {
        return false;
    };
    let Some(before) = before else {
        return quantity_of(result) == Some(*asked);
    };
    let grows = quantity_of(before).is_none_or(|present| *asked > present);
    !(grows && signed.law.splits_additions())
        && with_quantity(before, *asked).as_ref() == Some(result)
}

fn extended(
    signed: &Signed,
    past: &Past,
    (name, change): (BurdenId, &LineChange),
    result: &Line,
    before: Option<&Line>,
) -> bool {
    let Some(before) = before else {
        return true;
    };
    let splits = signed.law.splits_additions()
        && overtaken(signed, past, name, before, change.to) == Some(true);
    !splits && longer(before, change.to).as_ref() == Some(result)
}

/// A line with a later end.
pub(super) fn longer(line: &Line, to: Option<Day>) -> Option<Line> {
    let (Extent::Flow(quantity, span), Some(to)) = (line.extent, to) else {
        return None;
    };
    let longer = Span::new(span.from(), to).filter(|_| to > span.to())?;
    Some(Line {
        extent: Extent::Flow(quantity, longer),
        ..line.clone()
    })
}

/// Says whether somebody else has come to share the added days; unknown where the history of the right is not shown.
pub(super) fn overtaken(
    signed: &Signed,
    past: &Past,
    name: BurdenId,
    line: &Line,
    to: Option<Day>,
) -> Option<bool> {
    let right = past.right(line.right)?;
    Some(is_overtaken(right, name, line, to, signed.at.time))
}

/// A release of the whole names every line that stands, in order.
fn released(
    past: &Past,
    pledge: PledgeId,
    changes: &[LineChange],
    lines: &[LineResult],
) -> Result<(), String> {
    let quantity_asked = |number: u16| {
        let change = changes.iter().find(|change| change.line == number)?;
        change.amount.as_ref().map(|(quantity, _)| *quantity)
    };
    for LineResult { number, line } in lines {
        let asked = quantity_asked(*number);
        let made = |was: &Line| without(was, asked);
        let within = |line: &Line| asked.is_some() || line.released;
        if !becomes(past, (pledge, *number), line, made, within) {
            return Err(format!("line {number} does not become what was asked"));
        }
    }
    if !changes.is_empty() {
        return follow(changes, lines);
    }
    ascend(lines)?;
    let stands = |number: &u16| matches!(was(past, pledge, *number), Was::Open(_));
    let all = 0..u16::try_from(limits::PLEDGE_LINES_MAX).unwrap_or(u16::MAX);
    let left = all
        .into_iter()
        .filter(stands)
        .find(|number| lines.iter().all(|result| result.number != *number));
    match left {
        Some(number) => Err(format!("line {number} is not released")),
        None => Ok(()),
    }
}

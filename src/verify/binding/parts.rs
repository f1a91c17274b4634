//! Acts on rights that take lines along: a part that goes to somebody or turns into something, a line that is set right. Where
//! the history of the right is not shown they are held within what they may change at all, and every burden says what its line
//! says; where it is shown, `carried` makes the first two again.

use crate::domain::change::{Change, Row};
use crate::domain::command::{Correction, RightAct};
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::BurdenId;
use crate::domain::wire::record_json;
use crate::primitives::id::RightId;
use crate::primitives::time::Timestamp;
use crate::verify::binding::Signed;
use crate::verify::binding::form;
use crate::verify::binding::lapse;
use crate::verify::binding::lines::{Lines, agree, lines_of};
use crate::verify::binding::notes::{items_of, list_of};
use crate::verify::past::Past;

/// What such an act may set of the right and of the pledges.
struct Reach {
    right: &'static [&'static str],
    pledge: &'static [&'static str],
}

/// Checks what such an act changes.
pub(super) fn check(
    signed: &Signed,
    act: &RightAct,
    (changes, rows): (&[Change], &[Row]),
    past: &Past,
) -> Result<(), String> {
    form::check(changes, rows)?;
    let lines = lines_of(rows)?;
    agree(&lines, rows, past)?;
    if let RightAct::CorrectRight {
        correction: Correction::Line { line, .. },
        ..
    } = act
    {
        lapse::corrected(*line, &lines, past)?;
        corrected(signed, act, *line, &lines, past)?;
        noted(*line, rows, signed.at.time, past)?;
    }
    let reach = reach(act);
    let made = RightId(signed.at.index);
    let members = |key: &StateKey| match key {
        StateKey::Right(id) if *id == made => None,
        StateKey::Right(_) => Some((reach.right, "burdens")),
        StateKey::Pledge(_) | StateKey::Reservation(_) => Some((reach.pledge, "lines")),
        StateKey::Party(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => None,
    };
    for change in changes {
        let fits = members(&change.of).is_none_or(|(allowed, _)| {
            let mut set = change.set.keys();
            !change.new && change.clear.is_empty() && set.all(|name| allowed.contains(&&**name))
        });
        if !fits {
            return Err(format!("{} changes otherwise", change.of.name()));
        }
    }
    let other = rows.iter().find(|row| {
        members(&row.of)
            .is_some_and(|(allowed, own)| *row.list != *own && !allowed.contains(&&*row.list))
    });
    match other {
        Some(row) => Err(format!("{} of {} changes", row.list, row.of.name())),
        None => Ok(()),
    }
}

/// The corrections of before are noted, but for one that gave way, and then the new one.
fn noted(line: BurdenId, rows: &[Row], now: Timestamp, past: &Past) -> Result<(), String> {
    let Some(id) = line.pledge() else {
        return Ok(());
    };
    let Some(before) = past
        .pledge(id)
        .filter(|_| past.shows(&StateKey::Pledge(id)))
    else {
        return Ok(());
    };
    let mut wanted = list_of(&record_json(&Record::Pledge(before.clone())), "corrections");
    if let Some(place) = before.old_correction(now) {
        wanted.remove(place);
    }
    let is = items_of(rows, id, "corrections");
    let earlier = is.split_last().map_or(&[][..], |(_, earlier)| earlier);
    let fails = || "the corrections of before are not those noted".to_owned();
    let fits = wanted.iter().eq(earlier.iter().copied());
    fits.then_some(()).ok_or_else(fails)
}

/// Of a line that grows, whoever holds the right has agreed; what was added to it before is corrected itself.
fn corrected(
    signed: &Signed,
    act: &RightAct,
    line: BurdenId,
    lines: &Lines,
    past: &Past,
) -> Result<(), String> {
    let (Some(pledge), BurdenId::Line(_, number)) = (line.pledge(), line) else {
        return Ok(());
    };
    let before = past
        .pledge(pledge)
        .filter(|_| past.shows(&StateKey::Pledge(pledge)));
    if before.is_some_and(|it| it.further_line(number, signed.at.time).is_some()) {
        return Err(format!(
            "what was added to line {number} is corrected itself"
        ));
    }
    let grows = !lines.contains_key(&(pledge, number));
    let (facts, index) = (past.facts(), signed.at.index);
    let right = past.right(act.right());
    let holder = right.filter(|_| grows && past.shows(&StateKey::Right(act.right())));
    let holder = holder.map(|right| facts.acting(right.holder, index));
    let named = act.consenting().iter();
    let mut named = named.map(|party| facts.acting(*party, index));
    match holder {
        Some(party) if !named.any(|one| one == party) => {
            Err("who holds the right has not agreed".to_owned())
        }
        Some(_) | None => Ok(()),
    }
}

fn reach(act: &RightAct) -> Reach {
    match act {
        RightAct::TransferRight { part: Some(_), .. } => Reach {
            right: &["balance", "steps"],
            pledge: &["joint"],
        },
        RightAct::ConvertRight { .. } => Reach {
            right: &["balance", "measure", "steps", "converted"],
            pledge: &["joint"],
        },
        RightAct::CorrectRight {
            correction: Correction::Line { .. },
            ..
        } => Reach {
            right: &[],
            pledge: &["corrections"],
        },
        RightAct::CorrectRight { .. }
        | RightAct::TransferRight { .. }
        | RightAct::ExtendRight { .. }
        | RightAct::SurrenderRight { .. }
        | RightAct::RecordVerification { .. }
        | RightAct::OfFreeze(_) => Reach {
            right: &[],
            pledge: &[],
        },
    }
}

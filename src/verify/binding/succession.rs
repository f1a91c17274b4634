//! What a right takes over from those it succeeds (docs/FORMATS.md 6.8): every burden that stood there, in the order of the
//! positions. A line left behind would be a pledge that nobody finds again.

use crate::domain::event::{Event, MovedLine};
use crate::domain::fold::Stamp;
use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::rules::burdens::renewed;
use crate::primitives::id::RightId;
use crate::primitives::time::Span;
use crate::verify::binding::known::{Was, line_of, was};
use crate::verify::past::Past;

/// Checks the burdens of a right that was issued, against the rights in `succeeds` as far as they are shown.
pub(super) fn check(event: &Event, at: Stamp, past: &Past) -> Result<(), String> {
    let Event::RightIssued {
        right,
        record,
        moved,
        ..
    } = event
    else {
        return Ok(());
    };
    let names = moved.iter().map(|item| item.burden);
    if !names.eq(record.burdens.iter().map(|burden| burden.id)) {
        return Err("its burdens are not those that move".to_owned());
    }
    if let Some(item) = moved
        .iter()
        .find(|item| !record.succeeds.contains(&item.from))
    {
        return Err(format!(
            "{} moves from {}, which it does not succeed",
            item.burden, item.from
        ));
    }
    if !in_order(&record.succeeds, moved) {
        return Err("its burdens are not in the order of their positions".to_owned());
    }
    for from in &record.succeeds {
        if let Some(before) = past.right(*from) {
            takes_all(*from, before, (record, moved), at)?;
        }
    }
    for (item, burden) in moved.iter().zip(&record.burdens) {
        stood(item, burden, past)?;
    }
    if let Some(converted) = converted_of(&record.succeeds, past)
        && converted != record.converted
    {
        return Err("the converted years are not those of the rights that it succeeds".to_owned());
    }
    if let Some(change) = renewed(*right, record, at.time).first() {
        return Err(format!("{} hangs with another quantity", change.burden));
    }
    Ok(())
}

/// Of several rights whoever has the smaller entry comes first; a line that was added to its pledge later counts as late as
/// those before it on its right.
fn in_order(succeeds: &[RightId], moved: &[MovedLine]) -> bool {
    let mut placed: Vec<(u64, BurdenId)> = Vec::new();
    for from in succeeds {
        let mut least = 0;
        for item in moved.iter().filter(|item| item.from == *from) {
            least = item.burden.entry().max(least);
            placed.push((least, item.burden));
        }
    }
    placed.sort_by_key(|(position, _)| *position);
    let wanted = placed.iter().map(|(_, burden)| burden);
    wanted.eq(moved.iter().map(|item| &item.burden))
}

/// What moves from a right whose history is shown is all that counted there.
fn takes_all(
    from: RightId,
    before: &Right,
    (record, moved): (&Right, &[MovedLine]),
    at: Stamp,
) -> Result<(), String> {
    let bare = |burden: &Burden| Burden {
        overhang: None,
        ..burden.clone()
    };
    let stood = before.burdens.iter().filter(|b| b.counts_at(at.time));
    let taken = moved.iter().zip(&record.burdens);
    let taken = taken.filter(|(item, _)| item.from == from);
    if stood.map(bare).eq(taken.map(|(_, burden)| bare(burden))) {
        return Ok(());
    }
    Err(format!("it does not take over just what stood on {from}"))
}

/// A line that is known stood on the right that it moves from, with the same extent, behind the same lines.
fn stood(item: &MovedLine, burden: &Burden, past: &Past) -> Result<(), String> {
    let BurdenId::Line(pledge, number) = item.burden else {
        return Ok(());
    };
    let is_known = match was(past, pledge, number) {
        Was::Open(line) => line == line_of(item.from, burden),
        Was::Gone => false,
        Was::Unknown => true,
    };
    if is_known {
        return Ok(());
    }
    Err(format!("{} did not stand so on {}", item.burden, item.from))
}

/// The converted years of all rights in `succeeds`, if all are shown with their histories.
fn converted_of(succeeds: &[RightId], past: &Past) -> Option<Vec<Span>> {
    let mut converted = Vec::new();
    for from in succeeds {
        converted.extend(past.right(*from)?.converted.iter().copied());
    }
    Some(converted)
}

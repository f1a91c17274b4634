//! `extend_right` against the right as it was: its span, the row of its source, and slivers with neighbors that it meets.
//!
//! What the neighbors had tolerated before is in no file about this right, so of slivers it is checked that both sides note them.

use std::sync::Arc;

use crate::domain::change::{Change, Members, Row};
use crate::domain::event::{Event, cells_of};
use crate::domain::facts::{Fact, Facts, Record, StateKey};
use crate::domain::right::{Capacity, Right};
use crate::primitives::canonical::Json;
use crate::primitives::id::RightId;

/// What a sliver is noted by.
const TOLERATED: &str = "tolerated_area2";

/// Says whether the event does no more than the payload asks, whatever the right was before.
pub(super) fn leaves(right: RightId, asked: &Members, changes: &[Change], rows: &[Row]) -> bool {
    let own = StateKey::Right(right);
    let fits = |change: &Change| {
        if change.of != own {
            return is_right(&change.of);
        }
        let is_mended = change.clear == ["revoked_from"] && rows.is_empty();
        let ends = match change.set.get("span") {
            Some(Json::Object(span)) => span.get("to") == asked.get("to"),
            Some(_) => false,
            None => is_mended,
        };
        let only = change
            .set
            .keys()
            .all(|name| name == "span" || name == TOLERATED);
        let stays_else = change.clear.is_empty() || (is_mended && !change.set.contains_key("span"));
        ends && only && stays_else
    };
    let is_row = |row: &Row| {
        let of_source = matches!(row.of, StateKey::Source(_)) && row.list == "rights";
        let says = |name: &str, value: Option<&Json>| row.item.get(name) == value;
        let id = Json::text(right.to_string());
        of_source && !row.drop && says("right", Some(&id)) && says("to", asked.get("to"))
    };
    changes.iter().any(|change| change.of == own)
        && changes.iter().all(fits)
        && rows.len() <= 1
        && rows.iter().all(is_row)
}

/// The facts from which the law makes the event again: the right before it, its row of the source, and no neighbors.
pub(super) fn facts(mut facts: Facts, id: RightId, before: &Right) -> Facts {
    let fact = |record| Some(Arc::new(Fact { record, version: 0 }));
    facts.insert(StateKey::Right(id), fact(Record::Right(before.clone())));
    if let Some(source) = &before.source {
        let rows = Record::Source(vec![(id, before.span)]);
        facts.insert(StateKey::Source(source.clone()), fact(rows));
    }
    for cell in cells_of(before) {
        facts.insert(StateKey::Cell(*cell), None);
    }
    facts
}

/// Takes slivers off the event, after checking that they stand on both sides.
pub(super) fn without_slivers(
    event: &Event,
    id: RightId,
    before: &Right,
) -> Result<Event, &'static str> {
    let mut event = event.clone();
    let Event::Changed {
        changes, overhangs, ..
    } = &mut event
    else {
        return Err("another form of event");
    };
    let own = StateKey::Right(id);
    let was = match &before.capacity {
        Capacity::Land {
            tolerated_area2, ..
        } => *tolerated_area2,
        Capacity::Stock(_) | Capacity::Flow(_) => 0,
    };
    let (mut is, mut theirs, mut met) = (was, 0_i128, 0);
    for change in changes.iter_mut() {
        let noted = if change.of == own {
            change.set.remove(TOLERATED)
        } else {
            met += 1;
            change.set.get(TOLERATED).cloned()
        };
        let area = noted.map(|noted| area(&noted).ok_or("an area that is none"));
        match (change.of == own, area.transpose()?) {
            (true, Some(area)) => is = area,
            (false, Some(area)) => theirs = theirs.saturating_add(area),
            (true, None) => {}
            (false, None) => return Err("a neighbor that nothing is noted on"),
        }
    }
    let added = is.saturating_sub(was);
    // Each neighbor notes what it has tolerated in all, so theirs together are never less.
    let balanced = if met == 0 {
        added == 0
    } else {
        0 < added && added <= theirs
    };
    if !balanced {
        return Err("a sliver that only one side notes");
    }
    changes.retain(|change| change.of == own || !is_right(&change.of));
    overhangs.retain(|change| change.right == id);
    Ok(event)
}

fn area(value: &Json) -> Option<i128> {
    match value {
        Json::Text(text) => text
            .parse()
            .ok()
            .filter(|area: &i128| *area >= 0 && area.to_string() == *text),
        Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn is_right(key: &StateKey) -> bool {
    matches!(key, StateKey::Right(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::right::GroundOf;
    use crate::primitives::id::PartyId;
    use crate::primitives::quantity::Quantity;
    use crate::primitives::time::Span;

    fn land(tolerated_area2: i128) -> Right {
        Right {
            kind: "forest".to_owned(),
            issuer: PartyId(1),
            holder: PartyId(2),
            acquired: None,
            identities: Vec::new(),
            source: None,
            layer: Some("forest".to_owned()),
            span: Span::of_years(2026, 2030).unwrap(),
            capacity: Capacity::Land {
                ground: GroundOf::Unknown,
                measure: Quantity::ZERO,
                cells: Vec::new(),
                tolerated_area2,
            },
            class: None,
            attributes: [].into(),
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
        }
    }

    fn change(of: u64, members: &[(&str, &str)]) -> Change {
        let set = members.iter();
        Change {
            of: StateKey::Right(RightId(of)),
            new: false,
            set: set
                .map(|(name, value)| ((*name).to_owned(), Json::text(*value)))
                .collect(),
            clear: Vec::new(),
        }
    }

    fn event(changes: Vec<Change>) -> Event {
        Event::Changed {
            act: "extend_right".to_owned(),
            changes,
            rows: Vec::new(),
            overhangs: Vec::new(),
        }
    }

    #[test]
    fn a_sliver_stands_on_both_sides_or_on_none() {
        let id = RightId(41);
        let before = land(100);
        let judge = |own: Option<&str>, theirs: &[&str]| {
            let own = own.map(|area| (TOLERATED, area));
            let mut changes = vec![change(41, own.as_slice())];
            changes.extend(theirs.iter().map(|area| change(42, &[(TOLERATED, area)])));
            without_slivers(&event(changes), id, &before)
        };
        let alone = Ok(event(vec![change(41, &[])]));
        assert_eq!(judge(None, &[]), alone);
        assert_eq!(judge(Some("130"), &["30"]), alone);
        assert_eq!(judge(Some("130"), &["900"]), alone, "its own past is in it");
        for (own, theirs) in [
            (Some("130"), &[][..]),
            (None, &["30"][..]),
            (Some("131"), &["30"][..]),
            (Some("70"), &["30"][..]),
            (Some("x"), &["30"][..]),
        ] {
            assert!(judge(own, theirs).is_err(), "{own:?} {theirs:?}");
        }
    }
}

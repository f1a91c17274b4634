//! The right that a part or a conversion makes, where the file shows no history of the right it came of: it is entered under its
//! identities and at its source, nowhere else, and the right it came of has less.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::{Change, Members, Row};
use crate::domain::facts::StateKey;
use crate::domain::fold::Stamp;
use crate::domain::right::Identity;
use crate::primitives::canonical::Json;
use crate::primitives::id::RightId;
use crate::verify::binding::acts::text;

/// Says whether the new right gets these identities and its days at its source, and no other place.
pub(super) fn is_entered(
    at: Stamp,
    identities: &[Identity],
    (changes, rows): (&[Change], &[Row]),
) -> bool {
    let made = StateKey::Right(RightId(at.index));
    let Some(new) = changes.iter().find(|change| change.of == made) else {
        return false;
    };
    if new.set.contains_key("acquired") {
        return false;
    }
    let to_new = Members::from([("right".to_owned(), Json::text(made.name()))]);
    let wanted: BTreeSet<StateKey> = identities.iter().map(StateKey::identity).collect();
    let leads: BTreeMap<&StateKey, bool> = changes
        .iter()
        .filter(|change| matches!(change.of, StateKey::Identity(_)))
        .map(|change| (&change.of, change.new && change.set == to_new))
        .collect();
    let mut places = rows.iter().filter(|row| is_place(&row.of));
    let is_at_source = match (text(&new.set, "source"), places.next(), places.next()) {
        (None, None, None) => !changes.iter().any(|change| is_place(&change.of)),
        (Some(source), Some(row), None) => {
            let mut item = to_new;
            if let Some(Json::Object(span)) = new.set.get("span") {
                item.extend(span.clone());
            }
            row.of == StateKey::Source(source.to_owned())
                && row.list == "rights"
                && !row.drop
                && row.item == item
                && changes.iter().all(|change| begins(change, &row.of))
        }
        _ => false,
    };
    leads.keys().copied().eq(&wanted) && leads.values().all(|is_right| *is_right) && is_at_source
}

fn is_place(key: &StateKey) -> bool {
    matches!(key, StateKey::Source(_) | StateKey::Cell(_))
}

/// A source of which the new right is the first begins without rights; no other place changes.
fn begins(change: &Change, source: &StateKey) -> bool {
    let empty = Members::from([("rights".to_owned(), Json::List(Vec::new()))]);
    !is_place(&change.of) || (change.of == *source && change.new && change.set == empty)
}

/// Says whether of the right it came of this member is set, and no other.
pub(super) fn lessens(right: RightId, member: &str, changes: &[Change]) -> bool {
    let own = StateKey::Right(right);
    let change = changes.iter().find(|change| change.of == own);
    change.is_some_and(|change| change.set.len() == 1 && change.set.contains_key(member))
}

//! The one form of an act (docs/FORMATS.md 3.2): the same difference is never written in two ways.

use std::collections::BTreeSet;

use crate::domain::change::{Change, Members, Row, identifying};
use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;

/// Checks the order of changes and rows, and that neither says what the other says or what is said already.
pub(super) fn check(changes: &[Change], rows: &[Row]) -> Result<(), String> {
    let fails = |what: &str| Err(format!("the event has another form: {what}"));
    if !changes.is_sorted_by(|a, b| a.of < b.of) {
        return fails("its changes are not in their order");
    }
    if !rows.is_sorted_by(|a, b| (&a.of, &*a.list) <= (&b.of, &*b.list)) {
        return fails("its rows are not in their order");
    }
    let with_rows: BTreeSet<&StateKey> = rows.iter().map(|row| &row.of).collect();
    let is_idle = |change: &&Change| {
        !change.new
            && change.set.is_empty()
            && change.clear.is_empty()
            && with_rows.contains(&change.of)
    };
    if changes.iter().any(|change| is_idle(&change)) {
        return fails("a change that says nothing beside rows");
    }
    for list in rows.chunk_by(|a, b| (&a.of, &a.list) == (&b.of, &b.list)) {
        let Some(first) = list.first() else { continue };
        let ok = match identifying(&first.list) {
            Some(member) => names_once(list, member),
            None => is_set_whole(changes, first) && list.iter().all(|row| !row.drop),
        };
        if !ok {
            return fails(&format!("the rows of {}", first.list));
        }
    }
    Ok(())
}

/// What is dropped comes first, and nothing is named twice.
fn names_once(list: &[Row], member: &str) -> bool {
    let name = |item: &Members| item.get(member).map(Json::to_canonical);
    let names: BTreeSet<Option<String>> = list.iter().map(|row| name(&row.item)).collect();
    let drops_first = list.is_sorted_by(|a, b| a.drop || !b.drop);
    drops_first && names.len() == list.len() && !names.contains(&None)
}

/// A list without identifying member is set empty in the change and filled by rows.
fn is_set_whole(changes: &[Change], row: &Row) -> bool {
    let change = changes.iter().find(|change| change.of == row.of);
    let set = change.and_then(|change| change.set.get(&row.list));
    set == Some(&Json::List(Vec::new()))
}

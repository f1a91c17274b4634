//! How every act of law 2 says what it changed: the members of each touched record that are different now.
//!
//! The form is the same for all acts, so a reader folds an act that it has never heard of. A change stands on the wire form
//! of records (docs/FORMATS.md 5.4), because that is what the state commits to. Items of long lists (burdens of a right,
//! lines of a pledge, keys of a party) are put or dropped one by one, everything else is set whole; a list of objects is set
//! empty and filled again by rows, because nested it would pass the depth that an entry may have.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{Record, StateKey};
use crate::domain::wire::{read_record, record_json};
use crate::primitives::canonical::Json;

/// Members of an object.
pub type Members = BTreeMap<String, Json>;

/// The members of one record that are different after the act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The record.
    pub of: StateKey,
    /// The act created it.
    pub new: bool,
    /// Members with their new values, whole.
    pub set: Members,
    /// Members that are gone.
    pub clear: Vec<String>,
}

/// One item of a list of a record that was put there or dropped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The record.
    pub of: StateKey,
    /// The list.
    pub list: String,
    /// The item is gone; it is named by its identifying member alone.
    pub drop: bool,
    /// The item in full.
    pub item: Members,
}

/// The member that says which line a row is; lines have no name but their position.
const LINE: &str = "line";

/// Returns the member that tells the items of a list apart, for the lists that change item by item.
pub fn identifying(list: &str) -> Option<&'static str> {
    match list {
        "burdens" => Some("id"),
        "lines" => Some(LINE),
        "keys" => Some("key"),
        "rights" => Some("right"),
        _ => None,
    }
}

const BROKEN: &str = "the change does not fit the record";

/// Returns what tells two states of a record apart.
pub fn between(of: &StateKey, before: Option<&Record>, after: &Record) -> (Change, Vec<Row>) {
    let old = before.map_or_else(Members::new, |record| members(record_json(record)));
    let mut new = members(record_json(after));
    let mut rows = Vec::new();
    for (list, value) in &mut new {
        if identifying(list).is_none() {
            if is_of_objects(value) && old.get(list) != Some(&*value) {
                let is = items(list, Some(value));
                rows.extend(row_changes(of, list, &[], &is));
                *value = Json::List(Vec::new());
            }
            continue;
        }
        let (was, is) = (items(list, old.get(list)), items(list, Some(value)));
        rows.extend(row_changes(of, list, &was, &is));
        // What the rows say is not said twice.
        *value = old.get(list).cloned().unwrap_or(Json::List(Vec::new()));
    }
    let clear = old.keys().filter(|name| !new.contains_key(*name)).cloned();
    let clear = clear.collect();
    let differs = |(name, value): &(String, Json)| old.get(name) != Some(value);
    let change = Change {
        of: of.clone(),
        new: before.is_none(),
        set: new.into_iter().filter(differs).collect(),
        clear,
    };
    (change, rows)
}

/// Items that are objects never stand in a change, which has no room for their depth.
fn is_of_objects(value: &Json) -> bool {
    match value {
        Json::List(items) => matches!(items.first(), Some(Json::Object(_))),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::Object(_) => false,
    }
}

fn row_changes(of: &StateKey, list: &str, was: &[Members], is: &[Members]) -> Vec<Row> {
    let row = |drop, item| Row {
        of: of.clone(),
        list: list.to_owned(),
        drop,
        item,
    };
    let stays = |item: &&Members| is.iter().any(|other| same_item(list, item, other));
    let dropped = was.iter().filter(|item| !stays(item)).map(|item| {
        let name = identifying(list).unwrap_or_default();
        let named = item.iter().filter(|(member, _)| *member == name);
        row(true, named.map(|(m, v)| (m.clone(), v.clone())).collect())
    });
    let put = is.iter().filter(|item| !was.contains(item));
    dropped
        .chain(put.map(|item| row(false, item.clone())))
        .collect()
}

fn same_item(list: &str, a: &Members, b: &Members) -> bool {
    let name = identifying(list).unwrap_or_default();
    a.get(name) == b.get(name)
}

/// Returns the record after the act.
pub fn apply(
    of: &StateKey,
    before: Option<&Record>,
    changes: &[Change],
    rows: &[Row],
) -> Result<Record, &'static str> {
    let change = changes.iter().find(|change| change.of == *of);
    let is_new = change.is_some_and(|change| change.new);
    if is_new != before.is_none() {
        return Err(BROKEN);
    }
    let mut after = before.map_or_else(Members::new, |record| members(record_json(record)));
    if let Some(change) = change {
        for name in &change.clear {
            after.remove(name).ok_or(BROKEN)?;
        }
        after.extend(change.set.clone());
    }
    let mut lists: BTreeSet<&str> = BTreeSet::new();
    lists.extend(
        rows.iter()
            .filter(|row| row.of == *of)
            .map(|row| &*row.list),
    );
    for list in lists {
        let mut now = items(list, after.get(list));
        for row in rows.iter().filter(|row| row.of == *of && row.list == list) {
            apply_row(list, row, &mut now)?;
        }
        after.insert(list.to_owned(), list_of(list, now));
    }
    read_record(of, "record", Json::Object(after)).map_err(|_| BROKEN)
}

fn apply_row(list: &str, row: &Row, items: &mut Vec<Members>) -> Result<(), &'static str> {
    let Some(name) = identifying(list) else {
        items.push(row.item.clone());
        return if row.drop { Err(BROKEN) } else { Ok(()) };
    };
    if !row.item.contains_key(name) {
        return Err(BROKEN);
    }
    let at = items
        .iter()
        .position(|item| same_item(list, item, &row.item));
    match (at, row.drop) {
        (Some(at), true) => drop(items.remove(at)),
        (Some(at), false) => {
            if let Some(item) = items.get_mut(at) {
                item.clone_from(&row.item);
            }
        }
        (None, false) => items.push(row.item.clone()),
        (None, true) => return Err(BROKEN),
    }
    Ok(())
}

/// The items of a list; lines get their position as a member.
fn items(list: &str, value: Option<&Json>) -> Vec<Members> {
    let Some(Json::List(values)) = value else {
        return Vec::new();
    };
    let numbered = |(n, value): (u64, &Json)| {
        let mut item = members(value.clone());
        if list == "lines" {
            item.insert(LINE.to_owned(), Json::count(n));
        }
        item
    };
    (0_u64..).zip(values).map(numbered).collect()
}

/// The list of these items. A line stands where its number says: numbers that leave a gap make a record that nobody can
/// read, because then `line` stays in the item.
fn list_of(list: &str, items: Vec<Members>) -> Json {
    let item = |(n, mut item): (u64, Members)| {
        if list == "lines" && item.get(LINE) == Some(&Json::count(n)) {
            item.remove(LINE);
        }
        Json::Object(item)
    };
    Json::list((0_u64..).zip(items).map(item))
}

fn members(json: Json) -> Members {
    match json {
        Json::Object(members) => members,
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => Members::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;

    /// Between any two records of one space there is a change, and applying it gives the second from the first.
    #[test]
    fn applying_what_differs_gives_the_record_after() {
        let records = samples::records();
        let mut compared = 0;
        for (of, after) in &records {
            let same_space = records
                .iter()
                .filter(|(other, _)| std::mem::discriminant(other) == std::mem::discriminant(of));
            for before in same_space.map(|(_, before)| Some(before)).chain([None]) {
                let (change, rows) = between(of, before, after);
                assert_eq!(
                    apply(of, before, std::slice::from_ref(&change), &rows),
                    Ok(after.clone()),
                    "{of}: {change:?} {rows:?}"
                );
                compared += 1;
            }
        }
        assert!(compared > records.len());
    }

    #[test]
    fn nothing_changed_says_nothing() {
        for (of, record) in samples::records() {
            let (change, rows) = between(&of, Some(&record), &record);
            assert!(change.set.is_empty() && change.clear.is_empty() && rows.is_empty());
        }
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let (of, record) = samples::records().swap_remove(0);
        let (mut change, _) = between(&of, None, &record);
        let fault = |change: &Change, rows: &[Row], before: Option<&Record>| {
            apply(&of, before, std::slice::from_ref(change), rows).is_err()
        };
        assert!(fault(&change, &[], Some(&record)), "new over a record");
        change.new = false;
        assert!(fault(&change, &[], None), "a change of nothing");
        change.clear = vec!["remark".to_owned()];
        assert!(
            fault(&change, &[], Some(&record)),
            "clears what is not there"
        );
        change.clear.clear();
        let row = Row {
            of: of.clone(),
            list: "burdens".to_owned(),
            drop: true,
            item: Members::from([("id".to_owned(), Json::text("P1.63"))]),
        };
        assert!(fault(&change, std::slice::from_ref(&row), Some(&record)));
        let row = Row {
            list: "wishes".to_owned(),
            ..row
        };
        assert!(fault(&change, &[row], Some(&record)), "no such list");
    }
}

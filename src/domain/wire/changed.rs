//! The event of every act of law 2: `{"changes","rows","overhangs","type"}` (docs/FORMATS.md 3.2).
//!
//! Members of records stand flat beside `of`, and items of lists stand in `rows`, so that the deepest entry keeps within the
//! nesting limit.

use crate::domain::change::{Change, Members, Row};
use crate::domain::facts::StateKey;
use crate::domain::pledge::Line;
use crate::domain::right::Burden;
use crate::domain::wire::list::{list_if_any, optional_objects, parsed_list, required_objects};
use crate::domain::wire::right::read_burden;
use crate::domain::wire::shape::{
    is_short_name, mark, read_line, read_line_number, read_mark, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;

/// Records that one act may change; an entry has no room for more.
const CHANGES_MAX: usize = limits::ENTRY_BYTES_MAX / 32;
/// Members of one record that may go.
const CLEAR_MAX: usize = 64;
/// Members of a change and of a row that are its own; no record has members of these names.
const OWN: [&str; 5] = ["of", "new", "clear", "list", "drop"];

/// Adds the members of the event.
pub(super) fn with_changes(json: Json, changes: &[Change], rows: &[Row]) -> Json {
    json.with("changes", Some(Json::list(changes.iter().map(change_json))))
        .with("rows", list_if_any(rows, row_json))
}

fn change_json(change: &Change) -> Json {
    Json::Object(change.set.clone())
        .with("of", Some(word(&change.of)))
        .with("new", mark(change.new))
        .with("clear", list_if_any(&change.clear, word))
}

fn row_json(row: &Row) -> Json {
    Json::Object(row.item.clone())
        .with("of", Some(word(&row.of)))
        .with("list", Some(word(&row.list)))
        .with("drop", mark(row.drop))
}

/// Reads the changed records.
pub(super) fn read_changes(fields: &mut Fields) -> Result<Vec<Change>, FieldFault> {
    let changes = required_objects(fields, "changes", CHANGES_MAX)?;
    changes.into_iter().map(read_change).collect()
}

fn read_change(mut fields: Fields) -> Result<Change, FieldFault> {
    let (of, new) = (read_key(&mut fields)?, read_mark(&mut fields, "new")?);
    let given = fields.has("clear");
    let short = |text: &str| is_short_name(text).then(|| text.to_owned());
    let clear = parsed_list(&mut fields, "clear", CLEAR_MAX, "a member", short)?;
    if given && clear.is_empty() {
        return Err(fields.fault("clear", "must be left out where there is none"));
    }
    Ok(Change {
        of,
        new,
        clear,
        set: rest(fields)?,
    })
}

/// Reads the items of lists.
pub(super) fn read_rows(fields: &mut Fields) -> Result<Vec<Row>, FieldFault> {
    let rows = optional_objects(fields, "rows", CHANGES_MAX)?;
    rows.into_iter().map(read_row).collect()
}

fn read_row(mut fields: Fields) -> Result<Row, FieldFault> {
    let short = |text: &str| is_short_name(text).then(|| text.to_owned());
    Ok(Row {
        of: read_key(&mut fields)?,
        list: fields.parsed("list", "the name of a list", short)?,
        drop: read_mark(&mut fields, "drop")?,
        item: rest(fields)?,
    })
}

/// Reads a row of `lines`: the number of the line and the line.
pub fn read_line_row(item: &Members) -> Result<(u16, Line), FieldFault> {
    let mut fields = Fields::open("rows", Json::Object(item.clone()))?;
    let number = read_line_number(&mut fields, "line")?;
    let line = read_line(&mut fields)?;
    fields.finish()?;
    Ok((number, line))
}

/// Reads a row of `burdens` that puts one.
pub fn read_burden_row(item: &Members) -> Result<Burden, FieldFault> {
    let mut fields = Fields::open("rows", Json::Object(item.clone()))?;
    let burden = read_burden(&mut fields)?;
    fields.finish()?;
    Ok(burden)
}

fn read_key(fields: &mut Fields) -> Result<StateKey, FieldFault> {
    fields.parsed("of", "a record such as pledge|P57", |text| {
        let (space, name) = text.split_once('|')?;
        StateKey::parse(space, name).filter(|key| key.to_string() == text)
    })
}

fn rest(fields: Fields) -> Result<Members, FieldFault> {
    match OWN.into_iter().find(|name| fields.has(name)) {
        Some(name) => Err(fields.fault(name, "does not belong here")),
        None => Ok(fields.into_rest()),
    }
}

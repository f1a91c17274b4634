//! Answers with types. What the log holds (records, events, entries) is read by the law's own readers, strictly; what the service
//! says for itself may have members that this client does not know, and they are left alone.

pub mod alerts;
pub mod decisions;
pub mod drafts;
pub mod feeds;
pub mod finding;
pub mod log;
pub mod reconciliation;
pub mod records;
pub mod sessions;
pub mod statistics;

use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;

/// Items of a list of an answer: more than any page, table or proof has.
pub(super) const ITEMS_MAX: usize = limits::ENTRY_BYTES_MAX * 4;

/// An answer: as it came, and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer<T> {
    /// The text as it came.
    pub text: String,
    /// What it says.
    pub value: T,
}

/// One page of a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; none on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Reads `{"items","next"}`.
    pub(super) fn read(
        fields: &mut Fields,
        read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
    ) -> Result<Self, FieldFault> {
        Ok(Self {
            items: objects(fields, "items", read)?,
            next: fields.optional_text("next")?,
        })
    }
}

/// Which page of a listing is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Paging {
    /// The cursor `next` of the page before.
    pub after: Option<String>,
    /// Rows of the page, 1 to 200; 50 if absent.
    pub limit: Option<usize>,
}

impl Paging {
    /// The first page, as large as pages are.
    pub fn whole() -> Self {
        Self {
            after: None,
            limit: Some(limits::PAGE_ROWS_MAX),
        }
    }

    /// The page after one.
    #[must_use]
    pub fn after(self, next: Option<String>) -> Self {
        Self {
            after: next,
            ..self
        }
    }
}

/// Reads the text of an answer that is one object.
pub(super) fn read_with<T>(
    text: &str,
    read: impl FnOnce(&mut Fields) -> Result<T, FieldFault>,
) -> Result<T, FieldFault> {
    let json = Json::parse(text.as_bytes())
        .map_err(|fault| FieldFault::new("answer", fault.to_string()))?;
    read(&mut Fields::open("", json)?)
}

/// Reads a list of objects that must be there.
pub(super) fn objects<T>(
    fields: &mut Fields,
    name: &str,
    read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    fields.required_list(name)?;
    let objects = fields.objects(name, ITEMS_MAX)?.into_iter();
    objects.map(|mut fields| read(&mut fields)).collect()
}

/// Reads a list of objects that may be absent.
pub(super) fn optional_objects<T>(
    fields: &mut Fields,
    name: &str,
    read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    if fields.has(name) {
        objects(fields, name, read)
    } else {
        Ok(Vec::new())
    }
}

/// Reads a list of texts; an absent one is empty.
pub(super) fn texts<T>(
    fields: &mut Fields,
    name: &str,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldFault> {
    let parse = |text: String| {
        let value = parse(&text);
        value.ok_or_else(|| fields_fault(name, what, &text))
    };
    fields
        .texts(name, ITEMS_MAX)?
        .into_iter()
        .map(parse)
        .collect()
}

fn fields_fault(name: &str, what: &str, text: &str) -> FieldFault {
    FieldFault::new(name, format!("must be {what}, not {text:?}"))
}

/// Reads a text that may be absent.
pub(super) fn optional_parsed<T>(
    fields: &mut Fields,
    name: &str,
    what: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, FieldFault> {
    if fields.has(name) {
        fields.parsed(name, what, parse).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads a count that may be absent.
pub(super) fn optional_count(
    fields: &mut Fields,
    name: &str,
) -> Result<Option<EntryIndex>, FieldFault> {
    if fields.has(name) {
        fields.count(name).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads an integer that may be absent.
pub(super) fn optional_integer(fields: &mut Fields, name: &str) -> Result<Option<i64>, FieldFault> {
    match fields.optional(name) {
        None => Ok(None),
        Some(Json::Int(number)) => Ok(Some(number)),
        Some(Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => {
            Err(fields.fault(name, "must be an integer"))
        }
    }
}

/// Reads the number of a line that may be absent.
pub(super) fn optional_line(fields: &mut Fields) -> Result<Option<u16>, FieldFault> {
    let Some(line) = optional_count(fields, "line")? else {
        return Ok(None);
    };
    let line = u16::try_from(line);
    line.map(Some)
        .map_err(|_| fields.fault("line", "must be the number of a line"))
}

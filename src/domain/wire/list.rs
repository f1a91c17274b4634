//! Lists and maps on the wire: which are always written, which are absent when empty, and how their items are read.

use std::fmt;

use crate::domain::wire::shape::{is_short_name, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};

/// Writes a list of things that have one text each.
pub(in crate::domain) fn words<T: fmt::Display>(values: &[T]) -> Json {
    Json::list(values.iter().map(word))
}

/// Writes a list, where there is something in it.
pub(in crate::domain) fn list_if_any<'a, T>(
    values: &'a [T],
    json: impl Fn(&'a T) -> Json,
) -> Option<Json> {
    if values.is_empty() {
        None
    } else {
        Some(Json::list(values.iter().map(json)))
    }
}

/// Refuses an empty list or map whose absence already says "none".
pub(in crate::domain) fn refuse_empty(
    fields: &Fields,
    name: &str,
    given: bool,
    count: usize,
) -> Result<(), FieldFault> {
    if given && count == 0 {
        return Err(fields.fault(name, "must be left out where there is none"));
    }
    Ok(())
}

/// Reads an array of objects that must be there.
pub(in crate::domain) fn required_objects(
    fields: &mut Fields,
    name: &str,
    max: usize,
) -> Result<Vec<Fields>, FieldFault> {
    if fields.has(name) {
        fields.objects(name, max)
    } else {
        Err(fields.fault(name, "is missing"))
    }
}

/// Reads an array of objects that is absent when empty.
pub(in crate::domain) fn optional_objects(
    fields: &mut Fields,
    name: &str,
    max: usize,
) -> Result<Vec<Fields>, FieldFault> {
    let given = fields.has(name);
    let objects = fields.objects(name, max)?;
    refuse_empty(fields, name, given, objects.len())?;
    Ok(objects)
}

/// Reads an array of strings, each with `parse`; `what` completes "must be ...".
pub(in crate::domain) fn parsed_list<T>(
    fields: &mut Fields,
    name: &str,
    max: usize,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldFault> {
    let path = fields.at(name);
    let read = |(n, text): (usize, String)| {
        parse(&text).ok_or_else(|| {
            FieldFault::new(
                format!("{path}[{n}]"),
                format!("must be {what}, not {text:?}"),
            )
        })
    };
    fields
        .texts(name, max)?
        .into_iter()
        .enumerate()
        .map(read)
        .collect()
}

/// Reads an array of strings that must be there.
pub(in crate::domain) fn required_list<T>(
    fields: &mut Fields,
    name: &str,
    max: usize,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldFault> {
    if !fields.has(name) {
        return Err(fields.fault(name, "is missing"));
    }
    parsed_list(fields, name, max, what, parse)
}

/// Reads an array of strings that is absent when empty.
pub(in crate::domain) fn optional_list<T>(
    fields: &mut Fields,
    name: &str,
    max: usize,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldFault> {
    let given = fields.has(name);
    let values = parsed_list(fields, name, max, what, parse)?;
    refuse_empty(fields, name, given, values.len())?;
    Ok(values)
}

/// Reads an array of counts that is absent when empty.
pub(in crate::domain) fn counts_if_any(
    fields: &mut Fields,
    name: &str,
    max: usize,
) -> Result<Vec<u64>, FieldFault> {
    let given = fields.has(name);
    let values = fields.optional_list(name)?;
    refuse_empty(fields, name, given, values.len())?;
    if values.len() > max {
        return Err(fields.fault(name, format!("has more than {max} items")));
    }
    let count = |value: Json| match value {
        Json::Int(number) => u64::try_from(number).ok(),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    };
    let counts: Option<Vec<u64>> = values.into_iter().map(count).collect();
    counts.ok_or_else(|| fields.fault(name, "must be integers of zero or more"))
}

/// Reads every object with `read` and refuses members that it leaves over.
pub(in crate::domain) fn each<T>(
    objects: Vec<Fields>,
    read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    let whole = |mut fields: Fields| {
        let value = read(&mut fields)?;
        fields.finish()?;
        Ok(value)
    };
    objects.into_iter().map(whole).collect()
}

/// Writes a map of strings; a list of pairs sorted by name, each name once, is what reading returns.
pub(super) fn map_json<'a, V: fmt::Display + 'a>(
    pairs: impl IntoIterator<Item = (&'a String, &'a V)>,
) -> Json {
    Json::Object(
        pairs
            .into_iter()
            .map(|(name, value)| (name.clone(), word(value)))
            .collect(),
    )
}

/// Reads a map of strings that is absent when empty, as pairs sorted by name.
pub(super) fn read_map(
    fields: &mut Fields,
    name: &str,
    max: usize,
) -> Result<Vec<(String, String)>, FieldFault> {
    let path = fields.at(name);
    let members = match fields.optional(name) {
        None => return Ok(Vec::new()),
        Some(Json::Object(members)) => members,
        Some(Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_)) => {
            return Err(FieldFault::new(path, "must be an object"));
        }
    };
    refuse_empty(fields, name, true, members.len())?;
    if members.len() > max {
        return Err(fields.fault(
            name,
            format!("has {} members, at most {max} are allowed", members.len()),
        ));
    }
    let pair = |(member, value): (String, Json)| match value {
        Json::Text(text) if is_short_name(&member) => Ok((member, text)),
        Json::Text(_) => Err(FieldFault::new(
            format!("{path}.{member}"),
            "must have a name of 1 to 32 characters of a-z, 0-9 and _",
        )),
        Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => Err(FieldFault::new(
            format!("{path}.{member}"),
            "must be a string",
        )),
    };
    members.into_iter().map(pair).collect()
}

/// Reads every member of a map that must be there, in the order of names.
pub(super) fn read_each_member<T>(
    fields: &mut Fields,
    name: &str,
    read: impl Fn(&mut Fields, &str) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    let value = fields.required(name)?;
    let names: Vec<String> = match &value {
        Json::Object(members) => members.keys().cloned().collect(),
        Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => Vec::new(),
    };
    let mut inner = Fields::open(&fields.at(name), value)?;
    names.iter().map(|name| read(&mut inner, name)).collect()
}

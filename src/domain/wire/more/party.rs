//! Members of a party that came with law 2.

use crate::domain::party::PartyMore;
use crate::domain::wire::list::{each, list_if_any, optional_objects};
use crate::domain::wire::shape::{read_count, read_plain, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};

/// Former names of one party.
const FORMER_NAMES_MAX: usize = 64;

/// Adds the members.
pub(in crate::domain::wire) fn with_more(json: Json, more: &PartyMore) -> Json {
    let PartyMore { former_names } = more;
    let former = |(name, until): &(String, u64)| {
        Json::object([("name", word(name)), ("until", Json::count(*until))])
    };
    json.with("former_names", list_if_any(former_names, former))
}

/// Reads the members.
pub(in crate::domain::wire) fn read_more(fields: &mut Fields) -> Result<PartyMore, FieldFault> {
    let former = optional_objects(fields, "former_names", FORMER_NAMES_MAX)?;
    Ok(PartyMore {
        former_names: each(former, |fields| {
            Ok((read_plain(fields, "name")?, read_count(fields, "until")?))
        })?,
    })
}

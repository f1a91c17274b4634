//! Members of a pledge that came with law 2.

use crate::domain::pledge::PledgeMore;
use crate::domain::wire::act::pledge::{read_report, report_json};
use crate::domain::wire::list::{each, list_if_any, optional_objects};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;

/// Adds the members.
pub(in crate::domain::wire) fn with_more(json: Json, more: &PledgeMore) -> Json {
    let PledgeMore { external } = more;
    json.with("external", list_if_any(external, report_json))
}

/// Reads the members.
pub(in crate::domain::wire) fn read_more(fields: &mut Fields) -> Result<PledgeMore, FieldFault> {
    let external = optional_objects(fields, "external", limits::PLEDGE_NOTES_MAX)?;
    Ok(PledgeMore {
        external: each(external, read_report)?,
    })
}

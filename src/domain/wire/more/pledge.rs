//! Members of a pledge that came with law 2. Objects in them are flat, so that a row of an event has room for them.

use crate::domain::pledge::{Cap, Former, Maximum, PledgeMore};
use crate::domain::wire::act::pledge::{read_report, report_json};
use crate::domain::wire::list::{each, list_if_any, optional_objects};
use crate::domain::wire::shape::{
    mark, optional, read_count, read_mark, read_party, read_quantity, read_span, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;

/// Adds the members.
pub(in crate::domain::wire) fn with_more(json: Json, more: &PledgeMore) -> Json {
    let PledgeMore {
        caps,
        maximum,
        former,
        external,
    } = more;
    json.with("caps", list_if_any(caps, cap_json))
        .with("maximum", maximum.map(|maximum| span_json(maximum.period)))
        .with("former", list_if_any(former, former_json))
        .with("external", list_if_any(external, report_json))
}

/// Reads the members.
pub(in crate::domain::wire) fn read_more(fields: &mut Fields) -> Result<PledgeMore, FieldFault> {
    let mut notes = |name: &str| optional_objects(fields, name, limits::PLEDGE_NOTES_MAX);
    let (caps, former, external) = (notes("caps")?, notes("former")?, notes("external")?);
    Ok(PledgeMore {
        caps: each(caps, read_cap)?,
        maximum: optional(fields, "maximum", read_span)?.map(|period| Maximum { period }),
        former: each(former, read_former)?,
        external: each(external, read_report)?,
    })
}

fn cap_json(cap: &Cap) -> Json {
    Json::object([
        ("amount", word(cap.amount)),
        ("entry", Json::count(cap.entry)),
    ])
}

fn read_cap(fields: &mut Fields) -> Result<Cap, FieldFault> {
    Ok(Cap {
        amount: read_quantity(fields, "amount")?,
        entry: read_count(fields, "entry")?,
    })
}

fn former_json(former: &Former) -> Json {
    Json::object([
        ("party", word(former.party)),
        ("until", Json::count(former.until)),
    ])
    .with("subrogation", mark(former.subrogation))
}

fn read_former(fields: &mut Fields) -> Result<Former, FieldFault> {
    Ok(Former {
        party: read_party(fields, "party")?,
        until: read_count(fields, "until")?,
        subrogation: read_mark(fields, "subrogation")?,
    })
}

//! Acts on rights.

use crate::domain::command::RightAct;
use crate::domain::wire::shape::{read_day, read_hash, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::RightId;

type Read = Result<RightAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "extend_right" => read_extend(fields),
        _ => return None,
    })
}

fn read_extend(fields: &mut Fields) -> Read {
    Ok(RightAct::ExtendRight {
        right: RightId::take(fields, "right")?,
        to: read_day(fields, "to")?,
        document: read_hash(fields, "document")?,
    })
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &RightAct) -> Json {
    match act {
        RightAct::ExtendRight {
            right,
            to,
            document,
        } => Json::object([
            ("right", word(right)),
            ("to", word(to)),
            ("document", word(document)),
        ]),
    }
}

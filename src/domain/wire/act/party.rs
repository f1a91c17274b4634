//! Acts on parties.

use crate::domain::command::PartyAct;
use crate::domain::wire::shape::{read_hash, read_party, read_plain, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};

type Read = Result<PartyAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "change_party" => read_change(fields),
        _ => return None,
    })
}

fn read_change(fields: &mut Fields) -> Read {
    Ok(PartyAct::ChangeParty {
        party: read_party(fields, "party")?,
        name: read_plain(fields, "name")?,
        document: read_hash(fields, "document")?,
    })
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &PartyAct) -> Json {
    match act {
        PartyAct::ChangeParty {
            party,
            name,
            document,
        } => Json::object([
            ("party", word(party)),
            ("name", word(name)),
            ("document", word(document)),
        ]),
    }
}

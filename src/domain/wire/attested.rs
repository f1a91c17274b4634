//! Attested consents: in the payload of a command, and in the record of a pledge.

use crate::domain::authority::attest::{Attestation, ConsentClass};
use crate::domain::pledge::Attested;
use crate::domain::wire::list::{each, list_if_any, optional_objects};
use crate::domain::wire::shape::{read_count, read_hash, read_party, word};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;

fn read_class(fields: &mut Fields) -> Result<ConsentClass, FieldFault> {
    fields.parsed("class", "paper or video", ConsentClass::parse)
}

/// Writes the consents that a command attests.
pub(super) fn attestations_json(attested: &[Attestation]) -> Option<Json> {
    list_if_any(attested, |attestation| {
        Json::object([
            ("org", word(attestation.party)),
            ("class", Json::text(attestation.class.name())),
            ("document", word(attestation.document)),
        ])
    })
}

/// Reads the consents that a command attests: each party once, ascending.
pub(super) fn read_attestations(fields: &mut Fields) -> Result<Vec<Attestation>, FieldFault> {
    let objects = optional_objects(fields, "attested", limits::SIGNATURES_MAX)?;
    let attested = each(objects, |fields| {
        Ok(Attestation {
            party: PartyId::take(fields, "org")?,
            class: read_class(fields)?,
            document: read_hash(fields, "document")?,
        })
    })?;
    let ascending = attested
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.party < b.party));
    if !ascending {
        return Err(fields.fault("attested", "must name each party once, ascending by org"));
    }
    Ok(attested)
}

/// Writes a consent that a record keeps.
pub(super) fn attested_json(attested: &Attested) -> Json {
    Json::object([
        ("party", word(attested.party)),
        ("class", Json::text(attested.class.name())),
        ("document", word(attested.document)),
        ("entry", Json::count(attested.entry)),
    ])
}

/// Reads a consent that a record keeps.
pub(super) fn read_attested(fields: &mut Fields) -> Result<Attested, FieldFault> {
    Ok(Attested {
        party: read_party(fields, "party")?,
        class: read_class(fields)?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
    })
}

//! Records of the state tree, one form per record type; the key says which type stands there.

use crate::domain::facts::{Owner, PolicyVersion, Record, StateKey};
use crate::domain::party::{Party, PartyKey, Role};
use crate::domain::pledge::{Form, Line, Pledge, Reservation, ReservationEnd};
use crate::domain::wire::list::{each, required_list, required_objects, words};
use crate::domain::wire::more;
use crate::domain::wire::right::{read_right, right_json};
use crate::domain::wire::shape::{
    hidden_json, key_json, line_json, optional, read_count, read_from_to, read_hash, read_hidden,
    read_key, read_lines, read_name, read_party, read_person, read_span, read_time, span_json,
    word,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, PublicKey};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Span;

/// Rights of one source or in one cell, and versions of one policy: no entry count bounds them, so the bound is generous.
const LISTED_MAX: usize = 65_536;
/// Duties of one party.
pub(super) const DUTIES_MAX: usize = 16;

/// Writes a record.
pub fn record_json(record: &Record) -> Json {
    match record {
        Record::Right(right) => right_json(right),
        Record::Pledge(pledge) => pledge_json(pledge),
        Record::Reservation(reservation) => reservation_json(reservation),
        Record::Party(party) => {
            let keys = Json::list(party.keys.iter().map(party_key_json));
            party_json(party).with("keys", Some(keys))
        }
        Record::Identity(Owner::Right(right)) => Json::object([("right", word(right))]),
        Record::Identity(Owner::Party(party)) => Json::object([("party", word(party))]),
        Record::Source(rights) => {
            let drawn =
                |(right, span): &(RightId, _)| span_json(*span).with("right", Some(word(right)));
            Json::object([("rights", Json::list(rights.iter().map(drawn)))])
        }
        Record::Cell(rights) => {
            let placed = |(right, layer): &(RightId, String)| {
                Json::object([("right", word(right)), ("layer", word(layer))])
            };
            Json::object([("rights", Json::list(rights.iter().map(placed)))])
        }
        Record::Policy(versions) => {
            Json::object([("versions", Json::list(versions.iter().map(version_json)))])
        }
    }
}

fn pledge_json(pledge: &Pledge) -> Json {
    let Pledge {
        pledgee,
        pledgor,
        debtor,
        form,
        lines,
        term,
        hidden,
        reservation,
        more,
    } = pledge;
    let json = secured_json([*pledgee, *pledgor], *debtor, *form, lines, *term, hidden)
        .with("reservation", reservation.map(word));
    more::pledge::with_more(json, more)
}

/// Writes what a pledge secures, for whom and by what; `parties` are pledgee and pledgor.
pub(super) fn secured_json(
    parties: [PartyId; 2],
    debtor: Option<PartyId>,
    form: Form,
    lines: &[Line],
    term: Option<Span>,
    hidden: &[(String, Hash)],
) -> Json {
    let [pledgee, pledgor] = parties;
    Json::object([
        ("pledgee", word(pledgee)),
        ("pledgor", word(pledgor)),
        ("form", Json::text(form.name())),
        ("lines", Json::list(lines.iter().map(line_json))),
    ])
    .with("debtor", debtor.map(word))
    .with("term", term.map(span_json))
    .with("hidden", hidden_json(hidden))
}

fn reservation_json(reservation: &Reservation) -> Json {
    let ended = |end| match end {
        ReservationEnd::Taken(pledge) => word(pledge),
        ReservationEnd::Cancelled => Json::text("cancelled"),
    };
    Json::object([
        ("pledgee", word(reservation.pledgee)),
        ("pledgor", word(reservation.pledgor)),
        ("lines", Json::list(reservation.lines.iter().map(line_json))),
        ("expires", word(reservation.expires)),
    ])
    .with("ended", reservation.ended.map(ended))
}

/// Writes a party without its keys.
pub(super) fn party_json(party: &Party) -> Json {
    let json = Json::object([
        (
            "roles",
            Json::list(party.roles.iter().map(|role| Json::text(role.name()))),
        ),
        ("duties", words(&party.duties)),
        ("threshold", Json::count(party.threshold)),
    ])
    .with("name", party.name.as_ref().map(word))
    .with("credit_code", party.credit_code.as_ref().map(word))
    .with("region", party.region.as_ref().map(word))
    .with("hidden", hidden_json(&party.hidden));
    more::party::with_more(json, &party.more)
}

fn party_key_json(key: &PartyKey) -> Json {
    held_key_json(&key.key, &key.person)
        .with("added", Some(Json::count(key.added)))
        .with("revoked", key.revoked.map(Json::count))
}

/// Writes a key and the person who holds it.
pub(super) fn held_key_json(key: &PublicKey, person: &str) -> Json {
    Json::object([("key", key_json(key)), ("person", Json::text(person))])
}

fn version_json(version: &PolicyVersion) -> Json {
    Json::object([
        ("digest", word(version.digest)),
        ("entry", Json::count(version.entry)),
        ("active_from", word(version.active_from)),
    ])
}

/// Reads the record that stands at `path` and belongs under `key`.
pub fn read_record(key: &StateKey, path: &str, value: Json) -> Result<Record, FieldFault> {
    let mut fields = Fields::open(path, value)?;
    let record = read_members(key, &mut fields)?;
    fields.finish()?;
    Ok(record)
}

fn read_members(key: &StateKey, fields: &mut Fields) -> Result<Record, FieldFault> {
    Ok(match key {
        StateKey::Right(_) => Record::Right(read_right(fields)?),
        StateKey::Pledge(_) => Record::Pledge(read_pledge(fields)?),
        StateKey::Reservation(_) => Record::Reservation(read_reservation(fields)?),
        StateKey::Party(_) => Record::Party(read_party_with_keys(fields)?),
        StateKey::Identity(_) => Record::Identity(read_owner(fields)?),
        StateKey::Source(_) => Record::Source(read_rights_of(fields, |fields| {
            Ok((RightId::take(fields, "right")?, read_from_to(fields)?))
        })?),
        StateKey::Cell(_) => Record::Cell(read_rights_of(fields, |fields| {
            Ok((RightId::take(fields, "right")?, read_name(fields, "layer")?))
        })?),
        StateKey::Policy(_) => Record::Policy(each(
            required_objects(fields, "versions", LISTED_MAX)?,
            read_version,
        )?),
    })
}

fn read_pledge(fields: &mut Fields) -> Result<Pledge, FieldFault> {
    Ok(Pledge {
        pledgee: read_party(fields, "pledgee")?,
        pledgor: read_party(fields, "pledgor")?,
        debtor: optional(fields, "debtor", read_party)?,
        form: read_form(fields)?,
        lines: read_lines(fields)?,
        term: optional(fields, "term", read_span)?,
        hidden: read_hidden(fields)?,
        reservation: optional(fields, "reservation", ReservationId::take)?,
        more: more::pledge::read_more(fields)?,
    })
}

/// Reads the form of a pledge.
pub(super) fn read_form(fields: &mut Fields) -> Result<Form, FieldFault> {
    fields.parsed("form", "质押 or 抵押", Form::parse)
}

fn read_reservation(fields: &mut Fields) -> Result<Reservation, FieldFault> {
    let parse_end = |text: &str| match text {
        "cancelled" => Some(ReservationEnd::Cancelled),
        pledge => PledgeId::parse(pledge).map(ReservationEnd::Taken),
    };
    Ok(Reservation {
        pledgee: read_party(fields, "pledgee")?,
        pledgor: read_party(fields, "pledgor")?,
        lines: read_lines(fields)?,
        expires: read_time(fields, "expires")?,
        ended: optional(fields, "ended", |fields, name| {
            fields.parsed(name, "\"cancelled\" or a pledge such as P57", parse_end)
        })?,
    })
}

/// Reads the members of a party except its keys.
pub(super) fn read_party_members(fields: &mut Fields) -> Result<Party, FieldFault> {
    Ok(Party {
        name: fields.optional_text("name")?,
        credit_code: fields.optional_text("credit_code")?,
        region: fields.optional_text("region")?,
        roles: required_list(fields, "roles", Role::ALL.len(), "a role", Role::parse)?,
        duties: required_list(fields, "duties", DUTIES_MAX, "a duty", |text| {
            Some(text.to_owned())
        })?,
        keys: Vec::new(),
        threshold: read_count(fields, "threshold")?,
        hidden: read_hidden(fields)?,
        more: more::party::read_more(fields)?,
    })
}

fn read_party_with_keys(fields: &mut Fields) -> Result<Party, FieldFault> {
    let keys = required_objects(fields, "keys", limits::PARTY_KEYS_MAX)?;
    let party_key = |fields: &mut Fields| {
        let (key, person) = read_held_key(fields)?;
        let added = read_count(fields, "added")?;
        Ok(PartyKey {
            key,
            person,
            added,
            revoked: optional(fields, "revoked", read_count)?,
        })
    };
    Ok(Party {
        keys: each(keys, party_key)?,
        ..read_party_members(fields)?
    })
}

/// Reads a key and the person who holds it; the caller finishes the object.
pub(super) fn read_held_key(fields: &mut Fields) -> Result<(PublicKey, String), FieldFault> {
    Ok((read_key(fields, "key")?, read_person(fields, "person")?))
}

/// Reads a list of keys with the persons who hold them.
pub(super) fn read_held_keys(fields: &mut Fields) -> Result<Vec<(PublicKey, String)>, FieldFault> {
    each(
        required_objects(fields, "keys", limits::PARTY_KEYS_MAX)?,
        read_held_key,
    )
}

fn read_owner(fields: &mut Fields) -> Result<Owner, FieldFault> {
    if fields.has("right") {
        return RightId::take(fields, "right").map(Owner::Right);
    }
    read_party(fields, "party").map(Owner::Party)
}

fn read_rights_of<T>(
    fields: &mut Fields,
    read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    each(required_objects(fields, "rights", LISTED_MAX)?, read)
}

fn read_version(fields: &mut Fields) -> Result<PolicyVersion, FieldFault> {
    Ok(PolicyVersion {
        digest: read_hash(fields, "digest")?,
        entry: read_count(fields, "entry")?,
        active_from: read_time(fields, "active_from")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;

    #[test]
    fn every_record_survives() {
        for (key, record) in samples::records() {
            let text = record_json(&record).to_canonical();
            let json = Json::parse_canonical(text.as_bytes()).unwrap();
            assert_eq!(read_record(&key, "record", json), Ok(record), "{text}");
        }
    }

    #[test]
    fn a_member_nobody_knows_is_refused_in_every_record() {
        for (key, record) in samples::records() {
            let json = record_json(&record).with("status", Some(Json::text("active")));
            let fault = read_record(&key, "record", json).unwrap_err();
            assert_eq!(fault.to_string(), "record.status: is not a known member");
        }
    }

    #[test]
    fn a_record_of_another_space_is_refused() {
        let records = samples::records();
        for (key, record) in &records {
            for (other, _) in records
                .iter()
                .filter(|(other, _)| other.space() != key.space())
            {
                assert!(
                    read_record(other, "record", record_json(record)).is_err(),
                    "{key} as {other}"
                );
            }
        }
    }
}

//! Events: what an accepted command did, with every resulting line in full.
//!
//! The members of a new right or party stand flat beside `type`, as in its record.

use std::fmt;

use crate::domain::event::{Event, LineResult, MovedLine, OverhangChange, TakenOver, Tolerated};
use crate::domain::party::Party;
use crate::domain::right::Right;
use crate::domain::wire::changed::{read_changes, read_rows, with_changes};
use crate::domain::wire::list::{each, list_if_any, optional_objects, required_objects, words};
use crate::domain::wire::more;
use crate::domain::wire::record::{
    held_key_json, party_json, read_form, read_held_keys, read_party_members, secured_json,
};
use crate::domain::wire::right::{burden_json, read_burden, read_right, right_json};
use crate::domain::wire::shape::{
    area_json, is_short_name, line_json, mark, optional, overhang_json, read_area, read_burden_id,
    read_count, read_day, read_hash, read_hidden, read_key, read_line, read_line_number,
    read_lines, read_mark, read_name, read_overhang, read_party, read_person, read_quantity,
    read_rights, read_span, read_time, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{KeyId, PublicKey};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;

/// Writes an event.
pub fn event_json(event: &Event) -> Json {
    members_of(event)
        .with("type", Some(Json::text(event.type_name())))
        .with(
            "overhangs",
            list_if_any(event.overhangs(), overhang_change_json),
        )
}

#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each type of event, in one place"
)]
fn members_of(event: &Event) -> Json {
    match event {
        Event::PartyAdmitted {
            party,
            record,
            keys,
        } => admitted_json(*party, record, keys),
        Event::KeyAdded { party, key, person } => {
            held_key_json(key, person).with("party", Some(word(party)))
        }
        Event::KeyRevoked { party, kid } => members([("party", party), ("kid", kid)]),
        Event::SigningPolicySet { party, threshold } => {
            members([("party", party)]).with("threshold", Some(Json::count(*threshold)))
        }
        Event::PolicyAdopted {
            kind,
            digest,
            active_from,
        } => members([
            ("kind", kind),
            ("digest", digest),
            ("active_from", active_from),
        ]),
        Event::RightIssued {
            right,
            record,
            tolerated,
            moved,
        } => issued_json(*right, record, tolerated, moved),
        Event::RightAdjusted {
            right,
            from,
            quantity,
            overhangs: _,
        } => members([("right", right), ("from", from), ("quantity", quantity)]),
        Event::RightRevoked {
            right,
            from,
            overhangs: _,
        } => members([("right", right), ("from", from)]),
        Event::Frozen {
            right,
            burden,
            overhangs: _,
        } => members([("right", right)]).with("burden", Some(burden_json(burden))),
        Event::Unfrozen {
            right,
            freeze,
            overhangs: _,
        } => members([("right", right), ("freeze", freeze)]),
        Event::Reserved {
            reservation,
            pledgee,
            pledgor,
            lines,
            expires,
        } => members([
            ("reservation", reservation),
            ("pledgee", pledgee),
            ("pledgor", pledgor),
        ])
        .with("lines", Some(Json::list(lines.iter().map(line_json))))
        .with("expires", Some(word(expires))),
        Event::ReservationCancelled {
            reservation,
            rights,
            overhangs: _,
        } => members([("reservation", reservation)]).with("rights", Some(words(rights))),
        Event::PledgeRegistered {
            pledge,
            pledgee,
            pledgor,
            debtor,
            form,
            lines,
            term,
            hidden,
            reservation,
            more,
        } => {
            let json = secured_json([*pledgee, *pledgor], *debtor, *form, lines, *term, hidden)
                .with("pledge", Some(word(pledge)))
                .with("reservation", reservation.as_ref().map(taken_json));
            more::pledge::with_more(json, more)
        }
        Event::PledgeAmended {
            pledge,
            lines,
            overhangs: _,
        }
        | Event::PledgeReleased {
            pledge,
            lines,
            overhangs: _,
        } => {
            let lines = Json::list(lines.iter().map(line_result_json));
            members([("pledge", pledge)]).with("lines", Some(lines))
        }
        Event::Changed {
            act: _,
            changes,
            rows,
            overhangs: _,
        } => with_changes(Json::object([]), changes, rows),
        Event::PledgeExtended {
            pledge,
            lines,
            term,
        } => members([("pledge", pledge)])
            .with("lines", list_if_any(lines, line_result_json))
            .with("term", term.map(span_json)),
    }
}

/// Writes members that have one text each.
fn members<const N: usize>(named: [(&str, &dyn fmt::Display); N]) -> Json {
    Json::object(named.map(|(name, value)| (name, word(value))))
}

fn admitted_json(party: PartyId, record: &Party, keys: &[(PublicKey, String)]) -> Json {
    let keys = keys.iter().map(|(key, person)| held_key_json(key, person));
    party_json(record)
        .with("party", Some(word(party)))
        .with("keys", Some(Json::list(keys)))
}

fn issued_json(
    right: RightId,
    record: &Right,
    tolerated: &[Tolerated],
    moved: &[MovedLine],
) -> Json {
    let overlap = |overlap: &Tolerated| {
        members([("right", &overlap.right)]).with("area2", Some(area_json(overlap.area2)))
    };
    let line = |line: &MovedLine| members([("from", &line.from), ("burden", &line.burden)]);
    right_json(record)
        .with("right", Some(word(right)))
        .with("tolerated", list_if_any(tolerated, overlap))
        .with("moved", list_if_any(moved, line))
}

fn taken_json(taken: &TakenOver) -> Json {
    members([("id", &taken.id)])
        .with("rights", Some(words(&taken.rights)))
        .with("in_place", mark(taken.in_place))
}

fn line_result_json(result: &LineResult) -> Json {
    line_json(&result.line).with("line", Some(Json::Int(i64::from(result.number))))
}

fn overhang_change_json(change: &OverhangChange) -> Json {
    members([("right", &change.right), ("burden", &change.burden)])
        .with("overhang", change.overhang.map(overhang_json))
}

/// Reads an event that stands at `path`.
pub fn read_event(path: &str, value: Json) -> Result<Event, FieldFault> {
    let mut fields = Fields::open(path, value)?;
    let event = read_members(&mut fields)?;
    fields.finish()?;
    Ok(event)
}

fn read_members(fields: &mut Fields) -> Read {
    let kind = fields.text("type")?;
    match kind.as_str() {
        "party_admitted" => read_admitted(fields),
        "key_added" => read_key_added(fields),
        "key_revoked" => read_key_revoked(fields),
        "signing_policy_set" => read_threshold_set(fields),
        "policy_adopted" => read_policy_adopted(fields),
        "right_issued" => read_issued(fields),
        "right_adjusted" => read_adjusted(fields),
        "right_revoked" => read_revoked(fields),
        "frozen" => read_frozen(fields),
        "unfrozen" => read_unfrozen(fields),
        "reserved" => read_reserved(fields),
        "reservation_cancelled" => read_cancelled(fields),
        "pledge_registered" => read_registered(fields),
        "pledge_amended" => read_amended(fields),
        "pledge_extended" => read_extended(fields),
        "pledge_released" => read_released(fields),
        _ if fields.has("changes") && is_short_name(&kind) => read_changed(fields, kind),
        _ => Err(fields.fault("type", format!("{kind:?} is not a type of event"))),
    }
}

type Read = Result<Event, FieldFault>;

fn read_admitted(fields: &mut Fields) -> Read {
    Ok(Event::PartyAdmitted {
        party: read_party(fields, "party")?,
        record: Box::new(read_party_members(fields)?),
        keys: read_held_keys(fields)?,
    })
}

fn read_key_added(fields: &mut Fields) -> Read {
    Ok(Event::KeyAdded {
        party: read_party(fields, "party")?,
        key: read_key(fields, "key")?,
        person: read_person(fields, "person")?,
    })
}

fn read_key_revoked(fields: &mut Fields) -> Read {
    Ok(Event::KeyRevoked {
        party: read_party(fields, "party")?,
        kid: KeyId(read_hash(fields, "kid")?),
    })
}

fn read_threshold_set(fields: &mut Fields) -> Read {
    Ok(Event::SigningPolicySet {
        party: read_party(fields, "party")?,
        threshold: read_count(fields, "threshold")?,
    })
}

fn read_policy_adopted(fields: &mut Fields) -> Read {
    Ok(Event::PolicyAdopted {
        kind: read_name(fields, "kind")?,
        digest: read_hash(fields, "digest")?,
        active_from: read_time(fields, "active_from")?,
    })
}

fn read_issued(fields: &mut Fields) -> Read {
    let tolerated = optional_objects(fields, "tolerated", limits::NEIGHBORS_MAX)?;
    let moved = optional_objects(fields, "moved", limits::RIGHT_ENCUMBRANCES_MAX)?;
    Ok(Event::RightIssued {
        right: RightId::take(fields, "right")?,
        record: Box::new(read_right(fields)?),
        tolerated: each(tolerated, |fields| {
            Ok(Tolerated {
                right: RightId::take(fields, "right")?,
                area2: read_area(fields, "area2")?,
            })
        })?,
        moved: each(moved, |fields| {
            Ok(MovedLine {
                from: RightId::take(fields, "from")?,
                burden: read_burden_id(fields, "burden")?,
            })
        })?,
    })
}

fn read_adjusted(fields: &mut Fields) -> Read {
    Ok(Event::RightAdjusted {
        right: RightId::take(fields, "right")?,
        from: read_day(fields, "from")?,
        quantity: read_quantity(fields, "quantity")?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_revoked(fields: &mut Fields) -> Read {
    Ok(Event::RightRevoked {
        right: RightId::take(fields, "right")?,
        from: read_day(fields, "from")?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_frozen(fields: &mut Fields) -> Read {
    let mut inner = fields.object("burden")?;
    let burden = read_burden(&mut inner)?;
    inner.finish()?;
    Ok(Event::Frozen {
        right: RightId::take(fields, "right")?,
        burden,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_unfrozen(fields: &mut Fields) -> Read {
    Ok(Event::Unfrozen {
        right: RightId::take(fields, "right")?,
        freeze: FreezeId::take(fields, "freeze")?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_reserved(fields: &mut Fields) -> Read {
    Ok(Event::Reserved {
        reservation: ReservationId::take(fields, "reservation")?,
        pledgee: read_party(fields, "pledgee")?,
        pledgor: read_party(fields, "pledgor")?,
        lines: read_lines(fields)?,
        expires: read_time(fields, "expires")?,
    })
}

fn read_cancelled(fields: &mut Fields) -> Read {
    Ok(Event::ReservationCancelled {
        reservation: ReservationId::take(fields, "reservation")?,
        rights: read_rights(fields, "rights")?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_registered(fields: &mut Fields) -> Read {
    Ok(Event::PledgeRegistered {
        pledge: PledgeId::take(fields, "pledge")?,
        pledgee: read_party(fields, "pledgee")?,
        pledgor: read_party(fields, "pledgor")?,
        debtor: optional(fields, "debtor", read_party)?,
        form: read_form(fields)?,
        lines: read_lines(fields)?,
        term: optional(fields, "term", read_span)?,
        hidden: read_hidden(fields)?,
        reservation: fields
            .optional_object("reservation")?
            .map(read_taken)
            .transpose()?,
        more: Box::new(more::pledge::read_more(fields)?),
    })
}

fn read_taken(mut fields: Fields) -> Result<TakenOver, FieldFault> {
    let taken = TakenOver {
        id: ReservationId::take(&mut fields, "id")?,
        rights: read_rights(&mut fields, "rights")?,
        in_place: read_mark(&mut fields, "in_place")?,
    };
    fields.finish()?;
    Ok(taken)
}

fn read_amended(fields: &mut Fields) -> Read {
    Ok(Event::PledgeAmended {
        pledge: PledgeId::take(fields, "pledge")?,
        lines: read_line_results(required_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?)?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_extended(fields: &mut Fields) -> Read {
    Ok(Event::PledgeExtended {
        pledge: PledgeId::take(fields, "pledge")?,
        lines: read_line_results(optional_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?)?,
        term: optional(fields, "term", read_span)?,
    })
}

fn read_released(fields: &mut Fields) -> Read {
    Ok(Event::PledgeReleased {
        pledge: PledgeId::take(fields, "pledge")?,
        lines: read_line_results(required_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?)?,
        overhangs: read_overhangs(fields)?,
    })
}

/// Any word is an act: a reader folds acts that it has never heard of.
fn read_changed(fields: &mut Fields, act: String) -> Read {
    Ok(Event::Changed {
        act,
        changes: read_changes(fields)?,
        rows: read_rows(fields)?,
        overhangs: read_overhangs(fields)?,
    })
}

fn read_line_results(objects: Vec<Fields>) -> Result<Vec<LineResult>, FieldFault> {
    each(objects, |fields| {
        Ok(LineResult {
            number: read_line_number(fields, "line")?,
            line: read_line(fields)?,
        })
    })
}

fn read_overhangs(fields: &mut Fields) -> Result<Vec<OverhangChange>, FieldFault> {
    let max = limits::PLEDGE_LINES_MAX * limits::RIGHT_ENCUMBRANCES_MAX;
    each(optional_objects(fields, "overhangs", max)?, |fields| {
        Ok(OverhangChange {
            right: RightId::take(fields, "right")?,
            burden: read_burden_id(fields, "burden")?,
            overhang: optional(fields, "overhang", read_overhang)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::wire::samples;

    #[test]
    fn every_event_survives() {
        let mut types = BTreeSet::new();
        for event in samples::events() {
            types.insert(event.type_name().to_owned());
            let text = event_json(&event).to_canonical();
            let json = Json::parse_canonical(text.as_bytes()).unwrap();
            assert_eq!(read_event("event", json), Ok(event), "{text}");
        }
        assert_eq!(types.len(), 17, "a type of event has no sample: {types:?}");
    }

    #[test]
    fn a_member_nobody_knows_is_refused_in_every_event() {
        for event in samples::events() {
            let json = event_json(&event).with("remark", Some(Json::text("x")));
            let fault = read_event("event", json).unwrap_err();
            assert_eq!(fault.to_string(), "event.remark: is not a known member");
        }
    }

    #[test]
    fn an_unknown_type_is_refused() {
        let json = Json::object([("type", Json::text("pledge_forgotten"))]);
        let fault = read_event("event", json).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "event.type: \"pledge_forgotten\" is not a type of event"
        );
    }

    #[test]
    fn a_line_without_members_nobody_gave_is_short() {
        let events = samples::events();
        let mut texts = events.iter().map(|event| event_json(event).to_canonical());
        let registered = texts
            .rfind(|text| text.contains("pledge_registered"))
            .unwrap();
        let line = r#"{"from":"2026-12-01","quantity":"80.5","right":"R41","to":"2028-03-01"}"#;
        assert!(registered.contains(line), "{registered}");
    }
}

//! Acts on rights.

use std::collections::BTreeMap;

use crate::domain::command::{
    Allocation, Amount, CarveOut, Conversion, Converted, Correction, Reliance, RightAct,
    TransferPart,
};
use crate::domain::right::Identity;
use crate::domain::wire::act::freeze;
use crate::domain::wire::body::{read_attributes, read_identities, read_years, refuse_twice};
use crate::domain::wire::list::{
    each, list_if_any, map_json, optional_list, optional_objects, words,
};
use crate::domain::wire::question;
use crate::domain::wire::right::identity_json;
use crate::domain::wire::shape::{
    mark, optional, read_burden_id, read_count, read_day, read_hash, read_mark, read_name,
    read_party, read_plain, read_quantity, read_span, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::limits;

type Read = Result<RightAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "extend_right" => read_extend(fields),
        "surrender_right" => read_surrender(fields),
        "correct_right" => read_correct(fields),
        "transfer_right" => read_transfer(fields),
        "convert_right" => read_convert(fields),
        "record_verification" => question::read(fields),
        _ => return freeze::read(kind, fields).map(|act| act.map(RightAct::OfFreeze)),
    })
}

fn read_extend(fields: &mut Fields) -> Read {
    Ok(RightAct::ExtendRight {
        right: RightId::take(fields, "right")?,
        to: read_day(fields, "to")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_surrender(fields: &mut Fields) -> Read {
    let carve_out = optional(fields, "carve_out", |fields, name| {
        fields.parsed(name, "consent or order", CarveOut::parse)
    })?;
    Ok(RightAct::SurrenderRight {
        right: RightId::take(fields, "right")?,
        amount: read_amount(fields)?,
        carve_out,
        consenting: read_consenting(fields)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_correct(fields: &mut Fields) -> Read {
    let of_line = fields.has("line");
    let correction = if of_line {
        Correction::Line {
            line: read_burden_id(fields, "line")?,
            amount: read_amount(fields)?,
            relied: read_relied(fields)?,
        }
    } else if fields.has("quantity") {
        Correction::Quantity(read_amount(fields)?)
    } else if read_mark(fields, "resolution")? {
        Correction::Resolution
    } else {
        let attributes = read_attributes(fields)?;
        Correction::Particulars {
            class: optional(fields, "class", read_plain)?,
            attributes: attributes.into_iter().collect(),
        }
    };
    Ok(RightAct::CorrectRight {
        right: RightId::take(fields, "right")?,
        correction,
        consenting: read_consenting(fields)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_relied(fields: &mut Fields) -> Result<Vec<Reliance>, FieldFault> {
    let certificates = optional_objects(fields, "relied", limits::PLEDGE_NOTES_MAX)?;
    let relied = each(certificates, |fields| {
        Ok(Reliance {
            position: read_count(fields, "position")?,
            number: optional(fields, "number", read_plain)?,
        })
    })?;
    refuse_twice(fields, "relied", relied.iter())?;
    Ok(relied)
}

fn read_transfer(fields: &mut Fields) -> Read {
    let part = if fields.has("quantity") {
        Some(Box::new(read_part(fields)?))
    } else {
        None
    };
    Ok(RightAct::TransferRight {
        right: RightId::take(fields, "right")?,
        to: read_party(fields, "to")?,
        succession: read_mark(fields, "succession")?,
        part,
        consenting: read_consenting(fields)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_part(fields: &mut Fields) -> Result<TransferPart, FieldFault> {
    let allocations = optional_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?;
    let allocations = each(allocations, |fields| {
        let line = read_burden_id(fields, "line")?;
        let quantity = if read_mark(fields, "joint")? {
            None
        } else {
            Some(read_quantity(fields, "quantity")?)
        };
        Ok(Allocation { line, quantity })
    })?;
    refuse_twice(fields, "lines", allocations.iter().map(|of| of.line))?;
    Ok(TransferPart {
        amount: read_amount(fields)?,
        identities: read_identities(fields)?,
        allocations,
    })
}

fn read_convert(fields: &mut Fields) -> Read {
    let part = match optional(fields, "years", read_years)? {
        Some((first, last)) => Converted::Years(first, last),
        None => Converted::Amount(read_amount(fields)?),
    };
    let mut into = fields.object("into")?;
    let conversion = Conversion {
        kind: read_name(&mut into, "kind")?,
        identities: read_identities(&mut into)?,
        amount: read_amount(&mut into)?,
        span: read_span(&mut into, "span")?,
        class: optional(&mut into, "class", read_plain)?,
    };
    into.finish()?;
    Ok(RightAct::ConvertRight {
        right: RightId::take(fields, "right")?,
        part,
        into: Box::new(conversion),
        consenting: read_consenting(fields)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_amount(fields: &mut Fields) -> Result<Amount, FieldFault> {
    let quantity = read_quantity(fields, "quantity")?;
    Ok((quantity, read_plain(fields, "unit")?))
}

pub(in crate::domain::wire) fn read_consenting(
    fields: &mut Fields,
) -> Result<Vec<PartyId>, FieldFault> {
    let (max, what) = (limits::SIGNATURES_MAX, "an id such as M9");
    let parties = optional_list(fields, "consenting", max, what, PartyId::parse)?;
    if !parties.is_sorted_by(|a, b| a < b) {
        return Err(fields.fault("consenting", "must name parties in order, each once"));
    }
    Ok(parties)
}

/// Writes the parties that a payload names as consenting.
pub(in crate::domain::wire) fn consenting_json(parties: &[PartyId]) -> Option<Json> {
    (!parties.is_empty()).then(|| words(parties))
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &RightAct) -> Json {
    let (right, document) = (act.right(), act.document());
    let json = Json::object([("right", word(right)), ("document", word(document))]);
    let json = json.with("consenting", consenting_json(act.consenting()));
    match act {
        RightAct::ExtendRight { to, .. } => json.with("to", Some(word(to))),
        RightAct::SurrenderRight {
            amount, carve_out, ..
        } => {
            let carve_out = carve_out.map(|carve_out| Json::text(carve_out.name()));
            with_amount(json, amount).with("carve_out", carve_out)
        }
        RightAct::CorrectRight { correction, .. } => with_correction(json, correction),
        RightAct::TransferRight {
            to,
            succession,
            part,
            ..
        } => {
            let json = json
                .with("to", Some(word(to)))
                .with("succession", mark(*succession));
            match part {
                Some(part) => with_part(json, part),
                None => json,
            }
        }
        RightAct::ConvertRight { part, into, .. } => {
            let json = match part {
                Converted::Amount(amount) => with_amount(json, amount),
                Converted::Years(first, last) => {
                    let year = |year: &i32| Json::Int(i64::from(*year));
                    json.with("years", Some(Json::list([year(first), year(last)])))
                }
            };
            json.with("into", Some(conversion_json(into)))
        }
        RightAct::RecordVerification { verification, .. } => {
            question::with_verification(json, verification)
        }
        RightAct::OfFreeze(act) => freeze::json(act),
    }
}

fn with_amount(json: Json, (quantity, unit): &Amount) -> Json {
    json.with("quantity", Some(word(quantity)))
        .with("unit", Some(word(unit)))
}

fn with_correction(json: Json, correction: &Correction) -> Json {
    match correction {
        Correction::Particulars { class, attributes } => {
            let attributes: &BTreeMap<String, String> = attributes;
            let attributes = (!attributes.is_empty()).then(|| map_json(attributes));
            json.with("class", class.as_ref().map(word))
                .with("attributes", attributes)
        }
        Correction::Quantity(amount) => with_amount(json, amount),
        Correction::Resolution => json.with("resolution", mark(true)),
        Correction::Line {
            line,
            amount,
            relied,
        } => with_amount(json, amount)
            .with("line", Some(word(line)))
            .with("relied", list_if_any(relied, reliance_json)),
    }
}

fn reliance_json(reliance: &Reliance) -> Json {
    Json::object([("position", Json::count(reliance.position))])
        .with("number", reliance.number.as_ref().map(word))
}

fn identities_json(identities: &[Identity]) -> Json {
    Json::list(identities.iter().map(identity_json))
}

fn with_part(json: Json, part: &TransferPart) -> Json {
    let allocation = |of: &Allocation| {
        Json::object([("line", word(of.line))])
            .with("quantity", of.quantity.map(word))
            .with("joint", mark(of.quantity.is_none()))
    };
    with_amount(json, &part.amount)
        .with("identities", Some(identities_json(&part.identities)))
        .with("lines", list_if_any(&part.allocations, allocation))
}

fn conversion_json(into: &Conversion) -> Json {
    let json = Json::object([
        ("kind", word(&into.kind)),
        ("identities", identities_json(&into.identities)),
        ("span", span_json(into.span)),
    ]);
    with_amount(json, &into.amount).with("class", into.class.as_ref().map(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction(members: &str) -> Result<RightAct, FieldFault> {
        let document = "0".repeat(64);
        let text = format!(r#"{{"document":"{document}",{members},"right":"R41"}}"#);
        let mut fields = Fields::open("body", Json::parse(text.as_bytes()).unwrap())?;
        let act = read("correct_right", &mut fields).unwrap()?;
        fields.finish()?;
        Ok(act)
    }

    #[test]
    fn a_correction_sets_class_attributes_quantity_or_a_dispute_right() {
        for members in [
            r#""class":"商品林""#,
            r#""attributes":{"fee":"已缴"}"#,
            r#""quantity":"120","unit":"t/a""#,
            r#""resolution":true"#,
            r#""line":"P57.0","quantity":"80","relied":[{"position":61}],"unit":"t/a""#,
        ] {
            assert!(correction(members).is_ok(), "{members}");
        }
    }

    #[test]
    fn a_correction_cannot_touch_holder_identity_ground_or_span() {
        for (member, value) in [
            ("holder", r#""M9""#),
            ("identities", r#"[{"scheme":"permit","value":"001P"}]"#),
            ("polygon", r#""106.5 29.4""#),
            ("units", r#"["500113001001JE00001L00000001"]"#),
            ("span", r#"{"from":"2026-01-01","to":"2031-01-01"}"#),
            ("issuer", r#""M9""#),
        ] {
            let fault = correction(&format!(r#""class":"x","{member}":{value}"#)).unwrap_err();
            assert_eq!(fault.field, format!("body.{member}"));
        }
    }

    #[test]
    fn a_correction_sets_one_thing_right_at_a_time() {
        for members in [
            r#""class":"x","quantity":"120","unit":"t/a""#,
            r#""line":"P57.0","quantity":"80","resolution":true,"unit":"t/a""#,
            r#""attributes":{"fee":"x"},"resolution":true"#,
            r#""quantity":"80","relied":[{"position":61}],"unit":"t/a""#,
            r#""class":"x","consenting":["M9","M3"]"#,
            r#""line":"P57.0","quantity":"80","relied":[{"position":61},{"position":61}],"unit":"t/a""#,
        ] {
            assert!(correction(members).is_err(), "{members}");
        }
    }
}

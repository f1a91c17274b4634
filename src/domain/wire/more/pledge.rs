//! Members of a pledge that came with law 2. Objects in them are flat, so that a row of an event has room for them.

use crate::domain::pledge::{
    Buyout, Cap, Disposal, Former, Guarantee, Joint, LineCorrection, Maximum, Objection, Part,
    PledgeMore, Share,
};
use crate::domain::wire::act::pledge::{read_report, report_json};
use crate::domain::wire::attested::{attested_json, read_attested};
use crate::domain::wire::list::{counts_if_any, each, list_if_any, optional_objects};
use crate::domain::wire::more::party::{erased_json, read_erased};
use crate::domain::wire::shape::{
    mark, optional, read_count, read_green, read_hash, read_line_number, read_mark, read_party,
    read_plain, read_quantity, read_span, read_time, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PledgeId;
use crate::primitives::limits;

/// Adds the members.
pub(in crate::domain::wire) fn with_more(json: Json, more: &PledgeMore) -> Json {
    let PledgeMore {
        caps,
        maximum,
        syndicate,
        green,
        former,
        determined,
        parts,
        guarantees,
        buyouts,
        objections,
        disposals,
        joint,
        corrections,
        external,
        attested,
        erased,
    } = more;
    json.with("caps", list_if_any(caps, cap_json))
        .with("maximum", maximum.map(|maximum| span_json(maximum.period)))
        .with("syndicate", list_if_any(syndicate, share_json))
        .with("green", green.as_ref().map(word))
        .with("former", list_if_any(former, former_json))
        .with("determined", determined.map(Json::count))
        .with("parts", list_if_any(parts, part_json))
        .with("guarantees", list_if_any(guarantees, guarantee_json))
        .with("buyouts", list_if_any(buyouts, buyout_json))
        .with("objections", list_if_any(objections, objection_json))
        .with("disposals", list_if_any(disposals, disposal_json))
        .with("joint", list_if_any(joint, joint_json))
        .with("corrections", list_if_any(corrections, correction_json))
        .with("external", list_if_any(external, report_json))
        .with("attested", list_if_any(attested, attested_json))
        .with("erased", list_if_any(erased, erased_json))
}

/// Reads the members.
pub(in crate::domain::wire) fn read_more(fields: &mut Fields) -> Result<PledgeMore, FieldFault> {
    let notes =
        |fields: &mut Fields, name: &str| optional_objects(fields, name, limits::PLEDGE_NOTES_MAX);
    Ok(PledgeMore {
        caps: each(notes(fields, "caps")?, read_cap)?,
        maximum: optional(fields, "maximum", read_span)?.map(|period| Maximum { period }),
        syndicate: read_syndicate(fields)?,
        green: optional(fields, "green", read_green)?,
        former: each(
            optional_objects(fields, "former", limits::PLEDGE_FORMER_MAX)?,
            read_former,
        )?,
        determined: optional(fields, "determined", read_count)?,
        parts: each(
            optional_objects(fields, "parts", limits::PLEDGE_PARTS_MAX)?,
            read_part,
        )?,
        guarantees: each(notes(fields, "guarantees")?, read_guarantee)?,
        buyouts: each(notes(fields, "buyouts")?, read_buyout)?,
        objections: each(notes(fields, "objections")?, read_objection)?,
        disposals: each(
            optional_objects(fields, "disposals", limits::PLEDGE_DISPOSALS_MAX)?,
            read_disposal,
        )?,
        joint: each(notes(fields, "joint")?, read_joint)?,
        corrections: each(notes(fields, "corrections")?, read_correction)?,
        external: each(notes(fields, "external")?, read_report)?,
        attested: each(notes(fields, "attested")?, read_attested)?,
        erased: read_erased(fields)?,
    })
}

pub(in crate::domain::wire) fn share_json(share: &Share) -> Json {
    Json::object([
        ("party", word(share.party)),
        ("share_bp", Json::count(share.share_bp)),
    ])
}

/// Reads who shares a claim: ascending by party, each with 1 to 10,000 hundredths of a percent.
pub(in crate::domain::wire) fn read_syndicate(
    fields: &mut Fields,
) -> Result<Vec<Share>, FieldFault> {
    let objects = optional_objects(fields, "syndicate", limits::PLEDGE_NOTES_MAX)?;
    let shares = each(objects, |fields| {
        let share_bp = fields.count("share_bp")?;
        if !(1..=10_000).contains(&share_bp) {
            return Err(fields.fault("share_bp", format!("must be 1 to 10000, not {share_bp}")));
        }
        Ok(Share {
            party: read_party(fields, "party")?,
            share_bp,
        })
    })?;
    if !shares.is_sorted_by(|a, b| a.party < b.party) {
        return Err(fields.fault("syndicate", "must ascend by party, each once"));
    }
    Ok(shares)
}

fn part_json(part: &Part) -> Json {
    Json::object([
        ("party", word(part.party)),
        ("amount", word(part.amount)),
        ("entry", Json::count(part.entry)),
    ])
}

fn read_part(fields: &mut Fields) -> Result<Part, FieldFault> {
    Ok(Part {
        party: read_party(fields, "party")?,
        amount: read_quantity(fields, "amount")?,
        entry: read_count(fields, "entry")?,
    })
}

fn guarantee_json(guarantee: &Guarantee) -> Json {
    Json::object([
        ("guarantor", word(guarantee.guarantor)),
        ("share_bp", Json::count(guarantee.share_bp)),
        ("document", word(guarantee.document)),
        ("entry", Json::count(guarantee.entry)),
    ])
    .with("counter", guarantee.counter.map(word))
}

fn read_guarantee(fields: &mut Fields) -> Result<Guarantee, FieldFault> {
    Ok(Guarantee {
        guarantor: read_party(fields, "guarantor")?,
        share_bp: read_count(fields, "share_bp")?,
        counter: optional(fields, "counter", PledgeId::take)?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
    })
}

fn buyout_json(buyout: &Buyout) -> Json {
    Json::object([
        ("party", word(buyout.party)),
        ("price", word(buyout.price)),
        ("trigger", word(&buyout.trigger)),
        ("document", word(buyout.document)),
        ("entry", Json::count(buyout.entry)),
    ])
}

fn read_buyout(fields: &mut Fields) -> Result<Buyout, FieldFault> {
    Ok(Buyout {
        party: read_party(fields, "party")?,
        price: read_quantity(fields, "price")?,
        trigger: read_plain(fields, "trigger")?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
    })
}

fn objection_json(objection: &Objection) -> Json {
    Json::object([
        ("party", word(objection.party)),
        ("document", word(objection.document)),
        ("entry", Json::count(objection.entry)),
        ("until", word(objection.until)),
    ])
    .with("suit", objection.suit.map(word))
}

fn read_objection(fields: &mut Fields) -> Result<Objection, FieldFault> {
    Ok(Objection {
        party: read_party(fields, "party")?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
        until: read_time(fields, "until")?,
        suit: optional(fields, "suit", read_hash)?,
    })
}

fn disposal_json(disposal: &Disposal) -> Json {
    Json::object([
        ("line", Json::Int(i64::from(disposal.line))),
        ("proceeds", word(disposal.proceeds)),
        ("document", word(disposal.document)),
        ("entry", Json::count(disposal.entry)),
    ])
    .with("quantity", disposal.quantity.map(word))
    .with("authority", disposal.authority.map(word))
    .with("buyer", disposal.buyer.map(word))
}

fn read_disposal(fields: &mut Fields) -> Result<Disposal, FieldFault> {
    Ok(Disposal {
        authority: optional(fields, "authority", read_party)?,
        buyer: optional(fields, "buyer", read_party)?,
        line: read_line_number(fields, "line")?,
        quantity: optional(fields, "quantity", read_quantity)?,
        proceeds: read_quantity(fields, "proceeds")?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
    })
}

fn line_json(line: u16) -> Json {
    Json::Int(i64::from(line))
}

fn joint_json(joint: &Joint) -> Json {
    Json::object([
        ("first", line_json(joint.first)),
        ("second", line_json(joint.second)),
        ("quantity", word(joint.quantity)),
        ("entry", Json::count(joint.entry)),
    ])
}

fn read_joint(fields: &mut Fields) -> Result<Joint, FieldFault> {
    Ok(Joint {
        first: read_line_number(fields, "first")?,
        second: read_line_number(fields, "second")?,
        quantity: read_quantity(fields, "quantity")?,
        entry: read_count(fields, "entry")?,
    })
}

fn correction_json(correction: &LineCorrection) -> Json {
    let relied = list_if_any(&correction.relied, |size| Json::count(*size));
    Json::object([
        ("line", line_json(correction.line)),
        ("quantity", word(correction.quantity)),
        ("document", word(correction.document)),
        ("entry", Json::count(correction.entry)),
    ])
    .with("further", correction.further.map(line_json))
    .with("relied", relied)
}

fn read_correction(fields: &mut Fields) -> Result<LineCorrection, FieldFault> {
    Ok(LineCorrection {
        line: read_line_number(fields, "line")?,
        further: optional(fields, "further", read_line_number)?,
        quantity: read_quantity(fields, "quantity")?,
        relied: counts_if_any(fields, "relied", limits::PLEDGE_NOTES_MAX)?,
        document: read_hash(fields, "document")?,
        entry: read_count(fields, "entry")?,
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

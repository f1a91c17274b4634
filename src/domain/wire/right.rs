//! The members of a right: the same in the record of the state tree and in the event that issues it.
//!
//! They stand flat in their object, so that the deepest entry keeps within the nesting limit. The capacity model shows in
//! which member is there: `balance` a stock, `steps` a flow, `measure` land.

use crate::domain::geometry::{BoundingBox, Parcel};
use crate::domain::right::{
    Burden, Capacity, GroundOf, Identity, NamedParcel, Right, Used, Verified,
};
use crate::domain::wire::act::freeze::{read_order, with_order};
use crate::domain::wire::list::{
    each, list_if_any, map_json, optional_list, optional_objects, read_map, required_list,
    required_objects, words,
};
use crate::domain::wire::polygon::{polygon_text, read_polygon};
use crate::domain::wire::shape::{
    area_json, mark, optional, overhang_json, read_area, read_behind, read_burden_id, read_count,
    read_day, read_extent, read_hash, read_mark, read_name, read_overhang, read_party,
    read_quantity, read_span, read_time, span_json, with_extent, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// Attributes of one right.
pub(super) const ATTRIBUTES_MAX: usize = 16;
/// Cells of one right: what `touches` of one entry can hold at 67 bytes each.
const CELLS_MAX: usize = limits::ENTRY_BYTES_MAX / 67;

/// Writes a right as an object of its members.
pub(super) fn right_json(right: &Right) -> Json {
    let base = Json::object([
        ("kind", Json::text(&*right.kind)),
        ("issuer", word(right.issuer)),
        ("holder", word(right.holder)),
        (
            "identities",
            Json::list(right.identities.iter().map(identity_json)),
        ),
        ("span", span_json(right.span)),
        ("burdens", Json::list(right.burdens.iter().map(burden_json))),
        ("succeeds", words(&right.succeeds)),
    ]);
    let attributes = (!right.attributes.is_empty()).then(|| map_json(&right.attributes));
    with_capacity(base, &right.capacity)
        .with("source", right.source.as_ref().map(word))
        .with("layer", right.layer.as_ref().map(word))
        .with("class", right.class.as_ref().map(word))
        .with("attributes", attributes)
        .with("acquired", right.acquired.map(Json::count))
        .with("succeeded_by", right.succeeded_by.map(word))
        .with("additional", mark(right.additional))
        .with("adjudication", right.adjudication.map(word))
        .with("revoked_from", right.revoked_from.map(word))
        .with("resolution", right.resolution.map(word))
        .with(
            "converted",
            list_if_any(&right.converted, |span| word(years_text(*span))),
        )
        .with("uses", list_if_any(&right.uses, used_json))
        .with(
            "verifications",
            list_if_any(&right.verifications, verified_json),
        )
}

fn used_json(used: &Used) -> Json {
    Json::object([
        ("quantity", word(used.quantity)),
        ("entry", Json::count(used.entry)),
    ])
    .with("ordered", mark(used.ordered))
}

fn read_used(fields: &mut Fields) -> Result<Used, FieldFault> {
    Ok(Used {
        quantity: read_quantity(fields, "quantity")?,
        ordered: read_mark(fields, "ordered")?,
        entry: read_count(fields, "entry")?,
    })
}

fn verified_json(verified: &Verified) -> Json {
    Json::object([
        ("guarantor", word(verified.guarantor)),
        ("question", word(verified.question)),
        ("answer", word(verified.answer)),
        ("size", Json::count(verified.size)),
        ("root", word(verified.root)),
        ("entry", Json::count(verified.entry)),
    ])
}

fn read_verified(fields: &mut Fields) -> Result<Verified, FieldFault> {
    Ok(Verified {
        guarantor: read_party(fields, "guarantor")?,
        question: read_hash(fields, "question")?,
        answer: read_hash(fields, "answer")?,
        size: read_count(fields, "size")?,
        root: read_hash(fields, "root")?,
        entry: read_count(fields, "entry")?,
    })
}

/// Writes whole years as `2028-2032`, both included; an object would pass the depth that an entry may have.
fn years_text(span: Span) -> String {
    let (first, last) = (span.from().date().0, span.to().previous().date().0);
    format!("{first:04}-{last:04}")
}

fn parse_years(text: &str) -> Option<Span> {
    let (first, last) = text.split_once('-')?;
    let year = |text: &str| {
        let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        is_year.then(|| text.parse::<i32>().ok()).flatten()
    };
    Span::of_years(year(first)?, year(last)?)
}

fn with_capacity(json: Json, capacity: &Capacity) -> Json {
    match capacity {
        Capacity::Stock(balance) => json.with("balance", Some(word(balance))),
        Capacity::Flow(steps) => json.with("steps", Some(steps_json(steps))),
        Capacity::Land {
            ground,
            measure,
            cells,
            tolerated_area2,
        } => {
            let json = match ground {
                GroundOf::Unknown => json,
                GroundOf::Polygon(parcel) => {
                    json.with("polygon", Some(Json::Text(polygon_text(parcel.parts()))))
                }
                GroundOf::Units(units) => {
                    json.with("units", Some(Json::list(units.iter().map(unit_json))))
                }
            };
            let tolerated = (*tolerated_area2 != 0).then(|| area_json(*tolerated_area2));
            json.with("measure", Some(word(measure)))
                .with("cells", list_if_any(cells, word))
                .with("tolerated_area2", tolerated)
        }
    }
}

/// Writes the steps of a flow.
pub(super) fn steps_json(steps: &[(Day, Quantity)]) -> Json {
    let step = |(from, quantity): &(Day, Quantity)| {
        Json::object([("from", word(from)), ("quantity", word(quantity))])
    };
    Json::list(steps.iter().map(step))
}

/// Writes an identity.
pub(super) fn identity_json(identity: &Identity) -> Json {
    Json::object([
        ("scheme", word(&identity.scheme)),
        ("value", word(&identity.value)),
    ])
}

fn unit_json(parcel: &NamedParcel) -> Json {
    Json::object([("unit", word(&parcel.unit)), ("right", word(parcel.right))])
}

/// Writes a burden.
pub(super) fn burden_json(burden: &Burden) -> Json {
    let json = with_extent(Json::object([("id", word(burden.id))]), burden.extent)
        .with("expires", burden.expires.map(word))
        .with("authority", burden.authority.map(word))
        .with("behind", list_if_any(&burden.behind, word))
        .with("overhang", burden.overhang.map(overhang_json));
    with_order(json, burden.order.as_deref())
}

/// Reads the members of a right; the caller finishes the object.
pub(super) fn read_right(fields: &mut Fields) -> Result<Right, FieldFault> {
    let burdens = required_objects(fields, "burdens", limits::RIGHT_ENCUMBRANCES_MAX)?;
    let uses = optional_objects(fields, "uses", limits::RIGHT_USES_MAX)?;
    let most = limits::RIGHT_VERIFICATIONS_MAX;
    let verifications = optional_objects(fields, "verifications", most)?;
    Ok(Right {
        kind: read_name(fields, "kind")?,
        issuer: read_party(fields, "issuer")?,
        holder: read_party(fields, "holder")?,
        acquired: optional(fields, "acquired", read_count)?,
        identities: read_identities(fields)?,
        source: fields.optional_text("source")?,
        layer: optional(fields, "layer", read_name)?,
        span: read_span(fields, "span")?,
        capacity: read_capacity(fields)?,
        class: fields.optional_text("class")?,
        attributes: read_map(fields, "attributes", ATTRIBUTES_MAX)?
            .into_iter()
            .collect(),
        burdens: each(burdens, read_burden)?,
        succeeds: read_succeeds(fields)?,
        succeeded_by: optional(fields, "succeeded_by", RightId::take)?,
        additional: read_mark(fields, "additional")?,
        adjudication: optional(fields, "adjudication", read_hash)?,
        revoked_from: optional(fields, "revoked_from", read_day)?,
        resolution: optional(fields, "resolution", read_hash)?,
        converted: optional_list(
            fields,
            "converted",
            limits::RIGHT_CONVERTED_MAX,
            "years such as 2028-2032",
            parse_years,
        )?,
        uses: each(uses, read_used)?,
        verifications: each(verifications, read_verified)?,
    })
}

/// Reads the rights that a right succeeds; stated always, empty for none.
pub(super) fn read_succeeds(fields: &mut Fields) -> Result<Vec<RightId>, FieldFault> {
    required_list(
        fields,
        "succeeds",
        limits::SUCCEEDS_MAX,
        "an id such as R41",
        RightId::parse,
    )
}

fn read_capacity(fields: &mut Fields) -> Result<Capacity, FieldFault> {
    if let Some(balance) = optional(fields, "balance", read_quantity)? {
        return Ok(Capacity::Stock(balance));
    }
    if fields.has("steps") {
        return read_steps(fields).map(Capacity::Flow);
    }
    if !fields.has("measure") {
        return Err(fields.fault("measure", "is missing, and so are `balance` and `steps`"));
    }
    Ok(Capacity::Land {
        ground: read_ground(fields)?,
        measure: read_quantity(fields, "measure")?,
        cells: optional_list(
            fields,
            "cells",
            CELLS_MAX,
            "a cell such as x10665y2935 or R41",
            |text| text.parse().ok(),
        )?,
        tolerated_area2: optional(fields, "tolerated_area2", read_area)?.unwrap_or_default(),
    })
}

fn read_ground(fields: &mut Fields) -> Result<GroundOf, FieldFault> {
    if fields.has("units") {
        let units = required_objects(fields, "units", limits::PARCELS_MAX)?;
        let unit = |fields: &mut Fields| {
            Ok(NamedParcel {
                unit: fields.text("unit")?,
                right: RightId::take(fields, "right")?,
            })
        };
        return each(units, unit).map(GroundOf::Units);
    }
    if !fields.has("polygon") {
        return Ok(GroundOf::Unknown);
    }
    let parts = read_polygon(fields, "polygon")?;
    // The polygon was accepted against the county when the right was issued; here only its own form counts.
    let around = BoundingBox::around(parts.iter().flatten().flatten().copied());
    let around = around.ok_or_else(|| fields.fault("polygon", "has no vertex"))?;
    Parcel::new(parts, &around)
        .map(GroundOf::Polygon)
        .map_err(|fault| fields.fault("polygon", fault.to_string()))
}

/// Reads the steps of a flow.
pub(super) fn read_steps(fields: &mut Fields) -> Result<Vec<(Day, Quantity)>, FieldFault> {
    each(
        required_objects(fields, "steps", limits::FLOW_STEPS_MAX)?,
        |fields| {
            Ok((
                read_day(fields, "from")?,
                read_quantity(fields, "quantity")?,
            ))
        },
    )
}

fn read_identities(fields: &mut Fields) -> Result<Vec<Identity>, FieldFault> {
    each(
        required_objects(fields, "identities", limits::IDENTITIES_MAX)?,
        |fields| {
            Ok(Identity {
                scheme: read_name(fields, "scheme")?,
                value: fields.text("value")?,
            })
        },
    )
}

/// Reads the members of a burden; the caller finishes the object.
pub(super) fn read_burden(fields: &mut Fields) -> Result<Burden, FieldFault> {
    Ok(Burden {
        id: read_burden_id(fields, "id")?,
        extent: read_extent(fields)?,
        expires: optional(fields, "expires", read_time)?,
        authority: optional(fields, "authority", read_party)?,
        behind: read_behind(fields)?,
        overhang: optional(fields, "overhang", read_overhang)?,
        order: read_order(fields)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;

    fn fault_of(change: impl FnOnce(&mut std::collections::BTreeMap<String, Json>)) -> String {
        let Json::Object(mut members) = right_json(&samples::forest()) else {
            unreachable!()
        };
        change(&mut members);
        let mut fields = Fields::open("record", Json::Object(members)).unwrap();
        match read_right(&mut fields).and_then(|_| fields.finish()) {
            Ok(()) => "accepted".to_owned(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn every_capacity_and_ground_survives() {
        for right in samples::rights() {
            let text = right_json(&right).to_canonical();
            let json = Json::parse_canonical(text.as_bytes()).unwrap();
            let mut fields = Fields::open("", json).unwrap();
            assert_eq!(read_right(&mut fields), Ok(right), "{text}");
            fields.finish().unwrap();
        }
    }

    #[test]
    fn a_right_has_one_capacity_and_one_ground() {
        let add = |name: &'static str, value: Json| {
            fault_of(move |members| {
                members.insert(name.to_owned(), value);
            })
        };
        assert_eq!(fault_of(|_| ()), "accepted");
        assert_eq!(
            add("balance", Json::text("1")),
            "record.cells: is not a known member"
        );
        assert_eq!(
            add("units", Json::list([])),
            "record.polygon: is not a known member"
        );
        assert_eq!(
            add("cells", Json::list([])),
            "record.cells: must be left out where there is none"
        );
        assert_eq!(
            add("additional", Json::Bool(false)),
            "record.additional: must be true or absent"
        );
        let none = fault_of(|members| drop(members.remove("measure")));
        assert_eq!(
            none,
            "record.measure: is missing, and so are `balance` and `steps`"
        );
        let burdens = fault_of(|members| drop(members.remove("burdens")));
        assert_eq!(burdens, "record.burdens: is missing");
    }

    #[test]
    fn a_polygon_that_no_decision_could_have_accepted_is_refused() {
        let fault = fault_of(|members| {
            members.insert("polygon".to_owned(), Json::text("0,0 0,1000 1000,0"));
        });
        assert_eq!(
            fault,
            "record.polygon: part 0, ring 0 runs the wrong way round"
        );
    }
}

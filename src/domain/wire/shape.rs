//! The small forms that all wire types share: ids, days, spans, quantities, lines, hidden digests.
//!
//! Kept apart so that one value is written and read in one place. Nothing here knows a command or an event.

use std::fmt;

use crate::domain::pledge::Line;
use crate::domain::right::{BurdenId, Extent, Overhang};
use crate::domain::wire::list::{
    each, list_if_any, map_json, optional_list, read_map, required_list, required_objects,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, PublicKey};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{EntryIndex, PartyId, RightId};
use crate::primitives::identifier::normal_form;
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span, Timestamp};

/// The finding of a span that is missing, inside out or out of place.
pub(super) const SPAN_CODE: u16 = 4001;
/// The finding of a quantity that is no quantity.
pub(super) const QUANTITY_CODE: u16 = 3003;

/// Writes anything that has one text.
pub(in crate::domain) fn word(value: impl fmt::Display) -> Json {
    Json::Text(value.to_string())
}

/// Writes `true` or nothing.
pub(super) fn mark(value: bool) -> Option<Json> {
    value.then_some(Json::Bool(true))
}

/// Reads a member that is `true` or absent.
pub(super) fn read_mark(fields: &mut Fields, name: &str) -> Result<bool, FieldFault> {
    let given = fields.has(name);
    let value = fields.flag(name)?;
    if given && !value {
        Err(fields.fault(name, "must be true or absent"))
    } else {
        Ok(value)
    }
}

/// Reads a member with `read`, where it is there.
pub(in crate::domain) fn optional<T>(
    fields: &mut Fields,
    name: &str,
    read: impl FnOnce(&mut Fields, &str) -> Result<T, FieldFault>,
) -> Result<Option<T>, FieldFault> {
    if fields.has(name) {
        read(fields, name).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads a list of rights that must be there.
pub(super) fn read_rights(fields: &mut Fields, name: &str) -> Result<Vec<RightId>, FieldFault> {
    required_list(
        fields,
        name,
        limits::PLEDGE_LINES_MAX,
        "an id such as R41",
        RightId::parse,
    )
}

/// Reads the id of a party.
pub(super) fn read_party(fields: &mut Fields, name: &str) -> Result<PartyId, FieldFault> {
    PartyId::take(fields, name)
}

/// Reads the name of a burden.
pub(super) fn read_burden_id(fields: &mut Fields, name: &str) -> Result<BurdenId, FieldFault> {
    fields.parsed(name, "a burden such as P57.0", BurdenId::parse)
}

/// Reads a day.
pub(super) fn read_day(fields: &mut Fields, name: &str) -> Result<Day, FieldFault> {
    fields.parsed(name, "a day such as 2026-12-01", Day::parse)
}

/// Reads an instant.
pub(in crate::domain) fn read_time(
    fields: &mut Fields,
    name: &str,
) -> Result<Timestamp, FieldFault> {
    fields.parsed(
        name,
        "an instant such as 2026-12-01T02:03:04.123456Z",
        Timestamp::parse,
    )
}

/// Writes a span.
pub(super) fn span_json(span: Span) -> Json {
    Json::object([("from", word(span.from())), ("to", word(span.to()))])
}

/// Reads a span that is an object of its own.
pub(super) fn read_span(fields: &mut Fields, name: &str) -> Result<Span, FieldFault> {
    let mut inner = fields.object(name)?;
    let span = read_from_to(&mut inner)?;
    inner.finish()?;
    Ok(span)
}

/// Reads the members `from` and `to` of an object.
pub(super) fn read_from_to(fields: &mut Fields) -> Result<Span, FieldFault> {
    let (from, to) = (read_day(fields, "from")?, read_day(fields, "to")?);
    Span::new(from, to).ok_or_else(|| {
        fields
            .fault("to", "must be after `from`")
            .with_code(SPAN_CODE)
    })
}

/// Reads `from` and `to`, where they are there; one never stands without the other.
pub(super) fn read_optional_from_to(fields: &mut Fields) -> Result<Option<Span>, FieldFault> {
    let (from, to) = (fields.has("from"), fields.has("to"));
    if from != to {
        let name = if from { "to" } else { "from" };
        return Err(fields.fault(name, "is missing").with_code(SPAN_CODE));
    }
    if from {
        read_from_to(fields).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads a quantity of any scale; the scale of the kind is checked where the kind is known.
pub(super) fn read_quantity(fields: &mut Fields, name: &str) -> Result<Quantity, FieldFault> {
    let text = fields.text(name)?;
    Quantity::parse(&text, Scale::MAX).map_err(|fault| {
        fields
            .fault(name, fault.to_string())
            .with_code(QUANTITY_CODE)
    })
}

/// Reads a SHA-256 value.
pub(super) fn read_hash(fields: &mut Fields, name: &str) -> Result<Hash, FieldFault> {
    fields.hash(name)
}

/// Reads the index of an entry or another count.
pub(in crate::domain) fn read_count(
    fields: &mut Fields,
    name: &str,
) -> Result<EntryIndex, FieldFault> {
    fields.count(name)
}

/// Reads the number of a line.
pub(super) fn read_line_number(fields: &mut Fields, name: &str) -> Result<u16, FieldFault> {
    let number = fields.count(name)?;
    let lines = limits::PLEDGE_LINES_MAX;
    u16::try_from(number)
        .ok()
        .filter(|number| usize::from(*number) < lines)
        .ok_or_else(|| {
            fields.fault(
                name,
                format!("must be the number of a line, 0 to {}", lines - 1),
            )
        })
}

/// Writes a public key.
pub(super) fn key_json(key: &PublicKey) -> Json {
    Json::text(hex::encode(key.to_bytes()))
}

/// Reads a public key; the fault says whether it is of low order or not canonical.
pub(super) fn read_key(fields: &mut Fields, name: &str) -> Result<PublicKey, FieldFault> {
    let bytes = fields.hex(name)?;
    PublicKey::from_bytes(&bytes).map_err(|fault| fields.fault(name, fault.to_string()))
}

/// Writes an area.
pub(super) fn area_json(area2: i128) -> Json {
    word(area2)
}

/// Reads an area: a decimal from 0 up, without leading zeros.
pub(super) fn read_area(fields: &mut Fields, name: &str) -> Result<i128, FieldFault> {
    let parse = |text: &str| {
        text.parse()
            .ok()
            .filter(|area: &i128| *area >= 0 && area.to_string() == text)
    };
    fields.parsed(name, "an area such as 1200", parse)
}

/// Adds the members of an extent to an object.
pub(super) fn with_extent(json: Json, extent: Extent) -> Json {
    let (quantity, span) = match extent {
        Extent::Stock(quantity) => (Some(quantity), None),
        Extent::Flow(quantity, span) => (Some(quantity), Some(span)),
        Extent::Whole => (None, None),
        Extent::Years(span) => (None, Some(span)),
    };
    json.with("quantity", quantity.map(word))
        .with("from", span.map(|span| word(span.from())))
        .with("to", span.map(|span| word(span.to())))
}

/// Reads the members of an extent.
pub(super) fn read_extent(fields: &mut Fields) -> Result<Extent, FieldFault> {
    let quantity = optional(fields, "quantity", read_quantity)?;
    Ok(match (quantity, read_optional_from_to(fields)?) {
        (Some(quantity), None) => Extent::Stock(quantity),
        (Some(quantity), Some(span)) => Extent::Flow(quantity, span),
        (None, None) => Extent::Whole,
        (None, Some(span)) => Extent::Years(span),
    })
}

/// Writes an overhang.
pub(super) fn overhang_json(overhang: Overhang) -> Json {
    match overhang {
        Overhang::Amount(quantity) => word(quantity),
        Overhang::Whole => Json::text("whole"),
    }
}

/// Reads an overhang.
pub(super) fn read_overhang(fields: &mut Fields, name: &str) -> Result<Overhang, FieldFault> {
    let parse = |text: &str| match text {
        "whole" => Some(Overhang::Whole),
        quantity => Quantity::parse(quantity, Scale::MAX)
            .ok()
            .map(Overhang::Amount),
    };
    fields.parsed(name, "\"whole\" or a quantity", parse)
}

/// Reads the burdens that a line stands behind.
pub(super) fn read_behind(fields: &mut Fields) -> Result<Vec<BurdenId>, FieldFault> {
    let max = limits::RIGHT_ENCUMBRANCES_MAX;
    optional_list(
        fields,
        "behind",
        max,
        "a burden such as P57.0",
        BurdenId::parse,
    )
}

/// Writes one line of a pledge or a reservation.
pub(super) fn line_json(line: &Line) -> Json {
    with_extent(Json::object([("right", word(line.right))]), line.extent)
        .with("behind", list_if_any(&line.behind, word))
        .with("expires", line.expires.map(word))
        .with("released", mark(line.released))
}

/// Reads the members of a line; the caller finishes the object.
pub(super) fn read_line(fields: &mut Fields) -> Result<Line, FieldFault> {
    Ok(Line {
        right: RightId::take(fields, "right")?,
        extent: read_extent(fields)?,
        behind: read_behind(fields)?,
        released: read_mark(fields, "released")?,
        expires: optional(fields, "expires", read_time)?,
    })
}

/// Reads the lines of a pledge or a reservation.
pub(super) fn read_lines(fields: &mut Fields) -> Result<Vec<Line>, FieldFault> {
    each(
        required_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?,
        read_line,
    )
}

/// Writes hidden digests, where there are any.
pub(super) fn hidden_json(hidden: &[(String, Hash)]) -> Option<Json> {
    (!hidden.is_empty()).then(|| map_json(hidden.iter().map(|(name, digest)| (name, digest))))
}

/// Reads the digests of hidden members.
pub(super) fn read_hidden(fields: &mut Fields) -> Result<Vec<(String, Hash)>, FieldFault> {
    let path = fields.at("hidden");
    let digest = |(name, text): (String, String)| match Hash::from_hex(&text) {
        Some(digest) => Ok((name, digest)),
        None => Err(FieldFault::new(
            format!("{path}.{name}"),
            "must be 64 lowercase hexadecimal digits",
        )),
    };
    read_map(fields, "hidden", limits::HIDDEN_MAX)?
        .into_iter()
        .map(digest)
        .collect()
}

/// Says whether the text is 1 to 32 characters of a-z, 0-9 and _.
pub(super) fn is_short_name(text: &str) -> bool {
    is_of(text, |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
    })
}

/// Says whether the text is 1 to 32 characters of a-z, 0-9, _ and -: the name of a kind, a scheme or a duty.
pub(super) fn is_name(text: &str) -> bool {
    is_of(text, |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    })
}

/// Says whether the text is 1 to 32 characters of a-z, 0-9 and -: the pseudonym of a person.
pub(super) fn is_person(text: &str) -> bool {
    is_of(text, |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
    })
}

fn is_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}

/// Reads a name of 1 to 32 characters of a-z, 0-9, _ and -.
pub(super) fn read_name(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let parse = |text: &str| is_name(text).then(|| text.to_owned());
    fields.parsed(name, "1 to 32 characters of a-z, 0-9, _ and -", parse)
}

/// Reads the pseudonym of a person.
pub(super) fn read_person(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let parse = |text: &str| is_person(text).then(|| text.to_owned());
    fields.parsed(name, "1 to 32 characters of a-z, 0-9 and -", parse)
}

/// Reads the category of a loan in a catalogue of green finance, such as `GIC2019:1.5.1`.
pub(super) fn read_green(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b".:-_".contains(&c);
    let parse = |text: &str| is_of(text, allowed).then(|| text.to_owned());
    fields.parsed(
        name,
        "1 to 32 characters of A-Z, a-z, 0-9, '.', ':', '_' and '-'",
        parse,
    )
}

/// Reads a line of printable text of 1 to [`limits::NAME_CHARS_MAX`] characters.
pub(super) fn read_plain(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let text = fields.text(name)?;
    match plain_fault(&text) {
        None => Ok(text),
        Some(reason) => Err(fields.fault(name, reason)),
    }
}

/// Says what keeps a text from being one printable line: length, spaces at its ends, characters that leave no mark.
///
/// Full-width brackets and the like stay, because they are part of registered names; bidirectional and zero-width
/// characters do not, because two names that look alike must be alike.
pub(super) fn plain_fault(text: &str) -> Option<String> {
    let count = text.chars().count();
    if !(1..=limits::NAME_CHARS_MAX).contains(&count) {
        return Some(format!(
            "must have 1 to {} characters, not {count}",
            limits::NAME_CHARS_MAX
        ));
    }
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return Some("must not begin or end with a space or have two in a row".to_owned());
    }
    let leaves_a_mark = |c: char| {
        c.is_ascii_graphic() || c == ' ' || !normal_form(c.encode_utf8(&mut [0; 4])).is_empty()
    };
    if text.chars().all(leaves_a_mark) {
        return None;
    }
    Some("must not contain control characters or characters that leave no mark".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_printable_line() {
        assert_eq!(plain_fault("重庆某某（集团）有限公司 A"), None);
        for other in [
            "",
            " a",
            "a ",
            "a  b",
            "a\nb",
            "a\u{200b}b",
            "\u{202e}a",
            "a\u{a0}b",
        ] {
            assert!(plain_fault(other).is_some(), "{other:?}");
        }
        assert!(plain_fault(&"山".repeat(120)).is_none());
        assert!(plain_fault(&"山".repeat(121)).is_some());
    }

    #[test]
    fn a_span_inside_out_counts_as_finding_4001() {
        let value = Json::parse(br#"{"span":{"from":"2027-01-01","to":"2027-01-01"}}"#).unwrap();
        let mut fields = Fields::open("body", value).unwrap();
        let fault = read_span(&mut fields, "span").unwrap_err();
        assert_eq!(
            (fault.field.as_str(), fault.code),
            ("body.span.to", Some(SPAN_CODE))
        );
    }
}

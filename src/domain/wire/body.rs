//! Reads the body of a command, and refuses what is wrong whatever the register holds.

use crate::domain::command::{
    AdmitParty, Body, ExtentRequest, GroundRequest, IssueRight, LineChange, LineRequest,
    OfferedKey, QuantityRequest, RegisterPledge,
};
use crate::domain::party::Role;
use crate::domain::right::Identity;
use crate::domain::wire::act;
use crate::domain::wire::act::freeze::read_terms;
use crate::domain::wire::list::{
    each, optional_list, optional_objects, read_map, required_list, required_objects,
};
use crate::domain::wire::more::pledge::read_syndicate;
use crate::domain::wire::polygon::read_polygon;
use crate::domain::wire::record::{DUTIES_MAX, read_form};
use crate::domain::wire::right::{ATTRIBUTES_MAX, read_steps, read_succeeds};
use crate::domain::wire::shape::{
    QUANTITY_CODE, SPAN_CODE, is_name, optional, plain_fault, read_behind, read_day, read_green,
    read_hash, read_hidden, read_key, read_line_number, read_mark, read_name,
    read_optional_from_to, read_party, read_person, read_plain, read_quantity, read_span,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{KeyId, Signature};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{FreezeId, PledgeId, ReservationId, RightId};
use crate::primitives::identifier::{CreditCode, IdentifierFault};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Span;

/// The finding of a malformed credit code.
const CREDIT_CODE_SHAPE_CODE: u16 = 1001;
/// The finding of a wrong check digit.
const CREDIT_CODE_DIGIT_CODE: u16 = 1002;
/// Digests that a party without a credit code must have: a natural person is known by them alone.
const PERSON_HIDDEN: [&str; 2] = ["name", "resident_id"];

type Read = Result<Body, FieldFault>;

/// Reads the body of a command of this type; the caller finishes the object.
pub(super) fn read_body(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "admit_party" => read_admit(fields).map(Body::AdmitParty),
        "add_key" => read_offered_key(fields).map(Body::AddKey),
        "revoke_key" => read_hash(fields, "kid").map(|kid| Body::RevokeKey(KeyId(kid))),
        "set_signing_policy" => read_threshold(fields).map(Body::SetSigningPolicy),
        "adopt_policy" => read_adopt(fields),
        "issue_right" => read_issue(fields).map(|issue| Body::IssueRight(Box::new(issue))),
        "adjust_right" => read_adjust(fields),
        "revoke_right" => read_revoke(fields),
        "freeze" => read_freeze(fields),
        "unfreeze" => read_unfreeze(fields),
        "reserve" => read_reserve(fields),
        "cancel_reservation" => {
            ReservationId::take(fields, "reservation").map(Body::CancelReservation)
        }
        "register_pledge" => read_register(fields).map(|body| Body::RegisterPledge(Box::new(body))),
        "amend_pledge" => read_amend(fields),
        "extend_pledge" => read_extend(fields),
        "release_pledge" => read_release(fields),
        _ => return act::read(kind, fields),
    })
}

fn read_admit(fields: &mut Fields) -> Result<AdmitParty, FieldFault> {
    let name = optional(fields, "name", read_plain)?;
    let credit_code = optional(fields, "credit_code", read_credit_code)?;
    let hidden = read_hidden(fields)?;
    if credit_code.is_some() && name.is_none() {
        return Err(fields.fault("name", "is missing beside a credit code"));
    }
    if credit_code.is_none() {
        if name.is_some() {
            return Err(fields.fault("name", "of a party without a credit code must be hidden"));
        }
        let is_hidden = |wanted: &str| hidden.iter().any(|(name, _)| name == wanted);
        if let Some(wanted) = PERSON_HIDDEN.into_iter().find(|wanted| !is_hidden(wanted)) {
            let member = format!("hidden.{wanted}");
            return Err(fields.fault(&member, "is missing for a party without a credit code"));
        }
    }
    let roles = required_list(fields, "roles", Role::ALL.len(), "a role", Role::parse)?;
    if roles.is_empty() || !is_ascending(&roles) {
        let order = Role::ALL.map(Role::name).join(", ");
        let reason = format!("must be one or more roles, each once, in the order {order}");
        return Err(fields.fault("roles", reason));
    }
    let parse_duty = |text: &str| is_name(text).then(|| text.to_owned());
    let duties = required_list(
        fields,
        "duties",
        DUTIES_MAX,
        "the name of a duty",
        parse_duty,
    )?;
    if !is_ascending(&duties) {
        return Err(fields.fault("duties", "must be sorted, each once"));
    }
    let keys = required_objects(fields, "keys", limits::PARTY_KEYS_MAX)?;
    let keys = each(keys, read_offered_key)?;
    refuse_twice(fields, "keys", keys.iter().map(|offered| offered.key.id()))?;
    let region = optional(fields, "region", |fields, name| {
        fields.parsed(name, "6 to 12 digits", |text| {
            let fits = (6..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| text.to_owned())
        })
    })?;
    let threshold = read_threshold(fields)?;
    Ok(AdmitParty {
        name,
        credit_code,
        region,
        roles,
        duties,
        keys,
        threshold,
        hidden,
    })
}

fn read_credit_code(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let text = fields.text(name)?;
    match CreditCode::parse(&text) {
        Ok(_) => Ok(text),
        Err(fault) => {
            let code = match fault {
                IdentifierFault::NotNormal(_) | IdentifierFault::Shape { .. } => {
                    CREDIT_CODE_SHAPE_CODE
                }
                IdentifierFault::CheckDigit { .. } => CREDIT_CODE_DIGIT_CODE,
            };
            Err(fields.fault(name, fault.to_string()).with_code(code))
        }
    }
}

pub(super) fn read_offered_key(fields: &mut Fields) -> Result<OfferedKey, FieldFault> {
    Ok(OfferedKey {
        key: read_key(fields, "key")?,
        person: read_person(fields, "person")?,
        proof: Signature(fields.hex("proof")?),
    })
}

fn read_threshold(fields: &mut Fields) -> Result<u64, FieldFault> {
    let (threshold, max) = (fields.count("threshold")?, limits::SIGNING_THRESHOLD_MAX);
    if (1..=max).contains(&threshold) {
        return Ok(threshold);
    }
    Err(fields.fault("threshold", format!("must be 1 to {max}, not {threshold}")))
}

fn read_adopt(fields: &mut Fields) -> Read {
    let kind = read_name(fields, "kind")?;
    let (text, max) = (fields.text("text")?, limits::POLICY_BYTES_MAX);
    if text.is_empty() || text.len() > max {
        return Err(fields.fault(
            "text",
            format!("must have 1 to {max} bytes, not {}", text.len()),
        ));
    }
    Ok(Body::AdoptPolicy { kind, text })
}

fn read_issue(fields: &mut Fields) -> Result<IssueRight, FieldFault> {
    let span = read_span(fields, "span")?;
    let succeeds = read_succeeds(fields)?;
    refuse_twice(fields, "succeeds", succeeds.iter())?;
    Ok(IssueRight {
        kind: read_name(fields, "kind")?,
        holder: read_party(fields, "holder")?,
        identities: read_identities(fields)?,
        span,
        quantity: read_issued_quantity(fields, span)?,
        unit: read_plain(fields, "unit")?,
        class: optional(fields, "class", read_plain)?,
        attributes: read_attributes(fields)?.into_iter().collect(),
        ground: read_ground(fields)?,
        succeeds,
        additional: read_mark(fields, "additional")?,
        adjudication: optional(fields, "adjudication", read_hash)?,
    })
}

pub(super) fn read_identities(fields: &mut Fields) -> Result<Vec<Identity>, FieldFault> {
    let objects = required_objects(fields, "identities", limits::IDENTITIES_MAX)?;
    let identities = each(objects, |fields| {
        Ok(Identity {
            scheme: read_name(fields, "scheme")?,
            value: read_identity_value(fields)?,
        })
    })?;
    if identities.is_empty() {
        return Err(fields.fault("identities", "must name at least one"));
    }
    refuse_twice(fields, "identities", identities.iter())?;
    Ok(identities)
}

/// Reads an identity's value; its shape is checked where the policy of the kind is known.
fn read_identity_value(fields: &mut Fields) -> Result<String, FieldFault> {
    let (text, max) = (fields.text("value")?, limits::IDENTITY_CHARS_MAX);
    let count = text.chars().count();
    if (1..=max).contains(&count) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(fields.fault(
        "value",
        format!("must be 1 to {max} printable characters, not {count}"),
    ))
}

fn read_issued_quantity(fields: &mut Fields, span: Span) -> Result<QuantityRequest, FieldFault> {
    if !fields.has("steps") {
        return read_quantity(fields, "quantity").map(QuantityRequest::Level);
    }
    if fields.has("quantity") {
        return Err(fields.fault("steps", "must not stand beside `quantity`"));
    }
    let steps = read_steps(fields)?;
    if steps.first().is_none_or(|(from, _)| *from != span.from()) {
        let reason = format!("must begin with a step from {}", span.from());
        return Err(fields.fault("steps", reason).with_code(SPAN_CODE));
    }
    let is_after = |(n, pair): (usize, &[(_, Quantity)])| match pair {
        [(before, _), (after, _)] if before >= after => Some(n + 1),
        _ => None,
    };
    if let Some(n) = steps.windows(2).enumerate().find_map(is_after) {
        let fault = fields.fault(
            &format!("steps[{n}].from"),
            "must be after the step before it",
        );
        return Err(fault.with_code(SPAN_CODE));
    }
    if let Some(n) = steps.iter().position(|(from, _)| !span.contains(*from)) {
        let reason = format!("must be within {span}");
        return Err(fields
            .fault(&format!("steps[{n}].from"), reason)
            .with_code(SPAN_CODE));
    }
    Ok(QuantityRequest::Steps(steps))
}

pub(super) fn read_attributes(fields: &mut Fields) -> Result<Vec<(String, String)>, FieldFault> {
    let attributes = read_map(fields, "attributes", ATTRIBUTES_MAX)?;
    for (name, value) in &attributes {
        if let Some(reason) = plain_fault(value) {
            return Err(fields.fault(&format!("attributes.{name}"), reason));
        }
    }
    Ok(attributes)
}

fn read_ground(fields: &mut Fields) -> Result<GroundRequest, FieldFault> {
    if !fields.has("units") {
        let polygon = optional(fields, "polygon", read_polygon)?;
        return Ok(polygon.map_or(GroundRequest::Absent, GroundRequest::Polygon));
    }
    let polygon = optional(fields, "polygon", read_polygon)?;
    let parse = |text: &str| plain_fault(text).is_none().then(|| text.to_owned());
    let units = optional_list(fields, "units", limits::PARCELS_MAX, "a unit number", parse)?;
    refuse_twice(fields, "units", units.iter())?;
    Ok(match polygon {
        None => GroundRequest::Units(units),
        Some(parts) => GroundRequest::Both(units, parts),
    })
}

fn read_adjust(fields: &mut Fields) -> Read {
    Ok(Body::AdjustRight {
        right: RightId::take(fields, "right")?,
        from: read_day(fields, "from")?,
        amount: read_amount(fields)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_revoke(fields: &mut Fields) -> Read {
    Ok(Body::RevokeRight {
        right: RightId::take(fields, "right")?,
        from: read_day(fields, "from")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_freeze(fields: &mut Fields) -> Read {
    Ok(Body::Freeze {
        right: RightId::take(fields, "right")?,
        authority: read_party(fields, "authority")?,
        extent: read_extent_request(fields)?,
        document: read_hash(fields, "document")?,
        terms: read_terms(fields)?,
    })
}

fn read_unfreeze(fields: &mut Fields) -> Read {
    Ok(Body::Unfreeze {
        right: RightId::take(fields, "right")?,
        freeze: FreezeId::take(fields, "freeze")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_reserve(fields: &mut Fields) -> Read {
    let (days, max) = (fields.count("days")?, limits::RESERVATION_DAYS_MAX);
    let days = i32::try_from(days)
        .ok()
        .filter(|days| (1..=max).contains(days))
        .ok_or_else(|| fields.fault("days", format!("must be 1 to {max}, not {days}")))?;
    let pledgor = read_party(fields, "pledgor")?;
    Ok(Body::Reserve {
        pledgor,
        lines: read_line_requests(fields, "lines")?,
        days,
    })
}

fn read_register(fields: &mut Fields) -> Result<RegisterPledge, FieldFault> {
    Ok(RegisterPledge {
        pledgor: read_party(fields, "pledgor")?,
        debtor: optional(fields, "debtor", read_party)?,
        form: read_form(fields)?,
        lines: read_line_requests(fields, "lines")?,
        term: optional(fields, "term", read_span)?,
        reservation: optional(fields, "reservation", ReservationId::take)?,
        cap_cny: optional(fields, "cap_cny", read_yuan)?,
        maximum: optional(fields, "maximum", read_span)?,
        syndicate: read_syndicate(fields)?,
        green: optional(fields, "green", read_green)?,
        hidden: read_hidden(fields)?,
    })
}

pub(super) fn read_line_requests(
    fields: &mut Fields,
    name: &str,
) -> Result<Vec<LineRequest>, FieldFault> {
    let objects = required_objects(fields, name, limits::PLEDGE_LINES_MAX)?;
    if objects.is_empty() {
        return Err(fields.fault(name, "must have at least one"));
    }
    each(objects, |fields| {
        Ok(LineRequest {
            right: RightId::take(fields, "right")?,
            extent: read_extent_request(fields)?,
            behind: read_behind(fields)?,
        })
    })
}

fn read_extent_request(fields: &mut Fields) -> Result<ExtentRequest, FieldFault> {
    Ok(ExtentRequest {
        amount: read_optional_amount(fields)?,
        span: read_optional_from_to(fields)?,
        years: optional(fields, "years", read_years)?,
    })
}

pub(super) fn read_years(fields: &mut Fields, name: &str) -> Result<(i32, i32), FieldFault> {
    let year = |value: &Json| match value {
        Json::Int(year) => i32::try_from(*year)
            .ok()
            .filter(|year| (1900..=9998).contains(year)),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    };
    let years = match fields.list(name)?.as_slice() {
        [first, last] => year(first)
            .zip(year(last))
            .filter(|(first, last)| first <= last),
        _ => None,
    };
    years.ok_or_else(|| {
        let reason = "must be the first and the last year, such as [2026,2030]";
        fields.fault(name, reason).with_code(SPAN_CODE)
    })
}

/// Reads an amount of money above zero: yuan, with at most two decimal digits.
pub(super) fn read_yuan(fields: &mut Fields, name: &str) -> Result<Quantity, FieldFault> {
    let parse = |text: &str| parse_yuan(text).filter(|yuan| !yuan.is_zero());
    fields.parsed(name, "an amount in yuan such as 4000000.50", parse)
}

/// Reads an amount that may be nothing.
pub(super) fn read_yuan_or_none(fields: &mut Fields, name: &str) -> Result<Quantity, FieldFault> {
    fields.parsed(
        name,
        "an amount in yuan such as 4000000.50, or 0",
        parse_yuan,
    )
}

fn parse_yuan(text: &str) -> Option<Quantity> {
    Quantity::parse(text, Scale::new(2)?).ok()
}

pub(super) fn read_amount(fields: &mut Fields) -> Result<(Quantity, String), FieldFault> {
    Ok((
        read_quantity(fields, "quantity")?,
        read_plain(fields, "unit")?,
    ))
}

pub(super) fn read_optional_amount(
    fields: &mut Fields,
) -> Result<Option<(Quantity, String)>, FieldFault> {
    let (quantity, unit) = (fields.has("quantity"), fields.has("unit"));
    if quantity != unit {
        let name = if quantity { "unit" } else { "quantity" };
        return Err(fields.fault(name, "is missing").with_code(QUANTITY_CODE));
    }
    if quantity {
        read_amount(fields).map(Some)
    } else {
        Ok(None)
    }
}

fn read_amend(fields: &mut Fields) -> Read {
    let pledge = PledgeId::take(fields, "pledge")?;
    let cap_cny = optional(fields, "cap_cny", read_yuan)?;
    let green = optional(fields, "green", read_green)?;
    let is_noted = cap_cny.is_some() || green.is_some();
    let objects = if is_noted {
        optional_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?
    } else {
        required_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?
    };
    if objects.is_empty() && !is_noted {
        return Err(fields.fault("lines", "must have at least one"));
    }
    let changes = read_changes(fields, objects, |fields, line| {
        Ok(LineChange {
            line,
            amount: Some(read_amount(fields)?),
            to: None,
            behind: read_behind(fields)?,
        })
    })?;
    Ok(Body::AmendPledge {
        pledge,
        changes,
        cap_cny,
        green,
        consenting: act::right::read_consenting(fields)?,
    })
}

fn read_extend(fields: &mut Fields) -> Read {
    let pledge = PledgeId::take(fields, "pledge")?;
    let objects = optional_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?;
    let changes = read_changes(fields, objects, |fields, line| {
        Ok(LineChange {
            line,
            amount: read_optional_amount(fields)?,
            to: Some(read_day(fields, "to")?),
            behind: read_behind(fields)?,
        })
    })?;
    let term = optional(fields, "term", read_span)?;
    let maximum = optional(fields, "maximum", read_span)?;
    if changes.is_empty() && term.is_none() && maximum.is_none() {
        return Err(fields.fault("lines", "is missing, and so are `term` and `maximum`"));
    }
    Ok(Body::ExtendPledge {
        pledge,
        changes,
        term,
        maximum,
        consenting: act::right::read_consenting(fields)?,
    })
}

fn read_release(fields: &mut Fields) -> Read {
    let pledge = PledgeId::take(fields, "pledge")?;
    let objects = optional_objects(fields, "lines", limits::PLEDGE_LINES_MAX)?;
    let changes = read_changes(fields, objects, |fields, line| {
        Ok(LineChange {
            line,
            amount: read_optional_amount(fields)?,
            to: None,
            behind: Vec::new(),
        })
    })?;
    Ok(Body::ReleasePledge {
        pledge,
        changes,
        order: act::pledge::read_order(fields)?,
    })
}

pub(super) fn read_changes(
    fields: &Fields,
    objects: Vec<Fields>,
    read: impl Fn(&mut Fields, u16) -> Result<LineChange, FieldFault>,
) -> Result<Vec<LineChange>, FieldFault> {
    let changes = each(objects, |fields| {
        let line = read_line_number(fields, "line")?;
        read(fields, line)
    })?;
    refuse_twice(fields, "lines", changes.iter().map(|change| change.line))?;
    Ok(changes)
}

/// Refuses a list that names one thing twice.
pub(super) fn refuse_twice<T: PartialEq>(
    fields: &Fields,
    name: &str,
    items: impl Iterator<Item = T>,
) -> Result<(), FieldFault> {
    let mut seen = Vec::new();
    for (n, item) in items.enumerate() {
        if seen.contains(&item) {
            return Err(fields.fault(&format!("{name}[{n}]"), "is named twice"));
        }
        seen.push(item);
    }
    Ok(())
}

fn is_ascending<T: PartialOrd>(items: &[T]) -> bool {
    items.is_sorted_by(|before, after| before < after)
}

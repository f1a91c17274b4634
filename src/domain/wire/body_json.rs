//! Writes the body of a command, for clients and for tests; reading is in `body`.

use crate::domain::command::{
    AdmitParty, Body, ExtentRequest, GroundRequest, IssueRight, LineChange, LineRequest,
    OfferedKey, QuantityRequest, RegisterPledge,
};
use crate::domain::wire::act;
use crate::domain::wire::act::freeze::with_terms;
use crate::domain::wire::list::{list_if_any, map_json, words};
use crate::domain::wire::more::pledge::share_json;
use crate::domain::wire::polygon::polygon_text;
use crate::domain::wire::record::held_key_json;
use crate::domain::wire::right::{identity_json, steps_json};
use crate::domain::wire::shape::{hidden_json, mark, span_json, word};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;

/// Writes the body of a command.
pub fn body_json(body: &Body) -> Json {
    match body {
        Body::AdmitParty(admit) => admit_json(admit),
        Body::AddKey(offered) => offered_key_json(offered),
        Body::RevokeKey(kid) => Json::object([("kid", word(kid))]),
        Body::SetSigningPolicy(threshold) => Json::object([("threshold", Json::count(*threshold))]),
        Body::AdoptPolicy { kind, text } => {
            Json::object([("kind", word(kind)), ("text", word(text))])
        }
        Body::IssueRight(issue) => issue_json(issue),
        Body::AdjustRight {
            right,
            from,
            amount,
            document,
        } => {
            let json = act_json(*right, *document).with("from", Some(word(from)));
            with_amount(json, Some(amount))
        }
        Body::RevokeRight {
            right,
            from,
            document,
        } => act_json(*right, *document).with("from", Some(word(from))),
        Body::Freeze {
            right,
            authority,
            extent,
            document,
            terms,
        } => {
            let json = act_json(*right, *document).with("authority", Some(word(authority)));
            with_terms(with_extent_request(json, extent), terms)
        }
        Body::Unfreeze {
            right,
            freeze,
            document,
        } => act_json(*right, *document).with("freeze", Some(word(freeze))),
        Body::Reserve {
            pledgor,
            lines,
            days,
        } => reserve_json(*pledgor, lines, *days),
        Body::CancelReservation(reservation) => Json::object([("reservation", word(reservation))]),
        Body::RegisterPledge(register) => register_json(register),
        Body::AmendPledge {
            pledge,
            changes,
            cap_cny,
            green,
            consenting,
        } => amend_json(*pledge, changes, *cap_cny, green.as_ref())
            .with("consenting", act::right::consenting_json(consenting)),
        Body::ExtendPledge {
            pledge,
            changes,
            term,
            maximum,
            consenting,
        } => extend_json(*pledge, changes, (*term, *maximum))
            .with("consenting", act::right::consenting_json(consenting)),
        Body::ReleasePledge {
            pledge,
            changes,
            order,
        } => act::pledge::with_order(changed_json(*pledge, changes), *order),
        Body::OfPledge(act) => act::pledge::json(act),
        Body::OfParty(act) => act::party::json(act),
        Body::OfRight(act) => act::right::json(act),
    }
}

/// Writes what is reserved for whom.
fn reserve_json(pledgor: PartyId, lines: &[LineRequest], days: i32) -> Json {
    Json::object([
        ("pledgor", word(pledgor)),
        ("lines", Json::list(lines.iter().map(line_request_json))),
        ("days", Json::Int(i64::from(days))),
    ])
}

/// Writes a pledge and the lines of it that change.
fn changed_json(pledge: PledgeId, changes: &[LineChange]) -> Json {
    Json::object([("pledge", word(pledge))]).with("lines", list_if_any(changes, change_json))
}

/// Writes an extension: of lines, of the term of the claim, of a determination period.
fn extend_json(
    pledge: PledgeId,
    changes: &[LineChange],
    (term, maximum): (Option<Span>, Option<Span>),
) -> Json {
    changed_json(pledge, changes)
        .with("term", term.map(span_json))
        .with("maximum", maximum.map(span_json))
}

/// Writes the right that an authority acts on and the document behind the act.
fn act_json(right: RightId, document: Hash) -> Json {
    Json::object([("right", word(right)), ("document", word(document))])
}

fn admit_json(admit: &AdmitParty) -> Json {
    Json::object([
        (
            "roles",
            Json::list(admit.roles.iter().map(|role| Json::text(role.name()))),
        ),
        ("duties", words(&admit.duties)),
        ("keys", Json::list(admit.keys.iter().map(offered_key_json))),
        ("threshold", Json::count(admit.threshold)),
    ])
    .with("name", admit.name.as_ref().map(word))
    .with("credit_code", admit.credit_code.as_ref().map(word))
    .with("region", admit.region.as_ref().map(word))
    .with("hidden", hidden_json(&admit.hidden))
}

pub(super) fn offered_key_json(offered: &OfferedKey) -> Json {
    let proof = Json::text(hex::encode(offered.proof.0));
    held_key_json(&offered.key, &offered.person).with("proof", Some(proof))
}

fn issue_json(issue: &IssueRight) -> Json {
    let (quantity, steps) = match &issue.quantity {
        QuantityRequest::Level(quantity) => (Some(word(quantity)), None),
        QuantityRequest::Steps(steps) => (None, Some(steps_json(steps))),
    };
    let polygon = issue.ground.polygon();
    let polygon = polygon.map(|parts| Json::Text(polygon_text(parts)));
    let units = match &issue.ground {
        GroundRequest::Absent | GroundRequest::Polygon(_) => None,
        GroundRequest::Units(units) | GroundRequest::Both(units, _) => Some(words(units)),
    };
    Json::object([
        ("kind", word(&issue.kind)),
        ("holder", word(issue.holder)),
        (
            "identities",
            Json::list(issue.identities.iter().map(identity_json)),
        ),
        ("span", span_json(issue.span)),
        ("unit", word(&issue.unit)),
        ("succeeds", words(&issue.succeeds)),
    ])
    .with("quantity", quantity)
    .with("steps", steps)
    .with("class", issue.class.as_ref().map(word))
    .with(
        "attributes",
        (!issue.attributes.is_empty()).then(|| map_json(&issue.attributes)),
    )
    .with("polygon", polygon)
    .with("units", units)
    .with("additional", mark(issue.additional))
    .with("adjudication", issue.adjudication.map(word))
}

fn amend_json(
    pledge: PledgeId,
    changes: &[LineChange],
    cap_cny: Option<Quantity>,
    green: Option<&String>,
) -> Json {
    changed_json(pledge, changes)
        .with("cap_cny", cap_cny.map(word))
        .with("green", green.map(word))
}

fn register_json(register: &RegisterPledge) -> Json {
    Json::object([
        ("pledgor", word(register.pledgor)),
        ("form", Json::text(register.form.name())),
        (
            "lines",
            Json::list(register.lines.iter().map(line_request_json)),
        ),
    ])
    .with("debtor", register.debtor.map(word))
    .with("term", register.term.map(span_json))
    .with("reservation", register.reservation.map(word))
    .with("cap_cny", register.cap_cny.map(word))
    .with("maximum", register.maximum.map(span_json))
    .with("syndicate", list_if_any(&register.syndicate, share_json))
    .with("green", register.green.as_ref().map(word))
    .with("hidden", hidden_json(&register.hidden))
}

pub(super) fn line_request_json(line: &LineRequest) -> Json {
    with_extent_request(Json::object([("right", word(line.right))]), &line.extent)
        .with("behind", list_if_any(&line.behind, word))
}

pub(super) fn change_json(change: &LineChange) -> Json {
    let line = Json::object([("line", Json::Int(i64::from(change.line)))]);
    with_amount(line, change.amount.as_ref())
        .with("to", change.to.map(word))
        .with("behind", list_if_any(&change.behind, word))
}

pub(super) fn with_amount(json: Json, amount: Option<&(Quantity, String)>) -> Json {
    json.with("quantity", amount.map(|(quantity, _)| word(quantity)))
        .with("unit", amount.map(|(_, unit)| word(unit)))
}

fn with_extent_request(json: Json, extent: &ExtentRequest) -> Json {
    let year = |year: i32| Json::Int(i64::from(year));
    let years = extent
        .years
        .map(|(first, last)| Json::list([year(first), year(last)]));
    with_amount(json, extent.amount.as_ref())
        .with("from", extent.span.map(|span| word(span.from())))
        .with("to", extent.span.map(|span| word(span.to())))
        .with("years", years)
}

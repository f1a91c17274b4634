//! Acts on pledges.

use std::collections::BTreeSet;

use crate::domain::command::{CourtOrder, ExternalReport, ExternalStatus, LineChange, PledgeAct};
use crate::domain::right::BurdenId;
use crate::domain::wire::body::{
    read_changes, read_line_requests, read_optional_amount, read_yuan, read_yuan_or_none,
};
use crate::domain::wire::body_json::{change_json, line_request_json, with_amount};
use crate::domain::wire::list::{required_list, required_objects, words};
use crate::domain::wire::shape::{
    mark, optional, read_count, read_day, read_hash, read_line_number, read_mark, read_name,
    read_party, read_plain, read_span, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;

type Read = Result<PledgeAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "record_external_registration" => read_external(fields),
        "change_rank" => read_rank(fields),
        "assign_pledge" => read_assign(fields),
        "determine_claim" => read_determine(fields),
        "substitute_collateral" => read_substitute(fields),
        "register_guarantee" => read_guarantee(fields),
        "register_buyout_commitment" => read_buyout(fields),
        "object" => read_object(fields),
        "withdraw_objection" => read_withdraw(fields),
        "record_disposal" => read_disposal(fields),
        _ => return None,
    })
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &PledgeAct) -> Json {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            report_json(report).with("pledge", Some(word(pledge)))
        }
        PledgeAct::ChangeRank { right, from, to } => rank_json(*right, from, to),
        PledgeAct::AssignPledge {
            pledge,
            to,
            subrogation,
            part_cny,
            authority,
            document,
        } => noted(*pledge, *document)
            .with("to", Some(word(to)))
            .with("subrogation", mark(*subrogation))
            .with("part_cny", part_cny.map(word))
            .with("authority", authority.map(word)),
        PledgeAct::DetermineClaim {
            pledge,
            authority,
            document,
        } => noted(*pledge, *document).with("authority", authority.map(word)),
        PledgeAct::SubstituteCollateral { pledge, drop, add } => Json::object([
            ("pledge", word(pledge)),
            ("drop", Json::list(drop.iter().map(change_json))),
            ("add", Json::list(add.iter().map(line_request_json))),
        ]),
        PledgeAct::RegisterGuarantee {
            pledge,
            share_bp,
            of,
            counter,
            document,
        } => noted(*pledge, *document)
            .with("share_bp", Some(Json::count(*share_bp)))
            .with("of", of.map(word))
            .with("counter", counter.map(word)),
        PledgeAct::RegisterBuyoutCommitment {
            pledge,
            price_cny,
            trigger,
            document,
        } => noted(*pledge, *document)
            .with("price_cny", Some(word(price_cny)))
            .with("trigger", Some(word(trigger))),
        PledgeAct::Object {
            pledge,
            document,
            suit,
        } => noted(*pledge, *document).with("suit", suit.map(word)),
        PledgeAct::WithdrawObjection {
            pledge,
            objection,
            order,
        } => withdrawal_json(*pledge, *objection, *order),
        PledgeAct::RecordDisposal {
            pledge,
            line,
            amount,
            proceeds_cny,
            authority,
            buyer,
            document,
        } => with_amount(noted(*pledge, *document), amount.as_ref())
            .with("line", Some(Json::Int(i64::from(*line))))
            .with("proceeds_cny", Some(word(proceeds_cny)))
            .with("authority", authority.map(word))
            .with("buyer", buyer.map(word)),
    }
}

/// Writes a new order of lines.
fn rank_json(right: RightId, from: &[BurdenId], to: &[BurdenId]) -> Json {
    Json::object([
        ("right", word(right)),
        ("from", words(from)),
        ("to", words(to)),
    ])
}

/// Writes which objection ends, and by whose order.
fn withdrawal_json(pledge: PledgeId, objection: u64, order: Option<CourtOrder>) -> Json {
    let objection = ("objection", Json::count(objection));
    with_order(Json::object([("pledge", word(pledge)), objection]), order)
}

/// Adds the court and the document behind what it ordered.
pub(in crate::domain::wire) fn with_order(json: Json, order: Option<CourtOrder>) -> Json {
    json.with("authority", order.map(|order| word(order.authority)))
        .with("document", order.map(|order| word(order.document)))
}

/// Reads the court and the document behind what it ordered: both, or neither.
pub(in crate::domain::wire) fn read_order(
    fields: &mut Fields,
) -> Result<Option<CourtOrder>, FieldFault> {
    let authority = optional(fields, "authority", read_party)?;
    let document = optional(fields, "document", read_hash)?;
    match (authority, document) {
        (Some(authority), Some(document)) => Ok(Some(CourtOrder {
            authority,
            document,
        })),
        (Some(_), None) => Err(fields.fault("document", "is missing, and `authority` is there")),
        (None, Some(_)) => Err(fields.fault("authority", "is missing, and `document` is there")),
        (None, None) => Ok(None),
    }
}

/// Writes the pledge and the document behind an act.
fn noted(pledge: PledgeId, document: Hash) -> Json {
    Json::object([("pledge", word(pledge)), ("document", word(document))])
}

fn read_assign(fields: &mut Fields) -> Read {
    Ok(PledgeAct::AssignPledge {
        pledge: PledgeId::take(fields, "pledge")?,
        to: read_party(fields, "to")?,
        subrogation: read_mark(fields, "subrogation")?,
        part_cny: optional(fields, "part_cny", read_yuan)?,
        authority: optional(fields, "authority", read_party)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_determine(fields: &mut Fields) -> Read {
    Ok(PledgeAct::DetermineClaim {
        pledge: PledgeId::take(fields, "pledge")?,
        authority: optional(fields, "authority", read_party)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_substitute(fields: &mut Fields) -> Read {
    let pledge = PledgeId::take(fields, "pledge")?;
    let objects = required_objects(fields, "drop", limits::PLEDGE_LINES_MAX)?;
    if objects.is_empty() {
        return Err(fields.fault("drop", "must have at least one"));
    }
    let drop = read_changes(fields, objects, |fields, line| {
        Ok(LineChange {
            line,
            amount: read_optional_amount(fields)?,
            to: None,
            behind: Vec::new(),
        })
    })?;
    let add = read_line_requests(fields, "add")?;
    Ok(PledgeAct::SubstituteCollateral { pledge, drop, add })
}

fn read_guarantee(fields: &mut Fields) -> Read {
    let share_bp = fields.count("share_bp")?;
    if share_bp > 10_000 {
        return Err(fields.fault("share_bp", format!("must be 0 to 10000, not {share_bp}")));
    }
    Ok(PledgeAct::RegisterGuarantee {
        pledge: PledgeId::take(fields, "pledge")?,
        share_bp,
        of: optional(fields, "of", read_party)?,
        counter: optional(fields, "counter", PledgeId::take)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_buyout(fields: &mut Fields) -> Read {
    Ok(PledgeAct::RegisterBuyoutCommitment {
        pledge: PledgeId::take(fields, "pledge")?,
        price_cny: read_yuan(fields, "price_cny")?,
        trigger: read_plain(fields, "trigger")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_object(fields: &mut Fields) -> Read {
    Ok(PledgeAct::Object {
        pledge: PledgeId::take(fields, "pledge")?,
        document: read_hash(fields, "document")?,
        suit: optional(fields, "suit", read_hash)?,
    })
}

fn read_withdraw(fields: &mut Fields) -> Read {
    Ok(PledgeAct::WithdrawObjection {
        pledge: PledgeId::take(fields, "pledge")?,
        objection: read_count(fields, "objection")?,
        order: read_order(fields)?,
    })
}

fn read_disposal(fields: &mut Fields) -> Read {
    let authority = optional(fields, "authority", read_party)?;
    // What a court sold may have brought nothing to a later creditor.
    let read_proceeds = if authority.is_some() {
        read_yuan_or_none
    } else {
        read_yuan
    };
    Ok(PledgeAct::RecordDisposal {
        pledge: PledgeId::take(fields, "pledge")?,
        line: read_line_number(fields, "line")?,
        amount: read_optional_amount(fields)?,
        proceeds_cny: read_proceeds(fields, "proceeds_cny")?,
        authority,
        buyer: optional(fields, "buyer", read_party)?,
        document: read_hash(fields, "document")?,
    })
}

fn read_external(fields: &mut Fields) -> Read {
    Ok(PledgeAct::RecordExternalRegistration {
        pledge: PledgeId::take(fields, "pledge")?,
        report: read_report(fields)?,
    })
}

fn read_rank(fields: &mut Fields) -> Read {
    let right = RightId::take(fields, "right")?;
    let mut order = |name: &str| {
        let burdens = required_list(
            fields,
            name,
            limits::RIGHT_LINES_MAX,
            "a burden such as P57.0",
            BurdenId::parse,
        )?;
        let once: BTreeSet<&BurdenId> = burdens.iter().collect();
        if burdens.len() < 2 || once.len() != burdens.len() {
            return Err(fields.fault(name, "must name two lines or more, each once"));
        }
        Ok(burdens)
    };
    let (from, to) = (order("from")?, order("to")?);
    let sorted = |burdens: &[BurdenId]| burdens.iter().copied().collect::<BTreeSet<_>>();
    if from == to || sorted(&from) != sorted(&to) {
        return Err(fields.fault("to", "must name the lines of `from` in another order"));
    }
    Ok(PledgeAct::ChangeRank { right, from, to })
}

/// Writes what another register says, as it stands in the command and in the record.
pub(in crate::domain::wire) fn report_json(report: &ExternalReport) -> Json {
    Json::object([
        ("register", word(&report.register)),
        ("number", word(&report.number)),
        ("status", Json::text(report.status.name())),
        ("checked", word(report.checked)),
    ])
    .with("term", report.term.map(span_json))
}

/// Reads what another register says; the caller finishes the object.
pub(in crate::domain::wire) fn read_report(
    fields: &mut Fields,
) -> Result<ExternalReport, FieldFault> {
    let statuses = ExternalStatus::ALL.map(ExternalStatus::name).join(", ");
    Ok(ExternalReport {
        register: read_name(fields, "register")?,
        number: read_plain(fields, "number")?,
        status: fields.parsed(
            "status",
            &format!("one of {statuses}"),
            ExternalStatus::parse,
        )?,
        term: optional(fields, "term", read_span)?,
        checked: read_day(fields, "checked")?,
    })
}

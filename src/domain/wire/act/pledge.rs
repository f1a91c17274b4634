//! Acts on pledges.

use std::collections::BTreeSet;

use crate::domain::command::{ExternalReport, ExternalStatus, PledgeAct};
use crate::domain::right::BurdenId;
use crate::domain::wire::list::{required_list, words};
use crate::domain::wire::shape::{
    optional, read_day, read_name, read_plain, read_span, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;

type Read = Result<PledgeAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "record_external_registration" => read_external(fields),
        "change_rank" => read_rank(fields),
        _ => return None,
    })
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &PledgeAct) -> Json {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            report_json(report).with("pledge", Some(word(pledge)))
        }
        PledgeAct::ChangeRank { right, from, to } => Json::object([
            ("right", word(right)),
            ("from", words(from)),
            ("to", words(to)),
        ]),
    }
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

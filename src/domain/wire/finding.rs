//! Findings: numbers and machine fields, no prose; the words live in the catalogue.

use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::wire::list::{each, list_if_any, optional_list, optional_objects};
use crate::domain::wire::shape::{
    optional, read_count, read_day, read_from_to, read_line_number, read_quantity, span_json, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;

/// Parts of an alternative: no right has more steps or years than a few hundred.
const PARTS_MAX: usize = 1_024;

/// Writes a finding.
pub fn finding_json(finding: &Finding) -> Json {
    let share = finding.share_ppm.map(|ppm| Json::Int(i64::from(ppm)));
    Json::object([("code", Json::Int(i64::from(finding.code.number())))])
        .with("line", finding.line.map(|line| Json::Int(i64::from(line))))
        .with("conflicts", list_if_any(&finding.conflicts, word))
        .with("at", finding.at.map(word))
        .with("share_ppm", share)
        .with(
            "alternative",
            finding.alternative.as_ref().map(alternative_json),
        )
}

fn alternative_json(alternative: &Alternative) -> Json {
    let segment = |(span, quantity): &_| span_json(*span).with("quantity", Some(word(quantity)));
    Json::object([])
        .with("quantity", alternative.quantity.map(word))
        .with("segments", list_if_any(&alternative.segments, segment))
        .with(
            "spans",
            list_if_any(&alternative.spans, |span| span_json(*span)),
        )
}

/// Reads a finding that stands at `path`.
pub fn read_finding(path: &str, value: Json) -> Result<Finding, FieldFault> {
    let mut fields = Fields::open(path, value)?;
    let finding = read_members(&mut fields)?;
    fields.finish()?;
    Ok(finding)
}

/// Reads the members of a finding; the caller finishes the object.
pub(in crate::domain) fn read_members(fields: &mut Fields) -> Result<Finding, FieldFault> {
    let code = fields.count("code")?;
    let code = u16::try_from(code)
        .ok()
        .and_then(Code::from_number)
        .ok_or_else(|| fields.fault("code", format!("{code} is not in the catalogue")))?;
    let share = optional(fields, "share_ppm", read_count)?;
    let share_ppm = share
        .map(u32::try_from)
        .transpose()
        .map_err(|_| fields.fault("share_ppm", "must be a 32-bit number"))?;
    let any = |text: &str| Some(text.to_owned());
    Ok(Finding {
        code,
        line: optional(fields, "line", read_line_number)?,
        conflicts: optional_list(
            fields,
            "conflicts",
            limits::ENTRY_BYTES_MAX,
            "a record",
            any,
        )?,
        at: optional(fields, "at", read_day)?,
        share_ppm,
        alternative: fields
            .optional_object("alternative")?
            .map(read_alternative)
            .transpose()?,
    })
}

fn read_alternative(mut fields: Fields) -> Result<Alternative, FieldFault> {
    let quantity = optional(&mut fields, "quantity", read_quantity)?;
    let segments = each(
        optional_objects(&mut fields, "segments", PARTS_MAX)?,
        |fields| Ok((read_from_to(fields)?, read_quantity(fields, "quantity")?)),
    )?;
    let spans = each(
        optional_objects(&mut fields, "spans", PARTS_MAX)?,
        read_from_to,
    )?;
    fields.finish()?;
    Ok(Alternative {
        quantity,
        segments,
        spans,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;

    #[test]
    fn every_code_and_every_detail_survives() {
        let mut findings: Vec<Finding> = Code::ALL.iter().map(|code| Finding::of(*code)).collect();
        findings.extend(samples::findings());
        for finding in findings {
            let json = finding_json(&finding);
            let text = json.to_canonical();
            assert_eq!(
                read_finding("", Json::parse(text.as_bytes()).unwrap()),
                Ok(finding),
                "{text}"
            );
        }
    }

    #[test]
    fn a_finding_of_no_known_number_is_refused() {
        let fault = read_finding("refused[0]", Json::object([("code", Json::Int(9_999))]));
        assert_eq!(
            fault.unwrap_err().to_string(),
            "refused[0].code: 9999 is not in the catalogue"
        );
    }

    #[test]
    fn prose_beside_the_numbers_is_refused() {
        let value = Json::object([("code", Json::Int(3_001)), ("title", Json::text("x"))]);
        let fault = read_finding("refused[0]", value).unwrap_err();
        assert_eq!(fault.to_string(), "refused[0].title: is not a known member");
    }
}

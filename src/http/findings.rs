//! Findings with their words, for people and programs that read an answer.
//!
//! Entries carry numbers and machine fields only; here the words of the catalogue join them. Nothing is decided here.

use crate::domain::finding::{Alternative, Finding, Severity};
use crate::domain::wire::finding_json;
use crate::primitives::canonical::Json;
use crate::primitives::time::Span;
use crate::service::notices::{Basis, Notice};

/// Writes a finding with its words: the members of the entry, and `name`, `severity`, `title_zh`, `title_en`, `fix`.
pub(crate) fn finding_view(finding: &Finding) -> Json {
    let check = finding.code.check();
    let severity = match check.severity {
        Severity::Refuse => "refuse",
        Severity::Warn => "warn",
    };
    finding_json(finding)
        .with("name", Some(Json::text(check.name)))
        .with("severity", Some(Json::text(severity)))
        .with("title_zh", Some(Json::text(check.title_zh)))
        .with("title_en", Some(Json::text(check.title_en)))
        .with("fix", Some(Json::text(check.fix)))
}

/// Writes findings with their words.
pub(crate) fn finding_views(findings: &[Finding]) -> Json {
    Json::list(findings.iter().map(finding_view))
}

/// Writes what the service notices beside the law.
pub(crate) fn notice_views(notices: &[Notice]) -> Json {
    let view = |notice: &Notice| {
        let words = notice.noticed.words();
        let view = Json::object([
            ("code", Json::Int(i64::from(words.code))),
            ("name", Json::text(words.name)),
            ("title_zh", Json::text(words.title_zh)),
            ("title_en", Json::text(words.title_en)),
            ("fix", Json::text(words.fix)),
            ("right", Json::Text(notice.right.to_string())),
        ]);
        match &notice.basis {
            Basis::Ground { stated, mu } => view
                .with("stated", Some(Json::Text(stated.to_string())))
                .with("ground_mu", Some(Json::Text(mu.to_string()))),
            Basis::Lending(lent) => view.with("lending", Some(lent.to_json())),
            Basis::Code(code) => view.with("permit_of", Some(Json::text(&**code))),
        }
    };
    Json::list(notices.iter().map(view))
}

/// Says in sentences what was found, what stands in the way and what would be admissible.
pub(crate) fn explain(finding: &Finding) -> String {
    let mut sentences = vec![finding.code.check().cause.to_owned()];
    sentences.extend(finding.line.map(|line| format!("Line {line}.")));
    if !finding.conflicts.is_empty() {
        sentences.push(format!("In the way: {}.", finding.conflicts.join(", ")));
    }
    sentences.extend(finding.at.map(|day| format!("First on {day}.")));
    if let Some(alternative) = &finding.alternative {
        sentences.extend(alternative_sentences(alternative));
    }
    sentences.join(" ")
}

fn alternative_sentences(alternative: &Alternative) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(quantity) = alternative.quantity {
        sentences.push(format!("At most {quantity} over all that was asked for."));
    }
    let segments = alternative.segments.iter();
    let segments: Vec<String> = segments
        .map(|(span, quantity)| format!("{quantity} {}", days(*span)))
        .collect();
    // One segment says no more than the sentence before.
    if segments.len() > 1 {
        sentences.push(format!("At most {}.", segments.join(", ")));
    }
    let spans: Vec<String> = alternative.spans.iter().map(|span| days(*span)).collect();
    if !spans.is_empty() {
        sentences.push(format!("Free {}.", spans.join(", ")));
    }
    sentences
}

/// Writes a span as people do, with its last day inclusive.
fn days(span: Span) -> String {
    format!("from {} through {}", span.from(), span.to().previous())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Code;
    use crate::primitives::time::Day;

    #[test]
    fn a_refusal_names_the_conflict_and_the_admissible_spans() {
        let span = Span::new(
            Day::parse("2027-01-01").unwrap(),
            Day::parse("2028-01-01").unwrap(),
        );
        let alternative = Alternative {
            spans: vec![span.unwrap()],
            ..Alternative::default()
        };
        let mut finding = Finding::of(Code::DoublePledgeLand).on_line(0).with("P41.0");
        finding.alternative = Some(alternative);
        let text = explain(&finding);
        assert!(text.contains("Line 0. In the way: P41.0."), "{text}");
        assert!(
            text.ends_with("Free from 2027-01-01 through 2027-12-31."),
            "{text}"
        );
    }

    #[test]
    fn the_words_of_the_catalogue_stand_beside_the_machine_fields() {
        let view = finding_view(&Finding::of(Code::DoublePledgeFlow).with("P41.0")).to_canonical();
        for part in [
            "\"code\":3002",
            "\"severity\":\"refuse\"",
            "\"title_zh\":\"重复担保",
            "\"P41.0\"",
        ] {
            assert!(view.contains(part), "{view}");
        }
    }
}

//! Compares what came out of a step with what its line says.

use greenlien::domain::entry::Outcome;
use greenlien::domain::event::{Event, OverhangChange};
use greenlien::domain::finding::{Alternative, Finding};
use greenlien::domain::right::Overhang;

use super::parser::{Details, Expected, Step};
use super::players::Names;
use crate::support::Answer;

/// Stops the test where an answer is not what its step says.
pub(crate) fn check(step: &Step, answer: &Answer, names: &Names) {
    let place = format!("{}: {}\n", step.place, step.text);
    match (&step.outcome, answer) {
        (Expected::Accepted { warnings, details }, Answer::Decided { outcome, .. }) => {
            let Outcome::Accepted { event, .. } = outcome else {
                panic!("{place}{answer:?}");
            };
            assert_eq!(&codes(answer), warnings, "{place}{answer:?}");
            check_details(&place, details, answer.findings().first(), names);
            check_overhangs(&place, details, event, names);
        }
        (Expected::Refused { codes: expected, details }, Answer::Decided { .. }) => {
            assert!(!answer.is_accepted(), "{place}{answer:?}");
            assert_eq!(&codes(answer), expected, "{place}{answer:?}");
            check_details(&place, details, answer.findings().first(), names);
        }
        (Expected::Door { code, field }, Answer::Faulty(fault)) => {
            if code.is_some() {
                assert_eq!(fault.code, *code, "{place}{fault}");
            }
            if let Some(field) = field {
                assert_eq!(&fault.field, field, "{place}{fault}");
            }
        }
        _ => panic!("{place}{answer:?}"),
    }
}

/// The numbers of an answer's findings, each once.
fn codes(answer: &Answer) -> Vec<u16> {
    let findings = answer.findings().iter();
    let mut codes: Vec<u16> = findings.map(|finding| finding.code.number()).collect();
    codes.dedup();
    codes
}

fn check_details(place: &str, details: &Details, finding: Option<&Finding>, names: &Names) {
    let none = Alternative::default();
    let alternative = finding
        .and_then(|finding| finding.alternative.as_ref())
        .unwrap_or(&none);
    if let Some(max) = details.max {
        assert_eq!(alternative.quantity, Some(max), "{place}");
    }
    if let Some(parts) = &details.parts {
        assert_eq!(&alternative.segments, parts, "{place}");
    }
    if let Some(free) = &details.free {
        assert_eq!(&alternative.spans, free, "{place}");
    }
    if let Some(from) = details.from {
        assert_eq!(finding.and_then(|f| f.at), Some(from), "{place}");
    }
    if let Some(share) = details.share {
        assert_eq!(finding.and_then(|f| f.share_ppm), Some(share), "{place}");
    }
    if let Some(against) = &details.against {
        let conflicts = finding.map_or(&[][..], |finding| &finding.conflicts);
        let is_it = |(conflict, name): (&String, &String)| names.is_called(conflict, name);
        let is_all = conflicts.len() == against.len() && conflicts.iter().zip(against).all(is_it);
        assert!(is_all, "{place}in the way: {conflicts:?}");
    }
}

fn check_overhangs(place: &str, details: &Details, event: &Event, names: &Names) {
    let Some(expected) = &details.overhangs else {
        return;
    };
    let changes = overhangs(event);
    let is_it = |(change, (name, amount)): (&OverhangChange, &(String, String))| {
        change.burden == names.burden(name) && overhang_text(change.overhang) == *amount
    };
    let is_all = changes.len() == expected.len() && changes.iter().zip(expected).all(is_it);
    assert!(is_all, "{place}{changes:?}");
}

fn overhangs(event: &Event) -> &[OverhangChange] {
    match event {
        Event::RightAdjusted { overhangs, .. }
        | Event::RightRevoked { overhangs, .. }
        | Event::Frozen { overhangs, .. }
        | Event::Unfrozen { overhangs, .. }
        | Event::ReservationCancelled { overhangs, .. }
        | Event::PledgeAmended { overhangs, .. }
        | Event::PledgeReleased { overhangs, .. } => overhangs,
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::Reserved { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeExtended { .. } => &[],
    }
}

/// Writes an overhang as scenarios do.
pub(crate) fn overhang_text(overhang: Option<Overhang>) -> String {
    match overhang {
        None => "none".to_owned(),
        Some(Overhang::Whole) => "whole".to_owned(),
        Some(Overhang::Amount(quantity)) => quantity.to_string(),
    }
}

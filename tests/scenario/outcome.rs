//! Compares what came out of a step with what its line says.

use std::fmt::Debug;

use greenlien::domain::entry::Outcome;
use greenlien::domain::event::{Event, OverhangChange};
use greenlien::domain::finding::{Alternative, Finding};
use greenlien::domain::right::Overhang;

use super::parser::{Details, Expected, Step};
use super::players::Names;
use crate::support::Answer;

/// Says what is not as the step says; the error is for the person who reads the file.
pub(crate) fn check(step: &Step, answer: &Answer, names: &Names) -> Result<(), String> {
    let first = answer.findings().first();
    let is_as_said = match (&step.outcome, answer) {
        (Expected::Accepted { warnings, details }, Answer::Decided { outcome, .. }) => {
            match outcome {
                Outcome::Accepted { event, .. } => same("warnings", &codes(answer), warnings)
                    .and_then(|()| check_details(details, first, names))
                    .and_then(|()| check_overhangs(details, event, names)),
                Outcome::Refused(_) => Err("it was refused".to_owned()),
            }
        }
        (
            Expected::Refused {
                codes: said,
                details,
            },
            Answer::Decided { .. },
        ) => same("accepted", &answer.is_accepted(), &false)
            .and_then(|()| same("codes", &codes(answer), said))
            .and_then(|()| check_details(details, first, names)),
        (Expected::Door { code, field }, Answer::Faulty(fault)) => {
            let code = if code.is_some() { *code } else { fault.code };
            let field = field.as_ref().unwrap_or(&fault.field);
            same("code", &fault.code, &code).and_then(|()| same("field", &fault.field, field))
        }
        _ => Err("it ended elsewhere".to_owned()),
    };
    is_as_said.map_err(|why| format!("{}: {}\n    {why}\n    {answer:?}", step.place, step.text))
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, said: &T) -> Result<(), String> {
    if found == said {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, not {said:?}"))
}

/// The same, where the step says anything about it.
fn same_if_said<T: Copy + PartialEq + Debug>(
    what: &str,
    found: Option<T>,
    said: Option<T>,
) -> Result<(), String> {
    if said.is_none() {
        return Ok(());
    }
    same(what, &found, &said)
}

/// The numbers of an answer's findings, each once.
fn codes(answer: &Answer) -> Vec<u16> {
    let findings = answer.findings().iter();
    let mut codes: Vec<u16> = findings.map(|finding| finding.code.number()).collect();
    codes.dedup();
    codes
}

fn check_details(
    details: &Details,
    finding: Option<&Finding>,
    names: &Names,
) -> Result<(), String> {
    let none = Alternative::default();
    let alternative = finding.and_then(|finding| finding.alternative.as_ref());
    let alternative = alternative.unwrap_or(&none);
    same_if_said("max", alternative.quantity, details.max)?;
    same_if_said("from", finding.and_then(|f| f.at), details.from)?;
    same_if_said("share", finding.and_then(|f| f.share_ppm), details.share)?;
    same_if_said("parts", Some(&alternative.segments), details.parts.as_ref())?;
    same_if_said("free", Some(&alternative.spans), details.free.as_ref())?;
    let Some(against) = &details.against else {
        return Ok(());
    };
    let conflicts = finding.map_or(&[][..], |finding| &finding.conflicts);
    let is_it = |(conflict, name): (&String, &String)| names.is_called(conflict, name);
    if conflicts.len() == against.len() && conflicts.iter().zip(against).all(is_it) {
        return Ok(());
    }
    Err(format!("against: {conflicts:?}, not {against:?}"))
}

fn check_overhangs(details: &Details, event: &Event, names: &Names) -> Result<(), String> {
    let Some(said) = &details.overhangs else {
        return Ok(());
    };
    let text = |change: &OverhangChange| (change.burden, overhang_text(change.overhang));
    let changes: Vec<_> = overhangs(event).iter().map(text).collect();
    let said = said
        .iter()
        .map(|(name, amount)| (names.burden(name), amount.clone()));
    same("overhang", &changes, &said.collect())
}

fn overhangs(event: &Event) -> &[OverhangChange] {
    match event {
        Event::RightAdjusted { overhangs, .. }
        | Event::RightRevoked { overhangs, .. }
        | Event::Frozen { overhangs, .. }
        | Event::Unfrozen { overhangs, .. }
        | Event::ReservationCancelled { overhangs, .. }
        | Event::PledgeAmended { overhangs, .. }
        | Event::PledgeReleased { overhangs, .. }
        | Event::Changed { overhangs, .. } => overhangs,
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

//! Records as the commands that make them leave them: what a shown value must be beside its members (docs/FORMATS.md 5.4).
//!
//! Separate from the reading of records, because the registry reads what it wrote itself, and a file may come from anybody.

use std::collections::BTreeSet;

use crate::domain::facts::{Record, StateKey};
use crate::domain::party::Party;
use crate::domain::pledge::{Pledge, Reservation};
use crate::domain::right::{Capacity, GroundOf, Right};
use crate::primitives::id::RightId;
use crate::primitives::identifier::CreditCode;
use crate::primitives::limits;

/// Says what is wrong with a record that a file shows.
pub(super) fn check(record: &Record) -> Result<(), &'static str> {
    match record {
        Record::Party(party) => check_party(party),
        Record::Right(right) => check_right(right),
        Record::Pledge(Pledge { lines, .. }) | Record::Reservation(Reservation { lines, .. }) => {
            if lines.is_empty() {
                return Err("`lines` are one or more");
            }
            Ok(())
        }
        Record::Source(rights) => check_rights(rights),
        Record::Cell(rights) => check_rights(rights),
        Record::Policy(versions) if versions.is_empty() => Err("`versions` are one or more"),
        Record::Identity(_) | Record::Policy(_) => Ok(()),
    }
}

fn check_rights<T>(rights: &[(RightId, T)]) -> Result<(), &'static str> {
    if rights.is_empty() || !are_different(rights.iter().map(|(right, _)| right)) {
        return Err("`rights` are one or more, each once");
    }
    Ok(())
}

fn check_party(party: &Party) -> Result<(), &'static str> {
    let thresholds = party.more.signing.iter().map(|rule| rule.threshold);
    let is_threshold = |count: u64| (1..=limits::SIGNING_THRESHOLD_MAX).contains(&count);
    if party.roles.is_empty() || !party.roles.is_sorted_by(|a, b| a < b) {
        return Err("`roles` are one or more in their order, each once");
    }
    if !party.duties.is_sorted_by(|a, b| a < b) || !party.duties.iter().all(|duty| is_name(duty)) {
        return Err("`duties` are names, ascending");
    }
    if !std::iter::once(party.threshold)
        .chain(thresholds)
        .all(is_threshold)
    {
        return Err("a threshold is 1 to 5");
    }
    if !are_different(party.keys.iter().map(|key| key.key.to_bytes())) {
        return Err("`keys` has a key twice");
    }
    if party.name.is_some() != party.credit_code.is_some() {
        return Err("`name` and `credit_code` go together");
    }
    let hides = |name: &str| party.hidden.iter().any(|(hidden, _)| hidden == name);
    match &party.credit_code {
        Some(code) if CreditCode::parse(code).is_err() => Err("`credit_code` is none"),
        None if !hides("name") || !hides("resident_id") => {
            Err("without `credit_code`, `name` and `resident_id` are hidden values")
        }
        Some(_) | None => Ok(()),
    }
}

fn check_right(right: &Right) -> Result<(), &'static str> {
    let names = right.identities.iter().map(StateKey::identity);
    if right.identities.is_empty() || !are_different(names) {
        return Err("`identities` are one or more, each once");
    }
    if !are_different(right.burdens.iter().map(|burden| burden.id)) {
        return Err("`burdens` has a name twice");
    }
    if !are_different(&right.succeeds) {
        return Err("`succeeds` has a right twice");
    }
    let is_land = match &right.capacity {
        Capacity::Stock(_) => false,
        Capacity::Flow(steps) => {
            if steps.is_empty() || !steps.is_sorted_by(|a, b| a.0 < b.0) {
                return Err("`steps` are one or more, ascending");
            }
            false
        }
        Capacity::Land { ground, cells, .. } => {
            if !are_different(cells) {
                return Err("`cells` has a cell twice");
            }
            if let GroundOf::Units(units) = ground
                && (units.is_empty() || !are_different(units.iter().map(|unit| &unit.unit)))
            {
                return Err("`units` are one or more, each once");
            }
            true
        }
    };
    if is_land == right.layer.is_some() {
        Ok(())
    } else {
        Err("land has a `layer`, and nothing else does")
    }
}

fn is_name(text: &str) -> bool {
    let is_letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (1..=32).contains(&text.len()) && text.chars().all(is_letter)
}

fn are_different<T: Ord>(items: impl IntoIterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

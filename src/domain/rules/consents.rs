//! Attested consents in the record: what was attested, by which entry, stays with the pledge.

use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Attested, PledgeMore};
use crate::domain::rules::{Case, Findings};
use crate::primitives::limits;

/// Returns what the record keeps of the consents that the command attests.
pub(super) fn attested(case: &Case<'_>) -> Vec<Attested> {
    let attested = case.command.attested.iter();
    attested
        .map(|attestation| Attested {
            party: attestation.party,
            class: attestation.class,
            document: attestation.document,
            entry: case.stamp.index,
        })
        .collect()
}

/// Adds what the command attests to the notes of a pledge, as far as there is room.
pub(super) fn note(case: &Case<'_>, more: &mut PledgeMore, found: &mut Findings) {
    more.attested.extend(attested(case));
    if more.attested.len() > limits::PLEDGE_NOTES_MAX {
        found.add(Finding::of(Code::TooManyNotes));
    }
}

/// Under law 1 nobody attests anything.
pub(super) fn check_law(case: &Case<'_>, found: &mut Findings) {
    if !case.command.attested.is_empty() && !case.law.has_acts() {
        found.code(Code::NotApplicable);
    }
}

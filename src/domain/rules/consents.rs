//! Consents that rules ask for: of whoever holds a right now, and those attested, which stay with the pledge.

use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Attested, Pledge, PledgeMore};
use crate::domain::right::Right;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::PartyId;

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

/// Adds what the command attests to the notes of a pledge.
pub(super) fn note(case: &Case<'_>, more: &mut PledgeMore) {
    more.note_attested(attested(case));
}

/// Under law 1 nobody attests anything.
pub(super) fn check_law(case: &Case<'_>, found: &mut Findings) {
    if !case.command.attested.is_empty() && !case.law.has_acts() {
        found.code(Code::NotApplicable);
    }
}

/// Who gives what a pledge takes of a right beyond what it has: the pledgor, or whoever holds the right since, with its consent.
pub(super) fn giver_of_more(
    case: &Case<'_>,
    right: &Right,
    pledge: &Pledge,
    found: &mut Findings,
) -> PartyId {
    let holder = case.acting(right.holder);
    if !case.law.asks_present_holders() || holder == case.acting(pledge.pledgor) {
        return pledge.pledgor;
    }
    let mut named = case.command.body.consenting().iter();
    if holder != case.command.org && !named.any(|party| case.acting(*party) == holder) {
        found.add(Finding::of(Code::MissingConsent).with(holder));
    }
    right.holder
}

//! Erasure of hidden values: the record says which, by which entry, and keeps their digests.
//!
//! The law moves nothing else. That the openings are destroyed is the work of the service, after the entry is on the disk;
//! whoever keeps an opening elsewhere can still show it.

use crate::domain::command::Hiding;
use crate::domain::finding::{Code, Finding};
use crate::domain::party::Erased;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;

/// Judges an erasure; an ended party and a closed pledge have values to erase like any other.
pub(super) fn judge(
    case: &Case<'_>,
    of: Hiding,
    claims: &[String],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let index = case.stamp.index;
    let known = match of {
        Hiding::Party(id) => draft
            .party(id)
            .map(|party| note(&party.hidden, &mut party.more.erased, claims, index)),
        Hiding::Pledge(id) => draft
            .pledge(id)
            .map(|pledge| note(&pledge.hidden, &mut pledge.more.erased, claims, index)),
    };
    match (known, of) {
        (Some(None), _) => {}
        (Some(Some(missing)), _) => found.add(missing),
        (None, Hiding::Party(id)) => found.add(Finding::of(Code::PartyUnknown).with(id)),
        (None, Hiding::Pledge(id)) => found.add(Finding::of(Code::PledgeUnknown).with(id)),
    }
}

/// Notes what is erased; returns what cannot be.
fn note(
    hidden: &[(String, Hash)],
    erased: &mut Vec<Erased>,
    claims: &[String],
    entry: EntryIndex,
) -> Option<Finding> {
    let mut missing: Option<Finding> = None;
    for claim in claims {
        let is_hidden = hidden.iter().any(|(name, _)| name == claim);
        if !is_hidden || erased.iter().any(|erased| erased.claim == *claim) {
            let finding = missing.unwrap_or_else(|| Finding::of(Code::NothingToErase));
            missing = Some(finding.with(claim));
            continue;
        }
        erased.push(Erased {
            claim: claim.clone(),
            entry,
        });
    }
    missing
}

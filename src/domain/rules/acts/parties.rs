//! Acts on parties: names, mergers and splits. Keys are in `keys`, recoveries in `recovery`.
//!
//! Nothing is moved: a right keeps its holder and a pledge its parties, and whoever acts in the place of a party that has
//! ended is asked of the facts at each position (`Facts::acting`). So ranks, times and capacities stay what they were.

use crate::domain::command::PartyAct;
use crate::domain::finding::{Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Handed, Party, Role};
use crate::domain::rules::acts::{erasure, keys, recovery};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::PartyId;
use crate::primitives::limits;

/// Judges an act on parties.
pub(super) fn judge(case: &Case<'_>, act: &PartyAct, draft: &mut Draft<'_>, found: &mut Findings) {
    match act {
        PartyAct::ChangeParty { party, name, .. } => rename(case, *party, name, draft, found),
        PartyAct::MergeParties { absorbed, into, .. } => {
            for id in absorbed {
                succeed(case, *id, *into, true, draft, found);
                end(case, *id, *into, draft);
            }
        }
        PartyAct::SplitParty {
            party,
            successors,
            residual,
            kinds,
            ..
        } => {
            for successor in successors {
                succeed(case, *party, *successor, kinds.is_empty(), draft, found);
            }
            hand_over(case, *party, (successors, *residual), kinds, draft, found);
            split(case, *party, successors, *residual, draft, found);
        }
        PartyAct::RotateKey { party, old, new } => {
            keys::rotate(case, *party, *old, new, draft, found);
        }
        PartyAct::SetSigningRules {
            party,
            rules,
            parts,
        } => keys::set_rules(case, *party, rules, parts, draft, found),
        PartyAct::DisputeEntries {
            party,
            kid,
            from,
            document,
        } => keys::dispute(case, *party, (*kid, *from, *document), draft, found),
        PartyAct::ResolveDispute {
            party,
            dispute,
            document,
        } => keys::resolve(case, *party, (*dispute, *document), draft, found),
        PartyAct::RecoverParty {
            party,
            keys,
            document,
        } => recovery::begin(case, *party, keys, *document, draft, found),
        PartyAct::VetoRecovery { party } => recovery::veto(case, *party, draft, found),
        PartyAct::CompleteRecovery { party } => recovery::complete(case, *party, draft, found),
        PartyAct::Erase { of, claims, .. } => erasure::judge(case, *of, claims, draft, found),
        PartyAct::RotateLogKey {
            key,
            overlap_seconds,
            proof,
        } => keys::rotate_log(case, key, *overlap_seconds, *proof, draft, found),
    }
}

/// Finds a party that has not ended.
pub(super) fn living<'d>(
    case: &Case<'_>,
    id: PartyId,
    draft: &'d mut Draft<'_>,
    found: &mut Findings,
) -> Option<&'d mut Party> {
    let Some(party) = draft.party(id) else {
        found.add(Finding::of(Code::PartyUnknown).with(id));
        return None;
    };
    if party.more.ended.is_some() {
        let acting = case.facts.acting(id, case.stamp.index);
        found.add(Finding::of(Code::PartyEnded).with(acting));
    }
    Some(party)
}

/// A list of a party that has no room for another item.
pub(super) fn check_room(id: PartyId, count: usize, found: &mut Findings) {
    if count > limits::PARTY_NOTES_MAX {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
}

/// A new registered name. The old one stays in the record, and the credit code stays the identity.
fn rename(case: &Case<'_>, id: PartyId, name: &str, draft: &mut Draft<'_>, found: &mut Findings) {
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    match party.name.replace(name.to_owned()) {
        Some(former) if former != name => {
            party.more.former_names.push((former, case.stamp.index));
            check_room(id, party.more.former_names.len(), found);
        }
        // The name of a natural person is hidden; an unchanged name is no change.
        Some(_) | None => found.add(Finding::of(Code::NotApplicable).with(id)),
    }
}

/// Links a party and one that succeeds it. The successor must be able to act in its place: in all of it, or, where kinds of
/// right are divided, in a part.
fn succeed(
    case: &Case<'_>,
    id: PartyId,
    to: PartyId,
    in_all: bool,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let index = case.stamp.index;
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    party.more.successors.push((to, index));
    check_room(id, party.more.successors.len(), found);
    let mut fits = id != to && id != REGISTRAR && party.open_recovery().is_none();
    let (roles, duties) = (party.roles.clone(), party.duties.clone());
    let Some(successor) = living(case, to, draft, found) else {
        return;
    };
    fits &= successor.open_recovery().is_none()
        && roles.iter().all(|role| successor.has_role(*role))
        && (!in_all || duties.iter().all(|duty| successor.duties.contains(duty)));
    successor.more.predecessors.push((id, index));
    check_room(to, successor.more.predecessors.len(), found);
    if !fits {
        found.add(Finding::of(Code::BadPartySuccession).with(id).with(to));
    }
}

/// Ends a party here: its keys sign nothing from the next entry on, and another acts in its place.
fn end(case: &Case<'_>, id: PartyId, successor: PartyId, draft: &mut Draft<'_>) {
    if let Some(party) = draft.party(id) {
        party.end_keys(case.stamp.index);
        party.more.ended = Some((case.stamp.index, successor));
    }
}

/// Rights of some kinds go on under parties that came out of their issuer. Each kind is handed over by whoever keeps it, and
/// where the issuer ends, its successors together have all of its duties.
fn hand_over(
    case: &Case<'_>,
    id: PartyId,
    (successors, residual): (&[PartyId], Option<PartyId>),
    kinds: &[(String, PartyId)],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    if kinds.is_empty() {
        return;
    }
    let Some(party) = draft.party(id) else {
        return;
    };
    let parties = successors.iter().filter_map(|to| case.facts.party(*to));
    let duties: Vec<&String> = parties.flat_map(|party| &party.duties).collect();
    let fits = party.has_role(Role::Authority)
        && (residual.is_none() || party.duties.iter().all(|duty| duties.contains(&duty)))
        && kinds.iter().all(|(_, to)| successors.contains(to))
        && kinds.iter().all(|(kind, _)| case.keeping(id, kind) == id);
    let entry = case.stamp.index;
    let handed = kinds.iter().map(|(kind, to)| Handed {
        kind: kind.clone(),
        party: *to,
        entry,
    });
    party.more.handed.extend(handed);
    check_room(id, party.more.handed.len(), found);
    if !fits {
        found.add(Finding::of(Code::BadPartySuccession).with(id));
    }
}

/// Parties came out of another. Where it ends, one of them takes all that is not given to the others, so that nothing that is
/// pledged is left to nobody.
fn split(
    case: &Case<'_>,
    id: PartyId,
    successors: &[PartyId],
    residual: Option<PartyId>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    match residual {
        None => {}
        Some(residual) if successors.contains(&residual) => end(case, id, residual, draft),
        Some(residual) => {
            found.add(
                Finding::of(Code::BadPartySuccession)
                    .with(id)
                    .with(residual),
            );
        }
    }
}

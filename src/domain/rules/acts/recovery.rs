//! Recovery of a party that lost its keys: begun by the registrar with the quorum, stopped by the party, completed after 72
//! hours of registry time (ARCHITECTURE section 6). Waiting writes no entry.

use crate::domain::command::OfferedKey;
use crate::domain::finding::{Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Recovery, RecoveryEnd};
use crate::domain::rules::acts::keys;
use crate::domain::rules::acts::parties::{check_room, living};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings, parties};
use crate::primitives::crypto::Hash;
use crate::primitives::id::PartyId;
use crate::primitives::limits;

/// Begins a recovery. The registrar cannot recover itself: it would be judge in its own cause.
pub(super) fn begin(
    case: &Case<'_>,
    id: PartyId,
    offered: &[OfferedKey],
    document: Hash,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    for key in offered {
        parties::check_offered(case, key, found);
    }
    let mut kids: Vec<_> = offered.iter().map(|key| key.key.id()).collect();
    kids.sort_unstable();
    kids.dedup();
    if kids.len() < offered.len() {
        found.code(Code::KeyTaken);
    }
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    if party.open_recovery().is_some() || id == REGISTRAR {
        found.add(Finding::of(Code::RecoveryUnusable).with(id));
    }
    party.more.recoveries.push(Recovery {
        entry: case.stamp.index,
        document,
        ready: case.stamp.time.plus_seconds(limits::RECOVERY_WAIT_SECONDS),
        ended: None,
    });
    check_room(id, party.more.recoveries.len(), found);
    let held = |key: &OfferedKey| (key.key.clone(), key.person.clone());
    party.more.recovery_keys = offered.iter().map(held).collect();
    let mut persons: Vec<&str> = offered.iter().map(|key| &*key.person).collect();
    persons.sort_unstable();
    persons.dedup();
    let rules = party.more.signing.iter().map(|rule| rule.threshold);
    let needed = rules.fold(party.threshold, u64::max);
    if u64::try_from(persons.len()).is_ok_and(|persons| persons < needed) {
        found.code(Code::ThresholdTooLow);
    }
}

/// Stops the open recovery; that the party itself has signed is a matter of the matrix.
pub(super) fn veto(case: &Case<'_>, id: PartyId, draft: &mut Draft<'_>, found: &mut Findings) {
    close(case, id, RecoveryEnd::Vetoed, draft, found);
}

/// Gives the party its new keys and ends every other, also those that were added while it waited.
pub(super) fn complete(case: &Case<'_>, id: PartyId, draft: &mut Draft<'_>, found: &mut Findings) {
    let index = case.stamp.index;
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    let early = party
        .open_recovery()
        .is_some_and(|recovery| case.stamp.time < recovery.ready);
    if early {
        found.add(Finding::of(Code::RecoveryUnusable).with(id));
    }
    party.end_keys(index);
    // Rules about the keys that end here say nothing about the new ones.
    party.more.parts.clear();
    let keys = std::mem::take(&mut party.more.recovery_keys);
    close(case, id, RecoveryEnd::Completed, draft, found);
    for (key, person) in &keys {
        if parties::is_taken(case, key) {
            found.add(Finding::of(Code::KeyTaken).with(key.id()));
        }
        keys::add(case, id, (key, person), draft, found);
    }
}

fn close(
    case: &Case<'_>,
    id: PartyId,
    end: RecoveryEnd,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    party.more.recovery_keys.clear();
    let open = party.more.recoveries.last_mut();
    match open.filter(|recovery| recovery.ended.is_none()) {
        Some(recovery) => recovery.ended = Some((end, case.stamp.index)),
        None => found.add(Finding::of(Code::RecoveryUnusable).with(id)),
    }
}

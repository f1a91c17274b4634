//! Keys over time: rotation, signing rules, and entries that a party disowns.

use crate::domain::command::{OfferedKey, PartyAct, SignerRole};
use crate::domain::facts::{Owner, Record, StateKey};
use crate::domain::finding::{Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Dispute, LogKey, Party, PartyKey, SigningRule};
use crate::domain::rules::acts::parties::{check_room, living};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings, parties};
use crate::primitives::crypto::{Hash, KeyId, PublicKey, Signature};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;

/// Puts a key into a party, valid from the next entry on, and takes it for ever.
pub(super) fn add(
    case: &Case<'_>,
    id: PartyId,
    (key, person): (&PublicKey, &str),
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    if let Some(party) = draft.party(id) {
        party.keys.push(PartyKey {
            key: key.clone(),
            person: person.to_owned(),
            added: case.stamp.index,
            revoked: None,
        });
        if party.keys.len() > limits::PARTY_KEYS_MAX {
            found.add(Finding::of(Code::TooManyNotes).with(id));
        }
    }
    let owner = Record::Identity(Owner::Party(id));
    draft.create(StateKey::public_key(key.id()), owner);
}

/// A new key in the place of an old one, for the same part. That the old one has signed is a matter of the signatures.
pub(super) fn rotate(
    case: &Case<'_>,
    id: PartyId,
    old: KeyId,
    new: &OfferedKey,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let index = case.stamp.index;
    parties::check_offered(case, new, found);
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    let valid = party.keys.iter_mut().find(|key| key.key.id() == old);
    match valid.filter(|key| key.is_valid_at(index)) {
        Some(key) => key.revoked = Some(index),
        None => found.add(Finding::of(Code::KeyUnknown).with(old)),
    }
    let part = party.more.parts.iter().find(|(kid, _)| *kid == old);
    if let Some((_, part)) = part.copied() {
        party.more.parts.push((new.key.id(), part));
        party.more.parts.sort_unstable();
    }
    add(case, id, (&new.key, &new.person), draft, found);
}

/// How many persons sign which commands, and who only makes or only checks. The party must be able to meet its own rules.
pub(super) fn set_rules(
    case: &Case<'_>,
    id: PartyId,
    rules: &[SigningRule],
    limited: &[(KeyId, SignerRole)],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(party) = living(case, id, draft, found) else {
        return;
    };
    for (kid, _) in limited {
        if party.key(*kid).is_none() {
            found.add(Finding::of(Code::KeyUnknown).with(kid));
        }
    }
    let changes = party.more.signing != rules || party.more.parts != limited;
    party.more.signing = rules.to_vec();
    party.more.parts = limited.to_vec();
    if !changes {
        found.add(Finding::of(Code::NotApplicable).with(id));
    }
    check_reachable(party, case.stamp.index, found);
}

/// Every threshold can be met by persons with valid keys, and none is below the party's own.
fn check_reachable(party: &Party, index: EntryIndex, found: &mut Findings) {
    let thresholds = party.more.signing.iter().map(|rule| rule.threshold);
    let most = limits::SIGNING_THRESHOLD_MAX;
    let in_range = |threshold: u64| (party.threshold..=most).contains(&threshold);
    let highest = thresholds.clone().fold(party.threshold, u64::max);
    if !thresholds.into_iter().all(in_range) || !party.can_meet(highest, index) {
        found.code(Code::ThresholdTooLow);
    }
}

/// The party, or who acts in its place, says that it did not mean the entries that a key of its has signed from one on. Nothing
/// else changes. Thefts are found late, also after a merger, which ends the keys.
pub(super) fn dispute(
    case: &Case<'_>,
    id: PartyId,
    (kid, from, document): (KeyId, EntryIndex, Hash),
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(party) = draft.party(id) else {
        found.add(Finding::of(Code::PartyUnknown).with(id));
        return;
    };
    // A key that goes on signing cannot be disowned; it signed between its entry and the one that ended it.
    let could_sign = |key: &PartyKey| {
        let ended = key.revoked.filter(|ended| *ended < case.stamp.index);
        ended.is_some_and(|ended| key.added < from && from <= ended)
    };
    if !party.key(kid).is_some_and(could_sign) {
        found.add(Finding::of(Code::DisputeUnusable).with(kid));
    }
    party.more.disputes.push(Dispute {
        entry: case.stamp.index,
        kid,
        from,
        document,
        resolved: None,
    });
    check_room(id, party.more.disputes.len(), found);
}

/// How an authority or a court decided about disputed entries; what follows from it is for other commands.
pub(super) fn resolve(
    case: &Case<'_>,
    id: PartyId,
    (entry, document): (EntryIndex, Hash),
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(party) = draft.party(id) else {
        found.add(Finding::of(Code::PartyUnknown).with(id));
        return;
    };
    let mut disputes = party.more.disputes.iter_mut();
    match disputes.find(|dispute| dispute.entry == entry && dispute.resolved.is_none()) {
        Some(dispute) => dispute.resolved = Some((case.stamp.index, document)),
        None => found.add(Finding::of(Code::DisputeUnusable).with(entry)),
    }
}

/// A successor of the log's key. Its identity is taken for ever, so that no institution signs with a key of the log.
pub(super) fn rotate_log(
    case: &Case<'_>,
    key: &PublicKey,
    overlap_seconds: u64,
    proof: Signature,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let kid = key.id();
    if parties::is_taken(case, key) {
        found.add(Finding::of(Code::KeyTaken).with(kid));
    }
    let message = PartyAct::log_key_message(&case.command.aud, key);
    if !key.verifies(&message, &proof) {
        found.add(Finding::of(Code::KeyUnproven).with(kid));
    }
    let (index, time) = (case.stamp.index, case.stamp.time);
    let Some(registrar) = living(case, REGISTRAR, draft, found) else {
        return;
    };
    let log_keys = &mut registrar.more.log_keys;
    // One change at a time: two keys sign during an overlap, never three.
    if log_keys
        .last()
        .is_some_and(|last| time < last.overlap_until)
    {
        found.code(Code::LogKeyOverlaps);
    }
    log_keys.push(LogKey {
        key: key.clone(),
        entry: index,
        overlap_until: time.plus_seconds(overlap_seconds),
    });
    check_room(REGISTRAR, log_keys.len(), found);
    let owner = Record::Identity(Owner::Party(REGISTRAR));
    draft.create(StateKey::public_key(kid), owner);
}

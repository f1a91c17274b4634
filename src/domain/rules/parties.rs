//! Parties, keys, signing policies and kind policies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::command::{AdmitParty, OfferedKey};
use crate::domain::event::Event;
use crate::domain::facts::{StateKey, active_version};
use crate::domain::finding::{Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Party, PartyMore, Role};
use crate::domain::policy::{KindPolicy, text_digest};
use crate::domain::rules::{Case, Findings};
use crate::primitives::crypto::{KeyId, PublicKey};
use crate::primitives::id::PartyId;
use crate::primitives::identifier::CreditCode;
use crate::primitives::limits;

pub(super) fn admit(case: &Case<'_>, admit: &AdmitParty, findings: &mut Findings) -> Option<Event> {
    if case.command.org != REGISTRAR {
        let mut finding = Finding::of(Code::RoleLacksPower);
        if case.law.names_every_record() {
            finding = finding.with(case.command.org);
        }
        findings.add(finding);
    }
    if let Some(code) = &admit.credit_code {
        let key = StateKey::credit_code(code);
        if case.facts.fact(&key).is_some() {
            findings.add(Finding::of(Code::PartyExists).with(code));
        }
        if CreditCode::parse(code).is_ok_and(|code| !code.inner_check_ok()) {
            findings.code(Code::InnerCheck);
        }
    }
    for offered in &admit.keys {
        check_offered(case, offered, findings);
    }
    let mut persons: Vec<&str> = admit.keys.iter().map(|key| key.person.as_str()).collect();
    persons.sort_unstable();
    persons.dedup();
    // Courts and holders may be admitted before they have keys; nobody else can act without them.
    check_threshold(&admit.roles, admit.threshold, persons.len(), findings);
    let record = Party {
        name: admit.name.clone(),
        credit_code: admit.credit_code.clone(),
        region: admit.region.clone(),
        roles: admit.roles.clone(),
        duties: admit.duties.clone(),
        keys: Vec::new(),
        threshold: admit.threshold,
        hidden: admit.hidden.clone(),
        more: PartyMore::default(),
    };
    let keys = admit
        .keys
        .iter()
        .map(|key| (key.key.clone(), key.person.clone()))
        .collect();
    (!findings.refuses()).then(|| Event::PartyAdmitted {
        party: PartyId(case.stamp.index),
        record: Box::new(record),
        keys,
    })
}

fn check_threshold(roles: &[Role], threshold: u64, persons: usize, findings: &mut Findings) {
    let persons = u64::try_from(persons).unwrap_or(u64::MAX);
    let reachable = persons == 0 || threshold <= persons;
    let in_range = (1..=limits::SIGNING_THRESHOLD_MAX).contains(&threshold);
    if !in_range || !reachable || threshold < Party::least_threshold(roles) {
        findings.code(Code::ThresholdTooLow);
    }
}

/// The type of a plain Ed25519 key in a verifier key (C2SP signed-note).
const NOTE_ED25519: u8 = 0x01;

/// Says whether a key has or had an owner. The log's key of entry 0 stands there as a verifier key, which ends with the type
/// and the bytes; law 1 did not look at it.
pub(super) fn is_taken(case: &Case<'_>, key: &PublicKey) -> bool {
    let first = STANDARD.encode([&[NOTE_ED25519][..], &key.to_bytes()].concat());
    let is_first = case.genesis.log_vkey.ends_with(&format!("+{first}"));
    let has_owner = case.facts.fact(&StateKey::public_key(key.id())).is_some();
    has_owner || (is_first && case.law.has_acts())
}

/// A key must never have had an owner, and its holder must have proved possession over this registry's name.
pub(super) fn check_offered(case: &Case<'_>, offered: &OfferedKey, findings: &mut Findings) {
    if is_taken(case, &offered.key) {
        findings.add(Finding::of(Code::KeyTaken).with(offered.key.id()));
    }
    let message = OfferedKey::proof_message(&case.command.aud, &offered.key, &offered.person);
    if !offered.key.verifies(&message, &offered.proof) {
        findings.add(Finding::of(Code::KeyUnproven).with(offered.key.id()));
    }
}

pub(super) fn add_key(
    case: &Case<'_>,
    offered: &OfferedKey,
    findings: &mut Findings,
) -> Option<Event> {
    let party = own_party(case, findings)?;
    check_offered(case, offered, findings);
    if party.keys.len() >= limits::PARTY_KEYS_MAX {
        findings.code(Code::TooManyBurdens);
    }
    (!findings.refuses()).then(|| Event::KeyAdded {
        party: case.command.org,
        key: offered.key.clone(),
        person: offered.person.clone(),
    })
}

pub(super) fn revoke_key(case: &Case<'_>, kid: KeyId, findings: &mut Findings) -> Option<Event> {
    let party = own_party(case, findings)?;
    let is_valid = party
        .key(kid)
        .is_some_and(|key| key.is_valid_at(case.stamp.index));
    if !is_valid {
        findings.add(Finding::of(Code::KeyUnknown).with(kid));
    }
    (!findings.refuses()).then_some(Event::KeyRevoked {
        party: case.command.org,
        kid,
    })
}

pub(super) fn set_threshold(
    case: &Case<'_>,
    threshold: u64,
    findings: &mut Findings,
) -> Option<Event> {
    let party = own_party(case, findings)?;
    let mut persons: Vec<&str> = party
        .keys
        .iter()
        .filter(|key| key.is_valid_at(case.stamp.index))
        .map(|key| key.person.as_str())
        .collect();
    persons.sort_unstable();
    persons.dedup();
    check_threshold(&party.roles, threshold, persons.len(), findings);
    (!findings.refuses()).then_some(Event::SigningPolicySet {
        party: case.command.org,
        threshold,
    })
}

fn own_party<'a>(case: &Case<'a>, findings: &mut Findings) -> Option<&'a Party> {
    let party = case.facts.party(case.command.org);
    if party.is_none() {
        findings.add(Finding::of(Code::PartyUnknown).with(case.command.org));
    }
    party
}

/// Numbers rise, and what makes two rights one thing stays: the source, and every scheme of identities in its place; schemes may
/// be added. What is a sliver gets no larger: that would loosen what stands.
fn follows(old: &KindPolicy, new: &KindPolicy) -> bool {
    let mut kept = old.identities.iter().zip(&new.identities);
    let tolerance = |policy: &KindPolicy| policy.land.as_ref().map_or(0, |land| land.tolerance_ppm);
    new.version > old.version
        && tolerance(new) <= tolerance(old)
        && old.source == new.source
        && old.identities.len() <= new.identities.len()
        && kept.all(|(old, new)| (&old.scheme, &old.parts) == (&new.scheme, &new.parts))
}

pub(super) fn adopt_policy(
    case: &Case<'_>,
    kind: &str,
    text: &str,
    findings: &mut Findings,
) -> Option<Event> {
    let Ok(policy) = KindPolicy::parse(text) else {
        findings.code(Code::PolicyInvalid);
        return None;
    };
    let now = case.stamp.time;
    let versions = case.facts.policy_versions(kind);
    let in_use = versions
        .last()
        .and_then(|version| case.facts.policies.get(&version.digest));
    let fits = |old: &KindPolicy| {
        let layer = |policy: &KindPolicy| policy.land.as_ref().map(|land| land.layer.clone());
        old.model == policy.model
            && old.unit == policy.unit
            && old.scale == policy.scale
            && old.extent == policy.extent
            && layer(old) == layer(&policy)
            && (!case.law.keeps_schemes() || follows(old, &policy))
    };
    let unchanged = active_version(versions, now).is_some_and(|v| v.digest == policy.digest);
    // A text with members that the law did not know was no policy.
    let too_new = policy.is_later && !case.law.reads_later_policies();
    if policy.kind != kind || !in_use.is_none_or(fits) || unchanged || too_new {
        findings.code(Code::PolicyInvalid);
    }
    (!findings.refuses()).then(|| Event::PolicyAdopted {
        kind: kind.to_owned(),
        digest: text_digest(text),
        active_from: now.plus_seconds(case.genesis.policy_delay_seconds),
    })
}

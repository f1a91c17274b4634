//! What the checked parts of a file add up to: facts for the law, and keys that were valid where they signed.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::authority::VerifiedSignature;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{Fact, Facts, PolicyTexts, StateKey};
use crate::domain::genesis::Genesis;
use crate::domain::party::Party;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::StateValue;
use crate::primitives::crypto::Hash;
use crate::primitives::id::PartyId;
use crate::verify::evidence::Evidence;

type Step<T> = Result<T, (&'static str, String)>;

/// The proven records as facts for the law, with the policies whose text the file shows.
pub(super) fn facts(
    evidence: &Evidence,
    values: &BTreeMap<StateKey, StateValue>,
    parsed: &BTreeMap<u64, (Entry, Hash)>,
    genesis: &Genesis,
) -> Step<Facts> {
    let name = "policies";
    let mut texts: Vec<String> = genesis
        .policies
        .iter()
        .map(|(_, text)| text.clone())
        .collect();
    for (entry, _) in parsed.values() {
        if let Entry::Command {
            envelope,
            outcome: Outcome::Accepted { .. },
            ..
        } = entry
            && let Ok(command) = crate::domain::wire::parse_command(&envelope.payload)
            && let crate::domain::command::Body::AdoptPolicy { text, .. } = command.body
        {
            texts.push(text);
        }
    }
    let mut policies = PolicyTexts::new();
    for text in texts {
        let policy = KindPolicy::parse(&text).map_err(|fault| (name, fault.to_string()))?;
        policies.insert(policy.digest, policy);
    }
    let mut facts = Facts::new(std::sync::Arc::new(policies));
    for record in &evidence.records {
        let fact = values.get(&record.key).map(|value| {
            let version = value.history_size;
            std::sync::Arc::new(Fact {
                record: value.record.clone(),
                version,
            })
        });
        facts.insert(record.key.clone(), fact);
    }
    Ok(facts)
}

/// Counts the signatures of each party; says why they do not rest on valid keys of different persons.
pub(super) fn check_keys(
    parties: &BTreeMap<PartyId, &Party>,
    signatures: &[VerifiedSignature],
    index: u64,
) -> Result<BTreeMap<PartyId, u64>, String> {
    let mut persons: BTreeMap<PartyId, BTreeSet<&str>> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for signature in signatures {
        let found = parties
            .iter()
            .find_map(|(id, party)| party.key(signature.kid).map(|key| (*id, key)));
        let Some((id, key)) = found else {
            return Err(format!(
                "the history of the owner of {} is missing",
                signature.kid
            ));
        };
        if !key.is_valid_at(index) {
            return Err(format!("key {} of {id} was not valid there", signature.kid));
        }
        if !persons.entry(id).or_default().insert(&key.person) {
            return Err(format!("maker and checker of {id} are one person"));
        }
        *counts.entry(id).or_insert(0) += 1;
    }
    Ok(counts)
}

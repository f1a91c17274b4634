//! Members of a party that came with law 2.

use crate::domain::authority::matrix;
use crate::domain::command::SignerRole;
use crate::domain::party::{
    Dispute, Erased, Handed, LogKey, PartyMore, Recovery, RecoveryEnd, SigningRule,
};
use crate::domain::wire::list::{each, list_if_any, optional_objects};
use crate::domain::wire::record::{held_key_json, read_held_key};
use crate::domain::wire::shape::{
    is_short_name, key_json, optional, read_count, read_hash, read_key, read_name, read_party,
    read_plain, read_time, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::KeyId;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;

/// Adds the members.
pub(in crate::domain::wire) fn with_more(json: Json, more: &PartyMore) -> Json {
    let PartyMore {
        former_names,
        signing,
        parts,
        disputes,
        recoveries,
        recovery_keys,
        predecessors,
        successors,
        handed,
        ended,
        log_keys,
        erased,
    } = more;
    let former = |(name, until): &(String, u64)| {
        Json::object([("name", word(name)), ("until", Json::count(*until))])
    };
    let key = |(key, person): &(_, String)| held_key_json(key, person);
    let ended = ended.map(|(entry, successor)| of_entry(entry, "successor", successor));
    json.with("former_names", list_if_any(former_names, former))
        .with("signing", list_if_any(signing, rule_json))
        .with("parts", list_if_any(parts, part_json))
        .with("disputes", list_if_any(disputes, dispute_json))
        .with("recoveries", list_if_any(recoveries, recovery_json))
        .with("recovery_keys", list_if_any(recovery_keys, key))
        .with("predecessors", list_if_any(predecessors, related_json))
        .with("successors", list_if_any(successors, related_json))
        .with("handed", list_if_any(handed, handed_json))
        .with("ended", ended)
        .with("log_keys", list_if_any(log_keys, log_key_json))
        .with("erased", list_if_any(erased, erased_json))
}

/// Writes a hidden member whose opening was destroyed, as it stands in parties and pledges.
pub(super) fn erased_json(erased: &Erased) -> Json {
    Json::object([
        ("claim", word(&erased.claim)),
        ("entry", Json::count(erased.entry)),
    ])
}

/// Reads hidden members whose openings were destroyed.
pub(super) fn read_erased(fields: &mut Fields) -> Result<Vec<Erased>, FieldFault> {
    let items = optional_objects(fields, "erased", limits::HIDDEN_MAX)?;
    each(items, |fields| {
        Ok(Erased {
            claim: fields.parsed("claim", "a name such as contract_no", |text| {
                is_short_name(text).then(|| text.to_owned())
            })?,
            entry: read_count(fields, "entry")?,
        })
    })
}

/// Writes how many persons sign a type of command, as it stands in the command and in the record.
pub(in crate::domain::wire) fn rule_json(rule: &SigningRule) -> Json {
    Json::object([
        ("command", word(&rule.command)),
        ("threshold", Json::count(rule.threshold)),
    ])
}

/// Writes which part a key signs in, as it stands in the command and in the record.
pub(in crate::domain::wire) fn part_json((kid, part): &(KeyId, SignerRole)) -> Json {
    Json::object([("kid", word(kid)), ("part", Json::text(part.name()))])
}

fn dispute_json(dispute: &Dispute) -> Json {
    let (entry, document) = (
        dispute.resolved.map(|(entry, _)| entry),
        dispute.resolved.map(|(_, document)| document),
    );
    Json::object([
        ("entry", Json::count(dispute.entry)),
        ("kid", word(dispute.kid)),
        ("from", Json::count(dispute.from)),
        ("document", word(dispute.document)),
    ])
    .with("resolved", entry.map(Json::count))
    .with("decision", document.map(word))
}

fn recovery_json(recovery: &Recovery) -> Json {
    let end = |(end, _): (RecoveryEnd, _)| Json::text(end.name());
    Json::object([
        ("entry", Json::count(recovery.entry)),
        ("document", word(recovery.document)),
        ("ready", word(recovery.ready)),
    ])
    .with("end", recovery.ended.map(end))
    .with("ended", recovery.ended.map(|(_, entry)| Json::count(entry)))
}

fn log_key_json(log_key: &LogKey) -> Json {
    Json::object([
        ("key", key_json(&log_key.key)),
        ("entry", Json::count(log_key.entry)),
        ("overlap_until", word(log_key.overlap_until)),
    ])
}

fn read_log_key(fields: &mut Fields) -> Result<LogKey, FieldFault> {
    Ok(LogKey {
        key: read_key(fields, "key")?,
        entry: read_count(fields, "entry")?,
        overlap_until: read_time(fields, "overlap_until")?,
    })
}

fn related_json((party, entry): &(PartyId, EntryIndex)) -> Json {
    of_entry(*entry, "party", *party)
}

fn handed_json(of: &Handed) -> Json {
    of_entry(of.entry, "party", of.party).with("kind", Some(word(&of.kind)))
}

fn read_handed(fields: &mut Fields) -> Result<Handed, FieldFault> {
    Ok(Handed {
        kind: read_name(fields, "kind")?,
        party: read_party(fields, "party")?,
        entry: read_count(fields, "entry")?,
    })
}

fn of_entry(entry: EntryIndex, name: &'static str, party: PartyId) -> Json {
    Json::object([("entry", Json::count(entry)), (name, word(party))])
}

/// Reads the members.
pub(in crate::domain::wire) fn read_more(fields: &mut Fields) -> Result<PartyMore, FieldFault> {
    let max = limits::PARTY_NOTES_MAX;
    let former = optional_objects(fields, "former_names", max)?;
    let former_names = each(former, |fields| {
        Ok((read_plain(fields, "name")?, read_count(fields, "until")?))
    })?;
    let (signing, parts) = (read_rules(fields, "signing")?, read_parts(fields)?);
    let disputes = each(optional_objects(fields, "disputes", max)?, read_dispute)?;
    let recoveries = each(optional_objects(fields, "recoveries", max)?, read_recovery)?;
    let keys = optional_objects(fields, "recovery_keys", limits::PARTY_KEYS_MAX)?;
    let related =
        |fields: &mut Fields| Ok((read_party(fields, "party")?, read_count(fields, "entry")?));
    Ok(PartyMore {
        former_names,
        signing,
        parts,
        disputes,
        recoveries,
        recovery_keys: each(keys, read_held_key)?,
        predecessors: each(optional_objects(fields, "predecessors", max)?, related)?,
        successors: each(optional_objects(fields, "successors", max)?, related)?,
        handed: each(optional_objects(fields, "handed", max)?, read_handed)?,
        ended: optional(fields, "ended", read_ended)?,
        log_keys: each(optional_objects(fields, "log_keys", max)?, read_log_key)?,
        erased: read_erased(fields)?,
    })
}

/// Reads how many persons sign which types of command: sorted, each type once.
pub(in crate::domain::wire) fn read_rules(
    fields: &mut Fields,
    name: &str,
) -> Result<Vec<SigningRule>, FieldFault> {
    let rules = optional_objects(fields, name, limits::SIGNING_RULES_MAX)?;
    let rules = each(rules, |fields| {
        Ok(SigningRule {
            command: read_name_of_command(fields)?,
            threshold: read_count(fields, "threshold")?,
        })
    })?;
    if rules.is_sorted_by(|a, b| a.command < b.command) {
        return Ok(rules);
    }
    Err(fields.fault(name, "must be sorted by command, each command once"))
}

fn read_name_of_command(fields: &mut Fields) -> Result<String, FieldFault> {
    let known = |text: &str| matrix::row(text).map(|row| row.command.to_owned());
    fields.parsed("command", "a type of command such as release_pledge", known)
}

/// Reads which keys sign in one part alone: sorted, each key once.
pub(in crate::domain::wire) fn read_parts(
    fields: &mut Fields,
) -> Result<Vec<(KeyId, SignerRole)>, FieldFault> {
    let parts = optional_objects(fields, "parts", limits::PARTY_KEYS_MAX)?;
    let parts = each(parts, |fields| {
        let part = fields.parsed("part", "maker or checker", SignerRole::parse)?;
        Ok((KeyId(read_hash(fields, "kid")?), part))
    })?;
    if parts.is_sorted_by(|a, b| a.0 < b.0) {
        return Ok(parts);
    }
    Err(fields.fault("parts", "must be sorted by kid, each key once"))
}

fn read_dispute(fields: &mut Fields) -> Result<Dispute, FieldFault> {
    let decided = (
        optional(fields, "resolved", read_count)?,
        optional(fields, "decision", read_hash)?,
    );
    Ok(Dispute {
        entry: read_count(fields, "entry")?,
        kid: KeyId(read_hash(fields, "kid")?),
        from: read_count(fields, "from")?,
        document: read_hash(fields, "document")?,
        resolved: both(fields, "decision", decided)?,
    })
}

fn read_recovery(fields: &mut Fields) -> Result<Recovery, FieldFault> {
    let end = |fields: &mut Fields, name: &str| {
        fields.parsed(name, "vetoed or completed", RecoveryEnd::parse)
    };
    let ended = (
        optional(fields, "end", end)?,
        optional(fields, "ended", read_count)?,
    );
    Ok(Recovery {
        entry: read_count(fields, "entry")?,
        document: read_hash(fields, "document")?,
        ready: read_time(fields, "ready")?,
        ended: both(fields, "ended", ended)?,
    })
}

/// Two members of which neither stands without the other.
fn both<A, B>(
    fields: &Fields,
    name: &str,
    given: (Option<A>, Option<B>),
) -> Result<Option<(A, B)>, FieldFault> {
    match given {
        (Some(a), Some(b)) => Ok(Some((a, b))),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            Err(fields.fault(name, "must stand with the member beside it"))
        }
    }
}

fn read_ended(fields: &mut Fields, name: &str) -> Result<(EntryIndex, PartyId), FieldFault> {
    let mut inner = fields.object(name)?;
    let ended = (
        read_count(&mut inner, "entry")?,
        read_party(&mut inner, "successor")?,
    );
    inner.finish()?;
    Ok(ended)
}

//! Acts on parties.

use crate::domain::command::{Hiding, OfferedKey, PartyAct};
use crate::domain::wire::body::read_offered_key;
use crate::domain::wire::body_json::offered_key_json;
use crate::domain::wire::list::{
    each, list_if_any, optional_objects, required_list, required_objects, words,
};
use crate::domain::wire::more::party::{part_json, read_parts, read_rules, rule_json};
use crate::domain::wire::shape::{
    is_short_name, key_json, optional, read_count, read_hash, read_key, read_name, read_party,
    read_plain, word,
};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, Signature};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;

type Read = Result<PartyAct, FieldFault>;

/// Reads the body of an act of this type; the caller finishes the object.
pub(in crate::domain::wire) fn read(kind: &str, fields: &mut Fields) -> Option<Read> {
    Some(match kind {
        "change_party" => read_change(fields),
        "merge_parties" => read_merger(fields),
        "split_party" => read_split(fields),
        "rotate_key" => read_rotation(fields),
        "set_signing_rules" => read_signing(fields),
        "dispute_entries" => read_dispute(fields),
        "resolve_dispute" => read_resolution(fields),
        "recover_party" => read_recovery(fields),
        "veto_recovery" => {
            read_party(fields, "party").map(|party| PartyAct::VetoRecovery { party })
        }
        "complete_recovery" => {
            read_party(fields, "party").map(|party| PartyAct::CompleteRecovery { party })
        }
        "rotate_log_key" => read_log_rotation(fields),
        "erase" => read_erasure(fields),
        _ => return None,
    })
}

fn read_log_rotation(fields: &mut Fields) -> Read {
    let key = read_key(fields, "key")?;
    let overlap_seconds = read_count(fields, "overlap_seconds")?;
    let allowed = limits::LOG_KEY_OVERLAP_SECONDS;
    if !allowed.contains(&overlap_seconds) {
        let (least, most) = (allowed.start(), allowed.end());
        return Err(fields.fault("overlap_seconds", format!("must be {least} to {most}")));
    }
    Ok(PartyAct::RotateLogKey {
        key,
        overlap_seconds,
        proof: Signature(fields.hex("proof")?),
    })
}

fn read_erasure(fields: &mut Fields) -> Read {
    let of = fields.parsed("of", "a party or a pledge such as M9 or P57", Hiding::parse)?;
    let what = "a name such as contract_no";
    let name = |text: &str| is_short_name(text).then(|| text.to_owned());
    let claims = required_list(fields, "claims", limits::HIDDEN_MAX, what, name)?;
    if claims.is_empty() || !claims.is_sorted_by(|a: &String, b| a < b) {
        return Err(fields.fault("claims", "must name hidden values in order, each once"));
    }
    Ok(PartyAct::Erase {
        of,
        claims,
        document: read_hash(fields, "document")?,
    })
}

fn read_change(fields: &mut Fields) -> Read {
    Ok(PartyAct::ChangeParty {
        party: read_party(fields, "party")?,
        name: read_plain(fields, "name")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_merger(fields: &mut Fields) -> Read {
    Ok(PartyAct::MergeParties {
        absorbed: read_parties(fields, "absorbed")?,
        into: read_party(fields, "into")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_split(fields: &mut Fields) -> Read {
    Ok(PartyAct::SplitParty {
        party: read_party(fields, "party")?,
        successors: read_parties(fields, "successors")?,
        residual: optional(fields, "residual", read_party)?,
        kinds: read_kinds(fields)?,
        document: read_hash(fields, "document")?,
    })
}

/// Reads which kinds of right go to whom: sorted, each kind once.
fn read_kinds(fields: &mut Fields) -> Result<Vec<(String, PartyId)>, FieldFault> {
    let kinds = optional_objects(fields, "kinds", limits::HANDED_KINDS_MAX)?;
    let kinds = each(kinds, |fields| {
        Ok((read_name(fields, "kind")?, read_party(fields, "party")?))
    })?;
    if kinds.is_sorted_by(|a, b| a.0 < b.0) {
        return Ok(kinds);
    }
    Err(fields.fault("kinds", "must be sorted by kind, each kind once"))
}

fn kind_json((kind, party): &(String, PartyId)) -> Json {
    Json::object([("kind", word(kind)), ("party", word(party))])
}

/// Reads parties that must be there: one at least, sorted, each once.
fn read_parties(fields: &mut Fields, name: &str) -> Result<Vec<PartyId>, FieldFault> {
    let max = limits::SUCCESSIONS_MAX;
    let parties = required_list(fields, name, max, "an id such as M9", PartyId::parse)?;
    if parties.is_empty() || !parties.is_sorted_by(|a, b| a < b) {
        return Err(fields.fault(name, "must name parties in order, each once"));
    }
    Ok(parties)
}

fn read_rotation(fields: &mut Fields) -> Read {
    let party = read_party(fields, "party")?;
    let old = KeyId(read_hash(fields, "old")?);
    let mut offered = fields.object("new")?;
    let new = read_offered_key(&mut offered)?;
    offered.finish()?;
    Ok(PartyAct::RotateKey { party, old, new })
}

fn read_signing(fields: &mut Fields) -> Read {
    Ok(PartyAct::SetSigningRules {
        party: read_party(fields, "party")?,
        rules: read_rules(fields, "rules")?,
        parts: read_parts(fields)?,
    })
}

fn read_dispute(fields: &mut Fields) -> Read {
    Ok(PartyAct::DisputeEntries {
        party: read_party(fields, "party")?,
        kid: KeyId(read_hash(fields, "kid")?),
        from: read_count(fields, "from")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_resolution(fields: &mut Fields) -> Read {
    Ok(PartyAct::ResolveDispute {
        party: read_party(fields, "party")?,
        dispute: read_count(fields, "dispute")?,
        document: read_hash(fields, "document")?,
    })
}

fn read_recovery(fields: &mut Fields) -> Read {
    let party = read_party(fields, "party")?;
    let keys: Vec<OfferedKey> = each(
        required_objects(fields, "keys", limits::RECOVERY_KEYS_MAX)?,
        read_offered_key,
    )?;
    if keys.is_empty() {
        return Err(fields.fault("keys", "must name one at least"));
    }
    Ok(PartyAct::RecoverParty {
        party,
        keys,
        document: read_hash(fields, "document")?,
    })
}

/// Writes the body of an act.
pub(in crate::domain::wire) fn json(act: &PartyAct) -> Json {
    match act {
        PartyAct::ChangeParty {
            party,
            name,
            document,
        } => of(*party)
            .with("name", Some(word(name)))
            .with("document", Some(word(document))),
        PartyAct::MergeParties {
            absorbed,
            into,
            document,
        } => merger_json(absorbed, *into, document),
        PartyAct::SplitParty {
            party,
            successors,
            residual,
            kinds,
            document,
        } => of(*party)
            .with("successors", Some(words(successors)))
            .with("residual", residual.map(word))
            .with("kinds", list_if_any(kinds, kind_json))
            .with("document", Some(word(document))),
        PartyAct::RotateKey { party, old, new } => of(*party)
            .with("old", Some(word(old)))
            .with("new", Some(offered_key_json(new))),
        PartyAct::SetSigningRules {
            party,
            rules,
            parts,
        } => of(*party)
            .with("rules", list_if_any(rules, rule_json))
            .with("parts", list_if_any(parts, part_json)),
        PartyAct::DisputeEntries {
            party,
            kid,
            from,
            document,
        } => of(*party)
            .with("kid", Some(word(kid)))
            .with("from", Some(Json::count(*from)))
            .with("document", Some(word(document))),
        PartyAct::ResolveDispute {
            party,
            dispute,
            document,
        } => of(*party)
            .with("dispute", Some(Json::count(*dispute)))
            .with("document", Some(word(document))),
        PartyAct::RecoverParty {
            party,
            keys,
            document,
        } => of(*party)
            .with("keys", Some(Json::list(keys.iter().map(offered_key_json))))
            .with("document", Some(word(document))),
        PartyAct::RotateLogKey {
            key,
            overlap_seconds,
            proof,
        } => log_rotation_json(key, *overlap_seconds, proof),
        PartyAct::Erase {
            of,
            claims,
            document,
        } => erasure_json(*of, claims, document),
        PartyAct::VetoRecovery { party } | PartyAct::CompleteRecovery { party } => of(*party),
    }
}

fn of(party: PartyId) -> Json {
    Json::object([("party", word(party))])
}

fn erasure_json(of: Hiding, claims: &[String], document: &Hash) -> Json {
    Json::object([
        ("of", word(of)),
        ("claims", words(claims)),
        ("document", word(document)),
    ])
}

fn log_rotation_json(key: &PublicKey, overlap_seconds: u64, proof: &Signature) -> Json {
    Json::object([
        ("key", key_json(key)),
        ("overlap_seconds", Json::count(overlap_seconds)),
        ("proof", Json::text(hex::encode(proof.0))),
    ])
}

fn merger_json(absorbed: &[PartyId], into: PartyId, document: &Hash) -> Json {
    Json::object([
        ("absorbed", words(absorbed)),
        ("into", word(into)),
        ("document", word(document)),
    ])
}

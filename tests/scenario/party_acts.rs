//! What the verbs about parties and their keys mean.
//!
//! | verb | words |
//! | --- | --- |
//! | `rename PARTY` | `name:` |
//! | `merge PARTY` | `with:` who is absorbed, separated by commas; PARTY goes on |
//! | `split PARTY` | `to:` successors; `rest:` who takes the rest, where PARTY ends; `kinds:carbon=NAME,...` who keeps rights of a kind |
//! | `rotate PARTY` | `old:` `new:` names of keys; `person:` |
//! | `rules PARTY` | `needs:release_pledge=3,...`; `only:KEY=checker,...` |
//! | `dispute PARTY` | `key:`; `since:` the pledge, right or dispute whose entry is the first; `as:` a name of the dispute |
//! | `resolve PARTY` | `dispute:` its name |
//! | `recover PARTY` | `keys:` names of new keys; `proof:wrong` |
//! | `veto PARTY`, `complete PARTY` | |
//! | `erase NAME` | of a party or a pledge: `claims:`; the pledgee consents while it is open, unless `alone` |
//! | `successor log` | of the log key: `overlap:` hours; `key:first` or another name; `proof:wrong` |

use std::sync::Arc;

use greenlien::domain::command::{Body, Hiding, OfferedKey, PartyAct, SignerRole};
use greenlien::domain::party::SigningRule;
use greenlien::primitives::crypto::{KeyId, Signature};
use greenlien::primitives::id::PartyId;

use super::paper::{Makes, Paper};
use super::parser::Words;
use super::players::{Names, document, secret};
use crate::support::cast;

/// Writes the command of a step, where the verb is about parties.
pub(crate) fn write(
    verb: &str,
    name: &str,
    words: &mut Words,
    names: &Names,
    aud: &str,
) -> Option<Paper> {
    let (act, makes) = match verb {
        "rename" => (rename(name, words, names), Makes::Nothing),
        "merge" => (merge(name, words, names), Makes::Nothing),
        "split" => (split(name, words, names), Makes::Nothing),
        "rotate" => rotate(name, words, names, aud),
        "rules" => (rules(name, words, names), Makes::Nothing),
        "dispute" => {
            let called = words.value("as").map_or(Makes::Nothing, Makes::Entry);
            (dispute(name, words, names), called)
        }
        "resolve" => (resolve(name, words, names), Makes::Nothing),
        "recover" => recover(name, words, names, aud),
        "veto" => (
            PartyAct::VetoRecovery {
                party: names.party(name),
            },
            Makes::Nothing,
        ),
        "complete" => (
            PartyAct::CompleteRecovery {
                party: names.party(name),
            },
            Makes::Nothing,
        ),
        "successor" => (log_key(words, aud), Makes::Nothing),
        "erase" => return Some(erase(name, words, names)),
        _ => return None,
    };
    let own = ["rotate", "rules", "dispute", "veto"].contains(&verb);
    let giver = if own { name } else { "registrar" };
    let giver = words.value("by").unwrap_or_else(|| giver.to_owned());
    let subjects = act.subjects();
    let mut consents: Vec<String> = subjects.iter().map(|id| names.name_of(*id)).collect();
    // The quorum of the cast: a bureau and a bank that the step names.
    consents.extend(words.list("of"));
    consents.sort();
    consents.dedup();
    let mut paper = Paper::new(giver, Body::OfParty(Box::new(act))).making(makes);
    for party in consents {
        paper = paper.with_consent(party);
    }
    Some(paper)
}

fn parties(list: &[String], names: &Names) -> Vec<PartyId> {
    let mut parties: Vec<PartyId> = list.iter().map(|name| names.party(name)).collect();
    parties.sort_unstable();
    parties
}

fn rename(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    PartyAct::ChangeParty {
        party: names.party(name),
        name: words.value("name").unwrap(),
        document: document("proof"),
    }
}

fn merge(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    PartyAct::MergeParties {
        absorbed: parties(&words.list("with"), names),
        into: names.party(name),
        document: document("merger agreement"),
    }
}

fn split(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    let kinds = words.list("kinds");
    let kinds = kinds.iter().map(|text| {
        let (kind, to) = text.split_once('=').unwrap();
        (kind.to_owned(), names.party(to))
    });
    let kinds = kinds.collect();
    PartyAct::SplitParty {
        party: names.party(name),
        successors: parties(&words.list("to"), names),
        residual: words.value("rest").map(|rest| names.party(&rest)),
        kinds,
        document: document("split agreement"),
    }
}

/// The pledgee of an open pledge consents; what is open is for the scenario to say.
fn erase(name: &str, words: &mut Words, names: &Names) -> Paper {
    let of = match name {
        "?" => Hiding::Party(names.party(name)),
        _ => Hiding::parse(&names.key(name).name()).unwrap(),
    };
    let act = PartyAct::Erase {
        of,
        claims: words.list("claims"),
        document: document("request for erasure"),
    };
    let giver = words.value("by").unwrap_or_else(|| "registrar".to_owned());
    let mut paper = Paper::new(giver, Body::OfParty(Box::new(act)));
    if matches!(of, Hiding::Pledge(_)) && !words.has("alone") {
        paper = paper.with_consent(names.pledge(name).1);
    }
    paper.with_consents(words.list("with"))
}

/// The key that the house has at hand, or one of another name.
fn log_key(words: &mut Words, aud: &str) -> PartyAct {
    let next = match words.value("key").as_deref() {
        None => cast::next_log_key(),
        Some("first") => cast::log_key(),
        Some(other) => secret(other),
    };
    let mut proof = next.sign(&PartyAct::log_key_message(aud, &next.public()));
    if words.value("proof").is_some_and(|proof| proof == "wrong") {
        proof = Signature([0; 64]);
    }
    let hours: u64 = words.value("overlap").unwrap().parse().unwrap();
    PartyAct::RotateLogKey {
        key: next.public(),
        overlap_seconds: hours * 3_600,
        proof,
    }
}

/// A key as a scenario names it: its own where the party has it already, else one that is made here.
fn offered(party: &str, key: &str, person: &str, right: bool, aud: &str) -> OfferedKey {
    let secret = secret(&format!("{party}.{key}"));
    let message = OfferedKey::proof_message(aud, &secret.public(), person);
    let proof = if right {
        secret.sign(&message)
    } else {
        Signature([0; 64])
    };
    OfferedKey {
        key: secret.public(),
        person: person.to_owned(),
        proof,
    }
}

fn rotate(name: &str, words: &mut Words, names: &Names, aud: &str) -> (PartyAct, Makes) {
    let (old, new) = (words.value("old").unwrap(), words.value("new").unwrap());
    let person = words.value("person").unwrap_or_else(|| old.clone());
    let right = words.value("proof").is_none_or(|proof| proof != "wrong");
    let act = PartyAct::RotateKey {
        party: names.party(name),
        old: kid(name, &old, names),
        new: offered(name, &new, &format!("{name}-{person}"), right, aud),
    };
    let key = Arc::new(secret(&format!("{name}.{new}")));
    (act, Makes::Key(new, key))
}

fn kid(party: &str, key: &str, names: &Names) -> KeyId {
    names.player(party).keys[key].public().id()
}

fn rules(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    let mut rules: Vec<SigningRule> = words
        .list("needs")
        .iter()
        .map(pair)
        .map(|(command, threshold)| SigningRule {
            command,
            threshold: threshold.parse().unwrap(),
        })
        .collect();
    rules.sort_unstable();
    let mut parts: Vec<(KeyId, SignerRole)> = words
        .list("only")
        .iter()
        .map(pair)
        .map(|(key, part)| (kid(name, &key, names), SignerRole::parse(&part).unwrap()))
        .collect();
    parts.sort_unstable();
    PartyAct::SetSigningRules {
        party: names.party(name),
        rules,
        parts,
    }
}

fn dispute(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    let key = words.value("key").unwrap();
    let from = names.entry_of(&words.value("since").unwrap());
    PartyAct::DisputeEntries {
        party: names.party(name),
        kid: kid(name, &key, names),
        from,
        document: document("statement"),
    }
}

fn resolve(name: &str, words: &mut Words, names: &Names) -> PartyAct {
    PartyAct::ResolveDispute {
        party: names.party(name),
        dispute: names.entry_of(&words.value("dispute").unwrap()),
        document: document("decision"),
    }
}

fn recover(name: &str, words: &mut Words, names: &Names, aud: &str) -> (PartyAct, Makes) {
    let keys = words.list("keys");
    let right = words.value("proof").is_none_or(|proof| proof != "wrong");
    let person = |key: &String| format!("{}-{key}", name.replace('?', "nobody"));
    let offer = |key: &String| offered(name, key, &person(key), right, aud);
    let act = PartyAct::RecoverParty {
        party: names.party(name),
        keys: keys.iter().map(offer).collect(),
        document: document("proof of identity"),
    };
    let made = keys
        .into_iter()
        .map(|key| (key.clone(), Arc::new(secret(&format!("{name}.{key}")))));
    (act, Makes::KeysOf(name.to_owned(), made.collect()))
}

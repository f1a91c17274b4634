//! Lies about acts of law 2: an event that nobody asked for, or that somebody gave who may not, beside a signed command.

mod expected;
mod freezes;
mod more_acts;
mod right_acts;

use greenlien::domain::command::SignerRole;
use greenlien::domain::envelope::{Envelope, EnvelopeSignature};
use greenlien::verify::verdict::Level;
use serde_json::{Value, json};

use super::{BANK, HOLDER, Liar, reader, seed};
use crate::formats::{block, state_key};
use crate::second_verifier::Both;

const MAKER: u8 = 2;
const CHECKER: u8 = 3;
/// The keys of an authority that some logs admit as M6.
const OFFICE: [u8; 2] = [0x21, 0x22];
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const ONES: &str = "1111111111111111111111111111111111111111111111111111111111111111";

/// A command with the event that it is said to have.
struct Act {
    name: &'static str,
    /// The check that finds it; none for the truth.
    found_at: Option<&'static str>,
    org: &'static str,
    kind: &'static str,
    body: Value,
    keys: Vec<u8>,
    event: Value,
    /// The versions that it expects; by itself the true one, of the record that it must name.
    expect: Option<Value>,
    law: u64,
}

impl Act {
    /// The versions that the payload expects in this log, where it expects any.
    fn expects(&self, log: &Liar) -> Option<Value> {
        if let Some(given) = &self.expect {
            return given
                .as_object()
                .filter(|map| !map.is_empty())
                .map(|_| given.clone());
        }
        let (space, member) = match self.kind {
            "amend_pledge"
            | "extend_pledge"
            | "release_pledge"
            | "assign_pledge"
            | "substitute_collateral"
            | "record_disposal" => ("pledge", "pledge"),
            "change_rank" => ("right", "right"),
            _ => return None,
        };
        let name = self.body[member].as_str()?;
        let records = log.records();
        let version = records.get(&state_key(space, name))?.history.len();
        Some(json!({name: version}))
    }

    /// The payload at the end of a log, signed by nobody yet.
    fn payload(&self, log: &Liar) -> Vec<u8> {
        let index = log.entries.len();
        let signers: Vec<Value> = self.keys.iter().map(|key| signer(*key)).collect();
        let mut payload = json!({
            "aud": block("aud"),
            "body": self.body,
            "cmd": format!("{index:032}"),
            "exp": "2026-12-01T02:09:00Z",
            "iat": "2026-12-01T01:59:00Z",
            "org": self.org,
            "signers": signers,
            "type": self.kind,
        });
        if let Some(expect) = self.expects(log) {
            payload["expect"] = expect;
        }
        canonical(&payload).into_bytes()
    }

    /// The log with this act as its last entry.
    fn told(&self, log: Liar) -> Liar {
        let payload = self.payload(&log);
        let sign = |key: &u8| {
            let role = if is_checker(*key) {
                SignerRole::Checker
            } else {
                SignerRole::Maker
            };
            EnvelopeSignature::sign(&payload, role, &seed(*key))
        };
        let signatures = self.keys.iter().map(sign).collect();
        let envelope = Envelope::new(payload.clone(), signatures).unwrap();
        log.entry(&envelope, &canonical(&self.event), self.law)
    }
}

/// The example log, with the pledge shown whole.
fn example() -> Liar {
    Liar {
        also: vec![state_key("pledge", "P5")],
        ..Liar::new()
    }
}

fn is_checker(key: u8) -> bool {
    key == CHECKER || key == OFFICE[1]
}

fn signer(key: u8) -> Value {
    let org = match key {
        MAKER | CHECKER => "M0",
        HOLDER => "M2",
        BANK => "M3",
        _ => "M6",
    };
    let role = if is_checker(key) { "checker" } else { "maker" };
    json!({"org": org, "role": role})
}

/// The members of every object in order, as canonical text wants them.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let member = |name: &String| {
                let text = canonical(&members[name]);
                format!("{}:{text}", Value::String(name.clone()))
            };
            let members: Vec<String> = names.into_iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The pledge goes to the holder: what the law makes of it, with a change.
fn assigned(change: impl Fn(&mut Value)) -> Value {
    let mut event = json!({
        "type": "assign_pledge",
        "changes": [{"of": "pledge|P5", "former": [], "pledgee": "M2"}],
        "rows": [{"of": "pledge|P5", "list": "former", "party": "M3", "until": 6}],
    });
    change(&mut event);
    event
}

fn assign(name: &'static str, keys: &[u8], event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org: "M3",
        kind: "assign_pledge",
        body: json!({"pledge": "P5", "to": "M2", "document": ZEROS}),
        keys: keys.to_vec(),
        event,
        expect: None,
        law: 2,
    }
}

fn extended(to: &str) -> Value {
    let span = json!({"from": "2026-01-01", "to": to});
    let row = json!({
        "of": "source|carbon|CEA|10000001|2026", "list": "rights", "right": "R4", "from": "2026-01-01", "to": to,
    });
    json!({"type": "extend_right", "changes": [{"of": "right|R4", "span": span}], "rows": [row]})
}

/// The same with a change.
fn extended_but(change: impl Fn(&mut Value)) -> Value {
    let mut event = extended("2029-01-01");
    change(&mut event);
    event
}

fn extend(name: &'static str, org: &'static str, keys: &[u8], event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org,
        kind: "extend_right",
        body: json!({"right": "R4", "to": "2029-01-01", "document": ZEROS}),
        keys: keys.to_vec(),
        event,
        expect: None,
        law: 2,
    }
}

fn renamed(more: &Value) -> Value {
    let mut change = json!({"of": "party|M2", "name": "新名有限公司", "former_names": []});
    change
        .as_object_mut()
        .unwrap()
        .append(&mut more.as_object().unwrap().clone());
    let row = json!({"of": "party|M2", "list": "former_names", "name": "重庆示例化工有限公司", "until": 6});
    json!({"type": "change_party", "changes": [change], "rows": [row]})
}

fn rename(name: &'static str, org: &'static str, keys: &[u8], event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org,
        kind: "change_party",
        body: json!({"party": "M2", "name": "新名有限公司", "document": ZEROS}),
        keys: keys.to_vec(),
        event,
        expect: None,
        law: 2,
    }
}

fn objected(document: &str) -> Value {
    let row = json!({
        "of": "pledge|P5", "list": "objections", "document": document, "entry": 6, "party": "M2",
        "until": "2026-12-31T02:00:06.000000Z",
    });
    json!({"type": "object", "changes": [{"of": "pledge|P5", "objections": []}], "rows": [row]})
}

fn object(name: &'static str, event: Value) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        org: "M2",
        kind: "object",
        body: json!({"pledge": "P5", "document": ZEROS}),
        keys: vec![HOLDER],
        event,
        expect: None,
        law: 2,
    }
}

fn true_act(act: Act) -> Act {
    Act {
        found_at: None,
        ..act
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
fn acts() -> Vec<Act> {
    let both = [HOLDER, BANK];
    let registrar = [MAKER, CHECKER];
    let plain = || assigned(|_| {});
    let with = |member: &'static str, value: Value| {
        assigned(move |event| event["changes"][0][member] = value.clone())
    };
    let right = json!({"of": "right|R4", "span": {"from": "2026-01-01", "to": "2029-01-01"}});
    let party = json!({"of": "party|M2", "threshold": 5});
    let burden = json!({"of": "right|R4", "list": "burdens", "id": "P5.0", "quantity": "500"});
    vec![
        true_act(assign("an assignment", &both, plain())),
        assign("without the consent of who takes it", &[BANK], plain()),
        Act {
            org: "M2",
            ..assign("given by who takes it", &[HOLDER], plain())
        },
        assign("to somebody else", &both, with("pledgee", json!("M0"))),
        assign("and the old pledgee forgotten", &both, {
            json!({"type": "assign_pledge", "changes": [{"of": "pledge|P5", "pledgee": "M2"}]})
        }),
        assign(
            "at another entry",
            &both,
            assigned(|event| event["rows"][0]["until"] = json!(5)),
        ),
        assign(
            "and a right changed",
            &both,
            assigned(|event| {
                event["changes"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, right.clone());
            }),
        ),
        assign(
            "and a party changed",
            &both,
            assigned(|event| {
                event["changes"].as_array_mut().unwrap().push(party.clone());
            }),
        ),
        assign(
            "and a burden changed",
            &both,
            assigned(|event| {
                event["rows"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, burden.clone());
            }),
        ),
        assign(
            "under another word",
            &both,
            assigned(|event| event["type"] = json!("determine_claim")),
        ),
        assign(
            "under a word that no law has",
            &both,
            assigned(|event| event["type"] = json!("gift_pledge")),
        ),
        true_act(extend(
            "a longer right",
            "M0",
            &registrar,
            extended("2029-01-01"),
        )),
        extend(
            "longer than was asked",
            "M0",
            &registrar,
            extended("2030-01-01"),
        ),
        extend(
            "and the source keeps the old days",
            "M0",
            &registrar,
            extended_but(|event| drop(event.as_object_mut().unwrap().remove("rows"))),
        ),
        extend(
            "and the source gets other days",
            "M0",
            &registrar,
            extended_but(|event| event["rows"][0]["to"] = json!("2028-06-01")),
        ),
        extend(
            "and another right of the source is cut",
            "M0",
            &registrar,
            extended_but(|event| event["rows"][0]["right"] = json!("R3")),
        ),
        extend(
            "and another source",
            "M0",
            &registrar,
            extended_but(|event| {
                let other = "source|carbon|CEA|10000002|2026";
                let made = json!({"of": other, "new": true, "rights": []});
                event["changes"].as_array_mut().unwrap().push(made);
                event["rows"][0]["of"] = json!(other);
            }),
        ),
        extend(
            "and its holder",
            "M0",
            &registrar,
            extended_but(|event| event["changes"][0]["holder"] = json!("M3")),
        ),
        extend(
            "by one person of two",
            "M0",
            &[MAKER],
            extended("2029-01-01"),
        ),
        extend(
            "by who is not the issuer",
            "M3",
            &[BANK],
            extended("2029-01-01"),
        ),
        true_act(rename(
            "a name",
            "M0",
            &[MAKER, CHECKER, HOLDER],
            renamed(&json!({})),
        )),
        rename("without the party", "M0", &registrar, renamed(&json!({}))),
        rename("by the party alone", "M2", &[HOLDER], renamed(&json!({}))),
        rename(
            "and its threshold",
            "M0",
            &[MAKER, CHECKER, HOLDER],
            renamed(&json!({"threshold": 2})),
        ),
        true_act(object("an objection", objected(ZEROS))),
        object("with another document", objected(ONES)),
    ]
}

/// Both verifiers find the lie where it is to be found; returns what the first one says where it does not.
fn check(both: &mut Both, act: &Act, file: &str) -> Option<String> {
    let verdict = both.verify(act.name, file.as_bytes(), &reader());
    let (name, failure) = (act.name, verdict.failure());
    let failed = failure.map(|check| check.name);
    if act.found_at.is_none() && failed.is_none() {
        assert_eq!(verdict.level, Some(Level::CurrentAndComplete), "{name}");
    }
    (failed != act.found_at).then(|| format!("{name}: {failure:?}, not {:?}", act.found_at))
}

#[test]
fn every_lie_about_an_act_is_found_by_both_verifiers() {
    let mut both = Both::new();
    let mut faults = Vec::new();
    for act in acts()
        .into_iter()
        .chain(more_acts::acts())
        .chain(right_acts::acts())
        .chain(expected::acts())
    {
        let file = act.told(example()).evidence().to_text();
        faults.extend(check(&mut both, &act, &file));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    both.agree();
}

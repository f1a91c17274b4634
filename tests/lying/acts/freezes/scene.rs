//! What the tales of freezes begin with: an authority M6 beside the registrar, a court M7, a right R8 and a flow R10 that
//! the authority issued.

use greenlien::domain::command::OfferedKey;
use serde_json::{Value, json};

use crate::formats::{block, state_key};
use crate::lying::acts::{Act, BANK, CHECKER, MAKER, OFFICE, ZEROS, example};
use crate::lying::{Liar, seed};

/// Of the entry that follows the scene.
pub(super) const NEXT: usize = 11;

/// The truth about a command, under law 2.
pub(super) fn act(org: &'static str, kind: &'static str, body: Value, event: Value) -> Act {
    let keys = match org {
        "M0" => vec![MAKER, CHECKER],
        "M3" => vec![BANK],
        _ => OFFICE.to_vec(),
    };
    Act {
        name: kind,
        found_at: None,
        org,
        kind,
        body,
        keys,
        event,
        expect: None,
        law: 2,
    }
}

/// Both objects in one.
pub(super) fn joined(first: &Value, second: &Value) -> Value {
    let mut members = first.as_object().unwrap().clone();
    members.extend(second.as_object().unwrap().clone());
    Value::Object(members)
}

fn admitted(id: &str, members: &Value, keys: &[u8]) -> Act {
    let key = |byte: &u8| json!({"key": hex::encode(seed(*byte).public().to_bytes()), "person": format!("o-{byte}")});
    let offered = |byte: &u8| {
        let message =
            OfferedKey::proof_message(block("aud"), &seed(*byte).public(), &format!("o-{byte}"));
        let proof = hex::encode(seed(*byte).sign(&message).0);
        joined(&key(byte), &json!({"proof": proof}))
    };
    let keys_offered: Vec<Value> = keys.iter().map(offered).collect();
    let keys: Vec<Value> = keys.iter().map(key).collect();
    let event = json!({"type": "party_admitted", "party": id, "keys": keys});
    act(
        "M0",
        "admit_party",
        joined(members, &json!({"keys": keys_offered})),
        joined(members, &event),
    )
}

fn issued(right: &str, body: &Value, more: &Value) -> Act {
    let asked = joined(
        body,
        &json!({
            "holder": "M2", "span": {"from": "2026-01-01", "to": "2028-01-01"}, "succeeds": [],
        }),
    );
    let mut event = joined(&asked, more);
    for member in ["quantity", "unit"] {
        event.as_object_mut().unwrap().remove(member);
    }
    let made = json!({"type": "right_issued", "right": right, "issuer": "M6", "burdens": []});
    act("M6", "issue_right", asked, joined(&event, &made))
}

fn story() -> Vec<Act> {
    let text = include_str!("../../../../fixtures/policy/emission.toml");
    let digest = greenlien::primitives::crypto::Hash::of(&[text.as_bytes()]).to_string();
    let office = json!({
        "credit_code": "11500113MB0FF1CE07", "duties": ["carbon", "emission"], "name": "示例主管部门",
        "roles": ["authority"], "threshold": 2,
    });
    let court = json!({
        "credit_code": "11500113MB0C0RT00R", "duties": [], "name": "示例人民法院", "roles": ["court"], "threshold": 1,
    });
    let stock = json!({
        "kind": "carbon", "quantity": "500", "unit": "tCO2e",
        "identities": [{"scheme": "allowance-account", "value": "CEA|10000009|2026"}],
    });
    let flow = json!({
        "kind": "emission", "quantity": "100", "unit": "t/a",
        "identities": [{"scheme": "discharge-permit", "value": "91500113MA5UCHEM46001P|COD"}],
    });
    vec![
        admitted("M6", &office, &OFFICE),
        admitted("M7", &court, &[]),
        issued(
            "R8",
            &stock,
            &json!({"balance": "500", "source": "carbon|CEA|10000009|2026"}),
        ),
        act(
            "M0",
            "adopt_policy",
            json!({"kind": "emission", "text": text}),
            json!({
                "type": "policy_adopted", "kind": "emission", "digest": digest,
                "active_from": "2026-12-01T02:00:09.000000Z",
            }),
        ),
        issued(
            "R10",
            &flow,
            &json!({
                "steps": [{"from": "2026-01-01", "quantity": "100"}],
                "source": "emission|91500113MA5UCHEM46001|COD",
            }),
        ),
    ]
}

/// The log up to the scene's end.
pub(super) fn log() -> Liar {
    let shown = [
        ("party", "M6"),
        ("party", "M7"),
        ("policy", "emission"),
        ("right", "R8"),
        ("right", "R10"),
    ];
    // What came with law 2 comes after it, and no law after a later one.
    let begun = story().into_iter().map(|act| Act { law: 1, ..act });
    let mut log = begun.fold(example(), |log, act| act.told(log));
    log.also
        .extend(shown.map(|(space, name)| state_key(space, name)));
    assert_eq!(log.entries.len(), NEXT);
    log
}

/// A document that is behind every act.
pub(super) fn document() -> Value {
    json!(ZEROS)
}

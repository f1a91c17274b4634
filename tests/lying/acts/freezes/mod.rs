//! Tales of freezes, true and false: who ordered them, what they take, their limit in money, their term, their queue, and what
//! is sold of them. Each is an act after some others; both verifiers must find the lie at its check.

mod changes;
mod orders;
mod sales;
mod scene;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Act, check, reader};
use crate::formats::state_key;
use crate::lying::Liar;
use crate::second_verifier::Both;
use scene::{act, document, joined};

/// What came before, and the act.
type Tale = (Vec<Act>, Act);

fn lie(name: &'static str, act: Act) -> Act {
    Act {
        name,
        found_at: Some("authority"),
        ..act
    }
}

fn told(name: &'static str, act: Act) -> Act {
    Act { name, ..act }
}

/// The act with another value at a place of its body and of its event; `null` removes it.
fn but(mut act: Act, body: &[(&str, Value)], event: &[(&str, Value)]) -> Act {
    for (whole, changes) in [(&mut act.body, body), (&mut act.event, event)] {
        for (pointer, value) in changes {
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            let parent = whole.pointer_mut(parent).unwrap();
            match (parent, value) {
                (Value::Array(items), Value::Null) => drop(items.remove(member.parse().unwrap())),
                (Value::Array(items), _) => items.push(value.clone()),
                (parent, Value::Null) => drop(parent.as_object_mut().unwrap().remove(member)),
                (parent, _) => parent[member] = value.clone(),
            }
        }
    }
    act
}

/// The freeze of the court: 24 000 yuan at 80 are 300 of the 1 000 of R4, of which 600 are pledged.
fn first_burden() -> Value {
    json!({
        "id": "F11", "authority": "M7", "quantity": "300", "expires": "2027-05-31T16:00:00.000000Z",
        "limit_cny": "24000", "price_cny": "80", "order": "(2026)渝0113执保12号",
    })
}

fn first() -> Act {
    let body = json!({
        "right": "R4", "authority": "M7", "quantity": "300", "unit": "tCO2e", "until": "2027-06-01",
        "limit_cny": "24000", "price_cny": "80", "order": "(2026)渝0113执保12号", "document": document(),
    });
    let event = json!({"type": "frozen", "right": "R4", "burden": first_burden()});
    act("M0", "freeze", body, event)
}

/// A second freeze, which reaches 200 of the pledged ones and waits with 100.
fn second() -> Act {
    let body = json!({
        "right": "R4", "authority": "M7", "quantity": "800", "unit": "tCO2e", "document": document(),
    });
    let event = json!({
        "type": "frozen", "right": "R4", "burden": {"id": "F12", "authority": "M7", "quantity": "800"},
        "overhangs": [{"right": "R4", "burden": "P5.0", "overhang": "600"}],
    });
    act("M0", "freeze", body, event)
}

/// The authority freezes 100 of what it issued.
fn own() -> Act {
    let body = json!({
        "right": "R8", "authority": "M6", "quantity": "100", "unit": "tCO2e", "document": document(),
    });
    let burden = json!({"id": "F11", "authority": "M6", "quantity": "100"});
    let event = json!({"type": "frozen", "right": "R8", "burden": burden});
    act("M6", "freeze", body, event)
}

/// The court freezes 60 of the flow for a year.
fn flow() -> Act {
    let body = json!({
        "right": "R10", "authority": "M7", "quantity": "60", "unit": "t/a",
        "from": "2027-01-01", "to": "2028-01-01", "document": document(),
    });
    let burden = json!({
        "id": "F11", "authority": "M7", "quantity": "60", "from": "2027-01-01", "to": "2028-01-01",
    });
    let event = json!({"type": "frozen", "right": "R10", "burden": burden});
    act("M0", "freeze", body, event)
}

fn lifted(right: &str, freeze: &str, more: &Value) -> Act {
    let body = json!({"right": right, "freeze": freeze, "document": document()});
    let event = json!({"type": "unfrozen", "right": right, "freeze": freeze});
    act("M0", "unfreeze", body, joined(&event, more))
}

fn row(right: &str, burden: &Value, more: &Value) -> Value {
    let of = json!({"of": format!("right|{right}"), "list": "burdens"});
    joined(&joined(&of, burden), more)
}

/// A court's freeze on what M6 issued, which M6 may not lift.
fn court_on_office() -> Act {
    but(
        Act {
            org: "M0",
            ..act("M0", "freeze", own().body, own().event)
        },
        &[("/authority", json!("M7"))],
        &[("/burden/authority", json!("M7"))],
    )
}

fn tales() -> Vec<Tale> {
    let mut tales: Vec<Tale> = orders::ordered()
        .into_iter()
        .map(|act| (vec![], act))
        .collect();
    tales.extend(orders::further());
    tales.extend(orders::laundering());
    tales.extend(orders::lifting());
    tales.extend(changes::changing());
    tales.extend(changes::changing_others());
    tales.extend(sales::selling());
    tales.extend(sales::selling_others());
    tales.extend(sales::selling_by_agreement());
    tales
}

/// The log of a tale.
fn log_of((before, act): &Tale) -> Liar {
    let log = before.iter().fold(scene::log(), |log, act| act.told(log));
    let mut log = act.told(log);
    // The pledge of the sale is shown beside the right.
    if act.kind == "record_disposal" {
        log.also.push(state_key("pledge", "P11"));
    }
    log
}

#[test]
fn every_lie_about_a_freeze_is_found_by_both_verifiers() {
    let mut both = Both::new();
    let (mut names, mut faults) = (BTreeSet::new(), Vec::new());
    for tale in tales() {
        let act = &tale.1;
        assert!(names.insert(act.name), "{} is told twice", act.name);
        let file = log_of(&tale).evidence().to_text();
        faults.extend(check(&mut both, act, &file));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    both.agree();
}

/// What is no form of a freeze fails where the entry is read.
#[test]
fn a_freeze_of_another_form_is_no_entry() {
    let mut both = Both::new();
    let forms = [
        ("\"limit_cny\":\"24000\"", "\"limit_cny\":\"0\""),
        ("\"limit_cny\":\"24000\"", "\"limit_cny\":\"24000.001\""),
        ("\"limit_cny\":\"24000\"", "\"limit_cny\":\"24000.0\""),
        ("\"price_cny\":\"80\"", "\"price_cny\":\"0\""),
        ("\"price_cny\":\"80\"", "\"executed\":\"0\""),
        ("\"price_cny\":\"80\"", "\"proceeds_cny\":\"0\""),
        ("\"price_cny\":\"80\"", "\"proceeds_cny\":\"0.001\""),
        ("\"id\":\"F11\"", "\"id\":\"F011\""),
    ];
    let truth = log_of(&(vec![], first()));
    let fault = check(
        &mut both,
        &told("the form", first()),
        &truth.evidence().to_text(),
    );
    assert_eq!(fault, None);
    for (from, to) in forms {
        let log = log_of(&(vec![], first())).replace(scene::NEXT, from, to);
        let file = log.evidence().to_text();
        let verdict = both.verify(to, file.as_bytes(), &reader());
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, Some("inclusion"), "{to}");
    }
    both.agree();
}

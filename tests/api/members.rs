//! The shapes of the log against logs: every entry, payload, event and record of every scenario has its shape, and every member
//! that a shape names is met somewhere. A member that nothing has would be a promise that nobody keeps.

use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::entry::Entry;
use greenlien::domain::facts::StateKey;
use serde_json::{Value, json};

use super::DOCUMENT;
use super::schema::Checker;
use crate::scenarios;
use crate::support::World;
use crate::support::world::events_of;

/// Members that no scenario shows, and when there are any.
const ELSEWHERE: [(&str, &str); 6] = [
    ("CommandPayload.seen", "signers of scenarios name no state"),
    ("LineEnd.behind", "no scenario extends behind another line"),
    (
        "RegistrarParty.hidden",
        "a registrar may hide values; that of the tests hides none",
    ),
    (
        "ReservationCancelled.overhangs",
        "no scenario cancels a reservation that hangs",
    ),
    ("SeenState.index", "signers of scenarios name no state"),
    ("SeenState.root", "signers of scenarios name no state"),
];

/// Shapes of which a change has only the members that an act sets.
const PARTIAL: [&str; 6] = [
    "PartyChange",
    "PlaceChange",
    "PledgeChange",
    "ReservationChange",
    "RightChange",
    "Row",
];

/// Checks a value and keeps what is wrong.
fn check(checker: &Checker<'_>, name: &str, value: &Value, faults: &mut Vec<String>) {
    let found = checker.faults_of(name, value).into_iter();
    faults.extend(found.map(|fault| format!("{name}: {fault}")));
}

/// Checks a log, entry by entry, and the records at its end.
fn check_log(checker: &Checker<'_>, world: &World, faults: &mut Vec<String>) {
    let mut keys: BTreeSet<StateKey> = BTreeSet::new();
    for bytes in world.entries() {
        let json: Value = serde_json::from_slice(bytes).unwrap();
        check(checker, "Entry", &json, faults);
        let entry = Entry::parse(bytes).unwrap();
        if let Entry::Command { envelope, .. } = &entry {
            // Again by its type alone, because the payload says only that its body is one of all.
            let payload: Value = serde_json::from_slice(&envelope.payload).unwrap();
            let question =
                json!({"body": payload["body"], "org": payload["org"], "type": payload["type"]});
            check(checker, "Question", &question, faults);
        }
        let (_, events) = events_of(&entry);
        keys.extend(
            events
                .iter()
                .flat_map(greenlien::domain::event::Event::touches),
        );
    }
    for key in &keys {
        let text = world.machine().held(key).unwrap().value(key).to_text();
        let value: Value = serde_json::from_str(&text).unwrap();
        check(checker, "StateValue", &value, faults);
        let shape = match key {
            StateKey::Right(_) => "Right",
            StateKey::Pledge(_) => "Pledge",
            StateKey::Reservation(_) => "Reservation",
            StateKey::Party(_) => "Party",
            StateKey::Identity(_) => continue,
            StateKey::Source(_) => "Source",
            StateKey::Cell(_) => "Cell",
            StateKey::Policy(_) => "Policy",
        };
        check(checker, shape, &value["record"], faults);
    }
}

/// Returns the shapes that a shape leads to, itself included, with their members.
fn reachable(from: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let mut waiting: Vec<String> = from.iter().map(|name| (*name).to_owned()).collect();
    let mut found = BTreeMap::new();
    while let Some(name) = waiting.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let schema = &schemas[&name];
        let members = schema.get("properties").and_then(Value::as_object);
        let members = members
            .into_iter()
            .flatten()
            .map(|(member, _)| member.clone())
            .collect();
        let text = schema.to_string();
        let references = text.split("\"#/components/schemas/").skip(1);
        waiting.extend(references.map(|rest| rest.split('"').next().unwrap().to_owned()));
        found.insert(name, members);
    }
    found
}

#[test]
fn every_entry_and_every_record_has_its_shape_and_every_member_is_met() {
    let checker = Checker::new(&DOCUMENT);
    let mut faults = Vec::new();
    for name in scenarios::names() {
        check_log(&checker, &scenarios::world(name), &mut faults);
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    let met = checker.met();
    let mut unmet = Vec::new();
    for (shape, members) in reachable(&["Entry", "StateValue", "Question"]) {
        if PARTIAL.contains(&shape.as_str()) {
            continue;
        }
        for member in members {
            let name = format!("{shape}.{member}");
            let elsewhere = ELSEWHERE.iter().any(|(known, _)| *known == name);
            if met.contains(&name) == elsewhere {
                unmet.push(name);
            }
        }
    }
    assert!(
        unmet.is_empty(),
        "described and never met, or met and listed: {}",
        unmet.join(", ")
    );
}

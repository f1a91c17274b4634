//! The examples of parameters are taken by the server, each by itself: whoever copies one from the document gets an answer.

use serde_json::Value;
use ureq::http::Method;

use super::operations;
use super::showroom::encoded;
use crate::http::Wire;
use crate::support::house::House;

/// What an example cannot know: how long the log of the reader is, and which of its months are over.
const OF_THE_LOG: [&str; 4] = ["at", "old", "new", "month"];

#[test]
fn every_example_of_a_parameter_of_a_list_is_taken_by_itself() {
    let house = House::new();
    let wire = Wire::new(house.client().base());
    let mut taken = Vec::new();
    for operation in operations() {
        let id = operation.id();
        // A stream does not end, and what is about one record needs that record.
        if operation.method != "get" || operation.path.contains('{') || id == "stream_events" {
            continue;
        }
        let all = operation.of.get("parameters").and_then(Value::as_array);
        let all: Vec<&Value> = all.into_iter().flatten().collect();
        let is_asked = |one: &&&Value| one["in"] == "query" && one["required"] == true;
        let needed: Vec<String> = all.iter().filter(is_asked).map(|one| pair(one)).collect();
        for one in all.iter().filter(|one| one["in"] == "query") {
            let name = one["name"].as_str().unwrap();
            if OF_THE_LOG.contains(&name) {
                continue;
            }
            let mut pairs = needed.clone();
            if one["required"] != true {
                pairs.push(pair(one));
            }
            let path = format!("{}?{}", operation.path, pairs.join("&"));
            let raw = wire.send(Method::GET, &path, &[], b"");
            assert_ne!(raw.status, 400, "{path}: {}", raw.text());
            taken.push(format!("{id} {name}"));
        }
    }
    for list in [
        "list_alerts",
        "list_reconciliation",
        "list_rights",
        "list_statistics_lines",
    ] {
        assert!(
            taken.contains(&format!("{list} after")),
            "{list}: {taken:?}"
        );
    }
}

fn pair(parameter: &Value) -> String {
    let name = parameter["name"].as_str().unwrap();
    let many = parameter.get("examples").and_then(Value::as_object);
    let first = many.and_then(|many| many.values().next());
    let example = first.map_or(&parameter["example"], |first| &first["value"]);
    let value = example
        .as_str()
        .map_or_else(|| example.to_string(), str::to_owned);
    format!("{name}={}", encoded(&value))
}

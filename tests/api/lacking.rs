//! Every answer of every operation has an example, or says why not, and every type of failure has one; each is what its shape
//! allows.

use greenlien::ledger::note::NoteKey;
use greenlien::verify::checks::verify;
use serde_json::{Value, json};

use super::schema::Checker;
use super::{DOCUMENT, pattern, resolved};
use crate::second_verifier::Reader;
use crate::support::cast::{self, ORIGIN};

/// Statuses whose answers have no body (RFC 9110).
const EMPTY: [&str; 2] = ["204", "304"];

/// Returns what a document lacks: answers without an example, and examples that are none.
fn lacking(document: &Value) -> Vec<String> {
    let mut lacking = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let at = format!("{method} {path} {status}");
                lacking_of(document, &at, status, response, &mut lacking);
            }
        }
    }
    for (status, response) in document["x-otherwise"].as_object().unwrap() {
        let at = format!("otherwise {status}");
        // What the connection answers has no body and no reference.
        if response.get("$ref").is_some() {
            lacking_of(document, &at, status, response, &mut lacking);
        }
    }
    lacking
}

fn lacking_of(
    document: &Value,
    at: &str,
    status: &str,
    response: &Value,
    lacking: &mut Vec<String>,
) {
    let response = resolved(document, response);
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        if !EMPTY.contains(&status) {
            lacking.push(format!("{at}: no content"));
        }
        return;
    };
    for (media_type, of) in content {
        let at = format!("{at} {media_type}");
        let examples = of.get("examples").and_then(Value::as_object);
        let examples: Vec<&Value> = examples
            .into_iter()
            .flatten()
            .map(|(_, example)| resolved(document, example))
            .collect();
        let is_excused = of.get("x-no-example").is_some();
        if is_excused {
            let words = [&of["x-no-example"], &of["x-zh"]];
            let is_told = words
                .iter()
                .all(|text| text.as_str().is_some_and(|text| text.len() > 5));
            if !is_told || !status.starts_with('2') || !examples.is_empty() {
                lacking.push(format!("{at}: an excuse that is none"));
            }
        } else if examples.is_empty() {
            lacking.push(format!("{at}: no example"));
        }
        for example in &examples {
            lacking.extend(
                faults(document, media_type, &of["schema"], example)
                    .map(|fault| format!("{at}: {fault}")),
            );
        }
        if !status.starts_with('2') {
            lacking.extend(
                lacking_types(&of["schema"], &examples, status).map(|of| format!("{at}: {of}")),
            );
        }
    }
}

/// Returns what is wrong with an example.
fn faults(
    document: &Value,
    media_type: &str,
    schema: &Value,
    example: &Value,
) -> impl Iterator<Item = String> + use<> {
    let mut faults = Vec::new();
    for words in ["summary", "x-zh"] {
        if example[words].as_str().is_none_or(str::is_empty) {
            faults.push(format!("an example without {words}"));
        }
    }
    let value = &example["value"];
    if media_type.ends_with("json") {
        faults.extend(Checker::new(document).faults(schema, value));
    } else if value.as_str().is_none_or(str::is_empty) {
        faults.push("an example that is no text".to_owned());
    }
    faults.into_iter()
}

/// Returns the types of failure that no example has, and the examples whose status is another.
fn lacking_types(
    schema: &Value,
    examples: &[&Value],
    status: &str,
) -> impl Iterator<Item = String> + use<> {
    let mut lacking = Vec::new();
    let types = schema["properties"]["type"]["anyOf"].as_array();
    for of in types.unwrap() {
        let is_it = |uri: &str| match of["pattern"].as_str() {
            Some(pattern) => pattern::matches(pattern, uri),
            None => of["const"] == uri,
        };
        let mut shown = examples.iter().map(|example| &example["value"]["type"]);
        if !shown.any(|uri| uri.as_str().is_some_and(is_it)) {
            lacking.push(format!("no example of {of}"));
        }
    }
    for example in examples {
        if example["value"]["status"].as_u64() != status.parse().ok() {
            lacking.push(format!(
                "an example of another status: {}",
                example["value"]
            ));
        }
    }
    lacking.into_iter()
}

#[test]
fn every_answer_has_an_example_or_says_why_not() {
    let lacking = lacking(&DOCUMENT);
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn an_example_that_is_taken_away_or_changed_is_missed() {
    let found_in = |change: &dyn Fn(&mut Value)| {
        let mut document = DOCUMENT.clone();
        change(&mut document);
        lacking(&document).len()
    };
    assert_eq!(found_in(&|_| {}), 0);
    for (name, response) in DOCUMENT["components"]["responses"].as_object().unwrap() {
        for (media_type, of) in response["content"].as_object().unwrap() {
            let place = |document: &mut Value, example: &str, made: Option<Value>| {
                let content = &mut document["components"]["responses"][name]["content"][media_type];
                let examples = content["examples"].as_object_mut().unwrap();
                examples.remove(example);
                examples.extend(made.map(|made| (example.to_owned(), made)));
            };
            let all = of["examples"].as_object().unwrap();
            // All of one type, since one is enough.
            let without = found_in(&|document| all.keys().for_each(|of| place(document, of, None)));
            assert!(without > 0, "{name}");
            let (first, _) = all.iter().next().unwrap();
            let wrong = json!({"summary": "a", "x-zh": "a", "value": {"status": 418, "title": "a", "type": "/problems/a"}});
            let found = found_in(&|document| place(document, first, Some(wrong.clone())));
            assert!(found > 0, "{name}");
        }
    }
    let rights = "/v1/rights/{id}";
    let bare = found_in(&|document| {
        let content = &mut document["paths"][rights]["get"]["responses"]["200"]["content"];
        content["application/json"]["examples"] = json!({});
    });
    assert_eq!(bare, 1);
}

#[test]
fn the_evidence_that_the_document_shows_verifies() {
    let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
    let reader = Reader {
        policy: format!("log {}\nquorum none\n", key.vkey()),
        old: None,
        now: None,
        age_seconds_max: None,
    };
    let examples = &DOCUMENT["components"]["examples"];
    let certificate = &examples["certificate_of_absence"]["value"];
    for file in [&examples["absence"]["value"], &certificate["evidence"][0]] {
        let verdict = verify(format!("{file}\n").as_bytes(), &reader.trust());
        assert!(verdict.holds(), "{verdict:?}");
    }
}

#[test]
fn every_failure_that_no_request_shows_has_the_status_that_people_read() {
    let api = include_str!("../../docs/API.md");
    let mut count = 0;
    for (name, example) in DOCUMENT["components"]["examples"].as_object().unwrap() {
        let problem = &example["value"];
        let Some(uri) = problem.get("type").and_then(Value::as_str) else {
            continue;
        };
        assert_eq!(uri, format!("/problems/{name}"));
        let mut rows = api.lines().filter(|line| line.starts_with("| `/problems/"));
        let row = rows.find(|row| row.contains(&format!("`{uri}`"))).unwrap();
        let status = row.split('|').nth(2).unwrap().trim();
        assert_eq!(problem["status"].to_string(), status, "{name}");
        count += 1;
    }
    assert!(count >= 9, "{count}");
}

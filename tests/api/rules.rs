//! The rules of OpenAPI 3.1 that the document keeps, and some of our own: words in both languages, every failure, examples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schema::Checker;
use super::{DOCUMENT, operations, pattern};

/// The first words of names of operations.
const VERBS: [&str; 13] = [
    "add", "ask", "check", "end", "get", "issue", "list", "make", "open", "post", "replay",
    "stream", "submit",
];

/// Every object of the document with its path.
fn walk<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            found.push((path.to_owned(), value));
            for (name, member) in members {
                walk(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{n}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every object that is not inside an example.
fn objects() -> Vec<(String, &'static Value)> {
    let mut found = Vec::new();
    walk(&DOCUMENT, "", &mut found);
    found.retain(|(path, _)| !path.contains("/examples/") || path.ends_with("/value"));
    found.retain(|(path, _)| !path.contains("/value"));
    found
}

fn text<'a>(of: &'a Value, member: &str, path: &str) -> &'a str {
    let text = of[member].as_str().unwrap_or_default();
    assert!(!text.trim().is_empty(), "{path} has no {member}");
    text
}

#[test]
fn the_frame_is_that_of_openapi_3_1() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let members: Vec<&String> = DOCUMENT.as_object().unwrap().keys().collect();
    let allowed = [
        "components",
        "info",
        "openapi",
        "paths",
        "security",
        "servers",
        "tags",
        "webhooks",
        "x-otherwise",
    ];
    assert!(
        members.iter().all(|name| allowed.contains(&name.as_str())),
        "{members:?}"
    );
    for member in ["title", "version", "description"] {
        text(&DOCUMENT["info"], member, "info");
    }
    text(&DOCUMENT["info"]["license"], "identifier", "license");
    let tags = DOCUMENT["tags"].as_array().unwrap();
    let names: BTreeSet<&str> = tags.iter().map(|tag| text(tag, "name", "tags")).collect();
    assert_eq!(names.len(), tags.len());
    for tag in tags {
        text(tag, "description", "tags");
        text(tag, "x-zh", "tags");
    }
    let used = operations()
        .into_iter()
        .flat_map(|operation| operation.of["tags"].as_array().unwrap());
    let used: BTreeSet<&str> = used.map(|tag| tag.as_str().unwrap()).collect();
    assert_eq!(used, names);
}

#[test]
fn every_reference_leads_to_what_it_is_for() {
    let checker = Checker::new(&DOCUMENT);
    let mut all = Vec::new();
    walk(&DOCUMENT, "", &mut all);
    // Of examples, those that are references; what stands in one is a value.
    all.retain(|(path, _)| !path.contains("/value"));
    for (path, object) in all {
        let Some(reference) = object.get("$ref") else {
            continue;
        };
        let reference = reference.as_str().unwrap();
        checker.resolve(reference);
        let part = reference
            .strip_prefix("#/components/")
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        let place = path.rsplit('/').nth(1).unwrap();
        let wanted = match part {
            "examples" => place == "examples",
            "headers" => place == "headers",
            "responses" => place == "responses" || path.starts_with("/x-otherwise/"),
            "schemas" => !matches!(place, "examples" | "headers" | "responses"),
            other => panic!("{path}: {other}"),
        };
        assert!(wanted, "{path}: {reference}");
    }
    // Names of components have these characters alone.
    for (_, all) in DOCUMENT["components"].as_object().unwrap() {
        for name in all.as_object().unwrap().keys() {
            assert!(pattern::matches("^[a-zA-Z0-9._-]+$", name), "{name}");
        }
    }
}

#[test]
fn every_component_is_used() {
    let mut whole = DOCUMENT.to_string();
    whole.retain(|c| !c.is_whitespace());
    for (part, all) in DOCUMENT["components"].as_object().unwrap() {
        for name in all.as_object().unwrap().keys() {
            // A scheme is named, not referred to.
            let reference = match part.as_str() {
                "securitySchemes" => format!("\"{name}\":[]"),
                _ => format!("\"#/components/{part}/{name}\""),
            };
            assert!(whole.contains(&reference), "nothing uses {reference}");
        }
    }
}

#[test]
fn every_operation_has_a_name_words_and_one_group() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let (id, of) = (operation.id(), operation.of);
        assert!(ids.insert(id), "{id}");
        assert!(pattern::matches("^[a-z]+(_[a-z]+)+$", id), "{id}");
        let verb = id.split('_').next().unwrap();
        assert!(VERBS.contains(&verb), "{id} begins with no known verb");
        assert_eq!(of["tags"].as_array().unwrap().len(), 1, "{id}");
        text(of, "summary", id);
        text(&of["x-zh"], "summary", id);
        let both = (
            of.get("description").is_some(),
            of["x-zh"].get("description").is_some(),
        );
        assert_eq!(both.0, both.1, "{id}: a description in one language");
        let allowed = [
            "description",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "security",
            "summary",
            "tags",
            "x-zh",
        ];
        for member in of.as_object().unwrap().keys() {
            assert!(allowed.contains(&member.as_str()), "{id}: {member}");
        }
    }
    assert!(ids.len() >= 35, "{}", ids.len());
}

#[test]
fn every_parameter_is_described_and_every_name_of_a_path_is_one() {
    for operation in operations() {
        let id = operation.id();
        let mut names = BTreeSet::new();
        let parameters = operation.of.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let (name, place) = (text(parameter, "name", id), text(parameter, "in", id));
            let at = format!("{id} {name}");
            assert!(names.insert((place, name)), "{at} twice");
            assert!(["path", "query", "header"].contains(&place), "{at}");
            assert!(parameter["required"] == true || place != "path", "{at}");
            text(parameter, "description", &at);
            text(parameter, "x-zh", &at);
            // A form: a reference, a pattern, words, a range or a length.
            let schema = &parameter["schema"];
            let forms = ["$ref", "pattern", "enum", "maximum", "minLength"];
            assert!(
                forms.iter().any(|form| schema.get(form).is_some()),
                "{at}: {schema}"
            );
            let one = parameter.get("example").is_some() != parameter.get("examples").is_some();
            assert!(one, "{at} has no example, or both sorts");
        }
        let in_path: BTreeSet<&str> = operation
            .path
            .split('{')
            .skip(1)
            .map(|part| part.split('}').next().unwrap())
            .collect();
        let of_path: BTreeSet<&str> = names
            .iter()
            .filter(|(place, _)| *place == "path")
            .map(|(_, name)| *name)
            .collect();
        assert_eq!(in_path, of_path, "{id}");
    }
}

#[test]
fn every_example_of_a_parameter_is_one_of_its_values() {
    let checker = Checker::new(&DOCUMENT);
    for operation in operations() {
        for parameter in operation
            .of
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let one = parameter.get("example").into_iter();
            let many = parameter
                .get("examples")
                .and_then(Value::as_object)
                .into_iter()
                .flatten();
            for example in one.chain(many.map(|(_, example)| &example["value"])) {
                let is_number = parameter["schema"]["type"] == "integer";
                let value = match example.as_str() {
                    Some(text) if is_number => Value::from(text.parse::<u64>().unwrap()),
                    _ => example.clone(),
                };
                let faults = checker.faults(&parameter["schema"], &value);
                assert!(
                    faults.is_empty(),
                    "{} {}: {faults:?}",
                    operation.id(),
                    parameter["name"]
                );
            }
        }
    }
}

#[test]
fn every_operation_answers_well_and_tells_every_failure() {
    for operation in operations() {
        let (id, of) = (operation.id(), operation.of);
        let statuses: BTreeMap<u16, &Value> = of["responses"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(status, _)| status.parse().unwrap())
            .map(|status| (status, operation.response(status).unwrap()))
            .collect();
        assert!(
            statuses.keys().any(|status| (200..300).contains(status)),
            "{id}"
        );
        for (status, response) in &statuses {
            let at = format!("{id} {status}");
            text(response, "description", &at);
            text(response, "x-zh", &at);
            assert!(response["headers"].get("X-Request-Id").is_some(), "{at}");
            let media_types: Vec<&String> = response
                .get("content")
                .and_then(Value::as_object)
                .map(|content| content.keys().collect())
                .unwrap_or_default();
            if [204, 304].contains(status) {
                assert!(media_types.is_empty(), "{at}");
            } else if *status >= 400 {
                assert_eq!(media_types, ["application/problem+json"], "{at}");
            } else {
                assert!(!media_types.is_empty(), "{at}");
            }
        }
        let mut wanted = Vec::new();
        // Every request may show a session that is none.
        wanted.push(401);
        // What takes no time and touches nothing cannot fail.
        if id != "get_health" {
            wanted.push(503);
        }
        if !["get_health", "get_readiness"].contains(&id) {
            wanted.push(500);
        }
        let has_parameters = of.get("parameters").is_some();
        if of.get("requestBody").is_some() {
            wanted.extend([400, 413, 415]);
        } else if has_parameters && id != "get_tile" {
            wanted.push(400);
        }
        // A name of one thing, in a path, may be that of nothing; the name of a sort of table may not.
        if operation.path.contains('{') && id != "get_export" {
            wanted.push(404);
        }
        for status in wanted {
            assert!(statuses.contains_key(&status), "{id} tells no {status}");
        }
    }
}

#[test]
fn every_kind_of_problem_stands_in_some_answer() {
    let responses = DOCUMENT["components"]["responses"].to_string();
    let api = include_str!("../../docs/API.md");
    for line in api.lines().filter(|line| line.starts_with("| `/problems/")) {
        let cell = line.split('|').nth(1).unwrap();
        for name in cell.split(',').map(|name| name.trim().trim_matches('`')) {
            assert!(responses.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}

#[test]
fn schemas_are_closed_typed_and_have_words() {
    for (path, schema) in objects() {
        let Some((_, name)) = path.split_once("/components/schemas/") else {
            continue;
        };
        if !name.contains('/') {
            text(schema, "description", &path);
            text(schema, "x-zh", &path);
        }
        let parent = path.rsplit('/').nth(1).unwrap();
        if parent == "properties" {
            text(schema, "description", &path);
            text(schema, "x-zh", &path);
            let typed = ["$ref", "type", "enum", "const", "oneOf", "anyOf"];
            assert!(
                typed.iter().any(|word| schema.get(word).is_some()),
                "{path}: {schema}"
            );
        }
        let is_object = schema.get("type").is_some_and(|of| of == "object");
        let is_bare = schema
            .get("properties")
            .and_then(Value::as_object)
            .is_none_or(serde_json::Map::is_empty)
            && !schema
                .get("additionalProperties")
                .is_some_and(Value::is_object);
        assert!(
            !is_object || !is_bare || name == "AnyObject",
            "{path}: a bare object"
        );
        if let (Some(required), Some(members)) = (schema.get("required"), schema.get("properties"))
        {
            for member in required.as_array().into_iter().flatten() {
                assert!(
                    members.get(member.as_str().unwrap()).is_some(),
                    "{path}: {member}"
                );
            }
        }
        if schema.get("type").is_some_and(|of| of == "array") {
            assert!(
                schema.get("items").is_some() && schema.get("maxItems").is_some(),
                "{path}"
            );
        }
    }
}

#[test]
fn examples_of_texts_match_their_patterns() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        let Some(pattern) = schema.get("pattern") else {
            continue;
        };
        for example in schema["examples"].as_array().unwrap() {
            let fits = pattern::matches(pattern.as_str().unwrap(), example.as_str().unwrap());
            assert!(fits, "{name}: {example}");
        }
    }
    for (name, header) in DOCUMENT["components"]["headers"].as_object().unwrap() {
        let (pattern, example) = (&header["schema"]["pattern"], &header["example"]);
        let fits = pattern::matches(pattern.as_str().unwrap(), example.as_str().unwrap());
        assert!(fits, "{name}: {example}");
    }
}

#[test]
fn questions_and_events_name_every_type() {
    let schemas = &DOCUMENT["components"]["schemas"];
    let types = schemas["CommandType"]["enum"].as_array().unwrap();
    let questions = schemas["Question"]["discriminator"]["mapping"]
        .as_object()
        .unwrap();
    assert_eq!(types.len(), questions.len());
    let law = include_str!("../../docs/LAW.md");
    for command in types {
        let command = command.as_str().unwrap();
        assert!(
            questions.contains_key(command) && law.contains(&format!("`{command}`")),
            "{command}"
        );
    }
    assert!(types.len() >= 45);
}

#[test]
fn the_client_has_a_method_for_every_operation() {
    let sources = crate::sources::sources("src/client/operations");
    let text: String = sources.iter().map(|file| file.text.as_str()).collect();
    for operation in operations() {
        let method = format!("pub fn {}(", operation.id());
        assert!(text.contains(&method), "{method}");
    }
}

//! The description of the service, `/openapi.json`, against the rules of OpenAPI 3.1 and against the service itself.
//!
//! `rules` reads the document alone. Whoever sends a request in a test hands the answer to [`heard`], which holds it against
//! the document. `examples` sends every request that the document shows, and `lacking` looks whether every answer has one.
//! `members` looks whether the document names members that nothing has.

pub(crate) mod examples;
mod failures;
mod inbox;
mod lacking;
mod members;
mod otherwise;
mod parameters;
pub(crate) mod pattern;
mod reference;
mod rules;
pub(crate) mod schema;
mod showroom;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use schema::Checker;

use crate::http::PROBLEM;

/// The document.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(greenlien::http::openapi);

/// Headers that every answer may have and that no operation needs to name: what every answer says to browsers, what a
/// connection needs, and how long an answer may be kept, which is not at all for who is signed in.
const COMMON_HEADERS: [&str; 10] = [
    "cache-control",
    "connection",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "referrer-policy",
    "transfer-encoding",
    "x-content-type-options",
    "x-frame-options",
];

/// An operation of the document.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) of: &'static Value,
}

impl Operation {
    pub(crate) fn id(&self) -> &'static str {
        self.of["operationId"].as_str().unwrap()
    }

    /// Returns the answer of a status, whether it stands here or under `components`.
    pub(crate) fn response(&self, status: u16) -> Option<&'static Value> {
        let response = self.of["responses"].get(status.to_string())?;
        Some(resolved(&DOCUMENT, response))
    }
}

/// Returns what a reference of a document leads to, or the value itself.
pub(crate) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return value;
    };
    let found = document.pointer(reference.strip_prefix('#').unwrap());
    found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// Returns every operation.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, of) in item.as_object().unwrap() {
            let (method, path) = (method.clone(), path.clone());
            all.push(Operation { method, path, of });
        }
    }
    all
}

/// Returns the operation that a request is for, if the document has one.
fn operation_of(method: &str, path: &str) -> Option<Operation> {
    let path = path.split('?').next().unwrap();
    let mut all = operations();
    all.retain(|operation| {
        operation.method.eq_ignore_ascii_case(method) && is_path_of(&operation.path, path)
    });
    // A path without a name in it stands in front of one that has one.
    all.sort_by_key(|operation| operation.path.matches('{').count());
    all.into_iter().next()
}

/// Says whether a path, as it was sent, is one of a path with names in it.
pub(crate) fn is_path_of(template: &str, path: &str) -> bool {
    // The one name that has slashes in it.
    if let Some(head) = template.strip_suffix("{path}") {
        return path.starts_with(head);
    }
    let (names, parts): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    let fits =
        |(name, part): (&&str, &&str)| name == part || (name.starts_with('{') && !part.is_empty());
    names.len() == parts.len() && names.iter().zip(&parts).all(fits)
}

/// Holds an answer against the document. Of what is for no operation, the failures of programs are described; pages are not.
pub(crate) fn heard(
    method: &str,
    path: &str,
    status: u16,
    headers: Option<&BTreeMap<String, String>>,
    bytes: &[u8],
) {
    let is_head = method.eq_ignore_ascii_case("head");
    let method = if is_head { "get" } else { method };
    let shown: String = String::from_utf8_lossy(bytes).chars().take(2_000).collect();
    let (id, response) = if let Some(operation) = operation_of(method, path) {
        let Some(response) = operation.response(status) else {
            panic!(
                "{} answers {status}, which is not described: {shown}",
                operation.id()
            );
        };
        (operation.id(), response)
    } else {
        let media_type = headers.and_then(|headers| headers.get("content-type"));
        let otherwise = DOCUMENT["x-otherwise"].get(status.to_string());
        match otherwise {
            Some(response) if media_type.is_some_and(|of| of == PROBLEM) => {
                ("no operation", resolved(&DOCUMENT, response))
            }
            Some(_) | None => return,
        }
    };
    let mut media_type = None;
    if let Some(headers) = headers {
        check_headers(id, status, response, headers);
        media_type = headers.get("content-type").map(String::as_str);
    }
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        assert!(bytes.is_empty(), "{id} {status}: {shown}");
        return;
    };
    if is_head {
        return;
    }
    let essence = |text: &str| text.split(';').next().unwrap().trim().to_owned();
    let wanted = essence(media_type.unwrap_or_else(|| content.keys().next().unwrap()));
    let found = content.iter().find(|(name, _)| essence(name) == wanted);
    let Some((_, of)) = found else {
        panic!("{id} {status}: the media type {wanted} is not described");
    };
    if wanted.ends_with("json") {
        let json: Value = serde_json::from_slice(bytes).unwrap();
        let faults = Checker::new(&DOCUMENT).faults(&of["schema"], &json);
        assert!(
            faults.is_empty(),
            "{id} {status}:\n{}\n{shown}",
            faults.join("\n")
        );
        check_made(id, &json);
    }
}

/// Checks that a failure whose example no request shows says what that example says; only the detail may be another.
fn check_made(id: &str, answer: &Value) {
    for (name, example) in DOCUMENT["components"]["examples"].as_object().unwrap() {
        let shown = &example["value"];
        if shown.get("type").is_some() && shown["type"] == answer["type"] {
            for member in ["status", "title"] {
                assert_eq!(shown[member], answer[member], "{id}: {name}");
            }
        }
    }
}

fn check_headers(id: &str, status: u16, response: &Value, headers: &BTreeMap<String, String>) {
    let described: BTreeMap<String, &Value> = response["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, of)| {
            let pointer = of["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
            (
                name.to_ascii_lowercase(),
                DOCUMENT.pointer(pointer).unwrap(),
            )
        })
        .collect();
    for (name, of) in &described {
        match headers.get(name) {
            Some(value) => {
                let pattern = of["schema"]["pattern"].as_str().unwrap();
                assert!(
                    pattern::matches(pattern, value),
                    "{id} {status}: {name}: {value}"
                );
            }
            None => assert_eq!(of["required"], false, "{id} {status}: {name} is missing"),
        }
    }
    for name in headers.keys() {
        let is_known = described.contains_key(name) || COMMON_HEADERS.contains(&name.as_str());
        assert!(
            is_known,
            "{id} {status}: the header {name} is not described"
        );
    }
}

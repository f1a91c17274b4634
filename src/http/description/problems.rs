//! The responses of failure, each once under `components`, for all the operations that may answer so.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::http::description::headers;
use crate::http::failures::{FINDING, FINDING_WORDS, KINDS, title_zh};
use crate::http::problem::{Kind, PROBLEM_TYPE, Problem};
use crate::http::schema::worded;
use crate::service::drafts::DraftFault;

/// The status that asks a client to come again, and the kind that does.
const UNAVAILABLE: &str = "503";
const QUOTA: &str = "too-many-requests";
/// The status that asks a client to sign in.
const UNAUTHORIZED: &str = "401";
/// The status that says which methods a path takes.
const METHOD_NOT_ALLOWED: &str = "405";

/// Kinds that no request of one client comes to, or only a great many do: their examples are made here by what answers so.
const MADE: [Kind; 10] = [
    Kind::Busy,
    Kind::ClockBehind,
    Kind::InboxFull,
    Kind::Internal,
    Kind::MethodNotAllowed,
    Kind::Stopped,
    Kind::Timeout,
    Kind::TooMany,
    Kind::TooManyRequests,
    Kind::Waiting,
];

/// The responses of failure that were met so far, by name.
#[derive(Default)]
pub(super) struct Shared(BTreeMap<String, Value>);

impl Shared {
    /// Puts a response of failure under `components`, and a reference in its place.
    pub(super) fn hoist(&mut self, status: &str, response: &mut Value) {
        let Some(names) = response.get(KINDS).and_then(Value::as_array) else {
            return;
        };
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        let name = names
            .iter()
            .map(|name| camel(name))
            .collect::<Vec<_>>()
            .join("Or");
        let made = response_of(status, &names);
        self.0.insert(name.clone(), made);
        *response = json!({"$ref": format!("#/components/responses/{name}")});
    }

    /// Returns the responses for `components`.
    pub(super) fn components(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or(("", word));
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    name.split('-').map(capital).collect()
}

fn response_of(status: &str, names: &[&str]) -> Value {
    let kinds: Vec<Kind> = names.iter().filter_map(|name| kind_of(name)).collect();
    let mut types: Vec<Value> = kinds
        .iter()
        .map(|kind| json!({"const": format!("/problems/{}", kind.name())}))
        .collect();
    let (mut zh, mut en): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    if names.contains(&FINDING) {
        types.push(json!({"pattern": "^/findings/[0-9]{4}$"}));
        zh.push(FINDING_WORDS.0);
        en.push(FINDING_WORDS.1);
    }
    zh.extend(kinds.iter().map(|kind| title_zh(*kind)));
    en.extend(kinds.iter().map(|kind| kind.title()));
    let schema = json!({
        "$ref": "#/components/schemas/Problem",
        "properties": {"type": {"anyOf": types}},
    });
    let mut listed = vec!["X-Request-Id", "Cache-Control"];
    if status == UNAVAILABLE || names.contains(&QUOTA) {
        listed.push("Retry-After");
    }
    if status == UNAUTHORIZED {
        listed.push("WWW-Authenticate");
    }
    if status == METHOD_NOT_ALLOWED {
        listed.push("Allow");
    }
    let response = json!({
        "content": {(PROBLEM_TYPE): {"schema": schema}},
        "headers": headers::references(&listed),
    });
    worded(response, &zh.join("; "), &en.join("; "))
}

/// Adds to every response an example of each of its kinds that no request shows; each stands once under `components`.
pub(super) fn add_made(api: &mut Value) {
    let mut made = Map::new();
    let responses = api["components"]["responses"].as_object_mut();
    for (_, response) in responses.into_iter().flatten() {
        let content = &mut response["content"][PROBLEM_TYPE];
        for kind in MADE {
            let (name, uri) = (kind.name(), json!(format!("/problems/{}", kind.name())));
            let types = content["schema"]["properties"]["type"]["anyOf"].as_array();
            let is_possible = types.into_iter().flatten().any(|of| of["const"] == uri);
            let mut examples = content["examples"].as_object().into_iter().flatten();
            let is_shown = examples.any(|(_, example)| example["value"]["type"] == uri);
            if is_possible && !is_shown {
                made.insert(name.to_owned(), made_of(kind));
                content["examples"][name] =
                    json!({"$ref": format!("#/components/examples/{name}")});
            }
        }
    }
    if let Some(components) = api["components"].as_object_mut() {
        let examples = components.entry("examples").or_insert_with(|| json!({}));
        if let Some(examples) = examples.as_object_mut() {
            examples.append(&mut made);
        }
    }
}

/// Makes the example of a kind: what the service says.
fn made_of(kind: Kind) -> Value {
    let problem = if kind == Kind::InboxFull {
        DraftFault::Full("200 drafts of M6".to_owned()).into()
    } else if kind == Kind::TooManyRequests {
        Problem::of(kind).retry_after(60)
    } else {
        Problem::of(kind)
    };
    // A text of ours is JSON; what were none would fail in the test that checks examples.
    let value: Value = serde_json::from_str(&problem.to_text()).unwrap_or_default();
    json!({"summary": kind.title(), "x-zh": title_zh(kind), "value": value})
}

fn kind_of(name: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_names_every_type_that_it_may_have() {
        let mut shared = Shared::default();
        let mut response = json!({"description": "", (KINDS): ["finding", "id-consumed"]});
        shared.hoist("409", &mut response);
        assert_eq!(
            response["$ref"],
            "#/components/responses/FindingOrIdConsumed"
        );
        let made = &shared.components()["FindingOrIdConsumed"];
        let types = &made["content"][PROBLEM_TYPE]["schema"]["properties"]["type"]["anyOf"];
        assert_eq!(types[0]["const"], "/problems/id-consumed");
        assert_eq!(types[1]["pattern"], "^/findings/[0-9]{4}$");
        assert!(
            made["description"]
                .as_str()
                .unwrap()
                .contains("the id belongs")
        );
    }

    #[test]
    fn every_kind_can_be_named() {
        for kind in Kind::ALL {
            assert_eq!(kind_of(kind.name()), Some(*kind));
        }
        assert_eq!(kind_of(FINDING), None);
    }
}

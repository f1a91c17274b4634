//! The responses of failure, each once under `components`, for all the operations that may answer so.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::http::description::headers;
use crate::http::failures::{FINDING, FINDING_WORDS, KINDS, title_zh};
use crate::http::problem::{Kind, PROBLEM_TYPE};
use crate::http::schema::worded;

/// The status that asks a client to come again, and the kind that does.
const UNAVAILABLE: &str = "503";
const QUOTA: &str = "too-many-requests";
/// The status that asks a client to sign in.
const UNAUTHORIZED: &str = "401";

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
    let response = json!({
        "content": {(PROBLEM_TYPE): {"schema": schema}},
        "headers": headers::references(&listed),
    });
    worded(response, &zh.join("; "), &en.join("; "))
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

//! Makes the description of the service whole: OpenAPI 3.1, of what the handlers say and of the tables in this room.
//!
//! The handlers say which path takes which method, parameters and bodies, and which statuses it answers. Here come the shapes,
//! the responses of failure that operations share, the forms of parameters and headers, the words in Chinese (`x-zh`) and the
//! examples, which `tests/api` plays, or why there is none. Nothing here is on the way of an answer.

mod examples;
mod headers;
mod media;
mod otherwise;
mod parameters;
mod problems;
mod words;

use serde_json::{Map, Value, json};

use crate::http::schema::{schemas, worded};
use crate::service::sessions::PLAIN_COOKIE;

/// The methods that the service answers.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// Operations that nobody but a member who is signed in is answered.
const MEMBERS_ONLY: [&str; 16] = [
    "add_draft",
    "add_draft_decline",
    "end_draft",
    "end_session",
    "get_draft",
    "get_openings",
    "get_person_openings",
    "get_session",
    "list_deliveries",
    "list_draft_reads",
    "list_drafts",
    "list_opening_reads",
    "list_person_opening_reads",
    "list_webhooks",
    "post_watch",
    "replay_webhook",
];

/// Wildcards of paths, as axum writes them and as OpenAPI does.
const WILDCARDS: [(&str, &str); 1] = [("/tile/{*path}", "/tile/{path}")];

/// Completes the description that the handlers give.
pub(crate) fn complete(mut api: Value) -> Value {
    rename_wildcards(&mut api);
    api["servers"] = json!([{"url": "/", "description": "This registry.", "x-zh": "本登记簿"}]);
    for tag in api["tags"].as_array_mut().into_iter().flatten() {
        let zh = words::tag(tag["name"].as_str().unwrap_or_default());
        tag["x-zh"] = json!(zh);
    }
    let mut shared = problems::Shared::default();
    for operation in operations(&mut api) {
        words::add(operation);
        parameters::complete(operation);
        let id = id_of(operation).to_owned();
        for (status, response) in responses(operation) {
            media::complete(&id, response);
            shared.hoist(&status, response);
        }
        headers::add(operation);
        if MEMBERS_ONLY.contains(&id.as_str()) {
            operation.insert(
                "security".to_owned(),
                json!([{"bearer": []}, {"cookie": []}]),
            );
        }
    }
    api["x-otherwise"] = otherwise::answers(&mut shared);
    // A registry for members alone asks for a session everywhere; a public one for nothing.
    api["security"] = json!([{}, {"bearer": []}, {"cookie": []}]);
    api["components"] = json!({
        "headers": headers::components(),
        "responses": shared.components(),
        "schemas": schemas(),
        "securitySchemes": {
            "bearer": worded(
                json!({"type": "http", "scheme": "bearer"}),
                "登录所得的令牌",
                "The token of `POST /v1/sessions`.",
            ),
            "cookie": worded(
                json!({"type": "apiKey", "in": "cookie", "name": PLAIN_COOKIE}),
                "浏览器的会话; https 下名为 __Host-greenlien",
                "The session of a browser; under https its name is `__Host-greenlien`.",
            ),
        },
    });
    examples::add(&mut api);
    api["webhooks"] = media::webhooks();
    api
}

fn rename_wildcards(api: &mut Value) {
    let Some(paths) = api["paths"].as_object_mut() else {
        return;
    };
    for (of_axum, of_openapi) in WILDCARDS {
        if let Some(item) = paths.remove(of_axum) {
            paths.insert(of_openapi.to_owned(), item);
        }
    }
}

/// Returns every operation.
fn operations(api: &mut Value) -> Vec<&mut Map<String, Value>> {
    let items = api["paths"].as_object_mut().into_iter().flatten();
    let methods = items.filter_map(|(_, item)| item.as_object_mut()).flatten();
    let of_methods = methods.filter(|(method, _)| METHODS.contains(&method.as_str()));
    of_methods
        .filter_map(|(_, operation)| operation.as_object_mut())
        .collect()
}

/// Returns the responses of an operation with their statuses.
fn responses(operation: &mut Map<String, Value>) -> Vec<(String, &mut Value)> {
    let all = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    all.into_iter()
        .flatten()
        .map(|(status, response)| (status.clone(), response))
        .collect()
}

/// Returns the id of an operation.
fn id_of(operation: &Map<String, Value>) -> &str {
    operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

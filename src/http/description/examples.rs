//! The examples of the description: requests with the answers that a registry gave to them.
//!
//! They are kept in `examples.json` beside this file. `tests/api` plays the history that they suppose, sends every request and
//! compares every answer; with `GREENLIEN_UPDATE=1` it writes the file. A request and its answer have one name.

use serde_json::{Map, Value, json};

use crate::http::description::{id_of, operations, problems};

const EXAMPLES: &str = include_str!("examples.json");

/// Bytes of an answer from which on it stands under `components`, once for all operations that show it.
const LONG_BYTES: usize = 8_000;

/// Adds every example to its operation: to parameters, to the body, and to the answer of its status. An answer of failure
/// stands with the response that operations share, beside those that no request shows.
pub(super) fn add(api: &mut Value) {
    // A text that is no JSON would leave every operation without an example, which a test refuses.
    let all: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let (mut shared, mut long) = (Vec::new(), Map::new());
    for operation in operations(api) {
        let id = id_of(operation).to_owned();
        for example in all
            .iter()
            .filter(|example| example["operation"] == id.as_str())
        {
            shared.extend(add_one(operation, example, &mut long));
        }
    }
    for (response, example) in shared {
        let name = example["name"].as_str().unwrap_or_default();
        let content = api["components"]["responses"][&response]["content"].as_object_mut();
        for (_, place) in content.into_iter().flatten() {
            let mut answer = named(example, &example["answer"]);
            // A response that operations share says of whom an example is.
            answer["x-operation"] = example["operation"].clone();
            put(place, name, answer);
        }
    }
    api["components"]["examples"] = long.into();
    problems::add_made(api);
}

fn named(example: &Value, value: &Value) -> Value {
    json!({"summary": example["en"], "x-zh": example["zh"], "value": value})
}

/// Adds an example; where its answer is one that operations share, returns the name of that response.
fn add_one<'a>(
    operation: &mut Map<String, Value>,
    example: &'a Value,
    long: &mut Map<String, Value>,
) -> Option<(String, &'a Value)> {
    let name = example["name"].as_str().unwrap_or_default();
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let of = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = example["parameters"].get(of) {
            put(parameter, name, named(example, value));
        }
    }
    if let Some(body) = example.get("body")
        && let Some(content) = operation.get_mut("requestBody")
    {
        let place = &mut content["content"]["application/json"];
        put(place, name, named(example, body));
    }
    let answer = example.get("answer")?;
    let status = example["status"].to_string();
    let response = operation.get_mut("responses")?.get_mut(&status)?;
    if let Some(reference) = response.get("$ref").and_then(Value::as_str) {
        let shared = reference.rsplit('/').next()?.to_owned();
        return Some((shared, example));
    }
    // Without its parameters, such as the character set.
    let media_type = example["content"].as_str()?.split(';').next()?;
    let content = response["content"].as_object_mut()?;
    let mut places = content.iter_mut();
    let (_, place) = places.find(|(of, _)| of.split(';').next() == Some(media_type))?;
    let mut shown = named(example, answer);
    if answer.to_string().len() >= LONG_BYTES {
        let known = long.iter().find(|(_, known)| known["value"] == *answer);
        let of = known.map_or(name, |(of, _)| of).to_owned();
        let reference = json!({"$ref": format!("#/components/examples/{of}")});
        long.entry(of).or_insert(shown);
        shown = reference;
    }
    put(place, name, shown);
    None
}

/// Puts an example under its name; a single `example` makes way, because OpenAPI allows one of the two.
fn put(place: &mut Value, name: &str, example: Value) {
    if let Some(members) = place.as_object_mut() {
        members.remove("example");
        let examples = members.entry("examples").or_insert_with(|| json!({}));
        examples[name] = example;
    }
}

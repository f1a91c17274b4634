//! The examples of an operation, as a person types them into a shell, with the answers that the document shows.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::web::lang::Lang;
use crate::web::reference::{resolved, said};

/// Characters of a body that still stand on the command line; a longer one is a file.
const INLINE_CHARS_MAX: usize = 600;

/// An example as the page shows it.
pub(crate) struct Shown {
    pub(super) title: String,
    /// The command; empty where the document does not show the request, such as one that is too large.
    pub(super) curl: String,
    /// The body that the command reads from a file; empty for none.
    pub(super) body: String,
    /// The status of the answer; empty where the document shows none.
    pub(super) status: String,
    /// The answer; empty where the document shows none.
    pub(super) answer: String,
}

/// Returns the examples of an operation.
pub(super) fn examples_of(
    document: &Value,
    method: &str,
    path: &str,
    operation: &Value,
    lang: Lang,
) -> Vec<Shown> {
    let id = &operation["operationId"];
    let parameters = || operation["parameters"].as_array().into_iter().flatten();
    let bodies = &operation["requestBody"]["content"]["application/json"]["examples"];
    let names_in = |examples: &Value| -> Vec<String> {
        let all = examples.as_object().into_iter().flatten();
        all.map(|(name, _)| name.clone()).collect()
    };
    let mut names: BTreeSet<String> = parameters()
        .flat_map(|parameter| names_in(&parameter["examples"]))
        .collect();
    names.extend(names_in(bodies));
    let mut answers = answers(document, operation);
    answers.retain(|answer| answer.is_of(id));
    names.extend(answers.iter().map(|answer| answer.name.to_owned()));
    let has_body = operation.get("requestBody").is_some();
    let show = |name: &str| {
        let values = parameters().filter_map(|parameter| {
            let value = parameter["examples"].get(name)?["value"].as_str()?;
            Some((
                parameter["name"].as_str()?,
                parameter["in"].as_str()?,
                value,
            ))
        });
        let body = bodies.get(name).map(|example| &example["value"]);
        let (curl, body) = if has_body && body.is_none() {
            (String::new(), String::new())
        } else {
            command(method, path, values, body)
        };
        let answer = answers.iter().find(|answer| answer.name == name);
        let example = parameters()
            .find_map(|parameter| parameter["examples"].get(name))
            .or_else(|| bodies.get(name))
            .or_else(|| answer.map(|answer| answer.example));
        Shown {
            title: example
                .map(|example| said(example, "summary", lang).to_owned())
                .unwrap_or_default(),
            curl,
            body,
            status: answer
                .map(|answer| answer.status.to_owned())
                .unwrap_or_default(),
            answer: answer
                .map(|answer| pretty(&answer.example["value"]))
                .unwrap_or_default(),
        }
    };
    if names.is_empty() {
        let (curl, body) = command(method, path, std::iter::empty(), None);
        let nothing = String::new;
        return vec![Shown {
            title: nothing(),
            curl,
            body,
            status: nothing(),
            answer: nothing(),
        }];
    }
    let mut shown: Vec<Shown> = names.iter().map(|name| show(name)).collect();
    // What goes well comes before what fails.
    shown.sort_by_key(|example| example.status.starts_with(['4', '5']));
    shown
}

/// An answer that the document shows.
struct Answered<'a> {
    status: &'a str,
    name: &'a str,
    example: &'a Value,
    /// Whether it stands with a response that other operations have too.
    is_shared: bool,
}

impl Answered<'_> {
    /// Says whether a request of this operation is answered so in the document.
    fn is_of(&self, id: &Value) -> bool {
        !self.is_shared || self.example.get("x-operation") == Some(id)
    }
}

/// A failure as other operations show it, or none does.
pub(crate) struct Failed {
    pub(super) status: String,
    pub(super) title: String,
    pub(super) answer: String,
}

/// Returns an example of each type of failure of which the operation itself shows none.
pub(super) fn failures_of(document: &Value, operation: &Value, lang: Lang) -> Vec<Failed> {
    let id = &operation["operationId"];
    let (own, others): (Vec<_>, Vec<_>) = answers(document, operation)
        .into_iter()
        .filter(|answer| answer.is_shared)
        .partition(|answer| answer.is_of(id));
    let sort = |answer: &Answered<'_>| {
        let of = answer.example["value"]["type"].as_str().unwrap_or_default();
        // Findings are one type here: each has a page of its own.
        let of = if of.starts_with("/findings/") { "" } else { of };
        (answer.status.to_owned(), of.to_owned())
    };
    let mut seen: BTreeSet<(String, String)> = own.iter().map(sort).collect();
    let new = others
        .into_iter()
        .filter(|answer| seen.insert(sort(answer)));
    new.map(|answer| Failed {
        status: answer.status.to_owned(),
        title: said(answer.example, "summary", lang).to_owned(),
        answer: pretty(&answer.example["value"]),
    })
    .collect()
}

fn answers<'a>(document: &'a Value, operation: &'a Value) -> Vec<Answered<'a>> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let of_response = |(status, response): (&'a String, &'a Value)| {
        let is_shared = response.get("$ref").is_some();
        let contents = resolved(document, response)["content"].as_object();
        let examples = contents
            .into_iter()
            .flatten()
            .filter_map(|(_, content)| content["examples"].as_object())
            .flatten();
        let answered = |(name, example): (&'a String, &'a Value)| Answered {
            status,
            name,
            example: resolved(document, example),
            is_shared,
        };
        examples.map(answered).collect::<Vec<_>>()
    };
    responses.flat_map(of_response).collect()
}

fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
    }
}

/// Returns the command, and the body that it reads from a file.
fn command<'a>(
    method: &str,
    path: &str,
    values: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    body: Option<&Value>,
) -> (String, String) {
    let mut address = format!("$S{path}");
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    for (name, place, value) in values {
        match place {
            "path" => address = address.replace(&format!("{{{name}}}"), value),
            "header" => headers.push(format!("-H {}", quoted(&format!("{name}: {value}")))),
            _ => query.push(format!(
                "--data-urlencode {}",
                quoted(&format!("{name}={value}"))
            )),
        }
    }
    let mut parts = vec!["curl -s".to_owned()];
    match method {
        "delete" => parts.push("-X DELETE".to_owned()),
        "get" if !query.is_empty() => parts.push("-G".to_owned()),
        _ => {}
    }
    if method == "post" && !query.is_empty() {
        // A body and a query: the query stands in the address.
        let pairs = query.drain(..).map(|part| {
            let pair = part.trim_start_matches("--data-urlencode ");
            pair.trim_matches('\'').to_owned()
        });
        address = format!("{address}?{}", pairs.collect::<Vec<_>>().join("&"));
    }
    parts.push(format!("\"{address}\""));
    parts.extend(headers);
    parts.extend(query);
    let mut file = String::new();
    if let Some(body) = body {
        parts.push("-H 'content-type: application/json'".to_owned());
        let inline = body.to_string();
        if inline.chars().count() <= INLINE_CHARS_MAX {
            parts.push(format!("-d {}", quoted(&inline)));
        } else {
            parts.push("-d @body.json".to_owned());
            file = pretty(body);
        }
    }
    (parts.join(" "), file)
}

/// Quotes a word for a shell (POSIX section 2.2.2).
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let values = [("id", "path", "R41"), ("If-None-Match", "header", "\"3\"")];
        let (curl, _) = command("get", "/v1/rights/{id}", values.into_iter(), None);
        assert_eq!(
            curl,
            "curl -s \"$S/v1/rights/R41\" -H 'If-None-Match: \"3\"'"
        );
        let values = [("identity", "query", "a:it's|b")];
        let (curl, _) = command("get", "/v1/rights", values.into_iter(), None);
        assert_eq!(
            curl,
            "curl -s -G \"$S/v1/rights\" --data-urlencode 'identity=a:it'\\''s|b'"
        );
        let body = json!({"a": "it's"});
        let (curl, file) = command("post", "/v1/check", std::iter::empty(), Some(&body));
        assert!(curl.ends_with("-d '{\"a\":\"it'\\''s\"}'"), "{curl}");
        assert!(file.is_empty());
        let long = json!({"a": "x".repeat(INLINE_CHARS_MAX)});
        let (curl, file) = command("post", "/v1/commands", std::iter::empty(), Some(&long));
        assert!(curl.ends_with("-d @body.json"));
        assert_eq!(serde_json::from_str::<Value>(&file).unwrap(), long);
    }
}

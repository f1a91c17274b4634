//! The registry of the examples, and how one of them is sent and compared.
//!
//! Separate from the list of examples, which is a story.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use greenlien::domain::command::{Body, Command, SignerRole};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::id::{CommandId, PartyId};
use serde_json::{Map, Value, json};
use ureq::http::Method;

use super::{DOCUMENT, Operation, operations, resolved};
use crate::http::{JSON, Raw, Wire};
use crate::support::house::{House, submission};
use crate::support::play::seal;
use crate::support::{Actor, Play as _, cast};

/// The file that keeps the examples.
const FILE: &str = "src/http/description/examples.json";
/// Bytes of an answer that is shown.
const SHOWN_BYTES_MAX: usize = 20_000;
/// Kinds of right whose rules the registry has: those of the examples, because a file that verifies carries the rules of all.
const KINDS: [&str; 2] = ["carbon", "emission"];

/// What one example is called, in the document and for people.
pub(super) struct Named {
    pub(super) operation: &'static str,
    pub(super) name: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// A request with parameters and perhaps a body.
#[derive(Default)]
pub(super) struct Asked {
    parameters: Vec<(&'static str, String)>,
    body: Option<Value>,
    /// Values that are not known beforehand, sent in place of what is shown.
    sent: BTreeMap<&'static str, String>,
    /// The body that is sent in place of the one that is shown, for the same reason.
    sent_body: Option<Value>,
    /// What is sent and not shown, because people would learn nothing from it or it is no JSON: headers and body.
    unshown: Option<(Vec<(&'static str, &'static str)>, Vec<u8>)>,
    /// The token of the session.
    bearer: Option<String>,
    /// Members of the answer that are random, with what is shown in their place.
    masks: Vec<(&'static str, String)>,
    /// Makes of a text with measured numbers the one that is shown.
    retold: Option<fn(&str) -> String>,
}

impl Asked {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over what they name, most often a number"
    )]
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn sending(mut self, name: &'static str, value: String) -> Self {
        self.sent.insert(name, value);
        self
    }

    pub(super) fn sending_body(mut self, body: Value) -> Self {
        self.sent_body = Some(body);
        self
    }

    pub(super) fn sending_unshown(
        mut self,
        headers: &[(&'static str, &'static str)],
        body: impl Into<Vec<u8>>,
    ) -> Self {
        self.unshown = Some((headers.to_vec(), body.into()));
        self
    }

    pub(super) fn signed_in(mut self, token: &str) -> Self {
        self.bearer = Some(format!("Bearer {token}"));
        self
    }

    pub(super) fn masking(mut self, member: &'static str, shown: &str) -> Self {
        self.masks.push((member, shown.to_owned()));
        self
    }

    pub(super) fn retelling(mut self, retold: fn(&str) -> String) -> Self {
        self.retold = Some(retold);
        self
    }

    pub(super) fn text(self, body: &str) -> Self {
        self.body(serde_json::from_str(body).unwrap())
    }
}

/// The registry of the examples.
pub(super) struct Showroom {
    pub(super) house: House,
    wire: Wire,
    is_update: bool,
    shown: Vec<Value>,
    names: BTreeSet<&'static str>,
}

impl Showroom {
    pub(super) fn new() -> Self {
        let mut genesis = cast::genesis();
        genesis
            .policies
            .retain(|(kind, _)| KINDS.contains(&kind.as_str()));
        let house = House::begun_with(genesis, None);
        let wire = Wire::new(house.client().base());
        Self {
            house,
            wire,
            is_update: std::env::var_os("GREENLIEN_UPDATE").is_some_and(|value| value == "1"),
            shown: Vec::new(),
            names: BTreeSet::new(),
        }
    }

    /// Admits a party under a name for people.
    pub(super) fn admit(
        &mut self,
        key: &str,
        name: &str,
        roles: &[Role],
        duties: &[&str],
    ) -> Actor {
        let mut actor = Actor::new(key, roles);
        let mut admission = actor.admission(&self.house.audience(), roles, duties);
        admission.name = Some(name.to_owned());
        let registrar = cast::registrar();
        let answer = self
            .house
            .submit(&registrar, Body::AdmitParty(admission), &[], &[]);
        actor.party = PartyId(answer.index());
        actor
    }

    /// Writes a command of `giver` to which `consents` agree, and signs it; a second passes.
    pub(super) fn sealed(
        &mut self,
        giver: &Actor,
        body: Body,
        consents: &[&Actor],
        openings: &[Opening],
    ) -> (CommandId, String) {
        let actors: Vec<&Actor> = std::iter::once(giver)
            .chain(consents.iter().copied())
            .collect();
        let keys: Vec<_> = actors.iter().flat_map(|actor| actor.signers()).collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command: Command = self.house.draft(giver.party, body, &signers, &[]);
        let keys: Vec<(SignerRole, _)> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let text = submission(&seal(&command, &keys), openings);
        (command.cmd, text)
    }

    /// Lets a second pass, as it does after every command in other tests.
    pub(super) fn tick(&mut self) {
        let next = self.house.now().plus_seconds(1);
        self.house.at(next);
    }

    /// Sends a request as the document shows it, and compares the answer.
    pub(super) fn show(&mut self, named: &Named, asked: Asked) -> Raw {
        let Named {
            operation,
            name,
            zh,
            en,
        } = named;
        assert!(self.names.insert(name), "{name} twice");
        let of = operations().into_iter().find(|of| of.id() == *operation);
        let of = of.unwrap_or_else(|| panic!("there is no operation {operation}"));
        let mut parameters: Map<String, Value> = Map::new();
        for (parameter, value) in &asked.parameters {
            parameters.insert((*parameter).to_owned(), json!(value));
        }
        if !self.is_update {
            let (kept, body) = kept_request(&of, name);
            assert_eq!(
                (&kept, &body),
                (&parameters, &asked.body),
                "{operation} {name}: GREENLIEN_UPDATE=1 brings it up"
            );
        }
        for (parameter, value) in &asked.sent {
            parameters.insert((*parameter).to_owned(), json!(value));
        }
        let raw = self.send(&of, &parameters, &asked);
        for parameter in asked.sent.keys() {
            let shown = asked.parameters.iter().find(|(name, _)| name == parameter);
            parameters.insert((*parameter).to_owned(), json!(shown.unwrap().1));
        }
        let mut answer = shown_answer(&raw);
        for (member, shown) in &asked.masks {
            let random = answer.as_mut().and_then(|answer| answer.get_mut(*member));
            *random.unwrap_or_else(|| panic!("{name}: {member}")) = json!(shown);
        }
        if let Some(retold) = asked.retold {
            answer = Some(json!(retold(raw.text())));
        }
        if !self.is_update {
            let kept = kept_answer(&of, raw.status, name);
            assert_eq!(
                kept,
                answer.as_ref(),
                "{operation} {name}: GREENLIEN_UPDATE=1 brings it up"
            );
        }
        let mut example = json!({
            "operation": operation, "name": name, "zh": zh, "en": en, "status": raw.status, "parameters": parameters,
        });
        if let Some(body) = asked.body {
            example["body"] = body;
        }
        if let Some(answer) = answer {
            example["answer"] = answer;
            example["content"] = json!(raw.header("content-type"));
        }
        self.shown.push(example);
        raw
    }

    fn send(&self, of: &Operation, parameters: &Map<String, Value>, asked: &Asked) -> Raw {
        let mut path = of.path.clone();
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        let bearer = asked.bearer.as_deref();
        headers.extend(bearer.map(|bearer| ("authorization", bearer)));
        for (name, value) in parameters {
            let described = of.of["parameters"].as_array().unwrap();
            let described = described
                .iter()
                .find(|parameter| parameter["name"] == name.as_str());
            let value = value.as_str().unwrap();
            match described.unwrap_or_else(|| panic!("{name}"))["in"]
                .as_str()
                .unwrap()
            {
                "path" => path = path.replace(&format!("{{{name}}}"), value),
                "query" => query.push(format!("{name}={}", encoded(value))),
                "header" => headers.push((name.as_str(), value)),
                other => panic!("{other}"),
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let method: Method = of.method.to_uppercase().parse().unwrap();
        if let Some((unshown, body)) = &asked.unshown {
            headers.extend(unshown);
            return self.wire.send(method, &path, &headers, body);
        }
        match asked.sent_body.as_ref().or(asked.body.as_ref()) {
            None => self.wire.send(method, &path, &headers, &[]),
            Some(body) => {
                headers.push(("content-type", JSON));
                self.wire
                    .send(method, &path, &headers, body.to_string().as_bytes())
            }
        }
    }
}

impl Showroom {
    /// Ends: every operation has an example, and with `GREENLIEN_UPDATE=1` they are written.
    pub(super) fn finish(self) {
        let operation = |one: &Value| one["operation"].as_str().unwrap().to_owned();
        let shown: BTreeSet<String> = self.shown.iter().map(operation).collect();
        for operation in operations() {
            assert!(
                shown.contains(operation.id()),
                "{} has no example",
                operation.id()
            );
        }
        if self.is_update {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
            let text = serde_json::to_string_pretty(&self.shown).unwrap();
            std::fs::write(path, format!("{text}\n")).unwrap();
        }
        self.house.close();
    }
}

pub(super) fn encoded(value: &str) -> String {
    greenlien::client::percent_encode(value)
}

/// Returns the request that the document shows under a name.
fn kept_request(of: &Operation, name: &str) -> (Map<String, Value>, Option<Value>) {
    let mut parameters = Map::new();
    for parameter in of
        .of
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(example) = parameter.get("examples").and_then(|all| all.get(name)) {
            let of = parameter["name"].as_str().unwrap();
            parameters.insert(of.to_owned(), example["value"].clone());
        }
    }
    let body = of.of["requestBody"]["content"]["application/json"]["examples"][name].get("value");
    (parameters, body.cloned())
}

/// Returns the answer that the document shows under a name.
fn kept_answer(of: &Operation, status: u16, name: &str) -> Option<&'static Value> {
    let content = of.response(status).unwrap().get("content")?.as_object()?;
    let mut examples = content
        .values()
        .filter_map(|of| Some(resolved(&DOCUMENT, of.get("examples")?.get(name)?)));
    examples.next()?.get("value")
}

/// Returns what is shown of an answer: JSON or a text of a length that people read.
fn shown_answer(raw: &Raw) -> Option<Value> {
    let media_type = raw.header("content-type");
    let texts = ["text/plain", "text/event-stream", "text/csv"];
    let is_text =
        texts.iter().any(|text| media_type.starts_with(text)) || media_type.contains("json");
    if !is_text || raw.bytes.is_empty() || raw.bytes.len() > SHOWN_BYTES_MAX {
        return None;
    }
    Some(if media_type.contains("json") {
        raw.json()
    } else {
        json!(raw.text())
    })
}

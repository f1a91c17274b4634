//! The reference of the HTTP interface: made of the same document as `/openapi.json`, without scripts and without the network.
//!
//! The document comes with the request, put there by whoever serves both (`http`); this room knows what OpenAPI says and
//! nothing of the handlers. It looks like a table of contents, a page for every operation, and a page for every shape.

mod curl;
mod form;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value};

use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::reference::curl::{Failed, Shown, examples_of, failures_of};
use crate::web::reference::form::{Form, form_of};
use crate::web::shell::{Fault, Shell, Visit, answer};

/// The document.
type Document = Extension<Arc<Value>>;

/// The page of contents.
pub(super) async fn show_index(
    State(registry): State<Arc<Registry>>,
    Extension(document): Document,
    visit: Visit,
) -> Response {
    answer(registry, visit, move |registry, visit| {
        Ok(index(registry, visit, &document))
    })
    .await
}

/// The page of an operation.
pub(super) async fn show_operation(
    State(registry): State<Arc<Registry>>,
    Extension(document): Document,
    Path(id): Path<String>,
    visit: Visit,
) -> Response {
    answer(registry, visit, move |registry, visit| {
        operation(registry, visit, &document, &id)
    })
    .await
}

/// The page of a shape.
pub(super) async fn show_shape(
    State(registry): State<Arc<Registry>>,
    Extension(document): Document,
    Path(name): Path<String>,
    visit: Visit,
) -> Response {
    answer(registry, visit, move |registry, visit| {
        shape(registry, visit, &document, &name)
    })
    .await
}

/// Returns a text of the document in the language of the page; the words in Chinese stand in `x-zh`.
fn said<'a>(of: &'a Value, english: &str, lang: Lang) -> &'a str {
    let text = |value: &'a Value| value.as_str().unwrap_or_default();
    match lang {
        Lang::En => text(&of[english]),
        // Of operations it is an object, because they have two texts.
        Lang::Zh => match &of["x-zh"] {
            Value::Object(words) => words.get(english).map(text).unwrap_or_default(),
            words => text(words),
        },
    }
}

/// Returns what a reference of the document leads to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

/// An operation with its place.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    of: &'a Value,
}

/// The operations of the service, and behind them the requests that it sends itself.
fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let parts = ["paths", "webhooks"].into_iter();
    let paths = parts.flat_map(|part| document[part].as_object().into_iter().flatten());
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, of)| Operation { method, path, of })
    })
}

struct OperationRow {
    id: String,
    method: String,
    path: String,
    summary: String,
}

struct Group {
    title: String,
    rows: Vec<OperationRow>,
}

struct NamedText {
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "reference.html")]
struct IndexPage {
    shell: Shell,
    groups: Vec<Group>,
    problems: Vec<ProblemRow>,
    otherwise: Vec<NamedText>,
    schemes: Vec<NamedText>,
    shapes: Vec<NamedText>,
}

/// A sort of failure, as operations share it.
struct ProblemRow {
    types: Vec<String>,
    about: String,
}

fn index(registry: &Registry, visit: &Visit, document: &Value) -> IndexPage {
    let lang = visit.lang;
    let tags = document["tags"].as_array().into_iter().flatten();
    let group = |tag: &Value| {
        let of_tag = |operation: &Operation<'_>| operation.of["tags"][0] == tag["name"];
        let row = |operation: Operation<'_>| OperationRow {
            id: text_of(&operation.of["operationId"]),
            method: operation.method.to_ascii_uppercase(),
            path: operation.path.to_owned(),
            summary: said(operation.of, "summary", lang).to_owned(),
        };
        Group {
            title: said(tag, "description", lang).to_owned(),
            rows: operations(document).filter(of_tag).map(row).collect(),
        }
    };
    let components = &document["components"];
    let named = |(name, of): (&String, &Value)| NamedText {
        name: name.clone(),
        about: marked(said(of, "description", lang)),
    };
    let all = |part: &str| components[part].as_object().into_iter().flatten();
    let problem = |(_, response): (&String, &Value)| ProblemRow {
        types: types_of(response),
        about: marked(said(response, "description", lang)),
    };
    IndexPage {
        shell: Shell::new(registry, visit, lang.words().reference_title),
        groups: tags.map(group).collect(),
        problems: all("responses").map(problem).collect(),
        otherwise: document["x-otherwise"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(status, response)| named((status, resolved(document, response))))
            .collect(),
        schemes: all("securitySchemes").map(named).collect(),
        shapes: all("schemas").map(named).collect(),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The types of problem that a response of failure may have.
fn types_of(response: &Value) -> Vec<String> {
    let contents = response["content"].as_object().into_iter().flatten();
    let schemas = contents.map(|(_, content)| &content["schema"]);
    let types = schemas.filter_map(|schema| schema["properties"]["type"]["anyOf"].as_array());
    types
        .flatten()
        .map(|of| match of["const"].as_str() {
            Some(word) => word.to_owned(),
            None => "/findings/…".to_owned(),
        })
        .collect()
}

/// A text of the document for a page: what stands between backticks is code.
fn marked(text: &str) -> String {
    let escape = |text: &str| {
        let text = text.replace('&', "&#38;").replace('<', "&#60;");
        let text = text.replace('>', "&#62;").replace('"', "&#34;");
        text.replace('\'', "&#39;")
    };
    let parts = text.split('`').enumerate();
    let part = |(n, part): (usize, &str)| match n % 2 {
        0 => escape(part),
        _ => format!("<code class=\"id\">{}</code>", escape(part)),
    };
    parts.map(part).collect()
}

struct ParameterRow {
    name: String,
    place: &'static str,
    needed: bool,
    form: Form,
    about: String,
}

struct Content {
    media_type: String,
    form: Form,
    /// Why there is no example; empty where there is one.
    unshown: String,
}

struct AnswerRow {
    status: String,
    about: String,
    contents: Vec<Content>,
    types: Vec<String>,
    headers: Vec<NamedText>,
}

#[derive(Template)]
#[template(path = "reference_operation.html")]
struct OperationPage {
    shell: Shell,
    id: String,
    method: String,
    path: String,
    about: String,
    members_only: bool,
    parameters: Vec<ParameterRow>,
    bodies: Vec<Content>,
    answers: Vec<AnswerRow>,
    examples: Vec<Shown>,
    failures: Vec<Failed>,
}

fn operation(
    registry: &Registry,
    visit: &Visit,
    document: &Value,
    id: &str,
) -> Result<OperationPage, Fault> {
    let found = operations(document).find(|operation| operation.of["operationId"] == id);
    let Operation { method, path, of } = found.ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let parameters = of["parameters"].as_array().into_iter().flatten();
    let responses = of["responses"].as_object().into_iter().flatten();
    Ok(OperationPage {
        shell: Shell::new(registry, visit, said(of, "summary", lang)),
        id: id.to_owned(),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        about: marked(said(of, "description", lang)),
        members_only: of.get("security").is_some(),
        parameters: parameters.map(|of| parameter(of, lang)).collect(),
        bodies: contents(&of["requestBody"], lang),
        answers: responses
            .map(|(status, response)| answer_row(document, status, response, lang))
            .collect(),
        // Nobody asks for what the service sends.
        examples: if document["paths"].get(path).is_some() {
            examples_of(document, method, path, of, lang)
        } else {
            Vec::new()
        },
        failures: failures_of(document, of, lang),
    })
}

fn parameter(of: &Value, lang: Lang) -> ParameterRow {
    let words = lang.words();
    ParameterRow {
        name: text_of(&of["name"]),
        place: match of["in"].as_str() {
            Some("path") => words.reference_in_path,
            Some("header") => words.reference_in_header,
            Some(_) | None => words.reference_in_query,
        },
        needed: of["required"] == true,
        form: form_of(&of["schema"], lang),
        about: marked(said(of, "description", lang)),
    }
}

fn contents(of: &Value, lang: Lang) -> Vec<Content> {
    let all = of["content"].as_object().into_iter().flatten();
    all.map(|(media_type, content)| Content {
        media_type: media_type.clone(),
        form: form_of(&content["schema"], lang),
        unshown: marked(said(content, "x-no-example", lang)),
    })
    .collect()
}

fn answer_row(document: &Value, status: &str, response: &Value, lang: Lang) -> AnswerRow {
    let response = resolved(document, response);
    let headers = response["headers"].as_object().into_iter().flatten();
    let header = |(name, of): (&String, &Value)| NamedText {
        name: name.clone(),
        about: said(resolved(document, of), "description", lang).to_owned(),
    };
    AnswerRow {
        status: status.to_owned(),
        about: marked(said(response, "description", lang)),
        contents: contents(response, lang),
        types: types_of(response),
        headers: headers.map(header).collect(),
    }
}

struct MemberRow {
    name: String,
    needed: bool,
    form: Form,
    about: String,
}

struct OptionRow {
    words: Vec<String>,
    name: String,
}

#[derive(Template)]
#[template(path = "reference_shape.html")]
struct ShapePage {
    shell: Shell,
    about: String,
    /// What a text or a list is like.
    form: Option<Form>,
    members: Vec<MemberRow>,
    options: Vec<OptionRow>,
    strict: bool,
}

fn shape(
    registry: &Registry,
    visit: &Visit,
    document: &Value,
    name: &str,
) -> Result<ShapePage, Fault> {
    let schema = document["components"]["schemas"].get(name);
    let schema = schema.ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let is_needed = |member: &str| {
        let needed = schema["required"].as_array().into_iter().flatten();
        needed.into_iter().any(|name| name == member)
    };
    let members = schema["properties"].as_object().into_iter().flatten();
    let members: Vec<MemberRow> = members
        .map(|(name, of)| MemberRow {
            name: name.clone(),
            needed: is_needed(name),
            form: form_of(of, lang),
            about: marked(said(of, "description", lang)),
        })
        .collect();
    let options = options_of(schema);
    let is_plain = members.is_empty() && options.is_empty();
    Ok(ShapePage {
        shell: Shell::new(registry, visit, name),
        about: marked(said(schema, "description", lang)),
        form: is_plain.then(|| form_of(schema, lang)),
        members,
        options,
        strict: schema["additionalProperties"] == false,
    })
}

/// The shapes that a choice may be, with the words that tell them.
fn options_of(schema: &Value) -> Vec<OptionRow> {
    let listed = ["oneOf", "anyOf"].into_iter();
    let listed = listed
        .filter_map(|keyword| schema[keyword].as_array())
        .flatten();
    let empty = Map::new();
    let mapping = schema["discriminator"]["mapping"]
        .as_object()
        .unwrap_or(&empty);
    let row = |option: &Value| {
        let path = option["$ref"].as_str()?;
        let words = mapping.iter().filter(|(_, to)| *to == path);
        Some(OptionRow {
            words: words.map(|(word, _)| word.clone()).collect(),
            name: path.rsplit('/').next()?.to_owned(),
        })
    };
    listed.filter_map(row).collect()
}

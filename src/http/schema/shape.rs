//! How a shape is written down, and the JSON Schema (2020-12, the dialect of OpenAPI 3.1) that it becomes.
//!
//! A shape has its words in both languages, because the reference for people is made of the same document. The words in
//! Chinese stand in the member `x-zh`, which JSON Schema does not look at.

use serde_json::{Map, Value, json};

/// The largest integer of the profile of JSON: 2^53 - 1.
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

/// What the value of a member may be.
#[derive(Clone, Copy)]
pub(super) enum Type {
    /// A shape, by its name.
    Of(&'static str),
    /// A list with so many items, from and to.
    List(&'static Type, usize, usize),
    /// An object whose members have names of the first shape and values of the second, at most so many.
    Map(&'static str, &'static Type, usize),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// This word.
    Exactly(&'static str),
    /// `true`; where it is not so, the member is absent.
    True,
    /// `true` or `false`.
    Flag,
    /// A count, an index or a size.
    Count,
    /// An integer of zero or more, from and to.
    Within(u64, u64),
    /// An integer that may be negative, from and to.
    Signed(i64, i64),
    /// A text of one to so many characters.
    Plain(usize),
    /// Any text.
    Text,
    /// Canonical JSON as a string.
    Inside(&'static str),
    /// Canonical JSON in base64url.
    Coded(&'static str),
}

impl Type {
    /// Returns the schema.
    pub(super) fn schema(self) -> Value {
        match self {
            Self::Of(name) => reference(name),
            Self::List(of, from, to) => {
                let list = json!({"type": "array", "items": of.schema(), "maxItems": to});
                if from == 0 {
                    return list;
                }
                with(list, "minItems", json!(from))
            }
            Self::Map(names, of, to) => json!({
                "type": "object", "propertyNames": reference(names), "additionalProperties": of.schema(),
                "minProperties": 1, "maxProperties": to,
            }),
            Self::OneOf(words) => json!({"type": "string", "enum": words}),
            Self::Exactly(word) => json!({"type": "string", "const": word}),
            Self::True => json!({"type": "boolean", "const": true}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Count => Self::Within(0, INTEGER_MAX).schema(),
            Self::Within(from, to) => json!({"type": "integer", "minimum": from, "maximum": to}),
            Self::Signed(from, to) => json!({"type": "integer", "minimum": from, "maximum": to}),
            Self::Plain(to) => json!({"type": "string", "minLength": 1, "maxLength": to}),
            Self::Text => json!({"type": "string"}),
            Self::Inside(name) => json!({
                "type": "string", "contentMediaType": "application/json", "contentSchema": reference(name),
            }),
            Self::Coded(name) => json!({
                "type": "string", "contentEncoding": "base64url", "contentMediaType": "application/json",
                "contentSchema": reference(name),
            }),
        }
    }
}

/// Returns the reference to a shape.
pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn with(mut value: Value, name: &str, member: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.insert(name.to_owned(), member);
    }
    value
}

/// A member of an object.
#[derive(Clone, Copy)]
pub(super) struct Member {
    name: &'static str,
    of: Type,
    needed: bool,
    zh: &'static str,
    en: &'static str,
}

/// Some members.
pub(super) type Members = &'static [Member];

/// Makes a member that is always there.
pub(super) const fn must(
    name: &'static str,
    of: Type,
    zh: &'static str,
    en: &'static str,
) -> Member {
    let needed = true;
    Member {
        name,
        of,
        needed,
        zh,
        en,
    }
}

/// Makes a member that is absent where there is nothing to say.
pub(super) const fn may(
    name: &'static str,
    of: Type,
    zh: &'static str,
    en: &'static str,
) -> Member {
    Member {
        needed: false,
        ..must(name, of, zh, en)
    }
}

/// What an object takes beside its members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing: it is read strictly.
    Refused,
    /// A later version may add members; a reader ignores what it does not know.
    Ignored,
    /// Members of another record or item, which the words name.
    Members,
}

/// A form that a value may have.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A text: its pattern (ECMA-262) and an example.
    Text(&'static str, &'static str),
    /// An object: its members, members that it may have of other objects, and what else it takes.
    Object(&'static [Members], &'static [Members], Rest),
    /// One of several shapes, told apart by the value of a member.
    ByWord(&'static str, &'static [(&'static str, &'static str)]),
    /// One of several shapes, told apart by the members they have.
    ByMembers(&'static [&'static str]),
}

/// A shape with its name and its words.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// The name, under `#/components/schemas/`.
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

impl Shape {
    /// Returns the schema.
    pub(super) fn schema(&self) -> Value {
        let schema = match self.form {
            Form::Text(pattern, example) => {
                json!({"type": "string", "pattern": pattern, "examples": [example]})
            }
            Form::Object(own, others, rest) => object(own, others, rest),
            Form::ByWord(member, options) => {
                choice(member, options.iter().map(|(word, name)| (*word, *name)))
            }
            Form::ByMembers(names) => {
                let all: Vec<Value> = names.iter().map(|name| reference(name)).collect();
                json!({"anyOf": all})
            }
        };
        worded(schema, self.zh, self.en)
    }
}

/// Returns the schema of one of several shapes that a member tells apart.
pub(super) fn choice<'a>(member: &str, options: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let (mut all, mut mapping) = (Vec::new(), Map::new());
    for (word, name) in options {
        let path = reference(name);
        mapping.insert(word.to_owned(), path["$ref"].clone());
        if !all.contains(&path) {
            all.push(path);
        }
    }
    json!({"oneOf": all, "discriminator": {"propertyName": member, "mapping": mapping}})
}

/// Adds the words of both languages.
pub(crate) fn worded(schema: Value, zh: &str, en: &str) -> Value {
    with(with(schema, "description", json!(en)), "x-zh", json!(zh))
}

/// Returns the schema of an object.
pub(super) fn object(own: &[Members], others: &[Members], rest: Rest) -> Value {
    let (mut members, mut needed) = (Map::new(), Vec::new());
    let of_others = others
        .iter()
        .copied()
        .flatten()
        .map(|member| (member, false));
    let of_own = own.iter().copied().flatten().map(|member| (member, true));
    for (member, is_own) in of_others.chain(of_own) {
        let of = match member.of {
            // Another object may say of a list that it is empty now.
            Type::List(of, _, to) if !is_own => Type::List(of, 0, to),
            of => of,
        };
        let schema = worded(of.schema(), member.zh, member.en);
        members.insert(member.name.to_owned(), schema);
        if is_own && member.needed {
            needed.push(member.name);
        }
    }
    needed.sort_unstable();
    let mut schema = json!({"type": "object", "properties": members});
    if !needed.is_empty() {
        schema = with(schema, "required", json!(needed));
    }
    match rest {
        Rest::Refused => with(schema, "additionalProperties", json!(false)),
        Rest::Ignored => schema,
        Rest::Members => with(schema, "additionalProperties", json!(true)),
    }
}

/// Writes members: `must "name": type, "Chinese", "English";`.
macro_rules! members {
    ($($need:ident $name:literal: $of:expr, $zh:literal, $en:literal;)*) => {
        &[$($crate::http::schema::shape::$need($name, $of, $zh, $en)),*]
    };
}

/// Writes objects: `Name [members] rest, "Chinese", "English";`, with `+ [members]` for those it may have of others.
macro_rules! objects {
    ($($name:literal [$($own:expr),*] $(+ [$($other:expr),*])? $rest:ident, $zh:literal, $en:literal;)*) => {
        &[$($crate::http::schema::shape::Shape {
            name: $name,
            form: $crate::http::schema::shape::Form::Object(
                &[$($own),*], &[$($($other),*)?], $crate::http::schema::shape::Rest::$rest,
            ),
            zh: $zh,
            en: $en,
        }),*]
    };
}

pub(super) use {members, objects};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_others_are_never_needed_and_own_ones_stand_before_them() {
        const OWN: Members = members! {
            must "id": Type::Of("RightId"), "编号", "The id.";
            may "note": Type::Text, "说明", "A note.";
        };
        const OTHERS: Members = members! {
            must "kind": Type::Text, "种类", "The kind.";
            must "id": Type::Count, "编号", "Another id.";
        };
        let schema = object(&[OWN], &[OTHERS], Rest::Refused);
        assert_eq!(schema["required"], json!(["id"]));
        assert_eq!(schema["properties"]["id"]["x-zh"], "编号");
        assert_eq!(
            schema["properties"]["id"]["$ref"],
            "#/components/schemas/RightId"
        );
        assert!(schema["properties"]["kind"].is_object());
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn a_choice_names_every_shape_once_and_every_word() {
        let schema = choice("type", [("a", "X"), ("b", "X"), ("c", "Y")].into_iter());
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2);
        assert_eq!(
            schema["discriminator"]["mapping"]["b"],
            "#/components/schemas/X"
        );
    }
}

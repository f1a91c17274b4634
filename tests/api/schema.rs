//! A checker for the part of JSON Schema (2020-12) that the description uses.
//!
//! Stricter than the specification in one thing: an object has no member that its schema does not name, because a description
//! that leaves members out is not whole. A keyword that it does not know stops the test.

use std::cell::RefCell;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::pattern::matches;

/// Keywords that say nothing about a value.
const SILENT: [&str; 9] = [
    "contentEncoding",
    "contentMediaType",
    "default",
    "description",
    "discriminator",
    "example",
    "examples",
    "x-data",
    "x-zh",
];

/// What a value has that its schema does not allow; each with the path of the member.
type Faults = Vec<String>;

/// A checker of values against the schemas of one document.
pub(crate) struct Checker<'a> {
    document: &'a Value,
    /// Members that were met: the name of the schema, a point, the name of the member.
    met: RefCell<BTreeSet<String>>,
    /// Those of the value that is being checked; of an alternative that does not fit they are dropped.
    trail: RefCell<Vec<String>>,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        Self {
            document,
            met: RefCell::default(),
            trail: RefCell::default(),
        }
    }

    /// Returns the members that were met so far.
    pub(crate) fn met(&self) -> BTreeSet<String> {
        self.met.borrow().clone()
    }

    /// Checks a value against a schema; returns what is wrong.
    pub(crate) fn faults(&self, schema: &Value, value: &Value) -> Faults {
        let mut faults = Vec::new();
        self.check(schema, value, "$", "", true, &mut faults);
        self.met.borrow_mut().extend(self.trail.take());
        faults
    }

    /// Checks a value against a named schema.
    pub(crate) fn faults_of(&self, name: &str, value: &Value) -> Faults {
        self.faults(
            &serde_json::json!({"$ref": format!("#/components/schemas/{name}")}),
            value,
        )
    }

    /// Returns what a reference leads to.
    pub(crate) fn resolve(&self, reference: &str) -> &'a Value {
        let pointer = reference.strip_prefix('#').unwrap();
        self.document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    fn check(
        &self,
        schema: &Value,
        value: &Value,
        path: &str,
        name: &str,
        closed: bool,
        faults: &mut Faults,
    ) {
        let Some(keywords) = schema.as_object() else {
            panic!("{path}: {schema} is no schema");
        };
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let name = reference.rsplit('/').next().unwrap();
            self.check(self.resolve(reference), value, path, name, closed, faults);
            if keywords.len() == 1 {
                return;
            }
            // What stands beside a reference narrows it and does not close it.
            let mut beside = keywords.clone();
            beside.remove("$ref");
            let beside = Value::Object(beside);
            return self.check(&beside, value, path, "", false, faults);
        }
        for (keyword, of) in keywords {
            self.keyword(keyword, of, keywords, value, (path, name, closed), faults);
        }
        let is_object = keywords.get("type").is_some_and(|of| of == "object");
        if closed && is_object && !keywords.contains_key("additionalProperties") {
            self.close(keywords, &Value::Bool(false), value, path, faults);
        }
    }

    fn keyword(
        &self,
        keyword: &str,
        of: &Value,
        all: &Map<String, Value>,
        value: &Value,
        (path, name, closed): (&str, &str, bool),
        faults: &mut Faults,
    ) {
        let mut require = |holds: bool| {
            if !holds {
                faults.push(format!("{path}: {value} is not {keyword} {of} ({name})"));
            }
        };
        let text = value.as_str();
        let count = |limit: &Value| usize::try_from(limit.as_u64().unwrap()).unwrap();
        // A keyword speaks of values of its own type alone; `type` refuses the others.
        match keyword {
            "type" => require(is_of_type(of.as_str().unwrap(), value)),
            "const" => require(value == of),
            "enum" => require(of.as_array().unwrap().contains(value)),
            "pattern" => require(text.is_none_or(|text| matches(of.as_str().unwrap(), text))),
            "minLength" => require(text.is_none_or(|text| text.chars().count() >= count(of))),
            "maxLength" => require(text.is_none_or(|text| text.chars().count() <= count(of))),
            "minimum" => require(value.as_i64().is_none_or(|n| n >= of.as_i64().unwrap())),
            "maximum" => require(value.as_i64().is_none_or(|n| n <= of.as_i64().unwrap())),
            "minItems" => require(
                value
                    .as_array()
                    .is_none_or(|items| items.len() >= count(of)),
            ),
            "maxItems" => require(
                value
                    .as_array()
                    .is_none_or(|items| items.len() <= count(of)),
            ),
            "minProperties" => require(value.as_object().is_none_or(|m| m.len() >= count(of))),
            "maxProperties" => require(value.as_object().is_none_or(|m| m.len() <= count(of))),
            "required" => {
                for member in of.as_array().unwrap() {
                    require(value.get(member.as_str().unwrap()).is_some());
                }
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(of, item, &format!("{path}[{n}]"), name, true, faults);
                }
            }
            "propertyNames" => {
                for member in value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(member, _)| member)
                {
                    let at = format!("{path}.{member}");
                    self.check(of, &Value::String(member.clone()), &at, "", true, faults);
                }
            }
            "properties" => {
                for (member, schema) in of.as_object().unwrap() {
                    let Some(value) = value.get(member) else {
                        continue;
                    };
                    self.trail.borrow_mut().push(format!("{name}.{member}"));
                    self.check(
                        schema,
                        value,
                        &format!("{path}.{member}"),
                        name,
                        true,
                        faults,
                    );
                }
            }
            "additionalProperties" => self.close(all, of, value, path, faults),
            "oneOf" | "anyOf" => self.choose(keyword, of, all, value, (path, closed), faults),
            "contentSchema" => match content(all, text) {
                Some(inner) => self.check(of, &inner, &format!("{path}<>"), "", true, faults),
                None => require(false),
            },
            _ => assert!(
                SILENT.contains(&keyword),
                "{path}: the checker knows no {keyword}"
            ),
        }
    }

    /// Checks members that `properties` does not name.
    fn close(
        &self,
        all: &Map<String, Value>,
        of: &Value,
        value: &Value,
        path: &str,
        faults: &mut Faults,
    ) {
        let known = |member: &str| {
            all.get("properties")
                .is_some_and(|known| known.get(member).is_some())
        };
        for (member, value) in value.as_object().into_iter().flatten() {
            if known(member) {
                continue;
            }
            let path = format!("{path}.{member}");
            match of {
                Value::Bool(true) => {}
                Value::Bool(false) => faults.push(format!("{path}: is not described")),
                schema => self.check(schema, value, &path, "", true, faults),
            }
        }
    }

    fn choose(
        &self,
        keyword: &str,
        of: &Value,
        all: &Map<String, Value>,
        value: &Value,
        (path, closed): (&str, bool),
        faults: &mut Faults,
    ) {
        if let Some(by) = all.get("discriminator") {
            let word = value
                .get(by["propertyName"].as_str().unwrap())
                .and_then(Value::as_str);
            let Some(option) = word.and_then(|word| by["mapping"].get(word)) else {
                faults.push(format!("{path}: {word:?} is not one of the words"));
                return;
            };
            let option = serde_json::json!({"$ref": option});
            assert!(of.as_array().unwrap().contains(&option), "{path}: {option}");
            return self.check(&option, value, path, "", closed, faults);
        }
        let (mut fits, mut tried) = (0, Vec::new());
        for option in of.as_array().unwrap() {
            let mut wrong = Vec::new();
            let before = self.trail.borrow().len();
            self.check(option, value, path, "", closed, &mut wrong);
            if wrong.is_empty() {
                fits += 1;
            } else {
                self.trail.borrow_mut().truncate(before);
                tried.extend(wrong);
            }
        }
        if fits == 0 || (keyword == "oneOf" && fits > 1) {
            faults.push(format!(
                "{path}: fits {fits} of {keyword}: {}",
                tried.join("; ")
            ));
        }
    }
}

fn is_of_type(of: &str, value: &Value) -> bool {
    match of {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => panic!("the checker knows no type {of}"),
    }
}

/// Returns the JSON that stands in a string.
fn content(all: &Map<String, Value>, text: Option<&str>) -> Option<Value> {
    match all.get("contentEncoding").and_then(Value::as_str) {
        None => serde_json::from_str(text?).ok(),
        Some("base64url") => {
            let bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
            serde_json::from_slice(&bytes).ok()
        }
        Some(other) => panic!("the checker knows no encoding {other}"),
    }
}

#[test]
fn what_a_schema_does_not_allow_is_found() {
    let document = serde_json::json!({"components": {"schemas": {
        "Id": {"type": "string", "pattern": "^R[0-9]+$"},
        "Thing": {
            "type": "object", "required": ["id"],
            "properties": {
                "id": {"$ref": "#/components/schemas/Id"},
                "count": {"type": "integer", "minimum": 0, "maximum": 9},
                "tags": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 2},
                "inner": {"type": "string", "contentSchema": {"$ref": "#/components/schemas/Id"}},
                "map": {
                    "type": "object", "propertyNames": {"$ref": "#/components/schemas/Id"},
                    "additionalProperties": {"type": "boolean"}, "minProperties": 1,
                },
            },
        },
        "Any": {"oneOf": [{"$ref": "#/components/schemas/Id"}, {"$ref": "#/components/schemas/Thing"}]},
        "Narrow": {"$ref": "#/components/schemas/Thing", "properties": {"id": {"const": "R7"}}},
    }}});
    let checker = Checker::new(&document);
    let good = serde_json::json!({"id": "R1", "count": 3, "tags": ["a"], "inner": "\"R2\"", "map": {"R3": true}});
    for name in ["Thing", "Any"] {
        assert_eq!(checker.faults_of(name, &good), [""; 0]);
    }
    assert!(checker.met().contains("Thing.tags"));
    assert_eq!(checker.faults_of("Narrow", &good).len(), 1);
    for (member, value) in [
        ("id", serde_json::json!("M1")),
        ("count", serde_json::json!(10)),
        ("count", serde_json::json!("3")),
        ("tags", serde_json::json!(["", "b"])),
        ("tags", serde_json::json!(["a", "b", "c"])),
        ("inner", serde_json::json!("R2")),
        ("inner", serde_json::json!("\"M2\"")),
        ("map", serde_json::json!({})),
        ("map", serde_json::json!({"M3": true})),
        ("map", serde_json::json!({"R3": 1})),
        ("more", serde_json::json!(1)),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        assert_eq!(checker.faults_of("Thing", &bad).len(), 1, "{bad}");
        assert_eq!(checker.faults_of("Any", &bad).len(), 1, "{bad}");
    }
}

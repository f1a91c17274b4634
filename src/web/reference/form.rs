//! What a value may be, in words: the schema of a member, a parameter or a body.

use serde_json::Value;

use crate::web::lang::Lang;

/// What a value may be.
pub(crate) struct Form {
    /// Words before the name of a shape.
    pub(super) before: String,
    /// The shape, which has a page of its own; empty for none.
    pub(super) shape: String,
    /// Words behind it.
    pub(super) after: String,
}

impl Form {
    fn of(before: impl Into<String>) -> Self {
        Self {
            before: before.into(),
            shape: String::new(),
            after: String::new(),
        }
    }

    fn with(mut self, words: &str) -> Self {
        if self.shape.is_empty() {
            self.before.push_str(words);
        } else {
            self.after.push_str(words);
        }
        self
    }
}

/// Returns the name of the shape that a reference leads to.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Says what a schema allows.
pub(super) fn form_of(schema: &Value, lang: Lang) -> Form {
    let words = lang.words();
    if let Some(name) = name_of(schema) {
        return Form {
            before: String::new(),
            shape: name.to_owned(),
            after: String::new(),
        };
    }
    match schema["type"].as_str() {
        Some("array") => {
            let form = form_of(&schema["items"], lang);
            let range = range(&schema["minItems"], &schema["maxItems"]);
            Form {
                before: format!("{} {}", words.reference_list, form.before),
                ..form
            }
            .with(&format!(" ({range})"))
        }
        Some("object") if schema["additionalProperties"].is_object() => {
            let form = form_of(&schema["additionalProperties"], lang);
            let names = name_of(&schema["propertyNames"]).unwrap_or_default();
            Form {
                before: format!("{} {names} → {}", words.reference_map, form.before),
                ..form
            }
        }
        Some("object") => Form::of(words.reference_object),
        Some("integer") => {
            let range = range(&schema["minimum"], &schema["maximum"]);
            let form = Form::of(format!("{} {range}", words.reference_integer));
            match schema["default"].as_u64() {
                Some(default) => form.with(&format!("; {} {default}", words.reference_default)),
                None => form,
            }
        }
        Some("boolean") if schema["const"] == true => Form::of("true"),
        Some("boolean") => Form::of("true | false"),
        Some("string") => text_form(schema, lang),
        Some(_) | None => Form::of(words.reference_any),
    }
}

fn text_form(schema: &Value, lang: Lang) -> Form {
    let words = lang.words();
    if let Some(inner) = name_of(&schema["contentSchema"]) {
        let encoded = match schema["contentEncoding"].as_str() {
            Some(encoding) => format!("{} ({encoding}): ", words.reference_json_text),
            None => format!("{}: ", words.reference_json_text),
        };
        return Form {
            before: encoded,
            shape: inner.to_owned(),
            after: String::new(),
        };
    }
    if let Some(data) = name_of(&schema["x-data"]) {
        return Form {
            before: words.reference_each_data.to_owned(),
            shape: data.to_owned(),
            after: String::new(),
        };
    }
    if schema["contentMediaType"].is_string() {
        return Form::of(words.reference_bytes);
    }
    if let Some(word) = schema["const"].as_str() {
        return Form::of(format!("\"{word}\""));
    }
    if let Some(all) = schema["enum"].as_array() {
        let all: Vec<String> = all
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("\"{word}\""))
            .collect();
        return Form::of(all.join(" | "));
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        return Form::of(format!("{} {pattern}", words.reference_text));
    }
    match schema["maxLength"].as_u64() {
        Some(most) => Form::of(format!("{} (1–{most})", words.reference_text)),
        None => Form::of(words.reference_text),
    }
}

fn range(from: &Value, to: &Value) -> String {
    let from = from.as_i64().unwrap_or_default();
    match to.as_i64() {
        Some(to) if to == from => to.to_string(),
        Some(to) => format!("{from}–{to}"),
        None => format!("{from}–"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(schema: &Value) -> String {
        let Form {
            before,
            shape,
            after,
        } = form_of(schema, Lang::En);
        format!("{before}[{shape}]{after}")
    }

    #[test]
    fn a_schema_is_told_in_words() {
        let line = json!({"$ref": "#/components/schemas/Line"});
        assert_eq!(said(&line), "[Line]");
        let list = json!({"type": "array", "items": line, "minItems": 1, "maxItems": 64});
        assert_eq!(said(&list), "list of [Line] (1–64)");
        let words = json!({"type": "string", "enum": ["a", "b"]});
        assert_eq!(said(&words), "\"a\" | \"b\"[]");
        let rows = json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50});
        assert_eq!(said(&rows), "integer 1–200; if absent 50[]");
        let file = json!({"type": "string", "contentMediaType": "application/pdf"});
        assert_eq!(said(&file), "bytes[]");
        let stream = json!({"type": "string", "x-data": line});
        assert_eq!(said(&stream), "text; the data of each event: [Line]");
        let inner =
            json!({"type": "string", "contentSchema": line, "contentEncoding": "base64url"});
        assert_eq!(said(&inner), "JSON as text (base64url): [Line]");
    }
}

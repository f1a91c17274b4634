//! Everything the program prints: results on standard output, all else on standard error.
//!
//! One place, so that every command writes the same way, and so that a reader who closes the pipe early (`| head`) ends
//! nothing with an error. No colors: the output must be readable without them.

use std::io::{self, Write};

use serde_json::Value;

use crate::cli::exit::Failure;
use crate::primitives::canonical::Json;

/// Characters of a list or a flat object that still stand on one line.
const LINE_CHARS_MAX: usize = 100;

/// Prints text and a line feed on standard output, at once.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        Ok(()) => Ok(()),
        // Whoever closed the pipe has read what they wanted.
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(fault) => Err(Failure::internal(format!("standard output: {fault}"))),
    }
}

/// Prints a JSON value as one line on standard output.
pub fn json(value: &Json) -> Result<(), Failure> {
    line(&value.to_canonical())
}

/// Prints names and values in two columns on standard output.
pub fn facts(rows: &[(&str, String)]) -> Result<(), Failure> {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in rows {
        line(&format!("{name:<width$}  {value}"))?;
    }
    Ok(())
}

/// Returns a JSON value as text for people: one member a line, indented, without quotes and braces.
pub fn outline(value: &Value) -> String {
    let mut lines = Vec::new();
    push_outline(value, 0, &mut lines);
    lines.join("\n")
}

/// Prints a note on standard error.
pub fn note(text: &str) {
    // There is nowhere left to report that standard error is closed.
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Prints a failure and its hint on standard error.
pub fn failure(failure: &Failure) {
    note(&format!("error: {failure}"));
    if let Some(hint) = &failure.hint {
        note(&format!("hint: {hint}"));
    }
}

fn push_outline(value: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                push_member(format!("{indent}{name}:"), value, depth, lines);
            }
        }
        Value::Array(values) => {
            for value in values {
                push_member(format!("{indent}-"), value, depth, lines);
            }
        }
        Value::String(text) => lines.extend(text.lines().map(|line| format!("{indent}{line}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            lines.extend(scalar(value).map(|text| format!("{indent}{text}")));
        }
    }
}

fn push_member(head: String, value: &Value, depth: usize, lines: &mut Vec<String>) {
    if let Some(short) = one_line(value) {
        lines.push(format!("{head} {short}"));
    } else {
        lines.push(head);
        push_outline(value, depth + 1, lines);
    }
}

/// Returns a value that fits on the line of its name: a scalar, or scalars and no more than a line of them.
fn one_line(value: &Value) -> Option<String> {
    let parts: Option<Vec<String>> = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return scalar(value),
        Value::Array(values) if values.is_empty() => return Some("none".to_owned()),
        Value::Object(members) if members.is_empty() => return Some("none".to_owned()),
        Value::Array(values) => values.iter().map(scalar).collect(),
        Value::Object(members) => {
            let part =
                |(name, value): (&String, &Value)| Some(format!("{name} {}", scalar(value)?));
            members.iter().map(part).collect()
        }
    };
    parts
        .map(|parts| parts.join(", "))
        .filter(|text| text.chars().count() <= LINE_CHARS_MAX)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim_end().to_owned()).filter(|text| !text.contains('\n')),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_one_member_a_line() {
        let text = r#"{"burdens":[],"lines":[{"quantity":"5","right":"R4"},{"quantity":"5","right":"R5"}],
            "pledgee":"M3","public":true,"roles":["bank"]}"#;
        let expected = "\
burdens: none
lines:
  - quantity 5, right R4
  - quantity 5, right R5
pledgee: M3
public: yes
roles: bank";
        assert_eq!(outline(&serde_json::from_str(text).unwrap()), expected);
    }
}

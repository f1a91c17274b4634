//! Everything the program prints: results on standard output, all else on standard error.
//!
//! One place, so that every command writes the same way, and so that a reader who closes the pipe early (`| head`) ends
//! nothing with an error. No colors: the output must be readable without them.

use std::io::{self, Write};

use crate::cli::exit::Failure;
use crate::primitives::canonical::Json;

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
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in rows {
        line(&format!("{name:<width$}  {value}"))?;
    }
    Ok(())
}

/// Prints a JSON value for people on standard output: one member a line, indented, without quotes and braces.
pub fn outline(value: &Json) -> Result<(), Failure> {
    let mut text = String::new();
    write_outline(value, 0, &mut text);
    line(text.trim_end())
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

fn write_outline(value: &Json, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                write_member(&format!("{indent}{name}:"), value, depth, text);
            }
        }
        Json::List(values) => {
            for value in values {
                write_member(&format!("{indent}-"), value, depth, text);
            }
        }
        Json::Bool(_) | Json::Int(_) | Json::Text(_) => {
            text.push_str(&format!("{indent}{}\n", one_line(value).unwrap_or_default()));
        }
    }
}

fn write_member(head: &str, value: &Json, depth: usize, text: &mut String) {
    match one_line(value) {
        Some(short) => text.push_str(&format!("{head} {short}\n")),
        None => {
            text.push_str(&format!("{head}\n"));
            write_outline(value, depth + 1, text);
        }
    }
}

/// Returns a value that fits on the line of its name: a scalar, a list of scalars, or a flat object in a list.
fn one_line(value: &Json) -> Option<String> {
    match value {
        Json::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Json::Int(number) => Some(number.to_string()),
        Json::Text(value) if value.contains('\n') => None,
        Json::Text(value) => Some(value.clone()),
        Json::List(values) if values.is_empty() => Some("none".to_owned()),
        Json::List(values) => {
            let parts: Option<Vec<String>> = values.iter().map(scalar).collect();
            parts.map(|parts| parts.join(", ")).filter(|text| text.chars().count() <= 100)
        }
        Json::Object(members) => {
            let part = |(name, value): (&String, &Json)| Some(format!("{name} {}", scalar(value)?));
            let parts: Option<Vec<String>> = members.iter().map(part).collect();
            parts.map(|parts| parts.join(", ")).filter(|text| text.chars().count() <= 100)
        }
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::Bool(_) | Json::Int(_) | Json::Text(_) => one_line(value),
        Json::List(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_one_member_a_line() {
        let line = |right: &str| Json::object([("right", Json::text(right)), ("quantity", Json::text("5"))]);
        let value = Json::object([
            ("lines", Json::list([line("R4"), line("R5")])),
            ("pledgee", Json::text("M3")),
            ("roles", Json::list([Json::text("bank")])),
            ("public", Json::Bool(true)),
            ("burdens", Json::list([])),
        ]);
        let mut text = String::new();
        write_outline(&value, 0, &mut text);
        let expected = "\
burdens: none
lines:
  - quantity 5, right R4
  - quantity 5, right R5
pledgee: M3
public: yes
roles: bank
";
        assert_eq!(text, expected);
    }
}

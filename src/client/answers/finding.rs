//! Numbered findings with their words.

use crate::client::answers::{objects, optional_count, optional_line, optional_parsed, texts};
use crate::domain::finding::{Alternative, Severity};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span};

/// One check result. Its number may be one that this version does not know, so it is a number and not a [`Code`].
///
/// [`Code`]: crate::domain::finding::Code
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The number of the check.
    pub code: u16,
    /// A word for programs.
    pub name: String,
    /// Whether it refuses or warns.
    pub severity: Severity,
    /// The title in Chinese.
    pub title_zh: String,
    /// The title in English.
    pub title_en: String,
    /// What to do.
    pub fix: String,
    /// The line of the command.
    pub line: Option<u16>,
    /// The records that stand in the way.
    pub conflicts: Vec<String>,
    /// The first day on which it is so.
    pub at: Option<Day>,
    /// The share of the smaller parcel in millionths, rounded up.
    pub share_ppm: Option<u64>,
    /// What would be admissible.
    pub alternative: Option<Alternative>,
}

impl Finding {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let code = fields.count("code")?;
        let severity = fields.parsed("severity", "refuse or warn", |word| match word {
            "refuse" => Some(Severity::Refuse),
            "warn" => Some(Severity::Warn),
            _ => None,
        })?;
        Ok(Self {
            code: u16::try_from(code)
                .map_err(|_| fields.fault("code", "is not the number of a finding"))?,
            name: fields.text("name")?,
            severity,
            title_zh: fields.text("title_zh")?,
            title_en: fields.text("title_en")?,
            fix: fields.text("fix")?,
            line: optional_line(fields)?,
            conflicts: texts(fields, "conflicts", "a record", |text| {
                Some(text.to_owned())
            })?,
            at: optional_parsed(fields, "at", "a day", Day::parse)?,
            share_ppm: optional_count(fields, "share_ppm")?,
            alternative: match fields.optional_object("alternative")? {
                Some(mut alternative) => Some(read_alternative(&mut alternative)?),
                None => None,
            },
        })
    }
}

impl Finding {
    /// Writes the finding as the registry does.
    pub fn to_json(&self) -> Json {
        let text = |value: &String| Json::text(&**value);
        let conflicts = &self.conflicts;
        let severity = match self.severity {
            Severity::Refuse => "refuse",
            Severity::Warn => "warn",
        };
        Json::object([
            ("code", Json::count(self.code.into())),
            ("fix", text(&self.fix)),
            ("name", text(&self.name)),
            ("severity", Json::text(severity)),
            ("title_en", text(&self.title_en)),
            ("title_zh", text(&self.title_zh)),
        ])
        .with("line", self.line.map(|line| Json::count(line.into())))
        .with(
            "conflicts",
            (!conflicts.is_empty()).then(|| Json::list(conflicts.iter().map(text))),
        )
        .with("at", self.at.map(|day| Json::Text(day.to_string())))
        .with("share_ppm", self.share_ppm.map(Json::count))
        .with(
            "alternative",
            self.alternative.as_ref().map(alternative_json),
        )
    }
}

fn alternative_json(alternative: &Alternative) -> Json {
    let days = |span: &Span| {
        Json::object([
            ("from", Json::Text(span.from().to_string())),
            ("to", Json::Text(span.to().to_string())),
        ])
    };
    let quantity = |quantity: &Quantity| Json::Text(quantity.to_string());
    let segments = alternative.segments.iter();
    let segments = segments.map(|(span, much)| days(span).with("quantity", Some(quantity(much))));
    Json::object([])
        .with("quantity", alternative.quantity.as_ref().map(quantity))
        .with(
            "segments",
            (!alternative.segments.is_empty()).then(|| Json::list(segments)),
        )
        .with(
            "spans",
            (!alternative.spans.is_empty()).then(|| Json::list(alternative.spans.iter().map(days))),
        )
}

fn read_alternative(fields: &mut Fields) -> Result<Alternative, FieldFault> {
    let quantity = optional_parsed(fields, "quantity", "a quantity", quantity)?;
    let mut alternative = Alternative {
        quantity,
        ..Alternative::default()
    };
    if fields.has("segments") {
        alternative.segments = objects(fields, "segments", |fields| {
            let span = read_span(fields)?;
            Ok((
                span,
                fields.parsed("quantity", "a quantity", self::quantity)?,
            ))
        })?;
    }
    if fields.has("spans") {
        alternative.spans = objects(fields, "spans", read_span)?;
    }
    Ok(alternative)
}

fn quantity(text: &str) -> Option<Quantity> {
    Quantity::parse(text, Scale::MAX).ok()
}

fn read_span(fields: &mut Fields) -> Result<Span, FieldFault> {
    let from = fields.parsed("from", "a day", Day::parse)?;
    let to = fields.parsed("to", "a day", Day::parse)?;
    Span::new(from, to).ok_or_else(|| fields.fault("to", "must be after `from`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_written_as_it_was_read() {
        let text = r#"{"alternative":{"quantity":"40","segments":[{"from":"2027-01-01","quantity":"40","to":"2028-01-01"}],"spans":[{"from":"2027-01-01","to":"2028-01-01"}]},"at":"2027-01-01","code":3002,"conflicts":["P41.0"],"fix":"Ask for less.","line":0,"name":"double_pledge","severity":"refuse","share_ppm":7,"title_en":"double pledge","title_zh":"重复担保"}"#;
        let read = |text: &str| {
            let json = Json::parse(text.as_bytes()).unwrap();
            Finding::read(&mut Fields::open("", json).unwrap())
        };
        assert_eq!(read(text).unwrap().to_json().to_canonical(), text);
        // A check that this version does not know is a finding all the same.
        let later = read(&text.replace("3002", "9999")).unwrap();
        assert_eq!(later.code, 9999);
        assert!(read(&text.replace("refuse", "maybe")).is_err());
    }
}

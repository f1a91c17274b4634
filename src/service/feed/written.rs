//! How what is watched is written: in a body and an answer of the interface, and where it is kept.
//!
//! Apart from what it means (`feed`): here are the words and their limits alone.

use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::feed::{Decision, Watch};

/// The members that name records and parties, and what each of their items must be.
pub(crate) const RIGHTS: (&str, &str) = ("rights", "a right such as R41");
pub(crate) const PLEDGES: (&str, &str) = ("pledges", "a pledge or reservation such as P57");
pub(crate) const PARTIES: (&str, &str) = ("parties", "a party such as M12");
pub(crate) const TYPES: (&str, &str) = ("types", "a type of command");

impl Watch {
    /// Writes it; a member that names nothing is left out.
    pub fn to_json(&self) -> Json {
        let records = |space: &str| {
            let of = self.records.iter().filter(|key| key.space() == space);
            listed(of.map(StateKey::name))
        };
        let decision = self.decision.map(|decision| Json::text(decision.name()));
        Json::object([])
            .with("decision", decision)
            .with(
                PARTIES.0,
                listed(self.parties.iter().map(PartyId::to_string)),
            )
            .with(PLEDGES.0, records("pledge"))
            .with(RIGHTS.0, records("right"))
            .with(TYPES.0, listed(self.commands.iter().cloned()))
    }

    /// Takes the members of an object that is written so.
    pub fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let mut watch = Self {
            records: several(fields, RIGHTS, Self::right)?.into_iter().collect(),
            parties: several(fields, PARTIES, PartyId::parse)?
                .into_iter()
                .collect(),
            commands: several(fields, TYPES, Self::command)?.into_iter().collect(),
            decision: None,
        };
        watch
            .records
            .extend(several(fields, PLEDGES, Self::pledge)?);
        if fields.has("decision") {
            let what = "accepted or refused";
            watch.decision = Some(fields.parsed("decision", what, Decision::parse)?);
        }
        Ok(watch)
    }

    /// Says under which member a record or a party is named.
    pub(crate) fn member_of(key: &StateKey) -> &'static str {
        match key.space() {
            "right" => RIGHTS.0,
            "pledge" => PLEDGES.0,
            _ => PARTIES.0,
        }
    }
}

fn listed(texts: impl Iterator<Item = String>) -> Option<Json> {
    let texts: Vec<Json> = texts.map(Json::Text).collect();
    (!texts.is_empty()).then(|| Json::list(texts))
}

fn several<T>(
    fields: &mut Fields,
    (member, what): (&str, &str),
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldFault> {
    let path = fields.at(member);
    let texts = fields.texts(member, limits::WATCHED_MAX)?;
    let parse = |(n, text): (usize, String)| {
        parse(&text).ok_or_else(|| {
            FieldFault::new(
                format!("{path}[{n}]"),
                format!("must be {what}, not {text:?}"),
            )
        })
    };
    texts.into_iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Watch, FieldFault> {
        let mut fields = Fields::open("", Json::parse(text.as_bytes()).unwrap())?;
        let watch = Watch::read(&mut fields)?;
        fields.finish()?;
        Ok(watch)
    }

    #[test]
    fn what_is_watched_is_written_in_one_way() {
        let text = r#"{"decision":"refused","parties":["M12"],"pledges":["P57","V58"],"rights":["R41"],"types":["freeze"]}"#;
        let watch = read(text).unwrap();
        assert_eq!((watch.records.len(), watch.parties.len()), (3, 1));
        assert_eq!(watch.to_json().to_canonical(), text);
        assert_eq!(read("{}").unwrap(), Watch::default());
        assert_eq!(Watch::default().to_json().to_canonical(), "{}");
    }

    #[test]
    fn a_slip_is_named_with_its_place() {
        let many: Vec<String> = (0..=limits::WATCHED_MAX)
            .map(|n| format!("\"R{n}\""))
            .collect();
        let many = format!("{{\"rights\":[{}]}}", many.join(","));
        for (text, says) in [
            (
                r#"{"rights":["R1","P1"]}"#,
                "rights[1]: must be a right such as R41, not \"P1\"",
            ),
            (
                r#"{"pledges":["R1"]}"#,
                "pledges[0]: must be a pledge or reservation",
            ),
            (r#"{"parties":["12"]}"#, "parties[0]: must be a party"),
            (
                r#"{"types":["frieze"]}"#,
                "types[0]: must be a type of command",
            ),
            (
                r#"{"decision":"yes"}"#,
                "decision: must be accepted or refused",
            ),
            (r#"{"right":["R1"]}"#, "right: is not a known member"),
            (
                many.as_str(),
                "rights: has 65 items, at most 64 are allowed",
            ),
        ] {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.starts_with(says), "{fault}");
        }
    }
}

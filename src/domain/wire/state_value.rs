//! The text behind a leaf of the state tree: the record, and the complete history of the entries that touched it.
//!
//! Evidence shows this text in full, and a verifier hashes what it was shown. `ledger` knows only the hashes.

use crate::domain::facts::{Record, StateKey};
use crate::domain::wire::record::{read_record, record_json};
use crate::domain::wire::shape::word;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;

/// The value of one key of the state tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateValue {
    /// The key it stands under.
    pub key: StateKey,
    /// The record.
    pub record: Record,
    /// How many entries touched the record; its version.
    pub history_size: u64,
    /// The RFC 6962 root over [`history_leaf`] of all entries that touched it.
    pub history_root: Hash,
    /// The leaf hash of the last of them.
    pub last: Hash,
}

impl StateValue {
    /// Returns the canonical text: `{"history":{"last","root","size"},"name","record","space"}`.
    pub fn to_text(&self) -> String {
        let history = Json::object([
            ("last", word(self.last)),
            ("root", word(self.history_root)),
            ("size", Json::count(self.history_size)),
        ]);
        Json::object([
            ("history", history),
            ("name", Json::Text(self.key.name())),
            ("record", record_json(&self.record)),
            ("space", Json::text(self.key.space())),
        ])
        .to_canonical()
    }

    /// Parses a text that must be exactly what [`StateValue::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, FieldFault> {
        let json = Json::parse(text.as_bytes())
            .map_err(|fault| FieldFault::new("value", fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        let (space, name) = (fields.text("space")?, fields.text("name")?);
        let key = StateKey::parse(&space, &name).ok_or_else(|| {
            fields.fault(
                "name",
                format!("{name:?} is not a name of the space {space:?}"),
            )
        })?;
        let record = read_record(&key, "record", fields.required("record")?)?;
        let mut history = fields.object("history")?;
        let value = Self {
            key,
            record,
            history_size: history.count("size")?,
            history_root: history.hash("root")?,
            last: history.hash("last")?,
        };
        history.finish()?;
        fields.finish()?;
        if value.to_text() == text {
            Ok(value)
        } else {
            Err(FieldFault::new("value", "is not in canonical form"))
        }
    }
}

/// Returns the value hash of a state text: SHA-256 of `greenlien/value/v1|` and the text.
pub fn value_hash(text: &str) -> Hash {
    Hash::of(&[b"greenlien/value/v1|", text.as_bytes()])
}

/// Returns the leaf of a record's history for the entry at `index`: the RFC 6962 leaf hash (section 2.1: SHA-256 of 0x00
/// and the leaf) of `greenlien/history/v1|<space>|<name>|<index>`.
pub fn history_leaf(key: &StateKey, index: EntryIndex) -> Hash {
    let leaf = format!(
        "greenlien/history/v1|{}|{}|{index}",
        key.space(),
        key.name()
    );
    Hash::of(&[&[0x00], leaf.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::samples;
    use crate::primitives::id::RightId;

    fn value(key: StateKey, record: Record) -> StateValue {
        let hash = |text: &str| Hash::of(&[text.as_bytes()]);
        StateValue {
            key,
            record,
            history_size: 3,
            history_root: hash("root"),
            last: hash("last"),
        }
    }

    #[test]
    fn every_state_text_survives() {
        for (key, record) in samples::records() {
            let value = value(key, record);
            assert_eq!(StateValue::parse(&value.to_text()), Ok(value));
        }
    }

    #[test]
    fn a_second_spelling_of_a_value_is_refused() {
        let (key, record) = samples::records().swap_remove(0);
        let text = value(key, record).to_text();
        let quantity = samples::replace(&text, "\"balance\":\"1000\"", "\"balance\":\"1000.0\"");
        for other in [
            quantity,
            format!("{text} "),
            text.replace(r#""size":3"#, r#""size": 3"#),
        ] {
            let fault = StateValue::parse(&other).unwrap_err();
            assert_eq!(fault.to_string(), "value: is not in canonical form");
        }
        let renamed = samples::replace(&text, "\"space\":\"right\"", "\"space\":\"claim\"");
        let fault = StateValue::parse(&renamed).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "name: \"R41\" is not a name of the space \"claim\""
        );
        let more = samples::replace(&text, "{\"history\":{", "{\"history\":{\"free\":1,");
        assert_eq!(StateValue::parse(&more).unwrap_err().field, "history.free");
    }

    #[test]
    fn hashes_are_those_of_the_written_formula() {
        assert_eq!(value_hash("{}"), Hash::of(&[b"greenlien/value/v1|{}"]));
        let leaf = history_leaf(&StateKey::Right(RightId(41)), 57);
        assert_eq!(leaf, Hash::of(&[b"\0greenlien/history/v1|right|R41|57"]));
    }
}

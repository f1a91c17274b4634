//! The file a person carries away: what it holds, to and from its JSON text.
//!
//! Nothing here is believed: parsing only gives the members names and types. `checks` decides what they prove.

use crate::domain::facts::StateKey;
use crate::ledger::state::StateProof;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;

/// The format that this version writes and reads.
pub const FORMAT: &str = "greenlien-evidence/v2";

/// One entry with its inclusion proof at the size of the file's checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvenEntry {
    /// The index.
    pub index: EntryIndex,
    /// The bytes, as text.
    pub text: String,
    /// The proof, leaf sibling first.
    pub proof: Vec<Hash>,
}

/// One record, or its absence, with its state proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvenRecord {
    /// The key.
    pub key: StateKey,
    /// The text of the state value; none proves absence.
    pub value: Option<String>,
    /// The proof against the state root.
    pub proof: StateProof,
    /// The indices of all entries that touched it, where the file shows its history.
    pub history: Option<Vec<EntryIndex>>,
}

/// A proof that an older tree is a prefix of the file's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consistency {
    /// The older size.
    pub size: u64,
    /// The proof.
    pub proof: Vec<Hash>,
}

/// What a guarantor asked about the subject, and what the law answers as of the state; both as canonical JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// An evidence file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// What it is about: a right, a pledge, or an identity that nobody has.
    pub subject: StateKey,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The last entry of that checkpoint's tree.
    pub state_entry: ProvenEntry,
    /// Records, ascending by space and name.
    pub records: Vec<ProvenRecord>,
    /// Entries, ascending by index.
    pub entries: Vec<ProvenEntry>,
    /// Proofs that older sizes are prefixes.
    pub consistency: Option<Consistency>,
    /// A question about the subject and its answer.
    pub verification: Option<Verification>,
}

impl Evidence {
    /// Says whether the file shows the whole history of a record.
    pub fn has_history(&self, key: &StateKey) -> bool {
        let mut records = self.records.iter();
        records.any(|record| record.key == *key && record.history.is_some())
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> String {
        let consistency = self.consistency.as_ref().map(|consistency| {
            Json::object([
                ("proof", hashes_json(&consistency.proof)),
                ("size", Json::count(consistency.size)),
            ])
        });
        let verification = self.verification.as_ref().map(|verification| {
            Json::object([
                ("answer", Json::text(&verification.answer)),
                ("question", Json::text(&verification.question)),
            ])
        });
        let mut text = Json::object([
            ("checkpoint", Json::text(&self.checkpoint)),
            ("entries", Json::list(self.entries.iter().map(entry_json))),
            ("format", Json::text(FORMAT)),
            ("records", Json::list(self.records.iter().map(record_json))),
            ("state_entry", entry_json(&self.state_entry)),
            (
                "subject",
                Json::object([
                    ("name", Json::text(self.subject.name())),
                    ("space", Json::text(self.subject.space())),
                ]),
            ),
        ])
        .with("consistency", consistency)
        .with("verification", verification)
        .to_canonical();
        text.push('\n');
        text
    }

    /// Parses the text of a file: canonical JSON and a line feed.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldFault> {
        if bytes.len() > limits::EVIDENCE_BYTES_MAX {
            return Err(FieldFault::new(
                "file",
                "is larger than an evidence file may be",
            ));
        }
        let Some(text) = bytes.strip_suffix(b"\n") else {
            return Err(FieldFault::new("file", "must end with a line feed"));
        };
        let json = Json::parse_canonical(text)
            .map_err(|fault| FieldFault::new("file", fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        let format = fields.text("format")?;
        if format != FORMAT {
            return Err(fields.fault("format", format!("must be {FORMAT:?}, not {format:?}")));
        }
        let mut subject = fields.object("subject")?;
        let key = take_key(&mut subject)?;
        subject.finish()?;
        let consistency = match fields.optional_object("consistency")? {
            None => None,
            Some(mut fields) => {
                let size = fields.count("size")?;
                let proof = take_hashes(&mut fields, "proof")?;
                fields.finish()?;
                Some(Consistency { size, proof })
            }
        };
        let verification = match fields.optional_object("verification")? {
            None => None,
            Some(mut fields) => {
                let (question, answer) = (fields.text("question")?, fields.text("answer")?);
                fields.finish()?;
                Some(Verification { question, answer })
            }
        };
        let max = limits::EVIDENCE_ENTRIES_MAX;
        fields.required_list("records")?;
        fields.required_list("entries")?;
        let records = fields.objects("records", max)?.into_iter().map(take_record);
        let entries = fields.objects("entries", max)?.into_iter().map(take_entry);
        let evidence = Self {
            subject: key,
            checkpoint: fields.text("checkpoint")?,
            state_entry: take_entry(fields.object("state_entry")?)?,
            records: records.collect::<Result<_, _>>()?,
            entries: entries.collect::<Result<_, _>>()?,
            consistency,
            verification,
        };
        fields.finish()?;
        Ok(evidence)
    }
}

pub(crate) fn hashes_json(hashes: &[Hash]) -> Json {
    Json::list(hashes.iter().map(|hash| Json::text(hash.to_string())))
}

pub(super) fn entry_json(entry: &ProvenEntry) -> Json {
    Json::object([
        ("entry", Json::text(&entry.text)),
        ("index", Json::count(entry.index)),
        ("proof", hashes_json(&entry.proof)),
    ])
}

pub(super) fn record_json(record: &ProvenRecord) -> Json {
    let leaf = record.proof.leaf.as_ref().map(|(key, value)| {
        Json::object([
            ("key", Json::text(key.to_string())),
            ("value", Json::text(value.to_string())),
        ])
    });
    let proof =
        Json::object([("siblings", hashes_json(&record.proof.siblings))]).with("leaf", leaf);
    let history = record.history.as_ref();
    Json::object([
        ("name", Json::text(record.key.name())),
        ("proof", proof),
        ("space", Json::text(record.key.space())),
    ])
    .with(
        "history",
        history.map(|indices| Json::list(indices.iter().map(|i| Json::count(*i)))),
    )
    .with("value", record.value.as_ref().map(Json::text))
}

fn take_key(fields: &mut Fields) -> Result<StateKey, FieldFault> {
    let (space, name) = (fields.text("space")?, fields.text("name")?);
    let key = StateKey::parse(&space, &name).filter(|key| key.name() == name);
    key.ok_or_else(|| fields.fault("name", "is not the name of a record"))
}

pub(crate) fn take_hashes(fields: &mut Fields, name: &str) -> Result<Vec<Hash>, FieldFault> {
    fields.required_list(name)?;
    let texts = fields.texts(name, 256)?;
    let parse = |(n, text): (usize, String)| {
        let path = format!("{}[{n}]", fields.at(name));
        Hash::from_hex(&text)
            .ok_or_else(|| FieldFault::new(path, "must be 64 lowercase hexadecimal digits"))
    };
    texts.into_iter().enumerate().map(parse).collect()
}

pub(super) fn take_entry(mut fields: Fields) -> Result<ProvenEntry, FieldFault> {
    let entry = ProvenEntry {
        index: fields.count("index")?,
        text: fields.text("entry")?,
        proof: take_hashes(&mut fields, "proof")?,
    };
    fields.finish()?;
    Ok(entry)
}

pub(super) fn take_record(mut fields: Fields) -> Result<ProvenRecord, FieldFault> {
    let key = take_key(&mut fields)?;
    let mut proof = fields.object("proof")?;
    let leaf = match proof.optional_object("leaf")? {
        None => None,
        Some(mut leaf) => {
            let pair = (leaf.hash("key")?, leaf.hash("value")?);
            leaf.finish()?;
            Some(pair)
        }
    };
    let state = StateProof {
        leaf,
        siblings: take_hashes(&mut proof, "siblings")?,
    };
    proof.finish()?;
    let history = if fields.has("history") {
        let read = |value: Json| match value {
            Json::Int(index) => u64::try_from(index).ok(),
            Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
        };
        let list: Option<Vec<u64>> = fields.list("history")?.into_iter().map(read).collect();
        Some(list.ok_or_else(|| fields.fault("history", "must be an array of indices"))?)
    } else {
        None
    };
    let record = ProvenRecord {
        key,
        value: fields.optional_text("value")?,
        proof: state,
        history,
    };
    fields.finish()?;
    Ok(record)
}

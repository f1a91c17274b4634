//! The fraud file: a proof, which convinces whoever trusts the log's key, that the log contradicts itself or its law.
//!
//! This file has the kinds and their members, to and from JSON; nothing here is believed. [`check`] decides what a file proves,
//! [`build`] makes one from the entries of a log. An honest log cannot be accused: each proof rests on what the log has signed.

pub mod build;
pub mod check;
mod footing;

use crate::ledger::note::NOTE_BYTES_MAX;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;
use crate::verify::evidence::{
    ProvenEntry, ProvenRecord, entry_json, hashes_json, record_json, take_entry, take_hashes,
    take_record,
};

/// The format that this version writes and reads.
pub const FORMAT: &str = "greenlien-fraud/v1";

/// A fraud file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fraud {
    /// The checkpoint, signed by the log, under which the fraud stands.
    pub checkpoint: String,
    /// What is shown.
    pub proof: FraudProof,
}

/// What a fraud file shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FraudProof {
    /// The log has signed another checkpoint, not larger, that is not of the same history.
    Fork {
        /// That checkpoint, signed by the log.
        other: String,
        /// What the history of the first checkpoint had at the other's size; none where the sizes are equal.
        joined: Option<Joined>,
    },
    /// The state commits to the complete history of a record, and an entry that touches it is not in it.
    HiddenEntry {
        /// The last entry of the checkpoint.
        state_entry: Box<ProvenEntry>,
        /// The record with its history, or its absence.
        record: Box<ProvenRecord>,
        /// The entry that is left out.
        entry: Box<ProvenEntry>,
        /// The checkpoint under which the entry is proven, signed by the log and not larger, where it is another one.
        entry_checkpoint: Option<String>,
    },
    /// The checkpoint ends within a group: its last entry is no state entry, so nobody can be shown a state of it.
    OpenGroup {
        /// The last entry.
        last: Box<ProvenEntry>,
    },
    /// One command was decided twice.
    RepeatedCommand {
        /// The decision.
        first: Box<ProvenEntry>,
        /// The other one.
        second: Box<ProvenEntry>,
    },
    /// An entry is not the one that the law makes from the state before its group.
    WrongEntry(Box<WrongEntry>),
    /// An entry is not the one that the law makes from all the entries before it.
    WrongPrefix {
        /// All entries from the first to the wrong one.
        entries: Vec<String>,
        /// The proof from their number to the size of the checkpoint; empty where these are equal.
        consistency: Vec<Hash>,
    },
}

/// The root that a history had at a smaller size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Joined {
    /// The root.
    pub root: Hash,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
}

/// What is needed to decide again from the state before a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongEntry {
    /// Entry 0.
    pub genesis: ProvenEntry,
    /// The state entry before the group.
    pub previous: ProvenEntry,
    /// The complete subtrees of the log up to and with `previous`, largest first.
    pub frontier: Vec<Hash>,
    /// The proof from there to the size of the checkpoint.
    pub consistency: Vec<Hash>,
    /// Every record that the group needs or changes, as of `previous`.
    pub records: Vec<FoundRecord>,
    /// The texts of policies that were adopted after entry 0 and that the records name.
    pub policies: Vec<String>,
    /// The entries from the one after `previous` to the wrong one.
    pub entries: Vec<ProvenEntry>,
}

/// A record, or its absence, with what is needed to go on with its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundRecord {
    /// The record.
    pub record: ProvenRecord,
    /// The complete subtrees of its history, largest first; none for an absence.
    pub frontier: Vec<Hash>,
}

impl FraudProof {
    /// Returns the word of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fork { .. } => "fork",
            Self::HiddenEntry { .. } => "hidden_entry",
            Self::OpenGroup { .. } => "open_group",
            Self::RepeatedCommand { .. } => "repeated_command",
            Self::WrongEntry(_) => "wrong_entry",
            Self::WrongPrefix { .. } => "wrong_prefix",
        }
    }
}

/// Says whether a file is of this format, without reading more of it than that.
pub fn is_fraud_file(bytes: &[u8]) -> bool {
    // Inside a string of JSON each of these quotes would have a backslash before it.
    let mark = format!("\"format\":\"{FORMAT}\"");
    std::str::from_utf8(bytes).is_ok_and(|text| text.contains(&mark))
}

impl Fraud {
    /// Returns the text of the file: canonical JSON and a line feed.
    pub fn to_text(&self) -> String {
        let mut members = vec![
            ("checkpoint", Json::text(&self.checkpoint)),
            ("format", Json::text(FORMAT)),
            ("kind", Json::text(self.proof.kind())),
        ];
        match &self.proof {
            FraudProof::Fork { other, joined } => {
                members.push(("other", Json::text(other)));
                members.extend(
                    joined
                        .as_ref()
                        .map(|joined| ("joined", joined_json(joined))),
                );
            }
            FraudProof::HiddenEntry {
                state_entry,
                record,
                entry,
                entry_checkpoint,
            } => {
                members.extend([
                    ("entry", entry_json(entry)),
                    ("record", record_json(record)),
                    ("state_entry", entry_json(state_entry)),
                ]);
                let note = entry_checkpoint.as_ref();
                members.extend(note.map(|note| ("entry_checkpoint", Json::text(note))));
            }
            FraudProof::OpenGroup { last } => members.push(("last", entry_json(last))),
            FraudProof::RepeatedCommand { first, second } => {
                members.extend([("first", entry_json(first)), ("second", entry_json(second))]);
            }
            FraudProof::WrongEntry(wrong) => members.extend(wrong_json(wrong)),
            FraudProof::WrongPrefix {
                entries,
                consistency,
            } => members.extend([
                ("consistency", hashes_json(consistency)),
                ("entries", Json::list(entries.iter().map(Json::text))),
            ]),
        }
        let members = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let mut text = Json::Object(members.collect()).to_canonical();
        text.push('\n');
        text
    }

    /// Parses the text of a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldFault> {
        if bytes.len() > limits::EVIDENCE_BYTES_MAX {
            return Err(FieldFault::new(
                "file",
                "is larger than a fraud file may be",
            ));
        }
        let text = bytes.strip_suffix(b"\n");
        let text = text.ok_or_else(|| FieldFault::new("file", "must end with a line feed"))?;
        let json = Json::parse_canonical(text)
            .map_err(|fault| FieldFault::new("file", fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        let format = fields.text("format")?;
        if format != FORMAT {
            return Err(fields.fault("format", format!("must be {FORMAT:?}, not {format:?}")));
        }
        let checkpoint = take_note(&mut fields, "checkpoint")?;
        let kind = fields.text("kind")?;
        let proof = take_proof(&mut fields, &kind)?;
        fields.finish()?;
        Ok(Self { checkpoint, proof })
    }
}

fn joined_json(joined: &Joined) -> Json {
    Json::object([
        ("proof", hashes_json(&joined.proof)),
        ("root", Json::text(joined.root.to_string())),
    ])
}

fn wrong_json(wrong: &WrongEntry) -> [(&'static str, Json); 7] {
    let found = |found: &FoundRecord| {
        Json::object([
            ("frontier", hashes_json(&found.frontier)),
            ("record", record_json(&found.record)),
        ])
    };
    [
        ("consistency", hashes_json(&wrong.consistency)),
        ("entries", Json::list(wrong.entries.iter().map(entry_json))),
        ("frontier", hashes_json(&wrong.frontier)),
        ("genesis", entry_json(&wrong.genesis)),
        (
            "policies",
            Json::list(wrong.policies.iter().map(Json::text)),
        ),
        ("previous", entry_json(&wrong.previous)),
        ("records", Json::list(wrong.records.iter().map(found))),
    ]
}

fn take_note(fields: &mut Fields, name: &str) -> Result<String, FieldFault> {
    let note = fields.text(name)?;
    if note.len() > NOTE_BYTES_MAX {
        return Err(fields.fault(name, "is longer than a note may be"));
    }
    Ok(note)
}

fn take_proof(fields: &mut Fields, kind: &str) -> Result<FraudProof, FieldFault> {
    let max = limits::EVIDENCE_ENTRIES_MAX;
    let entry = |fields: &mut Fields, name: &str| take_entry(fields.object(name)?).map(Box::new);
    match kind {
        "fork" => {
            let joined = match fields.optional_object("joined")? {
                None => None,
                Some(mut joined) => {
                    let (root, proof) = (joined.hash("root")?, take_hashes(&mut joined, "proof")?);
                    joined.finish()?;
                    Some(Joined { root, proof })
                }
            };
            let other = take_note(fields, "other")?;
            Ok(FraudProof::Fork { other, joined })
        }
        "hidden_entry" => Ok(FraudProof::HiddenEntry {
            state_entry: entry(fields, "state_entry")?,
            record: Box::new(take_record(fields.object("record")?)?),
            entry: entry(fields, "entry")?,
            entry_checkpoint: if fields.has("entry_checkpoint") {
                Some(take_note(fields, "entry_checkpoint")?)
            } else {
                None
            },
        }),
        "open_group" => Ok(FraudProof::OpenGroup {
            last: entry(fields, "last")?,
        }),
        "repeated_command" => Ok(FraudProof::RepeatedCommand {
            first: entry(fields, "first")?,
            second: entry(fields, "second")?,
        }),
        "wrong_entry" => {
            fields.required_list("policies")?;
            let records = fields.objects("records", max)?.into_iter().map(take_found);
            let entries = fields.objects("entries", max)?.into_iter().map(take_entry);
            Ok(FraudProof::WrongEntry(Box::new(WrongEntry {
                genesis: take_entry(fields.object("genesis")?)?,
                previous: take_entry(fields.object("previous")?)?,
                frontier: take_hashes(fields, "frontier")?,
                consistency: take_hashes(fields, "consistency")?,
                records: records.collect::<Result<_, _>>()?,
                policies: fields.texts("policies", max)?,
                entries: entries.collect::<Result<_, _>>()?,
            })))
        }
        "wrong_prefix" => {
            fields.required_list("entries")?;
            Ok(FraudProof::WrongPrefix {
                entries: fields.texts("entries", limits::FRAUD_PREFIX_ENTRIES_MAX)?,
                consistency: take_hashes(fields, "consistency")?,
            })
        }
        _ => Err(fields.fault("kind", "is not a kind of fraud that this version knows")),
    }
}

fn take_found(mut fields: Fields) -> Result<FoundRecord, FieldFault> {
    let found = FoundRecord {
        record: take_record(fields.object("record")?)?,
        frontier: take_hashes(&mut fields, "frontier")?,
    };
    fields.finish()?;
    Ok(found)
}

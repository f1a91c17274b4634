//! Where the log stands, and what a registry is.

use crate::client::answers::{ITEMS_MAX, objects, optional_count, optional_parsed, texts};
use crate::domain::genesis::Genesis;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;

/// What follows from entry 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistryIdentity {
    /// What the registry begins with.
    pub genesis: Genesis,
    /// The audience that commands name.
    pub aud: String,
    /// The leaf hash of entry 0.
    pub leaf: Hash,
}

/// A head of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The signed checkpoint (C2SP note).
    pub checkpoint: String,
    /// The root over the entries.
    pub root: Hash,
    /// The number of entries.
    pub size: u64,
    /// Registry time of the last of them.
    pub time: Timestamp,
}

impl Head {
    fn read(mut fields: Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            checkpoint: fields.text("checkpoint")?,
            root: fields.hash("root")?,
            size: fields.count("size")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
        })
    }
}

/// What a witness last did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WitnessView {
    /// Its name in the file that names the witnesses.
    pub name: String,
    /// The size that it has cosigned last.
    pub size: Option<u64>,
    /// The time of its last cosignature that counted, by its own clock.
    pub cosigned_at: Option<Timestamp>,
    /// Why its last answer was of no use.
    pub fault: Option<String>,
    /// When that was.
    pub fault_at: Option<Timestamp>,
}

/// Where the log stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogState {
    /// The name of the log.
    pub origin: String,
    /// The verifier keys with which it signs now; empty where a registry of an older version does not say.
    pub keys: Vec<String>,
    /// The newest head that the log has signed.
    pub signed: Head,
    /// The newest head that the quorum of the witnesses has cosigned.
    pub cosigned: Option<Head>,
    /// Since when no quorum has cosigned; none while that is within ten minutes.
    pub no_quorum_since: Option<Timestamp>,
    /// The entries with the policies in force that were adopted after entry 0.
    pub policies: Vec<EntryIndex>,
    /// What each configured witness last did; nothing where none is configured.
    pub witnesses: Option<Vec<WitnessView>>,
}

impl LogState {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let instant = |fields: &mut Fields, name: &str| {
            optional_parsed(fields, name, "an instant", Timestamp::parse)
        };
        let witness = |fields: &mut Fields| {
            Ok(WitnessView {
                name: fields.text("name")?,
                size: optional_count(fields, "size")?,
                cosigned_at: instant(fields, "cosigned_at")?,
                fault: fields.optional_text("fault")?,
                fault_at: instant(fields, "fault_at")?,
            })
        };
        Ok(Self {
            origin: fields.text("origin")?,
            keys: fields.texts("keys", ITEMS_MAX)?,
            signed: Head::read(fields.object("signed")?)?,
            cosigned: match fields.optional_object("cosigned")? {
                Some(head) => Some(Head::read(head)?),
                None => None,
            },
            no_quorum_since: instant(fields, "no_quorum_since")?,
            policies: {
                let index = |json| match json {
                    Json::Int(index) => u64::try_from(index).ok(),
                    Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
                };
                let entries = fields.optional_list("policies")?.into_iter().map(index);
                let entries = entries.collect::<Option<Vec<EntryIndex>>>();
                entries.ok_or_else(|| fields.fault("policies", "must hold indexes of entries"))?
            },
            witnesses: if fields.has("witnesses") {
                Some(objects(fields, "witnesses", witness)?)
            } else {
                None
            },
        })
    }
}

/// A proof that one log is a prefix of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consistency {
    /// The older size.
    pub old: u64,
    /// The newer size.
    pub new: u64,
    /// The hashes of RFC 6962 section 2.1.2.
    pub proof: Vec<Hash>,
}

impl Consistency {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        Ok(Self {
            old: fields.count("old")?,
            new: fields.count("new")?,
            proof: texts(fields, "proof", "a hash", Hash::from_hex)?,
        })
    }
}

//! Decisions with their proofs, and what would be decided.

use crate::client::answers::finding::Finding;
use crate::client::answers::{objects, texts};
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::wire::read_event;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::ledger::proof::verify_inclusion;
use crate::ledger::tree::leaf_hash;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// It was accepted.
    Accepted {
        /// What happened.
        event: Box<Event>,
        /// The id of the record or freeze that the entry created.
        created: Option<String>,
        /// What was noted.
        warnings: Vec<Finding>,
    },
    /// It was refused, for these reasons.
    Refused(Vec<Finding>),
}

/// A decision with its proof. Only `entry`, `proof` and `checkpoint` prove anything; see [`Receipt::check`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The position in the log.
    pub index: EntryIndex,
    /// Registry time of the entry.
    pub time: Timestamp,
    /// What was decided.
    pub decision: Decision,
    /// The bytes of the entry.
    pub entry: String,
    /// The inclusion proof, leaf sibling first.
    pub proof: Vec<Hash>,
    /// The signed checkpoint that covers the entry.
    pub checkpoint: String,
    /// The size of the checkpoint's tree.
    pub size: u64,
    /// The checkpoint carries the quorum of the registry's witnesses.
    pub cosigned: bool,
    /// The command had been decided before; this is the original decision.
    pub repeated: bool,
    /// The receipt as canonical JSON.
    pub text: String,
}

impl Receipt {
    pub(in crate::client) fn read(fields: Fields) -> Result<Self, FieldFault> {
        let path = fields.at("event");
        let members = fields.into_rest();
        let text = Json::Object(members.clone()).to_canonical();
        let mut fields = Fields::open("", Json::Object(members))?;
        let decision = fields.text("decision")?;
        let decision = match decision.as_str() {
            "accepted" => Decision::Accepted {
                event: Box::new(read_event(&path, fields.required("event")?)?),
                created: fields.optional_text("created")?,
                warnings: objects(&mut fields, "warnings", Finding::read)?,
            },
            "refused" => Decision::Refused(objects(&mut fields, "findings", Finding::read)?),
            _ => return Err(fields.fault("decision", "must be accepted or refused")),
        };
        let hash = |text: &str| Hash::from_hex(text);
        Ok(Self {
            index: fields.count("index")?,
            time: fields.parsed("time", "an instant", Timestamp::parse)?,
            decision,
            entry: fields.text("entry")?,
            proof: texts(&mut fields, "proof", "a hash", hash)?,
            checkpoint: fields.text("checkpoint")?,
            size: fields.count("size")?,
            cosigned: fields.flag("cosigned")?,
            repeated: fields.flag("repeated")?,
            text,
        })
    }

    /// Says whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        matches!(self.decision, Decision::Accepted { .. })
    }

    /// Checks that the log of this key has signed a checkpoint that has the entry; returns the checkpoint, which is worth
    /// keeping: it is the older one of the next check.
    pub fn check(&self, log: &NoteKey) -> Result<Checkpoint, String> {
        let opened = Checkpoint::open(&self.checkpoint, std::slice::from_ref(log), log.name());
        let head = opened.map_err(|fault| fault.to_string())?;
        if head.size != self.size {
            return Err(format!("the checkpoint is of size {}", head.size));
        }
        let leaf = leaf_hash(self.entry.as_bytes());
        verify_inclusion(leaf, self.index, head.size, &self.proof, head.root)
            .map_err(|fault| fault.to_string())?;
        let entry = Entry::parse(self.entry.as_bytes()).map_err(|fault| fault.to_string())?;
        if entry.index() != self.index {
            return Err(format!("the entry is the one at {}", entry.index()));
        }
        Ok(head)
    }
}

/// What an answer rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsOf {
    /// The size of the log.
    pub size: u64,
    /// Registry time.
    pub time: Timestamp,
}

/// What the registry would decide, if every signature were there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckAnswer {
    /// Whether it would be accepted.
    pub admissible: bool,
    /// What the answer rests on.
    pub as_of: AsOf,
    /// What would happen.
    pub event: Option<Event>,
    /// Why not.
    pub findings: Vec<Finding>,
    /// What would be noted.
    pub warnings: Vec<Finding>,
}

impl CheckAnswer {
    pub(in crate::client) fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let mut as_of = fields.object("as_of")?;
        Ok(Self {
            admissible: fields.flag("admissible")?,
            as_of: AsOf {
                size: as_of.count("size")?,
                time: as_of.parsed("time", "an instant", Timestamp::parse)?,
            },
            event: match fields.optional("event") {
                Some(event) => Some(read_event("event", event)?),
                None => None,
            },
            findings: objects(fields, "findings", Finding::read)?,
            warnings: objects(fields, "warnings", Finding::read)?,
        })
    }
}

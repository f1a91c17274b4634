//! What is told of a decided command, as a CloudEvent (FORMATS section 12).
//!
//! A notice is a function of its entry alone, so that every reader gets the same bytes, whenever and in whatever way it asks.
//! It says where to look and shows nothing of the command but names; hidden values are not even near.

use crate::domain::command::Command;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::domain::wire::parse_command;
use crate::ledger::tree::leaf_hash;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;

/// The version of CloudEvents.
const SPEC: &str = "1.0";

/// What was decided, without the reasons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Decision {
    /// It happened.
    Accepted,
    /// It did not.
    Refused,
}

impl Decision {
    /// Returns the word in types and filters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Refused]
            .into_iter()
            .find(|decision| decision.name() == name)
    }
}

/// A decided command as it is read from its entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decided {
    pub(crate) index: EntryIndex,
    pub(crate) time: Timestamp,
    pub(crate) command: Command,
    pub(crate) outcome: Outcome,
    pub(crate) leaf: Hash,
}

impl Decided {
    /// Reads an entry; nothing if it is not about a command. The text says what is damaged.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>, String> {
        let entry = Entry::parse(bytes).map_err(|fault| fault.to_string())?;
        let Entry::Command {
            index,
            time,
            envelope,
            outcome,
            ..
        } = entry
        else {
            return Ok(None);
        };
        let command = parse_command(&envelope.payload).map_err(|fault| fault.to_string())?;
        Ok(Some(Self {
            index,
            time,
            command,
            outcome,
            leaf: leaf_hash(bytes),
        }))
    }

    pub(crate) fn decision(&self) -> Decision {
        match self.outcome {
            Outcome::Accepted { .. } => Decision::Accepted,
            Outcome::Refused(_) => Decision::Refused,
        }
    }

    /// Returns what happened, if it did.
    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.outcome {
            Outcome::Accepted { event, .. } => Some(event),
            Outcome::Refused(_) => None,
        }
    }

    /// Returns the rights, pledges, reservations and parties that were touched, or that a refused command names; ascending,
    /// each once.
    pub(crate) fn records(&self) -> Vec<StateKey> {
        let named = match self.event() {
            Some(event) => event.touches(),
            None => self.command.body.names(),
        };
        let mut records: Vec<StateKey> = named.into_iter().filter(StateKey::is_numbered).collect();
        records.sort();
        records.dedup();
        records
    }

    /// Returns the record that the command is about: the one it created, or the first it names, or its giver.
    fn subject(&self) -> String {
        let created = self.event().and_then(Event::created);
        let named = || self.command.body.names().first().map(StateKey::name);
        created
            .or_else(named)
            .unwrap_or_else(|| self.command.org.to_string())
    }

    /// Makes the notice; `aud` names the registry.
    pub(crate) fn notice(&self, aud: &str) -> Notice {
        let command = &self.command;
        let kind = command.body.type_name();
        let codes = match &self.outcome {
            Outcome::Accepted { warnings, .. } => warnings,
            Outcome::Refused(findings) => findings,
        };
        let codes = codes.iter().map(|finding| finding.code.number());
        let names = self
            .records()
            .iter()
            .map(StateKey::name)
            .map(Json::Text)
            .collect::<Vec<_>>();
        let created = self.event().and_then(Event::created);
        let data = Json::object([
            ("cmd", Json::Text(command.cmd.to_string())),
            ("command", Json::text(kind)),
            ("decision", Json::text(self.decision().name())),
            (
                "findings",
                Json::list(codes.map(|code| Json::count(code.into()))),
            ),
            ("index", Json::count(self.index)),
            ("leaf", Json::Text(self.leaf.to_string())),
            ("org", Json::Text(command.org.to_string())),
            ("records", Json::list(names)),
        ])
        .with("created", created.map(Json::Text));
        let cloud = Json::object([
            ("data", data),
            ("datacontenttype", Json::text("application/json")),
            ("id", Json::Text(self.index.to_string())),
            ("source", Json::Text(format!("//{aud}"))),
            ("specversion", Json::text(SPEC)),
            ("subject", Json::Text(self.subject())),
            ("time", Json::Text(self.time.to_string())),
            (
                "type",
                Json::Text(format!("greenlien.{kind}.{}", self.decision().name())),
            ),
        ]);
        Notice {
            index: self.index,
            text: cloud.to_canonical(),
        }
    }
}

/// The notice of one decided command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// The index of its entry, which is its position in every feed.
    pub index: EntryIndex,
    /// The CloudEvent, one line of canonical JSON.
    pub text: String,
}

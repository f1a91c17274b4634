//! The leaf of the log: what was asked, what was decided, and the state it led to, as one line of canonical JSON.
//!
//! An entry is written once; every reader hashes the bytes it was given. Parsing accepts only the bytes that writing would
//! give, so an entry has one text. Whether what an entry claims is true (chain, touched keys, decision) is for replay.

use std::collections::BTreeSet;

use crate::domain::envelope::Envelope;
use crate::domain::event::Event;
use crate::domain::finding::Finding;
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::law::Law;
use crate::domain::policy::{set_digest, text_digest};
use crate::domain::wire::finding::read_members;
use crate::domain::wire::list::{each, required_list, required_objects, words};
use crate::domain::wire::shape::{optional, read_time, word};
use crate::domain::wire::{event_json, finding_json, genesis_json, read_event, read_genesis};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;

/// The number of the entry format and its algorithms: canonical JSON, SHA-256, Ed25519.
const FORMAT: u64 = 1;

/// Findings of one entry; the line and conflict counts of a command keep far below it.
const FINDINGS_MAX: usize = 4_096;

/// What was decided about a command.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every value is the large variant"
)]
pub enum Outcome {
    /// It happened.
    Accepted {
        /// What happened.
        event: Event,
        /// What was noted.
        warnings: Vec<Finding>,
    },
    /// It did not happen, for these reasons.
    Refused(Vec<Finding>),
}

/// Why a state entry was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It closes a group of commands.
    Group,
    /// Nothing happened for a while.
    Heartbeat,
}

impl Mode {
    /// Returns the word in the entry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Heartbeat => "heartbeat",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Group, Self::Heartbeat]
            .into_iter()
            .find(|mode| mode.name() == name)
    }
}

/// The commitment to the state tree that closes a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StateEntry {
    /// Its position in the log.
    pub index: EntryIndex,
    /// How many entries `root_n` covers: all before this one.
    pub n: u64,
    /// The log's root over them.
    pub root_n: Hash,
    /// The root of the state tree after them.
    pub state_root: Hash,
    /// The state entry before; the first has none.
    pub previous_state_index: Option<EntryIndex>,
    /// Why it was written.
    pub mode: Mode,
    /// The leaf hash of the entry before.
    pub prev: Hash,
    /// Registry time.
    pub time: Timestamp,
}

/// One leaf of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every value is the large variant"
)]
pub enum Entry {
    /// Entry 0.
    Genesis {
        /// Registry time.
        time: Timestamp,
        /// The law in force when the log began.
        law: Law,
        /// What it fixes for ever.
        genesis: Box<Genesis>,
    },
    /// A decided command.
    Command {
        /// Its position in the log.
        index: EntryIndex,
        /// Registry time.
        time: Timestamp,
        /// The law it was decided by.
        law: Law,
        /// The digest of the active set of policies.
        policy: Hash,
        /// The leaf hash of the entry before.
        prev: Hash,
        /// Keys of the records that it touches, as [`touches_of`] orders them; none for a refusal.
        touches: Vec<Hash>,
        /// The signed command.
        envelope: Envelope,
        /// The decision.
        outcome: Outcome,
    },
    /// A commitment to the state.
    State(StateEntry),
}

impl Entry {
    /// Returns the position in the log.
    pub fn index(&self) -> EntryIndex {
        match self {
            Self::Genesis { .. } => 0,
            Self::Command { index, .. } => *index,
            Self::State(entry) => entry.index,
        }
    }

    /// Returns the registry time.
    pub fn time(&self) -> Timestamp {
        match self {
            Self::Genesis { time, .. } | Self::Command { time, .. } => *time,
            Self::State(entry) => entry.time,
        }
    }

    /// Returns the bytes of the leaf. The caller refuses more than [`limits::ENTRY_BYTES_MAX`] of them before it appends.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_canonical().into_bytes()
    }

    fn to_json(&self) -> Json {
        let members = match self {
            Self::Genesis { time, law, genesis } => {
                let events = genesis_events(genesis, *time);
                Json::object([
                    ("genesis", genesis_json(genesis)),
                    ("kind", Json::text("genesis")),
                    ("law", Json::count(law.number())),
                    ("policy", word(genesis_policy(genesis))),
                    ("touches", words(&touches_of(&events))),
                ])
            }
            Self::Command {
                law,
                policy,
                prev,
                touches,
                envelope,
                outcome,
                ..
            } => Json::object([
                ("command", envelope.to_json()),
                ("kind", Json::text("command")),
                ("law", Json::count(law.number())),
                ("outcome", outcome_json(outcome)),
                ("policy", word(policy)),
                ("prev", word(prev)),
                ("touches", words(touches)),
            ]),
            Self::State(state) => Json::object([
                ("kind", Json::text("state")),
                ("mode", Json::text(state.mode.name())),
                ("n", Json::count(state.n)),
                ("prev", word(state.prev)),
                ("root_n", word(state.root_n)),
                ("state_root", word(state.state_root)),
            ])
            .with(
                "previous_state_index",
                state.previous_state_index.map(Json::count),
            ),
        };
        members
            .with("index", Some(Json::count(self.index())))
            .with("time", Some(word(self.time())))
            .with("v", Some(Json::count(FORMAT)))
    }

    /// Parses bytes that must be exactly what [`Entry::to_bytes`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldFault> {
        let whole = |reason: String| FieldFault::new("entry", reason);
        if bytes.len() > limits::ENTRY_BYTES_MAX {
            let max = limits::ENTRY_BYTES_MAX;
            return Err(whole(format!(
                "has {} bytes, at most {max} are allowed",
                bytes.len()
            )));
        }
        let json = Json::parse(bytes).map_err(|fault| whole(fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        let entry = read_entry(&mut fields)?;
        fields.finish()?;
        if entry.to_bytes() == bytes {
            Ok(entry)
        } else {
            Err(whole("is not in canonical form".to_owned()))
        }
    }
}

/// Returns what entry 0 does, as events: the registrar is admitted and the first policies are active at once.
pub fn genesis_events(genesis: &Genesis, time: Timestamp) -> Vec<Event> {
    let admitted = Event::PartyAdmitted {
        party: REGISTRAR,
        record: Box::new(genesis.registrar.clone()),
        keys: genesis.keys.clone(),
    };
    let adopted = |(kind, text): &(String, String)| Event::PolicyAdopted {
        kind: kind.clone(),
        digest: text_digest(text),
        active_from: time,
    };
    std::iter::once(admitted)
        .chain(genesis.policies.iter().map(adopted))
        .collect()
}

/// Returns the digest of the policies that entry 0 makes active.
pub fn genesis_policy(genesis: &Genesis) -> Hash {
    let digest = |(kind, text): &(String, String)| (kind.clone(), text_digest(text));
    set_digest(&genesis.policies.iter().map(digest).collect())
}

/// Returns the `touches` of an entry that does these events: hashes of the keys (`StateKey::hash`), ascending, each once.
pub fn touches_of(events: &[Event]) -> Vec<Hash> {
    let keys = events.iter().flat_map(Event::touches);
    let hashes: BTreeSet<Hash> = keys.map(|key| key.hash()).collect();
    hashes.into_iter().collect()
}

fn outcome_json(outcome: &Outcome) -> Json {
    match outcome {
        Outcome::Accepted { event, warnings } => {
            let warnings = Json::list(warnings.iter().map(finding_json));
            let accepted = Json::object([("event", event_json(event)), ("warnings", warnings)]);
            Json::object([("accepted", accepted)])
        }
        Outcome::Refused(findings) => {
            Json::object([("refused", Json::list(findings.iter().map(finding_json)))])
        }
    }
}

fn read_entry(fields: &mut Fields) -> Result<Entry, FieldFault> {
    let format = fields.count("v")?;
    if format != FORMAT {
        return Err(fields.fault("v", format!("must be {FORMAT}, not {format}")));
    }
    let (kind, time) = (fields.text("kind")?, read_time(fields, "time")?);
    match kind.as_str() {
        "genesis" => read_genesis_entry(fields, time),
        "command" => read_command_entry(fields, time),
        "state" => read_state_entry(fields, time).map(Entry::State),
        _ => Err(fields.fault("kind", format!("{kind:?} is not a kind of entry"))),
    }
}

fn read_genesis_entry(fields: &mut Fields, time: Timestamp) -> Result<Entry, FieldFault> {
    let genesis = Box::new(read_genesis(
        &fields.at("genesis"),
        fields.required("genesis")?,
    )?);
    let (index, law) = (fields.count("index")?, read_law(fields)?);
    if index != 0 {
        return Err(fields.fault("index", format!("must be 0, not {index}")));
    }
    if fields.hash("policy")? != genesis_policy(&genesis) {
        return Err(fields.fault("policy", "is not the digest of the policies"));
    }
    if read_touches(fields)? != touches_of(&genesis_events(&genesis, time)) {
        return Err(fields.fault("touches", "are not the keys of the first records"));
    }
    Ok(Entry::Genesis { time, law, genesis })
}

fn read_command_entry(fields: &mut Fields, time: Timestamp) -> Result<Entry, FieldFault> {
    Ok(Entry::Command {
        index: fields.count("index")?,
        time,
        law: read_law(fields)?,
        policy: fields.hash("policy")?,
        prev: fields.hash("prev")?,
        touches: read_touches(fields)?,
        envelope: Envelope::read(&fields.at("command"), fields.required("command")?)?,
        outcome: read_outcome(fields.object("outcome")?)?,
    })
}

fn read_state_entry(fields: &mut Fields, time: Timestamp) -> Result<StateEntry, FieldFault> {
    Ok(StateEntry {
        index: fields.count("index")?,
        n: fields.count("n")?,
        root_n: fields.hash("root_n")?,
        state_root: fields.hash("state_root")?,
        previous_state_index: optional(fields, "previous_state_index", Fields::count)?,
        mode: fields.parsed("mode", "group or heartbeat", Mode::parse)?,
        prev: fields.hash("prev")?,
        time,
    })
}

/// Reads the law's number; this program knows the laws up to its own.
fn read_law(fields: &mut Fields) -> Result<Law, FieldFault> {
    let law = fields.count("law")?;
    let unknown = || fields.fault("law", format!("{law} is not a law that this program knows"));
    Law::from_number(law).ok_or_else(unknown)
}

fn read_touches(fields: &mut Fields) -> Result<Vec<Hash>, FieldFault> {
    let max = limits::ENTRY_BYTES_MAX / 67;
    let touches = required_list(fields, "touches", max, "a hash", Hash::from_hex)?;
    if touches.is_sorted_by(|before, after| before < after) {
        return Ok(touches);
    }
    Err(fields.fault("touches", "must be ascending, each once"))
}

fn read_outcome(mut fields: Fields) -> Result<Outcome, FieldFault> {
    let outcome = if fields.has("refused") {
        let refused = required_objects(&mut fields, "refused", FINDINGS_MAX)?;
        if refused.is_empty() {
            return Err(fields.fault("refused", "must name at least one finding"));
        }
        Outcome::Refused(each(refused, read_members)?)
    } else {
        let mut accepted = fields.object("accepted")?;
        let event = read_event(&accepted.at("event"), accepted.required("event")?)?;
        let warnings = required_objects(&mut accepted, "warnings", FINDINGS_MAX)?;
        accepted.finish()?;
        Outcome::Accepted {
            event,
            warnings: each(warnings, read_members)?,
        }
    };
    fields.finish()?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::EnvelopeSignature;
    use crate::domain::finding::Code;
    use crate::domain::wire::{command_json, samples};

    fn time() -> Timestamp {
        samples::time("2026-12-01T02:03:04.123456Z")
    }

    fn envelope() -> Envelope {
        let command = samples::command(samples::bodies().pop().unwrap());
        let payload = command_json(&command).to_canonical().into_bytes();
        let sign = |(key, verified, _): &(_, crate::domain::authority::VerifiedSignature, _)| {
            EnvelopeSignature::sign(&payload, verified.role, key)
        };
        let signatures = samples::signed().iter().map(sign).collect();
        Envelope::new(payload, signatures).unwrap()
    }

    fn decided(outcome: Outcome) -> Entry {
        let touches = match &outcome {
            Outcome::Accepted { event, .. } => touches_of(std::slice::from_ref(event)),
            Outcome::Refused(_) => Vec::new(),
        };
        Entry::Command {
            index: 41,
            time: time(),
            law: Law::FIRST,
            policy: samples::hash("policy"),
            prev: samples::hash("prev"),
            touches,
            envelope: envelope(),
            outcome,
        }
    }

    fn state(previous_state_index: Option<EntryIndex>) -> Entry {
        Entry::State(StateEntry {
            index: 42,
            n: 42,
            root_n: samples::hash("log"),
            state_root: samples::hash("state"),
            previous_state_index,
            mode: Mode::Heartbeat,
            prev: samples::hash("prev"),
            time: time(),
        })
    }

    fn fault(entry: &Entry, from: &str, to: &str) -> String {
        let text = String::from_utf8(entry.to_bytes()).unwrap();
        let text = samples::replace(&text, from, to);
        Entry::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn every_entry_survives() {
        let genesis = Entry::Genesis {
            time: time(),
            law: Law::FIRST,
            genesis: Box::new(samples::genesis()),
        };
        let mut entries = vec![genesis, state(None), state(Some(0))];
        let warnings = vec![Finding::of(Code::Sliver).with("R7")];
        for event in samples::events() {
            entries.push(decided(Outcome::Accepted {
                event,
                warnings: warnings.clone(),
            }));
        }
        entries.push(decided(Outcome::Refused(samples::findings())));
        for entry in entries {
            let bytes = entry.to_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(Entry::parse(&bytes), Ok(entry), "{text}");
        }
    }

    #[test]
    fn a_state_entry_is_exactly_this_line() {
        let (log, state_root, prev) = (
            samples::hash("log"),
            samples::hash("state"),
            samples::hash("prev"),
        );
        let text = format!(
            "{{\"index\":42,\"kind\":\"state\",\"mode\":\"heartbeat\",\"n\":42,\"prev\":\"{prev}\",\
             \"previous_state_index\":0,\"root_n\":\"{log}\",\"state_root\":\"{state_root}\",\
             \"time\":\"2026-12-01T02:03:04.123456Z\",\"v\":1}}"
        );
        assert_eq!(String::from_utf8(state(Some(0)).to_bytes()).unwrap(), text);
    }

    #[test]
    fn a_refusal_shows_numbers_only() {
        let refused = decided(Outcome::Refused(vec![
            Finding::of(Code::NotTheHolder).with("R41"),
        ]));
        let text = String::from_utf8(refused.to_bytes()).unwrap();
        assert!(
            text.contains(r#""outcome":{"refused":[{"code":5008,"conflicts":["R41"]}]}"#),
            "{text}"
        );
        assert!(text.contains(r#""touches":[],"v":1}"#), "{text}");
    }

    #[test]
    fn other_entries_are_refused_with_the_member_at_fault() {
        let entry = state(Some(0));
        assert_eq!(fault(&entry, "\"v\":1", "\"v\":2"), "v: must be 1, not 2");
        assert_eq!(
            fault(&entry, "\"state\"", "\"stat\""),
            "kind: \"stat\" is not a kind of entry"
        );
        assert_eq!(
            fault(&entry, "\"n\":42,", "\"n\":42,\"note\":1,"),
            "note: is not a known member"
        );
        assert_eq!(
            fault(&entry, "\"n\":42", "\"n\": 42"),
            "entry: is not in canonical form"
        );
        let mut events = samples::events().into_iter();
        let event = events.rfind(|event| event.type_name() == "pledge_released");
        let event = event.unwrap();
        let entry = decided(Outcome::Accepted {
            event,
            warnings: Vec::new(),
        });
        assert_eq!(
            fault(&entry, "\"law\":1", "\"law\":3"),
            "law: 3 is not a law that this program knows"
        );
        assert_eq!(
            fault(&entry, "\"quantity\":\"80.5\"", "\"quantity\":\"80.50\""),
            "entry: is not in canonical form"
        );
        assert_eq!(
            fault(&entry, "\"warnings\":[]", "\"notes\":[]"),
            "outcome.accepted.warnings: is missing"
        );
        assert_eq!(
            fault(&entry, "\"payload\":", "\"jwk\":{},\"payload\":"),
            "command.jwk: is not a known member"
        );
        let none = decided(Outcome::Refused(Vec::new()));
        let fault = Entry::parse(&none.to_bytes()).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "outcome.refused: must name at least one finding"
        );
        let long = Entry::parse(&vec![b' '; limits::ENTRY_BYTES_MAX + 1]).unwrap_err();
        assert_eq!(
            long.to_string(),
            "entry: has 65536 bytes, at most 65535 are allowed"
        );
    }

    #[test]
    fn entry_zero_commits_to_what_it_touches() {
        let genesis = Entry::Genesis {
            time: time(),
            law: Law::FIRST,
            genesis: Box::new(samples::genesis()),
        };
        assert_eq!((genesis.index(), genesis.time()), (0, time()));
        // The registrar, its credit code, two keys and two policies.
        assert_eq!(
            touches_of(&genesis_events(&samples::genesis(), time())).len(),
            6
        );
        let moved = fault(&genesis, "\"index\":0", "\"index\":1");
        assert_eq!(moved, "index: must be 0, not 1");
        let other = fault(&genesis, "# 林权", "# 水权");
        assert_eq!(other, "policy: is not the digest of the policies");
        let renamed = fault(&genesis, "91350100M000100Y43", "91350100M000100Y44");
        assert_eq!(renamed, "touches: are not the keys of the first records");
    }
}

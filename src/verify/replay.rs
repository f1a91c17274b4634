//! The replay of a log, entry by entry: each is made again from its command and compared, so signatures, law, chain, state
//! roots and the canonical form are one comparison.
//!
//! Separate from the machine, which makes entries and compares nothing. Whoever replays brings the entries: from a folder
//! (`service`), from another's server (`witness`), or from a file (`fraud`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::domain::change::Row;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::envelope::Envelope;
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, lower_hex};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::time::Timestamp;
use crate::verify::machine::{Closed, Decided, Machine, MachineFault, NoSource, RowSource};
use crate::verify::submission::Submission;

/// The first entry that the law would not have made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadEntry {
    /// Its index.
    pub index: EntryIndex,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}", self.index, self.reason)
    }
}

/// What a replay made of one entry; its bytes are those of the log.
#[derive(Debug)]
pub enum Step {
    /// An entry that decides something, with the party, the id and the payload hash of its command.
    Decided(Box<Decided>, Option<(PartyId, CommandId, Hash)>),
    /// The state entry of a group.
    Closed(Closed),
}

/// What a replay rests on besides what it has replayed itself.
pub trait Footing: RowSource {
    /// Returns the party of a public key that was registered before the replay began.
    fn owner(&self, kid: KeyId) -> Result<Option<(PartyId, PublicKey)>, Self::Error>;
    /// Returns the state root after the open group of the machine; `None` leaves it to the machine's own tree.
    fn state_root(&self, machine: &Machine) -> Result<Option<Hash>, Self::Error>;
}

/// A replay from entry 0 on rests on nothing else.
impl Footing for NoSource {
    fn owner(&self, _kid: KeyId) -> Result<Option<(PartyId, PublicKey)>, Self::Error> {
        Ok(None)
    }

    fn state_root(&self, _machine: &Machine) -> Result<Option<Hash>, Self::Error> {
        Ok(None)
    }
}

/// Why a replay does not go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Halt<E> {
    /// The entry is not what the law makes.
    Bad(BadEntry),
    /// What it rests on does not say what is needed.
    Footing(E),
}

/// A replay in progress.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    machine: Option<Machine>,
    signatures: u64,
    keys: BTreeMap<KeyId, (PartyId, PublicKey)>,
    /// Every (org, cmd) is consumed once for ever.
    consumed: BTreeSet<(PartyId, CommandId)>,
}

/// An entry, parsed, with its signatures verified where the keys were known by then.
#[derive(Debug)]
pub struct Ready {
    index: EntryIndex,
    bytes: Vec<u8>,
    parsed: Result<Entry, FieldFault>,
    submission: Option<Submission>,
}

impl Ready {
    /// Returns the index that the entry is expected to have.
    pub fn index(&self) -> EntryIndex {
        self.index
    }

    /// Returns the bytes of the entry.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Replay {
    /// Begins before entry 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on from a machine; what was consumed before is not known to it.
    pub fn resume(machine: Machine) -> Self {
        Self {
            machine: Some(machine),
            ..Self::default()
        }
    }

    /// Goes on from a machine that holds every record, with all that was consumed and verified before.
    pub(super) fn restored(
        machine: Machine,
        consumed: BTreeSet<(PartyId, CommandId)>,
        signatures: u64,
    ) -> Self {
        let parties = machine
            .rows()
            .filter_map(|(key, row)| match (key, &row.fact.record) {
                (StateKey::Party(id), Record::Party(party)) => Some((*id, party)),
                _ => None,
            });
        let keys = parties.flat_map(|(id, party)| {
            let keys = party.keys.iter();
            keys.map(move |key| (key.key.id(), (id, key.key.clone())))
        });
        Self {
            keys: keys.collect(),
            machine: Some(machine),
            signatures,
            consumed,
        }
    }

    /// Returns every command that was decided, by party.
    pub(super) fn consumed(&self) -> impl Iterator<Item = &(PartyId, CommandId)> {
        self.consumed.iter()
    }

    /// Gives the machine away.
    pub fn into_machine(self) -> Option<Machine> {
        self.machine
    }

    /// Returns the machine after the last entry; none before entry 0.
    pub fn machine(&self) -> Option<&Machine> {
        self.machine.as_ref()
    }

    /// Returns how many signatures of commands were verified.
    pub fn signatures(&self) -> u64 {
        self.signatures
    }

    /// Parses and verifies a chunk on every core; a key that the chunk itself adds is left to the step.
    pub fn ready_all(&self, chunk: Vec<(EntryIndex, Vec<u8>)>) -> Vec<Ready> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let per_thread = chunk.len().div_ceil(threads).max(1);
        let mut parts: Vec<Vec<(EntryIndex, Vec<u8>)>> = Vec::new();
        let mut chunk = chunk.into_iter().peekable();
        while chunk.peek().is_some() {
            parts.push(chunk.by_ref().take(per_thread).collect());
        }
        std::thread::scope(|scope| {
            let work = |part: Vec<(EntryIndex, Vec<u8>)>| {
                part.into_iter()
                    .map(|(index, bytes)| self.ready(index, bytes))
                    .collect::<Vec<_>>()
            };
            let handles: Vec<_> = parts
                .into_iter()
                .map(|part| scope.spawn(move || work(part)))
                .collect();
            // A panic of a worker is a bug; it must not end as a short audit.
            handles
                .into_iter()
                .flat_map(|handle| match handle.join() {
                    Ok(ready) => ready,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        })
    }

    /// Parses an entry and verifies its signatures where the keys are known.
    pub fn ready(&self, index: EntryIndex, bytes: Vec<u8>) -> Ready {
        let parsed = Entry::parse(&bytes);
        let submission = match &parsed {
            Ok(Entry::Command { envelope, .. }) => {
                Submission::open(envelope.clone(), |kid| self.keys.get(&kid).cloned()).ok()
            }
            Ok(Entry::Genesis { .. } | Entry::State(_)) | Err(_) => None,
        };
        Ready {
            index,
            bytes,
            parsed,
            submission,
        }
    }

    /// Makes the next entry again and compares it with the one given.
    pub fn step(&mut self, ready: Ready) -> Result<Step, BadEntry> {
        self.step_on(ready, &NoSource).map_err(|halt| match halt {
            Halt::Bad(bad) => bad,
            Halt::Footing(never) => match never {},
        })
    }

    /// Makes the next entry again, resting on `footing`, and compares it with the one given.
    pub fn step_on<F: Footing>(
        &mut self,
        ready: Ready,
        footing: &F,
    ) -> Result<Step, Halt<F::Error>> {
        let Ready {
            index,
            bytes,
            parsed,
            submission,
        } = ready;
        let bad = |reason: String| Halt::Bad(BadEntry { index, reason });
        let entry = parsed.map_err(|fault| bad(fault.to_string()))?;
        if entry.index() != index {
            return Err(bad(format!("says that it is entry {}", entry.index())));
        }
        match entry {
            Entry::Genesis { time, law, genesis } => {
                let decided = self.begin(law, *genesis, time).map_err(bad)?;
                compare(&decided.bytes, &bytes).map_err(bad)?;
                Ok(Step::Decided(Box::new(decided), None))
            }
            Entry::Command {
                time,
                law,
                envelope,
                ..
            } => {
                let submission = if let Some(submission) = submission {
                    submission
                } else {
                    let owners = self.owners(&envelope, footing).map_err(Halt::Footing)?;
                    Submission::open(envelope, |kid| owners.get(&kid).cloned())
                        .map_err(|fault| bad(fault.to_string()))?
                };
                let decided = self.decide(law, &submission, time, footing);
                let decided = decided.map_err(|refusal| match refusal {
                    Undecided::Bad(reason) => bad(reason),
                    Undecided::Footing(fault) => Halt::Footing(fault),
                })?;
                compare(&decided.bytes, &bytes).map_err(bad)?;
                let command = submission.command();
                let name = (
                    command.org,
                    command.cmd,
                    submission.envelope().payload_hash(),
                );
                Ok(Step::Decided(Box::new(decided), Some(name)))
            }
            Entry::State(state) => {
                let Some(machine) = &mut self.machine else {
                    return Err(bad("stands before entry 0".to_owned()));
                };
                if state.time <= machine.last_time() {
                    return Err(bad("its time does not progress".to_owned()));
                }
                let closed = close(machine, state.time, footing).map_err(Halt::Footing)?;
                compare(&closed.bytes, &bytes).map_err(bad)?;
                Ok(Step::Closed(closed))
            }
        }
    }

    fn begin(&mut self, law: Law, genesis: Genesis, time: Timestamp) -> Result<Decided, String> {
        for (key, _) in &genesis.keys {
            self.keys
                .insert(key.id(), (crate::domain::genesis::REGISTRAR, key.clone()));
        }
        let begun: Result<_, MachineFault<std::convert::Infallible>> =
            Machine::begin_under(law, genesis, time);
        let (machine, decided) = begun.map_err(|fault| format!("{fault:?}"))?;
        self.machine = Some(machine);
        Ok(decided)
    }

    /// Returns the owners of the keys that signed, as far as they are known.
    fn owners<F: Footing>(
        &self,
        envelope: &Envelope,
        footing: &F,
    ) -> Result<BTreeMap<KeyId, (PartyId, PublicKey)>, F::Error> {
        let mut owners = BTreeMap::new();
        for signature in &envelope.signatures {
            let kid = signature.header.kid;
            let known = match self.keys.get(&kid) {
                Some(known) => Some(known.clone()),
                None => footing.owner(kid)?,
            };
            owners.extend(known.map(|known| (kid, known)));
        }
        Ok(owners)
    }

    fn decide<F: Footing>(
        &mut self,
        law: Law,
        submission: &Submission,
        time: Timestamp,
        footing: &F,
    ) -> Result<Decided, Undecided<F::Error>> {
        let command = submission.command();
        let bad = |reason: String| Undecided::Bad(reason);
        if !self.consumed.insert((command.org, command.cmd)) {
            return Err(bad(format!(
                "the command {} of {} was decided before",
                command.cmd, command.org
            )));
        }
        let machine = self.machine.as_mut();
        let machine = machine.ok_or_else(|| bad("stands before entry 0".to_owned()))?;
        if time <= machine.last_time() {
            return Err(bad("its time does not progress".to_owned()));
        }
        submission
            .check_door(machine.aud(), time)
            .map_err(|fault| bad(fault.to_string()))?;
        let decided = machine.admit_under(law, submission, time, footing);
        let decided = decided.map_err(|fault| match fault {
            MachineFault::Source(fault) => Undecided::Footing(fault),
            MachineFault::Fold(fault) => bad(fault.to_string()),
            MachineFault::EntryTooLarge(bytes) => bad(format!("would have {bytes} bytes")),
            MachineFault::Policy(fault) => bad(fault.to_string()),
        })?;
        if let Outcome::Accepted { event, .. } = &decided.outcome {
            let keys = new_keys(event).into_iter();
            self.keys
                .extend(keys.map(|(kid, party, key)| (kid, (party, key))));
        }
        self.signatures += u64::try_from(submission.signatures().len()).unwrap_or(0);
        Ok(decided)
    }
}

/// Why a command was not decided again.
enum Undecided<E> {
    Bad(String),
    Footing(E),
}

fn close<F: Footing>(
    machine: &mut Machine,
    time: Timestamp,
    footing: &F,
) -> Result<Closed, F::Error> {
    let mode = machine.next_mode();
    match footing.state_root(machine)? {
        None => Ok(machine.close_group(mode, time)),
        Some(root) => Ok(machine.close_group_on(root, mode, time)),
    }
}

/// The entry made again must be the entry of the log.
fn compare(made: &[u8], logged: &[u8]) -> Result<(), String> {
    if made == logged {
        return Ok(());
    }
    let at = made.iter().zip(logged).take_while(|(a, b)| a == b).count();
    let shown = |bytes: &[u8]| {
        let from = at.saturating_sub(24);
        let to = bytes.len().min(at + 24);
        String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default()).into_owned()
    };
    Err(format!(
        "the law makes another entry: …{}… instead of …{}…",
        shown(made),
        shown(logged)
    ))
}

/// Returns the keys that an event adds to the door.
pub fn new_keys(event: &Event) -> Vec<(KeyId, PartyId, PublicKey)> {
    match event {
        Event::PartyAdmitted { party, keys, .. } => keys
            .iter()
            .map(|(key, _)| (key.id(), *party, key.clone()))
            .collect(),
        Event::KeyAdded { party, key, .. } => vec![(key.id(), *party, key.clone())],
        Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. } => Vec::new(),
        Event::Changed { rows, .. } => rows.iter().filter_map(added_key).collect(),
    }
}

/// A key that an act of law 2 put into a party.
fn added_key(row: &Row) -> Option<(KeyId, PartyId, PublicKey)> {
    let StateKey::Party(party) = row.of else {
        return None;
    };
    match row.item.get("key") {
        Some(Json::Text(key)) if row.list == "keys" && !row.drop => {
            let key = PublicKey::from_bytes(&lower_hex(key)?).ok()?;
            Some((key.id(), party, key))
        }
        Some(Json::Text(_) | Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_))
        | None => None,
    }
}

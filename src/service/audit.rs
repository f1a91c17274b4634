//! `audit`: replays the log with the law and names the first bad entry. `rebuild` makes every derived column from it.
//!
//! The replay makes each entry again from its command and compares the bytes, so signatures, law, chain, state roots and the
//! canonical form are one comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use crate::domain::entry::{Entry, Outcome};
use crate::domain::genesis::Genesis;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::time::Timestamp;
use crate::service::ServiceFault;
use crate::service::sequencer::new_keys;
use crate::store::Store;
use crate::verify::machine::{Closed, Decided, Machine, MachineFault, NoSource};
use crate::verify::submission::Submission;

/// Entries read and verified at a time; a few megabytes.
const CHUNK_ENTRIES: usize = 2_048;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 16 * 1_048_576;

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

/// What an audit found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audited {
    /// Entries replayed.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The root of the state tree.
    pub state_root: Hash,
    /// Command signatures verified.
    pub signatures: u64,
}

/// One step of a replay, for a caller that writes what it makes.
pub(crate) enum Step {
    /// An entry that decides something.
    Decided(
        Box<Decided>,
        Option<(PartyId, crate::primitives::id::CommandId, Hash)>,
    ),
    /// The state entry of a group.
    Closed(Closed),
}

/// Why a replay ended early.
pub(crate) enum ReplayEnd {
    Bad(BadEntry),
    Fault(ServiceFault),
}

impl From<ServiceFault> for ReplayEnd {
    fn from(fault: ServiceFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<crate::store::StoreFault> for ReplayEnd {
    fn from(fault: crate::store::StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// Replays the log of a folder; the error is the first bad entry.
pub fn audit(
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<Audited, BadEntry>, ServiceFault> {
    let store = Store::open(folder)?;
    let mut replay = Replay::new();
    let mut contradicted = None;
    let mut compare_heads = |machine: &Machine, _: Step| {
        if contradicted.is_none()
            && let Some(note) = store.checkpoint_at(machine.size())?
            && let Err(reason) = check_checkpoint(&note, machine)
        {
            contradicted = Some(BadEntry {
                index: machine.size().saturating_sub(1),
                reason,
            });
        }
        Ok(())
    };
    match replay.run(&store, progress, &mut compare_heads) {
        Ok(()) => {}
        Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
        Err(ReplayEnd::Fault(fault)) => return Err(fault),
    }
    let Some(machine) = replay.machine else {
        return Ok(Err(BadEntry {
            index: 0,
            reason: "is missing".to_owned(),
        }));
    };
    if let Some(bad) = contradicted {
        return Ok(Err(bad));
    }
    let newest = store.latest_checkpoint()?;
    if newest.is_none_or(|(size, _)| size > machine.size()) {
        let reason = "no checkpoint, or one that is ahead of the entries".to_owned();
        return Ok(Err(BadEntry {
            index: machine.size().saturating_sub(1),
            reason,
        }));
    }
    Ok(Ok(Audited {
        size: machine.size(),
        root: machine.root(),
        state_root: machine.tree().root(),
        signatures: replay.signatures,
    }))
}

/// A checkpoint that was signed must be of the entries as they are.
fn check_checkpoint(note: &str, machine: &Machine) -> Result<(), String> {
    let genesis = machine.genesis();
    let key = NoteKey::parse_vkey(&genesis.log_vkey).map_err(|fault| fault.to_string())?;
    let head = Checkpoint::open(note, &[key], &genesis.origin)
        .map_err(|fault| format!("the checkpoint of size {}: {fault}", machine.size()))?;
    if head.size != machine.size() || head.root != machine.root() {
        return Err("a checkpoint signs another root".to_owned());
    }
    Ok(())
}

/// A replay in progress.
pub(crate) struct Replay {
    pub(crate) machine: Option<Machine>,
    pub(crate) signatures: u64,
    keys: BTreeMap<KeyId, (PartyId, PublicKey)>,
    /// Every (org, cmd) is consumed once for ever.
    consumed: BTreeSet<(PartyId, CommandId)>,
}

/// An entry of a chunk, parsed, with its signatures verified where the keys were known by then.
struct Ready {
    index: EntryIndex,
    bytes: Vec<u8>,
    parsed: Result<Entry, FieldFault>,
    submission: Option<Submission>,
}

impl Replay {
    pub(crate) fn new() -> Self {
        Self {
            machine: None,
            signatures: 0,
            keys: BTreeMap::new(),
            consumed: BTreeSet::new(),
        }
    }

    pub(crate) fn run(
        &mut self,
        store: &Store,
        progress: &mut dyn FnMut(u64, u64),
        take: &mut dyn FnMut(&Machine, Step) -> Result<(), ServiceFault>,
    ) -> Result<(), ReplayEnd> {
        let size = store.size();
        let mut next = 0;
        while next < size {
            let chunk = store.entries(next, CHUNK_ENTRIES, CHUNK_BYTES)?;
            let count = chunk.len();
            for ready in self.verify_chunk(chunk) {
                self.step(ready, take)?;
            }
            next += u64::try_from(count).unwrap_or(0).max(1);
            progress(next.min(size), size);
        }
        Ok(())
    }

    /// Parses and verifies a chunk on every core; a key that the chunk itself adds is left to the step.
    fn verify_chunk(&self, chunk: Vec<(EntryIndex, Vec<u8>)>) -> Vec<Ready> {
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

    fn ready(&self, index: EntryIndex, bytes: Vec<u8>) -> Ready {
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

    fn step(
        &mut self,
        ready: Ready,
        take: &mut dyn FnMut(&Machine, Step) -> Result<(), ServiceFault>,
    ) -> Result<(), ReplayEnd> {
        let Ready {
            index,
            bytes,
            parsed,
            submission,
        } = ready;
        let bad = |reason: String| ReplayEnd::Bad(BadEntry { index, reason });
        let entry = parsed.map_err(|fault| bad(fault.to_string()))?;
        if entry.index() != index {
            return Err(bad(format!("says that it is entry {}", entry.index())));
        }
        match entry {
            Entry::Genesis { time, genesis } => {
                let decided = self.begin(*genesis, time).map_err(bad)?;
                compare(&decided.bytes, &bytes).map_err(bad)?;
                self.give(Step::Decided(Box::new(decided), None), take)
            }
            Entry::Command { time, envelope, .. } => {
                let submission = match submission {
                    Some(submission) => submission,
                    None => Submission::open(envelope, |kid| self.keys.get(&kid).cloned())
                        .map_err(|fault| bad(fault.to_string()))?,
                };
                let decided = self.decide(&submission, time).map_err(bad)?;
                compare(&decided.bytes, &bytes).map_err(bad)?;
                let command = submission.command();
                let name = (
                    command.org,
                    command.cmd,
                    submission.envelope().payload_hash(),
                );
                self.give(Step::Decided(Box::new(decided), Some(name)), take)
            }
            Entry::State(state) => {
                let Some(machine) = &mut self.machine else {
                    return Err(bad("stands before entry 0".to_owned()));
                };
                if state.time <= machine.last_time() {
                    return Err(bad("its time does not progress".to_owned()));
                }
                let closed = machine.close_group(state.mode, state.time);
                compare(&closed.bytes, &bytes).map_err(bad)?;
                self.give(Step::Closed(closed), take)
            }
        }
    }

    fn begin(&mut self, genesis: Genesis, time: Timestamp) -> Result<Decided, String> {
        for (key, _) in &genesis.keys {
            self.keys
                .insert(key.id(), (crate::domain::genesis::REGISTRAR, key.clone()));
        }
        let begun: Result<_, MachineFault<std::convert::Infallible>> =
            Machine::begin(genesis, time);
        let (machine, decided) = begun.map_err(|fault| format!("{fault:?}"))?;
        self.machine = Some(machine);
        Ok(decided)
    }

    fn decide(&mut self, submission: &Submission, time: Timestamp) -> Result<Decided, String> {
        let command = submission.command();
        if !self.consumed.insert((command.org, command.cmd)) {
            return Err(format!(
                "the command {} of {} was decided before",
                command.cmd, command.org
            ));
        }
        let machine = self.machine.as_mut().ok_or("stands before entry 0")?;
        if time <= machine.last_time() {
            return Err("its time does not progress".to_owned());
        }
        submission
            .check_door(machine.aud(), time)
            .map_err(|fault| fault.to_string())?;
        let decided = machine
            .admit(submission, time, &NoSource)
            .map_err(|fault| format!("{fault:?}"))?;
        if let Outcome::Accepted { event, .. } = &decided.outcome {
            let keys = new_keys(event).into_iter();
            self.keys
                .extend(keys.map(|(kid, party, key)| (kid, (party, key))));
        }
        self.signatures += u64::try_from(submission.signatures().len()).unwrap_or(0);
        Ok(decided)
    }

    fn give(
        &self,
        step: Step,
        take: &mut dyn FnMut(&Machine, Step) -> Result<(), ServiceFault>,
    ) -> Result<(), ReplayEnd> {
        match &self.machine {
            Some(machine) => Ok(take(machine, step)?),
            None => Ok(()),
        }
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

//! `audit`: replays the log of a folder with the law and names the first bad entry.
//!
//! The replay itself is in `verify`; this file reads the entries, and compares the checkpoints that were signed and those that
//! were cosigned.

use std::collections::VecDeque;
use std::path::Path;

use crate::domain::entry::Entry;
use crate::domain::facts::StateKey;
use crate::domain::genesis::REGISTRAR;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::ServiceFault;
use crate::service::audit_state::{AuditFault, Blocks, Keeping, StateFile};
use crate::service::log_keys::{LogKeys, named_in};
use crate::store::{Column, Store, StoreFault};
use crate::verify::machine::Machine;
use crate::verify::replay::{BadEntry, Replay, Step};

/// Entries read and verified at a time; a few megabytes.
pub(super) const CHUNK_ENTRIES: usize = 2_048;
/// Bytes read at a time.
pub(super) const CHUNK_BYTES: usize = 16 * 1_048_576;
/// Sizes whose checkpoints are read at a time.
const NOTES_AT_ONCE: u64 = 4_096;
const NOT_CLOSED: &str = "it does not end in a state entry";
const OTHER_ROOT: &str = "a checkpoint signs another root";

/// What an audit found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audited {
    /// Entries in the log.
    pub size: u64,
    /// The entry with which the replay began; those before it were replayed by an earlier audit.
    pub began_at: EntryIndex,
    /// The root over them.
    pub root: Hash,
    /// The root of the state tree.
    pub state_root: Hash,
    /// Command signatures verified.
    pub signatures: u64,
    /// Cosigned checkpoints compared.
    pub cosigned: u64,
    /// How many of these carry the quorum of the policy, by cosignatures of the time of their state; none without a policy.
    pub quorums: Option<u64>,
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
    audit_under(folder, None, progress)
}

/// Replays the log of a folder as [`audit`], and verifies cosignatures under the keys of a policy, if there is one.
pub fn audit_under(
    folder: &Path,
    policy: Option<&TrustPolicy>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<Audited, BadEntry>, ServiceFault> {
    let mut show = |stage| match stage {
        Stage::Replayed(done, all) => progress(done, all),
        Stage::Compared(..) | Stage::Began(_) => {}
    };
    match audit_keeping(folder, policy, None, &mut show) {
        Ok(audited) => Ok(audited),
        Err(AuditFault::Service(fault)) => Err(fault),
        Err(AuditFault::State(fault)) => Err(ServiceFault::Doubt(fault.to_string())),
    }
}

/// How far an audit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Of the entries that were audited before, so many of so many are the same as then.
    Compared(u64, u64),
    /// The replay begins with this entry.
    Began(EntryIndex),
    /// So many of so many entries are replayed, by this audit or an earlier one.
    Replayed(u64, u64),
}

/// Audits a folder as [`audit_under`]; goes on from what an earlier audit kept, if that is asked for, and keeps its own.
pub fn audit_keeping(
    folder: &Path,
    policy: Option<&TrustPolicy>,
    keeping: Option<&Keeping>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Result<Audited, BadEntry>, AuditFault> {
    let store = Store::open(folder)?;
    let mut heads = Heads {
        store: &store,
        policy,
        cosigned: 0,
        quorums: 0,
        contradicted: None,
    };
    let mut file = match keeping {
        Some(keeping) => Some(StateFile::outside(keeping, folder)?),
        None => None,
    };
    let (begun, mut blocks) = begin(&store, file.as_mut(), &mut heads, progress)?;
    let began_at = begun.machine().map_or(0, Machine::size);
    progress(Stage::Began(began_at));
    let mut take = |replay: &Replay, step: Step| {
        blocks.push(match step {
            Step::Decided(decided, _) => decided.leaf,
            Step::Closed(closed) => closed.leaf,
        });
        let Some(machine) = replay.machine() else {
            return Ok(());
        };
        heads.compare(machine)?;
        // What is found now must be found again by the next audit.
        match &mut file {
            Some(file) if heads.contradicted.is_none() && file.is_due(machine) => {
                Ok(file.keep(replay, &blocks)?)
            }
            Some(_) | None => Ok(()),
        }
    };
    let mut show = |done, all| progress(Stage::Replayed(done, all));
    let replayed = match replay(&store, begun, &mut show, &mut take) {
        Ok(replayed) => replayed,
        Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
        Err(ReplayEnd::Fault(fault)) => return Err(fault.into()),
    };
    let Some(machine) = replayed.machine() else {
        return Ok(Err(BadEntry {
            index: 0,
            reason: "is missing".to_owned(),
        }));
    };
    heads.compare_ends(machine)?;
    if let Some(bad) = heads.contradicted {
        return Ok(Err(bad));
    }
    if let Some(file) = &mut file {
        file.keep(&replayed, &blocks)?;
    }
    Ok(Ok(Audited {
        size: machine.size(),
        began_at,
        root: machine.root(),
        state_root: machine.tree().root(),
        signatures: replayed.signatures(),
        cosigned: heads.cosigned,
        quorums: policy.map(|_| heads.quorums),
    }))
}

/// Begins before entry 0, or where the file of an earlier audit stands.
fn begin(
    store: &Store,
    file: Option<&mut StateFile>,
    heads: &mut Heads,
    progress: &mut dyn FnMut(Stage),
) -> Result<(Replay, Blocks), AuditFault> {
    let nothing = || (Replay::new(), Blocks::default());
    let Some(file) = file else {
        return Ok(nothing());
    };
    let Some(kept) = file.read(store)? else {
        return Ok(nothing());
    };
    let mut show = |done, all| progress(Stage::Compared(done, all));
    let mut notes = NotesBefore::default();
    let mut visit = |blocks: &Blocks, entry: &[u8]| {
        for (column, note) in notes.of_size(store, blocks.size())? {
            heads.compare_before(column, &note, blocks, entry);
        }
        Ok(())
    };
    file.go_on(kept, store, &mut show, &mut visit)
}

/// The checkpoints of a folder, read along the sizes.
#[derive(Default)]
struct NotesBefore {
    /// Those of sizes up to here were read.
    read: u64,
    notes: VecDeque<(u64, Column, String)>,
}

impl NotesBefore {
    /// Returns those of the next size.
    fn of_size(&mut self, store: &Store, size: u64) -> Result<Vec<(Column, String)>, StoreFault> {
        if size > self.read {
            let to = size.saturating_add(NOTES_AT_ONCE);
            let mut notes = Vec::new();
            for column in [Column::Checkpoints, Column::Cosigned] {
                let found = store.notes_between(column, size, to)?;
                notes.extend(found.into_iter().map(|(size, note)| (size, column, note)));
            }
            notes.sort_by_key(|(size, ..)| *size);
            (self.read, self.notes) = (to, notes.into());
        }
        let mut of_size = Vec::new();
        while self.notes.front().is_some_and(|(at, ..)| *at <= size) {
            of_size.extend(
                self.notes
                    .pop_front()
                    .map(|(_, column, note)| (column, note)),
            );
        }
        Ok(of_size)
    }
}

/// The checkpoints of a folder beside the replay of its entries.
struct Heads<'a> {
    store: &'a Store,
    policy: Option<&'a TrustPolicy>,
    cosigned: u64,
    quorums: u64,
    /// The first that the entries contradict.
    contradicted: Option<BadEntry>,
}

impl Heads<'_> {
    /// Compares the checkpoints of the machine's size, if there are any.
    fn compare(&mut self, machine: &Machine) -> Result<(), ServiceFault> {
        if self.contradicted.is_some() {
            return Ok(());
        }
        if let Some(note) = self.store.checkpoint_at(machine.size())?
            && let Err(reason) = check_checkpoint(&note, machine)
        {
            self.contradict(machine, reason);
        } else if let Some(note) = self.store.cosigned_at(machine.size())? {
            self.cosigned = self.cosigned.saturating_add(1);
            match check_cosigned(&note, machine, self.policy) {
                Ok(has_quorum) => self.quorums = self.quorums.saturating_add(has_quorum.into()),
                Err(reason) => {
                    let size = machine.size();
                    self.contradict(
                        machine,
                        format!("the cosigned checkpoint of size {size}: {reason}"),
                    );
                }
            }
        }
        Ok(())
    }

    /// Compares a checkpoint of a size that an earlier audit has reached: that its signatures are the log's was established
    /// then, or it says what they would say.
    fn compare_before(&mut self, column: Column, note: &str, blocks: &Blocks, entry: &[u8]) {
        if self.contradicted.is_some() {
            return;
        }
        let is_cosigned = column == Column::Cosigned;
        let mut compared = compare_root(note, blocks.size(), blocks.root()).map(|()| false);
        if is_cosigned && compared.is_ok() {
            compared = match Entry::parse(entry) {
                Ok(Entry::State(state)) => has_quorum(note, state.time, self.policy),
                Ok(Entry::Genesis { .. } | Entry::Command { .. }) | Err(_) => {
                    Err(NOT_CLOSED.to_owned())
                }
            };
        }
        self.cosigned = self.cosigned.saturating_add(is_cosigned.into());
        match compared {
            Ok(has_quorum) => self.quorums = self.quorums.saturating_add(has_quorum.into()),
            Err(reason) => {
                let size = blocks.size();
                self.contradicted = Some(BadEntry {
                    index: size.saturating_sub(1),
                    reason: format!("the checkpoint of size {size}: {reason}"),
                });
            }
        }
    }

    /// Compares what is of no size that the entries have.
    fn compare_ends(&mut self, machine: &Machine) -> Result<(), ServiceFault> {
        if self.contradicted.is_some() {
            return Ok(());
        }
        let newest = self.store.latest_checkpoint()?;
        if newest.is_none_or(|(size, _)| size > machine.size()) {
            let reason = "no checkpoint, or one that is ahead of the entries";
            self.contradict(machine, reason.to_owned());
        } else if self.store.cosigned_count()? > self.cosigned {
            let reason = "a cosigned checkpoint is of no size that the log has";
            self.contradict(machine, reason.to_owned());
        }
        Ok(())
    }

    fn contradict(&mut self, machine: &Machine, reason: String) {
        self.contradicted = Some(BadEntry {
            index: machine.size().saturating_sub(1),
            reason,
        });
    }
}

/// A checkpoint that was cosigned must be signed by the log and of the entries as they are, end in a state entry, and carry no
/// false line of a witness that the policy lists. Says whether the policy's quorum cosigned it in time.
fn check_cosigned(
    note: &str,
    machine: &Machine,
    policy: Option<&TrustPolicy>,
) -> Result<bool, String> {
    check_checkpoint(note, machine)?;
    if !machine.is_closed() {
        return Err(NOT_CLOSED.to_owned());
    }
    has_quorum(note, machine.last_time(), policy)
}

/// Says whether the policy's quorum cosigned a checkpoint in the time of its state; a line of a witness that the policy lists must
/// be genuine.
fn has_quorum(note: &str, time: Timestamp, policy: Option<&TrustPolicy>) -> Result<bool, String> {
    let Some(policy) = policy else {
        return Ok(false);
    };
    let parsed = SignedNote::parse(note).map_err(|fault| fault.to_string())?;
    let cosigned = policy
        .cosigned_by(&parsed)
        .map_err(|fault| fault.to_string())?;
    let state = time.seconds();
    let timely = |time: u64| time.abs_diff(state) <= limits::COSIGNATURE_STATE_SECONDS_MAX;
    let timely = cosigned.iter().filter(|(_, time)| timely(*time));
    let names: Vec<&str> = timely.map(|(name, _)| *name).collect();
    Ok(policy.quorum_met(&names))
}

/// A checkpoint must say the root that the entries have at its size.
fn compare_root(note: &str, size: u64, root: Hash) -> Result<(), String> {
    let parsed = SignedNote::parse(note).map_err(|fault| fault.to_string())?;
    let head = Checkpoint::parse(parsed.text()).map_err(|fault| fault.to_string())?;
    if head.size == size && head.root == root {
        Ok(())
    } else {
        Err(OTHER_ROOT.to_owned())
    }
}

/// A checkpoint that was signed must be of the entries as they are.
fn check_checkpoint(note: &str, machine: &Machine) -> Result<(), String> {
    let genesis = machine.genesis();
    let registrar = machine.held(&StateKey::Party(REGISTRAR));
    let named = registrar.map(|row| named_in(&row.fact.record));
    let log_keys = LogKeys::new(genesis, named.unwrap_or_default());
    let log_keys = log_keys.map_err(|fault| fault.to_string())?;
    let head = Checkpoint::open(note, &log_keys.all(), &genesis.origin)
        .map_err(|fault| format!("the checkpoint of size {}: {fault}", machine.size()))?;
    log_keys.check(note, &head, machine.last_time())?;
    if head.size != machine.size() || head.root != machine.root() {
        return Err(OTHER_ROOT.to_owned());
    }
    Ok(())
}

/// Replays the log of a store from where a replay stands; `take` gets it after each entry, and what was made of the entry.
pub(crate) fn replay(
    store: &Store,
    mut replay: Replay,
    progress: &mut dyn FnMut(u64, u64),
    take: &mut dyn FnMut(&Replay, Step) -> Result<(), ServiceFault>,
) -> Result<Replay, ReplayEnd> {
    let size = store.size();
    let mut next = replay.machine().map_or(0, Machine::size);
    while next < size {
        let chunk = store.entries(next, CHUNK_ENTRIES, CHUNK_BYTES)?;
        let count = chunk.len();
        for ready in replay.ready_all(chunk) {
            let step = replay.step(ready).map_err(ReplayEnd::Bad)?;
            take(&replay, step)?;
        }
        next += u64::try_from(count).unwrap_or(0).max(1);
        progress(next.min(size), size);
    }
    Ok(replay)
}

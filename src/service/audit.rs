//! `audit`: replays the log of a folder with the law and names the first bad entry.
//!
//! The replay itself is in `verify`; this file reads the entries, and compares the signed checkpoints.

use std::path::Path;

use crate::domain::facts::StateKey;
use crate::domain::genesis::REGISTRAR;
use crate::ledger::checkpoint::Checkpoint;
use crate::primitives::crypto::Hash;
use crate::service::ServiceFault;
use crate::service::log_keys::{LogKeys, named_in};
use crate::store::Store;
use crate::verify::machine::Machine;
use crate::verify::replay::{BadEntry, Replay, Step};

/// Entries read and verified at a time; a few megabytes.
const CHUNK_ENTRIES: usize = 2_048;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 16 * 1_048_576;

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
    let replayed = match replay(&store, progress, &mut compare_heads) {
        Ok(replayed) => replayed,
        Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
        Err(ReplayEnd::Fault(fault)) => return Err(fault),
    };
    let Some(machine) = replayed.machine() else {
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
        signatures: replayed.signatures(),
    }))
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
        return Err("a checkpoint signs another root".to_owned());
    }
    Ok(())
}

/// Replays the log of a store; `take` gets the machine after each entry, and what was made of the entry.
pub(crate) fn replay(
    store: &Store,
    progress: &mut dyn FnMut(u64, u64),
    take: &mut dyn FnMut(&Machine, Step) -> Result<(), ServiceFault>,
) -> Result<Replay, ReplayEnd> {
    let mut replay = Replay::new();
    let size = store.size();
    let mut next = 0;
    while next < size {
        let chunk = store.entries(next, CHUNK_ENTRIES, CHUNK_BYTES)?;
        let count = chunk.len();
        for ready in replay.ready_all(chunk) {
            let step = replay.step(ready).map_err(ReplayEnd::Bad)?;
            if let Some(machine) = replay.machine() {
                take(machine, step)?;
            }
        }
        next += u64::try_from(count).unwrap_or(0).max(1);
        progress(next.min(size), size);
    }
    Ok(replay)
}

//! `audit`: replays the log of a folder with the law and names the first bad entry.
//!
//! The replay itself is in `verify`; this file reads the entries, and compares the checkpoints that were signed and those that
//! were cosigned.

use std::path::Path;

use crate::domain::facts::StateKey;
use crate::domain::genesis::REGISTRAR;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::crypto::Hash;
use crate::primitives::limits;
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
    let store = Store::open(folder)?;
    let mut heads = Heads {
        store: &store,
        policy,
        cosigned: 0,
        quorums: 0,
        contradicted: None,
    };
    let mut compare = |replay: &Replay, _: Step| match replay.machine() {
        Some(machine) => heads.compare(machine),
        None => Ok(()),
    };
    let replayed = match replay(&store, Replay::new(), progress, &mut compare) {
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
    heads.compare_ends(machine)?;
    if let Some(bad) = heads.contradicted {
        return Ok(Err(bad));
    }
    Ok(Ok(Audited {
        size: machine.size(),
        root: machine.root(),
        state_root: machine.tree().root(),
        signatures: replayed.signatures(),
        cosigned: heads.cosigned,
        quorums: policy.map(|_| heads.quorums),
    }))
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
        return Err("it does not end in a state entry".to_owned());
    }
    let Some(policy) = policy else {
        return Ok(false);
    };
    let parsed = SignedNote::parse(note).map_err(|fault| fault.to_string())?;
    let cosigned = policy
        .cosigned_by(&parsed)
        .map_err(|fault| fault.to_string())?;
    let state = machine.last_time().seconds();
    let timely = |time: u64| time.abs_diff(state) <= limits::COSIGNATURE_STATE_SECONDS_MAX;
    let timely = cosigned.iter().filter(|(_, time)| timely(*time));
    let names: Vec<&str> = timely.map(|(name, _)| *name).collect();
    Ok(policy.quorum_met(&names))
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

//! Whether a checkpoint that was kept elsewhere is of the history in this folder.
//!
//! One comparison for everything that remembers: the high-water file, the witnesses, the checkpoints in the folder itself.

use std::collections::BTreeSet;
use std::fmt;

use crate::domain::genesis::Genesis;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::policy_file::TrustPolicy;
use crate::ledger::proof::root_at;
use crate::service::ServiceFault;
use crate::service::log_keys::LogKeys;
use crate::service::options::Options;
use crate::service::timing::NEW_LOG_ENTRIES;
use crate::store::{Memory, Store};

/// How a checkpoint that someone has kept relates to a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Relation {
    /// It is of this history, at this size.
    Agrees(u64),
    /// The log key did not sign it, or it is of another log; why.
    Foreign(String),
    /// The log key signed it at this size, and the log has fewer entries.
    Ahead(u64),
    /// The log key signed it at this size, and the log has another root there.
    Forked(u64),
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agrees(size) => write!(f, "size {size}, of this history"),
            Self::Foreign(why) => write!(f, "not a checkpoint of this log: {why}"),
            Self::Ahead(size) => write!(
                f,
                "the log key has signed size {size}, and this folder has fewer entries: it is an old copy"
            ),
            Self::Forked(size) => write!(
                f,
                "the log key has signed size {size} with another root: there are two histories"
            ),
        }
    }
}

/// Compares a checkpoint with the first `size` entries of a folder.
pub(crate) fn relate(
    store: &Store,
    genesis: &Genesis,
    size: u64,
    note: &str,
) -> Result<Relation, ServiceFault> {
    let keys = LogKeys::read(store, genesis)?.all();
    let head = match Checkpoint::open(note, &keys, &genesis.origin) {
        Ok(head) => head,
        Err(fault) => return Ok(Relation::Foreign(fault.to_string())),
    };
    if head.size > size {
        return Ok(Relation::Ahead(head.size));
    }
    // A log with entry 0 never signs the empty tree.
    if head.size > 0 && root_at(head.size, store)? == head.root {
        Ok(Relation::Agrees(head.size))
    } else {
        Ok(Relation::Forked(head.size))
    }
}

/// Says whether these witnesses, of which nothing is known, could have made a quorum for another history.
///
/// One whose algorithm is not known here makes none.
pub(crate) fn could_be_a_quorum(policy: &TrustPolicy, silent: &[&str]) -> bool {
    let verified = policy.witnesses.iter().filter(|one| one.key.is_verified());
    let names = verified.map(|one| one.name.as_str());
    let names: Vec<&str> = names.filter(|name| silent.contains(name)).collect();
    policy.quorum_met(&names)
}

/// Returns the memories that a folder once had, that are required, and that are not given.
pub(crate) fn forgotten(
    store: &Store,
    required: &[Memory],
    given: &[Memory],
) -> Result<Vec<Memory>, ServiceFault> {
    let mut missing = Vec::new();
    for memory in required.iter().filter(|memory| !given.contains(memory)) {
        if store.had(*memory)? {
            missing.push(*memory);
        }
    }
    Ok(missing)
}

/// Compares a folder with everything outside it that remembers; the first contradiction is the fault.
///
/// Returns the witnesses that must be heard first, before anything is added to the log: those that gave no answer, where they could
/// have made a quorum. A high-water file lets such a start go on, but not write: whoever restores a machine as a whole restores
/// the file too, and then it is no second memory.
pub(crate) fn check_outside(
    store: &Store,
    genesis: &Genesis,
    options: &Options,
) -> Result<BTreeSet<String>, ServiceFault> {
    let is_new = store.size() <= NEW_LOG_ENTRIES;
    if let Some(memory) = forgotten(store, &options.required, &options.given())?.first() {
        return Err(ServiceFault::Forgotten(*memory));
    }
    if let Some(mark) = &options.high_water {
        let name = format!("the high-water file {}", mark.path().display());
        match mark.read()? {
            Some(note) => match relate(store, genesis, store.size(), &note)? {
                Relation::Agrees(_) => {}
                other @ (Relation::Foreign(_) | Relation::Ahead(_) | Relation::Forked(_)) => {
                    return Err(ServiceFault::History(format!("{name}: {other}")));
                }
            },
            None if is_new => {}
            None => return Err(ServiceFault::History(format!("{name} is not there"))),
        }
    }
    for seen in &options.seen {
        let Some(note) = &seen.note else { continue };
        match relate(store, genesis, store.size(), note)? {
            Relation::Agrees(_) => {}
            // A witness that shows what we never signed says nothing about us.
            other @ Relation::Foreign(_) => {
                tracing::warn!(witness.name = seen.by, "{other}");
            }
            other @ (Relation::Ahead(_) | Relation::Forked(_)) => {
                return Err(ServiceFault::History(format!(
                    "witness {}: {other}",
                    seen.by
                )));
            }
        }
    }
    let silent: Vec<&str> = options.unanswered.iter().map(String::as_str).collect();
    let asked_too_few = options
        .witnesses
        .as_ref()
        .is_some_and(|policy| could_be_a_quorum(policy, &silent));
    if !asked_too_few || is_new {
        return Ok(BTreeSet::new());
    }
    if options.high_water.is_none() {
        return Err(ServiceFault::Unasked(silent.join(", ")));
    }
    let silent = silent.into_iter().map(str::to_owned);
    Ok(silent.filter(|_| !options.goes_on_unasked).collect())
}

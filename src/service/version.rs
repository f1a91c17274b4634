//! Records as they stood at an earlier size of the log, and the version that was cosigned before this start.
//!
//! The store keeps the newest row of each record. An older one is made again from the entries that touched it, by the fold
//! that made it first; so a reader of a past version waits for no lock, and nothing has to be kept for it.

use crate::domain::entry::{Entry, Outcome, genesis_events};
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::{Stamp, fold};
use crate::domain::genesis::Genesis;
use crate::domain::wire::{StateValue, history_leaf, value_hash};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::policy_file::TrustPolicy;
use crate::ledger::proof::root_at;
use crate::ledger::state_tree::StateTree;
use crate::ledger::tree::{Frontier, leaf_hash};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::ServiceFault;
use crate::service::codec::row_key;
use crate::service::log_keys::LogKeys;
use crate::service::query::{Found, found};
use crate::store::Store;

/// Reads the record under a key as it stood when the log had `size` entries.
pub(crate) fn record_at(
    store: &Store,
    key: &StateKey,
    size: u64,
) -> Result<Option<Found>, ServiceFault> {
    let Some(bytes) = store.record(&row_key(key))? else {
        return Ok(None);
    };
    let newest = found(&bytes)?;
    if newest.last_index < size {
        return Ok(Some(newest));
    }
    let limit = limits::EVIDENCE_ENTRIES_MAX;
    let history = store.history(&row_key(key), newest.last_index, limit)?;
    if u64::try_from(history.len()).unwrap_or(u64::MAX) != newest.value.history_size {
        let what = format!("the history of {key} is too long to go back in (limit {limit})");
        return Err(ServiceFault::Doubt(what));
    }
    fold_until(store, key, &history, size)
}

/// Folds the entries of a history that come before `size`.
fn fold_until(
    store: &Store,
    key: &StateKey,
    history: &[EntryIndex],
    size: u64,
) -> Result<Option<Found>, ServiceFault> {
    let mut record: Option<Record> = None;
    let mut leaves = Frontier::new();
    let mut last = None;
    for index in history.iter().copied().take_while(|index| *index < size) {
        let damaged = |what: &str| ServiceFault::Doubt(format!("entry {index}: {what}"));
        let bytes = store
            .entry(index)?
            .ok_or_else(|| damaged("is missing in the store"))?;
        let entry = Entry::parse(&bytes).map_err(|fault| damaged(&fault.to_string()))?;
        let time = entry.time();
        for event in events_of(entry) {
            if event.touches().contains(key) {
                let folded = fold(&event, Stamp { index, time }, key, record.as_ref())
                    .map_err(|fault| damaged(&fault.to_string()))?;
                record = Some(folded);
                leaves.push(history_leaf(key, index), &mut |_, _| {});
            }
        }
        last = Some((index, leaf_hash(&bytes)));
    }
    let (Some(record), Some((last_index, last))) = (record, last) else {
        return Ok(None);
    };
    let value = StateValue {
        key: key.clone(),
        record,
        history_size: leaves.size(),
        history_root: leaves.root(),
        last,
    };
    let text = value.to_text();
    Ok(Some(Found {
        value,
        text,
        last_index,
    }))
}

/// Returns what an entry does.
fn events_of(entry: Entry) -> Vec<Event> {
    match entry {
        Entry::Genesis { time, genesis, .. } => genesis_events(&genesis, time),
        Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        } => vec![event],
        Entry::Command {
            outcome: Outcome::Refused(_),
            ..
        }
        | Entry::State(_) => Vec::new(),
    }
}

/// Returns the newest cosigned checkpoint, where it still meets the quorum and is not too far behind to go on from.
///
/// One that this log cannot have is a doubt, whatever the witnesses of today are: an old copy was restored.
pub(crate) fn cosigned_before(
    store: &Store,
    genesis: &Genesis,
    policy: Option<&TrustPolicy>,
) -> Result<Option<(Checkpoint, String)>, ServiceFault> {
    let Some((size, note)) = store.latest_cosigned()? else {
        return Ok(None);
    };
    let doubt = |what: String| {
        ServiceFault::Doubt(format!("the cosigned checkpoint of size {size}: {what}"))
    };
    let head = Checkpoint::open(
        &note,
        &LogKeys::read(store, genesis)?.all(),
        &genesis.origin,
    )
    .map_err(|fault| doubt(fault.to_string()))?;
    if head.size != size || size > store.size() {
        return Err(doubt(
            "it is ahead of the entries: an old copy was restored".to_owned(),
        ));
    }
    if root_at(size, store)? != head.root {
        return Err(doubt("the entries have another root".to_owned()));
    }
    let is_met = policy.is_some_and(|policy| {
        let parsed = SignedNote::parse(&note).ok();
        let cosigned = parsed.and_then(|note| policy.cosigned_by(&note).ok());
        let names = cosigned.map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
        names.is_some_and(|names| policy.quorum_met(&names))
    });
    let is_near = store.size() - size <= limits::COSIGNED_LAG_ENTRIES_MAX;
    Ok((is_met && is_near).then_some((head, note)))
}

/// Makes the state tree of `size` entries from the tree of all records that have not changed since, and those that have.
pub(crate) fn tree_at(
    store: &Store,
    unchanged: &StateTree,
    changed: &[(StateKey, Hash)],
    size: u64,
) -> Result<StateTree, ServiceFault> {
    let mut tree = unchanged.clone();
    for (key, _) in changed {
        if let Some(earlier) = record_at(store, key, size)? {
            tree.insert(key.hash(), value_hash(&earlier.text));
        }
    }
    Ok(tree)
}

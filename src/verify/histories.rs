//! Whether the entries of a file are all that its records come of: the named histories are whole, no shown entry is missing in
//! one, and what the entries make is what the state commits to.
//!
//! A record need not be shown with its history. Where its entries are all in the file all the same, it is held to them as if
//! it were; where more are in the file than the state counts, the state has forgotten one.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::fold;
use crate::domain::wire::{StateValue, history_leaf};
use crate::ledger::tree::Frontier;
use crate::primitives::crypto::Hash;
use crate::verify::checks::Acted;
use crate::verify::evidence::ProvenRecord;
use crate::verify::strict;

type Values = BTreeMap<StateKey, StateValue>;
type Acts = BTreeMap<u64, Vec<Acted>>;

/// Every named history is the one that the state commits to, and each shown right has that of its kind's policy beside it: the
/// unit, layer and source of the right are read from it. Returns how many histories are named.
pub(super) fn complete(records: &[ProvenRecord], values: &Values) -> Result<usize, String> {
    let mut named = BTreeSet::new();
    for record in records {
        let Some(history) = &record.history else {
            continue;
        };
        let key = &record.key;
        let Some(value) = values.get(key) else {
            return Err(format!("{key}: a history of nothing"));
        };
        if !history.is_sorted_by(|a, b| a < b) || !is_whole(value, history) {
            return Err(format!("{key}: the list of entries is not complete"));
        }
        named.insert(key);
    }
    for (key, value) in values {
        let Record::Right(right) = &value.record else {
            continue;
        };
        if !named.contains(&StateKey::Policy(right.kind.clone())) {
            let kind = &right.kind;
            return Err(format!(
                "{key}: the history of the policy {kind} is not shown"
            ));
        }
    }
    Ok(named.len())
}

/// Whether ascending positions give the size and the root of a history in the state.
fn is_whole(value: &StateValue, history: &[u64]) -> bool {
    let mut frontier = Frontier::new();
    for index in history {
        frontier.push(history_leaf(&value.key, *index), &mut |_, _| {});
    }
    frontier.size() == value.history_size && frontier.root() == value.history_root
}

/// Folding the shown entries gives exactly the shown records. Returns how many were made.
pub(super) fn fold_all(
    records: &[ProvenRecord],
    values: &Values,
    acts: &Acts,
) -> Result<usize, String> {
    let touching = touching(acts);
    let mut made = 0_usize;
    for record in records {
        let key = &record.key;
        let shown = touching.get(key).map_or(&[][..], Vec::as_slice);
        let Some(value) = values.get(key) else {
            if let Some(index) = shown.first() {
                return Err(format!("{key}: entry {index} made it, and it is not there"));
            }
            continue;
        };
        match &record.history {
            Some(history) => {
                let in_history = |index: &&u64| history.binary_search(index).is_ok();
                if let Some(index) = shown.iter().find(|index| !in_history(index)) {
                    return Err(format!("{key}: entry {index} is not in its history"));
                }
                same(key, history, acts, value)?;
                made += 1;
            }
            None => made += usize::from(unnamed(key, shown, acts, value)?),
        }
    }
    Ok(made)
}

/// The shown entries that touch each record, ascending.
fn touching(acts: &Acts) -> BTreeMap<StateKey, Vec<u64>> {
    let mut touching: BTreeMap<StateKey, Vec<u64>> = BTreeMap::new();
    for (index, acted) in acts {
        let events = acted.iter().filter_map(|act| act.event.as_ref());
        let keys: BTreeSet<StateKey> = events.flat_map(Event::touches).collect();
        for key in keys {
            touching.entry(key).or_default().push(*index);
        }
    }
    touching
}

/// A record whose history is not named: held to it where the file has all of it, which is returned.
fn unnamed(key: &StateKey, shown: &[u64], acts: &Acts, value: &StateValue) -> Result<bool, String> {
    let count = u64::try_from(shown.len()).unwrap_or(u64::MAX);
    if count > value.history_size {
        let size = value.history_size;
        return Err(format!(
            "{key}: the file has {count} entries about it, and the state counts {size}"
        ));
    }
    if count < value.history_size {
        return Ok(false);
    }
    if !is_whole(value, shown) {
        return Err(format!(
            "{key}: its entries are others than the state counts"
        ));
    }
    same(key, shown, acts, value)?;
    Ok(true)
}

/// The entries of a history, folded, are the record.
fn same(key: &StateKey, history: &[u64], acts: &Acts, value: &StateValue) -> Result<(), String> {
    let (state, last) = folded(key, history, acts)?;
    if state.as_ref() != Some(&value.record) || last != Some(value.last) {
        return Err(format!("{key}: the entries give another state"));
    }
    Ok(())
}

/// What the entries of a history make of nothing, and the leaf hash of the last one that touched it.
fn folded(
    key: &StateKey,
    history: &[u64],
    acts: &Acts,
) -> Result<(Option<Record>, Option<Hash>), String> {
    let (mut state, mut last) = (None, None);
    for index in history {
        let Some(acted) = acts.get(index) else {
            return Err(format!("{key}: entry {index} of its history is missing"));
        };
        for act in acted {
            let Some(event) = act.event.as_ref().filter(|e| e.touches().contains(key)) else {
                continue;
            };
            let made = fold(event, act.stamp, key, state.as_ref())
                .map_err(|fault| format!("entry {index}: {fault}"))?;
            if let Event::Changed { .. } = event {
                strict::check(&made).map_err(|why| format!("entry {index}: {key}: {why}"))?;
            }
            state = Some(made);
            last = Some(act.leaf);
        }
    }
    Ok((state, last))
}

//! Erasure: what an accepted `erase` orders is destroyed in the batch that writes its entry, and then taken off the files.
//!
//! The data key of the record goes. Where some of its values stay, these are sealed again under a new data key first, so that
//! no copy of the folder opens the erased ones with a key that still exists.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;
use crate::primitives::id::EntryIndex;
use crate::service::openings::sealing::{DataKey, OpeningsKey};
use crate::service::options::StopCause;
use crate::service::{Shared, drafts};
use crate::store::{Commit, Opening, Store, StoreFault};

/// The list of a record that an erasure adds to.
const LIST: &str = "erased";

/// What an event orders to be destroyed.
pub(crate) struct Order {
    /// The entry beside which the openings lie: the one that created the record.
    of: EntryIndex,
    claims: Vec<String>,
}

/// Returns what the event of the entry at `index` orders to be destroyed.
pub(crate) fn ordered(event: &Event, index: EntryIndex) -> Option<Order> {
    let Event::Changed { act, rows, .. } = event else {
        return None;
    };
    if act != "erase" {
        return None;
    }
    // The list stands in the event as a whole; what this entry has added names it.
    let new = rows.iter().filter(|row| {
        row.list == LIST && !row.drop && row.item.get("entry") == Some(&Json::count(index))
    });
    let claims = new.clone().filter_map(|row| match row.item.get("claim") {
        Some(Json::Text(claim)) => Some(claim.clone()),
        _ => None,
    });
    let of = new.clone().find_map(|row| match row.of {
        StateKey::Party(id) => Some(id.0),
        StateKey::Pledge(id) => Some(id.0),
        StateKey::Right(_)
        | StateKey::Reservation(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => None,
    })?;
    Some(Order {
        of,
        claims: claims.collect(),
    })
}

/// Adds to the commit of the entry at `index` what destroys the openings. Every entry before those of the commit is written.
pub(crate) fn destroy(
    order: Order,
    index: EntryIndex,
    key: Option<&OpeningsKey>,
    store: &Store,
    commit: &mut Commit,
) -> Result<(), StoreFault> {
    let mut rows = kept(order.of, store, commit)?;
    for claim in order.claims {
        rows.remove(&claim);
        commit.openings_erased.push((order.of, claim));
    }
    commit.purge = Some(index);
    if rows.is_empty() {
        commit.opening_keys_erased.push(order.of);
        return Ok(());
    }
    match key {
        Some(key) => seal_again(order.of, &rows, key, store, commit),
        // Without a key nothing was ever sealed here.
        None => Ok(()),
    }
}

/// The openings of an entry as they are when the commit so far is written.
fn kept(
    of: EntryIndex,
    store: &Store,
    commit: &Commit,
) -> Result<BTreeMap<String, Vec<u8>>, StoreFault> {
    let written = store.openings(of)?.into_iter();
    let in_commit = commit
        .openings
        .iter()
        .filter(|row| row.entry == of)
        .cloned();
    let mut rows: BTreeMap<String, Vec<u8>> = written
        .chain(in_commit)
        .map(|row| (row.claim, row.sealed))
        .collect();
    for (_, claim) in commit
        .openings_erased
        .iter()
        .filter(|(entry, _)| *entry == of)
    {
        rows.remove(claim);
    }
    Ok(rows)
}

fn seal_again(
    of: EntryIndex,
    rows: &BTreeMap<String, Vec<u8>>,
    key: &OpeningsKey,
    store: &Store,
    commit: &mut Commit,
) -> Result<(), StoreFault> {
    let in_commit = commit
        .opening_keys
        .iter()
        .rev()
        .find(|(entry, _)| *entry == of);
    let wrapped = match in_commit {
        Some((_, wrapped)) => Some(wrapped.clone()),
        None => store.wrapped_key(of)?,
    };
    let old = wrapped.and_then(|wrapped| key.unwrap(of, &wrapped));
    let new = DataKey::fresh()?;
    let mut again = Vec::new();
    for (claim, sealed) in rows {
        let Some(text) = old.as_ref().and_then(|old| old.open(of, claim, sealed)) else {
            // What cannot be read cannot be kept either; its parties have it.
            tracing::error!(
                error.kind = "openings",
                entry.index = of,
                "an opening that stays does not open, and is left as it is"
            );
            return Ok(());
        };
        again.push(Opening {
            entry: of,
            claim: claim.clone(),
            sealed: new.seal(of, claim, &text)?,
        });
    }
    commit.opening_keys.push((of, key.wrap(of, &new)?));
    commit.openings.extend(again);
    Ok(())
}

/// Takes what was erased off the files, after the entries that ordered it are on the disk. Runs until no order can come.
pub(crate) fn purge(shared: &Arc<Shared>, orders: &Receiver<()>) {
    while orders.recv().is_ok() {
        while orders.try_recv().is_ok() {}
        // What a decided draft hid is hidden by its record from now on, and goes with that.
        let swept = drafts::sweep(shared).map_err(|fault| fault.to_string());
        match swept.and_then(|()| {
            let purged = shared.store.purge_erased();
            purged.map_err(|fault| fault.to_string())
        }) {
            Ok(()) => tracing::info!("took erased openings off the disk"),
            Err(fault) => {
                tracing::error!(
                    error.kind = "storage",
                    "erased openings could not be taken off the disk: {fault}"
                );
                return shared.stop(StopCause::Storage);
            }
        }
    }
}

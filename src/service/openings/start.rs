//! What a start does about openings: the key of the folder must be the one at hand, what lies in clear is sealed, and what
//! was erased has left the files.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::envelope::Opening;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::KeyId;
use crate::primitives::id::EntryIndex;
use crate::service::ServiceFault;
use crate::service::drafts;
use crate::service::openings::keep;
use crate::service::openings::sealing::{OpeningsKey, is_sealed};
use crate::store::{self, Commit, Store, StoreFault};

/// Openings that are looked at together.
const PAGE: usize = 1_024;

/// What the openings in a folder are like.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// The id of the key that seals them, once one was set.
    pub key: Option<String>,
    /// How many are sealed.
    pub sealed: u64,
    /// How many lie in clear, as the first release left them.
    pub clear: u64,
    /// How many could not be opened with the key at hand; zero without a key.
    pub unreadable: u64,
}

/// Counts the openings of a folder, and with its key tries each.
pub fn look(store: &Store, key: Option<&OpeningsKey>) -> Result<Kept, ServiceFault> {
    let mut kept = Kept {
        key: store.openings_key()?,
        ..Kept::default()
    };
    let mut data: Option<(EntryIndex, Option<_>)> = None;
    each(store, &mut |opening| {
        if !is_sealed(&opening.sealed) {
            kept.clear += 1;
            return Ok(());
        }
        kept.sealed += 1;
        let Some(key) = key else { return Ok(()) };
        if data
            .as_ref()
            .is_none_or(|(entry, _)| *entry != opening.entry)
        {
            let wrapped = store.wrapped_key(opening.entry)?;
            let unwrap = |wrapped: Vec<u8>| key.unwrap(opening.entry, &wrapped);
            data = Some((opening.entry, wrapped.and_then(unwrap)));
        }
        let found = data.as_ref().and_then(|(_, data)| data.as_ref());
        let text = found.and_then(|data| data.open(opening.entry, &opening.claim, &opening.sealed));
        kept.unreadable += u64::from(text.is_none());
        Ok(())
    })?;
    Ok(kept)
}

fn each(
    store: &Store,
    visit: &mut dyn FnMut(&store::Opening) -> Result<(), StoreFault>,
) -> Result<(), ServiceFault> {
    let mut after: Option<store::Opening> = None;
    loop {
        let page = store.openings_after(after.as_ref(), PAGE)?;
        for opening in &page {
            visit(opening)?;
        }
        let is_last = page.len() < PAGE;
        after = page.into_iter().last();
        if is_last {
            return Ok(());
        }
    }
}

/// Says why a folder cannot be served with this key; nothing where it can.
pub fn refusal(
    key_of_folder: Option<&str>,
    has_clear: bool,
    at_hand: Option<KeyId>,
) -> Option<String> {
    match (key_of_folder, at_hand) {
        (None, None) if has_clear => Some(
            "openings of hidden values lie in clear in this folder, and no openings key was given to seal them with".to_owned(),
        ),
        (None, None | Some(_)) => None,
        (Some(id), None) => Some(format!(
            "the openings of hidden values in this folder are sealed under the openings key {id}, which was not given"
        )),
        (Some(id), Some(at_hand)) => (id != at_hand.to_string()).then(|| {
            format!(
                "the openings of hidden values in this folder are sealed under the openings key {id}; the one that was given is {at_hand}"
            )
        }),
    }
}

/// Checks the key against the folder, seals what lies in clear, and finishes what an interrupted erasure has left.
pub(crate) fn prepare(store: &Store, key: Option<&OpeningsKey>) -> Result<(), ServiceFault> {
    let of_folder = store.openings_key()?;
    // Only a folder without a key has clear openings, or one in which sealing them was interrupted, which a purge follows.
    let may_have_clear = of_folder.is_none() || store.purge_due()?.is_some();
    let has_clear = may_have_clear && has_clear(store)?;
    let at_hand = key.map(OpeningsKey::id);
    if let Some(why) = refusal(of_folder.as_deref(), has_clear, at_hand) {
        return Err(ServiceFault::Openings(why));
    }
    if let Some(key) = key {
        if of_folder.is_none() {
            store.set_openings_key(&key.id().to_string(), &[], &[])?;
        }
        if has_clear {
            let sealed = seal_clear(store, key)?;
            tracing::info!(
                openings.sealed = sealed,
                "sealed openings that lay in clear"
            );
        }
    }
    if store.purge_due()?.is_some() {
        // What a decided draft hid is hidden by its record from then on, and goes with that.
        drafts::end_decided(store)?;
        store.purge_erased()?;
        tracing::info!("finished taking erased openings off the disk");
    }
    Ok(())
}

fn has_clear(store: &Store) -> Result<bool, ServiceFault> {
    let mut any = false;
    each(store, &mut |opening| {
        any |= !is_sealed(&opening.sealed);
        Ok(())
    })?;
    Ok(any)
}

/// Seals the openings that the first release left in clear; those of refused commands, which nobody may ever read, go.
fn seal_clear(store: &Store, key: &OpeningsKey) -> Result<u64, ServiceFault> {
    let mut clear: std::collections::BTreeMap<EntryIndex, Vec<String>> =
        std::collections::BTreeMap::new();
    each(store, &mut |opening| {
        if !is_sealed(&opening.sealed) {
            let of_entry = clear.entry(opening.entry).or_default();
            of_entry.push(opening.claim.clone());
        }
        Ok(())
    })?;
    let mut sealed = 0;
    for (entry, claims) in clear {
        let mut commit = Commit {
            purge: Some(entry),
            ..Commit::default()
        };
        if is_accepted(store, entry)? {
            let mut openings = Vec::new();
            for claim in &claims {
                openings.extend(read_clear(store, entry, claim)?);
            }
            sealed += u64::try_from(openings.len()).unwrap_or(u64::MAX);
            keep(key, entry, &openings, &mut commit)?;
        } else {
            commit.openings_erased = claims.into_iter().map(|claim| (entry, claim)).collect();
        }
        store.commit(&commit)?;
    }
    Ok(sealed)
}

pub(crate) fn is_accepted(store: &Store, entry: EntryIndex) -> Result<bool, ServiceFault> {
    let bytes = store.entry(entry)?.unwrap_or_default();
    Ok(matches!(
        Entry::parse(&bytes),
        Ok(Entry::Command {
            outcome: Outcome::Accepted { .. },
            ..
        })
    ))
}

fn read_clear(
    store: &Store,
    entry: EntryIndex,
    claim: &str,
) -> Result<Option<Opening>, ServiceFault> {
    let Some(found) = store.opening(entry, claim)? else {
        return Ok(None);
    };
    let damaged = || {
        ServiceFault::Doubt(format!(
            "the opening of {claim} of entry {entry} cannot be read"
        ))
    };
    let json = Json::parse(&found.sealed).map_err(|_| damaged())?;
    Opening::parse("opening", json)
        .map(Some)
        .map_err(|_| damaged())
}

/// Wraps every data key under another openings key, in one write; returns how many.
///
/// The openings themselves are not touched. Afterwards the folder opens with `to` alone, and copies of the folder made before
/// open with `from` alone: who destroys `from` has destroyed what was erased in them too.
pub fn rewrap(store: &Store, from: &OpeningsKey, to: &OpeningsKey) -> Result<u64, ServiceFault> {
    let of_folder = store.openings_key()?;
    let has_clear = has_clear(store)?;
    if let Some(why) = refusal(of_folder.as_deref(), has_clear, Some(from.id())) {
        return Err(ServiceFault::Openings(why));
    }
    if has_clear {
        let why = "openings of hidden values lie in clear in this folder: serve it once with the key until now, which seals them";
        return Err(ServiceFault::Openings(why.to_owned()));
    }
    let mut again = Vec::new();
    for (entry, wrapped) in store.wrapped_keys()? {
        let damaged = || {
            ServiceFault::Openings(format!(
                "the data key of entry {entry} does not open with the openings key {}",
                from.id()
            ))
        };
        let data = from.unwrap(entry, &wrapped).ok_or_else(damaged)?;
        let wrapped = to.wrap(entry, &data).map_err(StoreFault::from)?;
        again.push((entry, wrapped));
    }
    let drafts = drafts::kept::wrapped_again(store, from, to)?;
    store.set_openings_key(&to.id().to_string(), &again, &drafts)?;
    store.purge_erased()?;
    let count = again.len().saturating_add(drafts.len());
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

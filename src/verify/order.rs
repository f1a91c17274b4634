//! The order of what a file shows of a log: time goes on and law does not go back (docs/FORMATS.md 3).
//!
//! A file does not prove that times are right; but a command is held against them, so they must not contradict each other.

use std::collections::BTreeMap;

use crate::domain::entry::{Entry, StateEntry};
use crate::domain::law::Law;
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;

/// Checks that each shown entry is later than those before it and of no earlier law, and that the state entry comes last.
pub(super) fn check(
    entries: &BTreeMap<EntryIndex, (Entry, Hash)>,
    state: &StateEntry,
) -> Result<(), String> {
    let (mut time, mut law): (Option<Timestamp>, Option<Law>) = (None, None);
    for (index, (entry, _)) in entries {
        if time.is_some_and(|before| before >= entry.time()) {
            return Err(format!("entry {index} is not later than those before it"));
        }
        time = Some(entry.time());
        let own = law_of(entry);
        if own.is_some() && own < law {
            return Err(format!(
                "entry {index} is of an earlier law than those before it"
            ));
        }
        law = own.or(law);
    }
    let shows_state = entries.contains_key(&state.index);
    if !shows_state && time.is_some_and(|before| before >= state.time) {
        return Err("the state entry is not later than those before it".to_owned());
    }
    Ok(())
}

/// A state entry decides nothing.
fn law_of(entry: &Entry) -> Option<Law> {
    match entry {
        Entry::Genesis { law, .. } | Entry::Command { law, .. } => Some(*law),
        Entry::State(_) => None,
    }
}

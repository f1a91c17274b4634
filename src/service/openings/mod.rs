//! Openings of hidden values: kept sealed beside the log, outside every hash, and readable only while their data key exists.
//!
//! The order of the steps; how bytes are sealed is a matter of `sealing`, what a start checks one of `start`.

pub(crate) mod erasure;
pub mod kept;
pub mod persons;
pub mod reading;
pub mod sealing;
pub mod start;

use crate::domain::envelope::Opening;
use crate::primitives::id::EntryIndex;
use crate::store::{self, Commit, StoreFault};
use sealing::{DataKey, NoRandomness, OpeningsKey};

impl From<NoRandomness> for StoreFault {
    fn from(_: NoRandomness) -> Self {
        Self::Storage("the operating system gave no random bytes".to_owned())
    }
}

/// Seals the openings of an entry under a new data key, and adds both to the commit that writes the entry.
pub(crate) fn keep(
    key: &OpeningsKey,
    entry: EntryIndex,
    openings: &[Opening],
    commit: &mut Commit,
) -> Result<(), StoreFault> {
    if openings.is_empty() {
        return Ok(());
    }
    let data = DataKey::fresh()?;
    commit.opening_keys.push((entry, key.wrap(entry, &data)?));
    for opening in openings {
        let text = zeroize::Zeroizing::new(opening.to_json().to_canonical());
        commit.openings.push(store::Opening {
            entry,
            claim: opening.claim.clone(),
            sealed: data.seal(entry, &opening.claim, &text)?,
        });
    }
    Ok(())
}

//! The entries of a log with the tree over them, wherever they are kept: in memory, or in an auditor's copy on the disk.
//!
//! Separate from those who read them, so that a proof about a log of ten million entries needs no more memory than one about
//! ten.

use crate::domain::command::Body;
use crate::domain::entry::Entry;
use crate::domain::wire::parse_command;
use crate::ledger::tree::{Frontier, HashReader, NodeId, Tail, UnknownNode, leaf_hash};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;

/// Entries from 0 on, and the hashes of the tree over them.
pub trait Entries: HashReader {
    /// Returns how many there are.
    fn size(&self) -> u64;
    /// Returns the bytes of one; none beyond the end, or where they cannot be read.
    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>>;
}

impl<E: Entries> Entries for &E {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>> {
        (**self).entry(index)
    }
}

/// Entries in memory.
#[derive(Debug)]
pub struct InMemory<'a> {
    entries: &'a [Vec<u8>],
    leaves: Tail,
}

impl<'a> InMemory<'a> {
    /// Takes the entries and makes the tree over them.
    pub fn new(entries: &'a [Vec<u8>]) -> Self {
        let mut leaves = Tail::new(Frontier::new());
        for entry in entries {
            leaves.append(leaf_hash(entry));
        }
        Self { entries, leaves }
    }
}

impl HashReader for InMemory<'_> {
    type Error = UnknownNode;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, UnknownNode> {
        self.leaves.read(nodes)
    }
}

impl Entries for InMemory<'_> {
    fn size(&self) -> u64 {
        self.leaves.size()
    }

    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>> {
        let at = usize::try_from(index).ok()?;
        self.entries.get(at).cloned()
    }
}

/// Returns the text of the policy that an entry adopts.
pub(crate) fn adopted_text(entry: &[u8]) -> Option<String> {
    let Ok(Entry::Command { envelope, .. }) = Entry::parse(entry) else {
        return None;
    };
    match parse_command(&envelope.payload).ok()?.body {
        Body::AdoptPolicy { text, .. } => Some(text),
        _ => None,
    }
}

//! One atomic, durable change of the store.
//!
//! A commit is plain values: whoever makes it needs no handle of the database, and a test can compare it. Several groups of
//! commands can be merged into one before it is written.

use rocksdb::WriteBatch;

use crate::ledger::tree::NodeId;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::store::fault::StoreFault;
use crate::store::rows::{self, CommandRow, Link, Opening};
use crate::store::{Column, Database, Handle, META_ORIGIN, META_PURGE, META_REBUILD, handle};

/// A change of an index from parties to their records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IndexChange<Id> {
    /// The record came to the party.
    Add(PartyId, Id),
    /// The record left the party.
    Remove(PartyId, Id),
}

/// Everything that becomes durable together, or not at all.
///
/// Rows are applied in the order of their list, so a later row under the same key wins.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Commit {
    /// The name of the log; written once, with the genesis entry.
    pub origin: Option<String>,
    /// New entries, ascending and without a gap from the size of the log.
    pub entries: Vec<(EntryIndex, Vec<u8>)>,
    /// Subtrees of the log that became complete.
    pub nodes: Vec<(NodeId, Hash)>,
    /// Rows of the state: key and new value.
    pub records: Vec<(Vec<u8>, Vec<u8>)>,
    /// The touches of each new entry; an entry that touches nothing can be left out.
    pub links: Vec<(EntryIndex, Vec<Link>)>,
    /// Consumed command ids.
    pub commands: Vec<CommandRow>,
    /// Rights that came to a holder or left one.
    pub holders: Vec<IndexChange<RightId>>,
    /// Pledges that came to a pledgee or left one.
    pub pledgees: Vec<IndexChange<PledgeId>>,
    /// Pledges that came to a pledgor or left one.
    pub pledgors: Vec<IndexChange<PledgeId>>,
    /// Pledges and reservations, by their indexes, that concern a party.
    pub concerned: Vec<IndexChange<EntryIndex>>,
    /// Openings of hidden claims.
    pub openings: Vec<Opening>,
    /// Wrapped data keys of the openings of an entry; a later one takes the place of the one before.
    pub opening_keys: Vec<(EntryIndex, Vec<u8>)>,
    /// Openings to erase: entry and claim name; applied after `openings`. The bytes leave the disk with
    /// [`Store::purge_erased`](super::Store::purge_erased).
    pub openings_erased: Vec<(EntryIndex, String)>,
    /// Data keys to erase; applied after `opening_keys`.
    pub opening_keys_erased: Vec<EntryIndex>,
    /// The newest entry that erases something: what it erased must still leave the files.
    pub purge: Option<EntryIndex>,
    /// A published checkpoint: tree size and signed note.
    pub checkpoint: Option<(u64, String)>,
    /// How far a rebuild has come, in the words of whoever rebuilds; takes the place of the mark of the wipe.
    pub rebuilt: Option<String>,
}

impl Commit {
    /// Appends a later change, so that both are written as one.
    pub fn absorb(&mut self, later: Self) {
        self.origin = later.origin.or(self.origin.take());
        self.entries.extend(later.entries);
        self.nodes.extend(later.nodes);
        self.records.extend(later.records);
        self.links.extend(later.links);
        self.commands.extend(later.commands);
        self.holders.extend(later.holders);
        self.pledgees.extend(later.pledgees);
        self.pledgors.extend(later.pledgors);
        self.concerned.extend(later.concerned);
        self.openings.extend(later.openings);
        self.opening_keys.extend(later.opening_keys);
        self.openings_erased.extend(later.openings_erased);
        self.opening_keys_erased.extend(later.opening_keys_erased);
        self.purge = later.purge.or(self.purge.take());
        self.checkpoint = later.checkpoint.or(self.checkpoint.take());
        self.rebuilt = later.rebuilt.or(self.rebuilt.take());
    }

    /// Returns the size of the log after the commit, where the entries continue a log of `size`.
    pub(super) fn size_after(&self, size: u64) -> Result<u64, StoreFault> {
        let mut expected = size;
        for (found, _) in &self.entries {
            if *found != expected {
                return Err(StoreFault::OutOfOrder {
                    expected,
                    found: *found,
                });
            }
            expected += 1;
        }
        match &self.checkpoint {
            Some((signed, _)) if *signed > expected => Err(StoreFault::corrupt(
                "a checkpoint covers entries that do not exist",
                *signed,
            )),
            _ => Ok(expected),
        }
    }

    /// Encodes the rows for one write.
    pub(super) fn batch(&self, database: &Database) -> Result<WriteBatch, StoreFault> {
        let bytes = self.entries.iter().map(|(_, entry)| entry.len());
        let bytes = bytes.chain(self.records.iter().map(|(key, row)| key.len() + row.len()));
        let rows = self.entries.len() + self.nodes.len() + self.records.len() + self.links.len();
        let mut batch = WriteBatch::with_capacity_bytes(bytes.sum::<usize>() + 64 * rows + 1_024);
        self.put_truth(database, &mut batch)?;
        self.put_state(database, &mut batch)?;
        self.put_indexes(database, &mut batch)?;
        Ok(batch)
    }

    fn put_truth(&self, database: &Database, batch: &mut WriteBatch) -> Result<(), StoreFault> {
        if let Some(origin) = &self.origin {
            batch.put_cf(&handle(database, Column::Meta)?, META_ORIGIN, origin);
        }
        let column = handle(database, Column::Entries)?;
        for (index, entry) in &self.entries {
            batch.put_cf(&column, rows::index_key(*index), entry);
        }
        if let Some((size, note)) = &self.checkpoint {
            batch.put_cf(
                &handle(database, Column::Checkpoints)?,
                rows::index_key(*size),
                note,
            );
        }
        let column = handle(database, Column::Openings)?;
        for opening in &self.openings {
            let key = rows::opening_key(opening.entry, &opening.claim);
            batch.put_cf(&column, key, &opening.sealed);
        }
        for (entry, claim) in &self.openings_erased {
            batch.delete_cf(&column, rows::opening_key(*entry, claim));
        }
        self.put_opening_keys(database, batch)
    }

    fn put_opening_keys(
        &self,
        database: &Database,
        batch: &mut WriteBatch,
    ) -> Result<(), StoreFault> {
        let column = handle(database, Column::OpeningKeys)?;
        for (entry, wrapped) in &self.opening_keys {
            batch.put_cf(&column, rows::index_key(*entry), wrapped);
        }
        for entry in &self.opening_keys_erased {
            batch.delete_cf(&column, rows::index_key(*entry));
        }
        if let Some(entry) = self.purge {
            let meta = handle(database, Column::Meta)?;
            batch.put_cf(&meta, META_PURGE, entry.to_string());
        }
        Ok(())
    }

    fn put_state(&self, database: &Database, batch: &mut WriteBatch) -> Result<(), StoreFault> {
        if let Some(mark) = &self.rebuilt {
            batch.put_cf(&handle(database, Column::Meta)?, META_REBUILD, mark);
        }
        let column = handle(database, Column::Nodes)?;
        for (node, hash) in &self.nodes {
            batch.put_cf(&column, rows::node_key(*node), hash.as_bytes());
        }
        let column = handle(database, Column::Records)?;
        for (key, row) in &self.records {
            batch.put_cf(&column, key, row);
        }
        let column = handle(database, Column::Links)?;
        for (index, links) in self.links.iter().filter(|(_, links)| !links.is_empty()) {
            batch.put_cf(
                &column,
                rows::index_key(*index),
                rows::encode_links(*index, links)?,
            );
        }
        let column = handle(database, Column::Commands)?;
        for row in &self.commands {
            batch.put_cf(
                &column,
                rows::command_key(row.org, row.cmd),
                rows::command_value(row),
            );
        }
        Ok(())
    }

    fn put_indexes(&self, database: &Database, batch: &mut WriteBatch) -> Result<(), StoreFault> {
        let holders = handle(database, Column::Holders)?;
        for change in &self.holders {
            apply(batch, &holders, change, |right| right.0);
        }
        let pledgees = handle(database, Column::Pledgees)?;
        for change in &self.pledgees {
            apply(batch, &pledgees, change, |pledge| pledge.0);
        }
        let pledgors = handle(database, Column::Pledgors)?;
        for change in &self.pledgors {
            apply(batch, &pledgors, change, |pledge| pledge.0);
        }
        let concerned = handle(database, Column::Concerned)?;
        for change in &self.concerned {
            apply(batch, &concerned, change, |index| index);
        }
        Ok(())
    }
}

fn apply<Id: Copy>(
    batch: &mut WriteBatch,
    column: &Handle<'_>,
    change: &IndexChange<Id>,
    number: impl Fn(Id) -> EntryIndex,
) {
    match change {
        IndexChange::Add(party, id) => {
            batch.put_cf(column, rows::pair_key(party.0, number(*id)), b"");
        }
        IndexChange::Remove(party, id) => {
            batch.delete_cf(column, rows::pair_key(party.0, number(*id)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_must_continue_the_log() {
        let commit = Commit {
            entries: vec![(4, Vec::new()), (5, Vec::new())],
            ..Commit::default()
        };
        assert_eq!(commit.size_after(4), Ok(6));
        for size in [3, 5] {
            let fault = StoreFault::OutOfOrder {
                expected: size,
                found: 4,
            };
            assert_eq!(commit.size_after(size), Err(fault));
        }
        let early = Commit {
            checkpoint: Some((7, String::new())),
            ..commit
        };
        assert!(early.size_after(4).is_err());
    }
}

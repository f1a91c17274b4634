//! Reads: one row by its key, pages in key order, and walks.
//!
//! Every read sees only what a commit has made durable. A listing takes the last key of the page before (`after`) and returns
//! at most `limit` rows; fewer rows mean that it is at its end.

use rocksdb::{DBRawIteratorWithThreadMode, PrefixRange, ReadOptions};

use crate::ledger::tree::{HashReader, NodeId};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{CommandId, EntryIndex, PartyId, PledgeId, RightId};
use crate::store::fault::StoreFault;
use crate::store::rows::{self, CommandRow, Link};
use crate::store::{Column, Database, Store, handle};

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

impl Store {
    /// Returns the bytes of an entry; nothing beyond the end of the log.
    pub fn entry(&self, index: EntryIndex) -> Result<Option<Vec<u8>>, StoreFault> {
        if index >= self.size() {
            return Ok(None);
        }
        let entry = self.get(Column::Entries, &rows::index_key(index))?;
        entry
            .map(Some)
            .ok_or_else(|| StoreFault::missing("entry", index))
    }

    /// Returns consecutive entries from `from` on: at most `max_count` of them and at most `max_bytes` bytes, but always one
    /// if there is one.
    pub fn entries(
        &self,
        from: EntryIndex,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<Vec<(EntryIndex, Vec<u8>)>, StoreFault> {
        let mut page = Vec::new();
        let mut bytes = 0_usize;
        let size = self.size();
        let mut iterator = self.iterator(Column::Entries, ReadOptions::default())?;
        iterator.seek(rows::index_key(from));
        for index in (from..size).take(max_count) {
            let found = iterator
                .item()
                .filter(|(key, _)| rows::decode_index(key) == Some(index));
            let Some((_, entry)) = found else {
                iterator.status()?;
                return Err(StoreFault::missing("entry", index));
            };
            bytes = bytes.saturating_add(entry.len());
            if bytes > max_bytes && !page.is_empty() {
                break;
            }
            page.push((index, entry.to_vec()));
            iterator.next();
        }
        Ok(page)
    }

    /// Returns a row of the state.
    pub fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        self.get(Column::Records, key)
    }

    /// Returns many rows of the state, in the order of `keys`.
    pub fn records_of(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreFault> {
        let column = handle(&self.shared.database, Column::Records)?;
        let found = self
            .shared
            .database
            .batched_multi_get_cf(&column, keys.iter().copied(), false);
        found
            .into_iter()
            .map(|row| Ok(row?.map(|bytes| bytes.to_vec())))
            .collect()
    }

    /// Returns a page of the rows whose keys begin with `prefix`, in key order.
    pub fn records(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreFault> {
        self.page(Column::Records, prefix, after, limit)
    }

    /// Visits every row of the state in key order, to rebuild the state tree at the start.
    pub fn all_records(&self, visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), StoreFault> {
        self.dump(Column::Records, visit)
    }

    /// Visits every row of a column in key order, as one consistent picture.
    pub fn dump(
        &self,
        column: Column,
        visit: &mut dyn FnMut(&[u8], &[u8]),
    ) -> Result<(), StoreFault> {
        let mut options = ReadOptions::default();
        // A walk over everything would push out of the cache what requests need.
        options.fill_cache(false);
        options.set_readahead_size(4 << 20);
        let mut iterator = self.iterator(column, options)?;
        iterator.seek_to_first();
        while let Some((key, value)) = iterator.item() {
            visit(key, value);
            iterator.next();
        }
        Ok(iterator.status()?)
    }

    /// Returns the touches of an entry, in order; none for an entry that touches nothing.
    pub fn links(&self, index: EntryIndex) -> Result<Vec<Link>, StoreFault> {
        match self.get(Column::Links, &rows::index_key(index))? {
            Some(bytes) => rows::decode_links(index, &bytes),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the entries that touched a row, ascending: the latest `limit` of those up to `last`, which must be one of them.
    ///
    /// Costs one point read per entry. The page before begins at the previous touch of the first index returned (see
    /// [`Store::links`]).
    pub fn history(
        &self,
        row_key: &[u8],
        last: EntryIndex,
        limit: usize,
    ) -> Result<Vec<EntryIndex>, StoreFault> {
        let mut indexes = Vec::new();
        let mut next = Some(last);
        while let Some(index) = next.filter(|_| indexes.len() < limit) {
            let links = self.links(index)?;
            // Links point backward by construction, so the walk ends.
            let link = links.into_iter().find(|link| link.key == row_key);
            next = link
                .ok_or_else(|| StoreFault::missing("the link at entry", index))?
                .previous;
            indexes.push(index);
        }
        indexes.reverse();
        Ok(indexes)
    }

    /// Returns what became of a command id, if the organization used it.
    pub fn command(&self, org: PartyId, cmd: CommandId) -> Result<Option<CommandRow>, StoreFault> {
        let Some(value) = self.get(Column::Commands, &rows::command_key(org, cmd))? else {
            return Ok(None);
        };
        let (entry, payload) = rows::decode_command(&value)
            .ok_or_else(|| StoreFault::corrupt(format!("command {cmd} of {org}"), 0))?;
        Ok(Some(CommandRow {
            org,
            cmd,
            entry,
            payload,
        }))
    }

    /// Visits the id of every command that was decided, by party.
    pub fn all_commands(
        &self,
        visit: &mut dyn FnMut(PartyId, CommandId),
    ) -> Result<(), StoreFault> {
        let mut unreadable = 0_u64;
        self.dump(
            Column::Commands,
            &mut |key, _| match rows::decode_command_key(key) {
                Some((org, cmd)) => visit(org, cmd),
                None => unreadable += 1,
            },
        )?;
        match unreadable {
            0 => Ok(()),
            count => Err(StoreFault::corrupt("keys of commands", count)),
        }
    }

    /// Returns the checkpoint of the largest size: size and signed note.
    pub fn latest_checkpoint(&self) -> Result<Option<(u64, String)>, StoreFault> {
        let Some(size) = self.last_index(Column::Checkpoints)? else {
            return Ok(None);
        };
        Ok(self.checkpoint_at(size)?.map(|note| (size, note)))
    }

    /// Returns the cosigned checkpoint of the largest size: size and signed note.
    pub fn latest_cosigned(&self) -> Result<Option<(u64, String)>, StoreFault> {
        let Some(size) = self.last_index(Column::Cosigned)? else {
            return Ok(None);
        };
        Ok(self.cosigned_at(size)?.map(|note| (size, note)))
    }

    /// Returns the cosigned note of a size.
    pub fn cosigned_at(&self, size: u64) -> Result<Option<String>, StoreFault> {
        let note = self.get(Column::Cosigned, &rows::index_key(size))?;
        let damaged = |_| StoreFault::corrupt("the cosigned checkpoint is not text", size);
        note.map(String::from_utf8).transpose().map_err(damaged)
    }

    /// Returns the number of cosigned checkpoints.
    pub fn cosigned_count(&self) -> Result<u64, StoreFault> {
        let mut count = 0_u64;
        self.dump(Column::Cosigned, &mut |_, _| {
            count = count.saturating_add(1);
        })?;
        Ok(count)
    }

    /// Returns the signed note of a published size.
    pub fn checkpoint_at(&self, size: u64) -> Result<Option<String>, StoreFault> {
        let note = self.get(Column::Checkpoints, &rows::index_key(size))?;
        let damaged = |_| StoreFault::corrupt("the checkpoint is not text", size);
        note.map(String::from_utf8).transpose().map_err(damaged)
    }

    /// Returns the notes of the sizes `from` to `to` in one of the two columns of checkpoints, with their sizes, ascending.
    pub fn notes_between(
        &self,
        column: Column,
        from: u64,
        to: u64,
    ) -> Result<Vec<(u64, String)>, StoreFault> {
        let mut notes = Vec::new();
        let mut iterator = self.iterator(column, ReadOptions::default())?;
        iterator.seek(rows::index_key(from));
        while let Some((key, note)) = iterator.item() {
            let Some(size) = rows::decode_index(key).filter(|size| *size <= to) else {
                break;
            };
            let note = String::from_utf8(note.to_vec());
            let note = note.map_err(|_| StoreFault::corrupt("the checkpoint is not text", size))?;
            notes.push((size, note));
            iterator.next();
        }
        iterator.status()?;
        Ok(notes)
    }

    /// Returns a page of the rights that a party holds, ascending.
    pub fn rights_of_holder(
        &self,
        party: PartyId,
        after: Option<RightId>,
        limit: usize,
    ) -> Result<Vec<RightId>, StoreFault> {
        let after = after.map(|right| right.0);
        let numbers = self.numbers_of(Column::Holders, party, after, limit)?;
        Ok(numbers.into_iter().map(RightId).collect())
    }

    /// Returns a page of the pledges in favor of a party, ascending.
    pub fn pledges_of_pledgee(
        &self,
        party: PartyId,
        after: Option<PledgeId>,
        limit: usize,
    ) -> Result<Vec<PledgeId>, StoreFault> {
        let after = after.map(|pledge| pledge.0);
        let numbers = self.numbers_of(Column::Pledgees, party, after, limit)?;
        Ok(numbers.into_iter().map(PledgeId).collect())
    }

    /// Returns a page of the pledges that a party gave, ascending.
    pub fn pledges_of_pledgor(
        &self,
        party: PartyId,
        after: Option<PledgeId>,
        limit: usize,
    ) -> Result<Vec<PledgeId>, StoreFault> {
        let after = after.map(|pledge| pledge.0);
        let numbers = self.numbers_of(Column::Pledgors, party, after, limit)?;
        Ok(numbers.into_iter().map(PledgeId).collect())
    }

    /// Returns a page of the indexes of pledges and reservations that concern or concerned a party, ascending.
    pub fn concerned(
        &self,
        party: PartyId,
        after: Option<EntryIndex>,
        limit: usize,
    ) -> Result<Vec<EntryIndex>, StoreFault> {
        self.numbers_of(Column::Concerned, party, after, limit)
    }

    fn numbers_of(
        &self,
        column: Column,
        party: PartyId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, StoreFault> {
        let after = after.map(|number| rows::pair_key(party.0, number));
        let after = after.as_ref().map(<[u8; 16]>::as_slice);
        let page = self.page(column, &rows::index_key(party.0), after, limit)?;
        let number = |(key, _): Row| rows::decode_pair(&key).map(|(_, number)| number);
        let numbers: Option<Vec<u64>> = page.into_iter().map(number).collect();
        numbers.ok_or_else(|| StoreFault::corrupt(format!("a key of {}", column.name()), party.0))
    }

    pub(super) fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        let column = handle(&self.shared.database, column)?;
        Ok(self.shared.database.get_cf(&column, key)?)
    }

    /// Returns the largest key of a column of plain indexes.
    pub(super) fn last_index(&self, column: Column) -> Result<Option<u64>, StoreFault> {
        let mut iterator = self.iterator(column, ReadOptions::default())?;
        iterator.seek_to_last();
        let Some(key) = iterator.key() else {
            iterator.status()?;
            return Ok(None);
        };
        let damaged = || StoreFault::corrupt(format!("the last key of {}", column.name()), 0);
        rows::decode_index(key).map(Some).ok_or_else(damaged)
    }

    pub(super) fn page(
        &self,
        column: Column,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreFault> {
        let mut options = ReadOptions::default();
        options.set_iterate_range(PrefixRange(prefix));
        let mut iterator = self.iterator(column, options)?;
        match after {
            // The next key in byte order after a key is that key with a zero byte appended.
            Some(key) => iterator.seek([key, &[0]].concat()),
            None => iterator.seek(prefix),
        }
        let mut page = Vec::new();
        while page.len() < limit {
            let Some((key, value)) = iterator.item() else {
                break;
            };
            page.push((key.to_vec(), value.to_vec()));
            iterator.next();
        }
        iterator.status()?;
        Ok(page)
    }

    pub(super) fn iterator(
        &self,
        column: Column,
        options: ReadOptions,
    ) -> Result<DBRawIteratorWithThreadMode<'_, Database>, StoreFault> {
        let column = handle(&self.shared.database, column)?;
        Ok(self.shared.database.raw_iterator_cf_opt(&column, options))
    }
}

impl HashReader for Store {
    type Error = StoreFault;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, StoreFault> {
        let column = handle(&self.shared.database, Column::Nodes)?;
        let keys: Vec<[u8; 9]> = nodes.iter().map(|node| rows::node_key(*node)).collect();
        let found = self
            .shared
            .database
            .batched_multi_get_cf(&column, &keys, false);
        let mut hashes = Vec::with_capacity(nodes.len());
        for (node, value) in nodes.iter().zip(found) {
            let what = || format!("the hash at level {}, index", node.level);
            let value = value?.ok_or_else(|| StoreFault::missing(what(), node.index))?;
            let bytes = value.as_ref().try_into();
            hashes.push(Hash(
                bytes.map_err(|_| StoreFault::corrupt(what(), node.index))?,
            ));
        }
        Ok(hashes)
    }
}

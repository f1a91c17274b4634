//! Openings of hidden claims and their data keys: bytes that are sealed before they come here, and that can leave for good.

use rocksdb::{BottommostLevelCompaction, CompactOptions, WriteBatch};

use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::store::drafts::draft_key;
use crate::store::fault::StoreFault;
use crate::store::rows::{self, Opening};
use crate::store::{Column, META_OPENINGS_KEY, META_PURGE, Store, handle};

impl Store {
    /// Returns the opening of one hidden claim of an entry, unless it was erased.
    pub fn opening(&self, index: EntryIndex, claim: &str) -> Result<Option<Opening>, StoreFault> {
        let key = rows::opening_key(index, claim);
        let Some(value) = self.get(Column::Openings, &key)? else {
            return Ok(None);
        };
        opening_of(&key, value).map(Some)
    }

    /// Returns the openings of an entry that were not erased, in order of claim name.
    pub fn openings(&self, index: EntryIndex) -> Result<Vec<Opening>, StoreFault> {
        let page = self.page(Column::Openings, &rows::index_key(index), None, usize::MAX)?;
        page.into_iter()
            .map(|(key, value)| opening_of(&key, value))
            .collect()
    }

    /// Returns at most `limit` openings that follow `after`, in order of entry and claim name.
    pub fn openings_after(
        &self,
        after: Option<&Opening>,
        limit: usize,
    ) -> Result<Vec<Opening>, StoreFault> {
        let after = after.map(|opening| rows::opening_key(opening.entry, &opening.claim));
        let page = self.page(Column::Openings, &[], after.as_deref(), limit)?;
        page.into_iter()
            .map(|(key, value)| opening_of(&key, value))
            .collect()
    }

    /// Returns the wrapped data key of the openings of an entry.
    pub fn wrapped_key(&self, entry: EntryIndex) -> Result<Option<Vec<u8>>, StoreFault> {
        self.get(Column::OpeningKeys, &rows::index_key(entry))
    }

    /// Returns every wrapped data key, ascending by entry.
    pub fn wrapped_keys(&self) -> Result<Vec<(EntryIndex, Vec<u8>)>, StoreFault> {
        let mut keys = Vec::new();
        self.dump(Column::OpeningKeys, &mut |key, value| {
            keys.push((rows::decode_index(key), value.to_vec()));
        })?;
        let damaged = || StoreFault::corrupt("a key of opening_keys has another layout", 0);
        keys.into_iter()
            .map(|(entry, value)| Ok((entry.ok_or_else(damaged)?, value)))
            .collect()
    }

    /// Returns the id of the key under which data keys are wrapped, once one was set.
    pub fn openings_key(&self) -> Result<Option<String>, StoreFault> {
        self.meta(META_OPENINGS_KEY)
    }

    /// Sets the key under which data keys are wrapped, with the data keys as they are wrapped under it, and the drafts that hold
    /// such keys: all of them, in one write, so that no folder ever needs two keys.
    pub fn set_openings_key(
        &self,
        id: &str,
        wrapped: &[(EntryIndex, Vec<u8>)],
        drafts: &[(Hash, Vec<u8>)],
    ) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let database = &self.shared.database;
        let column = handle(database, Column::OpeningKeys)?;
        let mut batch = WriteBatch::default();
        for (entry, key) in wrapped {
            batch.put_cf(&column, rows::index_key(*entry), key);
        }
        let column = handle(database, Column::Drafts)?;
        for (draft, row) in drafts {
            batch.put_cf(&column, draft_key(draft), row);
        }
        let meta = handle(database, Column::Meta)?;
        batch.put_cf(&meta, META_OPENINGS_KEY, id);
        // What was wrapped under the key before, or lay in clear, must leave the files too.
        batch.put_cf(&meta, META_PURGE, self.size().to_string());
        self.write(batch)
    }

    /// Returns the newest entry whose erased bytes may still be in the files.
    pub fn purge_due(&self) -> Result<Option<EntryIndex>, StoreFault> {
        let text = self.meta(META_PURGE)?;
        let damaged = || StoreFault::corrupt("the mark of a purge is no number", 0);
        text.map(|text| text.parse().map_err(|_| damaged()))
            .transpose()
    }

    /// Removes the bytes of erased openings and data keys from the files of the folder.
    ///
    /// A deletion only hides a row; its bytes stay in the write-ahead log and in older files until those are replaced. This
    /// flushes every column, which retires the log, and rewrites the columns of openings and of drafts. Copies elsewhere (backups, free
    /// blocks of the disk) are beyond it. Takes time in proportion to the openings kept.
    pub fn purge_erased(&self) -> Result<(), StoreFault> {
        let due = self.purge_due()?;
        let database = &self.shared.database;
        for column in Column::ALL {
            database.flush_cf(&handle(database, column)?)?;
        }
        let mut options = CompactOptions::default();
        options.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
        for column in [Column::Openings, Column::OpeningKeys, Column::Drafts] {
            let column = handle(database, column)?;
            database.compact_range_cf_opt(&column, None::<&[u8]>, None::<&[u8]>, &options);
        }
        let _writing = self.lock();
        // What was erased meanwhile has set a later mark, which stays.
        if due.is_some() && self.purge_due()? == due {
            let mut batch = WriteBatch::default();
            batch.delete_cf(&handle(database, Column::Meta)?, META_PURGE);
            return self.write(batch);
        }
        Ok(())
    }
}

fn opening_of(key: &[u8], value: Vec<u8>) -> Result<Opening, StoreFault> {
    let index = key
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    rows::decode_opening(key, value)
        .ok_or_else(|| StoreFault::corrupt("an opening has another layout", index))
}

//! The inbox of drafts: commands that wait for signatures, and accesses to their hidden values. No hash covers them and no
//! replay makes them.

use rocksdb::{ReadOptions, WriteBatch};

use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::store::fault::StoreFault;
use crate::store::rows;
use crate::store::{Column, Store, handle};

/// Begins the key of a draft.
const DRAFT: u8 = b'd';
/// Begins the keys of the accesses to it.
const READ: u8 = b'r';

pub(super) fn draft_key(draft: &Hash) -> Vec<u8> {
    [&[DRAFT], draft.as_bytes().as_slice()].concat()
}

fn read_begin(draft: &Hash) -> Vec<u8> {
    [&[READ], draft.as_bytes().as_slice()].concat()
}

fn read_key(draft: &Hash, number: u64) -> Vec<u8> {
    [read_begin(draft), number.to_be_bytes().to_vec()].concat()
}

fn damaged() -> StoreFault {
    StoreFault::corrupt("a draft has another layout", 0)
}

impl Store {
    /// Keeps a draft under the hash of its payload, in place of what was kept there; on the disk when this returns.
    pub fn put_draft(&self, draft: &Hash, row: &[u8]) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let column = handle(&self.shared.database, Column::Drafts)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(&column, draft_key(draft), row);
        self.write(batch)
    }

    /// Returns the row of a draft.
    pub fn draft(&self, draft: &Hash) -> Result<Option<Vec<u8>>, StoreFault> {
        self.get(Column::Drafts, &draft_key(draft))
    }

    /// Returns the row of every draft, with the hash of its payload.
    pub fn drafts(&self) -> Result<Vec<(Hash, Vec<u8>)>, StoreFault> {
        let rows = self.page(Column::Drafts, &[DRAFT], None, usize::MAX)?;
        let draft = |(key, row): (Vec<u8>, Vec<u8>)| {
            let hash = key.get(1..).and_then(|hash| hash.try_into().ok());
            Ok((hash.map(Hash).ok_or_else(damaged)?, row))
        };
        rows.into_iter().map(draft).collect()
    }

    /// Adds an access to the hidden values of a draft, under its next number; on the disk when this returns.
    pub fn add_draft_read(&self, draft: &Hash, text: &str) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let next = self.draft_read_count(draft)?;
        let column = handle(&self.shared.database, Column::Drafts)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(&column, read_key(draft, next), text);
        self.write(batch)
    }

    /// Returns how many accesses to the hidden values of a draft there are.
    pub fn draft_read_count(&self, draft: &Hash) -> Result<u64, StoreFault> {
        let begin = read_begin(draft);
        let mut iterator = self.iterator(Column::Drafts, ReadOptions::default())?;
        iterator.seek_for_prev(read_key(draft, u64::MAX));
        let last = iterator.key().and_then(|key| key.strip_prefix(&*begin));
        let last = last.map(|number| rows::decode_index(number).ok_or_else(damaged));
        let last = last.transpose()?;
        iterator.status()?;
        Ok(last.map_or(0, |last| last.saturating_add(1)))
    }

    /// Returns at most `limit` accesses to the hidden values of a draft, oldest first: those after a number, if one is given.
    pub fn draft_reads(
        &self,
        draft: &Hash,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, String)>, StoreFault> {
        let begin = read_begin(draft);
        let after = after.map(|number| read_key(draft, number));
        let rows = self.page(Column::Drafts, &begin, after.as_deref(), limit)?;
        let read = |(key, value): (Vec<u8>, Vec<u8>)| {
            let number = key.strip_prefix(&*begin).and_then(rows::decode_index);
            let text = String::from_utf8(value).map_err(|_| damaged())?;
            Ok((number.ok_or_else(damaged)?, text))
        };
        rows.into_iter().map(read).collect()
    }

    /// Removes a draft and the accesses to it. Where an entry has registered what it hides, the accesses go on in the list of
    /// that entry, in the same write.
    pub fn end_draft(&self, draft: &Hash, entry: Option<EntryIndex>) -> Result<(), StoreFault> {
        let reads = self.draft_reads(draft, None, usize::MAX)?;
        let _writing = self.lock();
        let database = &self.shared.database;
        let column = handle(database, Column::Drafts)?;
        let mut batch = WriteBatch::default();
        batch.delete_cf(&column, draft_key(draft));
        for (number, _) in &reads {
            batch.delete_cf(&column, read_key(draft, *number));
        }
        if let Some(entry) = entry {
            let column = handle(database, Column::OpeningReads)?;
            let mut next = self.next_read(entry)?;
            for (_, text) in &reads {
                batch.put_cf(&column, rows::pair_key(entry, next), text);
                next = next.saturating_add(1);
            }
        }
        self.write(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_replaced_and_its_accesses_go_on_with_the_entry() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s")).unwrap();
        let (one, two) = (Hash([1; 32]), Hash([2; 32]));
        store.put_draft(&one, b"a").unwrap();
        store.put_draft(&one, b"b").unwrap();
        store.put_draft(&two, b"c").unwrap();
        store.add_draft_read(&one, "r0").unwrap();
        store.add_draft_read(&one, "r1").unwrap();
        store.add_draft_read(&two, "x").unwrap();
        assert_eq!(store.draft(&one).unwrap().unwrap(), b"b");
        drop(store);
        let store = Store::open(&folder.path().join("s")).unwrap();
        let all = store.drafts().unwrap();
        assert_eq!(all, [(one, b"b".to_vec()), (two, b"c".to_vec())]);
        let reads = store.draft_reads(&one, None, 9).unwrap();
        assert_eq!(reads, [(0, "r0".to_owned()), (1, "r1".to_owned())]);
        assert_eq!(store.draft_reads(&one, Some(0), 9).unwrap(), reads[1..]);
        assert_eq!(store.draft_read_count(&two).unwrap(), 1);
        store
            .add_opening_reads(&[(7, "before".to_owned())])
            .unwrap();
        store.end_draft(&one, Some(7)).unwrap();
        store.end_draft(&two, None).unwrap();
        assert!(store.drafts().unwrap().is_empty());
        assert!(store.draft_reads(&one, None, 9).unwrap().is_empty());
        assert_eq!(store.draft_read_count(&two).unwrap(), 0);
        let kept = store.opening_reads(7, None, 9).unwrap();
        let kept: Vec<&str> = kept.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(kept, ["r1", "r0", "before"]);
    }
}

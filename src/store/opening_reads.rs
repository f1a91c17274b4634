//! Accesses to openings: who saw what of which pledge, and when. No hash covers them and no replay makes them.

use rocksdb::{ReadOptions, WriteBatch};

use crate::primitives::id::EntryIndex;
use crate::store::fault::StoreFault;
use crate::store::rows;
use crate::store::{Column, Store, handle};

impl Store {
    /// Adds accesses, each to the openings of an entry, under the next numbers of that entry; on the disk when this returns.
    pub fn add_opening_reads(&self, reads: &[(EntryIndex, String)]) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let column = handle(&self.shared.database, Column::OpeningReads)?;
        let mut batch = WriteBatch::default();
        let mut next = std::collections::BTreeMap::new();
        for (entry, text) in reads {
            let number = match next.get(entry) {
                Some(number) => *number,
                None => self.next_read(*entry)?,
            };
            batch.put_cf(&column, rows::pair_key(*entry, number), text);
            next.insert(*entry, number.saturating_add(1));
        }
        self.write(batch)
    }

    pub(super) fn next_read(&self, entry: EntryIndex) -> Result<u64, StoreFault> {
        let last = self.opening_reads(entry, None, 1)?;
        Ok(last
            .first()
            .map_or(0, |(number, _)| number.saturating_add(1)))
    }

    /// Returns at most `limit` accesses of an entry, newest first: those before a number, if one is given.
    pub fn opening_reads(
        &self,
        entry: EntryIndex,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, String)>, StoreFault> {
        let damaged = || StoreFault::corrupt("an access to openings has another layout", entry);
        let mut page = Vec::new();
        let Some(first) = before.map_or(Some(u64::MAX), |before| before.checked_sub(1)) else {
            return Ok(page);
        };
        let mut iterator = self.iterator(Column::OpeningReads, ReadOptions::default())?;
        iterator.seek_for_prev(rows::pair_key(entry, first));
        while page.len() < limit {
            let Some((key, value)) = iterator.item() else {
                break;
            };
            let (of, number) = rows::decode_pair(key).ok_or_else(damaged)?;
            if of != entry {
                break;
            }
            let text = std::str::from_utf8(value).map_err(|_| damaged())?;
            page.push((number, text.to_owned()));
            iterator.prev();
        }
        iterator.status()?;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_are_numbered_per_entry_and_read_backward() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s")).unwrap();
        let read = |entry, text: &str| (entry, text.to_owned());
        store
            .add_opening_reads(&[read(7, "a"), read(8, "x"), read(7, "b")])
            .unwrap();
        store.add_opening_reads(&[read(7, "c")]).unwrap();
        let of = |entry, before, limit| {
            let page = store.opening_reads(entry, before, limit).unwrap();
            page.into_iter()
                .map(|(n, text)| format!("{n}{text}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(of(7, None, 9), "2c 1b 0a");
        assert_eq!(of(7, None, 2), "2c 1b");
        assert_eq!(of(7, Some(1), 9), "0a");
        assert_eq!(of(7, Some(0), 9), "");
        assert_eq!(of(8, None, 9), "0x");
        assert_eq!(of(9, None, 9), "");
        drop(store);
        let store = Store::open(&folder.path().join("s")).unwrap();
        assert_eq!(store.opening_reads(7, None, 1).unwrap()[0].1, "c");
    }
}

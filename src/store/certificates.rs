//! Search certificates: rows that no hash covers and no replay makes, kept by code; their numbers have no gap.

use rocksdb::{ReadOptions, WriteBatch};

use crate::store::fault::StoreFault;
use crate::store::{Column, Store, handle};

/// Begins the key of a code's row.
const BY_CODE: u8 = b'c';
/// Begins the key of a number's row.
const BY_NUMBER: u8 = b'n';

fn code_key(code: &str) -> Vec<u8> {
    [&[BY_CODE], code.as_bytes()].concat()
}

fn number_key(number: u64) -> Vec<u8> {
    [&[BY_NUMBER][..], &number.to_be_bytes()].concat()
}

impl Store {
    /// Keeps a certificate under its code and under its number, which must be the next one.
    pub fn put_certificate(&self, number: u64, code: &str, text: &str) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let expected = self.last_certificate()?.saturating_add(1);
        if number != expected {
            let found = number;
            return Err(StoreFault::OutOfOrder { expected, found });
        }
        let column = handle(&self.shared.database, Column::Certificates)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(&column, code_key(code), text);
        batch.put_cf(&column, number_key(number), code);
        self.write(batch)
    }

    /// Returns the text of the certificate with a code.
    pub fn certificate(&self, code: &str) -> Result<Option<String>, StoreFault> {
        let Some(bytes) = self.get(Column::Certificates, &code_key(code))? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes);
        Ok(Some(text.map_err(|_| {
            StoreFault::corrupt("a certificate is not text", 0)
        })?))
    }

    /// Returns the number of the certificate that was issued last; 0 if there is none.
    pub fn last_certificate(&self) -> Result<u64, StoreFault> {
        let mut iterator = self.iterator(Column::Certificates, ReadOptions::default())?;
        iterator.seek_for_prev(number_key(u64::MAX));
        let Some((key, _)) = iterator.item() else {
            iterator.status()?;
            return Ok(0);
        };
        let Some((&BY_NUMBER, number)) = key.split_first() else {
            return Ok(0);
        };
        let number = number.try_into().map(u64::from_be_bytes);
        number.map_err(|_| StoreFault::corrupt("the number of a certificate is damaged", 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_gap_and_codes_find_their_text() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s")).unwrap();
        assert_eq!(store.last_certificate().unwrap(), 0);
        assert_eq!(store.certificate("A").unwrap(), None);
        store.put_certificate(1, "A", "one").unwrap();
        store.put_certificate(2, "B", "two").unwrap();
        let skipped = store.put_certificate(4, "C", "four");
        assert!(matches!(
            skipped,
            Err(StoreFault::OutOfOrder {
                expected: 3,
                found: 4
            })
        ));
        assert_eq!(store.last_certificate().unwrap(), 2);
        assert_eq!(store.certificate("A").unwrap().as_deref(), Some("one"));
        assert_eq!(store.certificate("C").unwrap(), None);
    }
}

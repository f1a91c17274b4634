//! Prices: rows that no hash covers and no replay makes, kept by series and day.

use rocksdb::{ReadOptions, WriteBatch};

use crate::store::fault::StoreFault;
use crate::store::{Column, Store, handle};

/// Separates the name of a series from the day; names of series hold no such byte.
const END: u8 = 0;

/// Days before 1970 are negative; shifted so that byte order is the order of days.
fn price_key(series: &str, day: i32) -> Vec<u8> {
    let day = i64::from(day) - i64::from(i32::MIN);
    let day = u32::try_from(day).unwrap_or(u32::MAX);
    [series.as_bytes(), &[END], &day.to_be_bytes()].concat()
}

impl Store {
    /// Writes prices: series, day since 1970, and text; a row of the same series and day is replaced.
    pub fn put_prices(&self, rows: &[(String, i32, String)]) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let column = handle(&self.shared.database, Column::Prices)?;
        let mut batch = WriteBatch::default();
        for (series, day, text) in rows {
            batch.put_cf(&column, price_key(series, *day), text);
        }
        self.write(batch)
    }

    /// Returns the text of the latest price of a series up to a day.
    pub fn price_at(&self, series: &str, day: i32) -> Result<Option<String>, StoreFault> {
        let mut iterator = self.iterator(Column::Prices, ReadOptions::default())?;
        iterator.seek_for_prev(price_key(series, day));
        let Some((key, value)) = iterator.item() else {
            iterator.status()?;
            return Ok(None);
        };
        if !key.starts_with(&[series.as_bytes(), &[END]].concat()) {
            return Ok(None);
        }
        let text = std::str::from_utf8(value);
        let text = text.map_err(|_| StoreFault::corrupt("a price is not text", 0))?;
        Ok(Some(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_price_up_to_a_day_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s")).unwrap();
        let row = |series: &str, day, text: &str| (series.to_owned(), day, text.to_owned());
        store
            .put_prices(&[row("a", -3, "x"), row("a", 5, "y"), row("ab", 1, "z")])
            .unwrap();
        let at = |series, day| store.price_at(series, day).unwrap();
        assert_eq!(at("a", -4), None);
        assert_eq!(at("a", 4).as_deref(), Some("x"));
        assert_eq!(at("a", 99).as_deref(), Some("y"));
        assert_eq!(at("ab", 0), None);
        assert_eq!(at("ab", 1).as_deref(), Some("z"));
        store.put_prices(&[row("a", 5, "new")]).unwrap();
        assert_eq!(at("a", 5).as_deref(), Some("new"));
    }

    #[test]
    fn a_folder_from_before_prices_gets_their_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let store = Store::create(&path).unwrap();
        store
            .shared
            .database
            .drop_cf(Column::Prices.name())
            .unwrap();
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.price_at("a", 0).unwrap(), None);
    }
}

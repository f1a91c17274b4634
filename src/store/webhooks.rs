//! Webhooks: how far each has come, with what its member has it watch, and its last deliveries. No hash covers them and no replay makes them.
//!
//! Nothing here waits for the disk: what a loss of power takes away is delivered once more, under an id that its receiver knows.

use rocksdb::{ReadOptions, WriteBatch};

use crate::store::fault::StoreFault;
use crate::store::{Column, Store, handle};

/// Begins the key of a webhook's standing.
const STANDING: u8 = b's';
/// Begins the keys of its deliveries.
const DELIVERY: u8 = b'd';
/// Ends a name, which holds no such byte.
const END: u8 = 0;

fn standing_key(name: &str) -> Vec<u8> {
    [&[STANDING], name.as_bytes()].concat()
}

fn delivery_key(name: &str, number: u64) -> Vec<u8> {
    [&[DELIVERY], name.as_bytes(), &[END], &number.to_be_bytes()].concat()
}

impl Store {
    /// Returns the standing of a webhook as text.
    pub fn webhook(&self, name: &str) -> Result<Option<String>, StoreFault> {
        let Some(bytes) = self.get(Column::Webhooks, &standing_key(name))? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes);
        Ok(Some(text.map_err(|_| {
            StoreFault::corrupt("a webhook is not text", 0)
        })?))
    }

    /// Keeps the standing of a webhook, with the delivery that led to it, if one did; of deliveries the last `kept` stay.
    pub fn put_webhook(
        &self,
        name: &str,
        standing: &str,
        delivery: Option<&str>,
        kept: u64,
    ) -> Result<(), StoreFault> {
        let column = handle(&self.shared.database, Column::Webhooks)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(&column, standing_key(name), standing);
        if let Some(delivery) = delivery {
            let last = self.deliveries(name, None, 1)?;
            let number = last
                .first()
                .map_or(0, |(number, _)| number.saturating_add(1));
            batch.put_cf(&column, delivery_key(name, number), delivery);
            if let Some(old) = number.checked_sub(kept) {
                batch.delete_cf(&column, delivery_key(name, old));
            }
        }
        Ok(self.shared.database.write(batch)?)
    }

    /// Keeps the standing of a webhook that begins, and forgets what was delivered under its name before.
    pub fn begin_webhook(&self, name: &str, standing: &str) -> Result<(), StoreFault> {
        let column = handle(&self.shared.database, Column::Webhooks)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(&column, standing_key(name), standing);
        // The number that is left out needs more deliveries than anybody makes.
        batch.delete_range_cf(&column, delivery_key(name, 0), delivery_key(name, u64::MAX));
        Ok(self.shared.database.write(batch)?)
    }

    /// Returns at most `limit` deliveries of a webhook, newest first: those before a number, if one is given.
    pub fn deliveries(
        &self,
        name: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, String)>, StoreFault> {
        let damaged = || StoreFault::corrupt("a delivery has another layout", 0);
        let mut page = Vec::new();
        let Some(first) = before.map_or(Some(u64::MAX), |before| before.checked_sub(1)) else {
            return Ok(page);
        };
        let begin = [&[DELIVERY], name.as_bytes(), &[END]].concat();
        let mut iterator = self.iterator(Column::Webhooks, ReadOptions::default())?;
        iterator.seek_for_prev(delivery_key(name, first));
        while page.len() < limit {
            let Some((key, value)) = iterator.item() else {
                break;
            };
            let Some(number) = key.strip_prefix(&*begin) else {
                break;
            };
            let number = number.try_into().map_err(|_| damaged())?;
            let text = std::str::from_utf8(value).map_err(|_| damaged())?;
            page.push((u64::from_be_bytes(number), text.to_owned()));
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
    fn deliveries_are_numbered_per_webhook_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s")).unwrap();
        for n in 0..5 {
            let text = format!("d{n}");
            store
                .put_webhook("a", &format!("s{n}"), Some(&text), 3)
                .unwrap();
        }
        store.put_webhook("ab", "other", Some("x"), 3).unwrap();
        store.put_webhook("a", "s5", None, 3).unwrap();
        let of = |name, before, limit| {
            let page = store.deliveries(name, before, limit).unwrap();
            let page = page.into_iter().map(|(n, text)| format!("{n}{text}"));
            page.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("a", None, 9), "4d4 3d3 2d2");
        assert_eq!(of("a", Some(3), 9), "2d2");
        assert_eq!(of("a", None, 1), "4d4");
        assert_eq!(of("a", Some(0), 9), "");
        assert_eq!(of("ab", None, 9), "0x");
        assert_eq!(of("b", None, 9), "");
        assert_eq!(store.webhook("a").unwrap().unwrap(), "s5");
        assert_eq!(store.webhook("ab").unwrap().unwrap(), "other");
        assert_eq!(store.webhook("b").unwrap(), None);
        store.begin_webhook("a", "anew").unwrap();
        assert_eq!(store.webhook("a").unwrap().unwrap(), "anew");
        assert_eq!(of("a", None, 9), "");
        assert_eq!(of("ab", None, 9), "0x");
    }
}

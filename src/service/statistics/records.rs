//! The records of a position: those of two positions that are the same are held once, so that many positions can be kept.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::sync::Arc;

use crate::domain::facts::{Record, StateKey};

/// Records by key.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Records(BTreeMap<StateKey, Arc<Record>>);

/// Walks over records, ascending by key.
#[derive(Debug)]
pub struct Iter<'a>(btree_map::Iter<'a, StateKey, Arc<Record>>);

impl Records {
    /// Returns a record.
    pub fn get(&self, key: &StateKey) -> Option<&Record> {
        self.0.get(key).map(Arc::as_ref)
    }

    /// Walks over the records, ascending by key.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// Puts a record in the place of the one before.
    pub fn insert(&mut self, key: StateKey, record: Record) {
        self.0.insert(key, Arc::new(record));
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a StateKey, &'a Record);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, record)| (key, record.as_ref()))
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = (&'a StateKey, &'a Record);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

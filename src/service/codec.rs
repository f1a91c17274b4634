//! Stored rows to and from the machine's rows.
//!
//! A row is `version(1) | last index u64 BE | n u8 | n x 32 bytes of the history's frontier | state value text`. It holds
//! nothing that the entries do not say, so a rebuild makes the same bytes.

use std::sync::Arc;

use crate::domain::facts::{Fact, StateKey};
use crate::domain::wire::StateValue;
use crate::ledger::tree::Frontier;
use crate::primitives::crypto::Hash;
use crate::store::{Store, StoreFault};
use crate::verify::machine::{Row, RowSource};

const ROW_VERSION: u8 = 1;

/// Returns the key of a row: a byte for the space, then the name; ids sort by index.
pub fn row_key(key: &StateKey) -> Vec<u8> {
    let (space, index) = match key {
        StateKey::Right(id) => (b'r', Some(id.0)),
        StateKey::Pledge(id) => (b'p', Some(id.0)),
        StateKey::Reservation(id) => (b'v', Some(id.0)),
        StateKey::Party(id) => (b'm', Some(id.0)),
        StateKey::Identity(_) => (b'i', None),
        StateKey::Source(_) => (b's', None),
        StateKey::Cell(_) => (b'c', None),
        StateKey::Policy(_) => (b'k', None),
    };
    let mut bytes = vec![space];
    match index {
        Some(index) => bytes.extend_from_slice(&index.to_be_bytes()),
        None => bytes.extend_from_slice(key.name().as_bytes()),
    }
    bytes
}

/// Encodes a row; `text` is the text of its state value.
pub fn encode(row: &Row, text: &str) -> Vec<u8> {
    let hashes = row.history.hashes();
    let mut bytes = Vec::with_capacity(10 + hashes.len() * 32 + text.len());
    bytes.push(ROW_VERSION);
    bytes.extend_from_slice(&row.last_index.to_be_bytes());
    bytes.push(u8::try_from(hashes.len()).unwrap_or(u8::MAX));
    for hash in hashes {
        bytes.extend_from_slice(hash.as_bytes());
    }
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The parts of a stored row.
pub struct Stored<'a> {
    /// The index of the last entry that touched the record.
    pub last_index: u64,
    /// The frontier of its history.
    pub frontier: Vec<Hash>,
    /// The text of the state value.
    pub text: &'a str,
}

/// Takes a stored row apart without parsing its text.
pub fn open(bytes: &[u8]) -> Option<Stored<'_>> {
    let (version, rest) = bytes.split_first()?;
    let (index, rest) = rest.split_first_chunk::<8>()?;
    let (count, mut rest) = rest.split_first()?;
    let mut frontier = Vec::with_capacity(usize::from(*count));
    for _ in 0..*count {
        let (hash, tail) = rest.split_first_chunk::<32>()?;
        frontier.push(Hash(*hash));
        rest = tail;
    }
    let text = std::str::from_utf8(rest).ok()?;
    let last_index = u64::from_be_bytes(*index);
    (*version == ROW_VERSION).then_some(Stored {
        last_index,
        frontier,
        text,
    })
}

/// Decodes a row.
pub fn decode(bytes: &[u8]) -> Option<(StateKey, Row)> {
    let stored = open(bytes)?;
    let value = StateValue::parse(stored.text).ok()?;
    let history = Frontier::from_parts(value.history_size, stored.frontier)?;
    let fact = Arc::new(Fact {
        record: value.record,
        version: value.history_size,
    });
    let row = Row {
        fact,
        history,
        last_index: stored.last_index,
        last_leaf: value.last,
    };
    Some((value.key, row))
}

impl RowSource for Store {
    type Error = StoreFault;

    fn row(&self, key: &StateKey) -> Result<Option<Row>, StoreFault> {
        let Some(bytes) = self.record(&row_key(key))? else {
            return Ok(None);
        };
        let corrupt = || StoreFault::Corrupt {
            what: "record".into(),
            index: 0,
        };
        let (found, row) = decode(&bytes).ok_or_else(corrupt)?;
        if found == *key {
            Ok(Some(row))
        } else {
            Err(corrupt())
        }
    }
}

//! Keys and values of the columns as bytes, both ways.
//!
//! Pure: no database here. The layouts are those that [`Column`](super::Column) documents.

use crate::ledger::tree::NodeId;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::store::fault::StoreFault;

/// One touch of a row by an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The key of the touched row.
    pub key: Vec<u8>,
    /// The entry that touched the row before, if any.
    pub previous: Option<EntryIndex>,
}

/// A consumed command id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommandRow {
    /// The organization that sent the command.
    pub org: PartyId,
    /// The id that it gave the command.
    pub cmd: CommandId,
    /// The entry that decided the command.
    pub entry: EntryIndex,
    /// The hash of the payload, to tell a repeat from another command under the same id.
    pub payload: Hash,
}

/// The opening of one hidden claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The entry that holds the digest.
    pub entry: EntryIndex,
    /// The name of the claim.
    pub claim: String,
    /// The sealed salt and value; opaque to the store.
    pub sealed: Vec<u8>,
}

pub(super) fn index_key(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

pub(super) fn pair_key(first: u64, second: u64) -> [u8; 16] {
    let mut key = [0; 16];
    let (left, right) = key.split_at_mut(8);
    left.copy_from_slice(&first.to_be_bytes());
    right.copy_from_slice(&second.to_be_bytes());
    key
}

pub(super) fn node_key(node: NodeId) -> [u8; 9] {
    let mut key = [node.level; 9];
    let (_, index) = key.split_at_mut(1);
    index.copy_from_slice(&node.index.to_be_bytes());
    key
}

pub(super) fn command_key(org: PartyId, cmd: CommandId) -> [u8; 24] {
    let mut key = [0; 24];
    let (left, right) = key.split_at_mut(8);
    left.copy_from_slice(&org.0.to_be_bytes());
    right.copy_from_slice(&cmd.0);
    key
}

/// Decodes the key of a command.
pub(super) fn decode_command_key(key: &[u8]) -> Option<(PartyId, CommandId)> {
    let (org, cmd) = key.split_first_chunk()?;
    Some((
        PartyId(u64::from_be_bytes(*org)),
        CommandId(cmd.try_into().ok()?),
    ))
}

pub(super) fn command_value(row: &CommandRow) -> [u8; 40] {
    let mut value = [0; 40];
    let (left, right) = value.split_at_mut(8);
    left.copy_from_slice(&row.entry.to_be_bytes());
    right.copy_from_slice(row.payload.as_bytes());
    value
}

pub(super) fn opening_key(entry: EntryIndex, claim: &str) -> Vec<u8> {
    [&entry.to_be_bytes(), claim.as_bytes()].concat()
}

/// Encodes the touches of one entry; fails where a row key is longer than its 16-bit length can say.
pub(super) fn encode_links(entry: EntryIndex, links: &[Link]) -> Result<Vec<u8>, StoreFault> {
    let mut out = Vec::with_capacity(links.iter().map(|link| 10 + link.key.len()).sum());
    for link in links {
        let length = u16::try_from(link.key.len())
            .map_err(|_| StoreFault::corrupt("a row key is longer than 65,535 bytes", entry))?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&link.key);
        // Indexes stay below 2^53, so one more cannot wrap.
        let previous = link.previous.map_or(0, |index| index.saturating_add(1));
        out.extend_from_slice(&previous.to_be_bytes());
    }
    Ok(out)
}

pub(super) fn decode_links(entry: EntryIndex, mut bytes: &[u8]) -> Result<Vec<Link>, StoreFault> {
    let mut links = Vec::new();
    while !bytes.is_empty() {
        let (link, rest) = decode_link(bytes)
            .ok_or_else(|| StoreFault::corrupt("the links have another layout", entry))?;
        if link.previous.is_some_and(|previous| previous >= entry) {
            return Err(StoreFault::corrupt("a link does not point backward", entry));
        }
        links.push(link);
        bytes = rest;
    }
    Ok(links)
}

fn decode_link(bytes: &[u8]) -> Option<(Link, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (previous, rest) = rest.split_first_chunk()?;
    let previous = u64::from_be_bytes(*previous).checked_sub(1);
    Some((
        Link {
            key: key.to_vec(),
            previous,
        },
        rest,
    ))
}

/// Decodes a value of `Commands`: entry index and hash of the payload.
pub(super) fn decode_command(value: &[u8]) -> Option<(EntryIndex, Hash)> {
    let (entry, payload) = value.split_first_chunk()?;
    Some((u64::from_be_bytes(*entry), Hash(payload.try_into().ok()?)))
}

/// Decodes a key that is one index.
pub(super) fn decode_index(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.try_into().ok()?))
}

/// Decodes a key of two indexes.
pub(super) fn decode_pair(key: &[u8]) -> Option<(u64, u64)> {
    let (first, second) = key.split_first_chunk()?;
    Some((u64::from_be_bytes(*first), decode_index(second)?))
}

/// Decodes a row of `Openings`.
pub(super) fn decode_opening(key: &[u8], value: Vec<u8>) -> Option<Opening> {
    let (entry, claim) = key.split_first_chunk()?;
    let claim = std::str::from_utf8(claim).ok()?.to_owned();
    Some(Opening {
        entry: u64::from_be_bytes(*entry),
        claim,
        sealed: value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_survive_their_bytes() {
        let links = vec![
            Link {
                key: b"\x01R0".to_vec(),
                previous: Some(0),
            },
            Link {
                key: Vec::new(),
                previous: None,
            },
            Link {
                key: vec![0xff; 300],
                previous: Some(6),
            },
        ];
        let bytes = encode_links(7, &links).unwrap();
        assert_eq!(decode_links(7, &bytes).unwrap(), links);
    }

    #[test]
    fn damaged_links_are_refused() {
        let link = Link {
            key: b"key".to_vec(),
            previous: Some(5),
        };
        let bytes = encode_links(6, &[link]).unwrap();
        for length in 1..bytes.len() {
            assert!(decode_links(6, &bytes[..length]).is_err(), "{length}");
        }
        assert!(
            decode_links(5, &bytes).is_err(),
            "a link to itself would make a history endless"
        );
        let long = Link {
            key: vec![0; 65_536],
            previous: None,
        };
        assert!(encode_links(0, &[long]).is_err());
    }

    #[test]
    fn keys_sort_as_their_numbers() {
        let node = |level, index| node_key(NodeId { level, index });
        assert!(node(0, 256) < node(1, 0) && node(1, 255) < node(1, 256));
        assert!(pair_key(1, u64::MAX) < pair_key(2, 0));
        assert_eq!(decode_pair(&pair_key(3, 4)), Some((3, 4)));
        assert_eq!(decode_pair(&[0; 15]), None);
    }
}

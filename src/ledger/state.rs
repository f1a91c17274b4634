//! The proof rules of the state tree: hashing, and the check of a proof that a key has a value or is absent.
//!
//! Bit for bit the rules of `jmt` 0.12 with SHA-256. The map is a binary tree over 256-bit keys: an empty subtree is
//! the placeholder, a subtree with one key is that key's leaf at any depth, every other subtree is an inner node over
//! its two halves. This file is all that a verifier needs; it must not know how the tree is kept (`state_tree`).

use std::fmt;

use crate::primitives::crypto::Hash;

/// The hash of an empty subtree, and the root of an empty tree. Not the SHA-256 of anything known.
pub const PLACEHOLDER: Hash = Hash(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

/// The number of bits of a key, and so the largest number of siblings on a path.
pub const KEY_BITS: usize = 256;

const LEAF_PREFIX: &[u8] = b"JMT::LeafNode";
/// The missing "e" makes 16 bytes; it is `jmt`'s own spelling.
const INNER_PREFIX: &[u8] = b"JMT::IntrnalNode";

/// Returns the hash of a leaf: SHA-256 of `JMT::LeafNode`, the key and the hash of the value.
pub fn leaf_hash(key: &Hash, value_hash: &Hash) -> Hash {
    Hash::of(&[LEAF_PREFIX, key.as_bytes(), value_hash.as_bytes()])
}

/// Returns the hash of an inner node: SHA-256 of `JMT::IntrnalNode` and the hashes of its halves.
pub fn internal_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[INNER_PREFIX, left.as_bytes(), right.as_bytes()])
}

/// A proof that a key has a value, or that it has none, under one root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateProof {
    /// What stands at the end of the key's path: a leaf (its key, the hash of its value), or nothing.
    ///
    /// For an absent key it may be the leaf of another key, alone in the subtree where the absent one would be.
    pub leaf: Option<(Hash, Hash)>,
    /// The other halves along the path, from the leaf up to the root, placeholders included.
    pub siblings: Vec<Hash>,
}

/// Why a [`StateProof`] does not prove what is asked of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateProofFault {
    /// The proof has more than 256 siblings.
    TooManySiblings,
    /// A value is expected and the path ends in nothing.
    EndsEmpty,
    /// A value is expected and the path ends in the leaf of another key.
    EndsAtAnotherKey,
    /// The path ends in the leaf of the key, with another value.
    AnotherValue,
    /// The key is expected to be absent and the path ends in its leaf.
    KeyIsPresent,
    /// The leaf of another key is shown for an absent key, and that leaf is not on the key's path.
    LeafOffPath,
    /// The path does not lead to the root.
    AnotherRoot,
}

impl fmt::Display for StateProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManySiblings => "has more than 256 siblings",
            Self::EndsEmpty => "ends in nothing where a value is expected",
            Self::EndsAtAnotherKey => "ends at another key where a value is expected",
            Self::AnotherValue => "ends at another value",
            Self::KeyIsPresent => "shows the key that is expected to be absent",
            Self::LeafOffPath => "shows a leaf that is not on the path of the absent key",
            Self::AnotherRoot => "leads to another root",
        })
    }
}

impl StateProof {
    /// Checks that under `root` the `key` has the value of hash `expected`, or with `None` that it is absent.
    pub fn verify(
        &self,
        root: &Hash,
        key: &Hash,
        expected: Option<&Hash>,
    ) -> Result<(), StateProofFault> {
        if self.siblings.len() > KEY_BITS {
            return Err(StateProofFault::TooManySiblings);
        }
        self.check_end(key, expected)?;
        if self.folded(key) == *root {
            Ok(())
        } else {
            Err(StateProofFault::AnotherRoot)
        }
    }

    /// Checks that the end of the path says what is expected; whether the path is that of the root is left open.
    fn check_end(&self, key: &Hash, expected: Option<&Hash>) -> Result<(), StateProofFault> {
        match (&self.leaf, expected) {
            (Some((leaf_key, _)), Some(_)) if leaf_key != key => {
                Err(StateProofFault::EndsAtAnotherKey)
            }
            (Some((_, value_hash)), Some(expected)) if value_hash != expected => {
                Err(StateProofFault::AnotherValue)
            }
            (None, Some(_)) => Err(StateProofFault::EndsEmpty),
            (Some((leaf_key, _)), None) if leaf_key == key => Err(StateProofFault::KeyIsPresent),
            // Without this rule any leaf of the tree would prove any key absent.
            (Some((leaf_key, _)), None) if shared_bits(leaf_key, key) < self.siblings.len() => {
                Err(StateProofFault::LeafOffPath)
            }
            (Some(_), Some(_)) | (Some(_) | None, None) => Ok(()),
        }
    }

    /// Returns the root to which the proof leads, folded with the bits of the queried key and never of the leaf's.
    fn folded(&self, key: &Hash) -> Hash {
        let end = match &self.leaf {
            Some((leaf_key, value_hash)) => leaf_hash(leaf_key, value_hash),
            None => PLACEHOLDER,
        };
        let depths = (0..self.siblings.len()).rev();
        self.siblings
            .iter()
            .zip(depths)
            .fold(end, |below, (sibling, depth)| {
                join(bit(key, depth), &below, sibling)
            })
    }
}

/// Returns the hash of the node with `below` on the side that `right` names, and `sibling` on the other.
pub(super) fn join(right: bool, below: &Hash, sibling: &Hash) -> Hash {
    if right {
        internal_hash(sibling, below)
    } else {
        internal_hash(below, sibling)
    }
}

/// Returns the bit of `key` at `depth`, the most significant of the first byte being at 0; false beyond the last.
pub(super) fn bit(key: &Hash, depth: usize) -> bool {
    let mask = [0x80_u8, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01];
    match (key.0.get(depth >> 3), mask.get(depth & 7)) {
        (Some(byte), Some(mask)) => byte & mask != 0,
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// Returns the number of leading bits in which `a` and `b` agree: 256 if they are equal.
pub(super) fn shared_bits(a: &Hash, b: &Hash) -> usize {
    let mut shared: usize = 0;
    for (x, y) in a.0.iter().zip(&b.0) {
        let agreeing = (x ^ y).leading_zeros() as usize;
        shared = shared.saturating_add(agreeing);
        if agreeing < 8 {
            break;
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key whose first byte is `first`, all else zero.
    fn key(first: u8) -> Hash {
        let mut bytes = [0; 32];
        bytes[0] = first;
        Hash(bytes)
    }

    fn value(number: u8) -> Hash {
        Hash::of(&[&[number]])
    }

    #[test]
    fn an_empty_tree_proves_every_key_absent() {
        let proof = StateProof {
            leaf: None,
            siblings: vec![],
        };
        assert_eq!(proof.verify(&PLACEHOLDER, &key(7), None), Ok(()));
        assert_eq!(
            proof.verify(&PLACEHOLDER, &key(7), Some(&value(1))),
            Err(StateProofFault::EndsEmpty)
        );
        assert_eq!(
            proof.verify(&value(1), &key(7), None),
            Err(StateProofFault::AnotherRoot)
        );
    }

    #[test]
    fn a_lone_leaf_is_the_root_and_proves_all_other_keys_absent() {
        let proof = StateProof {
            leaf: Some((key(1), value(1))),
            siblings: vec![],
        };
        let root = leaf_hash(&key(1), &value(1));
        assert_eq!(proof.verify(&root, &key(1), Some(&value(1))), Ok(()));
        assert_eq!(proof.verify(&root, &key(200), None), Ok(()));
        assert_eq!(
            proof.verify(&root, &key(1), Some(&value(2))),
            Err(StateProofFault::AnotherValue)
        );
        assert_eq!(
            proof.verify(&root, &key(1), None),
            Err(StateProofFault::KeyIsPresent)
        );
        assert_eq!(
            proof.verify(&root, &key(2), Some(&value(1))),
            Err(StateProofFault::EndsAtAnotherKey)
        );
    }

    #[test]
    fn a_leaf_of_the_other_half_does_not_prove_absence() {
        let (left, right) = (
            leaf_hash(&key(0x01), &value(1)),
            leaf_hash(&key(0x81), &value(2)),
        );
        let root = internal_hash(&left, &right);
        let proof = StateProof {
            leaf: Some((key(0x01), value(1))),
            siblings: vec![right],
        };
        assert_eq!(proof.verify(&root, &key(0x02), None), Ok(()));
        assert_eq!(
            proof.verify(&root, &key(0x81), None),
            Err(StateProofFault::LeafOffPath)
        );
    }

    #[test]
    fn a_path_longer_than_a_key_is_refused() {
        let proof = StateProof {
            leaf: None,
            siblings: vec![PLACEHOLDER; 257],
        };
        assert_eq!(
            proof.verify(&PLACEHOLDER, &key(0), None),
            Err(StateProofFault::TooManySiblings)
        );
    }

    #[test]
    fn bits_are_counted_from_the_most_significant() {
        assert!(bit(&key(0x80), 0));
        assert!(bit(&key(0x01), 7));
        assert!(!bit(&key(0x01), 8));
        assert!(!bit(&key(0x01), 256));
        assert_eq!(shared_bits(&key(0x80), &key(0x81)), 7);
        assert_eq!(shared_bits(&key(0x80), &key(0x00)), 0);
        assert_eq!(shared_bits(&key(0x80), &key(0x80)), 256);
    }
}

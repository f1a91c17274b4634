//! The root of the state tree after changes, from proofs about the keys that change and nothing else of the tree.
//!
//! Separate from `state_tree`, which has every key: a verifier who holds a few proofs cannot grow the tree, but the proofs of
//! the changed keys show every node whose hash a change can touch. The proofs must have been verified against one root; this
//! file believes them.

use std::collections::BTreeMap;

use crate::ledger::state::{PLACEHOLDER, StateProof, bit, join, leaf_hash};
use crate::primitives::crypto::Hash;

/// Proofs about keys, each verified against the same root.
pub type KeyProofs<'a> = BTreeMap<Hash, &'a StateProof>;

/// Returns the root after every key of `changes` got the hash of its new value.
///
/// `None` if a changed key has no proof, or if the proofs are not of one tree.
pub fn root_after(proofs: &KeyProofs, changes: &BTreeMap<Hash, Hash>) -> Option<Hash> {
    let known: Option<Vec<(Hash, &StateProof)>> = changes
        .keys()
        .map(|key| proofs.get(key).map(|proof| (*key, *proof)))
        .collect();
    let known = known?;
    if known.is_empty() {
        return None;
    }
    subtree_after(0, &known, changes)
}

/// Returns the hash of the subtree at `depth` that holds the `known` keys, of which there is at least one.
fn subtree_after(
    depth: usize,
    known: &[(Hash, &StateProof)],
    changes: &BTreeMap<Hash, Hash>,
) -> Option<Hash> {
    let (_, any) = known.first()?;
    if any.siblings.len() <= depth {
        // The old tree ended here, in one leaf or in nothing, for all of them.
        if known
            .iter()
            .any(|(_, proof)| proof.siblings.len() != depth || proof.leaf != any.leaf)
        {
            return None;
        }
        let mut leaves: BTreeMap<Hash, Hash> = any.leaf.into_iter().collect();
        for (key, _) in known {
            leaves.insert(*key, *changes.get(key)?);
        }
        let leaves: Vec<(Hash, Hash)> = leaves.into_iter().collect();
        return Some(hash_of(depth, &leaves));
    }
    let (right, left): (Vec<_>, Vec<_>) = known.iter().partition(|(key, _)| bit(key, depth));
    let below = depth.checked_add(1)?;
    // Siblings stand from the leaf up to the root.
    let sibling = |(_, proof): &(Hash, &StateProof)| {
        let at = proof.siblings.len().checked_sub(below)?;
        proof.siblings.get(at).copied()
    };
    let (left_hash, right_hash) = match (left.first(), right.first()) {
        (Some(_), Some(_)) => (
            subtree_after(below, &left, changes)?,
            subtree_after(below, &right, changes)?,
        ),
        (Some(first), None) => (subtree_after(below, &left, changes)?, sibling(first)?),
        (None, Some(first)) => (sibling(first)?, subtree_after(below, &right, changes)?),
        (None, None) => return None,
    };
    Some(join(false, &left_hash, &right_hash))
}

/// Returns the hash of the subtree at `depth` of these leaves alone, ascending by key.
fn hash_of(depth: usize, leaves: &[(Hash, Hash)]) -> Hash {
    match leaves {
        [] => PLACEHOLDER,
        [(key, value_hash)] => leaf_hash(key, value_hash),
        several => {
            let middle = several.partition_point(|(key, _)| !bit(key, depth));
            let (left, right) = several.split_at(middle);
            let below = depth.saturating_add(1);
            join(false, &hash_of(below, left), &hash_of(below, right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::state_tree::StateTree;

    fn hash(number: u32) -> Hash {
        Hash::of(&[&number.to_be_bytes()])
    }

    /// Changes these keys of a tree of `count` keys, in both ways.
    fn compare(count: u32, keys: &[u32]) {
        let mut tree = StateTree::default();
        for number in 0..count {
            tree.insert(hash(number), hash(number + 10_000));
        }
        let proofs: Vec<_> = keys
            .iter()
            .map(|key| (hash(*key), tree.prove(&hash(*key))))
            .collect();
        let proofs: KeyProofs = proofs.iter().map(|(key, proof)| (*key, proof)).collect();
        let changes: BTreeMap<_, _> = keys
            .iter()
            .map(|key| (hash(*key), hash(key + 20_000)))
            .collect();
        for (key, value) in &changes {
            tree.insert(*key, *value);
        }
        assert_eq!(
            root_after(&proofs, &changes),
            Some(tree.root()),
            "{count} {keys:?}"
        );
    }

    #[test]
    fn changed_and_new_keys_give_the_root_of_the_whole_tree() {
        for count in [0, 1, 2, 3, 7, 40, 300] {
            for keys in [
                &[0][..],
                &[1_000],
                &[0, 1_000],
                &[1_000, 1_001, 1_002],
                &[0, 1, 2, 5, 1_000, 1_001],
            ] {
                compare(count, keys);
            }
            let many: Vec<u32> = (0..count).step_by(3).chain(2_000..2_040).collect();
            compare(count, &many);
        }
    }

    #[test]
    fn a_changed_key_without_a_proof_and_proofs_of_two_trees_give_nothing() {
        let mut tree = StateTree::default();
        for number in 0..50 {
            tree.insert(hash(number), hash(0));
        }
        let (one, other) = (tree.prove(&hash(3)), StateTree::default().prove(&hash(4)));
        let changes = BTreeMap::from([(hash(3), hash(9)), (hash(4), hash(9))]);
        let proofs = KeyProofs::from([(hash(3), &one)]);
        assert_eq!(root_after(&proofs, &changes), None);
        let proofs = KeyProofs::from([(hash(3), &one), (hash(4), &other)]);
        assert_eq!(root_after(&proofs, &changes), None);
        assert_eq!(root_after(&proofs, &BTreeMap::new()), None);
    }
}

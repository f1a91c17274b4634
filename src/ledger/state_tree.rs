//! The state tree kept in memory: insert, root, proof, and a snapshot for the price of one pointer.
//!
//! A persistent binary tree with one inner node per fork: runs of bits without a fork are skipped and come back as
//! placeholders when they are hashed, so that roots and proofs are those of `state`. Hashing is deferred: an insert
//! forgets the hashes on its path, and the next `root` computes each of them once for a whole batch. A node that a
//! snapshot shares is copied before it is changed; one that nobody shares is changed in place. Nothing is deleted:
//! the register never forgets a key. This file must not decide what a proof means (`state`) nor store anything.

use std::sync::{Arc, OnceLock};

use crate::ledger::state::{KEY_BITS, PLACEHOLDER, StateProof, bit, join, leaf_hash, shared_bits};
use crate::primitives::crypto::Hash;

/// The authenticated map from keys to hashes of values. A clone is a snapshot, and costs the same at every size.
#[derive(Clone, Default)]
pub struct StateTree {
    top: Option<Edge>,
    len: usize,
}

impl std::fmt::Debug for StateTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateTree(of {} keys)", self.len)
    }
}

/// A way down to a node. It starts at a depth that the node above fixes: 0 at the top, one below the fork elsewhere.
#[derive(Clone)]
struct Edge {
    node: Node,
    /// The hash of the subtree at the depth where the edge starts, once it is asked for.
    hash: OnceLock<Hash>,
}

#[derive(Clone)]
enum Node {
    Leaf(Arc<Leaf>),
    Fork(Arc<Fork>),
}

struct Leaf {
    key: Hash,
    value_hash: Hash,
}

/// Two or more keys that agree in their first `depth` bits and are parted by the next.
#[derive(Clone)]
struct Fork {
    depth: usize,
    /// The keys with a zero at `depth`.
    left: Edge,
    /// The keys with a one at `depth`.
    right: Edge,
}

impl StateTree {
    /// Sets the hash of the value of `key`. Snapshots taken before keep the old one.
    pub fn insert(&mut self, key: Hash, value_hash: Hash) {
        let Some(top) = &mut self.top else {
            self.top = Some(Edge::to_leaf(key, value_hash));
            self.len = 1;
            return;
        };
        let nearest = top.node.nearest(&key);
        let parting = shared_bits(&nearest.key, &key);
        // A value that stays the same must not cost a path of hashes.
        if parting == KEY_BITS && nearest.value_hash == value_hash {
            return;
        }
        top.insert(key, value_hash, parting);
        if parting < KEY_BITS {
            self.len = self.len.saturating_add(1);
        }
    }

    /// Returns the hash of the value of `key`.
    pub fn get(&self, key: &Hash) -> Option<Hash> {
        let nearest = self.top.as_ref()?.node.nearest(key);
        (nearest.key == *key).then_some(nearest.value_hash)
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Says whether the tree has no key.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the root, hashing what changed since it was last asked for; the placeholder if the tree is empty.
    pub fn root(&self) -> Hash {
        self.top.as_ref().map_or(PLACEHOLDER, |top| top.hash_at(0))
    }

    /// Returns the proof that `key` has its value, or that it has none.
    pub fn prove(&self, key: &Hash) -> StateProof {
        let mut siblings = Vec::new();
        let leaf = self
            .top
            .as_ref()
            .and_then(|top| top.descend(key, &mut siblings));
        siblings.reverse();
        StateProof { leaf, siblings }
    }
}

impl Edge {
    fn to_leaf(key: Hash, value_hash: Hash) -> Self {
        Self::to(Node::Leaf(Arc::new(Leaf { key, value_hash })))
    }

    fn to(node: Node) -> Self {
        Self {
            node,
            hash: OnceLock::new(),
        }
    }

    /// Returns the hash of the subtree at `depth`, which must be the depth where this edge starts.
    fn hash_at(&self, depth: usize) -> Hash {
        *self.hash.get_or_init(|| self.node.hash_at(depth))
    }

    /// Sets the value of `key`, which leaves the keys of the subtree at the depth `parting`, or is one of them (256).
    fn insert(&mut self, key: Hash, value_hash: Hash, parting: usize) {
        self.hash.take();
        match &mut self.node {
            Node::Fork(fork) if fork.depth < parting => {
                Arc::make_mut(fork)
                    .side_mut(&key)
                    .insert(key, value_hash, parting);
            }
            Node::Leaf(_) if parting == KEY_BITS => *self = Self::to_leaf(key, value_hash),
            Node::Leaf(_) | Node::Fork(_) => self.part(key, value_hash, parting),
        }
    }

    /// Puts a fork at `parting` above the subtree, with the new key on its own side.
    fn part(&mut self, key: Hash, value_hash: Hash, parting: usize) {
        let new = Self::to_leaf(key, value_hash);
        let old = Self::to(self.node.clone());
        let (left, right) = if bit(&key, parting) {
            (old, new)
        } else {
            (new, old)
        };
        self.node = Node::Fork(Arc::new(Fork {
            depth: parting,
            left,
            right,
        }));
    }

    /// Collects the siblings of the path of `key`, from the root down, and returns the leaf at its end.
    fn descend(&self, key: &Hash, siblings: &mut Vec<Hash>) -> Option<(Hash, Hash)> {
        let mut node = &self.node;
        let parting = shared_bits(&node.nearest(key).key, key);
        while let Node::Fork(fork) = node {
            if parting < fork.depth {
                // The path leaves the tree where no fork is: the whole subtree is the sibling, and the end is empty.
                siblings.resize(parting, PLACEHOLDER);
                siblings.push(node.hash_at(parting.saturating_add(1)));
                return None;
            }
            siblings.resize(fork.depth, PLACEHOLDER);
            let below = fork.depth.saturating_add(1);
            siblings.push(fork.side(!bit(key, fork.depth)).hash_at(below));
            node = &fork.side(bit(key, fork.depth)).node;
        }
        let leaf = node.nearest(key);
        Some((leaf.key, leaf.value_hash))
    }
}

impl Node {
    /// Returns the leaf at which the bits of `key` end: no key of the subtree has more leading bits in common with it.
    fn nearest(&self, key: &Hash) -> &Leaf {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(leaf) => return leaf,
                Self::Fork(fork) => node = &fork.side(bit(key, fork.depth)).node,
            }
        }
    }

    /// Returns the hash of the subtree at `depth`, with placeholders for the bits skipped above its first fork.
    fn hash_at(&self, depth: usize) -> Hash {
        let fork = match self {
            Self::Leaf(leaf) => return leaf_hash(&leaf.key, &leaf.value_hash),
            Self::Fork(fork) => fork,
        };
        let below = fork.depth.saturating_add(1);
        let right = fork.right.hash_at(below);
        let own = join(true, &right, &fork.left.hash_at(below));
        if depth == fork.depth {
            return own;
        }
        // Every key of the subtree has the same bits above the fork, so that any of them names the sides.
        let any = &self.nearest(&PLACEHOLDER).key;
        (depth..fork.depth).rev().fold(own, |hash, above| {
            join(bit(any, above), &hash, &PLACEHOLDER)
        })
    }
}

impl Fork {
    fn side(&self, right: bool) -> &Edge {
        if right { &self.right } else { &self.left }
    }

    fn side_mut(&mut self, key: &Hash) -> &mut Edge {
        if bit(key, self.depth) {
            &mut self.right
        } else {
            &mut self.left
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u32) -> Hash {
        Hash::of(&[&number.to_be_bytes()])
    }

    fn tree_of(count: u32) -> StateTree {
        let mut tree = StateTree::default();
        for number in 0..count {
            tree.insert(hash(number), hash(number + 1_000));
        }
        tree
    }

    #[test]
    fn a_snapshot_can_be_sent_to_and_read_from_other_threads() {
        fn shared<T: Send + Sync + 'static>(_: &T) {}
        let tree = tree_of(300);
        shared(&tree);
        let snapshot = tree.clone();
        let other = std::thread::spawn(move || snapshot.root());
        assert_eq!(tree.root(), other.join().unwrap());
    }

    #[test]
    fn the_root_does_not_depend_on_the_order_of_inserts_nor_on_when_it_is_asked_for() {
        let mut backward = StateTree::default();
        for number in (0..100).rev() {
            backward.insert(hash(number), hash(number));
            backward.root();
            backward.insert(hash(number), hash(number + 1_000));
        }
        assert_eq!(backward.root(), tree_of(100).root());
        assert_eq!(backward.len(), 100);
    }

    #[test]
    fn a_repeated_insert_changes_neither_the_root_nor_the_length() {
        let mut tree = tree_of(10);
        let root = tree.root();
        tree.insert(hash(3), hash(1_003));
        assert_eq!((tree.root(), tree.len()), (root, 10));
        tree.insert(hash(3), hash(0));
        assert_ne!(tree.root(), root);
        assert_eq!((tree.len(), tree.get(&hash(3))), (10, Some(hash(0))));
        assert_eq!(tree.get(&hash(10)), None);
    }

    #[test]
    fn an_empty_tree_has_the_placeholder_as_root() {
        let tree = StateTree::default();
        assert!(tree.is_empty());
        assert_eq!((tree.root(), tree.get(&hash(0))), (PLACEHOLDER, None));
        assert_eq!(
            tree.prove(&hash(0)).verify(&PLACEHOLDER, &hash(0), None),
            Ok(())
        );
    }

    #[test]
    fn what_no_snapshot_shares_is_changed_in_place() {
        let mut tree = tree_of(2);
        let place = |tree: &StateTree| match &tree.top {
            Some(Edge {
                node: Node::Fork(fork),
                ..
            }) => Arc::as_ptr(fork),
            Some(Edge {
                node: Node::Leaf(_),
                ..
            })
            | None => std::ptr::null(),
        };
        let before = place(&tree);
        tree.insert(hash(0), hash(7));
        assert_eq!(place(&tree), before);
        let snapshot = tree.clone();
        tree.insert(hash(0), hash(8));
        assert_ne!(place(&tree), before);
        assert_eq!(snapshot.get(&hash(0)), Some(hash(7)));
    }
}

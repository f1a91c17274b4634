//! The Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1) with SHA-256.
//!
//! Separate from `proof` because the writer of the ledger needs only what is here: it hashes entries, carries the
//! frontier from one group of entries to the next, and hands out the nodes to be stored. Nothing here stores or
//! reads: whoever keeps the nodes implements [`HashReader`].

use std::fmt;

use crate::primitives::crypto::Hash;

/// Returns the hash of an entry: `SHA-256(0x00 || bytes)`.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Hash::of(&[&[0x00], bytes])
}

/// Returns the hash of an inner node: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[0x01], left.as_bytes(), right.as_bytes()])
}

/// Returns the root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The name of a complete subtree: the one over leaves `index << level` up to, not including, `(index + 1) << level`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NodeId {
    /// The height above the leaves, 0 to 63; a leaf has level 0.
    pub level: u8,
    /// The position among the nodes of this level, from the left.
    pub index: u64,
}

/// A source of the hashes of complete subtrees.
pub trait HashReader {
    /// Why a hash could not be read.
    type Error;

    /// Returns the hash of each of `nodes`, in the order asked and as many as asked.
    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, Self::Error>;
}

impl<R: HashReader> HashReader for &R {
    type Error = R::Error;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, R::Error> {
        (**self).read(nodes)
    }
}

/// Returns the complete subtrees that a tree of `size` leaves falls into, largest (leftmost) first.
///
/// There is one for each bit that is set in `size`; an empty tree has none.
pub fn frontier_nodes(size: u64) -> Vec<NodeId> {
    range_nodes(0, size)
}

/// Returns the complete subtrees over the leaves `start..end`, largest first.
///
/// `start` must be a multiple of a power of two that is not less than `end - start`, as it is for every subtree that
/// occurs in a tree of RFC 6962.
pub(crate) fn range_nodes(start: u64, end: u64) -> Vec<NodeId> {
    let length = end.saturating_sub(start);
    let mut at = start;
    let mut nodes = Vec::with_capacity(length.count_ones() as usize);
    for level in (0..64_u8).rev() {
        if length >> level & 1 == 1 {
            nodes.push(NodeId {
                level,
                index: at >> level,
            });
            // Wraps only after the very last leaf that 64 bits can count, when nothing follows.
            at = at.wrapping_add(1 << level);
        }
    }
    nodes
}

/// Returns the root over adjacent complete subtrees, given largest first.
pub(crate) fn fold(hashes: &[Hash]) -> Hash {
    let mut from_the_right = hashes.iter().rev();
    let Some(last) = from_the_right.next() else {
        return empty_root();
    };
    from_the_right.fold(*last, |right, left| node_hash(left, &right))
}

/// What is needed of a tree to append to it: its size and the hashes of its complete subtrees (a compact range).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// One hash for each bit set in `size`, largest subtree first.
    hashes: Vec<Hash>,
}

impl Frontier {
    /// Makes the frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the frontier of a stored tree; `hashes` are those of [`frontier_nodes`] in the same order.
    ///
    /// Returns nothing when their number is wrong. Whether they are the right hashes shows only in [`Self::root`].
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Option<Self> {
        (hashes.len() == size.count_ones() as usize).then_some(Self { size, hashes })
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the hashes of the complete subtrees, largest first.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Returns the root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.hashes)
    }

    /// Appends a leaf and calls `made` for the leaf and then for each subtree that it completes, smallest first.
    pub fn push(&mut self, leaf: Hash, made: &mut impl FnMut(NodeId, Hash)) {
        let mut node = NodeId {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        made(node, hash);
        // A node with an odd index is the right half of a subtree whose left half is the last on the frontier.
        while node.index & 1 == 1
            && let Some(left) = self.hashes.pop()
        {
            hash = node_hash(&left, &hash);
            node = NodeId {
                level: node.level + 1,
                index: node.index >> 1,
            };
            made(node, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }
}

/// A node that a [`Tail`] does not hold: it lies within the tree that was there before, or beyond the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownNode(pub NodeId);

impl fmt::Display for UnknownNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "node {} of level {} is not held in memory",
            self.0.index, self.0.level
        )
    }
}

impl std::error::Error for UnknownNode {}

/// The end of a growing tree: the frontier it started from and every node made since.
///
/// This suffices to prove the inclusion of each entry appended since, at the current size, without reading anything
/// stored: every sibling to the left of them is on the first frontier or was made since. It does not suffice for entries
/// that were there before.
#[derive(Clone, Debug)]
pub struct Tail {
    /// The complete subtrees of the tree as it was, in the order of their last leaves.
    before: Vec<(NodeId, Hash)>,
    /// The nodes made since, in the order they were made: by last leaf and then by level.
    made: Vec<(NodeId, Hash)>,
    now: Frontier,
}

impl Tail {
    /// Starts at the end of the tree that `frontier` describes.
    pub fn new(frontier: Frontier) -> Self {
        let nodes = frontier_nodes(frontier.size());
        let before = nodes
            .into_iter()
            .zip(frontier.hashes().iter().copied())
            .collect();
        Self {
            before,
            made: Vec::new(),
            now: frontier,
        }
    }

    /// Appends the entry whose [`leaf_hash`] is `leaf` and returns its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.now.size();
        let made = &mut self.made;
        self.now
            .push(leaf, &mut |node, hash| made.push((node, hash)));
        index
    }

    /// Returns the number of leaves, those that were there before included.
    pub fn size(&self) -> u64 {
        self.now.size()
    }

    /// Returns the root of the tree as it is now.
    pub fn root(&self) -> Hash {
        self.now.root()
    }

    /// Returns the frontier of the tree as it is now.
    pub fn frontier(&self) -> &Frontier {
        &self.now
    }

    /// Returns the nodes made since the start, leaves included, in the order they were made; to be stored.
    pub fn new_nodes(&self) -> &[(NodeId, Hash)] {
        &self.made
    }

    fn find(&self, wanted: NodeId) -> Option<Hash> {
        let find_in = |nodes: &[(NodeId, Hash)]| {
            let at = nodes.binary_search_by_key(&order_made(wanted), |(node, _)| order_made(*node));
            at.ok().and_then(|at| nodes.get(at)).map(|(_, hash)| *hash)
        };
        find_in(&self.made).or_else(|| find_in(&self.before))
    }
}

/// Returns a key by which nodes sort in the order in which appending makes them: the leaf after the last one, then level.
fn order_made(node: NodeId) -> (u128, u8) {
    let end = (u128::from(node.index) + 1).checked_shl(u32::from(node.level));
    // A level of 128 or more names no node at all; the greatest key is never found.
    (end.unwrap_or(u128::MAX), node.level)
}

impl HashReader for Tail {
    type Error = UnknownNode;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, UnknownNode> {
        nodes
            .iter()
            .map(|node| self.find(*node).ok_or(UnknownNode(*node)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(n: u64) -> Hash {
        leaf_hash(&n.to_be_bytes())
    }

    #[test]
    fn the_empty_root_and_the_empty_leaf_are_those_of_rfc_6962() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty_root().to_string(), empty);
        let leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf_hash(b"").to_string(), leaf);
    }

    #[test]
    fn the_frontier_of_seven_is_four_two_one() {
        let expected = [(2, 0), (1, 2), (0, 6)].map(|(level, index)| NodeId { level, index });
        assert_eq!(frontier_nodes(7), expected);
        assert_eq!(frontier_nodes(0), []);
        assert_eq!(frontier_nodes(u64::MAX).len(), 64);
    }

    #[test]
    fn a_frontier_needs_one_hash_per_bit_of_its_size() {
        assert!(Frontier::from_parts(5, vec![leaf(0)]).is_none());
        assert!(Frontier::from_parts(5, vec![leaf(0); 2]).is_some());
        assert!(Frontier::from_parts(0, vec![leaf(0)]).is_none());
        assert_eq!(Frontier::from_parts(0, vec![]), Some(Frontier::new()));
    }

    #[test]
    fn pushing_reports_the_leaf_and_then_each_completed_subtree() {
        let mut frontier = Frontier::new();
        let mut made = Vec::new();
        for n in 0..4 {
            frontier.push(leaf(n), &mut |node, _| made.push((node.level, node.index)));
        }
        assert_eq!(
            made,
            [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (2, 0)]
        );
        let left = node_hash(&leaf(0), &leaf(1));
        let right = node_hash(&leaf(2), &leaf(3));
        assert_eq!(frontier.root(), node_hash(&left, &right));
    }

    #[test]
    fn a_tail_holds_its_first_frontier_and_what_came_after_and_nothing_else() {
        let mut whole = Tail::new(Frontier::new());
        for n in 0..6 {
            whole.append(leaf(n));
        }
        let mut tail = Tail::new(whole.frontier().clone());
        assert_eq!(tail.append(leaf(6)), 6);
        assert_eq!(tail.append(leaf(7)), 7);
        for (level, index) in [(2, 0), (1, 2), (0, 6), (0, 7), (1, 3), (2, 1), (3, 0)] {
            assert!(
                tail.read(&[NodeId { level, index }]).is_ok(),
                "{level} {index}"
            );
        }
        let far = u64::MAX;
        for (level, index) in [(0, 5), (1, 0), (0, 8), (3, 1), (4, 0), (63, far), (200, 0)] {
            let node = NodeId { level, index };
            assert_eq!(tail.read(&[node]), Err(UnknownNode(node)));
        }
    }
}

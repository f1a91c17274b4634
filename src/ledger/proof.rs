//! Making and checking the proofs of RFC 9162 section 2.1.3 and 2.1.4: that an entry is in a tree, and that one tree
//! begins with another.
//!
//! Separate from `tree` because a verifier needs this and no tree. The checks follow the RFC's two algorithms step by
//! step; they are deliberately not expressed through the code that makes proofs, so that one cannot hide a mistake of
//! the other.

use std::fmt;

use crate::primitives::crypto::Hash;

use super::tree::{Frontier, HashReader, NodeId, fold, frontier_nodes, node_hash, range_nodes};

/// Why a proof proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofFault {
    /// The index is not below the size of the tree.
    IndexBeyondTree,
    /// The older tree is empty: every tree begins with it, so there is nothing to prove; the caller decides.
    OldTreeEmpty,
    /// The older tree has more leaves than the newer one.
    TreeShrunk,
    /// The proof has fewer hashes than the path has steps.
    TooShort,
    /// The proof has more hashes than the path has steps.
    TooLong,
    /// The hashes do not lead to the root of the tree (of the newer tree, for consistency).
    RootDiffers,
    /// The hashes do not lead to the root of the older tree.
    OldRootDiffers,
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IndexBeyondTree => "the index is not below the size of the tree",
            Self::OldTreeEmpty => "consistency with an empty tree cannot be proved, only assumed",
            Self::TreeShrunk => "the older tree has more leaves than the newer one",
            Self::TooShort => "the proof has too few hashes",
            Self::TooLong => "the proof has too many hashes",
            Self::RootDiffers => "the proof does not lead to the root",
            Self::OldRootDiffers => "the proof does not lead to the root of the older tree",
        })
    }
}

impl std::error::Error for ProofFault {}

/// Returns the root over the first `size` leaves.
pub fn root_at<R: HashReader>(size: u64, reader: &R) -> Result<Hash, R::Error> {
    reader
        .read(&frontier_nodes(size))
        .map(|hashes| fold(&hashes))
}

/// Returns the inclusion proof of leaf `index` in the tree of `size` leaves, the sibling of the leaf first.
///
/// `index` must be below `size`; otherwise the proof is empty, and [`verify_inclusion`] refuses the index.
pub fn inclusion_proof<R: HashReader>(
    index: u64,
    size: u64,
    reader: &R,
) -> Result<Vec<Hash>, R::Error> {
    let mut siblings = Vec::new();
    let (mut start, mut end) = (0, size);
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    siblings.reverse();
    read_subtrees(&siblings, reader)
}

/// Returns the proof that the tree of `n` leaves begins with the tree of `m` leaves.
///
/// It is empty when `m` equals `n`. `m` must be from 1 to `n`; otherwise the proof is empty too, and
/// [`verify_consistency`] refuses the sizes.
pub fn consistency_proof<R: HashReader>(m: u64, n: u64, reader: &R) -> Result<Vec<Hash>, R::Error> {
    let mut subtrees = Vec::new();
    let (mut start, mut end) = (0, n);
    // Go down to the subtree that ends where the older tree does, collecting what is passed on either side.
    while m > 0 && m < end {
        let middle = start + split(end - start);
        if m <= middle {
            subtrees.push((middle, end));
            end = middle;
        } else {
            subtrees.push((start, middle));
            start = middle;
        }
    }
    // When that subtree is the whole older tree the verifier already has its root.
    if m > 0 && m < n && start > 0 {
        subtrees.push((start, end));
    }
    subtrees.reverse();
    read_subtrees(&subtrees, reader)
}

/// Returns the largest power of two below `length`, which is at least 2.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// Returns the root of each of the subtrees over `(start, end)`, reading all nodes at once.
fn read_subtrees<R: HashReader>(
    subtrees: &[(u64, u64)],
    reader: &R,
) -> Result<Vec<Hash>, R::Error> {
    let parts: Vec<Vec<NodeId>> = subtrees.iter().map(|(a, b)| range_nodes(*a, *b)).collect();
    let hashes = reader.read(&parts.concat())?;
    let mut rest = hashes.as_slice();
    let roots = parts.iter().map(|part| {
        let (these, others) = rest.split_at(part.len().min(rest.len()));
        rest = others;
        fold(these)
    });
    Ok(roots.collect())
}

/// Checks that the leaf with hash `leaf` is number `index` in the tree of `size` leaves with `root`.
///
/// RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::IndexBeyondTree);
    }
    let mut steps = Steps {
        node: index,
        last: size - 1,
    };
    let mut hash = leaf;
    for sibling in proof {
        hash = match steps.next()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    steps.finished()?;
    if hash == root {
        Ok(())
    } else {
        Err(ProofFault::RootDiffers)
    }
}

/// Checks that the tree of `n` leaves with `root_n` begins with the tree of `m` leaves with `root_m`.
///
/// RFC 9162 section 2.1.4.2. `m` of 0 is refused: a protocol that lets a verifier start from nothing says so itself.
pub fn verify_consistency(
    m: u64,
    n: u64,
    root_m: Hash,
    root_n: Hash,
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if m == 0 {
        return Err(ProofFault::OldTreeEmpty);
    }
    if m > n {
        return Err(ProofFault::TreeShrunk);
    }
    if m == n {
        return match (proof.is_empty(), root_m == root_n) {
            (false, _) => Err(ProofFault::TooLong),
            (true, false) => Err(ProofFault::RootDiffers),
            (true, true) => Ok(()),
        };
    }
    // A proof that is empty is too short even if the older root would stand in for its first hash.
    let (first, others) = proof.split_first().ok_or(ProofFault::TooShort)?;
    let (start, path) = if m.is_power_of_two() {
        (&root_m, proof)
    } else {
        (first, others)
    };
    let mut steps = Steps {
        node: m - 1,
        last: n - 1,
    };
    while steps.node & 1 == 1 {
        steps.up();
    }
    let (mut old, mut new) = (*start, *start);
    for hash in path {
        match steps.next()? {
            Side::Left => {
                old = node_hash(hash, &old);
                new = node_hash(hash, &new);
            }
            Side::Right => new = node_hash(&new, hash),
        }
    }
    steps.finished()?;
    if old != root_m {
        return Err(ProofFault::OldRootDiffers);
    }
    if new == root_n {
        Ok(())
    } else {
        Err(ProofFault::RootDiffers)
    }
}

/// Returns the root of the first `m` of `n` leaves that a consistency proof is about, which the proof itself gives unless `m`
/// is a power of two: then the root is the one hash that the proof leaves out. Whether the proof holds is not said.
///
/// `None` too for sizes and lengths that no proof has.
pub fn root_in_proof(m: u64, n: u64, proof: &[Hash]) -> Option<Hash> {
    if m == 0 || m >= n || m.is_power_of_two() {
        return None;
    }
    let (first, path) = proof.split_first()?;
    let mut steps = Steps {
        node: m - 1,
        last: n - 1,
    };
    while steps.node & 1 == 1 {
        steps.up();
    }
    let mut old = *first;
    for hash in path {
        match steps.next().ok()? {
            Side::Left => old = node_hash(hash, &old),
            Side::Right => {}
        }
    }
    steps.finished().ok()?;
    Some(old)
}

/// Returns the root of the first `m` leaves, a power of two, from the leaf at 0 and its inclusion proof in a larger tree: the
/// path goes through it. Whether the proof holds is not said.
pub fn root_on_first_path(m: u64, leaf: Hash, proof: &[Hash]) -> Option<Hash> {
    let levels = usize::try_from(m.checked_ilog2()?).ok()?;
    let siblings = proof.get(..levels).filter(|_| m.is_power_of_two())?;
    let up = |hash, sibling: &Hash| node_hash(&hash, sibling);
    Some(siblings.iter().fold(leaf, up))
}

/// On which side of the path the next hash of the proof stands.
enum Side {
    Left,
    Right,
}

/// A walk from a node to the root: the node's index (`fn` in the RFC) and that of the last node of its level (`sn`).
struct Steps {
    node: u64,
    last: u64,
}

impl Steps {
    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    /// Goes up to the next node that has a sibling and tells the side of that sibling.
    fn next(&mut self) -> Result<Side, ProofFault> {
        if self.last == 0 {
            return Err(ProofFault::TooLong);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // The last node of a level without a sibling stands for itself on the level above.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Ok(side)
    }

    fn finished(&self) -> Result<(), ProofFault> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(ProofFault::TooShort)
        }
    }
}

/// Returns the root over all leaves but the last, from the inclusion proof of the last leaf in a tree of `size` leaves.
///
/// Those hashes are the frontier of the smaller tree from right to left, so one proof gives the root before and after an
/// entry. The answer is worth as much as the proof: check it with [`verify_inclusion`] first. Returns nothing when `size`
/// is 0 or the number of hashes is wrong.
pub fn root_before_last(last_leaf_proof: &[Hash], size: u64) -> Option<Hash> {
    let hashes = last_leaf_proof.iter().rev().copied().collect();
    Frontier::from_parts(size.checked_sub(1)?, hashes).map(|frontier| frontier.root())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tree::{Tail, empty_root, leaf_hash};

    fn tail_of(size: u64) -> Tail {
        let mut tail = Tail::new(Frontier::new());
        for n in 0..size {
            tail.append(leaf_hash(&n.to_be_bytes()));
        }
        tail
    }

    #[test]
    fn the_only_leaf_is_its_own_root_and_needs_no_hashes() {
        let leaf = leaf_hash(b"only");
        assert_eq!(verify_inclusion(leaf, 0, 1, &[], leaf), Ok(()));
        assert_eq!(
            verify_inclusion(leaf, 0, 1, &[leaf], leaf),
            Err(ProofFault::TooLong)
        );
        assert_eq!(
            verify_inclusion(leaf, 0, 2, &[], leaf),
            Err(ProofFault::TooShort)
        );
        assert_eq!(
            verify_inclusion(leaf, 1, 1, &[], leaf),
            Err(ProofFault::IndexBeyondTree)
        );
        assert_eq!(
            verify_inclusion(leaf, 0, 0, &[], leaf),
            Err(ProofFault::IndexBeyondTree)
        );
    }

    #[test]
    fn consistency_with_the_empty_tree_is_refused_by_the_verifier() {
        let root = leaf_hash(b"only");
        let refused = Err(ProofFault::OldTreeEmpty);
        assert_eq!(verify_consistency(0, 1, empty_root(), root, &[]), refused);
        assert_eq!(
            verify_consistency(0, 0, empty_root(), empty_root(), &[]),
            refused
        );
    }

    #[test]
    fn equal_sizes_need_equal_roots_and_no_hashes() {
        let (one, other) = (leaf_hash(b"1"), leaf_hash(b"2"));
        assert_eq!(verify_consistency(3, 3, one, one, &[]), Ok(()));
        assert_eq!(
            verify_consistency(3, 3, one, other, &[]),
            Err(ProofFault::RootDiffers)
        );
        assert_eq!(
            verify_consistency(3, 3, one, one, &[one]),
            Err(ProofFault::TooLong)
        );
        assert_eq!(
            verify_consistency(4, 3, one, one, &[]),
            Err(ProofFault::TreeShrunk)
        );
    }

    #[test]
    fn an_empty_proof_is_too_short_even_for_a_power_of_two() {
        let one = leaf_hash(b"1");
        assert_eq!(
            verify_consistency(4, 5, one, one, &[]),
            Err(ProofFault::TooShort)
        );
        assert_eq!(
            verify_consistency(3, 5, one, one, &[]),
            Err(ProofFault::TooShort)
        );
    }

    #[test]
    fn sizes_out_of_order_give_empty_proofs() {
        let tail = tail_of(5);
        assert_eq!(inclusion_proof(5, 5, &tail), Ok(vec![]));
        assert_eq!(inclusion_proof(0, 0, &tail), Ok(vec![]));
        assert_eq!(consistency_proof(0, 5, &tail), Ok(vec![]));
        assert_eq!(consistency_proof(6, 5, &tail), Ok(vec![]));
    }

    #[test]
    fn the_path_of_the_last_leaf_gives_the_root_before_it() {
        for size in 1..=40 {
            let tail = tail_of(size);
            let proof = inclusion_proof(size - 1, size, &tail).unwrap();
            assert_eq!(
                root_before_last(&proof, size),
                Some(tail_of(size - 1).root())
            );
            let mut longer = proof.clone();
            longer.push(empty_root());
            assert_eq!(root_before_last(&longer, size), None);
        }
        assert_eq!(root_before_last(&[], 0), None);
        assert_eq!(root_before_last(&[], 1), Some(empty_root()));
    }

    #[test]
    fn the_largest_sizes_neither_overflow_nor_loop() {
        let hash = leaf_hash(b"");
        let proof = [hash; 64];
        let top = u64::MAX;
        assert_eq!(
            verify_inclusion(hash, top - 1, top, &proof, hash),
            Err(ProofFault::TooLong),
        );
        assert_eq!(
            verify_inclusion(hash, 0, top, &proof, hash),
            Err(ProofFault::RootDiffers)
        );
        assert!(verify_consistency(top - 1, top, hash, hash, &proof).is_err());
        assert_eq!(range_nodes(0, top).len(), 64);
    }
}

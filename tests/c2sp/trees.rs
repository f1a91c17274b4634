//! RFC 6962: the published proofs, right and spoiled, and `tlog_tiles` as one more opinion beside `ct-merkle`
//! (`tests/ledger.rs`).

use greenlien::ledger::proof::{
    consistency_proof, inclusion_proof, root_at, verify_consistency, verify_inclusion,
};
use greenlien::ledger::tree::{Frontier, Tail, empty_root, leaf_hash};
use greenlien::primitives::crypto::Hash;
use serde_json::Value;
use tlog_tiles::HashReader;

use super::vector;

/// The stored hashes of a log as `tlog_tiles` keeps them.
pub(super) struct Stored(Vec<tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let at = |index: &u64| self.0[usize::try_from(*index).unwrap()];
        Ok(indexes.iter().map(at).collect())
    }
}

/// The hashes of the log whose entry is its index as 8 bytes, computed by `tlog_tiles`.
pub(super) fn their_hashes(size: u64) -> Stored {
    let mut stored = Stored(Vec::new());
    for index in 0..size {
        let new = tlog_tiles::stored_hashes(index, &index.to_be_bytes(), &stored).unwrap();
        stored.0.extend(new);
    }
    stored
}

/// The same log, ours.
fn our_hashes(size: u64) -> Tail {
    let mut tail = Tail::new(Frontier::new());
    for index in 0..size {
        tail.append(leaf_hash(&index.to_be_bytes()));
    }
    tail
}

fn ours(hashes: &[tlog_tiles::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

#[test]
fn proofs_are_those_of_tlog_tiles_and_each_accepts_the_other() {
    const SIZE: u64 = 100;
    let (tail, theirs) = (our_hashes(SIZE), their_hashes(SIZE));
    for size in 1..=SIZE {
        let root = root_at(size, &tail).unwrap();
        let their_root = tlog_tiles::tree_hash(size, &theirs).unwrap();
        assert_eq!(root.0, their_root.0);
        for index in 0..size {
            let proof = inclusion_proof(index, size, &tail).unwrap();
            let their_proof = tlog_tiles::prove_record(size, index, &theirs).unwrap();
            assert_eq!(proof, ours(&their_proof), "entry {index} of {size}");
            let leaf = tlog_tiles::record_hash(&index.to_be_bytes());
            tlog_tiles::check_record(&their_proof, size, their_root, index, leaf).unwrap();
            verify_inclusion(Hash(leaf.0), index, size, &proof, root).unwrap();
        }
        for old in 1..=size {
            let proof = consistency_proof(old, size, &tail).unwrap();
            let their_proof = tlog_tiles::prove_tree(size, old, &theirs).unwrap();
            assert_eq!(proof, ours(&their_proof), "{old} to {size}");
            let old_root = tlog_tiles::tree_hash(old, &theirs).unwrap();
            tlog_tiles::check_tree(&their_proof, size, their_root, old, old_root).unwrap();
            verify_consistency(old, size, Hash(old_root.0), root, &proof).unwrap();
        }
    }
}

/// The published vectors.
struct Published {
    leaves: Vec<Hash>,
    roots: Vec<Hash>,
    inclusion: Vec<(u64, u64, Vec<Hash>)>,
    consistency: Vec<(u64, u64, Vec<Hash>)>,
}

impl Published {
    fn read() -> Self {
        let file: Value = serde_json::from_str(&vector("merkle.json")).unwrap();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let hash = |value: &Value| Hash::from_hex(value.as_str().unwrap()).unwrap();
        let hashes = |value: &Value| list(value).iter().map(hash).collect::<Vec<Hash>>();
        let proofs = |name: &str, first: &str, second: &str| {
            let proof = |proof: &Value| {
                let number = |member: &str| proof[member].as_u64().unwrap();
                (number(first), number(second), hashes(&proof["proof"]))
            };
            list(&file[name]).iter().map(proof).collect()
        };
        let leaf = |value: &Value| leaf_hash(&bytes(value.as_str().unwrap()));
        Self {
            leaves: list(&file["leaves"]).iter().map(leaf).collect(),
            roots: hashes(&file["roots"]),
            inclusion: proofs("inclusion", "index", "size"),
            consistency: proofs("consistency", "old", "new"),
        }
    }

    fn leaf(&self, index: u64) -> Hash {
        self.leaves[usize::try_from(index).unwrap()]
    }

    fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size - 1).unwrap()]
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The proofs that the generator of the vectors makes of a good one: a bit of a hash, a hash less, more, in another place.
fn spoiled(proof: &[Hash], root: Hash) -> Vec<Vec<Hash>> {
    let some = Hash::from_hex("abacaba000000000000000000000000000000000000000000060061e00123456");
    let some = some.unwrap();
    let mut all = vec![
        [proof, &[root]].concat(),
        [&[root], proof].concat(),
        [proof, &[some]].concat(),
        [proof, &[empty_root()]].concat(),
    ];
    for at in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[at].0[0] ^= 8;
        all.push(flipped);
        let mut inserted = proof.to_vec();
        inserted.insert(at, some);
        all.push(inserted);
        all.push(proof[..at].to_vec());
        all.push(proof[at + 1..].to_vec());
    }
    all
}

#[test]
fn the_published_tree_is_computed_and_its_inclusion_proofs_hold() {
    let published = Published::read();
    let mut tail = Tail::new(Frontier::new());
    for (leaf, root) in published.leaves.iter().zip(&published.roots) {
        tail.append(*leaf);
        assert_eq!(tail.root(), *root);
    }
    assert_eq!(published.inclusion.len(), 5);
    for (index, size, proof) in &published.inclusion {
        let (index, size) = (*index, *size);
        let (leaf, root) = (published.leaf(index), published.root(size));
        assert_eq!(inclusion_proof(index, size, &tail).as_ref(), Ok(proof));
        assert_eq!(verify_inclusion(leaf, index, size, proof, root), Ok(()));
        let refused = |leaf, index, size, proof: &[Hash], root| {
            assert!(verify_inclusion(leaf, index, size, proof, root).is_err());
        };
        for other in [index.wrapping_sub(1), index + 1, index ^ 2] {
            refused(leaf, other, size, proof, root);
        }
        refused(leaf, index, size * 2, proof, root);
        refused(leaf, index, size / 2, proof, root);
        refused(empty_root(), index, size, proof, root);
        refused(leaf, index, size, proof, empty_root());
        refused(leaf, index, size, proof, published.root(7));
        for worse in spoiled(proof, root) {
            refused(leaf, index, size, &worse, root);
        }
    }
    for (index, size) in [(0, 0), (0, 1), (1, 0), (2, 1)] {
        let verdict = verify_inclusion(published.leaf(0), index, size, &[], empty_root());
        assert!(verdict.is_err(), "{index} of {size}");
    }
}

#[test]
fn the_published_consistency_proofs_hold() {
    let published = Published::read();
    let mut tail = Tail::new(Frontier::new());
    for leaf in &published.leaves {
        tail.append(*leaf);
    }
    assert_eq!(published.consistency.len(), 5);
    for (old, new, proof) in &published.consistency {
        let (old, new) = (*old, *new);
        let (old_root, new_root) = (published.root(old), published.root(new));
        assert_eq!(consistency_proof(old, new, &tail).as_ref(), Ok(proof));
        let verdict = verify_consistency(old, new, old_root, new_root, proof);
        assert_eq!(verdict, Ok(()));
        let refused = |old, new, old_root, new_root, proof: &[Hash]| {
            assert!(verify_consistency(old, new, old_root, new_root, proof).is_err());
        };
        for other in [old - 1, old + 1, old ^ 2] {
            refused(other, new, old_root, new_root, proof);
        }
        refused(old, new * 2, old_root, new_root, proof);
        refused(old, new / 2, old_root, new_root, proof);
        refused(old, new, empty_root(), new_root, proof);
        refused(old, new, old_root, empty_root(), proof);
        if old < new {
            refused(old, new, new_root, old_root, proof);
            refused(old, new, old_root, new_root, &[]);
        }
        for worse in spoiled(proof, new_root) {
            refused(old, new, old_root, new_root, &worse);
        }
    }
    // The vectors hold that nothing is consistent with a tree of size zero; a protocol that begins with none says so itself.
    for (old, new) in [(0, 0), (0, 1), (1, 0), (2, 1)] {
        let verdict = verify_consistency(old, new, empty_root(), empty_root(), &[]);
        assert!(verdict.is_err(), "{old} to {new}");
    }
}

//! The tree of the ledger in every small world: all sizes up to 64, all leaves, all ways to change one hash.
//!
//! Roots and proofs are compared with those of `ct-merkle`, an implementation of RFC 6962 that shares no code with ours.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use greenlien::ledger::proof::{
    ProofFault, consistency_proof, inclusion_proof, root_at, root_before_last, root_in_proof,
    root_on_first_path, verify_consistency, verify_inclusion,
};
use greenlien::ledger::tree::{Frontier, Tail, empty_root, leaf_hash};
use greenlien::primitives::crypto::Hash;
use sha2::Sha256;

const LARGEST: u64 = 64;

fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

fn leaf(index: u64) -> Hash {
    leaf_hash(&entry(index))
}

/// A tree of `size` leaves with all its nodes.
fn whole(size: u64) -> Tail {
    grown(Frontier::new(), size)
}

fn grown(from: Frontier, size: u64) -> Tail {
    let mut tail = Tail::new(from);
    for index in tail.size()..size {
        assert_eq!(tail.append(leaf(index)), index);
    }
    tail
}

/// Returns every proof that differs from `proof` in one bit of one hash, by one hash left out or by one hash added.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut worse = Vec::new();
    for at in 0..proof.len() {
        for bit in [0, 255] {
            let mut flipped = proof.to_vec();
            flipped[at].0[bit / 8] ^= 1 << (bit % 8);
            worse.push(flipped);
        }
        let mut shorter = proof.to_vec();
        shorter.remove(at);
        worse.push(shorter);
    }
    for at in 0..=proof.len() {
        let mut longer = proof.to_vec();
        longer.insert(at, leaf(0));
        worse.push(longer);
    }
    worse
}

fn concatenated(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn every_inclusion_proof_verifies_and_no_other_does() {
    for size in 1..=LARGEST {
        let tree = whole(size);
        let root = tree.root();
        for index in 0..size {
            let proof = inclusion_proof(index, size, &tree).unwrap();
            assert_eq!(
                verify_inclusion(leaf(index), index, size, &proof, root),
                Ok(())
            );
            for worse in spoiled(&proof) {
                let verdict = verify_inclusion(leaf(index), index, size, &worse, root);
                assert!(verdict.is_err(), "leaf {index} of {size}");
            }
            for other in (0..=size).filter(|other| *other != index) {
                let verdict = verify_inclusion(leaf(index), other, size, &proof, root);
                assert!(verdict.is_err(), "leaf {index} of {size} as {other}");
                let verdict = verify_inclusion(leaf(other), index, size, &proof, root);
                assert_eq!(verdict, Err(ProofFault::RootDiffers));
            }
            let verdict = verify_inclusion(leaf(index), index, size, &proof, empty_root());
            assert_eq!(verdict, Err(ProofFault::RootDiffers));
        }
    }
}

#[test]
fn every_consistency_proof_verifies_and_no_other_does() {
    let tree = whole(LARGEST);
    let roots: Vec<Hash> = (0..=LARGEST)
        .map(|size| root_at(size, &tree).unwrap())
        .collect();
    for (n, root_n) in (1..=LARGEST).zip(&roots[1..]) {
        for (m, root_m) in (1..=n).zip(&roots[1..]) {
            let proof = consistency_proof(m, n, &tree).unwrap();
            let shown = (m < n && !m.is_power_of_two()).then(|| root_at(m, &tree).unwrap());
            assert_eq!(root_in_proof(m, n, &proof), shown, "{m} of {n}");
            let first = inclusion_proof(0, n, &tree).unwrap();
            let passed = m.is_power_of_two().then_some(*root_m);
            assert_eq!(root_on_first_path(m, leaf(0), &first), passed, "{m} of {n}");
            assert_eq!(verify_consistency(m, n, *root_m, *root_n, &proof), Ok(()));
            for worse in spoiled(&proof) {
                let verdict = verify_consistency(m, n, *root_m, *root_n, &worse);
                assert!(verdict.is_err(), "{m} to {n}");
            }
            let mut other = *root_m;
            other.0[31] ^= 1;
            assert!(verify_consistency(m, n, other, *root_n, &proof).is_err());
            let mut other = *root_n;
            other.0[31] ^= 1;
            assert!(verify_consistency(m, n, *root_m, other, &proof).is_err());
        }
        let from_nothing = verify_consistency(0, n, roots[0], *root_n, &[]);
        assert_eq!(from_nothing, Err(ProofFault::OldTreeEmpty));
    }
}

#[test]
fn a_tail_proves_each_entry_of_its_group_from_every_start() {
    for start in 0..LARGEST {
        for size in start + 1..=LARGEST {
            let before = whole(start).frontier().clone();
            let tail = grown(before, size);
            assert_eq!(tail.root(), whole(size).root());
            for index in start..size {
                let proof = inclusion_proof(index, size, &tail).unwrap();
                assert_eq!(
                    verify_inclusion(leaf(index), index, size, &proof, tail.root()),
                    Ok(())
                );
            }
            let last = inclusion_proof(size - 1, size, &tail).unwrap();
            assert_eq!(root_before_last(&last, size), Some(whole(size - 1).root()));
        }
    }
}

#[test]
fn the_new_nodes_of_the_groups_together_are_the_nodes_of_the_whole() {
    for middle in 0..=LARGEST {
        let first = whole(middle);
        let second = grown(first.frontier().clone(), LARGEST);
        let together = [first.new_nodes(), second.new_nodes()].concat();
        assert_eq!(together, whole(LARGEST).new_nodes());
    }
}

#[test]
fn roots_and_proofs_are_those_of_ct_merkle() {
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    let ours = whole(LARGEST);
    for size in 0..=LARGEST {
        let root = root_at(size, &ours).unwrap();
        assert_eq!(theirs.root().as_bytes().as_slice(), root.as_bytes());
        for index in 0..size {
            let proof = inclusion_proof(index, size, &ours).unwrap();
            let expected = theirs.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(
                concatenated(&proof),
                expected.as_bytes(),
                "leaf {index} of {size}"
            );
        }
        for m in 1..=size {
            let proof = consistency_proof(m, size, &ours).unwrap();
            let expected = theirs.prove_consistency(usize::try_from(size - m).unwrap());
            assert_eq!(concatenated(&proof), expected.as_bytes(), "{m} to {size}");
        }
        theirs.push(entry(size));
    }
}

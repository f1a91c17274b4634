//! The state tree against `jmt` 0.12, which shares none of its code: same roots, same siblings, same verdicts.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::collections::BTreeMap;

use greenlien::ledger::state::{
    PLACEHOLDER, StateProof, StateProofFault, internal_hash, leaf_hash,
};
use greenlien::ledger::state_tree::StateTree;
use greenlien::primitives::crypto::Hash;
use jmt::proof::SparseMerkleProof;
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader};
use jmt::{JellyfishMerkleIterator, KeyHash, OwnedValue, RootHash, Sha256Jmt, SimpleHasher};
use serde_json::Value;

#[test]
fn small_worlds_agree_key_by_key() {
    let world: Vec<Hash> = (0..64)
        .map(|number| hash(&format!("key {number}")))
        .collect();
    let mut pair = Pair::default();
    for count in 0..=64 {
        assert_eq!(pair.ours.len(), count);
        for key in &world {
            pair.check(key);
        }
        if let Some(next) = world.get(count) {
            pair.write(BTreeMap::from([(*next, next.to_string())]));
        }
    }
}

#[test]
fn small_worlds_refuse_every_flipped_hash() {
    for count in [0, 1, 2, 3, 7, 16, 33, 64] {
        let world: Vec<Hash> = (0..64)
            .map(|number| hash(&format!("key {number}")))
            .collect();
        let pair = Pair::of(world.iter().take(count).copied());
        for key in world.iter().take(count + 8) {
            pair.check_tampered(key);
        }
    }
}

#[test]
fn keys_that_agree_in_all_but_the_last_bits_agree_with_jmt() {
    for count in [1, 2, 5, 16] {
        let world: Vec<Hash> = (0..16_u8).rev().map(|number| tail(0xa5, number)).collect();
        let pair = Pair::of(world.iter().take(count).copied());
        for key in &world {
            pair.check(key);
        }
        // Absent keys that leave the common path, the places spread over all its nibbles.
        for depth in (0..252).step_by(3) {
            pair.check(&flip(&tail(0xa5, 0), depth));
        }
    }
}

#[test]
fn a_full_path_refuses_every_flipped_hash_and_one_sibling_more() {
    let pair = Pair::of([tail(0x3c, 0), tail(0x3c, 1)]);
    let key = tail(0x3c, 1);
    let mut proof = pair.ours.prove(&key);
    assert_eq!(proof.siblings.len(), 256);
    pair.check(&key);
    for sibling in 0..256 {
        let mut bad = proof.clone();
        bad.siblings[sibling] = flip(&bad.siblings[sibling], sibling);
        let verdict = bad.verify(&pair.ours.root(), &key, Some(&value_of(&key)));
        assert_eq!(verdict, Err(StateProofFault::AnotherRoot));
    }
    proof.siblings.push(PLACEHOLDER);
    let verdict = proof.verify(&pair.ours.root(), &key, Some(&value_of(&key)));
    assert_eq!(verdict, Err(StateProofFault::TooManySiblings));
}

#[test]
fn a_comb_that_forks_at_every_bit_agrees_with_jmt() {
    let spine = hash("spine");
    // 77 has no factor in common with 256, so that each depth comes once, and out of order.
    let pair = Pair::of((0..256).map(|number| flip(&spine, number * 77 % 256)));
    pair.check(&spine);
    for depth in (0..256).step_by(5) {
        pair.check(&flip(&spine, depth));
        pair.check(&flip(&flip(&spine, depth), 255 - depth / 2));
    }
}

#[test]
fn random_keys_with_shared_prefixes_agree_with_jmt_after_every_batch() {
    let mut pair = Pair::default();
    let mut random = Random(hash("seed"));
    let mut known: Vec<Hash> = Vec::new();
    for batch in 0..60_u32 {
        let mut writes = BTreeMap::new();
        for _ in 0..random.below(12) {
            let key = random.key(&known);
            known.push(key);
            writes.insert(key, format!("{batch} {}", random.below(1_000)));
        }
        pair.write(writes);
        for _ in 0..6 {
            let key = random.key(&known);
            pair.check(&key);
        }
        for key in known.iter().rev().step_by(7).take(6) {
            pair.check(key);
        }
    }
    assert!(
        pair.ours.len() > 200,
        "the world must be worth the comparison"
    );
}

#[test]
fn snapshots_keep_their_roots_and_proofs_through_later_inserts() {
    let mut pair = Pair::default();
    let mut random = Random(hash("snapshots"));
    let mut known = Vec::new();
    let mut kept = Vec::new();
    for batch in 0..24_u32 {
        let mut writes = BTreeMap::new();
        for _ in 0..=random.below(6) {
            let key = random.key(&known);
            known.push(key);
            writes.insert(key, batch.to_string());
        }
        pair.write(writes);
        // Every other snapshot is taken before its hashes are, and must still give the root of its own time.
        if batch % 2 == 0 {
            pair.ours.root();
        }
        kept.push((pair.ours.clone(), pair.theirs.root(), pair.values.clone()));
    }
    for (snapshot, root, values) in &kept {
        assert_eq!(snapshot.root(), *root);
        assert_eq!(snapshot.len(), values.len());
        for key in known.iter().step_by(3) {
            let expected = values.get(key).map(|value| hash(value));
            assert_eq!(snapshot.get(key), expected);
            assert_eq!(
                snapshot.prove(key).verify(root, key, expected.as_ref()),
                Ok(())
            );
        }
    }
}

#[test]
fn a_proof_does_not_hold_for_another_key_value_or_root() {
    let pair = Pair::of((0..40).map(|number| hash(&format!("key {number}"))));
    let root = pair.ours.root();
    let (key, absent) = (hash("key 7"), hash("key 40"));
    let value = value_of(&key);
    let present = pair.ours.prove(&key);
    assert_eq!(
        present.verify(&root, &key, None),
        Err(StateProofFault::KeyIsPresent)
    );
    let other = hash("another");
    assert_eq!(
        present.verify(&root, &key, Some(&other)),
        Err(StateProofFault::AnotherValue)
    );
    assert_eq!(
        present.verify(&other, &key, Some(&value)),
        Err(StateProofFault::AnotherRoot)
    );
    let verdict = present.verify(&root, &absent, Some(&value));
    assert_eq!(verdict, Err(StateProofFault::EndsAtAnotherKey));
    let mut missing = pair.ours.prove(&absent);
    missing.leaf = None;
    assert_eq!(
        missing.verify(&root, &key, Some(&value)),
        Err(StateProofFault::EndsEmpty)
    );
    // A path of any present key, cut or whole, proves no other key absent unless that key ends there too.
    for cut in 0..=present.siblings.len() {
        let mut shorter = present.clone();
        shorter.siblings.drain(..cut);
        for number in 0..40 {
            let key = hash(&format!("key {number}"));
            assert!(shorter.verify(&root, &key, None).is_err());
        }
    }
}

/// Our tree and theirs, with the same keys and values.
#[derive(Default)]
struct Pair {
    ours: StateTree,
    theirs: Oracle,
    values: BTreeMap<Hash, String>,
}

impl Pair {
    /// Writes `keys` one at a time, the order as given, with values that `value_of` knows.
    fn of(keys: impl IntoIterator<Item = Hash>) -> Self {
        let mut pair = Self::default();
        for key in keys {
            pair.write(BTreeMap::from([(key, key.to_string())]));
        }
        pair
    }

    /// Writes one batch to both and compares the roots.
    fn write(&mut self, writes: BTreeMap<Hash, String>) {
        for (key, value) in &writes {
            self.ours.insert(*key, hash(value));
        }
        self.theirs.write(&writes);
        self.values.extend(writes);
        assert_eq!(self.ours.root(), self.theirs.root());
        assert_eq!(self.ours.len(), self.values.len());
    }

    /// Compares the proofs for `key`, hash by hash, and both verdicts on them.
    fn check(&self, key: &Hash) {
        let root = self.theirs.root();
        let value = self.values.get(key);
        let value_hash = value.map(|value| hash(value));
        let proof = self.ours.prove(key);
        assert_eq!(self.ours.get(key), value_hash);
        assert_eq!(proof.verify(&root, key, value_hash.as_ref()), Ok(()));
        let wrong = if value.is_some() {
            None
        } else {
            Some(hash(""))
        };
        assert!(proof.verify(&root, key, wrong.as_ref()).is_err());
        let Some(theirs) = self.theirs.prove(key) else {
            assert_eq!(
                proof,
                StateProof {
                    leaf: None,
                    siblings: vec![]
                }
            );
            return;
        };
        theirs
            .verify(RootHash(root.0), KeyHash(key.0), value)
            .unwrap();
        assert_eq!(proof, translated(&theirs));
    }

    /// Changes each hash of the proof for `key` in turn; none of the results may pass.
    fn check_tampered(&self, key: &Hash) {
        let root = self.ours.root();
        let value_hash = self.ours.get(key);
        let proof = self.ours.prove(key);
        let refused = |bad: &StateProof| {
            assert!(
                bad.verify(&root, key, value_hash.as_ref()).is_err(),
                "{key} {bad:?}"
            );
        };
        for (place, sibling) in proof.siblings.iter().enumerate() {
            for bit in [0, 255] {
                let mut bad = proof.clone();
                bad.siblings[place] = flip(sibling, bit);
                refused(&bad);
            }
            let mut bad = proof.clone();
            bad.siblings.remove(place);
            refused(&bad);
            let mut bad = proof.clone();
            bad.siblings.insert(place, PLACEHOLDER);
            refused(&bad);
        }
        if let Some((leaf_key, leaf_value)) = proof.leaf {
            for leaf in [
                Some((flip(&leaf_key, 255), leaf_value)),
                Some((leaf_key, flip(&leaf_value, 0))),
                None,
            ] {
                refused(&StateProof {
                    leaf,
                    siblings: proof.siblings.clone(),
                });
            }
        } else {
            let leaf = Some((flip(key, 255), hash("anything")));
            refused(&StateProof {
                leaf,
                siblings: proof.siblings.clone(),
            });
        }
    }
}

/// Their tree over maps in memory.
#[derive(Default)]
struct Oracle {
    nodes: BTreeMap<NodeKey, Node>,
    values: BTreeMap<KeyHash, BTreeMap<u64, Option<OwnedValue>>>,
    next_version: u64,
}

impl Oracle {
    fn write(&mut self, writes: &BTreeMap<Hash, String>) {
        if writes.is_empty() {
            return;
        }
        let values = writes
            .iter()
            .map(|(key, value)| (KeyHash(key.0), Some(value.clone().into_bytes())));
        let (_, batch) = Sha256Jmt::new(self)
            .put_value_set(values, self.next_version)
            .unwrap();
        self.next_version += 1;
        for (key, node) in batch.node_batch.nodes() {
            self.nodes.insert(key.clone(), node.clone());
        }
        for ((version, key), value) in batch.node_batch.values() {
            self.values
                .entry(*key)
                .or_default()
                .insert(*version, value.clone());
        }
    }

    fn root(&self) -> Hash {
        match self.next_version.checked_sub(1) {
            Some(version) => Hash(Sha256Jmt::new(self).get_root_hash(version).unwrap().0),
            None => PLACEHOLDER,
        }
    }

    /// Their proof; they have none for a tree that was never written.
    fn prove(&self, key: &Hash) -> Option<SparseMerkleProof<impl SimpleHasher>> {
        let version = self.next_version.checked_sub(1)?;
        Some(
            Sha256Jmt::new(self)
                .get_with_proof(KeyHash(key.0), version)
                .unwrap()
                .1,
        )
    }
}

impl TreeReader for Oracle {
    fn get_node_option(&self, key: &NodeKey) -> Result<Option<Node>, Fault> {
        Ok(self.nodes.get(key).cloned())
    }

    fn get_value_option(&self, version: u64, key: KeyHash) -> Result<Option<OwnedValue>, Fault> {
        let versions = self.values.get(&key);
        Ok(versions.and_then(|all| all.range(..=version).next_back()?.1.clone()))
    }

    fn get_rightmost_leaf(&self) -> Result<Option<(NodeKey, LeafNode)>, Fault> {
        Ok(None)
    }
}

/// The error of their `TreeReader`, which they do not name in public: read off the items of their iterator.
type Fault = <<JellyfishMerkleIterator<Oracle> as Iterator>::Item as Outcome>::Fault;

trait Outcome {
    type Fault;
}

impl<T, E> Outcome for Result<T, E> {
    type Fault = E;
}

/// Reads their proof through its serialized form, because its siblings are private.
fn translated(proof: &SparseMerkleProof<impl SimpleHasher>) -> StateProof {
    let json = serde_json::to_value(proof).unwrap();
    let bytes = |value: &Value| Hash(serde_json::from_value(value.clone()).unwrap());
    let siblings = json["siblings"].as_array().unwrap().iter().map(|sibling| {
        if let Some(node) = sibling.get("Internal") {
            internal_hash(&bytes(&node["left_child"]), &bytes(&node["right_child"]))
        } else if let Some(leaf) = sibling.get("Leaf") {
            leaf_hash(&bytes(&leaf["key_hash"]), &bytes(&leaf["value_hash"]))
        } else {
            assert_eq!(sibling, "Null");
            PLACEHOLDER
        }
    });
    let leaf = &json["leaf"];
    StateProof {
        leaf: (!leaf.is_null()).then(|| (bytes(&leaf["key_hash"]), bytes(&leaf["value_hash"]))),
        siblings: siblings.collect(),
    }
}

/// A fixed stream of numbers and keys.
struct Random(Hash);

impl Random {
    fn next(&mut self) -> Hash {
        self.0 = Hash::of(&[&self.0.0]);
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        u64::from_be_bytes(self.next().0[..8].try_into().unwrap()) % limit
    }

    /// Returns a key: at random, one of `known`, or one that leaves a known key at a random bit.
    fn key(&mut self, known: &[Hash]) -> Hash {
        let pick = usize::try_from(self.below(1 + known.len() as u64)).unwrap();
        let depth = usize::try_from(self.below(256)).unwrap();
        match (known.get(pick), self.below(4)) {
            (Some(key), 0) => *key,
            (Some(key), 1 | 2) => flip(key, depth),
            _ => self.next(),
        }
    }
}

fn hash(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

/// The hash of the value that `Pair::of` gives to `key`.
fn value_of(key: &Hash) -> Hash {
    hash(&key.to_string())
}

/// A key of 31 bytes `fill` and the last byte `last`.
fn tail(fill: u8, last: u8) -> Hash {
    let mut bytes = [fill; 32];
    bytes[31] = last;
    Hash(bytes)
}

/// `key` with the bit at `depth` changed.
fn flip(key: &Hash, depth: usize) -> Hash {
    let mut bytes = key.0;
    bytes[depth / 8] ^= 0x80 >> (depth % 8);
    Hash(bytes)
}

//! Every example in `docs/FORMATS.md` is what it says: its signatures verify, its hashes are those of the formulas.
//!
//! The blocks of the document are the input here, so that the document cannot drift from the program. A block that no test
//! asks for is a failure too.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use greenlien::domain::command::{Command, OfferedKey};
use greenlien::domain::entry::{Entry, StateEntry};
use greenlien::domain::envelope::{Envelope, Opening, check_openings};
use greenlien::domain::facts::StateKey;
use greenlien::domain::genesis::Genesis;
use greenlien::domain::geometry::{
    Parcel, cells_of, intersection_area2, ppm_ceil, share_of_smaller,
};
use greenlien::domain::policy::{KindPolicy, set_digest, text_digest};
use greenlien::domain::wire::{
    StateValue, command_json, history_leaf, parse_command, parse_polygon, polygon_text, value_hash,
};
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::ledger::proof::{
    consistency_proof, inclusion_proof, root_at, root_before_last, verify_consistency,
    verify_inclusion,
};
use greenlien::ledger::state::StateProof;
use greenlien::ledger::state_tree::StateTree;
use greenlien::ledger::tile::{TileId, TileLevel};
use greenlien::ledger::tree::{Frontier, Tail, leaf_hash};
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::{Hash, KeyFault, KeyId, PublicKey, SecretKey, Signature};
use greenlien::primitives::id::PartyId;
use greenlien::primitives::time::Timestamp;
use greenlien::verify::checks::Trust;
use greenlien::verify::machine::Machine;

use crate::support::world::replay;

pub(crate) const DOCUMENT: &str = include_str!("../docs/FORMATS.md");

/// Who owns the keys of the examples, by the byte of their seed.
const OWNERS: [(u8, u64); 4] = [(2, 0), (3, 0), (4, 2), (5, 3)];

/// The entries of the example log.
const ENTRIES: usize = 7;

/// Every label of the document; a new block needs a test here before it needs this line.
const LABELS: [&str; 55] = [
    "absent-key",
    "answer",
    "aud",
    "canonical",
    "cells",
    "checkpoint",
    "checkpoint-2",
    "checkpoint-cosigned",
    "consistency",
    "consistency-3",
    "disclosure",
    "entry-0",
    "entry-1",
    "entry-2",
    "entry-3",
    "entry-4",
    "entry-5",
    "entry-6",
    "evidence-absence",
    "evidence-right",
    "header",
    "history",
    "inclusion",
    "keys",
    "leaves",
    "low-order",
    "not-canonical",
    "opening",
    "overlap",
    "payload",
    "policy",
    "policy-set",
    "polygon",
    "polygon-b",
    "possession",
    "proof-absent",
    "proof-file",
    "proof-right",
    "question",
    "root",
    "signature",
    "signing-input",
    "state-key",
    "state-leaves",
    "state-root",
    "tile-paths",
    "trust",
    "trust-audited",
    "value-identity",
    "value-party",
    "value-pledge",
    "value-policy",
    "value-right",
    "value-source",
    "vkey",
];

/// Returns every labeled block: the text between its fences without the last line feed.
fn blocks() -> BTreeMap<&'static str, &'static str> {
    let mut found = BTreeMap::new();
    let mut rest = DOCUMENT;
    while let Some(at) = rest.find(" example:") {
        let line = rest[..at].rsplit('\n').next().unwrap();
        let (label, body) = rest[at + " example:".len()..].split_once('\n').unwrap();
        rest = body;
        if !line.starts_with("```") {
            continue;
        }
        let (block, after) = body.split_once("\n```\n").unwrap();
        assert_eq!(
            found.insert(label, block),
            None,
            "{label} is the label of two blocks"
        );
        rest = after;
    }
    found
}

pub(crate) fn block(label: &str) -> &'static str {
    blocks().get(label).unwrap_or_else(|| panic!("{label}"))
}

/// Returns the block of a note or a file, which ends with a line feed.
pub(crate) fn file(label: &str) -> String {
    format!("{}\n", block(label))
}

pub(crate) fn hash(text: &str) -> Hash {
    Hash::from_hex(text).unwrap()
}

pub(crate) fn hashes(text: &str) -> Vec<Hash> {
    text.lines().map(hash).collect()
}

fn seed(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

fn owner(kid: KeyId) -> Option<(PartyId, PublicKey)> {
    let keys = OWNERS.map(|(byte, party)| (PartyId(party), seed(byte).public()));
    keys.into_iter().find(|(_, key)| key.id() == kid)
}

pub(crate) fn state_key(space: &str, name: &str) -> StateKey {
    StateKey::parse(space, name).unwrap()
}

/// The bytes of the entries of the example log.
pub(crate) fn entries() -> Vec<&'static str> {
    (0..ENTRIES)
        .map(|index| block(&format!("entry-{index}")))
        .collect()
}

fn parsed(index: usize) -> Entry {
    Entry::parse(entries()[index].as_bytes()).unwrap()
}

/// The tree over the example log.
pub(crate) fn tail() -> Tail {
    let mut tail = Tail::new(Frontier::new());
    for entry in entries() {
        tail.append(leaf_hash(entry.as_bytes()));
    }
    tail
}

fn genesis() -> (Genesis, Timestamp) {
    match parsed(0) {
        Entry::Genesis { time, genesis, .. } => (*genesis, time),
        other => panic!("{other:?}"),
    }
}

fn envelope(index: usize) -> Envelope {
    match parsed(index) {
        Entry::Command { envelope, .. } => envelope,
        other => panic!("{other:?}"),
    }
}

fn last_state() -> StateEntry {
    match parsed(ENTRIES - 1) {
        Entry::State(state) => state,
        other => panic!("{other:?}"),
    }
}

/// Replays the example log and compares every entry that the law makes with the block.
pub(crate) fn replayed() -> Machine {
    let bytes: Vec<Vec<u8>> = entries()
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect();
    replay(&bytes)
}

/// Reads `{"leaf","siblings"}`.
fn state_proof(label: &str) -> StateProof {
    let text = |value: &Json| match value {
        Json::Text(text) => hash(text),
        other => panic!("{other:?}"),
    };
    let Json::Object(members) = Json::parse_canonical(block(label).as_bytes()).unwrap() else {
        panic!("{label}")
    };
    let leaf = match &members["leaf"] {
        Json::Object(leaf) => (text(&leaf["key"]), text(&leaf["value"])),
        other => panic!("{other:?}"),
    };
    let Json::List(siblings) = &members["siblings"] else {
        panic!("{label}")
    };
    StateProof {
        leaf: Some(leaf),
        siblings: siblings.iter().map(text).collect(),
    }
}

pub(crate) fn trust() -> Trust {
    Trust {
        policy: TrustPolicy::parse(&file("trust")).unwrap(),
        old: Some(file("checkpoint-2")),
        now: Timestamp::parse("2026-12-01T02:01:00Z"),
        age_seconds_max: Some(600),
    }
}

#[test]
fn every_example_of_the_document_is_known_here() {
    let labels: Vec<&str> = blocks().into_keys().collect();
    assert_eq!(labels, LABELS);
}

#[test]
fn canonical_examples_are_accepted_and_the_others_refused() {
    let labels = LABELS.map(|label| (label, block(label)));
    let canonical = |label: &str| {
        label.starts_with("entry-")
            || label.starts_with("value-")
            || matches!(
                label,
                "answer"
                    | "canonical"
                    | "payload"
                    | "header"
                    | "opening"
                    | "question"
                    | "evidence-absence"
            )
    };
    for (label, text) in labels.into_iter().filter(|(label, _)| canonical(label)) {
        let json = Json::parse_canonical(text.as_bytes())
            .unwrap_or_else(|fault| panic!("{label}: {fault}"));
        assert_eq!(json.to_canonical(), text);
    }
    for line in block("not-canonical").lines() {
        assert!(Json::parse_canonical(line.as_bytes()).is_err(), "{line}");
    }
}

#[test]
fn key_ids_are_hashes_of_public_keys_and_low_order_is_refused() {
    for (line, byte) in block("keys").lines().zip(1_u8..) {
        let key = seed(byte).public();
        let expected = format!("{byte:02x} {} {}", hex::encode(key.to_bytes()), key.id());
        assert_eq!(line, expected);
        assert_eq!(key.id().0, Hash::of(&[&key.to_bytes()]));
    }
    for line in block("low-order").lines() {
        let bytes: [u8; 32] = hex::decode(line).unwrap().try_into().unwrap();
        assert_eq!(
            PublicKey::from_bytes(&bytes),
            Err(KeyFault::LowOrder),
            "{line}"
        );
    }
}

#[test]
fn possession_of_a_key_is_proved_over_registry_key_and_person() {
    let (message, proof) = block("possession").split_once('\n').unwrap();
    let key = seed(5).public();
    let expected = OfferedKey::proof_message(block("aud"), &key, "b-01");
    assert_eq!(message.as_bytes(), expected);
    let proof = Signature(hex::decode(proof).unwrap().try_into().unwrap());
    assert!(key.verifies(message.as_bytes(), &proof));
}

#[test]
fn the_opening_opens_the_digest_in_the_payload() {
    let json = Json::parse(block("opening").as_bytes()).unwrap();
    let opening = Opening::parse("opening", json).unwrap();
    let lines: Vec<&str> = block("disclosure").lines().collect();
    let [disclosure, encoded, digest] = lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(encoded, URL_SAFE_NO_PAD.encode(disclosure));
    assert_eq!(hash(digest), Hash::of(&[encoded.as_bytes()]));
    assert_eq!(opening.digest(), hash(digest));
    let command = parse_command(block("payload").as_bytes()).unwrap();
    let hidden: Vec<_> = command.body.hidden().to_vec();
    check_openings(&hidden[..1], &[opening]).unwrap();
}

#[test]
fn the_signed_command_is_that_of_entry_5_and_verifies() {
    let envelope = envelope(5);
    assert_eq!(envelope.payload, block("payload").as_bytes());
    let command: Command = parse_command(&envelope.payload).unwrap();
    assert_eq!(command_json(&command).to_canonical(), block("payload"));
    assert_eq!(command.aud, block("aud"));
    let first = &envelope.signatures[0];
    assert_eq!(first.protected_b64, URL_SAFE_NO_PAD.encode(block("header")));
    let input = envelope.signing_input(first);
    assert_eq!(input, block("signing-input").as_bytes());
    assert_eq!(
        URL_SAFE_NO_PAD.encode(first.signature.0),
        block("signature")
    );
    let (_, key) = owner(first.header.kid).unwrap();
    assert!(key.verifies(&input, &first.signature));
    assert_eq!(
        envelope
            .verify_all(|kid| owner(kid).map(|(_, key)| key))
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn the_law_makes_the_example_log_byte_for_byte() {
    let machine = replayed();
    assert_eq!(machine.aud(), block("aud"));
    assert_eq!(machine.root(), hash(block("root")));
    assert_eq!(machine.tree().root(), hash(block("state-root")));
}

#[test]
fn the_tree_of_the_log_has_the_leaves_root_and_proofs_shown() {
    let tail = tail();
    let leaves: Vec<Hash> = entries()
        .iter()
        .map(|entry| leaf_hash(entry.as_bytes()))
        .collect();
    for ((index, leaf), line) in leaves.iter().enumerate().zip(block("leaves").lines()) {
        assert_eq!(line, format!("{index} {leaf}"));
    }
    let root = hash(block("root"));
    assert_eq!(tail.root(), root);
    let proof = hashes(block("inclusion"));
    assert_eq!(verify_inclusion(leaves[5], 5, 7, &proof, root), Ok(()));
    assert_eq!(inclusion_proof(5, 7, &tail), Ok(proof));
    let last = inclusion_proof(6, 7, &tail).unwrap();
    let state = last_state();
    assert_eq!(root_before_last(&last, 7), Some(state.root_n));
    assert_eq!((state.index, state.n), (6, 6));
    let from_2 = hashes(block("consistency"));
    let root_2 = root_at(2, &tail).unwrap();
    assert_eq!(verify_consistency(2, 7, root_2, root, &from_2), Ok(()));
    assert_eq!(consistency_proof(2, 7, &tail), Ok(from_2));
    let from_3 = hashes(block("consistency-3"));
    let (root_3, from_3) = from_3.split_first().unwrap();
    assert_eq!(root_at(3, &tail), Ok(*root_3));
    assert_eq!(verify_consistency(3, 7, *root_3, root, from_3), Ok(()));
}

#[test]
fn the_checkpoints_open_under_the_key_of_the_log() {
    let (genesis, _) = genesis();
    let key = NoteKey::parse_vkey(block("vkey")).unwrap();
    assert_eq!(genesis.log_vkey, block("vkey"));
    assert_eq!(*key.key(), seed(1).public());
    let tail = tail();
    for (label, size) in [("checkpoint", 7), ("checkpoint-2", 2)] {
        let note = file(label);
        let keys = std::slice::from_ref(&key);
        let head = Checkpoint::open(&note, keys, &genesis.origin).unwrap();
        assert_eq!(
            (head.size, head.root),
            (size, root_at(size, &tail).unwrap())
        );
        assert_eq!(head.sign(&seed(1)), note);
    }
}

#[test]
fn tiles_have_the_names_shown() {
    let tiles = [
        (TileLevel::Hashes(0), 0, 7),
        (TileLevel::Entries, 0, 7),
        (TileLevel::Hashes(0), 1_234_067, 256),
        (TileLevel::Entries, 273, 112),
        (TileLevel::Hashes(2), 0, 1),
    ];
    let tiles = tiles.map(|(level, index, width)| TileId {
        level,
        index,
        width,
    });
    let lines: Vec<&str> = block("tile-paths").lines().collect();
    assert_eq!(lines.len(), tiles.len());
    for (line, tile) in lines.into_iter().zip(tiles) {
        assert_eq!(tile.to_string(), line);
        assert_eq!(TileId::parse(line), Some(tile));
    }
}

#[test]
fn state_values_and_leaves_are_those_of_the_replayed_log() {
    let machine = replayed();
    let mut tree = StateTree::default();
    for line in block("state-leaves").lines() {
        let parts: Vec<&str> = line.splitn(3, ' ').collect();
        let [key_hash, value, name] = parts[..] else {
            panic!("{line}")
        };
        let (space, name) = name.split_once('|').unwrap();
        let key = state_key(space, name);
        assert_eq!(key.hash(), hash(key_hash));
        let text = machine.held(&key).unwrap().value(&key).to_text();
        assert_eq!(value_hash(&text), hash(value), "{key}");
        tree.insert(hash(key_hash), hash(value));
    }
    assert_eq!(tree.root(), hash(block("state-root")));
    assert_eq!(tree.root(), last_state().state_root);
    for label in ["right", "pledge", "party", "identity", "source", "policy"] {
        let text = block(&format!("value-{label}"));
        let value = StateValue::parse(text).unwrap();
        assert_eq!(value.key.space(), label);
        assert_eq!(tree.get(&value.key.hash()), Some(value_hash(text)));
    }
}

#[test]
fn state_proofs_show_the_right_and_the_absence() {
    let root = hash(block("state-root"));
    let right = state_key("right", "R4");
    let value = value_hash(block("value-right"));
    assert_eq!(hashes(block("state-key")), [right.hash(), value]);
    let proof = state_proof("proof-right");
    assert_eq!(proof.verify(&root, &right.hash(), Some(&value)), Ok(()));
    let absent = state_key("identity", "allowance-account:CEA|10000002|2026");
    assert_eq!(absent.hash(), hash(block("absent-key")));
    let proof = state_proof("proof-absent");
    assert_eq!(proof.verify(&root, &absent.hash(), None), Ok(()));
    let tree = replayed().tree();
    assert_eq!(tree.prove(&absent.hash()), proof);
    assert_eq!(tree.prove(&right.hash()), state_proof("proof-right"));
}

#[test]
fn the_history_of_the_right_has_the_root_in_its_value() {
    let right = state_key("right", "R4");
    let shown = hashes(block("history"));
    assert_eq!(
        shown[..2],
        [history_leaf(&right, 4), history_leaf(&right, 5)]
    );
    let mut history = Frontier::new();
    for leaf in &shown[..2] {
        history.push(*leaf, &mut |_, _| {});
    }
    assert_eq!(history.root(), shown[2]);
    let value = StateValue::parse(block("value-right")).unwrap();
    assert_eq!((value.history_size, value.history_root), (2, shown[2]));
    assert_eq!(value.last, leaf_hash(entries()[5].as_bytes()));
}

#[test]
fn the_policy_set_digest_is_that_of_its_line() {
    let text = file("policy");
    let policy = KindPolicy::parse(&text).unwrap();
    let (line, digest) = block("policy-set").split_once('\n').unwrap();
    assert_eq!(line, format!("{} {}", policy.kind, text_digest(&text)));
    assert_eq!(hash(digest), Hash::of(&[format!("{line}\n").as_bytes()]));
    let active = BTreeMap::from([(policy.kind, policy.digest)]);
    assert_eq!(set_digest(&active), hash(digest));
    let (genesis, _) = genesis();
    assert_eq!(genesis.policies, [("carbon".to_owned(), text)]);
    match parsed(4) {
        Entry::Command { policy, .. } => assert_eq!(policy, hash(digest)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn polygons_overlap_and_cells_are_those_shown() {
    let (genesis, _) = genesis();
    let parcel = |label: &str| {
        let parts = parse_polygon(block(label)).unwrap();
        assert_eq!(polygon_text(&parts), block(label));
        Parcel::new(parts, &genesis.county).unwrap()
    };
    let (a, b) = (parcel("polygon"), parcel("polygon-b"));
    let overlap = intersection_area2(&a, &b).unwrap();
    let share = ppm_ceil(&share_of_smaller(&a, &b).unwrap());
    let shown = format!("{}\n{}\n{overlap}\n{share}", a.area2(), b.area2());
    assert_eq!(shown, block("overlap"));
    let cells = |parcel: &Parcel| {
        let names: Vec<String> = cells_of(parcel).iter().map(ToString::to_string).collect();
        names.join(" ")
    };
    assert_eq!(format!("{}\n{}", cells(&a), cells(&b)), block("cells"));
}

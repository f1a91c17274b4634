//! Fraud files of every kind against the example log of `docs/FORMATS.md`, had it lied.

use greenlien::domain::entry::Entry;
use greenlien::domain::facts::StateKey;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::SignedNote;
use greenlien::ledger::state_tree::StateTree;
use greenlien::ledger::tree::{Frontier, leaf_hash};
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::RightId;
use greenlien::verify::evidence::{Evidence, ProvenRecord};
use greenlien::verify::fraud::build::Account;
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::fraud::{Fraud, FraudProof, Joined};

use super::targets::note_key;
use crate::formats::{entries, file};

/// Every kind, as FORMATS 7.9 names them.
pub(crate) const KINDS: [&str; 6] = [
    "fork",
    "hidden_entry",
    "open_group",
    "repeated_command",
    "wrong_entry",
    "wrong_prefix",
];

/// A text that says otherwise what the pledge of the example log took.
const PLEDGE: usize = 5;

/// Bytes within which the fuzzer keeps its inputs.
const FUZZED_BYTES_MAX: usize = 32_768;

/// Returns the checkpoint of the example log.
fn head() -> Checkpoint {
    Checkpoint::parse(SignedNote::parse(&file("checkpoint")).unwrap().text()).unwrap()
}

/// Signs another head with the key of the example log.
fn signed(head: &Checkpoint) -> String {
    head.sign(&SecretKey::from_seed(&[1; 32]))
}

fn bytes_of(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Signs a log of these entries.
fn signed_log(entries: &[Vec<u8>]) -> String {
    let mut tree = Frontier::new();
    for entry in entries {
        tree.push(leaf_hash(entry), &mut |_, _| {});
    }
    signed(&Checkpoint {
        root: tree.root(),
        size: tree.size(),
        ..head()
    })
}

/// Another history of the same size, whether one checkpoint is joined to the other or not.
fn fork(joined: Option<Joined>) -> Fraud {
    let root = Hash([7; 32]);
    Fraud {
        checkpoint: file("checkpoint"),
        proof: FraudProof::Fork {
            other: signed(&Checkpoint { root, ..head() }),
            joined,
        },
    }
}

/// A pledge that was decided otherwise.
fn wrong(kind: &str) -> Fraud {
    let mut entries = bytes_of(&entries());
    let pledge = String::from_utf8(entries[PLEDGE].clone()).unwrap();
    entries[PLEDGE] = pledge.replace("\"600\"", "\"601\"").into_bytes();
    let note = signed_log(&entries);
    let frauds = Account::new(&note, &entries).wrong(5);
    let mut frauds = frauds.into_iter();
    frauds.find(|fraud| fraud.proof.kind() == kind).unwrap()
}

/// A checkpoint of all entries but the last, which alone says what the state is.
fn open_group() -> Fraud {
    let mut entries = bytes_of(&entries());
    entries.pop();
    let note = signed_log(&entries);
    let size = u64::try_from(entries.len()).unwrap();
    Account::new(&note, &entries)
        .open_group(&note, size)
        .unwrap()
}

/// The pledge is an earlier command once more.
fn repeated_command() -> Fraud {
    let mut entries = bytes_of(&entries());
    let parsed = entries.iter().map(|bytes| Entry::parse(bytes).unwrap());
    let mut envelopes = parsed.filter_map(|entry| match entry {
        Entry::Command { envelope, .. } => Some(envelope),
        Entry::Genesis { .. } | Entry::State(_) => None,
    });
    let first = envelopes.next().unwrap();
    drop(envelopes);
    let mut again = Entry::parse(&entries[PLEDGE]).unwrap();
    if let Entry::Command { envelope, .. } = &mut again {
        *envelope = first;
    }
    entries[PLEDGE] = again.to_bytes();
    let note = signed_log(&entries);
    let frauds = Account::new(&note, &entries).wrong(5);
    frauds.into_iter().next().unwrap()
}

/// A state without any record, in which the right of the example log is absent.
fn hidden_entry() -> Fraud {
    let mut entries = bytes_of(&entries());
    let tree = StateTree::default();
    let last = entries.len() - 1;
    let mut entry = Entry::parse(&entries[last]).unwrap();
    if let Entry::State(state) = &mut entry {
        state.state_root = tree.root();
    }
    entries[last] = entry.to_bytes();
    let note = signed_log(&entries);
    let account = Account::new(&note, &entries);
    let size = u64::try_from(entries.len()).unwrap();
    let right = StateKey::Right(RightId(4));
    let evidence = Evidence {
        subject: right.clone(),
        checkpoint: note.clone(),
        state_entry: account.prove_at(size - 1, size).unwrap(),
        records: vec![ProvenRecord {
            value: None,
            proof: tree.prove(&right.hash()),
            history: None,
            key: right,
        }],
        entries: Vec::new(),
        consistency: None,
        verification: None,
    };
    account.hidden(4, &evidence).swap_remove(0)
}

/// Returns the files as inputs of the fuzzer.
pub(super) fn frauds() -> [(&'static str, &'static str, String); 7] {
    let joined = Joined {
        root: Hash([7; 32]),
        proof: Vec::new(),
    };
    let files = [
        ("fork", fork(None)),
        ("fork-joined", fork(Some(joined))),
        ("hidden-entry", hidden_entry()),
        ("open-group", open_group()),
        ("repeated-command", repeated_command()),
        ("wrong-entry", wrong("wrong_entry")),
        ("wrong-prefix", wrong("wrong_prefix")),
    ];
    files.map(|(label, fraud)| ("fraud", label, fraud.to_text()))
}

#[test]
fn there_is_an_input_of_every_kind_of_fraud_and_it_proves_it() {
    let mut kinds = Vec::new();
    for (_, label, text) in frauds() {
        assert!(text.len() < FUZZED_BYTES_MAX, "{label}: {}", text.len());
        let verdict = verify_fraud(text.as_bytes(), &[note_key()]);
        // Of one size nothing is joined: the form is read, and refused as a proof.
        let is_proof = label != "fork-joined";
        assert_eq!(
            verdict.holds(),
            is_proof,
            "{label}: {:?}",
            verdict.failure()
        );
        kinds.push(Fraud::parse(text.as_bytes()).unwrap().proof.kind());
    }
    kinds.dedup();
    assert_eq!(kinds, KINDS);
}

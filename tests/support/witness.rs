//! Somebody who follows a log from outside, as anybody may: after every step they read the checkpoint, the new entries and
//! the proof that nothing before was rewritten.
//!
//! Kept apart from the house because it trusts only the log's key; it must not know the registry or its store.

use greenlien::client::Client;
use greenlien::domain::entry::Entry;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::proof::{verify_consistency, verify_inclusion};
use greenlien::ledger::tree::{Frontier, leaf_hash};
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::field::Fields;
use greenlien::primitives::time::Timestamp;

use super::cast::{self, ORIGIN};

/// Entries of a full tile (C2SP tlog-tiles).
const ENTRIES_PER_TILE: usize = 256;
/// The largest bundle: 256 entries of 65,535 bytes.
const TILE_BYTES_MAX: u64 = 1 << 25;

/// What somebody outside knows of a log.
pub(crate) struct Witness {
    first: Option<String>,
    head: Option<Checkpoint>,
    frontier: Frontier,
    entries: Vec<Vec<u8>>,
    leaves: Vec<Hash>,
    last_time: Timestamp,
}

impl Witness {
    /// Begins with nothing.
    pub(crate) fn new() -> Self {
        Self {
            first: None,
            head: None,
            frontier: Frontier::new(),
            entries: Vec::new(),
            leaves: Vec::new(),
            last_time: Timestamp::from_micros(0),
        }
    }

    /// Returns how many entries it has seen.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Returns the first checkpoint that it has seen.
    pub(crate) fn first(&self) -> &str {
        self.first.as_deref().unwrap()
    }

    /// Returns the bytes of every entry it has seen.
    pub(crate) fn entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// Reads on: the checkpoint opens, its root is the one over the entries, the last checkpoint is a prefix of it, every
    /// entry names its place and the entry before it, and time goes forward.
    pub(crate) fn look(&mut self, client: &Client) {
        let note = client.get("/checkpoint").unwrap().text;
        let head = open_checkpoint(&note);
        assert!(head.size >= self.size(), "the log shrank to {}", head.size);
        while self.size() < head.size {
            let reply = client.get(&format!("/v1/entries/{}", self.size())).unwrap();
            assert_eq!(reply.status, 200, "{}", reply.text);
            self.take(reply.text.into_bytes());
        }
        assert_eq!(self.frontier.root(), head.root, "size {}", head.size);
        if let Some(old) = self.head.take().filter(|old| old.size < head.size) {
            let path = format!(
                "/v1/checkpoints/consistency?old={}&new={}",
                old.size, head.size
            );
            let reply = client.get(&path).unwrap();
            let proof = hashes(&mut open(&reply.text), "proof");
            verify_consistency(old.size, head.size, old.root, head.root, &proof).unwrap();
        }
        self.head = Some(head);
        self.first.get_or_insert(note);
    }

    fn take(&mut self, bytes: Vec<u8>) {
        let entry = Entry::parse(&bytes).unwrap();
        let index = self.size();
        assert_eq!(entry.index(), index);
        assert!(
            entry.time() > self.last_time,
            "time stands still at {index}"
        );
        let prev = match &entry {
            Entry::Genesis { .. } => None,
            Entry::Command { prev, .. } => Some(*prev),
            Entry::State(state) => Some(state.prev),
        };
        assert_eq!(prev, self.leaves.last().copied(), "chain of entry {index}");
        self.last_time = entry.time();
        let leaf = leaf_hash(&bytes);
        self.frontier.push(leaf, &mut |_, _| {});
        self.leaves.push(leaf);
        self.entries.push(bytes);
    }

    /// Reads the whole log once more from its tiles, which must be what the entries were one by one.
    pub(crate) fn read_again(&self, client: &Client) {
        for (tile, entries) in self.entries.chunks(ENTRIES_PER_TILE).enumerate() {
            assert!(tile < 1_000, "a tile with a name of two parts");
            let width = match entries.len() {
                ENTRIES_PER_TILE => String::new(),
                part => format!(".p/{part}"),
            };
            let url = format!("{}/tile/entries/{tile:03}{width}", client.base());
            let mut reply = ureq::get(&url).call().unwrap();
            let body = reply.body_mut().with_config().limit(TILE_BYTES_MAX);
            let mut bundle = Vec::new();
            for entry in entries {
                bundle.extend(u16::try_from(entry.len()).unwrap().to_be_bytes());
                bundle.extend(entry);
            }
            assert!(body.read_to_vec().unwrap() == bundle, "{url} differs");
        }
    }
}

/// Opens a checkpoint that the key of the cast's log has signed.
pub(crate) fn open_checkpoint(note: &str) -> Checkpoint {
    let key = NoteKey::new(ORIGIN, cast::log_key().public()).unwrap();
    Checkpoint::open(note, &[key], ORIGIN).unwrap()
}

/// Checks that the entry is in the checkpoint of its receipt.
pub(super) fn check_receipt(receipt: &mut Fields, index: u64, entry: &[u8]) {
    let head = open_checkpoint(&receipt.text("checkpoint").unwrap());
    assert_eq!(receipt.count("size").unwrap(), head.size);
    let proof = hashes(receipt, "proof");
    verify_inclusion(leaf_hash(entry), index, head.size, &proof, head.root).unwrap();
}

fn hashes(fields: &mut Fields, name: &str) -> Vec<Hash> {
    let hash = |value: Json| match value {
        Json::Text(text) => Hash::from_hex(&text).unwrap(),
        other => panic!("not a hash: {other:?}"),
    };
    fields.list(name).unwrap().into_iter().map(hash).collect()
}

fn open(text: &str) -> Fields {
    Fields::open("", Json::parse(text.as_bytes()).unwrap()).unwrap()
}

//! A registry that lies: it holds the log key and the witnesses cosign what it shows them, so every signature on the
//! checkpoint is genuine and only the content is wrong. Both verifiers must find each lie, at the same check.
//!
//! It starts from the example log of docs/FORMATS.md and knows the keys of its institutions only where a test gives them.

mod acts;
mod flips;
mod lies;
mod members;
mod mutations;
mod retold;
mod told;

use std::collections::BTreeMap;

use greenlien::domain::command::SignerRole;
use greenlien::domain::entry::{Entry, Mode, StateEntry};
use greenlien::domain::envelope::{Envelope, EnvelopeSignature};
use greenlien::domain::facts::StateKey;
use greenlien::domain::wire::value_hash;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::cosign_line;
use greenlien::ledger::proof::{consistency_proof, inclusion_proof};
use greenlien::ledger::state_tree::StateTree;
use greenlien::ledger::tree::{Frontier, Tail, leaf_hash};
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::time::Timestamp;
use greenlien::verify::evidence::{Consistency, Evidence, ProvenEntry, ProvenRecord, Verification};

use self::told::{Kept, Line, fold_all};
use crate::formats::{entries, file, state_key};
use crate::second_verifier::Reader;

/// The origin of the example log.
const ORIGIN: &str = "registry.example/greenlien/500113";
/// Who cosigns: names, and seeds as in docs/FORMATS.md 7.7.
const COSIGNERS: [(&str, u8); 5] = [
    ("bank-a.example/witness", 0x11),
    ("bank-b.example/witness", 0x12),
    ("bank-c.example/witness", 0x13),
    ("bank-a.example/audit", 0x14),
    ("guarantor.example/audit", 0x15),
];
/// The key of the holder and of the bank.
const HOLDER: u8 = 4;
const BANK: u8 = 5;

fn seed(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

/// A reader who kept the checkpoint of size 2 and trusts two witnesses and two auditors.
pub(crate) fn reader() -> Reader {
    Reader {
        policy: file("trust-audited"),
        old: Some(file("checkpoint-2")),
        now: Timestamp::parse("2026-12-01T02:01:00Z"),
        age_seconds_max: Some(600),
    }
}

/// The log that is to be shown, and what the registry makes of it.
struct Liar {
    /// Entries, the last state entry left out.
    entries: Vec<String>,
    /// Changes the text of a state value before the tree is made.
    state: Box<dyn Fn(&StateKey, String) -> String>,
    /// Changes the last state entry before it is signed.
    last: Box<dyn Fn(&mut StateEntry)>,
    /// An entry that the state leaves out.
    hidden: Option<u64>,
    log_key: u8,
    /// Records that the file shows besides, with their histories.
    also: Vec<StateKey>,
    /// Seconds after the state entry at which everyone cosigns.
    cosigned_after: i64,
}

impl Liar {
    /// The truth.
    fn new() -> Self {
        Self {
            entries: entries()[..6]
                .iter()
                .map(|text| (*text).to_owned())
                .collect(),
            state: Box::new(|_, text| text),
            last: Box::new(|_| {}),
            hidden: None,
            log_key: 1,
            also: Vec::new(),
            cosigned_after: 1,
        }
    }

    fn replace(mut self, index: usize, from: &str, to: &str) -> Self {
        assert!(self.entries[index].contains(from), "{from}");
        self.entries[index] = self.entries[index].replacen(from, to, 1);
        self
    }

    fn records(&self) -> BTreeMap<StateKey, Kept> {
        let lines: Vec<Line> = self
            .entries
            .iter()
            .cloned()
            .filter_map(Line::read)
            .collect();
        let is_seen = |line: &&Line| self.hidden != Some(line.stamp.index);
        fold_all(lines.iter().filter(is_seen), |_| true)
    }

    /// The file about R4 with all parties.
    fn evidence(&self) -> Evidence {
        let mut tree = StateTree::default();
        let mut values = BTreeMap::new();
        for (key, kept) in self.records() {
            let text = (self.state)(&key, kept.value(&key).to_text());
            tree.insert(key.hash(), value_hash(&text));
            values.insert(key, (text, kept.history));
        }
        let mut tail = Tail::new(Frontier::new());
        for text in &self.entries {
            tail.append(leaf_hash(text.as_bytes()));
        }
        let state = self.state_entry(&tail, tree.root());
        let last = Entry::State(state).to_bytes();
        tail.append(leaf_hash(&last));
        let prove = |index: u64, text: &str| ProvenEntry {
            index,
            text: text.to_owned(),
            proof: inclusion_proof(index, tail.size(), &tail).unwrap(),
        };
        let shown = (0_u64..)
            .zip(&self.entries)
            .filter(|(index, _)| *index != 1 && self.hidden != Some(*index));
        let record = |key: StateKey| {
            let found = values.get(&key);
            let whole = matches!(
                key,
                StateKey::Right(_) | StateKey::Party(_) | StateKey::Policy(_)
            ) || self.also.contains(&key);
            ProvenRecord {
                value: found.map(|(text, _)| text.clone()),
                proof: tree.prove(&key.hash()),
                history: found.filter(|_| whole).map(|(_, history)| history.clone()),
                key,
            }
        };
        let names = [
            ("identity", "allowance-account:CEA|10000001|2026"),
            ("party", "M0"),
            ("party", "M2"),
            ("party", "M3"),
            ("policy", "carbon"),
            ("right", "R4"),
        ];
        Evidence {
            subject: state_key("right", "R4"),
            checkpoint: self.checkpoint(&tail, &state),
            state_entry: prove(state.index, std::str::from_utf8(&last).unwrap()),
            records: names
                .map(|(space, name)| state_key(space, name))
                .into_iter()
                .chain(self.also.iter().cloned())
                .map(record)
                .collect(),
            entries: shown.map(|(index, text)| prove(index, text)).collect(),
            consistency: Some(Consistency {
                size: 2,
                proof: consistency_proof(2, tail.size(), &tail).unwrap(),
            }),
            verification: None,
        }
    }

    fn state_entry(&self, tail: &Tail, state_root: Hash) -> StateEntry {
        let mut state = StateEntry {
            index: tail.size(),
            n: tail.size(),
            root_n: tail.root(),
            state_root,
            previous_state_index: Some(1),
            mode: Mode::Group,
            prev: leaf_hash(self.entries.last().unwrap().as_bytes()),
            time: Timestamp::parse("2026-12-01T02:00:30Z").unwrap(),
        };
        (self.last)(&mut state);
        state
    }

    fn checkpoint(&self, tail: &Tail, state: &StateEntry) -> String {
        let head = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: tail.size(),
            root: tail.root(),
        };
        cosigned(&head, &seed(self.log_key), state, self.cosigned_after)
    }

    /// Appends a command entry with this payload, signed by these keys as makers, and the event that it is said to have.
    fn command(self, payload: &str, keys: &[u8], event: &str) -> Self {
        let payload = payload.as_bytes().to_vec();
        let sign = |byte: &u8| EnvelopeSignature::sign(&payload, SignerRole::Maker, &seed(*byte));
        let envelope = Envelope::new(payload.clone(), keys.iter().map(sign).collect()).unwrap();
        self.entry(&envelope, event, 1)
    }

    /// Appends a command entry with this envelope and the event that it is said to have.
    fn entry(mut self, envelope: &Envelope, event: &str, law: u64) -> Self {
        let index = self.entries.len();
        let before = Json::parse(self.entries[5].as_bytes()).unwrap();
        let Json::Object(mut members) = before else {
            panic!()
        };
        let event = Json::parse(event.as_bytes()).unwrap();
        let accepted = Json::object([("event", event.clone()), ("warnings", Json::list([]))]);
        let event = greenlien::domain::wire::read_event("event", event).unwrap();
        let touches = greenlien::domain::entry::touches_of(&[event]);
        let touches = touches.iter().map(|hash| Json::Text(hash.to_string()));
        let outcome = Json::object([("accepted", accepted)]);
        let time = format!("2026-12-01T02:00:{index:02}.000000Z");
        let changed = [
            ("command", envelope.to_json()),
            ("index", Json::count(index as u64)),
            ("law", Json::count(law)),
            ("outcome", outcome),
            ("time", Json::Text(time)),
            ("touches", Json::list(touches)),
        ];
        members.extend(changed.map(|(name, value)| (name.to_owned(), value)));
        self.entries.push(Json::Object(members).to_canonical());
        self
    }
}

/// The checkpoint, signed by the log and cosigned by everyone some seconds after the state entry.
fn cosigned(head: &Checkpoint, key: &SecretKey, state: &StateEntry, after: i64) -> String {
    let time = state.time.seconds().checked_add_signed(after).unwrap();
    let cosign = |(name, byte): (&str, u8)| cosign_line(&head.to_text(), name, &seed(byte), time);
    format!("{}{}", head.sign(key), COSIGNERS.map(cosign).concat())
}

/// Puts a question and an answer into a file.
fn asked(file: &mut Evidence, question: &str, answer: &str) {
    file.verification = Some(Verification {
        question: question.to_owned(),
        answer: answer.to_owned(),
    });
}

/// The note without its signature line of this number.
fn without(note: &str, number: usize) -> String {
    let (text, lines) = note.rsplit_once("\n\n").unwrap();
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.remove(number);
    format!("{text}\n\n{}\n", lines.join("\n"))
}

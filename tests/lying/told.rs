//! The file that a registry writes of a log which it tells as it likes: every record is what the told entries give, and every tree
//! and proof is made anew.
//!
//! It decides nothing and knows no law: what cannot be folded leaves a record as it was, since the registry that lies does not
//! care.

use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::entry::{Entry, Outcome, StateEntry, genesis_events};
use greenlien::domain::event::Event;
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::fold::{Stamp, fold};
use greenlien::domain::wire::{StateValue, history_leaf, value_hash};
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::proof::inclusion_proof;
use greenlien::ledger::state_tree::StateTree;
use greenlien::ledger::tree::{Frontier, Tail, leaf_hash};
use greenlien::primitives::crypto::Hash;
use greenlien::verify::evidence::{Evidence, ProvenEntry, ProvenRecord};

use super::ORIGIN;

/// What one record has become, with the entries that touched it.
pub(super) struct Kept {
    pub(super) record: Record,
    pub(super) history: Vec<u64>,
    last: Hash,
}

impl Kept {
    /// The value that the state commits to.
    pub(super) fn value(&self, key: &StateKey) -> StateValue {
        let mut frontier = Frontier::new();
        for index in &self.history {
            frontier.push(history_leaf(key, *index), &mut |_, _| {});
        }
        StateValue {
            key: key.clone(),
            record: self.record.clone(),
            history_size: frontier.size(),
            history_root: frontier.root(),
            last: self.last,
        }
    }
}

/// One entry as it is told, read once.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) text: String,
    leaf: Hash,
    /// None of a state entry, of a refusal, and of what cannot be read.
    events: Vec<Event>,
    pub(super) stamp: Stamp,
}

impl Line {
    /// Reads an entry; none where it cannot be read.
    pub(super) fn read(text: String) -> Option<Self> {
        let entry = Entry::parse(text.as_bytes()).ok()?;
        let stamp = Stamp {
            index: entry.index(),
            time: entry.time(),
        };
        let events = match entry {
            Entry::Genesis { genesis, time, .. } => genesis_events(&genesis, time),
            Entry::Command {
                outcome: Outcome::Accepted { event, .. },
                ..
            } => vec![event],
            Entry::Command { .. } | Entry::State(_) => Vec::new(),
        };
        Some(Self {
            leaf: leaf_hash(text.as_bytes()),
            text,
            events,
            stamp,
        })
    }

    /// Says whether this is another telling of an entry.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        self.stamp.index == other.stamp.index
    }

    /// The entry with another text, which does what it says or, where it cannot be read, what it did.
    pub(super) fn told(&self, text: &str) -> Self {
        let read = Self::read(text.to_owned()).filter(|line| line.stamp.index == self.stamp.index);
        read.unwrap_or_else(|| Self {
            text: text.to_owned(),
            leaf: leaf_hash(text.as_bytes()),
            ..self.clone()
        })
    }
}

/// Folds every entry into the records that are wanted, whatever the law says.
pub(super) fn fold_all<'a>(
    lines: impl Iterator<Item = &'a Line>,
    is_wanted: impl Fn(&StateKey) -> bool,
) -> BTreeMap<StateKey, Kept> {
    let mut records: BTreeMap<StateKey, Kept> = BTreeMap::new();
    for line in lines {
        for event in &line.events {
            for key in event.touches().into_iter().filter(&is_wanted) {
                let (before, mut history) = records
                    .remove(&key)
                    .map_or((None, Vec::new()), |kept| (Some(kept.record), kept.history));
                let folded = fold(event, line.stamp, &key, before.as_ref()).ok();
                let Some(record) = folded.or(before) else {
                    continue;
                };
                if history.last() != Some(&line.stamp.index) {
                    history.push(line.stamp.index);
                }
                records.insert(
                    key,
                    Kept {
                        record,
                        history,
                        last: line.leaf,
                    },
                );
            }
        }
    }
    records
}

/// What a file shows: the record that it is about, all records with whether their histories come along, and an entry besides.
pub(super) struct Shown<'a> {
    pub(super) subject: &'a StateKey,
    pub(super) records: Vec<(StateKey, bool)>,
    pub(super) also: Option<u64>,
}

/// How a registry signs.
type Sign<'a> = &'a dyn Fn(&Checkpoint, &StateEntry) -> String;

/// Writes the file of a state after these entries. `state` says what becomes of the text of a state value, none where the record
/// is to be absent; `last` is the state entry but for its roots, and the text that is told in its place.
pub(super) fn file(
    lines: &[&Line],
    records: &BTreeMap<StateKey, Kept>,
    shown: &Shown,
    state: &dyn Fn(&StateKey, String) -> Option<String>,
    (last, told_last): (StateEntry, Option<&str>),
    sign: Sign,
) -> Evidence {
    let mut tree = StateTree::default();
    let mut values = BTreeMap::new();
    for (key, kept) in records {
        if let Some(text) = state(key, kept.value(key).to_text()) {
            tree.insert(key.hash(), value_hash(&text));
            values.insert(key, (text, &kept.history));
        }
    }
    let mut tail = Tail::new(Frontier::new());
    for line in lines {
        tail.append(line.leaf);
    }
    let last = StateEntry {
        index: tail.size(),
        n: tail.size(),
        root_n: tail.root(),
        state_root: tree.root(),
        prev: lines[lines.len() - 1].leaf,
        ..last
    };
    let true_last = String::from_utf8(Entry::State(last).to_bytes()).unwrap();
    let last_text = told_last.unwrap_or(&true_last);
    tail.append(leaf_hash(last_text.as_bytes()));
    let prove = |index: u64, text: &str| ProvenEntry {
        index,
        text: text.to_owned(),
        proof: inclusion_proof(index, tail.size(), &tail).unwrap(),
    };
    let mut indices: BTreeSet<u64> = shown.also.into_iter().chain([0]).collect();
    let mut proven = Vec::new();
    for (key, is_whole) in &shown.records {
        let value = values.get(key);
        let history = value.filter(|_| *is_whole).map(|(_, list)| (*list).clone());
        indices.extend(history.iter().flatten());
        proven.push(ProvenRecord {
            value: value.map(|(text, _)| text.clone()),
            proof: tree.prove(&key.hash()),
            history,
            key: key.clone(),
        });
    }
    let head = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: tail.size(),
        root: tail.root(),
    };
    let entry = |index: &u64| prove(*index, &lines[usize::try_from(*index).unwrap()].text);
    Evidence {
        subject: shown.subject.clone(),
        checkpoint: sign(&head, &last),
        state_entry: prove(last.index, last_text),
        records: proven,
        entries: indices.iter().map(entry).collect(),
        consistency: None,
        verification: None,
    }
}

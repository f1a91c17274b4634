//! Whether a fraud file proves what it says; each check is one function with its own words.
//!
//! Only the log's keys are trusted. An honest log must never be accused, so whatever a file leaves out, or this version cannot
//! read, ends the verification and accuses nobody.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::entry::{Entry, Outcome, StateEntry, genesis_events};
use crate::domain::facts::{Fact, PolicyTexts, PolicyVersion, Record, StateKey};
use crate::domain::law::Law;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::{StateValue, history_leaf, parse_command, value_hash};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::ledger::proof::{verify_consistency, verify_inclusion};
use crate::ledger::state_tree::StateTree;
use crate::ledger::tree::{Frontier, empty_root, leaf_hash};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::verify::evidence::{ProvenEntry, ProvenRecord};
use crate::verify::fraud::footing::{Shown, Unshown};
use crate::verify::fraud::{FORMAT, FoundRecord, Fraud, FraudProof, Joined, WrongEntry};
use crate::verify::machine::{Machine, Position, Row};
use crate::verify::replay::{Halt, Replay};
use crate::verify::verdict::Verdict;

type Step<T> = Result<T, (&'static str, String)>;

fn refuse<T>(name: &'static str, why: impl Into<String>) -> Step<T> {
    Err((name, why.into()))
}

/// Verifies a fraud file under the keys of the logs that the reader trusts; the fraud is proven if every check passes, and the statements then say what it is.
pub fn verify_fraud(bytes: &[u8], keys: &[NoteKey]) -> Verdict {
    let mut verdict = Verdict::default();
    let fraud = match Fraud::parse(bytes) {
        Ok(fraud) => fraud,
        Err(fault) => {
            verdict.fail("format", fault.to_string());
            return verdict;
        }
    };
    verdict.pass("format", format!("{FORMAT}, {}", fraud.proof.kind()));
    match prove(&fraud, keys, &mut verdict) {
        Ok(statement) => verdict.statements.push(statement),
        Err((name, why)) => verdict.fail(name, why),
    }
    verdict
}

/// Returns the sentence that is proven.
fn prove(fraud: &Fraud, keys: &[NoteKey], verdict: &mut Verdict) -> Step<String> {
    let head = open(&fraud.checkpoint, keys, "checkpoint", verdict)?;
    let what = match &fraud.proof {
        FraudProof::Fork { other, joined } => {
            let other = open(other, keys, "other checkpoint", verdict)?;
            fork(&head, &other, joined.as_ref(), verdict)?
        }
        FraudProof::HiddenEntry {
            state_entry,
            record,
            entry,
            entry_checkpoint,
        } => {
            let (value, state) = hiding_record(&head, state_entry, record, verdict)?;
            // In a history that goes on from the entry's checkpoint it is hidden; in any other the log has forked.
            let under = match entry_checkpoint {
                None => head.clone(),
                Some(note) => open(note, keys, "entry checkpoint", verdict)?,
            };
            if under.origin != head.origin || under.size > head.size {
                return refuse("entry checkpoint", "it is of another log, or larger");
            }
            hidden_entry(&under, &state, (record, value.is_some()), entry, verdict)?
        }
        FraudProof::OpenGroup { last } => open_group(&head, last, verdict)?,
        FraudProof::RepeatedCommand { first, second } => {
            repeated_command(&head, first, second, verdict)?
        }
        FraudProof::WrongEntry(wrong) => wrong_entry(&head, wrong, verdict)?,
        FraudProof::WrongPrefix {
            entries,
            consistency,
        } => wrong_prefix(&head, entries, consistency, verdict)?,
    };
    Ok(format!("The log {} is false: {what}.", head.origin))
}

/// Opens a checkpoint under one of the keys.
fn open(
    note: &str,
    keys: &[NoteKey],
    name: &'static str,
    verdict: &mut Verdict,
) -> Step<Checkpoint> {
    let opened = keys
        .iter()
        .find_map(|key| Checkpoint::open(note, std::slice::from_ref(key), key.name()).ok());
    let Some(head) = opened else {
        return refuse(name, "no log key that is trusted has signed it");
    };
    let what = format!("signed by {}, {} entries", head.origin, head.size);
    verdict.pass(name, what);
    Ok(head)
}

fn fork(
    head: &Checkpoint,
    other: &Checkpoint,
    joined: Option<&Joined>,
    verdict: &mut Verdict,
) -> Step<String> {
    let name = "contradiction";
    if other.origin != head.origin {
        return refuse(name, "the checkpoints are of two logs");
    }
    if other.size > head.size {
        return refuse(name, "the other checkpoint must not be the larger one");
    }
    let root = match joined {
        None if other.size == head.size => head.root,
        None if other.size == 0 => empty_root(),
        Some(joined) if (1..head.size).contains(&other.size) => {
            let sizes = (other.size, head.size);
            verify_consistency(sizes.0, sizes.1, joined.root, head.root, &joined.proof)
                .map_err(|fault| (name, fault.to_string()))?;
            joined.root
        }
        None | Some(_) => {
            return refuse(
                name,
                "`joined` must be there if the sizes differ, and only then",
            );
        }
    };
    if root == other.root {
        return refuse(name, "the checkpoints are of one history");
    }
    let what = format!(
        "two histories of its first {} entries were signed",
        other.size
    );
    verdict.pass(name, &what);
    Ok(what)
}

/// Proves a record with its complete history, or its absence, in the last state of a checkpoint.
fn hiding_record(
    head: &Checkpoint,
    state_entry: &ProvenEntry,
    record: &ProvenRecord,
    verdict: &mut Verdict,
) -> Step<(Option<StateValue>, StateEntry)> {
    let name = "state entry";
    let state = included_state(head, state_entry, name)?;
    if state_entry.index.checked_add(1) != Some(head.size) {
        return refuse(name, "it is not the last entry of the checkpoint");
    }
    verdict.pass(name, format!("entry {} of {}", state.index, state.time));
    let key = &record.key;
    let value = proven_value(record, &state.state_root)?;
    verdict.pass("state proofs", key.to_string());
    let name = "complete history";
    let history = record.history.as_deref().unwrap_or_default();
    if let Some(value) = &value {
        if !is_complete(key, history, value) {
            return refuse(name, "the list of entries is not complete");
        }
        verdict.pass(name, format!("{} entries", history.len()));
    }
    Ok((value, state))
}

fn hidden_entry(
    head: &Checkpoint,
    state: &StateEntry,
    (record, is_present): (&ProvenRecord, bool),
    entry: &ProvenEntry,
    verdict: &mut Verdict,
) -> Step<String> {
    let (key, index) = (&record.key, entry.index);
    let history = record.history.as_deref().unwrap_or_default();
    let parsed = included(head, entry, "inclusion")?;
    let events = match parsed {
        Entry::Genesis { time, genesis, .. } => genesis_events(&genesis, time),
        Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        } => vec![event],
        Entry::Command { .. } | Entry::State(_) => Vec::new(),
    };
    if index >= state.index || !events.iter().any(|event| event.touches().contains(key)) {
        return refuse("inclusion", format!("entry {index} does not touch {key}"));
    }
    verdict.pass("inclusion", format!("entry {index} touches {key}"));
    if is_present && history.contains(&index) {
        return refuse("omission", format!("entry {index} is in the history"));
    }
    let what = format!("entry {index} touches {key} and is hidden from its complete history");
    verdict.pass("omission", &what);
    Ok(what)
}

fn open_group(head: &Checkpoint, last: &ProvenEntry, verdict: &mut Verdict) -> Step<String> {
    let name = "inclusion";
    let index = last.index;
    if index.checked_add(1) != Some(head.size) {
        return refuse(name, "it is not the last entry of the checkpoint");
    }
    in_tree(head, last, name)?;
    readable(index, last.text.as_bytes())?;
    let kind = match included(head, last, name)? {
        Entry::State(_) => return refuse(name, format!("entry {index} is a state entry")),
        Entry::Genesis { .. } => "genesis",
        Entry::Command { .. } => "command",
    };
    verdict.pass(
        name,
        format!("entry {index} is the last and a {kind} entry"),
    );
    let what = format!("it has signed a size that ends within a group, in {kind} entry {index}");
    verdict.pass("open group", &what);
    Ok(what)
}

fn repeated_command(
    head: &Checkpoint,
    first: &ProvenEntry,
    second: &ProvenEntry,
    verdict: &mut Verdict,
) -> Step<String> {
    let name = "inclusion";
    let command = |proven: &ProvenEntry| match included(head, proven, name)? {
        Entry::Command { envelope, .. } => parse_command(&envelope.payload)
            .map(|command| (command.org, command.cmd))
            .map_err(|fault| (name, fault.to_string())),
        Entry::Genesis { .. } | Entry::State(_) => refuse(name, "it is not a command"),
    };
    let (one, other) = (command(first)?, command(second)?);
    verdict.pass(
        name,
        format!("entries {} and {}", first.index, second.index),
    );
    if first.index >= second.index || one != other {
        return refuse("repetition", "these are two commands");
    }
    let what = format!(
        "the command {} of {} was decided in entry {} and again in entry {}",
        one.1, one.0, first.index, second.index
    );
    verdict.pass("repetition", &what);
    Ok(what)
}

fn wrong_prefix(
    head: &Checkpoint,
    entries: &[String],
    consistency: &[Hash],
    verdict: &mut Verdict,
) -> Step<String> {
    let name = "inclusion";
    let mut frontier = Frontier::new();
    for entry in entries {
        frontier.push(leaf_hash(entry.as_bytes()), &mut |_, _| {});
    }
    let size = frontier.size();
    verify_consistency(size, head.size, frontier.root(), head.root, consistency)
        .map_err(|fault| (name, fault.to_string()))?;
    verdict.pass(name, format!("the first {size} entries"));
    let mut replay = Replay::new();
    for (index, entry) in (0..).zip(entries) {
        readable(index, entry.as_bytes())?;
        let ready = replay.ready(index, entry.as_bytes().to_vec());
        if let Err(bad) = replay.step(ready) {
            verdict.pass("replay", bad.to_string());
            return Ok(bad.to_string());
        }
    }
    refuse("replay", "every entry is what the law makes")
}

fn wrong_entry(head: &Checkpoint, wrong: &WrongEntry, verdict: &mut Verdict) -> Step<String> {
    let name = "state entry";
    let state = included_state(head, &wrong.previous, name)?;
    verdict.pass(name, format!("entry {} of {}", state.index, state.time));
    let shown = shown_records(wrong, &state.state_root)?;
    let machine = machine_at(head, wrong, &state)?;
    let count = wrong.records.len();
    verdict.pass("state proofs", format!("{count} records and absences"));
    let mut replay = Replay::resume(machine);
    let mut next = state.index;
    for proven in &wrong.entries {
        next = next.saturating_add(1);
        if proven.index != next {
            return refuse("inclusion", format!("entry {next} is missing"));
        }
        let leaf = leaf_hash(proven.text.as_bytes());
        verify_inclusion(leaf, next, head.size, &proven.proof, head.root)
            .map_err(|fault| ("inclusion", format!("entry {next}: {fault}")))?;
        readable(next, proven.text.as_bytes())?;
        known_policies(&replay, proven)?;
        let ready = replay.ready(next, proven.text.as_bytes().to_vec());
        match replay.step_on(ready, &shown) {
            Ok(_) => {}
            Err(Halt::Bad(bad)) => {
                verdict.pass("inclusion", format!("{} entries", wrong.entries.len()));
                verdict.pass("replay", bad.to_string());
                return Ok(bad.to_string());
            }
            Err(Halt::Footing(Unshown::Record(key))) => {
                return refuse(
                    "replay",
                    format!("entry {next} needs {key}, which is not shown"),
                );
            }
            Err(Halt::Footing(Unshown::Proofs)) => {
                return refuse("replay", "the state root does not follow from the proofs");
            }
        }
    }
    refuse("replay", "every entry is what the law makes")
}

/// Proves the records of the file against the state root before the group.
fn shown_records<'a>(wrong: &'a WrongEntry, state_root: &Hash) -> Step<Shown<'a>> {
    let name = "state proofs";
    let mut shown = Shown::under(*state_root);
    for FoundRecord { record, frontier } in &wrong.records {
        let key = &record.key;
        let row = match proven_value(record, state_root)? {
            None => None,
            Some(value) => {
                let history = Frontier::from_parts(value.history_size, frontier.clone());
                let history = history.filter(|history| history.root() == value.history_root);
                let Some(history) = history else {
                    return refuse(name, format!("{key}: the frontier is not of its history"));
                };
                Some(Row {
                    fact: Arc::new(Fact {
                        record: value.record,
                        version: value.history_size,
                    }),
                    history,
                    // No entry says where a record was touched before.
                    last_index: 0,
                    last_leaf: value.last,
                })
            }
        };
        if !shown.add(key, row, &record.proof) {
            return refuse(name, format!("{key} stands twice"));
        }
    }
    Ok(shown)
}

/// Makes the machine that stands after the state entry before the group.
fn machine_at(head: &Checkpoint, wrong: &WrongEntry, state: &StateEntry) -> Step<Machine> {
    let name = "genesis";
    let genesis = match included(head, &wrong.genesis, name)? {
        Entry::Genesis { genesis, .. } if genesis.origin == head.origin => *genesis,
        Entry::Genesis { .. } | Entry::Command { .. } | Entry::State(_) => {
            return refuse(name, "entry 0 is not the genesis of this log");
        }
    };
    let size = state.index.saturating_add(1);
    let frontier = Frontier::from_parts(size, wrong.frontier.clone());
    let Some(frontier) = frontier else {
        return refuse(name, "the frontier of the log has a wrong number of hashes");
    };
    verify_consistency(
        size,
        head.size,
        frontier.root(),
        head.root,
        &wrong.consistency,
    )
    .map_err(|fault| (name, format!("the frontier of the log: {fault}")))?;
    let (policies, versions) = policies(wrong, genesis.policies.iter().map(|(_, text)| text))?;
    let genesis_leaf = leaf_hash(wrong.genesis.text.as_bytes());
    let position = Position {
        frontier,
        last_leaf: leaf_hash(wrong.previous.text.as_bytes()),
        last_time: state.time,
        last_state: Some(state.index),
        tree: StateTree::default(),
        versions,
        policies,
    };
    // By which law the log stood there is not shown; each entry names its own, and one that goes back is not noticed here.
    Ok(Machine::resume_under(
        Law::FIRST,
        genesis,
        &genesis_leaf,
        position,
    ))
}

type Versions = BTreeMap<String, Vec<PolicyVersion>>;

/// Returns the policies that the records name; each of their texts must be there.
fn policies<'t>(
    wrong: &'t WrongEntry,
    of_genesis: impl Iterator<Item = &'t String>,
) -> Step<(PolicyTexts, Versions)> {
    let name = "policies";
    let mut texts = PolicyTexts::new();
    for text in of_genesis.chain(&wrong.policies) {
        let policy = KindPolicy::parse(text).map_err(|fault| (name, fault.to_string()))?;
        texts.insert(policy.digest, policy);
    }
    let mut versions = Versions::new();
    for found in &wrong.records {
        let value = found.record.value.as_deref().map(StateValue::parse);
        let Some(Ok(StateValue {
            key: StateKey::Policy(kind),
            record: Record::Policy(named),
            ..
        })) = value
        else {
            continue;
        };
        if let Some(absent) = named
            .iter()
            .find(|version| !texts.contains_key(&version.digest))
        {
            return refuse(
                name,
                format!("the text {} of {kind} is missing", absent.digest),
            );
        }
        versions.insert(kind, named);
    }
    Ok((texts, versions))
}

/// The digest of the active policies in an entry binds them all; with another set in the file nothing is proven.
fn known_policies(replay: &Replay, proven: &ProvenEntry) -> Step<()> {
    if let (Some(machine), Ok(Entry::Command { time, policy, .. })) =
        (replay.machine(), Entry::parse(proven.text.as_bytes()))
        && machine.policy_digest(time) != policy
    {
        return refuse(
            "policies",
            "the file does not show the policies that the entry names",
        );
    }
    Ok(())
}

/// Returns the value of a record as of the state root; none for a proven absence.
fn proven_value(record: &ProvenRecord, state_root: &Hash) -> Step<Option<StateValue>> {
    let (name, key) = ("state proofs", &record.key);
    let expected = record.value.as_deref().map(value_hash);
    record
        .proof
        .verify(state_root, &key.hash(), expected.as_ref())
        .map_err(|fault| (name, format!("{key}: {fault}")))?;
    let Some(text) = &record.value else {
        return Ok(None);
    };
    match StateValue::parse(text) {
        Ok(value) if value.key == *key => Ok(Some(value)),
        Ok(_) => refuse(name, format!("{key}: the value names another record")),
        Err(fault) => refuse(name, format!("{key}: {fault}")),
    }
}

fn is_complete(key: &StateKey, history: &[u64], value: &StateValue) -> bool {
    let mut frontier = Frontier::new();
    for index in history {
        frontier.push(history_leaf(key, *index), &mut |_, _| {});
    }
    history.is_sorted_by(|a, b| a < b)
        && frontier.size() == value.history_size
        && frontier.root() == value.history_root
}

/// Returns an entry that the checkpoint includes.
fn in_tree(head: &Checkpoint, proven: &ProvenEntry, name: &'static str) -> Step<()> {
    let ProvenEntry { index, text, proof } = proven;
    let leaf = leaf_hash(text.as_bytes());
    verify_inclusion(leaf, *index, head.size, proof, head.root)
        .map_err(|fault| (name, format!("entry {index}: {fault}")))
}

fn included(head: &Checkpoint, proven: &ProvenEntry, name: &'static str) -> Step<Entry> {
    let ProvenEntry { index, text, .. } = proven;
    in_tree(head, proven, name)?;
    match Entry::parse(text.as_bytes()) {
        Ok(entry) if entry.index() == *index => Ok(entry),
        Ok(entry) => refuse(name, format!("entry {index} says it is {}", entry.index())),
        Err(fault) => refuse(name, format!("entry {index}: {fault}")),
    }
}

fn included_state(head: &Checkpoint, proven: &ProvenEntry, name: &'static str) -> Step<StateEntry> {
    match included(head, proven, name)? {
        Entry::State(state) => Ok(state),
        Entry::Genesis { .. } | Entry::Command { .. } => refuse(name, "it is not a state entry"),
    }
}

/// Refuses to judge an entry of a later format or law.
fn readable(index: u64, bytes: &[u8]) -> Step<()> {
    if is_of_later_version(bytes) {
        return refuse(
            "replay",
            format!("entry {index} is of a later law or format than this"),
        );
    }
    Ok(())
}

/// Says whether an entry names a format or a law that this version does not know, and so cannot judge.
pub fn is_of_later_version(bytes: &[u8]) -> bool {
    let Ok(Json::Object(members)) = Json::parse(bytes) else {
        return false;
    };
    let above = |name: &str, known: u64| match members.get(name) {
        Some(Json::Int(number)) => u64::try_from(*number).is_ok_and(|number| number > known),
        Some(Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) | None => false,
    };
    above("v", 1) || above("law", Law::LATEST.number())
}

//! No honest log can be accused: the logs of every scenario, with every kind of command and refusal of the law in force, tried
//! with every kind of fraud file over every entry.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::authority::matrix::MATRIX;
use greenlien::domain::entry::{Entry, Outcome, genesis_events};
use greenlien::domain::event::Event;
use greenlien::domain::facts::StateKey;
use greenlien::domain::wire::parse_command;
use greenlien::verify::evidence::{Evidence, ProvenRecord};
use greenlien::verify::fraud::build::{Account, hidden};
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::fraud::{Fraud, FraudProof};
use greenlien::verify::machine::Machine;
use greenlien::verify::replay::Replay;

use super::liar::{Liar, log_key};
use crate::scenarios;

/// Every entry where the program is optimized, as `make test` builds it; unoptimized, every fifth, others in each log.
const STEP: usize = if cfg!(debug_assertions) { 5 } else { 1 };
/// One log is longer, and every seventh entry speaks for its like there: it has the same forest right five hundred times.
const LONG: u64 = 600;

/// Checks that a file proves nothing; returns why.
fn refused(fraud: &Fraud) -> String {
    let text = fraud.to_text();
    let verdict = verify_fraud(text.as_bytes(), &[log_key()]);
    assert!(verdict.statements.is_empty(), "{:?}", verdict.statements);
    verdict.failure().unwrap().to_string()
}

/// A log of a scenario, and a replay that goes along with it.
struct Honest {
    name: &'static str,
    liar: Liar,
    note: String,
    along: RefCell<Replay>,
}

impl Honest {
    fn new(name: &'static str, entries: &[Vec<u8>]) -> Self {
        let liar = Liar::of(entries);
        let note = liar.note();
        Self {
            name,
            liar,
            note,
            along: RefCell::new(Replay::new()),
        }
    }

    fn parsed(&self, index: u64) -> Entry {
        Entry::parse(&self.liar.entries[usize::try_from(index).unwrap()]).unwrap()
    }

    fn steps(&self) -> impl Iterator<Item = u64> + use<> {
        let size = self.liar.size();
        let step = if size > LONG { 7 * STEP } else { STEP };
        (size % 5 % u64::try_from(STEP).unwrap()..size).step_by(step)
    }

    /// Returns the replay after so many entries; asked for more and more.
    fn replayed(&self, size: u64) -> Replay {
        let mut along = self.along.borrow_mut();
        let next = along.machine().map_or(0, Machine::size);
        assert!(next <= size);
        for at in next..size {
            let bytes = self.liar.entries[usize::try_from(at).unwrap()].clone();
            let ready = along.ready(at, bytes);
            along.step(ready).unwrap();
        }
        along.clone()
    }

    /// Tries to show of every entry that it is wrong.
    fn no_entry_is_wrong(&self) {
        let begin = |size| Some(self.replayed(size));
        let account = Account::new(&self.note, &self.liar.entries).beginning(&begin);
        let last = self.steps().last().unwrap();
        for index in self.steps() {
            let mut kinds = BTreeSet::new();
            for fraud in account.wrong(index) {
                let kind = fraud.proof.kind();
                kinds.insert(kind);
                // A prefix is the same replay as that of a longer one, so the longest speaks for all.
                if kind == "wrong_prefix" && index != last {
                    continue;
                }
                let why = refused(&fraud);
                let every = why.ends_with("every entry is what the law makes");
                assert!(every, "{}: {kind} of entry {index}: {why}", self.name);
            }
            let expected = if index < 2 {
                &["wrong_prefix"][..]
            } else {
                &["wrong_entry", "wrong_prefix"]
            };
            assert!(
                kinds.iter().eq(expected),
                "{}: {index}: {kinds:?}",
                self.name
            );
        }
    }

    /// Tries to show of every checkpoint that the log has signed that it ends within a group, or is of another history.
    fn no_checkpoint_is_false(&self) {
        let account = Account::new(&self.note, &self.liar.entries);
        for index in self
            .steps()
            .filter(|index| matches!(self.parsed(*index), Entry::State(_)))
        {
            let size = index + 1;
            let mut older = self.liar.clone();
            older.entries.truncate(usize::try_from(size).unwrap());
            let note = older.note();
            let open = account.open_group(&note, size).unwrap();
            assert!(
                refused(&open).contains("is a state entry"),
                "{}: {size}",
                self.name
            );
            let fork = account.fork((&note, size)).unwrap();
            assert!(
                refused(&fork).contains("of one history"),
                "{}: {size}",
                self.name
            );
        }
    }

    /// Tries to show of every entry that a record hides it which it does not touch.
    fn nothing_is_hidden(&self) {
        let size = self.liar.size();
        let machine = self.replayed(size).into_machine().unwrap();
        let tree = machine.tree();
        let mut histories: BTreeMap<StateKey, Vec<u64>> = BTreeMap::new();
        for index in 0..size {
            let events = match self.parsed(index) {
                Entry::Genesis { genesis, time, .. } => genesis_events(&genesis, time),
                Entry::Command {
                    outcome: Outcome::Accepted { event, .. },
                    ..
                } => vec![event],
                Entry::Command { .. } | Entry::State(_) => Vec::new(),
            };
            for key in events.iter().flat_map(Event::touches) {
                let history = histories.entry(key).or_default();
                if history.last() != Some(&index) {
                    history.push(index);
                }
            }
        }
        let keys: Vec<&StateKey> = histories.keys().collect();
        for index in self.steps().filter(|index| index + 1 < size) {
            let entry = self.liar.proven(index);
            // Two records of all, others for each entry; who is touched has the entry in the history, and nothing to show.
            for nth in [index, 3 * index + 1] {
                let key = keys[usize::try_from(nth).unwrap() % keys.len()];
                let row = machine.held(key).unwrap();
                let history = histories[key].clone();
                let is_touched = history.contains(&index);
                let record = ProvenRecord {
                    value: Some(row.value(key).to_text()),
                    proof: tree.prove(&key.hash()),
                    history: Some(history),
                    key: key.clone(),
                };
                let evidence = Evidence {
                    subject: key.clone(),
                    checkpoint: self.note.clone(),
                    state_entry: self.liar.proven(size - 1),
                    records: vec![record.clone()],
                    entries: Vec::new(),
                    consistency: None,
                    verification: None,
                };
                let files = hidden(&evidence, &entry, None);
                assert_eq!(
                    files.is_empty(),
                    is_touched,
                    "{}: {key}: {index}",
                    self.name
                );
                let forced = Fraud {
                    checkpoint: self.note.clone(),
                    proof: FraudProof::HiddenEntry {
                        state_entry: Box::new(evidence.state_entry.clone()),
                        record: Box::new(record),
                        entry: Box::new(entry.clone()),
                        entry_checkpoint: None,
                    },
                };
                let why = refused(&forced);
                let part = if is_touched {
                    "is in the history"
                } else {
                    "does not touch"
                };
                assert!(why.contains(part), "{}: {key}: {index}: {why}", self.name);
            }
        }
    }

    /// Adds the types of the commands that were accepted.
    fn accepted(&self, types: &mut BTreeSet<String>) {
        for index in 0..self.liar.size() {
            if let Entry::Command {
                outcome: Outcome::Accepted { .. },
                envelope,
                ..
            } = self.parsed(index)
            {
                let command = parse_command(&envelope.payload).unwrap();
                types.insert(command.body.type_name().to_owned());
            }
        }
    }
}

#[test]
fn no_log_of_a_scenario_can_be_accused_over_any_entry() {
    let names = scenarios::names();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let types = std::thread::scope(|scope| {
        let work = |worker: usize| {
            let mut types = BTreeSet::new();
            for name in names.iter().skip(worker).step_by(workers) {
                let honest = Honest::new(name, &scenarios::log(name));
                honest.no_entry_is_wrong();
                honest.no_checkpoint_is_false();
                honest.nothing_is_hidden();
                honest.accepted(&mut types);
            }
            types
        };
        let handles: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        let types = handles
            .into_iter()
            .flat_map(|handle| handle.join().unwrap());
        types.collect::<BTreeSet<String>>()
    });
    let commands = MATRIX.iter().map(|row| row.command);
    let missing: Vec<&str> = commands.filter(|name| !types.contains(*name)).collect();
    assert!(missing.is_empty(), "accepted in no scenario: {missing:?}");
}

//! The replay machine: entries in, records and state root out.
//!
//! It owns everything a decision rests on: the position in the log, registry time, the records, the state tree and the
//! policies. The server feeds it commands and writes what it returns; an auditor feeds it the same commands from the log and
//! compares what it returns, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::entry::{Entry, Mode, Outcome, StateEntry, genesis_events, touches_of};
use crate::domain::event::Event;
use crate::domain::facts::{
    Fact, Facts, PolicyTexts, PolicyVersion, Record, StateKey, active_version,
};
use crate::domain::fold::{FoldFault, Stamp, fold};
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::needs::needs;
use crate::domain::policy::{KindPolicy, PolicyFault, set_digest};
use crate::domain::rules;
use crate::domain::wire::{StateValue, history_leaf, value_hash};
use crate::ledger::state_tree::StateTree;
use crate::ledger::tree::{Frontier, leaf_hash};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::verify::submission::Submission;

/// Where records come from that the machine does not hold in memory.
pub trait RowSource {
    /// Why a record could not be read.
    type Error;
    /// Reads the row under a key.
    fn row(&self, key: &StateKey) -> Result<Option<Row>, Self::Error>;
}

/// No source: the machine holds everything.
#[derive(Debug)]
pub struct NoSource;

impl RowSource for NoSource {
    type Error = std::convert::Infallible;
    fn row(&self, _key: &StateKey) -> Result<Option<Row>, Self::Error> {
        Ok(None)
    }
}

/// A record with what is needed to go on with its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The record and its version.
    pub fact: Arc<Fact>,
    /// The RFC 6962 frontier over the leaves of its history.
    pub history: Frontier,
    /// The index of the last entry that touched it.
    pub last_index: EntryIndex,
    /// The leaf hash of that entry.
    pub last_leaf: Hash,
}

impl Row {
    /// Returns the state value that the row stands for.
    pub fn value(&self, key: &StateKey) -> StateValue {
        StateValue {
            key: key.clone(),
            record: self.fact.record.clone(),
            history_size: self.history.size(),
            history_root: self.history.root(),
            last: self.last_leaf,
        }
    }
}

/// A command's entry, decided and applied.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The index of the entry.
    pub index: EntryIndex,
    /// The bytes of the entry.
    pub bytes: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The decision.
    pub outcome: Outcome,
    /// The records it touched, with the index of the entry that touched each before.
    pub touched: Vec<(StateKey, Option<EntryIndex>)>,
}

/// A group's state entry, and the rows that the group changed.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The index of the state entry.
    pub index: EntryIndex,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The changed rows with the text of their values.
    pub rows: Vec<ChangedRow>,
}

/// A row that a group changed, with the text of its value.
pub type ChangedRow = (StateKey, Row, String);

/// Why the machine could not go on.
#[derive(Debug)]
pub enum MachineFault<E> {
    /// A record could not be read.
    Source(E),
    /// The law accepted what cannot be folded: a defect of the program, never of the command.
    Fold(FoldFault),
    /// The entry would be larger than a log entry may be.
    EntryTooLarge(usize),
    /// A genesis policy text cannot be read.
    Policy(PolicyFault),
}

/// Where a machine stands that is to go on with a log.
#[derive(Clone, Debug)]
pub struct Position {
    /// The RFC 6962 frontier of the log.
    pub frontier: Frontier,
    /// The leaf hash of the last entry.
    pub last_leaf: Hash,
    /// Its time.
    pub last_time: Timestamp,
    /// The index of the last state entry.
    pub last_state: Option<EntryIndex>,
    /// The state tree.
    pub tree: StateTree,
    /// The versions of every policy.
    pub versions: BTreeMap<String, Vec<PolicyVersion>>,
    /// Rules by digest.
    pub policies: PolicyTexts,
}

/// The machine.
#[derive(Clone, Debug)]
pub struct Machine {
    genesis: Arc<Genesis>,
    law: Law,
    aud: String,
    frontier: Frontier,
    last_leaf: Hash,
    last_time: Timestamp,
    last_state: Option<EntryIndex>,
    tree: StateTree,
    rows: BTreeMap<StateKey, Row>,
    dirty: BTreeSet<StateKey>,
    versions: BTreeMap<String, Vec<PolicyVersion>>,
    policies: Arc<PolicyTexts>,
}

/// Returns the audience of commands: the origin and the leaf hash of entry 0.
pub fn audience(origin: &str, genesis_leaf: &Hash) -> String {
    format!("{origin}#{genesis_leaf}")
}

impl Machine {
    /// Begins a log under the latest law: returns the machine after entry 0, and the entry.
    pub fn begin<E>(genesis: Genesis, time: Timestamp) -> Result<(Self, Decided), MachineFault<E>> {
        Self::begin_under(Law::LATEST, genesis, time)
    }

    /// Begins a log under the law that its entry 0 names.
    pub fn begin_under<E>(
        law: Law,
        genesis: Genesis,
        time: Timestamp,
    ) -> Result<(Self, Decided), MachineFault<E>> {
        let mut policies = PolicyTexts::new();
        for (_, text) in &genesis.policies {
            let policy = KindPolicy::parse(text).map_err(MachineFault::Policy)?;
            policies.insert(policy.digest, policy);
        }
        let events = genesis_events(&genesis, time);
        let entry = Entry::Genesis {
            time,
            law,
            genesis: Box::new(genesis.clone()),
        };
        let bytes = entry.to_bytes();
        let leaf = leaf_hash(&bytes);
        let mut machine = Self {
            aud: audience(&genesis.origin, &leaf),
            genesis: Arc::new(genesis),
            law,
            frontier: Frontier::new(),
            last_leaf: leaf,
            last_time: time,
            last_state: None,
            tree: StateTree::default(),
            rows: BTreeMap::new(),
            dirty: BTreeSet::new(),
            versions: BTreeMap::new(),
            policies: Arc::new(policies),
        };
        machine.append(leaf, time);
        let mut touched = Vec::new();
        for event in &events {
            touched.extend(machine.apply(event, Stamp { index: 0, time }, leaf)?);
        }
        let outcome = Outcome::Refused(Vec::new());
        Ok((
            machine,
            Decided {
                index: 0,
                bytes,
                leaf,
                outcome,
                touched,
            },
        ))
    }

    /// Goes on with a log, by the latest law.
    pub fn resume(genesis: Genesis, genesis_leaf: &Hash, position: Position) -> Self {
        Self::resume_under(Law::LATEST, genesis, genesis_leaf, position)
    }

    /// Goes on with a log by a law, and by each later one from the first entry on that names it.
    pub fn resume_under(
        law: Law,
        genesis: Genesis,
        genesis_leaf: &Hash,
        position: Position,
    ) -> Self {
        Self {
            aud: audience(&genesis.origin, genesis_leaf),
            genesis: Arc::new(genesis),
            law,
            frontier: position.frontier,
            last_leaf: position.last_leaf,
            last_time: position.last_time,
            last_state: position.last_state,
            tree: position.tree,
            rows: BTreeMap::new(),
            dirty: BTreeSet::new(),
            versions: position.versions,
            policies: Arc::new(position.policies),
        }
    }

    /// Takes records into memory that were held when the log stood here.
    #[must_use]
    pub fn holding(self, rows: BTreeMap<StateKey, Row>) -> Self {
        Self { rows, ..self }
    }

    /// Returns the law by which the log stands.
    pub fn law(&self) -> Law {
        self.law
    }

    /// Returns every row that is held in memory, by key.
    pub fn rows(&self) -> impl Iterator<Item = (&StateKey, &Row)> {
        self.rows.iter()
    }

    /// Returns the genesis.
    pub fn genesis(&self) -> &Arc<Genesis> {
        &self.genesis
    }

    /// Returns the audience that commands must name.
    pub fn aud(&self) -> &str {
        &self.aud
    }

    /// Returns the number of entries.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Returns the root over all entries.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Returns a snapshot of the state tree; cheap.
    pub fn tree(&self) -> StateTree {
        self.tree.clone()
    }

    /// Returns where a machine stands that goes on from here, without the rows.
    pub fn position(&self) -> Position {
        Position {
            frontier: self.frontier.clone(),
            last_leaf: self.last_leaf,
            last_time: self.last_time,
            last_state: self.last_state,
            tree: self.tree.clone(),
            versions: self.versions.clone(),
            policies: (*self.policies).clone(),
        }
    }

    /// Returns the versions of every policy, by kind.
    pub fn versions(&self) -> &BTreeMap<String, Vec<PolicyVersion>> {
        &self.versions
    }

    /// Returns the time of the last entry.
    pub fn last_time(&self) -> Timestamp {
        self.last_time
    }

    /// Returns the rules by digest.
    pub fn policies(&self) -> Arc<PolicyTexts> {
        Arc::clone(&self.policies)
    }

    /// Returns the time of the next entry: the clock's, but always later than the last.
    pub fn next_time(&self, now: Timestamp) -> Timestamp {
        now.max(Timestamp::from_micros(self.last_time.micros() + 1))
    }

    /// Returns a row that the machine holds in memory.
    pub fn held(&self, key: &StateKey) -> Option<&Row> {
        self.rows.get(key)
    }

    /// Forgets the rows that its source has: those last touched before `committed` entries were written.
    pub fn forget(&mut self, committed: u64) {
        let dirty = &self.dirty;
        self.rows
            .retain(|key, row| row.last_index >= committed || dirty.contains(key));
    }

    /// Returns how many rows are held in memory.
    pub fn held_count(&self) -> usize {
        self.rows.len()
    }

    /// Loads every fact that a command needs.
    pub fn load<S: RowSource>(
        &mut self,
        submission: &Submission,
        time: Timestamp,
        source: &S,
    ) -> Result<Facts, S::Error> {
        let mut facts = Facts::new(Arc::clone(&self.policies));
        loop {
            let wanted = needs(submission.command(), submission.signatures(), &facts, time);
            if wanted.is_empty() {
                return Ok(facts);
            }
            for key in wanted {
                self.hold(std::slice::from_ref(&key), source)?;
                let fact = self.rows.get(&key).map(|row| Arc::clone(&row.fact));
                facts.insert(key, fact);
            }
        }
    }

    /// Decides a command at the next position by the latest law and applies what was accepted.
    pub fn admit<S: RowSource>(
        &mut self,
        submission: &Submission,
        time: Timestamp,
        source: &S,
    ) -> Result<Decided, MachineFault<S::Error>> {
        self.admit_under(Law::LATEST, submission, time, source)
    }

    /// Decides a command as [`Machine::admit`], by the law that its entry names; laws never go back along a log.
    pub fn admit_under<S: RowSource>(
        &mut self,
        law: Law,
        submission: &Submission,
        time: Timestamp,
        source: &S,
    ) -> Result<Decided, MachineFault<S::Error>> {
        self.law = self.law.max(law);
        let law = self.law;
        let facts = self
            .load(submission, time, source)
            .map_err(MachineFault::Source)?;
        let stamp = Stamp {
            index: self.size(),
            time,
        };
        let (command, signatures) = (submission.command(), submission.signatures());
        let outcome = rules::decide(law, &self.genesis, &facts, command, signatures, stamp);
        let (keys, touches) = match &outcome {
            Outcome::Accepted { event, .. } => {
                (event.touches(), touches_of(std::slice::from_ref(event)))
            }
            Outcome::Refused(_) => (Vec::new(), Vec::new()),
        };
        let entry = Entry::Command {
            index: stamp.index,
            time,
            law,
            policy: self.policy_digest(time),
            prev: self.last_leaf,
            touches,
            envelope: submission.envelope().clone(),
            outcome: outcome.clone(),
        };
        let bytes = entry.to_bytes();
        if bytes.len() > limits::ENTRY_BYTES_MAX {
            return Err(MachineFault::EntryTooLarge(bytes.len()));
        }
        let leaf = leaf_hash(&bytes);
        let changed = match &outcome {
            Outcome::Accepted { event, .. } => {
                self.hold(&keys, source).map_err(MachineFault::Source)?;
                self.adopt(event, command);
                self.apply(event, stamp, leaf)?
            }
            Outcome::Refused(_) => Vec::new(),
        };
        self.append(leaf, time);
        Ok(Decided {
            index: stamp.index,
            bytes,
            leaf,
            outcome,
            touched: changed,
        })
    }

    /// Closes the group with a state entry that commits to the state tree.
    pub fn close_group(&mut self, mode: Mode, time: Timestamp) -> Closed {
        let rows = self.changed();
        for (key, _, text) in &rows {
            self.tree.insert(key.hash(), value_hash(text));
        }
        self.close_with(rows, self.tree.root(), mode, time)
    }

    /// Closes the group with a state root that the caller found from [`Self::changed`], for a machine that does not have the
    /// whole tree; its own tree stays as it is.
    pub fn close_group_on(&mut self, state_root: Hash, mode: Mode, time: Timestamp) -> Closed {
        let rows = self.changed();
        self.close_with(rows, state_root, mode, time)
    }

    /// Returns the rows that the open group has changed, by key.
    pub fn changed(&self) -> Vec<ChangedRow> {
        let mut rows = Vec::with_capacity(self.dirty.len());
        for key in &self.dirty {
            let Some(row) = self.rows.get(key) else {
                continue;
            };
            let text = row.value(key).to_text();
            rows.push((key.clone(), row.clone(), text));
        }
        rows
    }

    fn close_with(
        &mut self,
        rows: Vec<ChangedRow>,
        state_root: Hash,
        mode: Mode,
        time: Timestamp,
    ) -> Closed {
        self.dirty.clear();
        let index = self.size();
        let entry = Entry::State(StateEntry {
            index,
            n: index,
            root_n: self.frontier.root(),
            state_root,
            previous_state_index: self.last_state,
            mode,
            prev: self.last_leaf,
            time,
        });
        let bytes = entry.to_bytes();
        let leaf = leaf_hash(&bytes);
        self.append(leaf, time);
        self.last_state = Some(index);
        Closed {
            index,
            bytes,
            leaf,
            rows,
        }
    }

    /// Says whether the last entry is a state entry.
    pub fn is_closed(&self) -> bool {
        self.last_state.is_some_and(|last| last + 1 == self.size())
    }

    /// Returns the mode that a state entry at the next position has: a heartbeat is one that follows a state entry.
    pub fn next_mode(&self) -> Mode {
        if self.is_closed() {
            Mode::Heartbeat
        } else {
            Mode::Group
        }
    }

    fn append(&mut self, leaf: Hash, time: Timestamp) {
        self.frontier.push(leaf, &mut |_, _| {});
        self.last_leaf = leaf;
        self.last_time = time;
    }

    /// Brings the rows that an event touches into memory.
    fn hold<S: RowSource>(&mut self, keys: &[StateKey], source: &S) -> Result<(), S::Error> {
        for key in keys {
            if !self.rows.contains_key(key)
                && let Some(row) = source.row(key)?
            {
                self.rows.insert(key.clone(), row);
            }
        }
        Ok(())
    }

    /// Remembers the rules of a newly adopted text.
    fn adopt(&mut self, event: &Event, command: &crate::domain::command::Command) {
        if let (
            Event::PolicyAdopted { digest, .. },
            crate::domain::command::Body::AdoptPolicy { text, .. },
        ) = (event, &command.body)
            && let Ok(policy) = KindPolicy::parse(text)
        {
            Arc::make_mut(&mut self.policies).insert(*digest, policy);
        }
    }

    fn apply<E>(
        &mut self,
        event: &Event,
        stamp: Stamp,
        leaf: Hash,
    ) -> Result<Vec<(StateKey, Option<EntryIndex>)>, MachineFault<E>> {
        let mut touched = Vec::new();
        for key in event.touches() {
            let before = self.rows.get(&key);
            let record = fold(event, stamp, &key, before.map(|row| &row.fact.record))
                .map_err(MachineFault::Fold)?;
            if let Record::Policy(versions) = &record {
                self.versions.insert(key.name(), versions.clone());
            }
            let previous = before.map(|row| row.last_index);
            let mut history = before.map_or_else(Frontier::new, |row| row.history.clone());
            history.push(history_leaf(&key, stamp.index), &mut |_, _| {});
            let fact = Arc::new(Fact {
                record,
                version: history.size(),
            });
            let row = Row {
                fact,
                history,
                last_index: stamp.index,
                last_leaf: leaf,
            };
            self.rows.insert(key.clone(), row);
            self.dirty.insert(key.clone());
            touched.push((key, previous));
        }
        Ok(touched)
    }

    /// Returns the digest of the policies that are active at `time`.
    pub fn policy_digest(&self, time: Timestamp) -> Hash {
        let active = self.versions.iter().filter_map(|(kind, versions)| {
            active_version(versions, time).map(|version| (kind.clone(), version.digest))
        });
        set_digest(&active.collect())
    }
}

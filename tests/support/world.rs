//! A registry in memory: the replay machine with a clock that a test turns, and the log it wrote.
//!
//! It goes through the same door as the server (signatures, audience, life, openings, members that fit the kind) and closes
//! a group after every command. Nothing here decides anything; it must stay without files, threads and network.

use std::collections::BTreeMap;
use std::convert::Infallible;

use greenlien::domain::command::Expected;
use greenlien::domain::door;
use greenlien::domain::entry::{Entry, Mode, Outcome, genesis_events};
use greenlien::domain::envelope::{Envelope, Opening, check_openings};
use greenlien::domain::event::Event;
use greenlien::domain::facts::{Fact, Owner, Record, StateKey};
use greenlien::domain::fold::{Stamp, fold};
use greenlien::domain::pledge::Pledge;
use greenlien::domain::right::Right;
use greenlien::primitives::crypto::{Hash, KeyId, PublicKey};
use greenlien::primitives::field::FieldFault;
use greenlien::primitives::id::{CommandId, EntryIndex, PartyId, PledgeId, RightId};
use greenlien::primitives::time::Timestamp;
use greenlien::verify::machine::{Machine, MachineFault, NoSource};
use greenlien::verify::submission::Submission;

use super::cast;
use super::papers::instant;
use super::play::{Answer, Play};

/// When a test's registry begins.
const BEGIN: &str = "2026-12-01T02:00:00Z";

/// A registry in memory. A clone goes its own way from here.
#[derive(Clone, Debug)]
pub(crate) struct World {
    machine: Machine,
    time: Timestamp,
    entries: Vec<Vec<u8>>,
    commands: u128,
    /// Groups hold one to so many commands, in turn.
    turns: u32,
    /// How many the open group is to hold.
    group: u32,
    /// How many it holds.
    open: u32,
    /// The last state entry and its root, where commands name it.
    seen: Option<(EntryIndex, Hash)>,
}

impl World {
    /// Begins a registry with the genesis of the cast.
    pub(crate) fn new() -> Self {
        let time = instant(BEGIN);
        let begun: Result<_, MachineFault<Infallible>> = Machine::begin(cast::genesis(), time);
        let (mut machine, decided) = begun.unwrap();
        let closed = machine.close_group(Mode::Group, machine.next_time(time));
        Self {
            machine,
            time,
            entries: vec![decided.bytes, closed.bytes],
            commands: 0,
            turns: 1,
            group: 1,
            open: 0,
            seen: None,
        }
    }

    /// Begins a registry as busy as a real one: its groups hold one, two and three commands in turn, and every command
    /// names the last state that its signers have seen.
    pub(crate) fn busy() -> Self {
        let mut world = Self::new();
        world.turns = 3;
        world.seen = Some((1, world.machine.tree().root()));
        world
    }

    /// Closes a group that is still open.
    pub(crate) fn finish(&mut self) {
        if self.open > 0 {
            self.close_group();
        }
    }

    fn close_group(&mut self) {
        let time = self.machine.next_time(self.time);
        let closed = self.machine.close_group(Mode::Group, time);
        if self.seen.is_some() {
            self.seen = Some((closed.index, self.machine.tree().root()));
        }
        self.entries.push(closed.bytes);
        self.group = self.group % self.turns + 1;
        self.open = 0;
    }

    /// Moves on to a time; the clock never goes back.
    pub(crate) fn at(&mut self, time: Timestamp) {
        assert!(self.time <= time, "{time} is before {}", self.time);
        self.time = time;
    }

    /// Moves on by whole days.
    pub(crate) fn wait_days(&mut self, days: u32) {
        self.at(self.time.plus_seconds(u64::from(days) * 86_400));
    }

    /// Returns the index that the next command will have.
    pub(crate) fn next_index(&self) -> EntryIndex {
        self.machine.size()
    }

    /// Returns the machine, for its root, its tree and its policies.
    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Returns the log: the bytes of every entry, state entries among them.
    pub(crate) fn entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// Returns what stands under a key, with its version.
    pub(crate) fn fact(&self, key: &StateKey) -> Option<&Fact> {
        self.machine.held(key).map(|row| &*row.fact)
    }

    /// Returns a right that must exist.
    pub(crate) fn right(&self, id: RightId) -> &Right {
        match self.fact(&StateKey::Right(id)).map(|fact| &fact.record) {
            Some(Record::Right(right)) => right,
            other => panic!("{id}: {other:?}"),
        }
    }

    /// Returns a pledge that must exist.
    pub(crate) fn pledge(&self, id: PledgeId) -> &Pledge {
        match self.fact(&StateKey::Pledge(id)).map(|fact| &fact.record) {
            Some(Record::Pledge(pledge)) => pledge,
            other => panic!("{id}: {other:?}"),
        }
    }

    /// Returns a record with its present version, as commands that change a pledge must name it.
    pub(crate) fn present(&self, record: Expected) -> (Expected, u64) {
        let key = match record {
            Expected::Right(right) => StateKey::Right(right),
            Expected::Pledge(pledge) => StateKey::Pledge(pledge),
        };
        (record, self.fact(&key).map_or(0, |fact| fact.version))
    }

    /// Decides the whole log again with a fresh machine and returns that machine; every entry must come out as it is.
    pub(crate) fn replayed(&self) -> Machine {
        replay(&self.entries)
    }

    /// Folds the events of the log, record by record, and compares each with what the machine holds; returns how many
    /// records there are.
    pub(crate) fn check_fold(&self) -> usize {
        let mut records: BTreeMap<StateKey, Record> = BTreeMap::new();
        for bytes in &self.entries {
            let (stamp, events) = events_of(&Entry::parse(bytes).unwrap());
            for event in &events {
                for key in event.touches() {
                    let after = fold(event, stamp, &key, records.get(&key)).unwrap();
                    records.insert(key, after);
                }
            }
        }
        for (key, record) in &records {
            assert_eq!(
                self.fact(key).map(|fact| &fact.record),
                Some(record),
                "{key}"
            );
        }
        records.len()
    }

    /// The door, as the server keeps it.
    fn admit_at_the_door(
        &mut self,
        envelope: Envelope,
        openings: &[Opening],
    ) -> Result<Submission, FieldFault> {
        let submission = open(&self.machine, envelope)?;
        submission.check_door(self.machine.aud(), self.time)?;
        check_openings(submission.command().body.hidden(), openings)?;
        let loaded = self.machine.load(&submission, self.time, &NoSource);
        let at = Stamp {
            index: self.machine.size(),
            time: self.time,
        };
        door::check(submission.command(), &loaded.unwrap(), at)?;
        door::check_read(&submission.command().body)?;
        Ok(submission)
    }
}

impl Play for World {
    fn audience(&self) -> String {
        self.machine.aud().to_owned()
    }

    fn now(&self) -> Timestamp {
        self.time
    }

    fn seen(&self) -> Option<(EntryIndex, Hash)> {
        self.seen
    }

    fn next_command(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(self.commands.to_be_bytes())
    }

    fn deliver(&mut self, envelope: Envelope, openings: &[Opening]) -> Answer {
        let submission = match self.admit_at_the_door(envelope, openings) {
            Ok(submission) => submission,
            Err(fault) => return Answer::Faulty(fault),
        };
        let time = self.machine.next_time(self.time);
        let decided = self.machine.admit(&submission, time, &NoSource).unwrap();
        self.entries.push(decided.bytes);
        self.time = time;
        self.open += 1;
        if self.open == self.group {
            self.close_group();
        }
        // A second passes, so that every instant of a story has a name that can be read.
        self.time = time.plus_seconds(1);
        Answer::Decided {
            index: decided.index,
            outcome: decided.outcome,
        }
    }
}

/// Decides a log again with a fresh machine and returns that machine; every entry must come out as it is.
pub(crate) fn replay(entries: &[Vec<u8>]) -> Machine {
    let mut machine: Option<Machine> = None;
    for (index, bytes) in entries.iter().enumerate() {
        let made = match (Entry::parse(bytes).unwrap(), &mut machine) {
            (Entry::Genesis { time, law, genesis }, None) => {
                let begun: Result<_, MachineFault<Infallible>> =
                    Machine::begin_under(law, *genesis, time);
                let (begun, decided) = begun.unwrap();
                machine = Some(begun);
                decided.bytes
            }
            (
                Entry::Command {
                    time,
                    law,
                    envelope,
                    ..
                },
                Some(machine),
            ) => {
                let submission = open(machine, envelope).unwrap();
                let decided = machine.admit_under(law, &submission, time, &NoSource);
                decided.unwrap().bytes
            }
            (Entry::State(state), Some(machine)) => {
                machine.close_group(state.mode, state.time).bytes
            }
            (entry, _) => panic!("entry {index} is out of place: {entry:?}"),
        };
        assert_eq!(
            String::from_utf8_lossy(&made),
            String::from_utf8_lossy(bytes),
            "entry {index} is not made again"
        );
    }
    machine.unwrap()
}

fn open(machine: &Machine, envelope: Envelope) -> Result<Submission, FieldFault> {
    Submission::open(envelope, |kid| owner_of(machine, kid))
}

/// The owner of a key and the key itself, from the register.
fn owner_of(machine: &Machine, kid: KeyId) -> Option<(PartyId, PublicKey)> {
    let record = |key: &StateKey| machine.held(key).map(|row| &row.fact.record);
    let Some(Record::Identity(Owner::Party(party))) = record(&StateKey::public_key(kid)) else {
        return None;
    };
    match record(&StateKey::Party(*party))? {
        Record::Party(record) => record.key(kid).map(|key| (*party, key.key.clone())),
        other => panic!("{party}: {other:?}"),
    }
}

pub(crate) fn events_of(entry: &Entry) -> (Stamp, Vec<Event>) {
    let stamp = Stamp {
        index: entry.index(),
        time: entry.time(),
    };
    let events = match entry {
        Entry::Genesis { time, genesis, .. } => genesis_events(genesis, *time),
        Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        } => vec![event.clone()],
        Entry::Command { .. } | Entry::State(_) => Vec::new(),
    };
    (stamp, events)
}

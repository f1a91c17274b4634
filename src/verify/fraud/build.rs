//! Makes fraud files from the entries of a log, as an auditor has them, or from what a reader has kept.
//!
//! A file is handed out only if its own verification confirms it, so a mistake here accuses nobody.

use std::fmt;

use crate::domain::entry::Entry;
use crate::domain::facts::StateKey;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::wire::parse_command;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::proof::{
    consistency_proof, inclusion_proof, root_at, root_in_proof, root_on_first_path,
};
use crate::ledger::tree::{HashReader, frontier_nodes, leaf_hash};
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::limits;
use crate::verify::entries::{Entries, InMemory, adopted_text};
use crate::verify::evidence::{Evidence, ProvenEntry, ProvenRecord};
use crate::verify::fraud::footing::Asked;
use crate::verify::fraud::{FoundRecord, Fraud, FraudProof, Joined, WrongEntry};
use crate::verify::machine::Machine;
use crate::verify::replay::Replay;

/// Finds a replay to go on from: one that stands at so many entries or fewer.
type Begin<'a> = &'a dyn Fn(u64) -> Option<Replay>;

/// The entries under a signed checkpoint, all of them, and the tree over them.
pub struct Account<'a, E> {
    checkpoint: &'a str,
    log: E,
    begin: Option<Begin<'a>>,
}

impl<E> fmt::Debug for Account<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("checkpoint", &self.checkpoint)
            .finish_non_exhaustive()
    }
}

impl<'a> Account<'a, InMemory<'a>> {
    /// Takes the entries under a checkpoint; that they have its root is the caller's to see to.
    pub fn new(checkpoint: &'a str, entries: &'a [Vec<u8>]) -> Self {
        Self::over(checkpoint, InMemory::new(entries))
    }
}

impl<'a, E: Entries> Account<'a, E> {
    /// Takes entries wherever they are; they are those under the checkpoint, which is the caller's to see to.
    pub fn over(checkpoint: &'a str, log: E) -> Self {
        Self {
            checkpoint,
            log,
            begin: None,
        }
    }

    /// Lets replays begin where `begin` has one, and not at entry 0.
    #[must_use]
    pub fn beginning(self, begin: Begin<'a>) -> Self {
        Self {
            begin: Some(begin),
            ..self
        }
    }

    /// Makes the files that may prove that entry `index` is wrong, the smallest kind first.
    pub fn wrong(&self, index: EntryIndex) -> Vec<Fraud> {
        let kinds = [
            self.repeated_command(index),
            self.wrong_entry(index),
            self.wrong_prefix(index),
        ];
        let fraud = |proof| Fraud {
            checkpoint: self.checkpoint.to_owned(),
            proof,
        };
        kinds.into_iter().flatten().map(fraud).collect()
    }

    /// Makes the file that shows that another checkpoint, of at most this size, is not of this history.
    pub fn fork(&self, other: (&str, u64)) -> Option<Fraud> {
        fork((self.checkpoint, self.size()), other, &self.log)
    }

    /// Makes the file that shows that the checkpoint of the first `size` entries, signed by the log, ends within a group.
    pub fn open_group(&self, checkpoint: &str, size: u64) -> Option<Fraud> {
        let last = self.prove_at(size.checked_sub(1)?, size)?;
        Some(Fraud {
            checkpoint: checkpoint.to_owned(),
            proof: FraudProof::OpenGroup {
                last: Box::new(last),
            },
        })
    }

    /// Makes the file that shows that a record hides entry `index`, as evidence under the same checkpoint shows the record.
    pub fn hidden(&self, index: EntryIndex, evidence: &Evidence) -> Vec<Fraud> {
        let entry = self.prove(index);
        entry.map_or_else(Vec::new, |entry| hidden(evidence, &entry, None))
    }

    fn size(&self) -> u64 {
        self.log.size()
    }

    fn text(&self, index: EntryIndex) -> Option<String> {
        String::from_utf8(self.log.entry(index)?).ok()
    }

    fn prove(&self, index: EntryIndex) -> Option<ProvenEntry> {
        self.prove_at(index, self.size())
    }

    /// Proves an entry at a size that the log has or had.
    pub fn prove_at(&self, index: EntryIndex, size: u64) -> Option<ProvenEntry> {
        if index >= size || size > self.size() {
            return None;
        }
        let proof = inclusion_proof(index, size, &self.log).ok()?;
        Some(ProvenEntry {
            index,
            text: self.text(index)?,
            proof,
        })
    }

    fn parsed(&self, index: EntryIndex) -> Option<Entry> {
        Entry::parse(&self.log.entry(index)?).ok()
    }

    /// Returns whose command an entry decides, and its id.
    fn command(&self, index: EntryIndex) -> Option<(PartyId, CommandId)> {
        match self.parsed(index)? {
            Entry::Command { envelope, .. } => {
                let command = parse_command(&envelope.payload).ok()?;
                Some((command.org, command.cmd))
            }
            Entry::Genesis { .. } | Entry::State(_) => None,
        }
    }

    fn repeated_command(&self, index: EntryIndex) -> Option<FraudProof> {
        let name = self.command(index)?;
        let first = (0..index).find(|before| self.command(*before) == Some(name))?;
        Some(FraudProof::RepeatedCommand {
            first: Box::new(self.prove(first)?),
            second: Box::new(self.prove(index)?),
        })
    }

    fn wrong_prefix(&self, index: EntryIndex) -> Option<FraudProof> {
        let size = index.checked_add(1)?;
        if size > u64::try_from(limits::FRAUD_PREFIX_ENTRIES_MAX).unwrap_or(u64::MAX) {
            return None;
        }
        let consistency = consistency_proof(size, self.size(), &self.log).ok()?;
        let entries: Option<Vec<String>> = (0..size).map(|index| self.text(index)).collect();
        Some(FraudProof::WrongPrefix {
            entries: entries?,
            consistency,
        })
    }

    fn wrong_entry(&self, index: EntryIndex) -> Option<FraudProof> {
        let is_state = |index: &EntryIndex| matches!(self.parsed(*index), Some(Entry::State(_)));
        let previous = (0..index).rev().find(is_state)?;
        let machine = self.replayed(previous)?;
        let (genesis, policies) = self.policies(&machine)?;
        let asked = self.asked(&machine, &genesis, previous, index)?;
        let tree = machine.tree();
        let found = |key: StateKey| {
            let row = machine.held(&key);
            FoundRecord {
                frontier: row.map_or_else(Vec::new, |row| row.history.hashes().to_vec()),
                record: ProvenRecord {
                    value: row.map(|row| row.value(&key).to_text()),
                    proof: tree.prove(&key.hash()),
                    history: None,
                    key,
                },
            }
        };
        let size = previous.checked_add(1)?;
        let entries: Option<Vec<ProvenEntry>> =
            (size..=index).map(|index| self.prove(index)).collect();
        Some(FraudProof::WrongEntry(Box::new(WrongEntry {
            genesis: self.prove(0)?,
            previous: self.prove(previous)?,
            frontier: self.log.read(&frontier_nodes(size)).ok()?,
            consistency: consistency_proof(size, self.size(), &self.log).ok()?,
            records: asked.into_iter().map(found).collect(),
            policies,
            entries: entries?,
        })))
    }

    /// Replays up to and with the state entry at `index`.
    fn replayed(&self, index: EntryIndex) -> Option<Machine> {
        let size = index.checked_add(1)?;
        let fits = |replay: &Replay| {
            replay
                .machine()
                .is_some_and(|machine| machine.size() <= size)
        };
        let begun = self.begin.and_then(|begin| begin(size)).filter(fits);
        let mut replay = begun.unwrap_or_default();
        let next = replay.machine().map_or(0, Machine::size);
        for at in next..size {
            let ready = replay.ready(at, self.log.entry(at)?);
            replay.step(ready).ok()?;
        }
        replay.into_machine()
    }

    /// Returns the genesis, and the texts of the policies that were adopted after it.
    fn policies(&self, machine: &Machine) -> Option<(Genesis, Vec<String>)> {
        let Some(Entry::Genesis { genesis, .. }) = self.parsed(0) else {
            return None;
        };
        let versions = machine.versions().values().flatten();
        let adopted = versions
            .filter(|version| version.entry > 0)
            .filter_map(|version| adopted_text(&self.log.entry(version.entry)?));
        let mut texts: Vec<String> = adopted.collect();
        texts.sort();
        texts.dedup();
        Some((*genesis, texts))
    }

    /// Returns every record that the entries after `previous` need up to `index`, and every policy.
    fn asked(
        &self,
        machine: &Machine,
        genesis: &Genesis,
        previous: EntryIndex,
        index: EntryIndex,
    ) -> Option<Vec<StateKey>> {
        let asked = Asked::of(machine);
        let genesis_leaf = leaf_hash(&self.log.entry(0)?);
        let again = Machine::resume_under(
            Law::FIRST,
            genesis.clone(),
            &genesis_leaf,
            machine.position(),
        );
        let mut replay = Replay::resume(again);
        for at in previous.checked_add(1)?..=index {
            let ready = replay.ready(at, self.log.entry(at)?);
            if replay.step_on(ready, &asked).is_err() {
                break;
            }
        }
        let mut keys = asked.into_keys();
        let kinds = machine.versions().keys().cloned();
        keys.extend(kinds.map(StateKey::Policy));
        Some(keys.into_iter().collect())
    }
}

/// Makes the files that show that a record of an evidence file hides an entry; it is proven under its own checkpoint, or with
/// `None` under that of the evidence.
pub fn hidden(
    evidence: &Evidence,
    entry: &ProvenEntry,
    entry_checkpoint: Option<&str>,
) -> Vec<Fraud> {
    let hides = |record: &&ProvenRecord| match &record.history {
        Some(history) => !history.contains(&entry.index),
        None => record.value.is_none(),
    };
    let fraud = |record: &ProvenRecord| Fraud {
        checkpoint: evidence.checkpoint.clone(),
        proof: FraudProof::HiddenEntry {
            state_entry: Box::new(evidence.state_entry.clone()),
            record: Box::new(record.clone()),
            entry: Box::new(entry.clone()),
            entry_checkpoint: entry_checkpoint.map(str::to_owned),
        },
    };
    evidence.records.iter().filter(hides).map(fraud).collect()
}

/// Makes the file that shows that a checkpoint `other` of `size` entries is not of the history of an evidence file, from the
/// proof that the registry itself put into it for that size.
///
/// The proof from a power of two leaves out the root that it starts from; the path of entry 0 in the same file goes through it.
/// `None` where the file has no such proof.
pub fn fork_by_evidence(evidence: &Evidence, other: &str, size: u64) -> Option<Fraud> {
    let shown = evidence
        .consistency
        .as_ref()
        .filter(|shown| shown.size == size)?;
    let head = SignedNote::parse(&evidence.checkpoint).ok()?;
    let head = Checkpoint::parse(head.text()).ok()?;
    let root = if size.is_power_of_two() {
        let first = evidence.entries.iter().find(|entry| entry.index == 0)?;
        root_on_first_path(size, leaf_hash(first.text.as_bytes()), &first.proof)?
    } else {
        root_in_proof(size, head.size, &shown.proof)?
    };
    let joined = Joined {
        root,
        proof: shown.proof.clone(),
    };
    Some(Fraud {
        checkpoint: evidence.checkpoint.clone(),
        proof: FraudProof::Fork {
            other: other.to_owned(),
            joined: Some(joined),
        },
    })
}

/// Makes the file that shows that `other` is not of the history of `checkpoint`, which is not smaller and whose tree is known.
///
/// `None` if the tree cannot be read far enough.
pub fn fork<R: HashReader>(checkpoint: (&str, u64), other: (&str, u64), tree: &R) -> Option<Fraud> {
    let joined = if (1..checkpoint.1).contains(&other.1) {
        Some(Joined {
            root: root_at(other.1, tree).ok()?,
            proof: consistency_proof(other.1, checkpoint.1, tree).ok()?,
        })
    } else {
        None
    };
    Some(Fraud {
        checkpoint: checkpoint.0.to_owned(),
        proof: FraudProof::Fork {
            other: other.0.to_owned(),
            joined,
        },
    })
}

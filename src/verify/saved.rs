//! A replay that stands after a state entry, as lines of text, and back: so that an auditor of a long log need not begin again.
//!
//! What the log itself commits to is taken from the log and compared: records give the state root of the state entry, histories
//! the roots in the records. Only which commands were consumed and by which law the log stands are taken from the lines, so
//! whoever keeps them must know that they are its own; nothing here reads a file or a key.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::domain::entry::Entry;
use crate::domain::facts::{Fact, PolicyTexts, PolicyVersion, Record, StateKey};
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::{StateValue, value_hash};
use crate::ledger::state_tree::StateTree;
use crate::ledger::tree::{Frontier, frontier_nodes, leaf_hash};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, lower_hex};
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::verify::entries::{Entries, adopted_text};
use crate::verify::evidence::{hashes_json, take_hashes};
use crate::verify::machine::{Machine, Position, Row};
use crate::verify::replay::Replay;

/// The format that this version writes and reads.
pub const FORMAT: &str = "greenlien-replay/v1";

/// Consumed ids on one line.
const IDS_PER_LINE: usize = 512;
/// Hexadecimal digits of an id.
const ID_DIGITS: usize = 32;

/// Returns a replay as lines without their ends; none unless its last entry is a state entry.
pub fn lines(replay: &Replay) -> Option<impl Iterator<Item = String>> {
    let head = head(replay)?;
    let machine = replay.machine()?;
    let rows = machine.rows().map(|(key, row)| {
        let line = Json::object([
            ("frontier", hashes_json(row.history.hashes())),
            ("last_index", Json::count(row.last_index)),
            ("value", Json::text(row.value(key).to_text())),
        ]);
        line.to_canonical()
    });
    let lines = std::iter::once(head).chain(rows);
    Some(lines.chain(id_lines(replay.consumed())))
}

/// Returns the first of the lines: where the replay stands, and by which law; none unless its last entry is a state entry.
pub fn head(replay: &Replay) -> Option<String> {
    let machine = replay.machine().filter(|machine| machine.is_closed())?;
    let head = Json::object([
        ("format", Json::text(FORMAT)),
        ("law", Json::count(machine.law().number())),
        ("signatures", Json::count(replay.signatures())),
        ("size", Json::count(machine.size())),
    ]);
    Some(head.to_canonical())
}

/// Writes consumed ids, many of one party on a line.
fn id_lines<'a>(
    consumed: impl Iterator<Item = &'a (PartyId, CommandId)>,
) -> impl Iterator<Item = String> {
    let mut consumed = consumed.peekable();
    std::iter::from_fn(move || {
        let (org, first) = *consumed.next()?;
        let mut ids = first.to_string();
        for _ in 1..IDS_PER_LINE {
            let Some((_, cmd)) = consumed.next_if(|(other, _)| *other == org) else {
                break;
            };
            ids.push_str(&cmd.to_string());
        }
        let line = Json::object([
            ("commands", Json::text(ids)),
            ("org", Json::text(org.to_string())),
        ]);
        Some(line.to_canonical())
    })
}

/// Why lines are not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// They are of a format or a law that this version does not know; which.
    Unknown(String),
    /// They are not in the form of such lines, or not those of the log; why.
    Contradicted(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(what) => write!(f, "{what} is not known"),
            Self::Contradicted(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Doubt {}

impl From<FieldFault> for Doubt {
    fn from(fault: FieldFault) -> Self {
        Self::Contradicted(fault.to_string())
    }
}

impl From<String> for Doubt {
    fn from(why: String) -> Self {
        Self::Contradicted(why)
    }
}

impl From<&str> for Doubt {
    fn from(why: &str) -> Self {
        Self::Contradicted(why.to_owned())
    }
}

/// A replay that is read back, line by line.
#[derive(Debug, Default)]
pub struct Restoring {
    /// Law, signatures and size.
    head: Option<(Law, u64, u64)>,
    rows: BTreeMap<StateKey, Row>,
    tree: StateTree,
    versions: BTreeMap<String, Vec<PolicyVersion>>,
    consumed: BTreeSet<(PartyId, CommandId)>,
}

impl Restoring {
    /// Takes the next line.
    pub fn take(&mut self, line: &str) -> Result<(), Doubt> {
        let json = Json::parse_canonical(line.as_bytes()).map_err(|fault| fault.to_string())?;
        let mut fields = Fields::open("", json)?;
        if self.head.is_none() {
            self.head = Some(head_of(&mut fields)?);
        } else if fields.has("value") {
            self.take_row(&mut fields)?;
        } else {
            self.take_ids(&mut fields)?;
        }
        Ok(fields.finish()?)
    }

    fn take_row(&mut self, fields: &mut Fields) -> Result<(), Doubt> {
        let text = fields.text("value")?;
        let last_index = fields.count("last_index")?;
        let hashes = take_hashes(fields, "frontier")?;
        self.take_record(&text, last_index, hashes)
    }

    /// Takes a record as the text of its state value, the entry that touched it last, and the frontier of its history.
    pub fn take_record(
        &mut self,
        text: &str,
        last_index: EntryIndex,
        hashes: Vec<Hash>,
    ) -> Result<(), Doubt> {
        let value = StateValue::parse(text)?;
        let history = Frontier::from_parts(value.history_size, hashes);
        let history = history.filter(|history| history.root() == value.history_root);
        let key = value.key;
        let history = history.ok_or_else(|| format!("{key}: another history"))?;
        self.tree.insert(key.hash(), value_hash(text));
        if let (StateKey::Policy(kind), Record::Policy(versions)) = (&key, &value.record) {
            self.versions.insert(kind.clone(), versions.clone());
        }
        let fact = Arc::new(Fact {
            record: value.record,
            version: history.size(),
        });
        let row = Row {
            fact,
            history,
            last_index,
            last_leaf: value.last,
        };
        match self.rows.insert(key.clone(), row) {
            None => Ok(()),
            Some(_) => Err(format!("{key} stands twice").into()),
        }
    }

    fn take_ids(&mut self, fields: &mut Fields) -> Result<(), Doubt> {
        let org = fields.parsed("org", "an id such as M9", PartyId::parse);
        let org = org?;
        let ids = fields.text("commands")?;
        for digits in ids.as_bytes().chunks(ID_DIGITS) {
            let id = std::str::from_utf8(digits).ok().and_then(lower_hex);
            let id = id.ok_or("a consumed id is no 32 hexadecimal digits")?;
            self.take_command(org, CommandId(id))?;
        }
        Ok(())
    }

    /// Takes the id of a command that was decided.
    pub fn take_command(&mut self, org: PartyId, cmd: CommandId) -> Result<(), Doubt> {
        if self.consumed.insert((org, cmd)) {
            Ok(())
        } else {
            Err("a command is consumed twice".into())
        }
    }

    /// Puts the replay together after the last line, and compares it with the log, which must reach so far.
    pub fn finish<E: Entries>(self, log: &E) -> Result<Replay, Doubt> {
        let (law, signatures, size) = self.head.ok_or("there is no line")?;
        let last = size.checked_sub(1).ok_or("it stands before entry 0")?;
        let entry = |index: u64| log.entry(index).ok_or(format!("entry {index} is missing"));
        let (first_bytes, last_bytes) = (entry(0)?, entry(last)?);
        let Ok(Entry::Genesis { genesis, .. }) = Entry::parse(&first_bytes) else {
            return Err("entry 0 is not a genesis entry".into());
        };
        let Ok(Entry::State(state)) = Entry::parse(&last_bytes) else {
            return Err(format!("entry {last} is not a state entry").into());
        };
        if size > log.size() || state.index != last || state.state_root != self.tree.root() {
            return Err(format!("the records are not those of state entry {last}").into());
        }
        let hashes = log.read(&frontier_nodes(size));
        let hashes = hashes.map_err(|_| "the tree cannot be read")?;
        let frontier = Frontier::from_parts(size, hashes).ok_or("the tree is incomplete")?;
        let policies = policies_of(&genesis, &self.versions, log)?;
        let position = Position {
            frontier,
            last_leaf: leaf_hash(&last_bytes),
            last_time: state.time,
            last_state: Some(last),
            tree: self.tree,
            versions: self.versions,
            policies,
        };
        let machine = Machine::resume_under(law, *genesis, &leaf_hash(&first_bytes), position);
        let machine = machine.holding(self.rows);
        Ok(Replay::restored(machine, self.consumed, signatures))
    }
}

/// Reads law, signatures and size.
fn head_of(fields: &mut Fields) -> Result<(Law, u64, u64), Doubt> {
    let format = fields.text("format")?;
    if format != FORMAT {
        return Err(Doubt::Unknown(format!("the format {format:?}")));
    }
    let law = fields.count("law")?;
    let law = Law::from_number(law).ok_or_else(|| Doubt::Unknown(format!("law {law}")))?;
    let signatures = fields.count("signatures")?;
    let size = fields.count("size")?;
    Ok((law, signatures, size))
}

/// Reads every policy that the records name.
fn policies_of<E: Entries>(
    genesis: &Genesis,
    versions: &BTreeMap<String, Vec<PolicyVersion>>,
    log: &E,
) -> Result<PolicyTexts, Doubt> {
    let mut texts: Vec<String> = genesis
        .policies
        .iter()
        .map(|(_, text)| text.clone())
        .collect();
    for version in versions
        .values()
        .flatten()
        .filter(|version| version.entry > 0)
    {
        let text = log
            .entry(version.entry)
            .and_then(|bytes| adopted_text(&bytes));
        texts.push(text.ok_or_else(|| format!("entry {} adopts no policy", version.entry))?);
    }
    let mut policies = PolicyTexts::new();
    for text in texts {
        let policy = KindPolicy::parse(&text).map_err(|fault| fault.to_string())?;
        policies.insert(policy.digest, policy);
    }
    let named = versions.values().flatten();
    match named
        .into_iter()
        .find(|version| !policies.contains_key(&version.digest))
    {
        None => Ok(policies),
        Some(version) => Err(format!("the policy {} is missing", version.digest).into()),
    }
}

/// Returns a number that stands for lines: each changes it, and their order.
pub fn digest_after(before: &Hash, line: &str) -> Hash {
    Hash::of(&[before.as_bytes(), line.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_many_on_a_line_and_never_of_two_parties() {
        let id = |n: u8| CommandId([n; 16]);
        let mut consumed: Vec<(PartyId, CommandId)> = Vec::new();
        consumed.extend((0..=255).map(|n| (PartyId(3), id(n))));
        consumed.extend((0..9).map(|n| (PartyId(4), id(n))));
        let lines: Vec<String> = id_lines(consumed.iter()).collect();
        assert_eq!(lines.len(), 2);
        let mut restoring = Restoring {
            head: Some((Law::LATEST, 0, 2)),
            ..Restoring::default()
        };
        for line in &lines {
            restoring.take(line).unwrap();
        }
        assert!(restoring.consumed.iter().eq(consumed.iter()));
        assert!(restoring.take(&lines[1]).is_err(), "consumed twice");
    }
}

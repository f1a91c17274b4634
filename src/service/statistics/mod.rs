//! Statistics of a position of the log: the records are folded from the entries before it, so that the same position gives the
//! same table for ever, whatever happened since.
//!
//! A position is folded on from the nearest one that is kept in memory, and nothing of it is written down: there is no second
//! truth that could drift from the log.

mod fate;
mod kept;
mod month;
mod reached;
mod records;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::command::Body;
use crate::domain::entry::{Entry, Outcome, genesis_events};
use crate::domain::envelope::Opening;
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey, active_version};
use crate::domain::fold::{Stamp, fold};
use crate::domain::policy::KindPolicy;
use crate::domain::wire::parse_command;
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::statistics::fate::Fates;
use crate::service::{Registry, ServiceFault};
use crate::store::Store;

pub(crate) use kept::Kept;
pub use month::{Month, MonthEnd, MonthLine};
pub use reached::Reached;
pub use records::Records;
pub use table::{
    Cell, Dimension, LineFact, LineState, Of, Selection, Sum, amount_of, decimal, lines, tabulate,
};

/// The hidden member that holds the principal of a claim, in yuan.
pub const PRINCIPAL_CLAIM: &str = "principal_cny";

/// Entries read at a time; a few megabytes.
const CHUNK_ENTRIES: usize = 1_024;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 8 * 1_048_576;

/// The opening of a hidden member of a pledge that a reader presents: who has it may see it, and it is kept nowhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disclosed {
    /// The pledge.
    pub pledge: PledgeId,
    /// The opening.
    pub opening: Opening,
}

/// The rights, pledges, parties and policies as of a position, and when each pledge was registered.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Position {
    /// Entries before the position.
    pub at: u64,
    /// Registry time of the last of them.
    pub time: Option<Timestamp>,
    /// Rights, pledges, parties and policies.
    pub records: Records,
    /// Registry time of every entry that registered a pledge.
    pub registered: BTreeMap<EntryIndex, Timestamp>,
    /// What the policy texts so far say of quantities, by digest.
    measures: BTreeMap<Hash, Measure>,
    /// How lines and parts of them have ended.
    fates: Fates,
}

/// How much there is as of a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Rights on record, those included that are over.
    pub rights: usize,
    /// Pledges of which any line is still registered.
    pub open: usize,
    /// Pledges that were registered on the day (UTC+8) of the position.
    pub today: usize,
}

/// What a policy says of the quantities of its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measure {
    /// The unit.
    pub unit: String,
    /// The part of the first identity that says what a quantity is of.
    pub of: Option<usize>,
}

impl Position {
    /// Folds one entry.
    pub fn take(&mut self, entry: &Entry) -> Result<(), String> {
        let (index, time) = (entry.index(), entry.time());
        let events = match entry {
            Entry::Genesis { genesis, .. } => genesis_events(genesis, time),
            Entry::Command {
                outcome: Outcome::Accepted { event, .. },
                ..
            } => vec![event.clone()],
            Entry::Command {
                outcome: Outcome::Refused(_),
                ..
            }
            | Entry::State(_) => Vec::new(),
        };
        self.read_policies(entry)?;
        for event in &events {
            for key in event.touches().into_iter().filter(is_counted) {
                if key == StateKey::Pledge(PledgeId(index)) {
                    self.registered.insert(index, time);
                }
                let before = self.records.get(&key);
                let after = fold(event, Stamp { index, time }, &key, before);
                let after = after.map_err(|fault| fault.to_string())?;
                self.fates.note(event, &key, before, &after);
                self.records.insert(key, after);
            }
        }
        self.at = index.saturating_add(1);
        self.time = Some(time);
        Ok(())
    }

    /// Keeps what a text says of quantities; a text that is no policy never becomes active.
    fn read_policies(&mut self, entry: &Entry) -> Result<(), String> {
        let mut keep = |text: &str| {
            if let Ok(policy) = KindPolicy::parse(text) {
                let measure = Measure {
                    unit: policy.unit,
                    of: policy.quantities_of,
                };
                self.measures.insert(policy.digest, measure);
            }
        };
        match entry {
            Entry::Genesis { genesis, .. } => {
                genesis.policies.iter().for_each(|(_, text)| keep(text));
            }
            Entry::Command {
                envelope,
                outcome:
                    Outcome::Accepted {
                        event: Event::PolicyAdopted { .. },
                        ..
                    },
                ..
            } => {
                let command = parse_command(&envelope.payload).map_err(|f| f.to_string())?;
                if let Body::AdoptPolicy { text, .. } = &command.body {
                    keep(text);
                }
            }
            Entry::Command { .. } | Entry::State(_) => {}
        }
        Ok(())
    }

    /// Counts rights and pledges.
    pub fn counts(&self) -> Counts {
        let (mut rights, mut open) = (0, 0);
        for (_, record) in &self.records {
            match record {
                Record::Right(_) => rights += 1,
                Record::Pledge(pledge)
                    if !self.time.is_some_and(|now| pledge.is_closed_at(now)) =>
                {
                    open += 1;
                }
                _ => {}
            }
        }
        let day = self.time.map(Timestamp::day);
        let today = self
            .registered
            .values()
            .filter(|time| Some(time.day()) == day);
        Counts {
            rights,
            open,
            today: today.count(),
        }
    }

    /// Returns what the policy that is active at the position says of the quantities of a kind.
    pub fn measure(&self, kind: &str) -> Option<&Measure> {
        let record = self.records.get(&StateKey::Policy(kind.to_owned()));
        let Some(Record::Policy(versions)) = record else {
            return None;
        };
        let active = active_version(versions, self.time?)?;
        self.measures.get(&active.digest)
    }

    /// Returns a party and those in whose hands it ended one after the other; the last acts at the position.
    pub fn acting(&self, id: PartyId) -> Vec<PartyId> {
        let mut chain = vec![id];
        while let Some(Record::Party(party)) = chain
            .last()
            .and_then(|id| self.records.get(&StateKey::Party(*id)))
            && let Some((_, successor)) = party.more.ended
            && !chain.contains(&successor)
        {
            chain.push(successor);
        }
        chain
    }
}

/// Only what a table is made of is folded.
fn is_counted(key: &StateKey) -> bool {
    match key {
        StateKey::Right(_) | StateKey::Pledge(_) | StateKey::Party(_) | StateKey::Policy(_) => true,
        StateKey::Reservation(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_) => false,
    }
}

/// Folds the entries from a position up to another.
fn fold_to(store: &Store, position: &mut Position, at: u64) -> Result<(), ServiceFault> {
    let mut next = position.at;
    while next < at {
        let wanted = usize::try_from(at - next).unwrap_or(CHUNK_ENTRIES);
        let chunk = store.entries(next, wanted.min(CHUNK_ENTRIES), CHUNK_BYTES)?;
        if chunk.is_empty() {
            return Err(ServiceFault::Doubt(format!("entry {next} is missing")));
        }
        for (index, bytes) in chunk {
            let doubt = |why: String| ServiceFault::Doubt(format!("entry {index}: {why}"));
            let entry = Entry::parse(&bytes).map_err(|fault| doubt(fault.to_string()))?;
            position.take(&entry).map_err(doubt)?;
            next = index.saturating_add(1);
        }
    }
    Ok(())
}

impl Registry {
    /// Returns the records as of a position, which is the published one if absent.
    pub fn position(&self, at: Option<u64>) -> Result<Arc<Position>, ServiceFault> {
        let size = self.shared.published().size;
        let at = at.unwrap_or(size);
        if at == 0 || at > size {
            let reason = format!("must be from 1 to {size}, the published size");
            return Err(ServiceFault::Input(FieldFault::new("at", reason)));
        }
        self.position_kept(at)
    }

    /// Returns the records as of the published position, or as of a later one, if that takes no long fold.
    pub fn position_near(&self) -> Result<Option<Arc<Position>>, ServiceFault> {
        let store = &self.shared.store;
        let fold = |position: &mut Position, to: u64| fold_to(store, position, to);
        let size = self.shared.published().size;
        let most = limits::FRONT_ENTRIES_MAX;
        self.shared.statistics.near(size, most, &fold)
    }

    /// Returns the records as of a position that the log has.
    fn position_kept(&self, at: u64) -> Result<Arc<Position>, ServiceFault> {
        let store = &self.shared.store;
        let fold = |position: &mut Position, to: u64| fold_to(store, position, to);
        self.shared.statistics.position(at, &fold)
    }
}

/// Checks that every opening opens a hidden member of its pledge as of the position.
pub fn check_disclosed(position: &Position, disclosed: &[Disclosed]) -> Result<(), FieldFault> {
    for (n, item) in disclosed.iter().enumerate() {
        let hidden = match position.records.get(&StateKey::Pledge(item.pledge)) {
            Some(Record::Pledge(pledge)) => pledge.hidden.as_slice(),
            Some(_) | None => &[],
        };
        check_opening(n, item, hidden)?;
    }
    Ok(())
}

/// Checks that an opening opens one of these hidden members.
pub fn check_opening(
    n: usize,
    item: &Disclosed,
    hidden: &[(String, crate::primitives::crypto::Hash)],
) -> Result<(), FieldFault> {
    let opens = |(name, digest): &(String, crate::primitives::crypto::Hash)| {
        *name == item.opening.claim && *digest == item.opening.digest()
    };
    if hidden.iter().any(opens) {
        return Ok(());
    }
    let reason = format!(
        "does not open {:?} of {}; present the salt and the value that were signed",
        item.opening.claim, item.pledge
    );
    Err(FieldFault::new(format!("openings[{n}]"), reason))
}

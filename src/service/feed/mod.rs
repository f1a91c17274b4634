//! The feed: one notice for each decided command, in the order of the log, from any position on.
//!
//! A feed keeps nothing: the log is the queue, and a position in it says all that a reader must remember. So a reader is slow,
//! gone or back without cost to anybody, and the write path knows no readers; it only says that the log has grown.

mod back;
mod concern;
mod notice;
mod written;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::PoisonError;

use crate::domain::authority::matrix;
use crate::domain::facts::StateKey;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::service::feed::concern::{Concerned, Known};
use crate::service::{Registry, ServiceFault, Shared};

pub use back::LookedAt;
pub(crate) use notice::Decided;
pub use notice::{Decision, Notice};

/// Bytes of entries that are read at a time.
const CHUNK_BYTES: usize = 4 * 1_048_576;

/// What a reader wants to be told of. An empty set asks for everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watch {
    /// Rights, pledges and reservations; touched, or named by a refused command.
    pub records: BTreeSet<StateKey>,
    /// Parties that are concerned; with `records`, either will do.
    pub parties: BTreeSet<PartyId>,
    /// Types of command.
    pub commands: BTreeSet<String>,
    /// Only what was decided so.
    pub decision: Option<Decision>,
}

impl Watch {
    /// Parses the id of a right.
    pub fn right(text: &str) -> Option<StateKey> {
        StateKey::parse("right", text)
    }

    /// Parses the id of a pledge or a reservation.
    pub fn pledge(text: &str) -> Option<StateKey> {
        StateKey::parse("pledge", text)
    }

    /// Parses the type of a command; one that does not exist would watch for nothing.
    pub fn command(text: &str) -> Option<String> {
        matrix::row(text).map(|row| row.command.to_owned())
    }

    fn takes_kind(&self, decided: &Decided) -> bool {
        let kind = decided.command.body.type_name();
        let decision = self
            .decision
            .is_none_or(|wanted| wanted == decided.decision());
        decision && (self.commands.is_empty() || self.commands.contains(kind))
    }

    fn names_somebody(&self) -> bool {
        !self.records.is_empty() || !self.parties.is_empty()
    }
}

/// A reader of the feed at its position.
#[derive(Debug)]
pub struct Reader {
    watch: Watch,
    next: EntryIndex,
    known: Known,
    /// The watched parties, and those in whose place they act.
    parties: BTreeSet<PartyId>,
}

impl Reader {
    /// Makes a reader whose first notice is that of the entry `from` or a later one.
    pub fn new(registry: &Registry, watch: Watch, from: EntryIndex) -> Result<Self, ServiceFault> {
        let mut reader = Self {
            watch,
            next: from,
            known: Known::default(),
            parties: BTreeSet::new(),
        };
        reader.look_up_parties(registry)?;
        Ok(reader)
    }

    /// Returns what it is told of.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Returns the index of the first entry that was not looked at yet.
    pub fn next(&self) -> EntryIndex {
        self.next
    }

    /// Looks at some entries of the published log before `until` and returns the notices that are wanted.
    ///
    /// It may return none though there are more: [`Reader::next`] says how far it came.
    pub fn read(&mut self, registry: &Registry, until: u64) -> Result<Vec<Notice>, ServiceFault> {
        let decided = self.decided(registry, until)?;
        let notices = decided.iter().map(|one| one.notice(registry.aud()));
        Ok(notices.collect())
    }

    /// The same as what was decided.
    pub(crate) fn decided(
        &mut self,
        registry: &Registry,
        until: u64,
    ) -> Result<Vec<Decided>, ServiceFault> {
        let until = until.min(registry.signed_size());
        let mut wanted_ones = Vec::new();
        let Some(wanted) = until.checked_sub(self.next).filter(|wanted| *wanted > 0) else {
            return Ok(wanted_ones);
        };
        let most = limits::EVENT_SCAN_ENTRIES;
        let count = usize::try_from(wanted).unwrap_or(most).min(most);
        let store = &registry.shared.store;
        for (index, bytes) in store.entries(self.next, count, CHUNK_BYTES)? {
            let decided = Decided::read(&bytes)
                .map_err(|what| ServiceFault::Doubt(format!("entry {index}: {what}")))?;
            if let Some(decided) = decided
                && self.takes(registry, &decided)?
            {
                wanted_ones.push(decided);
            }
            self.next = index.saturating_add(1);
            if wanted_ones.len() >= limits::EVENT_NOTICES_MAX {
                break;
            }
        }
        Ok(wanted_ones)
    }

    fn takes(&mut self, registry: &Registry, decided: &Decided) -> Result<bool, ServiceFault> {
        if self.parties.is_empty() {
            let touches = || decided.records().into_iter();
            let named = || touches().any(|key| self.watch.records.contains(&key));
            return Ok(self.watch.takes_kind(decided) && (!self.watch.names_somebody() || named()));
        }
        let records = decided.records();
        let changes_watched = decided.event().is_some()
            && self
                .parties
                .iter()
                .any(|party| records.contains(&StateKey::Party(*party)));
        if changes_watched {
            // It may act for others from here on.
            self.look_up_parties(registry)?;
        }
        if !self.watch.takes_kind(decided) {
            self.known.forget(decided);
            return Ok(false);
        }
        if records.iter().any(|key| self.watch.records.contains(key)) {
            self.known.forget(decided);
            return Ok(true);
        }
        let concerned = self.known.concerned(&registry.shared.store, decided)?;
        Ok(match concerned {
            Concerned::Parties(parties) => !parties.is_disjoint(&self.parties),
            Concerned::Unknown => true,
        })
    }

    fn look_up_parties(&mut self, registry: &Registry) -> Result<(), ServiceFault> {
        for party in &self.watch.parties {
            self.parties.extend(registry.standing_for(*party)?);
        }
        Ok(())
    }
}

/// Who is told that there is more to read: called by the thread that writes, so it must return at once.
pub type Observer = Box<dyn Fn(u64) + Send + Sync>;

/// Those who are told.
#[derive(Default)]
pub(crate) struct Observers(std::sync::RwLock<Vec<Observer>>);

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observers")
    }
}

impl Shared {
    /// Tells the observers how large the signed log is.
    pub(crate) fn tell_observers(&self) {
        let size = self.committed.load(std::sync::atomic::Ordering::Acquire);
        let observers = self.observers.0.read();
        for tell in observers.unwrap_or_else(PoisonError::into_inner).iter() {
            tell(size);
        }
    }
}

impl Registry {
    /// Has an observer told of the size of the signed log, now and whenever it has grown.
    pub fn observe(&self, tell: Observer) {
        tell(self.signed_size());
        let observers = &self.shared.observers.0;
        observers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(tell);
    }
}

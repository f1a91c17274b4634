//! The log backward: decided commands that somebody wants to see, the newest first.
//!
//! Separate from the reader, which goes forward and remembers what it has read. No question looks at more entries than
//! [`limits::LOG_LOOK_ENTRIES_MAX`]: where few are wanted a page may be short, or empty, and still say where to go on.

use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::feed::concern::{Concerned, Known};
use crate::service::feed::notice::{Decided, Decision};
use crate::service::feed::{CHUNK_BYTES, Reader, Watch};
use crate::service::{Registry, ServiceFault};

/// How the entry of a command begins, and how that of a refused one shows without being read (FORMATS section 3).
const COMMAND: &[u8] = b"{\"command\":";
const REFUSED: &[u8] = b"\"outcome\":{\"refused\":";
/// Entries that are read at a time.
const CHUNK_ENTRIES: u64 = 256;

/// What a look into the past has found.
#[derive(Debug, Default)]
pub struct LookedAt {
    /// The index and the bytes of each entry, newest first.
    pub entries: Vec<(EntryIndex, Vec<u8>)>,
    /// The oldest entry that was looked at; older ones are before it.
    pub from: EntryIndex,
}

impl Registry {
    /// Looks through the published entries before `before` for decided commands that are wanted, at most `limit` of them.
    pub fn decided_before(
        &self,
        watch: &Watch,
        before: EntryIndex,
        limit: usize,
    ) -> Result<LookedAt, ServiceFault> {
        let reader = Reader::new(self, watch.clone(), 0)?;
        let before = before.min(self.published().size);
        let last = before.saturating_sub(limits::LOG_LOOK_ENTRIES_MAX);
        let mut looked = LookedAt {
            entries: Vec::new(),
            from: before,
        };
        let mut judged = 0_usize;
        while looked.from > last {
            let first = looked.from.saturating_sub(CHUNK_ENTRIES).max(last);
            let chunk = self.chunk(first, looked.from)?;
            if chunk.is_empty() {
                break;
            }
            for (index, bytes) in chunk.into_iter().rev() {
                if looked.entries.len() >= limit || judged >= limits::LOG_LOOK_COMMANDS_MAX {
                    return Ok(looked);
                }
                looked.from = index;
                if !may_be(watch, &bytes) {
                    continue;
                }
                judged += 1;
                let decided = Decided::read(&bytes)
                    .map_err(|what| ServiceFault::Doubt(format!("entry {index}: {what}")))?;
                if let Some(decided) = decided
                    && reader.wants(self, &decided)?
                {
                    looked.entries.push((index, bytes));
                }
            }
        }
        Ok(looked)
    }

    /// Reads some of the entries from `first` up to `end`; none where there are none.
    pub(in crate::service) fn some_entries(
        &self,
        first: EntryIndex,
        end: EntryIndex,
    ) -> Result<Vec<(EntryIndex, Vec<u8>)>, ServiceFault> {
        let count = end.saturating_sub(first).min(CHUNK_ENTRIES);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Ok(self.shared.store.entries(first, count, CHUNK_BYTES)?)
    }

    /// Reads the entries from `first` up to `end`.
    fn chunk(
        &self,
        first: EntryIndex,
        end: EntryIndex,
    ) -> Result<Vec<(EntryIndex, Vec<u8>)>, ServiceFault> {
        let mut entries: Vec<(EntryIndex, Vec<u8>)> = Vec::new();
        let mut next = first;
        while next < end {
            let count = usize::try_from(end - next).unwrap_or(usize::MAX);
            let read = self.shared.store.entries(next, count, CHUNK_BYTES)?;
            let Some((last, _)) = read.last() else { break };
            next = last.saturating_add(1);
            entries.extend(read);
        }
        Ok(entries)
    }
}

/// Says whether an entry may be wanted, by its bytes alone: most are not, and need not be parsed.
fn may_be(watch: &Watch, bytes: &[u8]) -> bool {
    let is_refused = || {
        let mut windows = bytes.windows(REFUSED.len());
        windows.rposition(|window| window == REFUSED).is_some()
    };
    bytes.starts_with(COMMAND)
        && match watch.decision {
            Some(Decision::Refused) => is_refused(),
            Some(Decision::Accepted) | None => true,
        }
}

impl Reader {
    /// Says whether a command is wanted, from what the records were at its entry, whatever was read before.
    fn wants(&self, registry: &Registry, decided: &Decided) -> Result<bool, ServiceFault> {
        if !self.watch.takes_kind(decided) {
            return Ok(false);
        }
        let touched = || decided.records().into_iter();
        if !self.watch.names_somebody() || touched().any(|key| self.watch.records.contains(&key)) {
            return Ok(true);
        }
        if self.parties.is_empty() {
            return Ok(false);
        }
        let concerned = Known::default().concerned(&registry.shared.store, decided)?;
        Ok(match concerned {
            Concerned::Parties(parties) => !parties.is_disjoint(&self.parties),
            Concerned::Unknown => true,
        })
    }
}

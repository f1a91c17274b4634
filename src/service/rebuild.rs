//! `rebuild`: makes every derived column again from the entries, byte for byte, by replaying them.
//!
//! A rebuild that was interrupted goes on: what it wrote ends with a state entry, and each write says how far it came, so the
//! records that lie there are compared with the state root of the log as those of a start are.

use std::path::Path;

use crate::domain::entry::Outcome;
use crate::ledger::tree::{Frontier, HashReader, NodeId, Tail};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::service::ServiceFault;
use crate::service::audit::{ReplayEnd, replay};
use crate::service::codec::{self, encode, row_key};
use crate::service::indexes::index_event;
use crate::service::sequencer::add_links;
use crate::store::{CommandRow, Commit, Store, StoreFault};
use crate::verify::entries::Entries;
use crate::verify::machine::Machine;
use crate::verify::replay::{BadEntry, Replay, Step};
use crate::verify::saved::{self, Doubt, Restoring};

/// Entries whose derived rows are written together, up to the next state entry.
const BATCH_ENTRIES: usize = 4_096;

/// Rebuilds the derived columns of a folder; the error is the first bad entry.
pub fn rebuild(
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<u64, BadEntry>, ServiceFault> {
    Rebuilding::open(folder)?.run(progress)
}

/// Where a rebuild begins.
#[derive(Debug)]
enum Begin {
    /// With a folder that has its derived columns.
    New,
    /// With entry 0, after one that was interrupted.
    Again,
    /// Behind what was written before the interruption.
    Behind(Box<Replay>),
}

/// A folder that is about to be rebuilt.
#[derive(Debug)]
pub struct Rebuilding {
    store: Store,
    begin: Begin,
}

impl Rebuilding {
    /// Opens a folder, and reads back what an interrupted rebuild has written.
    pub fn open(folder: &Path) -> Result<Self, ServiceFault> {
        let store = Store::open_for_rebuild(folder)?;
        let begin = match store.rebuild_mark()? {
            None => Begin::New,
            Some(mark) => match restore(&store, &mark)? {
                Ok(replay) => Begin::Behind(Box::new(replay)),
                Err(doubt) => {
                    tracing::debug!("an interrupted rebuild does not go on: {doubt}");
                    Begin::Again
                }
            },
        };
        Ok(Self { store, begin })
    }

    /// Returns how many entries an interrupted rebuild has written; none if the last one was finished.
    pub fn written(&self) -> Option<EntryIndex> {
        match &self.begin {
            Begin::New => None,
            Begin::Again => Some(0),
            Begin::Behind(replay) => Some(stands_at(replay)),
        }
    }

    /// Rebuilds; the error is the first bad entry.
    ///
    /// The log is replayed twice: once to judge it, with nothing touched, and once to write. A log that is bad anywhere keeps
    /// the columns it has, which may be all that shows what was once served. `progress` counts both, and what was written
    /// before an interruption.
    pub fn run(
        self,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Result<u64, BadEntry>, ServiceFault> {
        let Self { store, begin } = self;
        let size = store.size();
        let all = size.saturating_mul(2);
        let begun = match begin {
            Begin::Behind(replay) => *replay,
            Begin::New | Begin::Again => {
                let mut judging = |done: u64, _| progress(done, all);
                match replay(&store, Replay::new(), &mut judging, &mut |_, _| Ok(())) {
                    Ok(_) => {}
                    Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
                    Err(ReplayEnd::Fault(fault)) => return Err(fault),
                }
                store.wipe_derived()?;
                Replay::new()
            }
        };
        let mut batch = Batch::behind(&begun);
        let mut writing = |done: u64, _| progress(size.saturating_add(done), all);
        let written = replay(&store, begun, &mut writing, &mut |replay, step| {
            batch.take(step);
            if batch.count < BATCH_ENTRIES {
                return Ok(());
            }
            // Only after a state entry do the records say what the log commits to.
            match saved::head(replay) {
                Some(mark) => batch.write(&store, Some(mark)),
                None => Ok(()),
            }
        });
        let mark = match written {
            Ok(replay) => saved::head(&replay),
            Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
            Err(ReplayEnd::Fault(fault)) => return Err(fault),
        };
        batch.write(&store, mark)?;
        store.finish_rebuild()?;
        Ok(Ok(size))
    }
}

fn stands_at(replay: &Replay) -> u64 {
    replay.machine().map_or(0, Machine::size)
}

/// The entries of a folder, with the hashes that a rebuild has written.
struct Written<'a>(&'a Store);

impl HashReader for Written<'_> {
    type Error = StoreFault;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, StoreFault> {
        self.0.read(nodes)
    }
}

impl Entries for Written<'_> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>> {
        self.0.entry(index).ok().flatten()
    }
}

/// Makes the replay again that stood where the mark says, from the rows that it has written.
fn restore(store: &Store, mark: &str) -> Result<Result<Replay, Doubt>, ServiceFault> {
    let mut restoring = Restoring::default();
    let mut taken = restoring.take(mark);
    if taken.is_err() {
        return Ok(taken.map(|()| Replay::new()));
    }
    store.all_records(&mut |_, bytes| {
        if taken.is_ok() {
            taken = match codec::open(bytes) {
                Some(row) => restoring.take_record(row.text, row.last_index, row.frontier),
                None => Err(Doubt::from("a record is unreadable")),
            };
        }
    })?;
    store.all_commands(&mut |org, cmd| {
        if taken.is_ok() {
            taken = restoring.take_command(org, cmd);
        }
    })?;
    Ok(taken.and_then(|()| restoring.finish(&Written(store))))
}

struct Batch {
    commit: Commit,
    tail: Tail,
    count: usize,
}

impl Batch {
    fn behind(replay: &Replay) -> Self {
        let position = replay.machine().map(Machine::position);
        let frontier = position.map_or_else(Frontier::new, |position| position.frontier);
        Self {
            commit: Commit::default(),
            tail: Tail::new(frontier),
            count: 0,
        }
    }

    fn take(&mut self, step: Step) {
        self.count += 1;
        match step {
            Step::Decided(decided, name) => {
                self.tail.append(decided.leaf);
                if let Some((org, cmd, payload)) = name {
                    let row = CommandRow {
                        org,
                        cmd,
                        entry: decided.index,
                        payload,
                    };
                    self.commit.commands.push(row);
                }
                if let Outcome::Accepted { event, .. } = &decided.outcome {
                    index_event(event, &mut self.commit);
                }
                add_links(decided.index, &decided.touched, &mut self.commit);
            }
            Step::Closed(closed) => {
                self.tail.append(closed.leaf);
                let rows = closed.rows.iter();
                let rows = rows.map(|(key, row, text)| (row_key(key), encode(row, text)));
                self.commit.records.extend(rows);
            }
        }
    }

    fn write(&mut self, store: &Store, mark: Option<String>) -> Result<(), ServiceFault> {
        let mut commit = std::mem::take(&mut self.commit);
        commit.nodes = self.tail.new_nodes().to_vec();
        commit.rebuilt = mark;
        self.tail = Tail::new(self.tail.frontier().clone());
        self.count = 0;
        store.commit(&commit)?;
        Ok(())
    }
}

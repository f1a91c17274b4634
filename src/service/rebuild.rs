//! `rebuild`: makes every derived column again from the entries, byte for byte, by replaying them.

use std::path::Path;

use crate::domain::entry::Outcome;
use crate::ledger::tree::{Frontier, Tail};
use crate::service::ServiceFault;
use crate::service::audit::{ReplayEnd, replay};
use crate::service::codec::{encode, row_key};
use crate::service::sequencer::{add_links, index_event};
use crate::store::{CommandRow, Commit, Store};
use crate::verify::replay::{BadEntry, Step};

/// Entries whose derived rows are written together.
const BATCH_ENTRIES: usize = 4_096;

/// Says whether a rebuild of the folder was interrupted; only another one may open it then.
pub fn is_unfinished(folder: &Path) -> Result<bool, ServiceFault> {
    Ok(Store::open_for_rebuild(folder)?.is_rebuild_unfinished()?)
}

/// Rebuilds the derived columns of a folder; the error is the first bad entry.
///
/// The log is replayed twice: once to judge it, with nothing touched, and once to write. A log that is bad anywhere keeps the
/// columns it has, which may be all that shows what was once served.
pub fn rebuild(
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<u64, BadEntry>, ServiceFault> {
    let store = Store::open_for_rebuild(folder)?;
    let size = store.size();
    let all = size.saturating_mul(2);
    let judged = replay(&store, &mut |done, _| progress(done, all), &mut |_, _| {
        Ok(())
    });
    match judged {
        Ok(_) => {}
        Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
        Err(ReplayEnd::Fault(fault)) => return Err(fault),
    }
    store.wipe_derived()?;
    let mut batch = Batch {
        commit: Commit::default(),
        tail: Tail::new(Frontier::new()),
        count: 0,
    };
    let mut progress = |done: u64, _| progress(size.saturating_add(done), all);
    let written = replay(&store, &mut progress, &mut |_, step| {
        batch.take(step);
        if batch.count < BATCH_ENTRIES {
            return Ok(());
        }
        batch.write(&store)
    });
    match written {
        Ok(_) => {}
        Err(ReplayEnd::Bad(bad)) => return Ok(Err(bad)),
        Err(ReplayEnd::Fault(fault)) => return Err(fault),
    }
    batch.write(&store)?;
    store.finish_rebuild()?;
    Ok(Ok(size))
}

struct Batch {
    commit: Commit,
    tail: Tail,
    count: usize,
}

impl Batch {
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

    fn write(&mut self, store: &Store) -> Result<(), ServiceFault> {
        let mut commit = std::mem::take(&mut self.commit);
        commit.nodes = self.tail.new_nodes().to_vec();
        self.tail = Tail::new(self.tail.frontier().clone());
        self.count = 0;
        store.commit(&commit)?;
        Ok(())
    }
}

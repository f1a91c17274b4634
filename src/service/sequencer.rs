//! The one thread that decides. It owns the machine, takes all that waits (no timer), and hands each group to the committer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use crate::domain::command::{Body, Command, PartyAct};
use crate::domain::door;
use crate::domain::entry::Outcome;
use crate::domain::envelope::Opening;
use crate::domain::event::Event;
use crate::domain::facts::{PolicyTexts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::REGISTRAR;
use crate::ledger::state_tree::StateTree;
use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::codec::{encode, row_key};
use crate::service::indexes::index_event;
use crate::service::log_keys::{LogKeys, named_in};
use crate::service::openings::{erasure, keep};
use crate::service::options::StopCause;
use crate::service::timing::TimeStep;
use crate::service::{Answer, Job, Reply, Shared, SubmitFault};
use crate::store::{CommandRow, Commit, Link, StoreFault};
use crate::verify::machine::{Closed, Decided, Machine, MachineFault};
use crate::verify::replay::new_keys;

/// Rows held in memory before those that are written are forgotten; about 1.5 KiB each.
const ROWS_HELD_MAX: usize = 65_536;

/// How often an idle sequencer looks at the clock: often enough that a heartbeat is never a second late.
const IDLE_LOOK: Duration = Duration::from_millis(250);

/// How often an erasure looks whether the groups before it are written; a write takes a few milliseconds.
const WRITE_LOOK: Duration = Duration::from_millis(1);

/// An answer that waits for the sync.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every answer is the large one"
)]
pub(crate) enum Pending {
    /// The entry at this index answers the command; `fresh` is it, unless an earlier command made it.
    Entry {
        index: EntryIndex,
        fresh: Option<Fresh>,
        reply: Reply,
    },
    /// The command was not decided, by what the group had seen; that too waits for the sync.
    Fault { fault: SubmitFault, reply: Reply },
}

/// A decision of this group, kept so that its receipt needs no read.
pub(crate) struct Fresh {
    pub(crate) entry: Vec<u8>,
    pub(crate) outcome: Outcome,
    pub(crate) time: Timestamp,
}

/// One decided group on its way to the disk.
pub(crate) struct Group {
    pub(crate) commit: Commit,
    /// Leaf hashes of its entries, in order.
    pub(crate) leaves: Vec<Hash>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) tree: StateTree,
    pub(crate) time: Timestamp,
    pub(crate) keys: Vec<(KeyId, PartyId, PublicKey)>,
    pub(crate) policies: Option<Arc<PolicyTexts>>,
    pub(crate) log_keys: Option<Arc<LogKeys>>,
}

/// Why the sequencer cannot go on.
enum Halt {
    Storage(StoreFault),
    TimeStep(TimeStep),
}

impl From<StoreFault> for Halt {
    fn from(fault: StoreFault) -> Self {
        Self::Storage(fault)
    }
}

pub(crate) struct Sequencer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) machine: Machine,
    /// Commands that are decided and perhaps not yet written.
    pub(crate) recent: BTreeMap<(PartyId, CommandId), (EntryIndex, Hash)>,
    /// The clock is behind registry time, and that was said.
    pub(crate) is_behind: bool,
    /// What the clock showed when it was last looked at while nothing could be written, and was believed.
    pub(crate) seen_while_waiting: Option<Timestamp>,
}

impl Sequencer {
    /// Runs until the queue closes or the store fails.
    pub(crate) fn run(mut self, queue: &Receiver<Job>, committer: &SyncSender<Group>) {
        while let Some(jobs) = self.next_jobs(queue) {
            self.look_at_clock();
            let group = match self.decide(jobs) {
                Ok(group) => group,
                Err(halt) => return self.halt(halt),
            };
            if group.is_nothing() {
                continue;
            }
            if committer.send(group).is_err() {
                return;
            }
            self.shrink();
        }
    }

    /// Takes all that waits; nothing, when an idle log shall look at the clock; ends when the queue is closed.
    fn next_jobs(&self, queue: &Receiver<Job>) -> Option<Vec<Job>> {
        let first = match self.shared.timing.heartbeat_seconds {
            None => queue.recv().ok()?,
            Some(_) => match queue.recv_timeout(IDLE_LOOK) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => return Some(Vec::new()),
                Err(RecvTimeoutError::Disconnected) => return None,
            },
        };
        let mut jobs = vec![first];
        while jobs.len() < limits::GROUP_COMMANDS_MAX {
            let Ok(job) = queue.try_recv() else { break };
            jobs.push(job);
        }
        Some(jobs)
    }

    /// Says once that the clock is behind, because registry time stands nearly still until it has caught up.
    fn look_at_clock(&mut self) {
        let (last, now) = (self.machine.last_time(), self.shared.clock.now());
        let was_behind = self.is_behind;
        self.is_behind = now.plus_seconds(limits::CLOCK_BEHIND_SECONDS) < last;
        if self.is_behind && !was_behind {
            tracing::error!(
                error.kind = "clock",
                clock.now = %now,
                ledger.time = %last,
                "the clock is behind registry time, which does not go back: set the clock right"
            );
        }
        // A log that waits for its witnesses writes no heartbeat, so these looks stand for them.
        if self.shared.is_waiting() && self.check_step(now).is_ok() {
            self.seen_while_waiting = Some(now);
        }
    }

    /// Checks the step from the last time that is known to be right to what the clock shows.
    fn check_step(&self, now: Timestamp) -> Result<(), TimeStep> {
        let last = self.machine.last_time();
        let last = self.seen_while_waiting.map_or(last, |seen| seen.max(last));
        let size = self.machine.size();
        self.shared.timing.check_step(size, last, now)
    }

    fn halt(&self, halt: Halt) {
        let cause = match halt {
            Halt::Storage(fault) => {
                tracing::error!(error.kind = "storage", "the sequencer stops: {fault}");
                StopCause::Storage
            }
            Halt::TimeStep(step) => {
                tracing::error!(error.kind = "clock", "the sequencer stops: {step}");
                StopCause::TimeStep(step)
            }
        };
        self.shared.stop(cause);
    }

    /// Returns the time of the next entry: the clock's, unless it went back or jumped.
    fn next_time(&self) -> Result<Timestamp, Halt> {
        let now = self.shared.clock.now();
        self.check_step(now).map_err(Halt::TimeStep)?;
        Ok(self.machine.next_time(now))
    }

    /// Forgets what the store has by now.
    fn shrink(&mut self) {
        if self.machine.held_count() > ROWS_HELD_MAX || self.recent.len() > ROWS_HELD_MAX {
            let committed = self.shared.committed.load(Ordering::Acquire);
            self.machine.forget(committed);
            self.recent.retain(|_, (index, _)| *index >= committed);
        }
    }

    fn decide(&mut self, jobs: Vec<Job>) -> Result<Group, Halt> {
        let mut group = Group {
            commit: Commit::default(),
            leaves: Vec::with_capacity(jobs.len() + 1),
            pending: Vec::with_capacity(jobs.len()),
            tree: StateTree::default(),
            time: self.machine.last_time(),
            keys: Vec::new(),
            policies: None,
            log_keys: None,
        };
        for job in jobs {
            self.decide_one(job, &mut group)?;
        }
        // A group in which nothing was decided has nothing to commit to, but its answers still wait their turn; and a log
        // that was silent for long says that it is alive.
        if !group.leaves.is_empty() || self.is_heartbeat_due() {
            let time = self.next_time()?;
            let closed = self.machine.close_group(self.machine.next_mode(), time);
            add_closed(closed, &mut group);
            group.time = time;
            self.shared.watch_quorum(time);
        }
        group.tree = self.machine.tree();
        Ok(group)
    }

    fn is_heartbeat_due(&self) -> bool {
        let (last, now) = (self.machine.last_time(), self.shared.clock.now());
        !self.shared.stopped.load(Ordering::Acquire)
            && !self.shared.is_waiting()
            && self.shared.timing.is_heartbeat_due(last, now)
    }

    fn decide_one(&mut self, job: Job, group: &mut Group) -> Result<(), Halt> {
        let Job {
            submission,
            openings,
            reply,
        } = job;
        let command = submission.command();
        let name = (command.org, command.cmd);
        let payload = submission.envelope().payload_hash();
        let known = self.known(name)?;
        if let Some((index, original)) = known {
            group.pending.push(if original == payload {
                Pending::Entry {
                    index,
                    fresh: None,
                    reply,
                }
            } else {
                Pending::Fault {
                    fault: SubmitFault::IdConsumed(index),
                    reply,
                }
            });
            return Ok(());
        }
        let waiting = self.shared.is_waiting().then_some(SubmitFault::Waiting);
        if let Some(fault) = waiting.or_else(|| self.over_quota(name.0)) {
            group.pending.push(Pending::Fault { fault, reply });
            return Ok(());
        }
        let time = self.next_time()?;
        if let Some(fault) = self.door(&submission, time)? {
            group.pending.push(Pending::Fault {
                fault: SubmitFault::Door(fault),
                reply,
            });
            return Ok(());
        }
        let decided = match self.machine.admit(&submission, time, &self.shared.store) {
            Ok(decided) => decided,
            Err(fault) => {
                let fault = self.undecided(fault)?;
                group.pending.push(Pending::Fault { fault, reply });
                return Ok(());
            }
        };
        self.count(name.0, &decided.outcome);
        self.recent.insert(name, (decided.index, payload));
        let row = CommandRow {
            org: name.0,
            cmd: name.1,
            entry: decided.index,
            payload,
        };
        group.commit.commands.push(row);
        let index = decided.index;
        let (entry, outcome) = (decided.bytes.clone(), decided.outcome.clone());
        let fresh = Some(Fresh {
            entry,
            outcome,
            time,
        });
        self.add_decided(decided, &openings, group)?;
        group.pending.push(Pending::Entry {
            index,
            fresh,
            reply,
        });
        Ok(())
    }

    /// What a party is told of whose commands too many were refused.
    fn over_quota(&self, org: PartyId) -> Option<SubmitFault> {
        let quota = self.shared.refusals.as_ref()?;
        let seconds = quota.look(&org, self.shared.clock.now()).err()?;
        Some(SubmitFault::TooManyRefusals(seconds))
    }

    /// Counts a refusal; that there is room for it was looked at before.
    fn count(&self, org: PartyId, outcome: &Outcome) {
        if let (Outcome::Refused(_), Some(quota)) = (outcome, &self.shared.refusals) {
            quota
                .take(&org, self.shared.clock.now())
                .unwrap_or_default();
        }
    }

    /// Finds an earlier command of this name: its entry and the hash of its payload.
    fn known(&self, name: (PartyId, CommandId)) -> Result<Option<(EntryIndex, Hash)>, StoreFault> {
        if let Some(known) = self.recent.get(&name) {
            return Ok(Some(*known));
        }
        let row = self.shared.store.command(name.0, name.1)?;
        Ok(row.map(|row| (row.entry, row.payload)))
    }

    /// What a command that could not be decided is told; a fault of the store or a bug stops the registry instead.
    fn undecided(&self, fault: MachineFault<StoreFault>) -> Result<SubmitFault, StoreFault> {
        let index = self.machine.size();
        match fault {
            MachineFault::EntryTooLarge(bytes) => Ok(SubmitFault::TooLarge(bytes)),
            MachineFault::Source(fault) => Err(fault),
            MachineFault::Fold(fault) => {
                // The law accepted what cannot be folded: stopping is better than a wrong ledger entry.
                tracing::error!(
                    error.kind = "bug",
                    "an accepted event cannot be folded: {fault}"
                );
                Err(StoreFault::Corrupt {
                    what: "accepted event".into(),
                    index,
                })
            }
            MachineFault::Policy(_) => Err(StoreFault::Corrupt {
                what: "policy".into(),
                index,
            }),
        }
    }

    /// The door once more, at the position itself: time may have passed and records may have changed.
    fn door(
        &mut self,
        submission: &crate::verify::submission::Submission,
        time: Timestamp,
    ) -> Result<Option<FieldFault>, StoreFault> {
        if let Err(fault) = submission.check_door(&self.shared.aud, time) {
            return Ok(Some(fault));
        }
        if let Some(fault) = self.unheld_log_key(submission.command()) {
            return Ok(Some(fault));
        }
        let facts = self.machine.load(submission, time, &self.shared.store)?;
        let at = Stamp {
            index: self.machine.size(),
            time,
        };
        let command = submission.command();
        let checked = door::check(command, &facts, at);
        Ok(checked.and_then(|()| door::check_read(&command.body)).err())
    }

    /// A successor of the log key that this process cannot sign with would end the log.
    fn unheld_log_key(&self, command: &Command) -> Option<FieldFault> {
        let Body::OfParty(act) = &command.body else {
            return None;
        };
        let PartyAct::RotateLogKey { key, .. } = &**act else {
            return None;
        };
        let is_held = self.shared.held_log_keys.contains(&key.id());
        let reason =
            "is not at hand here; the operator starts the server with --log-key for both keys";
        (!is_held).then(|| FieldFault::new("body.key", reason))
    }

    fn add_decided(
        &mut self,
        decided: Decided,
        openings: &[Opening],
        group: &mut Group,
    ) -> Result<(), StoreFault> {
        let index = decided.index;
        if let Outcome::Accepted { event, .. } = &decided.outcome {
            index_event(event, &mut group.commit);
            group.keys.extend(new_keys(event));
            if let Event::PolicyAdopted { .. } = event {
                group.policies = Some(self.machine.policies());
            }
            if event.touches().contains(&StateKey::Party(REGISTRAR))
                && let Some(row) = self.machine.held(&StateKey::Party(REGISTRAR))
                && let Ok(log_keys) =
                    LogKeys::new(self.machine.genesis(), named_in(&row.fact.record))
            {
                group.log_keys = Some(Arc::new(log_keys));
            }
        }
        // What a refused command hides stands in no record, so nobody may ever read it: it is not kept.
        if let (Outcome::Accepted { .. }, Some(key)) = (&decided.outcome, &self.shared.openings_key)
        {
            keep(key, index, openings, &mut group.commit)?;
        }
        if let Outcome::Accepted { event, .. } = &decided.outcome
            && let Some(order) = erasure::ordered(event, index)
        {
            self.wait_until_written(index, group.leaves.len())?;
            let key = self.shared.openings_key.as_deref();
            erasure::destroy(order, index, key, &self.shared.store, &mut group.commit)?;
        }
        add_links(index, &decided.touched, &mut group.commit);
        group.commit.entries.push((index, decided.bytes));
        group.leaves.push(decided.leaf);
        Ok(())
    }
}

impl Sequencer {
    /// Waits for the groups before this one, of which the entry at `index` follows `count` others: what an erasure destroys may
    /// lie in one that is not written yet.
    fn wait_until_written(&self, index: EntryIndex, count: usize) -> Result<(), StoreFault> {
        let first = index.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        while self.shared.committed.load(Ordering::Acquire) < first {
            if self.shared.stopped.load(Ordering::Acquire) {
                return Err(StoreFault::Storage("the committer has stopped".to_owned()));
            }
            std::thread::sleep(WRITE_LOOK);
        }
        Ok(())
    }
}

impl Group {
    /// Says whether there is neither anything to write nor anyone to answer.
    fn is_nothing(&self) -> bool {
        self.leaves.is_empty() && self.pending.is_empty()
    }
}

fn add_closed(closed: Closed, group: &mut Group) {
    let rows = closed
        .rows
        .iter()
        .map(|(key, row, text)| (row_key(key), encode(row, text)));
    group.commit.records.extend(rows);
    group.commit.entries.push((closed.index, closed.bytes));
    group.leaves.push(closed.leaf);
}

/// Adds the links by which a record's history is walked backward.
pub(crate) fn add_links(
    index: EntryIndex,
    touched: &[(crate::domain::facts::StateKey, Option<EntryIndex>)],
    commit: &mut Commit,
) {
    if touched.is_empty() {
        return;
    }
    let link = |(key, previous): &(crate::domain::facts::StateKey, Option<EntryIndex>)| Link {
        key: row_key(key),
        previous: *previous,
    };
    commit
        .links
        .push((index, touched.iter().map(link).collect()));
}

impl Pending {
    /// Gives the answer away.
    pub(crate) fn answer(self, receipt: impl FnOnce(EntryIndex, Option<Fresh>) -> Answer) {
        match self {
            Self::Entry {
                index,
                fresh,
                reply,
            } => reply(receipt(index, fresh)),
            Self::Fault { fault, reply } => reply(Err(fault)),
        }
    }

    /// Tells the submitter that the registry has stopped.
    pub(crate) fn stop(self) {
        match self {
            Self::Entry { reply, .. } | Self::Fault { reply, .. } => {
                reply(Err(SubmitFault::Stopped));
            }
        }
    }
}

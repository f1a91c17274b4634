//! Use cases: the order of the steps and nothing else.
//!
//! A [`Registry`] owns two threads. The sequencer decides over an in-memory overlay and never waits for the disk; the
//! committer writes every waiting group in one synced batch, signs one checkpoint for it and only then releases answers
//! (ARCHITECTURE section 8). Everything here is synchronous; async stops at the `http` room.

pub mod alerts;
mod area;
pub mod audit;
pub mod audit_state;
pub mod certificates;
pub mod codec;
mod committer;
pub mod cosign;
pub mod counted;
pub mod doctor;
pub mod drafts;
pub mod evidence;
pub mod feed;
pub mod freezes;
pub mod history;
mod indexes;
pub mod lending;
mod listed;
mod log_keys;
pub mod narrowing;
mod near;
pub mod notices;
pub mod openings;
pub mod options;
pub mod prices;
pub mod query;
pub mod quota;
pub mod quotas;
pub mod rebuild;
pub mod reconciliation;
mod sequencer;
pub mod sessions;
pub mod standing;
pub mod start;
pub mod statistics;
pub mod timing;
mod version;
pub mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;

use crate::domain::entry::Outcome;
use crate::domain::envelope::{Envelope, Opening, check_openings};
use crate::domain::facts::PolicyTexts;
use crate::domain::genesis::Genesis;
use crate::ledger::note::NoteKey;
use crate::ledger::state_tree::StateTree;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, SecretKey};
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::site::Site;
use crate::primitives::time::{Clock, Timestamp};
use crate::service::cosign::Cosigning;
use crate::service::drafts::Inbox;
use crate::service::feed::Observers;
use crate::service::log_keys::LogKeys;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::options::{Options, StopCause};
use crate::service::quota::Quota;
use crate::service::sessions::Sessions;
use crate::service::timing::{TimeStep, Timing};
use crate::service::webhooks::Webhooks;
use crate::store::{HighWater, Memory, Store, StoreFault};
use crate::verify::submission::Submission;

/// Why the service could not do its work; never a refusal of the law.
#[derive(Debug)]
pub enum ServiceFault {
    /// The store failed.
    Store(StoreFault),
    /// What is stored is not what the log says.
    Doubt(String),
    /// A key with which the log signs was not given; which.
    LogKey(String),
    /// The request is at fault.
    Input(FieldFault),
    /// Nothing is found under the name.
    Absent(String),
    /// The witnesses that were asked for cannot serve; why.
    Witnesses(String),
    /// Something outside the folder remembers another history, or should remember and does not; what.
    History(String),
    /// Too few witnesses answered to know whether the folder is the newest; who did not.
    Unasked(String),
    /// The folder was served with a memory outside it before, which is not given now; which.
    Forgotten(Memory),
    /// The openings of hidden values cannot be kept or read with the key at hand; why.
    Openings(String),
    /// The clock is further ahead of the log than is believed.
    TimeStep(TimeStep),
    /// The statistics of a position are not folded yet; what was is kept, so the same question gets further.
    Counting {
        /// Entries that are folded.
        folded: u64,
        /// Entries of the position.
        of: u64,
    },
    /// The registry stopped by itself; its log says why.
    Stopped,
}

impl fmt::Display for ServiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(fault) => write!(f, "store: {fault}"),
            Self::Doubt(what) => write!(f, "the data folder is in a doubtful state: {what}"),
            Self::Input(fault) => write!(f, "{fault}"),
            Self::Absent(what) => write!(f, "{what} is not found"),
            Self::Witnesses(what) => write!(f, "witnesses: {what}"),
            Self::History(what) | Self::Openings(what) | Self::LogKey(what) => f.write_str(what),
            Self::Unasked(names) => write!(
                f,
                "{names}: without these witnesses nobody outside can tell whether this folder is the newest"
            ),
            Self::Forgotten(Memory::HighWater) => f.write_str(
                "this folder was served with a high-water file before, and none is given now: an old copy could not be told from the newest",
            ),
            Self::Forgotten(Memory::Witnesses) => f.write_str(
                "this folder was served with witnesses before, and none are given now: an old copy could not be told from the newest",
            ),
            Self::TimeStep(step) => write!(f, "{step}"),
            Self::Counting { folded, of } => write!(
                f,
                "{folded} of {of} entries are counted so far; send the same request again"
            ),
            Self::Stopped => f.write_str("the registry has stopped by itself"),
        }
    }
}

impl std::error::Error for ServiceFault {}

impl From<StoreFault> for ServiceFault {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

/// A decision with its proof: the entry, and its inclusion in a signed checkpoint.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The index of the entry.
    pub index: EntryIndex,
    /// The bytes of the entry.
    pub entry: Vec<u8>,
    /// What was decided.
    pub outcome: Outcome,
    /// The registry time of the entry.
    pub time: Timestamp,
    /// The signed checkpoint (C2SP note).
    pub checkpoint: Arc<str>,
    /// The size of the checkpoint's tree.
    pub size: u64,
    /// The inclusion proof, leaf sibling first.
    pub proof: Vec<Hash>,
    /// The same command had been decided before; this is the original decision.
    pub repeated: bool,
    /// The checkpoint carries the quorum of the registry's witnesses.
    pub cosigned: bool,
}

/// Why a command was not decided.
#[derive(Debug)]
pub enum SubmitFault {
    /// The door refuses it; nothing is written.
    Door(FieldFault),
    /// The id was consumed by another command.
    IdConsumed(EntryIndex),
    /// The entry would be larger than the log takes.
    TooLarge(usize),
    /// Too many commands wait; try again later.
    Busy,
    /// Too many commands of the party were refused; after how many seconds one more is decided.
    TooManyRefusals(u64),
    /// Too few witnesses have said what they have seen; nothing is added to the log before.
    Waiting,
    /// The registry has stopped.
    Stopped,
}

/// What a submitter is told.
pub type Answer = Result<Receipt, SubmitFault>;

/// Where an answer goes; called once, from the committer's thread.
pub type Reply = Box<dyn FnOnce(Answer) + Send>;

/// A command at the sequencer's door.
pub(crate) struct Job {
    pub(crate) submission: Submission,
    pub(crate) openings: Vec<Opening>,
    pub(crate) reply: Reply,
}

/// What readers see: the state of the last signed checkpoint.
#[derive(Clone, Debug)]
pub struct Published {
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed checkpoint.
    pub checkpoint: Arc<str>,
    /// The state tree of that checkpoint.
    pub tree: StateTree,
    /// The time of its state entry.
    pub time: Timestamp,
}

/// What the threads and the readers share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) genesis: Arc<Genesis>,
    pub(crate) aud: String,
    /// Written by the committer while it writes the batch, so that a reader who holds it sees rows of one checkpoint.
    pub(crate) published: RwLock<Published>,
    pub(crate) keys: RwLock<BTreeMap<KeyId, (PartyId, PublicKey)>>,
    pub(crate) policies: RwLock<Arc<PolicyTexts>>,
    pub(crate) log_keys: RwLock<Arc<LogKeys>>,
    /// The ids of the log keys that this process can sign with.
    pub(crate) held_log_keys: BTreeSet<KeyId>,
    pub(crate) committed: AtomicU64,
    pub(crate) stopped: AtomicBool,
    pub(crate) cause: OnceLock<StopCause>,
    pub(crate) timing: Timing,
    pub(crate) high_water: Option<HighWater>,
    /// The key that seals openings, if the operator gave one.
    pub(crate) openings_key: Option<Arc<OpeningsKey>>,
    /// Who is signed in.
    pub(crate) sessions: Sessions,
    /// How many commands of a party may be refused, if that is limited.
    pub(crate) refusals: Option<Quota<PartyId>>,
    /// The inbox of drafts.
    pub(crate) inbox: Inbox,
    /// Positions that statistics have folded.
    pub(crate) statistics: statistics::Kept,
    /// Where certificates are issued and looked up.
    pub(crate) certificates: certificates::Desk,
    /// The webhooks, if the operator has configured any.
    pub(crate) webhooks: Option<Webhooks>,
    /// What towns are called.
    pub(crate) towns: RwLock<BTreeMap<String, String>>,
    /// Where people open the pages.
    site: Option<Site>,
    /// Who is told that the log has grown.
    pub(crate) observers: Observers,
    /// Where cosignatures are gathered, if witnesses are configured.
    pub(crate) cosigning: Option<Cosigning>,
}

impl Shared {
    /// Ends the writing for good; the first cause is the one that is told.
    pub(crate) fn stop(&self, cause: StopCause) {
        let _first = self.cause.get_or_init(|| cause);
        self.stopped.store(true, Ordering::Release);
    }

    pub(crate) fn published(&self) -> Published {
        self.published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Registry time: the clock's, but never before the last checkpoint, however the clock was set back.
    pub(crate) fn registry_time(&self) -> Timestamp {
        let published = self
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .time;
        self.clock.now().max(published)
    }

    pub(crate) fn owner_of(&self, kid: KeyId) -> Option<(PartyId, PublicKey)> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&kid)
            .cloned()
    }

    pub(crate) fn log_keys(&self) -> Arc<LogKeys> {
        Arc::clone(&self.log_keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn policies(&self) -> Arc<PolicyTexts> {
        Arc::clone(&self.policies.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A running registry.
pub struct Registry {
    pub(crate) shared: Arc<Shared>,
    queue: Mutex<Option<SyncSender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Registry {
    /// Creates a registry in a new folder: entry 0, its state entry and the first checkpoint.
    pub fn create(
        folder: &Path,
        genesis: Genesis,
        log_key: SecretKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServiceFault> {
        Self::create_with(folder, genesis, log_key, clock, Options::default())
    }

    /// Creates a registry as [`Registry::create`] does and opens it with `options`.
    pub fn create_with(
        folder: &Path,
        genesis: Genesis,
        log_key: SecretKey,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, ServiceFault> {
        start::create(folder, genesis, &log_key, clock.as_ref())?;
        Self::open_with(folder, log_key, clock, options)
    }

    /// Opens a registry for a test or a short use; refuses when the entries and the checkpoint do not agree.
    pub fn open(
        folder: &Path,
        log_key: SecretKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServiceFault> {
        Self::open_with(folder, log_key, clock, Options::default())
    }

    /// Opens a registry; refuses when anything that is compared does not agree.
    pub fn open_with(
        folder: &Path,
        log_key: SecretKey,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, ServiceFault> {
        let mut held = vec![Arc::new(log_key)];
        held.extend(options.further_log_keys.iter().cloned());
        let (shared, machine) = start::open(folder, &held, clock, options)?;
        let shared = Arc::new(shared);
        let (queue, threads) = start::spawn(&shared, machine, held);
        Ok(Self {
            shared,
            queue: Mutex::new(Some(queue)),
            threads: Mutex::new(threads),
        })
    }

    /// Verifies a signed command at the door: shape, openings, registry, time, signatures.
    ///
    /// Runs on the caller's thread, so that many callers verify in parallel.
    pub fn verify(&self, envelope: Json, openings: Vec<Json>) -> Result<Verified, FieldFault> {
        let envelope = Envelope::parse(envelope)?;
        let open = |(n, json)| Opening::parse(&format!("openings[{n}]"), json);
        let openings = openings
            .into_iter()
            .enumerate()
            .map(open)
            .collect::<Result<Vec<_>, _>>()?;
        let submission = Submission::open(envelope, |kid| self.shared.owner_of(kid))?;
        if let Err(fault) = submission.check_door(&self.shared.aud, self.registry_time())
            && !self.is_repeat(&submission)
        {
            return Err(fault);
        }
        check_openings(submission.command().body.hidden(), &openings)?;
        if !openings.is_empty() && self.shared.openings_key.is_none() {
            let reason = "cannot be kept here: the operator has given the server no --openings-key";
            return Err(FieldFault::new("openings", reason));
        }
        Ok(Verified {
            submission,
            openings,
        })
    }

    /// Registry time: the clock's, but never before the last checkpoint, however the clock was set back.
    fn registry_time(&self) -> Timestamp {
        self.shared.registry_time()
    }

    /// A repeat is answered with the original decision, however old: its client may have waited for the answer.
    fn is_repeat(&self, submission: &Submission) -> bool {
        let command = submission.command();
        let row = self.shared.store.command(command.org, command.cmd);
        row.is_ok_and(|row| {
            row.is_some_and(|row| row.payload == submission.envelope().payload_hash())
        })
    }

    /// Hands a verified command to the sequencer; the answer comes when it is durable.
    pub fn submit(&self, verified: Verified, reply: Reply) {
        let Verified {
            submission,
            openings,
        } = verified;
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(queue) = queue else {
            return reply(Err(SubmitFault::Stopped));
        };
        match queue.try_send(Job {
            submission,
            openings,
            reply,
        }) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => (job.reply)(Err(SubmitFault::Busy)),
            Err(TrySendError::Disconnected(job)) => (job.reply)(Err(SubmitFault::Stopped)),
        }
    }

    /// Submits and waits; for callers without async.
    pub fn submit_and_wait(&self, verified: Verified) -> Answer {
        let (sender, receiver) = std::sync::mpsc::channel();
        let reply = Box::new(move |answer| drop(sender.send(answer)));
        self.submit(verified, reply);
        receiver.recv().unwrap_or(Err(SubmitFault::Stopped))
    }

    /// Returns the origin of the log.
    pub fn origin(&self) -> &str {
        &self.shared.genesis.origin
    }

    /// Returns the verifier keys with which the log signs now, oldest first: two during the overlap of a rotation.
    pub fn signing_vkeys(&self) -> Vec<String> {
        let published = self.published();
        let keys = self.shared.log_keys();
        let signing = keys.at(published.size, published.time);
        signing.into_iter().map(NoteKey::vkey).collect()
    }

    /// Returns the audience that commands must name.
    pub fn aud(&self) -> &str {
        &self.shared.aud
    }

    /// Returns the towns that the operator has named, by their codes.
    pub fn towns(&self) -> BTreeMap<String, String> {
        let towns = self.shared.towns.read();
        towns.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns what a town is called, if the operator has said so.
    pub fn town(&self, code: &str) -> Option<String> {
        let towns = self.shared.towns.read();
        let towns = towns.unwrap_or_else(PoisonError::into_inner);
        towns.get(code).cloned()
    }

    /// Has towns called otherwise from now on; returns whether any is.
    pub fn set_towns(&self, called: BTreeMap<String, String>) -> bool {
        let towns = self.shared.towns.write();
        let mut towns = towns.unwrap_or_else(PoisonError::into_inner);
        let is_other = *towns != called;
        *towns = called;
        is_other
    }

    /// Returns the genesis.
    pub fn genesis(&self) -> &Genesis {
        &self.shared.genesis
    }

    /// Returns the state of the last signed checkpoint.
    pub fn published(&self) -> Published {
        self.shared.published()
    }

    /// Returns the number of entries under the newest signed checkpoint, without waiting for a write.
    pub fn signed_size(&self) -> u64 {
        self.shared.committed.load(Ordering::Acquire)
    }

    /// Says whether the registry has stopped by itself.
    pub fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }

    /// Says whether the clock stands so far behind registry time that no heartbeat comes and no auditor cosigns.
    pub fn is_clock_behind(&self) -> bool {
        let allowed = self.shared.clock.now();
        let allowed = allowed.plus_seconds(limits::TIME_STEP_SECONDS_MAX);
        allowed < self.published().time
    }

    /// Returns why the registry has stopped by itself, if it has.
    pub fn stop_cause(&self) -> Option<StopCause> {
        self.shared.cause.get().copied()
    }

    /// Finishes what waits and ends the threads.
    pub fn stop(&self) {
        drop(
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            drop(thread.join());
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A command that passed the door.
#[derive(Debug)]
pub struct Verified {
    submission: Submission,
    openings: Vec<Opening>,
}

impl Verified {
    /// Returns the verified command.
    pub fn submission(&self) -> &Submission {
        &self.submission
    }

    /// Returns the principal of the claim in yuan, where its opening came along.
    pub fn principal(&self) -> Option<Quantity> {
        let is_principal = |opening: &&Opening| opening.claim == statistics::PRINCIPAL_CLAIM;
        let opening = self.openings.iter().find(is_principal)?;
        Quantity::parse(&opening.value, Scale::MAX).ok()
    }
}

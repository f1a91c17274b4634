//! The state auditor: it replays every entry of a log and cosigns, under a name and a key of its own, that the state is right.
//!
//! Its statement beside that of a witness (C2SP tlog-cosignature, additional statements): up to this size every entry is what
//! the law makes, the last one is a state entry whose time was right, and its state root is that of the entries. A log that is
//! found false is never cosigned again, and the proof is written down.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::primitives::crypto::{Hash, SecretKey};
use crate::primitives::limits;
use crate::primitives::time::{Clock, Timestamp};
use crate::verify::fraud::Fraud;
use crate::verify::fraud::build::{self, Account};
use crate::verify::fraud::check::is_of_later_version;
use crate::verify::machine::Machine;
use crate::verify::replay::{BadEntry, Replay, Step};
use crate::witness::accuse::accuse;
use crate::witness::book::{BookFault, replace};
use crate::witness::cosigner::{CosignFault, Cosigner, CosignerFault};
use crate::witness::fetch::LogReader;
use crate::witness::logs::{Logs, origin_hash};
use crate::witness::request::{Refusal, Submitted};
use crate::witness::transcript::{Transcript, stored_bytes};

/// The part of the data folder with the cosignatures of the auditor.
const COSIGNED_FOLDER: &str = "auditor";
/// The part with the copies of the logs.
const COPIES_FOLDER: &str = "audit";
/// Says why a log is never cosigned again.
const CONDEMNED_NAME: &str = "condemned";
/// Entries replayed at a time.
const CHUNK_ENTRIES: usize = 2_048;
/// State entries that are remembered, so that a request for a checkpoint of a while ago can be answered.
const REMEMBERED: usize = 4_096;
/// How long one request may keep the auditor at work: less than those who ask have patience for.
const REQUEST_WORK: Duration = Duration::from_secs(8);
/// How long the auditor works by itself before others get their turn.
const OWN_WORK: Duration = Duration::from_secs(2);
/// How often it looks by itself whether a log has grown.
const LOOK: Duration = Duration::from_secs(1);

/// Why an audit does not go on.
#[derive(Debug)]
enum Halted {
    Refused(Refusal),
    Book(BookFault),
}

impl From<Refusal> for Halted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<BookFault> for Halted {
    fn from(fault: BookFault) -> Self {
        Self::Book(fault)
    }
}

fn later<T>(why: impl fmt::Display) -> Result<T, Halted> {
    Err(Refusal::NotAudited(why.to_string()).into())
}

/// An auditor of several logs.
pub struct Auditor {
    cosigner: Cosigner,
    audits: BTreeMap<String, Mutex<Audit>>,
    clock: Arc<dyn Clock>,
    stopped: AtomicBool,
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Auditor").field(&self.cosigner).finish()
    }
}

impl Auditor {
    /// Opens the folder of an auditor, and goes on with the copies of logs in it; `servers` says where each log is read.
    pub fn open(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        logs: &Logs,
        servers: BTreeMap<String, LogReader>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CosignerFault> {
        let mut watched = Logs::default();
        let mut audits = BTreeMap::new();
        for (origin, server) in servers {
            let keys = logs.keys(&origin).unwrap_or_default().to_vec();
            for key in &keys {
                // Every key was in a list within the limit before.
                watched.add(key.clone()).unwrap_or_default();
            }
            let folder = folder
                .join(COPIES_FOLDER)
                .join(origin_hash(&origin).to_string());
            audits.insert(origin, Mutex::new(Audit::open(&folder, keys, server)?));
        }
        let folder = folder.join(COSIGNED_FOLDER);
        Ok(Self {
            cosigner: Cosigner::open(&folder, name, secret, watched, Arc::clone(&clock))?,
            audits,
            clock,
            stopped: AtomicBool::new(false),
        })
    }

    /// Returns what cosigns for it.
    pub fn cosigner(&self) -> &Cosigner {
        &self.cosigner
    }

    /// Says whether a fault of the disk has stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire) || self.cosigner.is_stopped()
    }

    /// Answers a request of `add-checkpoint`, after auditing as far as the checkpoint goes.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, CosignFault> {
        let submitted = Submitted::open(body, self.cosigner.logs())?;
        let unknown = || Refusal::UnknownLog(submitted.checkpoint.origin.clone());
        let audit = self
            .audits
            .get(&submitted.checkpoint.origin)
            .ok_or_else(unknown)?;
        let mut audit = audit.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + REQUEST_WORK;
        self.watched(audit.reach(&submitted, deadline))?;
        let time = self.watched(audit.stands(&submitted.checkpoint))?;
        let now = self.clock.now();
        self.cosigner
            .cosign(&submitted, |_| within_clock(time, now))
    }

    /// Looks once at every log and audits what is new, as far as a turn goes.
    pub fn look(&self) {
        for (origin, audit) in &self.audits {
            let mut audit = audit.lock().unwrap_or_else(PoisonError::into_inner);
            match audit.look(origin, Instant::now() + OWN_WORK) {
                Ok(()) => {}
                Err(Halted::Refused(why)) => {
                    tracing::debug!(ledger.origin = origin, "not audited: {why}");
                }
                Err(Halted::Book(fault)) => self.stop(&fault),
            }
        }
    }

    /// Follows the logs until `is_ending` says yes or the disk fails.
    pub fn follow(&self, is_ending: impl Fn() -> bool) {
        while !is_ending() && !self.is_stopped() {
            self.look();
            std::thread::sleep(LOOK);
        }
    }

    fn watched<T>(&self, result: Result<T, Halted>) -> Result<T, CosignFault> {
        result.map_err(|halted| match halted {
            Halted::Refused(refusal) => CosignFault::Refused(refusal),
            Halted::Book(fault) => {
                self.stop(&fault);
                CosignFault::Disk(fault.to_string())
            }
        })
    }

    fn stop(&self, fault: &BookFault) {
        tracing::error!("the auditor stops: {fault}");
        self.stopped.store(true, Ordering::Release);
    }
}

/// A state entry of another time than the auditor's is not cosigned: nobody could say later how old the state was.
fn within_clock(time: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let seconds = time.seconds().abs_diff(now.seconds());
    if seconds <= limits::AUDIT_CLOCK_SECONDS_MAX {
        return Ok(());
    }
    Err(Refusal::NotAudited(format!(
        "the state entry is of {time}, {seconds} seconds from the auditor's clock"
    )))
}

/// The audit of one log.
struct Audit {
    keys: Vec<NoteKey>,
    server: LogReader,
    transcript: Transcript,
    replay: Replay,
    /// The place in the transcript after the last replayed entry.
    at: u64,
    /// For sizes that ended in a state entry: the root of the log, and the time.
    stood: BTreeMap<u64, (Hash, Timestamp)>,
    condemned: Option<String>,
}

impl Audit {
    fn open(folder: &Path, keys: Vec<NoteKey>, server: LogReader) -> Result<Self, BookFault> {
        let transcript = Transcript::open(folder)?;
        let path = folder.join(CONDEMNED_NAME);
        let condemned = match std::fs::read_to_string(&path) {
            Ok(what) => Some(what.trim_end().to_owned()),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => None,
            Err(cause) => return Err(BookFault::Disk(path, cause)),
        };
        Ok(Self {
            keys,
            server,
            transcript,
            replay: Replay::new(),
            at: 0,
            stood: BTreeMap::new(),
            condemned,
        })
    }

    /// Audits what the server shows as its newest checkpoint.
    fn look(&mut self, origin: &str, deadline: Instant) -> Result<(), Halted> {
        self.check_condemned()?;
        let note = self.server.checkpoint().or_else(later)?;
        let checkpoint = Checkpoint::open(&note, &self.keys, origin).or_else(later)?;
        let submitted = Submitted {
            old: 0,
            proof: Vec::new(),
            checkpoint,
            note,
        };
        self.reach(&submitted, deadline)
    }

    /// Fetches and replays the log up to a checkpoint that its key has signed.
    fn reach(&mut self, submitted: &Submitted, deadline: Instant) -> Result<(), Halted> {
        self.check_condemned()?;
        let head = &submitted.checkpoint;
        if head.size > self.transcript.size() {
            self.fetch(submitted, deadline)?;
        } else if self
            .stood
            .get(&head.size)
            .is_none_or(|(root, _)| *root != head.root)
        {
            self.compare(submitted)?;
        }
        self.replay(head.size, deadline)
    }

    fn check_condemned(&self) -> Result<(), Halted> {
        match &self.condemned {
            Some(what) => Err(Refusal::Condemned(what.clone()).into()),
            None => Ok(()),
        }
    }

    /// Brings the entries up to the checkpoint into the transcript, and confirms them.
    fn fetch(&mut self, submitted: &Submitted, deadline: Instant) -> Result<(), Halted> {
        let head = &submitted.checkpoint;
        if self.transcript.written() > head.size {
            return later("entries of a larger size are being fetched");
        }
        while self.transcript.written() < head.size {
            if Instant::now() >= deadline {
                let written = self.transcript.written();
                return later(format!("{written} of {} entries are fetched", head.size));
            }
            let next = self.transcript.written();
            let entries = self.server.entries(next, head.size).or_else(later)?;
            if entries.is_empty() {
                return later(format!("the server has no entry {next}"));
            }
            self.transcript.append(&entries)?;
        }
        if self.transcript.confirm(head, &submitted.note)? {
            return Ok(());
        }
        self.look_for_fork(submitted)?;
        later("the entries that the server shows are not those of the checkpoint")
    }

    /// Compares a checkpoint that is not larger than the confirmed entries with them.
    fn compare(&mut self, submitted: &Submitted) -> Result<(), Halted> {
        let (entries, _) = self.transcript.read(0, usize::MAX)?;
        let note = self.transcript.note().unwrap_or_default().to_owned();
        let other = (submitted.note.as_str(), submitted.checkpoint.size);
        match Account::new(&note, &entries).fork(other) {
            Some(fraud) => self.condemn_if_proven(&[fraud]),
            None => Ok(()),
        }
    }

    /// Compares the tiles of a checkpoint with the confirmed entries, which may be of another history.
    fn look_for_fork(&mut self, submitted: &Submitted) -> Result<(), Halted> {
        let head = &submitted.checkpoint;
        let Some(own) = self.transcript.note().map(str::to_owned) else {
            return Ok(());
        };
        let tree = self.server.tree(head.size);
        let (larger, smaller) = (
            (submitted.note.as_str(), head.size),
            (own.as_str(), self.transcript.size()),
        );
        match build::fork(larger, smaller, &tree) {
            Some(fraud) => self.condemn_if_proven(&[fraud]),
            None => Ok(()),
        }
    }

    /// Replays the confirmed entries up to a size.
    fn replay(&mut self, size: u64, deadline: Instant) -> Result<(), Halted> {
        loop {
            let next = self.replay.machine().map_or(0, Machine::size);
            if next >= size.min(self.transcript.size()) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return later(format!("{next} of {size} entries are replayed"));
            }
            let (entries, _) = self.transcript.read(self.at, CHUNK_ENTRIES)?;
            let chunk = (next..).zip(entries).collect();
            for ready in self.replay.ready_all(chunk) {
                let bytes = stored_bytes(ready.bytes());
                if is_of_later_version(ready.bytes()) {
                    return later(format!(
                        "entry {} is of a later law or format than this program knows; update it",
                        ready.index()
                    ));
                }
                match self.replay.step(ready) {
                    Ok(step) => self.remember(&step),
                    Err(bad) => return self.condemn(&bad),
                }
                self.at = self.at.saturating_add(bytes);
            }
        }
    }

    fn remember(&mut self, step: &Step) {
        if let (Step::Closed(_), Some(machine)) = (step, self.replay.machine()) {
            let stood = (machine.root(), machine.last_time());
            self.stood.insert(machine.size(), stood);
            if self.stood.len() > REMEMBERED {
                self.stood.pop_first();
            }
        }
    }

    /// Returns the time of the state entry in which a checkpoint ends, if the log stood there with this root.
    fn stands(&mut self, head: &Checkpoint) -> Result<Timestamp, Halted> {
        match self.stood.get(&head.size) {
            Some((root, time)) if *root == head.root => Ok(*time),
            Some(_) => Err(Refusal::OtherRoot.into()),
            None => later("the checkpoint does not end in a state entry that is remembered"),
        }
    }

    /// Stops cosigning this log for ever, with every proof that holds.
    fn condemn(&mut self, bad: &BadEntry) -> Result<(), Halted> {
        let (entries, _) = self.transcript.read(0, usize::MAX)?;
        let note = self.transcript.note().unwrap_or_default().to_owned();
        let account = Account::new(&note, &entries);
        self.condemn_if_proven(&account.wrong(bad.index))?;
        // The log's own key signed an entry that the law does not make: also without a file it is not cosigned again.
        self.pronounce(&bad.to_string())
    }

    /// Stops cosigning this log for ever if one of the files proves a fraud; the first that does is written.
    fn condemn_if_proven(&mut self, frauds: &[Fraud]) -> Result<(), Halted> {
        for fraud in frauds {
            if let Some((path, what)) = accuse(self.transcript.folder(), fraud, &self.keys)? {
                return self.pronounce(&format!("{what} Proof: {}", path.display()));
            }
        }
        Ok(())
    }

    fn pronounce(&mut self, what: &str) -> Result<(), Halted> {
        let path: PathBuf = self.transcript.folder().join(CONDEMNED_NAME);
        replace(&path, format!("{what}\n").as_bytes())
            .map_err(|cause| BookFault::Disk(path, cause))?;
        tracing::error!("a log is false and is not cosigned any more: {what}");
        self.condemned = Some(what.to_owned());
        Err(Refusal::Condemned(what.to_owned()).into())
    }
}

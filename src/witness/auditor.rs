//! The state auditor: it replays every entry of a log and cosigns, under a name and a key of its own, that the state is right.
//!
//! Its statement beside that of a witness (C2SP tlog-cosignature, additional statements): up to this size every entry is what
//! the law makes, the last one is a state entry whose time was right, and its state root is that of the entries. A log that is
//! found false is never cosigned again, and the proof is written down. The audit of one log is in `audit`; this file has the
//! requests, the turns and the clock.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::primitives::crypto::SecretKey;
use crate::primitives::limits;
use crate::primitives::time::{Clock, Timestamp};
use crate::witness::audit::{Audit, Halted};
use crate::witness::book::{self, BookFault};
use crate::witness::complaints::Complaints;
use crate::witness::cosigner::{CosignFault, Cosigner, CosignerFault};
use crate::witness::fetch::LogReader;
use crate::witness::logs::{Logs, origin_hash};
use crate::witness::request::{Refusal, Submitted};
use crate::witness::transcript;

/// The part of the data folder with the cosignatures of the auditor.
const COSIGNED_FOLDER: &str = "auditor";
/// The part with the copies of the logs.
const COPIES_FOLDER: &str = "audit";
/// How long one request may keep the auditor at work: less than those who ask have patience for.
const REQUEST_WORK: Duration = Duration::from_secs(8);
/// How long the auditor works by itself before others get their turn.
const OWN_WORK: Duration = Duration::from_secs(2);
/// How often it looks by itself whether a log has grown.
const LOOK: Duration = Duration::from_secs(1);

/// An auditor of several logs.
pub struct Auditor {
    cosigner: Cosigner,
    audits: BTreeMap<String, Mutex<Audit>>,
    clock: Arc<dyn Clock>,
    stopped: AtomicBool,
    said: Mutex<Complaints>,
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Auditor").field(&self.cosigner).finish()
    }
}

impl Auditor {
    /// Opens the folder of an auditor, and goes on with the copies of logs in it, from where the last run kept what it had
    /// replayed; `servers` says where each log is read.
    pub fn open(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        logs: &Logs,
        servers: BTreeMap<String, LogReader>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CosignerFault> {
        let watched = audited(logs, servers.keys());
        let notes = folder.join(COSIGNED_FOLDER);
        let cosigner = Cosigner::open(&notes, name, secret, watched, Arc::clone(&clock))?;
        let mut audits = BTreeMap::new();
        for (origin, server) in servers {
            let keys = logs.keys(&origin).unwrap_or_default().to_vec();
            let copy = copy(folder, &origin);
            let audit = Audit::open(&copy, &notes, &origin, keys, server, &cosigner)?;
            audits.insert(origin, Mutex::new(audit));
        }
        Ok(Self {
            cosigner,
            audits,
            clock,
            stopped: AtomicBool::new(false),
            said: Mutex::default(),
        })
    }

    /// Returns what cosigns for it.
    pub fn cosigner(&self) -> &Cosigner {
        &self.cosigner
    }

    /// Returns at which size the audit of a log went on when it was opened; 0 if it begins at entry 0.
    pub fn resumed(&self, origin: &str) -> u64 {
        let audit = self.audits.get(origin);
        audit.map_or(0, |audit| locked(audit).resumed())
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
        let mut audit = locked(audit);
        let deadline = Instant::now() + REQUEST_WORK;
        let origin = &submitted.checkpoint.origin;
        let judged = audit.judge(&submitted, deadline, &self.cosigner);
        if let Err(Halted::Refused(why)) = &judged {
            self.complain(origin, why);
        }
        let time = self.watched(judged)?;
        let now = self.clock.now();
        let cosigned = self
            .cosigner
            .cosign(&submitted, |_| within_clock(time, now));
        match &cosigned {
            Ok(_) => self.end_complaint(origin),
            Err(CosignFault::Refused(why)) => self.complain(origin, why),
            Err(CosignFault::Disk(_)) => {}
        }
        cosigned
    }

    /// Names in the log what keeps a log from being cosigned, once in a while.
    fn complain(&self, origin: &str, why: &Refusal) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let text = why.to_string();
        // How far an audit is changes with every turn; what was found false has been said as an error.
        let is_trouble = matches!(why, Refusal::NotAudited(_));
        if !is_trouble && !matches!(why, Refusal::StillAuditing(_)) {
            return;
        }
        let kind = if is_trouble { &text } else { "still auditing" };
        if !said.is_due(origin, kind, Instant::now()) {
            return;
        }
        if is_trouble {
            tracing::warn!(ledger.origin = origin, "not cosigned: {text}");
        } else {
            tracing::info!(ledger.origin = origin, "{text}");
        }
    }

    fn end_complaint(&self, origin: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.end(origin) {
            tracing::info!(
                ledger.origin = origin,
                "audited up to its checkpoint and cosigned"
            );
        }
    }

    /// Looks once at every log and audits what is new, as far as a turn goes.
    pub fn look(&self) {
        for (origin, audit) in &self.audits {
            let mut audit = locked(audit);
            match audit.look(Instant::now() + OWN_WORK, &self.cosigner) {
                Ok(()) => {}
                Err(Halted::Refused(why)) => self.complain(origin, &why),
                Err(Halted::Book(fault)) => self.stop(&fault),
            }
            if audit.is_worth_keeping() {
                self.keep_one(&mut audit);
            }
        }
    }

    /// Keeps what was replayed, so that the next start goes on from it.
    pub fn keep(&self) {
        for audit in self.audits.values() {
            self.keep_one(&mut locked(audit));
        }
    }

    fn keep_one(&self, audit: &mut Audit) {
        if let Err(fault) = audit.keep(&self.cosigner) {
            self.stop(&fault);
        }
    }

    /// Follows the logs until `is_ending` says yes or the disk fails.
    pub fn follow(&self, is_ending: impl Fn() -> bool) {
        while !is_ending() && !self.is_stopped() {
            self.look();
            std::thread::sleep(LOOK);
        }
        if !self.is_stopped() {
            self.keep();
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

/// Begins the logs of an auditor, as [`book::begin`] does.
pub fn begin<'a>(
    folder: &Path,
    logs: &Logs,
    origins: impl Iterator<Item = &'a String>,
) -> Result<Vec<String>, BookFault> {
    let copied = |origin: &str| vec![copy(folder, origin).join(transcript::CHECKPOINT_NAME)];
    book::begin(
        &folder.join(COSIGNED_FOLDER),
        &audited(logs, origins),
        copied,
    )
}

/// Returns the files of an auditor that show that a log was watched in a data folder.
pub fn traces(folder: &Path, origin: &str) -> Vec<PathBuf> {
    let cosigned = folder.join(COSIGNED_FOLDER);
    let hash = origin_hash(origin);
    let endings = ["checkpoint", "begun", "condemned"];
    let of_auditor = endings.map(|ending| cosigned.join(format!("{hash}.{ending}")));
    let copied = copy(folder, origin).join(transcript::CHECKPOINT_NAME);
    of_auditor.into_iter().chain([copied]).collect()
}

/// Where the copy of a log lies.
fn copy(folder: &Path, origin: &str) -> PathBuf {
    let hash = origin_hash(origin).to_string();
    folder.join(COPIES_FOLDER).join(hash)
}

/// Returns the logs that are audited, with their keys.
fn audited<'a>(logs: &Logs, origins: impl Iterator<Item = &'a String>) -> Logs {
    let mut watched = Logs::default();
    for origin in origins {
        for key in logs.keys(origin).unwrap_or_default() {
            // Every key was in a list within the limit before.
            watched.add(key.clone()).unwrap_or_default();
        }
    }
    watched
}

fn locked(audit: &Mutex<Audit>) -> MutexGuard<'_, Audit> {
    audit.lock().unwrap_or_else(PoisonError::into_inner)
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

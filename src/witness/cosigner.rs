//! One cosigner: check against the last cosigned checkpoint, persist, cosign; for each log one at a time.
//!
//! The lock of a log is held from the check to the end of the write, so that two requests never rest on the same last
//! checkpoint. The cosignature is returned only after the write.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::{CosignatureKey, NoteFault, SignedNote, cosign_line, decode_base64};
use crate::primitives::crypto::{Hash, SecretKey, Signature};
use crate::primitives::limits;
use crate::primitives::time::Clock;
use crate::verify::fraud::{Fraud, FraudProof};
use crate::witness::accuse::{Accusation, accuse};
use crate::witness::belief::{Belief, ClockStep};
use crate::witness::book::{Book, BookFault, Kept};
use crate::witness::complaints::Complaints;
use crate::witness::logs::{Logs, origin_hash};
use crate::witness::request::{Refusal, Submitted};
use crate::witness::unjoined;

/// Why there is no cosignature.
#[derive(Debug)]
pub enum CosignFault {
    /// The request is refused.
    Refused(Refusal),
    /// The disk refused; nothing is cosigned any more until the process is started again.
    Disk(String),
}

impl fmt::Display for CosignFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::Disk(what) => write!(f, "the witness has stopped: {what}"),
        }
    }
}

impl std::error::Error for CosignFault {}

impl From<Refusal> for CosignFault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The last cosigned checkpoint of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Last {
    checkpoint: Checkpoint,
    /// The note with the log's signatures and the cosignature.
    note: String,
    /// The time of the cosignature, in seconds since 1970.
    time: u64,
}

/// What a cosigner knows of a log.
#[derive(Debug)]
struct Watched {
    last: Option<Last>,
    /// The size of a cosignature of this key that the book does not know.
    ahead: Option<u64>,
}

impl Watched {
    fn size(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.checkpoint.size)
    }

    /// Says whether the book knows what this key has cosigned.
    fn knows(&self, cosigned: &Checkpoint) -> bool {
        self.last.as_ref().is_some_and(|last| {
            let known = &last.checkpoint;
            cosigned.size < known.size
                || (cosigned.size == known.size && cosigned.root == known.root)
        })
    }
}

/// A name and a key that cosign the logs of a list.
pub struct Cosigner {
    key: CosignatureKey,
    secret: SecretKey,
    logs: Logs,
    clock: Arc<dyn Clock>,
    book: Book,
    /// By origin.
    watched: BTreeMap<String, Mutex<Watched>>,
    belief: Mutex<Belief>,
    stopped: AtomicBool,
    /// When the clock was last complained of.
    said: Mutex<Complaints>,
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cosigner")
            .field("key", &self.key)
            .field("logs", &self.logs)
            .finish_non_exhaustive()
    }
}

/// Why a cosigner cannot begin.
#[derive(Debug)]
pub enum CosignerFault {
    /// The name cannot stand on a signature line.
    Name(NoteFault),
    /// The folder is not usable.
    Book(BookFault),
}

impl fmt::Display for CosignerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(fault) => fmt::Display::fmt(fault, f),
            Self::Book(fault) => fmt::Display::fmt(fault, f),
        }
    }
}

impl std::error::Error for CosignerFault {}

impl From<BookFault> for CosignerFault {
    fn from(fault: BookFault) -> Self {
        Self::Book(fault)
    }
}

impl Cosigner {
    /// Opens the folder of a cosigner, in which every log was begun; every checkpoint in it must bear a cosignature of this name
    /// and key.
    pub fn open(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        logs: Logs,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CosignerFault> {
        let key = CosignatureKey::new(name, secret.public()).map_err(CosignerFault::Name)?;
        let book = Book::open_begun(folder, &logs)?;
        let (mut watched, mut newest) = (BTreeMap::new(), None);
        for origin in logs.origins() {
            let last = match book.kept(origin)? {
                None | Some(Kept::Nothing) => None,
                Some(Kept::Note(note)) => Some(read_back(note, origin, &key, &book)?),
            };
            let known = Watched { last, ahead: None };
            check_ahead(&book, origin, &known)?;
            newest = newest.max(known.last.as_ref().map(|last| last.time));
            watched.insert(origin.to_owned(), Mutex::new(known));
        }
        let belief = Belief::at_start(newest, clock.now().seconds(), Instant::now());
        Ok(Self {
            key,
            secret,
            logs,
            clock,
            book,
            watched,
            belief: Mutex::new(belief),
            stopped: AtomicBool::new(false),
            said: Mutex::default(),
        })
    }

    /// Returns the key under which readers verify the cosignatures.
    pub fn key(&self) -> &CosignatureKey {
        &self.key
    }

    /// Returns the logs it watches.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Says whether a fault of the disk has stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Answers a request of `add-checkpoint`: the cosignature line, line feed included.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, CosignFault> {
        self.cosign(&Submitted::open(body, &self.logs)?, |_| Ok(()))
    }

    /// Cosigns a checkpoint that follows the last one and that `approve` has nothing against.
    ///
    /// `approve` is asked under the lock of the log, and must not wait.
    pub fn cosign(
        &self,
        submitted: &Submitted,
        approve: impl FnOnce(&Checkpoint) -> Result<(), Refusal>,
    ) -> Result<String, CosignFault> {
        let checkpoint = &submitted.checkpoint;
        let unknown = || Refusal::UnknownLog(checkpoint.origin.clone());
        let watched = self.watched.get(&checkpoint.origin).ok_or_else(unknown)?;
        let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_stopped() {
            return Err(CosignFault::Disk("the disk refused a write".to_owned()));
        }
        self.check_own(submitted, &mut watched)?;
        let last = &mut watched.last;
        if let Err(refusal) = submitted.follows(last.as_ref().map(|last| &last.checkpoint)) {
            if let (Refusal::OtherRoot, Some(last)) = (&refusal, last.as_ref()) {
                self.accuse(last, submitted);
            }
            if matches!(refusal, Refusal::Proof(_)) {
                self.keep_unjoined(submitted);
            }
            return Err(refusal.into());
        }
        approve(checkpoint)?;
        // A clock that goes back must not date the larger tree before the smaller one.
        let time = last.as_ref().map_or(0, |last| last.time);
        let time = time.max(self.believed_time(&checkpoint.origin)?);
        let line = cosign_line(&checkpoint.to_text(), self.key.name(), &self.secret, time);
        let note = format!("{}{line}", submitted.note);
        if let Err(fault) = self.book.write(&checkpoint.origin, &note) {
            // What is on the disk now is not known, so nothing may rest on it.
            self.stopped.store(true, Ordering::Release);
            return Err(CosignFault::Disk(fault.to_string()));
        }
        *last = Some(Last {
            checkpoint: checkpoint.clone(),
            note,
            time,
        });
        if let Err(fault) = unjoined::forget(self.book.folder(), checkpoint) {
            tracing::warn!("a note that is of no matter any more was not removed: {fault}");
        }
        Ok(line)
    }

    /// Returns the time of the clock, if it is believed.
    fn believed_time(&self, origin: &str) -> Result<u64, Refusal> {
        let now = self.clock.now().seconds();
        let Err(step) = self.believes(now) else {
            return Ok(now);
        };
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_due(origin, "clock", Instant::now()) {
            tracing::error!(
                error.kind = "clock",
                ledger.origin = origin,
                "not cosigned: {step}; set the clock right, or, if it is right, start again with --accept-time-step"
            );
        }
        Err(Refusal::Clock(step.seconds()))
    }

    fn believes(&self, now: u64) -> Result<(), ClockStep> {
        let belief = self.belief.lock().unwrap_or_else(PoisonError::into_inner);
        belief.check(now, Instant::now())
    }

    /// Says whether the clock is believed now; logs an error for each log whose last cosignature is of a time to come.
    pub fn look_at_clock(&self) -> Result<(), ClockStep> {
        let now = self.clock.now().seconds();
        for (origin, watched) in &self.watched {
            let watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(last) = &watched.last else { continue };
            let ahead = last.time.saturating_sub(now);
            if ahead > limits::COSIGNATURE_STATE_SECONDS_MAX {
                tracing::error!(
                    error.kind = "clock",
                    ledger.origin = origin,
                    "the last cosignature is of a time {ahead} seconds ahead of the clock, and the next ones will be of that time, so that they count for nobody: set the clock right if it is behind; if that time was wrong, make a new key and a new folder, and withdraw the old key"
                );
            }
        }
        self.believes(now)
    }

    /// Believes the clock, because an operator says that it is right.
    pub fn accept_clock(&self) {
        let now = self.clock.now().seconds();
        let mut belief = self.belief.lock().unwrap_or_else(PoisonError::into_inner);
        *belief = Belief::at_start(None, now, Instant::now());
    }

    /// Looks at a note that was found elsewhere, as [`Self::cosign`] looks at one that it is asked to cosign.
    pub(crate) fn look_at(&self, shown: &Submitted) -> Result<(), CosignFault> {
        let Some(watched) = self.watched.get(&shown.checkpoint.origin) else {
            return Ok(());
        };
        let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_own(shown, &mut watched)
    }

    /// Refuses everything of a log from which a note comes with a cosignature of this key that the book does not know. Somebody
    /// has put an older book in the place of the newer one, or the key is used elsewhere; whatever is cosigned next could be a
    /// second history.
    fn check_own(&self, shown: &Submitted, watched: &mut Watched) -> Result<(), CosignFault> {
        let head = &shown.checkpoint;
        let is_own = |shown: &Submitted| {
            let note = SignedNote::parse(&shown.shown).ok();
            let times = note.and_then(|note| self.key.verify(&note).ok());
            times.flatten().is_some()
        };
        if watched.ahead.is_none() && !watched.knows(head) && is_own(shown) {
            watched.ahead = Some(head.size);
            let kept = self.book.keep_ahead(&head.origin, &shown.shown);
            let kept = kept.map_err(|fault| CosignFault::Disk(fault.to_string()));
            tracing::error!(
                error.kind = "history",
                ledger.origin = head.origin,
                ledger.size = head.size,
                "this key has cosigned a checkpoint that the book at size {} does not know: an older copy of the folder was put here, or the key is used elsewhere; nothing of this log is cosigned any more. Note: {}",
                watched.size(),
                kept?.display()
            );
        }
        match watched.ahead {
            None => Ok(()),
            Some(cosigned) => Err(Refusal::Behind {
                cosigned,
                book: watched.size(),
            }
            .into()),
        }
    }

    /// Returns the size of the last cosigned checkpoint of a log, if one was cosigned.
    pub fn size(&self, origin: &str) -> Option<u64> {
        let watched = self.watched.get(origin)?;
        let watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.last.as_ref().map(|last| last.checkpoint.size)
    }

    /// Keeps a checkpoint that the log's key has signed and that nobody could join with what was cosigned.
    pub(crate) fn keep_unjoined(&self, submitted: &Submitted) {
        let head = &submitted.checkpoint;
        match unjoined::keep(self.book.folder(), submitted) {
            Ok(Some(path)) => tracing::warn!(
                ledger.origin = head.origin,
                ledger.size = head.size,
                "a checkpoint that the log has signed does not join what was cosigned; it is kept as {}",
                path.display()
            ),
            Ok(None) => {}
            Err(fault) => tracing::error!("a checkpoint that does not join was not kept: {fault}"),
        }
    }

    /// Writes down that the log has signed two trees of one size.
    fn accuse(&self, last: &Last, submitted: &Submitted) {
        let fraud = Fraud {
            checkpoint: last.note.clone(),
            proof: FraudProof::Fork {
                other: submitted.note.clone(),
                joined: None,
            },
        };
        let keys = self.logs.keys(&last.checkpoint.origin).unwrap_or_default();
        match accuse(self.book.folder(), &fraud, keys) {
            Ok(Some(Accusation { path, what, is_new })) => {
                if is_new {
                    tracing::error!("{what} Proof: {}", path.display());
                }
            }
            Ok(None) => {}
            Err(fault) => tracing::error!("the proof of a fork was not written: {fault}"),
        }
    }

    /// Signs a text that is no cosignature, so that this cosigner knows it again as its own; it must not begin as one does.
    pub(crate) fn seal(&self, text: &str) -> String {
        STANDARD.encode(self.secret.sign(text.as_bytes()).0)
    }

    /// Says whether a text bears the seal of this cosigner.
    pub(crate) fn has_sealed(&self, text: &str, seal: &str) -> bool {
        let seal = decode_base64(seal).and_then(|bytes| bytes.try_into().ok());
        let seal = seal.map(Signature);
        seal.is_some_and(|seal| self.secret.public().verifies(text.as_bytes(), &seal))
    }

    /// Returns the newest cosigned checkpoint of the log whose origin has this hash.
    pub fn newest(&self, hash: Hash) -> Option<String> {
        let mut watched = self.watched.iter();
        let (_, watched) = watched.find(|(origin, _)| origin_hash(origin) == hash)?;
        let watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.last.as_ref().map(|last| last.note.clone())
    }
}

/// Refuses a book that is still behind what an earlier run was shown.
fn check_ahead(book: &Book, origin: &str, known: &Watched) -> Result<(), BookFault> {
    let Some(note) = book.ahead(origin)? else {
        return Ok(());
    };
    let head = SignedNote::parse(&note).ok();
    let head = head.and_then(|note| Checkpoint::parse(note.text()).ok());
    if head.as_ref().is_some_and(|head| known.knows(head)) {
        return Ok(());
    }
    let size = head.map_or("another size".to_owned(), |head| {
        format!("size {}", head.size)
    });
    Err(BookFault::Behind(
        book.path(origin),
        format!(
            "is of size {}, and this key has cosigned {size} of {origin}",
            known.size()
        ),
    ))
}

/// Reads what an earlier run wrote.
fn read_back(
    note: String,
    origin: &str,
    key: &CosignatureKey,
    book: &Book,
) -> Result<Last, BookFault> {
    let path = || book.path(origin);
    let doubt = |fault: &dyn fmt::Display| BookFault::Doubt(path(), fault.to_string());
    let signed = SignedNote::parse(&note).map_err(|fault| doubt(&fault))?;
    let checkpoint = Checkpoint::parse(signed.text()).map_err(|fault| doubt(&fault))?;
    if checkpoint.origin != origin {
        return Err(doubt(&format!("is of another log, {}", checkpoint.origin)));
    }
    let time = key.verify(&signed).map_err(|fault| doubt(&fault))?;
    let time = time.ok_or_else(|| {
        let what = format!("has no cosignature of {} under this key", key.name());
        BookFault::OtherKey(path(), what)
    })?;
    Ok(Last {
        checkpoint,
        note,
        time,
    })
}

//! One cosigner: check against the last cosigned checkpoint, persist, cosign; for each log one at a time.
//!
//! The lock of a log is held from the check to the end of the write, so that two requests never rest on the same last
//! checkpoint. The cosignature is returned only after the write.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::{CosignatureKey, NoteFault, SignedNote, cosign_line, decode_base64};
use crate::primitives::crypto::{Hash, SecretKey, Signature};
use crate::primitives::time::Clock;
use crate::verify::fraud::{Fraud, FraudProof};
use crate::witness::accuse::{Accusation, accuse};
use crate::witness::book::{Book, BookFault};
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

/// A name and a key that cosign the logs of a list.
pub struct Cosigner {
    key: CosignatureKey,
    secret: SecretKey,
    logs: Logs,
    clock: Arc<dyn Clock>,
    book: Book,
    /// For every watched origin, the last cosigned checkpoint.
    last: BTreeMap<String, Mutex<Option<Last>>>,
    stopped: AtomicBool,
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
    /// Opens the folder of a cosigner; every checkpoint in it must bear a cosignature of this name and key.
    pub fn open(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        logs: Logs,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CosignerFault> {
        let key = CosignatureKey::new(name, secret.public()).map_err(CosignerFault::Name)?;
        let book = Book::open(folder)?;
        let mut last = BTreeMap::new();
        for origin in logs.origins() {
            let read = match book.read(origin)? {
                None => None,
                Some(note) => Some(
                    read_back(note, origin, &key)
                        .map_err(|what| BookFault::Doubt(book.path(origin), what))?,
                ),
            };
            last.insert(origin.to_owned(), Mutex::new(read));
        }
        Ok(Self {
            key,
            secret,
            logs,
            clock,
            book,
            last,
            stopped: AtomicBool::new(false),
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
        let last = self.last.get(&checkpoint.origin).ok_or_else(unknown)?;
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_stopped() {
            return Err(CosignFault::Disk("the disk refused a write".to_owned()));
        }
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
        let time = time.max(self.clock.now().seconds());
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
        let watched = self.last.iter();
        let (_, last) = watched
            .into_iter()
            .find(|(origin, _)| origin_hash(origin) == hash)?;
        let last = last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|last| last.note.clone())
    }
}

/// Reads what an earlier run wrote.
fn read_back(note: String, origin: &str, key: &CosignatureKey) -> Result<Last, String> {
    let signed = SignedNote::parse(&note).map_err(|fault| fault.to_string())?;
    let checkpoint = Checkpoint::parse(signed.text()).map_err(|fault| fault.to_string())?;
    if checkpoint.origin != origin {
        return Err(format!("is of another log, {}", checkpoint.origin));
    }
    let time = key.verify(&signed).map_err(|fault| fault.to_string())?;
    let time =
        time.ok_or_else(|| format!("has no cosignature of {} under this key", key.name()))?;
    Ok(Last {
        checkpoint,
        note,
        time,
    })
}

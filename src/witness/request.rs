//! `add-checkpoint` of C2SP tlog-witness: what is asked, whether it may be cosigned, and the answer where it may not.
//!
//! Pure: the last cosigned checkpoint is an argument. What is on the disk, and that check and write are one step, is the
//! matter of `cosigner`; the connection is the matter of `http`.

use std::fmt;

use crate::ledger::checkpoint::{Checkpoint, CheckpointFault, decimal};
use crate::ledger::note::{self, NOTE_BYTES_MAX, NoteFault, NoteKey, SignedNote, decode_base64};
use crate::ledger::proof::{ProofFault, verify_consistency};
use crate::ledger::tree::empty_root;
use crate::primitives::crypto::Hash;
use crate::witness::logs::Logs;

/// Lines of a consistency proof that a client may send (C2SP tlog-witness).
pub const PROOF_LINES_MAX: usize = 63;

/// Bytes of a request: the largest note, 63 lines of 45 bytes, the line of the old size and the empty line.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4_096;

/// The media type of the size in a conflict (C2SP tlog-witness).
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// The media type of every other answer.
pub const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// Why a checkpoint is not cosigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The request is not UTF-8 text.
    NotText,
    /// The first line is not `old`, a space and a decimal number in its shortest form.
    OldLine,
    /// No empty line divides the proof from the checkpoint.
    Undivided,
    /// A line of the proof, counted from 1, is not base64 of 32 bytes.
    ProofLine(usize),
    /// The proof has more than [`PROOF_LINES_MAX`] lines.
    ProofTooLong,
    /// What follows the empty line is not a checkpoint of three lines, signed.
    Checkpoint(CheckpointFault),
    /// The old size is above the size of the checkpoint.
    OldAboveSize,
    /// No log of this origin is watched.
    UnknownLog(String),
    /// No key of the log signed, or a signature under the name of one is false.
    Signature(NoteFault),
    /// The old size is not that of the last cosigned checkpoint, whose size this is.
    Conflict(u64),
    /// The size is that of the last cosigned checkpoint and the root is not.
    OtherRoot,
    /// The log is empty and the root is not that of an empty log.
    EmptyRoot,
    /// There is nothing to prove, from size 0 or to the same size, and the proof has lines.
    ProofNotEmpty,
    /// The proof does not join the last cosigned checkpoint with this one.
    Proof(ProofFault),
    /// The checkpoint bears a cosignature of this very key that the book does not know: the book is older than the key's last use.
    Behind {
        /// The size that was cosigned.
        cosigned: u64,
        /// The size in the book.
        book: u64,
    },
    /// The clock of the witness is so many seconds further ahead than it believes.
    Clock(u64),
    /// An auditor has not got this far, and goes on; how far it is.
    StillAuditing(String),
    /// An auditor cannot judge it; why.
    NotAudited(String),
    /// An auditor has found this log to be false, for ever; what it found.
    Condemned(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => f.write_str("the request is not UTF-8 text"),
            Self::OldLine => f.write_str(
                "the first line is not \"old\", a space and a decimal number without leading zeros",
            ),
            Self::Undivided => f.write_str("no empty line stands before the checkpoint"),
            Self::ProofLine(line) => {
                write!(f, "line {line} of the proof is not base64 of 32 bytes")
            }
            Self::ProofTooLong => write!(f, "the proof has more than {PROOF_LINES_MAX} lines"),
            Self::Checkpoint(fault) => fmt::Display::fmt(fault, f),
            Self::OldAboveSize => f.write_str("the old size is above the size of the checkpoint"),
            Self::UnknownLog(origin) => write!(f, "no log of the origin {origin} is watched here"),
            Self::Signature(fault) => fmt::Display::fmt(fault, f),
            Self::Conflict(size) => write!(f, "the last cosigned checkpoint has size {size}"),
            Self::OtherRoot => {
                f.write_str("a checkpoint of this size and another root was cosigned before")
            }
            Self::EmptyRoot => f.write_str("the root is not that of an empty log"),
            Self::ProofNotEmpty => f.write_str("the proof must be empty where nothing is to prove"),
            Self::Proof(fault) => fmt::Display::fmt(fault, f),
            Self::Behind { cosigned, book } => write!(
                f,
                "this key has cosigned size {cosigned}, which its book at size {book} does not know: nothing of this log is cosigned until the operator of the witness has looked"
            ),
            Self::Clock(seconds) => write!(
                f,
                "the clock of the witness is {seconds} seconds further ahead than it believes; its operator must look"
            ),
            Self::StillAuditing(why) | Self::NotAudited(why) => write!(f, "not audited: {why}"),
            Self::Condemned(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// Returns the status code.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotText
            | Self::OldLine
            | Self::Undivided
            | Self::ProofLine(_)
            | Self::ProofTooLong
            | Self::Checkpoint(_)
            | Self::OldAboveSize => 400,
            Self::Signature(_) | Self::Condemned(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::Conflict(_) => 409,
            Self::OtherRoot | Self::EmptyRoot | Self::ProofNotEmpty | Self::Proof(_) => 422,
            Self::Behind { .. } | Self::Clock(_) | Self::StillAuditing(_) | Self::NotAudited(_) => {
                503
            }
        }
    }

    /// Returns the media type of [`Self::body`].
    pub fn media_type(&self) -> &'static str {
        if matches!(self, Self::Conflict(_)) {
            SIZE_TYPE
        } else {
            TEXT_TYPE
        }
    }

    /// Returns the body: the size alone for a conflict, as clients read it, else one line that says why.
    pub fn body(&self) -> String {
        match self {
            Self::Conflict(size) => format!("{size}\n"),
            other => format!("{other}\n"),
        }
    }
}

/// A checkpoint that a key of its log has signed, with the proof from an older size; not yet compared with the last one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Submitted {
    /// The size that the proof begins with.
    pub old: u64,
    /// The consistency proof.
    pub proof: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The checkpoint as a note, with the signatures of the log's known keys and no others.
    pub note: String,
    /// The checkpoint as it was shown, with everybody's signatures.
    pub shown: String,
}

impl Submitted {
    /// Takes a request apart and verifies the log's signature; the errors are those of statuses 400, 403 and 404.
    pub fn open(body: &[u8], logs: &Logs) -> Result<Self, Refusal> {
        let body = std::str::from_utf8(body).map_err(|_| Refusal::NotText)?;
        let (head, note) = body.split_once("\n\n").ok_or(Refusal::Undivided)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(decimal).ok_or(Refusal::OldLine)?;
        let mut proof = Vec::new();
        for (index, line) in lines.enumerate() {
            if index == PROOF_LINES_MAX {
                return Err(Refusal::ProofTooLong);
            }
            let hash = decode_base64(line).and_then(|bytes| bytes.try_into().ok());
            proof.push(Hash(hash.ok_or(Refusal::ProofLine(index + 1))?));
        }
        let signed = SignedNote::parse(note)
            .map_err(|fault| Refusal::Checkpoint(CheckpointFault::Note(fault)))?;
        let checkpoint = Checkpoint::parse(signed.text()).map_err(Refusal::Checkpoint)?;
        let keys = logs.keys(&checkpoint.origin);
        let keys = keys.ok_or_else(|| Refusal::UnknownLog(checkpoint.origin.clone()))?;
        signed.verify(keys).map_err(Refusal::Signature)?;
        if old > checkpoint.size {
            return Err(Refusal::OldAboveSize);
        }
        let shown = note.to_owned();
        let note = known_lines(note, signed.text(), keys);
        Ok(Self {
            old,
            proof,
            checkpoint,
            note,
            shown,
        })
    }

    /// Says whether the checkpoint may be cosigned after the `last` one; the errors are those of statuses 409 and 422.
    ///
    /// A log of which nothing was cosigned is taken as it comes. From then on each checkpoint must begin with the one before.
    pub fn follows(&self, last: Option<&Checkpoint>) -> Result<(), Refusal> {
        let (new, known) = (&self.checkpoint, last.map_or(0, |last| last.size));
        if self.old != known {
            return Err(Refusal::Conflict(known));
        }
        if new.size == 0 && new.root != empty_root() {
            return Err(Refusal::EmptyRoot);
        }
        match last {
            Some(last) if last.size == new.size && last.root != new.root => Err(Refusal::OtherRoot),
            Some(last) if last.size > 0 && last.size < new.size => {
                verify_consistency(last.size, new.size, last.root, new.root, &self.proof)
                    .map_err(Refusal::Proof)
            }
            // From nothing to anything, or from a size to itself.
            Some(_) | None if self.proof.is_empty() => Ok(()),
            Some(_) | None => Err(Refusal::ProofNotEmpty),
        }
    }
}

/// Returns the note with the signature lines of `keys` alone: what strangers put there is nothing to keep.
fn known_lines(note: &str, text: &str, keys: &[NoteKey]) -> String {
    let lines = note.get(text.len()..).unwrap_or_default().lines();
    let known = lines
        .filter(|line| !line.is_empty() && note::open(&format!("{text}\n{line}\n"), keys).is_ok());
    known.fold(format!("{text}\n"), |kept, line| format!("{kept}{line}\n"))
}

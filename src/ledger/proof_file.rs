//! Proof files (C2SP tlog-proof): one text that shows, offline, that an entry is in a log at a place.
//!
//! The file holds the place, the hashes and the signed checkpoint; the entry itself travels beside it. Separate from
//! `proof`, which knows hashes and no text. The `extra` data of the format is kept and never believed: nothing signs it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::primitives::crypto::Hash;

use super::accepted::{Accepted, Unaccepted};
use super::checkpoint::{Checkpoint, CheckpointFault, decimal};
use super::note::{NOTE_BYTES_MAX, SignedNote, decode_base64};
use super::policy_file::TrustPolicy;
use super::proof::{ProofFault, verify_inclusion};

/// The first line of every proof file.
pub const PROOF_FILE_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Bytes of the extra data, decoded: as much as one entry has.
pub const EXTRA_BYTES_MAX: usize = 65_535;

/// Hashes of one proof: the height of a tree of 2^64 leaves.
pub const PROOF_HASHES_MAX: usize = 64;

/// Bytes of a proof file: extra data in base64 (87,380), 64 hashes of 45, two short lines, and the largest note.
pub const PROOF_FILE_BYTES_MAX: usize = NOTE_BYTES_MAX + 98_304;

/// Why a text is not a proof file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProofFileFault {
    /// The file is longer than [`PROOF_FILE_BYTES_MAX`].
    TooLong,
    /// The first line is not [`PROOF_FILE_LINE`].
    FirstLine,
    /// The extra data are not base64, are empty, or are longer than [`EXTRA_BYTES_MAX`].
    Extra,
    /// The index line is missing, or its number is not a decimal below 2^64 in its shortest form.
    Index,
    /// This hash, counted from 1, is not base64 of 32 bytes.
    Hash(usize),
    /// There are more than [`PROOF_HASHES_MAX`] hashes.
    TooManyHashes,
    /// No empty line divides the proof from the checkpoint.
    Undivided,
    /// The checkpoint is malformed.
    Checkpoint(CheckpointFault),
}

impl fmt::Display for ProofFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the file is longer than {PROOF_FILE_BYTES_MAX} bytes"),
            Self::FirstLine => write!(f, "the first line is not {PROOF_FILE_LINE}"),
            Self::Extra => write!(
                f,
                "the extra data are not base64 of 1 to {EXTRA_BYTES_MAX} bytes"
            ),
            Self::Index => f.write_str("the index line is missing or not a plain decimal number"),
            Self::Hash(number) => write!(f, "hash {number} is not base64 of 32 bytes"),
            Self::TooManyHashes => write!(f, "there are more than {PROOF_HASHES_MAX} hashes"),
            Self::Undivided => f.write_str("no empty line stands before the checkpoint"),
            Self::Checkpoint(fault) => fmt::Display::fmt(fault, f),
        }
    }
}

impl std::error::Error for ProofFileFault {}

/// Why a proof file proves nothing to a reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unproven {
    /// The trust policy does not accept the checkpoint.
    Checkpoint(Unaccepted),
    /// The hashes do not lead from the entry to the root of the checkpoint.
    Inclusion(ProofFault),
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint(fault) => fmt::Display::fmt(fault, f),
            Self::Inclusion(fault) => fmt::Display::fmt(fault, f),
        }
    }
}

impl std::error::Error for Unproven {}

/// A proof file: well formed, nothing in it verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofFile {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: String,
}

impl ProofFile {
    /// Makes the file of entry `index` from its inclusion proof, leaf sibling first, and a signed checkpoint.
    pub fn new(
        index: u64,
        hashes: Vec<Hash>,
        checkpoint: impl Into<String>,
    ) -> Result<Self, ProofFileFault> {
        if hashes.len() > PROOF_HASHES_MAX {
            return Err(ProofFileFault::TooManyHashes);
        }
        let checkpoint = checkpoint.into();
        check_checkpoint(&checkpoint).map_err(ProofFileFault::Checkpoint)?;
        Ok(Self {
            extra: None,
            index,
            hashes,
            checkpoint,
        })
    }

    /// Adds data that nothing signs; they must not be empty.
    pub fn with_extra(mut self, extra: Vec<u8>) -> Result<Self, ProofFileFault> {
        if extra.is_empty() || extra.len() > EXTRA_BYTES_MAX {
            return Err(ProofFileFault::Extra);
        }
        self.extra = Some(extra);
        Ok(self)
    }

    /// Parses exactly what [`Self::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, ProofFileFault> {
        if text.len() > PROOF_FILE_BYTES_MAX {
            return Err(ProofFileFault::TooLong);
        }
        // No line before the checkpoint is empty, so the first empty line is the one that divides.
        let (lines, checkpoint) = text.split_once("\n\n").ok_or(ProofFileFault::Undivided)?;
        let mut lines = lines.split('\n');
        if lines.next() != Some(PROOF_FILE_LINE) {
            return Err(ProofFileFault::FirstLine);
        }
        let mut line = lines.next().ok_or(ProofFileFault::Index)?;
        let mut extra = None;
        if let Some(base64) = line.strip_prefix("extra ") {
            extra = Some(decode_base64(base64).ok_or(ProofFileFault::Extra)?);
            line = lines.next().ok_or(ProofFileFault::Index)?;
        }
        let index = line.strip_prefix("index ").and_then(decimal);
        let index = index.ok_or(ProofFileFault::Index)?;
        let mut hashes = Vec::new();
        for (place, line) in lines.enumerate() {
            if place == PROOF_HASHES_MAX {
                return Err(ProofFileFault::TooManyHashes);
            }
            let hash = decode_base64(line).and_then(|bytes| bytes.try_into().ok());
            hashes.push(Hash(hash.ok_or(ProofFileFault::Hash(place + 1))?));
        }
        let file = Self::new(index, hashes, checkpoint)?;
        match extra {
            Some(extra) => file.with_extra(extra),
            None => Ok(file),
        }
    }

    /// Returns the text.
    pub fn to_text(&self) -> String {
        let mut lines = vec![PROOF_FILE_LINE.to_owned()];
        let extra = self.extra.as_ref();
        lines.extend(extra.map(|extra| format!("extra {}", STANDARD.encode(extra))));
        lines.push(format!("index {}", self.index));
        lines.extend(self.hashes.iter().map(|hash| STANDARD.encode(hash.0)));
        format!("{}\n\n{}", lines.join("\n"), self.checkpoint)
    }

    /// Returns the place of the entry, counted from 0; only the verified leaf of [`Self::verify`] is known to stand there.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns the data that nothing signs.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Checks that the leaf with hash `leaf` stands at [`Self::index`] in a log that `policy` accepts.
    ///
    /// In the order of the specification: log and its signature, cosignatures and quorum, inclusion.
    pub fn verify<'p>(
        &self,
        leaf: Hash,
        policy: &'p TrustPolicy,
    ) -> Result<Accepted<'p>, Unproven> {
        let accepted = policy
            .accept(&self.checkpoint)
            .map_err(Unproven::Checkpoint)?;
        let Checkpoint { size, root, .. } = accepted.checkpoint;
        verify_inclusion(leaf, self.index, size, &self.hashes, root)
            .map_err(Unproven::Inclusion)?;
        Ok(accepted)
    }
}

fn check_checkpoint(note: &str) -> Result<(), CheckpointFault> {
    Checkpoint::parse(SignedNote::parse(note)?.text()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::NoteKey;
    use crate::ledger::proof::inclusion_proof;
    use crate::ledger::tree::{Frontier, Tail, leaf_hash};
    use crate::primitives::crypto::SecretKey;

    const ORIGIN: &str = "log.example";

    fn tail(size: u64) -> Tail {
        let mut tail = Tail::new(Frontier::new());
        for n in 0..size {
            tail.append(leaf_hash(&n.to_be_bytes()));
        }
        tail
    }

    fn file(index: u64, size: u64) -> ProofFile {
        let tail = tail(size);
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: tail.root(),
        };
        let hashes = inclusion_proof(index, size, &tail).unwrap();
        let note = checkpoint.sign(&SecretKey::from_seed(&[1; 32]));
        ProofFile::new(index, hashes, note).unwrap()
    }

    fn policy() -> TrustPolicy {
        let key = NoteKey::new(ORIGIN, SecretKey::from_seed(&[1; 32]).public()).unwrap();
        TrustPolicy::parse(&format!("log {}\nquorum none\n", key.vkey())).unwrap()
    }

    #[test]
    fn every_entry_of_small_logs_is_proved_and_no_other() {
        for size in 1..=20 {
            for index in 0..size {
                let file = file(index, size);
                let parsed = ProofFile::parse(&file.to_text()).unwrap();
                assert_eq!(parsed, file);
                let policy = policy();
                for other in 0..size {
                    let leaf = leaf_hash(&other.to_be_bytes());
                    let verified = parsed.verify(leaf, &policy);
                    assert_eq!(verified.is_ok(), other == index, "{other} at {index}");
                }
            }
        }
    }

    #[test]
    fn the_text_is_the_one_of_the_specification() {
        let text = file(2, 3).to_text();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
        assert_eq!(lines.next(), Some("index 2"));
        assert_eq!(lines.next().map(str::len), Some(44));
        assert_eq!(lines.next(), Some(""));
        assert_eq!(lines.next(), Some(ORIGIN));
        let text = file(2, 3).with_extra(b"salt".to_vec()).unwrap().to_text();
        assert_eq!(text.lines().nth(1), Some("extra c2FsdA=="));
        let parsed = ProofFile::parse(&text).unwrap();
        assert_eq!(parsed.extra(), Some(&b"salt"[..]));
        assert_eq!(parsed.to_text(), text);
    }

    #[test]
    fn extra_data_neither_help_nor_hurt_a_proof() {
        let leaf = leaf_hash(&4_u64.to_be_bytes());
        let plain = file(4, 9);
        let more = plain.clone().with_extra(vec![0; EXTRA_BYTES_MAX]).unwrap();
        assert!(more.to_text().len() < PROOF_FILE_BYTES_MAX - NOTE_BYTES_MAX);
        for file in [plain, ProofFile::parse(&more.to_text()).unwrap()] {
            assert!(file.verify(leaf, &policy()).is_ok());
        }
        let refused = Err(ProofFileFault::Extra);
        assert_eq!(file(0, 1).with_extra(vec![]), refused);
        let long = vec![0; EXTRA_BYTES_MAX + 1];
        assert_eq!(file(0, 1).with_extra(long), refused);
    }

    #[test]
    fn the_parts_are_checked_when_a_file_is_made() {
        let note = file(0, 1).checkpoint;
        let many = vec![Hash([0; 32]); PROOF_HASHES_MAX + 1];
        assert_eq!(
            ProofFile::new(0, many, note),
            Err(ProofFileFault::TooManyHashes)
        );
        let bare = CheckpointFault::Note(crate::ledger::note::NoteFault::Undivided);
        assert_eq!(
            ProofFile::new(0, vec![], "log.example\n"),
            Err(ProofFileFault::Checkpoint(bare))
        );
    }
}

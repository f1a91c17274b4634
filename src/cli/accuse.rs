//! `accuse`: makes a fraud file from what a member has kept, offline.
//!
//! A receipt and later evidence, or two checkpoints, are enough where the log hid an entry or forked. What an auditor finds by
//! replay it writes itself.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::verify::read_policy;
use crate::cli::{files, output};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::limits;
use crate::verify::evidence::{Evidence, ProvenEntry, take_hashes};
use crate::verify::fraud::build::{fork_by_evidence, hidden};
use crate::verify::fraud::check::verify_fraud;
use crate::verify::fraud::{Fraud, FraudProof};

/// Make a fraud file from receipts, evidence files and checkpoints that you kept
///
/// Compares every two of them: a receipt of an entry that later evidence hides, two checkpoints of one size and two roots. What
/// is proven is written as a fraud file, which `greenlien verify` confirms with the log's key alone. Nothing is read but the
/// files named here.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct AccuseArgs {
    /// What you kept: evidence files, receipts as the registry sent them, checkpoints
    #[arg(required = true, num_args = 1..)]
    files: Vec<PathBuf>,
    /// The trust policy (C2SP tlog-policy): the keys of the logs you believe
    #[arg(long, value_name = "TRUST")]
    policy: PathBuf,
    /// Write the fraud file here
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Something that the log has signed.
enum Kept {
    Evidence(Box<Evidence>),
    Receipt { entry: ProvenEntry, note: String },
    Checkpoint(String),
}

impl Kept {
    fn read(bytes: &[u8]) -> Result<Self, FieldFault> {
        if !bytes.starts_with(b"{") {
            let note = String::from_utf8(bytes.to_vec());
            let note = note.map_err(|_| FieldFault::new("file", "is not text"))?;
            SignedNote::parse(&note).map_err(|fault| FieldFault::new("file", fault.to_string()))?;
            return Ok(Self::Checkpoint(note));
        }
        let json =
            Json::parse(bytes).map_err(|fault| FieldFault::new("file", fault.to_string()))?;
        let mut fields = Fields::open("", json)?;
        if fields.has("format") {
            return Evidence::parse(bytes).map(|evidence| Self::Evidence(Box::new(evidence)));
        }
        Ok(Self::Receipt {
            entry: ProvenEntry {
                index: fields.count("index")?,
                text: fields.text("entry")?,
                proof: take_hashes(&mut fields, "proof")?,
            },
            note: fields.text("checkpoint")?,
        })
    }

    fn note(&self) -> &str {
        match self {
            Self::Evidence(evidence) => &evidence.checkpoint,
            Self::Receipt { note, .. } | Self::Checkpoint(note) => note,
        }
    }

    /// The size of the tree that its checkpoint signs.
    fn size(&self) -> Option<u64> {
        let note = SignedNote::parse(self.note()).ok()?;
        Checkpoint::parse(note.text()).ok().map(|head| head.size)
    }

    /// Says why an older checkpoint may contradict a newer one although nothing here proves it: the proof from the size of the
    /// one to the other is missing, or leaves the root out.
    fn is_undecided_with(&self, older: &Self) -> Option<String> {
        let (size, newer) = (older.size()?, self.size()?);
        if size >= newer {
            return None;
        }
        let Self::Evidence(evidence) = self else {
            return Some(format!(
                "whether {size} and {newer} entries are of one history is not shown by these files: keep both, and give them to an auditor or a witness"
            ));
        };
        let shown = evidence.consistency.as_ref();
        match shown.filter(|shown| shown.size == size) {
            None => Some(format!(
                "whether the checkpoint of {size} entries is of the same history as that of {newer} is not shown by these files: ask for the evidence again with --old {size}; if the log has no such proof, keep both, and give them to an auditor or a witness"
            )),
            Some(_) => None,
        }
    }

    /// Returns the frauds that this and another thing may show together.
    fn against(&self, other: &Self) -> Vec<Fraud> {
        let mut frauds = Vec::new();
        if let (Self::Evidence(evidence), Self::Receipt { entry, note }) = (self, other) {
            frauds.extend(hidden(evidence, entry, Some(note)));
        }
        if let (Self::Evidence(evidence), Some(size)) = (self, other.size()) {
            frauds.extend(fork_by_evidence(evidence, other.note(), size));
        }
        if self.size().is_some() && self.size() == other.size() {
            frauds.push(Fraud {
                checkpoint: self.note().to_owned(),
                proof: FraudProof::Fork {
                    other: other.note().to_owned(),
                    joined: None,
                },
            });
        }
        frauds
    }
}

/// Compares what was kept and writes what it proves.
pub fn run(args: &AccuseArgs) -> Result<Exit, Failure> {
    let keys = read_policy(&args.policy)?.log_keys();
    let mut kept = Vec::new();
    for path in &args.files {
        let bytes = files::read(path, limits::EVIDENCE_BYTES_MAX)?;
        let read = Kept::read(&bytes).map_err(|fault| {
            Failure::from(fault)
                .of(path.display())
                .hint("give evidence files, receipts as the registry sent them, and checkpoints")
        })?;
        kept.push(read);
    }
    for one in &kept {
        for fraud in kept.iter().flat_map(|other| one.against(other)) {
            let text = fraud.to_text();
            let verdict = verify_fraud(text.as_bytes(), &keys);
            if let (true, Some(what)) = (verdict.holds(), verdict.statements.first()) {
                files::write_new(&args.out, text.as_bytes())?;
                output::line(what)?;
                output::line(&format!("written to {}", args.out.display()))?;
                return Ok(Exit::Done);
            }
        }
    }
    let undecided = kept
        .iter()
        .flat_map(|one| kept.iter().filter_map(|other| one.is_undecided_with(other)));
    let undecided: BTreeSet<String> = undecided.collect();
    if !undecided.is_empty() {
        let failure = Failure::refused("these files do not prove that they contradict each other");
        let undecided: Vec<String> = undecided.into_iter().collect();
        return Err(failure.hint(undecided.join("; ")));
    }
    Err(
        Failure::refused("these files do not contradict each other").hint(
            "what only a replay shows, an auditor shows: `greenlien audit`, `greenlien witness --audit`",
        ),
    )
}

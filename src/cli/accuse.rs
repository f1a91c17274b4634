//! `accuse`: makes a fraud file from what a member has kept, offline.
//!
//! A receipt and later evidence, or two checkpoints, are enough where the log hid an entry or forked. What an auditor finds by
//! replay it writes itself.

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
use crate::verify::fraud::build::hidden;
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

    /// Returns the frauds that this and another thing may show together.
    fn against(&self, other: &Self) -> Vec<Fraud> {
        let mut frauds = Vec::new();
        if let (Self::Evidence(evidence), Self::Receipt { entry, note }) = (self, other) {
            frauds.extend(hidden(evidence, entry, Some(note)));
        }
        let size = |kept: &Self| {
            let note = SignedNote::parse(kept.note()).ok()?;
            Checkpoint::parse(note.text()).ok().map(|head| head.size)
        };
        if size(self).is_some() && size(self) == size(other) {
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
    Err(
        Failure::refused("these files do not contradict each other").hint(
            "what only a replay shows, an auditor shows: `greenlien audit`, `greenlien witness --audit`",
        ),
    )
}

//! `evidence`: fetches the file that a person carries away and verifies offline.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::progress::{ProgressArgs, watched};
use crate::cli::remote::ServerArgs;
use crate::cli::{files, output};
use crate::client::{Proven, Subject};
use crate::domain::right::Identity;
use crate::primitives::id::{PledgeId, RightId};

/// Fetch an evidence file
///
/// For a right or a pledge: the record, its whole history, its proofs and the signed checkpoint. With --absence: the proof
/// that an identity is not registered. Verify it with `greenlien verify`, and keep the checkpoint for the next time: a fork
/// of the log shows against an older checkpoint.
///
/// With --entry: the proof that one entry is in the log (C2SP tlog-proof), and beside it the entry, as a file with the same
/// name and the ending `.json`.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct EvidenceArgs {
    /// The id of a right or a pledge
    #[arg(required_unless_present_any = ["absence", "entry"], conflicts_with_all = ["absence", "entry"])]
    record: Option<String>,
    /// Prove that this identity is not registered
    #[arg(long, value_name = "SCHEME:VALUE")]
    absence: Option<String>,
    /// Prove that the entry at this index is in the log
    #[arg(long, value_name = "INDEX", requires = "out", conflicts_with_all = ["absence", "old", "checkpoint"])]
    entry: Option<u64>,
    /// Add the proof that the log of this size, of a checkpoint you kept, is a prefix of the present one
    #[arg(long, value_name = "SIZE")]
    old: Option<u64>,
    /// Write the file here; standard output, if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the signed checkpoint here too
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    progress: ProgressArgs,
}

/// Fetches and writes the file.
pub fn run(args: &EvidenceArgs) -> Result<Exit, Failure> {
    if let (Some(index), Some(out)) = (args.entry, &args.out) {
        return prove_entry(args, index, out);
    }
    let proven = Proven {
        old: args.old,
        ..Proven::default()
    };
    let subject = subject(args)?;
    let (client, progress) = watched(args.server.client()?, "evidence", args.progress);
    let file = client.get_evidence(&subject, proven)?;
    progress.end();
    if let Some(path) = &args.checkpoint {
        files::replace(path, file.value.checkpoint.as_bytes())?;
    }
    match &args.out {
        Some(path) => {
            files::replace(path, file.text.as_bytes())?;
            output::note(&format!(
                "wrote {}; next: greenlien verify {} --policy TRUST",
                path.display(),
                path.display()
            ));
        }
        None => output::line(file.text.trim_end_matches('\n'))?,
    }
    Ok(Exit::Done)
}

/// Fetches and writes the proof of an entry, and the entry.
fn prove_entry(args: &EvidenceArgs, index: u64, out: &Path) -> Result<Exit, Failure> {
    let beside = out.with_extension("json");
    if beside == out {
        let failure = Failure::usage(format!("{} is where the entry goes", out.display()));
        return Err(failure.hint("name the proof with another ending, such as .tlog-proof"));
    }
    let client = args.server.client()?;
    let entry = client.get_entry(index)?;
    let proof = client.get_entry_proof(index)?;
    files::replace(&beside, entry.text.as_bytes())?;
    files::replace(out, proof.as_bytes())?;
    let (proof, entry) = (out.display(), beside.display());
    output::note(&format!(
        "wrote {proof} and {entry}; next: greenlien verify {proof} --entry {entry} --policy TRUST"
    ));
    Ok(Exit::Done)
}

fn subject(args: &EvidenceArgs) -> Result<Subject, Failure> {
    match (&args.record, &args.absence) {
        (Some(id), _) => {
            let right = RightId::parse(id).map(Subject::Right);
            let found = right.or_else(|| PledgeId::parse(id).map(Subject::Pledge));
            found.ok_or_else(|| {
                let failure = Failure::usage(format!("there is no evidence about {id:?}"));
                failure.hint("name a right such as R41 or a pledge such as P57")
            })
        }
        (None, Some(identity)) => {
            let (scheme, value) = identity.split_once(':').ok_or_else(|| {
                let failure = Failure::usage(format!("{identity:?} is not an identity"));
                failure.hint("write scheme:value")
            })?;
            Ok(Subject::Absence(Identity {
                scheme: scheme.to_owned(),
                value: value.to_owned(),
            }))
        }
        (None, None) => Err(Failure::usage("name a record or --absence")),
    }
}

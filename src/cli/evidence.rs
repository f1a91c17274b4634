//! `evidence`: fetches the file that a person carries away and verifies offline.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, percent_encode};
use crate::cli::{files, output};
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
}

/// Fetches and writes the file.
pub fn run(args: &EvidenceArgs) -> Result<Exit, Failure> {
    if let (Some(index), Some(out)) = (args.entry, &args.out) {
        return prove_entry(args, index, out);
    }
    let reply = args.server.get(&path(args)?)?;
    let note = reply.json.get("checkpoint").and_then(Value::as_str);
    let Some(note) = note else {
        let failure = Failure::refused("the answer is not an evidence file");
        return Err(failure.hint("check the address; this may be another service"));
    };
    if let Some(path) = &args.checkpoint {
        files::replace(path, note.as_bytes())?;
    }
    match &args.out {
        Some(path) => {
            files::replace(path, reply.text.as_bytes())?;
            output::note(&format!(
                "wrote {}; next: greenlien verify {} --policy TRUST",
                path.display(),
                path.display()
            ));
        }
        None => output::line(reply.text.trim_end_matches('\n'))?,
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
    let entry = args.server.get(&format!("/v1/entries/{index}"))?;
    let proof = args.server.get(&format!("/v1/entries/{index}/proof"))?;
    files::replace(&beside, entry.text.as_bytes())?;
    files::replace(out, proof.text.as_bytes())?;
    let (proof, entry) = (out.display(), beside.display());
    output::note(&format!(
        "wrote {proof} and {entry}; next: greenlien verify {proof} --entry {entry} --policy TRUST"
    ));
    Ok(Exit::Done)
}

fn path(args: &EvidenceArgs) -> Result<String, Failure> {
    let path = match (&args.record, &args.absence) {
        (Some(id), _) if RightId::parse(id).is_some() => format!("/v1/evidence/rights/{id}?"),
        (Some(id), _) if PledgeId::parse(id).is_some() => format!("/v1/evidence/pledges/{id}?"),
        (Some(id), _) => {
            let failure = Failure::usage(format!("there is no evidence about {id:?}"));
            return Err(failure.hint("name a right such as R41 or a pledge such as P57"));
        }
        (None, Some(identity)) => {
            format!(
                "/v1/evidence/absence?identity={}&",
                percent_encode(identity)
            )
        }
        (None, None) => return Err(Failure::usage("name a record or --absence")),
    };
    let old = args.old.map_or(String::new(), |size| format!("old={size}"));
    Ok(format!("{path}{old}")
        .trim_end_matches(['?', '&'])
        .to_owned())
}

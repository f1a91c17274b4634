//! Writes down the proof that a log is false, where people will find it.

use std::path::{Path, PathBuf};

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::{NoteKey, SignedNote};
use crate::primitives::crypto::Hash;
use crate::verify::fraud::check::verify_fraud;
use crate::verify::fraud::{Fraud, FraudProof};
use crate::witness::book::{BookFault, replace};

/// A proof that was written down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accusation {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub what: String,
    /// It was not there before.
    pub is_new: bool,
}

/// Writes a fraud file, if its own verification confirms it.
///
/// The name comes from the content, so the same fraud is written once. Of two histories one file is enough for each size: the
/// log's key can sign a third and a fourth without end.
pub fn accuse(
    folder: &Path,
    fraud: &Fraud,
    keys: &[NoteKey],
) -> Result<Option<Accusation>, BookFault> {
    let text = fraud.to_text();
    let verdict = verify_fraud(text.as_bytes(), keys);
    let (true, Some(what)) = (verdict.holds(), verdict.statements.first()) else {
        return Ok(None);
    };
    let digest = match size_of_fork(&fraud.proof) {
        Some(fork) => Hash::of(&[fork.as_bytes()]),
        None => Hash::of(&[text.as_bytes()]),
    };
    let digest = digest.to_string();
    let digest = digest.get(..16).unwrap_or_default();
    let path = folder.join(format!("fraud-{}-{digest}.json", fraud.proof.kind()));
    let is_new = !path.exists();
    if is_new {
        replace(&path, text.as_bytes()).map_err(|cause| BookFault::Disk(path.clone(), cause))?;
    }
    Ok(Some(Accusation {
        path,
        what: what.clone(),
        is_new,
    }))
}

/// Returns the name of the log and the size at which it has two histories, of a fork.
fn size_of_fork(proof: &FraudProof) -> Option<String> {
    let FraudProof::Fork { other, .. } = proof else {
        return None;
    };
    let note = SignedNote::parse(other).ok()?;
    let head = Checkpoint::parse(note.text()).ok()?;
    Some(format!("{}\n{}\n", head.origin, head.size))
}

//! Writes down the proof that a log is false, where people will find it.

use std::path::{Path, PathBuf};

use crate::ledger::note::NoteKey;
use crate::primitives::crypto::Hash;
use crate::verify::fraud::Fraud;
use crate::verify::fraud::check::verify_fraud;
use crate::witness::book::{BookFault, replace};

/// Writes a fraud file, if its own verification confirms it; returns where it is and what it says.
///
/// The name comes from the content, so the same fraud is written once.
pub fn accuse(
    folder: &Path,
    fraud: &Fraud,
    keys: &[NoteKey],
) -> Result<Option<(PathBuf, String)>, BookFault> {
    let text = fraud.to_text();
    let verdict = verify_fraud(text.as_bytes(), keys);
    let (true, Some(what)) = (verdict.holds(), verdict.statements.first()) else {
        return Ok(None);
    };
    let digest = Hash::of(&[text.as_bytes()]).to_string();
    let digest = digest.get(..16).unwrap_or_default();
    let path = folder.join(format!("fraud-{}-{digest}.json", fraud.proof.kind()));
    replace(&path, text.as_bytes()).map_err(|cause| BookFault::Disk(path.clone(), cause))?;
    Ok(Some((path, what.clone())))
}

//! Keeps checkpoints that a log's key has signed and that do not join what was cosigned before.
//!
//! Such a note proves nothing by itself: perhaps only the proof that came with it was wrong. But if the log shows a rewritten
//! history, it may be the only trace, and `greenlien accuse` can make a proof of it later (C2SP tlog-witness: "might be proof of
//! log misbehavior").

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::checkpoint::Checkpoint;
use crate::primitives::limits;
use crate::witness::book::{BookFault, replace};
use crate::witness::logs::origin_hash;
use crate::witness::request::Submitted;

/// Keeps the note, with the signatures of the log alone; nothing if it is kept already, or so many of its log are.
pub(crate) fn keep(folder: &Path, submitted: &Submitted) -> Result<Option<PathBuf>, BookFault> {
    let path = path_of(folder, &submitted.checkpoint);
    let of_log = prefix(&submitted.checkpoint.origin);
    let mut kept = 0;
    let files = fs::read_dir(folder).map_err(|cause| BookFault::Disk(folder.to_owned(), cause))?;
    for file in files {
        let file = file.map_err(|cause| BookFault::Disk(folder.to_owned(), cause))?;
        if file.path() == path {
            return Ok(None);
        }
        kept += usize::from(file.file_name().to_string_lossy().starts_with(&of_log));
    }
    if kept >= limits::UNJOINED_NOTES_MAX {
        return Ok(None);
    }
    replace(&path, submitted.note.as_bytes())
        .map_err(|cause| BookFault::Disk(path.clone(), cause))?;
    Ok(Some(path))
}

/// Takes away the note of a checkpoint that was cosigned after all.
pub(crate) fn forget(folder: &Path, checkpoint: &Checkpoint) -> Result<(), BookFault> {
    let path = path_of(folder, checkpoint);
    match fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(BookFault::Disk(path, cause)),
    }
}

fn path_of(folder: &Path, checkpoint: &Checkpoint) -> PathBuf {
    let root = checkpoint.root.to_string();
    let root = root.get(..16).unwrap_or_default();
    let name = format!(
        "{}{}-{root}.txt",
        prefix(&checkpoint.origin),
        checkpoint.size
    );
    folder.join(name)
}

/// Returns how the name of every note of a log begins.
pub(crate) fn prefix(origin: &str) -> String {
    let hash = origin_hash(origin).to_string();
    format!("unjoined-{}-", hash.get(..16).unwrap_or_default())
}

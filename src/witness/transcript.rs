//! The auditor's own copy of a log: every entry in one file, and the signed checkpoint that they have been compared with.
//!
//! Entries that came over the network are written behind the confirmed ones and count only when a checkpoint confirms them: the
//! file is synced, then the checkpoint is put beside it in one step. What a crash leaves behind the confirmed entries is cut off
//! at the next start, so an audit goes on from its own copy and asks the server only for what is new.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::tree::{Frontier, leaf_hash};
use crate::witness::book::{BookFault, replace};

const ENTRIES_NAME: &str = "entries";
const CHECKPOINT_NAME: &str = "checkpoint";

/// Where the file stands: how many bytes, and the tree over the entries in them.
#[derive(Clone, Debug, Default)]
struct Mark {
    bytes: u64,
    frontier: Frontier,
}

/// The copy of one log.
#[derive(Debug)]
pub struct Transcript {
    folder: PathBuf,
    file: File,
    /// Up to here a checkpoint has confirmed the entries.
    confirmed: Mark,
    /// Up to here entries have been written.
    written: Mark,
    note: Option<String>,
}

impl Transcript {
    /// Opens the copy of a log; it is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, BookFault> {
        let at = |cause| BookFault::Disk(folder.to_owned(), cause);
        std::fs::create_dir_all(folder).map_err(at)?;
        let note = match std::fs::read_to_string(folder.join(CHECKPOINT_NAME)) {
            Ok(note) => Some(note),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(at(cause)),
        };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = options.open(folder.join(ENTRIES_NAME)).map_err(at)?;
        let mut transcript = Self {
            folder: folder.to_owned(),
            file,
            confirmed: Mark::default(),
            written: Mark::default(),
            note,
        };
        transcript.read_back()?;
        Ok(transcript)
    }

    /// Reads the entries that the checkpoint confirms, and cuts off the rest.
    fn read_back(&mut self) -> Result<(), BookFault> {
        let doubt = |what: String| BookFault::Doubt(self.folder.clone(), what);
        let head = match &self.note {
            None => None,
            Some(note) => Some(claimed(note).map_err(doubt)?),
        };
        let size = head.as_ref().map_or(0, |head| head.size);
        let mut mark = Mark::default();
        let mut reader = BufReader::new(&self.file);
        reader.rewind().map_err(|cause| self.disk(cause))?;
        while mark.frontier.size() < size {
            let entry = read_entry(&mut reader).map_err(|cause| self.disk(cause))?;
            mark.add(&entry);
        }
        if head.is_some_and(|head| head.root != mark.frontier.root()) {
            return Err(BookFault::Doubt(
                self.folder.clone(),
                "the entries are not those of the checkpoint beside them".to_owned(),
            ));
        }
        let length = self.file.set_len(mark.bytes);
        length.map_err(|cause| self.disk(cause))?;
        self.written = mark.clone();
        self.confirmed = mark;
        Ok(())
    }

    /// Returns the number of confirmed entries.
    pub fn size(&self) -> u64 {
        self.confirmed.frontier.size()
    }

    /// Returns the number of entries that have been written, confirmed or not.
    pub fn written(&self) -> u64 {
        self.written.frontier.size()
    }

    /// Returns the checkpoint that confirms the entries, as the log signed it.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes entries behind those that are there; they are not confirmed by that.
    pub fn append(&mut self, entries: &[Vec<u8>]) -> Result<(), BookFault> {
        let mut bytes = Vec::new();
        for entry in entries {
            let fits = crate::ledger::tile::append_bundle(&mut bytes, entry);
            fits.ok_or_else(|| self.disk(io::Error::other("an entry is too large")))?;
        }
        let begin = self.file.seek(SeekFrom::Start(self.written.bytes));
        begin.map_err(|cause| self.disk(cause))?;
        let written = self.file.write_all(&bytes);
        written.map_err(|cause| self.disk(cause))?;
        for entry in entries {
            self.written.add(entry);
        }
        Ok(())
    }

    /// Confirms what has been written, if it is exactly what the checkpoint is of; else it is thrown away.
    pub fn confirm(&mut self, head: &Checkpoint, note: &str) -> Result<bool, BookFault> {
        let tree = &self.written.frontier;
        if (tree.size(), tree.root()) != (head.size, head.root) {
            self.forget()?;
            return Ok(false);
        }
        self.file.sync_all().map_err(|cause| self.disk(cause))?;
        let path = self.folder.join(CHECKPOINT_NAME);
        replace(&path, note.as_bytes()).map_err(|cause| self.disk(cause))?;
        self.note = Some(note.to_owned());
        self.confirmed = self.written.clone();
        Ok(true)
    }

    /// Throws away what is not confirmed.
    pub fn forget(&mut self) -> Result<(), BookFault> {
        let length = self.file.set_len(self.confirmed.bytes);
        length.map_err(|cause| self.disk(cause))?;
        self.written = self.confirmed.clone();
        Ok(())
    }

    /// Reads at most `count` confirmed entries from a place in the file on; returns them and the place after them.
    pub fn read(&self, from: u64, count: usize) -> Result<(Vec<Vec<u8>>, u64), BookFault> {
        let mut reader = BufReader::new(&self.file);
        let begin = reader.seek(SeekFrom::Start(from));
        begin.map_err(|cause| self.disk(cause))?;
        let (mut entries, mut at) = (Vec::new(), from);
        while entries.len() < count && at < self.confirmed.bytes {
            let entry = read_entry(&mut reader).map_err(|cause| self.disk(cause))?;
            at = at.saturating_add(stored_bytes(&entry));
            entries.push(entry);
        }
        Ok((entries, at))
    }

    fn disk(&self, cause: io::Error) -> BookFault {
        BookFault::Disk(self.folder.join(ENTRIES_NAME), cause)
    }
}

impl Mark {
    fn add(&mut self, entry: &[u8]) {
        self.bytes = self.bytes.saturating_add(stored_bytes(entry));
        self.frontier.push(leaf_hash(entry), &mut |_, _| {});
    }
}

/// Two bytes of length, as in a bundle, and the entry.
pub(crate) fn stored_bytes(entry: &[u8]) -> u64 {
    u64::try_from(entry.len())
        .unwrap_or(u64::MAX)
        .saturating_add(2)
}

fn read_entry(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    reader.read_exact(&mut length)?;
    let mut entry = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut entry)?;
    Ok(entry)
}

/// Returns what the note that this program wrote says; its signature was verified then.
fn claimed(note: &str) -> Result<Checkpoint, String> {
    let note = SignedNote::parse(note).map_err(|fault| fault.to_string())?;
    Checkpoint::parse(note.text()).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tree::Tail;
    use crate::primitives::crypto::SecretKey;

    fn entries(count: u8) -> Vec<Vec<u8>> {
        (0..count).map(|n| vec![n; usize::from(n)]).collect()
    }

    fn head(entries: &[Vec<u8>]) -> (Checkpoint, String) {
        let mut leaves = Tail::new(Frontier::new());
        for entry in entries {
            leaves.append(leaf_hash(entry));
        }
        let head = Checkpoint {
            origin: "log.example".to_owned(),
            size: leaves.size(),
            root: leaves.root(),
        };
        let note = head.sign(&SecretKey::from_seed(&[1; 32]));
        (head, note)
    }

    #[test]
    fn only_confirmed_entries_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let all = entries(9);
        let mut transcript = Transcript::open(folder.path()).unwrap();
        transcript.append(&all[..5]).unwrap();
        let (five, note) = head(&all[..5]);
        assert!(transcript.confirm(&five, &note).unwrap());
        transcript.append(&all[5..7]).unwrap();
        assert_eq!((transcript.size(), transcript.written()), (5, 7));
        drop(transcript);
        let mut transcript = Transcript::open(folder.path()).unwrap();
        assert_eq!((transcript.size(), transcript.written()), (5, 5));
        assert_eq!(transcript.note(), Some(note.as_str()));
        transcript.append(&all[5..]).unwrap();
        let (nine, note) = head(&all);
        assert!(transcript.confirm(&nine, &note).unwrap());
        let (first, at) = transcript.read(0, 4).unwrap();
        let (rest, end) = transcript.read(at, 100).unwrap();
        assert_eq!([first, rest].concat(), all);
        assert_eq!(transcript.read(end, 1).unwrap().0.len(), 0);
    }

    #[test]
    fn what_a_checkpoint_does_not_confirm_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let all = entries(6);
        let mut transcript = Transcript::open(folder.path()).unwrap();
        transcript.append(&all[..4]).unwrap();
        let (three, note) = head(&all[..3]);
        assert!(!transcript.confirm(&three, &note).unwrap());
        assert_eq!((transcript.size(), transcript.written()), (0, 0));
        transcript.append(&all[..3]).unwrap();
        assert!(transcript.confirm(&three, &note).unwrap());
    }

    #[test]
    fn entries_that_were_changed_on_the_disk_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let all = entries(4);
        let mut transcript = Transcript::open(folder.path()).unwrap();
        transcript.append(&all).unwrap();
        let (four, note) = head(&all);
        assert!(transcript.confirm(&four, &note).unwrap());
        drop(transcript);
        let path = folder.path().join(ENTRIES_NAME);
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            Transcript::open(folder.path()),
            Err(BookFault::Doubt(..))
        ));
        bytes.pop();
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            Transcript::open(folder.path()),
            Err(BookFault::Disk(..))
        ));
    }
}

//! The auditor's own copy of a log: every entry in one file, and the signed checkpoint that they have been compared with.
//!
//! Entries that came over the network are written behind the confirmed ones and count only when a checkpoint confirms them: the
//! file is synced, then the checkpoint is put beside it in one step. What a crash leaves behind the confirmed entries is cut off
//! at the next start, so an audit goes on from its own copy and asks the server only for what is new.
//!
//! Two more files say where each entry begins and what the nodes of the tree are, so that any proof can be made without reading
//! the log. They are made anew at each start, while the entries are compared with the checkpoint.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::SignedNote;
use crate::ledger::tree::{Frontier, HashReader, NodeId, leaf_hash};
use crate::primitives::crypto::Hash;
use crate::primitives::id::EntryIndex;
use crate::verify::entries::Entries;
use crate::witness::book::{BookFault, replace};

const ENTRIES_NAME: &str = "entries";
/// The checkpoint that confirms the entries.
pub(crate) const CHECKPOINT_NAME: &str = "checkpoint";
/// For each entry, eight bytes: where it begins in the file of entries.
const PLACES_NAME: &str = "places";
/// The nodes of the tree in the order in which appending makes them, 32 bytes each.
const NODES_NAME: &str = "nodes";
/// Bytes of a place.
const PLACE_BYTES: u64 = 8;
/// Bytes of a hash.
const HASH_BYTES: u64 = 32;
/// Bytes that are read or written at once where everything is.
const BUFFER_BYTES: usize = 1 << 20;

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
    entries: File,
    places: File,
    nodes: File,
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
        let file = |name: &str| {
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(false);
            options.open(folder.join(name)).map_err(at)
        };
        let mut transcript = Self {
            folder: folder.to_owned(),
            entries: file(ENTRIES_NAME)?,
            places: file(PLACES_NAME)?,
            nodes: file(NODES_NAME)?,
            confirmed: Mark::default(),
            written: Mark::default(),
            note,
        };
        transcript.read_back()?;
        Ok(transcript)
    }

    /// Opens the copy of a log; one that is damaged is thrown away with everything beside it, so that the log is fetched again.
    pub fn open_or_begin_again(folder: &Path) -> Result<Self, BookFault> {
        match Self::open(folder) {
            Err(fault) if is_damage(&fault) => {
                let shown = folder.display();
                tracing::warn!(
                    "{fault}; the auditor's copy in {shown} is thrown away, and the log is fetched again"
                );
                Self::begin_again(folder)
            }
            opened => opened,
        }
    }

    /// Throws a copy away and begins with nothing.
    pub fn begin_again(folder: &Path) -> Result<Self, BookFault> {
        let at = |cause| BookFault::Disk(folder.to_owned(), cause);
        std::fs::remove_dir_all(folder).map_err(at)?;
        Self::open(folder)
    }

    /// Reads the confirmed entries again; says whether they are still those that the checkpoint confirms.
    pub fn is_whole(&self) -> bool {
        let root = self.confirmed.frontier.root();
        let again = || -> io::Result<Hash> {
            let mut mark = Mark::default();
            let mut reader = BufReader::with_capacity(BUFFER_BYTES, At(&self.entries, 0));
            while mark.frontier.size() < self.size() {
                mark.add(&read_entry(&mut reader)?);
            }
            Ok(mark.frontier.root())
        };
        again().is_ok_and(|again| again == root)
    }

    /// Reads the entries that the checkpoint confirms, makes the other files of them, and cuts off the rest.
    fn read_back(&mut self) -> Result<(), BookFault> {
        let doubt = |what: String| BookFault::Doubt(self.folder.clone(), what);
        let head = match &self.note {
            None => None,
            Some(note) => Some(claimed(note).map_err(doubt)?),
        };
        let size = head.as_ref().map_or(0, |head| head.size);
        let mark = self.index(size).map_err(|cause| self.disk(cause))?;
        if head.is_some_and(|head| head.root != mark.frontier.root()) {
            return Err(doubt(
                "the entries are not those of the checkpoint beside them".to_owned(),
            ));
        }
        self.confirmed = mark;
        self.forget()
    }

    /// Reads `size` entries from the beginning on, and writes where each begins and which nodes it makes.
    fn index(&self, size: u64) -> io::Result<Mark> {
        let mut mark = Mark::default();
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, &self.entries);
        reader.rewind()?;
        let (mut places, mut nodes) = (&self.places, &self.nodes);
        places.rewind()?;
        nodes.rewind()?;
        let mut places = BufWriter::with_capacity(BUFFER_BYTES, places);
        let mut nodes = BufWriter::with_capacity(BUFFER_BYTES, nodes);
        while mark.frontier.size() < size {
            let entry = read_entry(&mut reader)?;
            places.write_all(&mark.bytes.to_be_bytes())?;
            for hash in mark.add(&entry) {
                nodes.write_all(hash.as_bytes())?;
            }
        }
        places.flush()?;
        nodes.flush()?;
        Ok(mark)
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
        let (mut bytes, mut places, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
        let mut mark = self.written.clone();
        for entry in entries {
            let fits = crate::ledger::tile::append_bundle(&mut bytes, entry);
            fits.ok_or_else(|| self.disk(io::Error::other("an entry is too large")))?;
            places.extend(mark.bytes.to_be_bytes());
            for hash in mark.add(entry) {
                nodes.extend(hash.as_bytes());
            }
        }
        let size = self.written();
        let written = self.entries.write_all_at(&bytes, self.written.bytes);
        let written = written.and_then(|()| self.places.write_all_at(&places, size * PLACE_BYTES));
        let written = written.and_then(|()| {
            self.nodes
                .write_all_at(&nodes, nodes_before(size) * HASH_BYTES)
        });
        written.map_err(|cause| self.disk(cause))?;
        self.written = mark;
        Ok(())
    }

    /// Confirms what has been written, if it is exactly what the checkpoint is of; else it is thrown away.
    pub fn confirm(&mut self, head: &Checkpoint, note: &str) -> Result<bool, BookFault> {
        let tree = &self.written.frontier;
        if (tree.size(), tree.root()) != (head.size, head.root) {
            self.forget()?;
            return Ok(false);
        }
        self.entries.sync_all().map_err(|cause| self.disk(cause))?;
        let path = self.folder.join(CHECKPOINT_NAME);
        replace(&path, note.as_bytes()).map_err(|cause| self.disk(cause))?;
        self.note = Some(note.to_owned());
        self.confirmed = self.written.clone();
        Ok(true)
    }

    /// Throws away what is not confirmed.
    pub fn forget(&mut self) -> Result<(), BookFault> {
        let size = self.size();
        let cut = self.entries.set_len(self.confirmed.bytes);
        let cut = cut.and_then(|()| self.places.set_len(size * PLACE_BYTES));
        let cut = cut.and_then(|()| self.nodes.set_len(nodes_before(size) * HASH_BYTES));
        cut.map_err(|cause| self.disk(cause))?;
        self.written = self.confirmed.clone();
        Ok(())
    }

    /// Reads at most `count` confirmed entries from index `from` on.
    pub fn entries_from(&self, from: EntryIndex, count: usize) -> Result<Vec<Vec<u8>>, BookFault> {
        let end = from.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let end = end.min(self.size());
        let mut entries = Vec::new();
        if from < end {
            let read = self.place(from).and_then(|begin| {
                let mut reader = BufReader::with_capacity(BUFFER_BYTES, At(&self.entries, begin));
                for _ in from..end {
                    entries.push(read_entry(&mut reader)?);
                }
                Ok(())
            });
            read.map_err(|cause| self.disk(cause))?;
        }
        Ok(entries)
    }

    fn place(&self, index: EntryIndex) -> io::Result<u64> {
        let mut place = [0; 8];
        self.places.read_exact_at(&mut place, index * PLACE_BYTES)?;
        Ok(u64::from_be_bytes(place))
    }

    fn disk(&self, cause: io::Error) -> BookFault {
        BookFault::Disk(self.folder.join(ENTRIES_NAME), cause)
    }
}

/// Says whether a fault is of what the files hold, and not of the disk.
fn is_damage(fault: &BookFault) -> bool {
    match fault {
        BookFault::Doubt(..) => true,
        BookFault::Disk(_, cause) => matches!(
            cause.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData
        ),
        BookFault::Busy(_)
        | BookFault::OtherKey(..)
        | BookFault::Unbegun(..)
        | BookFault::Lost { .. }
        | BookFault::Behind(..) => false,
    }
}

impl HashReader for Transcript {
    type Error = io::Error;

    fn read(&self, nodes: &[NodeId]) -> io::Result<Vec<Hash>> {
        let read = |node: &NodeId| {
            // A node is made by its last leaf, after those of lower levels that the same leaf makes.
            let end = node
                .index
                .checked_add(1)
                .and_then(|end| end.checked_mul(1 << node.level));
            let last = end
                .filter(|end| *end <= self.written())
                .and_then(|end| end.checked_sub(1));
            let last = last.ok_or_else(|| io::Error::other("no node of this tree"))?;
            let mut hash = [0; 32];
            let at = (nodes_before(last) + u64::from(node.level)) * HASH_BYTES;
            self.nodes.read_exact_at(&mut hash, at)?;
            Ok(Hash(hash))
        };
        nodes.iter().map(read).collect()
    }
}

impl Entries for Transcript {
    fn size(&self) -> u64 {
        self.confirmed.frontier.size()
    }

    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>> {
        self.entries_from(index, 1).ok()?.pop()
    }
}

impl Mark {
    /// Counts an entry; returns the nodes that it makes, smallest first.
    fn add(&mut self, entry: &[u8]) -> Vec<Hash> {
        let mut made = Vec::new();
        self.bytes = self.bytes.saturating_add(stored_bytes(entry));
        self.frontier
            .push(leaf_hash(entry), &mut |_, hash| made.push(hash));
        made
    }
}

/// A file, read from a place on, whoever else reads it elsewhere.
struct At<'a>(&'a File, u64);

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(buffer, self.1)?;
        self.1 = self.1.saturating_add(u64::try_from(count).unwrap_or(0));
        Ok(count)
    }
}

/// Returns the number of complete subtrees in a tree of so many leaves.
fn nodes_before(leaves: u64) -> u64 {
    leaves
        .saturating_mul(2)
        .saturating_sub(u64::from(leaves.count_ones()))
}

/// Two bytes of length, as in a bundle, and the entry.
fn stored_bytes(entry: &[u8]) -> u64 {
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
    use crate::ledger::proof::{inclusion_proof, root_at, verify_inclusion};
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
        let first = transcript.entries_from(0, 4).unwrap();
        let rest = transcript.entries_from(4, 100).unwrap();
        assert_eq!([first, rest].concat(), all);
        assert!(transcript.entries_from(9, 1).unwrap().is_empty());
    }

    #[test]
    fn the_copy_proves_every_entry_at_every_size_whatever_became_of_the_files_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let all = entries(70);
        let mut transcript = Transcript::open(folder.path()).unwrap();
        for part in all.chunks(9) {
            transcript.append(part).unwrap();
        }
        let (whole, note) = head(&all);
        assert!(transcript.confirm(&whole, &note).unwrap());
        for _ in 0..2 {
            for size in 1..=70_u8 {
                let root = root_at(u64::from(size), &transcript).unwrap();
                assert_eq!(root, head(&all[..usize::from(size)]).0.root, "{size}");
                let index = u64::from(size / 2);
                let entry = transcript.entry(index).unwrap();
                assert_eq!(entry, all[usize::from(size / 2)]);
                let proof = inclusion_proof(index, u64::from(size), &transcript).unwrap();
                let leaf = leaf_hash(&entry);
                verify_inclusion(leaf, index, u64::from(size), &proof, root).unwrap();
            }
            assert!(transcript.entry(70).is_none());
            let beyond = NodeId {
                level: 0,
                index: 70,
            };
            assert!(HashReader::read(&transcript, &[beyond]).is_err());
            drop(transcript);
            std::fs::write(folder.path().join(NODES_NAME), "damaged").unwrap();
            std::fs::remove_file(folder.path().join(PLACES_NAME)).unwrap();
            transcript = Transcript::open(folder.path()).unwrap();
        }
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

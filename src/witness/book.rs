//! The newest cosigned checkpoint of each log, on the disk: one small file per log, replaced in one step.
//!
//! A write is the new file synced, put in the place of the old one, and the folder synced; after `kill -9` and after loss of
//! power a file is the old one or the new one, whole. One process at a time has the folder open, because two would cosign
//! two views.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::witness::logs::origin_hash;

/// Held for as long as the folder is open.
const LOCK_NAME: &str = "lock";
/// How the file of a log ends; its name is the hash of the origin.
const NOTE_ENDING: &str = "checkpoint";

/// Why a witness cannot work with its folder.
#[derive(Debug)]
pub enum BookFault {
    /// Another process has the folder open.
    Busy(PathBuf),
    /// The operating system refused to read or write.
    Disk(PathBuf, io::Error),
    /// A file is not what this witness wrote; what is wrong with it.
    Doubt(PathBuf, String),
}

impl fmt::Display for BookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(path) => write!(f, "{}: another process has it open", path.display()),
            Self::Disk(path, cause) => write!(f, "{}: {cause}", path.display()),
            Self::Doubt(path, what) => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for BookFault {}

/// An open folder.
#[derive(Debug)]
pub struct Book {
    folder: PathBuf,
    /// Closing it gives the folder free.
    _lock: File,
}

impl Book {
    /// Opens the folder, which is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, BookFault> {
        let at = |cause| BookFault::Disk(folder.to_owned(), cause);
        fs::create_dir_all(folder).map_err(at)?;
        if let Some(parent) = folder
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            sync_folder(parent).map_err(at)?;
        }
        let lock = File::create(folder.join(LOCK_NAME)).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(BookFault::Busy(folder.to_owned())),
            Err(TryLockError::Error(cause)) => Err(at(cause)),
        }
    }

    /// Returns the note last written for a log.
    pub fn read(&self, origin: &str) -> Result<Option<String>, BookFault> {
        let path = self.path(origin);
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(BookFault::Disk(path, cause)),
        }
    }

    /// Writes the note of a log; when this returns, it is on the disk.
    pub fn write(&self, origin: &str, note: &str) -> Result<(), BookFault> {
        let path = self.path(origin);
        replace(&path, note.as_bytes()).map_err(|cause| BookFault::Disk(path, cause))
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the file of a log.
    pub fn path(&self, origin: &str) -> PathBuf {
        self.folder
            .join(format!("{}.{NOTE_ENDING}", origin_hash(origin)))
    }
}

/// Puts a synced file in the place of another, if there is one; the folder is synced too.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, |mut file| file.write_all(bytes))
}

/// Puts a synced file, whatever is written into it, in the place of another.
pub(crate) fn put(path: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let beside = path.with_extension("new");
    let file = File::create(&beside)?;
    write(&file)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_after_reopening_and_logs_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let book = Book::open(&path).unwrap();
        assert_eq!(book.read("a.example").unwrap(), None);
        book.write("a.example", "one\n").unwrap();
        book.write("a.example", "two\n").unwrap();
        assert!(matches!(Book::open(&path), Err(BookFault::Busy(_))));
        drop(book);
        let book = Book::open(&path).unwrap();
        assert_eq!(book.read("a.example").unwrap().as_deref(), Some("two\n"));
        assert_eq!(book.read("b.example").unwrap(), None);
    }

    #[test]
    fn what_a_crash_left_of_a_new_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::open(folder.path()).unwrap();
        book.write("a.example", "one\n").unwrap();
        fs::write(book.path("a.example").with_extension("new"), "tw").unwrap();
        assert_eq!(book.read("a.example").unwrap().as_deref(), Some("one\n"));
        book.write("a.example", "two\n").unwrap();
        assert_eq!(book.read("a.example").unwrap().as_deref(), Some("two\n"));
    }
}

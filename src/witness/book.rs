//! The newest cosigned checkpoint of each log, on the disk: one small file per log, replaced in one step.
//!
//! A write is the new file synced, put in the place of the old one, and the folder synced; after `kill -9` and after loss of
//! power a file is the old one or the new one, whole. One process at a time has the folder open, because two would cosign
//! two views.
//!
//! A missing file is never taken for a log of which nothing was cosigned: that would be a second view for whoever deletes it.
//! The first use of a log is an act of its own, [`begin`], which leaves a file that says so.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::primitives::crypto::Hash;
use crate::witness::logs::{Logs, origin_hash};
use crate::witness::unjoined;

/// The part of a data folder that a witness writes.
pub const WITNESS_FOLDER: &str = "witness";
/// Held for as long as the folder is open.
const LOCK_NAME: &str = "lock";
/// How the file of a log ends; its name is the hash of the origin.
const NOTE_ENDING: &str = "checkpoint";
/// How the file ends that says, for ever, that a log was begun here.
const BEGUN_ENDING: &str = "begun";
/// How the file of a note ends that bears a cosignature which the book does not know.
const AHEAD_ENDING: &str = "ahead";
/// The beginning of the name of what proves a log false.
const FRAUD_PREFIX: &str = "fraud-";
/// What stands in the place of the note of a log that was begun and of which nothing was cosigned yet; its origin follows.
const NOTHING_YET: &str = "nothing was cosigned yet of ";

/// Why a witness cannot work with its folder.
#[derive(Debug)]
pub enum BookFault {
    /// Another process has the folder open.
    Busy(PathBuf),
    /// The operating system refused to read or write.
    Disk(PathBuf, io::Error),
    /// A file is not what this witness wrote; what is wrong with it.
    Doubt(PathBuf, String),
    /// A file was written under another name or key; what is wrong with it.
    OtherKey(PathBuf, String),
    /// A log was never begun in this folder.
    Unbegun(PathBuf, String),
    /// The last cosigned checkpoint of a log is gone, for this file shows that it was watched here.
    Lost {
        /// The log.
        origin: String,
        /// Where its last cosigned checkpoint should be.
        path: PathBuf,
        /// What shows that there was one.
        trace: PathBuf,
    },
    /// This key has cosigned a note that its book does not know.
    Behind(PathBuf, String),
}

impl fmt::Display for BookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(path) => write!(f, "{}: another process has it open", path.display()),
            Self::Disk(path, cause) => write!(f, "{}: {cause}", path.display()),
            Self::Doubt(path, what) | Self::OtherKey(path, what) | Self::Behind(path, what) => {
                write!(f, "{}: {what}", path.display())
            }
            Self::Unbegun(folder, origin) => write!(
                f,
                "{}: the log {origin} was never begun in this folder",
                folder.display()
            ),
            Self::Lost {
                origin,
                path,
                trace,
            } => write!(
                f,
                "{}: the last cosigned checkpoint of {origin} is gone, though {} shows that this log was watched here",
                path.display(),
                trace.display()
            ),
        }
    }
}

impl std::error::Error for BookFault {}

/// What a book holds of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It was begun, and nothing was cosigned yet.
    Nothing,
    /// The note last cosigned.
    Note(String),
}

/// Begins every log of which nothing is kept in a folder, and returns their origins; none if all were begun before.
///
/// A log that has left anything in the folder, or at one of the places `elsewhere`, is not begun again.
pub fn begin(
    folder: &Path,
    logs: &Logs,
    elsewhere: impl Fn(&str) -> Vec<PathBuf>,
) -> Result<Vec<String>, BookFault> {
    let book = Book::open(folder)?;
    let mut begun = Vec::new();
    for origin in logs.origins() {
        if book.kept(origin)?.is_some() {
            continue;
        }
        let trace = elsewhere(origin).into_iter().find(|path| path.exists());
        match trace.map_or_else(|| book.trace(origin), |trace| Ok(Some(trace)))? {
            Some(trace) => return Err(book.lost(origin, trace)),
            None => begun.push(origin.to_owned()),
        }
    }
    // Nothing is begun where one of them is refused.
    for origin in &begun {
        book.write(origin, &nothing_yet(origin))?;
        book.mark(origin)?;
    }
    Ok(begun)
}

fn nothing_yet(origin: &str) -> String {
    format!("{NOTHING_YET}{origin}\n")
}

/// An open folder.
#[derive(Debug)]
pub struct Book {
    folder: PathBuf,
    /// Closing it gives the folder free.
    _lock: File,
}

/// How often a lock is tried that another holds, and how long is waited before the next time.
const LOCK_LOOKS: u32 = 40;
const LOCK_LOOK: std::time::Duration = std::time::Duration::from_millis(25);

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
        // A child that this process is just starting holds a copy of a lock that was given back until it is another program.
        for _ in 0..LOCK_LOOKS {
            match lock.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        folder: folder.to_owned(),
                        _lock: lock,
                    });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_LOOK),
                Err(TryLockError::Error(cause)) => return Err(at(cause)),
            }
        }
        Err(BookFault::Busy(folder.to_owned()))
    }

    /// Opens a folder in which every one of these logs was begun; another one is left as it is, and not made.
    pub fn open_begun(folder: &Path, logs: &Logs) -> Result<Self, BookFault> {
        let unbegun = |origin: &str| BookFault::Unbegun(folder.to_owned(), origin.to_owned());
        if let (false, Some(origin)) = (folder.exists(), logs.origins().next()) {
            return Err(unbegun(origin));
        }
        let book = Self::open(folder)?;
        for origin in logs.origins() {
            match (book.kept(origin)?, book.trace(origin)?) {
                // Folders of earlier builds have no mark.
                (Some(_), _) => book.mark(origin)?,
                (None, Some(trace)) => return Err(book.lost(origin, trace)),
                (None, None) => return Err(unbegun(origin)),
            }
        }
        Ok(book)
    }

    /// Returns what is kept of a log, if it was ever begun here.
    pub fn kept(&self, origin: &str) -> Result<Option<Kept>, BookFault> {
        let read = read_if_there(&self.path(origin))?;
        Ok(read.map(|text| {
            if text == nothing_yet(origin) {
                Kept::Nothing
            } else {
                Kept::Note(text)
            }
        }))
    }

    /// Writes down for ever that a log was begun here.
    fn mark(&self, origin: &str) -> Result<(), BookFault> {
        let path = self.of_log(origin, BEGUN_ENDING);
        if path.exists() {
            return Ok(());
        }
        let text = format!("{origin} was begun in this folder\n");
        replace(&path, text.as_bytes()).map_err(|cause| BookFault::Disk(path, cause))
    }

    fn lost(&self, origin: &str, trace: PathBuf) -> BookFault {
        BookFault::Lost {
            origin: origin.to_owned(),
            path: self.path(origin),
            trace,
        }
    }

    /// Returns a file that shows that a log was watched in this folder, other than its last cosigned checkpoint.
    fn trace(&self, origin: &str) -> Result<Option<PathBuf>, BookFault> {
        let at = |cause| BookFault::Disk(self.folder.clone(), cause);
        let hash = origin_hash(origin).to_string();
        let unjoined = unjoined::prefix(origin);
        let own = self.path(origin);
        for file in fs::read_dir(&self.folder).map_err(at)? {
            let path = file.map_err(at)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_of_log = (name.starts_with(&hash) && path != own)
                || name.starts_with(&unjoined)
                || (name.starts_with(FRAUD_PREFIX) && is_about(&path, origin)?);
            if is_of_log {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Returns the note, kept by an earlier run, that bears a cosignature which the book does not know.
    pub fn ahead(&self, origin: &str) -> Result<Option<String>, BookFault> {
        read_if_there(&self.of_log(origin, AHEAD_ENDING))
    }

    /// Keeps a note that bears a cosignature which the book does not know; returns where it is.
    pub fn keep_ahead(&self, origin: &str, note: &str) -> Result<PathBuf, BookFault> {
        let path = self.of_log(origin, AHEAD_ENDING);
        let written = replace(&path, note.as_bytes());
        written.map_err(|cause| BookFault::Disk(path.clone(), cause))?;
        Ok(path)
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
        self.of_log(origin, NOTE_ENDING)
    }

    fn of_log(&self, origin: &str, ending: &str) -> PathBuf {
        let hash: Hash = origin_hash(origin);
        self.folder.join(format!("{hash}.{ending}"))
    }
}

/// Says whether a file of fraud accuses this log.
fn is_about(path: &Path, origin: &str) -> Result<bool, BookFault> {
    Ok(read_if_there(path)?.is_none_or(|text| text.contains(origin)))
}

fn read_if_there(path: &Path) -> Result<Option<String>, BookFault> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(BookFault::Disk(path.to_owned(), cause)),
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
    use crate::ledger::note::NoteKey;
    use crate::primitives::crypto::SecretKey;

    fn logs(origins: &[&str]) -> Logs {
        let mut logs = Logs::default();
        for origin in origins {
            let key = SecretKey::from_seed(&[1; 32]).public();
            logs.add(NoteKey::new(origin, key).unwrap()).unwrap();
        }
        logs
    }

    fn kept(book: &Book, origin: &str) -> Option<Kept> {
        book.kept(origin).unwrap()
    }

    fn note(text: &str) -> Kept {
        Kept::Note(text.to_owned())
    }

    #[test]
    fn a_note_comes_back_after_reopening_and_logs_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let book = Book::open(&path).unwrap();
        assert_eq!(kept(&book, "a.example"), None);
        book.write("a.example", "one\n").unwrap();
        book.write("a.example", "two\n").unwrap();
        assert!(matches!(Book::open(&path), Err(BookFault::Busy(_))));
        drop(book);
        let book = Book::open(&path).unwrap();
        assert_eq!(kept(&book, "a.example"), Some(note("two\n")));
        assert_eq!(kept(&book, "b.example"), None);
    }

    #[test]
    fn what_a_crash_left_of_a_new_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::open(folder.path()).unwrap();
        book.write("a.example", "one\n").unwrap();
        fs::write(book.path("a.example").with_extension("new"), "tw").unwrap();
        assert_eq!(kept(&book, "a.example"), Some(note("one\n")));
        book.write("a.example", "two\n").unwrap();
        assert_eq!(kept(&book, "a.example"), Some(note("two\n")));
    }

    #[test]
    fn a_log_is_begun_once_and_only_where_it_left_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let nowhere = |_: &str| Vec::new();
        let two = logs(&["a.example", "b.example"]);
        let fault = Book::open_begun(&path, &two).unwrap_err();
        assert!(matches!(fault, BookFault::Unbegun(..)), "{fault}");
        assert!(!path.exists(), "a refused folder is not made");
        let begun = begin(&path, &logs(&["a.example"]), nowhere).unwrap();
        assert_eq!(begun, ["a.example"]);
        assert_eq!(begin(&path, &two, nowhere).unwrap(), ["b.example"]);
        assert_eq!(begin(&path, &two, nowhere).unwrap(), [""; 0]);
        let book = Book::open_begun(&path, &two).unwrap();
        assert_eq!(kept(&book, "a.example"), Some(Kept::Nothing));
        fs::remove_file(book.path("a.example")).unwrap();
        drop(book);
        for fault in [
            Book::open_begun(&path, &two).unwrap_err(),
            begin(&path, &two, nowhere).unwrap_err(),
        ] {
            assert!(matches!(fault, BookFault::Lost { .. }), "{fault}");
        }
    }

    #[test]
    fn whatever_a_log_left_behind_keeps_it_from_being_begun_again() {
        let hash = origin_hash("a.example").to_string();
        let fraud = "{\"checkpoint\":\"a.example\\n7\\n\"}";
        for (name, text) in [
            (format!("{hash}.begun"), ""),
            (format!("{hash}.condemned"), "false"),
            (format!("{hash}.ahead"), "note"),
            (format!("unjoined-{}-9-00.txt", &hash[..16]), "note"),
            ("fraud-fork-00.json".to_owned(), fraud),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let trace = folder.path().join(&name);
            fs::write(&trace, text).unwrap();
            let fault = begin(folder.path(), &logs(&["a.example"]), |_| Vec::new());
            let fault = fault.unwrap_err().to_string();
            assert!(fault.contains(&name), "{fault}");
            begin(folder.path(), &logs(&["b.example"]), |_| Vec::new()).unwrap();
            let elsewhere = begin(folder.path(), &logs(&["c.example"]), |_| {
                vec![trace.clone()]
            });
            assert!(matches!(elsewhere, Err(BookFault::Lost { .. })));
        }
    }
}

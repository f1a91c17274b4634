//! What can go wrong with the data folder.
//!
//! Separate so that rooms above can match on a fault without seeing RocksDB.

use std::fmt;
use std::path::PathBuf;

/// A fault of the store. While the registry runs every one of them is fatal: no group of commands is ever skipped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreFault {
    /// The disk or RocksDB refused; the text is RocksDB's own.
    Storage(String),
    /// The files of the database do not hold what was written: the text is RocksDB's own.
    Damaged(String),
    /// The high-water file is there and is no file of text.
    HighWater(PathBuf),
    /// A row that must be there is not.
    Missing {
        /// The kind of row.
        what: String,
        /// Its entry index, or its index within the kind.
        index: u64,
    },
    /// A row does not have the layout of its column, or contradicts another.
    Corrupt {
        /// The kind of row and what is wrong with it.
        what: String,
        /// Its entry index, or 0 where it has none.
        index: u64,
    },
    /// A commit would leave a gap in the log or overwrite an entry.
    OutOfOrder {
        /// The index that the next entry must have.
        expected: u64,
        /// The index it had.
        found: u64,
    },
    /// The folder to create exists and is not empty.
    Exists(PathBuf),
    /// The folder to open does not exist or holds no store.
    Absent(PathBuf),
    /// Another process, or another place in this one, has the store open.
    Busy(PathBuf),
    /// The folder has another format version.
    Format {
        /// The version found; empty where there is none.
        found: String,
    },
    /// A file would lie in the data folder that it is to be compared with.
    Misplaced(PathBuf),
    /// A rebuild of the derived columns was interrupted; only another rebuild may open the store.
    Unfinished(PathBuf),
    /// The folder was made before there was a column that a rebuild fills.
    Outgrown {
        /// The folder.
        folder: PathBuf,
        /// The column.
        column: &'static str,
    },
}

impl StoreFault {
    /// Says whether the files of the database could not be read or written, so that nothing is known of their rows.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Storage(_) | Self::Damaged(_))
    }

    /// Makes the fault of a row with a wrong layout.
    pub(super) fn corrupt(what: impl Into<String>, index: u64) -> Self {
        Self::Corrupt {
            what: what.into(),
            index,
        }
    }

    /// Makes the fault of a row that is not there.
    pub(super) fn missing(what: impl Into<String>, index: u64) -> Self {
        Self::Missing {
            what: what.into(),
            index,
        }
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(text) => write!(f, "storage failed: {text}"),
            Self::Damaged(text) => write!(f, "the files of the database are damaged: {text}"),
            Self::HighWater(path) => {
                write!(
                    f,
                    "the high-water file {} is a folder or holds no text",
                    path.display()
                )
            }
            Self::Missing { what, index } => write!(f, "the store lacks {what} {index}"),
            Self::Corrupt { what, index } => write!(f, "the store is damaged at {index}: {what}"),
            Self::OutOfOrder { expected, found } => {
                write!(
                    f,
                    "entry {found} cannot be appended: the next entry is {expected}"
                )
            }
            Self::Exists(path) => {
                write!(f, "{} exists and is not an empty folder", path.display())
            }
            Self::Absent(path) => write!(f, "{} holds no registry", path.display()),
            Self::Busy(path) => write!(f, "{} is open in another process", path.display()),
            Self::Format { found } if found.is_empty() => {
                f.write_str("the folder has no format version: it was not created completely")
            }
            Self::Format { found } => {
                let ours = super::FORMAT;
                write!(
                    f,
                    "the folder has format {found}; this program reads format {ours}"
                )
            }
            Self::Misplaced(path) => write!(
                f,
                "{} lies in the data folder, and would be restored together with it",
                path.display()
            ),
            Self::Unfinished(path) => {
                write!(
                    f,
                    "a rebuild of {} was interrupted; rebuild it again",
                    path.display()
                )
            }
            Self::Outgrown { folder, column } => write!(
                f,
                "{} was made by a greenlien that had no list `{column}`; rebuild it once",
                folder.display()
            ),
        }
    }
}

impl std::error::Error for StoreFault {}

impl From<rocksdb::Error> for StoreFault {
    fn from(error: rocksdb::Error) -> Self {
        let is_damaged = error.kind() == rocksdb::ErrorKind::Corruption;
        let text = error.into_string();
        if is_damaged {
            Self::Damaged(text)
        } else {
            Self::Storage(text)
        }
    }
}

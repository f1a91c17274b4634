//! The durable store: the only room that knows RocksDB.
//!
//! Invariant: what [`Store::commit`] has acknowledged survives `kill -9` and loss of power, whole or not at all, and no entry
//! is ever written twice. The store understands neither the law nor the rows it keeps, and it is synchronous: threads that
//! answer requests call it from a blocking context.
//!
//! Any number of threads may read; commits are serialized. One process at a time has the folder open.

mod certificates;
mod columns;
mod commit;
mod drafts;
mod fault;
mod high_water;
mod opening_reads;
mod openings;
mod prices;
mod read;
mod replaced;
mod rows;
mod stats;
mod webhooks;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocksdb::{
    BoundColumnFamily, Cache, ColumnFamilyDescriptor, DBWithThreadMode, MultiThreaded, Options,
    WriteBatch, WriteOptions,
};

pub use columns::{Column, FORMAT};
pub use commit::{Commit, IndexChange};
pub use fault::StoreFault;
pub use high_water::HighWater;
pub use read::Row;
pub use replaced::{LineFault, LineFile};
pub use rows::{CommandRow, Link, Opening};
pub use stats::{ColumnStats, StoreStats};

/// Multi-threaded, because a rebuild replaces column families while the handle is shared.
type Database = DBWithThreadMode<MultiThreaded>;
type Handle<'a> = Arc<BoundColumnFamily<'a>>;

const META_FORMAT: &str = "format";
const META_ORIGIN: &str = "origin";
const META_REBUILD: &str = "rebuild";
const META_TIME: &str = "accepted_time";
const META_OPENINGS_KEY: &str = "openings_key";
const META_PURGE: &str = "purge";
const META_HIGH_WATER: &str = "had_high_water";
const META_WITNESSES: &str = "had_witnesses";

/// What remembers the log outside its folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Memory {
    /// The high-water file.
    HighWater,
    /// The witnesses.
    Witnesses,
}

impl Memory {
    fn mark(self) -> &'static str {
        match self {
            Self::HighWater => META_HIGH_WATER,
            Self::Witnesses => META_WITNESSES,
        }
    }
}

/// An open data folder. Clones share it; the folder is closed with the last one.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    folder: PathBuf,
    cache: Cache,
    /// Entries in the log; written only under `writing`.
    size: AtomicU64,
    /// Held for the length of a write, so that the order check and the write are one step.
    writing: Mutex<()>,
}

impl Store {
    /// Creates a store in a folder that does not exist yet or is empty, and opens it.
    pub fn create(folder: &Path) -> Result<Self, StoreFault> {
        if fs::symlink_metadata(folder).is_ok() && !is_empty_folder(folder) {
            return Err(StoreFault::Exists(folder.to_owned()));
        }
        create_private_folder(folder).map_err(|error| StoreFault::Storage(error.to_string()))?;
        let cache = Cache::new_lru_cache(columns::CACHE_BYTES);
        let mut options = columns::database_options();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        let names = Column::ALL.map(|column| column.name().to_owned());
        let store = Self::attach(folder, &options, cache, &names)?;
        // Written last: a folder without a format is one whose creation did not finish.
        store.put_meta(META_FORMAT, FORMAT)?;
        Ok(store)
    }

    /// Opens a store; replays what a crash left in the write-ahead log.
    pub fn open(folder: &Path) -> Result<Self, StoreFault> {
        let store = Self::open_any(folder)?;
        if store.meta(META_REBUILD)?.is_some() {
            return Err(StoreFault::Unfinished(folder.to_owned()));
        }
        let concerned = Column::Concerned.name();
        if store.shared.database.cf_handle(concerned).is_none() {
            return Err(StoreFault::Outgrown {
                folder: folder.to_owned(),
                column: concerned,
            });
        }
        for column in Column::ALL {
            handle(&store.shared.database, column)?;
        }
        Ok(store)
    }

    /// Opens a store of which only the entries will be read, to make everything else of them again; also where an earlier
    /// rebuild was interrupted.
    ///
    /// Nothing is changed yet: [`Store::wipe_derived`] empties the derived columns, and from then on until
    /// [`Store::finish_rebuild`] the folder cannot be opened in any other way.
    pub fn open_for_rebuild(folder: &Path) -> Result<Self, StoreFault> {
        Self::open_any(folder)
    }

    /// Opens whatever column families there are, so that a foreign format is named instead of failing on its columns.
    fn open_any(folder: &Path) -> Result<Self, StoreFault> {
        if !folder.join("CURRENT").is_file() {
            return Err(StoreFault::Absent(folder.to_owned()));
        }
        let options = columns::database_options();
        let names = Database::list_cf(&options, folder)?;
        let cache = Cache::new_lru_cache(columns::CACHE_BYTES);
        let store = Self::attach(folder, &options, cache, &names)?;
        let found = match store.shared.database.cf_handle(Column::Meta.name()) {
            Some(_) => store.meta(META_FORMAT)?.unwrap_or_default(),
            None => String::new(),
        };
        if found != FORMAT {
            return Err(StoreFault::Format { found });
        }
        store.add_later_columns()?;
        for column in Column::ALL
            .into_iter()
            .filter(|column| !column.is_derived())
        {
            handle(&store.shared.database, column)?;
        }
        let size = match store.last_index(Column::Entries)? {
            Some(last) => last.saturating_add(1),
            None => 0,
        };
        store.shared.size.store(size, Ordering::Release);
        Ok(store)
    }

    fn attach(
        folder: &Path,
        options: &Options,
        cache: Cache,
        names: &[String],
    ) -> Result<Self, StoreFault> {
        let families = names.iter().map(|name| {
            let column = Column::ALL.into_iter().find(|column| column.name() == name);
            let options = column.map_or_else(Options::default, |column| column.options(&cache));
            ColumnFamilyDescriptor::new(name, options)
        });
        let database = Database::open_cf_descriptors(options, folder, families)
            .map_err(|error| open_fault(folder, error))?;
        let shared = Shared {
            database,
            folder: folder.to_owned(),
            cache,
            size: AtomicU64::new(0),
            writing: Mutex::new(()),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Makes the columns that folders of the first release lack. Any other that is missing is damage, and is not made up for.
    fn add_later_columns(&self) -> Result<(), StoreFault> {
        let database = &self.shared.database;
        let later = [
            Column::Cosigned,
            Column::OpeningKeys,
            Column::OpeningReads,
            Column::Prices,
            Column::Certificates,
            Column::Webhooks,
            Column::Drafts,
        ];
        for column in later {
            if database.cf_handle(column.name()).is_none() {
                database.create_cf(column.name(), &column.options(&self.shared.cache))?;
            }
        }
        Ok(())
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// Returns the number of entries in the log that are durable.
    pub fn size(&self) -> u64 {
        self.shared.size.load(Ordering::Acquire)
    }

    /// Writes a change, and returns when it is on the disk.
    ///
    /// The entries must continue the log. After a fault of the disk or of RocksDB it is unknown whether the change became
    /// durable: the process must stop and find out at its next start.
    pub fn commit(&self, commit: &Commit) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let size = commit.size_after(self.size())?;
        self.write(commit.batch(&self.shared.database)?)?;
        self.shared.size.store(size, Ordering::Release);
        Ok(())
    }

    /// Keeps a checkpoint that a quorum has cosigned.
    ///
    /// It does not wait for the disk, nor for a commit that does: the next synced commit takes it along, and what a loss of
    /// power takes away can be had from the witnesses again.
    pub fn put_cosigned(&self, size: u64, note: &str) -> Result<(), StoreFault> {
        let column = handle(&self.shared.database, Column::Cosigned)?;
        Ok(self
            .shared
            .database
            .put_cf(&column, size.to_be_bytes(), note)?)
    }

    /// Empties every derived column, for a rebuild from the entries. Nothing may read them meanwhile.
    ///
    /// The store is marked until [`Store::finish_rebuild`], so that an interrupted rebuild cannot pass for a whole store.
    pub fn wipe_derived(&self) -> Result<(), StoreFault> {
        let _writing = self.lock();
        self.put_meta(META_REBUILD, "unfinished")?;
        for column in Column::ALL.into_iter().filter(|column| column.is_derived()) {
            // An interrupted wipe leaves columns dropped and not yet created again.
            if self.shared.database.cf_handle(column.name()).is_some() {
                self.shared.database.drop_cf(column.name())?;
            }
            self.shared
                .database
                .create_cf(column.name(), &column.options(&self.shared.cache))?;
        }
        Ok(())
    }

    /// Returns the mark of a rebuild that was not finished: how far it came ([`Commit::rebuilt`]), or another word before that.
    pub fn rebuild_mark(&self) -> Result<Option<String>, StoreFault> {
        self.meta(META_REBUILD)
    }

    /// Says that the derived columns are whole again.
    pub fn finish_rebuild(&self) -> Result<(), StoreFault> {
        let _writing = self.lock();
        let mut batch = WriteBatch::default();
        batch.delete_cf(&handle(&self.shared.database, Column::Meta)?, META_REBUILD);
        self.write(batch)
    }

    /// Returns the name of the log, once the genesis entry wrote it.
    pub fn origin(&self) -> Result<Option<String>, StoreFault> {
        self.meta(META_ORIGIN)
    }

    /// Returns the instant up to which an operator has let registry time step forward.
    pub fn accepted_time(&self) -> Result<Option<String>, StoreFault> {
        self.meta(META_TIME)
    }

    /// Remembers that an operator lets registry time step forward up to an instant.
    pub fn accept_time(&self, instant: &str) -> Result<(), StoreFault> {
        let _writing = self.lock();
        self.put_meta(META_TIME, instant)
    }

    /// Says whether the folder was ever served with a memory outside it.
    pub fn had(&self, memory: Memory) -> Result<bool, StoreFault> {
        // Folders of earlier builds have no mark; what a quorum has cosigned is one.
        let is_cosigned = || Ok(memory == Memory::Witnesses && self.latest_cosigned()?.is_some());
        self.meta(memory.mark())?
            .map_or_else(is_cosigned, |_| Ok(true))
    }

    /// Remembers that the folder is served with a memory outside it.
    pub fn set_had(&self, memory: Memory) -> Result<(), StoreFault> {
        if self.meta(memory.mark())?.is_some() {
            return Ok(());
        }
        let _writing = self.lock();
        self.put_meta(memory.mark(), "yes")
    }

    fn meta(&self, name: &str) -> Result<Option<String>, StoreFault> {
        let Some(bytes) = self.get(Column::Meta, name.as_bytes())? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes);
        Ok(Some(text.map_err(|_| {
            StoreFault::corrupt(format!("{name} is not text"), 0)
        })?))
    }

    fn put_meta(&self, name: &str, text: &str) -> Result<(), StoreFault> {
        let mut batch = WriteBatch::default();
        batch.put_cf(&handle(&self.shared.database, Column::Meta)?, name, text);
        self.write(batch)
    }

    fn write(&self, batch: WriteBatch) -> Result<(), StoreFault> {
        let mut options = WriteOptions::default();
        options.set_sync(true);
        Ok(self.shared.database.write_opt(batch, &options)?)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        // The lock guards no value; a panic in another writer leaves nothing half-changed.
        self.shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Store({}, {} entries)",
            self.shared.folder.display(),
            self.size()
        )
    }
}

/// Returns the handle of a column; it is missing only in a damaged folder or in the middle of a wipe.
fn handle(database: &Database, column: Column) -> Result<Handle<'_>, StoreFault> {
    let missing = || StoreFault::missing(format!("the column {}", column.name()), 0);
    database.cf_handle(column.name()).ok_or_else(missing)
}

fn is_empty_folder(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut names| names.next().is_none())
}

/// Creates a folder that only its owner reads: openings are personal.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// RocksDB reports a lock that is taken as an I/O error and names the file `LOCK` and the act of locking.
fn open_fault(folder: &Path, error: rocksdb::Error) -> StoreFault {
    let text = error.as_ref();
    let taken = text.contains("lock hold by current process")
        || (text.contains("While lock file") && text.contains("temporarily unavailable"));
    if taken {
        StoreFault::Busy(folder.to_owned())
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests;

//! Figures about the store for operators; nothing in the registry decides by them.

use rocksdb::properties;

use crate::store::fault::StoreFault;
use crate::store::{Column, Store, handle};

/// Figures of one column, as RocksDB estimates them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColumnStats {
    /// The column.
    pub column: Column,
    /// Rows, about.
    pub rows: u64,
    /// Bytes in files on the disk.
    pub disk_bytes: u64,
    /// Bytes in memory that are not in files yet; the write-ahead log has them.
    pub buffer_bytes: u64,
    /// Bytes that compactions have still to rewrite.
    pub pending_bytes: u64,
}

/// Figures of the whole store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreStats {
    /// Every column, in the order of [`Column::ALL`].
    pub columns: Vec<ColumnStats>,
    /// Bytes in the block cache.
    pub cache_bytes: u64,
    /// Errors of flushes and compactions since the store was opened; anything but 0 needs a person.
    pub background_errors: u64,
    /// Whether RocksDB stopped writes because compactions fell behind.
    pub write_stopped: bool,
}

impl Store {
    /// Returns figures for `/metrics`.
    pub fn stats(&self) -> Result<StoreStats, StoreFault> {
        let columns: Result<_, _> = Column::ALL
            .into_iter()
            .map(|c| self.column_stats(c))
            .collect();
        let database = &self.shared.database;
        let whole = |name| Ok::<_, StoreFault>(database.property_int_value(name)?.unwrap_or(0));
        Ok(StoreStats {
            columns: columns?,
            cache_bytes: u64::try_from(self.shared.cache.get_usage()).unwrap_or(u64::MAX),
            background_errors: whole(properties::BACKGROUND_ERRORS)?,
            write_stopped: whole(properties::IS_WRITE_STOPPED)? != 0,
        })
    }

    /// Returns RocksDB's own report as text, for a person who looks into a slow store.
    pub fn report(&self) -> Result<String, StoreFault> {
        Ok(self
            .shared
            .database
            .property_value(properties::STATS)?
            .unwrap_or_default())
    }

    fn column_stats(&self, column: Column) -> Result<ColumnStats, StoreFault> {
        let database = &self.shared.database;
        let family = handle(database, column)?;
        let figure =
            |name| Ok::<_, StoreFault>(database.property_int_value_cf(&family, name)?.unwrap_or(0));
        Ok(ColumnStats {
            column,
            rows: figure(properties::ESTIMATE_NUM_KEYS)?,
            disk_bytes: figure(properties::TOTAL_SST_FILES_SIZE)?,
            buffer_bytes: figure(properties::CUR_SIZE_ALL_MEM_TABLES)?,
            pending_bytes: figure(properties::ESTIMATE_PENDING_COMPACTION_BYTES)?,
        })
    }
}

//! The columns of the store: what each holds, byte for byte, and how RocksDB is tuned for it.
//!
//! Separate from the store itself because this list is the format of the data folder. Names are frozen; a change of any key or
//! value layout needs a new [`FORMAT`]. Integers in keys are big-endian, so that byte order is numeric order.

use rocksdb::{BlockBasedOptions, Cache, DBCompressionType, DBRecoveryMode, LogLevel, Options};

/// The format of the data folder, written into [`Column::Meta`] as text.
pub const FORMAT: &str = "1";

/// A column family.
///
/// *Truth* cannot be computed from anything else and is never wiped. *Derived* columns are a function of the entries alone:
/// a rebuild drops them, replays the log and must arrive at the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Column {
    /// Facts about the folder itself.
    ///
    /// Key: `format`, `origin`, `rebuild` (present while a rebuild is unfinished), `accepted_time` (the instant up to which
    /// an operator has let registry time step forward), `openings_key` (the id of the key that seals openings), or `purge`
    /// (the newest entry that erased, present until the erased bytes have left the files). Value: text. Truth.
    Meta,
    /// The entries of the log.
    ///
    /// Key: entry index u64. Value: the bytes of the entry. Truth.
    Entries,
    /// Every checkpoint ever published: a size once signed is never re-decided.
    ///
    /// Key: tree size u64. Value: text of the signed note. Truth.
    Checkpoints,
    /// Checkpoints with the cosignatures of a quorum of witnesses; the newest line of each witness that was known.
    ///
    /// Key: tree size u64. Value: text of the signed note. Truth. Folders of the first release lack the column; it is made when
    /// they are opened.
    Cosigned,
    /// Openings of hidden claims; they can be erased because no hash covers them.
    ///
    /// Key: entry index u64 ‖ claim name. Value: sealed under the data key of the entry (`src/service/openings/sealing.rs`); folders of the
    /// first release have JSON with salt and value, which the next start seals. Truth.
    Openings,
    /// The data key under which the openings of an entry are sealed, itself wrapped under the operator's openings key.
    ///
    /// Key: entry index u64. Value: wrapped key (`src/service/openings/sealing.rs`). Truth. Folders of the first
    /// release lack the column; it is made when they are opened.
    OpeningKeys,
    /// Who has seen the openings of an entry; no hash covers it.
    ///
    /// Key: entry index u64 ‖ number from 0 u64. Value: JSON. Truth. Folders of the first release lack the column; it is made
    /// when they are opened.
    OpeningReads,
    /// Prices of rights, imported with source and date; no hash covers them and no decision reads them.
    ///
    /// Key: name of the series ‖ 0 ‖ day, shifted, u32. Value: JSON. Truth.
    Prices,
    /// Search certificates; no hash covers them.
    ///
    /// Key: `c` ‖ verification code, or `n` ‖ number u64. Value: the certificate as text, or its code. Truth.
    Certificates,
    /// Webhooks: how far each has come, what its member has it watch, and its last deliveries; no hash covers them.
    ///
    /// Key: `s` ‖ name, or `d` ‖ name ‖ 0 ‖ number u64. Value: JSON. Truth. Folders of the first release lack the column; it
    /// is made when they are opened.
    Webhooks,
    /// The inbox of drafts: commands that still lack signatures, and who has read their hidden values; no hash covers them.
    ///
    /// Key: `d` ‖ 32-byte hash of the payload, or `r` ‖ that hash ‖ number from 0 u64. Value: JSON, behind a draft
    /// with its openings sealed under a data key of their own (`src/service/drafts/kept.rs`). Truth. Folders of the first release lack the column; it is
    /// made when they are opened.
    Drafts,
    /// Hashes of the complete subtrees of the log's Merkle tree.
    ///
    /// Key: level u8 ‖ index u64. Value: 32-byte hash. Derived.
    Nodes,
    /// The rows of the state, opaque to the store.
    ///
    /// Key: row key (space byte ‖ name). Value: row. Derived.
    Records,
    /// Which rows an entry touched, and which entry touched each of them before.
    ///
    /// Key: entry index u64. Value: for each touched row, in order, key length u16 ‖ row key ‖ previous touching index + 1
    /// as u64, where 0 means none. Derived.
    Links,
    /// Consumed command ids.
    ///
    /// Key: index of the organization u64 ‖ command id of 16 bytes. Value: entry index u64 ‖ 32-byte hash of the payload.
    /// Derived.
    Commands,
    /// Rights by holder.
    ///
    /// Key: index of the party u64 ‖ index of the right u64. Value: empty. Derived.
    Holders,
    /// Pledges by pledgee.
    ///
    /// Key: index of the party u64 ‖ index of the pledge u64. Value: empty. Derived.
    Pledgees,
    /// Pledges by pledgor.
    ///
    /// Key: index of the party u64 ‖ index of the pledge u64. Value: empty. Derived.
    Pledgors,
    /// Pledges and reservations by whoever they have ever concerned: pledgees, pledgors, debtors, sharers, guarantors, those
    /// who promised to buy. Whether they still do is read from the record.
    ///
    /// Key: index of the party u64 ‖ index of the pledge or reservation u64. Value: empty. Derived. A folder that was made
    /// before there was the column opens after a rebuild.
    Concerned,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 19] = [
        Self::Meta,
        Self::Entries,
        Self::Checkpoints,
        Self::Cosigned,
        Self::Openings,
        Self::OpeningKeys,
        Self::OpeningReads,
        Self::Prices,
        Self::Certificates,
        Self::Webhooks,
        Self::Drafts,
        Self::Nodes,
        Self::Records,
        Self::Links,
        Self::Commands,
        Self::Holders,
        Self::Pledgees,
        Self::Pledgors,
        Self::Concerned,
    ];

    /// Returns the frozen name of the column family.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Entries => "entries",
            Self::Checkpoints => "checkpoints",
            Self::Cosigned => "cosigned",
            Self::Openings => "openings",
            Self::OpeningKeys => "opening_keys",
            Self::OpeningReads => "opening_reads",
            Self::Prices => "prices",
            Self::Certificates => "certificates",
            Self::Webhooks => "webhooks",
            Self::Drafts => "drafts",
            Self::Nodes => "nodes",
            Self::Records => "records",
            Self::Links => "links",
            Self::Commands => "commands",
            Self::Holders => "holders",
            Self::Pledgees => "pledgees",
            Self::Pledgors => "pledgors",
            Self::Concerned => "concerned",
        }
    }

    /// Says whether a replay of the entries computes the column again.
    pub fn is_derived(self) -> bool {
        match self {
            Self::Meta
            | Self::Entries
            | Self::Checkpoints
            | Self::Cosigned
            | Self::Openings
            | Self::OpeningKeys
            | Self::OpeningReads
            | Self::Prices
            | Self::Certificates
            | Self::Webhooks
            | Self::Drafts => false,
            Self::Nodes
            | Self::Records
            | Self::Links
            | Self::Commands
            | Self::Holders
            | Self::Pledgees
            | Self::Pledgors
            | Self::Concerned => true,
        }
    }

    /// Says whether every command writes here; the others fill slowly and need little memory.
    fn is_hot(self) -> bool {
        match self {
            Self::Entries | Self::Nodes | Self::Records | Self::Links | Self::Commands => true,
            Self::Meta
            | Self::Checkpoints
            | Self::Cosigned
            | Self::Openings
            | Self::OpeningKeys
            | Self::OpeningReads
            | Self::Prices
            | Self::Certificates
            | Self::Webhooks
            | Self::Drafts
            | Self::Holders
            | Self::Pledgees
            | Self::Pledgors
            | Self::Concerned => false,
        }
    }

    /// Says whether point reads meet files whose key ranges overlap, so that a Bloom filter saves reads.
    ///
    /// Columns keyed by a growing index have disjoint files; a filter would tell nothing that the ranges do not.
    fn wants_filter(self) -> bool {
        match self {
            Self::Nodes | Self::Records | Self::Commands | Self::Certificates => true,
            Self::Meta
            | Self::Entries
            | Self::Checkpoints
            | Self::Cosigned
            | Self::Openings
            | Self::OpeningKeys
            | Self::OpeningReads
            | Self::Prices
            | Self::Webhooks
            | Self::Drafts
            | Self::Links
            | Self::Holders
            | Self::Pledgees
            | Self::Pledgors
            | Self::Concerned => false,
        }
    }

    /// Says whether compression gains anything; columns of hashes and of sealed bytes have no redundancy.
    fn is_compressible(self) -> bool {
        match self {
            Self::Nodes | Self::Openings | Self::OpeningKeys => false,
            Self::Meta
            | Self::Entries
            | Self::Checkpoints
            | Self::Cosigned
            | Self::OpeningReads
            | Self::Prices
            | Self::Certificates
            | Self::Webhooks
            | Self::Drafts
            | Self::Records
            | Self::Links
            | Self::Commands
            | Self::Holders
            | Self::Pledgees
            | Self::Pledgors
            | Self::Concerned => true,
        }
    }

    /// Returns the RocksDB options of the column; all columns share `cache`.
    pub(super) fn options(self, cache: &Cache) -> Options {
        let mut table = BlockBasedOptions::default();
        table.set_block_cache(cache);
        // Index and filter blocks live in the cache too, so that the cache is the one bound on memory for reads.
        table.set_cache_index_and_filter_blocks(true);
        table.set_pin_l0_filter_and_index_blocks_in_cache(true);
        table.set_format_version(6);
        if self.wants_filter() {
            // 10 bits per key: one false positive in a hundred; a miss costs 0.4 us instead of 4 (docs/PERFORMANCE.md).
            table.set_bloom_filter(10.0, false);
        }
        let mut options = Options::default();
        options.set_block_based_table_factory(&table);
        options.set_write_buffer_size(if self.is_hot() {
            HOT_BUFFER
        } else {
            COLD_BUFFER
        });
        options.set_compression_type(if self.is_compressible() {
            DBCompressionType::Lz4
        } else {
            DBCompressionType::None
        });
        options
    }
}

const MIB: usize = 1 << 20;
/// Two buffers (one filling, one being flushed) in each of five hot columns are 640 MiB at most.
const HOT_BUFFER: usize = 64 * MIB;
const COLD_BUFFER: usize = 8 * MIB;
/// Bytes of the block cache that all columns share.
pub(super) const CACHE_BYTES: usize = 256 * MIB;

/// Returns the options of the database as a whole.
pub(super) fn database_options() -> Options {
    let mut options = Options::default();
    options.set_max_background_jobs(2);
    options.set_max_open_files(512);
    // A column that is rarely written would otherwise keep the write-ahead log of all the others alive for gigabytes, and the
    // next start would read them.
    options.set_max_total_wal_size(512 * MIB as u64);
    // Kill -9 leaves the last record of the write-ahead log torn: it was never acknowledged, and this mode drops it. Damage
    // anywhere else may have hit acknowledged entries; here the open fails, where PointInTime (the default) would silently
    // forget everything after the damage and AbsoluteConsistency would not even start after a kill.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // A closed log file that went missing or became shorter is noticed too, though no checksum fails.
    options.set_track_and_verify_wals_in_manifest(true);
    options.set_paranoid_checks(true);
    // Flushes and compactions write behind in small steps, so that a synced commit does not queue behind a burst.
    options.set_bytes_per_sync(MIB as u64);
    options.set_max_manifest_file_size(16 * MIB);
    options.set_keep_log_file_num(4);
    options.set_max_log_file_size(4 * MIB);
    options.set_log_level(LogLevel::Warn);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_frozen_and_distinct() {
        let names = Column::ALL.map(Column::name).join(" ");
        let frozen = "meta entries checkpoints cosigned openings opening_keys opening_reads prices certificates webhooks drafts \
                      nodes records links commands holders pledgees pledgors concerned";
        assert_eq!(names, frozen);
    }

    #[test]
    fn what_no_replay_can_compute_is_truth() {
        let truth: Vec<_> = Column::ALL
            .into_iter()
            .filter(|column| !column.is_derived())
            .collect();
        let expected = [
            Column::Meta,
            Column::Entries,
            Column::Checkpoints,
            Column::Cosigned,
            Column::Openings,
            Column::OpeningKeys,
            Column::OpeningReads,
            Column::Prices,
            Column::Certificates,
            Column::Webhooks,
            Column::Drafts,
        ];
        assert_eq!(truth, expected);
    }
}

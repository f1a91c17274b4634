//! The tiles in which the log is read: their names, the hashes they hold, and the bundles of entries.
//!
//! C2SP tlog-tiles. A name has one spelling and anything else is refused, so that a cache never holds one tile under
//! two names. This file must not hash or store; which tiles exist at a tree size is arithmetic and lives here.

use std::fmt;

use crate::ledger::tree::NodeId;

/// The number of hashes, or of entries, in a full tile.
pub const TILE_WIDTH: u16 = 256;

/// The highest level that a name may carry (C2SP tlog-tiles).
const MAX_LEVEL: u8 = 63;
/// The levels that a tree of fewer than 2^64 leaves can have; a tile level spans 8 levels of the tree.
const LEVELS_IN_USE: u8 = 8;

/// What a tile holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TileLevel {
    /// Hashes of subtrees of 256^level leaves; the level is 0 to 63.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// The name of a tile, full or partial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TileId {
    /// What it holds.
    pub level: TileLevel,
    /// Its position from the left among the tiles of its level.
    pub index: u64,
    /// How many hashes or entries it holds, 1 to 256; a tile with fewer than 256 is partial.
    pub width: u16,
}

impl TileId {
    /// Parses `tile/<L>/<N>` or `tile/entries/<N>`, each with or without `.p/<W>`; `None` for any other spelling.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => TileLevel::Entries,
            number => TileLevel::Hashes(decimal(number).filter(|level| *level <= MAX_LEVEL)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (
                groups,
                decimal(width).filter(|width| (1..TILE_WIDTH).contains(width))?,
            ),
            None => (rest, TILE_WIDTH),
        };
        Some(Self {
            level,
            index: index_of(groups)?,
            width,
        })
    }

    /// Returns the nodes whose hashes the tile holds, from the left; none for entries and for the levels from 8 up,
    /// which no tree of fewer than 2^64 leaves reaches.
    pub fn nodes(&self) -> Vec<NodeId> {
        let (TileLevel::Hashes(level), Some(first)) =
            (self.level, self.index.checked_mul(u64::from(TILE_WIDTH)))
        else {
            return Vec::new();
        };
        if level >= LEVELS_IN_USE {
            return Vec::new();
        }
        let level = level.saturating_mul(8);
        // Saturation cuts only the leaf 2^64 - 1, which no tree of a 64-bit size has.
        let last = first.saturating_add(u64::from(self.width.min(TILE_WIDTH)));
        (first..last).map(|index| NodeId { level, index }).collect()
    }
}

impl fmt::Display for TileId {
    /// Writes the path, without a leading slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            TileLevel::Hashes(level) => write!(f, "tile/{level}/")?,
            TileLevel::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut left = self.index / 1_000;
        while left > 0 {
            groups.push(left % 1_000);
            left /= 1_000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            // All groups but the last announce another one.
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Parses the groups of a tile index: three digits each, all but the last after an `x`, the first `x` not zero.
fn index_of(groups: &str) -> Option<u64> {
    let (high, last) = match groups.rsplit_once('/') {
        Some((high, last)) => (Some(high), last),
        None => (None, groups),
    };
    let mut index: u64 = 0;
    for group in high.into_iter().flat_map(|high| high.split('/')) {
        index = push_group(index, group.strip_prefix('x')?)?;
        if index == 0 {
            return None;
        }
    }
    push_group(index, last)
}

/// Returns `index` with the three digits of `group` after it.
fn push_group(index: u64, group: &str) -> Option<u64> {
    if group.len() != 3 || !group.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    index.checked_mul(1_000)?.checked_add(group.parse().ok()?)
}

/// Parses a decimal number of digits only, without leading zeros.
fn decimal<T: std::str::FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Returns how many hashes or entries the tile at `index` holds when the log has `size` entries: 0 if there is none.
pub fn available_width(level: TileLevel, index: u64, size: u64) -> u16 {
    let count = match level {
        TileLevel::Entries => size,
        TileLevel::Hashes(level) => size
            .checked_shr(u32::from(level).saturating_mul(8))
            .unwrap_or(0),
    };
    let Some(first) = index.checked_mul(u64::from(TILE_WIDTH)) else {
        return 0;
    };
    u16::try_from(count.saturating_sub(first)).map_or(TILE_WIDTH, |left| left.min(TILE_WIDTH))
}

/// Appends `entry` to a bundle: its length as two bytes, most significant first, then its bytes.
///
/// `None`, and nothing is appended, if it is longer than 65,535 bytes.
pub fn append_bundle(bundle: &mut Vec<u8>, entry: &[u8]) -> Option<()> {
    let length = u16::try_from(entry.len()).ok()?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Some(())
}

/// Splits a bundle into its entries; `None` unless it holds exactly `count` of them and not a byte more.
pub fn parse_bundle(bundle: &[u8], count: u16) -> Option<Vec<Vec<u8>>> {
    let mut rest = bundle;
    let mut entries = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        rest = after;
    }
    rest.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_70000_entries_has_the_tiles_of_the_specification() {
        let widths = |level, indexes: [u64; 3]| {
            indexes.map(|index| available_width(TileLevel::Hashes(level), index, 70_000))
        };
        assert_eq!(widths(0, [272, 273, 274]), [256, 112, 0]);
        assert_eq!(widths(1, [0, 1, 2]), [256, 17, 0]);
        assert_eq!(widths(2, [0, 1, 2]), [1, 0, 0]);
        assert_eq!(widths(3, [0, 1, 2]), [0, 0, 0]);
        assert_eq!(available_width(TileLevel::Entries, 272, 70_000), 256);
        assert_eq!(available_width(TileLevel::Entries, 273, 70_000), 112);
        assert_eq!(available_width(TileLevel::Entries, 274, 70_000), 0);
        let full = (0..400)
            .filter(|index| available_width(TileLevel::Hashes(0), *index, 70_000) == 256)
            .count();
        assert_eq!(full, 273);
    }

    #[test]
    fn widths_at_the_edges_of_numbers_are_exact() {
        assert_eq!(available_width(TileLevel::Hashes(0), 0, 0), 0);
        assert_eq!(available_width(TileLevel::Hashes(0), 0, 1), 1);
        assert_eq!(available_width(TileLevel::Hashes(0), 0, 256), 256);
        assert_eq!(available_width(TileLevel::Hashes(0), 1, 256), 0);
        assert_eq!(available_width(TileLevel::Hashes(1), 0, 255), 0);
        assert_eq!(available_width(TileLevel::Hashes(7), 0, u64::MAX), 255);
        assert_eq!(available_width(TileLevel::Hashes(8), 0, u64::MAX), 0);
        assert_eq!(available_width(TileLevel::Hashes(63), 0, u64::MAX), 0);
        assert_eq!(available_width(TileLevel::Entries, u64::MAX, u64::MAX), 0);
        assert_eq!(
            available_width(TileLevel::Entries, (1 << 56) - 1, u64::MAX),
            255
        );
    }

    #[test]
    fn names_are_written_and_read_alike() {
        let cases = [
            ("tile/0/000", TileLevel::Hashes(0), 0, 256),
            ("tile/0/x001/x234/067", TileLevel::Hashes(0), 1_234_067, 256),
            ("tile/1/001.p/17", TileLevel::Hashes(1), 1, 17),
            (
                "tile/63/x999/999.p/255",
                TileLevel::Hashes(63),
                999_999,
                255,
            ),
            ("tile/2/x001/000.p/1", TileLevel::Hashes(2), 1_000, 1),
            ("tile/entries/273.p/112", TileLevel::Entries, 273, 112),
            (
                "tile/entries/x018/x446/x744/x073/x709/x551/615",
                TileLevel::Entries,
                u64::MAX,
                256,
            ),
        ];
        for (path, level, index, width) in cases {
            let id = TileId {
                level,
                index,
                width,
            };
            assert_eq!(TileId::parse(path), Some(id), "{path}");
            assert_eq!(id.to_string(), path);
        }
    }

    #[test]
    fn any_other_spelling_of_a_name_is_refused() {
        let paths = [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/000/",
            "tile//000",
            "tile/00/000",
            "tile/01/000",
            "tile/+1/000",
            "tile/-1/000",
            "tile/64/000",
            "tile/256/000",
            "tile/x/000",
            "tile/Entries/000",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/0/x000",
            "tile/0/x000/000",
            "tile/0/x000/x001/000",
            "tile/0/001/000",
            "tile/0/x01/000",
            "tile/0/X001/000",
            "tile/0/x001/x000",
            "tile/0/x001//000",
            "tile/0/+01",
            "tile/0/ 01",
            "tile/0/000.p",
            "tile/0/000.p/",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/0/000.p/1/",
            "tile/0/000.p/1.p/1",
            "tile/0/000.P/1",
            "tile/0/000 ",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x001/000.p",
            "tile/0/٠٠٠",
        ];
        for path in paths {
            assert_eq!(TileId::parse(path), None, "{path}");
        }
    }

    #[test]
    fn every_index_up_to_a_few_thousand_has_one_name() {
        for index in (0..3_000).chain([999_999, 1_000_000, 1_000_001, u64::MAX]) {
            let id = TileId {
                level: TileLevel::Hashes(0),
                index,
                width: TILE_WIDTH,
            };
            assert_eq!(TileId::parse(&id.to_string()), Some(id));
        }
    }

    #[test]
    fn a_tile_holds_the_nodes_of_eight_levels_up() {
        let id = TileId {
            level: TileLevel::Hashes(1),
            index: 1,
            width: 17,
        };
        let nodes = id.nodes();
        assert_eq!(nodes.len(), 17);
        assert_eq!(
            nodes.first(),
            Some(&NodeId {
                level: 8,
                index: 256
            })
        );
        assert_eq!(
            nodes.last(),
            Some(&NodeId {
                level: 8,
                index: 272
            })
        );
        let none = [
            TileId {
                level: TileLevel::Entries,
                index: 0,
                width: 1,
            },
            TileId {
                level: TileLevel::Hashes(8),
                index: 0,
                width: 1,
            },
            TileId {
                level: TileLevel::Hashes(63),
                index: 0,
                width: 1,
            },
            TileId {
                level: TileLevel::Hashes(0),
                index: u64::MAX,
                width: 256,
            },
        ];
        for id in none {
            assert!(id.nodes().is_empty(), "{id}");
        }
    }

    #[test]
    fn a_bundle_gives_back_exactly_its_entries() {
        let entries = [b"{}".to_vec(), vec![], vec![7; 65_535]];
        let mut bundle = Vec::new();
        for entry in &entries {
            append_bundle(&mut bundle, entry).unwrap();
        }
        assert_eq!(bundle.get(..4), Some(&[0, 2, b'{', b'}'][..]));
        assert_eq!(append_bundle(&mut bundle, &vec![0; 65_536]), None);
        assert_eq!(parse_bundle(&bundle, 3), Some(entries.to_vec()));
        assert_eq!(parse_bundle(&bundle, 2), None);
        assert_eq!(parse_bundle(&bundle, 4), None);
        assert_eq!(
            parse_bundle(bundle.get(..bundle.len() - 1).unwrap(), 3),
            None
        );
        bundle.push(0);
        assert_eq!(parse_bundle(&bundle, 3), None);
        assert_eq!(parse_bundle(&bundle, 4), None);
        assert_eq!(parse_bundle(&[], 0), Some(vec![]));
    }
}

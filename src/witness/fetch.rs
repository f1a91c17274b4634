//! Reads a log from its server, as anybody may: checkpoint, bundles of entries, tiles of hashes (C2SP tlog-tiles).
//!
//! Nothing that comes is believed here. Each answer has a limit of size and of time.

use std::fmt;
use std::time::Duration;

use ureq::Agent;

use crate::ledger::note::NOTE_BYTES_MAX;
use crate::ledger::tile::{TILE_WIDTH, TileId, TileLevel, available_width, parse_bundle};
use crate::ledger::tree::{HashReader, NodeId};
use crate::primitives::crypto::Hash;
use crate::primitives::limits;

/// The longest that one request may take.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);
/// The largest bundle: 256 entries with two bytes of length each.
const BUNDLE_BYTES_MAX: usize = 256 * (limits::ENTRY_BYTES_MAX + 2);
/// The levels of a tree that one level of tiles spans.
const LEVELS_PER_TILE: u8 = 8;

/// What was asked for and why it did not come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchFault {
    url: String,
    why: String,
}

impl fmt::Display for FetchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.why)
    }
}

impl std::error::Error for FetchFault {}

/// A reader of one log's server.
#[derive(Clone, Debug)]
pub struct LogReader {
    agent: Agent,
    base: String,
}

impl LogReader {
    /// Makes a reader of the log at `base`, such as `https://registry.example`; `None` if that is no such address.
    pub fn new(base: &str) -> Option<Self> {
        let base = base.trim_end_matches('/');
        let host = base
            .strip_prefix("http://")
            .or_else(|| base.strip_prefix("https://"))?;
        if host.is_empty() || host.contains([' ', '?', '#']) {
            return None;
        }
        let config = Agent::config_builder()
            .max_redirects(0)
            .timeout_global(Some(REQUEST_TIME_MAX))
            .user_agent(concat!("greenlien-witness/", env!("CARGO_PKG_VERSION")));
        Some(Self {
            agent: Agent::new_with_config(config.build()),
            base: base.to_owned(),
        })
    }

    /// Returns the newest checkpoint that the server shows, a signed note.
    pub fn checkpoint(&self) -> Result<String, FetchFault> {
        let bytes = self.get("checkpoint", NOTE_BYTES_MAX)?;
        String::from_utf8(bytes).map_err(|_| self.fault("checkpoint", "is not text"))
    }

    /// Returns the entries of the bundle that holds entry `index`, from `index` on, in a log of `size` entries.
    pub fn entries(&self, index: u64, size: u64) -> Result<Vec<Vec<u8>>, FetchFault> {
        let tile = index / u64::from(TILE_WIDTH);
        let id = TileId {
            level: TileLevel::Entries,
            index: tile,
            width: available_width(TileLevel::Entries, tile, size),
        };
        let path = id.to_string();
        let bundle = self.get(&path, BUNDLE_BYTES_MAX)?;
        let entries = parse_bundle(&bundle, id.width);
        let mut entries = entries.ok_or_else(|| self.fault(&path, "is not a bundle"))?;
        let skipped = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        Ok(entries.split_off(skipped.min(entries.len())))
    }

    /// Returns the evidence that a registry shows at a path.
    pub fn evidence(&self, path: &str) -> Result<Vec<u8>, FetchFault> {
        self.get(path, limits::EVIDENCE_BYTES_MAX)
    }

    /// Returns the log's tiles of hashes at a size, to be read as a tree.
    pub fn tree(&self, size: u64) -> TileTree<'_> {
        TileTree { reader: self, size }
    }

    fn get(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FetchFault> {
        let url = format!("{}/{path}", self.base);
        let fault = |cause: ureq::Error| self.fault(path, &cause.to_string());
        let mut response = self.agent.get(&url).call().map_err(fault)?;
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(limit);
        body.read_to_vec().map_err(fault)
    }

    fn fault(&self, path: &str, why: &str) -> FetchFault {
        FetchFault {
            url: format!("{}/{path}", self.base),
            why: why.to_owned(),
        }
    }
}

/// The hashes that a log's server shows for a size.
#[derive(Clone, Copy, Debug)]
pub struct TileTree<'a> {
    reader: &'a LogReader,
    size: u64,
}

impl TileTree<'_> {
    /// Reads one node: a hash of a tile, or the root over some of a tile's hashes.
    fn node(&self, node: NodeId) -> Result<Hash, FetchFault> {
        let level = node.level / LEVELS_PER_TILE;
        let height = node.level % LEVELS_PER_TILE;
        let count = 1_u64 << height;
        let first = node.index << height;
        let index = first / u64::from(TILE_WIDTH);
        let id = TileId {
            level: TileLevel::Hashes(level),
            index,
            width: available_width(TileLevel::Hashes(level), index, self.size),
        };
        let path = id.to_string();
        let bytes = self.reader.get(&path, usize::from(TILE_WIDTH) * 32)?;
        let hashes: Vec<Hash> = bytes
            .chunks_exact(32)
            .filter_map(|chunk| chunk.try_into().ok().map(Hash))
            .collect();
        let from = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
        let own = hashes.get(from..to);
        let own = own.ok_or_else(|| self.reader.fault(&path, "has too few hashes"))?;
        Ok(root_over(own))
    }
}

/// Returns the root over a power of two of hashes.
fn root_over(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            crate::ledger::tree::node_hash(&root_over(left), &root_over(right))
        }
    }
}

impl HashReader for TileTree<'_> {
    type Error = FetchFault;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, FetchFault> {
        nodes.iter().map(|node| self.node(*node)).collect()
    }
}

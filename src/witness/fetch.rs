//! Reads a log from its server, as anybody may: checkpoint, bundles of entries, tiles of hashes (C2SP tlog-tiles).
//!
//! A registry that is not public shows its entries to members alone; there the reader signs in, and again when its session ends.
//! How, is a function that it is given: this room holds no key of a member.
//!
//! Nothing that comes is believed here. Each answer has a limit of size and of time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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
/// The status of an answer for members only.
const UNAUTHORIZED: u16 = 401;
/// How long a sign-in that failed is not tried again; a registry counts those of an address.
const SIGN_IN_PAUSE: Duration = Duration::from_secs(30);
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

/// Signs in, and returns the token of the session or why there is none.
pub type SignIn = dyn Fn() -> Result<String, String> + Send + Sync;

/// The session of a reader that signs in.
struct Session {
    sign_in: Box<SignIn>,
    state: Mutex<SessionState>,
}

#[derive(Default)]
struct SessionState {
    token: Option<String>,
    /// When signing in failed last, and why.
    failed: Option<(Instant, String)>,
}

impl Session {
    fn token(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.token.clone()
    }

    /// Signs in, unless it failed a moment ago.
    fn renew(&self) -> Result<(), String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.token = None;
        if let Some((at, why)) = &state.failed
            && at.elapsed() < SIGN_IN_PAUSE
        {
            return Err(why.clone());
        }
        match (self.sign_in)() {
            Ok(token) => {
                state.token = Some(token);
                state.failed = None;
                Ok(())
            }
            Err(why) => {
                state.failed = Some((Instant::now(), why.clone()));
                Err(why)
            }
        }
    }
}

/// A reader of one log's server.
#[derive(Clone)]
pub struct LogReader {
    agent: Agent,
    base: String,
    session: Option<Arc<Session>>,
}

impl fmt::Debug for LogReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogReader").field(&self.base).finish()
    }
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
            session: None,
        })
    }

    /// Signs in where the server shows something to members alone, and again when the session has ended.
    #[must_use]
    pub fn signing_in(mut self, sign_in: Box<SignIn>) -> Self {
        let state = Mutex::default();
        self.session = Some(Arc::new(Session { sign_in, state }));
        self
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
        let asked = self.ask(path, bytes_max);
        let asked = match (&self.session, asked) {
            (Some(session), Err(ureq::Error::StatusCode(UNAUTHORIZED))) => {
                let renewed = session.renew();
                renewed.map_err(|why| self.fault(path, &format!("no session: {why}")))?;
                self.ask(path, bytes_max)
            }
            (None, Err(ureq::Error::StatusCode(UNAUTHORIZED))) => {
                let why = "is for members: the auditor of a registry that is not public signs in (--member, --member-key)";
                return Err(self.fault(path, why));
            }
            (_, asked) => asked,
        };
        asked.map_err(|cause| self.fault(path, &cause.to_string()))
    }

    fn ask(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, ureq::Error> {
        let mut request = self.agent.get(format!("{}/{path}", self.base));
        if let Some(token) = self.session.as_ref().and_then(|session| session.token()) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call()?;
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        response.body_mut().with_config().limit(limit).read_to_vec()
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

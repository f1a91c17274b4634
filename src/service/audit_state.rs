//! What an audit keeps to go on from: the replay as lines (`verify::saved`), and before them which entries it is of.
//!
//! The file is the auditor's own and nothing vouches for it but the auditor. What the log commits to is compared with the log:
//! every entry before the kept place is hashed again, and a block of them that is not what it was is named. Whatever is doubtful
//! is a fault; an audit never begins again by itself.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::ledger::tree::{Frontier, HashReader, NodeId, UnknownNode, frontier_nodes, leaf_hash};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::EntryIndex;
use crate::service::ServiceFault;
use crate::service::audit::{CHUNK_BYTES, CHUNK_ENTRIES};
use crate::store::{LineFault, LineFile, Store, StoreFault};
use crate::verify::entries::Entries;
use crate::verify::evidence::{hashes_json, take_hashes};
use crate::verify::machine::{Machine, audience};
use crate::verify::replay::Replay;
use crate::verify::saved::{Doubt, Restoring, lines};

/// The format that this version writes and reads.
const FORMAT: &str = "greenlien-audit/v1";
/// The height of the subtrees whose hashes are kept: a rewrite is placed within 1,024 entries.
const BLOCK_LEVEL: u8 = 10;
/// Hashes of blocks on one line.
const BLOCKS_PER_LINE: usize = 256;

/// Where an audit keeps what it has replayed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keeping {
    /// The file, outside the data folder.
    pub file: PathBuf,
    /// Entries replayed before it is written again.
    pub every: u64,
}

/// Why an audit does not go on from a file.
#[derive(Debug)]
pub struct StateFault {
    /// The file.
    pub file: PathBuf,
    /// What is wrong.
    pub doubt: StateDoubt,
}

/// What is wrong with the file of an audit, or with the log that it is compared with.
#[derive(Debug)]
pub enum StateDoubt {
    /// The disk refused; why.
    Disk(String),
    /// The file is not as it was written, or its records are not those of the log; why.
    Damaged(String),
    /// It is of a format or a law that this version does not know; which.
    Unknown(String),
    /// It is of another log.
    OtherLog {
        /// The log of the file: its origin and the hash of its entry 0.
        kept: String,
        /// That of the folder.
        found: String,
    },
    /// The folder has fewer entries than were audited.
    Ahead {
        /// Entries that were audited.
        kept: u64,
        /// Entries in the folder.
        found: u64,
    },
    /// Entries that were audited are no longer what they were.
    Rewritten {
        /// The first entry that may have been changed.
        from: EntryIndex,
        /// The last entry of the block in which the first change is.
        to: EntryIndex,
    },
}

impl fmt::Display for StateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.doubt {
            StateDoubt::Disk(why) => write!(f, "{file}: {why}"),
            StateDoubt::Damaged(why) => write!(f, "{file} is damaged: {why}"),
            StateDoubt::Unknown(what) => {
                write!(f, "{file} is of {what}, which this version does not know")
            }
            StateDoubt::OtherLog { kept, found } => write!(
                f,
                "{file} is of the log {kept}, and the folder has the log {found}"
            ),
            StateDoubt::Ahead { kept, found } => write!(
                f,
                "{kept} entries were audited ({file}), and the folder has only {found}"
            ),
            StateDoubt::Rewritten { from, to } => write!(
                f,
                "the log was rewritten: entries that were audited ({file}) have changed, the first of them between entries {from} and {to}"
            ),
        }
    }
}

impl std::error::Error for StateFault {}

/// Why an audit came to no result.
#[derive(Debug)]
pub enum AuditFault {
    /// The folder could not be read.
    Service(ServiceFault),
    /// The file to go on from.
    State(StateFault),
}

impl fmt::Display for AuditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(fault) => write!(f, "{fault}"),
            Self::State(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for AuditFault {}

impl From<ServiceFault> for AuditFault {
    fn from(fault: ServiceFault) -> Self {
        Self::Service(fault)
    }
}

impl From<StoreFault> for AuditFault {
    fn from(fault: StoreFault) -> Self {
        Self::Service(fault.into())
    }
}

/// What of a file is not believed.
struct Doubted(StateDoubt);

impl From<LineFault> for Doubted {
    fn from(fault: LineFault) -> Self {
        Self(match fault {
            LineFault::Disk(cause) => StateDoubt::Disk(cause.to_string()),
            LineFault::Damaged(why) => StateDoubt::Damaged(why.to_owned()),
        })
    }
}

impl From<FieldFault> for Doubted {
    fn from(fault: FieldFault) -> Self {
        Self(StateDoubt::Damaged(fault.to_string()))
    }
}

/// Gets each entry that was audited before, with the tree that ends in it.
pub(super) type Visit<'a> = dyn FnMut(&Blocks, &[u8]) -> Result<(), StoreFault> + 'a;

/// The hashes of the whole blocks of entries, and the right edge of the tree.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    frontier: Frontier,
    whole: Vec<Hash>,
}

impl Blocks {
    /// Takes the leaf hash of the next entry; says whether a block became whole by it.
    pub(super) fn push(&mut self, leaf: Hash) -> bool {
        let Self { frontier, whole } = self;
        let before = whole.len();
        frontier.push(leaf, &mut |node, hash| {
            if node.level == BLOCK_LEVEL {
                whole.push(hash);
            }
        });
        whole.len() > before
    }

    pub(super) fn root(&self) -> Hash {
        self.frontier.root()
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }
}

/// The file of an audit.
pub(super) struct StateFile {
    file: LineFile,
    every: u64,
    /// Entries in what is on the disk.
    kept: u64,
}

/// Where an audit goes on.
pub(super) struct Kept {
    head: Head,
    blocks: Vec<Hash>,
    restoring: Restoring,
}

/// Which entries a file is of.
struct Head {
    /// The origin of the log and its entry 0.
    aud: String,
    size: u64,
    root: Hash,
}

impl StateFile {
    pub(super) fn outside(keeping: &Keeping, folder: &Path) -> Result<Self, StoreFault> {
        Ok(Self {
            file: LineFile::outside(&keeping.file, folder)?,
            every: keeping.every,
            kept: 0,
        })
    }

    pub(super) fn fault(&self, doubt: StateDoubt) -> StateFault {
        StateFault {
            file: self.file.path().to_owned(),
            doubt,
        }
    }

    /// Says whether so much was replayed since it was written that an interruption should not cost it.
    pub(super) fn is_due(&self, machine: &Machine) -> bool {
        // As with an auditing witness: keeping never takes more than a fraction of replaying.
        let rows = u64::try_from(machine.held_count()).unwrap_or(u64::MAX);
        let due = self.every.max(rows / 2);
        machine.is_closed() && machine.size().saturating_sub(self.kept) >= due
    }

    /// Writes a replay that stands after a state entry, if it has come further than the file.
    pub(super) fn keep(&mut self, replay: &Replay, blocks: &Blocks) -> Result<(), StoreFault> {
        let (Some(machine), Some(lines)) = (replay.machine(), lines(replay)) else {
            return Ok(());
        };
        if machine.size() <= self.kept {
            return Ok(());
        }
        let head = Json::object([
            ("aud", Json::text(machine.aud())),
            ("format", Json::text(FORMAT)),
            ("root", Json::text(blocks.root().to_string())),
            ("size", Json::count(blocks.size())),
        ]);
        let whole = blocks.whole.chunks(BLOCKS_PER_LINE);
        let whole = whole.map(|part| Json::object([("blocks", hashes_json(part))]).to_canonical());
        let own = std::iter::once(head.to_canonical()).chain(whole);
        self.file.write(own.chain(lines))?;
        self.kept = machine.size();
        Ok(())
    }

    /// Reads the file and compares it with the folder as far as that needs no entry but the first; nothing where it is not there.
    pub(super) fn read(&self, store: &Store) -> Result<Option<Kept>, AuditFault> {
        let first = store.entry(0)?.unwrap_or_default();
        let origin = store.origin()?.unwrap_or_default();
        let (found, size) = (audience(&origin, &leaf_hash(&first)), store.size());
        let mut head = None;
        let mut blocks = Vec::new();
        let mut restoring = Restoring::default();
        let mut take = |line: &str| -> Result<(), Doubted> {
            let Some(whole) = &head else {
                let read = head_of(line)?;
                if read.aud != found {
                    let (kept, found) = (read.aud, found.clone());
                    return Err(Doubted(StateDoubt::OtherLog { kept, found }));
                }
                if read.size > size {
                    let (kept, found) = (read.size, size);
                    return Err(Doubted(StateDoubt::Ahead { kept, found }));
                }
                head = Some(read);
                return Ok(());
            };
            if u64::try_from(blocks.len()).unwrap_or(u64::MAX) < whole.size >> BLOCK_LEVEL {
                let json = Json::parse_canonical(line.as_bytes());
                let json = json.map_err(|fault| StateDoubt::Damaged(fault.to_string()));
                let mut fields = Fields::open("", json.map_err(Doubted)?)?;
                blocks.extend(take_hashes(&mut fields, "blocks")?);
                return Ok(fields.finish()?);
            }
            let taken = restoring.take(line);
            taken.map_err(|doubt| Doubted(doubted(&doubt)))
        };
        let read = self.file.read::<Doubted>(&mut take);
        let is_there = read.map_err(|doubted| AuditFault::State(self.fault(doubted.0)))?;
        if !is_there {
            return Ok(None);
        }
        let empty = || AuditFault::State(self.fault(StateDoubt::Damaged("it is empty".to_owned())));
        Ok(Some(Kept {
            head: head.ok_or_else(empty)?,
            blocks,
            restoring,
        }))
    }

    /// Hashes every entry before the kept place again and puts the replay together; `visit` gets each of
    /// them.
    pub(super) fn go_on(
        &mut self,
        kept: Kept,
        store: &Store,
        progress: &mut dyn FnMut(u64, u64),
        visit: &mut Visit<'_>,
    ) -> Result<(Replay, Blocks), AuditFault> {
        let size = kept.head.size;
        let mut again = Blocks::default();
        while again.size() < size {
            for (_, entry) in store.entries(again.size(), CHUNK_ENTRIES, CHUNK_BYTES)? {
                if again.size() == size {
                    break;
                }
                let is_whole = again.push(leaf_hash(&entry));
                if is_whole && again.whole.last() != kept.blocks.get(again.whole.len() - 1) {
                    let to = again.size() - 1;
                    return Err(self.rewritten(to));
                }
                visit(&again, &entry)?;
            }
            progress(again.size(), size);
        }
        if again.root() != kept.head.root {
            return Err(self.rewritten(size.saturating_sub(1)));
        }
        let log = Hashed {
            store,
            frontier: &again.frontier,
        };
        let replay = kept.restoring.finish(&log);
        let replay = replay.map_err(|doubt| AuditFault::State(self.fault(doubted(&doubt))))?;
        if replay.machine().map(Machine::size) != Some(size) {
            let why = "its two sizes differ".to_owned();
            return Err(AuditFault::State(self.fault(StateDoubt::Damaged(why))));
        }
        self.kept = size;
        Ok((replay, again))
    }

    fn rewritten(&self, to: EntryIndex) -> AuditFault {
        let from = to >> BLOCK_LEVEL << BLOCK_LEVEL;
        AuditFault::State(self.fault(StateDoubt::Rewritten { from, to }))
    }
}

/// Takes the first line apart.
fn head_of(line: &str) -> Result<Head, Doubted> {
    let json = Json::parse_canonical(line.as_bytes());
    let json = json.map_err(|fault| Doubted(StateDoubt::Damaged(fault.to_string())))?;
    let mut fields = Fields::open("", json)?;
    let format = fields.text("format")?;
    if format != FORMAT {
        return Err(Doubted(StateDoubt::Unknown(format!(
            "the format {format:?}"
        ))));
    }
    let head = Head {
        aud: fields.text("aud")?,
        size: fields.count("size")?,
        root: fields.hash("root")?,
    };
    fields.finish()?;
    Ok(head)
}

/// Says what a doubt about the lines of the replay is.
fn doubted(doubt: &Doubt) -> StateDoubt {
    match doubt {
        Doubt::Unknown(what) => StateDoubt::Unknown(what.clone()),
        Doubt::Contradicted(why) => StateDoubt::Damaged(why.clone()),
    }
}

/// The entries of a folder that were just hashed again: nothing is believed that the folder says of its own tree.
struct Hashed<'a> {
    store: &'a Store,
    frontier: &'a Frontier,
}

impl HashReader for Hashed<'_> {
    type Error = UnknownNode;

    fn read(&self, nodes: &[NodeId]) -> Result<Vec<Hash>, UnknownNode> {
        let own = frontier_nodes(self.frontier.size());
        let find = |node: &NodeId| {
            let at = own.iter().position(|other| other == node);
            let hash = at.and_then(|at| self.frontier.hashes().get(at));
            hash.copied().ok_or(UnknownNode(*node))
        };
        nodes.iter().map(find).collect()
    }
}

impl Entries for Hashed<'_> {
    fn size(&self) -> u64 {
        self.frontier.size()
    }

    fn entry(&self, index: EntryIndex) -> Option<Vec<u8>> {
        self.store.entry(index).ok().flatten()
    }
}

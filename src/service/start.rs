//! Creating and opening a registry: what is read, recomputed and compared before anything is served.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::sync::{Arc, OnceLock, RwLock};
use std::thread::JoinHandle;

use crate::domain::entry::{Entry, Mode};
use crate::domain::facts::{PolicyTexts, PolicyVersion, Record, StateKey};
use crate::domain::genesis::Genesis;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::{StateValue, value_hash};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::ledger::state_tree::StateTree;
use crate::ledger::tree::{Frontier, HashReader as _, Tail, frontier_nodes, leaf_hash};
use crate::primitives::crypto::{Hash, KeyId, PublicKey, SecretKey};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::{Clock, Timestamp};
use crate::service::certificates::Desk;
use crate::service::committer::Committer;
use crate::service::cosign::{Cosigning, check_policy};
use crate::service::drafts::Inbox;
use crate::service::feed::Observers;
use crate::service::history::check_outside;
use crate::service::log_keys::LogKeys;
use crate::service::options::Options;
use crate::service::quota::{Allowance, Quota};
use crate::service::sequencer::{Group, Sequencer, add_links};
use crate::service::sessions::Sessions;
use crate::service::statistics::Kept;
use crate::service::timing::Timing;
use crate::service::version::{cosigned_before, tree_at};
use crate::service::webhooks::Webhooks;
use crate::service::{Job, Published, ServiceFault, Shared, codec, openings};
use crate::store::{Commit, Store};
use crate::verify::entries::adopted_text;
use crate::verify::machine::{Machine, MachineFault, Position};

/// Records between two words on how far a start has come.
const PROGRESS_RECORDS: u64 = 1_024;

/// Writes entry 0, its state entry and the first checkpoint into a new folder.
pub(crate) fn create(
    folder: &Path,
    genesis: Genesis,
    log_key: &SecretKey,
    clock: &dyn Clock,
) -> Result<(), ServiceFault> {
    let key = NoteKey::parse_vkey(&genesis.log_vkey)
        .map_err(|fault| ServiceFault::Doubt(format!("log_vkey: {fault}")))?;
    if *key.key() != log_key.public() || key.name() != genesis.origin {
        let what = "the log key is not the one that the genesis names".to_owned();
        return Err(ServiceFault::Doubt(what));
    }
    let origin = genesis.origin.clone();
    let begun: Result<_, MachineFault<std::convert::Infallible>> =
        Machine::begin(genesis, clock.now());
    let (mut machine, decided) = begun.map_err(|fault| match fault {
        MachineFault::Policy(fault) => ServiceFault::Doubt(format!("policy: {fault}")),
        other => ServiceFault::Doubt(format!("genesis: {other:?}")),
    })?;
    if decided.bytes.len() > limits::ENTRY_BYTES_MAX {
        return Err(ServiceFault::Doubt(
            "the genesis entry is too large".to_owned(),
        ));
    }
    let time = machine.next_time(clock.now());
    let closed = machine.close_group(Mode::Group, time);
    let mut tail = Tail::new(Frontier::new());
    tail.append(decided.leaf);
    tail.append(closed.leaf);
    let head = Checkpoint {
        origin: origin.clone(),
        size: tail.size(),
        root: tail.root(),
    };
    let mut commit = Commit {
        origin: Some(origin),
        nodes: tail.new_nodes().to_vec(),
        checkpoint: Some((head.size, head.sign(log_key))),
        ..Commit::default()
    };
    add_links(decided.index, &decided.touched, &mut commit);
    let rows = closed.rows.iter();
    commit
        .records
        .extend(rows.map(|(k, row, text)| (codec::row_key(k), codec::encode(row, text))));
    commit.entries = vec![(decided.index, decided.bytes), (closed.index, closed.bytes)];
    Store::create(folder)?.commit(&commit)?;
    Ok(())
}

/// Everything that is kept in memory of the records.
pub(crate) struct Loaded {
    tree: StateTree,
    keys: BTreeMap<KeyId, (PartyId, PublicKey)>,
    versions: BTreeMap<String, Vec<PolicyVersion>>,
    /// The state tree of the cosigned version, if one was asked for.
    earlier: Option<StateTree>,
}

/// Notes in the folder what it is served with from now on.
fn note_given(store: &Store, options: &Options) -> Result<(), ServiceFault> {
    for memory in options.given() {
        store.set_had(memory)?;
    }
    openings::start::prepare(store, options.openings_key.as_deref())
}

/// Opens a folder, recomputes the right edge from the entries and compares it with the checkpoint.
pub(crate) fn open(
    folder: &Path,
    held: &[Arc<SecretKey>],
    clock: Arc<dyn Clock>,
    options: Options,
) -> Result<(Shared, Machine), ServiceFault> {
    let store = Store::open(folder)?;
    let (genesis, genesis_leaf) = read_genesis(&store)?;
    let log_keys = LogKeys::read(&store, &genesis)?;
    let cosigned = cosigned_before(&store, &genesis, options.witnesses.as_ref())?;
    let earlier = cosigned.as_ref().map(|(head, _)| head.size);
    let edge = Edge::read(&store, earlier, &mut |_| {})?;
    let cosigned = cosigned.map(|(head, note)| earlier_version(&store, &head, note, &edge.loaded));
    let cosigned = cosigned.transpose()?;
    if let Some(policy) = &options.witnesses {
        check_policy(policy, &log_keys.at(store.size(), edge.last.time))?;
    }
    let unheard = check_outside(&store, &genesis, &options)?;
    note_given(&store, &options)?;
    let timing = read_timing(&store, &options)?;
    let begun = clock.now();
    let step = timing.check_step(store.size(), edge.last.time, begun);
    step.map_err(ServiceFault::TimeStep)?;
    let (frontier, last, loaded) = (edge.frontier, edge.last, edge.loaded);
    let right_edge = head_of(&genesis, &frontier);
    let checkpoint = check_checkpoint(&store, &log_keys, &right_edge, last.time, held)?;
    if let Some(mark) = &options.high_water {
        mark.write(&checkpoint)?;
    }
    let policies = load_policies(&store, &genesis, &loaded.versions)?;
    let position = Position {
        last_leaf: last.leaf,
        last_time: last.time,
        last_state: Some(last.index),
        tree: loaded.tree.clone(),
        versions: loaded.versions,
        policies: policies.clone(),
        frontier,
    };
    let machine = Machine::resume(genesis, &genesis_leaf, position);
    let published = Published {
        size: machine.size(),
        root: machine.root(),
        checkpoint: checkpoint.into(),
        tree: loaded.tree,
        time: last.time,
    };
    let cosigning = |policy| Cosigning::new(policy, cosigned, begun, unheard);
    let shared = Shared {
        webhooks: Webhooks::open(&store, options.webhooks, published.size)?,
        inbox: Inbox::open(&store)?,
        statistics: Kept::default(),
        store,
        clock,
        genesis: Arc::clone(machine.genesis()),
        aud: machine.aud().to_owned(),
        committed: AtomicU64::new(published.size),
        published: RwLock::new(published),
        keys: RwLock::new(loaded.keys),
        policies: RwLock::new(Arc::new(policies)),
        log_keys: RwLock::new(Arc::new(log_keys)),
        held_log_keys: held.iter().map(|key| key.public().id()).collect(),
        stopped: AtomicBool::new(false),
        cause: OnceLock::new(),
        timing,
        high_water: options.high_water,
        openings_key: options.openings_key,
        sessions: Sessions::new()?,
        refusals: options.refusals.map(refusals),
        certificates: Desk::default(),
        towns: RwLock::new(options.towns),
        site: options.site,
        observers: Observers::default(),
        cosigning: options.witnesses.map(cosigning),
    };
    Ok((shared, machine))
}

fn head_of(genesis: &Genesis, frontier: &Frontier) -> Checkpoint {
    Checkpoint {
        origin: genesis.origin.clone(),
        size: frontier.size(),
        root: frontier.root(),
    }
}

fn refusals(allowance: Allowance) -> Quota<PartyId> {
    Quota::new(allowance, limits::QUOTA_KEYS_MAX)
}

/// Reads how far an operator has let the clock go.
pub(crate) fn read_timing(store: &Store, options: &Options) -> Result<Timing, ServiceFault> {
    let accepted = store.accepted_time()?;
    let accepted = accepted.map(|text| {
        let unreadable =
            || ServiceFault::Doubt(format!("the accepted time {text:?} is no instant"));
        Timestamp::parse(&text).ok_or_else(unreadable)
    });
    Ok(Timing {
        heartbeat_seconds: options.heartbeat_seconds,
        steps: options.time_steps,
        accepted: accepted.transpose()?,
    })
}

/// Starts the threads.
pub(crate) fn spawn(
    shared: &Arc<Shared>,
    machine: Machine,
    held: Vec<Arc<SecretKey>>,
) -> (SyncSender<Job>, Vec<JoinHandle<()>>) {
    let (queue, jobs) = sync_channel::<Job>(limits::QUEUE_COMMANDS_MAX);
    let (groups, waiting) = sync_channel::<Group>(limits::QUEUE_GROUPS_MAX);
    let (purges, orders) = channel();
    let size = machine.size();
    let frontier = read_frontier(&shared.store).unwrap_or_else(|_| Frontier::new());
    debug_assert_eq!(frontier.size(), size, "the store was read a moment ago");
    let committer = Committer {
        shared: Arc::clone(shared),
        held,
        frontier,
        purges,
        unwritten: None,
    };
    let sequencer = Sequencer {
        shared: Arc::clone(shared),
        machine,
        recent: BTreeMap::new(),
        is_behind: false,
        seen_while_waiting: None,
    };
    let committer = named("committer", move || committer.run(&waiting));
    let sequencer = named("sequencer", move || sequencer.run(&jobs, &groups));
    let shared = Arc::clone(shared);
    let eraser = named("eraser", move || openings::erasure::purge(&shared, &orders));
    (queue, vec![sequencer, committer, eraser])
}

/// Starts a thread that operators can tell apart in their tools; a process that cannot start one cannot run a registry.
fn named(name: &str, work: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder.spawn(work).expect("the system starts a thread")
}

fn doubt<T>(what: impl Into<String>) -> Result<T, ServiceFault> {
    Err(ServiceFault::Doubt(what.into()))
}

/// Reads entry 0.
pub(crate) fn read_genesis(store: &Store) -> Result<(Genesis, Hash), ServiceFault> {
    let Some(bytes) = store.entry(0)? else {
        return doubt("entry 0 is missing");
    };
    match Entry::parse(&bytes) {
        Ok(Entry::Genesis { genesis, .. }) => Ok((*genesis, leaf_hash(&bytes))),
        Ok(Entry::Command { .. } | Entry::State(_)) => doubt("entry 0 is not a genesis entry"),
        Err(fault) => doubt(format!("entry 0: {fault}")),
    }
}

fn read_frontier(store: &Store) -> Result<Frontier, ServiceFault> {
    let size = store.size();
    let hashes = store.read(&frontier_nodes(size))?;
    match Frontier::from_parts(size, hashes) {
        Some(frontier) => Ok(frontier),
        None => doubt("the hashes of the right edge are incomplete"),
    }
}

/// The right edge of a log with the records that it commits to, each as stored, and compared with each other.
pub(crate) struct Edge {
    pub(crate) frontier: Frontier,
    pub(crate) last: LastEntry,
    loaded: Loaded,
}

impl Edge {
    /// Reads and compares; `earlier` asks for the state tree of a version before, too. `progress` is told of the records read.
    pub(crate) fn read(
        store: &Store,
        earlier: Option<u64>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, ServiceFault> {
        let frontier = read_frontier(store)?;
        let loaded = load_records(store, earlier, progress)?;
        let last = read_last(store)?;
        check_right_edge(store, &frontier, &last, &loaded)?;
        Ok(Self {
            frontier,
            last,
            loaded,
        })
    }

    /// Reads the time of the last entry alone.
    pub(crate) fn last_time(store: &Store) -> Result<Timestamp, ServiceFault> {
        Ok(read_last(store)?.time)
    }
}

/// The state entry that ends the log.
pub(crate) struct LastEntry {
    index: u64,
    leaf: Hash,
    pub(crate) time: Timestamp,
    state_root: Hash,
    root_n: Hash,
}

fn read_last(store: &Store) -> Result<LastEntry, ServiceFault> {
    let index = store.size().saturating_sub(1);
    let Some(bytes) = store.entry(index)? else {
        return doubt("the log is empty");
    };
    match Entry::parse(&bytes) {
        Ok(Entry::State(state)) => Ok(LastEntry {
            index,
            leaf: leaf_hash(&bytes),
            time: state.time,
            state_root: state.state_root,
            root_n: state.root_n,
        }),
        Ok(Entry::Genesis { .. } | Entry::Command { .. }) => {
            doubt(format!("entry {index}, the last, is not a state entry"))
        }
        Err(fault) => doubt(format!("entry {index}: {fault}")),
    }
}

fn check_right_edge(
    store: &Store,
    frontier: &Frontier,
    last: &LastEntry,
    loaded: &Loaded,
) -> Result<(), ServiceFault> {
    let before = crate::ledger::proof::root_at(last.index, store)?;
    let hashes = store.read(&frontier_nodes(last.index))?;
    let Some(mut again) = Frontier::from_parts(last.index, hashes) else {
        return doubt("the hashes before the last entry are incomplete");
    };
    again.push(last.leaf, &mut |_, _| {});
    if again.root() != frontier.root() || before != last.root_n {
        return doubt("the stored hashes do not belong to the entries; run `greenlien rebuild`");
    }
    if loaded.tree.root() != last.state_root {
        return doubt("the stored records do not have the logged root; run `greenlien rebuild`");
    }
    Ok(())
}

/// Opens the newest checkpoint under the log keys of its position and compares it with the entries; returns the one to
/// publish.
fn check_checkpoint(
    store: &Store,
    log_keys: &LogKeys,
    right_edge: &Checkpoint,
    time: Timestamp,
    keys: &[Arc<SecretKey>],
) -> Result<String, ServiceFault> {
    let secrets: Vec<&SecretKey> = keys.iter().map(AsRef::as_ref).collect();
    let note_now = log_keys.sign(right_edge, time, &secrets)?;
    let Some((size, note)) = store.latest_checkpoint()? else {
        return doubt("no checkpoint");
    };
    let head = match Checkpoint::open(&note, &log_keys.all(), &right_edge.origin) {
        Ok(head) => head,
        Err(fault) => return doubt(format!("the checkpoint of size {size}: {fault}")),
    };
    if head.size != size || head.size > right_edge.size {
        return doubt("the newest checkpoint is ahead of the entries: an old copy was restored");
    }
    if crate::ledger::proof::root_at(head.size, store)? != head.root {
        return doubt("the entries do not have the root that the newest checkpoint signs");
    }
    let signed_at = match store
        .entry(size.saturating_sub(1))?
        .map(|bytes| Entry::parse(&bytes))
    {
        Some(Ok(Entry::State(state))) => state.time,
        Some(_) | None => {
            return doubt(format!(
                "entry {} is no state entry",
                size.saturating_sub(1)
            ));
        }
    };
    log_keys
        .check(&note, &head, signed_at)
        .map_err(ServiceFault::Doubt)?;
    if right_edge.size != size {
        let checkpoint = Some((right_edge.size, note_now.clone()));
        store.commit(&Commit {
            checkpoint,
            ..Commit::default()
        })?;
    }
    Ok(note_now)
}

/// Reads every record; `earlier` asks for the tree of a version before, too.
fn load_records(
    store: &Store,
    earlier: Option<u64>,
    progress: &mut dyn FnMut(u64),
) -> Result<Loaded, ServiceFault> {
    let mut loaded = Loaded {
        tree: StateTree::default(),
        keys: BTreeMap::new(),
        versions: BTreeMap::new(),
        earlier: None,
    };
    let mut damaged = 0_u64;
    let mut changed = Vec::new();
    let mut read = 0_u64;
    store.all_records(&mut |key, bytes| {
        read += 1;
        if read.is_multiple_of(PROGRESS_RECORDS) {
            progress(read);
        }
        let Some(stored) = codec::open(bytes) else {
            damaged += 1;
            return;
        };
        let is_party_or_policy = matches!(key.first(), Some(b'm' | b'k'));
        let parsed = is_party_or_policy
            .then(|| StateValue::parse(stored.text).ok())
            .flatten();
        if let Some(value) = parsed {
            remember(value, &mut loaded);
        }
        match row_name(key) {
            // What has changed since comes last, so that both trees share all the rest.
            Some(name) if earlier.is_some_and(|size| stored.last_index >= size) => {
                changed.push((name, value_hash(stored.text)));
            }
            Some(name) => loaded.tree.insert(name.hash(), value_hash(stored.text)),
            None => damaged += 1,
        }
    })?;
    if damaged > 0 {
        return doubt(format!(
            "{damaged} records cannot be read; run `greenlien rebuild`"
        ));
    }
    if let Some(size) = earlier {
        loaded.earlier = Some(tree_at(store, &loaded.tree, &changed, size)?);
    }
    for (name, value) in changed {
        loaded.tree.insert(name.hash(), value);
    }
    Ok(loaded)
}

/// Puts the version together that was cosigned before this start; its tree must have the root that its state entry says.
fn earlier_version(
    store: &Store,
    head: &Checkpoint,
    note: String,
    loaded: &Loaded,
) -> Result<Published, ServiceFault> {
    let state = store.entry(head.size.saturating_sub(1))?;
    let state = state.and_then(|bytes| Entry::parse(&bytes).ok());
    match (state, &loaded.earlier) {
        (Some(Entry::State(state)), Some(tree)) if tree.root() == state.state_root => {
            Ok(Published {
                size: head.size,
                root: head.root,
                checkpoint: note.into(),
                tree: tree.clone(),
                time: state.time,
            })
        }
        _ => doubt("the records do not lead to the cosigned version; run `greenlien rebuild`"),
    }
}

fn remember(value: StateValue, loaded: &mut Loaded) {
    match (value.key, value.record) {
        (StateKey::Party(id), Record::Party(party)) => {
            let keys = party
                .keys
                .into_iter()
                .map(|key| (key.key.id(), (id, key.key)));
            loaded.keys.extend(keys);
        }
        (StateKey::Policy(kind), Record::Policy(versions)) => {
            loaded.versions.insert(kind, versions);
        }
        _ => {}
    }
}

/// Returns the state key of a row key.
fn row_name(key: &[u8]) -> Option<StateKey> {
    let (space, name) = key.split_first()?;
    let index = || name.try_into().ok().map(u64::from_be_bytes);
    let text = || std::str::from_utf8(name).ok();
    match space {
        b'r' => StateKey::parse("right", &format!("R{}", index()?)),
        b'p' => StateKey::parse("pledge", &format!("P{}", index()?)),
        b'v' => StateKey::parse("pledge", &format!("V{}", index()?)),
        b'm' => StateKey::parse("party", &format!("M{}", index()?)),
        b'i' => StateKey::parse("identity", text()?),
        b's' => StateKey::parse("source", text()?),
        b'c' => StateKey::parse("cell", text()?),
        b'k' => StateKey::parse("policy", text()?),
        _ => None,
    }
}

/// Reads every policy text ever adopted from the entries that carry them.
fn load_policies(
    store: &Store,
    genesis: &Genesis,
    versions: &BTreeMap<String, Vec<PolicyVersion>>,
) -> Result<PolicyTexts, ServiceFault> {
    let mut texts: Vec<String> = genesis
        .policies
        .iter()
        .map(|(_, text)| text.clone())
        .collect();
    for version in versions
        .values()
        .flatten()
        .filter(|version| version.entry > 0)
    {
        let Some(bytes) = store.entry(version.entry)? else {
            return doubt("a policy is missing");
        };
        texts.extend(adopted_text(&bytes));
    }
    let mut policies = PolicyTexts::new();
    for text in texts {
        match KindPolicy::parse(&text) {
            Ok(policy) => policies.insert(policy.digest, policy),
            Err(fault) => return doubt(format!("a policy text cannot be read: {fault}")),
        };
    }
    Ok(policies)
}

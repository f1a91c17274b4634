//! A registry that lies: the entries of an honest one in memory, changed as no server of ours would change them, signed with
//! the log's own key and served as tiles.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::routing::get;
use greenlien::domain::command::Body;
use greenlien::domain::entry::{Entry, Outcome, touches_of};
use greenlien::domain::event::Event;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::wire::value_hash;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::proof::{consistency_proof, inclusion_proof};
use greenlien::ledger::state_tree::StateTree;
use greenlien::ledger::tile::{TileId, TileLevel, append_bundle};
use greenlien::ledger::tree::{Frontier, HashReader as _, Tail, leaf_hash};
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::id::RightId;
use greenlien::verify::evidence::{Evidence, ProvenEntry, ProvenRecord};

use super::request;
use crate::support::papers::{flow, line, pledge, span};
use crate::support::{Actor, Play as _, World, cast, papers};

/// A log in memory, and what its server was asked for.
#[derive(Clone)]
pub(super) struct Liar {
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    pub(super) fn of(entries: &[Vec<u8>]) -> Self {
        Self {
            entries: entries.to_vec(),
            asked: Arc::default(),
        }
    }

    pub(super) fn tree(&self) -> Tail {
        let mut leaves = Tail::new(Frontier::new());
        for entry in &self.entries {
            leaves.append(leaf_hash(entry));
        }
        leaves
    }

    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap()
    }

    pub(super) fn note(&self) -> String {
        let head = Checkpoint {
            origin: cast::ORIGIN.to_owned(),
            size: self.size(),
            root: self.tree().root(),
        };
        head.sign(&cast::log_key())
    }

    pub(super) fn request(&self, old: u64) -> String {
        let proof = consistency_proof(old, self.size(), &self.tree()).unwrap();
        request(old, &proof, &self.note())
    }

    pub(super) fn proven(&self, index: u64) -> ProvenEntry {
        ProvenEntry {
            index,
            text: String::from_utf8(self.entries[usize::try_from(index).unwrap()].clone()).unwrap(),
            proof: inclusion_proof(index, self.size(), &self.tree()).unwrap(),
        }
    }

    /// Replaces an entry; the chain and the roots of the later state entries are made to fit, and nothing else.
    pub(super) fn replace(&mut self, index: usize, entry: &Entry) {
        self.entries[index] = entry.to_bytes();
        for at in index + 1..self.entries.len() {
            let before = leaf_hash(&self.entries[at - 1]);
            let mut changed = Entry::parse(&self.entries[at]).unwrap();
            match &mut changed {
                Entry::Genesis { .. } => panic!("entry {at} is a genesis"),
                Entry::Command { prev, .. } => *prev = before,
                Entry::State(state) => {
                    state.prev = before;
                    state.root_n = Self::of(&self.entries[..at]).tree().root();
                }
            }
            self.entries[at] = changed.to_bytes();
        }
    }

    /// Returns the routes of its server.
    pub(super) fn routes(&self) -> axum::Router {
        axum::Router::new()
            .route(
                "/checkpoint",
                get(|State(liar): State<Self>| async move { liar.note() }),
            )
            .route("/tile/{*path}", get(tile))
            .with_state(self.clone())
    }
}

async fn tile(State(liar): State<Liar>, uri: Uri) -> Result<Vec<u8>, StatusCode> {
    let name = uri.path().trim_start_matches('/').to_owned();
    liar.asked.lock().unwrap().push(name.clone());
    let id = TileId::parse(&name).ok_or(StatusCode::BAD_REQUEST)?;
    if id.level == TileLevel::Entries {
        let first = usize::try_from(id.index * 256).unwrap();
        let entries = liar.entries.get(first..first + usize::from(id.width));
        let mut bundle = Vec::new();
        for entry in entries.ok_or(StatusCode::NOT_FOUND)? {
            append_bundle(&mut bundle, entry).unwrap();
        }
        return Ok(bundle);
    }
    let hashes = liar
        .tree()
        .read(&id.nodes())
        .map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(hashes.iter().flat_map(|hash| *hash.as_bytes()).collect())
}

/// The key of the liar's log.
pub(super) fn log_key() -> NoteKey {
    NoteKey::new(cast::ORIGIN, cast::log_key().public()).unwrap()
}

/// A registry with one right of 120 t/a, before anybody pledged it.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) bureau: Actor,
    pub(super) mill: Actor,
    pub(super) bank: Actor,
    pub(super) right: RightId,
}

impl Stage {
    pub(super) fn new() -> Self {
        let mut world = World::new();
        let bureau = world.admit("bureau", &[Role::Authority], &["emission"]);
        let mill = world.admit("mill", &[Role::Holder], &[]);
        let bank = world.admit("bank", &[Role::Bank], &[]);
        let days = span("2026-01-01", "2031-01-01");
        let right = world.issue(&bureau, papers::emission(&mill, "COD", "120", days));
        Self {
            world,
            bureau,
            mill,
            bank,
            right,
        }
    }

    /// The bank asks for so many tons of 2027; returns the index of the decision.
    pub(super) fn pledge(&mut self, amount: &str) -> u64 {
        let days = span("2027-01-01", "2028-01-01");
        let body = pledge(
            &self.mill,
            vec![line(self.right, flow(amount, "t/a", days))],
        );
        self.world
            .submit(&self.bank, body, &[&self.mill], &[])
            .index()
    }

    pub(super) fn liar(&self) -> Liar {
        Liar::of(self.world.entries())
    }
}

/// A log that accepts a second pledge of 80 where 40 are left; returns it with the index of the wrong entry.
pub(super) fn over_pledge() -> (Liar, u64) {
    let mut stage = Stage::new();
    let mut free = stage.clone();
    free.pledge("80");
    let accepted = match Entry::parse(&free.liar().entries[free.liar().entries.len() - 2]) {
        Ok(Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        }) => event,
        other => panic!("{other:?}"),
    };
    stage.pledge("80");
    let wrong = stage.pledge("80");
    stage.pledge("1");
    let mut liar = stage.liar();
    let at = usize::try_from(wrong).unwrap();
    let mut entry = Entry::parse(&liar.entries[at]).unwrap();
    if let Entry::Command {
        index,
        outcome,
        touches,
        ..
    } = &mut entry
    {
        let mut event = accepted;
        if let Event::PledgeRegistered { pledge, .. } = &mut event {
            pledge.0 = *index;
        }
        *touches = touches_of(std::slice::from_ref(&event));
        *outcome = Outcome::Accepted {
            event,
            warnings: Vec::new(),
        };
    }
    liar.replace(at, &entry);
    (liar, wrong)
}

/// A log whose state leaves out what a pledge did to its right, evidence that shows the right so, and the index of the pledge.
pub(super) fn omitted_touch() -> (Liar, Evidence, u64) {
    let mut stage = Stage::new();
    let before = stage.world.clone();
    let hidden = stage.pledge("80");
    let right = StateKey::Right(stage.right);
    let tree = lying_tree(&before, &stage.world, &right);
    let mut liar = stage.liar();
    let last = liar.entries.len() - 1;
    let mut entry = Entry::parse(&liar.entries[last]).unwrap();
    if let Entry::State(state) = &mut entry {
        state.state_root = tree.root();
    }
    liar.replace(last, &entry);
    let row = before.machine().held(&right).unwrap();
    let evidence = Evidence {
        subject: right.clone(),
        checkpoint: liar.note(),
        state_entry: liar.proven(liar.size() - 1),
        records: vec![ProvenRecord {
            value: Some(row.value(&right).to_text()),
            proof: tree.prove(&right.hash()),
            history: Some(vec![row.last_index]),
            key: right,
        }],
        entries: Vec::new(),
        consistency: None,
        verification: None,
    };
    (liar, evidence, hidden)
}

/// The state after a group, but for one record.
fn lying_tree(before: &World, after: &World, hidden: &StateKey) -> StateTree {
    let mut tree = before.machine().tree();
    let Ok(Entry::Command {
        outcome: Outcome::Accepted { event, .. },
        ..
    }) = Entry::parse(&after.entries()[after.entries().len() - 2])
    else {
        panic!("the pledge was refused");
    };
    for key in event.touches().iter().filter(|key| *key != hidden) {
        let row = after.machine().held(key).unwrap();
        tree.insert(key.hash(), value_hash(&row.value(key).to_text()));
    }
    tree
}

/// A log in which one command is decided twice; returns it with the index of the second decision.
pub(super) fn repeated_command() -> (Liar, u64) {
    let mut stage = Stage::new();
    let first = stage.pledge("10");
    let second = stage.pledge("20");
    let mut liar = stage.liar();
    let [first, at] = [first, second].map(|index| usize::try_from(index).unwrap());
    let Ok(Entry::Command { envelope: old, .. }) = Entry::parse(&liar.entries[first]) else {
        panic!("not a command");
    };
    let mut entry = Entry::parse(&liar.entries[at]).unwrap();
    if let Entry::Command { envelope, .. } = &mut entry {
        *envelope = old;
    }
    liar.replace(at, &entry);
    (liar, second)
}

/// A log of which one entry names other policies than were active; returns it with the index of that entry.
pub(super) fn other_policies() -> (Liar, u64) {
    let mut stage = Stage::new();
    let wrong = stage.pledge("10");
    let mut liar = stage.liar();
    let at = usize::try_from(wrong).unwrap();
    let mut entry = Entry::parse(&liar.entries[at]).unwrap();
    if let Entry::Command { policy, .. } = &mut entry {
        *policy = Hash::of(&[b"other"]);
    }
    liar.replace(at, &entry);
    (liar, wrong)
}

/// A log in which a second right is issued under the identity of the first; returns it with the index of the wrong entry.
pub(super) fn reused_identity() -> (Liar, u64) {
    let days = span("2026-01-01", "2031-01-01");
    let mut stage = Stage::new();
    let first = usize::try_from(stage.right.0).unwrap();
    let Ok(Entry::Command {
        outcome: Outcome::Accepted { event, .. },
        ..
    }) = Entry::parse(&stage.liar().entries[first])
    else {
        panic!("the right was refused");
    };
    let again = Body::IssueRight(Box::new(papers::emission(&stage.mill, "COD", "120", days)));
    let bureau = stage.bureau.clone();
    let wrong = stage.world.submit(&bureau, again, &[], &[]).index();
    stage.pledge("1");
    let mut liar = stage.liar();
    let at = usize::try_from(wrong).unwrap();
    let mut entry = Entry::parse(&liar.entries[at]).unwrap();
    if let Entry::Command {
        index,
        outcome,
        touches,
        ..
    } = &mut entry
    {
        assert!(matches!(outcome, Outcome::Refused(_)));
        let mut event = event;
        if let Event::RightIssued { right, .. } = &mut event {
            right.0 = *index;
        }
        *touches = touches_of(std::slice::from_ref(&event));
        *outcome = Outcome::Accepted {
            event,
            warnings: Vec::new(),
        };
    }
    liar.replace(at, &entry);
    (liar, wrong)
}

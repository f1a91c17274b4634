//! What the replay of one group rests on: records as of the state entry before it, and nothing else.
//!
//! The same replay runs twice: over a whole machine, to find which records a group needs, and over the records of a file. A
//! record that a file does not show stops the replay; it is never taken for absent.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::domain::facts::{Owner, Record, StateKey};
use crate::domain::wire::value_hash;
use crate::ledger::state::StateProof;
use crate::ledger::state_update::{KeyProofs, root_after};
use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::id::PartyId;
use crate::verify::machine::{Machine, Row, RowSource};
use crate::verify::replay::Footing;

/// Finds the party and the bytes of a registered key in the records.
fn owner_in<S: RowSource>(
    source: &S,
    kid: KeyId,
) -> Result<Option<(PartyId, PublicKey)>, S::Error> {
    let record = |key: StateKey| Ok(source.row(&key)?.map(|row| row.fact.record.clone()));
    let Some(Record::Identity(Owner::Party(party))) = record(StateKey::public_key(kid))? else {
        return Ok(None);
    };
    let Some(Record::Party(found)) = record(StateKey::Party(party))? else {
        return Ok(None);
    };
    Ok(found.key(kid).map(|key| (party, key.key.clone())))
}

/// The records of a whole machine, noting which of them are asked for.
pub(super) struct Asked<'a> {
    machine: &'a Machine,
    keys: RefCell<BTreeSet<StateKey>>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(machine: &'a Machine) -> Self {
        Self {
            machine,
            keys: RefCell::default(),
        }
    }

    pub(super) fn into_keys(self) -> BTreeSet<StateKey> {
        self.keys.into_inner()
    }
}

impl RowSource for Asked<'_> {
    type Error = Infallible;

    fn row(&self, key: &StateKey) -> Result<Option<Row>, Infallible> {
        self.keys.borrow_mut().insert(key.clone());
        Ok(self.machine.held(key).cloned())
    }
}

impl Footing for Asked<'_> {
    fn owner(&self, kid: KeyId) -> Result<Option<(PartyId, PublicKey)>, Infallible> {
        owner_in(self, kid)
    }

    fn state_root(&self, machine: &Machine) -> Result<Option<Hash>, Infallible> {
        let mut tree = self.machine.tree();
        for (key, _, text) in machine.changed() {
            tree.insert(key.hash(), value_hash(&text));
        }
        Ok(Some(tree.root()))
    }
}

/// What a file does not show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unshown {
    /// A record that is needed.
    Record(StateKey),
    /// Proofs from which the state root after the group follows.
    Proofs,
}

/// The proven records of a file.
pub(super) struct Shown<'a> {
    /// The state root under which they stand.
    root: Hash,
    rows: BTreeMap<StateKey, Option<Row>>,
    proofs: KeyProofs<'a>,
}

impl<'a> Shown<'a> {
    pub(super) fn under(root: Hash) -> Self {
        Self {
            root,
            rows: BTreeMap::new(),
            proofs: KeyProofs::new(),
        }
    }

    /// Adds a record, or its absence; says whether it is the first under its key.
    pub(super) fn add(&mut self, key: &StateKey, row: Option<Row>, proof: &'a StateProof) -> bool {
        self.proofs.insert(key.hash(), proof);
        self.rows.insert(key.clone(), row).is_none()
    }
}

impl RowSource for Shown<'_> {
    type Error = Unshown;

    fn row(&self, key: &StateKey) -> Result<Option<Row>, Unshown> {
        let shown = self.rows.get(key);
        shown.cloned().ok_or_else(|| Unshown::Record(key.clone()))
    }
}

impl Footing for Shown<'_> {
    fn owner(&self, kid: KeyId) -> Result<Option<(PartyId, PublicKey)>, Unshown> {
        owner_in(self, kid)
    }

    fn state_root(&self, machine: &Machine) -> Result<Option<Hash>, Unshown> {
        let rows = machine.changed();
        if rows.is_empty() {
            return Ok(Some(self.root));
        }
        let changes: BTreeMap<Hash, Hash> = rows
            .iter()
            .map(|(key, _, text)| (key.hash(), value_hash(text)))
            .collect();
        let root = root_after(&self.proofs, &changes);
        root.map(Some).ok_or(Unshown::Proofs)
    }
}

//! The facts a decision may see: records of the state tree, by key.
//!
//! `needs` names the keys, the caller loads them, `decide` reads nothing else; so the server, an auditor and a test all feed
//! the same law (STYLE: prefetch, then decide).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::cell::Cell;
use crate::domain::party::Party;
use crate::domain::pledge::{Pledge, Reservation};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Identity, Right};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::time::{Span, Timestamp};

/// The name of one record of the state tree.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StateKey {
    /// A right.
    Right(RightId),
    /// A pledge.
    Pledge(PledgeId),
    /// A reservation; it shares the space `pledge` under its own id.
    Reservation(ReservationId),
    /// A party.
    Party(PartyId),
    /// An identity of a right, a party or a public key.
    Identity(Identity),
    /// What rights are drawn from.
    Source(String),
    /// A grid cell, or a parcel without polygon.
    Cell(Cell),
    /// The policy of a kind.
    Policy(String),
}

/// The scheme under which a party is found by its credit code.
pub const CREDIT_CODE_SCHEME: &str = "credit-code";
/// The scheme under which the owner of a public key is found.
pub const KEY_SCHEME: &str = "ed25519-key";

impl StateKey {
    /// Returns the space of the key (ARCHITECTURE section 4).
    pub fn space(&self) -> &'static str {
        match self {
            Self::Right(_) => "right",
            Self::Pledge(_) | Self::Reservation(_) => "pledge",
            Self::Party(_) => "party",
            Self::Identity(_) => "identity",
            Self::Source(_) => "source",
            Self::Cell(_) => "cell",
            Self::Policy(_) => "policy",
        }
    }

    /// Returns the name within the space.
    pub fn name(&self) -> String {
        match self {
            Self::Right(id) => id.to_string(),
            Self::Pledge(id) => id.to_string(),
            Self::Reservation(id) => id.to_string(),
            Self::Party(id) => id.to_string(),
            Self::Identity(identity) => identity.to_string(),
            Self::Source(source) => source.clone(),
            Self::Cell(cell) => cell.to_string(),
            Self::Policy(kind) => kind.clone(),
        }
    }

    /// Returns the entry that made a record that the registry numbers; the others are found by what they say.
    pub fn entry(&self) -> Option<EntryIndex> {
        match self {
            Self::Right(RightId(entry))
            | Self::Pledge(PledgeId(entry))
            | Self::Reservation(ReservationId(entry))
            | Self::Party(PartyId(entry)) => Some(*entry),
            Self::Identity(_) | Self::Source(_) | Self::Cell(_) | Self::Policy(_) => None,
        }
    }

    /// Returns the right whose record it is, if it is one.
    pub fn right(&self) -> Option<RightId> {
        match self {
            Self::Right(right) => Some(*right),
            Self::Pledge(_)
            | Self::Reservation(_)
            | Self::Party(_)
            | Self::Identity(_)
            | Self::Source(_)
            | Self::Cell(_)
            | Self::Policy(_) => None,
        }
    }

    /// Returns the party whose record it is, if it is one.
    pub fn party(&self) -> Option<PartyId> {
        match self {
            Self::Party(party) => Some(*party),
            Self::Right(_)
            | Self::Pledge(_)
            | Self::Reservation(_)
            | Self::Identity(_)
            | Self::Source(_)
            | Self::Cell(_)
            | Self::Policy(_) => None,
        }
    }

    /// Returns the pledge whose record it is, if it is one.
    pub fn pledge(&self) -> Option<PledgeId> {
        match self {
            Self::Pledge(pledge) => Some(*pledge),
            Self::Right(_)
            | Self::Reservation(_)
            | Self::Party(_)
            | Self::Identity(_)
            | Self::Source(_)
            | Self::Cell(_)
            | Self::Policy(_) => None,
        }
    }

    /// Says whether the key is that of a record that the registry numbers.
    pub fn is_numbered(&self) -> bool {
        self.entry().is_some()
    }

    /// Parses a space and a name.
    pub fn parse(space: &str, name: &str) -> Option<Self> {
        match space {
            "right" => RightId::parse(name).map(Self::Right),
            "pledge" => PledgeId::parse(name)
                .map(Self::Pledge)
                .or_else(|| ReservationId::parse(name).map(Self::Reservation)),
            "party" => PartyId::parse(name).map(Self::Party),
            "identity" => {
                let (scheme, value) = name.split_once(':')?;
                let (scheme, value) = (scheme.to_owned(), value.to_owned());
                Some(Self::identity(&Identity { scheme, value }))
            }
            "source" => Some(Self::Source(name.to_owned())),
            "cell" => name.parse().ok().map(Self::Cell),
            "policy" => Some(Self::Policy(name.to_owned())),
            _ => None,
        }
    }

    /// Returns the key in the state tree: SHA-256 of `greenlien/state/v1|<space>|<name>`.
    pub fn hash(&self) -> Hash {
        Hash::of(&[
            b"greenlien/state/v1|",
            self.space().as_bytes(),
            b"|",
            self.name().as_bytes(),
        ])
    }

    /// Returns the key of an identity. Letters count without their case, so that `SO2` and `so2` are one thing for ever; the
    /// record keeps the form of the certificate. Names of public keys are hexadecimal digits and stay as they are.
    pub fn identity(identity: &Identity) -> Self {
        let Identity { scheme, value } = identity;
        let folded = scheme != KEY_SCHEME;
        let value = if folded {
            value.to_ascii_uppercase()
        } else {
            value.clone()
        };
        Self::Identity(Identity {
            scheme: scheme.clone(),
            value,
        })
    }

    /// Returns the key of a party's credit code.
    pub fn credit_code(code: &str) -> Self {
        Self::Identity(Identity {
            scheme: CREDIT_CODE_SCHEME.to_owned(),
            value: code.to_owned(),
        })
    }

    /// Returns the key of a public key's owner.
    pub fn public_key(id: crate::primitives::crypto::KeyId) -> Self {
        Self::Identity(Identity {
            scheme: KEY_SCHEME.to_owned(),
            value: id.to_string(),
        })
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.space(), self.name())
    }
}

/// Whom an identity belongs to, for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A right.
    Right(RightId),
    /// A party, by its credit code or one of its keys.
    Party(PartyId),
}

/// One version of the policy of a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyVersion {
    /// The digest of its text.
    pub digest: Hash,
    /// The entry that carries the text.
    pub entry: EntryIndex,
    /// The instant from which it is active.
    pub active_from: Timestamp,
}

/// The record behind a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Record {
    /// A right.
    Right(Right),
    /// A pledge.
    Pledge(Pledge),
    /// A reservation.
    Reservation(Reservation),
    /// A party.
    Party(Party),
    /// The owner of an identity.
    Identity(Owner),
    /// The rights drawn from one source, with their days.
    Source(Vec<(RightId, Span)>),
    /// The rights with a parcel in the cell, with their layer.
    Cell(Vec<(RightId, String)>),
    /// The versions of a policy, oldest first.
    Policy(Vec<PolicyVersion>),
}

/// A record with its version: the number of entries that touched it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// The record.
    pub record: Record,
    /// How many entries touched it so far.
    pub version: u64,
}

/// What was loaded for one decision. A key that is present with `None` was looked for and does not exist.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    records: BTreeMap<StateKey, Option<Arc<Fact>>>,
    /// Rules by digest of their text, for every text ever adopted.
    pub policies: Arc<PolicyTexts>,
}

/// The rules of every policy text that the log carries, by digest.
pub type PolicyTexts = BTreeMap<Hash, KindPolicy>;

impl Facts {
    /// Makes empty facts over the known policies.
    pub fn new(policies: Arc<PolicyTexts>) -> Self {
        Self {
            records: BTreeMap::new(),
            policies,
        }
    }

    /// Adds what was found under a key.
    pub fn insert(&mut self, key: StateKey, fact: Option<Arc<Fact>>) {
        self.records.insert(key, fact);
    }

    /// Puts another fact under a key, and returns the one that was there.
    pub fn replace(&mut self, key: StateKey, fact: Option<Arc<Fact>>) -> Option<Arc<Fact>> {
        self.records.insert(key, fact).flatten()
    }

    /// Says whether the key was looked for.
    pub fn knows(&self, key: &StateKey) -> bool {
        self.records.contains_key(key)
    }

    /// Returns the fact under a key.
    pub fn fact(&self, key: &StateKey) -> Option<&Fact> {
        self.records.get(key).and_then(|fact| fact.as_deref())
    }

    /// Returns a right.
    pub fn right(&self, id: RightId) -> Option<&Right> {
        let Record::Right(right) = &self.fact(&StateKey::Right(id))?.record else {
            return None;
        };
        Some(right)
    }

    /// Returns a pledge.
    pub fn pledge(&self, id: PledgeId) -> Option<&Pledge> {
        let Record::Pledge(pledge) = &self.fact(&StateKey::Pledge(id))?.record else {
            return None;
        };
        Some(pledge)
    }

    /// Says whether a party is known for which nobody else signs at the position of an entry: it has held a key by then. Where it
    /// holds none any more it is recovered first; a lost key must not leave it to others what becomes of it.
    pub fn signs_for_itself(&self, party: PartyId, index: EntryIndex) -> bool {
        let party = self.party(party);
        party.is_some_and(|party| party.signs_for_itself_at(index))
    }

    /// Returns a reservation.
    pub fn reservation(&self, id: ReservationId) -> Option<&Reservation> {
        let Record::Reservation(reservation) = &self.fact(&StateKey::Reservation(id))?.record
        else {
            return None;
        };
        Some(reservation)
    }

    /// Returns a party.
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        let Record::Party(party) = &self.fact(&StateKey::Party(id))?.record else {
            return None;
        };
        Some(party)
    }

    /// Returns the party that acts in the place of `id` in the entry at `index`: itself, or who succeeded it before.
    pub fn acting(&self, id: PartyId, index: EntryIndex) -> PartyId {
        self.follow(id, None, index)
    }

    /// Returns the party that keeps, in the entry at `index`, rights of a kind that `id` has issued and what it ordered on them:
    /// itself, or who took the kind over or succeeded it before.
    pub fn keeping(&self, id: PartyId, kind: &str, index: EntryIndex) -> PartyId {
        self.follow(id, Some(kind), index)
    }

    fn follow(&self, id: PartyId, kind: Option<&str>, index: EntryIndex) -> PartyId {
        let (mut acting, mut last) = (id, 0);
        // Each step of the chain is later than the one before it; facts that say otherwise are not followed.
        while let Some((entry, successor)) = self
            .party(acting)
            .and_then(|party| party.more.follower(kind, &(last + 1..index)))
        {
            (acting, last) = (successor, entry);
        }
        acting
    }

    /// Returns the owner of an identity.
    pub fn owner(&self, key: &StateKey) -> Option<Owner> {
        let Record::Identity(owner) = &self.fact(key)?.record else {
            return None;
        };
        Some(*owner)
    }

    /// Returns the rights of a source.
    pub fn source(&self, source: &str) -> &[(RightId, Span)] {
        match self
            .fact(&StateKey::Source(source.to_owned()))
            .map(|fact| &fact.record)
        {
            Some(Record::Source(rights)) => rights,
            Some(_) | None => &[],
        }
    }

    /// Returns the rights in a cell.
    pub fn cell(&self, cell: Cell) -> &[(RightId, String)] {
        match self.fact(&StateKey::Cell(cell)).map(|fact| &fact.record) {
            Some(Record::Cell(rights)) => rights,
            Some(_) | None => &[],
        }
    }

    /// Returns the versions of a kind's policy.
    pub fn policy_versions(&self, kind: &str) -> &[PolicyVersion] {
        match self
            .fact(&StateKey::Policy(kind.to_owned()))
            .map(|fact| &fact.record)
        {
            Some(Record::Policy(versions)) => versions,
            Some(_) | None => &[],
        }
    }

    /// Returns the rules of a kind that are active at `now`.
    pub fn policy(&self, kind: &str, now: Timestamp) -> Option<&KindPolicy> {
        let version = active_version(self.policy_versions(kind), now)?;
        self.policies.get(&version.digest)
    }
}

/// Returns the version that is active at `now`: the last whose time has come.
pub fn active_version(versions: &[PolicyVersion], now: Timestamp) -> Option<&PolicyVersion> {
    versions
        .iter()
        .rev()
        .find(|version| version.active_from <= now)
}

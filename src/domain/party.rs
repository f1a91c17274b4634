//! Parties: who they are, what they may do, and their keys over time.
//!
//! Nothing is ever removed: a revoked key stays with the index at which it ended, because a signature is judged at the index
//! of its entry.

use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::id::EntryIndex;

/// What a party may do in the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Keeps the register: admits parties, enters court orders.
    Registrar,
    /// Issues and adjusts rights of the kinds in its duties.
    Authority,
    /// Takes pledges.
    Bank,
    /// Verifies collateral and takes counter-pledges.
    Guarantor,
    /// Orders freezes; holds no keys.
    Court,
    /// Holds rights and pledges them.
    Holder,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Registrar,
        Self::Authority,
        Self::Bank,
        Self::Guarantor,
        Self::Court,
        Self::Holder,
    ];

    /// Returns the word used in commands and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Authority => "authority",
            Self::Bank => "bank",
            Self::Guarantor => "guarantor",
            Self::Court => "court",
            Self::Holder => "holder",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// One key of a party, and the entries between which it is valid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyKey {
    /// The public key.
    pub key: PublicKey,
    /// The pseudonym of the person who holds it; maker and checker must differ in it.
    pub person: String,
    /// The index of the entry that added the key; it is valid from the next entry on.
    pub added: EntryIndex,
    /// The index of the entry that revoked the key, from the next entry on.
    pub revoked: Option<EntryIndex>,
}

impl PartyKey {
    /// Says whether a signature in the entry at `index` may rest on this key.
    pub fn is_valid_at(&self, index: EntryIndex) -> bool {
        self.added < index && self.revoked.is_none_or(|revoked| index <= revoked)
    }
}

/// A party of the registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    /// The registered name; absent for natural persons, whose name is hidden.
    pub name: Option<String>,
    /// The unified social credit code; absent for natural persons.
    pub credit_code: Option<String>,
    /// The town or region code, where known.
    pub region: Option<String>,
    /// What the party may do.
    pub roles: Vec<Role>,
    /// The duties under which it issues rights.
    pub duties: Vec<String>,
    /// Its keys in the order they were added.
    pub keys: Vec<PartyKey>,
    /// How many persons must sign: 1, or a maker and `threshold - 1` checkers.
    pub threshold: u64,
    /// Digests of hidden members (name, resident id), sorted by name.
    pub hidden: Vec<(String, Hash)>,
    /// What acts of law 2 have added.
    pub more: PartyMore,
}

/// Members of a party that came with law 2; a party that no such act has touched has none of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PartyMore {
    /// Former names, each with the entry that ended it, oldest first.
    pub former_names: Vec<(String, EntryIndex)>,
}

impl Party {
    /// Says whether the party has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Returns the key with this id, valid or not.
    pub fn key(&self, id: KeyId) -> Option<&PartyKey> {
        self.keys.iter().find(|key| key.key.id() == id)
    }

    /// Returns the least threshold that the party's roles allow: issuers and the registrar sign with two persons.
    pub fn least_threshold(roles: &[Role]) -> u64 {
        let two = roles
            .iter()
            .any(|role| matches!(role, Role::Registrar | Role::Authority));
        if two { 2 } else { 1 }
    }
}

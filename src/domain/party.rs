//! Parties: who they are, what they may do, and their keys over time.
//!
//! Nothing is ever removed: a revoked key stays with the index at which it ended, because a signature is judged at the index
//! of its entry.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::command::SignerRole;
use crate::primitives::crypto::{Hash, KeyId, PublicKey};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::time::Timestamp;

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

/// The commands with which a party could go round its own signing rules. A rotation is among them: the new key may be of another
/// person, so whoever holds two keys could become two persons.
const GUARDS_RULES: [&str; 5] = [
    "add_key",
    "revoke_key",
    "rotate_key",
    "set_signing_policy",
    "set_signing_rules",
];

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
    /// How many persons sign a type of command, where it is more than the threshold; sorted by type.
    pub signing: Vec<SigningRule>,
    /// Keys that sign in one part alone; sorted by key.
    pub parts: Vec<(KeyId, SignerRole)>,
    /// Entries that the party says it did not mean, oldest statement first.
    pub disputes: Vec<Dispute>,
    /// Attempts to give it new keys, oldest first; only the last may be open.
    pub recoveries: Vec<Recovery>,
    /// The keys of the open recovery, with the persons who hold them.
    pub recovery_keys: Vec<(PublicKey, String)>,
    /// Parties in whose place it stands, or out of which it came, each with the entry that says so.
    pub predecessors: Vec<(PartyId, EntryIndex)>,
    /// Parties that came out of it, each with the entry that says so.
    pub successors: Vec<(PartyId, EntryIndex)>,
    /// Kinds of right that go on under parties which came out of it, oldest first.
    pub handed: Vec<Handed>,
    /// The entry at which it ended, and the party that acts in its place from the next entry on.
    pub ended: Option<(EntryIndex, PartyId)>,
    /// Keys that sign the log after the one of entry 0, oldest first; the registrar's record alone has them.
    pub log_keys: Vec<LogKey>,
    /// Hidden members whose openings were destroyed.
    pub erased: Vec<Erased>,
}

impl PartyMore {
    /// Returns the entry among these after which another takes the place of the party, and who: of rights of a kind, first the
    /// party to which the kind was handed over.
    pub fn follower(
        &self,
        kind: Option<&str>,
        entries: &Range<EntryIndex>,
    ) -> Option<(EntryIndex, PartyId)> {
        let of_kind = self.handed.iter().filter(|of| kind == Some(&*of.kind));
        let handed = of_kind.map(|of| (of.entry, of.party));
        let mut all = handed.chain(self.ended);
        all.find(|(entry, _)| entries.contains(entry))
    }
}

/// Returns the parties of record that keep, before the entry `before`, rights of a kind that `id` has issued and what it ordered
/// on them: who took the kind over last, and those in which that party has ended. `more` looks a party up.
pub fn keepers<F>(
    id: PartyId,
    kind: &str,
    before: EntryIndex,
    mut more: impl FnMut(PartyId) -> Result<Option<PartyMore>, F>,
) -> Result<Vec<PartyId>, F> {
    let (mut keepers, mut acting, mut last) = (vec![id], id, 0);
    // Each step of the chain is later than the one before it.
    while let Some(party) = more(acting)? {
        let Some((entry, successor)) = party.follower(Some(kind), &(last + 1..before)) else {
            break;
        };
        if party.handed.iter().any(|of| of.entry == entry) {
            keepers.clear();
        }
        keepers.push(successor);
        (acting, last) = (successor, entry);
    }
    Ok(keepers)
}

/// Rights of a kind that go on under a party which came out of their issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handed {
    /// The kind.
    pub kind: String,
    /// Who keeps them from the next entry on, and what the issuer ordered on them.
    pub party: PartyId,
    /// The entry that says so.
    pub entry: EntryIndex,
}

/// A hidden member whose opening was destroyed; its digest stays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Erased {
    /// The name of the member.
    pub claim: String,
    /// The entry that ordered it.
    pub entry: EntryIndex,
}

/// A successor of the log's key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogKey {
    /// The key.
    pub key: PublicKey,
    /// The entry that named it; it signs every checkpoint that has this entry.
    pub entry: EntryIndex,
    /// The instant until which the key before it signs too.
    pub overlap_until: Timestamp,
}

/// How many persons must sign one type of command.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SigningRule {
    /// The type.
    pub command: String,
    /// How many.
    pub threshold: u64,
}

/// The statement that entries signed by a key were not meant by the party. It changes no decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispute {
    /// The entry that says so.
    pub entry: EntryIndex,
    /// The key.
    pub kid: KeyId,
    /// The first entry that is disputed.
    pub from: EntryIndex,
    /// The digest of the statement.
    pub document: Hash,
    /// How it was decided: the entry, and the digest of the decision.
    pub resolved: Option<(EntryIndex, Hash)>,
}

/// An attempt to give new keys to a party that lost its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recovery {
    /// The entry that began it.
    pub entry: EntryIndex,
    /// The digest of the proof.
    pub document: Hash,
    /// The instant from which it may be completed.
    pub ready: Timestamp,
    /// How it ended, and the entry; none while it is open.
    pub ended: Option<(RecoveryEnd, EntryIndex)>,
}

/// How a recovery ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecoveryEnd {
    /// The party stopped it with its own keys.
    Vetoed,
    /// Its keys took effect.
    Completed,
}

impl RecoveryEnd {
    /// Returns the word in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vetoed => "vetoed",
            Self::Completed => "completed",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Vetoed, Self::Completed]
            .into_iter()
            .find(|end| end.name() == name)
    }
}

/// Commands by which a party gives up what secures it or belongs to it, all or a part, or its place; they wait while its keys are
/// in doubt. Of an amendment it is not asked whether it gives more or less: a file need not show what a line was.
const GIVEN_UP: [&str; 18] = [
    "adjust_right",
    "amend_pledge",
    "assign_pledge",
    "cancel_reservation",
    "change_freeze",
    "change_rank",
    "convert_right",
    "correct_right",
    "erase",
    "execute_freeze",
    "record_disposal",
    "release_pledge",
    "revoke_right",
    "substitute_collateral",
    "surrender_right",
    "transfer_right",
    "unfreeze",
    "withdraw_objection",
];

impl Party {
    /// Says whether the party has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Returns the key with this id, valid or not.
    pub fn key(&self, id: KeyId) -> Option<&PartyKey> {
        self.keys.iter().find(|key| key.key.id() == id)
    }

    /// Returns how many persons of the party must sign a type of command (FORMATS 2.4).
    ///
    /// What changes its keys or its rules needs as many as its strictest rule: fewer could take the rule away first, or add a
    /// key of their own.
    pub fn threshold_for(&self, command: &str) -> u64 {
        let guards = GUARDS_RULES.contains(&command);
        let rules = self.more.signing.iter();
        let rule = rules.filter(|rule| guards || rule.command == command);
        rule.map(|rule| rule.threshold)
            .fold(self.threshold, u64::max)
    }

    /// Says whether a key of the party may sign in this part.
    pub fn may_sign_as(&self, kid: KeyId, part: SignerRole) -> bool {
        let parts = &self.more.parts;
        parts.iter().all(|(key, only)| *key != kid || *only == part)
    }

    /// Says whether one maker and enough checkers, each another person, hold keys that are valid at the entry at `index`.
    pub fn can_meet(&self, threshold: u64, index: EntryIndex) -> bool {
        let valid = self.keys.iter().filter(|key| key.is_valid_at(index));
        let mut persons: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for key in valid {
            let (makes, checks) = persons.entry(&key.person).or_default();
            *makes |= self.may_sign_as(key.key.id(), SignerRole::Maker);
            *checks |= self.may_sign_as(key.key.id(), SignerRole::Checker);
        }
        let checkers = persons.values().filter(|(_, checks)| *checks).count();
        let checkers = u64::try_from(checkers).unwrap_or(u64::MAX);
        // A person who makes does not check what they made.
        persons
            .values()
            .filter(|(makes, _)| *makes)
            .any(|(_, checks)| checkers.saturating_sub(u64::from(*checks)) + 1 >= threshold)
    }

    /// Says whether nobody signs in the place of the party in the entry at `index`: it has not ended, and has held a key by then, valid
    /// or not.
    pub fn signs_for_itself_at(&self, index: EntryIndex) -> bool {
        let has_ended = self.more.ended.is_some_and(|(entry, _)| entry < index);
        !has_ended && self.keys.iter().any(|key| key.added < index)
    }

    /// Returns the recovery that is open.
    pub fn open_recovery(&self) -> Option<&Recovery> {
        self.more
            .recoveries
            .last()
            .filter(|recovery| recovery.ended.is_none())
    }

    /// Says whether a command of this type must wait until the party's open recovery has ended.
    pub fn must_wait_with(&self, command: &str) -> bool {
        self.open_recovery().is_some() && GIVEN_UP.contains(&command)
    }

    /// Ends every key that is valid at the entry at `index`, from the next entry on.
    pub fn end_keys(&mut self, index: EntryIndex) {
        for key in &mut self.keys {
            if key.is_valid_at(index) {
                key.revoked = Some(index);
            }
        }
    }

    /// Returns the least threshold that the party's roles allow: issuers and the registrar sign with two persons.
    pub fn least_threshold(roles: &[Role]) -> u64 {
        let two = roles
            .iter()
            .any(|role| matches!(role, Role::Registrar | Role::Authority));
        if two { 2 } else { 1 }
    }
}

//! What law 2 lets parties ask about parties.

use crate::domain::command::{OfferedKey, SignerRole};
use crate::domain::facts::StateKey;
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::SigningRule;
use crate::primitives::crypto::{Hash, KeyId, PublicKey, Signature};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};

/// A record that hides values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hiding {
    /// A natural person.
    Party(PartyId),
    /// A pledge.
    Pledge(PledgeId),
}

impl Hiding {
    /// Returns the record.
    pub fn key(self) -> StateKey {
        match self {
            Self::Party(id) => StateKey::Party(id),
            Self::Pledge(id) => StateKey::Pledge(id),
        }
    }

    /// Parses `M9` or `P57`.
    pub fn parse(text: &str) -> Option<Self> {
        let pledge = || PledgeId::parse(text).map(Self::Pledge);
        PartyId::parse(text).map(Self::Party).or_else(pledge)
    }
}

impl std::fmt::Display for Hiding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party(id) => id.fmt(f),
            Self::Pledge(id) => id.fmt(f),
        }
    }
}

/// An act on parties and on what the register hides of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartyAct {
    /// Record the new registered name of a party (registrar, on proof).
    ChangeParty {
        /// The party.
        party: PartyId,
        /// The new name.
        name: String,
        /// The digest of the proof.
        document: Hash,
    },
    /// Let parties go on in another that takes their place in everything (registrar, on proof).
    MergeParties {
        /// Who ends, sorted.
        absorbed: Vec<PartyId>,
        /// Who goes on.
        into: PartyId,
        /// The digest of the proof.
        document: Hash,
    },
    /// Record who came out of a party (registrar, on proof).
    SplitParty {
        /// The party.
        party: PartyId,
        /// Who came out of it, sorted.
        successors: Vec<PartyId>,
        /// Who takes its place in everything that is not given to another; where the party itself ends.
        residual: Option<PartyId>,
        /// Kinds of right that go on under one of them, sorted by kind.
        kinds: Vec<(String, PartyId)>,
        /// The digest of the proof.
        document: Hash,
    },
    /// Put a new key in the place of an old one, signed by both.
    RotateKey {
        /// The party.
        party: PartyId,
        /// The key that ends; it must sign the command.
        old: KeyId,
        /// The key that takes its place, with the proof that its owner holds it.
        new: OfferedKey,
    },
    /// Set how many persons sign which commands, and which keys only make or only check.
    SetSigningRules {
        /// The party.
        party: PartyId,
        /// How many must sign a type of command, where it is more than the threshold; sorted.
        rules: Vec<SigningRule>,
        /// Keys that sign in one part alone; sorted.
        parts: Vec<(KeyId, SignerRole)>,
    },
    /// Say that entries signed by a revoked key were not meant by the party.
    DisputeEntries {
        /// The party.
        party: PartyId,
        /// The key.
        kid: KeyId,
        /// The first entry that is disputed.
        from: EntryIndex,
        /// The digest of the statement.
        document: Hash,
    },
    /// Record how an authority or a court decided about disputed entries (registrar).
    ResolveDispute {
        /// The party.
        party: PartyId,
        /// The entry that disputed.
        dispute: EntryIndex,
        /// The digest of the decision.
        document: Hash,
    },
    /// Begin to give a party that lost its keys new ones (registrar, with the quorum of a policy change).
    RecoverParty {
        /// The party.
        party: PartyId,
        /// Its keys to come.
        keys: Vec<OfferedKey>,
        /// The digest of the proof.
        document: Hash,
    },
    /// Stop a recovery: by any quorum of the party's own keys.
    VetoRecovery {
        /// The party.
        party: PartyId,
    },
    /// End a recovery after its waiting period: the keys take effect and all earlier ones end (registrar).
    CompleteRecovery {
        /// The party.
        party: PartyId,
    },
    /// Destroy the openings of hidden values (registrar, on proof, with the pledgee of a pledge that is open). The digests stay.
    Erase {
        /// The record that hides them.
        of: Hiding,
        /// The names of the values, sorted.
        claims: Vec<String>,
        /// The digest of the request or of the order.
        document: Hash,
    },
    /// Name the key that signs the log from here on, with an overlap in which the one before signs too (registrar, with the
    /// quorum of a policy change).
    RotateLogKey {
        /// The successor.
        key: PublicKey,
        /// Seconds of registry time for which the key before goes on signing beside it.
        overlap_seconds: u64,
        /// The successor's signature over `greenlien/log-key/v1|<aud>|<kid>`.
        proof: Signature,
    },
}

impl PartyAct {
    /// Returns the bytes that the proof of a new log key signs.
    pub fn log_key_message(aud: &str, key: &PublicKey) -> Vec<u8> {
        format!("greenlien/log-key/v1|{aud}|{}", key.id()).into_bytes()
    }

    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ChangeParty { .. } => "change_party",
            Self::MergeParties { .. } => "merge_parties",
            Self::SplitParty { .. } => "split_party",
            Self::RotateKey { .. } => "rotate_key",
            Self::SetSigningRules { .. } => "set_signing_rules",
            Self::DisputeEntries { .. } => "dispute_entries",
            Self::ResolveDispute { .. } => "resolve_dispute",
            Self::RecoverParty { .. } => "recover_party",
            Self::VetoRecovery { .. } => "veto_recovery",
            Self::CompleteRecovery { .. } => "complete_recovery",
            Self::RotateLogKey { .. } => "rotate_log_key",
            Self::Erase { .. } => "erase",
        }
    }

    /// Returns the one party that the act is about; a merger is about several.
    pub fn party(&self) -> Option<PartyId> {
        match self {
            Self::ChangeParty { party, .. }
            | Self::SplitParty { party, .. }
            | Self::RotateKey { party, .. }
            | Self::SetSigningRules { party, .. }
            | Self::DisputeEntries { party, .. }
            | Self::ResolveDispute { party, .. }
            | Self::RecoverParty { party, .. }
            | Self::VetoRecovery { party }
            | Self::CompleteRecovery { party } => Some(*party),
            Self::RotateLogKey { .. } => Some(REGISTRAR),
            Self::MergeParties { .. } | Self::Erase { .. } => None,
        }
    }

    /// Returns the parties without whose own signatures the act does not take effect, where they have ever held keys.
    pub fn subjects(&self) -> Vec<PartyId> {
        match self {
            Self::ChangeParty { party, .. } => vec![*party],
            Self::MergeParties { absorbed, into, .. } => {
                absorbed.iter().copied().chain([*into]).collect()
            }
            Self::SplitParty {
                party, successors, ..
            } => successors.iter().copied().chain([*party]).collect(),
            Self::RotateKey { .. }
            | Self::SetSigningRules { .. }
            | Self::DisputeEntries { .. }
            | Self::ResolveDispute { .. }
            | Self::RecoverParty { .. }
            | Self::VetoRecovery { .. }
            | Self::CompleteRecovery { .. }
            | Self::RotateLogKey { .. }
            | Self::Erase { .. } => Vec::new(),
        }
    }

    /// Returns the keys that the act offers to the registry.
    pub fn offered(&self) -> &[OfferedKey] {
        match self {
            Self::RotateKey { new, .. } => std::slice::from_ref(new),
            Self::RecoverParty { keys, .. } => keys,
            Self::ChangeParty { .. }
            | Self::MergeParties { .. }
            | Self::SplitParty { .. }
            | Self::SetSigningRules { .. }
            | Self::DisputeEntries { .. }
            | Self::ResolveDispute { .. }
            | Self::VetoRecovery { .. }
            | Self::CompleteRecovery { .. }
            | Self::RotateLogKey { .. }
            | Self::Erase { .. } => &[],
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        let parties = match self {
            Self::MergeParties { absorbed, into, .. } => {
                absorbed.iter().copied().chain([*into]).collect()
            }
            Self::SplitParty {
                party, successors, ..
            } => successors.iter().copied().chain([*party]).collect(),
            Self::ChangeParty { .. }
            | Self::RotateKey { .. }
            | Self::SetSigningRules { .. }
            | Self::DisputeEntries { .. }
            | Self::ResolveDispute { .. }
            | Self::RecoverParty { .. }
            | Self::VetoRecovery { .. }
            | Self::CompleteRecovery { .. }
            | Self::RotateLogKey { .. } => Vec::from_iter(self.party()),
            Self::Erase { of, .. } => return vec![of.key()],
        };
        parties.into_iter().map(StateKey::Party).collect()
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        match self {
            Self::ChangeParty { .. }
            | Self::MergeParties { .. }
            | Self::SplitParty { .. }
            | Self::RotateKey { .. }
            | Self::SetSigningRules { .. }
            | Self::DisputeEntries { .. }
            | Self::ResolveDispute { .. }
            | Self::RecoverParty { .. }
            | Self::VetoRecovery { .. }
            | Self::CompleteRecovery { .. }
            | Self::RotateLogKey { .. }
            | Self::Erase { .. } => &[],
        }
    }
}

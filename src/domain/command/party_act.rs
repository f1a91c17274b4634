//! What law 2 lets parties ask about parties.

use crate::domain::facts::StateKey;
use crate::primitives::crypto::Hash;
use crate::primitives::id::PartyId;

/// An act on parties.
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
}

impl PartyAct {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ChangeParty { .. } => "change_party",
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        match self {
            Self::ChangeParty { party, .. } => vec![StateKey::Party(*party)],
        }
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        match self {
            Self::ChangeParty { .. } => &[],
        }
    }
}

//! What law 2 lets authorities and holders ask about rights.

use crate::domain::facts::StateKey;
use crate::primitives::crypto::Hash;
use crate::primitives::id::RightId;
use crate::primitives::time::Day;

/// An act on rights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RightAct {
    /// Set a later end of a right (issuer).
    ExtendRight {
        /// The right.
        right: RightId,
        /// The first day after its new last day.
        to: Day,
        /// The digest of the document behind it.
        document: Hash,
    },
}

impl RightAct {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ExtendRight { .. } => "extend_right",
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        match self {
            Self::ExtendRight { right, .. } => vec![StateKey::Right(*right)],
        }
    }

    /// Returns the right that the act is about.
    pub fn right(&self) -> Option<RightId> {
        match self {
            Self::ExtendRight { right, .. } => Some(*right),
        }
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        match self {
            Self::ExtendRight { .. } => &[],
        }
    }
}

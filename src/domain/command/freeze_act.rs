//! What law 2 lets courts and authorities ask about a freeze that stands; the order itself is a `freeze`.

use crate::primitives::crypto::Hash;
use crate::primitives::id::{FreezeId, PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Day;

/// An act on a freeze.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FreezeAct {
    /// Renew it for a longer term, or lift a part of it; it keeps its place in the queue.
    ChangeFreeze {
        /// The right.
        right: RightId,
        /// The freeze.
        freeze: FreezeId,
        /// The new first day without it, later than the present one.
        until: Option<Day>,
        /// The quantity that stays frozen, less than the present one, and its unit.
        amount: Option<(Quantity, String)>,
        /// The new sum of money, where the order is limited to one.
        limit_cny: Option<Quantity>,
        /// The digest of the order.
        document: Hash,
    },
    /// Record that execution has sold a part of what is frozen, or all of a frozen ground.
    ExecuteFreeze {
        /// The right.
        right: RightId,
        /// The freeze.
        freeze: FreezeId,
        /// What was sold, and its unit; none of ground.
        amount: Option<(Quantity, String)>,
        /// What it brought, in yuan.
        proceeds_cny: Quantity,
        /// Who bought it; ground goes to it.
        buyer: Option<PartyId>,
        /// The digest of the ruling or of the record of the sale.
        document: Hash,
    },
}

impl FreezeAct {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ChangeFreeze { .. } => "change_freeze",
            Self::ExecuteFreeze { .. } => "execute_freeze",
        }
    }

    /// Returns the right that the freeze is on.
    pub fn right(&self) -> RightId {
        match self {
            Self::ChangeFreeze { right, .. } | Self::ExecuteFreeze { right, .. } => *right,
        }
    }

    /// Returns the freeze.
    pub fn freeze(&self) -> FreezeId {
        match self {
            Self::ChangeFreeze { freeze, .. } | Self::ExecuteFreeze { freeze, .. } => *freeze,
        }
    }

    /// Returns the digest of the order or of the ruling.
    pub fn document(&self) -> Hash {
        match self {
            Self::ChangeFreeze { document, .. } | Self::ExecuteFreeze { document, .. } => *document,
        }
    }

    /// Returns the quantity that the act names, with its unit.
    pub fn amount(&self) -> Option<&(Quantity, String)> {
        match self {
            Self::ChangeFreeze { amount, .. } | Self::ExecuteFreeze { amount, .. } => {
                amount.as_ref()
            }
        }
    }
}

//! What law 2 lets parties ask about pledges.

use crate::domain::command::Expected;
use crate::domain::facts::StateKey;
use crate::domain::right::BurdenId;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::time::{Day, Span};

/// What another register says about the same pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExternalReport {
    /// The register, such as `zhongdeng`.
    pub register: String,
    /// The number that the other register gave.
    pub number: String,
    /// How the registration stands there.
    pub status: ExternalStatus,
    /// The term of the registration there; it frees nothing here.
    pub term: Option<Span>,
    /// The day on which somebody looked.
    pub checked: Day,
}

/// How a registration stands in another register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExternalStatus {
    /// It stands.
    Registered,
    /// Its term has ended there.
    Lapsed,
    /// It was cancelled there.
    Cancelled,
    /// The other register has none.
    Absent,
}

impl ExternalStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::Registered,
        Self::Lapsed,
        Self::Cancelled,
        Self::Absent,
    ];

    /// Returns the word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Lapsed => "lapsed",
            Self::Cancelled => "cancelled",
            Self::Absent => "absent",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// An act on pledges.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PledgeAct {
    /// Record what another register says about the pledge (pledgee).
    RecordExternalRegistration {
        /// The pledge.
        pledge: PledgeId,
        /// What the other register says.
        report: ExternalReport,
    },
    /// Put the lines of one stack into another order (a pledgee of the stack, with every pledgee whose line gets worse).
    ChangeRank {
        /// The right.
        right: RightId,
        /// The lines of the stack in their present order.
        from: Vec<BurdenId>,
        /// The same lines in their new order.
        to: Vec<BurdenId>,
    },
}

impl PledgeAct {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::RecordExternalRegistration { .. } => "record_external_registration",
            Self::ChangeRank { .. } => "change_rank",
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        match self {
            Self::RecordExternalRegistration { pledge, .. } => vec![StateKey::Pledge(*pledge)],
            Self::ChangeRank { right, to, .. } => {
                let pledges = to.iter().filter_map(|burden| burden.pledge());
                let pledges = pledges.map(StateKey::Pledge);
                std::iter::once(StateKey::Right(*right))
                    .chain(pledges)
                    .collect()
            }
        }
    }

    /// Returns the pledge that the act is about.
    pub fn pledge(&self) -> Option<PledgeId> {
        match self {
            Self::RecordExternalRegistration { pledge, .. } => Some(*pledge),
            Self::ChangeRank { .. } => None,
        }
    }

    /// Returns the record whose version the command must name.
    pub fn must_expect(&self) -> Option<Expected> {
        match self {
            Self::ChangeRank { right, .. } => Some(Expected::Right(*right)),
            // Notes of the outside world take nothing from anybody and need not race.
            Self::RecordExternalRegistration { .. } => None,
        }
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        match self {
            Self::RecordExternalRegistration { .. } | Self::ChangeRank { .. } => &[],
        }
    }
}

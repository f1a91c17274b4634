//! What law 2 lets parties ask about pledges.

use crate::domain::command::{CourtOrder, Expected, LineChange, LineRequest};
use crate::domain::facts::StateKey;
use crate::domain::right::BurdenId;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::quantity::Quantity;
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
    /// Give the secured claim to another pledgee, whole or in part (pledgee, or the registrar for a court; with the new one).
    AssignPledge {
        /// The pledge.
        pledge: PledgeId,
        /// Who takes it.
        to: PartyId,
        /// A guarantor that has paid steps into the pledgee's place (代位).
        subrogation: bool,
        /// The part of the claim, in yuan; none for the whole.
        part_cny: Option<Quantity>,
        /// The court that ordered it; by contract or by law where none is named.
        authority: Option<PartyId>,
        /// The digest of the contract, of the proof of payment, or of the ruling.
        document: Hash,
    },
    /// Fix the claims of a maximum-amount pledge (pledgee, or the registrar for a court).
    DetermineClaim {
        /// The pledge.
        pledge: PledgeId,
        /// The court that gave notice; the pledgee itself where none is named.
        authority: Option<PartyId>,
        /// The digest of the notice or of the agreement.
        document: Hash,
    },
    /// Take other collateral for some of the lines (pledgee and pledgor).
    SubstituteCollateral {
        /// The pledge.
        pledge: PledgeId,
        /// What is given back.
        drop: Vec<LineChange>,
        /// What comes in its place, at the position of the entry.
        add: Vec<LineRequest>,
    },
    /// Record a guarantee for the secured claim (guarantor, with the pledgee).
    RegisterGuarantee {
        /// The pledge.
        pledge: PledgeId,
        /// The share of a loss that the guarantor bears, in hundredths of a percent.
        share_bp: u64,
        /// A guarantor of the pledge that has ended and for which the giver acts: it is its share that changes.
        of: Option<PartyId>,
        /// The pledge that secures the guarantor (反担保).
        counter: Option<PledgeId>,
        /// The digest of the contract.
        document: Hash,
    },
    /// Record a commitment to buy the collateral out (收储; a forest-storage institution or a guarantor, with the pledgee).
    RegisterBuyoutCommitment {
        /// The pledge.
        pledge: PledgeId,
        /// The price in yuan.
        price_cny: Quantity,
        /// What lets it fall due, in words.
        trigger: String,
        /// The digest of the contract.
        document: Hash,
    },
    /// Object to a pledge (an interested party); lapses without a suit.
    Object {
        /// The pledge.
        pledge: PledgeId,
        /// The digest of the objection.
        document: Hash,
        /// The digest of the proof that a suit was filed.
        suit: Option<Hash>,
    },
    /// Take an objection back (who made it), or end one that a court has dismissed (the registrar for the court).
    WithdrawObjection {
        /// The pledge.
        pledge: PledgeId,
        /// The entry of the objection.
        objection: EntryIndex,
        /// The court that dismissed the suit; who made the objection where none is named.
        order: Option<CourtOrder>,
    },
    /// Record that collateral was disposed of (pledgee by agreement with the pledgor, or the registrar for a court).
    RecordDisposal {
        /// The pledge.
        pledge: PledgeId,
        /// The line.
        line: u16,
        /// How much of it; the whole line where none is given.
        amount: Option<(Quantity, String)>,
        /// What it brought, in yuan.
        proceeds_cny: Quantity,
        /// The court that ordered it; by agreement where none is named.
        authority: Option<PartyId>,
        /// Who bought it, where it is a party.
        buyer: Option<PartyId>,
        /// The digest of the record of the sale.
        document: Hash,
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
            Self::AssignPledge { .. } => "assign_pledge",
            Self::DetermineClaim { .. } => "determine_claim",
            Self::SubstituteCollateral { .. } => "substitute_collateral",
            Self::RegisterGuarantee { .. } => "register_guarantee",
            Self::RegisterBuyoutCommitment { .. } => "register_buyout_commitment",
            Self::Object { .. } => "object",
            Self::WithdrawObjection { .. } => "withdraw_objection",
            Self::RecordDisposal { .. } => "record_disposal",
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        if let Self::ChangeRank { right, to, .. } = self {
            let pledges = to.iter().filter_map(|burden| burden.pledge());
            let pledges = pledges.map(StateKey::Pledge);
            return std::iter::once(StateKey::Right(*right))
                .chain(pledges)
                .collect();
        }
        self.pledge().map(StateKey::Pledge).into_iter().collect()
    }

    /// Returns the records that the decision looks at beside those that it may change.
    pub fn looks_at(&self) -> Vec<StateKey> {
        match self {
            Self::AssignPledge { to, authority, .. } => {
                let parties = std::iter::once(to).chain(authority);
                parties.map(|party| StateKey::Party(*party)).collect()
            }
            Self::DetermineClaim { authority, .. } => {
                let court = authority.map(StateKey::Party);
                court.into_iter().collect()
            }
            Self::SubstituteCollateral { add, .. } => {
                add.iter().map(|line| StateKey::Right(line.right)).collect()
            }
            Self::RegisterGuarantee { counter, .. } => {
                counter.map(StateKey::Pledge).into_iter().collect()
            }
            Self::RecordExternalRegistration { .. }
            | Self::ChangeRank { .. }
            | Self::RegisterBuyoutCommitment { .. }
            | Self::Object { .. } => Vec::new(),
            Self::WithdrawObjection { order, .. } => {
                let court = order.map(|order| StateKey::Party(order.authority));
                court.into_iter().collect()
            }
            Self::RecordDisposal {
                authority, buyer, ..
            } => {
                let parties = authority.iter().chain(buyer);
                parties.map(|party| StateKey::Party(*party)).collect()
            }
        }
    }

    /// Returns the pledge that the act is about.
    pub fn pledge(&self) -> Option<PledgeId> {
        match self {
            Self::RecordExternalRegistration { pledge, .. }
            | Self::AssignPledge { pledge, .. }
            | Self::DetermineClaim { pledge, .. }
            | Self::SubstituteCollateral { pledge, .. }
            | Self::RegisterGuarantee { pledge, .. }
            | Self::RegisterBuyoutCommitment { pledge, .. }
            | Self::Object { pledge, .. }
            | Self::WithdrawObjection { pledge, .. }
            | Self::RecordDisposal { pledge, .. } => Some(*pledge),
            Self::ChangeRank { .. } => None,
        }
    }

    /// Returns the record whose version the command must name; notes take nothing from anybody and need not race.
    pub fn must_expect(&self) -> Option<Expected> {
        match self {
            Self::ChangeRank { right, .. } => Some(Expected::Right(*right)),
            Self::AssignPledge { pledge, .. }
            | Self::SubstituteCollateral { pledge, .. }
            | Self::RecordDisposal { pledge, .. } => Some(Expected::Pledge(*pledge)),
            Self::RecordExternalRegistration { .. }
            | Self::DetermineClaim { .. }
            | Self::RegisterGuarantee { .. }
            | Self::RegisterBuyoutCommitment { .. }
            | Self::Object { .. }
            | Self::WithdrawObjection { .. } => None,
        }
    }

    /// Returns the hidden digests that need openings beside the command; no act on pledges has any.
    pub fn hidden(&self) -> &[(String, Hash)] {
        &[]
    }
}

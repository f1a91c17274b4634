//! What may be asked of the registry, as a value: the payload of a signed command, parsed.
//!
//! The commands of law 1 stand here; those that came with law 2 are acts on pledges, parties and rights, each family in its
//! own file with all that must be said about one of them.

mod freeze_act;
mod party_act;
mod pledge_act;
mod right_act;
mod sort;

pub use freeze_act::FreezeAct;
pub use party_act::{Hiding, PartyAct};
pub use pledge_act::{ExternalReport, ExternalStatus, PledgeAct};
pub use right_act::{
    Allocation, Amount, CarveOut, Conversion, Converted, Correction, Reliance, RightAct,
    TransferPart, Verification,
};
pub use sort::{Act, Asked, Sort};

use std::collections::BTreeMap;

use crate::domain::authority::attest::Attestation;
use crate::domain::facts::StateKey;
use crate::domain::geometry::Point;
use crate::domain::order::Terms;
use crate::domain::party::Role;
use crate::domain::pledge::{Form, Share};
use crate::domain::right::{BurdenId, Identity};
use crate::primitives::crypto::{Hash, PublicKey, Signature};
use crate::primitives::id::{
    CommandId, EntryIndex, FreezeId, PartyId, PledgeId, ReservationId, RightId,
};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// The part a signature plays for its party.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SignerRole {
    /// Prepared the command.
    Maker,
    /// Checked it; a person other than the maker.
    Checker,
}

impl SignerRole {
    /// Returns the word in headers and payloads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Checker => "checker",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Maker, Self::Checker]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// One required signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Signer {
    /// The party it speaks for.
    pub org: PartyId,
    /// The part it plays.
    pub role: SignerRole,
}

/// A record whose version a command expects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Expected {
    /// A right.
    Right(RightId),
    /// A pledge.
    Pledge(PledgeId),
}

impl Expected {
    /// Returns the key of the record.
    pub fn key(self) -> StateKey {
        match self {
            Self::Right(right) => StateKey::Right(right),
            Self::Pledge(pledge) => StateKey::Pledge(pledge),
        }
    }
}

/// The payload of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The registry it is meant for: origin and hash of entry 0.
    pub aud: String,
    /// The party that gives it.
    pub org: PartyId,
    /// The id its client gave it.
    pub cmd: CommandId,
    /// Exactly the signatures it carries, sorted.
    pub signers: Vec<Signer>,
    /// Consents of parties without keys that its giver attests, ascending by party (law 2).
    pub attested: Vec<Attestation>,
    /// Versions of records that must still hold.
    pub expect: Vec<(Expected, u64)>,
    /// A state entry that the signer has verified.
    pub seen: Option<(EntryIndex, Hash)>,
    /// When it was made, by the client's clock.
    pub iat: Timestamp,
    /// When it ends.
    pub exp: Timestamp,
    /// What it asks.
    pub body: Body,
}

impl Command {
    /// Says whether the payload has a type or a member that came with law 2.
    pub fn needs_acts(&self) -> bool {
        let ranks = |changes: &[LineChange]| changes.iter().any(LineChange::adds_own_line);
        let asks = match &self.body {
            Body::Freeze { terms, .. } => !terms.is_empty(),
            Body::RegisterPledge(register) => {
                register.cap_cny.is_some()
                    || register.maximum.is_some()
                    || !register.syndicate.is_empty()
                    || register.green.is_some()
            }
            Body::AmendPledge {
                changes,
                cap_cny,
                green,
                ..
            } => cap_cny.is_some() || green.is_some() || ranks(changes),
            Body::ExtendPledge {
                changes, maximum, ..
            } => maximum.is_some() || ranks(changes),
            Body::ReleasePledge { order, .. } => order.is_some(),
            Body::OfPledge(_) | Body::OfParty(_) | Body::OfRight(_) => true,
            Body::AdmitParty(_)
            | Body::AddKey(_)
            | Body::RevokeKey(_)
            | Body::SetSigningPolicy(_)
            | Body::AdoptPolicy { .. }
            | Body::IssueRight(_)
            | Body::AdjustRight { .. }
            | Body::RevokeRight { .. }
            | Body::Unfreeze { .. }
            | Body::Reserve { .. }
            | Body::CancelReservation(_) => false,
        };
        asks || !self.attested.is_empty() || !self.body.consenting().is_empty()
    }
}

/// A key offered to the registry, with the proof that its owner holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferedKey {
    /// The public key.
    pub key: PublicKey,
    /// The pseudonym of the person.
    pub person: String,
    /// The key's signature over `greenlien/key/v1|<aud>|<kid>|<person>`.
    pub proof: Signature,
}

impl OfferedKey {
    /// Returns the bytes that the proof signs.
    pub fn proof_message(aud: &str, key: &PublicKey, person: &str) -> Vec<u8> {
        format!("greenlien/key/v1|{aud}|{}|{person}", key.id()).into_bytes()
    }
}

/// How much of one right a line asks for; which members belong there depends on the kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExtentRequest {
    /// The quantity, with its unit.
    pub amount: Option<(Quantity, String)>,
    /// The collateral span of a flow.
    pub span: Option<Span>,
    /// First and last certificate year, inclusive.
    pub years: Option<(i32, i32)>,
}

/// What a court ordered, and the registrar enters for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CourtOrder {
    /// The court.
    pub authority: PartyId,
    /// The digest of its judgment, ruling or notice.
    pub document: Hash,
}

/// One requested line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineRequest {
    /// The right.
    pub right: RightId,
    /// How much of it.
    pub extent: ExtentRequest,
    /// The burdens it wants to stand behind.
    pub behind: Vec<BurdenId>,
}

/// A change to one line of a pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineChange {
    /// The number of the line.
    pub line: u16,
    /// A quantity: the new total for an amendment, the released part for a release.
    pub amount: Option<(Quantity, String)>,
    /// The new end of the collateral span.
    pub to: Option<Day>,
    /// The burdens that the added part wants to stand behind (law 2).
    pub behind: Vec<BurdenId>,
}

impl LineChange {
    /// Says whether days that it adds are a line of their own whoever stands there: behind others, or a part of the line.
    pub fn adds_own_line(&self) -> bool {
        !self.behind.is_empty() || (self.to.is_some() && self.amount.is_some())
    }
}

/// The ground named by an issue command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroundRequest {
    /// None.
    Absent,
    /// Rings as given: parts, rings, vertices.
    Polygon(Vec<Vec<Vec<Point>>>),
    /// Registered parcels by identity.
    Units(Vec<String>),
    /// Registered parcels and a polygon: one is the ground, as the kind says, and the other is compared with it (law 2).
    Both(Vec<String>, Vec<Vec<Vec<Point>>>),
}

impl GroundRequest {
    /// Returns the parcels that are named.
    pub fn units(&self) -> &[String] {
        match self {
            Self::Absent | Self::Polygon(_) => &[],
            Self::Units(units) | Self::Both(units, _) => units,
        }
    }

    /// Returns the rings that are given.
    pub fn polygon(&self) -> Option<&Vec<Vec<Vec<Point>>>> {
        match self {
            Self::Absent | Self::Units(_) => None,
            Self::Polygon(parts) | Self::Both(_, parts) => Some(parts),
        }
    }
}

/// The quantity of an issue command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QuantityRequest {
    /// One quantity over the whole span.
    Level(Quantity),
    /// Steps of a flow.
    Steps(Vec<(Day, Quantity)>),
}

/// A right to be issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssueRight {
    /// The kind.
    pub kind: String,
    /// The holder.
    pub holder: PartyId,
    /// The identities.
    pub identities: Vec<Identity>,
    /// The days.
    pub span: Span,
    /// How much, and the unit it is counted in.
    pub quantity: QuantityRequest,
    /// The unit.
    pub unit: String,
    /// The class.
    pub class: Option<String>,
    /// Other members of the certificate.
    pub attributes: BTreeMap<String, String>,
    /// The ground.
    pub ground: GroundRequest,
    /// Rights it succeeds; stated, and empty for none.
    pub succeeds: Vec<RightId>,
    /// Additional to another right on the same source.
    pub additional: bool,
    /// The digest of an adjudication of an overlap.
    pub adjudication: Option<Hash>,
}

/// A party to be admitted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdmitParty {
    /// The registered name.
    pub name: Option<String>,
    /// The unified social credit code.
    pub credit_code: Option<String>,
    /// The town or region code.
    pub region: Option<String>,
    /// Roles, sorted.
    pub roles: Vec<Role>,
    /// Duties, sorted.
    pub duties: Vec<String>,
    /// First keys; courts have none.
    pub keys: Vec<OfferedKey>,
    /// The signing threshold.
    pub threshold: u64,
    /// Digests of hidden members.
    pub hidden: Vec<(String, Hash)>,
}

/// A pledge to be registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegisterPledge {
    /// Who gives the collateral and consents.
    pub pledgor: PartyId,
    /// Who owes, where it is not the pledgor.
    pub debtor: Option<PartyId>,
    /// 质押 or 抵押.
    pub form: Form,
    /// The lines.
    pub lines: Vec<LineRequest>,
    /// The term of the claim.
    pub term: Option<Span>,
    /// A reservation to take over.
    pub reservation: Option<ReservationId>,
    /// The most that is ever secured, in yuan; clear, where others must know it (law 2).
    pub cap_cny: Option<Quantity>,
    /// The determination period of a maximum-amount pledge (law 2).
    pub maximum: Option<Span>,
    /// Who else has a share of the claim, ascending by party; the rest is the pledgee's own (law 2).
    pub syndicate: Vec<Share>,
    /// The category of the loan in a catalogue of green finance (law 2).
    pub green: Option<String>,
    /// Digests of hidden members (contract number, principal).
    pub hidden: Vec<(String, Hash)>,
}

/// What a command asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Admit a party (registrar).
    AdmitParty(AdmitParty),
    /// Add a key of the own party.
    AddKey(OfferedKey),
    /// Revoke a key of the own party.
    RevokeKey(crate::primitives::crypto::KeyId),
    /// Set the own signing threshold.
    SetSigningPolicy(u64),
    /// Adopt a policy text for a kind.
    AdoptPolicy {
        /// The kind.
        kind: String,
        /// The TOML text.
        text: String,
    },
    /// Issue a right.
    IssueRight(Box<IssueRight>),
    /// Set the quantity of a right from a day on.
    AdjustRight {
        /// The right.
        right: RightId,
        /// The first day of the new quantity (flows); stock changes at once.
        from: Day,
        /// The new quantity and its unit.
        amount: (Quantity, String),
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Revoke a right from a day on.
    RevokeRight {
        /// The right.
        right: RightId,
        /// The first day without it.
        from: Day,
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Freeze a part of a right.
    Freeze {
        /// The right.
        right: RightId,
        /// Whose order it is; a court, or the issuer itself.
        authority: PartyId,
        /// How much.
        extent: ExtentRequest,
        /// The digest of the order.
        document: Hash,
        /// Its number, term and limit in money (law 2).
        terms: Terms,
    },
    /// Lift a freeze.
    Unfreeze {
        /// The right.
        right: RightId,
        /// The freeze.
        freeze: FreezeId,
        /// The digest of the order.
        document: Hash,
    },
    /// Reserve capacity for a pledge to come.
    Reserve {
        /// Who consents.
        pledgor: PartyId,
        /// The lines.
        lines: Vec<LineRequest>,
        /// How many days it stands.
        days: i32,
    },
    /// Give a reservation up.
    CancelReservation(ReservationId),
    /// Register a pledge.
    RegisterPledge(Box<RegisterPledge>),
    /// Set new quantities of lines, or a new cap of the claim.
    AmendPledge {
        /// The pledge.
        pledge: PledgeId,
        /// The lines that change.
        changes: Vec<LineChange>,
        /// The new cap, in yuan (law 2).
        cap_cny: Option<Quantity>,
        /// The new category of the loan in a catalogue of green finance (law 2).
        green: Option<String>,
        /// Present holders of the rights who consent beside the pledgor (law 2).
        consenting: Vec<PartyId>,
    },
    /// Set later ends of lines, a new term, or a longer determination period.
    ExtendPledge {
        /// The pledge.
        pledge: PledgeId,
        /// The lines that change.
        changes: Vec<LineChange>,
        /// The new term of the claim.
        term: Option<Span>,
        /// The new determination period of a maximum-amount pledge (law 2).
        maximum: Option<Span>,
        /// Present holders of the rights, and pledgees of the lines behind, who consent beside the pledgor (law 2).
        consenting: Vec<PartyId>,
    },
    /// Release a pledge, whole or in part.
    ReleasePledge {
        /// The pledge.
        pledge: PledgeId,
        /// The lines; empty for the whole.
        changes: Vec<LineChange>,
        /// The court that had it cancelled; the pledgee itself where none is named (law 2).
        order: Option<CourtOrder>,
    },
    /// An act on pledges (law 2).
    OfPledge(Box<PledgeAct>),
    /// An act on parties (law 2).
    OfParty(Box<PartyAct>),
    /// An act on rights (law 2).
    OfRight(Box<RightAct>),
}

impl Body {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::AdmitParty(_) => "admit_party",
            Self::AddKey(_) => "add_key",
            Self::RevokeKey(_) => "revoke_key",
            Self::SetSigningPolicy(_) => "set_signing_policy",
            Self::AdoptPolicy { .. } => "adopt_policy",
            Self::IssueRight(_) => "issue_right",
            Self::AdjustRight { .. } => "adjust_right",
            Self::RevokeRight { .. } => "revoke_right",
            Self::Freeze { .. } => "freeze",
            Self::Unfreeze { .. } => "unfreeze",
            Self::Reserve { .. } => "reserve",
            Self::CancelReservation(_) => "cancel_reservation",
            Self::RegisterPledge(_) => "register_pledge",
            Self::AmendPledge { .. } => "amend_pledge",
            Self::ExtendPledge { .. } => "extend_pledge",
            Self::ReleasePledge { .. } => "release_pledge",
            Self::OfPledge(act) => act.type_name(),
            Self::OfParty(act) => act.type_name(),
            Self::OfRight(act) => act.type_name(),
        }
    }

    /// Returns the record whose version the command must name.
    pub fn must_expect(&self) -> Option<Expected> {
        match self.sort() {
            Sort::Changes(pledge, _) | Sort::Releases(pledge) => Some(Expected::Pledge(pledge)),
            Sort::Act(Act::Pledge(act)) => act.must_expect(),
            Sort::Register
            | Sort::Right
            | Sort::Asks(_)
            | Sort::Cancels
            | Sort::Act(Act::Party(_) | Act::Right(_)) => None,
        }
    }

    /// Says whether the command came with law 2.
    pub fn is_act(&self) -> bool {
        self.act().is_some()
    }

    /// Returns the records that an act of law 2 names; every act names one at least.
    pub fn act_names(&self) -> Vec<StateKey> {
        match self.act() {
            Some(Act::Pledge(act)) => act.names(),
            Some(Act::Party(act)) => act.names(),
            Some(Act::Right(act)) => act.names(),
            None => Vec::new(),
        }
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        match self {
            Self::AdmitParty(admit) => &admit.hidden,
            Self::RegisterPledge(register) => &register.hidden,
            Self::OfPledge(act) => act.hidden(),
            Self::OfParty(act) => act.hidden(),
            Self::OfRight(act) => act.hidden(),
            Self::AddKey(_)
            | Self::RevokeKey(_)
            | Self::SetSigningPolicy(_)
            | Self::AdoptPolicy { .. }
            | Self::IssueRight(_)
            | Self::AdjustRight { .. }
            | Self::RevokeRight { .. }
            | Self::Freeze { .. }
            | Self::Unfreeze { .. }
            | Self::Reserve { .. }
            | Self::CancelReservation(_)
            | Self::AmendPledge { .. }
            | Self::ExtendPledge { .. }
            | Self::ReleasePledge { .. } => &[],
        }
    }
}

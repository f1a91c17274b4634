//! What law 2 lets authorities and holders ask about rights.
//!
//! Who must consent depends on what stands on a right at that position. So the payload names them itself: the door and an
//! offline verifier see who had to sign, and the law refuses a command that leaves one out.

use std::collections::BTreeMap;

use crate::domain::command::FreezeAct;
use crate::domain::facts::StateKey;
use crate::domain::question::{Answer, Question};
use crate::domain::right::{BurdenId, Identity};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// A quantity and the unit it is written in.
pub type Amount = (Quantity, String);

/// By what an act may take units that are pledged (清缴豁免).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CarveOut {
    /// The creditors who lose consent.
    Consent,
    /// The authority orders it, with notice to them.
    Order,
}

impl CarveOut {
    /// Returns the word in payloads and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Order => "order",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Consent, Self::Order]
            .into_iter()
            .find(|carve_out| carve_out.name() == name)
    }
}

/// What a correction sets right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Correction {
    /// Class and attributes of the certificate; those that are not named stay.
    Particulars {
        /// The class.
        class: Option<String>,
        /// Attributes that change.
        attributes: BTreeMap<String, String>,
    },
    /// The quantity that was certified wrongly.
    Quantity(Amount),
    /// The overlap that was in dispute is decided.
    Resolution,
    /// A line that the registrar entered wrongly. What it adds stands behind everyone who relied on the register.
    Line {
        /// The line.
        line: BurdenId,
        /// Its right quantity.
        amount: Amount,
        /// The certificates on which others relied.
        relied: Vec<Reliance>,
    },
}

/// A certificate that showed the wrong entry, and on which somebody relied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reliance {
    /// The size of the log at which it was made.
    pub position: u64,
    /// Its number, where it has one.
    pub number: Option<String>,
}

/// A part of a line that goes with a part of a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// The line.
    pub line: BurdenId,
    /// How much of it goes; none where it is not divided and secures from both parts together.
    pub quantity: Option<Quantity>,
}

/// A part of a stock or a flow that becomes a right of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferPart {
    /// How much.
    pub amount: Amount,
    /// The identities of the new right.
    pub identities: Vec<Identity>,
    /// What of the pledges goes along.
    pub allocations: Vec<Allocation>,
}

/// What a part of a right turns into.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conversion {
    /// The kind of the new right.
    pub kind: String,
    /// Its identities.
    pub identities: Vec<Identity>,
    /// Its quantity.
    pub amount: Amount,
    /// Its days.
    pub span: Span,
    /// Its class.
    pub class: Option<String>,
}

/// Which part of a right turns into another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Converted {
    /// A quantity of a stock.
    Amount(Amount),
    /// Whole years of a land right.
    Years(i32, i32),
}

/// What a guarantor asked before it backed a loan, and what it was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// What it asked.
    pub question: Question,
    /// What it was told.
    pub answer: Answer,
    /// The size of the log of the checkpoint under which it was told.
    pub size: u64,
    /// The root of that checkpoint.
    pub root: Hash,
}

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
    /// Use up a part of a right: surrender allowances, fell timber (issuer, with the holder).
    SurrenderRight {
        /// The right.
        right: RightId,
        /// How much.
        amount: Amount,
        /// By what it may take pledged units.
        carve_out: Option<CarveOut>,
        /// Who consents.
        consenting: Vec<PartyId>,
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Set a mistake right (issuer; the registrar for a line it entered wrongly).
    CorrectRight {
        /// The right.
        right: RightId,
        /// What is set right.
        correction: Correction,
        /// Who consents.
        consenting: Vec<PartyId>,
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Give a right, or a part of a stock or a flow, another holder (issuer).
    TransferRight {
        /// The right.
        right: RightId,
        /// The new holder.
        to: PartyId,
        /// It follows from a succession that the document proves.
        succession: bool,
        /// The part, where it is not the whole.
        part: Option<Box<TransferPart>>,
        /// Who consents.
        consenting: Vec<PartyId>,
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Turn a part of a right into a right of another sort; pledges follow (authority of the new kind).
    ConvertRight {
        /// The right.
        right: RightId,
        /// Which part of it.
        part: Converted,
        /// What it becomes.
        into: Box<Conversion>,
        /// Who consents.
        consenting: Vec<PartyId>,
        /// The digest of the document behind it.
        document: Hash,
    },
    /// Record what was asked about the right and answered (guarantor).
    RecordVerification {
        /// The right.
        right: RightId,
        /// The question and its answer.
        verification: Box<Verification>,
        /// The digest of the holder's consent to the question, or of the request for the guarantee.
        document: Hash,
    },
    /// An act on a freeze of the right (court or issuer).
    OfFreeze(FreezeAct),
}

impl RightAct {
    /// Returns the word of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ExtendRight { .. } => "extend_right",
            Self::SurrenderRight { .. } => "surrender_right",
            Self::CorrectRight { .. } => "correct_right",
            Self::TransferRight { .. } => "transfer_right",
            Self::ConvertRight { .. } => "convert_right",
            Self::RecordVerification { .. } => "record_verification",
            Self::OfFreeze(act) => act.type_name(),
        }
    }

    /// Returns the records that the payload names: loaded for the decision, and the only ones that exist already and whose
    /// own members the act may change.
    pub fn names(&self) -> Vec<StateKey> {
        let mut names = vec![StateKey::Right(self.right())];
        match self {
            Self::CorrectRight {
                correction: Correction::Line { line, .. },
                ..
            } => names.extend(line.pledge().map(StateKey::Pledge)),
            Self::TransferRight {
                part: Some(part), ..
            } => {
                let pledges = part.allocations.iter();
                names.extend(pledges.filter_map(|of| of.line.pledge().map(StateKey::Pledge)));
            }
            Self::ExtendRight { .. }
            | Self::OfFreeze(_)
            | Self::SurrenderRight { .. }
            | Self::CorrectRight { .. }
            | Self::TransferRight { .. }
            | Self::ConvertRight { .. }
            | Self::RecordVerification { .. } => {}
        }
        names
    }

    /// Returns the right that the act is about.
    pub fn right(&self) -> RightId {
        match self {
            Self::ExtendRight { right, .. }
            | Self::SurrenderRight { right, .. }
            | Self::CorrectRight { right, .. }
            | Self::TransferRight { right, .. }
            | Self::ConvertRight { right, .. }
            | Self::RecordVerification { right, .. } => *right,
            Self::OfFreeze(act) => act.right(),
        }
    }

    /// Returns the digest of the document behind it.
    pub fn document(&self) -> Hash {
        match self {
            Self::ExtendRight { document, .. }
            | Self::SurrenderRight { document, .. }
            | Self::CorrectRight { document, .. }
            | Self::TransferRight { document, .. }
            | Self::ConvertRight { document, .. }
            | Self::RecordVerification { document, .. } => *document,
            Self::OfFreeze(act) => act.document(),
        }
    }

    /// Returns the parties that the payload names as consenting.
    pub fn consenting(&self) -> &[PartyId] {
        match self {
            Self::ExtendRight { .. } | Self::RecordVerification { .. } | Self::OfFreeze(_) => &[],
            Self::SurrenderRight { consenting, .. }
            | Self::CorrectRight { consenting, .. }
            | Self::TransferRight { consenting, .. }
            | Self::ConvertRight { consenting, .. } => consenting,
        }
    }

    /// Says whether it corrects what the registrar itself entered.
    pub fn is_of_the_registrar(&self) -> bool {
        match self {
            Self::CorrectRight { correction, .. } => match correction {
                Correction::Line { .. } => true,
                Correction::Particulars { .. }
                | Correction::Quantity(_)
                | Correction::Resolution => false,
            },
            Self::ExtendRight { .. }
            | Self::SurrenderRight { .. }
            | Self::TransferRight { .. }
            | Self::ConvertRight { .. }
            | Self::RecordVerification { .. }
            | Self::OfFreeze(_) => false,
        }
    }

    /// Returns the right that a new right comes from, with the identities and the kind it asks for.
    pub fn made(&self) -> Option<(Option<&str>, &[Identity])> {
        match self {
            Self::TransferRight {
                part: Some(part), ..
            } => Some((None, &part.identities)),
            Self::ConvertRight { into, .. } => Some((Some(&into.kind), &into.identities)),
            Self::ExtendRight { .. }
            | Self::SurrenderRight { .. }
            | Self::CorrectRight { .. }
            | Self::TransferRight { .. }
            | Self::RecordVerification { .. }
            | Self::OfFreeze(_) => None,
        }
    }

    /// Returns the hidden digests that need openings beside the command.
    pub fn hidden(&self) -> &[(String, Hash)] {
        &[]
    }
}

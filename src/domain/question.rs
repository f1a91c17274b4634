//! A guarantor's question about a right, and its answer: may this be pledged? What is asked is a registration of a pledge
//! without the members that only a signature needs; what is answered is what the law would find.
//!
//! The registry answers with the function that offline verifiers run again (`verify::answer`). Here are the two as values, because
//! a guarantor may have both recorded (`record_verification`).

use crate::domain::command::{Body, Command, RegisterPledge, Signer, SignerRole};
use crate::domain::entry::Outcome;
use crate::domain::finding::Finding;
use crate::domain::fold::Stamp;
use crate::domain::law::Law;
use crate::domain::wire::{answer_json, question_json};
use crate::primitives::crypto::Hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{CommandId, PartyId, RightId};

/// "May `org` take this pledge?"
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    org: PartyId,
    pledge: Box<RegisterPledge>,
    right: RightId,
}

impl Question {
    /// Makes the question; it must be a pledge, with every line on one right.
    pub fn new(org: PartyId, body: Body) -> Result<Self, FieldFault> {
        let Body::RegisterPledge(pledge) = body else {
            return Err(FieldFault::new("type", "must be register_pledge"));
        };
        let of_the_claim = [
            ("body.syndicate", !pledge.syndicate.is_empty()),
            ("body.green", pledge.green.is_some()),
        ];
        if let Some((field, _)) = of_the_claim.into_iter().find(|(_, is_there)| *is_there) {
            return Err(FieldFault::new(
                field,
                "is of the claim and no part of a question about a right",
            ));
        }
        let mut rights = pledge.lines.iter().map(|line| line.right);
        let Some(right) = rights.next() else {
            return Err(FieldFault::new("body.lines", "must name a right"));
        };
        if rights.any(|other| other != right) {
            return Err(FieldFault::new("body.lines", "must be on one right"));
        }
        Ok(Self { org, pledge, right })
    }

    /// Returns the right that is asked about.
    pub fn right(&self) -> RightId {
        self.right
    }

    /// Returns the party that would be secured.
    pub fn org(&self) -> PartyId {
        self.org
    }

    /// Returns what is asked for.
    pub fn body(&self) -> Body {
        Body::RegisterPledge(self.pledge.clone())
    }

    /// Returns the canonical text.
    pub fn to_text(&self) -> String {
        question_json(self.org, &self.body()).to_canonical()
    }

    /// Returns the digest of the canonical text.
    pub fn digest(&self) -> Hash {
        Hash::of(&[self.to_text().as_bytes()])
    }

    /// Returns the command that is asked about, as it would stand at a position.
    pub fn command(&self, stamp: Stamp) -> Command {
        let (org, role) = (self.org, SignerRole::Maker);
        Command {
            aud: String::new(),
            org,
            cmd: CommandId([0; 16]),
            signers: vec![Signer { org, role }],
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat: stamp.time,
            exp: stamp.time.plus_seconds(1),
            body: self.body(),
        }
    }
}

/// What the law found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The pledge would be registered.
    pub admissible: bool,
    /// What refuses it, or else what it would be warned of.
    pub findings: Vec<Finding>,
    /// The number of the law that answered.
    pub law: u64,
}

impl Answer {
    /// Makes the answer of an outcome.
    pub fn of(law: Law, outcome: &Outcome) -> Self {
        let (admissible, findings) = match outcome {
            Outcome::Accepted { warnings, .. } => (true, warnings),
            Outcome::Refused(findings) => (false, findings),
        };
        Self {
            admissible,
            findings: findings.clone(),
            law: law.number(),
        }
    }

    /// Returns the canonical text.
    pub fn to_text(&self) -> String {
        answer_json(self).to_canonical()
    }

    /// Returns the digest of the canonical text.
    pub fn digest(&self) -> Hash {
        Hash::of(&[self.to_text().as_bytes()])
    }

    /// Says whether another answer finds the same, under whatever law.
    pub fn agrees(&self, other: &Self) -> bool {
        (self.admissible, &self.findings) == (other.admissible, &other.findings)
    }
}

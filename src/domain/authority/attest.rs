//! Consents of parties that hold no keys: the creditor attests that it has them on paper or on video.
//!
//! An attested consent is a statement of the party that gives the command, signed by it like all else, and is never shown as
//! a signature of the other. Whoever has ever held a key can only sign: a lost key is recovered, not talked around.

use serde::Deserialize;

use crate::domain::authority::matrix::{self, Consent};
use crate::domain::authority::{pledgor, sellers};
use crate::domain::command::{Body, Command, PledgeAct};
use crate::domain::facts::Facts;
use crate::domain::finding::{Code, Finding};
use crate::domain::fold::Stamp;
use crate::domain::policy::PolicyFault;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};

/// How a consent was given to the party that attests it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ConsentClass {
    /// Signed on paper; the document is its scan.
    Paper,
    /// Said on video; the document is the recording.
    Video,
}

impl ConsentClass {
    /// Returns the word in payloads and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Video => "video",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Paper, Self::Video]
            .into_iter()
            .find(|class| class.name() == name)
    }
}

/// What a policy text says of attested consents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentText {
    attested: Vec<String>,
    cites: String,
}

/// Reads which classes a policy allows; none where its text does not say.
pub(crate) fn consent_classes(
    text: Option<&ConsentText>,
) -> Result<Vec<ConsentClass>, PolicyFault> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    if text.cites.is_empty() {
        return Err(PolicyFault("consent.cites must be given".to_owned()));
    }
    let class = |name: &String| {
        let fault = || PolicyFault(format!("consent.attested has the unknown value {name:?}"));
        ConsentClass::parse(name).ok_or_else(fault)
    };
    text.attested.iter().map(class).collect()
}

/// A consent that the giver of a command attests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Attestation {
    /// Who consents.
    pub party: PartyId,
    /// How.
    pub class: ConsentClass,
    /// The digest of the scan or of the recording.
    pub document: Hash,
}

/// Says whether the command attests the consent of a party.
pub fn is_attested(command: &Command, party: PartyId) -> bool {
    let mut attested = command.attested.iter();
    attested.any(|attestation| attestation.party == party)
}

/// Finds attestations that do not count: of anybody but the pledgor, of a party that has or had keys, or of a class that the
/// policy of a pledged kind does not know. A reservation needs a signature: it is asked for in a moment and has no record
/// that would say who attested.
pub fn check(command: &Command, facts: &Facts, at: Stamp) -> Vec<Finding> {
    if command.attested.is_empty() {
        return Vec::new();
    }
    let row = matrix::row(command.body.type_name());
    let asks = row.is_some_and(|row| row.consents.contains(&Consent::Pledgor));
    let reserves = matches!(command.body, Body::Reserve { .. });
    let giver = pledgor(&command.body, facts)
        .filter(|_| asks && !reserves)
        .map(|pledgor| facts.acting(pledgor, at.index));
    let seller = sellers(command, facts, at).into_iter().next();
    let pledgor = giver.or(seller).filter(|pledgor| *pledgor != command.org);
    let rights = rights_of(&command.body, facts);
    let counts = |attestation: &Attestation| {
        let keyless = facts
            .party(attestation.party)
            .is_some_and(|party| party.keys.is_empty());
        let known = rights.iter().all(|right| {
            let Some(right) = facts.right(*right) else {
                return true;
            };
            let policy = facts.policy(&right.kind, at.time);
            policy.is_none_or(|policy| policy.attested.contains(&attestation.class))
        });
        Some(attestation.party) == pledgor && keyless && known
    };
    command
        .attested
        .iter()
        .filter(|attestation| !counts(attestation))
        .map(|attestation| Finding::of(Code::NotAttestable).with(attestation.party))
        .collect()
}

/// The rights that the command puts or changes lines on.
fn rights_of(body: &Body, facts: &Facts) -> Vec<RightId> {
    let of_pledge = |id| {
        let pledge = facts.pledge(id);
        pledge
            .into_iter()
            .flat_map(|pledge| pledge.lines.iter().map(|line| line.right))
            .collect()
    };
    match body {
        Body::RegisterPledge(register) => register.lines.iter().map(|line| line.right).collect(),
        Body::AmendPledge { pledge, .. } | Body::ExtendPledge { pledge, .. } => of_pledge(*pledge),
        Body::OfPledge(act) => {
            let mut rights: Vec<RightId> = act.pledge().map(of_pledge).unwrap_or_default();
            if let PledgeAct::SubstituteCollateral { add, .. } = &**act {
                rights.extend(add.iter().map(|line| line.right));
            }
            rights
        }
        Body::AdmitParty(_)
        | Body::AddKey(_)
        | Body::RevokeKey(_)
        | Body::SetSigningPolicy(_)
        | Body::AdoptPolicy { .. }
        | Body::IssueRight(_)
        | Body::AdjustRight { .. }
        | Body::RevokeRight { .. }
        | Body::Freeze { .. }
        | Body::Unfreeze { .. }
        | Body::Reserve { .. }
        | Body::CancelReservation(_)
        | Body::ReleasePledge { .. }
        | Body::OfParty(_)
        | Body::OfRight(_) => Vec::new(),
    }
}

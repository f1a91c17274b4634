//! Who signs and who must consent (DOMAIN section 3.4), and whether the signatures count at their position.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::command::{
    Act, Body, Command, Hiding, PartyAct, PledgeAct, Signer, SignerRole, Sort,
};
use crate::domain::facts::{Facts, Owner, StateKey};
use crate::domain::finding::{Code, Finding};
use crate::domain::fold::Stamp;
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::law::Law;
use crate::domain::party::Role;
use crate::primitives::crypto::KeyId;
use crate::primitives::id::{EntryIndex, PartyId, RightId};

pub mod attest;
pub mod matrix;
pub mod parts;
pub mod quorum;
pub mod ranks;

use matrix::{Consent, Giver};

/// A verified signature: the key under which it holds and the part its header claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct VerifiedSignature {
    /// The key.
    pub kid: KeyId,
    /// The part.
    pub role: SignerRole,
}

/// Returns the parties other than the giver whose consent the command needs at its position, as the matrix says.
pub fn consents(law: Law, command: &Command, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let row = matrix::row(command.body.type_name());
    let needed = row.map_or(&[][..], |row| row.consents);
    let mut parties: Vec<PartyId> = Vec::new();
    for party in needed
        .iter()
        .flat_map(|consent| consenting(law, *consent, command, facts, at))
        .map(|party| facts.acting(party, at.index))
    {
        if party != command.org && !parties.contains(&party) {
            parties.push(party);
        }
    }
    parties
}

fn consenting(
    law: Law,
    consent: Consent,
    command: &Command,
    facts: &Facts,
    at: Stamp,
) -> Vec<PartyId> {
    match consent {
        Consent::Pledgor => pledgor(&command.body, facts).into_iter().collect(),
        Consent::Seller => sellers(command, facts, at),
        Consent::Pledgee => {
            let pledge = command.body.pledge().and_then(|id| facts.pledge(id));
            pledge
                .map(|pledge| pledge.pledgee_at(at.index))
                .into_iter()
                .collect()
        }
        Consent::Keeper => keeper(&command.body, facts, at).into_iter().collect(),
        Consent::NewPledgee => match command.body.act() {
            Some(Act::Pledge(PledgeAct::AssignPledge { to, .. })) => vec![*to],
            Some(Act::Pledge(_) | Act::Party(_) | Act::Right(_)) | None => Vec::new(),
        },
        Consent::Seniors => ranks::seniors(law, command, facts, at),
        Consent::Harmed => ranks::harmed(&command.body)
            .into_iter()
            .filter_map(|burden| ranks::pledgee_of(burden, facts, at))
            .collect(),
        Consent::Parts => signing(parts::holders(command, facts, at), facts, at),
        Consent::Subject => signing(subjects(&command.body), facts, at),
        Consent::Named => named(&command.body),
        // Whoever signs a policy change counts; `check_quorum` counts them.
        Consent::Quorum => Vec::new(),
    }
}

/// The pledgee who still relies on values that a pledge hides.
fn keeper(body: &Body, facts: &Facts, at: Stamp) -> Option<PartyId> {
    let Body::OfParty(act) = body else {
        return None;
    };
    let PartyAct::Erase {
        of: Hiding::Pledge(pledge),
        ..
    } = **act
    else {
        return None;
    };
    let pledge = facts
        .pledge(pledge)
        .filter(|pledge| !pledge.is_closed_at(at.time))?;
    Some(pledge.pledgee_at(at.index))
}

/// The parties that an act on parties is about.
fn subjects(body: &Body) -> Vec<PartyId> {
    match body.act() {
        Some(Act::Party(act)) => act.subjects(),
        Some(Act::Pledge(_) | Act::Right(_)) | None => Vec::new(),
    }
}

/// Those that sign for themselves at the position, and nobody in their place.
fn signing(parties: Vec<PartyId>, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let sign = |id: &PartyId| facts.signs_for_itself(*id, at.index);
    parties.into_iter().filter(sign).collect()
}

/// Those that the payload of an act names as consenting.
fn named(body: &Body) -> Vec<PartyId> {
    body.consenting().to_vec()
}

/// Returns who acts for the pledgor whose collateral is sold by agreement; nobody where a court sells.
pub fn sellers(command: &Command, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let row = matrix::row(command.body.type_name());
    let is_asked = row.is_some_and(|row| row.consents.contains(&Consent::Seller));
    let pledgor = pledgor(&command.body, facts).filter(|_| is_asked && command.org != REGISTRAR);
    pledgor
        .map(|party| facts.acting(party, at.index))
        .into_iter()
        .collect()
}

/// The pledgor that a command names, or that of the pledge it is about.
fn pledgor(body: &Body, facts: &Facts) -> Option<PartyId> {
    match body.sort() {
        Sort::Asks(asked) => Some(asked.pledgor),
        Sort::Changes(..) | Sort::Releases(_) | Sort::Act(_) => {
            facts.pledge(body.pledge()?).map(|pledge| pledge.pledgor)
        }
        Sort::Register | Sort::Right | Sort::Cancels => None,
    }
}

/// Says why the giver of an act of law 2 may not give it; none where it may. The commands of law 1 have rules of their own.
pub fn refuses_giver(command: &Command, facts: &Facts, at: Stamp) -> Option<Finding> {
    let org = command.org;
    let row = matrix::row(command.body.type_name())?;
    let may = |holds: bool, code: Code| (!holds).then(|| Finding::of(code).with(org));
    match row.giver {
        Giver::Registrar => may(org == REGISTRAR, Code::RoleLacksPower),
        Giver::Issuer => may(issued_by(command, facts, at)?, Code::NotTheIssuer),
        Giver::Corrector => match command.body.act() {
            Some(Act::Right(act)) if act.is_of_the_registrar() => {
                may(org == REGISTRAR, Code::RoleLacksPower)
            }
            Some(Act::Pledge(_) | Act::Party(_) | Act::Right(_)) | None => {
                may(issued_by(command, facts, at)?, Code::NotTheIssuer)
            }
        },
        Giver::Pledgee => {
            let id = command.body.pledge()?;
            let pledge = facts.pledge(id)?;
            let pledgee = facts.acting(pledge.pledgee_at(at.index), at.index);
            (pledgee != org).then(|| Finding::of(Code::NotThePledgee).with(id))
        }
        Giver::PledgeeOrCourt => {
            let id = command.body.pledge()?;
            let pledge = facts.pledge(id)?;
            let pledgee = facts.acting(pledge.pledgee_at(at.index), at.index);
            let may = org == REGISTRAR || pledgee == org;
            (!may).then(|| Finding::of(Code::NotThePledgee).with(id))
        }
        Giver::Guarantor => {
            let party = facts.party(org)?;
            may(party.has_role(Role::Guarantor), Code::RoleLacksPower)
        }
        Giver::Ranked => may(
            ranks::ordered(&command.body)
                .iter()
                .any(|burden| ranks::pledgee_of(*burden, facts, at) == Some(org)),
            Code::NotThePledgee,
        ),
        Giver::Itself => match command.body.act() {
            Some(Act::Party(act)) => may(act.party() == Some(org), Code::RoleLacksPower),
            Some(Act::Pledge(_) | Act::Right(_)) | None => None,
        },
        Giver::Heir => match command.body.act() {
            Some(Act::Party(act)) => {
                let heir = act.party().map(|party| facts.acting(party, at.index));
                may(heir == Some(org), Code::RoleLacksPower)
            }
            Some(Act::Pledge(_) | Act::Right(_)) | None => None,
        },
        // Whose freeze it is stands in its burden, which the rule asks; nobody else acts on any freeze.
        Giver::CourtOrIssuer => {
            let right = facts.right(acted_right(&command.body)?)?;
            let itself = facts.keeping(right.issuer, &right.kind, at.index) == org;
            may(org == REGISTRAR || itself, Code::RoleLacksPower)
        }
        Giver::Anyone | Giver::Authority | Giver::Lender | Giver::Member => None,
    }
}

/// Says whether the giver issued the right of the act, or acts in the place of the issuer; nothing where there is no right.
fn issued_by(command: &Command, facts: &Facts, at: Stamp) -> Option<bool> {
    let right = facts.right(acted_right(&command.body)?)?;
    Some(facts.keeping(right.issuer, &right.kind, at.index) == command.org)
}

fn acted_right(body: &Body) -> Option<RightId> {
    match body.act()? {
        Act::Right(act) => Some(act.right()),
        Act::Pledge(_) | Act::Party(_) => None,
    }
}

/// Says whether further parties than those of [`consents`] may sign; only a policy change has an open circle.
pub fn is_open_circle(body: &Body) -> bool {
    let row = matrix::row(body.type_name());
    row.is_some_and(|row| row.consents.contains(&Consent::Quorum))
}

/// Returns the owner of a key.
pub fn party_of_key(kid: KeyId, facts: &Facts) -> Option<PartyId> {
    match facts.owner(&StateKey::public_key(kid))? {
        Owner::Party(party) => Some(party),
        Owner::Right(_) => None,
    }
}

/// Checks the signatures at the position of the entry: keys, persons, signing policies and consents.
pub fn check(
    law: Law,
    genesis: &Genesis,
    command: &Command,
    signatures: &[VerifiedSignature],
    facts: &Facts,
    at: Stamp,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_party: BTreeMap<PartyId, Vec<VerifiedSignature>> = BTreeMap::new();
    for signature in signatures {
        if let Some(party) = party_of_key(signature.kid, facts) {
            by_party.entry(party).or_default().push(*signature);
        }
    }
    for (id, signatures) in &by_party {
        check_party(*id, command, signatures, facts, at.index, &mut findings);
    }
    for party in std::iter::once(command.org).chain(consents(law, command, facts, at)) {
        if !by_party.contains_key(&party) && !attest::is_attested(command, party) {
            findings.push(Finding::of(Code::MissingConsent).with(party));
        }
    }
    findings.extend(attest::check(command, facts, at));
    if is_open_circle(&command.body) {
        check_quorum(law, genesis, by_party.keys().copied(), facts, &mut findings);
    }
    if let Body::OfParty(act) = &command.body
        && let PartyAct::RotateKey { old, .. } = **act
        && signatures.iter().all(|signature| signature.kid != old)
    {
        findings.push(Finding::of(Code::OldKeySilent).with(old));
    }
    findings
}

fn check_party(
    id: PartyId,
    command: &Command,
    signatures: &[VerifiedSignature],
    facts: &Facts,
    index: EntryIndex,
    findings: &mut Vec<Finding>,
) {
    let Some(party) = facts.party(id) else { return };
    let mut persons = BTreeSet::new();
    for signature in signatures {
        let Some(key) = party.key(signature.kid) else {
            // The key of a log belongs to the registrar and signs no command.
            findings.push(Finding::of(Code::KeyRevoked).with(signature.kid));
            continue;
        };
        if !key.is_valid_at(index) {
            findings.push(Finding::of(Code::KeyRevoked).with(signature.kid));
        }
        if !persons.insert(key.person.as_str()) {
            findings.push(Finding::of(Code::MakerIsChecker).with(id));
        }
        if !party.may_sign_as(signature.kid, signature.role) {
            findings.push(Finding::of(Code::WrongPart).with(signature.kid));
        }
    }
    let count = u64::try_from(signatures.len()).unwrap_or(u64::MAX);
    if count < party.threshold_for(command.body.type_name()) {
        findings.push(Finding::of(Code::SigningPolicyUnmet).with(id));
    }
}

fn check_quorum(
    law: Law,
    genesis: &Genesis,
    signers: impl Iterator<Item = PartyId>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) {
    // Keys that are in doubt give no consent to anything that binds others.
    let parties: Vec<_> = signers
        .filter_map(|id| facts.party(id))
        .filter(|party| party.open_recovery().is_none())
        .collect();
    let counted = genesis.quorum.iter().all(|(role, needed)| {
        let count = parties.iter().filter(|party| party.has_role(*role)).count();
        u64::try_from(count).unwrap_or(u64::MAX) >= *needed
    });
    let met = counted && (!law.seats_a_party_once() || quorum::is_met(&genesis.quorum, &parties));
    if !met {
        findings.push(Finding::of(Code::QuorumUnmet));
    }
}

/// Says whether the list of required signatures is one that a command may carry: sorted, one maker per party, the giver
/// among them. The reason completes "signers: ...".
pub fn check_signers(org: PartyId, signers: &[Signer]) -> Result<(), &'static str> {
    if !signers.is_sorted() {
        return Err("must be sorted by org and role");
    }
    let mut makers = BTreeSet::new();
    for signer in signers {
        match signer.role {
            SignerRole::Maker => {
                if !makers.insert(signer.org) {
                    return Err("name two makers of one party");
                }
            }
            SignerRole::Checker => {}
        }
    }
    if signers.iter().any(|signer| !makers.contains(&signer.org)) {
        return Err("name a checker of a party without a maker");
    }
    if !makers.contains(&org) {
        return Err("must name the party that gives the command");
    }
    Ok(())
}

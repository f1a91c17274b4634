//! Which checks run, in which order: `decide`.
//!
//! A decision reports every finding it can evaluate; the first in the catalogue's order names the outcome. Nothing here
//! reads anything but its arguments.

mod acts;
pub(crate) mod additions;
mod amendments;
pub mod burdens;
mod consents;
mod draft;
pub(crate) mod freezes;
mod ground;
mod issue;
pub(crate) mod lapses;
mod lines;
mod maxima;
mod near;
mod parties;
mod places;
mod pledges;
mod ranks;
mod rights;
mod source;
pub mod succession;

use std::collections::BTreeSet;

use crate::domain::authority::{self, VerifiedSignature};
use crate::domain::command::{Body, Command, LineChange};
use crate::domain::door;
use crate::domain::entry::Outcome;
use crate::domain::event::Event;
use crate::domain::facts::Facts;
use crate::domain::finding::{Code, Finding, sort};
use crate::domain::fold::Stamp;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::party::Role;
use crate::domain::policy::KindPolicy;
use crate::domain::right::BurdenId;
use crate::primitives::id::{PartyId, PledgeId};

/// What a decision may look at.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) law: Law,
    pub(crate) genesis: &'a Genesis,
    pub(crate) facts: &'a Facts,
    pub(crate) command: &'a Command,
    pub(crate) stamp: Stamp,
    /// The parties that signed; none where the question is what would be decided if all had.
    pub(crate) signed: Option<&'a BTreeSet<PartyId>>,
}

impl Case<'_> {
    /// Says whether a party has signed, or would have to.
    pub(crate) fn has_signed(&self, party: PartyId) -> bool {
        self.signed.is_none_or(|signed| signed.contains(&party))
    }
}

impl Case<'_> {
    /// Returns the party that acts in the place of `id` here.
    pub(crate) fn acting(&self, id: PartyId) -> PartyId {
        self.facts.acting(id, self.stamp.index)
    }

    /// Returns who is secured by a burden here, or acts in the place of the one who is.
    pub(crate) fn creditor(&self, burden: BurdenId) -> Option<PartyId> {
        let secured = match burden {
            BurdenId::Line(pledge, _) => self.facts.pledge(pledge).map(|pledge| pledge.pledgee),
            BurdenId::Hold(hold, _) => self.facts.reservation(hold).map(|hold| hold.pledgee),
            BurdenId::Freeze(_) => None,
        };
        secured.map(|party| self.acting(party))
    }

    /// Returns the party that keeps rights of a kind which `id` has issued, here.
    pub(crate) fn keeping(&self, id: PartyId, kind: &str) -> PartyId {
        self.facts.keeping(id, kind, self.stamp.index)
    }

    /// Says whether the giver issues rights of the kind: under its duty, and until it hands the kind over.
    pub(crate) fn may_issue(&self, policy: &KindPolicy) -> bool {
        let org = self.command.org;
        let is_competent = self.facts.party(org).is_some_and(|party| {
            party.has_role(Role::Authority) && party.duties.contains(&policy.issuer_duty)
        });
        is_competent && self.keeping(org, &policy.kind) == org
    }

    /// Finds that a party which the command names is not registered, or that another acts in its place.
    pub(crate) fn check_party(&self, id: PartyId, found: &mut Findings) {
        let acting = self.acting(id);
        if self.facts.party(id).is_none() {
            found.add(Finding::of(Code::PartyUnknown).with(id));
        } else if acting != id {
            found.add(Finding::of(Code::PartyEnded).with(acting));
        }
    }
}

/// Findings collected so far; the event exists only when none of them refuses.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(crate) fn code(&mut self, code: Code) {
        self.add(Finding::of(code));
    }

    pub(crate) fn take(self) -> Vec<Finding> {
        self.0
    }

    pub(crate) fn refuses(&self) -> bool {
        self.0.iter().any(Finding::refuses)
    }
}

/// Decides a command whose signatures are verified by a law, at its position in the log.
pub fn decide(
    law: Law,
    genesis: &Genesis,
    facts: &Facts,
    command: &Command,
    signatures: &[VerifiedSignature],
    stamp: Stamp,
) -> Outcome {
    let mut findings = Findings::default();
    findings.0.extend(authority::check(
        law, genesis, command, signatures, facts, stamp,
    ));
    let signed: BTreeSet<PartyId> = signatures
        .iter()
        .filter_map(|signature| authority::party_of_key(signature.kid, facts))
        .collect();
    let case = Case {
        law,
        genesis,
        facts,
        command,
        stamp,
        signed: Some(&signed),
    };
    finish(&case, findings)
}

/// Answers a question: what the law would say if every signature and consent were there.
pub fn consider(
    law: Law,
    genesis: &Genesis,
    facts: &Facts,
    command: &Command,
    stamp: Stamp,
) -> Outcome {
    let case = Case {
        law,
        genesis,
        facts,
        command,
        stamp,
        signed: None,
    };
    finish(&case, Findings::default())
}

/// Makes the event of a command from the records that it changes, and says what refuses it; that of an act whatever refuses it.
///
/// A reader who has those records and no others remakes the event, and knows which findings rest on them alone.
pub fn remake(
    law: Law,
    genesis: &Genesis,
    facts: &Facts,
    command: &Command,
    stamp: Stamp,
) -> (Option<Event>, Vec<Code>) {
    let case = Case {
        law,
        genesis,
        facts,
        command,
        stamp,
        signed: None,
    };
    let mut found = Findings::default();
    let event = if command.body.is_act() {
        Some(acts::remake(&case, &mut found))
    } else {
        propose(&case, &mut found)
    };
    let Findings(found) = found;
    let refuse = found.iter().filter(|finding| finding.refuses());
    (event, refuse.map(|finding| finding.code).collect())
}

fn finish(case: &Case<'_>, mut findings: Findings) -> Outcome {
    if let Err(fault) = door::check(case.command, case.facts, case.stamp) {
        let code = fault
            .code
            .and_then(Code::from_number)
            .unwrap_or(Code::NotApplicable);
        findings.code(code);
    }
    consents::check_law(case, &mut findings);
    check_versions(case, &mut findings);
    check_recoveries(case, &mut findings);
    let event = propose(case, &mut findings);
    let Findings(mut found) = findings;
    sort(&mut found);
    let refused: Vec<Finding> = found.iter().filter(|f| f.refuses()).cloned().collect();
    match event {
        Some(event) if refused.is_empty() => Outcome::Accepted {
            event,
            warnings: found,
        },
        // A proposal is withheld only beside a refusal; the fallback keeps a slip from being written as accepted.
        Some(_) | None if !refused.is_empty() => Outcome::Refused(refused),
        Some(_) | None => Outcome::Refused(vec![Finding::of(Code::NotApplicable)]),
    }
}

fn propose(case: &Case<'_>, findings: &mut Findings) -> Option<Event> {
    match &case.command.body {
        Body::AdmitParty(admit) => parties::admit(case, admit, findings),
        Body::AddKey(offered) => parties::add_key(case, offered, findings),
        Body::RevokeKey(kid) => parties::revoke_key(case, *kid, findings),
        Body::SetSigningPolicy(threshold) => parties::set_threshold(case, *threshold, findings),
        Body::AdoptPolicy { kind, text } => parties::adopt_policy(case, kind, text, findings),
        Body::IssueRight(issue) => issue::issue(case, issue, findings),
        Body::AdjustRight {
            right,
            from,
            amount,
            ..
        } => rights::adjust(case, *right, *from, amount.0, findings),
        Body::RevokeRight { right, from, .. } => rights::revoke(case, *right, *from, findings),
        Body::Freeze {
            right,
            authority,
            extent,
            terms,
            ..
        } => rights::freeze(case, *right, *authority, (extent, terms), findings),
        Body::Unfreeze { right, freeze, .. } => rights::unfreeze(case, *right, *freeze, findings),
        Body::Reserve {
            pledgor,
            lines,
            days,
        } => pledges::reserve(case, *pledgor, lines, *days, findings),
        Body::CancelReservation(reservation) => {
            pledges::cancel_reservation(case, *reservation, findings)
        }
        Body::RegisterPledge(register) => pledges::register(case, register, findings),
        Body::AmendPledge {
            pledge,
            changes,
            cap_cny,
            green,
            ..
        } => {
            let noted = additions::Noted::of(*cap_cny, green.as_ref());
            amend(case, *pledge, changes, noted, findings)
        }
        Body::ExtendPledge {
            pledge,
            changes,
            term,
            maximum,
            ..
        } if additions::splits_extension(case, *pledge, changes, (*term, *maximum)) => {
            additions::extend(case, *pledge, changes, (*term, *maximum), findings)
        }
        Body::ExtendPledge {
            pledge,
            changes,
            term,
            ..
        } => amendments::extend(case, *pledge, changes, *term, findings),
        Body::ReleasePledge {
            pledge,
            changes,
            order,
        } => amendments::release(case, *pledge, changes, *order, findings),
        Body::OfPledge(_) | Body::OfParty(_) | Body::OfRight(_) => acts::propose(case, findings),
    }
}

/// What is added is a line or a note of its own, where the law has room for them; else quantities change in place.
fn amend(
    case: &Case<'_>,
    pledge: PledgeId,
    changes: &[LineChange],
    noted: additions::Noted<'_>,
    findings: &mut Findings,
) -> Option<Event> {
    if additions::splits_amendment(case, pledge, changes, noted) {
        additions::amend(case, pledge, changes, noted, findings)
    } else {
        amendments::amend(case, pledge, changes, findings)
    }
}

/// What a party gives up waits while a recovery puts its keys in doubt.
fn check_recoveries(case: &Case<'_>, findings: &mut Findings) {
    let consents = authority::consents(case.law, case.command, case.facts, case.stamp);
    for id in std::iter::once(case.command.org).chain(consents) {
        let party = case.facts.party(id);
        if party.is_some_and(|party| party.must_wait_with(case.command.body.type_name())) {
            findings.add(Finding::of(Code::InRecovery).with(id));
        }
    }
}

/// Compare-and-swap: the versions that the command names must hold, and some commands must name one.
fn check_versions(case: &Case<'_>, findings: &mut Findings) {
    let mandatory = case.command.body.must_expect();
    if let Some(record) = mandatory
        && !case
            .command
            .expect
            .iter()
            .any(|(expected, _)| *expected == record)
    {
        findings.add(Finding::of(Code::VersionChanged).with(record.key().name()));
    }
    for (expected, version) in &case.command.expect {
        let key = expected.key();
        if case.facts.fact(&key).map_or(0, |fact| fact.version) != *version {
            findings.add(Finding::of(Code::VersionChanged).with(key.name()));
        }
    }
}

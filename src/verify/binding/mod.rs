//! Every event of a file is what its signers asked for: the same act on the same record, given by the party that may give it,
//! with every consent and as many signatures as the parties' signing policies asked for at that position.
//!
//! Without this an operator could hang any event on any old signature.

mod acts;
mod added;
mod attested;
mod beneath;
mod carried;
mod created;
mod expected;
mod extended;
mod form;
pub(super) mod hanging;
mod issued;
pub(super) mod kept;
mod known;
pub(in crate::verify) mod lapse;
mod lines;
mod maxima;
mod notes;
mod parts;
mod ranks;
mod remade;
mod results;
mod sold;
mod succession;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::domain::authority::attest::is_attested;
use crate::domain::authority::parts::holders;
use crate::domain::authority::ranks::pledges_before;
use crate::domain::authority::{self, VerifiedSignature, consents, sellers};
use crate::domain::command::{
    Act, Body, Command, ExtentRequest, Hiding, LineChange, LineRequest, PartyAct,
};
use crate::domain::door;
use crate::domain::event::{Event, LineResult};
use crate::domain::facts::{Facts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::law::Law;
use crate::domain::pledge::{Attested, Cap, Line, Maximum, PledgeMore, Reservation};
use crate::domain::policy::text_digest;
use crate::domain::right::{BurdenId, Extent, Right};
use crate::primitives::id::{EntryIndex, FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::time::{Day, Span};
use crate::verify::binding::issued::is_issued;
use crate::verify::past::Past;

/// An accepted command of the file with the number of valid signatures of each party.
pub(super) struct Signed {
    pub(super) at: Stamp,
    pub(super) law: Law,
    pub(super) command: Command,
    pub(super) signatures: BTreeMap<PartyId, u64>,
    pub(super) verified: Vec<VerifiedSignature>,
}

/// Checks one accepted entry against the records that it was decided by.
pub(super) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &mut Past,
) -> Result<(), String> {
    past.at(signed.at);
    expected::versions_hold(&signed.command, past)?;
    // Who relies on hidden values has relied on them before the entry; the pledge that is shown may be closed by now.
    let erased = erased(&signed.command.body)
        .and_then(|pledge| past.with_before(&pledge, |facts| given(signed, event, genesis, facts)));
    erased.unwrap_or_else(|| given(signed, event, genesis, past.facts()))?;
    expected::follows(event, signed.at, past.facts())?;
    lapse::registered(event, signed.at, past.facts())?;
    remade::check(signed, event, genesis, past)
}

/// The pledge of which hidden values are erased.
fn erased(body: &Body) -> Option<StateKey> {
    match body.act()? {
        Act::Party(PartyAct::Erase {
            of: Hiding::Pledge(pledge),
            ..
        }) => Some(StateKey::Pledge(*pledge)),
        Act::Party(_) | Act::Pledge(_) | Act::Right(_) => None,
    }
}

/// Checks who gave an entry and who consented, and that the event is the act; the parties of the facts are those before it.
fn given(signed: &Signed, event: &Event, genesis: &Genesis, facts: &Facts) -> Result<(), String> {
    let Signed {
        at,
        law,
        command,
        signatures,
        verified,
    } = signed;
    if let Some(record) = command.body.must_expect()
        && facts.fact(&record.key()).is_none()
    {
        return Err(format!("the record of {} is missing", record.key().name()));
    }
    for pledge in pledges_before(&command.body) {
        if facts.pledge(pledge).is_none() {
            return Err(format!(
                "the record of {pledge}, which stands before it, is missing"
            ));
        }
    }
    let asked = holders(command, facts, *at).into_iter();
    for party in asked.chain(sellers(command, facts, *at)) {
        if facts.party(party).is_none() {
            return Err(format!(
                "the record of {party}, whose consent is asked for, is missing"
            ));
        }
    }
    door::check(command, facts, *at).map_err(|fault| fault.to_string())?;
    let parties = std::iter::once(command.org).chain(consents(*law, command, facts, *at));
    for party in parties {
        // Whether it may be attested is asked below, with all else that the law asks of signatures.
        if party != command.org && is_attested(command, party) {
            continue;
        }
        let given = signatures.get(&party).copied().unwrap_or(0);
        let Some(policy) = facts.party(party) else {
            return Err(format!("the signing policy of {party} is not shown"));
        };
        let needed = policy.threshold_for(command.body.type_name());
        if given < needed {
            return Err(format!("{party} signs with {needed}, and {given} signed"));
        }
    }
    let unmet = authority::check(*law, genesis, command, verified, facts, *at);
    if let Some(finding) = unmet.iter().find(|finding| finding.refuses()) {
        let check = finding.code.check();
        return Err(format!("check {}: {}", check.code, check.title_en));
    }
    let is_asked = match event {
        Event::Changed { .. } => acts::is_asked(signed, event, genesis, facts),
        _ => is_what_was_asked(command, event, *at, facts),
    };
    if is_asked {
        return Ok(());
    }
    let (asked, done) = (command.body.type_name(), event.type_name());
    Err(format!(
        "the signed command ({asked}) is not the event ({done})"
    ))
}

fn is_what_was_asked(command: &Command, event: &Event, at: Stamp, facts: &Facts) -> bool {
    let index = at.index;
    let org = command.org;
    match (&command.body, event) {
        (
            Body::AdmitParty(asked),
            Event::PartyAdmitted {
                party,
                record,
                keys,
            },
        ) => {
            org == REGISTRAR
                && party.0 == index
                && record.name == asked.name
                && record.credit_code == asked.credit_code
                && record.region == asked.region
                && record.roles == asked.roles
                && record.duties == asked.duties
                && record.threshold == asked.threshold
                && record.hidden == asked.hidden
                && keys.iter().map(|(key, person)| (key, person)).eq(asked
                    .keys
                    .iter()
                    .map(|offered| (&offered.key, &offered.person)))
        }
        (Body::AddKey(asked), Event::KeyAdded { party, key, person }) => {
            *party == org && *key == asked.key && *person == asked.person
        }
        (Body::RevokeKey(asked), Event::KeyRevoked { party, kid }) => *party == org && kid == asked,
        (Body::SetSigningPolicy(asked), Event::SigningPolicySet { party, threshold }) => {
            *party == org && threshold == asked
        }
        (
            Body::AdoptPolicy { kind, text },
            Event::PolicyAdopted {
                kind: adopted,
                digest,
                ..
            },
        ) => kind == adopted && *digest == text_digest(text),
        _ => is_of_a_right(command, event, at, facts),
    }
}

fn is_of_a_right(command: &Command, event: &Event, at: Stamp, facts: &Facts) -> bool {
    let index = at.index;
    let org = command.org;
    match (&command.body, event) {
        (Body::IssueRight(asked), Event::RightIssued { right, record, .. }) => {
            right.0 == index
                && is_issued(asked, record, org)
                && may_issue(org, record, index, facts)
        }
        (
            Body::AdjustRight {
                right,
                from,
                amount,
                ..
            },
            Event::RightAdjusted { .. },
        ) => is_adjusted(event, *right, *from, amount.0) && issued_by(*right, org, at.index, facts),
        (
            Body::RevokeRight { right, from, .. },
            Event::RightRevoked {
                right: r, from: f, ..
            },
        ) => right == r && from == f && issued_by(*right, org, at.index, facts),
        (
            Body::Freeze {
                right,
                authority,
                extent,
                terms,
                ..
            },
            Event::Frozen {
                right: r, burden, ..
            },
        ) => {
            right == r
                && burden.id == BurdenId::Freeze(FreezeId(index))
                && burden.authority == Some(*authority)
                && is_extent(extent, burden.extent)
                && burden.expires == terms.expires()
                && burden.order == terms.order()
                && burden.behind.is_empty()
                && burden.overhang.is_none()
                && (org == REGISTRAR
                    || (org == *authority && issued_by(*right, org, at.index, facts)))
        }
        (
            Body::Unfreeze { right, freeze, .. },
            Event::Unfrozen {
                right: r,
                freeze: f,
                ..
            },
        ) => {
            right == r
                && freeze == f
                && (org == REGISTRAR || issued_by(*right, org, at.index, facts))
        }
        _ => is_pledging(command, event, at, facts),
    }
}

fn is_pledging(command: &Command, event: &Event, at: Stamp, facts: &Facts) -> bool {
    let index = at.index;
    let org = command.org;
    match (&command.body, event) {
        (
            Body::Reserve {
                pledgor,
                lines,
                days,
            },
            Event::Reserved { expires, .. },
        ) => {
            *expires == Reservation::ends(at.time, *days)
                && is_reserved(event, ReservationId(index), org, *pledgor, lines)
        }
        (Body::CancelReservation(asked), Event::ReservationCancelled { reservation, .. }) => {
            asked == reservation && is_reserved_by(*reservation, org, facts, at)
        }
        (Body::RegisterPledge(asked), Event::PledgeRegistered { .. }) => {
            is_registered(event, PledgeId(index), command, asked)
        }
        (
            Body::AmendPledge {
                pledge, changes, ..
            },
            Event::PledgeAmended {
                pledge: p, lines, ..
            },
        ) => {
            let amended = |change: &LineChange, line: &Line| {
                !line.released && change.amount.as_ref().map(|(q, _)| *q) == quantity_of(line)
            };
            pledge == p && held_by(*pledge, org, facts, at) && each_is(changes, lines, &amended)
        }
        (
            Body::ExtendPledge {
                pledge,
                changes,
                term,
                ..
            },
            Event::PledgeExtended {
                pledge: p,
                lines,
                term: t,
            },
        ) => {
            let extended = |change: &LineChange, line: &Line| {
                !line.released && change.to.is_some() && change.to == end_of(line)
            };
            pledge == p
                && term == t
                && held_by(*pledge, org, facts, at)
                && each_is(changes, lines, &extended)
        }
        (
            Body::ReleasePledge {
                pledge,
                changes,
                order,
            },
            Event::PledgeReleased {
                pledge: p, lines, ..
            },
        ) => {
            // For a court the registrar gives it; whose order it is, the results ask.
            let may = order.is_some() || held_by(*pledge, org, facts, at);
            pledge == p && may && is_released(changes, lines)
        }
        _ => false,
    }
}

fn is_released(changes: &[LineChange], lines: &[LineResult]) -> bool {
    let released = |change: &LineChange, line: &Line| change.amount.is_some() || line.released;
    let whole = changes.is_empty() && lines.iter().all(|result| result.line.released);
    whole || each_is(changes, lines, &released)
}

/// Who held a reservation is in its record; a file that leaves the record out shows nothing.
fn is_reserved_by(id: ReservationId, org: PartyId, facts: &Facts, at: Stamp) -> bool {
    let held = facts.reservation(id);
    held.is_some_and(|held| facts.acting(held.pledgee, at.index) == org)
}

fn held_by(pledge: PledgeId, org: PartyId, facts: &Facts, at: Stamp) -> bool {
    facts
        .pledge(pledge)
        .is_some_and(|pledge| facts.acting(pledge.pledgee_at(at.index), at.index) == org)
}

/// The issuer of a right never changes; the record is in the file of whoever asks about it.
fn issued_by(right: RightId, org: PartyId, index: EntryIndex, facts: &Facts) -> bool {
    facts
        .right(right)
        .is_some_and(|right| facts.keeping(right.issuer, &right.kind, index) == org)
}

fn may_issue(org: PartyId, right: &Right, index: EntryIndex, facts: &Facts) -> bool {
    let Some(party) = facts.party(org) else {
        return false;
    };
    let of_kind = facts
        .policies
        .values()
        .filter(|policy| policy.kind == right.kind);
    of_kind
        .into_iter()
        .any(|policy| party.duties.contains(&policy.issuer_duty))
        && facts.keeping(org, &right.kind, index) == org
}

fn is_adjusted(
    event: &Event,
    right: RightId,
    from: Day,
    quantity: crate::primitives::quantity::Quantity,
) -> bool {
    match event {
        Event::RightAdjusted {
            right: r,
            from: f,
            quantity: q,
            ..
        } => *r == right && *f == from && *q == quantity,
        _ => false,
    }
}

fn is_reserved(
    event: &Event,
    id: ReservationId,
    org: PartyId,
    asked_of: PartyId,
    asked: &[LineRequest],
) -> bool {
    match event {
        Event::Reserved {
            reservation,
            pledgee,
            pledgor,
            lines,
            ..
        } => {
            *reservation == id && *pledgee == org && *pledgor == asked_of && are_lines(asked, lines)
        }
        _ => false,
    }
}

/// What the record keeps of the consents that the command attests.
fn attested_in(command: &Command, entry: EntryIndex) -> Vec<Attested> {
    let attested = command.attested.iter();
    attested
        .map(|attestation| Attested {
            party: attestation.party,
            class: attestation.class,
            document: attestation.document,
            entry,
        })
        .collect()
}

fn is_registered(
    event: &Event,
    id: PledgeId,
    command: &Command,
    asked: &crate::domain::command::RegisterPledge,
) -> bool {
    match event {
        Event::PledgeRegistered {
            pledge,
            pledgee,
            pledgor,
            debtor,
            form,
            lines,
            term,
            hidden,
            reservation,
            more,
        } => {
            let caps = asked.cap_cny.map(|amount| Cap {
                amount,
                entry: id.0,
            });
            let maximum = asked.maximum.map(|period| Maximum { period });
            let asked_more = PledgeMore {
                caps: caps.into_iter().collect(),
                maximum,
                syndicate: asked.syndicate.clone(),
                green: asked.green.clone(),
                attested: attested_in(command, id.0),
                ..PledgeMore::default()
            };
            **more == asked_more
                && *pledge == id
                && *pledgee == command.org
                && *pledgor == asked.pledgor
                && *debtor == asked.debtor
                && *form == asked.form
                && *term == asked.term
                && *hidden == asked.hidden
                && reservation.as_ref().map(|taken| taken.id) == asked.reservation
                && are_lines(&asked.lines, lines)
        }
        _ => false,
    }
}

fn are_lines(asked: &[LineRequest], lines: &[Line]) -> bool {
    asked.len() == lines.len()
        && asked.iter().zip(lines).all(|(asked, line)| {
            asked.right == line.right
                && asked.behind == line.behind
                && !line.released
                && is_extent(&asked.extent, line.extent)
        })
}

fn is_extent(asked: &ExtentRequest, extent: Extent) -> bool {
    let amount = asked.amount.as_ref().map(|(quantity, _)| *quantity);
    match extent {
        Extent::Stock(quantity) => amount == Some(quantity) && asked.span.is_none(),
        Extent::Flow(quantity, span) => amount == Some(quantity) && asked.span == Some(span),
        Extent::Whole => amount.is_none() && asked.span.is_none() && asked.years.is_none(),
        Extent::Years(span) => {
            asked
                .years
                .and_then(|(first, last)| Span::of_years(first, last))
                == Some(span)
        }
    }
}

/// Every change has its result, and there are no others.
fn each_is(
    changes: &[LineChange],
    results: &[LineResult],
    is: &dyn Fn(&LineChange, &Line) -> bool,
) -> bool {
    changes.len() == results.len()
        && changes.iter().all(|change| {
            let result = results.iter().find(|result| result.number == change.line);
            result.is_some_and(|result| is(change, &result.line))
        })
}

fn quantity_of(line: &Line) -> Option<crate::primitives::quantity::Quantity> {
    match line.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
        Extent::Whole | Extent::Years(_) => None,
    }
}

fn end_of(line: &Line) -> Option<Day> {
    match line.extent {
        Extent::Flow(_, span) => Some(span.to()),
        Extent::Stock(_) | Extent::Whole | Extent::Years(_) => None,
    }
}

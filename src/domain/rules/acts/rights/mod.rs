//! Acts on rights, one file for each that has rules of its own.

mod convert;
mod correct;
mod divide;
mod extend;
mod made;
mod surrender;
mod transfer;
mod verification;

use crate::domain::command::{Amount, RightAct};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::opened::is_open_to;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{BurdenId, Capacity, Overhang, Right};
use crate::domain::rules::burdens::overhangs_of;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;

/// At most this many conflicting records are named in one finding, so that an entry stays small.
const CONFLICTS_SHOWN_MAX: usize = 16;

/// Judges an act on rights.
pub(super) fn judge(case: &Case<'_>, act: &RightAct, draft: &mut Draft<'_>, found: &mut Findings) {
    let id = act.right();
    match act {
        RightAct::ExtendRight { to, .. } => extend::judge(case, id, *to, draft, found),
        RightAct::SurrenderRight {
            amount, carve_out, ..
        } => surrender::judge(case, act, amount, *carve_out, draft, found),
        RightAct::CorrectRight { correction, .. } => {
            correct::judge(case, act, correction, draft, found);
        }
        RightAct::TransferRight { part, .. } => {
            transfer::judge(case, act, part.as_deref(), draft, found);
        }
        RightAct::ConvertRight { part, into, .. } => {
            convert::judge(case, act, part, into, draft, found);
        }
        RightAct::RecordVerification { verification, .. } => {
            verification::judge(case, id, verification, draft, found);
        }
        RightAct::OfFreeze(act) => super::freezes::judge(case, act, draft, found),
    }
}

/// A right that acts may still change, with the rules of its kind.
fn present<'a>(
    case: &Case<'a>,
    id: RightId,
    found: &mut Findings,
) -> Option<(&'a Right, &'a KindPolicy)> {
    let Some(right) = case.facts.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return None;
    };
    if right.succeeded_by.is_some() {
        found.add(Finding::of(Code::Succeeded).with(id));
    }
    if right.revoked_from.is_some() {
        found.add(Finding::of(Code::RightRevoked).with(id));
    }
    let policy = case.facts.policy(&right.kind, case.stamp.time);
    if policy.is_none() {
        found.add(Finding::of(Code::KindUnknown).with(&right.kind));
    }
    Some((right, policy?))
}

/// A quantity is in the unit of the kind, no finer than it, and not nothing.
fn check_amount((quantity, unit): &Amount, policy: &KindPolicy, found: &mut Findings) {
    let fits = Quantity::parse(&quantity.to_string(), policy.scale).is_ok();
    if *unit != policy.unit || !fits {
        found.code(Code::UnitMismatch);
    }
    if quantity.is_zero() {
        found.code(Code::ZeroQuantity);
    }
}

/// The quantity of a right that has one quantity: a stock's balance, the measure of land.
fn level(right: &Right) -> Option<Quantity> {
    match &right.capacity {
        Capacity::Stock(balance) => Some(*balance),
        Capacity::Land { measure, .. } => Some(*measure),
        Capacity::Flow(_) => None,
    }
}

fn set_level(right: &mut Right, to: Quantity) {
    match &mut right.capacity {
        Capacity::Stock(balance) => *balance = to,
        Capacity::Land { measure, .. } => *measure = to,
        Capacity::Flow(_) => {}
    }
}

/// At most this much.
fn at_most(code: Code, quantity: Quantity) -> Finding {
    let mut finding = Finding::of(code);
    finding.alternative = Some(Alternative {
        quantity: Some(quantity),
        ..Alternative::default()
    });
    finding
}

/// The burdens that count on a right, freezes or all others.
fn standing(case: &Case<'_>, right: &Right, freezes: bool) -> Vec<BurdenId> {
    let counts = right
        .burdens
        .iter()
        .filter(|b| b.counts_at(case.stamp.time));
    let ids = counts.map(|burden| burden.id);
    ids.filter(|id| id.is_freeze() == freezes).collect()
}

pub(super) fn shown(ids: &[BurdenId]) -> Vec<String> {
    let names = ids.iter().take(CONFLICTS_SHOWN_MAX);
    names.map(ToString::to_string).collect()
}

/// The burdens of which more hangs over after a change than before.
fn losers(case: &Case<'_>, before: &Right, after: &Right) -> Vec<BurdenId> {
    let rank = |overhang: Option<Overhang>| match overhang {
        None => Quantity::ZERO.raw(),
        Some(Overhang::Amount(quantity)) => quantity.raw(),
        Some(Overhang::Whole) => i64::MAX,
    };
    let then = overhangs_of(before, case.stamp.time);
    let hung = |id: BurdenId| {
        let known = then.iter().find(|(other, _)| *other == id);
        known.map_or(0, |(_, overhang)| rank(*overhang))
    };
    let now = overhangs_of(after, case.stamp.time).into_iter();
    let worse = now.filter(|(id, overhang)| rank(*overhang) > hung(*id));
    worse.map(|(id, _)| id).collect()
}

/// The creditors of those burdens for which a rule of the kind was not always open, since they were registered: what opens it
/// now touches them with their own consent.
fn not_open_to(
    case: &Case<'_>,
    kind: &str,
    burdens: &[BurdenId],
    is_open: impl Fn(&KindPolicy) -> bool,
) -> Vec<PartyId> {
    let (facts, at) = (case.facts, case.stamp);
    let older = burdens
        .iter()
        .filter(|burden| !is_open_to(**burden, kind, facts, at, &is_open));
    older.filter_map(|burden| case.creditor(*burden)).collect()
}

/// Whoever must consent is named in the payload, so that the door and a verifier know who had to sign. Where one of them has
/// ended, whoever acts in its place signs, by either name.
fn require(case: &Case<'_>, act: &RightAct, needed: &[PartyId], found: &mut Findings) {
    let named = act.consenting().iter().map(|party| case.acting(*party));
    let named: Vec<PartyId> = named.collect();
    for party in needed.iter().map(|party| case.acting(*party)) {
        if party != case.command.org && !named.contains(&party) {
            found.add(Finding::of(Code::MissingConsent).with(party));
        }
    }
}

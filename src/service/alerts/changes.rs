//! What has changed outside the pledge itself: its registration elsewhere, the parties it names, what its certificate says.

use std::collections::BTreeMap;

use crate::domain::command::{ExternalReport, ExternalStatus};
use crate::domain::facts::Facts;
use crate::domain::pledge::Pledge;
use crate::domain::right::Right;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, RightId};
use crate::primitives::time::{Day, Timestamp};
use crate::service::alerts::rules::{Alert, Scene, ending};
use crate::service::alerts::words::{AlertKind, Lapsing};
use crate::service::notices::{Basis, Noticed, notices_of};
use crate::service::reconciliation::{Standing, is_replaced, reconcile, wanted_by};

/// Registrations in other registers that end soon, have ended, or are not there.
pub(super) fn external(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    day: Day,
) -> Vec<Alert> {
    let told = |report: &ExternalReport| {
        let records = vec![format!("{}:{}", report.register, report.number)];
        if report.status != ExternalStatus::Registered {
            return Some(Alert {
                on: Some(report.checked),
                records,
                ..of_pledge(AlertKind::ExternalRegistration)
            });
        }
        let end = report.term?.to();
        let kind = if end <= day {
            AlertKind::ExternalRegistration
        } else {
            AlertKind::Lapse
        };
        let lapse = Alert {
            what: Some(Lapsing::External),
            records,
            ..of_pledge(kind)
        };
        ending(lapse, end, day)
    };
    let reports = pledge.more.external.iter();
    let present = reports.filter(|report| !is_replaced(pledge, report, day));
    present.filter_map(told).collect()
}

/// Registers that the policies of the kinds name and of which nothing is recorded; the register of the units by its own kind.
pub(super) fn unrecorded(
    pledge: &Pledge,
    scene: Scene<'_>,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
) -> Vec<Alert> {
    let wanted = wanted_by(pledge, scene.facts, scene.now);
    let told = |register: String, standing: Standing| {
        let kind = match standing.noticed()? {
            Noticed::Unrecorded => AlertKind::ExternalUnrecorded,
            Noticed::NoReceipt => AlertKind::ReceiptMissing,
            Noticed::Gap
            | Noticed::Yield
            | Noticed::EndsFirst
            | Noticed::Area
            | Noticed::Ltv
            | Noticed::Permit
            | Noticed::Differs => return None,
        };
        // The name of the register, and no number that it would have there.
        Some(Alert {
            records: vec![format!("{register}:-")],
            ..of_pledge(kind)
        })
    };
    let rows = reconcile(PledgeId(0), pledge, &wanted, (scene.day, scene.now)).into_iter();
    rows.filter(|row| row.report.is_none())
        .filter_map(|row| told(row.register?, row.standing))
        .collect()
}

/// Registrations of a pledge that has ended, in registers where it still stands.
pub(super) fn still_there(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    (day, now): (Day, Timestamp),
) -> Vec<Alert> {
    let rows = reconcile(PledgeId(0), pledge, &BTreeMap::new(), (day, now)).into_iter();
    let told = |report: ExternalReport| Alert {
        on: Some(report.checked),
        records: vec![format!("{}:{}", report.register, report.number)],
        ..of_pledge(AlertKind::ExternalRegistration)
    };
    rows.filter_map(|row| row.report).map(told).collect()
}

/// Parties of the pledge and holders of its rights that were merged into others, or split.
pub(super) fn succeeded(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let facts = scene.facts;
    let told = |party: PartyId| {
        let successors = facts.party(party).map(|party| &party.more.successors)?;
        let acting = facts.acting(party, EntryIndex::MAX);
        let mut alert = of_pledge(AlertKind::PartySucceeded);
        let others = successors.iter().map(|(successor, _)| *successor);
        let others: Vec<PartyId> = others.filter(|other| *other != acting).collect();
        if successors.is_empty() {
            return None;
        }
        // Who acts now stands first, then whoever else came out of it.
        let came = std::iter::once(acting).chain(others);
        let came: Vec<PartyId> = came.filter(|other| *other != party).collect();
        alert.parties.extend(came.iter().copied());
        alert.records = std::iter::once(party)
            .chain(came)
            .map(|id| id.to_string())
            .collect();
        Some(alert)
    };
    let named = named(pledge, (facts, scene.now)).into_iter();
    named.filter_map(told).collect()
}

/// The parties of a pledge and the holders of its rights, each once.
pub(super) fn named(pledge: &Pledge, (facts, now): (&Facts, Timestamp)) -> Vec<PartyId> {
    let mut named = vec![pledge.pledgee, pledge.pledgor];
    named.extend(pledge.debtor);
    let open = pledge.lines.iter().filter(|line| line.is_open_at(now));
    let rights = open.filter_map(|line| facts.right(line.right));
    named.extend(rights.map(|right| right.holder));
    let mut once: Vec<PartyId> = Vec::new();
    for party in named {
        if !once.contains(&party) {
            once.push(party);
        }
    }
    once
}

/// A certificate whose area is not that of the ground: what the alert names is the ground in mu.
pub(super) fn area(
    id: RightId,
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Option<Alert> {
    let policy = scene.facts.policy(&right.kind, scene.now)?;
    let notice = notices_of(id, right, policy, scene.facts)?;
    let ground = match notice.basis {
        Basis::Ground { mu, .. } if notice.noticed == Noticed::Area => mu,
        Basis::Ground { .. } | Basis::Lending(_) | Basis::Code(_) => return None,
    };
    Some(Alert {
        amount: Some(ground),
        ..of_line(AlertKind::AreaDiffers)
    })
}

/// What the issuer of the right says that other registers show against it, one alert for each attribute.
pub(super) fn claims(
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let Some(policy) = scene.facts.policy(&right.kind, scene.now) else {
        return Vec::new();
    };
    let claims = policy.switches.claims(right);
    let told = claims.map(|(bar, text)| Alert {
        code: Some(bar.code.number()),
        records: vec![format!("{}:{text}", bar.attribute)],
        ..of_line(AlertKind::ExternalClaim)
    });
    told.collect()
}

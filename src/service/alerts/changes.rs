//! What has changed outside the pledge itself: its registration elsewhere, the parties it names, what its certificate says.

use crate::domain::command::{ExternalReport, ExternalStatus};
use crate::domain::facts::Facts;
use crate::domain::pledge::Pledge;
use crate::domain::right::Right;
use crate::primitives::id::{EntryIndex, PartyId, RightId};
use crate::primitives::time::Day;
use crate::service::alerts::rules::{Alert, AlertKind, Lapsing, Scene, ending};
use crate::service::notices::{Noticed, notices_of};

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
    pledge.more.external.iter().filter_map(told).collect()
}

/// Parties of the pledge and holders of its rights that were merged into others, or split.
pub(super) fn succeeded(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    facts: &Facts,
) -> Vec<Alert> {
    let mut named = vec![pledge.pledgee, pledge.pledgor];
    named.extend(pledge.debtor);
    let open = pledge.lines.iter().filter(|line| !line.released);
    let rights = open.filter_map(|line| facts.right(line.right));
    named.extend(rights.map(|right| right.holder));
    let mut once: Vec<PartyId> = Vec::new();
    for party in named {
        if !once.contains(&party) {
            once.push(party);
        }
    }
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
    once.into_iter().filter_map(told).collect()
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
    (notice.noticed == Noticed::Area).then(|| Alert {
        amount: Some(notice.ground_mu),
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

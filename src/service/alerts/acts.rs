//! What somebody has begun or done beside the pledge: an objection that runs, the end of the days in which claims may arise, a
//! disposal, a freeze whose sum has come in, new keys that are asked for.

use crate::domain::order::{in_force, quantity_for};
use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::primitives::id::{FreezeId, PartyId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Day;
use crate::service::alerts::changes::named;
use crate::service::alerts::entry_name;
use crate::service::alerts::rules::{Alert, Scene, ending};
use crate::service::alerts::words::{AlertKind, Lapsing};

/// Objections that stand; one without the proof of a suit is told with the day on which it lapses.
pub(super) fn objections(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let standing = pledge.more.objections.iter();
    let standing = standing.filter(|objection| objection.stands_at(scene.now));
    let told = standing.map(|objection| {
        let mut alert = of_pledge(AlertKind::Objection);
        alert.parties.push(objection.party);
        alert.records = vec![objection.party.to_string(), entry_name(objection.entry)];
        if objection.suit.is_none() {
            let lapses = objection.until.day();
            alert.on = Some(lapses);
            alert.days_left = Some(lapses.number() - scene.day.number());
        }
        alert
    });
    told.collect()
}

/// The days in which claims of a maximum-amount pledge may arise, before they end; afterwards the claims are fixed.
pub(super) fn determination(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    day: Day,
) -> Option<Alert> {
    let maximum = pledge.more.maximum?;
    let end = maximum.period.to();
    if pledge.more.determined.is_some() || end <= day {
        return None;
    }
    let lapse = Alert {
        what: Some(Lapsing::Determination),
        ..of_pledge(AlertKind::Lapse)
    };
    ending(lapse, end, day)
}

/// Disposals of the last 30 days, also of a pledge that they have closed.
pub(super) fn disposals(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let told = pledge.more.disposals.iter().filter_map(|disposal| {
        let on = *scene.days.get(&disposal.entry)?;
        let passed = scene.day.number() - on.number();
        let line = pledge.lines.get(usize::from(disposal.line));
        (passed < limits::DISPOSAL_TOLD_DAYS).then(|| Alert {
            line: Some(disposal.line),
            right: line.map(|line| line.right),
            amount: disposal.quantity,
            on: Some(on),
            records: vec![entry_name(disposal.entry)],
            ..of_pledge(AlertKind::Disposal)
        })
    });
    told.collect()
}

/// Freezes that are limited to a sum which their sales have brought, while they hold more: whoever ordered one should lift the rest,
/// which stands before those that wait for it. It does not end by itself: of what the sales brought, earlier pledges are paid
/// first, and how much of it the register does not know.
pub(super) fn satisfied(
    right: &Right,
    of_right: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let queue = in_force(right, scene.now);
    let told = right.burdens.iter().filter_map(|burden| {
        let (id, holds) = rest_of_satisfied(burden, right, scene)?;
        let waits = queue
            .iter()
            .filter(|freeze| freeze.waits() && freeze.behind.contains(&id));
        let waits: Vec<FreezeId> = waits.map(|freeze| freeze.freeze).collect();
        let mut alert = of_right(AlertKind::FreezeSatisfied);
        let concerned = std::iter::once(id).chain(waits);
        let concerned: Vec<FreezeId> = concerned.take(limits::ALERT_NAMES_MAX).collect();
        for freeze in &concerned {
            let burden = right.burden(BurdenId::Freeze(*freeze));
            let authority = burden.and_then(|burden| burden.authority);
            if let Some(court) = authority.filter(|court| !alert.parties.contains(court)) {
                alert.parties.push(court);
            }
        }
        alert.amount = Some(holds);
        alert.records = concerned.iter().map(ToString::to_string).collect();
        Some(alert)
    });
    told.collect()
}

/// What a freeze holds yet, where its sales have brought its sum. A sum that was named anew after a sale says what is to come in
/// beyond that sale: then what it holds and what was sold are together more than follows from the sum, and nothing is told.
fn rest_of_satisfied(
    burden: &Burden,
    right: &Right,
    scene: Scene<'_>,
) -> Option<(FreezeId, Quantity)> {
    let BurdenId::Freeze(id) = burden.id else {
        return None;
    };
    let (Extent::Stock(holds) | Extent::Flow(holds, _)) = burden.extent else {
        return None;
    };
    let order = burden.order.as_ref()?;
    let (limit, price) = order.limit_cny.zip(order.price_cny)?;
    let (sold, brought) = order.executed.zip(order.proceeds_cny)?;
    let scale = scene.facts.policy(&right.kind, scene.now)?.scale;
    let is_whole = quantity_for(limit, price, scale) == holds.checked_add(sold);
    (burden.counts_at(scene.now) && brought >= limit && is_whole).then_some((id, holds))
}

/// Attempts to give new keys to a party of the pledge: whoever deals with it should ask it by another way.
pub(super) fn recoveries(
    pledge: &Pledge,
    of_pledge: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let told = |id: PartyId| {
        let party = scene.facts.party(id)?;
        let mut alert = of_pledge(AlertKind::Recovery);
        if !alert.parties.contains(&id) {
            alert.parties.push(id);
        }
        recovery(id, party, alert, scene.day)
    };
    let named = named(pledge, (scene.facts, scene.now)).into_iter();
    named.filter_map(told).collect()
}

/// The open recovery of a party: from `on` on its new keys may take effect, until then it may stop it.
pub(super) fn recovery(id: PartyId, party: &Party, alert: Alert, day: Day) -> Option<Alert> {
    let open = party.open_recovery()?;
    let ready = open.ready.day();
    Some(Alert {
        on: Some(ready),
        days_left: Some(ready.number() - day.number()),
        records: vec![id.to_string(), entry_name(open.entry)],
        ..alert
    })
}

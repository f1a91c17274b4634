//! Which alerts a record has on a day. Pure: records, a price, a day; the reader's openings come in as a value.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::door::{INSURED_UNTIL, SURRENDER_BY};
use crate::domain::event::cells_of;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::geometry::overlap::{Grade, grade};
use crate::domain::land;
use crate::domain::party::Party;
use crate::domain::pledge::{Line, Pledge, Reservation};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Overhang, Right};
use crate::domain::rules::burdens::lost_now;
use crate::domain::stock;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};
use crate::service::alerts::words::{AlertKind, Lapsing, PriceLine, code_of};
use crate::service::alerts::{acts, changes, clouds, line_name};
use crate::service::lending::Lent;
use crate::service::prices::Price;
use crate::service::statistics::{Disclosed, PRINCIPAL_CLAIM, Reached, amount_of};

/// Days before an end at which it is told again (DOMAIN section 3.4: prior notices 60, 30 and 7 days).
const STAGES: [i32; 3] = [7, 30, 60];
/// The hidden member that holds the loan-to-value at which a warning is due, in percent.
pub(crate) const WARNING_CLAIM: &str = "warning_ltv_percent";
/// The hidden member that holds the loan-to-value at which collateral may be closed out, in percent.
pub(crate) const CLOSE_OUT_CLAIM: &str = "close_out_ltv_percent";
/// The lines where the contract names none, in millionths: 75 and 85 percent (DOMAIN S14).
const WARNING_PPM: u128 = 750_000;
const CLOSE_OUT_PPM: u128 = 850_000;

/// One alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    /// What is to be looked at.
    pub kind: AlertKind,
    /// The record it is about.
    pub record: StateKey,
    /// The line, where it is about one.
    pub line: Option<u16>,
    /// The right, where it is about one.
    pub right: Option<RightId>,
    /// Whom it concerns.
    pub parties: Vec<PartyId>,
    /// What lapses.
    pub what: Option<Lapsing>,
    /// The day it is about; the first one outside, where it is an end.
    pub on: Option<Day>,
    /// Days until then; negative once it has passed.
    pub days_left: Option<i32>,
    /// 60, 30 or 7, or 0 once it has passed.
    pub stage: Option<i32>,
    /// How much is missing.
    pub amount: Option<Quantity>,
    /// Its number in the catalogue of checks, where it has one.
    pub code: Option<u16>,
    /// Further records it rests on.
    pub records: Vec<String>,
    /// The line that the loan-to-value has crossed, and how the collateral was valued.
    pub price: Option<(PriceLine, Valued)>,
    /// The claim beside what the policies of its kinds would let lend.
    pub lending: Option<Lent>,
}

/// What the alerts of a pledge may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The rights of the pledge, their policies and their neighbors.
    pub facts: &'a Facts,
    /// The day.
    pub day: Day,
    /// The instant by which reservations and policies stand.
    pub now: Timestamp,
    /// The days of the entries that recorded disposals.
    pub days: &'a BTreeMap<EntryIndex, Day>,
    /// What is still to be surrendered of the rights that have such a duty.
    pub due: &'a BTreeMap<RightId, Quantity>,
}

/// The collateral of a pledge at imported prices, beside the principal that its reader presents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Valued {
    /// The principal in 10^-6 yuan.
    pub principal: u128,
    /// The value in 10^-6 yuan.
    pub value: u128,
    /// Loan to value in millionths, rounded up; none where nothing has a value.
    pub ltv_ppm: Option<u128>,
    /// The line of warning in millionths.
    pub warning_ppm: u128,
    /// The line of closing out in millionths.
    pub close_out_ppm: u128,
    /// The prices, one for each line that is not released.
    pub prices: Vec<Price>,
}

impl Valued {
    /// Values a pledge; none without a principal, or where a line has no price, because half a value is no value.
    pub fn of(
        id: PledgeId,
        pledge: &Pledge,
        facts: &Facts,
        disclosed: &[&Disclosed],
        prices: &[Option<Price>],
        now: Timestamp,
    ) -> Option<Self> {
        let principal = raw(opened(disclosed, PRINCIPAL_CLAIM)?);
        let percent = |claim, default| {
            // A percent is ten thousand millionths, and a raw quantity a million to the unit.
            opened(disclosed, claim).map_or(default, |percent| raw(percent) / 100)
        };
        let value: u128 = worths(id, pledge, facts, prices, now)?.iter().sum();
        let open = pledge
            .lines
            .iter()
            .zip(prices)
            .filter(|(l, _)| l.is_open_at(now));
        let used = open.filter_map(|(_, price)| price.clone()).collect();
        let ltv_ppm = (value > 0).then(|| (principal * 1_000_000).div_ceil(value));
        Some(Self {
            principal,
            value,
            ltv_ppm,
            warning_ppm: percent(WARNING_CLAIM, WARNING_PPM),
            close_out_ppm: percent(CLOSE_OUT_CLAIM, CLOSE_OUT_PPM),
            prices: used,
        })
    }

    /// Returns the line of the contract that the loan-to-value has crossed.
    pub fn crossed(&self) -> Option<PriceLine> {
        let reaches = |line| self.ltv_ppm.map_or(self.principal > 0, |ltv| ltv >= line);
        if reaches(self.close_out_ppm) {
            Some(PriceLine::CloseOut)
        } else {
            reaches(self.warning_ppm).then_some(PriceLine::Warning)
        }
    }
}

/// What each line of a pledge is worth, in 10^-6 yuan; none where a line that stands has no price.
pub(super) fn worths(
    id: PledgeId,
    pledge: &Pledge,
    facts: &Facts,
    prices: &[Option<Price>],
    now: Timestamp,
) -> Option<Vec<u128>> {
    let mut quantities = vec![0_u128; pledge.lines.len()];
    let lines = pledge.lines.iter().enumerate();
    for (number, line) in lines.filter(|(_, line)| line.is_open_at(now)) {
        prices.get(number)?.as_ref()?;
        let right = facts.right(line.right)?;
        let name = line_name(id, number);
        let lost = Reached::of(line.extent, right, name, now).lost;
        *quantities.get_mut(number)? = amount_of(line.extent, right, name).saturating_sub(lost);
    }
    // Lines that a split left undivided secure together no more than the first did alone.
    pledge.share(&mut quantities);
    let open = quantities.iter().zip(prices);
    let worth = open.map(|(quantity, price)| {
        let cny = price.as_ref().map_or(0, |price| raw(price.cny));
        quantity * cny / 1_000_000
    });
    Some(worth.collect())
}

/// Tells of a claim that is more than the policies of its kinds would let lend on its lines.
pub(super) fn lending(id: PledgeId, pledge: &Pledge, lent: Lent) -> Option<Alert> {
    let parties = [pledge.pledgee, pledge.pledgor];
    let alert = plain(AlertKind::AboveMaxLtv, StateKey::Pledge(id), &parties);
    lent.is_above().then_some(Alert {
        lending: Some(lent),
        ..alert
    })
}

pub(super) fn opened(disclosed: &[&Disclosed], claim: &str) -> Option<Quantity> {
    let item = disclosed.iter().find(|item| item.opening.claim == claim)?;
    Quantity::parse(&item.opening.value, Scale::MAX).ok()
}

pub(super) fn raw(quantity: Quantity) -> u128 {
    u128::try_from(quantity.raw()).unwrap_or_default()
}

pub(super) fn plain(kind: AlertKind, record: StateKey, parties: &[PartyId]) -> Alert {
    Alert {
        kind,
        record,
        line: None,
        right: None,
        parties: parties.to_vec(),
        what: None,
        on: None,
        days_left: None,
        stage: None,
        amount: None,
        code: code_of(kind),
        records: Vec::new(),
        price: None,
        lending: None,
    }
}

/// Returns the stage of an end on a day; none where it is far away.
fn stage(on: Day, day: Day) -> Option<i32> {
    let left = on.number() - day.number();
    if left <= 0 {
        return Some(0);
    }
    STAGES.into_iter().find(|stage| left <= *stage)
}

/// Dates an alert, where its day is near or past.
pub(super) fn ending(alert: Alert, on: Day, day: Day) -> Option<Alert> {
    Some(Alert {
        on: Some(on),
        days_left: Some(on.number() - day.number()),
        stage: Some(stage(on, day)?),
        ..alert
    })
}

/// Whom the alerts of a pledge concern.
pub(super) fn parties_of(pledge: &Pledge) -> Vec<PartyId> {
    let mut named = BTreeSet::new();
    pledge
        .parties()
        .filter(|party| named.insert(*party))
        .collect()
}

/// Returns the alerts of a pledge that has ended: what still follows from it.
pub fn alerts_of_closed(id: PledgeId, pledge: &Pledge, scene: Scene<'_>) -> Vec<Alert> {
    let parties = parties_of(pledge);
    let of_pledge = |kind| plain(kind, StateKey::Pledge(id), &parties);
    let mut alerts = changes::still_there(pledge, &of_pledge, (scene.day, scene.now));
    alerts.extend(acts::disposals(pledge, &of_pledge, scene));
    alerts
}

/// Returns the alerts of a party that concern nobody else: an attempt to give it new keys, which it may stop.
pub fn alerts_of_party(id: PartyId, party: &Party, day: Day) -> Vec<Alert> {
    let alert = plain(AlertKind::Recovery, StateKey::Party(id), &[id]);
    acts::recovery(id, party, alert, day).into_iter().collect()
}

/// Returns the alerts of a pledge.
pub fn alerts_of_pledge(
    id: PledgeId,
    pledge: &Pledge,
    valued: Option<&Valued>,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let key = StateKey::Pledge(id);
    let parties = parties_of(pledge);
    let mut alerts = Vec::new();
    if let Some(term) = pledge.term {
        let lapse = Alert {
            what: Some(what_ends(pledge, scene.now)),
            ..plain(AlertKind::Lapse, key.clone(), &parties)
        };
        alerts.extend(ending(lapse, term.to(), scene.day));
    }
    if let Some(valued) = valued
        && let Some(crossed) = valued.crossed()
    {
        alerts.push(Alert {
            price: Some((crossed, valued.clone())),
            ..plain(AlertKind::PriceLine, key.clone(), &parties)
        });
    }
    let of_pledge = |kind| plain(kind, key.clone(), &parties);
    alerts.extend(changes::external(pledge, &of_pledge, scene.day));
    alerts.extend(changes::unrecorded(pledge, scene, &of_pledge));
    alerts.extend(changes::succeeded(pledge, &of_pledge, scene));
    alerts.extend(acts::recoveries(pledge, &of_pledge, scene));
    alerts.extend(acts::objections(pledge, &of_pledge, scene));
    alerts.extend(acts::determination(pledge, &of_pledge, scene.day));
    alerts.extend(acts::disposals(pledge, &of_pledge, scene));
    let lines = pledge.lines.iter().enumerate();
    let open = lines.filter(|(_, line)| line.is_open_at(scene.now));
    for (number, line) in open {
        if let Some(right) = scene.facts.right(line.right) {
            let of_line = |kind| Alert {
                line: u16::try_from(number).ok(),
                right: Some(line.right),
                ..plain(kind, key.clone(), &parties)
            };
            let name = line_name(id, number);
            of_right(&mut alerts, right, pledge, &of_line, scene);
            alerts.extend(frozen((line, name), right, &of_line, scene));
            alerts.extend(acts::satisfied(right, &of_line, scene));
            of_extent(&mut alerts, (line, name), right, &of_line, scene);
            alerts.extend(same_ground(line.right, right, &of_line, scene));
            alerts.extend(changes::area(line.right, right, &of_line, scene));
            alerts.extend(changes::claims(right, &of_line, scene));
            alerts.extend(clouds::bars(right, &of_line, scene));
            alerts.extend(clouds::ground(line, right, &of_line, scene));
            let due = scene.due.get(&line.right).copied();
            alerts.extend(gap(right, due, of_line(AlertKind::ComplianceGap), scene));
        }
    }
    alerts
}

/// What ends with the term of a claim: its lines too, where the policy under which they were registered says so.
fn what_ends(pledge: &Pledge, now: Timestamp) -> Lapsing {
    let mut open = pledge.lines.iter().filter(|line| line.is_open_at(now));
    if open.any(|line| line.expires.is_some()) {
        Lapsing::Line
    } else {
        Lapsing::Term
    }
}

/// What the right of a line says: its end, its holder, its freezes, its insurance.
fn of_right(
    alerts: &mut Vec<Alert>,
    right: &Right,
    pledge: &Pledge,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) {
    let end = right
        .live_span()
        .map_or(right.span.from(), crate::primitives::time::Span::to);
    if pledge.term.is_some_and(|term| end < term.to()) {
        alerts.push(Alert {
            on: Some(end),
            ..of_line(AlertKind::ExpiryBeforeMaturity)
        });
    }
    let lapse = Alert {
        what: Some(Lapsing::Right),
        ..of_line(AlertKind::Lapse)
    };
    alerts.extend(ending(lapse, right.span.to(), scene.day));
    alerts.extend(revoked(right, of_line, scene));
    if right.holder != pledge.pledgor {
        let mut alert = of_line(AlertKind::HolderChanged);
        alert.parties.push(right.holder);
        alerts.push(alert);
    }
    let insured = right.attributes.get(INSURED_UNTIL);
    if let Some(until) = insured.and_then(|text| Day::parse(text)) {
        // Policies of insurance name their last day.
        let lapse = of_line(AlertKind::InsuranceLapse);
        alerts.extend(ending(lapse, until.next(), scene.day));
    }
}

fn revoked(right: &Right, of_line: &dyn Fn(AlertKind) -> Alert, scene: Scene<'_>) -> Option<Alert> {
    let from = right.revoked_from?;
    Some(Alert {
        on: Some(from),
        days_left: Some(from.number() - scene.day.number()),
        ..of_line(AlertKind::RightRevoked)
    })
}

/// The freezes of the right of a line, and how much of the line those reach that came after it.
fn frozen(
    (line, name): (&Line, BurdenId),
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Option<Alert> {
    let stands = |burden: &&Burden| burden.id.is_freeze() && burden.counts_at(scene.now);
    let freezes = right.burdens.iter().filter(stands);
    let records = shown(freezes.map(|burden| burden.id.to_string()));
    let reached = Reached::of(line.extent, right, name, scene.now).frozen;
    let reached = i64::try_from(reached).ok().and_then(Quantity::from_raw);
    (!records.is_empty()).then(|| Alert {
        records,
        amount: reached.filter(|reached| !reached.is_zero()),
        ..of_line(AlertKind::Frozen)
    })
}

/// What the line itself says: the end of its span, and what hangs over.
fn of_extent(
    alerts: &mut Vec<Alert>,
    (line, name): (&Line, BurdenId),
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) {
    match line.extent {
        Extent::Flow(_, span) | Extent::Years(span) => {
            let lapse = Alert {
                what: Some(Lapsing::CollateralSpan),
                ..of_line(AlertKind::Lapse)
            };
            alerts.extend(ending(lapse, span.to(), scene.day));
        }
        Extent::Stock(_) | Extent::Whole => {}
    }
    alerts.extend(reduced(name, right, of_line, scene));
}

fn reduced(
    name: BurdenId,
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Option<Alert> {
    let overhang = lost_now(right, name, scene.now)?;
    Some(Alert {
        amount: match overhang {
            Overhang::Amount(lacking) => Some(lacking),
            Overhang::Whole => None,
        },
        on: right.revoked_from,
        ..of_line(AlertKind::RightReduced)
    })
}

/// Other rights on the ground of a right, of which they share more than its policy tolerates: of its own layer, and of those that it notes.
fn same_ground(
    id: RightId,
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Option<Alert> {
    let policy = scene.facts.policy(&right.kind, scene.now)?;
    let rules = policy.land.as_ref()?;
    let ground = land::parcels_of(right, scene.facts);
    let is_material = |overlap: &land::Overlap| {
        let (shared, smaller) = overlap.of_smaller(land::area2(&ground));
        grade(shared, smaller, rules.tolerance_ppm) > Grade::Sliver
    };
    let lie_together = |other: RightId, neighbor: &Right| {
        let found = land::overlap_with((&ground, cells_of(right)), other, neighbor, scene.facts);
        let found = found.and_then(|found| {
            found
                .map(|overlap| overlap.by_parcels(&ground, neighbor, scene.facts))
                .transpose()
        });
        found.map_or(true, |overlap| overlap.as_ref().is_some_and(is_material))
    };
    let mut shared = Vec::new();
    for cell in cells_of(right) {
        for (other, layer) in scene.facts.cell(*cell) {
            let is_noted = *layer == rules.layer || rules.warn_layers.contains(layer);
            let Some(neighbor) = scene.facts.right(*other).filter(|_| is_noted) else {
                continue;
            };
            let stands = *other != id
                && neighbor.succeeded_by.is_none()
                && right.succeeds.iter().all(|before| before != other)
                && neighbor
                    .live_span()
                    .is_some_and(|days| days.intersection(right.span).is_some());
            if stands && !shared.contains(other) && lie_together(*other, neighbor) {
                shared.push(*other);
            }
        }
    }
    shared.sort_unstable();
    (!shared.is_empty()).then(|| Alert {
        records: shown(shared.iter().map(ToString::to_string)),
        ..of_line(AlertKind::SameGround)
    })
}

/// What the holder of a stock must still surrender beyond what is free.
fn gap(right: &Right, due: Option<Quantity>, alert: Alert, scene: Scene<'_>) -> Option<Alert> {
    let Capacity::Stock(balance) = &right.capacity else {
        return None;
    };
    let (day, now) = (scene.day, scene.now);
    let free = stock::free(*balance, &right.burdens, now, &|_| false);
    let lacking = due?
        .checked_sub(free)
        .filter(|lacking| !lacking.is_zero())?;
    let by = right.attributes.get(SURRENDER_BY);
    // The last day on which it may be done.
    let on = by.and_then(|text| Day::parse(text)).map(Day::next);
    Some(Alert {
        amount: Some(lacking),
        on,
        days_left: on.map(|on| on.number() - day.number()),
        stage: on.and_then(|on| stage(on, day)),
        ..alert
    })
}

/// Returns the alerts of a reservation that stands: its own end, and what happens to the places that it holds.
pub fn alerts_of_reservation(
    id: ReservationId,
    reservation: &Reservation,
    scene: Scene<'_>,
) -> Vec<Alert> {
    if !reservation.stands_at(scene.now) {
        return Vec::new();
    }
    let parties = [reservation.pledgee, reservation.pledgor];
    let of_reservation = |kind| plain(kind, StateKey::Reservation(id), &parties);
    let lapse = Alert {
        what: Some(Lapsing::Reservation),
        ..of_reservation(AlertKind::Lapse)
    };
    let end = ending(lapse, reservation.expires.day(), scene.day);
    let mut alerts: Vec<Alert> = end.into_iter().collect();
    for (number, line) in (0..).zip(&reservation.lines) {
        let Some(right) = scene.facts.right(line.right) else {
            continue;
        };
        let of_line = |kind| Alert {
            line: Some(number),
            right: Some(line.right),
            ..of_reservation(kind)
        };
        let name = BurdenId::Hold(id, number);
        alerts.extend(revoked(right, &of_line, scene));
        alerts.extend(frozen((line, name), right, &of_line, scene));
        alerts.extend(reduced(name, right, &of_line, scene));
    }
    alerts
}

/// Returns the alerts of a right that concern its holder and those that keep it, pledged or not.
pub fn alerts_of_right(
    id: RightId,
    right: &Right,
    keepers: &[PartyId],
    scene: Scene<'_>,
) -> Vec<Alert> {
    let parties: Vec<PartyId> = [right.holder].iter().chain(keepers).copied().collect();
    let of_right = |kind| Alert {
        right: Some(id),
        ..plain(kind, StateKey::Right(id), &parties)
    };
    let due = of_right(AlertKind::ComplianceGap);
    let left = scene.due.get(&id).copied();
    let mut alerts: Vec<Alert> = gap(right, left, due, scene).into_iter().collect();
    alerts.extend(acts::satisfied(right, &of_right, scene));
    if right.succeeded_by.is_none() && right.live_span().is_some() {
        alerts.extend(same_ground(id, right, &of_right, scene));
    }
    alerts
}

fn shown(names: impl Iterator<Item = String>) -> Vec<String> {
    names.take(limits::ALERT_NAMES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_60_30_and_7_days_before_and_once_it_has_passed() {
        let day = |text| Day::parse(text).unwrap();
        let on = day("2027-03-02");
        let stages = [
            ("2026-12-31", None),
            ("2027-01-01", Some(60)),
            ("2027-01-31", Some(30)),
            ("2027-02-22", Some(30)),
            ("2027-02-23", Some(7)),
            ("2027-03-01", Some(7)),
            ("2027-03-02", Some(0)),
            ("2027-04-01", Some(0)),
        ];
        for (today, expected) in stages {
            assert_eq!(stage(on, day(today)), expected, "{today}");
        }
    }
}

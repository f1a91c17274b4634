//! Acts of authorities on a right: adjustment, revocation, freeze. Never refused for capacity; what they leave without a right
//! beneath it is recorded as overhang.

use crate::domain::command::ExtentRequest;
use crate::domain::event::Event;
use crate::domain::finding::{Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::order::Terms;
use crate::domain::party::Role;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::burdens::overhang_changes;
use crate::domain::rules::places::freezes_on;
use crate::domain::rules::{Case, Findings, freezes, lines};
use crate::primitives::id::{FreezeId, PartyId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Day;

fn known<'a>(case: &Case<'a>, id: RightId, found: &mut Findings) -> Option<&'a Right> {
    let right = case.facts.right(id);
    match right {
        None => found.add(Finding::of(Code::RightUnknown).with(id)),
        Some(right) if right.succeeded_by.is_some() => {
            found.add(Finding::of(Code::Succeeded).with(id));
        }
        Some(_) => {}
    }
    right
}

fn check_issuer(case: &Case<'_>, right: &Right, found: &mut Findings) {
    if case.keeping(right.issuer, &right.kind) != case.command.org {
        found.add(Finding::of(Code::NotTheIssuer).with(case.command.org));
    }
}

fn with_overhangs(case: &Case<'_>, id: RightId, event: Event, found: &Findings) -> Option<Event> {
    if found.refuses() {
        return None;
    }
    let changes = overhang_changes(case, &event, id);
    Some(match event {
        Event::RightAdjusted {
            right,
            from,
            quantity,
            ..
        } => Event::RightAdjusted {
            right,
            from,
            quantity,
            overhangs: changes,
        },
        Event::RightRevoked { right, from, .. } => Event::RightRevoked {
            right,
            from,
            overhangs: changes,
        },
        Event::Frozen { right, burden, .. } => Event::Frozen {
            right,
            burden,
            overhangs: changes,
        },
        Event::Unfrozen { right, freeze, .. } => Event::Unfrozen {
            right,
            freeze,
            overhangs: changes,
        },
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => event,
    })
}

pub(super) fn adjust(
    case: &Case<'_>,
    id: RightId,
    from: Day,
    quantity: Quantity,
    found: &mut Findings,
) -> Option<Event> {
    let right = known(case, id, found)?;
    check_issuer(case, right, found);
    if right.revoked_from.is_some() {
        found.add(Finding::of(Code::RightRevoked).with(id));
    }
    match &right.capacity {
        // Units are there or not: what an order says of a day to come is entered then.
        Capacity::Stock(_) => {
            if case.law.has_acts() && case.stamp.time.day() < from {
                let mut finding = Finding::of(Code::DayToCome).with(id);
                finding.at = Some(from);
                found.add(finding);
            }
        }
        Capacity::Flow(steps) => {
            if !right.span.contains(from) {
                found.add(Finding::of(Code::BeyondRightEnd).with(id));
            }
            if steps.iter().filter(|(day, _)| *day < from).count() >= limits::FLOW_STEPS_MAX {
                found.add(Finding::of(Code::TooManyBurdens).with(id));
            }
            let later = steps.iter().find(|(day, _)| *day > from);
            if let Some((day, _)) = later
                && case.law.warns_of_later_steps()
            {
                let mut finding = Finding::of(Code::LaterSteps).with(id);
                finding.at = Some(*day);
                found.add(finding);
            }
        }
        Capacity::Land { .. } => found.add(Finding::of(Code::NotApplicable).with(id)),
    }
    let event = Event::RightAdjusted {
        right: id,
        from,
        quantity,
        overhangs: Vec::new(),
    };
    with_overhangs(case, id, event, found)
}

pub(super) fn revoke(
    case: &Case<'_>,
    id: RightId,
    from: Day,
    found: &mut Findings,
) -> Option<Event> {
    let right = known(case, id, found)?;
    check_issuer(case, right, found);
    if right.revoked_from.is_some() {
        found.add(Finding::of(Code::RightRevoked).with(id));
    }
    let event = Event::RightRevoked {
        right: id,
        from,
        overhangs: Vec::new(),
    };
    with_overhangs(case, id, event, found)
}

/// A court's order is entered by two persons of the registrar; an issuer may freeze what it issued.
pub(super) fn freeze(
    case: &Case<'_>,
    id: RightId,
    authority: PartyId,
    (request, terms): (&ExtentRequest, &Terms),
    found: &mut Findings,
) -> Option<Event> {
    let right = known(case, id, found)?;
    let org = case.command.org;
    match case.facts.party(authority) {
        None => found.add(Finding::of(Code::PartyUnknown).with(authority)),
        Some(party) => {
            let entered_for_court = org == REGISTRAR && party.has_role(Role::Court);
            let keeper = case.keeping(right.issuer, &right.kind);
            let own_act = org == authority && org == keeper;
            if !entered_for_court && !own_act {
                found.add(Finding::of(Code::RoleLacksPower).with(org));
            }
        }
    }
    let orders = right
        .burdens
        .iter()
        .filter(|burden| burden.id.is_freeze() && burden.counts_at(case.stamp.time))
        .count();
    if orders >= freezes_on(case, right) {
        found.add(Finding::of(Code::TooManyBurdens).with(id));
    }
    let Some(policy) = case.facts.policy(&right.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).with(&right.kind));
        return None;
    };
    let extent = match lines::extent_of(request, right, policy) {
        Ok(extent) => extent,
        Err(code) => {
            found.code(code);
            return None;
        }
    };
    match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) if quantity.is_zero() => {
            found.code(Code::ZeroQuantity);
        }
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_) => {}
    }
    freezes::check_terms(case, terms, extent, policy, found);
    let burden = Burden {
        id: BurdenId::Freeze(FreezeId(case.stamp.index)),
        extent,
        expires: terms.expires(),
        authority: Some(authority),
        behind: Vec::new(),
        overhang: None,
        order: terms.order(),
    };
    freezes::note_waiting(case, right, &burden, found);
    let event = Event::Frozen {
        right: id,
        burden,
        overhangs: Vec::new(),
    };
    with_overhangs(case, id, event, found)
}

pub(super) fn unfreeze(
    case: &Case<'_>,
    id: RightId,
    freeze: FreezeId,
    found: &mut Findings,
) -> Option<Event> {
    let right = case.facts.right(id);
    let Some(right) = right else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return None;
    };
    if let Some(burden) = freezes::standing(case, right, freeze, found) {
        freezes::check_power(case, right, burden, found);
    }
    let event = Event::Unfrozen {
        right: id,
        freeze,
        overhangs: Vec::new(),
    };
    with_overhangs(case, id, event, found)
}

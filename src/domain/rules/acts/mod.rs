//! The acts of law 2: who gives them is asked of the matrix, what they change is drafted as records.

mod claims;
mod collateral;
mod erasure;
mod freezes;
mod keys;
mod parties;
mod pledges;
mod recovery;
mod rights;

use crate::domain::authority::refuses_giver;
use crate::domain::command::Act;
use crate::domain::event::Event;
use crate::domain::finding::{Code, Finding};
use crate::domain::right::{Capacity, Extent, Right};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::limits;

pub(super) use collateral::check_basis;

/// Judges an act; the event exists only where nothing refuses.
pub(super) fn propose(case: &Case<'_>, found: &mut Findings) -> Option<Event> {
    if !case.law.has_acts() {
        found.code(Code::NotApplicable);
        return None;
    }
    if let Some(finding) = refuses_giver(case.command, case.facts, case.stamp) {
        found.add(finding);
    }
    let event = remake(case, found);
    (!found.refuses()).then_some(event)
}

/// Drafts what an act changes, and adds what refuses it.
pub(super) fn remake(case: &Case<'_>, found: &mut Findings) -> Event {
    let mut draft = Draft::new(case);
    match case.command.body.act() {
        Some(Act::Pledge(act)) => pledges::judge(case, act, &mut draft, found),
        Some(Act::Party(act)) => parties::judge(case, act, &mut draft, found),
        Some(Act::Right(act)) => rights::judge(case, act, &mut draft, found),
        None => {}
    }
    draft.finish()
}

/// Takes what was sold, or goes to another right, out of a right; a flow may get a step where the days of it begin and end.
fn take_out(
    case: &Case<'_>,
    (id, right): (RightId, &mut Right),
    sold: Extent,
    buyer: Option<PartyId>,
    found: &mut Findings,
) {
    if !right.sell(sold, buyer, case.stamp) {
        found.add(Finding::of(Code::NotApplicable).with(id));
    }
    match &right.capacity {
        Capacity::Flow(steps) if steps.len() > limits::FLOW_STEPS_MAX => {
            found.add(Finding::of(Code::TooManyBurdens).with(id));
        }
        Capacity::Land { .. } if right.converted.len() > limits::RIGHT_CONVERTED_MAX => {
            found.add(Finding::of(Code::TooManyBurdens).with(id));
        }
        Capacity::Flow(_) | Capacity::Stock(_) | Capacity::Land { .. } => {}
    }
}

//! Whose consent a rank needs: who stands before a new line, and whose line a new order makes worse. All of it follows from
//! the payload and from who was the pledgee at the position, so a reader of later records finds the same parties.

use crate::domain::command::{Act, Asked, Body, Command, LineChange, LineRequest, PledgeAct, Sort};
use crate::domain::facts::Facts;
use crate::domain::fold::Stamp;
use crate::domain::law::Law;
use crate::domain::opened;
use crate::domain::pledge::{Form, Line};
use crate::domain::policy::{KindPolicy, SecondRank};
use crate::domain::right::{BurdenId, Extent};
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::time::Span;

/// Returns the lines that a command puts behind others: the right, and the burdens they stand behind.
pub fn placed(command: &Command, facts: &Facts) -> Vec<(RightId, Vec<BurdenId>)> {
    match command.body.sort() {
        Sort::Asks(asked) => {
            let held = asked.reservation.and_then(|id| facts.reservation(id));
            let held = held.map_or(&[][..], |held| &held.lines);
            // Who let the reservation stand behind its line has consented to what takes it over, and to no more.
            let line = |line: &LineRequest| {
                let mut behind = line.behind.clone();
                let fitting = || held.iter().filter(|held| fits(line, held));
                behind.retain(|burden| !fitting().any(|held| held.behind.contains(burden)));
                (line.right, behind)
            };
            asked.lines.iter().map(line).collect()
        }
        Sort::Changes(pledge, changes) => {
            let lines = facts.pledge(pledge).map_or(&[][..], |pledge| &pledge.lines);
            let placed = |change: &LineChange| {
                let line = lines.get(usize::from(change.line))?;
                Some((line.right, change.behind.clone()))
            };
            changes.iter().filter_map(placed).collect()
        }
        Sort::Act(Act::Pledge(PledgeAct::SubstituteCollateral { add, .. })) => add
            .iter()
            .map(|line| (line.right, line.behind.clone()))
            .collect(),
        Sort::Register | Sort::Right | Sort::Releases(_) | Sort::Cancels | Sort::Act(_) => {
            Vec::new()
        }
    }
}

/// Says whether a line asks for no more than a reserved one, and for no other days.
fn fits(asked: &LineRequest, held: &Line) -> bool {
    let quantity = asked.extent.amount.as_ref().map(|(quantity, _)| *quantity);
    let years = asked.extent.years;
    let years = years.and_then(|(first, last)| Span::of_years(first, last));
    let fits = match (held.extent, quantity) {
        (Extent::Stock(held), Some(quantity)) => quantity <= held,
        (Extent::Flow(held, days), Some(quantity)) => {
            quantity <= held && asked.extent.span.is_some_and(|span| days.covers(span))
        }
        (Extent::Years(days), None) => years.is_some_and(|span| days.covers(span)),
        (Extent::Whole, None) => years.is_none() && asked.extent.span.is_none(),
        (Extent::Stock(_) | Extent::Flow(..), None)
        | (Extent::Years(_) | Extent::Whole, Some(_)) => false,
    };
    asked.right == held.right && fits
}

/// Returns the pledges whose pledgees a reader must know to see whose consent the command needs.
pub fn pledges_before(body: &Body) -> Vec<PledgeId> {
    let behind: Vec<BurdenId> = match body.sort() {
        Sort::Asks(asked) => behind_of(asked.lines),
        Sort::Changes(_, changes) => {
            let behind = changes.iter().flat_map(|change| &change.behind);
            behind.copied().collect()
        }
        Sort::Register | Sort::Right | Sort::Releases(_) | Sort::Cancels | Sort::Act(_) => {
            ordered(body).to_vec()
        }
    };
    behind.into_iter().filter_map(BurdenId::pledge).collect()
}

fn behind_of(lines: &[LineRequest]) -> Vec<BurdenId> {
    lines
        .iter()
        .flat_map(|line| &line.behind)
        .copied()
        .collect()
}

/// Returns the form of security that a command is about; a reservation is judged by the usual form of the kind.
pub fn form_of(body: &Body, policy: &KindPolicy, facts: &Facts) -> Option<Form> {
    match body.sort() {
        Sort::Asks(Asked {
            form: Some(form), ..
        }) => Some(form),
        Sort::Changes(..) | Sort::Act(Act::Pledge(_)) => {
            facts.pledge(body.pledge()?).map(|pledge| pledge.form)
        }
        Sort::Register
        | Sort::Right
        | Sort::Asks(_)
        | Sort::Releases(_)
        | Sort::Cancels
        | Sort::Act(Act::Party(_) | Act::Right(_)) => Form::parse(&policy.form),
    }
}

/// Returns the pledgees whose consent the new places need, by the policies of the position.
pub fn seniors(law: Law, command: &Command, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let mut parties = Vec::new();
    for (right, behind) in placed(command, facts) {
        let policy = facts
            .right(right)
            .and_then(|right| facts.policy(&right.kind, at.time));
        let Some(policy) = policy else { continue };
        let asked = behind
            .iter()
            .filter(|burden| is_asked(law, **burden, &command.body, policy, facts, at));
        parties.extend(asked.filter_map(|burden| pledgee_of(*burden, facts, at)));
    }
    parties
}

/// Says whether the pledgee of a line is asked before another stands behind it: where the policy wants that now, or did not let
/// anybody in without it once since the line was registered.
pub fn is_asked(
    law: Law,
    senior: BurdenId,
    body: &Body,
    policy: &KindPolicy,
    facts: &Facts,
    at: Stamp,
) -> bool {
    let Some(form) = form_of(body, policy, facts) else {
        return false;
    };
    match policy.second_rank(form) {
        Some(SecondRank::RankedWithConsent) => true,
        Some(SecondRank::Ranked) => {
            let is_open =
                |policy: &KindPolicy| policy.second_rank(form) == Some(SecondRank::Ranked);
            law.keeps_older_rules() && !opened::is_open_to(senior, &policy.kind, facts, at, is_open)
        }
        Some(SecondRank::Exclusive) | None => false,
    }
}

/// Returns the pledgee of a line at a position.
pub fn pledgee_of(burden: BurdenId, facts: &Facts, at: Stamp) -> Option<PartyId> {
    let pledge = facts.pledge(burden.pledge()?)?;
    Some(facts.acting(pledge.pledgee_at(at.index), at.index))
}

/// Returns the lines of a new order, the first first.
pub fn ordered(body: &Body) -> &[BurdenId] {
    match body.act() {
        Some(Act::Pledge(PledgeAct::ChangeRank { to, .. })) => to,
        Some(Act::Pledge(_) | Act::Party(_) | Act::Right(_)) | None => &[],
    }
}

/// Returns the lines that a new order makes worse: those behind one that they did not stand behind before.
pub fn harmed(body: &Body) -> Vec<BurdenId> {
    let Some(Act::Pledge(PledgeAct::ChangeRank { from, to, .. })) = body.act() else {
        return Vec::new();
    };
    let ahead = |order: &[BurdenId], line: &BurdenId| -> Vec<BurdenId> {
        order
            .iter()
            .take_while(|other| *other != line)
            .copied()
            .collect()
    };
    let is_worse = |line: &&BurdenId| {
        let before = ahead(from, line);
        ahead(to, line).iter().any(|other| !before.contains(other))
    };
    to.iter().filter(is_worse).copied().collect()
}

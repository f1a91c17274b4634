//! What a disposal takes out of the right of its line: units, years, or the whole of it.

use crate::domain::change::{Members, Row, between};
use crate::domain::command::PledgeAct;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::Role;
use crate::domain::right::{BurdenId, Extent};
use crate::domain::rules::burdens::is_gone_beneath;
use crate::domain::rules::freezes::{most_by_agreement, most_by_court};
use crate::primitives::id::PartyId;
use crate::primitives::quantity::Quantity;
use crate::verify::binding::lines::LineAct;

/// The members of a right that may say so.
pub(super) const MEMBERS: [&str; 5] = ["acquired", "balance", "steps", "holder", "converted"];

/// What was sold has left a right whose history is shown, exactly; of another right only these members change.
pub(super) fn check(act: &LineAct<'_>, disposal: &PledgeAct) -> Result<(), String> {
    let PledgeAct::RecordDisposal {
        line: number,
        amount,
        buyer,
        authority,
        ..
    } = disposal
    else {
        return Ok(());
    };
    let org = act.signed.command.org;
    check_basis(org, *authority, act.past.facts())?;
    let line = act.lines.get(&(act.pledge, *number));
    let Some(line) = line.filter(|line| act.past.shows(&StateKey::Right(line.right))) else {
        return Ok(());
    };
    let key = StateKey::Right(line.right);
    let fails = || format!("what was sold has not left {}", key.name());
    let before = act.past.right(line.right).ok_or_else(fails)?;
    let mut after = before.clone();
    let name = BurdenId::Line(act.pledge, *number);
    let held = before.burden(name).map(|burden| burden.extent);
    let part = amount.as_ref().map(|(quantity, _)| *quantity);
    let held = held.ok_or_else(fails)?;
    let by_court = org == REGISTRAR;
    let burden = before.burden(name).ok_or_else(fails)?;
    let now = act.signed.at.time;
    let most = match held {
        Extent::Stock(_) | Extent::Flow(..) if by_court => Some(most_by_court(before, burden, now)),
        Extent::Stock(_) | Extent::Flow(..) => Some(most_by_agreement(before, burden, now)),
        Extent::Whole | Extent::Years(_) => None,
    };
    let pledge = act.past.pledge(act.pledge);
    let undivided = pledge.and_then(|it| it.left_undivided(*number, act.signed.at.index));
    let most = most.map(|most| undivided.map_or(most, |left| most.min(left)));
    // Where those before it leave nothing, a court notes what there was for the line.
    let is_gone = is_gone_beneath(before, held, now) || (by_court && most == Some(Quantity::ZERO));
    let sold = match (held, part) {
        (Extent::Stock(_), Some(part)) => Extent::Stock(part),
        (Extent::Flow(_, days), Some(part)) => Extent::Flow(part, days),
        (whole, _) => whole,
    };
    let at = act.signed.at;
    let acting = |party| act.past.facts().acting(party, at.index);
    let is_with_buyer = buyer.is_some_and(|buyer| acting(buyer) == acting(before.holder));
    let to = buyer.filter(|_| by_court);
    let amount = match sold {
        Extent::Stock(amount) | Extent::Flow(amount, _) => Some(amount),
        Extent::Whole | Extent::Years(_) => None,
    };
    if let (false, false, Some(amount), Some(most)) = (is_gone, is_with_buyer, amount, most)
        && amount > most
    {
        return Err(format!("{name} sells what others hold"));
    }
    if !is_gone && !is_with_buyer && !after.sell(sold, to, at) {
        return Err(fails());
    }
    let of = |right| Record::Right(right);
    let (wanted, rows) = between(&key, Some(&of(before.clone())), &of(after));
    let change = act.changes.iter().find(|change| change.of == key);
    let set = change.map_or_else(Members::new, |change| change.set.clone());
    let steps = |rows: &[Row]| -> Vec<Row> {
        let of_right = rows
            .iter()
            .filter(|row| row.of == key && row.list == "steps");
        of_right.cloned().collect()
    };
    let fits = set == wanted.set && steps(act.rows) == steps(&rows);
    fits.then_some(()).ok_or_else(fails)
}

/// The registrar, and nobody else, names a court, as far as the file shows whether it is one.
pub(super) fn check_basis(
    org: PartyId,
    authority: Option<PartyId>,
    facts: &Facts,
) -> Result<(), String> {
    let court = authority.and_then(|authority| facts.party(authority));
    let is_other = court.is_some_and(|party| !party.has_role(Role::Court));
    if authority.is_some() == (org == REGISTRAR) && !is_other {
        return Ok(());
    }
    Err("the registrar enters what a court has ordered, and nobody else".to_owned())
}

//! The determination period of a maximum amount, and its cap, as an entry leaves them (docs/FORMATS.md 6.7): until the claims are
//! determined both may grow, the period with whoever stands behind the pledge.

use crate::domain::right::BurdenId;
use crate::primitives::id::PartyId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;
use crate::verify::binding::lines::LineAct;

/// Checks a longer period, as far as the file shows the pledge and who stands behind it.
pub(super) fn extended(act: &LineAct<'_>, period: Option<Span>) -> Result<(), String> {
    let Some(period) = period else { return Ok(()) };
    let now = act.signed.at.time;
    if let Some(before) = act.past.pledge(act.pledge) {
        if !before.has_open_claims(now) {
            return Err("there are no open claims of a maximum amount".to_owned());
        }
        if !before.gets_longer(period) {
            return Err("the determination period does not get longer".to_owned());
        }
    }
    let (facts, index) = (act.past.facts(), act.signed.at.index);
    let named = act.signed.command.body.consenting().iter();
    let named: Vec<PartyId> = named.map(|party| facts.acting(*party, index)).collect();
    let creditor = |burden: BurdenId| match burden {
        BurdenId::Line(pledge, _) => facts.pledge(pledge).map(|of| of.pledgee_at(index)),
        BurdenId::Hold(hold, _) => facts.reservation(hold).map(|of| of.pledgee),
        BurdenId::Freeze(_) => None,
    };
    let rights = act.past.rights_under(act.pledge);
    let burdens = rights.flat_map(|right| right.behind(act.pledge, now));
    let juniors = burdens.filter_map(|burden| creditor(burden.id));
    let mut juniors = juniors.map(|party| facts.acting(party, index));
    match juniors.find(|party| *party != act.signed.command.org && !named.contains(party)) {
        Some(party) => Err(format!("{party}, who stands behind it, has not consented")),
        None => Ok(()),
    }
}

/// A cap is raised while claims may arise.
pub(super) fn raised(act: &LineAct<'_>, cap: Option<Quantity>) -> Result<(), String> {
    let (Some(cap), Some(before)) = (cap, act.past.pledge(act.pledge)) else {
        return Ok(());
    };
    let is_raised = cap > before.cap().unwrap_or_default();
    let is_fixed = before.more.maximum.is_some() && !before.has_open_claims(act.signed.at.time);
    if is_raised && is_fixed {
        return Err("the cap is raised after the claims are determined".to_owned());
    }
    Ok(())
}

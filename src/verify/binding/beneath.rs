//! What a right that takes the place of others keeps beneath their burdens (docs/FORMATS.md 2.9): the source, the days and the ground.
//!
//! A predecessor is judged where its history is shown. What its parcels or those of the new right are is known only of rights that
//! the file shows; a polygon never changes, so their records as they stand will do.

use crate::domain::event::Event;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::law::Law;
use crate::domain::right::{Burden, Capacity, GroundOf, Right};
use crate::domain::rules::succession::{Successor, keeps_source, lost};
use crate::primitives::id::{PartyId, RightId};
use crate::verify::past::Past;

/// Checks a right that was issued against each of those it succeeds.
pub(super) fn check(law: Law, event: &Event, at: Stamp, past: &Past) -> Result<(), String> {
    let Event::RightIssued { record, .. } = event else {
        return Ok(());
    };
    if !law.keeps_collateral() {
        return Ok(());
    }
    for from in &record.succeeds {
        let Some(before) = past.right(*from) else {
            continue;
        };
        let counting = before.burdens.iter().filter(|b| b.counts_at(at.time));
        let burdens: Vec<&Burden> = counting.collect();
        if !burdens.is_empty() {
            keeps((*from, before, &burdens), record, at, past.facts())?;
        }
    }
    Ok(())
}

fn keeps(
    (from, before, burdens): (RightId, &Right, &[&Burden]),
    record: &Right,
    at: Stamp,
    facts: &Facts,
) -> Result<(), String> {
    let source = (record.holder, record.source.as_deref());
    let shown = |party: PartyId| facts.knows(&StateKey::Party(party));
    let knows_both = shown(before.holder) && shown(record.holder);
    let is_same = before.source.is_none() || before.source == record.source;
    if !is_same && knows_both && !keeps_source(facts, before, source) {
        return Err(format!(
            "the source beneath the burdens of {from} is not kept"
        ));
    }
    let policy = facts.policy(&record.kind, at.time);
    let policy = policy.ok_or_else(|| format!("the policy of {} is missing", record.kind))?;
    let tolerance = policy.land.as_ref().map_or(0, |land| land.tolerance_ppm);
    let (old, new) = known(before, record, facts);
    let next = Successor {
        span: record.span,
        identities: &record.identities,
        ground: new,
    };
    match lost(facts, (&old, burdens, at.time.day()), next, tolerance) {
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(format!(
            "the days or the ground beneath the burdens of {from} are not kept"
        )),
    }
}

/// The right before with the parcels that the file shows, and the new ground where it shows all of it.
fn known<'a>(before: &Right, record: &'a Right, facts: &Facts) -> (Right, Option<&'a GroundOf>) {
    let is_shown = |right: RightId| facts.right(right).is_some();
    let mut old = before.clone();
    if let Capacity::Land {
        ground: GroundOf::Units(named),
        ..
    } = &mut old.capacity
    {
        named.retain(|parcel| is_shown(parcel.right));
    }
    let new = match &record.capacity {
        Capacity::Land { ground, .. } => match ground {
            GroundOf::Units(named) => named
                .iter()
                .all(|parcel| is_shown(parcel.right))
                .then_some(ground),
            GroundOf::Unknown | GroundOf::Polygon(_) => Some(ground),
        },
        Capacity::Stock(_) | Capacity::Flow(_) => None,
    };
    (old, new)
}

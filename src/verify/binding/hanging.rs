//! What an event leaves hanging follows from the record (docs/FORMATS.md 6.1): a registry that could write an overhang where
//! none is would explain every over-commitment away.

use crate::domain::event::{Event, OverhangChange};
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::{Stamp, fold};
use crate::domain::rules::burdens::renewed;
use crate::primitives::id::RightId;
use crate::verify::capacity::unexplained;
use crate::verify::past::Past;

/// Checks the overhangs of an event: on every right whose history is shown they are exactly those of the law.
pub(super) fn check(event: &Event, at: Stamp, past: &Past) -> Result<(), String> {
    let bare = event.without_overhangs();
    let touched = bare.touches();
    let named = event.overhangs();
    let place = |change: &OverhangChange| (change.right, change.burden);
    if !named.is_sorted_by(|a, b| place(a) < place(b)) {
        return Err("the overhangs are not in their order".to_owned());
    }
    if let Some(change) = named
        .iter()
        .find(|change| !touched.contains(&StateKey::Right(change.right)))
    {
        let right = change.right;
        return Err(format!(
            "an overhang on {right}, which nothing else changes"
        ));
    }
    for key in &touched {
        let StateKey::Right(id) = key else { continue };
        if !past.shows(key) {
            continue;
        }
        let wanted = left(*id, &bare, at, past.before(key))?;
        let mine = named.iter().filter(|change| change.right == *id);
        if !mine.eq(wanted.iter()) {
            return Err(format!(
                "the overhangs on {id} are not those that the event leaves"
            ));
        }
    }
    Ok(())
}

/// The overhangs that differ from the recorded ones once the event has happened.
fn left(
    id: RightId,
    bare: &Event,
    at: Stamp,
    before: Option<&Record>,
) -> Result<Vec<OverhangChange>, String> {
    if !is_asked_for(bare, before) {
        return Ok(Vec::new());
    }
    let folded = fold(bare, at, &StateKey::Right(id), before);
    let Record::Right(after) = folded.map_err(|fault| fault.to_string())? else {
        return Err(format!("{id} is no right"));
    };
    Ok(renewed(id, &after, at.time))
}

/// Events that only take free room leave nothing hanging and renew nothing; a release renews what hangs.
fn is_asked_for(event: &Event, before: Option<&Record>) -> bool {
    match event {
        Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeAmended { .. }
        | Event::Changed { .. } => true,
        Event::PledgeReleased { .. } => match before {
            Some(Record::Right(right)) => right.burdens.iter().any(|b| b.overhang.is_some()),
            Some(_) | None => false,
        },
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::Reserved { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeExtended { .. } => false,
    }
}

/// Names a right of which an event that may only take free room took more.
pub(in crate::verify) fn taken(event: &Event, at: Stamp, past: &Past) -> Option<(RightId, String)> {
    let takes = match event {
        Event::RightIssued { .. }
        | Event::Reserved { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeExtended { .. } => true,
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => false,
    };
    let touched = if takes { event.touches() } else { Vec::new() };
    touched.into_iter().find_map(|key| {
        let StateKey::Right(id) = key else {
            return None;
        };
        let is_shown = past.shows(&key);
        let after = is_shown.then(|| fold(event, at, &key, past.before(&key)));
        let Some(Ok(Record::Right(after))) = after else {
            return None;
        };
        let burden = unexplained(&after, at.time)?;
        let index = at.index;
        Some((
            id,
            format!("at entry {index}, {burden} took more than there was"),
        ))
    })
}

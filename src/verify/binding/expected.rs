//! What a command rests on beside records as they stood: the versions that it expects of them, the policy from which the layer
//! and the source of a new right follow, and the reservation that it ends (docs/FORMATS.md 7.2).

use std::collections::BTreeSet;

use crate::domain::command::{Command, Expected};
use crate::domain::event::{Event, TakenOver, Tolerated};
use crate::domain::facts::{Facts, StateKey};
use crate::domain::fold::Stamp;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Right};
use crate::primitives::id::{ReservationId, RightId};
use crate::primitives::time::Timestamp;
use crate::verify::binding::acts::text;
use crate::verify::past::Past;

/// Checks that each version is the number of entries before this one in the history of the record, as far as a file shows it.
///
/// The law applies a command to no other versions: without this a signed release could be kept back and applied later.
pub(super) fn versions_hold(command: &Command, past: &Past) -> Result<(), String> {
    let names = |record: Expected| {
        let mut expected = command.expect.iter();
        expected.any(|(named, _)| *named == record)
    };
    if let Some(record) = command.body.must_expect()
        && !names(record)
    {
        let name = record.key().name();
        return Err(format!("`expect` does not name {name}"));
    }
    for (record, version) in &command.expect {
        let key = record.key();
        let name = key.name();
        if let Some(stood) = past.version(&key) {
            if *version != stood {
                return Err(format!(
                    "it expects version {version} of {name}, which had {stood}"
                ));
            }
        } else if past.facts().knows(&key) {
            let most = past.facts().fact(&key).map_or(0, |fact| fact.version);
            if *version > most {
                return Err(format!(
                    "it expects version {version} of {name}, which has {most} now"
                ));
            }
        }
    }
    Ok(())
}

/// Checks what the law adds to the payload by itself, as far as the file has what it follows from.
pub(super) fn follows(event: &Event, at: Stamp, facts: &Facts) -> Result<(), String> {
    let now = at.time;
    match event {
        Event::RightIssued {
            record, tolerated, ..
        } => {
            let (layer, source) = (record.layer.as_deref(), record.source.as_deref());
            let first = record.identities.first();
            let first = first.map_or("", |first| &*first.value);
            follows_policy((&record.kind, first), (layer, source), now, facts)?;
            if is_sum(record, tolerated) {
                Ok(())
            } else {
                Err("its tolerated area is not the sum of the overlaps".to_owned())
            }
        }
        Event::Changed { changes, rows, .. } => {
            let made = StateKey::Right(RightId(at.index));
            let new = changes.iter().find(|change| change.of == made);
            let Some(set) = new.map(|change| &change.set) else {
                return Ok(());
            };
            let mut rows = rows.iter();
            let first = rows.find(|row| row.of == made && row.list == "identities");
            let first = first.and_then(|row| text(&row.item, "value"));
            let kind = text(set, "kind").unwrap_or_default();
            let places = (text(set, "layer"), text(set, "source"));
            follows_policy((kind, first.unwrap_or_default()), places, now, facts)
        }
        Event::PledgeRegistered {
            reservation: Some(TakenOver { id, rights, .. }),
            ..
        }
        | Event::ReservationCancelled {
            reservation: id,
            rights,
            ..
        } => stood_on(*id, rights, facts),
        Event::PartyAdmitted { .. }
        | Event::PolicyAdopted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. } => Ok(()),
    }
}

/// No entry changes a reservation after its end, so its record has the lines that it ended with.
fn stood_on(id: ReservationId, rights: &[RightId], facts: &Facts) -> Result<(), String> {
    let held = facts
        .reservation(id)
        .ok_or_else(|| format!("the record of {id} is missing"))?;
    let lines: BTreeSet<RightId> = held.lines.iter().map(|line| line.right).collect();
    if lines.iter().eq(rights) {
        return Ok(());
    }
    Err(format!("{id} did not stand on these rights"))
}

/// Checks that a new right of a kind and a first identity has the layer and the source of its policy.
fn follows_policy(
    (kind, first): (&str, &str),
    (layer, source): (Option<&str>, Option<&str>),
    now: Timestamp,
    facts: &Facts,
) -> Result<(), String> {
    let is_of = |policy: &KindPolicy| {
        layer == policy.land.as_ref().map(|land| &*land.layer)
            && source == policy.source_of(first).as_deref()
    };
    let follows = if let Some(policy) = facts.policy(kind, now) {
        is_of(policy)
    } else {
        let mut texts = facts.policies.values();
        texts.any(|policy| policy.kind == kind && is_of(policy))
    };
    if follows {
        return Ok(());
    }
    Err("its layer and source are not those of the policy of its kind".to_owned())
}

fn is_sum(right: &Right, tolerated: &[Tolerated]) -> bool {
    let recorded = match &right.capacity {
        Capacity::Land {
            tolerated_area2, ..
        } => *tolerated_area2,
        Capacity::Stock(_) | Capacity::Flow(_) => 0,
    };
    let mut areas = tolerated.iter().map(|overlap| overlap.area2);
    areas.try_fold(0_i128, i128::checked_add) == Some(recorded)
}

//! What a command rests on beside records as they stood: the versions that it expects of them, and the policy from which the
//! layer and the source of a new right follow (docs/FORMATS.md 7.2).

use crate::domain::command::{Command, Expected};
use crate::domain::event::{Event, Tolerated};
use crate::domain::facts::Facts;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Right};
use crate::primitives::time::Timestamp;
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

/// Checks that a new right has the layer and the source of its policy, and that its tolerated area is the sum of the overlaps.
pub(super) fn follows_policy(event: &Event, now: Timestamp, facts: &Facts) -> Result<(), String> {
    let Event::RightIssued {
        record, tolerated, ..
    } = event
    else {
        return Ok(());
    };
    let follows = if let Some(policy) = facts.policy(&record.kind, now) {
        is_of(record, policy)
    } else {
        let mut texts = facts.policies.values();
        texts.any(|policy| policy.kind == record.kind && is_of(record, policy))
    };
    if !follows {
        return Err("its layer and source are not those of the policy of its kind".to_owned());
    }
    if !is_sum(record, tolerated) {
        return Err("its tolerated area is not the sum of the overlaps".to_owned());
    }
    Ok(())
}

fn is_of(right: &Right, policy: &KindPolicy) -> bool {
    let first = right.identities.first();
    let source = first.and_then(|first| policy.source_of(&first.value));
    right.layer.as_ref() == policy.land.as_ref().map(|land| &land.layer) && right.source == source
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

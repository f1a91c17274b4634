//! Where a freeze is found: it is no record of its own, but stands on its right from the entry that orders it.
//!
//! Separate from `look`, whose places are records; here the entry that an id names is read.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::{Burden, BurdenId};
use crate::primitives::id::{FreezeId, RightId};
use crate::service::Registry;
use crate::web::shell::Fault;

/// Returns the right that an id of a freeze is about, and the freeze as it was ordered; nothing where no entry ordered it.
pub(crate) fn ordered(
    registry: &Registry,
    id: FreezeId,
) -> Result<Option<(RightId, Burden)>, Fault> {
    if id.0 >= registry.published().size {
        return Ok(None);
    }
    let bytes = registry.entry(id.0)?;
    let entry = Entry::parse(&bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let Entry::Command {
        outcome: Outcome::Accepted { event, .. },
        ..
    } = entry
    else {
        return Ok(None);
    };
    let Event::Frozen { right, burden, .. } = event else {
        return Ok(None);
    };
    Ok(Some((right, burden)))
}

/// Returns where a freeze is shown: among the burdens of its right, or, once it is over, in the entry that ordered it.
pub(crate) fn path(registry: &Registry, id: FreezeId) -> Result<Option<String>, Fault> {
    let Some((right, _)) = ordered(registry, id)? else {
        return Ok(None);
    };
    let now = registry.now().max(registry.published().time);
    let found = registry.record(&StateKey::Right(right))?;
    let stands = match found.map(|found| found.value.record) {
        Some(Record::Right(right)) => right
            .burdens
            .iter()
            .any(|burden| burden.id == BurdenId::Freeze(id) && burden.counts_at(now)),
        Some(_) | None => false,
    };
    Ok(Some(if stands {
        format!("/rights/{right}#{id}")
    } else {
        format!("/log/{}", id.0)
    }))
}

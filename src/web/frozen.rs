//! Where a freeze is found: it is no record of its own, but stands on its right from the entry that orders it.
//!
//! Separate from `look`, whose places are records; here the entry that an id names is read, and those that name it later.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::wire::{body_json, parse_command};
use crate::primitives::canonical::Json;
use crate::primitives::id::{EntryIndex, FreezeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::web::history::{self, Step};
use crate::web::shell::Fault;
use crate::web::terms::Teller;

/// Rights that may have carried a freeze one after the other.
const RIGHTS_MAX: usize = 32;
/// Pages of a history that are read for the entries of a freeze.
const PAGES_MAX: usize = 20;
/// Entries of a history that are read at a time.
const PAGE: usize = 50;
/// Lines of a command that are told.
const LINES_TOLD: usize = 4;

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

/// Returns the page of a freeze; nothing where no entry ordered it.
pub(crate) fn path(registry: &Registry, id: FreezeId) -> Result<Option<String>, Fault> {
    let found = ordered(registry, id)?;
    Ok(found.map(|_| format!("/freezes/{id}")))
}

/// The entries that are of a freeze.
#[derive(Default)]
pub(super) struct Acts {
    /// Newest first.
    pub(super) steps: Vec<Step>,
    /// The word of the newest, its entry and its time.
    pub(super) last: Option<(String, EntryIndex, Timestamp)>,
    /// What was sold, as far as it is a quantity, what that brought, and how many sales there were.
    pub(super) sold: Quantity,
    pub(super) proceeds: Quantity,
    pub(super) sales: usize,
    /// The document of the order.
    pub(super) document: Option<String>,
    pub(super) is_part: bool,
}

/// The rights that have carried a freeze, the present one last: burdens go along to what succeeds a right.
pub(super) fn carriers(
    registry: &Registry,
    first: RightId,
    id: FreezeId,
) -> Result<Vec<(RightId, Right)>, Fault> {
    let mut rights = Vec::new();
    let mut next = Some(first);
    while let Some(at) = next.filter(|_| rights.len() < RIGHTS_MAX) {
        let found = registry.record(&StateKey::Right(at))?;
        let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
            break;
        };
        let is_here = right.burden(BurdenId::Freeze(id)).is_some();
        next = right.succeeded_by.filter(|_| !is_here);
        rights.push((at, right));
    }
    Ok(rights)
}

/// Reads the entries of a right that are of the freeze.
pub(super) fn read_acts(
    registry: &Registry,
    teller: &Teller<'_>,
    on: RightId,
    (id, acts): (FreezeId, &mut Acts),
) -> Result<(), Fault> {
    let mut before = None;
    for _ in 0..PAGES_MAX {
        let entries = registry.history(&StateKey::Right(on), before, PAGE)?;
        for (index, bytes) in &entries {
            if *index >= id.0 {
                take_act(teller, (*index, bytes), on, (id, acts))?;
            }
        }
        match entries.last() {
            Some((index, _)) if *index > id.0 && entries.len() == PAGE => before = Some(*index),
            Some(_) | None => return Ok(()),
        }
    }
    acts.is_part = true;
    Ok(())
}

/// Takes an entry, if it is of the freeze.
fn take_act(
    teller: &Teller<'_>,
    (index, bytes): (EntryIndex, &[u8]),
    on: RightId,
    (id, acts): (FreezeId, &mut Acts),
) -> Result<(), Fault> {
    let internal = |fault: &dyn std::fmt::Display| Fault::Internal(fault.to_string());
    let entry = Entry::parse(bytes).map_err(|fault| internal(&fault))?;
    let Entry::Command { envelope, time, .. } = &entry else {
        return Ok(());
    };
    let command = parse_command(&envelope.payload).map_err(|fault| internal(&fault))?;
    let Json::Object(members) = body_json(&command.body) else {
        return Ok(());
    };
    let text = |name: &str| match members.get(name) {
        Some(Json::Text(text)) => Some(text.clone()),
        Some(_) | None => None,
    };
    let names_it = text("freeze").is_some_and(|named| named == id.to_string());
    if index != id.0 && !names_it {
        return Ok(());
    }
    let quantity = |name: &str| {
        let found = text(name).and_then(|text| Quantity::parse(&text, Scale::MAX).ok());
        found.unwrap_or_default()
    };
    let act = command.body.type_name();
    if index == id.0 {
        acts.document = text("document");
    }
    if act == "execute_freeze" {
        let sum = |all: Quantity, more: Quantity| all.checked_add(more).unwrap_or(all);
        acts.sold = sum(acts.sold, quantity("quantity"));
        acts.proceeds = sum(acts.proceeds, quantity("proceeds_cny"));
        acts.sales += 1;
    }
    acts.last
        .get_or_insert_with(|| (act.to_owned(), index, *time));
    let mut step = history::step(teller, index, bytes, &on.to_string())?;
    step.about = step.about.filter(|named| named.id != id.to_string());
    step.told = teller.terms(&command.body, LINES_TOLD)?;
    acts.steps.push(step);
    Ok(())
}

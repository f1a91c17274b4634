//! A right that comes of another: its identities are new, its source is free, and lines may come along.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::command::{Act, RightAct};
use crate::domain::door;
use crate::domain::facts::{Owner, Record, StateKey};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::land::without;
use crate::domain::pledge::{Joint, Line};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Extent, Identity, Right};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::source::drawn;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;

/// The identities have the shapes of the kind and no owner, and no other right is drawn from the source in these days.
pub(super) fn check(case: &Case<'_>, right: &Right, policy: &KindPolicy, found: &mut Findings) {
    if let Err(fault) = door::check_shapes(&right.identities, policy) {
        let code = fault.code.and_then(Code::from_number);
        found.code(code.unwrap_or(Code::IdentityShape));
    }
    let mut seen = BTreeSet::new();
    for identity in &right.identities {
        let key = StateKey::identity(identity);
        match case.facts.owner(&key) {
            Some(Owner::Right(right)) => found.add(Finding::of(Code::DuplicateRight).with(right)),
            Some(Owner::Party(party)) => found.add(Finding::of(Code::DuplicateRight).with(party)),
            None if !seen.insert(key) => found.code(Code::DuplicateRight),
            None => {}
        }
    }
    let Some(source) = &right.source else { return };
    let others = drawn(case, source, right.span, &|_| false);
    if let Some((other, _)) = others.last() {
        let mut finding = Finding::of(Code::SourceDrawn).with(other);
        // The days of a part are those of the right; only a right of another sort has days of its own.
        let free = || without(right.span, others.iter().map(|(_, days)| *days));
        finding.alternative = Some(Alternative {
            spans: case
                .command
                .body
                .act()
                .map_or_else(Vec::new, |act| match act {
                    Act::Right(RightAct::ConvertRight { .. }) => free(),
                    Act::Right(_) | Act::Pledge(_) | Act::Party(_) => Vec::new(),
                }),
            ..Alternative::default()
        });
        found.add(finding);
    }
}

/// Returns what a right with these identities is drawn from.
pub(super) fn source_of(identities: &[Identity], policy: &KindPolicy) -> Option<String> {
    policy.source_of(&identities.first()?.value)
}

/// Puts the right into the register, with the owners of its identities and its source.
pub(super) fn create(case: &Case<'_>, right: Right, draft: &mut Draft<'_>) {
    let id = RightId(case.stamp.index);
    for identity in &right.identities {
        let owner = Record::Identity(Owner::Right(id));
        draft.create(StateKey::identity(identity), owner);
    }
    if let Some(source) = &right.source {
        let key = StateKey::Source(source.clone());
        match draft.touch(&key) {
            Some(Record::Source(rights)) => rights.push((id, right.span)),
            Some(_) | None => draft.create(key, Record::Source(vec![(id, right.span)])),
        }
    }
    draft.create(StateKey::Right(id), Record::Right(right));
}

/// A line that goes, whole or in part, from one right to the right that comes of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    /// The line.
    pub(super) line: BurdenId,
    /// What stays where it was; nothing where it goes whole.
    pub(super) stays: Option<Extent>,
    /// What it becomes on the new right.
    pub(super) goes: Extent,
    /// It is not divided: what is there and what is here secure this much together. Parts of what was left undivided before need
    /// not say so.
    pub(super) joint: Option<Quantity>,
}

/// Moves lines, in the order of their positions; each gets a new number in its pledge. Those that stood behind others that
/// move too stand behind them again.
pub(super) fn move_lines(
    from: RightId,
    right: &mut Right,
    mut moved: Vec<Moved>,
    case: &Case<'_>,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(before) = case.facts.right(from) else {
        return;
    };
    let place = |id: BurdenId| before.burdens.iter().position(|burden| burden.id == id);
    moved.sort_by_key(|item| place(item.line));
    let mut new_names: BTreeMap<BurdenId, BurdenId> = BTreeMap::new();
    for item in &moved {
        let BurdenId::Line(pledge, number) = item.line else {
            continue;
        };
        // Wherever a line goes, it lapses when it would have.
        let expires = before.burden(item.line).and_then(|burden| burden.expires);
        let line = Line {
            right: RightId(case.stamp.index),
            extent: item.goes,
            behind: Vec::new(),
            released: false,
            expires,
        };
        let Some(added) = move_line(case, (pledge, number), *item, line, draft, found) else {
            continue;
        };
        let id = BurdenId::Line(pledge, added);
        new_names.insert(item.line, id);
        right.burdens.push(Burden {
            id,
            extent: item.goes,
            expires,
            authority: None,
            behind: Vec::new(),
            overhang: None,
            order: None,
        });
        if let Some(before) = draft.right(from) {
            match item.stays {
                None => before.burdens.retain(|burden| burden.id != item.line),
                Some(stays) => {
                    let own = before.burdens.iter_mut().filter(|b| b.id == item.line);
                    own.for_each(|burden| burden.extent = stays);
                }
            }
        }
    }
    stand_again(before, right, &new_names, draft);
}

/// Puts moved lines behind those of the moved ones that they stood behind. A change of rank puts lines behind later ones, so
/// this waits until every line has its new name.
fn stand_again(
    before: &Right,
    right: &mut Right,
    new_names: &BTreeMap<BurdenId, BurdenId>,
    draft: &mut Draft<'_>,
) {
    for (old, new) in new_names {
        let seniors = before.burden(*old).map(|burden| &*burden.behind);
        let seniors = seniors.unwrap_or_default().iter();
        let behind: Vec<BurdenId> = seniors
            .filter_map(|id| new_names.get(id).copied())
            .collect();
        if let BurdenId::Line(pledge, number) = *new
            && let Some(pledge) = draft.pledge(pledge)
            && let Some(line) = pledge.lines.get_mut(usize::from(number))
        {
            line.behind.clone_from(&behind);
        }
        if let Some(burden) = right.burdens.iter_mut().find(|burden| burden.id == *new) {
            burden.behind = behind;
        }
    }
}

fn move_line(
    case: &Case<'_>,
    (pledge, number): (PledgeId, u16),
    item: Moved,
    further: Line,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) -> Option<u16> {
    let record = draft.pledge(pledge)?;
    if record.lines.len() >= limits::PLEDGE_LINES_MAX {
        found.add(Finding::of(Code::TooManyLines).with(pledge));
        return None;
    }
    // What a split left undivided stays together, wherever its parts go.
    let mut notes = record.more.joint.iter();
    let is_part = notes.any(|note| [note.first, note.second].contains(&number));
    let line = record.lines.get_mut(usize::from(number))?;
    let held = match line.extent {
        Extent::Stock(held) => Some(held),
        Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
    };
    match item.stays {
        None => line.released = true,
        Some(stays) => line.extent = stays,
    }
    let added = u16::try_from(record.lines.len()).ok()?;
    record.lines.push(further);
    let together = item.joint.or(held.filter(|_| is_part));
    if let Some(quantity) = together {
        if record.more.joint.len() >= limits::PLEDGE_NOTES_MAX {
            found.add(Finding::of(Code::TooManyNotes).with(pledge));
            return None;
        }
        record.more.joint.push(Joint {
            first: number,
            second: added,
            quantity,
            entry: case.stamp.index,
        });
    }
    Some(added)
}

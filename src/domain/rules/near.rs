//! Rights near the ground of a line: those of other layers, and those with which somebody disputes it.

use std::collections::BTreeSet;

use crate::domain::cell::Cell;
use crate::domain::event::cells_of;
use crate::domain::facts::Facts;
use crate::domain::finding::{Code, Finding};
use crate::domain::geometry::Parcel;
use crate::domain::land;
use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::rules::lines::{Wish, shown};
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::RightId;

/// The refusal of a disputed right names, beside it, the rights of its layer that share its ground and a day to come with it, and the lines
/// on these of its days. It offers nothing: until the dispute is decided, no part of the right and none of its days can be pledged.
pub(super) fn refusal_of_disputed(case: &Case<'_>, wish: &Wish<'_>) -> Finding {
    let mut finding = Finding::of(Code::Disputed).on_line(wish.number);
    let (now, span) = (case.stamp.time, wish.right.span);
    let ground = land::parcels_of(wish.right, case.facts);
    let cells = cells_of(wish.right);
    let is_rival = |(id, layer, other): &Other<'_>| {
        Some(*layer) == wish.right.layer.as_ref()
            && shares_days_to_come(case, wish, (*id, other))
            && meets((&ground, cells), (*id, other), case.facts)
    };
    let mut rivals = others(case, wish);
    rivals.retain(|other| case.law.warns_of_disputes() && is_rival(other));
    let takes = |other: &Right, burden: &Burden| {
        let days = land::days_of(burden.extent, other.span);
        let common = days.and_then(|days| days.intersection(span)?.since(now.day()));
        burden.counts_at(now) && !burden.id.is_freeze() && common.is_some()
    };
    let lines = rivals.iter().flat_map(|(_, _, other)| {
        let burdens = other.burdens.iter();
        burdens.filter(|burden| takes(other, burden))
    });
    let lines: BTreeSet<BurdenId> = lines.map(|burden| burden.id).collect();
    let own = std::iter::once(wish.id);
    let rights = own.chain(rivals.iter().map(|(id, _, _)| *id));
    let rights = rights.map(|id| id.to_string());
    finding.conflicts = shown(rights.chain(lines.iter().map(ToString::to_string)));
    finding
}

/// A right that stands in a cell of the ground of a line, with its layer.
type Other<'a> = (RightId, &'a String, &'a Right);

/// The rights in the cells of the ground of a line that nobody has succeeded, by number; none of a kind that looks at no other layer.
fn others<'a>(case: &Case<'a>, wish: &Wish<'_>) -> Vec<Other<'a>> {
    let facts = case.facts;
    let rules = wish.policy.land.as_ref();
    let looks = rules.is_some_and(|rules| !rules.warn_layers.is_empty());
    let cells = cells_of(wish.right).iter().filter(|_| looks);
    let all: BTreeSet<_> = cells.flat_map(|cell| facts.cell(*cell)).collect();
    let known: BTreeSet<RightId> = all.iter().map(|(id, _)| *id).collect();
    // Law 1 looked at all of the cells here.
    let beyond = known.into_iter().nth(case.law.cell_rights_max());
    let beyond = beyond.filter(|_| case.law.has_acts());
    let near = all.into_iter();
    let near = near.filter(|(id, _)| beyond.is_none_or(|beyond| *id < beyond));
    let standing = |(id, layer): &'a (RightId, String)| {
        let other = facts.right(*id).filter(|it| it.succeeded_by.is_none())?;
        Some((*id, layer, other))
    };
    near.filter_map(standing).collect()
}

/// Rights of another layer on the same ground are noted, not refused; so are disputed ones of its own layer.
pub(super) fn check_other_layers(case: &Case<'_>, wish: &Wish<'_>, found: &mut Findings) {
    let Some(rules) = &wish.policy.land else {
        return;
    };
    let facts = case.facts;
    let ground = land::parcels_of(wish.right, facts);
    let (mut shared, mut disputed) = (BTreeSet::new(), BTreeSet::new());
    let cells = cells_of(wish.right);
    for (id, layer, other) in others(case, wish) {
        let names = if rules.warn_layers.contains(layer) {
            &mut shared
        } else if *layer == rules.layer && is_in_dispute(case, wish, (id, other)) {
            &mut disputed
        } else {
            continue;
        };
        if meets((&ground, cells), (id, other), facts) {
            names.insert(id);
        }
    }
    for (code, rights) in [(Code::OtherLayer, shared), (Code::DisputedGround, disputed)] {
        if !rights.is_empty() {
            let mut finding = Finding::of(code).on_line(wish.number);
            finding.conflicts = shown(rights.iter().map(ToString::to_string));
            found.add(finding);
        }
    }
}

fn meets(ground: (&[&Parcel], &[Cell]), (id, other): (RightId, &Right), facts: &Facts) -> bool {
    let overlap = land::overlap_with(ground, id, other, facts);
    matches!(overlap, Ok(Some(_)) | Err(_))
}

/// Says whether another right is disputed on some day to come of the right of the line.
fn is_in_dispute(case: &Case<'_>, wish: &Wish<'_>, (id, other): (RightId, &Right)) -> bool {
    let warns = case.law.warns_of_disputes() && other.is_disputed();
    warns && shares_days_to_come(case, wish, (id, other))
}

/// Says whether it is another right, and has a day from today on that the right of the line has too.
fn shares_days_to_come(case: &Case<'_>, wish: &Wish<'_>, (id, other): (RightId, &Right)) -> bool {
    let live = other.live_span();
    let common = live.and_then(|live| live.intersection(wish.right.span));
    let common = common.and_then(|common| common.since(case.stamp.time.day()));
    id != wish.id && common.is_some()
}

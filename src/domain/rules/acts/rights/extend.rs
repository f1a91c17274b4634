//! A later end of a right, or the days back that a revocation took which was annulled: the authority that revoked it gives the
//! end that the right has. What is pledged keeps its days: only its parties can extend a line. Lines on a right that comes back
//! stand where they stood, since a revocation has never taken them away.
//!
//! The added days are looked at as `issue_right` looks at all of them: nobody else draws on the source, and nobody of the layer
//! stands on the ground. A neighbor that the right has met before was judged then, with its sliver noted on both;
//! more than a sliver stood by a dispute, and once that is decided the ground is one's.

use crate::domain::event::{Tolerated, cells_of};
use crate::domain::facts::{Record, StateKey};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::geometry::overlap::{Grade, grade};
use crate::domain::geometry::polygon::Parcel;
use crate::domain::land::{self, Overlap};
use crate::domain::policy::LandRules;
use crate::domain::right::{Capacity, GroundOf, Right};
use crate::domain::rules::acts::rights::CONFLICTS_SHOWN_MAX;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::ground::Asked;
use crate::domain::rules::source::drawn;
use crate::domain::rules::{Case, Findings, ground};
use crate::primitives::id::RightId;
use crate::primitives::time::{Day, Span};

/// A right that is to last longer.
struct Longer<'a> {
    id: RightId,
    right: &'a Right,
    /// The days that it gets.
    added: Span,
    /// They come back, and its end stays.
    is_mended: bool,
}

pub(super) fn judge(
    case: &Case<'_>,
    id: RightId,
    to: Day,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(right) = case.facts.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return;
    };
    if right.succeeded_by.is_some() {
        found.add(Finding::of(Code::Succeeded).with(id));
    }
    let is_mended = right.revoked_from.is_some() && to == right.span.to();
    if right.revoked_from.is_some() && !is_mended {
        found.add(Finding::of(Code::RightRevoked).with(id));
    }
    let Some(added) = right.gains(to) else {
        found.add(too_soon(id, right));
        return;
    };
    let longer = Longer {
        id,
        right,
        added,
        is_mended,
    };
    let mut refusals = Vec::from_iter(of_source(case, &longer));
    let policy = case.facts.policy(&right.kind, case.stamp.time);
    let mut met = Vec::new();
    match policy.map(|policy| &policy.land) {
        None => found.add(Finding::of(Code::KindUnknown).with(&right.kind)),
        Some(None) => {}
        Some(Some(rules)) => match on_ground(case, &longer, rules, found) {
            Ok(slivers) => met = slivers,
            Err(refusal) => refusals.push(refusal),
        },
    }
    refuse(&longer, refusals, found);
    leave(&longer, &met, draft);
}

/// The new end is no later one; what was revoked comes back to its own.
fn too_soon(id: RightId, right: &Right) -> Finding {
    let mut finding = Finding::of(Code::NotLonger).with(id);
    let end = right.span.to();
    finding.at = Some(right.revoked_from.map_or(end.next(), |_| end));
    finding
}

/// Adds the refusals; each offers the days that none of them bars.
fn refuse(longer: &Longer<'_>, refusals: Vec<Finding>, found: &mut Findings) {
    let end = refusals.iter().filter_map(|refusal| refusal.at).min();
    // A right comes back as a whole or not.
    let end = end.filter(|_| !longer.is_mended);
    let admissible = end.and_then(|end| Span::new(longer.added.from(), end));
    for mut refusal in refusals {
        refusal.alternative = Some(Alternative {
            spans: Vec::from_iter(admissible),
            ..Alternative::default()
        });
        found.add(refusal);
    }
}

/// Others that draw on the source in the added days, unless the right was issued beside them.
fn of_source(case: &Case<'_>, longer: &Longer<'_>) -> Option<Finding> {
    let Longer {
        id, right, added, ..
    } = longer;
    if right.additional {
        return None;
    }
    let others = drawn(case, right.source.as_ref()?, *added, &|other| other == *id);
    let first = others.iter().map(|(_, days)| days.from()).min()?;
    let mut finding = Finding::of(Code::SourceDrawn);
    let shown = others.iter().take(CONFLICTS_SHOWN_MAX);
    finding.conflicts = shown.map(|(other, _)| other.to_string()).collect();
    finding.at = Some(first);
    Some(finding)
}

/// Neighbors that the right meets in the added days for the first time: the slivers, or what refuses them.
fn on_ground(
    case: &Case<'_>,
    longer: &Longer<'_>,
    rules: &LandRules,
    found: &mut Findings,
) -> Result<Vec<Overlap>, Finding> {
    let Longer {
        id, right, added, ..
    } = longer;
    warn_short_land(case, longer, found);
    let had = Span::new(right.span.from(), added.from());
    let on = |neighbor: &Right, days: Span| land::taken_days(neighbor, days, &right.converted);
    let own = land::parcels_of(right, case.facts);
    // Slivers are tolerated already. More stood by a dispute, and comes back no more once that is decided.
    let is_decided = |other: RightId, neighbor: &Right| {
        neighbor.layer == right.layer
            && !right.is_disputed()
            && !neighbor.is_disputed()
            && is_grave(case, (right, &own), (other, neighbor), rules)
    };
    let passed = |other: RightId, neighbor: &Right| {
        let met = had.is_some_and(|had| !on(neighbor, had).is_empty());
        other == *id || (met && !is_decided(other, neighbor))
    };
    let asked = Asked {
        cells: cells_of(right),
        days: *added,
        gone: &right.converted,
        layer: &rules.layer,
    };
    let there = ground::neighbors(case, &asked, &passed, found);
    let begins: Vec<(RightId, Day)> = there
        .iter()
        .filter_map(|(other, _, neighbor)| {
            let days = on(neighbor, *added);
            Some((*other, days.iter().map(|days| days.from()).min()?))
        })
        .collect();
    let begin = |overlap: &Overlap| {
        let first = begins.iter().find(|(other, _)| *other == overlap.right);
        first.map_or(added.from(), |(_, begin)| *begin)
    };
    let met = ground::meet(case, (&own, cells_of(right)), rules, there, found);
    met.note_others(found);
    let own = (land::area2(&own), tolerated_on(right));
    let grade = |overlaps: &[Overlap]| land::gravest(own, overlaps, rules.tolerance_ppm);
    match grade(&met.same_layer) {
        Grade::None => Ok(Vec::new()),
        Grade::Sliver => {
            found.add(ground::finding_over(Code::Sliver, own.0, &met.same_layer));
            Ok(met.same_layer)
        }
        Grade::Material | Grade::Full => {
            // The overlaps only grow with the days, so the first day on which they are too grave ends what may be added.
            let mut days: Vec<Day> = met.same_layer.iter().map(begin).collect();
            days.sort_unstable();
            days.dedup();
            let is_grave = |day: &Day| {
                let by_then = met
                    .same_layer
                    .iter()
                    .filter(|overlap| begin(overlap) <= *day);
                grade(&by_then.cloned().collect::<Vec<_>>()) > Grade::Sliver
            };
            let mut refusal = ground::finding_over(ground::refusing(rules), own.0, &met.same_layer);
            refusal.at = days.into_iter().find(is_grave);
            Err(refusal)
        }
    }
}

/// Says whether two rights share more of their parcels than a sliver.
fn is_grave(
    case: &Case<'_>,
    (right, own): (&Right, &[&Parcel]),
    (other, neighbor): (RightId, &Right),
    rules: &LandRules,
) -> bool {
    let overlap = land::overlap_with((own, cells_of(right)), other, neighbor, case.facts);
    let by_parcels = |overlap: Overlap| overlap.by_parcels(own, neighbor, case.facts);
    let overlap = overlap.and_then(|overlap| overlap.map(by_parcels).transpose());
    let is_more = |overlap: &Overlap| {
        let (shared, smaller) = overlap.of_smaller(land::area2(own));
        grade(shared, smaller, rules.tolerance_ppm) > Grade::Sliver
    };
    overlap.is_ok_and(|overlap| overlap.as_ref().is_some_and(is_more))
}

/// A sink should not be credited for years in which nobody has the land.
fn warn_short_land(case: &Case<'_>, longer: &Longer<'_>, found: &mut Findings) {
    let Capacity::Land {
        ground: GroundOf::Units(named),
        ..
    } = &longer.right.capacity
    else {
        return;
    };
    for parcel in named {
        let land = case.facts.right(parcel.right);
        if land.is_some_and(|land| land::end_of(land) < longer.added.to()) {
            found.add(Finding::of(Code::LandTermShort).with(parcel.right));
        }
    }
}

fn tolerated_on(right: &Right) -> i128 {
    match &right.capacity {
        Capacity::Land {
            tolerated_area2, ..
        } => *tolerated_area2,
        Capacity::Stock(_) | Capacity::Flow(_) => 0,
    }
}

/// The right, the row of its source, and what each neighbor has tolerated.
fn leave(longer: &Longer<'_>, met: &[Overlap], draft: &mut Draft<'_>) {
    let slivers = ground::tolerated(met);
    if let Some(right) = draft.right(longer.id) {
        if longer.is_mended {
            right.revoked_from = None;
        } else if let Some(span) = Span::new(right.span.from(), longer.added.to()) {
            right.span = span;
        }
        let all: i128 = slivers.iter().map(|sliver| sliver.area2).sum();
        tolerate(right, all);
    }
    for Tolerated { right, area2 } in slivers {
        if let Some(neighbor) = draft.right(right) {
            tolerate(neighbor, area2);
        }
    }
    let source = longer.right.source.as_ref();
    let Some(source) = source.filter(|_| !longer.is_mended) else {
        return;
    };
    if let Some(Record::Source(rows)) = draft.touch(&StateKey::Source(source.clone())) {
        let own = rows.iter_mut().filter(|(id, _)| *id == longer.id);
        for (_, days) in own {
            *days = Span::new(days.from(), longer.added.to()).unwrap_or(*days);
        }
    }
}

fn tolerate(right: &mut Right, area2: i128) {
    if let Capacity::Land {
        tolerated_area2, ..
    } = &mut right.capacity
    {
        *tolerated_area2 = tolerated_area2.saturating_add(area2);
    }
}

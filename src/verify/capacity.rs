//! The last checks of an evidence file: what the subject must come with, and that nothing is over-committed now.

use std::collections::BTreeSet;

use crate::domain::cell::Cell;
use crate::domain::door;
use crate::domain::entry::StateEntry;
use crate::domain::event::cells_of;
use crate::domain::facts::{Facts, Owner, StateKey};
use crate::domain::geometry::grid::cells_of as cells_of_parcel;
use crate::domain::geometry::overlap::{Grade, grade};
use crate::domain::land;
use crate::domain::law::Law;
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, BurdenId, Capacity, GroundOf, Overhang, Right};
use crate::domain::rules::burdens::overhangs_of;
use crate::domain::stack::related;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::verify::evidence::Evidence;
use crate::verify::past::Past;
use crate::verify::said::{amount, say_pledge, say_right};
use crate::verify::unknown;
use crate::verify::verdict::{Verdict, counted};

type Step<T> = Result<T, (&'static str, String)>;

const SUBJECT: &str = "subject";
const CAPACITY: &str = "no over-commitment";

/// Checks the subject of the file.
pub(super) fn check(
    evidence: &Evidence,
    facts: &Facts,
    past: &Past,
    state: &StateEntry,
    verdict: &mut Verdict,
) -> Step<()> {
    let now = state.time;
    match &evidence.subject {
        StateKey::Right(id) => {
            let right = subject_right(evidence, facts, *id)?;
            check_identities(facts, *id, right)?;
            verdict.pass(
                SUBJECT,
                format!("{id} with its complete history and identities"),
            );
            check_right((evidence, facts), *id, right, now)?;
            check_past(past, *id)?;
            let unit = unit_of(facts, right, now);
            verdict.pass(CAPACITY, over(right, unit, now));
            say_right((*id, right), unit, now, verdict);
        }
        StateKey::Pledge(id) => {
            let pledge = subject_pledge(evidence, facts, *id)?;
            check_lines(facts, *id, pledge, now)?;
            verdict.pass(
                SUBJECT,
                format!("{id} with its complete history and every right of it"),
            );
            for line in &pledge.lines {
                let right = known_right(facts, line.right)?;
                check_right((evidence, facts), line.right, right, now)?;
                check_past(past, line.right)?;
            }
            verdict.pass(
                CAPACITY,
                format!(
                    "on the rights of {}",
                    counted(pledge.lines.len(), "line", "lines")
                ),
            );
            say_pledge(*id, pledge, (facts, now), verdict);
        }
        StateKey::Identity(identity) => match facts.owner(&evidence.subject) {
            None if facts.knows(&evidence.subject) => {
                door::check_identity(identity, &facts.policies).map_err(|why| (SUBJECT, why))?;
                verdict.pass(
                    SUBJECT,
                    format!("no right or party is registered as {identity}"),
                );
                verdict.statements.push(format!(
                    "In this register, as of {now}, no record is found for {identity}."
                ));
            }
            None => return Err((SUBJECT, format!("the file shows nothing of {identity}"))),
            Some(Owner::Right(id)) => return Err((SUBJECT, format!("{identity} is {id}"))),
            Some(Owner::Party(id)) => return Err((SUBJECT, format!("{identity} is {id}"))),
        },
        StateKey::Reservation(_)
        | StateKey::Party(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => {
            return Err((
                SUBJECT,
                "the file is about a record that has no evidence form".to_owned(),
            ));
        }
    }
    Ok(())
}

fn subject_right<'a>(evidence: &Evidence, facts: &'a Facts, id: RightId) -> Step<&'a Right> {
    if !evidence.has_history(&StateKey::Right(id)) {
        return Err((SUBJECT, format!("the history of {id} is missing")));
    }
    known_right(facts, id)
}

fn subject_pledge<'a>(evidence: &Evidence, facts: &'a Facts, id: PledgeId) -> Step<&'a Pledge> {
    if !evidence.has_history(&StateKey::Pledge(id)) {
        return Err((SUBJECT, format!("the history of {id} is missing")));
    }
    facts
        .pledge(id)
        .ok_or((SUBJECT, format!("{id} is not in the file")))
}

fn known_right(facts: &Facts, id: RightId) -> Step<&Right> {
    facts
        .right(id)
        .ok_or((SUBJECT, format!("{id} is not in the file")))
}

/// Each identity of the right must lead to it, or the same right could hide under two ids. One that was succeeded may have handed
/// its identities on to a later right.
fn check_identities(facts: &Facts, id: RightId, right: &Right) -> Step<()> {
    let right_is_succeeded = right.succeeded_by.is_some();
    for identity in &right.identities {
        let owner = facts.owner(&StateKey::identity(identity));
        let is_later = |right: &RightId| *right == id || right.0 > id.0;
        let leads = match owner {
            Some(Owner::Right(right)) if right_is_succeeded => is_later(&right),
            Some(Owner::Right(right)) => right == id,
            Some(Owner::Party(_)) | None => false,
        };
        if !leads {
            return Err((
                SUBJECT,
                format!("the identity {identity} is not shown to lead to {id}"),
            ));
        }
    }
    Ok(())
}

/// Every open line of the pledge must stand as a burden on its right.
fn check_lines(facts: &Facts, id: PledgeId, pledge: &Pledge, now: Timestamp) -> Step<()> {
    for (number, line) in (0_u16..).zip(&pledge.lines) {
        let right = known_right(facts, line.right)?;
        let burden = right.burden(BurdenId::Line(id, number));
        let is_it =
            |burden: &Burden| burden.extent == line.extent && burden.expires == line.expires;
        // What has lapsed stays on its right until an entry touches the right.
        let fits = match burden {
            Some(burden) => !line.released && is_it(burden),
            None => !line.is_open_at(now),
        };
        if !fits {
            return Err((
                SUBJECT,
                format!("line {number} differs from the burden on {}", line.right),
            ));
        }
    }
    Ok(())
}

/// Nothing was over-committed when something was taken of a right whose history is shown, either.
fn check_past(past: &Past, id: RightId) -> Step<()> {
    match past.overtaken(id) {
        Some(why) => Err((CAPACITY, format!("{id}: {why}"))),
        None => Ok(()),
    }
}

/// Returns a burden beneath which more lacks than is recorded on it.
pub(super) fn unexplained(right: &Right, now: Timestamp) -> Option<BurdenId> {
    let is_recorded = |name: BurdenId, lacks: Option<Overhang>| {
        let recorded = right.burden(name).and_then(|burden| burden.overhang);
        match (lacks, recorded) {
            (None, _) | (Some(_), Some(Overhang::Whole)) => true,
            (Some(Overhang::Amount(lack)), Some(Overhang::Amount(known))) => lack <= known,
            (Some(Overhang::Amount(_)), None)
            | (Some(Overhang::Whole), Some(Overhang::Amount(_)) | None) => false,
        }
    };
    let mut lacking = overhangs_of(right, now).into_iter();
    lacking
        .find(|(name, lacks)| !is_recorded(*name, *lacks))
        .map(|(name, _)| name)
}

/// What lacks beneath a burden must be recorded on it as overhang: only an authority's act may leave a line without a right.
fn check_right(
    (evidence, facts): (&Evidence, &Facts),
    id: RightId,
    right: &Right,
    now: Timestamp,
) -> Step<()> {
    let fail = |why: String| Err((CAPACITY, format!("{id}: {why}")));
    if let Some(name) = unexplained(right, now) {
        return fail(format!(
            "{name} takes more than there is, and no act of an authority explains it"
        ));
    }
    if let Capacity::Land { .. } = &right.capacity {
        let live: Vec<&Burden> = right.burdens.iter().filter(|b| b.counts_at(now)).collect();
        for (nth, burden) in live.iter().enumerate() {
            let earlier: Vec<BurdenId> = live
                .iter()
                .take(nth)
                .filter(|other| !related(burden, other))
                .map(|b| b.id)
                .collect();
            let skip = |other: BurdenId| !earlier.contains(&other);
            let meets = land::conflicts(right, burden.extent, now, &skip);
            // An order may be laid over lines, never a line over an order or another line.
            if !burden.id.is_freeze() && !meets.is_empty() {
                return fail(format!(
                    "{} shares days with {} others",
                    burden.id,
                    meets.len()
                ));
            }
        }
        check_ground_known(facts, id, right)?;
        check_cells(facts, law_of(evidence, id), id, right)?;
        check_neighbors(facts, (id, right), now)?;
    }
    Ok(())
}

/// All rights of the layer in the cells of the ground are in the file, and none overlaps by more than the tolerance.
fn check_neighbors(facts: &Facts, (id, right): (RightId, &Right), now: Timestamp) -> Step<()> {
    let fail = |why: String| Err((CAPACITY, format!("{id}: {why}")));
    let ground = land::parcels_of(right, facts);
    let own_area2 = land::area2(&ground);
    let mut seen = BTreeSet::new();
    for cell in cells_of(right) {
        if !facts.knows(&StateKey::Cell(*cell)) {
            return fail(format!("the cell {cell} is missing"));
        }
        let same = facts
            .cell(*cell)
            .iter()
            .filter(|(_, layer)| Some(layer) == right.layer.as_ref());
        let here: BTreeSet<RightId> = same.map(|(id, _)| *id).collect();
        if !here.contains(&id) {
            return fail(format!("it does not stand in its cell {cell}"));
        }
        seen.extend(here);
    }
    seen.remove(&id);
    for other in seen {
        let Some(neighbor) = facts.right(other) else {
            return fail(format!("the neighbor {other} is missing"));
        };
        check_ground_known(facts, other, neighbor)?;
        let follows = right.succeeds.contains(&other);
        if follows || right.succeeded_by.is_some() || are_apart(right, neighbor, now) {
            continue;
        }
        let overlap = land::overlap_with((&ground, cells_of(right)), other, neighbor, facts);
        let by_parcels = |overlap: land::Overlap| overlap.by_parcels(&ground, neighbor, facts);
        let overlap = match overlap.and_then(|overlap| overlap.map(by_parcels).transpose()) {
            Ok(overlap) => overlap,
            Err(fault) => return fail(format!("the neighbor {other}: {fault}")),
        };
        let Some(overlap) = overlap else { continue };
        let tolerance = tolerance_of(facts, right);
        let (shared, smaller) = overlap.of_smaller(own_area2);
        if grade(shared, smaller, tolerance) > Grade::Sliver {
            return fail(format!("overlaps {other} by more than the tolerance"));
        }
    }
    Ok(())
}

/// Two rights that take no common day, or of which one stands over the other by a dispute that nobody has decided yet. Once it is
/// decided, the days to come are one's alone; those before were both's.
fn are_apart(right: &Right, neighbor: &Right, now: Timestamp) -> bool {
    if right.is_disputed() || neighbor.is_disputed() {
        return true;
    }
    let was_disputed = right.adjudication.is_some() || neighbor.adjudication.is_some();
    right.live_span().is_none_or(|own| {
        if was_disputed {
            let to_come = own.since(now.day());
            let live = neighbor.live_span();
            let live = live.filter(|_| neighbor.succeeded_by.is_none());
            to_come
                .zip(live)
                .is_none_or(|(own, live)| own.intersection(live).is_none())
        } else {
            land::taken_days(neighbor, own, &right.converted).is_empty()
        }
    })
}

/// The law that a right was issued under, where the file has the entry.
fn law_of(evidence: &Evidence, id: RightId) -> Option<Law> {
    let mut entries = evidence.entries.iter();
    let entry = entries.find(|entry| entry.index == id.0)?;
    Law::from_number(unknown::law_of(&entry.text)?)
}

/// The cells of a right are those of its polygons, then the parcels without one. Law 1 left those out; where the file does not say which
/// law it was, both will do.
fn check_cells(facts: &Facts, law: Option<Law>, id: RightId, right: &Right) -> Step<()> {
    let fail = |why: String| Err((CAPACITY, format!("{id}: {why}")));
    let lineage = land::lineage(named_by(right), facts);
    if let Some(missing) = lineage.iter().find(|id| facts.right(**id).is_none()) {
        return fail(format!(
            "its parcels took the place of {missing}, which is missing"
        ));
    }
    let ground = land::parcels_of(right, facts);
    let squares = ground.iter().flat_map(|parcel| cells_of_parcel(parcel));
    let squares: BTreeSet<Cell> = squares.map(Cell::Grid).collect();
    let numbers = land::numbers_of(&lineage, facts);
    let has_all = squares
        .iter()
        .copied()
        .chain(numbers)
        .eq(cells_of(right).iter().copied());
    let has_squares = squares.iter().eq(cells_of(right));
    let fits = match law {
        Some(law) if law.finds_parcels_by_number() => has_all,
        Some(_) => has_squares,
        None => has_all || has_squares,
    };
    if !fits || lineage.len() > limits::LINEAGE_MAX {
        return fail("its cells are not those of its ground".to_owned());
    }
    Ok(())
}

fn check_ground_known(facts: &Facts, id: RightId, right: &Right) -> Step<()> {
    match named_by(right).find(|parcel| facts.right(*parcel).is_none()) {
        Some(missing) => Err((CAPACITY, format!("the parcel {missing} of {id} is missing"))),
        None => Ok(()),
    }
}

/// The rights that a right names as its ground.
fn named_by(right: &Right) -> impl Iterator<Item = RightId> {
    let named = match &right.capacity {
        Capacity::Land {
            ground: GroundOf::Units(named),
            ..
        } => named.as_slice(),
        Capacity::Land {
            ground: GroundOf::Unknown | GroundOf::Polygon(_),
            ..
        }
        | Capacity::Stock(_)
        | Capacity::Flow(_) => &[],
    };
    named.iter().map(|parcel| parcel.right)
}

/// The largest tolerance that any policy of the kind ever had: a looser past is not a fault of today.
fn tolerance_of(facts: &Facts, right: &Right) -> u32 {
    let of_kind = facts
        .policies
        .values()
        .filter(|policy| policy.kind == right.kind);
    of_kind
        .filter_map(|policy| policy.land.as_ref())
        .map(|land| land.tolerance_ppm)
        .max()
        .unwrap_or(0)
}

/// The unit of the quantities of a right; nothing where the file has no rules of its kind.
pub(super) fn unit_of<'a>(facts: &'a Facts, right: &Right, now: Timestamp) -> &'a str {
    let of_kind = || {
        let mut policies = facts.policies.values();
        policies.find(|policy| policy.kind == right.kind)
    };
    let policy = facts.policy(&right.kind, now).or_else(of_kind);
    policy.map_or("", |policy| &policy.unit)
}

fn over(right: &Right, unit: &str, now: Timestamp) -> String {
    let live = right
        .burdens
        .iter()
        .filter(|burden| burden.counts_at(now))
        .count();
    let live = counted(live, "burden", "burdens");
    match &right.capacity {
        Capacity::Stock(balance) => {
            format!("{live} within the balance of {}", amount(*balance, unit))
        }
        Capacity::Flow(_) => format!("{live} within the right at every instant"),
        Capacity::Land { cells, .. } => {
            format!(
                "{live} on separate days; every neighbor in {}",
                counted(cells.len(), "cell", "cells")
            )
        }
    }
}

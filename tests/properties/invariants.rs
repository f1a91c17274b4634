//! What must hold of the records alone, whatever the model says.

use std::collections::BTreeMap;

use greenlien::domain::right::{Burden, BurdenId, Capacity, Right};
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::time::Timestamp;

use super::compare::{extent_of, hanging, number};
use super::stage::Stage;
use crate::model::DayNumber;
use crate::support::World;

/// Day by day: what the stacks of lines and reservations take beyond their recorded overhang fits into what the right has
/// and no freeze took; and of two lines of one stack one stands behind the other, so that no rank is given twice.
pub(crate) fn nothing_is_pledged_twice(stage: &Stage, at: Timestamp) {
    for id in stage.rights() {
        let right = stage.world.right(id);
        let burdens = right.burdens.iter();
        let standing = burdens.filter(|burden| burden.expires.is_none_or(|expires| at < expires));
        let standing: Vec<&Burden> = standing.collect();
        for day in days_to_look_at(right, &standing, at) {
            let on = |burden: &&Burden| {
                let (_, from, to) = extent_of(burden.extent);
                from <= day && day < to
            };
            let there: Vec<&Burden> = standing.iter().copied().filter(on).collect();
            let (freezes, lines): (Vec<&Burden>, Vec<&Burden>) =
                there.iter().partition(|burden| burden.id.is_freeze());
            let frozen: i64 = freezes.iter().map(|it| extent_of(it.extent).0).sum();
            let covered = covered(&lines);
            let has = quantity_on(right, day);
            let left = match right.capacity {
                Capacity::Land { .. } => has,
                Capacity::Stock(_) | Capacity::Flow(_) => (has - frozen).max(0),
            };
            assert!(
                covered <= left,
                "{id} on day {day}: {covered} of {left}, {standing:?}"
            );
        }
    }
}

/// The first day of each span in which nothing changes: where a step, a burden or the right begins or ends.
fn days_to_look_at(right: &Right, burdens: &[&Burden], at: Timestamp) -> Vec<DayNumber> {
    let today = number(at.day());
    let (from, to) = (number(right.span.from()), number(right.span.to()));
    let first = match right.capacity {
        Capacity::Stock(_) => return vec![today],
        Capacity::Flow(_) => today,
        // Land is taken until release, so its past days count like the others.
        Capacity::Land { .. } => from,
    };
    let mut days = vec![first, from, to, to + 1];
    days.extend(right.revoked_from.map(number));
    if let Capacity::Flow(steps) = &right.capacity {
        days.extend(steps.iter().map(|(day, _)| number(*day)));
    }
    for burden in burdens {
        let (_, from, to) = extent_of(burden.extent);
        days.extend([from, to]);
    }
    let last = match right.capacity {
        Capacity::Stock(_) | Capacity::Flow(_) => DayNumber::MAX,
        Capacity::Land { .. } => to,
    };
    days.retain(|day| first <= *day && *day < last);
    days.sort_unstable();
    days.dedup();
    days
}

/// What the lines of one day cover: of each stack the largest part that does not hang.
fn covered(lines: &[&Burden]) -> i64 {
    let mut largest: BTreeMap<BurdenId, i64> = BTreeMap::new();
    for line in lines {
        let name_of_stack = stack_of(line, lines);
        let part = extent_of(line.extent).0 - hanging(line);
        let entry = largest.entry(name_of_stack).or_default();
        *entry = part.max(*entry);
    }
    largest.values().sum()
}

/// The first of all lines that are joined to one by ranks; whoever is in a stack knows everybody else in it.
fn stack_of(line: &Burden, lines: &[&Burden]) -> BurdenId {
    let ranked = |a: &Burden, b: &Burden| a.behind.contains(&b.id) || b.behind.contains(&a.id);
    let mut stack: Vec<&Burden> = vec![line];
    for _ in lines {
        for other in lines {
            let joins = stack.iter().any(|it| ranked(it, other));
            if joins && stack.iter().all(|it| it.id != other.id) {
                stack.push(other);
            }
        }
    }
    for (nth, a) in stack.iter().enumerate() {
        for b in &stack[nth + 1..] {
            let both = a.behind.contains(&b.id) && b.behind.contains(&a.id);
            assert!(ranked(a, b) && !both, "{} and {}: {stack:?}", a.id, b.id);
        }
    }
    stack.iter().map(|it| it.id).min().unwrap()
}

fn quantity_on(right: &Right, day: DayNumber) -> i64 {
    if right.revoked_from.is_some_and(|from| number(from) <= day) {
        return 0;
    }
    match &right.capacity {
        Capacity::Stock(balance) => balance.raw(),
        Capacity::Land { .. } => 1,
        Capacity::Flow(steps) => {
            let mut quantity = 0;
            for (from, step) in steps {
                if number(*from) <= day && day < number(right.span.to()) {
                    quantity = step.raw();
                }
            }
            quantity
        }
    }
}

/// Every open line stands on its right with the same extent, end and place, and one that is released or has lapsed nowhere; a pledge that is closed
/// has no event after the one that closed it, but those that change no member of a pledge.
pub(crate) fn pledges_are_whole(stage: &Stage) {
    let now = stage.world.machine().last_time();
    for pledge in &stage.model.pledges {
        let id = PledgeId(pledge.id);
        let record = stage.world.pledge(id);
        for (number, line) in (0_u16..).zip(&record.lines) {
            let burden = stage
                .world
                .right(line.right)
                .burden(BurdenId::Line(id, number));
            // What has lapsed stays on its right until the right is touched, and counts for nothing.
            let burden = burden.filter(|burden| burden.counts_at(now));
            let on_right = burden.map(|it| (it.extent, it.expires, it.behind.clone()));
            let own = line
                .is_open_at(now)
                .then(|| (line.extent, line.expires, line.behind.clone()));
            assert_eq!(on_right, own, "{id}.{number}");
        }
    }
}

/// The log says the same when it is folded and when it is decided again from the first entry.
pub(crate) fn the_log_tells_it_all(world: &World) {
    let size = u64::try_from(world.entries().len()).unwrap();
    assert_eq!(size, world.machine().size());
    let again = world.replayed();
    assert_eq!(again.root(), world.machine().root());
    assert_eq!(again.tree().root(), world.machine().tree().root());
    world.check_fold();
}

//! What must hold after every act: the registry and the model say and hold the same, and nothing is pledged twice.

use std::collections::BTreeSet;

use greenlien::domain::command::Expected;
use greenlien::domain::finding::Finding;
use greenlien::domain::right::{Burden, BurdenId, Capacity, Extent, Overhang, Right};
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::{Day, Span, Timestamp};

use super::stage::Stage;
use crate::model::{ALWAYS, DayNumber, Detail, Name, Reason, Reasons, Taking};
use crate::support::{Answer, World};

/// Checks that offer something else: stock, flow, land, more than the right, more than the line, frozen.
const DETAILED: [u16; 6] = [3001, 3002, 3009, 3008, 3010, 9001];

/// The two refuse for the same reasons, with the same largest admissible quantity, or both accept.
pub(crate) fn same_answer(answer: &Answer, reasons: &Reasons) {
    assert!(
        !matches!(answer, Answer::Faulty(_)),
        "at the door: {answer:?}"
    );
    let refusing = answer.findings().iter().filter(|finding| finding.refuses());
    let law: BTreeSet<Reason> = refusing.map(reason_of).collect();
    let model: BTreeSet<Reason> = reasons.iter().cloned().collect();
    assert_eq!(law, model, "the law is left, the model right");
    assert_eq!(answer.is_accepted(), reasons.is_empty());
}

fn reason_of(finding: &Finding) -> Reason {
    let code = finding.code.number();
    if !DETAILED.contains(&code) {
        return Reason { code, detail: None };
    }
    let alternative = finding.alternative.clone().unwrap_or_default();
    let days = |span: &Span| (number(span.from()), number(span.to()));
    let stretch =
        |(span, free): &(Span, Quantity)| (number(span.from()), number(span.to()), free.raw());
    // The right that is too small is named as well; what stands in the way are burdens.
    let burden = |name: &&String| BurdenId::parse(name).is_some();
    let detail = Detail {
        line: finding.line.unwrap(),
        in_the_way: finding.conflicts.iter().filter(burden).cloned().collect(),
        first: finding.at.map(number),
        most: alternative.quantity.map(Quantity::raw),
        stretches: alternative.segments.iter().map(stretch).collect(),
        free: alternative.spans.iter().map(days).collect(),
    };
    Reason {
        code,
        detail: Some(detail),
    }
}

/// The two hold the same burdens, with the same overhang, and the same lines of pledges.
pub(crate) fn same_state(stage: &Stage, at: Timestamp) {
    for (id, model) in stage.rights().zip(&stage.model.rights) {
        let burdens = stage.world.right(id).burdens.iter();
        let standing = burdens.filter(|burden| burden.expires.is_none_or(|expires| at < expires));
        let law: Vec<Taking> = standing.map(taking_of).collect();
        assert_eq!(law, model.takings, "{id}: the law is left, the model right");
    }
    for model in &stage.model.pledges {
        let id = PledgeId(model.id);
        let record = stage.world.pledge(id);
        let (_, version) = stage.world.present(Expected::Pledge(id));
        assert_eq!(version, model.version, "{id}");
        assert_eq!(record.lines.len(), model.lines.len(), "{id}");
        for (law, model) in record.lines.iter().zip(&model.lines) {
            let (quantity, from, to) = extent_of(law.extent);
            let model = (model.open, model.ask.quantity, model.ask.from, model.ask.to);
            assert_eq!((!law.released, quantity, from, to), model, "{id}");
        }
    }
}

fn taking_of(burden: &Burden) -> Taking {
    let (quantity, from, to) = extent_of(burden.extent);
    Taking {
        name: match burden.id {
            BurdenId::Line(pledge, line) => Name::Line(pledge.0, line),
            BurdenId::Hold(reservation, line) => Name::Hold(reservation.0, line),
            BurdenId::Freeze(freeze) => Name::Freeze(freeze.0),
        },
        quantity,
        from,
        to,
        expires: burden.expires.map(Timestamp::micros),
        hanging: hanging(burden),
    }
}

fn extent_of(extent: Extent) -> (i64, DayNumber, DayNumber) {
    match extent {
        Extent::Stock(quantity) => (quantity.raw(), ALWAYS.0, ALWAYS.1),
        Extent::Flow(quantity, span) => (quantity.raw(), number(span.from()), number(span.to())),
        Extent::Whole => (1, ALWAYS.0, ALWAYS.1),
        Extent::Years(span) => (1, number(span.from()), number(span.to())),
    }
}

fn hanging(burden: &Burden) -> i64 {
    match burden.overhang {
        None => 0,
        Some(Overhang::Amount(quantity)) => quantity.raw(),
        Some(Overhang::Whole) => 1,
    }
}

fn number(day: Day) -> DayNumber {
    day.number().into()
}

/// Of the records alone, day by day: what lines and reservations take beyond their recorded overhang fits into what the
/// right has and no freeze took.
pub(crate) fn nothing_is_pledged_twice(stage: &Stage, at: Timestamp) {
    for id in stage.rights() {
        let right = stage.world.right(id);
        let standing: Vec<&Burden> = right
            .burdens
            .iter()
            .filter(|burden| burden.expires.is_none_or(|expires| at < expires))
            .collect();
        let (from, to) = days_to_look_at(right, at);
        for day in from..to {
            let (covered, frozen) = taken_on(&standing, day);
            let there = quantity_on(right, day);
            let left = if matches!(right.capacity, Capacity::Land { .. }) {
                there
            } else {
                (there - frozen).max(0)
            };
            assert!(
                covered <= left,
                "{id} on day {day}: {covered} of {left}, {standing:?}"
            );
        }
    }
}

fn days_to_look_at(right: &Right, at: Timestamp) -> (DayNumber, DayNumber) {
    let today = number(at.day());
    match right.capacity {
        Capacity::Stock(_) => (today, today + 1),
        Capacity::Flow(_) => (today, number(right.span.to()) + 2),
        // Land is taken until release, so its past days count like the others; one before and one after are outside.
        Capacity::Land { .. } => (number(right.span.from()), number(right.span.to())),
    }
}

/// What lines take beyond their overhang, and what freezes take.
fn taken_on(burdens: &[&Burden], day: DayNumber) -> (i64, i64) {
    let (mut covered, mut frozen) = (0, 0);
    for burden in burdens {
        let (quantity, from, to) = extent_of(burden.extent);
        if from <= day && day < to {
            if burden.id.is_freeze() {
                frozen += quantity;
            } else {
                covered += quantity - hanging(burden);
            }
        }
    }
    (covered, frozen)
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

/// The log says the same when it is folded and when it is decided again from the first entry.
pub(crate) fn the_log_tells_it_all(world: &World) {
    let size = u64::try_from(world.entries().len()).unwrap();
    assert_eq!(size, world.machine().size());
    let again = world.replayed();
    assert_eq!(again.root(), world.machine().root());
    assert_eq!(again.tree().root(), world.machine().tree().root());
    world.check_fold();
}

//! What a verified file says of its subject, in sentences: how much of which line stands, and what is against it.
//!
//! Separate from the checks, because nothing is decided here.

use crate::domain::facts::Facts;
use crate::domain::land::gone_in_part;
use crate::domain::order::{Force, Part, in_force};
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, BurdenId, Extent, Overhang, Right};
use crate::domain::rules::burdens::{lost_now, reached_now};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};
use crate::verify::capacity::unit_of;
use crate::verify::verdict::{Verdict, counted};

pub(super) fn say_right(
    (id, right): (RightId, &Right),
    unit: &str,
    now: Timestamp,
    verdict: &mut Verdict,
) {
    let name = right
        .identities
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    verdict.statements.push(format!(
        "{id} ({name}), kind {}, held by {}, {}, as of {now}:",
        right.kind,
        right.holder,
        days(right.span)
    ));
    if right.burdens.is_empty() {
        verdict
            .statements
            .push("no burden is found in this register".to_owned());
    }
    for burden in right.burdens.iter().filter(|burden| burden.counts_at(now)) {
        let hanging = hanging_words((right, now), burden.id, unit);
        verdict.statements.push(format!(
            "{} takes {}{hanging}{}",
            burden.id,
            extent_words(burden.extent, unit),
            order_words(burden, unit)
        ));
    }
    for queued in in_force(right, now).iter().filter(|queued| queued.waits()) {
        verdict.statements.push(format!(
            "{} waits: {} of it in force",
            queued.freeze,
            force_words(&queued.parts, unit)
        ));
    }
    if let Some(day) = right.revoked_from {
        verdict
            .statements
            .push(format!("revoked by its authority from {day}"));
    }
    if let Some(successor) = right.succeeded_by {
        verdict.statements.push(format!("succeeded by {successor}"));
    }
}

pub(super) fn say_pledge(
    id: PledgeId,
    pledge: &Pledge,
    (facts, now): (&Facts, Timestamp),
    verdict: &mut Verdict,
) {
    let open = pledge.lines.iter().filter(|line| line.is_open_at(now));
    verdict.statements.push(format!(
        "{id} ({}), pledgee {}, pledgor {}, {} of {} open, as of {now}:",
        pledge.form.name(),
        pledge.pledgee,
        pledge.pledgor,
        open.count(),
        counted(pledge.lines.len(), "line", "lines")
    ));
    for (number, line) in (0_u16..).zip(&pledge.lines) {
        let lapses = |end: Timestamp| format!(", lapses on {}", end.day());
        let state = if line.released {
            "released"
        } else if line.has_lapsed_at(now) {
            "lapsed"
        } else {
            "takes"
        };
        let end = line.expires.map(lapses).unwrap_or_default();
        let right = facts.right(line.right);
        let unit = right.map_or("", |right| unit_of(facts, right, now));
        let words = extent_words(line.extent, unit);
        let hanging = right
            .filter(|_| line.is_open_at(now))
            .map(|right| hanging_words((right, now), BurdenId::Line(id, number), unit));
        verdict.statements.push(format!(
            "line {number} on {}: {state} {words}{}{end}",
            line.right,
            hanging.unwrap_or_default()
        ));
    }
}

/// What of a burden has no right beneath it, and what only a later freeze reaches; of a line of years of which some stay, the years.
fn hanging_words((right, now): (&Right, Timestamp), id: BurdenId, unit: &str) -> String {
    let much = |over: Overhang| match over {
        Overhang::Amount(quantity) => amount(quantity, unit),
        Overhang::Whole => {
            let burden = right.burden(id);
            let gone = burden.map(|burden| gone_in_part(right, burden.extent));
            let gone: Vec<String> = gone.into_iter().flatten().map(years).collect();
            if gone.is_empty() {
                "all of it".to_owned()
            } else {
                gone.join(", ")
            }
        }
    };
    let lost = lost_now(right, id, now).map(|over| format!(", an overhang: {}", much(over)));
    let reached = reached_now(right, id, now)
        .map(|over| format!(", reached by a later freeze: {}", much(over)));
    lost.into_iter().chain(reached).collect()
}

/// What the order of a freeze says beyond its quantity.
fn order_words(burden: &Burden, unit: &str) -> String {
    let Some(authority) = burden.authority else {
        return String::new();
    };
    let order = burden.order.as_deref().cloned().unwrap_or_default();
    let sold = order.executed.zip(order.proceeds_cny);
    let parts = [
        Some(format!(", by order of {authority}")),
        order.number.map(|number| format!(" {number}")),
        order
            .limit_cny
            .map(|limit| format!(", limited to {limit} yuan")),
        order
            .price_cny
            .map(|price| format!(" at {price} yuan a unit")),
        sold.map(|(sold, proceeds)| {
            let sold = amount(sold, unit);
            format!(", after {sold} were sold for {proceeds} yuan")
        }),
        burden
            .expires
            .map(|expires| format!(", until {}", expires.day())),
    ];
    parts.into_iter().flatten().collect()
}

fn force_words(parts: &[Part], unit: &str) -> String {
    let words = |part: &Part| {
        let days = part.days.map(|span| format!(" {}", days(span)));
        let amount = match part.force {
            Force::Amount { takes, .. } => amount(takes, unit),
            Force::Whole => "the whole".to_owned(),
            Force::Waits => "nothing".to_owned(),
        };
        format!("{amount}{}", days.unwrap_or_default())
    };
    parts.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn extent_words(extent: Extent, unit: &str) -> String {
    match extent {
        Extent::Stock(quantity) => amount(quantity, unit),
        Extent::Flow(quantity, span) => format!("{} {}", amount(quantity, unit), days(span)),
        Extent::Whole => "the whole".to_owned(),
        Extent::Years(span) => years(span),
    }
}

/// A quantity with its unit, which the file may not say.
pub(super) fn amount(quantity: Quantity, unit: &str) -> String {
    format!("{quantity} {unit}").trim_end().to_owned()
}

/// A span with its first and its last day, as people count.
fn days(span: Span) -> String {
    format!("from {} through {}", span.from(), span.to().previous())
}

/// Whole years by their numbers.
fn years(span: Span) -> String {
    let (first, last) = (span.from().date().0, span.to().previous().date().0);
    if Span::of_years(first, last) != Some(span) {
        days(span)
    } else if first == last {
        format!("the year {first}")
    } else {
        format!("the years {first} through {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::quantity::Scale;
    use crate::primitives::time::Day;

    #[test]
    fn an_extent_has_its_unit_and_the_days_that_people_count() {
        let much = Quantity::parse("20.5", Scale::MAX).unwrap();
        let half = Span::new(Day::of(2027, 1, 1).unwrap(), Day::of(2027, 7, 1).unwrap()).unwrap();
        assert_eq!(
            extent_words(Extent::Flow(much, half), "t/a"),
            "20.5 t/a from 2027-01-01 through 2027-06-30"
        );
        assert_eq!(extent_words(Extent::Stock(much), ""), "20.5");
        let words =
            |first, last| extent_words(Extent::Years(Span::of_years(first, last).unwrap()), "mu");
        assert_eq!(words(2027, 2027), "the year 2027");
        assert_eq!(words(2027, 2030), "the years 2027 through 2030");
        assert_eq!(counted(1, "burden", "burdens"), "1 burden");
        assert_eq!(counted(0, "burden", "burdens"), "0 burdens");
    }
}

//! What a verified file says of its subject, in sentences: how much of which line stands, and what is against it.
//!
//! Separate from the checks, because nothing is decided here.

use crate::domain::facts::Facts;
use crate::domain::order::{Force, Part, in_force};
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, Extent, Overhang, Right};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};
use crate::verify::capacity::unit_of;
use crate::verify::verdict::Verdict;

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
        let hanging = match burden.overhang {
            None => String::new(),
            Some(Overhang::Amount(much)) => format!(", with an overhang of {}", amount(much, unit)),
            Some(Overhang::Whole) => ", all of it an overhang".to_owned(),
        };
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
    verdict.statements.push(format!(
        "{id} ({}), pledgee {}, pledgor {}, as of {now}:",
        pledge.form.name(),
        pledge.pledgee,
        pledge.pledgor
    ));
    for (number, line) in pledge.lines.iter().enumerate() {
        let lapses = |end: Timestamp| format!(", lapses on {}", end.day());
        let state = if line.released {
            "released"
        } else if line.has_lapsed_at(now) {
            "lapsed"
        } else {
            "takes"
        };
        let end = line.expires.map(lapses).unwrap_or_default();
        let unit = facts.right(line.right);
        let unit = unit.map_or("", |right| unit_of(facts, right, now));
        let words = extent_words(line.extent, unit);
        verdict.statements.push(format!(
            "line {number} on {}: {state} {words}{end}",
            line.right
        ));
    }
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
    use crate::verify::verdict::counted;

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

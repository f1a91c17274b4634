//! Model B: how much of a flow is free at every instant.
//!
//! The right is a step function of days; a line counts on `[max(from, today), to)`. All sums run over the elementary spans
//! between the days at which anything changes, so adjacent spans never touch and a plain sum of quantities is never taken.

use crate::domain::right::{Burden, BurdenId, Extent, Overhang};
use crate::domain::stack::{Stacks, Taken};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// A flow right as the law sees it on one day.
pub struct Flow<'a> {
    /// Steps of the right.
    pub steps: &'a [(Day, Quantity)],
    /// The days on which the right exists; none when it was revoked before it began.
    pub live: Option<Span>,
    /// Its burdens.
    pub burdens: &'a [Burden],
    /// The registry time.
    pub now: Timestamp,
}

/// What is free on every day of one elementary span; `lack` is above zero where burdens exceed the right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The days.
    pub span: Span,
    /// What is free.
    pub free: Quantity,
    /// What is missing beneath the burdens.
    pub lack: Quantity,
}

impl Flow<'_> {
    /// Returns the quantity of the right on a day.
    pub fn quantity_on(&self, day: Day) -> Quantity {
        if !self.live.is_some_and(|live| live.contains(day)) {
            return Quantity::ZERO;
        }
        let step = self.steps.iter().rev().find(|(from, _)| *from <= day);
        step.map_or(Quantity::ZERO, |(_, quantity)| *quantity)
    }

    /// Returns what is free over each part of `span` that is not past, without the burdens that `skip` names; neighbors
    /// with equal values are one segment.
    pub fn profile(&self, span: Span, skip: &dyn Fn(BurdenId) -> bool) -> Vec<Segment> {
        let Some(span) = span.since(self.now.day()) else {
            return Vec::new();
        };
        let counted: Vec<(Taken<'_>, Span)> = self
            .counting()
            .filter(|(taken, _)| !skip(taken.id))
            .collect();
        let mut segments: Vec<Segment> = Vec::new();
        for span in self.elementary(span, &counted) {
            let used = used_on(&counted, span.from());
            let quantity = self.quantity_on(span.from());
            let (free, lack) = (quantity.saturating_sub(used), used.saturating_sub(quantity));
            match segments.last_mut() {
                Some(last) if last.free == free && last.lack == lack => {
                    if let Some(joined) = Span::new(last.span.from(), span.to()) {
                        last.span = joined;
                    }
                }
                Some(_) | None => segments.push(Segment { span, free, lack }),
            }
        }
        segments
    }

    /// Returns the overhang of every burden: on each day, what the right lacks falls on the latest registered first
    /// ([`Stacks::hanging`]); a burden's overhang is its worst day.
    pub fn overhangs(&self) -> Vec<(BurdenId, Option<Overhang>)> {
        let counted: Vec<(Taken<'_>, Span)> = self.counting().collect();
        let mut worst = vec![Quantity::ZERO; counted.len()];
        if let Some(whole) = counted.iter().map(|(_, span)| *span).reduce(hull) {
            for span in self.elementary(whole, &counted) {
                let day = span.from();
                let there = |(_, (_, span)): &(usize, &(Taken<'_>, Span))| span.contains(day);
                let there: Vec<usize> = counted
                    .iter()
                    .enumerate()
                    .filter(there)
                    .map(|(n, _)| n)
                    .collect();
                let on_day = taken_on(&counted, day);
                let hanging = Stacks::of(&on_day).hanging(&on_day, self.quantity_on(day));
                for (n, hanging) in there.into_iter().zip(hanging) {
                    if let Some(worst) = worst.get_mut(n) {
                        *worst = hanging.max(*worst);
                    }
                }
            }
        }
        let hanging = |id: BurdenId| {
            let worst = counted.iter().zip(&worst).find(|((of, _), _)| of.id == id);
            worst
                .filter(|(_, worst)| !worst.is_zero())
                .map(|(_, worst)| Overhang::Amount(*worst))
        };
        // A burden whose days are over takes nothing, so nothing of it hangs.
        let ids = self.burdens.iter().map(|burden| burden.id);
        ids.filter(|id| !id.is_freeze())
            .map(|id| (id, hanging(id)))
            .collect()
    }

    fn counting(&self) -> impl Iterator<Item = (Taken<'_>, Span)> {
        let today = self.now.day();
        let counts = |burden: &&Burden| burden.counts_at(self.now);
        self.burdens
            .iter()
            .filter(counts)
            .filter_map(move |burden| match burden.extent {
                Extent::Flow(quantity, span) => {
                    let taken = Taken {
                        id: burden.id,
                        quantity,
                        behind: &burden.behind,
                    };
                    span.since(today).map(|rest| (taken, rest))
                }
                Extent::Stock(_) | Extent::Whole | Extent::Years(_) => None,
            })
    }

    /// Cuts a span at every day on which the right or a burden changes.
    fn elementary(&self, span: Span, burdens: &[(Taken<'_>, Span)]) -> Vec<Span> {
        let mut cuts: Vec<Day> = vec![span.from(), span.to()];
        cuts.extend(self.steps.iter().map(|(day, _)| *day));
        cuts.extend(self.live.iter().flat_map(|live| [live.from(), live.to()]));
        cuts.extend(
            burdens
                .iter()
                .flat_map(|(_, span)| [span.from(), span.to()]),
        );
        cuts.retain(|day| span.from() <= *day && *day <= span.to());
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2)
            .filter_map(|pair| Span::new(*pair.first()?, *pair.get(1)?))
            .collect()
    }
}

fn hull(a: Span, b: Span) -> Span {
    Span::new(a.from().min(b.from()), a.to().max(b.to())).unwrap_or(a)
}

fn taken_on<'a>(burdens: &[(Taken<'a>, Span)], day: Day) -> Vec<Taken<'a>> {
    let on_day = burdens.iter().filter(|(_, span)| span.contains(day));
    on_day.map(|(taken, _)| *taken).collect()
}

fn used_on(burdens: &[(Taken<'_>, Span)], day: Day) -> Quantity {
    Stacks::of(&taken_on(burdens, day)).used()
}

/// Returns the least that is free over the segments.
pub fn least_free(segments: &[Segment]) -> Quantity {
    segments
        .iter()
        .map(|segment| segment.free)
        .min()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::id::PledgeId;
    use crate::primitives::quantity::Scale;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text, Scale::MAX).unwrap()
    }

    fn line(id: u64, amount: &str, from: &str, to: &str) -> Burden {
        Burden {
            id: BurdenId::Line(PledgeId(id), 0),
            extent: Extent::Flow(quantity(amount), Span::new(day(from), day(to)).unwrap()),
            expires: None,
            authority: None,
            behind: Vec::new(),
            overhang: None,
            order: None,
        }
    }

    /// Scenario S1 of the domain study: 80 of 120 until the leap day of 2028.
    #[test]
    fn a_plain_sum_would_be_wrong_in_both_directions() {
        let steps = [(day("2026-01-01"), quantity("120"))];
        let burdens = [line(9, "80", "2026-03-01", "2028-02-29")];
        let flow = Flow {
            steps: &steps,
            live: Span::new(day("2026-01-01"), day("2031-01-01")),
            burdens: &burdens,
            now: Timestamp::parse("2026-12-01T02:00:00Z").unwrap(),
        };
        let asked = Span::new(day("2027-01-01"), day("2029-12-31")).unwrap();
        let profile = flow.profile(asked, &|_| false);
        assert_eq!(least_free(&profile), quantity("40"));
        let spans: Vec<String> = profile
            .iter()
            .map(|s| format!("{} {}", s.span, s.free))
            .collect();
        assert_eq!(
            spans,
            [
                "[2027-01-01, 2028-02-29) 40",
                "[2028-02-29, 2029-12-31) 120"
            ]
        );
        let later = Span::new(day("2028-02-29"), day("2029-12-31")).unwrap();
        assert_eq!(
            least_free(&flow.profile(later, &|_| false)),
            quantity("120")
        );
    }

    #[test]
    fn an_overhang_falls_on_the_latest_line_of_its_worst_day() {
        let steps = [
            (day("2026-01-01"), quantity("120")),
            (day("2028-01-01"), quantity("90")),
        ];
        let burdens = [
            line(9, "80", "2026-03-01", "2029-01-01"),
            line(12, "40", "2027-01-01", "2029-01-01"),
        ];
        let flow = Flow {
            steps: &steps,
            live: Span::new(day("2026-01-01"), day("2031-01-01")),
            burdens: &burdens,
            now: Timestamp::parse("2026-12-01T02:00:00Z").unwrap(),
        };
        let overhangs = flow.overhangs();
        assert_eq!(overhangs.first().map(|o| o.1), Some(None));
        assert_eq!(
            overhangs.get(1).map(|o| o.1),
            Some(Some(Overhang::Amount(quantity("30"))))
        );
    }
}

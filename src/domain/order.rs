//! What an order behind a freeze says, and how much of each freeze is in force: earlier freezes leave the rest waiting.
//!
//! Freezes queue in the order of their entries (轮候). A freeze takes what the right has and earlier freezes leave; what is
//! left of it waits, and takes effect by itself when an earlier freeze is lifted, ends or is executed, or when the right
//! grows. So nothing of this is stored: it follows from the burdens of the right and the time. Pledges stand in no freeze's
//! way; where a freeze reaches them, they keep their position and hang.

use crate::domain::flow::Flow;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::primitives::id::FreezeId;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span, Timestamp};

/// What the payload of a freeze says of its order (law 2).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Terms {
    /// The number that the court or the authority gave it.
    pub number: Option<String>,
    /// The first day without it.
    pub until: Option<Day>,
    /// The sum of money that it is limited to, in yuan.
    pub limit_cny: Option<Quantity>,
    /// The price of one unit by which the quantity follows from the sum, in yuan.
    pub price_cny: Option<Quantity>,
}

/// What the record of a freeze keeps of its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Order {
    /// The number that the court or the authority gave it.
    pub number: Option<String>,
    /// The sum of money that it is limited to, in yuan.
    pub limit_cny: Option<Quantity>,
    /// The price of one unit by which the quantity followed from the sum, in yuan.
    pub price_cny: Option<Quantity>,
    /// What execution has sold of it so far; the freeze holds the rest.
    pub executed: Option<Quantity>,
    /// What the sales brought, in yuan.
    pub proceeds_cny: Option<Quantity>,
}

impl Terms {
    /// Says whether the order says anything beyond its quantity.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what the record keeps.
    pub fn order(&self) -> Option<Box<Order>> {
        let order = Order {
            number: self.number.clone(),
            limit_cny: self.limit_cny,
            price_cny: self.price_cny,
            ..Order::default()
        };
        order.boxed()
    }

    /// Returns when the freeze ends by itself: at the beginning of that day.
    pub fn expires(&self) -> Option<Timestamp> {
        self.until.map(Day::begins)
    }
}

impl Order {
    /// Returns the order, where it says anything.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// Returns the quantity that follows from a sum of money and the price of one unit: the least, at the scale of the kind, that
/// is worth the sum.
pub fn quantity_for(limit_cny: Quantity, price_cny: Quantity, scale: Scale) -> Option<Quantity> {
    limit_cny.units_at(price_cny, scale)
}

/// How much of a freeze is in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Force {
    /// So much is in force, and so much waits.
    Amount {
        /// In force.
        takes: Quantity,
        /// Waiting.
        waits: Quantity,
    },
    /// All of the ground is.
    Whole,
    /// Nothing is; it waits.
    Waits,
}

impl Force {
    /// Says whether something waits.
    pub fn waits(self) -> bool {
        match self {
            Self::Amount { waits, .. } => !waits.is_zero(),
            Self::Whole => false,
            Self::Waits => true,
        }
    }
}

/// The days of a freeze on which equally much is in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// The days; none where the freeze has no days of its own.
    pub days: Option<Span>,
    /// How much of it is in force on them.
    pub force: Force,
}

/// A freeze that counts, and how much of it is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce {
    /// The freeze.
    pub freeze: FreezeId,
    /// Its days to come, in order; none where all are past.
    pub parts: Vec<Part>,
    /// The freezes before it that share a day with it.
    pub behind: Vec<FreezeId>,
}

impl InForce {
    /// Says whether something of the freeze waits.
    pub fn waits(&self) -> bool {
        self.parts.iter().any(|part| part.force.waits())
    }
}

/// Returns every freeze of a right that counts, in order, with how much of it is in force.
pub fn in_force(right: &Right, now: Timestamp) -> Vec<InForce> {
    let freezes: Vec<(FreezeId, &Burden)> = right
        .burdens
        .iter()
        .filter(|burden| burden.counts_at(now))
        .filter_map(|burden| match burden.id {
            BurdenId::Freeze(id) => Some((id, burden)),
            BurdenId::Line(..) | BurdenId::Hold(..) => None,
        })
        .collect();
    let queue = |(nth, (freeze, burden)): (usize, &(FreezeId, &Burden))| {
        let before = freezes.get(..nth).unwrap_or_default();
        InForce {
            freeze: *freeze,
            parts: parts_of(right, burden, before, now),
            behind: before
                .iter()
                .filter(|(_, earlier)| share_a_day(earlier.extent, burden.extent, now))
                .map(|(id, _)| *id)
                .collect(),
        }
    };
    freezes.iter().enumerate().map(queue).collect()
}

fn share_a_day(a: Extent, b: Extent, now: Timestamp) -> bool {
    match (a, b) {
        (Extent::Flow(_, a), Extent::Flow(_, b)) => a
            .since(now.day())
            .is_some_and(|rest| rest.intersection(b).is_some()),
        (Extent::Years(a), Extent::Years(b)) => a.intersection(b).is_some(),
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => true,
    }
}

fn parts_of(
    right: &Right,
    burden: &Burden,
    before: &[(FreezeId, &Burden)],
    now: Timestamp,
) -> Vec<Part> {
    match (burden.extent, &right.capacity) {
        (Extent::Stock(asked), Capacity::Stock(balance)) => {
            let over = right.revoked_from.is_some_and(|day| day <= now.day());
            let there_is = if over { Quantity::ZERO } else { *balance };
            let taken = before.iter().filter_map(|(_, burden)| match burden.extent {
                Extent::Stock(quantity) => Some(quantity),
                Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
            });
            vec![Part {
                days: None,
                force: amount(asked, there_is, taken),
            }]
        }
        (Extent::Flow(asked, span), Capacity::Flow(steps)) => {
            let flow = Flow {
                steps,
                live: right.live_span(),
                burdens: &right.burdens,
                now,
            };
            flow_parts(&flow, asked, span, before)
        }
        (Extent::Whole, _) => vec![Part {
            days: None,
            force: if before.is_empty() {
                Force::Whole
            } else {
                Force::Waits
            },
        }],
        (Extent::Years(span), _) => {
            let earlier = before.iter().filter_map(|(_, burden)| match burden.extent {
                Extent::Years(span) => Some(span),
                Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => None,
            });
            let earlier: Vec<Span> = earlier.collect();
            let days = earlier.iter().flat_map(|span| [span.from(), span.to()]);
            let part = |span: Span| Part {
                days: Some(span),
                force: if earlier.iter().any(|taken| taken.contains(span.from())) {
                    Force::Waits
                } else {
                    Force::Whole
                },
            };
            joined(cut(span, days).into_iter().map(part))
        }
        (Extent::Stock(_) | Extent::Flow(..), _) => Vec::new(),
    }
}

fn flow_parts(
    flow: &Flow<'_>,
    asked: Quantity,
    span: Span,
    before: &[(FreezeId, &Burden)],
) -> Vec<Part> {
    let Some(rest) = span.since(flow.now.day()) else {
        return Vec::new();
    };
    let earlier = before.iter().filter_map(|(_, burden)| match burden.extent {
        Extent::Flow(quantity, span) => Some((quantity, span)),
        Extent::Stock(_) | Extent::Whole | Extent::Years(_) => None,
    });
    let earlier: Vec<(Quantity, Span)> = earlier.collect();
    let days = earlier
        .iter()
        .flat_map(|(_, span)| [span.from(), span.to()])
        .chain(flow.steps.iter().map(|(day, _)| *day))
        .chain(flow.live.iter().flat_map(|live| [live.from(), live.to()]));
    let part = |span: Span| {
        let day = span.from();
        let taken = earlier
            .iter()
            .filter(|(_, span)| span.contains(day))
            .map(|(quantity, _)| *quantity);
        Part {
            days: Some(span),
            force: amount(asked, flow.quantity_on(day), taken),
        }
    };
    joined(cut(rest, days).into_iter().map(part))
}

/// What `earlier` freezes leave of what there is, and what of `asked` waits.
fn amount(asked: Quantity, there_is: Quantity, earlier: impl Iterator<Item = Quantity>) -> Force {
    let left = earlier.fold(there_is, Quantity::saturating_sub);
    let takes = asked.min(left);
    Force::Amount {
        takes,
        waits: asked.saturating_sub(takes),
    }
}

/// Cuts a span at those of the days that lie inside it.
fn cut(span: Span, days: impl Iterator<Item = Day>) -> Vec<Span> {
    let mut cuts: Vec<Day> = days.filter(|day| span.contains(*day)).collect();
    cuts.extend([span.from(), span.to()]);
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .filter_map(|pair| Span::new(*pair.first()?, *pair.get(1)?))
        .collect()
}

/// Neighbors on which equally much is in force are one part.
fn joined(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut whole: Vec<Part> = Vec::new();
    for part in parts {
        match whole.last_mut() {
            Some(last) if last.force == part.force => {
                last.days = last
                    .days
                    .zip(part.days)
                    .and_then(|(a, b)| Span::new(a.from(), b.to()));
            }
            Some(_) | None => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text, Scale::MAX).unwrap()
    }

    #[test]
    fn the_quantity_is_the_least_that_is_worth_the_sum() {
        let follows = |limit: &str, price: &str, digits: u64| {
            let scale = Scale::new(digits).unwrap();
            quantity_for(quantity(limit), quantity(price), scale).map(|q| q.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        // S9 of the domain study.
        assert_eq!(follows("2400000", "80", 0), some("30000"));
        assert_eq!(follows("2400000", "60", 0), some("40000"));
        // Rounded up to the scale, never down: 33 tonnes at 0.03 are worth less than one yuan.
        assert_eq!(follows("1", "0.03", 0), some("34"));
        assert_eq!(follows("1", "0.03", 3), some("33.334"));
        assert_eq!(follows("1", "0.03", 6), some("33.333334"));
        assert_eq!(follows("0.01", "999999999999.999999", 6), some("0.000001"));
        assert_eq!(follows("1", "0", 0), None);
        assert_eq!(follows("999999999999.99", "0.000001", 0), None);
    }
}

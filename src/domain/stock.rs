//! Model A: how much of a stock is free. `pledged + reserved + frozen <= balance` at every position of the log.

use crate::domain::right::{Burden, BurdenId, Extent, Overhang};
use crate::domain::stack::{Stacks, Taken};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;

/// Returns what the counting burdens take together, each stack once, without those that `skip` names.
pub fn used(burdens: &[Burden], now: Timestamp, skip: &dyn Fn(BurdenId) -> bool) -> Quantity {
    let counted: Vec<Taken<'_>> = counting(burdens, now)
        .filter(|taken| !skip(taken.id))
        .collect();
    Stacks::of(&counted).used()
}

/// Returns what is free.
pub fn free(
    balance: Quantity,
    burdens: &[Burden],
    now: Timestamp,
    skip: &dyn Fn(BurdenId) -> bool,
) -> Quantity {
    balance.saturating_sub(used(burdens, now, skip))
}

/// Returns the overhang of every burden: what the balance lacks falls on the latest registered first.
pub fn overhangs(
    balance: Quantity,
    burdens: &[Burden],
    now: Timestamp,
) -> Vec<(BurdenId, Option<Overhang>)> {
    let counted: Vec<Taken<'_>> = counting(burdens, now).collect();
    let hanging = Stacks::of(&counted).hanging(&counted, balance);
    let of_lines = counted.iter().zip(hanging).rev();
    of_lines
        .filter(|(taken, _)| !taken.id.is_freeze())
        .map(|(taken, part)| {
            (
                taken.id,
                (!part.is_zero()).then_some(Overhang::Amount(part)),
            )
        })
        .collect()
}

fn counting(burdens: &[Burden], now: Timestamp) -> impl DoubleEndedIterator<Item = Taken<'_>> {
    burdens
        .iter()
        .filter(move |burden| burden.counts_at(now))
        .filter_map(|burden| match burden.extent {
            Extent::Stock(quantity) => Some(Taken {
                id: burden.id,
                quantity,
                behind: &burden.behind,
            }),
            Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
        })
}

//! Model A: how much of a stock is free. `pledged + reserved + frozen <= balance` at every position of the log.

use crate::domain::right::{Burden, BurdenId, Extent, Overhang};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;

/// Returns what the counting burdens take together, without those that `skip` names.
pub fn used(burdens: &[Burden], now: Timestamp, skip: &dyn Fn(BurdenId) -> bool) -> Quantity {
    counting(burdens, now)
        .filter(|(id, _)| !skip(*id))
        .fold(Quantity::ZERO, |sum, (_, quantity)| {
            sum.saturating_add(quantity)
        })
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
    let mut lack = used(burdens, now, &|_| false).saturating_sub(balance);
    let mut result = Vec::new();
    let counted: Vec<(BurdenId, Quantity)> = counting(burdens, now).collect();
    for (id, quantity) in counted.into_iter().rev().filter(|(id, _)| !id.is_freeze()) {
        let part = lack.min(quantity);
        lack = lack.saturating_sub(part);
        result.push((id, (!part.is_zero()).then_some(Overhang::Amount(part))));
    }
    result
}

fn counting(
    burdens: &[Burden],
    now: Timestamp,
) -> impl DoubleEndedIterator<Item = (BurdenId, Quantity)> {
    burdens
        .iter()
        .filter(move |burden| burden.counts_at(now))
        .filter_map(|burden| match burden.extent {
            Extent::Stock(quantity) => Some((burden.id, quantity)),
            Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
        })
}

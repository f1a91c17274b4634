//! What the order behind a freeze says, and what of the freeze waits behind earlier ones.

use crate::domain::order::{Force, InForce, Order};
use crate::domain::policy::KindPolicy;
use crate::primitives::quantity::Quantity;
use crate::web::lang::Words;
use crate::web::show;

/// Returns what the record keeps of the order, a note each.
pub(crate) fn order_notes(order: &Order, policy: &KindPolicy, words: &Words) -> Vec<String> {
    let yuan = |sum: Quantity| show::yuan(sum, words.yuan);
    let mut notes: Vec<String> = order.number.iter().cloned().collect();
    if let Some(limit) = order.limit_cny {
        notes.push(format!("{}: {}", words.freeze_limit, yuan(limit)));
    }
    if let Some(price) = order.price_cny {
        notes.push(format!(
            "{}: {} / {}",
            words.freeze_price,
            yuan(price),
            policy.unit
        ));
    }
    if let Some((sold, proceeds)) = order.executed.zip(order.proceeds_cny) {
        let sold = show::amount(sold, policy.scale, &policy.unit);
        notes.push(format!(
            "{}: {sold}, {}",
            words.freeze_executed,
            yuan(proceeds)
        ));
    }
    notes
}

/// Returns a note that says what of a freeze waits; none where all of it is in force.
pub(crate) fn waiting_note(queued: &InForce, policy: &KindPolicy, words: &Words) -> Option<String> {
    let part = |part: &crate::domain::order::Part| {
        let days = part
            .days
            .map(|days| format!(", {}", show::days(days, words)));
        let waits = match part.force {
            Force::Amount { waits, .. } if waits.is_zero() => return None,
            Force::Amount { waits, .. } => show::amount(waits, policy.scale, &policy.unit),
            Force::Whole => return None,
            Force::Waits => words.whole.to_owned(),
        };
        Some(format!("{waits}{}", days.unwrap_or_default()))
    };
    let parts: Vec<String> = queued.parts.iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| format!("{}: {}", words.freeze_waits, parts.join("; ")))
}

//! What the verbs about freezes mean.
//!
//! | verb | words |
//! | --- | --- |
//! | `freeze NAME` | beside those of law 1: `order:` its number, `until:` day, the first one without it, `limit:` and `price:` yuan |
//! | `refreeze FREEZE` | `until:` day, `keeps:` the quantity that stays frozen, `limit:` yuan |
//! | `execute FREEZE` | `part:` what was sold, or none of ground; `proceeds:` yuan, `buyer:` |

use greenlien::domain::command::{Body, FreezeAct, RightAct};
use greenlien::domain::order::{Force, Part, Terms, in_force};
use greenlien::domain::right::Right;
use greenlien::primitives::time::Timestamp;

use super::paper::Paper;
use super::parser::{Words, day, quantity};
use super::players::{Names, document};

/// Reads what a step says of the order of a freeze.
pub(crate) fn terms(words: &mut Words) -> Terms {
    Terms {
        number: words.value("order"),
        until: words.value("until").as_deref().map(day),
        limit_cny: words.value("limit").as_deref().map(quantity),
        price_cny: words.value("price").as_deref().map(quantity),
    }
}

/// Writes the command of a step, where it is an act on a freeze.
pub(crate) fn write(verb: &str, name: &str, words: &mut Words, names: &Names) -> Option<Paper> {
    if !["refreeze", "execute"].contains(&verb) {
        return None;
    }
    let by = words.value("by").unwrap_or("registrar".to_owned());
    let (freeze, right) = names.freeze(name);
    let right = names.right(&words.value("right").or(right).unwrap()).0;
    let act = if verb == "refreeze" {
        FreezeAct::ChangeFreeze {
            right,
            freeze,
            until: words.value("until").as_deref().map(day),
            amount: words.amount_of("keeps"),
            limit_cny: words.value("limit").as_deref().map(quantity),
            document: document("renewal"),
        }
    } else {
        FreezeAct::ExecuteFreeze {
            right,
            freeze,
            amount: words.amount_of("part"),
            proceeds_cny: quantity(&words.value("proceeds").unwrap()),
            buyer: words.value("buyer").map(|buyer| names.party(&buyer)),
            document: document("sale"),
        }
    };
    Some(Paper::new(
        by,
        Body::OfRight(Box::new(RightAct::OfFreeze(act))),
    ))
}

/// What is in force of each freeze of a right: `F1=30000,F2=5000+25000` takes and waits, `F3=whole`, `F4=waits`; days apart
/// by `/`.
pub(crate) fn force_of(right: &Right, now: Timestamp) -> Vec<String> {
    let words = |part: &Part| match part.force {
        Force::Amount { takes, waits } if waits.is_zero() => takes.to_string(),
        Force::Amount { takes, waits } => format!("{takes}+{waits}"),
        Force::Whole => "whole".to_owned(),
        Force::Waits => "waits".to_owned(),
    };
    let queue = in_force(right, now);
    let line = |parts: &[Part]| parts.iter().map(words).collect::<Vec<_>>().join("/");
    queue
        .iter()
        .map(|queued| format!("{}={}", queued.freeze, line(&queued.parts)))
        .collect()
}

//! How much of a flow is not burdened, in one sentence however many burdens cut its days.

use crate::documents::certificate::sentences::{Sentence, days};
use crate::domain::flow::Segment;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;

/// Periods of a flow that are named one by one in the sentence; of more, the least and the most.
const FLOW_PARTS: usize = 2;

/// Parts of a flow with as much free on each as on the one before are one to a reader.
fn joined(parts: &[Segment]) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::new();
    for part in parts {
        let before = joined.last_mut();
        let before = before.filter(|it| it.free == part.free && it.span.to() == part.span.from());
        let both = before.and_then(|it| Some((Span::new(it.span.from(), part.span.to())?, it)));
        match both {
            Some((span, it)) => it.span = span,
            None => joined.push(*part),
        }
    }
    joined
}

/// How much of a flow is not burdened, and when.
pub(super) fn free_flow(parts: &[Segment], amount: &dyn Fn(Quantity) -> String) -> Sentence {
    let parts = &joined(parts);
    if parts.len() > FLOW_PARTS {
        let least = parts.iter().min_by_key(|part| part.free);
        // Of several periods with as much, the first is named.
        let most = parts.iter().rev().max_by_key(|part| part.free);
        let (Some(first), Some(least), Some(most)) = (parts.first(), least, most) else {
            return Sentence::new("", "");
        };
        let told = |part: &Segment| {
            let (much, span) = (amount(part.free), days(part.span));
            Sentence::new(
                format!("{much} ({})", span.zh),
                format!("{much} ({})", span.en),
            )
        };
        let (first, least, most) = (told(first), told(least), told(most));
        return Sentence::new(
            format!(
                "本登记系统内未登记负担的数量随期间不同: 先为 {}; 最少 {}, 最多 {}。",
                first.zh, least.zh, most.zh
            ),
            format!(
                " Not burdened in this register, by period: first {}; at least {}, at most {}.",
                first.en, least.en, most.en
            ),
        );
    }
    let zh: Vec<String> = parts
        .iter()
        .map(|part| format!("{} ({})", amount(part.free), days(part.span).zh))
        .collect();
    let en: Vec<String> = parts
        .iter()
        .map(|part| format!("{} ({})", amount(part.free), days(part.span).en))
        .collect();
    Sentence::new(
        format!("本登记系统内未登记负担的数量: {}。", zh.join("; ")),
        format!(" Not burdened in this register: {}.", en.join("; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::quantity::Scale;

    fn said(parts: &[(i32, i32, &str)]) -> String {
        let part = |(first, last, free): &(i32, i32, &str)| Segment {
            span: Span::of_years(*first, *last).unwrap(),
            free: Quantity::parse(free, Scale::MAX).unwrap(),
            lack: Quantity::ZERO,
        };
        let parts: Vec<Segment> = parts.iter().map(part).collect();
        free_flow(&parts, &|quantity| quantity.to_string()).zh
    }

    #[test]
    fn days_with_as_much_free_are_told_as_one() {
        let all = said(&[(2027, 2027, "0"), (2028, 2028, "0"), (2029, 2029, "0")]);
        assert_eq!(all, said(&[(2027, 2029, "0")]));
        assert!(!all.contains("最少"), "{all}");
        let apart = said(&[(2027, 2027, "0"), (2029, 2029, "0")]);
        assert!(apart.contains("2027") && apart.contains("; "), "{apart}");
        let many = said(&[(2027, 2027, "3"), (2028, 2028, "1"), (2029, 2029, "2")]);
        assert!(
            many.contains("先为 3 (2027")
                && many.contains("最少 1 (2028")
                && many.contains("最多 3 (2027"),
            "{many}"
        );
    }
}

//! What rights are drawn from: a site and its pollutant, an account and its vintage. On no day do two rights draw on one source,
//! unless the issuer of the later one says that it is additional.

use crate::domain::rules::Case;
use crate::primitives::id::RightId;
use crate::primitives::time::Span;

/// Returns the rights that draw on a source on some of these days, with the days for which they do.
///
/// Under law 2 a right that another one succeeds, or the days that its authority revoked, draw on nothing. A right whose record
/// was not looked at, because a source has too many, counts with all its days.
pub(super) fn drawn(
    case: &Case<'_>,
    source: &str,
    days: Span,
    passed: &dyn Fn(RightId) -> bool,
) -> Vec<(RightId, Span)> {
    let draws = |(id, span): &(RightId, Span)| {
        let right = case.facts.right(*id);
        let right = right.filter(|_| case.law.frees_sources());
        let live = match right {
            Some(right) if right.succeeded_by.is_some() => None,
            Some(right) => right.live_span(),
            None => Some(*span),
        };
        let common = live.and_then(|live| live.intersection(days))?;
        (!passed(*id)).then_some((*id, common))
    };
    case.facts.source(source).iter().filter_map(draws).collect()
}

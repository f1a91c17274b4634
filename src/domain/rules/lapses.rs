//! Lines that end by themselves with the term of their claim, where the policy of the kind says so (law 2).
//!
//! The line carries its end from its registration on, so that a later policy changes nothing of it, and its burden carries the
//! same. Nothing is written on that day: from then on neither counts.

use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::domain::right::BurdenId;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::time::{Span, Timestamp};

/// Returns when a line lapses that is registered under a policy for a claim of this term: with the first instant after the term,
/// where the policy ends it so. A claim without a term has no end that a line could go by.
pub(crate) fn end_under(policy: &KindPolicy, term: Option<Span>) -> Option<Timestamp> {
    let term = term.filter(|_| policy.switches.lapses)?;
    Some(end_of(term))
}

/// Returns the first instant after a term.
pub(crate) fn end_of(term: Span) -> Timestamp {
    term.to().begins()
}

/// Returns when a line lapses that is registered now, and finds that it would at once.
pub(super) fn judge(
    case: &Case<'_>,
    line: (u16, RightId),
    policy: &KindPolicy,
    term: Option<Span>,
    found: &mut Findings,
) -> Option<Timestamp> {
    let expires = end_under(policy, term);
    check(case, line, expires, found);
    expires
}

/// A line that would lapse before it stands secures nothing.
fn check(
    case: &Case<'_>,
    (number, right): (u16, RightId),
    expires: Option<Timestamp>,
    found: &mut Findings,
) {
    if expires.is_some_and(|expires| expires <= case.stamp.time) {
        found.add(Finding::of(Code::SpanPast).on_line(number).with(right));
    }
}

/// Says whether a later term moves the end of lines: they need an event that has room for it.
pub(super) fn are_moved(case: &Case<'_>, id: PledgeId, term: Option<Span>) -> bool {
    let pledge = case.facts.pledge(id).filter(|_| term.is_some());
    let lines = pledge.map_or(&[][..], |pledge| &pledge.lines);
    let mut lapsing = lines.iter().filter(|line| line.expires.is_some());
    lapsing.any(|line| line.is_open_at(case.stamp.time))
}

/// Says whether a new term ends before the one that a claim has.
pub(crate) fn is_cut_short(had: Option<Span>, term: Option<Span>) -> bool {
    had.zip(term)
        .is_some_and(|(had, term)| term.to() < had.to())
}

/// A claim is extended, never cut short: a line would end by that with its term, and whoever shares the claim with it.
pub(super) fn check_later(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    term: Option<Span>,
    found: &mut Findings,
) {
    if case.law.has_acts() && is_cut_short(pledge.term, term) {
        let mut finding = Finding::of(Code::NotLonger).with(id);
        finding.at = pledge.term.map(Span::to);
        found.add(finding);
    }
}

/// Lets the lines of a pledge that have not lapsed yet lapse with another term, in the pledge and on their rights.
pub(super) fn move_all(
    case: &Case<'_>,
    id: PledgeId,
    term: Span,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let (now, end) = (case.stamp.time, end_of(term));
    let lines = draft.pledge(id).map(|pledge| pledge.lines.iter_mut());
    let mut moved: Vec<(u16, RightId)> = Vec::new();
    for (number, line) in (0_u16..).zip(lines.into_iter().flatten()) {
        if line.is_open_at(now) && line.expires.is_some_and(|expires| expires != end) {
            line.expires = Some(end);
            moved.push((number, line.right));
        }
    }
    for (number, right) in moved {
        check(case, (number, right), Some(end), found);
        let name = BurdenId::Line(id, number);
        let burdens = draft.right(right).map(|right| right.burdens.iter_mut());
        let mut own = burdens.into_iter().flatten();
        if let Some(burden) = own.find(|burden| burden.id == name) {
            burden.expires = Some(end);
        }
    }
}

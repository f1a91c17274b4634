//! May a line stand behind others? Ranks are open where the policy cites a law for them; the named lines must be one whole
//! stack, so that on every day its lines are a chain.

use crate::domain::authority::ranks::{form_of, is_asked, placed, pledgee_of};
use crate::domain::finding::{Code, Finding};
use crate::domain::policy::{KindPolicy, SecondRank};
use crate::domain::right::{Burden, BurdenId, Extent, Right};
use crate::domain::rules::{Case, Findings};
use crate::domain::stack::related;
use crate::primitives::id::PledgeId;
use crate::primitives::time::{Span, Timestamp};

/// A place that a new line asks for.
pub(super) struct Place<'a> {
    /// The number of the line.
    pub(super) number: u16,
    /// The right, with the burdens that earlier lines of the same command would add.
    pub(super) right: &'a Right,
    /// The rules of its kind.
    pub(super) policy: &'a KindPolicy,
    /// What the line asks for.
    pub(super) extent: Extent,
    /// The burdens it wants to stand behind.
    pub(super) behind: &'a [BurdenId],
    /// Burdens that go with the command: a reservation that it takes over.
    pub(super) skip: &'a dyn Fn(BurdenId) -> bool,
}

/// Judges a place; returns the burdens whose room the line may share, which are then not in its way.
pub(super) fn judge(case: &Case<'_>, place: &Place<'_>, found: &mut Findings) -> Vec<BurdenId> {
    if place.behind.is_empty() {
        return Vec::new();
    }
    if !are_open(case, place.policy) {
        let mut finding = Finding::of(Code::SecondRank).on_line(place.number);
        if case.law.names_every_record() {
            finding.conflicts = place.behind.iter().map(ToString::to_string).collect();
        }
        found.add(finding);
        return Vec::new();
    }
    check_own(case, place, found);
    let seniors = seniors(case, place, found);
    check_whole(place, &seniors, case.stamp.time, found);
    check_caps(case, place, found);
    // A second rank that nobody has let in is a double pledge like every other.
    let needed = placed(case.command, case.facts);
    let body = &case.command.body;
    let has_let_in = |burden: &BurdenId| {
        let is_asked = is_asked(
            case.law,
            *burden,
            body,
            place.policy,
            case.facts,
            case.stamp,
        );
        if !is_asked || !needed.iter().any(|(_, behind)| behind.contains(burden)) {
            return true;
        }
        pledgee_of(*burden, case.facts, case.stamp)
            .is_none_or(|pledgee| pledgee == case.command.org || case.has_signed(pledgee))
    };
    if !place.behind.iter().all(has_let_in) {
        return Vec::new();
    }
    place.behind.to_vec()
}

/// One claim has one place in a stack: a line behind another of its own pledge would secure the same units twice, and a reservation
/// that one line takes over would let a second one in.
fn check_own(case: &Case<'_>, place: &Place<'_>, found: &mut Findings) {
    let pledge = case.command.body.pledge();
    let pledge = pledge.unwrap_or(PledgeId(case.stamp.index));
    let mut behind = place.behind.iter();
    if let Some(own) = behind.find(|burden| burden.pledge() == Some(pledge)) {
        let finding = Finding::of(Code::NotApplicable).on_line(place.number);
        found.add(finding.with(own));
    }
}

/// Says whether the rules of a kind let the command stand behind others.
pub(super) fn are_open(case: &Case<'_>, policy: &KindPolicy) -> bool {
    let form = form_of(&case.command.body, policy, case.facts);
    let rule = form.and_then(|form| policy.second_rank(form));
    match rule.filter(|_| case.law.opens_ranks()) {
        None | Some(SecondRank::Exclusive) => false,
        Some(SecondRank::Ranked | SecondRank::RankedWithConsent) => true,
    }
}

/// The named burdens that stand there and share a day with the line.
fn seniors<'p>(case: &Case<'_>, place: &'p Place<'_>, found: &mut Findings) -> Vec<&'p Burden> {
    let mut seniors = Vec::new();
    for id in place.behind {
        let burden = place.right.burden(*id).filter(|burden| {
            id.pledge().is_some()
                && burden.counts_at(case.stamp.time)
                && common(place.extent, burden.extent, place.right, case.stamp.time).is_some()
        });
        match burden {
            Some(burden) => seniors.push(burden),
            None => found.add(
                Finding::of(Code::SeniorUnknown)
                    .on_line(place.number)
                    .with(id),
            ),
        }
    }
    seniors
}

/// Nobody is passed over: whoever shares the room of a named line on a day of the new line is named too, and of two named
/// lines with a common day one stands behind the other.
fn check_whole(place: &Place<'_>, seniors: &[&Burden], now: Timestamp, found: &mut Findings) {
    let meet = |a: &Burden, b: &Burden| {
        let both = common(a.extent, b.extent, place.right, now);
        let asked = days(place.extent, place.right, now);
        both.zip(asked)
            .is_some_and(|(both, asked)| both.intersection(asked).is_some())
    };
    let mut conflicts: Vec<BurdenId> = Vec::new();
    for burden in &place.right.burdens {
        let counts = burden.counts_at(now) && !(place.skip)(burden.id);
        let is_named = place.behind.contains(&burden.id);
        let shares = |senior: &&&Burden| related(burden, senior) && meet(burden, senior);
        if counts && !is_named && seniors.iter().any(|senior| shares(&senior)) {
            conflicts.push(burden.id);
        }
    }
    for (nth, senior) in seniors.iter().enumerate() {
        let apart = |other: &&&Burden| meet(senior, other) && !related(senior, other);
        conflicts.extend(
            seniors
                .iter()
                .skip(nth + 1)
                .filter(apart)
                .map(|other| other.id),
        );
    }
    if !conflicts.is_empty() {
        conflicts.sort_unstable();
        conflicts.dedup();
        let mut finding = Finding::of(Code::StackIncomplete).on_line(place.number);
        finding.conflicts = conflicts.iter().take(16).map(ToString::to_string).collect();
        found.add(finding);
    }
}

/// Whoever stands behind must be able to know how much goes before.
fn check_caps(case: &Case<'_>, place: &Place<'_>, found: &mut Findings) {
    for pledge in place.behind.iter().filter_map(|burden| burden.pledge()) {
        let known = case.facts.pledge(pledge);
        if known.is_some_and(|pledge| pledge.more.caps.is_empty()) {
            found.add(
                Finding::of(Code::CapMissing)
                    .on_line(place.number)
                    .with(pledge),
            );
        }
    }
}

/// The days on which an extent takes something; all days of the right where it takes the same on every day.
fn days(extent: Extent, right: &Right, now: Timestamp) -> Option<Span> {
    match extent {
        Extent::Flow(_, span) => span.since(now.day()),
        Extent::Years(span) => Some(span),
        Extent::Stock(_) | Extent::Whole => Some(right.span),
    }
}

/// The days that two extents on one right have in common.
pub(super) fn common(a: Extent, b: Extent, right: &Right, now: Timestamp) -> Option<Span> {
    days(a, right, now)?.intersection(days(b, right, now)?)
}

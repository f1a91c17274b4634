//! One line of a pledge or a reservation against one right: every check of models A, B and C.

use std::collections::BTreeSet;

use crate::domain::command::ExtentRequest;
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::flow::{Flow, Segment, least_free};
use crate::domain::land;
use crate::domain::policy::{ExtentRule, KindPolicy, Model, Strictness};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, GroundOf, Right};
use crate::domain::rules::near;
use crate::domain::rules::places::is_full;
use crate::domain::rules::{Case, Findings};
use crate::domain::stock;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// At most this many conflicting records are named in one finding, so that an entry stays small.
pub(super) const CONFLICTS_SHOWN_MAX: usize = 16;

/// A line that is to be judged.
pub(super) struct Wish<'a> {
    /// The number of the line.
    pub(super) number: u16,
    /// The id of the right.
    pub(super) id: RightId,
    /// The right, with the burdens that earlier lines of the same command would add.
    pub(super) right: &'a Right,
    /// The rules of its kind.
    pub(super) policy: &'a KindPolicy,
    /// What the line asks for.
    pub(super) extent: Extent,
    /// Burdens that do not stand in the way: the line's own former self, a reservation it takes over, or those it stands behind.
    pub(super) skip: &'a dyn Fn(BurdenId) -> bool,
    /// How many others it stands behind.
    pub(super) behind: usize,
    /// Burdens whose places it takes: its own former self, or a reservation that becomes it.
    pub(super) replaces: &'a dyn Fn(BurdenId) -> bool,
}

/// Turns the members of a request into an extent, as the kind's rule says.
pub(super) fn extent_of(
    request: &ExtentRequest,
    right: &Right,
    policy: &KindPolicy,
) -> Result<Extent, Code> {
    let amount = |request: &ExtentRequest| {
        request
            .amount
            .as_ref()
            .map(|(quantity, _)| *quantity)
            .ok_or(Code::UnitMismatch)
    };
    match (policy.extent, policy.model, &right.capacity) {
        (ExtentRule::Amount, Model::Stock, Capacity::Stock(_)) => {
            amount(request).map(Extent::Stock)
        }
        (ExtentRule::Amount, Model::Flow, Capacity::Flow(_)) => {
            let span = request.span.ok_or(Code::SpanRequired)?;
            amount(request).map(|quantity| Extent::Flow(quantity, span))
        }
        (ExtentRule::Whole, Model::Land, Capacity::Land { .. }) => Ok(Extent::Whole),
        (ExtentRule::Years, Model::Land, Capacity::Land { .. }) => {
            let (first, last) = request.years.ok_or(Code::SpanRequired)?;
            Span::of_years(first, last)
                .map(Extent::Years)
                .ok_or(Code::SpanRequired)
        }
        (ExtentRule::Amount | ExtentRule::Whole | ExtentRule::Years, _, _) => {
            Err(Code::NotApplicable)
        }
    }
}

/// Checks whether the right may be encumbered at all.
pub(super) fn check_right(
    case: &Case<'_>,
    wish: &Wish<'_>,
    pledgor: PartyId,
    found: &mut Findings,
) {
    let right = wish.right;
    let mut note = |code| found.add(Finding::of(code).on_line(wish.number).with(wish.id));
    if case.acting(right.holder) != case.acting(pledgor) {
        note(Code::NotTheHolder);
    }
    if wish.policy.bars_class(right.class.as_deref()) {
        note(Code::NotPledgeable);
    }
    for barred in wish.policy.switches.barred(right) {
        note(barred.code);
    }
    if right.span.to() <= case.stamp.time.day() {
        note(Code::RightOutsideTime);
    }
    let is_of_days = matches!(wish.extent, Extent::Flow(..) | Extent::Years(_));
    if !is_of_days && case.law.has_acts() && case.stamp.time.day() < right.span.from() {
        let mut finding = Finding::of(Code::NotBegun)
            .on_line(wish.number)
            .with(wish.id);
        finding.at = Some(right.span.from());
        found.add(finding);
    }
    let mut note = |code| found.add(Finding::of(code).on_line(wish.number).with(wish.id));
    if right.revoked_from.is_some() {
        note(Code::RightRevoked);
    }
    if right.succeeded_by.is_some() {
        note(Code::Succeeded);
    }
    if right.is_disputed() {
        found.add(near::refusal_of_disputed(case, wish));
    }
    let mut note = |code| found.add(Finding::of(code).on_line(wish.number).with(wish.id));
    if has_unknown_ground(case, right) {
        note(Code::GroundUnknownPledge);
    }
    // Lines whose days are over no longer take room, and authorities keep room for their orders.
    if is_full(case, right, wish.behind, wish.replaces) {
        note(Code::TooManyBurdens);
    }
    if case.law.looks_beneath() {
        note_short_ground(case, wish, found);
    }
    near::check_other_layers(case, wish, found);
}

/// Parcels that a right draws on and that end, or were revoked, before the line does: from then on nothing grows for it.
fn note_short_ground(case: &Case<'_>, wish: &Wish<'_>, found: &mut Findings) {
    let (
        Capacity::Land {
            ground: GroundOf::Units(named),
            ..
        },
        Some(days),
    ) = (
        &wish.right.capacity,
        land::days_of(wish.extent, wish.right.span),
    )
    else {
        return;
    };
    let ends = |parcel: &RightId| {
        let right = case.facts.right(*parcel);
        right.is_some_and(|right| land::end_of(right) < days.to())
    };
    let short: BTreeSet<RightId> = named
        .iter()
        .map(|parcel| parcel.right)
        .filter(ends)
        .collect();
    if !short.is_empty() {
        let mut finding = Finding::of(Code::LandTermShort).on_line(wish.number);
        finding.conflicts = shown(short.iter().map(ToString::to_string));
        found.add(finding);
    }
}

/// Says whether nobody knows where the right lies, or where one of its parcels does.
fn has_unknown_ground(case: &Case<'_>, right: &Right) -> bool {
    match &right.capacity {
        Capacity::Land {
            ground: GroundOf::Unknown,
            ..
        } => true,
        Capacity::Land {
            ground: GroundOf::Units(named),
            ..
        } if case.law.looks_at_each_parcel() => named
            .iter()
            .filter_map(|parcel| case.facts.right(parcel.right))
            .any(|right| land::own_parcel(right).is_none()),
        Capacity::Land {
            ground: GroundOf::Polygon(_) | GroundOf::Units(_),
            ..
        }
        | Capacity::Stock(_)
        | Capacity::Flow(_) => false,
    }
}

/// Checks the quantity and the days that a line asks for, and what is free of them.
pub(super) fn check_extent(case: &Case<'_>, wish: &Wish<'_>, found: &mut Findings) {
    let quantity = match wish.extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
        Extent::Whole | Extent::Years(_) => None,
    };
    if quantity.is_some_and(Quantity::is_zero) {
        found.add(Finding::of(Code::ZeroQuantity).on_line(wish.number));
        return;
    }
    let too_much = quantity.is_some_and(|quantity| quantity > wish.right.most());
    if too_much {
        exceeds(case, wish, Quantity::ZERO, found);
    }
    let reach = check_days(case, wish, found);
    // What a revocation took away was pledged to nobody; it must not be called a double pledge.
    if too_much || wish.right.revoked_from.is_some() {
        return;
    }
    match reach {
        Reach::Within => check_capacity(case, wish, found),
        Reach::Cut(days) => check_capacity(case, &on_days(wish, days), found),
        Reach::Outside => {}
    }
}

/// Whether the days of a line are days of its right.
enum Reach {
    /// All of them are.
    Within,
    /// These are, and on none of them there is room: what is in the way is told beside the days that are not.
    Cut(Span),
    /// They are out of the question.
    Outside,
}

/// Adds the finding that a line asks, beside what it has already, for more than the right ever has.
pub(super) fn exceeds(case: &Case<'_>, wish: &Wish<'_>, present: Quantity, found: &mut Findings) {
    let mut finding = Finding::of(Code::ExceedsRight)
        .on_line(wish.number)
        .with(wish.id);
    let free = still_free(wish, case.stamp.time).filter(|_| case.law.offers_remainders());
    let quantity = free.map_or(wish.right.most(), |free| free.saturating_add(present));
    finding.alternative = Some(Alternative {
        quantity: Some(quantity),
        ..Alternative::default()
    });
    found.add(finding);
}

/// Returns what a line that asks for too much could still get, on those of its days that the right has.
fn still_free(wish: &Wish<'_>, now: Timestamp) -> Option<Quantity> {
    let within = match wish.extent {
        Extent::Flow(_, span) | Extent::Years(span) => {
            let common = wish.right.span.intersection(span);
            on_days(wish, common.filter(|days| now.day() < days.to())?)
        }
        Extent::Stock(_) | Extent::Whole => Wish { ..*wish },
    };
    if wish.right.revoked_from.is_some() {
        return None;
    }
    let (_, short) = shortage(&within, now, wish.skip)?;
    short.alternative?.quantity
}

/// The same line on other days.
fn on_days<'a>(wish: &Wish<'a>, days: Span) -> Wish<'a> {
    let extent = match wish.extent {
        Extent::Flow(quantity, _) => Extent::Flow(quantity, days),
        Extent::Years(_) => Extent::Years(days),
        Extent::Stock(_) | Extent::Whole => wish.extent,
    };
    Wish { extent, ..*wish }
}

fn check_days(case: &Case<'_>, wish: &Wish<'_>, found: &mut Findings) -> Reach {
    let span = match wish.extent {
        Extent::Flow(_, span) | Extent::Years(span) => span,
        Extent::Stock(_) | Extent::Whole => return Reach::Within,
    };
    if span.to() <= case.stamp.time.day() {
        found.add(past(case, wish));
        return Reach::Outside;
    }
    let converted = wish.right.converted.iter();
    if let Some(gone) = converted.filter_map(|gone| gone.intersection(span)).min() {
        let mut finding = Finding::of(Code::BeyondRightEnd)
            .on_line(wish.number)
            .with(wish.id);
        finding.at = Some(gone.from());
        let common = wish.right.span.intersection(span).into_iter();
        let converted = wish.right.converted.iter().copied();
        let spans = common.flat_map(|common| land::without(common, converted.clone()));
        finding.alternative = Some(with_room(case, wish, spans.collect()));
        found.add(finding);
        return Reach::Outside;
    }
    if wish.right.span.covers(span) {
        return Reach::Within;
    }
    let mut finding = Finding::of(Code::BeyondRightEnd)
        .on_line(wish.number)
        .with(wish.id);
    finding.at = Some(if span.from() < wish.right.span.from() {
        span.from()
    } else {
        wish.right.span.to()
    });
    let common = wish.right.span.intersection(span);
    let alternative = with_room(case, wish, common.into_iter().collect());
    let to_come = common.filter(|days| case.stamp.time.day() < days.to());
    let reach = to_come
        .filter(|_| case.law.offers_remainders() && alternative.spans.is_empty())
        .map_or(Reach::Outside, Reach::Cut);
    finding.alternative = Some(alternative);
    found.add(finding);
    reach
}

/// The finding that all days of a line are over; the days to come that would do instead.
fn past(case: &Case<'_>, wish: &Wish<'_>) -> Finding {
    let mut finding = Finding::of(Code::SpanPast).on_line(wish.number);
    if case.law.offers_remainders() {
        let today = case.stamp.time.day();
        // Whole years are asked for, and the present one is not over.
        let from = match wish.extent {
            Extent::Years(_) => Day::of(today.date().0, 1, 1).unwrap_or(today),
            Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => today,
        };
        let left = wish.right.span.since(from);
        finding = finding.with(wish.id);
        finding.alternative = Some(with_room(case, wish, Vec::from_iter(left)));
    }
    finding
}

/// Of some days, those on which the line would have room, as spans that can be asked for instead. Law 1 did not look at the room.
fn with_room(case: &Case<'_>, wish: &Wish<'_>, days: Vec<Span>) -> Alternative {
    let now = case.stamp.time;
    let spans = if case.law.offers_remainders() {
        let room = days.into_iter().flat_map(|span| room_in(wish, span, now));
        room.filter(|span| now.day() < span.to()).collect()
    } else {
        days
    };
    Alternative {
        spans,
        ..Alternative::default()
    }
}

fn room_in(wish: &Wish<'_>, days: Span, now: Timestamp) -> Vec<Span> {
    match (wish.extent, &wish.right.capacity) {
        (Extent::Flow(asked, _), Capacity::Flow(steps)) => {
            let flow = Flow {
                steps,
                live: wish.right.live_span(),
                burdens: &wish.right.burdens,
                now,
            };
            // What is too much on every day is offered in part elsewhere; then the days are those of the most there is.
            let asked = asked.min(wish.right.most());
            let mut spans: Vec<Span> = Vec::new();
            for segment in flow.profile(days, wish.skip) {
                // Days before today take no room.
                let from = if spans.is_empty() && segment.span.from() == now.day() {
                    days.from()
                } else {
                    segment.span.from()
                };
                let span = Span::new(from, segment.span.to()).filter(|_| segment.free >= asked);
                match (spans.last_mut(), span) {
                    (Some(last), Some(span)) if last.to() == span.from() => {
                        *last = Span::new(last.from(), span.to()).unwrap_or(*last);
                    }
                    (_, span) => spans.extend(span),
                }
            }
            spans
        }
        (Extent::Years(_), Capacity::Land { .. }) => {
            land::free_spans(wish.right, days, now, wish.skip)
        }
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => Vec::new(),
    }
}

/// Checks what is free against what is asked; a refusal names the burdens in the way and the largest admissible.
fn check_capacity(case: &Case<'_>, wish: &Wish<'_>, found: &mut Findings) {
    let now = case.stamp.time;
    let Some((code, mut finding)) = shortage(wish, now, wish.skip) else {
        return;
    };
    finding.line = Some(wish.number);
    let named = in_the_way(wish, now).filter(|burden| has_a_name(case, wish.id, burden.id));
    finding.conflicts = shown(named.map(|burden| burden.id.to_string()));
    // Where nobody is in the way, the right itself has less on these days.
    if in_the_way(wish, now).next().is_none() && case.law.names_every_record() {
        finding = finding.with(wish.id);
    }
    let frozen = in_the_way(wish, now).any(|burden| burden.id.is_freeze());
    let without_freezes = |id: BurdenId| id.is_freeze() || (wish.skip)(id);
    if frozen && shortage(wish, now, &without_freezes).is_none() {
        let freezes = in_the_way(wish, now).filter(|burden| burden.id.is_freeze());
        let mut frozen_part = Finding::of(Code::FrozenPart).on_line(wish.number);
        frozen_part.conflicts = shown(freezes.map(|burden| burden.id.to_string()));
        found.add(frozen_part);
    }
    finding.code = code;
    found.add(finding);
}

/// Says whether a burden may be named in a finding: one that the refused command would have added never has an id.
fn has_a_name(case: &Case<'_>, on: RightId, burden: BurdenId) -> bool {
    let registered = || case.facts.right(on).and_then(|right| right.burden(burden));
    !case.law.names_registered_burdens_only() || registered().is_some()
}

fn shortage(
    wish: &Wish<'_>,
    now: Timestamp,
    skip: &dyn Fn(BurdenId) -> bool,
) -> Option<(Code, Finding)> {
    match (wish.extent, &wish.right.capacity) {
        (Extent::Stock(asked), Capacity::Stock(balance)) => {
            let free = stock::free(*balance, &wish.right.burdens, now, skip);
            let alternative = Alternative {
                quantity: Some(free),
                ..Alternative::default()
            };
            (asked > free).then(|| short(Code::DoublePledgeStock, alternative, None))
        }
        (Extent::Flow(asked, span), Capacity::Flow(steps)) => {
            let flow = Flow {
                steps,
                live: wish.right.live_span(),
                burdens: &wish.right.burdens,
                now,
            };
            let profile = flow.profile(span, skip);
            let free = least_free(&profile);
            let first = profile.iter().find(|segment| segment.free < asked)?;
            let alternative = Alternative {
                quantity: Some(free),
                segments: free_parts(&profile),
                spans: Vec::new(),
            };
            Some(short(
                Code::DoublePledgeFlow,
                alternative,
                Some(first.span.from()),
            ))
        }
        (Extent::Whole | Extent::Years(_), Capacity::Land { .. }) => {
            let taken = land::conflicts(wish.right, wish.extent, now, skip);
            if taken.is_empty() {
                return None;
            }
            let spans = match wish.extent {
                Extent::Years(_) => land::free_spans(wish.right, wish.right.span, now, skip),
                Extent::Whole | Extent::Stock(_) | Extent::Flow(..) => Vec::new(),
            };
            let spans = spans
                .into_iter()
                .filter_map(|span| span.since(now.day()))
                .collect();
            let alternative = Alternative {
                spans,
                ..Alternative::default()
            };
            Some(short(Code::DoublePledgeLand, alternative, None))
        }
        (Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => {
            Some(short(Code::NotApplicable, Alternative::default(), None))
        }
    }
}

/// What is free of each part of a profile; parts that differ only in what they lack are one.
fn free_parts(profile: &[Segment]) -> Vec<(Span, Quantity)> {
    let mut parts: Vec<(Span, Quantity)> = Vec::new();
    for segment in profile {
        match parts.last_mut() {
            Some((span, free)) if *free == segment.free => {
                *span = Span::new(span.from(), segment.span.to()).unwrap_or(*span);
            }
            Some(_) | None => parts.push((segment.span, segment.free)),
        }
    }
    parts
}

fn short(
    code: Code,
    alternative: Alternative,
    at: Option<crate::primitives::time::Day>,
) -> (Code, Finding) {
    let mut finding = Finding::of(code);
    finding.alternative = Some(alternative);
    finding.at = at;
    (code, finding)
}

/// The counting burdens that share what the line asks for.
fn in_the_way<'a>(wish: &'a Wish<'_>, now: Timestamp) -> impl Iterator<Item = &'a Burden> {
    let shares = move |burden: &&Burden| {
        let meets = match (wish.extent, burden.extent) {
            (Extent::Flow(_, asked), Extent::Flow(_, taken)) => taken
                .since(now.day())
                .is_some_and(|rest| rest.intersection(asked).is_some()),
            (Extent::Years(asked), Extent::Years(taken)) => asked.intersection(taken).is_some(),
            (Extent::Flow(..) | Extent::Stock(_) | Extent::Whole | Extent::Years(_), _) => true,
        };
        meets && burden.counts_at(now) && !(wish.skip)(burden.id)
    };
    wish.right.burdens.iter().filter(shares)
}

pub(super) fn shown(names: impl Iterator<Item = String>) -> Vec<String> {
    names.take(CONFLICTS_SHOWN_MAX).collect()
}

/// Checks the term of the claim against the end of the right: a refusal or a warning, as the kind's policy says.
pub(super) fn check_term(
    case: &Case<'_>,
    number: u16,
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    (term, since): (Option<Span>, Option<Day>),
    found: &mut Findings,
) {
    let Some(term) = term else { return };
    let first = since.map_or(term.from(), |since| since.min(term.from()));
    let longest = policy.longest_years.map(|years| first.plus_years(years));
    if let Some(end) = longest.filter(|end| *end < term.to()) {
        let mut finding = Finding::of(Code::TermTooLong).on_line(number).with(id);
        finding.at = Some(end);
        finding.alternative = Some(Alternative {
            spans: Span::new(first, end).into_iter().collect(),
            ..Alternative::default()
        });
        found.add(finding);
    }
    if term.to() <= right.span.to() {
        return;
    }
    let code = match policy.beyond_right_end {
        Strictness::Refuse => Code::BeyondRightEnd,
        Strictness::Warn => Code::MaturityAfterRight,
    };
    let mut finding = Finding::of(code).on_line(number).with(id);
    if code == Code::BeyondRightEnd && case.law.offers_remainders() {
        let days = Span::new(term.from(), right.span.to());
        finding.alternative = days.map(|days| Alternative {
            spans: vec![days],
            ..Alternative::default()
        });
    }
    found.add(finding);
}

//! What law 2 adds to a freeze: the number and term of its order, its limit in money, and its place behind earlier freezes.

use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::flow::{Flow, least_free};
use crate::domain::genesis::REGISTRAR;
use crate::domain::land::days_of;
use crate::domain::order::{Force, InForce, Part, Terms, in_force, quantity_for};
use crate::domain::party::Role;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::{Case, Findings};
use crate::domain::stock;
use crate::primitives::id::{FreezeId, PartyId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};

/// Returns the freeze of this id, while it stands.
pub(super) fn standing<'a>(
    case: &Case<'_>,
    right: &'a Right,
    freeze: FreezeId,
    found: &mut Findings,
) -> Option<&'a Burden> {
    let burden = right.burden(BurdenId::Freeze(freeze));
    let stands = burden.filter(|burden| burden.counts_at(case.stamp.time));
    if stands.is_none() {
        found.add(Finding::of(Code::FreezeUnknown).with(freeze));
    }
    stands
}

/// Who ordered a freeze changes and lifts it: the registrar enters what courts order, an authority acts for itself.
pub(super) fn check_power(case: &Case<'_>, right: &Right, burden: &Burden, found: &mut Findings) {
    let org = case.command.org;
    let keeper = |authority| case.keeping(authority, &right.kind);
    let authority = burden.authority.map(keeper);
    let by_issuer = authority == Some(org);
    if org != REGISTRAR && !by_issuer {
        found.add(Finding::of(Code::RoleLacksPower).with(org));
    }
    if org == REGISTRAR && !is_court(case, burden.authority) {
        found.add(Finding::of(Code::RoleLacksPower).with(org));
    }
}

fn is_court(case: &Case<'_>, authority: Option<PartyId>) -> bool {
    authority
        .and_then(|authority| case.facts.party(authority))
        .is_some_and(|party| party.has_role(Role::Court))
}

/// Checks the order of a freeze against its quantity.
pub(super) fn check_terms(
    case: &Case<'_>,
    terms: &Terms,
    extent: Extent,
    policy: &KindPolicy,
    found: &mut Findings,
) {
    if !terms.is_empty() && !case.law.has_acts() {
        found.code(Code::NotApplicable);
        return;
    }
    if terms
        .until
        .is_some_and(|until| until <= case.stamp.time.day())
    {
        found.code(Code::SpanPast);
    }
    // On days that are over nothing of a flow is left to freeze; years of ground may become units later.
    let is_over = match extent {
        Extent::Flow(_, days) => case.law.has_acts() && days.to() <= case.stamp.time.day(),
        Extent::Stock(_) | Extent::Whole | Extent::Years(_) => false,
    };
    if is_over {
        found.code(Code::SpanPast);
    }
    match extent {
        Extent::Stock(quantity) | Extent::Flow(quantity, _) => {
            check_limit(terms.limit_cny, terms.price_cny, quantity, policy, found);
        }
        // Ground is frozen as a whole: a limit is noted, and there are no units to price.
        Extent::Whole | Extent::Years(_) => {
            if terms.price_cny.is_some() {
                found.code(Code::NotApplicable);
            }
        }
    }
}

/// Limit and price stand together, and the quantity is the one that follows.
pub(super) fn check_limit(
    limit_cny: Option<Quantity>,
    price_cny: Option<Quantity>,
    quantity: Quantity,
    policy: &KindPolicy,
    found: &mut Findings,
) {
    let mut mismatch = Finding::of(Code::LimitMismatch);
    match (limit_cny, price_cny) {
        (None, None) => return,
        (Some(limit), Some(price)) => {
            let follows = quantity_for(limit, price, policy.scale);
            if follows == Some(quantity) {
                return;
            }
            mismatch.alternative = follows.map(|quantity| Alternative {
                quantity: Some(quantity),
                ..Alternative::default()
            });
        }
        (Some(_), None) | (None, Some(_)) => {}
    }
    found.add(mismatch);
}

/// Notes what of a freeze waits behind earlier ones, and offers what is in force at once.
pub(super) fn note_waiting(case: &Case<'_>, right: &Right, burden: &Burden, found: &mut Findings) {
    if !case.law.has_acts() {
        return;
    }
    let mut after = right.clone();
    after.burdens.push(burden.clone());
    let Some(queued) = in_force(&after, case.stamp.time).pop() else {
        return;
    };
    if !queued.waits() {
        return;
    }
    let mut finding = Finding::of(Code::Waiting);
    for earlier in queued.behind.iter().take(super::lines::CONFLICTS_SHOWN_MAX) {
        finding = finding.with(earlier);
    }
    let first = queued.parts.iter().find(|part| part.force.waits());
    finding.at = first.and_then(|part| part.days).map(Span::from);
    finding.alternative = at_once(&queued).map(|quantity| Alternative {
        quantity: Some(quantity),
        ..Alternative::default()
    });
    found.add(finding);
}

/// The least of any day that is in force at once. A warning has no room for the days one by one: an entry is not so deep.
fn at_once(queued: &InForce) -> Option<Quantity> {
    let amount = |part: &Part| match part.force {
        Force::Amount { takes, .. } => Some(takes),
        Force::Whole | Force::Waits => None,
    };
    queued.parts.iter().filter_map(amount).min()
}

/// Returns how much of a freeze can be sold on each day to come: what all that came before it leaves. Pledges among that are paid
/// first (民法典 410), so what they hold is sold as their collateral.
pub(super) fn most_to_sell(right: &Right, freeze: &Burden, now: Timestamp) -> Quantity {
    let before = right.burdens.iter();
    let before = before.take_while(|burden| burden.id != freeze.id);
    left_of(right, freeze, &before.cloned().collect::<Vec<_>>(), now)
}

/// Returns what of a line its pledgee and the pledgor may sell among themselves on each day to come: no more than the others leave,
/// those before it, which are paid first (民法典 414), and those after it that do not stand behind it. A freeze that came later is
/// none of them; what it reaches is not for sale anyway.
pub(crate) fn most_by_agreement(right: &Right, line: &Burden, now: Timestamp) -> Quantity {
    left_of(right, line, &beside(right, line), now)
}

/// Returns what of a line a court may sell: what is beneath it of what the lines and reservations before it leave, which are paid
/// first and sold as theirs. It may have frozen it before.
pub(crate) fn most_by_court(right: &Right, line: &Burden, now: Timestamp) -> Quantity {
    left_of(right, line, &ahead(right, line), now)
}

/// The lines and reservations before a line.
pub(super) fn ahead(right: &Right, line: &Burden) -> Vec<Burden> {
    let before = right.burdens.iter().take_while(|it| it.id != line.id);
    before.filter(|it| !it.id.is_freeze()).cloned().collect()
}

/// The burdens that a sale of a line by agreement leaves what they hold.
pub(super) fn beside(right: &Right, line: &Burden) -> Vec<Burden> {
    let place = right.burdens.iter().position(|it| it.id == line.id);
    let others = right.burdens.iter().enumerate();
    let stays = |(at, it): &(usize, &Burden)| {
        Some(*at) < place || !it.id.is_freeze() && !it.behind.contains(&line.id)
    };
    let others = others.filter(stays).map(|(_, it)| it.clone());
    others.filter(|it| it.id != line.id).collect()
}

/// What of a burden the others leave, the least of any day to come.
fn left_of(right: &Right, sold: &Burden, others: &[Burden], now: Timestamp) -> Quantity {
    match (&right.capacity, sold.extent) {
        (Capacity::Stock(balance), Extent::Stock(held)) => {
            let is_over = right.revoked_from.is_some_and(|from| from <= now.day());
            let there_is = if is_over { Quantity::ZERO } else { *balance };
            held.min(stock::free(there_is, others, now, &|_| false))
        }
        (Capacity::Flow(steps), Extent::Flow(held, days)) => {
            let flow = Flow {
                steps,
                live: right.live_span(),
                burdens: others,
                now,
            };
            held.min(least_free(&flow.profile(days, &|_| false)))
        }
        (Capacity::Stock(_) | Capacity::Flow(_) | Capacity::Land { .. }, _) => Quantity::ZERO,
    }
}

/// Returns what came before a freeze of ground and would lose by its sale: freezes for which it waits, and lines whose years leave.
pub(super) fn before_it(case: &Case<'_>, right: &Right, freeze: &Burden) -> Vec<BurdenId> {
    let now = case.stamp.time;
    let days = |burden: &Burden| days_of(burden.extent, right.span);
    let leaves = match freeze.extent {
        Extent::Years(years) => right.outlasts(years, now.day()),
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => false,
    };
    let before = right
        .burdens
        .iter()
        .take_while(|burden| burden.id != freeze.id);
    let loses = |burden: &&Burden| {
        let common = days(burden).zip(days(freeze));
        let shares = common.is_some_and(|(a, b)| a.intersection(b).is_some());
        burden.counts_at(now) && shares && (burden.id.is_freeze() || leaves)
    };
    before.filter(loses).map(|burden| burden.id).collect()
}

/// Adds the finding that an act asks for more of a freeze than there is.
pub(super) fn exceeds(id: RightId, most: Quantity, found: &mut Findings) {
    let mut finding = Finding::of(Code::ExceedsFreeze).with(id);
    finding.alternative = Some(Alternative {
        quantity: Some(most),
        ..Alternative::default()
    });
    found.add(finding);
}

//! The determination period of a maximum-amount pledge: the days in which secured claims may arise. Until the claims are
//! determined the parties may agree on a longer period and a higher cap, not to the harm of other creditors (民法典 422): whoever
//! stands behind the pledge consents to more days, and what is added to a cap is a tranche at its own position.

use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::{Maximum, Pledge};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PartyId, PledgeId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// Judges a longer period, and notes it.
pub(super) fn extend(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    period: Span,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    if !pledge.has_open_claims(case.stamp.time) {
        found.add(Finding::of(Code::NotOpenMaximum).with(id));
        return;
    }
    if !pledge.gets_longer(period) {
        let mut finding = Finding::of(Code::NotLonger).with(id);
        let present = pledge.more.maximum.map(|maximum| maximum.period.to());
        let ends_too_soon = present.filter(|present| period.to() <= *present);
        finding.at = ends_too_soon.map(Day::next);
        found.add(finding);
    }
    for junior in juniors(case, (id, pledge)) {
        let mut named = case.command.body.consenting().iter();
        if junior != case.command.org && !named.any(|party| case.acting(*party) == junior) {
            found.add(Finding::of(Code::MissingConsent).with(junior));
        }
    }
    if let Some(pledge) = draft.pledge(id) {
        pledge.more.maximum = Some(Maximum { period });
    }
}

/// Once the claims are determined, a higher cap could secure nothing but what arose too late.
pub(super) fn check_cap(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &Pledge),
    cap: Quantity,
    found: &mut Findings,
) {
    let is_raised = cap > pledge.cap().unwrap_or_default();
    let is_fixed = pledge.more.maximum.is_some() && !pledge.has_open_claims(case.stamp.time);
    if is_raised && is_fixed {
        found.add(Finding::of(Code::NotOpenMaximum).with(id));
    }
}

/// Who acts for the creditors of the lines and reservations behind a pledge, each once.
fn juniors(case: &Case<'_>, (id, pledge): (PledgeId, &Pledge)) -> Vec<PartyId> {
    let lines = pledge.lines.iter().filter(|line| !line.released);
    let rights = lines.filter_map(|line| case.facts.right(line.right));
    let behind = rights.flat_map(|right| right.behind(id, case.stamp.time));
    let mut parties: Vec<PartyId> = Vec::new();
    for burden in behind {
        let party = case.creditor(burden.id);
        parties.extend(party.filter(|party| !parties.contains(party)));
    }
    parties
}

//! `issue_right`: identities, source and succession; the ground of land is judged in `ground`.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::event::{Event, MovedLine};
use crate::domain::facts::{Owner, StateKey};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::land::{self, without};
use crate::domain::policy::{KindPolicy, Model};
use crate::domain::right::{Burden, Capacity, Right};
use crate::domain::rules::burdens::overhangs_of;
use crate::domain::rules::ground::{Ground, converted_of};
use crate::domain::rules::places::{is_crowded, of_ground};
use crate::domain::rules::source::drawn;
use crate::domain::rules::succession::{Footing, check_kept};
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::RightId;
use crate::primitives::identifier::UnitNumber;
use crate::primitives::limits;
use crate::primitives::time::Span;

pub(super) fn issue(case: &Case<'_>, issue: &IssueRight, found: &mut Findings) -> Option<Event> {
    let Some(policy) = case.facts.policy(&issue.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).with(&issue.kind));
        return None;
    };
    check_issuer(case, policy, found);
    if matches!(issue.ground, GroundRequest::Both(..)) && !case.law.compares_grounds() {
        found.code(Code::NotApplicable);
    }
    case.check_party(issue.holder, found);
    check_identities(case, issue, policy, found);
    check_quantity(issue, found);
    let source = issue
        .identities
        .first()
        .and_then(|first| policy.source_of(&first.value));
    check_source(case, issue, source.as_deref(), found);
    let inherited = inherit(case, issue, found);
    let converted = inherit_converted(case, issue, found);
    let ground = Ground::of(case, issue, policy, found);
    let adjudication = ground.disputed.then_some(issue.adjudication).flatten();
    let mut right = Right {
        kind: issue.kind.clone(),
        issuer: case.command.org,
        holder: issue.holder,
        acquired: None,
        identities: issue.identities.clone(),
        source,
        layer: policy.land.as_ref().map(|land| land.layer.clone()),
        span: issue.span,
        capacity: capacity(issue, policy, &ground),
        class: issue.class.clone(),
        attributes: issue.attributes.clone(),
        burdens: inherited.iter().map(|(_, burden)| burden.clone()).collect(),
        succeeds: issue.succeeds.clone(),
        succeeded_by: None,
        additional: issue.additional,
        adjudication,
        revoked_from: None,
        resolution: None,
        converted,
        uses: Vec::new(),
        verifications: Vec::new(),
    };
    check_fit(case, &right, found);
    let footing = Footing {
        source: right.source.as_deref(),
        ground: &ground.of,
    };
    check_kept(case, issue, policy, &footing, found);
    check_places(case, issue, &right, found);
    let overhangs: BTreeMap<_, _> = overhangs_of(&right, case.stamp.time).into_iter().collect();
    for burden in &mut right.burdens {
        burden.overhang = overhangs.get(&burden.id).copied().flatten();
    }
    let moved = inherited
        .iter()
        .map(|(from, b)| MovedLine {
            from: *from,
            burden: b.id,
        })
        .collect();
    (!found.refuses()).then(|| Event::RightIssued {
        right: RightId(case.stamp.index),
        record: Box::new(right),
        tolerated: ground.tolerated,
        moved,
    })
}

fn check_issuer(case: &Case<'_>, policy: &KindPolicy, found: &mut Findings) {
    if !case.may_issue(policy) {
        found.add(Finding::of(Code::NotTheIssuer).with(case.command.org));
    }
}

fn check_identities(
    case: &Case<'_>,
    issue: &IssueRight,
    policy: &KindPolicy,
    found: &mut Findings,
) {
    let mut seen = BTreeSet::new();
    for identity in &issue.identities {
        let key = StateKey::identity(identity);
        // What takes the place of a right may go on under its numbers.
        let is_handed_on = |owner: &Owner| {
            matches!(owner, Owner::Right(right) if issue.succeeds.contains(right))
                && case.law.hands_identities_on()
        };
        match case.facts.owner(&key).filter(|owner| !is_handed_on(owner)) {
            Some(Owner::Right(right)) => found.add(Finding::of(Code::DuplicateRight).with(right)),
            Some(Owner::Party(party)) => found.add(Finding::of(Code::DuplicateRight).with(party)),
            None if !seen.insert(identity) => found.code(Code::DuplicateRight),
            None => {}
        }
        let scheme = policy.identity_scheme(&identity.scheme);
        let regions = scheme.into_iter().flat_map(|scheme| {
            identity
                .value
                .split('|')
                .zip(&scheme.parts)
                .filter_map(|(part, _)| {
                    UnitNumber::parse(part)
                        .ok()
                        .map(|unit| unit.county().to_owned())
                })
        });
        if regions
            .into_iter()
            .any(|county| county != case.genesis.region)
        {
            found.add(Finding::of(Code::RegionMismatch).with(&identity.value));
        }
    }
}

fn check_quantity(issue: &IssueRight, found: &mut Findings) {
    let is_zero = match &issue.quantity {
        QuantityRequest::Level(quantity) => quantity.is_zero(),
        QuantityRequest::Steps(steps) => steps.iter().all(|(_, quantity)| quantity.is_zero()),
    };
    if is_zero {
        found.code(Code::ZeroQuantity);
    }
}

fn check_source(case: &Case<'_>, issue: &IssueRight, source: Option<&str>, found: &mut Findings) {
    let Some(source) = source else { return };
    let passed = |right: RightId| issue.succeeds.contains(&right);
    let others = drawn(case, source, issue.span, &passed);
    if let Some((right, _)) = others.first()
        && !issue.additional
    {
        let mut finding = Finding::of(Code::SourceDrawn).with(right);
        finding.alternative = case.law.offers_remainders().then(|| Alternative {
            spans: without(issue.span, others.iter().map(|(_, days)| *days)),
            ..Alternative::default()
        });
        found.add(finding);
    }
}

/// Burdens follow a renewal: every burden of every predecessor, in order of position.
fn inherit(case: &Case<'_>, issue: &IssueRight, found: &mut Findings) -> Vec<(RightId, Burden)> {
    let mut inherited = Vec::new();
    for id in &issue.succeeds {
        let Some(right) = case.facts.right(*id) else {
            found.add(Finding::of(Code::RightUnknown).with(id));
            continue;
        };
        if right.succeeded_by.is_some() {
            found.add(Finding::of(Code::Succeeded).with(id));
        }
        if !fits(case, issue, right) {
            found.add(Finding::of(Code::BadSuccession).with(id));
        }
        let standing = right
            .burdens
            .iter()
            .filter(|b| b.counts_at(case.stamp.time));
        // A line that was added to its pledge later stands behind those before it, whatever the number of the pledge.
        let mut least = 0;
        for burden in standing {
            least = burden.id.entry().max(least);
            inherited.push((least, *id, burden.clone()));
        }
    }
    inherited.sort_by_key(|(position, ..)| *position);
    let without = inherited.into_iter().map(|(_, id, burden)| (id, burden));
    without.collect()
}

/// Says whether a right may be succeeded by the new one, as far as kind, parties and revocation go.
pub(super) fn fits(case: &Case<'_>, issue: &IssueRight, right: &Right) -> bool {
    right.kind == issue.kind
        && case.acting(right.holder) == issue.holder
        && case.keeping(right.issuer, &right.kind) == case.command.org
        && right.revoked_from.is_none()
}

/// Years that have turned into units stay gone when another right takes the place of theirs.
fn inherit_converted(case: &Case<'_>, issue: &IssueRight, found: &mut Findings) -> Vec<Span> {
    let converted = converted_of(issue, case.facts);
    if converted.len() > limits::RIGHT_CONVERTED_MAX {
        found.code(Code::TooManyBurdens);
    }
    converted
}

/// Ground that was pledged to two creditors in two rights cannot be pledged to both in one.
fn check_fit(case: &Case<'_>, right: &Right, found: &mut Findings) {
    let collision = land::collision(&right.burdens, right.span);
    if let Some((earlier, later)) = collision
        && case.law.bars_lines_that_collide()
    {
        found.add(Finding::of(Code::BadSuccession).with(earlier).with(later));
    }
}

fn capacity(issue: &IssueRight, policy: &KindPolicy, ground: &Ground) -> Capacity {
    let level = match &issue.quantity {
        QuantityRequest::Level(quantity) => *quantity,
        QuantityRequest::Steps(steps) => steps
            .first()
            .map(|(_, quantity)| *quantity)
            .unwrap_or_default(),
    };
    match policy.model {
        Model::Stock => Capacity::Stock(level),
        Model::Flow => Capacity::Flow(match &issue.quantity {
            QuantityRequest::Level(quantity) => vec![(issue.span.from(), *quantity)],
            QuantityRequest::Steps(steps) => steps.clone(),
        }),
        Model::Land => Capacity::Land {
            ground: ground.of.clone(),
            measure: level,
            cells: ground.cells.clone(),
            tolerated_area2: ground.tolerated.iter().map(|overlap| overlap.area2).sum(),
        },
    }
}

/// What follows several rights has the places of one (802), and what gets larger ground those that it leaves (835).
fn check_places(case: &Case<'_>, issue: &IssueRight, right: &Right, found: &mut Findings) {
    let grows = || {
        let before = issue.succeeds.iter().filter_map(|id| case.facts.right(*id));
        before.map(of_ground).max() < Some(of_ground(right))
    };
    let is_more = issue.succeeds.len() > 1 || (issue.succeeds.len() == 1 && grows());
    let crowds = is_more && is_crowded(case, right);
    if crowds || right.burdens.len() > limits::RIGHT_ENCUMBRANCES_MAX {
        let full = Finding::of(Code::TooManyBurdens);
        found.add(issue.succeeds.iter().fold(full, Finding::with));
    }
}

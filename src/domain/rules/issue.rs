//! `issue_right`: identities, source, succession, and for land the ground and its neighbors.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use crate::domain::event::{Event, MovedLine, Tolerated};
use crate::domain::facts::{Owner, StateKey};
use crate::domain::finding::{Code, Finding};
use crate::domain::geometry::overlap::Grade;
use crate::domain::geometry::{GeometryFault, Parcel};
use crate::domain::land::{self, Overlap};
use crate::domain::needs::{named_identities, requested_cells};
use crate::domain::party::Role;
use crate::domain::policy::{KindPolicy, LandRules, Model};
use crate::domain::right::{Burden, Capacity, GroundOf, NamedParcel, Right};
use crate::domain::rules::burdens::overhangs_of;
use crate::domain::rules::{Case, Findings};
use crate::primitives::crypto::Hash;
use crate::primitives::id::RightId;
use crate::primitives::identifier::UnitNumber;
use crate::primitives::limits;

pub(super) fn issue(case: &Case<'_>, issue: &IssueRight, found: &mut Findings) -> Option<Event> {
    let Some(policy) = case.facts.policy(&issue.kind, case.stamp.time) else {
        found.add(Finding::of(Code::KindUnknown).with(&issue.kind));
        return None;
    };
    check_issuer(case, policy, found);
    case.check_party(issue.holder, found);
    check_identities(case, issue, policy, found);
    check_quantity(issue, found);
    let source = issue
        .identities
        .first()
        .and_then(|first| policy.source_of(&first.value));
    check_source(case, issue, source.as_deref(), found);
    let inherited = inherit(case, issue, found);
    let ground = Ground::of(case, issue, policy, found);
    let adjudication = ground.disputed.then_some(issue.adjudication).flatten();
    let mut right = Right {
        kind: issue.kind.clone(),
        issuer: case.command.org,
        holder: issue.holder,
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
        converted: Vec::new(),
    };
    if right.burdens.len() > limits::RIGHT_ENCUMBRANCES_MAX {
        found.code(Code::TooManyBurdens);
    }
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
    let competent = case.facts.party(case.command.org).is_some_and(|party| {
        party.has_role(Role::Authority) && party.duties.contains(&policy.issuer_duty)
    });
    if !competent {
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
        match case.facts.owner(&key) {
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
    let drawn = case.facts.source(source).iter().find(|(right, span)| {
        span.intersection(issue.span).is_some() && !issue.succeeds.contains(right)
    });
    if let Some((right, _)) = drawn
        && !issue.additional
    {
        found.add(Finding::of(Code::SourceDrawn).with(right));
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
        let fits = right.kind == issue.kind
            && case.acting(right.holder) == issue.holder
            && case.acting(right.issuer) == case.command.org;
        if !fits || right.revoked_from.is_some() {
            found.add(Finding::of(Code::BadSuccession).with(id));
        }
        let standing = right
            .burdens
            .iter()
            .filter(|b| b.counts_at(case.stamp.time));
        // A line that was added to its pledge later stands behind those before it, whatever the number of the pledge.
        let mut least = 0;
        for burden in standing {
            least = position(burden).max(least);
            inherited.push((least, *id, burden.clone()));
        }
    }
    inherited.sort_by_key(|(position, ..)| *position);
    let without = inherited.into_iter().map(|(_, id, burden)| (id, burden));
    without.collect()
}

/// The entry at which the record of a burden was registered; a line may have been added to it later.
fn position(burden: &Burden) -> u64 {
    match burden.id {
        crate::domain::right::BurdenId::Line(pledge, _) => pledge.0,
        crate::domain::right::BurdenId::Hold(reservation, _) => reservation.0,
        crate::domain::right::BurdenId::Freeze(freeze) => freeze.0,
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

/// The ground that a right is issued on, judged.
struct Ground {
    of: GroundOf,
    cells: Vec<crate::domain::geometry::grid::CellId>,
    tolerated: Vec<Tolerated>,
    /// An overlap above the tolerance stands under an adjudication.
    disputed: bool,
}

impl Ground {
    fn unknown() -> Self {
        Self {
            of: GroundOf::Unknown,
            cells: Vec::new(),
            tolerated: Vec::new(),
            disputed: false,
        }
    }

    fn of(case: &Case<'_>, issue: &IssueRight, policy: &KindPolicy, found: &mut Findings) -> Self {
        let Some(rules) = &policy.land else {
            return Self::unknown();
        };
        let of = match &issue.ground {
            GroundRequest::Absent => {
                found.code(Code::GroundUnknown);
                return Self::unknown();
            }
            GroundRequest::Polygon(parts) => match Parcel::new(parts.clone(), &case.genesis.county)
            {
                Ok(parcel) => GroundOf::Polygon(parcel),
                Err(fault) => {
                    found.code(code_of(&fault));
                    return Self::unknown();
                }
            },
            GroundRequest::Units(_) => named_ground(case, issue, policy, rules, found),
        };
        let cells = requested_cells(issue, policy, case.facts);
        let mut ground = Self {
            of,
            cells,
            tolerated: Vec::new(),
            disputed: false,
        };
        ground.judge(case, issue, rules, found);
        ground
    }

    /// Grades the ground against every neighbor of its layer with common days, and notes those of other layers.
    fn judge(
        &mut self,
        case: &Case<'_>,
        issue: &IssueRight,
        rules: &LandRules,
        found: &mut Findings,
    ) {
        let own = land::ground_parcels(&self.of, case.facts);
        let own_area2 = land::area2(&own);
        let (mut same_layer, mut other_layers) = (Vec::new(), Vec::new());
        for (id, layer, neighbor) in self.neighbors(case, issue, found) {
            let is_same = *layer == rules.layer;
            if !is_same && !rules.warn_layers.contains(layer) {
                continue;
            }
            match land::overlap_with(&own, id, neighbor, case.facts) {
                Ok(Some(overlap)) if is_same => same_layer.push(overlap),
                Ok(Some(overlap)) => other_layers.push(overlap.right),
                Ok(None) => {}
                Err(_) => found.add(Finding::of(Code::BadPolygon).with(id)),
            }
        }
        let (grave, tolerated) = grade(own_area2, &same_layer, rules, issue.adjudication, found);
        self.disputed = grave;
        self.tolerated = tolerated;
        if !other_layers.is_empty() {
            let mut finding = Finding::of(Code::OtherLayer);
            finding.conflicts = other_layers
                .iter()
                .take(16)
                .map(ToString::to_string)
                .collect();
            found.add(finding);
        }
    }

    fn neighbors<'a>(
        &self,
        case: &Case<'a>,
        issue: &IssueRight,
        found: &mut Findings,
    ) -> Vec<(RightId, &'a String, &'a Right)> {
        let mut seen = BTreeMap::new();
        for cell in &self.cells {
            seen.extend(
                case.facts
                    .cell(*cell)
                    .iter()
                    .map(|(id, layer)| (*id, layer)),
            );
        }
        if seen.len() > limits::NEIGHBORS_MAX {
            found.code(Code::TooManyNeighbors);
            return Vec::new();
        }
        let live = |(id, layer): (RightId, &'a String)| {
            let right = case.facts.right(id)?;
            let shares_days = right
                .live_span()
                .is_some_and(|days| days.intersection(issue.span).is_some());
            let stands = right.succeeded_by.is_none() && !issue.succeeds.contains(&id);
            (shares_days && stands).then_some((id, layer, right))
        };
        seen.into_iter().filter_map(live).collect()
    }
}

/// Returns whether the overlaps stand under an adjudication, and which slivers are tolerated.
fn grade(
    own_area2: i128,
    overlaps: &[Overlap],
    rules: &LandRules,
    adjudication: Option<Hash>,
    found: &mut Findings,
) -> (bool, Vec<Tolerated>) {
    if overlaps.is_empty() {
        return (false, Vec::new());
    }
    let share = overlaps
        .iter()
        .map(|overlap| overlap.share_ppm(own_area2))
        .max();
    let conflicts: Vec<String> = overlaps
        .iter()
        .take(16)
        .map(|overlap| overlap.right.to_string())
        .collect();
    let finding = |code| {
        let mut finding = Finding::of(code);
        finding.share_ppm = share;
        finding.conflicts.clone_from(&conflicts);
        finding
    };
    match land::gravest(own_area2, overlaps, rules.tolerance_ppm) {
        Grade::None => (false, Vec::new()),
        Grade::Sliver => {
            found.add(finding(Code::Sliver));
            let tolerated = |overlap: &Overlap| Tolerated {
                right: overlap.right,
                area2: overlap.area2_ceil(),
            };
            (false, overlaps.iter().map(tolerated).collect())
        }
        Grade::Material | Grade::Full if adjudication.is_some() => (true, Vec::new()),
        Grade::Material | Grade::Full => {
            let code = Code::from_number(rules.overlap_finding).unwrap_or(Code::ParcelOverlap);
            found.add(finding(code));
            (false, Vec::new())
        }
    }
}

fn named_ground(
    case: &Case<'_>,
    issue: &IssueRight,
    policy: &KindPolicy,
    rules: &LandRules,
    found: &mut Findings,
) -> GroundOf {
    let mut named = Vec::new();
    for identity in named_identities(issue, policy) {
        let owner = case.facts.owner(&StateKey::identity(&identity));
        let Some(Owner::Right(id)) = owner else {
            found.add(Finding::of(Code::RightUnknown).with(&identity.value));
            continue;
        };
        let Some(right) = case.facts.right(id) else {
            continue;
        };
        if land::own_parcel(right).is_none() {
            found.add(Finding::of(Code::GroundUnknown).with(id));
        }
        if right.span.to() < issue.span.to() {
            found.add(Finding::of(Code::LandTermShort).with(id));
        }
        if right
            .class
            .as_ref()
            .is_some_and(|class| rules.warn_ground_classes.contains(class))
        {
            found.add(Finding::of(Code::GroundBarredClass).with(id));
        }
        named.push(NamedParcel {
            unit: identity.value,
            right: id,
        });
    }
    GroundOf::Units(named)
}

fn code_of(fault: &GeometryFault) -> Code {
    if matches!(fault, GeometryFault::OutsideCounty { .. }) {
        Code::OutsideCounty
    } else {
        Code::BadPolygon
    }
}

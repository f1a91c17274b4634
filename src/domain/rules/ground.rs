//! The ground of a land right: what a command names, which rights of its layer stand there already, and how grave that is.
//!
//! `issue_right` looks at all its days, `extend_right` at the days it adds; both grade by the same rules.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive as _;

use crate::domain::cell::Cell;
use crate::domain::command::{IssueRight, QuantityRequest};
use crate::domain::event::Tolerated;
use crate::domain::facts::{Facts, Owner, StateKey};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::geometry::overlap::{Grade, ppm_ceil, total_overlap_area2};
use crate::domain::geometry::{GeometryFault, Parcel};
use crate::domain::land::{self, Overlap};
use crate::domain::needs::{named_identities, requested_cells};
use crate::domain::policy::{self, KindPolicy, LandRules};
use crate::domain::right::{GroundOf, NamedParcel, Right};
use crate::domain::rules::{Case, Findings};
use crate::primitives::crypto::Hash;
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;

/// Neighbors that one finding names, so that an entry stays small.
const CONFLICTS_SHOWN_MAX: usize = 16;

/// The ground that a right is issued on, judged.
pub(super) struct Ground {
    pub(super) of: GroundOf,
    pub(super) cells: Vec<Cell>,
    pub(super) tolerated: Vec<Tolerated>,
    /// An overlap above the tolerance stands under an adjudication.
    pub(super) disputed: bool,
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

    pub(super) fn of(
        case: &Case<'_>,
        issue: &IssueRight,
        policy: &KindPolicy,
        found: &mut Findings,
    ) -> Self {
        let Some(rules) = &policy.land else {
            return Self::unknown();
        };
        let given = issue.ground.polygon().map(|parts| {
            let parcel = Parcel::new(parts.clone(), &case.genesis.county);
            parcel.map(GroundOf::Polygon)
        });
        let given = match given.transpose() {
            Ok(given) => given,
            Err(fault) => {
                found.add(of_shape(case, &fault));
                return Self::unknown();
            }
        };
        let has_units = !issue.ground.units().is_empty();
        let of_numbers = has_units.then(|| named_ground(case, issue, policy, rules, found));
        let of_units = matches!(rules.ground, policy::Ground::Units { .. });
        let (of, other) = match (given, of_numbers) {
            (None, None) => {
                found.code(Code::GroundUnknown);
                return Self::unknown();
            }
            (Some(ground), None) | (None, Some(ground)) => (ground, None),
            (Some(given), Some(numbered)) if of_units => (numbered, Some(given)),
            (Some(given), Some(numbered)) => (given, Some(numbered)),
        };
        if let Some(other) = &other {
            compare(case, rules, [&of, other], found);
        }
        let mut cells = requested_cells(issue, policy, case.facts);
        cells.extend(numbers(case, &of, found));
        let mut ground = Self {
            of,
            cells,
            tolerated: Vec::new(),
            disputed: false,
        };
        ground.judge(case, issue, (policy, rules), found);
        ground
    }

    /// Grades the ground against every neighbor of its layer with common days, and notes those of other layers.
    fn judge(
        &mut self,
        case: &Case<'_>,
        issue: &IssueRight,
        (policy, rules): (&KindPolicy, &LandRules),
        found: &mut Findings,
    ) {
        let own = land::ground_parcels(&self.of, case.facts);
        let own_area2 = land::area2(&own);
        let gone = converted_of(issue, case.facts);
        let asked = Asked {
            cells: &self.cells,
            days: issue.span,
            gone: &gone,
            layer: &rules.layer,
        };
        let passed = |id: RightId, _: &Right| issue.succeeds.contains(&id);
        let there = neighbors(case, &asked, &passed, found);
        let met = meet(case, (&own, &self.cells), rules, there, found);
        let left = case
            .law
            .offers_remainders()
            .then(|| remainder(case, (issue, &gone), policy, own_area2, &met.same_layer));
        let (grave, tolerated) = grade(
            own_area2,
            &met.same_layer,
            rules,
            (issue.adjudication, left),
            found,
        );
        self.disputed = grave;
        self.tolerated = tolerated;
        met.note_others(found);
    }
}

/// A right that stands in a cell of a ground, with its layer.
pub(super) type Neighbor<'a> = (RightId, &'a String, &'a Right);

/// The ground and the days that a right asks for.
pub(super) struct Asked<'a> {
    pub(super) cells: &'a [Cell],
    pub(super) days: Span,
    /// Years of it that have turned into units already, or that a court has sold.
    pub(super) gone: &'a [Span],
    /// The layer in which nobody else may have them.
    pub(super) layer: &'a str,
}

/// Returns the years that a new right takes over from those whose place it takes as turned into units, or as sold.
pub(super) fn converted_of(issue: &IssueRight, facts: &Facts) -> Vec<Span> {
    let rights = issue.succeeds.iter().filter_map(|id| facts.right(*id));
    rights.flat_map(|right| right.converted.clone()).collect()
}

/// Returns the rights in these cells that stand on one of these days, but for those that are passed over. Within the layer a right
/// also stands on its years that became units or were sold: they are there once, whatever became of it.
pub(super) fn neighbors<'a>(
    case: &Case<'a>,
    asked: &Asked<'_>,
    passed: &dyn Fn(RightId, &Right) -> bool,
    found: &mut Findings,
) -> Vec<Neighbor<'a>> {
    let mut seen = BTreeMap::new();
    for cell in asked.cells {
        let rights = case.facts.cell(*cell).iter();
        seen.extend(rights.map(|(id, layer)| (*id, layer)));
    }
    if seen.len() > case.law.cell_rights_max() {
        found.code(Code::TooManyNeighbors);
        return Vec::new();
    }
    let standing = |(id, layer): (RightId, &'a String)| {
        let right = case.facts.right(id)?;
        let all = [asked.days];
        let gone = if *layer == asked.layer {
            asked.gone
        } else {
            &all
        };
        let stands = !land::taken_days(right, asked.days, gone).is_empty() && !passed(id, right);
        stands.then_some((id, layer, right))
    };
    let there: Vec<Neighbor<'_>> = seen.into_iter().filter_map(standing).collect();
    if there.len() > limits::NEIGHBORS_MAX {
        found.code(Code::TooManyNeighbors);
        return Vec::new();
    }
    there
}

/// What neighbors share with a ground.
pub(super) struct Met {
    /// Overlaps within the layer.
    pub(super) same_layer: Vec<Overlap>,
    /// Rights of layers that the policy has noted.
    other_layers: Vec<RightId>,
}

impl Met {
    /// Notes rights of other layers on the ground.
    pub(super) fn note_others(&self, found: &mut Findings) {
        if self.other_layers.is_empty() {
            return;
        }
        let mut finding = Finding::of(Code::OtherLayer);
        let shown = self.other_layers.iter().take(CONFLICTS_SHOWN_MAX);
        finding.conflicts = shown.map(ToString::to_string).collect();
        found.add(finding);
    }
}

/// Computes what neighbors share with a ground.
pub(super) fn meet(
    case: &Case<'_>,
    (own, cells): (&[&Parcel], &[Cell]),
    rules: &LandRules,
    neighbors: Vec<Neighbor<'_>>,
    found: &mut Findings,
) -> Met {
    let (mut same_layer, mut other_layers) = (Vec::new(), Vec::new());
    for (id, layer, neighbor) in neighbors {
        let is_same = *layer == rules.layer;
        if !is_same && !rules.warn_layers.contains(layer) {
            continue;
        }
        let overlap = land::overlap_with((own, cells), id, neighbor, case.facts);
        let by_parcels = |overlap: Overlap| {
            if case.law.looks_at_each_parcel() {
                overlap.by_parcels(own, neighbor, case.facts)
            } else {
                Ok(overlap)
            }
        };
        match overlap.and_then(|overlap| overlap.map(by_parcels).transpose()) {
            Ok(Some(overlap)) if is_same => same_layer.push(overlap),
            Ok(Some(overlap)) => other_layers.push(overlap.right),
            Ok(None) => {}
            Err(_) => found.add(Finding::of(Code::BadPolygon).with(id)),
        }
    }
    Met {
        same_layer,
        other_layers,
    }
}

/// Returns a finding that names the overlaps.
pub(super) fn finding_over(code: Code, own_area2: i128, overlaps: &[Overlap]) -> Finding {
    let shares = overlaps.iter().map(|overlap| overlap.share_ppm(own_area2));
    let mut finding = Finding::of(code);
    finding.share_ppm = shares.max();
    let shown = overlaps.iter().take(CONFLICTS_SHOWN_MAX);
    finding.conflicts = shown.map(|overlap| overlap.right.to_string()).collect();
    finding
}

/// Returns what the register keeps of slivers, so that they never add up.
pub(super) fn tolerated(overlaps: &[Overlap]) -> Vec<Tolerated> {
    let kept = |overlap: &Overlap| Tolerated {
        right: overlap.right,
        area2: overlap.area2_ceil(),
    };
    overlaps.iter().map(kept).collect()
}

/// Returns the finding by which a layer refuses an overlap.
pub(super) fn refusing(rules: &LandRules) -> Code {
    Code::from_number(rules.overlap_finding).unwrap_or(Code::ParcelOverlap)
}

/// Returns whether the overlaps stand under an adjudication, and which slivers are tolerated.
fn grade(
    own_area2: i128,
    overlaps: &[Overlap],
    rules: &LandRules,
    (adjudication, left): (Option<Hash>, Option<Alternative>),
    found: &mut Findings,
) -> (bool, Vec<Tolerated>) {
    match land::gravest((own_area2, 0), overlaps, rules.tolerance_ppm) {
        Grade::None => (false, Vec::new()),
        Grade::Sliver => {
            found.add(finding_over(Code::Sliver, own_area2, overlaps));
            (false, tolerated(overlaps))
        }
        Grade::Material | Grade::Full if adjudication.is_some() => (true, Vec::new()),
        Grade::Material | Grade::Full => {
            let mut refusal = finding_over(refusing(rules), own_area2, overlaps);
            refusal.alternative = left;
            found.add(refusal);
            (false, Vec::new())
        }
    }
}

/// What could be issued instead: on the days on which nobody stands on the ground, the whole; on all days, the ground that nobody
/// shares, with its part of the measure.
fn remainder(
    case: &Case<'_>,
    (issue, gone): (&IssueRight, &[Span]),
    policy: &KindPolicy,
    own_area2: i128,
    overlaps: &[Overlap],
) -> Alternative {
    let others = overlaps
        .iter()
        .filter_map(|overlap| case.facts.right(overlap.right));
    let taken = others.flat_map(|right| land::taken_days(right, issue.span, gone));
    let whole = |area2: i128| BigRational::from_integer(BigInt::from(area2));
    let rest = overlaps
        .iter()
        .fold(whole(own_area2), |rest, overlap| rest - &overlap.area2);
    let measure = match &issue.quantity {
        QuantityRequest::Level(measure) => measure.raw(),
        QuantityRequest::Steps(_) => 0,
    };
    let step = 10_i64.pow(u32::from(6_u8.saturating_sub(policy.scale.digits())));
    let part = rest * BigRational::from_integer(BigInt::from(measure)) / whole(own_area2.max(1));
    let part = part.floor().to_integer().to_i64().unwrap_or_default();
    // How much of the ground a parcel without polygon is, nobody knows.
    let is_measured = !overlaps.iter().any(|overlap| overlap.by_number);
    let part = Quantity::from_raw(part.max(0) / step * step);
    let part = part.filter(|part| is_measured && !part.is_zero());
    Alternative {
        quantity: part,
        spans: land::without(issue.span, taken),
        ..Alternative::default()
    }
}

/// The parcels without polygon that a ground stands on by their numbers, and those whose places its parcels took.
fn numbers(case: &Case<'_>, of: &GroundOf, found: &mut Findings) -> Vec<Cell> {
    let GroundOf::Units(named) = of else {
        return Vec::new();
    };
    if !case.law.finds_parcels_by_number() {
        return Vec::new();
    }
    let lineage = land::lineage(named.iter().map(|parcel| parcel.right), case.facts);
    if lineage.len() > limits::LINEAGE_MAX {
        found.code(Code::TooManyNeighbors);
    }
    land::numbers_of(&lineage, case.facts).collect()
}

/// Compares the ground with the one that was given beside it: what of the larger lies outside the other.
fn compare(case: &Case<'_>, rules: &LandRules, grounds: [&GroundOf; 2], found: &mut Findings) {
    let [own, other] = grounds.map(|ground| land::ground_parcels(ground, case.facts));
    let whole = |area2: i128| BigRational::from_integer(BigInt::from(area2));
    let mut common = whole(0);
    for parcel in &own {
        match total_overlap_area2(parcel, other.iter().copied()) {
            Ok(overlap) => common += overlap,
            Err(_) => return found.code(Code::BadPolygon),
        }
    }
    let larger = land::area2(&own).max(land::area2(&other)).max(1);
    let share = ppm_ceil(&((whole(larger) - common) / whole(larger)));
    if share > rules.tolerance_ppm {
        let mut finding = Finding::of(Code::GroundsDiffer);
        finding.share_ppm = Some(share);
        let named = grounds.into_iter().flat_map(|ground| match ground {
            GroundOf::Units(named) => named.as_slice(),
            GroundOf::Unknown | GroundOf::Polygon(_) => &[],
        });
        let shown = named.take(CONFLICTS_SHOWN_MAX);
        finding.conflicts = shown.map(|parcel| parcel.right.to_string()).collect();
        found.add(finding);
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
        let end = if case.law.looks_beneath() {
            land::end_of(right)
        } else {
            right.span.to()
        };
        if end < issue.span.to() {
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

/// A shape that is no canonical parcel: where, as `polygon[0][1]` (part and ring), and which rule is broken.
fn of_shape(case: &Case<'_>, fault: &GeometryFault) -> Finding {
    let code = if matches!(fault, GeometryFault::OutsideCounty { .. }) {
        Code::OutsideCounty
    } else {
        Code::BadPolygon
    };
    let finding = Finding::of(code);
    if !case.law.names_every_record() {
        return finding;
    }
    let (part, ring) = fault.place();
    let numbers = part.into_iter().chain(ring);
    let numbers = numbers.map(|nth| format!("[{nth}]"));
    let place: String = std::iter::once("polygon".to_owned())
        .chain(numbers)
        .collect();
    finding.with(place).with(fault.rule())
}

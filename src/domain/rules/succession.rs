//! What a right that takes the place of others keeps beneath their burdens: the source, the ground and the days.
//!
//! Burdens follow a renewal (`issue`), and a renewal is an act of the issuer alone. So it may not put them on other collateral:
//! what it would leave out could be issued and pledged again while their lines stand. Amounts may shrink, as by `adjust_right`;
//! what lacks beneath a line is then its overhang. Rights without burdens are succeeded freely.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::domain::command::IssueRight;
use crate::domain::facts::StateKey;
use crate::domain::finding::{Code, Finding};
use crate::domain::geometry::overlap::{ppm_ceil, total_overlap_area2};
use crate::domain::geometry::{GeometryFault, Parcel};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, Capacity, Extent, GroundOf, NamedParcel, Right};
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::RightId;
use crate::primitives::time::{Day, Span};

/// Records that one finding names, so that an entry stays small.
const CONFLICTS_SHOWN_MAX: usize = 16;

/// What a new right stands on.
pub(super) struct Footing<'a> {
    pub(super) source: Option<&'a str>,
    pub(super) ground: &'a GroundOf,
}

/// What the successor leaves out of the ground and days of a right.
#[derive(Default)]
struct Lost {
    /// Whether it is ground, or days alone.
    is_ground: bool,
    /// The largest share of a parcel, in millionths, rounded up.
    share_ppm: Option<u32>,
    /// Parcels of other rights that are left out, wholly or in part.
    parcels: Vec<RightId>,
    /// The first day on which a burden would have no right.
    day: Option<Day>,
}

/// Refuses a successor that would leave burdens on another source, on less ground, or without days.
pub(super) fn check_kept(
    case: &Case<'_>,
    issue: &IssueRight,
    policy: &KindPolicy,
    footing: &Footing<'_>,
    found: &mut Findings,
) {
    if !case.law.keeps_collateral() {
        return;
    }
    for id in &issue.succeeds {
        let Some(right) = case.facts.right(*id) else {
            continue;
        };
        let burdens: Vec<&Burden> = right
            .burdens
            .iter()
            .filter(|burden| burden.counts_at(case.stamp.time))
            .collect();
        if burdens.is_empty() || !super::issue::fits(case, issue, right) {
            continue;
        }
        let about = |code: Code| {
            let mut finding = Finding::of(code).with(id);
            let shown = burdens.iter().take(CONFLICTS_SHOWN_MAX / 2);
            let shown = shown.map(|burden| burden.id.to_string());
            finding.conflicts.extend(shown);
            finding
        };
        if !keeps_source(case, right, issue, footing.source) {
            found.add(about(Code::SourceLost));
        }
        let tolerance = policy.land.as_ref().map_or(0, |land| land.tolerance_ppm);
        match lost(case, (right, &burdens), issue, footing.ground, tolerance) {
            Ok(None) => {}
            Ok(Some(lost)) => {
                let mut finding = about(Code::GroundLost);
                let room = CONFLICTS_SHOWN_MAX - finding.conflicts.len();
                let parcels = lost.parcels.iter().take(room);
                finding.conflicts.extend(parcels.map(RightId::to_string));
                finding.share_ppm = lost.share_ppm;
                finding.at = lost.day;
                found.add(finding);
            }
            Err(_) => found.add(Finding::of(Code::BadPolygon).with(id)),
        }
    }
}

/// The same source, or that of the firm which acts in the place of the holder: a permit has the credit code of its firm in front.
fn keeps_source(case: &Case<'_>, right: &Right, issue: &IssueRight, source: Option<&str>) -> bool {
    let Some(old) = &right.source else {
        return true;
    };
    let code = |party| case.facts.party(party)?.credit_code.as_deref();
    let renamed = || {
        let (was, is) = (code(right.holder)?, code(issue.holder)?);
        Some(old.replace(was, is))
    };
    source == Some(old) || source.is_some_and(|source| renamed().as_deref() == Some(source))
}

fn lost(
    case: &Case<'_>,
    (right, burdens): (&Right, &[&Burden]),
    issue: &IssueRight,
    ground: &GroundOf,
    tolerance_ppm: u32,
) -> Result<Option<Lost>, GeometryFault> {
    let mut lost = Lost::default();
    let old = match &right.capacity {
        Capacity::Stock(_) => return Ok(None),
        Capacity::Flow(_) => None,
        Capacity::Land { ground, .. } => Some(ground),
    };
    lost.day = lost_day(case, (right, burdens), issue.span);
    let Some(old) = old else {
        return Ok(lost.day.is_some().then_some(lost));
    };
    // A polygon that is refused for itself leaves nothing to compare with.
    let is_faulty = *ground == GroundOf::Unknown && issue.ground.polygon().is_some();
    let left = left_out(case, old, ground);
    let left = if is_faulty { Vec::new() } else { left };
    let parcels = land::ground_parcels(ground, case.facts);
    for (of, parcel) in left {
        let share = match parcel {
            Some(parcel) => Some(outside_ppm(parcel, &parcels)?),
            None if of.is_none() && keeps_identity(right, issue) => continue,
            None => None,
        };
        if share.is_none_or(|share| share > tolerance_ppm) {
            lost.is_ground = true;
            lost.share_ppm = lost.share_ppm.max(share);
            lost.parcels.extend(of);
        }
    }
    Ok((lost.is_ground || lost.day.is_some()).then_some(lost))
}

/// A parcel that a ground does not name: the right whose it is, where it is that of another, and its polygon.
type Left<'a> = (Option<RightId>, Option<&'a Parcel>);

/// The parcels of an old ground that a new one does not name as they are.
fn left_out<'a>(case: &Case<'a>, old: &'a GroundOf, new: &GroundOf) -> Vec<Left<'a>> {
    match old {
        GroundOf::Unknown => vec![(None, None)],
        GroundOf::Polygon(parcel) => vec![(None, Some(parcel))],
        GroundOf::Units(named) => {
            let others = named.iter().filter(|parcel| !names(new, parcel));
            let of = |parcel: &NamedParcel| {
                let right = case.facts.right(parcel.right);
                (Some(parcel.right), right.and_then(land::own_parcel))
            };
            others.map(of).collect()
        }
    }
}

/// Says whether a ground names the parcel of the same right.
fn names(ground: &GroundOf, parcel: &NamedParcel) -> bool {
    match ground {
        GroundOf::Unknown | GroundOf::Polygon(_) => false,
        GroundOf::Units(named) => named.iter().any(|other| other.right == parcel.right),
    }
}

/// Ground that nobody knows is known by its number alone.
fn keeps_identity(right: &Right, issue: &IssueRight) -> bool {
    let keys = issue.identities.iter().map(StateKey::identity);
    let first = right.identities.first().map(StateKey::identity);
    first.is_none_or(|first| keys.into_iter().any(|key| key == first))
}

/// How much of a parcel lies outside of others, in millionths, rounded up.
fn outside_ppm(parcel: &Parcel, others: &[&Parcel]) -> Result<u32, GeometryFault> {
    let whole = BigRational::from_integer(BigInt::from(parcel.area2().max(1)));
    let common = total_overlap_area2(parcel, others.iter().copied())?;
    Ok(ppm_ceil(&((&whole - common) / &whole)))
}

/// The first day to come on which a burden of land stands and the successor does not.
fn lost_day(case: &Case<'_>, (right, burdens): (&Right, &[&Burden]), span: Span) -> Option<Day> {
    let of_burden = |burden: &&Burden| {
        let days = match burden.extent {
            Extent::Flow(_, days) | Extent::Years(days) => days,
            Extent::Whole => right.span,
            Extent::Stock(_) => return None,
        };
        let left = days.since(case.stamp.time.day())?;
        let outside = land::without(left, [span]);
        outside.first().map(|days| days.from())
    };
    burdens.iter().filter_map(of_burden).min()
}

//! What a right that takes the place of others keeps beneath their burdens: the source, the ground and the days.
//!
//! Burdens follow a renewal (`issue`), and a renewal is an act of the issuer alone. So it may not put them on other collateral:
//! what it would leave out could be issued and pledged again while their lines stand. Amounts may shrink, as by `adjust_right`;
//! what lacks beneath a line is then its overhang. Rights without burdens are succeeded freely.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::domain::command::IssueRight;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::finding::{Code, Finding};
use crate::domain::geometry::overlap::{ppm_ceil, total_overlap_area2};
use crate::domain::geometry::{GeometryFault, Parcel};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, Capacity, Extent, GroundOf, Identity, NamedParcel, Right};
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::time::{Day, Span};

/// Records that one finding names, so that an entry stays small.
const CONFLICTS_SHOWN_MAX: usize = 16;

/// What a new right stands on.
pub(super) struct Footing<'a> {
    pub(super) source: Option<&'a str>,
    pub(super) ground: &'a GroundOf,
}

/// What takes the place of a right, as far as it is to keep what the right has.
#[derive(Clone, Copy)]
pub struct Successor<'a> {
    /// Its days.
    pub span: Span,
    /// Its numbers.
    pub identities: &'a [Identity],
    /// Its ground; none where its polygon is refused for itself, which leaves nothing to compare with.
    pub ground: Option<&'a GroundOf>,
}

/// What the successor leaves out of the ground and days of a right.
#[derive(Default)]
pub struct Lost {
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
        let holder = (issue.holder, footing.source);
        if !keeps_source(case.facts, right, holder) {
            found.add(about(Code::SourceLost));
        }
        let tolerance = policy.land.as_ref().map_or(0, |land| land.tolerance_ppm);
        let is_faulty = *footing.ground == GroundOf::Unknown && issue.ground.polygon().is_some();
        let next = Successor {
            span: issue.span,
            identities: &issue.identities,
            ground: (!is_faulty).then_some(footing.ground),
        };
        let today = case.stamp.time.day();
        match lost(case.facts, (right, &burdens, today), next, tolerance) {
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

/// Says whether a right of this holder is drawn from the source of another: the same, or that of the firm which acts in the place of the
/// holder, because a permit has the credit code of its firm in front.
pub fn keeps_source(
    facts: &Facts,
    right: &Right,
    (holder, source): (PartyId, Option<&str>),
) -> bool {
    let Some(old) = &right.source else {
        return true;
    };
    let code = |party| facts.party(party)?.credit_code.as_deref();
    let renamed = || {
        let (was, is) = (code(right.holder)?, code(holder)?);
        Some(old.replace(was, is))
    };
    source == Some(old) || source.is_some_and(|source| renamed().as_deref() == Some(source))
}

/// Returns what a successor leaves out of what is beneath burdens that stand on a right on a day.
///
/// # Errors
/// Boundaries that cross too often to be compared.
pub fn lost(
    facts: &Facts,
    (right, burdens, today): (&Right, &[&Burden], Day),
    next: Successor<'_>,
    tolerance_ppm: u32,
) -> Result<Option<Lost>, GeometryFault> {
    let mut lost = Lost::default();
    let old = match &right.capacity {
        Capacity::Stock(_) => return Ok(None),
        Capacity::Flow(_) => None,
        Capacity::Land { ground, .. } => Some(ground),
    };
    lost.day = lost_day((right, burdens, today), next.span);
    if let (Some(old), Some(ground)) = (old, next.ground) {
        let parcels = land::ground_parcels(ground, facts);
        for (of, parcel) in left_out(facts, old, ground) {
            let share = match parcel {
                Some(parcel) => Some(outside_ppm(parcel, &parcels)?),
                None if of.is_none() && keeps_identity(right, next.identities) => continue,
                None => None,
            };
            if share.is_none_or(|share| share > tolerance_ppm) {
                lost.is_ground = true;
                lost.share_ppm = lost.share_ppm.max(share);
                lost.parcels.extend(of);
            }
        }
    }
    Ok((lost.is_ground || lost.day.is_some()).then_some(lost))
}

/// A parcel that a ground does not name: the right whose it is, where it is that of another, and its polygon.
type Left<'a> = (Option<RightId>, Option<&'a Parcel>);

/// The parcels of an old ground that a new one does not name as they are.
fn left_out<'a>(facts: &'a Facts, old: &'a GroundOf, new: &GroundOf) -> Vec<Left<'a>> {
    match old {
        GroundOf::Unknown => vec![(None, None)],
        GroundOf::Polygon(parcel) => vec![(None, Some(parcel))],
        GroundOf::Units(named) => {
            let others = named.iter().filter(|parcel| !names(new, parcel));
            let of = |parcel: &NamedParcel| {
                let right = facts.right(parcel.right);
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
fn keeps_identity(right: &Right, identities: &[Identity]) -> bool {
    let first = right.identities.first().map(StateKey::identity);
    first.is_none_or(|first| {
        identities
            .iter()
            .any(|other| StateKey::identity(other) == first)
    })
}

/// How much of a parcel lies outside of others, in millionths, rounded up.
fn outside_ppm(parcel: &Parcel, others: &[&Parcel]) -> Result<u32, GeometryFault> {
    let whole = BigRational::from_integer(BigInt::from(parcel.area2().max(1)));
    let common = total_overlap_area2(parcel, others.iter().copied())?;
    Ok(ppm_ceil(&((&whole - common) / &whole)))
}

/// The first day to come on which a burden stands and the successor does not.
fn lost_day((right, burdens, today): (&Right, &[&Burden], Day), span: Span) -> Option<Day> {
    let of_burden = |burden: &&Burden| {
        let days = match burden.extent {
            Extent::Flow(_, days) | Extent::Years(days) => days,
            Extent::Whole => right.span,
            Extent::Stock(_) => return None,
        };
        // A freeze may name days on which there never was a right; these are nothing to lose.
        let left = days.intersection(right.span)?.since(today)?;
        let outside = land::without(left, [span]);
        outside.first().map(|days| days.from())
    };
    burdens.iter().filter_map(of_burden).min()
}

//! Model C: ground x days x layer. Which lines of one right stand in each other's way, and which rights share ground.
//!
//! The area arithmetic is in `geometry`; here are the rules: what counts as the ground of a right, which days, which grade.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive as _;

use crate::domain::cell::Cell;
use crate::domain::event::cells_of;
use crate::domain::facts::Facts;
use crate::domain::geometry::overlap::{Grade, grade, ppm_ceil, total_overlap_area2};
use crate::domain::geometry::polygon::Parcel;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, GroundOf, Overhang, Right};
use crate::domain::stack::related;
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::time::{Day, Span, Timestamp};

/// Returns the days that a burden takes of a land right: its years, or all days.
pub fn days_of(extent: Extent, right: Span) -> Option<Span> {
    match extent {
        Extent::Years(span) => Some(span),
        Extent::Whole => Some(right),
        Extent::Stock(_) | Extent::Flow(..) => None,
    }
}

/// Returns the counting burdens that share a day with `extent`.
///
/// A whole line counts until release even when the days of the right are over, so two whole lines always conflict.
pub fn conflicts(
    right: &Right,
    extent: Extent,
    now: Timestamp,
    skip: &dyn Fn(BurdenId) -> bool,
) -> Vec<BurdenId> {
    let Some(asked) = days_of(extent, right.span) else {
        return Vec::new();
    };
    let stands_in_the_way = |burden: &&Burden| {
        let taken = days_of(burden.extent, right.span);
        burden.counts_at(now)
            && !skip(burden.id)
            && taken.is_some_and(|taken| taken.intersection(asked).is_some())
    };
    right
        .burdens
        .iter()
        .filter(stands_in_the_way)
        .map(|burden| burden.id)
        .collect()
}

/// Returns two burdens that take a common day and of which neither stands behind the other; freezes only wait for each other.
pub fn collision(burdens: &[Burden], right: Span) -> Option<(BurdenId, BurdenId)> {
    let lines = || burdens.iter().filter(|burden| !burden.id.is_freeze());
    let days = |burden: &Burden| days_of(burden.extent, right);
    let collides = |a: &Burden, b: &Burden| {
        let common = days(a).zip(days(b)).and_then(|(a, b)| a.intersection(b));
        common.is_some() && !related(a, b)
    };
    lines().enumerate().find_map(|(place, later)| {
        let mut earlier = lines().take(place);
        let other = earlier.find(|earlier| collides(earlier, later))?;
        Some((other.id, later.id))
    })
}

/// Returns the spans of `asked` that no counting burden takes.
pub fn free_spans(
    right: &Right,
    asked: Span,
    now: Timestamp,
    skip: &dyn Fn(BurdenId) -> bool,
) -> Vec<Span> {
    let counting = right
        .burdens
        .iter()
        .filter(|b| b.counts_at(now) && !skip(b.id));
    let taken = counting.filter_map(|burden| days_of(burden.extent, right.span));
    without(asked, right.converted.iter().copied().chain(taken))
}

/// Returns the first day on which nobody has a parcel any more that another right draws on; where a right was revoked before it began,
/// its first day.
pub fn end_of(parcel: &Right) -> Day {
    let live = parcel.live_span();
    live.map_or(parcel.span.from(), Span::to)
}

/// Returns the days among these on which a right takes its ground, but for years that are `gone` from the other right: its own days,
/// unless another took its place, and its years that have turned into units or that a court has sold, whatever became of it since.
/// What a successor inherited and has no days of itself stays with whom it came from.
pub fn taken_days(right: &Right, asked: Span, gone: &[Span]) -> Vec<Span> {
    let live = right.live_span().filter(|_| right.succeeded_by.is_none());
    let mut taken = Vec::from_iter(live.and_then(|live| live.intersection(asked)));
    taken.extend(used_days(right, asked, gone));
    taken
}

/// Returns the days among these that have turned into units or that a court has sold, but for years that are `gone` from the other
/// right: these it has from this one, or has used itself.
pub fn used_days(right: &Right, asked: Span, gone: &[Span]) -> Vec<Span> {
    let own = asked.intersection(right.span);
    let years = right
        .converted
        .iter()
        .filter_map(|years| own?.intersection(*years));
    years
        .flat_map(|years| without(years, gone.iter().copied()))
        .collect()
}

/// Returns what is left of a span without the days of others.
pub fn without(span: Span, taken: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut left = vec![span];
    for taken in taken {
        let outside = |span: Span| {
            let before = Span::new(span.from(), span.to().min(taken.from()));
            let after = Span::new(span.from().max(taken.to()), span.to());
            before.into_iter().chain(after)
        };
        left = left.into_iter().flat_map(outside).collect();
    }
    left
}

/// Returns the overhang of every burden after the right was cut to its live days, years of it were sold, or a part of it was lost.
pub fn overhangs(right: &Right, now: Timestamp) -> Vec<(BurdenId, Option<Overhang>)> {
    let live = right.live_span();
    let hangs = |burden: &Burden| {
        let is_gone = |days: Span| {
            let mut converted = right.converted.iter();
            converted.any(|gone| gone.intersection(days).is_some())
        };
        days_of(burden.extent, right.span)
            .is_some_and(|days| !live.is_some_and(|live| live.covers(days)) || is_gone(days))
    };
    let lost = |burden: &Burden| {
        let lost = right.lost_since(burden.id);
        (!lost.is_zero()).then_some(Overhang::Amount(lost))
    };
    let counting = right
        .burdens
        .iter()
        .filter(|b| b.counts_at(now) && !b.id.is_freeze());
    counting
        .map(|burden| {
            let whole = hangs(burden).then_some(Overhang::Whole);
            (burden.id, whole.or_else(|| lost(burden)))
        })
        .collect()
}

/// Returns the days of a line of years that its right no longer has; none where it is no such line. What is recorded of it says that there are
/// some, and the right says which.
pub fn gone_days(right: &Right, line: Extent) -> Vec<Span> {
    let Extent::Years(days) = line else {
        return Vec::new();
    };
    let own = right.live_span().and_then(|span| span.intersection(days));
    let there = own.map(|own| without(own, right.converted.iter().copied()));
    without(days, there.into_iter().flatten())
}

/// Returns the same where some days stay.
pub fn gone_in_part(right: &Right, line: Extent) -> Vec<Span> {
    let mut gone = gone_days(right, line);
    gone.retain(|gone| line != Extent::Years(*gone));
    gone
}

/// Returns the years of a line of which a day is gone.
pub fn gone_years(right: &Right, line: Extent) -> BTreeSet<i32> {
    let Extent::Years(days) = line else {
        return BTreeSet::new();
    };
    let gone = gone_days(right, line);
    let lost_a_day = |year: &i32| {
        let year = Span::of_years(*year, *year);
        gone.iter()
            .any(|gone| year.is_some_and(|year| year.intersection(*gone).is_some()))
    };
    let years = days.from().date().0..days.to().date().0;
    years.filter(lost_a_day).collect()
}

/// Returns the parcels that make up the ground of a right; those of named parcels come from the facts.
pub fn parcels_of<'a>(right: &'a Right, facts: &'a Facts) -> Vec<&'a Parcel> {
    match &right.capacity {
        Capacity::Land { ground, .. } => ground_parcels(ground, facts),
        Capacity::Stock(_) | Capacity::Flow(_) => Vec::new(),
    }
}

/// Returns the parcels of a ground.
pub fn ground_parcels<'a>(ground: &'a GroundOf, facts: &'a Facts) -> Vec<&'a Parcel> {
    match ground {
        GroundOf::Unknown => Vec::new(),
        GroundOf::Polygon(parcel) => vec![parcel],
        GroundOf::Units(named) => {
            let right = |named: &crate::domain::right::NamedParcel| facts.right(named.right);
            named
                .iter()
                .filter_map(right)
                .filter_map(own_parcel)
                .collect()
        }
    }
}

/// Returns the polygon that a right has of its own.
pub fn own_parcel(right: &Right) -> Option<&Parcel> {
    match &right.capacity {
        Capacity::Land {
            ground: GroundOf::Polygon(parcel),
            ..
        } => Some(parcel),
        Capacity::Land {
            ground: GroundOf::Unknown | GroundOf::Units(_),
            ..
        }
        | Capacity::Stock(_)
        | Capacity::Flow(_) => None,
    }
}

/// Returns the rights that named parcels are, and all whose places they took one after another, as far as the facts know them; one
/// more than the limit where there are more.
pub fn lineage(named: impl IntoIterator<Item = RightId>, facts: &Facts) -> BTreeSet<RightId> {
    let mut waiting: Vec<RightId> = named.into_iter().collect();
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if found.len() <= limits::LINEAGE_MAX && found.insert(id) {
            let right = facts.right(id);
            waiting.extend(right.into_iter().flat_map(|right| &right.succeeds));
        }
    }
    found
}

/// Returns the cells of the parcels without polygon among some rights.
pub fn numbers_of<'a>(
    lineage: &'a BTreeSet<RightId>,
    facts: &'a Facts,
) -> impl Iterator<Item = Cell> + 'a {
    let has_none = |id: &RightId| facts.right(*id).is_some_and(|it| own_parcel(it).is_none());
    let without = lineage.iter().copied().filter(move |id| has_none(id));
    without.map(Cell::Parcel)
}

/// Twice the area of a ground.
pub fn area2(parcels: &[&Parcel]) -> i128 {
    parcels.iter().map(|parcel| parcel.area2()).sum()
}

/// The overlap of a ground with one neighbor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overlap {
    /// The neighbor.
    pub right: RightId,
    /// Twice the common area, exact.
    pub area2: BigRational,
    /// Twice the area of the neighbor.
    pub neighbor_area2: i128,
    /// All that was ever tolerated on the neighbor.
    pub neighbor_tolerated2: i128,
    /// A parcel without polygon is part of both. How large it is, nobody knows, but they share the whole of it.
    pub by_number: bool,
    /// Of grounds with several parcels, what the two parcels share that have most in common, and the smaller of the two.
    pub parcels: Option<(BigRational, i128)>,
}

impl Overlap {
    /// Returns twice the common area, rounded up to a whole unit.
    pub fn area2_ceil(&self) -> i128 {
        self.area2
            .ceil()
            .to_integer()
            .to_i128()
            .unwrap_or(i128::MAX)
    }

    /// Returns what is shared, and of what it is a share: the smaller of two parcels, or of the two grounds.
    pub fn of_smaller(&self, own_area2: i128) -> (&BigRational, i128) {
        match &self.parcels {
            Some((shared, smaller)) => (shared, *smaller),
            None => (&self.area2, own_area2.min(self.neighbor_area2)),
        }
    }

    /// Returns the share of the smaller of the two, in millionths, rounded up.
    pub fn share_ppm(&self, own_area2: i128) -> u32 {
        let (shared, smaller) = self.of_smaller(own_area2);
        ppm_ceil(&share(shared, smaller))
    }

    /// Looks at each parcel of both grounds, so that a small one is not lost in a large project.
    ///
    /// # Errors
    /// As [`overlap_with`].
    pub fn by_parcels(
        mut self,
        ground: &[&Parcel],
        neighbor: &Right,
        facts: &Facts,
    ) -> Result<Self, crate::domain::geometry::GeometryFault> {
        let theirs = parcels_of(neighbor, facts);
        if self.by_number || (ground.len() == 1 && theirs.len() == 1) {
            return Ok(self);
        }
        let mut most: Option<(BigRational, i128)> = None;
        for own in ground {
            for other in &theirs {
                let shared = total_overlap_area2(own, std::iter::once(*other))?;
                let smaller = own.area2().min(other.area2());
                let is_more = most
                    .as_ref()
                    .is_none_or(|(most, of)| share(&shared, smaller) > share(most, *of));
                if is_more {
                    most = Some((shared, smaller));
                }
            }
        }
        self.parcels = most;
        Ok(self)
    }
}

fn share(part: &BigRational, whole: i128) -> BigRational {
    part / BigRational::from_integer(BigInt::from(whole.max(1)))
}

/// Computes the overlap of `ground`, which lies in `cells`, with a neighbor; none where they only touch.
///
/// The fault is that the two boundaries cross too often to be two surveys of the same land.
pub fn overlap_with(
    (ground, cells): (&[&Parcel], &[Cell]),
    id: RightId,
    neighbor: &Right,
    facts: &Facts,
) -> Result<Option<Overlap>, crate::domain::geometry::GeometryFault> {
    let theirs = parcels_of(neighbor, facts);
    let mut sum = BigRational::from_integer(BigInt::from(0));
    for parcel in ground {
        sum += total_overlap_area2(parcel, theirs.iter().copied())?;
    }
    let tolerated = match &neighbor.capacity {
        Capacity::Land {
            tolerated_area2, ..
        } => *tolerated_area2,
        Capacity::Stock(_) | Capacity::Flow(_) => 0,
    };
    let is_number = |cell: &&Cell| cell.parcel().is_some();
    let mut numbers = cells.iter().filter(is_number);
    let by_number = numbers.any(|cell| cells_of(neighbor).contains(cell));
    let overlap = Overlap {
        right: id,
        area2: sum,
        neighbor_area2: area2(&theirs),
        neighbor_tolerated2: tolerated,
        by_number,
        parcels: by_number.then(|| (BigRational::from_integer(BigInt::from(1)), 1)),
    };
    let is_any = by_number || overlap.area2 > BigRational::from_integer(BigInt::from(0));
    Ok(is_any.then_some(overlap))
}

/// Returns the gravest grade of the overlaps of a ground: against each neighbor alone, against all together, and with all that
/// each of them has tolerated before, so that slivers cannot add up. `own` is twice its area, and what it has tolerated.
pub fn gravest(
    (own_area2, own_tolerated2): (i128, i128),
    overlaps: &[Overlap],
    tolerance_ppm: u32,
) -> Grade {
    if overlaps.is_empty() {
        return Grade::None;
    }
    let past = BigRational::from_integer(BigInt::from(own_tolerated2));
    let alone = overlaps.iter().map(|overlap| {
        let (shared, smaller) = overlap.of_smaller(own_area2);
        grade(shared, smaller, tolerance_ppm)
    });
    let together = overlaps
        .iter()
        .fold(past, |sum, overlap| sum + &overlap.area2);
    let with_past = overlaps.iter().map(|overlap| {
        let past = BigRational::from_integer(BigInt::from(overlap.neighbor_tolerated2));
        grade(
            &(past + &overlap.area2),
            overlap.neighbor_area2,
            tolerance_ppm,
        )
    });
    let all = std::iter::once(grade(&together, own_area2, tolerance_ppm));
    alone
        .chain(with_past)
        .chain(all)
        .max()
        .unwrap_or(Grade::None)
}

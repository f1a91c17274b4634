//! The exact area that two parcels share, and its grade.
//!
//! The overlap is a fact of law, so it is a rational number and not a library's behavior. It must not decide
//! whether an overlap is allowed: tolerance, layers and adjudications belong to the rules.
//!
//! # The formula
//!
//! Give each edge that is not vertical the sign -1 if the ground lies above it (the ring runs east there) and
//! +1 if below (it runs west). For a point of the ground the signs of the edges above it add up to 1; for any
//! other point, to 0. Multiplied for two parcels and integrated, that gives
//!
//! > shared area = sum over all pairs of edges of (sign x sign x the integral, over their common interval of
//! > longitudes, of the lower of the two edges' heights above a common baseline).
//!
//! Holes are rings whose signs come out the other way, parts are more rings; shared edges, vertices on edges
//! and edges of which neither is lower than the other need no special case, because either choice gives the
//! same integral.
//!
//! # The arithmetic
//!
//! Everything is doubled. An edge of width `dx` and rise `dy` that starts at `(x0, y0)` has under it,
//! between `l` and `r`, the area `(r - l) (2 y0 dx + (l + r - 2 x0) dy) / dx`. If one edge of a pair is the
//! lower one all the way, this is all, and its numerator is added to that edge's own 128-bit total. If they
//! cross, the edge that is lower first counts up to the crossing and the other from there. Let `g` be the way
//! between their starts, `e` and `f` their directions, in this order, and `y` the heights of the starts; then
//! the terms at the crossing come to
//!
//! > g.x (y_e + y_f) + cross(g, f) cross(g, e) / cross(e, f)
//!
//! and the only new denominator is `cross(e, f)`, below 2^55. Each numerator fits into 128 bits; only the
//! sum over many different denominators needs longer integers (`fraction`).
//!
//! Sizes: parcels span less than 2^27 units either way (`CELLS_MAX`), so two whose boxes overlap lie within
//! 2^28. A factor of the area under an edge is below 2^57, its numerator below 2^85, and the total of one
//! edge over 1,500 pairs below 2^96. The two crosses with `g` are below 2^56, their product below 2^112.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::fraction::FractionSum;
use super::segment::edges;
use super::{GeometryFault, Parcel, Point};

/// The most crossings of boundaries for which an overlap is computed.
///
/// Each crossing brings a denominator of up to 55 bits into the exact sum. Two surveys of one boundary with
/// 1,500 vertices each cross up to about 3,000 times, once between neighboring vertices of either; shapes made
/// to cross everywhere could reach 2.2 million. 4,096 keep the sum below 226,000 bits, some 20 ms of work.
pub const CROSSINGS_MAX: usize = 4096;

/// The share of the smaller parcel from which an overlap is full, in parts per million.
pub const FULL_PPM: u32 = 950_000;

/// One million, the whole in parts per million.
const PPM: u32 = 1_000_000;

/// How grave an overlap is, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// No common area; touching is not overlapping.
    None,
    /// A common area within the tolerance, as surveys leave it along a boundary.
    Sliver,
    /// More than the tolerance, less than nearly all.
    Material,
    /// At least [`FULL_PPM`] of the smaller parcel: the same ground again.
    Full,
}

/// Grades an overlap (doubled area) against the smaller parcel (doubled area, [`Parcel::area2`]).
///
/// The overlap may be the sum over several neighbors. `tolerance_ppm` comes from the policy; a share
/// equal to it is still a sliver, and a share of [`FULL_PPM`] is full whatever the tolerance.
pub fn grade(area2_overlap: &BigRational, smaller_area2: i128, tolerance_ppm: u32) -> Grade {
    if !area2_overlap.is_positive() {
        return Grade::None;
    }
    // share against limit: overlap / smaller : limit / PPM, with the denominators multiplied out.
    let against = |limit_ppm: u32| {
        let limit = BigInt::from(smaller_area2) * limit_ppm * area2_overlap.denom();
        (area2_overlap.numer() * PPM).cmp(&limit)
    };
    if against(FULL_PPM) != Ordering::Less {
        Grade::Full
    } else if against(tolerance_ppm) == Ordering::Greater {
        Grade::Material
    } else {
        Grade::Sliver
    }
}

/// The overlap as a share of the smaller parcel, from 0 to 1, in lowest terms.
///
/// # Errors
/// As [`intersection_area2`].
pub fn share_of_smaller(a: &Parcel, b: &Parcel) -> Result<BigRational, GeometryFault> {
    let overlap = intersection_area2(a, b)?;
    let smaller = BigInt::from(a.area2().min(b.area2()));
    // `BigRational`'s own division reduces bit by bit; taking the long number modulo the short one first
    // leaves a short greatest common divisor.
    let common = overlap.numer().mod_floor(&smaller).gcd(&smaller);
    let numerator = overlap.numer() / &common;
    Ok(BigRational::new_raw(
        numerator,
        overlap.denom() * (smaller / common),
    ))
}

/// A share in parts per million, rounded up, so that no overlap is recorded as none.
///
/// Below 0 it is 0; above `u32::MAX` (4,294 wholes) it stays there.
pub fn ppm_ceil(share: &BigRational) -> u32 {
    if !share.is_positive() {
        return 0;
    }
    (share.numer() * PPM)
        .div_ceil(share.denom())
        .to_u32()
        .unwrap_or(u32::MAX)
}

/// Twice the area that the two parcels share, in squared units of 1e-7 degree: exact, in lowest terms.
///
/// # Errors
/// [`GeometryFault::TooManyCrossings`] if the boundaries cross more than [`CROSSINGS_MAX`] times (crossings
/// with edges along a meridian are not counted). No other.
pub fn intersection_area2(a: &Parcel, b: &Parcel) -> Result<BigRational, GeometryFault> {
    total_overlap_area2(a, [b])
}

/// Twice the area that the two parcels share, rounded up to a whole squared unit, for readers.
///
/// # Errors
/// As [`intersection_area2`].
pub fn intersection_area2_ceil(a: &Parcel, b: &Parcel) -> Result<i128, GeometryFault> {
    let shared = intersection_area2(a, b)?.ceil().to_integer();
    Ok(shared.to_i128().unwrap_or(i128::MAX))
}

/// The sum of what the parcel shares with each neighbor, as [`intersection_area2`]; 0 without neighbors.
///
/// Ground shared with two neighbors counts twice. One exact sum is far cheaper than adding the rationals
/// neighbor by neighbor, which would look for a common divisor of ever longer numbers each time.
///
/// # Errors
/// [`GeometryFault::TooManyCrossings`] if the boundary crosses those of all neighbors together more than
/// [`CROSSINGS_MAX`] times.
pub fn total_overlap_area2<'a>(
    parcel: &Parcel,
    neighbors: impl IntoIterator<Item = &'a Parcel>,
) -> Result<BigRational, GeometryFault> {
    let mut overlap = Overlap::default();
    for neighbor in neighbors {
        if parcel.bounding_box().overlaps(&neighbor.bounding_box()) {
            overlap.add_parcels(parcel, neighbor)?;
        }
    }
    Ok(overlap.sum.total())
}

/// A sum over pairs of edges.
#[derive(Debug, Default)]
struct Overlap {
    sum: FractionSum,
    crossings: usize,
}

impl Overlap {
    /// Adds the terms of all pairs of edges of two parcels whose boxes overlap.
    fn add_parcels(&mut self, a: &Parcel, b: &Parcel) -> Result<(), GeometryFault> {
        let baseline = a.bounding_box().min().lat.min(b.bounding_box().min().lat);
        let b_edges = sloped_edges(b, baseline);
        let mut b_totals = vec![0_i128; b_edges.len()];
        for e in sloped_edges(a, baseline) {
            let mut e_total = 0_i128;
            // Sorted by their west ends: from the first one east of `e` on, none has an interval in common.
            let reached = b_edges.partition_point(|f| f.x0 < e.x1);
            for (f, f_total) in b_edges[..reached].iter().zip(&mut b_totals) {
                if e.x0 < f.x1 {
                    self.add_edges((&e, &mut e_total), (f, f_total));
                }
            }
            if self.crossings > CROSSINGS_MAX {
                return Err(GeometryFault::TooManyCrossings);
            }
            self.sum.add(e_total, e.dx.into());
        }
        for (f, f_total) in b_edges.iter().zip(b_totals) {
            self.sum.add(f_total, f.dx.into());
        }
        Ok(())
    }

    /// Adds the term of one pair of edges with a common interval: to the edges' own totals, which count in
    /// fractions of their `dx`, and to the sum if they cross.
    fn add_edges(
        &mut self,
        (e, e_total): (&SlopedEdge, &mut i128),
        (f, f_total): (&SlopedEdge, &mut i128),
    ) {
        let (left, right) = (e.x0.max(f.x0), e.x1.min(f.x1));
        let sign = e.sign * f.sign;
        match (e.side_of_west_end(f, left), e.side_of_east_end(f, right)) {
            (Ordering::Less | Ordering::Equal, Ordering::Less | Ordering::Equal) => {
                *e_total += sign * e.area2_below(left, right);
            }
            (Ordering::Equal, Ordering::Greater)
            | (Ordering::Greater, Ordering::Equal | Ordering::Greater) => {
                *f_total += sign * f.area2_below(left, right);
            }
            (Ordering::Less, Ordering::Greater) => {
                *e_total -= sign * e.area2_below(e.x0, left);
                *f_total += sign * f.area2_below(f.x0, right);
                self.add_crossing(e, f);
            }
            (Ordering::Greater, Ordering::Less) => {
                *f_total -= sign * f.area2_below(f.x0, left);
                *e_total += sign * e.area2_below(e.x0, right);
                self.add_crossing(f, e);
            }
        }
    }

    /// Adds the terms at the crossing of `e`, lower in the west, with `f`, lower in the east.
    fn add_crossing(&mut self, e: &SlopedEdge, f: &SlopedEdge) {
        self.crossings += 1;
        let sign = e.sign * f.sign;
        let (gx, gy) = (f.x0 - e.x0, f.y0 - e.y0);
        self.sum
            .add_whole(sign * i128::from(gx) * i128::from(e.y0 + f.y0));
        let cross_f = i128::from(gx * f.dy - gy * f.dx);
        let cross_e = i128::from(gx * e.dy - gy * e.dx);
        // cross(e, f) is negative, because e is the steeper one; the sum wants positive denominators.
        let denominator = e.dy * f.dx - e.dx * f.dy;
        self.sum.add(-sign * cross_f * cross_e, denominator.into());
    }
}

/// An edge that is not vertical, taken from west to east; heights are above the common baseline.
#[derive(Clone, Copy, Debug)]
struct SlopedEdge {
    x0: i64,
    y0: i64,
    x1: i64,
    y1: i64,
    /// `x1 - x0`, positive.
    dx: i64,
    /// `y1 - y0`.
    dy: i64,
    /// -1 with the ground above, +1 with the ground below.
    sign: i128,
}

/// The edges of the parcel that are not vertical, by ascending west end.
fn sloped_edges(parcel: &Parcel, baseline: i32) -> Vec<SlopedEdge> {
    let mut sloped: Vec<SlopedEdge> = parcel
        .parts()
        .iter()
        .flatten()
        .flat_map(|ring| edges(ring))
        .filter_map(|(from, to)| match from.lon.cmp(&to.lon) {
            Ordering::Less => Some(SlopedEdge::new(from, to, -1, baseline)),
            Ordering::Equal => None,
            Ordering::Greater => Some(SlopedEdge::new(to, from, 1, baseline)),
        })
        .collect();
    sloped.sort_unstable_by_key(|edge| edge.x0);
    sloped
}

impl SlopedEdge {
    fn new(west: Point, east: Point, sign: i128, baseline: i32) -> Self {
        let height = |point: Point| i64::from(point.lat) - i64::from(baseline);
        let (x0, y0) = (i64::from(west.lon), height(west));
        let (x1, y1) = (i64::from(east.lon), height(east));
        Self {
            x0,
            y0,
            x1,
            y1,
            dx: x1 - x0,
            dy: y1 - y0,
            sign,
        }
    }

    /// Whether this edge is lower (`Less`) or higher than `other` at `left`, where one of them starts.
    fn side_of_west_end(&self, other: &Self, left: i64) -> Ordering {
        if self.x0 == left {
            other.side(self.x0, self.y0)
        } else {
            self.side(other.x0, other.y0).reverse()
        }
    }

    /// Whether this edge is lower (`Less`) or higher than `other` at `right`, where one of them ends.
    fn side_of_east_end(&self, other: &Self, right: i64) -> Ordering {
        if self.x1 == right {
            other.side(self.x1, self.y1)
        } else {
            self.side(other.x1, other.y1).reverse()
        }
    }

    /// Whether the point is below (`Less`), on or above the line of this edge.
    fn side(&self, x: i64, y: i64) -> Ordering {
        (self.dx * (y - self.y0)).cmp(&(self.dy * (x - self.x0)))
    }

    /// Twice the area between the baseline and this edge from `left` to `right`, times `dx`.
    fn area2_below(&self, left: i64, right: i64) -> i128 {
        let heights = 2 * self.y0 * self.dx + (left + right - 2 * self.x0) * self.dy;
        i128::from(right - left) * i128::from(heights)
    }
}

#[cfg(test)]
mod tests {
    use num_traits::{One, Zero};

    use super::*;
    use crate::domain::geometry::BoundingBox;

    fn ring(vertices: &[(i32, i32)]) -> Vec<Point> {
        vertices
            .iter()
            .map(|&(lon, lat)| Point { lon, lat })
            .collect()
    }

    /// A parcel from rings in any direction and order, the first of each part the exterior.
    fn parcel(parts: &[&[&[(i32, i32)]]]) -> Parcel {
        let corner = |at| Point { lon: at, lat: at };
        let county = BoundingBox::new(corner(-20_000_000), corner(20_000_000)).unwrap();
        let rings = |part: &&[&[(i32, i32)]]| part.iter().map(|vertices| ring(vertices)).collect();
        let parts = Parcel::canonicalize(parts.iter().map(rings).collect()).unwrap();
        Parcel::new(parts, &county).unwrap()
    }

    fn square(west: i32, south: i32, side: i32) -> [(i32, i32); 4] {
        let (east, north) = (west + side, south + side);
        [(west, south), (east, south), (east, north), (west, north)]
    }

    fn rational(numerator: i64, denominator: i64) -> BigRational {
        BigRational::new(numerator.into(), denominator.into())
    }

    /// Asserts twice the common area, in both orders.
    fn check(a: &Parcel, b: &Parcel, expected: &BigRational) {
        for overlap in [
            intersection_area2(a, b).unwrap(),
            intersection_area2(b, a).unwrap(),
        ] {
            assert_eq!(&overlap, expected);
            assert!(
                overlap.numer().gcd(overlap.denom()).is_one(),
                "{overlap} is not reduced"
            );
        }
    }

    #[test]
    fn squares_share_what_they_share() {
        let base = parcel(&[&[&square(0, 0, 1000)]]);
        for (other, expected) in [
            (square(0, 0, 1000), 2_000_000),
            (square(1, 1, 1000), 2 * 999 * 999),
            (square(500, -500, 1000), 500_000),
            (square(200, 300, 100), 20_000),
            (square(-500, -500, 5000), 2_000_000),
            (square(1000, 0, 1000), 0),
            (square(1000, 1000, 1000), 0),
            (square(0, 999, 1000), 2000),
            (square(3000, 0, 1000), 0),
        ] {
            check(&base, &parcel(&[&[&other]]), &rational(expected, 1));
        }
    }

    #[test]
    fn holes_and_islands_are_counted_out_and_in() {
        let ring = parcel(&[&[&square(0, 0, 1000), &square(200, 200, 600)]]);
        check(
            &ring,
            &parcel(&[&[&square(300, 300, 400)]]),
            &rational(0, 1),
        );
        check(
            &ring,
            &parcel(&[&[&square(200, 200, 600)]]),
            &rational(0, 1),
        );
        check(
            &ring,
            &parcel(&[&[&square(500, 500, 1000)]]),
            &rational(2 * (250_000 - 90_000), 1),
        );
        check(&ring, &ring, &rational(ring.area2().to_i64().unwrap(), 1));
        let island = parcel(&[
            &[&square(0, 0, 1000), &square(200, 200, 600)],
            &[&square(400, 400, 200)],
        ]);
        check(&ring, &island, &rational(2 * 640_000, 1));
        check(
            &island,
            &parcel(&[&[&square(300, 300, 400)]]),
            &rational(2 * 40_000, 1),
        );
    }

    #[test]
    fn crossing_edges_give_fractions() {
        // The line y = x/3 cuts x + y = 1000 at x = 750; y = x/7 cuts it at x = 875.
        let below_diagonal = parcel(&[&[&[(0, 0), (1000, 0), (0, 1000)]]]);
        let wedge = parcel(&[&[&[(0, 0), (3000, 1000), (0, 1000)]]]);
        check(&below_diagonal, &wedge, &rational(750_000, 1));
        let flat = parcel(&[&[&[(0, 0), (700, 100), (700, 1001)]]]);
        // Below y = x 1001/700, above y = x/7 and left of x = 700: the triangle (0,0), (700,100),
        // (700,300), and (0,0), (700,300), P with P on x + y = 1000 and y = 1.43 x, x = 700000/1701.
        let expected = rational(700 * 200, 1)
            + rational(1, 1)
                * (rational(700, 1) * rational(1_001_000, 1701)
                    - rational(300, 1) * rational(700_000, 1701));
        check(&below_diagonal, &flat, &expected);
        assert!(!expected.is_integer());
    }

    #[test]
    fn concave_outlines_cross_many_times() {
        let comb = parcel(&[&[&[
            (0, 0),
            (700, 0),
            (700, 1000),
            (600, 1000),
            (600, 100),
            (400, 100),
            (400, 1000),
            (300, 1000),
            (300, 100),
            (100, 100),
            (100, 1000),
            (0, 1000),
        ]]]);
        let bar = parcel(&[&[&square(-100, 500, 1000)]]);
        check(&comb, &bar, &rational(2 * 3 * 100 * 500, 1));
        let slanted = parcel(&[&[&[(-100, 300), (800, 600), (800, 800), (-100, 500)]]]);
        // Each tooth cuts a parallelogram 200 high out of the slanted bar.
        check(&comb, &slanted, &rational(2 * 3 * 100 * 200, 1));
    }

    #[test]
    fn a_copy_moved_by_one_unit_loses_its_border_only() {
        let outline = [(0, 0), (1003, 17), (1300, 700), (400, 411), (-40, 900)];
        let original = parcel(&[&[&outline]]);
        let moved = parcel(&[&[&outline.map(|(lon, lat)| (lon, lat + 1))]]);
        let shared = intersection_area2(&original, &moved).unwrap();
        check(&original, &moved, &shared);
        let whole = BigRational::from_integer(original.area2().into());
        // The outline is 1,340 wide, and over each longitude lie at most two stretches of ground; each loses
        // one unit of its height.
        assert!(shared < whole && shared > whole - rational(2 * 1340 * 2, 1));
        assert_eq!(grade(&shared, original.area2(), 5000), Grade::Full);
    }

    #[test]
    fn slivers_with_several_neighbors_add_up() {
        let middle = parcel(&[&[&[(0, 0), (1000, 10), (990, 1000), (-10, 990)]]]);
        let neighbors = [
            parcel(&[&[&square(990, 0, 1000)]]),
            parcel(&[&[&square(0, 990, 1000)]]),
            parcel(&[&[&square(-1000, 0, 1000)]]),
            parcel(&[&[&square(5000, 5000, 1000)]]),
        ];
        let one_by_one: BigRational = neighbors
            .iter()
            .map(|neighbor| intersection_area2(&middle, neighbor).unwrap())
            .sum();
        assert_eq!(
            total_overlap_area2(&middle, &neighbors).unwrap(),
            one_by_one
        );
        assert!(one_by_one.is_positive());
        assert!(total_overlap_area2(&middle, []).unwrap().is_zero());
    }

    #[test]
    fn the_share_is_of_the_smaller_parcel() {
        let large = parcel(&[&[&square(0, 0, 1000)]]);
        let small = parcel(&[&[&square(900, 0, 300)]]);
        assert_eq!(share_of_smaller(&large, &small).unwrap(), rational(1, 3));
        assert_eq!(share_of_smaller(&small, &large).unwrap(), rational(1, 3));
        assert_eq!(share_of_smaller(&large, &large).unwrap(), rational(1, 1));
    }

    #[test]
    fn grades_change_exactly_at_their_limits() {
        for (numerator, denominator, expected) in [
            (0, 1, Grade::None),
            (1, 1_000_000, Grade::Sliver),
            (5000, 1, Grade::Sliver),
            (5_000_001, 1000, Grade::Material),
            (949_999_999, 1000, Grade::Material),
            (950_000, 1, Grade::Full),
            (2_000_000, 1, Grade::Full),
        ] {
            let overlap = rational(numerator, denominator);
            assert_eq!(grade(&overlap, 1_000_000, 5000), expected, "{overlap}");
        }
        assert_eq!(grade(&rational(95, 1), 100, PPM), Grade::Full);
    }

    #[test]
    fn parts_per_million_are_rounded_up() {
        for (numerator, denominator, expected) in [
            (0, 1, 0),
            (-1, 2, 0),
            (1, 1_000_000_000, 1),
            (1, 2, 500_000),
            (1, 3, 333_334),
            (1, 1, PPM),
            (10_000, 1, u32::MAX),
        ] {
            assert_eq!(ppm_ceil(&rational(numerator, denominator)), expected);
        }
    }

    #[test]
    fn the_largest_parcels_do_not_overflow() {
        // 1,024 cells in a row, moved against each other, with slopes as steep as the box allows.
        let far = 102_399_999;
        let corner = |at| Point { lon: at, lat: at };
        let county = BoundingBox::new(corner(-300_000_000), corner(300_000_000)).unwrap();
        let make = |vertices: &[(i32, i32)]| {
            let parts = Parcel::canonicalize(vec![vec![ring(vertices)]]).unwrap();
            Parcel::new(parts, &county).unwrap()
        };
        let wide = make(&[(0, 0), (far, 50_000), (far, 99_999), (0, 99_998)]);
        let tall = make(&[(0, 1), (99_999, 0), (99_998, far), (50_000, far)]);
        let east = make(&[(far - 1, 0), (2 * far - 99_999, 99_999), (far, 99_999)]);
        for (a, b) in [
            (&wide, &tall),
            (&wide, &east),
            (&tall, &tall),
            (&wide, &wide),
        ] {
            let shared = intersection_area2(a, b).unwrap();
            assert!(shared.is_positive() && shared <= rational(1, 1) * BigInt::from(a.area2()));
            check(a, b, &shared);
        }
    }

    #[test]
    fn boundaries_that_cross_everywhere_are_refused() {
        // Zigzag ribbons of 140 long slanted edges, one turned by a right angle: 19,600 crossings.
        let mut lower: Vec<(i32, i32)> = (0..70)
            .map(|i| (200 * i + 17 * (i % 2), if i % 2 == 0 { 0 } else { 14_000 }))
            .collect();
        let upper: Vec<(i32, i32)> = lower.iter().rev().map(|&(x, y)| (x, y + 100)).collect();
        lower.extend(upper);
        let turned: Vec<(i32, i32)> = lower.iter().map(|&(x, y)| (y, x)).collect();
        let (a, b) = (parcel(&[&[&lower]]), parcel(&[&[&turned]]));
        assert_eq!(
            intersection_area2(&a, &b),
            Err(GeometryFault::TooManyCrossings)
        );
        assert_eq!(
            share_of_smaller(&b, &a),
            Err(GeometryFault::TooManyCrossings)
        );
    }
}

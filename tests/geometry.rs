//! The exact overlap of parcels against an independent slow method, on random shapes.
//!
//! The slow method cuts the plane into horizontal slabs at every vertex and every crossing, and measures in
//! each slab the common width at half height. It shares nothing with the registry's formula: it sweeps along
//! the other axis, knows no signs of edges, and works in rationals throughout.

use std::cmp::Ordering;

use greenlien::domain::geometry::{
    BoundingBox, Grade, Parcel, Point, cells_of, grade, intersection_area2, share_of_smaller,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

const PAIRS: usize = 300;

#[test]
fn the_exact_overlap_agrees_with_horizontal_slabs() {
    let mut random = Random(20_261_201);
    let (mut apart, mut whole, mut fractional) = (0, 0, 0);
    for number in 0..PAIRS {
        let (a, b) = random_pair(&mut random);
        let overlap = intersection_area2(&a, &b).unwrap();
        assert_eq!(overlap, slab_area2(&a, &b), "pair {number}: {a:?} {b:?}");
        assert_eq!(
            overlap,
            intersection_area2(&b, &a).unwrap(),
            "pair {number}"
        );
        if overlap.is_zero() {
            apart += 1;
        } else if overlap.is_integer() {
            whole += 1;
        } else {
            fractional += 1;
        }
    }
    // The shapes must be worth the comparison.
    assert!(
        apart > 20 && whole > 20 && fractional > 150,
        "{apart} {whole} {fractional}"
    );
}

#[test]
fn a_parcel_shares_all_of_itself_and_its_slabs_add_up_to_its_area() {
    let mut random = Random(7);
    for _ in 0..50 {
        let parcel = random_parcel(&mut random);
        let area2 = BigRational::from_integer(parcel.area2().into());
        assert_eq!(intersection_area2(&parcel, &parcel).unwrap(), area2);
        assert_eq!(slab_area2(&parcel, &parcel), area2);
        assert_eq!(
            share_of_smaller(&parcel, &parcel).unwrap(),
            BigRational::one()
        );
        assert_eq!(grade(&area2, parcel.area2(), 5000), Grade::Full);
    }
}

#[test]
fn overlapping_parcels_share_a_cell() {
    let mut random = Random(99);
    for _ in 0..100 {
        let (a, b) = random_pair(&mut random);
        if intersection_area2(&a, &b).unwrap().is_positive() {
            let neighbors = cells_of(&b);
            assert!(cells_of(&a).iter().any(|cell| neighbors.contains(cell)));
        }
    }
}

/// Twice the common area, by slabs.
fn slab_area2(a: &Parcel, b: &Parcel) -> BigRational {
    let (a_edges, b_edges) = (edges(a), edges(b));
    let mut heights: Vec<BigRational> = a_edges
        .iter()
        .chain(&b_edges)
        .map(|(from, _)| integer(from.lat))
        .collect();
    for e in &a_edges {
        heights.extend(b_edges.iter().filter_map(|f| height_of_crossing(e, f)));
    }
    heights.sort_unstable();
    heights.dedup();
    let two = integer(2);
    let slab = |border: &[BigRational]| {
        let middle = (&border[0] + &border[1]) / &two;
        let width = common_width(&cuts(&a_edges, &middle), &cuts(&b_edges, &middle));
        width * (&border[1] - &border[0]) * &two
    };
    heights.windows(2).map(slab).sum()
}

fn edges(parcel: &Parcel) -> Vec<(Point, Point)> {
    let of_ring = |ring: &Vec<Point>| -> Vec<(Point, Point)> {
        (0..ring.len())
            .map(|i| (ring[i], ring[(i + 1) % ring.len()]))
            .collect()
    };
    parcel.parts().iter().flatten().flat_map(of_ring).collect()
}

/// The latitude at which the lines of two edges cross, if it lies on the first edge.
fn height_of_crossing(e: &(Point, Point), f: &(Point, Point)) -> Option<BigRational> {
    let way = |from: Point, to: Point| (integer(to.lon) - integer(from.lon), rise(from, to));
    let cross =
        |a: &(BigRational, BigRational), b: &(BigRational, BigRational)| &a.0 * &b.1 - &a.1 * &b.0;
    let (along_e, along_f, between) = (way(e.0, e.1), way(f.0, f.1), way(e.0, f.0));
    let parallel = cross(&along_e, &along_f);
    if parallel.is_zero() {
        return None;
    }
    let share = cross(&between, &along_f) / parallel;
    let on_edge = !share.is_negative() && share <= BigRational::one();
    on_edge.then(|| integer(e.0.lat) + share * along_e.1)
}

/// The longitudes at which the edges cross a latitude that no vertex has, ascending.
fn cuts(edges: &[(Point, Point)], height: &BigRational) -> Vec<BigRational> {
    let floor = height.floor().to_integer();
    let below = |point: Point| BigInt::from(point.lat) <= floor;
    let mut cuts: Vec<BigRational> = edges
        .iter()
        .filter(|(from, to)| below(*from) != below(*to))
        .map(|&(from, to)| {
            let share = (height - integer(from.lat)) / rise(from, to);
            integer(from.lon) + share * (integer(to.lon) - integer(from.lon))
        })
        .collect();
    cuts.sort_unstable();
    cuts
}

/// The length common to two lists of intervals, each given by its ascending borders.
fn common_width(a: &[BigRational], b: &[BigRational]) -> BigRational {
    let mut width = BigRational::zero();
    for first in a.chunks_exact(2) {
        for second in b.chunks_exact(2) {
            let west = (&first[0]).max(&second[0]);
            let east = (&first[1]).min(&second[1]);
            if west < east {
                width += east - west;
            }
        }
    }
    width
}

fn integer(number: i32) -> BigRational {
    BigRational::from_integer(number.into())
}

fn rise(from: Point, to: Point) -> BigRational {
    integer(to.lat) - integer(from.lat)
}

/// A linear congruential generator (Knuth's MMIX constants): the same shapes on every machine.
struct Random(u64);

impl Random {
    /// A number from 0 up to but not including `limit`.
    fn below(&mut self, limit: i32) -> i32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i32::try_from((self.0 >> 33) % u64::from(limit.unsigned_abs())).unwrap_or_default()
    }
}

/// Two parcels: unrelated, or the second made from the first by moving it or a few of its vertices.
fn random_pair(random: &mut Random) -> (Parcel, Parcel) {
    let a = random_parcel(random);
    if random.below(3) == 0 {
        return (a, random_parcel(random));
    }
    let (far, near) = (random.below(4000) - 2000, random.below(5) - 2);
    let shift = if random.below(2) == 0 {
        (far, near)
    } else {
        (near, near)
    };
    let moved_vertices = random.below(4);
    loop {
        let mut parts = a.parts().to_vec();
        for point in parts.iter_mut().flatten().flatten() {
            *point = Point {
                lon: point.lon + shift.0,
                lat: point.lat + shift.1,
            };
        }
        for _ in 0..moved_vertices {
            let exterior = &mut parts[0][0];
            let vertex = random
                .below(i32::try_from(exterior.len()).unwrap_or(1))
                .unsigned_abs();
            exterior[vertex as usize].lat += random.below(300) - 150;
        }
        if let Some(b) = accepted(parts) {
            return (a, b);
        }
    }
}

/// A parcel of one or two parts, with or without a hole, on a fine grid or on a coarse one, on which vertices
/// and edges of different parcels often coincide.
fn random_parcel(random: &mut Random) -> Parcel {
    loop {
        let step = if random.below(2) == 0 { 1 } else { 100 };
        let center = Point {
            lon: 100 * random.below(10),
            lat: 100 * random.below(10),
        };
        let vertices = 3 + random.below(8);
        let exterior = if random.below(3) == 0 {
            rectangle(
                center,
                100 * (4 + random.below(6)),
                100 * (4 + random.below(6)),
            )
        } else {
            star(random, center, 1000 / step, step, vertices)
        };
        let mut parts = vec![vec![exterior]];
        if random.below(2) == 0 {
            parts[0].push(star(random, center, 300 / step, step, 4));
        }
        if random.below(3) == 0 {
            let aside = Point {
                lon: center.lon + 1500,
                lat: center.lat + 500,
            };
            parts.push(vec![star(random, aside, 700 / step, step, 6)]);
        }
        if let Some(parcel) = accepted(parts) {
            return parcel;
        }
    }
}

/// A ring around `center`, through random points in the order of their directions from there.
fn star(random: &mut Random, center: Point, reach: i32, step: i32, vertices: i32) -> Vec<Point> {
    let mut ways: Vec<(i32, i32)> = (0..vertices)
        .map(|_| {
            (
                random.below(2 * reach + 1) - reach,
                random.below(2 * reach + 1) - reach,
            )
        })
        .filter(|way| *way != (0, 0))
        .collect();
    ways.sort_unstable_by(|a, b| by_direction(*a, *b));
    ways.dedup_by(|a, b| by_direction(*a, *b) == Ordering::Equal);
    ways.iter()
        .map(|(x, y)| Point {
            lon: center.lon + x * step,
            lat: center.lat + y * step,
        })
        .collect()
}

/// A rectangle around `center`, given half its width and half its height.
fn rectangle(center: Point, width: i32, height: i32) -> Vec<Point> {
    [
        (-width, -height),
        (width, -height),
        (width, height),
        (-width, height),
    ]
    .map(|(x, y)| Point {
        lon: center.lon + x,
        lat: center.lat + y,
    })
    .to_vec()
}

/// Orders directions counter-clockwise, from west through south and east to north.
fn by_direction(a: (i32, i32), b: (i32, i32)) -> Ordering {
    let northern = |way: (i32, i32)| way.1 > 0 || (way.1 == 0 && way.0 > 0);
    northern(a)
        .cmp(&northern(b))
        .then_with(|| (b.0 * a.1).cmp(&(a.0 * b.1)))
}

/// The parcel, if the random shape happens to be one.
fn accepted(parts: Vec<Vec<Vec<Point>>>) -> Option<Parcel> {
    let corner = |at| Point { lon: at, lat: at };
    let county = BoundingBox::new(corner(-20_000), corner(20_000)).ok()?;
    Parcel::new(Parcel::canonicalize(parts).ok()?, &county).ok()
}

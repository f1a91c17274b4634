//! The canonical multipolygon of a right's ground, and the refusal of every other form.
//!
//! One ground has one form, so that its digest and every verifier's answer are the same. Nothing is repaired
//! silently: [`Parcel::new`] accepts the canonical form only; importers bring delivered rings into that form
//! with [`Parcel::canonicalize`], which rearranges vertices and never moves one.
//!
//! The canonical form:
//! - rings without a repeated closing vertex, at least three vertices, no vertex equal to the next;
//! - exteriors counter-clockwise, holes clockwise, each starting at its smallest vertex ([`Point`] order);
//! - no spike, and no two edges that meet other than neighbors at their common vertex, in the whole parcel;
//!   vertices on a straight line are allowed, because survey points are evidence;
//! - holes inside their exterior and outside each other, polygons apart or one in a hole of the other;
//! - polygons, and the holes of each, in ascending order of their first vertex;
//! - within the county's box and the limits below.

use super::canonical::{
    check_counts, check_direction_and_start, check_edges, check_extent, check_holes, check_order,
    check_parts_apart, check_vertices,
};
use super::segment::{ring_area2, smallest_vertex};
use super::{BoundingBox, GeometryFault, Point};

/// The most vertices in a parcel, holes included.
///
/// A vertex in an entry takes at most 25 bytes (integers of 11 and 10 characters, brackets, two commas), so
/// 1,500 take 37,500 of the 65,535 bytes of an entry and leave the rest to the right's other fields.
pub const VERTICES_MAX: usize = 1500;

/// The most polygons in a parcel: a right over more scattered ground is several rights.
pub const PARTS_MAX: usize = 64;

/// The most holes in a parcel, over all its polygons.
pub const HOLES_MAX: usize = 64;

/// The fewest vertices that can enclose an area.
pub const RING_VERTICES_MIN: usize = 3;

/// The least area of a parcel, doubled, in squared units of 1e-7 degree: about one square meter.
///
/// A unit is 0.01113 m from south to north and cos(latitude) of that from west to east, so a squared unit
/// is 0.000124 m2 x cos(latitude). 10,000 of them are 1.08 m2 in Chongqing (29.4 N) and between 0.7 m2 and
/// 1.2 m2 from the north to the south of China; smaller shapes are traces of digitizing.
pub const AREA2_MIN: i128 = 20_000;

/// A canonical multipolygon: the ground of one right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    parts: Vec<Vec<Vec<Point>>>,
    bounding_box: BoundingBox,
    area2: i128,
}

impl Parcel {
    /// Accepts `parts` (polygons of rings of vertices, the exterior first) if they are canonical.
    ///
    /// # Errors
    /// The first fault, in the order in which [`GeometryFault`] lists them.
    pub fn new(parts: Vec<Vec<Vec<Point>>>, county: &BoundingBox) -> Result<Self, GeometryFault> {
        check_counts(&parts)?;
        let bounding_box = check_extent(&parts, county)?;
        check_vertices(&parts)?;
        check_edges(&parts)?;
        check_direction_and_start(&parts)?;
        check_holes(&parts)?;
        check_parts_apart(&parts)?;
        check_order(&parts)?;
        let area2 = parts.iter().flatten().map(|ring| ring_area2(ring)).sum();
        if area2 < AREA2_MIN {
            return Err(GeometryFault::TooSmall { area2 });
        }
        Ok(Self {
            parts,
            bounding_box,
            area2,
        })
    }

    /// Brings delivered rings (the exterior first) into the canonical form without changing their shape.
    ///
    /// Drops vertices equal to the one before them, the closing vertex among them; turns, rotates and sorts
    /// the rings. A ring that encloses nothing keeps its direction. What comes out may still be refused by
    /// [`Parcel::new`], which looks at the shape itself.
    ///
    /// # Errors
    /// Only faults of number: no polygon, no exterior, too many of something, a ring too short.
    pub fn canonicalize(
        mut parts: Vec<Vec<Vec<Point>>>,
    ) -> Result<Vec<Vec<Vec<Point>>>, GeometryFault> {
        for part in &mut parts {
            for (index, ring) in part.iter_mut().enumerate() {
                drop_repeated_vertices(ring);
                let area2 = ring_area2(ring);
                if area2 != 0 && (area2 > 0) != (index == 0) {
                    ring.reverse();
                }
                let start = smallest_vertex(ring);
                ring.rotate_left(start);
            }
            if let Some(holes) = part.get_mut(1..) {
                holes.sort_unstable();
            }
        }
        check_counts(&parts)?;
        parts.sort_unstable();
        Ok(parts)
    }

    /// The polygons: rings of vertices, the exterior first, in canonical form.
    pub fn parts(&self) -> &[Vec<Vec<Point>>] {
        &self.parts
    }

    /// The smallest box around the parcel; each side is shorter than 2^27 units ([`CELLS_MAX`](super::CELLS_MAX)).
    pub fn bounding_box(&self) -> BoundingBox {
        self.bounding_box
    }

    /// Twice the area without the holes, in squared units of 1e-7 degree; at least [`AREA2_MIN`].
    pub fn area2(&self) -> i128 {
        self.area2
    }

    /// The number of vertices, holes included; at most [`VERTICES_MAX`].
    pub fn vertices(&self) -> usize {
        self.parts.iter().flatten().map(Vec::len).sum()
    }
}

/// Drops each vertex equal to the one before it, around the end of the list as well.
fn drop_repeated_vertices(ring: &mut Vec<Point>) {
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Place;

    fn ring(vertices: &[(i32, i32)]) -> Vec<Point> {
        vertices
            .iter()
            .map(|&(lon, lat)| Point { lon, lat })
            .collect()
    }

    fn square(west: i32, south: i32, side: i32) -> Vec<Point> {
        let (east, north) = (west + side, south + side);
        ring(&[(west, south), (east, south), (east, north), (west, north)])
    }

    fn hole(west: i32, south: i32, side: i32) -> Vec<Point> {
        let mut ring = square(west, south, side);
        ring[1..].reverse();
        ring
    }

    fn accept(parts: Vec<Vec<Vec<Point>>>) -> Result<Parcel, GeometryFault> {
        let corner = |at| Point { lon: at, lat: at };
        Parcel::new(
            parts,
            &BoundingBox::new(corner(-5000), corner(5000)).unwrap(),
        )
    }

    fn place(part: usize, ring: usize, vertex: usize) -> Place {
        Place { part, ring, vertex }
    }

    #[test]
    fn a_square_with_a_hole_and_an_island_in_it_is_accepted() {
        let parts = vec![
            vec![square(0, 0, 1000), hole(100, 100, 500)],
            vec![square(200, 200, 100)],
        ];
        let parcel = accept(parts.clone()).unwrap();
        assert_eq!(parcel.parts(), parts);
        assert_eq!(parcel.area2(), 2 * (1_000_000 - 250_000 + 10_000));
        assert_eq!(parcel.vertices(), 12);
        assert_eq!(
            parcel.bounding_box().max(),
            Point {
                lon: 1000,
                lat: 1000
            }
        );
    }

    #[test]
    fn vertices_on_a_straight_line_are_accepted() {
        let ring = ring(&[
            (0, 0),
            (500, 0),
            (1000, 0),
            (1000, 1000),
            (0, 1000),
            (0, 500),
        ]);
        assert_eq!(accept(vec![vec![ring]]).unwrap().area2(), 2_000_000);
    }

    #[test]
    fn each_fault_is_named_with_its_place() {
        let exterior = || square(0, 0, 1000);
        let one = |vertices: &[(i32, i32)]| vec![vec![ring(vertices)]];
        let county =
            BoundingBox::new(ring(&[(-5000, -5000)])[0], ring(&[(5000, 5000)])[0]).unwrap();
        for (parts, fault) in [
            (vec![], GeometryFault::NoParts),
            (
                vec![vec![exterior()]; 65],
                GeometryFault::TooManyParts { count: 65 },
            ),
            (
                vec![vec![exterior()], vec![]],
                GeometryFault::NoExterior { part: 1 },
            ),
            (
                vec![vec![exterior(); 66]],
                GeometryFault::TooManyHoles { count: 65 },
            ),
            (
                vec![vec![exterior().repeat(400)]],
                GeometryFault::TooManyVertices { count: 1600 },
            ),
            (
                one(&[(0, 0), (9, 9)]),
                GeometryFault::RingTooShort {
                    part: 0,
                    ring: 0,
                    count: 2,
                },
            ),
            (
                one(&[(0, 0), (5001, 0), (0, 9)]),
                GeometryFault::OutsideCounty {
                    at: place(0, 0, 1),
                    point: Point { lon: 5001, lat: 0 },
                    county,
                },
            ),
            (
                one(&[(0, 0), (900, 0), (0, 900), (0, 0)]),
                GeometryFault::RepeatedVertex { at: place(0, 0, 0) },
            ),
            (
                one(&[(0, 0), (900, 0), (900, 0), (0, 900)]),
                GeometryFault::RepeatedVertex { at: place(0, 0, 2) },
            ),
            (
                one(&[(0, 0), (900, 0), (400, 0), (0, 900)]),
                GeometryFault::Spike { at: place(0, 0, 1) },
            ),
            (
                one(&[(0, 0), (5, 5), (9, 9)]),
                GeometryFault::Spike { at: place(0, 0, 0) },
            ),
        ] {
            assert_eq!(accept(parts), Err(fault), "{fault}");
        }
    }

    #[test]
    fn edges_that_meet_are_refused() {
        let meet = |first, second| GeometryFault::EdgesMeet { first, second };
        let bow_tie = ring(&[(0, 0), (1000, 1000), (1000, 0), (0, 1000)]);
        let touching_itself = ring(&[
            (0, 0),
            (1000, 0),
            (500, 500),
            (1000, 1000),
            (0, 1000),
            (500, 500),
        ]);
        let exterior = || square(0, 0, 1000);
        for (parts, fault) in [
            (vec![vec![bow_tie]], meet(place(0, 0, 0), place(0, 0, 2))),
            (
                vec![vec![touching_itself]],
                meet(place(0, 0, 1), place(0, 0, 4)),
            ),
            (
                vec![vec![exterior(), hole(0, 100, 100)]],
                meet(place(0, 0, 3), place(0, 1, 0)),
            ),
            (
                vec![vec![exterior(), hole(100, 100, 100), hole(200, 200, 100)]],
                meet(place(0, 1, 1), place(0, 2, 0)),
            ),
            (
                vec![vec![exterior()], vec![square(1000, 0, 1000)]],
                meet(place(0, 0, 0), place(1, 0, 0)),
            ),
        ] {
            assert_eq!(accept(parts), Err(fault), "{fault}");
        }
    }

    #[test]
    fn wrong_direction_start_nesting_and_order_are_refused() {
        let exterior = || square(0, 0, 1000);
        let mut late_start = exterior();
        late_start.rotate_left(1);
        for (parts, fault) in [
            (
                vec![vec![hole(0, 0, 1000)]],
                GeometryFault::WrongOrientation { part: 0, ring: 0 },
            ),
            (
                vec![vec![exterior(), square(10, 10, 10)]],
                GeometryFault::WrongOrientation { part: 0, ring: 1 },
            ),
            (
                vec![vec![late_start]],
                GeometryFault::WrongStart {
                    smallest: place(0, 0, 3),
                },
            ),
            (
                vec![vec![exterior(), hole(2000, 0, 100)]],
                GeometryFault::HoleOutside { part: 0, ring: 1 },
            ),
            (
                vec![vec![square(200, 200, 10), hole(0, 0, 1000)]],
                GeometryFault::HoleOutside { part: 0, ring: 1 },
            ),
            (
                vec![vec![exterior(), hole(100, 100, 500), hole(200, 200, 100)]],
                GeometryFault::HoleInHole {
                    part: 0,
                    ring: 2,
                    around: 1,
                },
            ),
            (
                vec![vec![exterior()], vec![square(100, 100, 100)]],
                GeometryFault::PartInPart { part: 1, around: 0 },
            ),
            (
                vec![vec![exterior(), hole(500, 500, 100), hole(100, 100, 100)]],
                GeometryFault::HolesOutOfOrder { part: 0, ring: 2 },
            ),
            (
                vec![vec![exterior()], vec![square(-2000, 0, 1000)]],
                GeometryFault::PartsOutOfOrder { part: 1 },
            ),
        ] {
            assert_eq!(accept(parts), Err(fault), "{fault}");
        }
    }

    #[test]
    fn the_least_area_is_accepted_and_less_is_refused() {
        assert_eq!(
            accept(vec![vec![square(0, 0, 100)]]).unwrap().area2(),
            AREA2_MIN
        );
        let less = ring(&[(0, 0), (100, 0), (100, 100), (0, 99)]);
        assert_eq!(
            accept(vec![vec![less]]),
            Err(GeometryFault::TooSmall { area2: 19_900 })
        );
    }

    #[test]
    fn canonicalizing_rearranges_delivered_rings_and_moves_no_vertex() {
        let mut delivered = vec![
            vec![square(2000, 0, 500)],
            vec![
                hole(0, 0, 1000),
                square(600, 600, 100),
                square(100, 100, 200),
            ],
        ];
        for ring in delivered.iter_mut().flatten() {
            ring.rotate_left(2);
            ring.insert(2, ring[1]);
            ring.push(ring[0]);
        }
        assert!(accept(delivered.clone()).is_err());
        let canonical = Parcel::canonicalize(delivered).unwrap();
        let expected = vec![
            vec![square(0, 0, 1000), hole(100, 100, 200), hole(600, 600, 100)],
            vec![square(2000, 0, 500)],
        ];
        assert_eq!(canonical, expected);
        assert_eq!(Parcel::canonicalize(canonical.clone()).unwrap(), canonical);
        accept(canonical).unwrap();
    }

    #[test]
    fn canonicalizing_does_not_repair() {
        let bow_tie = vec![vec![ring(&[
            (0, 1000),
            (0, 0),
            (1000, 1000),
            (1000, 0),
            (0, 1000),
        ])]];
        let canonical = Parcel::canonicalize(bow_tie).unwrap();
        assert!(matches!(
            accept(canonical),
            Err(GeometryFault::EdgesMeet { .. })
        ));
        let point = vec![vec![ring(&[(7, 7), (7, 7), (7, 7), (7, 7)])]];
        let short = GeometryFault::RingTooShort {
            part: 0,
            ring: 0,
            count: 1,
        };
        assert_eq!(Parcel::canonicalize(point), Err(short));
        let no_exterior = GeometryFault::NoExterior { part: 0 };
        assert_eq!(Parcel::canonicalize(vec![vec![]]), Err(no_exterior));
    }
}

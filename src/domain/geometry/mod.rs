//! The ground of a right: canonical polygons, their exact overlap, and the grid that finds neighbors.
//!
//! Everything here is integers and rationals, because every verifier must reach the same answer on every
//! machine. This module must not project, draw, simplify or repair a shape: a shape that is not canonical is
//! refused, and areas in mu for readers are computed elsewhere, outside the law.
//!
//! - [`polygon`]: [`Parcel`], the canonical multipolygon, and what is refused.
//! - [`overlap`]: the exact area two parcels share, and its grade.
//! - [`grid`]: the cells under a parcel.
//! - [`fault`]: what can be wrong with a shape, and where.

mod canonical;
pub mod fault;
mod fraction;
pub mod grid;
pub mod overlap;
pub mod polygon;
mod segment;

use std::fmt;

pub use fault::{GeometryFault, Place};
pub use grid::{CELL_UNITS, CELLS_MAX, CellId, InvalidCellId, cells_of};
pub use overlap::{
    Grade, grade, intersection_area2, intersection_area2_ceil, ppm_ceil, share_of_smaller,
    total_overlap_area2,
};
pub use polygon::Parcel;

/// Coordinate units in one degree.
const UNITS_PER_DEGREE: u32 = 10_000_000;

/// A position in CGCS2000 longitude and latitude (EPSG:4490), in integers of 1e-7 degree (about 1 cm).
///
/// Points are ordered by longitude, then latitude; this order decides the start of a ring and the order of
/// parts and holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Longitude east of Greenwich, in 1e-7 degree.
    pub lon: i32,
    /// Latitude north of the equator, in 1e-7 degree.
    pub lat: i32,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_degrees(f, self.lon)?;
        f.write_str(" ")?;
        write_degrees(f, self.lat)
    }
}

/// Writes `units` as decimal degrees with all seven places.
fn write_degrees(f: &mut fmt::Formatter<'_>, units: i32) -> fmt::Result {
    let sign = if units < 0 { "-" } else { "" };
    let units = units.unsigned_abs();
    write!(
        f,
        "{sign}{}.{:07}",
        units / UNITS_PER_DEGREE,
        units % UNITS_PER_DEGREE
    )
}

/// A closed box of longitudes and latitudes: a county's, or the one around a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundingBox {
    min: Point,
    max: Point,
}

impl BoundingBox {
    /// Makes a box from its south-west and north-east corners; refuses corners given the other way round.
    pub fn new(min: Point, max: Point) -> Result<Self, GeometryFault> {
        if min.lon > max.lon || min.lat > max.lat {
            return Err(GeometryFault::BoxInsideOut { min, max });
        }
        Ok(Self { min, max })
    }

    /// The smallest box around `points`, or `None` if there are none.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        let start = Self {
            min: first,
            max: first,
        };
        Some(points.fold(start, |bounds, point| Self {
            min: Point {
                lon: bounds.min.lon.min(point.lon),
                lat: bounds.min.lat.min(point.lat),
            },
            max: Point {
                lon: bounds.max.lon.max(point.lon),
                lat: bounds.max.lat.max(point.lat),
            },
        }))
    }

    /// The south-west corner.
    pub fn min(&self) -> Point {
        self.min
    }

    /// The north-east corner.
    pub fn max(&self) -> Point {
        self.max
    }

    /// Tells whether `point` lies in the box; its border belongs to it.
    pub fn contains(&self, point: Point) -> bool {
        (self.min.lon..=self.max.lon).contains(&point.lon)
            && (self.min.lat..=self.max.lat).contains(&point.lat)
    }

    /// Tells whether the two boxes share an area; boxes that only touch do not.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.min.lon < other.max.lon
            && other.min.lon < self.max.lon
            && self.min.lat < other.max.lat
            && other.min.lat < self.max.lat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_printed_as_decimal_degrees() {
        let banan = Point {
            lon: 1_065_191_004,
            lat: 293_357_856,
        };
        assert_eq!(banan.to_string(), "106.5191004 29.3357856");
        assert_eq!(
            Point {
                lon: -5,
                lat: -10_000_000
            }
            .to_string(),
            "-0.0000005 -1.0000000"
        );
    }

    #[test]
    fn a_box_inside_out_is_refused() {
        let (min, max) = (Point { lon: 0, lat: 5 }, Point { lon: 5, lat: 0 });
        assert_eq!(
            BoundingBox::new(min, max),
            Err(GeometryFault::BoxInsideOut { min, max })
        );
    }

    #[test]
    fn boxes_that_only_touch_share_no_area() {
        let square = |at: i32| {
            BoundingBox::new(
                Point { lon: at, lat: at },
                Point {
                    lon: at + 10,
                    lat: at + 10,
                },
            )
            .unwrap()
        };
        assert!(!square(0).overlaps(&square(10)));
        assert!(square(0).overlaps(&square(9)));
        assert!(square(0).contains(Point { lon: 10, lat: 0 }));
        assert!(!square(0).contains(Point { lon: 11, lat: 0 }));
    }
}

//! Grid cells of 0.01 degree: the addresses under which the rights on a piece of ground are found.
//!
//! The cells of a parcel become facts of the ledger, so their definition is fixed here to the last unit: a
//! point belongs to exactly one cell, and a parcel's cells are those of all the points of its closed bounding
//! box. Two parcels with a point in common thus always share a cell. Cells do not follow the parcel's own
//! outline: more neighbors are then looked at than touch it, never fewer.

use std::fmt;
use std::str::FromStr;

use super::{BoundingBox, Parcel};

/// The side of a cell: 0.01 degree, about 1.1 km from south to north.
pub const CELL_UNITS: i32 = 100_000;

/// The most cells one parcel may span.
///
/// 1,024 is 32 by 32 cells, about 31 km by 36 km in Chongqing. It bounds the facts that one right
/// writes, and with them a parcel's extent: in either direction at most 1,024 cells of 100,000 units, which
/// is below 2^27 units. The arithmetic of `overlap` relies on that.
pub const CELLS_MAX: u64 = 1024;

/// One cell, named by the 0.01-degree steps of its south-west corner from 0 east, 0 north.
///
/// Written as `x10665y2935`: the cell from 106.65 E, 29.35 N up to but not including 106.66 E, 29.36 N.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId {
    /// Longitude of the west side divided by [`CELL_UNITS`].
    pub x: i32,
    /// Latitude of the south side divided by [`CELL_UNITS`].
    pub y: i32,
}

/// Returns the cells of every point of the parcel's closed bounding box, ascending by `x`, then `y`.
///
/// There are between 1 and [`CELLS_MAX`] of them, because no parcel with more is accepted.
pub fn cells_of(parcel: &Parcel) -> Vec<CellId> {
    let (min, max) = corner_cells(&parcel.bounding_box());
    (min.x..=max.x)
        .flat_map(|x| (min.y..=max.y).map(move |y| CellId { x, y }))
        .collect()
}

/// The number of cells spanned by a box.
pub(super) fn cell_count(bounds: &BoundingBox) -> u64 {
    let (min, max) = corner_cells(bounds);
    // Each factor is at most 2^32 / 100,000 + 1, so the product fits easily.
    u64::from(max.x.abs_diff(min.x) + 1) * u64::from(max.y.abs_diff(min.y) + 1)
}

fn corner_cells(bounds: &BoundingBox) -> (CellId, CellId) {
    let [min, max] = [bounds.min(), bounds.max()].map(|corner| CellId {
        x: corner.lon.div_euclid(CELL_UNITS),
        y: corner.lat.div_euclid(CELL_UNITS),
    });
    (min, max)
}

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x{}y{}", self.x, self.y)
    }
}

impl FromStr for CellId {
    type Err = InvalidCellId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (x, y) = text
            .strip_prefix('x')
            .and_then(|rest| rest.split_once('y'))
            .ok_or(InvalidCellId)?;
        let cell = Self {
            x: x.parse().map_err(|_| InvalidCellId)?,
            y: y.parse().map_err(|_| InvalidCellId)?,
        };
        // A cell has one name only, so leading zeros and plus signs are refused.
        if cell.to_string() == text {
            Ok(cell)
        } else {
            Err(InvalidCellId)
        }
    }
}

/// A text that is not the name of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCellId;

impl fmt::Display for InvalidCellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a grid cell is written like x10665y2935")
    }
}

impl std::error::Error for InvalidCellId {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::{GeometryFault, Point};

    fn rectangle(west: i32, south: i32, east: i32, north: i32) -> Result<Parcel, GeometryFault> {
        let p = |lon, lat| Point { lon, lat };
        let whole = BoundingBox::new(p(i32::MIN, i32::MIN), p(i32::MAX, i32::MAX)).unwrap();
        let ring = vec![
            p(west, south),
            p(east, south),
            p(east, north),
            p(west, north),
        ];
        Parcel::new(vec![vec![ring]], &whole)
    }

    fn names(parcel: &Parcel) -> Vec<String> {
        cells_of(parcel).iter().map(CellId::to_string).collect()
    }

    #[test]
    fn cells_are_the_sorted_rectangle_under_the_bounding_box() {
        let parcel = rectangle(1_066_550_000, 293_500_000, 1_066_650_000, 293_610_000).unwrap();
        let expected = ["x10665y2935", "x10665y2936", "x10666y2935", "x10666y2936"];
        assert_eq!(names(&parcel), expected);
        let mut sorted = cells_of(&parcel);
        sorted.sort_unstable();
        assert_eq!(sorted, cells_of(&parcel));
    }

    #[test]
    fn an_upper_border_on_the_grid_belongs_to_the_next_cell() {
        assert_eq!(names(&rectangle(0, 0, 99_999, 99_999).unwrap()), ["x0y0"]);
        assert_eq!(
            names(&rectangle(0, 0, 100_000, 99_999).unwrap()),
            ["x0y0", "x1y0"]
        );
        assert_eq!(
            names(&rectangle(100_000, 0, 199_999, 99_999).unwrap()),
            ["x1y0"]
        );
    }

    #[test]
    fn division_goes_downward_below_zero() {
        let parcel = rectangle(-1, -100_001, 99_999, -1).unwrap();
        assert_eq!(names(&parcel), ["x-1y-2", "x-1y-1", "x0y-2", "x0y-1"]);
    }

    #[test]
    fn more_cells_than_the_limit_are_refused() {
        let side = 32 * CELL_UNITS;
        assert_eq!(
            cells_of(&rectangle(0, 0, side - 1, side - 1).unwrap()).len(),
            1024
        );
        let refused = rectangle(0, 0, side, side - 1).unwrap_err();
        assert_eq!(refused, GeometryFault::TooManyCells { count: 1056 });
        let world = rectangle(i32::MIN, i32::MIN, i32::MAX, i32::MAX).unwrap_err();
        assert_eq!(
            world,
            GeometryFault::TooManyCells {
                count: 42_950 * 42_950
            }
        );
    }

    #[test]
    fn a_cell_has_exactly_one_name() {
        let cell = CellId { x: 10665, y: -2935 };
        assert_eq!(cell.to_string().parse(), Ok(cell));
        for text in [
            "",
            "x1",
            "y1x1",
            "x01y1",
            "x+1y1",
            "x1y1 ",
            "x-0y1",
            "x1y99999999999",
            "X1y1",
        ] {
            assert_eq!(text.parse::<CellId>(), Err(InvalidCellId), "{text}");
        }
    }
}

//! Where the rights on a piece of ground are looked for: a square of the grid, or the number of a parcel that has no polygon.
//!
//! Nobody knows where such a parcel lies, but two rights that name it lie on the same ground all the same.

use std::fmt;
use std::str::FromStr;

use crate::domain::geometry::grid::{CellId, InvalidCellId};
use crate::primitives::id::RightId;

/// One cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cell {
    /// A square of the grid, as `x10665y2935`.
    Grid(CellId),
    /// A parcel that other rights name, as `R41`: the right, which has no polygon of its own.
    Parcel(RightId),
}

impl Cell {
    /// Returns the parcel that it is, if it is no square.
    pub fn parcel(self) -> Option<RightId> {
        match self {
            Self::Grid(_) => None,
            Self::Parcel(right) => Some(right),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grid(square) => write!(f, "{square}"),
            Self::Parcel(right) => write!(f, "{right}"),
        }
    }
}

impl FromStr for Cell {
    type Err = InvalidCellId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match RightId::parse(text) {
            Some(right) => Ok(Self::Parcel(right)),
            None => text.parse().map(Self::Grid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_square_or_a_right() {
        let square = CellId { x: 10_665, y: -2 };
        for (text, cell) in [
            ("x10665y-2", Cell::Grid(square)),
            ("R41", Cell::Parcel(RightId(41))),
        ] {
            assert_eq!(text.parse(), Ok(cell));
            assert_eq!(cell.to_string(), text);
        }
        for text in ["", "R", "R041", "P41", "x1", "41"] {
            assert!(text.parse::<Cell>().is_err(), "{text}");
        }
        assert!(Cell::Grid(square) < Cell::Parcel(RightId(0)));
        assert_eq!(Cell::Parcel(RightId(41)).parcel(), Some(RightId(41)));
        assert_eq!(Cell::Grid(square).parcel(), None);
    }
}

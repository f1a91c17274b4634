//! What can be wrong with a shape, and exactly where, so that the surveyor's office can repair it.
//!
//! One enum for all of geometry, because a delivered shape is judged as a whole. It must not decide what
//! happens next: whether a fault refuses a right or a whole import is the caller's rule.

use std::fmt;

use super::grid::CELLS_MAX;
use super::overlap::CROSSINGS_MAX;
use super::polygon::{AREA2_MIN, HOLES_MAX, PARTS_MAX, RING_VERTICES_MIN, VERTICES_MAX};
use super::{BoundingBox, Point};

/// A vertex of a delivered shape, or the edge that starts there.
///
/// All three are counted from 0, as in GeoJSON coordinates. Ring 0 is the exterior, the others are holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The polygon within the multipolygon.
    pub part: usize,
    /// The ring within the polygon.
    pub ring: usize,
    /// The vertex within the ring.
    pub vertex: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "part {}, ring {}, vertex {}",
            self.part, self.ring, self.vertex
        )
    }
}

/// The reason why a shape is not a canonical parcel, or why two parcels cannot be compared.
///
/// Listed in the order in which [`Parcel::new`](super::Parcel::new) looks for them, so that the same shape
/// always shows the same fault; the last two come from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryFault {
    /// There is no polygon at all.
    NoParts,
    /// More than [`PARTS_MAX`] polygons.
    TooManyParts {
        /// Polygons found.
        count: usize,
    },
    /// A polygon without an exterior ring.
    NoExterior {
        /// The polygon.
        part: usize,
    },
    /// More than [`HOLES_MAX`] holes in all.
    TooManyHoles {
        /// Holes found.
        count: usize,
    },
    /// More than [`VERTICES_MAX`] vertices in all.
    TooManyVertices {
        /// Vertices found.
        count: usize,
    },
    /// A ring of fewer than [`RING_VERTICES_MIN`] vertices.
    RingTooShort {
        /// The polygon.
        part: usize,
        /// The ring.
        ring: usize,
        /// Vertices found.
        count: usize,
    },
    /// A vertex outside the county, as happens when coordinate systems are mixed up.
    OutsideCounty {
        /// The vertex.
        at: Place,
        /// Its position.
        point: Point,
        /// The county's box.
        county: BoundingBox,
    },
    /// The parcel's bounding box spans more than [`CELLS_MAX`] grid cells.
    TooManyCells {
        /// Cells spanned.
        count: u64,
    },
    /// A vertex equal to the one before it; for vertex 0, to the last one (a repeated closing vertex).
    RepeatedVertex {
        /// The second of the two vertices.
        at: Place,
    },
    /// A vertex where the ring turns straight back on itself.
    Spike {
        /// The tip.
        at: Place,
    },
    /// Two edges meet that must not: within a ring, between rings, or between polygons.
    EdgesMeet {
        /// The start of the edge listed first.
        first: Place,
        /// The start of the other edge.
        second: Place,
    },
    /// An exterior running clockwise, or a hole running counter-clockwise.
    WrongOrientation {
        /// The polygon.
        part: usize,
        /// The ring.
        ring: usize,
    },
    /// A ring that does not start at its smallest vertex (by longitude, then latitude).
    WrongStart {
        /// The vertex where it should start.
        smallest: Place,
    },
    /// A hole outside its exterior.
    HoleOutside {
        /// The polygon.
        part: usize,
        /// The hole.
        ring: usize,
    },
    /// A hole inside another hole.
    HoleInHole {
        /// The polygon.
        part: usize,
        /// The inner hole.
        ring: usize,
        /// The hole around it.
        around: usize,
    },
    /// A polygon lying on another one's ground.
    PartInPart {
        /// The inner polygon.
        part: usize,
        /// The polygon around it.
        around: usize,
    },
    /// A hole whose first vertex does not come after that of the hole before it.
    HolesOutOfOrder {
        /// The polygon.
        part: usize,
        /// The later hole.
        ring: usize,
    },
    /// A polygon whose first vertex does not come after that of the polygon before it.
    PartsOutOfOrder {
        /// The later polygon.
        part: usize,
    },
    /// The whole parcel is smaller than [`AREA2_MIN`].
    TooSmall {
        /// Twice its area, in squared units.
        area2: i128,
    },
    /// Two parcels whose boundaries cross more than [`CROSSINGS_MAX`] times.
    TooManyCrossings,
    /// A box whose south-west corner is not south-west of the other.
    BoxInsideOut {
        /// The corner given as south-west.
        min: Point,
        /// The corner given as north-east.
        max: Point,
    },
}

impl GeometryFault {
    /// Returns the part and the ring at fault, where there is one of them, counted from 0.
    pub fn place(&self) -> (Option<usize>, Option<usize>) {
        match *self {
            Self::NoExterior { part }
            | Self::PartInPart { part, .. }
            | Self::PartsOutOfOrder { part } => (Some(part), None),
            Self::RingTooShort { part, ring, .. }
            | Self::WrongOrientation { part, ring }
            | Self::HoleOutside { part, ring }
            | Self::HoleInHole { part, ring, .. }
            | Self::HolesOutOfOrder { part, ring } => (Some(part), Some(ring)),
            Self::OutsideCounty { at, .. }
            | Self::RepeatedVertex { at }
            | Self::Spike { at }
            | Self::EdgesMeet { first: at, .. }
            | Self::WrongStart { smallest: at } => (Some(at.part), Some(at.ring)),
            Self::NoParts
            | Self::TooManyParts { .. }
            | Self::TooManyHoles { .. }
            | Self::TooManyVertices { .. }
            | Self::TooManyCells { .. }
            | Self::TooSmall { .. }
            | Self::TooManyCrossings
            | Self::BoxInsideOut { .. } => (None, None),
        }
    }

    /// Returns the rule that is broken, as a word for programs.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::NoParts => "no_parts",
            Self::TooManyParts { .. } => "too_many_parts",
            Self::NoExterior { .. } => "no_exterior",
            Self::TooManyHoles { .. } => "too_many_holes",
            Self::TooManyVertices { .. } => "too_many_vertices",
            Self::RingTooShort { .. } => "ring_too_short",
            Self::OutsideCounty { .. } => "outside_county",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::RepeatedVertex { .. } => "repeated_vertex",
            Self::Spike { .. } => "spike",
            Self::EdgesMeet { .. } => "edges_meet",
            Self::WrongOrientation { .. } => "wrong_orientation",
            Self::WrongStart { .. } => "wrong_start",
            Self::HoleOutside { .. } => "hole_outside",
            Self::HoleInHole { .. } => "hole_in_hole",
            Self::PartInPart { .. } => "part_in_part",
            Self::HolesOutOfOrder { .. } => "holes_out_of_order",
            Self::PartsOutOfOrder { .. } => "parts_out_of_order",
            Self::TooSmall { .. } => "too_small",
            Self::TooManyCrossings => "too_many_crossings",
            Self::BoxInsideOut { .. } => "box_inside_out",
        }
    }
}

impl fmt::Display for GeometryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoParts => f.write_str("there is no polygon"),
            Self::TooManyParts { count } => write!(f, "{count} polygons, at most {PARTS_MAX}"),
            Self::NoExterior { part } => write!(f, "part {part} has no exterior ring"),
            Self::TooManyHoles { count } => write!(f, "{count} holes, at most {HOLES_MAX}"),
            Self::TooManyVertices { count } => {
                write!(f, "{count} vertices, at most {VERTICES_MAX}")
            }
            Self::RingTooShort { part, ring, count } => {
                write!(
                    f,
                    "part {part}, ring {ring} has {count} vertices, at least {RING_VERTICES_MIN}"
                )
            }
            Self::OutsideCounty { at, point, county } => {
                write!(f, "{at} at {point} is outside the county ")?;
                write!(f, "({} to {})", county.min(), county.max())
            }
            Self::TooManyCells { count } => {
                write!(
                    f,
                    "the bounding box spans {count} grid cells, at most {CELLS_MAX}"
                )
            }
            Self::RepeatedVertex { at } => write!(f, "{at} repeats the vertex before it"),
            Self::Spike { at } => write!(f, "{at} is the tip of a spike"),
            Self::EdgesMeet { first, second } => {
                write!(f, "the edge from {first} meets the edge from {second}")
            }
            Self::WrongOrientation { part, ring } => {
                write!(f, "part {part}, ring {ring} runs the wrong way round")
            }
            Self::WrongStart { smallest } => {
                write!(f, "the ring must start at its smallest vertex, {smallest}")
            }
            Self::HoleOutside { part, ring } => {
                write!(f, "part {part}, ring {ring} lies outside its exterior")
            }
            Self::HoleInHole { part, ring, around } => {
                write!(
                    f,
                    "part {part}, ring {ring} lies in the hole of ring {around}"
                )
            }
            Self::PartInPart { part, around } => {
                write!(f, "part {part} lies on the ground of part {around}")
            }
            Self::HolesOutOfOrder { part, ring } => {
                write!(
                    f,
                    "part {part}, ring {ring} must come before the hole listed before it"
                )
            }
            Self::PartsOutOfOrder { part } => {
                write!(f, "part {part} must come before the part listed before it")
            }
            Self::TooSmall { area2 } => {
                write!(
                    f,
                    "twice the area is {area2} squared units, at least {AREA2_MIN}"
                )
            }
            Self::TooManyCrossings => {
                write!(f, "the boundaries cross more than {CROSSINGS_MAX} times")
            }
            Self::BoxInsideOut { min, max } => {
                write!(f, "the corner {min} is not south-west of the corner {max}")
            }
        }
    }
}

impl std::error::Error for GeometryFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_what_and_where() {
        let place = |part, ring, vertex| Place { part, ring, vertex };
        let meet = GeometryFault::EdgesMeet {
            first: place(0, 0, 3),
            second: place(1, 2, 0),
        };
        assert_eq!(
            meet.to_string(),
            "the edge from part 0, ring 0, vertex 3 meets the edge from part 1, ring 2, vertex 0"
        );
        assert_eq!(meet.place(), (Some(0), Some(0)));
        assert_eq!(meet.rule(), "edges_meet");
        assert_eq!(GeometryFault::NoParts.place(), (None, None));
        let short = GeometryFault::RingTooShort {
            part: 0,
            ring: 1,
            count: 2,
        };
        assert_eq!(
            short.to_string(),
            "part 0, ring 1 has 2 vertices, at least 3"
        );
    }
}

//! The rules of the canonical form, one function each, in the order in which they are applied.
//!
//! Kept apart from `polygon` so that the type and its limits can be read without the proofs. A later rule may
//! rely on the earlier ones; none repairs anything.

use super::grid::{CELLS_MAX, cell_count};
use super::polygon::{HOLES_MAX, PARTS_MAX, RING_VERTICES_MIN, VERTICES_MAX};
use super::segment::{edges, edges_meet, is_inside, is_spike, ring_area2, smallest_vertex};
use super::{BoundingBox, GeometryFault, Place, Point};

/// Refuses empty lists, short rings and everything above its limit.
pub(super) fn check_counts(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    if parts.is_empty() {
        return Err(GeometryFault::NoParts);
    }
    if parts.len() > PARTS_MAX {
        return Err(GeometryFault::TooManyParts { count: parts.len() });
    }
    if let Some(part) = parts.iter().position(Vec::is_empty) {
        return Err(GeometryFault::NoExterior { part });
    }
    let holes = parts.iter().map(|part| part.len() - 1).sum();
    if holes > HOLES_MAX {
        return Err(GeometryFault::TooManyHoles { count: holes });
    }
    let vertices = parts.iter().flatten().map(Vec::len).sum();
    if vertices > VERTICES_MAX {
        return Err(GeometryFault::TooManyVertices { count: vertices });
    }
    for (part, ring, vertices) in rings(parts) {
        if vertices.len() < RING_VERTICES_MIN {
            return Err(GeometryFault::RingTooShort {
                part,
                ring,
                count: vertices.len(),
            });
        }
    }
    Ok(())
}

/// Refuses vertices outside the county and boxes over too many cells; returns the parcel's box.
pub(super) fn check_extent(
    parts: &[Vec<Vec<Point>>],
    county: &BoundingBox,
) -> Result<BoundingBox, GeometryFault> {
    for (part, ring, vertices) in rings(parts) {
        if let Some(vertex) = vertices.iter().position(|point| !county.contains(*point)) {
            return Err(GeometryFault::OutsideCounty {
                at: Place { part, ring, vertex },
                point: vertices[vertex],
                county: *county,
            });
        }
    }
    let all = parts.iter().flatten().flatten().copied();
    let bounding_box = BoundingBox::around(all).ok_or(GeometryFault::NoParts)?;
    let count = cell_count(&bounding_box);
    if count > CELLS_MAX {
        return Err(GeometryFault::TooManyCells { count });
    }
    Ok(bounding_box)
}

/// Refuses vertices equal to the one before them, and spikes.
pub(super) fn check_vertices(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    for (part, ring, vertices) in rings(parts) {
        let before = |vertex: usize| vertices[vertex.checked_sub(1).unwrap_or(vertices.len() - 1)];
        let after = |vertex: usize| vertices[(vertex + 1) % vertices.len()];
        let places = (0..vertices.len()).map(|vertex| Place { part, ring, vertex });
        for at in places.clone() {
            if before(at.vertex) == vertices[at.vertex] {
                return Err(GeometryFault::RepeatedVertex { at });
            }
        }
        for at in places {
            if is_spike(before(at.vertex), vertices[at.vertex], after(at.vertex)) {
                return Err(GeometryFault::Spike { at });
            }
        }
    }
    Ok(())
}

/// Refuses edges that meet, in one ring or in two, except neighbors in a ring.
///
/// Neighbors share a vertex, and could share more only in a spike, which is refused before. All pairs are
/// looked at: at most 1,500 x 1,499 / 2 = 1.1 million, nearly all settled by four comparisons.
pub(super) fn check_edges(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    let mut all = Vec::with_capacity(VERTICES_MAX);
    for (part, ring, vertices) in rings(parts) {
        for (vertex, edge) in edges(vertices).enumerate() {
            all.push((edge, Place { part, ring, vertex }));
        }
    }
    for (index, &(edge, first)) in all.iter().enumerate() {
        for &(other, second) in &all[index + 1..] {
            if edges_meet(edge, other) && !are_neighbors(first, second, parts) {
                return Err(GeometryFault::EdgesMeet { first, second });
            }
        }
    }
    Ok(())
}

/// Tells whether the edges that start at these two places, the first listed first, follow each other.
fn are_neighbors(first: Place, second: Place, parts: &[Vec<Vec<Point>>]) -> bool {
    let same_ring = (first.part, first.ring) == (second.part, second.ring);
    let last = parts[first.part][first.ring].len() - 1;
    same_ring && (first.vertex + 1 == second.vertex || (first.vertex == 0 && second.vertex == last))
}

/// Refuses rings that run the wrong way round or start at the wrong vertex.
pub(super) fn check_direction_and_start(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    for (part, ring, vertices) in rings(parts) {
        // Not zero: the ring has been found to be simple.
        if (ring_area2(vertices) > 0) != (ring == 0) {
            return Err(GeometryFault::WrongOrientation { part, ring });
        }
        let vertex = smallest_vertex(vertices);
        if vertex != 0 {
            return Err(GeometryFault::WrongStart {
                smallest: Place { part, ring, vertex },
            });
        }
    }
    Ok(())
}

/// Refuses holes outside their exterior or inside another hole.
///
/// No edges meet, so a ring lies wholly inside or wholly outside another one, and one vertex tells which.
pub(super) fn check_holes(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    for (part, ring, vertices) in rings(parts) {
        if ring == 0 {
            continue;
        }
        if !is_inside(vertices[0], [&parts[part][0]]) {
            return Err(GeometryFault::HoleOutside { part, ring });
        }
        for (around, other) in parts[part].iter().enumerate().skip(1) {
            if around != ring && is_inside(vertices[0], [other]) {
                return Err(GeometryFault::HoleInHole { part, ring, around });
            }
        }
    }
    Ok(())
}

/// Refuses a polygon that lies on another one's ground; one in another's hole is apart from it.
pub(super) fn check_parts_apart(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    for (part, polygon) in parts.iter().enumerate() {
        for (around, other) in parts.iter().enumerate() {
            if around != part && is_inside(polygon[0][0], other) {
                return Err(GeometryFault::PartInPart { part, around });
            }
        }
    }
    Ok(())
}

/// Refuses holes and polygons that are not in ascending order of their first vertex.
pub(super) fn check_order(parts: &[Vec<Vec<Point>>]) -> Result<(), GeometryFault> {
    for (part, polygon) in parts.iter().enumerate() {
        for ring in 2..polygon.len() {
            if polygon[ring][0] <= polygon[ring - 1][0] {
                return Err(GeometryFault::HolesOutOfOrder { part, ring });
            }
        }
        if part > 0 && polygon[0][0] <= parts[part - 1][0][0] {
            return Err(GeometryFault::PartsOutOfOrder { part });
        }
    }
    Ok(())
}

/// All rings with the numbers of their polygon and ring.
fn rings(parts: &[Vec<Vec<Point>>]) -> impl Iterator<Item = (usize, usize, &Vec<Point>)> {
    parts.iter().enumerate().flat_map(|(part, rings)| {
        rings
            .iter()
            .enumerate()
            .map(move |(ring, vertices)| (part, ring, vertices))
    })
}

//! Exact predicates on points, edges and rings: which side, do they meet, is it inside.
//!
//! They hold for any `i32` coordinates: a difference of two coordinates is below 2^32 in size, a product of
//! two differences below 2^64, so 128-bit integers never overflow. The rules built on them are in `canonical`.

use std::cmp::Ordering;

use super::Point;

/// Twice the signed area of the triangle `a`, `b`, `c`: positive if `c` lies to the left of `a` to `b`.
pub(super) fn turn(a: Point, b: Point, c: Point) -> i128 {
    let (first, second) = (difference(a, b), difference(a, c));
    first.0 * second.1 - first.1 * second.0
}

/// Tells whether the way `a`, `b`, `c` turns straight back at `b`.
pub(super) fn is_spike(a: Point, b: Point, c: Point) -> bool {
    let (first, second) = (difference(a, b), difference(b, c));
    turn(a, b, c) == 0 && first.0 * second.0 + first.1 * second.1 < 0
}

/// Tells whether two edges, neither of length zero, have a point in common; end points belong to the edges.
pub(super) fn edges_meet(a: (Point, Point), b: (Point, Point)) -> bool {
    // Cheap and nearly always decisive; it also settles the case of four points on one line.
    ranges_meet((a.0.lon, a.1.lon), (b.0.lon, b.1.lon))
        && ranges_meet((a.0.lat, a.1.lat), (b.0.lat, b.1.lat))
        && turn(a.0, a.1, b.0).signum() * turn(a.0, a.1, b.1).signum() <= 0
        && turn(b.0, b.1, a.0).signum() * turn(b.0, b.1, a.1).signum() <= 0
}

/// Twice the signed area of a ring, in squared units; positive if it runs counter-clockwise.
pub(super) fn ring_area2(ring: &[Point]) -> i128 {
    let Some(&origin) = ring.first() else {
        return 0;
    };
    // Triangles from one vertex: their areas fit however far the ring lies from the zero meridian.
    ring.windows(2)
        .map(|edge| turn(origin, edge[0], edge[1]))
        .sum()
}

/// Tells whether `point`, which is on none of the rings, is inside an odd number of them.
pub(super) fn is_inside<'a>(point: Point, rings: impl IntoIterator<Item = &'a Vec<Point>>) -> bool {
    let mut inside = false;
    for ring in rings {
        for edge in edges(ring) {
            inside ^= passes_right_of(edge, point);
        }
    }
    inside
}

/// The edges of a ring in order, the closing one last.
pub(super) fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

/// The number of the smallest vertex, the first of equal ones; 0 for an empty ring.
pub(super) fn smallest_vertex(ring: &[Point]) -> usize {
    (0..ring.len())
        .min_by_key(|&vertex| ring[vertex])
        .unwrap_or(0)
}

/// Tells whether the edge crosses the half-line that runs from `point` to the east.
fn passes_right_of((from, to): (Point, Point), point: Point) -> bool {
    match (from.lat > point.lat).cmp(&(to.lat > point.lat)) {
        Ordering::Equal => false,
        Ordering::Less => turn(from, to, point) > 0,
        Ordering::Greater => turn(from, to, point) < 0,
    }
}

/// How far `to` lies east and north of `from`.
fn difference(from: Point, to: Point) -> (i128, i128) {
    (
        i128::from(to.lon) - i128::from(from.lon),
        i128::from(to.lat) - i128::from(from.lat),
    )
}

fn ranges_meet(a: (i32, i32), b: (i32, i32)) -> bool {
    a.0.min(a.1) <= b.0.max(b.1) && b.0.min(b.1) <= a.0.max(a.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(lon: i32, lat: i32) -> Point {
        Point { lon, lat }
    }

    #[test]
    fn edges_meet_when_they_cross_touch_or_lie_on_each_other() {
        let base = (p(0, 0), p(10, 0));
        for (edge, expected) in [
            ((p(5, -5), p(5, 5)), true),
            ((p(5, 0), p(5, 5)), true),
            ((p(10, 0), p(20, 7)), true),
            ((p(4, 0), p(6, 0)), true),
            ((p(10, 0), p(20, 0)), true),
            ((p(11, 0), p(20, 0)), false),
            ((p(5, 1), p(5, 5)), false),
            ((p(9, 2), p(14, -4)), false),
        ] {
            assert_eq!(edges_meet(base, edge), expected, "{edge:?}");
            assert_eq!(edges_meet(edge, base), expected, "{edge:?}");
            assert_eq!(edges_meet(base, (edge.1, edge.0)), expected, "{edge:?}");
        }
    }

    #[test]
    fn the_largest_coordinates_do_not_overflow() {
        let (low, high) = (i32::MIN, i32::MAX);
        let square = [p(low, low), p(high, low), p(high, high), p(low, high)];
        let side = i128::from(u32::MAX);
        assert_eq!(ring_area2(&square), 2 * side * side);
        assert!(edges_meet((square[0], square[2]), (square[1], square[3])));
    }

    #[test]
    fn a_vertex_at_the_height_of_the_point_counts_once() {
        let diamond = vec![p(-10, 0), p(0, -10), p(10, 0), p(0, 10)];
        assert!(is_inside(p(0, 0), [&diamond]));
        assert!(is_inside(p(-9, 0), [&diamond]));
        assert!(!is_inside(p(-11, 0), [&diamond]));
        assert!(!is_inside(p(-5, 10), [&diamond]));
        assert!(!is_inside(p(0, 0), [&diamond, &diamond]));
    }

    #[test]
    fn only_turning_straight_back_is_a_spike() {
        assert!(is_spike(p(0, 0), p(4, 2), p(2, 1)));
        assert!(!is_spike(p(0, 0), p(4, 2), p(8, 4)));
        assert!(!is_spike(p(0, 0), p(4, 2), p(2, 2)));
    }
}

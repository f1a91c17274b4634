//! Where the names of neighbors stand on a map: within the neighbor, out of the own parcels, as far from every border as can be,
//! and never over the bar, the arrow or another name.
//!
//! Whole numbers of the picture only. A neighbor of which too little is seen has no name there; the list beside the map names all.

/// A ring in the picture, each corner once.
pub(super) type Ring = Vec<(i64, i64)>;

/// Places that are tried in a row.
const TRIED: i64 = 18;
/// How far from a border the middle of a name must be.
const CLEAR: i64 = 9;
/// Half of the width of a name, and the height that two names need.
const HALF_WIDE: i64 = 20;
const HIGH: i64 = 16;

/// Returns a place for the name of each neighbor that has one; each is a list of rings, as the own parcels are.
pub(super) fn spots(own: &[Vec<Ring>], others: &[Vec<Ring>], side: i64) -> Vec<Option<(i64, i64)>> {
    let edges: Vec<Edge> = own
        .iter()
        .chain(others)
        .flatten()
        .flat_map(edges_of)
        .collect();
    let step = (side / TRIED).max(1);
    let line = || (0..TRIED).map(move |n| n * step + step / 2);
    let tried = line().flat_map(|y| line().map(move |x| (x, y)));
    let free = tried.filter(|at| is_clear_of_frame(*at, side));
    let free = free.filter(|at| !own.iter().any(|rings| is_inside(rings, *at)));
    let distance = |at: (i64, i64)| {
        let all = edges.iter().map(|edge| distance2(*edge, at));
        all.min().unwrap_or(i128::MAX)
    };
    let free: Vec<((i64, i64), i128)> = free.map(|at| (at, distance(at))).collect();
    let mut taken: Vec<(i64, i64)> = Vec::new();
    let spot = |rings: &Vec<Ring>| {
        let apart = |at: (i64, i64)| {
            let near = |other: &(i64, i64)| {
                (other.0 - at.0).abs() < 2 * HALF_WIDE + 4 && (other.1 - at.1).abs() < HIGH
            };
            !taken.iter().any(near)
        };
        let wanted = free.iter().filter(|(at, far)| {
            *far >= i128::from(CLEAR * CLEAR) && apart(*at) && is_inside(rings, *at)
        });
        let best = wanted.max_by_key(|(_, far)| *far).map(|(at, _)| *at);
        taken.extend(best);
        best
    };
    others.iter().map(spot).collect()
}

type Edge = ((i64, i64), (i64, i64));

fn edges_of(ring: &Ring) -> impl Iterator<Item = Edge> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(from, to)| (*from, *to))
}

/// Says whether a name in the middle of a place is within the frame, and beside the bar and the arrow.
fn is_clear_of_frame((x, y): (i64, i64), side: i64) -> bool {
    let is_within = (HALF_WIDE + 2..=side - HALF_WIDE - 2).contains(&x)
        && (HIGH / 2 + 2..=side - HIGH / 2 - 2).contains(&y);
    let over_bar = y > side - 48 && x < side / 2 + HALF_WIDE;
    let over_arrow = y < 60 && x > side - 34 - HALF_WIDE;
    is_within && !over_bar && !over_arrow
}

/// Says whether a ray to the right leaves the rings: whoever is inside crosses their edges an odd number of times.
fn is_inside(rings: &[Ring], (x, y): (i64, i64)) -> bool {
    let crossed = rings.iter().flat_map(edges_of).filter(|(from, to)| {
        let (low, high) = if from.1 < to.1 {
            (from, to)
        } else {
            (to, from)
        };
        let rise = high.1 - low.1;
        (low.1..high.1).contains(&y) && (high.0 - low.0) * (y - low.1) > (x - low.0) * rise
    });
    crossed.count() % 2 == 1
}

/// The square of the distance of a place from an edge.
fn distance2((from, to): Edge, at: (i64, i64)) -> i128 {
    let less = |a: (i64, i64), b: (i64, i64)| (i128::from(a.0 - b.0), i128::from(a.1 - b.1));
    let times = |a: (i128, i128), b: (i128, i128)| a.0 * b.0 + a.1 * b.1;
    let (edge, arm) = (less(to, from), less(at, from));
    let (along, whole) = (times(arm, edge), times(edge, edge));
    if along <= 0 {
        times(arm, arm)
    } else if along >= whole {
        let end = less(at, to);
        times(end, end)
    } else {
        let across = arm.0 * edge.1 - arm.1 * edge.0;
        across * across / whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: i64, y: i64, side: i64) -> Vec<Ring> {
        vec![vec![
            (x, y),
            (x + side, y),
            (x + side, y + side),
            (x, y + side),
        ]]
    }

    #[test]
    fn a_name_stands_within_its_parcel_out_of_the_own_one_and_far_from_borders() {
        let own = [square(60, 60, 200)];
        // One lies half beneath the own parcel, one shows a strip, one is out of the frame.
        let others = [
            square(180, 60, 200),
            square(60, 256, 200),
            square(-300, -300, 200),
            square(60, 262, 3),
        ];
        let spots = spots(&own, &others, 420);
        let (x, y) = spots[0].unwrap();
        assert!((260 + CLEAR..=380 - CLEAR).contains(&x), "{x} {y}");
        assert!((60 + CLEAR..=260 - CLEAR).contains(&y), "{x} {y}");
        assert!(spots[1].is_some());
        assert_eq!(&spots[2..], [None, None]);
    }

    #[test]
    fn two_names_of_one_ground_do_not_touch() {
        let others = [square(100, 100, 200), square(100, 100, 200)];
        let spots = spots(&[], &others, 420);
        let (a, b) = (spots[0].unwrap(), spots[1].unwrap());
        assert!((a.0 - b.0).abs() >= 44 || (a.1 - b.1).abs() >= HIGH);
    }

    #[test]
    fn distances_are_to_the_edge_and_not_to_its_line() {
        let edge = ((0, 0), (10, 0));
        assert_eq!(distance2(edge, (5, 3)), 9);
        assert_eq!(distance2(edge, (13, 4)), 25);
        assert_eq!(distance2(edge, (-3, 4)), 25);
    }
}

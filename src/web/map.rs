//! A map of parcels as SVG.
//!
//! Apart from `chart`, whose pictures have axes.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use crate::domain::geometry::{BoundingBox, Parcel, Point};
use crate::web::chart::{escape, scaled};
use crate::web::map_labels::{self, Ring};

/// A parcel that is no wider than this part of its map is a dot.
const DOT: i64 = 24;

/// One parcel of a map.
pub(crate) struct Drawn<'a> {
    /// The ground.
    pub(crate) parcel: &'a Parcel,
    /// Its name.
    pub(crate) label: String,
    /// The parcel that the page is about.
    pub(crate) is_own: bool,
    /// Whether it shares ground with that.
    pub(crate) overlaps: bool,
    /// Whether that is so little that a hatching of it is not seen.
    pub(crate) is_sliver: bool,
}

/// Draws parcels, once for a desk and once for a phone, with letters as large on either.
pub(crate) fn draw(parcels: &[Drawn<'_>], title: &str) -> String {
    let drawn = [("wide", 420), ("narrow", 320)].map(|shown| draw_on(shown, parcels, title));
    drawn.concat()
}

/// Draws parcels in true proportion: a degree of longitude is narrower than one of latitude by the cosine at 29.4 degrees
/// north, as a fraction of whole numbers.
fn draw_on((class, shown): (&str, i64), parcels: &[Drawn<'_>], title: &str) -> String {
    const COSINE: (i64, i64) = (871, 1_000);
    let own = parcels.iter().filter(|drawn| drawn.is_own);
    let corners = own.flat_map(|drawn| {
        let area = drawn.parcel.bounding_box();
        [area.min(), area.max()]
    });
    let Some(area) = BoundingBox::around(corners) else {
        return String::new();
    };
    let (min, max) = (area.min(), area.max());
    let wide = (i64::from(max.lon) - i64::from(min.lon)) * COSINE.0 / COSINE.1;
    let high = i64::from(max.lat) - i64::from(min.lat);
    // A margin of a third shows where the neighbors begin.
    let side = wide.max(high).max(1) * 5 / 3;
    let (left, top) = (
        i64::from(min.lon) * COSINE.0 / COSINE.1 - (side - wide) / 2,
        i64::from(max.lat) + (side - high) / 2,
    );
    let place = |point: &Point| {
        let x = i64::from(point.lon) * COSINE.0 / COSINE.1 - left;
        let y = top - i64::from(point.lat);
        (scaled(x, side, shown), scaled(y, side, shown))
    };
    let mut svg = format!(
        r#"<svg class="chart map {class}" viewBox="0 0 {shown} {shown}" role="img" aria-label="{}">"#,
        escape(title)
    );
    let outline = |drawn: &Drawn<'_>| {
        let mut path = String::new();
        for ring in drawn.parcel.parts().iter().flatten() {
            for (n, point) in ring.iter().enumerate() {
                let (x, y) = place(point);
                path.push_str(&format!("{}{x} {y}", if n == 0 { "M" } else { "L" }));
            }
            path.push('Z');
        }
        path
    };
    let (own, others): (Vec<_>, Vec<_>) = parcels.iter().partition(|drawn| drawn.is_own);
    for drawn in others.iter().chain(&own) {
        let class = if drawn.is_own { "own" } else { "neighbor" };
        svg.push_str(&format!(
            r#"<path class="{class}" d="{}"><title>{}</title></path>"#,
            outline(drawn),
            escape(&drawn.label)
        ));
    }
    svg.push_str(&hatched(class, &own, &others, &outline));
    svg.push_str(&ringed(&own, &others, &place));
    let rings = |drawn: &Drawn<'_>| -> Vec<Ring> {
        let rings = drawn.parcel.parts().iter().flatten();
        rings.map(|ring| ring.iter().map(place).collect()).collect()
    };
    let grounds: Vec<Vec<Ring>> = others.iter().map(|drawn| rings(drawn)).collect();
    svg.push_str(&pinned(&own, &place, shown));
    let own: Vec<Vec<Ring>> = own.iter().map(|drawn| rings(drawn)).collect();
    let spots = map_labels::spots(&own, &grounds, shown);
    for (drawn, spot) in others.iter().zip(spots) {
        svg.push_str(&spot.map_or_else(String::new, |spot| named(&drawn.label, spot)));
    }
    svg.push_str(&scale(side, shown));
    svg.push_str("</svg>");
    svg
}

/// The name of a parcel, with its middle at a place.
fn named(label: &str, (x, y): (i64, i64)) -> String {
    let label = escape(label);
    format!(
        r#"<text class="label" x="{x}" y="{}">{label}</text>"#,
        y + 4
    )
}

/// Parcels that are far from each other are dots on their common map: each has a ring around it, and its number beside it.
fn pinned(own: &[&Drawn<'_>], place: &dyn Fn(&Point) -> (i64, i64), shown: i64) -> String {
    let mut svg = String::new();
    for (drawn, number) in own.iter().zip(1..) {
        let area = drawn.parcel.bounding_box();
        let ((left, bottom), (right, top)) = (place(&area.min()), place(&area.max()));
        if own.len() < 2 || (right - left).max(bottom - top) > shown / DOT {
            continue;
        }
        let (x, y) = (i64::midpoint(left, right), i64::midpoint(top, bottom));
        svg.push_str(&format!(
            r#"<circle class="pin" cx="{x}" cy="{y}" r="9"><title>{}</title></circle>"#,
            escape(&drawn.label)
        ));
        // Beside the ring, on the side on which there is more room.
        let beside = if x > shown / 2 { x - 18 } else { x + 18 };
        svg.push_str(&named(&number.to_string(), (beside, y)));
    }
    svg
}

/// Rings around the corners where slivers lie.
fn ringed(
    own: &[&Drawn<'_>],
    others: &[&Drawn<'_>],
    place: &dyn Fn(&Point) -> (i64, i64),
) -> String {
    let mut svg = String::new();
    for sliver in others.iter().filter(|drawn| drawn.is_sliver) {
        for corner in own
            .iter()
            .flat_map(|own| shared_corners(own.parcel, sliver.parcel))
        {
            let (x, y) = place(corner);
            svg.push_str(&format!(
                r#"<circle class="sliver" cx="{x}" cy="{y}" r="9"/>"#
            ));
        }
    }
    svg
}

/// The corners of either parcel that lie within the other: there a sliver is, however small.
fn shared_corners<'a>(one: &'a Parcel, other: &'a Parcel) -> impl Iterator<Item = &'a Point> {
    let corners = |of: &'a Parcel| of.parts().iter().flatten().flatten();
    let own = corners(one).filter(|corner| is_inside(**corner, other));
    own.chain(corners(other).filter(|corner| is_inside(**corner, one)))
}

/// Says whether a ray to the east leaves the parcel: whoever is inside crosses its edges an odd number of times.
fn is_inside(point: Point, parcel: &Parcel) -> bool {
    let rings = parcel.parts().iter().flatten();
    let edges = rings.flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
    let crossed = edges.filter(|(from, to)| {
        let (low, high) = if from.lat < to.lat {
            (from, to)
        } else {
            (to, from)
        };
        if !(low.lat..high.lat).contains(&point.lat) {
            return false;
        }
        let wide = |a: i32, b: i32| i64::from(a) - i64::from(b);
        let rise = wide(high.lat, low.lat);
        // The edge at the height of the point is east of it; all products stay far below 2^62.
        wide(high.lon, low.lon) * wide(point.lat, low.lat) > wide(point.lon, low.lon) * rise
    });
    crossed.count() % 2 == 1
}

/// What lies in both is hatched, and its edge is drawn too: a sliver is narrower than any hatching.
fn hatched(
    class: &str,
    own: &[&Drawn<'_>],
    others: &[&Drawn<'_>],
    outline: &dyn Fn(&Drawn<'_>) -> String,
) -> String {
    if !others.iter().any(|drawn| drawn.overlaps) {
        return String::new();
    }
    let ground: String = own.iter().map(|drawn| outline(drawn)).collect();
    let mut svg = format!(
        r#"<defs><pattern id="hatch-{class}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v7"/></pattern><clipPath id="own-{class}"><path clip-rule="evenodd" d="{ground}"/></clipPath></defs><g clip-path="url(#own-{class})">"#
    );
    for drawn in others.iter().filter(|drawn| drawn.overlaps) {
        svg.push_str(&format!(
            r#"<path class="overlap" fill="url(#hatch-{class})" d="{}"/>"#,
            outline(drawn)
        ));
    }
    svg.push_str("</g>");
    svg
}

/// The bar of so many metres, and where north is.
fn scale(side: i64, shown: i64) -> String {
    // Whole hundred metres: 1e-7 degree of latitude is about 1.11 cm.
    let metres = side * 111 / 10_000;
    let bar = [5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10]
        .into_iter()
        .find(|bar| *bar * 3 <= metres)
        .unwrap_or(10);
    let length = scaled(bar, metres.max(1), shown);
    format!(
        r#"<g class="scale"><path d="M12 {y}v6h{length}v-6"/><text x="12" y="{t}">{bar} m</text><path d="M{n} 34V12m-6 8l6-8l6 8"/><text x="{at}" y="48">N</text></g>"#,
        y = shown - 16,
        t = shown - 22,
        n = shown - 20,
        at = shown - 24,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of about a hundred metres.
    fn square(west: i32) -> Parcel {
        let corner = |lon, lat| Point { lon, lat };
        let ring = vec![
            corner(west, 293_000_000),
            corner(west + 10_000, 293_000_000),
            corner(west + 10_000, 293_010_000),
            corner(west, 293_010_000),
        ];
        let around = BoundingBox::around([
            corner(1_060_000_000, 290_000_000),
            corner(1_070_000_000, 300_000_000),
        ]);
        Parcel::new(vec![vec![ring]], &around.unwrap()).unwrap()
    }

    #[test]
    fn parcels_that_are_far_apart_have_rings_and_numbers_and_others_have_none() {
        let parcels = [
            square(1_061_000_000),
            square(1_063_000_000),
            square(1_061_020_000),
        ];
        let drawn = |all: &[usize]| {
            let one = |at: &usize| Drawn {
                parcel: &parcels[*at],
                label: format!("unit {at}"),
                is_own: true,
                overlaps: false,
                is_sliver: false,
            };
            draw(&all.iter().map(one).collect::<Vec<_>>(), "map")
        };
        // Once for a desk and once for a phone.
        let far = drawn(&[0, 1]);
        assert_eq!(far.matches("class=\"pin\"").count(), 4, "{far}");
        assert!(
            far.contains(">2</text>") && far.contains("<title>unit 1</title>"),
            "{far}"
        );
        for near in [drawn(&[0, 2]), drawn(&[0])] {
            assert!(!near.contains("class=\"pin\""), "{near}");
        }
    }

    #[test]
    fn a_corner_is_inside_where_the_parcel_is_around_it() {
        let (one, other) = (square(1_065_000_000), square(1_065_005_000));
        assert!(shared_corners(&one, &other).count() > 0);
        assert_eq!(shared_corners(&one, &square(1_065_020_000)).count(), 0);
    }
}

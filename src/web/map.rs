//! A map of parcels as SVG.
//!
//! Apart from `chart`, whose pictures have axes.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use crate::domain::geometry::{BoundingBox, Parcel, Point};
use crate::web::chart::{escape, scaled};

/// One parcel of a map.
pub(crate) struct Drawn<'a> {
    /// The ground.
    pub(crate) parcel: &'a Parcel,
    /// Its name.
    pub(crate) label: String,
    /// The parcel that the page is about.
    pub(crate) is_own: bool,
}

/// Draws parcels in true proportion: a degree of longitude is narrower than one of latitude by the cosine at 29.4 degrees
/// north, as a fraction of whole numbers.
pub(crate) fn draw(parcels: &[Drawn<'_>], title: &str) -> String {
    const COSINE: (i64, i64) = (871, 1_000);
    const SIDE: i64 = 420;
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
        (scaled(x, side, SIDE), scaled(y, side, SIDE))
    };
    let mut svg = format!(
        r#"<svg class="chart map" viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{}">"#,
        escape(title)
    );
    let (own, others): (Vec<_>, Vec<_>) = parcels.iter().partition(|drawn| drawn.is_own);
    for drawn in others.into_iter().chain(own) {
        let mut path = String::new();
        for ring in drawn.parcel.parts().iter().flatten() {
            for (n, point) in ring.iter().enumerate() {
                let (x, y) = place(point);
                path.push_str(&format!("{}{x} {y}", if n == 0 { "M" } else { "L" }));
            }
            path.push('Z');
        }
        let class = if drawn.is_own { "own" } else { "neighbor" };
        svg.push_str(&format!(
            r#"<path class="{class}" d="{path}"><title>{}</title></path>"#,
            escape(&drawn.label)
        ));
    }
    // Whole hundred metres: 1e-7 degree of latitude is about 1.11 cm.
    let metres = side * 111 / 10_000;
    let bar = [5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10]
        .into_iter()
        .find(|bar| *bar * 3 <= metres)
        .unwrap_or(10);
    let length = scaled(bar, metres.max(1), SIDE);
    svg.push_str(&format!(
        r#"<g class="scale"><path d="M12 {y}v6h{length}v-6"/><text x="12" y="{t}">{bar} m</text><path d="M400 34V12m-6 8l6-8l6 8"/><text x="396" y="48">N</text></g></svg>"#,
        y = SIDE - 16,
        t = SIDE - 22,
    ));
    svg
}

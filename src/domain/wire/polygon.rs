//! The text of a multipolygon.
//!
//! A string and not nested arrays, because 1,500 vertices must fit beside their command into one entry, and because the
//! nesting of an entry is limited. Nothing here judges a shape; that is `geometry`.

use std::fmt::Write as _;

use crate::domain::geometry::Point;
use crate::primitives::field::{FieldFault, Fields};

/// The finding of a polygon that is not canonical.
const POLYGON_CODE: u16 = 7001;

/// Writes a multipolygon as one string.
///
/// Parts are joined with `|`, the rings of a part with `;`, the vertices of a ring with a space. A vertex is `lon,lat` in
/// units of 1e-7 degree: the first of a ring absolute, each later one as the difference to the vertex before it. A ground of
/// 1,500 vertices takes about 18 KB in this form.
pub fn polygon_text(parts: &[Vec<Vec<Point>>]) -> String {
    let mut text = String::new();
    for (part_number, part) in parts.iter().enumerate() {
        text.push_str(if part_number == 0 { "" } else { "|" });
        for (ring_number, ring) in part.iter().enumerate() {
            text.push_str(if ring_number == 0 { "" } else { ";" });
            let (mut lon, mut lat) = (0, 0);
            for (number, point) in ring.iter().enumerate() {
                text.push_str(if number == 0 { "" } else { " " });
                let next = (i64::from(point.lon), i64::from(point.lat));
                // Writing to a String cannot fail.
                let _ = write!(text, "{},{}", next.0 - lon, next.1 - lat);
                (lon, lat) = next;
            }
        }
    }
    text
}

/// Reads what [`polygon_text`] writes; `None` for any other text. The shape itself is judged by `geometry`.
pub fn parse_polygon(text: &str) -> Option<Vec<Vec<Vec<Point>>>> {
    text.split('|')
        .map(|part| part.split(';').map(parse_ring).collect())
        .collect()
}

fn parse_ring(text: &str) -> Option<Vec<Point>> {
    let (mut lon, mut lat) = (0_i64, 0_i64);
    let vertex = |pair: &str| {
        let (east, north) = pair.split_once(',')?;
        lon = lon.checked_add(parse_difference(east)?)?;
        lat = lat.checked_add(parse_difference(north)?)?;
        Some(Point {
            lon: i32::try_from(lon).ok()?,
            lat: i32::try_from(lat).ok()?,
        })
    };
    text.split(' ').map(vertex).collect()
}

/// Parses an integer in its one form: no plus sign, no leading zero, no negative zero.
fn parse_difference(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = (1..=10).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (!digits.starts_with('0') || text == "0");
    if is_plain { text.parse().ok() } else { None }
}

/// Reads a polygon; the fault counts as an invalid polygon.
pub(super) fn read_polygon(
    fields: &mut Fields,
    name: &str,
) -> Result<Vec<Vec<Vec<Point>>>, FieldFault> {
    let text = fields.text(name)?;
    parse_polygon(&text).ok_or_else(|| {
        let reason =
            "must be rings of whole numbers such as \"1065786710,291579745 61442,468 0,38241\"";
        fields.fault(name, reason).with_code(POLYGON_CODE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(vertices: &[(i32, i32)]) -> Vec<Point> {
        vertices
            .iter()
            .map(|&(lon, lat)| Point { lon, lat })
            .collect()
    }

    #[test]
    fn a_polygon_is_one_string_of_differences() {
        let triangle = ring(&[
            (1_065_786_710, 291_579_745),
            (1_065_848_152, 291_580_213),
            (1_065_829_685, 291_618_454),
        ]);
        let text = "1065786710,291579745 61442,468 -18467,38241";
        assert_eq!(polygon_text(&[vec![triangle.clone()]]), text);
        let parts = vec![
            vec![triangle.clone(), ring(&[(-5, 0), (i32::MAX, i32::MIN)])],
            vec![triangle],
        ];
        assert_eq!(parse_polygon(&polygon_text(&parts)), Some(parts));
    }

    #[test]
    fn a_vertex_has_one_text() {
        assert!(parse_polygon("0,0 1,0 0,-1").is_some());
        for other in [
            "",
            "0",
            "0,0,0",
            "0,0 ",
            " 0,0",
            "0,0  1,0",
            "+1,0",
            "01,0",
            "-0,0",
            "-,0",
            "1.0,0",
            "0,0;",
            "0,0||0,0",
            "0,0\t1,0",
            "2147483648,0",
            "2147483647,0 1,0",
            "99999999999,0",
            "１,0",
            "0x1,0",
        ] {
            assert_eq!(parse_polygon(other), None, "{other}");
        }
    }
}

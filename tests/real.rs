//! Public data in place of made-up shapes: a district's boundary and forest carbon projects (`fixtures/real/`, see NOTICE).
//!
//! The boundary is of a web map (GCJ-02, some hundred meters off), so it tests boxes, canonical form and shifts, and says
//! nothing about any parcel.
#![expect(
    clippy::float_arithmetic,
    reason = "the public data are degrees and acres as floats; nothing of the law is"
)]

use greenlien::documents::books::geojson::Grounds;
use greenlien::domain::command::{Body, GroundRequest};
use greenlien::domain::finding::Code;
use greenlien::domain::geometry::{BoundingBox, Parcel, Point, ppm_ceil, share_of_smaller};
use greenlien::domain::party::Role;
use greenlien::primitives::id::RightId;

use crate::support::papers::{forest, rectangle, span, unit_number};
use crate::support::{Play as _, World, cast};

const BOUNDARY: &str = include_str!("../fixtures/real/banan_boundary.geojson");
const PROJECTS: &str = include_str!("../fixtures/real/forest_carbon_projects.json");

/// Coordinate units of a kilometer, roughly, at the district's latitude.
const KILOMETER: i32 = 90_000;

/// The rings of the district. Its features have no ids, which an importer refuses.
fn boundary() -> Vec<Vec<Vec<Point>>> {
    assert!(Grounds::parse(BOUNDARY).is_err());
    let named = BOUNDARY.replacen(
        "{\"type\": \"Feature\",",
        "{\"type\": \"Feature\", \"id\": \"500113\",",
        1,
    );
    let grounds = Grounds::parse(&named).unwrap();
    grounds.get("500113").unwrap().unwrap().clone()
}

fn moved(parts: &[Vec<Vec<Point>>], east: i32, north: i32) -> Vec<Vec<Vec<Point>>> {
    let point = |point: &Point| Point {
        lon: point.lon + east,
        lat: point.lat + north,
    };
    let ring = |ring: &Vec<Point>| ring.iter().map(point).collect();
    let part = |part: &Vec<Vec<Point>>| part.iter().map(ring).collect();
    parts.iter().map(part).collect()
}

/// A project: its name, its centroid, the side of a square of its area in coordinate units.
struct Project {
    id: String,
    at: Point,
    side: i32,
}

fn projects() -> Vec<Project> {
    let list: Vec<serde_json::Value> = serde_json::from_str(PROJECTS).unwrap();
    let units = |degrees: &serde_json::Value| {
        #[expect(clippy::cast_possible_truncation, reason = "degrees are within 180")]
        let units = (degrees.as_f64().unwrap() * 1e7).round() as i32;
        units
    };
    let project = |value: &serde_json::Value| {
        let square_meters = value["area"].as_f64().unwrap() * 4_046.86;
        #[expect(clippy::cast_possible_truncation, reason = "a side is below 100 km")]
        let side = (square_meters.sqrt() / 1_000.0 * f64::from(KILOMETER)).round() as i32;
        Project {
            id: value["id"].as_str().unwrap().to_owned(),
            at: Point {
                lon: units(&value["shape_centroid"][0]),
                lat: units(&value["shape_centroid"][1]),
            },
            side,
        }
    };
    list.iter().map(project).collect()
}

#[test]
fn a_real_boundary_is_canonical_and_within_the_county() {
    let parts = boundary();
    let county = cast::genesis().county;
    let district = Parcel::canonicalize(parts.clone()).unwrap();
    assert_eq!(district, parts, "the importer had done that already");
    assert_eq!(parts[0][0].len(), 788);
    for point in parts.iter().flatten().flatten() {
        assert!(county.contains(*point), "{point}");
    }
}

#[test]
fn a_shift_of_a_web_map_is_not_taken_for_another_parcel() {
    let parts = boundary();
    let county = cast::genesis().county;
    // The boundary itself covers more cells than a parcel may; its first hundred vertices, closed, are a shape as wild.
    let around = BoundingBox::around(parts.iter().flatten().flatten().copied()).unwrap();
    assert!(Parcel::new(parts.clone(), &around).is_err());
    let small = |parts: &[Vec<Vec<Point>>]| {
        let origin = parts[0][0][0];
        let point = |point: &Point| Point {
            lon: origin.lon + (point.lon - origin.lon) / 40,
            lat: origin.lat + (point.lat - origin.lat) / 40,
        };
        let ring: Vec<Point> = parts[0][0].iter().map(point).collect();
        Parcel::canonicalize(vec![vec![ring]]).ok()
    };
    let Some(small) = small(&parts) else {
        panic!("the boundary at a fortieth is no ring any more");
    };
    let own = Parcel::new(small.clone(), &county).unwrap();
    for (meters, least) in [(1, 990_000), (50, 850_000), (500, 100_000)] {
        let shifted = moved(&small, meters * KILOMETER / 1_000, 0);
        let shifted = Parcel::new(shifted, &county).unwrap();
        let share = ppm_ceil(&share_of_smaller(&own, &shifted).unwrap());
        assert!((least..1_000_000).contains(&share), "{meters} m: {share}");
    }
}

#[test]
fn projects_of_elsewhere_lie_outside_the_county() {
    let mut world = World::new();
    let bureau = world.admit("bureau", &[Role::Authority], &["forest"]);
    let company = world.admit("company", &[Role::Holder], &[]);
    let projects = projects();
    assert_eq!(projects.len(), 74);
    for (number, project) in (1..).zip(&projects) {
        let corner = |lon, lat| Point { lon, lat };
        let Point { lon, lat } = project.at;
        let side = 10_000;
        let square = vec![vec![vec![
            corner(lon, lat),
            corner(lon + side, lat),
            corner(lon + side, lat + side),
            corner(lon, lat + side),
        ]]];
        let ground = GroundRequest::Polygon(square);
        let days = span("2026-01-01", "2046-01-01");
        let right = forest(&company, &unit_number(number), "商品林", ground, days);
        let answer = world.submit(&bureau, Body::IssueRight(Box::new(right)), &[], &[]);
        assert_eq!(answer.refusals(), [7_002], "{}", project.id);
    }
}

/// The projects at a twentieth of their size, brought to the district by their distances from each other: whatever overlaps
/// is refused and names a parcel that it overlaps; whatever is registered overlaps none. The answer by arithmetic of
/// rectangles, which shares nothing with the law.
#[test]
fn what_overlaps_among_real_projects_is_refused_and_nothing_else() {
    let mut world = World::new();
    let bureau = world.admit("bureau", &[Role::Authority], &["forest"]);
    let company = world.admit("company", &[Role::Holder], &[]);
    let mut registered: Vec<(RightId, [i32; 4])> = Vec::new();
    let (mut refused, mut accepted) = (0, 0);
    for (number, project) in (1..).zip(projects()) {
        let east = (project.at.lon / 200).rem_euclid(2_000_000);
        let north = (project.at.lat / 200).rem_euclid(2_000_000) - 1_000_000;
        let side = project.side / 20;
        let square = [east, north, east + side, north + side];
        let ground = rectangle(east, north, side, side);
        let days = span("2026-01-01", "2046-01-01");
        let right = forest(&company, &unit_number(number), "商品林", ground, days);
        let answer = world.submit(&bureau, Body::IssueRight(Box::new(right)), &[], &[]);
        let shared: Vec<(RightId, i64)> = registered
            .iter()
            .map(|(id, other)| (*id, common(&square, other)))
            .filter(|(_, area)| *area > 0)
            .collect();
        if shared.is_empty() {
            assert!(answer.is_accepted(), "{}: {answer:?}", project.id);
            accepted += 1;
            registered.push((answer.right(), square));
            continue;
        }
        let smaller_share = |(id, area): &(RightId, i64)| {
            let other = registered.iter().find(|(other, _)| other == id).unwrap().1;
            area * 1_000_000 / common(&square, &square).min(common(&other, &other))
        };
        if shared.iter().map(smaller_share).max().unwrap() > 5_000 {
            refused += 1;
            assert_eq!(answer.refusals(), [7_003], "{}", project.id);
            let named = &answer.finding(Code::ParcelOverlap).conflicts;
            let expected: Vec<String> = shared.iter().map(|(id, _)| id.to_string()).collect();
            assert_eq!(*named, expected, "{}", project.id);
        }
    }
    // The data must be worth the comparison.
    assert!(refused > 10 && accepted > 20, "{refused} {accepted}");
}

/// The common area of two squares, by their sides.
fn common(a: &[i32; 4], b: &[i32; 4]) -> i64 {
    let side = |low: usize, high: usize| {
        let length = a[high].min(b[high]) - a[low].max(b[low]);
        i64::from(length.max(0))
    };
    side(0, 2) * side(1, 3)
}

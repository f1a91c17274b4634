//! The area of a ground in mu (亩), for notices outside the law: integers all the way, so that every machine says the same.
//!
//! Coordinates are CGCS2000 longitude and latitude in units of 1e-7 degree. At the latitude of the middle of its box a parcel is
//! as large as its area in squared units times `M N cos(lat)` of the ellipsoid; over the widest parcel that the register takes
//! (a third of a degree) this is off by little more than a millionth. It is no survey.

use crate::domain::geometry::Parcel;
use crate::primitives::quantity::Quantity;

/// One, in the fixed point of this file.
const ONE: i128 = 1_000_000_000_000_000_000;
const MILLION: i128 = 1_000_000;
/// Pi.
const PI: i128 = 3_141_592_653_589_793_238;
/// Pi squared, to twelve digits, as wide as the products leave room for.
const PI_SQUARED_12: i128 = 9_869_604_401_089;
/// The first eccentricity of CGCS2000, squared.
const E_SQUARED: i128 = 6_694_380_022_900_788;
/// The square of its half axis, 6,378,137 m, in square meters.
const A_SQUARED: i128 = 40_680_631_590_769;
/// Units of a coordinate in 180 degrees.
const HALF_TURN: i128 = 1_800_000_000;
/// Terms of the cosine's series: the last one of 90 degrees is below one unit of the fixed point.
const TERMS: i128 = 14;

/// Returns the area of parcels in mu, to the hundredth.
pub(super) fn mu_of(parcels: &[&Parcel]) -> Quantity {
    let hundredths: i128 = parcels.iter().map(|parcel| hundredths_of(parcel)).sum();
    let raw = i64::try_from(hundredths.saturating_mul(10_000)).ok();
    raw.and_then(Quantity::from_raw).unwrap_or_default()
}

fn hundredths_of(parcel: &Parcel) -> i128 {
    let around = parcel.bounding_box();
    let middle = i128::midpoint(around.min().lat.into(), around.max().lat.into());
    // Square meters of a squared unit, in the fixed point; a mu is 2,000/3 of them, and the area is doubled.
    let (area2, meters) = (parcel.area2(), square_meters(middle));
    (area2 * meters / 2 * 3 / 20 + ONE / 2) / ONE
}

/// Square meters under one squared unit at a latitude, in the fixed point.
fn square_meters(latitude: i128) -> i128 {
    let cosine = cosine(latitude * PI / HALF_TURN);
    let sine_squared = ONE - cosine * cosine / ONE;
    let bulge = ONE - E_SQUARED * sine_squared / ONE;
    // M N = a^2 (1 - e^2) / (1 - e^2 sin^2)^2, in millionths of a square meter.
    let radii = A_SQUARED * (ONE - E_SQUARED) / ONE * MILLION;
    let radii = radii * ONE / bulge * ONE / bulge;
    let across = radii * (cosine / MILLION) / (ONE / MILLION);
    // (pi / 1.8e9)^2: the denominator squared is 3.24e18.
    across * PI_SQUARED_12 * 100 / 324 / ONE
}

/// The cosine of an angle in the fixed point.
fn cosine(angle: i128) -> i128 {
    let square = angle * angle / ONE;
    let (mut term, mut sum) = (ONE, ONE);
    for n in 1..=TERMS {
        term = -term * square / ONE / ((2 * n - 1) * (2 * n));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::{BoundingBox, Point};

    fn rectangle(west: i32, south: i32, width: i32, height: i32) -> Parcel {
        let point = |lon, lat| Point { lon, lat };
        let (east, north) = (west + width, south + height);
        let ring = vec![
            point(west, south),
            point(east, south),
            point(east, north),
            point(west, north),
        ];
        let county = BoundingBox::around(ring.iter().copied()).unwrap();
        Parcel::new(vec![vec![ring]], &county).unwrap()
    }

    /// Areas on the ellipsoid CGCS2000, from its closed form of the area between two latitudes.
    #[test]
    fn areas_are_those_of_the_ellipsoid() {
        for (parcel, mu) in [
            (
                rectangle(1_065_000_000, 293_000_000, 78_100, 40_000),
                "504.62",
            ),
            (
                rectangle(1_065_000_000, 293_000_000, 3_000_000, 3_000_000),
                "1451699.75",
            ),
            (
                rectangle(1_065_000_000, 10_000, 100_000, 100_000),
                "1846.36",
            ),
            (
                rectangle(1_000_000_000, 530_000_000, 100_000, 100_000),
                "1120.59",
            ),
        ] {
            assert_eq!(mu_of(&[&parcel]).to_string(), mu);
        }
    }

    #[test]
    fn several_parcels_are_one_ground() {
        let parcel = rectangle(1_065_000_000, 293_000_000, 78_100, 40_000);
        assert_eq!(mu_of(&[]), Quantity::ZERO);
        let twice = mu_of(&[&parcel, &parcel]).raw();
        assert_eq!(twice, 2 * mu_of(&[&parcel]).raw());
    }
}

//! How a scenario writes a right of each kind.
//!
//! | kind | words |
//! | --- | --- |
//! | `emission` | `pollutant:COD` `permit:001P` (site and letter behind the holder's credit code, or all 22 characters) |
//! | `energy` | `certificate:` `year:` |
//! | `carbon` | `account:` `vintage:` |
//! | `forest` | `unit:123` (or all 28 characters), or `certificate:` alone, `class:` (商品林 if absent, `-` for none), and the ground: `corner:EAST,NORTH` `size:WIDTH,HEIGHT` a rectangle, with `vertices:` of which one side has teeth, or `ring:E,N;E,N;...` (`/` before a hole, `+` before another part); no ground is an unknown one |
//! | `carbon_sink` | `project:` `on:123,124` the parcels (of any land kind; a ground of its own may stand beside them), `years:2028-2032` both included |
//! | any other with a file in `fixtures/policy/` | the parts of its first identity by name, such as `permit:` `intake:` |
//! | any other | `certificate:` |
//!
//! All: `holder:`, quantity, span (2026-01-01..2031-01-01 where none is written), `then:DAY=QUANTITY` a later step, `succeeds:`,
//! `additional`, `adjudication:` the name of a judgment, `class:`, `attributes:NAME=VALUE,...`. Coordinates are units of 1e-7
//! degree from 106.5 E, 29.3 N.

use std::collections::BTreeMap;

use greenlien::domain::command::{GroundRequest, IssueRight, QuantityRequest};
use greenlien::domain::geometry::Point;
use greenlien::domain::policy::KindPolicy;
use greenlien::domain::right::Identity;
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::Span;

use super::paper::policy_file;
use super::parser::{Words, day, quantity, span};
use super::players::{NOBODY, Names, document};
use crate::support::papers::{rectangle, unit_number};

/// The days of a right whose days are not written.
const DAYS: &str = "2026-01-01..2031-01-01";

/// Writes a right; returns its holder too.
pub(crate) fn issue(kind: &str, words: &mut Words, names: &Names) -> (IssueRight, String) {
    let holder = words.value("holder").unwrap();
    let days = words.span();
    let years = words.years();
    let days = match years {
        Some((first, last)) => Span::of_years(first, last).unwrap(),
        None => days.unwrap_or_else(|| span(DAYS)),
    };
    let (amount, unit) = words.amount().unwrap_or_else(|| usual(kind));
    let succeeds = words.list("succeeds");
    let right = IssueRight {
        kind: kind.to_owned(),
        holder: names.party(&holder),
        identities: vec![identity(kind, &holder, words, names)],
        span: days,
        quantity: quantity_of(amount, days, words),
        unit,
        class: class_of(kind, words),
        attributes: attributes(words),
        ground: ground(words),
        succeeds: succeeds.iter().map(|name| names.right(name).0).collect(),
        additional: words.has("additional"),
        adjudication: words.value("adjudication").map(|name| document(&name)),
    };
    (right, holder)
}

/// The quantity of a right where it does not matter.
fn usual(kind: &str) -> (Quantity, String) {
    let (amount, unit) = match kind {
        "forest" => ("312.4", "mu"),
        "carbon_sink" => ("6317", "tCO2e/a"),
        other => panic!("how much of {other}?"),
    };
    (quantity(amount), unit.to_owned())
}

fn quantity_of(amount: Quantity, days: Span, words: &mut Words) -> QuantityRequest {
    let later = words.list("then");
    if later.is_empty() {
        return QuantityRequest::Level(amount);
    }
    let step = |text: &String| {
        let (from, amount) = text.split_once('=').unwrap();
        (day(from), quantity(amount))
    };
    let first = std::iter::once((days.from(), amount));
    QuantityRequest::Steps(first.chain(later.iter().map(step)).collect())
}

/// The class; what nobody says of a forest is that it grows for its timber, and `class:-` is none.
fn class_of(kind: &str, words: &mut Words) -> Option<String> {
    let usual = (kind == "forest").then(|| "商品林".to_owned());
    words.value("class").or(usual).filter(|class| class != "-")
}

pub(super) fn identity(kind: &str, holder: &str, words: &mut Words, names: &Names) -> Identity {
    let has_certificate = words.peek("certificate").is_some();
    let mut text = |name: &str| {
        words
            .value(name)
            .unwrap_or_else(|| panic!("{name} is missing"))
    };
    let (scheme, value) = match kind {
        "emission" => {
            let permit = text("permit");
            let permit = match (permit.len(), permit.split_once('/')) {
                (_, Some((of, site))) => format!("{}{site}", names.player(of).actor.credit_code),
                (4, None) if holder != NOBODY => {
                    format!("{}{permit}", names.player(holder).actor.credit_code)
                }
                _ => permit,
            };
            (
                "discharge-permit",
                format!("{permit}|{}", text("pollutant")),
            )
        }
        "carbon" => {
            let (account, vintage) = (text("account"), text("vintage"));
            ("allowance-account", format!("CEA|{account}|{vintage}"))
        }
        "forest" if has_certificate => ("real-estate-certificate", text("certificate")),
        "forest" => ("real-estate-unit", unit(&text("unit"))),
        "carbon_sink" => ("sink-project", text("project")),
        _ => match policy_file(kind).map(|text| KindPolicy::parse(&text).unwrap()) {
            Some(policy) => return first_identity(&policy, &mut text),
            None => ("energy-certificate", text("certificate")),
        },
    };
    Identity {
        scheme: scheme.to_owned(),
        value,
    }
}

/// The first identity of a kind, part by part as its policy names them.
fn first_identity(policy: &KindPolicy, text: &mut dyn FnMut(&str) -> String) -> Identity {
    let scheme = &policy.identities[0];
    let parts: Vec<String> = scheme.parts.iter().map(|(name, _)| text(name)).collect();
    Identity {
        scheme: scheme.scheme.clone(),
        value: parts.join("|"),
    }
}

/// A unit number: its last five digits before the building, or all of it.
fn unit(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), unit_number)
}

pub(super) fn attributes(words: &mut Words) -> BTreeMap<String, String> {
    let year = words.value("year").map(|year| ("year".to_owned(), year));
    let named = words.list("attributes").into_iter().map(|item| {
        let (name, value) = item.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    });
    year.into_iter().chain(named).collect()
}

fn ground(words: &mut Words) -> GroundRequest {
    let units = words.list("on");
    let units: Vec<String> = units.iter().map(|text| unit(text)).collect();
    match (units.is_empty(), rings(words)) {
        (true, None) => GroundRequest::Absent,
        (true, Some(parts)) => GroundRequest::Polygon(parts),
        (false, None) => GroundRequest::Units(units),
        (false, Some(parts)) => GroundRequest::Both(units, parts),
    }
}

fn rings(words: &mut Words) -> Option<Vec<Vec<Vec<Point>>>> {
    let pair = |text: &str| {
        let (a, b) = text.split_once(',').unwrap();
        (a.parse::<i32>().unwrap(), b.parse::<i32>().unwrap())
    };
    if let Some(text) = words.value("ring") {
        let point = |text: &str| {
            let (east, north) = pair(text);
            Point {
                lon: 1_065_000_000 + east,
                lat: 293_000_000 + north,
            }
        };
        let ring = |text: &str| text.split(';').map(point).collect();
        let part = |text: &str| text.split('/').map(ring).collect();
        return Some(text.split('+').map(part).collect());
    }
    let corner = words.value("corner")?;
    let ((east, north), (width, height)) = (pair(&corner), pair(&words.value("size").unwrap()));
    let plain = rectangle(east, north, width, height);
    match words.value("vertices") {
        None => plain.polygon().cloned(),
        Some(count) => Some(comb(plain.polygon()?, count.parse().unwrap())),
    }
}

/// A rectangle whose northern side has teeth of half its height, so that it has so many vertices.
fn comb(rectangle: &[Vec<Vec<Point>>], vertices: i32) -> Vec<Vec<Vec<Point>>> {
    let [west, east, top, _] = rectangle[0][0][..] else {
        unreachable!()
    };
    let (width, height) = (east.lon - west.lon, top.lat - east.lat);
    let step = width / (vertices - 3);
    let tooth = |n: i32| Point {
        lon: east.lon - n * step,
        lat: top.lat - n % 2 * height / 2,
    };
    let ring = [west, east].into_iter().chain((0..vertices - 2).map(tooth));
    vec![vec![ring.collect()]]
}

//! Reads polygons from a GeoJSON file (RFC 7946) without ever making a float of a coordinate.
//!
//! Separate from the strict JSON of the log, because a GeoJSON file has fractions, and from the usual JSON readers, because
//! they round them. A coordinate goes from its decimal text to an integer of 1e-7 degree, or is refused. What comes out is in
//! canonical form (rearranged, never moved); whether it is a parcel the registry judges.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::geometry::{Parcel, Point};
use crate::primitives::identifier::UnitNumber;

/// Polygons of rings of vertices, the exterior first.
pub type Parts = Vec<Vec<Vec<Point>>>;

/// Levels of nesting that are read: a multipolygon in a collection takes 8.
const DEPTH_MAX: usize = 32;
/// Decimals of a degree that a coordinate may have.
const DECIMALS: usize = 7;
/// Digits before the point: three are enough for any longitude.
const WHOLE_DIGITS_MAX: usize = 3;

/// What is wrong with the file as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeoFault(pub String);

impl fmt::Display for GeoFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The grounds of a file by the `id` of their features; a fault concerns that feature alone.
#[derive(Clone, Debug, Default)]
pub struct Grounds(BTreeMap<String, Result<Parts, String>>);

impl Grounds {
    /// Reads the text of a file: a feature collection whose features have ids.
    pub fn parse(text: &str) -> Result<Self, GeoFault> {
        let value = whole(text)?;
        let fault = |what: &str| Err(GeoFault(what.to_owned()));
        if value.member("type").and_then(Value::text) != Some("FeatureCollection") {
            return fault("is not a GeoJSON FeatureCollection");
        }
        let Some(Value::List(features)) = value.member("features") else {
            return fault("has no list of features");
        };
        let mut grounds = Self::default();
        for (n, feature) in features.iter().enumerate() {
            let id = match feature.member("id") {
                Some(Value::Text(id) | Value::Number(id)) => id.clone(),
                _ => return Err(GeoFault(format!("features[{n}] has no id"))),
            };
            let parts = parts_of(feature);
            if grounds.0.insert(id.clone(), parts).is_some() {
                return Err(GeoFault(format!(
                    "features[{n}] is the second of the id {id:?}"
                )));
            }
        }
        Ok(grounds)
    }

    /// Reads the ground of one parcel: that of the feature with this id, or the only one, be it alone in a collection, a feature or
    /// a geometry by itself.
    pub fn one(text: &str, id: &str) -> Result<Parts, GeoFault> {
        let value = whole(text)?;
        let features = match value.member("features") {
            Some(Value::List(features)) => features.as_slice(),
            Some(_) | None => std::slice::from_ref(&value),
        };
        let plain = |id: &str| id.split_whitespace().collect::<String>();
        let is_named = |feature: &&Value| match feature.member("id") {
            Some(Value::Text(own) | Value::Number(own)) => plain(own) == plain(id),
            Some(_) | None => false,
        };
        let named = features.iter().find(is_named);
        // The only one is meant, unless its id is the number of another parcel.
        let is_other = |feature: &&Value| match feature.member("id") {
            Some(Value::Text(own) | Value::Number(own)) => {
                let is_unit = |id: &str| UnitNumber::parse(&plain(id)).is_ok();
                is_unit(own) && is_unit(id)
            }
            Some(_) | None => false,
        };
        let only = || {
            let only = features.first().filter(|_| features.len() == 1);
            only.filter(|feature| !is_other(feature))
        };
        let Some(feature) = named.or_else(only) else {
            let count = features.len();
            return Err(GeoFault(format!(
                "has {count} features, and none with the id {id:?}"
            )));
        };
        parts_of(feature).map_err(GeoFault)
    }

    /// Adds the grounds of another file; the first of an id stays.
    pub fn extend(&mut self, other: Self) {
        for (id, parts) in other.0 {
            self.0.entry(id).or_insert(parts);
        }
    }

    /// Returns the ground of an id, or what is wrong with it.
    pub fn get(&self, id: &str) -> Option<Result<&Parts, &str>> {
        self.0
            .get(id)
            .map(|parts| parts.as_ref().map_err(String::as_str))
    }

    /// Returns every vertex, for the box around them.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        let whole = self.0.values().filter_map(|parts| parts.as_ref().ok());
        whole.flatten().flatten().flatten().copied()
    }
}

/// Reads a file, whose coordinates must be those of CGCS2000.
fn whole(text: &str) -> Result<Value, GeoFault> {
    let mut reader = Reader {
        text: text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes(),
        at: 0,
    };
    let value = reader.whole()?;
    match value.foreign_crs() {
        None => Ok(value),
        Some(name) => Err(GeoFault(format!(
            "has coordinates of {name}; deliver CGCS2000 longitude and latitude (EPSG:4490)"
        ))),
    }
}

/// Reads the geometry of a feature, or the geometry itself, and brings it into canonical form.
fn parts_of(feature: &Value) -> Result<Parts, String> {
    let is_bare = feature.member("coordinates").is_some();
    let of_feature = || feature.member("geometry").filter(|_| !is_bare);
    let geometry = is_bare.then_some(feature).or_else(of_feature);
    let geometry = geometry.ok_or("has no geometry")?;
    let coordinates = geometry.member("coordinates").ok_or("has no coordinates")?;
    let parts = match geometry.member("type").and_then(Value::text) {
        Some("Polygon") => vec![part(coordinates)?],
        Some("MultiPolygon") => coordinates
            .list()?
            .iter()
            .map(part)
            .collect::<Result<_, _>>()?,
        other => return Err(format!("has the geometry {other:?}, not a polygon")),
    };
    Parcel::canonicalize(parts).map_err(|fault| fault.to_string())
}

fn part(value: &Value) -> Result<Vec<Vec<Point>>, String> {
    value.list()?.iter().map(ring).collect()
}

fn ring(value: &Value) -> Result<Vec<Point>, String> {
    let vertices: Vec<Point> = value.list()?.iter().map(vertex).collect::<Result<_, _>>()?;
    if vertices.len() < 4 || vertices.first() != vertices.last() {
        return Err("has a ring that does not end where it begins".to_owned());
    }
    Ok(vertices)
}

fn vertex(value: &Value) -> Result<Point, String> {
    match value.list()? {
        [Value::Number(lon), Value::Number(lat)] => Ok(Point {
            lon: units(lon)?,
            lat: units(lat)?,
        }),
        _ => Err("has a vertex that is not a longitude and a latitude".to_owned()),
    }
}

/// Turns the decimal text of a degree into an integer of 1e-7 degree.
fn units(text: &str) -> Result<i32, String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > DECIMALS {
        return Err(format!(
            "has the coordinate {text}, with more than {DECIMALS} decimals"
        ));
    }
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=WHOLE_DIGITS_MAX).contains(&whole.len());
    if !fits || !is_plain(whole) || !is_plain(fraction) {
        return Err(format!(
            "has the coordinate {text}, which is not a plain decimal of a degree"
        ));
    }
    let value: i64 = format!("{whole}{fraction:0<DECIMALS$}")
        .parse()
        .map_err(|_| format!("has the coordinate {text}"))?;
    i32::try_from(sign * value)
        .ok()
        .filter(|value| value.unsigned_abs() <= 1_800_000_000)
        .ok_or_else(|| format!("has the coordinate {text}, beyond 180 degrees"))
}

/// A JSON value with its numbers as they are written.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Value {
    /// `null`, `true` or `false`, which nothing here asks for.
    Word,
    Number(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    fn member(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            Self::Word | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    fn list(&self) -> Result<&[Value], String> {
        match self {
            Self::List(values) => Ok(values),
            Self::Word | Self::Number(_) | Self::Text(_) | Self::Object(_) => {
                Err("has coordinates that are not nested as a polygon's".to_owned())
            }
        }
    }

    /// Returns the name of a coordinate system other than CGCS2000, which files before RFC 7946 may give.
    fn foreign_crs(&self) -> Option<&str> {
        let name = self.member("crs")?.member("properties")?.member("name")?;
        name.text().filter(|name| !name.ends_with("4490"))
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn whole(&mut self) -> Result<Value, GeoFault> {
        let value = self.value(1)?;
        self.space();
        if self.at == self.text.len() {
            Ok(value)
        } else {
            Err(self.fault("trailing bytes"))
        }
    }

    fn fault(&self, what: &str) -> GeoFault {
        let line = 1 + self
            .text
            .iter()
            .take(self.at)
            .filter(|byte| **byte == b'\n')
            .count();
        GeoFault(format!(
            "is not JSON: {what} at byte {} (line {line})",
            self.at
        ))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), GeoFault> {
        self.space();
        if self.peek() != Some(byte) {
            return Err(self.fault(&format!("{:?} expected", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value, GeoFault> {
        if depth > DEPTH_MAX {
            return Err(self.fault("too deep nesting"));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(self.take_while(|byte| {
                matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
            }))),
            Some(b'a'..=b'z') => {
                let word = self.take_while(|byte| byte.is_ascii_lowercase());
                if matches!(word.as_str(), "null" | "true" | "false") {
                    Ok(Value::Word)
                } else {
                    Err(self.fault("unknown word"))
                }
            }
            Some(_) | None => Err(self.fault("a value expected")),
        }
    }

    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
        let bytes = self.text.get(from..self.at).unwrap_or_default();
        bytes.iter().copied().map(char::from).collect()
    }

    fn object(&mut self, depth: usize) -> Result<Value, GeoFault> {
        self.expect(b'{')?;
        let mut members = Vec::new();
        if self.ends(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.expect(b':')?;
            members.push((name, self.value(depth + 1)?));
            if self.ends(b'}') {
                return Ok(Value::Object(members));
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, GeoFault> {
        self.expect(b'[')?;
        let mut values = Vec::new();
        if self.ends(b']') {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.ends(b']') {
                return Ok(Value::List(values));
            }
            self.expect(b',')?;
        }
    }

    /// Takes the closing byte if it comes next.
    fn ends(&mut self, byte: u8) -> bool {
        self.space();
        let ends = self.peek() == Some(byte);
        self.at += usize::from(ends);
        ends
    }

    /// Reads a string; its text is decoded by the usual reader, which knows every escape.
    fn string(&mut self) -> Result<String, GeoFault> {
        let from = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.fault("a string expected"));
        }
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.fault("an unfinished string")),
            }
        }
        self.at += 1;
        let bytes = self.text.get(from..self.at).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|_| self.fault("a string that cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(geometry: &str) -> String {
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"id\":\"A\",\
             \"properties\":null,\"geometry\":{geometry}}}]}}"
        )
    }

    fn fault(geometry: &str) -> String {
        let grounds = Grounds::parse(&file(geometry)).unwrap();
        grounds.get("A").unwrap().unwrap_err().to_owned()
    }

    #[test]
    fn a_degree_becomes_an_integer_of_its_digits() {
        assert_eq!(units("106.578671"), Ok(1_065_786_710));
        assert_eq!(units("-0.0000001"), Ok(-1));
        assert_eq!(units("29.15797450000"), Ok(291_579_745));
        assert_eq!(units("180"), Ok(1_800_000_000));
        for other in [
            "180.0000001",
            "1e2",
            "+1",
            "",
            "-",
            ".5",
            "1.2.3",
            "0.00000001",
            "1234",
        ] {
            assert!(units(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_delivered_polygon_is_rearranged_and_never_moved() {
        let clockwise = "{\"type\":\"Polygon\",\"coordinates\":[[[106.5,29.1],[106.5,29.2],[106.6,29.2],\
                         [106.6,29.1],[106.5,29.1]]]}";
        let grounds = Grounds::parse(&file(clockwise)).unwrap();
        let parts = grounds.get("A").unwrap().unwrap();
        let ring: Vec<String> = parts[0][0].iter().map(ToString::to_string).collect();
        let expected = [
            "106.5000000 29.1000000",
            "106.6000000 29.1000000",
            "106.6000000 29.2000000",
            "106.5000000 29.2000000",
        ];
        assert_eq!(ring, expected);
        assert_eq!(grounds.points().count(), 4);
    }

    #[test]
    fn a_feature_that_is_no_polygon_says_why() {
        assert!(fault("null").contains("no coordinates"));
        let point = "{\"type\":\"Point\",\"coordinates\":[106.5,29.1]}";
        assert!(fault(point).contains("not a polygon"));
        let open = "{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,1],[2,2],[1,2]]]}";
        assert!(fault(open).contains("end where it begins"));
        let fine = "{\"type\":\"Polygon\",\"coordinates\":[[[1.00000001,1],[2,1],[2,2],[1,1]]]}";
        assert!(fault(fine).contains("more than 7 decimals"));
        let high = "{\"type\":\"Polygon\",\"coordinates\":[[[1,1,5],[2,1,5],[2,2,5],[1,1,5]]]}";
        assert!(fault(high).contains("not a longitude and a latitude"));
    }

    #[test]
    fn one_parcel_is_taken_by_its_id_or_because_there_is_no_other() {
        let square = |west: &str| {
            format!(
                "{{\"type\":\"Polygon\",\"coordinates\":[[[{west},29.1],[106.9,29.1],[106.9,29.2],[{west},29.1]]]}}"
            )
        };
        let feature = |id: &str, west: &str| {
            format!(
                "{{\"type\":\"Feature\",\"id\":\"{id}\",\"geometry\":{}}}",
                square(west)
            )
        };
        let of = |features: &[String]| {
            let features = features.join(",");
            format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}")
        };
        let west = |text: &str, id: &str| Grounds::one(text, id).map(|parts| parts[0][0][0].lon);
        let two = of(&[feature("A", "106.5"), feature("B", "106.6")]);
        assert_eq!(west(&two, " B"), Ok(1_066_000_000));
        // The only one, with the number of another parcel, is not taken for the one that was typed.
        let (typed, other) = (
            "500113109027JE00030L00000030",
            "500113109027JE00031L00000031",
        );
        let one = of(&[feature(other, "106.5")]);
        assert!(west(&one, typed).is_err());
        assert_eq!(
            west(&one, "500113109027 JE00031 L00000031"),
            Ok(1_065_000_000)
        );
        let fault = west(&two, "C").unwrap_err().to_string();
        assert_eq!(fault, "has 2 features, and none with the id \"C\"");
        for only in [
            of(&[feature("A", "106.5")]),
            feature("A", "106.5"),
            square("106.5"),
        ] {
            assert_eq!(west(&only, ""), Ok(1_065_000_000), "{only}");
        }
        let mercator = feature("A", "106.5").replacen(
            '{',
            "{\"crs\":{\"properties\":{\"name\":\"EPSG:3857\"}},",
            1,
        );
        assert!(west(&mercator, "A").unwrap_err().0.contains("CGCS2000"));
    }

    #[test]
    fn a_file_that_is_not_geojson_is_refused_with_its_place() {
        let reason = |text: &str| Grounds::parse(text).unwrap_err().to_string();
        assert!(reason("{").contains("at byte 1"));
        assert!(reason("[]").contains("FeatureCollection"));
        assert!(reason(&"[".repeat(100)).contains("too deep"));
        let mercator = "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":\
                        {\"name\":\"EPSG:3857\"}},\"features\":[]}";
        assert!(reason(mercator).contains("CGCS2000"));
    }
}

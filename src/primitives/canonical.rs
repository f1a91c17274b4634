//! The single byte encoding of everything hashed or signed: RFC 8785 in a restricted profile (docs/FORMATS.md section 1).
//!
//! The profile has objects, arrays, booleans, NFC strings and integers within 2^53 - 1; no null, no fraction, no exponent, no
//! duplicate member, at most [`limits::JSON_DEPTH_MAX`] levels. `parse` reads any JSON text of that value set, with white
//! space and any member order; [`Json::parse_canonical`] also demands that the bytes are the canonical emission.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use unicode_normalization::is_nfc;

use crate::primitives::limits;

/// The largest magnitude of an integer: 2^53 - 1 (RFC 8785 section 3.2.2.3, I-JSON).
pub const INTEGER_MAX: i64 = 9_007_199_254_740_991;

/// A JSON value of the restricted profile. Members are kept in the order of RFC 8785 (names are ASCII here, so bytes).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `true` or `false`.
    Bool(bool),
    /// An integer of at most 2^53 - 1 in magnitude.
    Int(i64),
    /// A string in Unicode normalization form C.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(BTreeMap<String, Json>),
}

/// What is wrong with a JSON text, and at which byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonFault {
    /// The offset of the byte where reading stopped.
    pub offset: usize,
    /// What was wrong there.
    pub reason: &'static str,
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for JsonFault {}

impl Json {
    /// Makes an object of members; a later member of the same name replaces the earlier.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// Makes a string.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    /// Makes an integer of an index or a count.
    ///
    /// Values above 2^53 - 1 do not occur: an index counts log entries.
    pub fn count(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(INTEGER_MAX).min(INTEGER_MAX))
    }

    /// Makes an array.
    pub fn list(values: impl IntoIterator<Item = Json>) -> Self {
        Self::List(values.into_iter().collect())
    }

    /// Adds a member to an object, where there is something to add.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<Json>) -> Self {
        if let (Self::Object(members), Some(value)) = (&mut self, value) {
            members.insert(name.to_owned(), value);
        }
        self
    }

    /// Parses a whole text of the profile.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonFault> {
        let mut reader = Reader { bytes, at: 0 };
        reader.skip_space();
        let value = reader.value(1)?;
        reader.skip_space();
        if reader.at == bytes.len() {
            Ok(value)
        } else {
            Err(reader.fault("trailing bytes"))
        }
    }

    /// Parses a text that must be its own canonical emission, byte for byte.
    pub fn parse_canonical(bytes: &[u8]) -> Result<Self, JsonFault> {
        let value = Self::parse(bytes)?;
        let emission = value.to_canonical();
        if emission.as_bytes() == bytes {
            return Ok(value);
        }
        let offset = emission
            .bytes()
            .zip(bytes)
            .take_while(|(a, b)| a == *b)
            .count();
        Err(JsonFault {
            offset,
            reason: "not in canonical form",
        })
    }

    /// Returns the canonical emission.
    pub fn to_canonical(&self) -> String {
        let mut out = String::with_capacity(256);
        self.emit(&mut out);
        out
    }

    fn emit(&self, out: &mut String) {
        match self {
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Text(text) => emit_text(text, out),
            Self::List(values) => {
                out.push('[');
                for (n, value) in values.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    value.emit(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (n, (name, value)) in members.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    emit_text(name, out);
                    out.push(':');
                    value.emit(out);
                }
                out.push('}');
            }
        }
    }
}

/// Emits a string by RFC 8785 section 3.2.2.2.
pub fn emit_text(text: &str, out: &mut String) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x09 => "\\t",
            0x0a => "\\n",
            0x0c => "\\f",
            0x0d => "\\r",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(plain_from..at).unwrap_or_default());
        if short.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(short);
        }
        plain_from = at + 1;
    }
    out.push_str(text.get(plain_from..).unwrap_or_default());
    out.push('"');
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn fault(&self, reason: &'static str) -> JsonFault {
        JsonFault {
            offset: self.at,
            reason,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), JsonFault> {
        if self.peek() != Some(byte) {
            return Err(self.fault(reason));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonFault> {
        if !self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()))
        {
            return Err(self.fault("unknown word"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonFault> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(self.fault("nested too deeply"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(Json::Text(self.text()?)),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => Err(self.fault("null is not allowed")),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(_) => Err(self.fault("unexpected character")),
            None => Err(self.fault("unexpected end")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonFault> {
        self.at += 1;
        let mut members = BTreeMap::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name_at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("a member name must be a string"));
            }
            let name = self.text()?;
            if name.is_empty() || !name.bytes().all(|b| (0x20..0x7f).contains(&b)) {
                return Err(JsonFault {
                    offset: name_at,
                    reason: "a member name must be ASCII",
                });
            }
            self.skip_space();
            self.expect(b':', "a colon must follow a member name")?;
            self.skip_space();
            let value = self.value(depth + 1)?;
            if members.insert(name, value).is_some() {
                return Err(JsonFault {
                    offset: name_at,
                    reason: "duplicate member",
                });
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                _ => return Err(self.fault("a comma or closing brace must follow a member")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonFault> {
        self.at += 1;
        let mut values = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(values));
        }
        loop {
            self.skip_space();
            values.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::List(values));
                }
                _ => return Err(self.fault("a comma or closing bracket must follow a value")),
            }
        }
    }

    fn integer(&mut self) -> Result<Json, JsonFault> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let digits_at = self.at;
        let mut value: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value
                .saturating_mul(10)
                .saturating_add(i64::from(digit - b'0'));
            if value > INTEGER_MAX {
                return Err(JsonFault {
                    offset: start,
                    reason: "integer beyond 2^53 - 1",
                });
            }
            self.at += 1;
        }
        let digits = self.at - digits_at;
        if digits == 0 {
            return Err(self.fault("a digit must follow"));
        }
        if digits > 1 && self.bytes.get(digits_at) == Some(&b'0') {
            return Err(JsonFault {
                offset: start,
                reason: "leading zero",
            });
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(self.fault("only integers are allowed"));
        }
        if negative && value == 0 {
            return Err(JsonFault {
                offset: start,
                reason: "negative zero",
            });
        }
        Ok(Json::Int(if negative { -value } else { value }))
    }

    fn text(&mut self) -> Result<String, JsonFault> {
        let start = self.at;
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let run = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.extend_from_slice(self.bytes.get(run..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(_) => return Err(self.fault("a control character must be escaped")),
                None => return Err(self.fault("unterminated string")),
            }
        }
        let text = String::from_utf8(out).map_err(|_| JsonFault {
            offset: start,
            reason: "string is not UTF-8",
        })?;
        if !text.is_ascii() && !is_nfc(&text) {
            return Err(JsonFault {
                offset: start,
                reason: "string is not in normal form C",
            });
        }
        Ok(text)
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonFault> {
        self.at += 1;
        let plain = match self.peek() {
            Some(b'"') => b'"',
            Some(b'\\') => b'\\',
            Some(b'/') => b'/',
            Some(b'b') => 0x08,
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'f') => 0x0c,
            Some(b'r') => b'\r',
            Some(b'u') => return self.unicode_escape(out),
            _ => return Err(self.fault("unknown escape")),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn unicode_escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonFault> {
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff => {
                if self.peek() != Some(b'\\') || self.bytes.get(self.at + 1) != Some(&b'u') {
                    return Err(self.fault("lone surrogate"));
                }
                self.at += 1;
                let second = self.hex4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.fault("lone surrogate"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        let character = char::from_u32(code).ok_or_else(|| self.fault("lone surrogate"))?;
        let mut buffer = [0; 4];
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        Ok(())
    }

    /// Reads `uXXXX`, standing on the `u`.
    fn hex4(&mut self) -> Result<u32, JsonFault> {
        let digits = self.bytes.get(self.at + 1..self.at + 5);
        let code = digits
            .filter(|d| d.iter().all(u8::is_ascii_hexdigit))
            .and_then(|d| std::str::from_utf8(d).ok())
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| self.fault("four hexadecimal digits must follow"))?;
        self.at += 5;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> &'static str {
        Json::parse(text.as_bytes()).expect_err(text).reason
    }

    #[test]
    fn canonical_text_survives_and_other_forms_do_not() {
        let text = r#"{"a":[1,-2,true,"é\n\u0001"],"b":{}}"#;
        assert_eq!(
            Json::parse_canonical(text.as_bytes())
                .unwrap()
                .to_canonical(),
            text
        );
        for other in [
            r#"{"b":1,"a":2}"#,
            r#"{"a": 1}"#,
            r#""\u0061""#,
            r#""\/""#,
            "[1]\n",
        ] {
            assert!(Json::parse(other.as_bytes()).is_ok(), "{other}");
            assert!(Json::parse_canonical(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn values_outside_the_profile_are_refused_with_their_reason() {
        assert_eq!(reason(r#"{"a":1,"a":1}"#), "duplicate member");
        assert_eq!(reason("null"), "null is not allowed");
        assert_eq!(reason("1.5"), "only integers are allowed");
        assert_eq!(reason("1e3"), "only integers are allowed");
        assert_eq!(reason("01"), "leading zero");
        assert_eq!(reason("-0"), "negative zero");
        assert_eq!(reason("9007199254740992"), "integer beyond 2^53 - 1");
        assert_eq!(
            reason("\"\u{65}\u{301}\""),
            "string is not in normal form C"
        );
        assert_eq!(reason(r#""\ud800""#), "lone surrogate");
        assert_eq!(reason("[[[[[[[[[1]]]]]]]]]"), "nested too deeply");
        assert_eq!(reason("1 2"), "trailing bytes");
        assert_eq!(reason("\"a"), "unterminated string");
        assert_eq!(reason("{\"é\":1}"), "a member name must be ASCII");
    }

    #[test]
    fn surrogate_pairs_are_read() {
        assert_eq!(Json::parse(br#""\ud83c\udf32""#).unwrap(), Json::text("🌲"));
    }
}

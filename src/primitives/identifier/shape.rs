//! Shapes that a policy file may name for the identities of a kind of right.
//!
//! A new kind of right is data, so the shape of its number must be data too. There are no regular
//! expressions on purpose: every shape here ends in linear time and can say what is wrong.

use std::fmt;

use unicode_normalization::char::is_public_assigned;

use super::credit_code::{CreditCode, PermitNumber};
use super::fault::{DIGIT, IdentifierFault, Scheme, character, fits, length_within, part};
use super::normal::{Case, readable};
use super::unit_number::UnitNumber;
use crate::primitives::limits::IDENTITY_CHARS_MAX;

/// The form an identity must have. Printed and parsed as `credit_code`, `permit`, `unit_number`,
/// `year`, `digits:8-20`, `text:64`, `code:32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A `CreditCode`.
    CreditCode,
    /// A `PermitNumber`.
    Permit,
    /// A `UnitNumber`.
    UnitNumber,
    /// Four digits, 1900 to 2199.
    Year,
    /// ASCII digits.
    Digits {
        /// The fewest digits.
        min: usize,
        /// The most digits.
        max: usize,
    },
    /// Any characters assigned by Unicode, in normal form (so without spaces), at least one.
    Text {
        /// The most characters.
        max_chars: usize,
    },
    /// ASCII letters of either case, digits and `-` `_` `.` `/`, at least one.
    Code {
        /// The most characters.
        max_chars: usize,
    },
}

impl Shape {
    /// Parses the name of a shape; bounds are from 1 to `IDENTITY_CHARS_MAX`.
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None => match name {
                "credit_code" => Some(Self::CreditCode),
                "permit" => Some(Self::Permit),
                "unit_number" => Some(Self::UnitNumber),
                "year" => Some(Self::Year),
                _ => None,
            },
            Some(("digits", bounds)) => {
                let (min, max) = bounds.split_once('-')?;
                let (min, max) = (bound(min)?, bound(max)?);
                (min <= max).then_some(Self::Digits { min, max })
            }
            Some(("text", max)) => Some(Self::Text {
                max_chars: bound(max)?,
            }),
            Some(("code", max)) => Some(Self::Code {
                max_chars: bound(max)?,
            }),
            Some(_) => None,
        }
    }

    /// Refuses a value that is not in normal form or does not have this shape.
    pub fn check(&self, value: &str) -> Result<(), IdentifierFault> {
        match *self {
            Self::CreditCode => CreditCode::parse(value).map(drop),
            Self::Permit => PermitNumber::parse(value).map(drop),
            Self::UnitNumber => UnitNumber::parse(value).map(drop),
            Self::Year => check_year(value),
            Self::Digits { min, max } => {
                check_each(Scheme::Digits, value, (min, max), DIGIT.has, DIGIT.phrase)
            }
            Self::Text { max_chars } => check_each(
                Scheme::Text,
                value,
                (1, max_chars),
                // What is unassigned today may get another normal form tomorrow, and private
                // characters look different on every machine.
                is_public_assigned,
                "a character assigned by Unicode",
            ),
            Self::Code { max_chars } => check_each(
                Scheme::Code,
                value,
                (1, max_chars),
                |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'),
                "an ASCII letter, a digit or one of - _ . /",
            ),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreditCode => f.write_str("credit_code"),
            Self::Permit => f.write_str("permit"),
            Self::UnitNumber => f.write_str("unit_number"),
            Self::Year => f.write_str("year"),
            Self::Digits { min, max } => write!(f, "digits:{min}-{max}"),
            Self::Text { max_chars } => write!(f, "text:{max_chars}"),
            Self::Code { max_chars } => write!(f, "code:{max_chars}"),
        }
    }
}

/// Parses a bound written without sign or leading zero, so that a shape has one name.
fn bound(text: &str) -> Option<usize> {
    if text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse()
        .ok()
        .filter(|bound| *bound <= IDENTITY_CHARS_MAX)
}

fn check_year(value: &str) -> Result<(), IdentifierFault> {
    readable(Scheme::Year, value, Case::Kept)?;
    fits(Scheme::Year, value, &[(4, DIGIT)])?;
    if ("1900"..="2199").contains(&value) {
        return Ok(());
    }
    Err(part(Scheme::Year, 1, "a number from 1900 to 2199"))
}

fn check_each(
    scheme: Scheme,
    value: &str,
    (min, max): (usize, usize),
    has: fn(char) -> bool,
    allowed: &'static str,
) -> Result<(), IdentifierFault> {
    readable(scheme, value, Case::Kept)?;
    length_within(scheme, value, min, max)?;
    match value.chars().enumerate().find(|(_, c)| !has(*c)) {
        Some((place, found)) => Err(character(scheme, place, found, allowed)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_one_name() {
        for name in [
            "credit_code",
            "permit",
            "unit_number",
            "year",
            "digits:8-20",
            "digits:14-14",
            "text:64",
            "code:32",
            "text:128",
        ] {
            assert_eq!(
                Shape::parse(name).map(|shape| shape.to_string()).as_deref(),
                Some(name)
            );
        }
        for name in [
            "",
            "Permit",
            "permit:",
            "digits",
            "digits:8",
            "digits:9-8",
            "digits:0-8",
            "digits:+1-8",
            "digits:1-",
            "text:",
            "text:064",
            "text:129",
            "text:99999999999999999999",
            "code:-1",
            "regex:.*",
            "code:32 ",
        ] {
            assert_eq!(Shape::parse(name), None, "{name}");
        }
    }

    #[test]
    fn values_of_a_shape_pass() {
        for (name, value) in [
            ("credit_code", "91130200699229617X"),
            ("permit", "91500113MA5UPAP147001P"),
            ("unit_number", "500113001002JE00123L00010001"),
            ("year", "2026"),
            ("digits:8-20", "50011310785709"),
            ("text:64", "渝用能(2025)巴南0001号"),
            ("code:32", "500113-LYTH-2022-001"),
        ] {
            assert_eq!(Shape::parse(name).unwrap().check(value), Ok(()), "{name}");
        }
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        for (name, value, message) in [
            (
                "year",
                "1899",
                "the year must have a number from 1900 to 2199 at character 1",
            ),
            ("year", "26", "the year must have 4 characters, 2 are found"),
            (
                "digits:2-3",
                "1a",
                "character 2 of the number must be a digit, 'a' is found",
            ),
            (
                "digits:2-3",
                "1234",
                "the number must have 2 to 3 characters, 4 are found",
            ),
            (
                "text:4",
                "",
                "the text must have 1 to 4 characters, 0 are found",
            ),
            (
                "text:4",
                "重庆市巴南",
                "the text must have 1 to 4 characters, 5 are found",
            ),
            ("text:4", "(", "ok"),
            (
                "text:4",
                "（",
                "the value is not in normal form: write it as \"(\"",
            ),
            (
                "text:4",
                "a\u{e000}",
                "character 2 of the text must be a character assigned by Unicode, '\\u{e000}' is \
                 found",
            ),
            (
                "code:4",
                "a=b",
                "character 2 of the code must be an ASCII letter, a digit or one of - _ . /, '=' \
                 is found",
            ),
        ] {
            let outcome = Shape::parse(name).unwrap().check(value);
            let text = outcome.map_or_else(|fault| fault.to_string(), |()| "ok".to_owned());
            assert_eq!(text, message, "{name} {value}");
        }
    }
}

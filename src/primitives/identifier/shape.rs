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
/// `year`, `digits:8-20`, `text:64`, `code:32`, `file_number:64`, `one_of:COD,SO2`.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The number of an office's paper in one spelling: a text with one year in parentheses, `号` at its end, and no other
    /// bracket, such as `渝用能(2025)巴南0001号`.
    FileNumber {
        /// The most characters.
        max_chars: usize,
    },
    /// One of these codes; as in a key, the case of letters does not count.
    OneOf(Vec<String>),
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
            Some(("file_number", max)) => Some(Self::FileNumber {
                max_chars: bound(max)?,
            }),
            Some(("one_of", list)) => codes(list).map(Self::OneOf),
            Some(_) => None,
        }
    }

    /// Refuses a value that is not in normal form or does not have this shape.
    pub fn check(&self, value: &str) -> Result<(), IdentifierFault> {
        match self {
            Self::CreditCode => CreditCode::parse(value).map(drop),
            Self::Permit => PermitNumber::parse(value).map(drop),
            Self::UnitNumber => UnitNumber::parse(value).map(drop),
            Self::Year => check_year(value),
            Self::Digits { min, max } => {
                check_each(Scheme::Digits, value, (*min, *max), DIGIT.has, DIGIT.phrase)
            }
            Self::Text { max_chars } => check_each(
                Scheme::Text,
                value,
                (1, *max_chars),
                // What is unassigned today may get another normal form tomorrow, and private
                // characters look different on every machine.
                is_public_assigned,
                "a character assigned by Unicode",
            ),
            Self::Code { max_chars } => check_code(value, *max_chars),
            Self::FileNumber { max_chars } => check_file_number(value, *max_chars),
            Self::OneOf(codes) => {
                check_code(value, CODE_CHARS_MAX)?;
                if codes.iter().any(|code| code.eq_ignore_ascii_case(value)) {
                    return Ok(());
                }
                Err(part(Scheme::Code, 1, "a code of the list of its policy"))
            }
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
            Self::FileNumber { max_chars } => write!(f, "file_number:{max_chars}"),
            Self::OneOf(codes) => write!(f, "one_of:{}", codes.join(",")),
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

/// Characters of a code in a list, and codes of a list.
const CODE_CHARS_MAX: usize = 32;
const CODES_MAX: usize = 64;

/// Reads the codes of a list: each of the shape `code:32`, and no two of them one key.
fn codes(list: &str) -> Option<Vec<String>> {
    let mut codes: Vec<String> = Vec::new();
    for code in list.split(',') {
        let is_known = codes.iter().any(|known| known.eq_ignore_ascii_case(code));
        if is_known || codes.len() == CODES_MAX || check_code(code, CODE_CHARS_MAX).is_err() {
            return None;
        }
        codes.push(code.to_owned());
    }
    Some(codes)
}

fn check_code(value: &str, max_chars: usize) -> Result<(), IdentifierFault> {
    check_each(
        Scheme::Code,
        value,
        (1, max_chars),
        |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'),
        "an ASCII letter, a digit or one of - _ . /",
    )
}

fn check_file_number(value: &str, max_chars: usize) -> Result<(), IdentifierFault> {
    check_each(
        Scheme::Text,
        value,
        (1, max_chars),
        |c| is_public_assigned(c) && !BRACKETS.contains(&c),
        "a character assigned by Unicode, and a bracket only ( or ) around the year",
    )?;
    let is_spelled = value.split_once('(').is_some_and(|(before, rest)| {
        rest.split_once(')').is_some_and(|(year, after)| {
            let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
            let is_plain = !after.contains(['(', ')']) && !before.contains(')');
            let number = after.strip_suffix('号');
            is_year && is_plain && !before.is_empty() && number.is_some_and(|it| !it.is_empty())
        })
    });
    if is_spelled {
        return Ok(());
    }
    Err(part(
        Scheme::Text,
        1,
        "a name, a year of four digits in ( ), a number and 号, such as 渝用能(2025)巴南0001号",
    ))
}

/// Brackets that papers write for `(` and `)`, which the normal form leaves alone.
const BRACKETS: &[char] = &[
    '[', ']', '{', '}', '<', '>', '〔', '〕', '【', '】', '〈', '〉', '《', '》', '「', '」',
];

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
            "file_number:64",
            "one_of:COD",
            "one_of:COD,NH3-N,SO2",
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
            "file_number",
            "one_of",
            "one_of:",
            "one_of:COD,",
            "one_of:COD,cod",
            "one_of:COD SO2",
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
            ("file_number:64", "渝用能(2025)巴南0001号"),
            ("one_of:COD,NH3-N", "NH3-N"),
            ("one_of:NOx", "NOX"),
        ] {
            assert_eq!(Shape::parse(name).unwrap().check(value), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_paper_has_one_spelling_and_a_list_its_codes() {
        for (name, value) in [
            ("file_number:64", "渝用能〔2025〕巴南0001号"),
            ("file_number:64", "渝用能[2025]巴南0001号"),
            ("file_number:64", "渝用能(2025)巴南0001"),
            ("file_number:64", "渝用能(25)巴南0001号"),
            ("file_number:64", "渝用能(2025)(2)1号"),
            ("file_number:64", "渝用能)(2025)1号"),
            ("file_number:64", "渝用能2025巴南0001号"),
            ("file_number:64", "(2025)1号"),
            ("file_number:64", "渝用能(2025)号"),
            ("file_number:9", "渝用能(2025)1号"),
            ("one_of:COD,NH3-N", "CODcr"),
            ("one_of:COD,NH3-N", ""),
        ] {
            assert!(
                Shape::parse(name).unwrap().check(value).is_err(),
                "{name} {value}"
            );
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

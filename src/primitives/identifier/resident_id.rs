//! 公民身份号码, the identity number of a natural person: personal, so checked and never shown.
//!
//! Separate from the other numbers because it alone must not appear in a fault, a log or a page.

use std::fmt;

use super::fault::{Class, DIGIT, IdentifierFault, Scheme, check_at_18, fits, part};
use crate::primitives::time::Day;

/// 公民身份号码, the identity number of a natural person (GB 11643-1999).
///
/// 18 characters: region 6, date of birth 8, sequence 3, check 1. Personal: it has no `Display`,
/// its `Debug` is masked, and no fault repeats it (a value with spaces or of full width is a
/// wrong character, not `NotNormal`, which would show the number).
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentId(String);

impl ResidentId {
    /// Parses a number; refuses a wrong shape, an unknown province, an impossible date of birth
    /// (years 1900 to 2099) and a wrong check character. An `x` must be written `X`.
    pub fn parse(value: &str) -> Result<Self, IdentifierFault> {
        const CHECK: Class = Class {
            has: |c| c.is_ascii_digit() || c == 'X',
            phrase: "a digit or X",
        };
        fits(Scheme::ResidentId, value, &[(17, DIGIT), (1, CHECK)])?;
        if !is_province(&value[0..2]) {
            return Err(part(Scheme::ResidentId, 1, "the code of a province"));
        }
        if !is_date_of_birth(&value[6..14]) {
            return Err(part(Scheme::ResidentId, 7, "a date of birth"));
        }
        check_at_18(Scheme::ResidentId, value, resident_check(value))?;
        Ok(Self(value.to_owned()))
    }

    /// Returns the number for print: the first and the last character, the rest as `*`. More would
    /// let a reader guess the rest, since the date of birth is often known.
    pub fn masked(&self) -> String {
        format!("{}{}{}", &self.0[..1], "*".repeat(16), &self.0[17..])
    }

    /// Returns the whole number, for sealing and hashing only.
    pub fn unmasked(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

/// Returns the check character of the first 17 digits (ISO 7064 MOD 11-2).
fn resident_check(number: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = (number.bytes().zip(weights))
        .map(|(digit, weight)| usize::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    char::from(b"10X98765432"[sum % 11])
}

/// The first two digits of GB/T 2260; 83 are residents of Taiwan, 9 begins the numbers of foreign
/// permanent residents (since 2023), whose second digit is not fixed.
fn is_province(code: &str) -> bool {
    matches!(
        code.parse(),
        Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99_u8)
    )
}

/// Says whether eight digits are a day of the Gregorian calendar from 1900 to 2099.
fn is_date_of_birth(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
    let year = number(0, 4);
    let day = i32::try_from(year)
        .ok()
        .and_then(|year| Day::of(year, number(4, 6), number(6, 8)));
    (1900..=2099).contains(&year) && day.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resident_number_is_checked_and_never_shown() {
        let id = ResidentId::parse("11010519491231002X").unwrap();
        assert_eq!(id.masked(), "1****************X");
        assert_eq!(format!("{id:?}"), "ResidentId(1****************X)");
        assert_eq!(id.unmasked(), "11010519491231002X");
        assert_eq!(
            ResidentId::parse("110105194912310021"),
            Err(IdentifierFault::CheckDigit {
                scheme: Scheme::ResidentId,
                position: 18,
                expected: "X".to_owned(),
                found: "1".to_owned(),
            })
        );
        for number in [
            "11010519491231002x",
            "1101051949123100２X",
            "11010519491231 02X",
            "10010519491231002X",
            "11010519490229002X",
            "11010518491231002X",
            "11010519491331002X",
            "11010519491200002X",
            "110105491231002",
        ] {
            let fault = ResidentId::parse(number).unwrap_err();
            assert!(
                matches!(fault, IdentifierFault::Shape { .. }),
                "{number}: {fault}"
            );
            assert!(!fault.to_string().contains("1949"), "{fault}");
        }
    }

    #[test]
    fn dates_of_birth_follow_the_calendar() {
        for date in ["20000229", "20240229", "19000101", "20991231"] {
            assert!(is_date_of_birth(date), "{date}");
        }
        for date in [
            "19000229", "20230229", "20230431", "20230001", "18991231", "21000101",
        ] {
            assert!(!is_date_of_birth(date), "{date}");
        }
    }
}

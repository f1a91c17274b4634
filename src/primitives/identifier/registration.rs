//! The registration number printed on certificates, such as `GL-500113-EMIT-000000041-58`.
//!
//! Nobody types an entry index safely. The number adds the region, the kind of right and two check
//! digits (ISO 7064 MOD 97-10, as an IBAN has) to the index it is derived from. It is print only:
//! in the log, a right or pledge is its letter and index.

use std::fmt;

use super::fault::{DIGIT, IdentifierFault, LETTER, Scheme, fits, length_within, part};
use super::normal::{Case, readable};

const PREFIX: &str = "GL";
const KIND_CHARS_MAX: usize = 8;
const FORM: &str = "the form GL-<6 digits>-<1 to 8 letters>-<at least 9 digits>-<2 digits>";

/// A registration number whose parts have their form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationNumber {
    region: String,
    kind_code: String,
    index: u64,
}

impl RegistrationNumber {
    /// Makes the number; refuses a region that is not six digits and a kind code that is not one
    /// to eight upper-case letters. Letters only: each character then keeps its width in the sum,
    /// and every change of one character is detected.
    pub fn new(region: &str, kind_code: &str, index: u64) -> Result<Self, IdentifierFault> {
        const SCHEME: Scheme = Scheme::RegistrationNumber;
        fits(SCHEME, region, &[(6, DIGIT)]).map_err(|_| part(SCHEME, 4, "six digits of region"))?;
        let kind_fault = part(SCHEME, 11, "a kind of 1 to 8 upper-case letters");
        if length_within(SCHEME, kind_code, 1, KIND_CHARS_MAX).is_err() {
            return Err(kind_fault);
        }
        fits(SCHEME, kind_code, &[(kind_code.len(), LETTER)]).map_err(|_| kind_fault)?;
        Ok(Self {
            region: region.to_owned(),
            kind_code: kind_code.to_owned(),
            index,
        })
    }

    /// Parses a printed number and verifies its check digits.
    pub fn parse(text: &str) -> Result<Self, IdentifierFault> {
        const SCHEME: Scheme = Scheme::RegistrationNumber;
        readable(SCHEME, text, Case::Upper)?;
        let parts: Vec<&str> = text.split('-').collect();
        let [PREFIX, region, kind_code, index, check] = parts[..] else {
            return Err(part(SCHEME, 1, FORM));
        };
        let number = index.parse().map_err(|_| part(SCHEME, 1, FORM))?;
        let parsed = Self::new(region, kind_code, number)?;
        let printed = parsed.to_string();
        // Compared with the only way to print it: so neither signs nor other zeros get through.
        let (body, expected) = printed.rsplit_once('-').unwrap_or_default();
        let position = text.len() - check.len() + 1;
        if text.get(..position - 2) != Some(body) {
            return Err(part(SCHEME, 1, FORM));
        }
        fits(SCHEME, check, &[(2, DIGIT)]).map_err(|_| part(SCHEME, position, "two digits"))?;
        if check != expected {
            let (expected, found) = (expected.to_owned(), check.to_owned());
            return Err(IdentifierFault::CheckDigit {
                scheme: SCHEME,
                position,
                expected,
                found,
            });
        }
        Ok(parsed)
    }

    /// Returns the region: six digits of GB/T 2260.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Returns the code of the kind of right.
    pub fn kind_code(&self) -> &str {
        &self.kind_code
    }

    /// Returns the index of the log entry the number is derived from.
    pub fn index(&self) -> u64 {
        self.index
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&registration_number(
            &self.region,
            &self.kind_code,
            self.index,
        ))
    }
}

/// Returns the printed number of the entry `index`. The parts come from policy and are printed as
/// they are; `RegistrationNumber::new` is what holds them to their form.
pub fn registration_number(region: &str, kind_code: &str, index: u64) -> String {
    let body = format!("{PREFIX}-{region}-{kind_code}-{index:09}");
    let check = 98 - remainder_97(&format!("{body}00"));
    format!("{body}-{check:02}")
}

/// Verifies the form and the check digits of a printed number.
pub fn verify_registration_number(text: &str) -> Result<(), IdentifierFault> {
    RegistrationNumber::parse(text).map(drop)
}

/// Returns the remainder by 97 of the number that the letters and digits of `text` spell, A being
/// 10 and Z 35; other characters are skipped.
fn remainder_97(text: &str) -> u32 {
    text.chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |remainder, value| {
            let shift = if value < 10 { 10 } else { 100 };
            (remainder * shift + value) % 97
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remainder_is_that_of_iso_7064() {
        // The example IBAN GB82 WEST 1234 5698 7654 32, country and check digits moved behind.
        assert_eq!(remainder_97("WEST12345698765432GB82"), 1);
        assert_eq!(remainder_97("3214282912345698765432161182"), 1);
    }

    #[test]
    fn a_number_is_printed_and_parsed_back() {
        for index in [0, 1, 41, 999_999_999, 1_000_000_000, u64::MAX] {
            let text = registration_number("500113", "EMIT", index);
            let parsed = RegistrationNumber::parse(&text).expect(&text);
            assert_eq!((parsed.region(), parsed.kind_code()), ("500113", "EMIT"));
            assert_eq!(parsed.index(), index);
            assert_eq!(parsed.to_string(), text);
            assert_eq!(remainder_97(&text), 1, "{text}");
        }
        assert_eq!(
            registration_number("500113", "EMIT", 41),
            "GL-500113-EMIT-000000041-58"
        );
    }

    #[test]
    fn every_change_of_one_character_is_detected() {
        let text = registration_number("500113", "FOREST", 120_345);
        for place in 0..text.len() {
            for symbol in b'!'..=b'~' {
                let mut changed = text.clone().into_bytes();
                changed[place] = symbol;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(
                    verify_registration_number(&changed).is_ok(),
                    changed == text
                );
            }
        }
    }

    #[test]
    fn every_swap_of_neighbors_is_detected() {
        let text = registration_number("500113", "FOREST", 120_345);
        for place in 1..text.len() {
            let mut changed = text.clone().into_bytes();
            changed.swap(place - 1, place);
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(
                verify_registration_number(&changed).is_ok(),
                changed == text,
                "{changed}"
            );
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "GL",
            "GL-500113-EMIT-41-00",
            "GL-500113-EMIT-+00000041-00",
            "GL-500113-EMIT-0000000041-00",
            "GL-500113-EMIT-99999999999999999999-00",
            "GL-50011-EMIT-000000041-00",
            "GL-500113--000000041-00",
            "GL-500113-EMISSIONS-000000041-00",
            "GL-500113-EMIT-000000041-0",
            "GL-500113-EMIT-000000041-",
            "GL-500113-EMIT-000000041",
            "GL-500113-排污-000000041-00",
            "XX-500113-EMIT-000000041-00",
        ] {
            let fault = verify_registration_number(text).unwrap_err();
            assert!(
                matches!(fault, IdentifierFault::Shape { .. }),
                "{text}: {fault}"
            );
        }
    }

    #[test]
    fn a_wrong_check_names_the_right_one() {
        let right = registration_number("500113", "EMIT", 41);
        let wrong = format!("{}99", &right[..right.len() - 2]);
        let fault = RegistrationNumber::parse(&wrong).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "the registration number fails its check: '58' is expected at character 26, '99' is \
             found"
        );
    }

    #[test]
    fn parts_that_could_not_be_parsed_back_are_refused() {
        for (region, kind_code) in [
            ("50011", "A"),
            ("500113", ""),
            ("500113", "CO2"),
            ("5001l3", "A"),
        ] {
            assert!(
                RegistrationNumber::new(region, kind_code, 1).is_err(),
                "{region} {kind_code}"
            );
        }
    }
}

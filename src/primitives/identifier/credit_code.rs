//! 统一社会信用代码 and 排污许可证编号: the credit code of a firm and the permit number that contains it.
//!
//! Each type can only be made by `parse`. Whether a failed inner check matters is not known here.

use std::fmt;

use super::fault::{Class, DIGIT, IdentifierFault, Scheme, check_at_18, fits};
use super::normal::{Case, readable};

/// 统一社会信用代码, the unified social credit code of a legal person (GB 32100-2015).
///
/// 18 characters: registering department 1, category 1, region 6, organization code 9, check 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

impl CreditCode {
    /// Parses a code in normal form; refuses a wrong shape and a wrong check character.
    pub fn parse(value: &str) -> Result<Self, IdentifierFault> {
        readable(Scheme::CreditCode, value, Case::Upper)?;
        fits(
            Scheme::CreditCode,
            value,
            &[(2, CREDIT), (6, DIGIT), (10, CREDIT)],
        )?;
        check_at_18(Scheme::CreditCode, value, credit_check(value))?;
        Ok(Self(value.to_owned()))
    }

    /// Returns the 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the region of registration: six digits of GB/T 2260.
    pub fn region(&self) -> &str {
        &self.0[2..8]
    }

    /// Says whether the organization code inside satisfies GB 11714-1997. Early codes do not, so
    /// this is a reason to warn and not to refuse.
    pub fn inner_check_ok(&self) -> bool {
        let weights = [3, 7, 9, 10, 5, 8, 4, 2];
        // GB 11714 counts letters from A = 10 without gaps; base 36 is that count.
        let sum: u32 = (self.0[8..16].chars().zip(weights))
            .map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight)
            .sum();
        let expected = match 11 - sum % 11 {
            10 => Some('X'),
            11 => Some('0'),
            digit => char::from_digit(digit, 10),
        };
        self.0.chars().nth(16) == expected
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 排污许可证编号, the number of a discharge permit (HJ 608-2017).
///
/// 22 characters: the holder's credit code 18, sequence of the site 3, identification character 1.
/// The last character is not computed: the 2017 trial text calls it a check character, the
/// standard's own example an identification character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermitNumber(String);

impl PermitNumber {
    /// Parses a number in normal form; the credit code inside is checked too.
    pub fn parse(value: &str) -> Result<Self, IdentifierFault> {
        readable(Scheme::Permit, value, Case::Upper)?;
        let layout = [
            (2, CREDIT),
            (6, DIGIT),
            (10, CREDIT),
            (3, DIGIT),
            (1, DIGIT_OR_LETTER),
        ];
        fits(Scheme::Permit, value, &layout)?;
        CreditCode::parse(&value[..18])?;
        Ok(Self(value.to_owned()))
    }

    /// Returns the 22 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first 21 characters: the site, whichever of its permits this is.
    pub fn site(&self) -> &str {
        &self.0[..21]
    }

    /// Returns the credit code of the firm the permit was first issued to.
    pub fn holder_code(&self) -> CreditCode {
        CreditCode(self.0[..18].to_owned())
    }
}

impl fmt::Display for PermitNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The 31 characters of GB 32100: digits and upper-case letters without I, O, S, V and Z, which are
/// taken for 1, 0, 5, U and 2. The position of a character is its value.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

const CREDIT: Class = Class {
    has: |c| credit_value(c).is_some(),
    phrase: "a digit or an upper-case letter other than I, O, S, V and Z",
};

const DIGIT_OR_LETTER: Class = Class {
    has: |c| c.is_ascii_digit() || c.is_ascii_uppercase(),
    phrase: "a digit or an upper-case letter",
};

fn credit_value(c: char) -> Option<usize> {
    CREDIT_ALPHABET
        .iter()
        .position(|symbol| char::from(*symbol) == c)
}

/// Returns the check character of the first 17 characters, all of the alphabet.
fn credit_check(code: &str) -> char {
    let sum: usize = (code.chars().zip(CREDIT_WEIGHTS))
        .map(|(c, weight)| credit_value(c).unwrap_or(0) * weight)
        .sum();
    char::from(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::identifier::{NotNormal, ShapeReason};

    const CODES: [&str; 10] = [
        "91130200699229617X",
        "91350100M000100Y43",
        "91500113MA5UPAP147",
        "91500113MA5UCHEM46",
        "91500113MA5URE017A",
        "91500113MA5UCEM15N",
        "91500113MA5UMRG17M",
        "91500113MA5UBK0AXF",
        "91500113MA5UBK0B8F",
        "91500113MA5UGRT17P",
    ];

    #[test]
    fn known_credit_codes_parse() {
        for code in CODES {
            let parsed = CreditCode::parse(code).expect(code);
            assert_eq!(parsed.as_str(), code);
            assert_eq!(parsed.to_string(), code);
        }
        assert_eq!(CreditCode::parse(CODES[2]).unwrap().region(), "500113");
    }

    #[test]
    fn every_change_of_one_character_of_a_credit_code_is_detected() {
        for code in &CODES[..4] {
            for place in 0..18 {
                for symbol in CREDIT_ALPHABET {
                    let mut changed = code.as_bytes().to_vec();
                    changed[place] = *symbol;
                    let changed = String::from_utf8(changed).unwrap();
                    assert_eq!(
                        CreditCode::parse(&changed).is_ok(),
                        changed == *code,
                        "{changed}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_wrong_check_character_names_the_right_one() {
        assert_eq!(
            CreditCode::parse("91500113QNUTHCM50A"),
            Err(IdentifierFault::CheckDigit {
                scheme: Scheme::CreditCode,
                position: 18,
                expected: "4".to_owned(),
                found: "A".to_owned(),
            })
        );
    }

    #[test]
    fn a_letter_outside_the_alphabet_is_a_fault_of_shape() {
        let fault = CreditCode::parse("91500113MA5UTEST12").unwrap_err();
        let IdentifierFault::Shape {
            scheme,
            reason: ShapeReason::Character {
                position, found, ..
            },
        } = fault
        else {
            unreachable!("{fault}")
        };
        assert_eq!((scheme, position, found), (Scheme::CreditCode, 15, 'S'));
        for code in [
            "",
            "9",
            "91130200699229617X1",
            "91A30200699229617X",
            "9113020069922961重",
        ] {
            assert!(
                matches!(CreditCode::parse(code), Err(IdentifierFault::Shape { .. })),
                "{code}"
            );
        }
    }

    #[test]
    fn another_spelling_of_a_credit_code_is_refused_with_the_right_one() {
        let normal_form = CODES[0].to_owned();
        for code in [
            "91130200699229617x",
            "９1130200699229617X",
            "91130200 699229617X",
        ] {
            let fault = NotNormal {
                normal_form: normal_form.clone(),
            };
            assert_eq!(
                CreditCode::parse(code),
                Err(IdentifierFault::NotNormal(fault))
            );
        }
    }

    #[test]
    fn an_endless_value_is_refused_before_it_is_normalized() {
        let fault = CreditCode::parse(&"\u{fdfa}".repeat(100_000)).unwrap_err();
        assert!(fault.to_string().len() < 100, "{fault}");
    }

    #[test]
    fn the_organization_code_inside_has_a_check_of_its_own() {
        assert!(
            CreditCode::parse("91130200699229617X")
                .unwrap()
                .inner_check_ok()
        );
        // The same code with another inner check character and the outer one that then fits.
        let body = "91130200699229618";
        let code = CreditCode::parse(&format!("{body}{}", credit_check(body))).unwrap();
        assert!(!code.inner_check_ok());
    }

    #[test]
    fn a_permit_number_names_its_holder_and_site() {
        let permit = PermitNumber::parse("91500113MA5UPAP147001P").unwrap();
        assert_eq!(permit.site(), "91500113MA5UPAP147001");
        assert_eq!(permit.holder_code().as_str(), "91500113MA5UPAP147");
        assert_eq!(permit.to_string(), permit.as_str());
        assert!(PermitNumber::parse("91130200699229617X001P").is_ok());
        assert!(PermitNumber::parse("91130200699229617X0020").is_ok());
    }

    #[test]
    fn a_permit_number_is_checked_with_the_credit_code_inside() {
        assert!(matches!(
            PermitNumber::parse("91500113MA5UPAP148001P"),
            Err(IdentifierFault::CheckDigit {
                scheme: Scheme::CreditCode,
                position: 18,
                ..
            })
        ));
        for number in [
            "91500113MA5UPAP147",
            "91500113MA5UPAP14700AP",
            "91500113MA5UPAP147001-",
            "91500113MA5UTEST12001P",
        ] {
            let fault = PermitNumber::parse(number).unwrap_err();
            let of_permit = matches!(
                fault,
                IdentifierFault::Shape {
                    scheme: Scheme::Permit,
                    ..
                }
            );
            assert!(of_permit, "{number}: {fault}");
        }
        let fault = PermitNumber::parse("91500113ma5upap147001p").unwrap_err();
        assert!(matches!(fault, IdentifierFault::NotNormal(_)));
    }
}

//! 不动产单元号, the number of a real-estate unit: forest land with its timber, a building, a parcel.
//!
//! It has a form but no check character, so only its layout can be judged.

use std::fmt;

use super::fault::{Class, DIGIT, IdentifierFault, LETTER, Scheme, fits};
use super::normal::{Case, readable};

/// 不动产单元号, the number of a real-estate unit; it has no check character.
///
/// 28 characters: county 6, cadastral zone 3, sub-zone 3, owner of the land (G state, J collective,
/// Z unsettled), use of the land 1, parcel 5, fixture (F building, L forest, Q other, W none),
/// unit 8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitNumber(String);

impl UnitNumber {
    /// Parses a number in normal form, so without the spaces it is printed with.
    pub fn parse(value: &str) -> Result<Self, IdentifierFault> {
        const OWNER: Class = Class {
            has: |c| matches!(c, 'G' | 'J' | 'Z'),
            phrase: "G, J or Z",
        };
        const FIXTURE: Class = Class {
            has: |c| matches!(c, 'F' | 'L' | 'Q' | 'W'),
            phrase: "F, L, Q or W",
        };
        readable(Scheme::UnitNumber, value, Case::Upper)?;
        let layout = [
            (12, DIGIT),
            (1, OWNER),
            (1, LETTER),
            (5, DIGIT),
            (1, FIXTURE),
            (8, DIGIT),
        ];
        fits(Scheme::UnitNumber, value, &layout)?;
        Ok(Self(value.to_owned()))
    }

    /// Returns the 28 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the county: six digits of GB/T 2260.
    pub fn county(&self) -> &str {
        &self.0[..6]
    }

    /// Returns the number as certificates print it: `500113 001002 JE00123 L00010001`.
    pub fn grouped(&self) -> String {
        let number = &self.0;
        format!(
            "{} {} {} {}",
            &number[..6],
            &number[6..12],
            &number[12..19],
            &number[19..]
        )
    }
}

impl fmt::Display for UnitNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::identifier::NotNormal;

    #[test]
    fn a_unit_number_is_parsed_and_printed_in_groups() {
        let unit = UnitNumber::parse("500113001002JE00123L00010001").unwrap();
        assert_eq!(unit.county(), "500113");
        assert_eq!(unit.grouped(), "500113 001002 JE00123 L00010001");
        assert_eq!(
            UnitNumber::parse(&unit.grouped()),
            Err(NotNormal {
                normal_form: unit.to_string()
            }
            .into())
        );
    }

    #[test]
    fn a_unit_number_of_another_layout_is_refused() {
        for (number, place) in [
            ("50011300100AJE00123L00010001", 12),
            ("500113001002AE00123L00010001", 13),
            ("500113001002J100123L00010001", 14),
            ("500113001002JE0012XL00010001", 19),
            ("500113001002JE00123A00010001", 20),
            ("500113001002JE00123L0001000A", 28),
        ] {
            let fault = UnitNumber::parse(number).unwrap_err();
            assert!(
                fault
                    .to_string()
                    .starts_with(&format!("character {place} of ")),
                "{number}: {fault}"
            );
        }
        assert!(UnitNumber::parse("500113001002JE00123L0001000").is_err());
    }
}

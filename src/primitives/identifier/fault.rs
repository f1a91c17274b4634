//! What can be wrong with an identifier, in words a clerk can act on.
//!
//! Separate from the schemes because all of them share it. The text names the value's position and
//! never repeats a whole value, with one exception: `NotNormal` shows how to write it.

use std::fmt;

use super::normal::NotNormal;

/// The rule book an identifier is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// 统一社会信用代码, GB 32100-2015.
    CreditCode,
    /// 公民身份号码, GB 11643-1999.
    ResidentId,
    /// 排污许可证编号, HJ 608-2017.
    Permit,
    /// 不动产单元号, the 28-character real-estate unit number.
    UnitNumber,
    /// The number this registry prints on its certificates.
    RegistrationNumber,
    /// A number of digits within bounds.
    Digits,
    /// Free text in normal form.
    Text,
    /// ASCII letters, digits and `-` `_` `.` `/`.
    Code,
    /// A calendar year.
    Year,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreditCode => "unified social credit code",
            Self::ResidentId => "resident identity number",
            Self::Permit => "discharge permit number",
            Self::UnitNumber => "real-estate unit number",
            Self::RegistrationNumber => "registration number",
            Self::Digits => "number",
            Self::Text => "text",
            Self::Code => "code",
            Self::Year => "year",
        })
    }
}

/// How a value misses the shape of its scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeReason {
    /// The number of characters is outside `min..=max`.
    Length {
        /// The fewest characters allowed.
        min: usize,
        /// The most characters allowed.
        max: usize,
        /// The characters counted.
        found: usize,
    },
    /// A character does not belong where it stands.
    Character {
        /// Its place, counted from 1.
        position: usize,
        /// The character.
        found: char,
        /// What may stand there, as a phrase that follows "must be".
        allowed: &'static str,
    },
    /// A part of the value has a meaning, and what is written cannot be true.
    Part {
        /// The first character of the part, counted from 1.
        position: usize,
        /// What must stand there, as a phrase that follows "must have".
        expected: &'static str,
    },
}

/// Why a value is not an identifier of its scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifierFault {
    /// The value can be read, but it is not written the one way it may be written.
    NotNormal(NotNormal),
    /// The value does not have the form of the scheme.
    Shape {
        /// The scheme whose form is missed.
        scheme: Scheme,
        /// How.
        reason: ShapeReason,
    },
    /// The form is right and the check character is not: something was mistyped.
    CheckDigit {
        /// The scheme whose check fails; `CreditCode` also for the code inside a permit number.
        scheme: Scheme,
        /// The first check character's place, counted from 1.
        position: usize,
        /// The check character or characters that the rest of the value asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
}

impl fmt::Display for IdentifierFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNormal(fault) => fault.fmt(f),
            Self::Shape { scheme, reason } => write_shape(f, *scheme, reason),
            Self::CheckDigit {
                scheme,
                position,
                expected,
                found,
            } => write!(
                f,
                "the {scheme} fails its check: '{expected}' is expected at character {position}, \
                 '{found}' is found"
            ),
        }
    }
}

impl std::error::Error for IdentifierFault {}

impl From<NotNormal> for IdentifierFault {
    fn from(fault: NotNormal) -> Self {
        Self::NotNormal(fault)
    }
}

fn write_shape(f: &mut fmt::Formatter<'_>, scheme: Scheme, reason: &ShapeReason) -> fmt::Result {
    match reason {
        ShapeReason::Length { min, max, found } if min == max => {
            write!(
                f,
                "the {scheme} must have {min} characters, {found} are found"
            )
        }
        ShapeReason::Length { min, max, found } => {
            write!(
                f,
                "the {scheme} must have {min} to {max} characters, {found} are found"
            )
        }
        ShapeReason::Character {
            position,
            found,
            allowed,
        } => write!(
            f,
            "character {position} of the {scheme} must be {allowed}, '{}' is found",
            found.escape_debug()
        ),
        ShapeReason::Part { position, expected } => {
            write!(
                f,
                "the {scheme} must have {expected} at character {position}"
            )
        }
    }
}

/// A class of characters: those allowed, and the phrase that says so.
#[derive(Clone, Copy)]
pub(super) struct Class {
    /// Says whether the character belongs to the class.
    pub(super) has: fn(char) -> bool,
    /// A phrase that follows "must be".
    pub(super) phrase: &'static str,
}

/// The ten ASCII digits.
pub(super) const DIGIT: Class = Class {
    has: |c| c.is_ascii_digit(),
    phrase: "a digit",
};

/// The ASCII letters A to Z.
pub(super) const LETTER: Class = Class {
    has: |c| c.is_ascii_uppercase(),
    phrase: "a letter from A to Z",
};

/// Refuses a value that is not, run by run, `layout`: so many characters of each class.
pub(super) fn fits(
    scheme: Scheme,
    value: &str,
    layout: &[(usize, Class)],
) -> Result<(), IdentifierFault> {
    let length = layout.iter().map(|(run, _)| run).sum();
    length_within(scheme, value, length, length)?;
    let classes = layout
        .iter()
        .flat_map(|(run, class)| std::iter::repeat_n(class, *run));
    for (place, (found, class)) in value.chars().zip(classes).enumerate() {
        if !(class.has)(found) {
            return Err(character(scheme, place, found, class.phrase));
        }
    }
    Ok(())
}

/// Refuses a value of fewer than `min` or more than `max` characters.
pub(super) fn length_within(
    scheme: Scheme,
    value: &str,
    min: usize,
    max: usize,
) -> Result<(), IdentifierFault> {
    let found = value.chars().count();
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(IdentifierFault::Shape {
        scheme,
        reason: ShapeReason::Length { min, max, found },
    })
}

/// The fault of the character at `place`, counted from 0.
pub(super) fn character(
    scheme: Scheme,
    place: usize,
    found: char,
    allowed: &'static str,
) -> IdentifierFault {
    let reason = ShapeReason::Character {
        position: place + 1,
        found,
        allowed,
    };
    IdentifierFault::Shape { scheme, reason }
}

/// The fault of a part that begins at character `position`, counted from 1.
pub(super) fn part(scheme: Scheme, position: usize, expected: &'static str) -> IdentifierFault {
    IdentifierFault::Shape {
        scheme,
        reason: ShapeReason::Part { position, expected },
    }
}

/// Compares the 18th and last character of a fitting value with the one the rest asks for.
pub(super) fn check_at_18(
    scheme: Scheme,
    value: &str,
    expected: char,
) -> Result<(), IdentifierFault> {
    let found = &value[17..];
    let expected = expected.to_string();
    if found == expected {
        return Ok(());
    }
    Err(IdentifierFault::CheckDigit {
        scheme,
        position: 18,
        expected,
        found: found.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_and_what() {
        let check = IdentifierFault::CheckDigit {
            scheme: Scheme::CreditCode,
            position: 18,
            expected: "4".to_owned(),
            found: "A".to_owned(),
        };
        assert_eq!(
            check.to_string(),
            "the unified social credit code fails its check: '4' is expected at character 18, \
             'A' is found"
        );
        assert_eq!(
            character(Scheme::UnitNumber, 12, '\u{1b}', "G, J or Z").to_string(),
            "character 13 of the real-estate unit number must be G, J or Z, '\\u{1b}' is found"
        );
        assert_eq!(
            length_within(Scheme::Permit, "9", 22, 22).map_err(|fault| fault.to_string()),
            Err("the discharge permit number must have 22 characters, 1 are found".to_owned())
        );
        assert_eq!(
            length_within(Scheme::Digits, "9", 8, 20).map_err(|fault| fault.to_string()),
            Err("the number must have 8 to 20 characters, 1 are found".to_owned())
        );
    }
}

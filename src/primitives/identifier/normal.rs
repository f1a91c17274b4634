//! The one way to write an identifier.
//!
//! Two spellings of one permit number must never become two keys. So a value is either in normal
//! form or refused with the normal form in the message; nothing is corrected silently, because the
//! signature covers what was sent.
//!
//! Normal form: NFKC (which also turns full-width letters, digits and punctuation into the ASCII
//! ones), without white space, control characters and characters that leave no mark on paper.
//! Letter case is kept; only schemes that are upper case by their standard use `_upper`.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::fault::{IdentifierFault, Scheme, ShapeReason};
use crate::primitives::limits::IDENTITY_CHARS_MAX;

/// A value is not in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotNormal {
    /// How to write it; empty if nothing visible is left.
    pub normal_form: String,
}

impl fmt::Display for NotNormal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.normal_form.is_empty() {
            return f.write_str("the value has no visible characters");
        }
        write!(
            f,
            "the value is not in normal form: write it as \"{}\"",
            self.normal_form
        )
    }
}

impl std::error::Error for NotNormal {}

/// Returns the normal form of `value`. Applying it twice changes nothing more.
pub fn normal_form(value: &str) -> String {
    // NFKC may make a space (U+00A8 does), so the filter comes after it; taking a character away
    // may bring a letter and its mark together, so composition comes after the filter.
    value.nfkc().filter(|c| !leaves_no_mark(*c)).nfc().collect()
}

/// Returns the normal form of `value` with ASCII letters in upper case.
pub fn normal_form_upper(value: &str) -> String {
    normal_form(value).to_ascii_uppercase()
}

/// Refuses a value that is not its own normal form, and so every control character.
pub fn require_normal(value: &str) -> Result<(), NotNormal> {
    if value.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    same(value, normal_form(value))
}

/// Refuses a value that is not its own normal form in upper case.
pub fn require_normal_upper(value: &str) -> Result<(), NotNormal> {
    same(value, normal_form_upper(value))
}

/// Says whether `value` is in Unicode Normalization Form C, the form of every string in the log.
pub fn is_nfc(value: &str) -> bool {
    value.is_ascii() || unicode_normalization::is_nfc(value)
}

/// Whether a scheme keeps the letter case of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// The case is part of the value.
    Kept,
    /// The scheme is written in upper case.
    Upper,
}

/// Refuses a value that is too long to be read at all, so that neither normalization nor a message
/// grows with what a stranger sends; then one that is not normal.
pub(super) fn readable(scheme: Scheme, value: &str, case: Case) -> Result<(), IdentifierFault> {
    let found = value.chars().count();
    if found > IDENTITY_CHARS_MAX {
        let reason = ShapeReason::Length {
            min: 1,
            max: IDENTITY_CHARS_MAX,
            found,
        };
        return Err(IdentifierFault::Shape { scheme, reason });
    }
    match case {
        Case::Kept => require_normal(value)?,
        Case::Upper => require_normal_upper(value)?,
    }
    Ok(())
}

fn same(value: &str, normal_form: String) -> Result<(), NotNormal> {
    if value == normal_form {
        Ok(())
    } else {
        Err(NotNormal { normal_form })
    }
}

/// White space, control characters, and what Unicode calls Default_Ignorable_Code_Point
/// (DerivedCoreProperties.txt) with the three interlinear annotation marks: zero-width spaces and
/// joiners, direction marks, variation selectors, fillers, tags.
pub fn leaves_no_mark(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_spaces_and_invisible_characters_have_one_normal_form() {
        let normal = "渝用能(2025)巴南0001号";
        for spelling in [
            "渝用能(2025)巴南0001号",
            "渝用能（２０２５）巴南０００１号",
            " 渝用能 (2025)\u{3000}巴南\u{a0}0001号\n",
            "渝用能(2025)巴南\u{200b}0001\u{202e}号\u{feff}",
            "渝用能(2025)\u{0}巴南0001号\u{e0100}",
        ] {
            assert_eq!(normal_form(spelling), normal);
        }
        assert_eq!(require_normal(normal), Ok(()));
    }

    #[test]
    fn a_value_not_in_normal_form_is_refused_with_the_normal_form() {
        let fault = require_normal("５００１１３ a").unwrap_err();
        assert_eq!(fault.normal_form, "500113a");
        assert_eq!(
            fault.to_string(),
            "the value is not in normal form: write it as \"500113a\""
        );
        assert_eq!(
            require_normal(" \u{200b}").unwrap_err().to_string(),
            "the value has no visible characters"
        );
    }

    #[test]
    fn control_characters_are_refused() {
        for c in ['\0', '\t', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}'] {
            assert!(require_normal(&format!("A{c}B")).is_err(), "{c:?}");
        }
    }

    #[test]
    fn case_changes_only_where_the_scheme_says_so() {
        assert_eq!(normal_form("ａb-1"), "ab-1");
        assert_eq!(normal_form_upper("ａb-1"), "AB-1");
        assert_eq!(require_normal("ab"), Ok(()));
        assert_eq!(require_normal_upper("ab").unwrap_err().normal_form, "AB");
    }

    #[test]
    fn the_normal_form_of_a_normal_form_is_itself() {
        for c in (0..0x1_1000)
            .chain(0x1_d100..0x1_d200)
            .filter_map(char::from_u32)
        {
            for text in [format!("e{c}\u{301}"), format!("{c}\u{200d}\u{308}{c}")] {
                let once = normal_form(&text);
                assert_eq!(normal_form(&once), once, "{text:?}");
                assert!(is_nfc(&once), "{text:?}");
            }
        }
    }

    #[test]
    fn nfc_is_recognized() {
        assert!(is_nfc("Köln 重庆"));
        assert!(!is_nfc("Ko\u{308}ln"));
    }
}

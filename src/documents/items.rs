//! What the codes of pollutants are called, in Chinese and English.
//!
//! The codes are those that discharge permits print, the Chinese names those of HJ 524-2009 (air) and HJ 525-2009 (water). No
//! decision reads this.

use crate::primitives::identifier::normal_form_upper;

/// Codes with their names in Chinese and English.
const NAMES: [(&str, &str, &str); 8] = [
    ("COD", "化学需氧量", "chemical oxygen demand"),
    ("NH3-N", "氨氮", "ammonia nitrogen"),
    ("TN", "总氮", "total nitrogen"),
    ("TP", "总磷", "total phosphorus"),
    ("SO2", "二氧化硫", "sulfur dioxide"),
    ("NOX", "氮氧化物", "nitrogen oxides"),
    ("PM", "颗粒物", "particulate matter"),
    ("VOCS", "挥发性有机物", "volatile organic compounds"),
];

/// Returns the code of a pollutant by what an office calls it: its Chinese name, or the code itself, with or without more in
/// brackets; nothing where the name is not known.
pub(crate) fn code_of(name: &str) -> Option<&'static str> {
    let name = normal_form_upper(name);
    let name = name.split(['(', '[']).next().unwrap_or_default().trim();
    // Chemical oxygen demand is written with the method by which it is measured.
    let name = name.strip_suffix("CR").unwrap_or(name);
    let mut known = NAMES.iter();
    let found = known.find(|(code, zh, _)| *code == name || *zh == name)?;
    Some(found.0)
}

/// Returns the names of a code, Chinese and English; nothing where none is known.
pub(crate) fn names(code: &str) -> Option<(&'static str, &'static str)> {
    let mut known = NAMES.iter();
    let found = known.find(|(known, ..)| known.eq_ignore_ascii_case(code))?;
    Some((found.1, found.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pollutant_is_known_by_its_name_or_code_as_offices_write_them() {
        for (written, code) in [
            ("总磷", Some("TP")),
            ("总磷（以P计）", Some("TP")),
            ("氨氮 (NH3-N)", Some("NH3-N")),
            ("CODcr", Some("COD")),
            ("ｎｏｘ", Some("NOX")),
            ("某污染物", None),
            ("磷", None),
            ("", None),
        ] {
            assert_eq!(code_of(written), code, "{written}");
        }
    }
}

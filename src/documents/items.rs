//! What the codes of pollutants are called, in Chinese and English.
//!
//! The codes are those that discharge permits print. No decision reads this.

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

/// Returns the names of a code, Chinese and English; nothing where none is known.
pub(crate) fn names(code: &str) -> Option<(&'static str, &'static str)> {
    let mut known = NAMES.iter();
    let found = known.find(|(known, ..)| known.eq_ignore_ascii_case(code))?;
    Some((found.1, found.2))
}

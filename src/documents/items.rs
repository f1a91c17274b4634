//! What the codes of pollutants are called, for headings, tables and certificates; a code that is not among them is shown as it is
//! written.
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

/// Returns the name of what a quantity is of in Chinese and English, with its code behind.
pub fn names(code: &str) -> (String, String) {
    let upper = code.to_ascii_uppercase();
    match NAMES.iter().find(|(known, ..)| *known == upper) {
        Some((_, zh, en)) => (format!("{zh} ({code})"), format!("{en} ({code})")),
        None => (code.to_owned(), code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_has_its_name_and_another_is_left_as_it_is() {
        assert_eq!(names("COD").0, "化学需氧量 (COD)");
        assert_eq!(names("NOx").1, "nitrogen oxides (NOx)");
        assert_eq!(names("2025"), ("2025".to_owned(), "2025".to_owned()));
    }
}

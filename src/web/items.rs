//! What the codes of pollutants are called, for headings and tables; a code that is not among them is shown as it is written.
//!
//! The codes are those that discharge permits print. No decision reads this.

use crate::web::lang::Lang;

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

/// Returns the name of what a quantity is of, with its code behind.
pub(crate) fn name(code: &str, lang: Lang) -> String {
    let upper = code.to_ascii_uppercase();
    match NAMES.iter().find(|(known, ..)| *known == upper) {
        Some((_, zh, en)) => format!("{} ({code})", lang.pick(zh, en)),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_has_its_name_and_another_is_left_as_it_is() {
        assert_eq!(name("COD", Lang::Zh), "化学需氧量 (COD)");
        assert_eq!(name("NOx", Lang::En), "nitrogen oxides (NOx)");
        assert_eq!(name("2025", Lang::Zh), "2025");
    }
}

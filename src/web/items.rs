//! What the codes of pollutants are called in headings and tables; a code without a name is shown as it is written.

use crate::documents::items::names;
use crate::web::lang::Lang;

/// Returns the name of what a quantity is of, with its code behind.
pub(crate) fn name(code: &str, lang: Lang) -> String {
    match names(code) {
        Some((zh, en)) => format!("{} ({code})", lang.pick(zh, en)),
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

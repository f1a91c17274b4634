//! What forms say of numbers and days as people type them; how they are read is shared with the books (`documents::typed`).

pub(crate) use crate::documents::typed::{day, number as plain_number};

use crate::documents::typed::parts_of_day;
use crate::primitives::quantity::{Quantity, QuantityFault, Scale};
use crate::web::lang::Lang;

/// Returns a day as a field for days shows it; what is no day, as it was typed.
pub(crate) fn iso(typed: Option<&str>) -> String {
    let typed = typed.unwrap_or_default();
    day(typed).map_or_else(|| typed.to_owned(), |day| day.to_string())
}

/// Returns the type of a field that shows what it has: one for days shows nothing that is no day.
pub(crate) fn input_type(value: &str) -> &'static str {
    let is_day = value.is_empty() || crate::primitives::time::Day::parse(value).is_some();
    if is_day { "date" } else { "text" }
}

/// Says why what was typed is no day.
pub(crate) fn not_a_day(typed: &str, lang: Lang) -> &'static str {
    match (parts_of_day(typed), lang) {
        (Some(_), Lang::Zh) => "没有这一天",
        (Some(_), Lang::En) => "there is no such day",
        (None, Lang::Zh) => "须为 2028-02-28 这样的日期",
        (None, Lang::En) => "must be a day such as 2028-02-28",
    }
}

/// Says why what was typed is no quantity at this scale.
pub(crate) fn not_a_quantity(fault: QuantityFault, scale: Scale, lang: Lang) -> String {
    let digits = scale.digits();
    match (fault, lang) {
        (QuantityFault::TooLarge, Lang::Zh) => "数太大: 须小于 1,000,000,000,000".to_owned(),
        (QuantityFault::TooLarge, Lang::En) => {
            "too large: must be below 1,000,000,000,000".to_owned()
        }
        (QuantityFault::TooFine, Lang::Zh) => format!("小数太多: 至多 {digits} 位"),
        (QuantityFault::TooFine, Lang::En) => {
            format!("too fine: {digits} decimal digits at most")
        }
        (QuantityFault::NotDecimal, Lang::Zh) => {
            format!(
                "不是合格的数量: 写大于 0 的数, 如 10,533 或 80.5, 不写单位, 小数至多 {digits} 位"
            )
        }
        (QuantityFault::NotDecimal, Lang::En) => format!(
            "is no quantity: write a number above 0 such as 10,533 or 80.5, without a unit, with {digits} decimal digits at most"
        ),
    }
}

/// Reads a quantity as it is typed.
pub(crate) fn quantity(typed: &str, scale: Scale) -> Result<Quantity, QuantityFault> {
    Quantity::parse(&plain_number(typed), scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_large_is_told_apart_from_what_is_none() {
        let scale = Scale::MAX;
        let told = |typed: &str| {
            quantity(typed, scale)
                .map_err(|fault| not_a_quantity(fault, scale, Lang::Zh))
                .map(|quantity| quantity.to_string())
        };
        assert_eq!(told("10,533"), Ok("10533".to_owned()));
        assert!(told("1,000,000,000,000").unwrap_err().contains("数太大"));
        assert!(told("1.2345678").unwrap_err().contains("小数太多"));
        assert!(told("1 t").unwrap_err().contains("不是合格的数量"));
    }

    #[test]
    fn a_day_that_there_is_not_is_told_apart_from_what_is_none() {
        for text in ["2027-02-30", "2027年13月1日", "0000-01-01"] {
            assert_eq!(not_a_day(text, Lang::Zh), "没有这一天", "{text}");
        }
        for text in ["27-1-9", "2027-1", "9.1.2027", "soon", ""] {
            assert!(not_a_day(text, Lang::En).contains("such as"), "{text}");
        }
    }
}

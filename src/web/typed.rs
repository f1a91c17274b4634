//! Numbers as people type them into a form: digits of any width, and groups of three. Programs write the one plain spelling.

use crate::primitives::quantity::{Quantity, QuantityFault, Scale};
use crate::primitives::time::Day;
use crate::web::lang::Lang;

/// Takes the groups out of a number where all of them are whole, and writes its digits in ASCII; what is no such number stays as
/// it is.
pub(crate) fn plain_number(typed: &str) -> String {
    let narrow: String = typed.trim().chars().map(narrow).collect();
    let (whole, fraction) = match narrow.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (&*narrow, None),
    };
    let is_whole = |mark: char| {
        let mut groups = whole.split(mark);
        let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len())
            && is_digits(first)
            && groups.all(|group| group.len() == 3 && is_digits(group))
    };
    let Some(mark) = [',', ' '].into_iter().find(|mark| whole.contains(*mark)) else {
        return narrow;
    };
    if !is_whole(mark) {
        return narrow;
    }
    let whole: String = whole.split(mark).collect();
    match fraction {
        Some(fraction) => format!("{whole}.{fraction}"),
        None => whole,
    }
}

/// Reads a day as people write it: `2027-01-01`, `2027/1/1`, `2027.1.1` and `2027年1月1日`, in digits of any width.
pub(crate) fn day(typed: &str) -> Option<Day> {
    let (year, month, date) = parts_of_day(typed)?;
    Day::parse(&format!("{year}-{month:0>2}-{date:0>2}"))
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

/// The numbers of a day, whether or not there is one.
fn parts_of_day(typed: &str) -> Option<(String, String, String)> {
    let plain: String = typed.trim().chars().map(narrow).collect();
    let plain = plain.strip_suffix('日').unwrap_or(&plain);
    let mut parts = plain.split(['-', '/', '.', '年', '月']).map(str::trim);
    let mut number = |digits: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && digits.contains(&part.len())).then(|| part.to_owned())
    };
    let day = (number(4..=4)?, number(1..=2)?, number(1..=2)?);
    parts.next().is_none().then_some(day)
}

/// Full-width digits, points and commas as the narrow ones.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | '．' | '，' | '－' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
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
    fn groups_are_taken_out_where_all_are_whole_and_digits_of_any_width_are_digits() {
        for (typed, plain) in [
            ("10,533", "10533"),
            (" 1,234,567.50 ", "1234567.50"),
            ("１０，５３３．５", "10533.5"),
            ("5 000 000", "5000000"),
            ("80.5", "80.5"),
            ("", ""),
            ("10,53", "10,53"),
            ("1,0000", "1,0000"),
            (",533", ",533"),
            ("1,234 567", "1,234 567"),
            ("1,234,", "1,234,"),
            ("0.123,456", "0.123,456"),
            ("－1", "-1"),
            ("abc", "abc"),
        ] {
            assert_eq!(plain_number(typed), plain, "{typed}");
        }
    }

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
    fn a_day_is_read_as_people_write_it_and_one_that_there_is_not_is_told_apart() {
        for text in [
            "2027-01-09",
            " 2027-1-9 ",
            "2027/1/9",
            "2027.01.09",
            "2027年1月9日",
            "２０２７年１月９日",
        ] {
            assert_eq!(day(text), Day::parse("2027-01-09"), "{text}");
        }
        for text in ["2027-02-30", "2027年13月1日", "0000-01-01"] {
            assert_eq!(day(text), None);
            assert_eq!(not_a_day(text, Lang::Zh), "没有这一天", "{text}");
        }
        for text in ["27-1-9", "2027-1", "2027-1-9-1", "9.1.2027", "soon", ""] {
            assert_eq!(day(text), None);
            assert!(not_a_day(text, Lang::En).contains("such as"), "{text}");
        }
    }
}

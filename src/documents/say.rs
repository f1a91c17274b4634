//! Values as documents write them: inclusive days, grouped numbers with all their digits, local time.

use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span, Timestamp};

/// Seconds between UTC and the clock on the wall (UTC+8).
const LOCAL_SECONDS: u64 = 8 * 3_600;
/// Digits between two separators of a number, and decimal places that are always shown.
const GROUP: usize = 3;

/// Returns a quantity with all digits of its scale, grouped, such as `1,234.500`.
pub fn number(quantity: Quantity, scale: Scale) -> String {
    let text = quantity.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = grouped(whole);
    // A scale is what the policy allows at most; three places are enough where the rest is zeros.
    let places = usize::from(scale.digits()).min(GROUP).max(fraction.len());
    if places == 0 {
        return grouped;
    }
    format!("{grouped}.{fraction:0<places$}")
}

/// Returns a quantity with the digits that it has, grouped, such as `296,801` and `1,234.5`.
pub fn plain(quantity: Quantity) -> String {
    thousands(&quantity.to_string())
}

/// Returns a decimal number with its digits before the point in groups.
pub fn thousands(number: &str) -> String {
    match number.split_once('.') {
        None => grouped(number),
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
    }
}

/// Returns about how wide a text is in a picture, where a letter takes seven units and a Chinese character twelve.
pub fn width_of(text: &str) -> i64 {
    text.chars()
        .map(|c| if c.is_ascii() { 7 } else { 12 })
        .sum()
}

fn grouped(whole: &str) -> String {
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(GROUP) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns a quantity with its unit.
pub fn amount(quantity: Quantity, scale: Scale, unit: &str) -> String {
    format!("{} {unit}", number(quantity, scale))
}

/// Returns a unit as people write it in Chinese; most are written alike.
pub fn unit_zh(unit: &str) -> &str {
    match unit {
        "mu" => "亩",
        _ => unit,
    }
}

/// Returns a sum of money, or a price, with its fen.
pub fn yuan(sum: Quantity, word: &str) -> String {
    amount(sum, Scale::new(2).unwrap_or(Scale::MAX), word)
}

/// Returns the last day of a span, which people count in.
pub fn last_day(span: Span) -> Day {
    span.to().previous()
}

/// Returns registry time on the wall clock: `2026-12-01 10:02:03 +08:00`.
pub fn local_time(time: Timestamp) -> String {
    let text = time.plus_seconds(LOCAL_SECONDS).to_string();
    let (day, clock) = text.split_once('T').unwrap_or((&text, ""));
    let clock = clock.get(..8).unwrap_or(clock);
    format!("{day} {clock} +08:00")
}

/// Returns the first and the last year of a span that is made of whole years.
pub fn years(span: Span) -> Option<(i32, i32)> {
    let (first, last) = (span.from().date().0, last_day(span).date().0);
    (Span::of_years(first, last) == Some(span)).then_some((first, last))
}

/// What a hidden member is called, Chinese and English, where our own pages ask for it; any other as it is called.
pub fn claim(name: &str) -> (&str, &str) {
    match name {
        "contract_no" => ("合同编号", "contract number"),
        "principal_cny" => ("主债权 (元)", "principal (CNY)"),
        "purpose" => ("贷款用途", "purpose of the loan"),
        "name" => ("姓名", "name"),
        "resident_id" => ("公民身份号码", "resident number"),
        other => (other, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_keep_every_digit() {
        let show = |text, digits| {
            let scale = Scale::new(digits).unwrap();
            number(Quantity::parse(text, scale).unwrap(), scale)
        };
        assert_eq!(show("1234567.5", 6), "1,234,567.500");
        assert_eq!(show("0.123456", 6), "0.123456");
        assert_eq!(show("60000", 0), "60,000");
        assert_eq!(show("999", 0), "999");
        let sum = Quantity::parse("2000000.5", Scale::new(2).unwrap()).unwrap();
        assert_eq!(yuan(sum, "yuan"), "2,000,000.50 yuan");
        assert_eq!(thousands("1328559"), "1,328,559");
        assert_eq!(thousands("392895.5212"), "392,895.5212");
    }

    #[test]
    fn spans_end_on_their_last_day_and_time_is_local() {
        let span = Span::new(Day::of(2026, 12, 1).unwrap(), Day::of(2028, 2, 29).unwrap()).unwrap();
        assert_eq!(last_day(span).to_string(), "2028-02-28");
        assert_eq!(years(span), None);
        assert_eq!(
            years(Span::of_years(2028, 2030).unwrap()),
            Some((2028, 2030))
        );
        let time = Timestamp::parse("2026-12-01T02:03:04.123456Z").unwrap();
        assert_eq!(local_time(time), "2026-12-01 10:03:04 +08:00");
    }
}

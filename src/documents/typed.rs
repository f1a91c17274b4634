//! Numbers, days and codes as people type and paste them: digits of any width, groups of three, spaces that nobody sees. Programs
//! write the one plain spelling.
//!
//! Shared by the forms of the pages and by the books that are imported, so that both read the same. What is read is never guessed
//! at: a spelling that could mean two things stays as it is, and is refused where it is used.

use crate::primitives::identifier::{Shape, leaves_no_mark, normal_form, normal_form_upper};
use crate::primitives::time::Day;

/// Takes the groups out of a number where all of them are whole, and writes its digits in ASCII; what is no such number stays as
/// it is.
pub fn number(typed: &str) -> String {
    let narrow: String = typed.chars().filter_map(narrow).collect();
    let narrow = narrow.trim().to_owned();
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
pub fn day(typed: &str) -> Option<Day> {
    let (year, month, date) = parts_of_day(typed)?;
    Day::parse(&format!("{year}-{month:0>2}-{date:0>2}"))
}

/// The numbers of a day, whether or not there is one.
pub fn parts_of_day(typed: &str) -> Option<(String, String, String)> {
    let plain: String = typed.chars().filter_map(narrow).collect();
    let plain = plain.trim();
    // One sign between all three, or the words: with two signs nobody knows what was meant.
    let words = plain.strip_suffix('日').unwrap_or(plain).split_once('年');
    let parts = if let Some((year, rest)) = words {
        let (month, date) = rest.split_once('月')?;
        [year, month, date].map(str::trim)
    } else {
        let mut signs = ['-', '/', '.'].into_iter();
        let sign = signs.find(|sign| plain.contains(*sign))?;
        let parts: Vec<&str> = plain.split(sign).map(str::trim).collect();
        parts.try_into().ok()?
    };
    let is_number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let [year, month, date] = parts;
    let is_day = is_number(year, 4..=4) && is_number(month, 1..=2) && is_number(date, 1..=2);
    is_day.then(|| (year.to_owned(), month.to_owned(), date.to_owned()))
}

/// Writes a part of an identity in the spelling that its shape has, where what was typed differs by width, case, spaces or
/// characters that leave no mark alone; what has another fault is written as closely as can be, so that the fault is told.
pub fn part(typed: &str, shape: &Shape) -> String {
    let own = [normal_form(typed), normal_form_upper(typed)];
    let fitting = own.iter().find(|spelled| shape.check(spelled).is_ok());
    let is_upper = matches!(shape, Shape::CreditCode | Shape::Permit | Shape::UnitNumber);
    let [kept, upper] = &own;
    fitting
        .unwrap_or(if is_upper { upper } else { kept })
        .clone()
}

/// Writes a credit code as it is registered, whatever its width, case and spaces.
pub fn credit_code(typed: &str) -> String {
    normal_form_upper(typed)
}

/// Full-width digits, points and commas as the narrow ones, every space as a plain one, and nothing where nothing is seen.
fn narrow(c: char) -> Option<char> {
    match c {
        '０'..='９' | '．' | '，' | '－' | '／' => char::from_u32(u32::from(c) - 0xfee0),
        _ if c.is_whitespace() => Some(' '),
        _ if leaves_no_mark(c) => None,
        other => Some(other),
    }
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
            ("5\u{a0}000\u{202f}000\u{200b}", "5000000"),
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
            assert_eq!(number(typed), plain, "{typed}");
        }
    }

    #[test]
    fn a_part_of_an_identity_is_written_as_its_shape_is_whatever_its_width_case_and_spaces() {
        let permit = "91500113QNUTHCM504001W";
        let unit = "500113001002JE00123L00010001";
        for (shape, typed, spelled) in [
            ("permit", " 91500113qnuthcm504001w ", permit),
            (
                "permit",
                "９１５００１１３ＱＮＵＴＨＣＭ５０４００１Ｗ",
                permit,
            ),
            ("permit", "91500113 QNUTHCM504 001W\u{200b}", permit),
            ("unit_number", "500113 001002 je00123 L00010001", unit),
            ("one_of:COD,NOx", "ＮＯｘ", "NOx"),
            (
                "file_number:64",
                "渝用能（2025）巴南0001号",
                "渝用能(2025)巴南0001号",
            ),
            ("code:32", "a-1 ", "a-1"),
            // Another fault stays to be told.
            (
                "permit",
                "9150011 3qnuthcm50a001w",
                "91500113QNUTHCM50A001W",
            ),
            ("year", "26", "26"),
        ] {
            let shape = Shape::parse(shape).unwrap();
            assert_eq!(part(typed, &shape), spelled, "{typed}");
        }
        assert_eq!(
            credit_code("９１５００１１３qnuthcm504\u{feff}"),
            "91500113QNUTHCM504"
        );
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
            "２０２７／０１／０９\u{a0}",
        ] {
            assert_eq!(day(text), Day::parse("2027-01-09"), "{text}");
        }
        for text in ["2027-02-30", "2027年13月1日", "0000-01-01"] {
            assert_eq!(day(text), None);
            assert!(parts_of_day(text).is_some(), "{text}");
        }
        for text in [
            "27-1-9",
            "2027-1",
            "2027-1-9-1",
            "2027/1.9",
            "9.1.2027",
            "2027年1",
            "soon",
            "",
        ] {
            assert_eq!(day(text), None);
            assert_eq!(parts_of_day(text), None, "{text}");
        }
    }
}

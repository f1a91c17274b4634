//! Values as people read them: inclusive days, grouped numbers, local time, ids in groups.
//!
//! Nothing is rounded and nothing is added: a quantity is shown with all its digits and the unit of its kind.

use crate::domain::right::{Extent, Identity};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span, Timestamp};
use crate::web::lang::{Lang, Words};

/// Seconds between UTC and the register's clock on the wall (UTC+8).
const LOCAL_SECONDS: u64 = 8 * 3_600;
/// Digits between two separators of a number.
const GROUP: usize = 3;

/// Returns a quantity with all digits of its scale, grouped, such as `1,234.500`.
pub(crate) fn number(quantity: Quantity, scale: Scale) -> String {
    let text = quantity.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(GROUP) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    // A scale is what the policy allows at most; three places are enough where the rest is zeros.
    let places = usize::from(scale.digits()).min(GROUP).max(fraction.len());
    if places == 0 {
        return grouped;
    }
    format!("{grouped}.{fraction:0<places$}")
}

/// Returns a quantity with its unit.
pub(crate) fn amount(quantity: Quantity, scale: Scale, unit: &str) -> String {
    format!("{} {unit}", number(quantity, scale))
}

/// Returns the days of a span inclusively, as people write them: `2026-12-01 至 2028-02-28`.
pub(crate) fn days(span: Span, words: &Words) -> String {
    format!("{} {} {}", span.from(), words.through, last_day(span))
}

/// Returns the last day of a span.
pub(crate) fn last_day(span: Span) -> Day {
    span.to().previous()
}

/// Returns whole years where a span is made of them, else its days.
pub(crate) fn years(span: Span, words: &Words) -> String {
    let (first, last) = (span.from().date().0, last_day(span).date().0);
    match Span::of_years(first, last) {
        Some(whole) if whole == span && first == last => first.to_string(),
        Some(whole) if whole == span => format!("{first}–{last}"),
        Some(_) | None => days(span, words),
    }
}

/// Returns how much a burden or line takes.
pub(crate) fn extent(extent: Extent, scale: Scale, unit: &str, words: &Words) -> String {
    match extent {
        Extent::Stock(quantity) => amount(quantity, scale, unit),
        Extent::Flow(quantity, span) => {
            format!("{}, {}", amount(quantity, scale, unit), days(span, words))
        }
        Extent::Whole => words.whole.to_owned(),
        Extent::Years(span) => years(span, words),
    }
}

/// Returns registry time on the wall clock of the register: `2026-12-01 10:02:03 +08:00`.
pub(crate) fn local_time(time: Timestamp) -> String {
    let text = time.plus_seconds(LOCAL_SECONDS).to_string();
    let (day, clock) = text.split_once('T').unwrap_or((&text, ""));
    let clock = clock.get(..8).unwrap_or(clock);
    format!("{day} {clock} +08:00")
}

/// Returns an identity's value in groups where it is a 28-digit real-estate unit number, else as it is.
pub(crate) fn grouped(value: &str) -> String {
    match crate::primitives::identifier::UnitNumber::parse(value) {
        Ok(unit) => unit.grouped(),
        Err(_) => value.replace('|', " | "),
    }
}

/// Returns an identity for people, without its scheme.
pub(crate) fn identity(identity: &Identity) -> String {
    grouped(&identity.value)
}

/// Returns the beginning of a hash, enough to compare by eye.
pub(crate) fn short(hash: &str) -> String {
    match hash.get(..16) {
        Some(start) if hash.len() > 20 => format!("{start}…"),
        Some(_) | None => hash.to_owned(),
    }
}

/// Returns a text as one part of a path or a value of a query (RFC 3986: everything but unreserved bytes is escaped).
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(nibble), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}

/// Returns the tag of a record's status for style sheets and the word for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Status {
    /// The name of the shape and color.
    pub(crate) tag: &'static str,
    /// The sign beside the word, so that color is never alone.
    pub(crate) sign: &'static str,
    /// The word.
    pub(crate) word: &'static str,
}

/// The statuses a right may show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum StatusOf {
    /// No burden is found.
    Free,
    /// Some is taken, some is left.
    Partly,
    /// Nothing is left.
    Fully,
    /// Its days are over, or an authority revoked it.
    Ended,
    /// Registered under an open dispute.
    Disputed,
    /// A later right took its place.
    Succeeded,
}

impl StatusOf {
    /// Returns the word in a language.
    pub(crate) fn show(self, lang: Lang) -> Status {
        let words = lang.words();
        let (tag, sign, word) = match self {
            Self::Free => ("free", "○", words.status_free),
            Self::Partly => ("partly", "◐", words.status_partly),
            Self::Fully => ("fully", "●", words.status_fully),
            Self::Ended => ("ended", "■", words.status_ended),
            Self::Disputed => ("disputed", "▲", words.status_disputed),
            Self::Succeeded => ("ended", "→", words.status_succeeded),
        };
        Status { tag, sign, word }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(digits: u64) -> Scale {
        Scale::new(digits).unwrap()
    }

    #[test]
    fn numbers_are_grouped_and_keep_every_digit() {
        let show =
            |text, digits| number(Quantity::parse(text, scale(digits)).unwrap(), scale(digits));
        assert_eq!(show("1234567.5", 6), "1,234,567.500");
        assert_eq!(show("0.123456", 6), "0.123456");
        assert_eq!(show("60000", 0), "60,000");
        assert_eq!(show("999", 0), "999");
    }

    #[test]
    fn spans_are_shown_with_their_last_day() {
        let words = Lang::Zh.words();
        let span = Span::new(Day::of(2026, 12, 1).unwrap(), Day::of(2028, 2, 29).unwrap()).unwrap();
        assert_eq!(days(span, words), "2026-12-01 至 2028-02-28");
        assert_eq!(
            years(Span::of_years(2028, 2030).unwrap(), words),
            "2028–2030"
        );
        assert_eq!(years(Span::of_years(2028, 2028).unwrap(), words), "2028");
        assert_eq!(years(span, words), "2026-12-01 至 2028-02-28");
    }

    #[test]
    fn time_is_shown_at_utc_plus_8() {
        let time = Timestamp::parse("2026-12-01T02:03:04.123456Z").unwrap();
        assert_eq!(local_time(time), "2026-12-01 10:03:04 +08:00");
    }

    #[test]
    fn parts_of_paths_are_escaped() {
        assert_eq!(escaped("a|b 证"), "a%7Cb%20%E8%AF%81");
    }
}

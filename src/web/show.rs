//! Values as people read them: inclusive days, grouped numbers, local time, ids in groups.
//!
//! Nothing is rounded and nothing is added: a quantity is shown with all its digits and the unit of its kind.

use crate::documents::identities;
use crate::documents::say::unit_zh;
pub(crate) use crate::documents::say::{amount, last_day, local_time, thousands, yuan};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Extent, Identity};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Span;
pub(crate) use crate::service::standing::StatusOf;
use crate::web::lang::{Lang, Words};

/// Returns the days of a span inclusively, as people write them: `2026-12-01 至 2028-02-28`.
pub(crate) fn days(span: Span, words: &Words) -> String {
    format!("{} {} {}", span.from(), words.through, last_day(span))
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

/// Returns years within a sentence, or days where they are no whole years.
pub(crate) fn years_in(span: Span, lang: Lang) -> String {
    let text = years(span, lang.words());
    let is_whole = text.chars().all(|c| c.is_ascii_digit() || c == '–');
    match lang {
        Lang::Zh if is_whole => format!("{text} 年"),
        Lang::Zh | Lang::En => text,
    }
}

/// Returns a quantity of which there is as much in every year, without the year in its unit.
pub(crate) fn each_year(quantity: Quantity, policy: &KindPolicy, lang: Lang) -> String {
    let unit = unit(&policy.unit, lang);
    let much = amount(
        quantity,
        policy.scale,
        unit.strip_suffix("/a").unwrap_or(unit),
    );
    match lang {
        Lang::Zh => format!("每年 {much}"),
        Lang::En => format!("{much} a year"),
    }
}

/// Returns how much a burden or line takes of a right that has `most` in every year, which years alone do not say.
pub(crate) fn extent_of(taken: Extent, most: Quantity, policy: &KindPolicy, lang: Lang) -> String {
    match taken {
        Extent::Years(span) => format!(
            "{}, {}",
            years_in(span, lang),
            each_year(most, policy, lang)
        ),
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => {
            let unit = unit(&policy.unit, lang);
            extent(taken, policy.scale, unit, lang.words())
        }
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

/// Returns a unit as people of the language write it; most are written alike.
pub(crate) fn unit(unit: &str, lang: Lang) -> &str {
    match lang {
        Lang::Zh => unit_zh(unit),
        Lang::En => unit,
    }
}

/// Returns the word of a form of security; it is registered in Chinese.
pub(crate) fn form(form: &str, lang: Lang) -> &str {
    match (form, lang) {
        ("质押", Lang::En) => "pledge",
        ("抵押", Lang::En) => "mortgage",
        (_, Lang::Zh | Lang::En) => form,
    }
}

/// Returns an identity's value in groups where it is a 28-digit real-estate unit number, else as it is.
pub(crate) fn grouped(value: &str) -> String {
    identities::shown(value)
}

/// Returns what a right is drawn from without the code of its kind, which stands before its parts.
pub(crate) fn source(source: &str, kind: &str) -> String {
    let own = source
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('|'));
    let parts = own.unwrap_or(source).split('|').map(grouped);
    parts.collect::<Vec<_>>().join(" · ")
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

/// A hash as a table shows it: its beginning, and all of it for whoever copies it.
pub(crate) struct Shortened {
    pub(crate) short: String,
    pub(crate) full: String,
}

/// Returns a hash for a table.
pub(crate) fn shortened(hash: impl std::fmt::Display) -> Shortened {
    let full = hash.to_string();
    Shortened {
        short: short(&full),
        full,
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

impl StatusOf {
    /// Returns the word in a language.
    pub(crate) fn show(self, lang: Lang) -> Status {
        let (tag, sign) = match self {
            Self::Free => ("free", "○"),
            Self::Partly => ("partly", "◐"),
            Self::Fully => ("fully", "●"),
            Self::Ended => ("ended", "■"),
            Self::Disputed => ("disputed", "▲"),
            Self::Succeeded => ("ended", "→"),
            Self::Hanging => ("warn", "◌"),
            Self::Frozen => ("warn", "❄\u{fe0e}"),
            Self::Barred => ("refuse", "✕"),
        };
        let (zh, en) = self.words();
        let word = lang.pick(zh, en);
        Status { tag, sign, word }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::time::Day;

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
    fn a_source_is_shown_without_the_code_of_its_kind() {
        let shown = source("emission|91500113H40GU29BXF002|SO2", "emission");
        assert_eq!(shown, "91500113H40GU29BXF002 · SO2");
        assert_eq!(source("emission", "emission"), "emission");
        assert_eq!(source("a|b", "emission"), "a · b");
    }

    #[test]
    fn parts_of_paths_are_escaped() {
        assert_eq!(escaped("a|b 证"), "a%7Cb%20%E8%AF%81");
    }
}

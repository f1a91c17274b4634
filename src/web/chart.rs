//! Pictures as SVG: a bar for stocks, a strip of years for sinks, and what all pictures are drawn on.
//!
//! Apart from `flow_chart`, whose pictures have an axis of days. Drawn in whole units of a fixed picture, without scripts, fonts
//! or styles of their own, so that they print and pass the strictest content policy. Every picture has a table beside it with the
//! same numbers: nobody needs to see it.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use crate::documents::say::{plain, width_of};
use crate::primitives::quantity::Quantity;

/// Letters that are this high fit into a part.
const LETTERS_HIGH: i64 = 13;
/// From one line of a hatching to the next.
const LINE: i64 = 5;

/// What a picture is drawn on. A page holds both and its style shows one, so that words are as large on a phone as on a desk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canvas {
    /// Its width in its own units.
    pub(super) width: i64,
    /// Its class.
    class: &'static str,
    /// Room for names left of bars; without it they stand above.
    pub(super) names: Option<i64>,
    /// Years of a sink in a row.
    years: usize,
}

const WIDE: Canvas = Canvas {
    width: 720,
    class: "wide",
    names: Some(240),
    years: 15,
};
const NARROW: Canvas = Canvas {
    width: 358,
    class: "narrow",
    names: None,
    years: 7,
};

impl Canvas {
    /// Draws on both.
    pub(super) fn both(draw: impl Fn(Self) -> String) -> String {
        draw(WIDE) + &draw(NARROW)
    }

    pub(super) fn open(self, height: i64, title: &str) -> String {
        let Self { width, class, .. } = self;
        format!(
            r#"<svg class="chart {class}" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
            escape(title)
        )
    }

    fn stock(self, balance: Quantity, parts: &[Slice], rest: Quantity, named: Named<'_>) -> String {
        let used: i64 = parts.iter().map(|part| part.quantity.raw()).sum();
        let whole = balance.raw().max(used).max(1);
        let width = |raw: i64| scaled(raw, whole, self.width - 8);
        let mut svg = self.open(72, named.title);
        svg.push_str(&format!(
            r#"<rect class="right" x="4" y="8" width="{}" height="40"/>"#,
            width(balance.raw())
        ));
        let rest = (!rest.is_zero()).then(|| Slice {
            quantity: rest,
            tag: "unburdened",
            label: format!("{}: {} {}", named.free, plain(rest), named.unit),
            place: 0,
        });
        let mut at = 0_i64;
        for part in parts.iter().chain(&rest) {
            let (x, wide) = (4 + width(at), width(part.quantity.raw()).max(1));
            svg.push_str(&format!(
                r#"<rect class="{}" x="{x}" y="8" width="{wide}" height="40"><title>{}</title></rect>"#,
                part.tag,
                escape(&part.label)
            ));
            let name = part.label.split(": ").next().unwrap_or_default();
            let text = if wide > width_of(&part.label) + 12 {
                Some((part.label.clone(), "part"))
            } else {
                name_for((wide, 40), name, part.place)
            };
            if let Some((text, class)) = text {
                svg.push_str(&format!(
                    r#"<text class="{class}" x="{}" y="33">{}</text>"#,
                    x + 4,
                    escape(&text)
                ));
            }
            at = at.saturating_add(part.quantity.raw());
        }
        let over = used.saturating_sub(balance.raw());
        if over > 0 {
            let (x, right) = (4 + width(balance.raw()), 4 + width(used));
            svg.push_str(&over_it((x, 8), (right - x, 40), over, named));
        }
        let there_is = format!("{} {}", plain(balance), named.unit);
        svg.push_str(&format!(
            r#"<text x="4" y="66">0</text><text class="number" x="{}" y="66">{}</text></svg>"#,
            (4 + width(balance.raw())).max(width_of(&there_is) * 8 / 7 + 24),
            escape(&there_is)
        ));
        svg
    }

    fn strip(self, years: &[Year], title: &str) -> String {
        const CELL: i64 = 48;
        let rows = i64::try_from(years.len().div_ceil(self.years)).unwrap_or(1);
        let mut svg = self.open(rows * (CELL + 6), title);
        for (n, year) in years.iter().enumerate() {
            let (column, row) = (n % self.years, n / self.years);
            let x = i64::try_from(column).unwrap_or(0) * CELL;
            let y = i64::try_from(row).unwrap_or(0) * (CELL + 6);
            let side = CELL - 4;
            svg.push_str(&format!(
                r#"<g><title>{}</title><rect class="{}" x="{x}" y="{y}" width="{side}" height="{side}"/>"#,
                escape(&year.label),
                year.tag,
            ));
            if year.is_over {
                svg.push_str(&hatched((x, y), (side, side)));
            }
            svg.push_str(&format!(
                r#"<text x="{}" y="{}">{}</text></g>"#,
                x + 6,
                y + 27,
                year.of
            ));
        }
        svg.push_str("</svg>");
        svg
    }
}

/// A part of a bar.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    /// How much it takes.
    pub(crate) quantity: Quantity,
    /// What it is: `pledged`, `reserved` or `frozen`.
    pub(crate) tag: &'static str,
    /// Its name, and how much it is of.
    pub(crate) label: String,
    /// Its place in the order of registration.
    pub(crate) place: usize,
}

/// A crediting year.
#[derive(Clone, Debug)]
pub(crate) struct Year {
    /// Which it is.
    pub(crate) of: i32,
    /// How it is taken.
    pub(crate) tag: &'static str,
    /// The same in words.
    pub(crate) label: String,
    /// Whether what takes it has no right beneath it there.
    pub(crate) is_over: bool,
}

/// What a part of a picture is called in the room that it has, and the class of the text: by its number in the register, else by
/// its place in the order of registration, else not at all.
pub(super) fn name_for(
    (wide, high): (i64, i64),
    name: &str,
    place: usize,
) -> Option<(String, &'static str)> {
    if high < LETTERS_HIGH || place == 0 {
        return None;
    }
    let short = place.to_string();
    if wide > width_of(name) + 10 {
        Some((name.to_owned(), "part"))
    } else {
        (wide > width_of(&short) + 8).then_some((short, "nth"))
    }
}

/// What is taken beyond what there is.
pub(super) fn over_it(
    (x, y): (i64, i64),
    (wide, high): (i64, i64),
    raw: i64,
    named: Named<'_>,
) -> String {
    let much = Quantity::from_raw(raw).unwrap_or_default();
    let title = format!("{}: {} {}", named.over, plain(much), named.unit);
    let (wide, high) = (wide.max(1), high.max(1));
    format!(
        r#"<rect class="over" x="{x}" y="{y}" width="{wide}" height="{high}"><title>{}</title></rect>{}"#,
        escape(&title),
        hatched((x, y), (wide, high))
    )
}

/// Upright lines over a part, so that it is told apart without colors.
pub(super) fn hatched((x, y): (i64, i64), (wide, high): (i64, i64)) -> String {
    let mut lines = String::new();
    let mut at = x + LINE / 2;
    while at < x + wide {
        lines.push_str(&format!("M{at} {y}v{high}"));
        at += LINE;
    }
    format!(r#"<path class="over-lines" d="{lines}"/>"#)
}

/// What the words of a picture are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    /// The whole picture.
    pub(crate) title: &'a str,
    /// The unit of its quantities.
    pub(crate) unit: &'a str,
    /// What nothing stands on.
    pub(crate) free: &'a str,
    /// What is taken beyond what there is.
    pub(crate) over: &'a str,
    /// What stands before the first day of a change.
    pub(crate) since: &'a str,
    /// What stands before the last day.
    pub(crate) until: &'a str,
    /// The present day.
    pub(crate) today: &'a str,
    /// The days before it.
    pub(crate) past: &'a str,
}

/// Draws a balance as one bar with its burdens side by side, what is free behind them, and a scale in its unit below.
pub(crate) fn stock(
    balance: Quantity,
    parts: &[Slice],
    rest: Quantity,
    named: Named<'_>,
) -> String {
    Canvas::both(|canvas| canvas.stock(balance, parts, rest, named))
}

/// Draws crediting years as a strip; the year's tag says how it is taken.
pub(crate) fn years(years: &[Year], title: &str) -> String {
    Canvas::both(|canvas| canvas.strip(years, title))
}

/// Returns `part` of `whole` on a line of `length` units, without leaving 64 bits on the way.
pub(super) fn scaled(part: i64, whole: i64, length: i64) -> i64 {
    let exact = i128::from(part) * i128::from(length) / i128::from(whole.max(1));
    i64::try_from(exact).unwrap_or(length)
}

/// Escapes a text for SVG inside HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::quantity::Scale;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text, Scale::MAX).unwrap()
    }

    const WORDS: Named<'static> = Named {
        title: "t",
        unit: "t",
        free: "free",
        over: "more",
        since: "from",
        until: "to",
        today: "today",
        past: "past",
    };

    fn slice(much: &str, place: usize) -> Slice {
        Slice {
            quantity: quantity(much),
            tag: "pledged",
            label: format!("P{place}00.0: {much} t"),
            place,
        }
    }

    #[test]
    fn parts_are_named_in_full_by_number_or_by_place_as_there_is_room() {
        assert_eq!(
            name_for((80, 20), "P100.0", 1),
            Some(("P100.0".to_owned(), "part"))
        );
        assert_eq!(
            name_for((30, 20), "P100.0", 12),
            Some(("12".to_owned(), "nth"))
        );
        for (room, place) in [((8, 20), 1), ((80, 10), 1), ((80, 20), 0)] {
            assert_eq!(name_for(room, "P100.0", place), None, "{room:?}");
        }
    }

    #[test]
    fn what_is_taken_beyond_a_balance_is_hatched_and_said() {
        let within = stock(
            quantity("100"),
            &[slice("60", 1), slice("40", 2)],
            Quantity::ZERO,
            WORDS,
        );
        assert!(!within.contains("class=\"over\""), "{within}");
        let parts = [slice("60", 1), slice("60", 2)];
        let beyond = stock(quantity("100"), &parts, Quantity::ZERO, WORDS);
        assert_eq!(beyond.matches("class=\"over\"").count(), 2);
        assert_eq!(beyond.matches("over-lines").count(), 2);
        assert!(beyond.contains("<title>more: 20 t</title>"), "{beyond}");
    }

    #[test]
    fn a_year_without_a_right_beneath_what_takes_it_is_hatched() {
        let year = |of, is_over| Year {
            of,
            tag: "pledged",
            label: format!("{of}"),
            is_over,
        };
        let strip = years(&[year(2030, false), year(2031, true)], "t");
        assert_eq!(strip.matches("over-lines").count(), 2, "{strip}");
    }
}

//! The picture of a flow: its capacity over days, with its burdens stacked under its outline and the days of change below.
//!
//! Apart from `chart`, whose pictures have no axis, and from `flags`, which places the days.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use std::collections::BTreeMap;

use crate::documents::say::plain;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};
use crate::web::chart::{Canvas, Named, escape, name_for, over_it, scaled};
use crate::web::flags::{self, Flag, Flagged};

/// Room for the numbers at the left, and for the unit and today above.
const LEFT: i64 = 84;
const ABOVE: i64 = 34;
/// Where the axis of days stands.
const BOTTOM: i64 = 186;
/// From one row of days to the next.
const ROW: i64 = 17;
/// Where the unit and the word for today stand.
const WORDS_AT: i64 = 14;
/// Of the days that are over a picture shows as many as this part of those to come: nothing of them can be pledged.
const PAST_PART: i32 = 8;

/// A stacked part of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The days it stands.
    pub(crate) span: Span,
    /// How much it takes.
    pub(crate) quantity: Quantity,
    /// What it is: `pledged`, `reserved` or `frozen`.
    pub(crate) tag: &'static str,
    /// Its name, and how much it is of.
    pub(crate) label: String,
    /// Its place in the order of registration.
    pub(crate) place: usize,
}

impl Part {
    fn name(&self) -> &str {
        self.label.split(": ").next().unwrap_or_default()
    }
}

/// Returns the spans in which nothing changes, ascending.
pub(crate) fn columns(steps: &[(Span, Quantity)], parts: &[Part]) -> Vec<Span> {
    let Some(whole) = hull(steps.iter().map(|(span, _)| *span)) else {
        return Vec::new();
    };
    let cuts = cuts(whole, steps, parts);
    let pairs = cuts.windows(2).filter_map(|pair| match pair {
        [from, to] => Span::new(*from, *to),
        _ => None,
    });
    pairs.collect()
}

/// Draws a flow: the right as an outline of steps, burdens stacked under it, what is free above them, what is more than it
/// hatched, `today` as a line. Where much of it is over, the picture begins shortly before today.
pub(crate) fn flow(
    steps: &[(Span, Quantity)],
    parts: &[Part],
    today: Day,
    named: Named<'_>,
) -> String {
    let Some(whole) = hull(steps.iter().map(|(span, _)| *span)) else {
        return String::new();
    };
    let seen = seen(whole, today);
    let steps = steps.iter().filter_map(|(span, quantity)| {
        let span = span.intersection(seen)?;
        Some((span, *quantity))
    });
    let steps: Vec<(Span, Quantity)> = steps.collect();
    let parts = parts.iter().filter_map(|part| {
        let span = part.span.intersection(seen)?;
        Some(Part {
            span,
            ..part.clone()
        })
    });
    let parts: Vec<Part> = parts.collect();
    let columns = columns(&steps, &parts);
    let height_of = |span: &Span| {
        let on = parts.iter().filter(|part| part.span.covers(*span));
        on.map(|part| part.quantity.raw()).sum::<i64>()
    };
    let most = columns.iter().map(height_of).max().unwrap_or(1);
    let quantities = steps.iter().map(|(_, quantity)| quantity.raw());
    let mut cuts = cuts(seen, &steps, &parts);
    cuts.retain(|day| *day < seen.to() && (*day > seen.from() || seen.from() == whole.from()));
    Canvas::both(|canvas| {
        let plot = Plot {
            canvas,
            seen,
            top: quantities.clone().max().unwrap_or(1).max(most).max(1),
            steps: &steps,
            parts: &parts,
            named,
        };
        plot.draw(&columns, &cuts, today)
    })
}

/// The days that a picture shows.
fn seen(whole: Span, today: Day) -> Span {
    let left = whole.to().number() - today.number();
    let from = today.plus(-left / PAST_PART).max(whole.from());
    let shown = Span::new(from, whole.to());
    shown.filter(|_| whole.contains(today)).unwrap_or(whole)
}

struct Plot<'a> {
    canvas: Canvas,
    seen: Span,
    top: i64,
    steps: &'a [(Span, Quantity)],
    parts: &'a [Part],
    named: Named<'a>,
}

/// The room of a block: where it begins, and its width and height.
type Room = ((i64, i64), (i64, i64));

impl Plot<'_> {
    fn draw(&self, columns: &[Span], cuts: &[Day], today: Day) -> String {
        let days = self.days(cuts);
        let rows = days.iter().map(|day| day.row).max().unwrap_or(0) + 1;
        let mut svg = self.canvas.open(BOTTOM + 8 + rows * ROW, self.named.title);
        let mut rooms: BTreeMap<&str, (usize, Vec<Room>)> = BTreeMap::new();
        for column in columns {
            self.column(&mut svg, *column, &mut rooms);
        }
        self.past(&mut svg, today);
        self.outline(&mut svg);
        for (name, (place, rooms)) in rooms {
            name_once(&mut svg, name, place, &rooms);
        }
        self.frame(&mut svg);
        for day in days {
            put_day(&mut svg, &day);
        }
        self.words(&mut svg, today);
        svg.push_str("</svg>");
        svg
    }

    /// What stands on some days, from below, with what is free above it, or what is more than there is.
    fn column<'a>(
        &'a self,
        svg: &mut String,
        days: Span,
        rooms: &mut BTreeMap<&'a str, (usize, Vec<Room>)>,
    ) {
        let (x, right) = (self.x(days.from()), self.x(days.to()));
        let wide = (right - x).max(1);
        let mut base = 0_i64;
        let mut block = |base: i64, raw: i64, tag: &str, title: &str| -> Room {
            let (y, bottom) = (self.y(base.saturating_add(raw)), self.y(base));
            let high = (bottom - y).max(1);
            svg.push_str(&format!(
                r#"<rect class="{tag}" x="{x}" y="{y}" width="{wide}" height="{high}"><title>{}</title></rect>"#,
                escape(title)
            ));
            ((x, y), (wide, high))
        };
        for part in self.parts.iter().filter(|part| part.span.covers(days)) {
            let room = block(base, part.quantity.raw(), part.tag, &part.label);
            let known = rooms.entry(part.name()).or_insert((part.place, Vec::new()));
            known.1.push(room);
            base = base.saturating_add(part.quantity.raw());
        }
        let there = self.steps.iter().find(|(span, _)| span.covers(days));
        let there = there.map_or(0, |(_, quantity)| quantity.raw());
        let rest = there.saturating_sub(base);
        if let Some(free) = Quantity::from_raw(rest).filter(|_| rest > 0) {
            let title = format!("{}: {} {}", self.named.free, plain(free), self.named.unit);
            block(base, rest, "unburdened", &title);
        } else if rest < 0 {
            let (y, bottom) = (self.y(base), self.y(there));
            svg.push_str(&over_it((x, y), (wide, bottom - y), -rest, self.named));
        }
    }

    /// A veil over the days that are over: nothing can be pledged of them.
    fn past(&self, svg: &mut String, today: Day) {
        let (from, to) = (self.seen.from(), today.min(self.seen.to()));
        if to <= from {
            return;
        }
        svg.push_str(&format!(
            r#"<rect class="past" x="{LEFT}" y="{ABOVE}" width="{}" height="{}"><title>{}</title></rect>"#,
            self.x(to) - LEFT,
            BOTTOM - ABOVE,
            escape(self.named.past)
        ));
    }

    fn x(&self, day: Day) -> i64 {
        let number = |day: Day| i64::from(day.number());
        let all = number(self.seen.to()) - number(self.seen.from());
        let at = number(day) - number(self.seen.from());
        LEFT + scaled(at, all.max(1), self.canvas.width - LEFT - 4)
    }

    fn y(&self, raw: i64) -> i64 {
        BOTTOM - scaled(raw, self.top, BOTTOM - ABOVE)
    }

    fn outline(&self, svg: &mut String) {
        let mut path = String::new();
        for (n, (span, quantity)) in self.steps.iter().enumerate() {
            let (x, y) = (self.x(span.from()), self.y(quantity.raw()));
            let verb = if n == 0 { "M" } else { "L" };
            path.push_str(&format!("{verb}{x} {y}L{} {y}", self.x(span.to())));
        }
        svg.push_str(&format!(r#"<path class="outline" d="{path}"/>"#));
    }

    fn frame(&self, svg: &mut String) {
        svg.push_str(&format!(
            r#"<path class="axis" d="M{LEFT} {ABOVE}V{BOTTOM}H{}"/>"#,
            self.canvas.width - 4
        ));
        let mut levels: Vec<i64> = self.steps.iter().map(|(_, level)| level.raw()).collect();
        levels.push(0);
        levels.sort_unstable();
        levels.dedup();
        let mut last = i64::MAX;
        for level in levels {
            let y = self.y(level);
            if last.saturating_sub(y) < 14 {
                continue;
            }
            last = y;
            let text = plain(Quantity::from_raw(level).unwrap_or_default());
            svg.push_str(&format!(
                r#"<text class="number" x="{}" y="{}">{text}</text>"#,
                LEFT - 8,
                y + 4
            ));
        }
    }

    /// The unit above the numbers, and the line of the present day.
    fn words(&self, svg: &mut String, today: Day) {
        svg.push_str(&format!(
            r#"<text class="number" x="{}" y="{WORDS_AT}">{}</text>"#,
            LEFT - 8,
            escape(self.named.unit)
        ));
        if !self.seen.contains(today) {
            return;
        }
        let x = self.x(today);
        svg.push_str(&format!(
            r#"<line class="today" x1="{x}" x2="{x}" y1="{}" y2="{BOTTOM}"/><text class="day" x="{}" y="{WORDS_AT}">{} {today}</text>"#,
            WORDS_AT + 4,
            x.clamp(LEFT + 60, self.canvas.width - 64),
            escape(self.named.today)
        ));
    }

    /// The last day, and the first days of what begins or changes, each below its tick; without the word before them where one
    /// would have no room with it.
    fn days(&self, cuts: &[Day]) -> Vec<Flagged> {
        let place = |since: &str| {
            let flags = cuts.iter().map(|day| Flag {
                at: self.x(*day),
                text: format!("{since} {day}").trim_start().to_owned(),
            });
            let end = Flag {
                at: self.canvas.width - 4,
                text: format!("{} {}", self.named.until, self.seen.to().previous()),
            };
            flags::placed(&flags.collect::<Vec<_>>(), &end)
        };
        let told = place(self.named.since);
        if told.iter().all(|day| day.text.is_some()) {
            told
        } else {
            place("")
        }
    }
}

/// Writes the name of a burden upon the first of its blocks that has room for all of it, else for its place.
fn name_once(svg: &mut String, name: &str, place: usize, rooms: &[Room]) {
    let fits = |room: &Room| {
        let ((x, y), (_, high)) = *room;
        let told = name_for(room.1, name, place)?;
        Some(((x + 4, y + high / 2 + 5), told))
    };
    let in_full = rooms
        .iter()
        .filter_map(fits)
        .find(|(_, told)| told.0 == name);
    if let Some(((x, y), (text, class))) = in_full.or_else(|| rooms.iter().find_map(fits)) {
        svg.push_str(&format!(
            r#"<text class="{class}" x="{x}" y="{y}">{}</text>"#,
            escape(&text)
        ));
    }
}

/// A day in its row, with the line from its tick down to it; one that has no row has its tick, and the table names it.
fn put_day(svg: &mut String, day: &Flagged) {
    let Flagged {
        at,
        row,
        text,
        is_left,
    } = day;
    let Some(text) = text else {
        svg.push_str(&format!(r#"<path class="axis" d="M{at} {BOTTOM}v5"/>"#));
        return;
    };
    let (class, x) = if *is_left {
        (r#" class="number""#, at - 4)
    } else {
        ("", at + 4)
    };
    svg.push_str(&format!(
        r#"<path class="axis" d="M{at} {BOTTOM}v{}"/><text{class} x="{x}" y="{}">{}</text>"#,
        row * ROW + 18,
        BOTTOM + row * ROW + 17,
        escape(text)
    ));
}

/// Every day on which something changes within the whole, ascending.
fn cuts(whole: Span, steps: &[(Span, Quantity)], parts: &[Part]) -> Vec<Day> {
    let spans = steps
        .iter()
        .map(|(span, _)| *span)
        .chain(parts.iter().map(|part| part.span));
    let mut cuts: Vec<Day> = spans
        .filter_map(|span| span.intersection(whole))
        .flat_map(|span| [span.from(), span.to()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn hull(spans: impl Iterator<Item = Span>) -> Option<Span> {
    spans.reduce(|a, b| Span::new(a.from().min(b.from()), a.to().max(b.to())).unwrap_or(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::quantity::Scale;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text, Scale::new(3).unwrap()).unwrap()
    }

    fn day((y, m, d): (i32, u32, u32)) -> Day {
        Day::of(y, m, d).unwrap()
    }

    fn span(from: (i32, u32, u32), to: (i32, u32, u32)) -> Span {
        Span::new(day(from), day(to)).unwrap()
    }

    const WORDS: Named<'static> = Named {
        title: "x\"y",
        unit: "t/<a",
        free: "free",
        over: "more",
        since: "from",
        until: "to",
        today: "today",
        past: "over",
    };

    fn part(much: &str, span: Span, place: usize) -> Part {
        Part {
            span,
            quantity: quantity(much),
            tag: "pledged",
            label: format!("P{place} <A&B>: {much}"),
            place,
        }
    }

    /// The picture for a desk and the one for a phone.
    fn both(svg: &str) -> [&str; 2] {
        let (wide, narrow) = svg.split_once(r#"<svg class="chart narrow""#).unwrap();
        assert!(wide.starts_with(r#"<svg class="chart wide""#));
        [wide, narrow]
    }

    #[test]
    fn a_flow_shows_every_burden_and_escapes_names() {
        let steps = [(span((2026, 1, 1), (2031, 1, 1)), quantity("120"))];
        let parts = [part("80", span((2027, 3, 1), (2028, 3, 1)), 57)];
        let svg = flow(&steps, &parts, day((2027, 1, 1)), WORDS);
        for drawn in both(&svg) {
            assert!(
                drawn.contains(">t/&lt;a</text>") && drawn.contains(">today 2027-01-01</text>")
            );
            // What is free stands above the burden, and alone before and behind it.
            assert_eq!(drawn.matches(r#"class="unburdened""#).count(), 3);
            assert!(drawn.contains("<title>free: 40 t/&lt;a</title>"), "{drawn}");
            assert_eq!(drawn.matches("<title>free: 120 t/&lt;a</title>").count(), 2);
            assert!(
                drawn.contains(r#"<rect class="past""#) && drawn.contains("<title>over</title>")
            );
            // The last day is one of the right; the days of change are the first of what is new.
            assert!(drawn.contains(">to 2030-12-31</text>") && !drawn.contains("2031-01-01"));
            assert!(
                drawn.contains(">from 2027-03-01</text>")
                    && drawn.contains(">from 2028-03-01</text>")
            );
            assert!(drawn.contains("P57 &lt;A&amp;B&gt;"), "{drawn}");
            assert!(drawn.contains("x&quot;y") && drawn.contains(r#"class="today""#));
            assert!(!drawn.contains("style=") && !drawn.contains("class=\"over\""));
        }
    }

    #[test]
    fn days_that_are_over_take_little_of_the_picture_and_their_beginning_is_no_change() {
        let whole = span((2020, 1, 1), (2029, 1, 1));
        let shown = seen(whole, day((2027, 1, 1)));
        assert!(shown.from() > day((2026, 9, 1)) && shown.to() == whole.to());
        assert_eq!(seen(whole, day((2020, 1, 1))), whole);
        // One that is over, or has not begun, is shown whole.
        assert_eq!(seen(whole, day((2030, 1, 1))), whole);
        assert_eq!(seen(whole, day((2019, 1, 1))), whole);
        let steps = [(whole, quantity("120"))];
        let svg = flow(&steps, &[], day((2027, 1, 1)), WORDS);
        assert!(
            !svg.contains("from 20") && svg.contains("to 2028-12-31"),
            "{svg}"
        );
    }

    #[test]
    fn what_stands_above_the_outline_is_hatched_and_said() {
        let days = span((2027, 1, 1), (2029, 1, 1));
        let parts = [part("80", days, 1), part("50.5", days, 2)];
        let svg = flow(&[(days, quantity("120"))], &parts, day((2027, 1, 1)), WORDS);
        for drawn in both(&svg) {
            assert!(
                drawn.contains("<title>more: 10.5 t/&lt;a</title>"),
                "{drawn}"
            );
            assert_eq!(drawn.matches("over-lines").count(), 1);
            assert!(!drawn.contains("unburdened"));
        }
    }

    #[test]
    fn the_largest_quantities_do_not_leave_the_picture() {
        let most = quantity("999999999999.999");
        let whole = span((1950, 1, 1), (2100, 1, 1));
        let steps = [(whole, most)];
        Canvas::both(|canvas| {
            let plot = Plot {
                canvas,
                seen: whole,
                top: most.raw(),
                steps: &steps,
                parts: &[],
                named: WORDS,
            };
            assert_eq!(plot.y(most.raw()), ABOVE);
            assert_eq!(plot.y(0), BOTTOM);
            assert_eq!(plot.x(whole.to()), canvas.width - 4);
            String::new()
        });
    }
}

//! Pictures as SVG: capacity over days for flows, a bar for stocks, a strip of years for sinks, a map for parcels.
//!
//! Drawn in whole units of a fixed picture, without scripts, fonts or styles of their own, so that they print and pass the
//! strictest content policy. Every picture has a table beside it with the same numbers: nobody needs to see it.
#![expect(
    clippy::format_push_string,
    reason = "a picture is made once for a page; writing would hide errors that cannot be"
)]

use crate::documents::say::{plain, width_of};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// Height of a picture of a flow in its own units.
const HEIGHT: i64 = 220;
/// Room for the numbers at the left, the dates below, and the unit above.
const LEFT: i64 = 84;
const BELOW: i64 = 34;
const ABOVE: i64 = 34;
/// Where the unit and the word for today stand.
const WORDS_AT: i64 = 14;
/// A date in words of a picture.
const DATE_WIDE: i64 = 76;
/// Ticks on the time axis, so that dates never touch.
const TICKS_MAX: usize = 7;

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

    fn stock(
        self,
        balance: Quantity,
        parts: &[(Quantity, &'static str, String)],
        rest: Quantity,
        named: Named<'_>,
    ) -> String {
        let used: i64 = parts.iter().map(|(quantity, ..)| quantity.raw()).sum();
        let whole = balance.raw().max(used).max(1);
        let width = |raw: i64| scaled(raw, whole, self.width - 8);
        let mut svg = self.open(72, named.title);
        svg.push_str(&format!(
            r#"<rect class="right" x="4" y="8" width="{}" height="40"/>"#,
            width(balance.raw())
        ));
        let label = format!("{}: {} {}", named.free, plain(rest), named.unit);
        let rest = (!rest.is_zero()).then_some((rest, "unburdened", label));
        let mut at = 0_i64;
        for (quantity, tag, label) in parts.iter().chain(&rest) {
            let (x, wide) = (4 + width(at), width(quantity.raw()).max(1));
            svg.push_str(&format!(
                r#"<rect class="{tag}" x="{x}" y="8" width="{wide}" height="40"><title>{}</title></rect>"#,
                escape(label)
            ));
            if wide > width_of(label) + 12 {
                svg.push_str(&format!(
                    r#"<text x="{}" y="33">{}</text>"#,
                    x + 6,
                    escape(label)
                ));
            }
            at = at.saturating_add(quantity.raw());
        }
        svg.push_str(&format!(
            r#"<text x="4" y="66">0</text><text class="number" x="{}" y="66">{} {}</text></svg>"#,
            4 + width(balance.raw()),
            plain(balance),
            escape(named.unit)
        ));
        svg
    }

    fn strip(self, years: &[(i32, &'static str, String)], title: &str) -> String {
        const CELL: i64 = 48;
        let rows = i64::try_from(years.len().div_ceil(self.years)).unwrap_or(1);
        let mut svg = self.open(rows * (CELL + 6), title);
        for (n, (year, tag, label)) in years.iter().enumerate() {
            let (column, row) = (n % self.years, n / self.years);
            let x = i64::try_from(column).unwrap_or(0) * CELL;
            let y = i64::try_from(row).unwrap_or(0) * (CELL + 6);
            svg.push_str(&format!(
                r#"<g><title>{}</title><rect class="{tag}" x="{x}" y="{y}" width="{}" height="{}"/><text x="{}" y="{}">{year}</text></g>"#,
                escape(label),
                CELL - 4,
                CELL - 4,
                x + 6,
                y + 27
            ));
        }
        svg.push_str("</svg>");
        svg
    }
}

/// A stacked part of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The days it stands.
    pub(crate) span: Span,
    /// How much it takes.
    pub(crate) quantity: Quantity,
    /// What it is: `pledged`, `reserved` or `frozen`.
    pub(crate) tag: &'static str,
    /// Its name.
    pub(crate) label: String,
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
    /// The present day.
    pub(crate) today: &'a str,
    /// The days before it.
    pub(crate) past: &'a str,
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

/// Draws a flow: the right as an outline of steps, burdens stacked under it, what is free above them, `today` as a line.
pub(crate) fn flow(
    steps: &[(Span, Quantity)],
    parts: &[Part],
    today: Day,
    named: Named<'_>,
) -> String {
    let Some(whole) = hull(steps.iter().map(|(span, _)| *span)) else {
        return String::new();
    };
    let cuts = cuts(whole, steps, parts);
    let columns = columns(steps, parts);
    let height_of = |span: &Span| {
        let on = parts.iter().filter(|part| part.span.covers(*span));
        on.map(|part| part.quantity.raw()).sum::<i64>()
    };
    let most = columns.iter().map(height_of);
    let top = most
        .chain(steps.iter().map(|(_, quantity)| quantity.raw()))
        .max()
        .unwrap_or(1)
        .max(1);
    Canvas::both(|canvas| {
        let axis = Axis { canvas, whole, top };
        axis.flow(steps, parts, (&columns, &cuts), today, named)
    })
}

/// Draws a balance as one bar with its burdens side by side, what is free behind them, and a scale in its unit below.
pub(crate) fn stock(
    balance: Quantity,
    parts: &[(Quantity, &'static str, String)],
    rest: Quantity,
    named: Named<'_>,
) -> String {
    Canvas::both(|canvas| canvas.stock(balance, parts, rest, named))
}

/// Draws crediting years as a strip; the year's tag says how it is taken.
pub(crate) fn years(years: &[(i32, &'static str, String)], title: &str) -> String {
    Canvas::both(|canvas| canvas.strip(years, title))
}

struct Axis {
    canvas: Canvas,
    whole: Span,
    top: i64,
}

impl Axis {
    /// The whole picture of a flow.
    fn flow(
        &self,
        steps: &[(Span, Quantity)],
        parts: &[Part],
        (columns, cuts): (&[Span], &[Day]),
        today: Day,
        named: Named<'_>,
    ) -> String {
        let mut svg = self.canvas.open(HEIGHT, named.title);
        for column in columns {
            let mut base = 0_i64;
            for part in parts.iter().filter(|part| part.span.covers(*column)) {
                self.block(&mut svg, *column, base, part);
                base = base.saturating_add(part.quantity.raw());
            }
            let there = steps.iter().find(|(span, _)| span.covers(*column));
            let rest = there.map(|(_, quantity)| quantity.raw().saturating_sub(base));
            if let Some(quantity) = rest.and_then(Quantity::from_raw)
                && !quantity.is_zero()
            {
                let part = Part {
                    span: *column,
                    quantity,
                    tag: "unburdened",
                    label: format!("{}: {} {}", named.free, plain(quantity), named.unit),
                };
                self.block(&mut svg, *column, base, &part);
            }
        }
        self.past(&mut svg, today, named);
        self.outline(&mut svg, steps);
        self.frame(&mut svg, steps);
        self.dates(&mut svg, cuts);
        self.names(&mut svg, today, named);
        svg.push_str("</svg>");
        svg
    }

    /// A veil over the days that are over: nothing can be pledged of them.
    fn past(&self, svg: &mut String, today: Day, named: Named<'_>) {
        let (from, to) = (self.whole.from(), today.min(self.whole.to()));
        if to <= from {
            return;
        }
        svg.push_str(&format!(
            r#"<rect class="past" x="{LEFT}" y="{ABOVE}" width="{}" height="{}"><title>{}</title></rect>"#,
            self.x(to) - LEFT,
            HEIGHT - BELOW - ABOVE,
            escape(named.past)
        ));
    }

    fn x(&self, day: Day) -> i64 {
        let all = i64::from(self.whole.to().number()) - i64::from(self.whole.from().number());
        let at = i64::from(day.number()) - i64::from(self.whole.from().number());
        LEFT + scaled(at, all.max(1), self.canvas.width - LEFT - 4)
    }

    fn y(&self, raw: i64) -> i64 {
        HEIGHT - BELOW - scaled(raw, self.top, HEIGHT - BELOW - ABOVE)
    }

    fn block(&self, svg: &mut String, column: Span, base: i64, part: &Part) {
        let (x, right) = (self.x(column.from()), self.x(column.to()));
        let (y, bottom) = (
            self.y(base.saturating_add(part.quantity.raw())),
            self.y(base),
        );
        svg.push_str(&format!(
            r#"<rect class="{}" x="{x}" y="{y}" width="{}" height="{}"><title>{}</title></rect>"#,
            part.tag,
            (right - x).max(1),
            (bottom - y).max(1),
            escape(&part.label)
        ));
        self.name(svg, column, (y, bottom), part);
    }

    /// Writes the number of a burden upon its first block, where there is room for it.
    fn name(&self, svg: &mut String, column: Span, (y, bottom): (i64, i64), part: &Part) {
        let name = part.label.split(": ").next().unwrap_or_default();
        // A letter is about eight units wide, a line sixteen high.
        let wide = i64::try_from(name.chars().count()).unwrap_or(i64::MAX);
        let room = self.x(column.to()) - self.x(column.from());
        let is_first = part.tag != "unburdened" && part.span.from() == column.from();
        if is_first && room > wide.saturating_mul(8) + 10 && bottom - y >= 18 {
            svg.push_str(&format!(
                r#"<text class="part" x="{}" y="{}">{}</text>"#,
                self.x(column.from()) + 5,
                y + 15,
                escape(name)
            ));
        }
    }

    fn outline(&self, svg: &mut String, steps: &[(Span, Quantity)]) {
        let mut path = String::new();
        for (n, (span, quantity)) in steps.iter().enumerate() {
            let (x, y) = (self.x(span.from()), self.y(quantity.raw()));
            let verb = if n == 0 { "M" } else { "L" };
            path.push_str(&format!("{verb}{x} {y}L{} {y}", self.x(span.to())));
        }
        svg.push_str(&format!(r#"<path class="outline" d="{path}"/>"#));
    }

    fn frame(&self, svg: &mut String, steps: &[(Span, Quantity)]) {
        let bottom = HEIGHT - BELOW;
        svg.push_str(&format!(
            r#"<path class="axis" d="M{LEFT} {ABOVE}V{bottom}H{}"/>"#,
            self.canvas.width - 4
        ));
        let mut levels: Vec<i64> = steps.iter().map(|(_, quantity)| quantity.raw()).collect();
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
            let text = Quantity::from_raw(level).unwrap_or_default().to_string();
            svg.push_str(&format!(
                r#"<text class="number" x="{}" y="{}">{text}</text>"#,
                LEFT - 8,
                y + 4
            ));
        }
    }

    /// The unit above the numbers, and the line of the present day.
    fn names(&self, svg: &mut String, today: Day, named: Named<'_>) {
        svg.push_str(&format!(
            r#"<text class="number" x="{}" y="{WORDS_AT}">{}</text>"#,
            LEFT - 8,
            escape(named.unit)
        ));
        if !self.whole.contains(today) {
            return;
        }
        let x = self.x(today);
        svg.push_str(&format!(
            r#"<line class="today" x1="{x}" x2="{x}" y1="{}" y2="{}"/><text class="day" x="{}" y="{WORDS_AT}">{} {today}</text>"#,
            WORDS_AT + 4,
            HEIGHT - BELOW,
            x.clamp(LEFT + 60, self.canvas.width - 64),
            escape(named.today)
        ));
    }

    /// The last day always, and the first days of what begins or changes, where they have room; each at its tick.
    fn dates(&self, svg: &mut String, cuts: &[Day]) {
        let below = HEIGHT - BELOW;
        let mut put = |x: i64, tick: i64, day: Day| {
            svg.push_str(&format!(
                r#"<path class="axis" d="M{tick} {below}v5"/><text x="{x}" y="{}">{day}</text>"#,
                below + 20
            ));
        };
        let end = self.canvas.width - 4;
        let last = end - DATE_WIDE;
        put(last, end, self.whole.to().previous());
        let step = cuts.len().div_ceil(TICKS_MAX).max(1);
        let mut behind = i64::MIN / 2;
        for day in cuts
            .iter()
            .step_by(step)
            .filter(|day| **day < self.whole.to())
        {
            let x = self.x(*day);
            if x - behind >= DATE_WIDE + 8 && x + DATE_WIDE + 8 <= last {
                behind = x;
                put(x, x, *day);
            }
        }
    }
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
        Quantity::parse(text, Scale::new(3).unwrap()).unwrap()
    }

    fn span(from: (i32, u32, u32), to: (i32, u32, u32)) -> Span {
        let day = |(y, m, d)| Day::of(y, m, d).unwrap();
        Span::new(day(from), day(to)).unwrap()
    }

    #[test]
    fn a_flow_shows_every_burden_and_escapes_names() {
        let steps = [(span((2026, 1, 1), (2031, 1, 1)), quantity("120"))];
        let parts = [Part {
            span: span((2026, 3, 1), (2028, 3, 1)),
            quantity: quantity("80"),
            tag: "pledged",
            label: "P57.0 <A&B>".to_owned(),
        }];
        let named = Named {
            title: "x\"y",
            unit: "t/<a",
            free: "free",
            today: "today",
            past: "over",
        };
        let svg = flow(&steps, &parts, Day::of(2027, 1, 1).unwrap(), named);
        // For a desk and for a phone, the same.
        let (wide, narrow) = svg.split_once(r#"<svg class="chart narrow""#).unwrap();
        assert!(wide.starts_with(r#"<svg class="chart wide""#));
        for drawn in [wide, narrow] {
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
            assert!(drawn.contains(">2030-12-31</text>") && !drawn.contains(">2031-01-01</text>"));
            assert!(
                drawn.contains(r#"class="pledged""#) && drawn.contains("P57.0 &lt;A&amp;B&gt;")
            );
            assert!(drawn.contains("x&quot;y") && drawn.contains(r#"class="today""#));
            assert!(!drawn.contains("style="));
        }
    }

    #[test]
    fn the_largest_quantities_do_not_leave_the_picture() {
        let most = quantity("999999999999.999");
        let whole = span((1950, 1, 1), (2100, 1, 1));
        let axis = Axis {
            canvas: WIDE,
            whole,
            top: most.raw(),
        };
        assert_eq!(axis.y(most.raw()), ABOVE);
        assert_eq!(axis.y(0), HEIGHT - BELOW);
        assert_eq!(axis.x(whole.to()), WIDE.width - 4);
    }
}

//! Bars by vintage: what one holder has of one stock in this register, year by year, how much of it is taken, and when it must be
//! surrendered. For stocks whose identity names a year; the numbers are those of the law (`stock`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::documents::say::{plain, width_of};
use crate::domain::door::SURRENDER_BY;
use crate::domain::facts::{Record, StateKey};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::stock;
use crate::primitives::identifier::Shape;
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};
use crate::service::Registry;
use crate::service::query::Listing;
use crate::web::chart::hatched;
use crate::web::lang::Lang;
use crate::web::picture::{self, Picture, Table};
use crate::web::shell::Fault;
use crate::web::show;

/// Years on one picture; a holder of more sees the latest.
const YEARS_MAX: usize = 12;
/// Where the columns stand, how high they are, and where the axis ends.
const BASE: i64 = 176;
const HIGH: i64 = 146;
const TOP: i64 = 24;
/// Numbers on the axis above zero.
const TICKS_MAX: i64 = 5;
/// Room between the numbers and the axis, and for a year below it.
const GAP: i64 = 14;
const YEAR_WIDE: i64 = 34;

/// A vintage: sums in millionths of the unit.
#[derive(Clone, Copy, Default, Debug)]
struct Vintage {
    balance: i64,
    /// What burdens take together, each stack once.
    used: i64,
    /// What they take beyond what there is.
    over: i64,
    pledged: i64,
    reserved: i64,
    frozen: i64,
    free: i64,
    due: i64,
    by: Option<Day>,
}

impl Vintage {
    fn add(&mut self, right: &Right, (balance, due): (Quantity, Quantity), now: Timestamp) {
        self.balance = self.balance.saturating_add(balance.raw());
        let free = stock::free(balance, &right.burdens, now, &|_| false);
        self.free = self.free.saturating_add(free.raw());
        let used = stock::used(&right.burdens, now, &|_| false);
        self.used = self.used.saturating_add(used.raw());
        let over = used.saturating_sub(balance);
        self.over = self.over.saturating_add(over.raw());
        let counted = right.burdens.iter().filter(|burden| burden.counts_at(now));
        for burden in counted {
            let (sum, quantity) = (self.sum_of(burden), taken(burden));
            *sum = sum.saturating_add(quantity);
        }
        self.due = self.due.saturating_add(due.raw());
        let by = right.attributes.get(SURRENDER_BY);
        self.by = by.and_then(|text| Day::parse(text)).or(self.by);
    }

    fn sum_of(&mut self, burden: &Burden) -> &mut i64 {
        match burden.id {
            BurdenId::Line(..) => &mut self.pledged,
            BurdenId::Hold(..) => &mut self.reserved,
            BurdenId::Freeze(_) => &mut self.frozen,
        }
    }
}

fn taken(burden: &Burden) -> i64 {
    match burden.extent {
        Extent::Stock(quantity) => quantity.raw(),
        Extent::Flow(..) | Extent::Whole | Extent::Years(_) => 0,
    }
}

/// Makes the picture; nothing for what is no stock of vintages, or where there is one vintage without a day of surrender.
pub(crate) fn picture(
    registry: &Registry,
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
    lang: Lang,
) -> Result<Option<Picture>, Fault> {
    let vintages = vintages(registry, right, policy, now)?;
    let has_day = vintages.values().any(|vintage| vintage.by.is_some());
    if vintages.is_empty() || (vintages.len() < 2 && !has_day) {
        return Ok(None);
    }
    let caption = match lang {
        Lang::Zh => format!(
            "同一持有人在本登记系统内的同种余额, 按年度 (单位: {})",
            policy.unit
        ),
        Lang::En => format!(
            "What the holder has of it in this register, by vintage (in {})",
            policy.unit
        ),
    };
    let draw = |class, width| draw(&vintages, (class, width), (&caption, policy), lang);
    let svg = draw("wide", 720) + &draw("narrow", 358);
    Ok(Some(Picture {
        legend: legend(&vintages, &svg, lang),
        svg,
        table: table(&vintages, policy, lang),
        note: "",
        caption,
    }))
}

/// What the colors and lines mean; a line that is not drawn is not named.
fn legend(
    vintages: &BTreeMap<i32, Vintage>,
    svg: &str,
    lang: Lang,
) -> Vec<(&'static str, &'static str)> {
    let words = lang.words();
    let mut legend = picture::legend(words);
    legend.push(("over", over_word(lang)));
    legend.retain(|(tag, _)| svg.contains(&format!(r#"class="{tag}""#)));
    if vintages.values().any(|vintage| vintage.due > 0) {
        legend.push(("due", lang.pick("应清缴", "to be surrendered")));
    }
    if vintages.values().any(|vintage| vintage.by.is_some()) {
        let day = lang.pick("清缴截止", "day of surrender");
        legend.push(("deadline", day));
    }
    legend
}

/// What burdens take of a vintage beyond what there is: what for, the page of the right says.
fn over_word(lang: Lang) -> &'static str {
    lang.pick("超出余额", "beyond the balance")
}

/// The numbers of the picture; what is to be surrendered where that is recorded.
fn table(vintages: &BTreeMap<i32, Vintage>, policy: &KindPolicy, lang: Lang) -> Table {
    let words = lang.words();
    let amount = |raw: i64| {
        let quantity = Quantity::from_raw(raw).unwrap_or_default();
        show::amount(quantity, policy.scale, &policy.unit)
    };
    let has_due = vintages.values().any(|vintage| vintage.due > 0);
    let has_day = vintages.values().any(|vintage| vintage.by.is_some());
    let mut heads = vec![
        words.balance,
        words.pledged,
        words.reserved,
        words.frozen,
        words.free,
    ];
    heads.extend(has_due.then(|| lang.pick("应清缴", "to be surrendered")));
    heads.extend(has_day.then_some(words.surrender_by));
    let row = |(year, of): (&i32, &Vintage)| {
        let parts = [of.balance, of.pledged, of.reserved, of.frozen, of.free];
        let mut cells: Vec<String> = parts.into_iter().map(amount).collect();
        cells.extend(has_due.then(|| {
            if of.due > 0 {
                amount(of.due)
            } else {
                String::new()
            }
        }));
        cells.extend(has_day.then(|| of.by.map_or_else(String::new, |by| by.to_string())));
        (year.to_string(), cells)
    };
    Table {
        heads,
        rows: vintages.iter().map(row).collect(),
    }
}

/// What the holder has of the same stock, by the year in its identity.
fn vintages(
    registry: &Registry,
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
) -> Result<BTreeMap<i32, Vintage>, Fault> {
    let mut vintages: BTreeMap<i32, Vintage> = BTreeMap::new();
    let Some(scheme) = policy.identities.first() else {
        return Ok(vintages);
    };
    let parts = scheme.parts.iter();
    let Some(place) = parts
        .into_iter()
        .position(|(_, shape)| *shape == Shape::Year)
    else {
        return Ok(vintages);
    };
    let part = |right: &Right, place: usize| -> Option<String> {
        let identity = right.identities.first()?;
        identity.value.split('|').nth(place).map(str::to_owned)
    };
    let of = |right: &Right| policy.quantities_of.and_then(|place| part(right, place));
    let own = of(right);
    let found = registry.list(Listing::RightsOf(right.holder), None, limits::PAGE_ROWS_MAX)?;
    for found in found {
        let StateKey::Right(id) = found.value.key else {
            continue;
        };
        let Record::Right(other) = found.value.record else {
            continue;
        };
        let Capacity::Stock(balance) = &other.capacity else {
            continue;
        };
        let is_one = other.kind == right.kind && of(&other) == own && other.live_span().is_some();
        let year = part(&other, place).and_then(|year| year.parse().ok());
        if let Some(year) = year.filter(|_| is_one && other.succeeded_by.is_none()) {
            let due = registry.surrender_left(id, &other)?.unwrap_or_default();
            let amounts = (*balance, due);
            vintages.entry(year).or_default().add(&other, amounts, now);
        }
    }
    while vintages.len() > YEARS_MAX {
        vintages.pop_first();
    }
    Ok(vintages)
}

/// The picture of vintages on one canvas.
struct Plot<'a> {
    vintages: &'a BTreeMap<i32, Vintage>,
    /// The years that have a place, both included.
    years: (i32, i32),
    /// The numbers of the axis: the distance of two, and the highest.
    step: i64,
    top: i64,
    width: i64,
    /// Where the axis stands.
    left: i64,
    svg: String,
}

/// Draws a column for each year between the first and the last that matters, an axis with numbers beside them, and a line at
/// each day of surrender.
fn draw(
    vintages: &BTreeMap<i32, Vintage>,
    (class, width): (&str, i64),
    (title, policy): (&str, &KindPolicy),
    lang: Lang,
) -> String {
    let days = vintages.values().filter_map(|vintage| vintage.by);
    let years = vintages.keys().copied().chain(days.map(|day| day.date().0));
    let years = years.fold((i32::MAX, i32::MIN), |(first, last), year| {
        (first.min(year), last.max(year))
    });
    let of = |vintage: &Vintage| vintage.balance.max(vintage.due).max(vintage.used);
    let most = vintages.values().map(of).max().unwrap_or(1).max(1);
    let step = step_of(most, policy.scale);
    let top = most.saturating_add(step - 1) / step * step;
    let number = Quantity::from_raw(top).map_or_else(String::new, plain);
    let wide = [number.as_str(), &policy.unit].map(width_of);
    let mut plot = Plot {
        vintages,
        years,
        step,
        top,
        width,
        left: wide.into_iter().max().unwrap_or(0) + GAP,
        svg: format!(
            r#"<svg class="chart {class}" viewBox="0 0 {width} 200" role="img" aria-label="{}">"#,
            escaped(title)
        ),
    };
    plot.axes(&policy.unit, lang);
    for (year, vintage) in vintages {
        plot.bar(*year, vintage, lang);
    }
    plot.deadlines(lang);
    plot.svg + "</svg>"
}

/// The distance of two numbers on an axis, in millionths: 1, 2 or 5 with zeros, so that there are at most `TICKS_MAX` above
/// zero, and never less than the kind's smallest quantity.
fn step_of(most: i64, scale: Scale) -> i64 {
    let zeros = Scale::MAX.digits().saturating_sub(scale.digits());
    let mut decade = 10_i64.saturating_pow(u32::from(zeros));
    loop {
        for factor in [1, 2, 5] {
            let step = decade.saturating_mul(factor);
            if most / step < TICKS_MAX || (most / step == TICKS_MAX && most % step == 0) {
                return step;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

impl Plot<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _written = self.svg.write_fmt(text);
    }

    /// How many units wide a year is.
    fn wide(&self) -> i64 {
        let count = i64::from(self.years.1) - i64::from(self.years.0) + 1;
        (self.width - self.left - 4) / count.max(1)
    }

    fn x(&self, year: i32) -> i64 {
        self.left + (i64::from(year) - i64::from(self.years.0)) * self.wide()
    }

    fn high(&self, raw: i64) -> i64 {
        i64::try_from(i128::from(raw) * i128::from(HIGH) / i128::from(self.top.max(1))).unwrap_or(0)
    }

    /// The numbers with the unit above them, a thin line at each, and the years below.
    fn axes(&mut self, unit: &str, lang: Lang) {
        let (left, right, at) = (self.left, self.width - 4, self.left - 8);
        self.put(format_args!(
            r#"<text class="number" x="{at}" y="14">{}</text>"#,
            escaped(unit)
        ));
        let mut level = 0;
        while level <= self.top {
            let y = BASE - self.high(level);
            let number = Quantity::from_raw(level).map_or_else(String::new, plain);
            self.put(format_args!(
                r#"<path class="grid" d="M{left} {y}H{right}"/><text class="number" x="{at}" y="{}">{number}</text>"#,
                y + 4
            ));
            level = level.saturating_add(self.step);
        }
        self.put(format_args!(
            r#"<path class="axis" d="M{left} {TOP}V{BASE}H{right}"/><text class="number" x="{at}" y="194">{}</text>"#,
            lang.pick("年度", "vintage")
        ));
        let nth = usize::try_from(YEAR_WIDE / self.wide().max(1)).unwrap_or(0) + 1;
        for year in (self.years.0..=self.years.1).step_by(nth) {
            let middle = self.x(year) + self.wide() / 2;
            self.put(format_args!(
                r#"<text x="{middle}" y="194" text-anchor="middle">{year}</text>"#
            ));
        }
    }

    fn bar(&mut self, year: i32, vintage: &Vintage, lang: Lang) {
        let wide = self.wide();
        let (left, bar) = (self.x(year) + wide / 5, (wide * 3 / 5).max(2));
        let mut top = BASE;
        let much = |raw: i64| Quantity::from_raw(raw).map_or_else(String::new, plain);
        // Ranks share their room: of what is pledged as much is drawn as all of it takes.
        let others = vintage.reserved.saturating_add(vintage.frozen);
        let taken = [
            ("pledged", vintage.used.saturating_sub(others)),
            ("reserved", vintage.reserved),
            ("frozen", vintage.frozen),
        ];
        let rest = [("unburdened", vintage.free)];
        for (parts, over) in [(&taken[..], vintage.over), (&rest[..], 0)] {
            for (tag, raw) in parts.iter().filter(|(_, raw)| *raw > 0) {
                let tall = self.high(*raw).max(1).min(top - TOP);
                top -= tall;
                self.put(format_args!(
                    r#"<rect class="{tag}" x="{left}" y="{top}" width="{bar}" height="{tall}"><title>{year}: {}</title></rect>"#,
                    much(*raw)
                ));
            }
            if over > 0 {
                let tall = self.high(over).max(1);
                let lines = hatched((left, top), (bar, tall));
                self.put(format_args!(
                    r#"<rect class="over" x="{left}" y="{top}" width="{bar}" height="{tall}"><title>{year}: {} {}</title></rect>{lines}"#,
                    over_word(lang),
                    much(over)
                ));
            }
        }
        if vintage.due > 0 {
            let y = BASE - self.high(vintage.due);
            self.put(format_args!(
                r#"<path class="outline" d="M{} {y}H{}"/>"#,
                left - 4,
                left + bar + 4
            ));
        }
    }

    /// A line at each day by which something must be surrendered, once; one whose words have no room is named by the table.
    fn deadlines(&mut self, lang: Lang) {
        let days: BTreeSet<Day> = self.vintages.values().filter_map(|it| it.by).collect();
        let mut ends = i64::MIN;
        for by in days {
            let (of, ..) = by.date();
            let begun = Day::of(of, 1, 1).map_or(0, |start| by.number() - start.number());
            let at = self.x(of) + i64::from(begun) * self.wide() / 366;
            self.put(format_args!(r#"<path class="today" d="M{at} 18V{BASE}"/>"#));
            let label = format!("{} {by}", lang.pick("清缴截止", "surrender by"));
            let half = width_of(&label) / 2;
            let middle = at.min(self.width - half).max(self.left + half);
            if middle - half > ends {
                ends = middle + half;
                self.put(format_args!(
                    r#"<text class="day" x="{middle}" y="14">{label}</text>"#
                ));
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_the_axis_are_round_few_and_none_finer_than_the_kind() {
        let scale = |digits| Scale::new(digits).unwrap();
        for (most, digits, step) in [
            (1_000_000_000, 0, 200_000_000),
            (1_000_000_001, 0, 500_000_000),
            (338_344_000_000, 0, 100_000_000_000),
            (3_000_000, 0, 1_000_000),
            (3_000_000, 3, 1_000_000),
            (4_000, 3, 1_000),
            (1, 0, 1_000_000),
        ] {
            assert_eq!(step_of(most, scale(digits)), step, "{most} {digits}");
        }
        for most in [1, 7, 1_234_567, i64::MAX] {
            let step = step_of(most, Scale::MAX);
            assert!(step > 0 && most / step <= TICKS_MAX, "{most}: {step}");
        }
    }
}

//! Bars by vintage: what one holder has of one stock in this register, year by year, how much of it is taken, and when it must be
//! surrendered. For stocks whose identity names a year; the numbers are those of the law (`stock`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::domain::facts::Record;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::stock;
use crate::primitives::identifier::Shape;
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};
use crate::service::Registry;
use crate::service::alerts::{SURRENDER_BY, SURRENDER_DUE};
use crate::service::query::Listing;
use crate::web::lang::Lang;
use crate::web::picture::{self, Picture, Table};
use crate::web::shell::Fault;
use crate::web::show;

/// Years on one picture; a holder of more sees the latest.
const YEARS_MAX: usize = 12;
/// Where the columns begin, where they stand, and how high they are.
const LEFT: i64 = 8;
const BASE: i64 = 176;
const HIGH: i64 = 130;
const TOP: i64 = 24;

/// A vintage: sums in millionths of the unit.
#[derive(Clone, Copy, Default, Debug)]
struct Vintage {
    balance: i64,
    pledged: i64,
    reserved: i64,
    frozen: i64,
    free: i64,
    due: i64,
    by: Option<Day>,
}

impl Vintage {
    fn add(&mut self, right: &Right, balance: Quantity, now: Timestamp) {
        self.balance = self.balance.saturating_add(balance.raw());
        let free = stock::free(balance, &right.burdens, now, &|_| false);
        self.free = self.free.saturating_add(free.raw());
        let counted = right.burdens.iter().filter(|burden| burden.counts_at(now));
        for burden in counted {
            let (sum, quantity) = (self.sum_of(burden), taken(burden));
            *sum = sum.saturating_add(quantity);
        }
        let due = right.attributes.get(SURRENDER_DUE);
        let due = due.and_then(|text| Quantity::parse(text, Scale::MAX).ok());
        self.due = self.due.saturating_add(due.map_or(0, Quantity::raw));
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
    let words = lang.words();
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
    let draw = |class, width| draw(&vintages, (class, width), &caption, lang);
    let amount = |raw: i64| {
        let quantity = Quantity::from_raw(raw).unwrap_or_default();
        show::amount(quantity, policy.scale, &policy.unit)
    };
    let row = |(year, of): (&i32, &Vintage)| {
        let parts = [of.balance, of.pledged, of.reserved, of.frozen, of.free];
        let mut cells: Vec<String> = parts.into_iter().map(amount).collect();
        cells.push(of.by.map_or_else(String::new, |by| by.to_string()));
        (year.to_string(), cells)
    };
    Ok(Some(Picture {
        svg: draw("wide", 720) + &draw("narrow", 358),
        legend: picture::legend(words),
        table: Table {
            heads: vec![
                words.balance,
                words.pledged,
                words.reserved,
                words.frozen,
                words.free,
                words.surrender_by,
            ],
            rows: vintages.iter().map(row).collect(),
        },
        table_of: "",
        note: "",
        caption,
    }))
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
        let Record::Right(other) = found.value.record else {
            continue;
        };
        let Capacity::Stock(balance) = &other.capacity else {
            continue;
        };
        let is_one = other.kind == right.kind && of(&other) == own && other.live_span().is_some();
        let year = part(&other, place).and_then(|year| year.parse().ok());
        if let Some(year) = year.filter(|_| is_one && other.succeeded_by.is_none()) {
            vintages.entry(year).or_default().add(&other, *balance, now);
        }
    }
    while vintages.len() > YEARS_MAX {
        vintages.pop_first();
    }
    Ok(vintages)
}

/// Draws a column for each year between the first and the last that matters, and a line at each day of surrender.
fn draw(
    vintages: &BTreeMap<i32, Vintage>,
    (class, width): (&str, i64),
    title: &str,
    lang: Lang,
) -> String {
    let days = vintages.values().filter_map(|vintage| vintage.by);
    let years = vintages.keys().copied().chain(days.map(|day| day.date().0));
    let (first, last) = years.fold((i32::MAX, i32::MIN), |(first, last), year| {
        (first.min(year), last.max(year))
    });
    let count = i64::from(last) - i64::from(first) + 1;
    let wide = (width - 2 * LEFT) / count.max(1);
    let of = |vintage: &Vintage| vintage.balance.max(vintage.due);
    let most = vintages.values().map(of).max().unwrap_or(1).max(1);
    let high = |raw: i64| {
        i64::try_from(i128::from(raw) * i128::from(HIGH) / i128::from(most)).unwrap_or(0)
    };
    let x = |year: i32| LEFT + (i64::from(year) - i64::from(first)) * wide;
    let mut svg = format!(
        r#"<svg class="chart {class}" viewBox="0 0 {width} 200" role="img" aria-label="{}">"#,
        escaped(title)
    );
    let mut put = |text: std::fmt::Arguments<'_>| {
        // Writing to a text cannot fail.
        let _written = svg.write_fmt(text);
    };
    put(format_args!(
        r#"<path class="axis" d="M{LEFT} {BASE}H{}"/>"#,
        width - LEFT
    ));
    for year in first..=last {
        let middle = x(year) + wide / 2;
        put(format_args!(
            r#"<text x="{middle}" y="194" text-anchor="middle">{year}</text>"#
        ));
    }
    for (year, vintage) in vintages {
        let (left, bar) = (x(*year) + wide / 5, (wide * 3 / 5).max(2));
        let mut top = BASE;
        let parts = [
            ("pledged", vintage.pledged),
            ("reserved", vintage.reserved),
            ("frozen", vintage.frozen),
            ("unburdened", vintage.free),
        ];
        for (tag, raw) in parts.into_iter().filter(|(_, raw)| *raw > 0) {
            // Ranks share their room, so what is pledged may be more than there is.
            let tall = high(raw).max(1).min(top - TOP);
            top -= tall;
            let much = Quantity::from_raw(raw).unwrap_or_default();
            put(format_args!(
                r#"<rect class="{tag}" x="{left}" y="{top}" width="{bar}" height="{tall}"><title>{year}: {much}</title></rect>"#
            ));
        }
        if vintage.due > 0 {
            let y = BASE - high(vintage.due);
            put(format_args!(
                r#"<path class="outline" d="M{} {y}H{}"/>"#,
                left - 4,
                left + bar + 4
            ));
        }
        if let Some(by) = vintage.by {
            let (of, ..) = by.date();
            let begun = Day::of(of, 1, 1).map_or(0, |start| by.number() - start.number());
            let at = x(of) + i64::from(begun) * wide / 366;
            let label = at.clamp(70, width - 70);
            let word = lang.pick("清缴截止", "surrender by");
            put(format_args!(
                r#"<path class="today" d="M{at} 22V{BASE}"/><text class="day" x="{label}" y="14">{word} {by}</text>"#
            ));
        }
    }
    svg.push_str("</svg>");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

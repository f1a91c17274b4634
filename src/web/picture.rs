//! A picture as a page shows it: what it is of, what its colors mean, and the same numbers as a table.
//!
//! Apart from `chart` and `flow_chart`, which draw, and `capacity`, which asks the law.

use crate::domain::flow::Segment;
use crate::domain::policy::KindPolicy;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;
use crate::web::flow_chart::{self, Part};
use crate::web::lang::{Lang, Words};
use crate::web::show;

/// A picture with its caption, its legend and the same numbers as a table.
#[derive(Default)]
pub(crate) struct Picture {
    /// What it shows, with the unit where there is one.
    pub(crate) caption: String,
    /// The SVG; empty where there is none.
    pub(crate) svg: String,
    /// Colors and what they mean.
    pub(crate) legend: Vec<(&'static str, &'static str)>,
    /// The numbers.
    pub(crate) table: Table,
    /// A sentence below.
    pub(crate) note: &'static str,
}

/// Numbers of a picture.
#[derive(Default)]
pub(crate) struct Table {
    /// The names of the columns; none where a row speaks for itself.
    pub(crate) heads: Vec<&'static str>,
    /// A period or part, and its numbers.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

/// What the colors of a capacity mean.
pub(crate) fn legend(words: &'static Words) -> Vec<(&'static str, &'static str)> {
    vec![
        ("pledged", words.pledged),
        ("reserved", words.reserved),
        ("frozen", words.frozen),
        ("unburdened", words.free),
    ]
}

/// Keeps of a legend what is drawn, and adds what is taken beyond what there is; a note tells of places in the order of
/// registration, which stand where the numbers of burdens have no room.
pub(crate) fn explained(mut picture: Picture, over: &'static str, lang: Lang) -> Picture {
    let svg = &picture.svg;
    let is_drawn = |tag: &str| svg.contains(&format!(r#"class="{tag}""#));
    picture.legend.retain(|(tag, _)| is_drawn(tag));
    if is_drawn("over-lines") {
        picture.legend.push(("over", over));
    }
    if is_drawn("nth") {
        picture.note = lang.pick(
            "图中的数字为登记次序, 见下表。",
            "Numbers in the picture are places in the order of registration, which the table of burdens names.",
        );
    }
    picture
}

/// What a picture of a capacity shows, with its unit.
pub(crate) fn caption(words: &'static Words, unit: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{} (单位: {unit})", words.capacity_over_time),
        Lang::En => format!("{} (in {unit})", words.capacity_over_time),
    }
}

/// A table of what a flow is taken by and what is free of it, period by period; free is what the law says.
pub(crate) fn flow_table(
    steps: &[(Span, Quantity)],
    parts: &[Part],
    profile: &[Segment],
    policy: &KindPolicy,
    words: &'static Words,
) -> Table {
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let row = |column: Span| {
        let on = |tag: &str| {
            let these = parts.iter().filter(|part| part.tag == tag);
            let these = these.filter(|part| part.span.covers(column));
            let sum: i64 = these.map(|part| part.quantity.raw()).sum();
            amount(Quantity::from_raw(sum).unwrap_or_default())
        };
        let free = profile.iter().find(|part| part.span.covers(column));
        let free = free.map_or_else(String::new, |part| amount(part.free));
        let cells = vec![on("pledged"), on("reserved"), on("frozen"), free];
        (show::days(column, words), cells)
    };
    Table {
        heads: vec![words.pledged, words.reserved, words.frozen, words.free],
        rows: flow_chart::columns(steps, parts)
            .into_iter()
            .map(row)
            .collect(),
    }
}

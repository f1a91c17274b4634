//! What is free of a right in this register, in one sentence and one picture.
//!
//! The numbers are those of the law (`flow`, `stock`, `land`); nothing is computed here but words.

use crate::domain::flow::Segment;
use crate::domain::land;
use crate::domain::policy::{ExtentRule, KindPolicy};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::stock;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};
use crate::service::Registry;
use crate::service::standing::{self, Unburdened};
use crate::web::chart::{self, Named, Slice, Year};
use crate::web::flow_chart::{self, Part};
use crate::web::lang::{Lang, Words};
use crate::web::picture::{self, Picture, Table};
use crate::web::reached;
use crate::web::shell::Fault;
use crate::web::show::{self, StatusOf};

/// What a page says first.
pub(crate) struct View {
    /// The status.
    pub(crate) status: StatusOf,
    /// Sentences.
    pub(crate) answer: Vec<String>,
    /// The picture.
    pub(crate) picture: Picture,
}

/// Returns the view of a right at `now`.
pub(crate) fn view(
    registry: &Registry,
    right: &Right,
    policy: &KindPolicy,
    now: Timestamp,
    lang: Lang,
) -> Result<View, Fault> {
    let counted: Vec<&Burden> = right.burdens.iter().filter(|b| b.counts_at(now)).collect();
    let over = reached::word_over(right, now, lang);
    let (mut answer, picture) = match &right.capacity {
        Capacity::Flow(steps) => flow_view(right, steps, policy, (now, over), lang),
        Capacity::Stock(balance) => stock_view(right, *balance, policy, (now, over), lang),
        Capacity::Land { .. } => land_view(right, policy, &counted, now, lang),
    };
    let picture = picture::explained(picture, over, lang);
    let status = standing::status_of(right, policy, now);
    if status == StatusOf::Disputed {
        answer.insert(0, status.show(lang).word.to_owned());
    }
    let frozen = reached::frozen(registry, right, policy, now, lang)?;
    answer.splice(0..0, frozen);
    answer.extend(reached::sentences(right, policy, now, lang));
    Ok(View {
        status,
        answer,
        picture,
    })
}

fn tag_of(id: BurdenId) -> &'static str {
    match id {
        BurdenId::Line(..) => "pledged",
        BurdenId::Hold(..) => "reserved",
        BurdenId::Freeze(_) => "frozen",
    }
}

fn flow_view(
    right: &Right,
    steps: &[(Day, Quantity)],
    policy: &KindPolicy,
    (now, over): (Timestamp, &'static str),
    lang: Lang,
) -> (Vec<String>, Picture) {
    let words = lang.words();
    let profile = standing::profile(right, now);
    let (spans, parts) = flow_parts(right, steps, policy, now, words);
    let picture = Picture {
        caption: picture::caption(words, &policy.unit, lang),
        svg: flow_chart::flow(&spans, &parts, now.day(), named(policy, over, lang)),
        legend: legend_from(right.span, now, words),
        table: picture::flow_table(&spans, &parts, &profile, policy, words),
        note: "",
    };
    (flow_answer(&profile, policy, lang), picture)
}

/// «未登记负担: 40.000 t/a 至 2028-02-28 (含); 此后 120.000 t/a».
fn flow_answer(profile: &[Segment], policy: &KindPolicy, lang: Lang) -> Vec<String> {
    let words = lang.words();
    let Some(last) = profile.last() else {
        return vec![StatusOf::Ended.show(lang).word.to_owned()];
    };
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let part = |(n, alike): (usize, &[Segment])| {
        let segment = alike.last()?;
        let then = if n > 0 && segment.span == last.span {
            format!("{} ", words.thereafter)
        } else {
            String::new()
        };
        let end = show::last_day(segment.span);
        Some(format!(
            "{then}{} {} {end} {}",
            amount(segment.free),
            words.until,
            words.days_inclusive
        ))
    };
    // Parts that differ in what lies beneath, and not in what is free, are one to a reader.
    let alike = profile.chunk_by(|one, next| one.free == next.free);
    let parts: Vec<String> = alike.enumerate().filter_map(part).collect();
    vec![match lang {
        Lang::Zh => format!("{}: {}", words.free, parts.join("; ")),
        Lang::En => format!("{}: {}", capital(words.free), parts.join("; ")),
    }]
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The words of a picture of quantities.
fn named<'a>(policy: &'a KindPolicy, over: &'static str, lang: Lang) -> Named<'a> {
    let words = lang.words();
    Named {
        title: words.capacity_over_time,
        unit: &policy.unit,
        free: words.free,
        over,
        since: lang.pick("自", "from"),
        until: lang.pick("至", "to"),
        today: words.today,
        past: words.past,
    }
}

/// The steps of a flow as spans, and what stands on it.
fn flow_parts(
    right: &Right,
    steps: &[(Day, Quantity)],
    policy: &KindPolicy,
    now: Timestamp,
    words: &'static Words,
) -> (Vec<(Span, Quantity)>, Vec<Part>) {
    let Some(live) = right.live_span() else {
        return (Vec::new(), Vec::new());
    };
    let ends = steps.iter().skip(1).map(|(day, _)| *day).chain([live.to()]);
    let spans: Vec<(Span, Quantity)> = steps
        .iter()
        .zip(ends)
        .filter_map(|((from, quantity), to)| {
            let span = Span::new(*from, to.min(live.to()))?;
            Some((span, *quantity))
        })
        .collect();
    let counting: Vec<&Burden> = right.burdens.iter().filter(|b| b.counts_at(now)).collect();
    let mut parts = Vec::new();
    for (burden, place) in counting.iter().zip(1..) {
        let Extent::Flow(quantity, span) = burden.extent else {
            continue;
        };
        let label = format!(
            "{}: {}",
            burden.id,
            show::extent(burden.extent, policy.scale, &policy.unit, words)
        );
        let shown = span.intersection(live);
        for (span, quantity) in
            shown.map_or_else(Vec::new, |span| above(burden, quantity, span, &counting))
        {
            parts.push(Part {
                span,
                quantity,
                tag: tag_of(burden.id),
                label: label.clone(),
                place,
            });
        }
    }
    (spans, parts)
}

/// Returns what a line takes above the lines it stands behind, part by part of its span: a stack takes its largest line.
fn above(
    burden: &Burden,
    quantity: Quantity,
    span: Span,
    counting: &[&Burden],
) -> Vec<(Span, Quantity)> {
    let seniors: Vec<(Span, Quantity)> = counting
        .iter()
        .filter(|senior| burden.behind.contains(&senior.id))
        .filter_map(|senior| match senior.extent {
            Extent::Flow(quantity, days) => Some((days.intersection(span)?, quantity)),
            Extent::Stock(_) | Extent::Whole | Extent::Years(_) => None,
        })
        .collect();
    let mut cuts: Vec<Day> = seniors
        .iter()
        .flat_map(|(days, _)| [days.from(), days.to()])
        .chain([span.from(), span.to()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).filter_map(|pair| match pair {
        [from, to] => Span::new(*from, *to),
        _ => None,
    });
    pieces
        .map(|piece| {
            let below = seniors.iter().filter(|(days, _)| days.covers(piece));
            let most = below.map(|(_, quantity)| *quantity).max();
            (piece, quantity.saturating_sub(most.unwrap_or_default()))
        })
        .filter(|(_, quantity)| !quantity.is_zero())
        .collect()
}

/// The burdens of a stock, each with what it takes beyond the lines that it stands behind: a stack takes its largest line.
fn slices(right: &Right, policy: &KindPolicy, now: Timestamp) -> Vec<Slice> {
    let counting: Vec<&Burden> = right.burdens.iter().filter(|b| b.counts_at(now)).collect();
    let much = |burden: &Burden| match burden.extent {
        Extent::Stock(quantity) => Some(quantity),
        Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
    };
    let slice = |(burden, place): (&&Burden, usize)| {
        let quantity = much(burden)?;
        let below = counting
            .iter()
            .filter(|senior| burden.behind.contains(&senior.id));
        let most = below.filter_map(|senior| much(senior)).max();
        let taken = quantity.saturating_sub(most.unwrap_or_default());
        (!taken.is_zero()).then(|| Slice {
            quantity: taken,
            tag: tag_of(burden.id),
            label: format!(
                "{}: {}",
                burden.id,
                show::amount(quantity, policy.scale, &policy.unit)
            ),
            place,
        })
    };
    counting.iter().zip(1..).filter_map(slice).collect()
}

fn stock_view(
    right: &Right,
    balance: Quantity,
    policy: &KindPolicy,
    (now, over): (Timestamp, &'static str),
    lang: Lang,
) -> (Vec<String>, Picture) {
    let words = lang.words();
    let used = stock::used(&right.burdens, now, &|_| false);
    let free = balance.saturating_sub(used);
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let parts = slices(right, policy, now);
    let sentence = match lang {
        Lang::Zh => format!(
            "{}: {} (余额 {})",
            words.free,
            amount(free),
            amount(balance)
        ),
        Lang::En => format!(
            "{}: {} of {}",
            capital(words.free),
            amount(free),
            amount(balance)
        ),
    };
    (
        vec![sentence],
        Picture {
            caption: picture::caption(words, &policy.unit, lang),
            svg: chart::stock(balance, &parts, free, named(policy, over, lang)),
            legend: picture::legend(words),
            table: Table {
                heads: Vec::new(),
                rows: vec![
                    (words.balance.to_owned(), vec![amount(balance)]),
                    (words.free.to_owned(), vec![amount(free)]),
                ],
            },
            note: "",
        },
    )
}

fn land_view(
    right: &Right,
    policy: &KindPolicy,
    counted: &[&Burden],
    now: Timestamp,
    lang: Lang,
) -> (Vec<String>, Picture) {
    let words = lang.words();
    let whole = match policy.extent {
        ExtentRule::Years => None,
        ExtentRule::Whole | ExtentRule::Amount => Some(()),
    };
    if whole.is_some() {
        let sentence = if counted.is_empty() {
            words.burden_none
        } else {
            words.whole_taken
        };
        return (vec![sentence.to_owned()], Picture::default());
    }
    let span = right.live_span().unwrap_or(right.span);
    let free = match standing::unburdened(right, policy, now) {
        Unburdened::Years(free) => free,
        Unburdened::Flow(_) | Unburdened::Stock(_) | Unburdened::Whole(_) => Vec::new(),
    };
    let years = |free: &Span| (words.free.to_owned(), vec![show::years(*free, words)]);
    let mut picture = Picture {
        caption: words.years.to_owned(),
        svg: year_strip(right, counted, (now, lang)),
        legend: legend_from(span, now, words),
        ..Picture::default()
    };
    picture.table.rows.extend(free.iter().map(years));
    let list: Vec<String> = free
        .iter()
        .map(|free| show::years_in(*free, lang))
        .collect();
    let sentence = if list.is_empty() {
        words.whole_taken.to_owned()
    } else {
        let free = match lang {
            Lang::Zh => words.free.to_owned(),
            Lang::En => capital(words.free),
        };
        let much = show::each_year(right.most(), policy, lang);
        match lang {
            Lang::Zh => format!("{free}: {}, {much}", list.join("、")),
            Lang::En => format!("{free}: {much}, in {}", list.join(", ")),
        }
    };
    (vec![sentence], picture)
}

/// What the colors mean, that of days which are over among them where there are some.
fn legend_from(
    span: Span,
    now: Timestamp,
    words: &'static Words,
) -> Vec<(&'static str, &'static str)> {
    let mut legend = picture::legend(words);
    legend.extend((span.from() < now.day()).then_some(("past", words.past)));
    legend
}

/// The years of a right one by one; those that an authority has taken away where something is registered on them.
fn year_strip(right: &Right, counted: &[&Burden], (now, lang): (Timestamp, Lang)) -> String {
    let words = lang.words();
    let live = right.live_span();
    let (first, last) = (
        right.span.from().date().0,
        show::last_day(right.span).date().0,
    );
    let year = |year: i32| {
        let days = Span::of_years(year, year)?;
        let taken = counted.iter().find(|burden| match burden.extent {
            Extent::Years(taken) => taken.intersection(days).is_some(),
            Extent::Whole => right.span.intersection(days).is_some(),
            Extent::Stock(_) | Extent::Flow(..) => false,
        });
        let is_there = live.is_some_and(|live| live.intersection(days).is_some());
        let gone = taken.map(|burden| land::gone_years(right, burden.extent));
        let is_over = gone.is_some_and(|gone| gone.contains(&year));
        let (tag, label) = match taken {
            Some(burden) => (tag_of(burden.id), burden.id.to_string()),
            None if !is_there => return None,
            None if days.to() <= now.day() => ("past", words.past.to_owned()),
            None => ("unburdened", words.free.to_owned()),
        };
        let over = if is_over { words.hanging } else { "" };
        Some(Year {
            of: year,
            tag,
            label: format!("{year}: {label} {over}").trim_end().to_owned(),
            is_over,
        })
    };
    let years: Vec<Year> = (first..=last).filter_map(year).collect();
    chart::years(&years, words.years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_as_much_free_are_said_once() {
        let policy = include_str!("../../fixtures/policy/emission.toml");
        let policy = KindPolicy::parse(policy).unwrap();
        let segment = |from, to, free: i64, lack: i64| {
            let day = |year| Day::of(year, 1, 1).unwrap();
            let quantity = |raw| Quantity::from_raw(raw).unwrap();
            Segment {
                span: Span::new(day(from), day(to)).unwrap(),
                free: quantity(free),
                lack: quantity(lack),
            }
        };
        let profile = [
            segment(2027, 2028, 0, 0),
            segment(2028, 2029, 0, 5),
            segment(2029, 2031, 7_000_000, 0),
        ];
        assert_eq!(
            flow_answer(&profile, &policy, Lang::Zh),
            ["未登记负担: 0.000 t/a 至 2028-12-31 (含); 此后 7.000 t/a 至 2030-12-31 (含)"]
        );
    }
}

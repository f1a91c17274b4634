//! The supervisor's view: how much is pledged, by kind, pledgee, month or town, as of a position; every number leads to its
//! lines.

use std::collections::BTreeMap;

use askama::Template;

use crate::primitives::id::PartyId;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};
use crate::service::Registry;
use crate::service::statistics::{
    Cell, Dimension, LineFact, LineState, Selection, decimal, lines, tabulate,
};
use crate::web::amounts::{self, Offer};
use crate::web::feeds::{month_of, months_over};
use crate::web::items;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::tally;

/// The lines of one state in a row.
pub(crate) struct Stated {
    /// How many.
    count: u64,
    /// The same for people.
    shown: String,
    /// Where they are listed.
    link: String,
    /// How many of them are there only by a part: these stand, or ended otherwise, with the rest.
    in_part: Option<String>,
    /// How much they are together, where all of it is the same thing.
    quantity: Option<String>,
}

/// One row of the table: what it is grouped by, pledges, and a count with an address for every state.
pub(crate) struct Row {
    heads: Vec<String>,
    pledges: String,
    /// Where all their lines are listed.
    link: String,
    states: Vec<Stated>,
    /// The principals that the reader may see, where they are asked for.
    principal: String,
}

/// One way to group, with whether it is the present one.
pub(crate) struct Choice {
    value: &'static str,
    word: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "statistics.html")]
pub(crate) struct StatisticsPage {
    shell: Shell,
    /// The table in one sentence.
    answer: String,
    at: u64,
    as_of: String,
    /// How it is grouped.
    chosen: &'static str,
    choices: Vec<Choice>,
    heads: Vec<&'static str>,
    states: Vec<&'static str>,
    rows: Vec<Row>,
    /// All rows together, where there are several: each pledge counts once.
    total: Option<Row>,
    /// The groups of the table, and another view of the same lines: by month, or by kind where that is the table.
    pictures: Vec<(String, String)>,
    /// Samples of the parts of their bars, each before its word.
    key: Vec<(String, &'static str)>,
    /// The ends of past months, each with its position.
    past: Vec<(String, u64)>,
    /// The table for green-finance platforms as of this position, and the month that it is of.
    monthly: String,
    month: String,
    /// What was typed as the position, where there is none such.
    wrong_at: Option<String>,
    /// Why the numbers of the day that was typed are not its last.
    early: Option<String>,
    /// What was typed as the way to group, where there is none such.
    wrong_by: Option<String>,
    /// Whether principals are shown, and why not all of them where they were asked for.
    has_principals: bool,
    notice: Option<&'static str>,
    /// How a member asks for the loan amounts.
    offer: Option<Offer>,
}

/// The words of what may be grouped by; the first is taken where nothing is chosen.
const GROUPS: [(&str, &[Dimension]); 8] = [
    ("kind", &[Dimension::Kind]),
    ("pledgee", &[Dimension::Pledgee]),
    ("month", &[Dimension::Month]),
    ("town", &[Dimension::Town]),
    ("form", &[Dimension::Form]),
    ("green", &[Dimension::Green]),
    ("kind,item", &[Dimension::Kind, Dimension::Item]),
    ("kind,month", &[Dimension::Kind, Dimension::Month]),
];

/// Makes the table.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<StatisticsPage, Fault> {
    let words = visit.lang.words();
    let Asked { at, wrong, early } = position_asked(registry, visit);
    let position = registry.position(at)?;
    let asked = visit.param("by").unwrap_or_default();
    let (chosen, by) = GROUPS
        .into_iter()
        .find(|(name, _)| *name == asked)
        .unwrap_or(GROUPS[0]);
    let all = Selection::default();
    let amounts = amounts::of(
        visit,
        format!("/statistics?by={chosen}&at={}", position.at),
        |session| registry.accesses_for_table(session, &position, &all),
        |session| registry.kept_for_table(session, &position, &all),
    )?;
    let facts = lines(&position, amounts.kept.as_deref().unwrap_or_default());
    let cells = tabulate(&facts, by, &Selection::default());
    let once = counted_once(&facts);
    let whole = tabulate(&once, by, &Selection::default());
    let rows: Vec<Row> = cells
        .iter()
        .zip(&whole)
        .map(|cells| row(registry, cells, by, position.at, visit.lang))
        .collect::<Result<_, _>>()?;
    let time = position.time.map(show::local_time);
    let month = position.time.map(|time| month_of(time.day()));
    let month = month.unwrap_or_default();
    Ok(StatisticsPage {
        key: key(words),
        past: past(registry)?,
        monthly: format!("/v1/exports/monthly.csv?month={month}&at={}", position.at),
        month,
        answer: answer(&cells, visit.lang),
        shell: Shell::new(registry, visit, words.nav_statistics),
        at: position.at,
        chosen,
        as_of: time.unwrap_or_default(),
        choices: choices(chosen, words),
        heads: by.iter().map(|of| dimension_word(*of, words)).collect(),
        states: LineState::ALL
            .map(|state| state_word(state, words))
            .to_vec(),
        pictures: pictures(registry, &once, by, visit.lang)?,
        wrong_by: wrong_group(asked, (chosen, by), visit.lang),
        wrong_at: wrong,
        early,
        total: total(
            registry,
            (&facts, &once),
            (by, position.at),
            (rows.len(), visit.lang),
        )?,
        rows,
        has_principals: amounts.kept.is_some(),
        notice: amounts.notice,
        offer: amounts.offer,
    })
}

/// The samples of the parts of bars, with their words.
fn key(words: &Words) -> Vec<(String, &'static str)> {
    let parts = [words.open, words.overhang, words.statistics_gone];
    tally::key().into_iter().zip(parts).collect()
}

/// The ways to group, with the one that is chosen.
fn choices(chosen: &str, words: &Words) -> Vec<Choice> {
    let choice = |(name, by): &(&'static str, &[Dimension])| Choice {
        value: name,
        word: group_word(by, words),
        is_chosen: *name == chosen,
    };
    GROUPS.iter().map(choice).collect()
}

/// Says that there is no such way to group, where another one was asked for than is shown.
fn wrong_group(asked: &str, (chosen, by): (&str, &[Dimension]), lang: Lang) -> Option<String> {
    if asked.is_empty() || asked == chosen {
        return None;
    }
    let shown = group_word(by, lang.words());
    Some(match lang {
        Lang::Zh => format!("「{asked}」: 没有这种分组。以下按{shown}。"),
        Lang::En => format!(
            "“{asked}”: there is no such way to group. Below it is by {}.",
            shown.to_lowercase()
        ),
    })
}

/// How much stands, in one sentence.
fn answer(cells: &[Cell], lang: Lang) -> String {
    let sum = |state| cells.iter().map(|cell| count(cell, state)).sum::<u64>();
    let (open, impaired) = (sum(LineState::Open), sum(LineState::Impaired));
    let standing = show::thousands(&(open + impaired).to_string());
    match lang {
        Lang::Zh => format!("在登担保物 {standing} 项, 其中悬空 {impaired} 项。"),
        Lang::En => {
            format!("{standing} lines of collateral stand, {impaired} of them with an overhang.")
        }
    }
}

/// The lines with no word on their parts, so that each counts once, as what it is: one of which a part was released stands.
fn counted_once(facts: &[LineFact]) -> Vec<LineFact> {
    let whole = |line: &LineFact| LineFact {
        parts: BTreeMap::new(),
        ..line.clone()
    };
    facts.iter().map(whole).collect()
}

/// The pictures: of the groups of the table, and of the months, or of the kinds where those are the groups.
fn pictures(
    registry: &Registry,
    facts: &[LineFact],
    by: &[Dimension],
    lang: Lang,
) -> Result<Vec<(String, String)>, Fault> {
    let other: &[Dimension] = match by {
        [Dimension::Month] => &[Dimension::Kind],
        _ => &[Dimension::Month],
    };
    let mut pictures = Vec::new();
    for by in [by, other] {
        let cells = tabulate(facts, by, &Selection::default());
        pictures.push((pictured(by, lang), picture(registry, &cells, by, lang)?));
    }
    Ok(pictures)
}

/// What a picture shows.
fn pictured(by: &[Dimension], lang: Lang) -> String {
    let word = group_word(by, lang.words());
    match lang {
        Lang::Zh => format!("担保物明细, 按{word}, 每项计一次 (部分解除的, 其余仍在登, 计为在登)"),
        Lang::En => format!(
            "Lines by {}, each once (one that was released in part stands with the rest)",
            word.to_lowercase()
        ),
    }
}

/// Draws how many lines of each group stand, hang over and are gone.
fn picture(
    registry: &Registry,
    cells: &[Cell],
    by: &[Dimension],
    lang: Lang,
) -> Result<String, Fault> {
    let mut bars = Vec::with_capacity(cells.len());
    for cell in cells {
        let mut heads = Vec::with_capacity(by.len());
        for of in by {
            let value = cell.values.get(of).cloned().unwrap_or_default();
            heads.push(value_words(registry, *of, &value, lang)?);
        }
        let gone = LineState::ALL.into_iter().filter(|state| !state.stands());
        let gone = gone.map(|state| count(cell, state)).sum();
        let [open, impaired] = [LineState::Open, LineState::Impaired].map(|one| count(cell, one));
        bars.push((heads.join(" · "), [open, impaired, gone]));
    }
    Ok(tally::bars(&bars, lang.words().nav_statistics))
}

/// A sum in 10^-6 yuan as people read it.
pub(crate) fn yuan(sum: u128, words: &Words) -> String {
    let quantity = i64::try_from(sum).ok().and_then(Quantity::from_raw);
    match quantity {
        Some(quantity) => show::yuan(quantity, words.yuan),
        None => format!("{} {}", decimal(sum), words.yuan),
    }
}

/// A sum of quantities in 10^-6 of their unit, written as one quantity is.
pub(super) fn summed(raw: u128, scale: Scale, unit: &str, lang: Lang) -> String {
    let unit = show::unit(unit, lang);
    match i64::try_from(raw).ok().and_then(Quantity::from_raw) {
        Some(quantity) => show::amount(quantity, scale, unit),
        None => format!("{} {unit}", show::thousands(&decimal(raw))),
    }
}

/// The decimal digits that a kind counts.
pub(super) fn scale_of(registry: &Registry, kind: &str) -> Result<Scale, Fault> {
    let now = registry.now().max(registry.published().time);
    Ok(look::policy(registry, kind, now)?.scale)
}

/// The position that the address asks for.
pub(super) struct Asked {
    /// The position; the published one where none is.
    pub(super) at: Option<u64>,
    /// Why the published one is shown where another was typed.
    pub(super) wrong: Option<String>,
    /// Why the numbers of the day that was typed are not its last.
    pub(super) early: Option<String>,
}

/// Returns the position that the address asks for; where it names one that is not, or a day that is not over, with the reason
/// why another is shown.
pub(super) fn position_asked(registry: &Registry, visit: &Visit) -> Asked {
    let mut asked = Asked {
        at: None,
        wrong: None,
        early: None,
    };
    let Some(text) = visit.param("at") else {
        return asked;
    };
    let size = registry.published().size;
    let day = Day::parse(text);
    let at = match day {
        Some(day) => registry.position_at_end_of(day).ok(),
        None => text.parse().ok(),
    };
    asked.at = at.filter(|at| (1..=size).contains(at));
    let now = registry.now().max(registry.published().time);
    if asked.at.is_some() {
        asked.early = day.and_then(|day| not_over(day, now, size, visit.lang));
        return asked;
    }
    asked.wrong = Some(match visit.lang {
        Lang::Zh => format!(
            "「{text}」: 须为 1 至 {size} 之间的整数 (账页数), 或登记簿开始之后的一日, 如 2026-12-01。以下为当前位置 {size}。"
        ),
        Lang::En => format!(
            "“{text}”: must be a whole number from 1 to {size}, which counts entries, or a day since the register began, such as 2026-12-01. Below is the present position, {size}."
        ),
    });
    asked
}

/// Says that a day is not over, or not yet come, and what is shown instead of its end.
fn not_over(day: Day, now: Timestamp, size: u64, lang: Lang) -> Option<String> {
    if now >= day.next().begins() {
        return None;
    }
    let time = show::local_time(now);
    Some(match (lang, day > now.day()) {
        (Lang::Zh, true) => format!(
            "{day} 还未到 (登记时间 {time})。以下为当前位置 {size} 的数字, 不是该日的数字。"
        ),
        (Lang::En, true) => format!(
            "{day} is yet to come (registry time is {time}). Below are the numbers of the present position, {size}, not those of that day."
        ),
        (Lang::Zh, false) => format!(
            "{day} 尚未结束 (登记时间 {time})。以下为截至当前位置 {size} 的数字, 当日结束之前还会变化。"
        ),
        (Lang::En, false) => format!(
            "{day} is not over (registry time is {time}). Below are the numbers up to the present position, {size}; they change until the day ends."
        ),
    })
}

/// The ends of the months that are over, newest first, with their positions.
fn past(registry: &Registry) -> Result<Vec<(String, u64)>, Fault> {
    let ended = months_over(registry)?
        .into_iter()
        .map(|(month, last)| Ok((month, registry.position_at_end_of(last)?)));
    let ended: Result<Vec<(String, u64)>, Fault> = ended.collect();
    Ok(ended?.into_iter().filter(|(_, at)| *at > 0).collect())
}

fn count(cell: &Cell, state: LineState) -> u64 {
    cell.states.get(&state).map_or(0, |sum| sum.lines)
}

/// A row, of a cell and of the same where every line counts once.
fn row(
    registry: &Registry,
    (cell, whole): (&Cell, &Cell),
    by: &[Dimension],
    at: u64,
    lang: Lang,
) -> Result<Row, Fault> {
    let mut heads = Vec::with_capacity(by.len());
    for of in by {
        let value = cell.values.get(of).cloned().unwrap_or_default();
        heads.push(value_words(registry, *of, &value, lang)?);
    }
    // Tonnes of different pollutants are no sum, and the lines are counted all the same.
    let only = cell.items.first().filter(|_| cell.items.len() == 1);
    let scale = match only {
        Some(of) => Some(scale_of(registry, &of.kind)?),
        None => None,
    };
    let states = LineState::ALL.iter().map(|state| {
        let query = query(at, &cell.values, Some(*state));
        let sum = cell.states.get(state).filter(|sum| sum.lines > 0);
        Stated {
            count: count(cell, *state),
            shown: show::thousands(&count(cell, *state).to_string()),
            link: format!("/statistics/lines?{query}"),
            in_part: match count(cell, *state).saturating_sub(count(whole, *state)) {
                0 => None,
                few => Some(match lang {
                    Lang::Zh => format!("其中部分 {few}"),
                    Lang::En => format!("{few} of them in part"),
                }),
            },
            quantity: only
                .zip(scale)
                .zip(sum)
                .map(|((of, scale), sum)| summed(sum.quantity, scale, &of.unit, lang)),
        }
    });
    Ok(Row {
        heads,
        pledges: show::thousands(&cell.pledges.to_string()),
        link: format!("/statistics/lines?{}", query(at, &cell.values, None)),
        states: states.collect(),
        principal: match cell.principal_pledges {
            0 => "–".to_owned(),
            count => format!("{} ({count})", yuan(cell.principal, lang.words())),
        },
    })
}

/// The row of all lines together. Tonnes of different pollutants are no sum here either.
fn total(
    registry: &Registry,
    (facts, once): (&[LineFact], &[LineFact]),
    (by, at): (&[Dimension], u64),
    (rows, lang): (usize, Lang),
) -> Result<Option<Row>, Fault> {
    if rows < 2 {
        return Ok(None);
    }
    let all = |facts| tabulate(facts, &[], &Selection::default());
    let (cells, whole) = (all(facts), all(once));
    let Some(cells) = cells.first().zip(whole.first()) else {
        return Ok(None);
    };
    let mut row = row(registry, cells, &[], at, lang)?;
    row.heads = vec![lang.pick("合计", "Total").to_owned()];
    row.heads.resize(by.len(), String::new());
    Ok(Some(row))
}

pub(super) fn query(
    at: u64,
    values: &BTreeMap<Dimension, String>,
    state: Option<LineState>,
) -> String {
    let mut query = format!("at={at}");
    for (of, value) in values {
        query.push('&');
        query.push_str(of.name());
        query.push('=');
        query.push_str(&show::escaped(value));
    }
    if let Some(state) = state {
        query.push_str("&state=");
        query.push_str(state.name());
    }
    query
}

/// A value as people read it: the title of a kind, the name of a party.
pub(super) fn value_words(
    registry: &Registry,
    of: Dimension,
    value: &str,
    lang: Lang,
) -> Result<String, Fault> {
    Ok(match of {
        Dimension::Kind => {
            let now = registry.now().max(registry.published().time);
            let policy = look::policy(registry, value, now)?;
            look::kind_title(&policy, lang).to_owned()
        }
        Dimension::Pledgee => match PartyId::parse(value) {
            Some(id) => look::party(registry, id, lang.words())?.name,
            None => value.to_owned(),
        },
        Dimension::Item if value.is_empty() => lang.pick("不分细目", "all of it").to_owned(),
        Dimension::Item => items::name(value, lang),
        Dimension::Form => show::form(value, lang).to_owned(),
        Dimension::Green if value.is_empty() => lang.pick("未标识", "none named").to_owned(),
        Dimension::Town => look::town(registry, value),
        Dimension::Month | Dimension::Green => value.to_owned(),
    })
}

pub(super) fn state_word(state: LineState, words: &Words) -> &'static str {
    match state {
        LineState::Open => words.open,
        LineState::Impaired => words.overhang,
        LineState::Ended => words.statistics_ended,
        LineState::Lapsed => words.statistics_lapsed,
        LineState::Moved => words.statistics_moved,
        LineState::Disposed => words.statistics_disposed,
        LineState::Released => words.released,
    }
}

pub(super) fn dimension_word(of: Dimension, words: &Words) -> &'static str {
    match of {
        Dimension::Kind => words.kind,
        Dimension::Pledgee => words.pledgee,
        Dimension::Month => words.statistics_month,
        Dimension::Town => words.statistics_town,
        Dimension::Form => words.form,
        Dimension::Item => words.statistics_item,
        Dimension::Green => words.green,
    }
}

fn group_word(by: &[Dimension], words: &Words) -> &'static str {
    match by {
        [only] => dimension_word(*only, words),
        [.., Dimension::Item] => words.statistics_kind_item,
        _ => words.statistics_kind_month,
    }
}

//! The supervisor's view: how much is pledged, by kind, pledgee, month or town, as of a position; every number leads to its
//! lines.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::primitives::id::PartyId;
use crate::primitives::quantity::{Quantity, Scale};
use crate::service::openings::kept::KeptFault;
use crate::service::sessions::Session;
use crate::service::statistics::{
    Cell, Dimension, Disclosed, LineFact, LineState, Selection, decimal, lines, tabulate,
};
use crate::service::{Registry, ServiceFault};
use crate::web::chart;
use crate::web::items;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// Lines on one page.
const ROWS: usize = 50;

/// The lines of one state in a row.
pub(crate) struct Stated {
    /// How many.
    count: u64,
    /// The same for people.
    shown: String,
    /// Where they are listed.
    link: String,
    /// How much they are together, where all of it is the same thing.
    quantity: Option<String>,
}

/// One row of the table: what it is grouped by, pledges, and a count with an address for every state.
pub(crate) struct Row {
    heads: Vec<String>,
    pledges: String,
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
    choices: Vec<Choice>,
    heads: Vec<&'static str>,
    states: Vec<&'static str>,
    rows: Vec<Row>,
    /// The groups of the table, and another view of the same lines: by month, or by kind where that is the table.
    pictures: Vec<(String, String)>,
    /// What was typed as the position, where there is none such.
    wrong_at: Option<String>,
    /// Whether principals are shown, and why not all of them where they were asked for.
    has_principals: bool,
    notice: Option<&'static str>,
    /// The same table with principals, for a member.
    with_principals: Option<String>,
}

/// One line behind a number.
pub(crate) struct LineRow {
    pledge: String,
    number: u16,
    right: String,
    pledgee: (String, String),
    kind: String,
    month: String,
    town: String,
    quantity: String,
    state: String,
}

#[derive(Template)]
#[template(path = "statistics_lines.html")]
pub(crate) struct LinesPage {
    shell: Shell,
    /// The list in one sentence.
    answer: String,
    at: u64,
    /// What was typed as the position, where there is none such.
    wrong_at: Option<String>,
    rows: Vec<LineRow>,
    next: Option<String>,
    /// What it can be narrowed by.
    fields: Vec<Filter>,
    /// The same lines as a spreadsheet.
    export: String,
}

/// A choice that narrows the lines.
pub(crate) struct Filter {
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String, bool)>,
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
    let (at, wrong_at) = position_asked(registry, visit);
    let position = registry.position(at)?;
    let asked = visit.param("by").unwrap_or_default();
    let (chosen, by) = GROUPS
        .into_iter()
        .find(|(name, _)| *name == asked)
        .unwrap_or(GROUPS[0]);
    let (kept, notice) = kept(visit, words, |session| {
        registry.kept_for_table(session, &position, &Selection::default())
    })?;
    let facts = lines(&position, kept.as_deref().unwrap_or_default());
    let cells = tabulate(&facts, by, &Selection::default());
    let rows: Vec<Row> = cells
        .iter()
        .map(|cell| row(registry, cell, by, position.at, visit.lang))
        .collect::<Result<_, _>>()?;
    let other: &[Dimension] = match by {
        [Dimension::Month] => &[Dimension::Kind],
        _ => &[Dimension::Month],
    };
    let mut pictures = Vec::new();
    for by in [by, other] {
        let cells = tabulate(&facts, by, &Selection::default());
        let svg = picture(registry, &cells, by, visit.lang)?;
        pictures.push((pictured(by, visit.lang), svg));
    }
    let sum = |state| cells.iter().map(|cell| count(cell, state)).sum::<u64>();
    let (open, impaired) = (sum(LineState::Open), sum(LineState::Impaired));
    let answer = match visit.lang {
        Lang::Zh => format!(
            "在登担保物 {} 项, 其中悬空 {impaired} 项。",
            show::thousands(&(open + impaired).to_string())
        ),
        Lang::En => format!(
            "{} lines of collateral stand, {impaired} of them with an overhang.",
            show::thousands(&(open + impaired).to_string())
        ),
    };
    let time = position.time.map(show::local_time);
    Ok(StatisticsPage {
        answer,
        shell: Shell::new(registry, visit, words.nav_statistics),
        at: position.at,
        as_of: time.unwrap_or_default(),
        choices: GROUPS
            .iter()
            .map(|(name, by)| Choice {
                value: name,
                word: group_word(by, words),
                is_chosen: *name == chosen,
            })
            .collect(),
        heads: by.iter().map(|of| dimension_word(*of, words)).collect(),
        states: LineState::ALL
            .map(|state| state_word(state, words))
            .to_vec(),
        pictures,
        wrong_at,
        rows,
        has_principals: kept.is_some(),
        notice,
        with_principals: (visit.signed_in.is_some() && kept.is_none()).then(|| {
            let at = position.at;
            format!("/statistics?by={chosen}&at={at}&openings=kept")
        }),
    })
}

/// What a picture shows.
fn pictured(by: &[Dimension], lang: Lang) -> String {
    let word = group_word(by, lang.words());
    match lang {
        Lang::Zh => format!("担保物明细, 按{word}"),
        Lang::En => format!("Lines by {}", word.to_lowercase()),
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
    Ok(chart::bars(&bars, lang.words().nav_statistics))
}

/// Uses openings that the registry keeps, where a member asks for it; or says why not.
pub(crate) fn kept(
    visit: &Visit,
    words: &'static Words,
    read: impl FnOnce(&Session) -> Result<Vec<Disclosed>, KeptFault>,
) -> Result<(Option<Vec<Disclosed>>, Option<&'static str>), Fault> {
    if visit.param("openings") != Some("kept") {
        return Ok((None, None));
    }
    let Some(signed_in) = &visit.signed_in else {
        return Ok((None, Some(words.kept_sign_in)));
    };
    match read(&signed_in.session) {
        Ok(kept) => Ok((Some(kept), None)),
        Err(KeptFault::TooMany(_)) => Ok((None, Some(words.openings_too_many))),
        Err(KeptFault::Service(ServiceFault::Input(_))) => Ok((None, Some(words.kept_too_many))),
        Err(KeptFault::Service(fault)) => Err(fault.into()),
    }
}

/// A sum in 10^-6 yuan as people read it.
pub(crate) fn yuan(sum: u128, words: &Words) -> String {
    let quantity = i64::try_from(sum).ok().and_then(Quantity::from_raw);
    match (quantity, Scale::new(2)) {
        (Some(quantity), Some(scale)) => show::amount(quantity, scale, words.yuan),
        (Some(_) | None, _) => format!("{} {}", decimal(sum), words.yuan),
    }
}

/// Makes the list behind a number of the table.
pub(crate) fn lines_page(registry: &Registry, visit: &Visit) -> Result<LinesPage, Fault> {
    let words = visit.lang.words();
    let (at, wrong_at) = position_asked(registry, visit);
    let position = registry.position(at)?;
    let values: BTreeMap<Dimension, String> = Dimension::ALL
        .into_iter()
        .filter_map(|of| Some((of, visit.param(of.name())?.to_owned())))
        .collect();
    let state = visit.param("state").and_then(LineState::parse);
    let skipped = visit.param("after").and_then(|text| text.parse().ok());
    let skipped: usize = skipped.unwrap_or(0);
    let selection = Selection { values, state };
    let all = lines(&position, &[]);
    let fields = filters(registry, &all, &selection, visit.lang)?;
    let taken: Vec<LineFact> = all
        .into_iter()
        .filter(|line| selection.takes(line))
        .collect();
    let shown = taken.iter().skip(skipped).take(ROWS);
    let rows: Result<Vec<LineRow>, Fault> = shown
        .map(|line| line_row(registry, line, visit.lang))
        .collect();
    let seen = skipped.saturating_add(ROWS);
    let next = (taken.len() > seen).then(|| {
        let query = query(position.at, &selection.values, selection.state);
        format!("/statistics/lines?{query}&after={seen}")
    });
    Ok(LinesPage {
        shell: Shell::new(registry, visit, words.statistics_lines),
        answer: lines_answer(registry, &selection, taken.len(), skipped, visit.lang)?,
        fields,
        export: format!(
            "/v1/exports/lines.xlsx?{}",
            query(position.at, &selection.values, selection.state)
        ),
        at: position.at,
        wrong_at,
        rows: rows?,
        next,
    })
}

/// What was chosen and how many lines that are, in one sentence.
fn lines_answer(
    registry: &Registry,
    selection: &Selection,
    count: usize,
    skipped: usize,
    lang: Lang,
) -> Result<String, Fault> {
    let mut chosen = Vec::new();
    for (of, value) in &selection.values {
        chosen.push(value_words(registry, *of, value, lang)?);
    }
    chosen.extend(
        selection
            .state
            .map(|state| state_word(state, lang.words()).to_owned()),
    );
    let chosen = if chosen.is_empty() {
        lang.pick("全部", "Everything").to_owned()
    } else {
        chosen.join(" · ")
    };
    let (first, last) = (
        skipped.saturating_add(1),
        skipped.saturating_add(ROWS).min(count),
    );
    let part = match lang {
        _ if count <= ROWS => String::new(),
        Lang::Zh => format!(", 以下为第 {first} 至 {last} 项"),
        Lang::En => format!("; {first} to {last} follow"),
    };
    Ok(match lang {
        Lang::Zh => format!("{chosen}: 共 {count} 项担保物{part}"),
        Lang::En => format!("{chosen}: {count} lines of collateral{part}"),
    })
}

/// The choices that narrow the lines: kinds, pledgees and states that there are.
fn filters(
    registry: &Registry,
    all: &[LineFact],
    selection: &Selection,
    lang: Lang,
) -> Result<Vec<Filter>, Fault> {
    let words = lang.words();
    let mut filters = Vec::new();
    let values: [(Dimension, BTreeSet<String>); 4] = [
        (
            Dimension::Kind,
            all.iter().map(|line| line.kind.clone()).collect(),
        ),
        (
            Dimension::Pledgee,
            all.iter().map(|line| line.pledgee.to_string()).collect(),
        ),
        (
            Dimension::Month,
            all.iter().map(|line| line.month.clone()).collect(),
        ),
        (
            Dimension::Town,
            all.iter().map(|line| line.town.clone()).collect(),
        ),
    ];
    for (of, values) in values {
        let mut options = Vec::new();
        for value in values {
            let is_chosen = selection.values.get(&of) == Some(&value);
            let text = value_words(registry, of, &value, lang)?;
            options.push((value, text, is_chosen));
        }
        filters.push(Filter {
            name: of.name(),
            label: dimension_word(of, words),
            options,
        });
    }
    let state = |state: LineState| {
        let (name, word) = (state.name().to_owned(), state_word(state, words).to_owned());
        (name, word, selection.state == Some(state))
    };
    filters.push(Filter {
        name: "state",
        label: words.status,
        options: LineState::ALL.map(state).to_vec(),
    });
    Ok(filters)
}

/// The position that the address asks for, the published size if it names none; and, where it names one that is not, why the
/// published one is shown.
fn position_asked(registry: &Registry, visit: &Visit) -> (Option<u64>, Option<String>) {
    let Some(text) = visit.param("at") else {
        return (None, None);
    };
    let size = registry.published().size;
    let at: Option<u64> = text.parse().ok();
    if let Some(at) = at.filter(|at| (1..=size).contains(at)) {
        return (Some(at), None);
    }
    let why = match visit.lang {
        Lang::Zh => format!(
            "位置「{text}」: 须为 1 至 {size} 之间的整数, 即账页数。以下为当前位置 {size}。"
        ),
        Lang::En => format!(
            "position “{text}”: must be a whole number from 1 to {size}, which counts entries. Below is the present position, {size}."
        ),
    };
    (None, Some(why))
}

fn count(cell: &Cell, state: LineState) -> u64 {
    cell.states.get(&state).map_or(0, |sum| sum.lines)
}

fn row(
    registry: &Registry,
    cell: &Cell,
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
    let states = LineState::ALL.iter().map(|state| {
        let query = query(at, &cell.values, Some(*state));
        let sum = cell.states.get(state).filter(|sum| sum.lines > 0);
        Stated {
            count: count(cell, *state),
            shown: show::thousands(&count(cell, *state).to_string()),
            link: format!("/statistics/lines?{query}"),
            quantity: only.zip(sum).map(|(of, sum)| {
                let unit = show::unit(&of.unit, lang);
                format!("{} {unit}", show::thousands(&decimal(sum.quantity)))
            }),
        }
    });
    Ok(Row {
        heads,
        pledges: show::thousands(&cell.pledges.to_string()),
        states: states.collect(),
        principal: match cell.principal_pledges {
            0 => "–".to_owned(),
            count => format!("{} ({count})", yuan(cell.principal, lang.words())),
        },
    })
}

fn query(at: u64, values: &BTreeMap<Dimension, String>, state: Option<LineState>) -> String {
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
fn value_words(
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

fn line_row(registry: &Registry, line: &LineFact, lang: Lang) -> Result<LineRow, Fault> {
    let words = lang.words();
    let pledgee = look::party(registry, line.pledgee, words)?;
    let sum = |raw: u128, unit: &str| {
        let unit = show::unit(unit, lang);
        format!("{} {unit}", show::thousands(&decimal(raw)))
    };
    let part = |(state, raw): (&LineState, &u128)| {
        format!("{} {}", state_word(*state, words), sum(*raw, &line.unit))
    };
    let reached = [
        (line.reached.lost, words.overhang),
        (line.reached.frozen, words.frozen),
    ];
    let reached = reached
        .into_iter()
        .filter(|(raw, _)| *raw > 0)
        .map(|(raw, word)| format!("{word} {}", sum(raw, &line.unit)));
    // What all of the line came to is said once.
    let is_news =
        |(state, raw): &(&LineState, &u128)| **state != line.state || **raw != line.quantity;
    let parts = line.parts.iter().filter(is_news).map(part).chain(reached);
    Ok(LineRow {
        pledge: line.pledge.to_string(),
        number: line.number,
        right: line.right.to_string(),
        pledgee: (pledgee.id, pledgee.name),
        kind: value_words(registry, Dimension::Kind, &line.kind, lang)?,
        month: line.month.clone(),
        town: look::town(registry, &line.town),
        quantity: sum(line.quantity, &line.unit),
        state: std::iter::once(state_word(line.state, words).to_owned())
            .chain(parts)
            .collect::<Vec<_>>()
            .join("; "),
    })
}

fn state_word(state: LineState, words: &Words) -> &'static str {
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

fn dimension_word(of: Dimension, words: &Words) -> &'static str {
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

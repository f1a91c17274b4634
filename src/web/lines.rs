//! The lines behind a number of the statistics, as of the same position, and what they can be narrowed by.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::primitives::quantity::Quantity;
use crate::service::Registry;
use crate::service::statistics::{Dimension, LineFact, LineState, Selection, lines};
use crate::web::amounts::{self, Offer};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::supervisor::{
    Asked, dimension_word, position_asked, query, scale_of, state_word, summed, value_words,
};

/// Lines on one page.
const ROWS: usize = 50;

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
    /// What its pledge secures at most, and what it is lent, on the first line that stands.
    sums: Vec<String>,
}

#[derive(Template)]
#[template(path = "statistics_lines.html")]
pub(crate) struct LinesPage {
    shell: Shell,
    /// The list in one sentence.
    answer: String,
    at: u64,
    /// The present position, where the list is of another.
    now: Option<u64>,
    /// What was typed as the position, where there is none such.
    wrong_at: Option<String>,
    /// Why the numbers of the day that was typed are not its last.
    early: Option<String>,
    rows: Vec<LineRow>,
    next: Option<String>,
    /// What it can be narrowed by.
    fields: Vec<Filter>,
    /// The same lines as a spreadsheet.
    export: String,
    /// Whether a line has a sum of money.
    has_sums: bool,
    notice: Option<&'static str>,
    offer: Option<Offer>,
}

/// A choice that narrows the lines.
pub(crate) struct Filter {
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String, bool)>,
}

/// Makes the list behind a number of the table.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<LinesPage, Fault> {
    let words = visit.lang.words();
    let Asked { at, wrong, early } = position_asked(registry, visit);
    let position = registry.position(at)?;
    let values: BTreeMap<Dimension, String> = Dimension::ALL
        .into_iter()
        .filter_map(|of| Some((of, visit.param(of.name())?.to_owned())))
        .collect();
    let state = visit.param("state").and_then(LineState::parse);
    let skipped = visit.param("after").and_then(|text| text.parse().ok());
    let skipped: usize = skipped.unwrap_or(0);
    let selection = Selection { values, state };
    let here = query(position.at, &selection.values, selection.state);
    let amounts = amounts::of(
        visit,
        format!("/statistics/lines?{here}"),
        |session| registry.accesses_for_table(session, &position, &selection),
        |session| registry.kept_for_table(session, &position, &selection),
    )?;
    let all = lines(&position, amounts.kept.as_deref().unwrap_or_default());
    let fields = filters(registry, &all, &selection, visit.lang)?;
    let taken: Vec<LineFact> = all
        .into_iter()
        .filter(|line| selection.takes(line))
        .collect();
    let shown = taken.iter().skip(skipped).take(ROWS);
    let rows: Result<Vec<LineRow>, Fault> = shown
        .map(|line| line_row(registry, line, selection.state, visit.lang))
        .collect();
    let seen = skipped.saturating_add(ROWS);
    let next = (taken.len() > seen).then(|| format!("/statistics/lines?{here}&after={seen}"));
    let rows = rows?;
    Ok(LinesPage {
        shell: Shell::new(registry, visit, words.statistics_lines),
        answer: lines_answer(registry, &selection, taken.len(), skipped, visit.lang)?,
        fields,
        export: format!("/v1/exports/lines.xlsx?{here}"),
        has_sums: rows.iter().any(|row| !row.sums.is_empty()),
        notice: amounts.notice,
        offer: amounts.offer,
        at: position.at,
        now: Some(registry.published().size).filter(|size| *size != position.at),
        wrong_at: wrong,
        early,
        rows,
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

/// A line as a row; of those of one state, what of them is in it.
fn line_row(
    registry: &Registry,
    line: &LineFact,
    state: Option<LineState>,
    lang: Lang,
) -> Result<LineRow, Fault> {
    let words = lang.words();
    let pledgee = look::party(registry, line.pledgee, words)?;
    let scale = scale_of(registry, &line.kind)?;
    let sum = |raw: u128, unit: &str| summed(raw, scale, unit, lang);
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
        quantity: sum(
            state
                .filter(|state| *state != line.state)
                .and_then(|state| line.parts.get(&state).copied())
                .unwrap_or(line.quantity),
            &line.unit,
        ),
        state: std::iter::once(state_word(line.state, words).to_owned())
            .chain(parts)
            .collect::<Vec<_>>()
            .join("; "),
        sums: sums(line, lang),
    })
}

/// The sums of money that stand on a line, in words.
fn sums(line: &LineFact, lang: Lang) -> Vec<String> {
    let words = lang.words();
    let sum = |word: &str, sum: Quantity| format!("{word} {}", show::yuan(sum, words.yuan));
    let cap = line.cap.map(|cap| sum(lang.pick("最高", "at most"), cap));
    let lent = line
        .principal
        .map(|lent| sum(words.kept_principal_of, lent));
    cap.into_iter().chain(lent).collect()
}

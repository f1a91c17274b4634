//! The monthly export for green-finance platforms (docs/FORMATS.md 13): a row for each line that stood in a month.
//!
//! Separate from the other lists because its columns are published: programs of others read them by name.

use crate::documents::workbook::lists::{table, text};
use crate::documents::workbook::sheet_out::{Table, Value};
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::Extent;
use crate::http::export_asked::TOO_LONG_ZH;
use crate::http::problem::Problem;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};
use crate::service::Registry;
use crate::service::statistics::{Month, MonthLine, Position, decimal};

/// The columns, in their order.
const COLUMNS: [&str; 26] = [
    "month",
    "position",
    "pledge",
    "line",
    "change",
    "state",
    "form",
    "pledgee",
    "pledgee_code",
    "pledgee_name",
    "pledgor",
    "pledgor_code",
    "pledgor_name",
    "right",
    "kind",
    "certificate",
    "town",
    "quantity",
    "unit",
    "from",
    "through",
    "term_from",
    "term_through",
    "cap_cny",
    "registered",
    "green",
];

/// Makes the table of a month that is over, or of one as of a position in it.
pub(super) fn monthly(
    registry: &Registry,
    month: Option<Month>,
    at: Option<u64>,
) -> Result<Table, Problem> {
    let month = month.ok_or_else(|| Problem::field("month", "is missing; such as 2026-12"))?;
    let made = registry.month(month, at).map_err(|fault| {
        Problem::from(fault)
            .because_zh(
            "该月份须已结束, 或以 at 写明该月之内的账页位置; 且不早于登记簿开始之时。统计仍在汇总时请稍后再试。",
        )
    })?;
    if made.lines.len() > limits::EXPORT_ROWS_MAX {
        let most = limits::EXPORT_ROWS_MAX;
        let why = format!("has more than {most} lines; page through the lines of the statistics");
        return Err(Problem::field("month", why).because_zh(TOO_LONG_ZH));
    }
    let rows = made.lines.iter();
    let rows = rows.filter_map(|line| row(month, &made.position, line));
    Ok(table("monthly", &COLUMNS, rows.collect()))
}

fn row(month: Month, position: &Position, line: &MonthLine) -> Option<Vec<Value>> {
    let fact = &line.fact;
    let Some(Record::Pledge(pledge)) = position.records.get(&StateKey::Pledge(fact.pledge)) else {
        return None;
    };
    let Some(Record::Right(right)) = position.records.get(&StateKey::Right(fact.right)) else {
        return None;
    };
    let extent = pledge.lines.get(usize::from(fact.number))?.extent;
    let span = match extent {
        Extent::Flow(_, span) | Extent::Years(span) => Some(span),
        Extent::Stock(_) | Extent::Whole => None,
    };
    let identities: Vec<String> = right.identities.iter().map(ToString::to_string).collect();
    let registered = position.registered.get(&fact.pledge.0);
    let mut row = vec![
        text(month),
        Value::Number(position.at.to_string()),
        text(fact.pledge),
        Value::Number(fact.number.to_string()),
        text(change(line)),
        text(fact.state.name()),
        text(pledge.form.name()),
    ];
    row.extend(party(position, fact.pledgee));
    row.extend(party(position, pledge.pledgor));
    row.extend([
        text(fact.right),
        text(&fact.kind),
        text(identities.join("; ")),
        text(&fact.town),
        Value::Number(decimal(fact.quantity)),
        text(&fact.unit),
    ]);
    row.extend(days(span));
    row.extend(days(pledge.term));
    row.extend([
        pledge.cap().map_or(Value::Empty, number),
        registered.map_or(Value::Empty, |time| Value::Day(time.day())),
        pledge.more.green.clone().map_or(Value::Empty, text),
    ]);
    Some(row)
}

/// What the month brought to a line.
fn change(line: &MonthLine) -> String {
    let new = line.is_new.then_some("new");
    let state = line.fact.state;
    let over = (!state.stands()).then(|| state.name());
    let words: Vec<&str> = new.into_iter().chain(over).collect();
    words.join(" ")
}

/// A party: its id, its code and its name; those of natural persons are hidden.
fn party(position: &Position, id: PartyId) -> [Value; 3] {
    let (code, name) = match position.records.get(&StateKey::Party(id)) {
        Some(Record::Party(party)) => (party.credit_code.clone(), party.name.clone()),
        Some(_) | None => (None, None),
    };
    let word = |word: Option<String>| word.map_or(Value::Empty, text);
    [text(id), word(code), word(name)]
}

fn number(quantity: Quantity) -> Value {
    Value::Number(quantity.to_string())
}

/// The first and the last day of a span.
fn days(span: Option<Span>) -> [Value; 2] {
    let day = |day: Option<Day>| day.map_or(Value::Empty, Value::Day);
    [
        day(span.map(Span::from)),
        day(span.map(|span| span.to().previous())),
    ]
}

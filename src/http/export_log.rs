//! The log as a spreadsheet: one row for each decided command, in the order of the log.
//!
//! It is the feed (FORMATS section 12) as a table: the same commands concern a party here and there.

use crate::documents::acts;
use crate::documents::say::local_time;
use crate::documents::workbook::lists::{table, text};
use crate::documents::workbook::sheet_out::Value;
use crate::domain::entry::Outcome;
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::http::export_asked::{Asked, Part};
use crate::http::exports::{Known, Made};
use crate::http::problem::Problem;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::feed::{Decided, Decision, Reader, Watch};

const HEAD: [&str; 11] = [
    "账页 entry",
    "日期 day",
    "时间 time",
    "指令 command",
    "结论 decision",
    "发出者 giver",
    "发出者编号 giver id",
    "校验结论 findings",
    "编号 codes",
    "相关登记 records",
    "由其产生 created",
];

/// Decided commands that are asked for.
pub(super) fn log(registry: &Registry, asked: &Asked) -> Result<Made, Problem> {
    let known = Known::read(registry)?;
    if let Some(key) = history_asked(&asked.watch) {
        return history(registry, asked, key, &known);
    }
    let from = asked.part.after.map_or(0, |after| after.saturating_add(1));
    let size = registry.published().size;
    let until = size.min(from.saturating_add(limits::EXPORT_ENTRIES_MAX));
    let mut reader = Reader::new(registry, asked.watch.clone(), from)?;
    let mut rows = Vec::new();
    let mut last = from.saturating_sub(1);
    while reader.next() < until {
        for decided in reader.decided(registry, until)? {
            if asked.part.room(rows.len())? == 0 {
                return Ok(made(rows, Some(last)));
            }
            last = decided.index;
            rows.push(row(&decided, &known));
        }
    }
    if until == size {
        return Ok(made(rows, None));
    }
    if !asked.part.is_part() {
        return Err(Part::too_long());
    }
    Ok(made(rows, Some(until.saturating_sub(1))))
}

/// The record whose history is asked for, which is read by its links however long the log is.
fn history_asked(watch: &Watch) -> Option<&StateKey> {
    let is_history = watch.decision == Some(Decision::Accepted) && watch.parties.is_empty();
    let key = watch.records.first()?;
    (is_history && watch.commands.is_empty() && watch.records.len() == 1).then_some(key)
}

fn history(
    registry: &Registry,
    asked: &Asked,
    key: &StateKey,
    known: &Known,
) -> Result<Made, Problem> {
    let mut entries: Vec<(EntryIndex, Vec<u8>)> = Vec::new();
    while registry.record(key)?.is_some() {
        let before = entries.last().map(|(index, _)| *index);
        let page = registry.history(key, before, limits::PAGE_ROWS_MAX)?;
        let is_last = page.len() < limits::PAGE_ROWS_MAX;
        entries.extend(page);
        if is_last {
            break;
        }
    }
    let begin = asked.part.after.map_or(0, |after| after.saturating_add(1));
    let mut rows = Vec::new();
    let mut last = None;
    for (index, bytes) in entries
        .into_iter()
        .rev()
        .filter(|(index, _)| *index >= begin)
    {
        let decided = Decided::read(&bytes).map_err(|what| Problem::internal(&what))?;
        if asked.part.room(rows.len())? == 0 {
            return Ok(made(rows, last));
        }
        rows.extend(decided.map(|decided| row(&decided, known)));
        last = Some(index);
    }
    Ok(made(rows, None))
}

fn made(rows: Vec<Vec<Value>>, next: Option<u64>) -> Made {
    Made {
        table: table("账页 log", &HEAD, rows),
        next: next.map(|index| index.to_string()),
    }
}

fn row(decided: &Decided, known: &Known) -> Vec<Value> {
    let command = &decided.command;
    let (noted, event) = match &decided.outcome {
        Outcome::Accepted { warnings, event } => (warnings, Some(event)),
        Outcome::Refused(findings) => (findings, None),
    };
    let decision = match decided.decision() {
        Decision::Accepted => "已接受 accepted",
        Decision::Refused => "被拒绝 refused",
    };
    let checks: Vec<_> = noted.iter().map(|finding| finding.code.check()).collect();
    let titles = checks.iter();
    let titles: Vec<String> = titles
        .map(|check| format!("{} {}", check.title_zh, check.title_en))
        .collect();
    let codes: Vec<String> = checks.iter().map(|check| check.code.to_string()).collect();
    let records: Vec<String> = decided.records().iter().map(StateKey::name).collect();
    let created = event.and_then(Event::created);
    let kind = command.body.type_name();
    vec![
        Value::Number(decided.index.to_string()),
        Value::Day(decided.time.day()),
        text(local_time(decided.time)),
        text(format!("{} {kind}", acts::words(kind).0)),
        text(decision),
        text(known.party(command.org)),
        text(command.org),
        text(titles.join("; ")),
        text(codes.join(", ")),
        text(records.join(", ")),
        created.map_or(Value::Empty, text),
    ]
}

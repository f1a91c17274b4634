//! What is to be looked at as spreadsheets: alerts of a day, and how pledges stand to other registers. Words of the register stand
//! in Chinese and English, as on its pages.

use crate::documents::certificate::{register, status};
use crate::documents::workbook::lists::{both, table, text};
use crate::documents::workbook::sheet_out::Value;
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Line;
use crate::http::export_asked::Asked;
use crate::http::exports::{Known, Made};
use crate::http::problem::Problem;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::alerts::{Alert, said};
use crate::service::reconciliation::Reconciled;

/// Alerts, one row each, in the order in which pages show them.
pub(super) fn alerts(registry: &Registry, asked: &Asked) -> Result<Made, Problem> {
    let day = asked.day.unwrap_or_else(|| registry.now().day());
    let known = Known::read(registry)?;
    let mut rows = Vec::new();
    let mut after = asked.part.after_record.clone();
    loop {
        let room = asked.part.room(rows.len())?;
        if room == 0 {
            break;
        }
        let most = room.min(limits::PAGE_ROWS_MAX);
        let page = registry.alerts(&asked.alerts, &[], day, after.as_ref(), most)?;
        for alert in &page.alerts {
            rows.push(alert_row(alert, unit(registry, alert, &known)?, &known));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let head = [
        "提示 alert",
        "提示种类 kind",
        "登记项 record",
        "行 line",
        "权益 right",
        "相关主体 parties",
        "日期 on",
        "剩余天数 days left",
        "数量 amount",
        "单位 unit",
        "相关记录 records",
    ];
    Ok(Made {
        table: table("提示 alerts", &head, rows),
        next: after.as_ref().map(StateKey::name),
    })
}

/// What the amount of an alert is counted in: the unit of its right, or of the right of its first line, as its page says.
fn unit(registry: &Registry, alert: &Alert, known: &Known) -> Result<Value, Problem> {
    if alert.amount.is_none() {
        return Ok(Value::Empty);
    }
    let read = |key: &StateKey| {
        registry
            .record(key)
            .map(|found| found.map(|f| f.value.record))
    };
    let line = |lines: &[Line]| lines.first().map(|line| line.right);
    let right = match (alert.right, &alert.record) {
        (Some(right), _) => Some(right),
        (None, record) => match read(record)? {
            Some(Record::Pledge(pledge)) => line(&pledge.lines),
            Some(Record::Reservation(held)) => line(&held.lines),
            Some(_) | None => None,
        },
    };
    let right = right
        .map(|right| read(&StateKey::Right(right)))
        .transpose()?;
    Ok(match right.flatten() {
        Some(Record::Right(right)) => text(known.kind(&right.kind).1),
        Some(_) | None => Value::Empty,
    })
}

fn alert_row(alert: &Alert, unit: Value, known: &Known) -> Vec<Value> {
    let parties = alert.parties.iter();
    let parties: Vec<String> = parties
        .map(|id| format!("{} ({id})", known.party(*id)))
        .collect();
    let records: Vec<String> = alert.records.iter().map(|record| named(record)).collect();
    let number = |value: Option<String>| value.map_or(Value::Empty, Value::Number);
    vec![
        text(both(said(alert.kind, alert.what))),
        text(alert.kind.name()),
        text(alert.record.name()),
        number(alert.line.map(|line| line.to_string())),
        alert.right.map_or(Value::Empty, text),
        text(parties.join("; ")),
        alert.on.map_or(Value::Empty, Value::Day),
        number(alert.days_left.map(|days| days.to_string())),
        number(alert.amount.map(|amount| amount.to_string())),
        unit,
        text(records.join(", ")),
    ]
}

/// What an alert rests on: a record by its id, and a registration elsewhere by the name of the register, with its number if it
/// has one.
fn named(record: &str) -> String {
    let Some((word, number)) = record.split_once(':') else {
        return record.to_owned();
    };
    match (registers(word), number) {
        (Some(name), "-") => name,
        (Some(name), number) => format!("{name}: {number}"),
        (None, _) => record.to_owned(),
    }
}

/// What another register is called in both languages, if it is known.
fn registers(word: &str) -> Option<String> {
    let name = register(word);
    (name.zh != word).then(|| format!("{} {}", name.zh, name.en))
}

/// Pledges beside what other registers say of them, one row for each registration.
pub(super) fn reconciliation(registry: &Registry, asked: &Asked) -> Result<Made, Problem> {
    let day = asked.day.unwrap_or_else(|| registry.now().day());
    let known = Known::read(registry)?;
    let (mut rows, mut after) = (Vec::new(), asked.after_pledge());
    loop {
        let room = asked.part.room(rows.len())?;
        if room == 0 {
            break;
        }
        let most = room.min(limits::PAGE_ROWS_MAX);
        let page = registry.reconciliation(asked.pledgee, None, day, after, most)?;
        rows.extend(page.rows.iter().map(|row| reconciled(row, &known)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let head = [
        "登记项 pledge",
        "担保权人 pledgee",
        "核对结果 standing",
        "外部登记机构 register",
        "外部登记编号 number",
        "外部状态 status",
        "核对日 checked",
        "外部到期日 ends",
        "剩余天数 days left",
    ];
    Ok(Made {
        table: table("核对 reconciliation", &head, rows),
        next: after.map(|pledge| pledge.to_string()),
    })
}

fn reconciled(row: &Reconciled, known: &Known) -> Vec<Value> {
    let report = row.report.as_ref();
    let of = |value: Option<String>| value.map_or(Value::Empty, text);
    let standing = row.standing;
    vec![
        text(row.pledge),
        text(format!("{} ({})", known.party(row.pledgee), row.pledgee)),
        text(format!("{} {}", standing.name_zh(), standing.name())),
        of(row
            .register
            .as_ref()
            .map(|word| registers(word).unwrap_or_else(|| word.clone()))),
        of(report.map(|report| report.number.clone())),
        report.map_or(Value::Empty, |report| {
            let said = status(report.status);
            text(both((&said.zh, &said.en)))
        }),
        report.map_or(Value::Empty, |report| Value::Day(report.checked)),
        report
            .and_then(|report| report.term)
            .map_or(Value::Empty, |term| Value::Day(term.to())),
        row.days_left
            .map_or(Value::Empty, |days| Value::Number(days.to_string())),
    ]
}

//! Freezes as a spreadsheet: what stands, waits, was executed or lifted, one row each, as their page lists them.

use crate::documents::workbook::lists::{identities, quantity_and_days, table, text};
use crate::documents::workbook::sheet_out::{Table, Value};
use crate::http::export_asked::TOO_LONG_ZH;
use crate::http::export_record::waiting;
use crate::http::exports::Known;
use crate::http::problem::Problem;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::freezes::{Freeze, FreezeFilter, Reach};

/// Makes the table.
pub(super) fn freezes(registry: &Registry, filter: FreezeFilter) -> Result<Table, Problem> {
    let known = Known::read(registry)?;
    let found = registry.freezes(filter, Reach::FILE)?;
    let count = found.rows.len();
    if count > limits::EXPORT_ROWS_MAX {
        let what = format!("has {count} freezes; narrow it");
        return Err(Problem::field("file", what).because_zh(TOO_LONG_ZH));
    }
    let rows = found.rows.iter().map(|freeze| row(freeze, &known));
    let head = [
        "编号 id",
        "状态 state",
        "权益 right",
        "权益种类 kind",
        "权证标识 identities",
        "持有人 holder",
        "持有人编号 holder id",
        "冻结机关 authority",
        "冻结机关编号 authority id",
        "数量 quantity",
        "单位 unit",
        "期间起 from",
        "期间止 through",
        "其中轮候 waits",
        "冻结期限止 term through",
        "文号 order number",
        "限额(元) limited to yuan",
        "结束日 ended on",
        "结束账页 ended by entry",
    ];
    Ok(table("冻结 freezes", &head, rows.collect()))
}

fn row(freeze: &Freeze, known: &Known) -> Vec<Value> {
    let (title, unit) = known.kind(&freeze.right.kind);
    let (zh, en) = freeze.state.words();
    let burden = &freeze.burden;
    let order = burden.order.as_ref();
    let (number, limit) = (
        order.and_then(|order| order.number.as_ref()),
        order.and_then(|order| order.limit_cny),
    );
    let mut row = vec![
        text(freeze.id),
        text(format!("{zh} {en}")),
        text(freeze.on),
        text(title),
        text(identities(&freeze.right)),
        text(known.party(freeze.right.holder)),
        text(freeze.right.holder),
        text(
            burden
                .authority
                .map_or_else(String::new, |id| known.party(id)),
        ),
        burden.authority.map_or(Value::Empty, text),
    ];
    row.extend(quantity_and_days(burden.extent, &unit));
    row.extend([
        freeze.queued.as_ref().map_or(Value::Empty, waiting),
        burden
            .expires
            .map_or(Value::Empty, |at| Value::Day(at.day().previous())),
        number.map_or(Value::Empty, text),
        limit.map_or(Value::Empty, |sum| Value::Number(sum.to_string())),
        freeze
            .ended
            .map_or(Value::Empty, |(_, time)| Value::Day(time.day())),
        freeze
            .ended
            .map_or(Value::Empty, |(entry, _)| Value::Number(entry.to_string())),
    ]);
    row
}

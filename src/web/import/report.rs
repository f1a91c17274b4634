//! The rows of a book as a workbook, with what was told beside each, for whoever corrects them.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::documents::workbook::sheet_out::{self, Table, Value};
use crate::web::import::judge::{Row, Told};
use crate::web::import::{Judged, workbook};
use crate::web::lang::Lang;

/// Columns of what was told, before those of the book.
const OWN: [(&str, &str); 6] = [
    ("行", "line"),
    ("结果", "result"),
    ("权益", "right"),
    ("列", "column"),
    ("原因", "reason"),
    ("处理", "to do"),
];

/// Answers with the workbook.
pub(super) fn answer(judged: &Judged, lang: Lang) -> Response {
    match sheet_out::workbook(&[table(judged, lang)]) {
        Ok(bytes) => workbook(bytes, "import-report.xlsx"),
        Err(fault) => {
            tracing::error!("no workbook: {fault}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn table(judged: &Judged, lang: Lang) -> Table {
    let mut headers: Vec<&String> = Vec::new();
    for header in judged.rows.iter().flat_map(|row| row.cells.keys()) {
        if !headers.contains(&header) {
            headers.push(header);
        }
    }
    let own = OWN.iter().map(|(zh, en)| lang.pick(zh, en).to_owned());
    let head = own.chain(headers.iter().map(|header| (*header).clone()));
    let row = |row: &Row| {
        let cells = headers.iter().map(|header| row.cells.get(*header));
        let cells = cells.map(|cell| cell.cloned().map_or(Value::Empty, Value::Text));
        told(row).into_iter().chain(cells).collect()
    };
    Table {
        name: lang.pick("结果", "result").to_owned(),
        head: head.collect(),
        rows: judged.rows.iter().map(row).collect(),
    }
}

fn told(row: &Row) -> [Value; 6] {
    let all = |part: &dyn Fn(&Told) -> String| {
        let parts: Vec<String> = row.told.iter().map(part).collect();
        Value::Text(parts.join("; "))
    };
    let reason = |told: &Told| match told.code {
        Some(code) => format!("{code} {}", told.reason),
        None => told.reason.clone(),
    };
    [
        Value::Number(row.line.to_string()),
        Value::Text(row.status.word.to_owned()),
        Value::Text(row.right.map(|right| right.to_string()).unwrap_or_default()),
        all(&|told| told.column.clone()),
        all(&reason),
        all(&|told| told.fix.clone()),
    ]
}

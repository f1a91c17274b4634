//! The rows of a book as a workbook, with what was told beside each, for whoever corrects them.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::documents::workbook::sheet_out::{self, Table, Value};
use crate::web::import::judge::{Row, Told};
use crate::web::import::{Judged, ROWS_MAX, workbook};
use crate::web::lang::Lang;
use crate::web::shell::Visit;
use crate::web::upload::{self, field};

/// Bytes of a report that comes back: the largest upload, with a few hundred characters of reasons beside each row.
const REPORT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Columns of what was told, before those of the book.
const OWN: [(&str, &str); 6] = [
    ("行", "line"),
    ("结果", "result"),
    ("记录", "record"),
    ("列", "column"),
    ("原因", "reason"),
    ("处理", "to do"),
];

/// Answers with the workbook.
pub(super) fn answer(judged: &Judged, lang: Lang) -> Response {
    answered(table(&judged.rows, lang))
}

/// Answers with the workbook of a page that was shown: its own table comes back, and nothing of it is believed or kept.
pub(crate) async fn receive(visit: Visit, headers: HeaderMap, body: Body) -> Response {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let bytes = axum::body::to_bytes(body, REPORT_BYTES_MAX).await;
    let (Some(kind), Ok(bytes), Some(_)) = (kind, bytes, &visit.signed_in) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let parts = upload::parts(kind, &bytes).unwrap_or_default();
    let read = field(&parts, "table").and_then(|part| read(&part.bytes, visit.lang));
    match read {
        Some(table) => answered(table),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Reads what [`text`] wrote.
fn read(bytes: &[u8], lang: Lang) -> Option<Table> {
    let (head, rows): (Vec<String>, Vec<Vec<String>>) = serde_json::from_slice(bytes).ok()?;
    let row = |row: Vec<String>| {
        let cells = row.into_iter().enumerate().map(|(at, cell)| match at {
            0 => Value::Number(cell),
            _ if cell.is_empty() => Value::Empty,
            _ => Value::Text(cell),
        });
        cells.collect()
    };
    let is_told = head.len() >= OWN.len() && rows.len() <= ROWS_MAX;
    let is_whole = rows.iter().all(|row| row.len() == head.len());
    (is_told && is_whole).then(|| Table {
        name: lang.pick("结果", "result").to_owned(),
        head,
        rows: rows.into_iter().map(row).collect(),
    })
}

/// Returns the rows with what was told beside each as a text.
pub(super) fn text(rows: &[Row], lang: Lang) -> String {
    let table = table(rows, lang);
    let rows = table.rows.iter();
    let rows: Vec<Vec<String>> = rows
        .map(|row| row.iter().map(Value::text).collect())
        .collect();
    serde_json::to_string(&(table.head, rows)).unwrap_or_default()
}

fn answered(table: Table) -> Response {
    match sheet_out::workbook(&[table]) {
        Ok(bytes) => workbook(bytes, "import-report.xlsx"),
        Err(fault) => {
            tracing::error!("no workbook: {fault}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn table(rows: &[Row], lang: Lang) -> Table {
    let mut headers: Vec<&String> = Vec::new();
    for header in rows.iter().flat_map(|row| row.cells.keys()) {
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
        rows: rows.iter().map(row).collect(),
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
        Value::Text(row.at.as_ref().map(|at| at.id.clone()).unwrap_or_default()),
        all(&|told| told.column.clone()),
        all(&reason),
        all(&|told| told.fix.clone()),
    ]
}

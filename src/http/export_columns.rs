//! The columns of a spreadsheet that are asked for, by the English words of their heads.

use crate::documents::workbook::sheet_out::{Table, Value};
use crate::http::problem::Problem;

/// The code of a column: the English words of its head.
fn code_of(head: &str) -> String {
    let english = head.split_once(' ').map_or(head, |(_, english)| english);
    english.replace(' ', "_")
}

/// Leaves the columns of a table that were asked for, in the order of the table.
pub(super) fn only(table: Table, columns: &str) -> Result<Table, Problem> {
    let codes: Vec<String> = table.head.iter().map(|head| code_of(head)).collect();
    let asked: Vec<&str> = columns.split(',').collect();
    if let Some(unknown) = asked
        .iter()
        .find(|name| !codes.iter().any(|code| code == *name))
    {
        let what = format!("has no column {unknown:?}; there are {}", codes.join(", "));
        return Err(Problem::field("columns", what).because_zh("没有这个名称的列"));
    }
    let is_in = |at: usize| {
        codes
            .get(at)
            .is_some_and(|code| asked.contains(&code.as_str()))
    };
    let cut = |cells: Vec<Value>| {
        let cells = cells.into_iter().enumerate();
        cells
            .filter(|(at, _)| is_in(*at))
            .map(|(_, cell)| cell)
            .collect()
    };
    let head = table.head.into_iter().enumerate();
    Ok(Table {
        name: table.name,
        head: head
            .filter(|(at, _)| is_in(*at))
            .map(|(_, head)| head)
            .collect(),
        rows: table.rows.into_iter().map(cut).collect(),
    })
}

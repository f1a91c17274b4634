//! The first sheet of a workbook as texts, line by line; a cell that is not plain becomes a fault of that cell.
//!
//! The reading library takes memory as a file asks it to. Its caller is a process of its own with limits (`cli/import/child.rs`);
//! what can be refused cheaply is refused here before.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use crate::documents::workbook::{
    CELL_CHARS_MAX, COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX, SAVE, SPLIT, TableFault, archive,
};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::time::Day;

/// Digits of a number that a spreadsheet keeps as it was typed.
const DIGITS_MAX: usize = 15;

const AS_TEXT: &str = "format the cell as text and type the value again";

/// One cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Its text; empty for an empty cell.
    Text(String),
    /// Why it cannot be taken.
    Fault(String),
}

/// One line of a sheet that has something in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number in the sheet, from 1.
    pub number: u64,
    /// Its cells, from the first column on.
    pub cells: Vec<Cell>,
    /// Whether its cells are all that it has: a text file names empty ones, a workbook leaves them out.
    pub is_whole: bool,
}

/// Reads the first sheet of a workbook.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, TableFault> {
    if bytes.len() > FILE_BYTES_MAX {
        let size = bytes.len();
        let reason = (
            format!("文件有 {size} 字节, 工作簿至多 {FILE_BYTES_MAX} 字节"),
            format!("has {size} bytes; a workbook may have {FILE_BYTES_MAX}"),
        );
        return Err(TableFault::new(reason, SPLIT));
    }
    archive::check(bytes)?;
    let broken = |fault: calamine::XlsxError| {
        let reason = format!("is not a workbook that can be read: {fault}");
        TableFault::new(("不是可以读取的工作簿".to_owned(), reason), SAVE)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let first = book.sheet_names().first().cloned();
    let first = first.ok_or_else(|| {
        let reason = ("工作簿没有工作表", "has no sheet");
        TableFault::new(reason, ("请加入表格", "add the table"))
    })?;
    let mut reader = book.worksheet_cells_reader(&first).map_err(broken)?;
    let mut lines: BTreeMap<u32, BTreeMap<u32, Cell>> = BTreeMap::new();
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(broken)? {
        let (row, column) = found.pos;
        let cell = match found.formula {
            Some(_) => Cell::Fault(format!("is a formula; {AS_TEXT}, without a formula")),
            None => cell_of(&found.value),
        };
        if cell == Cell::Text(String::new()) {
            continue;
        }
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            return Err(outside(u64::from(row) + 1, u64::from(column) + 1));
        }
        lines.entry(row).or_default().insert(column, cell);
    }
    Ok(lines.into_iter().map(line_of).collect())
}

/// The fault of a cell that stands where no table reaches.
fn outside(row: u64, column: u64) -> TableFault {
    let reason = (
        format!("第 {row} 行第 {column} 列有内容, 表格至多 {ROWS_MAX} 行 {COLUMNS_MAX} 列"),
        format!(
            "has a cell in row {row}, column {column}; a table may have {ROWS_MAX} rows and {COLUMNS_MAX} columns"
        ),
    );
    let fix = (
        "请删去表格以外的内容",
        "delete what stands outside of the table",
    );
    TableFault::new(reason, fix)
}

fn line_of((row, cells): (u32, BTreeMap<u32, Cell>)) -> Line {
    let width = cells.keys().last().map_or(0, |last| last + 1);
    let empty = || Cell::Text(String::new());
    let cells = (0..width).map(|column| cells.get(&column).cloned().unwrap_or_else(empty));
    Line {
        number: u64::from(row) + 1,
        cells: cells.collect(),
        is_whole: false,
    }
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::String(text) => text_of(text),
        DataRef::SharedString(text) => text_of(text),
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => number_of(*number),
        DataRef::DateTime(time) => day_of(*time),
        DataRef::DateTimeIso(text) => match text.get(..10).and_then(Day::parse) {
            Some(day) if matches!(text.get(10..), Some("" | "T00:00:00")) => {
                Cell::Text(day.to_string())
            }
            Some(_) | None => Cell::Fault(format!("is a time and not a day; {AS_TEXT}")),
        },
        DataRef::Bool(_) => Cell::Fault(format!("is a truth value; {AS_TEXT}")),
        DataRef::DurationIso(_) => Cell::Fault(format!("is a duration; {AS_TEXT}")),
        DataRef::Error(_) => Cell::Fault(format!("is an error; {AS_TEXT}")),
    }
}

fn text_of(text: &str) -> Cell {
    let text = text.trim();
    if text.chars().count() > CELL_CHARS_MAX {
        return Cell::Fault(format!(
            "has more than {CELL_CHARS_MAX} characters; shorten it"
        ));
    }
    Cell::Text(text.to_owned())
}

/// A number is the shortest decimal that gives the same binary fraction: what was typed, if it had at most fifteen digits.
fn number_of(number: f64) -> Cell {
    let text = number.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']);
    let count = digits.chars().filter(char::is_ascii_digit).count();
    let is_plain = text.chars().all(|c| matches!(c, '0'..='9' | '.' | '-'));
    if !is_plain || count > DIGITS_MAX {
        return Cell::Fault(format!(
            "holds the number {text}, which has more digits than a spreadsheet keeps; {AS_TEXT}"
        ));
    }
    Cell::Text(text)
}

fn day_of(time: ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let is_day = time.is_datetime() && (hour, minute, second, milli) == (0, 0, 0, 0);
    let day = Day::of(i32::from(year), u32::from(month), u32::from(day));
    match day.filter(|_| is_day) {
        Some(day) => Cell::Text(day.to_string()),
        None => Cell::Fault(format!("is a time and not a day; {AS_TEXT}")),
    }
}

/// Writes lines for another process.
pub fn to_json(lines: &[Line]) -> Json {
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => Json::text(text),
        Cell::Fault(why) => Json::object([("fault", Json::text(why))]),
    };
    let line = |line: &Line| {
        Json::object([
            ("cells", Json::list(line.cells.iter().map(cell))),
            ("line", Json::count(line.number)),
            ("whole", Json::Bool(line.is_whole)),
        ])
    };
    Json::object([("lines", Json::list(lines.iter().map(line)))])
}

/// Reads what [`to_json`] wrote.
pub fn from_json(bytes: &[u8]) -> Result<Vec<Line>, FieldFault> {
    let json = Json::parse(bytes).map_err(|fault| FieldFault::new("lines", fault.to_string()))?;
    let mut fields = Fields::open("", json)?;
    let mut lines = Vec::new();
    for mut line in fields.objects("lines", usize::try_from(ROWS_MAX).unwrap_or(usize::MAX))? {
        let mut cells = Vec::new();
        for cell in line.list("cells")? {
            cells.push(match cell {
                Json::Text(text) => Cell::Text(text),
                other => Cell::Fault(Fields::open("cell", other)?.text("fault")?),
            });
        }
        let number = line.count("line")?;
        lines.push(Line {
            number,
            cells,
            is_whole: line.flag("whole")?,
        });
    }
    Ok(lines)
}

/// Writes a fault for another process.
pub fn fault_to_json(fault: &TableFault) -> Json {
    Json::object([
        ("fix", Json::text(&*fault.fix)),
        ("fix_zh", Json::text(&*fault.zh.1)),
        ("reason", Json::text(&*fault.reason)),
        ("reason_zh", Json::text(&*fault.zh.0)),
    ])
}

/// Reads what [`fault_to_json`] wrote.
pub fn fault_from_json(bytes: &[u8]) -> Result<TableFault, FieldFault> {
    let json = Json::parse(bytes).map_err(|fault| FieldFault::new("fault", fault.to_string()))?;
    let mut fields = Fields::open("", json)?;
    let fix = (fields.text("fix_zh")?, fields.text("fix")?);
    let reason = (fields.text("reason_zh")?, fields.text("reason")?);
    fields.finish()?;
    Ok(TableFault::new(reason, fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reaches_the_other_process_in_both_languages() {
        let fault = outside(1_048_576, 16_384);
        assert!(fault.zh.0.starts_with("第 1048576 行第 16384 列有内容"));
        assert_eq!(fault.zh.1, "请删去表格以外的内容");
        let sent = fault_to_json(&fault).to_canonical();
        assert_eq!(fault_from_json(sent.as_bytes()).unwrap(), fault);
        assert!(fault_from_json(b"error: no").is_err());
    }

    #[test]
    fn a_number_is_read_as_it_was_typed_or_refused() {
        for text in [
            "40",
            "0.1",
            "1234567.123456",
            "-3",
            "999999999999999",
            "0.000001",
        ] {
            assert_eq!(
                number_of(text.parse().unwrap()),
                Cell::Text(text.to_owned())
            );
        }
        for text in [
            "0.30000000000000004",
            "9999999999999998",
            "1e300",
            "inf",
            "NaN",
        ] {
            let cell = number_of(text.parse().unwrap());
            assert!(
                matches!(&cell, Cell::Fault(why) if why.contains("as text")),
                "{text}: {cell:?}"
            );
        }
    }

    #[test]
    fn lines_survive_the_way_between_processes() {
        let lines = vec![Line {
            number: 3,
            cells: vec![
                Cell::Text("核定量".to_owned()),
                Cell::Fault("is a formula".to_owned()),
            ],
            is_whole: true,
        }];
        let text = to_json(&lines).to_canonical();
        assert_eq!(from_json(text.as_bytes()).unwrap(), lines);
    }
}

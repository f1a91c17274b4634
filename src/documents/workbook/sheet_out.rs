//! Workbooks out: a template with drop-downs and notes, and tables with real numbers and dates.
//!
//! Ids, codes and hashes are texts always. A quantity with more digits than a spreadsheet keeps is a text too, so that nobody
//! is shown a rounded number. The hour of creation is that of which a list is, and a fixed one of what is of no moment of a
//! register: the same table gives the same bytes.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    Formula, Note, Workbook, Worksheet, XlsxError,
};

use crate::documents::DocumentFault;
use crate::documents::items::names;
use crate::documents::workbook::about::About;
use crate::primitives::time::{Day, Timestamp};

/// Digits of a number that a spreadsheet keeps.
const DIGITS_MAX: usize = 15;
/// Rows below the head of a template that are prepared for typing.
const TEMPLATE_ROWS: u32 = 2_000;
/// The sheet of a template that names what may be chosen.
pub const CODES_SHEET: &str = "代码 codes";
/// Characters of a list that a cell's rule may hold itself, commas included; of a longer one it names the sheet.
const LIST_CHARS_MAX: usize = 255;
/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 60);

/// What becomes of a value that is none of the choices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Others {
    /// It cannot be typed.
    Refused,
    /// Whoever types it is asked whether it is meant.
    Asked,
    /// It is as good.
    Taken,
}

/// A column of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The exact header that the import reads.
    pub header: String,
    /// What belongs here.
    pub note: String,
    /// The values among which to choose; any, if there is none.
    pub choices: Vec<String>,
    /// What values are called, where the operator has said so.
    pub called: BTreeMap<String, String>,
    /// What becomes of another value.
    pub others: Others,
    /// Whether the import reads no row without it.
    pub is_required: bool,
}

/// A cell of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A text.
    Text(String),
    /// A decimal number as text, such as `1234.500`.
    Number(String),
    /// A day.
    Day(Day),
    /// Nothing.
    Empty,
}

impl Value {
    /// The text of the cell in CSV.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.clone(),
            Self::Day(day) => day.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// A sheet: its name, its head, its rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// The name of the sheet.
    pub name: String,
    /// The head.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

fn fault(fault: &XlsxError) -> DocumentFault {
    DocumentFault(format!("no workbook: {fault}"))
}

/// Makes a template: a sheet to be filled in, and one that explains its columns.
pub fn template(title: &str, columns: &[Column]) -> Result<Vec<u8>, DocumentFault> {
    write_template(title, columns).map_err(|cause| fault(&cause))
}

/// Makes a workbook of tables.
pub fn workbook(tables: &[Table]) -> Result<Vec<u8>, DocumentFault> {
    write_tables(tables, None).map_err(|cause| fault(&cause))
}

/// Makes a workbook of a list of a register, which says as of when it is.
pub fn list(table: Table, about: &About) -> Result<Vec<u8>, DocumentFault> {
    write_tables(&[table], Some(about)).map_err(|cause| fault(&cause))
}

/// Makes a CSV file: UTF-8 with a byte-order mark, as Excel wants it; texts that a spreadsheet would run are quoted with an
/// apostrophe.
pub fn csv(table: &Table) -> Result<Vec<u8>, DocumentFault> {
    let bad = |fault: csv::Error| DocumentFault(format!("no CSV: {fault}"));
    let mut writer = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    writer.write_record(&table.head).map_err(bad)?;
    for row in &table.rows {
        let cells = row.iter().map(|value| match value {
            Value::Text(text) => harmless(text),
            Value::Number(_) | Value::Day(_) | Value::Empty => value.text(),
        });
        writer.write_record(cells).map_err(bad)?;
    }
    let done = writer.into_inner();
    done.map_err(|fault| DocumentFault(format!("no CSV: {fault}")))
}

/// A text that begins as a formula does is shown, not run.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn begin(title: &str, time: Option<Timestamp>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let seconds = time.map(|time| i64::try_from(time.seconds()).unwrap_or(i64::MAX));
    let hour = match seconds {
        Some(seconds) => ExcelDateTime::from_timestamp(seconds)?,
        None => ExcelDateTime::from_ymd(2026, 1, 1)?,
    };
    let properties = DocProperties::new()
        .set_title(title)
        .set_creation_datetime(&hour);
    book.set_properties(&properties);
    Ok(book)
}

fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_background_color("#E6F0EA")
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

fn write_template(title: &str, columns: &[Column]) -> Result<Vec<u8>, XlsxError> {
    let mut book = begin(title, None)?;
    let (head, text) = (head_format(), Format::new().set_num_format("@"));
    let sheet = book.add_worksheet().set_name("数据 data")?;
    for (at, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, at, &column.header, &head)?;
        sheet.insert_note(0, at, &Note::new(&column.note).set_author("greenlien"))?;
        // Everything is text: days and quantities stay as they are typed.
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width_pixels(at, width_of([column.header.as_str()].into_iter()))?;
        if !column.choices.is_empty() {
            let list = choices_of(columns, column)?;
            let list = match column.others {
                Others::Refused => list.set_error_message("请从列表中选择 choose from the list")?,
                Others::Asked => list
                    .set_error_style(DataValidationErrorStyle::Warning)
                    .set_error_message("不在列表中, 仍要填写? not in the list; is it meant?")?,
                Others::Taken => list.show_error_message(false),
            };
            sheet.add_data_validation(1, at, TEMPLATE_ROWS, at, &list)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let notes = book.add_worksheet().set_name("说明 notes")?;
    for (at, word) in (0_u16..).zip(["列 column", "必填 required", "说明 what belongs here"]) {
        notes.write_string_with_format(0, at, word, &head)?;
    }
    for (row, column) in (1_u32..).zip(columns) {
        notes.write_string(row, 0, &column.header)?;
        notes.write_string(row, 1, if column.is_required { "是 yes" } else { "" })?;
        notes.write_string(row, 2, &column.note)?;
    }
    notes.set_column_width_pixels(0, 220)?;
    notes.set_column_width_pixels(2, 620)?;
    notes.set_freeze_panes(1, 0)?;
    if columns.iter().any(|column| !column.choices.is_empty()) {
        write_codes(book.add_worksheet(), columns, &head)?;
    }
    book.save_to_buffer()
}

/// The rule of a column with choices.
fn choices_of(columns: &[Column], column: &Column) -> Result<DataValidation, XlsxError> {
    let chars = column.choices.iter().map(|one| one.chars().count() + 1);
    if chars.sum::<usize>() <= LIST_CHARS_MAX {
        return DataValidation::new().allow_list_strings(&column.choices);
    }
    let place = Formula::new(range_of(columns, column));
    Ok(DataValidation::new().allow_list_formula(place))
}

/// Where the choices of a column stand on their sheet: below the head, and below those of the columns before.
fn range_of(columns: &[Column], column: &Column) -> String {
    let before = columns.iter().take_while(|one| one.header != column.header);
    let first = 2 + before.map(|one| one.choices.len()).sum::<usize>();
    let last = first + column.choices.len() - 1;
    format!("='{CODES_SHEET}'!$B${first}:$B${last}")
}

/// Every choice of every column, with its names where they are known.
fn write_codes(sheet: &mut Worksheet, columns: &[Column], head: &Format) -> Result<(), XlsxError> {
    sheet.set_name(CODES_SHEET)?;
    let words = ["列 column", "可选 choice", "中文 Chinese", "英文 English"];
    for (at, word) in (0_u16..).zip(words) {
        sheet.write_string_with_format(0, at, word, head)?;
    }
    let choices = columns
        .iter()
        .flat_map(|column| column.choices.iter().map(move |choice| (column, choice)));
    for (row, (column, choice)) in (1_u32..).zip(choices) {
        sheet.write_string(row, 0, &column.header)?;
        sheet.write_string(row, 1, choice)?;
        if let Some(name) = column.called.get(choice) {
            sheet.write_string(row, 2, name)?;
        } else if let Some((zh, en)) = names(choice) {
            sheet.write_string(row, 2, zh)?;
            sheet.write_string(row, 3, en)?;
        }
    }
    for at in 0..4 {
        sheet.set_column_width_pixels(at, 200)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn write_tables(tables: &[Table], about: Option<&About>) -> Result<Vec<u8>, XlsxError> {
    let title = tables.first().map_or("", |table| table.name.as_str());
    let mut book = begin(title, about.map(|about| about.time))?;
    let head = head_format();
    let days = Format::new().set_num_format("yyyy-mm-dd");
    for table in tables {
        let sheet = book.add_worksheet().set_name(&table.name)?;
        for (at, word) in (0_u16..).zip(&table.head) {
            sheet.write_string_with_format(0, at, word, &head)?;
            let column = usize::from(at);
            let cells = table
                .rows
                .iter()
                .filter_map(|row| row.get(column))
                .take(200);
            let texts: Vec<String> = cells.map(Value::text).collect();
            let texts = texts.iter().map(String::as_str).chain([word.as_str()]);
            sheet.set_column_width_pixels(at, width_of(texts))?;
        }
        for (row, cells) in (1_u32..).zip(&table.rows) {
            for (at, cell) in (0_u16..).zip(cells) {
                write_cell(sheet, row, at, cell, &days)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
        let last_column = u16::try_from(table.head.len().saturating_sub(1)).unwrap_or(u16::MAX);
        if last_row > 0 {
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
        if let Some(about) = about {
            about.on_paper(sheet, &table.name)?;
            let of = (table.name.as_str(), table.rows.len());
            about.write(book.add_worksheet(), (&head, &days), of)?;
        }
    }
    book.save_to_buffer()
}

pub(super) fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    cell: &Value,
    days: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Value::Empty => {}
        Value::Text(text) => {
            sheet.write_string(row, at, text)?;
        }
        Value::Number(text) => match exact(text) {
            Some((number, places)) => {
                let format = Format::new().set_num_format(number_format(places));
                sheet.write_number_with_format(row, at, number, &format)?;
            }
            None => {
                sheet.write_string(row, at, text)?;
            }
        },
        Value::Day(day) => {
            let (year, month, date) = day.date();
            let small = |n: u32| u8::try_from(n).unwrap_or_default();
            match u16::try_from(year) {
                Ok(year) if year >= 1900 => {
                    let date = ExcelDateTime::from_ymd(year, small(month), small(date))?;
                    sheet.write_datetime_with_format(row, at, date, days)?;
                }
                Ok(_) | Err(_) => {
                    sheet.write_string(row, at, day.to_string())?;
                }
            }
        }
    }
    Ok(())
}

/// The number and its decimal places, if a spreadsheet keeps all of its digits.
fn exact(text: &str) -> Option<(f64, usize)> {
    let digits = text.trim_start_matches(['-', '0', '.']);
    let count = digits.chars().filter(char::is_ascii_digit).count();
    let is_plain = text.chars().all(|c| matches!(c, '0'..='9' | '.' | '-'));
    let places = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let number = text
        .parse()
        .ok()
        .filter(|_| is_plain && count <= DIGITS_MAX)?;
    Some((number, places))
}

fn number_format(places: usize) -> String {
    if places == 0 {
        "#,##0".to_owned()
    } else {
        format!("#,##0.{}", "0".repeat(places))
    }
}

/// A width in pixels that shows the longest text: Han letters are twice as wide as Latin ones.
fn width_of<'a>(texts: impl Iterator<Item = &'a str>) -> u32 {
    let width = |text: &str| -> usize {
        let wide = |c: char| if u32::from(c) < 0x2e80 { 1 } else { 2 };
        text.chars().map(wide).sum()
    };
    let (least, most) = WIDTHS;
    let longest = texts
        .map(width)
        .max()
        .unwrap_or_default()
        .clamp(least, most);
    u32::try_from(longest * 8 + 12).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader as _, Xlsx};

    use super::*;
    use crate::documents::workbook::about::ABOUT_SHEET;
    use crate::documents::workbook::grid::{Cell, read};

    fn table() -> Table {
        Table {
            name: "权益 rights".to_owned(),
            head: vec![
                "编号 id".to_owned(),
                "数量 quantity".to_owned(),
                "起 from".to_owned(),
            ],
            rows: vec![
                vec![
                    Value::Text("=1+1".to_owned()),
                    Value::Number("1234.500".to_owned()),
                    Value::Day(Day::of(2026, 12, 1).unwrap()),
                ],
                vec![
                    Value::Text("R41".to_owned()),
                    Value::Number("12345678901.1234567".to_owned()),
                    Value::Empty,
                ],
            ],
        }
    }

    #[test]
    fn numbers_and_days_are_real_and_come_back_as_they_were() {
        let lines = read(&workbook(&[table()]).unwrap()).unwrap();
        let text = |line: usize, column: usize| match &lines[line].cells[column] {
            Cell::Text(text) => text.clone(),
            Cell::Fault(why) => why.clone(),
        };
        assert_eq!(text(0, 1), "数量 quantity");
        // A text that looks like a formula is a text.
        assert_eq!(text(1, 0), "=1+1");
        assert_eq!(
            (text(1, 1), text(1, 2)),
            ("1234.5".to_owned(), "2026-12-01".to_owned())
        );
        // Eighteen digits are kept as a text.
        assert_eq!(text(2, 1), "12345678901.1234567");
    }

    #[test]
    fn a_list_says_as_of_when_it_is_on_a_sheet_of_its_own() {
        let about = |time: &str| About {
            origin: "registry.example/greenlien/500113".to_owned(),
            region: "500113".to_owned(),
            time: Timestamp::parse(time).unwrap(),
            position: 1030,
            more: vec![("范围 narrowed by".to_owned(), Value::Text("a&b".to_owned()))],
        };
        let first = about("2026-12-01T02:20:51.000000Z");
        let made = list(table(), &first).unwrap();
        assert_eq!(made, list(table(), &first).unwrap());
        // The list itself is as before, and is what is read back.
        let cells = |bytes: &[u8]| read(bytes).unwrap();
        assert_eq!(cells(&made), cells(&workbook(&[table()]).unwrap()));
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&made)).unwrap();
        let sheet = book.worksheet_range(ABOUT_SHEET).unwrap();
        let said: Vec<String> = sheet
            .rows()
            .map(|row| {
                row.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("=")
            })
            .collect();
        for line in [
            "表 table=权益 rights",
            "登记簿 register=registry.example/greenlien/500113",
            "截至 as of=2026-12-01 10:20:51 +08:00",
            "账页位置 position=1030",
            "行数 rows=2",
            "范围 narrowed by=a&b",
        ] {
            assert!(said.contains(&line.to_owned()), "{line}: {said:?}");
        }
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        assert_eq!(workbook(&[table()]).unwrap(), workbook(&[table()]).unwrap());
        let column = Column {
            header: "单位".to_owned(),
            note: "unit".to_owned(),
            choices: vec!["t/a".to_owned(), "吨/年".to_owned()],
            called: BTreeMap::from([("CODE-7".to_owned(), "第七".to_owned())]),
            others: Others::Refused,
            is_required: true,
        };
        let made = template("t", std::slice::from_ref(&column)).unwrap();
        assert_eq!(made, template("t", &[column]).unwrap());
        assert_eq!(
            read(&made).unwrap()[0].cells,
            [Cell::Text("单位".to_owned())]
        );
    }

    #[test]
    fn every_choice_stands_on_a_sheet_with_its_names_however_many_there_are() {
        let column = |header: &str, choices: Vec<String>| Column {
            header: header.to_owned(),
            note: "note".to_owned(),
            choices,
            called: BTreeMap::from([("CODE-7".to_owned(), "第七".to_owned())]),
            others: Others::Refused,
            is_required: true,
        };
        let many: Vec<String> = (0..100).map(|n| format!("CODE-{n}")).collect();
        let columns = [
            column("持有人", Vec::new()),
            column("单位", vec!["t/a".to_owned()]),
            column("污染物代码", [vec!["NOx".to_owned()], many].concat()),
        ];
        let made = template("t", &columns).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&made)).unwrap();
        let codes = book.worksheet_range(CODES_SHEET).unwrap();
        let row = |row: u32| -> Vec<String> {
            let cell = |at| codes.get_value((row, at)).map(ToString::to_string);
            (0..4).map(|at| cell(at).unwrap_or_default()).collect()
        };
        assert_eq!(row(1), ["单位", "t/a", "", ""]);
        assert_eq!(row(2), ["污染物代码", "NOx", "氮氧化物", "nitrogen oxides"]);
        assert_eq!(row(10), ["污染物代码", "CODE-7", "第七", ""]);
        assert_eq!(row(102), ["污染物代码", "CODE-99", "", ""]);
        // What the rule of the long column names is these rows.
        assert_eq!(range_of(&columns, &columns[2]), "='代码 codes'!$B$3:$B$103");
        // Without choices there is no such sheet.
        let made = template("t", &columns[..1]).unwrap();
        let book: Xlsx<_> = Xlsx::new(Cursor::new(&made)).unwrap();
        assert!(!book.sheet_names().contains(&CODES_SHEET.to_owned()));
    }

    #[test]
    fn csv_has_a_mark_and_runs_nothing() {
        let text = String::from_utf8(csv(&table()).unwrap()).unwrap();
        assert!(text.starts_with('\u{feff}'));
        assert!(text.contains("'=1+1,1234.500,2026-12-01"), "{text}");
    }

    #[test]
    fn a_cell_at_the_far_corner_is_refused_without_its_empty_neighbors() {
        let mut book = Workbook::new();
        book.add_worksheet()
            .write_string(1_048_575, 16_383, "x")
            .unwrap();
        let bytes = book.save_to_buffer().unwrap();
        assert!(bytes.len() < 10_000);
        let fault = read(&bytes).unwrap_err();
        assert!(
            fault.reason.contains("row 1048576, column 16384"),
            "{fault}"
        );
    }

    #[test]
    fn formulas_and_times_are_faults_of_their_cells() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_formula(0, 0, "=1+1").unwrap();
        sheet.write_boolean(0, 1, true).unwrap();
        let noon = ExcelDateTime::from_ymd(2026, 12, 1)
            .unwrap()
            .and_hms(12, 0, 0)
            .unwrap();
        let format = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        sheet
            .write_datetime_with_format(0, 2, &noon, &format)
            .unwrap();
        sheet.write_number(0, 3, 0.1).unwrap();
        let lines = read(&book.save_to_buffer().unwrap()).unwrap();
        let is_fault: Vec<bool> = lines[0]
            .cells
            .iter()
            .map(|cell| matches!(cell, Cell::Fault(_)))
            .collect();
        assert_eq!(is_fault, [true, true, true, false]);
        assert_eq!(lines[0].cells[3], Cell::Text("0.1".to_owned()));
    }
}

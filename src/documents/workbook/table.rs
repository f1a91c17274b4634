//! A table from outside, whatever it is: a workbook, or a CSV file in UTF-8 or GB18030.
//!
//! What it is is seen by its bytes and not by its name. Like `grid`, this is read in a process of its own: a CSV file of a few
//! megabytes can hold millions of empty cells.

use crate::documents::workbook::grid::{self, Cell, Line};
use crate::documents::workbook::text::{Lines, decode};
use crate::documents::workbook::{
    CELL_CHARS_MAX, COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX, SAVE, SAVE_TEXT, SPLIT, TableFault,
};

/// How every workbook begins, because it is a ZIP archive.
const ARCHIVE: &[u8] = b"PK";

/// How every workbook of Excel 97 to 2003 begins, whatever its name says.
const OLD_WORKBOOK: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Reads the first sheet of a workbook, or a CSV file.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, TableFault> {
    if bytes.starts_with(ARCHIVE) {
        return grid::read(bytes);
    }
    if bytes.starts_with(OLD_WORKBOOK) {
        let reason = (
            "这是旧版 Excel 工作簿 (.xls)",
            "is a workbook of an old Excel (.xls)",
        );
        return Err(TableFault::new(reason, SAVE));
    }
    if bytes.len() > FILE_BYTES_MAX {
        let size = bytes.len();
        let reason = (
            format!("文件有 {size} 字节, 表格至多 {FILE_BYTES_MAX} 字节"),
            format!("has {size} bytes; a table may have {FILE_BYTES_MAX}"),
        );
        return Err(TableFault::new(reason, SPLIT));
    }
    let text = decode(bytes)?;
    lines_of(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// Why a table is larger than one may be; nothing where it is not, whatever else is wrong with it.
pub fn oversize(bytes: &[u8]) -> Option<TableFault> {
    read(bytes).err().filter(|fault| fault.fix == SPLIT.1)
}

fn lines_of(text: &str) -> Result<Vec<Line>, TableFault> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let (mut count, mut lines) = (Lines::of(text), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|fault| {
            let reason = format!("is no table: {fault}");
            TableFault::new(("不是表格".to_owned(), reason), SAVE_TEXT)
        })?;
        let number = record.position().map_or(0, |at| count.line_at(at.byte()));
        if record.iter().all(str::is_empty) {
            continue;
        }
        let is_wide = u32::try_from(record.len()).map_or(true, |cells| cells > COLUMNS_MAX);
        let is_long = u32::try_from(lines.len()).map_or(true, |lines| lines >= ROWS_MAX);
        if is_wide || is_long {
            let reason = (
                format!("第 {number} 行: 表格至多 {ROWS_MAX} 行 {COLUMNS_MAX} 列"),
                format!(
                    "reaches in line {number} beyond the {ROWS_MAX} rows and {COLUMNS_MAX} columns of a table"
                ),
            );
            return Err(TableFault::new(reason, SPLIT));
        }
        let cells = record.iter().map(cell_of).collect();
        lines.push(Line {
            number,
            cells,
            is_whole: true,
        });
    }
    Ok(lines)
}

fn cell_of(text: &str) -> Cell {
    if text.chars().count() > CELL_CHARS_MAX {
        return Cell::Fault(format!(
            "has more than {CELL_CHARS_MAX} characters; shorten it"
        ));
    }
    Cell::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn a_csv_file_gives_lines_with_the_numbers_that_an_editor_shows() {
        let lines = read(b"\xef\xbb\xbfa,b\r\n,\r\n\"1\n2\",3\r\n4,5\r\n").unwrap();
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3, 5]);
        assert_eq!(lines[0].cells, [text("a"), text("b")]);
        assert_eq!(lines[1].cells, [text("1\n2"), text("3")]);
        let gb18030 = [0xc5, 0xc5, 0xce, 0xdb];
        assert_eq!(read(&gb18030).unwrap()[0].cells, [text("排污")]);
    }

    #[test]
    fn a_table_has_an_end_in_both_directions() {
        let wide = ",".repeat(64) + "x";
        let fault = read(wide.as_bytes()).unwrap_err();
        assert!(fault.to_string().contains("64 columns"), "{fault}");
        let long = "x\n".repeat(20_001);
        assert!(read(long.as_bytes()).is_err());
        assert!(read("x\n".repeat(20_000).as_bytes()).is_ok());
        assert!(oversize("x\n".repeat(20_000).as_bytes()).is_none());
        assert!(oversize("x\n".repeat(20_001).as_bytes()).is_some());
        assert!(oversize("x,".repeat(64).as_bytes()).is_some());
        assert!(
            oversize(&[0xff, 0xff]).is_none(),
            "it is no text, and small"
        );
        let deep = read("x".repeat(2_001).as_bytes()).unwrap();
        assert!(matches!(deep[0].cells[0], Cell::Fault(_)));
        assert!(read(b"\xff\xff").is_err());
        // Whatever the name of the file says.
        let old = read(&[OLD_WORKBOOK, &[0; 512]].concat()).unwrap_err();
        assert!(old.to_string().contains("old Excel"), "{old}");
    }
}

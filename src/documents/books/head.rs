//! The lines of a text file as rows under their headers, and what is wrong with a head.
//!
//! Apart from `rows`, which knows what the cells mean, and from `sheet`, which takes the lines of a workbook.

use crate::documents::books::{RowFault, TableRow};
use crate::documents::workbook::text::{Lines, decode};
use crate::primitives::identifier::normal_form;

/// The rows of a table; one that is broken does not keep the others from being read.
pub type Rows = Vec<Result<TableRow, RowFault>>;

/// Characters of a cell that a fault shows.
const CELL_SHOWN_CHARS_MAX: usize = 40;
/// What to do about a file that is no table.
const SAVE_AGAIN: (&str, &str) = ("请另存为「CSV UTF-8」", "save it as \"CSV UTF-8\"");
/// What to do about a wrong head.
pub(super) const NAME_ONCE: (&str, &str) = (
    "首行中每个列名写一次",
    "name each column once in the first line",
);

/// Reads the bytes of a table; other columns than `headers` are kept and mean nothing here.
pub fn parse_table(file: &str, bytes: &[u8], headers: &[&str]) -> Result<Rows, RowFault> {
    let text = decode(bytes).map_err(|fault| {
        RowFault::of_file(
            file,
            ("文件既非 UTF-8 也非 GB18030", fault.reason),
            (SAVE_AGAIN.0, fault.fix),
        )
    })?;
    let text: &str = &text;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let malformed = |cause: csv::Error| {
        RowFault::of_file(file, (format!("不是表格: {cause}"), &cause), SAVE_AGAIN)
    };
    let found = reader.headers().map_err(malformed)?.clone();
    let found = head_of(found.iter(), headers);
    check_head(file, &found, headers).map_err(|fault| RowFault { line: 1, ..fault })?;
    let mut lines = Lines::of(text);
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, |at| lines.line_at(at.byte()));
        if record.len() != found.len() {
            let counts = [record.len(), found.len()];
            return Err(of_count(
                file,
                line,
                counts,
                record.get(0).unwrap_or_default(),
            ));
        }
        let cells = found.iter().zip(record.iter());
        Ok(TableRow {
            file: file.to_owned(),
            line,
            cells: cells
                .map(|(header, cell)| (header.to_owned(), cell.to_owned()))
                .collect(),
            unread: Vec::new(),
        })
    };
    Ok(reader.records().map(row).collect())
}

/// The headers of a first line, each as the book spells it where it differs by width and spaces alone.
pub(super) fn head_of<'a>(found: impl Iterator<Item = &'a str>, headers: &[&str]) -> Vec<String> {
    let spelled = |typed: &str| {
        let normal = normal_form(typed);
        let known = headers.iter().find(|header| normal_form(header) == normal);
        known.map_or_else(|| typed.trim().to_owned(), |known| (*known).to_owned())
    };
    found.map(spelled).collect()
}

/// Refuses a head that has not each of the headers once, and names all that are missing.
pub(super) fn check_head(file: &str, found: &[String], headers: &[&str]) -> Result<(), RowFault> {
    let count = |wanted: &str| found.iter().filter(|header| *header == wanted).count();
    let missing: Vec<&str> = headers
        .iter()
        .copied()
        .filter(|it| count(it) == 0)
        .collect();
    if !missing.is_empty() {
        let (first, more) = missing
            .split_first()
            .map_or(("", &[][..]), |(it, more)| (*it, more));
        let more = match more {
            [] => String::new(),
            [one] => format!(", and so is {one}"),
            several => format!(", and so are {}", several.join(", ")),
        };
        let reason = (
            format!("缺少列「{}」", missing.join("」「")),
            format!("the column {first} is missing{more}"),
        );
        return Err(RowFault::of_file(file, reason, NAME_ONCE));
    }
    match headers.iter().find(|wanted| count(wanted) > 1) {
        None => Ok(()),
        Some(wanted) => Err(twice(file, wanted, count(wanted))),
    }
}

/// The fault of a column that stands more than once: nobody knows which counts.
pub(super) fn twice(file: &str, header: &str, count: usize) -> RowFault {
    let (zh, en) = match count {
        2 => ("两次".to_owned(), "twice".to_owned()),
        more => (format!(" {more} 次"), format!("{more} times")),
    };
    let reason = (
        format!("列「{header}」出现{zh}"),
        format!("the column {header} stands {en}"),
    );
    RowFault::of_file(file, reason, NAME_ONCE)
}

/// The fault of a line of a text file that has another number of cells than the first: its own, and that of the first. What its
/// first cell says tells a person which right it is.
pub(super) fn of_count(file: &str, line: u64, [own, first]: [usize; 2], begins: &str) -> RowFault {
    let begins: String = begins.chars().take(CELL_SHOWN_CHARS_MAX).collect();
    let reason = (
        format!("有 {own} 格, 首行有 {first} 格 (首格为「{begins}」)"),
        format!("has {own} cells, the first line {first} (it begins with “{begins}”)"),
    );
    let fix = (
        "各行的格数须与首行相同",
        "give the line as many cells as the first",
    );
    let fault = RowFault::of_file(file, reason, fix);
    RowFault { line, ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_behind_blank_ones_have_the_numbers_that_an_editor_shows() {
        for (text, wanted) in [
            ("a,b\n\n\n\n1,2\n3,4\n", [5, 6]),
            ("a,b\r\n\r\n\r\n1,2\r\n\r\n3,4\r\n", [4, 6]),
            ("a,b\n\"1\n\n\",2\n\n3,4\n", [2, 6]),
        ] {
            let rows = parse_table("book.csv", text.as_bytes(), &["a"]).unwrap();
            let lines: Vec<u64> = rows.iter().flatten().map(|row| row.line).collect();
            assert_eq!(lines, wanted, "{text:?}");
        }
        let rows = parse_table("book.csv", b"a,b\n\n\n\n1\n", &["a"]).unwrap();
        assert_eq!(rows[0].as_ref().unwrap_err().line, 5);
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for text in [
            "a,b\r\n1,2\r\n3,4\r\n",
            "a,b\n1,2\n3,4",
            "a,b\n\"1\",2\r\n3,4\n",
        ] {
            let rows = parse_table("book.csv", text.as_bytes(), &["a"]).unwrap();
            let lines: Vec<u64> = rows.iter().flatten().map(|row| row.line).collect();
            assert_eq!(lines, [2, 3], "{text:?}");
        }
    }

    #[test]
    fn a_broken_row_does_not_keep_the_others_from_being_read() {
        let rows = parse_table("book.csv", b"a,b\n1\n2,3\n4,5,6\n7,8\n", &["a"]).unwrap();
        let lines: Vec<(u64, bool)> = rows
            .iter()
            .map(|row| match row {
                Ok(row) => (row.line, true),
                Err(fault) => (fault.line, false),
            })
            .collect();
        assert_eq!(lines, [(2, false), (3, true), (4, false), (5, true)]);
        let fault = rows[2].as_ref().unwrap_err();
        assert!(fault.reason.contains("begins with “4”"), "{fault}");
    }

    #[test]
    fn another_encoding_is_refused_with_what_to_do() {
        let gb18030 = [0xc5, 0xc5, 0xce, 0xdb];
        assert!(parse_table("book.csv", &gb18030, &[]).is_ok());
        let neither = [0xc5, 0xc5, 0xff, 0xff];
        let fault = parse_table("book.csv", &neither, &[]).unwrap_err();
        assert!(fault.to_string().contains("CSV UTF-8"), "{fault}");
    }
}

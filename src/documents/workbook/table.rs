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

/// How files begin that are no table, whatever their names say, with what they are.
const OTHERS: [(&[u8], &str, &str); 11] = [
    (
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        "旧版 Office 文件 (.xls、.doc、.et)",
        "a file of an old Office (.xls, .doc, .et)",
    ),
    (b"%PDF-", "PDF 文件", "a PDF file"),
    (b"{\\rtf", "RTF 文稿", "an RTF text"),
    (b"\x89PNG", "PNG 图片", "a PNG picture"),
    (b"\xff\xd8\xff", "JPEG 图片", "a JPEG picture"),
    (b"GIF8", "GIF 图片", "a GIF picture"),
    (b"Rar!\x1a\x07", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (
        &[0xff, 0xfe],
        "UTF-16 文本 (「Unicode 文本」)",
        "a text in UTF-16 (\"Unicode text\")",
    ),
    (
        &[0xfe, 0xff],
        "UTF-16 文本 (「Unicode 文本」)",
        "a text in UTF-16 (\"Unicode text\")",
    ),
];

/// How texts begin that are no table, after spaces, in small letters, with what they are.
const OTHER_TEXTS: [(&str, &str, &str); 5] = [
    ("<!doctype html", "网页 (HTML)", "a web page (HTML)"),
    ("<html", "网页 (HTML)", "a web page (HTML)"),
    ("<?xml", "XML 文件", "an XML file"),
    ("{", "JSON 或 GeoJSON 文件", "a JSON or GeoJSON file"),
    (
        "-----begin",
        "密钥或证书文件",
        "a file of a key or a certificate",
    ),
];

/// Reads the first sheet of a workbook, or a CSV file.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, TableFault> {
    if bytes.starts_with(ARCHIVE) {
        return grid::read(bytes);
    }
    let mut others = OTHERS.iter();
    if let Some((_, zh, en)) = others.find(|(begin, ..)| bytes.starts_with(begin)) {
        return Err(other(zh, en));
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
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let begin: String = text.trim_start().chars().take(16).collect();
    if begin.is_empty() {
        let reason = (
            "是空文件".to_owned(),
            format!("is empty ({} bytes)", bytes.len()),
        );
        let fix = (
            "请确认已保存, 再选一次",
            "see that it was saved, and choose it again",
        );
        return Err(TableFault::new(reason, fix));
    }
    let begin = begin.to_ascii_lowercase();
    let mut others = OTHER_TEXTS.iter();
    if let Some((_, zh, en)) = others.find(|(start, ..)| begin.starts_with(start)) {
        return Err(other(zh, en));
    }
    lines_of(text)
}

/// The fault of a file that is something else.
fn other(zh: &str, en: &str) -> TableFault {
    let reason = (
        format!("这是 {zh}, 不是表格"),
        format!("is {en} and no table"),
    );
    TableFault::new(reason, SAVE)
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
        let deep = read("x".repeat(2_001).as_bytes()).unwrap();
        assert!(matches!(deep[0].cells[0], Cell::Fault(_)));
        assert!(read(b"\xff\xff").is_err());
    }

    #[test]
    fn what_is_no_table_is_told_what_it_is_whatever_its_name_says() {
        for (begin, is) in [
            (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"[..], "旧版 Office"),
            (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
            (b"\x89PNG\r\n\x1a\n", "PNG"),
            (b"\xff\xd8\xff\xe0", "JPEG"),
            (b"Rar!\x1a\x07\x01", "RAR"),
            (b"\xff\xfea\0,\0", "UTF-16"),
            (b"\xef\xbb\xbf <!DOCTYPE html><table>", "HTML"),
            (b"<HTML><table>", "HTML"),
            (b"{\"type\":\"FeatureCollection\"}", "GeoJSON"),
            (b"-----BEGIN PRIVATE KEY-----", "密钥"),
        ] {
            let fault = read(begin).unwrap_err();
            let (zh, _) = &*fault.zh;
            assert!(zh.contains(is) && zh.contains("不是表格"), "{zh}");
            assert!(fault.reason.contains("no table"), "{fault}");
        }
        for nothing in [&b""[..], b"\xef\xbb\xbf", b" \r\n"] {
            let fault = read(nothing).unwrap_err();
            assert_eq!(fault.zh.0, "是空文件");
        }
    }
}

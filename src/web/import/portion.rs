//! A table with more rows than the page judges at once: which rows this page has, and what the next one needs.
//!
//! The server keeps no file, so the page carries it to its next part, as text in a field that nobody sees.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::documents::books::head::Rows;
use crate::web::import::{Notice, Upload};
use crate::web::lang::Lang;
use crate::web::upload::{Part, field};

/// Bytes of the files that a page carries: as text they are a third more, and stay below what an upload may have.
const KEPT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The files of an upload on their way to the next part.
pub(super) struct Kept {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) grounds: String,
}

impl Kept {
    /// What is to be carried; nothing of what is too large.
    pub(super) fn of(upload: &Upload) -> Option<Self> {
        let bytes = upload.file.bytes.len().saturating_add(upload.grounds.len());
        (bytes <= KEPT_BYTES_MAX).then(|| Self {
            kind: upload.kind.clone().unwrap_or_default(),
            name: upload.file.file.clone().unwrap_or_default(),
            file: STANDARD.encode(&upload.file.bytes),
            grounds: STANDARD.encode(&upload.grounds),
        })
    }
}

/// A file that a page has carried.
pub(super) fn carried(parts: &[Part], name: &str) -> Option<Vec<u8>> {
    let text = field(parts, name)?;
    STANDARD.decode(text.bytes.trim_ascii()).ok()
}

/// What a page has of a longer table.
pub(super) struct Portion {
    /// Which rows, of how many.
    pub(super) told: String,
    pub(super) next: Option<NextPart>,
}

/// The next part, and the files that it is of.
pub(super) struct NextPart {
    pub(super) from: usize,
    /// What its button says.
    pub(super) word: String,
    pub(super) kept: Kept,
}

/// Which rows of a table are wanted, and what the page of the others needs.
pub(super) struct Cut {
    pub(super) from: usize,
    pub(super) wants_workbook: bool,
    pub(super) kept: Option<Kept>,
}

impl Cut {
    pub(super) fn rows(
        self,
        rows: Rows,
        most: usize,
        lang: Lang,
    ) -> Result<(Rows, Option<Portion>), Notice> {
        match of_length(rows.len(), self.wants_workbook.then_some(most), lang) {
            Some(notice) => Err(notice),
            None => Ok(portion(rows, self.from, most, self.kept, lang)),
        }
    }
}

/// Takes the rows of one part; a table that fits has only one.
fn portion(
    rows: Rows,
    from: usize,
    most: usize,
    kept: Option<Kept>,
    lang: Lang,
) -> (Rows, Option<Portion>) {
    let all = rows.len();
    if all <= most {
        return (rows, None);
    }
    // A place that no part begins with is the first.
    let from = if from < all { from } else { 0 };
    let end = all.min(from.saturating_add(most));
    let range = |from: usize, end: usize| match lang {
        Lang::Zh => format!("第 {}–{end} 行", from + 1),
        Lang::En => format!("rows {}–{end}", from + 1),
    };
    let shown = range(from, end);
    let mut told = match lang {
        Lang::Zh => format!("本页为{shown}, 共 {all} 行; 办完这一部分再办下一部分。"),
        Lang::En => format!("This page has {shown} of {all}; do these, and then the next part."),
    };
    let is_last = end == all;
    if !is_last && kept.is_none() {
        told.push_str(lang.pick(
            "文件超过 2 MB, 其余各行请分成几个表, 或用命令行 greenlien import。",
            " The file has more than 2 MB: split the table for the other rows, or use greenlien import.",
        ));
    }
    let next = kept.filter(|_| !is_last).map(|kept| {
        let rows = range(end, all.min(end.saturating_add(most)));
        let word = lang.pick("下一部分", "Next part");
        NextPart {
            from: end,
            word: format!("{word} ({rows})"),
            kept,
        }
    });
    let rows = rows.into_iter().skip(from).take(most).collect();
    (rows, Some(Portion { told, next }))
}

/// What is told of a table without rows, or with more than one workbook takes.
fn of_length(rows: usize, most: Option<usize>, lang: Lang) -> Option<Notice> {
    if rows == 0 {
        let reason = ("表格没有数据行", "The sheet has no data rows");
        let fix = (
            "请在列名下面逐行填写, 再上传",
            "fill in rows under the headers, and upload it again",
        );
        return Some(Notice::new(lang, reason, fix));
    }
    most.and_then(|most| too_long(rows, most, lang))
}

/// Why a table with more rows than the page takes is not made into one workbook.
fn too_long(rows: usize, most: usize, lang: Lang) -> Option<Notice> {
    let reason = match lang {
        Lang::Zh => format!("有 {rows} 行, 本页一次至多 {most} 行"),
        Lang::En => format!("{rows} rows; this page takes {most} at a time"),
    };
    let fix = lang.pick(
        "请按「逐行检查」, 逐部分下载; 或用命令行 greenlien import",
        "check every row and download each part, or use greenlien import",
    );
    let fix = fix.to_owned();
    (rows > most).then_some(Notice { reason, fix })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::books::RowFault;

    fn rows(count: usize) -> Rows {
        let fault = |line: usize| Err(RowFault::of_file("", (line, line), ("", "")));
        (1..=count).map(fault).collect()
    }

    fn kept() -> Kept {
        Kept {
            kind: String::new(),
            name: String::new(),
            file: String::new(),
            grounds: String::new(),
        }
    }

    #[test]
    fn the_parts_of_a_table_have_each_row_once_and_in_order() {
        let mut seen = Vec::new();
        let mut from = 0;
        for _ in 0..3 {
            let (part, portion) = portion(rows(25), from, 10, Some(kept()), Lang::Zh);
            let lines = part
                .iter()
                .map(|row| row.as_ref().unwrap_err().reason.clone());
            seen.extend(lines);
            let portion = portion.unwrap();
            from = portion.next.map_or(usize::MAX, |next| next.from);
        }
        let all: Vec<String> = (1..=25).map(|line: usize| line.to_string()).collect();
        assert_eq!(seen, all);
        assert_eq!(from, usize::MAX, "the third part is the last");
        // A place behind the end is the beginning, and what fits has no parts.
        let (part, _) = portion(rows(25), from, 10, None, Lang::En);
        assert_eq!(part.len(), 10);
        assert!(portion(rows(10), 0, 10, Some(kept()), Lang::En).1.is_none());
        // What cannot be carried says so, and has no next part.
        let (_, large) = portion(rows(25), 0, 10, None, Lang::Zh);
        let large = large.unwrap();
        assert!(large.next.is_none() && large.told.contains("greenlien import"));
    }
}

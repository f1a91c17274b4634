//! The lines of one sheet, or of one CSV file, as the rows of a book whose kind is found by its columns.

use std::collections::BTreeMap;

use crate::documents::books::head::{NAME_ONCE, Rows, check_head, head_of, of_count, twice};
use crate::documents::books::rows::headers_of;
use crate::documents::books::{RowFault, TableRow};
use crate::documents::workbook::grid::{Cell, Line};
use crate::domain::policy::KindPolicy;

/// What a cell is that is no plain text.
const NOT_PLAIN: &str = "不是普通文本 (公式、时间、错误值、过长的数字等)";

/// The kinds whose columns a table has, with its rows, and the first reason why another kind's it has not.
pub struct Fitting<'a> {
    /// Every kind whose columns are there.
    pub kinds: Vec<(&'a KindPolicy, Rows)>,
    /// Why a kind is not among them.
    pub fault: Option<RowFault>,
}

/// The kind whose template a table comes nearest to, and what it lacks of it.
pub struct Nearest<'a> {
    /// The kind.
    pub policy: &'a KindPolicy,
    /// Its columns that the table has not.
    pub missing: Vec<String>,
    /// The first of them that it has more than once, with how often, where it has all.
    pub twice: Option<(String, usize)>,
}

impl Nearest<'_> {
    /// Says what is wrong with the columns; nothing where the table has each of them once.
    pub fn fault(&self, file: &str) -> Option<RowFault> {
        let (header, count) = self.twice.as_ref()?;
        Some(twice(file, header, *count))
    }
}

/// Finds the kind whose columns a first line has most of; nothing where it has none of any.
pub fn nearest<'a>(lines: &[Line], policies: &'a [KindPolicy]) -> Option<Nearest<'a>> {
    let head = lines.first()?;
    let texts = head.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        Cell::Fault(_) => None,
    });
    let texts: Vec<&str> = texts.collect();
    let of = |policy: &'a KindPolicy| {
        let wanted = headers_of(policy, policy.book.as_ref()?);
        let headers: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let found = head_of(texts.iter().copied(), &headers);
        let count = |header: &String| found.iter().filter(|one| *one == header).count();
        let missing: Vec<String> = wanted.iter().filter(|it| count(it) == 0).cloned().collect();
        let present = wanted.len().saturating_sub(missing.len());
        let mut doubled = wanted
            .iter()
            .filter(|it| missing.is_empty() && count(it) > 1);
        let twice = doubled.next().map(|header| (header.clone(), count(header)));
        let nearest = Nearest {
            policy,
            missing,
            twice,
        };
        (present > 0).then_some((present, nearest))
    };
    let best = policies
        .iter()
        .filter_map(of)
        .max_by(|(one, left), (other, right)| {
            // As many there, the one that lacks fewer.
            let fewer = right.missing.len().cmp(&left.missing.len());
            one.cmp(other).then(fewer)
        });
    best.map(|(_, nearest)| nearest)
}

/// Finds the kinds that the lines of a file may be a book of; `kind` leaves that one alone.
pub fn fitting<'a>(
    file: &str,
    lines: &[Line],
    kind: Option<&str>,
    policies: &'a [KindPolicy],
) -> Fitting<'a> {
    let mut found = Fitting {
        kinds: Vec::new(),
        fault: None,
    };
    let is_asked = |policy: &&KindPolicy| kind.is_none_or(|kind| policy.kind == kind);
    for policy in policies.iter().filter(is_asked) {
        let Some(book) = &policy.book else { continue };
        let headers = headers_of(policy, book);
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        match table_of(file, lines, &headers) {
            Ok(rows) => found.kinds.push((policy, rows)),
            Err(fault) => found.fault = found.fault.or(Some(fault)),
        }
    }
    found
}

/// Makes rows of lines of which the first has the headers.
pub fn table_of(file: &str, lines: &[Line], headers: &[&str]) -> Result<Rows, RowFault> {
    let mut found = Vec::new();
    let (head, rows) = match lines.split_first() {
        Some((head, rows)) if head.number == 1 => (head, rows),
        Some(_) | None => {
            return Err(RowFault::of_file(
                file,
                ("首行为空", "the first line is empty"),
                NAME_ONCE,
            ));
        }
    };
    for cell in &head.cells {
        match cell {
            Cell::Text(text) => found.push(text.as_str()),
            Cell::Fault(why) => {
                return Err(RowFault::of_file(
                    file,
                    (format!("列名{NOT_PLAIN}"), format!("a header {why}")),
                    NAME_ONCE,
                ));
            }
        }
    }
    let found = head_of(found.into_iter(), headers);
    check_head(file, &found, headers)?;
    Ok(rows.iter().map(|line| row_of(file, line, &found)).collect())
}

fn row_of(file: &str, line: &Line, headers: &[String]) -> Result<TableRow, RowFault> {
    if line.is_whole && line.cells.len() != headers.len() {
        let begins = match line.cells.first() {
            Some(Cell::Text(text)) => text.as_str(),
            Some(_) | None => "",
        };
        let counts = [line.cells.len(), headers.len()];
        return Err(of_count(file, line.number, counts, begins));
    }
    let mut row = TableRow {
        file: file.to_owned(),
        line: line.number,
        cells: BTreeMap::new(),
        unread: Vec::new(),
    };
    for (at, cell) in line.cells.iter().enumerate() {
        let header = headers.get(at).map(String::as_str).unwrap_or_default();
        match cell {
            Cell::Text(text) if header.is_empty() && !text.is_empty() => {
                let fault = RowFault::of_file(
                    file,
                    (
                        format!("「{text}」上方没有列名"),
                        format!("{text:?} stands under no header"),
                    ),
                    ("删除, 或写明列名", "delete it, or name its column"),
                );
                return Err(RowFault {
                    line: line.number,
                    ..fault
                });
            }
            Cell::Text(text) => {
                row.cells.insert(header.to_owned(), text.clone());
            }
            Cell::Fault(why) => {
                let (reason, fix) = why
                    .split_once("; ")
                    .unwrap_or((why, "type the value again as text"));
                let fix = ("把单元格设为文本, 重新输入", fix);
                let fault = row.fault(header, (NOT_PLAIN, reason), fix);
                row.unread.push(fault);
            }
        }
    }
    Ok(row)
}

//! One workbook or one CSV file instead of a folder of books: finds the kind by its columns, and keeps what is told about
//! each row for a workbook with the reason beside the row.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::files;
use crate::documents::books::lending::Lending;
use crate::documents::books::rows::headers_of;
use crate::documents::books::sheet::{Nearest, nearest, table_of};
use crate::documents::books::{RowFault, TableRow};
use crate::documents::workbook::grid::Line;
use crate::documents::workbook::sheet_out::{Table, Value as Shown, workbook};
use crate::domain::policy::KindPolicy;
use crate::web::finding_words;

use super::KindBook;
use super::child::read_workbook;
use super::report::Report;

/// Reads one file as the book of the kind that is named, or of the one kind whose columns it has.
pub(super) fn read_one<'a>(
    path: &Path,
    kind: Option<&str>,
    policies: &'a [KindPolicy],
) -> Result<KindBook<'a>, Failure> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let fault = |fault: RowFault| {
        let fix = fault.fix.clone();
        Failure::refused(fault.reason).of(&name).hint(fix)
    };
    let lines = read_workbook(path, &name).map_err(fault)?;
    let mut found: Vec<KindBook<'a>> = Vec::new();
    let mut first_fault = None;
    for policy in policies
        .iter()
        .filter(|policy| kind.is_none_or(|kind| policy.kind == kind))
    {
        let Some(book) = &policy.book else { continue };
        let headers = headers_of(policy, book);
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        match table_of(&name, &lines, &headers) {
            Ok(rows) => found.push(KindBook {
                policy,
                rows: Ok(rows),
            }),
            Err(fault) => first_fault = first_fault.or(Some(fault)),
        }
    }
    let kinds: Vec<&str> = found.iter().map(|book| book.policy.kind.as_str()).collect();
    let kinds = kinds.join(", ");
    match (found.pop(), found.is_empty(), kind) {
        (Some(book), true, _) => Ok(book),
        (Some(_), false, _) => {
            let failure = Failure::refused(format!("has the columns of several kinds: {kinds}"));
            Err(failure.of(&name).hint("name one with --kind"))
        }
        (None, _, Some(kind)) => match first_fault {
            Some(one) => Err(fault(one)),
            None => Err(Failure::refused(format!(
                "the registry has no book of the kind {kind:?}"
            ))),
        },
        (None, _, None) => {
            let failure = Failure::refused("has the columns of no kind of this registry").of(&name);
            Err(failure.hint(hint(&name, &lines, policies)))
        }
    }
}

/// Says which template the first line comes nearest to, and what it lacks of it.
fn hint(file: &str, lines: &[Line], policies: &[KindPolicy]) -> String {
    if let Some((book, missing)) = Lending::of(lines) {
        let (book, missing) = (book.name(), missing.join(", "));
        return format!(
            "nearest is the book of {book}, which lacks: {missing}; `greenlien template {book}` writes the columns"
        );
    }
    let found = nearest(lines, policies);
    if let Some(fault) = found.as_ref().and_then(|found| found.fault(file)) {
        return format!("{}; {}", fault.reason, fault.fix);
    }
    match found {
        Some(Nearest {
            policy, missing, ..
        }) => {
            let (kind, missing) = (&policy.kind, missing.join(", "));
            format!("nearest is {kind}, which lacks: {missing}; `greenlien template {kind}` writes the columns")
        }
        None => "name the kind with --kind to see what is missing; `greenlien template KIND` writes the columns".to_owned(),
    }
}

/// What was told about the rows, with the rows.
#[derive(Default)]
pub(super) struct Kept {
    headers: Vec<String>,
    rows: Vec<(Vec<String>, BTreeMap<String, String>)>,
}

impl Kept {
    /// Keeps what was told about a row.
    pub(super) fn add(&mut self, report: &Report, row: Option<&TableRow>) {
        let cells = row.map(|row| row.cells.clone()).unwrap_or_default();
        for header in cells.keys() {
            if !self.headers.contains(header) {
                self.headers.push(header.clone());
            }
        }
        let (mut reasons, mut fixes) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for fault in &report.faults {
            let (reason_zh, fix_zh) = &*fault.zh;
            reasons.push(format!("{reason_zh} / {}", fault.reason));
            fixes.push(format!("{fix_zh} / {}", fault.fix));
            columns.extend(fault.column.clone());
        }
        if let Some((zh, en)) = &report.note {
            reasons.push(format!("{zh} / {en}"));
        }
        for finding in &report.findings {
            reasons.push(format!(
                "{} {} {}",
                finding.code, finding.title_zh, finding.title_en
            ));
            let fix_zh = finding_words::of(finding.code).map_or("", |(_, fix)| fix);
            fixes.push(format!("{fix_zh} / {}", finding.fix));
        }
        let told = vec![
            report.file.clone(),
            report.line.to_string(),
            format!("{} {}", report.outcome.name_zh(), report.outcome.name()),
            report.record.clone().unwrap_or_default(),
            columns.join("; "),
            reasons.join("; "),
            fixes.join("; "),
        ];
        self.rows.push((told, cells));
    }

    /// Writes the workbook with the reason beside each row.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let own = [
            "文件 file",
            "行 line",
            "结果 result",
            "记录 record",
            "列 column",
            "原因 reason",
            "处理 to do",
        ];
        let head = own
            .iter()
            .map(|word| (*word).to_owned())
            .chain(self.headers.iter().cloned());
        let row = |(told, cells): &(Vec<String>, BTreeMap<String, String>)| {
            let told = told.iter().enumerate().map(|(at, text)| match at {
                1 => Shown::Number(text.clone()),
                _ => Shown::Text(text.clone()),
            });
            let own = self.headers.iter().map(|header| cells.get(header).cloned());
            told.chain(own.map(|cell| cell.map_or(Shown::Empty, Shown::Text)))
                .collect()
        };
        let table = Table {
            name: "结果 result".to_owned(),
            head: head.collect(),
            rows: self.rows.iter().map(row).collect(),
        };
        let made = workbook(&[table]).map_err(|fault| Failure::internal(fault.to_string()))?;
        files::replace(path, &made)
    }
}

//! An office's books: tables whose rows are rights, as the policies describe them (`[book]`), so that a new kind of right
//! brings its own columns.
//!
//! Separate from `workbook`, which knows cells and no rights. Bytes and lines in, rights to be issued or reports out; whether a
//! right may be registered the registry judges.

pub mod columns;
pub mod compared;
pub mod geojson;
pub mod head;
mod ids;
pub mod lending;
mod named;
pub mod noted;
pub mod rows;
pub mod sheet;

use std::collections::BTreeMap;
use std::fmt;

use crate::primitives::canonical::Json;
use crate::primitives::identifier::leaves_no_mark;

/// Why a row, or a whole file, is not imported, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowFault {
    /// The name of the file.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The header of the column, where one is at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// The same two in Chinese; apart, so that a result stays small.
    pub zh: Box<(String, String)>,
}

impl RowFault {
    /// Makes the fault of a file as a whole.
    ///
    /// What is said is said in Chinese and English.
    pub fn of_file(
        file: &str,
        reason: (impl fmt::Display, impl fmt::Display),
        fix: (impl fmt::Display, impl fmt::Display),
    ) -> Self {
        let ((reason_zh, reason_en), (fix_zh, fix_en)) = (reason, fix);
        Self {
            file: file.to_owned(),
            line: 0,
            column: None,
            reason: reason_en.to_string(),
            fix: fix_en.to_string(),
            zh: Box::new((reason_zh.to_string(), fix_zh.to_string())),
        }
    }

    /// Returns the report as JSON.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("file", Json::text(&*self.file)),
            ("line", Json::count(self.line)),
            ("reason", Json::text(&*self.reason)),
            ("fix", Json::text(&*self.fix)),
        ])
        .with("column", self.column.as_deref().map(Json::text))
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}; {}", self.reason, self.fix)
    }
}

impl std::error::Error for RowFault {}

/// One row of a table: its cells by header, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The cells by header.
    pub cells: BTreeMap<String, String>,
    /// Why cells are not among them that have something in them, such as a formula.
    pub unread: Vec<RowFault>,
}

impl TableRow {
    /// Returns a cell that has something in it, without the spaces around it.
    pub fn cell(&self, header: &str) -> Option<&str> {
        let cell = self.cells.get(header)?;
        let cell = cell.trim_matches(leaves_no_mark);
        (!cell.is_empty()).then_some(cell)
    }

    /// Returns a cell that must have something in it.
    pub fn required(&self, header: &str) -> Result<&str, RowFault> {
        self.cell(header).ok_or_else(|| {
            let of_cell = |fault: &&RowFault| fault.column.as_deref() == Some(header);
            if let Some(fault) = self.unread.iter().find(of_cell) {
                return fault.clone();
            }
            let reason = ("单元格为空", "the cell is empty");
            self.fault(header, reason, ("请填写", "fill the cell in"))
        })
    }

    /// Makes a fault of one column.
    pub fn fault(
        &self,
        header: &str,
        reason: (impl fmt::Display, impl fmt::Display),
        fix: (impl fmt::Display, impl fmt::Display),
    ) -> RowFault {
        RowFault {
            line: self.line,
            column: Some(header.to_owned()),
            ..RowFault::of_file(&self.file, reason, fix)
        }
    }
}

/// The faults of one row, gathered while its cells are read: whoever corrects it hears of all of them at once.
#[derive(Debug)]
pub(crate) struct Faults(Vec<RowFault>);

impl Faults {
    /// Begins with the cells of the row that are not read at all.
    pub(crate) fn of(row: &TableRow) -> Self {
        Self(row.unread.clone())
    }

    /// Keeps a fault, once: two identities may share a column.
    pub(crate) fn add(&mut self, fault: RowFault) {
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// Returns what was read, or keeps why it was not.
    pub(crate) fn take<T>(&mut self, read: Result<T, RowFault>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(fault);
                None
            }
        }
    }

    /// Returns the whole row where nothing is wrong with it; a part that is missing has a fault.
    pub(crate) fn conclude<T>(self, whole: Option<T>) -> Result<T, Vec<RowFault>> {
        match whole {
            Some(whole) if self.0.is_empty() => Ok(whole),
            Some(_) | None => Err(self.0),
        }
    }
}

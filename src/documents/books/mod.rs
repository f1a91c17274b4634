//! An office's books: tables whose rows are rights, as the policies describe them (`[book]`), so that a new kind of right
//! brings its own columns.
//!
//! Separate from `workbook`, which knows cells and no rights. Bytes and lines in, rights to be issued or reports out; whether a
//! right may be registered the registry judges.

pub mod columns;
pub mod compared;
pub mod geojson;
pub mod lending;
pub mod rows;
pub mod sheet;

use std::collections::BTreeMap;
use std::fmt;

use crate::primitives::canonical::Json;

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
}

impl TableRow {
    /// Returns a cell that has something in it.
    pub fn cell(&self, header: &str) -> Option<&str> {
        self.cells
            .get(header)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    }

    /// Returns a cell that must have something in it.
    pub fn required(&self, header: &str) -> Result<&str, RowFault> {
        self.cell(header).ok_or_else(|| {
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

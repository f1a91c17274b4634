//! Spreadsheets: tables in from offices, templates and tables out to them.
//!
//! A number in a spreadsheet is a binary fraction. One that a person typed has at most fifteen digits and is read back as it
//! was typed; one with more, or one that a formula made, is refused and never rounded.

pub mod about;
mod archive;
pub mod grid;
pub mod lists;
pub mod sheet_out;
pub mod table;
pub mod text;

use std::fmt;

/// What to do about a table that is longer than a table may be.
const SPLIT: (&str, &str) = ("请分成几个表", "split the table");
/// What to do about a workbook that another program has written in its own way.
const SAVE: (&str, &str) = (
    "请用表格软件另存为 .xlsx",
    "save it again as .xlsx with a spreadsheet program",
);
/// What to do about a text in an encoding that is not read.
const SAVE_TEXT: (&str, &str) = ("请另存为「CSV UTF-8」", "save it as \"CSV UTF-8\"");

/// Bytes of a spreadsheet or table.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of all parts of a workbook together, uncompressed: twenty thousand rows of thirty cells in XML.
pub const UNCOMPRESSED_BYTES_MAX: u64 = 96 * 1024 * 1024;
/// Parts of a workbook.
pub const PARTS_MAX: usize = 512;
/// Rows and columns that a table may reach to.
pub const ROWS_MAX: u32 = 20_000;
/// See [`ROWS_MAX`].
pub const COLUMNS_MAX: u32 = 64;
/// Characters of one cell.
pub const CELL_CHARS_MAX: usize = 2_000;

/// Why a file is not read, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableFault {
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// The same two in Chinese; apart, so that a result stays small.
    pub zh: Box<(String, String)>,
}

impl TableFault {
    /// Makes a fault; what is said is said in Chinese and English.
    pub(crate) fn new(
        reason: (impl Into<String>, impl Into<String>),
        fix: (impl Into<String>, impl Into<String>),
    ) -> Self {
        let ((reason_zh, reason), (fix_zh, fix)) = (reason, fix);
        Self {
            reason: reason.into(),
            fix: fix.into(),
            zh: Box::new((reason_zh.into(), fix_zh.into())),
        }
    }
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.reason, self.fix)
    }
}

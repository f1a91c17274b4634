//! The codes in a row: one that the policy does not list, and one beside the name of what it stands for. A row in which the two contradict each other says two things, and which was meant
//! its certificate knows.
//!
//! The policy of a kind names the column of the code alone; that of the name is the one with the same header without the word for
//! code. Names that are not known are not judged.

use crate::documents::books::{RowFault, TableRow};
use crate::documents::items::{code_of, names};

/// What the header of a column of codes ends with.
const CODE: &str = "代码";
/// What the header of the column of names may end with instead.
const NAMED: [&str; 2] = ["", "名称"];

/// What to do.
const CORRECT: (&str, &str) = (
    "请与权证核对, 改正其中之一",
    "compare with the certificate, and correct one of the two",
);

/// What is wrong with a code that the policy does not list, with those that it lists.
pub(super) fn unlisted(value: &str, codes: &[String]) -> (String, String) {
    let list = codes.join(", ");
    (
        format!("「{value}」不在该类权益的代码之列: {list}"),
        format!("{value:?} is none of the codes of this kind: {list}"),
    )
}

/// What to do about a code that is not listed.
pub(super) const OF_THE_LIST: (&str, &str) = (
    "改写为所列代码之一 (模板中可从下拉列表选择)",
    "write one of these codes (the template offers them in a drop-down list)",
);

/// Returns the fault of a row that names one pollutant and has the code of another.
pub(super) fn contradiction(row: &TableRow, header: &str, code: &str) -> Option<RowFault> {
    let stem = header.strip_suffix(CODE)?;
    let (zh, en) = names(code)?;
    let mut columns = NAMED.iter().map(|ending| format!("{stem}{ending}"));
    let (name, meant) = columns.find_map(|column| {
        let name = row.cell(&column)?;
        Some((name.to_owned(), code_of(name)?))
    })?;
    if meant.eq_ignore_ascii_case(code) {
        return None;
    }
    let (_, meant_en) = names(meant)?;
    let reason = (
        format!("「{name}」({meant}) 与代码 {code} ({zh}) 不符"),
        format!("“{name}” ({meant_en}, {meant}) contradicts the code {code} ({en})"),
    );
    Some(row.fault(header, reason, CORRECT))
}

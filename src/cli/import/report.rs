//! What one row of a book came to, in words and as JSON.

use std::fmt::Write as _;

use serde_json::Value;

use crate::client::answers::finding::Finding;
use crate::client::{Decision, Problem, Receipt};
use crate::documents::books::compared::Difference;
use crate::documents::books::{RowFault, TableRow};
use crate::domain::right::Identity;
use crate::primitives::canonical::Json;
use crate::primitives::id::RightId;

/// How a draft is named, before its hash.
pub(super) const DRAFT: &str = "draft ";

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Outcome {
    /// Registered now.
    Registered,
    /// Registered now, with warnings.
    Warned,
    /// Would be registered; nothing is written yet.
    Admissible,
    /// Put into the inbox, where others sign it.
    HandedOn,
    /// Waits in the inbox for signatures, with this content.
    Waiting,
    /// Registered before, by the same content.
    Present,
    /// The identity is registered with another content.
    Differs,
    /// An earlier row of the same file registers the same.
    Twice,
    /// The registry refuses it.
    Refused,
    /// The row cannot be read.
    Unreadable,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Warned => "registered with warnings",
            Self::Admissible => "may be registered",
            Self::HandedOn => "put into the inbox for signatures",
            Self::Waiting => "waits for signatures",
            Self::Present => "registered before",
            Self::Differs => "differs from the register",
            Self::Twice => "repeats an earlier row",
            Self::Refused => "refused",
            Self::Unreadable => "not readable",
        }
    }

    pub(super) fn name_zh(self) -> &'static str {
        match self {
            Self::Registered => "已登记",
            Self::Warned => "已登记 (有提示)",
            Self::Admissible => "可以登记",
            Self::HandedOn => "已放入待签箱",
            Self::Waiting => "等待签署",
            Self::Present => "此前已登记",
            Self::Differs => "与登记内容不同",
            Self::Twice => "与前行重复",
            Self::Refused => "不可登记",
            Self::Unreadable => "填写有误",
        }
    }

    pub(super) fn is_fine(self) -> bool {
        match self {
            Self::Registered
            | Self::Warned
            | Self::Admissible
            | Self::HandedOn
            | Self::Waiting
            | Self::Present => true,
            Self::Differs | Self::Twice | Self::Refused | Self::Unreadable => false,
        }
    }
}

/// The report on one row.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) outcome: Outcome,
    /// What it is registered as, or the draft that waits.
    pub(super) record: Option<String>,
    /// What the registry found.
    pub(super) findings: Vec<Finding>,
    /// All that is wrong with the row itself.
    pub(super) faults: Vec<RowFault>,
    /// What a person should know beside it, in Chinese and English.
    pub(super) note: Option<(String, String)>,
}

impl Report {
    pub(super) fn new(row: &TableRow, outcome: Outcome) -> Self {
        Self {
            file: row.file.clone(),
            line: row.line,
            outcome,
            record: None,
            findings: Vec::new(),
            faults: Vec::new(),
            note: None,
        }
    }

    /// The report on a row that registers what an earlier one registers.
    pub(super) fn of_twice(row: &TableRow, earlier: u64) -> Self {
        let reason = (
            format!("第 {earlier} 行已登记同一标识或同一来源的同一期间"),
            format!("line {earlier} has the same identity, or common days at the same source"),
        );
        let fix = ("删去其中一行", "delete one of the two");
        Self {
            faults: vec![RowFault {
                line: row.line,
                ..RowFault::of_file(&row.file, reason, fix)
            }],
            ..Self::new(row, Outcome::Twice)
        }
    }

    /// The report on a row whose identity is registered otherwise; `differing` are the columns, where they are known.
    pub(super) fn of_difference(
        row: &TableRow,
        identity: &Identity,
        id: RightId,
        differing: &[Difference],
    ) -> Self {
        let told = differing.iter().map(|one| {
            let ((zh, en), column) = (one.told(), &one.column);
            (format!("{column} {zh}"), format!("{column}: {en}"))
        });
        let (zh, en): (Vec<String>, Vec<String>) = told.unzip();
        let columns: Vec<&str> = differing.iter().map(|one| one.column.as_str()).collect();
        let (zh, en) = (zh.join("; "), en.join("; "));
        let reason = (
            format!("{identity} 已登记, 内容不同: {zh}"),
            format!("{identity} was registered with another content; {en}"),
        );
        let fix = (
            format!("与 {id} 的登记内容核对; 变更应按变更登记"),
            format!("compare with `greenlien show {id}`, and register changes as changes"),
        );
        Self {
            faults: vec![RowFault {
                line: row.line,
                column: (!columns.is_empty()).then(|| columns.join("; ")),
                ..RowFault::of_file(&row.file, reason, fix)
            }],
            ..Self::new(row, Outcome::Differs)
        }
    }

    /// The report on a row that was read cell by cell, and cannot be.
    pub(super) fn of_faults(row: &TableRow, faults: Vec<RowFault>) -> Self {
        Self {
            faults,
            ..Self::new(row, Outcome::Unreadable)
        }
    }

    pub(super) fn of_fault(fault: RowFault) -> Self {
        Self {
            file: fault.file.clone(),
            line: fault.line,
            outcome: Outcome::Unreadable,
            record: None,
            findings: Vec::new(),
            faults: vec![fault],
            note: None,
        }
    }

    /// Adds what the registry says against the row.
    pub(super) fn with_problem(mut self, problem: &Problem) -> Self {
        self.findings.clone_from(&problem.findings);
        if self.findings.is_empty() {
            let reason = ("登记系统不接受该行", problem.complaint());
            self.faults.push(RowFault {
                line: self.line,
                column: problem.field.clone(),
                ..RowFault::of_file(&self.file, reason, ("请改正该行", "correct the row"))
            });
        }
        self
    }

    /// Returns the report on a row that was sent.
    pub(super) fn of_decision(row: &TableRow, decision: &Result<Receipt, Problem>) -> Self {
        let receipt = match decision {
            Ok(receipt) => receipt,
            Err(problem) => return Self::new(row, Outcome::Refused).with_problem(problem),
        };
        let (outcome, record, findings) = match &receipt.decision {
            Decision::Refused(findings) => (Outcome::Refused, None, findings),
            Decision::Accepted {
                warnings, created, ..
            } if warnings.is_empty() => (Outcome::Registered, created.clone(), warnings),
            Decision::Accepted {
                warnings, created, ..
            } => (Outcome::Warned, created.clone(), warnings),
        };
        Self {
            record,
            findings: findings.clone(),
            ..Self::new(row, outcome)
        }
    }

    /// Adds what was told of the row before it was sent.
    pub(super) fn with_note(mut self, note: Option<(String, String)>) -> Self {
        if note.is_some() && self.outcome == Outcome::Registered {
            self.outcome = Outcome::Warned;
        }
        self.note = note;
        self
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{} line {}: {}", self.file, self.line, self.outcome.name());
        if let Some(record) = &self.record {
            let _ = write!(text, " as {record}");
        }
        for fault in &self.faults {
            let column = fault
                .column
                .as_ref()
                .map_or_else(String::new, |c| format!("{c}: "));
            let _ = write!(
                text,
                "\n    {column}{}\n    to do: {}",
                fault.reason, fault.fix
            );
        }
        if let Some((zh, en)) = &self.note {
            let _ = write!(text, "\n    {zh} / {en}");
        }
        for finding in &self.findings {
            let Finding {
                code,
                title_zh,
                title_en,
                conflicts,
                fix,
                ..
            } = finding;
            let _ = write!(text, "\n    {code} {title_zh} ({title_en})");
            if !conflicts.is_empty() {
                let _ = write!(text, ", in the way: {}", conflicts.join(", "));
            }
            if !fix.is_empty() {
                let _ = write!(text, "\n    to do: {fix}");
            }
        }
        text
    }

    pub(super) fn to_json(&self) -> Value {
        let mut json = serde_json::json!({
            "file": self.file,
            "line": self.line,
            "outcome": self.outcome.name(),
        });
        if let Value::Object(members) = &mut json {
            if let Some(record) = &self.record {
                let name = match record.chars().next() {
                    Some('P') => "pledge",
                    Some('d') => "draft",
                    Some(_) | None => "right",
                };
                let id = record.strip_prefix(DRAFT).unwrap_or(record);
                members.insert(name.to_owned(), Value::from(id));
            }
            if !self.findings.is_empty() {
                let findings = Json::list(self.findings.iter().map(Finding::to_json));
                let findings = serde_json::from_str(&findings.to_canonical());
                members.insert("findings".to_owned(), findings.unwrap_or_default());
            }
            if let Some((_, en)) = &self.note {
                members.insert("note".to_owned(), Value::from(en.as_str()));
            }
            if !self.faults.is_empty() {
                let faults = self.faults.iter().map(|fault| {
                    serde_json::json!({
                        "column": fault.column,
                        "reason": fault.reason,
                        "fix": fault.fix,
                    })
                });
                members.insert("faults".to_owned(), faults.collect());
            }
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::client::Reply;

    fn row() -> TableRow {
        TableRow {
            file: "emission_rights.csv".to_owned(),
            line: 5,
            cells: BTreeMap::new(),
            unread: Vec::new(),
        }
    }

    fn problem(members: &str) -> Problem {
        let text = format!("{{{members},\"status\":409,\"title\":\"x\",\"type\":\"/problems/x\"}}");
        Problem::of(&Reply::new(409, text))
    }

    #[test]
    fn a_report_says_what_was_found_and_what_to_do() {
        let problem = problem(
            "\"findings\":[{\"code\":7003,\"title_zh\":\"重叠\",\"title_en\":\"overlap\",\"name\":\"parcel_overlap\",\
             \"severity\":\"refuse\",\"conflicts\":[\"R9\"],\"fix\":\"Correct the boundary.\"}]",
        );
        let report = Report::of_decision(&row(), &Err(problem));
        let text = report.to_text();
        assert!(
            text.starts_with("emission_rights.csv line 5: refused\n    7003 重叠 (overlap)"),
            "{text}"
        );
        assert!(
            text.ends_with("in the way: R9\n    to do: Correct the boundary."),
            "{text}"
        );
        let json = report.to_json();
        assert_eq!(json["findings"][0]["code"], 7003);
        assert_eq!(json["findings"][0]["severity"], "refuse");
        assert_eq!(json["findings"][0]["conflicts"][0], "R9");
    }

    #[test]
    fn a_fault_of_the_door_names_its_field() {
        let problem = problem("\"detail\":\"body.quantity is zero\",\"field\":\"body.quantity\"");
        let report = Report::of_decision(&row(), &Err(problem));
        assert!(
            report
                .to_text()
                .contains("body.quantity: body.quantity is zero")
        );
        assert!(!Outcome::Differs.is_fine() && Outcome::Warned.is_fine());
    }
}

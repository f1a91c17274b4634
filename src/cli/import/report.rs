//! What one row of a book came to, in words and as JSON.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::client::Reply;
use crate::documents::books::{RowFault, TableRow};

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Outcome {
    /// Registered now.
    Registered,
    /// Registered now, with warnings.
    Warned,
    /// Would be registered; nothing is written yet.
    Admissible,
    /// Registered before, by the same content.
    Present,
    /// The identity is registered with another content.
    Differs,
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
            Self::Present => "registered before",
            Self::Differs => "differs from the register",
            Self::Refused => "refused",
            Self::Unreadable => "not readable",
        }
    }

    pub(super) fn is_fine(self) -> bool {
        match self {
            Self::Registered | Self::Warned | Self::Admissible | Self::Present => true,
            Self::Differs | Self::Refused | Self::Unreadable => false,
        }
    }
}

/// The report on one row.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) outcome: Outcome,
    pub(super) right: Option<String>,
    /// Findings as the registry wrote them.
    pub(super) findings: Vec<Value>,
    pub(super) fault: Option<RowFault>,
}

impl Report {
    pub(super) fn new(row: &TableRow, outcome: Outcome) -> Self {
        Self {
            file: row.file.clone(),
            line: row.line,
            outcome,
            right: None,
            findings: Vec::new(),
            fault: None,
        }
    }

    pub(super) fn of_fault(fault: RowFault) -> Self {
        Self {
            file: fault.file.clone(),
            line: fault.line,
            outcome: Outcome::Unreadable,
            right: None,
            findings: Vec::new(),
            fault: Some(fault),
        }
    }

    pub(super) fn with_findings(mut self, reply: &Reply, name: &str) -> Self {
        let findings = reply.json.get(name).and_then(Value::as_array);
        self.findings = findings.cloned().unwrap_or_default();
        if self.findings.is_empty() && !reply.is_success() {
            let reason = ("登记系统不接受该行", reply.complaint());
            self.fault = Some(RowFault {
                line: self.line,
                column: reply.text_member("field").map(str::to_owned),
                ..RowFault::of_file(&self.file, reason, ("请改正该行", "correct the row"))
            });
        }
        self
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{} line {}: {}", self.file, self.line, self.outcome.name());
        if let Some(right) = &self.right {
            let _ = write!(text, " as {right}");
        }
        if let Some(fault) = &self.fault {
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
        for finding in &self.findings {
            let word = |name: &str| {
                finding
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let code = finding
                .get("code")
                .map(Value::to_string)
                .unwrap_or_default();
            let _ = write!(
                text,
                "\n    {code} {} ({})",
                word("title_zh"),
                word("title_en")
            );
            let conflicts = finding.get("conflicts").and_then(Value::as_array);
            let conflicts: Vec<&str> = conflicts
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if !conflicts.is_empty() {
                let _ = write!(text, ", in the way: {}", conflicts.join(", "));
            }
            if !word("fix").is_empty() {
                let _ = write!(text, "\n    to do: {}", word("fix"));
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
            if let Some(right) = &self.right {
                members.insert("right".to_owned(), Value::from(right.as_str()));
            }
            if !self.findings.is_empty() {
                members.insert("findings".to_owned(), Value::from(self.findings.clone()));
            }
            if let Some(fault) = &self.fault {
                members.insert("column".to_owned(), Value::from(fault.column.clone()));
                members.insert("reason".to_owned(), Value::from(fault.reason.as_str()));
                members.insert("fix".to_owned(), Value::from(fault.fix.as_str()));
            }
        }
        json
    }
}

/// Returns the report on a row that was sent.
pub(super) fn decided(row: &TableRow, reply: &Reply) -> Report {
    if !reply.is_success() {
        return Report::new(row, Outcome::Refused).with_findings(reply, "findings");
    }
    let mut report = Report::new(row, Outcome::Registered).with_findings(reply, "warnings");
    if !report.findings.is_empty() {
        report.outcome = Outcome::Warned;
    }
    report.right = reply.text_member("created").map(str::to_owned);
    report
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn row() -> TableRow {
        TableRow {
            file: "emission_rights.csv".to_owned(),
            line: 5,
            cells: BTreeMap::new(),
        }
    }

    #[test]
    fn a_report_says_what_was_found_and_what_to_do() {
        let problem = "{\"findings\":[{\"code\":7003,\"title_zh\":\"重叠\",\"title_en\":\"overlap\",\
                       \"conflicts\":[\"R9\"],\"fix\":\"Correct the boundary.\"}]}";
        let report = decided(&row(), &Reply::new(409, problem.to_owned()));
        let text = report.to_text();
        assert!(
            text.starts_with("emission_rights.csv line 5: refused\n    7003 重叠 (overlap)"),
            "{text}"
        );
        assert!(
            text.ends_with("in the way: R9\n    to do: Correct the boundary."),
            "{text}"
        );
        assert_eq!(report.to_json()["findings"][0]["code"], 7003);
    }

    #[test]
    fn a_fault_of_the_door_names_its_field() {
        let problem = "{\"detail\":\"body.quantity is zero\",\"field\":\"body.quantity\"}";
        let report = decided(&row(), &Reply::new(400, problem.to_owned()));
        assert!(
            report
                .to_text()
                .contains("body.quantity: body.quantity is zero")
        );
    }

    #[test]
    fn warnings_are_fine_and_differences_are_not() {
        let receipt = "{\"created\":\"R9\",\"warnings\":[{\"code\":7009}]}";
        let report = decided(&row(), &Reply::new(201, receipt.to_owned()));
        assert_eq!(report.outcome, Outcome::Warned);
        assert!(report.outcome.is_fine() && !Outcome::Differs.is_fine());
    }
}

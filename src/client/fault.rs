//! Why a client has no answer, and what a registry says when it refuses.

use std::fmt;

use crate::client::answers::decisions::Receipt;
use crate::client::answers::finding::Finding;
use crate::client::answers::{optional_objects, read_with};
use crate::client::transport::Reply;
use crate::primitives::field::{FieldFault, Fields};

/// Why there is no answer; the text says what to do next, after its last semicolon.
#[derive(Debug)]
pub enum ClientFault {
    /// The address is not one of a server.
    Address(String),
    /// The server does not answer, or not as its description promises.
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the connection said.
        cause: String,
    },
    /// The server answers in a form that this client does not know.
    Misunderstood {
        /// What was asked for.
        url: String,
        /// The member that is not as it should be.
        fault: FieldFault,
    },
    /// The server refuses.
    Refused(Box<Problem>),
    /// The operating system gave no random bytes.
    NoRandomness(getrandom::Error),
    /// The signatures do not make an envelope.
    Envelope(FieldFault),
}

impl fmt::Display for ClientFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(base) => write!(
                f,
                "{base:?} is not the address of a server; write it as http://HOST:PORT"
            ),
            Self::Unreachable { url, cause } => write!(
                f,
                "{url} gives no answer: {cause}; check that a registry of this version runs at this address"
            ),
            Self::Misunderstood { url, fault } => write!(
                f,
                "the answer of {url} is not understood: {fault}; check the address, and that client and registry are of one version"
            ),
            Self::Refused(problem) => write!(f, "{problem}"),
            Self::NoRandomness(cause) => write!(f, "no random bytes: {cause}; try another machine"),
            Self::Envelope(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for ClientFault {}

/// What a registry says when it refuses (RFC 9457).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The status code.
    pub status: u16,
    /// The type: `/findings/<code>` or `/problems/<name>`; `about:blank` where the answer is no problem document.
    pub kind: String,
    /// What the type means.
    pub title: String,
    /// What happened here.
    pub detail: Option<String>,
    /// The member, parameter or header at fault.
    pub field: Option<String>,
    /// The number of the first finding.
    pub code: Option<u16>,
    /// Every finding.
    pub findings: Vec<Finding>,
    /// The entry of the refusal, or the one that consumed the id.
    pub index: Option<u64>,
    /// The receipt of a refusal.
    pub receipt: Option<Box<Receipt>>,
    /// The answer as it came.
    pub text: String,
}

impl Problem {
    /// Reads an answer of failure, whatever it is.
    pub fn of(reply: &Reply) -> Self {
        let blank = || Self {
            status: reply.status,
            kind: "about:blank".to_owned(),
            title: format!("status {}", reply.status),
            detail: None,
            field: None,
            code: None,
            findings: Vec::new(),
            index: None,
            receipt: None,
            text: reply.text.clone(),
        };
        match read_with(&reply.text, Self::read) {
            Ok(problem) => Self {
                status: reply.status,
                text: reply.text.clone(),
                ..problem
            },
            Err(_) => blank(),
        }
    }

    fn read(fields: &mut Fields) -> Result<Self, FieldFault> {
        let code = optional_code(fields)?;
        Ok(Self {
            status: 0,
            kind: fields.text("type")?,
            title: fields.text("title")?,
            detail: fields.optional_text("detail")?,
            field: fields.optional_text("field")?,
            code,
            findings: optional_objects(fields, "findings", Finding::read)?,
            index: if fields.has("index") {
                Some(fields.count("index")?)
            } else {
                None
            },
            receipt: match fields.optional_object("receipt")? {
                Some(receipt) => Some(Box::new(Receipt::read(receipt)?)),
                None => None,
            },
            text: String::new(),
        })
    }

    /// Returns what went wrong in one line: the detail, or the title.
    pub fn complaint(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }

    /// Returns what the first finding advises.
    pub fn fix(&self) -> Option<&str> {
        self.findings.first().map(|finding| finding.fix.as_str())
    }
}

fn optional_code(fields: &mut Fields) -> Result<Option<u16>, FieldFault> {
    if !fields.has("code") {
        return Ok(None);
    }
    let code = fields.count("code")?;
    let code = u16::try_from(code);
    code.map(Some)
        .map_err(|_| fields.fault("code", "is not the number of a finding"))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.complaint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_problem_document_is_told_by_its_status() {
        let problem = Problem::of(&Reply::new(502, "<html>".to_owned()));
        assert_eq!(
            (problem.status, problem.kind.as_str()),
            (502, "about:blank")
        );
        assert_eq!(problem.complaint(), "status 502");
        let problem = Problem::of(&Reply::new(400, "{\"detail\":\"x\"}".to_owned()));
        assert_eq!(problem.kind, "about:blank");
    }

    #[test]
    fn a_problem_is_told_by_its_detail() {
        let text = r#"{"code":1002,"detail":"body.code is refused","field":"body.code","status":400,"title":"wrong","type":"/findings/1002"}"#;
        let problem = Problem::of(&Reply::new(400, text.to_owned()));
        assert_eq!(problem.complaint(), "body.code is refused");
        assert_eq!(problem.code, Some(1002));
        assert_eq!(problem.field.as_deref(), Some("body.code"));
        assert_eq!(problem.text, text);
    }
}

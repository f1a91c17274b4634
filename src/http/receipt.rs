//! Receipts as JSON, and the answers that carry them.
//!
//! This is on the path of every command, so the text is written in one pass, in canonical order, and the entry goes in as the
//! string of its bytes: who verifies hashes those bytes and parses nothing twice.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::domain::entry::Outcome;
use crate::domain::wire::event_json;
use crate::http::answer::json_with;
use crate::http::findings::{finding_views, notice_views};
use crate::http::problem::Problem;
use crate::primitives::canonical::emit_text;
use crate::service::Receipt;
use crate::service::notices::Notice;

/// Bytes of a receipt beside the entry and the checkpoint: members, findings, proof of 40 hashes.
const RECEIPT_BYTES_HINT: usize = 4_096;

/// Writes a receipt, with what the service notices.
pub(crate) fn receipt_text(receipt: &Receipt, notices: &[Notice]) -> Result<String, Problem> {
    let Ok(entry) = std::str::from_utf8(&receipt.entry) else {
        return Err(Problem::internal(&format!(
            "entry {} is not UTF-8",
            receipt.index
        )));
    };
    let mut out = String::with_capacity(RECEIPT_BYTES_HINT + 2 * entry.len());
    out.push_str("{\"checkpoint\":");
    emit_text(&receipt.checkpoint, &mut out);
    out.push_str(",\"cosigned\":");
    out.push_str(if receipt.cosigned { "true" } else { "false" });
    let decision = match &receipt.outcome {
        Outcome::Accepted { event, .. } => {
            if let Some(id) = event.created() {
                out.push_str(",\"created\":");
                emit_text(&id, &mut out);
            }
            "accepted"
        }
        Outcome::Refused(_) => "refused",
    };
    out.push_str(",\"decision\":\"");
    out.push_str(decision);
    out.push_str("\",\"entry\":");
    emit_text(entry, &mut out);
    match &receipt.outcome {
        Outcome::Accepted { event, .. } => {
            out.push_str(",\"event\":");
            out.push_str(&event_json(event).to_canonical());
        }
        Outcome::Refused(findings) => {
            out.push_str(",\"findings\":");
            out.push_str(&finding_views(findings).to_canonical());
        }
    }
    out.push_str(",\"index\":");
    out.push_str(&receipt.index.to_string());
    if !notices.is_empty() {
        out.push_str(",\"notices\":");
        out.push_str(&notice_views(notices).to_canonical());
    }
    out.push_str(",\"proof\":[");
    for (n, hash) in receipt.proof.iter().enumerate() {
        out.push_str(if n > 0 { ",\"" } else { "\"" });
        out.push_str(&hash.to_string());
        out.push('"');
    }
    out.push_str("],\"repeated\":");
    out.push_str(if receipt.repeated { "true" } else { "false" });
    out.push_str(",\"size\":");
    out.push_str(&receipt.size.to_string());
    out.push_str(",\"time\":\"");
    out.push_str(&receipt.time.to_string());
    out.push('"');
    if let Outcome::Accepted { warnings, .. } = &receipt.outcome {
        out.push_str(",\"warnings\":");
        out.push_str(&finding_views(warnings).to_canonical());
    }
    out.push('}');
    Ok(out)
}

/// What a submitter gets for a decided command.
#[derive(Debug)]
pub(crate) enum Decided {
    /// Accepted, or decided before: the receipt.
    Receipt {
        /// 201 for a new entry, 200 for a repeat.
        status: StatusCode,
        /// The text of the receipt.
        text: String,
    },
    /// Refused now.
    Refused(Problem),
}

impl Decided {
    /// Chooses the answer to a submission: 201 accepted, 409 refused, 200 with the original decision on a repeat.
    pub(crate) fn of(receipt: &Receipt, notices: &[Notice]) -> Result<Self, Problem> {
        let text = receipt_text(receipt, notices)?;
        Ok(match &receipt.outcome {
            _ if receipt.repeated => Self::Receipt {
                status: StatusCode::OK,
                text,
            },
            Outcome::Accepted { .. } => Self::Receipt {
                status: StatusCode::CREATED,
                text,
            },
            Outcome::Refused(findings) => {
                Self::Refused(Problem::refused(findings, receipt.index, text))
            }
        })
    }
}

impl IntoResponse for Decided {
    fn into_response(self) -> Response {
        match self {
            Self::Receipt { status, text } => json_with(status, text),
            Self::Refused(problem) => problem.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Event;
    use crate::domain::finding::{Code, Finding};
    use crate::http::openapi;
    use crate::primitives::canonical::Json;
    use crate::primitives::crypto::Hash;
    use crate::primitives::id::PartyId;
    use crate::primitives::time::Timestamp;

    fn receipt(outcome: Outcome, repeated: bool) -> Receipt {
        Receipt {
            index: 7,
            entry: b"{\"v\":1}".to_vec(),
            outcome,
            time: Timestamp::parse("2026-12-01T02:03:04.123456Z").unwrap(),
            checkpoint: "origin\n9\n".into(),
            size: 9,
            proof: vec![Hash([1; 32]), Hash([2; 32])],
            repeated,
            cosigned: repeated,
        }
    }

    fn accepted() -> Outcome {
        let event = Event::SigningPolicySet {
            party: PartyId(2),
            threshold: 2,
        };
        Outcome::Accepted {
            event,
            warnings: vec![Finding::of(Code::Sliver)],
        }
    }

    fn refused() -> Outcome {
        Outcome::Refused(vec![Finding::of(Code::SecondRank)])
    }

    #[test]
    fn a_receipt_is_canonical_json_whose_members_are_described() {
        let api = openapi();
        let known = &api["components"]["schemas"]["Receipt"]["properties"];
        for outcome in [accepted(), refused()] {
            let text = receipt_text(&receipt(outcome, false), &[]).unwrap();
            assert!(Json::parse_canonical(text.as_bytes()).is_ok(), "{text}");
            let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(receipt["entry"], "{\"v\":1}");
            for member in receipt.as_object().unwrap().keys() {
                assert!(known.get(member).is_some(), "{member}");
            }
        }
    }

    #[test]
    fn a_new_decision_is_201_or_409_and_a_repeated_one_200() {
        let status = |outcome, repeated| {
            let decided = Decided::of(&receipt(outcome, repeated), &[]).unwrap();
            decided.into_response().status().as_u16()
        };
        assert_eq!(status(accepted(), false), 201);
        assert_eq!(status(refused(), false), 409);
        assert_eq!(status(accepted(), true), 200);
        assert_eq!(status(refused(), true), 200);
    }
}

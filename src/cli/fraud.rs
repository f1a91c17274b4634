//! What `verify` does with a fraud file: the proof that a log is false, checked under the log's key alone.

use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use crate::cli::verify::verdict_json;
use crate::ledger::note::NoteKey;
use crate::primitives::canonical::Json;
use crate::verify::fraud::check::verify_fraud;
use crate::verify::verdict::Verdict;

/// Verifies a fraud file and prints what it proves; only a proven fraud ends well.
pub(crate) fn run(bytes: &[u8], keys: &[NoteKey], as_json: bool) -> Result<Exit, Failure> {
    let verdict = verify_fraud(bytes, keys);
    if as_json {
        let proven = Json::Bool(verdict.holds());
        let checks = verdict_json(&verdict);
        output::json(&Json::object([
            ("checked", checks),
            ("fraud_proven", proven),
        ]))?;
    } else {
        output::line(&text(&verdict))?;
    }
    Ok(if verdict.holds() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn text(verdict: &Verdict) -> String {
    let checks = verdict.checks.iter().map(ToString::to_string);
    let statements = verdict.statements.iter().map(|what| format!("\n{what}"));
    let end = match verdict.failure() {
        None => "\nFRAUD PROVEN: whoever trusts the log's key can check this file".to_owned(),
        Some(check) => format!("\nNOTHING IS PROVEN: failed at \"{}\"", check.name),
    };
    checks
        .chain(statements)
        .chain([end])
        .collect::<Vec<_>>()
        .join("\n")
}

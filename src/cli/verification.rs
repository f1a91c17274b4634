//! Fills a `record_verification` from the evidence file that a guarantor keeps, so that nobody copies an answer by hand.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::files;
use crate::domain::facts::StateKey;
use crate::ledger::checkpoint::Checkpoint;
use crate::primitives::canonical::Json;
use crate::primitives::field::FieldFault;
use crate::primitives::limits;
use crate::verify::evidence::Evidence;

/// Puts right, question, answer and checkpoint of an evidence file into a body.
///
/// The file is read and not verified: whoever records an answer has verified it before lending on it.
pub(super) fn fill(body: &mut BTreeMap<String, Json>, path: &Path) -> Result<(), Failure> {
    let bytes = files::read(path, limits::EVIDENCE_BYTES_MAX)?;
    let members = read(&bytes).map_err(|fault| {
        Failure::from(fault)
            .of(path.display())
            .hint("`greenlien check --evidence FILE` writes an evidence file with an answer")
    })?;
    body.extend(members);
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Vec<(String, Json)>, FieldFault> {
    let evidence = Evidence::parse(bytes)?;
    let fault = |field: &str, why: String| FieldFault::new(field, why);
    let Some(verification) = evidence.verification else {
        return Err(fault(
            "verification",
            "is missing: nothing was asked".to_owned(),
        ));
    };
    let StateKey::Right(right) = evidence.subject else {
        return Err(fault("subject", "must be a right".to_owned()));
    };
    let text = evidence.checkpoint.split_once("\n\n");
    let text = text.map_or(String::new(), |(text, _)| format!("{text}\n"));
    let checkpoint =
        Checkpoint::parse(&text).map_err(|why| fault("checkpoint", why.to_string()))?;
    let question = Json::parse_canonical(verification.question.as_bytes())
        .map_err(|why| fault("verification.question", why.to_string()))?;
    let members = [
        ("right", Json::Text(right.to_string())),
        ("question", question),
        ("answer", Json::Text(verification.answer)),
        ("size", Json::count(checkpoint.size)),
        ("root", Json::Text(checkpoint.root.to_string())),
    ];
    Ok(members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

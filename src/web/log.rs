//! The log for people: the checkpoint as it is signed, and single entries.

use askama::Template;

use crate::ledger::tree::leaf_hash;
use crate::primitives::id::parse_index;
use crate::service::Registry;
use crate::web::history::{self, Step};
use crate::web::lang::Lang;
use crate::web::proof::{self, Proof};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::taken::{self, Taken};

#[derive(Template)]
#[template(path = "log.html")]
pub(crate) struct LogPage {
    shell: Shell,
    /// How long the log is and who has seen it, in one sentence.
    answer: String,
    checkpoint: String,
    vkeys: Vec<String>,
    newest: Vec<Step>,
    /// Where the entries go on, towards the end and the beginning of the log.
    newer: Option<String>,
    older: Option<String>,
}

/// Entries shown on the page.
const NEWEST: u64 = 25;

/// Makes the page of the log.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<LogPage, Fault> {
    let published = registry.published();
    let before = visit.param("before").and_then(parse_index);
    let end = before.unwrap_or(published.size).min(published.size);
    let first = end.saturating_sub(NEWEST);
    let at = |before: u64| format!("/log?before={before}#entries");
    let newest: Result<Vec<Step>, Fault> = (first..end)
        .rev()
        .map(|index| history::step(registry, index, &registry.entry(index)?, visit.lang))
        .collect();
    Ok(LogPage {
        shell: Shell::new(registry, visit, visit.lang.words().log_title),
        answer: {
            let (size, age) = (published.size, proof::age(registry, visit.lang));
            let seen = proof::witnesses(registry, visit.lang);
            match visit.lang {
                Lang::Zh => format!("账簿共 {size} 页; 检查点签于 {age}; 见证: {seen}。"),
                Lang::En => {
                    format!(
                        "The log has {size} entries; its checkpoint is of {age}; witnesses: {seen}."
                    )
                }
            }
        },
        checkpoint: published.checkpoint.to_string(),
        vkeys: registry.signing_vkeys(),
        newest: newest?,
        newer: (end < published.size).then(|| at(end.saturating_add(NEWEST))),
        older: (first > 0).then(|| at(first)),
    })
}

#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage {
    shell: Shell,
    step: Step,
    /// What it is about, and the command that was signed.
    taken: Taken,
    /// What proves that the entry is in the log.
    proof: Proof,
    text: String,
    leaf: String,
    newer: Option<u64>,
    older: Option<u64>,
}

/// Makes the page of an entry.
pub(crate) fn entry(registry: &Registry, visit: &Visit, index: u64) -> Result<EntryPage, Fault> {
    let size = registry.published().size;
    if index >= size {
        return Err(Fault::NotFound);
    }
    let bytes = registry.entry(index)?;
    let words = visit.lang.words();
    Ok(EntryPage {
        shell: Shell::new(registry, visit, format!("{} {index}", words.entry)),
        step: history::step(registry, index, &bytes, visit.lang)?,
        taken: taken::taken(registry, &bytes, visit.lang)?,
        proof: proof::of_entry(registry, index, visit.lang),
        leaf: leaf_hash(&bytes).to_string(),
        text: String::from_utf8(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?,
        newer: Some(index + 1).filter(|newer| *newer < size),
        older: index.checked_sub(1),
    })
}

//! The history of a record as steps: when, what, who signed, at which position.

use crate::documents::acts;
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::SignerRole;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::StateKey;
use crate::domain::finding::Finding;
use crate::domain::wire::parse_command;
use crate::primitives::id::EntryIndex;
use crate::service::Registry;
use crate::web::act;
use crate::web::finding::{self, Conflict};
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;

/// Records that a step names beside a finding.
const BESIDE_MAX: usize = 4;
/// Steps on one page.
const STEPS_MAX: usize = 20;

/// One entry of a history.
pub(crate) struct Step {
    /// Its position in the log.
    pub(crate) index: String,
    /// Registry time.
    pub(crate) time: String,
    /// What happened.
    pub(crate) what: String,
    /// Whether it was refused, which is seen before it is read.
    pub(crate) is_refused: bool,
    /// Who signed it.
    pub(crate) signers: Vec<String>,
    /// Warnings that were noted.
    pub(crate) findings: Vec<Noted>,
}

/// A finding with what it says.
pub(crate) struct Noted {
    pub(crate) code: u16,
    pub(crate) title: String,
    /// The first of the records that it names.
    pub(crate) beside: Vec<Conflict>,
    /// How many more it names.
    pub(crate) more: usize,
}

/// A page of a history.
pub(crate) struct Steps {
    /// Newest first.
    pub(crate) steps: Vec<Step>,
    /// Where older ones go on.
    pub(crate) older: Option<EntryIndex>,
}

/// Returns a page of the history of a record.
pub(crate) fn steps(
    registry: &Registry,
    key: &StateKey,
    before: Option<EntryIndex>,
    lang: Lang,
) -> Result<Steps, Fault> {
    let mut entries = registry.history(key, before, STEPS_MAX + 1)?;
    let older = entries.len() > STEPS_MAX;
    entries.truncate(STEPS_MAX);
    let oldest = entries.last().map(|(index, _)| *index);
    let steps: Result<Vec<Step>, Fault> = entries
        .iter()
        .map(|(index, bytes)| step(registry, *index, bytes, lang))
        .collect();
    Ok(Steps {
        steps: steps?,
        older: oldest.filter(|_| older),
    })
}

/// Returns one entry as a step.
pub(crate) fn step(
    registry: &Registry,
    index: EntryIndex,
    bytes: &[u8],
    lang: Lang,
) -> Result<Step, Fault> {
    let words = lang.words();
    let entry = Entry::parse(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let (what, signers, findings) = match &entry {
        Entry::Genesis { .. } => (words.entry_genesis.to_owned(), Vec::new(), Vec::new()),
        Entry::State(_) => (words.entry_state.to_owned(), Vec::new(), Vec::new()),
        Entry::Command {
            envelope, outcome, ..
        } => {
            let command = parse_command(&envelope.payload)
                .map_err(|fault| Fault::Internal(fault.to_string()))?;
            let mut signers = Vec::new();
            for signer in &command.signers {
                let party = look::party(registry, signer.org, words)?;
                signers.push(format!("{} · {}", party.name, role(signer.role, words)));
            }
            for attested in &command.attested {
                let party = look::party(registry, attested.party, words)?;
                let class = consent_class(attested.class, words);
                signers.push(format!(
                    "{} · {} ({class})",
                    party.name, words.consent_attested
                ));
            }
            let done = done(command.body.type_name(), lang);
            let (what, noted) = match outcome {
                Outcome::Accepted { warnings, .. } => (done.clone(), warnings),
                Outcome::Refused(findings) => {
                    // What was not done is called by what was asked for.
                    let asked = act::title(command.body.type_name(), lang).unwrap_or(&done);
                    (format!("{asked} ({})", words.outcome_refused), findings)
                }
            };
            let findings = noted.iter().map(|one| self::noted(registry, one, lang));
            (what, signers, findings.collect::<Result<_, Fault>>()?)
        }
    };
    Ok(Step {
        index: index.to_string(),
        time: show::local_time(entry.time()),
        what,
        is_refused: matches!(
            entry,
            Entry::Command {
                outcome: Outcome::Refused(_),
                ..
            }
        ),
        signers,
        findings,
    })
}

fn noted(registry: &Registry, finding: &Finding, lang: Lang) -> Result<Noted, Fault> {
    let named = finding.conflicts.iter().take(BESIDE_MAX);
    let beside: Result<Vec<Conflict>, Fault> = named
        .map(|id| finding::conflict(registry, id, lang))
        .collect();
    Ok(Noted {
        code: finding.code.check().code,
        title: finding::title_of(registry, finding, lang)?,
        beside: beside?,
        more: finding.conflicts.len().saturating_sub(BESIDE_MAX),
    })
}

/// Returns how a consent was given.
pub(crate) fn consent_class(class: ConsentClass, words: &Words) -> &'static str {
    match class {
        ConsentClass::Paper => words.consent_paper,
        ConsentClass::Video => words.consent_video,
    }
}

/// Returns the part of a signer.
pub(crate) fn role(role: SignerRole, words: &Words) -> &'static str {
    match role {
        SignerRole::Maker => words.maker,
        SignerRole::Checker => words.checker,
    }
}

/// Returns the word of an act in the language of the page.
pub(crate) fn done(name: &str, lang: Lang) -> String {
    let (zh, en) = acts::words(name);
    lang.pick(zh, en).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_have_words_in_both_languages() {
        assert_eq!(done("release_pledge", Lang::Zh), "解除");
        assert_eq!(done("release_pledge", Lang::En), "released");
        assert_eq!(done("something_new", Lang::Zh), "something_new");
    }
}

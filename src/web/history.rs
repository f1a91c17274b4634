//! The history of a record as steps: when, what, to which record and how much, who signed, at which position.

use crate::documents::acts;
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::{Body, Command, SignerRole};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::domain::finding::Finding;
use crate::domain::wire::parse_command;
use crate::primitives::id::{EntryIndex, FreezeId};
use crate::service::Registry;
use crate::web::act;
use crate::web::finding::{self, Conflict};
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;
use crate::web::taken::Named;
use crate::web::terms::{self, Teller};

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
    /// The record that it made, or else the one that it is about, where that is not the page's own.
    pub(crate) about: Option<Named>,
    /// How much, for which days; empty where nothing is left to be said.
    pub(crate) told: String,
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
    let teller = Teller::of(registry, lang)?;
    let here = key.name();
    let mut entries = registry.history(key, before, STEPS_MAX + 1)?;
    let older = entries.len() > STEPS_MAX;
    entries.truncate(STEPS_MAX);
    let oldest = entries.last().map(|(index, _)| *index);
    let steps: Result<Vec<Step>, Fault> = entries
        .iter()
        .map(|(index, bytes)| step(&teller, *index, bytes, &here))
        .collect();
    Ok(Steps {
        steps: steps?,
        older: oldest.filter(|_| older),
    })
}

/// Returns one entry as a step, on the page of a record or, with an empty id, on that of none.
pub(crate) fn step(
    teller: &Teller<'_>,
    index: EntryIndex,
    bytes: &[u8],
    here: &str,
) -> Result<Step, Fault> {
    let (registry, lang) = (teller.registry(), teller.lang());
    let words = lang.words();
    let entry = Entry::parse(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let mut step = Step {
        index: index.to_string(),
        time: show::local_time(entry.time()),
        what: String::new(),
        about: None,
        told: String::new(),
        is_refused: false,
        signers: Vec::new(),
        findings: Vec::new(),
    };
    let (envelope, outcome) = match &entry {
        Entry::Genesis { .. } => {
            words.entry_genesis.clone_into(&mut step.what);
            return Ok(step);
        }
        Entry::State(_) => {
            words.entry_state.clone_into(&mut step.what);
            return Ok(step);
        }
        Entry::Command {
            envelope, outcome, ..
        } => (envelope, outcome),
    };
    let command =
        parse_command(&envelope.payload).map_err(|fault| Fault::Internal(fault.to_string()))?;
    step.signers = signers(registry, &command, words)?;
    let done = done(command.body.type_name(), lang);
    let noted = match outcome {
        Outcome::Accepted { warnings, .. } => {
            step.what = done;
            warnings
        }
        Outcome::Refused(findings) => {
            // What was not done is called by what was asked for.
            let asked = act::title(command.body.type_name(), lang).unwrap_or(&done);
            step.what = format!("{asked} ({})", words.outcome_refused);
            step.is_refused = true;
            findings
        }
    };
    let id = record_of(&command.body, outcome, index, here);
    step.told = teller.brief(&command.body, &[here, &id])?;
    if let Some(path) = look::page_of(&id) {
        let what = look::words_of(registry, &id, lang)?;
        step.about = Some(Named { path, id, what });
    }
    let findings = noted.iter().map(|one| self::noted(registry, one, lang));
    step.findings = findings.collect::<Result<_, Fault>>()?;
    Ok(step)
}

/// Returns the id of the record that an entry made, or else of the one that its command is about; empty where that is the record
/// of the page.
fn record_of(body: &Body, outcome: &Outcome, index: EntryIndex, here: &str) -> String {
    let made = match outcome {
        Outcome::Accepted { event, .. } => {
            let is_made = |id: &String| id.get(1..) == Some(&*index.to_string());
            let mut touched = Event::touches(event).into_iter().map(|key| key.name());
            let freeze = matches!(body, Body::Freeze { .. }).then(|| FreezeId(index).to_string());
            freeze.or_else(|| touched.find(is_made))
        }
        Outcome::Refused(_) => None,
    };
    let about = terms::about(body);
    match made {
        Some(made) if made != here => made,
        // On its own page, only what it rests on is another record: a right, and not whose it is.
        Some(_) if !about.starts_with('R') => String::new(),
        Some(_) | None => Some(about).filter(|id| id != here).unwrap_or_default(),
    }
}

/// Names who signed, and for whom somebody else has told a consent.
fn signers(registry: &Registry, command: &Command, words: &Words) -> Result<Vec<String>, Fault> {
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
    Ok(signers)
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
        assert_eq!(done("release_pledge", Lang::Zh), "解除担保");
        assert_eq!(done("release_pledge", Lang::En), "pledge released");
        assert_eq!(done("something_new", Lang::Zh), "something_new");
    }
}

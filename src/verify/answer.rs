//! A guarantor's question about a right, and the law's answer as of the state: may this be pledged?
//!
//! The registry writes the answer with the function that the verifier runs again on the facts that the file proves, so an
//! answer is true or the file fails. Only pledges of the subject can be asked about: what else a command would rest on is
//! not in the file.

use crate::domain::door;
use crate::domain::entry::{Outcome, StateEntry};
use crate::domain::facts::{Facts, StateKey};
use crate::domain::finding::Finding;
use crate::domain::fold::Stamp;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::needs::needs;
use crate::domain::question::{Answer, Question};
use crate::domain::rules;
use crate::domain::wire::parse_question;
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::verify::checks::{Step, refuse};
use crate::verify::evidence::{Evidence, Verification};
use crate::verify::verdict::Verdict;

/// The name of the check.
const NAME: &str = "answer";

/// Reads the canonical text of a question.
fn parse(text: &str) -> Result<Question, FieldFault> {
    let json = Json::parse_canonical(text.as_bytes())
        .map_err(|fault| FieldFault::new("question", fault.to_string()))?;
    let (org, body) = parse_question(json)?;
    Question::new(org, body)
}

/// Returns the records that the answer rests on and that `facts` does not have yet.
pub fn records(question: &Question, facts: &Facts, stamp: Stamp) -> Vec<StateKey> {
    needs(&question.command(stamp), &[], facts, stamp.time)
}

/// Refuses what would be refused at the door, and so has no answer.
pub fn check_question(question: &Question, facts: &Facts, stamp: Stamp) -> Result<(), FieldFault> {
    door::check(&question.command(stamp), facts, stamp)
}

/// Answers from the facts under the latest law, as if every signature were there.
pub fn answer(question: &Question, genesis: &Genesis, facts: &Facts, stamp: Stamp) -> String {
    let law = Law::LATEST;
    let outcome = consider(question, law, genesis, facts, stamp);
    Answer::of(law, &outcome).to_text()
}

fn consider(
    question: &Question,
    law: Law,
    genesis: &Genesis,
    facts: &Facts,
    stamp: Stamp,
) -> Outcome {
    rules::consider(law, genesis, facts, &question.command(stamp), stamp)
}

/// The answer in words, with the numbers and names of its findings.
fn words_of(outcome: &Outcome) -> String {
    let (word, findings) = match outcome {
        Outcome::Accepted { warnings, .. } => ("it would be accepted", warnings),
        Outcome::Refused(findings) => ("it would be refused", findings),
    };
    let name = |finding: &Finding| {
        let check = finding.code.check();
        format!("{} {}", check.code, check.name)
    };
    let names: Vec<String> = findings.iter().map(name).collect();
    if names.is_empty() {
        word.to_owned()
    } else {
        format!("{word} ({})", names.join(", "))
    }
}

/// Says where the question stands: after the last entry of the file's tree, at the time of its state.
pub fn stamp_of(state: &StateEntry) -> Stamp {
    Stamp {
        index: state.index.saturating_add(1),
        time: state.time,
    }
}

/// Answers the question of the file again and compares; a file without a question has no such check.
pub(super) fn check(
    evidence: &Evidence,
    genesis: &Genesis,
    facts: &Facts,
    state: &StateEntry,
    verdict: &mut Verdict,
) -> Step<()> {
    let Some(Verification { question, answer }) = &evidence.verification else {
        return Ok(());
    };
    let question = parse(question).map_err(|fault| (NAME, fault.to_string()))?;
    let right = question.right();
    if evidence.subject != StateKey::Right(right) {
        return refuse(NAME, format!("the question is about {right}"));
    }
    let law = law_of(answer).map_err(|fault| (NAME, fault.to_string()))?;
    let Some(law) = Law::from_number(law) else {
        let what = format!("the answer was given under law {law}, which is not known here");
        verdict.not_covered(NAME, what);
        return Ok(());
    };
    let stamp = stamp_of(state);
    if let Some(missing) = records(&question, facts, stamp).first() {
        return refuse(NAME, format!("{missing} is not in the file"));
    }
    let policy = facts
        .right(right)
        .map(|right| StateKey::Policy(right.kind.clone()));
    if !policy.is_some_and(|policy| evidence.has_history(&policy)) {
        return refuse(NAME, "the history of the kind's policy is missing");
    }
    let outcome = consider(&question, law, genesis, facts, stamp);
    let given = Answer::of(law, &outcome).to_text();
    if given != *answer {
        return refuse(NAME, format!("the law answers {given}"));
    }
    let words = words_of(&outcome);
    verdict.pass(NAME, &words);
    verdict.statements.push(format!(
        "Asked by {}: may {right} be pledged so? Answer as of {}: {words}.",
        question.org(),
        state.time
    ));
    Ok(())
}

fn law_of(answer: &str) -> Result<u64, FieldFault> {
    let json = Json::parse_canonical(answer.as_bytes())
        .map_err(|fault| FieldFault::new("answer", fault.to_string()))?;
    let mut fields = Fields::open("answer", json)?;
    let law = fields.count("law")?;
    if law == 0 {
        return Err(fields.fault("law", "must be 1 or more"));
    }
    Ok(law)
}

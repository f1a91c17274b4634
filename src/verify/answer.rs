//! A guarantor's question about a right, and the law's answer as of the state: may this be pledged?
//!
//! The registry writes the answer with the function that the verifier runs again on the facts that the file proves, so an
//! answer is true or the file fails. Only pledges of the subject can be asked about: what else a command would rest on is
//! not in the file.

use crate::domain::command::{Body, Command, Signer, SignerRole};
use crate::domain::door;
use crate::domain::entry::{Outcome, StateEntry};
use crate::domain::facts::{Facts, StateKey};
use crate::domain::finding::Finding;
use crate::domain::fold::Stamp;
use crate::domain::genesis::Genesis;
use crate::domain::law::Law;
use crate::domain::needs::needs;
use crate::domain::rules;
use crate::domain::wire::{finding_json, parse_question, question_json};
use crate::primitives::canonical::Json;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{CommandId, PartyId, RightId};
use crate::verify::checks::{Step, refuse};
use crate::verify::evidence::{Evidence, Verification};
use crate::verify::verdict::Verdict;

/// The name of the check.
const NAME: &str = "answer";

/// "May `org` take this pledge?"
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    org: PartyId,
    body: Body,
    right: RightId,
}

impl Question {
    /// Makes the question; it must be a pledge, with every line on one right.
    pub fn new(org: PartyId, body: Body) -> Result<Self, FieldFault> {
        let Body::RegisterPledge(register) = &body else {
            return Err(FieldFault::new("type", "must be register_pledge"));
        };
        let mut rights = register.lines.iter().map(|line| line.right);
        let Some(right) = rights.next() else {
            return Err(FieldFault::new("body.lines", "must name a right"));
        };
        if rights.any(|other| other != right) {
            return Err(FieldFault::new("body.lines", "must be on one right"));
        }
        Ok(Self { org, body, right })
    }

    /// Returns the right that is asked about.
    pub fn right(&self) -> RightId {
        self.right
    }

    /// Returns the canonical text.
    pub fn to_text(&self) -> String {
        question_json(self.org, &self.body).to_canonical()
    }

    fn parse(text: &str) -> Result<Self, FieldFault> {
        let json = Json::parse_canonical(text.as_bytes())
            .map_err(|fault| FieldFault::new("question", fault.to_string()))?;
        let (org, body) = parse_question(json)?;
        Self::new(org, body)
    }

    /// Returns the records that the answer rests on and that `facts` does not have yet.
    pub fn needs(&self, facts: &Facts, stamp: Stamp) -> Vec<StateKey> {
        needs(&self.command(stamp), &[], facts, stamp.time)
    }

    /// Refuses what would be refused at the door, and so has no answer.
    pub fn check(&self, facts: &Facts, stamp: Stamp) -> Result<(), FieldFault> {
        door::check(&self.command(stamp), facts, stamp)
    }

    /// Answers from the facts under the latest law, as if every signature were there.
    pub fn answer(&self, genesis: &Genesis, facts: &Facts, stamp: Stamp) -> String {
        let law = Law::LATEST;
        answer_text(law, &self.consider(law, genesis, facts, stamp))
    }

    fn consider(&self, law: Law, genesis: &Genesis, facts: &Facts, stamp: Stamp) -> Outcome {
        rules::consider(law, genesis, facts, &self.command(stamp), stamp)
    }

    fn command(&self, stamp: Stamp) -> Command {
        let (org, role) = (self.org, SignerRole::Maker);
        Command {
            aud: String::new(),
            org,
            cmd: CommandId([0; 16]),
            signers: vec![Signer { org, role }],
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat: stamp.time,
            exp: stamp.time.plus_seconds(1),
            body: self.body.clone(),
        }
    }
}

fn answer_text(law: Law, outcome: &Outcome) -> String {
    let (admissible, findings) = match outcome {
        Outcome::Accepted { warnings, .. } => (true, warnings),
        Outcome::Refused(findings) => (false, findings),
    };
    Json::object([
        ("admissible", Json::Bool(admissible)),
        ("findings", Json::list(findings.iter().map(finding_json))),
        ("law", Json::count(law.number())),
    ])
    .to_canonical()
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
    let question = Question::parse(question).map_err(|fault| (NAME, fault.to_string()))?;
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
    if let Some(missing) = question.needs(facts, stamp).first() {
        return refuse(NAME, format!("{missing} is not in the file"));
    }
    let policy = facts
        .right(right)
        .map(|right| StateKey::Policy(right.kind.clone()));
    if !policy.is_some_and(|policy| evidence.has_history(&policy)) {
        return refuse(NAME, "the history of the kind's policy is missing");
    }
    let outcome = question.consider(law, genesis, facts, stamp);
    let given = answer_text(law, &outcome);
    if given != *answer {
        return refuse(NAME, format!("the law answers {given}"));
    }
    let words = words_of(&outcome);
    verdict.pass(NAME, &words);
    verdict.statements.push(format!(
        "Asked by {}: may {right} be pledged so? Answer as of {}: {words}.",
        question.org, state.time
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

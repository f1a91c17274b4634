//! A guarantor has recorded what it asked before backing a loan, and what it was told. Nothing moves by it.
//!
//! The law cannot know the state at which the answer was given, so it notes the answer as the guarantor says it; whoever holds the
//! evidence file compares. It answers the question itself at this entry, and warns where it finds otherwise.

use crate::domain::command::Verification;
use crate::domain::finding::{Code, Finding};
use crate::domain::question::Answer;
use crate::domain::right::Verified;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings, consider};
use crate::primitives::id::RightId;
use crate::primitives::limits;

pub(super) fn judge(
    case: &Case<'_>,
    id: RightId,
    verification: &Verification,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Verification {
        question,
        answer,
        size,
        root,
    } = verification;
    let Some(right) = draft.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return;
    };
    // A checkpoint of a log that was not there yet, or a law that was not.
    let is_later = *size == 0 || *size > case.stamp.index || answer.law > case.law.number();
    if is_later {
        found.add(Finding::of(Code::NotApplicable).with(id));
    }
    let notes = &mut right.verifications;
    notes.push(Verified {
        guarantor: case.command.org,
        question: question.digest(),
        answer: answer.digest(),
        size: *size,
        root: *root,
        entry: case.stamp.index,
    });
    let old = notes.len().saturating_sub(limits::RIGHT_VERIFICATIONS_MAX);
    notes.drain(..old);
    let asked = question.command(case.stamp);
    let outcome = consider(case.law, case.genesis, case.facts, &asked, case.stamp);
    let now = Answer::of(case.law, &outcome);
    if !now.agrees(answer) {
        let mut finding = Finding::of(Code::AnswerChanged);
        let first = now.findings.first();
        finding.conflicts = first
            .map(|first| first.conflicts.clone())
            .unwrap_or_default();
        found.add(finding);
    }
}

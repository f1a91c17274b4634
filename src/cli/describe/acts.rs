//! The acts of law 2 in plain words.

use crate::cli::describe::span_words;
use crate::domain::command::{PartyAct, PledgeAct, RightAct};
use crate::domain::right::BurdenId;

/// Says what an act on pledges does.
pub(super) fn pledge_lines(act: &PledgeAct, lines: &mut Vec<String>) {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            lines.push(format!(
                "Record for the pledge {pledge} what {} says under number {}: {}, seen on {}",
                report.register,
                report.number,
                report.status.name(),
                report.checked
            ));
            let term = report
                .term
                .map(|term| format!("  term {}", span_words(term)));
            lines.extend(term);
        }
        PledgeAct::ChangeRank { right, from, to } => {
            let order = |burdens: &[BurdenId]| -> String {
                let names: Vec<String> = burdens.iter().map(ToString::to_string).collect();
                names.join(", ")
            };
            lines.push(format!("Change the order of the lines on {right}"));
            lines.push(format!("  from {}", order(from)));
            lines.push(format!("  to   {}", order(to)));
        }
    }
}

/// Says what an act on parties does.
pub(super) fn party_lines(act: &PartyAct, lines: &mut Vec<String>) {
    match act {
        PartyAct::ChangeParty {
            party,
            name,
            document,
        } => lines.push(format!("Rename {party} to {name}; document {document}")),
    }
}

/// Says what an act on rights does.
pub(super) fn right_lines(act: &RightAct, lines: &mut Vec<String>) {
    match act {
        RightAct::ExtendRight {
            right,
            to,
            document,
        } => {
            let last = to.previous();
            lines.push(format!(
                "Extend {right} through {last}; document {document}"
            ));
        }
    }
}

//! Acts on pledges.

use crate::domain::command::{ExternalReport, PledgeAct};
use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::Pledge;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::PledgeId;
use crate::primitives::limits;

/// Judges an act on pledges.
pub(super) fn judge(
    _case: &Case<'_>,
    act: &PledgeAct,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            record_external(*pledge, report, draft, found);
        }
    }
}

/// Finds a pledge with an open line.
fn open_pledge<'d>(
    id: PledgeId,
    draft: &'d mut Draft<'_>,
    found: &mut Findings,
) -> Option<&'d mut Pledge> {
    let Some(pledge) = draft.pledge(id) else {
        found.add(Finding::of(Code::PledgeUnknown).with(id));
        return None;
    };
    if pledge.is_closed() {
        found.add(Finding::of(Code::ClosedPledge).with(id));
    }
    Some(pledge)
}

/// What another register says: one report stands for each register and number, the latest.
fn record_external(
    id: PledgeId,
    report: &ExternalReport,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(pledge) = open_pledge(id, draft, found) else {
        return;
    };
    let external = &mut pledge.more.external;
    external.retain(|known| (&known.register, &known.number) != (&report.register, &report.number));
    external.push(report.clone());
    if external.len() > limits::PLEDGE_NOTES_MAX {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
}

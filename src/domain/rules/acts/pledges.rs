//! Acts on pledges.

use crate::domain::authority::ranks::{harmed, pledgee_of};
use crate::domain::command::{ExternalReport, PledgeAct};
use crate::domain::finding::{Code, Finding};
use crate::domain::pledge::Pledge;
use crate::domain::right::{Burden, BurdenId};
use crate::domain::rules::acts::{claims, collateral};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::domain::stack::related;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;

/// Judges an act on pledges.
pub(super) fn judge(case: &Case<'_>, act: &PledgeAct, draft: &mut Draft<'_>, found: &mut Findings) {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            record_external(case, *pledge, report, draft, found);
        }
        PledgeAct::ChangeRank { right, from, to } => {
            change_rank(case, *right, [from, to], draft, found);
        }
        PledgeAct::SubstituteCollateral { pledge, drop, add } => {
            collateral::substitute(case, *pledge, drop, add, draft, found);
        }
        PledgeAct::RecordDisposal { .. } => collateral::dispose(case, act, draft, found),
        PledgeAct::AssignPledge { .. }
        | PledgeAct::DetermineClaim { .. }
        | PledgeAct::RegisterGuarantee { .. }
        | PledgeAct::RegisterBuyoutCommitment { .. }
        | PledgeAct::Object { .. }
        | PledgeAct::WithdrawObjection { .. } => claims::judge(case, act, draft, found),
    }
}

/// Finds a pledge with an open line.
pub(super) fn open_pledge<'d>(
    case: &Case<'_>,
    id: PledgeId,
    draft: &'d mut Draft<'_>,
    found: &mut Findings,
) -> Option<&'d mut Pledge> {
    let Some(pledge) = draft.pledge(id) else {
        found.add(Finding::of(Code::PledgeUnknown).with(id));
        return None;
    };
    if pledge.is_closed_at(case.stamp.time) {
        found.add(Finding::of(Code::ClosedPledge).with(id));
    }
    Some(pledge)
}

/// Another order of one whole stack. Whoever gets behind a line that was not before it must have signed.
fn change_rank(
    case: &Case<'_>,
    id: RightId,
    [from, to]: [&[BurdenId]; 2],
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let now = case.stamp.time;
    let Some(right) = draft.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return;
    };
    let standing = right.clone();
    let line = |name: &BurdenId| {
        let burden = standing.burden(*name);
        burden.filter(|burden| name.pledge().is_some() && burden.counts_at(now))
    };
    for name in from.iter().filter(|name| line(name).is_none()) {
        found.add(Finding::of(Code::SeniorUnknown).with(name));
    }
    let shares = |burden: &&Burden| {
        let in_stack = from
            .iter()
            .filter_map(line)
            .any(|other| related(burden, other));
        burden.counts_at(now) && in_stack && !from.contains(&burden.id)
    };
    let behind_its_junior = |(n, name): (usize, &BurdenId)| {
        let juniors = from.get(n + 1..).unwrap_or_default();
        line(name).is_some_and(|line| juniors.iter().any(|other| line.behind.contains(other)))
    };
    let mut conflicts: Vec<BurdenId> = standing
        .burdens
        .iter()
        .filter(shares)
        .map(|burden| burden.id)
        .collect();
    conflicts.extend(
        from.iter()
            .enumerate()
            .filter(|(n, name)| behind_its_junior((*n, *name)))
            .map(|(_, name)| *name),
    );
    let lines: Vec<&Burden> = from.iter().filter_map(line).collect();
    conflicts.extend(apart(&lines).iter().map(|line| line.id));
    conflicts.sort_unstable();
    conflicts.dedup();
    for name in conflicts {
        found.add(Finding::of(Code::StackIncomplete).with(name));
    }
    let unsigned = |name: &BurdenId| {
        pledgee_of(*name, case.facts, case.stamp)
            .is_some_and(|pledgee| pledgee != case.command.org && !case.has_signed(pledgee))
    };
    let mut harm = Finding::of(Code::RankHarm);
    let harmed = harmed(&case.command.body).into_iter().filter(unsigned);
    harm.conflicts = harmed.map(|name| name.to_string()).collect();
    if !harm.conflicts.is_empty() {
        found.add(harm);
    }
    for (n, name) in to.iter().enumerate() {
        let Some(own) = line(name) else { continue };
        let ahead = to.iter().take(n).filter_map(line);
        let behind: Vec<BurdenId> = ahead
            .filter(|other| related(own, other))
            .map(|other| other.id)
            .collect();
        place(draft, id, *name, &behind);
    }
}

/// The lines that share no stack with the first, directly or through others.
fn apart<'b>(lines: &[&'b Burden]) -> Vec<&'b Burden> {
    let (mut joined, mut rest): (Vec<&Burden>, Vec<&Burden>) = match lines.split_first() {
        Some((first, others)) => (vec![*first], others.to_vec()),
        None => return Vec::new(),
    };
    loop {
        let joins = |line: &&Burden| joined.iter().any(|other| related(other, line));
        let (more, left): (Vec<&Burden>, Vec<&Burden>) = rest.iter().partition(|line| joins(line));
        if more.is_empty() {
            return left;
        }
        joined.extend(more);
        rest = left;
    }
}

/// Puts a line of a pledge behind others, in its right and in its pledge.
fn place(draft: &mut Draft<'_>, right: RightId, name: BurdenId, behind: &[BurdenId]) {
    let burdens = draft.right(right).map(|right| right.burdens.iter_mut());
    if let Some(burden) = burdens.and_then(|mut b| b.find(|burden| burden.id == name)) {
        burden.behind = behind.to_vec();
    }
    let BurdenId::Line(pledge, number) = name else {
        return;
    };
    let lines = draft.pledge(pledge).map(|pledge| &mut pledge.lines);
    if let Some(line) = lines.and_then(|lines| lines.get_mut(usize::from(number))) {
        line.behind = behind.to_vec();
    }
}

/// What another register says: one report stands for each register and number, the latest.
fn record_external(
    case: &Case<'_>,
    id: PledgeId,
    report: &ExternalReport,
    draft: &mut Draft<'_>,
    found: &mut Findings,
) {
    let Some(pledge) = open_pledge(case, id, draft, found) else {
        return;
    };
    if case.stamp.time.day() < report.checked {
        let mut finding = Finding::of(Code::DayToCome).with(id);
        finding.at = Some(report.checked);
        found.add(finding);
    }
    let external = &mut pledge.more.external;
    external.retain(|known| (&known.register, &known.number) != (&report.register, &report.number));
    external.push(report.clone());
    if external.len() > limits::PLEDGE_NOTES_MAX {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
}

//! Acts on rights.

use crate::domain::command::RightAct;
use crate::domain::finding::{Code, Finding};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::RightId;
use crate::primitives::time::{Day, Span};

/// Judges an act on rights.
pub(super) fn judge(_case: &Case<'_>, act: &RightAct, draft: &mut Draft<'_>, found: &mut Findings) {
    match act {
        RightAct::ExtendRight { right, to, .. } => extend(*right, *to, draft, found),
    }
}

/// A later end. What is pledged keeps its days: only its parties can extend a line.
fn extend(id: RightId, to: Day, draft: &mut Draft<'_>, found: &mut Findings) {
    let Some(right) = draft.right(id) else {
        found.add(Finding::of(Code::RightUnknown).with(id));
        return;
    };
    if right.succeeded_by.is_some() {
        found.add(Finding::of(Code::Succeeded).with(id));
    }
    if right.revoked_from.is_some() {
        found.add(Finding::of(Code::RightRevoked).with(id));
    }
    match Span::new(right.span.from(), to).filter(|span| span.to() > right.span.to()) {
        Some(longer) => right.span = longer,
        None => found.add(Finding::of(Code::NotLonger).with(id)),
    }
}

//! Acts on parties.

use crate::domain::command::PartyAct;
use crate::domain::finding::{Code, Finding};
use crate::domain::rules::draft::Draft;
use crate::domain::rules::{Case, Findings};
use crate::primitives::id::PartyId;

/// Judges an act on parties.
pub(super) fn judge(case: &Case<'_>, act: &PartyAct, draft: &mut Draft<'_>, found: &mut Findings) {
    match act {
        PartyAct::ChangeParty { party, name, .. } => rename(case, *party, name, draft, found),
    }
}

/// A new registered name. The old one stays in the record, and the credit code stays the identity.
fn rename(case: &Case<'_>, id: PartyId, name: &str, draft: &mut Draft<'_>, found: &mut Findings) {
    let Some(party) = draft.party(id) else {
        found.add(Finding::of(Code::PartyUnknown).with(id));
        return;
    };
    match party.name.replace(name.to_owned()) {
        Some(former) if former != name => {
            party.more.former_names.push((former, case.stamp.index));
        }
        // The name of a natural person is hidden; an unchanged name is no change.
        Some(_) | None => found.add(Finding::of(Code::NotApplicable).with(id)),
    }
}

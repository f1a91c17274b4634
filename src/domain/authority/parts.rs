//! Who holds parts of a claim, by assignment or as a member of a syndicate. The pledgee of record acts for them, and gives up nothing of what secures them alone.

use crate::domain::authority::matrix::{self, Consent};
use crate::domain::authority::ranks::{harmed, ordered};
use crate::domain::command::Command;
use crate::domain::facts::Facts;
use crate::domain::fold::Stamp;
use crate::domain::genesis::REGISTRAR;
use crate::domain::right::BurdenId;
use crate::primitives::id::{PartyId, PledgeId};

/// Returns who acts for the holders of parts of the claims that a command may leave with less, with keys or without. What the
/// registrar enters for a court asks nobody.
///
/// Parts are only ever added and a syndicate stays, so a later record of the pledge says the same of the position.
pub fn holders(command: &Command, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let row = matrix::row(command.body.type_name());
    let is_asked = row.is_some_and(|row| row.consents.contains(&Consent::Parts));
    if !is_asked || command.org == REGISTRAR {
        return Vec::new();
    }
    let body = &command.body;
    let pledges: Vec<PledgeId> = if ordered(body).is_empty() {
        body.pledge().into_iter().collect()
    } else {
        harmed(body)
            .into_iter()
            .filter_map(BurdenId::pledge)
            .collect()
    };
    let mut holders = Vec::new();
    for pledge in pledges.into_iter().filter_map(|id| facts.pledge(id)) {
        let parts = pledge.more.parts.iter();
        let known = parts.filter(|part| part.entry < at.index);
        let shares = pledge.more.syndicate.iter().map(|share| share.party);
        let parties = shares.chain(known.map(|part| part.party));
        for holder in parties.map(|party| facts.acting(party, at.index)) {
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }
    holders
}

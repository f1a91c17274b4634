//! Who holds parts of a claim, by assignment or as a member of a syndicate. The pledgee of record acts for them, and gives up nothing of what secures them alone.

use crate::domain::authority::matrix::{self, Consent};
use crate::domain::authority::ranks::{harmed, ordered};
use crate::domain::command::{Act, Body, Command, PledgeAct};
use crate::domain::facts::Facts;
use crate::domain::fold::Stamp;
use crate::domain::genesis::REGISTRAR;
use crate::domain::pledge::Pledge;
use crate::domain::right::BurdenId;
use crate::primitives::id::{PartyId, PledgeId};

/// Returns who acts for the holders of parts of the claims that a command may leave with less, or with another pledgee,
/// with keys or without. What the registrar enters for a court asks nobody.
///
/// Parts are only ever added and a syndicate stays, so a later record of the pledge says the same of the position.
pub fn holders(command: &Command, facts: &Facts, at: Stamp) -> Vec<PartyId> {
    let row = matrix::row(command.body.type_name());
    let is_asked = row.is_some_and(|row| row.consents.contains(&Consent::Parts));
    if !is_asked || command.org == REGISTRAR || is_of_the_pledgee_alone(&command.body) {
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
        for holder in sharers(pledge, facts, at) {
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }
    holders
}

/// Whether a command leaves the others of a claim what they have, and who holds it for them: the pledgee gives away a part of the
/// claim, which is its own.
fn is_of_the_pledgee_alone(body: &Body) -> bool {
    matches!(
        body.act(),
        Some(Act::Pledge(PledgeAct::AssignPledge {
            part_cny: Some(_),
            ..
        }))
    )
}

/// Returns who acts for those who have a part of one claim at the position.
fn sharers(pledge: &Pledge, facts: &Facts, at: Stamp) -> impl Iterator<Item = PartyId> {
    let assigned = pledge.more.parts.iter();
    let assigned = assigned.filter(move |part| part.entry < at.index);
    let shares = pledge.more.syndicate.iter().map(|share| share.party);
    let parties = shares.chain(assigned.map(|part| part.party));
    parties.map(move |party| facts.acting(party, at.index))
}

/// Returns who agrees to the correction of a line, since nobody's collateral gets more or less by the word of the registrar alone:
/// the pledgee; where the line grows, the pledgor and who holds the right by now, and one that has never held a key cannot: what
/// lacks is added by an amendment then, to which its consent is attested; where it gets smaller, who has a part of the claim and
/// has ever held a key.
pub fn of_correction(
    pledge: &Pledge,
    (grows, holder): (bool, Option<PartyId>),
    facts: &Facts,
    at: Stamp,
) -> Vec<PartyId> {
    let mut needed = vec![facts.acting(pledge.pledgee_at(at.index), at.index)];
    if grows {
        let parties = std::iter::once(pledge.pledgor).chain(holder);
        needed.extend(parties.map(|party| facts.acting(party, at.index)));
    } else {
        let sign = |party: &PartyId| facts.signs_for_itself(*party, at.index);
        needed.extend(sharers(pledge, facts, at).filter(sign));
    }
    needed
}

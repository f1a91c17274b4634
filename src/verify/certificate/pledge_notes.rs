//! What the pledges behind the burdens of a right say beyond their lines: how a maximum amount stands, who was secured before, which
//! consents were attested, and what a split left undivided.

use std::collections::BTreeSet;

use crate::domain::pledge::{Attested, Former, Joint, Pledge};
use crate::domain::right::Right;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::time::{Span, Timestamp};
use crate::verify::certificate::statement::Named;

/// Something that is noted in a pledge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PledgeNote {
    /// The pledge.
    pub pledge: PledgeId,
    /// What is noted.
    pub noted: Noted,
}

/// What is noted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Noted {
    /// It secures a maximum amount, for claims that arise in these days.
    Maximum(Span),
    /// The entry that fixed the claims of a maximum amount.
    Determined(EntryIndex),
    /// A pledgee of the past.
    Former(Named, Former),
    /// A consent that the giver of the command attested; no signature of the party.
    Attested(Named, Attested),
    /// Lines that secure a quantity together.
    Joint(Joint),
}

/// Returns the notes of the pledges whose burdens of a right count at a time, each pledge once, in the order of the burdens.
pub(super) fn of_burdens<'a>(
    right: &Right,
    time: Timestamp,
    pledge: &dyn Fn(PledgeId) -> Option<&'a Pledge>,
    named: &dyn Fn(PartyId) -> Named,
) -> Vec<PledgeNote> {
    let mut seen = BTreeSet::new();
    let counting = right.burdens.iter().filter(|burden| burden.counts_at(time));
    let pledges = counting.filter_map(|burden| burden.id.pledge());
    let pledges = pledges.filter(|id| seen.insert(*id));
    let shown = pledges.filter_map(|id| Some((id, pledge(id)?)));
    shown
        .flat_map(|(id, pledge)| notes_of(id, pledge, named))
        .collect()
}

/// Returns the notes of a pledge, in the order of the published specification.
fn notes_of(id: PledgeId, pledge: &Pledge, named: &dyn Fn(PartyId) -> Named) -> Vec<PledgeNote> {
    let more = &pledge.more;
    let maximum = more.maximum.iter();
    let mut noted: Vec<Noted> = maximum.map(|of| Noted::Maximum(of.period)).collect();
    noted.extend(more.determined.map(Noted::Determined));
    let former = more.former.iter();
    noted.extend(former.map(|of| Noted::Former(named(of.party), *of)));
    let attested = more.attested.iter();
    noted.extend(attested.map(|of| Noted::Attested(named(of.party), *of)));
    noted.extend(more.joint.iter().map(|of| Noted::Joint(*of)));
    let note = |noted| PledgeNote { pledge: id, noted };
    noted.into_iter().map(note).collect()
}

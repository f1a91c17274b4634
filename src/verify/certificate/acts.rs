//! Who did what: the entries of the histories that a file shows, of a right and of the pledges that stand or stood on it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::SignerRole;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::StateKey;
use crate::domain::right::Right;
use crate::domain::wire::parse_command;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::time::Timestamp;
use crate::verify::certificate::statement::Named;

/// One entry of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// Its position.
    pub entry: EntryIndex,
    /// Registry time.
    pub time: Timestamp,
    /// The type of the command.
    pub act: String,
    /// Who gave it.
    pub org: Named,
    /// Who signed, with the part; each with a key of its own.
    pub signers: Vec<(Named, SignerRole)>,
    /// Whose consents the giver attested, and how.
    pub attested: Vec<(Named, ConsentClass)>,
    /// The law that decided it.
    pub law: u64,
}

/// What happened to one pledge that stands or stood on a right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PledgeHistory {
    /// The pledge.
    pub pledge: PledgeId,
    /// How many entries it has seen, by its own record.
    pub entries: u64,
    /// All of them, oldest first; nothing where the file had no room for them.
    pub acts: Option<Vec<Act>>,
}

/// Reads the commands of a history.
pub(super) fn acts_of(
    history: &[EntryIndex],
    entries: &BTreeMap<EntryIndex, Entry>,
    named: &dyn Fn(PartyId) -> Named,
) -> Result<Vec<Act>, FieldFault> {
    let mut acts = Vec::new();
    for index in history {
        let Some(Entry::Command {
            time,
            law,
            envelope,
            ..
        }) = entries.get(index)
        else {
            continue;
        };
        let command = parse_command(&envelope.payload)?;
        let signers = command.signers.iter();
        let attested = command.attested.iter();
        acts.push(Act {
            entry: *index,
            time: *time,
            act: command.body.type_name().to_owned(),
            org: named(command.org),
            signers: signers.map(|one| (named(one.org), one.role)).collect(),
            attested: attested.map(|one| (named(one.party), one.class)).collect(),
            law: law.number(),
        });
    }
    Ok(acts)
}

/// The pledges of a right: those of its burdens, and those that the entries of its history change.
pub(super) fn pledges_on(
    right: &Right,
    history: &[EntryIndex],
    entries: &BTreeMap<EntryIndex, Entry>,
) -> BTreeSet<PledgeId> {
    let standing = right.burdens.iter().filter_map(|burden| burden.id.pledge());
    let mut pledges: BTreeSet<PledgeId> = standing.collect();
    for index in history {
        if let Some(Entry::Command {
            outcome: Outcome::Accepted { event, .. },
            ..
        }) = entries.get(index)
        {
            pledges.extend(event.touches().iter().filter_map(StateKey::pledge));
        }
    }
    pledges
}

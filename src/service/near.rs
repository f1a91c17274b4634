//! Which histories an evidence file shows beside that of its subject: those of the rights around it, and of the pledges that stand
//! or stood on a right, as far as there is room (docs/FORMATS.md 7.1). A reader then knows from the file alone which lines came along
//! when a right was renewed or divided, and who did what with each pledge.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::command::{Act, RightAct};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{Record, StateKey};
use crate::domain::right::Right;
use crate::domain::wire::parse_command;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::limits;
use crate::service::version::record_at;
use crate::service::{Registry, ServiceFault};

impl Registry {
    /// The subject, and the rights around it whose histories have room in a file, in the version of a size.
    pub(super) fn with_near(
        &self,
        subject: &StateKey,
        size: u64,
    ) -> Result<BTreeSet<StateKey>, ServiceFault> {
        let mut shown = BTreeSet::from([subject.clone()]);
        let mut waiting = VecDeque::from([subject.clone()]);
        let mut room = limits::EVIDENCE_NEAR_ENTRIES_MAX;
        while let Some(key) = waiting.pop_front() {
            for near in self.rights_near(&key, size)? {
                let near = StateKey::Right(near);
                if shown.contains(&near) {
                    continue;
                }
                let Some(found) = record_at(&self.shared.store, &near, size)? else {
                    continue;
                };
                let Some(left) = room.checked_sub(found.value.history_size) else {
                    continue;
                };
                room = left;
                shown.insert(near.clone());
                waiting.push_back(near);
            }
        }
        shown.extend(self.pledges_on(subject, size)?);
        Ok(shown)
    }

    /// The pledges of a right whose histories have room in a file: first those that stand on it, then those that its entries name, the
    /// latest first.
    fn pledges_on(
        &self,
        subject: &StateKey,
        size: u64,
    ) -> Result<BTreeSet<StateKey>, ServiceFault> {
        let mut shown = BTreeSet::new();
        let Some(found) = record_at(&self.shared.store, subject, size)? else {
            return Ok(shown);
        };
        let Record::Right(right) = &found.value.record else {
            return Ok(shown);
        };
        let standing = right.burdens.iter().filter_map(|burden| burden.id.pledge());
        let mut pledges: Vec<PledgeId> = standing.collect();
        for index in self.indices(subject, &found)?.into_iter().rev() {
            if let Ok(entry) = Entry::parse(&self.entry(index)?) {
                pledges.extend(pledges_of(&entry).into_iter().rev());
            }
        }
        let mut room = limits::EVIDENCE_PLEDGE_ENTRIES_MAX;
        let mut seen = BTreeSet::new();
        for id in pledges.into_iter().filter(|id| seen.insert(*id)) {
            let key = StateKey::Pledge(id);
            let found = record_at(&self.shared.store, &key, size)?;
            let entries = found.map(|found| found.value.history_size);
            if let Some(left) = entries.and_then(|entries| room.checked_sub(entries)) {
                room = left;
                shown.insert(key);
            }
        }
        Ok(shown)
    }

    /// The rights of a pledge, or those that a right came of.
    fn rights_near(&self, key: &StateKey, size: u64) -> Result<BTreeSet<RightId>, ServiceFault> {
        let Some(found) = record_at(&self.shared.store, key, size)? else {
            return Ok(BTreeSet::new());
        };
        match found.value.record {
            Record::Pledge(pledge) => Ok(pledge.lines.iter().map(|line| line.right).collect()),
            Record::Right(right) => self.origins(key, &right),
            Record::Reservation(_)
            | Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => Ok(BTreeSet::new()),
        }
    }

    /// The rights that a right succeeds, and the one of which it is a part or into which it turned.
    fn origins(&self, key: &StateKey, right: &Right) -> Result<BTreeSet<RightId>, ServiceFault> {
        let mut origins: BTreeSet<RightId> = right.succeeds.iter().copied().collect();
        if let Some(made) = key.entry()
            && let Ok(Entry::Command { envelope, .. }) = Entry::parse(&self.entry(made)?)
            && let Ok(command) = parse_command(&envelope.payload)
            && let Some(Act::Right(act)) = command.body.act()
        {
            match act {
                RightAct::TransferRight { right, .. } | RightAct::ConvertRight { right, .. } => {
                    origins.insert(*right);
                }
                RightAct::ExtendRight { .. }
                | RightAct::SurrenderRight { .. }
                | RightAct::CorrectRight { .. }
                | RightAct::RecordVerification { .. }
                | RightAct::OfFreeze(_) => {}
            }
        }
        Ok(origins)
    }
}

/// The pledges that an entry changes, in their order.
fn pledges_of(entry: &Entry) -> Vec<PledgeId> {
    let Entry::Command {
        outcome: Outcome::Accepted { event, .. },
        ..
    } = entry
    else {
        return Vec::new();
    };
    event
        .touches()
        .iter()
        .filter_map(StateKey::pledge)
        .collect()
}

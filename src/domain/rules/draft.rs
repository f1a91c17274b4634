//! The records that an act of law 2 is about to leave: taken from the facts, changed, and told apart from what they were.
//!
//! A rule changes records as they are; what the event says follows from the difference. Burdens that are added go to the end
//! of their list, which is the order of positions.

use std::collections::BTreeMap;

use crate::domain::change::between;
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::fold::lasting;
use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::domain::right::Right;
use crate::domain::rules::Case;
use crate::domain::rules::burdens::renewed;
use crate::primitives::id::{PartyId, PledgeId, RightId};

/// Records before and after.
pub(super) struct Draft<'a> {
    case: &'a Case<'a>,
    before: BTreeMap<StateKey, Record>,
    after: BTreeMap<StateKey, Record>,
}

impl<'a> Draft<'a> {
    /// Begins with nothing touched.
    pub(super) fn new(case: &'a Case<'a>) -> Self {
        Self {
            case,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    /// Touches a record that exists; its history then names the entry, whether or not a member changes.
    pub(super) fn touch(&mut self, key: &StateKey) -> Option<&mut Record> {
        if !self.after.contains_key(key) {
            let record = &self.case.facts.fact(key)?.record;
            let record = lasting(record, self.case.stamp);
            self.before.insert(key.clone(), record.clone());
            self.create(key.clone(), record);
        }
        self.after.get_mut(key)
    }

    /// Adds a record that does not exist yet.
    pub(super) fn create(&mut self, key: StateKey, record: Record) {
        self.after.insert(key, record);
    }

    /// Touches a right to change it.
    pub(super) fn right(&mut self, id: RightId) -> Option<&mut Right> {
        match self.touch(&StateKey::Right(id))? {
            Record::Right(right) => Some(right),
            Record::Pledge(_)
            | Record::Reservation(_)
            | Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => None,
        }
    }

    /// Returns a right as the draft has it, without touching it.
    pub(super) fn right_now(&self, id: RightId) -> Option<&Right> {
        match self.after.get(&StateKey::Right(id)) {
            Some(Record::Right(right)) => Some(right),
            Some(_) => None,
            None => self.case.facts.right(id),
        }
    }

    /// Touches a pledge to change it.
    pub(super) fn pledge(&mut self, id: PledgeId) -> Option<&mut Pledge> {
        match self.touch(&StateKey::Pledge(id))? {
            Record::Pledge(pledge) => Some(pledge),
            Record::Right(_)
            | Record::Reservation(_)
            | Record::Party(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => None,
        }
    }

    /// Touches a party to change it.
    pub(super) fn party(&mut self, id: PartyId) -> Option<&mut Party> {
        match self.touch(&StateKey::Party(id))? {
            Record::Party(party) => Some(party),
            Record::Right(_)
            | Record::Pledge(_)
            | Record::Reservation(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => None,
        }
    }

    /// Returns the event: what differs, and the overhangs that the changes leave on the touched rights.
    pub(super) fn finish(self) -> Event {
        let (mut changes, mut rows, mut overhangs) = (Vec::new(), Vec::new(), Vec::new());
        for (key, after) in &self.after {
            let before = self.before.get(key);
            let (change, of_lists) = between(key, before, after);
            // Rows touch their record too; only a record without them needs a change that may be empty.
            let says = change.new || !change.set.is_empty() || !change.clear.is_empty();
            if says || of_lists.is_empty() {
                changes.push(change);
            }
            rows.extend(of_lists);
            if let (StateKey::Right(id), Record::Right(right)) = (key, after) {
                overhangs.extend(renewed(*id, right, self.case.stamp.time));
            }
        }
        Event::Changed {
            act: self.case.command.body.type_name().to_owned(),
            changes,
            rows,
            overhangs,
        }
    }
}

//! Freezes as a list. They are no records and have no index: what stands is found on the rights, and what is over by the newest
//! entries of the log that name a freeze, as far back as a question may look.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::command::{Body, FreezeAct, RightAct};
use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::{Record, StateKey};
use crate::domain::order::{Force, InForce, in_force};
use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::wire::parse_command;
use crate::primitives::id::{EntryIndex, FreezeId, PartyId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::{Registry, ServiceFault};

/// How the type of an event shows in the bytes of an entry, and the types that order a freeze or end one.
const TYPE: &[u8] = b"\"type\":\"";
const TYPES: [&[u8]; 4] = [
    b"frozen\"",
    b"unfrozen\"",
    b"unfreeze\"",
    b"execute_freeze\"",
];

/// How a freeze stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FreezeState {
    /// All of it is in force.
    InForce,
    /// Some of it is, the rest waits behind earlier freezes.
    InPart,
    /// Nothing of it is: it waits.
    Waits,
    /// It ended with its term, or its days are over.
    Expired,
    /// It was lifted.
    Lifted,
    /// What it froze was sold.
    Executed,
    /// It is not on the right any more, for another reason.
    Gone,
}

impl FreezeState {
    /// All of them, as people want them listed.
    pub const ALL: [Self; 7] = [
        Self::InForce,
        Self::InPart,
        Self::Waits,
        Self::Expired,
        Self::Lifted,
        Self::Executed,
        Self::Gone,
    ];

    /// What may be asked for.
    pub const WORDS: &'static str = "in_force, in_part, waits, expired, lifted, executed or gone";

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::InPart => "in_part",
            Self::Waits => "waits",
            Self::Expired => "expired",
            Self::Lifted => "lifted",
            Self::Executed => "executed",
            Self::Gone => "gone",
        }
    }

    /// What it is called, Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::InForce => ("生效", "in force"),
            Self::InPart => ("部分生效, 部分轮候", "in force in part, the rest waits"),
            Self::Waits => ("轮候", "waiting behind earlier freezes"),
            Self::Expired => ("已期满", "over with its term"),
            Self::Lifted => ("已解除", "lifted"),
            Self::Executed => ("已执行完毕", "executed"),
            Self::Gone => ("已不在该权益上", "not on the right any more"),
        }
    }

    /// Parses its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Says whether it is over.
    pub fn is_over(self) -> bool {
        match self {
            Self::InForce | Self::InPart | Self::Waits => false,
            Self::Expired | Self::Lifted | Self::Executed | Self::Gone => true,
        }
    }

    /// Returns how one stands that counts on its right.
    pub fn of(queued: &InForce) -> Self {
        let is_nothing = |force: Force| match force {
            Force::Amount { takes, .. } => takes.is_zero(),
            Force::Waits => true,
            Force::Whole => false,
        };
        if queued.parts.is_empty() {
            Self::Expired
        } else if queued.parts.iter().all(|part| is_nothing(part.force)) {
            Self::Waits
        } else if queued.waits() {
            Self::InPart
        } else {
            Self::InForce
        }
    }
}

/// A freeze of the list.
#[derive(Clone, Debug)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// The right that it is on, or was on last.
    pub on: RightId,
    /// That right as it is now.
    pub right: Right,
    /// The freeze as it stands, or as it was ordered where it does not.
    pub burden: Burden,
    /// What of it is in force and what waits, while it counts.
    pub queued: Option<InForce>,
    /// How it stands.
    pub state: FreezeState,
    /// The entry that ended it, and its time.
    pub ended: Option<(EntryIndex, Timestamp)>,
}

/// The list, the newest first.
#[derive(Clone, Debug)]
pub struct Freezes {
    /// The freezes.
    pub rows: Vec<Freeze>,
    /// The first entry that was looked at for what is over; what ended before it is missing.
    pub from: EntryIndex,
    /// Whether every right was looked at for what stands.
    pub has_every_right: bool,
}

/// What of the list is wanted; nothing of it takes everything.
#[derive(Clone, Copy, Default, Debug)]
pub struct FreezeFilter {
    /// Ordered by this party, or by one in whose place it acts.
    pub authority: Option<PartyId>,
    /// In this state.
    pub state: Option<FreezeState>,
}

/// Rights that take the place of one another and are followed.
const CARRIERS_MAX: usize = 64;

/// How far a question looks.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Rights that are looked at for freezes that stand.
    pub rights: usize,
    /// Entries, the newest, that are looked at for those that are over.
    pub entries: u64,
}

impl Reach {
    /// For a page.
    pub const PAGE: Self = Self {
        rights: limits::PART_RECORDS_MAX,
        entries: limits::LOG_LOOK_ENTRIES_MAX,
    };
    /// For a file.
    pub const FILE: Self = Self {
        rights: usize::MAX,
        entries: limits::EXPORT_ENTRIES_MAX,
    };
}

/// What an entry does to a freeze.
enum Act {
    Ordered(RightId, Burden),
    Ended(RightId, FreezeState, Timestamp),
}

impl Registry {
    /// Returns the freezes that are wanted, the newest first.
    pub fn freezes(&self, filter: FreezeFilter, reach: Reach) -> Result<Freezes, ServiceFault> {
        let now = self.now().max(self.published().time);
        let (mut known, has_every_right) = self.standing_freezes(reach.rights, now)?;
        let size = self.published().size;
        let from = size.saturating_sub(reach.entries);
        self.add_past(&mut known, (from, size), now)?;
        let by = match filter.authority {
            Some(party) => Some(self.standing_for(party)?),
            None => None,
        };
        let takes = |freeze: &Freeze| {
            let has_authority = by
                .as_ref()
                .is_none_or(|by| is_of(by, freeze.burden.authority));
            has_authority && filter.state.is_none_or(|state| state == freeze.state)
        };
        Ok(Freezes {
            rows: known.into_values().rev().filter(takes).collect(),
            from,
            has_every_right,
        })
    }

    /// The freezes on rights, and whether all of these were looked at.
    fn standing_freezes(
        &self,
        most: usize,
        now: Timestamp,
    ) -> Result<(BTreeMap<FreezeId, Freeze>, bool), ServiceFault> {
        let (mut known, mut last, mut looked_at) = (BTreeMap::new(), None, 0_usize);
        loop {
            let rows = limits::PAGE_ROWS_MAX.min(most);
            let page = self.page(b"r", last, rows)?;
            let is_last = page.len() < rows;
            looked_at = looked_at.saturating_add(page.len());
            for found in page {
                last = found.value.key.entry();
                if let (StateKey::Right(on), Record::Right(right)) =
                    (found.value.key, found.value.record)
                {
                    known.extend(freezes_on(on, &right, now));
                }
            }
            if is_last || looked_at >= most {
                return Ok((known, is_last));
            }
        }
    }

    /// Adds those that entries order or end and that are on no right.
    fn add_past(
        &self,
        known: &mut BTreeMap<FreezeId, Freeze>,
        (from, size): (EntryIndex, EntryIndex),
        now: Timestamp,
    ) -> Result<(), ServiceFault> {
        for (index, id, act) in self.acts_on_freezes(from, size)? {
            let (on, state, ended) = match &act {
                Act::Ended(on, state, time) => (*on, *state, Some((index, *time))),
                Act::Ordered(on, burden) => {
                    let is_past = !burden.counts_at(now);
                    let state = if is_past {
                        FreezeState::Expired
                    } else {
                        FreezeState::Gone
                    };
                    (*on, state, None)
                }
            };
            if known.contains_key(&id) {
                continue;
            }
            let burden = match act {
                Act::Ordered(_, burden) => Some(burden),
                Act::Ended(..) => match read_act(id.0, &self.entry(id.0)?)? {
                    Some((_, Act::Ordered(_, burden))) => Some(burden),
                    Some((_, Act::Ended(..))) | None => None,
                },
            };
            // A right beyond those that were looked at may carry it still, or one that took its place.
            if let Some(freeze) = self.carried(id, on, now)? {
                known.insert(id, freeze);
                continue;
            }
            let found = self.record(&StateKey::Right(on))?;
            let right = found.map(|found| found.value.record);
            if let (Some(burden), Some(Record::Right(right))) = (burden, right) {
                let freeze = Freeze {
                    id,
                    on,
                    right,
                    burden,
                    queued: None,
                    state,
                    ended,
                };
                known.insert(id, freeze);
            }
        }
        Ok(())
    }

    /// The freeze as it stands, where the right that it was ordered on, or one in its place, carries it.
    fn carried(
        &self,
        id: FreezeId,
        on: RightId,
        now: Timestamp,
    ) -> Result<Option<Freeze>, ServiceFault> {
        let mut next = Some(on);
        for _ in 0..CARRIERS_MAX {
            let Some(at) = next else { break };
            let found = self.record(&StateKey::Right(at))?;
            let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
                break;
            };
            let mut freezes = freezes_on(at, &right, now).into_iter();
            if let Some((_, freeze)) = freezes.find(|(one, _)| *one == id) {
                return Ok(Some(freeze));
            }
            next = right.succeeded_by;
        }
        Ok(None)
    }

    /// What entries do to freezes, the newest first.
    fn acts_on_freezes(
        &self,
        from: EntryIndex,
        size: EntryIndex,
    ) -> Result<Vec<(EntryIndex, FreezeId, Act)>, ServiceFault> {
        let (mut acts, mut next) = (Vec::new(), from);
        while next < size {
            let chunk = self.some_entries(next, size)?;
            let Some((last, _)) = chunk.last() else { break };
            next = last.saturating_add(1);
            for (index, bytes) in &chunk {
                if !may_be(bytes) {
                    continue;
                }
                if let Some((id, act)) = read_act(*index, bytes)? {
                    acts.push((*index, id, act));
                }
            }
        }
        acts.reverse();
        Ok(acts)
    }
}

fn is_of(parties: &BTreeSet<PartyId>, authority: Option<PartyId>) -> bool {
    authority.is_some_and(|authority| parties.contains(&authority))
}

/// The freezes that a right carries.
fn freezes_on(on: RightId, right: &Right, now: Timestamp) -> Vec<(FreezeId, Freeze)> {
    let carried = right.burdens.iter().filter_map(|burden| match burden.id {
        BurdenId::Freeze(id) => Some((id, burden)),
        BurdenId::Line(..) | BurdenId::Hold(..) => None,
    });
    let mut carried = carried.peekable();
    if carried.peek().is_none() {
        return Vec::new();
    }
    let queue = in_force(right, now);
    let freeze = |(id, burden): (FreezeId, &Burden)| {
        let queued = queue.iter().find(|queued| queued.freeze == id).cloned();
        let state = queued.as_ref().map(FreezeState::of);
        let freeze = Freeze {
            id,
            on,
            right: right.clone(),
            burden: burden.clone(),
            queued,
            state: state.unwrap_or(FreezeState::Expired),
            ended: None,
        };
        (id, freeze)
    };
    carried.map(freeze).collect()
}

/// Says whether an entry may be of a freeze, by its bytes alone: most are not, and need not be parsed.
fn may_be(bytes: &[u8]) -> bool {
    let starts = bytes.windows(TYPE.len()).enumerate();
    let mut starts = starts.filter(|(_, window)| *window == TYPE);
    starts.any(|(at, _)| {
        let rest = bytes.get(at + TYPE.len()..).unwrap_or_default();
        TYPES.iter().any(|kind| rest.starts_with(kind))
    })
}

/// Reads what an entry does to which freeze, where it orders or ends one.
fn read_act(index: EntryIndex, bytes: &[u8]) -> Result<Option<(FreezeId, Act)>, ServiceFault> {
    let doubt = |what: String| ServiceFault::Doubt(format!("entry {index}: {what}"));
    let entry = Entry::parse(bytes).map_err(|fault| doubt(fault.to_string()))?;
    let Entry::Command {
        envelope,
        time,
        outcome: Outcome::Accepted { event, .. },
        ..
    } = entry
    else {
        return Ok(None);
    };
    if let Event::Frozen { right, burden, .. } = event {
        let id = match burden.id {
            BurdenId::Freeze(id) => id,
            BurdenId::Line(..) | BurdenId::Hold(..) => FreezeId(index),
        };
        return Ok(Some((id, Act::Ordered(right, burden))));
    }
    let command = parse_command(&envelope.payload).map_err(|fault| doubt(fault.to_string()))?;
    let ended = |on, state| Act::Ended(on, state, time);
    Ok(match command.body {
        Body::Unfreeze { right, freeze, .. } => Some((freeze, ended(right, FreezeState::Lifted))),
        Body::OfRight(act) => match *act {
            RightAct::OfFreeze(FreezeAct::ExecuteFreeze { right, freeze, .. }) => {
                Some((freeze, ended(right, FreezeState::Executed)))
            }
            _ => None,
        },
        _ => None,
    })
}

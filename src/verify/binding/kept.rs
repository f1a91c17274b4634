//! Pledges that a file shows: what its entries noted in them is still there, and they stand on the rights whose histories are
//! shown exactly as the burdens there say.
//!
//! Of a pledge without history, entries that touch it and not the subject are not in the file, so of what they did nothing is known
//! here. With its history every note is of a shown entry, and no later one may tell an earlier one anew.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::Members;
use crate::domain::event::Event;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::pledge::{Line, Maximum, Pledge, Reservation, ReservationEnd};
use crate::domain::right::{Burden, BurdenId, Right};
use crate::domain::wire::{event_json, record_json};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::verify::binding::attested::entry_of;
use crate::verify::binding::lapse;
use crate::verify::binding::notes::{items_of, list_of};
use crate::verify::past::Past;

/// Lists of a pledge to which entries only ever add, each item with its entry; where they are full, an older item may give way.
const LISTS: [&str; 4] = ["attested", "corrections", "disposals", "joint"];

/// What the accepted entries of a file have noted in pledges, so far.
#[derive(Default)]
pub(in crate::verify) struct Notes {
    passed: BTreeSet<EntryIndex>,
    items: BTreeMap<(PledgeId, &'static str), Vec<Members>>,
    registered: BTreeMap<PledgeId, Event>,
    reserved: BTreeMap<ReservationId, (PartyId, PartyId, Timestamp)>,
    ended: BTreeMap<ReservationId, ReservationEnd>,
}

impl Notes {
    /// Keeps what an entry notes.
    pub(in crate::verify) fn keep(&mut self, index: EntryIndex, event: &Event) {
        self.passed.insert(index);
        if let Event::PledgeRegistered { pledge, .. } = event {
            let noted = list_of(&event_json(event), "attested");
            self.items
                .entry((*pledge, "attested"))
                .or_default()
                .extend(noted);
            self.registered.insert(*pledge, event.clone());
        }
        self.keep_reservation(event);
        let Event::Changed { rows, .. } = event else {
            return;
        };
        let pledges: BTreeSet<PledgeId> =
            rows.iter().filter_map(|row| pledge_of(&row.of)).collect();
        for pledge in pledges {
            for list in LISTS {
                let own = |item: &&Members| entry_of(item) == Some(index);
                let noted = items_of(rows, pledge, list).into_iter().filter(own);
                self.items
                    .entry((pledge, list))
                    .or_default()
                    .extend(noted.cloned());
            }
        }
    }

    fn keep_reservation(&mut self, event: &Event) {
        if let Event::Reserved {
            reservation,
            pledgee,
            pledgor,
            expires,
            ..
        } = event
        {
            let said = (*pledgee, *pledgor, *expires);
            self.reserved.insert(*reservation, said);
        }
        if let Event::ReservationCancelled { reservation, .. } = event {
            self.ended.insert(*reservation, ReservationEnd::Cancelled);
        }
        if let Event::PledgeRegistered {
            pledge,
            reservation: Some(taken),
            ..
        } = event
        {
            self.ended.insert(taken.id, ReservationEnd::Taken(*pledge));
        }
    }

    /// Says whether a note is of an entry that the file shows.
    pub(super) fn has_passed(&self, item: &Members) -> bool {
        entry_of(item).is_some_and(|entry| self.passed.contains(&entry))
    }

    /// The notes of shown entries in a list of a pledge.
    pub(super) fn of(&self, pledge: PledgeId, list: &'static str) -> &[Members] {
        self.items.get(&(pledge, list)).map_or(&[], Vec::as_slice)
    }
}

fn pledge_of(key: &StateKey) -> Option<PledgeId> {
    match key {
        StateKey::Pledge(pledge) => Some(*pledge),
        StateKey::Right(_)
        | StateKey::Reservation(_)
        | StateKey::Party(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => None,
    }
}

/// Checks the shown records of pledges after all entries of the file have passed.
pub(in crate::verify) fn check<'a>(
    keys: impl Iterator<Item = &'a StateKey>,
    past: &Past,
    now: Timestamp,
) -> Result<(), String> {
    let facts = past.facts();
    for key in keys {
        match facts.fact(key).map(|fact| &fact.record) {
            Some(Record::Pledge(pledge)) => {
                let Some(id) = pledge_of(key) else { continue };
                is_kept(id, pledge, past.notes())?;
                lapse::goes_by_term(id, pledge, now)?;
                has_one_place(id, pledge)?;
                let lines = (0_u16..).zip(&pledge.lines);
                for (number, line) in lines.filter(|(_, line)| line.is_open_at(now)) {
                    stands(BurdenId::Line(id, number), line, past)?;
                }
            }
            Some(Record::Reservation(held)) => {
                let StateKey::Reservation(id) = key else {
                    continue;
                };
                is_reserved(*id, held, past)?;
            }
            Some(Record::Right(right)) if past.shows(key) => {
                let StateKey::Right(id) = key else { continue };
                for burden in &right.burdens {
                    is_a_line(*id, burden, facts)?;
                }
            }
            Some(_) | None => {}
        }
    }
    Ok(())
}

/// The members that no entry changes are those of the registration, and notes of shown entries are those that they made.
fn is_kept(id: PledgeId, pledge: &Pledge, notes: &Notes) -> Result<(), String> {
    if let Some(event) = notes.registered.get(&id)
        && !is_registered(event, pledge)
    {
        return Err(format!("{id} is not what was registered"));
    }
    let record = record_json(&Record::Pledge(pledge.clone()));
    for list in LISTS {
        let items = list_of(&record, list);
        let mut shown = items.iter().filter(|item| notes.has_passed(item));
        let mut of_entries = notes.of(id, list).iter();
        let is_full = list != "joint" && items.len() >= limits::PLEDGE_NOTES_MAX;
        let is_kept = if is_full {
            shown.all(|item| of_entries.any(|other| other == item))
        } else {
            shown.eq(of_entries)
        };
        if !is_kept {
            return Err(format!(
                "{list} of {id} are not those that the entries noted"
            ));
        }
    }
    Ok(())
}

fn is_registered(event: &Event, is: &Pledge) -> bool {
    let Event::PledgeRegistered {
        pledgee,
        pledgor,
        debtor,
        form,
        hidden,
        reservation,
        more,
        ..
    } = event
    else {
        return false;
    };
    let first = is
        .more
        .former
        .first()
        .map_or(is.pledgee, |former| former.party);
    first == *pledgee
        && is.pledgor == *pledgor
        && is.debtor == *debtor
        && is.form == *form
        && is.hidden == *hidden
        && is.reservation == reservation.as_ref().map(|taken| taken.id)
        && is_period_of(is.more.maximum, more.maximum)
        && is.more.syndicate == more.syndicate
}

/// Only a determination period that was registered gets longer, and none gets shorter.
fn is_period_of(is: Option<Maximum>, was: Option<Maximum>) -> bool {
    match (is, was) {
        (Some(is), Some(was)) => is.period.covers(was.period),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// What no entry changes of a reservation is what the entry said that made it; it has ended by the shown entry that ended it,
/// and by none that would stand in the history of a right that it stands on.
fn is_reserved(id: ReservationId, held: &Reservation, past: &Past) -> Result<(), String> {
    let notes = past.notes();
    let said = notes.reserved.get(&id);
    if said.is_some_and(|said| *said != (held.pledgee, held.pledgor, held.expires)) {
        return Err(format!("{id} is not what was reserved"));
    }
    let rights = held.lines.iter().map(|line| StateKey::Right(line.right));
    let is_known = notes.ended.contains_key(&id) || rights.into_iter().any(|key| past.shows(&key));
    if is_known && held.ended != notes.ended.get(&id).copied() {
        return Err(format!("{id} has not ended so"));
    }
    Ok(())
}

/// One claim has one place in a stack.
fn has_one_place(id: PledgeId, pledge: &Pledge) -> Result<(), String> {
    let behind = pledge.lines.iter().flat_map(|line| &line.behind);
    let mut own = behind.filter(|burden| burden.pledge() == Some(id));
    match own.next() {
        Some(own) => Err(format!("a line of {id} stands behind {own}, its own")),
        None => Ok(()),
    }
}

/// An open line stands on its right, where the history of the right is shown.
fn stands(id: BurdenId, line: &Line, past: &Past) -> Result<(), String> {
    let key = StateKey::Right(line.right);
    let right: Option<&Right> = past.facts().right(line.right);
    if !past.shows(&key) || right.is_some_and(|right| right.burden(id).is_some()) {
        return Ok(());
    }
    Err(format!("{id} does not stand on {}", line.right))
}

/// A burden that is a line of a shown pledge or reservation says what the line says.
fn is_a_line(right: RightId, burden: &Burden, facts: &Facts) -> Result<(), String> {
    let (key, lines, number) = match burden.id {
        BurdenId::Line(pledge, number) => {
            let lines = facts.pledge(pledge).map(|pledge| &pledge.lines);
            (StateKey::Pledge(pledge), lines, number)
        }
        BurdenId::Hold(hold, number) => {
            let lines = facts.reservation(hold).map(|hold| &hold.lines);
            (StateKey::Reservation(hold), lines, number)
        }
        BurdenId::Freeze(_) => return Ok(()),
    };
    if !facts.knows(&key) {
        return Ok(());
    }
    let line = lines.and_then(|lines| lines.get(usize::from(number)));
    let same = line.is_some_and(|line| {
        line.right == right
            && !line.released
            && line.extent == burden.extent
            && line.behind == burden.behind
            && (line.expires == burden.expires || burden.id.pledge().is_none())
    });
    if same {
        return Ok(());
    }
    Err(format!(
        "{} on {right} is not the line of its record",
        burden.id
    ))
}

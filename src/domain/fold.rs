//! Folds an event into one record. It cannot refuse: what `decide` accepted has already happened.
//!
//! Every function here reads the event and the one record it changes, nothing else. A fault means that the history given to a
//! verifier is not one that the law could have made.

use std::fmt;

use crate::domain::change;
use crate::domain::event::{Event, LineResult, OverhangChange};
use crate::domain::facts::{Owner, PolicyVersion, Record, StateKey};
use crate::domain::party::{Party, PartyKey};
use crate::domain::pledge::{Line, Pledge, Reservation, ReservationEnd};
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::primitives::id::{EntryIndex, PledgeId, ReservationId, RightId};
use crate::primitives::time::Timestamp;

/// Where and when an event stands in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The index of its entry.
    pub index: EntryIndex,
    /// Its registry time.
    pub time: Timestamp,
}

/// Why an event does not fit a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoldFault {
    /// The record.
    pub key: StateKey,
    /// What does not fit.
    pub reason: &'static str,
}

impl fmt::Display for FoldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

/// Returns the record under `key` after the event; `before` is what stood there.
pub fn fold(
    event: &Event,
    stamp: Stamp,
    key: &StateKey,
    before: Option<&Record>,
) -> Result<Record, FoldFault> {
    if let Event::Changed { .. } = event {
        let after = fold_change(event, stamp, key, before);
        return after.map_err(|reason| FoldFault {
            key: key.clone(),
            reason,
        });
    }
    let after = match key {
        StateKey::Right(id) => fold_right(event, stamp, *id, before).map(Record::Right),
        StateKey::Pledge(id) => fold_pledge(event, *id, before).map(Record::Pledge),
        StateKey::Reservation(id) => fold_reservation(event, *id, before).map(Record::Reservation),
        StateKey::Party(_) => fold_party(event, stamp, before).map(Record::Party),
        StateKey::Identity(_) => fold_identity(event, before),
        StateKey::Source(_) => fold_source(event, before),
        StateKey::Cell(_) => fold_cell(event, before),
        StateKey::Policy(_) => fold_policy(event, stamp, before),
    };
    after.map_err(|reason| FoldFault {
        key: key.clone(),
        reason,
    })
}

type Folded<T> = Result<T, &'static str>;

const ABSENT: &str = "the event changes a record that does not exist";
const PRESENT: &str = "the event creates a record that exists";
const FOREIGN: &str = "the event does not touch this record";

/// Folds an act of law 2: one form for every act and every record.
fn fold_change(
    event: &Event,
    stamp: Stamp,
    key: &StateKey,
    before: Option<&Record>,
) -> Folded<Record> {
    let Event::Changed {
        changes,
        rows,
        overhangs,
        ..
    } = event
    else {
        return Err(FOREIGN);
    };
    let lasting = before.map(|record| lasting(record, stamp));
    let mut after = change::apply(key, lasting.as_ref(), changes, rows)?;
    if let (StateKey::Right(id), Record::Right(right)) = (key, &mut after) {
        for change in overhangs {
            set_overhang(*id, right, change);
        }
    }
    Ok(after)
}

/// Returns a record as every event finds it: without the reservations on a right that have ended by themselves.
pub fn lasting(record: &Record, stamp: Stamp) -> Record {
    let mut record = record.clone();
    if let Record::Right(right) = &mut record {
        right.burdens.retain(|burden| burden.counts_at(stamp.time));
    }
    record
}

fn fold_right(event: &Event, stamp: Stamp, id: RightId, before: Option<&Record>) -> Folded<Right> {
    if let Event::RightIssued { right, record, .. } = event
        && *right == id
    {
        return if before.is_none() {
            Ok((**record).clone())
        } else {
            Err(PRESENT)
        };
    }
    let Some(Record::Right(before)) = before else {
        return Err(ABSENT);
    };
    let mut right = before.clone();
    right.burdens.retain(|burden| burden.counts_at(stamp.time));
    change_right(event, id, &mut right)?;
    for change in event.overhangs() {
        set_overhang(id, &mut right, change);
    }
    Ok(right)
}

#[expect(
    clippy::too_many_lines,
    reason = "one flat arm per event, without nesting"
)]
fn change_right(event: &Event, id: RightId, right: &mut Right) -> Folded<()> {
    match event {
        Event::RightIssued {
            right: successor,
            record,
            tolerated,
            moved,
        } => {
            if record.succeeds.contains(&id) {
                right.succeeded_by = Some(*successor);
            }
            let leaves = |burden: &Burden| {
                moved
                    .iter()
                    .any(|line| line.from == id && line.burden == burden.id)
            };
            right.burdens.retain(|burden| !leaves(burden));
            for overlap in tolerated.iter().filter(|overlap| overlap.right == id) {
                if let Capacity::Land {
                    tolerated_area2, ..
                } = &mut right.capacity
                {
                    *tolerated_area2 = tolerated_area2.saturating_add(overlap.area2);
                }
            }
        }
        Event::RightAdjusted { from, quantity, .. } => match &mut right.capacity {
            Capacity::Stock(balance) => *balance = *quantity,
            Capacity::Flow(steps) => {
                steps.retain(|(day, _)| day < from);
                steps.push((*from, *quantity));
            }
            Capacity::Land { .. } => return Err(FOREIGN),
        },
        Event::RightRevoked { from, .. } => right.revoked_from = Some(*from),
        Event::Frozen { burden, .. } => right.burdens.push(burden.clone()),
        Event::Unfrozen { freeze, .. } => {
            right
                .burdens
                .retain(|burden| burden.id != BurdenId::Freeze(*freeze));
        }
        Event::Reserved {
            reservation,
            lines,
            expires,
            ..
        } => {
            let hold = |number| BurdenId::Hold(*reservation, number);
            let added = burdens_of(id, lines, hold);
            right.burdens.extend(added.into_iter().map(|burden| Burden {
                expires: Some(*expires),
                ..burden
            }));
        }
        Event::ReservationCancelled { reservation, .. } => remove_hold(right, *reservation),
        Event::PledgeRegistered {
            pledge,
            lines,
            reservation,
            ..
        } => {
            let name = |number| BurdenId::Line(*pledge, number);
            let mut added = burdens_of(id, lines, name);
            if let Some(taken) = reservation {
                if taken.in_place {
                    added = take_places(right, taken.id, added);
                }
                remove_hold(right, taken.id);
            }
            right.burdens.extend(added);
        }
        Event::PledgeAmended { pledge, lines, .. }
        | Event::PledgeExtended { pledge, lines, .. }
        | Event::PledgeReleased { pledge, lines, .. } => {
            change_lines(id, right, *pledge, lines);
        }
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::Changed { .. } => return Err(FOREIGN),
    }
    Ok(())
}

fn burdens_of(id: RightId, lines: &[Line], name: impl Fn(u16) -> BurdenId) -> Vec<Burden> {
    let mine = (0_u16..).zip(lines).filter(|(_, line)| line.right == id);
    mine.map(|(number, line)| Burden {
        id: name(number),
        extent: line.extent,
        expires: line.expires,
        authority: None,
        behind: line.behind.clone(),
        overhang: None,
        order: None,
    })
    .collect()
}

/// Puts each line in the place of the first reserved one that it fits into; those left over are returned.
fn take_places(right: &mut Right, hold: ReservationId, lines: Vec<Burden>) -> Vec<Burden> {
    let mut rest = Vec::new();
    for line in lines {
        let place = reserved_place(&right.burdens, hold, line.extent);
        match place.and_then(|place| right.burdens.get_mut(place)) {
            Some(burden) => *burden = line,
            None => rest.push(line),
        }
    }
    rest
}

/// Returns the place of the first reserved line, of those that still stand, into which a line fits.
pub fn reserved_place(burdens: &[Burden], hold: ReservationId, extent: Extent) -> Option<usize> {
    burdens.iter().position(|burden| match burden.id {
        BurdenId::Hold(id, _) => id == hold && extent.is_within(burden.extent),
        BurdenId::Line(..) | BurdenId::Freeze(_) => false,
    })
}

fn remove_hold(right: &mut Right, reservation: ReservationId) {
    right.burdens.retain(|burden| match burden.id {
        BurdenId::Hold(id, _) => id != reservation,
        BurdenId::Line(..) | BurdenId::Freeze(_) => true,
    });
}

fn change_lines(id: RightId, right: &mut Right, pledge: PledgeId, lines: &[LineResult]) {
    for result in lines.iter().filter(|result| result.line.right == id) {
        let name = BurdenId::Line(pledge, result.number);
        if result.line.released {
            right.burdens.retain(|burden| burden.id != name);
        } else if let Some(burden) = right.burdens.iter_mut().find(|burden| burden.id == name) {
            burden.extent = result.line.extent;
        }
    }
}

fn set_overhang(id: RightId, right: &mut Right, change: &OverhangChange) {
    if change.right != id {
        return;
    }
    if let Some(burden) = right
        .burdens
        .iter_mut()
        .find(|burden| burden.id == change.burden)
    {
        burden.overhang = change.overhang;
    }
}

fn fold_pledge(event: &Event, id: PledgeId, before: Option<&Record>) -> Folded<Pledge> {
    if let Event::PledgeRegistered {
        pledge: _,
        pledgee,
        pledgor,
        debtor,
        form,
        lines,
        term,
        hidden,
        reservation,
        more,
    } = event
    {
        if before.is_some() {
            return Err(PRESENT);
        }
        return Ok(Pledge {
            pledgee: *pledgee,
            pledgor: *pledgor,
            debtor: *debtor,
            form: *form,
            lines: lines.clone(),
            term: *term,
            hidden: hidden.clone(),
            reservation: reservation.as_ref().map(|taken| taken.id),
            more: (**more).clone(),
        });
    }
    let Some(Record::Pledge(before)) = before else {
        return Err(ABSENT);
    };
    let mut pledge = before.clone();
    match event {
        Event::PledgeAmended { lines, .. } | Event::PledgeReleased { lines, .. } => {
            replace_lines(&mut pledge.lines, lines)?;
        }
        Event::PledgeExtended { lines, term, .. } => {
            replace_lines(&mut pledge.lines, lines)?;
            pledge.term = term.or(pledge.term);
        }
        Event::RightIssued { right, moved, .. } => {
            for line in moved {
                if let BurdenId::Line(pledge_id, number) = line.burden
                    && pledge_id == id
                {
                    let line = pledge.lines.get_mut(usize::from(number)).ok_or(FOREIGN)?;
                    line.right = *right;
                }
            }
        }
        Event::PledgeRegistered { .. }
        | Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::Changed { .. } => return Err(FOREIGN),
    }
    Ok(pledge)
}

fn replace_lines(lines: &mut [Line], results: &[LineResult]) -> Folded<()> {
    for result in results {
        let line = lines.get_mut(usize::from(result.number)).ok_or(FOREIGN)?;
        line.clone_from(&result.line);
    }
    Ok(())
}

fn fold_reservation(
    event: &Event,
    id: ReservationId,
    before: Option<&Record>,
) -> Folded<Reservation> {
    if let Event::Reserved {
        reservation: _,
        pledgee,
        pledgor,
        lines,
        expires,
    } = event
    {
        if before.is_some() {
            return Err(PRESENT);
        }
        return Ok(Reservation {
            pledgee: *pledgee,
            pledgor: *pledgor,
            lines: lines.clone(),
            expires: *expires,
            ended: None,
        });
    }
    let Some(Record::Reservation(before)) = before else {
        return Err(ABSENT);
    };
    let mut reservation = before.clone();
    match event {
        Event::ReservationCancelled { .. } => reservation.ended = Some(ReservationEnd::Cancelled),
        Event::PledgeRegistered { pledge, .. } => {
            reservation.ended = Some(ReservationEnd::Taken(*pledge));
        }
        Event::RightIssued { right, moved, .. } => {
            for line in moved {
                if let BurdenId::Hold(hold, number) = line.burden
                    && hold == id
                {
                    let line = reservation
                        .lines
                        .get_mut(usize::from(number))
                        .ok_or(FOREIGN)?;
                    line.right = *right;
                }
            }
        }
        Event::Reserved { .. }
        | Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => return Err(FOREIGN),
    }
    Ok(reservation)
}

fn fold_party(event: &Event, stamp: Stamp, before: Option<&Record>) -> Folded<Party> {
    let added = |key: &crate::primitives::crypto::PublicKey, person: &str| PartyKey {
        key: key.clone(),
        person: person.to_owned(),
        added: stamp.index,
        revoked: None,
    };
    if let Event::PartyAdmitted { record, keys, .. } = event {
        if before.is_some() {
            return Err(PRESENT);
        }
        let mut party = (**record).clone();
        party.keys = keys
            .iter()
            .map(|(key, person)| added(key, person))
            .collect();
        return Ok(party);
    }
    let Some(Record::Party(before)) = before else {
        return Err(ABSENT);
    };
    let mut party = before.clone();
    match event {
        Event::KeyAdded { key, person, .. } => party.keys.push(added(key, person)),
        Event::KeyRevoked { kid, .. } => {
            let key = party
                .keys
                .iter_mut()
                .find(|key| key.key.id() == *kid)
                .ok_or(FOREIGN)?;
            key.revoked = Some(stamp.index);
        }
        Event::SigningPolicySet { threshold, .. } => party.threshold = *threshold,
        Event::PartyAdmitted { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightIssued { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => return Err(FOREIGN),
    }
    Ok(party)
}

/// An identity gets its owner once; of a right it goes on to one that succeeds it.
fn fold_identity(event: &Event, before: Option<&Record>) -> Folded<Record> {
    let goes_on = matches!(
        (before, event),
        (Some(Record::Identity(Owner::Right(old))), Event::RightIssued { record, .. }) if record.succeeds.contains(old)
    );
    if before.is_some() && !goes_on {
        return Err(PRESENT);
    }
    match event {
        Event::PartyAdmitted { party, .. } | Event::KeyAdded { party, .. } => {
            Ok(Record::Identity(Owner::Party(*party)))
        }
        Event::RightIssued { right, .. } => Ok(Record::Identity(Owner::Right(*right))),
        Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::Reserved { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeRegistered { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. }
        | Event::Changed { .. } => Err(FOREIGN),
    }
}

fn fold_source(event: &Event, before: Option<&Record>) -> Folded<Record> {
    let mut rights = match before {
        None => Vec::new(),
        Some(Record::Source(rights)) => rights.clone(),
        Some(_) => return Err(FOREIGN),
    };
    let Event::RightIssued { right, record, .. } = event else {
        return Err(FOREIGN);
    };
    rights.push((*right, record.span));
    Ok(Record::Source(rights))
}

fn fold_cell(event: &Event, before: Option<&Record>) -> Folded<Record> {
    let mut rights = match before {
        None => Vec::new(),
        Some(Record::Cell(rights)) => rights.clone(),
        Some(_) => return Err(FOREIGN),
    };
    let Event::RightIssued { right, record, .. } = event else {
        return Err(FOREIGN);
    };
    let layer = record.layer.clone().ok_or(FOREIGN)?;
    rights.push((*right, layer));
    Ok(Record::Cell(rights))
}

fn fold_policy(event: &Event, stamp: Stamp, before: Option<&Record>) -> Folded<Record> {
    let mut versions = match before {
        None => Vec::new(),
        Some(Record::Policy(versions)) => versions.clone(),
        Some(_) => return Err(FOREIGN),
    };
    let Event::PolicyAdopted {
        digest,
        active_from,
        ..
    } = event
    else {
        return Err(FOREIGN);
    };
    versions.push(PolicyVersion {
        digest: *digest,
        entry: stamp.index,
        active_from: *active_from,
    });
    Ok(Record::Policy(versions))
}

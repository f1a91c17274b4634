//! The listings that an event changes: which rights and pledges a party finds under its name.

use std::collections::BTreeSet;

use crate::domain::change::{Change, Members};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;
use crate::primitives::id::{EntryIndex, PartyId};
use crate::store::{Commit, IndexChange};

/// Adds the listings that an event changes: rights by holder, pledges by pledgee, by pledgor and by whoever else they concern.
pub(crate) fn index_event(event: &Event, commit: &mut Commit) {
    match event {
        Event::RightIssued { right, record, .. } => {
            commit.holders.push(IndexChange::Add(record.holder, *right));
        }
        Event::PledgeRegistered {
            pledge,
            pledgee,
            pledgor,
            debtor,
            more,
            ..
        } => {
            commit.pledgees.push(IndexChange::Add(*pledgee, *pledge));
            commit.pledgors.push(IndexChange::Add(*pledgor, *pledge));
            let sharers = more.sharers();
            let parties = [*pledgee, *pledgor].into_iter().chain(*debtor);
            concern(parties.chain(sharers), pledge.0, commit);
        }
        Event::Reserved {
            reservation,
            pledgee,
            pledgor,
            ..
        } => concern([*pledgee, *pledgor], reservation.0, commit),
        Event::PartyAdmitted { .. }
        | Event::KeyAdded { .. }
        | Event::KeyRevoked { .. }
        | Event::SigningPolicySet { .. }
        | Event::PolicyAdopted { .. }
        | Event::RightAdjusted { .. }
        | Event::RightRevoked { .. }
        | Event::Frozen { .. }
        | Event::Unfrozen { .. }
        | Event::ReservationCancelled { .. }
        | Event::PledgeAmended { .. }
        | Event::PledgeExtended { .. }
        | Event::PledgeReleased { .. } => {}
        Event::Changed { changes, rows, .. } => {
            index_changes(changes, commit);
            let changed = changes.iter().map(|change| (&change.of, &change.set));
            let items = rows.iter().map(|row| (&row.of, &row.item));
            for (of, members) in changed.chain(items) {
                index_named(of, members, commit);
            }
        }
    }
}

/// Lists what an act of law 2 gave to another party under that party too; whoever had it still finds it.
fn index_changes(changes: &[Change], commit: &mut Commit) {
    for change in changes {
        let party = |member: &str| match change.set.get(member) {
            Some(Json::Text(party)) => PartyId::parse(party),
            Some(Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_)) | None => None,
        };
        match change.of {
            StateKey::Right(right) => {
                let holder = party("holder").map(|party| IndexChange::Add(party, right));
                commit.holders.extend(holder);
            }
            StateKey::Pledge(pledge) => {
                let to = |member| party(member).map(|party| IndexChange::Add(party, pledge));
                commit.pledgees.extend(to("pledgee"));
                commit.pledgors.extend(to("pledgor"));
            }
            StateKey::Reservation(_)
            | StateKey::Party(_)
            | StateKey::Identity(_)
            | StateKey::Source(_)
            | StateKey::Cell(_)
            | StateKey::Policy(_) => {}
        }
    }
}

/// Lists a pledge or a reservation under the parties that it concerns.
fn concern(parties: impl IntoIterator<Item = PartyId>, record: EntryIndex, commit: &mut Commit) {
    let parties: BTreeSet<PartyId> = parties.into_iter().collect();
    let rows = parties
        .into_iter()
        .map(|party| IndexChange::Add(party, record));
    commit.concerned.extend(rows);
}

/// Lists a pledge or a reservation under the parties that members of it name, wherever; a text that only looks like a party costs
/// a row that nobody reads.
fn index_named(of: &StateKey, members: &Members, commit: &mut Commit) {
    let record = match of {
        StateKey::Pledge(pledge) => pledge.0,
        StateKey::Reservation(reservation) => reservation.0,
        StateKey::Right(_)
        | StateKey::Party(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => return,
    };
    let mut waiting: Vec<&Json> = members.values().collect();
    let mut parties = Vec::new();
    while let Some(json) = waiting.pop() {
        match json {
            Json::Text(text) => parties.extend(PartyId::parse(text)),
            Json::List(items) => waiting.extend(items),
            Json::Object(members) => waiting.extend(members.values()),
            Json::Bool(_) | Json::Int(_) => {}
        }
    }
    concern(parties, record, commit);
}

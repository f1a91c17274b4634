//! Alerts of a watcher as they come: what is new since the last look, by the records that concern it.
//!
//! An alert follows from a day as much as from an entry, so it is no part of the log and has no place in it. A watcher that
//! begins anew is told once more what stands; the names of alerts are made of what they say, so it knows them again.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{Record, StateKey};
use crate::domain::right::BurdenId;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::alerts::rules::Alert;
use crate::service::feed::Watch;
use crate::service::query::Listing;
use crate::service::{Registry, ServiceFault};

/// Whose alerts are watched, and what was told already.
#[derive(Debug)]
pub struct AlertWatch {
    records: BTreeSet<StateKey>,
    parties: BTreeSet<PartyId>,
    told: BTreeSet<String>,
}

impl AlertWatch {
    /// Watches the records and parties of a feed; nothing where it names none, since the alerts of all are a list to page through.
    pub fn of(watch: &Watch) -> Option<Self> {
        let (records, parties) = (watch.records.clone(), watch.parties.clone());
        let names_somebody = !records.is_empty() || !parties.is_empty();
        names_somebody.then(|| Self {
            records,
            parties,
            told: BTreeSet::new(),
        })
    }

    /// Returns the alerts of today that were not told at the last look, with their names. What has gone is forgotten, and told
    /// again when it comes back.
    pub fn look(
        &mut self,
        registry: &Registry,
    ) -> Result<(Day, BTreeMap<String, Alert>), ServiceFault> {
        let day = registry.now().day();
        let mut parties = BTreeSet::new();
        for party in &self.parties {
            parties.extend(registry.standing_for(*party)?);
        }
        let mut all = BTreeMap::new();
        for key in self.keys(registry)? {
            let Some(found) = registry.record(&key)? else {
                continue;
            };
            for alert in registry.alerts_of(&found, &[], day)? {
                let right = alert.right.map(StateKey::Right);
                let is_watched = alert.parties.iter().any(|party| parties.contains(party))
                    || self.records.contains(&alert.record)
                    || right.is_some_and(|right| self.records.contains(&right));
                if is_watched {
                    all.insert(name_of(&alert), alert);
                }
            }
        }
        let now: BTreeSet<String> = all.keys().cloned().collect();
        all.retain(|name, _| !self.told.contains(name));
        self.told = now;
        Ok((day, all))
    }

    /// The records whose alerts may concern the watcher, as many as one look takes.
    fn keys(&self, registry: &Registry) -> Result<BTreeSet<StateKey>, ServiceFault> {
        let mut keys = self.records.clone();
        for key in &self.records {
            let found = registry.record(key)?.map(|found| found.value.record);
            if let Some(Record::Right(right)) = found {
                keys.extend(right.burdens.iter().filter_map(|burden| match burden.id {
                    BurdenId::Line(pledge, _) => Some(StateKey::Pledge(pledge)),
                    BurdenId::Hold(hold, _) => Some(StateKey::Reservation(hold)),
                    BurdenId::Freeze(_) => None,
                }));
            }
        }
        for party in &self.parties {
            keys.insert(StateKey::Party(*party));
            for listing in [Listing::Concerning(*party), Listing::RightsOf(*party)] {
                let mut after = None;
                while keys.len() < limits::ALERT_RECORDS_MAX {
                    let page = registry.list(listing, after, limits::PAGE_ROWS_MAX)?;
                    after = page.last().and_then(|found| index_of(&found.value.key));
                    let is_last = page.len() < limits::PAGE_ROWS_MAX || after.is_none();
                    keys.extend(page.into_iter().map(|found| found.value.key));
                    if is_last {
                        break;
                    }
                }
            }
        }
        Ok(keys)
    }
}

fn index_of(key: &StateKey) -> Option<u64> {
    match key {
        StateKey::Right(id) => Some(id.0),
        StateKey::Pledge(id) => Some(id.0),
        StateKey::Reservation(id) => Some(id.0),
        StateKey::Party(_)
        | StateKey::Identity(_)
        | StateKey::Source(_)
        | StateKey::Cell(_)
        | StateKey::Policy(_) => None,
    }
}

/// What an alert says, in one line: the same alert has the same name on every day, until its stage or its amount changes.
fn name_of(alert: &Alert) -> String {
    let word = |value: Option<String>| value.unwrap_or_default();
    let parts = [
        alert.record.name(),
        word(alert.line.map(|line| line.to_string())),
        alert.kind.name().to_owned(),
        word(alert.what.map(|what| what.name().to_owned())),
        word(alert.on.map(|on| on.to_string())),
        word(alert.stage.map(|stage| stage.to_string())),
        word(alert.amount.map(|amount| amount.to_string())),
        alert.records.join(","),
    ];
    parts.join("/")
}

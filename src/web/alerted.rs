//! The alerts of a desk: what ends soon over everything and by its day, the rest by pages, and how many there are of each.
//!
//! Separate from `work`, which puts them into words.

use crate::domain::facts::StateKey;
use crate::primitives::id::PledgeId;
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::alerts::{Alert, AlertFilter, Valued};
use crate::service::statistics::Disclosed;
use crate::web::shell::Fault;
use crate::web::work::{ends_soon, is_urgent};

/// Records with alerts on one page.
const RECORDS: usize = 50;
/// What is told first, of what is urgent.
const URGENT_MAX: usize = 50;

/// What a desk is told.
pub(crate) struct Alerted {
    /// All that ends soon, the first day first.
    pub(crate) soon: Vec<Alert>,
    /// What is lost already or is on its way, on the newest records first; the newest only, where there is much.
    pub(crate) urgent: Vec<Alert>,
    /// What else there is on this page.
    pub(crate) rest: Vec<Alert>,
    /// How much else there is on all pages.
    pub(crate) rest_count: usize,
    /// Whether there are more records than a desk looks at, so that the counts are at least.
    pub(crate) is_part: bool,
    /// Pledges with loan and value.
    pub(crate) valued: Vec<(PledgeId, Valued)>,
    /// The record after which the next page begins.
    pub(crate) next: Option<StateKey>,
}

/// Reads the alerts of a day; the page begins after the record `after`.
pub(crate) fn read(
    registry: &Registry,
    filter: &AlertFilter,
    disclosed: &[Disclosed],
    day: Day,
    after: Option<&StateKey>,
) -> Result<Alerted, Fault> {
    let mut whole = registry.alerts(filter, disclosed, day, None, usize::MAX)?;
    for _ in 1..limits::DESK_RECORDS_MAX.div_ceil(limits::ALERT_RECORDS_MAX) {
        let Some(next) = whole.next.take() else {
            break;
        };
        let more = registry.alerts(filter, disclosed, day, Some(&next), usize::MAX)?;
        whole.alerts.extend(more.alerts);
        whole.next = more.next;
    }
    let (mut soon, rest): (Vec<Alert>, Vec<Alert>) = whole.alerts.into_iter().partition(ends_soon);
    soon.sort_by_key(|alert| alert.on);
    let (urgent, rest) = newest_urgent(rest);
    let mut read = Alerted {
        soon,
        urgent,
        rest_count: rest.len(),
        rest: Vec::new(),
        is_part: whole.next.is_some(),
        valued: whole.valued,
        next: None,
    };
    match (after, whole.next) {
        // Where a desk does not look at everything, its last pages are read as they are asked for.
        (Some(after), Some(end)) if place(after) >= place(&end) => {
            let more = registry.alerts(filter, disclosed, day, Some(after), RECORDS)?;
            read.rest = more.alerts;
            read.next = more.next;
        }
        (_, end) => {
            (read.rest, read.next) = page(rest, after);
            read.next = read.next.or(end);
        }
    }
    Ok(read)
}

/// Takes out what is urgent on the newest records, those first.
fn newest_urgent(rest: Vec<Alert>) -> (Vec<Alert>, Vec<Alert>) {
    let mut places: Vec<(Option<u64>, usize)> = rest
        .iter()
        .enumerate()
        .filter(|(_, alert)| is_urgent(alert))
        .map(|(at, alert)| (alert.record.entry(), at))
        .collect();
    places.sort_by_key(|(entry, at)| (std::cmp::Reverse(*entry), *at));
    places.truncate(URGENT_MAX);
    let mut left: Vec<Option<Alert>> = rest.into_iter().map(Some).collect();
    let taken = places
        .iter()
        .filter_map(|(_, at)| left.get_mut(*at).and_then(Option::take));
    let urgent = taken.collect();
    (urgent, left.into_iter().flatten().collect())
}

/// The alerts of the records of one page, none of which is divided, and the record after which the next begins.
fn page(rest: Vec<Alert>, after: Option<&StateKey>) -> (Vec<Alert>, Option<StateKey>) {
    let mut rows: Vec<Alert> = Vec::new();
    let mut records = 0;
    let left = rest
        .into_iter()
        .skip_while(|alert| after.is_some_and(|after| place(&alert.record) <= place(after)));
    for alert in left {
        let last = rows.last().map(|row| &row.record);
        if last != Some(&alert.record) {
            if records == RECORDS {
                let last = last.cloned();
                return (rows, last);
            }
            records += 1;
        }
        rows.push(alert);
    }
    (rows, None)
}

/// The place of a record in the order in which alerts are read: pledges, reservations, rights, parties.
fn place(record: &StateKey) -> (u8, Option<u64>) {
    let space = match record {
        StateKey::Pledge(_) => 0,
        StateKey::Reservation(_) => 1,
        StateKey::Right(_) => 2,
        StateKey::Party(_) => 3,
        StateKey::Identity(_) | StateKey::Source(_) | StateKey::Cell(_) | StateKey::Policy(_) => 4,
    };
    (space, record.entry())
}

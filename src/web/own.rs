//! What a party has on its desk: open pledges it has taken or given, reservations that stand, and what the register refused it.
//!
//! Separate from `work`, whose alerts the service finds; here are lists that are looked through as far as a page may.

use std::collections::BTreeSet;

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::pledge::{Line, Pledge, Reservation};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::feed::{Decision, Watch};
use crate::service::query::Listing;
use crate::web::history::{self, Step};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;
use crate::web::terms::Teller;

/// Rows of one list on the page; the whole list is a page of its own.
const ROWS: usize = 25;

/// A pledge or a reservation as a row.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) other: look::Named,
    /// The rights of the open lines: the id, what it is, and how much of it is taken.
    pub(crate) rights: Vec<(String, String, String)>,
    pub(crate) until: String,
}

/// A list, and whether it goes on elsewhere.
#[derive(Default)]
pub(crate) struct List {
    pub(crate) rows: Vec<Row>,
    pub(crate) has_more: bool,
    /// How many there are, as far as they were counted.
    pub(crate) count: String,
}

/// Everything on the desk of a party.
pub(crate) struct Lists {
    pub(crate) taken: List,
    pub(crate) given: List,
    pub(crate) held: List,
    /// What was refused and concerns the party, newest first; all of it is a page of its own.
    pub(crate) refused: Vec<Step>,
    pub(crate) has_more_refused: bool,
    /// The page of all of it.
    pub(crate) refused_at: String,
}

/// Reads the lists of a party.
pub(crate) fn lists(registry: &Registry, party: PartyId, lang: Lang) -> Result<Lists, Fault> {
    let other = |id| look::party(registry, id, lang.words());
    let taken = pledges(registry, Listing::PledgesOf(party), lang, |pledge| {
        other(pledge.pledgor)
    })?;
    let given = pledges(registry, Listing::PledgedBy(party), lang, |pledge| {
        other(pledge.pledgee)
    })?;
    let (refused, has_more_refused) = refused(registry, party, lang)?;
    // The registrar answers for the register, and sees what was refused to anybody.
    let of_whom = (party != REGISTRAR).then(|| format!("&party={party}"));
    Ok(Lists {
        taken,
        given,
        held: reservations(registry, party, lang)?,
        refused,
        has_more_refused,
        refused_at: format!("/log?decision=refused{}", of_whom.unwrap_or_default()),
    })
}

fn pledges(
    registry: &Registry,
    listing: Listing,
    lang: Lang,
    other: impl Fn(&Pledge) -> Result<look::Named, Fault>,
) -> Result<List, Fault> {
    let now = registry.now().max(registry.published().time);
    let is_open =
        |record: &Record| matches!(record, Record::Pledge(pledge) if !pledge.is_closed_at(now));
    let counted = registry.list_counted((listing, 0), is_open, None, ROWS)?;
    let more = if counted.is_whole { "" } else { "+" };
    let mut rows = List {
        rows: Vec::new(),
        has_more: counted.next.is_some(),
        count: format!("{}{more}", counted.total),
    };
    for found in &counted.rows {
        let Record::Pledge(pledge) = &found.value.record else {
            continue;
        };
        let until = pledge.term.map(|term| show::days(term, lang.words()));
        let until = until.unwrap_or_else(|| lang.pick("未记载", "not given").to_owned());
        rows.rows.push(Row {
            id: found.value.key.name(),
            other: other(pledge)?,
            rights: rights(registry, &pledge.lines, lang)?,
            until,
        });
    }
    Ok(rows)
}

/// The rights of lines that are open, with how much of each is taken.
fn rights(
    registry: &Registry,
    lines: &[Line],
    lang: Lang,
) -> Result<Vec<(String, String, String)>, Fault> {
    let now = registry.now().max(registry.published().time);
    let open = lines.iter().filter(|line| line.is_open_at(now));
    let named = |line: &Line| {
        let id = line.right.to_string();
        let found = registry.record(&StateKey::Right(line.right))?;
        let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
            return Ok((id, String::new(), String::new()));
        };
        let policy = look::policy(registry, &right.kind, now)?;
        let unit = show::unit(&policy.unit, lang);
        let extent = show::extent(line.extent, policy.scale, unit, lang.words());
        let text = look::words_of(registry, &id, lang)?;
        Ok((id, text, extent))
    };
    open.map(named).collect()
}

fn reservations(registry: &Registry, party: PartyId, lang: Lang) -> Result<List, Fault> {
    let now = registry.now().max(registry.published().time);
    let parties = registry.standing_for(party)?;
    let (mut rows, mut after, mut looked_at) = (List::default(), None, 0);
    let told = |mut rows: List, has_more: bool| {
        rows.has_more = has_more;
        rows.count = format!("{}{}", rows.rows.len(), if has_more { "+" } else { "" });
        rows
    };
    loop {
        let page = registry.list(Listing::ReservationsOf(party), after, limits::PAGE_ROWS_MAX)?;
        let is_last = page.len() < limits::PAGE_ROWS_MAX;
        for found in &page {
            after = found.value.key.entry();
            looked_at += 1;
            let (StateKey::Reservation(id), Record::Reservation(held)) =
                (&found.value.key, &found.value.record)
            else {
                continue;
            };
            let is_own = parties.contains(&held.pledgee) || parties.contains(&held.pledgor);
            if !is_own || !held.stands_at(now) {
                continue;
            }
            if rows.rows.len() == ROWS {
                return Ok(told(rows, true));
            }
            rows.rows
                .push(held_row(registry, id.to_string(), held, &parties, lang)?);
        }
        if is_last || looked_at >= limits::ALERT_RECORDS_MAX {
            return Ok(told(rows, !is_last));
        }
    }
}

fn held_row(
    registry: &Registry,
    id: String,
    held: &Reservation,
    parties: &BTreeSet<PartyId>,
    lang: Lang,
) -> Result<Row, Fault> {
    let other = if parties.contains(&held.pledgee) {
        held.pledgor
    } else {
        held.pledgee
    };
    Ok(Row {
        id,
        other: look::party(registry, other, lang.words())?,
        rights: rights(registry, &held.lines, lang)?,
        until: show::local_time(held.expires),
    })
}

/// What a watch for refusals that concern a party takes.
fn refusals_of(party: PartyId) -> Watch {
    Watch {
        parties: [party].into_iter().filter(|id| *id != REGISTRAR).collect(),
        decision: Some(Decision::Refused),
        ..Watch::default()
    }
}

/// The newest refused commands that concern the party, and whether there may be more.
fn refused(registry: &Registry, party: PartyId, lang: Lang) -> Result<(Vec<Step>, bool), Fault> {
    let looked = registry.decided_before(&refusals_of(party), u64::MAX, ROWS)?;
    let teller = Teller::of(registry, lang)?;
    let steps: Result<Vec<Step>, Fault> = looked
        .entries
        .iter()
        .map(|(index, bytes)| history::step(&teller, *index, bytes, ""))
        .collect();
    Ok((steps?, looked.from > 0))
}

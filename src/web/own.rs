//! What a party has on its desk: open pledges it has taken or given, reservations that stand, and what the register refused it.
//!
//! Separate from `work`, whose alerts the service finds; here are lists that are looked through as far as a page may.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{Line, Pledge, Reservation};
use crate::domain::wire::parse_command;
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::query::Listing;
use crate::web::history::{self, Step};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;

/// Rows of one list on the page; the whole list is a page of its own.
const ROWS: usize = 25;
/// Newest entries that are looked through for refusals.
pub(crate) const ENTRIES_MAX: u64 = 2_000;
/// How an entry of a refusal shows without being read (FORMATS section 3).
const REFUSED: &[u8] = b"\"outcome\":{\"refused\":";

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
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) has_more: bool,
}

/// Everything on the desk of a party.
pub(crate) struct Lists {
    pub(crate) taken: Rows,
    pub(crate) given: Rows,
    pub(crate) held: Rows,
    pub(crate) refused: Vec<Step>,
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
    Ok(Lists {
        taken,
        given,
        held: reservations(registry, party, lang)?,
        refused: refused(registry, party, lang)?,
    })
}

fn pledges(
    registry: &Registry,
    listing: Listing,
    lang: Lang,
    other: impl Fn(&Pledge) -> Result<look::Named, Fault>,
) -> Result<Rows, Fault> {
    let now = registry.now().max(registry.published().time);
    let found = registry.list(listing, None, limits::PAGE_ROWS_MAX)?;
    let mut rows = Rows {
        has_more: found.len() == limits::PAGE_ROWS_MAX,
        ..Rows::default()
    };
    for found in &found {
        let Record::Pledge(pledge) = &found.value.record else {
            continue;
        };
        if pledge.is_closed_at(now) {
            continue;
        }
        if rows.rows.len() == ROWS {
            rows.has_more = true;
            break;
        }
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

fn reservations(registry: &Registry, party: PartyId, lang: Lang) -> Result<Rows, Fault> {
    let now = registry.now().max(registry.published().time);
    let (mut rows, mut after, mut looked_at) = (Rows::default(), None, 0);
    loop {
        let page = registry.list(Listing::Reservations, after, limits::PAGE_ROWS_MAX)?;
        let is_last = page.len() < limits::PAGE_ROWS_MAX;
        for found in &page {
            let (StateKey::Reservation(id), Record::Reservation(held)) =
                (&found.value.key, &found.value.record)
            else {
                continue;
            };
            after = Some(id.0);
            looked_at += 1;
            let is_own = held.pledgee == party || held.pledgor == party;
            if !is_own || !held.stands_at(now) {
                continue;
            }
            if rows.rows.len() == ROWS {
                rows.has_more = true;
                return Ok(rows);
            }
            rows.rows
                .push(held_row(registry, id.to_string(), held, party, lang)?);
        }
        if is_last || looked_at >= limits::ALERT_RECORDS_MAX {
            rows.has_more = !is_last;
            return Ok(rows);
        }
    }
}

fn held_row(
    registry: &Registry,
    id: String,
    held: &Reservation,
    party: PartyId,
    lang: Lang,
) -> Result<Row, Fault> {
    let other = if held.pledgee == party {
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

/// Looks through the newest entries for commands of the party that were refused, newest first.
fn refused(registry: &Registry, party: PartyId, lang: Lang) -> Result<Vec<Step>, Fault> {
    let size = registry.published().size;
    let mut steps = Vec::new();
    for index in (size.saturating_sub(ENTRIES_MAX)..size).rev() {
        let bytes = registry.entry(index)?;
        let may_be = bytes.windows(REFUSED.len()).any(|window| window == REFUSED);
        if may_be && is_refusal_of(&bytes, party)? {
            steps.push(history::step(registry, index, &bytes, lang)?);
            if steps.len() == ROWS {
                break;
            }
        }
    }
    Ok(steps)
}

fn is_refusal_of(bytes: &[u8], party: PartyId) -> Result<bool, Fault> {
    let internal = |fault: &dyn std::fmt::Display| Fault::Internal(fault.to_string());
    let entry = Entry::parse(bytes).map_err(|fault| internal(&fault))?;
    let Entry::Command {
        envelope,
        outcome: Outcome::Refused(_),
        ..
    } = &entry
    else {
        return Ok(false);
    };
    let command = parse_command(&envelope.payload).map_err(|fault| internal(&fault))?;
    Ok(command.org == party)
}

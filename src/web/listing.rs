//! Lists of rights, pledges and parties, paged by position in the log, so that a page shows the same rows tomorrow.

use askama::Template;

use crate::domain::facts::Record;
use crate::primitives::id::PartyId;
use crate::service::Registry;
use crate::service::query::{Found, Listing};
use crate::web::capacity;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::party::role_word;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};

/// Rows on one page.
const ROWS: usize = 25;

/// One row: a link, cells, and a status.
pub(crate) struct Row {
    link: String,
    id: String,
    cells: Vec<String>,
    status: Option<Status>,
}

#[derive(Template)]
#[template(path = "listing.html")]
pub(crate) struct ListPage {
    shell: Shell,
    heading: String,
    /// Where the whole list is as a spreadsheet, without the ending, and the query that narrows it.
    export: (String, String),
    columns: Vec<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// Which list a page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    /// Rights.
    Rights,
    /// Pledges.
    Pledges,
    /// Parties.
    Parties,
}

impl Of {
    fn path(self) -> &'static str {
        match self {
            Self::Rights => "/rights",
            Self::Pledges => "/pledges",
            Self::Parties => "/parties",
        }
    }
}

/// Makes the page of a list, whole or of one party.
pub(crate) fn page(registry: &Registry, visit: &Visit, of: Of) -> Result<ListPage, Fault> {
    let words = visit.lang.words();
    let after = visit.param("after").and_then(|text| text.parse().ok());
    let (listing, filter) = listing(visit, of)?;
    let mut found = registry.list(listing, after, ROWS + 1)?;
    let has_more = found.len() > ROWS;
    found.truncate(ROWS);
    let rows: Result<Vec<Row>, Fault> = found
        .iter()
        .filter_map(|found| row(registry, found, visit.lang).transpose())
        .collect();
    let filter = filter.map(|(name, id)| format!("{name}={id}&"));
    let filter = filter.unwrap_or_default();
    let last = found.last().and_then(|found| found.value.key.entry());
    let (title, columns) = match of {
        Of::Rights => (
            words.nav_rights,
            vec![words.kind, words.identities, words.holder, words.validity],
        ),
        Of::Pledges => (
            words.nav_pledges,
            vec![words.pledgee, words.pledgor, words.lines, words.term],
        ),
        Of::Parties => (
            words.nav_parties,
            vec![words.name, words.credit_code, words.roles],
        ),
    };
    Ok(ListPage {
        shell: Shell::new(registry, visit, title),
        heading: title.to_owned(),
        export: (
            format!("/v1/exports{}", of.path()),
            filter.trim_end_matches('&').to_owned(),
        ),
        columns,
        rows: rows?,
        next: last
            .filter(|_| has_more)
            .map(|last| format!("{}?{filter}after={last}", of.path())),
        first: after.map(|_: u64| format!("{}?{filter}", of.path())),
    })
}

/// The parameter that narrows a list, and the party it names.
type Filter = Option<(&'static str, PartyId)>;

fn listing(visit: &Visit, of: Of) -> Result<(Listing, Filter), Fault> {
    let party = |name: &'static str| -> Result<Filter, Fault> {
        let Some(text) = visit.param(name) else {
            return Ok(None);
        };
        let id = PartyId::parse(text).ok_or_else(|| Fault::Bad(format!("{name}: {text}")))?;
        Ok(Some((name, id)))
    };
    let all = |listing| Ok((listing, None));
    match of {
        Of::Rights => match party("holder")? {
            Some((name, id)) => Ok((Listing::RightsOf(id), Some((name, id)))),
            None => all(Listing::Rights),
        },
        Of::Pledges => match (party("pledgee")?, party("pledgor")?) {
            (Some((name, id)), _) => Ok((Listing::PledgesOf(id), Some((name, id)))),
            (None, Some((name, id))) => Ok((Listing::PledgedBy(id), Some((name, id)))),
            (None, None) => all(Listing::Pledges),
        },
        Of::Parties => all(Listing::Parties),
    }
}

fn row(registry: &Registry, found: &Found, lang: Lang) -> Result<Option<Row>, Fault> {
    let words = lang.words();
    let now = registry.now().max(registry.published().time);
    let id = found.value.key.name();
    let row = match &found.value.record {
        Record::Right(right) => {
            let policy = look::policy(registry, &right.kind, now)?;
            let view = capacity::view(registry, right, &policy, now, lang)?;
            let identity = right.identities.first().map(show::identity);
            Row {
                link: format!("/rights/{id}"),
                id,
                cells: vec![
                    look::kind_title(&policy, lang).to_owned(),
                    identity.unwrap_or_default(),
                    look::party(registry, right.holder, words)?.name,
                    show::days(right.span, words),
                ],
                status: Some(view.status.show(lang)),
            }
        }
        Record::Pledge(pledge) => {
            let open = pledge.lines.iter().filter(|line| !line.released).count();
            let (tag, sign, word) = if open == 0 {
                ("ended", "■", words.closed)
            } else {
                ("pledged", "●", words.open)
            };
            let term = pledge.term.map(|term| show::days(term, words));
            Row {
                link: format!("/pledges/{id}"),
                id,
                cells: vec![
                    look::party(registry, pledge.pledgee, words)?.name,
                    look::party(registry, pledge.pledgor, words)?.name,
                    format!("{open} / {}", pledge.lines.len()),
                    term.unwrap_or_default(),
                ],
                status: Some(Status { tag, sign, word }),
            }
        }
        Record::Party(party) => {
            let roles: Vec<&str> = party
                .roles
                .iter()
                .map(|role| role_word(*role, lang))
                .collect();
            Row {
                link: format!("/parties/{id}"),
                id,
                cells: vec![
                    look::name_of(party, words),
                    party.credit_code.clone().unwrap_or_default(),
                    roles.join(", "),
                ],
                status: None,
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(row))
}

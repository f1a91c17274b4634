//! Lists of rights, pledges and parties, paged by position in the log, so that a page shows the same rows tomorrow.

use askama::Template;

use crate::domain::facts::Record;
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::counted::Counted;
use crate::service::narrowing::{Narrowing, PledgeState};
use crate::service::query::{Listing, is_named};
use crate::service::standing::StatusOf;
use crate::web::chosen::{self, Column};
use crate::web::lang::Lang;
use crate::web::listed::{Row, Rows, Tally, range};
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;
use crate::web::typed;

/// Rows on one page.
const ROWS: usize = 25;

/// A field that narrows a list, with what was typed or chosen.
pub(crate) struct Narrow {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) typed: String,
    /// The type of its input; of no meaning where it is a choice.
    pub(crate) takes: &'static str,
    /// What may be chosen: values, words, and whether it is.
    pub(crate) options: Vec<(String, String, bool)>,
}

impl Narrow {
    pub(crate) fn text(name: &'static str, label: &'static str, typed: String) -> Self {
        Self {
            name,
            label,
            typed,
            takes: "text",
            options: Vec::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "listing.html")]
pub(crate) struct ListPage {
    shell: Shell,
    heading: String,
    /// The list in one sentence, or why there is none.
    answer: String,
    /// Whether there is none.
    is_wrong: bool,
    problem: Option<String>,
    path: &'static str,
    /// What it can be narrowed by.
    fields: Vec<Narrow>,
    /// Where the whole list is as a spreadsheet, without the ending, and the query that narrows it.
    export: (String, String),
    columns: Vec<Column>,
    /// Whether the reader has left some out.
    has_choice: bool,
    rows: Vec<Row>,
    /// Another list of the same matter, by its address and its name.
    beside: Option<(&'static str, &'static str)>,
    /// Which rows of the list these are.
    range: String,
    next: Option<String>,
    previous: Option<String>,
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

/// Makes the page of a list, whole or narrowed.
pub(crate) fn page(registry: &Registry, visit: &Visit, of: Of) -> Result<ListPage, Fault> {
    let words = visit.lang.words();
    let after = visit.param("after").and_then(|text| text.parse().ok());
    let narrowed = narrowed(registry, visit, of)?;
    let maker = Rows::of(registry, visit.lang)?;
    let mut tally = Tally::default();
    let counted = counted(registry, &narrowed, &maker, &mut tally, after)?;
    let rows: Result<Vec<Row>, Fault> = counted
        .rows
        .iter()
        .filter_map(|found| maker.row(found).transpose())
        .collect();
    let rows = rows?;
    let columns = chosen::columns(visit, of, words);
    let filter = format!("{}{}", narrowed.query, chosen::query(&columns));
    let title = match of {
        Of::Rights => words.nav_rights,
        Of::Pledges => words.nav_pledges,
        Of::Parties => words.nav_parties,
    };
    let for_export = chosen::export_query(&columns);
    // A list of nobody has no count.
    let (told, problem) = match (&narrowed.by, narrowed.problem.clone()) {
        (By::Nothing, Some(problem)) => (Some(problem), None),
        (_, problem) => (None, problem),
    };
    let at = |after: u64| format!("{}?{filter}after={after}", of.path());
    let start = || format!("{}?{filter}", of.path());
    let is_first = after.is_none() || counted.before == Some(0);
    let before = match (is_first, counted.previous, counted.before) {
        (true, _, _) | (_, None, None) => None,
        (false, Some(previous), _) => Some(at(previous)),
        (false, None, Some(_)) => Some(start()),
    };
    let beside = narrowed.beside(visit.lang);
    let sentence = || tally.sentence(&counted, &narrowed.who, of, visit.lang);
    Ok(ListPage {
        shell: Shell::new(registry, visit, title),
        heading: title.to_owned(),
        is_wrong: told.is_some(),
        answer: told.unwrap_or_else(sentence),
        problem,
        path: of.path(),
        fields: narrowed.fields,
        export: (
            format!("/v1/exports{}", of.path()),
            (narrowed.query + &for_export)
                .trim_end_matches('&')
                .to_owned(),
        ),
        has_choice: columns.iter().any(|column| !column.is_shown),
        columns,
        beside,
        range: range(&counted, visit.lang),
        next: counted.next.map(at),
        previous: before,
        first: (!is_first).then(start),
        rows,
    })
}

/// Reads a page of the list, and counts all of it by status.
fn counted(
    registry: &Registry,
    narrowed: &Narrowed,
    maker: &Rows<'_>,
    tally: &mut Tally,
    after: Option<u64>,
) -> Result<Counted, Fault> {
    let (listing, name) = match &narrowed.by {
        By::Name(name) => (Listing::Parties, Some(is_named(name))),
        By::Listing(listing) => (*listing, None),
        By::Nothing => return Ok(Counted::default()),
    };
    let now = maker.now;
    let takes = |record: &Record| {
        let is_asked = name.as_ref().is_none_or(|name| name(record));
        if !is_asked || !narrowed.more.takes(record, now) {
            return false;
        }
        let status = maker.status(record);
        let fits = match (narrowed.status, record) {
            (Some(wanted), Record::Right(right)) => maker.status_of(right) == Some(wanted),
            (_, _) => true,
        };
        // A list of one status says it before the count.
        if fits
            && narrowed.status.is_none()
            && let Some(status) = status
        {
            tally.add(status.word);
        }
        fits
    };
    let first = match narrowed.since {
        Some(day) => registry.first_entry_since(day)?,
        None => 0,
    };
    Ok(registry.list_counted((listing, first), takes, after, ROWS)?)
}

/// What a list is narrowed by.
enum By {
    /// A listing of records.
    Listing(Listing),
    /// A part of the names of parties.
    Name(String),
    /// What was typed is nobody.
    Nothing,
}

/// A list as it was asked for.
struct Narrowed {
    by: By,
    /// The part of the address that narrows it, with `&` behind.
    query: String,
    /// What it is narrowed to, for people.
    who: Vec<String>,
    /// What is chosen beside a party.
    more: Narrowing,
    /// The day from which on what is wanted was registered.
    since: Option<Day>,
    /// How the rights stand that are wanted.
    status: Option<StatusOf>,
    fields: Vec<Narrow>,
    problem: Option<String>,
}

fn narrowed(registry: &Registry, visit: &Visit, of: Of) -> Result<Narrowed, Fault> {
    let words = visit.lang.words();
    let (all, names): (Listing, &[(&'static str, &'static str)]) = match of {
        Of::Rights => (Listing::Rights, &[("holder", words.list_filter_holder)]),
        Of::Pledges => (
            Listing::Pledges,
            &[
                ("pledgee", words.list_filter_pledgee),
                ("pledgor", words.list_filter_pledgor),
            ],
        ),
        Of::Parties => (Listing::Parties, &[("name", words.list_filter_name)]),
    };
    let mut narrowed = Narrowed {
        by: By::Listing(all),
        query: String::new(),
        who: Vec::new(),
        more: Narrowing::default(),
        since: None,
        status: None,
        fields: Vec::new(),
        problem: None,
    };
    for (name, label) in names {
        let typed = visit.typed(name);
        let is_first = narrowed.query.is_empty() && narrowed.problem.is_none();
        if !typed.is_empty() && is_first {
            narrowed.take(registry, visit, name, &typed)?;
        }
        narrowed.fields.push(Narrow::text(name, label, typed));
    }
    match of {
        Of::Rights => {
            narrowed.by_kind(registry, visit)?;
            narrowed.by_status(visit);
        }
        Of::Pledges => {
            narrowed.by_state(visit);
            narrowed.by_end(visit);
            narrowed.by_registration(visit);
        }
        Of::Parties => {}
    }
    Ok(narrowed)
}

impl Narrowed {
    fn take(
        &mut self,
        registry: &Registry,
        visit: &Visit,
        name: &str,
        typed: &str,
    ) -> Result<(), Fault> {
        let words = visit.lang.words();
        if name == "name" {
            self.query = format!("name={}&", show::escaped(typed));
            self.who.push(typed.to_owned());
            self.by = By::Name(typed.to_owned());
            return Ok(());
        }
        let Some(id) = look::find_party(registry, typed)? else {
            let (named, has_more) = look::namesakes(registry, typed)?;
            self.problem = Some(if named.is_empty() {
                words.list_nobody.to_owned()
            } else {
                look::several(&named, has_more, visit.lang)
            });
            self.by = By::Nothing;
            return Ok(());
        };
        self.query = format!("{name}={id}&");
        self.who.push(look::party(registry, id, words)?.name);
        self.by = By::Listing(match name {
            "holder" => Listing::RightsOf(id),
            "pledgee" => Listing::PledgesOf(id),
            _ => Listing::PledgedBy(id),
        });
        Ok(())
    }
}

impl Narrowed {
    /// Who looks for frozen rights looks for the orders, too.
    fn beside(&self, lang: Lang) -> Option<(&'static str, &'static str)> {
        let is_frozen = self.status == Some(StatusOf::Frozen);
        let words = lang.words();
        is_frozen.then_some(("/freezes", words.nav_freezes))
    }

    fn choose(&mut self, name: &str, value: &str, word: String) {
        self.query = format!("{}{name}={}&", self.query, show::escaped(value));
        self.who.push(word);
    }

    /// Offers the kinds that there are, and takes the one that is chosen.
    fn by_kind(&mut self, registry: &Registry, visit: &Visit) -> Result<(), Fault> {
        let chosen = visit.typed("kind");
        let now = registry.now().max(registry.published().time);
        let mut options = Vec::new();
        for policy in registry.active_policies(now)? {
            let title = look::kind_title(&policy, visit.lang).to_owned();
            let is_chosen = policy.kind == chosen;
            if is_chosen {
                self.choose("kind", &policy.kind, title.clone());
                self.more.kind = Some(policy.kind.clone());
            }
            options.push((policy.kind.clone(), title, is_chosen));
        }
        if !chosen.is_empty() && self.more.kind.is_none() {
            let none = ("没有这一权益种类", "There is no such kind of right");
            self.problem = Some(format!("{}: {chosen}", visit.lang.pick(none.0, none.1)));
            self.by = By::Nothing;
        }
        let label = visit.lang.words().list_filter_kind;
        self.fields.push(Narrow {
            options,
            ..Narrow::text("kind", label, chosen)
        });
        Ok(())
    }

    fn by_status(&mut self, visit: &Visit) {
        let words = visit.lang.words();
        let chosen = visit.typed("status");
        self.status = StatusOf::parse(&chosen);
        let mut options = Vec::new();
        for status in StatusOf::ALL {
            let is_chosen = self.status == Some(status);
            let word = status.show(visit.lang).word;
            if is_chosen {
                self.choose("status", status.name(), word.to_owned());
            }
            options.push((status.name().to_owned(), word.to_owned(), is_chosen));
        }
        self.fields.push(Narrow {
            options,
            ..Narrow::text("status", words.status, chosen)
        });
    }

    fn by_state(&mut self, visit: &Visit) {
        let words = visit.lang.words();
        let chosen = visit.typed("state");
        let states = [
            (PledgeState::Open, words.open),
            (PledgeState::Closed, words.closed),
        ];
        self.more.state = PledgeState::parse(&chosen);
        let mut options = Vec::new();
        for (state, word) in states {
            let is_chosen = self.more.state == Some(state);
            if is_chosen {
                self.choose("state", state.name(), word.to_owned());
            }
            options.push((state.name().to_owned(), word.to_owned(), is_chosen));
        }
        self.fields.push(Narrow {
            options,
            ..Narrow::text("state", words.list_filter_state, chosen)
        });
    }

    fn by_end(&mut self, visit: &Visit) {
        let words = visit.lang.words();
        self.more.ends_by = self.by_day(visit, "ends_by", words.list_filter_ends);
    }

    fn by_registration(&mut self, visit: &Visit) {
        let label = visit.lang.pick("登记日不早于", "Registered since");
        self.since = self.by_day(visit, "since", label);
    }

    /// Offers a day to narrow by, and takes the one that was typed.
    fn by_day(&mut self, visit: &Visit, name: &'static str, label: &'static str) -> Option<Day> {
        let typed = visit.typed(name);
        let day = typed::day(&typed);
        if let Some(day) = day {
            self.choose(name, &day.to_string(), format!("{label} {day}"));
        } else if !typed.is_empty() {
            let why = typed::not_a_day(&typed, visit.lang);
            self.problem = Some(format!("{label}: {why}"));
        }
        self.fields.push(Narrow {
            takes: "date",
            ..Narrow::text(name, label, typed)
        });
        day
    }
}

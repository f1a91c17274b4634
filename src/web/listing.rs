//! Lists of rights, pledges and parties, paged by position in the log, so that a page shows the same rows tomorrow.

use askama::Template;

use crate::domain::facts::Record;
use crate::service::Registry;
use crate::service::narrowing::{Narrowing, PledgeState};
use crate::service::query::{Found, Listing};
use crate::web::barred;
use crate::web::capacity;
use crate::web::chosen::{self, Column};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::party::role_word;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};
use crate::web::typed;

/// Rows on one page.
const ROWS: usize = 25;

/// One row: a link, cells, and a status.
pub(crate) struct Row {
    link: String,
    id: String,
    cells: Vec<String>,
    status: Option<Status>,
}

/// A field that narrows a list, with what was typed or chosen.
pub(crate) struct Narrow {
    name: &'static str,
    label: &'static str,
    typed: String,
    /// The type of its input; of no meaning where it is a choice.
    takes: &'static str,
    /// What may be chosen: values, words, and whether it is.
    options: Vec<(String, String, bool)>,
}

impl Row {
    /// The cell of a column; the last column is the status.
    fn cell(&self, column: &Column) -> Option<&String> {
        self.cells.get(column.at)
    }
}

impl Narrow {
    fn text(name: &'static str, label: &'static str, typed: String) -> Self {
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

/// Makes the page of a list, whole or narrowed.
pub(crate) fn page(registry: &Registry, visit: &Visit, of: Of) -> Result<ListPage, Fault> {
    let words = visit.lang.words();
    let after = visit.param("after").and_then(|text| text.parse().ok());
    let narrowed = narrowed(registry, visit, of)?;
    let now = registry.now();
    let takes = |record: &Record| narrowed.more.takes(record, now);
    let (found, last) = match &narrowed.by {
        By::Name(name) => registry.parties_named(name, after, ROWS)?,
        By::Listing(listing) => registry.list_where(*listing, takes, after, ROWS)?,
        By::Nothing => (Vec::new(), None),
    };
    let rows: Result<Vec<Row>, Fault> = found
        .iter()
        .filter_map(|found| row(registry, found, visit.lang).transpose())
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
    let counted = || {
        answer(
            &rows,
            &narrowed,
            of,
            after.is_some() || last.is_some(),
            visit.lang,
        )
    };
    Ok(ListPage {
        shell: Shell::new(registry, visit, title),
        heading: title.to_owned(),
        is_wrong: told.is_some(),
        answer: told.unwrap_or_else(counted),
        problem,
        path: of.path(),
        fields: narrowed.fields,
        export: (
            format!("/v1/exports{}", of.path()),
            match narrowed.by {
                // Programs narrow the list of parties otherwise.
                By::Name(_) | By::Nothing => for_export,
                By::Listing(_) => narrowed.query + &for_export,
            }
            .trim_end_matches('&')
            .to_owned(),
        ),
        has_choice: columns.iter().any(|column| !column.is_shown),
        columns,
        rows,
        next: last.map(|last| format!("{}?{filter}after={last}", of.path())),
        first: after.map(|_: u64| format!("{}?{filter}", of.path())),
    })
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
        Of::Rights => narrowed.by_kind(registry, visit)?,
        Of::Pledges => {
            narrowed.by_state(visit);
            narrowed.by_end(visit);
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
        let typed = visit.typed("ends_by");
        if !typed.is_empty() {
            match typed::day(&typed) {
                Some(day) => {
                    self.choose(
                        "ends_by",
                        &day.to_string(),
                        format!("{} {day}", words.list_filter_ends),
                    );
                    self.more.ends_by = Some(day);
                }
                None => self.problem = Some(words.list_wrong_day.to_owned()),
            }
        }
        self.fields.push(Narrow {
            takes: "date",
            ..Narrow::text("ends_by", words.list_filter_ends, typed)
        });
    }
}

/// The list in a sentence that can be read aloud: how many rows, and how many of each status.
fn answer(rows: &[Row], narrowed: &Narrowed, of: Of, is_part: bool, lang: Lang) -> String {
    let mut statuses: Vec<(&'static str, usize)> = Vec::new();
    for status in rows.iter().filter_map(|row| row.status) {
        match statuses.iter_mut().find(|(word, _)| *word == status.word) {
            Some((_, count)) => *count += 1,
            None => statuses.push((status.word, 1)),
        }
    }
    let told: Vec<String> = statuses
        .iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    let told = told.join(", ");
    let (zh, en) = match of {
        Of::Rights => ("项权益", "rights"),
        Of::Pledges => ("项担保", "pledges"),
        Of::Parties => ("个主体", "parties"),
    };
    let (count, who) = (rows.len(), narrowed.who.join(" · "));
    let whose = if who.is_empty() {
        String::new()
    } else {
        format!("{who}: ")
    };
    let end = if told.is_empty() {
        String::new()
    } else {
        format!(": {told}")
    };
    match (lang, is_part) {
        (Lang::Zh, true) => format!("{whose}本页 {count} {zh}{end}"),
        (Lang::Zh, false) => format!("{whose}共 {count} {zh}{end}"),
        (Lang::En, true) => format!("{whose}{count} {en} on this page{end}"),
        (Lang::En, false) => format!("{whose}{count} {en} in all{end}"),
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
            // The same word as on the page of the right: what may not be pledged does not look free.
            let status = barred::status(view.status, right, &policy, lang);
            Row {
                link: format!("/rights/{id}"),
                id,
                cells: vec![
                    look::kind_title(&policy, lang).to_owned(),
                    identity.unwrap_or_default(),
                    look::party(registry, right.holder, words)?.name,
                    show::days(right.span, words),
                ],
                status: Some(status.show(lang)),
            }
        }
        Record::Pledge(pledge) => {
            let open = pledge
                .lines
                .iter()
                .filter(|line| line.is_open_at(now))
                .count();
            let (tag, sign, word) = if pledge.has_lapsed_at(now) {
                ("ended", "■", words.statistics_lapsed)
            } else if open == 0 {
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

//! The list of freezes: what stands, waits, was executed or lifted, by which authority; a page of it, the newest first.

use askama::Template;

use crate::domain::policy::KindPolicy;
use crate::primitives::id::{FreezeId, PartyId};
use crate::service::Registry;
use crate::service::freezes::{Freeze, FreezeFilter, FreezeState, Freezes, Reach};
use crate::web::freeze;
use crate::web::lang::Lang;
use crate::web::listing::Narrow;
use crate::web::look;
use crate::web::order::waiting_note;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show::{self, Status};

/// Rows on one page.
const ROWS: usize = 25;

/// One freeze.
pub(crate) struct Row {
    id: String,
    right: String,
    /// What the right is.
    what: String,
    /// Who ordered it, with its id.
    who: Option<(String, PartyId)>,
    extent: String,
    /// Its last day, where it has one.
    until: String,
    number: String,
    status: Status,
    /// What of it waits, or when it ended.
    note: Option<String>,
    /// The entry that ended it.
    entry: Option<u64>,
}

#[derive(Template)]
#[template(path = "freezes.html")]
pub(crate) struct FreezesPage {
    shell: Shell,
    /// The list in one sentence, or why there is none.
    answer: String,
    /// Whether there is none.
    is_wrong: bool,
    /// What was not looked at.
    short_of: Vec<String>,
    fields: Vec<Narrow>,
    /// What its columns are called.
    heads: [&'static str; 7],
    /// The name of the list of rights that are frozen.
    rights: &'static str,
    /// The query that narrows the spreadsheet.
    export: String,
    rows: Vec<Row>,
    range: String,
    next: Option<String>,
    previous: Option<String>,
    first: Option<String>,
}

/// What the list is narrowed to.
struct Narrowed {
    filter: FreezeFilter,
    /// The part of the address that says so, with `&` behind.
    query: String,
    /// The same for people.
    who: Vec<String>,
    fields: Vec<Narrow>,
    /// What was typed is nobody.
    problem: Option<String>,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<FreezesPage, Fault> {
    let lang = visit.lang;
    let narrowed = narrowed(registry, visit)?;
    let found = match narrowed.problem {
        Some(_) => Freezes {
            rows: Vec::new(),
            from: 0,
            has_every_right: true,
        },
        None => registry.freezes(narrowed.filter, Reach::PAGE)?,
    };
    let before = visit.param("before").and_then(FreezeId::parse);
    let all = &found.rows;
    let start = before.map_or(0, |before| {
        all.iter().take_while(|freeze| freeze.id >= before).count()
    });
    let shown: Vec<&Freeze> = all.iter().skip(start).take(ROWS).collect();
    let query = &narrowed.query;
    let at = |id: FreezeId| format!("/freezes?{query}before={id}");
    let last = shown.last().map(|freeze| freeze.id);
    let next = last.filter(|_| start + shown.len() < all.len()).map(at);
    let first = (start > 0).then(|| format!("/freezes?{query}"));
    let begins = start.saturating_sub(ROWS).checked_sub(1);
    let previous = begins.and_then(|begins| all.get(begins));
    let previous = previous.map(|freeze| at(freeze.id));
    let rows: Result<Vec<Row>, Fault> = shown
        .iter()
        .map(|freeze| row(registry, freeze, lang))
        .collect();
    let words = lang.words();
    Ok(FreezesPage {
        heads: [
            words.code,
            words.nav_rights,
            words.authority,
            words.extent,
            lang.pick("冻结期限止", "Its last day"),
            lang.pick("文号", "Order no."),
            words.status,
        ],
        rights: lang.pick("有查封冻结的权益", "Rights with a freeze"),
        shell: Shell::new(registry, visit, words.nav_freezes),
        is_wrong: narrowed.problem.is_some(),
        short_of: short_of(&found, narrowed.filter, lang),
        range: range(start, shown.len(), all.len(), lang),
        export: query.trim_end_matches('&').to_owned(),
        answer: match narrowed.problem {
            Some(problem) => problem,
            None => sentence(&found, narrowed.filter, &narrowed.who, lang),
        },
        fields: narrowed.fields,
        rows: rows?,
        next,
        previous: previous.or_else(|| first.clone()),
        first,
    })
}

fn narrowed(registry: &Registry, visit: &Visit) -> Result<Narrowed, Fault> {
    let (words, lang) = (visit.lang.words(), visit.lang);
    let mut narrowed = Narrowed {
        filter: FreezeFilter::default(),
        query: String::new(),
        who: Vec::new(),
        fields: Vec::new(),
        problem: None,
    };
    let typed = visit.typed("party");
    if !typed.is_empty() {
        if let Some(id) = look::find_party(registry, &typed)? {
            narrowed.filter.authority = Some(id);
            narrowed.query = format!("party={id}&");
            narrowed.who.push(look::party(registry, id, words)?.name);
        } else {
            let (named, has_more) = look::namesakes(registry, &typed)?;
            narrowed.problem = Some(if named.is_empty() {
                words.list_nobody.to_owned()
            } else {
                look::several(&named, has_more, lang)
            });
        }
    }
    narrowed
        .fields
        .push(Narrow::text("party", words.authority, typed));
    let chosen = visit.typed("state");
    narrowed.filter.state = FreezeState::parse(&chosen);
    let mut options = Vec::new();
    for state in FreezeState::ALL {
        let (zh, en) = state.words();
        let (word, is_chosen) = (lang.pick(zh, en), narrowed.filter.state == Some(state));
        if is_chosen {
            narrowed.query = format!("{}state={}&", narrowed.query, state.name());
            narrowed.who.push(word.to_owned());
        }
        options.push((state.name().to_owned(), word.to_owned(), is_chosen));
    }
    narrowed.fields.push(Narrow {
        options,
        ..Narrow::text("state", words.status, chosen)
    });
    Ok(narrowed)
}

/// Whether all of the list that is wanted was found.
fn is_whole(found: &Freezes, filter: FreezeFilter) -> bool {
    let has_past = found.from == 0 || filter.state.is_some_and(|state| !state.is_over());
    has_past && found.has_every_right
}

/// How many there are and how they stand, in a sentence that can be read aloud.
fn sentence(found: &Freezes, filter: FreezeFilter, who: &[String], lang: Lang) -> String {
    let count = |state: FreezeState| found.rows.iter().filter(|one| one.state == state).count();
    let told = FreezeState::ALL.into_iter().filter_map(|state| {
        let (zh, en) = state.words();
        let count = show::thousands(&Some(count(state)).filter(|count| *count > 0)?.to_string());
        Some(format!("{} {count}", lang.pick(zh, en)))
    });
    // A list of one state says it before the count.
    let told: Vec<String> = told.filter(|_| filter.state.is_none()).collect();
    let end = if told.is_empty() {
        String::new()
    } else {
        format!(": {}", told.join("; "))
    };
    let whose = if who.is_empty() {
        String::new()
    } else {
        format!("{}: ", who.join(" · "))
    };
    let all = show::thousands(&found.rows.len().to_string());
    match (lang, is_whole(found, filter)) {
        (Lang::Zh, true) => format!("{whose}共 {all} 项冻结{end}"),
        (Lang::Zh, false) => format!("{whose}至少 {all} 项冻结{end}"),
        (Lang::En, true) => format!("{whose}{all} freezes in all{end}"),
        (Lang::En, false) => format!("{whose}{all} freezes or more{end}"),
    }
}

/// What was not looked at.
fn short_of(found: &Freezes, filter: FreezeFilter, lang: Lang) -> Vec<String> {
    if is_whole(found, filter) {
        return Vec::new();
    }
    let from = found.from;
    let past = (from > 0).then(|| match lang {
        Lang::Zh => format!(
            "已结束的冻结, 只列出账页 {from} 起裁定或结束的; 更早的见各权益的经过。"
        ),
        Lang::En => format!(
            "Of freezes that are over, those are listed that entries from {from} on ordered or ended; for older ones see the history of each right."
        ),
    });
    let rights = (!found.has_every_right).then(|| {
        lang.pick(
            "权益很多, 只查看了其中最早登记的一部分; 全部见导出的表格。",
            "There are many rights, and only those registered first were looked at; the spreadsheet has all.",
        )
        .to_owned()
    });
    past.into_iter().chain(rights).collect()
}

fn range(start: usize, rows: usize, all: usize, lang: Lang) -> String {
    let number = |n: usize| show::thousands(&n.to_string());
    let (first, last, all) = (number(start + 1), number(start + rows), number(all));
    match lang {
        Lang::Zh => format!("第 {first}–{last} 行, 共 {all} 行"),
        Lang::En => format!("Rows {first}–{last} of {all}"),
    }
}

fn row(registry: &Registry, freeze: &Freeze, lang: Lang) -> Result<Row, Fault> {
    let words = lang.words();
    let now = registry.now().max(registry.published().time);
    let policy = look::policy(registry, &freeze.right.kind, now)?;
    let unit = show::unit(&policy.unit, lang);
    let burden = &freeze.burden;
    let who = match burden.authority {
        Some(id) => Some((look::party(registry, id, words)?.name, id)),
        None => None,
    };
    let on = freeze.on.to_string();
    let until = burden.expires.map(|at| at.day().previous().to_string());
    let number = burden.order.as_ref().and_then(|order| order.number.clone());
    Ok(Row {
        id: freeze.id.to_string(),
        what: look::words_of(registry, &on, lang)?,
        right: on,
        who,
        extent: show::extent(burden.extent, policy.scale, unit, words),
        until: until.unwrap_or_else(|| "–".to_owned()),
        number: number.unwrap_or_else(|| "–".to_owned()),
        status: freeze::shown(freeze.state, lang),
        note: note(freeze, &policy, lang),
        entry: freeze.ended.map(|(entry, _)| entry),
    })
}

fn note(freeze: &Freeze, policy: &KindPolicy, lang: Lang) -> Option<String> {
    if let Some((_, time)) = freeze.ended {
        return Some(show::local_time(time));
    }
    let queued = freeze.queued.as_ref()?;
    waiting_note(queued, policy, lang.words())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_did_not_reach_the_beginning_says_so_and_one_of_what_stands_need_not() {
        let found = |from, has_every_right| Freezes {
            rows: Vec::new(),
            from,
            has_every_right,
        };
        let of = |state| FreezeFilter {
            authority: None,
            state,
        };
        let told = |found: &Freezes, state| {
            let told = sentence(found, of(state), &[], Lang::Zh);
            (told, short_of(found, of(state), Lang::Zh).concat())
        };
        let (all, nothing) = told(&found(0, true), None);
        assert_eq!((&*all, &*nothing), ("共 0 项冻结", ""));
        let (some, short) = told(&found(7, true), None);
        assert_eq!(some, "至少 0 项冻结");
        assert!(
            short.contains("账页 7 起") && !short.contains("权益很多"),
            "{short}"
        );
        // What stands is found on the rights, however long the log is.
        let (standing, short) = told(&found(7, true), Some(FreezeState::Waits));
        assert_eq!((&*standing, &*short), ("共 0 项冻结", ""));
        let (_, short) = told(&found(0, false), Some(FreezeState::Waits));
        assert!(short.contains("权益很多"), "{short}");
        let english = sentence(&found(7, true), of(None), &[], Lang::En);
        assert_eq!(english, "0 freezes or more");
    }
}

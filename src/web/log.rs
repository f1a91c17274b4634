//! The log for people: the checkpoint as it is signed, what was decided, narrowed to refusals or a party, and single entries.

use askama::Template;

use crate::ledger::tree::leaf_hash;
use crate::primitives::id::parse_index;
use crate::service::Registry;
use crate::service::feed::{Decision, Watch};
use crate::web::history::{self, Step};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::proof::{self, Proof};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::taken::{self, Taken};
use crate::web::terms::Teller;

#[derive(Template)]
#[template(path = "log.html")]
pub(crate) struct LogPage {
    shell: Shell,
    heading: &'static str,
    /// How long the log is and who has seen it, or what it is narrowed to, in one sentence.
    answer: String,
    /// Why it is not narrowed as it was asked.
    problem: Option<String>,
    /// Whether only a part of the log is shown.
    is_narrowed: bool,
    /// What decision it is narrowed to: values, words, and whether one is chosen.
    decisions: Vec<(&'static str, &'static str, bool)>,
    /// The party that was typed.
    typed: String,
    /// What narrows the spreadsheet as the page is.
    export: String,
    checkpoint: String,
    vkeys: Vec<String>,
    newest: Vec<Step>,
    /// Where the entries go on, towards the end and the beginning of the log.
    newer: Option<String>,
    older: Option<String>,
    /// The newest of them, where this is another page.
    first: Option<String>,
}

/// Entries shown on the page.
const NEWEST: u64 = 25;

/// Makes the page of the log.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<LogPage, Fault> {
    let published = registry.published();
    let narrowed = narrowed(registry, visit)?;
    let before = visit.param("before").and_then(parse_index);
    let end = before.unwrap_or(published.size).min(published.size);
    let query = &narrowed.query;
    let at = |before: u64| format!("/log?{query}before={before}#entries");
    let mut page = LogPage {
        shell: Shell::new(registry, visit, narrowed.heading),
        heading: narrowed.heading,
        answer: whole(registry, published.size, visit.lang),
        problem: narrowed.problem.clone(),
        is_narrowed: narrowed.is_narrowed(),
        decisions: decisions(narrowed.watch.decision, visit.lang),
        typed: visit.typed("party"),
        export: query.trim_end_matches('&').to_owned(),
        checkpoint: published.checkpoint.to_string(),
        vkeys: registry.signing_vkeys(),
        newest: Vec::new(),
        newer: None,
        older: None,
        first: None,
    };
    // Nobody of that name: an answer about everybody would be taken for theirs.
    if page.problem.is_some() {
        page.answer = String::new();
        return Ok(page);
    }
    let teller = Teller::of(registry, visit.lang)?;
    if page.is_narrowed {
        let rows = usize::try_from(NEWEST).unwrap_or(usize::MAX);
        let looked = registry.decided_before(&narrowed.watch, end, rows)?;
        let steps: Result<Vec<Step>, Fault> = looked
            .entries
            .iter()
            .map(|(index, bytes)| history::step(&teller, *index, bytes, ""))
            .collect();
        page.newest = steps?;
        page.answer = narrowed.told(page.newest.len(), (looked.from, end), visit.lang);
        page.older = (looked.from > 0).then(|| at(looked.from));
        page.first = (end < published.size).then(|| format!("/log?{query}#entries"));
        return Ok(page);
    }
    let first = end.saturating_sub(NEWEST);
    let newest: Result<Vec<Step>, Fault> = (first..end)
        .rev()
        .map(|index| history::step(&teller, index, &registry.entry(index)?, ""))
        .collect();
    page.newest = newest?;
    page.newer = (end < published.size).then(|| at(end.saturating_add(NEWEST)));
    page.older = (first > 0).then(|| at(first));
    Ok(page)
}

/// How long the log is and who has seen it.
fn whole(registry: &Registry, size: u64, lang: Lang) -> String {
    let age = proof::age(registry, lang);
    let seen = proof::witnesses(registry, lang);
    match lang {
        Lang::Zh => format!("账簿共 {size} 页; 检查点签于 {age}; 见证: {seen}。"),
        Lang::En => {
            format!("The log has {size} entries; its checkpoint is of {age}; witnesses: {seen}.")
        }
    }
}

fn decisions(chosen: Option<Decision>, lang: Lang) -> Vec<(&'static str, &'static str, bool)> {
    let words = lang.words();
    let all = [
        (Decision::Refused, words.outcome_refused),
        (Decision::Accepted, words.log_accepted),
    ];
    let one = |(decision, word): (Decision, _)| (decision.name(), word, chosen == Some(decision));
    all.map(one).to_vec()
}

/// What the log is narrowed to.
struct Narrowed {
    watch: Watch,
    heading: &'static str,
    /// The party, for people.
    who: Option<String>,
    /// The part of the address that narrows it, with `&` behind.
    query: String,
    problem: Option<String>,
}

impl Narrowed {
    fn is_narrowed(&self) -> bool {
        self.watch != Watch::default()
    }

    /// What was found among which entries, in a sentence.
    fn told(&self, count: usize, (from, end): (u64, u64), lang: Lang) -> String {
        let last = end.saturating_sub(1);
        let what = match self.watch.decision {
            Some(Decision::Refused) => lang.pick("被拒的申请", "Refused attempts"),
            Some(Decision::Accepted) => lang.pick("已接受的指令", "Accepted commands"),
            None => lang.pick("指令", "Commands"),
        };
        match (lang, &self.who) {
            (Lang::Zh, Some(who)) => {
                format!("与 {who} 有关的{what}: 账页 {from} 至 {last} 中 {count} 项。")
            }
            (Lang::Zh, None) => format!("{what}: 账页 {from} 至 {last} 中 {count} 项。"),
            (Lang::En, Some(who)) => {
                format!("{what} that concern {who}: {count} in entries {from} to {last}.")
            }
            (Lang::En, None) => format!("{what}: {count} in entries {from} to {last}."),
        }
    }
}

fn narrowed(registry: &Registry, visit: &Visit) -> Result<Narrowed, Fault> {
    let words = visit.lang.words();
    let decision = visit.param("decision").and_then(Decision::parse);
    let mut narrowed = Narrowed {
        watch: Watch {
            decision,
            ..Watch::default()
        },
        heading: match decision {
            Some(Decision::Refused) => words.work_refused,
            Some(Decision::Accepted) | None => words.log_title,
        },
        who: None,
        query: decision.map_or_else(String::new, |one| format!("decision={}&", one.name())),
        problem: None,
    };
    let typed = visit.typed("party");
    if typed.is_empty() {
        return Ok(narrowed);
    }
    if let Some(id) = look::find_party(registry, &typed)? {
        narrowed.watch.parties.insert(id);
        narrowed.who = Some(look::party(registry, id, words)?.name);
        narrowed.query = format!("{}party={id}&", narrowed.query);
        return Ok(narrowed);
    }
    let (named, has_more) = look::namesakes(registry, &typed)?;
    narrowed.problem = Some(if named.is_empty() {
        words.list_nobody.to_owned()
    } else {
        look::several(&named, has_more, visit.lang)
    });
    Ok(narrowed)
}

#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage {
    shell: Shell,
    step: Step,
    /// What it is about, and the command that was signed.
    taken: Taken,
    /// What proves that the entry is in the log.
    proof: Proof,
    text: String,
    leaf: String,
    newer: Option<u64>,
    older: Option<u64>,
}

/// Makes the page of an entry.
pub(crate) fn entry(registry: &Registry, visit: &Visit, index: u64) -> Result<EntryPage, Fault> {
    let size = registry.published().size;
    if index >= size {
        return Err(Fault::NotFound);
    }
    let bytes = registry.entry(index)?;
    let words = visit.lang.words();
    Ok(EntryPage {
        shell: Shell::new(registry, visit, format!("{} {index}", words.entry)),
        step: history::step(&Teller::of(registry, visit.lang)?, index, &bytes, "")?,
        taken: taken::taken(registry, &bytes, visit.lang)?,
        proof: proof::of_entry(registry, index, visit.lang),
        leaf: leaf_hash(&bytes).to_string(),
        text: String::from_utf8(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?,
        newer: Some(index + 1).filter(|newer| *newer < size),
        older: index.checked_sub(1),
    })
}

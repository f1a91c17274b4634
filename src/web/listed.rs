//! The rows of lists, and the sentence that counts them: how many there are, how they stand, and which of them are shown.
//!
//! Separate from `listing`, which reads what the list is narrowed to.

use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::counted::Counted;
use crate::service::query::Found;
use crate::service::standing::{self, StatusOf, Unburdened};
use crate::web::chosen::Column;
use crate::web::lang::Lang;
use crate::web::listing::Of;
use crate::web::look;
use crate::web::party::role_word;
use crate::web::shell::Fault;
use crate::web::show::{self, Status};

/// Lines of a pledge, and parts of what is free, that one cell names.
const PARTS_TOLD: usize = 2;

/// One row: a link, cells, and a status.
pub(crate) struct Row {
    pub(crate) link: String,
    pub(crate) id: String,
    cells: Vec<String>,
    pub(crate) status: Option<Status>,
}

impl Row {
    /// The cell of a column; the last column is the status.
    pub(crate) fn cell(&self, column: &Column) -> Option<&String> {
        self.cells.get(column.at)
    }
}

/// Makes rows of records.
pub(crate) struct Rows<'a> {
    registry: &'a Registry,
    policies: Vec<KindPolicy>,
    pub(crate) now: Timestamp,
    lang: Lang,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(registry: &'a Registry, lang: Lang) -> Result<Self, Fault> {
        let now = registry.now().max(registry.published().time);
        Ok(Self {
            registry,
            policies: registry.active_policies(now)?,
            now,
            lang,
        })
    }

    fn policy(&self, kind: &str) -> Option<&KindPolicy> {
        self.policies.iter().find(|policy| policy.kind == kind)
    }

    /// How a right stands; nothing of a kind without rules.
    pub(crate) fn status_of(&self, right: &Right) -> Option<StatusOf> {
        let policy = self.policy(&right.kind)?;
        Some(standing::status_of(right, policy, self.now))
    }

    /// The status of a record, as its row shows it.
    pub(crate) fn status(&self, record: &Record) -> Option<Status> {
        let words = self.lang.words();
        match record {
            Record::Right(right) => Some(self.status_of(right)?.show(self.lang)),
            Record::Pledge(pledge) => {
                let (tag, sign, word) = if pledge.has_lapsed_at(self.now) {
                    ("ended", "■", words.statistics_lapsed)
                } else if pledge.lines.iter().any(|line| line.is_open_at(self.now)) {
                    ("pledged", "●", words.open)
                } else {
                    ("ended", "■", words.closed)
                };
                Some(Status { tag, sign, word })
            }
            Record::Party(_)
            | Record::Reservation(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => None,
        }
    }

    /// The row of a record; none of what has no page.
    pub(crate) fn row(&self, found: &Found) -> Result<Option<Row>, Fault> {
        let words = self.lang.words();
        let record = &found.value.record;
        let (place, cells) = match record {
            Record::Right(right) => ("rights", self.right(right)?),
            Record::Pledge(pledge) => ("pledges", self.pledge(pledge)?),
            Record::Party(party) => {
                let roles = party.roles.iter().map(|role| role_word(*role, self.lang));
                let roles: Vec<&str> = roles.collect();
                let code = party.credit_code.clone().unwrap_or_default();
                let cells = vec![look::name_of(party, words), code, roles.join(", ")];
                ("parties", cells)
            }
            Record::Reservation(_)
            | Record::Identity(_)
            | Record::Source(_)
            | Record::Cell(_)
            | Record::Policy(_) => return Ok(None),
        };
        let id = found.value.key.name();
        Ok(Some(Row {
            link: format!("/{place}/{id}"),
            id,
            cells,
            status: self.status(record),
        }))
    }

    fn right(&self, right: &Right) -> Result<Vec<String>, Fault> {
        let words = self.lang.words();
        let policy = look::policy(self.registry, &right.kind, self.now)?;
        let identity = right.identities.first().map(show::identity);
        let unit = show::unit(&policy.unit, self.lang);
        let much = standing::quantity_on(right, self.now.day());
        Ok(vec![
            look::kind_title(&policy, self.lang).to_owned(),
            identity.unwrap_or_default(),
            look::party(self.registry, right.holder, words)?.name,
            show::days(right.span, words),
            show::amount(much, policy.scale, unit),
            self.free(right, &policy),
        ])
    }

    /// What of a right is not burdened, in the shortest words; nothing of one that cannot be pledged.
    fn free(&self, right: &Right, policy: &KindPolicy) -> String {
        let words = self.lang.words();
        if !standing::status_of(right, policy, self.now).may_be_free() {
            return String::new();
        }
        let unit = show::unit(&policy.unit, self.lang);
        let none = self.lang.pick("无", "none");
        let parts: Vec<String> = match standing::unburdened(right, policy, self.now) {
            Unburdened::Stock(free) => vec![show::amount(free, policy.scale, unit)],
            Unburdened::Flow(parts) => parts
                .iter()
                .map(|(free, span)| {
                    let much = show::amount(*free, policy.scale, unit);
                    let last = show::last_day(*span);
                    format!("{much} {} {last}", words.through)
                })
                .collect(),
            Unburdened::Whole(is_free) => {
                vec![if is_free { words.whole } else { none }.to_owned()]
            }
            Unburdened::Years(free) => free.iter().map(|free| show::years(*free, words)).collect(),
        };
        if parts.is_empty() {
            return none.to_owned();
        }
        told(&parts)
    }

    fn pledge(&self, pledge: &Pledge) -> Result<Vec<String>, Fault> {
        let words = self.lang.words();
        let (mut kinds, mut lines) = (Vec::new(), Vec::new());
        let mut open = 0;
        for line in &pledge.lines {
            let found = self.registry.record(&StateKey::Right(line.right))?;
            let Some(Record::Right(right)) = found.map(|found| found.value.record) else {
                continue;
            };
            let policy = look::policy(self.registry, &right.kind, self.now)?;
            let kind = look::kind_title(&policy, self.lang).to_owned();
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            // What is over is named where nothing else is there to name.
            let is_open = line.is_open_at(self.now);
            open += usize::from(is_open);
            let unit = show::unit(&policy.unit, self.lang);
            let extent = show::extent(line.extent, policy.scale, unit, words);
            lines.push((is_open, format!("{} {extent}", line.right)));
        }
        let all = lines.len();
        lines.retain(|(is_open, _)| *is_open || open == 0);
        let lines: Vec<String> = lines.into_iter().map(|(_, text)| text).collect();
        let of_several = match self.lang {
            Lang::Zh => format!("{all} 项中 {open} 项在登: "),
            Lang::En => format!("{open} of {all} in force: "),
        };
        let count = if all > 1 { of_several } else { String::new() };
        let term = pledge.term.map(|term| show::days(term, words));
        Ok(vec![
            look::party(self.registry, pledge.pledgee, words)?.name,
            look::party(self.registry, pledge.pledgor, words)?.name,
            kinds.join(", "),
            format!("{count}{}", told(&lines)),
            term.unwrap_or_else(|| "–".to_owned()),
        ])
    }
}

/// The first parts of several.
fn told(parts: &[String]) -> String {
    let first: Vec<&str> = parts.iter().take(PARTS_TOLD).map(String::as_str).collect();
    let more = if parts.len() > PARTS_TOLD {
        "; …"
    } else {
        ""
    };
    format!("{}{more}", first.join("; "))
}

/// How many of a list stand how.
#[derive(Default)]
pub(crate) struct Tally(Vec<(&'static str, usize)>);

impl Tally {
    /// Counts a record with the word of its status.
    pub(crate) fn add(&mut self, word: &'static str) {
        match self.0.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => self.0.push((word, 1)),
        }
    }

    /// The list in a sentence that can be read aloud: how many there are, and how many of each status.
    pub(crate) fn sentence(&self, counted: &Counted, who: &[String], of: Of, lang: Lang) -> String {
        let mut counts = self.0.clone();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let told: Vec<String> = counts
            .iter()
            .map(|(word, count)| format!("{word} {}", show::thousands(&count.to_string())))
            .collect();
        let (zh, en) = match of {
            Of::Rights => ("项权益", "rights"),
            Of::Pledges => ("项担保", "pledges"),
            Of::Parties => ("个主体", "parties"),
        };
        let count = show::thousands(&counted.total.to_string());
        let who = who.join(" · ");
        let whose = if who.is_empty() {
            String::new()
        } else {
            format!("{who}: ")
        };
        let end = if told.is_empty() || !counted.is_whole {
            String::new()
        } else {
            format!(": {}", told.join(", "))
        };
        match (lang, counted.is_whole) {
            (Lang::Zh, true) => format!("{whose}共 {count} {zh}{end}"),
            (Lang::Zh, false) => format!("{whose}至少 {count} {zh}"),
            (Lang::En, true) => format!("{whose}{count} {en} in all{end}"),
            (Lang::En, false) => format!("{whose}{count} {en} or more"),
        }
    }
}

/// Which rows of the list a page has.
pub(crate) fn range(counted: &Counted, lang: Lang) -> String {
    let rows = counted.rows.len();
    let Some(before) = counted.before else {
        return match lang {
            Lang::Zh => format!("本页 {rows} 行"),
            Lang::En => format!("{rows} rows on this page"),
        };
    };
    let number = |n: usize| show::thousands(&n.to_string());
    let (first, last) = (number(before + 1), number(before + rows));
    let total = number(counted.total);
    match (lang, counted.is_whole) {
        (Lang::Zh, true) => format!("第 {first}–{last} 行, 共 {total} 行"),
        (Lang::Zh, false) => format!("第 {first}–{last} 行"),
        (Lang::En, true) => format!("Rows {first}–{last} of {total}"),
        (Lang::En, false) => format!("Rows {first}–{last}"),
    }
}

//! The rules of one kind over time: every version that was adopted, in force from when, and what it changed, line by line.

use askama::Template;

use crate::domain::command::Body;
use crate::domain::entry::Entry;
use crate::domain::facts::{PolicyVersion, Record, StateKey, active_version};
use crate::domain::policy::KindPolicy;
use crate::domain::wire::parse_command;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// Lines of a text beyond which no difference is drawn: a text of 9,000 bytes has fewer.
const LINES_MAX: usize = 600;

/// A line that a version took out or put in.
pub(crate) struct Change {
    sign: &'static str,
    tag: &'static str,
    text: String,
}

/// A version.
pub(crate) struct Version {
    number: String,
    entry: u64,
    from: String,
    digest: String,
    state: &'static str,
    /// What it changed; nothing of the first.
    changes: Vec<Change>,
    is_first: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "rules_of.html")]
pub(crate) struct RulesPage {
    shell: Shell,
    kind: String,
    answer: String,
    /// Newest first.
    versions: Vec<Version>,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit, kind: &str) -> Result<RulesPage, Fault> {
    let lang = visit.lang;
    let now = registry.now().max(registry.published().time);
    let found = registry.record(&StateKey::Policy(kind.to_owned()))?;
    let Some(Record::Policy(all)) = found.map(|found| found.value.record) else {
        return Err(Fault::NotFound);
    };
    let active = active_version(&all, now).map(|version| version.entry);
    let mut versions = Vec::with_capacity(all.len());
    let mut before: Option<String> = None;
    for version in &all {
        let text = text_of(registry, version, kind)?;
        let number = KindPolicy::parse(&text).map_or(0, |policy| policy.version);
        let state = if active == Some(version.entry) {
            lang.pick("现行", "in force")
        } else if version.active_from > now {
            lang.pick("将生效", "to come")
        } else {
            lang.pick("已被替代", "replaced")
        };
        versions.push(Version {
            number: number.to_string(),
            entry: version.entry,
            from: show::local_time(version.active_from),
            digest: version.digest.to_string(),
            state,
            changes: before
                .as_deref()
                .map_or_else(Vec::new, |before| difference(before, &text)),
            is_first: before.is_none(),
            text: text.clone(),
        });
        before = Some(text);
    }
    versions.reverse();
    let title = registry.active_policy(kind, now)?;
    let title = title.map_or_else(
        || kind.to_owned(),
        |policy| look::kind_title(&policy, lang).to_owned(),
    );
    let coming = all
        .iter()
        .filter(|version| version.active_from > now)
        .count();
    let answer = answer(&title, all.len(), coming, lang);
    Ok(RulesPage {
        shell: Shell::new(
            registry,
            visit,
            format!("{title} · {}", lang.words().registrar_policies),
        ),
        kind: kind.to_owned(),
        answer,
        versions,
    })
}

/// How many versions there are and how many of them are to come, in one sentence.
fn answer(title: &str, count: usize, coming: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => {
            let coming = match coming {
                0 => String::new(),
                coming => format!(", {coming} 个将生效"),
            };
            format!("{title}的规则在本登记系统有 {count} 个版本{coming}; 版本号取自规则原文。")
        }
        Lang::En => {
            let versions = if count == 1 { "version" } else { "versions" };
            let coming = match coming {
                0 => String::new(),
                coming => format!(", {coming} to come"),
            };
            format!(
                "The rules of the {title} have {count} {versions} here{coming}; a version keeps the number of its text."
            )
        }
    }
}

/// Returns the text of a version, from the entry that brought it.
pub(crate) fn text_of(
    registry: &Registry,
    version: &PolicyVersion,
    kind: &str,
) -> Result<String, Fault> {
    if version.entry == 0 {
        let mut texts = registry.genesis().policies.iter();
        let text = texts
            .find(|(own, _)| own == kind)
            .map(|(_, text)| text.clone());
        return text.ok_or(Fault::NotFound);
    }
    let internal = |fault: &dyn std::fmt::Display| Fault::Internal(fault.to_string());
    let bytes = registry.entry(version.entry)?;
    let entry = Entry::parse(&bytes).map_err(|fault| internal(&fault))?;
    let Entry::Command { envelope, .. } = &entry else {
        return Err(Fault::NotFound);
    };
    let command = parse_command(&envelope.payload).map_err(|fault| internal(&fault))?;
    match command.body {
        Body::AdoptPolicy { text, .. } => Ok(text),
        _ => Err(Fault::NotFound),
    }
}

/// Returns the lines that differ, in the order of the texts: what was taken out before what was put in.
fn difference(before: &str, after: &str) -> Vec<Change> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        return Vec::new();
    }
    let common = common(&old, &new);
    let mut changes = Vec::new();
    let (mut left, mut right) = (old.iter(), new.iter());
    let mut put = |sign, tag, text: &str| {
        let text = text.to_owned();
        changes.push(Change { sign, tag, text });
    };
    for line in common.iter().map(Some).chain([None]) {
        for gone in left.by_ref().take_while(|one| Some(*one) != line) {
            put("−", "refuse", gone);
        }
        for come in right.by_ref().take_while(|one| Some(*one) != line) {
            put("＋", "yes", come);
        }
    }
    changes
}

/// Returns the longest lines that both have in one order.
fn common<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<&'a str> {
    // `best[i][j]`: how many lines the rests of both, from i and from j, have in common.
    let mut best = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    let at = |best: &[Vec<usize>], i: usize, j: usize| {
        best.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let value = if one == other {
                at(&best, i + 1, j + 1) + 1
            } else {
                at(&best, i + 1, j).max(at(&best, i, j + 1))
            };
            if let Some(cell) = best.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = value;
            }
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while let (Some(one), Some(other)) = (old.get(i), new.get(j)) {
        if one == other {
            lines.push(*one);
            (i, j) = (i + 1, j + 1);
        } else if at(&best, i + 1, j) >= at(&best, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> Vec<String> {
        let changes = difference(before, after);
        changes
            .iter()
            .map(|one| format!("{}{}", one.sign, one.text))
            .collect()
    }

    #[test]
    fn a_difference_names_what_went_and_what_came() {
        assert_eq!(told("a\nb\nc\n", "a\nx\nc\nd\n"), ["−b", "＋x", "＋d"]);
        assert_eq!(told("a\nb\n", "a\nb\n"), Vec::<String>::new());
        assert_eq!(told("a\na\nb\n", "a\nb\nb\n"), ["−a", "＋b"]);
        assert_eq!(told("", "a\n"), ["＋a"]);
    }
}

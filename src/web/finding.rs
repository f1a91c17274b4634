//! The catalogue of findings, a page for every number, and a finding as pages show it.

use askama::Template;

use crate::domain::finding::{Alternative, Code, Finding, Severity};
use crate::domain::policy::{KindPolicy, Model};
use crate::primitives::id::FreezeId;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};
use crate::service::Registry;
use crate::service::notices::Noticed;
use crate::web::barred;
use crate::web::finding_examples;
use crate::web::finding_words;
use crate::web::frozen;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::noticed_words;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// A check as a row of the catalogue.
pub(crate) struct CheckRow {
    code: u16,
    title: &'static str,
    other_title: &'static str,
    severity: &'static str,
    tag: &'static str,
    cause: String,
    fix: String,
}

/// Words of the catalogue for people; the members of commands that it names between backticks are for programs.
fn plain(text: &str) -> String {
    text.replace(" (`behind`)", "").replace('`', "")
}

fn check_row(code: Code, lang: Lang) -> CheckRow {
    let words = lang.words();
    let check = code.check();
    let (severity, tag) = match check.severity {
        Severity::Refuse => (words.refuse, "refuse"),
        Severity::Warn => (words.warn, "warn"),
    };
    CheckRow {
        code: check.code,
        title: lang.pick(check.title_zh, check.title_en),
        other_title: lang.pick(check.title_en, check.title_zh),
        severity,
        tag,
        cause: plain(words_of(code, lang).0),
        fix: plain(words_of(code, lang).1),
    }
}

/// What the service notices beside the law as a row of the catalogue.
fn noticed_row(noticed: Noticed, lang: Lang) -> CheckRow {
    let words = noticed.words();
    let (cause, fix) = match lang {
        Lang::Zh => noticed_words::of(noticed),
        Lang::En => (words.cause, words.fix),
    };
    CheckRow {
        code: words.code,
        title: lang.pick(words.title_zh, words.title_en),
        other_title: lang.pick(words.title_en, words.title_zh),
        severity: lang.words().noticed,
        tag: "noticed",
        cause: plain(cause),
        fix: plain(fix),
    }
}

/// Everything that has a number, by its number.
fn rows(lang: Lang) -> Vec<CheckRow> {
    let checks = Code::ALL.iter().map(|code| check_row(*code, lang));
    let noticed = Noticed::ALL
        .into_iter()
        .map(|noticed| noticed_row(noticed, lang));
    let mut rows: Vec<CheckRow> = checks.chain(noticed).collect();
    rows.sort_by_key(|row| row.code);
    rows
}

/// Cause and fix in the language of the page.
fn words_of(code: Code, lang: Lang) -> (&'static str, &'static str) {
    let check = code.check();
    let english = (check.cause, check.fix);
    match lang {
        Lang::Zh => finding_words::of(check.code).unwrap_or(english),
        Lang::En => english,
    }
}

#[derive(Template)]
#[template(path = "findings.html")]
pub(crate) struct FindingsPage {
    shell: Shell,
    answer: String,
    typed: String,
    checks: Vec<CheckRow>,
}

/// Makes the catalogue.
pub(crate) fn catalogue(registry: &Registry, visit: &Visit) -> FindingsPage {
    let mut checks = rows(visit.lang);
    let typed = visit.typed("q");
    let wanted = typed.to_lowercase();
    checks.retain(|check| {
        let code = check.code.to_string();
        let texts = [
            check.title,
            check.other_title,
            &check.cause,
            &check.fix,
            &code,
        ];
        let example = example(check.code, visit.lang);
        let mut texts = texts.into_iter().chain(example);
        texts.any(|text| text.to_lowercase().contains(&wanted))
    });
    let count = |tag: &str| checks.iter().filter(|check| check.tag == tag).count();
    let (refuse, warn, noticed) = (count("refuse"), count("warn"), count("noticed"));
    let all = checks.len();
    FindingsPage {
        shell: Shell::new(registry, visit, visit.lang.words().findings_title),
        answer: match visit.lang {
            Lang::Zh => {
                format!("{all} 项校验: {refuse} 项拒绝, {warn} 项提示, {noticed} 项提醒 (不入账)。")
            }
            Lang::En => format!(
                "{all} checks: {refuse} refuse, {warn} warn, {noticed} are noticed beside the log."
            ),
        },
        typed,
        checks,
    }
}

#[derive(Template)]
#[template(path = "finding.html")]
pub(crate) struct FindingPage {
    shell: Shell,
    check: CheckRow,
    /// A case in which it is found.
    example: Option<&'static str>,
}

/// A case in which something is found, in the language of the page.
fn example(code: u16, lang: Lang) -> Option<&'static str> {
    finding_examples::of(code).map(|example| lang.pick(example.zh, example.en))
}

/// Makes the page of one number.
pub(crate) fn page(registry: &Registry, visit: &Visit, code: u16) -> Result<FindingPage, Fault> {
    let mut rows = rows(visit.lang).into_iter();
    let check = rows
        .find(|check| check.code == code)
        .ok_or(Fault::NotFound)?;
    Ok(FindingPage {
        shell: Shell::new(registry, visit, format!("{} {}", check.code, check.title)),
        example: example(check.code, visit.lang),
        check,
    })
}

/// A record in the way.
pub(crate) struct Conflict {
    pub(crate) id: String,
    /// Its page; empty where it has none.
    pub(crate) page: String,
    /// What it is, or whose; empty where nobody can say.
    pub(crate) words: String,
}

/// Names a record that a finding or an alert rests on, with its page.
pub(crate) fn conflict(registry: &Registry, id: &str, lang: Lang) -> Result<Conflict, Fault> {
    Ok(Conflict {
        words: look::words_of(registry, id, lang)?,
        id: id.to_owned(),
        page: look::page_of(look::without_line(id)).unwrap_or_default(),
    })
}

/// A finding as an answer shows it.
pub(crate) struct Shown {
    pub(crate) code: u16,
    pub(crate) title: String,
    pub(crate) fix: String,
    /// What the records beside it are: earlier ones in the way, or what the finding is about.
    pub(crate) beside: &'static str,
    /// Records in the way.
    pub(crate) conflicts: Vec<Conflict>,
    /// What exactly is at fault, where the page knows more than the finding.
    pub(crate) why: Vec<String>,
    /// What `at_most` is of.
    pub(crate) most: &'static str,
    /// What would be admissible, in sentences.
    pub(crate) at_most: Vec<String>,
}

/// Says whether a finding that the days of a right are passed is of the term of the claim: one of days of collateral names the first
/// day outside, and one of an act on the right names no line.
pub(crate) fn is_of_term(finding: &Finding) -> bool {
    finding.code == Code::BeyondRightEnd && finding.at.is_none() && finding.line.is_some()
}

/// Says whether the records of a finding were there before and take what was asked.
fn is_in_the_way(code: Code) -> bool {
    matches!(
        code,
        Code::DoublePledgeStock
            | Code::DoublePledgeFlow
            | Code::DoublePledgeLand
            | Code::FrozenPart
    )
}

/// Returns the title of a finding as it was found: a freeze in the way is named with who ordered it, for it is no pledge.
pub(crate) fn title_of(
    registry: &Registry,
    finding: &Finding,
    lang: Lang,
) -> Result<String, Fault> {
    let check = finding.code.check();
    if finding.code == Code::BeyondRightEnd && finding.at.is_some() {
        let title = lang.pick(
            "担保期间超出权益的有效期",
            "the collateral span passes the days of the right",
        );
        return Ok(title.to_owned());
    }
    if is_of_term(finding) {
        let title = lang.pick(
            "债务履行期限的末日晚于权益的末日",
            "the term of the claim ends after the right",
        );
        return Ok(title.to_owned());
    }
    let freezes = finding
        .conflicts
        .iter()
        .filter_map(|id| FreezeId::parse(id));
    let freezes: Vec<FreezeId> = freezes.collect();
    let title = lang.pick(check.title_zh, check.title_en);
    if freezes.is_empty() || !is_double(finding.code) {
        return Ok(title.to_owned());
    }
    let mut by: Vec<String> = Vec::new();
    for id in &freezes {
        let ordered = frozen::ordered(registry, *id)?;
        if let Some(authority) = ordered.and_then(|(_, burden)| burden.authority) {
            let name = look::party(registry, authority, lang.words())?.name;
            if !by.contains(&name) {
                by.push(name);
            }
        }
    }
    let by = by.join(lang.pick("、", ", "));
    let has_pledges = freezes.len() < finding.conflicts.len();
    Ok(match (lang, has_pledges) {
        (Lang::Zh, true) => format!("在先有{by}的冻结, 并有其他登记, 余下的不足"),
        (Lang::Zh, false) => format!("在先有{by}的冻结, 余下的不足"),
        (Lang::En, true) => {
            format!("too little is left beside a freeze by {by} and other registrations")
        }
        (Lang::En, false) => format!("too little is left beside a freeze by {by}"),
    })
}

/// Says whether a finding is that too little is left.
fn is_double(code: Code) -> bool {
    is_in_the_way(code) && code != Code::FrozenPart
}

/// Returns a finding for people.
pub(crate) fn shown(
    registry: &Registry,
    finding: &Finding,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Shown, Fault> {
    let words = lang.words();
    let check = finding.code.check();
    let conflicts = finding.conflicts.iter();
    let conflicts: Result<Vec<Conflict>, Fault> =
        conflicts.map(|id| conflict(registry, id, lang)).collect();
    let of_term = is_of_term(finding);
    let fix = if finding.code == Code::BeyondRightEnd && finding.at.is_some() {
        lang.pick(
            "请把担保期间缩短到权益的有效期之内。",
            "Shorten the collateral span to the days of the right.",
        )
    } else if of_term {
        lang.pick(
            "请把债务履行期限缩短到权益的末日为止; 担保期间不必因此改动。",
            "End the term of the claim by the last day of the right; the collateral span need not change for it.",
        )
    } else {
        words_of(finding.code, lang).1
    };
    Ok(Shown {
        code: check.code,
        title: title_of(registry, finding, lang)?,
        fix: plain(fix),
        beside: if is_in_the_way(finding.code) {
            words.check_in_the_way
        } else {
            words.check_concerned
        },
        conflicts: conflicts?,
        why: if finding.code == Code::NotPledgeable {
            barred::classes(registry, &finding.conflicts, lang)?
        } else {
            first_day(finding, lang).into_iter().collect()
        },
        most: if of_term || finding.code == Code::TermTooLong {
            words.check_term_at_most
        } else {
            words.check_at_most
        },
        at_most: finding
            .alternative
            .as_ref()
            .map(|alternative| {
                let today = registry.now().max(registry.published().time).day();
                at_most(alternative, policy, today, words)
            })
            .unwrap_or_default(),
    })
}

/// The first day that would do, of checks that come too early; an end is said by the last day before it.
fn first_day(finding: &Finding, lang: Lang) -> Option<String> {
    let at = finding.at?;
    let last = at.previous();
    match finding.code {
        Code::NotBegun => Some(match lang {
            Lang::Zh => format!("权益自 {at} 起有效, 自该日起可以登记。"),
            Lang::En => format!("The right begins on {at}; from then on it can be pledged."),
        }),
        Code::NotLonger => Some(match lang {
            Lang::Zh => format!("末日至早为 {last}。"),
            Lang::En => format!("The last day is {last} at the earliest."),
        }),
        _ => None,
    }
}

/// Leaves what is offered where it is of use: less helps only where it helps against every reason, and what several reasons leave
/// alike is said once.
pub(crate) fn offer_once(findings: &mut [Shown]) {
    let is_of_no_use = findings.iter().any(|one| one.at_most.is_empty());
    let mut said: Vec<Vec<String>> = Vec::new();
    for finding in findings {
        if is_of_no_use || said.contains(&finding.at_most) {
            finding.at_most.clear();
        } else {
            said.push(finding.at_most.clone());
        }
    }
}

fn at_most(
    alternative: &Alternative,
    policy: &KindPolicy,
    today: Day,
    words: &Words,
) -> Vec<String> {
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let mut lines = Vec::new();
    // Nothing is no offer.
    if let Some(quantity) = alternative.quantity.filter(|most| !most.is_zero()) {
        lines.push(format!("{} ({})", amount(quantity), words.check_whole_span));
    }
    // One part with all of it is the whole that was asked for.
    let is_same = |(_, quantity): &&(Span, Quantity)| {
        alternative.segments.len() == 1 && alternative.quantity == Some(*quantity)
    };
    let parts = alternative.segments.iter();
    let parts = parts.filter(|part| !is_same(part) && !part.1.is_zero());
    for (span, quantity) in parts {
        lines.push(format!(
            "{}: {}",
            show::days(*span, words),
            amount(*quantity)
        ));
    }
    // Days of a flow that are over are nobody's to pledge, and are not offered.
    let to_come = |span: &Span| match policy.model {
        Model::Flow => span.since(today),
        Model::Stock | Model::Land => Some(*span),
    };
    for span in alternative.spans.iter().filter_map(to_come) {
        lines.push(show::years(span, words));
    }
    lines
}

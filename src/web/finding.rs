//! The catalogue of findings, a page for every number, and a finding as pages show it.

use askama::Template;

use crate::domain::finding::{Alternative, Code, Finding, Severity};
use crate::domain::policy::KindPolicy;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;
use crate::service::Registry;
use crate::web::barred;
use crate::web::finding_words;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// A check as a row of the catalogue.
pub(crate) struct CheckRow {
    code: u16,
    title: &'static str,
    other_title: &'static str,
    severity: &'static str,
    tag: &'static str,
    cause: &'static str,
    fix: &'static str,
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
        cause: words_of(code, lang).0,
        fix: words_of(code, lang).1,
    }
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
    let mut checks: Vec<CheckRow> = Code::ALL
        .iter()
        .map(|code| check_row(*code, visit.lang))
        .collect();
    checks.sort_by_key(|check| check.code);
    let typed = visit.typed("q");
    let wanted = typed.to_lowercase();
    checks.retain(|check| {
        let texts = [check.title, check.other_title, check.cause, check.fix];
        let code = check.code.to_string();
        let mut texts = texts.into_iter().chain([code.as_str()]);
        texts.any(|text| text.to_lowercase().contains(&wanted))
    });
    let refuse = checks.iter().filter(|check| check.tag == "refuse").count();
    let (all, warn) = (checks.len(), checks.len().saturating_sub(refuse));
    FindingsPage {
        shell: Shell::new(registry, visit, visit.lang.words().findings_title),
        answer: match visit.lang {
            Lang::Zh => format!("{all} 项校验: {refuse} 项拒绝, {warn} 项提示。"),
            Lang::En => format!("{all} checks: {refuse} refuse, {warn} warn."),
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

/// A case in which a check finds something, where the cause alone does not show it.
fn example(code: Code, lang: Lang) -> Option<&'static str> {
    if code == Code::DoublePledgeFlow {
        return Some(lang.pick(
            "许可排放 120 t/a, 其中 80 t/a 已担保至 2028-02-29。再担保 50 t/a, 2027-01-01 至 2028-06-30: 至 2028-02-29 只余 40 t/a, 不可以; 40 t/a 可以, 2028-03-01 起的 50 t/a 也可以。",
            "A permit has 120 t/a, and 80 t/a of it are pledged until 2028-02-29. Another 50 t/a from 2027-01-01 to 2028-06-30 are refused: 40 t/a are left until 2028-02-29. 40 t/a would do, and so would 50 t/a from 2028-03-01 on.",
        ));
    }
    (code == Code::NotApplicable).then(|| {
        lang.pick(
            "银团其他成员中列了担保权人自己; 把权益转让给它现在的持有人; 要求更正的记录已经如此; 对按年度担保的碳汇填写了起止日。",
            "The pledgee lists itself among the other members of a syndicate; a right is transferred to whoever holds it; a correction asks for what the record says already; days are given for a sink, which is pledged by years.",
        )
    })
}

/// Makes the page of one number.
pub(crate) fn page(registry: &Registry, visit: &Visit, code: u16) -> Result<FindingPage, Fault> {
    let code = Code::from_number(code).ok_or(Fault::NotFound)?;
    let check = check_row(code, visit.lang);
    Ok(FindingPage {
        shell: Shell::new(registry, visit, format!("{} {}", check.code, check.title)),
        check,
        example: example(code, visit.lang),
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

/// A finding as an answer shows it.
pub(crate) struct Shown {
    pub(crate) code: u16,
    pub(crate) title: &'static str,
    pub(crate) fix: &'static str,
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
fn is_of_term(finding: &Finding) -> bool {
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

/// Returns a finding for people.
pub(crate) fn shown(
    registry: &Registry,
    finding: &Finding,
    policy: &KindPolicy,
    lang: Lang,
) -> Result<Shown, Fault> {
    let words = lang.words();
    let check = finding.code.check();
    let conflict = |id: &String| -> Result<Conflict, Fault> {
        let record = id.split_once('.').map_or(id.as_str(), |(record, _)| record);
        let page = match record.chars().next() {
            Some('R') => format!("/rights/{record}"),
            Some('P' | 'V') => format!("/pledges/{record}"),
            Some('M') => format!("/parties/{record}"),
            Some(_) | None => String::new(),
        };
        Ok(Conflict {
            words: look::words_of(registry, id, lang)?,
            id: id.clone(),
            page,
        })
    };
    let conflicts: Result<Vec<Conflict>, Fault> = finding.conflicts.iter().map(conflict).collect();
    let of_term = is_of_term(finding);
    let (title, fix) = if finding.code == Code::BeyondRightEnd && finding.at.is_some() {
        (
            lang.pick(
                "担保期间超出权益的有效期",
                "the collateral span passes the days of the right",
            ),
            lang.pick(
                "请把担保期间缩短到权益的有效期之内。",
                "Shorten the collateral span to the days of the right.",
            ),
        )
    } else if of_term {
        (
            lang.pick(
                "债务履行期限的末日晚于权益的末日",
                "the term of the claim ends after the right",
            ),
            lang.pick(
                "请把债务履行期限缩短到权益的末日为止; 担保期间不必因此改动。",
                "End the term of the claim by the last day of the right; the collateral span need not change for it.",
            ),
        )
    } else {
        let title = lang.pick(check.title_zh, check.title_en);
        (title, words_of(finding.code, lang).1)
    };
    Ok(Shown {
        code: check.code,
        title,
        fix,
        beside: if is_in_the_way(finding.code) {
            words.check_in_the_way
        } else {
            words.check_concerned
        },
        conflicts: conflicts?,
        why: if finding.code == Code::NotPledgeable {
            barred::classes(registry, &finding.conflicts, lang)?
        } else {
            Vec::new()
        },
        most: if of_term || finding.code == Code::TermTooLong {
            words.check_term_at_most
        } else {
            words.check_at_most
        },
        at_most: finding
            .alternative
            .as_ref()
            .map(|alternative| at_most(alternative, policy, words))
            .unwrap_or_default(),
    })
}

fn at_most(alternative: &Alternative, policy: &KindPolicy, words: &Words) -> Vec<String> {
    let amount = |quantity| show::amount(quantity, policy.scale, &policy.unit);
    let mut lines = Vec::new();
    if let Some(quantity) = alternative.quantity {
        lines.push(format!("{} ({})", amount(quantity), words.check_whole_span));
    }
    // One part with all of it is the whole that was asked for.
    let is_same = |(_, quantity): &&(Span, Quantity)| {
        alternative.segments.len() == 1 && alternative.quantity == Some(*quantity)
    };
    for (span, quantity) in alternative.segments.iter().filter(|part| !is_same(part)) {
        lines.push(format!(
            "{}: {}",
            show::days(*span, words),
            amount(*quantity)
        ));
    }
    for span in &alternative.spans {
        lines.push(show::years(*span, words));
    }
    lines
}

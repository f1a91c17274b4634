//! What the answer yes begins with: the act and what would be registered, in words. Whoever asks sees before signing that the
//! register has understood the form as it was meant.

use crate::documents::books::noted;
use crate::domain::command::{Body, Correction, RightAct};
use crate::domain::finding::Code;
use crate::domain::policy::KindPolicy;
use crate::service::Registry;
use crate::web::ask::Conclusion;
use crate::web::lang::Lang;
use crate::web::shell::Fault;
use crate::web::terms::Teller;

/// Lines of a command that an answer names.
const LINES_TOLD: usize = 8;

/// What would be registered, as the answer yes begins; nothing of a pledge, whose answer says it from what the law would record.
pub(super) fn told(
    registry: &Registry,
    title: &str,
    body: &Body,
    lang: Lang,
) -> Result<Option<String>, Fault> {
    if matches!(body, Body::RegisterPledge(_)) {
        return Ok(None);
    }
    let told = Teller::of(registry, lang)?.told(body, LINES_TOLD)?;
    let yes = lang.words().check_yes;
    let colon = if told.is_empty() { "" } else { ": " };
    Ok(Some(match lang {
        Lang::Zh => format!("{yes}{title}{colon}{told}"),
        Lang::En => format!("{yes}, {}{colon}{told}", lower(title)),
    }))
}

/// What is told beside the answer yes of the right that a command makes or corrects: a class that keeps it from being pledged, or
/// days that are over. `policy` is that of the right as it will be.
pub(super) fn noted(
    registry: &Registry,
    body: &Body,
    policy: &KindPolicy,
    lang: Lang,
) -> Vec<String> {
    let of_class = |class: Option<&str>| noted::class(class, policy).into_iter().collect();
    let notes: Vec<(String, String)> = match body {
        Body::IssueRight(issue) => noted::noted(issue, policy, registry.now().day()),
        Body::OfRight(act) => match act.as_ref() {
            RightAct::ConvertRight { into, .. } => of_class(into.class.as_deref()),
            RightAct::CorrectRight {
                correction:
                    Correction::Particulars {
                        class: Some(class), ..
                    },
                ..
            } => of_class(Some(class)),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let told = notes.iter().map(|(zh, en)| lang.pick(zh, en).to_owned());
    told.collect()
}

/// Says that a pledgee lists itself among those that share the claim with it.
pub(super) fn told_own_share(conclusion: &mut Conclusion, lang: Lang) {
    let of = Code::NotApplicable.number();
    let mut findings = conclusion.findings.iter_mut();
    if let Some(finding) = findings.find(|finding| finding.code == of) {
        let why = lang.pick(
            "担保权人自己列在了银团的其他成员之中; 其份额为其他成员之余, 不另列。",
            "The pledgee itself is listed among the other members of the syndicate; its share is what they leave, and is not listed.",
        );
        finding.why.push(why.to_owned());
    }
}

/// A title within a sentence.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

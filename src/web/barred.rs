//! Why the rules of its kind refuse a pledge of a right as it stands: its class, or what its issuer says of it.
//!
//! The law decides; here it is said before anybody asks, and the class is named where the law gives its number alone.

use crate::domain::facts::{Record, StateKey};
use crate::domain::finding::Code;
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::primitives::id::RightId;
use crate::service::Registry;
use crate::service::standing::bars;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show::StatusOf;

/// Says why a right may not be pledged now; nothing where its rules let it be.
pub(crate) fn why(right: &Right, policy: &KindPolicy, lang: Lang) -> Option<String> {
    let told = |code: Code| {
        let check = code.check();
        let title = lang.pick(check.title_zh, check.title_en);
        let of_class = (code == Code::NotPledgeable).then(|| class(right, policy, lang));
        let other = || format!("{title} ({})", check.code);
        of_class.flatten().unwrap_or_else(other)
    };
    let why: Vec<String> = bars(right, policy).into_iter().map(told).collect();
    let head = StatusOf::Barred.show(lang).word;
    (!why.is_empty()).then(|| format!("{head}: {}", why.join("; ")))
}

fn class(right: &Right, policy: &KindPolicy, lang: Lang) -> Option<String> {
    let class = right.class.as_deref();
    if !policy.bars_class(class) {
        return None;
    }
    let code = Code::NotPledgeable.number();
    let barred = match (class, lang) {
        (Some(class), Lang::Zh) => format!("类别为{class}, 该类权益不得设立担保 ({code})"),
        (Some(class), Lang::En) => {
            format!("its class is {class}, which cannot be pledged ({code})")
        }
        (None, Lang::Zh) => format!("未登记类别, 不得设立担保 ({code})"),
        (None, Lang::En) => format!("it has no class and cannot be pledged ({code})"),
    };
    // A class that the text names nowhere is more likely a slip of the pen than another class.
    let is_named = class.is_some_and(|of| policy.barred_classes.iter().any(|it| it == of));
    let allowed = policy.allowed_classes.as_deref().unwrap_or_default();
    if is_named || allowed.is_empty() {
        return Some(barred);
    }
    Some(match lang {
        Lang::Zh => format!(
            "{barred}; 该类权益可以设立担保的类别: {}",
            allowed.join("、")
        ),
        Lang::En => format!(
            "{barred}; classes that can be pledged: {}",
            allowed.join(", ")
        ),
    })
}

/// Names the classes of rights that a refusal (2010) is about.
pub(crate) fn classes(
    registry: &Registry,
    rights: &[String],
    lang: Lang,
) -> Result<Vec<String>, Fault> {
    let now = registry.now().max(registry.published().time);
    let mut named = Vec::new();
    for id in rights.iter().filter_map(|id| RightId::parse(id)) {
        let found = registry.record(&StateKey::Right(id))?;
        if let Some(Record::Right(right)) = found.map(|found| found.value.record) {
            let policy = look::policy(registry, &right.kind, now)?;
            named.extend(class(&right, &policy, lang).map(|why| format!("{id}: {why}")));
        }
    }
    Ok(named)
}

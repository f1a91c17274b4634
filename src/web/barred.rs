//! Why the rules of its kind refuse a pledge of a right as it stands: its class, or what its issuer says of it.
//!
//! The law decides; here it is said before anybody asks, and the class is named where the law gives its number alone.

use crate::domain::facts::{Record, StateKey};
use crate::domain::finding::{Code, Severity};
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::primitives::id::RightId;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show::StatusOf;

/// Says why a right may not be pledged now; nothing where its rules let it be.
pub(crate) fn why(right: &Right, policy: &KindPolicy, lang: Lang) -> Option<String> {
    let mut why: Vec<String> = class(right, policy, lang).into_iter().collect();
    let of_attributes = policy.switches.barred(right).into_iter();
    let checks = of_attributes.map(|finding| finding.code.check());
    let refusing = checks.filter(|check| check.severity == Severity::Refuse);
    why.extend(refusing.map(|check| {
        let title = lang.pick(check.title_zh, check.title_en);
        format!("{title} ({})", check.code)
    }));
    let head = StatusOf::Barred.show(lang).word;
    (!why.is_empty()).then(|| format!("{head}: {}", why.join("; ")))
}

fn class(right: &Right, policy: &KindPolicy, lang: Lang) -> Option<String> {
    let class = right.class.as_ref()?;
    let code = Code::NotPledgeable.number();
    policy.barred_classes.contains(class).then(|| match lang {
        Lang::Zh => format!("类别为{class}, 该类权益不得设立担保 ({code})"),
        Lang::En => format!("its class is {class}, which cannot be pledged ({code})"),
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

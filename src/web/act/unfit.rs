//! Why rules that were typed do not fit their kind (5015): which member is at fault, what it is and what it must be.
//!
//! The law says only that they do not fit; here the same members are compared again, for whoever has to correct the text.

use crate::domain::facts::{Record, StateKey, active_version};
use crate::domain::policy::{ExtentRule, KindPolicy, Model, SourcePart};
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::rules_of;
use crate::web::shell::Fault;

/// Returns the members at fault; none where the text is not one of a kind in use.
pub(super) fn unfit(
    registry: &Registry,
    kind: &str,
    text: &str,
    lang: Lang,
) -> Result<Vec<String>, Fault> {
    let Ok(new) = KindPolicy::parse(text) else {
        return Ok(Vec::new());
    };
    let found = registry.record(&StateKey::Policy(kind.to_owned()))?;
    let Some(Record::Policy(versions)) = found.map(|found| found.value.record) else {
        return Ok(Vec::new());
    };
    let now = registry.now().max(registry.published().time);
    let is_active = active_version(&versions, now).is_some_and(|one| one.digest == new.digest);
    let mut said = Vec::new();
    if is_active {
        said.push(
            lang.pick(
                "与现行规则逐字相同",
                "it is word for word the rules in force",
            )
            .to_owned(),
        );
    }
    let Some(last) = versions.last() else {
        return Ok(said);
    };
    let last = rules_of::text_of(registry, last, kind)?;
    if let Ok(old) = KindPolicy::parse(&last) {
        said.extend(compared(&old, &new, lang));
    }
    Ok(said)
}

/// What a later text must leave as it is, member by member.
fn compared(old: &KindPolicy, new: &KindPolicy, lang: Lang) -> Vec<String> {
    let layer = |policy: &KindPolicy| {
        policy
            .land
            .as_ref()
            .map(|land| land.layer.clone())
            .unwrap_or_default()
    };
    let kept = [
        (
            "model",
            model(old.model).to_owned(),
            model(new.model).to_owned(),
        ),
        ("unit.name", old.unit.clone(), new.unit.clone()),
        (
            "unit.scale",
            old.scale.digits().to_string(),
            new.scale.digits().to_string(),
        ),
        (
            "pledge.extent",
            extent(old.extent).to_owned(),
            extent(new.extent).to_owned(),
        ),
        ("layer", layer(old), layer(new)),
        ("source", source(old), source(new)),
    ];
    let mut said = Vec::new();
    if new.version <= old.version {
        let (has, must) = (new.version, old.version);
        said.push(match lang {
            Lang::Zh => format!("version = {has}: 须大于上一版本的 {must}"),
            Lang::En => format!("version = {has}: must be above {must}, that of the last text"),
        });
    }
    for (member, was, is) in kept {
        if was != is {
            said.push(match lang {
                Lang::Zh => format!("{member} = {is}: 使用中的种类不得改变, 须为 {was}"),
                Lang::En => format!("{member} = {is}: must stay {was} for a kind in use"),
            });
        }
    }
    for (at, scheme) in old.identities.iter().enumerate() {
        if new.identities.get(at) != Some(scheme) {
            let (name, place) = (&scheme.scheme, at + 1);
            said.push(match lang {
                Lang::Zh => format!("identity: 第 {place} 个标识须仍为 {name}, 组成部分也不得改变"),
                Lang::En => {
                    format!("identity: number {place} must still be {name} with the same parts")
                }
            });
        }
    }
    said
}

fn model(model: Model) -> &'static str {
    match model {
        Model::Stock => "stock",
        Model::Flow => "flow",
        Model::Land => "land",
    }
}

fn extent(extent: ExtentRule) -> &'static str {
    match extent {
        ExtentRule::Amount => "amount",
        ExtentRule::Whole => "whole",
        ExtentRule::Years => "years",
    }
}

/// The parts of the source by name.
fn source(policy: &KindPolicy) -> String {
    let parts = policy
        .identities
        .first()
        .map_or(&[][..], |scheme| &scheme.parts);
    let name = |of: &SourcePart| {
        let name = parts.get(of.part).map_or("", |(name, _)| name.as_str());
        match of.chars {
            Some(chars) => format!("{name} ({chars})"),
            None => name.to_owned(),
        }
    };
    let names: Vec<String> = policy.source.iter().map(name).collect();
    format!("[{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../fixtures/policy/emission.toml");

    fn told(changed: &str) -> Vec<String> {
        let (old, new) = (
            KindPolicy::parse(TEXT).unwrap(),
            KindPolicy::parse(changed).unwrap(),
        );
        compared(&old, &new, Lang::Zh)
    }

    #[test]
    fn the_member_at_fault_is_named_with_what_it_must_be() {
        assert_eq!(told(TEXT), ["version = 2: 须大于上一版本的 2"]);
        let later = TEXT.replacen("version = 2", "version = 3", 1);
        assert_eq!(told(&later), Vec::<String>::new());
        let coarse = later.replacen("scale = 6", "scale = 3", 1);
        assert_ne!(coarse, later);
        assert_eq!(
            told(&coarse),
            ["unit.scale = 3: 使用中的种类不得改变, 须为 6"]
        );
    }
}

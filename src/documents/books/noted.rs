//! What is told of a right that may be registered and is hardly meant so: its days are over, or its class is none of the rules.
//!
//! Never a refusal: an office registers what its certificates say. Shared by the command line and the pages, so that the one who
//! types hears it before anything is signed.

use crate::domain::command::IssueRight;
use crate::domain::policy::KindPolicy;
use crate::primitives::time::{Day, Span};

/// The classes that the rules of a kind name, those first of which a right must be to be pledged.
pub fn classes(policy: &KindPolicy) -> impl Iterator<Item = &String> {
    let allowed = policy.allowed_classes.iter().flatten();
    allowed.chain(&policy.barred_classes)
}

/// What is told of a right to be issued, each in Chinese and English.
pub fn noted(issue: &IssueRight, policy: &KindPolicy, today: Day) -> Vec<(String, String)> {
    let class = class(issue.class.as_deref(), policy);
    class.into_iter().chain(over(issue.span, today)).collect()
}

/// What is told of a class that the rules do not name, or of none, where a right must be of a named one to be pledged.
///
/// Where the rules only bar classes, a right of any other is pledged like most, and nothing is told.
pub fn class(class: Option<&str>, policy: &KindPolicy) -> Option<(String, String)> {
    let allowed = policy.allowed_classes.as_deref()?;
    if classes(policy).any(|named| Some(named.as_str()) == class) {
        return None;
    }
    let (zh, en) = match class {
        Some(class) => (
            format!("类别「{class}」不在规则所列 ({}) 之内", named(policy, "、")),
            format!(
                "the class “{class}” is none that the rules name ({})",
                named(policy, ", ")
            ),
        ),
        None => (
            format!("没有填写类别 (规则所列: {})", named(policy, "、")),
            format!("no class is given (the rules name {})", named(policy, ", ")),
        ),
    };
    let (allowed_zh, allowed_en) = (allowed.join("、"), allowed.join(", "));
    Some((
        format!("{zh}: 可以登记, 但更正之前不能设立担保 (只有{allowed_zh}可以); 请与权证核对"),
        format!(
            "{en}: it may be registered, and until it is corrected it cannot be pledged (only {allowed_en} can); compare it with the certificate"
        ),
    ))
}

fn named(policy: &KindPolicy, between: &str) -> String {
    classes(policy)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(between)
}

/// What is told of a right whose last day is over by `today`: it may be registered, for the record, and nothing can be done
/// with it.
fn over(span: Span, today: Day) -> Option<(String, String)> {
    let last = span.to().previous();
    (span.to() <= today).then(|| {
        (
            format!("期限已于 {last} 届满: 可以登记备查, 登记后不能设立担保; 请与权证核对日期"),
            format!(
                "its last day {last} is over: it may be registered for the record and cannot be pledged; compare the days with the certificate"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> KindPolicy {
        KindPolicy::parse(text).unwrap()
    }

    #[test]
    fn a_class_is_told_where_the_rules_name_those_that_can_be_pledged_and_it_is_none_of_them() {
        let forest = policy(include_str!("../../../fixtures/policy/forest.toml"));
        for known in ["商品林", "公益林"] {
            assert_eq!(class(Some(known), &forest), None, "{known}");
        }
        let (zh, en) = class(Some("商品林木"), &forest).unwrap();
        assert!(
            zh.contains("「商品林木」不在规则所列 (商品林、公益林) 之内"),
            "{zh}"
        );
        assert!(
            en.contains("“商品林木” is none that the rules name (商品林, 公益林)"),
            "{en}"
        );
        let (zh, _) = class(None, &forest).unwrap();
        assert!(
            zh.starts_with("没有填写类别 (规则所列: 商品林、公益林)"),
            "{zh}"
        );
        // Rules that only bar classes let a right of any other be pledged, and most have none.
        let water = policy(include_str!("../../../fixtures/policy/water_use.toml"));
        let emission = policy(include_str!("../../../fixtures/policy/emission.toml"));
        for policy in [&water, &emission] {
            assert_eq!(class(Some("工业用水"), policy), None);
            assert_eq!(class(None, policy), None);
        }
    }
}

//! What identities are made of and what else a certificate says, in words: in Chinese by the headers of the office's book, which
//! the policy of the kind names, in English by the names of the parts. The codes are for programs.

use crate::domain::facts::CREDIT_CODE_SCHEME;
use crate::domain::policy::KindPolicy;
use crate::primitives::identifier::UnitNumber;

/// Returns the value of an identity as people read it: a 28-digit real-estate unit number in groups, else its parts side by side.
pub fn shown(value: &str) -> String {
    match UnitNumber::parse(value) {
        Ok(unit) => unit.grouped(),
        Err(_) => value.replace('|', " | "),
    }
}

/// Returns what a part of an identity is called, in Chinese and English.
pub fn part(policy: &KindPolicy, name: &str) -> (String, String) {
    let header = policy.book.as_ref().and_then(|book| book.parts.get(name));
    let english = spaced(name);
    (header.unwrap_or(&english).clone(), english)
}

/// Returns what the parts of a scheme are called, in their order.
pub fn scheme(policies: &[KindPolicy], scheme: &str) -> (String, String) {
    if scheme == CREDIT_CODE_SCHEME {
        return ("统一社会信用代码".to_owned(), "credit code".to_owned());
    }
    for policy in policies {
        let mut schemes = policy.identities.iter();
        let Some(found) = schemes.find(|one| one.scheme == scheme) else {
            continue;
        };
        let parts = found.parts.iter().map(|(name, _)| part(policy, name));
        let (zh, en): (Vec<String>, Vec<String>) = parts.unzip();
        return (zh.join(" | "), en.join(" | "));
    }
    (spaced(scheme), spaced(scheme))
}

/// What the attributes are called that policies, alerts and books of this program know by name.
const ATTRIBUTES: [(&str, &str, &str); 18] = [
    ("certificate_kind", "权证种类", "kind of certificate"),
    ("compartment", "林班-小班", "forest compartment"),
    ("customer", "用能单位", "user of the energy"),
    (
        "external_claim",
        "其他登记系统所载",
        "shown in other registers",
    ),
    ("fee", "有偿使用费", "fee for the right"),
    ("holder_rating", "持有人信用评级", "rating of the holder"),
    ("insurance_until", "保险期限至", "insured until"),
    ("methodology", "方法学", "methodology"),
    ("mineral", "开采矿种", "mineral"),
    (
        "other_mortgage",
        "其他抵押登记",
        "mortgage registered elsewhere",
    ),
    ("source", "水源类型", "source of the water"),
    ("species", "主要树种", "main species"),
    ("surrender_by", "清缴截止日", "to be surrendered by"),
    ("surrender_due", "应清缴数量", "quantity to be surrendered"),
    ("take_back", "收回程序", "taking back"),
    ("tenure", "权利类型", "kind of tenure"),
    ("town", "乡镇街道", "town"),
    ("year", "指标年度", "year of the quota"),
];

/// Returns what an attribute of a right is called, in Chinese and English: by the header of its column where a policy names
/// one, else by what this program calls it.
pub fn attribute(policies: &[KindPolicy], name: &str) -> (String, String) {
    let mut books = policies.iter().filter_map(|policy| policy.book.as_ref());
    let header = books.find_map(|book| book.attributes.get(name));
    let known = ATTRIBUTES.iter().find(|(code, ..)| *code == name);
    let english = known.map_or_else(|| spaced(name), |(_, _, en)| (*en).to_owned());
    let chinese = known.map_or_else(|| english.clone(), |(_, zh, _)| (*zh).to_owned());
    (header.cloned().unwrap_or(chinese), english)
}

/// Returns the codes of the attributes that have names of this program.
pub fn known_attributes() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.iter().map(|(code, ..)| *code)
}

/// Returns a code as words.
pub fn spaced(code: &str) -> String {
    code.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_called_by_its_parts() {
        let text = include_str!("../../fixtures/policy/emission.toml");
        let policies = [KindPolicy::parse(text).unwrap()];
        let (zh, en) = scheme(&policies, "discharge-permit");
        assert_eq!(
            (zh.as_str(), en.as_str()),
            ("排污许可证编号 | 污染物代码", "permit | pollutant")
        );
        assert_eq!(scheme(&policies, "credit-code").0, "统一社会信用代码");
        assert_eq!(scheme(&policies, "water-permit").0, "water permit");
    }

    #[test]
    fn every_attribute_that_a_policy_of_ours_names_is_called_something_in_both_languages() {
        for text in [
            include_str!("../../fixtures/policy/carbon.toml"),
            include_str!("../../fixtures/policy/carbon_sink.toml"),
            include_str!("../../fixtures/policy/carbon_ticket.toml"),
            include_str!("../../fixtures/policy/emission.toml"),
            include_str!("../../fixtures/policy/energy.toml"),
            include_str!("../../fixtures/policy/energy_contract.toml"),
            include_str!("../../fixtures/policy/forest.toml"),
            include_str!("../../fixtures/policy/forest_compensation.toml"),
            include_str!("../../fixtures/policy/mining.toml"),
            include_str!("../../fixtures/policy/water_use.toml"),
        ] {
            let policies = [KindPolicy::parse(text).unwrap()];
            let book = policies[0]
                .book
                .iter()
                .flat_map(|book| book.attributes.keys());
            let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
            let ruled = text.lines().filter(|line| {
                line.starts_with("attribute = ") || line.starts_with("year_attribute = ")
            });
            for name in book.cloned().chain(ruled.filter_map(quoted)) {
                let (zh, en) = attribute(&policies, &name);
                assert!(!zh.is_ascii() && en.is_ascii(), "{name}: {zh}, {en}");
                assert!(!en.contains('_'), "{name}: {en}");
            }
        }
    }

    #[test]
    fn an_office_calls_an_attribute_by_its_own_header_and_an_unknown_one_is_read_as_words() {
        let text = include_str!("../../fixtures/policy/forest.toml");
        let policies = [KindPolicy::parse(text).unwrap()];
        let of = |name| attribute(&policies, name);
        assert_eq!(of("town"), ("乡镇街道代码".to_owned(), "town".to_owned()));
        assert_eq!(
            of("well_depth"),
            ("well depth".to_owned(), "well depth".to_owned())
        );
    }
}

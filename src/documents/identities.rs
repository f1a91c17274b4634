//! What an identity is made of, in words: in Chinese by the headers of the office's book, which the policy of the kind names, in
//! English by the names of the parts. The code of a scheme is for programs.

use crate::domain::facts::CREDIT_CODE_SCHEME;
use crate::domain::policy::KindPolicy;

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
}

//! Whether a kind of right has a second rank, and the law that says so: one part of a policy text.

use serde::Deserialize;

use crate::domain::pledge::Form;
use crate::domain::policy::PolicyFault;

/// Whether a second encumbrance on the same extent is open (ARCHITECTURE section 3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecondRank {
    /// Never.
    Exclusive,
    /// Open behind the named lines.
    Ranked,
    /// Open behind the named lines with the signed consent of their pledgees.
    RankedWithConsent,
}

/// Whether a second rank is open for a form of security, and the law that says so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RankRule {
    /// The form; none for all forms without a rule of their own.
    pub form: Option<Form>,
    /// The rule.
    pub rule: SecondRank,
    /// The cited legal text.
    pub text: String,
}

/// The rule of one form of security, as a policy text has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormRankText {
    form: String,
    second_rank: String,
    second_rank_text: String,
}

/// The rules of ranks. A text of the first release names a rule and cites no law for it; then ranks stay closed.
pub(super) fn rank_rules(
    of_all: &str,
    text_of_all: Option<&str>,
    of_forms: &[FormRankText],
) -> Result<Vec<RankRule>, PolicyFault> {
    let rule = |word: &str| match word {
        "exclusive" => Ok(SecondRank::Exclusive),
        "ranked" => Ok(SecondRank::Ranked),
        "ranked_with_consent" => Ok(SecondRank::RankedWithConsent),
        other => Err(unknown("pledge.second_rank", other)),
    };
    let of_all = rule(of_all)?;
    let mut rules: Vec<RankRule> = Vec::new();
    for text in of_forms {
        let form = Form::parse(&text.form).ok_or_else(|| unknown("form_rank.form", &text.form))?;
        if text.second_rank_text.is_empty() || rules.iter().any(|rule| rule.form == Some(form)) {
            return Err(unknown("form_rank", &text.form));
        }
        rules.push(RankRule {
            form: Some(form),
            rule: rule(&text.second_rank)?,
            text: text.second_rank_text.clone(),
        });
    }
    match text_of_all {
        Some("") => {
            return Err(PolicyFault("pledge.second_rank_text is empty".to_owned()));
        }
        Some(text) => rules.push(RankRule {
            form: None,
            rule: of_all,
            text: text.to_owned(),
        }),
        None => {}
    }
    Ok(rules)
}

fn unknown(member: &str, value: &str) -> PolicyFault {
    PolicyFault(format!("{member} has the unknown value {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::KindPolicy;

    const EMISSION: &str = include_str!("../../fixtures/policy/emission.toml");

    #[test]
    fn ranks_open_with_a_cited_text_only() {
        let policy = KindPolicy::parse(EMISSION).unwrap();
        let consent = Some(SecondRank::RankedWithConsent);
        assert_eq!(policy.second_rank(Form::Pledge), consent);
        let text = |line: &&str| line.starts_with("second_rank_text");
        let cited = EMISSION.lines().find(text).unwrap();
        let closed = KindPolicy::parse(&EMISSION.replace(cited, "")).unwrap();
        assert_eq!(closed.second_rank(Form::Pledge), None);
        let of_form = "[[pledge.form_rank]]\nform = \"抵押\"\nsecond_rank = \"exclusive\"\n\
                       second_rank_text = \"x\"\n\n[terms]";
        let both = KindPolicy::parse(&EMISSION.replace("[terms]", of_form)).unwrap();
        assert_eq!(
            both.second_rank(Form::Mortgage),
            Some(SecondRank::Exclusive)
        );
        assert_eq!(both.second_rank(Form::Pledge), consent);
        let twice = of_form.replace("[terms]", of_form);
        assert!(KindPolicy::parse(&EMISSION.replace("[terms]", &twice)).is_err());
    }
}

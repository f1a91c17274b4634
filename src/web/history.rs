//! The history of a record as steps: when, what, who signed, at which position.

use crate::domain::command::SignerRole;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::StateKey;
use crate::domain::wire::parse_command;
use crate::primitives::id::EntryIndex;
use crate::service::Registry;
use crate::web::lang::{Lang, Words};
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;

/// Steps on one page.
const STEPS_MAX: usize = 20;

/// One entry of a history.
pub(crate) struct Step {
    /// Its position in the log.
    pub(crate) index: String,
    /// Registry time.
    pub(crate) time: String,
    /// What happened.
    pub(crate) what: String,
    /// Who signed it.
    pub(crate) signers: Vec<String>,
    /// Warnings that were noted, by number.
    pub(crate) findings: Vec<String>,
}

/// A page of a history.
pub(crate) struct Steps {
    /// Newest first.
    pub(crate) steps: Vec<Step>,
    /// Where older ones go on.
    pub(crate) older: Option<EntryIndex>,
}

/// Returns a page of the history of a record.
pub(crate) fn steps(
    registry: &Registry,
    key: &StateKey,
    before: Option<EntryIndex>,
    lang: Lang,
) -> Result<Steps, Fault> {
    let mut entries = registry.history(key, before, STEPS_MAX + 1)?;
    let older = entries.len() > STEPS_MAX;
    entries.truncate(STEPS_MAX);
    let oldest = entries.last().map(|(index, _)| *index);
    let steps: Result<Vec<Step>, Fault> = entries
        .iter()
        .map(|(index, bytes)| step(registry, *index, bytes, lang))
        .collect();
    Ok(Steps {
        steps: steps?,
        older: oldest.filter(|_| older),
    })
}

/// Returns one entry as a step.
pub(crate) fn step(
    registry: &Registry,
    index: EntryIndex,
    bytes: &[u8],
    lang: Lang,
) -> Result<Step, Fault> {
    let words = lang.words();
    let entry = Entry::parse(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let (what, signers, findings) = match &entry {
        Entry::Genesis { .. } => (words.entry_genesis.to_owned(), Vec::new(), Vec::new()),
        Entry::State(_) => (words.entry_state.to_owned(), Vec::new(), Vec::new()),
        Entry::Command {
            envelope, outcome, ..
        } => {
            let command = parse_command(&envelope.payload)
                .map_err(|fault| Fault::Internal(fault.to_string()))?;
            let mut signers = Vec::new();
            for signer in &command.signers {
                let party = look::party(registry, signer.org, words)?;
                signers.push(format!("{} · {}", party.name, role(signer.role, words)));
            }
            let act = act(command.body.type_name(), lang);
            let (what, noted) = match outcome {
                Outcome::Accepted { warnings, .. } => (act, warnings),
                Outcome::Refused(findings) => {
                    (format!("{act} ({})", words.outcome_refused), findings)
                }
            };
            let findings = noted
                .iter()
                .map(|finding| finding.code.number().to_string());
            (what, signers, findings.collect())
        }
    };
    Ok(Step {
        index: index.to_string(),
        time: show::local_time(entry.time()),
        what,
        signers,
        findings,
    })
}

fn role(role: SignerRole, words: &Words) -> &'static str {
    match role {
        SignerRole::Maker => words.maker,
        SignerRole::Checker => words.checker,
    }
}

/// The acts by the words of their types. An act that is not listed is shown by its own word, which is better than nothing.
const ACTS: &[(&str, &str, &str)] = &[
    ("admit_party", "登记主体", "party admitted"),
    ("add_key", "增加密钥", "key added"),
    ("revoke_key", "吊销密钥", "key revoked"),
    ("rotate_key", "更换密钥", "key rotated"),
    ("set_signing_policy", "设定签署规则", "signing policy set"),
    ("adopt_policy", "采纳规则", "policy adopted"),
    ("issue_right", "核发", "right issued"),
    ("adjust_right", "核定数量", "quantity set"),
    ("extend_right", "延长有效期", "right extended"),
    ("transfer_right", "转移", "right transferred"),
    ("convert_right", "转化", "right converted"),
    ("surrender_right", "清缴", "right surrendered"),
    ("revoke_right", "撤销权益", "right revoked"),
    ("correct_right", "更正", "record corrected"),
    ("freeze", "冻结", "frozen"),
    ("unfreeze", "解除冻结", "freeze lifted"),
    ("reserve", "预登记", "reserved"),
    ("cancel_reservation", "取消预登记", "reservation cancelled"),
    ("register_pledge", "登记担保", "pledge registered"),
    ("amend_pledge", "变更", "pledge amended"),
    ("extend_pledge", "展期", "pledge extended"),
    (
        "substitute_collateral",
        "置换担保物",
        "collateral substituted",
    ),
    ("release_pledge", "解除", "released"),
    ("assign_pledge", "转让", "pledge assigned"),
    ("change_rank", "变更顺位", "rank changed"),
    ("object", "异议登记", "objection noted"),
    ("withdraw_objection", "撤回异议", "objection withdrawn"),
    ("record_disposal", "处置记录", "disposal recorded"),
    (
        "record_external_registration",
        "外部登记记录",
        "external registration recorded",
    ),
    ("record_verification", "查证记录", "verification recorded"),
    ("register_guarantee", "登记保证", "guarantee registered"),
    (
        "register_buyout_commitment",
        "登记收储承诺",
        "buy-out commitment registered",
    ),
    ("change_party", "变更主体", "party renamed"),
    ("merge_parties", "合并", "parties merged"),
    ("split_party", "分立", "party split"),
    ("recover_party", "恢复主体", "recovery of a party"),
];

/// Returns the word of an act in the language of the page.
pub(crate) fn act(name: &str, lang: Lang) -> String {
    let known = ACTS.iter().find(|(act, ..)| *act == name);
    known.map_or_else(
        || name.to_owned(),
        |(_, zh, en)| lang.pick(zh, en).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_have_words_in_both_languages() {
        assert_eq!(act("release_pledge", Lang::Zh), "解除");
        assert_eq!(act("release_pledge", Lang::En), "released");
        assert_eq!(act("something_new", Lang::Zh), "something_new");
    }
}

//! The words of acts, Chinese and English, by the types of their commands.
//!
//! An act that is not listed is called by its own type, which is better than nothing.

/// Type, Chinese, English.
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
    ("change_freeze", "变更冻结", "freeze changed"),
    ("execute_freeze", "执行处置", "sold in execution"),
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
    ("release_pledge", "解除担保", "pledge released"),
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
    ("record_verification", "记载核验", "verification recorded"),
    ("register_guarantee", "登记保证", "guarantee registered"),
    ("determine_claim", "债权确定", "claims determined"),
    (
        "register_buyout_commitment",
        "登记收储承诺",
        "buy-out commitment registered",
    ),
    ("change_party", "变更主体", "party renamed"),
    ("merge_parties", "合并", "parties merged"),
    ("split_party", "分立", "party split"),
    ("recover_party", "恢复主体", "recovery of a party"),
    ("erase", "删除隐藏值", "hidden values erased"),
];

/// Returns the words of an act in Chinese and English.
pub fn words(act: &str) -> (&str, &str) {
    let known = ACTS.iter().find(|(name, ..)| *name == act);
    known.map_or((act, act), |(_, zh, en)| (*zh, *en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_has_words_in_both_languages_and_an_unknown_one_its_type() {
        assert_eq!(words("release_pledge"), ("解除担保", "pledge released"));
        assert_eq!(words("something_new"), ("something_new", "something_new"));
    }
}

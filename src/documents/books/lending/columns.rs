//! The columns of the book of pledges, as the template has them, with what belongs into each.

use crate::documents::books::lending::{Head, UNIT};

pub(super) const CONTRACT: &str = "合同编号 contract";
pub(super) const RIGHT: &str = "权益 right";
pub(super) const PLEDGOR: &str = "出质人 pledgor";
pub(super) const DEBTOR: &str = "债务人 debtor";
pub(super) const QUANTITY: &str = "担保数量 quantity";
pub(super) const FROM: &str = "担保起始日 from";
pub(super) const THROUGH: &str = "担保截止日 through";
pub(super) const FIRST_YEAR: &str = "首年 first year";
pub(super) const LAST_YEAR: &str = "末年 last year";
pub(super) const SORT: &str = "担保类型 ordinary or maximum";
pub(super) const PRINCIPAL: &str = "主债权金额(元) principal";
pub(super) const CAP: &str = "最高债权额(元) cap";
pub(super) const PERIOD_FROM: &str = "债权确定期间起 period from";
pub(super) const PERIOD_THROUGH: &str = "债权确定期间止 period through";
pub(super) const TERM_FROM: &str = "债务履行期限起 term from";
pub(super) const TERM_THROUGH: &str = "债务履行期限止 term through";
pub(super) const PURPOSE: &str = "用途 purpose";
pub(super) const GREEN: &str = "绿色类别 green";
pub(super) const CONSENT: &str = "同意书SHA-256 consent";
pub(super) const CONSENT_CLASS: &str = "同意形式 consent on";

pub(super) const ORDINARY: &str = "一般 ordinary";
pub(super) const MAXIMUM: &str = "最高额 maximum";
pub(super) const PAPER: &str = "纸质 paper";
pub(super) const VIDEO: &str = "视频 video";

const fn head(header: &'static str, is_required: bool, note: &'static str) -> Head {
    Head {
        header,
        note,
        is_required,
        choices: &[],
    }
}

/// The columns.
pub(super) const HEADS: &[Head] = &[
    head(
        CONTRACT,
        true,
        "担保合同编号; 保密, 只登记其摘要。同一合同同一权益只登记一次 number of the contract; hidden, only its digest is registered. A contract takes a right once",
    ),
    head(
        RIGHT,
        true,
        "权益编号 (R41)、登记号, 或权证标识的各部分以 | 相连, 如 许可证编号|COD the right: R41, its registration number, or its identity with | between the parts",
    ),
    head(
        PLEDGOR,
        true,
        "出质人/抵押人统一社会信用代码, 或主体编号 (M12) credit code of the pledgor, or M12",
    ),
    head(
        DEBTOR,
        false,
        "债务人不是出质人时填写, 同上 where the debtor is another, as before",
    ),
    head(
        QUANTITY,
        false,
        "按数量担保的种类填写; 整宗或按年份的留空 for kinds that are pledged by quantity",
    ),
    head(
        UNIT,
        false,
        "可空; 填写时须为该种类的单位 may be empty; else the unit of the kind",
    ),
    head(
        FROM,
        false,
        "按期间担保的种类 (如排污权) 填写 YYYY-MM-DD, 含当日 for kinds that are pledged over days, inclusive",
    ),
    head(THROUGH, false, "同上, 含当日 as before, inclusive"),
    head(
        FIRST_YEAR,
        false,
        "按年份担保的种类 (如碳汇) 填写 for kinds that are pledged by years, inclusive",
    ),
    head(LAST_YEAR, false, "同上, 含当年 as before, inclusive"),
    Head {
        header: SORT,
        note: "从列表选择; 空为一般 choose from the list; ordinary, if empty",
        is_required: false,
        choices: &[ORDINARY, MAXIMUM],
    },
    head(
        PRINCIPAL,
        false,
        "主债权本金, 元, 至多两位小数; 保密 principal in yuan; hidden",
    ),
    head(
        CAP,
        false,
        "最高额担保必填, 元; 公开 in yuan, required for a maximum-amount pledge; public",
    ),
    head(
        PERIOD_FROM,
        false,
        "最高额担保必填, 债权确定期间首日 first day of the determination period, for a maximum-amount pledge",
    ),
    head(PERIOD_THROUGH, false, "末日, 含当日 its last day"),
    head(
        TERM_FROM,
        false,
        "债务履行期限首日; 与下一列同填或同空 first day of the term of the claim, with the next column or not at all",
    ),
    head(TERM_THROUGH, false, "末日, 含当日 its last day"),
    head(PURPOSE, false, "贷款用途; 保密 purpose of the loan; hidden"),
    head(
        GREEN,
        false,
        "绿色贷款类别代码, 字母数字 . : _ - code of a green loan, of A-Z a-z 0-9 . : _ -",
    ),
    head(
        CONSENT,
        false,
        "出质人未持密钥时必填: 其书面或视频同意的 SHA-256; 持密钥者自行签署, 此列留空 for a pledgor without keys: SHA-256 of its consent",
    ),
    Head {
        header: CONSENT_CLASS,
        note: "与上一列同填 with the column before",
        is_required: false,
        choices: &[PAPER, VIDEO],
    },
];

//! The cause and the fix of what the service notices beside the law, in Chinese; the service has them in English.

use crate::service::notices::Noticed;

/// Returns cause and fix in Chinese.
pub(crate) fn of(noticed: Noticed) -> (&'static str, &'static str) {
    match noticed {
        Noticed::Permit => (
            "许可证编号开头的信用代码既不是持有人的, 也不是登记簿所载其前身的。",
            "请与权证核对; 确系承继的, 请登记主体的承继。",
        ),
        Noticed::Gap => (
            "权益注明的应清缴数量大于未担保、未冻结的数量。",
            "请及早与持有人商定以其他配额清缴; 清缴日之前 60、30、7 日再次提示。",
        ),
        Noticed::Yield => (
            "每年吨数除以地块亩数, 低于 0.15 或高于 1.5。",
            "请查阅监测报告和吨数的估算方法。",
        ),
        Noticed::Ltv => (
            "所揭示的本金 (未揭示的, 以已登记的限额计) 连同在先各担保的限额, 超过按导入价格所得价值的规则上限。",
            "请减少贷款或补充担保物; 应答中的 lending 列出至多多少。同意决定顺位而非金额, 故登记仍然有效。",
        ),
        Noticed::EndsFirst => (
            "该担保在其他登记系统的期限早于债务履行期限届满。",
            "请在该系统展期, 并报告新的期限。",
        ),
        Noticed::Area => (
            "证载亩数与图形亩数相差超过图形的 5%。",
            "请以测绘核对权证; 担保以地块为准, 不以数字为准。",
        ),
        Noticed::Unrecorded => (
            "该类规则列明担保还应在某一系统登记, 而没有关于该系统登记的报告。",
            "请在该系统登记, 并以「外部登记」报告其编号。",
        ),
        Noticed::Differs => (
            "该担保在其他系统没有、已注销或期限已满; 或在此已终止而在该系统仍在。",
            "请在该系统改正, 并报告改正后的状态。",
        ),
        Noticed::NoReceipt => (
            "该类规则列明保管权益单位的登记机构, 而没有它已为该担保冻结的报告。",
            "请该登记机构冻结, 并报告其回执编号。",
        ),
    }
}

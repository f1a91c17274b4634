//! The commands of pledgees.

use crate::web::act::catalogue::{
    Act, Among, By, CONTRACT, Change, Desk, Field, Listed, NO_HINT, On, Takes, document, may, must,
};

const LENDER: By = By::Typed(("担保权人 (信用代码或编号)", "Pledgee (credit code or id)"));
const LINES: Field = must("lines", Takes::Lines, ("担保物", "Collateral"));
const CAP: Field = may(
    "cap_cny",
    Takes::Yuan,
    ("担保债权最高额 (元)", "Most that is ever secured (CNY)"),
    (
        "有后顺位时公开登记; 没有就不填",
        "In clear, where others stand behind; else leave it empty",
    ),
);
const MAXIMUM: Field = may(
    "maximum",
    Takes::Span,
    (
        "最高额担保: 债权确定期间",
        "Maximum amount: determination period",
    ),
    ("普通担保不填", "Leave empty for an ordinary pledge"),
);
const GREEN: Field = may(
    "green",
    Takes::Text,
    ("绿色贷款目录代码", "Green category of the loan"),
    (
        "目录与代码, 如 GIC2019:1.5.1 (绿色产业指导目录 2019 年版); 不是绿色贷款就不填",
        "Catalogue and code, such as GIC2019:1.5.1 (Green Industry Guidance Catalogue, 2019); leave it empty where the loan is not green",
    ),
);
/// How much of a line was sold, whole where nothing is typed.
pub(super) const SOLD: [Field; 4] = [
    must(
        "line",
        Takes::Choice(Among::Lines),
        ("哪一项", "Which line"),
    ),
    may(
        "quantity",
        Takes::Amount,
        ("处置的数量", "How much of it"),
        ("全部处置不填", "Leave empty for the whole line"),
    ),
    must(
        "proceeds_cny",
        Takes::Yuan,
        ("所得价款 (元)", "Proceeds (CNY)"),
    ),
    may(
        "buyer",
        Takes::Party,
        ("买受人", "Buyer"),
        ("为本登记簿主体时填写", "Where it is a party"),
    ),
];
/// Who gets a claim, and how much of it.
pub(super) const ASSIGNED: [Field; 3] = [
    must(
        "to",
        Takes::Party,
        ("受让人 (信用代码或编号)", "New pledgee (credit code or id)"),
    ),
    may(
        "subrogation",
        Takes::Mark,
        ("担保机构代偿后的代位", "A guarantor has paid and steps in"),
        NO_HINT,
    ),
    may(
        "part_cny",
        Takes::Yuan,
        ("只转让部分债权 (元)", "Only a part of the claim (CNY)"),
        ("全部转让不填", "Leave empty for the whole claim"),
    ),
];
const TERM: Field = may(
    "term",
    Takes::Span,
    ("债务履行期限", "Term of the claim"),
    NO_HINT,
);
/// The registers elsewhere, by the names that records have for them.
const REGISTERS: &[(&str, &str, &str)] = &[
    (
        "zhongdeng",
        "中登网 (动产融资统一登记)",
        "Zhongdeng (movables)",
    ),
    ("real-estate", "不动产登记", "real-estate register"),
    ("trading-centre", "交易中心", "trading centre"),
    ("carbon-registry", "碳排放权注册登记", "carbon registry"),
    ("mining-registry", "矿业权登记", "mining register"),
];
const STATUSES: &[(&str, &str, &str)] = &[
    ("registered", "在登", "it stands"),
    ("lapsed", "已到期", "its term has ended"),
    ("cancelled", "已注销", "it was cancelled"),
    ("absent", "未查到", "none was found"),
];

pub(super) const RELEASED: Field = may(
    "lines",
    Takes::Changes(Change::Part),
    ("只解除下列部分", "Release only these parts"),
    NO_HINT,
);

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "register_pledge",
        desk: Desk::Bank,
        on: On::Rights,
        by: LENDER,
        title: ("登记担保", "Register a pledge"),
        lead: (
            "由担保权人发起, 出质人 (抵押人) 在同一份指令上签署同意。",
            "The pledgee gives it; the pledgor consents by signing the same command.",
        ),
        fields: &[
            LINES,
            may(
                "debtor",
                Takes::Party,
                ("债务人", "Debtor"),
                ("与出质人不同时填", "Where it is not the pledgor"),
            ),
            TERM,
            MAXIMUM,
            CAP,
            may(
                "syndicate",
                Takes::Listed(Listed::Shares),
                ("银团其他成员", "Other members of the syndicate"),
                (
                    "与担保权人共享债权的各方及其份额, 其余归担保权人; 减损担保须其共同签署; 没有就不填",
                    "Who shares the claim with the pledgee, and how much of it; the rest is the pledgee's own. They sign what makes the security less. Else leave it empty",
                ),
            ),
            GREEN,
            may(
                "reservation",
                Takes::Id,
                ("承接的预登记", "Reservation to take over"),
                ("如 V57; 没有就不填", "Such as V57; else leave it empty"),
            ),
        ],
    },
    Act {
        name: "reserve",
        desk: Desk::Bank,
        on: On::Rights,
        by: LENDER,
        title: ("预登记", "Reserve"),
        lead: (
            "先占住额度, 到期自动失效; 期内正式登记时承接。",
            "Holds capacity for some days and ends by itself; the pledge takes it over.",
        ),
        fields: &[
            LINES,
            Field {
                hint: ("1 至 30 天", "1 to 30"),
                ..must("days", Takes::Number, ("保留天数", "Days"))
            },
        ],
    },
    Act {
        name: "cancel_reservation",
        desk: Desk::Bank,
        on: On::Reservation,
        by: By::Pledgee,
        title: ("撤销预登记", "Give a reservation up"),
        lead: ("所占额度立即释放。", "What it held is free at once."),
        fields: &[],
    },
    Act {
        name: "amend_pledge",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("变更担保数量", "Amend a pledge"),
        lead: (
            "填变更后的总数量; 原有部分顺位不变, 增加部分自登记时起排位。出质人须签署同意。",
            "Type new totals. What stood keeps its position; what is added is placed at this entry. The pledgor consents.",
        ),
        fields: &[
            may(
                "lines",
                Takes::Changes(Change::Total),
                ("变更后的数量", "New totals"),
                ("不变的留空", "Leave empty what stays as it is"),
            ),
            CAP,
            GREEN,
        ],
    },
    Act {
        name: "extend_pledge",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("延长担保期间", "Extend a pledge"),
        lead: (
            "填新的末日; 只延长其中一部分的, 再填数量。原有期间顺位不变, 延长的部分自登记时起排位。出质人须签署同意。",
            "Type new last days, and a quantity where only a part is extended. The days that stood keep their position; added days are placed at this entry. The pledgor consents.",
        ),
        fields: &[
            may(
                "lines",
                Takes::Changes(Change::End),
                ("新的末日 (含)", "New last day (inclusive)"),
                ("不变的留空", "Leave empty what stays as it is"),
            ),
            TERM,
            Field {
                hint: (
                    "债权确定前可以延长, 须含原期间; 排在其后的担保权人须签署同意。不变的留空",
                    "Longer while claims may arise, with all days of the present one; creditors behind it consent. Leave empty what stays as it is",
                ),
                ..MAXIMUM
            },
        ],
    },
    Act {
        name: "substitute_collateral",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("置换担保物", "Substitute collateral"),
        lead: (
            "退回一部分担保物, 换入另一部分, 一次完成; 换入的自登记时起排位。出质人须签署同意。",
            "Gives some collateral back and takes other in one step; what comes in is placed at this entry. The pledgor consents.",
        ),
        fields: &[
            must("drop", Takes::Changes(Change::Drop), ("退回", "Give back")),
            must("add", Takes::Lines, ("换入", "Take instead")),
        ],
    },
    Act {
        name: "release_pledge",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: (
            "解除担保 (全部或部分)",
            "Release a pledge, whole or in part",
        ),
        lead: (
            "一项也不选, 即注销全部。只须担保权人签署。",
            "Where nothing is chosen, all of it is released. The pledgee alone signs.",
        ),
        fields: &[RELEASED],
    },
    Act {
        name: "assign_pledge",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("转让担保 (债权转让、代位)", "Assign a pledge"),
        lead: (
            "担保权随债权转移, 顺位不变; 受让人须签署。",
            "The pledge follows the claim and keeps its position. The new pledgee signs too.",
        ),
        fields: &[ASSIGNED[0], ASSIGNED[1], ASSIGNED[2], CONTRACT],
    },
    Act {
        name: "determine_claim",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("最高额担保的债权确定", "Fix the claims of a maximum amount"),
        lead: (
            "确定之后, 新的债权不再进入担保。",
            "After this no further claim comes under the pledge.",
        ),
        fields: &[document(("通知或协议", "The notice or agreement"))],
    },
    Act {
        name: "record_disposal",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("登记担保物处置", "Record a disposal"),
        lead: (
            "担保物经与出质人协议处置; 所处置的部分终止, 并自原权益中划出。法院裁定的处置由登记机构录入。",
            "Collateral was sold by agreement with the pledgor; what was sold ends here and leaves the right. What a court has ordered the registrar enters.",
        ),
        fields: &[
            SOLD[0],
            SOLD[1],
            SOLD[2],
            SOLD[3],
            document(("成交确认书", "The record of the sale")),
        ],
    },
    Act {
        name: "record_external_registration",
        desk: Desk::Bank,
        on: On::Pledge,
        by: By::Pledgee,
        title: ("记载外部登记", "Record a registration elsewhere"),
        lead: (
            "记下其他登记系统对同一担保的登记; 那边的期限届满不影响本登记。",
            "Notes what another register says about the same pledge. The end of its term there frees nothing here.",
        ),
        fields: &[
            must(
                "register",
                Takes::Choice(Among::Fixed(REGISTERS)),
                ("登记系统", "Register"),
            ),
            must("number", Takes::Text, ("登记证明编号", "Number there")),
            must(
                "status",
                Takes::Choice(Among::Fixed(STATUSES)),
                ("状态", "Status there"),
            ),
            may("term", Takes::Span, ("登记期限", "Term there"), NO_HINT),
            must("checked", Takes::From, ("查询日期", "Day of the look-up")),
        ],
    },
];

//! The commands of issuers and of the registrar on a right.

use crate::web::act::catalogue::bank::{ASSIGNED, RELEASED, SOLD};
use crate::web::act::catalogue::{
    Act, Among, By, Desk, Field, NO_HINT, On, Takes, document, may, must,
};

const ORDER: Field = document(("裁定、通知或决定书", "The order or decision"));
const FREEZE: Field = must(
    "freeze",
    Takes::Choice(Among::Freezes),
    ("哪一冻结", "Which freeze"),
);

const COURT: Field = must(
    "authority",
    Takes::Party,
    (
        "作出裁定的法院 (信用代码或编号)",
        "Whose ruling (credit code or id)",
    ),
);

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "freeze",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Court,
        title: ("冻结 / 查封", "Freeze"),
        lead: (
            "登记机构代录法院文书, 或核发机关自己的决定。冻结不因额度不足被拒; 已登记的担保顺位不变, 缺口记为悬空。",
            "The registrar enters an order of a court, or the issuer its own. It is never refused for capacity; pledges keep their position and what lacks a right beneath it is recorded.",
        ),
        fields: &[
            must(
                "authority",
                Takes::Party,
                (
                    "决定机关 (信用代码或编号)",
                    "Whose order (credit code or id)",
                ),
            ),
            must("extent", Takes::Extent, ("冻结范围", "How much")),
            may(
                "order",
                Takes::Text,
                ("文号", "Number of the order"),
                NO_HINT,
            ),
            may(
                "until",
                Takes::Through,
                ("期限止 (含)", "Last day (inclusive)"),
                ("没有期限不填", "Leave empty where there is none"),
            ),
            may(
                "limit_cny",
                Takes::Yuan,
                ("限额 (元)", "Limited to (CNY)"),
                (
                    "按金额冻结时填, 与单价一起",
                    "For an order in money, with the price",
                ),
            ),
            may(
                "price_cny",
                Takes::Price,
                ("单价 (元)", "Price of one unit (CNY)"),
                NO_HINT,
            ),
            ORDER,
        ],
    },
    Act {
        name: "unfreeze",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Court,
        title: ("解除冻结", "Lift a freeze"),
        lead: (
            "轮候的冻结随即生效。",
            "A freeze that waits behind it takes effect by itself.",
        ),
        fields: &[FREEZE, ORDER],
    },
    Act {
        name: "change_freeze",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Court,
        title: ("续冻 / 部分解除", "Renew a freeze or lift a part"),
        lead: ("在队列中的位置不变。", "It keeps its place in the queue."),
        fields: &[
            FREEZE,
            may(
                "until",
                Takes::Through,
                ("新期限止 (含)", "New last day (inclusive)"),
                NO_HINT,
            ),
            may(
                "quantity",
                Takes::Amount,
                ("仍冻结的数量", "What stays frozen"),
                NO_HINT,
            ),
            may(
                "limit_cny",
                Takes::Yuan,
                ("新限额 (元)", "New limit (CNY)"),
                ("只与数量一起填", "With a quantity only"),
            ),
            ORDER,
        ],
    },
    Act {
        name: "execute_freeze",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Court,
        title: ("登记冻结执行", "Record an execution"),
        lead: (
            "被冻结的部分已在执行中处置; 冻结之前的担保不受影响。土地类权益整项归买受人。",
            "A part of what is frozen was sold in execution; pledges before the freeze are not touched. Ground goes to its buyer.",
        ),
        fields: &[
            FREEZE,
            may(
                "quantity",
                Takes::Amount,
                ("处置的数量", "What was sold"),
                ("土地类权益不填", "Leave empty for ground"),
            ),
            SOLD[2],
            may(
                "buyer",
                Takes::Party,
                ("买受人", "Buyer"),
                ("土地类权益须填", "Ground needs one"),
            ),
            document(("裁定或成交确认书", "The ruling or record of the sale")),
        ],
    },
    Act {
        name: "record_disposal-court",
        desk: Desk::Bureau,
        on: On::Pledge,
        by: By::Registrar,
        title: (
            "登记法院裁定的担保物处置",
            "Record a disposal that a court has ordered",
        ),
        lead: (
            "登记机构按裁定录入, 不须出质人同意; 所处置的部分终止, 并自原权益中划出。",
            "The registrar enters the ruling; nobody consents. What was sold ends here and leaves the right.",
        ),
        fields: &[
            COURT,
            SOLD[0],
            SOLD[1],
            SOLD[2],
            SOLD[3],
            document(("裁定", "The ruling")),
        ],
    },
    Act {
        name: "determine_claim-court",
        desk: Desk::Bureau,
        on: On::Pledge,
        by: By::Registrar,
        title: (
            "登记法院确定的债权 (最高额担保)",
            "Record that a court has fixed the claims",
        ),
        lead: (
            "登记机构按法院文书录入; 确定之后, 新的债权不再进入担保。",
            "The registrar enters the ruling. After this no further claim comes under the pledge.",
        ),
        fields: &[COURT, document(("裁定或通知", "The ruling or notice"))],
    },
    Act {
        name: "release_pledge-court",
        desk: Desk::Bureau,
        on: On::Pledge,
        by: By::Registrar,
        title: (
            "登记法院判令的注销",
            "Record that a court has had a pledge cancelled",
        ),
        lead: (
            "登记机构按法院文书录入; 不须担保权人签署。所列各行随即解除, 不能恢复。",
            "The registrar enters the ruling; the pledgee is not asked. The lines are released at once and for good.",
        ),
        fields: &[
            RELEASED,
            COURT,
            document(("判决、裁定或协助执行通知", "The judgment, ruling or notice")),
        ],
    },
    Act {
        name: "withdraw_objection-court",
        desk: Desk::Bureau,
        on: On::Pledge,
        by: By::Registrar,
        title: (
            "登记法院驳回的异议",
            "Record that a court has dismissed an objection",
        ),
        lead: (
            "法院不予受理或驳回诉讼的, 登记机构按其文书撤销异议登记。",
            "Where the court dismisses the suit, the registrar ends the objection by its document.",
        ),
        fields: &[
            must(
                "objection",
                Takes::Choice(Among::Objections),
                ("哪一异议", "Which objection"),
            ),
            COURT,
            document(("裁定或判决", "The ruling or judgment")),
        ],
    },
    Act {
        name: "assign_pledge-court",
        desk: Desk::Bureau,
        on: On::Pledge,
        by: By::Registrar,
        title: (
            "登记法院裁定的担保转让",
            "Record an assignment that a court has ordered",
        ),
        lead: (
            "登记机构按裁定录入, 原担保权人不签署; 担保权随债权转移, 顺位不变, 受让人须签署。",
            "The registrar enters the ruling, and the old pledgee signs nothing. The pledge keeps its position; the new pledgee signs.",
        ),
        fields: &[
            COURT,
            ASSIGNED[0],
            ASSIGNED[1],
            ASSIGNED[2],
            document(("裁定", "The ruling")),
        ],
    },
    Act {
        name: "adjust_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("调整权益数量", "Adjust a right"),
        lead: (
            "主管机关的调整不因已有担保被拒; 缺口记为悬空。",
            "An authority's act is never refused for pledges; what lacks a right beneath it is recorded.",
        ),
        fields: &[
            must(
                "from",
                Takes::From,
                ("起始日", "First day of the new quantity"),
            ),
            must("quantity", Takes::Amount, ("调整后的数量", "New quantity")),
            ORDER,
        ],
    },
    Act {
        name: "extend_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("延续权益期限", "Extend a right"),
        lead: (
            "有效期延长。撤销被依法撤销的, 填原末日, 权益连同其上登记一并恢复。",
            "The right lasts longer. Where its revocation was annulled, the last day that it has brings it back with what stands on it.",
        ),
        fields: &[
            must(
                "to",
                Takes::Through,
                ("新末日 (含)", "New last day (inclusive)"),
            ),
            ORDER,
        ],
    },
    Act {
        name: "revoke_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("撤销权益", "Revoke a right"),
        lead: (
            "自该日起权益不再存在; 其上的担保记为悬空。",
            "From that day there is no right; pledges on it hang.",
        ),
        fields: &[
            must("from", Takes::From, ("起始日", "First day without it")),
            ORDER,
        ],
    },
];

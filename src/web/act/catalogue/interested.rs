//! Objections, guarantees and commitments: the commands of everybody with an interest in a pledge.

use crate::web::act::catalogue::{Act, Among, By, CONTRACT, Desk, On, Takes, document, may, must};

const GUARANTOR: By = By::Typed((
    "本担保机构 (信用代码或编号)",
    "Your institution (credit code or id)",
));
const SELF: By = By::Typed((
    "本单位 (信用代码或编号)",
    "Your institution (credit code or id)",
));

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "object",
        desk: Desk::Interested,
        on: On::Pledge,
        by: SELF,
        title: ("提出异议", "Object to a pledge"),
        lead: (
            "异议须由利害关系人提出; 逾期未起诉的自动失效。异议人对异议负责。",
            "An interested party objects and answers for it; without a suit the objection lapses.",
        ),
        fields: &[
            document(("异议书", "The objection")),
            may(
                "suit",
                Takes::Digest,
                ("起诉证明", "Proof that a suit was filed"),
                ("尚未起诉不填", "Leave empty where there is none yet"),
            ),
        ],
    },
    Act {
        name: "withdraw_objection",
        desk: Desk::Interested,
        on: On::Pledge,
        by: SELF,
        title: ("撤回异议", "Withdraw an objection"),
        lead: ("只有异议人可以撤回。", "Only who objected may withdraw."),
        fields: &[must(
            "objection",
            Takes::Choice(Among::Objections),
            ("哪一异议", "Which objection"),
        )],
    },
    Act {
        name: "register_guarantee",
        desk: Desk::Interested,
        on: On::Pledge,
        by: GUARANTOR,
        title: ("登记保证", "Register a guarantee"),
        lead: (
            "担保机构为同一债权提供保证; 担保权人须签署。",
            "A guarantor stands for the same claim. The pledgee signs too.",
        ),
        fields: &[
            must(
                "share_bp",
                Takes::Percent,
                ("承担损失的比例 (%)", "Share of a loss (%)"),
            ),
            may(
                "of",
                Takes::Party,
                ("所承继的担保机构", "Guarantor that was succeeded"),
                (
                    "变更或终止已并入贵方者的比例时填写 (终止填 0)",
                    "Where the share is that of one that was merged into you (0 ends it)",
                ),
            ),
            may(
                "counter",
                Takes::Id,
                ("反担保的登记", "Pledge that secures the guarantor"),
                ("如 P57; 没有就不填", "Such as P57; else leave it empty"),
            ),
            CONTRACT,
        ],
    },
    Act {
        name: "register_buyout_commitment",
        desk: Desk::Interested,
        on: On::Pledge,
        by: GUARANTOR,
        title: ("登记收储承诺", "Register a buy-out commitment"),
        lead: (
            "承诺在约定情形下收购担保物; 担保权人须签署。",
            "A commitment to buy the collateral out. The pledgee signs too.",
        ),
        fields: &[
            must("price_cny", Takes::Yuan, ("收储价 (元)", "Price (CNY)")),
            must(
                "trigger",
                Takes::Text,
                ("触发情形", "What lets it fall due"),
            ),
            CONTRACT,
        ],
    },
];

//! The commands on parties, their keys and what the register hides of them.

use crate::web::act::catalogue::{
    Act, Among, By, Desk, Field, Listed, NO_HINT, On, Takes, document, may, must,
};

const PROOF: Field = document(("证明文件", "The proof"));
const REGION: Field = may(
    "region",
    Takes::Text,
    ("行政区划代码", "Region code"),
    (
        "6 至 12 位数字; 没有就不填",
        "6 to 12 digits; leave empty for none",
    ),
);
const ROLES: Field = must("roles", Takes::Listed(Listed::Roles), ("身份", "Roles"));
const DUTIES: Field = may(
    "duties",
    Takes::Listed(Listed::Duties),
    ("核发职责", "Kinds that it issues"),
    ("主管机关才选", "For authorities only"),
);
const KEYS: Field = may(
    "keys",
    Takes::Listed(Listed::Keys),
    ("签署密钥", "Signing keys"),
    (
        "公钥与持有证明由其本人生成; 法院和权利人可以暂不登记",
        "Each person makes key and proof; a court or a holder may have none yet",
    ),
);
const THRESHOLD: Field = Field {
    hint: (
        "经办加复核的人数, 1 至 5; 主管机关至少 2",
        "Maker and checkers, 1 to 5; 2 at least for an authority",
    ),
    ..must("threshold", Takes::Number, ("几人签署", "How many sign"))
};

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "admit_party",
        desk: Desk::Parties,
        on: On::Nothing,
        by: By::Registrar,
        title: ("接纳机构", "Admit an institution"),
        lead: (
            "登记一个机构及其签署密钥。每一统一社会信用代码只登记一次。",
            "Registers an institution with its signing keys; there is one party for each credit code.",
        ),
        fields: &[
            must("name", Takes::Text, ("名称", "Name")),
            must(
                "credit_code",
                Takes::Code,
                ("统一社会信用代码", "Credit code"),
            ),
            REGION,
            ROLES,
            DUTIES,
            KEYS,
            THRESHOLD,
        ],
    },
    Act {
        name: "admit_party-person",
        desk: Desk::Parties,
        on: On::Nothing,
        by: By::Registrar,
        title: ("接纳自然人", "Admit a natural person"),
        lead: (
            "姓名与公民身份号码只以摘要入账, 在签署页填写。",
            "Name and resident number enter the log as digests only; they are typed on the page that signs.",
        ),
        fields: &[
            must(
                "hidden",
                Takes::Listed(Listed::Person),
                ("保密事项", "Hidden values"),
            ),
            REGION,
            ROLES,
            DUTIES,
            KEYS,
            THRESHOLD,
        ],
    },
    Act {
        name: "change_party",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Registrar,
        title: ("变更名称", "Change a name"),
        lead: (
            "登记新名称, 原名称保留在记录中。主体曾持有密钥的, 须签署。",
            "Records a new name; the former one stays in the record. A party with keys signs too.",
        ),
        fields: &[must("name", Takes::Text, ("新名称", "New name")), PROOF],
    },
    Act {
        name: "merge_parties",
        desk: Desk::Parties,
        on: On::Party("into"),
        by: By::Registrar,
        title: ("登记合并", "Record a merger"),
        lead: (
            "被合并的主体终止, 其权益、担保与同意由存续的主体承接。曾持有密钥的各方须签署。",
            "Those that are absorbed end, and the one that goes on acts in their place in everything. Parties with keys sign too.",
        ),
        fields: &[
            must(
                "absorbed",
                Takes::Listed(Listed::Parties),
                (
                    "被合并的主体 (信用代码或编号)",
                    "Parties absorbed (credit codes or ids)",
                ),
            ),
            PROOF,
        ],
    },
    Act {
        name: "split_party",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Registrar,
        title: ("登记分立", "Record a split"),
        lead: (
            "登记由该主体分出的各主体。原主体终止的, 指明承接其余事项的一方。",
            "Records who came out of the party. Where it ends, name who takes what is left.",
        ),
        fields: &[
            must(
                "successors",
                Takes::Listed(Listed::Parties),
                (
                    "分出的主体 (信用代码或编号)",
                    "Successors (credit codes or ids)",
                ),
            ),
            may(
                "residual",
                Takes::Party,
                ("承接其余事项的一方", "Who takes what is left"),
                ("原主体存续的不填", "Leave empty where the party goes on"),
            ),
            may(
                "kinds",
                Takes::Listed(Listed::Handed),
                ("移交的权益种类", "Kinds of right handed over"),
                (
                    "核发机关分立时, 该类权益由所填的分出主体接管; 留在原处的不填",
                    "Where an authority is divided: the successor that keeps rights of the kind; empty where they stay",
                ),
            ),
            PROOF,
        ],
    },
    Act {
        name: "add_key",
        desk: Desk::Parties,
        on: On::Party(""),
        by: By::Itself,
        title: ("增加密钥", "Add a key"),
        lead: (
            "为本单位的一位经办或复核人员登记密钥, 自下一账页起有效。",
            "Registers the key of a person of your institution; it signs from the next entry on.",
        ),
        fields: &[must(
            "",
            Takes::Listed(Listed::Offered),
            ("新密钥", "New key"),
        )],
    },
    Act {
        name: "rotate_key",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Itself,
        title: ("更换密钥", "Rotate a key"),
        lead: (
            "新密钥接替旧密钥; 旧密钥必须在这份指令上签署。",
            "A new key takes the place of an old one, which must sign this command.",
        ),
        fields: &[
            must("old", Takes::Choice(Among::Keys), ("旧密钥", "Old key")),
            must("new", Takes::Listed(Listed::Offered), ("新密钥", "New key")),
        ],
    },
    Act {
        name: "revoke_key",
        desk: Desk::Parties,
        on: On::Party(""),
        by: By::Itself,
        title: ("吊销密钥", "Revoke a key"),
        lead: (
            "自下一账页起失效; 此前的签署仍然有效。密钥被盗用的, 吊销后可以提出异议。",
            "It ends with this entry; what it signed before stands. Where it was misused, dispute those entries afterwards.",
        ),
        fields: &[must("kid", Takes::Choice(Among::Keys), ("密钥", "Key"))],
    },
    Act {
        name: "set_signing_policy",
        desk: Desk::Parties,
        on: On::Party(""),
        by: By::Itself,
        title: ("设定签署人数", "Set how many sign"),
        lead: (
            "对本单位的所有指令。",
            "For all commands of your institution.",
        ),
        fields: &[THRESHOLD],
    },
    Act {
        name: "set_signing_rules",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Itself,
        title: ("设定签署规则", "Set signing rules"),
        lead: (
            "对某类指令要求更多人签署, 或限定某把密钥只经办、只复核。未列出的规则即取消。",
            "Asks for more persons on some commands, or lets a key only make or only check. A rule that is not listed ends.",
        ),
        fields: &[
            may(
                "rules",
                Takes::Listed(Listed::Rules),
                ("需更多人签署的指令", "Commands that more persons sign"),
                NO_HINT,
            ),
            may(
                "parts",
                Takes::Listed(Listed::Parts),
                ("各密钥的分工", "Part of each key"),
                NO_HINT,
            ),
        ],
    },
    Act {
        name: "dispute_entries",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Itself,
        title: ("声明密钥被盗用", "Dispute what a stolen key signed"),
        lead: (
            "声明自某账页起由已吊销的密钥签署的内容并非本单位的意思。登记本身不变, 由有权机关处理。",
            "Says that your institution did not mean what a revoked key signed from an entry on. It changes no record; an authority or a court decides.",
        ),
        fields: &[
            must("kid", Takes::Choice(Among::RevokedKeys), ("密钥", "Key")),
            must(
                "from",
                Takes::Number,
                ("自哪一账页起", "From which entry on"),
            ),
            document(("声明书", "The statement")),
        ],
    },
    Act {
        name: "resolve_dispute",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Registrar,
        title: ("登记盗用声明的处理结果", "Record how a dispute was decided"),
        lead: (
            "记载有权机关的决定; 需要更正的, 另行办理。",
            "Notes the decision; what it sets right is registered by acts of its own.",
        ),
        fields: &[
            must(
                "dispute",
                Takes::Choice(Among::Disputes),
                ("哪一声明", "Which dispute"),
            ),
            document(("决定或裁判", "The decision")),
        ],
    },
    Act {
        name: "recover_party",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Registrar,
        title: (
            "为失去密钥的主体恢复密钥",
            "Recover a party that lost its keys",
        ),
        lead: (
            "由法定人数共同签署, 等待期满后生效; 等待期内原密钥可以否决。",
            "The quorum signs it, and it takes effect after a waiting period in which the old keys may veto it.",
        ),
        fields: &[
            must("keys", Takes::Listed(Listed::Keys), ("新密钥", "New keys")),
            PROOF,
        ],
    },
    Act {
        name: "veto_recovery",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Itself,
        title: ("否决密钥恢复", "Veto a recovery"),
        lead: (
            "本单位的密钥仍在: 由本单位签署, 恢复即告终止。",
            "Your institution still has its keys; its signature ends the recovery.",
        ),
        fields: &[],
    },
    Act {
        name: "complete_recovery",
        desk: Desk::Parties,
        on: On::Party("party"),
        by: By::Registrar,
        title: ("完成密钥恢复", "Complete a recovery"),
        lead: (
            "等待期满后办理: 新密钥生效, 此前的密钥全部终止。",
            "After the waiting period: the new keys take effect, and all earlier ones end.",
        ),
        fields: &[],
    },
    Act {
        name: "erase",
        desk: Desk::Parties,
        on: On::Hiding,
        by: By::Registrar,
        title: ("删除保密事项原文", "Erase hidden values"),
        lead: (
            "依申请或命令销毁原文, 摘要保留。担保未注销的, 担保权人须签署。",
            "Destroys the values on request or order; their digests stay. While a pledge is open its pledgee signs too.",
        ),
        fields: &[
            must(
                "claims",
                Takes::Listed(Listed::Claims),
                ("哪些事项", "Which values"),
            ),
            document(("申请或命令", "The request or order")),
        ],
    },
];

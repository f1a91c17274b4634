//! The commands that change whose a right is, what it is and what stands on it, and the order of what stands on it.

use crate::web::act::catalogue::{
    Act, Among, By, Desk, Field, Kinds, Listed, Many, NO_HINT, On, Takes, document, may, must,
};

const QUANTITY: Field = must("quantity", Takes::Amount, ("正确的数量", "Right quantity"));
const PROOF: Field = document(("证明文件", "The proof"));
const TO: Field = must(
    "to",
    Takes::Party,
    ("受让人 (信用代码或编号)", "New holder (credit code or id)"),
);
const SUCCESSION: Field = may(
    "succession",
    Takes::Mark,
    (
        "因已登记的合并、分立而承继",
        "It follows from a merger or split of parties",
    ),
    (
        "合并、分立须已登记; 承继不需各方签署",
        "The merger or split must be registered; then nobody else signs",
    ),
);
/// By what pledged units may be taken.
const CARVE_OUTS: &[(&str, &str, &str)] = &[
    ("", "不动用已担保的部分", "takes nothing that is pledged"),
    (
        "consent",
        "受影响的担保权人同意",
        "with the consent of the pledgees who lose",
    ),
    ("order", "主管机关决定", "by order of the authority"),
];

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "issue_right",
        desk: Desk::Bureau,
        on: On::Nothing,
        by: By::Typed((
            "核发机关 (信用代码或编号)",
            "Issuing authority (credit code or id)",
        )),
        title: ("核发权益", "Issue a right"),
        lead: (
            "登记一项新权益。许多项一起登记用「导入」; 数量分段变化的用导入或命令行。",
            "Registers a new right. For many at once use the import; for a quantity that changes over time, the import or the command line.",
        ),
        fields: &[
            must(
                "kind",
                Takes::Many(Many::Kind(Kinds::All)),
                ("权益种类", "Kind"),
            ),
            must(
                "holder",
                Takes::Party,
                ("持有人 (信用代码或编号)", "Holder (credit code or id)"),
            ),
            must(
                "identities",
                Takes::Many(Many::Identities),
                ("权证标识", "Identities"),
            ),
            must("quantity", Takes::Amount, ("数量", "Quantity")),
            must("span", Takes::Span, ("有效期", "Days")),
            may(
                "class",
                Takes::Class,
                ("类别", "Class"),
                ("没有就不填", "Leave empty for none"),
            ),
            may(
                "attributes",
                Takes::Many(Many::Attributes),
                ("其他记载", "Also recorded"),
                NO_HINT,
            ),
            may(
                "units",
                Takes::Listed(Listed::Units),
                ("所在不动产单元", "Units of ground"),
                (
                    "已登记的不动产单元号, 以逗号分开",
                    "Numbers of registered units; separate by commas",
                ),
            ),
            may(
                "polygon",
                Takes::Ground,
                ("宗地边界", "Boundary of the parcel"),
                (
                    "没有界址的宗地不能设立担保。选择或粘贴 GeoJSON (CGCS2000 经纬度): 取其 id 与标识相同的地块, 或唯一的一块",
                    "Without one the parcel cannot be pledged. Choose or paste GeoJSON (CGCS2000 longitude and latitude): the feature whose id is the identity is taken, or the only one",
                ),
            ),
            may(
                "succeeds",
                Takes::Listed(Listed::Rights),
                ("承继自哪些权益", "Rights that it succeeds"),
                (
                    "续期换证时填, 以逗号分开",
                    "For a renewal; separate by commas",
                ),
            ),
            may(
                "additional",
                Takes::Mark,
                (
                    "同一来源上的追加核发",
                    "Issued in addition to what the source has",
                ),
                NO_HINT,
            ),
            may(
                "adjudication",
                Takes::Digest,
                ("重叠争议的受理文书", "Document of an overlap in dispute"),
                ("没有重叠争议不填", "Leave empty where nothing overlaps"),
            ),
        ],
    },
    Act {
        name: "transfer_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("权益转让 (整体)", "Transfer a right"),
        lead: (
            "整项权益转给另一持有人, 其上的担保随之存在。该同意的各方由系统列出, 在同一份指令上签署。",
            "The whole right gets another holder; pledges stay on it. Whoever must consent is named for you and signs the same command.",
        ),
        fields: &[
            TO,
            SUCCESSION,
            document(("转让合同或裁定", "The contract or ruling")),
        ],
    },
    Act {
        name: "transfer_right-part",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("权益转让 (部分)", "Transfer a part of a right"),
        lead: (
            "分出的部分成为一项新权益, 须有自己的权证标识; 担保物可以随之分开, 也可以由两部分共同担保。按期间计量的权益自当日起分割, 担保物只能按数量分开。",
            "The part becomes a right of its own, with identities of its own. Lines may go with it in part, or be secured by both. A flow is divided from today on, its lines in quantities alone.",
        ),
        fields: &[
            TO,
            must(
                "quantity",
                Takes::Amount,
                ("转让的数量", "Quantity that goes"),
            ),
            must(
                "identities",
                Takes::Many(Many::Identities),
                ("新权益的权证标识", "Identities of the new right"),
            ),
            may(
                "lines",
                Takes::Many(Many::Allocations),
                ("随之转移的担保", "Pledges that go with it"),
                (
                    "不填的留在原权益上",
                    "What is left empty stays on the old right",
                ),
            ),
            SUCCESSION,
            document(("转让合同或裁定", "The contract or ruling")),
        ],
    },
    Act {
        name: "convert_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Typed((
            "新权益的主管机关 (信用代码或编号)",
            "Authority of the new kind (credit code or id)",
        )),
        title: ("权益转换", "Convert a right"),
        lead: (
            "权益的一部分转为另一种权益 (如林地年度转为碳汇), 担保随之转移。",
            "A part of a right becomes a right of another kind, such as years of forest that become a sink; pledges follow.",
        ),
        fields: &[
            must(
                "into.kind",
                Takes::Many(Many::Kind(Kinds::Next)),
                ("转为", "Becomes"),
            ),
            must(
                "part",
                Takes::Many(Many::Converted),
                ("转换的部分", "Which part"),
            ),
            must(
                "into.identities",
                Takes::Many(Many::Identities),
                ("新权益的权证标识", "Identities of the new right"),
            ),
            must(
                "into.quantity",
                Takes::Amount,
                ("新权益的数量", "Quantity of the new right"),
            ),
            must(
                "into.span",
                Takes::Span,
                ("新权益的有效期", "Days of the new right"),
            ),
            may(
                "into.class",
                Takes::Class,
                ("类别", "Class"),
                ("没有就不填", "Leave empty for none"),
            ),
            document(("决定书或签发文件", "The decision")),
        ],
    },
    Act {
        name: "surrender_right",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("清缴 / 消耗", "Surrender or use up"),
        lead: (
            "用掉权益的一部分, 如配额清缴、采伐。已担保的部分只能依所选方式动用。火灾、盗伐、征收等灭失由主管机关依职权记载, 担保记为悬空。",
            "Uses a part up, such as allowances that are surrendered or timber that is felled. Pledged units are taken only in the way that you choose. What a fire, felling without leave or an expropriation took, the authority records by order, and pledges hang.",
        ),
        fields: &[
            must(
                "quantity",
                Takes::Amount,
                ("用掉的数量", "Quantity used up"),
            ),
            may(
                "carve_out",
                Takes::Choice(Among::Fixed(CARVE_OUTS)),
                ("已担保的部分", "What is pledged"),
                NO_HINT,
            ),
            PROOF,
        ],
    },
    Act {
        name: "correct_right-particulars",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("更正类别与记载", "Correct class and particulars"),
        lead: (
            "更正权证的类别或其他记载; 不填的不变。持有人、标识、范围和期限不能这样更正。",
            "Sets the class or other members of the certificate right; what is left empty stays. Holder, identities, ground and days are not corrected so.",
        ),
        fields: &[
            may(
                "class",
                Takes::Class,
                ("类别", "Class"),
                ("不变就不填", "Leave empty to keep it"),
            ),
            may(
                "attributes",
                Takes::Many(Many::Attributes),
                ("其他记载", "Also recorded"),
                ("不变就不填", "Leave empty to keep it"),
            ),
            PROOF,
        ],
    },
    Act {
        name: "correct_right-quantity",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("更正权益数量", "Correct the quantity"),
        lead: (
            "权证上的数量自始有误; 减少时受影响的担保权人须签署。政策性调整用「调整权益数量」。",
            "The quantity was certified wrongly from the start; pledgees who lose sign too. For a decision that changes it, adjust the right.",
        ),
        fields: &[QUANTITY, PROOF],
    },
    Act {
        name: "correct_right-resolution",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Issuer,
        title: ("重叠争议已解决", "Resolve an overlap"),
        lead: (
            "登记重叠争议的裁决; 此后该权益可以设立担保。",
            "Records that the overlap in dispute was decided; from then on the right can be pledged.",
        ),
        fields: &[
            must("resolution", Takes::Stated, ("已裁决", "Decided")),
            document(("裁决或调解书", "The ruling or settlement")),
        ],
    },
    Act {
        name: "correct_right-line",
        desk: Desk::Bureau,
        on: On::Right,
        by: By::Registrar,
        title: (
            "更正登记机构的录入错误",
            "Correct an error of the registrar",
        ),
        lead: (
            "登记机构更正自己录错的担保数量。增加的部分排在信赖登记的人之后; 减少时担保权人须签署。",
            "The registrar corrects a quantity that it entered wrongly. What it adds stands behind those who relied on the register; where it takes something away, the pledgee signs too.",
        ),
        fields: &[
            must(
                "line",
                Takes::Choice(Among::Burdens),
                ("哪一项", "Which line"),
            ),
            QUANTITY,
            may(
                "relied",
                Takes::Many(Many::Reliance),
                ("已被信赖的查询证明", "Certificates that others relied on"),
                (
                    "证明上的账页数与编号; 没有就不填",
                    "Position and number of each; leave empty for none",
                ),
            ),
            PROOF,
        ],
    },
    Act {
        name: "change_rank",
        desk: Desk::Bank,
        on: On::Right,
        by: By::Typed((
            "发起的担保权人 (信用代码或编号)",
            "Pledgee who asks (credit code or id)",
        )),
        title: ("变更顺位", "Change ranks"),
        lead: (
            "同一顺位链中的担保重新排序; 顺位变差的担保权人须签署同意。",
            "Puts the lines of one stack into another order. Whoever gets a worse place consents by signing.",
        ),
        fields: &[must(
            "to",
            Takes::Many(Many::Order),
            ("新顺位 (1 最先)", "New ranks (1 comes first)"),
        )],
    },
];

//! The commands that change the rules of a kind and the key of the log.

use crate::web::act::catalogue::{Act, By, Desk, On, Takes, must};

/// In the order of the index.
pub(super) const ACTS: &[Act] = &[
    Act {
        name: "adopt_policy",
        desk: Desk::Rules,
        on: On::Nothing,
        by: By::Typed((
            "发起单位 (信用代码或编号)",
            "Party that proposes it (credit code or id)",
        )),
        title: ("通过一类权益的规则", "Adopt the rules of a kind"),
        lead: (
            "选择规则文件 (TOML) 或粘贴全文, 由法定人数共同签署; 经过公示期后生效。",
            "Choose the text of the rules (TOML) or paste it. The quorum signs it, and it takes effect after its delay.",
        ),
        fields: &[must(
            "text",
            Takes::Policy,
            ("规则全文", "Text of the rules"),
        )],
    },
    Act {
        name: "rotate_log_key",
        desk: Desk::Rules,
        on: On::Nothing,
        by: By::Registrar,
        title: ("更换账簿密钥", "Rotate the key of the log"),
        lead: (
            "由法定人数共同签署。公钥与证明由 greenlien keygen 在服务器上生成; 重叠期内两把密钥都签署检查点。",
            "The quorum signs it. Key and proof are made on the server by greenlien keygen; both keys sign checkpoints during the overlap.",
        ),
        fields: &[
            must("key", Takes::Hex(32), ("新公钥", "New public key")),
            must(
                "overlap_seconds",
                Takes::Days,
                ("重叠天数", "Overlap in days"),
            ),
            must("proof", Takes::Hex(64), ("持有证明", "Proof of possession")),
        ],
    },
];

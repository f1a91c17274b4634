//! The fixed words of a certificate: Chinese and English side by side.
//!
//! A certificate says what the record says, and no more (ARCHITECTURE section 10). It says nothing of title, of whether a
//! security came into being, of a rank against the world, or of what is not in this register. The test below reads all of it.

pub(super) const PRODUCT: &str =
    "绿押 greenlien · 环境权益担保登记 register of environmental rights used as collateral";
pub(super) const TITLE_ZH: &str = "查询证明";
pub(super) const TITLE_EN: &str = "Search certificate";
pub(super) const CODE: &str = "核验码 code";
pub(super) const SITE: &str = "网页 pages";
/// What is read aloud in the place of the QR code, before what it says.
pub(super) const QR: &str = "二维码, 内容为核验码、账页位置、检查点与登记簿 QR code: verification code, position, checkpoint and log:";

/// The same, where it begins with an address.
pub(super) const QR_SITE: &str = "二维码, 打开本证明在登记系统的网页, 其后为账页位置、检查点与登记簿 QR code: the page of this certificate, with position, checkpoint and log behind it:";

/// A heading or a label.
pub(super) type Pair = (&'static str, &'static str);

pub(super) const NUMBER: Pair = ("编号", "number");
pub(super) const ISSUED: Pair = ("出具时间", "issued");
pub(super) const AS_OF: Pair = ("记录截至", "record as of");
pub(super) const POSITION: Pair = ("账页位置", "position in the log");
pub(super) const CHECKPOINT: Pair = ("检查点", "checkpoint root");
pub(super) const LOG: Pair = ("登记簿", "log");
pub(super) const LAW: Pair = ("登记规则的版本", "version of the law of the register");
pub(super) const SIGNED_BY: Pair = ("检查点签署", "checkpoint signed by");
pub(super) const AUDITORS: Pair = ("其中审计", "auditors among them");
pub(super) const ASKED: Pair = ("查询内容", "asked about");
pub(super) const READER: Pair = ("查询人 (自述)", "asked by, in their words");
pub(super) const PURPOSE: Pair = ("用途 (自述)", "purpose, in their words");

pub(super) const KIND: Pair = ("权益种类", "kind of right");
pub(super) const REGISTRATION: Pair = ("登记号", "registration number");
pub(super) const IDENTITIES: Pair = ("权证标识", "identities");
pub(super) const HOLDER: Pair = ("登记的持有人", "registered holder");
pub(super) const ISSUER: Pair = ("核发机关", "issuer");
pub(super) const VALIDITY: Pair = ("有效期 (首尾日含)", "days, inclusive");
pub(super) const QUANTITY: Pair = ("数量", "quantity");
pub(super) const CLASS: Pair = ("类别", "class");
pub(super) const REVOKED: Pair = ("撤销起始日", "revoked from");
pub(super) const DISPUTED: Pair = ("争议", "dispute");
pub(super) const SUCCESSOR: Pair = ("已由后续权益承接", "succeeded by");
pub(super) const POLICY: Pair = ("适用规则摘要", "digest of its policy");
pub(super) const EFFECT: Pair = ("登记效力类别", "effect class");

pub(super) const FREE: Pair = (
    "本登记系统内未登记负担的数量",
    "Not burdened in this register",
);
pub(super) const PERIOD: Pair = ("期间 (首尾日含)", "period, inclusive");
pub(super) const LEFT: Pair = ("数量", "quantity");

pub(super) const BURDENS: Pair = ("在登负担", "Burdens on record");
pub(super) const BURDEN: Pair = ("登记项", "record");
pub(super) const WHO: Pair = ("权利人/机关", "in favor of");
pub(super) const EXTENT: Pair = ("范围", "extent");
pub(super) const SINCE: Pair = ("登记时间与账页", "registered, position");
pub(super) const REMARKS: Pair = (
    "本登记系统内顺位及附注",
    "own position in this register, remarks",
);

pub(super) const EXTERNAL: Pair = (
    "其他登记机构的登记 (按报告)",
    "Registrations elsewhere, as reported",
);
pub(super) const REGISTER: Pair = ("登记机构", "register");
pub(super) const THEIR_NUMBER: Pair = ("登记号", "their number");
pub(super) const STATUS: Pair = ("状态", "status");
pub(super) const TERM: Pair = ("登记期限", "their term");
pub(super) const CHECKED: Pair = ("查看日", "looked up on");

pub(super) const HISTORY: Pair = ("登记经过", "History of the record");
pub(super) const ENTRY: Pair = ("账页", "entry");
pub(super) const TIME: Pair = ("时间", "time");
pub(super) const ACT: Pair = ("事项", "act");
pub(super) const GIVEN_BY: Pair = ("提交方与签署", "given and signed by");

pub(super) const PLEDGE_HISTORIES: Pair = (
    "担保登记的经过",
    "History of the pledges that stand or stood on it",
);
pub(super) const PLEDGE: Pair = ("担保登记", "pledge");
pub(super) const PLEDGE_HISTORIES_TELL: Pair = (
    "本登记系统中这些担保登记的全部账页, 含已注销的登记与已撤回的异议; 只陈述登记了什么。",
    "Every entry of these pledges in this register, of released ones and of withdrawn objections too; they say what was registered, and no more.",
);

pub(super) const AROUND: Pair = ("需要注意的事实", "What a reader should know");
pub(super) const LIMITS: Pair = ("本证明的范围", "What this certificate covers");
pub(super) const VERIFY: Pair = ("不依赖本机构的核验方法", "How to verify this without us");

/// What the registration is worth where the policy of its kind names no statute that gives it more.
pub(super) const EFFECT_SAYS: Pair = (
    "证据 (登记事实)。法律规定以其他登记为生效或对抗要件的, 以该登记为准",
    "evidence only: that it was recorded here, and when. Where a law makes another registration decide, that one decides",
);
pub(super) const EFFECT_CREATES: Pair = (
    "登记设立: 依所引法律, 担保自登记时设立; 本证明只陈述登记事实",
    "creates: by the law cited, a security comes into being with its registration; this certificate states the registration only",
);
pub(super) const EFFECT_OPPOSES: Pair = (
    "登记对抗: 依所引法律, 未经登记不得对抗善意第三人",
    "opposes: by the law cited, an unregistered security does not hold against third parties in good faith",
);
pub(super) const CITES: Pair = ("依据", "citing");
pub(super) const DECIDES: Pair = ("以此登记为准", "the register that decides by law");
pub(super) const MISSING: Pair = ("未记载", "not recorded");
pub(super) const RECEIPT_MISSING: Pair = ("未记载冻结回执", "no receipt of a freeze is recorded");
pub(super) const OVER: Pair = (
    "报告为在登, 但其期限已过",
    "reported as registered; its term there is over",
);
pub(super) const CLAIMS: Pair = (
    "其他登记系统所载、在此未对应的担保",
    "Claims elsewhere that are not matched here",
);
pub(super) const CLAIM: Pair = (
    "核发机关按其他登记系统的记载注明, 本登记系统未作整理",
    "noted by the issuer from another register, unstructured",
);
pub(super) const OTHER_MORTGAGE: Pair = (
    "核发机关注明: 依法决定的登记机构载有抵押, 本登记系统无对应记录",
    "noted by the issuer: the register that decides by law shows a mortgage, of which there is no record here",
);
pub(super) const NO_BURDEN: Pair = (
    "截至上述时间与位置, 本登记系统内未见该权益的在登负担。",
    "As of this time and position, no burden on this right is found in this register.",
);
pub(super) const NO_EXTERNAL: Pair = (
    "没有其他登记机构的登记情况报告。这不表示其他机构没有登记。",
    "No registration elsewhere was reported. That does not say that there is none.",
);
pub(super) const NOTHING_AROUND: Pair = (
    "所附证据涉及的主体没有密钥恢复、签名异议、更名、合并的记录; 近 92 日内适用规则没有变更。",
    "The evidence shows no recovery of keys, disowned signature, change of name or merger of the parties in it, and no change of the rules within 92 days.",
);
pub(super) const PROVISIONAL: Pair = (
    "临时: 检查点尚未获得足够数量见证机构的签署",
    "provisional: no quorum of witnesses has cosigned this checkpoint",
);

/// The limits, one to a paragraph.
pub(super) const LIMITS_SAY: &[Pair] = &[
    (
        "本证明只陈述上述时间与账页位置上本登记系统的记录。此后的登记不在其中; 使用前请按核验码或以新的证明确认。",
        "This certificate states what this register had recorded at the time and position above. What was recorded later is not in it; ask again before you rely on it.",
    ),
    (
        "未在本登记系统登记的担保、查封和其他权利, 本登记系统不可见。其他登记机构的情况仅为所报告的内容与日期。",
        "Securities, seizures and other rights that were not recorded here cannot be seen from here. What is said of other registers is what was reported, on the day given.",
    ),
    (
        "顺位指本登记系统内的先后位置, 不对其他登记或当事人之间的约定作出认定。",
        "Rank means the position in this register; it decides nothing against other registers or agreements.",
    ),
    (
        "每一登记由提交机构以其自有密钥签署, 冻结和裁定由该机关签署, 或由登记机构两人按纸质文书录入; 名单见登记经过。登记机构不对权属、合同和担保的设立作实质审查。",
        "Every act was signed by the institution that gave it, with its own key; orders of courts are entered from paper by two persons of the registrar. Who signed stands in the history. The registrar does not examine title, contracts or the creation of security.",
    ),
    (
        "记录的正确性 (每项登记均符合规则) 依赖所列审计机构的复算, 或您自己的复算。",
        "That every decision followed the law rests on the auditors named above, or on your own replay.",
    ),
];

/// What stands at the foot of the pages where a character was printed as its number.
pub(super) const LACKS: Pair = (
    "〔U+…〕表示字体中没有的字, 附件中有原字。",
    "〔U+…〕 is a character that the font lacks; the attached file has it.",
);

pub(super) const NOTED: Pair = (
    "担保登记中记载的其他事项",
    "What else the pledges have noted",
);
pub(super) const NOTED_TELL: Pair = (
    "取自所附证据中经过未列全的担保登记的记录; 已撤回的异议不在其中。",
    "Taken from the records of those pledges in the attached evidence whose history it leaves out; objections that were withdrawn are not in it.",
);

/// Where the pages are, told before the steps: in Chinese and English, before and behind the address.
pub(super) const SITE_SAYS: (Pair, Pair) = (
    ("登记系统自述的网页地址: ", "; 核验页: "),
    (
        "The address of its pages as the register states it: ",
        "; the page that verifies: ",
    ),
);
/// What an address is worth.
pub(super) const SITE_WORTH: Pair = (
    "地址只为方便, 不是证明的内容: 核验结论只取决于附件与您信任的公钥; 请与登记机构公布的地址核对。",
    "The address is a convenience and no part of what is proven: a verdict rests on the attached file and on keys that you trust. Compare it with the one that the registrar publishes.",
);

/// The steps of verification, one to a paragraph.
pub(super) const VERIFY_SAYS: &[Pair] = &[
    (
        "本 PDF 内附文件 certificate.json: 全部证据 (账页、签名、状态证明、签署的检查点)。离线核验只需要此文件、公开的程序和您自己选择信任的公钥。",
        "This PDF carries the file certificate.json with all the evidence: entries, signatures, state proofs, and the signed checkpoint. To verify offline you need that file, the public program, and the public keys that you choose to believe.",
    ),
    (
        "1. 不装程序: 打开登记系统网站的「核验」页 (网页地址后加 /verify), 放入本文件; 不上传、无需账户, 该页另存后断网也能用。或取得 greenlien 程序 (开源), 或按公开的格式说明自行编写; 附件也可用 pdfdetach 等工具取出。",
        "1. Without a program: open the page that verifies on the registry's site (its address with /verify) and drop this file there; nothing is uploaded, no account is needed, and the saved page works offline. Or get the program greenlien (open source), or write your own from the public description of the formats; pdfdetach and other tools take the file out too.",
    ),
    (
        "2. 写信任文件: 登记簿和您认可的见证机构的公钥。请从这些机构处取得公钥, 不要从本证明抄录。",
        "2. Write a trust policy with the keys of the log and of the witnesses you believe. Get the keys from them, not from this paper.",
    ),
    (
        "3. 用程序时运行下面的命令。程序逐项检查签名、包含证明、历史完整、状态与数量, 并重新生成本 PDF 与您手中的逐字节比对。",
        "3. With the program, run the command below. It checks signatures, inclusion, completeness of the history, state and quantities one by one, and makes this PDF again to compare it with yours byte by byte.",
    ),
    (
        "4. 若您保存过更早的检查点, 申请时写明其大小 (old), 核验时加上 --old, 可查出登记簿是否被改写或分叉。",
        "4. If you kept an older checkpoint, ask for the certificate with its size (old) and verify with --old: it shows whether the log was rewritten or forked.",
    ),
    (
        "5. 在线: 在登记系统的网页上输入核验码, 可看到同一份证明。编号、出具时间和查询人由登记系统陈述, 只能在线确认。",
        "5. Online: enter the code on the registry's page to see the same certificate. Number, hour of issue and reader are the registry's word and can be confirmed only there.",
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn who_has_no_program_is_led_to_the_page_that_verifies() {
        let said = super::VERIFY_SAYS
            .iter()
            .find(|(zh, _)| zh.contains("不装程序"));
        let (zh, en) = said.unwrap_or(&("", ""));
        assert!(
            zh.contains("/verify") && en.contains("/verify"),
            "{zh} {en}"
        );
    }

    /// What no certificate may say (ARCHITECTURE section 10), in the words in which it is usually said.
    const NEVER: &[&str] = &[
        "无担保",
        "无负担",
        "无抵押",
        "无质押",
        "权属清晰",
        "权属确认",
        "质权已设立",
        "抵押权已设立",
        "优先受偿",
        "第一顺位",
        "实时",
        "区块链",
        "匿名",
        "free of encumbrance",
        "unencumbered",
        "clear title",
        "title is confirmed",
        "validly created",
        "priority is guaranteed",
        "first-ranking",
        "real-time",
        "real time",
        "blockchain",
        "anonymi",
        "loan-to-value",
        "LTV",
        "!",
        "！",
    ];

    #[test]
    fn no_word_of_a_certificate_says_more_than_a_record_can() {
        for (name, text) in [
            ("words.rs", include_str!("words.rs")),
            ("sentences.rs", include_str!("sentences.rs")),
            ("body.rs", include_str!("body.rs")),
        ] {
            let (text, _) = text.split_once("#[cfg(test)]").unwrap_or((text, ""));
            // Only what stands between quotation marks is ever printed.
            let quoted = text
                .split('"')
                .skip(1)
                .step_by(2)
                .collect::<Vec<_>>()
                .join("\n");
            for never in NEVER {
                assert!(!quoted.contains(never), "{name} says {never}");
            }
        }
    }
}

//! Files that a person carries away: evidence and certificates (docs/FORMATS.md section 7).

use crate::http::schema::shape::Type::{
    Count, Exactly, Flag, Inside, List, Of, OneOf, Plain, Text, True, Within,
};
use crate::http::schema::shape::{Form, Members, Shape, members, objects};
use crate::primitives::limits;

/// Hashes of one proof.
const PROOF_MAX: usize = 256;
/// Items of a statement; what the evidence may hold.
const ITEMS_MAX: usize = limits::EVIDENCE_ENTRIES_MAX;
/// Spaces of records.
const SPACES: &[&str] = &[
    "right",
    "pledge",
    "reservation",
    "party",
    "identity",
    "source",
    "cell",
    "policy",
];

const EVIDENCE: Members = members! {
    must "format": Exactly("greenlien-evidence/v2"), "格式", "The format.";
    must "subject": Of("Subject"), "关于什么", "What it is about.";
    must "checkpoint": Of("Note"), "签名的检查点", "The signed checkpoint.";
    must "state_entry": Of("ProvenEntry"), "该检查点的最后一个账页", "The last entry of the checkpoint's tree.";
    must "records": List(&Of("ProvenRecord"), 1, limits::EVIDENCE_ENTRIES_MAX), "各记录及其证明", "Records with their proofs.";
    must "entries": List(&Of("ProvenEntry"), 1, limits::EVIDENCE_ENTRIES_MAX), "各账页及其证明", "Entries with their proofs.";
    may "consistency": Of("OlderSize"), "旧检查点未被改写的证明", "That an older log is a prefix of this one.";
    may "verification": Of("Verification"), "所提的问题及答复", "A question about the subject and its answer.";
};

const SUBJECT: Members = members! {
    must "name": Text, "名称", "The name of the record.";
    must "space": OneOf(SPACES), "空间", "Its space.";
};

const PROVEN_ENTRY: Members = members! {
    must "index": Count, "账页号", "The position in the log.";
    must "entry": Inside("Entry"), "账页的字节", "The bytes of the entry.";
    must "proof": List(&Of("Hash"), 0, PROOF_MAX), "包含证明", "The inclusion proof, leaf sibling first.";
};

const PROVEN_RECORD: Members = members! {
    must "name": Text, "名称", "The name of the record.";
    must "space": OneOf(SPACES), "空间", "Its space.";
    must "proof": Of("StateProof"), "对状态树根的证明", "The proof against the state root.";
    may "value": Inside("StateValue"), "状态树的值; 无则证明不存在", "The text of the state value; absent proves absence.";
    may "history": List(&Count, 1, limits::EVIDENCE_ENTRIES_MAX), "触及它的全部账页", "Every entry that touched it.";
};

const STATE_PROOF: Members = members! {
    must "siblings": List(&Of("Hash"), 0, PROOF_MAX), "旁系哈希", "The siblings on the way to the root.";
    may "leaf": Of("StateLeaf"), "该处的叶", "The leaf that stands there.";
};

const STATE_LEAF: Members = members! {
    must "key": Of("Hash"), "键", "Its key.";
    must "value": Of("Hash"), "值", "Its value.";
};

const OLDER: Members = members! {
    must "size": Count, "旧的大小", "The older size.";
    must "proof": List(&Of("Hash"), 0, PROOF_MAX), "一致性证明", "The consistency proof.";
};

const VERIFICATION: Members = members! {
    must "question": Inside("Question"), "问题", "The question.";
    must "answer": Inside("LawAnswer"), "答复", "What the law answers.";
};

const LAW_ANSWER: Members = members! {
    must "admissible": Flag, "可否接受", "Whether it would be accepted.";
    must "findings": List(&Of("FindingCode"), 0, limits::ENTRY_BYTES_MAX), "校验结论", "The findings.";
    must "law": Within(1, 2), "适用规则版本", "The number of the law.";
};

const CERTIFICATE: Members = members! {
    must "asked": Of("Asked"), "查询内容", "What was asked.";
    must "auditors": List(&Text, 0, limits::CERTIFICATE_AUDITORS_MAX), "登记簿自身政策中的审计方", "Names that the registry's own policy calls auditors.";
    must "code": Of("VerificationCode"), "核验码", "The code.";
    must "evidence": List(&Of("Evidence"), 1, limits::CERTIFICATE_IDENTITIES_MAX), "证据包", "The evidence files that answer.";
    must "format": Exactly("greenlien-certificate/v1"), "格式", "The format.";
    must "issued": Of("Instant"), "出具时间", "When it was issued.";
    must "number": Within(1, 9_007_199_254_740_991), "编号", "Its number.";
    must "statement": Of("Statement"), "陈述: 由证据得出", "What the evidence says.";
    may "provisional": Text, "检查点未获见证签署的原因", "Why its checkpoint is not cosigned.";
    may "reader": Of("CertificateReader"), "查询人与用途", "Who asked and why.";
    may "site": Of("Site"), "登记系统网页的地址, 登记机构自述", "Where the registry says that its pages are.";
};

const ASKED_RIGHT: Members = members! {
    must "right": Of("RightId"), "权益", "A right.";
};

const ASKED_IDENTITIES: Members = members! {
    must "identities": List(&Of("IdentityText"), 1, limits::CERTIFICATE_IDENTITIES_MAX), "标识", "Identities.";
};

const READER: Members = members! {
    may "name": Plain(limits::NAME_CHARS_MAX), "查询人 (自述)", "Who asks, in their words.";
    may "purpose": Plain(limits::NAME_CHARS_MAX), "用途 (自述)", "Why, in their words.";
};

const WITH_READER: Members = members! {
    may "reader": Of("CertificateReader"), "查询人与用途, 原样印出", "Who asks and why, printed as it is given.";
};

const STATEMENT: Members = members! {
    must "found": List(&Of("Found"), 1, limits::CERTIFICATE_IDENTITIES_MAX), "查询结果", "What was found.";
    must "law": Within(1, 2), "最新适用的规则版本", "The latest law in the entries.";
    must "origin": Text, "登记簿名称", "The name of the log.";
    must "region": Of("Region"), "区域代码", "The code of the region.";
    must "registrar": Text, "登记机构", "The name of the registrar.";
    must "root": Of("Hash"), "检查点的根", "The root of the checkpoint.";
    must "signed_by": List(&Text, 1, 64), "检查点上的签名行, 未经核验", "Names on the signature lines of the checkpoint, not verified.";
    must "size": Count, "账页位置", "The size of the log.";
    must "time": Of("Instant"), "登记时间", "Registry time of the state.";
};

const FOUND_NOTHING: Members = members! {
    must "identity": Of("IdentityText"), "标识", "The identity.";
    must "result": Exactly("no record"), "本登记系统内未见登记", "No record is found in this register.";
};

const FOUND_RIGHT: Members = members! {
    must "acts": List(&Of("FoundAct"), 1, ITEMS_MAX), "全部经过", "Every entry of its history.";
    must "burdens": List(&Of("FoundBurden"), 0, limits::RIGHT_ENCUMBRANCES_MAX), "负担", "What burdens it.";
    must "claims": List(&Of("FoundClaim"), 0, ITEMS_MAX), "核发机关注明的、在此未对应的外部担保", "What its issuer says that other registers show, unmatched here.";
    must "external": List(&Of("FoundExternal"), 0, ITEMS_MAX), "其他登记系统的记载", "What other registers say of the burdens.";
    must "free": Of("Free"), "现在及以后未登记负担的部分", "What is not encumbered in this register, now and later.";
    must "from": Of("Day"), "有效期首日", "Its first day.";
    must "to": Of("Day"), "有效期末日的次日", "The day after its last.";
    must "holder": Of("NamedParty"), "持有人", "Who holds it.";
    must "identities": List(&Of("IdentityText"), 1, limits::IDENTITIES_MAX), "权证标识", "Its identities.";
    must "issuer": Of("NamedParty"), "核发机关", "Who issued it.";
    must "kind": Of("Name"), "种类", "The kind.";
    must "missing": List(&Of("MissingExternal"), 0, ITEMS_MAX), "规则要求而未记载的外部登记", "Registers in which the policy wants a burden and that no report names.";
    must "notes": List(&Of("FoundNote"), 0, ITEMS_MAX), "关于各方的说明", "Notes on the parties.";
    must "number": Text, "登记编号", "The registration number.";
    must "pledge_acts": List(&Of("PledgeAct"), 0, ITEMS_MAX), "现有及曾有的各项担保的经过", "Every entry of the pledges that stand or stood on it, as far as the file has room.";
    must "pledges_left_out": List(&Of("PledgeLeftOut"), 0, ITEMS_MAX), "经过未列入的担保", "Pledges whose entries the file has no room for.";
    must "pledge_notes": List(&Of("PledgeNote"), 0, ITEMS_MAX), "各项担保在各行之外的记载", "What the pledges of the burdens say beyond their lines.";
    must "policy": Of("Hash"), "规则摘要", "The digest of the policy.";
    must "policy_changes": List(&Of("PolicyVersion"), 0, ITEMS_MAX), "近期生效的规则变更", "Changes of the policy within 92 days.";
    must "quantity": Of("Quantity"), "最大数量", "The most it ever has.";
    must "result": Exactly("record"), "有登记", "A record is found.";
    must "right": Of("RightId"), "权益", "The right.";
    must "unit": Of("Unit"), "单位", "The unit.";
    may "adjudication": Of("Hash"), "裁决摘要", "The digest of the ruling; it is disputed.";
    may "class": Text, "类别", "The class.";
    may "effect": Of("Effect"), "登记的法律效力; 规则未写则无此项", "What the registration does in law; absent where the policy does not say.";
    may "revoked_from": Of("Day"), "撤销起始日", "The day from which it is revoked.";
    may "succeeded_by": Of("RightId"), "已由其承继", "The right that succeeds it.";
};

const EFFECT: Members = members! {
    must "cites": Text, "依据", "The law that it cites.";
    must "class": OneOf(&["creates", "opposes", "evidence"]), "登记设立、登记对抗或证据", "Whether it creates the security, lets it hold against third parties, or is evidence only.";
    may "decides": Text, "依法以其登记为准的登记机构", "The register whose entry decides by law.";
};

const FOUND_CLAIM: Members = members! {
    must "attribute": Of("ShortName"), "记载名称", "The attribute.";
    must "finding": Within(8_004, 8_005), "校验目录中的编号", "Its number in the catalogue of checks.";
    must "text": Text, "核发机关的表述", "The issuer's words.";
};

const MISSING_EXTERNAL: Members = members! {
    must "burden": Of("BurdenId"), "负担", "The burden.";
    must "register": Of("Name"), "外部登记系统", "The other register.";
    may "receipt": True, "持有权益单位的登记机构, 应有冻结回执", "It holds the units, and its receipt of a freeze is wanted.";
};

const FOUND_BURDEN: Members = members! {
    must "behind": List(&Of("BurdenId"), 0, limits::RIGHT_ENCUMBRANCES_MAX), "在先负担", "The burdens that it stands behind.";
    must "entry": Count, "登记它的账页", "The entry that registered it.";
    must "id": Of("BurdenId"), "名称", "Its name.";
    must "objections": Count, "有效异议数", "Objections that count.";
    may "cap": Of("Yuan"), "担保限额(元)", "The cap.";
    may "form": OneOf(&["质押", "抵押"]), "担保形式", "The form.";
    may "party": Of("NamedParty"), "担保权人或冻结机关", "Who is secured, or who ordered it.";
    may "registered": Of("Instant"), "登记时间", "When it was registered.";
    may "whole": True, "全部", "It takes the whole right.";
};

const BURDEN_EXTENT: Members = members! {
    may "quantity": Of("Quantity"), "数量", "How much it takes.";
    may "from": Of("Day"), "首日", "The first day.";
    may "to": Of("Day"), "末日的次日", "The day after the last.";
    may "expires": Of("Instant"), "失效时刻", "When it ends by itself.";
    may "overhang": Of("Overhang"), "悬空", "What hangs over of it.";
};

const FOUND_EXTERNAL: Members = members! {
    must "burden": Of("BurdenId"), "负担", "The burden.";
    must "checked": Of("Day"), "查询日期", "The day on which it was looked up.";
    must "number": Text, "外部登记号", "The number there.";
    must "register": Of("Name"), "外部登记系统", "The other register.";
    must "status": OneOf(&["registered", "lapsed", "cancelled", "absent"]), "状态", "What it says.";
    may "over": True, "报告为在登, 但其期限已过", "It was reported as registered, and its term there is over.";
    may "from": Of("Day"), "首日", "The first day of the term there.";
    may "to": Of("Day"), "末日的次日", "The day after the last.";
};

const FREE_ENDED: Members = members! {
    must "ended": True, "权益已终止", "The right has ended.";
};

const FREE_STOCK: Members = members! {
    must "quantity": Of("Quantity"), "数量", "How much.";
};

const FREE_FLOW: Members = members! {
    must "parts": List(&Of("Segment"), 0, 1_024), "各期数量", "How much in each part.";
};

const FREE_WHOLE: Members = members! {
    must "whole": Flag, "全部未登记负担", "Whether all of it.";
};

const FREE_YEARS: Members = members! {
    must "years": List(&Of("Span"), 0, 1_024), "年度", "The years.";
};

const FOUND_ACT: Members = members! {
    must "act": Of("ShortName"), "指令类型", "The type of the command.";
    must "entry": Count, "账页", "The entry.";
    must "law": Within(1, 2), "适用规则版本", "The number of the law.";
    must "org": Of("NamedParty"), "发出者", "Who gave it.";
    must "signers": List(&Text, 1, limits::SIGNATURES_MAX), "签署人", "Who signed: party and part.";
    must "time": Of("Instant"), "登记时间", "Registry time.";
    may "attested": List(&Text, 1, ITEMS_MAX), "由他人声明的同意: 主体与方式", "Whose consents were attested: party and class.";
};

const PLEDGE_ACT: Members = members! {
    must "act": Of("ShortName"), "指令类型", "The type of the command.";
    must "entry": Count, "账页", "The entry.";
    must "law": Within(1, 2), "适用规则版本", "The number of the law.";
    must "org": Of("NamedParty"), "发出者", "Who gave it.";
    must "pledge": Of("PledgeId"), "担保", "The pledge.";
    must "signers": List(&Text, 1, limits::SIGNATURES_MAX), "签署人", "Who signed: party and part.";
    must "time": Of("Instant"), "登记时间", "Registry time.";
    may "attested": List(&Text, 1, ITEMS_MAX), "由他人声明的同意: 主体与方式", "Whose consents were attested: party and class.";
};

const PLEDGE_LEFT_OUT: Members = members! {
    must "entries": Count, "账页数", "How many entries it has seen.";
    must "pledge": Of("PledgeId"), "担保", "The pledge.";
};

const NAMED: Members = members! {
    must "id": Of("PartyId"), "主体编号", "Its id.";
    may "name": Text, "名称", "Its name.";
};

const PLEDGE_NOTE: Members = members! {
    must "about": OneOf(&["maximum", "determined", "former", "attested", "joint"]), "关于什么", "What it is about.";
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
    may "class": OneOf(&["paper", "video"]), "声明的方式", "How the consent was given.";
    may "document": Of("Hash"), "扫描件或录像的摘要", "The digest of the scan or of the recording.";
    may "entry": Count, "账页", "The entry.";
    may "first": Count, "被分割权益上的行", "The line on the right that was split.";
    may "from": Of("Day"), "债权确定期间首日", "The first day in which claims may arise.";
    may "party": Of("NamedParty"), "主体", "The party.";
    may "quantity": Of("Quantity"), "共同担保的数量", "How much the lines secure together.";
    may "second": Count, "分出权益上的行", "The line on the right that came of it.";
    may "subrogation": True, "保证人代位", "A guarantor that paid stepped in.";
    may "to": Of("Day"), "债权确定期间末日的次日", "The day after its last.";
    may "until": Count, "至何账页", "The entry that ended it.";
};

const NOTE: Members = members! {
    must "about": OneOf(&["recovery", "dispute", "ended", "former name"]), "关于什么", "What it is about.";
    must "entry": Count, "账页", "The entry.";
    must "party": Of("NamedParty"), "主体", "The party.";
    may "ready": Of("Instant"), "恢复可完成的时刻", "When a recovery may be completed.";
    may "ended": OneOf(&["vetoed", "completed"]), "恢复的结果", "How a recovery ended.";
    may "ended_entry": Count, "结束恢复的账页", "The entry that ended a recovery.";
    may "from_entry": Count, "异议的起始账页", "From which entry on a dispute is.";
    may "resolved_entry": Count, "处理异议的账页", "The entry that resolved a dispute.";
    may "successor": Of("PartyId"), "代其行事的主体", "The party that acts in its place.";
    may "name": Text, "曾用名", "The former name.";
};

/// Shapes of files.
pub(super) const OBJECTS: &[Shape] = objects! {
    "Evidence" [EVIDENCE] Refused, "证据包: 可离线核验", "An evidence file: it verifies offline (docs/FORMATS.md 7.1).";
    "Subject" [SUBJECT] Refused, "证据的对象", "What evidence is about: a right, a pledge, or an identity that nobody has.";
    "ProvenEntry" [PROVEN_ENTRY] Refused, "账页及其证明", "An entry with its inclusion proof.";
    "ProvenRecord" [PROVEN_RECORD] Refused, "记录及其证明", "A record, or its absence, with its state proof.";
    "StateProof" [STATE_PROOF] Refused, "状态树证明", "A proof of the state tree.";
    "StateLeaf" [STATE_LEAF] Refused, "状态树的叶", "A leaf of the state tree.";
    "OlderSize" [OLDER] Refused, "一致性证明", "That an older log is a prefix.";
    "Verification" [VERIFICATION] Refused, "问题与答复", "A question and its answer, each canonical JSON.";
    "LawAnswer" [LAW_ANSWER] Refused, "规则的答复", "What the law answers.";
    "Certificate" [CERTIFICATE] Refused, "查询证明", "A search certificate (docs/FORMATS.md 7.10).";
    "AskedRight" [ASKED_RIGHT] Refused, "按编号查询", "A right was asked about.";
    "AskedIdentities" [ASKED_IDENTITIES] Refused, "按标识查询", "Identities were asked about.";
    "CertificateReader" [READER] Refused, "查询人与用途 (自述)", "Who asks for a certificate and why, in their own words.";
    "RightCertificateRequest" [ASKED_RIGHT, WITH_READER] Refused, "就一项权益出具", "A certificate about a right.";
    "IdentityCertificateRequest" [ASKED_IDENTITIES, WITH_READER] Refused, "就标识出具", "A certificate about identities; each is answered by its right, or by the proof that nobody has it.";
    "Statement" [STATEMENT] Refused, "查询证明的陈述", "The statement of a certificate; a function of its evidence.";
    "FoundNothing" [FOUND_NOTHING] Refused, "本登记系统内未见登记", "No record is found in this register.";
    "FoundRight" [FOUND_RIGHT] Refused, "查到的权益", "A right as a statement tells it.";
    "FoundBurden" [FOUND_BURDEN, BURDEN_EXTENT] Refused, "查到的负担", "A burden as a statement tells it.";
    "FoundExternal" [FOUND_EXTERNAL] Refused, "其他登记系统的记载", "What another register says of a burden.";
    "Effect" [EFFECT] Refused, "登记的法律效力", "What the registration of a kind does in law, as its policy cites it.";
    "FoundClaim" [FOUND_CLAIM] Refused, "未对应的外部担保", "A claim elsewhere that is not matched here, in the issuer's words.";
    "MissingExternal" [MISSING_EXTERNAL] Refused, "未记载的外部登记", "A register in which the policy wants a burden and that no report names.";
    "FreeEnded" [FREE_ENDED] Refused, "权益已终止", "The right has ended.";
    "FreeStock" [FREE_STOCK] Refused, "存量", "Of a stock.";
    "FreeFlow" [FREE_FLOW] Refused, "流量", "Of a flow.";
    "FreeWhole" [FREE_WHOLE] Refused, "整体", "Of land taken whole.";
    "FreeYears" [FREE_YEARS] Refused, "年度", "Of land by the year.";
    "FoundAct" [FOUND_ACT] Refused, "一项经过", "An entry of a history as a statement tells it.";
    "PledgeAct" [PLEDGE_ACT] Refused, "担保的一项经过", "An entry of the history of a pledge as a statement tells it.";
    "PledgeLeftOut" [PLEDGE_LEFT_OUT] Refused, "经过未列入的担保", "A pledge whose entries a file has no room for.";
    "NamedParty" [NAMED] Refused, "主体及名称", "A party with its name.";
    "FoundNote" [NOTE] Refused, "关于主体的说明", "A note on a party.";
    "PledgeNote" [PLEDGE_NOTE] Refused, "担保登记中的记载", "A note in a pledge.";
};

/// Files of several forms.
pub(super) const CHOICES: &[Shape] = &[
    Shape {
        name: "Asked",
        form: Form::ByMembers(&["AskedRight", "AskedIdentities"]),
        zh: "查询内容",
        en: "What was asked.",
    },
    Shape {
        name: "CertificateRequest",
        form: Form::ByMembers(&["RightCertificateRequest", "IdentityCertificateRequest"]),
        zh: "申请查询证明",
        en: "What a search certificate is to be about: `right`, or `identities`.",
    },
    Shape {
        name: "Found",
        form: Form::ByWord(
            "result",
            &[("record", "FoundRight"), ("no record", "FoundNothing")],
        ),
        zh: "查询结果",
        en: "What was found.",
    },
    Shape {
        name: "Free",
        form: Form::ByMembers(&[
            "FreeEnded",
            "FreeStock",
            "FreeFlow",
            "FreeWhole",
            "FreeYears",
        ]),
        zh: "未登记负担的部分",
        en: "What is not encumbered in this register.",
    },
];

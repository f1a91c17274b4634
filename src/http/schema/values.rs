//! Values: ids, quantities, days, hashes, names (docs/FORMATS.md section 1), and the small objects that everything shares.

use crate::http::schema::shape::Type::{Coded, Count, Exactly, List, Of, OneOf, True};
use crate::http::schema::shape::{Form, Members, Shape, members, objects};
use crate::primitives::limits;

macro_rules! texts {
    ($($name:literal $pattern:literal $example:literal, $zh:literal, $en:literal;)*) => {
        &[$(Shape { name: $name, form: Form::Text($pattern, $example), zh: $zh, en: $en }),*]
    };
}

/// Texts of a fixed form.
pub(super) const TEXTS: &[Shape] = texts! {
    "RightId" "^R(0|[1-9][0-9]{0,15})$" "R41", "权益编号: R 和登记它的账页号", "The id of a right: R and the index of the entry that created it.";
    "PledgeId" "^P(0|[1-9][0-9]{0,15})$" "P57", "担保登记编号: P 和账页号", "The id of a pledge: P and the index of the entry that created it.";
    "ReservationId" "^V(0|[1-9][0-9]{0,15})$" "V58", "预登记编号: V 和账页号", "The id of a reservation: V and the index of the entry that created it.";
    "SecuredId" "^[PV](0|[1-9][0-9]{0,15})$" "P57", "担保登记或预登记的编号", "The id of a pledge or of a reservation.";
    "FreezeId" "^F(0|[1-9][0-9]{0,15})$" "F60", "冻结编号: F 和账页号", "The id of a freeze: F and the index of the entry that created it.";
    "PartyId" "^M(0|[1-9][0-9]{0,15})$" "M12", "主体编号: M 和账页号; M0 是登记机构", "The id of a party: M and the index of the entry that created it; M0 is the registrar.";
    "RecordId" "^[RPVM](0|[1-9][0-9]{0,15})$" "R41", "记录编号", "The id of a right, a pledge, a reservation or a party.";
    "HidingId" "^[MP](0|[1-9][0-9]{0,15})$" "P57", "含隐藏值的记录编号", "The id of a party or a pledge, whose record hides values.";
    "BurdenId" "^([PV](0|[1-9][0-9]{0,15})\\.(0|[1-9][0-9]{0,4})|F(0|[1-9][0-9]{0,15}))$" "P57.0", "负担名称: 登记编号和行号, 或冻结编号", "The name of a burden: a pledge or a reservation and the number of its line, or a freeze.";
    "LineId" "^P(0|[1-9][0-9]{0,15})\\.(0|[1-9][0-9]{0,4})$" "P57.0", "担保登记编号和行号", "A pledge and the number of its line.";
    "StateName" "^(right|pledge|reservation|party|identity|source|cell|policy)\\|.+$" "pledge|P57", "状态树中的记录: 空间|名称", "A record of the state tree: space|name.";
    "StateNameOfRight" "^right\\|R[0-9]+$" "right|R41", "状态树中的权益", "A right in the state tree.";
    "StateNameOfPledge" "^pledge\\|P[0-9]+$" "pledge|P57", "状态树中的担保登记", "A pledge in the state tree.";
    "StateNameOfReservation" "^reservation\\|V[0-9]+$" "reservation|V58", "状态树中的预登记", "A reservation in the state tree.";
    "StateNameOfParty" "^party\\|M[0-9]+$" "party|M12", "状态树中的主体", "A party in the state tree.";
    "StateNameOfPlace" "^(identity|source|cell|policy)\\|.+$" "cell|x10665y2935", "状态树中的标识、来源、网格或规则", "An identity, a source, a cell or a policy in the state tree.";
    "Index" "^(0|[1-9][0-9]{0,15})$" "41", "账页号, 十进制, 无前导零", "The index of an entry, in decimal without leading zeros.";
    "Cursor" "^[0-9A-Za-z.]{1,32}$" "41", "翻页位置: 上一页的 next", "A place in a listing: `next` of the page before.";
    "Hash" "^[0-9a-f]{64}$" "2e8cca91e2831b74ddda91da7d678ed7a38901162cf096059666dc8e84eb0b84", "SHA-256, 64 位小写十六进制", "A SHA-256 value in 64 lowercase hexadecimal digits.";
    "PublicKey" "^[0-9a-f]{64}$" "6e7a1cdd29b0b78fd13af4c5598feff4ef2a97166e3ca6f2e4fbfccd80505bf1", "Ed25519 公钥, 64 位十六进制", "An Ed25519 public key in hexadecimal digits.";
    "KeyId" "^[0-9a-f]{64}$" "7599776c3085e3f9da0d13071eb0b4ab50fd2bf64c06dd92c2365af3a328eca3", "公钥的 SHA-256", "The SHA-256 of a public key.";
    "SignatureHex" "^[0-9a-f]{128}$" "76cee8f4f47a5dd6292cbf3a1c52cb1c199b13951afd157d301662acba0deae29d22352fcefb4c9dfe81d4c134673a99e9b00cbf989b994f55f2c844834ed40d", "Ed25519 签名, 128 位十六进制", "An Ed25519 signature in hexadecimal digits.";
    "SignatureBase64" "^[A-Za-z0-9_-]{86}$" "zNB-4EpKrDT0m1FXjR1hh0JwQA4CPBetiihF0U4nIhHfmA0OSdHXZ5oWQqjOWfYhGY8F6DgYyADyb3GNPMXwDg", "Ed25519 签名, base64url", "An Ed25519 signature in base64url without padding.";
    "Salt" "^([0-9a-f]{2}){16,64}$" "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "16 至 64 个随机字节, 十六进制", "16 to 64 random bytes in hexadecimal digits.";
    "CommandId" "^[0-9a-f]{32}$" "55555555555555555555555555555555", "客户端自选的 16 个随机字节; 每个主体只用一次", "16 random bytes that the client chooses; consumed once per party.";
    "Audience" "^[!-~]{1,256}$" "registry.example/greenlien/500113#0d6c5479a0f307b2e385909bf2fc1806150abf05607919758161cc44fb8b4ebc", "登记簿名称, #, 第 0 账页的哈希", "The origin of the log, #, and the hash of entry 0.";
    "Note" "^([^\n]+\n)+\n(— [^\n]+\n)+$" "registry.example/greenlien/500113\n7\nq1/Ds0aYbO2VLZ8xw0gYwRb5SeJvVbyyVZP0b5FXx5M=\n\n— registry.example/greenlien/500113 NHUPmA==\n", "签名的检查点 (C2SP signed note)", "A signed checkpoint (C2SP signed note).";
    "Day" "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" "2026-12-01", "日期", "A day of the Gregorian calendar.";
    "Month" "^[0-9]{4}-[0-9]{2}$" "2026-12", "月份", "A month.";
    "Years" "^[0-9]{4}-[0-9]{4}$" "2026-2027", "首年和末年, 均含", "The first and the last year, both included.";
    "Instant" "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z$" "2026-12-01T02:03:04.123456Z", "UTC 时刻", "An instant in UTC; what the registry writes has six digits.";
    "Quantity" "^(0|[1-9][0-9]{0,11})(\\.[0-9]+)?$" "80.5", "数量, 十进制字符串, 单位在旁", "A quantity as a decimal string; its unit stands beside it.";
    "Yuan" "^(0|[1-9][0-9]*)(\\.[0-9]+)?$" "25440000.5", "人民币元, 十进制字符串", "An amount in yuan as a decimal string.";
    "Area" "^(0|[1-9][0-9]*)$" "120000", "面积的两倍, 以 1e-7 度的平方计", "Twice an area, in squared units of 1e-7 degree.";
    "Overhang" "^(whole|(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?)$" "5", "悬空: 数量, 或 whole(全部)", "What hangs over: a quantity, or `whole`.";
    "Name" "^[a-z0-9_-]{1,32}$" "emission", "名称: 种类、标识方案、职权、层", "A name: of a kind, a scheme, a duty or a layer.";
    "GreenCategory" "^[0-9A-Za-z.:_-]{1,32}$" "GIC2019:1.5.1", "绿色贷款的目录代码", "The category of a loan in a catalogue of green finance.";
    "ShortName" "^[a-z0-9_]{1,32}$" "contract_no", "短名称: 属性或隐藏值", "A short name: of an attribute or a hidden value.";
    "Person" "^[a-z0-9-]{1,32}$" "b-01", "密钥持有人的代号", "The pseudonym of the person who holds a key.";
    "Region" "^[0-9]{6,12}$" "500113", "行政区划代码", "The code of a region.";
    "CreditCode" "^[0-9A-HJ-NPQRTUWXY]{18}$" "91500113MA5UBK0AXF", "统一社会信用代码 (GB 32100-2015)", "A unified social credit code (GB 32100-2015).";
    "IdentityText" "^[a-z0-9_-]{1,32}:.+$" "discharge-permit:91500113PP7QNGFH31001R|SO2", "标识: 方案:值, 规范形式", "An identity, `<scheme>:<value>` in normal form.";
    "Unit" "^.{1,120}$" "t/a", "该种类权益的计量单位", "The unit of the kind.";
    "Polygon" "^.+$" "1065000000,293000000 1000,0 0,1000 -1000,0", "界址: 一个文本 (FORMATS 1.8)", "A polygon as one text (docs/FORMATS.md 1.8).";
    "CellName" "^(x-?[0-9]+y-?[0-9]+|R[0-9]+)$" "x10665y2935", "网格单元, 或无界址的依托宗地", "A cell of the grid, or a named parcel without a polygon.";
    "VerificationCode" "^[0-9A-HJ-NPQRTUWXY]{16}$" "7KQ4M2TX9RNBH5CY", "查询证明核验码, 16 个字符", "The code of a certificate: 16 characters.";
    "Site" "^https?://[a-z0-9.-]+(:[1-9][0-9]{0,4})?$" "https://registry.example", "登记系统网页的地址", "Where the pages of the register are.";
    "WebhookName" "^[a-z0-9-]{1,40}$" "bank-a", "回调的名称", "The name of a webhook.";
    "Path" "^/[!-~]*$" "/v1/statistics/lines?at=41&kind=emission&state=open", "本服务内的路径", "A path of this service.";
    "ProblemType" "^/(findings/[1-9][0-9]{3}|problems/[a-z-]+)$" "/findings/3002", "问题类型: /findings/编号 或 /problems/名称", "The type of a problem: `/findings/<code>` or `/problems/<name>`.";
};

const SPAN: Members = members! {
    must "from": Of("Day"), "首日", "The first day.";
    must "to": Of("Day"), "末日的次日", "The day after the last.";
};

const IDENTITY: Members = members! {
    must "scheme": Of("Name"), "标识方案", "The scheme.";
    must "value": Of("IdentityValue"), "规范形式的值, 各部分以 | 连接", "The value in normal form, its parts joined with |.";
};

const STEP: Members = members! {
    must "from": Of("Day"), "自该日起", "From this day on.";
    must "quantity": Of("Quantity"), "数量", "The quantity.";
};

const SIGNER: Members = members! {
    must "org": Of("PartyId"), "主体", "The party.";
    must "role": OneOf(&["maker", "checker"]), "经办或复核", "The part that the signature plays.";
};

const OFFERED_KEY: Members = members! {
    must "key": Of("PublicKey"), "公钥", "The key.";
    must "person": Of("Person"), "持有人代号", "The pseudonym of the person who holds it.";
    must "proof": Of("SignatureHex"), "该密钥对 greenlien/key/v1|aud|kid|person 的签名", "Its signature over `greenlien/key/v1|<aud>|<kid>|<person>`.";
};

const HELD_KEY: Members = members! {
    must "key": Of("PublicKey"), "公钥", "The key.";
    must "person": Of("Person"), "持有人代号", "The pseudonym of the person who holds it.";
};

const SIGNING_RULE: Members = members! {
    must "command": Of("ShortName"), "指令类型", "The type of command.";
    must "threshold": Count, "须签署人数", "How many persons sign it.";
};

const SIGNING_PART: Members = members! {
    must "kid": Of("KeyId"), "密钥", "The key.";
    must "part": OneOf(&["maker", "checker"]), "只以此身份签署", "The part that it signs in, and no other.";
};

const OPENING: Members = members! {
    must "claim": Of("ShortName"), "隐藏值的名称", "The name of the hidden value.";
    must "salt": Of("Salt"), "盐", "The salt.";
    must "value": Of("OpeningValue"), "值", "The value.";
};

const JWS_SIGNATURE: Members = members! {
    must "protected": Coded("SignatureHeader"), "受保护首部, base64url", "The protected header in base64url.";
    must "signature": Of("SignatureBase64"), "签名", "The signature.";
};

const SIGNATURE_HEADER: Members = members! {
    must "alg": OneOf(&["Ed25519", "EdDSA"]), "算法: 同一算法的两个名称", "The algorithm; the two names mean the same.";
    must "kid": Of("KeyId"), "密钥", "The key.";
    must "role": OneOf(&["maker", "checker"]), "经办或复核", "The part that the signature plays.";
    must "typ": Exactly("greenlien-cmd+jws"), "类型", "What it is.";
};

const JWS: Members = members! {
    must "payload": Coded("CommandPayload"), "指令内容的规范 JSON, base64url", "The canonical payload in base64url.";
    must "signatures": List(&Of("JwsSignature"), 1, limits::SIGNATURES_MAX), "指令所列各方的签名", "The signatures of every party that the payload names.";
};

/// What another register says; in the command and in the record.
pub(super) const EXTERNAL: Members = members! {
    must "register": Of("Name"), "外部登记系统", "The other register.";
    must "number": Of("PlainText"), "外部登记号", "The number there.";
    must "status": OneOf(&["registered", "lapsed", "cancelled", "absent"]), "状态", "What it says.";
    must "checked": Of("Day"), "查询日期", "The day on which it was looked up.";
    may "term": Of("Span"), "外部登记期限", "The term there.";
};

/// A line as records and events hold it.
pub(super) const LINE: Members = members! {
    must "right": Of("RightId"), "负担所在的权益", "The right that it burdens.";
    may "quantity": Of("Quantity"), "数量(存量、流量)", "How much of it (stock, flow).";
    may "from": Of("Day"), "首日(流量、年度)", "The first day (flow, years).";
    may "to": Of("Day"), "末日的次日", "The day after the last.";
    may "behind": List(&Of("BurdenId"), 1, limits::RIGHT_ENCUMBRANCES_MAX), "列于其后的在先负担", "The burdens that it stands behind.";
    may "expires": Of("Instant"), "随债务期限届满失效的时刻(担保)", "When it lapses with the term of the claim (pledges).";
    may "released": True, "已解除", "It is released.";
};

/// Small objects.
pub(super) const OBJECTS: &[Shape] = objects! {
    "Span" [SPAN] Refused, "期间: 含首日, 不含末日的次日", "Days from the first up to, not including, `to`.";
    "Identity" [IDENTITY] Refused, "权证标识", "An identity of a right.";
    "Step" [STEP] Refused, "流量的一级: 自某日起的数量", "A step of a flow: the quantity from a day on.";
    "Signer" [SIGNER] Refused, "一个签署人", "One signature that a command carries.";
    "OfferedKey" [OFFERED_KEY] Refused, "提交的密钥及持有证明", "A key with the proof that its holder has it.";
    "HeldKey" [HELD_KEY] Refused, "密钥和持有人代号", "A key and who holds it.";
    "SigningRule" [SIGNING_RULE] Refused, "某类指令的签署人数", "How many persons sign a type of command.";
    "SigningPart" [SIGNING_PART] Refused, "只以一种身份签署的密钥", "A key that signs in one part alone.";
    "Opening" [OPENING] Refused, "隐藏值的揭示", "What a hidden digest stands for.";
    "JwsSignature" [JWS_SIGNATURE] Refused, "一个签名 (JWS)", "One signature of a JWS in General JSON serialization.";
    "SignatureHeader" [SIGNATURE_HEADER] Refused, "签名的受保护首部", "The protected header of a signature; canonical JSON.";
    "Jws" [JWS] Refused, "签署的指令 (JWS General JSON)", "A signed command: JWS General JSON over the canonical payload.";
    "Line" [LINE] Refused, "担保登记或预登记的一行", "One line of a pledge or a reservation. A stock has a quantity, a flow a quantity and days, years have days, the whole of a right has none of them.";
    "ExternalReport" [EXTERNAL] Refused, "其他登记系统的记载", "What another register says.";
};

/// Texts with a length.
pub(super) const LENGTHS: &[(&str, usize, &str, &str)] = &[
    (
        "PlainText",
        limits::NAME_CHARS_MAX,
        "一行可见文字",
        "One printable line of text.",
    ),
    (
        "IdentityValue",
        limits::IDENTITY_CHARS_MAX,
        "标识的值",
        "The value of an identity in normal form.",
    ),
    (
        "PolicyText",
        limits::POLICY_BYTES_MAX,
        "规则文本 (TOML)",
        "A policy in TOML.",
    ),
    (
        "OpeningValue",
        1_024,
        "隐藏的值",
        "A value that a digest hides, in at most 1,024 bytes of UTF-8.",
    ),
];

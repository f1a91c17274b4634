//! Parties: their record and the bodies of the commands about them (docs/FORMATS.md sections 2.6 and 5.4).

use crate::http::schema::shape::Type::{Count, List, Map, Of, OneOf, Within};
use crate::http::schema::shape::{Members, Shape, members, objects};
use crate::primitives::limits;

/// Roles in the order in which they are written.
const ROLES: &[&str] = &[
    "registrar",
    "authority",
    "bank",
    "guarantor",
    "court",
    "holder",
];
/// What a party is, in its record and in the command that admits it.
pub(super) const PARTY: Members = members! {
    must "roles": List(&OneOf(ROLES), 1, 6), "身份, 依固定次序", "The roles, each once, in this order.";
    must "duties": List(&Of("Name"), 0, 16), "核发权限, 升序", "What it may issue: names of duties, ascending.";
    must "threshold": Within(1, limits::SIGNING_THRESHOLD_MAX), "须签署人数", "How many persons sign for it.";
    may "name": Of("PlainText"), "登记名称; 自然人隐藏", "The registered name; hidden for natural persons.";
    may "credit_code": Of("CreditCode"), "统一社会信用代码", "The credit code.";
    may "region": Of("Region"), "区域代码", "The code of its region.";
    may "hidden": Map("ShortName", &Of("Hash"), limits::HIDDEN_MAX), "隐藏值的摘要", "Digests of hidden values, by name.";
};

/// What law 2 added to a party's record.
pub(super) const PARTY_MORE: Members = members! {
    may "former_names": List(&Of("FormerName"), 1, limits::PARTY_NOTES_MAX), "曾用名", "Former names, oldest first.";
    may "signing": List(&Of("SigningRule"), 1, limits::SIGNING_RULES_MAX), "各类指令的签署人数", "How many persons sign which types of command.";
    may "parts": List(&Of("SigningPart"), 1, limits::PARTY_KEYS_MAX), "只以一种身份签署的密钥", "Keys that sign in one part alone.";
    may "disputes": List(&Of("Dispute"), 1, limits::PARTY_NOTES_MAX), "对账页的异议", "Disputes of entries that a lost key signed.";
    may "recoveries": List(&Of("Recovery"), 1, limits::PARTY_NOTES_MAX), "密钥恢复", "Recoveries of its keys.";
    may "recovery_keys": List(&Of("HeldKey"), 1, limits::PARTY_KEYS_MAX), "进行中的恢复所提交的密钥", "The keys of the open recovery.";
    may "predecessors": List(&Of("RelatedParty"), 1, limits::PARTY_NOTES_MAX), "被承继主体", "Parties that it succeeds.";
    may "successors": List(&Of("RelatedParty"), 1, limits::PARTY_NOTES_MAX), "承继主体", "Parties that succeed it.";
    may "handed": List(&Of("HandedKind"), 1, limits::PARTY_NOTES_MAX), "移交的权益种类", "Kinds of right that go on under parties which came out of it.";
    may "ended": Of("PartyEnd"), "终止", "How it ended.";
    may "log_keys": List(&Of("LogKey"), 1, limits::PARTY_NOTES_MAX), "日志密钥的更换(仅 M0)", "Changes of the log key; of `M0` alone.";
    may "erased": List(&Of("Erased"), 1, limits::HIDDEN_MAX), "已删除的隐藏值", "Hidden values whose openings were destroyed.";
};

const KEYS: Members = members! {
    must "keys": List(&Of("PartyKey"), 0, limits::PARTY_KEYS_MAX), "各时期的密钥", "Its keys over time.";
};

const PARTY_KEY: Members = members! {
    must "added": Count, "增加它的账页", "The entry that added it.";
    must "key": Of("PublicKey"), "公钥", "The key.";
    must "person": Of("Person"), "持有人代号", "The pseudonym of the person who holds it.";
    may "revoked": Count, "吊销它的账页", "The entry that revoked it.";
};

const FORMER_NAME: Members = members! {
    must "name": Of("PlainText"), "名称", "The name.";
    must "until": Count, "终止该名称的账页", "The entry that ended it.";
};

const DISPUTE: Members = members! {
    must "entry": Count, "提出异议的账页", "The entry that disputed.";
    must "kid": Of("KeyId"), "密钥", "The key.";
    must "from": Count, "自该账页起", "From this entry on.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    may "resolved": Count, "处理它的账页", "The entry that resolved it.";
    may "decision": Of("Hash"), "处理文件摘要", "The digest of the decision.";
};

const RECOVERY: Members = members! {
    must "entry": Count, "申请恢复的账页", "The entry that asked for it.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "ready": Of("Instant"), "此后可完成", "When it may be completed.";
    may "end": OneOf(&["vetoed", "completed"]), "结果", "How it ended.";
    may "ended": Count, "结束它的账页", "The entry that ended it.";
};

const RELATED: Members = members! {
    must "entry": Count, "账页", "The entry that says so.";
    must "party": Of("PartyId"), "主体", "The party.";
};

const KIND_TO: Members = members! {
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "party": Of("PartyId"), "主体", "Who keeps its rights.";
};

const HANDED: Members = members! {
    must "entry": Count, "账页", "The entry that says so.";
};

const PARTY_END: Members = members! {
    must "entry": Count, "账页", "The entry that ended it.";
    must "successor": Of("PartyId"), "代其行事的主体", "The party that acts in its place.";
};

const LOG_KEY: Members = members! {
    must "entry": Count, "账页", "The entry that named it.";
    must "key": Of("PublicKey"), "公钥", "The key.";
    must "overlap_until": Of("Instant"), "旧密钥并行签署的截止时刻", "Until when the key before it signs too.";
};

const ERASED: Members = members! {
    must "claim": Of("ShortName"), "隐藏值的名称", "The name of the hidden value.";
    must "entry": Count, "账页", "The entry that ordered it.";
};

/// Shapes of the record.
pub(super) const RECORDS: &[Shape] = objects! {
    "Party" [PARTY, PARTY_MORE, KEYS] Refused, "主体", "A party: an institution or a person.";
    "PartyKey" [PARTY_KEY] Refused, "主体的密钥", "A key of a party.";
    "FormerName" [FORMER_NAME] Refused, "曾用名", "A former name.";
    "Dispute" [DISPUTE] Refused, "对账页的异议", "A dispute of entries.";
    "Recovery" [RECOVERY] Refused, "密钥恢复", "A recovery of a party's keys.";
    "RelatedParty" [RELATED] Refused, "有承继关系的主体", "A party that succeeds or is succeeded.";
    "KindTo" [KIND_TO] Refused, "移交给某主体的权益种类", "A kind of right that goes on under a party.";
    "HandedKind" [HANDED, KIND_TO] Refused, "已移交的权益种类", "A kind of right that went on under a party, and since when.";
    "PartyEnd" [PARTY_END] Refused, "主体的终止", "The end of a party.";
    "LogKey" [LOG_KEY] Refused, "日志密钥", "A key of the log.";
    "Erased" [ERASED] Refused, "已删除的隐藏值", "A hidden value whose opening was destroyed.";
};

const OFFERED_KEYS: Members = members! {
    must "keys": List(&Of("OfferedKey"), 0, limits::PARTY_KEYS_MAX), "密钥及持有证明", "Its keys, each with its proof.";
};

const REVOKED_KEY: Members = members! {
    must "kid": Of("KeyId"), "密钥", "The key.";
};

const KEY_OFFER: Members = members! {
    must "key": Of("PublicKey"), "公钥", "The key.";
    must "person": Of("Person"), "持有人代号", "The pseudonym of the person who holds it.";
    must "proof": Of("SignatureHex"), "该密钥对 greenlien/key/v1|aud|kid|person 的签名", "Its signature over `greenlien/key/v1|<aud>|<kid>|<person>`.";
};

const THRESHOLD: Members = members! {
    must "threshold": Within(1, limits::SIGNING_THRESHOLD_MAX), "须签署人数", "How many persons sign.";
};

const POLICY: Members = members! {
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "text": Of("PolicyText"), "规则文本 (TOML)", "The policy in TOML.";
};

const PARTY_OF: Members = members! {
    must "party": Of("PartyId"), "主体", "The party.";
};

const DOCUMENT: Members = members! {
    must "document": Of("Hash"), "所依据文件的 SHA-256", "The SHA-256 of the document behind the act.";
};

const NEW_NAME: Members = members! {
    must "name": Of("PlainText"), "新名称", "The new name.";
};

const MERGER: Members = members! {
    must "absorbed": List(&Of("PartyId"), 1, limits::SUCCESSIONS_MAX), "被合并主体, 升序", "The parties that end, ascending.";
    must "into": Of("PartyId"), "合并后主体", "The party that acts in their place.";
};

const SPLIT: Members = members! {
    must "successors": List(&Of("PartyId"), 1, limits::SUCCESSIONS_MAX), "分立后主体, 升序", "The parties that succeed it, ascending.";
    may "residual": Of("PartyId"), "原主体终止时承担其余的主体", "One of them that takes the rest, where the party ends.";
    may "kinds": List(&Of("KindTo"), 1, limits::HANDED_KINDS_MAX), "移交的权益种类, 升序", "Kinds of right that go on under one of them, ascending.";
};

const ROTATION: Members = members! {
    must "old": Of("KeyId"), "旧密钥; 须在签名之列", "The old key, which is among the signatures.";
    must "new": Of("OfferedKey"), "新密钥", "The new key.";
};

const RULES: Members = members! {
    may "rules": List(&Of("SigningRule"), 1, limits::SIGNING_RULES_MAX), "各类指令的签署人数, 升序", "How many persons sign which types of command, ascending.";
    may "parts": List(&Of("SigningPart"), 1, limits::PARTY_KEYS_MAX), "只以一种身份签署的密钥, 升序", "Keys that sign in one part alone, ascending.";
};

const DISPUTED: Members = members! {
    must "kid": Of("KeyId"), "已吊销的密钥", "A revoked key of the party.";
    must "from": Count, "自该账页起", "From this entry on.";
};

const RESOLVED: Members = members! {
    must "dispute": Count, "提出异议的账页", "The entry that disputed.";
};

const RECOVERED: Members = members! {
    must "keys": List(&Of("OfferedKey"), 1, limits::RECOVERY_KEYS_MAX), "新密钥", "The new keys.";
};

const LOG_ROTATION: Members = members! {
    must "key": Of("PublicKey"), "新日志密钥", "The new key of the log.";
    must "overlap_seconds": Within(*limits::LOG_KEY_OVERLAP_SECONDS.start(), *limits::LOG_KEY_OVERLAP_SECONDS.end()), "旧密钥并行签署的秒数", "For how many seconds the old one signs too.";
    must "proof": Of("SignatureHex"), "新密钥对 greenlien/log-key/v1|aud|kid 的签名", "Its signature over `greenlien/log-key/v1|<aud>|<kid>`.";
};

const ERASURE: Members = members! {
    must "of": Of("HidingId"), "主体或担保登记", "The record that hides the values.";
    must "claims": List(&Of("ShortName"), 1, limits::HIDDEN_MAX), "隐藏值的名称, 升序", "The names of the hidden values, ascending.";
};

/// Bodies of commands.
pub(super) const BODIES: &[Shape] = objects! {
    "AdmitParty" [PARTY, OFFERED_KEYS] Refused, "准入主体", "Admits a party. One with a credit code has a name; one without hides `name` and `resident_id`.";
    "AddKey" [KEY_OFFER] Refused, "增加密钥", "Adds a key of the giver.";
    "RevokeKey" [REVOKED_KEY] Refused, "吊销密钥", "Revokes a key of the giver.";
    "SetSigningPolicy" [THRESHOLD] Refused, "设定签署人数", "Sets how many persons sign for the giver.";
    "AdoptPolicy" [POLICY] Refused, "通过规则", "Adopts the policy of a kind.";
    "ChangeParty" [PARTY_OF, NEW_NAME, DOCUMENT] Refused, "变更名称", "Changes the name of a party.";
    "MergeParties" [MERGER, DOCUMENT] Refused, "主体合并", "Merges parties into one.";
    "SplitParty" [PARTY_OF, SPLIT, DOCUMENT] Refused, "主体分立", "Notes the successors of a party.";
    "RotateKey" [PARTY_OF, ROTATION] Refused, "更换密钥", "Changes a key for another.";
    "SetSigningRules" [PARTY_OF, RULES] Refused, "设定签署规则", "Sets who signs what for a party; what is left out is none.";
    "DisputeEntries" [PARTY_OF, DISPUTED, DOCUMENT] Refused, "对账页提出异议", "Disputes what a lost key signed.";
    "ResolveDispute" [PARTY_OF, RESOLVED, DOCUMENT] Refused, "处理异议", "Resolves a dispute.";
    "RecoverParty" [PARTY_OF, RECOVERED, DOCUMENT] Refused, "申请恢复密钥", "Begins the recovery of a party's keys.";
    "VetoRecovery" [PARTY_OF] Refused, "否决恢复", "Stops a recovery.";
    "CompleteRecovery" [PARTY_OF] Refused, "完成恢复", "Completes a recovery after its wait.";
    "RotateLogKey" [LOG_ROTATION] Refused, "更换日志密钥", "Changes the key of the log.";
    "Erase" [ERASURE, DOCUMENT] Refused, "删除隐藏值", "Destroys the openings of hidden values.";
};

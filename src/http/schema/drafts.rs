//! The inbox of drafts.

use crate::http::schema::shape::Type::{Coded, Count, List, Of, OneOf, Plain, Within};
use crate::http::schema::shape::{Members, Shape, members, objects};
use crate::primitives::limits;

const DRAFT: Members = members! {
    must "payload": Coded("CommandPayload"), "指令内容的规范 JSON, base64url", "The canonical payload in base64url.";
    must "signatures": List(&Of("JwsSignature"), 0, limits::SIGNATURES_MAX), "至今已有的签名", "The signatures that it has so far.";
    may "openings": List(&Of("Opening"), 0, limits::HIDDEN_MAX), "每个隐藏摘要恰有一个揭示", "Exactly one opening for every hidden digest.";
};

const VIEW: Members = members! {
    must "cmd": Of("CommandId"), "指令编号", "The id of the command.";
    must "declined": List(&Of("DraftDeclined"), 0, limits::SIGNATURES_MAX), "已表示不签的签署方", "Signers that have said that they will not sign.";
    must "deposited": Of("Instant"), "放入的时刻", "When it was put into the inbox.";
    must "depositor": Of("PartyId"), "放入者", "The party that put it there.";
    must "draft": Of("Hash"), "名称: 指令内容的 SHA-256", "Its name: the SHA-256 of its payload.";
    must "exp": Of("Instant"), "此后不能再决定, 草稿也随之消失", "Until when it may be decided; then it is gone.";
    must "hides": Within(0, limits::HIDDEN_MAX as u64), "所含隐藏值的个数", "How many values it hides.";
    must "missing": Within(0, limits::SIGNATURES_MAX as u64), "尚缺的签名数", "How many signatures it lacks.";
    must "number": Count, "在待签箱中的序号", "Its place in the inbox.";
    must "org": Of("PartyId"), "发出该指令的主体", "The party that gives the command.";
    must "person": Of("Person"), "放入者的经办人代号", "The pseudonym of the person who put it there.";
    must "signers": List(&Of("DraftPlace"), 1, limits::SIGNATURES_MAX), "所需的各个签名, 依内容中的次序", "The signatures that it asks for, in the order of the payload.";
    must "type": Of("CommandType"), "指令类型", "What is asked.";
};

const FILE: Members = members! {
    must "file": Of("Draft"), "草稿本身: 签署后放回, 或签齐后提交", "The draft itself, to be signed and put back, or submitted when it is complete.";
};

const PLACE: Members = members! {
    must "org": Of("PartyId"), "主体", "The party.";
    must "role": OneOf(&["maker", "checker"]), "经办或复核", "The part that the signature plays.";
    may "kid": Of("KeyId"), "已签署的密钥; 无则尚未签署", "The key that has signed; absent while it is still to sign.";
};

const DECLINED: Members = members! {
    must "org": Of("PartyId"), "主体", "The party.";
    must "person": Of("Person"), "登录者的代号", "The pseudonym of the person who had signed in.";
    must "reason": Plain(limits::DRAFT_REASON_CHARS_MAX), "理由", "Why.";
    must "time": Of("Instant"), "时刻", "When.";
};

const DECLINE: Members = members! {
    must "reason": Plain(limits::DRAFT_REASON_CHARS_MAX), "理由, 一行", "Why, in one line.";
};

const PAGE: Members = members! {
    must "items": List(&Of("DraftView"), 0, limits::PAGE_ROWS_MAX), "各草稿", "The drafts.";
    may "next": Of("Cursor"), "下一页的位置; 最后一页没有", "The cursor of the next page; absent on the last one.";
};

/// Shapes of the inbox.
pub(super) const OBJECTS: &[Shape] = objects! {
    "Draft" [DRAFT] Refused, "草稿: 可以尚缺签名的指令", "A command that may still lack signatures, as `greenlien sign` writes it.";
    "DraftView" [VIEW] Ignored, "待签箱中的草稿, 不含其隐藏值", "A draft in the inbox, without its hidden values.";
    "DraftWhole" [FILE, VIEW] Ignored, "待签箱中的草稿, 含其隐藏值", "A draft in the inbox with its hidden values.";
    "DraftPlace" [PLACE] Ignored, "所需的一个签名", "A signature that a draft asks for.";
    "DraftDeclined" [DECLINED] Ignored, "一个不签的表示", "A signer that will not sign.";
    "DeclineRequest" [DECLINE] Refused, "不签的理由", "Why one will not sign.";
    "DraftPage" [PAGE] Ignored, "一页草稿", "A page of drafts.";
};

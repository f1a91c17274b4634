//! Sessions, and hidden values that members read.

use crate::http::schema::shape::Type::{Count, List, Of, OneOf, Text, True};
use crate::http::schema::shape::{Members, Shape, members, objects};
use crate::primitives::limits;

const CHALLENGE_REQUEST: Members = members! {
    must "org": Of("PartyId"), "主体", "The party.";
    must "kid": Of("KeyId"), "将签署的密钥", "The key that will sign.";
};

const CHALLENGE: Members = members! {
    must "challenge": Text, "待签文本: greenlien/session/v1|aud|org|kid|ends|nonce|seal", "The text: `greenlien/session/v1|<aud>|<org>|<kid>|<ends>|<nonce>|<seal>`.";
    must "ends": Of("Instant"), "失效时刻, 两分钟后", "When it ends, two minutes from now.";
};

const SIGN_IN: Members = members! {
    must "challenge": Text, "所给的文本", "The text as it was given.";
    must "signature": Of("SignatureHex"), "对该文本的签名", "Its signature.";
};

const SESSION: Members = members! {
    must "ends": Of("Instant"), "自动结束的时刻", "When it ends by itself.";
    must "form_token": Text, "页面在变更请求中以 X-Form-Token 发送", "What a page sends as `X-Form-Token` with everything that changes something.";
    must "kid": Of("KeyId"), "登录所用的密钥", "The key that signed in.";
    must "org": Of("PartyId"), "主体", "The party.";
    must "person": Of("Person"), "密钥持有人的代号", "The pseudonym of the person who holds the key.";
    may "token": Text, "用于 Authorization: Bearer; 只给程序, 只给一次", "For `Authorization: Bearer`; given once, to a program that signs in.";
};

const CAPACITY: Members = members! {
    must "as": OneOf(&["pledgee", "pledgor", "guarantor", "itself", "supervisor", "signer", "registrar"]), "以何身份", "In which capacity.";
};

const OPENINGS: Members = members! {
    must "items": List(&Of("ShownOpening"), 0, limits::HIDDEN_MAX), "各隐藏值", "The hidden values.";
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
};

const PERSON_OPENINGS: Members = members! {
    must "items": List(&Of("ShownOpening"), 0, limits::HIDDEN_MAX), "各隐藏值", "The hidden values.";
    must "party": Of("PartyId"), "自然人", "The person.";
};

const SHOWN: Members = members! {
    must "claim": Of("ShortName"), "隐藏值的名称", "The name of the hidden value.";
    must "digest": Of("Hash"), "记录中的摘要", "The digest in the record.";
    may "erased": Count, "指令删除它的账页", "The entry that ordered its destruction.";
    may "lost": True, "登记簿没有它的揭示, 虽未删除", "The registry keeps no opening though none was erased.";
    may "salt": Of("Salt"), "盐", "The salt.";
    may "value": Of("OpeningValue"), "值", "The value.";
};

const READS: Members = members! {
    must "items": List(&Of("OpeningRead"), 0, limits::PAGE_ROWS_MAX), "各次查看", "The accesses.";
    may "next": Of("Cursor"), "下一页的位置; 最后一页没有", "The cursor of the next page; absent on the last one.";
};

const READ: Members = members! {
    must "claims": List(&Of("ShortName"), 0, limits::HIDDEN_MAX), "看到了什么", "What was shown.";
    must "kid": Of("KeyId"), "登录所用的密钥", "The key that had signed in.";
    must "number": Count, "在该登记各次查看中的序号, 自 0 起", "Its number among the accesses of the record, from 0.";
    must "org": Of("PartyId"), "主体", "The party.";
    must "person": Of("Person"), "密钥持有人的代号", "The pseudonym of the person who holds the key.";
    must "time": Of("Instant"), "时刻, 依服务器时钟", "When, by the clock of the server.";
};

/// Shapes of sessions and openings.
pub(super) const OBJECTS: &[Shape] = objects! {
    "ChallengeRequest" [CHALLENGE_REQUEST] Refused, "谁要登录", "Who wants to sign in.";
    "Challenge" [CHALLENGE] Ignored, "待签文本", "A text to sign.";
    "SignInRequest" [SIGN_IN] Refused, "已签的文本", "A signed challenge.";
    "SessionView" [SESSION] Ignored, "会话", "A session.";
    "OpeningsView" [CAPACITY, OPENINGS] Ignored, "担保登记的隐藏值", "The hidden values of a pledge.";
    "PersonOpeningsView" [CAPACITY, PERSON_OPENINGS] Ignored, "自然人的隐藏值", "The hidden values of a natural person.";
    "ShownOpening" [SHOWN] Ignored, "一个隐藏值", "A hidden value of a record: its opening, or why there is none.";
    "OpeningReadPage" [READS] Ignored, "一页查看记录, 最近在先", "Accesses to the openings of a record, newest first.";
    "OpeningRead" [CAPACITY, READ] Ignored, "一次查看", "One access to the openings of a record.";
};

//! Webhooks: how far each has come, and deliveries.

use crate::http::schema::shape::Type::{Count, Exactly, Flag, List, Of, OneOf, Text, Within};
use crate::http::schema::shape::{Members, Shape, members, objects};
use crate::primitives::limits;

/// Findings and records of one notice; what an entry can hold.
const FINDINGS_MAX: usize = limits::ENTRY_BYTES_MAX;

const KEY: Members = members! {
    must "keyid": Of("KeyId"), "签名中的 keyid", "The `keyid` of signatures.";
    must "public_key": Of("PublicKey"), "收件方据以核验的公钥", "The key that receivers verify with.";
};

const WEBHOOK: Members = members! {
    must "behind": Count, "距账簿末尾的账页数", "Entries between its position and the end of the log.";
    may "failing_since": Of("Instant"), "自上次成功以来首次失败的时刻", "When the first failure since the last success was.";
    must "failures": Count, "自上次成功以来的失败次数", "Failures since the last success.";
    must "member": Of("PartyId"), "所属成员", "The member whose it is.";
    must "name": Of("WebhookName"), "名称", "Its name.";
    must "next": Count, "尚未送达的首个账页", "The first entry whose notice was not delivered.";
    must "state": OneOf(&["active", "gone", "suspended"]), "active: 投递中; gone: 收件方已答 410; suspended: 已中止", "`active`; `gone`: the receiver has said 410; `suspended`: it has failed for too long.";
    must "url": Text, "投递地址", "Where notices are sent.";
    must "watch": Of("Watched"), "所关注者", "What it watches.";
    must "watch_chosen": Flag, "true: 由成员自选; false: 依运行者所登记", "Whether its member has chosen that; else the operator has entered it.";
};

const WATCHED: Members = members! {
    may "decision": OneOf(&["accepted", "refused"]), "仅限该结论", "Only what was decided so.";
    may "parties": List(&Of("PartyId"), 1, limits::WATCHED_MAX), "与这些主体有关的", "What concerns one of these parties.";
    may "pledges": List(&Of("AnyId"), 1, limits::WATCHED_MAX), "触及这些担保或预登记的", "What touches one of these pledges and reservations.";
    may "rights": List(&Of("RightId"), 1, limits::WATCHED_MAX), "触及这些权益的", "What touches one of these rights.";
    may "types": List(&Of("CommandType"), 1, limits::WATCHED_MAX), "仅限这些指令类型", "Only these types of command.";
};

const LIST: Members = members! {
    must "items": List(&Of("WebhookView"), 0, limits::WEBHOOKS_MAX), "各回调", "The webhooks.";
    may "key": Of("WebhookKey"), "签名所用的公钥; 没有回调时无此项", "The key of signatures; absent where the registry has no webhooks.";
};

const DELIVERIES: Members = members! {
    must "items": List(&Of("Delivery"), 0, limits::PAGE_ROWS_MAX), "各次投递", "The attempts.";
    may "next": Of("Cursor"), "下一页的位置; 最后一页没有", "The cursor of the next page; absent on the last one.";
};

const DELIVERY: Members = members! {
    may "fault": Text, "为何不算送达", "Why it does not count.";
    must "index": Count, "所通知的账页", "The entry of the notice.";
    must "millis": Count, "用时, 毫秒", "How long it took, in milliseconds.";
    must "number": Count, "在该回调各次投递中的序号, 自 0 起", "Its number among the attempts of the webhook, from 0.";
    may "status": Within(100, 999), "收件方的答复状态", "The status of the answer.";
    must "time": Of("Instant"), "时刻, 依服务器时钟", "When, by the clock of the server.";
};

const CLOUD_EVENT: Members = members! {
    must "data": Of("Noticed"), "决定了什么; 提示 (greenlien.alert.*) 的 data 是 GET /v1/alerts 中的一条, 另有 day", "What was decided. The `data` of an alert (`greenlien.alert.*`) is one of `GET /v1/alerts`, with its `day`.";
    must "datacontenttype": Exactly("application/json"), "data 的类型", "What `data` is.";
    must "id": Text, "账页号; 提示的 id 以 alert/ 开头", "The index of the entry; of an alert it begins with `alert/`.";
    must "source": Text, "// 与 aud; source 与 id 相同者是同一通知", "`//` and `aud`; what has the same `source` and `id` is the same notice.";
    must "specversion": Exactly("1.0"), "CloudEvents 版本", "The version of CloudEvents.";
    must "subject": Of("AnyId"), "所创建的记录, 或指令首先列出的记录, 或发出的主体", "The record that was created, or else the first that the command names, or else the party that gave it.";
    may "time": Of("Instant"), "账页的登记时间; 提示没有", "Registry time of the entry; an alert has none.";
    must "type": Text, "greenlien. 加指令类型, 再加 .accepted 或 .refused", "`greenlien.` and the type of the command, `.accepted` or `.refused`.";
};

const NOTICED: Members = members! {
    must "cmd": Of("CommandId"), "指令编号", "The id of the command.";
    must "command": Of("CommandType"), "指令类型", "Its type.";
    may "created": Of("AnyId"), "所创建记录的编号", "The id of the record that the entry created.";
    must "decision": OneOf(&["accepted", "refused"]), "决定", "The decision.";
    must "findings": List(&Within(1_000, 9_999), 0, FINDINGS_MAX), "拒绝的理由或提示的编号", "Codes of the findings of a refusal, or of the warnings.";
    must "index": Count, "账页号", "The index of the entry.";
    must "leaf": Of("Hash"), "账页的叶哈希", "Its leaf hash.";
    must "org": Of("PartyId"), "发出指令的主体", "Who gave the command.";
    must "records": List(&Of("AnyId"), 0, FINDINGS_MAX), "所触及的权益、担保登记、预登记和主体; 被拒绝的, 为其所列者", "Ids of the rights, pledges, reservations and parties that were touched, or that a refused command names.";
};

const REPLAY: Members = members! {
    must "from": Count, "自该账页起", "From this entry on.";
};

/// Shapes of webhooks.
pub(super) const OBJECTS: &[Shape] = objects! {
    "WebhookKey" [KEY] Ignored, "投递签名的密钥", "The key that signs deliveries.";
    "WebhookView" [WEBHOOK] Ignored, "一个回调", "A webhook and how far it has come.";
    "WebhookList" [LIST] Ignored, "成员的各回调", "The webhooks of a member.";
    "DeliveryPage" [DELIVERIES] Ignored, "一页投递记录, 最近在先", "Attempts to deliver, newest first.";
    "CloudEvent" [CLOUD_EVENT] Ignored, "一条通知 (CloudEvents 1.0), 事件流与回调相同", "A notice (CloudEvents 1.0), the same in the stream and for webhooks.";
    "Noticed" [NOTICED] Ignored, "一条通知所告知的决定", "The decision that a notice tells of.";
    "Delivery" [DELIVERY] Ignored, "一次投递", "One attempt to deliver a notice.";
    "Watched" [WATCHED] Refused, "所关注的权益、担保和主体; 全部省略即全部", "What is watched; nothing named is everything.";
    "ReplayRequest" [REPLAY] Refused, "自何处重新投递", "Where a webhook goes on.";
};

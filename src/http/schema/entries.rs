//! Entries of the log: genesis, commands, state entries, events and what they change (docs/FORMATS.md sections 2 and 3).

use serde_json::{Map, Value, json};

use crate::domain::authority::matrix::MATRIX;
use crate::http::schema::parties::{PARTY, PARTY_MORE};
use crate::http::schema::pledges::{
    PLEDGE, PLEDGE_LATER, PLEDGE_TERMS, RESERVATION, RESERVATION_LATER,
};
use crate::http::schema::rights::{RIGHT, RIGHT_LATER};
use crate::http::schema::shape::Type::{
    Count, Exactly, Flag, List, Map as MapOf, Of, OneOf, Signed, Text, True, Within,
};
use crate::http::schema::shape::{
    Form, Members, Rest, Shape, choice, members, object, objects, reference, worded,
};
use crate::http::schema::values::LINE;
use crate::primitives::limits;

/// What one entry can hold of anything that takes 32 bytes or more.
const ENTRY_ITEMS_MAX: usize = limits::ENTRY_BYTES_MAX / 32;
/// Laws that there are.
const LAW_MAX: u64 = 2;

const ENTRY: Members = members! {
    must "index": Count, "账页号", "The position in the log.";
    must "time": Of("Instant"), "登记时间", "Registry time.";
    must "v": Within(1, 1), "账页格式版本", "The version of the form.";
};

const LAWFUL: Members = members! {
    must "law": Within(1, LAW_MAX), "适用规则版本", "The number of the law.";
    must "policy": Of("Hash"), "当时有效规则集的摘要", "The digest of the active policies.";
    must "touches": List(&Of("Hash"), 0, ENTRY_ITEMS_MAX), "所涉记录键的哈希, 升序", "Hashes of the keys of the records that it touches, ascending.";
};

const PREVIOUS: Members = members! {
    must "prev": Of("Hash"), "前一账页的叶哈希", "The leaf hash of the entry before.";
};

const GENESIS_ENTRY: Members = members! {
    must "kind": Exactly("genesis"), "创世账页", "What it is.";
    must "genesis": Of("Genesis"), "内容", "The content.";
};

const COMMAND_ENTRY: Members = members! {
    must "kind": Exactly("command"), "指令账页", "What it is.";
    must "command": Of("Jws"), "签署的指令", "The signed command.";
    must "outcome": Of("Outcome"), "结果", "What was decided.";
};

const STATE_ENTRY: Members = members! {
    must "kind": Exactly("state"), "状态页", "What it is.";
    must "mode": OneOf(&["group", "heartbeat"]), "一组指令之后, 或静默之后", "After a group of commands, or after a silence.";
    must "n": Count, "此前账页数", "Entries before it.";
    must "root_n": Of("Hash"), "此前各账页的根", "The root over them.";
    must "state_root": Of("Hash"), "状态树的根", "The root of the state tree.";
    may "previous_state_index": Count, "前一状态页", "The state entry before.";
};

const GENESIS: Members = members! {
    must "origin": Text, "登记簿名称", "The name of the log.";
    must "log_vkey": Text, "日志验签公钥 (C2SP)", "The verifier key of the log (C2SP).";
    must "region": Of("Region"), "区域代码", "The code of the region.";
    must "county": Of("County"), "区域范围", "The bounds of the region.";
    must "registrar": Of("RegistrarParty"), "登记机构", "The registrar.";
    must "keys": List(&Of("HeldKey"), 1, limits::PARTY_KEYS_MAX), "登记机构的密钥", "The registrar's keys.";
    must "quorum": MapOf("Name", &Count, 6), "通过规则所需各身份的主体数", "How many parties of each role adopt a policy.";
    must "policy_delay_seconds": Count, "规则生效前的等待秒数", "Seconds until a policy is in force.";
    must "policies": MapOf("Name", &Of("PolicyText"), 64), "最初的规则文本", "The first policies, by kind.";
    must "public": Flag, "是否公开查询", "Whether everybody may read.";
};

const COUNTY: Members = members! {
    must "west": Signed(-1_800_000_000, 1_800_000_000), "西, 1e-7 度", "West, in units of 1e-7 degree.";
    must "south": Signed(-900_000_000, 900_000_000), "南", "South.";
    must "east": Signed(-1_800_000_000, 1_800_000_000), "东", "East.";
    must "north": Signed(-900_000_000, 900_000_000), "北", "North.";
};

const OUTCOME_ACCEPTED: Members = members! {
    must "accepted": Of("Acceptance"), "接受", "It was accepted.";
};

const OUTCOME_REFUSED: Members = members! {
    must "refused": List(&Of("FindingCode"), 1, limits::ENTRY_BYTES_MAX), "拒绝及理由", "It was refused; why.";
};

const ACCEPTANCE: Members = members! {
    must "event": Of("Event"), "事件", "What happened.";
    must "warnings": List(&Of("FindingCode"), 0, limits::ENTRY_BYTES_MAX), "提示", "What was noted.";
};

/// The members of a finding that an entry holds; answers add words.
pub(super) const FINDING: Members = members! {
    must "code": Within(1_000, 9_999), "编号", "The number of the check.";
    may "line": Within(0, limits::PLEDGE_LINES_MAX as u64 - 1), "行号", "The line of the command.";
    may "conflicts": List(&Text, 1, limits::ENTRY_BYTES_MAX), "在先登记", "The records that stand in the way.";
    may "at": Of("Day"), "首个不符的日子; 2022、4007、4012 为首个可行的日子", "The first day on which it is so; of 2022, 4007 and 4012 the first that would do.";
    may "share_ppm": Count, "占较小宗地的百万分比, 进位", "The share of the smaller parcel in millionths, rounded up.";
    may "alternative": Of("Alternative"), "仍可办理的最大范围", "What would be admissible.";
};

const ALTERNATIVE: Members = members! {
    may "quantity": Of("Quantity"), "全期可办的最大数量", "The largest quantity over the whole span.";
    may "segments": List(&Of("Segment"), 1, 1_024), "各期可办的最大数量", "The largest quantity for each part of the span.";
    may "spans": List(&Of("Span"), 1, 1_024), "完整可办的期间", "Spans that are free as a whole.";
};

const SEGMENT: Members = members! {
    must "from": Of("Day"), "首日", "The first day.";
    must "to": Of("Day"), "末日的次日", "The day after the last.";
    must "quantity": Of("Quantity"), "数量", "The quantity.";
};

const PAYLOAD: Members = members! {
    must "aud": Of("Audience"), "登记簿", "The registry it is for.";
    must "org": Of("PartyId"), "发出指令的主体", "The party that gives it.";
    must "cmd": Of("CommandId"), "指令编号", "Its id.";
    must "signers": List(&Of("Signer"), 1, limits::SIGNATURES_MAX), "全部签署人, 按次序", "Every signature it carries, in order.";
    must "iat": Of("Instant"), "制作时刻", "When it was made.";
    must "exp": Of("Instant"), "失效时刻, 至多 7 天后", "Until when it may be decided; at most 7 days later.";
    must "type": Of("CommandType"), "指令类型", "What is asked.";
    must "body": Of("CommandBody"), "内容", "The body of the type.";
    may "attested": List(&Of("Attestation"), 1, limits::SIGNATURES_MAX), "由发出者声明的同意", "Consents that the giver attests.";
    may "expect": MapOf("RecordId", &Count, limits::PLEDGE_LINES_MAX), "须仍成立的记录版本", "Versions of records that must still hold.";
    may "seen": Of("SeenState"), "签署人核验过的状态", "The state that the signers have verified.";
};

const ATTESTATION: Members = members! {
    must "org": Of("PartyId"), "同意的主体", "Whose consent.";
    must "class": OneOf(&["paper", "video"]), "书面或录像", "How it was given.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
};

const SEEN: Members = members! {
    must "index": Count, "状态页", "The state entry.";
    must "root": Of("Hash"), "状态树的根", "Its state root.";
};

const CHANGE: Members = members! {
    may "new": True, "由本指令创建", "The act created it.";
    may "clear": List(&Of("ShortName"), 1, 64), "删去的成员, 升序", "Members that are gone, ascending.";
};

const OF_RIGHT: Members = members! {
    must "of": Of("StateNameOfRight"), "哪项权益", "Which right.";
};

const OF_PLEDGE: Members = members! {
    must "of": Of("StateNameOfPledge"), "哪项担保登记", "Which pledge.";
};

const OF_RESERVATION: Members = members! {
    must "of": Of("StateNameOfReservation"), "哪项预登记", "Which reservation.";
};

const OF_PARTY: Members = members! {
    must "of": Of("StateNameOfParty"), "哪个主体", "Which party.";
    may "keys": List(&Of("PartyKey"), 0, 0), "密钥; 各项见 rows", "The keys; the items are rows.";
};

const OF_PLACE: Members = members! {
    must "of": Of("StateNameOfPlace"), "哪个记录", "Which record.";
    may "right": Of("RightId"), "所属权益", "The right that an identity belongs to.";
    may "party": Of("PartyId"), "所属主体", "The party that an identity belongs to.";
    may "rights": List(&Of("RightId"), 0, 0), "权益; 各项见 rows", "The rights of a source or cell; its items are rows.";
};

const ROW: Members = members! {
    must "of": Of("StateName"), "哪个记录", "Which record.";
    must "list": Of("ShortName"), "列表名称", "The name of a list of it.";
    may "drop": True, "删去该项", "The item is gone.";
};

const OVERHANG: Members = members! {
    must "right": Of("RightId"), "权益", "The right.";
    must "burden": Of("BurdenId"), "负担", "The burden.";
    may "overhang": Of("Overhang"), "此后的悬空; 无则已消除", "What hangs over now; absent for nothing.";
};

const STATE_VALUE: Members = members! {
    must "history": Of("History"), "历史", "How many entries touched it.";
    must "name": Text, "名称", "The name of the record.";
    must "record": Of("Record"), "记录", "The record.";
    must "space": OneOf(&["right", "pledge", "reservation", "party", "identity", "source", "cell", "policy"]), "空间", "The space of the record.";
};

const HISTORY: Members = members! {
    must "last": Of("Hash"), "最近账页的叶哈希", "The leaf hash of the last of them.";
    must "root": Of("Hash"), "各账页的根", "The root over all of them.";
    must "size": Count, "账页数, 即版本", "How many: the version.";
};

const OWNER_RIGHT: Members = members! {
    must "right": Of("RightId"), "权益", "The right.";
};

const OWNER_PARTY: Members = members! {
    must "party": Of("PartyId"), "主体", "The party.";
};

const SOURCE: Members = members! {
    must "rights": List(&Of("DrawnRight"), 0, 65_536), "取自该来源的权益", "The rights that draw on it.";
};

const DRAWN: Members = members! {
    must "from": Of("Day"), "首日", "The first day.";
    must "right": Of("RightId"), "权益", "The right.";
    must "to": Of("Day"), "末日的次日", "The day after the last.";
};

const CELL: Members = members! {
    must "rights": List(&Of("PlacedRight"), 0, 65_536), "在该网格内的权益", "The rights in it.";
};

const PLACED: Members = members! {
    must "layer": Of("Name"), "层", "The layer.";
    must "right": Of("RightId"), "权益", "The right.";
};

const POLICY: Members = members! {
    must "versions": List(&Of("PolicyVersion"), 1, 65_536), "各版本, 最早在先", "The versions, oldest first.";
};

const VERSION: Members = members! {
    must "active_from": Of("Instant"), "生效时刻", "From when it is in force.";
    must "digest": Of("Hash"), "文本摘要", "The digest of the text.";
    must "entry": Count, "账页", "The entry that adopted it.";
};

/// Shapes of entries.
pub(super) const OBJECTS: &[Shape] = objects! {
    "GenesisEntry" [ENTRY, LAWFUL, GENESIS_ENTRY] Refused, "创世账页", "Entry 0.";
    "CommandEntry" [ENTRY, LAWFUL, PREVIOUS, COMMAND_ENTRY] Refused, "指令账页", "A command with its outcome.";
    "StateEntry" [ENTRY, PREVIOUS, STATE_ENTRY] Refused, "状态页", "What commits to the state after the entries before it.";
    "Genesis" [GENESIS] Refused, "创世内容", "What the registry begins with.";
    "County" [COUNTY] Refused, "区域范围", "The bounds of the region.";
    "RegistrarParty" [PARTY] Refused, "登记机构", "The registrar, without its keys.";
    "AcceptedOutcome" [OUTCOME_ACCEPTED] Refused, "接受", "It was accepted.";
    "RefusedOutcome" [OUTCOME_REFUSED] Refused, "拒绝", "It was refused.";
    "Acceptance" [ACCEPTANCE] Refused, "接受的内容", "What an acceptance says.";
    "FindingCode" [FINDING] Refused, "账页中的校验结论: 仅编号与数据", "A finding as an entry holds it: numbers and facts, no words.";
    "Alternative" [ALTERNATIVE] Refused, "仍可办理的最大范围", "The largest that would be admissible instead.";
    "Segment" [SEGMENT] Refused, "一段期间及其数量", "A part of a span with its quantity.";
    "CommandPayload" [PAYLOAD] Refused, "指令内容: 各方所签的字节", "The payload of a command: what its signers sign, as canonical JSON.";
    "Attestation" [ATTESTATION] Refused, "声明的同意", "A consent that the giver attests.";
    "SeenState" [SEEN] Refused, "签署人核验过的状态", "A state that the signers have verified.";
    "RightChange" [CHANGE, OF_RIGHT] + [RIGHT, RIGHT_LATER] Refused, "权益的变更: 成员的新值", "How a right is different now: its members with their new values.";
    "PledgeChange" [CHANGE, OF_PLEDGE] + [PLEDGE, PLEDGE_TERMS, PLEDGE_LATER, TAKEN] Refused, "担保登记的变更: 成员的新值", "How a pledge is different now: its members with their new values.";
    "ReservationChange" [CHANGE, OF_RESERVATION] + [RESERVATION, RESERVATION_LATER] Refused, "预登记的变更: 成员的新值", "How a reservation is different now: its members with their new values.";
    "PartyChange" [CHANGE, OF_PARTY] + [PARTY, PARTY_MORE] Refused, "主体的变更: 成员的新值", "How a party is different now: its members with their new values.";
    "PlaceChange" [CHANGE, OF_PLACE] + [POLICY] Refused, "标识、来源、网格或规则的变更", "How an identity, a source, a cell or a policy is different now.";
    "Row" [ROW] Members, "列表中一项的变更: 该项的成员", "An item of a list that is put or dropped: its members beside these.";
    "OverhangChange" [OVERHANG] Refused, "悬空的变更", "What hangs over of a burden now.";
    "StateValue" [STATE_VALUE] Refused, "状态树的值", "A value of the state tree.";
    "History" [HISTORY] Refused, "历史", "The history of a record.";
    "RightOwner" [OWNER_RIGHT] Refused, "标识所属权益", "Whose an identity is: a right's.";
    "PartyOwner" [OWNER_PARTY] Refused, "标识所属主体", "Whose an identity is: a party's.";
    "Source" [SOURCE] Refused, "来源", "A source.";
    "DrawnRight" [DRAWN] Refused, "取自来源的权益", "A right that draws on a source.";
    "Cell" [CELL] Refused, "网格单元", "A cell of the grid.";
    "PlacedRight" [PLACED] Refused, "在网格内的权益", "A right in a cell.";
    "Policy" [POLICY] Refused, "规则", "The policy of a kind.";
    "PolicyVersion" [VERSION] Refused, "规则的一个版本", "A version of a policy.";
};

const TAKEN: Members = members! {
    may "reservation": Of("ReservationId"), "承接的预登记", "The reservation that a pledge took over.";
};

const CHOICES: &[Shape] = &[
    Shape {
        name: "Entry",
        form: Form::ByWord(
            "kind",
            &[
                ("genesis", "GenesisEntry"),
                ("command", "CommandEntry"),
                ("state", "StateEntry"),
            ],
        ),
        zh: "账页: 规范 JSON, 即被哈希的字节",
        en: "An entry of the log: canonical JSON, the bytes that are hashed.",
    },
    Shape {
        name: "Change",
        form: Form::ByMembers(&[
            "RightChange",
            "PledgeChange",
            "ReservationChange",
            "PartyChange",
            "PlaceChange",
        ]),
        zh: "一个记录的变更",
        en: "How one record is different now.",
    },
    Shape {
        name: "Outcome",
        form: Form::ByMembers(&["AcceptedOutcome", "RefusedOutcome"]),
        zh: "指令的结果",
        en: "What was decided.",
    },
    Shape {
        name: "Record",
        form: Form::ByMembers(&[
            "Right",
            "Pledge",
            "Reservation",
            "Party",
            "RightOwner",
            "PartyOwner",
            "Source",
            "Cell",
            "Policy",
        ]),
        zh: "状态树中的记录",
        en: "A record of the state tree.",
    },
];

macro_rules! event {
    ($($name:ident $word:literal { $($member:tt)* })*) => {
        $(const $name: Members = members! {
            must "type": Exactly($word), "事件类型", "What happened.";
            $($member)*
        };)*
    };
}

event! {
    PARTY_ADMITTED "party_admitted" {
        must "party": Of("PartyId"), "主体", "The party.";
        must "keys": List(&Of("HeldKey"), 0, limits::PARTY_KEYS_MAX), "密钥", "Its keys.";
    }
    KEY_ADDED "key_added" {
        must "party": Of("PartyId"), "主体", "The party.";
        must "key": Of("PublicKey"), "公钥", "The key.";
        must "person": Of("Person"), "持有人代号", "The pseudonym of the person who holds it.";
    }
    KEY_REVOKED "key_revoked" {
        must "party": Of("PartyId"), "主体", "The party.";
        must "kid": Of("KeyId"), "密钥", "The key.";
    }
    SIGNING_POLICY_SET "signing_policy_set" {
        must "party": Of("PartyId"), "主体", "The party.";
        must "threshold": Count, "须签署人数", "How many persons sign for it.";
    }
    POLICY_ADOPTED "policy_adopted" {
        must "kind": Of("Name"), "权益种类", "The kind.";
        must "digest": Of("Hash"), "规则文本的摘要", "The digest of the policy.";
        must "active_from": Of("Instant"), "生效时刻", "From when it is in force.";
    }
    RIGHT_ISSUED "right_issued" {
        must "right": Of("RightId"), "权益", "The right.";
        may "tolerated": List(&Of("ToleratedOverlap"), 1, limits::NEIGHBORS_MAX), "已容忍的重叠", "Overlaps that are tolerated.";
        may "moved": List(&Of("MovedLine"), 1, limits::RIGHT_ENCUMBRANCES_MAX), "承继而来的登记行", "Lines that came along from the rights that it succeeds.";
    }
    RIGHT_ADJUSTED "right_adjusted" {
        must "right": Of("RightId"), "权益", "The right.";
        must "from": Of("Day"), "自该日起", "From this day on.";
        must "quantity": Of("Quantity"), "新数量", "The new quantity.";
    }
    RIGHT_REVOKED "right_revoked" {
        must "right": Of("RightId"), "权益", "The right.";
        must "from": Of("Day"), "自该日起", "From this day on.";
    }
    FROZEN "frozen" {
        must "right": Of("RightId"), "权益", "The right.";
        must "burden": Of("Burden"), "冻结", "The freeze.";
    }
    UNFROZEN "unfrozen" {
        must "right": Of("RightId"), "权益", "The right.";
        must "freeze": Of("FreezeId"), "冻结", "The freeze.";
    }
    RESERVED "reserved" {
        must "reservation": Of("ReservationId"), "预登记", "The reservation.";
    }
    RESERVATION_CANCELLED "reservation_cancelled" {
        must "reservation": Of("ReservationId"), "预登记", "The reservation.";
        must "rights": List(&Of("RightId"), 1, limits::PLEDGE_LINES_MAX), "所涉权益, 升序", "The rights that it stood on, ascending.";
    }
    PLEDGE_REGISTERED "pledge_registered" {
        must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
        may "reservation": Of("TakenReservation"), "承接的预登记", "The reservation that it took over.";
    }
    PLEDGE_AMENDED "pledge_amended" {
        must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
        must "lines": List(&Of("LineResult"), 1, limits::PLEDGE_LINES_MAX), "变更后的行", "The lines as they are now.";
    }
    PLEDGE_EXTENDED "pledge_extended" {
        must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
        may "lines": List(&Of("LineResult"), 1, limits::PLEDGE_LINES_MAX), "变更后的行", "The lines as they are now.";
        may "term": Of("Span"), "债务履行期限", "The new term of the claim.";
    }
    PLEDGE_RELEASED "pledge_released" {
        must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
        must "lines": List(&Of("LineResult"), 1, limits::PLEDGE_LINES_MAX), "变更后的行", "The lines as they are now.";
    }
}

const OVERHANGS: Members = members! {
    may "overhangs": List(&Of("OverhangChange"), 1, ENTRY_ITEMS_MAX), "悬空的变更", "What hangs over now.";
};

const TOLERATED: Members = members! {
    must "right": Of("RightId"), "权益", "The other right.";
    must "area2": Of("Area"), "重叠面积", "The overlap.";
};

const MOVED: Members = members! {
    must "from": Of("RightId"), "原权益", "The right that it came from.";
    must "burden": Of("BurdenId"), "登记行", "The line.";
};

const RESERVATION_TAKEN: Members = members! {
    must "id": Of("ReservationId"), "预登记", "The reservation.";
    must "rights": List(&Of("RightId"), 1, limits::PLEDGE_LINES_MAX), "所涉权益", "The rights that it stood on.";
    may "in_place": True, "各项立于其所承接的预登记之位(规则 2)", "Lines stand where the reserved ones stood that they fit into (law 2).";
};

const LINE_OF_RESULT: Members = members! {
    must "line": Within(0, limits::PLEDGE_LINES_MAX as u64 - 1), "行号", "The number of the line.";
};

const EVENTS: &[Shape] = objects! {
    "PartyAdmitted" [PARTY, PARTY_ADMITTED] Refused, "主体已准入", "A party was admitted.";
    "KeyAdded" [KEY_ADDED] Refused, "密钥已增加", "A key was added.";
    "KeyRevoked" [KEY_REVOKED] Refused, "密钥已吊销", "A key was revoked.";
    "SigningPolicySet" [SIGNING_POLICY_SET] Refused, "签署人数已设定", "A threshold was set.";
    "PolicyAdopted" [POLICY_ADOPTED] Refused, "规则已通过", "A policy was adopted.";
    "RightIssued" [RIGHT, RIGHT_ISSUED] Refused, "权益已核发", "A right was issued.";
    "RightAdjusted" [RIGHT_ADJUSTED, OVERHANGS] Refused, "数量已调整", "The quantity of a right was changed.";
    "RightRevoked" [RIGHT_REVOKED, OVERHANGS] Refused, "权益已撤销", "A right was revoked.";
    "Frozen" [FROZEN, OVERHANGS] Refused, "已冻结", "A part of a right was frozen.";
    "Unfrozen" [UNFROZEN, OVERHANGS] Refused, "冻结已解除", "A freeze was lifted.";
    "Reserved" [RESERVATION, RESERVED] Refused, "已预登记", "Collateral was reserved.";
    "ReservationCancelled" [RESERVATION_CANCELLED, OVERHANGS] Refused, "预登记已撤回", "A reservation was given up.";
    "PledgeRegistered" [PLEDGE, PLEDGE_TERMS, PLEDGE_REGISTERED] Refused, "担保已登记", "A pledge was registered.";
    "PledgeAmended" [PLEDGE_AMENDED, OVERHANGS] Refused, "担保已变更", "A pledge was amended.";
    "PledgeExtended" [PLEDGE_EXTENDED] Refused, "担保已延长", "A pledge was extended.";
    "PledgeReleased" [PLEDGE_RELEASED, OVERHANGS] Refused, "担保已解除", "A pledge or a part of it was released.";
    "ToleratedOverlap" [TOLERATED] Refused, "已容忍的重叠", "An overlap that is tolerated.";
    "MovedLine" [MOVED] Refused, "承继而来的登记行", "A line that came along.";
    "TakenReservation" [RESERVATION_TAKEN] Refused, "承接的预登记", "A reservation that a pledge took over.";
    "LineResult" [LINE, LINE_OF_RESULT] Refused, "变更后的一行", "A line in full, as it is now.";
};

/// The word and the shape of each event that is not an act.
const EVENT_WORDS: [(&str, &str); 16] = [
    ("party_admitted", "PartyAdmitted"),
    ("key_added", "KeyAdded"),
    ("key_revoked", "KeyRevoked"),
    ("signing_policy_set", "SigningPolicySet"),
    ("policy_adopted", "PolicyAdopted"),
    ("right_issued", "RightIssued"),
    ("right_adjusted", "RightAdjusted"),
    ("right_revoked", "RightRevoked"),
    ("frozen", "Frozen"),
    ("unfrozen", "Unfrozen"),
    ("reserved", "Reserved"),
    ("reservation_cancelled", "ReservationCancelled"),
    ("pledge_registered", "PledgeRegistered"),
    ("pledge_amended", "PledgeAmended"),
    ("pledge_extended", "PledgeExtended"),
    ("pledge_released", "PledgeReleased"),
];

/// Commands of law 1 that are acts where they add lines or caps.
const ALSO_ACTS: [&str; 2] = ["amend_pledge", "extend_pledge"];

/// Returns the shapes of entries, by name.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    let fixed = OBJECTS.iter().chain(EVENTS).chain(CHOICES);
    let fixed = fixed.map(|shape| (shape.name.to_owned(), shape.schema()));
    let questions = MATRIX.iter().map(|row| {
        let schema = question(row.command);
        (format!("{}Question", body_of(row.command)), schema)
    });
    let others = [
        ("Act", act()),
        ("CommandBody", command_body()),
        ("CommandType", command_type()),
        ("Event", event()),
        ("Question", question_of_any()),
    ];
    let others = others.map(|(name, schema)| (name.to_owned(), schema));
    fixed.chain(questions).chain(others)
}

/// Returns the name of the shape of a command's body: `RegisterPledge` for `register_pledge`.
pub(super) fn body_of(command: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    command.split('_').map(capital).collect()
}

fn act() -> Value {
    const ACT: Members = members! {
        must "changes": List(&Of("Change"), 0, ENTRY_ITEMS_MAX), "各记录的变更", "How each touched record is different now.";
        may "rows": List(&Of("Row"), 1, ENTRY_ITEMS_MAX), "列表各项的变更", "Items of lists that changed.";
    };
    let mut schema = object(&[ACT, OVERHANGS], &[], Rest::Refused);
    let acts: Vec<&str> = act_words().collect();
    let word = json!({"type": "string", "enum": acts});
    schema["properties"]["type"] = worded(word, "指令类型", "The command whose act it is.");
    schema["required"] = json!(["changes", "type"]);
    worded(
        schema,
        "规则版本 2 的各项行为",
        "What an act of law 2 changed.",
    )
}

fn act_words() -> impl Iterator<Item = &'static str> {
    let of_law_2 = MATRIX.iter().filter(|row| row.law > 1);
    of_law_2.map(|row| row.command).chain(ALSO_ACTS)
}

fn event() -> Value {
    let acts = act_words().map(|word| (word, "Act"));
    let schema = choice("type", EVENT_WORDS.into_iter().chain(acts));
    worded(
        schema,
        "事件: 一项指令改变了什么",
        "What an accepted command changed.",
    )
}

fn command_type() -> Value {
    let types: Vec<&str> = MATRIX.iter().map(|row| row.command).collect();
    worded(
        json!({"type": "string", "enum": types}),
        "指令类型",
        "The type of a command.",
    )
}

fn command_body() -> Value {
    let bodies: Vec<Value> = MATRIX
        .iter()
        .map(|row| reference(&body_of(row.command)))
        .collect();
    worded(
        json!({"anyOf": bodies}),
        "指令的内容, 按其类型",
        "The body of a command, of its type.",
    )
}

fn question(command: &str) -> Value {
    let word = json!({"type": "string", "const": command});
    let org = worded(
        reference("PartyId"),
        "将发出指令的主体",
        "The party that would give it.",
    );
    let members = json!({
        "body": worded(reference(&body_of(command)), "内容", "What is asked."),
        "org": org,
        "type": worded(word, "指令类型", "The type of the command."),
    });
    let schema = json!({
        "type": "object", "properties": members, "required": ["body", "org", "type"], "additionalProperties": false,
    });
    let en = format!("Asks about {command}.");
    worded(schema, &format!("询问 {command}"), &en)
}

fn question_of_any() -> Value {
    let names: Map<String, Value> = MATRIX
        .iter()
        .map(|row| {
            (
                row.command.to_owned(),
                json!(format!("{}Question", body_of(row.command))),
            )
        })
        .collect();
    let options = names
        .iter()
        .filter_map(|(word, name)| Some((word.as_str(), name.as_str()?)));
    worded(
        choice("type", options),
        "询问: 一项指令, 不含只为签署所需的成员",
        "A question: a command without the members that only a signature needs.",
    )
}

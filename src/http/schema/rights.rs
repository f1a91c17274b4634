//! Rights: their record and the bodies of the commands about them (docs/FORMATS.md sections 2.6, 2.7 and 5.4).

use crate::http::schema::shape::Type::{Count, Inside, List, Map, Of, OneOf, Text, True, Within};
use crate::http::schema::shape::{Members, Shape, members, objects};
use crate::primitives::limits;

/// Attributes of one right.
const ATTRIBUTES_MAX: usize = 16;
/// Cells of one right, which its entry must hold.
const CELLS_MAX: usize = limits::ENTRY_BYTES_MAX / 67;

/// A right, as its record and the event that issues it hold it.
pub(super) const RIGHT: Members = members! {
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "issuer": Of("PartyId"), "核发机关", "The authority that issued it.";
    must "holder": Of("PartyId"), "持有人", "Who holds it.";
    must "identities": List(&Of("Identity"), 1, limits::IDENTITIES_MAX), "权证标识", "Its identities.";
    must "span": Of("Span"), "有效期", "Its days.";
    must "burdens": List(&Of("Burden"), 0, limits::RIGHT_ENCUMBRANCES_MAX), "负担, 依登记先后", "What burdens it, in the order of registration.";
    must "succeeds": List(&Of("RightId"), 0, limits::SUCCEEDS_MAX), "承继的权益", "The rights that it succeeds.";
    may "balance": Of("Quantity"), "余额(存量)", "The balance of a stock.";
    may "steps": List(&Of("Step"), 1, limits::FLOW_STEPS_MAX), "各期数量(流量)", "The quantities of a flow, ascending; each holds until the next.";
    may "measure": Of("Quantity"), "面积或数量(宗地)", "The measure of land, by its certificate.";
    may "polygon": Of("Polygon"), "界址", "The ground as a polygon.";
    may "units": List(&Of("NamedParcel"), 1, limits::PARCELS_MAX), "依托宗地", "The ground as registered parcels.";
    may "cells": List(&Of("CellName"), 1, CELLS_MAX), "所占网格, 其后是无界址的依托宗地", "The cells of the grid that it touches, then its parcels without a polygon.";
    may "tolerated_area2": Of("Area"), "已容忍的重叠面积", "The overlap that was tolerated so far.";
    may "source": Text, "来源", "The source that it draws on.";
    may "layer": Of("Name"), "层", "The layer of the ground.";
    may "class": Of("PlainText"), "类别", "The class.";
    may "attributes": Map("ShortName", &Of("PlainText"), ATTRIBUTES_MAX), "其他记载", "Other facts of the certificate.";
    may "additional": True, "核发机关声明对同一来源另行核发", "The issuer meant a second right on the same source.";
    may "converted": List(&Of("Years"), 1, limits::RIGHT_CONVERTED_MAX), "已转换的年度(含被承继权益的)", "Years that were converted, of it or of a right that it succeeds.";
    may "adjudication": Of("Hash"), "裁决摘要; 争议未决", "The digest of the ruling under which it was registered; it is disputed.";
};

/// What comes to a right later.
pub(super) const RIGHT_LATER: Members = members! {
    may "acquired": Count, "持有人受让取得的账页", "The entry at which its holder got it from another.";
    may "succeeded_by": Of("RightId"), "已由其承继", "The right that succeeds it.";
    may "revoked_from": Of("Day"), "撤销起始日", "The day from which it is revoked.";
    may "resolution": Of("Hash"), "争议解决文件摘要", "The digest of what ended the dispute.";
    may "uses": List(&Of("Used"), 1, limits::RIGHT_USES_MAX), "土地类权益已消耗或灭失的部分, 最早在先", "What was used up of ground, or lost, oldest first.";
    may "verifications": List(&Of("Verified"), 1, limits::RIGHT_VERIFICATIONS_MAX), "担保机构的核验, 最早在先", "Verifications by guarantors, oldest first.";
};

const USED: Members = members! {
    must "quantity": Of("Quantity"), "数量", "How much.";
    may "ordered": True, "由主管机关依职权记载", "An authority recorded it by itself.";
    must "entry": Count, "记载的账页", "The entry that recorded it.";
};

/// A burden, as records and events hold it.
pub(super) const BURDEN: Members = members! {
    must "id": Of("BurdenId"), "名称", "Its name.";
    may "quantity": Of("Quantity"), "数量(存量、流量)", "How much it takes (stock, flow).";
    may "from": Of("Day"), "首日(流量、年度)", "The first day (flow, years).";
    may "to": Of("Day"), "末日的次日", "The day after the last.";
    may "expires": Of("Instant"), "失效时刻(预登记、有期限的冻结、随债务期限届满失效的担保)", "When it ends by itself (reservations, freezes with a term, lines that lapse with the term of the claim).";
    may "authority": Of("PartyId"), "冻结机关", "Who ordered the freeze.";
    may "behind": List(&Of("BurdenId"), 1, limits::RIGHT_ENCUMBRANCES_MAX), "列于其后的在先负担", "The burdens that it stands behind.";
    may "overhang": Of("Overhang"), "悬空", "The part that an authority's act left without a right beneath it.";
    may "order": Of("PlainText"), "冻结文书编号", "The number of the order.";
    may "limit_cny": Of("Yuan"), "冻结限额(元)", "The sum that the order is limited to.";
    may "price_cny": Of("Yuan"), "单价(元)", "The price of one unit.";
    may "executed": Of("Quantity"), "已执行数量", "How much was sold.";
    may "proceeds_cny": Of("Yuan"), "执行所得(元)", "What the sales brought.";
};

const VERIFIED: Members = members! {
    must "answer": Of("Hash"), "答复的摘要", "The digest of the answer.";
    must "entry": Count, "记录它的账页", "The entry that recorded it.";
    must "guarantor": Of("PartyId"), "担保机构", "Who verified.";
    must "question": Of("Hash"), "问题的摘要", "The digest of the question.";
    must "root": Of("Hash"), "所依据检查点的根", "The root of the checkpoint that the answer rests on.";
    must "size": Count, "该检查点的大小", "The size of that checkpoint.";
};

const NAMED_PARCEL: Members = members! {
    must "right": Of("RightId"), "该宗地的权益", "The right on the parcel.";
    must "unit": Of("IdentityValue"), "不动产单元号", "The unit number of the parcel.";
};

/// Shapes of the record.
pub(super) const RECORDS: &[Shape] = objects! {
    "Right" [RIGHT, RIGHT_LATER] Refused, "权益", "A right. A stock has `balance`, a flow `steps`, land `measure`.";
    "Burden" [BURDEN] Refused, "负担: 担保、预登记或冻结", "A burden: a line of a pledge or a reservation, or a freeze.";
    "Used" [USED] Refused, "消耗或灭失", "A use or a loss.";
    "Verified" [VERIFIED] Refused, "担保机构的一次核验", "A verification by a guarantor.";
    "NamedParcel" [NAMED_PARCEL] Refused, "依托宗地", "A parcel that a right draws on.";
};

const OF_RIGHT: Members = members! {
    must "right": Of("RightId"), "权益", "The right.";
    must "document": Of("Hash"), "所依据文件的 SHA-256", "The SHA-256 of the document behind the act.";
};

/// An amount in the unit of the kind.
pub(super) const AMOUNT: Members = members! {
    must "quantity": Of("Quantity"), "数量", "How much.";
    must "unit": Of("Unit"), "该种类的单位", "The unit of the kind.";
};

/// An amount that may be absent.
pub(super) const AMOUNT_IF_ANY: Members = members! {
    may "quantity": Of("Quantity"), "数量", "How much.";
    may "unit": Of("Unit"), "该种类的单位; 与数量同在", "The unit of the kind; it stands with the quantity.";
};

/// An extent as a command asks for it.
pub(super) const EXTENT: Members = members! {
    may "quantity": Of("Quantity"), "数量(存量、流量)", "How much (stock, flow).";
    may "unit": Of("Unit"), "该种类的单位; 与数量同在", "The unit of the kind; it stands with the quantity.";
    may "from": Of("Day"), "首日(流量)", "The first day (flow).";
    may "to": Of("Day"), "末日的次日(流量)", "The day after the last (flow).";
    may "years": List(&Within(1_900, 9_998), 2, 2), "首年和末年, 均含", "The first and the last year, both included.";
};

const CONSENTING: Members = members! {
    may "consenting": List(&Of("PartyId"), 1, limits::SIGNATURES_MAX), "同意的各方, 升序; 均须签署", "Who consents beside the giver, ascending; each of them signs.";
};

const ISSUE: Members = members! {
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "holder": Of("PartyId"), "持有人", "Who holds it.";
    must "identities": List(&Of("Identity"), 1, limits::IDENTITIES_MAX), "权证标识", "Its identities; the first is of the kind's first scheme.";
    must "span": Of("Span"), "有效期", "Its days.";
    must "unit": Of("Unit"), "该种类的单位", "The unit of the kind.";
    must "succeeds": List(&Of("RightId"), 0, limits::SUCCEEDS_MAX), "承继的权益; 没有则为空列表", "The rights whose burdens follow; empty for none.";
    may "quantity": Of("Quantity"), "数量; 或 steps", "How much; or `steps`.";
    may "steps": List(&Of("Step"), 1, limits::FLOW_STEPS_MAX), "各期数量(流量), 首级自有效期首日起", "The quantities of a flow, ascending, from the first day on.";
    may "class": Of("PlainText"), "类别", "The class.";
    may "attributes": Map("ShortName", &Of("PlainText"), ATTRIBUTES_MAX), "其他记载", "Other facts of the certificate.";
    may "polygon": Of("Polygon"), "界址; 或 units, 或(自规则版本 2)两者", "The ground as a polygon; or `units`, or from law 2 on both.";
    may "units": List(&Of("IdentityValue"), 1, limits::PARCELS_MAX), "依托宗地的单元号", "The unit numbers of registered parcels.";
    may "additional": True, "有意对同一来源另行核发", "A second right on the same source is meant.";
    may "adjudication": Of("Hash"), "裁决摘要", "The digest of a ruling on an overlap; the right is then disputed.";
};

const VERIFICATION: Members = members! {
    must "answer": Inside("LawAnswer"), "所核验的答复, 规范 JSON, 至多 12,288 字节", "The answer that was verified: canonical JSON in at most 12,288 bytes.";
    must "question": Of("RegisterPledgeQuestion"), "所核验的问题, 关于该权益", "The question, which is about the right.";
    must "root": Of("Hash"), "所依据检查点的根", "The root of the checkpoint that the answer rests on.";
    must "size": Count, "该检查点的大小", "The size of that checkpoint.";
};

const FROM: Members = members! {
    must "from": Of("Day"), "自该日起", "From this day on.";
};

const TO: Members = members! {
    must "to": Of("Day"), "新的末日的次日", "The new day after the last.";
};

const FREEZE: Members = members! {
    must "authority": Of("PartyId"), "冻结机关", "Who ordered it.";
    may "order": Of("PlainText"), "冻结文书编号, 至多 64 字节", "The number of the order, in at most 64 bytes of UTF-8.";
    may "until": Of("Day"), "期限: 首个不再冻结的日子", "The first day without it.";
    may "limit_cny": Of("Yuan"), "冻结限额(元)", "The sum that it is limited to.";
    may "price_cny": Of("Yuan"), "单价(元)", "The price of one unit.";
};

const OF_FREEZE: Members = members! {
    must "freeze": Of("FreezeId"), "冻结", "The freeze.";
};

const CHANGED_FREEZE: Members = members! {
    may "until": Of("Day"), "新期限", "A later day.";
    may "limit_cny": Of("Yuan"), "新限额(元)", "The new sum.";
};

const PROCEEDS: Members = members! {
    must "proceeds_cny": Of("Yuan"), "所得(元)", "What it brought.";
    may "buyer": Of("PartyId"), "买受人; 土地类权益须填", "Who bought it; ground goes to it.";
};

const SURRENDER: Members = members! {
    may "carve_out": OneOf(&["consent", "order"]), "涉及已担保部分的依据", "On what ground pledged units are taken.";
};

const CORRECTION: Members = members! {
    may "class": Of("PlainText"), "新类别", "The new class.";
    may "attributes": Map("ShortName", &Of("PlainText"), ATTRIBUTES_MAX), "新记载", "New facts.";
    may "resolution": True, "争议已解决", "The dispute is resolved.";
    may "line": Of("BurdenId"), "更正的登记行", "The line that is corrected.";
    may "relied": List(&Of("Reliance"), 1, limits::PLEDGE_NOTES_MAX), "曾依据该行的查询证明", "Certificates on which somebody relied.";
};

const RELIANCE: Members = members! {
    must "position": Count, "账页位置", "The size of the log.";
    may "number": Of("PlainText"), "查询证明编号", "The number of the certificate.";
};

const TRANSFER: Members = members! {
    must "to": Of("PartyId"), "受让人", "Who gets it.";
    may "succession": True, "依承继, 无须转让同意", "It passes by succession.";
    may "identities": List(&Of("Identity"), 1, limits::IDENTITIES_MAX), "部分转让: 新权益的标识", "Of a part: the identities of the new right.";
    may "lines": List(&Of("Allocation"), 1, limits::PLEDGE_LINES_MAX), "部分转让: 随之转移的登记行", "Of a part: the lines that go along.";
};

const ALLOCATION: Members = members! {
    must "line": Of("BurdenId"), "登记行", "The line.";
    may "quantity": Of("Quantity"), "转移的数量", "How much of it goes.";
    may "joint": True, "不分割, 共同担保", "It follows undivided.";
};

const CONVERSION: Members = members! {
    must "into": Of("Conversion"), "转换成的权益", "The right that it becomes.";
    may "years": List(&Within(1_900, 9_998), 2, 2), "转换的首年和末年", "The first and the last year that are converted.";
};

const INTO: Members = members! {
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "identities": List(&Of("Identity"), 1, limits::IDENTITIES_MAX), "权证标识", "Its identities.";
    must "quantity": Of("Quantity"), "数量", "How much.";
    must "unit": Of("Unit"), "单位", "The unit of the kind.";
    must "span": Of("Span"), "有效期", "Its days.";
    may "class": Of("PlainText"), "类别", "The class.";
};

/// Bodies of commands.
pub(super) const BODIES: &[Shape] = objects! {
    "IssueRight" [ISSUE] Refused, "核发权益", "Issues a right.";
    "AdjustRight" [OF_RIGHT, FROM, AMOUNT] Refused, "调整数量", "Changes the quantity of a right from a day on.";
    "RevokeRight" [OF_RIGHT, FROM] Refused, "撤销权益", "Revokes a right from a day on.";
    "ExtendRight" [OF_RIGHT, TO] Refused, "延长有效期", "Extends the days of a right.";
    "Freeze" [OF_RIGHT, FREEZE, EXTENT] Refused, "冻结", "Freezes a part of a right.";
    "ChangeFreeze" [OF_RIGHT, OF_FREEZE, CHANGED_FREEZE, AMOUNT_IF_ANY] Refused, "续冻或减少冻结", "Renews a freeze, or leaves less of it.";
    "ExecuteFreeze" [OF_RIGHT, OF_FREEZE, AMOUNT_IF_ANY, PROCEEDS] Refused, "执行冻结", "Sells what is frozen.";
    "Unfreeze" [OF_RIGHT, OF_FREEZE] Refused, "解除冻结", "Lifts a freeze.";
    "SurrenderRight" [OF_RIGHT, AMOUNT, SURRENDER, CONSENTING] Refused, "缴回", "Takes units back from a stock.";
    "CorrectRight" [OF_RIGHT, AMOUNT_IF_ANY, CORRECTION, CONSENTING] Refused, "更正", "Corrects class and attributes, or the quantity, or a line, or ends a dispute.";
    "TransferRight" [OF_RIGHT, TRANSFER, AMOUNT_IF_ANY, CONSENTING] Refused, "转让", "Transfers a right or a part of it.";
    "ConvertRight" [OF_RIGHT, CONVERSION, AMOUNT_IF_ANY, CONSENTING] Refused, "转换", "Converts years or a quantity into a right of another kind.";
    "RecordVerification" [OF_RIGHT, VERIFICATION] Refused, "记录担保机构的核验", "Has a guarantor's verification recorded.";
    "Reliance" [RELIANCE] Refused, "曾依据的查询证明", "A certificate on which somebody relied.";
    "Allocation" [ALLOCATION] Refused, "随部分转让的登记行", "A line that goes along with a part.";
    "Conversion" [INTO] Refused, "转换成的权益", "The right that a conversion makes.";
};

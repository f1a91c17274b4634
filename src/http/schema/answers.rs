//! What the service says for itself: receipts, answers, pages of records, alerts, statistics, the state of the log, problems.
//!
//! Separate from the shapes of the log, which are fixed for ever: what stands here may get members, and a reader ignores those
//! that it does not know.

use crate::http::schema::entries::FINDING;
use crate::http::schema::shape::Type::{
    Count, Exactly, Flag, Inside, List, Of, OneOf, Signed, Text, Within,
};
use crate::http::schema::shape::{Form, Members, Shape, members, objects};
use crate::primitives::limits;

/// Hashes of one proof.
const PROOF_MAX: usize = 256;
/// Findings of one decision; what an entry can hold.
const FINDINGS_MAX: usize = limits::ENTRY_BYTES_MAX;
/// The least and the greatest status code.
const STATUSES: (u64, u64) = (200, 599);

const SUBMISSION: Members = members! {
    must "command": Of("Jws"), "签署的指令", "The signed command.";
    may "openings": List(&Of("Opening"), 0, limits::HIDDEN_MAX), "每个隐藏摘要恰有一个揭示", "Exactly one opening for every hidden digest.";
};

const BATCH: Members = members! {
    must "commands": List(&Of("Submission"), 1, limits::BATCH_COMMANDS_MAX), "各指令, 按次序决定", "The commands, decided in order.";
};

const BATCH_ANSWER: Members = members! {
    must "results": List(&Of("BatchResult"), 1, limits::BATCH_COMMANDS_MAX), "各指令的结果, 按次序", "One result for every command, in order.";
};

const BATCH_RESULT: Members = members! {
    must "status": Within(STATUSES.0, STATUSES.1), "该指令单独提交时的状态码", "The status code that the command alone would have had.";
    may "receipt": Of("Receipt"), "回执 (200, 201)", "The receipt, for the statuses 200 and 201.";
    may "problem": Of("Problem"), "问题 (其他状态码)", "The problem, for every other status.";
};

const RECEIPT: Members = members! {
    must "checkpoint": Of("Note"), "覆盖该账页的签名检查点", "The signed checkpoint that covers the entry.";
    must "cosigned": Flag, "检查点是否已获见证签署; 否则回执是临时的", "Whether it carries the quorum of the registry's witnesses; without it the receipt is provisional.";
    must "decision": OneOf(&["accepted", "refused"]), "决定", "The decision.";
    must "entry": Inside("Entry"), "账页的字节", "The bytes of the entry; its leaf hash is the SHA-256 of 0x00 and these bytes.";
    must "index": Count, "账页号", "The position in the log.";
    must "proof": List(&Of("Hash"), 0, PROOF_MAX), "包含证明", "The inclusion proof, leaf sibling first.";
    must "repeated": Flag, "此前已决定; 这是原决定", "The command had been decided before; this is the original decision.";
    must "size": Count, "检查点的大小", "The size of the checkpoint's tree.";
    must "time": Of("Instant"), "登记时间", "Registry time of the entry.";
    may "created": Of("AnyId"), "所创建记录的编号", "The id of the record that the entry created.";
    may "event": Of("Event"), "发生了什么(接受时)", "What happened, where it was accepted.";
    may "findings": List(&Of("Finding"), 1, FINDINGS_MAX), "理由(拒绝时)", "Why not, where it was refused.";
    may "notices": List(&Of("Notice"), 1, limits::PLEDGE_LINES_MAX), "服务在规则之外的提醒", "What the service notices beside the law, where it does.";
    may "warnings": List(&Of("Finding"), 0, FINDINGS_MAX), "提示(接受时)", "What was noted, where it was accepted.";
};

const NOTICE: Members = members! {
    must "code": Within(1_000, 9_999), "编号, 与校验结论同一编号体系", "The number, in the numbering of the findings.";
    must "fix": Text, "如何处理", "What to do.";
    must "name": Of("ShortName"), "供程序使用的名称", "A word for programs.";
    must "right": Of("RightId"), "权益", "The right.";
    must "title_en": Text, "英文标题", "The title in English.";
    must "title_zh": Text, "中文标题", "The title in Chinese.";
    may "ground_mu": Of("Quantity"), "图形面积(亩)", "The mu of the ground.";
    may "lending": Of("Lending"), "债权与规则所定的上限", "The claim beside the most that should be lent.";
    may "permit_of": Of("CreditCode"), "许可证编号所含的统一社会信用代码", "The credit code that the permit begins with.";
    may "stated": Of("Quantity"), "权证所载: 亩, 或每年吨数", "What the certificate says: mu, or tonnes a year.";
};

const LENDING: Members = members! {
    must "before_cny": Of("Yuan"), "在先各担保已登记限额之和(元)", "The clear caps of the pledges that it stands behind.";
    must "claim_cny": Of("Yuan"), "所揭示的本金, 否则为已登记的限额(元)", "The principal that was opened, else the clear cap.";
    must "most_cny": Of("Yuan"), "按规则最多可贷(元)", "The most that the policies of the kinds let lend on the value.";
    must "value_cny": Of("Yuan"), "担保物按导入价格的价值(元)", "What the lines are worth at imported prices.";
};

const WORDS: Members = members! {
    must "fix": Text, "如何处理", "What to do.";
    must "name": Of("ShortName"), "供程序使用的名称", "A word for programs.";
    must "severity": OneOf(&["refuse", "warn"]), "拒绝或提示", "Whether it refuses or warns.";
    must "title_en": Text, "英文标题", "The title in English.";
    must "title_zh": Text, "中文标题", "The title in Chinese.";
};

const PROBLEM: Members = members! {
    must "status": Within(400, 599), "状态码", "The status code.";
    must "title": Text, "类型的含义", "What the type means.";
    must "type": Of("ProblemType"), "类型", "The type: `/findings/<code>` where the law numbers the fault, else `/problems/<name>`.";
    may "code": Within(1_000, 9_999), "首个校验结论的编号", "The number of the first finding.";
    may "detail": Text, "这里发生了什么", "What happened here.";
    may "field": Text, "有误的成员或参数; $ 指整个请求体", "The path of the member, parameter or header at fault; `$` is the whole body.";
    may "findings": List(&Of("Finding"), 1, FINDINGS_MAX), "全部校验结论", "Every finding.";
    may "index": Count, "拒绝的账页, 或占用编号的账页", "The entry of the refusal, or the entry that consumed the id.";
    may "receipt": Of("Receipt"), "拒绝的回执", "The receipt of a refusal.";
};

const CHECK: Members = members! {
    must "admissible": Flag, "全部签署齐备时可否接受", "Whether the command would be accepted now, if every required signature were there.";
    must "as_of": Of("AsOf"), "依据", "What the answer rests on.";
    must "findings": List(&Of("Finding"), 0, FINDINGS_MAX), "不可以的理由", "Why not.";
    must "warnings": List(&Of("Finding"), 0, FINDINGS_MAX), "提示", "What would be noted.";
    may "event": Of("Event"), "将会发生什么", "What would happen.";
    may "notices": List(&Of("Notice"), 1, limits::PLEDGE_LINES_MAX), "服务在规则之外的提醒", "What the service notices beside the law, where it does.";
};

const AS_OF: Members = members! {
    must "size": Count, "账页位置", "The size of the log.";
    must "time": Of("Instant"), "登记时间", "Registry time.";
};

const VIEW: Members = members! {
    must "history_root": Of("Hash"), "历史的根", "The root over the entries that touched it.";
    must "last_index": Count, "最近触及它的账页", "The last entry that touched it.";
    must "version": Count, "版本: 触及它的账页数; 指令的 expect 引用它", "How many entries touched it; what `expect` of a command names.";
};

const RIGHT_VIEW: Members = members! {
    must "id": Of("RightId"), "编号", "Its id.";
    must "record": Of("Right"), "记录", "The record.";
    may "unit": Of("Unit"), "其数量的单位, 依该种类现行规则; 列表中仅按标识查得的有", "The unit of its quantities, by the rules of its kind now; in lists only where they are by identity.";
};

const SECURED_VIEW: Members = members! {
    must "id": Of("SecuredId"), "编号", "Its id.";
    must "record": Of("Secured"), "记录", "The record.";
};

const PARTY_VIEW: Members = members! {
    must "id": Of("PartyId"), "编号", "Its id.";
    must "record": Of("Party"), "记录", "The record.";
};

const NEXT: Members = members! {
    may "next": Of("Cursor"), "下一页的位置; 最后一页没有", "The cursor of the next page; absent on the last one.";
};

const RIGHTS: Members = members! {
    must "items": List(&Of("RightView"), 0, limits::PAGE_ROWS_MAX), "权益", "The rights.";
};

const PLEDGES: Members = members! {
    must "items": List(&Of("SecuredView"), 0, limits::PAGE_ROWS_MAX), "担保登记与预登记", "The pledges and reservations.";
};

const PARTIES: Members = members! {
    must "items": List(&Of("PartyView"), 0, limits::PAGE_ROWS_MAX), "主体", "The parties.";
};

const HISTORY: Members = members! {
    must "items": List(&Of("HistoryItem"), 0, limits::PAGE_ROWS_MAX), "账页", "The entries.";
};

const HISTORY_ITEM: Members = members! {
    must "entry": Inside("Entry"), "账页的字节", "The bytes of the entry.";
    must "index": Count, "账页号", "The position in the log.";
};

const CONSISTENCY: Members = members! {
    must "new": Count, "新的大小", "The newer size.";
    must "old": Count, "旧的大小", "The older size.";
    must "proof": List(&Of("Hash"), 0, PROOF_MAX), "证明 (RFC 6962 2.1.2)", "The hashes of RFC 6962 section 2.1.2.";
};

const PRESENTED: Members = members! {
    must "openings": List(&Of("PresentedOpening"), 0, limits::DISCLOSED_MAX), "揭示", "The openings.";
};

const PRESENTED_OPENING: Members = members! {
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
    must "claim": Of("ShortName"), "隐藏值的名称", "The name of the hidden value.";
    must "salt": Of("Salt"), "盐", "The salt.";
    must "value": Of("OpeningValue"), "值", "The value.";
};

const ALERTS: Members = members! {
    must "day": Of("Day"), "日期", "The day.";
    must "items": List(&Of("Alert"), 0, limits::ALERT_RECORDS_MAX * limits::PLEDGE_LINES_MAX), "提示", "The alerts.";
    must "size": Count, "所依据的账页位置", "The size of the log that the page rests on.";
    may "valued": List(&Of("ValuedPledge"), 1, limits::DISCLOSED_MAX), "已出示本金且各行均有价格的担保", "The pledges whose principal was presented and whose lines all have a price, on every page.";
};

const ALERT: Members = members! {
    must "kind": OneOf(&[
        "expiry_before_maturity", "lapse", "insurance_lapse", "right_reduced", "right_revoked", "frozen",
        "freeze_satisfied", "holder_changed", "price_line", "same_ground", "compliance_gap", "external_registration", "party_succeeded",
        "area_differs", "external_claim", "external_unrecorded", "receipt_missing", "objection", "disposal", "recovery",
        "signature_disputed", "ground_lost", "barred", "above_max_ltv",
    ]), "种类", "The kind.";
    must "parties": List(&Of("PartyId"), 0, limits::RIGHT_ENCUMBRANCES_MAX), "相关主体", "Whom it concerns.";
    must "record": Of("AlertRecordId"), "所关于的记录", "The pledge, the reservation, the right or the party that it is about.";
    may "code": Within(1_000, 9_999), "校验目录中的编号", "Its number in the catalogue of checks, where it has one.";
    may "amount": Of("Quantity"), "缺口、所处置、为在后的冻结所及或仍冻结的数量, 以权益的单位计", "How much is missing, was disposed of, is reached by a freeze that came later, or is frozen yet, in the unit of the right.";
    may "days_left": Signed(-4_000_000, 4_000_000), "剩余天数; 已过为负", "Days until then; negative once it has passed.";
    may "lending": Of("Lending"), "债权与规则所定的上限", "The claim beside the most that should be lent.";
    may "line": Within(0, limits::PLEDGE_LINES_MAX as u64 - 1), "行号", "The line of the pledge.";
    may "on": Of("Day"), "所关于的日子; 终止时为首个不在内的日子", "The day that it is about; the first one outside, where it is an end.";
    may "price": Of("AlertPrice"), "如何估值", "How the collateral was valued.";
    may "records": List(&Of("AlertGround"), 1, limits::NEIGHBORS_MAX), "其他所依据的记录", "Further records that it rests on.";
    may "right": Of("RightId"), "权益", "The right.";
    may "stage": Signed(0, 60), "60、30 或 7; 已过为 0", "60, 30 or 7, or 0 once it has passed.";
    may "what": OneOf(&["term", "line", "collateral_span", "right", "reservation", "external", "determination"]), "到期的是什么", "What lapses.";
};

const VALUED: Members = members! {
    must "prices": List(&Of("Price"), 0, limits::PLEDGE_LINES_MAX), "所用价格", "The prices.";
    must "principal_cny": Of("Yuan"), "本金(元)", "The principal.";
    must "value_cny": Of("Yuan"), "未解除各行的价值(元), 不含悬空; 在后冻结所及者计入", "The value of the lines that are not released, without what has no right beneath it; what only a later freeze reaches counts.";
    may "ltv_ppm": Count, "贷款价值比, 百万分之一, 进位; 价值为 0 则无", "Loan to value in millionths, rounded up; absent where the value is 0.";
};

const ALERT_PRICE: Members = members! {
    must "line": OneOf(&["warning", "close_out"]), "触及的警戒线", "The line that was crossed.";
    must "line_ppm": Count, "该线, 百万分之一; 合同约定优先, 否则 750000 与 850000", "That line in millionths; the contract's where its opening is presented, else 750000 and 850000.";
};

const VALUED_PLEDGE: Members = members! {
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
    may "line": OneOf(&["warning", "close_out"]), "触及的警戒线", "The line that it has crossed; absent where none.";
};

const PRICE: Members = members! {
    must "cny": Of("Yuan"), "单价(元)", "Yuan for one unit.";
    must "day": Of("Day"), "日期", "The day.";
    must "series": Text, "价格序列: 种类与标识部分", "The series: the kind and parts of an identity.";
    must "source": Text, "来源", "Who says so.";
};

const RECONCILIATION: Members = members! {
    must "day": Of("Day"), "日期", "The day.";
    must "items": List(&Of("ReconciledPledge"), 0, limits::PAGE_ROWS_MAX * limits::PLEDGE_NOTES_MAX), "各项, 依担保登记次序", "The rows, by pledge.";
    must "size": Count, "所依据的账页位置", "The size of the log that the page rests on.";
};

const RECONCILED: Members = members! {
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
    must "pledgee": Of("PartyId"), "担保权人", "Its pledgee.";
    must "standing": OneOf(&[
        "agrees", "unrecorded", "receipt_missing", "absent", "cancelled", "lapsed", "replaced", "ends_soon", "ends_before_claim", "not_seen_lately",
        "still_there",
    ]), "核对结果", "How the two stand to each other.";
    must "standing_zh": Text, "核对结果的中文", "The same for people, in Chinese.";
    may "checked": Of("Day"), "查询日期", "The day on which somebody looked.";
    may "days_left": Signed(-4_000_000, 4_000_000), "距对方登记届满的天数; 已过为负", "Days until the term there is over; negative afterwards.";
    may "ends": Of("Day"), "对方登记期限的末日的次日", "The first day on which the term there is over.";
    may "number": Of("PlainText"), "外部登记号", "Its number there.";
    may "code": Within(1_000, 9_999), "校验目录中的编号; 无须处理则无此项", "Its number in the catalogue of checks; absent where nothing is to be set right.";
    may "register": Of("Name"), "外部登记系统; 未记载且规则未指明则无此项", "The other register; absent where nothing is recorded and the policy names none.";
    may "status": OneOf(&["registered", "lapsed", "cancelled", "absent"]), "状态", "What it says.";
};

const PRICE_LIST: Members = members! {
    must "kid": Of("KeyId"), "登记机构的密钥", "A key of the registrar.";
    must "list": Inside("PriceRows"), "价格表的规范文本", "The canonical text of the list.";
    must "signature": Of("SignatureHex"), "对 greenlien/prices/v1|aud|list 的 SHA-256 的签名", "Its signature over `greenlien/prices/v1|<aud>|<sha256 of list>`.";
};

const PRICE_ROWS: Members = members! {
    must "prices": List(&Of("PriceRow"), 1, limits::PRICE_ROWS_MAX), "价格", "The prices.";
};

const PRICE_ROW: Members = members! {
    must "cny": Of("Yuan"), "单价(元)", "Yuan for one unit.";
    must "day": Of("Day"), "日期", "The day.";
    must "kind": Of("Name"), "权益种类", "The kind.";
    must "parts": Text, "标识部分, 如 type=CEA;vintage=2025", "Parts of the first identity, such as `type=CEA;vintage=2025`, or nothing.";
    must "source": Text, "来源", "Who says so.";
};

const ADDED: Members = members! {
    must "added": Count, "增加的条数", "How many were added.";
};

const STATISTICS: Members = members! {
    must "at": Count, "账页位置", "Entries before the position.";
    must "by": List(&Of("Dimension"), 1, 7), "分组", "What it is grouped by.";
    must "cells": List(&Of("StatisticsCell"), 0, 200_000), "各格, 已排序", "The cells, sorted.";
    must "time": Of("Instant"), "该位置前最后账页的登记时间", "Registry time of the last of them.";
};

const CELL: Members = members! {
    must "disposed": Of("StatisticsSum"), "已处置的行, 含部分处置", "Lines whose collateral was disposed of in execution, or a part of it.";
    must "ended": Of("StatisticsSum"), "已期满的行: 担保期间或权益已届满", "Lines that are over by time alone: their collateral span or their right has ended.";
    must "impaired": Of("StatisticsSum"), "悬空的行", "Lines that an authority's act has left without a right beneath them, or a part of them; `overhang` is that part.";
    must "lapsed": Of("StatisticsSum"), "已随债务期限届满失效的行", "Lines that lapsed with the term of their claim, as the policy of their kind says.";
    must "moved": Of("StatisticsSum"), "经分割或转换, 已全部转为其他权益上之行的行", "Lines that a split or a conversion turned whole into lines on other rights.";
    must "open": Of("StatisticsSum"), "在登的行", "Lines that stand, with their rights beneath them; a freeze that came later may reach a part (`frozen`).";
    must "pledges": Count, "担保数", "Pledges with a line in the cell.";
    must "records": Of("Path"), "本格各行的路径", "Where all lines of the cell are listed.";
    must "released": Of("StatisticsSum"), "已解除的行, 含部分解除", "Lines that were released, or a part of them.";
    may "cap_cny": Of("Yuan"), "已登记限额之和(元), 每项担保计一次", "The caps that are clear, each once; of pledges that are not released.";
    may "cap_pledges": Count, "计入限额的担保数", "How many pledges that sum is of.";
    may "form": OneOf(&["质押", "抵押"]), "担保形式", "The form of the security.";
    may "green": Text, "绿色贷款的目录代码; 未标识则为空", "The category of the loan in a catalogue of green finance; empty where none is named.";
    may "item": Text, "数量所指, 如污染物; 不区分则为空", "What the quantities are of, such as a pollutant; empty where the kind does not tell it apart.";
    may "kind": Of("Name"), "种类", "The kind of the rights.";
    may "month": Of("Month"), "登记月", "The month of registration.";
    may "pledgee": Of("PartyId"), "担保权人", "Who is secured.";
    may "principal_cny": Of("Yuan"), "所出示揭示的本金之和(元)", "The principals that the presented openings show; of pledges that are not released.";
    may "principal_pledges": Count, "计入的担保数", "How many pledges that sum is of.";
    may "town": Text, "乡镇", "The town.";
    may "unit": Of("Unit"), "数量的单位; 多年之产出合计时不再按年", "The unit of the quantities; that of the kind, without the year where years are summed.";
};

const SUM: Members = members! {
    must "lines": Count, "行数", "How many lines.";
    must "records": Of("Path"), "这些行的路径", "Where these lines are listed.";
    may "frozen": Of("Yuan"), "其中仅为在后的冻结所及的数量", "How much of that only a freeze reaches that came after the line.";
    may "overhang": Of("Yuan"), "其中悬空的数量", "How much of that has no right beneath it.";
    may "quantity": Of("Yuan"), "数量之和, 以本格的单位计", "The sum of their quantities in the unit of the cell, where it is of one kind and one item.";
};

const STATISTICS_LINES: Members = members! {
    must "items": List(&Of("StatisticsLine"), 0, limits::PAGE_ROWS_MAX), "各行", "The lines.";
};

const STATISTICS_LINE: Members = members! {
    must "form": OneOf(&["质押", "抵押"]), "担保形式", "The form of the security.";
    must "kind": Of("Name"), "种类", "The kind of the right.";
    must "line": Of("LineId"), "行", "The line.";
    must "month": Of("Month"), "登记月", "The month of registration.";
    must "pledgee": Of("PartyId"), "担保权人", "Who is secured.";
    must "right": Of("RightId"), "权益", "The right.";
    must "state": OneOf(&["open", "impaired", "ended", "lapsed", "moved", "disposed", "released"]), "状态", "How it stands.";
    must "town": Text, "乡镇", "The town.";
    may "cap_cny": Of("Yuan"), "所属担保登记明示的最高担保额, 记在其第一个在登的行", "The most that its pledge secures, where it is clear; on the first line of the pledge that stands.";
    may "disposed": Of("Yuan"), "其中已处置的数量", "How much of it was disposed of while it stood.";
    may "green": Of("GreenCategory"), "绿色贷款的目录代码", "The category of the loan in a catalogue of green finance.";
    may "frozen": Of("Yuan"), "其中仅为在后的冻结所及的数量", "How much of it only a freeze reaches that came after it.";
    may "item": Text, "数量所指, 如污染物", "What its quantity is of, where the kind tells it apart.";
    may "of_record": Of("PartyId"), "登记所载的担保权人, 已由他人承继", "The pledgee of record, where another acts in its place.";
    may "overhang": Of("Yuan"), "其中悬空的数量", "How much of it has no right beneath it.";
    may "quantity": Of("Yuan"), "数量; 全部质押的为权益的计量, 按年质押的为各年之和, 分割后未分担的只计一次", "Its quantity: of a whole right its measure, of years their sum; what a split left undivided counts once.";
    may "principal_cny": Of("Yuan"), "所属担保登记的本金, 读者可见的, 记在其第一个在登的行", "The principal of its pledge, where the reader may see it; on the first line of the pledge that stands.";
    may "released": Of("Yuan"), "其中已解除的数量", "How much of it was released while it stood.";
    may "unit": Of("Unit"), "单位", "The unit of its quantities.";
};

const LOG: Members = members! {
    must "keys": List(&Text, 1, 2), "当前签署日志的公钥; 更换期间有两个", "The verifier keys with which the log signs now: two during the overlap of a rotation, the older one first.";
    must "origin": Text, "登记簿名称", "The name of the log.";
    must "signed": Of("LogHead"), "最新签名的头部; 可能尚未见证", "The newest head that the log has signed; perhaps not cosigned yet.";
    may "cosigned": Of("LogHead"), "最新获法定见证签署的头部", "The newest head that the quorum of the witnesses has cosigned.";
    may "no_quorum_since": Of("Instant"), "自何时起没有法定见证签署; 十分钟以内则没有", "Since when no quorum has cosigned; absent while that is within ten minutes.";
    may "policies": List(&Of("Index"), 1, limits::PAGE_ROWS_MAX), "现行规则中, 在第 0 账页之后采用者所在的账页", "The entries with the policies in force that were adopted after entry 0; absent where there are none.";
    may "witnesses": List(&Of("WitnessView"), 0, 64), "各见证方最近的行为; 未配置则没有", "What each configured witness last did; absent where none is configured.";
};

const HEAD: Members = members! {
    must "checkpoint": Of("Note"), "签名的检查点", "The signed checkpoint.";
    must "root": Of("Hash"), "各账页的根", "The root over the entries.";
    must "size": Count, "账页数", "The number of entries.";
    must "time": Of("Instant"), "最后账页的登记时间", "Registry time of the last of them, a state entry.";
};

const WITNESS: Members = members! {
    must "name": Text, "在见证配置中的名称", "Its name in the file that names the witnesses.";
    may "cosigned_at": Of("Instant"), "最近有效见证的时刻, 依其自身时钟", "The time of its last cosignature that counted, by its own clock.";
    may "fault": Text, "最近答复不可用的原因", "Why its last answer was of no use; absent after a good one.";
    may "fault_at": Of("Instant"), "时刻", "When that was.";
    may "size": Count, "最近见证的大小", "The size that it has cosigned last.";
};

const HEALTH: Members = members! {
    must "status": OneOf(&["ok", "ready"]), "ok 或 ready", "`ok` or `ready`.";
};

const OPENAPI: Members = members! {
    must "components": Of("AnyObject"), "构件", "Its parts.";
    must "info": Of("AnyObject"), "信息", "What it describes.";
    must "openapi": Exactly("3.1.0"), "版本", "The version of OpenAPI.";
    must "paths": Of("AnyObject"), "路径", "The paths.";
    must "security": List(&Of("AnyObject"), 1, 8), "所需登录", "What must be shown.";
    must "servers": List(&Of("AnyObject"), 1, 1), "服务地址", "Where it is served.";
    must "tags": List(&Of("AnyObject"), 1, 64), "分组", "The groups.";
    must "webhooks": Of("AnyObject"), "登记系统发出的请求", "Requests that the service sends.";
    must "x-otherwise": Of("AnyObject"), "对不属于任何操作的请求的答复", "What is answered to a request for no operation, by status.";
};

const NOTHING: Members = members! {};

/// Shapes of answers and of the requests that are not commands.
pub(super) const OBJECTS: &[Shape] = objects! {
    "Submission" [SUBMISSION] Refused, "提交的指令", "A command as it is submitted.";
    "Batch" [BATCH] Refused, "一批指令", "Several commands, decided in order.";
    "BatchAnswer" [BATCH_ANSWER] Ignored, "一批指令的结果", "The answers to a batch.";
    "BatchResult" [BATCH_RESULT] Ignored, "一批中一项指令的结果", "The answer to one command of a batch.";
    "Receipt" [RECEIPT] Ignored, "回执: 决定及其证明", "A decision with its proof.";
    "Notice" [NOTICE] Ignored, "服务的提醒: 不是规则, 不入账", "What the service notices about a right; no part of the law, and in no entry.";
    "Finding" [FINDING, WORDS] Ignored, "校验结论", "One numbered check result, with its words.";
    "Problem" [PROBLEM] Ignored, "问题 (RFC 9457)", "A failure (RFC 9457).";
    "CheckAnswer" [CHECK] Ignored, "答复", "The answer to a question.";
    "AsOf" [AS_OF] Ignored, "依据", "What an answer rests on.";
    "RightView" [VIEW, RIGHT_VIEW] Ignored, "权益, 截至已公布的检查点", "A right as of the published checkpoint.";
    "SecuredView" [VIEW, SECURED_VIEW] Ignored, "担保登记或预登记, 截至已公布的检查点", "A pledge or a reservation as of the published checkpoint.";
    "PartyView" [VIEW, PARTY_VIEW] Ignored, "主体, 截至已公布的检查点", "A party as of the published checkpoint.";
    "RightPage" [RIGHTS, NEXT] Ignored, "一页权益, 按编号升序", "One page of rights, ascending by id.";
    "PledgePage" [PLEDGES, NEXT] Ignored, "一页担保登记, 按编号升序", "One page of pledges and reservations, ascending by id.";
    "PartyPage" [PARTIES, NEXT] Ignored, "一页主体, 按编号升序", "One page of parties, ascending by id.";
    "HistoryPage" [HISTORY, NEXT] Ignored, "一页经过, 最近在先", "One page of a history, newest first.";
    "HistoryItem" [HISTORY_ITEM] Ignored, "经过中的一个账页", "One entry of a history.";
    "Consistency" [CONSISTENCY] Ignored, "一致性证明", "A proof that one log is a prefix of another.";
    "Presented" [PRESENTED] Refused, "读者出示的揭示; 只与账簿比对, 不保存", "Openings that a reader presents with a question; compared with the log and kept nowhere.";
    "PresentedOpening" [PRESENTED_OPENING] Refused, "读者出示的一个揭示", "The opening of a hidden value, presented by a reader who has it.";
    "Alerts" [ALERTS, NEXT] Ignored, "一页提示", "A page of alerts.";
    "Alert" [ALERT] Ignored, "一项提示", "One alert.";
    "Lending" [LENDING] Ignored, "债权与规则所定的上限", "A claim beside what the policies of the kinds let lend.";
    "AlertPrice" [ALERT_PRICE, VALUED] Ignored, "触及警戒线时的估值", "How the collateral of a pledge was valued when a line was crossed.";
    "ValuedPledge" [VALUED_PLEDGE, VALUED] Ignored, "按导入价格估值的担保", "A pledge whose principal the reader presents, at imported prices.";
    "Price" [PRICE] Ignored, "价格", "A price.";
    "Reconciliation" [RECONCILIATION, NEXT] Ignored, "一页核对", "A page of the reconciliation.";
    "ReconciledPledge" [RECONCILED] Ignored, "一项担保与其外部登记", "A pledge beside one registration elsewhere.";
    "PriceList" [PRICE_LIST] Refused, "登记机构签署的价格表", "A list of prices that the registrar signed.";
    "PriceRows" [PRICE_ROWS] Refused, "价格表", "The list that is signed.";
    "PriceRow" [PRICE_ROW] Refused, "价格表的一行", "One price of a list.";
    "PricesAdded" [ADDED] Ignored, "价格表已加入", "What became of a list of prices.";
    "Statistics" [STATISTICS] Ignored, "某一账页位置的统计表", "The table of a position.";
    "StatisticsCell" [CELL] Ignored, "一格", "One cell of a table.";
    "StatisticsSum" [SUM] Ignored, "一格中某状态的行", "The lines of one state in a cell.";
    "StatisticsLines" [STATISTICS_LINES, NEXT] Ignored, "一页统计明细", "One page of the lines behind a table.";
    "StatisticsLine" [STATISTICS_LINE] Ignored, "统计明细的一行", "One line of a pledge as of a position.";
    "LogState" [LOG] Ignored, "日志现状", "Where the log stands.";
    "LogHead" [HEAD] Ignored, "日志的头部", "A head of the log.";
    "WitnessView" [WITNESS] Ignored, "见证方最近的行为", "What a witness last did.";
    "Health" [HEALTH] Ignored, "服务状态", "Whether the program works.";
    "Description" [OPENAPI] Ignored, "本接口的 OpenAPI 3.1 描述", "The OpenAPI 3.1 document that this is.";
    "AnyObject" [NOTHING] Members, "OpenAPI 3.1 规定的对象", "An object that the OpenAPI specification defines.";
};

/// Choices and texts of answers.
pub(super) const CHOICES: &[Shape] = &[
    Shape {
        name: "Secured",
        form: Form::ByMembers(&["Pledge", "Reservation"]),
        zh: "担保登记或预登记",
        en: "A pledge or a reservation.",
    },
    Shape {
        name: "AnyId",
        form: Form::Text("^[RPVMF](0|[1-9][0-9]{0,15})$", "P57"),
        zh: "记录或冻结的编号",
        en: "The id of a record or of a freeze.",
    },
    Shape {
        name: "AlertGround",
        form: Form::Text(
            "^([RPVMF](0|[1-9][0-9]{0,15})|[a-z0-9_-]{1,32}:.+)$",
            "zhongdeng:0123",
        ),
        zh: "记录或冻结的编号, 或外部登记系统及其登记号(没有时为 -), 或 entry: 及账页位置",
        en: "The id of a record or of a freeze, another register with its number there (- for none), or entry: and an index.",
    },
    Shape {
        name: "AlertRecordId",
        form: Form::Text("^[RPVM](0|[1-9][0-9]{0,15})$", "P57"),
        zh: "担保登记、预登记、权益或主体的编号",
        en: "The id of a pledge, a reservation, a right or a party.",
    },
    Shape {
        name: "Dimension",
        form: Form::Text("^(pledgee|kind|month|town|form|item|green)$", "kind"),
        zh: "统计的分组维度",
        en: "What a table may be grouped by.",
    },
];

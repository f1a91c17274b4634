//! Pledges and reservations: their records and the bodies of the commands about them (docs/FORMATS.md sections 2.6 and 5.4).

use crate::http::schema::rights::{AMOUNT, AMOUNT_IF_ANY, EXTENT};
use crate::http::schema::shape::Type::{Count, List, Map, Of, OneOf, True, Within};
use crate::http::schema::shape::{Form, Members, Shape, members, objects};
use crate::http::schema::values::EXTERNAL;
use crate::primitives::limits;

/// Notes of one sort on one pledge.
const NOTES: usize = limits::PLEDGE_NOTES_MAX;
/// The number of the last line.
const LINE_MAX: u64 = limits::PLEDGE_LINES_MAX as u64 - 1;
/// Days of a reservation.
const DAYS_MAX: u64 = limits::RESERVATION_DAYS_MAX.unsigned_abs() as u64;

/// A pledge, as its record and the event that registers it hold it.
pub(super) const PLEDGE: Members = members! {
    must "pledgee": Of("PartyId"), "担保权人", "Who is secured.";
    must "pledgor": Of("PartyId"), "出质人或抵押人", "Who gives the collateral.";
    must "form": OneOf(&["质押", "抵押"]), "担保形式", "The form: pledge (质押) or mortgage (抵押).";
    must "lines": List(&Of("Line"), 1, limits::PLEDGE_LINES_MAX), "担保物明细", "What secures it.";
    may "debtor": Of("PartyId"), "债务人", "The debtor, where another than the pledgor.";
    may "term": Of("Span"), "债务履行期限", "The term of the claim.";
    may "hidden": Map("ShortName", &Of("Hash"), limits::HIDDEN_MAX), "隐藏值的摘要", "Digests of hidden values, by name.";
};

/// What law 2 added to a pledge from its beginning.
pub(super) const PLEDGE_TERMS: Members = members! {
    may "caps": List(&Of("Cap"), 1, NOTES), "担保限额的各部分", "Tranches of the cap.";
    may "maximum": Of("Span"), "最高额担保的确定期间", "The determination period of a maximum-amount pledge.";
    may "syndicate": List(&Of("Share"), 1, NOTES), "银团其他成员的份额, 依主体升序; 其余归担保权人", "Shares of other members of a syndicate, ascending by party; the rest is the pledgee's own.";
    may "green": Of("GreenCategory"), "绿色贷款的目录代码", "The category of the loan in a catalogue of green finance.";
    may "attested": List(&Of("Attested"), 1, NOTES), "由担保权人声明的同意", "Consents that the pledgee attested.";
};

/// What comes to a pledge later, under law 2.
pub(super) const PLEDGE_LATER: Members = members! {
    may "former": List(&Of("FormerPledgee"), 1, limits::PLEDGE_FORMER_MAX), "原担保权人", "Pledgees of the past.";
    may "determined": Count, "确定债权的账页", "The entry that fixed the claims of a maximum amount.";
    may "parts": List(&Of("ClaimPart"), 1, limits::PLEDGE_PARTS_MAX), "部分受让的债权", "Parts of the claim that others hold.";
    may "guarantees": List(&Of("Guarantee"), 1, NOTES), "保证", "Guarantees.";
    may "buyouts": List(&Of("Buyout"), 1, NOTES), "收购承诺", "Commitments to buy.";
    may "objections": List(&Of("Objection"), 1, NOTES), "异议登记", "Objections.";
    may "disposals": List(&Of("Disposal"), 1, limits::PLEDGE_DISPOSALS_MAX), "处置", "Disposals of the collateral.";
    may "joint": List(&Of("Joint"), 1, NOTES), "共同担保的行", "Lines that secure a quantity together.";
    may "corrections": List(&Of("LineCorrection"), 1, NOTES), "行的更正", "Corrections of lines.";
    may "external": List(&Of("ExternalReport"), 1, NOTES), "其他登记系统的记载", "What other registers say.";
    may "erased": List(&Of("Erased"), 1, limits::HIDDEN_MAX), "已删除的隐藏值", "Hidden values whose openings were destroyed.";
};

const TAKEN: Members = members! {
    may "reservation": Of("ReservationId"), "承接的预登记", "The reservation that it took over.";
};

/// A reservation, as its record holds it.
pub(super) const RESERVATION: Members = members! {
    must "pledgee": Of("PartyId"), "预登记人", "Who holds the reservation.";
    must "pledgor": Of("PartyId"), "出质人或抵押人", "Who would give the collateral.";
    must "lines": List(&Of("Line"), 1, limits::PLEDGE_LINES_MAX), "明细", "What is reserved.";
    must "expires": Of("Instant"), "失效时刻", "When it ends by itself.";
};

/// How a reservation ended.
pub(super) const RESERVATION_LATER: Members = members! {
    may "ended": Of("ReservationEnd"), "已撤回, 或承接它的担保登记", "`cancelled`, or the pledge that took it over.";
};

const CAP: Members = members! {
    must "amount": Of("Yuan"), "金额(元)", "The amount.";
    must "entry": Count, "其顺位所在账页", "The entry at whose position it stands.";
};

const FORMER: Members = members! {
    must "party": Of("PartyId"), "主体", "The party.";
    must "until": Count, "终止其地位的账页", "The entry that ended it.";
    may "subrogation": True, "因代位", "By subrogation.";
};

const PART: Members = members! {
    must "party": Of("PartyId"), "受让人", "Who holds the part.";
    must "amount": Of("Yuan"), "金额(元)", "The amount.";
    must "entry": Count, "账页", "The entry.";
};

const SHARE: Members = members! {
    must "party": Of("PartyId"), "成员", "The member.";
    must "share_bp": Within(1, 10_000), "占债权的比例, 万分之一", "Its share of the claim in hundredths of a percent.";
};

const GUARANTEE: Members = members! {
    must "guarantor": Of("PartyId"), "保证人", "The guarantor.";
    must "share_bp": Within(0, 10_000), "分担损失的比例, 万分之一", "The share of a loss in hundredths of a percent.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
    may "counter": Of("PledgeId"), "反担保", "The counter-security.";
};

const BUYOUT: Members = members! {
    must "party": Of("PartyId"), "承诺人", "Who committed.";
    must "price": Of("Yuan"), "价款(元)", "The price.";
    must "trigger": Of("PlainText"), "触发条件", "When it is due.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
};

const OBJECTION: Members = members! {
    must "party": Of("PartyId"), "异议人", "Who objects.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
    must "until": Of("Instant"), "未起诉即失效的时刻", "When it lapses without a suit.";
    may "suit": Of("Hash"), "起诉文件摘要", "The digest of the suit.";
};

const DISPOSAL: Members = members! {
    must "line": Within(0, LINE_MAX), "行号", "The line.";
    must "proceeds": Of("Yuan"), "所得(元)", "What it brought.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
    may "quantity": Of("Quantity"), "数量", "How much; absent for the whole line.";
    may "authority": Of("PartyId"), "作出裁定的法院", "The court that ordered it; by agreement where there is none.";
    may "buyer": Of("PartyId"), "买受人", "Who bought it, where it is a party.";
};

const JOINT: Members = members! {
    must "first": Within(0, LINE_MAX), "行号", "One line.";
    must "second": Within(0, LINE_MAX), "行号", "The other line.";
    must "quantity": Of("Quantity"), "共同担保的数量", "What they secure together.";
    must "entry": Count, "账页", "The entry.";
};

const LINE_CORRECTION: Members = members! {
    must "line": Within(0, LINE_MAX), "行号", "The line.";
    must "quantity": Of("Quantity"), "更正前的数量", "The quantity before.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
    may "further": Within(0, LINE_MAX), "增加部分的行号", "The line that holds what was added.";
    may "relied": List(&Count, 1, NOTES), "曾依据的账页位置", "Sizes of the log that somebody relied on.";
};

const ATTESTED: Members = members! {
    must "party": Of("PartyId"), "同意的主体", "Whose consent.";
    must "class": OneOf(&["paper", "video"]), "书面或录像", "How it was given.";
    must "document": Of("Hash"), "文件摘要", "The digest of the document.";
    must "entry": Count, "账页", "The entry.";
};

/// Shapes of the records.
pub(super) const RECORDS: &[Shape] = objects! {
    "Pledge" [PLEDGE, PLEDGE_TERMS, PLEDGE_LATER, TAKEN] Refused, "担保登记", "A pledge.";
    "Reservation" [RESERVATION, RESERVATION_LATER] Refused, "预登记", "A reservation (priority notice).";
    "Cap" [CAP] Refused, "担保限额的一部分", "A tranche of a cap.";
    "FormerPledgee" [FORMER] Refused, "原担保权人", "A pledgee of the past.";
    "Share" [SHARE] Refused, "银团成员的份额", "What a member of a syndicate has of the claim.";
    "ClaimPart" [PART] Refused, "部分受让的债权", "A part of the claim that another party holds.";
    "Guarantee" [GUARANTEE] Refused, "保证", "A guarantee.";
    "Buyout" [BUYOUT] Refused, "收购承诺", "A commitment to buy.";
    "Objection" [OBJECTION] Refused, "异议登记", "An objection.";
    "Disposal" [DISPOSAL] Refused, "处置", "A disposal of collateral.";
    "Joint" [JOINT] Refused, "共同担保的两行", "Two lines that secure a quantity together.";
    "LineCorrection" [LINE_CORRECTION] Refused, "行的更正", "A correction of a line.";
    "Attested" [ATTESTED] Refused, "由担保权人声明的同意", "A consent that the pledgee attested; the party has not signed it.";
};

/// How a reservation ended.
pub(super) const ENDS: &[Shape] = &[Shape {
    name: "ReservationEnd",
    form: Form::Text("^(cancelled|P(0|[1-9][0-9]{0,15}))$", "P57"),
    zh: "cancelled(已撤回), 或承接它的担保登记",
    en: "`cancelled`, or the id of the pledge that took it over.",
}];

const LINE_REQUEST: Members = members! {
    must "right": Of("RightId"), "权益", "The right.";
    may "behind": List(&Of("BurdenId"), 1, limits::RIGHT_ENCUMBRANCES_MAX), "列于其后的在先负担", "The burdens that it stands behind.";
};

const LINE_NUMBER: Members = members! {
    must "line": Within(0, LINE_MAX), "行号, 自 0 起", "The number of the line, from 0.";
};

const BEHIND: Members = members! {
    may "behind": List(&Of("BurdenId"), 1, limits::RIGHT_ENCUMBRANCES_MAX), "增加部分列于其后的在先负担", "The burdens that what is added stands behind.";
};

const NEW_END: Members = members! {
    must "to": Of("Day"), "新的末日的次日", "The new day after the last.";
};

const LINES: Members = members! {
    must "lines": List(&Of("LineRequest"), 1, limits::PLEDGE_LINES_MAX), "明细", "The lines.";
};

const RESERVE: Members = members! {
    must "pledgor": Of("PartyId"), "出质人或抵押人", "Who would give the collateral.";
    must "days": Within(1, DAYS_MAX), "天数", "For how many days.";
};

const CANCEL: Members = members! {
    must "reservation": Of("ReservationId"), "预登记", "The reservation.";
};

const REGISTER: Members = members! {
    must "pledgor": Of("PartyId"), "出质人或抵押人", "Who gives the collateral.";
    must "form": OneOf(&["质押", "抵押"]), "担保形式", "The form: pledge (质押) or mortgage (抵押).";
    may "debtor": Of("PartyId"), "债务人", "The debtor, where another than the pledgor.";
    may "term": Of("Span"), "债务履行期限", "The term of the claim.";
    may "reservation": Of("ReservationId"), "承接的预登记", "The reservation that it takes over.";
    may "cap_cny": Of("Yuan"), "担保限额(元)", "The cap.";
    may "maximum": Of("Span"), "最高额担保的确定期间", "The determination period of a maximum-amount pledge.";
    may "syndicate": List(&Of("Share"), 1, NOTES), "银团其他成员的份额, 依主体升序; 其余归担保权人", "Shares of other members of a syndicate, ascending by party; the rest is the pledgee's own.";
    may "green": Of("GreenCategory"), "绿色贷款的目录代码", "The category of the loan in a catalogue of green finance.";
    may "hidden": Map("ShortName", &Of("Hash"), limits::HIDDEN_MAX), "隐藏值的摘要", "Digests of hidden values, by name.";
};

const OF_PLEDGE: Members = members! {
    must "pledge": Of("PledgeId"), "担保登记", "The pledge.";
};

const DOCUMENT: Members = members! {
    must "document": Of("Hash"), "所依据文件的 SHA-256", "The SHA-256 of the document behind the act.";
};

const AMENDED: Members = members! {
    may "lines": List(&Of("LineAmount"), 1, limits::PLEDGE_LINES_MAX), "各行的新数量; 有 cap_cny 或 green 时可无", "The new quantities; may be absent beside `cap_cny` or `green`.";
    may "cap_cny": Of("Yuan"), "新限额(元)", "The new cap.";
    may "green": Of("GreenCategory"), "绿色贷款的新目录代码", "The new category of the loan.";
    may "consenting": List(&Of("PartyId"), 1, limits::SIGNATURES_MAX), "权益的现持有人, 升序; 均须签署", "Present holders of the rights who consent beside the pledgor, ascending; each must sign.";
};

const EXTENDED: Members = members! {
    may "lines": List(&Of("LineEnd"), 1, limits::PLEDGE_LINES_MAX), "各行的新期限; 或 term, maximum", "The new ends; or `term`, or `maximum`.";
    may "term": Of("Span"), "债务履行期限", "The new term of the claim.";
    may "maximum": Of("Span"), "最高额担保的新确定期间, 含原期间", "The new determination period of a maximum-amount pledge, with all days of the present one.";
    may "consenting": List(&Of("PartyId"), 1, limits::SIGNATURES_MAX), "权益的现持有人与排在其后的担保权人, 升序; 均须签署", "Present holders of the rights, and creditors behind the pledge, who consent beside the pledgor, ascending; each must sign.";
};

const RELEASED: Members = members! {
    may "lines": List(&Of("LinePart"), 1, limits::PLEDGE_LINES_MAX), "解除的行; 无则全部解除", "What is released; absent for all.";
};

const RANKS: Members = members! {
    must "right": Of("RightId"), "权益", "The right.";
    must "from": List(&Of("BurdenId"), 2, limits::RIGHT_LINES_MAX), "现顺位", "The lines of one stack in their present order.";
    must "to": List(&Of("BurdenId"), 2, limits::RIGHT_LINES_MAX), "新顺位", "The same lines in a new order.";
};

const SUBSTITUTED: Members = members! {
    must "drop": List(&Of("LinePart"), 1, limits::PLEDGE_LINES_MAX), "退出的担保物", "What is given back.";
    must "add": List(&Of("LineRequest"), 1, limits::PLEDGE_LINES_MAX), "新增的担保物", "What comes in its place.";
};

const ASSIGNED: Members = members! {
    must "to": Of("PartyId"), "受让人", "The new pledgee.";
    may "subrogation": True, "因代位", "By subrogation.";
    may "part_cny": Of("Yuan"), "部分转让的金额(元)", "The part of the claim; absent for all of it.";
};

const ORDERED: Members = members! {
    may "authority": Of("PartyId"), "作出裁定或通知的法院; 由登记机构录入时须填", "The court that ordered it; given by the registrar, and by nobody else.";
};

const GUARANTEED: Members = members! {
    must "share_bp": Within(0, 10_000), "分担损失的比例, 万分之一", "The share of a loss in hundredths of a percent.";
    may "of": Of("PartyId"), "所承继的担保机构, 变更的是它的比例", "A guarantor for which the giver acts, whose share it is.";
    may "counter": Of("PledgeId"), "反担保", "The counter-security.";
};

const COMMITTED: Members = members! {
    must "price_cny": Of("Yuan"), "价款(元)", "The price.";
    must "trigger": Of("PlainText"), "触发条件", "When it is due.";
};

const OBJECTED: Members = members! {
    may "suit": Of("Hash"), "起诉文件摘要", "The digest of the suit.";
};

const CANCELLED: Members = members! {
    may "authority": Of("PartyId"), "作出裁判的法院; 由登记机构录入时须填", "The court that ordered it; given by the registrar, and by nobody else.";
    may "document": Of("Hash"), "裁判文书摘要; 与 authority 同时填写", "The digest of its document, together with `authority`.";
};

const WITHDRAWN: Members = members! {
    must "objection": Count, "登记异议的账页", "The entry that recorded it.";
};

const PROCEEDS: Members = members! {
    must "proceeds_cny": Of("Yuan"), "所得(元)", "What it brought.";
    may "authority": Of("PartyId"), "作出裁定的法院; 由登记机构录入时须填", "The court that ordered it; given by the registrar, and by nobody else.";
    may "buyer": Of("PartyId"), "买受人, 为本登记簿主体时填写", "Who bought it, where it is a party.";
};

/// Bodies of commands.
pub(super) const BODIES: &[Shape] = objects! {
    "Reserve" [RESERVE, LINES] Refused, "预登记", "Reserves collateral for some days.";
    "CancelReservation" [CANCEL] Refused, "撤回预登记", "Gives a reservation up.";
    "RegisterPledge" [REGISTER, LINES] Refused, "登记担保", "Registers a pledge.";
    "AmendPledge" [OF_PLEDGE, AMENDED] Refused, "变更担保", "Changes quantities or the cap of a pledge.";
    "ExtendPledge" [OF_PLEDGE, EXTENDED] Refused, "延长担保", "Extends lines of a pledge, its claim, or its determination period.";
    "ReleasePledge" [OF_PLEDGE, RELEASED, CANCELLED] Refused, "解除担保", "Releases a pledge or a part of it.";
    "ChangeRank" [RANKS] Refused, "变更顺位", "Puts lines in another order.";
    "SubstituteCollateral" [OF_PLEDGE, SUBSTITUTED] Refused, "置换担保物", "Gives collateral back for other collateral.";
    "AssignPledge" [OF_PLEDGE, ASSIGNED, ORDERED, DOCUMENT] Refused, "转让担保", "Passes a pledge on with its claim.";
    "DetermineClaim" [OF_PLEDGE, ORDERED, DOCUMENT] Refused, "确定债权", "Fixes the claims of a maximum-amount pledge.";
    "RecordDisposal" [OF_PLEDGE, LINE_NUMBER, AMOUNT_IF_ANY, PROCEEDS, DOCUMENT] Refused, "记录处置", "Notes that collateral was sold.";
    "Object" [OF_PLEDGE, OBJECTED, DOCUMENT] Refused, "异议登记", "Objects to a pledge.";
    "WithdrawObjection" [OF_PLEDGE, WITHDRAWN, CANCELLED] Refused, "撤回异议", "Withdraws an objection.";
    "RegisterGuarantee" [OF_PLEDGE, GUARANTEED, DOCUMENT] Refused, "登记保证", "Notes a guarantee.";
    "RegisterBuyoutCommitment" [OF_PLEDGE, COMMITTED, DOCUMENT] Refused, "登记收购承诺", "Notes a commitment to buy.";
    "RecordExternalRegistration" [OF_PLEDGE, EXTERNAL] Refused, "记录外部登记", "Notes what another register says.";
    "LineRequest" [LINE_REQUEST, EXTENT] Refused, "申请的一行", "One line of what is asked for.";
    "LineAmount" [LINE_NUMBER, AMOUNT, BEHIND] Refused, "一行的新数量", "The new quantity of a line.";
    "LineEnd" [LINE_NUMBER, NEW_END, AMOUNT_IF_ANY, BEHIND] Refused, "一行的新期限; 有数量的, 只延长其中这么多, 延长的部分自成一行", "The new end of a line; with a quantity only so much of it is extended, as a line of its own.";
    "LinePart" [LINE_NUMBER, AMOUNT_IF_ANY] Refused, "一行或其部分", "A line, or a part of it.";
};

//! The numbered checks: code, severity, words, cause and fix, in one table; its order is the order of precedence.
//!
//! A finding in an entry carries the code and machine fields only. The words live here and in `docs/FINDINGS.md`, which a test
//! generates from this table.

use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span};

/// Whether a finding refuses the command or is only noted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The command is refused.
    Refuse,
    /// The command is accepted and the finding stands beside the event.
    Warn,
}

/// The words of one check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// Its number; the thousands are the group (DOMAIN section 2.10).
    pub code: u16,
    /// Whether it refuses.
    pub severity: Severity,
    /// A word for programs.
    pub name: &'static str,
    /// The title in Chinese.
    pub title_zh: &'static str,
    /// The title in English.
    pub title_en: &'static str,
    /// When it is found.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
}

macro_rules! checks {
    ($($id:ident = $code:literal $severity:ident $name:literal $zh:literal $en:literal $cause:literal $fix:literal;)*) => {
        /// A numbered check of the law.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code {
            $(#[doc = $en] $id,)*
        }

        impl Code {
            /// Every check, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// Returns the words of the check.
            pub const fn check(self) -> Check {
                match self {
                    $(Self::$id => Check {
                        code: $code, severity: Severity::$severity, name: $name,
                        title_zh: $zh, title_en: $en, cause: $cause, fix: $fix,
                    },)*
                }
            }
        }
    };
}

checks! {
    NotTheHolder = 5008 Refuse "not_the_holder" "出质人不是该权益的登记持有人" "the pledgor does not hold the right"
        "The pledgor named in the command is not the holder of the right in this register."
        "Ask for the right of the pledgor, or have the transfer or succession registered first.";
    ExceedsRight = 3008 Refuse "exceeds_right" "数量超过该权益的总量" "more than the right ever has"
        "The quantity is larger than the right has at any time, pledged or not."
        "Ask for at most the quantity of the right.";
    BeyondRightEnd = 4002 Refuse "beyond_right_end" "担保期间或债务履行期限超出权益的有效期" "the collateral span or the term of the claim passes the days of the right"
        "A day of the collateral span, of the certificate years or, where the policy of the kind refuses that, of the term of the claim lies outside the days of the right. The finding of a span of collateral says in `at` from which day on; that of a term has no `at`."
        "Shorten the collateral span, or without `at` the term of the claim, to the days of the right.";
    NotPledgeable = 2010 Refuse "not_pledgeable" "该类权益不得设立担保" "the class of the right cannot be pledged"
        "The policy of the kind bars the class of the right."
        "Choose other collateral.";
    DoublePledgeStock = 3001 Refuse "double_pledge" "重复担保: 可用余额不足" "double pledge: the balance is already encumbered"
        "Pledges, reservations and freezes on the balance leave less than the quantity."
        "Ask for at most the admissible quantity, have an earlier line released, or stand behind the earlier lines with their creditors' consent where the policy opens second ranks (`behind`).";
    DoublePledgeFlow = 3002 Refuse "double_pledge" "重复担保: 某一时点超出可用量" "double pledge: too little is left at some instant"
        "On some day of the span, pledges, reservations and freezes leave less than the quantity, or the right itself has less by then."
        "Ask for at most the admissible quantity or for another span, or stand behind the earlier lines with their creditors' consent where the policy opens second ranks (`behind`).";
    DoublePledgeLand = 3009 Refuse "double_pledge" "重复担保: 宗地或年度已设立担保" "double pledge: the parcel or the years are already encumbered"
        "A line, a reservation or a freeze stands on the same parcel or on one of the years."
        "Ask for the free years, have the earlier line released, or stand behind it with its creditor's consent where the policy opens second ranks (`behind`).";
    NotThePledgee = 5005 Refuse "not_the_pledgee" "不是登记的担保权人" "not the pledgee of record"
        "The party that gives the command is not the pledgee of the pledge or reservation; to hold a part of the claim does not make one."
        "The pledgee of record must give the command, also for those who hold parts of the claim.";
    ClosedPledge = 6004 Refuse "already_released" "该登记已注销" "the pledge or line is already released"
        "The pledge, the line or the reservation has ended."
        "Nothing to do; register a new pledge if one is meant.";
    ExceedsPledge = 3010 Refuse "exceeds_pledge" "解除或处置的数量超过该项担保" "more than there is of the line"
        "The quantity to release or to extend is larger than the line holds, or the quantity to dispose of is larger than what is left beneath it and not frozen."
        "Name at most the admissible quantity. Where nothing at all is left beneath a line, its whole quantity can be noted with the money that took its place.";
    DuplicateRight = 2011 Refuse "duplicate_right" "权证标识已登记" "the identity is already registered"
        "A right with this identity exists or existed; an identity goes on only to a right that succeeds it."
        "Look the right up by its identity; name the right that has it in `succeeds` if it is renewed.";
    ParcelOverlap = 7003 Refuse "parcel_overlap" "宗地与已登记宗地重叠" "the parcel overlaps registered parcels of its layer"
        "The overlap is more than the tolerance of the smaller parcel, alone or with all overlaps tolerated before."
        "Correct the boundary, or name the digest of the adjudication; the right is then disputed and cannot be pledged.";
    VintageOverlap = 7007 Refuse "vintage_overlap" "同一地块的计入年度重叠" "rights on the same ground have common years"
        "Another right of the layer draws on the same ground in a common year, or that year of it became units or was sold before it was revoked."
        "Correct the parcels or the years, or name the digest of the adjudication.";

    PartyUnknown = 1005 Refuse "party_unknown" "主体未登记" "the party is not registered"
        "A party named in the command is not in the register."
        "Have the registrar admit the party first.";
    PartyExists = 1010 Refuse "party_exists" "主体已登记" "the party is already registered"
        "The credit code belongs to a party; there is one party per credit code."
        "Look the party up by its credit code.";
    PartyEnded = 1011 Refuse "party_ended" "主体已终止" "the party has ended"
        "The party was merged into another or ended by a split; who acts in its place is named."
        "Name the party that acts in its place.";
    BadPartySuccession = 1012 Refuse "bad_party_succession" "主体承继关系不成立" "the succession of parties does not hold"
        "A party would succeed itself, lacks a role or a duty of the one it succeeds, is in recovery, or nobody takes what is left; or a kind of right is handed over by who does not keep it or to who is no successor. Or the holder got the right only after the succession."
        "Name other successors, and one that takes the rest where the party ends. What was acquired later is transferred with consents.";
    NothingToErase = 1013 Refuse "nothing_to_erase" "没有可删除的隐藏值" "nothing is hidden there that could be erased"
        "The record hides no value of this name, or its opening was erased before."
        "Name hidden values that stand in the record and not in its list of erased ones.";
    CreditCodeShape = 1001 Refuse "credit_code_shape" "统一社会信用代码格式错误" "the credit code is malformed"
        "The credit code does not have the form of GB 32100-2015. Refused at the door."
        "Correct the code.";
    BadCreditCode = 1002 Refuse "bad_credit_code" "统一社会信用代码校验位错误" "the check digit of the credit code is wrong"
        "The last character does not follow from the others (GB 32100-2015). Refused at the door."
        "Correct the code; one character is likely mistyped.";
    BadResidentId = 1004 Refuse "bad_resident_id" "公民身份号码错误" "the resident identity number is wrong"
        "The opened number has not the form of GB 11643-1999, or its check character does not follow from the others. Refused at the door."
        "Correct the number; it is compared before it is sealed, and kept out of the log.";
    CannotTakePledge = 1008 Refuse "cannot_take_pledge" "该主体不能作为担保权人" "the party cannot take pledges of this kind"
        "The party has none of the roles that the policy of the kind lists for pledgees."
        "A bank or a guarantor must be the pledgee.";
    RightUnknown = 2001 Refuse "right_unknown" "权益未登记" "the right is not registered"
        "No right has this id or identity."
        "Look the right up by its identity.";
    PledgeUnknown = 6005 Refuse "pledge_unknown" "登记不存在" "the pledge is not registered"
        "No pledge has this id."
        "Look the pledge up.";
    RightOutsideTime = 2002 Refuse "right_expired" "权益已到期" "the right has ended"
        "The last day of the right has passed."
        "Register the renewal of the right first.";
    NotBegun = 2022 Refuse "not_begun" "权益尚未生效" "the right has not begun"
        "The first day of the right is still to come, and the right is no flow: a line would take now what is not there yet."
        "Register the pledge when the right has begun.";
    Provisional = 2005 Refuse "provisional" "权益尚为预发, 未正式核发" "the right is provisional"
        "An attribute of the right says that it was issued in advance, as the policy of the kind tells."
        "Wait for the final certificate; its issuer corrects the attribute.";
    FeeUnpaid = 2006 Refuse "fee_unpaid" "有偿使用费未缴清" "the fee for the right is not paid"
        "An attribute of the right says that the fee is due, as the policy of the kind tells."
        "Pay the fee; the issuer corrects the attribute.";
    RightRevoked = 2003 Refuse "right_revoked" "权益已被撤销或注销" "the right has been revoked"
        "An authority revoked the right; new encumbrances and changes are not open."
        "Choose other collateral.";
    IdentityShape = 2007 Refuse "identity_shape" "权证标识格式错误" "an identity is malformed or not in normal form"
        "A part of the identity does not have the shape that the policy of the kind names."
        "Write the identity as the message says.";
    NotTheIssuer = 2009 Refuse "issuer_not_competent" "无权核发或处置该类权益" "the party may not issue or act on this right"
        "The party lacks the duty for this kind or has handed the kind over, or is not the issuer of the right."
        "The competent authority must give the command.";
    KindUnknown = 2012 Refuse "kind_unknown" "权益种类没有生效的规则" "no policy is active for the kind"
        "The kind has no policy, or none that is active yet."
        "Adopt a policy for the kind first.";
    SourceDrawn = 2013 Refuse "source_drawn" "同一来源已核发权益" "a right on the same source has common days"
        "Another right is drawn from the same source (such as site and pollutant) in a common span."
        "State the rights it succeeds, or let the issuer declare it additional.";
    NotApplicable = 2014 Refuse "not_applicable" "该操作在此不适用" "the act does not apply here"
        "The members of the command do not fit the capacity model of the kind, or nothing would change: the record says already what the command asks for. `conflicts` tells which: a line or a right of which the members do not hold or which says it already; a party that would be on both sides (secures a claim against itself, guarantees what it lends, buys or takes what it holds); a kind that the policy does not convert into; a line behind another of its own pledge; an objection's pledge, where its suit is noted. Where it names nothing, the members do not fit the kind."
        "Use the members that the kind's policy describes, and another party or line than the one named; where the record says it already, nothing is left to do.";
    Succeeded = 2016 Refuse "right_succeeded" "权益已由后续权益承继" "the right has been succeeded"
        "A later right took its place and carries its burdens."
        "Use the successor.";
    TransferBlocked = 2020 Refuse "transfer_blocked" "设有担保, 不得转让" "a pledged right of this kind is not transferred"
        "The policy of the kind blocks transfers while a line stands on the right."
        "Have the lines released first.";
    FreezeUnknown = 2017 Refuse "freeze_unknown" "冻结记录不存在" "no such freeze on the right"
        "The right has no freeze of this id, or it was lifted."
        "Look the freeze up on the right.";
    BadSuccession = 2018 Refuse "bad_succession" "承继关系不成立" "the named right cannot be succeeded"
        "The predecessor is of another kind, issuer or holder, revoked, or its burdens do not fit the new right."
        "Name only rights of the same kind, holder and duty.";
    SourceLost = 2021 Refuse "source_lost" "承继后担保物将换为另一来源" "the successor would give the burdens another source"
        "A burdened right is drawn from a source from which the successor is not; its burdens would stand on other collateral."
        "Have the burdens released or amended first, or issue the successor from the same source.";
    Disputed = 2019 Refuse "right_disputed" "权益存在争议" "the right is disputed"
        "The right was registered over an overlap under an adjudication and is not resolved. The finding names it, the rights that claim the ground beside it, and the lines on these."
        "Have the dispute resolved first; until then no part of the right and none of its days can be pledged.";
    GroundUnknownPledge = 7010 Refuse "ground_unknown_pledge" "宗地位置不明, 不得设立担保" "a right whose ground is unknown cannot be pledged"
        "The right, or one of the parcels that it names, was registered without a polygon."
        "Have the polygon registered first.";
    GroundLost = 7012 Refuse "ground_lost" "承继后担保物将失去地块或年度" "the successor would take ground or days from beneath the burdens"
        "The ground of the successor leaves out more of a parcel of a burdened right than the tolerance, or a parcel without a polygon, or its days leave out days of a burden."
        "Have the burdens released or amended first, or issue the successor on all of that ground and those days.";
    StillCovered = 7013 Refuse "still_covered" "地块上仍有他人权益, 争议尚未解决" "another right still covers the ground, so the dispute is not decided"
        "The resolution of a dispute is recorded only when no living right of the layer covers more of the ground than the tolerance; otherwise both could be pledged whole."
        "Have what the decision takes away done first: revoke the other right, or issue a successor of one of the two on the ground that it keeps.";
    TakesPledged = 3012 Refuse "takes_pledged" "将占用已设立担保的数量" "it would take what is pledged"
        "The quantity is more than what is free, and neither the creditors' consent nor an order that the policy of the kind knows is named."
        "Ask for at most the admissible quantity, or name the carve-out and who consents.";
    UnitMismatch = 3003 Refuse "unit_mismatch" "计量单位或精度不符" "the unit or the scale does not fit the kind"
        "The unit is not that of the kind, or the quantity has more decimal digits than it."
        "Write the quantity in the unit of the kind.";
    ZeroQuantity = 3004 Refuse "zero_quantity" "数量为零" "the quantity is zero"
        "A line, a freeze, a release or an amendment of nothing."
        "Ask for a quantity above zero, or release the line.";
    SharesExceed = 3005 Refuse "shares_exceed" "分担比例之和超过全部" "the shares of a loss are more than the whole"
        "The guarantor's share and those of the other guarantors of the pledge, of each its latest, are together more than 100 percent."
        "Agree on the shares; who guarantees less registers its new share first, and that of one that was merged into it under its name.";
    LimitMismatch = 3013 Refuse "limit_mismatch" "冻结数量与限额、单价不符" "the quantity does not follow from the limit and the price"
        "An order limited to a sum of money freezes the least quantity, at the scale of the kind, that is worth the sum; limit, price or quantity is missing, or the quantity is another."
        "State the quantity that the finding offers, or correct the limit or the price.";
    ExceedsFreeze = 3014 Refuse "exceeds_freeze" "超出冻结数量" "more than the freeze holds"
        "Execution sells at most what is in force of the freeze; a change leaves less than it holds, never more."
        "Name at most the admissible quantity; what is to be frozen beyond it needs a new order.";
    GetsNothing = 3015 Refuse "gets_nothing" "转换使担保明细落空" "a line would get nothing"
        "The line would lose units or years, and its share of what they turn into is nothing, rounded down to what the kind can count."
        "Convert so much at once that each line gets a part, or have the line released first.";
    Shrinks = 3016 Refuse "shrinks" "同种类转换不得减少数量或提前到期" "units of one kind keep their quantity and their days"
        "Units turn into units of the same kind, such as carried-over allowances; the new right has another quantity, or ends before the old one does."
        "Convert one for one, up to the old end or beyond it; what is lost is an adjustment or a revocation, which leaves an overhang on record.";
    TooManyBurdens = 3011 Refuse "too_many_burdens" "该权益上的登记数量超限" "too many burdens on one right"
        "The right carries as many burdens as one entry can write of: 96 places of lines (one for each, and one for each eight names of lines that they stand behind), at most 31 lines before another, and 64 freezes. Ground with a long polygon leaves fewer: one place less, and half a freeze, for each 200 bytes beyond 1,000, where a cell counts as 35."
        "Release lines that have ended; names of lines that have ended count until the line that has them is released, too.";
    TooManyNotes = 6011 Refuse "too_many_notes" "该登记上的记载事项超限" "too many notes on one pledge"
        "The pledge carries the largest number of notes of this sort that it may, and none of them may give way to another: registrations elsewhere, tranches of a cap, guarantors, commitments, parts of the claim, former pledgees (of these two the last sixteen are left to courts), corrections whose further lines stand, or 128 sales of lines that a split left undivided. Sales, attested consents and other corrections always find room."
        "Bring a note up to date under its old number instead of adding one; lower the cap to drop its last tranche, or register a further pledge.";
    SpanRequired = 4001 Refuse "span_required" "缺少或不应有担保期间" "the span of a line is missing or out of place"
        "A flow needs a collateral span, a right pledged by years needs years; other kinds have neither."
        "Give the members that the kind's policy describes.";
    NotLonger = 4007 Refuse "not_longer" "展期未延长" "the extension is not later than the present end"
        "The new end of a line, a term, a right or a freeze is not after its present end, or the new determination period leaves out a day of the present one."
        "Ask for a later end; to shorten a line, release it, and to end a period early, have the claims determined.";
    SpanPast = 4008 Refuse "span_past" "担保期间已过" "the collateral span has passed"
        "No day of the span is left, or the term of the claim, with which the line would lapse, is over."
        "Ask for a span, and name a term, with days to come.";
    DayToCome = 4012 Refuse "day_to_come" "日期尚未到来" "the day has not come yet"
        "Units of a stock change with the entry that says so, what another register says was looked up by then, and units are issued for years that are over: none has a day to come."
        "Enter it on that day, or name a day that has come.";
    TermTooLong = 4011 Refuse "term_too_long" "债务履行期限超过最长年限" "the claim runs longer than the kind allows"
        "The policy of the kind says how many years a claim may run that is secured with its rights."
        "Agree on a term that ends by the offered day.";
    KeyRevoked = 5002 Refuse "key_revoked" "签名密钥已被吊销" "the signing key is not valid at this position"
        "The key was revoked before this position in the log, whatever date the signature claims."
        "Sign with a valid key of the party.";
    RoleLacksPower = 5003 Refuse "role_lacks_power" "该主体无此权限" "the party's role does not allow this act"
        "The act belongs to another role: parties and court orders to the registrar, guarantees and commitments to buy to guarantors, a freeze to whoever ordered it, keys to the party itself."
        "The competent party must give the command.";
    MakerIsChecker = 5004 Refuse "maker_is_checker" "经办与复核为同一人" "maker and checker are one person"
        "Two signatures of one party come from keys of the same person."
        "Another person must check.";
    MissingConsent = 5007 Refuse "missing_consent" "缺少必要的同意" "a required consent is missing"
        "The signatures lack a party whose consent the command needs. Who has held a key consents by its own signature, also after it lost its keys."
        "Carry the draft to that party for its signature; where it holds no valid key any more, have it recovered first.";
    NotAttestable = 5022 Refuse "not_attestable" "该同意不得由债权人代为声明" "the consent cannot be attested"
        "Only the consent of a pledgor that has never held a key may be attested, in a class that the policy of the kind knows, and not for a reservation."
        "Carry the draft to the party for its signature; where its key is lost, have the party recovered.";
    SigningPolicyUnmet = 5009 Refuse "signing_policy_unmet" "签名人数不足" "fewer signatures than the party's signing policy asks for"
        "The party signs with a maker and checkers, and some are missing."
        "Add the missing checkers.";
    WrongPart = 5016 Refuse "wrong_part" "密钥不得以此身份签署" "the key may not sign in this part"
        "The party's signing rules let the key only make, or only check."
        "Sign with a key that has this part.";
    OldKeySilent = 5019 Refuse "old_key_silent" "旧密钥未签署" "the key to be replaced has not signed"
        "A rotation is signed by the old key and the new one."
        "Sign with the old key; where it is lost, add the new key and revoke the old one.";
    InRecovery = 5017 Refuse "in_recovery" "主体处于密钥恢复期, 该操作暂停" "the party is in recovery, and this must wait"
        "While a recovery is open, the party releases, amends, assigns, surrenders and disposes of nothing, gives no rank away, and consents to none of it."
        "Wait until the recovery is completed or vetoed.";
    RecoveryUnusable = 5018 Refuse "recovery_unusable" "密钥恢复不可进行" "no recovery can be begun, stopped or completed now"
        "A recovery is open already, none is open, or its waiting period has not passed."
        "Look the recovery up on the party.";
    DisputeUnusable = 5020 Refuse "dispute_unusable" "争议声明不成立" "the entries cannot be disputed so"
        "The key is valid still or was never the party's, the first entry is not one it could have signed, or the dispute is unknown or decided."
        "Revoke the key first, and name an entry after the one that added it.";
    LogKeyOverlaps = 5021 Refuse "log_key_overlaps" "日志密钥正在更替" "a change of the log's key is under way"
        "Two keys sign the log until the overlap ends; a third cannot be named before."
        "Wait until the overlap has ended.";
    ThresholdTooLow = 5011 Refuse "threshold_too_low" "签名门槛过低" "the signing threshold is out of range"
        "Issuers and the registrar sign with two persons at least; nobody with more persons than it has, or than may make and check."
        "Choose a threshold that the party's persons can meet.";
    KeyTaken = 5012 Refuse "key_taken" "公钥已被使用" "the public key has or had an owner"
        "A public key belongs to one party for ever."
        "Make a new key.";
    KeyUnproven = 5010 Refuse "key_unproven" "未证明持有私钥" "possession of the offered key is not proved"
        "The proof beside an offered key is not its signature over this registry, the key and the person."
        "Make the proof with `greenlien keygen --proof`.";
    KeyUnknown = 5013 Refuse "key_unknown" "公钥不属于该主体" "the party has no such valid key"
        "The key to revoke is not a valid key of the party."
        "List the party's keys.";
    QuorumUnmet = 5014 Refuse "quorum_unmet" "规则变更未达法定同意数" "too few members of the policy quorum signed"
        "A policy change needs the quorum that the genesis entry fixes."
        "Collect the missing consents.";
    PolicyInvalid = 5015 Refuse "policy_invalid" "规则文本无效" "the policy text is not valid for its kind"
        "The text cannot be read, names another kind, or changes the model, unit, scale, layer, source or a scheme of identities of a kind in use, or its number is not above that of the last text."
        "Correct the text.";
    VersionChanged = 6007 Refuse "version_changed" "记录已变更" "the record has changed since"
        "The version that the command expects is not the present one, or it names none where one must be named."
        "Read the record again, decide again, and sign with its present version.";
    SecondRank = 6001 Refuse "second_rank_closed" "尚未开放后顺位登记" "a second rank is not open"
        "The line names burdens to stand behind; the policy of the kind and form is exclusive or cites no law that opens ranks."
        "Ask for what is free.";
    SeniorUnknown = 6010 Refuse "senior_unknown" "所列前顺位不存在" "a line to stand behind is not there"
        "A named burden is no open line of a pledge on the right, or shares no day with the new line."
        "Look at the lines on the right and name those whose room the new line shares.";
    StackIncomplete = 6009 Refuse "stack_incomplete" "所列前顺位不完整" "the lines stood behind are not one whole stack"
        "Another burden shares the room of a named line and is not named, or two named lines do not stand one behind the other."
        "Name every burden of the stack; to stand behind two stacks, ask for one line behind each.";
    RankHarm = 6002 Refuse "rank_harm" "顺位变更损害第三人" "the change of ranks harms others who have not consented"
        "A line gets behind one that it did not stand behind before, and its pledgee has not signed."
        "Carry the draft to the pledgees of the lines that the finding names.";
    NotDetermined = 6006 Refuse "not_determined" "最高额担保的债权尚未确定" "the claims of the maximum amount are not determined"
        "A part of the claims is assigned before they are determined; the pledge does not follow it (民法典 421)."
        "Have the claims determined first, or assign the whole.";
    NotOpenMaximum = 6014 Refuse "not_open_maximum" "不是未确定的最高额担保" "no maximum-amount pledge whose claims are open"
        "The pledge has no maximum amount, or its claims are determined."
        "Nothing is left to determine, and neither the period nor the cap grows; register a further pledge.";
    ObjectionUnknown = 6015 Refuse "objection_unknown" "异议不存在或已失效" "no such objection stands"
        "The pledge has no objection of this party from this entry, or it has lapsed."
        "Look the objections up on the pledge.";
    PartsExceed = 6018 Refuse "parts_exceed" "已转让部分之和超过债权" "the parts of the claim are more than its cap"
        "With this part, others would hold more of the claim than its cap."
        "Assign at most the offered amount, which is in yuan, or raise the cap first.";
    ObjectedBefore = 6019 Refuse "objected_before" "已提出过异议" "the party has objected before"
        "This party has an objection on the pledge, or had one that lapsed or was withdrawn; a second one without a suit would keep the doubt for ever. Nobody has two objections that stand on one pledge."
        "Bring the suit. While the objection stands, add the acceptance of the suit under its own document; else object anew with it.";
    NoGuarantee = 6016 Refuse "no_guarantee" "未登记保证" "no guarantee is registered for the party"
        "Only a guarantor whose guarantee is registered on the pledge steps into the pledgee's place."
        "Register the guarantee first, or assign without subrogation.";
    CapMissing = 6012 Refuse "cap_missing" "未登记债权最高限额" "the cap of the claim must be clear"
        "A maximum-amount pledge, a line behind another, and a line that others stand behind need a clear cap."
        "State `cap_cny`; the senior pledgee amends its pledge with its cap first.";
    TooManyLines = 6013 Refuse "too_many_lines" "担保物明细数量超限" "too many lines in one pledge"
        "What is added would be one line more than a pledge may have."
        "Register a further pledge.";
    ReservationUnusable = 6008 Refuse "reservation_unusable" "预登记不可用" "the reservation cannot be used"
        "The reservation is unknown, ended, expired, or has another pledgee, pledgor or other rights; or a line goes beyond the reserved one whose place it would take."
        "Register without it, or reserve again; ask for what goes beyond the reserved line as a line of its own, which ranks from now.";
    BadPolygon = 7001 Refuse "bad_polygon" "宗地界址无效" "the polygon is not canonical"
        "A ring crosses itself, runs the wrong way, starts elsewhere, or another rule of canonical polygons is broken."
        "Correct the part and ring that the finding names, by the rule that it names (both counted from 0; ring 0 is the outer one).";
    OutsideCounty = 7002 Refuse "outside_county" "宗地位于登记区域之外" "the polygon lies outside the registry's region"
        "A vertex lies outside the county box; the coordinates may be of another system."
        "Deliver CGCS2000 longitude and latitude.";
    TooManyNeighbors = 7011 Refuse "too_many_neighbors" "相邻宗地过多" "too many neighbors"
        "More rights stand in the cells of the ground on its days, or were the parcels before, than one decision may weigh."
        "Divide the parcel.";
    FrozenPart = 9001 Refuse "frozen" "所需部分已被冻结" "the part is frozen"
        "Without the freezes on the right the command would be admissible."
        "Wait for the freeze to be lifted.";
    OtherMortgage = 8004 Refuse "other_mortgage" "其他登记机构已有抵押登记" "another register shows a mortgage"
        "An attribute of the right says that the register which decides by law shows a mortgage that is none of this register, as the policy of the kind tells."
        "Have it cancelled there, and the issuer correct the attribute.";
    BarredHolder = 9003 Refuse "barred_holder" "持有人被列入惩戒名单" "the holder is on a list of penalties"
        "An attribute of the right says that its holder is barred, as the policy of the kind tells."
        "Wait until the authority takes the holder off the list and corrects the attribute.";
    TakeBack = 9004 Refuse "take_back" "权益正在收回" "the right is being taken back"
        "An attribute of the right says that its issuer is taking it back, as the policy of the kind tells."
        "Choose other collateral.";

    InnerCheck = 1003 Warn "inner_check" "组织机构代码校验位不符" "the inner check digit of the credit code is unusual"
        "Characters 9 to 17 do not follow GB 11714; early codes exist like that."
        "Compare with the licence.";
    RegionMismatch = 2008 Warn "region_mismatch" "标识所属区域与登记区域不同" "the identity names another region"
        "The region in the unit number is not that of this registry."
        "Compare with the certificate.";
    GroundBarredClass = 2015 Warn "ground_class" "地块涉及特殊林种" "the ground is of a noted class"
        "The right draws on ground of a class that the policy of its kind notes."
        "Read the terms of the class before lending.";
    ExternalClaim = 8005 Warn "external_claim" "其他登记系统载有未对应的担保" "another register shows a claim that is not matched here"
        "An attribute of the right says so in words that fit no record here, such as all discharge rights of a firm; the policy of the kind names the attribute."
        "Read the other register, ask its secured party, and have the attribute corrected once it is settled.";
    MaturityAfterRight = 4003 Warn "maturity_after_right" "债务履行期晚于权益到期日" "the claim ends after the right"
        "The term of the claim ends after the last day of the right."
        "Agree on a replacement of the collateral.";
    TermOver = 6020 Warn "term_over" "债务履行期已届满" "the term of the claim is over"
        "The claim was due before its pledge is registered. It may be secured; but a court enforces a mortgage only within the limitation of the claim (民法典 419)."
        "Compare the term with the contract; where it was extended, register the longer one.";
    LaterSteps = 4010 Warn "later_steps" "此后的核定步骤不再有效" "later steps of the right are dropped"
        "The quantity holds from the given day to the end of the right, and replaces every step that began on a later day."
        "Compare with the certificate; enter the later steps again if they still hold.";
    AnswerChanged = 6017 Warn "answer_changed" "查证答复与现时结论不同" "the law answers the question otherwise now"
        "Since the guarantor was told, the records that the answer rests on have changed, or time has passed."
        "Ask again and compare before backing the loan.";
    LandTermShort = 4006 Warn "land_term_short" "林地使用期限短于计入期" "the land term ends before the crediting years"
        "The right to a parcel ends, or was revoked, before the last year that is credited or pledged."
        "Ask for the renewal of the land right.";
    EarlierYear = 4009 Warn "earlier_year" "指标年度早于担保期间" "the indicator's year is before the pledge"
        "The year that the right is for is earlier than the first year of the span."
        "Confirm that the indicator is still usable.";
    Sliver = 7004 Warn "sliver" "与相邻宗地有细微重叠" "slivers of overlap with neighbors"
        "The overlap is within the tolerance and was recorded."
        "Nothing to do.";
    OtherLayer = 7005 Warn "other_layer" "同一地块有其他层次的权益" "rights of another layer on the same ground"
        "Rights of layers that the policy of the kind names lie on the same ground."
        "Inform the other pledgee; consent is optional.";
    DisputedGround = 7014 Warn "disputed_ground" "同一地块有存在争议的权益" "a disputed right claims the same ground"
        "A right of the same layer was registered on some of the ground under an adjudication, and the dispute is not resolved."
        "Ask how the dispute stands before lending; the ground may go to the other right.";
    GroundsDiffer = 7008 Warn "grounds_differ" "所列地块与图形不一致" "the parcels named and the polygon are not the same ground"
        "The right was issued with parcels and a polygon; of the larger of the two more lies outside the other than the tolerance."
        "Compare both with the certificate; the ground of the right is the one that its kind says.";
    GroundUnknown = 7009 Warn "ground_unknown" "宗地位置不明" "the ground is unknown"
        "The right was registered without a polygon and cannot be pledged."
        "Have the polygon registered.";
    Waiting = 9002 Warn "waiting" "轮候冻结" "the freeze waits behind earlier ones"
        "Earlier freezes, or the quantity of the right, leave less than the order asks for; the rest waits in the order of the entries."
        "Nothing to do: it takes effect by itself when an earlier freeze is lifted, ends or is executed.";
}

impl Code {
    /// Returns the check of this number.
    pub fn from_number(code: u16) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.check().code == code)
    }

    /// Returns the number.
    pub fn number(self) -> u16 {
        self.check().code
    }
}

/// The largest that would be admissible instead.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Alternative {
    /// The largest quantity over the whole span that was asked for.
    pub quantity: Option<Quantity>,
    /// The largest quantity for each part of the asked span (flows).
    pub segments: Vec<(Span, Quantity)>,
    /// Spans that are free as a whole (years of sinks).
    pub spans: Vec<Span>,
}

/// One check result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which check.
    pub code: Code,
    /// The line of the command it concerns.
    pub line: Option<u16>,
    /// Ids of the records that stand in the way.
    pub conflicts: Vec<String>,
    /// The first day on which it is so.
    pub at: Option<Day>,
    /// The share of the smaller parcel in millionths, rounded up.
    pub share_ppm: Option<u32>,
    /// What would be admissible.
    pub alternative: Option<Alternative>,
}

impl Finding {
    /// Makes a finding without details.
    pub fn of(code: Code) -> Self {
        Self {
            code,
            line: None,
            conflicts: Vec::new(),
            at: None,
            share_ppm: None,
            alternative: None,
        }
    }

    /// Names the line of the command.
    #[must_use]
    pub fn on_line(mut self, line: u16) -> Self {
        self.line = Some(line);
        self
    }

    /// Names a record that stands in the way.
    #[must_use]
    pub fn with(mut self, record: impl std::fmt::Display) -> Self {
        self.conflicts.push(record.to_string());
        self
    }

    /// Says whether it refuses.
    pub fn refuses(&self) -> bool {
        self.code.check().severity == Severity::Refuse
    }
}

/// Puts findings into the one order of entries: precedence, then line, then conflicts; each once.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (a.code, a.line, &a.conflicts).cmp(&(b.code, b.line, &b.conflicts)));
    findings.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_used_once_and_refusals_come_first() {
        let mut numbers: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        numbers.sort_unstable();
        let count = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
        let severities: Vec<Severity> = Code::ALL.iter().map(|c| c.check().severity).collect();
        assert!(severities.is_sorted());
        for code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(*code));
        }
    }
}

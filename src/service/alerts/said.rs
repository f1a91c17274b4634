//! What alerts say, in Chinese and English.
//!
//! Separate from their kinds because it is for people: pages and spreadsheets say the same.

use crate::service::alerts::words::{AlertKind, Lapsing};

/// What an alert says, in Chinese and English: on pages, where a list of them is narrowed by it, and in spreadsheets.
pub fn said(kind: AlertKind, what: Option<Lapsing>) -> (&'static str, &'static str) {
    match kind {
        AlertKind::ExpiryBeforeMaturity => (
            "权益先于债权期限届满",
            "The right ends before the claim does",
        ),
        AlertKind::Lapse => lapses(what),
        AlertKind::InsuranceLapse => ("保险将到期", "The insurance ends"),
        AlertKind::RightReduced => (
            "权益被核减, 担保部分悬空",
            "The right was reduced; a part of the line hangs over",
        ),
        AlertKind::RightRevoked => ("权益已被撤销", "The right was revoked"),
        AlertKind::Frozen => ("权益被冻结", "The right is frozen"),
        AlertKind::HolderChanged => (
            "权利人已变更",
            "The right has another holder than the pledgor",
        ),
        AlertKind::PriceLine => ("价格触及约定线", "A price line is crossed"),
        AlertKind::SameGround => ("同一地块上另有权益", "Other rights lie on the same ground"),
        AlertKind::ComplianceGap => (
            "应清缴数量多于未质押数量",
            "More must be surrendered than is free of pledges",
        ),
        AlertKind::ExternalRegistration => (
            "外部登记已失效或不存在",
            "The registration in another register is over or is not there",
        ),
        AlertKind::PartySucceeded => (
            "一方已合并或分立",
            "A party was merged into another, or split",
        ),
        AlertKind::AreaDiffers => (
            "证载面积与图形面积不符, 图形面积(亩)",
            "The area of the certificate is not that of its ground, which has mu",
        ),
        AlertKind::ExternalClaim => (
            "其他登记系统载有未对应的担保",
            "Another register shows a claim on the right that is not matched here",
        ),
        AlertKind::ExternalUnrecorded => (
            "未记载外部登记",
            "No registration in the other register is recorded",
        ),
        AlertKind::ReceiptMissing => (
            "缺少权益登记机构的冻结回执",
            "No receipt says that the units are frozen in their register",
        ),
        AlertKind::Objection => (
            "有异议登记; 所列日期前未起诉的, 异议失效",
            "Somebody objects; without a suit the objection lapses on the day named",
        ),
        AlertKind::Disposal => ("担保财产已处置", "Collateral was disposed of"),
        AlertKind::SignatureDisputed => DISOWNED,
        AlertKind::GroundLost => GROUND_LOST,
        AlertKind::Barred => BARRED,
        AlertKind::AboveMaxLtv => ABOVE_MAX_LTV,
        AlertKind::Recovery => (
            "主体正在更换全部密钥; 非本人所请的, 应在所列日期前阻止",
            "A party's keys are being replaced; if it did not ask, it must stop that before the day named",
        ),
    }
}

fn lapses(what: Option<Lapsing>) -> (&'static str, &'static str) {
    match what {
        Some(Lapsing::Term) => ("担保期限将届满", "The term of the claim ends"),
        Some(Lapsing::Line) => (
            "担保将随债务期限届满失效",
            "The pledge lapses with the term of the claim",
        ),
        Some(Lapsing::CollateralSpan) => {
            ("担保覆盖的期间将届满", "The days that the line covers end")
        }
        Some(Lapsing::Right) => ("权益将届满", "The right ends"),
        Some(Lapsing::Reservation) => ("预登记将失效", "The reservation lapses"),
        Some(Lapsing::External) => (
            "外部登记将届满",
            "The registration in another register ends",
        ),
        Some(Lapsing::Determination) => (
            "债权确定期间将届满",
            "The days in which secured claims may arise end",
        ),
        None => ("将届满", "It ends"),
    }
}

/// What clouds a pledge though its lines stand, in Chinese and in English.
const DISOWNED: (&str, &str) = (
    "一方声明不认可对该担保的签署",
    "A party says that it did not mean what its key signed about the pledge",
);
const GROUND_LOST: (&str, &str) = (
    "碳汇所列地块的林权已撤销、已由他证承接或先行届满",
    "Ground of the sink was revoked, has a successor or ends before the line",
);
const ABOVE_MAX_LTV: (&str, &str) = (
    "债权连同在先债权超过规则所定的质押率上限",
    "The claim, with those before it, is more of the value than the policy wants",
);
const BARRED: (&str, &str) = (
    "核发机关注明了不得再行质押的情形",
    "The issuer says of the right what would bar a new pledge",
);

//! What the service notices beside the law: it rests on measures, days and other registers that are no law, so it stands in
//! answers and in no entry.
//!
//! | number | | where |
//! | --- | --- | --- |
//! | 1006 | the permit begins with the code of another | receipts, `/v1/check` |
//! | 3006 | the holder must surrender more than is free of pledges | alerts |
//! | 3017 | the claim, with those before it, is more of the value than the policies want | receipts, `/v1/check`, alerts |
//! | 3007 | the tonnes of a sink, or the units issued for its years, are not plausible for its ground | receipts, `/v1/check` |
//! | 4004 | the registration elsewhere ends before the claim | reconciliation |
//! | 7006 | the area of the certificate is not that of the ground | receipts, `/v1/check`, alerts |
//! | 8001 | no registration elsewhere is recorded | reconciliation, alerts, certificates |
//! | 8002 | the other register says otherwise | reconciliation, alerts |
//! | 8003 | no receipt of a freeze of the units is recorded | reconciliation, alerts, certificates |

use std::collections::BTreeSet;

use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Right};
use crate::primitives::canonical::Json;
use crate::primitives::id::RightId;
use crate::primitives::identifier::PermitNumber;
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::service::area::mu_of;
use crate::service::lending::Lent;
use crate::service::{Registry, ServiceFault};

/// Characters of a credit code, with which a permit number begins.
const CREDIT_CODE_CHARS: usize = 18;
/// The act by which units are issued for years of a sink.
const CONVERT: &str = "convert_right";
/// The unit of kinds whose measure is the area of their ground.
const MU: &str = "mu";
/// The unit of kinds whose measure is what their ground takes up in a year.
const TONNES: &str = "tCO2e/a";

/// The words of one notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// Its number, in the numbering of the findings.
    pub code: u16,
    /// A word for programs.
    pub name: &'static str,
    /// The title in Chinese.
    pub title_zh: &'static str,
    /// The title in English.
    pub title_en: &'static str,
    /// When it is noticed.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Where it is said.
    pub place: &'static str,
}

/// What is noticed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Noticed {
    /// Surrender would take pledged units.
    Gap,
    /// The yield of a sink lies outside the usual.
    Yield,
    /// The term in another register is over before that of the claim.
    EndsFirst,
    /// The area of the certificate is another.
    Area,
    /// Another register should have the pledge, and no report says that it does.
    Unrecorded,
    /// Another register does not have the pledge, or no longer.
    Differs,
    /// The register of the units has not confirmed that it froze them.
    NoReceipt,
    /// More is lent than the policies of the kinds want.
    Ltv,
    /// The permit is another's.
    Permit,
}

impl Noticed {
    /// Everything that may be noticed, by number.
    pub const ALL: [Self; 9] = [
        Self::Permit,
        Self::Gap,
        Self::Yield,
        Self::Ltv,
        Self::EndsFirst,
        Self::Area,
        Self::Unrecorded,
        Self::Differs,
        Self::NoReceipt,
    ];

    /// Returns its number.
    pub fn code(self) -> u16 {
        self.words().code
    }

    /// Returns the words.
    pub fn words(self) -> Words {
        match self {
            Self::Gap => Words {
                code: 3006,
                name: "compliance_gap",
                title_zh: "履约缺口将占用已担保的数量",
                title_en: "surrender would take what is pledged",
                cause: "The right says in `surrender_due` how much its holder must surrender, and less is free of pledges and freezes.",
                fix: "Agree with the holder on other units in time; the alert comes again 60, 30 and 7 days before the day of surrender.",
                place: "alerts of the kind `compliance_gap`",
            },
            Self::Yield => Words {
                code: 3007,
                name: "implausible_yield",
                title_zh: "单位面积减排量超出常见范围",
                title_en: "the tonnes per mu and year are outside the usual",
                cause: "The tonnes of a year, or the units that are issued for one, divided by the mu of the ground, are below 0.15 or above 1.5.",
                fix: "Ask for the monitoring report, and for the method by which the tonnes were estimated.",
                place: "`notices` of receipts of `issue_right` and `convert_right` and of answers to `/v1/check`",
            },
            Self::Permit => PERMIT,
            Self::Ltv => ABOVE_MAX_LTV,
            Self::EndsFirst => Words {
                code: 4004,
                name: "external_ends_first",
                title_zh: "外部登记早于债务期限届满",
                title_en: "the registration elsewhere ends before the claim",
                cause: "The term that another register has for the pledge is over before the term of the claim.",
                fix: "Have it extended there, and report the new term.",
                place: "the reconciliation, as `ends_before_claim`",
            },
            Self::Area => Words {
                code: 7006,
                name: "area_differs",
                title_zh: "证载面积与图形面积不符",
                title_en: "the area of the certificate is not that of its polygon",
                cause: "The mu of the certificate and the mu of the ground differ by more than 5 percent of the ground.",
                fix: "Compare the certificate with the survey; a pledge counts by the ground and not by the number.",
                place: "`notices` of receipts of `issue_right` and of answers to `/v1/check`; alerts of the kind `area_differs`",
            },
            Self::Unrecorded => Words {
                code: 8001,
                name: "external_unrecorded",
                title_zh: "未记载外部登记",
                title_en: "no registration elsewhere is recorded",
                cause: "The policy of the kind names a register in which pledges are to stand too, and no report about this pledge names it.",
                fix: "Register it there and report the number with `record_external_registration`.",
                place: "the reconciliation, as `unrecorded`; alerts of the kind `external_unrecorded`; certificates",
            },
            Self::Differs => Words {
                code: 8002,
                name: "external_differs",
                title_zh: "外部登记状态不一致",
                title_en: "the other register says otherwise",
                cause: "The pledge is not there, was cancelled there, or its term there is over; or it has ended here and stands there.",
                fix: "Have it set right there, and report what the register says then.",
                place: "the reconciliation, as `absent`, `cancelled`, `lapsed` and `still_there`; alerts of the kind `external_registration`; certificates",
            },
            Self::NoReceipt => Words {
                code: 8003,
                name: "receipt_missing",
                title_zh: "缺少权益登记机构的冻结回执",
                title_en: "no receipt of a freeze of the units is recorded",
                cause: "The policy of the kind names the register that holds the units, and no report says that it has frozen them for this pledge.",
                fix: "Ask the register of the units to freeze them, and report the number of its receipt.",
                place: "the reconciliation, as `receipt_missing`; alerts of the kind `receipt_missing`; certificates",
            },
        }
    }
}

/// A permit that is another's.
const PERMIT: Words = Words {
    code: 1006,
    name: "permit_of_another",
    title_zh: "许可证编号所含代码非持有人或其前身",
    title_en: "the permit begins with the code of another than the holder",
    cause: "The permit number begins with a credit code that is neither the holder's nor that of a party which the holder is recorded to succeed.",
    fix: "Compare the permit with the certificate; where the holder has succeeded to it, record that.",
    place: "`notices` of receipts of `issue_right` and of answers to `/v1/check`",
};

/// A claim that is more than the policies want.
const ABOVE_MAX_LTV: Words = Words {
    code: 3017,
    name: "above_max_ltv",
    title_zh: "债权连同在先债权超过规则所定的质押率上限",
    title_en: "the claim, with those before it, is more of the value than the policy wants",
    cause: "The principal that was opened, else the clear cap, with the clear caps of the pledges that it stands behind, is more than `max_percent` of the imported price of the lines.",
    fix: "Lend less, or add collateral; `lending` says the most. Consent decides rank and not money, so the registration stands.",
    place: "`notices` of receipts of `register_pledge` and of answers to `/v1/check`; alerts of the kind `above_max_ltv`",
};

/// A notice about a right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What is noticed.
    pub noticed: Noticed,
    /// The right; the one that the command asks for has no id yet where it was only asked for.
    pub right: RightId,
    /// What it rests on.
    pub basis: Basis,
}

/// What a notice rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Basis {
    /// A certificate beside its ground.
    Ground {
        /// What the certificate says: mu, or tonnes a year.
        stated: Quantity,
        /// The mu of the ground.
        mu: Quantity,
    },
    /// A claim beside what should be lent.
    Lending(Lent),
    /// The credit code that a permit begins with.
    Code(String),
}

/// Returns what is noticed about a right with this ground.
pub fn notices_of(
    id: RightId,
    right: &Right,
    policy: &KindPolicy,
    facts: &Facts,
) -> Option<Notice> {
    let Capacity::Land { measure, .. } = &right.capacity else {
        return None;
    };
    let ground_mu = mu_of(&land::parcels_of(right, facts));
    if ground_mu.is_zero() {
        return None;
    }
    // A survey knows nothing of what was used up since.
    let used = right.uses.iter();
    let stated = used.fold(*measure, |sum, used| sum.saturating_add(used.quantity));
    let [stated, mu] = [stated, ground_mu].map(|quantity| i128::from(quantity.raw()));
    let noticed = match policy.unit.as_str() {
        MU => {
            let differs = (stated - mu).abs() * 1_000_000;
            (differs > mu * limits::AREA_DIFFERENCE_PPM_MAX).then_some(Noticed::Area)
        }
        TONNES => {
            let usual = limits::SINK_YIELD_HUNDREDTHS;
            let (least, most) = (mu * usual.start(), mu * usual.end());
            let hundredfold = stated * 100;
            (hundredfold < least || most < hundredfold).then_some(Noticed::Yield)
        }
        _ => None,
    };
    noticed.map(|noticed| Notice {
        noticed,
        right: id,
        basis: Basis::Ground {
            stated: *measure,
            mu: ground_mu,
        },
    })
}

/// Units that a conversion issues for years of a sink: its right, and how much of them a year.
fn issued_for_years(event: &Event) -> Option<(RightId, Quantity)> {
    let Event::Changed { act, changes, .. } = event else {
        return None;
    };
    if act != CONVERT {
        return None;
    }
    let text = |change: &Change, member: &str| match change.set.get(member)? {
        Json::Text(text) => Some(text.clone()),
        Json::List(items) => match items.last()? {
            Json::Text(text) => Some(text.clone()),
            Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => None,
        },
        Json::Bool(_) | Json::Int(_) | Json::Object(_) => None,
    };
    let (old, years) = changes
        .iter()
        .find_map(|change| Some((&change.of, text(change, "converted")?)))?;
    let StateKey::Right(old) = old else {
        return None;
    };
    let mut made = changes.iter().filter(|change| change.new);
    let units = made.find_map(|change| text(change, "balance"))?;
    let units = Quantity::parse(&units, Scale::MAX).ok()?;
    let (first, last) = years.split_once('-')?;
    let count = last.parse::<i64>().ok()? - first.parse::<i64>().ok()? + 1;
    Some((*old, Quantity::from_raw(units.raw() / count.max(1))?))
}

/// A sink as if its certificate stated what was issued for a year.
fn yielding(right: &Right, tonnes: Quantity) -> Right {
    let mut right = right.clone();
    right.uses.clear();
    if let Capacity::Land { measure, .. } = &mut right.capacity {
        *measure = tonnes;
    }
    right
}

impl Registry {
    /// Says whether a receipt says what is noticed: of land that was issued, of units that were issued for its years, and of what is lent
    /// where a policy limits that. Other pledges are many, and whoever takes one has asked.
    pub fn may_notice(&self, event: &Event) -> bool {
        if let Event::RightIssued { record, .. } = event {
            let mut names = record.identities.iter();
            matches!(record.capacity, Capacity::Land { .. })
                || names.any(|identity| permit_of(&identity.value).is_some())
        } else {
            let is_claim = matches!(event, Event::PledgeRegistered { .. });
            (is_claim && self.limits_lending()) || issued_for_years(event).is_some()
        }
    }

    /// Returns what is noticed about a claim that was registered or is asked about, with its principal where that was opened.
    pub fn notice_of_claim(
        &self,
        event: &Event,
        principal: Option<Quantity>,
    ) -> Result<Option<Notice>, ServiceFault> {
        let lent = self.lent_at_registration(event, principal)?;
        Ok(lent
            .filter(|(_, lent)| lent.is_above())
            .map(|(right, lent)| Notice {
                noticed: Noticed::Ltv,
                right,
                basis: Basis::Lending(lent),
            }))
    }

    /// Returns what a receipt says of a right that was issued or of a claim that was registered.
    pub fn notices_at_receipt(
        &self,
        event: &Event,
        principal: Option<Quantity>,
    ) -> Result<Vec<Notice>, ServiceFault> {
        if matches!(event, Event::RightIssued { .. }) || issued_for_years(event).is_some() {
            return self.notices(event);
        }
        let notice = self.notice_of_claim(event, principal)?;
        Ok(notice.into_iter().collect())
    }

    /// Returns what is noticed about the rights that an event issues or pledges.
    pub fn notices(&self, event: &Event) -> Result<Vec<Notice>, ServiceFault> {
        let mut facts = Facts::new(self.shared.policies());
        let mut rights: Vec<(RightId, Right)> = Vec::new();
        if let Event::RightIssued { right, record, .. } = event {
            rights.push((*right, (**record).clone()));
        }
        if let Event::PledgeRegistered { lines, .. } = event {
            for line in lines {
                let known = rights.iter().any(|(id, _)| *id == line.right);
                self.fact(&mut facts, StateKey::Right(line.right))?;
                let right = facts.right(line.right).filter(|_| !known);
                rights.extend(right.map(|right| (line.right, right.clone())));
            }
        }
        if let Some((id, tonnes)) = issued_for_years(event) {
            self.fact(&mut facts, StateKey::Right(id))?;
            rights.extend(facts.right(id).map(|right| (id, yielding(right, tonnes))));
        }
        let mut notices = Vec::new();
        for (id, right) in rights {
            self.fact(&mut facts, StateKey::Policy(right.kind.clone()))?;
            self.ground_of(&mut facts, &right)?;
            let policy = facts.policy(&right.kind, self.now());
            notices.extend(policy.and_then(|policy| notices_of(id, &right, policy, &facts)));
            notices.extend(self.notice_of_permit(id, &right)?);
        }
        Ok(notices)
    }

    /// Returns the notice that the permit of a right begins with a code that neither its holder has nor those before it.
    fn notice_of_permit(&self, id: RightId, right: &Right) -> Result<Option<Notice>, ServiceFault> {
        let mut permits = right.identities.iter();
        let Some(code) = permits.find_map(|identity| permit_of(&identity.value)) else {
            return Ok(None);
        };
        let mut next = vec![right.holder];
        let mut known = BTreeSet::new();
        while let Some(party) = next.pop().filter(|_| known.len() < limits::NEIGHBORS_MAX) {
            if !known.insert(party) {
                continue;
            }
            let found = self.record(&StateKey::Party(party))?;
            if let Some(Record::Party(party)) = found.map(|found| found.value.record) {
                if party.credit_code.as_deref() == Some(code) {
                    return Ok(None);
                }
                next.extend(party.more.predecessors.iter().map(|(before, _)| *before));
            }
        }
        Ok(Some(Notice {
            noticed: Noticed::Permit,
            right: id,
            basis: Basis::Code(code.to_owned()),
        }))
    }
}

/// Returns the credit code that the first part of an identity begins with, where that is the number of a permit.
fn permit_of(value: &str) -> Option<&str> {
    let first = value.split('|').next()?;
    PermitNumber::parse(first).ok()?;
    first.get(..CREDIT_CODE_CHARS)
}

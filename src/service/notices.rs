//! What the service notices beside the law: it rests on measures that are no law, so it stands in answers and in no entry.
//!
//! | number | |
//! | --- | --- |
//! | 7006 | the area of the certificate is not that of the ground |
//! | 3007 | the tonnes of a sink are not plausible for its ground |

use crate::domain::event::Event;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::land;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Capacity, Right};
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::service::area::mu_of;
use crate::service::{Registry, ServiceFault};

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
}

/// What is noticed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Noticed {
    /// The yield of a sink lies outside the usual.
    Yield,
    /// The area of the certificate is another.
    Area,
}

impl Noticed {
    /// Everything that may be noticed, by number.
    pub const ALL: [Self; 2] = [Self::Yield, Self::Area];

    /// Returns the words.
    pub fn words(self) -> Words {
        match self {
            Self::Yield => Words {
                code: 3007,
                name: "implausible_yield",
                title_zh: "单位面积减排量超出常见范围",
                title_en: "the tonnes per mu and year are outside the usual",
                cause: "The tonnes of a year, divided by the mu of the ground, are below 0.15 or above 1.5.",
                fix: "Ask for the monitoring report, and for the method by which the tonnes were estimated.",
            },
            Self::Area => Words {
                code: 7006,
                name: "area_differs",
                title_zh: "证载面积与图形面积不符",
                title_en: "the area of the certificate is not that of its polygon",
                cause: "The mu of the certificate and the mu of the ground differ by more than 5 percent of the ground.",
                fix: "Compare the certificate with the survey; a pledge counts by the ground and not by the number.",
            },
        }
    }
}

/// A notice about a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What is noticed.
    pub noticed: Noticed,
    /// The right; the one that the command asks for has no id yet where it was only asked for.
    pub right: RightId,
    /// What the certificate says: mu, or tonnes a year.
    pub stated: Quantity,
    /// The mu of the ground.
    pub ground_mu: Quantity,
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
    let [stated, mu] = [measure, &ground_mu].map(|quantity| i128::from(quantity.raw()));
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
        stated: *measure,
        ground_mu,
    })
}

impl Registry {
    /// Says whether a receipt says what is noticed: of land that was issued. Pledges are many, and whoever takes one has asked.
    pub fn may_notice(event: &Event) -> bool {
        if let Event::RightIssued { record, .. } = event {
            matches!(record.capacity, Capacity::Land { .. })
        } else {
            false
        }
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
        let mut notices = Vec::new();
        for (id, right) in rights {
            self.fact(&mut facts, StateKey::Policy(right.kind.clone()))?;
            self.ground_of(&mut facts, &right)?;
            let policy = facts.policy(&right.kind, self.now());
            notices.extend(policy.and_then(|policy| notices_of(id, &right, policy, &facts)));
        }
        Ok(notices)
    }
}

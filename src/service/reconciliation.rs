//! The reconciliation of pledges with what other registers say of them (DOMAIN S18): one row for each registration elsewhere,
//! one for each register that the policies of its kinds name and no report does, and one for a pledge of which nothing is
//! recorded. A function of the records and of a day; nothing is stored.
//!
//! What another register says frees nothing here and ranks nothing; the report is for whoever must have it set right there.

use std::collections::BTreeMap;

use crate::domain::command::{ExternalReport, ExternalStatus};
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::pledge::Pledge;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::time::{Day, Timestamp};
use crate::service::notices::Noticed;
use crate::service::query::Listing;
use crate::service::{Registry, ServiceFault};

/// How a pledge and its registration elsewhere stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// Both stand.
    Agrees,
    /// No registration elsewhere is recorded.
    Unrecorded,
    /// The register of the units has not confirmed a freeze.
    ReceiptMissing,
    /// The other register has none.
    Absent,
    /// It was cancelled there.
    Cancelled,
    /// Its term there is over.
    Lapsed,
    /// It has ended there, and the same register has another one that stands.
    Replaced,
    /// Its term there is over within 60 days.
    EndsSoon,
    /// Its term there is over before that of the claim.
    EndsBeforeClaim,
    /// Nobody has looked for a month.
    NotSeenLately,
    /// The pledge has ended here, and stands there.
    StillThere,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 11] = [
        Self::Agrees,
        Self::Unrecorded,
        Self::ReceiptMissing,
        Self::Absent,
        Self::Cancelled,
        Self::Lapsed,
        Self::Replaced,
        Self::EndsSoon,
        Self::EndsBeforeClaim,
        Self::NotSeenLately,
        Self::StillThere,
    ];

    /// Returns the word in queries and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Unrecorded => "unrecorded",
            Self::ReceiptMissing => "receipt_missing",
            Self::Absent => "absent",
            Self::Cancelled => "cancelled",
            Self::Lapsed => "lapsed",
            Self::Replaced => "replaced",
            Self::EndsSoon => "ends_soon",
            Self::EndsBeforeClaim => "ends_before_claim",
            Self::NotSeenLately => "not_seen_lately",
            Self::StillThere => "still_there",
        }
    }

    /// Returns the words for people in Chinese.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Agrees => "一致",
            Self::Unrecorded => "未记载外部登记",
            Self::ReceiptMissing => "缺少权益登记机构的冻结回执",
            Self::Absent => "对方无此登记",
            Self::Cancelled => "对方已注销",
            Self::Lapsed => "对方登记期限届满",
            Self::Replaced => "已由对方的新登记代替",
            Self::EndsSoon => "对方登记将于六十日内届满",
            Self::EndsBeforeClaim => "对方登记早于债务期限届满",
            Self::NotSeenLately => "超过一个月未核对",
            Self::StillThere => "本登记已注销, 对方仍在",
        }
    }

    /// Returns what it counts as in the catalogue, where it is to be set right.
    pub fn noticed(self) -> Option<Noticed> {
        match self {
            Self::Agrees | Self::Replaced | Self::EndsSoon | Self::NotSeenLately => None,
            Self::Unrecorded => Some(Noticed::Unrecorded),
            Self::ReceiptMissing => Some(Noticed::NoReceipt),
            Self::Absent | Self::Cancelled | Self::Lapsed | Self::StillThere => {
                Some(Noticed::Differs)
            }
            Self::EndsBeforeClaim => Some(Noticed::EndsFirst),
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == word)
    }
}

/// One row of the report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reconciled {
    /// The pledge.
    pub pledge: PledgeId,
    /// Its pledgee.
    pub pledgee: PartyId,
    /// The other register; none where nothing is recorded and no policy names one.
    pub register: Option<String>,
    /// What the other register says; none where nothing is recorded.
    pub report: Option<ExternalReport>,
    /// How the two stand to each other.
    pub standing: Standing,
    /// Days until the term there is over; negative afterwards.
    pub days_left: Option<i32>,
}

/// A page of the report.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    /// The rows, by pledge.
    pub rows: Vec<Reconciled>,
    /// The last pledge that was looked at, where more may follow.
    pub next: Option<PledgeId>,
    /// The size of the log that the page rests on.
    pub size: u64,
}

/// Compares a pledge with what is recorded of other registers, on a day. `wanted` are the registers in which the policies of its
/// kinds want it, and whether it is the one that holds the units.
pub fn reconcile(
    id: PledgeId,
    pledge: &Pledge,
    wanted: &BTreeMap<String, bool>,
    (day, now): (Day, Timestamp),
) -> Vec<Reconciled> {
    let row = |report: Option<&ExternalReport>, standing: Standing| Reconciled {
        pledge: id,
        pledgee: pledge.pledgee,
        register: report.map(|report| report.register.clone()),
        report: report.cloned(),
        standing,
        days_left: report
            .and_then(|report| report.term)
            .map(|term| term.to().number() - day.number()),
    };
    let reports = &pledge.more.external;
    if pledge.is_closed_at(now) {
        let there = reports.iter().filter(|report| stands(report, day));
        return there
            .map(|report| row(Some(report), Standing::StillThere))
            .collect();
    }
    if reports.is_empty() && wanted.is_empty() {
        return vec![row(None, Standing::Unrecorded)];
    }
    let compared = reports
        .iter()
        .map(|report| row(Some(report), standing(pledge, report, day)));
    let is_named = |register: &str| reports.iter().any(|report| report.register == register);
    let missing = wanted.iter().filter(|(register, _)| !is_named(register));
    let missing = missing.map(|(register, holds_units)| {
        let standing = if *holds_units {
            Standing::ReceiptMissing
        } else {
            Standing::Unrecorded
        };
        Reconciled {
            register: Some(register.clone()),
            ..row(None, standing)
        }
    });
    compared.chain(missing).collect()
}

fn stands(report: &ExternalReport, day: Day) -> bool {
    report.status == ExternalStatus::Registered && report.term.is_none_or(|term| day < term.to())
}

/// Says whether a registration elsewhere is over and the same register has another one for the pledge: after a lapse a register
/// gives a new number, and nothing is to be set right any more.
pub(super) fn is_replaced(pledge: &Pledge, report: &ExternalReport, day: Day) -> bool {
    let is_another = |other: &&ExternalReport| {
        other.register == report.register && other.number != report.number
    };
    let mut others = pledge.more.external.iter().filter(is_another);
    !stands(report, day) && others.any(|other| stands(other, day))
}

fn standing(pledge: &Pledge, report: &ExternalReport, day: Day) -> Standing {
    if is_replaced(pledge, report, day) {
        return Standing::Replaced;
    }
    match report.status {
        ExternalStatus::Absent => return Standing::Absent,
        ExternalStatus::Cancelled => return Standing::Cancelled,
        ExternalStatus::Lapsed => return Standing::Lapsed,
        ExternalStatus::Registered => {}
    }
    let seen = day.number() - report.checked.number();
    let Some(end) = report.term.map(crate::primitives::time::Span::to) else {
        return if seen > limits::EXTERNAL_SEEN_DAYS_MAX {
            Standing::NotSeenLately
        } else {
            Standing::Agrees
        };
    };
    if end <= day {
        Standing::Lapsed
    } else if end.number() - day.number() <= limits::EXTERNAL_END_DAYS {
        Standing::EndsSoon
    } else if seen > limits::EXTERNAL_SEEN_DAYS_MAX {
        Standing::NotSeenLately
    } else if pledge.term.is_some_and(|term| end < term.to()) {
        Standing::EndsBeforeClaim
    } else {
        Standing::Agrees
    }
}

impl Registry {
    /// Returns the report from the pledge after `after` on, of at most `limit` pledges; of one standing, where one is asked for.
    pub fn reconciliation(
        &self,
        pledgee: Option<PartyId>,
        wanted: Option<Standing>,
        day: Day,
        after: Option<PledgeId>,
        limit: usize,
    ) -> Result<Reconciliation, ServiceFault> {
        let size = self.published().size;
        let listing = pledgee.map_or(Listing::Pledges, Listing::PledgesOf);
        let after: Option<EntryIndex> = after.map(|pledge| pledge.0);
        let found = self.list(listing, after, limit)?;
        let mut page = Reconciliation {
            rows: Vec::new(),
            next: None,
            size,
        };
        let is_full = found.len() >= limit;
        for found in found {
            if let (StateKey::Pledge(id), Record::Pledge(pledge)) =
                (found.value.key, &found.value.record)
            {
                let elsewhere = self.wanted_elsewhere(pledge)?;
                let rows = reconcile(id, pledge, &elsewhere, (day, self.now())).into_iter();
                page.rows
                    .extend(rows.filter(|row| wanted.is_none_or(|wanted| row.standing == wanted)));
                page.next = is_full.then_some(id);
            }
        }
        Ok(page)
    }

    /// The registers in which the policies of a pledge's kinds want it, and whether it is the one that holds the units.
    fn wanted_elsewhere(&self, pledge: &Pledge) -> Result<BTreeMap<String, bool>, ServiceFault> {
        let mut facts = Facts::new(self.shared.policies());
        for line in pledge
            .lines
            .iter()
            .filter(|line| line.is_open_at(self.now()))
        {
            self.fact(&mut facts, StateKey::Right(line.right))?;
            if let Some(kind) = facts.right(line.right).map(|right| right.kind.clone()) {
                self.fact(&mut facts, StateKey::Policy(kind))?;
            }
        }
        Ok(wanted_by(pledge, &facts, self.now()))
    }
}

/// The registers that the policies of a pledge's kinds name, of which `facts` must know rights and policies; with each, whether
/// it is the one that holds the units.
pub(super) fn wanted_by(pledge: &Pledge, facts: &Facts, now: Timestamp) -> BTreeMap<String, bool> {
    let mut wanted = BTreeMap::new();
    for line in pledge.lines.iter().filter(|line| line.is_open_at(now)) {
        let right = facts.right(line.right);
        let policy = right.and_then(|right| facts.policy(&right.kind, now));
        let Some(elsewhere) = policy.and_then(|policy| policy.elsewhere.as_ref()) else {
            continue;
        };
        for register in &elsewhere.registers {
            let holds_units = elsewhere.receipt.as_ref() == Some(register);
            *wanted.entry(register.clone()).or_default() |= holds_units;
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_has_chinese() {
        for standing in Standing::ALL {
            assert_eq!(Standing::parse(standing.name()), Some(standing));
            assert!(!standing.name_zh().is_empty());
        }
        assert_eq!(Standing::parse("fine"), None);
    }
}

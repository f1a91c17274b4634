//! How much the policies of the kinds would let lend on a value, and whether a claim with those before it is more (DOMAIN S12).
//!
//! A notice and an alert of the service: it rests on an imported price, and on the opened principal or the clear cap. No decision
//! reads any of it; consent decides rank, not money.

use std::collections::BTreeSet;

use crate::domain::event::Event;
use crate::domain::facts::{Facts, Record, StateKey};
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::BurdenId;
use crate::primitives::canonical::Json;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::quantity::Quantity;
use crate::service::prices::series_of;
use crate::service::statistics::{amount_of, decimal};
use crate::service::{Registry, ServiceFault};

/// A claim beside the most that should be lent, in 10^-6 yuan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lent {
    /// The claim: its principal where that was opened, else its clear cap.
    pub claim: u128,
    /// The clear caps of the pledges that it stands behind.
    pub before: u128,
    /// What all lines are worth.
    pub value: u128,
    /// What the policies of their kinds let lend on that.
    pub most: u128,
}

impl Lent {
    /// Says whether it is more than the policies let lend.
    pub fn is_above(&self) -> bool {
        self.claim.saturating_add(self.before) > self.most
    }

    /// Writes the sums in yuan.
    pub(crate) fn to_json(&self) -> Json {
        let cny = |raw| Json::Text(decimal(raw));
        Json::object([
            ("before_cny", cny(self.before)),
            ("claim_cny", cny(self.claim)),
            ("most_cny", cny(self.most)),
            ("value_cny", cny(self.value)),
        ])
    }
}

/// A line of which all is known: the percent that its policy lets lend, and its worth in 10^-6 yuan.
type Worth = (u32, u128);

/// Adds up what lines are worth and what may be lent on them.
pub(crate) fn lent(claim: u128, before: u128, worths: &[Worth]) -> Lent {
    let most = worths
        .iter()
        .map(|(percent, worth)| worth * u128::from(*percent));
    Lent {
        claim,
        before,
        value: worths.iter().map(|(_, worth)| worth).sum(),
        most: most.sum::<u128>() / 100,
    }
}

/// Returns the percent that the policy of a right lets lend on its value.
pub(crate) fn percent_of(id: RightId, facts: &Facts, registry: &Registry) -> Option<u32> {
    let right = facts.right(id)?;
    let policy = facts.policy(&right.kind, registry.now())?;
    policy.lending.as_ref().map(|lending| lending.max_percent)
}

impl Registry {
    /// Says whether some policy that this log knows limits what is lent.
    pub(crate) fn limits_lending(&self) -> bool {
        self.shared
            .policies()
            .values()
            .any(|policy| policy.lending.is_some())
    }

    /// Returns what a registration would be lent on its lines, where it says its claim and everything has a price today.
    pub(crate) fn lent_at_registration(
        &self,
        event: &Event,
        principal: Option<Quantity>,
    ) -> Result<Option<(RightId, Lent)>, ServiceFault> {
        let Event::PledgeRegistered {
            pledge,
            lines,
            more,
            ..
        } = event
        else {
            return Ok(None);
        };
        let cap = more.caps.iter().map(|cap| raw(cap.amount)).sum();
        let claim = principal.map_or(cap, raw);
        let Some(first) = lines.first().filter(|_| claim > 0) else {
            return Ok(None);
        };
        let mut facts = Facts::new(self.shared.policies());
        let (now, mut worths) = (self.now(), Vec::new());
        for (number, line) in (0_u16..).zip(lines) {
            self.fact(&mut facts, StateKey::Right(line.right))?;
            let Some(right) = facts.right(line.right).cloned() else {
                return Ok(None);
            };
            self.fact(&mut facts, StateKey::Policy(right.kind.clone()))?;
            let Some(percent) = percent_of(line.right, &facts, self) else {
                return Ok(None);
            };
            let policy = facts.policy(&right.kind, now);
            let series = policy.map(|policy| series_of(&right, policy));
            let price = self.price(&series.unwrap_or_default(), now.day())?;
            let Some(price) = price else {
                return Ok(None);
            };
            let name = BurdenId::Line(*pledge, number);
            let worth = amount_of(line.extent, &right, name) * raw(price.cny) / 1_000_000;
            worths.push((percent, worth));
        }
        let before = self.caps_before(*pledge, lines, &facts)?;
        Ok(Some((first.right, lent(claim, before, &worths))))
    }

    /// Returns the clear caps of the other pledges that lines stand behind and that still stand on their rights, each once.
    pub(crate) fn caps_before(
        &self,
        own: PledgeId,
        lines: &[Line],
        facts: &Facts,
    ) -> Result<u128, ServiceFault> {
        let mut pledges: BTreeSet<PledgeId> = BTreeSet::new();
        for line in lines.iter().filter(|line| !line.released) {
            let stands = |id: &&BurdenId| {
                let right = facts.right(line.right);
                let burden = right.and_then(|right| right.burden(**id));
                burden.is_some_and(|burden| burden.counts_at(self.now()))
            };
            let before = line.behind.iter().filter(stands);
            pledges.extend(before.filter_map(|id| match id {
                BurdenId::Line(pledge, _) => Some(*pledge),
                BurdenId::Hold(..) | BurdenId::Freeze(_) => None,
            }));
        }
        pledges.remove(&own);
        let mut caps = 0;
        for id in pledges {
            let found = self.record(&StateKey::Pledge(id))?;
            if let Some(Record::Pledge(pledge)) = found.map(|found| found.value.record) {
                caps += cap_of(&pledge);
            }
        }
        Ok(caps)
    }
}

/// The clear cap of a pledge; 0 where it has none.
pub(crate) fn cap_of(pledge: &Pledge) -> u128 {
    pledge.cap().map_or(0, raw)
}

fn raw(quantity: Quantity) -> u128 {
    u128::try_from(quantity.raw()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S12 of the domain study: 9.00 m, 60 percent, 4.00 m before.
    #[test]
    fn a_claim_with_those_before_it_is_compared_with_a_share_of_the_value() {
        let million = 1_000_000_u128;
        let cny = |tenths: u128| tenths * million / 10 * million;
        for (claim, is_above) in [(cny(14), false), (cny(14) + 1, true), (cny(15), true)] {
            let lent = lent(claim, cny(40), &[(60, cny(90))]);
            assert_eq!((lent.most, lent.is_above()), (cny(54), is_above));
        }
        // Each kind by its own percent.
        let lent = lent(cny(10), 0, &[(60, cny(10)), (50, cny(8))]);
        assert_eq!((lent.most, lent.value), (cny(10), cny(18)));
    }
}

//! Keys over time: rotation, signing rules, recovery, and entries that a party disowns.

use super::asked::Offer;
use super::deed::{Deed, Order};
use super::party::{Recovery, judge_threshold};
use super::reason::{Reasons, because, reason};
use super::{Model, Part, REGISTRAR};

/// Microseconds for which a recovery waits.
const WAIT: u64 = 72 * 3_600_000_000;

/// A key of a party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Key {
    pub(crate) number: u64,
    pub(crate) person: u64,
    /// The entry that added it.
    pub(crate) added: u64,
    /// The entry that ended it, which it may still sign.
    pub(crate) ended: Option<u64>,
}

impl Key {
    pub(crate) fn is_valid_at(&self, index: u64) -> bool {
        self.added < index && self.ended.is_none_or(|ended| index <= ended)
    }
}

impl Model {
    pub(super) fn act_on_keys(&mut self, order: &Order, reasons: &mut Reasons) {
        match &order.deed {
            Deed::AddKey(offer) => {
                self.judge_offer(offer, reasons);
                self.give_key(order.giver, offer.key, offer.person);
            }
            Deed::RevokeKey(key) => self.revoke_key(order.giver, *key, reasons),
            Deed::SetThreshold(threshold) => {
                let party = &self.parties[order.giver];
                let mut persons = Vec::new();
                for key in party.keys.iter().filter(|key| key.is_valid_at(self.index)) {
                    persons.push(key.person);
                }
                persons.sort_unstable();
                persons.dedup();
                judge_threshold(party.role, *threshold, persons.len(), reasons);
                self.parties[order.giver].threshold = *threshold;
            }
            Deed::Rotate { party, old, new } => self.rotate(order, *party, (*old, new), reasons),
            Deed::SetRules {
                party,
                rules,
                parts,
            } => self.set_rules(order, *party, (rules, parts), reasons),
            Deed::Dispute { party, key, from } => {
                self.dispute(order, *party, (*key, *from), reasons);
            }
            Deed::Resolve { party, entry } => self.resolve(order, *party, *entry, reasons),
            Deed::Recover { party, keys } => self.recover(order, *party, keys, reasons),
            Deed::Veto { party } => {
                because(reasons, order.giver != *party, 5003);
                self.close_recovery(*party, reasons);
            }
            Deed::Complete { party } => self.complete(order, *party, reasons),
            Deed::RotateLogKey { key, hours, proven } => {
                because(reasons, order.giver != REGISTRAR, 5003);
                because(reasons, self.taken_keys.contains(key), 5012);
                because(reasons, !proven, 5010);
                because(reasons, self.now < self.log_overlap, 5021);
                self.taken_keys.push(*key);
                self.log_overlap = self.now + hours * 3_600_000_000;
            }
            other => panic!("{other:?}"),
        }
    }

    /// A key belongs to one party for ever, and who offers it must hold it.
    pub(super) fn judge_offer(&self, offer: &Offer, reasons: &mut Reasons) {
        because(reasons, self.taken_keys.contains(&offer.key), 5012);
        because(reasons, !offer.proven, 5010);
    }

    pub(super) fn give_key(&mut self, nth: usize, number: u64, person: u64) {
        self.taken_keys.push(number);
        self.parties[nth].keys.push(Key {
            number,
            person,
            added: self.index,
            ended: None,
        });
    }

    pub(super) fn end_keys(&mut self, nth: usize) {
        for key in &mut self.parties[nth].keys {
            if key.is_valid_at(self.index) {
                key.ended = Some(self.index);
            }
        }
    }

    fn revoke_key(&mut self, nth: usize, number: u64, reasons: &mut Reasons) {
        let index = self.index;
        let mut keys = self.parties[nth].keys.iter_mut();
        match keys.find(|key| key.number == number && key.is_valid_at(index)) {
            Some(key) => key.ended = Some(index),
            None => reasons.push(reason(5013)),
        }
    }

    fn rotate(
        &mut self,
        order: &Order,
        nth: usize,
        (old, new): (u64, &Offer),
        reasons: &mut Reasons,
    ) {
        because(reasons, order.giver != nth, 5003);
        self.judge_offer(new, reasons);
        if !self.is_living(nth, reasons) {
            return;
        }
        self.revoke_key(nth, old, reasons);
        let parts = &mut self.parties[nth].parts;
        if let Some((_, part)) = parts.iter().find(|(key, _)| *key == old).copied() {
            parts.push((new.key, part));
        }
        self.give_key(nth, new.key, new.person);
    }

    fn set_rules(
        &mut self,
        order: &Order,
        nth: usize,
        (rules, parts): (&[(&'static str, usize)], &[(u64, Part)]),
        reasons: &mut Reasons,
    ) {
        because(reasons, order.giver != nth, 5003);
        if !self.is_living(nth, reasons) {
            return;
        }
        let party = &mut self.parties[nth];
        for (number, _) in parts {
            let is_known = party.keys.iter().any(|key| key.number == *number);
            because(reasons, !is_known, 5013);
        }
        let (mut before, mut after) = (party.parts.clone(), parts.to_vec());
        before.sort_unstable();
        after.sort_unstable();
        because(reasons, party.rules == rules && before == after, 2014);
        (party.rules, party.parts) = (rules.to_vec(), after);
        let mut highest = party.threshold;
        for (_, threshold) in rules {
            let fits = (party.threshold..=5).contains(threshold);
            because(reasons, !fits, 5011);
            highest = highest.max(*threshold);
        }
        because(reasons, !self.can_meet(nth, highest), 5011);
    }

    /// Whether one person makes and enough others check.
    fn can_meet(&self, nth: usize, threshold: usize) -> bool {
        let party = &self.parties[nth];
        let valid = || party.keys.iter().filter(|key| key.is_valid_at(self.index));
        for maker in valid().filter(|key| party.may_sign(key.number, Part::Maker)) {
            let mut persons = vec![maker.person];
            for checker in valid().filter(|key| party.may_sign(key.number, Part::Checker)) {
                if !persons.contains(&checker.person) {
                    persons.push(checker.person);
                }
            }
            if persons.len() >= threshold {
                return true;
            }
        }
        false
    }

    fn dispute(
        &mut self,
        order: &Order,
        nth: usize,
        (number, from): (u64, u64),
        reasons: &mut Reasons,
    ) {
        let heir = if nth < self.parties.len() {
            self.acting(nth)
        } else {
            nth
        };
        because(reasons, order.giver != heir, 5003);
        if nth >= self.parties.len() {
            reasons.push(reason(1005));
            return;
        }
        let index = self.index;
        let party = &mut self.parties[nth];
        let could_sign = |key: &Key| {
            let ended = key.ended.filter(|ended| *ended < index);
            ended.is_some_and(|ended| key.added < from && from <= ended)
        };
        let key = party.keys.iter().find(|key| key.number == number);
        because(reasons, !key.is_some_and(could_sign), 5020);
        party.disputes.push((index, false));
    }

    fn resolve(&mut self, order: &Order, nth: usize, entry: u64, reasons: &mut Reasons) {
        because(reasons, order.giver != REGISTRAR, 5003);
        let Some(party) = self.parties.get_mut(nth) else {
            reasons.push(reason(1005));
            return;
        };
        let mut disputes = party.disputes.iter_mut();
        match disputes.find(|(of, decided)| *of == entry && !decided) {
            Some((_, decided)) => *decided = true,
            None => reasons.push(reason(5020)),
        }
    }

    fn recover(&mut self, order: &Order, nth: usize, keys: &[Offer], reasons: &mut Reasons) {
        because(reasons, order.giver != REGISTRAR, 5003);
        for (place, offer) in keys.iter().enumerate() {
            self.judge_offer(offer, reasons);
            let is_twice = keys[..place].iter().any(|other| other.key == offer.key);
            because(reasons, is_twice, 5012);
        }
        if !self.is_living(nth, reasons) {
            return;
        }
        let party = &mut self.parties[nth];
        let unusable = nth == REGISTRAR || party.is_in_recovery();
        because(reasons, unusable, 5018);
        let mut persons: Vec<u64> = keys.iter().map(|offer| offer.person).collect();
        persons.sort_unstable();
        persons.dedup();
        let rules = party.rules.iter().map(|(_, threshold)| *threshold);
        let needed = rules.max().unwrap_or(0).max(party.threshold);
        because(reasons, persons.len() < needed, 5011);
        party.recoveries.push(Recovery {
            ready: self.now + WAIT,
            keys: keys.to_vec(),
            open: true,
        });
    }

    fn close_recovery(&mut self, nth: usize, reasons: &mut Reasons) {
        if !self.is_living(nth, reasons) {
            return;
        }
        let last = self.parties[nth].recoveries.last_mut();
        match last.filter(|recovery| recovery.open) {
            Some(recovery) => recovery.open = false,
            None => reasons.push(reason(5018)),
        }
    }

    /// The new keys take effect, and all others end.
    fn complete(&mut self, order: &Order, nth: usize, reasons: &mut Reasons) {
        because(reasons, order.giver != REGISTRAR, 5003);
        let open = self
            .parties
            .get(nth)
            .and_then(|party| party.recoveries.last());
        let open = open.filter(|recovery| recovery.open).cloned();
        let early = open
            .as_ref()
            .is_some_and(|recovery| self.now < recovery.ready);
        because(reasons, early, 5018);
        self.close_recovery(nth, reasons);
        let Some(recovery) = open else { return };
        self.end_keys(nth);
        self.parties[nth].parts.clear();
        for offer in recovery.keys {
            // Somebody else may have taken it meanwhile.
            because(reasons, self.taken_keys.contains(&offer.key), 5012);
            self.give_key(nth, offer.key, offer.person);
        }
    }
}

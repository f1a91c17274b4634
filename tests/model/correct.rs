//! Rights that are used up, and mistakes that are set right.

use super::asked::{Carving, Mistake, Rules};
use super::deed::Order;
use super::pledge::Line;
use super::reason::{Reasons, because, reason};
use super::right::{Kind, Right, Taking};
use super::transfer::in_the_way;
use super::{Amount, Ask, Model, Name, REGISTRAR};

impl Model {
    /// Uses up a part of a right: of what is free, or with those who lose, or by order.
    pub(super) fn surrender(
        &mut self,
        order: &Order,
        nth: usize,
        (quantity, carve): (Amount, Option<Carving>),
        reasons: &mut Reasons,
    ) {
        self.judge_standing(nth, reasons);
        because(reasons, quantity == 0, 3004);
        let today = self.today();
        let right = &self.rights[nth];
        let rule = self.rules_of(right.rules).unwrap().carve;
        let Some(rule) = rule.filter(|_| right.kind != Kind::Flow) else {
            reasons.push(reason(2014));
            return;
        };
        let amount = right.amount();
        let (freezes, others): (Vec<&Taking>, Vec<&Taking>) =
            right.takings.iter().partition(|taking| taking.is_freeze());
        let frozen: Amount = freezes.iter().map(|freeze| freeze.quantity).sum();
        let (unfrozen, free) = if right.kind.is_land() {
            let unfrozen = if freezes.is_empty() { amount } else { 0 };
            (unfrozen, if others.is_empty() { unfrozen } else { 0 })
        } else {
            let unfrozen = (amount - frozen).max(0);
            (unfrozen, (amount - right.taken(today)).max(0))
        };
        let is_carved = match rule {
            Carving::Refuse => false,
            Carving::Consent => carve == Some(Carving::Consent),
            Carving::Order => carve.is_some(),
        };
        let is_land = right.kind.is_land();
        let is_ordered = is_carved && carve == Some(Carving::Order);
        // What is lost of ground is lost, whatever stands on it.
        let (unfrozen, free) = if is_ordered && is_land {
            (amount, amount)
        } else {
            (unfrozen, free)
        };
        if quantity > amount {
            let most = if is_carved { unfrozen } else { free };
            reasons.push(in_the_way(3008, Some(most), &[]));
            return;
        }
        if quantity > unfrozen {
            reasons.push(in_the_way(9001, Some(unfrozen), &freezes));
        }
        if quantity > free && !others.is_empty() && !is_carved {
            reasons.push(in_the_way(3012, Some(free), &others));
        }
        let mut needed = Vec::new();
        if !is_ordered {
            needed.push(right.holder);
        }
        if is_land && quantity > free && carve == Some(Carving::Consent) {
            needed.extend(self.creditors(nth));
        }
        // What hangs already does not hang more.
        self.hang(&[nth]);
        let before = self.rights[nth].takings.clone();
        if is_land {
            let entry = self.index;
            let right = &mut self.rights[nth];
            right.measure -= quantity;
            right.uses.push((quantity, is_ordered, entry));
            because(reasons, right.uses.len() > 128, 3011);
        } else {
            self.rights[nth].levels[0].1 -= quantity;
        }
        self.hang(&[nth]);
        if carve == Some(Carving::Consent) {
            let losers = self.losers(nth, &before).into_iter();
            needed.extend(losers.filter_map(|name| self.creditor_of(name)));
        } else if is_ordered && !is_land {
            let kind = self.rights[nth].rules;
            let says = |rules: &Rules| rules.carve == Some(Carving::Order);
            let losers = self.losers(nth, &before).into_iter();
            let older = losers.filter(|name| !self.have_always(*name, kind, says));
            needed.extend(older.filter_map(|name| self.creditor_of(name)));
        }
        self.judge_agreed(order, &needed, reasons);
    }

    /// The burdens of which more hangs than before.
    fn losers(&self, nth: usize, before: &[Taking]) -> Vec<Name> {
        let mut losers = Vec::new();
        for taking in &self.rights[nth].takings {
            let old = before.iter().find(|old| old.name == taking.name);
            if old.is_some_and(|old| old.hanging < taking.hanging) {
                losers.push(taking.name);
            }
        }
        losers
    }

    pub(super) fn correct(
        &mut self,
        order: &Order,
        nth: usize,
        mistake: &Mistake,
        reasons: &mut Reasons,
    ) {
        if let Mistake::Line(line, quantity, relied) = mistake {
            because(reasons, order.giver != REGISTRAR, 5003);
            if nth >= self.rights.len() {
                reasons.push(reason(2001));
                return;
            }
            self.judge_standing(nth, reasons);
            return self.correct_line(order, nth, (*line, *quantity, relied), reasons);
        }
        if !self.is_issuers(order, nth, reasons) {
            return;
        }
        self.judge_standing(nth, reasons);
        if matches!(mistake, Mistake::Dispute) {
            self.judge_decided(nth, reasons);
        }
        let right = &mut self.rights[nth];
        match mistake {
            Mistake::Particulars(class, attributes) => {
                let before = (right.class, right.attributes.clone());
                right.class = class.or(right.class);
                for (name, value) in attributes {
                    right.attributes.retain(|(known, _)| known != name);
                    right.attributes.push((name, value));
                }
                right.attributes.sort_unstable();
                because(
                    reasons,
                    before == (right.class, right.attributes.clone()),
                    2014,
                );
            }
            Mistake::Dispute => {
                because(reasons, !right.adjudicated || right.resolved, 2014);
                right.resolved = true;
            }
            Mistake::Quantity(quantity) => self.correct_quantity(order, nth, *quantity, reasons),
            Mistake::Line(..) => panic!("{mistake:?}"),
        }
    }

    /// A dispute is decided when no other right that lives has the ground.
    fn judge_decided(&self, nth: usize, reasons: &mut Reasons) {
        let right = &self.rights[nth];
        let (from, to) = (right.from.max(self.today()), right.end());
        let gone = right.converted.as_slice();
        // Years of which there are units count even when they are over.
        let is_nothing = |other_nth: usize, other: &Right| {
            let stands = other.stands_from((from, to), gone);
            let stands = stands.or(other.used_from((right.from, to), gone));
            other_nth == nth || stands.is_none()
        };
        let days = ((right.from, to), gone);
        let met = self.met(right.layer, right.site(), days, &is_nothing);
        let parcels = self.parcels_of(right);
        if from < to && self.is_grave(&parcels, 0, &met) {
            reasons.push(self.over(7013, &parcels, &met));
        }
    }

    fn correct_quantity(
        &mut self,
        order: &Order,
        nth: usize,
        quantity: Amount,
        reasons: &mut Reasons,
    ) {
        self.hang(&[nth]);
        let right = &mut self.rights[nth];
        because(reasons, quantity == 0, 3004);
        because(reasons, right.amount() == quantity, 2014);
        let before = right.takings.clone();
        let is_cut = right.kind.is_land() && quantity < right.measure;
        if right.kind.is_land() {
            right.measure = quantity;
        } else {
            // The steps of a flow are adjusted day by day, not corrected, and then nobody loses anything.
            because(reasons, right.levels.len() > 1, 2014);
            if let [(_, level)] = right.levels.as_mut_slice() {
                *level = quantity;
            }
        }
        self.hang(&[nth]);
        let losers = self.losers(nth, &before).into_iter();
        let losers = losers.filter_map(|name| self.creditor_of(name));
        let mut needed: Vec<usize> = losers.collect();
        if is_cut {
            needed.extend(self.creditors(nth));
        }
        self.judge_agreed(order, &needed, reasons);
    }

    /// A line that was entered too large gets smaller; of one that was entered too small the rest stands behind everybody.
    fn correct_line(
        &mut self,
        order: &Order,
        nth: usize,
        (name, quantity, relied): (Name, Amount, &[u64]),
        reasons: &mut Reasons,
    ) {
        because(reasons, quantity == 0, 3004);
        let Name::Line(id, number) = name else {
            reasons.push(reason(2014));
            return;
        };
        let mut takings = self.rights[nth].takings.iter();
        let taking = takings.find(|taking| taking.name == name).cloned();
        let (Some(taking), Some(pledge)) = (taking, self.pledge_of(name)) else {
            reasons.push(reason(6004));
            return;
        };
        // Only a certificate from after the wrong entry, and before this one, shows it.
        let cannot_show = |size: &u64| *size <= id || *size > self.index;
        let is_land = self.rights[nth].kind.is_land();
        if is_land || quantity == taking.quantity || relied.iter().any(cannot_show) {
            reasons.push(reason(2014));
            return;
        }
        // What was added to it before is corrected itself.
        let mut added = self.pledges[pledge].corrections.iter();
        let stands = |further: &u16| self.pledges[pledge].lines[usize::from(*further)].open;
        if added.any(|(of, _, further)| *of == number && further.as_ref().is_some_and(stands)) {
            reasons.push(reason(2014));
            return;
        }
        let has_room = self.pledges[pledge].forget_a_correction();
        because(reasons, !has_room, 6011);
        let mut further = None;
        let it = &self.pledges[pledge];
        let mut others = vec![it.holder, self.rights[nth].holder];
        if quantity < taking.quantity {
            others = it.parts.iter().map(|part| part.0).collect();
            others.extend(&it.syndicate);
            others.retain(|party| self.signs_itself(self.acting(*party)));
        }
        let mut needed = vec![self.creditor_of(name).unwrap()];
        needed.extend(others);
        self.judge_agreed(order, &needed, reasons);
        if quantity < taking.quantity {
            self.resize(pledge, number, quantity, taking.to);
        } else if quantity > taking.quantity {
            let count = self.pledges[pledge].lines.len();
            because(reasons, count >= 64, 6013);
            let second = u16::try_from(count).unwrap();
            let ask = Ask {
                right: nth,
                quantity: quantity - taking.quantity,
                from: taking.from,
                to: taking.to,
                behind: Vec::new(),
            };
            let mut added = Taking::of(Name::Line(id, second), &ask);
            let (open, ends) = (true, taking.expires);
            added.expires = ends;
            self.rights[nth].takings.push(added);
            self.pledges[pledge].lines.push(Line { ask, open, ends });
            further = Some(second);
        }
        let corrections = &mut self.pledges[pledge].corrections;
        corrections.push((number, quantity, further));
        self.hang(&[nth]);
    }
}

//! A part of a right that turns into another right; what stands on it follows.

use super::asked::{Conversion, Rules, Turned};
use super::deed::Order;
use super::kinds::facts_of;
use super::reason::{Detail, Reason, Reasons, because, disputed, reason, runs};
use super::right::{Kind, Right, Taking, first_day_of};
use super::stack::stacks_of;
use super::transfer::in_the_way;
use super::{Amount, DayNumber, Model, Name};

impl Model {
    pub(super) fn convert(
        &mut self,
        order: &Order,
        conversion: &Conversion,
        reasons: &mut Reasons,
    ) {
        let nth = conversion.right;
        let Some(right) = self.rights.get(nth) else {
            reasons.push(reason(2001));
            return;
        };
        self.judge_standing(nth, reasons);
        let Some(facts) = self.kind_for(order.giver, conversion.kind, reasons) else {
            return;
        };
        let asks_holder = self.rules_of(right.rules).unwrap().converts;
        // Only allowances come of a conversion.
        let is_into = asks_holder.is_some() && conversion.kind == "carbon";
        because(reasons, !is_into, 2014);
        because(reasons, conversion.quantity == 0, 3004);
        if right.is_disputed() {
            reasons.push(disputed(None, right));
        }
        because(reasons, conversion.to <= self.today(), 4008);
        if let Turned::Amount(quantity) = conversion.part {
            let keeps = conversion.quantity == quantity;
            let is_same = conversion.kind == right.rules;
            if is_same && !(keeps && conversion.to >= right.to) {
                let days = (conversion.from, right.to);
                let is_short = conversion.to < right.to && days.0 < days.1;
                let mut found = in_the_way(3016, (!keeps).then_some(quantity), &[]);
                if let Some(detail) = &mut found.detail {
                    detail.free = is_short.then_some(days).into_iter().collect();
                }
                reasons.push(found);
            }
        }
        let (keeper, holder) = (self.keeping(right.issuer, right.rules), right.holder);
        let of = right.rules;
        let days = (conversion.from, conversion.to);
        let mut new = self.blank(facts, order.giver, right.holder, days);
        new.attributes.clone_from(&right.attributes);
        new.levels = vec![(conversion.from, conversion.quantity)];
        new.identities.clone_from(&conversion.identities);
        new.source = facts.source_of(&conversion.identities[0]);
        new.class = conversion.class;
        self.judge_identities(&new.identities, reasons);
        self.judge_source(new.source.as_ref(), days, &[], reasons);
        let lines = match conversion.part {
            Turned::Amount(quantity) => self.convert_amount(nth, quantity, &mut new, reasons),
            Turned::Years(first, last) => self.convert_years(nth, (first, last), &mut new, reasons),
        };
        let mut needed = vec![keeper];
        // Of lines that go along, those that stood under other rules are treated by them.
        let has_asked = |name: &Name| !self.have_always(*name, of, |it| it.converts == Some(false));
        if asks_holder != Some(false) || lines.iter().any(has_asked) {
            needed.push(holder);
        }
        for name in lines {
            let leads = |it: &Rules| it.converts.is_some() && conversion.kind == "carbon";
            if !self.have_always(name, of, leads) {
                needed.extend(self.creditor_of(name));
            }
        }
        self.judge_agreed(order, &needed, reasons);
        self.register_right(new);
        if is_into {
            self.hang(&[nth, self.rights.len() - 1]);
        }
    }

    /// Takes a quantity of a stock: what is free first, then from the stacks of lines, the latest first. What a court froze, and
    /// what is reserved, stays.
    fn convert_amount(
        &mut self,
        nth: usize,
        quantity: Amount,
        new: &mut Right,
        reasons: &mut Reasons,
    ) -> Vec<Name> {
        let mut lines = Vec::new();
        let today = self.today();
        let right = &self.rights[nth];
        because(reasons, quantity == 0, 3004);
        if right.kind != Kind::Stock {
            reasons.push(reason(2014));
            return lines;
        }
        let balance = right.most();
        let (freezes, others): (Vec<&Taking>, Vec<&Taking>) =
            right.takings.iter().partition(|taking| taking.is_freeze());
        let frozen: Amount = freezes.iter().map(|freeze| freeze.quantity).sum();
        // Of a revoked right the rest is told all the same.
        let whole = Right {
            revoked: None,
            ..right.clone()
        };
        let free = whole.free(today, &|_| false);
        // What is reserved, and all that is in one stack with it, stays.
        let mut most = free;
        for stack in stacks_of(&right.takings) {
            if stack.iter().all(|it| it.name.is_line()) {
                most += stack.iter().map(|it| it.quantity).max().unwrap();
            }
        }
        let most = most.min((balance - frozen).max(0));
        if quantity > balance {
            reasons.push(in_the_way(3008, Some(most), &[]));
            return lines;
        }
        if quantity > (balance - frozen).max(0) {
            reasons.push(in_the_way(9001, Some(most), &freezes));
            return lines;
        }
        let mut lacks = (quantity - free).max(0);
        let mut gives: Vec<(Name, Amount)> = Vec::new();
        for stack in stacks_of(&right.takings).into_iter().rev() {
            let room = stack.iter().map(|it| it.quantity).max().unwrap();
            if stack.iter().all(|it| it.name.is_line()) {
                let give = room.min(lacks);
                lacks -= give;
                // Each keeps what it can of what is left of the stack.
                let left = room - give;
                let given = stack
                    .iter()
                    .map(|it| (it.name, it.quantity - left.min(it.quantity)));
                gives.extend(given);
            }
        }
        if lacks > 0 {
            let mut takings = others;
            takings.extend(freezes);
            reasons.push(in_the_way(3001, Some(quantity - lacks), &takings));
        }
        let into = new.most();
        let grain = facts_of(new.rules).unwrap().grain;
        self.rights[nth].levels = vec![(self.rights[nth].from, balance - quantity)];
        let mut twins = Vec::new();
        let mut nothing = Vec::new();
        for taking in self.rights[nth].takings.clone() {
            let given = gives.iter().find(|(name, _)| *name == taking.name);
            let given = given.map_or(0, |(_, given)| *given);
            let follows = if given > 0 {
                part_of(into, given, quantity, grain)
            } else {
                0
            };
            if follows > 0 {
                lines.push(taking.name);
                let how = (taking.quantity - given, follows);
                let twin = self.carry(nth, &taking, how, (&mut twins, new), reasons);
                if let Some(twin) = twin {
                    self.keep_together((&taking, twin), false, reasons);
                }
            } else if given > 0 {
                nothing.push(taking);
            }
        }
        judge_nothing(&nothing, reasons);
        lines
    }

    /// Takes years of a sink, with what stands on them.
    fn convert_years(
        &mut self,
        nth: usize,
        (first, last): (i64, i64),
        new: &mut Right,
        reasons: &mut Reasons,
    ) -> Vec<Name> {
        let mut lines = Vec::new();
        let (from, to) = (first_day_of(first), first_day_of(last + 1));
        // Years end with their last day, and this one has days to come.
        let over = first_day_of(year_of(self.today() + 1) - 1);
        let right = &self.rights[nth];
        if !right.kind.is_land() {
            reasons.push(reason(2014));
            return lines;
        }
        let is_gone = |day: &DayNumber| {
            let mut converted = right.converted.iter();
            converted.any(|(first, end)| first <= day && day < end)
        };
        if from < right.from || right.to < to || (from..to).any(|day| is_gone(&day)) {
            let days = from.max(right.from)..to.min(right.to).min(over);
            let detail = Some(Detail {
                free: runs(days.filter(|day| !is_gone(day))),
                ..Detail::default()
            });
            reasons.push(Reason { code: 4002, detail });
        }
        because(reasons, self.today() < to, 4012);
        because(reasons, right.converted.len() >= 128, 3011);
        self.rights[nth].converted.push((from, to));
        if right_is_whole(&self.rights[nth]) {
            return lines;
        }
        let into = new.most();
        let grain = facts_of(new.rules).unwrap().grain;
        let mut twins = Vec::new();
        let mut nothing = Vec::new();
        for taking in self.rights[nth].takings.clone() {
            let mut common = 0;
            let mut rest = Vec::new();
            for year in year_of(taking.from)..year_of(taking.to) {
                if (first..=last).contains(&year) {
                    common += 1;
                } else {
                    rest.push(year);
                }
            }
            let is_cut = rest.windows(2).any(|pair| pair[0] + 1 < pair[1]);
            if common > 0 && (is_cut || !taking.name.is_line()) {
                let mut reason = in_the_way(3009, None, &[&taking]);
                if let Some(detail) = &mut reason.detail {
                    detail.first = Some(from.max(taking.from));
                    let left = [
                        (from, to.min(taking.from).min(over)),
                        (from.max(taking.to), to.min(over)),
                    ];
                    detail.free = left.into_iter().filter(|(a, b)| a < b).collect();
                }
                reasons.push(reason);
                continue;
            }
            let follows = part_of(into, common, last + 1 - first, grain);
            if follows == 0 {
                if common > 0 {
                    nothing.push(taking);
                }
                continue;
            }
            lines.push(taking.name);
            let stays = Amount::from(!rest.is_empty());
            self.carry(nth, &taking, (stays, follows), (&mut twins, new), reasons);
            if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
                let days = (first_day_of(*first), first_day_of(last + 1));
                self.shorten(taking.name, nth, days);
            }
        }
        judge_nothing(&nothing, reasons);
        lines
    }

    fn shorten(&mut self, name: Name, nth: usize, (from, to): (DayNumber, DayNumber)) {
        let pledge = self.pledge_of(name).unwrap();
        let Name::Line(_, number) = name else { return };
        let line = &mut self.pledges[pledge].lines[usize::from(number)];
        (line.ask.from, line.ask.to) = (from, to);
        let takings = self.rights[nth].takings.iter_mut();
        for taking in takings.filter(|taking| taking.name == name) {
            (taking.from, taking.to) = (from, to);
        }
    }
}

/// No line may lose what it stands on and get nothing for it.
fn judge_nothing(lines: &[Taking], reasons: &mut Reasons) {
    if !lines.is_empty() {
        let lines: Vec<&Taking> = lines.iter().collect();
        reasons.push(in_the_way(3015, None, &lines));
    }
}

/// Whether it is pledged as a whole, so that no years of it are ever taken.
fn right_is_whole(right: &Right) -> bool {
    right.kind == Kind::Forest
}

/// The year that a day begins.
fn year_of(day: DayNumber) -> i64 {
    let mut year = 1970;
    while first_day_of(year) < day {
        year += 1;
    }
    year
}

/// The same share of one quantity as a part is of its whole, in whole steps of what the new kind counts, rounded down.
fn part_of(whole: Amount, part: Amount, of: Amount, grain: Amount) -> Amount {
    let steps = i128::from(whole / grain) * i128::from(part) / i128::from(of);
    Amount::try_from(steps).unwrap() * grain
}

//! Acts on the secured claim, and notes on a pledge. None of them moves a line; only a disposal ends some of one.

use super::asked::Role;
use super::deed::{Deed, NOBODY, Order};
use super::pledge::{Objection, Pledge};
use super::reason::{Detail, Reason, Reasons, because, reason, too_soon};
use super::right::Kind;
use super::room::forget_a_share;
use super::{Amount, DAY, DayNumber, Model, Name, REGISTRAR};

/// How many notes of one sort a pledge has room for.
const ROOM: usize = 16;

/// Places that assignments by agreement leave to those that a court orders.
const FOR_COURTS: usize = 16;

/// Days after which an objection without a suit counts no more.
const OBJECTION_DAYS: u64 = 30;

impl Model {
    pub(super) fn act_on_claims(&mut self, order: &Order, reasons: &mut Reasons) {
        let nth = order.deed.pledge().unwrap();
        self.judge_giver(order, nth, reasons);
        if let Deed::Dispose { court, .. }
        | Deed::Assign { court, .. }
        | Deed::Determine { court, .. } = order.deed
        {
            // A pledgee acts for itself, the registrar for a court that it names.
            let for_court = court.is_some_and(|court| self.has_role(court, Role::Court));
            let is_registrar = order.giver == REGISTRAR;
            let is_founded = court.is_some() == is_registrar && for_court == is_registrar;
            because(reasons, !is_founded, 5003);
        }
        if let Deed::Withdraw {
            court: Some(court), ..
        } = order.deed
        {
            self.judge_ordered(order, court, reasons);
        }
        if let Deed::Dispose {
            buyer: Some(buyer), ..
        } = order.deed
        {
            self.judge_named(buyer, reasons);
        }
        let Some(pledge) = self.pledges.get(nth) else {
            reasons.push(reason(6005));
            return;
        };
        because(reasons, pledge.is_closed(), 6004);
        match &order.deed {
            Deed::Assign { to, paid, part, .. } => {
                let for_court = order.giver == REGISTRAR;
                self.assign(nth, *to, (*paid, *part), for_court, reasons);
            }
            Deed::Determine { .. } => {
                because(reasons, !self.is_growing(nth), 6014);
                self.pledges[nth].determined = true;
            }
            Deed::Dispose {
                line,
                quantity,
                buyer,
                ..
            } => {
                let has_room = self.pledges[nth].note_disposal(*line);
                because(reasons, !has_room, 6011);
                self.note_attested(order);
                let is_registrar = order.giver == REGISTRAR;
                self.sell(nth, (*line, *quantity), *buyer, is_registrar, reasons);
                self.note_sale(nth, (*line, *quantity));
                let touched = self.give_back(nth, &[(*line, *quantity)], reasons);
                self.hang(&touched);
            }
            Deed::Object { document, suit, .. } => {
                self.object(order, nth, (*document, *suit), reasons);
            }
            Deed::Withdraw { entry, court, .. } => {
                let ordered = court.is_some();
                self.withdraw(order, nth, (*entry, ordered), reasons);
            }
            Deed::Guarantee {
                counter, share, of, ..
            } => {
                let is_unknown = |nth: usize| nth >= self.pledges.len();
                because(reasons, counter.is_some_and(is_unknown), 6005);
                because(reasons, self.acting(pledge.bank) == order.giver, 2014);
                // A share under another name is that of a guarantor here who has ended in the giver.
                let whose = of.unwrap_or(order.giver);
                let has_one = pledge.guarantors.iter().any(|(who, _)| *who == whose);
                let may = has_one && self.acting(whose) == order.giver;
                because(reasons, whose != order.giver && !may, 2014);
                let known = counter.and_then(|counter| self.pledges.get(counter));
                let is_own = |it: &Pledge| self.acting(it.bank) == order.giver && !it.is_closed();
                because(reasons, known.is_some_and(|it| !is_own(it)), 5005);
                let guarantors = &mut self.pledges[nth].guarantors;
                guarantors.push((whose, *share));
                let has_room = forget_a_share(guarantors);
                because(reasons, !has_room, 6011);
                // Of each its last word counts.
                let mut all = 0;
                for (place, (who, share)) in guarantors.iter().enumerate() {
                    if guarantors[place + 1..]
                        .iter()
                        .all(|(later, _)| later != who)
                    {
                        all += share;
                    }
                }
                // What the others leave, in hundredths of a percent.
                if all > 10_000 {
                    let left = i64::try_from(10_000 + *share - all).unwrap();
                    let detail = Some(Detail {
                        most: Some(left * 1_000_000),
                        ..Detail::default()
                    });
                    reasons.push(Reason { code: 3005, detail });
                }
            }
            Deed::Buyout { .. } => {
                because(reasons, pledge.buyouts >= ROOM, 6011);
                self.pledges[nth].buyouts += 1;
            }
            Deed::External { number, .. } => {
                // The last report of a number stands.
                let external = &mut self.pledges[nth].external;
                external.retain(|known| known != number);
                because(reasons, external.len() >= ROOM, 6011);
                external.push(*number);
            }
            other => panic!("{other:?}"),
        }
    }

    /// What a court orders the registrar enters.
    pub(super) fn judge_ordered(&self, order: &Order, court: usize, reasons: &mut Reasons) {
        let is_founded = order.giver == REGISTRAR && self.has_role(court, Role::Court);
        because(reasons, !is_founded, 5003);
    }

    /// Finds that somebody else must give the command.
    fn judge_giver(&self, order: &Order, nth: usize, reasons: &mut Reasons) {
        let pledge = self.pledges.get(nth);
        let is_pledgee = pledge.is_none_or(|it| self.acting(it.bank) == order.giver);
        match order.deed {
            Deed::External { .. } => because(reasons, !is_pledgee, 5005),
            Deed::Assign { .. } | Deed::Determine { .. } | Deed::Dispose { .. } => {
                because(reasons, !is_pledgee && order.giver != REGISTRAR, 5005);
            }
            Deed::Guarantee { .. } | Deed::Buyout { .. } => {
                because(reasons, !self.has_role(order.giver, Role::Guarantor), 5003);
            }
            _ => {}
        }
    }

    /// What is sold leaves its right at once, unless the buyer holds that already.
    fn sell(
        &mut self,
        nth: usize,
        (number, part): (u16, Option<Amount>),
        buyer: Option<usize>,
        for_court: bool,
        reasons: &mut Reasons,
    ) {
        let pledge = &self.pledges[nth];
        let line = pledge.lines.get(usize::from(number));
        let Some(ask) = line.filter(|line| line.open).map(|line| line.ask.clone()) else {
            return;
        };
        let name = Name::Line(pledge.id, number);
        // Where nothing is left, money came in its place.
        if self.rights[ask.right].is_gone_beneath(&ask, self.today()) {
            return;
        }
        let holder = self.acting(self.rights[ask.right].holder);
        if buyer.is_some_and(|buyer| self.acting(buyer) == holder) {
            // The pledgor cannot buy its own.
            because(reasons, holder == self.acting(pledge.holder), 2014);
            return;
        }
        because(
            reasons,
            !for_court && holder != self.acting(pledge.holder),
            5007,
        );
        let today = self.today();
        let right = &mut self.rights[ask.right];
        if right.kind.is_land() {
            let leaves = right.kind == Kind::Sink && right.has_others(ask.from, ask.to, today);
            match buyer {
                Some(_) if for_court && leaves => {
                    right.sell_years((ask.from, ask.to));
                    because(reasons, right.converted.len() > 128, 3011);
                }
                Some(buyer) if for_court => {
                    (right.holder, right.acquired) = (buyer, Some(self.index));
                }
                Some(_) | None => reasons.push(reason(2014)),
            }
            return;
        }
        let taking = right.takings.iter().find(|taking| taking.name == name);
        let undivided = self.pledges[nth].left_undivided(number);
        let hanging = if for_court {
            0
        } else {
            taking.map_or(0, |taking| taking.hanging)
        };
        let others = if for_court {
            right.takings_ahead(name)
        } else {
            right.takings_beside(name)
        };
        let there = (ask.quantity - hanging).min(right.left_by(others.clone(), &ask, today));
        let others = if undivided.is_some_and(|left| left < there) {
            Vec::new()
        } else {
            others
        };
        let there = undivided.map_or(there, |left| there.min(left));
        // A court notes that there was nothing for the line.
        if for_court && there == 0 {
            return;
        }
        let sold = part.unwrap_or(ask.quantity);
        if sold <= ask.quantity && sold > there {
            // What they hold they sell themselves.
            let mut in_the_way = vec![name];
            for other in others {
                let shares = !right.kind.has_days() || (other.from < ask.to && ask.from < other.to);
                let loses = there < ask.quantity - hanging;
                if loses && shares && !other.is_freeze() {
                    in_the_way.push(other.name);
                }
            }
            in_the_way.truncate(16);
            let detail = Some(Detail {
                line: Some(number),
                in_the_way: in_the_way.iter().map(Name::to_string).collect(),
                most: Some(there),
                ..Detail::default()
            });
            reasons.push(Reason { code: 3010, detail });
        }
        right.lose(sold, (ask.from.max(today), ask.to));
        because(reasons, right.levels.len() > 128, 3011);
    }

    /// Notes what was sold of a line.
    fn note_sale(&mut self, nth: usize, (number, part): (u16, Option<Amount>)) {
        let index = self.index;
        let pledge = &mut self.pledges[nth];
        let line = pledge.lines.get(usize::from(number));
        let whole = line.map(|line| line.ask.quantity);
        let has_days = line.is_some_and(|line| self.rights[line.ask.right].kind.has_days());
        // A line on days counts as far as a part of it is named.
        let much = part.or(whole.filter(|_| !has_days)).unwrap_or(0);
        pledge.sold.push((number, index, much));
    }

    /// Whether the claims of a maximum amount are open.
    pub(super) fn is_growing(&self, nth: usize) -> bool {
        let pledge = &self.pledges[nth];
        let runs = pledge.maximum.is_some_and(|(_, to)| self.today() < to);
        runs && !pledge.determined
    }

    /// Whoever stands behind a maximum amount agrees to more days for its claims; once they are fixed there are none.
    pub(super) fn extend_maximum(
        &mut self,
        order: &Order,
        nth: usize,
        period: (DayNumber, DayNumber),
        reasons: &mut Reasons,
    ) {
        if !self.is_growing(nth) {
            reasons.push(reason(6014));
            return;
        }
        let present = self.pledges[nth].maximum.unwrap();
        let has_all = period.0 <= present.0 && present.1 <= period.1;
        if !has_all || period == present {
            let is_short = period.1 <= present.1;
            reasons.push(too_soon(None, None, is_short.then_some(present.1 + 1)));
        }
        let mut juniors = Vec::new();
        for line in &self.pledges[nth].lines {
            let right = &self.rights[line.ask.right];
            for taking in &right.takings {
                let is_over = right.kind == Kind::Flow && taking.to <= self.today();
                let mut before = taking.behind.iter();
                if !is_over && before.any(|name| self.pledge_of(*name) == Some(nth)) {
                    juniors.extend(self.creditor_of(taking.name));
                }
            }
        }
        self.judge_agreed(order, &juniors, reasons);
        self.pledges[nth].maximum = Some(period);
    }

    fn assign(
        &mut self,
        nth: usize,
        to: usize,
        (paid, part): (bool, Option<Amount>),
        for_court: bool,
        reasons: &mut Reasons,
    ) {
        let more = if for_court { FOR_COURTS } else { 0 };
        self.judge_named(to, reasons);
        let pledge = &self.pledges[nth];
        let mut guarantors = pledge.guarantors.iter();
        let has_backed = guarantors.any(|(guarantor, _)| self.acting(*guarantor) == to);
        if to != NOBODY && !(paid && has_backed) {
            for line in pledge.lines.iter().filter(|line| line.open) {
                let kind = self.rights[line.ask.right].rules;
                because(reasons, !self.may_take(to, kind), 1008);
            }
        }
        because(reasons, to == self.acting(pledge.bank), 2014);
        because(reasons, paid && !has_backed, 6016);
        because(reasons, part.is_some() && self.is_growing(nth), 6006);
        let pledge = &mut self.pledges[nth];
        if let Some(part) = part {
            let held: Amount = pledge.parts.iter().map(|(_, amount)| amount).sum();
            let left = pledge.caps.iter().sum::<Amount>() - held;
            if pledge.caps.is_empty() {
                reasons.push(reason(6012));
            } else if part > left {
                // A cap may have been lowered below what others hold.
                let detail = Some(Detail {
                    most: Some(left.max(0)),
                    ..Detail::default()
                });
                reasons.push(Reason { code: 6018, detail });
            }
            because(reasons, pledge.parts.len() >= ROOM + more, 6011);
            pledge.parts.push((to, part));
        } else {
            because(reasons, pledge.former.len() >= 3 * ROOM + more, 6011);
            pledge.former.push(pledge.bank);
            pledge.bank = to;
        }
    }

    fn object(
        &mut self,
        order: &Order,
        nth: usize,
        (document, suit): (u64, bool),
        reasons: &mut Reasons,
    ) {
        let (now, index) = (self.now, self.index);
        let who: Vec<usize> = self.objectors(nth);
        let objections = &mut self.pledges[nth].objections;
        let own = who.iter().position(|acting| *acting == order.giver);
        because(reasons, own.is_some() && !suit, 6019);
        for (objection, acting) in objections.iter_mut().zip(&who) {
            let stands = objection.suit || now < objection.until;
            if stands && *acting == order.giver && objection.document == document {
                because(reasons, objection.suit, 2014);
                objection.suit = true;
                return;
            }
        }
        // A second place for the same dispute is nobody's.
        let stands = |(it, acting): (&Objection, &usize)| {
            *acting == order.giver && (it.suit || now < it.until)
        };
        if objections.iter().zip(&who).any(stands) {
            because(reasons, suit, 6019);
            return;
        }
        if objections.len() >= ROOM {
            let over = |it: &Objection| !it.suit && it.until <= now;
            match objections.iter().position(over) {
                Some(first) => drop(objections.remove(first)),
                None => reasons.push(reason(6011)),
            }
        }
        objections.push(Objection {
            party: order.giver,
            document,
            entry: index,
            until: now + OBJECTION_DAYS * DAY,
            suit,
        });
    }

    /// Who acts for those who have objected.
    fn objectors(&self, nth: usize) -> Vec<usize> {
        let objections = self.pledges[nth].objections.iter();
        objections
            .map(|objection| self.acting(objection.party))
            .collect()
    }

    fn withdraw(
        &mut self,
        order: &Order,
        nth: usize,
        (entry, ordered): (u64, bool),
        reasons: &mut Reasons,
    ) {
        let now = self.now;
        let who: Vec<usize> = self.objectors(nth);
        let objections = &mut self.pledges[nth].objections;
        let is_it = |(objection, acting): (&Objection, &usize)| {
            let stands = objection.suit || now < objection.until;
            let may_end = ordered || *acting == order.giver;
            stands && objection.entry == entry && may_end
        };
        match objections.iter().zip(&who).position(is_it) {
            None => reasons.push(reason(6015)),
            Some(place) => {
                objections[place].until = now;
                objections[place].suit = false;
            }
        }
    }
}

impl Pledge {
    /// How much of a line may yet be sold, where a split left it undivided: of every note that joins it with others, directly or by
    /// later notes, what that secures, less what was sold of all these lines since.
    pub(super) fn left_undivided(&self, number: u16) -> Option<Amount> {
        let mut least = None;
        for (place, (first, _, quantity)) in self.joint.iter().enumerate() {
            let mut group = vec![*first];
            for (a, b, _) in &self.joint[place..] {
                if group.contains(a) {
                    group.push(*b);
                }
            }
            if !group.contains(&number) {
                continue;
            }
            let mut left = *quantity;
            for (line, entry, much) in &self.sold {
                if *entry > self.joined[place] && group.contains(line) {
                    left -= much;
                }
            }
            least = Some(least.map_or(left, |known: Amount| known.min(left)).max(0));
        }
        least
    }
}

//! What becomes of the lines of a pledge: amendment, extension, release, substitution.

use std::cmp::Ordering;

use super::deed::{Deed, Longer, Order};
use super::pledge::Line;
use super::reason::{Detail, Line as Judged, Reason, Reasons, because, reason, too_soon};
use super::right::{Kind, Taking};
use super::{Amount, Ask, DayNumber, Instant, Model, Name};

/// What is added to a pledge.
struct Addition<'a> {
    /// The number of the line in the command.
    number: u16,
    ask: &'a Ask,
    /// What the line of this number has already.
    present: Option<Amount>,
    /// When it ends with its claim.
    ends: Option<Instant>,
    /// The line itself, where it only gets longer.
    replaces: Option<Name>,
}

impl Model {
    /// Whether a line of a pledge is open; else that is a reason.
    fn is_open(&self, nth: usize, number: u16, reasons: &mut Reasons) -> bool {
        let line = self.pledges[nth].lines.get(usize::from(number));
        let is_open = line.is_some_and(|line| line.open);
        because(reasons, !is_open, 6004);
        is_open
    }

    /// Gives a line and its taking a new size or end.
    pub(super) fn resize(&mut self, nth: usize, number: u16, quantity: Amount, to: DayNumber) {
        let pledge = &mut self.pledges[nth];
        let name = Name::Line(pledge.id, number);
        let line = &mut pledge.lines[usize::from(number)];
        (line.ask.quantity, line.ask.to) = (quantity, to);
        let takings = self.rights[line.ask.right].takings.iter_mut();
        for taking in takings.filter(|taking| taking.name == name) {
            (taking.quantity, taking.to) = (quantity, to);
        }
    }

    pub(super) fn amend(
        &mut self,
        order: &Order,
        nth: usize,
        lines: &[(u16, Amount, Vec<Name>)],
        cap: Option<Amount>,
        reasons: &mut Reasons,
    ) {
        let mut growing = Vec::new();
        let mut touched = Vec::new();
        for (number, quantity, behind) in lines {
            if !self.is_open(nth, *number, reasons) {
                continue;
            }
            let present = self.pledges[nth].lines[usize::from(*number)].ask.clone();
            touched.push(present.right);
            // Land is taken whole.
            if self.rights[present.right].kind.is_land() {
                reasons.push(reason(2014));
                continue;
            }
            because(reasons, *quantity == 0, 3004);
            if *quantity > present.quantity {
                growing.push((*number, *quantity, behind));
                continue;
            }
            // Only what is added can be placed.
            if !behind.is_empty() {
                reasons.push(reason(2014));
                continue;
            }
            self.resize(nth, *number, *quantity, present.to);
        }
        // What is given back in the same command is free for its other lines; what is added is a line of its own.
        for (number, quantity, behind) in growing {
            let line = &self.pledges[nth].lines[usize::from(number)];
            let (present, ends) = (line.ask.clone(), line.ends);
            let ask = Ask {
                quantity: quantity - present.quantity,
                behind: behind.clone(),
                ..present
            };
            let addition = Addition {
                number,
                ask: &ask,
                present: Some(present.quantity),
                ends,
                replaces: None,
            };
            self.add(order, nth, &addition, reasons);
        }
        if let Some(cap) = cap {
            // Claims that are fixed already, nothing more can secure.
            let pledge = &self.pledges[nth];
            let is_fixed = pledge.maximum.is_some() && !self.is_growing(nth);
            let is_more = cap > pledge.caps.iter().sum();
            because(reasons, is_fixed && is_more, 6014);
            self.set_cap(nth, cap);
            because(reasons, self.pledges[nth].caps.len() > 16, 6011);
        }
        self.hang(&touched);
    }

    /// A higher cap is a further tranche; a lower one gives up the latest first.
    fn set_cap(&mut self, nth: usize, cap: Amount) {
        let caps = &mut self.pledges[nth].caps;
        let sum: Amount = caps.iter().sum();
        if cap > sum {
            caps.push(cap - sum);
            return;
        }
        let mut too_much = sum - cap;
        for tranche in caps.iter_mut().rev() {
            let less = too_much.min(*tranche);
            *tranche -= less;
            too_much -= less;
        }
        caps.retain(|tranche| *tranche > 0);
    }

    pub(super) fn extend(
        &mut self,
        order: &Order,
        nth: usize,
        lines: &[Longer],
        reasons: &mut Reasons,
    ) {
        let before = self.clone();
        let mut splits = false;
        let mut touched = Vec::new();
        for longer in lines {
            let (number, to, behind) = (&longer.line, &longer.to, &longer.behind);
            // A line that the command itself adds is not there yet.
            if !before.is_open(nth, *number, reasons) {
                continue;
            }
            let line = &self.pledges[nth].lines[usize::from(*number)];
            let (present, ends) = (line.ask.clone(), line.ends);
            let kind = self.rights[present.right].kind;
            // Only a flow has an end of its own.
            because(reasons, kind != Kind::Flow, 2014);
            if kind == Kind::Flow && *to <= present.to {
                reasons.push(too_soon(Some(*number), None, Some(present.to + 1)));
            }
            if kind != Kind::Flow || *to <= present.to {
                continue;
            }
            let name = Name::Line(self.pledges[nth].id, *number);
            // No more of it gets longer than there is.
            if longer.part == Some(0) {
                reasons.push(reason(3004));
                continue;
            }
            if longer.part.is_some_and(|part| part > present.quantity) {
                reasons.push(too_much((*number, name), present.quantity));
                continue;
            }
            touched.push(present.right);
            let ask = Ask {
                from: present.to,
                to: *to,
                quantity: longer.part.unwrap_or(present.quantity),
                behind: behind.clone(),
                ..present
            };
            // Where others have come to share the added days, these are a line of their own.
            let right = &before.rights[ask.right];
            let comes_late = right.is_overtaken(name, &ask, self.today());
            let addition = Addition {
                number: *number,
                ask: &ask,
                present: None,
                ends,
                replaces: None,
            };
            if comes_late || !behind.is_empty() || longer.part.is_some() {
                splits = true;
                self.add(order, nth, &addition, reasons);
            } else {
                let replaces = Some(name);
                let in_place = Addition {
                    replaces,
                    ..addition
                };
                self.judge_addition(order, nth, &in_place, reasons);
                self.resize(nth, *number, ask.quantity, *to);
            }
        }
        // An extension takes only free days, so by itself it leaves nobody hanging.
        if splits {
            self.hang(&touched);
        }
    }

    /// Judges what is added to a pledge, and puts it at the end of the pledge and of its right's takings.
    fn add(&mut self, order: &Order, nth: usize, addition: &Addition<'_>, reasons: &mut Reasons) {
        self.judge_addition(order, nth, addition, reasons);
        let kind = self.rights[addition.ask.right].rules;
        let pledgee = self.acting(self.pledges[nth].bank);
        because(reasons, !self.may_take(pledgee, kind), 1008);
        let pledge = &mut self.pledges[nth];
        if pledge.lines.len() >= 64 {
            reasons.push(reason(6013));
            return;
        }
        let number = u16::try_from(pledge.lines.len()).unwrap();
        let ask = addition.ask.clone();
        let mut taking = Taking::of(Name::Line(pledge.id, number), &ask);
        let (open, ends) = (true, addition.ends);
        taking.expires = ends;
        pledge.lines.push(Line { ask, open, ends });
        self.rights[addition.ask.right].takings.push(taking);
    }

    fn judge_addition(
        &self,
        order: &Order,
        nth: usize,
        addition: &Addition<'_>,
        reasons: &mut Reasons,
    ) {
        let pledge = &self.pledges[nth];
        let (ask, number) = (addition.ask, addition.number);
        let right = &self.rights[ask.right];
        let name = Name::Line(pledge.id, number);
        let mut place = Reasons::new();
        let skip = self.judge_place(order, right, (number, ask), &[], &mut place);
        if addition.present.is_some() {
            for detail in place.iter_mut().filter_map(|it| it.detail.as_mut()) {
                detail.in_the_way.retain(|other| *other != name.to_string());
            }
        }
        reasons.append(&mut place);
        let is_ranked = !ask.behind.is_empty();
        because(reasons, is_ranked && pledge.caps.is_empty(), 6012);
        // Who holds the right since must agree to what is taken of it anew.
        let grows = matches!(order.deed, Deed::Amend { .. } | Deed::Extend { .. });
        let is_pledgors = self.acting(right.holder) == self.acting(pledge.holder);
        if grows && !is_pledgors {
            self.judge_agreed(order, &[right.holder], reasons);
        }
        let line = Judged {
            right,
            number,
            ask,
            present: addition.present.map(|present| (present, name)),
            is_holders: grows || is_pledgors,
            today: self.today(),
            skip,
            replaces: addition.replaces.into_iter().collect(),
            registered: &self.registered[ask.right],
        };
        line.judge(reasons);
        self.note_neighbors(number, ask, reasons);
    }

    pub(super) fn release(
        &mut self,
        nth: usize,
        lines: &[(u16, Option<Amount>)],
        reasons: &mut Reasons,
    ) {
        let mut lines = lines.to_vec();
        if lines.is_empty() {
            let all = (0_u16..).zip(&self.pledges[nth].lines);
            lines.extend(
                all.filter(|(_, line)| line.open)
                    .map(|(nth, _)| (nth, None)),
            );
        }
        let touched = self.give_back(nth, &lines, reasons);
        self.hang(&touched);
    }

    /// Gives lines back, whole or in part; returns their rights.
    pub(super) fn give_back(
        &mut self,
        nth: usize,
        lines: &[(u16, Option<Amount>)],
        reasons: &mut Reasons,
    ) -> Vec<usize> {
        let mut touched = Vec::new();
        for (number, part) in lines {
            if !self.is_open(nth, *number, reasons) {
                continue;
            }
            let pledge = &mut self.pledges[nth];
            let name = Name::Line(pledge.id, *number);
            let line = &mut pledge.lines[usize::from(*number)];
            let present = line.ask.clone();
            touched.push(present.right);
            let is_land = self.rights[present.right].kind.is_land();
            if part.is_some() && is_land {
                // Land is given back whole.
                reasons.push(reason(2014));
                continue;
            }
            because(reasons, *part == Some(0), 3004);
            let part = part.unwrap_or(present.quantity);
            match part.cmp(&present.quantity) {
                Ordering::Greater => {
                    reasons.push(too_much((*number, name), present.quantity));
                }
                Ordering::Less => self.resize(nth, *number, present.quantity - part, present.to),
                Ordering::Equal => {
                    // The record keeps the last extent of a released line.
                    line.open = false;
                    let right = &mut self.rights[present.right];
                    right.takings.retain(|taking| taking.name != name);
                }
            }
        }
        touched
    }

    pub(super) fn substitute(
        &mut self,
        order: &Order,
        nth: usize,
        drop: &[(u16, Option<Amount>)],
        add: &[Ask],
        reasons: &mut Reasons,
    ) {
        let mut touched = self.give_back(nth, drop, reasons);
        for (number, ask) in (0_u16..).zip(add) {
            if ask.right >= self.rights.len() {
                reasons.push(reason(2001));
                continue;
            }
            touched.push(ask.right);
            let ends = self.end_by_rules(self.rights[ask.right].rules, self.pledges[nth].until);
            because(reasons, ends.is_some_and(|ends| ends <= self.now), 4008);
            let addition = Addition {
                number,
                ask,
                present: None,
                ends,
                replaces: None,
            };
            because(reasons, self.is_of_earlier_year(ask), 4009);
            let pledge = &self.pledges[nth];
            if let (Some(from), Some(to)) = (pledge.since, pledge.until) {
                self.judge_term_of((number, ask.right), from, (from, to), reasons);
            }
            self.add(order, nth, &addition, reasons);
        }
        self.hang(&touched);
    }
}

/// More is given back or extended of a line than it has.
fn too_much((number, name): (u16, Name), most: Amount) -> Reason {
    let detail = Some(Detail {
        line: Some(number),
        in_the_way: vec![name.to_string()],
        most: Some(most),
        ..Detail::default()
    });
    Reason { code: 3010, detail }
}

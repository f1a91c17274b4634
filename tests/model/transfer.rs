//! Rights that change hands, whole or in part.

use super::asked::{Handover, Portion, Rules, Transfer};
use super::deed::{Deed, Order};
use super::kinds::facts_of;
use super::pledge::Line;
use super::reason::{Detail, Reason, Reasons, because, reason};
use super::right::{Kind, Right, Taking};
use super::{Amount, Ask, DayNumber, Model, Name};

/// How many undivided lines a pledge has room for.
const ROOM: usize = 16;

impl Model {
    pub(super) fn act_on_right(&mut self, order: &Order, reasons: &mut Reasons) {
        match &order.deed {
            Deed::Issue(issue) => self.issue(order, issue, reasons),
            Deed::Transfer(transfer) => self.transfer(order, transfer, reasons),
            Deed::Convert(conversion) => self.convert(order, conversion, reasons),
            Deed::Surrender {
                right,
                quantity,
                carve,
                ..
            } => {
                if self.is_issuers(order, *right, reasons) {
                    self.surrender(order, *right, (*quantity, *carve), reasons);
                }
            }
            Deed::Correct { right, mistake, .. } => self.correct(order, *right, mistake, reasons),
            other => panic!("{other:?}"),
        }
    }

    /// Finds that one who must agree to an act on a right is not among those whom it names.
    pub(super) fn judge_agreed(&self, order: &Order, needed: &[usize], reasons: &mut Reasons) {
        for party in needed.iter().map(|nth| self.acting(*nth)) {
            let named = order.deed.consenting().iter();
            let is_named = named.map(|nth| self.acting(*nth)).any(|it| it == party);
            because(reasons, !is_named && party != order.giver, 5007);
        }
    }

    /// Who acts as the creditor of a line or a reservation.
    pub(crate) fn creditor_of(&self, name: Name) -> Option<usize> {
        match name {
            Name::Line(..) => self.pledgee_of(name),
            Name::Hold(id, _) => {
                let hold = self.holds.iter().find(|hold| hold.id == id)?;
                Some(self.acting(hold.bank))
            }
            Name::Freeze(_) => None,
        }
    }

    pub(super) fn creditors(&self, nth: usize) -> Vec<usize> {
        let takings = self.rights[nth].takings.iter();
        takings.filter_map(|it| self.creditor_of(it.name)).collect()
    }

    fn transfer(&mut self, order: &Order, transfer: &Transfer, reasons: &mut Reasons) {
        let nth = transfer.right;
        if !self.is_issuers(order, nth, reasons) {
            return;
        }
        self.judge_standing(nth, reasons);
        self.judge_named(transfer.to, reasons);
        let holder = self.rights[nth].holder;
        because(reasons, holder == transfer.to, 2014);
        if transfer.succession {
            because(reasons, !self.is_successor(nth, transfer.to), 1012);
        } else {
            self.judge_agreed(order, &[holder, transfer.to], reasons);
        }
        match &transfer.part {
            None => self.transfer_whole(order, transfer, reasons),
            Some(part) => self.transfer_part(order, transfer, part, reasons),
        }
    }

    /// Whether the register knows a party as the successor of a holder, or of one who acts in its place, since an entry at which
    /// that one had the right already.
    fn is_successor(&self, right: usize, to: usize) -> bool {
        let right = &self.rights[right];
        let mut nth = right.holder;
        // Who acts for the holder has it already.
        if nth != to && self.acting(nth) == to {
            return true;
        }
        let mut since = right.acquired.unwrap_or(right.id);
        loop {
            let party = &self.parties[nth];
            let mut successors = party.successors.iter();
            if successors.any(|(other, entry)| *other == to && since < *entry) {
                return true;
            }
            match party.ended {
                Some(successor) if since < party.ended_at => {
                    (nth, since) = (successor, party.ended_at);
                }
                Some(_) | None => return false,
            }
        }
    }

    /// What stands on a right follows it, by a succession in any case.
    fn transfer_whole(&mut self, order: &Order, transfer: &Transfer, reasons: &mut Reasons) {
        let right = &self.rights[transfer.right];
        let freezes = right.takings.iter().filter(|it| it.is_freeze());
        let freezes: Vec<&Taking> = freezes.collect();
        if !transfer.succession && !freezes.is_empty() {
            reasons.push(in_the_way(9001, None, &freezes));
        }
        let creditors = self.creditors(transfer.right);
        let rule = self.rules_of(right.rules).unwrap().transfer;
        if !transfer.succession && !creditors.is_empty() {
            match rule.unwrap_or(Handover::Consent) {
                Handover::Free => {
                    // Who lent while it could not go so is asked all the same.
                    let kind = self.rights[transfer.right].rules;
                    let mut needed = Vec::new();
                    for taking in &self.rights[transfer.right].takings {
                        let says = |rules: &Rules| rules.transfer == Some(Handover::Free);
                        if !self.have_always(taking.name, kind, says) {
                            needed.extend(self.creditor_of(taking.name));
                        }
                    }
                    self.judge_agreed(order, &needed, reasons);
                }
                Handover::Consent => self.judge_agreed(order, &creditors, reasons),
                Handover::Blocked => reasons.push(reason(2020)),
            }
        }
        let entry = self.index;
        let right = &mut self.rights[transfer.right];
        (right.holder, right.acquired) = (transfer.to, Some(entry));
    }

    /// A part of a stock or a flow becomes a right of its own. What cannot leave ends the judgment.
    fn transfer_part(
        &mut self,
        order: &Order,
        transfer: &Transfer,
        part: &Portion,
        reasons: &mut Reasons,
    ) {
        let nth = transfer.right;
        because(reasons, part.quantity == 0, 3004);
        if self.rights[nth].kind.is_land() {
            reasons.push(reason(2014));
            return;
        }
        let balance = self.divisible(nth);
        let can_leave = self.could_leave(nth, part, reasons);
        if part.quantity >= balance {
            let most = can_leave.then(|| self.largest_part(nth, &part.lines));
            reasons.push(in_the_way(3008, most, &[]));
        }
        if !can_leave || part.quantity >= balance {
            return;
        }
        let rules = self.rules_of(self.rights[nth].rules).unwrap();
        let is_blocked = rules.transfer == Some(Handover::Blocked);
        let takes_lines = !transfer.succession && !part.lines.is_empty();
        because(reasons, is_blocked && takes_lines, 2020);
        let mut needed = Vec::new();
        for (name, quantity) in &part.lines {
            if !transfer.succession || quantity.is_some() {
                needed.extend(self.creditor_of(*name));
            }
        }
        self.judge_agreed(order, &needed, reasons);
        self.judge_identities(&part.identities, reasons);
        let facts = facts_of(self.rights[nth].rules).unwrap();
        let source = facts.source_of(&part.identities[0]);
        // A part of a flow begins today: what is past was not its holder's.
        let mut days = (self.rights[nth].from, self.rights[nth].to);
        if self.rights[nth].kind == Kind::Flow {
            days.0 = days.0.max(self.today());
        }
        self.judge_source(source.as_ref(), days, &[], reasons);
        let mut new = self.blank(facts, self.rights[nth].issuer, transfer.to, days);
        new.levels = vec![(days.0, part.quantity)];
        new.identities.clone_from(&part.identities);
        new.source = source;
        new.class = self.rights[nth].class;
        new.attributes.clone_from(&self.rights[nth].attributes);
        new.additional = self.rights[nth].additional;
        let before = self.rights[nth].clone();
        self.rights[nth].lose(part.quantity, days);
        because(reasons, self.rights[nth].levels.len() > 128, 3011);
        self.divide(nth, &mut new, (&before, &part.lines), reasons);
        self.judge_halves(nth, &new, (&before, &part.lines), reasons);
        self.register_right(new);
        self.hang(&[nth, self.rights.len() - 1]);
    }

    /// The days on which a right that is divided is looked at: all days to come of a flow, one of a stock.
    fn days_to_come(&self, nth: usize) -> Vec<DayNumber> {
        let right = &self.rights[nth];
        right.days(right.from, right.to, self.today())
    }

    /// How much there is to divide, on the day with the least.
    fn divisible(&self, nth: usize) -> Amount {
        let right = &self.rights[nth];
        if right.kind == Kind::Stock {
            return right.most();
        }
        let days = self.days_to_come(nth).into_iter();
        days.map(|day| right.has(day)).min().unwrap_or(0)
    }

    /// Finds that lines to go along are not there, or not so large.
    fn could_leave(&self, nth: usize, part: &Portion, reasons: &mut Reasons) -> bool {
        let mut all = true;
        let is_flow = self.rights[nth].kind == Kind::Flow;
        for (name, quantity) in &part.lines {
            // An undivided line goes along with as much as the part has.
            let goes = quantity.unwrap_or(part.quantity);
            let mut takings = self.rights[nth].takings.iter();
            let taking = takings.find(|it| it.name == *name && name.is_line());
            // A line of a flow ends with its days, and goes along in a quantity alone.
            let taking = taking.filter(|it| !is_flow || self.today() < it.to);
            match (taking, quantity) {
                (None, _) => reasons.push(reason(6004)),
                (Some(_), None) if is_flow => reasons.push(reason(2014)),
                (Some(_), _) if goes == 0 => reasons.push(reason(3004)),
                (Some(taking), Some(quantity)) if *quantity > taking.quantity => {
                    reasons.push(in_the_way(3010, Some(taking.quantity), &[taking]));
                }
                (Some(_), _) => continue,
            }
            all = false;
        }
        all
    }

    /// Divides the lines of a right with a part of it that leaves.
    fn divide(
        &mut self,
        nth: usize,
        new: &mut Right,
        (before, lines): (&Right, &[(Name, Option<Amount>)]),
        reasons: &mut Reasons,
    ) {
        let goes = new.most();
        let left = before.most() - goes;
        let mut twins: Vec<(Taking, Name)> = Vec::new();
        for taking in self.rights[nth].takings.clone() {
            let Some((_, quantity)) = lines.iter().find(|(name, _)| *name == taking.name) else {
                continue;
            };
            let (stays, follows) = match quantity {
                Some(quantity) => (taking.quantity - quantity, *quantity),
                None => (taking.quantity.min(left), taking.quantity.min(goes)),
            };
            let how = (stays, follows);
            let Some(twin) = self.carry(nth, &taking, how, (&mut twins, new), reasons) else {
                continue;
            };
            self.keep_together((&taking, twin), quantity.is_none(), reasons);
        }
    }

    /// Notes that a line and its further part secure no more than the line did: where that is asked, and of a line of which it is
    /// noted already.
    pub(super) fn keep_together(
        &mut self,
        (taking, twin): (&Taking, Name),
        is_asked: bool,
        reasons: &mut Reasons,
    ) {
        let (Name::Line(_, first), Name::Line(_, second)) = (taking.name, twin) else {
            return;
        };
        let pledge = self.pledge_of(taking.name).unwrap();
        let joint = &mut self.pledges[pledge].joint;
        if is_asked || joint.iter().any(|(a, b, _)| *a == first || *b == first) {
            because(reasons, joint.len() >= ROOM, 6011);
            joint.push((first, second, taking.quantity));
            self.pledges[pledge].joined.push(self.index);
        }
    }

    /// Leaves so much of a line on its right, and puts so much of it on a new one, behind the same others.
    pub(super) fn carry(
        &mut self,
        nth: usize,
        taking: &Taking,
        (stays, follows): (Amount, Amount),
        (twins, new): (&mut Vec<(Taking, Name)>, &mut Right),
        reasons: &mut Reasons,
    ) -> Option<Name> {
        let pledge = self.pledge_of(taking.name).unwrap();
        let Name::Line(id, number) = taking.name else {
            panic!("{taking:?}");
        };
        if self.pledges[pledge].lines.len() >= 64 {
            reasons.push(reason(6013));
            return None;
        }
        if stays == 0 {
            self.pledges[pledge].lines[usize::from(number)].open = false;
            let right = &mut self.rights[nth];
            right.takings.retain(|other| other.name != taking.name);
        } else {
            self.resize(pledge, number, stays, taking.to);
        }
        let count = self.pledges[pledge].lines.len();
        let twin = Name::Line(id, u16::try_from(count).unwrap());
        // Only a line of a flow has days, and what is past of them stays where it was.
        let (from, to) = if new.kind == Kind::Flow {
            (taking.from.max(new.from), taking.to)
        } else {
            super::ALWAYS
        };
        let ask = Ask {
            right: self.rights.len(),
            quantity: follows,
            from,
            to,
            behind: Vec::new(),
        };
        let (open, ends) = (true, taking.expires);
        let mut added = Taking::of(twin, &ask);
        added.expires = ends;
        new.takings.push(added);
        self.pledges[pledge].lines.push(Line { ask, open, ends });
        twins.push((taking.clone(), twin));
        // Whoever came along before may stand behind this one, once ranks have changed.
        for (old, twin) in &*twins {
            let mut behind = Vec::new();
            for senior in &old.behind {
                let with_it = twins.iter().find(|(old, _)| old.name == *senior);
                behind.extend(with_it.map(|(_, twin)| *twin));
            }
            let of_twin = new.takings.iter_mut().find(|it| it.name == *twin);
            of_twin.unwrap().behind.clone_from(&behind);
            let pledge = self.pledge_of(*twin).unwrap();
            let Name::Line(_, number) = *twin else {
                panic!("{twin:?}");
            };
            self.pledges[pledge].lines[usize::from(number)].ask.behind = behind;
        }
        Some(twin)
    }

    /// Neither half may carry more than it has.
    fn judge_halves(
        &self,
        nth: usize,
        new: &Right,
        (before, part): (&Right, &[(Name, Option<Amount>)]),
        reasons: &mut Reasons,
    ) {
        let fits = |day: &DayNumber| {
            let (stays, goes) = (self.rights[nth].taken(*day), new.taken(*day));
            let there = match before.kind {
                Kind::Flow => before.has(*day),
                Kind::Stock | Kind::Forest | Kind::Sink => before.most(),
            };
            let left = (there - stays).max(0);
            new.most() <= left && goes <= new.most()
        };
        if self.days_to_come(nth).iter().all(fits) {
            return;
        }
        let takings = self.registered[nth].iter().filter(|it| !it.is_freeze());
        let takings: Vec<&Taking> = takings.collect();
        let mut of = self.clone();
        of.rights[nth] = before.clone();
        let most = Some(of.largest_part(nth, part));
        let is_flow = before.kind == Kind::Flow;
        reasons.push(in_the_way(
            if is_flow { 3002 } else { 3001 },
            most,
            &takings,
        ));
    }

    /// The most that may leave with these lines. Of a stock, by trying one amount after the other.
    fn largest_part(&self, nth: usize, part: &[(Name, Option<Amount>)]) -> Amount {
        let right = &self.rights[nth];
        let grain = facts_of(right.rules).unwrap().grain;
        if right.kind == Kind::Flow {
            return self.largest_part_of_flow(nth, (grain, part));
        }
        let today = self.today();
        let balance = right.most();
        let mut goes = balance - grain;
        while goes > 0 {
            let left = balance - goes;
            let (here, there) = self.halves(nth, part, (left, goes));
            if here.taken(today) <= left && there.taken(today) <= goes {
                return goes;
            }
            goes -= grain;
        }
        0
    }

    /// The same of a flow, which leaves on every day alike: no line of it depends on how much goes.
    fn largest_part_of_flow(
        &self,
        nth: usize,
        (grain, part): (Amount, &[(Name, Option<Amount>)]),
    ) -> Amount {
        let (here, there) = self.halves(nth, part, (0, 0));
        let days = self.days_to_come(nth);
        let stays = |day: &DayNumber| here.taken(*day).max(grain);
        let most = days.iter().map(|day| (here.has(*day) - stays(day)).max(0));
        let most = most.min().unwrap_or(0);
        let goes = days.iter().map(|day| there.taken(*day));
        if goes.max().unwrap_or(0) <= most {
            most
        } else {
            0
        }
    }

    /// The right with what stays on it of its lines where so much is left, and with what goes of them with so much.
    fn halves(
        &self,
        nth: usize,
        part: &[(Name, Option<Amount>)],
        (left, goes): (Amount, Amount),
    ) -> (Right, Right) {
        let (mut here, mut there) = (self.rights[nth].clone(), self.rights[nth].clone());
        (here.takings, there.takings) = (Vec::new(), Vec::new());
        for taking in &self.registered[nth] {
            let with_it = part.iter().find(|(name, _)| *name == taking.name);
            let (stays, follows) = match with_it {
                None => (taking.quantity, 0),
                Some((_, Some(quantity))) => (taking.quantity - quantity, *quantity),
                Some((_, None)) => (taking.quantity.min(left), taking.quantity.min(goes)),
            };
            for (half, quantity) in [(&mut here, stays), (&mut there, follows)] {
                let mut taking = taking.clone();
                taking.quantity = quantity;
                half.takings.extend((quantity > 0).then_some(taking));
            }
        }
        (here, there)
    }
}

/// A reason that names what stands in the way, and how much would be admissible.
pub(super) fn in_the_way(code: u16, most: Option<Amount>, takings: &[&Taking]) -> Reason {
    let names = takings.iter().map(|taking| taking.name.to_string());
    let detail = Some(Detail {
        in_the_way: names.take(16).collect(),
        most,
        ..Detail::default()
    });
    Reason { code, detail }
}

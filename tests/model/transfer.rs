//! Rights that change hands, whole or in part.

use super::asked::{Handover, Portion, Transfer};
use super::deed::{Deed, Order};
use super::kinds::facts_of;
use super::pledge::Line;
use super::reason::{Detail, Reason, Reasons, because, reason};
use super::right::{Kind, Right, Taking};
use super::{Amount, Ask, Model, Name};

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
            because(reasons, !self.is_successor(holder, transfer.to), 1012);
        } else {
            self.judge_agreed(order, &[holder, transfer.to], reasons);
        }
        match &transfer.part {
            None => self.transfer_whole(order, transfer, reasons),
            Some(part) => self.transfer_part(order, transfer, part, reasons),
        }
    }

    /// Whether the register knows a party as the successor of a holder, or of one who acts in its place.
    fn is_successor(&self, of: usize, to: usize) -> bool {
        let mut nth = of;
        loop {
            if self.parties[nth].successors.contains(&to) {
                return true;
            }
            match self.parties[nth].ended {
                Some(successor) => nth = successor,
                None => return false,
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
                Handover::Free => {}
                Handover::Consent => self.judge_agreed(order, &creditors, reasons),
                Handover::Blocked => reasons.push(reason(2020)),
            }
        }
        self.rights[transfer.right].holder = transfer.to;
    }

    /// A part of a stock becomes a right of its own. What cannot leave ends the judgment.
    fn transfer_part(
        &mut self,
        order: &Order,
        transfer: &Transfer,
        part: &Portion,
        reasons: &mut Reasons,
    ) {
        let nth = transfer.right;
        because(reasons, part.quantity == 0, 3004);
        if self.rights[nth].kind != Kind::Stock {
            reasons.push(reason(2014));
            return;
        }
        let balance = self.rights[nth].most();
        let can_leave = self.could_leave(nth, part, reasons);
        if part.quantity >= balance {
            let most = can_leave.then(|| self.largest_part(nth, balance, &part.lines));
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
        let days = (self.rights[nth].from, self.rights[nth].to);
        self.judge_source(source.as_ref(), days, &[], reasons);
        let mut new = self.blank(facts, self.rights[nth].issuer, transfer.to, days);
        new.levels = vec![(days.0, part.quantity)];
        new.identities.clone_from(&part.identities);
        new.source = source;
        new.class = self.rights[nth].class;
        new.attributes.clone_from(&self.rights[nth].attributes);
        new.additional = self.rights[nth].additional;
        self.rights[nth].levels = vec![(days.0, balance - part.quantity)];
        self.divide(nth, &mut new, &part.lines, reasons);
        self.judge_halves(nth, &new, (balance, &part.lines), reasons);
        self.register_right(new);
        self.hang(&[nth, self.rights.len() - 1]);
    }

    /// Finds that lines to go along are not there, or not so large.
    fn could_leave(&self, nth: usize, part: &Portion, reasons: &mut Reasons) -> bool {
        let mut all = true;
        for (name, quantity) in &part.lines {
            // An undivided line goes along with as much as the part has.
            let goes = quantity.unwrap_or(part.quantity);
            let mut takings = self.rights[nth].takings.iter();
            let taking = takings.find(|it| it.name == *name && name.is_line());
            match (taking, quantity) {
                (None, _) => reasons.push(reason(6004)),
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
        lines: &[(Name, Option<Amount>)],
        reasons: &mut Reasons,
    ) {
        let (left, goes) = (self.rights[nth].most(), new.most());
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
        let ask = Ask {
            right: self.rights.len(),
            quantity: follows,
            from: super::ALWAYS.0,
            to: super::ALWAYS.1,
            behind: Vec::new(),
        };
        new.takings.push(Taking::of(twin, &ask));
        self.pledges[pledge].lines.push(Line { ask, open: true });
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
        (balance, part): (Amount, &[(Name, Option<Amount>)]),
        reasons: &mut Reasons,
    ) {
        let today = self.today();
        let (stays, goes) = (self.rights[nth].taken(today), new.taken(today));
        let left = (balance - stays).max(0);
        if new.most() <= left && goes <= new.most() {
            return;
        }
        let takings = self.registered[nth].iter().filter(|it| !it.is_freeze());
        let takings: Vec<&Taking> = takings.collect();
        let most = Some(self.largest_part(nth, balance, part));
        reasons.push(in_the_way(3001, most, &takings));
    }

    /// The most that may leave with these lines, by trying one amount after the other.
    fn largest_part(&self, nth: usize, balance: Amount, part: &[(Name, Option<Amount>)]) -> Amount {
        let (today, grain) = (
            self.today(),
            facts_of(self.rights[nth].rules).unwrap().grain,
        );
        let (mut here, mut there) = (self.rights[nth].clone(), self.rights[nth].clone());
        let mut goes = balance - grain;
        while goes > 0 {
            let left = balance - goes;
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
            if here.taken(today) <= left && there.taken(today) <= goes {
                return goes;
            }
            goes -= grain;
        }
        0
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

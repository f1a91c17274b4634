//! Acts on collateral.

use super::{Choice, place};
use crate::model::{
    Amount, DayNumber, Deed, Hold, Kind, Longer, NOBODY, Name, REGISTRAR, Registration, Taking,
};
use crate::properties::dice::Word;
use crate::properties::district::year;

impl Choice<'_> {
    pub(super) fn of_pledges(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let chosen = match word {
            Word::Register if self.dice.once_in(80) => return self.fill(),
            Word::Register => return vec![self.register()],
            Word::Reserve => return vec![self.reserve()],
            Word::TakeOver => self.take_over(),
            Word::Cancel => self.cancel(),
            Word::Amend => self.amend(),
            Word::Extend => self.extend(),
            Word::Release => self.release(),
            Word::ChangeRank => self.change_rank(),
            Word::Substitute => self.substitute(),
            other => panic!("{other:?}"),
        };
        Vec::from_iter(chosen)
    }

    pub(super) fn pledgor(&mut self) -> usize {
        if self.dice.once_in(40) {
            return self.anybody();
        }
        let mut holders: Vec<usize> = Vec::new();
        for right in &self.model().rights {
            holders.push(self.model().acting(right.holder));
        }
        self.dice.pick(&holders).unwrap_or(NOBODY)
    }

    /// A term of a claim from today on: some days, some weeks, or some years. Now and then one that is over.
    fn term(&mut self) -> (i64, i64) {
        let today = self.model().today();
        let weeks = place(8 + self.dice.below(4)).max(today + 1);
        match self.dice.below(8) {
            0..=1 => (today, today + self.dice.pick(&[2, 3, 4, 5, 6]).unwrap_or(2)),
            2 if self.dice.once_in(4) => (today - 10, today),
            3 => (today, today + 366),
            4..=5 => (today, year(2029 + self.dice.below(3)).max(today + 1)),
            _ => (today, weeks),
        }
    }

    pub(super) fn registration(
        &mut self,
        pledgor: usize,
        lines: Vec<crate::model::Ask>,
    ) -> Registration {
        let first = lines
            .first()
            .and_then(|ask| self.model().rights.get(ask.right));
        let is_land = first.is_some_and(|right| right.kind == Kind::Forest);
        let today = self.model().today();
        Registration {
            pledgor,
            debtor: self.dice.once_in(8).then(|| self.anybody()),
            mortgage: is_land != self.dice.once_in(12),
            lines,
            term: self.dice.once_in(3).then(|| self.term()),
            hold: None,
            cap: (!self.dice.once_in(8)).then_some(1_000_000_000_000),
            maximum: self
                .dice
                .once_in(5)
                .then(|| (today, place(2 + self.dice.below(6)).max(today + 1))),
            syndicate: self.syndicate(),
            green: self.dice.once_in(6).then_some("GIC2019:1.5.1"),
            hidden: match self.dice.below(8) {
                6 => vec!["contract_no"],
                7 => vec!["contract_no", "principal_cny"],
                _ => Vec::new(),
            },
        }
    }

    /// One or two lenders beside the pledgee, now and then with more than there is.
    fn syndicate(&mut self) -> Vec<(usize, u64)> {
        if !self.dice.once_in(6) {
            return Vec::new();
        }
        let mut members = vec![self.lender()];
        if self.dice.once_in(2) {
            let other = if self.dice.once_in(4) {
                self.anybody()
            } else {
                self.lender()
            };
            members.push(other);
        }
        members.sort_unstable();
        members.dedup();
        let most = if self.dice.once_in(6) { 11_000 } else { 5_000 };
        let share = |nth| (nth, most);
        let mut shares: Vec<(usize, u64)> = members.into_iter().map(share).collect();
        shares.retain(|(_, share)| *share <= 10_000);
        shares
    }

    fn register(&mut self) -> (usize, Deed) {
        let (bank, pledgor) = (self.lender(), self.pledgor());
        let lines = self.asks(pledgor, &[]);

        let registration = self.registration(pledgor, lines);
        (bank, Deed::Register(registration))
    }

    /// As many lines as a pledge may have, each of the smallest quantity, and one more.
    fn fill(&mut self) -> Vec<(usize, Deed)> {
        let bank = self.lender();
        let mut rights = self.model().rights.iter();
        let stock = rights.position(|right| right.kind == Kind::Stock).unwrap();
        let pledgor = self.model().acting(self.model().rights[stock].holder);
        let mut ask = self.ask(stock, &[]);
        ask.quantity = self.stage.plot(ask.right).grain;
        ask.behind.clear();
        let lines = vec![ask; 64];
        let registration = self.registration(pledgor, lines);
        let more = Deed::Amend {
            pledge: self.model().pledges.len(),
            lines: vec![(0, 2 * self.stage.plot(stock).grain, Vec::new())],
            cap: None,
            green: None,
            consenting: Vec::new(),
        };
        vec![(bank, Deed::Register(registration)), (bank, more)]
    }

    fn reserve(&mut self) -> (usize, Deed) {
        let (bank, pledgor) = (self.lender(), self.pledgor());
        let lines = self.asks(pledgor, &[]);
        let days = 1 + u64::try_from(self.dice.below(10)).unwrap();
        let deed = Deed::Reserve {
            pledgor,
            lines,
            days,
        };
        (bank, deed)
    }

    /// A reservation, the latest first; mostly one that stands.
    fn hold(&mut self) -> Option<(usize, Hold)> {
        let now = self.model().now;
        let holds: Vec<(usize, Hold)> = self.model().holds.iter().cloned().enumerate().collect();
        let mut standing = holds.clone();
        standing.retain(|(_, hold)| !hold.ended && now < hold.expires);
        if self.dice.once_in(6) || standing.is_empty() {
            return self.dice.pick(&holds);
        }
        self.dice.pick(&standing)
    }

    fn take_over(&mut self) -> Option<(usize, Deed)> {
        let (nth, hold) = self.hold()?;
        let lines = 0..u16::try_from(hold.lines.len()).unwrap();
        let names: Vec<Name> = lines.map(|line| Name::Hold(hold.id, line)).collect();
        let pledgor = self.model().acting(hold.holder);
        let lines = if self.dice.once_in(3) {
            self.asks(pledgor, &names)
        } else {
            hold.lines.clone()
        };
        let mut registration = self.registration(pledgor, lines);
        registration.hold = Some(nth);
        let bank = self.model().acting(hold.bank);
        Some((self.or_another(bank), Deed::Register(registration)))
    }

    fn cancel(&mut self) -> Option<(usize, Deed)> {
        if self.dice.once_in(20) {
            return Some((self.lender(), Deed::Cancel { hold: NOBODY }));
        }
        let (hold, record) = self.hold()?;
        let bank = self.model().acting(record.bank);
        Some((self.or_another(bank), Deed::Cancel { hold }))
    }

    /// A pledge, mostly an open one, and who acts as its pledgee.
    pub(super) fn pledge(&mut self) -> Option<(usize, usize)> {
        let pledges = self.model().pledges.iter().enumerate();
        let open = pledges.clone().filter(|(_, pledge)| !pledge.is_closed());
        let open: Vec<usize> = open.map(|(nth, _)| nth).collect();
        let all: Vec<usize> = pledges.map(|(nth, _)| nth).collect();
        let nth = match self.dice.below(30) {
            27..=28 => self.dice.pick(&all)?,
            29 => return Some((NOBODY, self.lender())),
            _ => self.dice.pick(&open)?,
        };
        let bank = self.model().acting(self.model().pledges[nth].bank);
        Some((nth, self.or_another(bank)))
    }

    /// One or two lines of a pledge, mostly open ones.
    pub(super) fn some_lines(&mut self, nth: usize) -> Vec<u16> {
        let Some(pledge) = self.model().pledges.get(nth) else {
            return vec![0];
        };
        let all = (0_u16..).zip(pledge.lines.clone());
        let open = all.clone().filter(|(_, line)| line.open);
        let open: Vec<u16> = open.map(|(nth, _)| nth).collect();
        let mut all: Vec<u16> = all.map(|(nth, _)| nth).collect();
        // One that is not there; the door reads numbers up to 63.
        all.push(all.len().min(63).try_into().unwrap());
        let mut lines = Vec::new();
        for _ in 0..=self.dice.below(2) {
            let line = if self.dice.once_in(12) {
                self.dice.pick(&all)
            } else {
                self.dice.pick(&open)
            };
            lines.extend(line);
        }
        if lines.is_empty() {
            lines.push(0);
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    fn amend(&mut self) -> Option<(usize, Deed)> {
        let (nth, bank) = self.pledge()?;
        let mut lines = Vec::new();
        for number in self.some_lines(nth) {
            let pledge = self.model().pledges.get(nth);
            let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(number)));
            let Some(line) = line else {
                lines.push((number, 1_000_000, Vec::new()));
                continue;
            };
            let mut ask = line.ask.clone();
            let own = Name::Line(self.model().pledges[nth].id, number);
            let right = self.model().rights[ask.right].clone();
            ask.behind = self.behind(&right, &ask);
            ask.behind
                .retain(|name| *name != own || self.dice.once_in(3));
            let mut skip = ask.behind.clone();
            skip.push(own);
            let quantity = self.quantity(&ask, &skip);
            // A smaller quantity stands behind nobody, as a rule.
            if quantity <= line_quantity(self, nth, number) && !self.dice.once_in(6) {
                ask.behind.clear();
            }
            lines.push((number, quantity, ask.behind));
        }
        let cap = self.dice.once_in(3).then(|| {
            let steps = i64::try_from(self.dice.below(5)).unwrap();
            (steps + 1) * 500_000_000_000
        });
        let green = self.dice.once_in(6).then_some("GIC2019:1.5.2");
        if (cap.is_some() || green.is_some()) && self.dice.once_in(2) {
            lines.clear();
        }
        let consenting = self.holders_of_more(nth, lines.iter().map(|line| line.0).collect());
        let deed = Deed::Amend {
            pledge: nth,
            lines,
            cap,
            green,
            consenting,
        };
        Some((bank, deed))
    }

    fn extend(&mut self) -> Option<(usize, Deed)> {
        let (mut nth, mut bank) = self.pledge()?;
        if !self.dice.once_in(5) {
            // Only flows have an end of their own.
            let is_flow = |line: &crate::model::PledgeLine| {
                line.open && self.model().rights[line.ask.right].kind == Kind::Flow
            };
            let pledges = self.model().pledges.iter().enumerate();
            let flows = pledges.filter(|(_, pledge)| pledge.lines.iter().any(is_flow));
            let flows: Vec<usize> = flows.map(|(nth, _)| nth).collect();
            nth = self.dice.pick(&flows)?;
            bank = self.model().acting(self.model().pledges[nth].bank);
        }
        let mut lines = Vec::new();
        for number in self.some_lines(nth) {
            let mut to = place(3 + self.dice.below(9));
            let pledge = self.model().pledges.get(nth);
            let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(number)));
            let mut behind = Vec::new();
            if let Some(line) = line {
                let mut ask = line.ask.clone();
                let right = self.model().rights[ask.right].clone();
                if right.kind == Kind::Flow && to <= ask.to && !self.dice.once_in(4) {
                    to = place(9 + self.dice.below(2));
                }
                (ask.from, ask.to) = (ask.to, to);
                let own = Name::Line(self.model().pledges[nth].id, number);
                if self.dice.once_in(2) {
                    behind = self.behind(&right, &ask);
                    behind.retain(|name| *name != own);
                }
            }
            let part = self.part_to_extend(nth, number);
            lines.push(Longer {
                line: number,
                to,
                part,
                behind,
            });
        }
        let term = self.dice.once_in(4).then(|| self.term());
        let maximum = self.longer_period(nth);
        if (term.is_some() || maximum.is_some()) && self.dice.once_in(3) {
            lines.clear();
        }
        let numbers = lines.iter().map(|line| line.line).collect();
        let mut consenting = self.holders_of_more(nth, numbers);
        if maximum.is_some() && !self.dice.once_in(4) {
            consenting.extend(self.juniors_of(nth));
            consenting.sort_unstable();
            consenting.dedup();
        }
        let deed = Deed::Extend {
            pledge: nth,
            lines,
            term,
            maximum,
            consenting,
        };
        Some((bank, deed))
    }

    /// Another determination period: mostly a longer one of a maximum amount.
    fn longer_period(&mut self, nth: usize) -> Option<(DayNumber, DayNumber)> {
        let pledge = self.model().pledges.get(nth);
        let present = pledge.and_then(|pledge| pledge.maximum);
        match present {
            Some((from, to)) if self.dice.once_in(3) => {
                let more = self.dice.below(4);
                Some((from - i64::from(more == 3), to + i64::from(more > 0) * 90))
            }
            None if self.dice.once_in(40) => Some(self.term()),
            Some(_) | None => None,
        }
    }

    /// Whoever is secured behind a pledge, but for who gives the command.
    fn juniors_of(&self, nth: usize) -> Vec<usize> {
        let model = self.model();
        let Some(pledge) = model.pledges.get(nth) else {
            return Vec::new();
        };
        let giver = model.acting(pledge.bank);
        let is_of = |name: &Name| matches!(name, Name::Line(id, _) if *id == pledge.id);
        let mut juniors = Vec::new();
        for line in &pledge.lines {
            let takings = model.rights[line.ask.right].takings.iter();
            for taking in takings.filter(|taking| taking.behind.iter().any(is_of)) {
                juniors.extend(
                    model
                        .creditor_of(taking.name)
                        .filter(|party| *party != giver),
                );
            }
        }
        juniors
    }

    /// Sometimes only a part of a line gets longer; now and then more than it has, or nothing.
    fn part_to_extend(&mut self, nth: usize, number: u16) -> Option<Amount> {
        if !self.dice.once_in(3) {
            return None;
        }
        let pledge = self.model().pledges.get(nth);
        let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(number)));
        let has = line.map_or(1_000_000, |line| line.ask.quantity);
        Some(match self.dice.below(8) {
            0 => has + 1_000_000,
            1 => 0,
            2 => has,
            3 | 4 => has / 2 / 1_000_000 * 1_000_000,
            _ => has / 4 / 1_000_000 * 1_000_000,
        })
    }

    /// Who holds rights of a pledge that its pledgor has no more, mostly.
    fn holders_of_more(&mut self, nth: usize, numbers: Vec<u16>) -> Vec<usize> {
        let mut holders = Vec::new();
        if let Some(pledge) = self.model().pledges.get(nth) {
            let pledgor = self.model().acting(pledge.holder);
            for number in numbers {
                let line = pledge.lines.get(usize::from(number));
                let right = line.and_then(|line| self.model().rights.get(line.ask.right));
                let holder = right.map(|right| self.model().acting(right.holder));
                holders.extend(holder.filter(|holder| *holder != pledgor));
            }
        }
        holders.sort_unstable();
        holders.dedup();
        if self.dice.once_in(6) {
            holders.pop();
        }
        holders
    }

    /// A part of a line, more than it, or the line.
    pub(super) fn part(&mut self, nth: usize, number: u16) -> Option<i64> {
        let present = line_quantity(self, nth, number);
        let pledge = self.model().pledges.get(nth);
        let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(number)));
        let grain = line.map_or(1, |line| self.stage.plot(line.ask.right).grain);
        match self.dice.below(10) {
            0..=2 => None,
            8 => Some(present + grain),
            9 => Some(0),
            eighths => {
                let eighths = i64::try_from(eighths).unwrap();
                Some(present * eighths / 8 / grain * grain)
            }
        }
    }

    fn release(&mut self) -> Option<(usize, Deed)> {
        let (pledge, bank) = self.pledge()?;
        let mut lines = Vec::new();
        if !self.dice.once_in(4) {
            for number in self.some_lines(pledge) {
                lines.push((number, self.part(pledge, number)));
            }
        }
        // A court has it cancelled, or somebody says so.
        let giver = if self.dice.once_in(6) {
            REGISTRAR
        } else {
            bank
        };
        let court = self.court_of(giver);
        let deed = Deed::Release {
            pledge,
            lines,
            court,
        };
        Some((giver, deed))
    }

    fn substitute(&mut self) -> Option<(usize, Deed)> {
        let (pledge, bank) = self.pledge()?;
        let mut drop = Vec::new();
        for number in self.some_lines(pledge) {
            drop.push((number, self.part(pledge, number)));
        }
        let holder = self.model().pledges.get(pledge).map(|it| it.holder);
        let holder = self.model().acting(holder.unwrap_or(0));
        let add = self.asks(holder, &[]);
        Some((bank, Deed::Substitute { pledge, drop, add }))
    }

    /// Lines of one stack in another order.
    fn change_rank(&mut self) -> Option<(usize, Deed)> {
        let mut stacks: Vec<(usize, Vec<Taking>)> = Vec::new();
        for (nth, right) in self.model().rights.iter().enumerate() {
            for junior in right.takings.iter().filter(|it| it.name.is_line()) {
                let ranked = right.takings.iter().filter(|it| it.is_ranked_with(junior));
                let mut stack: Vec<Taking> = ranked.cloned().collect();
                stack.push(junior.clone());
                if stack.len() > 1 {
                    stacks.push((nth, stack));
                }
            }
        }
        let (right, mut stack) = match self.dice.pick(&stacks) {
            Some(stack) if !self.dice.once_in(12) => stack,
            _ => {
                let right = self.right_of(self.model().rights.first()?.holder);
                let takings = &self.model().rights.get(right)?.takings;
                (right, takings.iter().take(2).cloned().collect())
            }
        };
        // Who stands behind others comes after them.
        stack.sort_by_key(|it| {
            it.behind
                .iter()
                .filter(|name| stack_has(&stacks, right, **name))
                .count()
        });
        let mut from: Vec<Name> = stack.iter().map(|taking| taking.name).collect();
        match self.dice.below(16) {
            13 => from.reverse(),
            14 if from.len() > 2 => drop(from.pop()),
            15 => from.push(Name::Line(9_999_999, 0)),
            _ => {}
        }
        let mut to = from.clone();
        let first = self.dice.below(to.len().saturating_sub(1).max(1));
        if to.len() < 2 {
            return None;
        }
        to.swap(first, first + 1);
        if self.dice.once_in(4) {
            to.reverse();
        }
        if from == to {
            to.swap(0, 1);
        }
        let right = if self.dice.once_in(30) { NOBODY } else { right };
        let bank = self.model().pledgee_of(to[0]).unwrap_or(super::REGISTRAR);
        Some((self.or_another(bank), Deed::ChangeRank { right, from, to }))
    }
}

fn stack_has(stacks: &[(usize, Vec<Taking>)], right: usize, name: Name) -> bool {
    let mut of_right = stacks.iter().filter(|(nth, _)| *nth == right);
    of_right.any(|(_, stack)| stack.iter().any(|taking| taking.name == name))
}

fn line_quantity(choice: &Choice<'_>, nth: usize, number: u16) -> i64 {
    let pledge = choice.model().pledges.get(nth);
    let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(number)));
    line.map_or(1_000_000, |line| line.ask.quantity)
}

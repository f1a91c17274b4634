//! The slow reference model of models A, B and C: what is free, what is refused and why, by counting day after day.
//!
//! It shares no code with the law. Quantities are plain integers of millionths, days are numbers since 1970, and there is no
//! calculus of spans: a flow is looked at on each of its days, a sink on each day of its years. A land right is a right of
//! which there is one, a stock is a right on a single day; so one rule judges all three: on no day may more be taken than
//! there is.

mod right;

pub(crate) use right::{
    ALWAYS, Amount, Ask, DayNumber, Detail, Instant, Kind, Name, Reason, Reasons, Right, Taking,
    first_day_of,
};
use right::{because, judge, reason};

/// A line of a pledge or a reservation.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) ask: Ask,
    pub(crate) open: bool,
}

/// A pledge.
#[derive(Clone, Debug)]
pub(crate) struct Pledge {
    pub(crate) id: u64,
    pub(crate) bank: usize,
    pub(crate) holder: usize,
    pub(crate) lines: Vec<Line>,
    pub(crate) version: u64,
}

/// A reservation.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) id: u64,
    pub(crate) bank: usize,
    pub(crate) holder: usize,
    pub(crate) lines: Vec<Ask>,
    pub(crate) expires: Instant,
    pub(crate) ended: bool,
}

/// A freeze; orders of courts are entered and lifted by the registrar, others by the issuer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freeze {
    pub(crate) id: u64,
    pub(crate) right: usize,
    pub(crate) by_court: bool,
    pub(crate) lifted: bool,
}

/// How one line of a pledge is to change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// A new quantity.
    Quantity(Amount),
    /// A new end.
    End(DayNumber),
    /// Give this much back.
    GiveBack(Amount),
    /// Give everything back.
    GiveAllBack,
}

/// Everything that the model knows. Every act returns the reasons why it is refused, and happens only where there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) rights: Vec<Right>,
    pub(crate) pledges: Vec<Pledge>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) freezes: Vec<Freeze>,
    now: Instant,
}

impl Model {
    /// Turns the clock, and drops what has expired.
    pub(crate) fn at(&mut self, now: Instant) {
        self.now = now;
        for right in &mut self.rights {
            right
                .takings
                .retain(|taking| taking.expires.is_none_or(|expires| now < expires));
        }
    }

    /// The day in China.
    pub(crate) fn today(&self) -> DayNumber {
        let hours = self.now / 3_600_000_000 + 8;
        DayNumber::try_from(hours / 24).unwrap()
    }

    /// Judges the lines of a new pledge or reservation, each with those before it as takings; returns the rights as they
    /// would be.
    fn take(
        &self,
        holder: usize,
        lines: &[Ask],
        skip: &[Name],
        name: &dyn Fn(u16) -> Name,
        expires: Option<Instant>,
        reasons: &mut Reasons,
    ) -> Vec<Right> {
        let mut rights = self.rights.clone();
        for (number, ask) in (0_u16..).zip(lines) {
            let right = &mut rights[ask.right];
            judge(right, number, ask, holder, self.today(), skip, reasons);
            right.takings.push(Taking {
                name: name(number),
                quantity: ask.quantity,
                from: ask.from,
                to: ask.to,
                expires,
                hanging: 0,
            });
        }
        rights
    }

    /// Reserves lines for some days; `index` is the number that the reservation will have.
    pub(crate) fn reserve(
        &mut self,
        index: u64,
        (bank, holder): (usize, usize),
        lines: &[Ask],
        days: u64,
    ) -> Reasons {
        let mut reasons = Reasons::new();
        let expires = self.now + days * 86_400_000_000;
        let name = |line| Name::Hold(index, line);
        let rights = self.take(holder, lines, &[], &name, Some(expires), &mut reasons);
        if reasons.is_empty() {
            self.rights = rights;
            self.holds.push(Hold {
                id: index,
                bank,
                holder,
                lines: lines.to_vec(),
                expires,
                ended: false,
            });
        }
        reasons
    }

    /// Registers a pledge, taking a reservation over where one is named.
    pub(crate) fn register(
        &mut self,
        index: u64,
        (bank, holder): (usize, usize),
        lines: &[Ask],
        takes: Option<usize>,
    ) -> Reasons {
        let mut reasons = Reasons::new();
        let mut skip = Vec::new();
        if let Some(nth) = takes {
            let hold = &self.holds[nth];
            let stands = !hold.ended && self.now < hold.expires;
            let known = |ask: &Ask| hold.lines.iter().any(|held| held.right == ask.right);
            let same = hold.bank == bank && hold.holder == holder;
            if stands && same && lines.iter().all(known) {
                for line in 0..u16::try_from(hold.lines.len()).unwrap() {
                    skip.push(Name::Hold(hold.id, line));
                }
            } else {
                reasons.push(reason(6008));
            }
        }
        let name = |line| Name::Line(index, line);
        let rights = self.take(holder, lines, &skip, &name, None, &mut reasons);
        if !reasons.is_empty() {
            return reasons;
        }
        self.rights = rights;
        for right in &mut self.rights {
            right.takings.retain(|taking| !skip.contains(&taking.name));
        }
        if let Some(nth) = takes {
            self.holds[nth].ended = true;
        }
        let line = |ask: &Ask| Line {
            ask: *ask,
            open: true,
        };
        self.pledges.push(Pledge {
            id: index,
            bank,
            holder,
            lines: lines.iter().map(line).collect(),
            version: 1,
        });
        reasons
    }

    /// Gives a reservation up.
    pub(crate) fn cancel(&mut self, nth: usize, bank: usize) -> Reasons {
        let mut reasons = Reasons::new();
        let (now, today) = (self.now, self.today());
        let hold = &mut self.holds[nth];
        because(&mut reasons, hold.bank != bank, 5005);
        because(&mut reasons, hold.ended || hold.expires <= now, 6004);
        if reasons.is_empty() {
            hold.ended = true;
            let id = hold.id;
            for ask in hold.lines.clone() {
                let right = &mut self.rights[ask.right];
                let of_hold = |t: &Taking| matches!(t.name, Name::Hold(hold, _) if hold == id);
                right.takings.retain(|taking| !of_hold(taking));
                right.hang(today);
            }
        }
        reasons
    }

    /// Amends, extends or releases lines of a pledge; a release without changes is one of every open line.
    pub(crate) fn change(
        &mut self,
        nth: usize,
        bank: usize,
        version: u64,
        changes: &[(u16, Change)],
    ) -> Reasons {
        let today = self.today();
        let mut reasons = Reasons::new();
        let pledge = &self.pledges[nth];
        because(&mut reasons, pledge.version != version, 6007);
        because(&mut reasons, pledge.bank != bank, 5005);
        because(&mut reasons, pledge.lines.iter().all(|l| !l.open), 6004);
        let mut changes = changes.to_vec();
        if changes.is_empty() {
            for (number, _) in (0_u16..).zip(&pledge.lines).filter(|(_, line)| line.open) {
                changes.push((number, Change::GiveAllBack));
            }
        }
        // What is given back in the same command is free for its other lines.
        let shrinks = |(number, change): &(u16, Change)| {
            let present = pledge.lines[usize::from(*number)].ask.quantity;
            !matches!(change, Change::Quantity(quantity) if *quantity > present)
        };
        changes.sort_by_key(|change| !shrinks(change));
        let mut after = self.clone();
        let named = changes;
        for (number, change) in named.iter().copied() {
            after.change_line(nth, number, change, &mut reasons);
        }
        if !reasons.is_empty() {
            return reasons;
        }
        // What becomes a line of its own makes the whole command an addition.
        let splits = after.pledges[nth].lines.len() > self.pledges[nth].lines.len();
        *self = after;
        self.pledges[nth].version += 1;
        // An extension takes only free days, so it leaves nobody hanging who did not hang before.
        let extends = |change: &Change| matches!(change, Change::End(_));
        for (number, _) in named
            .iter()
            .filter(|(_, change)| splits || !extends(change))
        {
            let line = &self.pledges[nth].lines[usize::from(*number)];
            self.rights[line.ask.right].hang(today);
        }
        reasons
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one flat list of cases, as slow as it is plain"
    )]
    fn change_line(&mut self, nth: usize, number: u16, change: Change, reasons: &mut Reasons) {
        let today = self.today();
        let pledge = &mut self.pledges[nth];
        let name = Name::Line(pledge.id, number);
        let line = &mut pledge.lines[usize::from(number)];
        if !line.open {
            reasons.push(reason(6004));
            return;
        }
        let right = &mut self.rights[line.ask.right];
        // Land is taken whole, and only a flow has an end.
        let fits = match change {
            Change::GiveAllBack => true,
            Change::Quantity(_) | Change::GiveBack(_) => !right.kind.is_land(),
            Change::End(_) => right.kind == Kind::Flow,
        };
        if !fits {
            reasons.push(reason(2014));
            return;
        }
        let present = line.ask;
        let mut released = change == Change::GiveAllBack;
        match change {
            Change::Quantity(quantity) => {
                because(reasons, quantity == 0, 3004);
                if quantity > present.quantity {
                    // What is added is a line of its own, at the end of everything; what was there stays.
                    let added = Ask {
                        quantity: quantity - present.quantity,
                        ..present
                    };
                    let mut found = Reasons::new();
                    if quantity > right.most() {
                        let whole = Ask {
                            quantity,
                            ..present
                        };
                        judge(right, number, &whole, pledge.holder, today, &[], &mut found);
                        found.retain(|reason| ![4002, 4008].contains(&reason.code));
                    } else {
                        judge(right, number, &added, pledge.holder, today, &[], &mut found);
                    }
                    let raise = |mut reason: Reason| {
                        if let Some(detail) = reason.detail.as_mut().filter(|_| reason.code != 3008)
                        {
                            detail.raise(present.quantity, &name);
                        }
                        reason
                    };
                    reasons.extend(found.into_iter().map(raise));
                    self.append(nth, added);
                    return;
                }
                line.ask.quantity = quantity;
            }
            Change::End(to) => {
                if to <= present.to {
                    reasons.push(reason(4007));
                    return;
                }
                line.ask.to = to;
                // What stands keeps its place; only the added days are judged.
                let added = Ask {
                    from: present.to,
                    ..line.ask
                };
                judge(
                    right,
                    number,
                    &added,
                    pledge.holder,
                    today,
                    &[name],
                    reasons,
                );
                if right.is_overtaken(name, &added, today) {
                    line.ask = present;
                    self.append(nth, added);
                    return;
                }
            }
            Change::GiveBack(quantity) => {
                because(reasons, quantity == 0, 3004);
                if quantity > present.quantity {
                    let detail = Some(Detail {
                        line: number,
                        in_the_way: vec![name.to_string()],
                        most: Some(present.quantity),
                        ..Detail::default()
                    });
                    reasons.push(Reason { code: 3010, detail });
                }
                line.ask.quantity -= quantity.min(present.quantity);
                released = quantity == present.quantity;
            }
            Change::GiveAllBack => {}
        }
        if released {
            // The record keeps the last extent of a released line.
            line.ask = present;
            line.open = false;
            right.takings.retain(|taking| taking.name != name);
        }
        for taking in right
            .takings
            .iter_mut()
            .filter(|taking| taking.name == name)
        {
            (taking.quantity, taking.to) = (line.ask.quantity, line.ask.to);
        }
    }

    /// Puts a further line at the end of a pledge and of its right's takings.
    fn append(&mut self, nth: usize, ask: Ask) {
        let pledge = &mut self.pledges[nth];
        let number = u16::try_from(pledge.lines.len()).unwrap();
        pledge.lines.push(Line { ask, open: true });
        self.rights[ask.right].takings.push(Taking {
            name: Name::Line(pledge.id, number),
            quantity: ask.quantity,
            from: ask.from,
            to: ask.to,
            expires: None,
            hanging: 0,
        });
    }

    /// Freezes a part of a right; `by_court` as the registrar enters it, or by the issuer.
    pub(crate) fn freeze(&mut self, index: u64, ask: &Ask, by_court: bool, may: bool) -> Reasons {
        let today = self.today();
        let mut reasons = Reasons::new();
        because(&mut reasons, !may, 5003);
        because(&mut reasons, ask.quantity == 0, 3004);
        if reasons.is_empty() {
            let right = &mut self.rights[ask.right];
            right.takings.push(Taking {
                name: Name::Freeze(index),
                quantity: ask.quantity,
                from: ask.from,
                to: ask.to,
                expires: None,
                hanging: 0,
            });
            right.hang(today);
            self.freezes.push(Freeze {
                id: index,
                right: ask.right,
                by_court,
                lifted: false,
            });
        }
        reasons
    }

    /// Lifts a freeze.
    pub(crate) fn unfreeze(&mut self, nth: usize, by_registrar: bool) -> Reasons {
        let today = self.today();
        let mut reasons = Reasons::new();
        let freeze = &mut self.freezes[nth];
        because(&mut reasons, freeze.lifted, 2017);
        let may = freeze.by_court == by_registrar;
        because(&mut reasons, !freeze.lifted && !may, 5003);
        if reasons.is_empty() {
            freeze.lifted = true;
            let name = Name::Freeze(freeze.id);
            let right = &mut self.rights[freeze.right];
            right.takings.retain(|taking| taking.name != name);
            right.hang(today);
        }
        reasons
    }

    /// Sets the quantity of a right from a day on; that of a stock at once.
    pub(crate) fn adjust(
        &mut self,
        right: usize,
        from: DayNumber,
        quantity: Amount,
        by_issuer: bool,
    ) -> Reasons {
        let today = self.today();
        let mut reasons = Reasons::new();
        let right = &mut self.rights[right];
        because(&mut reasons, !by_issuer, 2009);
        because(&mut reasons, right.revoked.is_some(), 2003);
        because(&mut reasons, right.kind.is_land(), 2014);
        let out = from < right.from || right.to <= from;
        because(&mut reasons, right.kind == Kind::Flow && out, 4002);
        if reasons.is_empty() {
            let stays = |day: DayNumber| right.kind == Kind::Flow && day < from;
            right.levels.retain(|(day, _)| stays(*day));
            right.levels.push((from, quantity));
            right.hang(today);
        }
        reasons
    }

    /// Revokes a right from a day on.
    pub(crate) fn revoke(&mut self, right: usize, from: DayNumber, by_issuer: bool) -> Reasons {
        let today = self.today();
        let mut reasons = Reasons::new();
        let right = &mut self.rights[right];
        because(&mut reasons, !by_issuer, 2009);
        because(&mut reasons, right.revoked.is_some(), 2003);
        if reasons.is_empty() {
            right.revoked = Some(from);
            right.hang(today);
        }
        reasons
    }
}

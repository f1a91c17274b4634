//! Acts on the collateral of pledges: reservation, registration, amendment, extension, release, substitution.

use std::cmp::Ordering;

use super::asked::Registration;
use super::deed::{Deed, Order};
use super::ground::overlap;
use super::kinds::facts_of;
use super::reason::{Detail, Line as Judged, Reason, Reasons, because, reason};
use super::right::{Kind, Taking, first_day_of};
use super::{Amount, Ask, DAY, DayNumber, Instant, Model, Name};

/// A line of a pledge.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) ask: Ask,
    pub(crate) open: bool,
}

/// An objection; one without a suit counts until an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Objection {
    pub(crate) party: usize,
    pub(crate) document: u64,
    pub(crate) entry: u64,
    pub(crate) until: Instant,
    pub(crate) suit: bool,
}

/// A pledge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pledge {
    pub(crate) id: u64,
    pub(crate) bank: usize,
    pub(crate) holder: usize,
    pub(crate) mortgage: bool,
    pub(crate) lines: Vec<Line>,
    /// Tranches of the cap, oldest first.
    pub(crate) caps: Vec<Amount>,
    /// The determination period of a maximum amount.
    pub(crate) maximum: Option<(DayNumber, DayNumber)>,
    pub(crate) determined: bool,
    /// Pledgees of the past.
    pub(crate) former: Vec<usize>,
    /// Who holds parts of the claim.
    pub(crate) parts: Vec<usize>,
    pub(crate) guarantors: Vec<usize>,
    pub(crate) buyouts: usize,
    pub(crate) objections: Vec<Objection>,
    pub(crate) disposals: usize,
    /// The numbers that another register gave.
    pub(crate) external: Vec<u64>,
    /// Names of hidden values, and those that were erased.
    pub(crate) hidden: Vec<&'static str>,
    pub(crate) erased: Vec<&'static str>,
    /// Consents that its pledgee attested: of whom, whether on video, and the entry.
    pub(crate) attested: Vec<(usize, bool, u64)>,
    /// Lines that secure a quantity together: the first, the second, and what they secure.
    pub(crate) joint: Vec<(u16, u16, Amount)>,
    /// Corrected lines: the line, its right quantity, and the line that was added.
    pub(crate) corrections: Vec<(u16, Amount, Option<u16>)>,
}

impl Pledge {
    pub(crate) fn is_closed(&self) -> bool {
        self.lines.iter().all(|line| !line.open)
    }
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

/// What is added to a pledge.
struct Addition<'a> {
    /// The number of the line in the command.
    number: u16,
    ask: &'a Ask,
    /// What the line of this number has already.
    present: Option<Amount>,
}

impl Model {
    pub(super) fn act_on_collateral(&mut self, order: &Order, reasons: &mut Reasons) {
        match &order.deed {
            Deed::Reserve {
                pledgor,
                lines,
                days,
            } => self.reserve(order, *pledgor, lines, *days, reasons),
            Deed::Cancel { hold } => self.cancel(order, *hold, reasons),
            Deed::Register(registration) => self.register(order, registration, reasons),
            Deed::Amend { pledge, lines, cap } => {
                if self.own_pledge(order, *pledge, reasons) {
                    self.amend(order, *pledge, lines, *cap, reasons);
                }
            }
            Deed::Extend {
                pledge,
                lines,
                term,
            } => {
                if self.own_pledge(order, *pledge, reasons) {
                    self.extend(order, *pledge, lines, reasons);
                    self.judge_term(*pledge, *term, reasons);
                }
            }
            Deed::Release { pledge, lines } => {
                if self.own_pledge(order, *pledge, reasons) {
                    self.release(*pledge, lines, reasons);
                }
            }
            Deed::Substitute { pledge, drop, add } => {
                if self.own_pledge(order, *pledge, reasons) {
                    self.substitute(order, *pledge, drop, add, reasons);
                }
            }
            other => panic!("{other:?}"),
        }
        if let Some(pledge) = order.deed.pledge().and_then(|nth| self.pledges.get(nth)) {
            let mut attested = pledge.attested.clone();
            attested.extend(self.noted(order));
            self.pledges[order.deed.pledge().unwrap()].attested = attested;
        }
    }

    /// The consents that a command attests, as a pledge notes them.
    fn noted(&self, order: &Order) -> Vec<(usize, bool, u64)> {
        let attested = order.attested.iter();
        attested
            .map(|(party, video)| (*party, *video, self.index))
            .collect()
    }

    /// Finds that a pledge is not known, not the giver's, or closed.
    fn own_pledge(&self, order: &Order, nth: usize, reasons: &mut Reasons) -> bool {
        let Some(pledge) = self.pledges.get(nth) else {
            reasons.push(reason(6005));
            return false;
        };
        because(reasons, self.acting(pledge.bank) != order.giver, 5005);
        because(reasons, pledge.is_closed(), 6004);
        true
    }

    /// Finds that a party is not registered, or that another acts in its place.
    pub(super) fn judge_named(&self, nth: usize, reasons: &mut Reasons) {
        match self.parties.get(nth) {
            None => reasons.push(reason(1005)),
            Some(party) => because(reasons, party.ended.is_some(), 1011),
        }
    }

    /// Judges the lines of a new pledge or reservation, each with those before it as takings, and puts them there.
    fn take(
        &mut self,
        order: &Order,
        holder: usize,
        (lines, gone): (&[Ask], &[Name]),
        (name, expires): (&dyn Fn(u16) -> Name, Option<Instant>),
        reasons: &mut Reasons,
    ) {
        self.judge_named(holder, reasons);
        for (number, ask) in (0_u16..).zip(lines) {
            let Some(right) = self.rights.get(ask.right) else {
                reasons.push(reason(2001));
                continue;
            };
            because(reasons, !self.may_take(order.giver, right.rules), 1008);
            let mut skip = self.judge_place(order, right, ask, gone, reasons);
            skip.extend(gone);
            let line = Judged {
                right,
                number,
                ask,
                present: None,
                is_holders: self.acting(right.holder) == self.acting(holder),
                today: self.today(),
                skip,
                registered: &self.registered[ask.right],
            };
            line.judge(reasons);
            self.note_neighbors(number, ask, reasons);
            because(reasons, self.is_of_earlier_year(ask), 4009);
            let mut taking = Taking::of(name(number), ask);
            taking.expires = expires;
            self.rights[ask.right].takings.push(taking);
        }
    }

    /// Notes rights of other layers on the ground of a line, whatever their days.
    fn note_neighbors(&self, number: u16, ask: &Ask, reasons: &mut Reasons) {
        let right = &self.rights[ask.right];
        let mut others: Vec<String> = Vec::new();
        for other in &self.rights {
            let facts = facts_of(right.rules).unwrap();
            let layer = other
                .layer
                .filter(|layer| facts.warn_layers.contains(layer));
            let shares = overlap(&right.ground, &other.ground) > 0;
            if layer.is_some() && shares && other.succeeded_by.is_none() {
                others.push(format!("R{}", other.id));
            }
        }
        others.truncate(16);
        if !others.is_empty() {
            let detail = Some(Detail {
                line: Some(number),
                in_the_way: others,
                ..Detail::default()
            });
            reasons.push(Reason { code: 7005, detail });
        }
    }

    /// Whether a party may take pledges of a kind.
    pub(super) fn may_take(&self, nth: usize, kind: &str) -> bool {
        let rules = self.rules_of(kind).unwrap();
        let guarantors = rules.guarantors && self.has_role(nth, super::Role::Guarantor);
        self.has_role(nth, super::Role::Bank) || guarantors
    }

    /// Whether the right is for an earlier year than the one in which the collateral begins.
    fn is_of_earlier_year(&self, ask: &Ask) -> bool {
        let right = &self.rights[ask.right];
        let year = right.attribute("year").and_then(|year| year.parse().ok());
        let ended = year.map(|year: i64| first_day_of(year + 1));
        right.rules == "energy" && ended.is_some_and(|ended| ended <= ask.from)
    }

    fn reserve(
        &mut self,
        order: &Order,
        holder: usize,
        lines: &[Ask],
        days: u64,
        reasons: &mut Reasons,
    ) {
        let id = self.index;
        let expires = self.now + days * DAY;
        let name = |line| Name::Hold(id, line);
        let how: (&dyn Fn(u16) -> Name, _) = (&name, Some(expires));
        self.take(order, holder, (lines, &[]), how, reasons);
        self.holds.push(Hold {
            id,
            bank: order.giver,
            holder,
            lines: lines.to_vec(),
            expires,
            ended: false,
        });
    }

    fn cancel(&mut self, order: &Order, nth: usize, reasons: &mut Reasons) {
        let (now, today) = (self.now, self.today());
        let Some(hold) = self.holds.get(nth) else {
            reasons.push(reason(6008));
            return;
        };
        because(reasons, self.acting(hold.bank) != order.giver, 5005);
        because(reasons, hold.ended || hold.expires <= now, 6004);
        let hold = &mut self.holds[nth];
        hold.ended = true;
        let id = hold.id;
        for ask in hold.lines.clone() {
            let right = &mut self.rights[ask.right];
            let of_hold = |t: &Taking| matches!(t.name, Name::Hold(hold, _) if hold == id);
            right.takings.retain(|taking| !of_hold(taking));
            right.hang(today);
        }
    }

    /// The lines of a reservation that a registration takes over; none where it cannot.
    fn taken_over(&self, order: &Order, registration: &Registration) -> Option<Vec<Name>> {
        let hold = self.holds.get(registration.hold?)?;
        let stands = !hold.ended && self.now < hold.expires;
        let known = |ask: &Ask| hold.lines.iter().any(|held| held.right == ask.right);
        let is_same = self.acting(hold.bank) == order.giver
            && self.acting(hold.holder) == registration.pledgor;
        let fits = stands && is_same && registration.lines.iter().all(known);
        let lines = 0..u16::try_from(hold.lines.len()).unwrap();
        fits.then(|| lines.map(|line| Name::Hold(hold.id, line)).collect())
    }

    fn register(&mut self, order: &Order, registration: &Registration, reasons: &mut Reasons) {
        let gone = self.taken_over(order, registration);
        because(reasons, registration.hold.is_some() && gone.is_none(), 6008);
        let gone = gone.unwrap_or_default();
        if let Some(debtor) = registration.debtor {
            self.judge_named(debtor, reasons);
        }
        let lines = &registration.lines;
        let is_ranked = lines.iter().any(|ask| !ask.behind.is_empty());
        let needs_cap = registration.maximum.is_some() || is_ranked;
        because(reasons, needs_cap && registration.cap.is_none(), 6012);
        let id = self.index;
        let name = |line| Name::Line(id, line);
        let how: (&dyn Fn(u16) -> Name, _) = (&name, None);
        self.take(order, registration.pledgor, (lines, &gone), how, reasons);
        for right in &mut self.rights {
            right.takings.retain(|taking| !gone.contains(&taking.name));
        }
        if let Some(hold) = registration.hold.and_then(|nth| self.holds.get_mut(nth)) {
            hold.ended = true;
        }
        let line = |ask: &Ask| Line {
            ask: ask.clone(),
            open: true,
        };
        self.pledges.push(Pledge {
            id,
            bank: order.giver,
            holder: registration.pledgor,
            mortgage: registration.mortgage,
            lines: lines.iter().map(line).collect(),
            caps: registration.cap.into_iter().collect(),
            maximum: registration.maximum,
            hidden: registration.hidden.clone(),
            attested: self.noted(order),
            ..Pledge::default()
        });
        self.judge_term(self.pledges.len() - 1, registration.term, reasons);
    }

    /// A term beyond the end of a right is refused or noted, as the rules of the kind say.
    fn judge_term(&self, nth: usize, term: Option<(DayNumber, DayNumber)>, reasons: &mut Reasons) {
        let Some((_, to)) = term else { return };
        for line in self.pledges[nth].lines.iter().filter(|line| line.open) {
            let Some(right) = self.rights.get(line.ask.right) else {
                continue;
            };
            let is_strict = self.rules_of(right.rules).unwrap().strict;
            let code = if is_strict { 4002 } else { 4003 };
            because(reasons, right.to < to, code);
        }
    }

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

    fn amend(
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
            let present = self.pledges[nth].lines[usize::from(number)].ask.clone();
            let ask = Ask {
                quantity: quantity - present.quantity,
                behind: behind.clone(),
                ..present
            };
            let addition = Addition {
                number,
                ask: &ask,
                present: Some(present.quantity),
            };
            self.add(order, nth, &addition, reasons);
        }
        if let Some(cap) = cap {
            self.set_cap(nth, cap);
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

    fn extend(
        &mut self,
        order: &Order,
        nth: usize,
        lines: &[(u16, DayNumber, Vec<Name>)],
        reasons: &mut Reasons,
    ) {
        let before = self.clone();
        let mut splits = false;
        let mut touched = Vec::new();
        for (number, to, behind) in lines {
            if !self.is_open(nth, *number, reasons) {
                continue;
            }
            let present = self.pledges[nth].lines[usize::from(*number)].ask.clone();
            let kind = self.rights[present.right].kind;
            // Only a flow has an end of its own.
            because(reasons, kind != Kind::Flow, 2014);
            because(reasons, kind == Kind::Flow && *to <= present.to, 4007);
            if kind != Kind::Flow || *to <= present.to {
                continue;
            }
            touched.push(present.right);
            let name = Name::Line(self.pledges[nth].id, *number);
            let ask = Ask {
                from: present.to,
                to: *to,
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
            };
            if comes_late || !behind.is_empty() {
                splits = true;
                self.add(order, nth, &addition, reasons);
            } else {
                self.judge_addition(order, nth, &addition, reasons);
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
        let taking = Taking::of(Name::Line(pledge.id, number), &ask);
        pledge.lines.push(Line { ask, open: true });
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
        let skip = self.judge_place(order, right, ask, &[], reasons);
        let is_ranked = !ask.behind.is_empty();
        because(reasons, is_ranked && pledge.caps.is_empty(), 6012);
        let name = Name::Line(pledge.id, number);
        let line = Judged {
            right,
            number,
            ask,
            present: addition.present.map(|present| (present, name)),
            is_holders: self.acting(right.holder) == self.acting(pledge.holder),
            today: self.today(),
            skip,
            registered: &self.registered[ask.right],
        };
        line.judge(reasons);
        self.note_neighbors(number, ask, reasons);
    }

    fn release(&mut self, nth: usize, lines: &[(u16, Option<Amount>)], reasons: &mut Reasons) {
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
                    let detail = Some(Detail {
                        line: Some(*number),
                        in_the_way: vec![name.to_string()],
                        most: Some(present.quantity),
                        ..Detail::default()
                    });
                    reasons.push(Reason { code: 3010, detail });
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

    fn substitute(
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
            let addition = Addition {
                number,
                ask,
                present: None,
            };
            because(reasons, self.is_of_earlier_year(ask), 4009);
            self.add(order, nth, &addition, reasons);
        }
        self.hang(&touched);
    }

    /// Writes down what hangs on these rights.
    pub(super) fn hang(&mut self, rights: &[usize]) {
        let today = self.today();
        for nth in rights {
            self.rights[*nth].hang(today);
        }
    }
}

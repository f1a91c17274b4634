//! Reservations and registrations, and what stands in a pledge.

use super::asked::Registration;
use super::deed::{Deed, Order};
use super::freeze::begins;
use super::reason::{Detail, Line as Judged, Reason, Reasons, because, reason, too_soon, year_of};
use super::right::{Right, Taking, first_day_of};
use super::{Amount, Ask, DAY, DayNumber, Instant, Model, Name};

/// A line of a pledge.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) ask: Ask,
    /// Neither released nor over with its claim.
    pub(crate) open: bool,
    /// When it ends with its claim, where the rules said so when it was registered.
    pub(crate) ends: Option<Instant>,
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
    /// The day on which its claim began, as it was last said.
    pub(crate) since: Option<DayNumber>,
    /// The first day after its term, as it was last said.
    pub(crate) until: Option<DayNumber>,
    /// Tranches of the cap, oldest first.
    pub(crate) caps: Vec<Amount>,
    /// The determination period of a maximum amount.
    pub(crate) maximum: Option<(DayNumber, DayNumber)>,
    pub(crate) determined: bool,
    /// Pledgees of the past.
    pub(crate) former: Vec<usize>,
    /// Who holds parts of the claim, and how much of it.
    pub(crate) parts: Vec<(usize, Amount)>,
    /// Who has had a share of the claim since its registration.
    pub(crate) syndicate: Vec<usize>,
    /// Who guarantees, and which share.
    pub(crate) guarantors: Vec<(usize, u64)>,
    pub(crate) buyouts: usize,
    pub(crate) objections: Vec<Objection>,
    /// The lines of the disposals that are noted.
    pub(crate) disposals: Vec<u16>,
    /// What was sold of which line, and by which entry.
    pub(crate) sold: Vec<(u16, u64, Amount)>,
    /// The entries that left lines undivided, as `joint`.
    pub(crate) joined: Vec<u64>,
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

/// When what is taken ends by itself.
#[derive(Clone, Copy)]
enum Expires {
    /// At an instant.
    At(Instant),
    /// With a claim that is due on the day before, where the rules of the kind say so.
    With(Option<DayNumber>),
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
            Deed::Amend {
                pledge, lines, cap, ..
            } => {
                if self.own_pledge(order, *pledge, reasons) {
                    self.amend(order, *pledge, lines, *cap, reasons);
                }
            }
            Deed::Extend {
                pledge,
                lines,
                term,
                maximum,
                ..
            } => {
                if self.own_pledge(order, *pledge, reasons) {
                    // What the extension adds is no line that the term is compared for.
                    let present = self.pledges[*pledge].lines.len();
                    self.extend(order, *pledge, lines, reasons);
                    self.move_ends(*pledge, *term, reasons);
                    self.judge_term(*pledge, (*term, present), reasons);
                    if let Some(period) = maximum {
                        self.extend_maximum(order, *pledge, *period, reasons);
                    }
                }
            }
            Deed::Release {
                pledge,
                lines,
                court: Some(court),
            } => {
                self.judge_ordered(order, *court, reasons);
                match self.pledges.get(*pledge) {
                    None => reasons.push(reason(6005)),
                    Some(known) => {
                        because(reasons, known.is_closed(), 6004);
                        self.release(*pledge, lines, reasons);
                    }
                }
            }
            Deed::Release {
                pledge,
                lines,
                court: None,
            } => {
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
        self.note_attested(order);
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
        (name, expires): (&dyn Fn(u16) -> Name, Expires),
        reasons: &mut Reasons,
    ) {
        self.judge_named(holder, reasons);
        // Nobody secures a claim against itself.
        because(reasons, self.acting(holder) == order.giver, 2014);
        let mut left = gone.to_vec();
        for (number, ask) in (0_u16..).zip(lines) {
            let Some(right) = self.rights.get(ask.right) else {
                reasons.push(reason(2001));
                continue;
            };
            judge_reserved(right, (number, ask), &mut left, reasons);
            because(reasons, !self.may_take(order.giver, right.rules), 1008);
            let mut skip = self.judge_place(order, right, (number, ask), gone, reasons);
            skip.extend(gone);
            let line = Judged {
                right,
                number,
                ask,
                present: None,
                is_holders: self.acting(right.holder) == self.acting(holder),
                today: self.today(),
                skip,
                replaces: gone.to_vec(),
                registered: &self.registered[ask.right],
            };
            line.judge(reasons);
            self.note_neighbors(number, ask, reasons);
            because(reasons, self.is_of_earlier_year(ask), 4009);
            let is_alone = self.ranks_of(&order.deed, right).is_none();
            let mut taking = Taking::of(name(number), ask);
            if is_alone {
                taking.behind.clear();
            }
            taking.expires = match expires {
                Expires::At(end) => Some(end),
                Expires::With(to) => self.end_by_rules(right.rules, to),
            };
            let is_over = taking.name.is_line() && taking.expires <= Some(self.now);
            because(reasons, is_over && taking.expires.is_some(), 4008);
            self.rights[ask.right].takings.push(taking);
        }
    }

    /// Whether a party may take pledges of a kind.
    pub(super) fn may_take(&self, nth: usize, kind: &str) -> bool {
        let rules = self.rules_of(kind).unwrap();
        let guarantors = rules.guarantors && self.has_role(nth, super::Role::Guarantor);
        self.has_role(nth, super::Role::Bank) || guarantors
    }

    /// Whether the right is for an earlier year than the one in which the collateral begins.
    pub(super) fn is_of_earlier_year(&self, ask: &Ask) -> bool {
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
        let how: (&dyn Fn(u16) -> Name, _) = (&name, Expires::At(expires));
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
        self.judge_syndicate(order, registration, reasons);
        let id = self.index;
        let name = |line| Name::Line(id, line);
        let until = registration.term.map(|(_, to)| to);
        let how: (&dyn Fn(u16) -> Name, _) = (&name, Expires::With(until));
        self.take(order, registration.pledgor, (lines, &gone), how, reasons);
        for right in &mut self.rights {
            let mut added = right.takings.clone();
            added.retain(|taking| matches!(taking.name, Name::Line(of, _) if of == id));
            right.takings.retain(|taking| !added.contains(taking));
            for line in added {
                let is_place = |it: &Taking| gone.contains(&it.name) && is_in(&line, it);
                match right.takings.iter().position(is_place) {
                    Some(place) => right.takings[place] = line,
                    None => right.takings.push(line),
                }
            }
            right.takings.retain(|taking| !gone.contains(&taking.name));
        }
        if let Some(hold) = registration.hold.and_then(|nth| self.holds.get_mut(nth)) {
            hold.ended = true;
        }
        let kind = |ask: &Ask| self.rights.get(ask.right).map(|right| right.rules);
        let line = |ask: &Ask| Line {
            ask: ask.clone(),
            open: true,
            ends: kind(ask).and_then(|kind| self.end_by_rules(kind, until)),
        };
        let taken = lines.iter().map(line).collect();
        self.pledges.push(Pledge {
            id,
            bank: order.giver,
            holder: registration.pledgor,
            mortgage: registration.mortgage,
            lines: taken,
            until,
            caps: registration.cap.into_iter().collect(),
            maximum: registration.maximum,
            syndicate: registration.syndicate.iter().map(|it| it.0).collect(),
            hidden: registration.hidden.clone(),
            attested: self.noted(order),
            ..Pledge::default()
        });
        self.judge_term(
            self.pledges.len() - 1,
            (registration.term, lines.len()),
            reasons,
        );
        // A claim that is due is secured with a note.
        because(reasons, until.is_some_and(|to| to <= self.today()), 6020);
    }

    /// Who shares a claim could have taken every line itself, and together they have no more than all of it.
    fn judge_syndicate(&self, order: &Order, registration: &Registration, reasons: &mut Reasons) {
        for (party, _) in &registration.syndicate {
            because(reasons, *party == order.giver, 2014);
            self.judge_named(*party, reasons);
            if self.parties.get(*party).is_none() {
                continue;
            }
            for ask in &registration.lines {
                if let Some(right) = self.rights.get(ask.right) {
                    because(reasons, !self.may_take(*party, right.rules), 1008);
                }
            }
        }
        let all: u64 = registration.syndicate.iter().map(|it| it.1).sum();
        if all > 10_000 {
            let detail = Some(Detail::default());
            reasons.push(Reason { code: 3005, detail });
        }
    }

    /// When a line of a kind ends that is registered now for a claim until a day.
    pub(super) fn end_by_rules(&self, kind: &str, until: Option<DayNumber>) -> Option<Instant> {
        let ends = self.rules_of(kind).is_some_and(|it| it.lapse == Some(true));
        until.filter(|_| ends).map(begins)
    }

    /// Lines that end with their claim end with its new term, if they have not ended before.
    fn move_ends(
        &mut self,
        nth: usize,
        term: Option<(DayNumber, DayNumber)>,
        reasons: &mut Reasons,
    ) {
        let Some((_, to)) = term else { return };
        // A claim is not cut short by an extension.
        let had = self.pledges[nth].until;
        if had.is_some_and(|until| to < until) {
            reasons.push(too_soon(None, None, had));
        }
        self.pledges[nth].until = Some(to);
        let id = self.pledges[nth].id;
        for number in 0..self.pledges[nth].lines.len() {
            let line = &mut self.pledges[nth].lines[number];
            if !line.open || line.ends.is_none() {
                continue;
            }
            line.ends = Some(begins(to));
            because(reasons, begins(to) <= self.now, 4008);
            let name = Name::Line(id, u16::try_from(number).unwrap());
            for taking in &mut self.rights[line.ask.right].takings {
                if taking.name == name {
                    taking.expires = Some(begins(to));
                }
            }
        }
    }

    /// A term beyond the end of a right is refused or noted, as the rules of the kind say.
    fn judge_term(
        &mut self,
        nth: usize,
        (term, lines): (Option<(DayNumber, DayNumber)>, usize),
        reasons: &mut Reasons,
    ) {
        let Some((from, to)) = term else { return };
        let since = self.pledges[nth]
            .since
            .map_or(from, |since| since.min(from));
        self.pledges[nth].since = Some(from);
        let open = (0_u16..).zip(self.pledges[nth].lines.iter().take(lines));
        for (number, line) in open.filter(|(_, line)| line.open) {
            self.judge_term_of((number, line.ask.right), since, (from, to), reasons);
        }
    }

    /// What the term of a claim means for one line.
    pub(super) fn judge_term_of(
        &self,
        (number, right): (u16, usize),
        since: DayNumber,
        (from, to): (DayNumber, DayNumber),
        reasons: &mut Reasons,
    ) {
        let Some(right) = self.rights.get(right) else {
            return;
        };
        let rules = self.rules_of(right.rules).unwrap();
        let end = rules.longest.map(|years| anniversary(since, years));
        if let Some(end) = end.filter(|end| *end < to) {
            let detail = Some(Detail {
                line: Some(number),
                first: Some(end),
                free: vec![(since, end)],
                ..Detail::default()
            });
            reasons.push(Reason { code: 4011, detail });
        }
        // The days of the term until the right is over, if there are any.
        if right.to < to && rules.strict && from < right.to {
            let detail = Some(Detail {
                line: Some(number),
                free: vec![(from, right.to)],
                ..Detail::default()
            });
            reasons.push(Reason { code: 4002, detail });
        } else {
            because(
                reasons,
                right.to < to,
                if rules.strict { 4002 } else { 4003 },
            );
        }
    }

    /// Writes down what hangs on these rights.
    pub(super) fn hang(&mut self, rights: &[usize]) {
        let today = self.today();
        for nth in rights {
            self.rights[*nth].hang(today);
        }
    }
}

/// The same date so many years later: in January and February so many days after the first of January, else after the first of
/// March, on which a leap day falls too where there is none.
fn anniversary(day: DayNumber, years: i64) -> DayNumber {
    let year = year_of(day);
    let march = |year: i64| first_day_of(year + 1) - 306;
    if day < march(year) {
        first_day_of(year + years) + (day - first_day_of(year))
    } else {
        march(year + years) + (day - march(year))
    }
}

/// Whether a line takes no more than another one, and on no other days.
fn is_in(line: &Taking, other: &Taking) -> bool {
    line.quantity <= other.quantity && other.from <= line.from && line.to <= other.to
}

/// Finds that a line fits into none of the reserved ones that are left on its right; else it takes the first that it fits into.
fn judge_reserved(
    right: &Right,
    (number, ask): (u16, &Ask),
    left: &mut Vec<Name>,
    reasons: &mut Reasons,
) {
    let there = right.takings.iter();
    let there: Vec<&Taking> = there.filter(|it| left.contains(&it.name)).collect();
    let Some(first) = there.first() else { return };
    let line = Taking::of(first.name, ask);
    if let Some(place) = there.iter().find(|it| is_in(&line, it)) {
        let name = place.name;
        left.retain(|other| *other != name);
        return;
    }
    let is_inside = first.from <= ask.from && ask.to <= first.to;
    let (from, to) = (first.from.max(ask.from), first.to.min(ask.to));
    let common = if from < to {
        (from, to)
    } else {
        (first.from, first.to)
    };
    let detail = Detail {
        line: Some(number),
        in_the_way: vec![first.name.to_string()],
        most: is_inside.then_some(first.quantity),
        free: Vec::from_iter((!is_inside).then_some(common)),
        ..Detail::default()
    };
    let detail = Some(detail);
    reasons.push(Reason { code: 6008, detail });
}

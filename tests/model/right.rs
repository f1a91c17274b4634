//! One right of the model: what is free of it on each day, and why a line is refused.
//!
//! This is the half that must not look like the law: no spans, no steps, only days in a loop.

use std::fmt;

/// Millionths of the unit; 1 for the whole of a land right.
pub(crate) type Amount = i64;
/// Days since 1970-01-01.
pub(crate) type DayNumber = i64;
/// Microseconds since 1970.
pub(crate) type Instant = u64;

/// How a right is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A: one balance.
    Stock,
    /// B: so much on each day.
    Flow,
    /// C: the whole.
    Forest,
    /// C: by years.
    Sink,
}

impl Kind {
    pub(super) fn is_land(self) -> bool {
        matches!(self, Self::Forest | Self::Sink)
    }

    /// Whether it makes a difference which day is asked for.
    fn has_days(self) -> bool {
        matches!(self, Self::Flow | Self::Sink)
    }
}

/// What takes a part of a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    /// A line of a pledge.
    Line(u64, u16),
    /// A line of a reservation.
    Hold(u64, u16),
    /// A freeze.
    Freeze(u64),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(pledge, line) => write!(f, "P{pledge}.{line}"),
            Self::Hold(reservation, line) => write!(f, "V{reservation}.{line}"),
            Self::Freeze(freeze) => write!(f, "F{freeze}"),
        }
    }
}

/// A part of a right that is taken on the days from `from` until before `to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Taking {
    pub(crate) name: Name,
    pub(crate) quantity: Amount,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    pub(crate) expires: Option<Instant>,
    /// What the record says is left without a right beneath it.
    pub(crate) hanging: Amount,
}

impl Taking {
    fn is_freeze(&self) -> bool {
        matches!(self.name, Name::Freeze(_))
    }

    fn on(&self, day: DayNumber) -> bool {
        self.from <= day && day < self.to
    }
}

/// A right.
#[derive(Clone, Debug)]
pub(crate) struct Right {
    pub(crate) kind: Kind,
    pub(crate) holder: usize,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    /// First days and quantities from there on.
    pub(crate) levels: Vec<(DayNumber, Amount)>,
    pub(crate) barred: bool,
    pub(crate) revoked: Option<DayNumber>,
    pub(crate) takings: Vec<Taking>,
}

/// What is asked of a right; stocks and forests have no days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ask {
    pub(crate) right: usize,
    pub(crate) quantity: Amount,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
}

/// The first and the last day of a taking without days.
pub(crate) const ALWAYS: (DayNumber, DayNumber) = (DayNumber::MIN, DayNumber::MAX);

impl Right {
    /// How much there is on a day, whoever has taken it.
    fn has(&self, day: DayNumber) -> Amount {
        let mut level = 0;
        for (from, quantity) in &self.levels {
            if *from <= day || !self.kind.has_days() {
                level = *quantity;
            }
        }
        let cut = self.revoked.is_some_and(|revoked| revoked <= day);
        let out = day < self.from || self.to <= day || cut;
        match self.kind {
            Kind::Stock if self.revoked.is_some() => 0,
            Kind::Flow | Kind::Sink if out => 0,
            Kind::Stock | Kind::Flow | Kind::Forest | Kind::Sink => level,
        }
    }

    /// The largest quantity it ever has.
    pub(crate) fn most(&self) -> Amount {
        let quantities = self.levels.iter().map(|(_, quantity)| *quantity);
        quantities.max().unwrap_or(0)
    }

    /// The days on which an ask is looked at: all of it for a sink, what is left of it for a flow, one for the others.
    fn days(&self, from: DayNumber, to: DayNumber, today: DayNumber) -> Vec<DayNumber> {
        match self.kind {
            Kind::Stock | Kind::Forest => vec![today],
            Kind::Flow => (from.max(today)..to).collect(),
            Kind::Sink => (from..to).collect(),
        }
    }

    fn free(&self, day: DayNumber, skip: &dyn Fn(&Taking) -> bool) -> Amount {
        let mut free = self.has(day);
        for taking in &self.takings {
            if taking.on(day) && !skip(taking) {
                free -= taking.quantity;
            }
        }
        free.max(0)
    }

    /// The largest quantity that is free on all days of an ask.
    pub(crate) fn least_free(&self, ask: &Ask, today: DayNumber, skip: &[Name]) -> Amount {
        let days = self.days(ask.from, ask.to, today).into_iter();
        let free = days.map(|day| self.free(day, &|taking| skip.contains(&taking.name)));
        free.min().unwrap_or(0)
    }

    /// Whether somebody who came after a line shares one of its added days.
    pub(super) fn is_overtaken(&self, name: Name, added: &Ask, today: DayNumber) -> bool {
        let mut later = self
            .takings
            .iter()
            .skip_while(|taking| taking.name != name)
            .skip(1);
        let days = self.days(added.from, added.to, today);
        later.any(|taking| days.iter().any(|day| taking.on(*day)))
    }

    /// Writes down, for every line, how much of it has no right beneath it on its worst day: on each day the latest first.
    pub(super) fn hang(&mut self, today: DayNumber) {
        let mut worst = vec![0; self.takings.len()];
        for (nth, worst) in worst.iter_mut().enumerate() {
            let taking = &self.takings[nth];
            if taking.is_freeze() {
                continue;
            }
            let days = match self.kind {
                Kind::Forest => (self.from..self.to).collect(),
                Kind::Stock | Kind::Flow | Kind::Sink => self.days(taking.from, taking.to, today),
            };
            for day in days {
                *worst = Amount::max(*worst, self.hanging_on(nth, day));
            }
        }
        for (taking, hanging) in self.takings.iter_mut().zip(worst) {
            taking.hanging = hanging;
        }
    }

    fn hanging_on(&self, nth: usize, day: DayNumber) -> Amount {
        if self.kind.is_land() {
            // An order may be laid over land that is pledged; only land that is gone leaves a line hanging.
            let gone = self.revoked.is_some_and(|revoked| revoked <= day);
            return Amount::from(gone);
        }
        let mut lack = -self.has(day);
        for taking in self.takings.iter().filter(|taking| taking.on(day)) {
            lack += taking.quantity;
        }
        for later in self.takings[nth + 1..]
            .iter()
            .filter(|t| t.on(day) && !t.is_freeze())
        {
            lack -= later.quantity.min(lack.max(0));
        }
        lack.clamp(0, self.takings[nth].quantity)
    }
}

/// What stands in the way of a line, and what would be admissible instead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Detail {
    pub(crate) line: u16,
    /// Names of what is in the way, in order of registration.
    pub(crate) in_the_way: Vec<String>,
    /// The first day on which it is so.
    pub(crate) first: Option<DayNumber>,
    /// The largest admissible quantity.
    pub(crate) most: Option<Amount>,
    /// The same for each stretch of days (flows).
    pub(crate) stretches: Vec<(DayNumber, DayNumber, Amount)>,
    /// Stretches of free days (sinks).
    pub(crate) free: Vec<(DayNumber, DayNumber)>,
}

impl Detail {
    /// Counts what a line has already, and takes it out of its own way.
    pub(super) fn raise(&mut self, present: Amount, own: &Name) {
        self.in_the_way.retain(|name| *name != own.to_string());
        self.most = self.most.map(|most| most + present);
        for (_, _, free) in &mut self.stretches {
            *free += present;
        }
    }
}

/// Why a command is refused: the number of the check, with the detail where something else would be admissible.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Reason {
    pub(crate) code: u16,
    pub(crate) detail: Option<Detail>,
}

/// Reasons for a refusal; none is an acceptance.
pub(crate) type Reasons = Vec<Reason>;

pub(super) fn reason(code: u16) -> Reason {
    Reason { code, detail: None }
}

pub(super) fn because(reasons: &mut Reasons, holds: bool, code: u16) {
    if holds {
        reasons.push(reason(code));
    }
}

/// Judges one line of a command. `skip` names what does not stand in its way.
pub(super) fn judge(
    right: &Right,
    line: u16,
    ask: &Ask,
    holder: usize,
    today: DayNumber,
    skip: &[Name],
    reasons: &mut Reasons,
) {
    because(reasons, right.holder != holder, 5008);
    because(reasons, right.barred, 2010);
    because(reasons, right.to <= today, 2002);
    because(reasons, right.revoked.is_some(), 2003);
    if ask.quantity == 0 {
        reasons.push(reason(3004));
        return;
    }
    let too_large = ask.quantity > right.most();
    if too_large {
        reasons.push(Reason {
            code: 3008,
            detail: Some(Detail {
                line,
                most: Some(right.most()),
                ..Detail::default()
            }),
        });
    }
    let mut outside = false;
    if right.kind.has_days() {
        let past = ask.to <= today;
        because(reasons, past, 4008);
        let beyond = !past && (ask.from < right.from || right.to < ask.to);
        because(reasons, beyond, 4002);
        outside = past || beyond;
    }
    if !too_large && !outside && right.revoked.is_none() {
        reasons.extend(shortage(right, line, ask, today, skip));
    }
}

/// The finding that too little is left on some day, and beside it that freezes alone are to blame.
fn shortage(right: &Right, line: u16, ask: &Ask, today: DayNumber, skip: &[Name]) -> Vec<Reason> {
    let days = right.days(ask.from, ask.to, today);
    let skipped = |taking: &Taking| skip.contains(&taking.name);
    let unfrozen = |taking: &Taking| skipped(taking) || taking.is_freeze();
    let short = |day: &&DayNumber| right.free(**day, &skipped) < ask.quantity;
    let Some(first) = days.iter().find(short) else {
        return Vec::new();
    };
    let mut in_the_way = Vec::new();
    for taking in right.takings.iter().filter(|taking| !skipped(taking)) {
        if days.iter().any(|day| taking.on(*day)) {
            in_the_way.push(taking);
        }
    }
    in_the_way.truncate(16);
    let names = |takings: &[&Taking]| takings.iter().map(|t| t.name.to_string()).collect();
    let mut detail = Detail {
        line,
        in_the_way: names(&in_the_way),
        ..Detail::default()
    };
    let code = match right.kind {
        Kind::Stock => 3001,
        Kind::Flow => 3002,
        Kind::Forest | Kind::Sink => 3009,
    };
    if !right.kind.is_land() {
        detail.most = Some(right.least_free(ask, today, skip));
    }
    if right.kind == Kind::Flow {
        detail.first = Some(*first);
        for day in &days {
            let free = right.free(*day, &skipped);
            match detail.stretches.last_mut() {
                Some((_, to, quantity)) if *quantity == free => *to = day + 1,
                Some(_) | None => detail.stretches.push((*day, day + 1, free)),
            }
        }
    }
    if right.kind == Kind::Sink {
        for day in right.from.max(today)..right.to {
            let taken = right.takings.iter().any(|t| t.on(day) && !skipped(t));
            match detail.free.last_mut() {
                Some((_, to)) if *to == day && !taken => *to = day + 1,
                Some(_) | None if !taken => detail.free.push((day, day + 1)),
                Some(_) | None => {}
            }
        }
    }
    let mut reasons = Vec::new();
    if days
        .iter()
        .all(|day| right.free(*day, &unfrozen) >= ask.quantity)
    {
        in_the_way.retain(|taking| taking.is_freeze());
        let frozen = Detail {
            line,
            in_the_way: names(&in_the_way),
            ..Detail::default()
        };
        reasons.push(Reason {
            code: 9001,
            detail: Some(frozen),
        });
    }
    let detail = Some(detail);
    reasons.push(Reason { code, detail });
    reasons
}

/// The first day of a year, by counting the days of every year since 1970.
pub(crate) fn first_day_of(year: i64) -> DayNumber {
    let mut days = 0;
    for year in 1970..year {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        days += if leap { 366 } else { 365 };
    }
    days
}

//! One right of the model: what is free of it on each day, and what hangs.
//!
//! This is the half that must not look like the law: no spans, no steps, only days in a loop.

use std::fmt;

use super::ground::{Area2, Parcel, Site};
use super::kinds::{CLAIM, facts_of};
use super::reason::year_of;
use super::stack::{largest, stacks};
use super::{Amount, Ask, DayNumber, Identity, Instant};

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
    pub(crate) fn is_land(self) -> bool {
        matches!(self, Self::Forest | Self::Sink)
    }

    /// Whether it makes a difference which day is asked for.
    pub(super) fn has_days(self) -> bool {
        matches!(self, Self::Flow | Self::Sink)
    }
}

/// What takes a part of a right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Name {
    /// A line of a pledge.
    Line(u64, u16),
    /// A line of a reservation.
    Hold(u64, u16),
    /// A freeze.
    Freeze(u64),
}

impl Name {
    pub(crate) fn is_line(self) -> bool {
        matches!(self, Self::Line(..))
    }
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
    /// What it stands behind, where that still stands.
    pub(crate) behind: Vec<Name>,
    /// What the record says is left without a right beneath it.
    pub(crate) hanging: Amount,
}

impl Right {
    /// Whether there are places for lines and reservations: each takes one, and eight names that they stand behind take one more. Those
    /// whose days are over take from a larger number.
    pub(super) fn has_places_for(&self, takings: &[Taking], today: DayNumber) -> bool {
        let (mut lines, mut names, mut over, mut names_of_those) = (0, 0, 0, 0);
        for taking in takings {
            if taking.is_freeze() {
                continue;
            }
            if self.kind == Kind::Flow && taking.to <= today {
                over += 1;
                names_of_those += taking.behind.len();
            } else {
                lines += 1;
                names += taking.behind.len();
            }
        }
        lines + names / 8 <= 96 && lines + over + (names + names_of_those) / 8 <= 192
    }
}

impl Taking {
    /// What a line or a freeze takes.
    pub(super) fn of(name: Name, ask: &Ask) -> Self {
        Self {
            name,
            quantity: ask.quantity,
            from: ask.from,
            to: ask.to,
            expires: None,
            behind: ask.behind.clone(),
            hanging: 0,
        }
    }

    pub(super) fn is_freeze(&self) -> bool {
        matches!(self.name, Name::Freeze(_))
    }

    pub(crate) fn on(&self, day: DayNumber) -> bool {
        self.from <= day && day < self.to
    }

    /// Whether one of the two stands behind the other.
    pub(crate) fn is_ranked_with(&self, other: &Taking) -> bool {
        self.behind.contains(&other.name) || other.behind.contains(&self.name)
    }
}

/// A right.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not bear on each other, as the record has them"
)]
#[derive(Clone, Debug)]
pub(crate) struct Right {
    /// The entry that issued it.
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    /// The kind whose rules hold for it.
    pub(crate) rules: &'static str,
    pub(crate) holder: usize,
    /// The entry at which the holder got it from another.
    pub(crate) acquired: Option<u64>,
    pub(crate) issuer: usize,
    pub(crate) from: DayNumber,
    pub(crate) to: DayNumber,
    /// First days and quantities from there on.
    pub(crate) levels: Vec<(DayNumber, Amount)>,
    /// The most that it had when it was issued.
    pub(crate) issued: Amount,
    /// What the certificate of land states: mu, or tonnes a year.
    pub(crate) measure: Amount,
    pub(crate) identities: Vec<Identity>,
    pub(crate) source: Option<String>,
    pub(crate) class: Option<&'static str>,
    /// Names and values, in order of their names.
    pub(crate) attributes: Vec<(&'static str, &'static str)>,
    pub(crate) layer: Option<&'static str>,
    /// Where it lies; its own ground, or that of the rights that it names.
    pub(crate) ground: Vec<Parcel>,
    /// The rights on whose ground it draws.
    pub(crate) land: Vec<usize>,
    /// The parcels without rectangles that it stands on by their numbers.
    pub(crate) numbers: Vec<usize>,
    /// Whether nobody knows where one of them lies.
    pub(crate) has_unknown_parcel: bool,
    /// All overlaps that were ever tolerated on it.
    pub(crate) tolerated: Area2,
    pub(crate) additional: bool,
    pub(crate) adjudicated: bool,
    pub(crate) resolved: bool,
    pub(crate) succeeds: Vec<usize>,
    pub(crate) succeeded_by: Option<usize>,
    /// First days and ends of years that have turned into another right, or that a court has sold.
    pub(crate) converted: Vec<(DayNumber, DayNumber)>,
    /// What was used up of ground or lost: how much, whether an authority has recorded it by itself, and the entry.
    pub(crate) uses: Vec<(Amount, bool, u64)>,
    pub(crate) revoked: Option<DayNumber>,
    /// Which guarantor recorded an answer, of which size of the log, and the entry; the latest.
    pub(crate) verified: Vec<(usize, u64, u64)>,
    pub(crate) takings: Vec<Taking>,
}

/// The first and the last day of a taking without days.
pub(crate) const ALWAYS: (DayNumber, DayNumber) = (DayNumber::MIN, DayNumber::MAX);

impl Right {
    /// Where it lies.
    pub(super) fn site(&self) -> Site<'_> {
        Site {
            ground: &self.ground,
            numbers: &self.numbers,
        }
    }

    /// How much there is on a day, whoever has taken it.
    pub(super) fn has(&self, day: DayNumber) -> Amount {
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

    /// Has so much less: a stock altogether, a flow on these days.
    pub(super) fn lose(&mut self, quantity: Amount, (from, to): (DayNumber, DayNumber)) {
        if !self.kind.has_days() {
            for (_, balance) in &mut self.levels {
                *balance = (*balance - quantity).max(0);
            }
            return;
        }
        if to <= from {
            return;
        }
        let mut days: Vec<DayNumber> = self.levels.iter().map(|(day, _)| *day).collect();
        let first = days[0];
        days.extend(
            [from, to]
                .into_iter()
                .filter(|day| first < *day && *day < self.to),
        );
        days.sort_unstable();
        days.dedup();
        let known = self.levels.clone();
        let level = |day: DayNumber| {
            let mut found = 0;
            for (since, level) in &known {
                if *since <= day {
                    found = *level;
                }
            }
            found
        };
        let mut levels = Vec::new();
        for day in days {
            let goes = if from <= day && day < to { quantity } else { 0 };
            levels.push((day, (level(day) - goes).max(0)));
        }
        self.levels = levels;
    }

    /// Whether it has days to come beside these and those that are gone before.
    pub(super) fn has_others(&self, from: DayNumber, to: DayNumber, today: DayNumber) -> bool {
        (today.max(self.from)..self.end()).any(|day| {
            let mut gone = self.converted.iter();
            let is_gone = gone.any(|(from, to)| *from <= day && day < *to);
            !(is_gone || from <= day && day < to)
        })
    }

    /// Whether from today on it has nothing where a line stands.
    pub(super) fn is_gone_beneath(&self, line: &Ask, today: DayNumber) -> bool {
        match self.kind {
            Kind::Stock => self.most() == 0 || self.revoked.is_some_and(|revoked| revoked <= today),
            Kind::Forest => self.end() <= today.max(self.from),
            Kind::Flow | Kind::Sink => (line.from.max(today)..line.to).all(|day| {
                let mut sold = self.converted.iter();
                self.has(day) == 0 || sold.any(|(from, to)| *from <= day && day < *to)
            }),
        }
    }

    /// What came before a taking.
    pub(super) fn takings_before(&self, name: Name) -> Vec<Taking> {
        let before = self.takings.iter();
        before.take_while(|it| it.name != name).cloned().collect()
    }

    /// Whom a sale of a line by agreement leaves what they hold: those before it, and lines and reservations after it that do not
    /// stand behind it.
    pub(super) fn takings_beside(&self, name: Name) -> Vec<Taking> {
        let mut beside = self.takings_before(name);
        for later in self.takings.iter().skip(beside.len() + 1) {
            if !later.is_freeze() && !later.behind.contains(&name) {
                beside.push(later.clone());
            }
        }
        beside
    }

    /// Whom a court pays before a line: the lines and reservations before it.
    pub(super) fn takings_ahead(&self, name: Name) -> Vec<Taking> {
        let mut ahead = self.takings_before(name);
        ahead.retain(|taking| !taking.is_freeze());
        ahead
    }

    /// What the others leave a taking on each of its days to come.
    pub(super) fn left_by(&self, others: Vec<Taking>, of: &Ask, today: DayNumber) -> Amount {
        let mut before = self.clone();
        before.takings = others;
        let is_over = self.revoked.is_some_and(|revoked| revoked <= today);
        if !is_over && self.kind == Kind::Stock {
            before.revoked = None;
        }
        let days = self.days(of.from, of.to, today);
        let left = days.iter().map(|day| before.free(*day, &|_| false)).min();
        left.unwrap_or(0)
    }

    /// The balance of a stock, and what a certificate of land states.
    pub(crate) fn amount(&self) -> Amount {
        if self.kind.is_land() {
            self.measure
        } else {
            self.most()
        }
    }

    /// Whether some of its days are among these, and no revocation comes before them.
    pub(super) fn lives_in(&self, from: DayNumber, to: DayNumber) -> bool {
        let end = self.revoked.map_or(self.to, |revoked| revoked.min(self.to));
        self.from.max(from) < end.min(to)
    }

    /// The first of some days on which it takes its ground, but for years that are gone from the other right: as long as it lives and
    /// nothing has taken its place, and its years that became units or were sold, whatever became of it.
    pub(super) fn stands_from(
        &self,
        (from, to): (DayNumber, DayNumber),
        gone: &[(DayNumber, DayNumber)],
    ) -> Option<DayNumber> {
        let lives = self.succeeded_by.is_none() && self.lives_in(from, to);
        let live = lives.then_some(self.from.max(from));
        live.into_iter()
            .chain(self.used_from((from, to), gone))
            .min()
    }

    /// The first of some days that has become units or was sold, but for years that are gone from the other right.
    pub(super) fn used_from(
        &self,
        (from, to): (DayNumber, DayNumber),
        gone: &[(DayNumber, DayNumber)],
    ) -> Option<DayNumber> {
        if self.converted.is_empty() {
            return None;
        }
        let is_in = |days: &[(DayNumber, DayNumber)], day: DayNumber| {
            days.iter().any(|(first, end)| *first <= day && day < *end)
        };
        let mut own = from.max(self.from)..to.min(self.to);
        own.find(|day| is_in(&self.converted, *day) && !is_in(gone, *day))
    }

    /// A court sells years of it: those that it has to their end.
    pub(super) fn sell_years(&mut self, (from, to): (DayNumber, DayNumber)) {
        let mut end = to;
        while self.end() < end {
            end = first_day_of(year_of(end) - 1);
        }
        if from < end {
            self.converted.push((from, end));
        }
    }

    /// The first day after it, as far as nobody has revoked it.
    pub(super) fn end(&self) -> DayNumber {
        self.revoked.map_or(self.to, |revoked| revoked.min(self.to))
    }

    /// Whether it stands over an overlap that nobody has decided yet.
    pub(crate) fn is_disputed(&self) -> bool {
        self.adjudicated && !self.resolved
    }

    /// The value of an attribute of its certificate.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static str> {
        let mut attributes = self.attributes.iter();
        let known = attributes.find(|(of, _)| *of == name);
        known.map(|(_, value)| *value)
    }

    /// The checks that bar a pledge, whatever is asked for.
    pub(super) fn bars(&self) -> Vec<u16> {
        let facts = facts_of(self.rules).unwrap();
        let mut bars = Vec::new();
        let is_barred = |class| facts.barred_classes.contains(&class);
        let allowed = facts.allowed_classes;
        let is_none_of_them =
            !allowed.is_empty() && !self.class.is_some_and(|it| allowed.contains(&it));
        if self.class.is_some_and(is_barred) || is_none_of_them {
            bars.push(2010);
        }
        for (name, value, code) in facts.bars {
            if self.attribute(name) == Some(*value) {
                bars.push(*code);
            }
        }
        for (name, over, code) in facts.unless.iter().chain([&CLAIM]) {
            if self.attribute(name).is_some_and(|value| value != *over) {
                bars.push(*code);
            }
        }
        if facts.has_polygon && self.ground.is_empty() || self.has_unknown_parcel {
            bars.push(7010);
        }
        bars
    }

    /// The largest quantity it ever has.
    pub(crate) fn most(&self) -> Amount {
        let quantities = self.levels.iter().map(|(_, quantity)| *quantity);
        quantities.max().unwrap_or(0)
    }

    /// The days on which an ask is looked at: all of it for a sink, what is left of it for a flow, one for the others.
    pub(crate) fn days(&self, from: DayNumber, to: DayNumber, today: DayNumber) -> Vec<DayNumber> {
        match self.kind {
            Kind::Stock | Kind::Forest => vec![today],
            Kind::Flow => (from.max(today)..to).collect(),
            Kind::Sink => (from..to).collect(),
        }
    }

    /// How much is free on a day beside what is not skipped; who stands behind another shares its room.
    pub(super) fn free(&self, day: DayNumber, skip: &dyn Fn(&Taking) -> bool) -> Amount {
        let there = self.takings.iter().filter(|t| t.on(day) && !skip(t));
        let there: Vec<&Taking> = there.collect();
        let mut free = self.has(day);
        for stack in stacks(&there) {
            free -= largest(&there, &stack);
        }
        free.max(0)
    }

    /// How much is taken on a day; who stands behind another shares its room.
    pub(super) fn taken(&self, day: DayNumber) -> Amount {
        let there: Vec<&Taking> = self.takings.iter().filter(|it| it.on(day)).collect();
        let stacks = stacks(&there);
        stacks.iter().map(|stack| largest(&there, stack)).sum()
    }

    /// The largest quantity that is free on all days of an ask.
    pub(crate) fn least_free(&self, ask: &Ask, today: DayNumber, skip: &[Name]) -> Amount {
        let days = self.days(ask.from, ask.to, today).into_iter();
        let free = days.map(|day| self.free(day, &|taking| skip.contains(&taking.name)));
        free.min().unwrap_or(0)
    }

    /// Whether somebody shares one of the added days of a line who came after it, or stands before or behind it.
    pub(super) fn is_overtaken(&self, name: Name, added: &Ask, today: DayNumber) -> bool {
        let place = self.takings.iter().position(|taking| taking.name == name);
        let Some(place) = place else { return false };
        let own = &self.takings[place];
        let days = self.days(added.from, added.to, today);
        for (nth, other) in self.takings.iter().enumerate() {
            let meets = days.iter().any(|day| other.on(*day));
            if nth != place && meets && (nth > place || own.is_ranked_with(other)) {
                return true;
            }
        }
        false
    }

    /// Writes down, for every line, how much of it has no right beneath it on its worst day.
    pub(super) fn hang(&mut self, today: DayNumber) {
        let mut worst = vec![0; self.takings.len()];
        for day in self.days_of_takings(today) {
            let looked_at = |taking: &Taking| {
                let over = self.kind == Kind::Flow && day < today;
                !taking.is_freeze() && taking.on(day) && !over
            };
            let hanging = self.hanging_on(day);
            for (nth, taking) in self.takings.iter().enumerate() {
                if looked_at(taking) {
                    worst[nth] = Amount::max(worst[nth], hanging[nth]);
                }
            }
        }
        for (taking, hanging) in self.takings.iter_mut().zip(worst) {
            taking.hanging = hanging;
        }
    }

    fn days_of_takings(&self, today: DayNumber) -> Vec<DayNumber> {
        match self.kind {
            Kind::Stock => vec![today],
            Kind::Flow => {
                let last = self.takings.iter().map(|taking| taking.to).max();
                (today..last.unwrap_or(today)).collect()
            }
            Kind::Forest => (self.from..self.to).collect(),
            // Days that the right has lost are looked at as well.
            Kind::Sink => {
                let lines = self.takings.iter().filter(|taking| !taking.is_freeze());
                let mut days: Vec<DayNumber> = lines.flat_map(|line| line.from..line.to).collect();
                days.sort_unstable();
                days.dedup();
                days
            }
        }
    }

    /// What was lost of ground since a line or a hold was registered.
    fn lost(&self, name: Name) -> Amount {
        let stood = match name {
            Name::Line(id, _) | Name::Hold(id, _) | Name::Freeze(id) => id,
        };
        let uses = self.uses.iter();
        let lost = uses.filter(|(_, is_ordered, entry)| *is_ordered && stood < *entry);
        lost.map(|(quantity, _, _)| quantity).sum()
    }

    /// On one day: what lacks falls on what came last, each up to what it added to its stack; what exceeds the room that is
    /// left to its stack hangs.
    fn hanging_on(&self, day: DayNumber) -> Vec<Amount> {
        if self.kind.is_land() {
            // An order may be laid over land that is pledged; only land that is gone leaves a line hanging.
            let is_out = day < self.from || self.to <= day;
            let mut sold = self.converted.iter();
            let gone = is_out
                || self.revoked.is_some_and(|revoked| revoked <= day)
                || sold.any(|(from, to)| *from <= day && day < *to);
            let hangs = |taking: &Taking| if gone { 1 } else { self.lost(taking.name) };
            return self.takings.iter().map(hangs).collect();
        }
        let there: Vec<&Taking> = self
            .takings
            .iter()
            .filter(|taking| taking.on(day))
            .collect();
        let stacks = stacks(&there);
        let mut room: Vec<Amount> = stacks.iter().map(|stack| largest(&there, stack)).collect();
        let mut lack = room.iter().sum::<Amount>() - self.has(day);
        for nth in (0..there.len())
            .rev()
            .filter(|nth| !there[*nth].is_freeze())
        {
            let of = stacks
                .iter()
                .position(|stack| stack.contains(&nth))
                .unwrap();
            let before = stacks[of].iter().filter(|other| **other < nth);
            let before = before
                .map(|other| there[*other].quantity)
                .max()
                .unwrap_or(0);
            let added = (there[nth].quantity - before).max(0);
            let falls = added.min(lack.max(0));
            lack -= falls;
            room[of] -= falls;
        }
        let hangs = |taking: &Taking| {
            let Some(nth) = there.iter().position(|other| other.name == taking.name) else {
                return 0;
            };
            let of = stacks
                .iter()
                .position(|stack| stack.contains(&nth))
                .unwrap();
            (taking.quantity - room[of]).max(0)
        };
        self.takings.iter().map(hangs).collect()
    }
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

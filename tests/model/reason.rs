//! Why a command is refused, and how one line of it is judged against its right.

use super::right::{Kind, Right, Taking, first_day_of};
use super::{Amount, Ask, DayNumber, Name};

/// What stands in the way of a line, and what would be admissible instead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Detail {
    /// The line of the command, where it has some.
    pub(crate) line: Option<u16>,
    /// Names of what is in the way, in order of registration.
    pub(crate) in_the_way: Vec<String>,
    /// The first day on which it is so.
    pub(crate) first: Option<DayNumber>,
    /// How much of the smaller ground an overlap is, in millionths.
    pub(crate) share: Option<i64>,
    /// The largest admissible quantity.
    pub(crate) most: Option<Amount>,
    /// The same for each stretch of days (flows).
    pub(crate) stretches: Vec<(DayNumber, DayNumber, Amount)>,
    /// Stretches of free days (sinks).
    pub(crate) free: Vec<(DayNumber, DayNumber)>,
}

impl Detail {
    /// Counts what a line has already, and takes it out of its own way.
    fn raise(&mut self, present: Amount, own: Name) {
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

/// Codes that warn.
const WARNINGS: [u16; 16] = [
    1003, 2008, 2015, 4003, 4006, 4009, 4010, 6017, 6020, 7004, 7005, 7008, 7009, 7014, 8005, 9002,
];

impl Reason {
    pub(crate) fn warns(&self) -> bool {
        WARNINGS.contains(&self.code)
    }
}

/// Reasons for a refusal, and warnings; an acceptance has none of the former.
pub(crate) type Reasons = Vec<Reason>;

/// Whether there is a reason to refuse.
pub(crate) fn refuses(reasons: &Reasons) -> bool {
    reasons.iter().any(|reason| !reason.warns())
}

pub(super) fn reason(code: u16) -> Reason {
    Reason { code, detail: None }
}

/// What is to last longer does not; the first end with which it would.
pub(super) fn too_soon(
    line: Option<u16>,
    named: Option<String>,
    first: Option<DayNumber>,
) -> Reason {
    let detail = first.map(|first| Detail {
        line,
        in_the_way: named.into_iter().collect(),
        first: Some(first),
        ..Detail::default()
    });
    Reason { code: 4007, detail }
}

/// A right that is disputed is named first of those that claim its ground.
pub(super) fn disputed(line: Option<u16>, right: &Right) -> Reason {
    let detail = Some(Detail {
        line,
        in_the_way: vec![format!("R{}", right.id)],
        ..Detail::default()
    });
    Reason { code: 2019, detail }
}

pub(super) fn because(reasons: &mut Reasons, holds: bool, code: u16) {
    if holds {
        reasons.push(reason(code));
    }
}

/// What is looked at when a line is judged.
pub(super) struct Line<'a> {
    pub(super) right: &'a Right,
    pub(super) number: u16,
    pub(super) ask: &'a Ask,
    /// What it has already, and under which name.
    pub(super) present: Option<(Amount, Name)>,
    /// Whether the pledgor holds the right.
    pub(super) is_holders: bool,
    pub(super) today: DayNumber,
    /// What does not stand in its way.
    pub(super) skip: Vec<Name>,
    /// Whose places it takes: its own, or those of a hold that becomes it.
    pub(super) replaces: Vec<Name>,
    /// What the register knows; other lines of a command that is refused never have a name.
    pub(super) registered: &'a [Taking],
}

impl Line<'_> {
    /// Judges the line.
    pub(super) fn judge(&self, reasons: &mut Reasons) {
        let right = self.right;
        because(reasons, !self.is_holders, 5008);
        for code in right.bars() {
            reasons.push(reason(code));
        }
        if right.is_disputed() {
            reasons.push(disputed(Some(self.number), right));
        }
        because(reasons, right.succeeded_by.is_some(), 2016);
        because(reasons, right.to <= self.today, 2002);
        let is_of_days = matches!(right.kind, Kind::Flow | Kind::Sink);
        because(reasons, !is_of_days && self.today < right.from, 2022);
        because(reasons, right.revoked.is_some(), 2003);
        let own = self.ask.behind.len();
        let mut all = right.takings.clone();
        all.retain(|taking| !self.replaces.contains(&taking.name));
        all.push(Taking::of(Name::Line(0, 0), self.ask));
        let is_full = !right.has_places_for(&all, self.today);
        because(reasons, is_full || own > 31, 3011);
        if self.ask.quantity == 0 {
            reasons.push(reason(3004));
            return;
        }
        let (present, own) = self.present.unzip();
        let too_large = self.ask.quantity + present.unwrap_or(0) > right.most();
        if too_large {
            let detail = Some(Detail {
                line: Some(self.number),
                most: Some(
                    self.still_free()
                        .map_or(right.most(), |free| free + present.unwrap_or(0)),
                ),
                ..Detail::default()
            });
            reasons.push(Reason { code: 3008, detail });
        }
        // An addition that is too large is not looked at any further.
        let outside = (present.is_none() || !too_large) && self.is_outside(reasons);
        if too_large || right.revoked.is_some() {
            return;
        }
        let shortages = if outside {
            self.shortage_within()
        } else {
            self.shortage()
        };
        for mut reason in shortages {
            if let (Some(detail), Some(own)) = (&mut reason.detail, own) {
                detail.raise(present.unwrap_or(0), own);
            }
            reasons.push(reason);
        }
    }

    /// What one who asks for too much could still get on those of its days that the right has.
    fn still_free(&self) -> Option<Amount> {
        let (right, ask) = (self.right, self.ask);
        let (from, to) = (ask.from.max(right.from), ask.to.min(right.to));
        let has_some = from < to && self.today < to;
        let is_there = (!right.kind.has_days() || has_some) && right.revoked.is_none();
        if !is_there {
            return None;
        }
        let found = if right.kind.has_days() {
            self.shortage_on(from, to)
        } else {
            self.shortage()
        };
        found.into_iter().find(|it| it.code != 9001)?.detail?.most
    }

    /// What is in the way on other days.
    fn shortage_on(&self, from: DayNumber, to: DayNumber) -> Vec<Reason> {
        let ask = Ask {
            from,
            to,
            ..self.ask.clone()
        };
        let within = Line {
            ask: &ask,
            skip: self.skip.clone(),
            replaces: self.replaces.clone(),
            ..*self
        };
        within.shortage()
    }

    fn is_outside(&self, reasons: &mut Reasons) -> bool {
        let (right, ask) = (self.right, self.ask);
        if !right.kind.has_days() {
            return false;
        }
        if ask.to <= self.today {
            // Sinks are asked for by years, and the present one is not over.
            let since = match right.kind {
                Kind::Sink => first_day_of(year_of(self.today)),
                Kind::Stock | Kind::Flow | Kind::Forest => self.today,
            };
            self.offer_days(4008, None, (right.from.max(since), right.to), reasons);
            return true;
        }
        let converted = right.converted.iter();
        let gone = converted.filter(|(from, to)| *from < ask.to && ask.from < *to);
        let gone = gone.map(|(from, _)| ask.from.max(*from)).min();
        let first = if ask.from < right.from {
            ask.from
        } else {
            right.to
        };
        let beyond = ask.from < right.from || right.to < ask.to;
        if gone.is_some() || beyond {
            let days = (ask.from.max(right.from), ask.to.min(right.to));
            self.offer_days(4002, Some(gone.unwrap_or(first)), days, reasons);
        }
        gone.is_some() || beyond
    }

    /// Of days of which some are not of the right: what is in the way on the others, where on none of them there is room.
    fn shortage_within(&self) -> Vec<Reason> {
        let (right, ask) = (self.right, self.ask);
        let (from, to) = (ask.from.max(right.from), ask.to.min(right.to));
        let mut converted = right.converted.iter();
        let is_cut = ask.from < right.from || right.to < ask.to;
        let is_gone = converted.any(|(first, end)| *first < ask.to && ask.from < *end);
        let has_days = from < to && self.today < to;
        if !is_cut || is_gone || !has_days || !self.days_with_room(from, to).is_empty() {
            return Vec::new();
        }
        self.shortage_on(from, to)
    }

    /// Finds that days are out of the question, and offers those of others on which there is room.
    fn offer_days(
        &self,
        code: u16,
        first: Option<DayNumber>,
        (from, to): (DayNumber, DayNumber),
        reasons: &mut Reasons,
    ) {
        let mut free = self.days_with_room(from, to);
        free.retain(|(_, to)| self.today < *to);
        let detail = Some(Detail {
            line: Some(self.number),
            first,
            free,
            ..Detail::default()
        });
        reasons.push(Reason { code, detail });
    }

    /// The days on which all of the line would have room; of a line that is larger than the right ever was, what that had at most.
    fn days_with_room(&self, from: DayNumber, to: DayNumber) -> Vec<(DayNumber, DayNumber)> {
        let right = self.right;
        if right.kind == Kind::Sink {
            return runs((from..to).filter(|day| self.is_untaken(*day)));
        }
        let asked = self.ask.quantity.min(right.most());
        let skipped = |taking: &Taking| self.is_skipped(taking);
        let has_room = |day: DayNumber| right.free(day, &skipped) >= asked;
        // What is past takes no room, and goes with the day that follows it.
        runs((from..to).filter(|day| {
            let today = self.today.max(from);
            today < to && has_room(today.max(*day))
        }))
    }

    fn is_skipped(&self, taking: &Taking) -> bool {
        self.skip.contains(&taking.name)
    }

    /// The finding that too little is left on some day, and beside it that freezes alone are to blame.
    fn shortage(&self) -> Vec<Reason> {
        let (right, ask, line) = (self.right, self.ask, self.number);
        let days = right.days(ask.from, ask.to, self.today);
        let skipped = |taking: &Taking| self.is_skipped(taking);
        let free: Vec<Amount> = days.iter().map(|day| right.free(*day, &skipped)).collect();
        let Some(first) = free.iter().position(|free| *free < ask.quantity) else {
            return Vec::new();
        };
        let mut in_the_way = Vec::new();
        for taking in right.takings.iter().filter(|taking| !skipped(taking)) {
            if days.iter().any(|day| taking.on(*day)) {
                in_the_way.push(taking);
            }
        }
        let code = match right.kind {
            Kind::Stock => 3001,
            Kind::Flow => 3002,
            Kind::Forest | Kind::Sink => 3009,
        };
        let mut named = in_the_way.clone();
        named.retain(|taking| self.registered.iter().any(|it| it.name == taking.name));
        let mut detail = Detail {
            line: Some(line),
            in_the_way: names(&named),
            ..Detail::default()
        };
        if !right.kind.is_land() {
            detail.most = free.iter().copied().min();
        }
        if right.kind == Kind::Flow {
            detail.first = Some(days[first]);
            detail.stretches = stretches(&days, &free);
        }
        if right.kind == Kind::Sink {
            detail.free = self.free_days();
        }
        let mut reasons = Vec::new();
        let unfrozen = |taking: &Taking| skipped(taking) || taking.is_freeze();
        let is_enough = |day: &DayNumber| right.free(*day, &unfrozen) >= ask.quantity;
        in_the_way.retain(|taking| taking.is_freeze());
        if !in_the_way.is_empty() && days.iter().all(is_enough) {
            let frozen = Detail {
                line: Some(line),
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

    /// The days of a sink that nobody has taken, from today on.
    fn free_days(&self) -> Vec<(DayNumber, DayNumber)> {
        let days = self.right.from.max(self.today)..self.right.to;
        runs(days.filter(|day| self.is_untaken(*day)))
    }

    /// Whether nobody has taken a day of a sink, and it has turned into nothing.
    fn is_untaken(&self, day: DayNumber) -> bool {
        let mut takings = self.right.takings.iter();
        let mut converted = self.right.converted.iter();
        !takings.any(|taking| taking.on(day) && !self.is_skipped(taking))
            && !converted.any(|(from, to)| *from <= day && day < *to)
    }
}

/// Days as stretches without a gap: the first of each, and the day after its last.
pub(super) fn runs(days: impl Iterator<Item = DayNumber>) -> Vec<(DayNumber, DayNumber)> {
    let mut runs: Vec<(DayNumber, DayNumber)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, to)) if *to == day => *to = day + 1,
            Some(_) | None => runs.push((day, day + 1)),
        }
    }
    runs
}

/// The year of a day.
pub(super) fn year_of(day: DayNumber) -> i64 {
    let mut year = 1970;
    while first_day_of(year + 1) <= day {
        year += 1;
    }
    year
}

/// The first sixteen names.
fn names(takings: &[&Taking]) -> Vec<String> {
    let names = takings.iter().map(|taking| taking.name.to_string());
    names.take(16).collect()
}

/// What is free from day to day, neighbors with equal quantities as one.
fn stretches(days: &[DayNumber], free: &[Amount]) -> Vec<(DayNumber, DayNumber, Amount)> {
    let mut stretches: Vec<(DayNumber, DayNumber, Amount)> = Vec::new();
    for (day, free) in days.iter().zip(free) {
        match stretches.last_mut() {
            Some((_, to, quantity)) if *quantity == *free => *to = day + 1,
            Some(_) | None => stretches.push((*day, day + 1, *free)),
        }
    }
    stretches
}

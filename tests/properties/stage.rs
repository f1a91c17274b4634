//! Where acts are played: a small district in the registry and in the model, side by side.
//!
//! Turns an act into a signed command for the registry and into plain numbers for the model; `compare` looks at what came
//! of it.

use greenlien::domain::command::{Body, Expected, ExtentRequest, LineChange, LineRequest};
use greenlien::primitives::id::{FreezeId, PledgeId, ReservationId, RightId};
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::{Day, Span};

use super::acts::{ANY, Act, Much, OWN_SLOTS, Orderer, Part, Who, Wish};
use super::district::Plot;
use crate::model::{ALWAYS, Ask, Change, DayNumber, Kind, Model, Name, Reasons, first_day_of};
use crate::support::{Actor, Answer, Play as _, World, papers};

/// The days on which spans begin and end: few, so that many touch; the leap day among them, the last outside every flow.
const CALENDAR: [&str; 10] = [
    "2025-11-01",
    "2026-12-01",
    "2026-12-20",
    "2027-03-01",
    "2028-02-28",
    "2028-02-29",
    "2028-03-01",
    "2029-01-01",
    "2031-01-01",
    "2031-01-02",
];

/// The registry and the model, in one state.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) model: Model,
    pub(super) plots: Vec<Plot>,
    pub(super) registrar: Actor,
    pub(super) bureau: Actor,
    pub(super) stranger: Actor,
    pub(super) court: Actor,
    pub(super) banks: Vec<Actor>,
    pub(super) holders: Vec<Actor>,
}

impl Stage {
    /// Plays an act in both; returns the answer of the registry and the reasons of the model, or nothing where the act has
    /// no object yet.
    pub(crate) fn play(&mut self, act: &Act) -> Option<(Answer, Reasons)> {
        self.model.at(self.world.now().micros());
        match act {
            Act::Register {
                bank,
                holder,
                lines,
            } => {
                let asks = self.asks(*holder, lines, &[]);
                Some(self.register((*bank, *holder), &asks, None))
            }
            Act::Reserve {
                bank,
                holder,
                lines,
                days,
            } => {
                let asks = self.asks(*holder, lines, &[]);
                Some(self.reserve((*bank, *holder), &asks, *days))
            }
            Act::TakeOver { which, who, lines } => self.take_over(*which, *who, lines),
            Act::Cancel { which, who } => self.cancel(*which, *who),
            Act::Amend {
                which,
                who,
                stale,
                lines,
            } => self.amend(*which, *who, *stale, lines),
            Act::Extend { which, who, lines } => self.extend(*which, *who, lines),
            Act::Release { which, who, lines } => self.release(*which, *who, lines),
            Act::Freeze { wish, by } => Some(self.freeze(*wish, *by)),
            Act::Unfreeze {
                which,
                by_registrar,
            } => self.unfreeze(*which, *by_registrar),
            Act::Adjust {
                right,
                from,
                eighths,
                by_issuer,
            } => Some(self.adjust(*right, *from, *eighths, *by_issuer)),
            Act::Revoke { right, from } => Some(self.revoke(*right, *from)),
            Act::Wait { days } => {
                self.world.wait_days(*days);
                None
            }
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Words into numbers
    // -----------------------------------------------------------------------------------------------------------------

    fn asks(&self, holder: usize, wishes: &[Wish], skip: &[Name]) -> Vec<Ask> {
        let own = |nth: &usize| self.model.rights[*nth].holder == holder;
        let own: Vec<usize> = (0..self.plots.len()).filter(own).collect();
        let right = |slot: usize| {
            if slot < OWN_SLOTS {
                own[slot % own.len()]
            } else {
                slot % self.plots.len()
            }
        };
        let ask = |wish: &Wish| self.ask(right(wish.slot), wish, skip);
        wishes.iter().map(ask).collect()
    }

    fn ask(&self, right: usize, wish: &Wish, skip: &[Name]) -> Ask {
        let (from, to) = match self.model.rights[right].kind {
            Kind::Stock | Kind::Forest => ALWAYS,
            Kind::Flow => {
                let to = (wish.from + 1 + wish.length).min(CALENDAR.len() - 1);
                (number(CALENDAR[wish.from]), number(CALENDAR[to]))
            }
            Kind::Sink => {
                let first = 2024 + i64::try_from(wish.from).unwrap();
                let years = i64::try_from(wish.length).unwrap() + 1;
                (first_day_of(first), first_day_of(first + years))
            }
        };
        let mut ask = Ask {
            right,
            quantity: 1,
            from,
            to,
        };
        ask.quantity = self.quantity(&ask, wish.much, skip);
        ask
    }

    fn quantity(&self, ask: &Ask, much: Much, skip: &[Name]) -> i64 {
        let (plot, right) = (self.plots[ask.right], &self.model.rights[ask.right]);
        if matches!(right.kind, Kind::Forest | Kind::Sink) {
            return 1;
        }
        let free = right.least_free(ask, self.model.today(), skip);
        match much {
            Much::Eighths(eighths) => plot.eighths(eighths),
            Much::Exact => free,
            Much::OneMore => free + plot.grain,
        }
    }

    fn extent(&self, ask: &Ask) -> ExtentRequest {
        let unit = self.plots[ask.right].unit.to_owned();
        let amount = (Quantity::from_raw(ask.quantity).unwrap(), unit);
        match self.model.rights[ask.right].kind {
            Kind::Stock => ExtentRequest {
                amount: Some(amount),
                ..ExtentRequest::default()
            },
            Kind::Flow => ExtentRequest {
                amount: Some(amount),
                span: Span::new(day(ask.from), day(ask.to)),
                years: None,
            },
            Kind::Forest => papers::whole(),
            Kind::Sink => papers::years(day(ask.from).date().0, day(ask.to).previous().date().0),
        }
    }

    fn lines(&self, asks: &[Ask]) -> Vec<LineRequest> {
        let line = |ask: &Ask| papers::line(self.plots[ask.right].id, self.extent(ask));
        asks.iter().map(line).collect()
    }

    /// Picks a pledge, the latest first; mostly one that is open.
    fn pledge(&self, which: usize) -> Option<usize> {
        let pledges = &self.model.pledges;
        let is_open = |nth: &usize| pledges[*nth].lines.iter().any(|line| line.open);
        pick((0..pledges.len()).collect(), is_open, which)
    }

    /// Picks a reservation; mostly one that stands.
    fn hold(&self, which: usize) -> Option<usize> {
        let holds = &self.model.holds;
        let now = self.world.now().micros();
        let stands = |nth: &usize| !holds[*nth].ended && now < holds[*nth].expires;
        pick((0..holds.len()).collect(), stands, which)
    }

    fn other(&self, bank: usize, who: Who) -> usize {
        match who {
            Who::Own => bank,
            Who::Other => (bank + 1) % self.banks.len(),
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Commands, in both
    // -----------------------------------------------------------------------------------------------------------------

    fn submit(&mut self, giver: &Actor, body: Body, consent: Option<usize>) -> Answer {
        let consents: Vec<Actor> = consent
            .map(|nth| self.holders[nth].clone())
            .into_iter()
            .collect();
        let consents: Vec<&Actor> = consents.iter().collect();
        self.world.submit(giver, body, &consents, &[])
    }

    fn register(
        &mut self,
        (bank, holder): (usize, usize),
        asks: &[Ask],
        takes: Option<usize>,
    ) -> (Answer, Reasons) {
        let lines = self.lines(asks);
        let mut paper = papers::register(&self.holders[holder], lines);
        paper.reservation = takes.map(|nth| ReservationId(self.model.holds[nth].id));
        let index = self.world.next_index();
        let body = Body::RegisterPledge(Box::new(paper));
        let answer = self.submit(&self.banks[bank].clone(), body, Some(holder));
        let reasons = self.model.register(index, (bank, holder), asks, takes);
        (answer, reasons)
    }

    fn reserve(
        &mut self,
        (bank, holder): (usize, usize),
        asks: &[Ask],
        days: u64,
    ) -> (Answer, Reasons) {
        let lines = self.lines(asks);
        let body = papers::reserve(&self.holders[holder], lines, i32::try_from(days).unwrap());
        let index = self.world.next_index();
        let answer = self.submit(&self.banks[bank].clone(), body, Some(holder));
        let reasons = self.model.reserve(index, (bank, holder), asks, days);
        (answer, reasons)
    }

    fn take_over(&mut self, which: usize, who: Who, lines: &[Wish]) -> Option<(Answer, Reasons)> {
        let nth = self.hold(which)?;
        let hold = self.model.holds[nth].clone();
        let names: Vec<Name> = (0_u16..)
            .zip(&hold.lines)
            .map(|(line, _)| Name::Hold(hold.id, line))
            .collect();
        let asks = if lines.is_empty() {
            hold.lines
        } else {
            self.asks(hold.holder, lines, &names)
        };
        let bank = self.other(hold.bank, who);
        Some(self.register((bank, hold.holder), &asks, Some(nth)))
    }

    fn cancel(&mut self, which: usize, who: Who) -> Option<(Answer, Reasons)> {
        let nth = self.hold(which)?;
        let hold = &self.model.holds[nth];
        let (id, bank) = (ReservationId(hold.id), self.other(hold.bank, who));
        let body = Body::CancelReservation(id);
        let answer = self.submit(&self.banks[bank].clone(), body, None);
        Some((answer, self.model.cancel(nth, bank)))
    }

    fn amend(
        &mut self,
        which: usize,
        who: Who,
        stale: bool,
        lines: &[(usize, Much)],
    ) -> Option<(Answer, Reasons)> {
        let nth = self.pledge(which)?;
        let mut changes = Vec::new();
        for (number, much) in self.each_line(nth, lines) {
            let pledge = &self.model.pledges[nth];
            let ask = pledge.lines[usize::from(number)].ask;
            let quantity = self.quantity(&ask, much, &[Name::Line(pledge.id, number)]);
            changes.push((number, Change::Quantity(quantity)));
        }
        Some(self.change(nth, who, stale, &changes, papers::amend))
    }

    fn extend(
        &mut self,
        which: usize,
        who: Who,
        lines: &[(usize, usize)],
    ) -> Option<(Answer, Reasons)> {
        let nth = self.pledge(which)?;
        let end = |(line, nth): (u16, usize)| (line, Change::End(number(CALENDAR[nth + 1])));
        let changes: Vec<_> = self.each_line(nth, lines).into_iter().map(end).collect();
        Some(self.change(nth, who, false, &changes, papers::extend))
    }

    fn release(
        &mut self,
        which: usize,
        who: Who,
        lines: &[(usize, Part)],
    ) -> Option<(Answer, Reasons)> {
        let nth = self.pledge(which)?;
        let mut changes = Vec::new();
        for (number, part) in self.each_line(nth, lines) {
            let ask = self.model.pledges[nth].lines[usize::from(number)].ask;
            let grain = self.plots[ask.right].grain;
            let change = match part {
                Part::Eighths(eighths) => ask.quantity * eighths / 8 / grain * grain,
                Part::TooMuch => ask.quantity + grain,
                Part::Whole => {
                    changes.push((number, Change::GiveAllBack));
                    continue;
                }
            };
            changes.push((number, Change::GiveBack(change)));
        }
        Some(self.change(nth, who, false, &changes, papers::release))
    }

    /// Gives each change a line of the pledge, and each line one change.
    fn each_line<T: Copy>(&self, nth: usize, lines: &[(usize, T)]) -> Vec<(u16, T)> {
        let count = self.model.pledges[nth].lines.len();
        let mut named: Vec<(u16, T)> = Vec::new();
        for (line, what) in lines {
            let line = u16::try_from(line % count).unwrap();
            if named.iter().all(|(other, _)| *other != line) {
                named.push((line, *what));
            }
        }
        named
    }

    fn change(
        &mut self,
        nth: usize,
        who: Who,
        stale: bool,
        changes: &[(u16, Change)],
        paper: fn(PledgeId, Vec<LineChange>) -> Body,
    ) -> (Answer, Reasons) {
        let pledge = self.model.pledges[nth].clone();
        let bank = self.other(pledge.bank, who);
        let version = pledge.version + u64::from(stale);
        let change = |(line, change): &(u16, Change)| {
            let right = pledge.lines[usize::from(*line)].ask.right;
            let Plot { unit, grain, .. } = self.plots[right];
            let is_land = matches!(self.model.rights[right].kind, Kind::Forest | Kind::Sink);
            let (amount, to) = match change {
                Change::Quantity(quantity) | Change::GiveBack(quantity) => (Some(*quantity), None),
                Change::End(to) => (None, Some(day(*to))),
                Change::GiveAllBack => (None, None),
            };
            // The whole of a land right is 1 in the model, which is not a quantity of its unit.
            let raw = |raw: i64| if is_land { grain } else { raw };
            let amount = amount.map(|it| (Quantity::from_raw(raw(it)).unwrap(), unit.to_owned()));
            LineChange {
                line: *line,
                amount,
                to,
                behind: Vec::new(),
            }
        };
        let id = PledgeId(pledge.id);
        let body = paper(id, changes.iter().map(change).collect());
        let (giver, consent) = (
            self.banks[bank].clone(),
            self.holders[pledge.holder].clone(),
        );
        let consents = match body {
            Body::ReleasePledge { .. } => Vec::new(),
            _ => vec![&consent],
        };
        let expect = [(Expected::Pledge(id), version)];
        let answer = self.world.submit(&giver, body, &consents, &expect);
        (answer, self.model.change(nth, bank, version, changes))
    }

    fn freeze(&mut self, wish: Wish, by: Orderer) -> (Answer, Reasons) {
        let ask = self.ask(wish.slot % self.plots.len(), &wish, &[]);
        let (giver, authority) = match by {
            Orderer::Court => (&self.registrar, self.court.party),
            Orderer::Issuer => (&self.bureau, self.bureau.party),
            Orderer::Nobody => (&self.banks[0], self.court.party),
        };
        let body = Body::Freeze {
            right: self.plots[ask.right].id,
            authority,
            extent: self.extent(&ask),
            document: papers::document(),
        };
        let index = self.world.next_index();
        let answer = self.submit(&giver.clone(), body, None);
        let by_court = by == Orderer::Court;
        let reasons = self
            .model
            .freeze(index, &ask, by_court, by != Orderer::Nobody);
        (answer, reasons)
    }

    fn unfreeze(&mut self, which: usize, by_registrar: bool) -> Option<(Answer, Reasons)> {
        let freezes = &self.model.freezes;
        let nth = pick(
            (0..freezes.len()).collect(),
            |nth| !freezes[*nth].lifted,
            which,
        )?;
        let freeze = self.model.freezes[nth];
        let body = Body::Unfreeze {
            right: self.plots[freeze.right].id,
            freeze: FreezeId(freeze.id),
            document: papers::document(),
        };
        let giver = if by_registrar {
            &self.registrar
        } else {
            &self.bureau
        };
        let answer = self.submit(&giver.clone(), body, None);
        Some((answer, self.model.unfreeze(nth, by_registrar)))
    }

    fn adjust(
        &mut self,
        right: usize,
        from: usize,
        eighths: i64,
        by_issuer: bool,
    ) -> (Answer, Reasons) {
        let plot = self.plots[right];
        let (quantity, from) = (plot.eighths(eighths), number(CALENDAR[from]));
        let body = Body::AdjustRight {
            right: plot.id,
            from: day(from),
            amount: (Quantity::from_raw(quantity).unwrap(), plot.unit.to_owned()),
            document: papers::document(),
        };
        let giver = if by_issuer {
            &self.bureau
        } else {
            &self.stranger
        };
        let answer = self.submit(&giver.clone(), body, None);
        (answer, self.model.adjust(right, from, quantity, by_issuer))
    }

    fn revoke(&mut self, right: usize, from: usize) -> (Answer, Reasons) {
        let from = number(CALENDAR[from]);
        let body = Body::RevokeRight {
            right: self.plots[right].id,
            from: day(from),
            document: papers::document(),
        };
        let answer = self.submit(&self.bureau.clone(), body, None);
        (answer, self.model.revoke(right, from, true))
    }

    /// Returns the ids of the rights.
    pub(crate) fn rights(&self) -> impl Iterator<Item = RightId> {
        self.plots.iter().map(|plot| plot.id)
    }
}

/// Picks one of all where `which` is [`ANY`] or more, else one that stands; the latest first.
fn pick(all: Vec<usize>, stands: impl Fn(&usize) -> bool, which: usize) -> Option<usize> {
    let standing: Vec<usize> = all.iter().copied().filter(stands).collect();
    let from = if which < ANY && !standing.is_empty() {
        standing
    } else {
        all
    };
    from.len()
        .checked_sub(1)
        .map(|last| from[last - which % from.len()])
}

pub(super) fn number(text: &str) -> DayNumber {
    papers::day(text).number().into()
}

fn day(number: DayNumber) -> Day {
    Day::of(1970, 1, 1)
        .unwrap()
        .plus(i32::try_from(number).unwrap())
}

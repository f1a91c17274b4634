//! A right: what was issued, to whom, over which days, and every burden on it in the order of registration.
//!
//! Stored state holds spans and facts, never the word "active" and never what is free: both are functions of this state and
//! of a day (ARCHITECTURE section 3).

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::cell::Cell;
use crate::domain::fold::Stamp;
use crate::domain::geometry::polygon::Parcel;
use crate::domain::land::without;
use crate::domain::order::Order;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// How the world knows a right: a scheme and the one normal form of its value; a key for ever, never reused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Identity {
    /// The name of the scheme, such as `real-estate-unit`.
    pub scheme: String,
    /// The normal form; parts are joined with `|`.
    pub value: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.value)
    }
}

/// How much of a right a burden takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// A quantity of a stock, from registration until release.
    Stock(Quantity),
    /// A quantity of a flow over the collateral span.
    Flow(Quantity, Span),
    /// The whole of a land right, from registration until release.
    Whole,
    /// Whole years of a land right.
    Years(Span),
}

impl Extent {
    /// Says whether it takes no more than another one, and on no other days.
    pub fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (Self::Stock(asked), Self::Stock(there)) => asked <= there,
            (Self::Flow(asked, days), Self::Flow(there, all)) => asked <= there && all.covers(days),
            (Self::Years(days), Self::Years(all)) => all.covers(days),
            (Self::Whole, Self::Whole) => true,
            (Self::Stock(_) | Self::Flow(..) | Self::Years(_) | Self::Whole, _) => false,
        }
    }
}

/// The name of one burden on a right: `P57.0` a line, `V58.0` a reserved line, `F60` a freeze.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BurdenId {
    /// Line number of a pledge.
    Line(PledgeId, u16),
    /// Line number of a reservation.
    Hold(ReservationId, u16),
    /// A freeze.
    Freeze(FreezeId),
}

impl BurdenId {
    /// Parses the printed form.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(freeze) = FreezeId::parse(text) {
            return Some(Self::Freeze(freeze));
        }
        let (record, line) = text.split_once('.')?;
        let line = u16::try_from(crate::primitives::id::parse_index(line)?).ok()?;
        PledgeId::parse(record)
            .map(|pledge| Self::Line(pledge, line))
            .or_else(|| ReservationId::parse(record).map(|hold| Self::Hold(hold, line)))
    }

    /// Returns the pledge whose line the burden is.
    pub fn pledge(self) -> Option<PledgeId> {
        match self {
            Self::Line(pledge, _) => Some(pledge),
            Self::Hold(..) | Self::Freeze(_) => None,
        }
    }

    /// The entry at which its pledge, reservation or freeze was registered; a line may have been added later.
    pub fn entry(self) -> EntryIndex {
        match self {
            Self::Line(pledge, _) => pledge.0,
            Self::Hold(reservation, _) => reservation.0,
            Self::Freeze(freeze) => freeze.0,
        }
    }

    /// Says whether the burden is a freeze.
    pub fn is_freeze(self) -> bool {
        match self {
            Self::Freeze(_) => true,
            Self::Line(..) | Self::Hold(..) => false,
        }
    }
}

impl fmt::Display for BurdenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(pledge, line) => write!(f, "{pledge}.{line}"),
            Self::Hold(reservation, line) => write!(f, "{reservation}.{line}"),
            Self::Freeze(freeze) => write!(f, "{freeze}"),
        }
    }
}

/// The part of a burden that an authority's act has left without a right beneath it (悬空).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overhang {
    /// This much of its quantity, at the worst instant.
    Amount(Quantity),
    /// All of it.
    Whole,
}

/// One burden on a right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Burden {
    /// Its name.
    pub id: BurdenId,
    /// How much it takes.
    pub extent: Extent,
    /// When a reservation, or a freeze with a term, ends by itself.
    pub expires: Option<Timestamp>,
    /// The authority that ordered a freeze.
    pub authority: Option<PartyId>,
    /// The burdens it stands behind; those that are no longer on the right do not count.
    pub behind: Vec<BurdenId>,
    /// What an authority's act has left without a right beneath it.
    pub overhang: Option<Overhang>,
    /// What the order behind a freeze says beyond its quantity (law 2).
    pub order: Option<Box<Order>>,
}

impl Burden {
    /// Says whether the burden counts at `now`: reservations and freezes with a term end by themselves, all else is ended by
    /// an entry.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// A named parcel that a sink draws on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedParcel {
    /// The identity by which the command named it.
    pub unit: String,
    /// The right whose ground it is.
    pub right: RightId,
}

/// The ground of a land right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroundOf {
    /// Nothing is known of where it lies; it cannot be pledged.
    Unknown,
    /// A polygon of its own.
    Polygon(Parcel),
    /// The ground of other registered rights.
    Units(Vec<NamedParcel>),
}

/// How much of a right there is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// Model A: a balance.
    Stock(Quantity),
    /// Model B: steps `(first day, quantity)` in ascending order; each holds until the next or the end of the span.
    Flow(Vec<(Day, Quantity)>),
    /// Model C: ground, and its measure (mu, or tonnes a year).
    Land {
        /// The ground.
        ground: GroundOf,
        /// The measure that the certificate states.
        measure: Quantity,
        /// The grid cells in which the ground lies, and the parcels without polygon that it stands on, ascending.
        cells: Vec<Cell>,
        /// Twice the area, in squared units of 1e-7 degree, of all overlaps ever tolerated, rounded up.
        tolerated_area2: i128,
    },
}

/// A registered right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Right {
    /// The kind, such as `emission`.
    pub kind: String,
    /// The authority that issued it.
    pub issuer: PartyId,
    /// The party that holds it.
    pub holder: PartyId,
    /// The entry at which the holder got it from another; none where it has held the right since it was created.
    pub acquired: Option<EntryIndex>,
    /// How the world knows it; the first identity is of the kind's first scheme.
    pub identities: Vec<Identity>,
    /// What it is drawn from, where the kind names a source.
    pub source: Option<String>,
    /// The benefit layer of a land right.
    pub layer: Option<String>,
    /// Its days.
    pub span: Span,
    /// How much there is.
    pub capacity: Capacity,
    /// The class that may bar a pledge, such as 公益林.
    pub class: Option<String>,
    /// Other members of the certificate.
    pub attributes: BTreeMap<String, String>,
    /// Burdens in order of registration.
    pub burdens: Vec<Burden>,
    /// Rights it succeeds.
    pub succeeds: Vec<RightId>,
    /// The right that succeeded it; it carries the burdens now.
    pub succeeded_by: Option<RightId>,
    /// The issuer declared it additional to another right on the same source.
    pub additional: bool,
    /// The digest of the adjudication under which an overlap was registered; disputed until resolved.
    pub adjudication: Option<Hash>,
    /// The day from which an authority revoked it.
    pub revoked_from: Option<Day>,
    /// The digest of the document by which the dispute over its ground was decided.
    pub resolution: Option<Hash>,
    /// Years that have turned into another right or that a court has sold; nothing is pledged of them any more.
    pub converted: Vec<Span>,
    /// What was used up of ground, or lost: timber that was felled, a fire, an expropriation.
    pub uses: Vec<Used>,
    /// The latest questions of guarantors that were recorded.
    pub verifications: Vec<Verified>,
}

/// A part of the measure of ground that was used up or lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// How much of it.
    pub quantity: Quantity,
    /// An authority recorded it by itself, so whoever stood on the ground has lost it.
    pub ordered: bool,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// A recorded question of a guarantor, with what it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Who asked.
    pub guarantor: PartyId,
    /// The digest of the question.
    pub question: Hash,
    /// The digest of the answer.
    pub answer: Hash,
    /// The size of the log under which it was told.
    pub size: u64,
    /// The root of that log.
    pub root: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

impl Right {
    /// Returns the burden of this name.
    pub fn burden(&self, id: BurdenId) -> Option<&Burden> {
        self.burdens.iter().find(|burden| burden.id == id)
    }

    /// The lines and reservations that stand.
    pub fn standing(&self, now: Timestamp) -> impl Iterator<Item = &Burden> {
        let burdens = self.burdens.iter();
        burdens.filter(move |burden| burden.counts_at(now) && !burden.id.is_freeze())
    }

    /// The same, but for lines of a flow whose days are over.
    pub fn lasting(&self, now: Timestamp) -> impl Iterator<Item = &Burden> {
        self.standing(now)
            .filter(move |burden| match burden.extent {
                Extent::Flow(_, span) => now.day() < span.to(),
                Extent::Stock(_) | Extent::Whole | Extent::Years(_) => true,
            })
    }

    /// Those of them that stand behind a line of a pledge that stands here itself: names of what has ended stay, and count no more.
    pub fn behind(&self, pledge: PledgeId, now: Timestamp) -> impl Iterator<Item = &Burden> {
        let stands = move |senior: &BurdenId| {
            let senior = self.burden(*senior);
            senior.is_some_and(|senior| senior.counts_at(now))
        };
        let is_of = move |senior: &BurdenId| senior.pledge() == Some(pledge) && stands(senior);
        self.lasting(now)
            .filter(move |burden| burden.behind.iter().any(is_of))
    }

    /// Says whether it stands over an overlap that nobody has decided yet.
    pub fn is_disputed(&self) -> bool {
        self.adjudication.is_some() && self.resolution.is_none()
    }

    /// Takes out what was sold, so that nothing of it is free before its buyer has it: units leave a stock, and a flow on the days
    /// of `sold` from the day of the entry on. Years leave ground that has others to come; else it goes to `buyer` as a whole. Says
    /// whether it could.
    pub fn sell(&mut self, sold: Extent, buyer: Option<PartyId>, at: Stamp) -> bool {
        let today = at.time.day();
        let leaves = match sold {
            Extent::Years(years) => Some(years).filter(|years| self.outlasts(*years, today)),
            Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => None,
        };
        match (&mut self.capacity, sold, buyer) {
            (Capacity::Stock(balance), Extent::Stock(quantity), _) => {
                *balance = balance.saturating_sub(quantity);
                true
            }
            (Capacity::Flow(steps), Extent::Flow(quantity, days), _) => {
                if let Some(days) = days.since(today) {
                    lessen(steps, days, self.span.to(), quantity);
                }
                true
            }
            (Capacity::Land { .. }, Extent::Whole | Extent::Years(_), Some(buyer)) => {
                match leaves {
                    Some(years) => self.converted.extend(self.whole_years(years)),
                    None => self.go_to(buyer, at.index),
                }
                true
            }
            (_, Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_), _) => false,
        }
    }

    /// Another holds it from an entry on.
    pub fn go_to(&mut self, holder: PartyId, entry: EntryIndex) {
        self.holder = holder;
        self.acquired = Some(entry);
    }

    /// Says whether it has days from `today` on beside these and those that have turned into something else.
    pub fn outlasts(&self, years: Span, today: Day) -> bool {
        let gone = self.converted.iter().copied().chain([years]);
        let to_come = self.live_span().and_then(|live| live.since(today));
        to_come.is_some_and(|days| !without(days, gone).is_empty())
    }

    /// Returns those of some years that the right has to their end: what a revocation took away was sold to nobody, and another may
    /// have it by now.
    fn whole_years(&self, years: Span) -> Option<Span> {
        let (last, ..) = self.live_span()?.to().date();
        Span::new(years.from(), years.to().min(Day::of(last, 1, 1)?))
    }

    /// Returns the days that the right gets where it is to last until `to`: those after its end, or, where `to` is its end, those
    /// that a revocation has cut off; none where it gets none.
    pub fn gains(&self, to: Day) -> Option<Span> {
        match self.revoked_from {
            Some(from) if to == self.span.to() => Span::new(from.max(self.span.from()), to),
            Some(_) | None => Span::new(self.span.to(), to),
        }
    }

    /// Returns the largest quantity the right ever has.
    pub fn most(&self) -> Quantity {
        match &self.capacity {
            Capacity::Stock(balance) => *balance,
            Capacity::Flow(steps) => steps
                .iter()
                .map(|(_, quantity)| *quantity)
                .max()
                .unwrap_or_default(),
            Capacity::Land { measure, .. } => *measure,
        }
    }

    /// Returns how much of the measure of ground an authority has recorded as lost since a burden was registered: who came later
    /// has lent on what was left.
    pub fn lost_since(&self, burden: BurdenId) -> Quantity {
        let uses = self.uses.iter();
        let lost = uses.filter(|used| used.ordered && burden.entry() < used.entry);
        lost.fold(Quantity::ZERO, |sum, used| {
            sum.saturating_add(used.quantity)
        })
    }

    /// Returns the days of the right that an authority has not cut off; none when all are.
    pub fn live_span(&self) -> Option<Span> {
        match self.revoked_from {
            None => Some(self.span),
            Some(day) => Span::new(self.span.from(), self.span.to().min(day)),
        }
    }
}

/// Makes the steps of a flow that ends on `end` less by a quantity on some days; there is a step where these begin and end.
fn lessen(steps: &mut Vec<(Day, Quantity)>, days: Span, end: Day, quantity: Quantity) {
    for day in [days.from(), days.to()] {
        let before = steps.iter().rposition(|(from, _)| *from <= day);
        let known = before.and_then(|at| Some((at, *steps.get(at)?)));
        if let Some((at, (from, level))) = known
            && from < day
            && day < end
        {
            steps.insert(at + 1, (day, level));
        }
    }
    for (from, level) in steps.iter_mut() {
        if days.contains(*from) {
            *level = level.saturating_sub(quantity);
        }
    }
}

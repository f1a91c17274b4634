//! How a right stands at a moment, in one word, and what of it is not burdened: the same for its page, for lists and in
//! spreadsheets, so that none of them shows as free what another does not.
//!
//! Nothing is decided here: the quantities are those that the law counts.

use crate::domain::finding::{Code, Severity};
use crate::domain::flow::{Flow, Segment};
use crate::domain::land;
use crate::domain::policy::{ExtentRule, KindPolicy};
use crate::domain::right::{Burden, BurdenId, Capacity, GroundOf, Right};
use crate::domain::rules::burdens::lost_now;
use crate::domain::stock;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// The statuses a right may show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StatusOf {
    /// No burden is found.
    Free,
    /// Some is taken, some is left.
    Partly,
    /// Nothing is left.
    Fully,
    /// An authority has frozen some of it.
    Frozen,
    /// A burden has no right, or less than it takes, beneath it.
    Hanging,
    /// Registered under an open dispute.
    Disputed,
    /// The rules of its kind refuse a pledge of it as it stands.
    Barred,
    /// Its days are over, or an authority revoked it.
    Ended,
    /// A later right took its place.
    Succeeded,
}

impl StatusOf {
    /// All of them, as people want them listed.
    pub const ALL: [Self; 9] = [
        Self::Free,
        Self::Partly,
        Self::Fully,
        Self::Frozen,
        Self::Hanging,
        Self::Disputed,
        Self::Barred,
        Self::Ended,
        Self::Succeeded,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Partly => "partly",
            Self::Fully => "fully",
            Self::Frozen => "frozen",
            Self::Hanging => "overhang",
            Self::Disputed => "disputed",
            Self::Barred => "barred",
            Self::Ended => "ended",
            Self::Succeeded => "succeeded",
        }
    }

    /// What it is called, Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Free => ("未见负担", "no burden found"),
            Self::Partly => ("部分已担保", "partly pledged"),
            Self::Fully => ("已全部担保", "fully pledged"),
            Self::Frozen => ("有查封冻结", "frozen in part or whole"),
            Self::Hanging => ("担保悬空", "pledge overhanging"),
            Self::Disputed => ("有争议", "disputed"),
            Self::Barred => ("现不得设立担保", "may not be pledged now"),
            Self::Ended => ("已到期或撤销", "ended"),
            Self::Succeeded => ("已承继", "succeeded"),
        }
    }

    /// Parses its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// What may be asked for.
    pub const WORDS: &'static str =
        "free, partly, fully, frozen, overhang, disputed, barred, ended or succeeded";

    /// Says whether such a right may still be pledged, as far as this word goes.
    pub fn may_be_free(self) -> bool {
        match self {
            Self::Free | Self::Partly | Self::Fully | Self::Frozen | Self::Hanging => true,
            Self::Disputed | Self::Barred | Self::Ended | Self::Succeeded => false,
        }
    }
}

/// What of a right is not burdened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unburdened {
    /// Of a flow, from today on, part by part; parts with as much are one.
    Flow(Vec<(Quantity, Span)>),
    /// Of a stock.
    Stock(Quantity),
    /// Of land that is taken whole: whether it is.
    Whole(bool),
    /// Of land that is taken by years, from this year on.
    Years(Vec<Span>),
}

/// Returns how a right stands.
pub fn status_of(right: &Right, policy: &KindPolicy, now: Timestamp) -> StatusOf {
    let counted: Vec<&Burden> = right.burdens.iter().filter(|b| b.counts_at(now)).collect();
    let is_over = right.live_span().is_none_or(|live| live.to() <= now.day());
    let lost = |burden: &&Burden| lost_now(right, burden.id, now).is_some();
    if right.succeeded_by.is_some() {
        return StatusOf::Succeeded;
    } else if is_over {
        return StatusOf::Ended;
    } else if right.adjudication.is_some() {
        return StatusOf::Disputed;
    } else if counted.iter().any(lost) {
        return StatusOf::Hanging;
    } else if counted
        .iter()
        .any(|burden| matches!(burden.id, BurdenId::Freeze(_)))
    {
        return StatusOf::Frozen;
    }
    let status = match unburdened(right, policy, now) {
        Unburdened::Flow(_) => of_flow(right, now),
        Unburdened::Stock(free) => match (right.most() == free, free.is_zero()) {
            (true, _) => StatusOf::Free,
            (false, true) => StatusOf::Fully,
            (false, false) => StatusOf::Partly,
        },
        Unburdened::Whole(true) => StatusOf::Free,
        Unburdened::Whole(false) => StatusOf::Fully,
        Unburdened::Years(free) => match (counted.is_empty(), free.is_empty()) {
            (true, _) => StatusOf::Free,
            (false, true) => StatusOf::Fully,
            (false, false) => StatusOf::Partly,
        },
    };
    if status == StatusOf::Free && is_barred(right, policy) {
        StatusOf::Barred
    } else {
        status
    }
}

/// Returns what is not burdened.
pub fn unburdened(right: &Right, policy: &KindPolicy, now: Timestamp) -> Unburdened {
    match &right.capacity {
        Capacity::Flow(_) => {
            let profile = profile(right, now);
            let alike = profile.chunk_by(|one, next| one.free == next.free);
            let part = |alike: &[Segment]| {
                let (first, last) = (alike.first()?, alike.last()?);
                Some((first.free, Span::new(first.span.from(), last.span.to())?))
            };
            Unburdened::Flow(alike.filter_map(part).collect())
        }
        Capacity::Stock(balance) => {
            let used = stock::used(&right.burdens, now, &|_| false);
            Unburdened::Stock(balance.saturating_sub(used))
        }
        Capacity::Land { .. } if policy.extent == ExtentRule::Years => {
            Unburdened::Years(free_years(right, now))
        }
        Capacity::Land { .. } => {
            let mut burdens = right.burdens.iter();
            Unburdened::Whole(!burdens.any(|burden| burden.counts_at(now)))
        }
    }
}

/// The free years of land, from this one on: years that are over are nobody's to pledge.
fn free_years(right: &Right, now: Timestamp) -> Vec<Span> {
    let span = right.live_span().unwrap_or(right.span);
    let this_year = Day::of(now.day().date().0, 1, 1);
    let open = this_year.map_or(Some(span), |first| span.since(first));
    let free = open.map(|open| land::free_spans(right, open, now, &|_| false));
    free.unwrap_or_default()
}

/// What of a flow is free from today on; nothing of another right.
pub fn profile(right: &Right, now: Timestamp) -> Vec<Segment> {
    let (Capacity::Flow(steps), Some(live)) = (&right.capacity, right.live_span()) else {
        return Vec::new();
    };
    flow(right, steps, now).profile(live, &|_| false)
}

fn flow<'a>(right: &'a Right, steps: &'a [(Day, Quantity)], now: Timestamp) -> Flow<'a> {
    Flow {
        steps,
        live: right.live_span(),
        burdens: &right.burdens,
        now,
    }
}

fn of_flow(right: &Right, now: Timestamp) -> StatusOf {
    let Capacity::Flow(steps) = &right.capacity else {
        return StatusOf::Free;
    };
    let flow = flow(right, steps, now);
    let profile = profile(right, now);
    let taken = |part: &Segment| part.free < flow.quantity_on(part.span.from());
    if profile.is_empty() {
        StatusOf::Ended
    } else if profile.iter().all(|part| part.free.is_zero()) && !right.burdens.is_empty() {
        StatusOf::Fully
    } else if profile.iter().any(taken) {
        StatusOf::Partly
    } else {
        StatusOf::Free
    }
}

/// Returns how much of a right there is on a day: of a flow then, or on its first day where it has not begun.
pub fn quantity_on(right: &Right, day: Day) -> Quantity {
    match &right.capacity {
        Capacity::Flow(steps) => {
            let day = day.max(right.span.from());
            let begun = steps.iter().take_while(|(from, _)| *from <= day);
            begun.last().map_or(Quantity::ZERO, |(_, much)| *much)
        }
        Capacity::Stock(_) | Capacity::Land { .. } => right.most(),
    }
}

/// Returns why the rules of its kind refuse any pledge of a right as it stands, in the order in which the law asks: its class, what
/// its issuer says of it, and that nobody knows where it lies.
///
/// The parcels beneath another right are records of their own, which only a question reads.
pub fn bars(right: &Right, policy: &KindPolicy) -> Vec<Code> {
    let by_class = policy.bars_class(right.class.as_deref());
    let is_unknown = matches!(
        &right.capacity,
        Capacity::Land {
            ground: GroundOf::Unknown,
            ..
        }
    );
    let of_attributes = policy.switches.barred(right).into_iter();
    let refusing = of_attributes
        .map(|finding| finding.code)
        .filter(|code| code.check().severity == Severity::Refuse);
    let class = by_class.then_some(Code::NotPledgeable).into_iter();
    class
        .chain(refusing)
        .chain(is_unknown.then_some(Code::GroundUnknownPledge))
        .collect()
}

/// Says whether the rules of its kind refuse a pledge of a right as it stands.
pub fn is_barred(right: &Right, policy: &KindPolicy) -> bool {
    !bars(right, policy).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_name_of_its_own() {
        for status in StatusOf::ALL {
            assert_eq!(StatusOf::parse(status.name()), Some(status));
        }
        assert_eq!(StatusOf::parse("nothing"), None);
    }
}

//! How a right is divided: how much there is to divide, which lines go along, and the largest part that could go with them.
//!
//! A stock is divided as it stands. A flow is divided from today on, on every day alike; a line goes along with its days to
//! come. Ground is not divided.

use crate::domain::command::TransferPart;
use crate::domain::finding::{Code, Finding};
use crate::domain::flow::{Flow, least_free};
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use crate::domain::rules::Findings;
use crate::domain::rules::acts::rights::at_most;
use crate::domain::rules::acts::rights::made::Moved;
use crate::domain::stock;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Day, Span, Timestamp};

/// What of a right can be divided, at one moment.
pub(super) struct Whole<'a> {
    right: &'a Right,
    levels: Levels<'a>,
    now: Timestamp,
}

/// Burdens of one side, and of each whether it secures from both sides.
type Half = Vec<(Burden, bool)>;

/// How much there is.
enum Levels<'a> {
    Stock(Quantity),
    /// Steps of a flow, and its days to come; none where all are over.
    Flow(&'a [(Day, Quantity)], Option<Span>),
}

impl<'a> Whole<'a> {
    /// None where the right is not divided.
    pub(super) fn of(right: &'a Right, now: Timestamp) -> Option<Self> {
        let levels = match &right.capacity {
            Capacity::Stock(balance) => Levels::Stock(*balance),
            Capacity::Flow(steps) => Levels::Flow(steps, right.span.since(now.day())),
            Capacity::Land { .. } => return None,
        };
        Some(Self { right, levels, now })
    }

    /// How much there is on each day, at least.
    pub(super) fn least(&self) -> Quantity {
        match &self.levels {
            Levels::Stock(balance) => *balance,
            Levels::Flow(..) => self.least_beside(&[]),
        }
    }

    /// What a right has that gets so much of it: its quantity and its days.
    pub(super) fn part(&self, amount: Quantity) -> Option<(Capacity, Span)> {
        match &self.levels {
            Levels::Stock(_) => Some((Capacity::Stock(amount), self.right.span)),
            Levels::Flow(_, days) => {
                days.map(|days| (Capacity::Flow(vec![(days.from(), amount)]), days))
            }
        }
    }

    /// What leaves the right with a part.
    pub(super) fn taken(&self, amount: Quantity) -> Extent {
        match &self.levels {
            Levels::Stock(_) => Extent::Stock(amount),
            Levels::Flow(..) => Extent::Flow(amount, self.right.span),
        }
    }

    /// The check that more is taken than there is.
    pub(super) fn shortage(&self) -> Code {
        match &self.levels {
            Levels::Stock(_) => Code::DoublePledgeStock,
            Levels::Flow(..) => Code::DoublePledgeFlow,
        }
    }

    /// Says whether a part leaves room for the burdens that stay, and has room for those that go along.
    pub(super) fn fits(&self, amount: Quantity, stay: &[Burden], along: &[Burden]) -> bool {
        let most = match &self.levels {
            Levels::Stock(balance) => stock::free(*balance, stay, self.now, &|_| false),
            Levels::Flow(..) => self.least_beside(stay),
        };
        amount <= most && self.most_used(along) <= amount
    }

    /// The most that can go as a part with these lines along: something stays, what stays carries the lines that stay, and what
    /// goes those that go; zero where no part would do.
    pub(super) fn largest(&self, policy: &KindPolicy, moved: &[Moved]) -> Quantity {
        let step = 10_i64.pow(u32::from(6_u8.saturating_sub(policy.scale.digits())));
        let step = Quantity::from_raw(step).unwrap_or_default();
        let (staying, going) = self.halves(moved);
        let (most, along) = match &self.levels {
            Levels::Stock(balance) => {
                let room = room_for(&staying, self.now).max(step);
                (balance.saturating_sub(room), room_for(&going, self.now))
            }
            Levels::Flow(..) => {
                let of = |half: Half| -> Vec<Burden> {
                    half.into_iter().map(|(burden, _)| burden).collect()
                };
                let room = self.least_beside(&of(staying));
                let most = self.least().saturating_sub(step).min(room);
                (most, self.most_used(&of(going)))
            }
        };
        if along <= most { most } else { Quantity::ZERO }
    }

    /// The burdens that stay and those that go.
    fn halves(&self, moved: &[Moved]) -> (Half, Half) {
        let (mut staying, mut going) = (Vec::new(), Vec::new());
        for burden in &self.right.burdens {
            let Some(item) = moved.iter().find(|item| item.line == burden.id) else {
                staying.push((burden.clone(), false));
                continue;
            };
            let of = |extent| Burden {
                extent,
                ..burden.clone()
            };
            if let Some(whole) = item.joint {
                staying.push((of(Extent::Stock(whole)), true));
                going.push((of(Extent::Stock(whole)), true));
                continue;
            }
            going.push((of(item.goes), false));
            staying.extend(item.stays.map(|stays| (of(stays), false)));
        }
        (staying, going)
    }

    /// What is free beside burdens on every day to come.
    fn least_beside(&self, burdens: &[Burden]) -> Quantity {
        match &self.levels {
            Levels::Stock(balance) => *balance,
            Levels::Flow(steps, days) => {
                let flow = Flow {
                    steps,
                    live: self.right.live_span(),
                    burdens,
                    now: self.now,
                };
                let profile = days.map(|days| flow.profile(days, &|_| false));
                least_free(&profile.unwrap_or_default())
            }
        }
    }

    /// What burdens take together, at most.
    fn most_used(&self, burdens: &[Burden]) -> Quantity {
        match &self.levels {
            Levels::Stock(_) => stock::used(burdens, self.now, &|_| false),
            Levels::Flow(_, days) => {
                // Beneath no steps all that is taken is missing.
                let flow = Flow {
                    steps: &[],
                    live: *days,
                    burdens,
                    now: self.now,
                };
                let profile = days.map(|days| flow.profile(days, &|_| false));
                let lacks = profile.unwrap_or_default().into_iter().map(|it| it.lack);
                lacks.max().unwrap_or_default()
            }
        }
    }

    /// The parts of lines that go along; each line once, and no more of it than there is. Nothing where one of them cannot.
    pub(super) fn allocated(
        &self,
        part: &TransferPart,
        left: Quantity,
        found: &mut Findings,
    ) -> Option<Vec<Moved>> {
        let mut moved: Vec<Moved> = Vec::new();
        for of in &part.allocations {
            let burden = self.right.burden(of.line);
            let burden = burden.filter(|burden| burden.counts_at(self.now));
            let burden = burden.map(|burden| burden.extent);
            let (Some((held, to_come)), BurdenId::Line(..)) =
                (burden.and_then(|extent| self.to_come(extent)), of.line)
            else {
                found.add(Finding::of(Code::ClosedPledge).with(of.line));
                continue;
            };
            let is_flow = matches!(to_come, Extent::Flow(..));
            if is_flow && of.quantity.is_none() {
                found.add(Finding::of(Code::NotApplicable).with(of.line));
                continue;
            }
            let twice = moved.iter().any(|item| item.line == of.line);
            let [stays, goes] = match of.quantity {
                Some(goes) => [held.checked_sub(goes), Some(goes)],
                None => [Some(held.min(left)), Some(held.min(part.amount.0))],
            };
            match stays.zip(goes) {
                Some((_, goes)) if goes.is_zero() => {
                    found.add(Finding::of(Code::ZeroQuantity).with(of.line));
                }
                Some((stays, goes)) if !twice => moved.push(Moved {
                    line: of.line,
                    stays: burden
                        .filter(|_| !stays.is_zero())
                        .map(|extent| with_quantity(extent, stays)),
                    goes: with_quantity(to_come, goes),
                    joint: of.quantity.is_none().then_some(held),
                }),
                Some(_) | None => found.add(at_most(Code::ExceedsPledge, held).with(of.line)),
            }
        }
        (moved.len() == part.allocations.len()).then_some(moved)
    }

    /// The quantity of a line, and what of it a part could take along; none where its days are over.
    fn to_come(&self, extent: Extent) -> Option<(Quantity, Extent)> {
        match extent {
            Extent::Stock(held) => Some((held, extent)),
            Extent::Flow(held, days) => {
                let days = days.since(self.now.day())?;
                Some((held, Extent::Flow(held, days)))
            }
            Extent::Whole | Extent::Years(_) => None,
        }
    }
}

fn with_quantity(extent: Extent, quantity: Quantity) -> Extent {
    match extent {
        Extent::Stock(_) => Extent::Stock(quantity),
        Extent::Flow(_, days) => Extent::Flow(quantity, days),
        Extent::Whole | Extent::Years(_) => extent,
    }
}

/// The least room of a stock in which burdens stand, of which some are as large as the room lets them be. A line that secures from
/// both sides takes as much of a side as it has of it; so beside anything else it needs its whole room there, and alone none.
fn room_for(burdens: &[(Burden, bool)], now: Timestamp) -> Quantity {
    let used = |with_joint: bool| {
        let of = burdens.iter().filter(|(_, joint)| with_joint || !joint);
        let of: Vec<Burden> = of.map(|(burden, _)| burden.clone()).collect();
        stock::used(&of, now, &|_| false)
    };
    let counting = burdens.iter().filter(|(burden, _)| burden.counts_at(now));
    let largest = counting.filter_map(|(burden, _)| match burden.extent {
        Extent::Stock(quantity) => Some(quantity),
        Extent::Flow(..) | Extent::Whole | Extent::Years(_) => None,
    });
    let all = used(true);
    // All of them share one room exactly if together they take no more than the largest.
    if largest.max() == Some(all) {
        used(false)
    } else {
        all
    }
}

//! What no act may make or lose: quantities of rights and of what stands on them, looked at before and after each command.
//!
//! Only the records of the registry are looked at, whatever the model says.

use std::collections::BTreeMap;

use greenlien::domain::pledge::Pledge;
use greenlien::domain::right::{Burden, BurdenId, Capacity, Extent, Right};
use greenlien::primitives::id::{PledgeId, RightId};
use greenlien::primitives::time::Timestamp;

use super::compare::{extent_of, number};
use super::stage::{Played, Stage};
use crate::model::{Conversion, Deed, Hiding, Issue, Mistake, Transfer, Turned};
use crate::support::play::Play as _;

/// The rights and the pledges at one moment.
#[derive(Debug)]
pub(crate) struct Ledger {
    at: Timestamp,
    rights: BTreeMap<RightId, Right>,
    pledges: BTreeMap<PledgeId, Pledge>,
}

impl Ledger {
    pub(crate) fn of(stage: &Stage) -> Self {
        Self::as_of(stage, stage.world.now())
    }

    /// Without what has expired: a record that is written drops it, and nothing is lost by that.
    fn as_of(stage: &Stage, at: Timestamp) -> Self {
        let right = |id| {
            let mut right = stage.world.right(id).clone();
            let stands = |burden: &Burden| burden.expires.is_none_or(|expires| at < expires);
            right.burdens.retain(stands);
            (id, right)
        };
        let pledge = |id| (id, stage.world.pledge(id).clone());
        let pledges = stage.model.pledges.iter();
        Self {
            at,
            rights: stage.rights().map(right).collect(),
            pledges: pledges.map(|it| pledge(PledgeId(it.id))).collect(),
        }
    }

    /// The right that was not there before.
    fn new_right(&self, before: &Self) -> &Right {
        let mut rights = self.rights.iter();
        let new = rights.find(|(id, _)| !before.rights.contains_key(id));
        new.unwrap().1
    }
}

/// Balances, steps and measures, and the quantities of lines, are those from before, but for what the command says.
pub(crate) fn nothing_is_made_or_lost(stage: &Stage, before: &Ledger, played: &Played) {
    let after = Ledger::as_of(stage, before.at);
    if !played.answer.is_accepted() {
        assert_eq!(before.rights, after.rights, "{:?}", played.order);
        assert_eq!(before.pledges, after.pledges, "{:?}", played.order);
        return;
    }
    let deed = &played.order.deed;
    let at = stage.world.machine().last_time();
    closed_pledges_rest(deed, before, &after);
    other_rights_rest(stage, deed, before, &after);
    match deed {
        Deed::Merge { .. } | Deed::Split { .. } | Deed::Rename { .. } => {
            assert_eq!(before.rights, after.rights, "{deed:?}");
            assert_eq!(before.pledges, after.pledges, "{deed:?}");
        }
        Deed::Issue(issue) => burdens_move_whole(stage, issue, before, &after),
        Deed::Transfer(transfer) => transfers_divide(stage, transfer, before, &after),
        Deed::Convert(conversion) => conversions_turn(stage, conversion, before, &after),
        Deed::Surrender {
            right, quantity, ..
        } => {
            let (old, new) = both(stage, *right, before, &after);
            assert_eq!(amount(old), amount(new) + quantity, "{deed:?}");
            assert_eq!(extents(old, at), extents(new, at), "{deed:?}");
        }
        Deed::ExecuteFreeze {
            freeze, quantity, ..
        } => {
            let freeze = stage.model.freezes[*freeze];
            let (old, new) = both(stage, freeze.right, before, &after);
            let taken = |right: &Right| -> i64 { extents(right, at).iter().map(|it| it.1).sum() };
            match (quantity, &old.capacity) {
                (Some(quantity), Capacity::Stock(_)) => {
                    assert_eq!(amount(old), amount(new) + quantity, "{deed:?}");
                    assert_eq!(taken(old), taken(new) + quantity, "{deed:?}");
                }
                (Some(quantity), _) => {
                    assert_eq!(taken(old), taken(new) + quantity, "{deed:?}");
                }
                // The ground is another's, or without the years that were sold; it is the same ground.
                (None, _) => {
                    let sold = new.converted.len() - old.converted.len();
                    assert!(
                        sold == 1 || new.holder != old.holder || sold == 0,
                        "{deed:?}"
                    );
                    assert_eq!(taken(old), taken(new) + 1, "{deed:?}");
                }
            }
        }
        Deed::Dispose { pledge, line, .. } => {
            let line = &stage.model.pledges[*pledge].lines[usize::from(*line)];
            let (old, new) = both(stage, line.ask.right, before, &after);
            let is_stock = matches!(old.capacity, Capacity::Stock(_));
            if is_stock && amount(old) != amount(new) {
                // What leaves the line leaves the right: nothing of it is free.
                let taken =
                    |right: &Right| -> i64 { extents(right, at).iter().map(|it| it.1).sum() };
                assert_eq!(
                    amount(old) - taken(old),
                    amount(new) - taken(new),
                    "{deed:?}"
                );
            }
        }
        Deed::Correct {
            right,
            mistake: Mistake::Line(_, quantity, _),
            ..
        } => {
            let (old, new) = both(stage, *right, before, &after);
            let id = stage.model.rights[*right].id;
            assert!(
                taken_of(new, at) != taken_of(old, at) && *quantity > 0,
                "{id}"
            );
        }
        _ => {}
    }
}

fn both<'a>(
    stage: &Stage,
    right: usize,
    before: &'a Ledger,
    after: &'a Ledger,
) -> (&'a Right, &'a Right) {
    let id = stage.right(right);
    (&before.rights[&id], &after.rights[&id])
}

/// The balance of a stock, or the measure of land.
fn amount(right: &Right) -> i64 {
    match &right.capacity {
        Capacity::Stock(balance) => balance.raw(),
        Capacity::Land { measure, .. } => measure.raw(),
        Capacity::Flow(steps) => panic!("{steps:?}"),
    }
}

/// How much there is on a day of a stock or a flow, as far as it is not revoked.
fn amount_on(right: &Right, day: i64) -> i64 {
    match &right.capacity {
        Capacity::Stock(_) | Capacity::Land { .. } => amount(right),
        Capacity::Flow(steps) => {
            let mut steps = steps.iter().rev();
            let step = steps.find(|(from, _)| number(*from) <= day);
            step.map_or(0, |(_, quantity)| quantity.raw())
        }
    }
}

/// How much there is, without what others tolerate on its ground.
fn size(right: &Right) -> Vec<(i64, i64)> {
    match &right.capacity {
        Capacity::Stock(_) | Capacity::Land { .. } => vec![(0, amount(right))],
        Capacity::Flow(steps) => {
            let step = steps.iter();
            step.map(|(day, it)| (number(*day), it.raw())).collect()
        }
    }
}

/// What counts at a moment: a reservation or a freeze that has ended stays until its right is touched, and then is gone.
fn standing(right: &Right, at: Timestamp) -> impl Iterator<Item = &Burden> {
    let burdens = right.burdens.iter();
    burdens.filter(move |burden| burden.counts_at(at))
}

fn extents(right: &Right, at: Timestamp) -> Vec<(BurdenId, i64)> {
    let extent = |burden: &Burden| (burden.id, extent_of(burden.extent).0);
    standing(right, at).map(extent).collect()
}

fn taken_of(right: &Right, at: Timestamp) -> Vec<(BurdenId, Extent)> {
    let extent = |burden: &Burden| (burden.id, burden.extent);
    standing(right, at).map(extent).collect()
}

/// A pledge that is closed never changes again; only what it hides may be erased.
fn closed_pledges_rest(deed: &Deed, before: &Ledger, after: &Ledger) {
    for (id, old) in &before.pledges {
        let is_closed = old.is_closed_at(before.at);
        let new = &after.pledges[id];
        if is_closed
            && !matches!(
                deed,
                Deed::Erase {
                    of: Hiding::Pledge(_),
                    ..
                }
            )
        {
            assert_eq!(old, new, "{id}: {deed:?}");
        }
        assert!(!is_closed || new.lines == old.lines, "{id}: {deed:?}");
    }
}

/// A right that the command does not name has as much as before, and so has one that is pledged, frozen or transferred.
fn other_rights_rest(stage: &Stage, deed: &Deed, before: &Ledger, after: &Ledger) {
    let changed = match deed {
        Deed::Adjust { right, .. }
        | Deed::Surrender { right, .. }
        | Deed::Correct {
            right,
            mistake: Mistake::Quantity(_),
            ..
        } => Some(*right),
        Deed::ExecuteFreeze { freeze, .. } => Some(stage.model.freezes[*freeze].right),
        Deed::Transfer(transfer) if transfer.part.is_some() => Some(transfer.right),
        Deed::Convert(conversion) => Some(conversion.right),
        Deed::Dispose { pledge, line, .. } => {
            let pledge = &stage.model.pledges[*pledge];
            Some(pledge.lines[usize::from(*line)].ask.right)
        }
        _ => None,
    };
    let changed = changed.map(|nth| stage.right(nth));
    for (id, old) in &before.rights {
        if Some(*id) != changed {
            assert_eq!(size(old), size(&after.rights[id]), "{id}: {deed:?}");
        }
    }
}

/// What stood on the rights before it stands on the new one, and nothing else does.
fn burdens_move_whole(stage: &Stage, issue: &Issue, before: &Ledger, after: &Ledger) {
    let at = stage.world.machine().last_time();
    let mut moved = Vec::new();
    for nth in &issue.succeeds {
        let (old, left) = both(stage, *nth, before, after);
        moved.extend(standing(old, at).map(|it| (it.id, it.extent, it.behind.clone())));
        assert!(left.burdens.is_empty(), "{issue:?}: {left:?}");
    }
    let burdens = after.new_right(before).burdens.iter();
    let mut stands: Vec<_> = burdens
        .map(|it| (it.id, it.extent, it.behind.clone()))
        .collect();
    moved.sort_by_key(|it| it.0);
    stands.sort_by_key(|it| it.0);
    assert_eq!(moved, stands, "{issue:?}");
}

/// A part and what is left of a right are the right; so are the parts of each line that was divided.
fn transfers_divide(stage: &Stage, transfer: &Transfer, before: &Ledger, after: &Ledger) {
    let at = stage.world.machine().last_time();
    let (old, left) = both(stage, transfer.right, before, after);
    let Some(part) = &transfer.part else {
        let mut same = old.clone();
        (same.holder, same.acquired) = (left.holder, left.acquired);
        assert!(old.acquired < left.acquired, "{transfer:?}");
        same.burdens.clone_from(&left.burdens);
        assert_eq!(&same, left, "{transfer:?}");
        assert_eq!(taken_of(old, at), taken_of(left, at), "{transfer:?}");
        assert_eq!(before.pledges, after.pledges, "{transfer:?}");
        return;
    };
    let new = after.new_right(before);
    for day in number(old.span.from())..number(old.span.to()) {
        let there = |right: &Right| amount_on(right, day);
        assert_eq!(there(old), there(left) + there(new), "{transfer:?}");
        let begins = number(new.span.from());
        let goes = if day < begins { 0 } else { part.quantity };
        assert_eq!(there(new), goes, "{transfer:?}");
    }
    for (id, pledge) in &before.pledges {
        let joint = after.pledges[id].more.joint.iter();
        let joint = joint.skip(pledge.more.joint.len());
        let undivided: i64 = joint
            .map(|it| {
                let quantity = |line: u16| {
                    let line = &after.pledges[id].lines[usize::from(line)];
                    // A line that went whole keeps its last extent, and secures nothing.
                    if line.is_open_at(before.at) {
                        extent_of(line.extent).0
                    } else {
                        0
                    }
                };
                // It secures as much as before, from both.
                quantity(it.first) + quantity(it.second) - it.quantity.raw()
            })
            .sum();
        let secured = |pledge: &Pledge| -> i64 {
            let open = pledge
                .lines
                .iter()
                .filter(|line| line.is_open_at(before.at));
            open.map(|line| extent_of(line.extent).0).sum()
        };
        let now = secured(&after.pledges[id]);
        assert_eq!(secured(pledge), now - undivided, "{id}: {transfer:?}");
    }
    nothing_more_is_secured(before, after, &format!("{transfer:?}"));
}

/// What a pledge secures with units of stocks, where those that a split left undivided count once.
fn together(pledge: &Pledge) -> u128 {
    let units = pledge.lines.iter().map(|line| match line.extent {
        Extent::Stock(quantity) if !line.released => u128::try_from(quantity.raw()).unwrap(),
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole | Extent::Years(_) => 0,
    });
    let mut units: Vec<u128> = units.collect();
    pledge.share(&mut units);
    units.into_iter().sum()
}

/// Wherever the parts of a right go, a pledge secures with them no more than before.
fn nothing_more_is_secured(before: &Ledger, after: &Ledger, what: &str) {
    for (id, pledge) in &before.pledges {
        let (was, is) = (together(pledge), together(&after.pledges[id]));
        assert!(is <= was, "{id}: {is} after {was}: {what}");
    }
}

/// A conversion takes as much as it says, and what stood on it stands in proportion on what it turns into.
fn conversions_turn(stage: &Stage, conversion: &Conversion, before: &Ledger, after: &Ledger) {
    let at = stage.world.machine().last_time();
    let (old, left) = both(stage, conversion.right, before, after);
    let new = after.new_right(before);
    assert_eq!(amount(new), conversion.quantity, "{conversion:?}");
    let of = match conversion.part {
        Turned::Amount(quantity) => {
            assert_eq!(amount(old), amount(left) + quantity, "{conversion:?}");
            if conversion.quantity <= quantity {
                nothing_more_is_secured(before, after, &format!("{conversion:?}"));
            }
            quantity
        }
        Turned::Years(first, last) => {
            assert_eq!(amount(old), amount(left), "{conversion:?}");
            last + 1 - first
        }
    };
    let mut shares = Vec::new();
    for burden in standing(old, at) {
        let rest = left.burden(burden.id).map_or(0, |it| length(it.extent));
        let gone = length(burden.extent) - rest;
        assert!((0..=of).contains(&gone), "{conversion:?}");
        if gone > 0 && burden.id.pledge().is_some() {
            let share = i128::from(conversion.quantity / 1_000_000) * i128::from(gone);
            let share = i64::try_from(share / i128::from(of)).unwrap() * 1_000_000;
            shares.push((burden.id.pledge(), share));
        }
    }
    shares.retain(|(_, share)| *share > 0);
    let stands = extents(new, at).into_iter();
    let stands: Vec<_> = stands.map(|(id, it)| (id.pledge(), it)).collect();
    assert_eq!(shares, stands, "{conversion:?}");
}

/// The quantity of a stock, or the years of a sink.
fn length(extent: Extent) -> i64 {
    match extent {
        Extent::Years(years) => {
            let (from, to) = (years.from().date().0, years.to().date().0);
            i64::from(to - from)
        }
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => extent_of(extent).0,
    }
}

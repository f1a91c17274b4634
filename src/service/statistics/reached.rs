//! How much of a line acts of authorities have reached: what has no right beneath it any more, and what only a later freeze takes.
//!
//! The record keeps both as one overhang, because the freeze is never refused for capacity. For a creditor they are different: a
//! freeze that came later takes what the line leaves, and the line keeps its place.

use crate::domain::land;
use crate::domain::right::{Burden, BurdenId, Extent, Overhang, Right};
use crate::domain::rules::burdens::{lost_now, overhang_now};
use crate::primitives::time::Timestamp;
use crate::service::statistics::table::{amount_of, raw};

/// Parts of a line, in 10^-6 of the unit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Reached {
    /// What has no right beneath it.
    pub lost: u128,
    /// What only a freeze reaches that came after the line.
    pub frozen: u128,
}

impl Reached {
    /// Returns the parts of a line with this extent and name.
    pub fn of(extent: Extent, right: &Right, name: BurdenId, now: Timestamp) -> Self {
        let whole = amount_of(extent, right, name);
        let amount = |overhang: Option<Overhang>| match overhang {
            None => 0,
            Some(Overhang::Whole) => whole,
            Some(Overhang::Amount(amount)) => raw(Some(amount)).min(whole),
        };
        let lost = match (extent, lost_now(right, name, now)) {
            (Extent::Years(_), Some(_)) => whole.saturating_sub(of_years(extent, right)),
            (_, lost) => amount(lost),
        };
        let hangs = amount(overhang_now(right, name, now));
        let frozen = match extent {
            Extent::Stock(_) | Extent::Flow(..) => hangs.saturating_sub(lost),
            // On land an order leaves no overhang; it reaches the days that it shares with the line.
            Extent::Whole | Extent::Years(_) => {
                on_land(extent, right, name, now).min(whole.saturating_sub(lost))
            }
        };
        Self { lost, frozen }
    }

    /// Returns the parts of no more than a quantity; what is lost counts first.
    #[must_use]
    pub fn within(self, quantity: u128) -> Self {
        let lost = self.lost.min(quantity);
        Self {
            lost,
            frozen: self.frozen.min(quantity - lost),
        }
    }
}

/// What is left of a line of years: each year that has lost no day, with what the right still yields by the year.
fn of_years(extent: Extent, right: &Right) -> u128 {
    let gone = u128::try_from(land::gone_years(right, extent).len()).unwrap_or_default();
    raw(Some(right.most())) * years_of(extent).saturating_sub(gone)
}

/// How much of a line on land freezes share that came after it.
fn on_land(extent: Extent, right: &Right, name: BurdenId, now: Timestamp) -> u128 {
    let later = right.burdens.iter().skip_while(|burden| burden.id != name);
    let freezes: Vec<&Burden> = later
        .filter(|burden| burden.id.is_freeze() && burden.counts_at(now))
        .collect();
    if freezes.iter().any(|freeze| freeze.extent == Extent::Whole) {
        return amount_of(extent, right, name);
    }
    let Extent::Years(days) = extent else {
        return if freezes.is_empty() {
            0
        } else {
            amount_of(extent, right, name)
        };
    };
    let shares = |year: i32| {
        freezes.iter().any(|freeze| match freeze.extent {
            Extent::Years(frozen) => frozen
                .intersection(days)
                .is_some_and(|both| (both.from().date().0..both.to().date().0).contains(&year)),
            Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => false,
        })
    };
    let years = days.from().date().0..days.to().date().0;
    let gone = land::gone_years(right, extent);
    let frozen = years
        .filter(|year| shares(*year) && !gone.contains(year))
        .count();
    raw(Some(right.most())) * u128::try_from(frozen).unwrap_or_default()
}

/// Returns how many years a line takes; 0 where it takes none by the year.
pub(super) fn years_of(extent: Extent) -> u128 {
    match extent {
        Extent::Years(span) => {
            let years = span.to().date().0 - span.from().date().0;
            u128::try_from(years).unwrap_or_default()
        }
        Extent::Stock(_) | Extent::Flow(..) | Extent::Whole => 0,
    }
}

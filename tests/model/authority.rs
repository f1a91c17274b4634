//! Acts of authorities that change how much there is of a right, never refused for want of room, and the rules of a kind.

use super::asked::Rules;
use super::deed::{Deed, Order};
use super::ground::Met;
use super::kinds::facts_of;
use super::reason::{Reason, Reasons, because, reason, too_soon};
use super::right::{Kind, Right};
use super::{DAY, DayNumber, Instant, Model, Name};

/// Rules of a kind from an instant on.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) rules: Rules,
    pub(crate) from: Instant,
    /// The entry that adopted them.
    pub(crate) entry: u64,
}

impl Model {
    /// The rules of a kind that hold now.
    pub(crate) fn rules_of(&self, kind: &str) -> Option<&Rules> {
        let mut held = None;
        for version in &self.versions {
            if version.rules.kind == kind && version.from <= self.now {
                held = Some(&version.rules);
            }
        }
        held
    }

    /// Whether all rules that a taking has known say so: those that held, or were the last adopted, when it came, and all that have
    /// held since.
    pub(super) fn have_always(
        &self,
        taking: Name,
        kind: &str,
        says: impl Fn(&Rules) -> bool,
    ) -> bool {
        let (Name::Line(entry, _) | Name::Hold(entry, _) | Name::Freeze(entry)) = taking;
        let mut known: Vec<&Version> = Vec::new();
        for version in self.versions.iter().filter(|it| it.rules.kind == kind) {
            if version.entry < entry {
                known.clear();
            }
            known.push(version);
        }
        known.retain(|version| version.from <= self.now);
        known.iter().all(|version| says(&version.rules))
    }

    pub(super) fn act_as_authority(&mut self, order: &Order, reasons: &mut Reasons) {
        if let Deed::Adopt(rules, is_text) = &order.deed {
            return self.adopt(rules, *is_text, reasons);
        }
        let nth = order.deed.right().unwrap();
        if !self.is_issuers(order, nth, reasons) {
            return;
        }
        let right = &self.rights[nth];
        // Who revoked it may find that it should not have.
        let comes_back = match &order.deed {
            Deed::ExtendRight { to, .. } => right.revoked.is_some() && *to == right.to,
            _ => false,
        };
        if comes_back {
            because(reasons, right.succeeded_by.is_some(), 2016);
        } else {
            self.judge_standing(nth, reasons);
        }
        match &order.deed {
            Deed::Adjust { from, quantity, .. } => self.adjust(nth, *from, *quantity, reasons),
            Deed::Revoke { from, .. } => self.rights[nth].revoked = Some(*from),
            Deed::ExtendRight { to, .. } => self.extend_right(nth, *to, reasons),
            other => panic!("{other:?}"),
        }
        self.hang(&[nth]);
    }

    /// The days that a right gets are looked at as those of a new one: nobody else draws on its source, and nobody of its layer
    /// that it has not met before stands on its ground.
    fn extend_right(&mut self, nth: usize, to: DayNumber, reasons: &mut Reasons) {
        let right = &self.rights[nth];
        let lost = right.revoked.filter(|_| to == right.to);
        let since = lost.map_or(right.to, |lost| lost.max(right.from));
        let added = (since, to);
        if to <= since {
            let first = right.revoked.map_or(right.to + 1, |_| right.to);
            reasons.push(too_soon(None, None, Some(first)));
            return;
        }
        let mut refusals: Vec<Reason> = Vec::new();
        let mut first_of: Vec<DayNumber> = Vec::new();
        for (other_nth, other) in self.rights.iter().enumerate() {
            let is_same = right.source.is_some() && other.source == right.source;
            let stands = other.succeeded_by.is_none() && other.lives_in(added.0, added.1);
            if other_nth != nth && is_same && stands {
                first_of.push(other.from.max(added.0));
            }
        }
        if let Some(first) = first_of.iter().min().filter(|_| !right.additional) {
            refusals.push(barred_from(reason(2013), *first));
        }
        for land in &right.land {
            because(reasons, self.rights[*land].end() < to, 4006);
        }
        let gone = right.converted.as_slice();
        // More than a sliver stood by a dispute, and does not come back once that is decided.
        let is_decided = |other_nth: usize, other: &Right| {
            let is_open = right.is_disputed() || other.is_disputed();
            other.layer == right.layer && !is_open && self.shares_much(nth, other_nth)
        };
        let knows = |other_nth: usize, other: &Right| {
            let met = other.stands_from((right.from, since), gone).is_some();
            other_nth == nth || (met && !is_decided(other_nth, other))
        };
        let mut met = self.met(right.layer, right.site(), (added, gone), &knows);
        let days = (None, added);
        self.note_other_layers(right.rules, right.site(), days, &knows, reasons);
        if self.is_grave(&self.parcels_of(right), right.tolerated, &met) {
            let code = facts_of(right.rules).unwrap().overlap;
            let refusal = self.over(code, &self.parcels_of(right), &met);
            refusals.push(barred_from(refusal, self.grave_from(nth, added, &met)));
            met.clear();
        } else if !met.is_empty() {
            reasons.push(self.over(7004, &self.parcels_of(right), &met));
        }
        let detail = |refusal: &Reason| refusal.detail.as_ref().and_then(|it| it.first);
        let end = refusals.iter().filter_map(detail).min();
        for mut refusal in refusals {
            let detail = refusal.detail.as_mut().unwrap();
            // It comes back as a whole or not.
            let end = end.filter(|end| added.0 < *end && lost.is_none());
            detail.free = Vec::from_iter(end.map(|end| (added.0, end)));
            reasons.push(refusal);
        }
        self.rights[nth].to = to;
        if lost.is_some() {
            self.rights[nth].revoked = None;
        }
        self.tolerate(nth, &met);
    }

    /// The first day on which what a right meets by then is more than slivers.
    fn grave_from(&self, nth: usize, added: (DayNumber, DayNumber), met: &Met) -> DayNumber {
        let right = &self.rights[nth];
        let first = |right_nth: usize| {
            let other = &self.rights[right_nth];
            other.stands_from(added, &right.converted).unwrap()
        };
        let mut days: Vec<DayNumber> = met.iter().map(|it| first(it.right)).collect();
        days.sort_unstable();
        for day in days {
            let mut by_then = met.clone();
            by_then.retain(|shared| first(shared.right) <= day);
            if self.is_grave(&self.parcels_of(right), right.tolerated, &by_then) {
                return day;
            }
        }
        panic!("{met:?}")
    }

    /// Finds that a right is not known, or that somebody else has issued it.
    pub(super) fn is_issuers(&self, order: &Order, nth: usize, reasons: &mut Reasons) -> bool {
        let Some(right) = self.rights.get(nth) else {
            reasons.push(reason(2001));
            return false;
        };
        let keeper = self.keeping(right.issuer, right.rules);
        because(reasons, keeper != order.giver, 2009);
        true
    }

    /// Finds that a right was revoked, or that another has taken its place.
    pub(super) fn judge_standing(&self, nth: usize, reasons: &mut Reasons) {
        let right = &self.rights[nth];
        because(reasons, right.revoked.is_some(), 2003);
        because(reasons, right.succeeded_by.is_some(), 2016);
    }

    /// Sets the quantity of a right from a day on; that of a stock at once.
    fn adjust(&mut self, nth: usize, from: DayNumber, quantity: i64, reasons: &mut Reasons) {
        let today = self.today();
        let right = &mut self.rights[nth];
        because(reasons, right.kind.is_land(), 2014);
        let out = from < right.from || right.to <= from;
        because(reasons, right.kind == Kind::Flow && out, 4002);
        because(reasons, right.kind == Kind::Stock && today < from, 4012);
        let drops = |(day, _): &(DayNumber, i64)| *day > from;
        let is_flow = right.kind == Kind::Flow;
        because(reasons, is_flow && right.levels.iter().any(drops), 4010);
        let stays = |day: DayNumber| right.kind == Kind::Flow && day < from;
        right.levels.retain(|(day, _)| stays(*day));
        right.levels.push((from, quantity));
    }

    /// New rules hold after a day; the same text as the one that holds is none.
    fn adopt(&mut self, rules: &Rules, is_text: bool, reasons: &mut Reasons) {
        let same = self.rules_of(rules.kind) == Some(rules);
        because(reasons, !is_text || same, 5015);
        self.versions.push(Version {
            rules: rules.clone(),
            from: self.now + DAY,
            entry: self.index,
        });
    }
}

fn barred_from(refusal: Reason, first: DayNumber) -> Reason {
    let mut detail = refusal.detail.unwrap_or_default();
    detail.first = Some(first);
    Reason {
        code: refusal.code,
        detail: Some(detail),
    }
}

//! Turns words and dice into commands that make sense often enough to be accepted, and miss often enough to be refused.

mod authorities;
mod claims;
mod freezes;
mod issues;
mod keys;
mod parties;
mod places;
mod pledges;
mod rights;
mod verifications;

use super::dice::{Act, Dice, Word};
use super::stage::Stage;
use crate::model::{
    DAY, Deed, Expects, Model, NOBODY, Order, Part, REGISTRAR, Role, Signature, asks,
};
use crate::support::Play;

/// The days on which spans begin and end: few, so that many touch; the leap day among them, the last outside every flow.
pub(super) const CALENDAR: [&str; 12] = [
    "2028-01-31",
    "2028-02-20",
    "2028-02-24",
    "2028-02-28",
    "2028-02-29",
    "2028-03-01",
    "2028-03-05",
    "2028-03-12",
    "2028-03-16",
    "2028-03-20",
    "2028-04-01",
    "2028-04-02",
];

/// A choice under way.
pub(crate) struct Choice<'a> {
    stage: &'a mut Stage,
    dice: Dice,
    /// How long to wait before the command is given.
    pub(crate) days_to_wait: u32,
}

impl<'a> Choice<'a> {
    pub(crate) fn new(stage: &'a mut Stage, act: &Act) -> Self {
        Self {
            stage,
            dice: Dice::new(&act.dice),
            days_to_wait: 0,
        }
    }

    fn model(&self) -> &Model {
        &self.stage.model
    }

    /// The commands that a word comes to here; none where it has no object.
    pub(crate) fn orders(&mut self, word: Word) -> Vec<Order> {
        let chosen = match word {
            Word::Wait => {
                self.wait();
                return Vec::new();
            }
            Word::Register
            | Word::Amend
            | Word::Extend
            | Word::Release
            | Word::Reserve
            | Word::TakeOver
            | Word::Cancel
            | Word::ChangeRank
            | Word::Substitute => self.of_pledges(word),
            Word::Assign
            | Word::Determine
            | Word::Dispose
            | Word::Object
            | Word::Withdraw
            | Word::Guarantee
            | Word::Buyout
            | Word::External => self.of_claims(word),
            Word::Adjust | Word::Revoke | Word::ExtendRight | Word::Adopt => {
                self.of_authorities(word)
            }
            Word::Freeze | Word::ChangeFreeze | Word::Execute | Word::Unfreeze => {
                self.of_freezes(word)
            }
            Word::Issue | Word::Succeed => self.of_issues(word),
            Word::Correct | Word::Transfer | Word::Convert | Word::Surrender | Word::Verify => {
                self.of_rights(word)
            }
            Word::Admit | Word::Rename | Word::Merge | Word::Split | Word::Erase => {
                self.of_parties(word)
            }
            Word::AddKey
            | Word::RevokeKey
            | Word::SetThreshold
            | Word::Rotate
            | Word::SetRules
            | Word::Dispute
            | Word::Resolve
            | Word::Recover
            | Word::Veto
            | Word::Complete
            | Word::RotateLogKey => self.of_keys(word),
        };
        let mut orders = Vec::new();
        for (giver, deed) in chosen {
            orders.extend(self.order(giver, deed));
        }
        orders
    }

    fn wait(&mut self) {
        self.days_to_wait = match self.dice.below(40) {
            0..=18 => 1,
            19..=30 => 2,
            31..=35 => 3,
            36 => 7,
            37 => 31,
            _ => self.days_to_lapse(),
        };
    }

    /// Until the next line lapses.
    fn days_to_lapse(&self) -> u32 {
        let now = self.stage.world.now().micros();
        let rights = self.model().rights.iter();
        let lines = rights.flat_map(|right| right.takings.iter().filter(|it| it.name.is_line()));
        let ends = lines.filter_map(|line| line.expires);
        let days = ends.map(|end| (end - now).div_euclid(DAY) + 1);
        let next = days.filter(|days| (1..=31).contains(days)).min();
        next.and_then(|days| u32::try_from(days).ok()).unwrap_or(1)
    }

    /// Signs a command for its giver and whoever must consent; sometimes not well. Nothing where the giver has no keys at all.
    fn order(&mut self, giver: usize, deed: Deed) -> Option<Order> {
        let word = deed.word();
        let mut signatures = self.sign(giver, word)?;
        let mut attested = Vec::new();
        for party in self.model().consents(giver, &deed) {
            let often = if word == "change_rank" { 4 } else { 12 };
            if self.dice.once_in(often) {
                continue;
            }
            match self.sign(party, word) {
                Some(signed) => signatures.extend(signed),
                // Whoever never had a key agrees on paper.
                None if party != NOBODY => attested.push((party, self.dice.once_in(3))),
                None => {}
            }
        }
        if self.dice.once_in(60) {
            attested.push((self.lender(), false));
            attested.sort_unstable();
            attested.dedup_by_key(|(party, _)| *party);
        }
        if matches!(
            deed,
            Deed::Adopt(..) | Deed::Recover { .. } | Deed::RotateLogKey { .. }
        ) {
            for role in [Role::Authority, Role::Bank] {
                let member = self.living(role);
                if member != Some(giver) && !self.dice.once_in(10) {
                    let member = member.and_then(|member| self.sign(member, word));
                    signatures.extend(member.unwrap_or_default());
                }
            }
        }
        if let Deed::Rotate { old, .. } = deed
            && !self.dice.once_in(8)
        {
            let maker = signatures.iter_mut().find(|it| it.party == giver);
            let known = self.stage.model.parties[giver].keys.iter();
            if let (Some(maker), true) = (maker, known.clone().any(|key| key.number == old)) {
                maker.key = old;
            }
        }
        let mut once: Vec<Signature> = Vec::new();
        for signature in signatures {
            if once.iter().all(|other| other.key != signature.key) {
                once.push(signature);
            }
        }
        let expects = match self.dice.below(40) {
            38 => Expects::Stale,
            39 => Expects::Nothing,
            _ if deed.must_expect() => Expects::Present,
            0 => Expects::Present,
            _ => Expects::Nothing,
        };
        Some(Order {
            giver,
            signatures: once,
            attested,
            expects,
            deed,
        })
    }

    /// The signatures with which a party gives a command of this type; sometimes too few or wrong ones.
    fn sign(&mut self, nth: usize, word: &'static str) -> Option<Vec<Signature>> {
        let index = self.model().index;
        let party = self.model().parties.get(nth)?.clone();
        let rules = party.rules.iter().filter(|(of, _)| asks(of, word));
        let asked = rules.map(|(_, asked)| *asked).max().unwrap_or(0);
        let needed = asked.max(party.threshold);
        let careless = self.dice.once_in(12);
        let any_key = careless && self.dice.once_in(3);
        let any_part = careless && self.dice.once_in(2);
        let any_person = careless && self.dice.once_in(2);
        let usable = |part: Part| {
            let mut keys = party.keys.clone();
            // Mostly keys that are valid; the careless sign with old ones, too.
            keys.retain(|key| key.is_valid_at(index) != any_key);
            keys.retain(|key| any_part || party.may_sign(key.number, part));
            if any_part {
                keys.sort_by_key(|key| party.may_sign(key.number, part));
            }
            if any_person {
                keys.reverse();
            }
            keys
        };
        let mut best: Vec<_> = Vec::new();
        for maker in usable(Part::Maker) {
            let mut keys = vec![maker];
            for key in usable(Part::Checker) {
                let is_new = keys.iter().all(|other| {
                    other.number != key.number && (any_person || other.person != key.person)
                });
                if is_new && keys.len() < needed {
                    keys.push(key);
                }
            }
            if keys.len() > best.len() {
                best = keys;
            }
        }
        if best.is_empty() {
            best.extend(party.keys.first());
        }
        if careless && best.len() > 1 && self.dice.once_in(2) {
            best.pop();
        }
        let sign = |(place, key): (usize, &crate::model::Key)| Signature {
            party: nth,
            key: key.number,
            part: if place == 0 {
                Part::Maker
            } else {
                Part::Checker
            },
        };
        let signatures: Vec<Signature> = best.iter().enumerate().map(sign).collect();
        (!signatures.is_empty()).then_some(signatures)
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Who
    // -----------------------------------------------------------------------------------------------------------------

    /// A party of a role that has not ended.
    fn living(&mut self, role: Role) -> Option<usize> {
        let parties = self.model().parties.iter().enumerate();
        let fits = parties.filter(|(_, party)| party.role == role && party.ended.is_none());
        let fits: Vec<usize> = fits.map(|(nth, _)| nth).collect();
        self.dice.pick(&fits)
    }

    /// Any party, sometimes one that nobody knows.
    fn anybody(&mut self) -> usize {
        let count = self.model().parties.len();
        match self.dice.below(count + 1) {
            nth if nth == count => NOBODY,
            nth => nth,
        }
    }

    /// Who takes pledges; sometimes somebody who does not.
    fn lender(&mut self) -> usize {
        let role = match self.dice.below(20) {
            0..=13 => Role::Bank,
            14..=18 => Role::Guarantor,
            _ => Role::Holder,
        };
        self.living(role).unwrap_or(REGISTRAR)
    }

    /// One who gives a command; sometimes another of the same sort, or anybody.
    fn or_another(&mut self, nth: usize) -> usize {
        match self.dice.below(24) {
            22 => self.lender(),
            23 => Some(self.anybody())
                .filter(|it| *it != NOBODY)
                .unwrap_or(nth),
            _ => nth,
        }
    }
}

/// The number of a day of the calendar.
fn place(nth: usize) -> i64 {
    super::paper::number(CALENDAR[nth.min(CALENDAR.len() - 1)])
}

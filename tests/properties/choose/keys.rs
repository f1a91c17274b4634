//! Keys, signing rules, recoveries and disputes.

use super::Choice;
use crate::model::{Deed, NOBODY, Part, REGISTRAR, Role};
use crate::properties::dice::Word;

/// Types of commands that rules are made for.
const RULED: [&str; 4] = [
    "amend_pledge",
    "register_pledge",
    "release_pledge",
    "reserve",
];

impl Choice<'_> {
    pub(super) fn of_keys(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let party = self.keyed();
        let chosen = match word {
            Word::AddKey => {
                let person = self.model().parties[party]
                    .keys
                    .first()
                    .map(|key| key.person);
                let person = person.filter(|_| self.dice.once_in(3));
                (party, Deed::AddKey(self.offer(person)))
            }
            Word::RevokeKey => (party, Deed::RevokeKey(self.key_of(party))),
            Word::SetThreshold => {
                let threshold = [1, 2, 1, 3, 5][self.dice.below(5)];
                (party, Deed::SetThreshold(threshold))
            }
            Word::Rotate => {
                let old = self.key_of(party);
                let keys = self.model().parties[party].keys.iter();
                let person = keys
                    .clone()
                    .find(|key| key.number == old)
                    .map(|key| key.person);
                let new = self.offer(person);
                let giver = self.or_another(party);
                (giver, Deed::Rotate { party, old, new })
            }
            Word::SetRules => self.set_rules(party),
            Word::Dispute if self.dice.once_in(2) => return self.disown(party),
            Word::Dispute => self.dispute(party),
            Word::Resolve => self.resolve(),
            Word::Recover => self.recover(),
            Word::Veto => {
                let party = self.in_recovery().unwrap_or(party);
                (self.or_another(party), Deed::Veto { party })
            }
            Word::Complete => self.complete(party),
            Word::RotateLogKey => {
                let offer = self.offer(None);
                let hours = [1, 24, 72][self.dice.below(3)];
                let deed = Deed::RotateLogKey {
                    key: offer.key,
                    hours,
                    proven: offer.proven,
                };
                let giver = if self.dice.once_in(8) {
                    party
                } else {
                    REGISTRAR
                };
                (giver, deed)
            }
            other => panic!("{other:?}"),
        };
        vec![chosen]
    }

    /// A party with keys, valid or not; the registrar among them.
    fn keyed(&mut self) -> usize {
        let parties = self.model().parties.iter().enumerate();
        let with_keys = parties.filter(|(_, party)| !party.keys.is_empty());
        let with_keys: Vec<usize> = with_keys.map(|(nth, _)| nth).rev().collect();
        self.dice.pick(&with_keys).unwrap_or(REGISTRAR)
    }

    /// A key of a party, mostly one that is valid.
    fn key_of(&mut self, nth: usize) -> u64 {
        let index = self.model().index;
        let keys = self.model().parties[nth].keys.clone();
        let valid = keys.iter().filter(|key| key.is_valid_at(index));
        let valid: Vec<u64> = valid.map(|key| key.number).rev().collect();
        let all: Vec<u64> = keys.iter().map(|key| key.number).collect();
        match self.dice.below(8) {
            6 => self.dice.pick(&all).unwrap_or(0),
            7 => self
                .dice
                .pick(&self.model().taken_keys.clone())
                .unwrap_or(0),
            _ => self.dice.pick(&valid).unwrap_or(0),
        }
    }

    fn set_rules(&mut self, party: usize) -> (usize, Deed) {
        let mut rules = Vec::new();
        for word in RULED {
            if self.dice.once_in(3) {
                rules.push((word, [2, 2, 1, 3][self.dice.below(4)]));
            }
        }
        let mut parts = Vec::new();
        let index = self.model().index;
        for key in self.model().parties[party].keys.clone() {
            if self.dice.once_in(4) && key.is_valid_at(index) {
                let part = if self.dice.once_in(2) {
                    Part::Checker
                } else {
                    Part::Maker
                };
                parts.push((key.number, part));
            }
        }
        if self.dice.once_in(12) {
            parts.push((2, Part::Maker));
        }
        let giver = self.or_another(party);
        let deed = Deed::SetRules {
            party,
            rules,
            parts,
        };
        (giver, deed)
    }

    /// Ends a key, disowns what it signed, and has that decided.
    fn disown(&mut self, party: usize) -> Vec<(usize, Deed)> {
        let index = self.model().index;
        let keys = self.model().parties[party].keys.clone();
        let Some(key) = keys.iter().rev().find(|key| key.is_valid_at(index)) else {
            return Vec::new();
        };
        let dispute = Deed::Dispute {
            party,
            key: key.number,
            from: key.added + 1,
        };
        // Every command is followed by a state entry.
        let entry = index + 2;
        let resolve = Deed::Resolve { party, entry };
        let mut deeds = vec![
            (party, Deed::RevokeKey(key.number)),
            (party, dispute),
            (REGISTRAR, resolve.clone()),
        ];
        if self.dice.once_in(3) {
            deeds.push((REGISTRAR, resolve));
        }
        deeds
    }

    /// A party whose key has ended, and an entry that this key may have signed.
    fn dispute(&mut self, party: usize) -> (usize, Deed) {
        let mut ended = Vec::new();
        for (nth, party) in self.model().parties.iter().enumerate() {
            for key in &party.keys {
                ended.extend(key.ended.map(|end| (nth, key.number, key.added, end)));
            }
        }
        let (party, key, added, end) = match self.dice.pick(&ended) {
            Some(ended) if !self.dice.once_in(6) => ended,
            _ => (party, self.key_of(party), 5, 90),
        };
        let from = [added + 1, end, end, added, end + 1][self.dice.below(5)];
        let heir = if party < self.model().parties.len() {
            self.model().acting(party)
        } else {
            party
        };
        let giver = self.or_another(heir);
        (giver, Deed::Dispute { party, key, from })
    }

    fn resolve(&mut self) -> (usize, Deed) {
        let mut disputes = vec![(self.anybody(), 1)];
        for (nth, party) in self.model().parties.iter().enumerate() {
            for (entry, _) in &party.disputes {
                disputes.push((nth, *entry));
            }
        }
        disputes.reverse();
        let (party, entry) = self.dice.pick(&disputes).unwrap_or((NOBODY, 1));
        let giver = self.or_another(REGISTRAR);
        (giver, Deed::Resolve { party, entry })
    }

    fn in_recovery(&mut self) -> Option<usize> {
        let parties = self.model().parties.iter().enumerate();
        let open = parties.filter(|(_, party)| party.is_in_recovery());
        let open: Vec<usize> = open.map(|(nth, _)| nth).collect();
        self.dice.pick(&open)
    }

    fn recover(&mut self) -> (usize, Deed) {
        let role = [Role::Bank, Role::Guarantor, Role::Holder][self.dice.below(3)];
        let party = match self.dice.below(10) {
            9 => self.anybody(),
            _ => self.living(role).unwrap_or(NOBODY),
        };
        let mut keys = Vec::new();
        for _ in 0..=self.dice.below(2) {
            keys.push(self.offer(None));
        }
        if self.dice.once_in(12) {
            keys.push(keys[0]);
        }
        let giver = self.or_another(REGISTRAR);
        (giver, Deed::Recover { party, keys })
    }

    fn complete(&mut self, party: usize) -> (usize, Deed) {
        let open = self.in_recovery();
        if open.is_some() && !self.dice.once_in(3) {
            self.days_to_wait = 3;
        }
        let party = open.unwrap_or(party);
        let giver = self.or_another(REGISTRAR);
        (giver, Deed::Complete { party })
    }
}

//! Parties: admission, names, mergers and splits.

use super::Choice;
use crate::model::{Admission, Deed, Hiding, NOBODY, Offer, REGISTRAR, Role};
use crate::properties::dice::Word;
use crate::properties::district::DUTIES;

impl Choice<'_> {
    pub(super) fn of_parties(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let deed = match word {
            Word::Admit => self.admit(),
            Word::Rename => {
                let party = self.anybody();
                let name = format!("某某第{}公司", self.dice.below(3));
                Deed::Rename { party, name }
            }
            Word::Merge => self.merge(),
            Word::Split => self.split(),
            Word::Erase => self.erase(),
            other => panic!("{other:?}"),
        };
        let giver = if self.dice.once_in(15) {
            self.lender()
        } else {
            REGISTRAR
        };
        vec![(giver, deed)]
    }

    /// A new key, sometimes one that has an owner, sometimes without its proof.
    pub(super) fn offer(&mut self, person: Option<u64>) -> Offer {
        let taken = self.model().taken_keys.clone();
        let key = match self.dice.below(12) {
            11 => self.dice.pick(&taken).unwrap_or(0),
            _ => self.new_key(),
        };
        Offer {
            key,
            person: person.unwrap_or(key.max(3)),
            proven: !self.dice.once_in(15),
        }
    }

    pub(super) fn new_key(&mut self) -> u64 {
        let key = self.stage.next_key;
        self.stage.next_key += 1;
        key
    }

    fn admit(&mut self) -> Deed {
        let role = [Role::Holder, Role::Bank, Role::Guarantor, Role::Authority][self.dice.below(4)];
        let count = self.model().parties.len();
        let name = match self.dice.below(6) {
            5 => {
                let nth = self.dice.below(count);
                self.model().parties[nth].code.clone()
            }
            _ => format!("firm-{count}"),
        };
        let mut keys: Vec<Offer> = Vec::new();
        for _ in 0..self.dice.below(4) {
            let person = keys.last().map(|offer| offer.person);
            let person = person.filter(|_| self.dice.once_in(6));
            keys.push(self.offer(person));
        }
        keys.sort_by_key(|offer| offer.key);
        keys.dedup_by_key(|offer| offer.key);
        let least = if role == Role::Authority { 2 } else { 1 };
        Deed::Admit(Admission {
            name,
            role,
            duties: if role == Role::Authority {
                vec!["emission"]
            } else {
                Vec::new()
            },
            threshold: [least, least, least, 1, 3][self.dice.below(5)],
            natural: role == Role::Holder && self.dice.once_in(3),
            keys,
        })
    }

    /// Values that somebody hid, mostly.
    fn erase(&mut self) -> Deed {
        let mut hidden: Vec<(Hiding, Vec<&'static str>)> = Vec::new();
        for (nth, pledge) in self.model().pledges.iter().enumerate() {
            if !pledge.hidden.is_empty() {
                hidden.push((Hiding::Pledge(nth), pledge.hidden.clone()));
            }
        }
        for (nth, party) in self.model().parties.iter().enumerate() {
            if party.natural {
                hidden.push((Hiding::Party(nth), vec!["name", "resident_id"]));
            }
        }
        let (of, mut claims) = match self.dice.below(12) {
            9 => (Hiding::Party(self.anybody()), vec!["name"]),
            10 => (Hiding::Pledge(NOBODY), vec!["contract_no"]),
            11 => {
                let count = self.model().pledges.len();
                let nth = self.dice.below(count);
                (Hiding::Pledge(nth), vec!["contract_no"])
            }
            _ => self.dice.pick(&hidden).unwrap(),
        };
        let is_first = self.dice.once_in(2);
        if is_first || self.dice.once_in(2) {
            if !is_first {
                claims.reverse();
            }
            claims.truncate(1);
        }
        if self.dice.once_in(12) {
            claims.push("telephone");
        }
        Deed::Erase { of, claims }
    }

    /// Somebody like another, mostly.
    fn like(&mut self, nth: usize) -> usize {
        let role = self.model().parties.get(nth).map(|party| party.role);
        match self.dice.below(10) {
            9 => self.anybody(),
            _ => role.and_then(|role| self.living(role)).unwrap_or(NOBODY),
        }
    }

    fn merge(&mut self) -> Deed {
        let role = [Role::Holder, Role::Bank, Role::Guarantor, Role::Authority][self.dice.below(4)];
        let into = match self.dice.below(12) {
            11 => self.anybody(),
            _ => self.living(role).unwrap_or(NOBODY),
        };
        let mut absorbed = vec![self.like(into)];
        if self.dice.once_in(4) {
            absorbed.push(self.like(into));
        }
        if !self.dice.once_in(10) {
            absorbed.retain(|nth| *nth != into);
        }
        if absorbed.is_empty() {
            absorbed.push(self.anybody());
        }
        Deed::Merge {
            absorbed: once(absorbed),
            into,
        }
    }

    fn split(&mut self) -> Deed {
        let role = [Role::Holder, Role::Bank, Role::Guarantor, Role::Authority][self.dice.below(4)];
        let party = match self.dice.below(12) {
            11 => self.anybody(),
            _ => self.living(role).unwrap_or(NOBODY),
        };
        let mut successors = vec![self.like(party)];
        if self.dice.once_in(3) {
            successors.push(self.like(party));
        }
        if !self.dice.once_in(8) {
            successors.retain(|nth| *nth != party);
        }
        if successors.is_empty() {
            successors.push(self.anybody());
        }
        let successors = once(successors);
        let residual = match self.dice.below(5) {
            0..=2 => None,
            3 => successors.last().copied(),
            _ => Some(self.like(party)),
        };
        let kinds = self.kinds_for(role, &successors);
        Deed::Split {
            party,
            successors,
            residual,
            kinds,
        }
    }

    /// Kinds that a divided authority hands over, mostly to its successors.
    fn kinds_for(&mut self, role: Role, successors: &[usize]) -> Vec<(&'static str, usize)> {
        let is_likely = role == Role::Authority;
        let mut kinds = Vec::new();
        for kind in DUTIES {
            if self.dice.once_in(if is_likely { 2 } else { 60 }) {
                let to = match self.dice.below(12) {
                    11 => self.anybody(),
                    _ => self.dice.pick(successors).unwrap(),
                };
                kinds.push((kind, to));
            }
        }
        kinds
    }
}

/// In the order of their numbers, each once.
fn once(mut parties: Vec<usize>) -> Vec<usize> {
    parties.sort_unstable();
    parties.dedup();
    parties
}

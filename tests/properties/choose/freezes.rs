//! Orders to freeze, and what becomes of them.

use super::{Choice, place};
use crate::model::{Ask, Deed, Freeze, NOBODY, Name, REGISTRAR, Role, Terms, worth};
use crate::properties::dice::Word;
use crate::properties::district::{BUREAU, COURT};

/// Prices of one unit, in millionths of a yuan.
const PRICES: [i64; 4] = [80_000_000, 1_360_000_000, 30_000, 79_500_001];

impl Choice<'_> {
    pub(super) fn of_freezes(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let chosen = match word {
            Word::Freeze => Some(self.freeze()),
            Word::ChangeFreeze => self.change_freeze(),
            Word::Execute => self.execute(),
            Word::Unfreeze => self.unfreeze(),
            other => panic!("{other:?}"),
        };
        Vec::from_iter(chosen)
    }

    fn freeze(&mut self) -> (usize, Deed) {
        let right = self.any_right();
        let mut ask = self.ask(right, &[]);
        ask.behind.clear();
        let (giver, authority) = match self.dice.below(12) {
            0..=4 => (REGISTRAR, COURT),
            5..=8 => {
                let issuer = self.model().acting(BUREAU);
                (issuer, issuer)
            }
            9 => (self.lender(), COURT),
            10 => (REGISTRAR, BUREAU),
            _ => (REGISTRAR, self.anybody()),
        };
        let terms = self.terms(&mut ask);
        let deed = Deed::Freeze {
            authority,
            ask,
            terms,
        };
        (giver, deed)
    }

    fn terms(&mut self, ask: &mut Ask) -> Terms {
        let mut terms = Terms::default();
        if self.dice.once_in(2) {
            let later = i64::try_from(self.dice.below(6)).unwrap();
            terms.until =
                Some(self.model().today() + [3, 1, 6, 10, 30, 0][self.dice.below(6)] + later);
        }
        if self.dice.once_in(3) {
            let price = PRICES[self.dice.below(4)];
            let is_land = self
                .model()
                .rights
                .get(ask.right)
                .is_some_and(|it| it.kind.is_land());
            let limit = self.sum(ask.right, ask.quantity, price);
            (terms.limit, terms.price) = (Some(limit), Some(price).filter(|_| !is_land));
            match self.dice.below(12) {
                9 => terms.price = Some(price),
                10 => terms.limit = None,
                11 => {}
                _ if is_land || ask.right == NOBODY => {}
                _ => ask.quantity = worth(limit, price, self.stage.plot(ask.right).grain),
            }
        }
        terms
    }

    /// A sum of money, in whole fen, for which about so much is frozen.
    fn sum(&mut self, right: usize, quantity: i64, price: i64) -> i64 {
        let quantity = match self.model().rights.get(right) {
            Some(right) if !right.kind.is_land() => quantity,
            Some(_) | None => 1_000_000,
        };
        let sum = i128::from(quantity) * i128::from(price) / 1_000_000;
        let fen = sum / 10_000 - i128::from(self.dice.once_in(2));
        i64::try_from(fen.max(1) * 10_000).unwrap()
    }

    /// A freeze that stands, mostly, and who acts on it.
    fn some_freeze(&mut self) -> Option<(usize, usize)> {
        let freezes = self.model().freezes.iter().enumerate();
        let standing = freezes.clone().filter(|(_, freeze)| self.holds(freeze) > 0);
        let standing: Vec<usize> = standing.map(|(nth, _)| nth).collect();
        let all: Vec<usize> = freezes.map(|(nth, _)| nth).collect();
        let freeze = match self.dice.below(12) {
            10 => self.dice.pick(&all)?,
            11 => NOBODY,
            _ => self.dice.pick(&standing)?,
        };
        let authority = self.model().freezes.get(freeze).map(|it| it.authority);
        let authority = self.model().acting(authority.unwrap_or(COURT));
        let giver = if authority == COURT {
            REGISTRAR
        } else {
            authority
        };
        let giver = if self.dice.once_in(8) {
            REGISTRAR
        } else {
            giver
        };
        Some((freeze, self.or_another(giver)))
    }

    /// What a freeze holds; nothing where it has ended.
    fn holds(&self, freeze: &Freeze) -> i64 {
        let mut takings = self.model().rights[freeze.right].takings.iter();
        let taking = takings.find(|taking| taking.name == Name::Freeze(freeze.id));
        taking.map_or(0, |taking| taking.quantity)
    }

    fn change_freeze(&mut self) -> Option<(usize, Deed)> {
        let (nth, giver) = self.some_freeze()?;
        let freeze = self.model().freezes.get(nth).copied();
        let end = freeze.and_then(|freeze| freeze.until);
        let renews = self.dice.once_in(2);
        let until = end.unwrap_or(place(9)) + [2, 1, 20, 0, -1][self.dice.below(5)];
        let until = Some(until).filter(|_| renews && until > 0);
        let mut keeps = None;
        let mut limit = None;
        if until.is_none() || self.dice.once_in(3) {
            let holds = freeze.map_or(8_000_000, |freeze| self.holds(&freeze));
            let right = freeze.map_or(0, |freeze| freeze.right);
            let grain = self.stage.plot(right).grain;
            let eighths = [4, 1, 6, 7, 8, 0][self.dice.below(6)];
            let mut less = holds * eighths / 8 / grain * grain;
            if let Some(price) = freeze.and_then(|freeze| freeze.price) {
                let sum = self.sum(right, less.max(grain), price);
                limit = Some(sum).filter(|_| !self.dice.once_in(8));
                if !self.dice.once_in(8) {
                    less = worth(sum, price, grain);
                }
            } else if self.dice.once_in(12) {
                limit = Some(1_000_000);
            }
            keeps = Some(less);
        }
        let deed = Deed::ChangeFreeze {
            freeze: nth,
            until,
            keeps,
            limit,
        };
        Some((giver, deed))
    }

    fn execute(&mut self) -> Option<(usize, Deed)> {
        let (nth, giver) = self.some_freeze()?;
        let freeze = self.model().freezes.get(nth).copied();
        let holds = freeze.map_or(8_000_000, |freeze| self.holds(&freeze));
        let grain = self
            .stage
            .plot(freeze.map_or(0, |freeze| freeze.right))
            .grain;
        let eighths = [4, 8, 1, 9, 3, 0][self.dice.below(6)];
        let right = freeze.and_then(|freeze| self.model().rights.get(freeze.right));
        let is_of_ground = right.is_some_and(|right| right.kind.is_land());
        let names_quantity = if is_of_ground {
            self.dice.once_in(8)
        } else {
            !self.dice.once_in(12)
        };
        let buyer = match self.dice.below(8) {
            0 => Some(self.anybody()),
            1 if names_quantity => None,
            _ => self.living(Role::Holder),
        };
        let quantity = holds * eighths / 8 / grain * grain;
        let deed = Deed::ExecuteFreeze {
            freeze: nth,
            quantity: Some(quantity).filter(|_| names_quantity || buyer.is_none()),
            proceeds: 1_000_000,
            buyer,
        };
        Some((giver, deed))
    }

    fn unfreeze(&mut self) -> Option<(usize, Deed)> {
        let (freeze, giver) = self.some_freeze()?;
        Some((giver, Deed::Unfreeze { freeze }))
    }
}

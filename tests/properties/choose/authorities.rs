//! Acts of authorities on rights, and the rules of kinds.

use super::{Choice, place};
use crate::model::{Deed, NOBODY, REGISTRAR, Ranks, Role};
use crate::properties::dice::Word;
use crate::properties::district::{BUREAU, COURT, first_rules};

impl Choice<'_> {
    pub(super) fn of_authorities(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let chosen = match word {
            Word::Adjust => {
                let right = self.any_right();
                let from = place([4, 2, 5, 6, 7, 1, 0, 10][self.dice.below(8)]);
                let eighths = i64::try_from(self.dice.below(12)).unwrap();
                let plot = self.stage.plots.get(right).copied();
                let deed = Deed::Adjust {
                    right,
                    from,
                    quantity: plot.map_or(1_000_000, |plot| plot.eighths(eighths)),
                };
                Some((self.issuer(), deed))
            }
            Word::Revoke => {
                let right = self.any_right();
                let from = place(self.dice.below(10));
                Some((self.issuer(), Deed::Revoke { right, from }))
            }
            Word::ExtendRight => {
                let right = self.any_right();
                let known = self.model().rights.get(right);
                let end = known.map_or(20_000, |right| right.to);
                let to = end + [1, 20, 0, -3][self.dice.below(4)];
                Some((self.issuer(), Deed::ExtendRight { right, to }))
            }
            Word::Freeze => {
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
                Some((giver, Deed::Freeze { authority, ask }))
            }
            Word::Unfreeze => self.unfreeze(),
            Word::Adopt => self.adopt(),
            other => panic!("{other:?}"),
        };
        Vec::from_iter(chosen)
    }

    fn any_right(&mut self) -> usize {
        if self.dice.once_in(40) {
            return NOBODY;
        }
        self.dice.below(self.model().rights.len())
    }

    fn issuer(&mut self) -> usize {
        let issuer = self.model().acting(BUREAU);
        match self.dice.below(14) {
            12 => BUREAU,
            13 => self.living(Role::Authority).unwrap_or(issuer),
            _ => issuer,
        }
    }

    fn unfreeze(&mut self) -> Option<(usize, Deed)> {
        let freezes = self.model().freezes.iter().enumerate();
        let standing = freezes.clone().filter(|(_, freeze)| !freeze.lifted);
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
        let giver = if self.dice.once_in(6) {
            REGISTRAR
        } else {
            giver
        };
        Some((self.or_another(giver), Deed::Unfreeze { freeze }))
    }

    fn adopt(&mut self) -> Option<(usize, Deed)> {
        let kind = self.dice.below(5);
        let mut rules = self.model().rules_of(first_rules(kind).kind)?.clone();
        let ranks = [
            Ranks::WithConsent,
            Ranks::Open,
            Ranks::Open,
            Ranks::Exclusive,
        ];
        match self.dice.below(9) {
            0..=2 => rules.ranks = [ranks[self.dice.below(4)]; 2],
            3 => rules.ranks[1] = ranks[self.dice.below(4)],
            4 => rules.cites = !rules.cites,
            5 => rules.guarantors = !rules.guarantors,
            6 => rules.strict = !rules.strict,
            7 => rules = first_rules(kind),
            _ => {}
        }
        if !rules.cites {
            // A text without a citation says nothing of forms, so two such rules would be one text.
            rules.ranks[1] = rules.ranks[0];
        }
        let is_text = !self.dice.once_in(12);
        let role = [Role::Authority, Role::Bank, Role::Guarantor][self.dice.below(3)];
        Some((self.living(role)?, Deed::Adopt(rules, is_text)))
    }
}

//! Acts on the secured claim.

use super::Choice;
use crate::model::{Deed, NOBODY, REGISTRAR, Role};
use crate::properties::dice::Word;

impl Choice<'_> {
    pub(super) fn of_claims(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let Some((pledge, bank)) = self.pledge() else {
            return Vec::new();
        };
        let chosen = match word {
            Word::Assign => self.assign(pledge, bank),
            Word::Determine => {
                let growing = self.growing();
                let nth = growing.filter(|_| !self.dice.once_in(5)).unwrap_or(pledge);
                let known = self.model().pledges.get(nth).map(|it| it.bank);
                let bank = known.map_or(bank, |nth| self.model().acting(nth));
                let giver = if self.dice.once_in(3) {
                    REGISTRAR
                } else {
                    self.or_another(bank)
                };
                let court = self.court_of(giver);
                (giver, Deed::Determine { pledge: nth, court })
            }
            Word::Dispose => {
                let giver = if self.dice.once_in(3) {
                    REGISTRAR
                } else {
                    bank
                };
                let line = self.some_lines(pledge)[0];
                let quantity = self.part(pledge, line);
                let court = self.court_of(giver);
                let buyer = match self.dice.below(4) {
                    0 | 1 => self.living(Role::Holder),
                    2 => Some(self.anybody()),
                    _ => None,
                };
                let deed = Deed::Dispose {
                    pledge,
                    line,
                    quantity,
                    court,
                    buyer,
                };
                (giver, deed)
            }
            Word::Object => {
                let role = [Role::Holder, Role::Bank][self.dice.below(2)];
                let giver = self.living(role).unwrap_or(bank);
                let document = u64::try_from(self.dice.below(3)).unwrap();
                let suit = self.dice.once_in(3);
                let deed = Deed::Object {
                    pledge,
                    document,
                    suit,
                };
                (giver, deed)
            }
            Word::Withdraw => self.withdraw(pledge, bank),
            Word::Guarantee | Word::Buyout => {
                let guarantor = self.living(Role::Guarantor).unwrap_or(bank);
                let mut giver = self.or_another(guarantor);
                let deed = if word == Word::Buyout {
                    Deed::Buyout { pledge }
                } else {
                    let any = self.dice.below(self.model().pledges.len());
                    let counter = [None, Some(any), None, Some(NOBODY)][self.dice.below(4)];
                    let share = [0, 2_000, 5_000, 10_000][self.dice.below(4)];
                    let of = self.share_of(pledge);
                    let acting = of.map(|of| self.model().acting(of));
                    if let Some(acting) = acting.filter(|_| !self.dice.once_in(6)) {
                        giver = acting;
                    }
                    Deed::Guarantee {
                        pledge,
                        share,
                        of,
                        counter,
                    }
                };
                (giver, deed)
            }
            Word::External => {
                let number = u64::try_from(self.dice.below(3)).unwrap();
                (bank, Deed::External { pledge, number })
            }
            other => panic!("{other:?}"),
        };
        // A note that is made again and again runs out of room.
        if self.dice.once_in(12) && matches!(word, Word::External | Word::Buyout | Word::Guarantee)
        {
            return (0..17).map(|nth| again(&chosen, nth)).collect();
        }
        vec![chosen]
    }

    /// Whose share of a loss is registered, where it is not the giver's: mostly that of a guarantor here that has ended.
    fn share_of(&mut self, pledge: usize) -> Option<usize> {
        if self.dice.once_in(12) {
            return Some(self.anybody());
        }
        let model = self.model();
        let known = model.pledges.get(pledge).map(|it| it.guarantors.clone());
        let known = known.unwrap_or_default().into_iter().map(|(who, _)| who);
        let ended = known.filter(|who| model.parties[*who].ended.is_some());
        let ended: Vec<usize> = ended.collect();
        self.dice.pick(&ended)
    }

    /// The court that an act names: mostly one where the registrar gives it, and none where another does.
    pub(super) fn court_of(&mut self, giver: usize) -> Option<usize> {
        match (giver == REGISTRAR, self.dice.below(10)) {
            (true, 0) => None,
            (true, 1) => Some(self.anybody()),
            (true, _) | (false, 0) => self.living(Role::Court),
            (false, _) => None,
        }
    }

    /// A pledge whose maximum amount may still be open.
    fn growing(&self) -> Option<usize> {
        let mut pledges = self.model().pledges.iter();
        pledges.position(|it| it.maximum.is_some() && !it.determined && !it.is_closed())
    }

    fn assign(&mut self, pledge: usize, bank: usize) -> (usize, Deed) {
        let guarantors = self
            .model()
            .pledges
            .get(pledge)
            .map(|it| it.guarantors.clone());
        let guarantor = self.dice.pick(&guarantors.unwrap_or_default());
        let growing = self.growing().filter(|_| self.dice.once_in(4));
        let pledge = growing.unwrap_or(pledge);
        let known = self.model().pledges.get(pledge).map(|it| it.bank);
        let bank = match known {
            Some(known) if growing.is_some() => self.model().acting(known),
            Some(_) | None => bank,
        };
        let to = match (self.dice.below(12), guarantor) {
            (0..=5, Some((guarantor, _))) => self.model().acting(guarantor),
            (10, _) => self.anybody(),
            (11, _) => bank,
            _ => self.lender(),
        };
        let paid = guarantor.is_some() || self.dice.once_in(8);
        let in_part = growing.is_some() || self.dice.once_in(3);
        // A yuan, half of what the cap usually is, or more than all of it.
        let amounts = [1_000_000, 500_000_000_000, 1_000_000_010_000];
        let amount = amounts[self.dice.below(3)];
        let part = in_part.then_some(amount);
        let giver = if self.dice.once_in(4) {
            REGISTRAR
        } else {
            bank
        };
        let court = self.court_of(giver);
        let deed = Deed::Assign {
            pledge,
            to,
            paid,
            part,
            court,
        };
        (giver, deed)
    }

    fn withdraw(&mut self, pledge: usize, bank: usize) -> (usize, Deed) {
        let mut objections = Vec::new();
        for (nth, pledge) in self.model().pledges.iter().enumerate() {
            for objection in &pledge.objections {
                let giver = self.model().acting(objection.party);
                objections.push((nth, giver, objection.entry));
            }
        }
        let any = self.dice.pick(&objections);
        let (pledge, own, entry) = any.unwrap_or((pledge, bank, 1));
        let giver = if self.dice.once_in(3) {
            REGISTRAR
        } else {
            self.or_another(own)
        };
        let court = self.court_of(giver);
        let deed = Deed::Withdraw {
            pledge,
            entry,
            court,
        };
        (giver, deed)
    }
}

fn again((giver, deed): &(usize, Deed), nth: u64) -> (usize, Deed) {
    let deed = match deed {
        Deed::External { pledge, .. } => Deed::External {
            pledge: *pledge,
            number: nth,
        },
        other => other.clone(),
    };
    (*giver, deed)
}

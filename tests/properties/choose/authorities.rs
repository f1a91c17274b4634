//! Acts of authorities on rights, and the rules of kinds.

use super::{Choice, place};
use crate::model::{Carving, Deed, Handover, NOBODY, Ranks, Role};
use crate::properties::dice::Word;
use crate::properties::district::{BUREAU, DUTIES, first_rules};

impl Choice<'_> {
    pub(super) fn of_authorities(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let chosen = match word {
            Word::Adjust => {
                let right = self.any_right();
                let from = place([4, 2, 5, 6, 7, 1, 0, 10][self.dice.below(8)]);
                let eighths = i64::try_from(self.dice.below(12)).unwrap();
                let is_known = right != NOBODY;
                let deed = Deed::Adjust {
                    right,
                    from,
                    quantity: if is_known {
                        self.stage.plot(right).eighths(eighths)
                    } else {
                        1_000_000
                    },
                };
                Some((self.issuer(), deed))
            }
            Word::Revoke => {
                let right = self.any_right();
                let from = place(self.dice.below(10));
                Some((self.issuer(), Deed::Revoke { right, from }))
            }
            Word::ExtendRight => {
                let mut rights = self.model().rights.iter();
                let revoked = rights.position(|right| right.revoked.is_some());
                let revoked = revoked.filter(|_| self.dice.once_in(3));
                let right = revoked.unwrap_or_else(|| self.any_right());
                let known = self.model().rights.get(right);
                let end = known.map_or(20_000, |right| right.to);
                let more = [1, 20, 0, -3][self.dice.below(4)];
                let to = end + if revoked.is_some() { more.min(0) } else { more };
                Some((self.issuer(), Deed::ExtendRight { right, to }))
            }
            Word::Adopt => self.adopt(),
            other => panic!("{other:?}"),
        };
        Vec::from_iter(chosen)
    }

    pub(super) fn any_right(&mut self) -> usize {
        if self.dice.once_in(40) {
            return NOBODY;
        }
        self.dice.below(self.model().rights.len())
    }

    pub(super) fn issuer(&mut self) -> usize {
        let issuer = self.model().acting(BUREAU);
        match self.dice.below(14) {
            9..=11 => {
                let kind = self.dice.below(DUTIES.len());
                self.model().keeping(BUREAU, DUTIES[kind])
            }
            12 => BUREAU,
            13 => self.living(Role::Authority).unwrap_or(issuer),
            _ => issuer,
        }
    }

    fn adopt(&mut self) -> Option<(usize, Deed)> {
        let kind = self.dice.below(5);
        let mut rules = self.model().rules_of(first_rules(kind).kind)?.clone();
        let ranks = [
            Ranks::WithConsent,
            Ranks::Exclusive,
            Ranks::Open,
            Ranks::Exclusive,
        ];
        match self.dice.below(21) {
            0..=3 => rules.ranks = [ranks[self.dice.below(4)]; 2],
            4 => rules.ranks[1] = ranks[self.dice.below(4)],
            5 => rules.cites = !rules.cites,
            6 => rules.guarantors = !rules.guarantors,
            7 => rules.strict = !rules.strict,
            8 => rules = first_rules(kind),
            9 => {
                let handovers = [
                    Some(Handover::Free),
                    Some(Handover::Consent),
                    Some(Handover::Blocked),
                    None,
                ];
                rules.transfer = handovers[self.dice.below(4)];
            }
            10 => {
                let carvings = [
                    Some(Carving::Order),
                    Some(Carving::Consent),
                    Some(Carving::Refuse),
                    None,
                ];
                rules.carve = carvings[self.dice.below(4)];
            }
            11 => rules.converts = [Some(true), Some(false), None][self.dice.below(3)],
            12 => {
                let side = self.dice.below(2);
                rules.attested[side] = !rules.attested[side];
            }
            16..=19 => {
                rules.lapse = [Some(true), Some(true), Some(false), None][self.dice.below(4)];
            }
            13..=15 => rules.longest = [Some(1), Some(1), Some(2), None][self.dice.below(4)],
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

//! Rights that change hands, turn into others, are used up or corrected.

use greenlien::primitives::limits;

use super::{Choice, place};
use crate::model::{
    Carving, Conversion, Deed, Kind, Mistake, NOBODY, Name, Portion, REGISTRAR, Role, Taking,
    Transfer, Turned,
};
use crate::properties::dice::Word;
use crate::properties::district::BUREAU;

impl Choice<'_> {
    pub(super) fn of_rights(&mut self, word: Word) -> Vec<(usize, Deed)> {
        let chosen = match word {
            Word::Correct => self.correct(),
            Word::Transfer => self.transfer(),
            Word::Convert => self.convert(),
            Word::Surrender => self.surrender(),
            Word::Verify => self.verify(),
            other => panic!("{other:?}"),
        };
        Vec::from_iter(chosen)
    }

    /// A right of some kinds, mostly one on which something stands.
    fn right_of_kind(&mut self, kinds: &[Kind]) -> usize {
        let rights = self.model().rights.iter().enumerate();
        let fits = rights.filter(|(_, right)| kinds.contains(&right.kind));
        let busy = fits.clone().filter(|(_, right)| !right.takings.is_empty());
        let busy: Vec<usize> = busy.map(|(nth, _)| nth).collect();
        let fits: Vec<usize> = fits.map(|(nth, _)| nth).collect();
        match self.dice.below(12) {
            10 => self.any_right(),
            0..=6 if !busy.is_empty() => self.dice.pick(&busy).unwrap(),
            _ => self.dice.pick(&fits).unwrap_or(0),
        }
    }

    /// The parties of a list and the creditors of a right, each once, mostly all of them; nobody that is not known.
    fn agreeing(&mut self, right: usize, mut parties: Vec<usize>) -> Vec<usize> {
        if right != NOBODY && !self.dice.once_in(5) {
            let takings = self.model().rights[right].takings.clone();
            for taking in takings {
                parties.extend(self.model().creditor_of(taking.name));
            }
        }
        parties.retain(|party| *party != NOBODY);
        let mut acting: Vec<usize> = parties
            .into_iter()
            .map(|party| self.model().acting(party))
            .collect();
        acting.sort_unstable();
        acting.dedup();
        if self.dice.once_in(10) {
            acting.pop();
        }
        acting
    }

    fn holder_of(&self, right: usize) -> usize {
        let right = self.model().rights.get(right);
        right.map_or(NOBODY, |right| self.model().acting(right.holder))
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "every choice has this form; some find nothing to choose"
    )]
    fn correct(&mut self) -> Option<(usize, Deed)> {
        let every = [Kind::Flow, Kind::Stock, Kind::Forest, Kind::Sink];
        // Few rights are in dispute, so one that is comes first.
        let all = 0..self.model().rights.len();
        let is_disputed = |nth: &usize| self.model().rights[*nth].is_disputed();
        let disputed: Vec<usize> = all.filter(is_disputed).collect();
        let wants = self.dice.once_in(2);
        let in_dispute = self.dice.pick(&disputed).filter(|_| wants);
        let right = in_dispute.unwrap_or_else(|| self.right_of_kind(&every));
        let mut giver = self.issuer();
        let sort = in_dispute.map_or_else(|| self.dice.below(10), |_| 6);
        let mistake = match sort {
            0..=3 => {
                let attributes = [
                    ("fee", "已缴"),
                    ("fee", "未缴"),
                    ("certificate_kind", "正式"),
                    ("holder_rating", "绿牌"),
                    ("external_claim", "全部排污权"),
                    ("external_claim", "已核销"),
                    ("other_mortgage", "渝(2026)第7号"),
                    ("other_mortgage", "已注销"),
                ];
                let class = [None, Some("公益林"), Some("商品林")][self.dice.below(3)];
                // Few of them say anything of a forest.
                let known = self.model().rights.get(right);
                let is_forest = known.is_some_and(|it| it.kind == Kind::Forest);
                let nth = if is_forest {
                    [6, 6, 7, 4][self.dice.below(4)]
                } else {
                    self.dice.below(8)
                };
                let changes = (class.is_none() || self.dice.once_in(3)).then(|| attributes[nth]);
                Mistake::Particulars(class, Vec::from_iter(changes))
            }
            4..=5 => {
                let eighths = i64::try_from(self.dice.below(12)).unwrap();
                let known = self.model().rights.get(right);
                let is_land = known.is_some_and(|right| right.kind.is_land());
                let quantity = if right == NOBODY {
                    1_000_000
                } else if is_land {
                    100_000_000
                } else {
                    self.stage.plot(right).eighths(eighths)
                };
                Mistake::Quantity(quantity)
            }
            6 => Mistake::Dispute,
            _ => {
                giver = self.or_another(REGISTRAR);
                self.wrong_line(right)
            }
        };
        let consenting = self.agreeing(right, Vec::new());
        let deed = Deed::Correct {
            right,
            mistake,
            consenting,
        };
        Some((giver, deed))
    }

    /// A line of a right, with another quantity, and what others relied on.
    fn wrong_line(&mut self, right: usize) -> Mistake {
        let known = self.model().rights.get(right).cloned();
        let takings = known.map_or(Vec::new(), |right| right.takings);
        let lines: Vec<Taking> = takings.into_iter().filter(|it| it.name.is_line()).collect();
        let Some(line) = self.dice.pick(&lines) else {
            return Mistake::Line(Name::Line(9_999_999, 0), 1_000_000, Vec::new());
        };
        let grain = self.stage.plot(right).grain;
        let eighths = [12, 4, 7, 16, 8, 0, 9][self.dice.below(7)];
        let quantity = line.quantity.max(grain) * eighths / 8 / grain * grain;
        let Name::Line(id, _) = line.name else {
            panic!()
        };
        let index = self.model().index;
        let relied = match self.dice.below(8) {
            5 => vec![id + 1, index],
            6 => vec![id],
            7 => vec![index + 1],
            _ => Vec::new(),
        };
        Mistake::Line(line.name, quantity, relied)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "every choice has this form; some find nothing to choose"
    )]
    fn transfer(&mut self) -> Option<(usize, Deed)> {
        let every = [Kind::Stock, Kind::Flow, Kind::Forest, Kind::Sink];
        let only = [1, 1, 2, 4][self.dice.below(4)];
        let right = self.right_of_kind(&every[..only]);
        let holder = self.holder_of(right);
        let known = self.model().rights.get(right).map(|right| right.holder);
        let heirs = known.map_or(Vec::new(), |of| self.model().parties[of].successors.clone());
        let heirs: Vec<usize> = heirs.into_iter().map(|(heir, _)| heir).collect();
        let mut succession = !heirs.is_empty() && !self.dice.once_in(3);
        let to = if succession {
            self.dice.pick(&heirs).unwrap()
        } else {
            succession = self.dice.once_in(12);
            self.some_holder()
        };
        let to = if self.dice.once_in(16) { holder } else { to };
        let known = self.model().rights.get(right);
        let has_parts = known.is_some_and(|it| !it.kind.is_land());
        let is_part = has_parts != self.dice.once_in(4);
        let part = (is_part && right != NOBODY).then(|| self.portion(right));
        let consenting = self.agreeing(right, vec![holder, to]);
        let deed = Deed::Transfer(Transfer {
            right,
            to,
            succession,
            part,
            consenting,
        });
        Some((self.issuer(), deed))
    }

    /// A part of a right, with parts of its lines.
    fn portion(&mut self, nth: usize) -> Portion {
        let right = self.model().rights[nth].clone();
        let grain = self.stage.plot(nth).grain;
        let most = right.most().max(8 * grain);
        let eighths = [4, 2, 6, 1, 7, 8, 0][self.dice.below(7)];
        let quantity = most * eighths / 8 / grain * grain;
        let mut lines = Vec::new();
        for taking in &right.takings {
            let is_left = !taking.name.is_line() && !self.dice.once_in(12);
            if is_left || self.dice.once_in(3) {
                continue;
            }
            let part = match self.dice.below(8) {
                0..=2 => Some(taking.quantity * eighths / 8 / grain * grain),
                3 => Some(taking.quantity),
                4 => Some(taking.quantity / 2 / grain * grain),
                5 => Some(taking.quantity + grain),
                _ => None,
            };
            lines.push((taking.name, part));
        }
        if self.dice.once_in(30) {
            lines.push((Name::Line(9_999_999, 0), Some(grain)));
        }
        // More is refused at the door.
        lines.truncate(limits::PLEDGE_LINES_MAX);
        Portion {
            quantity,
            identities: vec![self.identity(right.rules)],
            lines,
        }
    }

    fn convert(&mut self) -> Option<(usize, Deed)> {
        let kinds = [Kind::Stock, Kind::Sink];
        let first = self.dice.below(2);
        let right = self.right_of_kind(&kinds[first..=first]);
        let known = self.model().rights.get(right).cloned();
        let is_sink = known.as_ref().map_or(first == 1, |it| it.kind.is_land());
        let is_odd = self.dice.once_in(20);
        let part = if is_sink ^ is_odd {
            let from = [2027, 2027, 2027, 2026, 2028, 2029][self.dice.below(6)];
            let more = i64::try_from(self.dice.below(2)).unwrap();
            Turned::Years(from, from + more)
        } else {
            let most = known.as_ref().map_or(8_000_000, crate::model::Right::most);
            let eighths = [4, 6, 8, 1, 9, 0][self.dice.below(6)];
            Turned::Amount(most.max(8_000_000) * eighths / 8 / 1_000_000 * 1_000_000)
        };
        let kind = ["carbon", "carbon", "carbon", "carbon", "energy", "tidal"][self.dice.below(6)];
        let quantity = match (part, self.dice.below(8)) {
            (_, 7) => 0,
            (Turned::Amount(quantity), 0..=4) => quantity,
            (_, die) => [12_000_000_000, 7_000_000][die % 2],
        };
        let end = known.as_ref().map_or(place(10), |it| it.to.max(place(10)));
        let to = if self.dice.once_in(10) { place(2) } else { end };
        let identities = vec![self.identity(kind)];
        let issuer = known.map_or(BUREAU, |right| right.issuer);
        let consenting = self.agreeing(NOBODY, vec![issuer, self.holder_of(right)]);
        let giver = if self.dice.once_in(4) {
            self.living(Role::Authority)?
        } else {
            self.issuer()
        };
        let deed = Deed::Convert(Box::new(Conversion {
            right,
            part,
            kind,
            identities,
            quantity,
            from: place(1),
            to,
            class: [None, Some("仅可交易")][self.dice.below(2)],
            consenting,
        }));
        Some((giver, deed))
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "every choice has this form; some find nothing to choose"
    )]
    fn surrender(&mut self) -> Option<(usize, Deed)> {
        let kinds = [Kind::Stock, Kind::Forest, Kind::Flow];
        let first = [0, 0, 1, 2][self.dice.below(4)];
        let right = self.right_of_kind(&kinds[first..=first]);
        let quantity = match self.model().rights.get(right) {
            None => 1_000_000,
            Some(known) => {
                let amount = known.amount();
                let grain = self.stage.plot(right).grain;
                let eighths = [1, 4, 2, 7, 8, 9, 0][self.dice.below(7)];
                amount * eighths / 8 / grain * grain
            }
        };
        let carves = [None, Some(Carving::Consent), Some(Carving::Order)];
        let carve = carves[self.dice.below(3)];
        let holder = self.holder_of(right);
        let consenting = self.agreeing(right, vec![holder]);
        let deed = Deed::Surrender {
            right,
            quantity,
            carve,
            consenting,
        };
        Some((self.issuer(), deed))
    }
}

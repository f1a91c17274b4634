//! Questions of guarantors, and the answers that they record, at once or long after.

use greenlien::domain::law::Law;
use greenlien::domain::question::Answer;

use super::Choice;
use crate::model::{Deed, Inquiry, NOBODY, Role};
use crate::properties::compare::reasons_of;
use crate::scenario::stage::Stage as _;
use crate::support::Answer as Decided;

impl Choice<'_> {
    pub(super) fn verify(&mut self) -> Option<(usize, Deed)> {
        if self.stage.inquiries.is_empty() || !self.dice.once_in(3) {
            self.inquire();
        }
        let mut inquiry = if self.dice.once_in(2) {
            let inquiries = self.stage.inquiries.clone();
            self.dice.pick(&inquiries)?
        } else {
            self.stage.inquiries.last()?.clone()
        };
        match self.dice.below(16) {
            13 => inquiry.size = 0,
            14 => inquiry.size = self.model().index + 1,
            15 => inquiry.law += 1,
            _ => {}
        }
        let guarantor = self.living(Role::Guarantor)?;
        let giver = self.or_another(guarantor);
        Some((giver, Deed::Verify(Box::new(inquiry))))
    }

    /// Asks the registry and the model whether one right may be pledged so, and keeps both answers.
    fn inquire(&mut self) {
        let (bank, pledgor) = (self.lender(), self.pledgor());
        let right = self.right_of(pledgor);
        let mut lines = vec![self.ask(right, &[])];
        if self.dice.once_in(4) {
            lines.push(self.ask(right, &[]));
        }
        let mut asked = self.registration(pledgor, lines);
        (asked.syndicate, asked.green) = (Vec::new(), None);
        let body = self.stage.body(&Deed::Register(asked.clone()));
        let org = self.stage.party(bank);
        let Decided::Decided { outcome, .. } = self.stage.world.ask(org, body) else {
            return;
        };
        let told = self.model().answer(bank, &asked);
        let answer = Answer::of(Law::LATEST, &outcome);
        let both = (reasons_of(&answer.findings), told.iter().cloned().collect());
        assert_eq!(
            both.0, both.1,
            "the law is left, the model right: {asked:?}"
        );
        let inquiry = Inquiry {
            right: if right < self.model().rights.len() {
                right
            } else {
                NOBODY
            },
            bank,
            asked,
            size: self.model().index,
            law: Law::LATEST.number(),
            told,
            number: self.stage.answers.len(),
        };
        self.stage.answers.push(answer);
        self.stage.inquiries.push(inquiry);
    }
}

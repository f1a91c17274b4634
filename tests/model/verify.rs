//! What a guarantor asked about a right, and what it was told: may this be pledged? Recording it moves nothing.

use super::asked::{Expects, Inquiry, Part, Registration, Role, Signature};
use super::deed::{Deed, Order};
use super::reason::{Reason, Reasons, because, reason, refuses};
use super::{Model, NOBODY};

/// The law that the registry decides by.
const LAW: u64 = 2;

/// How many verifications a right remembers.
const ROOM: usize = 16;

impl Model {
    pub(super) fn verify(&mut self, order: &Order, inquiry: &Inquiry, reasons: &mut Reasons) {
        because(reasons, !self.has_role(order.giver, Role::Guarantor), 5003);
        if inquiry.right == NOBODY {
            reasons.push(reason(2001));
            return;
        }
        let is_later = inquiry.size > self.index || inquiry.law > LAW;
        because(reasons, inquiry.size == 0 || is_later, 2014);
        let now = self.answer(inquiry.bank, &inquiry.asked);
        because(reasons, now != inquiry.told, 6017);
        let noted = &mut self.rights[inquiry.right].verified;
        noted.push((order.giver, inquiry.size, self.index));
        while noted.len() > ROOM {
            noted.remove(0);
        }
    }

    /// What the registry would say if this were asked now and all had signed: why not, or what it would warn of.
    pub(crate) fn answer(&self, bank: usize, asked: &Registration) -> Reasons {
        let mut after = self.clone();
        let rights = self.rights.iter();
        after.registered = rights.map(|right| right.takings.clone()).collect();
        let everybody = 0..self.parties.len();
        let sign = |party| Signature {
            party,
            key: 0,
            part: Part::Maker,
        };
        let order = Order {
            giver: bank,
            signatures: everybody.map(sign).collect(),
            attested: Vec::new(),
            expects: Expects::Nothing,
            deed: Deed::Register(asked.clone()),
        };
        let mut reasons = Reasons::new();
        after.act(&order, &mut reasons);
        let refused = refuses(&reasons);
        let counts = |reason: &Reason| reason.warns() != refused;
        reasons.retain(counts);
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

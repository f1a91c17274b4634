//! Acts of authorities on rights, never refused for want of room, and the rules of a kind.

use super::deed::{Deed, Order, Role, Rules};
use super::reason::{Reasons, because, reason};
use super::right::{Kind, Taking};
use super::{Ask, DAY, DayNumber, Instant, Model, Name, REGISTRAR};

/// A freeze; orders of courts are entered and lifted by the registrar, others by the issuer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freeze {
    pub(crate) id: u64,
    pub(crate) right: usize,
    pub(crate) authority: usize,
    pub(crate) lifted: bool,
}

/// Rules of a kind from an instant on.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) rules: Rules,
    pub(crate) from: Instant,
}

impl Model {
    /// The rules of a kind that hold now.
    pub(crate) fn rules_of(&self, kind: &str) -> Option<&Rules> {
        let mut held = None;
        for version in &self.versions {
            if version.rules.kind == kind && version.from <= self.now {
                held = Some(&version.rules);
            }
        }
        held
    }

    pub(super) fn act_as_authority(&mut self, order: &Order, reasons: &mut Reasons) {
        match &order.deed {
            Deed::Adopt(rules, is_text) => self.adopt(rules, *is_text, reasons),
            Deed::Adjust {
                right,
                from,
                quantity,
            } => {
                if self.is_issuers(order, *right, reasons) {
                    self.adjust(*right, *from, *quantity, reasons);
                }
            }
            Deed::Revoke { right, from } => {
                if self.is_issuers(order, *right, reasons) {
                    let right = &mut self.rights[*right];
                    because(reasons, right.revoked.is_some(), 2003);
                    right.revoked = Some(*from);
                }
            }
            Deed::ExtendRight { right, to } => {
                if self.is_issuers(order, *right, reasons) {
                    let land = self.rights[*right].land;
                    let ends = land.is_some_and(|land| self.rights[land].to < *to);
                    let right = &mut self.rights[*right];
                    because(reasons, right.revoked.is_some(), 2003);
                    because(reasons, *to <= right.to, 4007);
                    because(reasons, ends && right.to < *to, 4006);
                    right.to = *to;
                }
            }
            Deed::Freeze { authority, ask } => self.freeze(order, *authority, ask, reasons),
            Deed::Unfreeze { freeze } => self.unfreeze(order, *freeze, reasons),
            other => panic!("{other:?}"),
        }
        let right = match &order.deed {
            Deed::Adjust { right, .. }
            | Deed::Revoke { right, .. }
            | Deed::ExtendRight { right, .. } => Some(*right),
            Deed::Freeze { ask, .. } => Some(ask.right),
            Deed::Unfreeze { freeze } => self.freezes.get(*freeze).map(|freeze| freeze.right),
            _ => None,
        };
        if let Some(right) = right.filter(|right| *right < self.rights.len()) {
            self.hang(&[right]);
        }
    }

    fn is_issuers(&self, order: &Order, nth: usize, reasons: &mut Reasons) -> bool {
        let Some(right) = self.rights.get(nth) else {
            reasons.push(reason(2001));
            return false;
        };
        because(reasons, self.acting(right.issuer) != order.giver, 2009);
        true
    }

    /// Sets the quantity of a right from a day on; that of a stock at once.
    fn adjust(&mut self, nth: usize, from: DayNumber, quantity: i64, reasons: &mut Reasons) {
        let right = &mut self.rights[nth];
        because(reasons, right.revoked.is_some(), 2003);
        because(reasons, right.kind.is_land(), 2014);
        let out = from < right.from || right.to <= from;
        because(reasons, right.kind == Kind::Flow && out, 4002);
        let stays = |day: DayNumber| right.kind == Kind::Flow && day < from;
        right.levels.retain(|(day, _)| stays(*day));
        right.levels.push((from, quantity));
    }

    fn freeze(&mut self, order: &Order, authority: usize, ask: &Ask, reasons: &mut Reasons) {
        let Some(right) = self.rights.get(ask.right) else {
            reasons.push(reason(2001));
            return;
        };
        if authority >= self.parties.len() {
            reasons.push(reason(1005));
        } else {
            let of_court = order.giver == REGISTRAR && self.has_role(authority, Role::Court);
            let own = order.giver == authority && self.acting(right.issuer) == order.giver;
            because(reasons, !of_court && !own, 5003);
        }
        let orders = right.takings.iter().filter(|taking| taking.is_freeze());
        because(reasons, orders.count() >= 64, 3011);
        because(reasons, ask.quantity == 0, 3004);
        because(reasons, right.lets_wait(ask, self.today()), 9002);
        let name = Name::Freeze(self.index);
        self.rights[ask.right].takings.push(Taking::of(name, ask));
        self.freezes.push(Freeze {
            id: self.index,
            right: ask.right,
            authority,
            lifted: false,
        });
    }

    fn unfreeze(&mut self, order: &Order, nth: usize, reasons: &mut Reasons) {
        let Some(freeze) = self.freezes.get(nth).copied() else {
            reasons.push(reason(2017));
            return;
        };
        if freeze.lifted {
            reasons.push(reason(2017));
            return;
        }
        // The registrar enters the lifting of orders of courts; an authority lifts its own.
        let may = if order.giver == REGISTRAR {
            self.has_role(freeze.authority, Role::Court)
        } else {
            self.acting(freeze.authority) == order.giver
        };
        because(reasons, !may, 5003);
        self.freezes[nth].lifted = true;
        let name = Name::Freeze(freeze.id);
        let right = &mut self.rights[freeze.right];
        right.takings.retain(|taking| taking.name != name);
    }

    /// New rules hold after a day; the same text as the one that holds is none.
    fn adopt(&mut self, rules: &Rules, is_text: bool, reasons: &mut Reasons) {
        let same = self.rules_of(rules.kind) == Some(rules);
        because(reasons, !is_text || same, 5015);
        self.versions.push(Version {
            rules: rules.clone(),
            from: self.now + DAY,
        });
    }
}

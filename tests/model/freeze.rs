//! Freezes: their order in time, their limits in money, and what execution sells of them.

use super::asked::{Role, Terms};
use super::deed::{Deed, Order};
use super::kinds::facts_of;
use super::reason::{Detail, Reason, Reasons, because, reason, too_soon};
use super::right::{Kind, Right, Taking};
use super::{Amount, Ask, DAY, DayNumber, Instant, Model, Name, REGISTRAR};

/// A freeze; orders of courts are entered and lifted by the registrar, others by the issuer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freeze {
    pub(crate) id: u64,
    pub(crate) right: usize,
    pub(crate) authority: usize,
    /// Lifted, or sold out.
    pub(crate) lifted: bool,
    pub(crate) until: Option<DayNumber>,
    pub(crate) limit: Option<Amount>,
    pub(crate) price: Option<Amount>,
    /// What execution has sold of it, and what that brought.
    pub(crate) executed: Amount,
    pub(crate) proceeds: Amount,
}

/// The instant at which a day begins in China.
pub(super) fn begins(day: DayNumber) -> Instant {
    Instant::try_from(day).unwrap() * DAY - 8 * 3_600_000_000
}

impl Right {
    /// How much of a freeze of this name, or of a further one, is in force on each of its days.
    pub(super) fn in_force(
        &self,
        name: Option<Name>,
        ask: &Ask,
        today: DayNumber,
    ) -> Vec<(DayNumber, Amount)> {
        let mut before: Vec<&Taking> = Vec::new();
        for taking in self.takings.iter().filter(|taking| taking.is_freeze()) {
            if Some(taking.name) == name {
                break;
            }
            before.push(taking);
        }
        let mut in_force = Vec::new();
        for day in self.days(ask.from, ask.to, today) {
            let taken = before.iter().filter(|freeze| freeze.on(day));
            let taken: Amount = taken.map(|freeze| freeze.quantity).sum();
            // What an execution may sell is there until the day of the revocation; who lends on it looks further ahead.
            let is_over = self.revoked.is_some_and(|revoked| revoked <= today);
            let there_is = match self.kind {
                Kind::Stock if !is_over => self.most(),
                Kind::Stock | Kind::Flow => self.has(day),
                Kind::Forest | Kind::Sink => 1,
            };
            in_force.push((day, ask.quantity.min((there_is - taken).max(0))));
        }
        in_force
    }
}

/// The least quantity, in whole grains, that is worth a sum.
pub(crate) fn worth(limit: Amount, price: Amount, grain: Amount) -> Amount {
    let mut grains: i128 = 0;
    let is_worth = |grains: i128| {
        grains * i128::from(grain) * i128::from(price) >= i128::from(limit) * 1_000_000
    };
    // Doubling steps find the end, halving ones the place.
    let mut step: i128 = 1;
    while !is_worth(grains + step) {
        step *= 2;
    }
    while step > 0 {
        if !is_worth(grains + step) {
            grains += step;
        }
        step /= 2;
    }
    Amount::try_from((grains + 1) * i128::from(grain)).unwrap()
}

impl Model {
    pub(super) fn act_on_freezes(&mut self, order: &Order, reasons: &mut Reasons) {
        match &order.deed {
            Deed::Freeze {
                authority,
                ask,
                terms,
            } => self.freeze(order, *authority, (ask, *terms), reasons),
            Deed::ChangeFreeze {
                freeze,
                until,
                keeps,
                limit,
            } => {
                self.judge_issuer_or_registrar(order, *freeze, reasons);
                if self.is_standing(order, *freeze, reasons) {
                    self.change_freeze(*freeze, *until, (*keeps, *limit), reasons);
                }
            }
            Deed::ExecuteFreeze {
                freeze,
                quantity,
                proceeds,
                buyer,
            } => {
                self.judge_issuer_or_registrar(order, *freeze, reasons);
                if self.is_standing(order, *freeze, reasons) {
                    if let Some(buyer) = buyer {
                        self.judge_named(*buyer, reasons);
                    }
                    match quantity {
                        Some(quantity) => self.execute(*freeze, (*quantity, *proceeds), reasons),
                        None => self.sell_ground(*freeze, *buyer, reasons),
                    }
                }
            }
            Deed::Unfreeze { freeze } => {
                if self.is_standing(order, *freeze, reasons) {
                    self.lift(*freeze);
                }
            }
            other => panic!("{other:?}"),
        }
    }

    /// Only the registrar, for a court, and the issuer of the right act on freezes at all.
    fn judge_issuer_or_registrar(&self, order: &Order, nth: usize, reasons: &mut Reasons) {
        let right = self.freezes.get(nth).map_or(0, |freeze| freeze.right);
        let right = &self.rights[right];
        let is_issuer = self.keeping(right.issuer, right.rules) == order.giver;
        because(reasons, !is_issuer && order.giver != REGISTRAR, 5003);
    }

    fn freeze(
        &mut self,
        order: &Order,
        authority: usize,
        (ask, terms): (&Ask, Terms),
        reasons: &mut Reasons,
    ) {
        let today = self.today();
        let Some(right) = self.rights.get(ask.right) else {
            reasons.push(reason(2001));
            return;
        };
        if authority >= self.parties.len() {
            reasons.push(reason(1005));
        } else {
            let of_court = order.giver == REGISTRAR && self.has_role(authority, Role::Court);
            let keeper = self.keeping(right.issuer, right.rules);
            let own = order.giver == authority && keeper == order.giver;
            because(reasons, !of_court && !own, 5003);
        }
        because(reasons, right.succeeded_by.is_some(), 2016);
        let orders = right.takings.iter().filter(|taking| taking.is_freeze());
        because(reasons, orders.count() >= 64, 3011);
        because(reasons, ask.quantity == 0, 3004);
        because(
            reasons,
            terms.until.is_some_and(|until| until <= today),
            4008,
        );
        let right = &self.rights[ask.right];
        because(reasons, right.kind == Kind::Flow && ask.to <= today, 4008);
        Self::judge_limit(right, ask.quantity, (terms.limit, terms.price), reasons);
        self.judge_queue(right, ask, reasons);
        let mut taking = Taking::of(Name::Freeze(self.index), ask);
        taking.expires = terms.until.map(begins);
        self.rights[ask.right].takings.push(taking);
        self.hang(&[ask.right]);
        self.freezes.push(Freeze {
            id: self.index,
            right: ask.right,
            authority,
            lifted: false,
            until: terms.until,
            limit: terms.limit,
            price: terms.price,
            executed: 0,
            proceeds: 0,
        });
    }

    /// A sum of money and a price give the quantity; ground notes a sum alone.
    fn judge_limit(
        right: &Right,
        quantity: Amount,
        (limit, price): (Option<Amount>, Option<Amount>),
        reasons: &mut Reasons,
    ) {
        if right.kind.is_land() {
            because(reasons, price.is_some(), 2014);
            return;
        }
        let grain = facts_of(right.rules).unwrap().grain;
        let follows = match (limit, price) {
            (None, None) => return,
            (Some(limit), Some(price)) => Some(worth(limit, price, grain)),
            _ => None,
        };
        if follows != Some(quantity) {
            let detail = Some(Detail {
                most: follows,
                ..Detail::default()
            });
            reasons.push(Reason { code: 3013, detail });
        }
    }

    /// The freezes before it leave too little on some day.
    fn judge_queue(&self, right: &Right, ask: &Ask, reasons: &mut Reasons) {
        let today = self.today();
        let in_force = right.in_force(None, ask, today);
        let Some((first, _)) = in_force.iter().find(|(_, force)| *force < ask.quantity) else {
            return;
        };
        let days: Vec<DayNumber> = in_force.iter().map(|(day, _)| *day).collect();
        let before = right.takings.iter().filter(|taking| taking.is_freeze());
        let met = before.filter(|freeze| days.iter().any(|day| freeze.on(*day)));
        let least = in_force.iter().map(|(_, force)| *force).min();
        let detail = Some(Detail {
            in_the_way: met.map(|freeze| freeze.name.to_string()).take(16).collect(),
            first: right.kind.has_days().then_some(*first),
            most: least.filter(|_| !right.kind.is_land()),
            ..Detail::default()
        });
        reasons.push(Reason { code: 9002, detail });
    }

    /// Finds that a freeze does not stand any more, or that somebody else has ordered it.
    fn is_standing(&self, order: &Order, nth: usize, reasons: &mut Reasons) -> bool {
        let Some(freeze) = self.freezes.get(nth) else {
            reasons.push(reason(2017));
            return false;
        };
        let mut takings = self.rights[freeze.right].takings.iter();
        if !takings.any(|taking| taking.name == Name::Freeze(freeze.id)) {
            reasons.push(reason(2017));
            return false;
        }
        // The registrar enters what becomes of orders of courts; an authority acts on its own.
        let may = if order.giver == REGISTRAR {
            self.has_role(freeze.authority, Role::Court)
        } else {
            let kind = self.rights[freeze.right].rules;
            self.keeping(freeze.authority, kind) == order.giver
        };
        because(reasons, !may, 5003);
        true
    }

    fn taking_of(&mut self, nth: usize) -> &mut Taking {
        let freeze = self.freezes[nth];
        let mut takings = self.rights[freeze.right].takings.iter_mut();
        let is_it = |taking: &&mut Taking| taking.name == Name::Freeze(freeze.id);
        takings.find(is_it).unwrap()
    }

    fn change_freeze(
        &mut self,
        nth: usize,
        until: Option<DayNumber>,
        (keeps, limit): (Option<Amount>, Option<Amount>),
        reasons: &mut Reasons,
    ) {
        let freeze = self.freezes[nth];
        if let Some(until) = until {
            if freeze.until.is_none_or(|end| until <= end) {
                let named = Name::Freeze(freeze.id).to_string();
                reasons.push(too_soon(None, Some(named), freeze.until.map(|end| end + 1)));
            }
            self.freezes[nth].until = Some(until);
            self.taking_of(nth).expires = Some(begins(until));
        }
        let right = &self.rights[freeze.right];
        let Some(keeps) = keeps else { return };
        if right.kind.is_land() {
            reasons.push(reason(2014));
            return;
        }
        because(reasons, keeps == 0, 3004);
        if freeze.limit.is_some() || limit.is_some() {
            let grain = facts_of(right.rules).unwrap().grain;
            let follows = match (limit, freeze.price) {
                (Some(limit), Some(price)) => Some(worth(limit, price, grain)),
                _ => None,
            };
            if follows != Some(keeps) {
                let detail = Some(Detail {
                    most: follows,
                    ..Detail::default()
                });
                reasons.push(Reason { code: 3013, detail });
            }
            self.freezes[nth].limit = limit;
        }
        let holds = self.taking_of(nth).quantity;
        if keeps >= holds {
            let detail = Some(Detail {
                most: Some(holds),
                ..Detail::default()
            });
            reasons.push(Reason { code: 3014, detail });
        }
        self.taking_of(nth).quantity = keeps;
        self.hang(&[freeze.right]);
    }

    /// Sells of a frozen quantity what all that came before the freeze leaves on each of its days.
    fn execute(
        &mut self,
        nth: usize,
        (quantity, proceeds): (Amount, Amount),
        reasons: &mut Reasons,
    ) {
        let freeze = self.freezes[nth];
        let today = self.today();
        let taking = self.taking_of(nth).clone();
        let right = &mut self.rights[freeze.right];
        if right.kind.is_land() {
            reasons.push(reason(2014));
            return;
        }
        because(reasons, quantity == 0, 3004);
        let is_over = right.revoked.is_some_and(|revoked| revoked <= today);
        let days = right.days(taking.from, taking.to, today);
        let mut before = right.clone();
        before.takings = right.takings_before(taking.name);
        if !is_over && right.kind == Kind::Stock {
            before.revoked = None;
        }
        let left = days.iter().map(|day| before.free(*day, &|_| false)).min();
        let most = left.unwrap_or(0).min(taking.quantity);
        if quantity > most {
            let detail = Some(Detail {
                most: Some(most),
                ..Detail::default()
            });
            reasons.push(Reason { code: 3014, detail });
        }
        right.lose(quantity, (taking.from.max(today), taking.to));
        because(reasons, right.levels.len() > 128, 3011);
        self.freezes[nth].executed += quantity;
        self.freezes[nth].proceeds += proceeds;
        self.taking_of(nth).quantity -= quantity;
        if self.taking_of(nth).quantity <= 0 {
            return self.lift(nth);
        }
        self.hang(&[freeze.right]);
    }

    /// Sells ground as it is frozen: years leave a right that has others, else it goes to its buyer with its lines.
    fn sell_ground(&mut self, nth: usize, buyer: Option<usize>, reasons: &mut Reasons) {
        let freeze = self.freezes[nth];
        let today = self.today();
        let taking = self.taking_of(nth).clone();
        let right = &mut self.rights[freeze.right];
        let Some(buyer) = buyer.filter(|_| right.kind.is_land()) else {
            reasons.push(reason(2014));
            return;
        };
        let leaves = right.kind == Kind::Sink && right.has_others(taking.from, taking.to, today);
        let days = right.days(taking.from, taking.to, today);
        let shares = |other: &&Taking| days.iter().any(|day| other.on(*day));
        let before = right.takings_before(taking.name);
        let before = before.iter().filter(|other| other.is_freeze() || leaves);
        let met: Vec<String> = before
            .filter(shares)
            .map(|other| other.name.to_string())
            .collect();
        if !met.is_empty() || right.revoked.is_some_and(|revoked| revoked <= today) {
            let detail = Some(Detail {
                in_the_way: met.into_iter().take(16).collect(),
                ..Detail::default()
            });
            reasons.push(Reason { code: 3014, detail });
        }
        if leaves {
            right.sell_years((taking.from, taking.to));
            because(reasons, right.converted.len() > 128, 3011);
        } else {
            (right.holder, right.acquired) = (buyer, Some(self.index));
        }
        self.lift(nth);
    }

    fn lift(&mut self, nth: usize) {
        self.freezes[nth].lifted = true;
        let freeze = self.freezes[nth];
        let right = &mut self.rights[freeze.right];
        right
            .takings
            .retain(|taking| taking.name != Name::Freeze(freeze.id));
        self.hang(&[freeze.right]);
    }
}

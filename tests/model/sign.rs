//! Who must sign a command, and whether the signatures count where it stands.

use super::asked::{Hiding, Role};
use super::deed::{Deed, Longer, NOBODY, Order};
use super::reason::{Reasons, because, reason};
use super::{Model, Name, Party, Pledge, REGISTRAR, Registration, Signature};

/// What waits while the keys of a party are in doubt.
const WAITS: [&str; 18] = [
    "adjust_right",
    "amend_pledge",
    "assign_pledge",
    "cancel_reservation",
    "change_freeze",
    "change_rank",
    "convert_right",
    "correct_right",
    "erase",
    "execute_freeze",
    "record_disposal",
    "release_pledge",
    "revoke_right",
    "substitute_collateral",
    "surrender_right",
    "transfer_right",
    "unfreeze",
    "withdraw_objection",
];

/// Whether a rule for one type of command counts for another: whatever could take a rule away is held to all of them.
pub(crate) fn asks(of: &str, word: &str) -> bool {
    let loosens = [
        "add_key",
        "revoke_key",
        "rotate_key",
        "set_signing_policy",
        "set_signing_rules",
    ];
    of == word || loosens.contains(&word)
}

impl Order {
    /// Whether a party has signed.
    pub(super) fn is_signed_by(&self, party: usize) -> bool {
        let mut signatures = self.signatures.iter();
        signatures.any(|signature| signature.party == party)
    }

    /// Whether its consent is attested by the giver.
    fn is_attested(&self, party: usize) -> bool {
        self.attested.iter().any(|(of, _)| *of == party)
    }
}

impl Model {
    /// The parties beside the giver without whose signature the command does not stand.
    pub(crate) fn consents(&self, giver: usize, deed: &Deed) -> Vec<usize> {
        let mut parties = Vec::new();
        match deed {
            Deed::Reserve { pledgor, .. } | Deed::Register(Registration { pledgor, .. }) => {
                parties.push(*pledgor);
            }
            Deed::Amend { pledge, .. }
            | Deed::Extend { pledge, .. }
            | Deed::Substitute { pledge, .. } => {
                parties.extend(self.pledges.get(*pledge).map(|pledge| pledge.holder));
                parties.extend(deed.consenting());
            }
            Deed::Guarantee { pledge, .. } | Deed::Buyout { pledge } => {
                parties.extend(self.pledges.get(*pledge).map(|pledge| pledge.bank));
            }
            Deed::Assign { to, .. } => parties.push(*to),
            Deed::ChangeRank { from, to, .. } => {
                let harmed = harmed(from, to).into_iter();
                parties.extend(harmed.filter_map(|name| self.pledgee_of(name)));
            }
            Deed::Rename { party, .. } => parties.push(*party),
            Deed::Merge { absorbed, into } => {
                parties.extend(absorbed);
                parties.push(*into);
            }
            Deed::Split {
                party, successors, ..
            } => {
                parties.push(*party);
                parties.extend(successors);
            }
            Deed::Erase {
                of: Hiding::Pledge(pledge),
                ..
            } => {
                let pledge = self.pledges.get(*pledge).filter(|it| !it.is_closed());
                parties.extend(pledge.map(|pledge| pledge.bank));
            }
            _ => parties.extend(deed.consenting()),
        }
        if matches!(
            deed,
            Deed::Rename { .. } | Deed::Merge { .. } | Deed::Split { .. }
        ) {
            // Who has never held a key cannot sign; the proof is enough.
            parties.retain(|nth| self.signs_itself(*nth));
        }
        if let Deed::Dispose { pledge, .. } = deed
            && giver != REGISTRAR
        {
            // By agreement, which is nobody's where the pledgor gives none.
            parties.extend(self.pledges.get(*pledge).map(|it| it.holder));
        }
        parties.extend(self.holders_of_parts(giver, deed));
        let needed = self.names_to_let_in(deed).into_iter();
        parties.extend(needed.filter_map(|name| self.pledgee_of(name)));
        let mut once = Vec::new();
        for party in parties.into_iter().map(|party| self.acting(party)) {
            if party != giver && !once.contains(&party) {
                once.push(party);
            }
        }
        once
    }

    /// Who holds a part of a claim that gives something up, and has ever held a key; what a court orders asks nobody.
    fn holders_of_parts(&self, giver: usize, deed: &Deed) -> Vec<usize> {
        let pledges = match deed {
            Deed::Amend { pledge, .. }
            | Deed::Release { pledge, .. }
            | Deed::Substitute { pledge, .. }
            | Deed::Dispose { pledge, .. }
            // Who holds the claim for them is not for the pledgee alone to say.
            | Deed::Assign {
                pledge, part: None, ..
            } => vec![*pledge],
            Deed::ChangeRank { from, to, .. } => {
                let worse = harmed(from, to).into_iter();
                worse.filter_map(|name| self.pledge_of(name)).collect()
            }
            _ => Vec::new(),
        };
        let known = pledges.into_iter().filter_map(|nth| self.pledges.get(nth));
        let holders = |pledge: &Pledge| -> Vec<usize> {
            let parts = pledge.parts.iter().map(|(holder, _)| *holder);
            parts.chain(pledge.syndicate.iter().copied()).collect()
        };
        let acting = known.flat_map(holders).map(|holder| self.acting(holder));
        let with_keys = acting.filter(|holder| giver != REGISTRAR && self.signs_itself(*holder));
        with_keys.collect()
    }

    /// The lines whose pledgees must let somebody stand behind them.
    pub(super) fn names_to_let_in(&self, deed: &Deed) -> Vec<Name> {
        let mut names = Vec::new();
        for (right, behind) in self.places(deed) {
            let Some(known) = self.rights.get(right) else {
                continue;
            };
            let behind = behind.into_iter();
            names.extend(behind.filter(|name| self.is_to_let_in(*name, deed, known)));
        }
        names
    }

    /// The rights on which the command places something, and behind whom. Who let a reservation stand behind its line has
    /// agreed to what takes it over.
    fn places(&self, deed: &Deed) -> Vec<(usize, Vec<Name>)> {
        let line = |pledge: usize, number: u16| {
            let pledge = self.pledges.get(pledge)?;
            Some(pledge.lines.get(usize::from(number))?.ask.right)
        };
        match deed {
            Deed::Reserve { lines, .. } | Deed::Substitute { add: lines, .. } => {
                let place = |ask: &super::Ask| (ask.right, ask.behind.clone());
                lines.iter().map(place).collect()
            }
            Deed::Register(registration) => {
                let hold = registration.hold.and_then(|nth| self.holds.get(nth));
                let held = hold.map_or(&[][..], |hold| &hold.lines);
                let mut places = Vec::new();
                for ask in &registration.lines {
                    let mut behind = ask.behind.clone();
                    behind.retain(|name| {
                        // More than was reserved, or other days, nobody has agreed to.
                        let fits = |held: &&super::Ask| {
                            let inside = held.from <= ask.from && ask.to <= held.to;
                            held.right == ask.right && ask.quantity <= held.quantity && inside
                        };
                        let mut held = held.iter().filter(fits);
                        !held.any(|held| held.behind.contains(name))
                    });
                    places.push((ask.right, behind));
                }
                places
            }
            Deed::Amend { pledge, lines, .. } => {
                let place = |(number, _, behind): &(u16, i64, Vec<Name>)| {
                    Some((line(*pledge, *number)?, behind.clone()))
                };
                lines.iter().filter_map(place).collect()
            }
            Deed::Extend { pledge, lines, .. } => {
                let place =
                    |longer: &Longer| Some((line(*pledge, longer.line)?, longer.behind.clone()));
                lines.iter().filter_map(place).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Why the signatures do not count.
    pub(super) fn judge_signatures(&self, order: &Order) -> Reasons {
        let mut reasons = Reasons::new();
        let mut signers: Vec<usize> = Vec::new();
        for signature in &order.signatures {
            if !signers.contains(&signature.party) {
                signers.push(signature.party);
            }
        }
        for party in &signers {
            self.judge_party(*party, order, &mut reasons);
        }
        let word = order.deed.word();
        let consents = self.consents(order.giver, &order.deed);
        self.judge_attested(order, &mut reasons);
        for party in std::iter::once(order.giver).chain(consents) {
            let has_agreed = signers.contains(&party) || order.is_attested(party);
            because(&mut reasons, !has_agreed, 5007);
            let in_doubt = self.parties.get(party).is_some_and(Party::is_in_recovery);
            because(&mut reasons, in_doubt && WAITS.contains(&word), 5017);
        }
        if matches!(
            order.deed,
            Deed::Adopt(..) | Deed::Recover { .. } | Deed::RotateLogKey { .. }
        ) {
            let counts = |role: Role| {
                let counts = |nth: &&usize| {
                    self.has_role(**nth, role) && !self.parties[**nth].is_in_recovery()
                };
                signers.iter().any(|nth| counts(&nth))
            };
            let met = counts(Role::Authority) && counts(Role::Bank);
            because(&mut reasons, !met, 5014);
        }
        if let Deed::Rotate { old, .. } = order.deed {
            let mut signatures = order.signatures.iter();
            let has_signed = signatures.any(|signature| signature.key == old);
            because(&mut reasons, !has_signed, 5019);
        }
        reasons
    }

    /// Only the consent of a pledgor that never had a key is attested, as the rules of all kinds that the pledge stands on
    /// allow.
    fn judge_attested(&self, order: &Order, reasons: &mut Reasons) {
        let (pledgor, rights) = match &order.deed {
            Deed::Register(registration) => {
                let rights = registration.lines.iter().map(|ask| ask.right).collect();
                (Some(registration.pledgor), rights)
            }
            // What a court sells needs no agreement, and so no paper.
            Deed::Dispose { .. } if order.giver == REGISTRAR => (None, Vec::new()),
            Deed::Amend { pledge, .. }
            | Deed::Extend { pledge, .. }
            | Deed::Dispose { pledge, .. }
            | Deed::Substitute { pledge, .. } => {
                let pledge = self.pledges.get(*pledge);
                let mut rights: Vec<usize> = Vec::new();
                if let Some(pledge) = pledge {
                    rights.extend(pledge.lines.iter().map(|line| line.ask.right));
                }
                if let Deed::Substitute { add, .. } = &order.deed {
                    rights.extend(add.iter().map(|ask| ask.right));
                }
                (pledge.map(|it| self.acting(it.holder)), rights)
            }
            _ => (None, Vec::new()),
        };
        for (party, on_video) in &order.attested {
            let had_key = self
                .parties
                .get(*party)
                .is_none_or(|it| !it.keys.is_empty());
            let allows = |right: &usize| {
                let right = self.rights.get(*right);
                let rules = right.and_then(|right| self.rules_of(right.rules));
                rules.is_none_or(|rules| rules.attested[usize::from(*on_video)])
            };
            let is_pledgor = pledgor == Some(*party) && *party != order.giver;
            let counts = is_pledgor && !had_key && rights.iter().all(allows);
            because(reasons, !counts, 5022);
        }
    }

    fn judge_party(&self, nth: usize, order: &Order, reasons: &mut Reasons) {
        let party = &self.parties[nth];
        let of_party = |signature: &&Signature| signature.party == nth;
        let mut persons: Vec<u64> = Vec::new();
        for signature in order.signatures.iter().filter(of_party) {
            let key = party.keys.iter().find(|key| key.number == signature.key);
            let key = key.unwrap();
            because(reasons, !key.is_valid_at(self.index), 5002);
            because(reasons, persons.contains(&key.person), 5004);
            persons.push(key.person);
            let may = party.may_sign(signature.key, signature.part);
            because(reasons, !may, 5016);
        }
        let word = order.deed.word();
        let asked = party.rules.iter().filter(|(of, _)| asks(of, word));
        let asked = asked.map(|(_, threshold)| *threshold).max().unwrap_or(0);
        if persons.len() < asked.max(party.threshold) {
            reasons.push(reason(5009));
        }
    }

    /// Whether a party lives that has ever held a key, so that nobody signs in its place.
    pub(crate) fn signs_itself(&self, nth: usize) -> bool {
        let party = self.parties.get(nth).filter(|_| nth != NOBODY);
        party.is_some_and(|party| party.ended.is_none() && !party.keys.is_empty())
    }
}

/// The lines that a new order puts behind one that they did not stand behind before.
pub(crate) fn harmed(from: &[Name], to: &[Name]) -> Vec<Name> {
    let mut harmed = Vec::new();
    for (place, name) in to.iter().enumerate() {
        let before = from.iter().position(|other| other == name).unwrap();
        if to[..place]
            .iter()
            .any(|other| !from[..before].contains(other))
        {
            harmed.push(*name);
        }
    }
    harmed
}

//! Parties and their succession.

use super::asked::{Admission, Hiding, Role};
use super::deed::{Deed, Order};
use super::key::Key;
use super::reason::{Reasons, because, reason};
use super::{Instant, Model, NOBODY, Part, REGISTRAR};

/// An attempt to give new keys to a party.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Recovery {
    pub(crate) ready: Instant,
    pub(crate) keys: Vec<super::Offer>,
    pub(crate) open: bool,
}

/// A party.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) id: u64,
    /// From which its credit code follows.
    pub(crate) code: String,
    pub(crate) name: String,
    /// A natural person, whose name and number are hidden.
    pub(crate) natural: bool,
    pub(crate) erased: Vec<&'static str>,
    pub(crate) role: Role,
    pub(crate) duties: Vec<&'static str>,
    pub(crate) threshold: usize,
    pub(crate) keys: Vec<Key>,
    /// How many sign a type of command, where it is more.
    pub(crate) rules: Vec<(&'static str, usize)>,
    /// Keys that sign in one part alone.
    pub(crate) parts: Vec<(u64, Part)>,
    pub(crate) recoveries: Vec<Recovery>,
    /// The entries that disowned others, and whether that is decided.
    pub(crate) disputes: Vec<(u64, bool)>,
    /// Who acts in its place.
    pub(crate) ended: Option<usize>,
    pub(crate) ended_at: u64,
    /// Kinds of right that went on under others, each with the entry that says so.
    pub(crate) handed: Vec<(&'static str, usize, u64)>,
    pub(crate) predecessors: Vec<usize>,
    /// Who came out of it, each with the entry that says so.
    pub(crate) successors: Vec<(usize, u64)>,
}

impl Party {
    pub(crate) fn is_in_recovery(&self) -> bool {
        self.recoveries.last().is_some_and(|recovery| recovery.open)
    }

    pub(crate) fn may_sign(&self, key: u64, part: Part) -> bool {
        let mut parts = self.parts.iter();
        parts.all(|(of, only)| *of != key || *only == part)
    }
}

/// Registrars and issuers sign with two persons at least.
pub(super) fn least_threshold(role: Role) -> usize {
    match role {
        Role::Registrar | Role::Authority => 2,
        Role::Bank | Role::Guarantor | Role::Court | Role::Holder => 1,
    }
}

impl Model {
    pub(super) fn act_on_parties(&mut self, order: &Order, reasons: &mut Reasons) {
        because(reasons, order.giver != REGISTRAR, 5003);
        match &order.deed {
            Deed::Admit(admission) => self.admit(admission, reasons),
            Deed::Rename { party, name } => {
                if self.is_living(*party, reasons) {
                    let party = &mut self.parties[*party];
                    because(reasons, party.natural || party.name == *name, 2014);
                    party.name.clone_from(name);
                }
            }
            Deed::Merge { absorbed, into } => {
                for party in absorbed {
                    self.succeed(*party, *into, true, reasons);
                    self.end(*party, *into);
                }
            }
            Deed::Split {
                party,
                successors,
                residual,
                kinds,
            } => {
                for successor in successors {
                    self.succeed(*party, *successor, kinds.is_empty(), reasons);
                }
                self.hand_over(*party, (successors, *residual), kinds, reasons);
                let Some(residual) = residual else { return };
                because(reasons, !successors.contains(residual), 1012);
                self.end(*party, *residual);
            }
            Deed::Erase { of, claims } => self.erase(*of, claims, reasons),
            other => panic!("{other:?}"),
        }
    }

    /// Hidden values are erased once. Who relies on an open pledge must agree, which its signatures have shown.
    fn erase(&mut self, of: Hiding, claims: &[&'static str], reasons: &mut Reasons) {
        let (hidden, erased) = match of {
            Hiding::Party(nth) => match self.parties.get_mut(nth) {
                Some(party) if party.natural => (vec!["name", "resident_id"], &mut party.erased),
                Some(party) => (Vec::new(), &mut party.erased),
                None => {
                    reasons.push(reason(1005));
                    return;
                }
            },
            Hiding::Pledge(nth) => {
                let Some(pledge) = self.pledges.get_mut(nth) else {
                    reasons.push(reason(6005));
                    return;
                };
                (pledge.hidden.clone(), &mut pledge.erased)
            }
        };
        for claim in claims {
            let is_there = hidden.contains(claim) && !erased.contains(claim);
            because(reasons, !is_there, 1013);
            erased.push(claim);
        }
    }

    fn admit(&mut self, admission: &Admission, reasons: &mut Reasons) {
        let mut parties = self.parties.iter().filter(|it| !it.natural);
        let is_known = parties.any(|it| it.code == admission.name);
        because(reasons, is_known && !admission.natural, 1010);
        for offer in &admission.keys {
            self.judge_offer(offer, reasons);
        }
        let mut persons: Vec<u64> = admission.keys.iter().map(|offer| offer.person).collect();
        persons.sort_unstable();
        persons.dedup();
        judge_threshold(admission.role, admission.threshold, persons.len(), reasons);
        self.parties.push(Party {
            id: self.index,
            code: admission.name.clone(),
            name: admission.name.clone(),
            natural: admission.natural,
            erased: Vec::new(),
            role: admission.role,
            duties: admission.duties.clone(),
            threshold: admission.threshold,
            keys: Vec::new(),
            rules: Vec::new(),
            parts: Vec::new(),
            recoveries: Vec::new(),
            disputes: Vec::new(),
            ended: None,
            ended_at: 0,
            handed: Vec::new(),
            predecessors: Vec::new(),
            successors: Vec::new(),
        });
        let nth = self.parties.len() - 1;
        for offer in &admission.keys {
            self.give_key(nth, offer.key, offer.person);
        }
    }

    /// Finds that a party is not registered or has ended.
    pub(super) fn is_living(&self, nth: usize, reasons: &mut Reasons) -> bool {
        self.judge_named(nth, reasons);
        nth < self.parties.len()
    }

    /// Links a party and one that is to succeed it, which must be able to act in its place, in all of it or in a part.
    fn succeed(&mut self, nth: usize, to: usize, in_all: bool, reasons: &mut Reasons) {
        if !self.is_living(nth, reasons) || !self.is_living(to, reasons) {
            return;
        }
        let (party, successor) = (&self.parties[nth], &self.parties[to]);
        let mut duties = party.duties.iter();
        let has_duties = duties.all(|duty| successor.duties.contains(duty));
        let is_able = party.role == successor.role && (has_duties || !in_all);
        let in_doubt = party.is_in_recovery() || successor.is_in_recovery();
        let fits = nth != to && nth != REGISTRAR && is_able && !in_doubt;
        because(reasons, !fits, 1012);
        let entry = self.index;
        self.parties[nth].successors.push((to, entry));
        self.parties[to].predecessors.push(nth);
    }

    /// Ends a party: its keys sign nothing more, and another acts in its place.
    fn end(&mut self, nth: usize, to: usize) {
        if nth == NOBODY || to == NOBODY {
            return;
        }
        self.end_keys(nth);
        self.parties[nth].ended = Some(to);
        self.parties[nth].ended_at = self.index;
    }

    /// Kinds of right go on under others, which are given by whoever keeps them; an authority that ends leaves no duty to nobody.
    fn hand_over(
        &mut self,
        nth: usize,
        (successors, residual): (&[usize], Option<usize>),
        kinds: &[(&'static str, usize)],
        reasons: &mut Reasons,
    ) {
        let Some(party) = self.parties.get(nth).filter(|_| !kinds.is_empty()) else {
            return;
        };
        let after = successors.iter().filter_map(|to| self.parties.get(*to));
        let duties: Vec<&str> = after.flat_map(|it| it.duties.clone()).collect();
        let nothing_is_lost =
            residual.is_none() || party.duties.iter().all(|duty| duties.contains(duty));
        let may_go = |(kind, to): &(&'static str, usize)| {
            successors.contains(to) && self.keeping(nth, kind) == nth
        };
        let fits = party.role == Role::Authority && nothing_is_lost && kinds.iter().all(may_go);
        because(reasons, !fits, 1012);
        let index = self.index;
        let handed = kinds.iter().map(|(kind, to)| (*kind, *to, index));
        self.parties[nth].handed.extend(handed);
    }
}

/// A threshold that the persons of a party can meet, and not below what its role asks for.
pub(super) fn judge_threshold(role: Role, threshold: usize, persons: usize, reasons: &mut Reasons) {
    let is_met = persons == 0 || threshold <= persons;
    let fits = (least_threshold(role)..=5).contains(&threshold) && is_met;
    because(reasons, !fits, 5011);
}

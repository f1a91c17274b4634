//! The slow reference model of the law: lists and loops, written from the documents.
//!
//! It shares no code with the law. Quantities are plain integers of millionths, days are numbers since 1970, and there is no
//! calculus of spans: a flow is looked at on each of its days, a sink on each day of its years. A land right is a right of
//! which there is one, a stock is a right on a single day; so one rule judges all three: on no day may more be taken than
//! there is, and who stands behind another takes from the same room.
//!
//! | file | what |
//! | --- | --- |
//! | `deed`, `asked` | what may be asked |
//! | `sign` | who must sign, and whether the signatures count |
//! | `kinds` | what the policy texts say and no sequence changes |
//! | `right`, `reason` | what is free of a right, and why a line is refused |
//! | `rank` | who may stand behind whom |
//! | `pledge`, `change`, `claim` | acts on pledges, on their lines, and on the claims that they secure |
//! | `issue`, `ground` | rights that are issued, and where they lie |
//! | `transfer`, `convert`, `correct` | acts on rights that move, use up or correct what stands on them |
//! | `verify` | what a guarantor asked, and what it was told |
//! | `authority`, `freeze` | acts of authorities and courts, and the rules of a kind |
//! | `party`, `key` | parties, their succession and their keys, and what is hidden of them |

mod asked;
mod authority;
mod change;
mod claim;
mod convert;
mod correct;
mod deed;
mod freeze;
mod ground;
mod issue;
mod key;
mod kinds;
mod near;
mod party;
mod pledge;
mod rank;
mod reason;
mod right;
mod room;
mod sign;
mod stack;
mod transfer;
mod verify;

pub(crate) use asked::{
    Admission, Ask, Carving, Conversion, Expects, Ground, Handover, Hiding, Identity, Inquiry,
    Issue, Mistake, Offer, Part, Portion, Ranks, Registration, Role, Rules, Signature, Terms,
    Transfer, Turned,
};
pub(crate) use authority::Version;
pub(crate) use deed::{Deed, Longer, NOBODY, Order, WORDS};
pub(crate) use freeze::{Freeze, worth};
pub(crate) use ground::Parcel;
pub(crate) use key::Key;
pub(crate) use kinds::facts_of;
pub(crate) use party::Party;
pub(crate) use pledge::{Hold, Line as PledgeLine, Pledge};
pub(crate) use reason::{Detail, Reason, Reasons, refuses};
pub(crate) use right::{ALWAYS, Kind, Name, Right, Taking, first_day_of};
pub(crate) use sign::asks;

/// Millionths of the unit; 1 for the whole of a land right.
pub(crate) type Amount = i64;
/// Days since 1970-01-01.
pub(crate) type DayNumber = i64;
/// Microseconds since 1970.
pub(crate) type Instant = u64;

/// Microseconds of a day.
pub(crate) const DAY: Instant = 86_400_000_000;

/// The party that keeps the register.
pub(crate) const REGISTRAR: usize = 0;

/// Everything that the model knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) parties: Vec<Party>,
    pub(crate) rights: Vec<Right>,
    pub(crate) pledges: Vec<Pledge>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) freezes: Vec<Freeze>,
    /// Every identity that ever had a right.
    pub(crate) identities: Vec<String>,
    /// What was taken of each right when the command came.
    registered: Vec<Vec<Taking>>,
    /// Rules with the instant from which they hold, oldest first.
    pub(crate) versions: Vec<Version>,
    /// Every key that ever had an owner.
    pub(crate) taken_keys: Vec<u64>,
    /// The instant until which two keys sign the log.
    pub(crate) log_overlap: Instant,
    pub(crate) now: Instant,
    /// The number that the next entry has.
    pub(crate) index: u64,
}

impl Model {
    /// Turns the clock, and drops what has expired.
    pub(crate) fn at(&mut self, now: Instant, index: u64) {
        (self.now, self.index) = (now, index);
        for right in &mut self.rights {
            right
                .takings
                .retain(|taking| taking.expires.is_none_or(|expires| now < expires));
        }
        for line in self.pledges.iter_mut().flat_map(|it| &mut it.lines) {
            line.open &= line.ends.is_none_or(|ends| now < ends);
        }
    }

    /// The day in China.
    pub(crate) fn today(&self) -> DayNumber {
        let hours = self.now / 3_600_000_000 + 8;
        DayNumber::try_from(hours / 24).unwrap()
    }

    /// Decides a command: returns why it is refused, and does it where nothing refuses.
    pub(crate) fn decide(&mut self, order: &Order) -> Reasons {
        let mut reasons = self.judge_signatures(order);
        let named = order.deed.pledge().or(order.deed.right());
        let names_a_record = named.is_some();
        let is_stale = names_a_record && order.expects == Expects::Stale;
        let is_missing = order.deed.must_expect() && order.expects == Expects::Nothing;
        reason::because(&mut reasons, is_missing || is_stale, 6007);
        self.registered = self
            .rights
            .iter()
            .map(|right| right.takings.clone())
            .collect();
        let mut after = self.clone();
        after.act(order, &mut reasons);
        if !refuses(&reasons) {
            *self = after;
        }
        reasons
    }

    fn act(&mut self, order: &Order, reasons: &mut Reasons) {
        let deed = &order.deed;
        match deed {
            Deed::Admit(_)
            | Deed::Rename { .. }
            | Deed::Merge { .. }
            | Deed::Split { .. }
            | Deed::Erase { .. } => self.act_on_parties(order, reasons),
            Deed::AddKey(_)
            | Deed::RevokeKey(_)
            | Deed::SetThreshold(_)
            | Deed::Rotate { .. }
            | Deed::SetRules { .. }
            | Deed::Dispute { .. }
            | Deed::Resolve { .. }
            | Deed::Recover { .. }
            | Deed::Veto { .. }
            | Deed::Complete { .. }
            | Deed::RotateLogKey { .. } => self.act_on_keys(order, reasons),
            Deed::Adopt(..)
            | Deed::Adjust { .. }
            | Deed::Revoke { .. }
            | Deed::ExtendRight { .. } => self.act_as_authority(order, reasons),
            Deed::Freeze { .. }
            | Deed::ChangeFreeze { .. }
            | Deed::ExecuteFreeze { .. }
            | Deed::Unfreeze { .. } => self.act_on_freezes(order, reasons),
            Deed::Issue(_)
            | Deed::Transfer(_)
            | Deed::Convert(_)
            | Deed::Surrender { .. }
            | Deed::Correct { .. } => self.act_on_right(order, reasons),
            Deed::Verify(inquiry) => self.verify(order, inquiry, reasons),
            Deed::Reserve { .. }
            | Deed::Cancel { .. }
            | Deed::Register(_)
            | Deed::Amend { .. }
            | Deed::Extend { .. }
            | Deed::Release { .. }
            | Deed::Substitute { .. } => self.act_on_collateral(order, reasons),
            Deed::ChangeRank { right, from, to } => {
                self.change_rank(order, *right, (from, to), reasons);
            }
            Deed::Assign { .. }
            | Deed::Determine { .. }
            | Deed::Dispose { .. }
            | Deed::Object { .. }
            | Deed::Withdraw { .. }
            | Deed::Guarantee { .. }
            | Deed::Buyout { .. }
            | Deed::External { .. } => self.act_on_claims(order, reasons),
        }
    }

    /// The party that acts in the place of another.
    pub(crate) fn acting(&self, mut nth: usize) -> usize {
        while let Some(successor) = self.parties.get(nth).and_then(|party| party.ended) {
            nth = successor;
        }
        nth
    }

    /// The party that keeps rights of a kind which another has issued.
    pub(crate) fn keeping(&self, mut nth: usize, kind: &str) -> usize {
        let mut last = 0;
        while let Some(party) = self.parties.get(nth) {
            let mut steps: Vec<(u64, usize)> = Vec::new();
            for (of, to, entry) in &party.handed {
                if *of == kind {
                    steps.push((*entry, *to));
                }
            }
            steps.extend(party.ended.map(|to| (party.ended_at, to)));
            match steps.iter().find(|(entry, _)| *entry > last) {
                Some(step) => (last, nth) = *step,
                None => break,
            }
        }
        nth
    }

    pub(crate) fn has_role(&self, nth: usize, role: Role) -> bool {
        self.parties
            .get(nth)
            .is_some_and(|party| party.role == role)
    }

    /// The pledge of a line, in the list.
    pub(crate) fn pledge_of(&self, name: Name) -> Option<usize> {
        let Name::Line(id, _) = name else { return None };
        self.pledges.iter().position(|pledge| pledge.id == id)
    }

    /// Who acts as the pledgee of a line.
    pub(crate) fn pledgee_of(&self, name: Name) -> Option<usize> {
        let pledge = self.pledge_of(name)?;
        Some(self.acting(self.pledges[pledge].bank))
    }
}

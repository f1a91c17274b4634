//! Pledges and reservations, each with its lines over rights.

use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::ExternalReport;
use crate::domain::party::Erased;
use crate::domain::right::{BurdenId, Extent};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::quantity::Quantity;
use crate::primitives::time::{Span, Timestamp};

/// Whether the security is called 质押 or 抵押.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// 质押.
    Pledge,
    /// 抵押.
    Mortgage,
}

impl Form {
    /// Returns the word of the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pledge => "质押",
            Self::Mortgage => "抵押",
        }
    }

    /// Parses the word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pledge, Self::Mortgage]
            .into_iter()
            .find(|form| form.name() == name)
    }
}

/// One line of a pledge or a reservation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The right it takes from.
    pub right: RightId,
    /// How much it takes.
    pub extent: Extent,
    /// The burdens it stands behind; those that are no longer on the right do not count.
    pub behind: Vec<BurdenId>,
    /// The line has been released whole.
    pub released: bool,
    /// When it lapses, where the policy under which it was registered ends it with the term of the claim (law 2).
    pub expires: Option<Timestamp>,
}

impl Line {
    /// Says whether the line stands at `now`: it has not been released and has not lapsed.
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        !self.released && !self.has_lapsed_at(now)
    }

    /// Says whether the line had ended by itself at `now`, before anybody released it.
    pub fn has_lapsed_at(&self, now: Timestamp) -> bool {
        !self.released && self.expires.is_some_and(|expires| expires <= now)
    }
}

/// A registered security interest for one secured claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pledge {
    /// Who is secured.
    pub pledgee: PartyId,
    /// Who gives the collateral.
    pub pledgor: PartyId,
    /// Who owes, where it is not the pledgor.
    pub debtor: Option<PartyId>,
    /// 质押 or 抵押.
    pub form: Form,
    /// The lines; their numbers are their positions.
    pub lines: Vec<Line>,
    /// The term of the claim.
    pub term: Option<Span>,
    /// Digests of hidden members (contract number, principal), sorted by name.
    pub hidden: Vec<(String, Hash)>,
    /// The reservation it took over.
    pub reservation: Option<ReservationId>,
    /// What acts of law 2 have added.
    pub more: PledgeMore,
}

/// Members of a pledge that came with law 2; a pledge that no such act has touched has none of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PledgeMore {
    /// The most that is ever secured, in tranches of one position each.
    pub caps: Vec<Cap>,
    /// That of a maximum-amount pledge (最高额).
    pub maximum: Option<Maximum>,
    /// Who was its pledgee before, oldest first.
    pub former: Vec<Former>,
    /// The entry that fixed the claims of a maximum-amount pledge.
    pub determined: Option<EntryIndex>,
    /// Shares of the claim that others have had since the registration, ascending by party; the pledgee of record acts for them.
    pub syndicate: Vec<Share>,
    /// The category of the loan in a catalogue of green finance.
    pub green: Option<String>,
    /// Parts of the claim that others hold; the pledgee of record acts for them.
    pub parts: Vec<Part>,
    /// Guarantees for the claim.
    pub guarantees: Vec<Guarantee>,
    /// Commitments to buy the collateral out.
    pub buyouts: Vec<Buyout>,
    /// Objections; one without a suit lapses by itself.
    pub objections: Vec<Objection>,
    /// What was disposed of in execution.
    pub disposals: Vec<Disposal>,
    /// Lines that a split left undivided.
    pub joint: Vec<Joint>,
    /// Lines that the registrar had entered wrongly.
    pub corrections: Vec<LineCorrection>,
    /// What other registers say about it, one report for each register and number.
    pub external: Vec<ExternalReport>,
    /// Consents of parties without keys, which its pledgee attested.
    pub attested: Vec<Attested>,
    /// Hidden members whose openings were destroyed.
    pub erased: Vec<Erased>,
}

impl PledgeMore {
    /// Returns who has a part of the claim beside the pledgee of record: the members of its syndicate, and to whom parts were
    /// assigned.
    pub fn sharers(&self) -> impl Iterator<Item = PartyId> {
        let shares = self.syndicate.iter().map(|share| share.party);
        shares.chain(self.parts.iter().map(|part| part.party))
    }
}

/// A consent that the pledgee attested; never a signature of the party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attested {
    /// Who consented.
    pub party: PartyId,
    /// How.
    pub class: ConsentClass,
    /// The digest of the scan or of the recording.
    pub document: Hash,
    /// The entry that attested it.
    pub entry: EntryIndex,
}

/// All of a claim or a loss, in hundredths of a percent.
pub const WHOLE_BP: u64 = 10_000;

/// What another than the pledgee has of the claim of a syndicate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Who has it.
    pub party: PartyId,
    /// How much of the claim, in hundredths of a percent.
    pub share_bp: u64,
}

/// A part of the claim that was assigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Who holds it.
    pub party: PartyId,
    /// The amount in yuan.
    pub amount: Quantity,
    /// The entry that assigned it.
    pub entry: EntryIndex,
}

/// A guarantee for the secured claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guarantee {
    /// The guarantor.
    pub guarantor: PartyId,
    /// The share of a loss that it bears, in hundredths of a percent.
    pub share_bp: u64,
    /// The pledge that secures it.
    pub counter: Option<PledgeId>,
    /// The digest of the contract.
    pub document: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// A commitment to buy the collateral out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buyout {
    /// Who commits itself.
    pub party: PartyId,
    /// The price in yuan.
    pub price: Quantity,
    /// What lets it fall due, in words.
    pub trigger: String,
    /// The digest of the contract.
    pub document: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// An objection to a pledge. It notes a dispute and moves nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Objection {
    /// Who objects.
    pub party: PartyId,
    /// The digest of the objection.
    pub document: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
    /// When it lapses, unless a suit was filed.
    pub until: Timestamp,
    /// The digest of the proof that a suit was filed.
    pub suit: Option<Hash>,
}

impl Objection {
    /// Says whether the objection stands at `now`.
    pub fn stands_at(&self, now: Timestamp) -> bool {
        self.suit.is_some() || now < self.until
    }
}

/// A part of the collateral that was disposed of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disposal {
    /// The line.
    pub line: u16,
    /// How much of it; none for the whole line.
    pub quantity: Option<Quantity>,
    /// What it brought, in yuan.
    pub proceeds: Quantity,
    /// The court that ordered it; by agreement where there is none.
    pub authority: Option<PartyId>,
    /// Who bought it, where it is a party.
    pub buyer: Option<PartyId>,
    /// The digest of the record of the sale.
    pub document: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// Two lines that follow the parts of a right which a split divided, before anybody said how the pledge is divided: together
/// they secure what the first secured alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Joint {
    /// The line on the right that was split.
    pub first: u16,
    /// The line on the right that came of it.
    pub second: u16,
    /// How much both secure together.
    pub quantity: Quantity,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// A line that the registrar had entered wrongly. The wrong entry stays in the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineCorrection {
    /// The line.
    pub line: u16,
    /// The line that stands for what was missing, behind everyone who was in the register by then.
    pub further: Option<u16>,
    /// What the line should have said.
    pub quantity: Quantity,
    /// The sizes of the log at which others had certificates and relied on them.
    pub relied: Vec<EntryIndex>,
    /// The digest of the document behind it.
    pub document: Hash,
    /// The entry that recorded it.
    pub entry: EntryIndex,
}

/// A part of what is secured at most, and the entry from which it ranks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cap {
    /// The amount in yuan.
    pub amount: Quantity,
    /// The entry at whose position it stands.
    pub entry: EntryIndex,
}

/// What a maximum-amount pledge adds to a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Maximum {
    /// The days in which secured claims may arise (债权确定期间).
    pub period: Span,
}

/// A pledgee of the past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Former {
    /// The party.
    pub party: PartyId,
    /// The entry that ended it.
    pub until: EntryIndex,
    /// The guarantor that paid stepped into its place (代位).
    pub subrogation: bool,
}

impl Pledge {
    /// The line that a correction has added to a line, where it stands.
    pub fn further_line(&self, number: u16, now: Timestamp) -> Option<u16> {
        let notes = self.more.corrections.iter();
        let notes = notes.filter(|note| note.line == number);
        notes.filter_map(|note| note.further).find(|further| {
            let line = self.lines.get(usize::from(*further));
            line.is_some_and(|line| line.is_open_at(now))
        })
    }

    /// Returns the pledgee at the position of an entry.
    pub fn pledgee_at(&self, index: EntryIndex) -> PartyId {
        let then = self.more.former.iter().find(|former| index <= former.until);
        then.map_or(self.pledgee, |former| former.party)
    }

    /// Returns who has a part of the claim beside the pledgee of record.
    pub fn sharers(&self) -> impl Iterator<Item = PartyId> {
        self.more.sharers()
    }

    /// Returns whom the pledge concerns: both sides, who has a part of the claim, who owes it, guarantors, and those who promised to
    /// buy. One may come twice.
    pub fn parties(&self) -> impl Iterator<Item = PartyId> {
        let more = &self.more;
        let guarantors = more.guarantees.iter().map(|guarantee| guarantee.guarantor);
        [self.pledgee, self.pledgor]
            .into_iter()
            .chain(self.debtor)
            .chain(self.sharers())
            .chain(guarantors)
            .chain(more.buyouts.iter().map(|buyout| buyout.party))
    }

    /// Returns the most that is secured, where it is clear.
    pub fn cap(&self) -> Option<Quantity> {
        let add = |sum: Quantity, cap: &Cap| sum.saturating_add(cap.amount);
        let caps = &self.more.caps;
        (!caps.is_empty()).then(|| caps.iter().fold(Quantity::ZERO, add))
    }

    /// Says whether claims may still arise under a maximum amount: until somebody fixes them or their period ends.
    pub fn has_open_claims(&self, now: Timestamp) -> bool {
        let runs = |maximum: Maximum| now.day() < maximum.period.to();
        self.more.determined.is_none() && self.more.maximum.is_some_and(runs)
    }

    /// Says whether a determination period has all days of the present one, and others.
    pub fn gets_longer(&self, period: Span) -> bool {
        let present = self.more.maximum.map(|maximum| maximum.period);
        present.is_some_and(|present| period.covers(present) && period != present)
    }

    /// Lowers the quantities of lines, in 10^-6 of the unit, so that those which splits left undivided count together for no more
    /// than the line that was split first did, less what was disposed of them since; what went last gives way first.
    pub fn share(&self, quantities: &mut [u128]) {
        share(&self.more.joint, &self.sold(), quantities);
    }

    /// Returns how much may yet be disposed of a line that splits left undivided: what it counts for together with the others, less
    /// what was disposed of them before an entry. None of a line that counts for itself.
    pub fn left_undivided(&self, line: u16, before: EntryIndex) -> Option<Quantity> {
        let mut sold = self.sold();
        sold.retain(|(_, entry, _)| *entry < before);
        let mut left = None;
        each_joint(&self.more.joint, self.lines.len(), |note, all| {
            if all.contains(&usize::from(line)) {
                let rest = raw(note.quantity).saturating_sub(gone_since(note, all, &sold));
                left = Some(left.map_or(rest, |known: u128| known.min(rest)));
            }
        });
        let quantity = |rest| i64::try_from(rest).ok().and_then(Quantity::from_raw);
        left.and_then(quantity)
    }

    fn sold(&self) -> Vec<Sold> {
        let disposals = self.more.disposals.iter();
        let sold = disposals.filter_map(|of| {
            // A line that is gone whole keeps its last extent.
            let whole = self.lines.get(usize::from(of.line)).map(|line| line.extent);
            let much = match (of.quantity, whole) {
                (Some(quantity), _) | (None, Some(Extent::Stock(quantity))) => raw(quantity),
                (None, Some(Extent::Flow(..) | Extent::Whole | Extent::Years(_)) | None) => 0,
            };
            Some((of.line, of.entry, much)).filter(|_| much > 0)
        });
        sold.collect()
    }

    /// Says whether no line stands at `now`: each has been released or has lapsed.
    pub fn is_closed_at(&self, now: Timestamp) -> bool {
        !self.lines.iter().any(|line| line.is_open_at(now))
    }

    /// Says whether every line that has ended was left to lapse by the time of `now`, the last of them at least.
    pub fn has_lapsed_at(&self, now: Timestamp) -> bool {
        self.is_closed_at(now) && self.lines.iter().any(|line| line.has_lapsed_at(now))
    }
}

fn raw(quantity: Quantity) -> u128 {
    u128::try_from(quantity.raw()).unwrap_or_default()
}

/// What was disposed of a line: its number, the entry, and how much in 10^-6 of the unit.
type Sold = (u16, EntryIndex, u128);

/// Lowers quantities as [`Pledge::share`] does.
fn share(joint: &[Joint], sold: &[Sold], quantities: &mut [u128]) {
    each_joint(joint, quantities.len(), |note, all| {
        let sum: u128 = all.iter().filter_map(|line| quantities.get(*line)).sum();
        let gone = gone_since(note, all, sold);
        let mut over = sum.saturating_sub(raw(note.quantity).saturating_sub(gone));
        for line in all.iter().rev() {
            if let Some(quantity) = quantities.get_mut(*line) {
                let less = over.min(*quantity);
                *quantity -= less;
                over -= less;
            }
        }
    });
}

/// Tells each note with all lines that it joins: two, and all that came of either by later notes, so the latest note comes first.
fn each_joint(joint: &[Joint], lines: usize, mut tell: impl FnMut(&Joint, &[usize])) {
    let mut parts: Vec<Vec<usize>> = (0..lines).map(|line| vec![line]).collect();
    for note in joint.iter().rev() {
        let [first, second] = [note.first, note.second].map(usize::from);
        let Some(further) = parts.get_mut(second).map(std::mem::take) else {
            continue;
        };
        let Some(all) = parts.get_mut(first) else {
            continue;
        };
        all.extend(further);
        tell(note, all);
    }
}

/// How much of these lines was disposed of since a note joined them, in 10^-6 of the unit.
fn gone_since(note: &Joint, all: &[usize], sold: &[Sold]) -> u128 {
    let since = |(line, entry, _): &&Sold| *entry > note.entry && all.contains(&usize::from(*line));
    sold.iter().filter(since).map(|(_, _, much)| much).sum()
}

/// How a reservation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReservationEnd {
    /// A registration took it over.
    Taken(PledgeId),
    /// The pledgee gave it up.
    Cancelled,
}

/// A short-lived priority notice (预登记) that already counts against capacity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reservation {
    /// Who may register on it.
    pub pledgee: PartyId,
    /// Who consented.
    pub pledgor: PartyId,
    /// The lines.
    pub lines: Vec<Line>,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// How it ended before that.
    pub ended: Option<ReservationEnd>,
}

impl Reservation {
    /// Returns when a reservation that is made at `now` for so many days ends by itself.
    pub fn ends(now: Timestamp, days: i32) -> Timestamp {
        let days = u64::try_from(days).unwrap_or_default();
        now.plus_seconds(days.saturating_mul(86_400))
    }

    /// Says whether the reservation stands at `now`.
    pub fn stands_at(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes, in entries 20, 21, 22 and so on.
    fn notes(joint: &[(u16, u16, i64)]) -> Vec<Joint> {
        let note = |(entry, (first, second, raw)): (u64, &(u16, u16, i64))| Joint {
            first: *first,
            second: *second,
            quantity: Quantity::from_raw(*raw).unwrap(),
            entry,
        };
        (20..).zip(joint).map(note).collect()
    }

    #[test]
    fn undivided_lines_count_for_no_more_than_before() {
        for (joint, quantities, shared) in [
            (&[][..], vec![35, 25], vec![35, 25]),
            (&[(0, 1, 45)], vec![35, 25], vec![35, 10]),
            (&[(0, 1, 45)], vec![5, 25], vec![5, 25]),
            // The first part is split again: 30 and 15 of 35, beside 25 of 45.
            (&[(0, 1, 45), (0, 2, 35)], vec![30, 25, 15], vec![30, 10, 5]),
            // The second part went on in a third and a fourth line.
            (
                &[(0, 1, 45), (1, 2, 25), (1, 3, 15)],
                vec![35, 0, 10, 15],
                vec![35, 0, 0, 10],
            ),
            // A note that names no line is not followed.
            (&[(0, 7, 45)], vec![35, 25], vec![35, 25]),
        ] {
            let mut counted = quantities.clone();
            share(&notes(joint), &[], &mut counted);
            assert_eq!(counted, shared, "{joint:?} {quantities:?}");
        }
    }

    #[test]
    fn what_was_disposed_of_is_no_longer_secured_by_the_others() {
        for (sold, shared) in [
            (&[][..], [0, 25, 20]),
            (&[(0, 30, 30)], [0, 15, 0]),
            (&[(0, 30, 20)], [0, 25, 0]),
            // Before the split: the note has what was left.
            (&[(0, 19, 20)], [0, 25, 20]),
            // Another line of the pledge.
            (&[(3, 30, 30)], [0, 25, 20]),
        ] {
            let mut counted = [0, 25, 20];
            share(&notes(&[(0, 1, 45), (1, 2, 45)]), sold, &mut counted);
            assert_eq!(counted, shared, "{sold:?}");
        }
    }
}

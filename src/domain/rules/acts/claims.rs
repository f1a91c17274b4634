//! Acts on the secured claim: assignment and subrogation, determination, guarantees, commitments and objections. None of
//! them moves a line; a claim that changes hands keeps the position of its pledge.

use std::collections::BTreeMap;

use crate::domain::command::PledgeAct;
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::genesis::REGISTRAR;
use crate::domain::pledge::{Buyout, Former, Guarantee, Objection, Part, Pledge, WHOLE_BP};
use crate::domain::rules::acts::collateral::check_basis;
use crate::domain::rules::acts::pledges::open_pledge;
use crate::domain::rules::draft::Draft;
use crate::domain::rules::pledges::{check_pledgee, known};
use crate::domain::rules::{Case, Findings};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::limits;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Timestamp;

/// Micro-units of one; a share that is offered is written as a quantity of basis points.
const MICROS: u64 = 1_000_000;

/// Judges an act on the claim.
pub(super) fn judge(case: &Case<'_>, act: &PledgeAct, draft: &mut Draft<'_>, found: &mut Findings) {
    let Some(id) = act.pledge() else { return };
    check_court(case, act, found);
    let (entry, org) = (case.stamp.index, case.command.org);
    let Some(pledge) = open_pledge(case, id, draft, found) else {
        return;
    };
    match act {
        PledgeAct::AssignPledge {
            to,
            subrogation,
            part_cny,
            ..
        } => assign(case, (id, pledge), *to, *subrogation, *part_cny, found),
        PledgeAct::DetermineClaim { .. } => {
            if !pledge.has_open_claims(case.stamp.time) {
                found.add(Finding::of(Code::NotOpenMaximum).with(id));
            }
            pledge.more.determined = Some(entry);
        }
        PledgeAct::RegisterGuarantee {
            share_bp,
            of,
            counter,
            document,
            ..
        } => {
            let guarantee = Guarantee {
                guarantor: of.unwrap_or(org),
                share_bp: *share_bp,
                counter: *counter,
                document: *document,
                entry,
            };
            guarantee_claim(case, (id, pledge), guarantee, found);
        }
        PledgeAct::RegisterBuyoutCommitment {
            price_cny,
            trigger,
            document,
            ..
        } => {
            let buyout = Buyout {
                party: org,
                price: *price_cny,
                trigger: trigger.clone(),
                document: *document,
                entry,
            };
            let room = limits::PLEDGE_NOTES_MAX;
            note(&mut pledge.more.buyouts, buyout, (id, room), found);
        }
        PledgeAct::Object { document, suit, .. } => {
            object(case, (id, pledge), *document, *suit, found);
        }
        PledgeAct::WithdrawObjection {
            objection, order, ..
        } => {
            withdraw(case, (id, pledge), (*objection, order.is_some()), found);
        }
        PledgeAct::RecordExternalRegistration { .. }
        | PledgeAct::ChangeRank { .. }
        | PledgeAct::SubstituteCollateral { .. }
        | PledgeAct::RecordDisposal { .. } => {}
    }
}

/// What a court has ordered the registrar enters; who takes an objection back by itself names none.
fn check_court(case: &Case<'_>, act: &PledgeAct, found: &mut Findings) {
    if let PledgeAct::AssignPledge { authority, .. } | PledgeAct::DetermineClaim { authority, .. } =
        act
    {
        check_basis(case, *authority, found);
    }
    if let PledgeAct::WithdrawObjection {
        order: Some(order), ..
    } = act
    {
        check_basis(case, Some(order.authority), found);
    }
}

/// A guarantor stands for the claim, and may have a pledge of its own for what it would pay (反担保, 民法典 387).
fn guarantee_claim(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &mut Pledge),
    guarantee: Guarantee,
    found: &mut Findings,
) {
    let org = case.command.org;
    // Who lends is no guarantor of its own claim.
    if case.acting(pledge.pledgee) == org {
        found.add(Finding::of(Code::NotApplicable).with(org));
    }
    check_named_guarantor(case, pledge, guarantee.guarantor, found);
    if let Some(counter) = guarantee.counter {
        let is_own = |pledge: &Pledge| {
            case.acting(pledge.pledgee) == org && !pledge.is_closed_at(case.stamp.time)
        };
        match case.facts.pledge(counter) {
            None => found.add(Finding::of(Code::PledgeUnknown).with(counter)),
            Some(pledge) if is_own(pledge) => {}
            Some(_) => found.add(Finding::of(Code::NotThePledgee).with(counter)),
        }
    }
    check_shares((id, pledge), &guarantee, found);
    if !pledge.more.note_guarantee(guarantee) {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
}

/// Who changes a share under another name acts for the guarantor of record that has it.
fn check_named_guarantor(case: &Case<'_>, pledge: &Pledge, named: PartyId, found: &mut Findings) {
    let org = case.command.org;
    let backs = |guarantee: &Guarantee| guarantee.guarantor == named;
    let has_backed = pledge.more.guarantees.iter().any(backs);
    if named != org && !(has_backed && case.acting(named) == org) {
        found.add(Finding::of(Code::NotApplicable).with(named));
    }
}

/// Nobody bears more of a loss than there is: of each guarantor its latest share counts. One that was merged into another keeps
/// its share under its own name, so that the other does not halve what both have promised by registering its own anew; the other
/// changes it by name.
fn check_shares((id, pledge): (PledgeId, &Pledge), guarantee: &Guarantee, found: &mut Findings) {
    let known = pledge.more.guarantees.iter();
    let known = known.map(|known| (known.guarantor, known.share_bp));
    let mut shares: BTreeMap<PartyId, u64> = known.collect();
    shares.remove(&guarantee.guarantor);
    let left = WHOLE_BP.saturating_sub(shares.values().sum());
    if guarantee.share_bp > left {
        let mut finding = Finding::of(Code::SharesExceed).with(id);
        finding.alternative = Some(Alternative {
            quantity: i64::try_from(left * MICROS)
                .ok()
                .and_then(Quantity::from_raw),
            ..Alternative::default()
        });
        found.add(finding);
    }
}

/// The claim goes to another pledgee and the pledge with it, at its old position; the chain of pledgees stays.
fn assign(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &mut Pledge),
    to: PartyId,
    subrogation: bool,
    part_cny: Option<Quantity>,
    found: &mut Findings,
) {
    case.check_party(to, found);
    let has_backed = |guarantee: &Guarantee| case.acting(guarantee.guarantor) == to;
    let steps_in = subrogation && pledge.more.guarantees.iter().any(has_backed);
    // Who has paid under a registered guarantee steps in by law (民法典 700), whatever a later policy says of pledgees.
    if case.facts.party(to).is_some() && !steps_in {
        for (number, line) in (0_u16..)
            .zip(&pledge.lines)
            .filter(|(_, line)| line.is_open_at(case.stamp.time))
        {
            if let Some((_, policy)) = known(case, number, line.right, found) {
                check_pledgee(case, number, to, policy, found);
            }
        }
    }
    if to == case.acting(pledge.pledgee) {
        found.add(Finding::of(Code::NotApplicable).with(to));
    }
    if subrogation && !steps_in {
        found.add(Finding::of(Code::NoGuarantee).with(to));
    }
    let entry = case.stamp.index;
    // What a court orders finds room that agreements leave.
    let is_ordered = case.command.org == REGISTRAR;
    let kept = if is_ordered { 0 } else { limits::COURT_PLACES };
    let Some(amount) = part_cny else {
        let former = Former {
            party: pledge.pledgee,
            until: entry,
            subrogation,
        };
        let room = limits::PLEDGE_FORMER_MAX - kept;
        note(&mut pledge.more.former, former, (id, room), found);
        pledge.pledgee = to;
        return;
    };
    if pledge.has_open_claims(case.stamp.time) {
        found.add(Finding::of(Code::NotDetermined).with(id));
    }
    check_parts((id, pledge), amount, found);
    let part = Part {
        party: to,
        amount,
        entry,
    };
    let room = limits::PLEDGE_PARTS_MAX - kept;
    note(&mut pledge.more.parts, part, (id, room), found);
}

/// Others hold together no more of a claim than its cap, which must be clear: nobody could add up parts of what is hidden.
fn check_parts((id, pledge): (PledgeId, &Pledge), amount: Quantity, found: &mut Findings) {
    let Some(cap) = pledge.cap() else {
        found.add(Finding::of(Code::CapMissing).with(id));
        return;
    };
    let parts = pledge.more.parts.iter();
    let held = parts.fold(Quantity::ZERO, |sum, part| sum.saturating_add(part.amount));
    let most = cap.saturating_sub(held);
    if amount > most {
        let mut finding = Finding::of(Code::PartsExceed).with(id);
        finding.alternative = Some(Alternative {
            quantity: Some(most),
            ..Alternative::default()
        });
        found.add(finding);
    }
}

/// An objection notes a dispute for 30 days, once: who has objected needs the proof of a suit for anything further, or whoever
/// does not sue could keep a doubt on the pledge for ever (Civil Code art. 220). With a suit it stands until it is taken back, or
/// until the court has dismissed it. While one of a party stands, its suit is noted with that one: nobody has two places.
fn object(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &mut Pledge),
    document: Hash,
    suit: Option<Hash>,
    found: &mut Findings,
) {
    let (now, party) = (case.stamp.time, case.command.org);
    let seconds = u64::from(limits::OBJECTION_DAYS) * 86_400;
    let objections = &mut pledge.more.objections;
    let is_own = |objection: &Objection| case.acting(objection.party) == party;
    if suit.is_none() && objections.iter().any(is_own) {
        found.add(Finding::of(Code::ObjectedBefore).with(id));
    }
    let is_standing = |known: &Objection| known.stands_at(now) && is_own(known);
    let stands = objections.iter().any(is_standing);
    let mut known = objections.iter_mut();
    let known = known.find(|known| is_standing(known) && known.document == document);
    match known {
        Some(known) if known.suit.is_none() => known.suit = suit,
        Some(_) => found.add(Finding::of(Code::NotApplicable).with(id)),
        None if stands => found.add(Finding::of(Code::ObjectedBefore).with(id)),
        None => {
            let objection = Objection {
                party,
                document,
                entry: case.stamp.index,
                until: now.plus_seconds(seconds),
                suit,
            };
            make_room(objections, now);
            note(objections, objection, (id, limits::PLEDGE_NOTES_MAX), found);
        }
    }
}

/// What counts no more stays, so that nobody objects twice, and gives way from the first on where there is no room.
fn make_room(objections: &mut Vec<Objection>, now: Timestamp) {
    while objections.len() >= limits::PLEDGE_NOTES_MAX {
        let over = objections.iter().position(|known| !known.stands_at(now));
        let Some(place) = over else { return };
        objections.remove(place);
    }
}

fn withdraw(
    case: &Case<'_>,
    (id, pledge): (PledgeId, &mut Pledge),
    (entry, is_ordered): (EntryIndex, bool),
    found: &mut Findings,
) {
    let (now, party) = (case.stamp.time, case.command.org);
    let objections = &mut pledge.more.objections;
    let is_it = |objection: &Objection| {
        let may_end = is_ordered || case.acting(objection.party) == party;
        objection.entry == entry && may_end && objection.stands_at(now)
    };
    match objections.iter_mut().find(|objection| is_it(objection)) {
        Some(objection) => (objection.until, objection.suit) = (now, None),
        None => found.add(Finding::of(Code::ObjectionUnknown).with(id)),
    }
}

/// Adds a note, as far as there is room.
fn note<T>(notes: &mut Vec<T>, note: T, (id, room): (PledgeId, usize), found: &mut Findings) {
    if notes.len() >= room {
        found.add(Finding::of(Code::TooManyNotes).with(id));
    }
    notes.push(note);
}

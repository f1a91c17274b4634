//! Events made again from the records before them: on one claim or one right the law makes exactly one event, and what acts
//! on lines make is held against the lines as they stood.

use crate::domain::command::{Body, Correction, Hiding, PartyAct, PledgeAct, RightAct};
use crate::domain::event::Event;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::finding::Code;
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::right::BurdenId;
use crate::domain::rules;
use crate::primitives::id::{FreezeId, PartyId, PledgeId, RightId};
use crate::verify::binding::{
    Signed, beneath, carried, extended, hanging, lines, parts, sold, succession,
};
use crate::verify::past::Past;

/// What refuses an act on a claim, or a later end, and rests on nothing but the record that it changes.
const OF_THE_RECORD: [Code; 8] = [
    Code::ClosedPledge,
    Code::NotApplicable,
    Code::NotLonger,
    Code::NotOpenMaximum,
    Code::ObjectionUnknown,
    Code::ObjectedBefore,
    Code::NothingToErase,
    Code::DayToCome,
];

/// What refuses an act on one right and rests on the right and the policy of its kind.
const OF_THE_RIGHT: [Code; 8] = [
    Code::NotApplicable,
    Code::Succeeded,
    Code::RightRevoked,
    Code::BeyondRightEnd,
    Code::DayToCome,
    Code::ExceedsRight,
    Code::UnitMismatch,
    Code::ZeroQuantity,
];

/// What refuses an order about a freeze: also its terms, its place, and who ordered it.
const OF_A_FREEZE: [Code; 12] = [
    Code::NotApplicable,
    Code::Succeeded,
    Code::UnitMismatch,
    Code::ZeroQuantity,
    Code::SpanRequired,
    Code::SpanPast,
    Code::NotLonger,
    Code::FreezeUnknown,
    Code::ExceedsFreeze,
    Code::LimitMismatch,
    Code::KindUnknown,
    Code::RoleLacksPower,
];

/// What refuses an act on several records and rests on one right alone.
const OF_A_PART: [Code; 4] = [
    Code::Succeeded,
    Code::RightRevoked,
    Code::UnitMismatch,
    Code::ZeroQuantity,
];

/// How much of an event one record decides.
enum Rests {
    /// All of it, on a pledge.
    OnPledge(PledgeId),
    /// All of it, on a right.
    OnRight(RightId),
    /// All of it, on the freezes of a right.
    OnFreezes(RightId),
    /// All of it but the slivers, on a right that gets a later end; others that it meets may be the subject.
    OnExtended(RightId),
    /// Some of it, on a right.
    PartlyOn(RightId),
    /// It changes lines, or rests on no right and no pledge.
    OnLines,
}

/// Checks an event against what the law makes of the records before it.
pub(in crate::verify) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &mut Past,
) -> Result<(), String> {
    succession::check(event, signed.at, past)?;
    beneath::check(signed.law, event, signed.at, past)?;
    match rests(&signed.command.body) {
        Rests::OnPledge(pledge) => {
            of_a_court(signed, past)?;
            let (made, refused) = remake(signed, genesis, past, &StateKey::Pledge(pledge))?;
            refuse(signed, &refused, |code| OF_THE_RECORD.contains(&code))?;
            is_made(signed, event, made.as_ref())
        }
        Rests::OnRight(right) => {
            let (made, refused) = remake(signed, genesis, past, &StateKey::Right(right))?;
            refuse(signed, &refused, |code| OF_THE_RIGHT.contains(&code))?;
            is_made(signed, event, made.as_ref())
        }
        Rests::OnFreezes(right) => {
            let (made, refused) = remake(signed, genesis, past, &StateKey::Right(right))?;
            let is_open = rests_on_the_court(signed, right, past);
            refuse(signed, &refused, |code| {
                OF_A_FREEZE.contains(&code) && !(is_open && code == Code::RoleLacksPower)
            })?;
            is_made(signed, event, made.as_ref())
        }
        Rests::OnExtended(right) => is_extended(signed, event, genesis, past, right),
        Rests::PartlyOn(right) => {
            if let (Event::Changed { changes, rows, .. }, Body::OfRight(act)) =
                (event, &signed.command.body)
            {
                parts::check(signed, act, (changes, rows), past)?;
            }
            // Where a pledge is the subject, the history of the right is not shown.
            let key = StateKey::Right(right);
            if past.shows(&key) && carries(&signed.command.body) {
                carried::check(signed, event, genesis, past, right)?;
            } else if past.shows(&key) {
                let (_, refused) = remake(signed, genesis, past, &key)?;
                refuse(signed, &refused, |code| OF_A_PART.contains(&code))?;
            }
            Ok(())
        }
        Rests::OnLines => lines::check(signed, event, genesis, past),
    }?;
    hanging::check(event, signed.at, past)
}

fn rests(body: &Body) -> Rests {
    match body {
        Body::AdjustRight { right, .. } | Body::RevokeRight { right, .. } => Rests::OnRight(*right),
        Body::Freeze { right, .. } | Body::Unfreeze { right, .. } => Rests::OnFreezes(*right),
        Body::OfRight(act) => match &**act {
            RightAct::ExtendRight { right, .. } => Rests::OnExtended(*right),
            RightAct::SurrenderRight { right, .. }
            | RightAct::RecordVerification { right, .. }
            | RightAct::TransferRight {
                right, part: None, ..
            } => Rests::OnRight(*right),
            RightAct::OfFreeze(act) => Rests::OnFreezes(act.right()),
            RightAct::CorrectRight {
                right, correction, ..
            } => match correction {
                Correction::Line { .. } => Rests::PartlyOn(*right),
                Correction::Particulars { .. }
                | Correction::Quantity(_)
                | Correction::Resolution => Rests::OnRight(*right),
            },
            RightAct::TransferRight { right, .. } | RightAct::ConvertRight { right, .. } => {
                Rests::PartlyOn(*right)
            }
        },
        Body::OfPledge(act) => match &**act {
            PledgeAct::RecordExternalRegistration { pledge, .. }
            | PledgeAct::AssignPledge { pledge, .. }
            | PledgeAct::DetermineClaim { pledge, .. }
            | PledgeAct::RegisterGuarantee { pledge, .. }
            | PledgeAct::RegisterBuyoutCommitment { pledge, .. }
            | PledgeAct::Object { pledge, .. }
            | PledgeAct::WithdrawObjection { pledge, .. } => Rests::OnPledge(*pledge),
            PledgeAct::ChangeRank { .. }
            | PledgeAct::SubstituteCollateral { .. }
            | PledgeAct::RecordDisposal { .. } => Rests::OnLines,
        },
        Body::AdmitParty(_)
        | Body::AddKey(_)
        | Body::RevokeKey(_)
        | Body::SetSigningPolicy(_)
        | Body::AdoptPolicy { .. }
        | Body::IssueRight(_)
        | Body::Reserve { .. }
        | Body::CancelReservation(_)
        | Body::RegisterPledge(_)
        | Body::AmendPledge { .. }
        | Body::ExtendPledge { .. }
        | Body::ReleasePledge { .. } => Rests::OnLines,
        Body::OfParty(act) => match &**act {
            PartyAct::Erase {
                of: Hiding::Pledge(pledge),
                ..
            } => Rests::OnPledge(*pledge),
            _ => Rests::OnLines,
        },
    }
}

/// What the registrar enters of a claim, a court has ordered.
fn of_a_court(signed: &Signed, past: &Past) -> Result<(), String> {
    let Body::OfPledge(act) = &signed.command.body else {
        return Ok(());
    };
    match &**act {
        PledgeAct::AssignPledge { authority, .. } | PledgeAct::DetermineClaim { authority, .. } => {
            sold::check_basis(signed.command.org, *authority, past.facts())
        }
        PledgeAct::WithdrawObjection {
            order: Some(order), ..
        } => sold::check_basis(signed.command.org, Some(order.authority), past.facts()),
        PledgeAct::WithdrawObjection { order: None, .. }
        | PledgeAct::RecordExternalRegistration { .. }
        | PledgeAct::RegisterGuarantee { .. }
        | PledgeAct::RegisterBuyoutCommitment { .. }
        | PledgeAct::Object { .. }
        | PledgeAct::ChangeRank { .. }
        | PledgeAct::SubstituteCollateral { .. }
        | PledgeAct::RecordDisposal { .. } => Ok(()),
    }
}

/// Says whether an act takes lines along to a right that it makes.
fn carries(body: &Body) -> bool {
    let Body::OfRight(act) = body else {
        return false;
    };
    matches!(
        &**act,
        RightAct::TransferRight { .. } | RightAct::ConvertRight { .. }
    )
}

/// A right that gets a later end. Where another record is the subject, the history of the right is not shown, and the event
/// was held against the payload alone.
fn is_extended(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &Past,
    right: RightId,
) -> Result<(), String> {
    let Some(before) = past.right(right) else {
        return if past.shows(&StateKey::Right(right)) {
            Err(format!("{right} did not exist"))
        } else {
            Ok(())
        };
    };
    let event = extended::without_slivers(event, right, before)?;
    let facts = extended::facts(past.facts().clone(), right, before);
    let Signed {
        law, command, at, ..
    } = signed;
    let (made, refused) = rules::remake(*law, genesis, &facts, command, *at);
    refuse(signed, &refused, |code| OF_THE_RECORD.contains(&code))?;
    is_made(signed, &event, made.as_ref())
}

/// Makes the event from the record as it stood, with what refuses it.
fn remake(
    signed: &Signed,
    genesis: &Genesis,
    past: &mut Past,
    key: &StateKey,
) -> Result<(Option<Event>, Vec<Code>), String> {
    let Signed {
        law, command, at, ..
    } = signed;
    let made = past.with_before(key, |facts| {
        rules::remake(*law, genesis, facts, command, *at)
    });
    made.ok_or_else(|| format!("the history of {} is missing", key.name()))
}

fn refuse(signed: &Signed, refused: &[Code], counts: impl Fn(Code) -> bool) -> Result<(), String> {
    let kind = signed.command.body.type_name();
    match refused.iter().find(|code| counts(**code)) {
        Some(code) => Err(format!(
            "the law refuses this {kind}: {}",
            code.check().title_en
        )),
        None => Ok(()),
    }
}

/// An event that the law does not make for want of others' records is only what was asked.
fn is_made(signed: &Signed, event: &Event, made: Option<&Event>) -> Result<(), String> {
    if made.is_none_or(|made| made == event) {
        return Ok(());
    }
    let kind = signed.command.body.type_name();
    Err(format!("the law makes another event of the signed {kind}"))
}

/// Says whether the power of the registrar over a freeze rests on a court whose record the file does not show.
fn rests_on_the_court(signed: &Signed, right: RightId, past: &Past) -> bool {
    let of = |freeze: FreezeId| authority_of(freeze, right, past);
    let authority = match &signed.command.body {
        Body::Freeze { authority, .. } => Some(*authority),
        Body::Unfreeze { freeze, .. } => of(*freeze),
        Body::OfRight(act) => match &**act {
            RightAct::OfFreeze(act) => of(act.freeze()),
            RightAct::ExtendRight { .. }
            | RightAct::SurrenderRight { .. }
            | RightAct::CorrectRight { .. }
            | RightAct::TransferRight { .. }
            | RightAct::RecordVerification { .. }
            | RightAct::ConvertRight { .. } => None,
        },
        Body::AdmitParty(_)
        | Body::AddKey(_)
        | Body::RevokeKey(_)
        | Body::SetSigningPolicy(_)
        | Body::AdoptPolicy { .. }
        | Body::IssueRight(_)
        | Body::AdjustRight { .. }
        | Body::RevokeRight { .. }
        | Body::Reserve { .. }
        | Body::CancelReservation(_)
        | Body::RegisterPledge(_)
        | Body::AmendPledge { .. }
        | Body::ExtendPledge { .. }
        | Body::ReleasePledge { .. }
        | Body::OfPledge(_)
        | Body::OfParty(_) => None,
    };
    let facts: &Facts = past.facts();
    let is_shown = |party: PartyId| facts.knows(&StateKey::Party(party));
    signed.command.org == REGISTRAR && !authority.is_some_and(is_shown)
}

fn authority_of(freeze: FreezeId, right: RightId, past: &Past) -> Option<PartyId> {
    let right = past.right(right)?;
    right.burden(BurdenId::Freeze(freeze))?.authority
}

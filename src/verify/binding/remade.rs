//! Acts of law 2 made again from the records before them: on one claim or one right's end the law makes exactly one event,
//! and what acts on lines make is held against the pledge as it stood.

use std::sync::Arc;

use crate::domain::command::{Body, PledgeAct, RightAct};
use crate::domain::event::Event;
use crate::domain::facts::{Fact, Facts, Record, StateKey};
use crate::domain::finding::Code;
use crate::domain::genesis::Genesis;
use crate::domain::rules;
use crate::primitives::id::RightId;
use crate::verify::binding::{Signed, extended, lines};
use crate::verify::past::Past;

/// What refuses such an act and rests on nothing but the record that it changes.
const OF_THE_RECORD: [Code; 4] = [
    Code::NotApplicable,
    Code::NotLonger,
    Code::NotOpenMaximum,
    Code::ObjectionUnknown,
];

/// Checks the event of an act against what the law makes of the records before it.
pub(in crate::verify) fn check(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &Past,
) -> Result<(), String> {
    let Event::Changed { changes, rows, .. } = event else {
        return Ok(());
    };
    if let Some(right) = extended::right_of(&signed.command.body) {
        return is_extended(signed, event, genesis, past, right);
    }
    match subject(&signed.command.body) {
        Some(key) => is_noted(signed, event, genesis, past, &key),
        None => lines::check(signed, changes, rows, past),
    }
}

/// The one record that an act changes, where it changes one alone.
fn subject(body: &Body) -> Option<StateKey> {
    match body {
        Body::OfRight(act) => match &**act {
            RightAct::RecordVerification { right, .. } => Some(StateKey::Right(*right)),
            _ => None,
        },
        Body::OfPledge(act) => match &**act {
            PledgeAct::RecordExternalRegistration { pledge, .. }
            | PledgeAct::AssignPledge { pledge, .. }
            | PledgeAct::DetermineClaim { pledge, .. }
            | PledgeAct::RegisterGuarantee { pledge, .. }
            | PledgeAct::RegisterBuyoutCommitment { pledge, .. }
            | PledgeAct::Object { pledge, .. }
            | PledgeAct::WithdrawObjection { pledge, .. } => Some(StateKey::Pledge(*pledge)),
            PledgeAct::ChangeRank { .. }
            | PledgeAct::SubstituteCollateral { .. }
            | PledgeAct::RecordDisposal { .. } => None,
        },
        _ => None,
    }
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
    let key = StateKey::Right(right);
    match past.before(&key) {
        Some(Record::Right(before)) => {
            let event = extended::without_slivers(event, right, before)?;
            let facts = extended::facts(past.facts().clone(), right, before);
            is_made(signed, &event, genesis, &facts)
        }
        Some(_) => Err(format!("{} is no right", key.name())),
        None if past.shows(&key) => Err(format!("{} did not exist", key.name())),
        None => Ok(()),
    }
}

fn is_noted(
    signed: &Signed,
    event: &Event,
    genesis: &Genesis,
    past: &Past,
    key: &StateKey,
) -> Result<(), String> {
    let Some(before) = past.before(key) else {
        return Err(format!("the history of {} is missing", key.name()));
    };
    let mut facts = past.facts().clone();
    let fact = Fact {
        record: before.clone(),
        version: 0,
    };
    facts.insert(key.clone(), Some(Arc::new(fact)));
    is_made(signed, event, genesis, &facts)
}

fn is_made(signed: &Signed, event: &Event, genesis: &Genesis, facts: &Facts) -> Result<(), String> {
    let (made, refused) = rules::remake(signed.law, genesis, facts, &signed.command, signed.at);
    let kind = signed.command.body.type_name();
    if let Some(code) = refused.iter().find(|code| OF_THE_RECORD.contains(code)) {
        return Err(format!(
            "the law refuses this {kind}: {}",
            code.check().title_en
        ));
    }
    if made == *event {
        Ok(())
    } else {
        Err(format!("the law makes another event of the signed {kind}"))
    }
}

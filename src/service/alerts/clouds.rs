//! What clouds a pledge though its lines stand: signatures that are disowned, ground of a sink that has gone, and what the issuer
//! says of the right that would bar a new pledge.

use crate::domain::entry::Entry;
use crate::domain::facts::{Facts, StateKey};
use crate::domain::finding::Code;
use crate::domain::land;
use crate::domain::party::Dispute;
use crate::domain::pledge::{Line, Pledge};
use crate::domain::right::{Capacity, Extent, GroundOf, Right};
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::primitives::limits;
use crate::service::alerts::rules::{Alert, Scene, parties_of, plain};
use crate::service::alerts::words::AlertKind;
use crate::service::alerts::{changes, entry_name};
use crate::service::{Registry, ServiceFault};

/// Entries of a pledge that a party says it did not mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Disowned {
    party: PartyId,
    /// The entry that says so.
    statement: EntryIndex,
    /// The entries, oldest first.
    entries: Vec<EntryIndex>,
}

impl Registry {
    /// Looks for entries of a pledge that were signed by a key of which its party says that it did not sign so, while that is open.
    pub(super) fn disowned(
        &self,
        id: PledgeId,
        pledge: &Pledge,
        facts: &Facts,
    ) -> Result<Vec<Disowned>, ServiceFault> {
        let mut open: Vec<(PartyId, Dispute)> = Vec::new();
        for party in changes::named(pledge, (facts, self.now())) {
            let disputes = facts.party(party).map(|party| &*party.more.disputes);
            let disputes = disputes.unwrap_or_default().iter();
            let undecided = disputes.filter(|dispute| dispute.resolved.is_none());
            open.extend(undecided.map(|dispute| (party, dispute.clone())));
        }
        let Some(first) = open.iter().map(|(_, dispute)| dispute.from).min() else {
            return Ok(Vec::new());
        };
        let history = self.history(&StateKey::Pledge(id), None, limits::PAGE_ROWS_MAX)?;
        let since = history.iter().filter(|(index, _)| *index >= first);
        let mut signed: Vec<(EntryIndex, Entry)> = Vec::new();
        for (index, bytes) in since {
            let entry = Entry::parse(bytes)
                .map_err(|fault| ServiceFault::Doubt(format!("entry {index}: {fault}")))?;
            signed.push((*index, entry));
        }
        signed.reverse();
        let touched = |(party, dispute): &(PartyId, Dispute)| {
            let own = signed.iter().filter(|(index, entry)| {
                *index >= dispute.from && *index < dispute.entry && is_signed(entry, dispute)
            });
            Disowned {
                party: *party,
                statement: dispute.entry,
                entries: own.map(|(index, _)| *index).collect(),
            }
        };
        let touched = open.iter().map(touched);
        Ok(touched.filter(|one| !one.entries.is_empty()).collect())
    }
}

fn is_signed(entry: &Entry, dispute: &Dispute) -> bool {
    match entry {
        Entry::Command { envelope, .. } => {
            let mut signatures = envelope.signatures.iter();
            signatures.any(|signature| signature.header.kid == dispute.kid)
        }
        Entry::Genesis { .. } | Entry::State(_) => false,
    }
}

/// Tells whoever is concerned by a pledge that acts on it are disowned: the party, its statement, and the entries.
pub(super) fn of_signatures(id: PledgeId, pledge: &Pledge, disowned: &[Disowned]) -> Vec<Alert> {
    let parties = parties_of(pledge);
    let told = disowned.iter().map(|one| {
        let kind = AlertKind::SignatureDisputed;
        let mut alert = plain(kind, StateKey::Pledge(id), &parties);
        if !alert.parties.contains(&one.party) {
            alert.parties.push(one.party);
        }
        let statement = std::iter::once(one.statement);
        let entries = statement.chain(one.entries.iter().copied());
        alert.records = std::iter::once(one.party.to_string())
            .chain(entries.map(entry_name))
            .take(limits::ALERT_NAMES_MAX)
            .collect();
        alert
    });
    told.collect()
}

/// Parcels that a right names and that were revoked, have a successor, or end before the line does: what grows there from then on
/// is not secured by anything.
pub(super) fn ground(
    line: &Line,
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Option<Alert> {
    let Capacity::Land {
        ground: GroundOf::Units(named),
        ..
    } = &right.capacity
    else {
        return None;
    };
    let end = match line.extent {
        Extent::Years(span) | Extent::Flow(_, span) => span.to(),
        Extent::Whole | Extent::Stock(_) => right.span.to(),
    };
    let gone = named.iter().filter_map(|parcel| {
        let of = scene.facts.right(parcel.right)?;
        let until = land::end_of(of);
        let is_gone = of.succeeded_by.is_some() || until < end;
        is_gone.then_some((parcel.right, until, of.succeeded_by))
    });
    let gone: Vec<_> = gone.collect();
    let on = gone.iter().map(|(_, until, _)| *until).min()?;
    let ends = on < end;
    let rights = gone.iter().flat_map(|(id, _, next)| {
        let next = next.map(|next| next.to_string());
        std::iter::once(id.to_string()).chain(next)
    });
    Some(Alert {
        on: ends.then_some(on),
        days_left: ends.then(|| on.number() - scene.day.number()),
        records: rights.take(limits::ALERT_NAMES_MAX).collect(),
        ..of_line(AlertKind::GroundLost)
    })
}

/// What the issuer says of the right that would bar a new pledge: taken back, its holder barred, its fee unpaid, of a class that is
/// not pledged. Mortgages that stand in another register are claims, which are told by themselves.
pub(super) fn bars(
    right: &Right,
    of_line: &dyn Fn(AlertKind) -> Alert,
    scene: Scene<'_>,
) -> Vec<Alert> {
    let Some(policy) = scene.facts.policy(&right.kind, scene.now) else {
        return Vec::new();
    };
    let bars = policy.switches.bars.iter();
    let own = bars.filter(|bar| bar.code != Code::OtherMortgage);
    let said = |text: &str| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.to_owned()
        }
    };
    let class = right.class.as_deref();
    let barred = policy.bars_class(class).then(|| Alert {
        code: Some(Code::NotPledgeable.number()),
        records: vec![format!("class:{}", said(class.unwrap_or_default()))],
        ..of_line(AlertKind::Barred)
    });
    let told = own.filter_map(|bar| {
        let value = bar.of(&right.attributes)?;
        Some(Alert {
            code: Some(bar.code.number()),
            records: vec![format!("{}:{}", bar.attribute, said(value))],
            ..of_line(AlertKind::Barred)
        })
    });
    barred.into_iter().chain(told).collect()
}

//! What a reader must know of the parties in a file: who acts for whom, whose keys were in doubt, which entries are disowned.
//!
//! Nothing here is checked: the records have been. It only must not be left unsaid.

use std::collections::BTreeMap;

use crate::domain::facts::{Record, StateKey};
use crate::domain::party::{Dispute, Party, Recovery, RecoveryEnd};
use crate::domain::wire::StateValue;
use crate::primitives::id::PartyId;
use crate::verify::binding::Signed;
use crate::verify::verdict::Verdict;

/// Adds a statement for each of these facts about a party that the file shows.
pub(super) fn say(
    values: &BTreeMap<StateKey, StateValue>,
    signed: &[Signed],
    verdict: &mut Verdict,
) {
    for (key, value) in values {
        let (StateKey::Party(id), Record::Party(party)) = (key, &value.record) else {
            continue;
        };
        verdict.statements.extend(about(*id, party, signed));
    }
}

fn about(id: PartyId, party: &Party, signed: &[Signed]) -> Vec<String> {
    let more = &party.more;
    let former =
        |(name, until): &(String, u64)| format!("{id} was called {name} until entry {until}");
    let mut lines: Vec<String> = more.former_names.iter().map(former).collect();
    let came =
        |(other, entry): &(PartyId, u64)| format!("{id} succeeded {other} with entry {entry}");
    lines.extend(more.predecessors.iter().map(came));
    if let Some((entry, successor)) = more.ended {
        lines.push(format!(
            "{id} ended with entry {entry}; {successor} acts in its place"
        ));
    }
    lines.extend(
        more.recoveries
            .iter()
            .map(|recovery| recovered(id, recovery)),
    );
    lines.extend(
        more.disputes
            .iter()
            .map(|dispute| disputed(id, dispute, signed)),
    );
    lines
}

fn recovered(id: PartyId, recovery: &Recovery) -> String {
    let begun = recovery.entry;
    match recovery.ended {
        None => format!(
            "a recovery of the keys of {id} was begun with entry {begun} and is open; it may be completed from {} on",
            recovery.ready
        ),
        Some((RecoveryEnd::Vetoed, entry)) => format!(
            "a recovery of the keys of {id}, begun with entry {begun}, was vetoed with entry {entry}"
        ),
        Some((RecoveryEnd::Completed, entry)) => format!(
            "the keys of {id} were replaced by a recovery, begun with entry {begun} and completed with entry {entry}"
        ),
    }
}

fn disputed(id: PartyId, dispute: &Dispute, signed: &[Signed]) -> String {
    let Dispute {
        entry, kid, from, ..
    } = dispute;
    let rests_on_it = |signed: &&Signed| {
        let by_key = signed
            .verified
            .iter()
            .any(|signature| signature.kid == *kid);
        by_key && signed.at.index >= *from
    };
    let here: Vec<String> = signed
        .iter()
        .filter(rests_on_it)
        .map(|signed| signed.at.index.to_string())
        .collect();
    let here = match here.as_slice() {
        [] => "none of them is in this file".to_owned(),
        entries => format!("in this file: {}", entries.join(", ")),
    };
    let decided = match dispute.resolved {
        None => "not decided".to_owned(),
        Some((entry, _)) => format!("a decision is recorded in entry {entry}"),
    };
    format!(
        "{id} disputes, in entry {entry}, the entries from {from} on that the key {kid} has signed; {here}; {decided}"
    )
}

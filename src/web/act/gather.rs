//! Who signs beside the giver: those whom the law wants to be named as consenting, and those who make up the quorum.

use std::collections::BTreeMap;

use crate::domain::authority::matrix::{self, Consent};
use crate::domain::authority::quorum;
use crate::domain::command::Body;
use crate::domain::entry::Outcome;
use crate::domain::finding::Code;
use crate::domain::party::{Party, Role};
use crate::primitives::id::PartyId;
use crate::service::{Registry, ServiceFault};
use crate::web::act::catalogue::Act;
use crate::web::act::form::Form;
use crate::web::lang::Lang;
use crate::web::party::role_word;
use crate::web::shell::Fault;
use crate::web::signing;

/// The field of those who make up the quorum with the giver.
pub(super) const BESIDE: &str = "beside";

/// Says whether a command needs this consent.
pub(super) fn needs(act: &Act, consent: Consent) -> bool {
    matrix::row(act.command()).is_some_and(|row| row.consents.contains(&consent))
}

/// Returns whom the law wants to be named as consenting, ascending.
pub(super) fn left_out(
    registry: &Registry,
    org: PartyId,
    body: Body,
) -> Result<Vec<PartyId>, Fault> {
    let outcome = match registry.consider(org, body) {
        Ok(considered) => considered.outcome,
        // It is said to the person when the command is judged as a whole.
        Err(ServiceFault::Input(_)) => return Ok(Vec::new()),
        Err(fault) => return Err(fault.into()),
    };
    let Outcome::Refused(findings) = outcome else {
        return Ok(Vec::new());
    };
    let missing = findings
        .iter()
        .filter(|finding| finding.code == Code::MissingConsent);
    let mut parties: Vec<PartyId> = missing
        .flat_map(|finding| &finding.conflicts)
        .filter_map(|id| PartyId::parse(id))
        .collect();
    parties.sort_unstable();
    parties.dedup();
    Ok(parties)
}

/// Reads who signs with the giver, and says where that is no quorum.
pub(super) fn beside(
    registry: &Registry,
    form: &mut Form<'_>,
    org: PartyId,
) -> Result<Vec<PartyId>, Fault> {
    let beside = form.parties(BESIDE, false)?;
    let mut acting: BTreeMap<PartyId, Party> = BTreeMap::new();
    for id in beside.iter().copied().chain([org]) {
        let (id, party) = signing::acting(registry, id)?;
        // Whose keys are in doubt counts toward no quorum.
        if party.open_recovery().is_none() {
            acting.insert(id, party);
        }
    }
    let parties: Vec<&Party> = acting.values().collect();
    if !quorum::is_met(&registry.genesis().quorum, &parties) && form.faults.is_empty() {
        let seats = seats(&registry.genesis().quorum, form.visit.lang);
        let text = match form.visit.lang {
            Lang::Zh => format!("未达法定人数 ({seats})"),
            Lang::En => format!("this is no quorum ({seats})"),
        };
        let typed = form.visit.typed(BESIDE);
        form.wrong(BESIDE, &typed, &text);
    }
    Ok(beside)
}

/// The seats of the quorum, for people.
pub(super) fn seats(quorum: &BTreeMap<Role, u64>, lang: Lang) -> String {
    let seats = quorum
        .iter()
        .map(|(role, count)| format!("{} {count}", role_word(*role, lang)));
    seats.collect::<Vec<_>>().join(", ")
}

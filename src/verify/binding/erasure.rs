//! What a file shows of an erasure is what its signers asked for.

use crate::domain::change::{Change, Members};
use crate::domain::command::{Body, Hiding, PartyAct};
use crate::domain::facts::StateKey;
use crate::primitives::canonical::Json;
use crate::primitives::id::PledgeId;
use crate::verify::binding::acts::{Act, text};

/// What is erased of a pledge: a record whose state before the entry a file does not show, so the event is compared.
pub(super) fn erased_pledge(body: &Body) -> Option<(PledgeId, &[String])> {
    let Body::OfParty(act) = body else {
        return None;
    };
    match &**act {
        PartyAct::Erase {
            of: Hiding::Pledge(pledge),
            claims,
            ..
        } => Some((*pledge, claims)),
        _ => None,
    }
}

impl Act<'_> {
    /// The list of erased values grows by those of the payload, and nothing else changes.
    pub(super) fn erases(&self, pledge: PledgeId, claims: &[String]) -> bool {
        let of = StateKey::Pledge(pledge);
        let entry = Json::count(self.at.index);
        let only_list = |change: &Change| {
            change.of == of
                && change.clear.is_empty()
                && change.set.keys().all(|member| member == "erased")
        };
        let listed = self.rows.iter().map(|row| {
            let is_listed = row.of == of && row.list == "erased" && !row.drop;
            is_listed.then_some(&row.item)
        });
        let items: Option<Vec<&Members>> = listed.collect();
        let new = |item: &&Members| item.get("entry") == Some(&entry);
        self.changes.iter().all(only_list)
            && items.is_some_and(|items| {
                let now = items.into_iter().filter(new);
                let named = now.map(|item| text(item, "claim"));
                named.eq(claims.iter().map(|claim| Some(claim.as_str())))
            })
    }
}

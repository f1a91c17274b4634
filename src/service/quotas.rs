//! What quotas there are and who has used how much of them now, for whoever keeps the register. Addresses are counted and not
//! named.

use crate::primitives::id::PartyId;
use crate::service::Registry;
use crate::service::quota::{Allowance, Quota};

/// What is limited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limited {
    /// Commands that were refused.
    Refusals,
    /// Sign-ins of one party.
    SignIns,
    /// Accesses to hidden values.
    Openings,
    /// Writes to the inbox of drafts.
    Drafts,
}

/// A quota with what is used of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuotaUse {
    /// What is limited.
    pub limited: Limited,
    /// How much is given, and how fast it comes back.
    pub allowance: Allowance,
    /// Who has less than all of it left, and how much.
    pub left: Vec<(PartyId, u64)>,
}

impl Registry {
    /// Returns the quotas of parties.
    pub fn quotas(&self) -> Vec<QuotaUse> {
        let now = self.now();
        let shared = &self.shared;
        let of = |limited: Limited, quota: &Quota<PartyId>| QuotaUse {
            limited,
            allowance: quota.allowance(),
            left: quota.left(now),
        };
        let refusals = shared.refusals.as_ref();
        let sessions = &shared.sessions;
        refusals
            .map(|quota| of(Limited::Refusals, quota))
            .into_iter()
            .chain([
                of(Limited::SignIns, sessions.by_party()),
                of(Limited::Openings, sessions.reads()),
                of(Limited::Drafts, shared.inbox.writes()),
            ])
            .collect()
    }
}

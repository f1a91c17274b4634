//! What an operator asks of a registry beyond its folder, its key and its clock, and why a running one ends by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ledger::policy_file::TrustPolicy;
use crate::primitives::crypto::SecretKey;
use crate::primitives::limits;
use crate::primitives::site::Site;
use crate::service::openings::sealing::OpeningsKey;
use crate::service::quota::Allowance;
use crate::service::timing::{TimeStep, TimeSteps};
use crate::service::webhooks::WebhookOptions;
use crate::store::{HighWater, Memory};

/// What a registry does beyond deciding. The default is that of a test: no heartbeat, and time goes wherever the clock goes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Seconds of silence after which the log writes a heartbeat state entry; none: it stays silent.
    pub heartbeat_seconds: Option<u64>,
    /// Which steps of registry time are taken.
    pub time_steps: TimeSteps,
    /// The witnesses whose cosignatures are gathered, and their quorum.
    pub witnesses: Option<TrustPolicy>,
    /// What the witnesses showed before this start.
    pub seen: Vec<Seen>,
    /// The names of those that gave no answer.
    pub unanswered: Vec<String>,
    /// Take commands at once, though those that gave no answer could have made a quorum.
    pub goes_on_unasked: bool,
    /// Further keys of the log: while it changes its key, two sign.
    pub further_log_keys: Vec<Arc<SecretKey>>,
    /// The key that seals the openings of hidden values; without it no command that hides a value is taken.
    pub openings_key: Option<Arc<OpeningsKey>>,
    /// How many commands of one party may be refused before the next ones are not decided; none: any number.
    pub refusals: Option<Allowance>,
    /// The webhooks, and the key of their signatures.
    pub webhooks: Option<WebhookOptions>,
    /// The memories outside the folder without which a folder that once had them is not served.
    pub required: Vec<Memory>,
    /// The file elsewhere that the newest checkpoint is written to after each sync.
    pub high_water: Option<HighWater>,
    /// What towns are called, by their codes: for pages alone, and no part of any record.
    pub towns: BTreeMap<String, String>,
    /// Where people open the pages, as certificates print it.
    pub site: Option<Site>,
}

/// What a witness showed when it was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Its name in the policy.
    pub by: String,
    /// The checkpoint that it has cosigned last; nothing if it never cosigned one of this log.
    pub note: Option<String>,
}

impl Options {
    /// What a test or a short use wants: no heartbeat, and time goes wherever the clock goes.
    pub const TEST: Self = Self {
        heartbeat_seconds: None,
        time_steps: TimeSteps::Free,
        witnesses: None,
        seen: Vec::new(),
        unanswered: Vec::new(),
        goes_on_unasked: false,
        high_water: None,
        openings_key: None,
        refusals: None,
        webhooks: None,
        further_log_keys: Vec::new(),
        required: Vec::new(),
        towns: BTreeMap::new(),
        site: None,
    };

    /// Returns the memories that are given.
    pub(crate) fn given(&self) -> Vec<Memory> {
        let high_water = self.high_water.as_ref().map(|_| Memory::HighWater);
        let witnesses = self.witnesses.as_ref().map(|_| Memory::Witnesses);
        high_water.into_iter().chain(witnesses).collect()
    }

    /// Returns what a registry that serves members does: it beats, and doubts a clock that jumps.
    pub fn serving() -> Self {
        Self {
            heartbeat_seconds: Some(limits::HEARTBEAT_SECONDS),
            time_steps: TimeSteps::Limited,
            required: vec![Memory::HighWater, Memory::Witnesses],
            refusals: Some(Allowance {
                burst: limits::REFUSALS_PER_PARTY,
                refill_seconds: limits::REFUSAL_SECONDS,
            }),
            ..Self::TEST
        }
    }
}

/// Why a running registry has ended by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopCause {
    /// The store failed; what was acknowledged is on the disk.
    Storage,
    /// The high-water file could not be written.
    HighWater,
    /// The clock stepped forward further than is believed.
    TimeStep(TimeStep),
    /// A key that must sign the log is not held.
    LogKey,
    /// The log key has signed a history that the folder does not have: an old copy is served, or the log has forked.
    History,
}

//! What entry 0 fixes for ever: origin, log key, region, registrar, policy quorum and the first policies.

use std::collections::BTreeMap;

use crate::domain::geometry::BoundingBox;
use crate::domain::party::{Party, Role};
use crate::primitives::crypto::PublicKey;
use crate::primitives::id::PartyId;

/// The registrar is the party that entry 0 creates.
pub const REGISTRAR: PartyId = PartyId(0);

/// The content of entry 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Genesis {
    /// The origin of the log, such as `registry.example/greenlien/500113`.
    pub origin: String,
    /// The log's note verifier key (C2SP signed-note).
    pub log_vkey: String,
    /// The six digits of the region.
    pub region: String,
    /// The box in which every vertex must lie.
    pub county: BoundingBox,
    /// The registrar, without keys.
    pub registrar: Party,
    /// Its first keys, with the persons who hold them.
    pub keys: Vec<(PublicKey, String)>,
    /// How many parties of each role must sign a policy change.
    pub quorum: BTreeMap<Role, u64>,
    /// Seconds between the adoption of a policy and its effect.
    pub policy_delay_seconds: u64,
    /// Policy texts, sorted by kind.
    pub policies: Vec<(String, String)>,
    /// Entries and openings are readable by everyone.
    pub public: bool,
}

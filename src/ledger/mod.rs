//! The ledger's formats and proofs: what a stranger needs in order to check the registry without trusting it.
//!
//! - [`tree`] and [`proof`]: the Merkle tree of RFC 6962 over the entries, and proofs about it;
//! - [`tile`]: the static files in which the tree and the entries are served (C2SP tlog-tiles);
//! - [`note`] and [`checkpoint`]: signed statements about the tree (C2SP signed-note, tlog-checkpoint, tlog-cosignature);
//! - [`policy_file`], [`witness_key`] and [`accepted`]: which logs and witnesses a verifier trusts (C2SP tlog-policy), and so
//!   which checkpoints;
//! - [`proof_file`]: the proof that an entry is in a trusted log, as a file (C2SP tlog-proof);
//! - [`state`], [`state_tree`] and [`state_update`]: the authenticated map of the registry's current state.
//!
//! Everything here is a pure function of its arguments: no files, no network, no clock, no randomness. It builds without
//! the server, because the offline verifier is made of it.

#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod accepted;
pub mod checkpoint;
pub mod note;
mod octets;
pub mod policy_file;
pub mod proof;
pub mod proof_file;
pub mod quorum;
pub mod state;
pub mod state_tree;
pub mod state_update;
pub mod tile;
pub mod tree;
pub mod witness_key;

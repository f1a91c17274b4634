//! Replay and offline verification: pure, so that a reader needs nothing but the files and public keys.
//!
//! `machine` introduces the law to the log: entries in, state and state root out. The server runs the same machine to accept
//! that an auditor runs to replay.
//!
//! Invariant: no store, no network, no clock of its own.

pub mod answer;
mod binding;
mod capacity;
pub mod certificate;
pub mod checks;
mod consents;
pub mod entries;
pub mod evidence;
pub mod fraud;
mod head;
mod histories;
pub mod inclusion;
pub mod machine;
mod order;
mod parties;
mod past;
mod proven;
pub mod replay;
mod said;
pub mod saved;
mod strict;
pub mod submission;
mod unknown;
pub mod verdict;

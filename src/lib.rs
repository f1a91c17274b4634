//! greenlien: a registry of environmental rights used as loan collateral.
//!
//! The rooms, in reading order; each may import only those above it as `docs/ARCHITECTURE.md` draws them, and
//! `tests/architecture.rs` enforces it.

pub mod cli;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "server")]
pub mod documents;
pub mod domain;
#[cfg(feature = "server")]
pub mod http;
pub mod ledger;
pub mod primitives;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod store;
pub mod verify;
#[cfg(feature = "server")]
pub mod web;
#[cfg(feature = "server")]
pub mod webhooks;
pub mod witness;

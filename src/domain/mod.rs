//! The law of the registry: a pure function of facts, policy, a verified command and registry time.
//!
//! The story of a command in four lines: `needs` names the facts, the caller loads them, `rules::decide` accepts or refuses,
//! `fold` turns the accepted event into new records. The server and every auditor run the same four lines.
//!
//! Invariant: no I/O, no clock, no randomness, no async, no float. What an auditor cannot recompute is not decided here.
#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod authority;
pub mod cell;
pub mod change;
pub mod command;
pub mod door;
pub mod effect;
pub mod entry;
pub mod envelope;
pub mod event;
pub mod facts;
pub mod finding;
pub mod flow;
pub mod fold;
pub mod genesis;
pub mod geometry;
pub mod identity_scheme;
pub mod land;
pub mod law;
pub mod needs;
pub mod notes;
pub mod opened;
pub mod order;
pub mod party;
pub mod pledge;
pub mod policy;
pub mod question;
pub mod rank_rule;
pub mod right;
pub mod rules;
pub mod stack;
pub mod stock;
pub mod switches;
pub mod wire;

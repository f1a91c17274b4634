//! Words everyone uses; every value is right by construction.
//!
//! Invariant: no I/O, no randomness, no knowledge of the log or of the law. The system clock is the one exception and lives
//! behind `time::Clock`.

pub mod canonical;
pub mod crypto;
pub mod field;
pub mod id;
pub mod identifier;
pub mod limits;
pub mod quantity;
pub mod site;
pub mod time;
pub mod verification_code;

//! The machinery of scenario files: `parser` reads their lines, `paper` and `rights` know what the verbs mean, `runner` plays
//! them on a `stage`, `outcome` and `sight` compare.

pub(crate) mod acts;
pub(crate) mod court_acts;
pub(crate) mod outcome;
pub(crate) mod outside;
pub(crate) mod paper;
pub(crate) mod parser;
pub(crate) mod party_acts;
pub(crate) mod players;
pub(crate) mod prices;
pub(crate) mod rights;
pub(crate) mod runner;
pub(crate) mod sight;
pub(crate) mod stage;

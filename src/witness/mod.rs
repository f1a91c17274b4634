//! Witnesses: the cosigner that a bank runs beside the registry, and the registry's side of talking to one. A cosigner cosigns
//! one history of each log it watches, and never two.
//!
//! - [`logs`]: which logs are watched, and which keys speak for each;
//! - [`request`]: what `add-checkpoint` is asked, and the answers that C2SP tlog-witness prescribes; pure;
//! - [`book`]: the newest cosigned checkpoint of each log, on the disk;
//! - [`belief`]: how far a clock is believed;
//! - [`cosigner`]: check, persist and cosign as one step;
//! - `unjoined`: signed checkpoints that do not join what was cosigned; `complaints`: when a lasting trouble is logged again;
//! - [`client`]: brings checkpoints to a witness, and asks what it has seen;
//! - [`feeder`]: feeds the witnesses of our own log and gathers what they cosign.
//! - [`auditor`]: replays logs and cosigns that their states are right; `audit` judges one log, [`fetch`] reads it from its
//!   server, [`transcript`] is the auditor's own copy, `kept` the replay that a restart goes on from, [`accuse`] writes down
//!   what proves a log false.
//!
//! Without the feature `server` there are only the pure parts, `logs` and `request`, which the fuzzer needs.
//!
//! Invariant: a cosignature leaves this room only after its checkpoint is on the disk, and no checkpoint is cosigned that
//! does not begin with every checkpoint cosigned before.

#[cfg(feature = "server")]
pub mod accuse;
#[cfg(feature = "server")]
mod audit;
#[cfg(feature = "server")]
pub mod auditor;
#[cfg(feature = "server")]
pub mod belief;
#[cfg(feature = "server")]
pub mod book;
#[cfg(feature = "server")]
pub mod client;
#[cfg(feature = "server")]
mod complaints;
#[cfg(feature = "server")]
pub mod cosigner;
#[cfg(feature = "server")]
pub mod feeder;
#[cfg(feature = "server")]
pub mod fetch;
#[cfg(feature = "server")]
mod kept;
pub mod logs;
pub mod request;
#[cfg(feature = "server")]
pub mod transcript;
#[cfg(feature = "server")]
mod unjoined;

//! The cosigner that a bank runs beside the registry: it cosigns one history of each log it watches, and never two.
//!
//! - [`logs`]: which logs are watched, and which keys speak for each;
//! - [`request`]: what `add-checkpoint` is asked, and the answers that C2SP tlog-witness prescribes; pure;
//! - [`book`]: the newest cosigned checkpoint of each log, on the disk;
//! - [`cosigner`]: check, persist and cosign as one step.
//!
//! Invariant: a cosignature leaves this room only after its checkpoint is on the disk, and no checkpoint is cosigned that
//! does not begin with every checkpoint cosigned before.

pub mod book;
pub mod cosigner;
pub mod logs;
pub mod request;

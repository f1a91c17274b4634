//! What reaches the program from around it: environment variables and the machine's clock. The only place that reads
//! them.

use std::path::Path;
#[cfg(feature = "server")]
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use crate::cli::exit::Failure;
use crate::cli::keyfile::{PASSPHRASE_VARIABLE, passphrase_from};
use crate::primitives::time::{Clock as _, SystemClock, Timestamp};

/// Returns a setting, where it is there, is not empty and is UTF-8.
#[cfg(feature = "server")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the passphrase of a key file: the first line of `file`, else the variable `GREENLIEN_PASSPHRASE`.
pub fn passphrase(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    Ok(passphrase_from(
        file,
        std::env::var(PASSPHRASE_VARIABLE).ok(),
    )?)
}

/// The clock that a command uses.
#[derive(Args, Clone, Copy, Debug)]
pub struct ClockArgs {
    /// Move the machine's clock by this many seconds, for demonstrations
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        allow_hyphen_values = true,
        hide = true
    )]
    pub clock_offset: i64,
}

impl ClockArgs {
    fn system(self) -> SystemClock {
        SystemClock {
            offset_micros: self.clock_offset.saturating_mul(1_000_000),
        }
    }

    /// Returns the clock, to be shared.
    #[cfg(feature = "server")]
    pub fn clock(self) -> Arc<SystemClock> {
        Arc::new(self.system())
    }

    /// Returns the present instant.
    pub fn now(self) -> Timestamp {
        self.system().now()
    }
}

//! A real registry on a folder, in this process, without HTTP.

use std::path::Path;
use std::sync::Arc;

use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::genesis::Genesis;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::CommandId;
use greenlien::primitives::time::{Clock, SystemClock, Timestamp};
use greenlien::service::options::Options;
use greenlien::service::{Registry, SubmitFault};

use super::cast;
use super::play::{Answer, Play};

/// A registry on a folder.
pub(crate) struct Local {
    /// The registry.
    pub(crate) registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    next: u128,
}

impl Local {
    /// Creates a registry of the cast's genesis in a new folder, on the machine's clock.
    pub(crate) fn create(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let made = Registry::create(folder, cast::genesis(), cast::log_key(), Arc::clone(&clock));
        Self {
            registry: Arc::new(made.unwrap()),
            clock,
            next: 0,
        }
    }

    /// Creates a registry that only its members read, as [`Local::create`] does.
    pub(crate) fn create_private(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let genesis = Genesis {
            public: false,
            ..cast::genesis()
        };
        let shared = Arc::clone(&clock);
        let made = Registry::create_with(folder, genesis, cast::log_key(), shared, Options::TEST);
        Self::on(Arc::new(made.unwrap()), clock)
    }

    /// Plays at a registry that runs on a clock of the test.
    pub(crate) fn on(registry: Arc<Registry>, clock: Arc<dyn Clock>) -> Self {
        // Ids of an earlier player at the same registry are not used again.
        let next = u128::from(registry.published().size) << 64;
        Self {
            registry,
            clock,
            next,
        }
    }

    /// Opens the registry of a folder.
    pub(crate) fn open(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let opened = Registry::open(folder, cast::log_key(), Arc::clone(&clock));
        Self {
            registry: Arc::new(opened.unwrap()),
            clock,
            next: 1 << 64,
        }
    }
}

impl Play for Local {
    fn audience(&self) -> String {
        self.registry.aud().to_owned()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn next_command(&mut self) -> CommandId {
        self.next += 1;
        CommandId(self.next.to_be_bytes())
    }

    fn deliver(&mut self, envelope: Envelope, openings: &[Opening]) -> Answer {
        let openings: Vec<Json> = openings.iter().map(Opening::to_json).collect();
        match self.registry.verify(envelope.to_json(), openings) {
            Err(fault) => Answer::Faulty(fault),
            Ok(verified) => match self.registry.submit_and_wait(verified) {
                Ok(receipt) => Answer::Decided {
                    index: receipt.index,
                    outcome: receipt.outcome,
                },
                Err(SubmitFault::Door(fault)) => Answer::Faulty(fault),
                Err(other) => panic!("not decided: {other:?}"),
            },
        }
    }
}

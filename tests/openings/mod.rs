//! Openings of hidden values: how they are kept, who reads them, and how they go.

mod erasure;
mod inbox;
mod keeping;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::domain::party::Role;
use greenlien::primitives::id::{PledgeId, RightId};
use greenlien::primitives::time::{Clock, FixedClock};
use greenlien::service::openings::sealing::OpeningsKey;
use greenlien::service::options::Options;
use greenlien::service::{Registry, ServiceFault};
use greenlien::store::Store;
use tempfile::TempDir;

use crate::support::local::Local;
use crate::support::papers::{self, flow, instant, line, register, span};
use crate::support::play::{Play, seal};
use crate::support::{Actor, cast};

/// Values that must never be seen where they are hidden, long enough not to occur by chance.
const CONTRACT: &str = "巴南借字2027第031905号";
const PRINCIPAL: &str = "73194682.55";

fn opening(claim: &str, salt: u8, value: &str) -> Opening {
    Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    }
}

/// The openings of the pledge of these tests.
fn openings() -> Vec<Opening> {
    vec![
        opening("contract_no", 0xa1, CONTRACT),
        opening("principal_cny", 0xa2, PRINCIPAL),
    ]
}

/// A registry on a folder, without HTTP, with a right that a bank takes in pledge.
struct Office {
    folder: TempDir,
    clock: Arc<dyn Clock>,
    local: Local,
    bank: Actor,
    mill: Actor,
    right: RightId,
}

fn with_key(key: Option<OpeningsKey>) -> Options {
    Options {
        openings_key: key.map(Arc::new),
        ..Options::TEST
    }
}

impl Office {
    fn new(key: Option<OpeningsKey>) -> Self {
        Self::on(
            Arc::new(FixedClock::new(instant("2026-12-01T02:00:00Z"))),
            key,
        )
    }

    fn on(clock: Arc<dyn Clock>, key: Option<OpeningsKey>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shared = Arc::clone(&clock);
        let (genesis, log_key) = (cast::genesis(), cast::log_key());
        let path = folder.path().join("data");
        let made = Registry::create_with(&path, genesis, log_key, shared, with_key(key));
        let mut local = Local::on(Arc::new(made.unwrap()), Arc::clone(&clock));
        let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
        let mill = local.admit("mill", &[Role::Holder], &[]);
        let bank = local.admit("bank", &[Role::Bank], &[]);
        let days = span("2026-01-01", "2031-01-01");
        let right = local.issue(&bureau, papers::emission(&mill, "COD", "100", days));
        Self {
            folder,
            clock,
            local,
            bank,
            mill,
            right,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Closes the folder and opens it again.
    fn reopen(self, key: Option<OpeningsKey>) -> Result<Self, ServiceFault> {
        let path = self.data();
        self.local.registry.stop();
        drop(self.local);
        let shared = Arc::clone(&self.clock);
        let registry = Registry::open_with(&path, cast::log_key(), shared, with_key(key))?;
        let local = Local::on(Arc::new(registry), Arc::clone(&self.clock));
        Ok(Self { local, ..self })
    }

    /// Looks into the folder, which is closed meanwhile.
    fn paused<T>(self, look: impl FnOnce(&Store) -> T) -> (Self, T) {
        self.paused_under(cast::openings_key(), look)
    }

    /// Likewise; the folder is opened again under another openings key.
    fn paused_under<T>(self, key: OpeningsKey, look: impl FnOnce(&Store) -> T) -> (Self, T) {
        self.local.registry.stop();
        let Self {
            folder,
            clock,
            local,
            bank,
            mill,
            right,
        } = self;
        drop(local);
        let path = folder.path().join("data");
        let store = Store::open(&path).unwrap();
        let seen = look(&store);
        drop(store);
        let options = with_key(Some(key));
        let opened = Registry::open_with(&path, cast::log_key(), Arc::clone(&clock), options);
        let local = Local::on(Arc::new(opened.unwrap()), Arc::clone(&clock));
        let office = Self {
            folder,
            clock,
            local,
            bank,
            mill,
            right,
        };
        (office, seen)
    }

    /// Closes the folder; what is opened again later is another office.
    fn close(self) -> TempDir {
        self.local.registry.stop();
        self.folder
    }

    fn pledge_of(&self, openings: &[Opening], quantity: &str) -> Body {
        let days = span("2027-01-01", "2028-01-01");
        let hidden = openings
            .iter()
            .map(|opening| (opening.claim.clone(), opening.digest()))
            .collect();
        let lines = vec![line(self.right, flow(quantity, "t/a", days))];
        Body::RegisterPledge(Box::new(RegisterPledge {
            hidden,
            ..register(&self.mill, lines)
        }))
    }

    /// Gives a registration with hidden members; what it says is for the caller.
    fn give(&mut self, openings: &[Opening], quantity: &str) -> crate::support::play::Answer {
        let envelope = self.registration(openings, quantity);
        self.local.deliver(envelope, openings)
    }

    fn registration(&mut self, openings: &[Opening], quantity: &str) -> Envelope {
        let body = self.pledge_of(openings, quantity);
        let keys: Vec<_> = [&self.bank, &self.mill]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.local.draft(self.bank.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        seal(&command, &keys)
    }

    fn pledge(&mut self) -> PledgeId {
        self.give(&openings(), "10").pledge()
    }
}

/// Says whether any file under the folder has these bytes.
fn any_file_has(folder: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return any_file_has(&path, bytes);
        }
        let found = fs::read(&path).unwrap_or_default();
        found.windows(bytes.len()).any(|window| window == bytes)
    })
}

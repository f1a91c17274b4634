//! What SIGHUP has `serve` do: read the files again that say nothing about the log, and say in the log lines what is different.
//!
//! Keys, witnesses and the high-water file are compared with the folder and with each other at the start alone, so they need one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::exit::Failure;
use crate::cli::{files, towns};
use crate::service::Registry;
use crate::webhooks::couriers::{Change, Couriers, WATCHED};
use crate::webhooks::file::{Configured, parse};

/// Bytes of the file of --webhooks: 32 tables with 256 names each.
const WEBHOOKS_FILE_BYTES_MAX: usize = 262_144;

/// Reads the file of --webhooks.
pub(crate) fn webhooks(file: &Path) -> Result<Vec<Configured>, Failure> {
    let text = files::read_text(file, WEBHOOKS_FILE_BYTES_MAX)?;
    parse(&text).map_err(|fault| Failure::refused(fault).of(file.display()))
}

/// The files that are read again, and what follows them.
pub(crate) struct Reread {
    registry: Arc<Registry>,
    webhooks: Option<(PathBuf, Mutex<Couriers>)>,
    towns: Option<PathBuf>,
}

impl Reread {
    pub(crate) fn new(
        registry: &Arc<Registry>,
        webhooks: Option<(&Path, Couriers)>,
        towns: Option<&Path>,
    ) -> Self {
        Self {
            registry: Arc::clone(registry),
            webhooks: webhooks.map(|(file, couriers)| (file.to_owned(), Mutex::new(couriers))),
            towns: towns.map(Path::to_owned),
        }
    }

    /// Reads the files again; where one of them has a mistake, nothing changes.
    pub(crate) fn run(&self) {
        if self.webhooks.is_none() && self.towns.is_none() {
            tracing::warn!(
                "SIGHUP: there is nothing to read again, neither --webhooks nor --towns"
            );
            return;
        }
        if let Err(failure) = self.read() {
            tracing::error!("SIGHUP has changed nothing: {failure}");
        }
    }

    fn read(&self) -> Result<(), Failure> {
        let readable = |file: &Path| {
            if file == Path::new("-") {
                return Err(Failure::refused("standard input is read once").of("-"));
            }
            Ok(())
        };
        let towns = match &self.towns {
            Some(file) => readable(file).and_then(|()| towns::read(file)).map(Some)?,
            None => None,
        };
        let mut is_same = true;
        if let Some((file, couriers)) = &self.webhooks {
            readable(file)?;
            let configured = webhooks(file)?;
            let mut couriers = couriers.lock().unwrap_or_else(PoisonError::into_inner);
            let changes = couriers.change(configured);
            let changes = changes.map_err(|fault| Failure::from(fault).of(file.display()))?;
            is_same = changes.is_empty();
            for (name, change) in changes {
                self.tell(&name, &change);
            }
        }
        if towns.is_some_and(|towns| self.registry.set_towns(towns)) {
            is_same = false;
            tracing::info!("SIGHUP: towns have other names");
        }
        if is_same {
            tracing::info!("SIGHUP: the files say what they said before");
        }
        Ok(())
    }

    fn tell(&self, name: &str, change: &Change) {
        let standing = self.registry.webhook_standing(name);
        let (next, state) = match &standing {
            Some(standing) => (standing.next, standing.state.name()),
            None => (0, ""),
        };
        let is_chosen = standing.is_some_and(|standing| standing.chosen.is_some());
        match change {
            Change::Added => tracing::info!(
                webhook.name = name,
                "SIGHUP: webhook {name} is added and {state}; the next entry is {next}"
            ),
            Change::Changed(words) if words.contains(&WATCHED) && is_chosen => tracing::warn!(
                webhook.name = name,
                "SIGHUP: webhook {name} is changed in {}, and {state}; the next entry is {next}; its member has chosen what it watches, and the file says what it would watch otherwise",
                words.join(", ")
            ),
            Change::Changed(words) => tracing::info!(
                webhook.name = name,
                "SIGHUP: webhook {name} is changed in {}, and {state}; the next entry is {next}",
                words.join(", ")
            ),
            Change::FromAlone => tracing::warn!(
                webhook.name = name,
                "SIGHUP: webhook {name} stays at entry {next}, since from is for a new one; to send again run `greenlien webhooks {name} --replay-from INDEX`"
            ),
            Change::Removed => tracing::info!(
                webhook.name = name,
                "SIGHUP: webhook {name} is removed; under this name it would go on where it was"
            ),
        }
    }
}

//! The threads of all webhooks: they are started together, changed one by one when the file is read again, and ended together.
//!
//! A courier that ends finishes the delivery that it is at and notes what became of it, so that whoever comes in its place goes
//! on behind it: nothing is lost, and nothing is sent twice for a change of the file.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::primitives::crypto::SecretKey;
use crate::service::webhooks::Webhook;
use crate::service::{Registry, ServiceFault};
use crate::webhooks::courier::{Bell, Courier, Pace, Round};
use crate::webhooks::file::Configured;

/// What a table says of what is sent, where it is another.
pub const WATCHED: &str = "what it watches";

/// What a file that was read again means for a webhook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// It is new.
    Added,
    /// These words of its table are others.
    Changed(Vec<&'static str>),
    /// It is no longer there.
    Removed,
    /// Only where it would begin is another place, which counts for a new one alone.
    FromAlone,
}

/// Running couriers; they end when this is dropped.
pub struct Couriers {
    round: Round,
    running: Vec<Running>,
}

/// A courier, and what it was started with.
struct Running {
    configured: Configured,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl fmt::Debug for Couriers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Couriers({})", self.running.len())
    }
}

impl Couriers {
    /// Starts to deliver what a registry was opened with.
    pub fn start(
        registry: &Arc<Registry>,
        configured: Vec<Configured>,
        key: &Arc<SecretKey>,
        pace: Pace,
    ) -> Self {
        let bell = Arc::new(Bell::default());
        let rung = Arc::clone(&bell);
        registry.observe(Box::new(move |_| rung.ring()));
        let round = Round {
            registry: Arc::clone(registry),
            key: Arc::clone(key),
            bell,
            pace,
        };
        let launch = |configured| Running::launch(&round, configured);
        let running = configured.into_iter().map(launch);
        let running = running.map(|started| started.expect("the system starts a thread"));
        Self {
            running: running.collect(),
            round,
        }
    }

    /// Delivers what another file says, and returns what is different; a file that the registry does not take changes nothing.
    ///
    /// Waits for the deliveries that are under way of those that change or go, each no longer than a request may take.
    pub fn change(
        &mut self,
        configured: Vec<Configured>,
    ) -> Result<Vec<(String, Change)>, ServiceFault> {
        let registry = Arc::clone(&self.round.registry);
        let webhooks: Vec<Webhook> = configured.iter().map(|one| one.webhook.clone()).collect();
        registry.check_webhooks(&webhooks)?;
        let changes = self.changes(&configured);
        let ends = |name: &str| {
            let of = changes.iter().find(|(changed, _)| changed == name);
            match of {
                Some((_, Change::Changed(_) | Change::Removed)) => true,
                Some((_, Change::Added | Change::FromAlone)) | None => false,
            }
        };
        let (ending, mut kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.running)
            .into_iter()
            .partition(|running| ends(&running.configured.webhook.name));
        let ended = self.end(ending);
        let set = registry.set_webhooks(webhooks);
        // Where nothing could be kept, everything goes on as it was.
        let now = if set.is_ok() { configured } else { ended };
        for configured in now {
            let name = &configured.webhook.name;
            let is_this = |running: &&mut Running| running.configured.webhook.name == *name;
            match kept.iter_mut().find(is_this) {
                Some(running) => running.configured = configured,
                None => match Running::launch(&self.round, configured) {
                    Ok(running) => kept.push(running),
                    Err(fault) => tracing::error!(
                        "a webhook is not served until the file is read again: no thread: {fault}"
                    ),
                },
            }
        }
        self.running = kept;
        set.map(|()| changes)
    }

    /// Says what another file would change, the new and the changed ones in its order, then those that go.
    fn changes(&self, configured: &[Configured]) -> Vec<(String, Change)> {
        let running = || self.running.iter().map(|running| &running.configured);
        let named = |name: &str| running().find(|one| one.webhook.name == name);
        let change = |one: &Configured| {
            let change = match named(&one.webhook.name) {
                None => Some(Change::Added),
                Some(before) => difference(before, one),
            };
            change.map(|change| (one.webhook.name.clone(), change))
        };
        let is_there = |name: &str| configured.iter().any(|one| one.webhook.name == name);
        let gone = running().map(|one| &one.webhook.name);
        let gone = gone.filter(|name| !is_there(name));
        let gone = gone.map(|name| (name.clone(), Change::Removed));
        configured.iter().filter_map(change).chain(gone).collect()
    }

    /// Ends couriers, all at once, and returns what they were started with.
    fn end(&self, ending: Vec<Running>) -> Vec<Configured> {
        for running in &ending {
            running.ends.store(true, Ordering::Release);
        }
        self.round.bell.ring();
        let join = |running: Running| {
            drop(running.thread.join());
            running.configured
        };
        ending.into_iter().map(join).collect()
    }
}

impl Drop for Couriers {
    fn drop(&mut self) {
        self.round.bell.end();
        for running in self.running.drain(..) {
            drop(running.thread.join());
        }
    }
}

impl Running {
    fn launch(round: &Round, configured: Configured) -> io::Result<Self> {
        warn_of_unknown(&round.registry, &configured.webhook);
        let ends = Arc::new(AtomicBool::new(false));
        let courier = Courier::new(round, configured.clone(), &ends);
        let thread = std::thread::Builder::new().name(format!("hook {}", configured.webhook.name));
        Ok(Self {
            thread: thread.spawn(move || courier.run())?,
            configured,
            ends,
        })
    }
}

/// Tells of names that lead nowhere: most likely somebody has mistyped them, and nobody would ever be told.
fn warn_of_unknown(registry: &Registry, webhook: &Webhook) {
    // A fault of the store is told by the courier itself.
    let unknown = registry.unknown_to_webhook(webhook).unwrap_or_default();
    if !unknown.is_empty() {
        tracing::warn!(
            webhook.name = webhook.name,
            "the register has no {}; correct the file if it means another",
            unknown.join(", ")
        );
    }
}

/// Says which words of the table of a webhook are others.
fn difference(before: &Configured, after: &Configured) -> Option<Change> {
    let words = |one: &Configured| {
        let Configured { webhook, reach } = one.clone();
        let Webhook {
            name: _,
            member,
            url,
            watch,
            from,
        } = webhook;
        (member, url, reach, watch, from)
    };
    let (before, after) = (words(before), words(after));
    let is_other = [
        ("member", before.0 != after.0),
        ("url", before.1 != after.1),
        // Where an address leads follows from it, but for this word.
        ("private", before.1 == after.1 && before.2 != after.2),
        (WATCHED, before.3 != after.3),
    ];
    let others = is_other.into_iter().filter(|(_, is_other)| *is_other);
    let others: Vec<&str> = others.map(|(word, _)| word).collect();
    match (others.is_empty(), before.4 == after.4) {
        (false, _) => Some(Change::Changed(others)),
        (true, false) => Some(Change::FromAlone),
        (true, true) => None,
    }
}

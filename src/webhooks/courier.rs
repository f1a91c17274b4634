//! What the thread of one webhook does; each has its own, so that a receiver that is slow or down delays nobody else.
//!
//! A notice is sent until it is taken, and the next one not before: a receiver gets everything once or more, in order. What
//! failed is tried again after a wait that doubles up to an hour; after three days without a success the webhook is suspended
//! until somebody says where it goes on. No thread here holds a lock of the log while it waits for a network.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::primitives::crypto::SecretKey;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::feed::{Notice, Reader};
use crate::service::webhooks::{Attempt, Consequence, Standing, Webhook, WebhookState};
use crate::service::{Registry, ServiceFault};
use crate::webhooks::file::Configured;
use crate::webhooks::sender::{Answer, Sender};

/// How long a courier with nothing to do sleeps at most; it is woken when there is something.
const REST: Duration = Duration::from_secs(60);
/// How long it leaves the store alone after a fault.
const FAULT_REST: Duration = Duration::from_secs(5);

/// How patient couriers are.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The longest that one request may take.
    pub request: Duration,
    /// The wait after the first failure; it doubles with each further one.
    pub backoff: Duration,
    /// The longest wait.
    pub backoff_max: Duration,
    /// How long a receiver may fail before its webhook is suspended.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(limits::WEBHOOK_REQUEST_SECONDS_MAX),
            backoff: Duration::from_secs(limits::WEBHOOK_BACKOFF_SECONDS),
            backoff_max: Duration::from_secs(limits::WEBHOOK_BACKOFF_SECONDS_MAX),
            patience: Duration::from_secs(limits::WEBHOOK_PATIENCE_SECONDS),
        }
    }
}

impl Pace {
    /// Returns the wait after so many failures, at least what the receiver asks for, at most the longest.
    pub fn wait(&self, failures: u64, asked: Option<Duration>) -> Duration {
        let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let wait = self.backoff.saturating_mul(factor);
        wait.max(asked.unwrap_or_default()).min(self.backoff_max)
    }
}

/// Rings when there may be something to do.
#[derive(Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct Rung {
    times: u64,
    is_ending: bool,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ring(&self) {
        let mut rung = self.lock();
        rung.times = rung.times.wrapping_add(1);
        drop(rung);
        self.changed.notify_all();
    }

    pub(super) fn end(&self) {
        self.lock().is_ending = true;
        self.changed.notify_all();
    }

    /// Waits for a ring after `heard`, but no longer than `most`.
    fn wait(&self, heard: Rung, most: Duration) {
        let rung = self.lock();
        let quiet = |rung: &mut Rung| rung.times == heard.times && !rung.is_ending;
        // Whatever ended the wait, the caller looks again.
        drop(self.changed.wait_timeout_while(rung, most, quiet));
    }
}

/// What all couriers of a registry share.
#[derive(Clone)]
pub(super) struct Round {
    pub(super) registry: Arc<Registry>,
    pub(super) key: Arc<SecretKey>,
    pub(super) bell: Arc<Bell>,
    pub(super) pace: Pace,
}

/// Delivers one webhook.
pub(super) struct Courier {
    webhook: Webhook,
    sender: Sender,
    /// What it shares with the others.
    round: Round,
    /// Whether this one ends, whatever the others do.
    ends: Arc<AtomicBool>,
    /// The reader, and the epoch of the position that it began at.
    reader: Option<(u64, Reader)>,
    /// Read and not yet delivered.
    waiting: VecDeque<Notice>,
    /// Nothing is sent before, in this epoch.
    not_before: Option<(u64, Instant)>,
}

/// What a courier does next.
enum Next {
    /// There is more to do.
    More,
    /// Nothing, until the bell rings or so much time is over.
    Rest(Duration),
}

impl Courier {
    pub(super) fn new(round: &Round, configured: Configured, ends: &Arc<AtomicBool>) -> Self {
        let Configured { webhook, reach } = configured;
        Self {
            sender: Sender::new(&webhook.url, reach, round.pace.request),
            round: round.clone(),
            webhook,
            ends: Arc::clone(ends),
            reader: None,
            waiting: VecDeque::new(),
            not_before: None,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let heard = *self.round.bell.lock();
            if heard.is_ending || self.ends.load(Ordering::Acquire) {
                return;
            }
            let next = self.work().unwrap_or_else(|fault| {
                let name = &self.webhook.name;
                tracing::error!(
                    webhook.name = name,
                    error.kind = "storage",
                    "not delivered: {fault}"
                );
                Next::Rest(FAULT_REST)
            });
            match next {
                Next::More => {}
                Next::Rest(most) => self.round.bell.wait(heard, most),
            }
        }
    }

    fn work(&mut self) -> Result<Next, ServiceFault> {
        let Some(standing) = self.round.registry.webhook_standing(&self.webhook.name) else {
            return Ok(Next::Rest(REST));
        };
        match standing.state {
            WebhookState::Active => {}
            WebhookState::Gone | WebhookState::Suspended => return Ok(Next::Rest(REST)),
        }
        if let Some((epoch, instant)) = self.not_before
            && epoch == standing.epoch
        {
            let left = instant.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Ok(Next::Rest(left));
            }
        }
        self.not_before = None;
        // Its member may have chosen something else since.
        let watch = standing.watched(&self.webhook);
        if self
            .reader
            .as_ref()
            .is_none_or(|(epoch, reader)| *epoch != standing.epoch || reader.watch() != watch)
        {
            let watch = watch.clone();
            let reader = Reader::new(&self.round.registry, watch, standing.next)?;
            self.reader = Some((standing.epoch, reader));
            self.waiting.clear();
        }
        match self.waiting.front().cloned() {
            Some(notice) => self.deliver(&standing, &notice),
            None => self.read_on(&standing),
        }
    }

    fn read_on(&mut self, standing: &Standing) -> Result<Next, ServiceFault> {
        let Some((epoch, reader)) = &mut self.reader else {
            return Ok(Next::More);
        };
        let notices = reader.read(&self.round.registry, u64::MAX)?;
        let next = reader.next();
        if !notices.is_empty() {
            self.waiting.extend(notices);
            return Ok(Next::More);
        }
        if next > standing.next {
            self.round
                .registry
                .webhook_passed(&self.webhook.name, *epoch, next)?;
        }
        Ok(if next < self.round.registry.signed_size() {
            Next::More
        } else {
            Next::Rest(REST)
        })
    }

    fn deliver(&mut self, standing: &Standing, notice: &Notice) -> Result<Next, ServiceFault> {
        let name = &self.webhook.name;
        let time = self.round.registry.now();
        let is_closed = !self.round.registry.genesis().public;
        let mut attempt = Attempt {
            index: notice.index,
            time,
            millis: 0,
            status: None,
            fault: None,
        };
        if is_closed && !self.round.registry.is_member(self.webhook.member)? {
            let member = self.webhook.member;
            attempt.fault = Some(format!(
                "{member} is no member, and this register is for members"
            ));
            tracing::warn!(webhook.name = name, "suspended: its member is none");
            let consequence = Consequence::Suspended;
            self.round
                .registry
                .webhook_attempted(name, standing.epoch, &attempt, consequence)?;
            return Ok(Next::More);
        }
        let begun = Instant::now();
        let answer = self
            .sender
            .send(&self.round.key, &notice.text, time.seconds());
        attempt.millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut wait = None;
        let consequence = match answer {
            Answer::Taken(status) => {
                attempt.status = Some(status);
                self.waiting.pop_front();
                Consequence::Delivered
            }
            Answer::Gone => {
                attempt.status = Some(410);
                attempt.fault = Some("status 410: the receiver wants nothing more".to_owned());
                tracing::warn!(webhook.name = name, "the receiver wants nothing more");
                Consequence::Gone
            }
            Answer::Failed {
                status,
                fault,
                retry_after,
            } => {
                attempt.status = status;
                attempt.fault = Some(fault);
                wait = Some(
                    self.round
                        .pace
                        .wait(standing.failures.saturating_add(1), retry_after),
                );
                self.after_failure(standing, &attempt, time)
            }
        };
        self.round
            .registry
            .webhook_attempted(name, standing.epoch, &attempt, consequence)?;
        self.not_before = wait
            .and_then(|wait| Instant::now().checked_add(wait))
            .map(|instant| (standing.epoch, instant));
        Ok(Next::More)
    }

    fn after_failure(&self, standing: &Standing, attempt: &Attempt, now: Timestamp) -> Consequence {
        let name = &self.webhook.name;
        let fault = attempt.fault.as_deref().unwrap_or_default();
        let since = standing.failing_since.unwrap_or(now);
        let over = now.seconds().saturating_sub(since.seconds());
        if standing.failures > 0 && Duration::from_secs(over) >= self.round.pace.patience {
            tracing::warn!(
                webhook.name = name,
                "suspended, since it has failed since {since}: {fault}"
            );
            return Consequence::Suspended;
        }
        if standing.failures == 0 {
            // Once, and not for every attempt of three days.
            tracing::warn!(webhook.name = name, "it fails and is tried again: {fault}");
        }
        Consequence::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour_and_is_never_shorter_than_asked() {
        let pace = Pace::default();
        let waits: Vec<u64> = (1..=14).map(|n| pace.wait(n, None).as_secs()).collect();
        assert_eq!(
            waits,
            [
                1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600
            ]
        );
        assert_eq!(pace.wait(u64::MAX, None).as_secs(), 3_600);
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(pace.wait(1, asked(30)).as_secs(), 30);
        assert_eq!(pace.wait(10, asked(30)).as_secs(), 512);
        assert_eq!(pace.wait(1, asked(1_000_000)).as_secs(), 3_600);
    }
}

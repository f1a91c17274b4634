//! Brings the newest checkpoint of our log to every configured witness and gathers what they cosign.
//!
//! Rounds: one head is brought to all, so that a quorum can meet on it however fast the log grows. A round begins at most
//! once a second, with the newest head there is; it ends when the quorum is met or its time is up. Each witness has a thread
//! of its own, so a slow one delays nobody; one that fails is left alone for longer each time, up to a limit. No thread here
//! ever holds a lock of the log while it waits for a network.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::primitives::crypto::Hash;
use crate::primitives::limits;
use crate::witness::client::{Answer, WitnessClient};

/// How often the log is asked whether it has grown.
const LOOK: Duration = Duration::from_millis(50);

/// A head that is brought to the witnesses in one round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The number of entries.
    pub size: u64,
    /// The checkpoint, signed by the log alone.
    pub note: Arc<str>,
}

/// What became of an answer that should be cosignatures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offered {
    /// Nothing in it is a cosignature of this witness.
    Useless,
    /// It is a cosignature, but of a time too far from the head's to count.
    Late,
    /// It counts, and the quorum is not met yet.
    Counted,
    /// With it the quorum is met.
    QuorumMet,
}

/// What a checkpoint that a witness shows says about our log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Judgment {
    /// It is of our history.
    Agrees,
    /// Our log never signed it, so it says nothing.
    Unsigned,
    /// Our log signed it, and it is not of the history that we have: this log was rolled back, or it has forked.
    Contradicts,
}

/// The log that is fed; whoever wires the program puts a registry behind it.
pub trait Log: Send + Sync {
    /// Returns the name of the log.
    fn origin(&self) -> &str;
    /// Returns the number of entries under the newest signed checkpoint; cheap.
    fn size(&self) -> u64;
    /// Begins a round: returns the newest head, and keeps its state until a later one is cosigned.
    fn begin_round(&self) -> Head;
    /// Returns the proof that the log of `old` entries is a prefix of the log of `new` entries; the text says why not.
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, String>;
    /// Judges what a witness answered for the head of a size.
    fn offer(&self, witness: &str, size: u64, body: &str) -> Offered;
    /// Compares a checkpoint that a witness shows with the log; stops the log where it contradicts.
    fn judge(&self, witness: &str, note: &str) -> Judgment;
    /// Remembers why a witness gave nothing.
    fn blame(&self, witness: &str, why: &str);
}

/// How patient a feeder is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The least time between the beginnings of two rounds.
    pub round: Duration,
    /// How long a round waits for its quorum before a newer head replaces it.
    pub patience: Duration,
    /// The longest that one request may take.
    pub request: Duration,
    /// How long a witness is left alone after its first failure; twice as long after each further one.
    pub backoff: Duration,
    /// The longest that a witness is left alone.
    pub backoff_max: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            round: Duration::from_secs(limits::WITNESS_ROUND_SECONDS),
            patience: Duration::from_secs(limits::WITNESS_PATIENCE_SECONDS),
            request: Duration::from_secs(limits::WITNESS_REQUEST_SECONDS_MAX),
            backoff: Duration::from_secs(limits::WITNESS_BACKOFF_SECONDS),
            backoff_max: Duration::from_secs(limits::WITNESS_BACKOFF_SECONDS_MAX),
        }
    }
}

/// How long a witness that failed is left alone; the instants are arguments, so that a test needs no patience.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// Notes a failure.
    pub fn failed(&mut self, now: Instant, pace: &Pace) {
        let doubled = 1_u32.checked_shl(self.failures.min(31)).unwrap_or(u32::MAX);
        let wait = pace.backoff.saturating_mul(doubled).min(pace.backoff_max);
        self.failures = self.failures.saturating_add(1);
        self.until = now.checked_add(wait);
    }

    /// Notes a success.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Returns how long it is still left alone.
    pub fn wait(&self, now: Instant) -> Duration {
        self.until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Returns how long it is still left alone, in seconds that have begun: a moment after a failure nothing is missing.
    fn wait_seconds(&self, now: Instant) -> u128 {
        self.wait(now).as_millis().div_ceil(1_000)
    }
}

/// A round in progress.
struct Round {
    number: u64,
    head: Head,
    begun: Instant,
    is_met: bool,
}

#[derive(Default)]
struct Board {
    round: Option<Round>,
    is_ending: bool,
}

struct Shared {
    log: Arc<dyn Log>,
    pace: Pace,
    board: Mutex<Board>,
    changed: Condvar,
}

/// A running feeder; it ends when it is dropped.
pub struct Feeder {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Feeder {
    /// Starts to feed witnesses, each given by its name in the policy and a client of it.
    pub fn start(log: Arc<dyn Log>, witnesses: Vec<(String, WitnessClient)>, pace: Pace) -> Self {
        let shared = Arc::new(Shared {
            log,
            pace,
            board: Mutex::default(),
            changed: Condvar::new(),
        });
        let caller = Arc::clone(&shared);
        let mut threads = vec![named("feeder".to_owned(), move || caller.call_rounds())];
        for (name, client) in witnesses {
            let fed = Fed {
                shared: Arc::clone(&shared),
                thread_name: format!("to {name}"),
                name,
                client,
                known: 0,
                backoff: Backoff::default(),
            };
            threads.push(named(fed.thread_name.clone(), move || fed.run()));
        }
        Self { shared, threads }
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.shared.board().is_ending = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// Starts a thread that operators can tell apart in their tools; a process that cannot start one cannot run a registry.
fn named(name: String, work: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let builder = std::thread::Builder::new().name(name);
    builder.spawn(work).expect("the system starts a thread")
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins rounds until the feeder ends.
    fn call_rounds(&self) {
        let mut number = 0;
        loop {
            let board = self.board();
            let (board, _) = self
                .changed
                .wait_timeout(board, LOOK)
                .unwrap_or_else(PoisonError::into_inner);
            if board.is_ending {
                return;
            }
            let is_due = is_round_due(
                board.round.as_ref(),
                self.log.size(),
                Instant::now(),
                &self.pace,
            );
            drop(board);
            if is_due {
                number += 1;
                let round = Round {
                    number,
                    head: self.log.begin_round(),
                    begun: Instant::now(),
                    is_met: false,
                };
                self.board().round = Some(round);
                self.changed.notify_all();
            }
        }
    }
}

fn is_round_due(round: Option<&Round>, newest: u64, now: Instant, pace: &Pace) -> bool {
    let Some(round) = round else { return true };
    let age = now.saturating_duration_since(round.begun);
    newest > round.head.size && age >= pace.round && (round.is_met || age >= pace.patience)
}

/// What one attempt at a witness led to.
enum Attempt {
    /// It has cosigned this head, or a later one, or nothing more can be had of it in this round.
    Settled(Option<Offered>),
    /// It gave nothing; why.
    Failed(String),
}

/// One witness, from the side of the feeder.
struct Fed {
    shared: Arc<Shared>,
    name: String,
    thread_name: String,
    client: WitnessClient,
    /// The size that it has cosigned last, as far as we know.
    known: u64,
    backoff: Backoff,
}

impl Fed {
    fn run(mut self) {
        let mut settled = 0;
        while let Some((number, head)) = self.next_head(settled) {
            match self.attempt(&head) {
                Attempt::Settled(offered) => {
                    settled = number;
                    self.backoff.succeeded();
                    if offered == Some(Offered::QuorumMet) {
                        self.tell_quorum(number);
                    }
                }
                Attempt::Failed(why) => {
                    self.backoff.failed(Instant::now(), &self.shared.pace);
                    tracing::warn!(
                        witness.name = self.name,
                        retry.seconds = self.backoff.wait_seconds(Instant::now()),
                        "no cosignature: {why}"
                    );
                    self.shared.log.blame(&self.name, &why);
                }
            }
        }
    }

    /// Waits for a round that is not settled here, and for the end of a penalty; nothing when the feeder ends.
    fn next_head(&self, settled: u64) -> Option<(u64, Head)> {
        let mut board = self.shared.board();
        loop {
            if board.is_ending {
                return None;
            }
            let wait = self.backoff.wait(Instant::now());
            let round = board.round.as_ref();
            if let Some(round) = round.filter(|round| round.number != settled)
                && wait.is_zero()
            {
                return Some((round.number, round.head.clone()));
            }
            let longest = if wait.is_zero() {
                self.shared.pace.patience
            } else {
                wait
            };
            (board, _) = self
                .shared
                .changed
                .wait_timeout(board, longest)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell_quorum(&self, number: u64) {
        let mut board = self.shared.board();
        if let Some(round) = board.round.as_mut().filter(|round| round.number == number) {
            round.is_met = true;
        }
        drop(board);
        self.shared.changed.notify_all();
    }

    /// Brings the head; after a conflict once more, from the size that the witness named.
    fn attempt(&mut self, head: &Head) -> Attempt {
        let first = self.bring(head);
        let Answer::Conflict(Some(size)) = first else {
            return self.conclude(head, first);
        };
        if size > head.size {
            return self.later_than(size, head);
        }
        self.known = size;
        let second = self.bring(head);
        self.conclude(head, second)
    }

    fn bring(&self, head: &Head) -> Answer {
        // What a witness claims to know may be beyond this head, when another feeder was faster.
        let old = self.known.min(head.size);
        let proof = if old == 0 || old == head.size {
            Ok(Vec::new())
        } else {
            self.shared.log.consistency(old, head.size)
        };
        match proof {
            Ok(proof) => self.client.add_checkpoint(old, &proof, &head.note),
            Err(fault) => Answer::Silent(format!("no proof from {old}: {fault}")),
        }
    }

    fn conclude(&mut self, head: &Head, answer: Answer) -> Attempt {
        match answer {
            Answer::Cosigned(body) => match self.shared.log.offer(&self.name, head.size, &body) {
                Offered::Useless => {
                    Attempt::Failed("its answer has no cosignature of its key".to_owned())
                }
                Offered::Late => {
                    // It is there and honest; the next head will find it in time.
                    self.known = head.size;
                    Attempt::Settled(None)
                }
                offered @ (Offered::Counted | Offered::QuorumMet) => {
                    self.known = head.size;
                    Attempt::Settled(Some(offered))
                }
            },
            Answer::Conflict(size) => {
                let size = size.map_or("no size".to_owned(), |size| format!("size {size}"));
                Attempt::Failed(format!("it answers 409 again, with {size}"))
            }
            // It does not accept the proof: perhaps it has seen another history under our signature.
            Answer::Refused { status: 422, why } => match self.compare() {
                Judgment::Contradicts => Attempt::Failed("it has seen another history".to_owned()),
                Judgment::Agrees | Judgment::Unsigned => {
                    Attempt::Failed(format!("status 422: {why}"))
                }
            },
            Answer::Refused { status, why } => Attempt::Failed(format!("status {status}: {why}")),
            Answer::Silent(why) => Attempt::Failed(why),
        }
    }

    /// The witness says that it knows a later head than the one of this round.
    fn later_than(&mut self, size: u64, head: &Head) -> Attempt {
        if size <= self.shared.log.size() {
            // The log has grown since the round began, and somebody else brought a newer head.
            self.known = size;
            return Attempt::Settled(None);
        }
        match self.compare() {
            Judgment::Contradicts => Attempt::Failed(format!(
                "it has cosigned size {size} under our signature, and this log has {}",
                head.size
            )),
            Judgment::Agrees | Judgment::Unsigned => Attempt::Failed(format!(
                "it claims to have cosigned size {size} and shows nothing that we signed"
            )),
        }
    }

    /// Asks what the witness has seen, and lets the log judge it.
    fn compare(&self) -> Judgment {
        match self.client.last_seen(self.shared.log.origin()) {
            Ok(Some(note)) => self.shared.log.judge(&self.name, &note),
            Ok(None) | Err(_) => Judgment::Unsigned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace {
            round: Duration::from_secs(1),
            patience: Duration::from_secs(10),
            request: Duration::from_secs(10),
            backoff: Duration::from_secs(1),
            backoff_max: Duration::from_secs(300),
        }
    }

    #[test]
    fn a_witness_that_fails_is_left_alone_for_longer_each_time_up_to_a_limit() {
        let begun = Instant::now();
        let mut backoff = Backoff::default();
        assert_eq!(backoff.wait(begun), Duration::ZERO);
        let mut now = begun;
        let mut waits = Vec::new();
        for _ in 0..40 {
            backoff.failed(now, &pace());
            let wait = backoff.wait(now);
            let a_moment_later = now + Duration::from_millis(3);
            let said = backoff.wait_seconds(a_moment_later);
            assert_eq!(said, u128::from(wait.as_secs()));
            assert_eq!(backoff.wait(now + wait), Duration::ZERO);
            waits.push(wait.as_secs());
            now += wait;
        }
        assert_eq!(waits[..10], [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert!(waits[10..].iter().all(|wait| *wait == 300));
        backoff.succeeded();
        assert_eq!(backoff.wait(now), Duration::ZERO);
        backoff.failed(now, &pace());
        assert_eq!(backoff.wait(now).as_secs(), 1, "a success forgives");
    }

    #[test]
    fn a_round_begins_when_the_last_is_met_or_too_old_and_the_log_has_grown() {
        let begun = Instant::now();
        let at = |millis| begun + Duration::from_millis(millis);
        let round = |is_met| Round {
            number: 1,
            head: Head {
                size: 10,
                note: "".into(),
            },
            begun,
            is_met,
        };
        assert!(is_round_due(None, 2, begun, &pace()));
        assert!(is_round_due(Some(&round(true)), 11, at(1_000), &pace()));
        assert!(!is_round_due(Some(&round(true)), 11, at(999), &pace()));
        assert!(!is_round_due(Some(&round(true)), 10, at(60_000), &pace()));
        assert!(!is_round_due(Some(&round(false)), 11, at(9_999), &pace()));
        assert!(is_round_due(Some(&round(false)), 11, at(10_000), &pace()));
    }
}

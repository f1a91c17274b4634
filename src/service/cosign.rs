//! Gathers cosignatures on heads of our own log until the quorum of the policy is met, and publishes what was cosigned.
//!
//! Whoever speaks with the witnesses (the room `witness`, wired by `cli`) brings texts here; nothing of them is believed before
//! it is verified. A head keeps the state that it commits to, so that evidence can be served from the cosigned version while
//! the log goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ledger::note::{NoteKey, SignedNote};
use crate::ledger::policy_file::{Quorum, TrustPolicy};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::history::{Relation, could_be_a_quorum, relate};
use crate::service::options::StopCause;
use crate::service::{Published, Registry, ServiceFault, Shared};

/// Heads whose cosignatures are still taken: the present round, and those before it whose answers may be under way.
const HEADS_KEPT: usize = 4;

/// Cosignature lines that one answer may have: a witness that changes its key sends two.
const LINES_MAX: usize = 16;

/// What became of an answer of a witness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// It has no cosignature of this witness.
    Nothing,
    /// It has one, of a time too far from that of the head: the witness has seen the head, and shows nobody that it was fresh.
    Late,
    /// It counts, and more are needed.
    Some,
    /// The quorum is met.
    Quorum,
}

/// What is known of a witness.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WitnessState {
    /// The size it has cosigned last, and the time of that cosignature in seconds since 1970.
    pub cosigned: Option<(u64, u64)>,
    /// Why its last answer was of no use, and when that was.
    pub fault: Option<(String, Timestamp)>,
}

/// One head with what was gathered for it: name of the witness, its line, the time in the line.
struct Candidate {
    head: Published,
    lines: BTreeMap<String, (String, u64)>,
}

#[derive(Default)]
struct Gathered {
    candidates: BTreeMap<u64, Candidate>,
    newest: Option<Published>,
    witnesses: BTreeMap<String, WitnessState>,
    /// When the operator was last told that no quorum has cosigned for long.
    warned: Option<Timestamp>,
    /// When the operator was last told of each witness whose cosignatures are of another time.
    late: BTreeMap<String, Timestamp>,
    /// The witnesses that gave no answer before the start and have not answered since, while commands wait for them.
    unheard: BTreeSet<String>,
}

impl Gathered {
    /// Returns since when no quorum has cosigned, if that is long: the time of the newest cosigned head, or of the start where
    /// there is none.
    ///
    /// A log that rested for days is not late before the witnesses have had their time after the start.
    fn no_quorum_since(&self, begun: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let newest = self.newest.as_ref().map(|newest| newest.time);
        let is_waiting = is_late(newest.unwrap_or(begun).max(begun), now);
        is_waiting.then_some(newest.unwrap_or(begun))
    }
}

/// The gathering of one registry.
pub(crate) struct Cosigning {
    policy: TrustPolicy,
    /// When it began, by the registry's clock.
    begun: Timestamp,
    /// Too few witnesses have said what they have seen, so nothing is added to the log.
    is_waiting: AtomicBool,
    gathered: Mutex<Gathered>,
}

impl Cosigning {
    /// Returns the witnesses that the policy calls auditors.
    pub(crate) fn auditors(&self) -> Vec<String> {
        let names = self.policy.auditors().into_iter();
        names.map(str::to_owned).collect()
    }

    /// Begins at an instant with what was cosigned before it, if that is known; commands wait for the `unheard`.
    pub(crate) fn new(
        policy: TrustPolicy,
        newest: Option<Published>,
        begun: Timestamp,
        unheard: BTreeSet<String>,
    ) -> Self {
        let names = policy.witnesses.iter();
        let witnesses = names
            .map(|witness| (witness.name.clone(), WitnessState::default()))
            .collect();
        Self {
            policy,
            begun,
            is_waiting: AtomicBool::new(!unheard.is_empty()),
            gathered: Mutex::new(Gathered {
                candidates: BTreeMap::new(),
                newest,
                witnesses,
                warned: None,
                late: BTreeMap::new(),
                unheard,
            }),
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a witness knows no other history than this one; commands are taken once the rest could make no quorum.
    fn hear(&self, gathered: &mut Gathered, witness: &str) {
        if !gathered.unheard.remove(witness) {
            return;
        }
        let silent: Vec<&str> = gathered.unheard.iter().map(String::as_str).collect();
        if !could_be_a_quorum(&self.policy, &silent)
            && self.is_waiting.swap(false, Ordering::AcqRel)
        {
            tracing::info!("enough witnesses have said what they have seen: commands are taken");
        }
    }
}

/// Says whether a policy asks for witnesses and can be met by them, and names a key with which the log signs now: after a
/// rotation the file need not name the old one, which may be the thief's.
pub(crate) fn check_policy(policy: &TrustPolicy, signing: &[&NoteKey]) -> Result<(), ServiceFault> {
    let fault = |what: &str| Err(ServiceFault::Witnesses(what.to_owned()));
    if !signing
        .iter()
        .any(|key| policy.logs.iter().any(|log| log.key == **key))
    {
        let keys: Vec<String> = signing.iter().map(|key| key.vkey()).collect();
        let keys = keys.join(" or ");
        return fault(&format!(
            "the file does not name this log under a key that signs it now: {keys}"
        ));
    }
    if policy.quorum == Quorum::None {
        return fault("the file asks for no quorum");
    }
    let witnesses = policy.witnesses.iter();
    let reachable = witnesses.filter(|one| one.url.is_some() && one.key.is_verified());
    let names: Vec<&str> = reachable.map(|witness| witness.name.as_str()).collect();
    if policy.quorum_met(&names) {
        Ok(())
    } else {
        fault("the witnesses that have an address and an Ed25519 key are too few for the quorum")
    }
}

/// Puts cosignature lines under a checkpoint that the log has signed.
fn with_lines<'a>(note: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let mut note = note.to_owned();
    for line in lines {
        note.push_str(line);
        note.push('\n');
    }
    note
}

/// Says whether an instant lies so far back that the operator should hear of it, or hear of it again.
fn is_late(since: Timestamp, now: Timestamp) -> bool {
    now.seconds().saturating_sub(since.seconds()) > limits::COSIGNED_LATE_SECONDS
}

impl Shared {
    /// Tells the operator, once in a while, that the quorum has cosigned nothing for long; `now` is the time of a new head.
    pub(crate) fn watch_quorum(&self, now: Timestamp) {
        let Some(cosigning) = &self.cosigning else {
            return;
        };
        let mut gathered = cosigning.gathered();
        let is_news = gathered.warned.is_none_or(|warned| is_late(warned, now));
        if let Some(since) = gathered.no_quorum_since(cosigning.begun, now)
            && is_news
        {
            gathered.warned = Some(now);
            tracing::warn!(
                "no quorum of the witnesses since {since}: GET /v1/log says what each of them last did"
            );
        }
    }
}

impl Registry {
    /// Returns the newest version that the quorum of the witnesses has cosigned; its checkpoint carries their lines.
    pub fn cosigned(&self) -> Option<Published> {
        let cosigning = self.shared.cosigning.as_ref()?;
        cosigning.gathered().newest.clone()
    }

    /// Returns the size of the newest cosigned checkpoint; 0 where there is none.
    pub fn cosigned_size(&self) -> u64 {
        let cosigning = self.shared.cosigning.as_ref();
        cosigning.map_or(0, |cosigning| {
            let gathered = cosigning.gathered();
            gathered.newest.as_ref().map_or(0, |head| head.size)
        })
    }

    /// Returns since when no quorum of the witnesses has cosigned, if that is longer than an operator should accept.
    pub fn no_quorum_since(&self) -> Option<Timestamp> {
        let cosigning = self.shared.cosigning.as_ref()?;
        let now = self.shared.clock.now();
        cosigning.gathered().no_quorum_since(cosigning.begun, now)
    }

    /// Says whether the log only reads, because too few witnesses have said what they have seen.
    pub fn is_waiting(&self) -> bool {
        self.shared.is_waiting()
    }

    /// Says whether witnesses are configured.
    pub fn has_witnesses(&self) -> bool {
        self.shared.cosigning.is_some()
    }

    /// Returns what is known of each witness, by name.
    pub fn witnesses(&self) -> Vec<(String, WitnessState)> {
        let Some(cosigning) = &self.shared.cosigning else {
            return Vec::new();
        };
        let gathered = cosigning.gathered();
        let witnesses = gathered.witnesses.iter();
        witnesses
            .map(|(name, state)| (name.clone(), state.clone()))
            .collect()
    }

    /// Begins a round on the newest signed head.
    pub fn begin_round(&self) -> Published {
        let head = self.published();
        if let Some(cosigning) = &self.shared.cosigning {
            let mut gathered = cosigning.gathered();
            gathered
                .candidates
                .entry(head.size)
                .or_insert_with(|| Candidate {
                    head: head.clone(),
                    lines: BTreeMap::new(),
                });
            while gathered.candidates.len() > HEADS_KEPT {
                gathered.candidates.pop_first();
            }
        }
        head
    }

    /// Takes what a witness answered for the head of a size.
    ///
    /// Every line is verified by itself, so that garbage beside a good cosignature does no harm. A cosignature whose time is
    /// not near that of the head's state entry does not count: it would not prove freshness to any reader.
    pub fn offer(&self, witness: &str, size: u64, body: &str) -> Counted {
        let Some(cosigning) = &self.shared.cosigning else {
            return Counted::Nothing;
        };
        let policy = &cosigning.policy;
        let known = policy.witnesses.iter().find(|one| one.name == witness);
        let mut gathered = cosigning.gathered();
        let (Some(known), Some(candidate)) = (known, gathered.candidates.get_mut(&size)) else {
            return Counted::Nothing;
        };
        let time_of = |line: &str| {
            let note = with_lines(&candidate.head.checkpoint, std::iter::once(line));
            let parsed = SignedNote::parse(&note).ok()?;
            known.key.times(&parsed).ok()?.into_iter().max()
        };
        let off = candidate.head.time.seconds();
        let off = |time: u64| time.abs_diff(off);
        let lines = body.lines().take(LINES_MAX);
        let times = lines.filter_map(|line| Some((line, time_of(line)?)));
        let Some((line, time)) = times.min_by_key(|(_, time)| off(*time)) else {
            return Counted::Nothing;
        };
        if off(time) > limits::COSIGNATURE_STATE_SECONDS_MAX {
            let why = format!("its time is {} s from that of the head", off(time));
            cosigning.hear(&mut gathered, witness);
            drop(gathered);
            if self.is_late_again(witness) {
                tracing::warn!(
                    witness.name = witness,
                    "cosigns, and it does not count: {why}"
                );
            }
            self.blame(witness, &why);
            return Counted::Late;
        }
        candidate
            .lines
            .insert(witness.to_owned(), (line.to_owned(), time));
        let names: Vec<&str> = candidate.lines.keys().map(String::as_str).collect();
        let is_met = policy.quorum_met(&names);
        cosigning.hear(&mut gathered, witness);
        gathered.witnesses.insert(
            witness.to_owned(),
            WitnessState {
                cosigned: Some((size, time)),
                fault: None,
            },
        );
        if !is_met {
            return Counted::Some;
        }
        self.shared.publish_cosigned(size, &mut gathered);
        Counted::Quorum
    }

    /// Notes that a witness cosigns at another time, and says whether to tell: a lasting fault is named once in a while only.
    fn is_late_again(&self, witness: &str) -> bool {
        let Some(cosigning) = &self.shared.cosigning else {
            return false;
        };
        let now = self.shared.clock.now();
        let mut gathered = cosigning.gathered();
        let told = gathered.late.get(witness);
        let is_news = told.is_none_or(|told| is_late(*told, now));
        if is_news {
            gathered.late.insert(witness.to_owned(), now);
        }
        is_news
    }

    /// Remembers why a witness was of no use.
    pub fn blame(&self, witness: &str, why: &str) {
        if let Some(cosigning) = &self.shared.cosigning
            && let Some(state) = cosigning.gathered().witnesses.get_mut(witness)
        {
            state.fault = Some((why.to_owned(), self.shared.clock.now()));
        }
    }

    /// Compares a checkpoint that a witness shows with this log; a contradiction under our own signature ends the registry.
    pub fn judge(&self, witness: &str, note: &str) -> Result<Relation, ServiceFault> {
        let shared = &self.shared;
        // Read after the checkpoint came: what it can have seen is signed by now.
        let size = shared.published().size;
        let relation = relate(&shared.store, &shared.genesis, size, note)?;
        match relation {
            Relation::Agrees(_) => {
                if let Some(cosigning) = &shared.cosigning {
                    cosigning.hear(&mut cosigning.gathered(), witness);
                }
            }
            Relation::Foreign(_) => {}
            Relation::Ahead(_) | Relation::Forked(_) => {
                tracing::error!(
                    error.kind = "history",
                    witness.name = witness,
                    witness.checkpoint = note,
                    "the log key has signed a history that is not in this folder; keep the checkpoint"
                );
                self.shared.stop(StopCause::History);
            }
        }
        Ok(relation)
    }
}

impl Shared {
    /// Says whether nothing may be added to the log yet.
    pub(crate) fn is_waiting(&self) -> bool {
        let cosigning = self.cosigning.as_ref();
        cosigning.is_some_and(|cosigning| cosigning.is_waiting.load(Ordering::Acquire))
    }

    /// Publishes the candidate of a size with all its lines, unless a later one is published already.
    fn publish_cosigned(&self, size: u64, gathered: &mut Gathered) {
        let is_newest = gathered.newest.as_ref().is_none_or(|old| old.size <= size);
        let Some(candidate) = gathered.candidates.get(&size).filter(|_| is_newest) else {
            return;
        };
        let lines = candidate.lines.values().map(|(line, _)| line.as_str());
        let note = with_lines(&candidate.head.checkpoint, lines);
        // Not worth ending the registry: the same lines can be had again, and the next write of a group will find out.
        if let Err(fault) = self.store.put_cosigned(size, &note) {
            tracing::error!(
                error.kind = "storage",
                "a cosigned checkpoint was not kept: {fault}"
            );
        }
        gathered.newest = Some(Published {
            checkpoint: note.into(),
            ..candidate.head.clone()
        });
        gathered.candidates.retain(|other, _| *other >= size);
    }
}

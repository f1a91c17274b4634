//! The first checks of an evidence file: whose checkpoint it is, who saw it and when, and the state entry that ends it.
//!
//! Everything after rests on these: they turn the reader's trust into one root of the log and one root of the state.

use crate::domain::entry::{Entry, StateEntry};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::proof::{root_before_last, verify_consistency, verify_inclusion};
use crate::ledger::quorum::AUDITORS;
use crate::ledger::tree::leaf_hash;
use crate::primitives::limits;
use crate::verify::checks::{Checked, Step, refuse};

/// The cosignatures of the trust policy's witnesses on the checkpoint.
pub(super) struct Cosigned<'a>(Vec<(&'a str, u64)>);

impl<'a> Cosigned<'a> {
    fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        names.dedup();
        names
    }

    /// The names of those who cosigned at the time of the state, by their own clocks; a later line of theirs takes nothing away.
    pub(super) fn timely(&self, state: &StateEntry) -> Vec<&'a str> {
        let near = |time: u64| {
            time.abs_diff(state.time.seconds()) <= limits::COSIGNATURE_STATE_SECONDS_MAX
        };
        let timely = self.0.iter().filter(|(_, time)| near(*time));
        timely.map(|(name, _)| *name).collect()
    }
}

impl<'a> Checked<'a> {
    pub(super) fn checkpoint(&mut self) -> Step<Checkpoint> {
        let name = "checkpoint";
        match self.trust.policy.open(&self.evidence.checkpoint) {
            Ok(head) => {
                let (origin, size, root) = (&head.origin, head.size, head.root);
                let what = format!("signed by {origin}, {size} entries, root {root}");
                self.verdict.pass(name, what);
                Ok(head)
            }
            Err(fault) => refuse(name, fault.to_string()),
        }
    }

    pub(super) fn witnesses(&mut self) -> Step<Cosigned<'a>> {
        let name = "witnesses";
        let trust = self.trust;
        let cosigned = match trust.policy.accept(&self.evidence.checkpoint) {
            Ok(accepted) => Cosigned(accepted.cosigned),
            Err(fault) => return refuse(name, fault.to_string()),
        };
        let names = cosigned.names();
        if names.is_empty() {
            self.verdict.not_covered(
                name,
                "no witness cosigned: a fork shows only against an older checkpoint (--old)",
            );
        } else {
            self.verdict
                .pass(name, format!("cosigned by {}", names.join(", ")));
        }
        Ok(cosigned)
    }

    pub(super) fn older(&mut self, head: &Checkpoint) -> Step<()> {
        let name = "older checkpoint";
        let Some(note) = &self.trust.old else {
            self.verdict.not_covered(name, "none was given (--old)");
            return Ok(());
        };
        let keys = self.trust.policy.log_keys();
        let old = match Checkpoint::open(note, &keys, &head.origin) {
            Ok(old) => old,
            Err(fault) => return refuse(name, fault.to_string()),
        };
        if old.size > head.size {
            return refuse(name, "it is newer than the file; ask for newer evidence");
        }
        if old.size == head.size && old.root != head.root {
            return refuse(name, "FORK: two different trees of one size were signed");
        }
        if old.size < head.size {
            let proof = self
                .evidence
                .consistency
                .as_ref()
                .filter(|proof| proof.size == old.size);
            let Some(proof) = proof else {
                let what = format!(
                    "the file has no proof from size {}; ask for evidence with old={}",
                    old.size, old.size
                );
                return refuse(name, what);
            };
            if let Err(fault) =
                verify_consistency(old.size, head.size, old.root, head.root, &proof.proof)
            {
                return refuse(name, format!("not a prefix of this log: {fault}"));
            }
        }
        self.verdict
            .pass(name, format!("size {} is a prefix of this log", old.size));
        Ok(())
    }

    pub(super) fn state_entry(&mut self, head: &Checkpoint) -> Step<StateEntry> {
        let name = "state entry";
        let proven = &self.evidence.state_entry;
        let leaf = leaf_hash(proven.text.as_bytes());
        if proven.index.checked_add(1) != Some(head.size) {
            return refuse(name, "it is not the last entry of the checkpoint");
        }
        if let Err(fault) =
            verify_inclusion(leaf, proven.index, head.size, &proven.proof, head.root)
        {
            return refuse(name, format!("entry {}: {fault}", proven.index));
        }
        let state = match Entry::parse(proven.text.as_bytes()) {
            Ok(Entry::State(state)) => state,
            Ok(Entry::Genesis { .. } | Entry::Command { .. }) => {
                return refuse(name, "the last entry is not a state entry");
            }
            Err(fault) => return refuse(name, fault.to_string()),
        };
        if state.index != proven.index || state.n != proven.index {
            return refuse(name, "its position differs from what it says");
        }
        if root_before_last(&proven.proof, head.size) != Some(state.root_n) {
            return refuse(name, "root_n is not the root of the entries before it");
        }
        self.verdict
            .pass(name, format!("entry {} of {}", state.index, state.time));
        Ok(state)
    }

    /// A state is as old as it says only if the quorum saw it when it was made, and it must be young enough for the reader.
    pub(super) fn age(&mut self, state: &StateEntry, cosigned: &Cosigned<'_>) -> Step<()> {
        let name = "age";
        if let Some(now) = self.trust.now
            && state.time > now.plus_seconds(limits::COMMAND_FUTURE_SECONDS_MAX)
        {
            return refuse(
                name,
                format!("the state is of {}, after the reader's time", state.time),
            );
        }
        if !self.trust.policy.quorum_met(&cosigned.timely(state)) {
            let limit = limits::COSIGNATURE_STATE_SECONDS_MAX;
            let what = format!(
                "the state is of {}, and the quorum did not cosign it within {limit} seconds of that",
                state.time
            );
            return refuse(name, what);
        }
        let (Some(now), Some(max)) = (self.trust.now, self.trust.age_seconds_max) else {
            let what = format!(
                "the state is of {}; no limit was given (--now, --max-age)",
                state.time
            );
            self.verdict.not_covered(name, what);
            return Ok(());
        };
        let age = now.seconds().saturating_sub(state.time.seconds());
        if age > max {
            return refuse(
                name,
                format!("the state is {age} seconds old, more than {max}"),
            );
        }
        self.verdict
            .pass(name, format!("the state is {age} seconds old"));
        Ok(())
    }

    /// Auditors say more than witnesses: that the state root is what the entries give under the law.
    pub(super) fn auditors(&mut self, state: &StateEntry, cosigned: &Cosigned<'_>) {
        let name = "auditors";
        let timely = cosigned.timely(state);
        let known = self.trust.policy.auditors();
        match self.trust.policy.auditors_met(&timely) {
            Some(true) => {
                let names: Vec<&str> = known.into_iter().filter(|n| timely.contains(n)).collect();
                let what = format!("{} replayed every entry up to this state", names.join(", "));
                self.verdict.pass(name, what);
            }
            Some(false) => {
                let what = format!("too few of {} have cosigned this state", known.join(", "));
                self.verdict.not_covered(name, what);
            }
            None => {
                let what = format!("the trust policy has no group {AUDITORS:?}");
                self.verdict.not_covered(name, what);
            }
        }
    }
}

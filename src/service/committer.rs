//! The one thread that writes. It merges every waiting group into one synced batch, signs one checkpoint for it, publishes
//! the new state and only then releases the answers.
//!
//! The order matters at every step: a crash before the sync leaves nothing; a crash between the sync and the signature leaves
//! entries whose checkpoint is signed at the next start, with the same bytes (Ed25519 is deterministic).

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError};

use crate::domain::entry::Entry;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::proof::inclusion_proof;
use crate::ledger::tree::{Frontier, Tail};
use crate::primitives::crypto::SecretKey;
use crate::primitives::id::EntryIndex;
use crate::primitives::limits;
use crate::service::options::StopCause;
use crate::service::sequencer::{Fresh, Group, Pending};
use crate::service::{Published, Receipt, Shared, SubmitFault};
use crate::store::{Commit, StoreFault};

pub(crate) struct Committer {
    pub(crate) shared: Arc<Shared>,
    /// The log keys at hand; which of them sign is asked at each checkpoint.
    pub(crate) held: Vec<Arc<SecretKey>>,
    pub(crate) frontier: Frontier,
    /// Where it is said that something was erased, and must leave the files.
    pub(crate) purges: Sender<()>,
    /// The last signed checkpoint, written with the next batch.
    pub(crate) unwritten: Option<(u64, String)>,
}

impl Committer {
    /// Runs until the sequencer ends or the store fails.
    pub(crate) fn run(mut self, groups: &Receiver<Group>) {
        while let Ok(first) = groups.recv() {
            let mut waiting = vec![first];
            while waiting.len() < limits::QUEUE_GROUPS_MAX {
                let Ok(group) = groups.try_recv() else { break };
                waiting.push(group);
            }
            if self.shared.stopped.load(Ordering::Acquire) {
                stop_all(waiting.into_iter().flat_map(|group| group.pending));
                continue;
            }
            self.commit(waiting);
        }
        let commit = Commit {
            checkpoint: self.unwritten.take(),
            ..Commit::default()
        };
        if commit.checkpoint.is_some()
            && let Err(fault) = self.shared.store.commit(&commit)
        {
            tracing::error!(
                error.kind = "storage",
                "the last checkpoint was not written: {fault}"
            );
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the steps of one commit, in their one order"
    )]
    fn commit(&mut self, groups: Vec<Group>) {
        let mut commit = Commit {
            checkpoint: self.unwritten.take(),
            ..Commit::default()
        };
        let mut tail = Tail::new(self.frontier.clone());
        let mut pending = Vec::new();
        let (mut keys, mut policies, mut log_keys, mut last) = (Vec::new(), None, None, None);
        for group in groups {
            commit.absorb(group.commit);
            for leaf in group.leaves {
                tail.append(leaf);
            }
            pending.extend(group.pending);
            keys.extend(group.keys);
            policies = group.policies.or(policies);
            log_keys = group.log_keys.or(log_keys);
            last = Some((group.tree, group.time));
        }
        commit.nodes.extend(tail.new_nodes().iter().copied());
        let Some((tree, time)) = last else { return };
        let erases = commit.purge.is_some();
        if tail.size() > self.frontier.size() {
            // Readers wait from the write until the checkpoint stands, so that they never see rows without their root.
            let mut published = self
                .shared
                .published
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if let Err(fault) = self.shared.store.commit(&commit) {
                tracing::error!(error.kind = "storage", "the committer stops: {fault}");
                self.shared.stop(StopCause::Storage);
                drop(published);
                stop_all(pending);
                return;
            }
            let head = Checkpoint {
                origin: self.shared.genesis.origin.clone(),
                size: tail.size(),
                root: tail.root(),
            };
            if let Some(log_keys) = log_keys {
                *self
                    .shared
                    .log_keys
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = log_keys;
            }
            let secrets: Vec<&SecretKey> = self.held.iter().map(AsRef::as_ref).collect();
            let note = match self.shared.log_keys().sign(&head, time, &secrets) {
                Ok(note) => note,
                Err(fault) => {
                    // The door takes no successor that is not at hand, so only an old process comes here.
                    tracing::error!(error.kind = "log_key", "the committer stops: {fault}");
                    self.shared.stop(StopCause::LogKey);
                    drop(published);
                    stop_all(pending);
                    return;
                }
            };
            self.unwritten = Some((head.size, note.clone()));
            *published = Published {
                size: head.size,
                root: head.root,
                checkpoint: note.into(),
                tree,
                time,
            };
        } else {
            self.unwritten = commit.checkpoint.take();
        }
        self.frontier = tail.frontier().clone();
        self.shared
            .committed
            .store(self.frontier.size(), Ordering::Release);
        self.publish_keys(keys, policies);
        if let Err(fault) = self.mark() {
            tracing::error!(error.kind = "storage", "the high-water file: {fault}");
            self.shared.stop(StopCause::HighWater);
            return stop_all(pending);
        }
        self.release(pending, &tail);
        self.shared.tell_observers();
        if erases {
            // The thread ends only after this one.
            self.purges.send(()).unwrap_or_default();
        }
    }

    /// Writes the newest checkpoint to its place outside the folder: whoever has an answer can count on it.
    fn mark(&self) -> Result<(), StoreFault> {
        match &self.shared.high_water {
            Some(mark) => mark.write(&self.shared.published().checkpoint),
            None => Ok(()),
        }
    }

    fn publish_keys(
        &self,
        keys: Vec<(
            crate::primitives::crypto::KeyId,
            crate::primitives::id::PartyId,
            crate::primitives::crypto::PublicKey,
        )>,
        policies: Option<Arc<crate::domain::facts::PolicyTexts>>,
    ) {
        if !keys.is_empty() {
            let mut known = self
                .shared
                .keys
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            known.extend(
                keys.into_iter()
                    .map(|(kid, party, key)| (kid, (party, key))),
            );
        }
        if let Some(policies) = policies {
            *self
                .shared
                .policies
                .write()
                .unwrap_or_else(PoisonError::into_inner) = policies;
        }
    }

    fn release(&self, pending: Vec<Pending>, tail: &Tail) {
        let published = self.shared.published();
        for pending in pending {
            pending.answer(|index, fresh| {
                receipt(&self.shared, &published, tail, index, fresh).map_err(|fault| {
                    tracing::error!(
                        error.kind = "storage",
                        "a receipt could not be made: {fault}"
                    );
                    SubmitFault::Stopped
                })
            });
        }
    }
}

fn stop_all(pending: impl IntoIterator<Item = Pending>) {
    pending.into_iter().for_each(Pending::stop);
}

fn receipt(
    shared: &Shared,
    published: &Published,
    tail: &Tail,
    index: EntryIndex,
    fresh: Option<Fresh>,
) -> Result<Receipt, StoreFault> {
    let Ok(proof) = inclusion_proof(index, published.size, tail) else {
        // An entry of an earlier batch; its hashes are in the store.
        return stored_receipt(shared, published, index);
    };
    match fresh {
        Some(Fresh {
            entry,
            outcome,
            time,
        }) => Ok(Receipt {
            index,
            entry,
            outcome,
            time,
            checkpoint: Arc::clone(&published.checkpoint),
            size: published.size,
            proof,
            repeated: false,
            cosigned: false,
        }),
        None => stored_receipt(shared, published, index),
    }
}

/// Makes the receipt of an entry that was written earlier.
pub(crate) fn stored_receipt(
    shared: &Shared,
    published: &Published,
    index: EntryIndex,
) -> Result<Receipt, StoreFault> {
    let proof = inclusion_proof(index, published.size, &shared.store)?;
    let entry = shared
        .store
        .entry(index)?
        .ok_or_else(|| StoreFault::Missing {
            what: "entry".into(),
            index,
        })?;
    let Ok(Entry::Command { time, outcome, .. }) = Entry::parse(&entry) else {
        return Err(StoreFault::Corrupt {
            what: "entry".into(),
            index,
        });
    };
    Ok(Receipt {
        index,
        entry,
        outcome,
        time,
        checkpoint: Arc::clone(&published.checkpoint),
        size: published.size,
        proof,
        repeated: true,
        cosigned: false,
    })
}

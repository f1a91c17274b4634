//! The keys that sign the log: the one of entry 0, then its successors, each with an overlap (docs/FORMATS.md 4.4).
//!
//! Which keys must sign a checkpoint is a function of the log alone; this file joins that with the keys that the server
//! holds. It must not decide who may name a successor: that is the law.

use crate::domain::facts::{Record, StateKey};
use crate::domain::genesis::{Genesis, REGISTRAR};
use crate::domain::party::LogKey;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::NoteKey;
use crate::primitives::crypto::SecretKey;
use crate::primitives::id::EntryIndex;
use crate::primitives::time::Timestamp;
use crate::service::ServiceFault;
use crate::store::Store;
use crate::verify::machine::RowSource as _;

/// Every key of the log.
#[derive(Clone, Debug)]
pub(crate) struct LogKeys {
    first: NoteKey,
    successors: Vec<Successor>,
}

#[derive(Clone, Debug)]
struct Successor {
    key: NoteKey,
    entry: EntryIndex,
    overlap_until: Timestamp,
}

impl LogKeys {
    /// Takes the key of entry 0 and those that the registrar's record names after it.
    pub(crate) fn new(genesis: &Genesis, named: &[LogKey]) -> Result<Self, ServiceFault> {
        let doubt = |fault| ServiceFault::Doubt(format!("a log key: {fault}"));
        let first = NoteKey::parse_vkey(&genesis.log_vkey).map_err(doubt)?;
        let successor = |named: &LogKey| -> Result<Successor, ServiceFault> {
            Ok(Successor {
                key: NoteKey::new(&genesis.origin, named.key.clone()).map_err(doubt)?,
                entry: named.entry,
                overlap_until: named.overlap_until,
            })
        };
        let successors = named
            .iter()
            .map(successor)
            .collect::<Result<Vec<_>, ServiceFault>>()?;
        Ok(Self { first, successors })
    }

    /// Reads them from a folder.
    pub(crate) fn read(store: &Store, genesis: &Genesis) -> Result<Self, ServiceFault> {
        let row = store.row(&StateKey::Party(REGISTRAR))?;
        let named = row.as_ref().map(|row| named_in(&row.fact.record));
        Self::new(genesis, named.unwrap_or_default())
    }

    /// Returns every key, for opening any checkpoint of the log.
    pub(crate) fn all(&self) -> Vec<NoteKey> {
        let successors = self.successors.iter().map(|successor| &successor.key);
        std::iter::once(&self.first)
            .chain(successors)
            .cloned()
            .collect()
    }

    /// Returns the keys that sign a checkpoint of `size` entries whose last is of `time`, oldest first.
    pub(crate) fn at(&self, size: u64, time: Timestamp) -> Vec<&NoteKey> {
        let mut keys = vec![&self.first];
        for successor in self.successors.iter().filter(|named| named.entry < size) {
            if successor.overlap_until <= time {
                keys.clear();
            }
            // Two overlaps never run at once.
            keys.push(&successor.key);
        }
        keys
    }

    /// Signs a checkpoint with the keys it needs; the fault names one that is not among those held.
    pub(crate) fn sign(
        &self,
        head: &Checkpoint,
        time: Timestamp,
        secrets: &[&SecretKey],
    ) -> Result<String, ServiceFault> {
        let find = |key: &NoteKey| {
            let mut secrets = secrets.iter();
            secrets
                .find(|secret| secret.public() == *key.key())
                .copied()
        };
        let keys = self.at(head.size, time).into_iter().map(|key| {
            find(key).ok_or_else(|| {
                let what = format!("the key {} signs this log and was not given", key.vkey());
                ServiceFault::LogKey(what)
            })
        });
        Ok(head.sign_all(&keys.collect::<Result<Vec<_>, _>>()?))
    }

    /// Checks that a checkpoint is signed by every key it needs.
    pub(crate) fn check(
        &self,
        note: &str,
        head: &Checkpoint,
        time: Timestamp,
    ) -> Result<(), String> {
        for key in self.at(head.size, time) {
            Checkpoint::open(note, std::slice::from_ref(key), &head.origin).map_err(|fault| {
                format!(
                    "the checkpoint of size {}: {fault}; {} must have signed it",
                    head.size,
                    key.vkey()
                )
            })?;
        }
        Ok(())
    }
}

/// Returns the successors that the registrar's record names.
pub(crate) fn named_in(record: &Record) -> &[LogKey] {
    match record {
        Record::Party(party) => &party.more.log_keys,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::{BoundingBox, Point};
    use crate::domain::party::{Party, PartyMore};
    use crate::primitives::crypto::Hash;

    const ORIGIN: &str = "log.example/rights";

    fn secret(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn time(seconds: u64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    /// Key 1 of entry 0, key 2 named by entry 10 with an overlap until second 100, key 3 by entry 20 until second 200.
    fn keys() -> LogKeys {
        let corner = |lon| Point { lon, lat: lon };
        let genesis = Genesis {
            origin: ORIGIN.to_owned(),
            log_vkey: NoteKey::new(ORIGIN, secret(1).public()).unwrap().vkey(),
            region: String::new(),
            county: BoundingBox::new(corner(0), corner(1)).unwrap(),
            keys: Vec::new(),
            registrar: Party {
                name: None,
                credit_code: None,
                region: None,
                roles: Vec::new(),
                duties: Vec::new(),
                keys: Vec::new(),
                threshold: 2,
                hidden: Vec::new(),
                more: PartyMore::default(),
            },
            quorum: std::collections::BTreeMap::new(),
            policy_delay_seconds: 0,
            policies: Vec::new(),
            public: true,
        };
        let named = |seed, entry, until| LogKey {
            key: secret(seed).public(),
            entry,
            overlap_until: time(until),
        };
        LogKeys::new(&genesis, &[named(2, 10, 100), named(3, 20, 200)]).unwrap()
    }

    #[test]
    fn two_keys_sign_during_an_overlap_and_the_new_one_after_it() {
        let keys = keys();
        let signers = |size, at| {
            let seed = |key: &NoteKey| (1..=3).find(|n| secret(*n).public() == *key.key());
            let keys = keys.at(size, time(at)).into_iter();
            keys.map(|key| seed(key).unwrap()).collect::<Vec<u8>>()
        };
        assert_eq!(signers(10, 50), [1], "the entry is not in the tree yet");
        assert_eq!(signers(11, 50), [1, 2]);
        assert_eq!(signers(11, 100), [2]);
        assert_eq!(signers(21, 150), [2, 3]);
        assert_eq!(signers(21, 200), [3]);
    }

    #[test]
    fn a_checkpoint_lacks_no_signature() {
        let keys = keys();
        let head = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: 11,
            root: Hash::of(&[b"root"]),
        };
        let (one, two) = (secret(1), secret(2));
        let note = keys.sign(&head, time(50), &[&two, &one]).unwrap();
        assert_eq!(note.matches('\u{2014}').count(), 2);
        assert_eq!(keys.check(&note, &head, time(50)), Ok(()));
        let alone = head.sign(&one);
        let lacking = keys.check(&alone, &head, time(50)).unwrap_err();
        assert!(lacking.contains("must have signed it"), "{lacking}");
        let fault = keys.sign(&head, time(50), &[&one]).unwrap_err();
        assert!(fault.to_string().contains("was not given"), "{fault}");
        assert!(
            keys.check(&note, &head, time(100)).is_ok(),
            "one more is no harm"
        );
    }
}

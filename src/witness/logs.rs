//! The logs that a witness watches: by origin, the keys that speak for each.
//!
//! Separate from the trust policy, which says whom a reader believes. A log that changes its key has two for a while, so an
//! origin may have several.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::note::{NoteFault, NoteKey};
use crate::ledger::policy_file::{PolicyFault, TrustPolicy};
use crate::primitives::crypto::Hash;
use crate::primitives::limits;

/// Why the list of logs is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LogsFault {
    /// A verifier key is malformed or not one of a log.
    Key(NoteFault),
    /// A trust policy is malformed.
    Policy(PolicyFault),
    /// A trust policy names no log.
    NoLog,
    /// There are more keys than [`limits::WITNESS_LOG_KEYS_MAX`].
    TooMany,
}

impl fmt::Display for LogsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(fault) => write!(f, "not the verifier key of a log: {fault}"),
            Self::Policy(fault) => write!(f, "not a trust policy: {fault}"),
            Self::NoLog => f.write_str("the trust policy names no log"),
            Self::TooMany => {
                let max = limits::WITNESS_LOG_KEYS_MAX;
                write!(f, "more than {max} keys of logs")
            }
        }
    }
}

impl std::error::Error for LogsFault {}

/// The watched logs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Logs {
    keys: BTreeMap<String, Vec<NoteKey>>,
}

impl Logs {
    /// Adds a key; its name is the origin of its log.
    pub fn add(&mut self, key: NoteKey) -> Result<(), LogsFault> {
        let keys = self.keys.entry(key.name().to_owned()).or_default();
        if !keys.contains(&key) {
            keys.push(key);
        }
        if self.keys.values().map(Vec::len).sum::<usize>() > limits::WITNESS_LOG_KEYS_MAX {
            return Err(LogsFault::TooMany);
        }
        Ok(())
    }

    /// Adds a key written as `name+id+key`.
    pub fn add_vkey(&mut self, vkey: &str) -> Result<(), LogsFault> {
        self.add(NoteKey::parse_vkey(vkey).map_err(LogsFault::Key)?)
    }

    /// Adds every log of a trust policy (C2SP tlog-policy); its witnesses and its quorum are of no matter here.
    pub fn add_policy(&mut self, octets: impl AsRef<[u8]>) -> Result<(), LogsFault> {
        let policy = TrustPolicy::parse_octets(octets.as_ref()).map_err(LogsFault::Policy)?;
        if policy.logs.is_empty() {
            return Err(LogsFault::NoLog);
        }
        policy
            .log_keys()
            .into_iter()
            .try_for_each(|key| self.add(key))
    }

    /// Returns the keys that speak for a log, if it is watched.
    pub fn keys(&self, origin: &str) -> Option<&[NoteKey]> {
        self.keys.get(origin).map(Vec::as_slice)
    }

    /// Returns the origins, sorted.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }
}

/// Returns the name under which the newest cosigned checkpoint of a log is read: SHA-256 of its origin (C2SP tlog-witness).
pub fn origin_hash(origin: &str) -> Hash {
    Hash::of(&[origin.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::crypto::SecretKey;

    fn vkey(origin: &str, seed: u8) -> String {
        let key = SecretKey::from_seed(&[seed; 32]).public();
        NoteKey::new(origin, key).unwrap().vkey()
    }

    #[test]
    fn an_origin_may_have_several_keys_and_a_key_counts_once() {
        let mut logs = Logs::default();
        for (origin, seed) in [
            ("a.example", 1),
            ("a.example", 2),
            ("b.example", 3),
            ("a.example", 1),
        ] {
            logs.add_vkey(&vkey(origin, seed)).unwrap();
        }
        assert_eq!(logs.keys("a.example").unwrap().len(), 2);
        assert_eq!(
            logs.origins().collect::<Vec<_>>(),
            ["a.example", "b.example"]
        );
        assert_eq!(logs.keys("c.example"), None);
    }

    #[test]
    fn a_trust_policy_gives_its_logs() {
        let mut logs = Logs::default();
        let text = format!(
            "log {}\nlog {}\nquorum none\n",
            vkey("a.example", 1),
            vkey("a.example", 2)
        );
        logs.add_policy(&text).unwrap();
        assert_eq!(logs.keys("a.example").unwrap().len(), 2);
        assert_eq!(logs.add_policy("quorum none\n"), Err(LogsFault::NoLog));
        assert!(matches!(
            logs.add_policy("log x\n"),
            Err(LogsFault::Policy(_))
        ));
    }

    #[test]
    fn what_is_no_key_of_a_log_and_too_many_of_them_are_refused() {
        let mut logs = Logs::default();
        let key = SecretKey::from_seed(&[1; 32]).public();
        let witness = crate::ledger::note::CosignatureKey::new("w.example", key).unwrap();
        assert_eq!(
            logs.add_vkey(&witness.vkey()),
            Err(LogsFault::Key(NoteFault::KeyType))
        );
        assert_eq!(
            logs.add_vkey("a.example"),
            Err(LogsFault::Key(NoteFault::KeyForm))
        );
        for n in 0..limits::WITNESS_LOG_KEYS_MAX {
            logs.add_vkey(&vkey(&format!("{n}.example"), 1)).unwrap();
        }
        assert_eq!(
            logs.add_vkey(&vkey("last.example", 1)),
            Err(LogsFault::TooMany)
        );
    }
}

//! Which checkpoints a reader accepts: those that a log of the trust file signed and the quorum of the file cosigned.
//!
//! Separate from `policy_file`, which reads the file and counts, and from `checkpoint`, which knows one log and no witness.
//! The times of cosignatures are reported and not judged: how old is too old is for the reader to say.

use std::fmt;

use super::checkpoint::{Checkpoint, CheckpointFault};
use super::note::{NoteFault, SignedNote};
use super::policy_file::TrustPolicy;

/// A checkpoint that a trust policy accepts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted<'p> {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The witnesses of the policy that cosigned, by their names there, once for each of its lines, with the time in seconds since 1970.
    pub cosigned: Vec<(&'p str, u64)>,
}

/// Why a trust policy does not accept a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unaccepted {
    /// It is malformed, or the log that it names did not sign it.
    Checkpoint(CheckpointFault),
    /// The policy lists no log of this origin.
    UnlistedLog(String),
    /// A line claims to be the cosignature of a listed witness and is not.
    Cosignature(NoteFault),
    /// So many listed witnesses cosigned, and they are not the quorum.
    QuorumMissed(usize),
}

impl fmt::Display for Unaccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint(fault) => fmt::Display::fmt(fault, f),
            Self::UnlistedLog(origin) => {
                write!(f, "the trust policy lists no log of the origin {origin}")
            }
            Self::Cosignature(fault) => fmt::Display::fmt(fault, f),
            Self::QuorumMissed(count) => write!(
                f,
                "{count} witnesses of the trust policy cosigned, which is not its quorum"
            ),
        }
    }
}

impl std::error::Error for Unaccepted {}

impl TrustPolicy {
    /// Opens a checkpoint that a listed log must have signed under its own origin; who cosigned it is not asked.
    ///
    /// A false signature under the name and id of a listed key of the log refuses the whole.
    pub fn open(&self, note: &str) -> Result<Checkpoint, Unaccepted> {
        let malformed = |fault: NoteFault| Unaccepted::Checkpoint(fault.into());
        let signed = SignedNote::parse(note).map_err(malformed)?;
        let claimed = Checkpoint::parse(signed.text()).map_err(Unaccepted::Checkpoint)?;
        let keys = self.log_keys();
        if !keys.iter().any(|key| key.name() == claimed.origin) {
            return Err(Unaccepted::UnlistedLog(claimed.origin));
        }
        Checkpoint::open(note, &keys, &claimed.origin).map_err(Unaccepted::Checkpoint)
    }

    /// Opens a checkpoint as [`Self::open`]; the quorum must have cosigned it, too.
    ///
    /// Signatures and cosignatures of others are ignored; a false one under the name and id of a listed key refuses the whole.
    pub fn accept(&self, note: &str) -> Result<Accepted<'_>, Unaccepted> {
        let checkpoint = self.open(note)?;
        let malformed = |fault: NoteFault| Unaccepted::Checkpoint(fault.into());
        let signed = SignedNote::parse(note).map_err(malformed)?;
        let cosigned = self.cosigned_by(&signed).map_err(Unaccepted::Cosignature)?;
        let mut names: Vec<&str> = cosigned.iter().map(|(name, _)| *name).collect();
        names.dedup();
        if !self.quorum_met(&names) {
            return Err(Unaccepted::QuorumMissed(names.len()));
        }
        Ok(Accepted {
            checkpoint,
            cosigned,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::{CosignatureKey, NoteKey, cosign_line, sign_line};
    use crate::primitives::crypto::{Hash, SecretKey};

    const ORIGIN: &str = "log.example";

    fn secret(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn checkpoint(origin: &str) -> Checkpoint {
        Checkpoint {
            origin: origin.to_owned(),
            size: 3,
            root: Hash([7; 32]),
        }
    }

    /// A policy of one log and two witnesses of three.
    fn policy() -> TrustPolicy {
        let log = NoteKey::new(ORIGIN, secret(9).public()).unwrap().vkey();
        let witness = |seed| {
            let key = CosignatureKey::new("w.example", secret(seed).public()).unwrap();
            format!("witness W{seed} {}\n", key.vkey())
        };
        let witnesses = [1, 2, 3].map(witness).concat();
        let text = format!("log {log}\n{witnesses}group two 2 W1 W2 W3\nquorum two\n");
        TrustPolicy::parse(&text).unwrap()
    }

    fn cosigned(seeds: &[u8]) -> String {
        let text = checkpoint(ORIGIN).to_text();
        let lines = seeds
            .iter()
            .map(|seed| cosign_line(&text, "w.example", &secret(*seed), 100 + u64::from(*seed)));
        checkpoint(ORIGIN).sign(&secret(9)) + &lines.collect::<String>()
    }

    #[test]
    fn the_quorum_is_needed_and_strangers_do_not_count() {
        let policy = policy();
        let accepted = policy.accept(&cosigned(&[1, 50, 3])).unwrap();
        assert_eq!(accepted.checkpoint, checkpoint(ORIGIN));
        assert_eq!(accepted.cosigned, [("W1", 101), ("W3", 103)]);
        for (seeds, count) in [(&[][..], 0), (&[2], 1), (&[2, 2], 1), (&[2, 50, 51], 1)] {
            let missed = Err(Unaccepted::QuorumMissed(count));
            assert_eq!(policy.accept(&cosigned(seeds)), missed, "{seeds:?}");
        }
    }

    #[test]
    fn a_false_line_of_a_listed_key_refuses_the_whole() {
        let false_line = cosign_line("other\n", "w.example", &secret(3), 1);
        let note = cosigned(&[1, 2]) + &false_line;
        let refused = Unaccepted::Cosignature(NoteFault::FalseSignature("w.example".to_owned()));
        assert_eq!(policy().accept(&note), Err(refused));
        let note = cosigned(&[1, 2]) + &sign_line("other\n", ORIGIN, &secret(9));
        let refused = NoteFault::FalseSignature(ORIGIN.to_owned());
        let refused = Unaccepted::Checkpoint(refused.into());
        assert_eq!(policy().accept(&note), Err(refused));
    }

    #[test]
    fn the_log_must_be_listed_and_must_have_signed_itself() {
        let policy = policy();
        let other = checkpoint("other.example").sign(&secret(9));
        let unlisted = Unaccepted::UnlistedLog("other.example".to_owned());
        assert_eq!(policy.accept(&other), Err(unlisted));
        let stranger = checkpoint(ORIGIN).sign(&secret(8));
        let unsigned = Unaccepted::Checkpoint(NoteFault::NoKnownSignature.into());
        assert_eq!(policy.accept(&stranger), Err(unsigned));
        let extended = cosigned(&[1, 2]).replacen("\n\n", "\nmore\n\n", 1);
        let extended = policy.accept(&extended);
        assert_eq!(
            extended,
            Err(Unaccepted::Checkpoint(CheckpointFault::Extended))
        );
    }
}

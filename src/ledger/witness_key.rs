//! The key of a witness in a trust file: one whose cosignatures this program verifies, or one of an algorithm that it lacks.
//!
//! Other people's files name witnesses with ML-DSA-44 keys (C2SP tlog-cosignature asks for them in new deployments). Such a file
//! is read, and such a witness never counts as having cosigned; whether the others are enough is for the quorum to say.

use super::note::{CosignatureKey, NoteFault, SignedNote, decode_base64, is_key_name};
use crate::primitives::crypto::{Hash, lower_hex};

/// The type of a timestamped ML-DSA-44 cosignature.
const ML_DSA_44_COSIGNATURE: u8 = 0x06;

/// Bytes of an ML-DSA-44 public key (FIPS 204).
const ML_DSA_44_BYTES: usize = 1_312;

/// A key that cosigns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WitnessKey {
    /// Of type 0x04, Ed25519.
    Verified(CosignatureKey),
    /// Of type 0x06, ML-DSA-44: its bytes. No line of it is looked at.
    Unverified(Vec<u8>),
}

impl WitnessKey {
    /// Parses `name+id+key`; refuses types that are not of cosignatures.
    pub fn parse_vkey(vkey: &str) -> Result<Self, NoteFault> {
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::KeyForm);
        };
        let bytes = decode_base64(key).ok_or(NoteFault::KeyForm)?;
        if bytes.first() != Some(&ML_DSA_44_COSIGNATURE) {
            return CosignatureKey::parse_vkey(vkey).map(Self::Verified);
        }
        let id = lower_hex::<4>(id).ok_or(NoteFault::KeyForm)?;
        if bytes.len() != ML_DSA_44_BYTES + 1 {
            return Err(NoteFault::KeyForm);
        }
        if !is_key_name(name) {
            return Err(NoteFault::KeyName);
        }
        let Hash(hash) = Hash::of(&[name.as_bytes(), b"\n", &bytes]);
        if !hash.starts_with(&id) {
            return Err(NoteFault::KeyId);
        }
        Ok(Self::Unverified(bytes.into_iter().skip(1).collect()))
    }

    /// Returns the times at which it cosigned the note; none where its algorithm is not known here.
    pub fn times(&self, note: &SignedNote<'_>) -> Result<Vec<u64>, NoteFault> {
        match self {
            Self::Verified(key) => key.times(note),
            Self::Unverified(_) => Ok(Vec::new()),
        }
    }

    /// Says whether a cosignature of it can count here.
    pub fn is_verified(&self) -> bool {
        match self {
            Self::Verified(_) => true,
            Self::Unverified(_) => false,
        }
    }

    /// Returns the public key alone, by which two keys are the same whatever their names.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Verified(key) => key.key().to_bytes().to_vec(),
            Self::Unverified(key) => key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn vkey(name: &str, kind: u8, length: usize) -> String {
        let mut bytes = vec![7; length + 1];
        bytes[0] = kind;
        let Hash([a, b, c, d, ..]) = Hash::of(&[name.as_bytes(), b"\n", &bytes]);
        let id = u32::from_be_bytes([a, b, c, d]);
        format!("{name}+{id:08x}+{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_post_quantum_key_is_read_and_never_counts() {
        let key = WitnessKey::parse_vkey(&vkey("w.example", 6, 1_312)).unwrap();
        assert!(!key.is_verified());
        let note = format!("text\n\n\u{2014} w.example {}\n", STANDARD.encode([9; 80]));
        let note = SignedNote::parse(&note).unwrap();
        assert_eq!(key.times(&note), Ok(Vec::new()));
    }

    #[test]
    fn a_post_quantum_key_is_whole_and_other_types_are_refused() {
        let good = vkey("w.example", 6, 1_312);
        let cases = [
            (vkey("w.example", 6, 1_311), NoteFault::KeyForm),
            (vkey("w.example", 6, 32), NoteFault::KeyForm),
            (vkey("", 6, 1_312), NoteFault::KeyName),
            (good.replacen("w.", "v.", 1), NoteFault::KeyId),
            (vkey("w.example", 5, 1_312), NoteFault::KeyType),
            (vkey("w.example", 1, 32), NoteFault::KeyType),
            (vkey("w.example", 7, 32), NoteFault::KeyType),
            ("w.example".to_owned(), NoteFault::KeyForm),
        ];
        for (vkey, fault) in cases {
            assert_eq!(WitnessKey::parse_vkey(&vkey), Err(fault), "{vkey:.60}");
        }
    }
}

//! Hashes, Ed25519 keys and signatures.
//!
//! The only file that calls `ed25519-dalek` and `sha2` for a single value. Verification is always `verify_strict`: what one
//! verifier accepts, every verifier accepts (docs/DECISIONS.md). Keys of low order and non-canonical encodings are refused
//! when the key is parsed, so a `PublicKey` that exists is usable.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// A SHA-256 value; printed and parsed as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Returns the SHA-256 of the concatenation of `parts`.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut state = Sha256::new();
        for part in parts {
            state.update(part);
        }
        Self(state.finalize().into())
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses exactly 64 lowercase hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        lower_hex(text).map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Parses exactly `2 * N` lowercase hexadecimal digits.
pub fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text
        .bytes()
        .any(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// Why 32 bytes are not a usable Ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The bytes do not decode to a point of the curve.
    NotAPoint,
    /// The bytes are another encoding of a point that has a canonical one (RFC 8032 section 5.1.3).
    NotCanonical,
    /// The point has low order: signatures under it prove nothing.
    LowOrder,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPoint => "is not a point of the curve",
            Self::NotCanonical => "is not the canonical encoding of its point",
            Self::LowOrder => "is a key of low order",
        })
    }
}

/// An Ed25519 public key: canonical, not of low order, decoded once.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Parses and checks the 32 bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyFault> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotAPoint)?;
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyFault::NotCanonical);
        }
        if key.is_weak() {
            return Err(KeyFault::LowOrder);
        }
        Ok(Self(key))
    }

    /// Returns the 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Returns the key id: SHA-256 of the 32 bytes (`kid` in a command's header).
    pub fn id(&self) -> KeyId {
        KeyId(Hash::of(&[self.0.as_bytes()]))
    }

    /// Says whether `signature` over `message` is valid, by the strict rule (no cofactor, no malleable S, no low order R).
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.to_bytes()))
    }
}

/// SHA-256 of a public key; the name of the key everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyId(pub Hash);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The 64 bytes of an Ed25519 signature, not yet verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

/// A private key held in memory; wiped when dropped. Never printed.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes the key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Returns the seed, for writing a key file.
    pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// Returns the public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs `message`; deterministic (RFC 8032).
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {:?})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The canonical encodings of the eight points whose order divides the cofactor.
    const LOW_ORDER: [&str; 8] = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];

    #[test]
    fn the_eight_points_of_low_order_are_no_keys() {
        for text in LOW_ORDER {
            let bytes = lower_hex::<32>(text).unwrap();
            assert_eq!(
                PublicKey::from_bytes(&bytes),
                Err(KeyFault::LowOrder),
                "{text}"
            );
        }
    }

    #[test]
    fn no_other_encoding_of_a_point_is_a_key() {
        // x = 0 has no negative: the sign bit makes a second encoding of the points (0, 1) and (0, -1).
        for (first, middle) in [(0x01, 0x00), (0xec, 0xff)] {
            let mut bytes = [middle; 32];
            bytes[0] = first;
            bytes[31] |= 0x80;
            assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyFault::NotCanonical));
        }
        // Every y of p to 2^255 - 1 is another writing of 0 to 18, with either sign of x.
        let mut points = 0;
        for first in 0xed..=0xff {
            for last in [0x7f, 0xff] {
                let mut bytes = [0xff; 32];
                (bytes[0], bytes[31]) = (first, last);
                let read = PublicKey::from_bytes(&bytes);
                points += usize::from(read == Err(KeyFault::NotCanonical));
                let refused = [Err(KeyFault::NotCanonical), Err(KeyFault::NotAPoint)];
                assert!(refused.contains(&read), "{}: {read:?}", hex::encode(bytes));
            }
        }
        assert!(points >= 4, "{points} of them are points");
    }

    #[test]
    fn a_signature_verifies_only_over_its_message() {
        let key = SecretKey::from_seed(&[7; 32]);
        let signature = key.sign(b"a");
        assert!(key.public().verifies(b"a", &signature));
        assert!(!key.public().verifies(b"b", &signature));
    }

    #[test]
    fn hex_is_lowercase_and_of_exact_length() {
        let hash = Hash::of(&[b"abc"]);
        assert_eq!(Hash::from_hex(&hash.to_string()), Some(hash));
        assert_eq!(Hash::from_hex(&hash.to_string().to_uppercase()), None);
        assert_eq!(Hash::from_hex("ab"), None);
    }
}

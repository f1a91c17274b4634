//! How openings are sealed on the disk: each entry's under a data key of its own, which is wrapped under the operator's
//! openings key. AES-256-GCM throughout; no hash of the log covers any of it.
//!
//! ```text
//! wrapping key  = SHA-256("greenlien/openings-key/v1|" || seed of the key file || entry u64)
//! wrapped key   = 0x01 || nonce (12) || AES-256-GCM(wrapping key, nonce, data key,     aad "greenlien/data-key/v1|" || entry)
//! sealed opening= 0x01 || nonce (12) || AES-256-GCM(data key, nonce, JSON of the opening, aad "greenlien/opening/v1|" || entry || claim)
//! ```
//!
//! A draft that waits for signatures has no entry yet. Its openings are one message under a data key of its own; in place of the
//! entry stands `"draft|"` and the 32 bytes of the hash of its payload, in place of the claim nothing.
//!
//!
//! Integers are big-endian, nonces random. A wrapping key belongs to one entry, so no nonce can meet itself again among the
//! few messages under one key. Whoever destroys a wrapped key has destroyed what it opens, wherever copies of it lie.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use zeroize::Zeroizing;

use crate::primitives::crypto::{Hash, KeyId, SecretKey};
use crate::primitives::id::EntryIndex;

/// How sealed bytes begin; the JSON of a folder of the first release begins with `{`.
const SEALED: u8 = 0x01;
/// Bytes of a nonce of AES-GCM.
const NONCE_BYTES: usize = 12;
/// Bytes of a key of AES-256.
const KEY_BYTES: usize = 32;

/// The operating system gave no random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoRandomness;

/// The operator's key of openings, from a key file outside the data folder.
pub struct OpeningsKey {
    seed: Zeroizing<[u8; KEY_BYTES]>,
    id: KeyId,
}

impl std::fmt::Debug for OpeningsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpeningsKey({})", self.id)
    }
}

impl OpeningsKey {
    /// Takes the secret of a key file; it signs nothing.
    pub fn new(key: &SecretKey) -> Self {
        Self {
            seed: key.seed(),
            id: key.public().id(),
        }
    }

    /// Returns the id by which a data folder names the key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn wrapping(&self, of: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
        let prefix = b"greenlien/openings-key/v1|".as_slice();
        let hash = Hash::of(&[prefix, self.seed.as_slice(), of]);
        Zeroizing::new(hash.0)
    }

    /// Wraps the data key of an entry.
    pub fn wrap(&self, entry: EntryIndex, key: &DataKey) -> Result<Vec<u8>, NoRandomness> {
        self.wrap_of(&entry.to_be_bytes(), key)
    }

    /// Wraps the data key of the draft of this payload.
    pub fn wrap_draft(&self, payload: &Hash, key: &DataKey) -> Result<Vec<u8>, NoRandomness> {
        self.wrap_of(&of_draft(payload), key)
    }

    fn wrap_of(&self, of: &[u8], key: &DataKey) -> Result<Vec<u8>, NoRandomness> {
        seal(&self.wrapping(of), key.0.as_slice(), &of_data_key(of))
    }

    /// Unwraps the data key of an entry; nothing if another key wrapped it, or it is damaged.
    pub fn unwrap(&self, entry: EntryIndex, wrapped: &[u8]) -> Option<DataKey> {
        self.unwrap_of(&entry.to_be_bytes(), wrapped)
    }

    /// Unwraps the data key of the draft of this payload; nothing if another key wrapped it, or it is damaged.
    pub fn unwrap_draft(&self, payload: &Hash, wrapped: &[u8]) -> Option<DataKey> {
        self.unwrap_of(&of_draft(payload), wrapped)
    }

    fn unwrap_of(&self, of: &[u8], wrapped: &[u8]) -> Option<DataKey> {
        let plain = open(&self.wrapping(of), wrapped, &of_data_key(of))?;
        let bytes = plain.as_slice().try_into().ok()?;
        Some(DataKey(Zeroizing::new(bytes)))
    }
}

/// The key of the openings of one entry.
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    /// Makes a new key.
    pub fn fresh() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Seals the text of an opening.
    pub fn seal(
        &self,
        entry: EntryIndex,
        claim: &str,
        text: &str,
    ) -> Result<Vec<u8>, NoRandomness> {
        seal(
            &self.0,
            text.as_bytes(),
            &of_opening(&entry.to_be_bytes(), claim),
        )
    }

    /// Seals the text of the openings of a draft.
    pub fn seal_draft(&self, payload: &Hash, text: &str) -> Result<Vec<u8>, NoRandomness> {
        seal(
            &self.0,
            text.as_bytes(),
            &of_opening(&of_draft(payload), ""),
        )
    }

    /// Opens what [`DataKey::seal`] made for this entry and claim.
    pub fn open(&self, entry: EntryIndex, claim: &str, sealed: &[u8]) -> Option<Zeroizing<String>> {
        self.open_of(&of_opening(&entry.to_be_bytes(), claim), sealed)
    }

    /// Opens what [`DataKey::seal_draft`] made for this payload.
    pub fn open_draft(&self, payload: &Hash, sealed: &[u8]) -> Option<Zeroizing<String>> {
        self.open_of(&of_opening(&of_draft(payload), ""), sealed)
    }

    fn open_of(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<String>> {
        let plain = open(&self.0, sealed, aad)?;
        let text = std::str::from_utf8(&plain).ok()?;
        Some(Zeroizing::new(text.to_owned()))
    }
}

/// Says whether the bytes are sealed, and not in clear as in folders of the first release.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&SEALED)
}

fn of_draft(payload: &Hash) -> Vec<u8> {
    [b"draft|".as_slice(), payload.as_bytes()].concat()
}

fn of_data_key(of: &[u8]) -> Vec<u8> {
    [b"greenlien/data-key/v1|".as_slice(), of].concat()
}

fn of_opening(of: &[u8], claim: &str) -> Vec<u8> {
    let prefix = b"greenlien/opening/v1|".as_slice();
    [prefix, of, claim.as_bytes()].concat()
}

fn seal(key: &[u8; KEY_BYTES], plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, NoRandomness> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
    let cipher = Aes256Gcm::new(&(*key).into());
    let payload = Payload { msg: plain, aad };
    let sealed = cipher.encrypt(&Nonce::from(nonce), payload).expect(
        "AES-GCM takes messages of up to 64 GiB, and what is sealed here has less than 64 KiB",
    );
    Ok([[SEALED].as_slice(), &nonce, &sealed].concat())
}

fn open(key: &[u8; KEY_BYTES], bytes: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (mark, rest) = bytes.split_first()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
    if *mark != SEALED {
        return None;
    }
    let cipher = Aes256Gcm::new(&(*key).into());
    let payload = Payload { msg: sealed, aad };
    let plain = cipher.decrypt(&Nonce::from(*nonce), payload).ok()?;
    Some(Zeroizing::new(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> OpeningsKey {
        OpeningsKey::new(&SecretKey::from_seed(&[seed; 32]))
    }

    #[test]
    fn a_data_key_comes_back_only_under_its_key_and_entry() {
        let data = DataKey::fresh().unwrap();
        let wrapped = key(1).wrap(7, &data).unwrap();
        assert_eq!(*key(1).unwrap(7, &wrapped).unwrap().0, *data.0);
        assert!(key(1).unwrap(8, &wrapped).is_none());
        assert!(key(2).unwrap(7, &wrapped).is_none());
        for at in 0..wrapped.len() {
            let mut damaged = wrapped.clone();
            damaged[at] ^= 1;
            assert!(key(1).unwrap(7, &damaged).is_none(), "{at}");
        }
        assert!(key(1).unwrap(7, &wrapped[..wrapped.len() - 1]).is_none());
        assert!(key(1).unwrap(7, &[]).is_none());
    }

    #[test]
    fn an_opening_is_sealed_for_its_entry_and_claim() {
        let data = DataKey::fresh().unwrap();
        let sealed = data.seal(7, "name", "欧阳静怡").unwrap();
        assert!(is_sealed(&sealed) && !is_sealed(b"{\"claim\":\"name\"}"));
        assert!(!sealed.windows(6).any(|part| part == "欧阳".as_bytes()));
        assert_eq!(*data.open(7, "name", &sealed).unwrap(), "欧阳静怡");
        assert!(data.open(7, "named", &sealed).is_none());
        assert!(data.open(8, "name", &sealed).is_none());
        assert!(DataKey::fresh().unwrap().open(7, "name", &sealed).is_none());
        // The same text twice leaves two different rows.
        assert_ne!(sealed, data.seal(7, "name", "欧阳静怡").unwrap());
    }

    #[test]
    fn the_openings_of_a_draft_are_sealed_for_its_payload() {
        let (one, two) = (Hash([1; 32]), Hash([2; 32]));
        let data = DataKey::fresh().unwrap();
        let wrapped = key(1).wrap_draft(&one, &data).unwrap();
        let sealed = data.seal_draft(&one, "[]").unwrap();
        let again = key(1).unwrap_draft(&one, &wrapped).unwrap();
        assert_eq!(*again.open_draft(&one, &sealed).unwrap(), "[]");
        assert!(again.open_draft(&two, &sealed).is_none());
        assert!(key(1).unwrap_draft(&two, &wrapped).is_none());
        assert!(key(2).unwrap_draft(&one, &wrapped).is_none());
    }
}

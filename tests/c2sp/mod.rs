//! The C2SP formats, rule by rule: for each rule of a specification one text that breaks it and nothing else.
//!
//! One file per specification, each with its table. Other implementations (`signed_note`, `tlog_tiles`) and published vectors
//! (`fixtures/c2sp`) are the second opinion, so that what we call right is what others call right.

mod checkpoints;
mod cosignatures;
mod notes;
mod policies;
mod proof_files;
mod tiles;
mod trees;

use std::fmt::Debug;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::primitives::crypto::{Hash, SecretKey};

/// The origin of the logs here.
const ORIGIN: &str = "log.example/rights";

/// The key made of this byte.
fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// Writes the verifier key of a witness that cosigns with ML-DSA-44 (type 0x06); the key itself is made up.
pub(crate) fn post_quantum_key(name: &str) -> String {
    let key = [&[6][..], &[7; 1_312]].concat();
    let Hash([a, b, c, d, ..]) = Hash::of(&[name.as_bytes(), b"\n", &key]);
    let id = u32::from_be_bytes([a, b, c, d]);
    format!("{name}+{id:08x}+{}", STANDARD.encode(key))
}

/// Reads a published vector.
fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/c2sp");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Replaces a part of a text that must be there.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in {text:?}");
    text.replacen(from, to, 1)
}

/// Checks that the text is read and that each other one is refused for its own reason.
fn check_rules<'a, T: Debug, F: Debug + PartialEq>(
    parse: impl Fn(&'a str) -> Result<T, F>,
    good: &'a str,
    broken: &'a [(&'static str, String, F)],
) {
    parse(good).unwrap_or_else(|fault| panic!("{good:?}: {fault:?}"));
    for (rule, text, fault) in broken {
        assert!(text != good, "{rule}: nothing is broken");
        assert_eq!(
            parse(text).err().as_ref(),
            Some(fault),
            "{rule}: {text:.200?}"
        );
    }
}

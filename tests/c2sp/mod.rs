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

use greenlien::primitives::crypto::SecretKey;

/// The origin of the logs here.
const ORIGIN: &str = "log.example/rights";

/// The key made of this byte.
fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
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

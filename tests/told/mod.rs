//! What the page 核验 says of a bad file: every fault that the verifier in JavaScript knows has a plain sentence in both languages.
//!
//! Here the sources are read; what real bad files are told is compared in `second_verifier`, for every one of them.

use std::path::Path;

use crate::support::run_in_node;

#[test]
fn every_fault_of_the_verifier_for_browsers_is_told_in_plain_words_in_both_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let verifier = folder.join("web/verifier");
    run_in_node(&folder.join("tests/told/words.mjs"), verifier.as_os_str());
}

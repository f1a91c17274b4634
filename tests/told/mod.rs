//! What the page 核验 says of a bad file: every fault that the verifier in JavaScript knows has a plain sentence in both languages.
//!
//! Here the sources are read; what real bad files are told is compared in `second_verifier`, for every one of them.

use std::path::Path;
use std::process::Command;

#[test]
fn every_fault_of_the_verifier_for_browsers_is_told_in_plain_words_in_both_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let node = std::env::var("GREENLIEN_NODE").unwrap_or_else(|_| "node".to_owned());
    let output = Command::new(&node)
        .arg(folder.join("tests/told/words.mjs"))
        .arg(folder.join("web/verifier"))
        .output();
    let output =
        output.unwrap_or_else(|fault| panic!("{node}: {fault}; `make node` installs node"));
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaint}");
}

//! What the page that signs holds against a key and against a hidden value, without a browser.

use std::path::Path;

use crate::support::run_in_node;

#[test]
fn the_page_signs_with_the_keys_of_the_signers_alone_and_hides_no_value_that_cannot_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let signing = folder.join("web/signing");
    run_in_node(
        &folder.join("tests/signing/signing.mjs"),
        signing.as_os_str(),
    );
}

//! A folder that was served with memories outside it is not served without them, unless the operator says so.

use greenlien::ledger::note::{CosignatureKey, NoteKey};
use greenlien::primitives::crypto::SecretKey;

use super::whole::{Running, log_key, word};
use crate::cli::{failed, program};
use crate::support::{Local, cast};

#[test]
fn a_folder_that_had_memories_outside_it_is_not_served_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (data, mark, witnesses) = (path("data"), path("mark"), path("witnesses.txt"));
    drop(Local::create(&data));
    let key = log_key(folder.path());
    let vkey = NoteKey::new(cast::ORIGIN, cast::log_key().public()).unwrap();
    let cosigner = SecretKey::from_seed(&[1; 32]).public();
    let cosigner = CosignatureKey::new("bank.example/w", cosigner).unwrap();
    let text = format!(
        "log {}\nwitness w {} http://127.0.0.1:9\nquorum w\n",
        vkey.vkey(),
        cosigner.vkey()
    );
    std::fs::write(&witnesses, text).unwrap();
    let (data, mark, witnesses) = (word(&data), word(&mark), word(&witnesses));
    let serve = |more: &[&str]| {
        let words = [&["serve", data, "--log-key", word(&key)][..], more].concat();
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let start = |more: &[&str]| {
        let words = serve(more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        drop(Running::start(&words));
    };
    let refused = |more: &[&str], parts: &[&str]| {
        let mut words = serve(more);
        words.push("--allow-test-keys".to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = failed(&words, 1, "this folder was served with");
        for part in parts {
            assert!(run.err.contains(part), "{}", run.err);
        }
    };
    start(&["--high-water", mark, "--witnesses", witnesses]);

    refused(&[], &["a high-water file", "--without-high-water"]);
    refused(
        &["--high-water", mark],
        &["witnesses", "--without-witnesses"],
    );
    refused(
        &["--without-high-water"],
        &["witnesses", "--witnesses FILE"],
    );
    refused(
        &["--witnesses", witnesses],
        &["a high-water file", "--high-water FILE"],
    );
    for acknowledging in [&[][..], &["--accept-time-step"]] {
        let words = [&["doctor", data][..], acknowledging].concat();
        let told = program(&words);
        assert_eq!(told.code, 1, "{}", told.out);
        for part in [
            "refused  high-water file: this folder was served with",
            "refused  witnesses: this folder was served with",
            "--without-high-water",
            "--without-witnesses",
        ] {
            assert!(told.out.contains(part), "{}", told.out);
        }
    }
    let knowing = ["--without-high-water", "--without-witnesses"];
    let words = [&["doctor", data][..], &knowing].concat();
    let told = program(&words);
    assert!(!told.out.contains("was served with"), "{}", told.out);
    start(&knowing);
    // It is said each time: the folder does not forget.
    refused(&[], &["a high-water file"]);
}

//! The kept inputs of the fuzzer, run once each: real outputs, hostile cases, and whatever a fuzzer once found.
//!
//! Inputs lie in `fuzz/corpus/<target>/`. Those named `formats-<label>` are the examples of `docs/FORMATS.md`, and with
//! `GREENLIEN_UPDATE=1` they are written anew. `make fuzz` goes on from here.

pub(crate) mod frauds;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenlien::ledger::proof::consistency_proof;
use greenlien::verify::evidence::{Evidence, Verification};

use self::frauds::frauds;
use self::targets::{TARGETS, Target};
use crate::examples::evidence_about_the_right;
use crate::formats::{block, file, tail};

/// Bytes of one kept input: the corpus is read in every test run and cloned by everybody.
const INPUT_BYTES_MAX: u64 = 65_536;

/// The examples that are inputs as they stand in the document.
const BLOCKS: [(&str, &str); 12] = [
    ("canonical_json", "canonical"),
    ("command", "payload"),
    ("entry", "entry-0"),
    ("entry", "entry-1"),
    ("entry", "entry-2"),
    ("entry", "entry-3"),
    ("entry", "entry-4"),
    ("entry", "entry-5"),
    ("entry", "entry-6"),
    ("polygon", "polygon"),
    ("polygon", "polygon-b"),
    ("verifier_key", "vkey"),
];

/// The examples that end with a line feed more.
const FILES: [(&str, &str); 7] = [
    ("evidence", "evidence-absence"),
    ("note", "checkpoint"),
    ("note", "checkpoint-2"),
    ("note", "checkpoint-cosigned"),
    ("tlog_proof", "proof-file"),
    ("trust_policy", "trust"),
    ("trust_policy", "trust-audited"),
];

fn folder(target: &str) -> PathBuf {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    corpus.join(target)
}

/// Every kept input of a target, by its name.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder(target)).unwrap_or_else(|fault| panic!("{target}: {fault}"));
    let mut inputs: Vec<(String, Vec<u8>)> = files
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            assert!(
                file.metadata().unwrap().len() <= INPUT_BYTES_MAX,
                "{target}/{name}"
            );
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

/// Runs a target over an input and over what is near it: cut short, a byte less, a bit flipped, a byte twice.
fn run_near(target: Target, bytes: &[u8]) -> bool {
    let steps = bytes.len().div_ceil(40).max(1);
    for at in (0..bytes.len()).step_by(steps) {
        target(&bytes[..at]);
        let mut other = bytes.to_vec();
        other[at] ^= 1 << (at % 8);
        target(&other);
        other.insert(at, bytes[at]);
        target(&other);
        other.drain(at..=at + 1);
        target(&other);
    }
    target(bytes)
}

#[test]
fn every_kept_input_keeps_the_promises_and_so_does_what_is_near_it() {
    let mut faults = Vec::new();
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        let mut read = 0;
        for (input, bytes) in &inputs {
            let is_read = run_near(target, bytes);
            if is_read == input.starts_with("bad-") {
                faults.push(format!("{name}/{input}"));
            }
            read += usize::from(is_read);
        }
        let refused = inputs.len() - read;
        assert!(
            read >= 2 && refused >= 2,
            "{name}: {read} read, {refused} refused"
        );
    }
    assert_eq!(faults, [""; 0], "read though bad, or refused though good");
}

#[test]
fn folders_of_inputs_and_programs_of_the_fuzzer_are_the_targets() {
    let names = |folder: &str, ending: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(folder).unwrap();
        let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
        let mut names: Vec<String> = files
            .map(|file| name(file.unwrap()).replace(ending, ""))
            .collect();
        names.sort();
        names
    };
    let targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names("fuzz/corpus", ""), targets);
    assert_eq!(names("fuzz/fuzz_targets", ".rs"), targets);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    for target in targets {
        assert!(
            manifest.contains(&format!("name = \"{target}\"\n")),
            "{target}"
        );
    }
}

/// What the example log would ask of a witness: first at size 2, then at its end.
fn requests() -> [(&'static str, &'static str, String); 2] {
    let proof = consistency_proof(2, tail().size(), &tail()).unwrap();
    let lines = proof
        .iter()
        .map(|hash| STANDARD.encode(hash.as_bytes()) + "\n");
    let lines: String = lines.collect();
    let target = "add_checkpoint";
    [
        (
            target,
            "first",
            format!("old 0\n\n{}", file("checkpoint-2")),
        ),
        (
            target,
            "next",
            format!("old 2\n{lines}\n{}", file("checkpoint")),
        ),
    ]
}

#[test]
fn the_examples_of_the_formats_are_inputs() {
    let blocks = BLOCKS.map(|(target, label)| (target, label, block(label).to_owned()));
    let files = FILES.map(|(target, label)| (target, label, file(label)));
    // The document has size and digest of this file; it is put together as the document says. A guarantor asks more.
    let right = evidence_about_the_right();
    let asked = Evidence {
        verification: Some(Verification {
            question: block("question").to_owned(),
            answer: block("answer").to_owned(),
        }),
        ..right.clone()
    };
    let made = [("right", right), ("asked", asked)]
        .map(|(label, evidence)| ("evidence", label, evidence.to_text()));
    let made = made.into_iter().chain(requests()).chain(frauds());
    for (target, label, text) in blocks.into_iter().chain(files).chain(made) {
        let path = folder(target).join(format!("formats-{label}"));
        if std::env::var_os("GREENLIEN_UPDATE").is_some_and(|value| value == "1") {
            fs::write(&path, &text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "{} differs; run GREENLIEN_UPDATE=1 make test",
            path.display()
        );
    }
}

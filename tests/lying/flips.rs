//! Every single byte of an evidence file flipped, in turn.

use greenlien::verify::checks::verify;
use greenlien::verify::verdict::Level;

use super::{Liar, asked, reader, without};
use crate::formats::block;
use crate::second_verifier::Both;

/// Every byte where the program is optimized, as `make test` builds it; unoptimized, a file takes twenty times as long.
const STEP: usize = if cfg!(debug_assertions) { 41 } else { 1 };

/// A small file with an answer, every byte of it read.
fn with_answer() -> String {
    let mut file = Liar::new().evidence();
    // Nobody more than the quorum: the line of a cosigner who is not needed may change without harm.
    file.checkpoint = without(&file.checkpoint, 2);
    asked(&mut file, block("question"), block("answer"));
    file.to_text()
}

/// Where the file holds the question. It is the reader's own words and nobody's claim: another question may have the same
/// true answer, so a change there must be refused or leave an answer that the law gives.
fn question_of(file: &str) -> std::ops::Range<usize> {
    let from = file.find("\"question\":").unwrap();
    from..file[from..]
        .find("},\"")
        .map_or(file.len(), |end| from + end)
}

/// Flips of every `step`-th byte from `first` on: the lowest bit keeps digits digits and most letters letters.
fn places(file: &str, first: usize, step: usize) -> Vec<(usize, u8)> {
    let question = question_of(file);
    let all = (first..file.len()).step_by(step);
    all.filter(|at| !question.contains(at))
        .map(|at| (at, 1))
        .collect()
}

#[test]
fn every_flipped_byte_is_caught_by_the_first_verifier_and_a_sample_by_both() {
    let (file, reader) = (with_answer(), reader());
    let trust = reader.trust();
    let verdict = verify(file.as_bytes(), &trust);
    assert_eq!(
        verdict.level,
        Some(Level::CurrentAndComplete),
        "{verdict:?}"
    );
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (file, trust) = (&file, &trust);
            scope.spawn(move || {
                let mut flipped = file.clone().into_bytes();
                for at in (worker * STEP..file.len()).step_by(workers * STEP) {
                    flipped[at] ^= 1;
                    let is_question = question_of(file).contains(&at);
                    let holds = verify(&flipped, trust).holds();
                    assert!(!holds || is_question, "byte {at} changed unseen");
                    flipped[at] ^= 1;
                }
            });
        }
    });
    let mut both = Both::new();
    both.flip(file.as_bytes(), &reader, &places(&file, 7, 61));
    both.agree();
}

#[test]
#[ignore = "half an hour of Python on a small machine; `make verify-all` runs it"]
fn every_flipped_byte_is_caught_by_both_verifiers() {
    let (file, reader) = (with_answer(), reader());
    let mut both = Both::new();
    both.flip(file.as_bytes(), &reader, &places(&file, 0, 1));
    both.agree();
}

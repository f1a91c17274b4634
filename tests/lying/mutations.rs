//! Changes to a true file that need no key at all, each with the check that finds it.

use greenlien::verify::evidence::Evidence;

use super::{Liar, asked, reader, without};
use crate::formats::{block, state_key};
use crate::second_verifier::Both;

/// A change to a file.
type Mutation = Box<dyn Fn(&mut Evidence)>;

/// Changes to a true file that need no key at all.
#[expect(
    clippy::too_many_lines,
    reason = "one flat list, one item after another"
)]
fn mutations() -> Vec<(&'static str, &'static str, Mutation)> {
    fn remove(space: &'static str) -> Mutation {
        Box::new(move |file| file.records.retain(|record| record.key.space() != space))
    }
    fn history(change: fn(&mut Vec<u64>)) -> Mutation {
        Box::new(move |file| {
            let record = file
                .records
                .iter_mut()
                .find(|record| record.key.space() == "right");
            change(record.unwrap().history.as_mut().unwrap());
        })
    }
    fn note(change: fn(&str) -> String) -> Mutation {
        Box::new(move |file| file.checkpoint = change(&file.checkpoint))
    }
    vec![
        (
            "an entry of a history dropped",
            "history gives state",
            Box::new(|file| drop(file.entries.pop())),
        ),
        (
            "the genesis dropped",
            "genesis",
            Box::new(|file| drop(file.entries.remove(0))),
        ),
        (
            "two entries swapped",
            "inclusion",
            Box::new(|file| {
                let text = file.entries[1].text.clone();
                file.entries[1].text = std::mem::replace(&mut file.entries[2].text, text);
            }),
        ),
        (
            "an entry twice",
            "inclusion",
            Box::new(|file| file.entries.push(file.entries[1].clone())),
        ),
        (
            "a record twice",
            "state proofs",
            Box::new(|file| file.records.push(file.records[1].clone())),
        ),
        (
            "a history cut short",
            "complete histories",
            history(|history| history.truncate(1)),
        ),
        (
            "a history out of order",
            "complete histories",
            history(|history| history.reverse()),
        ),
        (
            "a history with more",
            "complete histories",
            history(|history| history.push(6)),
        ),
        (
            "no history of the subject",
            "subject",
            Box::new(|file| file.records[5].history = None),
        ),
        (
            "an older version of the record",
            "state proofs",
            Box::new(|file| {
                let older = Liar {
                    entries: Liar::new().entries[..5].to_vec(),
                    ..Liar::new()
                }
                .evidence();
                file.records[5].value.clone_from(&older.records[5].value);
            }),
        ),
        (
            "the older state",
            "state entry",
            Box::new(|file| {
                let older = Liar {
                    entries: Liar::new().entries[..5].to_vec(),
                    ..Liar::new()
                }
                .evidence();
                file.state_entry = older.state_entry;
            }),
        ),
        (
            "another checkpoint that the log signed",
            "state entry",
            Box::new(|file| {
                let other = Liar {
                    entries: Liar::new().entries[..5].to_vec(),
                    ..Liar::new()
                }
                .evidence();
                file.checkpoint = other.checkpoint;
                file.consistency = other.consistency;
            }),
        ),
        (
            "no proof from the older size",
            "older checkpoint",
            Box::new(|file| file.consistency = None),
        ),
        ("parties left out", "signatures", remove("party")),
        ("the identity left out", "subject", remove("identity")),
        (
            "another subject",
            "subject",
            Box::new(|file| file.subject = state_key("right", "R5")),
        ),
        (
            "a subject without a form",
            "subject",
            Box::new(|file| file.subject = state_key("party", "M2")),
        ),
        (
            "a witness short of the quorum",
            "witnesses",
            note(|text| without(&without(text, 2), 1)),
        ),
        (
            "an auditor short of the quorum",
            "witnesses",
            note(|text| without(text, 4)),
        ),
        (
            "a cosigner that the policy does not list",
            "witnesses",
            note(|text| text.replace("guarantor.example/audit", "guarantor.example/other")),
        ),
        (
            "a false cosignature",
            "witnesses",
            note(|text| {
                let line = text.lines().last().unwrap().to_owned();
                text.replace(&line, &line.replace("AAAA", "AAAB"))
            }),
        ),
        (
            "the log's signature dropped",
            "checkpoint",
            note(|text| without(text, 0)),
        ),
        (
            "a question about another right",
            "answer",
            Box::new(|file| {
                asked(
                    file,
                    &block("question").replace("R4", "R5"),
                    block("answer"),
                );
            }),
        ),
        (
            "a better answer",
            "answer",
            Box::new(|file| {
                asked(
                    file,
                    block("question"),
                    &block("answer").replace("400", "500"),
                );
            }),
        ),
        (
            "an answer about somebody who is not shown",
            "answer",
            Box::new(|file| {
                asked(
                    file,
                    &block("question").replace("M3", "M9"),
                    block("answer"),
                );
            }),
        ),
    ]
}

#[test]
fn every_mutation_fails_at_its_check_in_both_verifiers() {
    let mut both = Both::new();
    let truth = Liar::new().evidence();
    for (name, check, change) in mutations() {
        let mut file = truth.clone();
        change(&mut file);
        assert!(file != truth, "{name} changes nothing");
        let verdict = both.verify(name, file.to_text().as_bytes(), &reader());
        let failed = verdict.failure().map(|check| check.name);
        assert_eq!(failed, Some(check), "{name}: {:?}", verdict.failure());
    }
    both.agree();
}

//! Fraud files: each lie of a log is proven by a file of its kind, no honest log is ever accused, and a changed file proves
//! nothing.

use std::collections::BTreeSet;

use greenlien::domain::facts::StateKey;
use greenlien::verify::evidence::{Evidence, ProvenRecord};
use greenlien::verify::fraud::build::{Account, hidden};
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::fraud::{Fraud, FraudProof, is_fraud_file};
use greenlien::verify::verdict::Verdict;

use super::liar::{
    Liar, Stage, log_key, omitted_touch, other_policies, over_pledge, repeated_command,
};
use super::secret;
use crate::fuzzing::frauds::KINDS;
use crate::second_verifier::Both;

fn check(text: &str) -> Verdict {
    verify_fraud(text.as_bytes(), &[log_key()])
}

/// Checks that a file proves the fraud, also after it was written and read, and returns what it says.
fn proven(fraud: &Fraud) -> String {
    let text = fraud.to_text();
    assert!(is_fraud_file(text.as_bytes()));
    assert_eq!(Fraud::parse(text.as_bytes()).unwrap(), *fraud);
    let verdict = check(&text);
    assert!(verdict.holds(), "{:?}", verdict.failure());
    assert_eq!(verdict.statements.len(), 1);
    let strange = greenlien::ledger::note::NoteKey::new("log.example", secret(1).public()).unwrap();
    assert!(
        !verify_fraud(text.as_bytes(), &[strange]).holds(),
        "a stranger's log was accused"
    );
    verdict.statements[0].clone()
}

fn is_refused(fraud: &Fraud) -> bool {
    let verdict = check(&fraud.to_text());
    assert_eq!(verdict.statements.is_empty(), !verdict.holds());
    !verdict.holds()
}

/// The files about one entry that hold, by kind, with what they say.
fn accusations(liar: &Liar, index: u64) -> Vec<(&'static str, String)> {
    let note = liar.note();
    let frauds = Account::new(&note, &liar.entries).wrong(index);
    assert!(!frauds.is_empty());
    let held = frauds
        .iter()
        .filter(|fraud| check(&fraud.to_text()).holds());
    held.map(|fraud| (fraud.proof.kind(), proven(fraud)))
        .collect()
}

#[test]
fn an_over_pledge_is_proven_by_deciding_again() {
    let (liar, wrong) = over_pledge();
    let accusations = accusations(&liar, wrong);
    let kinds: Vec<_> = accusations.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["wrong_entry", "wrong_prefix"]);
    for (_, what) in accusations {
        assert!(
            what.contains(&format!("entry {wrong}: the law makes another entry")),
            "{what}"
        );
    }
}

#[test]
fn a_state_that_omits_a_touch_is_proven_by_replay_and_by_the_omission() {
    let (liar, evidence, index) = omitted_touch();
    let last = liar.size() - 1;
    let kinds: Vec<_> = accusations(&liar, last)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, ["wrong_entry", "wrong_prefix"]);
    let note = liar.note();
    let files = Account::new(&note, &liar.entries).hidden(index, &evidence);
    assert_eq!(files.len(), 1);
    let what = proven(&files[0]);
    assert!(
        what.contains(&format!("entry {index} touches right|R")),
        "{what}"
    );
}

#[test]
fn a_receipt_under_an_older_checkpoint_shows_the_omission_too() {
    let (liar, evidence, index) = omitted_touch();
    let mut older = liar.clone();
    older.entries.truncate(usize::try_from(index).unwrap() + 1);
    let entry = older.proven(index);
    let under = older.note();
    let files = hidden(&evidence, &entry, Some(&under));
    assert!(proven(&files[0]).contains("is hidden from its complete history"));
    let larger = Fraud {
        checkpoint: under,
        ..files[0].clone()
    };
    assert!(is_refused(&larger));
}

#[test]
fn an_absent_record_hides_what_touches_it() {
    let (liar, evidence, index) = omitted_touch();
    // The reservation of this index is absent indeed, and nothing touches it.
    let absent = StateKey::parse("pledge", &format!("V{index}")).unwrap();
    let mut stage = Stage::new();
    stage.pledge("80");
    let record = ProvenRecord {
        proof: stage.world.machine().tree().prove(&absent.hash()),
        key: absent,
        value: None,
        history: None,
    };
    let evidence = Evidence {
        records: vec![record],
        ..evidence
    };
    for fraud in hidden(&evidence, &liar.proven(index), None) {
        assert!(is_refused(&fraud));
    }
}

#[test]
fn a_command_that_is_decided_twice_is_proven_by_its_two_entries() {
    let (liar, second) = repeated_command();
    let accusations = accusations(&liar, second);
    assert_eq!(accusations[0].0, "repeated_command");
    assert!(
        accusations[0].1.contains("and again in entry"),
        "{}",
        accusations[0].1
    );
    assert_eq!(accusations.last().unwrap().0, "wrong_prefix");
}

#[test]
fn what_the_state_before_cannot_show_is_proven_from_the_beginning() {
    let (liar, wrong) = other_policies();
    let kinds: Vec<_> = accusations(&liar, wrong)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, ["wrong_prefix"]);
}

#[test]
fn two_histories_are_proven_whether_their_sizes_differ_or_not() {
    let mut honest = Stage::new();
    let mut other = honest.clone();
    honest.pledge("80");
    other.pledge("60");
    let (small, same) = (honest.liar(), other.liar());
    other.pledge("1");
    other.pledge("2");
    let large = other.liar();
    let (note_of_small, small_size) = (small.note(), small.size());
    let (note_of_same, note_of_large) = (same.note(), large.note());
    for (note, liar) in [(&note_of_same, &same), (&note_of_large, &large)] {
        let fraud = Account::new(note, &liar.entries)
            .fork((&note_of_small, small_size))
            .unwrap();
        assert!(proven(&fraud).contains(&format!("first {small_size} entries")));
    }
    // The other way round nothing is shown.
    let turned = Fraud {
        checkpoint: note_of_small.clone(),
        proof: FraudProof::Fork {
            other: note_of_large.clone(),
            joined: None,
        },
    };
    assert!(is_refused(&turned));
}

#[test]
fn no_entry_of_a_log_of_a_past_law_is_accused_and_each_is_decided_again_from_the_state_before_it() {
    for frozen in &crate::frozen_log::LOGS {
        let liar = Liar::of(&crate::frozen_log::entries(frozen));
        let note = liar.note();
        let account = Account::new(&note, &liar.entries);
        for index in (2..liar.size()).step_by(11) {
            for fraud in account.wrong(index) {
                let verdict = check(&fraud.to_text());
                let failure = verdict.failure().unwrap().to_string();
                let kind = fraud.proof.kind();
                assert!(
                    failure.ends_with("every entry is what the law makes"),
                    "{kind} of entry {index}: {failure}"
                );
            }
        }
    }
}

/// A log with several groups of several commands, refusals among them.
fn busy() -> Liar {
    let mut stage = Stage::new();
    for amount in ["80", "80", "20", "30", "10", "10", "1"] {
        stage.pledge(amount);
    }
    stage.world.finish();
    stage.liar()
}

#[test]
fn an_honest_log_is_never_accused() {
    let liar = busy();
    let note = liar.note();
    let account = Account::new(&note, &liar.entries);
    for index in 0..liar.size() {
        for fraud in account.wrong(index) {
            assert!(
                is_refused(&fraud),
                "{} of entry {index}",
                fraud.proof.kind()
            );
        }
    }
    for size in 0..=liar.size() {
        let mut older = liar.clone();
        older.entries.truncate(usize::try_from(size).unwrap());
        let note = older.note();
        if let Some(fraud) = account.fork((&note, size)) {
            assert!(is_refused(&fraud), "a fork at {size}");
        }
    }
}

#[test]
fn honest_evidence_hides_nothing() {
    let mut stage = Stage::new();
    let index = stage.pledge("80");
    let liar = stage.liar();
    let right = StateKey::Right(stage.right);
    let row = stage.world.machine().held(&right).unwrap();
    let issued = stage.right.0;
    let record = |history: Vec<u64>| ProvenRecord {
        value: Some(row.value(&right).to_text()),
        proof: stage.world.machine().tree().prove(&right.hash()),
        history: Some(history),
        key: right.clone(),
    };
    let evidence = |record| Evidence {
        subject: right.clone(),
        checkpoint: liar.note(),
        state_entry: liar.proven(liar.size() - 1),
        records: vec![record],
        entries: Vec::new(),
        consistency: None,
        verification: None,
    };
    // The complete history names the entry; one that is cut short is not complete.
    let fraud = |history: Vec<u64>| Fraud {
        checkpoint: liar.note(),
        proof: FraudProof::HiddenEntry {
            state_entry: Box::new(liar.proven(liar.size() - 1)),
            record: Box::new(record(history)),
            entry: Box::new(liar.proven(index)),
            entry_checkpoint: None,
        },
    };
    assert!(is_refused(&fraud(vec![issued, index])));
    assert!(is_refused(&fraud(vec![issued])));
    for other in 0..liar.size() {
        for fraud in hidden(
            &evidence(record(vec![issued, index])),
            &liar.proven(other),
            None,
        ) {
            assert!(is_refused(&fraud), "entry {other}");
        }
    }
}

#[test]
fn a_file_that_leaves_out_what_a_decision_needs_accuses_nobody() {
    let (liar, wrong) = over_pledge();
    let note = liar.note();
    let frauds = Account::new(&note, &liar.entries).wrong(wrong);
    let Some(FraudProof::WrongEntry(whole)) = frauds.iter().map(|fraud| fraud.proof.clone()).next()
    else {
        panic!("{frauds:?}");
    };
    let is_refused = |change: &dyn Fn(&mut greenlien::verify::fraud::WrongEntry)| {
        let mut wrong = whole.clone();
        change(&mut wrong);
        assert!(wrong != whole);
        is_refused(&Fraud {
            checkpoint: note.clone(),
            proof: FraudProof::WrongEntry(wrong),
        })
    };
    for at in 0..whole.records.len() {
        let key = whole.records[at].record.key.clone();
        assert!(
            is_refused(&|wrong| drop(wrong.records.remove(at))),
            "without {key}"
        );
        assert!(
            is_refused(&|wrong| wrong.records[at].record.value = None),
            "{key} as absent"
        );
    }
    assert!(is_refused(&|wrong| wrong.entries.clear()));
    assert!(is_refused(&|wrong| wrong.frontier.push(whole.frontier[0])));
    assert!(is_refused(&|wrong| wrong.genesis = wrong.previous.clone()));
    assert!(is_refused(&|wrong| wrong.previous = wrong.genesis.clone()));
    let twice = whole.records[0].clone();
    assert!(is_refused(&|wrong| wrong.records.push(twice.clone())));
}

#[test]
fn every_changed_byte_of_a_fraud_file_is_noticed() {
    let (liar, wrong) = over_pledge();
    let note = liar.note();
    let frauds = Account::new(&note, &liar.entries).wrong(wrong);
    let (over, over_wrong) = repeated_command();
    let over_note = over.note();
    let repeated = Account::new(&over_note, &over.entries)
        .wrong(over_wrong)
        .swap_remove(0);
    let (hiding, evidence, index) = omitted_touch();
    let hidden = Account::new(&evidence.checkpoint, &hiding.entries)
        .hidden(index, &evidence)
        .swap_remove(0);
    let files = [(&frauds[0], 97), (&repeated, 13), (&hidden, 13)];
    for (fraud, step) in files {
        let text = fraud.to_text().into_bytes();
        assert!(verify_fraud(&text, &[log_key()]).holds());
        for at in (0..text.len()).step_by(step) {
            let mut changed = text.clone();
            changed[at] ^= 1;
            let verdict = verify_fraud(&changed, &[log_key()]);
            let around = String::from_utf8_lossy(&text[at.saturating_sub(30)..at]).into_owned();
            assert!(
                !verdict.holds(),
                "{} at {at}, after {around}",
                fraud.proof.kind()
            );
        }
    }
}

/// Fraud files of every kind, and what is to be said of each: `None` where only a replay can say it.
fn fraud_files() -> Vec<(&'static str, Option<bool>, String)> {
    let (over, wrong) = over_pledge();
    let over_note = over.note();
    let wrongs = Account::new(&over_note, &over.entries).wrong(wrong);
    let (twice, second) = repeated_command();
    let twice_note = twice.note();
    let repeated = Account::new(&twice_note, &twice.entries)
        .wrong(second)
        .swap_remove(0);
    let (hiding, evidence, index) = omitted_touch();
    let omission = Account::new(&evidence.checkpoint, &hiding.entries)
        .hidden(index, &evidence)
        .swap_remove(0);
    let mut older = hiding.clone();
    older.entries.truncate(usize::try_from(index).unwrap() + 1);
    let receipt = hidden(&evidence, &older.proven(index), Some(&older.note())).swap_remove(0);
    let mut one = Stage::new();
    let mut other = one.clone();
    one.pledge("80");
    other.pledge("60");
    let (small, same) = (one.liar(), other.liar());
    other.pledge("1");
    let large = other.liar();
    let (small_note, same_note, large_note) = (small.note(), same.note(), large.note());
    let fork = |note: &str, liar: &Liar| {
        Account::new(note, &liar.entries)
            .fork((&small_note, small.size()))
            .unwrap()
    };
    let turned = Fraud {
        checkpoint: small_note.clone(),
        proof: FraudProof::Fork {
            other: large_note.clone(),
            joined: None,
        },
    };
    let later = Fraud {
        checkpoint: older.note(),
        ..receipt.clone()
    };
    let open_group = |liar: &Liar, size: u64| {
        let mut open = liar.clone();
        open.entries.truncate(usize::try_from(size).unwrap());
        let note = open.note();
        let account = Account::new(&note, &open.entries);
        account.open_group(&note, size).unwrap()
    };
    let open = open_group(&large, large.size() - 1);
    let genesis = open_group(&large, 1);
    let closed = open_group(&large, large.size());
    let elsewhere = Fraud {
        checkpoint: large_note.clone(),
        ..open.clone()
    };
    vec![
        ("a size within a group", Some(true), open.to_text()),
        ("a log of its genesis alone", Some(true), genesis.to_text()),
        ("a size after a group", Some(false), closed.to_text()),
        ("not the last entry", Some(false), elsewhere.to_text()),
        ("a wrong entry", None, wrongs[0].to_text()),
        ("a wrong prefix", None, wrongs[1].to_text()),
        ("a command twice", Some(true), repeated.to_text()),
        ("a hidden entry", Some(true), omission.to_text()),
        (
            "a hidden entry with a receipt",
            Some(true),
            receipt.to_text(),
        ),
        (
            "two trees of one size",
            Some(true),
            fork(&same_note, &same).to_text(),
        ),
        (
            "two trees of two sizes",
            Some(true),
            fork(&large_note, &large).to_text(),
        ),
        ("a fork the other way round", Some(false), turned.to_text()),
        ("a receipt that is larger", Some(false), later.to_text()),
    ]
}

/// A checkpoint whose last entry is of a law that nobody here can judge.
fn open_under_a_later_law() -> Fraud {
    let mut stage = Stage::new();
    stage.pledge("80");
    let mut liar = stage.liar();
    liar.entries.pop();
    let last = liar.entries.last_mut().unwrap();
    let text = String::from_utf8(last.clone()).unwrap();
    let law = greenlien::domain::law::Law::LATEST.number();
    let later = text.replace(&format!("\"law\":{law},"), "\"law\":99,");
    assert!(later != text);
    *last = later.into_bytes();
    let note = liar.note();
    Account::new(&note, &liar.entries)
        .open_group(&note, liar.size())
        .unwrap()
}

#[test]
fn both_verifiers_agree_on_every_fraud_file_and_on_every_changed_one() {
    let mut both = Both::new();
    let mut kinds = BTreeSet::new();
    for (name, proven, text) in fraud_files() {
        kinds.insert(Fraud::parse(text.as_bytes()).unwrap().proof.kind());
        let verdict = both.accuse(name, text.as_bytes(), &log_key());
        assert_eq!(
            verdict.holds(),
            proven.unwrap_or(true),
            "{name}: {verdict:?}"
        );
        let named = text.find(r#""format":""#).unwrap();
        let format = named..named + 32;
        let step = text.len() / 60 + 1;
        let places: Vec<(usize, u8)> = (3..text.len())
            .step_by(step)
            .filter(|at| !format.contains(at))
            .map(|at| (at, 1))
            .collect();
        both.flip_fraud(text.as_bytes(), &log_key(), &places);
    }
    assert_eq!(Vec::from_iter(kinds), KINDS);
    let verdict = both.accuse(
        "a later law",
        open_under_a_later_law().to_text().as_bytes(),
        &log_key(),
    );
    assert_eq!(verdict.failure().unwrap().name, "replay");
    let liar = busy();
    let note = liar.note();
    let account = Account::new(&note, &liar.entries);
    for index in (1..liar.size()).step_by(5) {
        for fraud in account.wrong(index) {
            let kind = fraud.proof.kind();
            let verdict = both.accuse(kind, fraud.to_text().as_bytes(), &log_key());
            assert!(!verdict.holds(), "{kind} of entry {index}");
        }
    }
    let stranger = greenlien::ledger::note::NoteKey::new("log.example", secret(1).public());
    let files = fraud_files();
    let (name, _, text) = files.iter().find(|file| file.1 == Some(true)).unwrap();
    let verdict = both.accuse(name, text.as_bytes(), &stranger.unwrap());
    assert!(!verdict.holds());
    both.agree();
}

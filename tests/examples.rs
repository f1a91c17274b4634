//! The evidence files of `docs/FORMATS.md` section 7: put together from its examples, they verify as the document says.
//!
//! Kept apart from `formats` because these rest on all its other examples at once.

use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::ledger::proof::inclusion_proof;
use greenlien::primitives::crypto::Hash;
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::evidence::{Consistency, Evidence, ProvenEntry, ProvenRecord, Verification};
use greenlien::verify::verdict::{Finish, Level};

use crate::formats::{DOCUMENT, block, entries, file, hashes, replayed, state_key, tail, trust};

#[test]
fn the_evidence_of_an_absence_verifies() {
    // The example carries no proof from an older size, so it is read without an older checkpoint.
    let trust = Trust {
        old: None,
        ..trust()
    };
    let verdict = verify(file("evidence-absence").as_bytes(), &trust);
    assert!(verdict.holds(), "{:?}", verdict.failure());
    assert_eq!(verdict.statements.len(), 1);
    let damaged = file("evidence-absence").replacen("10000002", "10000001", 1);
    let verdict = verify(damaged.as_bytes(), &trust);
    assert!(!verdict.holds());
}

/// Puts the evidence about R4 together as section 7.6 says.
pub(crate) fn evidence_about_the_right() -> Evidence {
    let (machine, tail) = (replayed(), tail());
    let tree = machine.tree();
    let prove = |index: u64| ProvenEntry {
        index,
        text: entries()[usize::try_from(index).unwrap()].to_owned(),
        proof: inclusion_proof(index, tail.size(), &tail).unwrap(),
    };
    let record = |(space, name, history): (&str, &str, Option<&[u64]>)| {
        let key = state_key(space, name);
        ProvenRecord {
            value: machine.held(&key).map(|row| row.value(&key).to_text()),
            proof: tree.prove(&key.hash()),
            history: history.map(<[u64]>::to_vec),
            key,
        }
    };
    let records: [(&str, &str, Option<&[u64]>); 6] = [
        ("identity", "allowance-account:CEA|10000001|2026", None),
        ("party", "M0", Some(&[0])),
        ("party", "M2", Some(&[2])),
        ("party", "M3", Some(&[3])),
        ("policy", "carbon", Some(&[0])),
        ("right", "R4", Some(&[4, 5])),
    ];
    Evidence {
        subject: state_key("right", "R4"),
        checkpoint: file("checkpoint"),
        state_entry: prove(6),
        records: records.map(record).into(),
        entries: [0, 2, 3, 4, 5].map(prove).into(),
        consistency: Some(Consistency {
            size: 2,
            proof: hashes(block("consistency")),
        }),
        verification: None,
    }
}

#[test]
fn the_evidence_of_the_right_can_be_put_together_and_verifies() {
    let text = evidence_about_the_right().to_text();
    let digest = Hash::of(&[text.as_bytes()]);
    assert_eq!(format!("{}\n{digest}", text.len()), block("evidence-right"));
    let verdict = verify(text.as_bytes(), &trust());
    assert!(verdict.holds(), "{:?}", verdict.failure());
    assert_eq!(verdict.level, Some(Level::Recorded));
}

#[test]
fn the_cosigned_evidence_is_current_and_complete() {
    let evidence = Evidence {
        checkpoint: file("checkpoint-cosigned"),
        ..evidence_about_the_right()
    };
    let trust = Trust {
        policy: TrustPolicy::parse(&file("trust-audited")).unwrap(),
        ..trust()
    };
    let verdict = verify(evidence.to_text().as_bytes(), &trust);
    assert_eq!(
        verdict.level,
        Some(Level::CurrentAndComplete),
        "{verdict:?}"
    );
    // Nothing is left for who trusts these auditors: `law` holds on their word.
    let law = verdict.checks.iter().find(|check| check.name == "law");
    assert!(matches!(&law.unwrap().finish, Finish::Pass(what) if what.contains("auditors")));
    let mut short = evidence.clone();
    let end = evidence.checkpoint.trim_end().rfind('\n').unwrap();
    short.checkpoint.truncate(end + 1);
    let verdict = verify(short.to_text().as_bytes(), &trust);
    assert_eq!(verdict.failure().unwrap().name, "witnesses");
}

#[test]
fn the_answer_is_what_the_law_says_of_the_question() {
    let verification = |answer: &str| Verification {
        question: block("question").to_owned(),
        answer: answer.to_owned(),
    };
    let mut evidence = evidence_about_the_right();
    evidence.verification = Some(verification(block("answer")));
    let verdict = verify(evidence.to_text().as_bytes(), &trust());
    assert!(verdict.holds(), "{:?}", verdict.failure());
    assert!(verdict.statements.last().unwrap().contains("3001"));
    // An answer that is not the law's, and one under a law that nobody here knows.
    let better = block("answer").replace("\"400\"", "\"500\"");
    evidence.verification = Some(verification(&better));
    let verdict = verify(evidence.to_text().as_bytes(), &trust());
    assert_eq!(verdict.failure().unwrap().name, "answer");
    let later = block("answer").replace("\"law\":1", "\"law\":99");
    evidence.verification = Some(verification(&later));
    let verdict = verify(evidence.to_text().as_bytes(), &trust());
    let answer = verdict.checks.iter().find(|check| check.name == "answer");
    assert!(matches!(answer.unwrap().finish, Finish::NotCovered(_)));
}

#[test]
fn the_checks_have_the_names_and_the_order_of_the_document() {
    let (_, section) = DOCUMENT.split_once("### 7.2 The checks\n").unwrap();
    let (section, _) = section.split_once("\n### ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: Vec<&str> = rows
        .map(|row| row.split_once('`').unwrap().0)
        // The first name is used by a failure alone, the second by a file with a question.
        .filter(|name| !["policies", "answer"].contains(name))
        .collect();
    let file = evidence_about_the_right().to_text();
    let verdict = verify(file.as_bytes(), &trust());
    let made: Vec<&str> = verdict.checks.iter().map(|check| check.name).collect();
    assert_eq!(made, documented);
}

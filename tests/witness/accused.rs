//! What a member can show alone with `greenlien accuse`: from a receipt and later evidence, from two checkpoints, and from an old
//! checkpoint that the registry's own proof contradicts.

use greenlien::ledger::proof::consistency_proof;
use greenlien::primitives::canonical::Json;
use greenlien::verify::entries::InMemory;
use greenlien::verify::evidence::{Consistency, Evidence};

use super::liar::{Liar, Stage, log_key, omitted_touch};

#[test]
fn a_member_accuses_with_a_receipt_and_later_evidence_or_with_two_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(&path, text).unwrap();
        path
    };
    let trust = file("trust", &format!("log {}\nquorum none\n", log_key().vkey()));
    let (liar, evidence, index) = omitted_touch();
    let (entry, note) = (liar.proven(index), liar.note());
    let receipt = Json::object([
        ("checkpoint", Json::text(&note)),
        ("entry", Json::text(&entry.text)),
        ("index", Json::count(index)),
        (
            "proof",
            Json::list(entry.proof.iter().map(|hash| Json::text(hash.to_string()))),
        ),
    ]);
    let receipt = file("receipt.json", &receipt.to_canonical());
    let evidence = file("evidence.json", &evidence.to_text());
    let mut other = Stage::new();
    other.pledge("60");
    let (one, two) = (file("one", &note), file("two", &other.liar().note()));
    let out = folder
        .path()
        .join("fraud.json")
        .to_str()
        .unwrap()
        .to_owned();
    let accuse = |files: &[&str]| {
        let rest = ["--policy", &trust, "--out", &out];
        crate::cli::program(&[&["accuse"], files, &rest].concat())
    };
    for (files, kind) in [
        ([&receipt, &evidence], "hidden"),
        ([&one, &two], "two histories"),
    ] {
        let run = accuse(&[files[0], files[1]]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
        assert!(run.out.contains(kind), "{}", run.out);
        assert_eq!(
            crate::cli::program(&["verify", &out, "--policy", &trust]).code,
            0
        );
        std::fs::remove_file(&out).unwrap();
    }
    // The registry was rewritten and has grown: its own proof for the size of an old checkpoint shows another root.
    let mut short = other.liar();
    short.entries.pop();
    assert!(!short.size().is_power_of_two() && short.size() < liar.size());
    let old = file("old", &short.note());
    let mut grown = Evidence::parse(&std::fs::read(&evidence).unwrap()).unwrap();
    let run = accuse(&[&old, &evidence]);
    assert!(run.code == 1 && run.err.contains("ask for the evidence again with --old"));
    // Two checkpoints of different sizes, or a log that went back to a smaller one, prove nothing and acquit nobody.
    let run = accuse(&[&old, &one]);
    assert!(
        run.code == 1
            && run
                .err
                .contains("of one history is not shown by these files")
    );
    assert!(
        run.err.contains("give them to an auditor or a witness")
            && !run.err.contains("do not contradict")
    );
    // At a power of two the proof leaves out the root that it starts from, so there a fork would be safe if nothing else showed it.
    let mut whole = other.liar();
    whole.entries.truncate(4);
    whole.entries[3].push(b' ');
    grown.entries.insert(0, liar.proven(0));
    for forked in [&short, &whole] {
        let size = forked.size();
        grown.consistency = Some(Consistency {
            size,
            proof: consistency_proof(size, liar.size(), &InMemory::new(&liar.entries)).unwrap(),
        });
        let old = file("old", &forked.note());
        let run = accuse(&[&old, &file("grown.json", &grown.to_text())]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
        assert!(run.out.contains("two histories"), "{}", run.out);
        let run = crate::cli::program(&["verify", &out, "--policy", &trust]);
        assert_eq!(run.code, 0, "{}", run.err);
        std::fs::remove_file(&out).unwrap();
        // Who is of the same history is never accused.
        let mut same = Liar::of(&liar.entries);
        same.entries.truncate(usize::try_from(size).unwrap());
        let run = accuse(&[
            &file("same", &same.note()),
            &file("grown.json", &grown.to_text()),
        ]);
        assert!(
            run.code == 1 && run.err.contains("do not contradict"),
            "{}",
            run.err
        );
    }
    for files in [
        vec![&*receipt],
        vec![&*receipt, &one],
        vec![&*evidence, &one],
    ] {
        let run = accuse(&files);
        assert!(
            run.code == 1 && run.err.contains("do not contradict"),
            "{}",
            run.err
        );
        assert!(!std::path::Path::new(&out).exists());
    }
}

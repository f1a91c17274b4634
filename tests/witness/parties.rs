//! Who catches which lie of a registry: the witness, the auditor, a client with an old receipt.
//!
//! One table, held to in both directions: whoever is not named as catching a lie does not catch it, and so nobody may rely on
//! them for it. What a reader of evidence alone finds is in `tests/lying/`.

use greenlien::domain::entry::Entry;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::proof::{consistency_proof, verify_consistency};
use greenlien::primitives::canonical::Json;
use greenlien::verify::evidence::Evidence;

use super::audits::{Desk, honest};
use super::liar::{Liar, Stage, log_key, omitted_touch, reused_identity};
use crate::support::cast;

/// A lie: what everybody saw first, what is shown then, and the entry for which the client holds a receipt.
struct Lie {
    name: &'static str,
    first: Liar,
    then: Liar,
    /// Evidence that the client is given in the end.
    evidence: Option<Evidence>,
    receipt: u64,
    /// Who catches it.
    caught_by: &'static [&'static str],
}

/// A log in which pledges of these amounts were asked for.
fn log_of(amounts: &[&str]) -> Liar {
    let mut stage = Stage::new();
    for amount in amounts {
        stage.pledge(amount);
    }
    stage.liar()
}

fn before(log: &Liar, size: u64) -> Liar {
    let mut before = log.clone();
    before.entries.truncate(usize::try_from(size).unwrap());
    before
}

/// The last command of a log.
fn last_command(log: &Liar) -> u64 {
    let is_command =
        |bytes: &Vec<u8>| matches!(Entry::parse(bytes).unwrap(), Entry::Command { .. });
    u64::try_from(log.entries.iter().rposition(is_command).unwrap()).unwrap()
}

fn lies() -> Vec<Lie> {
    let seen = log_of(&["80"]);
    let receipt = last_command(&seen);
    let lie = |name, then: Liar, caught_by| Lie {
        name,
        first: seen.clone(),
        then,
        evidence: None,
        receipt,
        caught_by,
    };
    let everybody: &[&str] = &["witness", "auditor", "client"];
    let (hiding, evidence, hidden) = omitted_touch();
    let (reusing, reused) = reused_identity();
    vec![
        lie(
            "an entry is rewritten and the log goes on",
            log_of(&["60", "5"]),
            everybody,
        ),
        lie("two logs of one size are shown", log_of(&["60"]), everybody),
        lie(
            "a decided command is dropped",
            log_of(&["1", "2", "3"]),
            everybody,
        ),
        Lie {
            first: before(&hiding, hidden),
            evidence: Some(evidence),
            receipt: hidden,
            ..lie(
                "a pledge is hidden from its right",
                hiding,
                &["auditor", "client"],
            )
        },
        Lie {
            first: before(&reusing, reused),
            receipt: 2,
            ..lie(
                "an identity is given to a second right",
                reusing,
                &["auditor"],
            )
        },
        lie(
            "an old state is served as the present one",
            before(&seen, receipt),
            everybody,
        ),
    ]
}

/// The witness cosigned the first log; does it refuse the other?
fn witness_catches(lie: &Lie) -> bool {
    let (_, _, now) = honest();
    let desk = Desk::new(&lie.first, now);
    assert_eq!(desk.witness(&lie.first, 0).status, 200, "{}", lie.name);
    let old = lie.first.size().min(lie.then.size());
    let status = desk.witness(&lie.then, old).status;
    assert!(matches!(status, 200 | 409 | 422), "{}: {status}", lie.name);
    status != 200
}

/// The auditor cosigned the first log; does it refuse the other?
fn auditor_catches(lie: &Lie) -> bool {
    let (_, _, now) = honest();
    let desk = Desk::new(&lie.first, now);
    desk.audited(&lie.first, 0);
    let desk = Desk::at(desk.close(), &lie.then, now);
    let old = lie.first.size().min(lie.then.size());
    let answer = desk.audit(&lie.then, old);
    // An old state is no lie by itself; that it is not cosigned a second time is what keeps it from passing for fresh.
    assert!(
        matches!(answer.status, 200 | 403 | 409),
        "{}: {}",
        lie.name,
        answer.text
    );
    answer.status != 200
}

/// The client holds a receipt under the first log, and compares it with what it is shown as any client can.
fn client_catches(lie: &Lie) -> bool {
    let receipt_of = if lie.receipt < lie.first.size() {
        &lie.first
    } else {
        &lie.then
    };
    let (entry, note) = (receipt_of.proven(lie.receipt), receipt_of.note());
    let open = |note: &str| Checkpoint::open(note, &[log_key()], cast::ORIGIN).unwrap();
    let (held, shown) = (open(&note), open(&lie.then.note()));
    if shown.size < held.size {
        return true;
    }
    let proof = consistency_proof(held.size, shown.size, &lie.then.tree()).unwrap();
    let joins = verify_consistency(held.size, shown.size, held.root, shown.root, &proof);
    joins.is_err() || is_accused(lie, (&entry.text, lie.receipt, &entry.proof), &note)
}

/// Gives what the client has to `greenlien accuse`.
fn is_accused(
    lie: &Lie,
    (text, index, proof): (&str, u64, &[greenlien::primitives::crypto::Hash]),
    note: &str,
) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(&path, text).unwrap();
        path
    };
    let proof = proof.iter().map(|hash| Json::text(hash.to_string()));
    let receipt = Json::object([
        ("checkpoint", Json::text(note)),
        ("entry", Json::text(text)),
        ("index", Json::count(index)),
        ("proof", Json::list(proof)),
    ]);
    let receipt = file("receipt.json", &receipt.to_canonical());
    let shown = match &lie.evidence {
        Some(evidence) => file("evidence.json", &evidence.to_text()),
        None => file("checkpoint", &lie.then.note()),
    };
    let trust = file("trust", &format!("log {}\nquorum none\n", log_key().vkey()));
    let out = folder.path().join("fraud.json");
    let out = out.to_str().unwrap();
    let run = crate::cli::program(&["accuse", &receipt, &shown, "--policy", &trust, "--out", out]);
    assert!(
        run.code == 0
            || run.err.contains("do not contradict")
            || run.err.contains("not shown by these files"),
        "{}",
        run.err
    );
    run.code == 0
}

#[test]
fn each_lie_is_caught_by_exactly_those_who_are_named_for_it() {
    for lie in lies() {
        assert!(lie.first.entries != lie.then.entries, "{}", lie.name);
        let parties: [(&str, fn(&Lie) -> bool); 3] = [
            ("witness", witness_catches),
            ("auditor", auditor_catches),
            ("client", client_catches),
        ];
        for (party, catches) in parties {
            let expected = lie.caught_by.contains(&party);
            assert_eq!(catches(&lie), expected, "{}: the {party}", lie.name);
        }
    }
}

#[test]
fn a_second_right_under_one_identity_leaves_a_proof_that_convinces_a_stranger() {
    let (_, _, now) = honest();
    let (liar, index) = reused_identity();
    let desk = Desk::new(&liar, now);
    desk.condemned(&liar, 0);
    let found = super::audits::frauds_under(desk.close().path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "wrong_entry");
    assert!(
        found[0].1.contains(&format!("entry {index}")),
        "{}",
        found[0].1
    );
}

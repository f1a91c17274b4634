//! The real program, run as a user runs it: exit codes, what goes to which stream, and what to do next.

use std::path::Path;
use std::process::{Command, Stdio};

use greenlien::cli::trust::trust_text;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::wire::command_json;
use greenlien::ledger::note::NoteKey;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::RightId;
use tempfile::TempDir;

use crate::support::house::House;
use crate::support::papers::{self, flow, line, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _, cast};

/// A loopback port on which nothing listens: 1 needs privileges that no test service has.
const CLOSED: &str = "http://127.0.0.1:1";

/// How the program ended and what it wrote.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program without a terminal and without settings in its environment.
pub(crate) fn program(words: &[&str]) -> Run {
    let made = Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(words)
        .env_remove("COLUMNS")
        .env_remove("GREENLIEN_SERVER")
        .env_remove("GREENLIEN_PASSPHRASE")
        .env_remove("GREENLIEN_LOG_KEY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let run = Run {
        code: made.status.code().unwrap(),
        out: String::from_utf8(made.stdout).unwrap(),
        err: String::from_utf8(made.stderr).unwrap(),
    };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// Checks that a run failed with this code, wrote nothing as a result, and said why.
pub(crate) fn failed(words: &[&str], code: i32, part: &str) -> Run {
    let run = program(words);
    assert_eq!(run.code, code, "{words:?}: {}{}", run.out, run.err);
    assert!(run.err.contains(part), "{words:?}: {}", run.err);
    run
}

/// A folder with files, and their paths as words.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A registry with one pledged right.
struct Story {
    house: House,
    mill: Actor,
    bank: Actor,
    right: RightId,
}

fn story() -> Story {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = house.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    Story {
        house,
        mill,
        bank,
        right,
    }
}

/// The draft file of a signed pledge of this many t/a.
fn draft(story: &mut Story, amount: &str) -> String {
    let Story {
        house,
        mill,
        bank,
        right,
    } = story;
    let lines = vec![line(
        *right,
        flow(amount, "t/a", span("2027-01-01", "2028-01-01")),
    )];
    let keys: Vec<_> = [&*bank, &*mill]
        .iter()
        .flat_map(|actor| actor.signers())
        .collect();
    let signers: Vec<_> = keys
        .iter()
        .map(|(party, role, _)| (*party, *role))
        .collect();
    let command = house.draft(bank.party, papers::pledge(mill, lines), &signers, &[]);
    assert!(command_json(&command).to_canonical().contains(amount));
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    seal(&command, &keys).to_json().to_canonical()
}

pub(crate) fn trust() -> String {
    let key = NoteKey::new(cast::ORIGIN, cast::log_key().public()).unwrap();
    trust_text(&key.vkey(), &[], &[])
}

#[test]
fn a_good_file_verifies_and_a_changed_one_does_not() {
    let mut story = story();
    let folder = Folder::new();
    let old = folder.file("old.note", story.house.get("/checkpoint").text);
    let lines = draft(&mut story, "80");
    let submitted = folder.file("draft.json", lines);
    let server = story.house.client().base().to_owned();
    assert_eq!(
        program(&["submit", &submitted, "--server", &server]).code,
        0
    );

    let evidence = story.house.evidence(&StateKey::Right(story.right));
    let (good, trust) = (
        folder.file("good.json", &evidence),
        folder.file("trust", trust()),
    );
    let run = program(&["verify", &good, "--policy", &trust]);
    assert_eq!((run.code, &*run.err), (0, ""), "{}", run.out);
    assert!(
        run.out.contains("inclusion") || run.out.contains("state"),
        "{}",
        run.out
    );
    let run = program(&["verify", &good, "--policy", &trust, "--json"]);
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert!(verdict.is_object() && run.out.lines().count() == 1);

    let changed = evidence.replacen("\\\"120\\\"", "\\\"121\\\"", 1);
    assert!(changed != evidence, "the file does not say 120");
    let changed = folder.file("changed.json", changed);
    let run = program(&["verify", &changed, "--policy", &trust]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert_eq!(
        program(&["verify", &changed, "--policy", &trust, "--json"]).code,
        1
    );

    // With the proof from the size that the reader kept, an older checkpoint is joined; without it, that is said.
    let size: u64 = std::fs::read_to_string(&old)
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let joined = folder.path("joined.json");
    let right = story.right.to_string();
    let size = size.to_string();
    let words = [
        "evidence", &right, "--old", &size, "--out", &joined, "--server", &server,
    ];
    assert_eq!(program(&words).code, 0);
    let verify = |file: &str| program(&["verify", file, "--policy", &trust, "--old", &old]);
    let run = verify(&joined);
    assert!(
        run.code == 0 && run.out.contains("is a prefix of this log"),
        "{}",
        run.out
    );
    let run = verify(&good);
    assert!(
        run.code == 1 && run.out.contains("has no proof from size"),
        "{}",
        run.out
    );
    story.house.close();
}

#[test]
fn the_proof_of_an_entry_verifies_with_that_entry_alone() {
    let story = story();
    let folder = Folder::new();
    let server = story.house.client().base().to_owned();
    let trust = folder.file("trust", trust());
    let fetch = |index: &str, name: &str| {
        let out = folder.path(name);
        let words = [
            "evidence", "--entry", index, "--out", &out, "--server", &server,
        ];
        let run = program(&words);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.err.contains("next: greenlien verify"), "{}", run.err);
        out
    };
    let index = story.right.0.to_string();
    let proof = fetch(&index, "right.tlog-proof");
    fetch("0", "genesis.tlog-proof");
    let (entry, other) = (folder.path("right.json"), folder.path("genesis.json"));
    let verify = |proof: &str, entry: &str| {
        program(&["verify", proof, "--entry", entry, "--policy", &trust])
    };
    let run = verify(&proof, &entry);
    assert_eq!((run.code, &*run.err), (0, ""), "{}", run.out);
    let statement = format!("entry {index} of {}, ", cast::ORIGIN);
    assert!(run.out.contains(&statement), "{}", run.out);
    assert!(run.out.contains("issue_right by M"), "{}", run.out);
    assert!(run.out.contains("accepted"), "{}", run.out);
    let run = verify(&proof, &other);
    assert!(
        run.code == 1 && run.out.contains("INVALID: failed at \"inclusion\""),
        "{}",
        run.out
    );
    // Another place in the file, another size in the checkpoint, a line too many.
    let text = std::fs::read_to_string(&proof).unwrap();
    let moved = text.replacen(&format!("index {index}"), "index 1", 1);
    let (origin, rest) = text.split_once(cast::ORIGIN).unwrap();
    let grown = format!("{origin}{}{}", cast::ORIGIN, rest.replacen('\n', "\n1", 1));
    for (name, changed, check) in [
        ("moved", moved, "inclusion"),
        ("grown", grown, "checkpoint"),
        ("longer", format!("{text}\n"), "format"),
    ] {
        let run = verify(&folder.file(name, changed), &entry);
        let failed = format!("INVALID: failed at {check:?}");
        assert!(run.code == 1 && run.out.contains(&failed), "{}", run.out);
    }
    failed(&["verify", &proof, "--policy", &trust], 2, "--entry");
    story.house.close();
}

#[test]
fn files_that_cannot_be_read_are_named_with_what_to_do() {
    let folder = Folder::new();
    let trust = folder.file("trust", trust());
    let absent = folder.path("absent.json");
    let broken = folder.file("broken.json", "{\"a\":1.5}");
    let run = failed(&["verify", &absent, "--policy", &trust], 1, "absent.json");
    assert!(
        run.out.is_empty() && run.err.contains("hint:"),
        "{}",
        run.err
    );
    failed(&["verify", &broken, "--policy", &absent], 1, "absent.json");
    failed(&["verify", &broken, "--policy", &broken], 1, "quorum none");
    assert_eq!(program(&["verify", &broken, "--policy", &trust]).code, 1);
    failed(&["submit", &broken, "--server", CLOSED], 1, "broken.json");
    failed(&["check", &broken, "--server", CLOSED], 1, "broken.json");
    let none = folder.path("none");
    failed(&["audit", &none], 1, "hint:");
    failed(&["rebuild", &none], 1, "hint:");
    assert!(!Path::new(&none).exists(), "reading made a folder");
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for words in [
        vec![],
        vec!["fly"],
        vec!["--fly"],
        vec!["verify"],
        vec!["verify", "x.json"],
        vec!["verify", "x.json", "--policy", "t", "--fly"],
        vec!["verify", "x.json", "--policy", "t", "--max-age", "5"],
        vec!["submit"],
        vec!["check"],
        vec!["check", "--right", "R4"],
        vec![
            "check",
            "--right",
            "P4",
            "--pledgee",
            "M1",
            "--pledgor",
            "M2",
        ],
        vec!["keygen"],
        vec!["keygen", "--out", "a", "--key", "b"],
        vec!["evidence"],
        vec!["serve"],
        vec![
            "sign", "--key", "k", "--role", "maker", "--new", "n", "--aud", "log",
        ],
        vec!["sign", "d", "--key", "k", "--role", "king"],
        vec!["sign", "-", "--key", "k", "--role", "maker", "--json"],
    ] {
        let run = program(&words);
        assert_eq!(run.code, 2, "{words:?}: {}{}", run.out, run.err);
        assert!(
            run.out.is_empty() && !run.err.is_empty(),
            "{words:?}: {}",
            run.out
        );
    }
    failed(
        &["show", "--server", "ftp://x", "R4"],
        2,
        "http://HOST:PORT",
    );
    failed(&["evidence", "M4", "--server", CLOSED], 2, "R41");
}

#[test]
fn a_registry_that_does_not_answer_is_75() {
    let mut story = story();
    let folder = Folder::new();
    let signed = folder.file("draft.json", draft(&mut story, "80"));
    std::thread::scope(|scope| {
        for words in [
            vec!["submit", &signed, "--server", CLOSED],
            vec!["show", "R4", "--server", CLOSED],
            vec!["evidence", "R4", "--server", CLOSED],
        ] {
            scope.spawn(move || {
                let run = failed(&words, 75, "gives no answer");
                assert!(
                    run.out.is_empty() && run.err.contains("hint:"),
                    "{}",
                    run.err
                );
            });
        }
    });
    story.house.close();
}

#[test]
fn a_decision_sets_the_exit_code() {
    let mut story = story();
    let folder = Folder::new();
    let server = story.house.client().base().to_owned();
    let (first, second) = (draft(&mut story, "80"), draft(&mut story, "50"));
    let (first, second) = (
        folder.file("first.json", first),
        folder.file("second.json", second),
    );
    let receipt = folder.path("receipt.json");
    let submit = |file: &str| program(&["submit", file, "--server", &server, "--out", &receipt]);
    let run = submit(&first);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.contains("accepted") && run.out.contains("proven in"),
        "{}",
        run.out
    );
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&receipt).unwrap()).unwrap();
    assert_eq!(kept["decision"], "accepted");
    let run = submit(&first);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("decided before"), "{}", run.out);
    let run = submit(&second);
    assert_eq!(run.code, 1);
    for part in ["3002", "重复担保", "double pledge", "40"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }

    let (right, bank, mill) = (
        story.right.to_string(),
        story.bank.party.to_string(),
        story.mill.party.to_string(),
    );
    let check = |quantity: &str, unit: &str| {
        program(&[
            "check",
            "--right",
            &right,
            "--quantity",
            quantity,
            "--unit",
            unit,
            "--from",
            "2027-01-01",
            "--to",
            "2028-01-01",
            "--pledgee",
            &bank,
            "--pledgor",
            &mill,
            "--server",
            &server,
        ])
    };
    assert_eq!(check("40", "t/a").code, 0);
    let run = check("41", "t/a");
    assert!(run.code == 1 && run.out.contains("3002"), "{}", run.out);
    let run = check("40", "kg/a");
    assert!(
        run.code == 1 && run.err.contains("body.lines[0].unit"),
        "{}",
        run.err
    );
    assert_eq!(program(&["show", &right, "--server", &server]).code, 0);
    failed(&["show", "R99999", "--server", &server], 1, "R99999");
    story.house.close();
}

#[test]
fn a_draft_without_all_signatures_is_not_sent() {
    let mut story = story();
    let folder = Folder::new();
    let signed = draft(&mut story, "80");
    let mut fields = match Json::parse(signed.as_bytes()).unwrap() {
        Json::Object(fields) => fields,
        other => panic!("{other:?}"),
    };
    if let Some(Json::List(signatures)) = fields.get_mut("signatures") {
        signatures.pop();
    }
    let file = folder.file("draft.json", Json::Object(fields).to_canonical());
    failed(
        &["submit", &file, "--server", CLOSED],
        1,
        "signatures missing: 1",
    );
    story.house.close();
}

#[test]
fn keys_are_made_once_and_never_overwritten() {
    let folder = Folder::new();
    let key = folder.path("teller.key");
    let run = program(&["keygen", "--out", &key, "--plain", "--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let made: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let bytes = std::fs::read(&key).unwrap();
    assert!(bytes.starts_with(b"-----BEGIN PRIVATE KEY-----"));
    failed(&["keygen", "--out", &key, "--plain"], 1, "teller.key");
    assert_eq!(std::fs::read(&key).unwrap(), bytes);
    let again = program(&["keygen", "--key", &key, "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(shown["kid"], made["kid"]);
    // Without a passphrase a key is written plain only when that is said.
    failed(
        &["keygen", "--out", &folder.path("other.key")],
        2,
        "--plain",
    );
}

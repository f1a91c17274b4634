//! Every status of `add-checkpoint`, with its body and media type, and the monitoring side.

use std::sync::Arc;

use greenlien::http::witness::{Post, witness_router};
use greenlien::ledger::note::{CosignatureKey, SignedNote, cosign_line, sign_line};
use greenlien::ledger::tree::empty_root;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::limits;
use greenlien::primitives::time::{FixedClock, Timestamp};
use greenlien::witness::book::begin;
use greenlien::witness::cosigner::Cosigner;
use greenlien::witness::logs::Logs;
use tempfile::TempDir;

use super::{
    Fork, NAME, ORIGIN, Raw, Served, agent, get, monitoring_path, opened, post, request, secret,
    witness_secret,
};

/// Another watched log, of two keys.
const ROTATING: &str = "log.example/b";
/// A time in seconds.
const NOW: u64 = 1_800_000_000;

/// A witness of two logs.
struct Stage {
    served: Served,
    clock: Arc<FixedClock>,
    folder: TempDir,
}

fn logs() -> Logs {
    let mut logs = Logs::default();
    for (origin, seed) in [(ORIGIN, 1), (ROTATING, 2), (ROTATING, 3)] {
        logs.add(Fork::new(origin, seed, "", 0).key()).unwrap();
    }
    logs
}

impl Stage {
    fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap(), NOW)
    }

    fn at(folder: TempDir, seconds: u64) -> Self {
        let clock = Arc::new(FixedClock::new(time(seconds)));
        let shown: Arc<FixedClock> = Arc::clone(&clock);
        let cosigner = opened(folder.path(), logs(), shown);
        Self {
            served: Served::new(witness_router(Post {
                witness: Arc::new(cosigner),
                auditor: None,
            })),
            clock,
            folder,
        }
    }

    fn send(&self, body: impl AsRef<[u8]>) -> Raw {
        post(&agent(), &self.served.base, body).unwrap()
    }

    /// Sends what must be cosigned; returns the time of the cosignature after verifying it.
    fn cosigned(&self, fork: &Fork, old: u64) -> u64 {
        let raw = self.send(fork.request(old));
        assert_eq!(raw.status, 200, "{}", raw.text);
        assert!(raw.text.ends_with('\n') && raw.text.lines().count() == 1);
        cosigned_at(&format!("{}{}", fork.note(), raw.text))
    }
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

/// The time at which the witness cosigned a note.
fn cosigned_at(note: &str) -> u64 {
    let key = CosignatureKey::new(NAME, witness_secret().public()).unwrap();
    key.verify(&SignedNote::parse(note).unwrap())
        .unwrap()
        .unwrap()
}

#[test]
fn a_log_is_cosigned_from_its_first_checkpoint_on() {
    let stage = Stage::new();
    let mut log = Fork::new(ORIGIN, 1, "true", 0);
    assert_eq!(stage.cosigned(&log, 0), NOW);
    log.grow("true", 5);
    assert_eq!(stage.cosigned(&log, 0), NOW);
    log.grow("true", 8);
    assert_eq!(stage.cosigned(&log, 5), NOW);
    let other = Fork::new(ROTATING, 2, "other", 300);
    assert_eq!(stage.cosigned(&other, 0), NOW);
    log.grow("true", 1_000);
    stage.cosigned(&log, 13);
}

#[test]
fn the_same_checkpoint_again_is_cosigned_with_the_present_time_and_never_an_earlier_one() {
    let stage = Stage::new();
    let log = Fork::new(ORIGIN, 1, "true", 7);
    stage.cosigned(&log, 0);
    stage.clock.set(time(NOW + 60));
    assert_eq!(stage.cosigned(&log, 7), NOW + 60);
    stage.clock.set(time(NOW));
    assert_eq!(stage.cosigned(&log, 7), NOW + 60);
}

#[test]
fn the_newest_cosigned_checkpoint_is_served_and_survives_a_restart() {
    let stage = Stage::new();
    assert_eq!(get(&stage.served.base, "/healthz").status, 200);
    assert_eq!(
        get(&stage.served.base, &monitoring_path(ORIGIN)).status,
        404
    );
    let log = Fork::new(ORIGIN, 1, "true", 7);
    let strange = format!(
        "{}{}",
        log.note(),
        sign_line(&log.head().to_text(), "x.example", &secret(7))
    );
    assert_eq!(stage.send(request(0, &[], &strange)).status, 200);
    let shown = get(&stage.served.base, &monitoring_path(ORIGIN));
    assert_eq!(
        (shown.status, shown.media_type.as_str()),
        (200, "text/plain; charset=utf-8")
    );
    assert!(shown.text.starts_with(&log.note()), "{}", shown.text);
    assert!(
        !shown.text.contains("x.example"),
        "a stranger's signature was kept"
    );
    assert_eq!(cosigned_at(&shown.text), NOW);
    for path in [
        "/0/checkpoint",
        &monitoring_path("unknown"),
        &monitoring_path(ROTATING),
    ] {
        assert_eq!(get(&stage.served.base, path).status, 404, "{path}");
    }

    let Stage { served, folder, .. } = stage;
    drop(served);
    let stage = Stage::at(folder, NOW + 9);
    assert_eq!(
        get(&stage.served.base, &monitoring_path(ORIGIN)).text,
        shown.text
    );
    assert_eq!(stage.send(log.request(0)).text, "7\n");
    assert_eq!(stage.cosigned(&log, 7), NOW + 9);
}

#[test]
fn another_key_or_name_does_not_go_on_with_a_folder_and_neither_does_a_second_process() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, seed: u8| {
        let clock = Arc::new(FixedClock::new(time(NOW)));
        Cosigner::open(folder.path(), name, secret(seed), logs(), clock)
    };
    begin(folder.path(), &logs(), |_| Vec::new()).unwrap();
    let cosigner = open(NAME, 90).unwrap();
    let request = Fork::new(ORIGIN, 1, "true", 7).request(0);
    cosigner.add_checkpoint(request.as_bytes()).unwrap();
    let busy = open(NAME, 90).unwrap_err().to_string();
    assert!(busy.contains("another process"), "{busy}");
    drop(cosigner);
    for (name, seed) in [(NAME, 91), ("other.example", 90)] {
        let fault = open(name, seed).unwrap_err().to_string();
        assert!(fault.contains("has no cosignature"), "{fault}");
    }
    open(NAME, 90).unwrap();
}

/// Requests to a witness that has cosigned size 8 of the true history, with the answer to each.
fn refused_requests() -> Vec<(&'static str, String, u16, &'static str)> {
    let log = Fork::new(ORIGIN, 1, "true", 12);
    let (note, proof) = (log.note(), log.proof(8));
    let good = request(8, &proof, &note);
    let text = log.head().to_text();
    let forged = sign_line(&text.replace("12", "13"), ORIGIN, &secret(1));
    let extended = format!("{text}more\n");
    let stranger = Fork::new("log.example/unknown", 1, "true", 12);
    let unsigned = Fork::new(ORIGIN, 7, "true", 12);
    let mut wrong = proof.clone();
    wrong[0] = empty_root();
    let lines = |count| vec![empty_root(); count];
    let mut empty = Fork::new(ROTATING, 2, "", 0).head();
    empty.root = lines(2)[0];
    empty.root.0[0] ^= 1;
    let fork = Fork::new(ORIGIN, 1, "false", 8);
    let first = Fork::new(ROTATING, 2, "other", 3);
    vec![
        ("nothing", String::new(), 400, "empty line"),
        (
            "no old line",
            good.replacen("old 8\n", "", 1),
            400,
            "first line",
        ),
        (
            "old in capitals",
            good.replacen("old", "Old", 1),
            400,
            "first line",
        ),
        (
            "two spaces",
            good.replacen("old ", "old  ", 1),
            400,
            "first line",
        ),
        (
            "a leading zero",
            good.replacen("old 8", "old 08", 1),
            400,
            "first line",
        ),
        (
            "a plus",
            good.replacen("old 8", "old +8", 1),
            400,
            "first line",
        ),
        (
            "a space at the end",
            good.replacen("old 8", "old 8 ", 1),
            400,
            "first line",
        ),
        (
            "a carriage return",
            good.replacen("old 8\n", "old 8\r\n", 1),
            400,
            "first line",
        ),
        (
            "a size beyond 64 bits",
            good.replacen("old 8", "old 18446744073709551616", 1),
            400,
            "first line",
        ),
        (
            "a proof line without padding",
            good.replacen("=\n", "\n", 1),
            400,
            "line 1 of the proof",
        ),
        (
            "31 bytes in a proof line",
            request(8, &[], &note).replacen(
                "\n\n",
                &format!("\n{}\n\n", "AAAA".repeat(10) + "AA=="),
                1,
            ),
            400,
            "line 1 of the proof",
        ),
        (
            "64 proof lines",
            request(8, &lines(64), &note),
            400,
            "more than 63",
        ),
        ("no checkpoint", "old 8\n\n".to_owned(), 400, "does not end"),
        (
            "no signature",
            format!("old 8\n\n{text}\n"),
            400,
            "no signature",
        ),
        (
            "no line feed at the end",
            good.trim_end().to_owned(),
            400,
            "does not end",
        ),
        (
            "an extension line",
            request(
                8,
                &proof,
                &format!("{extended}\n{}", sign_line(&extended, ORIGIN, &secret(1))),
            ),
            400,
            "more than three lines",
        ),
        (
            "an older checkpoint than said",
            request(13, &[], &note),
            400,
            "above the size",
        ),
        (
            "a foreign log",
            stranger.request(0),
            404,
            "log.example/unknown",
        ),
        (
            "a foreign key",
            unsigned.request(8),
            403,
            "not signed by a known key",
        ),
        (
            "a false signature",
            request(8, &proof, &format!("{text}\n{forged}")),
            403,
            "is false",
        ),
        (
            "a good signature and a false one",
            request(8, &proof, &format!("{note}{forged}")),
            403,
            "is false",
        ),
        (
            "a cosignature of the log's key alone",
            request(
                8,
                &proof,
                &format!("{text}\n{}", cosign_line(&text, ORIGIN, &secret(1), NOW)),
            ),
            403,
            "not signed by a known key",
        ),
        (
            "a key of the other log",
            request(
                8,
                &proof,
                &format!("{text}\n{}", sign_line(&text, ORIGIN, &secret(2))),
            ),
            403,
            "not signed by a known key",
        ),
        ("old 0", log.request(0), 409, "8\n"),
        ("an older size", log.request(7), 409, "8\n"),
        ("a newer size", log.request(9), 409, "8\n"),
        (
            "a smaller tree",
            Fork::new(ORIGIN, 1, "true", 5).request(5),
            409,
            "8\n",
        ),
        (
            "a wrong proof",
            request(8, &wrong, &note),
            422,
            "does not lead",
        ),
        (
            "a short proof",
            request(8, &proof[1..], &note),
            422,
            "too few",
        ),
        (
            "a long proof",
            request(8, &[proof.clone(), lines(1)].concat(), &note),
            422,
            "too many",
        ),
        ("no proof", request(8, &[], &note), 422, "too few"),
        (
            "another history",
            Fork::new(ORIGIN, 1, "false", 12).request(8),
            422,
            "does not lead",
        ),
        (
            "another root of the same size",
            fork.request(8),
            422,
            "another root",
        ),
        (
            "the same size with a proof",
            request(8, &lines(1), &Fork::new(ORIGIN, 1, "true", 8).note()),
            422,
            "must be empty",
        ),
        (
            "a first checkpoint with a proof",
            request(0, &lines(1), &first.note()),
            422,
            "must be empty",
        ),
        (
            "an empty log with a root",
            request(0, &[], &empty.sign(&secret(2))),
            422,
            "empty log",
        ),
    ]
}

#[test]
fn every_refusal_has_its_status_and_cosigns_nothing() {
    let stage = Stage::new();
    stage.cosigned(&Fork::new(ORIGIN, 1, "true", 8), 0);
    let shown = get(&stage.served.base, &monitoring_path(ORIGIN)).text;
    for (what, body, status, part) in refused_requests() {
        let raw = stage.send(&body);
        assert_eq!(raw.status, status, "{what}: {}", raw.text);
        assert!(raw.text.contains(part), "{what}: {}", raw.text);
        if status == 409 {
            assert_eq!(
                (raw.media_type.as_str(), raw.text.as_str()),
                ("text/x.tlog.size", part),
                "{what}"
            );
        } else {
            assert_eq!(raw.media_type, "text/plain; charset=utf-8", "{what}");
        }
        assert!(!raw.text.contains('\u{2014}'), "{what}: {}", raw.text);
    }
    let raw = stage.send(b"old 8\n\n\xff\n");
    assert_eq!(
        (raw.status, raw.text.as_str()),
        (400, "the request is not UTF-8 text\n")
    );
    assert_eq!(
        get(&stage.served.base, &monitoring_path(ORIGIN)).text,
        shown
    );
    assert_eq!(
        get(&stage.served.base, &monitoring_path(ROTATING)).status,
        404
    );
    stage.cosigned(&Fork::new(ORIGIN, 1, "true", 12), 8);
}

#[test]
fn a_body_that_is_too_large_and_another_method_are_refused() {
    let stage = Stage::new();
    let log = Fork::new(ORIGIN, 1, "true", 8);
    let large = format!(
        "{}{}",
        log.request(0),
        "\u{2014} x AAAAAAAA\n".repeat(60_000)
    );
    let one_line = |raw: &Raw, status: u16, part: &str| {
        assert_eq!(raw.status, status, "{}", raw.text);
        assert_eq!(raw.media_type, "text/plain; charset=utf-8");
        assert!(raw.text.ends_with('\n') && raw.text.lines().count() == 1);
        assert!(raw.text.contains(part), "{}", raw.text);
    };
    one_line(&stage.send(large), 413, "528384 bytes");
    one_line(&get(&stage.served.base, "/add-checkpoint"), 405, "method");
    assert_eq!(get(&stage.served.base, "/").status, 404);
    assert_eq!(
        get(&stage.served.base, &monitoring_path(ORIGIN)).status,
        404
    );
}

#[test]
fn either_key_of_a_log_that_changes_its_key_is_enough() {
    let stage = Stage::new();
    let mut log = Fork::new(ROTATING, 2, "true", 3);
    stage.cosigned(&log, 0);
    log.grow("true", 2);
    let second = sign_line(&log.head().to_text(), ROTATING, &secret(3));
    let both = format!("{}{second}", log.note());
    assert_eq!(stage.send(request(3, &log.proof(3), &both)).status, 200);
    assert!(
        get(&stage.served.base, &monitoring_path(ROTATING))
            .text
            .starts_with(&both)
    );
    log.seed = 3;
    log.grow("true", 2);
    stage.cosigned(&log, 5);
}

#[test]
fn a_signed_checkpoint_that_does_not_join_is_kept_until_it_does() {
    let stage = Stage::new();
    let kept = || {
        let files = std::fs::read_dir(stage.folder.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.starts_with("unjoined-")).collect();
        names.sort();
        names
    };
    let mut fork = Fork::new(ORIGIN, 1, "a", 3);
    stage.cosigned(&fork, 0);
    // A stranger sends the log's own checkpoint with a wrong proof, twice.
    fork.grow("a", 2);
    for _ in 0..2 {
        let wrong = request(3, &[Hash([7; 32]); 2], &fork.note());
        assert_eq!(stage.send(wrong).status, 422);
    }
    let [wrong] = &kept()[..] else {
        panic!("{:?}", kept())
    };
    let note = std::fs::read_to_string(stage.folder.path().join(wrong)).unwrap();
    assert_eq!(note, fork.note());
    // Another history, signed by the log.
    let other = Fork::new(ORIGIN, 1, "b", 6);
    assert_eq!(stage.send(other.request(3)).status, 422);
    assert_eq!(kept().len(), 2);
    stage.cosigned(&fork, 3);
    let [other] = &kept()[..] else {
        panic!("{:?}", kept())
    };
    assert!(other.contains("-6-"), "{other}");
    for size in 7..80 {
        let more = Fork::new(ORIGIN, 1, "c", size);
        assert_eq!(stage.send(more.request(5)).status, 422);
    }
    assert_eq!(kept().len(), limits::UNJOINED_NOTES_MAX);
}

#[test]
fn a_clock_that_jumps_is_not_cosigned_before_an_operator_has_looked() {
    let stage = Stage::new();
    let log = Fork::new(ORIGIN, 1, "true", 7);
    stage.cosigned(&log, 0);
    let year_2099 = 4_070_908_800;
    for (now, status) in [
        (NOW + 300, 200),
        (NOW + 400, 503),
        (year_2099, 503),
        (NOW + 1, 200),
    ] {
        stage.clock.set(time(now));
        let raw = stage.send(log.request(7));
        assert_eq!(raw.status, status, "{now}: {}", raw.text);
        if status == 503 {
            assert!(raw.text.contains("further ahead"), "{}", raw.text);
            assert_eq!(raw.text.lines().count(), 1);
        }
    }
    // What was refused left no trace: the time goes on where it was.
    stage.clock.set(time(NOW + 300));
    assert_eq!(stage.cosigned(&log, 7), NOW + 300);

    let Stage { served, folder, .. } = stage;
    drop(served);
    let open = |seconds: u64| {
        opened(
            folder.path(),
            logs(),
            Arc::new(FixedClock::new(time(seconds))),
        )
    };
    let cosigner = open(NOW + 601);
    assert_eq!(cosigner.look_at_clock().unwrap_err().seconds(), 301);
    let fault = cosigner.add_checkpoint(log.request(7).as_bytes());
    assert!(fault.unwrap_err().to_string().contains("further ahead"));
    cosigner.accept_clock();
    cosigner.look_at_clock().unwrap();
    cosigner.add_checkpoint(log.request(7).as_bytes()).unwrap();
    drop(cosigner);
    open(NOW + 800).look_at_clock().unwrap();
}

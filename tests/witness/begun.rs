//! A book that is missing or old: a witness never begins again by itself, and stops when it is shown what it has forgotten.

use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use greenlien::http::witness::{Post, witness_router};
use greenlien::ledger::note::cosign_line;
use greenlien::primitives::time::{FixedClock, Timestamp};
use greenlien::witness::book::{BookFault, begin};
use greenlien::witness::cosigner::{Cosigner, CosignerFault};
use greenlien::witness::logs::Logs;

use super::crash::Running;
use super::{
    Fork, NAME, ORIGIN, Raw, Served, agent, get, monitoring_path, opened, post, request, secret,
    witness_secret,
};
use crate::cli::failed;

const NOW: u64 = 1_800_000_000;

fn logs() -> Logs {
    let mut logs = Logs::default();
    logs.add(Fork::new(ORIGIN, 1, "", 0).key()).unwrap();
    logs
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(Timestamp::from_micros(NOW * 1_000_000)))
}

fn serve(cosigner: Cosigner) -> Served {
    Served::new(witness_router(Post {
        witness: Arc::new(cosigner),
        auditor: None,
    }))
}

fn send(served: &Served, body: impl AsRef<[u8]>) -> Raw {
    post(&agent(), &served.base, body).unwrap()
}

/// Opens without beginning, as a start without the flag.
fn reopened(folder: &Path) -> Result<Cosigner, CosignerFault> {
    Cosigner::open(folder, NAME, witness_secret(), logs(), clock())
}

/// The files of a folder, to be put back later as a copy of it is.
fn copied(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path());
    files
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_program_begins_a_log_once_and_never_where_its_book_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("witness.test.key");
    greenlien::cli::keyfile::write_key(&key, &witness_secret(), None).unwrap();
    let (data, typo) = (folder.path().join("data"), folder.path().join("dta"));
    let vkey = Fork::new(ORIGIN, 1, "", 0).key().vkey();
    let words = |data: &Path, more: &[&'static str]| -> Vec<String> {
        let words = [
            &["witness", "--data", data.to_str().unwrap(), "--name", NAME][..],
            &["--key", key.to_str().unwrap(), "--log", &vkey],
            &["--listen", "127.0.0.1:0", "--allow-test-keys"],
            more,
        ];
        words.concat().into_iter().map(str::to_owned).collect()
    };
    let refused = |data: &Path, more: &[&'static str], code: i32, part: &str| {
        let words = words(data, more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        failed(&words, code, part).err
    };
    let hint = refused(&data, &[], 1, "was never begun in this folder");
    assert!(hint.contains("--begin"), "{hint}");
    assert!(!data.exists(), "a refused start leaves nothing");

    // It is started with --begin, since there is no folder.
    let running = Running::start(&data, &key);
    let log = Fork::new(ORIGIN, 1, "true", 8);
    let raw = post(&agent(), &running.base, log.request(0)).unwrap();
    assert_eq!(raw.status, 200, "{}", raw.text);
    running.kill();
    refused(&data, &["--begin"], 2, "was begun in this folder before");
    refused(&typo, &[], 1, "was never begun");
    assert!(!typo.exists(), "a mistyped folder is not made");

    // A start says where it stands.
    let lines = folder.path().join("lines");
    let mut process = Process::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(words(&data, &["--log-lines", "info"]))
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&lines).unwrap())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let says = || std::fs::read_to_string(&lines).unwrap();
    while !says().contains("the last cosigned checkpoint is of size 8") {
        assert!(Instant::now() < end, "{}", says());
        std::thread::sleep(Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();

    let book = format!(
        "witness{}",
        monitoring_path(ORIGIN).replace("/checkpoint", ".checkpoint")
    );
    std::fs::remove_file(data.join(book)).unwrap();
    for more in [&[][..], &["--begin"]] {
        let said = refused(&data, more, 1, "is gone, though");
        assert!(said.contains("make a new key"), "{said}");
    }
}

#[test]
fn an_old_book_that_is_shown_what_it_forgot_cosigns_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let log = |size| Fork::new(ORIGIN, 1, "true", size);
    let served = serve(opened(path, logs(), clock()));
    assert_eq!(send(&served, log(8).request(0)).status, 200);
    let old = copied(path);
    let raw = send(&served, log(20).request(8));
    assert_eq!(raw.status, 200);
    let cosigned = format!("{}{}", log(20).note(), raw.text);
    // What the book knows is nothing against it.
    let shown = request(20, &[], &cosigned);
    assert_eq!(send(&served, shown).status, 200);
    drop(served);
    let new = copied(path);
    let put_back = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        for (path, bytes) in files {
            std::fs::write(path, bytes).unwrap();
        }
    };

    put_back(&old);
    let served = serve(reopened(path).unwrap());
    // Lines of others, and a line under its name that is not its own, say nothing.
    let strange = cosign_line(&log(20).head().to_text(), "x.example", &secret(7), NOW);
    let forged = cosign_line(&log(20).head().to_text(), NAME, &secret(7), NOW);
    for line in [strange, forged] {
        let note = format!("{}{line}", log(20).note());
        assert_eq!(send(&served, request(0, &[], &note)).status, 409);
    }
    let proof = log(20).proof(8);
    for body in [
        request(8, &proof, &cosigned),
        // From then on nothing else, either: it could be the second history.
        Fork::new(ORIGIN, 1, "true", 9).request(8),
        log(8).request(8),
    ] {
        let raw = send(&served, body);
        assert_eq!(raw.status, 503, "{}", raw.text);
        assert!(raw.text.contains("cosigned size 20"), "{}", raw.text);
        assert_eq!(raw.text.lines().count(), 1);
    }
    let newest = get(&served.base, &monitoring_path(ORIGIN)).text;
    assert_eq!(newest.lines().nth(1), Some("8"));
    drop(served);
    let fault = reopened(path).unwrap_err();
    assert!(
        matches!(&fault, CosignerFault::Book(BookFault::Behind(..))),
        "{fault}"
    );
    // A folder that was begun afresh and got the note is no better.
    let fault = begin(path, &logs(), |_| Vec::new());
    assert_eq!(fault.unwrap(), [""; 0]);
    put_back(&new);
    let served = serve(reopened(path).unwrap());
    assert_eq!(send(&served, log(30).request(20)).status, 200);
}

#[test]
fn a_fresh_folder_that_is_shown_its_own_cosignature_stops() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(opened(folder.path(), logs(), clock()));
    let fork = Fork::new(ORIGIN, 1, "false", 5);
    let line = cosign_line(&fork.head().to_text(), NAME, &witness_secret(), NOW - 9);
    let raw = send(&served, request(0, &[], &format!("{}{line}", fork.note())));
    assert_eq!(raw.status, 503, "{}", raw.text);
    let raw = send(&served, Fork::new(ORIGIN, 1, "true", 5).request(0));
    assert_eq!(raw.status, 503, "{}", raw.text);
}

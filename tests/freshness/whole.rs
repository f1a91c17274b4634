//! The program twice, as operators run it: `greenlien serve --witnesses` beside two processes of `greenlien witness`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};

use greenlien::cli::keyfile::write_key;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, NoteKey, SignedNote};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::crypto::SecretKey;

use super::until;
use crate::support::{Local, cast};

/// A process of the program that ends with the test.
pub(super) struct Running {
    process: Child,
    pub(super) base: String,
}

impl Running {
    pub(super) fn start(words: &[&str]) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_greenlien"))
            .args(words)
            .args(["--listen", "127.0.0.1:0", "--allow-test-keys"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_default();
        assert!(base.starts_with("http://"), "{words:?} said {line:?}");
        Self {
            base: base.to_owned(),
            process,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub(super) fn get(url: &str) -> String {
    let mut reply = ureq::get(url).call().unwrap();
    reply.body_mut().read_to_string().unwrap()
}

pub(super) fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A witness of the program: its process and its line for a policy.
fn witness(folder: &Path, n: u8, vkey: &str) -> (Running, String) {
    let key = SecretKey::from_seed(&[n; 32]);
    let (name, file) = (
        format!("bank{n}.example/witness"),
        folder.join(format!("w{n}.test.key")),
    );
    write_key(&file, &key, None).unwrap();
    let data = folder.join(format!("w{n}"));
    let running = Running::start(&[
        "witness",
        "--begin",
        "--data",
        word(&data),
        "--key",
        word(&file),
        "--name",
        &name,
        "--log",
        vkey,
    ]);
    let cosigner = CosignatureKey::new(&name, key.public()).unwrap().vkey();
    let line = format!("witness w{n} {cosigner} {}\n", running.base);
    (running, line)
}

pub(super) fn log_key(folder: &Path) -> PathBuf {
    let file = folder.join("log.test.key");
    write_key(&file, &cast::log_key(), None).unwrap();
    file
}

#[test]
fn the_program_cosigns_what_the_program_serves() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Local::create(&data));
    let key = log_key(folder.path());
    let vkey = NoteKey::new(cast::ORIGIN, cast::log_key().public())
        .unwrap()
        .vkey();
    let (first, first_line) = witness(folder.path(), 1, &vkey);
    let (_second, second_line) = witness(folder.path(), 2, &vkey);
    let text = format!("log {vkey}\n{first_line}{second_line}group all all w1 w2\nquorum all\n");
    let file = folder.path().join("witnesses.txt");
    std::fs::write(&file, &text).unwrap();
    let policy = TrustPolicy::parse(&text).unwrap();

    let server = Running::start(&[
        "serve",
        word(&data),
        "--log-key",
        word(&key),
        "--witnesses",
        word(&file),
        "--heartbeat",
        "2",
    ]);
    let cosigned = || {
        let note = get(&format!("{}/checkpoint", server.base));
        let head = Checkpoint::open(&note, &policy.log_keys(), cast::ORIGIN).unwrap();
        let parsed = SignedNote::parse(&note).unwrap();
        let names = policy.cosigned_by(&parsed).unwrap();
        (head.size, names.len())
    };
    // Entry 0 and its state entry lie in the past; a heartbeat is fresh, and is cosigned by both.
    until("a heartbeat is cosigned", || {
        let (size, names) = cosigned();
        size > 2 && names == 2
    });
    let seen = cosigned().0;
    until("the next one is, too", || cosigned().0 > seen);
    let state: serde_json::Value =
        serde_json::from_str(&get(&format!("{}/v1/log", server.base))).unwrap();
    assert_eq!(state["origin"], cast::ORIGIN);
    assert_eq!(state["witnesses"].as_array().unwrap().len(), 2);
    assert!(state["cosigned"]["size"].as_u64() <= state["signed"]["size"].as_u64());
    // One of two is not enough, and the registry goes on.
    drop(first);
    let stopped = cosigned().0;
    until("the log goes on", || {
        let text = get(&format!("{}/v1/log", server.base));
        let state: serde_json::Value = serde_json::from_str(&text).unwrap();
        state["signed"]["size"].as_u64().unwrap() > stopped + 2
            && state["witnesses"][0]["fault"].is_string()
    });
    assert!(cosigned().0 <= stopped + 1);
}

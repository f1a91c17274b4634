//! kill -9 on the real binary while two histories fight: what was cosigned is remembered, and the other is never cosigned.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use super::races::push;
use super::{Fork, NAME, ORIGIN, get, monitoring_path, witness_secret};

/// How often the witness is killed.
const KILLS: u64 = 5;

/// A witness as a process.
pub(super) struct Running {
    process: Child,
    pub(super) base: String,
}

impl Running {
    pub(super) fn start(data: &Path, key: &Path) -> Self {
        let vkey = Fork::new(ORIGIN, 1, "", 0).key().vkey();
        Self::start_watching(data, key, &["--log", &vkey])
    }

    pub(super) fn start_watching(data: &Path, key: &Path, more: &[&str]) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_greenlien"))
            .args(["witness", "--name", NAME, "--data"])
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--allow-test-keys", "--key"])
            .arg(key)
            .args(more)
            // A script knows whether it has made the folder.
            .args((!data.exists()).then_some("--begin"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim().trim_start_matches("listening on ").to_owned();
        assert!(base.starts_with("http://"), "the witness said {line:?}");
        Self { process, base }
    }

    pub(super) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn a_killed_witness_remembers_what_it_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("witness.test.key");
    greenlien::cli::keyfile::write_key(&key, &witness_secret(), None).unwrap();
    let data = folder.path().join("data");
    let seen = Mutex::new(BTreeMap::new());
    let mut newest = 0;
    for round in 0..KILLS {
        let running = Running::start(&data, &key);
        if newest > 0 {
            let shown = get(&running.base, &monitoring_path(ORIGIN)).text;
            let size: u64 = shown.lines().nth(1).unwrap().parse().unwrap();
            assert!(size >= newest, "{size} after {newest}");
        }
        std::thread::scope(|scope| {
            for what in ["true", "false", "true", "false"] {
                let (base, seen) = (running.base.clone(), &seen);
                scope.spawn(move || push(&base, what, 1_000, seen));
            }
            std::thread::sleep(Duration::from_millis(80 + 70 * round));
            running.kill();
        });
        let seen = seen.lock().unwrap();
        newest = seen.last_key_value().map_or(0, |(size, _)| *size);
        // One history explains everything that was ever cosigned.
        let history = ["true", "false"].into_iter().find(|what| {
            seen.iter()
                .all(|(size, root)| Fork::new(ORIGIN, 1, what, *size).head().root == *root)
        });
        assert!(
            history.is_some(),
            "two histories were cosigned by round {round}"
        );
    }
    assert!(newest > 20, "the load was no load");
}

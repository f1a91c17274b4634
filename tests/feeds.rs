//! Feeds over the real binary: what a reader gets over restarts and kills is the log, each command once and in order.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenlien::domain::entry::Entry;
use greenlien::domain::party::Role;
use greenlien::primitives::id::RightId;

use crate::cli::program;
use crate::crash::{Notes, Server, client};
use crate::support::feed::{Feed, Opened, ids_now};
use crate::support::papers::{self, span};
use crate::support::{Actor, Local, Play as _};

/// How often the server ends, killed and asked by turns.
const ENDS: u32 = 4;

/// A folder with two clients' worth of parties and rights.
pub(crate) struct Ground {
    /// Kept until the end of the test.
    _folder: tempfile::TempDir,
    pub(crate) data: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) aud: String,
    pub(crate) bank: Actor,
    pub(crate) mill: Actor,
    pub(crate) rights: Vec<RightId>,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let key = folder.path().join("log.test.key");
        greenlien::cli::keyfile::write_key(&key, &crate::support::cast::log_key(), None).unwrap();
        let mut local = Local::create(&data);
        let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
        let mill = local.admit("mill", &[Role::Holder], &[]);
        let bank = local.admit("bank", &[Role::Bank], &[]);
        let days = span("2026-01-01", "2031-01-01");
        let mut issue = |name: &str| {
            let right = papers::emission(&mill, name, "250", days);
            local.issue(&bureau, right)
        };
        let rights = vec![issue("COD"), issue("SO2")];
        let aud = local.registry.aud().to_owned();
        local.registry.stop();
        Self {
            _folder: folder,
            data,
            key,
            aud,
            bank,
            mill,
            rights,
        }
    }

    /// Waits until so many commands were answered.
    pub(crate) fn wait(notes: &Mutex<Notes>, count: usize) {
        let began = std::time::Instant::now();
        while notes.lock().unwrap().acknowledged.len() < count {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "nothing is answered"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Two clients at work until `stop`; ids of commands begin with `round`.
    pub(crate) fn work(&self, server: &str, round: u32, stop: &AtomicBool, notes: &Mutex<Notes>) {
        std::thread::scope(|scope| {
            for (n, right) in (0_u128..).zip(&self.rights) {
                scope.spawn(move || {
                    let mut next = (u128::from(round) << 96) | (n << 64);
                    let mut numbers = || {
                        next += 1;
                        next
                    };
                    let parties = (&self.bank, &self.mill);
                    client(
                        server,
                        &self.aud,
                        *right,
                        parties,
                        &mut numbers,
                        stop,
                        notes,
                    );
                });
            }
        });
    }

    /// The indexes of the commands in the log of a server that is not running.
    pub(crate) fn commands(&self) -> Vec<u64> {
        commands(&self.data)
    }
}

fn commands(data: &Path) -> Vec<u64> {
    let local = Local::open(data);
    let size = local.registry.published().size;
    let is_command = |index: &u64| {
        let bytes = local.registry.entry(*index).unwrap();
        matches!(Entry::parse(&bytes), Ok(Entry::Command { .. }))
    };
    let found = (0..size).filter(is_command).collect();
    local.registry.stop();
    found
}

/// What a reader has got so far, and where it looks for the server.
#[derive(Default)]
struct Follower {
    address: Mutex<String>,
    ids: Mutex<Vec<u64>>,
    is_done: AtomicBool,
}

impl Follower {
    /// Reads on from the last id, wherever the server is now.
    fn follow(&self) {
        let mut last: Option<u64> = None;
        while !self.is_done.load(Ordering::Acquire) {
            let base = format!("http://{}", self.address.lock().unwrap());
            let seen = last.map(|id| id.to_string());
            let header = seen.as_deref().map(|id| ("last-event-id", id));
            let asked = Feed::ask(&base, "?from=0", header.as_slice());
            let Some(Opened::Feed(mut feed)) = asked else {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            };
            while let Some(event) = feed.next() {
                self.ids.lock().unwrap().push(event.id);
                last = Some(event.id);
            }
        }
    }
}

#[test]
fn a_reader_gets_each_command_once_over_restarts_and_kills() {
    let ground = Ground::new();
    let follower = Arc::new(Follower::default());
    let reader = Arc::clone(&follower);
    let mut thread = None;
    for round in 0..ENDS {
        let server = Server::start_with(&ground.data, &ground.key, &[]);
        *follower.address.lock().unwrap() = server.address.clone();
        if thread.is_none() {
            let reader = Arc::clone(&reader);
            thread = Some(std::thread::spawn(move || reader.follow()));
        }
        let (stop, notes) = (AtomicBool::new(false), Mutex::default());
        std::thread::scope(|scope| {
            let address = server.address.clone();
            let (ground, stop, notes) = (&ground, &stop, &notes);
            scope.spawn(move || ground.work(&address, round, stop, notes));
            Ground::wait(notes, 8);
            if round % 2 == 0 {
                server.kill();
                stop.store(true, Ordering::Release);
            } else {
                stop.store(true, Ordering::Release);
                let began = std::time::Instant::now();
                assert_eq!(server.end(), 0);
                // The stream that is open does not keep the server.
                assert!(
                    began.elapsed() < Duration::from_secs(20),
                    "{:?}",
                    began.elapsed()
                );
            }
        });
    }
    let expected = ground.commands();
    assert!(expected.len() > 20, "the load was no load");
    let server = Server::start_with(&ground.data, &ground.key, &[]);
    *follower.address.lock().unwrap() = server.address.clone();
    let began = std::time::Instant::now();
    while follower.ids.lock().unwrap().len() < expected.len() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the reader is stuck"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    follower.is_done.store(true, Ordering::Release);
    assert_eq!(server.end(), 0);
    thread.unwrap().join().unwrap();
    assert_eq!(*follower.ids.lock().unwrap(), expected);
}

#[test]
fn the_command_line_prints_what_is_there_and_follows_what_comes() {
    let ground = Ground::new();
    let expected = ground.commands();
    let server = Server::start_with(&ground.data, &ground.key, &[]);
    let base = format!("http://{}", server.address);
    let events = |more: &[&str]| {
        let run = program(&[&["events", "--server", &base], more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let lines = events(&[]);
    let printed: Vec<u64> = lines
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(printed, expected);
    let last = lines.lines().last().unwrap();
    let right = ground.rights[1].to_string();
    assert!(
        last.contains("issue_right accepted") && last.contains(&right),
        "{last}"
    );
    let json = events(&["--json", "--right", &right]);
    let event: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(event["data"]["created"], right);
    let from = expected.last().unwrap().to_string();
    assert_eq!(events(&["--from", &from]).lines().count(), 1);
    assert_eq!(events(&["--party", "M999"]), "");
    let wrong = program(&["events", "--server", &base, "--type", "pledge"]);
    assert_eq!(wrong.code, 1, "{}", wrong.err);
    assert!(wrong.err.contains("type must be"), "{}", wrong.err);

    // It follows, over an end of the server, from where it was.
    let mut following = std::process::Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(["events", "--follow", "--from", "0", "--server", &base])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let out = following.stdout.take().unwrap();
    let (told, heard) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        use std::io::BufRead as _;
        for line in std::io::BufReader::new(out).lines() {
            let Ok(line) = line else { return };
            let index: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
            if told.send(index).is_err() {
                return;
            }
        }
    });
    let patience = Duration::from_secs(60);
    for index in &expected {
        assert_eq!(heard.recv_timeout(patience).unwrap(), *index);
    }
    let address = server.address.clone();
    server.kill();
    let port = ["--listen", address.as_str()];
    let server = Server::start_with(&ground.data, &ground.key, &port);
    let (stop, notes) = (AtomicBool::new(false), Mutex::default());
    std::thread::scope(|scope| {
        let (ground, stop, notes, address) = (&ground, &stop, &notes, &server.address);
        scope.spawn(move || ground.work(address, 9, stop, notes));
        Ground::wait(notes, 8);
        stop.store(true, Ordering::Release);
    });
    let log = greenlien::client::Client::new(&base).unwrap();
    let log = log.get("/v1/log").unwrap().json;
    let all = ids_now(&base, "?", log["signed"]["size"].as_u64().unwrap());
    assert!(all.len() > expected.len());
    for index in &all[expected.len()..] {
        assert_eq!(heard.recv_timeout(patience).unwrap(), *index);
    }
    assert_eq!(server.end(), 0);
    following.kill().unwrap();
    following.wait().unwrap();
    reading.join().unwrap();
}

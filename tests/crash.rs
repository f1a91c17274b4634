//! kill -9 on the real binary under load: nothing acknowledged is lost, nothing is half written, nothing is decided twice.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenlien::domain::party::Role;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::{CommandId, RightId};
use greenlien::service::Registry;
use greenlien::service::audit::audit;
use greenlien::service::rebuild::rebuild;
use greenlien::store::{Column, Store};
use serde_json::Value;

use crate::support::papers::{self, span};
use crate::support::play::seal;
use crate::support::{Actor, Local, Play as _};

/// How often the server is killed.
const KILLS: u32 = 4;
/// Clients at work.
const CLIENTS: u64 = 6;

/// The real program, serving.
pub(crate) struct Server {
    process: Child,
    /// Where it listens.
    pub(crate) address: String,
}

impl Server {
    fn start(data: &Path, key: &Path) -> Self {
        Self::start_with(data, key, &[])
    }

    /// Starts it with further flags.
    pub(crate) fn start_with(data: &Path, key: &Path, flags: &[&str]) -> Self {
        Self::start_telling(data, key, flags, Stdio::null())
    }

    /// Starts it with further flags; what it says on standard error goes elsewhere.
    pub(crate) fn start_telling(data: &Path, key: &Path, flags: &[&str], told: Stdio) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_greenlien"))
            .arg("serve")
            .arg(data)
            .args(["--allow-test-keys", "--log-key"])
            .arg(key)
            .args(
                ["--listen", "127.0.0.1:0"]
                    .iter()
                    .filter(|_| !flags.contains(&"--listen")),
            )
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(told)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        assert!(address.contains(':'), "the server said {line:?}");
        Self { process, address }
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends it a signal, such as `-HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Process::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to end, and returns its exit code.
    pub(crate) fn end(mut self) -> i32 {
        self.signal("-TERM");
        self.process.wait().unwrap().code().unwrap()
    }
}

/// What the clients know when the server is gone.
#[derive(Default)]
pub(crate) struct Notes {
    /// Receipts: the index of the entry and its bytes.
    pub(crate) acknowledged: Vec<(u64, String)>,
    /// Commands that were sent and not answered.
    in_doubt: Vec<String>,
}

pub(crate) fn client(
    server: &str,
    aud: &str,
    right: RightId,
    (bank, mill): (&Actor, &Actor),
    numbers: &mut dyn FnMut() -> u128,
    stop: &AtomicBool,
    notes: &Mutex<Notes>,
) {
    let agent = ureq::Agent::new_with_defaults();
    let days = span("2027-01-01", "2028-01-01");
    while !stop.load(Ordering::Acquire) {
        let body = papers::pledge(
            mill,
            vec![papers::line(right, papers::flow("1", "t/a", days))],
        );
        let keys = [bank.signers(), mill.signers()].concat();
        let now = greenlien::primitives::time::Clock::now(
            &greenlien::primitives::time::SystemClock::default(),
        );
        let mut signers: Vec<_> = keys
            .iter()
            .map(|(org, role, _)| greenlien::domain::command::Signer {
                org: *org,
                role: *role,
            })
            .collect();
        signers.sort_unstable();
        let command = greenlien::domain::command::Command {
            aud: aud.to_owned(),
            org: bank.party,
            cmd: CommandId(numbers().to_be_bytes()),
            signers,
            attested: Vec::new(),
            expect: Vec::new(),
            seen: None,
            iat: now,
            exp: now.plus_seconds(600),
            body,
        };
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let text = Json::object([("command", seal(&command, &keys).to_json())]).to_canonical();
        let Some((_, answer)) = post(&agent, server, &text) else {
            notes.lock().unwrap().in_doubt.push(text);
            return;
        };
        if let (Some(index), Some(entry)) = (answer["index"].as_u64(), answer["entry"].as_str()) {
            let receipt = (index, entry.to_owned());
            notes.lock().unwrap().acknowledged.push(receipt);
        }
    }
}

/// Sends a command; no answer where the server went away before it was whole.
fn post(agent: &ureq::Agent, server: &str, text: &str) -> Option<(u16, Value)> {
    let sent = agent
        .post(format!("http://{server}/v1/commands"))
        .header("content-type", "application/json")
        .config()
        .http_status_as_error(false)
        .build()
        .send(text);
    let mut answer = sent.ok()?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().ok()?;
    Some((status, serde_json::from_str(&text).ok()?))
}

/// Sends again what was in doubt, twice: it is decided once, whether or not the server that was killed had decided it.
fn settle(server: &str, notes: &mut Notes) -> usize {
    let agent = ureq::Agent::new_with_defaults();
    let texts = std::mem::take(&mut notes.in_doubt);
    for text in &texts {
        let (_, first) = post(&agent, server, text).unwrap();
        let (status, second) = post(&agent, server, text).unwrap();
        assert_eq!(status, 200, "{second}");
        assert_eq!(
            (&second["index"], &second["repeated"]),
            (&first["index"], &true.into())
        );
        let (index, entry) = (second["index"].as_u64(), second["entry"].as_str());
        let receipt = (index.unwrap(), entry.unwrap().to_owned());
        let twice = notes
            .acknowledged
            .iter()
            .find(|(known, _)| *known == receipt.0);
        assert_eq!(twice, None, "an entry answers two commands");
        notes.acknowledged.push(receipt);
    }
    texts.len()
}

#[test]
fn a_killed_server_keeps_everything_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let key = folder.path().join("log.test.key");
    greenlien::cli::keyfile::write_key(&key, &crate::support::cast::log_key(), None).unwrap();
    let mut local = Local::create(&data);
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let bank = local.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let rights: Vec<RightId> = (0..CLIENTS)
        .map(|n| {
            let mut right = papers::emission(&mill, "COD", "250", days);
            right.identities[0].value = format!("{}00{n}W|COD", mill.credit_code);
            local.issue(&bureau, right)
        })
        .collect();
    let aud = local.registry.aud().to_owned();
    drop(local);
    let notes = Mutex::new(Notes::default());
    let mut settled = 0;
    for round in 0..KILLS {
        let server = Server::start(&data, &key);
        let address = server.address.clone();
        settled += settle(&address, &mut notes.lock().unwrap());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (n, right) in (0_u128..).zip(&rights) {
                let (address, aud, bank, mill) = (&address, &aud, &bank, &mill);
                let (stop, notes) = (&stop, &notes);
                scope.spawn(move || {
                    let mut next = (u128::from(round) << 96) | (n << 64);
                    let mut numbers = || {
                        next += 1;
                        next
                    };
                    client(
                        address,
                        aud,
                        *right,
                        (bank, mill),
                        &mut numbers,
                        stop,
                        notes,
                    );
                });
            }
            let pause = Duration::from_millis(120 + 90 * u64::from(round));
            std::thread::sleep(pause);
            server.kill();
            stop.store(true, Ordering::Release);
        });
        check_log(&data, &notes.lock().unwrap());
    }
    let acknowledged = notes.lock().unwrap().acknowledged.len();
    assert!(acknowledged > 20, "the load was no load");
    assert!(settled > 0, "no answer was lost");
    check_rebuild(&data);
}

/// The reopened registry has every acknowledged entry, and the whole log replays.
fn check_log(data: &Path, notes: &Notes) {
    let local = Local::open(data);
    for (index, entry) in &notes.acknowledged {
        let kept = local.registry.entry(*index).unwrap();
        assert_eq!(String::from_utf8(kept).unwrap(), *entry, "entry {index}");
    }
    let size = local.registry.published().size;
    drop(local);
    let audited = audit(data, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(audited.size, size);
}

/// Rebuilding makes the same bytes in every derived column.
fn check_rebuild(data: &Path) {
    let dump = || {
        let store = Store::open(data).unwrap();
        let mut rows = Vec::new();
        for column in Column::ALL {
            store
                .dump(column, &mut |key, value| {
                    rows.push((column.name(), key.to_vec(), value.to_vec()));
                })
                .unwrap();
        }
        rows
    };
    let before = dump();
    rebuild(data, &mut |_, _| {}).unwrap().unwrap();
    let after = dump();
    assert_eq!(before.len(), after.len());
    for (a, b) in before.iter().zip(&after) {
        assert_eq!(a, b, "column {}", a.0);
    }
    let clock = Arc::new(greenlien::primitives::time::SystemClock::default());
    Registry::open(data, crate::support::cast::log_key(), clock).unwrap();
}

//! The auditor: it cosigns what it has replayed, goes on after a restart, and stops for ever where a log lies, with a proof that
//! a stranger can check.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlien::http::witness::{Post, witness_router};
use greenlien::ledger::note::{CosignatureKey, SignedNote};
use greenlien::primitives::time::{FixedClock, Timestamp};
use greenlien::verify::fraud::check::verify_fraud;
use greenlien::verify::fraud::is_fraud_file;
use greenlien::witness::auditor::{self, Auditor};
use greenlien::witness::fetch::LogReader;
use greenlien::witness::logs::Logs;
use tempfile::TempDir;

use super::liar::{Liar, Stage, log_key, omitted_touch, over_pledge, repeated_command};
use super::{NAME, Raw, Served, agent, get, monitoring_path, opened, post, secret, witness_secret};
use crate::support::{Play as _, cast, logged};

/// The name of the auditor under test.
pub(super) const AUDITOR: &str = "bank.example/witness/auditor";

/// Begins an auditor of the log of the cast where it was not begun before.
pub(super) fn begin_auditor(folder: &Path, logs: &Logs) {
    let origin = cast::ORIGIN.to_owned();
    auditor::begin(folder, logs, std::iter::once(&origin)).unwrap();
}

/// A witness with an auditor, beside the server of a log.
pub(super) struct Desk {
    served: Served,
    pub(super) auditor: Arc<Auditor>,
    clock: Arc<FixedClock>,
    folder: TempDir,
    _log: Served,
}

impl Desk {
    pub(super) fn new(log: &Liar, now: Timestamp) -> Self {
        Self::at(tempfile::tempdir().unwrap(), log, now)
    }

    pub(super) fn at(folder: TempDir, log: &Liar, now: Timestamp) -> Self {
        Self::serving(folder, log.routes(), now)
    }

    /// Has the log served by these routes.
    pub(super) fn serving(folder: TempDir, routes: axum::Router, now: Timestamp) -> Self {
        let clock = Arc::new(FixedClock::new(now));
        let log_served = Served::new(routes);
        let mut logs = Logs::default();
        logs.add(log_key()).unwrap();
        let server = LogReader::new(&log_served.base).unwrap();
        let servers = BTreeMap::from([(cast::ORIGIN.to_owned(), server)]);
        let (for_auditor, for_witness) = (Arc::clone(&clock), Arc::clone(&clock));
        let path = folder.path();
        begin_auditor(path, &logs);
        let auditor =
            Auditor::open(path, AUDITOR, secret(91), &logs, servers, for_auditor).unwrap();
        let auditor = Arc::new(auditor);
        let path = path.join("witness");
        let witness = opened(&path, logs, for_witness);
        let served = Served::new(witness_router(Post {
            witness: Arc::new(witness),
            auditor: Some(Arc::clone(&auditor)),
        }));
        Self {
            served,
            auditor,
            clock,
            folder,
            _log: log_served,
        }
    }

    /// Ends the process and the server of the log; the folder stays.
    pub(super) fn close(self) -> TempDir {
        self.folder
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn audit(&self, log: &Liar, old: u64) -> Raw {
        post(
            &agent(),
            &format!("{}/audit", self.served.base),
            log.request(old),
        )
        .unwrap()
    }

    pub(super) fn witness(&self, log: &Liar, old: u64) -> Raw {
        post(&agent(), &self.served.base, log.request(old)).unwrap()
    }

    /// Asks for a cosignature that must come.
    pub(super) fn audited(&self, log: &Liar, old: u64) {
        let raw = self.audit(log, old);
        assert_eq!(raw.status, 200, "{}", raw.text);
        let note = format!("{}{}", log.note(), raw.text);
        let key = CosignatureKey::new(AUDITOR, secret(91).public()).unwrap();
        assert!(
            key.verify(&SignedNote::parse(&note).unwrap())
                .unwrap()
                .is_some()
        );
    }

    /// Asks for a cosignature that is refused for ever; returns what is said, which names the proof.
    pub(super) fn condemned(&self, log: &Liar, old: u64) -> String {
        let raw = self.audit(log, old);
        assert_eq!(raw.status, 403, "{}", raw.text);
        raw.text
    }
}

/// Checks the only fraud file under a folder; returns its kind and what it says.
fn fraud_under(folder: &Path) -> (String, String) {
    let mut found = frauds_under(folder);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Checks every fraud file under a folder; returns the kind of each and what it says, by kind.
pub(super) fn frauds_under(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                waiting.push(path);
            } else if name.starts_with("fraud-") {
                let bytes = std::fs::read(&path).unwrap();
                assert!(is_fraud_file(&bytes));
                let verdict = verify_fraud(&bytes, &[log_key()]);
                assert!(verdict.holds(), "{:?}", verdict.failure());
                let kind = name.split('-').nth(1).unwrap().to_owned();
                found.push((kind, verdict.statements[0].clone()));
            }
        }
    }
    found.sort();
    found
}

/// An honest log with one pledge, and the time of its last entry.
pub(super) fn honest() -> (Stage, Liar, Timestamp) {
    let mut stage = Stage::new();
    stage.pledge("80");
    let (liar, now) = (stage.liar(), stage.world.now());
    (stage, liar, now)
}

#[test]
fn an_honest_log_is_audited_and_cosigned_under_the_second_name_as_it_grows() {
    let (mut stage, liar, now) = honest();
    let desk = Desk::new(&liar, now);
    desk.audited(&liar, 0);
    assert_eq!(desk.witness(&liar, 0).status, 200);
    let shown = get(
        &desk.served.base,
        &format!("/audit{}", monitoring_path(cast::ORIGIN)),
    );
    assert!(
        shown.status == 200 && shown.text.contains(AUDITOR),
        "{}",
        shown.text
    );
    let shown = get(&desk.served.base, &monitoring_path(cast::ORIGIN));
    assert!(!shown.text.contains(AUDITOR), "{}", shown.text);
    desk.audited(&liar, liar.size());
    assert_eq!(desk.audit(&liar, 0).text, format!("{}\n", liar.size()));

    let folder = desk.close();
    let old = liar.size();
    for amount in ["50", "20"] {
        stage.pledge(amount);
    }
    let liar = stage.liar();
    let desk = Desk::at(folder, &liar, now);
    desk.audited(&liar, old);
}

#[test]
fn a_restarted_auditor_goes_on_from_its_own_copy() {
    let (_, liar, now) = honest();
    let desk = Desk::new(&liar, now);
    desk.audited(&liar, 0);
    let folder = desk.close();
    // The server has forgotten everything; only the copy can answer.
    let forgetful = Liar::of(&[]);
    let desk = Desk::at(folder, &forgetful, now);
    desk.audited(&liar, liar.size());
    assert!(forgetful.asked.lock().unwrap().is_empty());
}

#[test]
fn a_state_of_another_time_is_not_cosigned_until_the_clocks_agree() {
    let (_, liar, now) = honest();
    let desk = Desk::new(&liar, now.plus_seconds(121));
    let raw = desk.audit(&liar, 0);
    assert_eq!(raw.status, 503);
    assert!(
        raw.text.contains("seconds from the auditor's clock"),
        "{}",
        raw.text
    );
    desk.clock
        .set(Timestamp::from_micros(now.micros() - 130_000_000));
    assert_eq!(desk.audit(&liar, 0).status, 503);
    desk.clock.set(now.plus_seconds(119));
    desk.audited(&liar, 0);
}

#[test]
fn a_server_that_shows_other_entries_or_none_is_not_believed_and_not_accused() {
    let (_, liar, now) = honest();
    for entries in [Vec::new(), vec![b"{}".to_vec(); liar.entries.len()]] {
        let wrong = Liar::of(&entries);
        let desk = Desk::new(&wrong, now);
        // Whoever runs the auditor hears of it, and not with every attempt.
        let request = liar.request(0);
        let attempt = || logged(|| desk.auditor.add_checkpoint(request.as_bytes()).is_ok());
        let (is_cosigned, log) = attempt();
        assert!(!is_cosigned);
        assert!(
            log.contains("WARN") && log.contains("not cosigned"),
            "{log}"
        );
        assert_eq!(attempt(), (false, String::new()));
        let raw = desk.audit(&liar, 0);
        assert_eq!(raw.status, 503, "{}", raw.text);
        let folder = desk.close();
        let desk = Desk::at(folder, &liar, now);
        desk.audited(&liar, 0);
    }
}

#[test]
fn an_over_pledge_ends_the_audit_for_ever_and_leaves_a_proof() {
    let (liar, wrong) = over_pledge();
    let (_, _, now) = honest();
    let desk = Desk::new(&liar, now);
    let said = desk.condemned(&liar, 0);
    assert!(
        said.contains(&format!("entry {wrong}: the law makes another entry")),
        "{said}"
    );
    assert!(said.contains("Proof: "), "{said}");
    // A witness says only that there is one history, and there is.
    assert_eq!(desk.witness(&liar, 0).status, 200);
    let folder = desk.close();
    let (kind, what) = fraud_under(folder.path());
    assert_eq!(kind, "wrong_entry");
    assert!(what.contains(&format!("entry {wrong}")), "{what}");
    let desk = Desk::at(folder, &liar, now);
    assert_eq!(desk.condemned(&liar, 0), said);
    // The copy may be deleted and fetched again; what was found against the log stays found.
    let folder = desk.close();
    std::fs::remove_dir_all(folder.path().join("audit")).unwrap();
    let desk = Desk::at(folder, &liar, now);
    assert_eq!(desk.condemned(&liar, 0), said);
    let folder = desk.close();
    assert_eq!(fraud_under(folder.path()).0, "wrong_entry");
    // An earlier build kept the verdict in the copy; it is taken over, and outlives the copy from then on.
    let is_kept = |path: &PathBuf| path.extension().is_some_and(|name| name == "condemned");
    let notes = std::fs::read_dir(folder.path().join("auditor")).unwrap();
    let kept = notes.map(|entry| entry.unwrap().path()).find(is_kept);
    let kept = kept.unwrap();
    let copy = folder.path().join("audit").join(kept.file_stem().unwrap());
    std::fs::rename(&kept, copy.join("condemned")).unwrap();
    let desk = Desk::at(folder, &liar, now);
    assert_eq!(desk.condemned(&liar, 0), said);
    let folder = desk.close();
    std::fs::remove_dir_all(folder.path().join("audit")).unwrap();
    let desk = Desk::at(folder, &liar, now);
    assert_eq!(desk.condemned(&liar, 0), said);
}

#[test]
fn entries_before_a_lie_were_cosigned_and_nothing_after_it_is() {
    let (liar, wrong) = over_pledge();
    let (_, _, now) = honest();
    let mut before = liar.clone();
    before.entries.truncate(usize::try_from(wrong).unwrap());
    let desk = Desk::new(&liar, now);
    desk.audited(&before, 0);
    desk.condemned(&liar, before.size());
    desk.condemned(&before, before.size());
}

#[test]
fn an_omitted_touch_and_a_repeated_command_leave_proofs_too() {
    let (_, _, now) = honest();
    let (omitting, ..) = omitted_touch();
    let (repeating, _) = repeated_command();
    for (liar, expected) in [(omitting, "wrong_entry"), (repeating, "repeated_command")] {
        let desk = Desk::new(&liar, now);
        desk.condemned(&liar, 0);
        let (kind, _) = fraud_under(desk.close().path());
        assert_eq!(kind, expected);
    }
}

#[test]
fn a_fork_is_proven_whether_it_comes_smaller_equal_or_larger() {
    let (_, liar, now) = honest();
    let mut other = Stage::new();
    other.pledge("60");
    let equal = other.liar();
    other.pledge("5");
    other.pledge("6");
    let larger = other.liar();
    let mut grown = Stage::new();
    for amount in ["80", "10", "10"] {
        grown.pledge(amount);
    }
    for (first, second) in [(&liar, &equal), (&liar, &larger), (&grown.liar(), &equal)] {
        // The server shows each reader the history that was made for them.
        let desk = Desk::new(first, now);
        desk.audited(first, 0);
        let folder = desk.close();
        let desk = Desk::at(folder, second, now);
        let said = desk.condemned(second, first.size().min(second.size()));
        assert!(said.contains("two histories"), "{said}");
        let (kind, _) = fraud_under(desk.close().path());
        assert_eq!(kind, "fork");
    }
}

#[test]
fn a_witness_keeps_the_two_notes_of_a_fork() {
    let (_, liar, now) = honest();
    let desk = Desk::new(&liar, now);
    assert_eq!(desk.witness(&liar, 0).status, 200);
    // One file is enough, however many more trees of this size the log signs.
    for amount in ["60", "60", "61", "62"] {
        let mut other = Stage::new();
        other.pledge(amount);
        assert_eq!(desk.witness(&other.liar(), liar.size()).status, 422);
    }
    let (kind, _) = fraud_under(desk.close().path());
    assert_eq!(kind, "fork");
}

#[test]
fn the_real_binary_audits_a_real_registry_and_confirms_a_proof() {
    let mut house = crate::support::house::House::new();
    house.admit("bank", &[greenlien::domain::party::Role::Bank], &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, key) in [("w.test.key", witness_secret()), ("a.test.key", secret(91))] {
        greenlien::cli::keyfile::write_key(Path::new(&path(name)), &key, None).unwrap();
    }
    let trust = path("trust");
    std::fs::write(&trust, format!("log {}\nquorum none\n", log_key().vkey())).unwrap();
    let real = greenlien::primitives::time::Clock::now(
        &greenlien::primitives::time::SystemClock::default(),
    );
    let offset = house.now().seconds().cast_signed() - real.seconds().cast_signed();
    let offset = format!("--clock-offset={offset}");
    let (audit_key, server) = (path("a.test.key"), house.client().base().to_owned());
    let more = [
        "--log",
        &trust,
        "--audit",
        "--audit-key",
        &audit_key,
        "--registry",
        &server,
        &offset,
    ];
    let (data, key) = (path("data"), path("w.test.key"));
    let running = super::crash::Running::start_watching(Path::new(&data), Path::new(&key), &more);
    let note = house.get("/checkpoint").text;
    let raw = post(
        &agent(),
        &format!("{}/audit", running.base),
        format!("old 0\n\n{note}"),
    )
    .unwrap();
    assert_eq!(raw.status, 200, "{}", raw.text);
    assert!(
        raw.text.starts_with(&format!("\u{2014} {AUDITOR} ")),
        "{}",
        raw.text
    );
    running.kill();

    let fault = crate::cli::program(&[
        "witness",
        "--data",
        &data,
        "--key",
        &key,
        "--name",
        NAME,
        "--log",
        &trust,
        "--audit",
        "--audit-key",
        &key,
        "--registry",
        &server,
        "--allow-test-keys",
    ]);
    assert_eq!(fault.code, 2);
    assert!(
        fault.err.contains("is the key of the witness"),
        "{}",
        fault.err
    );

    let (liar, wrong) = over_pledge();
    let note = liar.note();
    let frauds = greenlien::verify::fraud::build::Account::new(&note, &liar.entries).wrong(wrong);
    let file = path("fraud.json");
    std::fs::write(&file, frauds[0].to_text()).unwrap();
    let run = crate::cli::program(&["verify", &file, "--policy", &trust]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.contains("FRAUD PROVEN"), "{}", run.out);
    let run = crate::cli::program(&["verify", &file, "--policy", &trust, "--json"]);
    assert!(
        run.code == 0 && run.out.contains("\"fraud_proven\":true"),
        "{}",
        run.out
    );
    std::fs::write(&file, frauds[0].to_text().replacen("80", "81", 1)).unwrap();
    let run = crate::cli::program(&["verify", &file, "--policy", &trust]);
    assert!(
        run.code == 1 && run.out.contains("NOTHING IS PROVEN"),
        "{}",
        run.out
    );
    house.close();
}

#[test]
fn no_voice_counts_as_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let keys = [
        ("w.test.key", witness_secret()),
        ("a.test.key", secret(91)),
        ("log.test.key", cast::log_key()),
    ];
    for (name, key) in keys {
        greenlien::cli::keyfile::write_key(Path::new(&path(name)), &key, None).unwrap();
    }
    let log = log_key().vkey();
    for (key, audit_key, name, part) in [
        ("w.test.key", "w.test.key", "x", "is the key of the witness"),
        (
            "w.test.key",
            "a.test.key",
            NAME,
            "is the name of the witness",
        ),
        (
            "log.test.key",
            "a.test.key",
            "x",
            "--key is the key of a log",
        ),
        (
            "w.test.key",
            "log.test.key",
            "x",
            "--audit-key is the key of a log",
        ),
    ] {
        let (data, key, audit_key) = (path("data"), path(key), path(audit_key));
        let words = [
            &["witness", "--data", &data, "--key", &key, "--name", NAME][..],
            &["--log", &log, "--allow-test-keys", "--audit"],
            &["--audit-key", &audit_key, "--audit-name", name],
            &["--registry", "http://127.0.0.1:1"],
        ];
        crate::cli::failed(&words.concat(), 2, part);
        assert!(!Path::new(&data).exists(), "{part}");
    }
}

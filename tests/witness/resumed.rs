//! An auditor that goes on after a restart: what it kept saves it the replay, and anything doubtful in it saves it nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::routing::get;
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::time::FixedClock;
use greenlien::verify::entries::InMemory;
use greenlien::verify::machine::Machine;
use greenlien::verify::replay::Replay;
use greenlien::verify::saved::{Restoring, lines};
use greenlien::witness::auditor::Auditor;
use greenlien::witness::fetch::LogReader;
use greenlien::witness::logs::Logs;

use super::audits::{AUDITOR, Desk, begin_auditor, frauds_under, honest};
use super::liar::{Liar, Stage, log_key, omitted_touch, over_pledge, repeated_command};
use super::secret;
use crate::support::{Play as _, cast};

/// Where an auditor with this folder keeps what it has replayed of the log of the cast.
fn state_file(folder: &Path) -> PathBuf {
    let log = Hash::of(&[cast::ORIGIN.as_bytes()]).to_string();
    folder.join("audit").join(log).join("state")
}

/// Opens the auditor of a folder alone, and returns where it goes on.
fn resumed(folder: &Path, seed: u8) -> u64 {
    let mut logs = Logs::default();
    logs.add(log_key()).unwrap();
    let nowhere = LogReader::new("http://127.0.0.1:9").unwrap();
    let servers = BTreeMap::from([(cast::ORIGIN.to_owned(), nowhere)]);
    let clock = Arc::new(FixedClock::new(Stage::new().world.now()));
    let auditor = Auditor::open(folder, AUDITOR, secret(seed), &logs, servers, clock);
    auditor.unwrap().resumed(cast::ORIGIN)
}

/// Audits a log up to its end, keeps what was replayed, and ends.
fn audited_and_kept(log: &Liar) -> tempfile::TempDir {
    let (_, _, now) = honest();
    let desk = Desk::new(log, now);
    desk.audited(log, 0);
    desk.auditor.keep();
    desk.close()
}

/// A log cut off before an entry.
fn before(log: &Liar, index: u64) -> Liar {
    let mut before = log.clone();
    before.entries.truncate(usize::try_from(index).unwrap());
    before
}

#[test]
fn a_restart_goes_on_from_what_was_kept_and_from_the_beginning_without_it() {
    let (mut stage, liar, now) = honest();
    let folder = audited_and_kept(&liar);
    for amount in ["50", "20", "1"] {
        stage.pledge(amount);
    }
    let grown = stage.liar();
    let desk = Desk::at(folder, &grown, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), liar.size());
    desk.audited(&grown, liar.size());
    // Nothing was kept since, so the next one goes on from the same place.
    let folder = desk.close();
    let desk = Desk::at(folder, &grown, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), liar.size());
    desk.audited(&grown, grown.size());
    desk.auditor.keep();
    let folder = desk.close();
    assert_eq!(resumed(folder.path(), 91), grown.size());
    std::fs::remove_file(state_file(folder.path())).unwrap();
    let desk = Desk::at(folder, &grown, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), 0);
    desk.audited(&grown, grown.size());
}

#[test]
fn what_was_decided_before_a_restart_is_not_decided_again_after_it() {
    let (_, _, now) = honest();
    let (liar, second) = repeated_command();
    let old = before(&liar, second);
    let desk = Desk::at(audited_and_kept(&old), &liar, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), second);
    desk.condemned(&liar, old.size());
    let found = frauds_under(desk.close().path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "repeated_command");
}

#[test]
fn a_lie_after_a_restart_is_proven_from_the_kept_state() {
    let (_, _, now) = honest();
    let (liar, wrong) = over_pledge();
    let old = before(&liar, wrong);
    let desk = Desk::at(audited_and_kept(&old), &liar, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), wrong);
    desk.condemned(&liar, old.size());
    let found = frauds_under(desk.close().path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "wrong_entry");
    assert!(
        found[0].1.contains(&format!("entry {wrong}")),
        "{}",
        found[0].1
    );
}

#[test]
fn a_kept_state_that_is_not_the_auditors_own_word_is_thrown_away() {
    let (_, liar, now) = honest();
    let folder = audited_and_kept(&liar);
    let path = state_file(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let tries = |bytes: &[u8], what: &str| {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(resumed(folder.path(), 91), 0, "{what}");
        assert!(!path.exists(), "{what}");
    };
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        tries(&changed, &format!("byte {at}"));
    }
    let text = String::from_utf8(whole.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(lines.last().unwrap().starts_with("seal "));
    for without in [0, 1, lines.len() - 2, lines.len() - 1] {
        let mut fewer = lines.clone();
        fewer.remove(without);
        tries(
            fewer.concat().as_bytes(),
            &format!("without line {without}"),
        );
    }
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    tries(swapped.concat().as_bytes(), "two lines swapped");
    tries(format!("{text}\n").as_bytes(), "a line more");
    tries(b"", "nothing");

    // Another auditor's word is nothing, and its own about another history of the log is not about this one.
    let clock = Arc::new(FixedClock::new(now));
    let mut logs = Logs::default();
    logs.add(log_key()).unwrap();
    let other = tempfile::tempdir().unwrap();
    let served = super::Served::new(liar.routes());
    let servers = BTreeMap::from([(
        cast::ORIGIN.to_owned(),
        LogReader::new(&served.base).unwrap(),
    )]);
    begin_auditor(other.path(), &logs);
    let auditor = Auditor::open(other.path(), AUDITOR, secret(92), &logs, servers, clock).unwrap();
    auditor.look();
    auditor.keep();
    drop(auditor);
    let others = std::fs::read(state_file(other.path())).unwrap();
    assert_eq!(resumed(other.path(), 92), liar.size());
    tries(&others, "another auditor's state");
    let mut fork = Stage::new();
    fork.pledge("60");
    let forked = std::fs::read(state_file(audited_and_kept(&fork.liar()).path())).unwrap();
    tries(&forked, "the state of another history");

    // The real one is good still, and so is an older one.
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(resumed(folder.path(), 91), liar.size());
    let older = before(&liar, liar.size() - 2);
    let older_state = std::fs::read(state_file(audited_and_kept(&older).path())).unwrap();
    std::fs::write(&path, &older_state).unwrap();
    let desk = Desk::at(folder, &liar, now);
    assert_eq!(desk.auditor.resumed(cast::ORIGIN), older.size());
    desk.audited(&liar, liar.size());
}

#[test]
fn a_state_that_leaves_out_an_entry_is_proven_by_what_the_registry_shows_of_the_record_too() {
    let (_, _, now) = honest();
    let (liar, evidence, index) = omitted_touch();
    let (text, asked) = (evidence.to_text(), Arc::clone(&liar.asked));
    let show = move |State((text, liar)): State<(String, Liar)>, uri: Uri| async move {
        liar.asked.lock().unwrap().push(uri.to_string());
        text
    };
    let evidence = axum::Router::new()
        .route("/v1/evidence/rights/{id}", get(show))
        .with_state((text, liar.clone()));
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::serving(folder, liar.routes().merge(evidence), now);
    let said = desk.condemned(&liar, 0);
    assert_eq!(said.matches("Proof: ").count(), 2, "{said}");
    let found = frauds_under(desk.close().path());
    let kinds: Vec<&str> = found.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["hidden_entry", "wrong_entry"]);
    assert!(
        found[0]
            .1
            .contains(&format!("entry {index} touches right|R")),
        "{}",
        found[0].1
    );
    let asked = asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .any(|path| path.ends_with("?checkpoint=signed")),
        "{asked:?}"
    );
}

#[test]
fn a_checkpoint_that_ends_within_a_group_condemns_its_log_with_a_proof() {
    let (_, whole, now) = honest();
    let open = before(&whole, whole.size() - 1);
    let desk = Desk::new(&open, now);
    let said = desk.condemned(&open, 0);
    assert!(said.contains("ends within a group"), "{said}");
    // A witness looks at no entry.
    assert_eq!(desk.witness(&open, 0).status, 200);
    let folder = desk.close();
    let found = frauds_under(folder.path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "open_group");
    // It makes no difference that the log went on in order, nor that it was audited before.
    let desk = Desk::at(folder, &whole, now);
    assert_eq!(desk.condemned(&whole, 0), said);
    let desk = Desk::at(audited_and_kept(&whole), &whole, now);
    desk.condemned(&open, whole.size() - 1);
    assert_eq!(frauds_under(desk.close().path())[0].0, "open_group");
}

/// The replay of a whole log.
fn replayed(log: &Liar) -> Replay {
    let mut replay = Replay::new();
    for (index, bytes) in (0..).zip(&log.entries) {
        let ready = replay.ready(index, bytes.clone());
        replay.step(ready).unwrap();
    }
    replay
}

fn restored(lines: &[String], log: &Liar) -> Result<Replay, String> {
    let mut restoring = Restoring::default();
    let read = lines.iter().try_for_each(|line| restoring.take(line));
    let finished = read.and_then(|()| restoring.finish(&InMemory::new(&log.entries)));
    finished.map_err(|doubt| doubt.to_string())
}

#[test]
fn a_replay_comes_back_from_its_lines_with_everything_that_a_decision_rests_on() {
    let (_, log, _) = honest();
    let replay = replayed(&log);
    let written: Vec<String> = lines(&replay).unwrap().collect();
    let again = restored(&written, &log).unwrap();
    let (one, other) = (replay.machine().unwrap(), again.machine().unwrap());
    let place = |machine: &Machine| {
        let roots = (machine.root(), machine.tree().root());
        (machine.size(), roots, machine.law(), machine.last_time())
    };
    assert_eq!(place(one), place(other));
    assert_eq!((one.aud(), one.versions()), (other.aud(), other.versions()));
    assert_eq!(one.policies(), other.policies());
    assert!(one.rows().eq(other.rows()));
    assert!(lines(&again).unwrap().eq(written));
    // Within a group there is no root to compare with.
    assert!(lines(&replayed(&before(&log, log.size() - 1))).is_none());
}

#[test]
fn lines_that_the_log_does_not_commit_to_are_not_believed_whoever_sealed_them() {
    let (_, log, _) = honest();
    let written: Vec<String> = lines(&replayed(&log)).unwrap().collect();
    let last = log.size() - 1;
    let doubt = |change: &dyn Fn(&mut Vec<String>), part: &str| {
        let mut changed = written.clone();
        change(&mut changed);
        assert!(changed != written, "{part}");
        let why = restored(&changed, &log).unwrap_err();
        assert!(why.contains(part), "{why}");
    };
    let not_those = format!("not those of state entry {last}");
    let row = written
        .iter()
        .position(|line| line.contains("\\\"holder\\\""))
        .unwrap();
    doubt(&|lines| drop(lines.remove(row)), &not_those);
    doubt(
        &|lines| lines[row] = lines[row].replacen("\\\"120\\\"", "\\\"121\\\"", 1),
        &not_those,
    );
    doubt(&|lines| lines.push(lines[row].clone()), "stands twice");
    let size = format!("\"size\":{}", log.size());
    let smaller = format!("\"size\":{}", log.size() - 1);
    doubt(
        &|lines| lines[0] = lines[0].replace(&size, &smaller),
        "is not a state entry",
    );
    doubt(
        &|lines| lines[0] = lines[0].replace(&size, "\"size\":99999"),
        "is missing",
    );
    doubt(
        &|lines| lines[0] = lines[0].replace("\"law\":2", "\"law\":99"),
        "law 99 is not known",
    );
    doubt(
        &|lines| lines[0] = lines[0].replace("replay/v1", "replay/v2"),
        "the format \"greenlien-replay/v2\" is not known",
    );
    let ids = format!("{{\"commands\":\"{}\",\"org\":\"M0\"}}", "07".repeat(32));
    doubt(&|lines| lines.push(ids.clone()), "consumed twice");
    let mut other = Stage::new();
    other.pledge("60");
    assert!(
        restored(&written, &other.liar()).is_err(),
        "of another history"
    );
}

#[test]
fn a_damaged_copy_is_fetched_again_and_costs_nothing_else() {
    let (_, liar, now) = honest();
    let copy = |folder: &Path, name: &str| state_file(folder).with_file_name(name);
    let flip = |path: &Path, at: usize| {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    let cut = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    let damages: [(&str, &dyn Fn(&Path)); 6] = [
        ("entries", &|path| flip(path, 0)),
        ("entries", &|path| flip(path, 700)),
        ("entries", &|path| cut(path)),
        ("checkpoint", &|path| flip(path, 60)),
        ("checkpoint", &|path| cut(path)),
        ("checkpoint", &|path| std::fs::write(path, [0xff]).unwrap()),
    ];
    for (name, damage) in damages {
        let folder = audited_and_kept(&liar);
        damage(&copy(folder.path(), name));
        let desk = Desk::at(folder, &liar, now);
        assert_eq!(desk.auditor.resumed(cast::ORIGIN), 0, "{name}");
        desk.audited(&liar, liar.size());
        let folder = desk.close();
        assert!(copy(folder.path(), "checkpoint").exists());
    }
    // What was found against a log by an earlier build lies in the copy, and outlives it.
    let folder = audited_and_kept(&liar);
    std::fs::write(copy(folder.path(), "condemned"), "it lied\n").unwrap();
    flip(&copy(folder.path(), "entries"), 700);
    let desk = Desk::at(folder, &liar, now);
    assert!(desk.condemned(&liar, liar.size()).contains("it lied"));
}

#[test]
fn an_honest_log_is_not_condemned_for_a_copy_that_rots_while_it_is_audited() {
    let (mut stage, liar, now) = honest();
    for amount in ["50", "20"] {
        stage.pledge(amount);
    }
    let grown = stage.liar();
    let folder = audited_and_kept(&liar);
    std::fs::remove_file(state_file(folder.path())).unwrap();
    let desk = Desk::at(folder, &grown, now);
    // The copy was whole when it was opened; nothing of it is replayed yet.
    let entries = state_file(desk.folder()).with_file_name("entries");
    let mut bytes = std::fs::read(&entries).unwrap();
    bytes[700] ^= 1;
    std::fs::write(&entries, bytes).unwrap();
    let raw = desk.audit(&grown, liar.size());
    assert_eq!(raw.status, 503, "{}", raw.text);
    assert!(raw.text.contains("damaged on the disk"), "{}", raw.text);
    desk.audited(&grown, liar.size());
}

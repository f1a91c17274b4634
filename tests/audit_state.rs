//! An auditor of a long log goes on where its last audit stood: with the real program, killed in the middle, with a file that
//! was damaged or exchanged, and with a log that is no longer the one that was audited.

use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use greenlien::domain::entry::Entry;
use greenlien::domain::party::Role;
use greenlien::primitives::crypto::Hash;
use greenlien::store::Store;
use serde_json::Value;

use crate::audit::{ends, log, sign, write};
use crate::cli::{Folder, Run, failed, program};
use crate::support::papers::{self, flow, line, span};
use crate::support::{Play as _, World, cast};

/// A folder for logs, and an auditor's file beside them.
struct Desk {
    folder: Folder,
    state: String,
}

impl Desk {
    fn new() -> Self {
        let folder = Folder::new();
        let state = folder.path("mine.state");
        Self { folder, state }
    }

    /// Writes a log, with a checkpoint over it, into a new data folder.
    fn data(&self, name: &str, log: &[Vec<u8>]) -> String {
        let path = self.folder.path(name);
        write(Path::new(&path), log, sign(log, &cast::log_key()));
        path
    }

    fn words<'a>(&'a self, data: &'a str) -> [&'a str; 6] {
        ["audit", data, "--state", &self.state, "--state-every", "1"]
    }

    fn run(&self, data: &str, more: &[&str]) -> Run {
        program(&[&self.words(data), more].concat())
    }

    /// Audits a folder that is sound; returns the answer without how long it took.
    fn sound(&self, data: &str) -> Value {
        let run = self.run(data, &["--json"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        answer(&run)
    }

    /// Audits a folder that is not believed; the file stays as it is.
    fn refused(&self, data: &str, parts: &[&str]) -> Run {
        let before = self.file();
        let run = failed(&self.words(data), 1, parts[0]);
        for part in parts.iter().chain([&"mine.state", &"hint: "]) {
            assert!(run.err.contains(part), "{part}: {}", run.err);
        }
        assert_eq!(self.file(), before);
        run
    }

    fn file(&self) -> Vec<u8> {
        std::fs::read(&self.state).unwrap()
    }

    /// Writes a file of other lines, as somebody would who knows the form.
    fn exchange(&self, change: impl FnOnce(&mut Vec<String>)) {
        let text = String::from_utf8(self.file()).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.pop();
        change(&mut lines);
        let mut digest = Hash::of(&[]);
        let mut text = String::new();
        for line in &lines {
            digest = Hash::of(&[digest.as_bytes(), line.as_bytes()]);
            text += line;
            text.push('\n');
        }
        std::fs::write(&self.state, format!("{text}end {digest}\n")).unwrap();
    }
}

fn answer(run: &Run) -> Value {
    let mut answer: Value = serde_json::from_str(&run.out).unwrap();
    answer.as_object_mut().unwrap().remove("duration_ms");
    answer
}

/// What an audit from entry 0 on says of a folder.
fn whole(data: &str) -> Value {
    answer(&program(&["audit", data, "--json"]))
}

/// An answer with the entry at which its audit began.
fn begun(answer: &Value, at: usize) -> Value {
    let mut answer = answer.clone();
    answer["began_at"] = at.into();
    answer
}

/// A log with one right, of which a bank was pledged these amounts, one after another.
fn pledged(amounts: &[&str]) -> Vec<Vec<u8>> {
    let mut world = World::new();
    let bureau = world.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = world.admit("mill", &[Role::Holder], &[]);
    let bank = world.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = world.issue(&bureau, papers::emission(&mill, "COD", "1200", days));
    for amount in amounts {
        let days = span("2027-01-01", "2028-01-01");
        let body = papers::pledge(&mill, vec![line(right, flow(amount, "t/a", days))]);
        world.submit(&bank, body, &[&mill], &[]);
    }
    world.entries().to_vec()
}

#[test]
fn an_audit_goes_on_where_the_last_one_stood() {
    let (log, desk) = (log(), Desk::new());
    let end = ends(&log)[20];
    let first = desk.data("first", &log[..end]);
    assert_eq!(desk.sound(&first), begun(&whole(&first), 0));
    let all = desk.data("all", &log);
    let full = whole(&all);
    let run = desk.run(&all, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let said = format!("goes on with entry {end}");
    assert!(run.err.contains(&said), "{}", run.err);
    assert!(
        run.out.contains(&format!("from entry {end} on")),
        "{}",
        run.out
    );
    let at_end = desk.file();
    assert_eq!(desk.sound(&all), begun(&full, log.len()));
    assert_eq!(desk.file(), at_end, "nothing was new");
    // What the one audit kept is what another keeps that began at entry 0.
    std::fs::remove_file(&desk.state).unwrap();
    assert_eq!(desk.sound(&all), begun(&full, 0));
    assert_eq!(desk.file(), at_end);
}

#[test]
fn an_audit_that_was_killed_goes_on() {
    let (log, desk) = (log(), Desk::new());
    let data = desk.data("data", &log);
    let mut process = Process::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(desk.words(&data))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !std::fs::exists(&desk.state).unwrap() {
        assert!(
            process.try_wait().unwrap().is_none(),
            "it ended before it kept anything"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let resumed = desk.sound(&data);
    let began_at = resumed["began_at"].as_u64().unwrap();
    assert!(began_at > 0);
    let began_at = usize::try_from(began_at).unwrap();
    assert!(ends(&log).contains(&began_at), "{began_at}");
    assert_eq!(resumed, begun(&whole(&data), began_at));
}

#[test]
fn a_file_that_is_damaged_unknown_or_of_another_log_is_named_and_nothing_begins_again() {
    let (log, desk) = (log(), Desk::new());
    let data = desk.data("data", &log);
    desk.sound(&data);
    let kept = desk.file();
    for at in [0, kept.len() / 2, kept.len() - 2] {
        let mut bytes = kept.clone();
        bytes[at] ^= 1;
        std::fs::write(&desk.state, &bytes).unwrap();
        desk.refused(&data, &["is damaged", "move it away"]);
    }
    std::fs::write(&desk.state, &kept[..kept.len() / 2]).unwrap();
    desk.refused(&data, &["is damaged", "cut off"]);
    std::fs::write(&desk.state, "").unwrap();
    desk.refused(&data, &["is damaged"]);

    let put = |from: &'static str, to: &'static str| {
        std::fs::write(&desk.state, &kept).unwrap();
        desk.exchange(|lines| {
            let line = lines.iter_mut().find(|line| line.contains(from)).unwrap();
            *line = line.replacen(from, to, 1);
        });
    };
    put("greenlien-audit/v1", "greenlien-audit/v2");
    desk.refused(
        &data,
        &["greenlien-audit/v2", "does not know", "use the version"],
    );
    put("\"law\":1", "\"law\":77");
    desk.refused(&data, &["law 77", "does not know"]);
    put("\\\"size\\\":", "\\\"size\\\":1");
    desk.refused(&data, &["is damaged"]);
    std::fs::write(&desk.state, &kept).unwrap();
    desk.exchange(|lines| {
        let at = lines.iter().position(|line| line.contains("\"value\""));
        lines.remove(at.unwrap());
    });
    desk.refused(&data, &["the records are not those of state entry"]);
    std::fs::write(&desk.state, &kept).unwrap();
    desk.exchange(|lines| lines.truncate(1));
    desk.refused(&data, &["is damaged"]);

    std::fs::write(&desk.state, &kept).unwrap();
    let other = desk.data("other", &pledged(&[]));
    desk.refused(&other, &["is of the log", "and the folder has the log"]);
}

#[test]
fn a_log_that_was_rewritten_or_cut_behind_the_auditor_is_named() {
    let desk = Desk::new();
    let shared = pledged(&["20"]);
    let audited = pledged(&["20", "7"]);
    desk.sound(&desk.data("audited", &audited));

    // Another history that the law allows just as well: only the auditor's file knows that it was not always there.
    let rewritten = pledged(&["20", "9", "3"]);
    assert!(rewritten[..shared.len()] == shared[..] && rewritten.len() > audited.len());
    let data = desk.data("rewritten", &rewritten);
    assert_eq!(whole(&data)["valid"], true);
    let run = desk.refused(&data, &["the log was rewritten", "between entries 0 and"]);
    assert_eq!(run.out, "");
    let run = desk.run(&data, &["--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["valid"]), (1, &Value::Bool(false)));
    assert_eq!(said["rewritten_from"], 0);
    assert_eq!(said["rewritten_to"], audited.len() - 1);

    let older = desk.data("older", &shared);
    let (all, fewer) = (audited.len(), shared.len());
    desk.refused(
        &older,
        &[
            &format!("{all} entries were audited"),
            &format!("has only {fewer}"),
        ],
    );
}

#[test]
fn a_rewrite_is_placed_within_a_thousand_entries() {
    let desk = Desk::new();
    let mut amounts = vec!["1"; 540];
    let audited = pledged(&amounts);
    assert!(audited.len() > 1_024 + 20, "{}", audited.len());
    desk.sound(&desk.data("audited", &audited));
    let whole = audited.len() - 1;
    for (changed, from, to) in [(3, 0, 1_023), (535, 1_024, whole)] {
        amounts[changed] = "2";
        let data = desk.data(&format!("rewritten{changed}"), &pledged(&amounts));
        let place = format!("between entries {from} and {to}");
        desk.refused(&data, &["the log was rewritten", &place]);
        amounts[changed] = "1";
    }
}

#[test]
fn what_is_bad_behind_the_kept_place_is_found_each_time_and_never_kept() {
    let (mut log, desk) = (log(), Desk::new());
    let all = ends(&log);
    let end = all[all.len() - 3];
    desk.sound(&desk.data("sound", &log[..end]));
    let kept = desk.file();
    let (last, entry) = (log.len() - 1, log.last().unwrap());
    let Entry::State(mut state) = Entry::parse(entry).unwrap() else {
        panic!("the log is open");
    };
    state.state_root = Hash::of(&[b"another"]);
    log[last] = Entry::State(state).to_bytes();
    let data = desk.data("bad", &log);
    for _ in 0..2 {
        let run = desk.run(&data, &[]);
        assert_eq!(run.code, 1);
        let said = format!("the first bad entry is {last}");
        assert!(run.err.contains(&said), "{}", run.err);
        assert!(run.err.contains("once more without --state"), "{}", run.err);
    }

    // A checkpoint of a size that was audited, brought in afterwards.
    let log = self::log();
    let data = desk.data("noted", &log);
    std::fs::write(&desk.state, &kept).unwrap();
    let size = all[4];
    let mut other = log[..size].to_vec();
    other[2].push(b' ');
    let store = Store::open(Path::new(&data)).unwrap();
    let note = sign(&other, &cast::log_key());
    store
        .put_cosigned(u64::try_from(size).unwrap(), &note)
        .unwrap();
    drop(store);
    for _ in 0..2 {
        let run = desk.run(&data, &[]);
        let said = format!("the checkpoint of size {size}: a checkpoint signs another root");
        assert_eq!(run.code, 1);
        assert!(run.out.contains(&said), "{}{}", run.out, run.err);
        assert_eq!(desk.file(), kept);
    }
}

#[test]
fn the_file_is_the_auditors_and_not_the_registrys() {
    let (log, desk) = (log(), Desk::new());
    let data = desk.data("data", &log);
    let inside = format!("{data}/mine.state");
    let run = failed(
        &["audit", &data, "--state", &inside],
        2,
        "lies in the data folder",
    );
    assert!(run.err.contains("outside"), "{}", run.err);
    failed(&["audit", &data, "--state-every", "5"], 2, "--state");
    let nowhere = desk.folder.path("none/mine.state");
    failed(&["audit", &data, "--state", &nowhere], 3, "none");
}

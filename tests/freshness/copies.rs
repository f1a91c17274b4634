//! Copies of the past: a folder that is behind what anything outside it remembers is not served.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlien::domain::party::Role;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::time::FixedClock;
use greenlien::service::ServiceFault;
use greenlien::service::doctor::{Diagnosis, Doctor, Outside, Standing};
use greenlien::service::options::{Options, Seen, StopCause};
use greenlien::store::HighWater;

use super::{after, create, open};
use crate::support::cosigner::{Cosigner, Manner, policy};
use crate::support::{Actor, Local, Play as _, cast};

/// A folder with a registry of two parties, and a place beside it.
struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<FixedClock>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            folder,
            clock: Arc::new(FixedClock::new(after(0))),
        };
        drop(create(&desk.data(), Options::TEST));
        desk.go_on("bank-a", Options::TEST);
        desk
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn mark(&self) -> HighWater {
        HighWater::outside(&self.folder.path().join("mark"), &self.data()).unwrap()
    }

    fn marked(&self) -> Options {
        Options {
            high_water: Some(self.mark()),
            ..Options::TEST
        }
    }

    /// Opens the registry, admits a party and closes it again.
    fn go_on(&self, name: &str, options: Options) {
        let registry = open(&self.data(), &self.clock, options).unwrap();
        let mut play = Local::on(registry, self.clock.clone());
        play.admit(name, &[Role::Bank], &[]);
    }

    fn fault(&self, options: Options) -> ServiceFault {
        match open(&self.data(), &self.clock, options) {
            Ok(_) => panic!("the folder was opened"),
            Err(fault) => fault,
        }
    }

    fn copy(&self) -> PathBuf {
        let copy = self.folder.path().join("copy");
        copy_folder(&self.data(), &copy);
        copy
    }

    fn restore(&self, copy: &Path) {
        fs::remove_dir_all(self.data()).unwrap();
        copy_folder(copy, &self.data());
    }

    fn examine(&self, outside: &Outside) -> Vec<Diagnosis> {
        let doctor = Doctor::open(&self.data()).unwrap();
        doctor.examine(after(0), outside).unwrap()
    }

    /// Returns a checkpoint that the log key has signed.
    fn signed(size: u64, root: Hash) -> String {
        let head = Checkpoint {
            origin: cast::ORIGIN.to_owned(),
            size,
            root,
        };
        head.sign(&cast::log_key())
    }
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        assert!(entry.file_type().unwrap().is_file());
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn refused(all: &[Diagnosis]) -> Vec<&Diagnosis> {
    let refused = |one: &&Diagnosis| one.standing == Standing::Refused;
    all.iter().filter(refused).collect()
}

#[test]
fn a_restored_backup_is_behind_the_high_water_file_and_is_refused() {
    let desk = Desk::new();
    desk.mark().write(&newest(&desk)).unwrap();
    desk.go_on("bank-b", desk.marked());
    let copy = desk.copy();
    desk.go_on("bank-c", desk.marked());
    desk.restore(&copy);
    let fault = desk.fault(desk.marked());
    assert!(matches!(fault, ServiceFault::History(_)), "{fault}");
    assert!(fault.to_string().contains("it is an old copy"), "{fault}");
    let outside = Outside {
        high_water: Some(desk.mark()),
        ..Outside::default()
    };
    let all = desk.examine(&outside);
    let [one] = refused(&all)[..] else {
        panic!("{all:?}");
    };
    assert!(one.name.starts_with("high-water file"));
    assert!(one.advice.unwrap().contains("find the newer one"));
    // Refusing changed nothing: the newer folder, were it found, would still open. Without the file nobody in the folder can
    // know, which is why it is kept elsewhere.
    assert!(open(&desk.data(), &desk.clock, Options::TEST).is_ok());
}

fn newest(desk: &Desk) -> String {
    let registry = open(&desk.data(), &desk.clock, Options::TEST).unwrap();
    registry.published().checkpoint.to_string()
}

#[test]
fn the_high_water_file_is_never_behind_an_answer_and_never_ahead_of_the_folder() {
    let desk = Desk::new();
    desk.mark().write(&newest(&desk)).unwrap();
    let registry = open(&desk.data(), &desk.clock, desk.marked()).unwrap();
    let mut play = Local::on(registry.clone(), desk.clock.clone());
    for n in 0..3 {
        play.admit(&format!("bank-{n}"), &[Role::Bank], &[]);
        let note = desk.mark().read().unwrap().unwrap();
        assert_eq!(*note, *registry.published().checkpoint);
    }
    // When it cannot be written any more, nothing is answered any more.
    fs::remove_file(desk.mark().path()).unwrap();
    fs::create_dir(desk.mark().path()).unwrap();
    let actor = Actor::new("late", &[Role::Bank]);
    let admission = actor.admission(&play.audience(), &[Role::Bank], &[]);
    let answer = super::try_admission(&mut play, admission);
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(registry.stop_cause(), Some(StopCause::HighWater));
}

#[test]
fn a_missing_high_water_file_is_made_for_a_new_log_and_acknowledged_for_an_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (registry, clock) = create(&data, Options::TEST);
    drop(registry);
    let mark = HighWater::outside(&folder.path().join("mark"), &data).unwrap();
    let options = || Options {
        high_water: Some(mark.clone()),
        ..Options::TEST
    };
    drop(open(&data, &clock, options()).unwrap());
    assert!(mark.read().unwrap().is_some(), "a new log makes it");

    let desk = Desk::new();
    let fault = desk.fault(desk.marked());
    assert!(fault.to_string().contains("is not there"), "{fault}");
    let outside = Outside {
        high_water: Some(desk.mark()),
        ..Outside::default()
    };
    assert_eq!(refused(&desk.examine(&outside)).len(), 1);
    let doctor = Doctor::open(&desk.data()).unwrap();
    doctor.begin_high_water(&desk.mark()).unwrap();
    drop(doctor);
    assert!(refused(&desk.examine(&outside)).is_empty());
    desk.go_on("bank-b", desk.marked());
}

#[test]
fn another_history_another_log_and_garbage_in_the_high_water_file_are_refused() {
    let desk = Desk::new();
    let head = Checkpoint {
        origin: cast::ORIGIN.to_owned(),
        size: 2,
        root: Hash([7; 32]),
    };
    for (note, part) in [
        (Desk::signed(2, Hash([7; 32])), "two histories"),
        (Desk::signed(99, Hash([7; 32])), "an old copy"),
        (
            head.sign(&SecretKey::from_seed(&[9; 32])),
            "not a checkpoint of this log",
        ),
        ("nothing\n".to_owned(), "not a checkpoint of this log"),
        (String::new(), "not a checkpoint of this log"),
    ] {
        desk.mark().write(&note).unwrap();
        let fault = desk.fault(desk.marked());
        assert!(fault.to_string().contains(part), "{fault}");
    }
}

#[test]
fn a_high_water_file_that_is_no_text_is_named_with_what_to_do() {
    let desk = Desk::new();
    fs::create_dir(desk.mark().path()).unwrap();
    let fault = desk.fault(desk.marked());
    assert!(fault.to_string().contains("is a folder"), "{fault}");
    fs::remove_dir(desk.mark().path()).unwrap();
    fs::write(desk.mark().path(), b"\xff\xfe checkpoint\n").unwrap();
    let fault = desk.fault(desk.marked());
    assert!(fault.to_string().contains("holds no text"), "{fault}");
    let outside = Outside {
        high_water: Some(desk.mark()),
        ..Outside::default()
    };
    let all = desk.examine(&outside);
    let [one] = refused(&all)[..] else {
        panic!("{all:?}");
    };
    assert!(one.found.contains("holds no text"), "{}", one.found);
    assert!(one.advice.unwrap().contains("a witness or a member shows"));
}

#[test]
fn damaged_files_are_called_so_and_the_ways_on_are_named() {
    let desk = Desk::new();
    // Opened again, what was in the log of writes lies in tables; the first block of each is damaged.
    drop(open(&desk.data(), &desk.clock, Options::TEST).unwrap());
    for file in fs::read_dir(desk.data()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "sst") {
            let mut bytes = fs::read(&path).unwrap();
            bytes[8] ^= 1;
            fs::write(&path, bytes).unwrap();
        }
    }
    let data = desk.data();
    let data = data.to_str().unwrap();
    let log_key = desk.folder.path().join("log.test.key");
    greenlien::cli::keyfile::write_key(&log_key, &cast::log_key(), None).unwrap();
    let log_key = log_key.to_str().unwrap();
    for words in [
        &["doctor", data][..],
        &["serve", data, "--log-key", log_key, "--allow-test-keys"],
    ] {
        let run = crate::cli::failed(words, 3, "the files of the database are damaged");
        let says = |part| assert!(run.err.contains(part), "{}", run.err);
        says("keep the folder as it is");
        says("greenlien rebuild");
        says("Restore, with caution");
    }
}

#[test]
fn what_a_witness_saw_under_our_key_counts_and_what_it_makes_up_does_not() {
    let desk = Desk::new();
    let seen = |note: Option<String>| Options {
        seen: vec![Seen {
            by: "bank".to_owned(),
            note,
        }],
        ..Options::TEST
    };
    for note in [
        Desk::signed(99, Hash([7; 32])),
        Desk::signed(2, Hash([7; 32])),
    ] {
        let fault = desk.fault(seen(Some(note.clone())));
        assert!(fault.to_string().starts_with("witness bank: "), "{fault}");
        let outside = Outside {
            seen: seen(Some(note)).seen,
            ..Outside::default()
        };
        assert_eq!(refused(&desk.examine(&outside)).len(), 1);
    }
    for note in [None, Some("made up\n".to_owned()), Some(newest(&desk))] {
        assert!(open(&desk.data(), &desk.clock, seen(note)).is_ok());
    }
}

#[test]
fn when_a_whole_quorum_is_silent_only_another_memory_lets_the_start_go_on() {
    let desk = Desk::new();
    let witnesses: Vec<Cosigner> = ["a", "b", "c"]
        .iter()
        .map(|name| Cosigner::start(name, Manner::HangsUp, 0))
        .collect();
    let all: Vec<&Cosigner> = witnesses.iter().collect();
    let policy = TrustPolicy::parse(&policy(&all, 2)).unwrap();
    let silent = |names: &[&str]| Options {
        witnesses: Some(policy.clone()),
        unanswered: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::TEST
    };
    assert!(open(&desk.data(), &desk.clock, silent(&["w1"])).is_ok());
    let fault = desk.fault(silent(&["w0", "w2"]));
    assert!(matches!(fault, ServiceFault::Unasked(_)), "{fault}");
    desk.mark().write(&newest(&desk)).unwrap();
    let marked = Options {
        high_water: Some(desk.mark()),
        ..silent(&["w0", "w1", "w2"])
    };
    // It reads, and waits with whatever it would write; `unheard` tries that.
    let registry = open(&desk.data(), &desk.clock, marked).unwrap();
    assert!(registry.is_waiting());
}

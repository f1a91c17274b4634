//! The logs that past releases wrote, kept in `fixtures/logs/` for ever: every law that was ever published stays executable,
//! so each of their entries must come out of the present program byte for byte.
//!
//! A log is written once, by the release whose law it shows, with `cargo test freeze_the_present_law -- --ignored`; that test
//! refuses to write a log that is there. A log that no longer replays is a defect of the program, never of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use greenlien::domain::entry::{Entry, Outcome};
use greenlien::domain::law::Law;
use greenlien::domain::wire::parse_command;

use crate::scenario::parser::parse;
use crate::scenario::runner::play;
use crate::support::World;
use crate::support::world::replay;

/// What is known of a frozen log.
pub(crate) struct Frozen {
    /// The name of its file.
    name: &'static str,
    /// The law of its commands.
    law: u64,
    /// How many entries it has.
    entries: usize,
    /// Its RFC 6962 root.
    pub(crate) root: &'static str,
    /// The root of the state tree at its end.
    pub(crate) state_root: &'static str,
    /// The types of command that its law knows; each was accepted at least once and refused at least once.
    commands: &'static [&'static str],
    /// The findings that occur in it.
    findings: &'static [u16],
}

/// Every frozen log, the oldest first. Lines are added here, never changed.
pub(crate) const LOGS: [Frozen; 1] = [Frozen {
    name: "law1.txt",
    law: 1,
    entries: 198,
    root: "c800e141c012f378869da75f7bf654a3207e0631e5d350091df53380f55cfcc0",
    state_root: "ade9f1ad7fde552d2664cd2d76603f5890afd1b695f5ea18efb0e0dd05f27e96",
    commands: &[
        "add_key",
        "adjust_right",
        "admit_party",
        "adopt_policy",
        "amend_pledge",
        "cancel_reservation",
        "extend_pledge",
        "freeze",
        "issue_right",
        "register_pledge",
        "release_pledge",
        "reserve",
        "revoke_key",
        "revoke_right",
        "set_signing_policy",
        "unfreeze",
    ],
    findings: &[
        1_003, 1_005, 1_008, 1_010, 2_001, 2_002, 2_003, 2_008, 2_009, 2_010, 2_011, 2_012, 2_013,
        2_014, 2_015, 2_016, 2_017, 2_018, 2_019, 3_001, 3_002, 3_004, 3_008, 3_009, 3_010, 3_011,
        4_002, 4_003, 4_006, 4_007, 4_008, 4_009, 5_002, 5_003, 5_004, 5_005, 5_007, 5_008, 5_009,
        5_010, 5_011, 5_012, 5_013, 5_014, 5_015, 6_001, 6_004, 6_005, 6_007, 6_008, 7_001, 7_002,
        7_003, 7_004, 7_005, 7_007, 7_009, 7_010, 9_001,
    ],
}];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs")
}

/// Reads a log: one entry a line, each ended by a line feed that does not belong to it.
pub(crate) fn entries(log: &Frozen) -> Vec<Vec<u8>> {
    let bytes = fs::read(folder().join(log.name)).unwrap();
    let text = bytes.strip_suffix(b"\n").unwrap();
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

#[test]
fn every_log_of_a_past_release_is_made_again_byte_for_byte() {
    for log in &LOGS {
        let entries = entries(log);
        let machine = replay(&entries);
        let name = log.name;
        assert_eq!(entries.len(), log.entries, "{name}");
        assert_eq!(machine.root().to_string(), log.root, "{name}");
        assert_eq!(machine.tree().root().to_string(), log.state_root, "{name}");
    }
}

#[test]
fn a_frozen_log_shows_every_command_of_its_law_accepted_and_refused() {
    for log in &LOGS {
        let mut outcomes: BTreeMap<bool, BTreeSet<&str>> = BTreeMap::new();
        let mut findings = BTreeSet::new();
        for bytes in entries(log) {
            let entry = Entry::parse(&bytes).unwrap();
            let Entry::Command {
                law,
                envelope,
                outcome,
                ..
            } = entry
            else {
                continue;
            };
            assert_eq!(law.number(), log.law, "{}", log.name);
            let command = parse_command(&envelope.payload).unwrap();
            let (is_accepted, found) = match outcome {
                Outcome::Accepted { warnings, .. } => (true, warnings),
                Outcome::Refused(findings) => (false, findings),
            };
            outcomes
                .entry(is_accepted)
                .or_default()
                .insert(command.body.type_name());
            findings.extend(found.iter().map(|finding| finding.code.number()));
        }
        let commands: BTreeSet<&str> = log.commands.iter().copied().collect();
        assert_eq!(outcomes[&true], commands, "accepted in {}", log.name);
        assert_eq!(outcomes[&false], commands, "refused in {}", log.name);
        let findings: Vec<u16> = findings.into_iter().collect();
        assert_eq!(findings, log.findings, "{}", log.name);
    }
}

#[test]
fn every_frozen_log_is_replayed() {
    let files = fs::read_dir(folder()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let logs: BTreeSet<String> = names
        .filter(|name| name.starts_with("law") && !name.ends_with("_story.txt"))
        .collect();
    let replayed: BTreeSet<String> = LOGS.iter().map(|log| log.name.to_owned()).collect();
    assert_eq!(logs, replayed);
}

#[test]
#[ignore = "writes the log of the present law, once; see fixtures/logs/README.md"]
fn freeze_the_present_law() {
    let story = format!("law{}_story.txt", Law::LATEST.number());
    let text = fs::read_to_string(folder().join(&story)).unwrap();
    let mut world = World::busy();
    play(&mut world, &parse(&story, &text));
    world.finish();
    let path = folder().join(format!("law{}.txt", Law::LATEST.number()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap_or_else(|fault| {
            panic!(
                "{}: a frozen log is never written again: {fault}",
                path.display()
            )
        });
    for entry in world.entries() {
        assert!(!entry.contains(&b'\n'));
        file.write_all(entry).unwrap();
        file.write_all(b"\n").unwrap();
    }
}

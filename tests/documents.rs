//! What the documents tell people to type works: the tour of the README as it is pasted into a shell, and every body that
//! the description of the API shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use greenlien::domain::wire::parse_question;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use serde_json::Value;

use crate::cli::Folder;

const README: &str = include_str!("../README.md");
const README_ZH: &str = include_str!("../README.zh.md");
const API: &str = include_str!("../docs/API.md");

/// Returns the blocks of a document that begin with this fence.
fn blocks<'a>(document: &'a str, fence: &str) -> Vec<&'a str> {
    let fence = format!("\n{fence}\n");
    let parts = document.split(&fence).skip(1);
    parts
        .map(|part| part.split("\n```").next().unwrap())
        .collect()
}

/// Returns the tour: the blocks that call the program, from the settings to the operator's.
fn tour(readme: &str) -> Vec<&str> {
    let mut blocks: Vec<&str> = Vec::new();
    // Opening and closing fences look alike here, so every second part is a block.
    for part in readme.split("\n```\n").skip(1).step_by(2) {
        blocks.push(part);
    }
    blocks.retain(|block| block.lines().any(|line| line.contains("greenlien ")));
    blocks
}

/// Returns the commands of a block without comments and without the values that a person writes in.
fn commands(block: &str) -> Vec<String> {
    let plain = |line: &str| line.split(" #").next().unwrap().trim_end().to_owned();
    let lines = block.lines().map(plain);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter(|line| !line.starts_with("S=") && !line.starts_with("D="))
        .collect()
}

#[test]
fn both_readmes_have_the_same_commands() {
    let (english, chinese) = (tour(README), tour(README_ZH));
    assert!(english.len() >= 5, "{english:?}");
    let all = |tour: &[&str]| -> Vec<String> { tour.iter().flat_map(|b| commands(b)).collect() };
    assert_eq!(all(&english), all(&chinese));
}

/// Each language shows the pictures of its own pages, none is left over, and nobody waits for a large one.
#[test]
fn the_readmes_show_every_picture_and_none_is_large() {
    const BYTES_MAX: u64 = 150_000;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
    let mut count = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let readme = if name.ends_with(".zh.png") {
            README_ZH
        } else {
            README
        };
        assert!(readme.contains(&format!("(docs/images/{name})")), "{name}");
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n"), "{name}");
        let length = file.metadata().unwrap().len();
        assert!(length <= BYTES_MAX, "{name}: {length} bytes");
        count += 1;
    }
    let named =
        README.matches("(docs/images/").count() + README_ZH.matches("(docs/images/").count();
    assert_eq!(count, named);
}

/// Runs a block as a shell does into which it is pasted; returns what is seen, both streams as they come.
fn paste(script: &str, folder: &str) -> String {
    let script = format!("exec 2>&1\n{script}\n");
    let ran = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder)
        .env_remove("GREENLIEN_SERVER")
        .env_remove("GREENLIEN_PASSPHRASE")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

/// Checks that the parts are seen, one after the other.
fn check_seen(seen: &str, parts: &[&str]) {
    let mut rest = seen;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is not seen next in:\n{rest}\n---- of ----\n{seen}");
        };
        rest = after;
    }
}

#[test]
fn the_tour_of_the_readme_works_as_it_is_pasted() {
    let folder = Folder::new();
    folder.file("README.md", README);
    let data = folder.path("data");
    let bin = folder.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let program = env!("CARGO_BIN_EXE_greenlien");
    std::os::unix::fs::symlink(program, Path::new(&bin).join("greenlien")).unwrap();
    let mut demo = Command::new(program)
        .args(["demo", "--keep", "--json", "--folder", &data])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let mut line = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(line()["ok"], true);
    let place = line();
    let text = |name: &str| place[name].as_str().unwrap().to_owned();
    assert_eq!(text("data_dir"), data);

    // What serves until it is stopped, such as a witness, stands behind the operator's block and is tested elsewhere.
    let (before, behind) = README.split_once("\n### Operator").unwrap();
    let (tour, operator) = (tour(before), tour(behind)[0]);
    let (settings, tour) = tour.split_first().unwrap();
    let mut script = String::new();
    for line in settings.lines() {
        // The two values that the demonstration prints.
        match line.split_once('=') {
            Some(("S", _)) => writeln!(script, "S={}", text("address")).unwrap(),
            Some(("D", _)) => writeln!(script, "D={data}").unwrap(),
            _ => writeln!(script, "{line}").unwrap(),
        }
    }
    let from = folder.path("");
    let seen = paste(&format!("{script}\n{}", tour.join("\n")), &from);
    for fault in ["error:", "command not found", "No such file", "usage:"] {
        assert!(!seen.contains(fault), "{seen}");
    }
    let parts = [
        "yes, it would be accepted",
        "still to sign: 1 as maker",
        "complete: send it",
        "decision   accepted\n",
        "decision   accepted (decided before)\n",
        "no, it would be refused",
        "3002",
        "at most 4.344",
        "yes, it would be accepted",
        "still to sign: 0 as maker, 1 as checker",
        "decision   accepted\n",
        "overhang 5",
        "right_adjusted",
        "pledge_registered",
        "right_issued",
        "older checkpoint",
        "\nVALID",
        "\nINVALID: failed at",
        "code  ",
        "number and code",
        "\nVALID",
        "no record is found",
        "\nVALID",
    ];
    check_seen(&seen, &parts);

    let id = demo.id().to_string();
    let asked = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(asked.success());
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    let seen = paste(&format!("PATH={bin}:$PATH\nD={data}\n{operator}"), &from);
    check_seen(&seen, &["every entry is as the law makes it", "made again"]);
}

#[test]
fn every_body_that_the_api_shows_is_one_that_the_door_reads() {
    let keys = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]).public());
    let [first, second] = keys.map(|key| hex::encode(key.to_bytes()));
    let mut types = BTreeSet::new();
    for block in blocks(API, "```json") {
        let text = block
            .replace("@KEY1", &first)
            .replace("@KEY2", &second)
            .replace("@HASH", &"0a".repeat(32))
            .replace("@PROOF", &"0b".repeat(64));
        let json = Json::parse(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        let (_, body) = parse_question(json).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        types.insert(body.type_name());
    }
    assert!(types.len() >= 16, "{types:?}");
}

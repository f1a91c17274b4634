//! What the documents tell people to type works: the tour of the README as it is pasted into a shell, and every body that
//! the description of the API shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use greenlien::domain::wire::parse_question;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::crypto::SecretKey;
use serde_json::Value;

use crate::api::{is_path_of, operations};
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

/// A demonstration that stays up, with its folder.
struct Demo {
    process: Child,
    address: String,
    data: String,
    bin: String,
    folder: Folder,
}

impl Demo {
    fn start() -> Self {
        let folder = Folder::new();
        folder.file("README.md", README);
        let (data, bin) = (folder.path("data"), folder.path("bin"));
        std::fs::create_dir(&bin).unwrap();
        let program = env!("CARGO_BIN_EXE_greenlien");
        std::os::unix::fs::symlink(program, Path::new(&bin).join("greenlien")).unwrap();
        let mut process = Command::new(program)
            .args(["demo", "--keep", "--json", "--folder", &data])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line =
            || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
        assert_eq!(line()["ok"], true);
        let place = line();
        let text = |name: &str| place[name].as_str().unwrap().to_owned();
        assert_eq!(text("data_dir"), data);
        Self {
            process,
            address: text("address"),
            data,
            bin,
            folder,
        }
    }

    /// Returns settings with the two values that the demonstration prints.
    fn settings(&self, block: &str) -> String {
        let mut script = String::new();
        for line in block.lines() {
            match line.split_once('=') {
                Some(("S", _)) => writeln!(script, "S={}", self.address).unwrap(),
                Some(("D", _)) => writeln!(script, "D={}", self.data).unwrap(),
                _ => writeln!(script, "{line}").unwrap(),
            }
        }
        script
    }

    /// Ends it as a person does.
    fn stop(&mut self) {
        let id = self.process.id().to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(asked.success());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

/// A test that fails leaves no server behind.
impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Both documents suppose one demonstration: the page of the API, whose pledge is of other days, and then the tour.
#[test]
fn what_the_api_and_the_readme_tell_people_to_type_works_as_it_is_pasted() {
    let mut demo = Demo::start();
    paste_the_api(&demo);
    paste_the_tour(&mut demo);
}

fn paste_the_tour(demo: &mut Demo) {
    // What serves until it is stopped, such as a witness, stands behind the operator's block and is tested elsewhere.
    let (before, behind) = README.split_once("\n### Operator").unwrap();
    let (tour, operator) = (tour(before), tour(behind)[0]);
    let (settings, tour) = tour.split_first().unwrap();
    let script = demo.settings(settings);
    let from = demo.folder.path("");
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
        "line 2: registered",
        "in all: 1 registered",
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

    demo.stop();
    let (bin, data) = (&demo.bin, &demo.data);
    let seen = paste(&format!("PATH={bin}:$PATH\nD={data}\n{operator}"), &from);
    check_seen(&seen, &["every entry is as the law makes it", "made again"]);
}

/// A block of the page with the output that is shown below it, if any.
struct Shown<'a> {
    script: &'a str,
    output: Option<&'a str>,
}

fn shown_blocks() -> Vec<Shown<'static>> {
    let (mut shown, mut rest): (Vec<Shown<'static>>, &str) = (Vec::new(), API);
    while let Some((_, after)) = rest.split_once("\n```sh\n") {
        let (script, after) = after.split_once("\n```\n").unwrap();
        let output = after.strip_prefix("```output\n");
        let output = output.map(|text| text.split_once("\n```").unwrap().0);
        shown.push(Shown { script, output });
        rest = after;
    }
    shown
}

/// Checks that a text is the one that is shown, in which `…` stands for anything.
fn check_shown(shown: &str, seen: &str, script: &str) {
    let seen = seen.trim_end();
    let parts: Vec<&str> = shown.split('…').collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let told =
        || format!("---- typed ----\n{script}\n---- shown ----\n{shown}\n---- seen ----\n{seen}");
    assert!(
        seen.starts_with(first) && seen.ends_with(last),
        "{}",
        told()
    );
    let mut rest = seen;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is not seen next\n{}", told());
        };
        rest = after;
    }
}

fn paste_the_api(demo: &Demo) {
    const END: &str = "@@ end of a block @@";
    let blocks = shown_blocks();
    let (settings, blocks) = blocks.split_first().unwrap();
    let mut script = demo.settings(settings.script);
    for block in blocks {
        write!(script, "{}\necho\necho '{END}'\n", block.script).unwrap();
    }
    let seen = paste(&script, &demo.folder.path(""));
    let seen: Vec<&str> = seen.split(&format!("\n{END}\n")).collect();
    assert_eq!(seen.len(), blocks.len() + 1, "{seen:#?}");
    for (block, seen) in blocks.iter().zip(&seen) {
        for fault in [
            "command not found",
            "No such file",
            "usage:",
            "error:",
            "curl: (",
        ] {
            assert!(!seen.contains(fault), "{}\n{seen}", block.script);
        }
        if let Some(output) = block.output {
            check_shown(output, seen, block.script);
        }
    }
    // A demonstration that goes on prints its own address on paper, whose code opens its pages.
    let kept = std::fs::read_to_string(demo.folder.path("certificate.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["site"], *demo.address);
}

#[test]
fn the_page_of_the_api_has_a_command_line_for_every_operation() {
    let scripts: Vec<&str> = shown_blocks().iter().map(|block| block.script).collect();
    let scripts = scripts.join("\n");
    // Requests as they stand there: the address behind $S, up to its query.
    let line = |line: &str| line.contains("curl ") && line.contains("$S/");
    let mut requests: Vec<(&str, String)> = Vec::new();
    let joined = scripts.replace("\\\n", " ");
    for line in joined.lines().filter(|text| line(text)) {
        let address = line.split("$S").nth(1).unwrap();
        let address = address.split([' ', '?', '"', ')']).next().unwrap();
        let method = match () {
            () if line.contains("-X DELETE") => "delete",
            () if line.contains(" -d ") => "post",
            () => "get",
        };
        requests.push((method, address.to_owned()));
    }
    for operation in operations() {
        let fits = |(method, address): &(&str, String)| {
            *method == operation.method && is_path_of(&operation.path, address)
        };
        assert!(
            requests.iter().any(fits),
            "{} has no command line",
            operation.id()
        );
    }
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

//! Texts that others build upon must not change unseen: the description of the HTTP service and the help of the program.
//!
//! Each is kept in `fixtures/snapshots/`. With `GREENLIEN_UPDATE=1` a test writes its file; without it, a difference fails.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::cli::{Run, program};

/// Columns of the kept help: what clap takes where there is no terminal.
const HELP_COLUMNS: usize = 100;

/// Compares a text with the file that keeps it.
fn compare(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/snapshots")
        .join(name);
    if std::env::var_os("GREENLIEN_UPDATE").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept == made {
        return;
    }
    let lines = || kept.lines().map(Some).chain(std::iter::repeat(None));
    let first = made
        .lines()
        .zip(lines())
        .position(|(made, kept)| Some(made) != kept);
    let at = first.unwrap_or_else(|| made.lines().count());
    panic!(
        "fixtures/snapshots/{name} differs from line {}:\n  kept: {:?}\n  made: {:?}\nrun: GREENLIEN_UPDATE=1 make test, and look at what git says changed",
        at + 1,
        kept.lines().nth(at),
        made.lines().nth(at),
    );
}

/// The names under "Commands:" of the program's help.
fn subcommands(help: &str) -> Vec<String> {
    let rows = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = rows.take_while(|line| !line.trim().is_empty());
    rows.filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn the_description_of_the_service_is_the_one_that_is_kept() {
    let mut text = serde_json::to_string_pretty(&greenlien::http::openapi()).unwrap();
    text.push('\n');
    compare("openapi.json", &text);
}

#[test]
fn the_help_is_the_one_that_is_kept() {
    let Run { code, out, .. } = program(&["--help"]);
    assert_eq!(code, 0);
    let names = subcommands(&out);
    assert!(names.len() >= 13, "{names:?}");
    let mut text = out;
    for name in names {
        let Run { code, out, .. } = program(&[&name, "--help"]);
        assert_eq!(code, 0, "{name}");
        write!(text, "\n---- {name} ----\n\n{out}").unwrap();
    }
    let too_long = text.lines().find(|line| {
        // The line of usage is never broken.
        line.chars().count() > HELP_COLUMNS && !line.starts_with("Usage: ")
    });
    assert_eq!(too_long, None);
    compare("help.txt", &text);
}

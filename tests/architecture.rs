//! The house rules that Cargo cannot enforce inside one package: which room may import which, which outside crate lives
//! where, that every file introduces itself, stays short and is reachable.
//!
//! It reads the text of the sources, so it needs no compiler and no crate. It must stay a table and short loops: who adds a
//! room or a crate to a room changes [`ROOMS`] first, and the change is seen in review.

use std::collections::BTreeSet;

use crate::sources::{
    Source, Token, documents, exists, missing_names, modules, outside_crates, path_targets, read,
    sources, texts, tokens,
};

/// One folder of `src/`.
struct Room {
    name: &'static str,
    /// The rooms it may name as `crate::<room>`, besides itself.
    rooms: &'static [&'static str],
    /// The crates of `[dependencies]` it may name.
    crates: &'static [&'static str],
    /// Without I/O, clock, async and floats: what an auditor recomputes must not depend on a machine.
    pure: bool,
}

/// The rooms, in reading order (docs/ARCHITECTURE.md).
const ROOMS: &[Room] = &[
    Room {
        name: "primitives",
        rooms: &[],
        crates: &[
            "base64",
            "ed25519_dalek",
            "hex",
            "serde_json",
            "sha2",
            "unicode_normalization",
            "zeroize",
        ],
        // `SystemClock` lives here, behind `Clock`.
        pure: false,
    },
    Room {
        name: "ledger",
        rooms: &["primitives"],
        crates: &["base64"],
        pure: true,
    },
    Room {
        name: "domain",
        rooms: &["primitives"],
        crates: &[
            "base64",
            "hex",
            "num_bigint",
            "num_integer",
            "num_rational",
            "num_traits",
            "serde",
            "toml",
        ],
        pure: true,
    },
    Room {
        name: "verify",
        rooms: &["primitives", "ledger", "domain"],
        crates: &[],
        pure: true,
    },
    Room {
        name: "documents",
        rooms: &["primitives", "domain", "verify"],
        crates: &[
            "calamine",
            "csv",
            "encoding_rs",
            "krilla",
            "qrcode",
            "rust_xlsxwriter",
            "serde_json",
            "skrifa",
        ],
        // Deterministic, but a drawing library takes floats.
        pure: false,
    },
    Room {
        name: "client",
        rooms: &["primitives", "ledger", "domain", "verify"],
        crates: &["getrandom", "hex", "serde_json", "ureq"],
        // It asks servers.
        pure: false,
    },
    Room {
        name: "store",
        rooms: &["primitives", "ledger", "domain"],
        crates: &["rocksdb"],
        pure: false,
    },
    Room {
        name: "service",
        rooms: &["primitives", "ledger", "domain", "verify", "store"],
        crates: &["aes_gcm", "getrandom", "tracing", "zeroize"],
        pure: false,
    },
    Room {
        name: "witness",
        rooms: &["primitives", "ledger", "domain", "verify", "store"],
        crates: &["base64", "tracing", "ureq"],
        pure: false,
    },
    Room {
        name: "webhooks",
        rooms: &["primitives", "service"],
        crates: &["base64", "serde", "toml", "tracing", "ureq"],
        pure: false,
    },
    Room {
        name: "http",
        rooms: &[
            "primitives",
            "ledger",
            "domain",
            "verify",
            "documents",
            "service",
            "witness",
        ],
        crates: &[
            "axum",
            "flate2",
            "hyper",
            "hyper_util",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "utoipa",
            "utoipa_axum",
        ],
        pure: false,
    },
    Room {
        name: "web",
        rooms: &[
            "primitives",
            "ledger",
            "domain",
            "verify",
            "documents",
            "service",
        ],
        crates: &["askama", "axum", "base64", "serde_json", "tokio", "tracing"],
        pure: false,
    },
    Room {
        name: "cli",
        rooms: &[
            "primitives",
            "ledger",
            "domain",
            "verify",
            "documents",
            "client",
            "store",
            "service",
            "witness",
            "webhooks",
            "http",
            "web",
        ],
        crates: &[ANY],
        pure: false,
    },
];

/// Stands for every outside crate.
const ANY: &str = "*";

/// Parts of `std` and words that a pure room must not use.
const IMPURE_STD: &[&str] = &["env", "fs", "net", "process"];
const IMPURE_WORDS: &[&str] = &["Instant", "SystemTime", "async", "f32", "f64"];

/// Lines in one file, tests included. Files that nobody refuses grow to thousands.
const FILE_LINES_MAX: usize = 600;

// ---------------------------------------------------------------------------------------------------------------------
// The rules
// ---------------------------------------------------------------------------------------------------------------------

#[test]
fn rooms_import_only_what_the_table_allows() {
    let crates = outside_crates(&read("Cargo.toml"));
    let faults = sources("src").into_iter();
    assert_none(faults.flat_map(|file| import_faults(&file.name, &file.text, &crates)));
}

#[test]
fn every_folder_of_src_is_in_the_table() {
    let known: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    let files = sources("src");
    let folders = files
        .iter()
        .filter_map(|file| Some(file.name.strip_prefix("src/")?.split_once('/')?.0))
        .collect::<BTreeSet<_>>();
    let strangers = folders.difference(&known);
    assert_none(strangers.map(|name| format!("src/{name}: a room that ROOMS does not know")));
}

#[test]
fn crates_in_the_table_are_dependencies() {
    let crates = outside_crates(&read("Cargo.toml"));
    let named = ROOMS.iter().flat_map(|room| room.crates).copied();
    let missing = named.filter(|name| *name != ANY && !crates.contains(*name));
    assert_none(
        missing.map(|name| format!("Cargo.toml: ROOMS names {name}, which is no dependency")),
    );
}

#[test]
fn every_source_introduces_itself_and_is_short_and_finished() {
    assert_none(
        all_sources()
            .iter()
            .flat_map(|file| text_faults(&file.name, &file.text)),
    );
}

#[test]
fn nothing_is_left_unfinished_or_names_one_machine() {
    let files = all_sources().into_iter().chain(documents());
    assert_none(files.flat_map(|file| banned_words(&file.name, &file.text)));
}

#[test]
fn every_file_is_part_of_the_program() {
    let mut reached = BTreeSet::new();
    let mut faults = Vec::new();
    for start in ["src/lib.rs", "src/main.rs", "tests/main.rs"] {
        follow_modules(start, &mut reached, &mut faults);
    }
    let files = ["src", "tests"].into_iter().flat_map(sources);
    let forgotten = files.filter(|file| !reached.contains(&file.name));
    faults.extend(forgotten.map(|file| format!("{}:1: no `mod` line leads here", file.name)));
    assert_none(faults);
}

#[test]
fn files_named_in_documents_and_comments_exist() {
    let documents = documents().into_iter().chain(texts("web", "md"));
    let files: Vec<Source> = all_sources().into_iter().chain(documents).collect();
    assert_none(
        files
            .iter()
            .flat_map(|file| missing_names(&file.name, &file.text, &exists)),
    );
}

/// A kind of right is a policy text: the law must not know the name of any, of its layer, its duty or its schemes.
#[test]
fn the_law_knows_no_kind_of_right() {
    let words = policy_words();
    assert!(words.len() > 20, "{words:?}");
    let law = sources("src/domain").into_iter();
    let law = law.filter(|file| !file.name.contains("/samples/"));
    assert_none(law.flat_map(|file| kind_faults(&file.name, &file.text, &words)));
}

/// The words by which the policies of the project name kinds, layers, duties and schemes.
fn policy_words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for file in texts("fixtures/policy", "toml") {
        for line in file.text.lines() {
            let Some((name, value)) = line.split_once(" = ") else {
                continue;
            };
            if matches!(name, "kind" | "layer" | "duty" | "scheme") {
                words.insert(value.trim_matches('"').to_owned());
            }
        }
    }
    words
}

/// Words of policies in the code and the quoted texts of a file; comments and unit tests may give examples.
fn kind_faults(name: &str, text: &str, words: &BTreeSet<String>) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut faults = Vec::new();
    for (at, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        for word in line.split(|c| !in_word(c)) {
            if words.contains(&word.to_ascii_lowercase()) {
                faults.push(format!("{name}:{}: the law names {word:?}", at + 1));
            }
        }
    }
    faults
}

/// Everything wrong with the imports of one file.
fn import_faults(name: &str, text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let tokens = tokens(text);
    let room = name
        .strip_prefix("src/")
        .and_then(|rest| rest.split_once('/'));
    let room = room.map_or("", |(folder, _)| folder);
    let rules = ROOMS.iter().find(|candidate| candidate.name == room);
    let door = name == format!("src/{room}/mod.rs");
    let mut faults = Vec::new();
    let mut fault =
        |token: &Token, message: String| faults.push(format!("{name}:{}: {message}", token.line));

    for (at, token) in tokens.iter().enumerate() {
        let word = token.text;
        if let Some(rules) = rules
            && rules.pure
            && IMPURE_WORDS.contains(&word)
        {
            fault(token, format!("`{word}` in {room}, which must stay pure"));
        }
        if at > 0 && matches!(tokens[at - 1].text, "::" | ".") {
            continue;
        }
        let path = tokens.get(at + 1).is_some_and(|next| next.text == "::");
        let import = at > 0 && tokens[at - 1].text == "use";
        if crates.contains(word) && (path || import) {
            // The entry files only hand over to a room; the allocator of the program can be chosen nowhere else.
            let allowed = rules.map_or(&["mimalloc"][..], |rules| rules.crates);
            if !allowed.contains(&word) && !allowed.contains(&ANY) {
                fault(
                    token,
                    format!("the crate {word} is not for {}", place(room)),
                );
            }
        }
        if !path {
            continue;
        }
        let targets = path_targets(&tokens, at + 2);
        match word {
            "super" if targets.iter().any(|target| target.text == "super") => {
                fault(
                    token,
                    "`super::super::`: name the path from `crate::`".to_owned(),
                );
            }
            "crate" | "super" | "greenlien" => {
                let allowed = rules.map_or(&["cli"][..], |rules| rules.rooms);
                for target in targets {
                    let inside = target.text == room || allowed.contains(&target.text);
                    // Above the door of a room stands the crate, so there `super::` is another way to say `crate::`.
                    let named = word != "super" || (door && is_room(target.text));
                    if named && !inside {
                        fault(
                            target,
                            format!("{} must not import `crate::{}`", place(room), target.text),
                        );
                    }
                }
            }
            "std" if rules.is_some_and(|rules| rules.pure) => {
                for target in targets {
                    if IMPURE_STD.contains(&target.text) {
                        fault(
                            target,
                            format!("`std::{}` in {room}, which must stay pure", target.text),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    faults
}

/// Everything wrong with one file that needs no knowledge of other files.
pub(crate) fn text_faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.trim_start().starts_with("//!") {
        faults.push(format!(
            "{name}:1: say with `//!` what this file is and why it is separate"
        ));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        faults.push(format!(
            "{name}:{lines}: {lines} lines; at {FILE_LINES_MAX} a file is two ideas"
        ));
    }
    for pair in tokens(text).windows(2) {
        if matches!(pair[0].text, "todo" | "unimplemented") && pair[1].text == "!" {
            faults.push(format!("{name}:{}: `{}!`", pair[0].line, pair[0].text));
        }
    }
    for three in tokens(text).windows(3) {
        if three[0].text == "[" && three[1].text == "path" && three[2].text == "=" {
            faults.push(format!(
                "{name}:{}: `#[path]`: a module lies where its name says",
                three[1].line
            ));
        }
    }
    faults
}

/// Words that no file of the project contains.
pub(crate) fn banned_words(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // Written in two halves, so that this file does not accuse itself.
    let banned = [
        (concat!("TO", "DO"), "unfinished work does not reach main"),
        (concat!("FIX", "ME"), "unfinished work does not reach main"),
        (concat!("/ro", "ot/"), "a path of one machine"),
        (concat!("/ho", "me/"), "a path of one machine"),
        (concat!("/wo", "rk/"), "a path of one machine"),
        (
            concat!("/t", "mp/"),
            "a path of one machine; ask the system for its folder",
        ),
    ];
    for (at, line) in text.lines().enumerate() {
        for (words, reason) in banned {
            if line.contains(words) {
                faults.push(format!("{name}:{}: `{words}`: {reason}", at + 1));
            }
        }
    }
    faults
}

/// Marks the file and all that its `mod` lines lead to.
fn follow_modules(name: &str, reached: &mut BTreeSet<String>, faults: &mut Vec<String>) {
    if !reached.insert(name.to_owned()) {
        return;
    }
    let text = read(name);
    // `lib.rs`, `main.rs` and `mod.rs` speak for their folder, `x.rs` for the folder `x`.
    let folder = name.trim_end_matches(".rs");
    let folder = ["/lib", "/main", "/mod"]
        .iter()
        .find_map(|end| folder.strip_suffix(end))
        .unwrap_or(folder);
    for (line, module) in modules(&text) {
        let candidates = [
            format!("{folder}/{module}.rs"),
            format!("{folder}/{module}/mod.rs"),
        ];
        match candidates.iter().find(|path| exists(path)) {
            Some(path) => follow_modules(path, reached, faults),
            None => faults.push(format!("{name}:{line}: `mod {module};` leads to no file")),
        }
    }
}

fn all_sources() -> Vec<Source> {
    ["src", "tests", "benches"]
        .into_iter()
        .flat_map(sources)
        .collect()
}

fn is_room(name: &str) -> bool {
    ROOMS.iter().any(|room| room.name == name)
}

fn place(room: &str) -> &str {
    if room.is_empty() {
        "the entry of the program"
    } else {
        room
    }
}

/// Lists every fault, each with its file and line, and fails if there is one.
pub(crate) fn assert_none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}\n",
        faults.len(),
        faults.join("\n")
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// The rules themselves, tried on planted faults
// ---------------------------------------------------------------------------------------------------------------------

/// The import faults of a text that stands in the first file of a room.
fn planted(room: &str, text: &str) -> Vec<String> {
    let crates = outside_crates(
        "[dependencies]\naxum = \"1\"\nrocksdb = \"1\"\nserde = \"1\"\n[features]\n",
    );
    import_faults(&format!("src/{room}/mod.rs"), text, &crates)
}

#[test]
fn a_planted_import_is_caught_with_its_line() {
    let faults = planted("store", "//! Rows.\n\nuse crate::http::problem;\n");
    assert_eq!(
        faults,
        ["src/store/mod.rs:3: store must not import `crate::http`"]
    );
    assert_eq!(
        planted(
            "store",
            "use crate::{domain::right, primitives::{id, time}, cli};"
        )
        .len(),
        1
    );
    assert_eq!(
        planted("ledger", "fn f() { crate::domain::rules::decide(); }").len(),
        1
    );
    assert_eq!(planted("ledger", "use super::domain;").len(), 1);
    assert_eq!(planted("domain", "mod a { use super::super::b; }").len(), 1);
    assert_eq!(planted("ledger", "use crate::*;").len(), 1);
}

#[test]
fn a_planted_crate_or_clock_is_caught() {
    assert_eq!(planted("domain", "use axum::Router;").len(), 1);
    assert_eq!(
        planted("service", "fn f() -> Result<(), rocksdb::Error> { g() }").len(),
        1
    );
    assert_eq!(
        planted("verify", "use {std::fmt, serde::Serialize};").len(),
        1
    );
    assert_eq!(planted("ledger", "use std::{fmt, fs};").len(), 1);
    assert_eq!(
        planted("domain", "let now = std::time::SystemTime::now();").len(),
        1
    );
    assert_eq!(planted("domain", "let share: f64;").len(), 1);
}

#[test]
fn a_planted_kind_is_caught() {
    let words = BTreeSet::from(["carbon_sink".to_owned(), "sink".to_owned()]);
    let faults = |text: &str| kind_faults("x.rs", text, &words).len();
    assert_eq!(
        faults("if kind == \"carbon_sink\" { Sink::new() } // a sink"),
        2
    );
    assert_eq!(
        faults("/// A sink.\nfn sinking() {}\n#[cfg(test)]\nlet kind = \"sink\";"),
        0
    );
}

#[test]
fn what_is_allowed_quoted_or_in_a_comment_is_no_fault() {
    for text in [
        "use crate::primitives::id; use crate::store::rows; use rocksdb::{DB, Options}; use super::*;",
        "// use crate::http;\n/* crate::cli */ let a = \"crate::http\"; let b = r#\"use axum::\"x\"\"#;",
        "fn f<'a>(c: char, d: &'a str) -> bool { c == '\"' || c == '\\'' || c == '/' } // '",
        "let serde = 1; row.axum::<u8>(); my::axum::f(); b\"\\\"crate::http\";",
    ] {
        assert_none(planted("store", text));
    }
}

#[test]
fn planted_faults_of_the_text_are_caught() {
    let faults = |text: &str| text_faults("x.rs", text).len() + banned_words("x.rs", text).len();
    assert_eq!(faults("//! A file.\n"), 0);
    assert_eq!(faults("use std::fmt;\n"), 1);
    assert_eq!(faults(&"//!\n".repeat(FILE_LINES_MAX + 1)), 1);
    assert_eq!(faults(concat!("//! A file.\n// TO", "DO: more\n")), 1);
    assert_eq!(faults("//! A file.\nfn f() { unimplemented!() }\n"), 1);
    assert_eq!(faults("//! A file.\n#[path = \"y.rs\"]\nmod y;\n"), 1);
    assert_eq!(faults("//! A file.\nfn f() { let path = 1; }\n"), 0);
    assert_eq!(
        faults(concat!(
            "//! A file.\nconst FOLDER: &str = \"/t",
            "mp/x\";\n"
        )),
        1
    );
}

#[test]
fn a_planted_name_of_a_missing_file_is_caught() {
    let faults = |text: &str| missing_names("README.md", text, &|_| false);
    assert_eq!(faults(concat!("see do", "cs/FORMATS.md.")).len(), 1);
    assert_eq!(
        faults("see other/docs/FORMATS.md, docs/, fixtures/policy/*.toml, src/<room>.rs").len(),
        0
    );
}

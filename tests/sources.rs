//! The project's own files as text and as words, for the tests that check sources and documents.
//!
//! A small reader of Rust's surface: it knows comments, strings and paths, and nothing of meaning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file of the project.
pub(crate) struct Source {
    /// The path from the top of the project, with `/`.
    pub(crate) name: String,
    pub(crate) text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the project has this file.
pub(crate) fn exists(path: &str) -> bool {
    root().join(path).is_file()
}

/// The text of a file, by its path from the top of the project.
pub(crate) fn read(name: &str) -> String {
    source(&root().join(name)).text
}

/// Every `.rs` file below a folder, in order.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    files_below(&root().join(folder), "rs")
}

/// Every file of an ending below a folder, in order.
pub(crate) fn texts(folder: &str, ending: &str) -> Vec<Source> {
    files_below(&root().join(folder), ending)
}

/// The texts for people that name files. The changelog may name files that are gone.
pub(crate) fn documents() -> Vec<Source> {
    let mut documents = files_below(&root().join("docs"), "md");
    for name in [
        "README.md",
        "Makefile",
        "Cargo.toml",
        "deny.toml",
        "keys/README.md",
    ] {
        if exists(name) {
            documents.push(source(&root().join(name)));
        }
    }
    documents
}

fn source(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("the files of a project are readable text");
    let name = path
        .strip_prefix(root())
        .expect("every path here starts at the root");
    Source {
        name: name.to_string_lossy().into_owned(),
        text,
    }
}

fn files_below(folder: &Path, ending: &str) -> Vec<Source> {
    let mut files = Vec::new();
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect(),
        Err(_) => Vec::new(),
    };
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            files.push(source(&path));
        }
    }
    files
}

/// The crates of `[dependencies]`, as code writes them.
pub(crate) fn outside_crates(manifest: &str) -> BTreeSet<String> {
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| Some(line.split_once(" = ")?.0.trim().replace('-', "_")));
    names.filter(|name| !name.starts_with('#')).collect()
}

/// One word or sign of Rust with its line, counted from 1.
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// The words and signs of a Rust text, without comments, strings and characters. `::` is one sign.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let word = rest
            .find(|c: char| c != '_' && !c.is_alphanumeric())
            .unwrap_or(rest.len());
        let (length, is_code) = if let Some(length) = literal(rest) {
            (length, false)
        } else if word > 0 {
            (word, true)
        } else if rest.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), !first.is_whitespace())
        };
        if is_code {
            tokens.push(Token {
                text: &rest[..length],
                line,
            });
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

/// The bytes of the comment, string or character that a text starts with.
fn literal(text: &str) -> Option<usize> {
    let end_of = |start: usize, end: &str| {
        text[start..]
            .find(end)
            .map_or(text.len(), |found| start + found + end.len())
    };
    if text.starts_with("//") {
        return Some(end_of(0, "\n"));
    }
    if text.starts_with("/*") {
        return Some(end_of(2, "*/"));
    }
    let bare = text.trim_start_matches(['b', 'c']);
    let mark = text.len() - bare.len();
    if let Some(raw) = bare.strip_prefix('r').filter(|_| mark <= 1) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            return Some(end_of(
                mark + 2 + hashes,
                &format!("\"{}", "#".repeat(hashes)),
            ));
        }
    }
    let quote = bare
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'') && mark <= 1)?;
    let mut inside = bare.char_indices().skip(1);
    // A lifetime has no second quote after its first letter.
    let is_lifetime =
        quote == '\'' && !bare[1..].starts_with('\\') && bare.chars().nth(2) != Some('\'');
    while let (false, Some((at, c))) = (is_lifetime, inside.next()) {
        if c == '\\' {
            inside.next();
        } else if c == quote {
            return Some(mark + at + 1);
        }
    }
    None
}

/// What follows `x::`: one name, or the first names of all branches of `{...}`.
pub(crate) fn path_targets<'a, 'b>(tokens: &'b [Token<'a>], start: usize) -> Vec<&'b Token<'a>> {
    let Some(first) = tokens.get(start) else {
        return Vec::new();
    };
    if first.text != "{" {
        return vec![first];
    }
    let (mut depth, mut targets) = (0, Vec::new());
    for pair in tokens[start..].windows(2) {
        match pair[0].text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].text, "{" | ",") && pair[1].text != "}" {
            targets.push(&pair[1]);
        }
    }
    targets
}

/// The modules that a text says lie in files of their own, with the line of each.
pub(crate) fn modules(text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let lines = tokens
        .windows(3)
        .filter(|three| three[0].text == "mod" && three[2].text == ";");
    lines
        .map(|three| (three[1].line, three[1].text.to_owned()))
        .collect()
}

#[test]
fn mod_lines_are_found() {
    let found = modules("//! mod no;\npub mod a;\n#[cfg(test)]\nmod b;\nmod tests { }\n");
    assert_eq!(found, [(2, "a".to_owned()), (4, "b".to_owned())]);
}

/// Folders whose files may be named in documents and comments, and must then exist.
const NAMED_FOLDERS: &[&str] = &["benches/", "docs/", "fixtures/", "src/", "tests/", "web/"];

/// Files named in a text that do not exist. A name is a path from the top of the project with a file ending.
pub(crate) fn missing_names(name: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let in_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for folder in NAMED_FOLDERS {
            for (start, _) in line.match_indices(folder) {
                let (before, rest) = line.split_at(start);
                let end = rest.find(|c| !in_path(c)).unwrap_or(rest.len());
                let path = rest[..end].trim_end_matches(['.', '/']);
                // `x/docs/…` is someone else's folder, and `src/*.rs` or `src/<room>.rs` is a pattern.
                let whole =
                    !before.ends_with(in_path) && !rest[end..].starts_with(['*', '<', '{', '…']);
                let is_file = path
                    .rsplit('/')
                    .next()
                    .is_some_and(|last| last.contains('.'));
                if whole && is_file && !exists(path) {
                    faults.push(format!("{name}:{}: {path} does not exist", at + 1));
                }
            }
        }
    }
    faults
}

//! The page 核验: the verifier of `web/verifier` as one script, served with its page and inside one file for use offline.
//!
//! The modules lie in the tree as browsers load them; here they are joined, in their order, each in a scope of its own, so
//! that one file works from a disk. Nothing is rewritten but imports and exports, and comments are left out.

use std::fmt::Write as _;
use std::sync::LazyLock;

use askama::Template;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::primitives::crypto::Hash;
use crate::service::Registry;
use crate::web::shell::{Shell, Visit};

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../web/verifier/", $name)))),*]
    };
}

/// Every module, after those that it imports.
const MODULES: &[(&str, &str)] = modules![
    "vendor/utils.js",
    "vendor/_u64.js",
    "vendor/_md.js",
    "vendor/sha2.js",
    "vendor/noble-ed25519.js",
    "fault.js",
    "bytes.js",
    "ed25519.js",
    "canonical.js",
    "forms.js",
    "values.js",
    "merkle.js",
    "note.js",
    "trust.js",
    "state.js",
    "toml.js",
    "policies.js",
    "polygon.js",
    "overlap.js",
    "records.js",
    "events.js",
    "commands.js",
    "entries.js",
    "file.js",
    "fold.js",
    "stacks.js",
    "land.js",
    "capacity.js",
    "question.js",
    "answer.js",
    "signatures.js",
    "givers.js",
    "attested.js",
    "freezes.js",
    "asked.js",
    "difference.js",
    "acts.js",
    "lines.js",
    "authority.js",
    "checks.js",
    "dom.js",
    "words.js",
    "facts.js",
    "report.js",
    "page.js",
];

const LICENSE: &str = include_str!("../../web/verifier/vendor/LICENSE-noble-ed25519");
const STYLE: &str = include_str!("../../web/assets/style.css");

static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let mut script = format!(
        "/*! greenlien, Apache License 2.0. Parts: @noble/ed25519, @noble/hashes:\n{LICENSE}*/\n\
         (() => {{\n\"use strict\";\n"
    );
    for (name, text) in MODULES {
        script.push_str(&joined(name, text));
    }
    script.push_str("})();\n");
    script
});

static OFFLINE: LazyLock<String> = LazyLock::new(|| {
    let policy = offline_policy();
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>核验 · greenlien</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main id=\"main\">\n<div id=\"verify\" data-alone></div>\n\
         <noscript><h1>核验 · Verify</h1><p>本页需要脚本。This page needs scripts.</p></noscript>\n</main>\n\
         <script>{}</script>\n</body>\n</html>\n",
        *SCRIPT
    )
});

/// What the file may do: run this script under this style, and reach nothing.
fn offline_policy() -> String {
    let hash = |text: &str| STANDARD.encode(Hash::of(&[text.as_bytes()]).0);
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(&SCRIPT),
        hash(STYLE)
    )
}

/// The script of the page, for the assets.
pub(crate) fn script() -> &'static [u8] {
    SCRIPT.as_bytes()
}

/// Answers with the file that works from a disk, as a download.
pub(crate) async fn get_offline() -> Response {
    let policy = HeaderValue::from_str(&format!("{}; frame-ancestors 'none'", offline_policy()));
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let disposition = "attachment; filename=\"greenlien-verify.html\"";
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, OFFLINE.as_str()).into_response()
}

#[derive(Template)]
#[template(path = "verify.html")]
pub(crate) struct VerifyPage {
    shell: Shell,
    /// SHA-256 of the file that works from a disk.
    offline_hash: String,
    /// SHA-256 of the script, so that a browser never keeps an old one.
    script: String,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> VerifyPage {
    VerifyPage {
        shell: Shell::new(registry, visit, visit.lang.words().verify_title),
        offline_hash: Hash::of(&[OFFLINE.as_bytes()]).to_string(),
        script: Hash::of(&[SCRIPT.as_bytes()]).to_string(),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Joining
// ---------------------------------------------------------------------------------------------------------------------

/// The name of a module's scope, from its file.
fn scope(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    format!("module_{}", file.trim_end_matches(".js").replace('-', "_"))
}

/// One module as a scope that returns what the module exports.
fn joined(name: &str, text: &str) -> String {
    let mut body = String::new();
    let mut exports: Vec<String> = Vec::new();
    let mut statement = String::new();
    for line in uncommented(text) {
        let begins = line.starts_with("import ") || line.starts_with("export {");
        if begins || !statement.is_empty() {
            statement.push_str(line);
            if line.trim_end().ends_with(';') {
                match statement.strip_prefix("export {") {
                    Some(names) => exports.extend(exported(names)),
                    None => body.push_str(&imported(&statement)),
                }
                statement.clear();
            }
            continue;
        }
        let rest = line.strip_prefix("export ").unwrap_or(line);
        if rest.len() < line.len() {
            exports.push(declared(rest));
        }
        body.push_str(rest);
        body.push('\n');
    }
    let exports = exports.join(", ");
    format!(
        "const {} = (() => {{\n{body}return {{ {exports} }};\n}})();\n",
        scope(name)
    )
}

/// The lines of a module without those that are comments from their first sign on.
fn uncommented(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let start = line.trim_start();
        // A comment that ends before the line does belongs to what follows it.
        let is_comment =
            start.starts_with("/*") && (!start.contains("*/") || start.trim_end().ends_with("*/"));
        inside = inside || is_comment;
        if !inside && !start.starts_with("//") && !start.is_empty() {
            lines.push(line);
        }
        if line.trim_end().ends_with("*/") {
            inside = false;
        }
    }
    lines
}

/// An import as constants taken from the scope of the other module.
fn imported(statement: &str) -> String {
    let from = statement.rsplit_once(" from ");
    let (names, path) = from.unwrap_or((statement, ""));
    let path = path.trim_matches(|c| matches!(c, '"' | '\'' | ';' | ' '));
    let names = names.trim_start_matches("import ").trim();
    let names = match names.strip_prefix("* as ") {
        Some(whole) => whole.to_owned(),
        None => names.replace(" as ", ": "),
    };
    format!("const {names} = {};\n", scope(path))
}

/// The names of `export { a, b };`, which has no others.
fn exported(names: &str) -> Vec<String> {
    let names = names.split('}').next().unwrap_or_default();
    let names = names.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name that `const`, `function` or `class` declares.
fn declared(line: &str) -> String {
    let words = line.trim_start_matches("async ");
    let name = words.split_once(' ').map_or("", |(_, rest)| rest);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let name = name.trim_start_matches(['*', ' ']);
    let mut declared = String::new();
    let _ = write!(
        declared,
        "{}",
        name.split(|c| !is_part(c)).next().unwrap_or_default()
    );
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_becomes_a_scope_that_returns_its_exports() {
        let text = "//! What it is.\nimport { a, b as c } from \"./x-y.js\";\nimport * as all from \"./z.js\";\n\n\
                    /// A comment.\nexport const one = a;\nexport function* two() {\n  return c;\n}\n\
                    /** A comment. */\n/*\n more\n*/\n/* pure */ two();\nexport { all };\n";
        let expected = "const module_m = (() => {\nconst { a, b: c } = module_x_y;\nconst all = module_z;\n\
                        const one = a;\nfunction* two() {\n  return c;\n}\n/* pure */ two();\n\
                        return { one, two, all };\n})();\n";
        assert_eq!(joined("m.js", text), expected);
    }

    #[test]
    fn every_module_comes_after_those_it_imports_and_none_is_left_out() {
        let mut seen: Vec<String> = Vec::new();
        for (name, text) in MODULES {
            let imports = uncommented(text)
                .into_iter()
                .filter(|line| line.contains(" from \"./"));
            for line in imports {
                let path = line.rsplit_once(" from ").unwrap().1;
                let path = scope(path.trim_matches(|c| matches!(c, '"' | ';')));
                assert!(
                    seen.contains(&path),
                    "{name} imports {path} before it is there"
                );
            }
            seen.push(scope(name));
        }
        for folder in ["web/verifier", "web/verifier/vendor"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                let is_module = name
                    .rsplit_once('.')
                    .is_some_and(|(_, ending)| ending == "js");
                assert!(
                    !is_module || seen.contains(&scope(&name)),
                    "{name} is left out"
                );
            }
        }
    }

    #[test]
    fn the_file_holds_one_script_and_its_policy_names_it() {
        assert_eq!(OFFLINE.matches("<script").count(), 1);
        assert_eq!(OFFLINE.matches("</script").count(), 1);
        assert!(OFFLINE.contains(&offline_policy()));
        assert!(
            !OFFLINE.contains("http://") && OFFLINE.len() < 400_000,
            "{}",
            OFFLINE.len()
        );
    }
}

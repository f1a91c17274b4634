//! The page 核验: the verifier of `web/verifier` as one script, served with its page and inside one file for use offline.
//!
//! The modules lie in the tree as browsers load them and are joined into one script, so that one file works from a disk.

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
use crate::web::script;
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
    "findings.js",
    "records.js",
    "events.js",
    "commands.js",
    "entries.js",
    "file.js",
    "fold.js",
    "stacks.js",
    "free.js",
    "sold.js",
    "hanging.js",
    "land.js",
    "question.js",
    "ranks.js",
    "answer.js",
    "signatures.js",
    "givers.js",
    "attested.js",
    "freezes.js",
    "asked.js",
    "expected.js",
    "difference.js",
    "known.js",
    "successor.js",
    "succession.js",
    "order.js",
    "kept.js",
    "extended.js",
    "acts.js",
    "maxima.js",
    "lines.js",
    "carried.js",
    "rights.js",
    "authority.js",
    "capacity.js",
    "checks.js",
    "steps.js",
    "attachment.js",
    "statement.js",
    "certificate.js",
    "proof_file.js",
    "fraud.js",
    "verify.js",
    "dom.js",
    "words.js",
    "told_file.js",
    "told_acts.js",
    "told.js",
    "facts.js",
    "over.js",
    "sentence.js",
    "report.js",
    "paper.js",
    "printed.js",
    "page.js",
];

/// What only the served page has: the file that works from a disk reaches nothing.
const SERVED: &[(&str, &str)] = modules!["by_code.js"];

/// Modules of `vendor` that the signing page alone uses.
#[cfg(test)]
const FOR_SIGNING: [&str; 3] = ["hmac.js", "pbkdf2.js", "scrypt.js"];

const LICENSE: &str = include_str!("../../web/verifier/vendor/LICENSE-noble-ed25519");
const STYLE: &str = include_str!("../../web/assets/style.css");

static SCRIPT: LazyLock<String> = LazyLock::new(|| joined(&[MODULES, SERVED]));
static OFFLINE_SCRIPT: LazyLock<String> = LazyLock::new(|| joined(&[MODULES]));

fn joined(modules: &[&[(&str, &str)]]) -> String {
    let license = format!("Parts: @noble/ed25519, @noble/hashes:\n{LICENSE}");
    let scopes: Vec<String> = modules.iter().map(|part| script::texts(part)).collect();
    script::join(&license, &scopes)
}

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
        *OFFLINE_SCRIPT
    )
});

static HASH: LazyLock<String> = LazyLock::new(|| Hash::of(&[SCRIPT.as_bytes()]).to_string());
static OFFLINE_HASH: LazyLock<String> =
    LazyLock::new(|| Hash::of(&[OFFLINE.as_bytes()]).to_string());

/// What the file may do: run this script under this style, and reach nothing.
fn offline_policy() -> String {
    let hash = |text: &str| STANDARD.encode(Hash::of(&[text.as_bytes()]).0);
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(&OFFLINE_SCRIPT),
        hash(STYLE)
    )
}

/// The script of the page, for the assets.
pub(crate) fn script() -> &'static [u8] {
    SCRIPT.as_bytes()
}

/// SHA-256 of the script, which pages name it with.
pub(crate) fn hash() -> &'static str {
    &HASH
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
    offline_hash: &'static str,
    /// SHA-256 of the script, so that a browser never keeps an old one.
    script: &'static str,
}

/// Makes the page.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> VerifyPage {
    VerifyPage {
        shell: Shell::new(registry, visit, visit.lang.words().verify_title),
        offline_hash: &OFFLINE_HASH,
        script: hash(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::script::{ends_its_texts, scope, uncommented};

    #[test]
    fn every_module_comes_after_those_it_imports_and_none_is_left_out() {
        let mut seen: Vec<String> = Vec::new();
        for (name, text) in MODULES.iter().chain(SERVED) {
            assert!(ends_its_texts(text), "{name} has a text over several lines");
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
                    !is_module
                        || FOR_SIGNING.contains(&name.as_str())
                        || seen.contains(&scope(&name)),
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
        assert!(SCRIPT.contains("fetch(") && !OFFLINE.contains("fetch("));
        assert!(
            !OFFLINE.contains("http://") && OFFLINE.len() < 575_000,
            "{}",
            OFFLINE.len()
        );
    }
}

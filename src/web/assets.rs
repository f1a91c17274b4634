//! Style sheet and pictures, part of the program: a page never asks another host for anything.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::primitives::crypto::Hash;
use crate::web::{signing, verifier};

/// Characters of a name at the foot; digits of a position, and of the beginning of a root, are fewer.
const FOOT_CHARS_MAX: usize = 40;

/// Name, media type and content of every asset.
const ASSETS: &[(&str, &str, &[u8])] = &[
    (
        "style.css",
        "text/css; charset=utf-8",
        include_bytes!("../../web/assets/style.css"),
    ),
    (
        "page.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../web/assets/page.js"),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_bytes!("../../web/assets/icon.svg"),
    ),
];

/// Digits of the hash that assets are named with.
const VERSION_DIGITS: usize = 16;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let contents: Vec<&[u8]> = ASSETS.iter().map(|(.., content)| *content).collect();
    let mut hash = Hash::of(&contents).to_string();
    hash.truncate(VERSION_DIGITS);
    hash
});

/// Returns what pages name the assets with: it is another whenever one of them is.
pub(crate) fn version() -> &'static str {
    &VERSION
}

/// For how long an answer may be kept that the address names by its hash, and any other.
const FIXED: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";

/// Answers with an asset. Pages name it with a hash, and under that it never changes; an address of before, or without one, is
/// kept for a day.
pub(crate) async fn get_asset(
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let foot = foot(&query);
    let known = ASSETS.iter().find(|(known, ..)| *known == name);
    let script = "text/javascript; charset=utf-8";
    let (media_type, bytes, hash) = match known {
        Some((_, media_type, bytes)) => (*media_type, *bytes, version()),
        None if name == "foot.css" => ("text/css; charset=utf-8", foot.as_bytes(), ""),
        None if name == "verifier.js" => (script, verifier::script(), verifier::hash()),
        None if name == "signing.js" => (script, signing::script(), signing::hash()),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    let is_named = !hash.is_empty() && query.get("v").is_some_and(|named| named == hash);
    let kept = if is_named { FIXED } else { FOR_A_DAY };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static(kept)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes.to_vec()).into_response()
}

/// What stands at the foot of every printed page: who keeps the register, the position and the beginning of the root that the
/// page rests on, which its address names. A style sheet of its own, since a page may have no style within it.
fn foot(query: &BTreeMap<String, String>) -> String {
    let of = |name: &str, is_part: fn(char) -> bool| {
        let value = query.get(name).map_or("", String::as_str);
        let kept: String = value.chars().filter(|c| is_part(*c)).collect();
        kept.chars().take(FOOT_CHARS_MAX).collect::<String>()
    };
    let size = of("size", |c| c.is_ascii_digit());
    let root = of("root", |c| c.is_ascii_hexdigit());
    // Letters of any language and what joins them: nothing that could end the text of a style.
    let name = of("name", |c| c.is_alphanumeric() || " ·-()（）".contains(c));
    format!(
        "@media print{{@page{{@bottom-left{{content:\"{name} · 账页位置 position {size} · 检查点 checkpoint {root}\";font-size:8pt}}}}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foot_says_who_and_where_and_nothing_that_ends_its_text() {
        let foot_of = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            foot(&pairs.collect())
        };
        let told = foot_of(&[
            ("name", "示例登记中心 (A)"),
            ("size", "977"),
            ("root", "219cd2"),
        ]);
        assert!(
            told.contains(
                "\"示例登记中心 (A) · 账页位置 position 977 · 检查点 checkpoint 219cd2\""
            ),
            "{told}"
        );
        let told = foot_of(&[
            ("name", "a\"}b\\{c;d</style>"),
            ("size", "1\"2"),
            ("root", "};"),
        ]);
        assert!(
            told.contains("content:\"abcdstyle · 账页位置 position 12 · 检查点 checkpoint \";"),
            "{told}"
        );
    }
}

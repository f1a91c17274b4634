//! Style sheet and pictures, part of the program: a page never asks another host for anything.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::web::{signing, verifier};

/// Name, media type and content of every asset.
const ASSETS: &[(&str, &str, &[u8])] = &[
    (
        "style.css",
        "text/css; charset=utf-8",
        include_bytes!("../../web/assets/style.css"),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_bytes!("../../web/assets/icon.svg"),
    ),
];

/// Answers with an asset; pages name it with the version of the program or its hash, so it may be kept.
pub(crate) async fn get_asset(Path(name): Path<String>) -> Response {
    let known = ASSETS.iter().find(|(known, ..)| *known == name);
    let (media_type, bytes) = match known {
        Some((_, media_type, bytes)) => (*media_type, *bytes),
        None if name == "verifier.js" => ("text/javascript; charset=utf-8", verifier::script()),
        None if name == "signing.js" => ("text/javascript; charset=utf-8", signing::script()),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=86400"),
        ),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes).into_response()
}

//! Successful answers: media types, caching, compression and pages.

use std::io::{self, Write as _};
use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LINK};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::problem::Problem;
use crate::primitives::canonical::Json;
use crate::service::Registry;

/// What never changes may be kept for a year.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Answers with a JSON text.
pub(crate) fn json(text: String) -> Response {
    json_with(StatusCode::OK, text)
}

/// Answers with a JSON text and a status.
pub(crate) fn json_with(status: StatusCode, text: String) -> Response {
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        text,
    )
        .into_response()
}

/// Adds a header whose value is visible ASCII by construction; another value is left out.
pub(crate) fn header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Lets caches keep the answer for ever: its bytes are fixed by the log.
pub(crate) fn immutable(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, IMMUTABLE);
    response
}

/// Says whether a client takes gzip (RFC 9110 section 12.5.3); a weight of zero means that it does not.
pub(crate) fn takes_gzip(accept_encoding: &HeaderValue) -> bool {
    let text = accept_encoding.to_str().unwrap_or_default();
    text.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && !weight.is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty())
    })
}

/// Compresses an answer; the fast level, because the threads that decide share the processor.
pub(crate) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    gzip_at(bytes, Compression::fast())
}

/// Compresses what is sent many times, as small as can be.
pub(crate) fn gzip_well(bytes: &[u8]) -> io::Result<Vec<u8>> {
    gzip_at(bytes, Compression::best())
}

fn gzip_at(bytes: &[u8], level: Compression) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Answers with one page of a listing; `next` is the cursor of the following page and the link to it (RFC 8288).
pub(crate) fn page(items: Vec<Json>, next: Option<(u64, String)>) -> Response {
    let cursor = next
        .as_ref()
        .map(|(cursor, _)| Json::Text(cursor.to_string()));
    let response = json(
        Json::object([("items", Json::list(items))])
            .with("next", cursor)
            .to_canonical(),
    );
    match next {
        Some((_, path)) => header(response, LINK, &format!("<{path}>; rel=\"next\"")),
        None => response,
    }
}

/// Runs a read away from the threads that serve connections; the one place where async waits for the disk.
pub(crate) async fn read<T: Send + 'static>(
    registry: Arc<Registry>,
    work: impl FnOnce(&Registry) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(move || work(&registry)).await {
        Ok(answer) => answer,
        Err(fault) => Err(Problem::internal(&fault)),
    }
}

/// Percent-encodes a value of a query (RFC 3986).
pub(crate) fn encoded(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_asks_for_it() {
        for (header, takes) in [
            ("gzip", true),
            ("GZIP", true),
            ("identity, gzip", true),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", true),
            ("gzip; q=0.001", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("identity", false),
            ("x-gzipped", false),
            ("", false),
        ] {
            assert_eq!(
                takes_gzip(&HeaderValue::from_static(header)),
                takes,
                "{header}"
            );
        }
    }
}

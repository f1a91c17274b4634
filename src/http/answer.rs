//! Successful answers: media types, caching and pages.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LINK};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

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

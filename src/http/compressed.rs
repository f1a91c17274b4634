//! What browsers are drawn pages with, compressed: the pages themselves, scripts, styles and pictures.
//!
//! Separate from the frame because of what it must not touch: a page of somebody who is signed in. There what an address says
//! stands beside the form token and beside what only members see, and the length of both, compressed together, would tell a
//! listener the one by way of the other (BREACH). Bundles of entries are compressed where they are made.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::http::answer::{gzip, gzip_well, takes_gzip};
use crate::http::gate::is_asset;
use crate::primitives::limits;
use crate::service::sessions::SignedIn;

/// Media types of pages and of what they are drawn with.
const DRAWN: [&str; 4] = ["text/html", "text/css", "text/javascript", "image/svg+xml"];

/// Assets that never change, compressed once; there are as many as have names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<BTreeMap<String, Bytes>>>);

impl Kept {
    fn of(&self, path: &str) -> Option<Bytes> {
        let kept = self.0.lock().ok()?;
        kept.get(path).cloned()
    }

    fn keep(&self, path: String, bytes: Bytes) {
        if let Ok(mut kept) = self.0.lock() {
            kept.insert(path, bytes);
        }
    }
}

/// Compresses an answer for whoever takes it so.
pub(crate) async fn compress(State(kept): State<Kept>, request: Request, next: Next) -> Response {
    let takes = request.headers().get(ACCEPT_ENCODING);
    let takes = takes.is_some_and(takes_gzip);
    let path = request.uri().path().to_owned();
    let is_personal = request.extensions().get::<SignedIn>().is_some() && !is_asset(&path);
    let mut response = next.run(request).await;
    if is_personal || !is_drawn(&response) {
        return response;
    }
    let by_encoding = HeaderValue::from_static("accept-encoding");
    response.headers_mut().append(VARY, by_encoding);
    // An answer without a length, or with one that is not worth it, stays as it is.
    let length = response.body().size_hint().exact().unwrap_or(0);
    let is_worth = (limits::COMPRESSED_BYTES_MIN..=limits::COMPRESSED_BYTES_MAX).contains(&length);
    if takes && is_worth {
        packed(response, path, kept).await
    } else {
        response
    }
}

fn is_drawn(response: &Response) -> bool {
    let value = response.headers().get(CONTENT_TYPE);
    let kind = value.and_then(|value| value.to_str().ok()?.split(';').next());
    kind.is_some_and(|kind| DRAWN.contains(&kind))
        && !response.headers().contains_key(CONTENT_ENCODING)
}

async fn packed(response: Response, path: String, kept: Kept) -> Response {
    let (mut head, body) = response.into_parts();
    let cached = head.headers.get(CACHE_CONTROL).map(HeaderValue::as_bytes);
    // Only the name counts: an answer that says so is that of the one content which there is.
    let is_fixed = is_asset(&path) && cached.is_some_and(|said| said.ends_with(b"immutable"));
    let known = if is_fixed { kept.of(&path) } else { None };
    let bytes = match known {
        Some(bytes) => bytes,
        None => match made(body, if is_fixed { gzip_well } else { gzip }).await {
            Some(bytes) => bytes,
            None => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    if is_fixed {
        kept.keep(path, bytes.clone());
    }
    head.headers.remove(CONTENT_LENGTH);
    head.headers
        .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(head, Body::from(bytes))
}

/// Compresses away from the threads that serve connections.
async fn made(body: Body, how: fn(&[u8]) -> io::Result<Vec<u8>>) -> Option<Bytes> {
    let limit = usize::try_from(limits::COMPRESSED_BYTES_MAX).ok()?;
    let plain = to_bytes(body, limit).await.ok()?;
    let work = tokio::task::spawn_blocking(move || how(&plain));
    Some(work.await.ok()?.ok()?.into())
}

//! What a handler takes out of a request: a JSON body of the profile, parts of the path, parameters of the query.
//!
//! Every fault here is a problem that names the field; nothing is ever answered in plain text.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::http::problem::{Kind, Problem, WHOLE_BODY};
use crate::primitives::canonical::Json;
use crate::primitives::field::Fields;
use crate::primitives::id::{INDEX_FORM, parse_index};
use crate::primitives::limits;

/// Rows of a page when the request does not say.
const PAGE_ROWS_DEFAULT: u64 = 50;

/// A body of at most `MAX` bytes, announced as `application/json`, read by the strict reader.
pub(crate) struct JsonBody<const MAX: usize>(pub(crate) Json);

/// The body of one command or question.
pub(crate) type CommandBody = JsonBody<{ limits::COMMAND_BYTES_MAX }>;
/// The body of a signed list of prices.
pub(crate) type PriceBody = JsonBody<{ limits::PRICE_LIST_BYTES_MAX }>;
/// The body of a batch.
pub(crate) type BatchBody = JsonBody<{ limits::BATCH_BYTES_MAX }>;

impl<S: Send + Sync, const MAX: usize> FromRequest<S> for JsonBody<MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let announced = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_announced = announced.is_some_and(is_json);
        // The body is read before anything is refused: closing on a client that still writes would cost it the answer.
        let bytes = read_body(request.into_body(), MAX).await?;
        if !is_announced {
            return Err(Problem::of(Kind::UnsupportedMediaType).at("Content-Type"));
        }
        Ok(Self(Json::parse(&bytes)?))
    }
}

/// Reads a body of at most `max` bytes; of a larger one, the rest is read and thrown away within a limit.
pub(crate) async fn read_body(mut body: Body, max: usize) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            let problem = Problem::of(Kind::MalformedJson).because("the body ended early");
            return Err(problem.at(WHOLE_BODY));
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen <= max {
            bytes.extend_from_slice(&data);
        } else if seen > max.saturating_add(limits::DRAINED_BYTES_MAX) {
            break;
        }
    }
    if seen > max {
        let detail = format!("the body may have {max} bytes");
        return Err(Problem::of(Kind::TooLarge).because(detail).at(WHOLE_BODY));
    }
    Ok(bytes)
}

/// Throws a body away before its request is refused without it, within the same limit.
pub(crate) async fn drain(body: Body) {
    // Whatever is wrong with it, the refusal says what comes first.
    drop(read_body(body, 0).await);
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// The named parts of the path.
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::field("path", "must be percent-encoded UTF-8")),
        }
    }
}

/// The parameters of the query, each at most once, all known.
pub(crate) struct Params(Fields, Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::field("query", "must be percent-encoded UTF-8"))?;
        let mut members = std::collections::BTreeMap::new();
        for (name, value) in pairs.0.clone() {
            // The decoder replaces what is not UTF-8 and goes on; another name than the one sent must not be looked up.
            if [&name, &value]
                .iter()
                .any(|text| text.contains(char::REPLACEMENT_CHARACTER))
            {
                return Err(Problem::field("query", "must be percent-encoded UTF-8"));
            }
            if members.contains_key(&name) {
                return Err(Problem::field(name, "is given twice"));
            }
            members.insert(name, Json::Text(value));
        }
        Ok(Self(Fields::open("", Json::Object(members))?, pairs.0))
    }
}

impl Params {
    /// Takes a parameter and parses it; `what` completes "must be ...".
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        if !self.0.has(name) {
            return Ok(None);
        }
        Ok(Some(self.0.parsed(name, what, parse)?))
    }

    /// Takes an index or a size.
    pub(crate) fn count(&mut self, name: &str) -> Result<Option<u64>, Problem> {
        self.parsed(name, INDEX_FORM, parse_index)
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        Ok(self.0.optional_text(name)?)
    }

    /// Takes `limit`, the number of rows of a page.
    pub(crate) fn limit(&mut self) -> Result<usize, Problem> {
        let limit = self.count("limit")?.unwrap_or(PAGE_ROWS_DEFAULT);
        usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=limits::PAGE_ROWS_MAX).contains(limit))
            .ok_or_else(|| {
                Problem::field(
                    "limit",
                    format!("must be from 1 to {}", limits::PAGE_ROWS_MAX),
                )
            })
    }

    /// Says what was given, and lets whoever takes it judge it.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        self.1.clone()
    }

    /// Refuses parameters that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        Ok(self.0.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Result<Params, Problem> {
        let uri = format!("/v1/rights?{query}");
        let request = Request::builder()
            .uri(uri)
            .body(axum::body::Body::empty())
            .unwrap();
        let (mut parts, _) = request.into_parts();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(Params::from_request_parts(&mut parts, &()))
    }

    #[test]
    fn a_parameter_given_twice_or_unknown_is_refused() {
        assert!(params("holder=M9&holder=M9").is_err());
        assert!(params("holder=M9").unwrap().finish().is_err());
        assert!(params("").unwrap().finish().is_ok());
    }

    #[test]
    fn a_parameter_that_is_not_utf_8_is_refused() {
        for query in ["holder=%ff", "%ff=M9", "identity=a:%ed%a0%80"] {
            assert!(params(query).is_err(), "{query}");
        }
        assert!(params("identity=a:%E6%B8%9D").is_ok());
    }

    #[test]
    fn a_page_has_between_one_and_the_largest_number_of_rows() {
        assert_eq!(params("").unwrap().limit().unwrap(), 50);
        assert_eq!(params("limit=200").unwrap().limit().unwrap(), 200);
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=+1",
            "limit=01",
            "limit=",
        ] {
            assert!(params(query).unwrap().limit().is_err(), "{query}");
        }
    }

    #[test]
    fn json_is_recognized_with_and_without_parameters() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(!is_json("text/json"));
        assert!(!is_json("application/jsonp"));
    }
}

//! The two paths of a cosigner (C2SP tlog-witness): `add-checkpoint`, and the newest cosigned checkpoint of a log; an auditor has
//! the same two under `/audit`.
//!
//! Not part of the registry's service: a witness is a process of its own. Statuses and bodies of `add-checkpoint` are those of
//! the specification and come from `witness`; they are plain text, because other people's logs read them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::http::answer::json;
use crate::http::extract::{Named, read_body};
use crate::http::problem::{Kind, Problem};
use crate::http::{Framing, frame};
use crate::primitives::crypto::Hash;
use crate::witness::auditor::Auditor;
use crate::witness::cosigner::{CosignFault, Cosigner};
use crate::witness::request::{REQUEST_BYTES_MAX, Refusal, TEXT_TYPE};

/// A witness, and the auditor beside it if there is one.
#[derive(Clone, Debug)]
pub struct Post {
    /// Cosigns one history of each log.
    pub witness: Arc<Cosigner>,
    /// Cosigns that the state is right, under `/audit`.
    pub auditor: Option<Arc<Auditor>>,
}

impl Post {
    /// Says whether a fault of the disk has stopped it.
    pub fn is_stopped(&self) -> bool {
        let auditor = self.auditor.as_ref();
        self.witness.is_stopped() || auditor.is_some_and(|auditor| auditor.is_stopped())
    }

    fn auditor(&self) -> Result<Arc<Auditor>, Problem> {
        let absent = || Problem::of(Kind::NotFound).because("no auditor runs here");
        self.auditor.clone().ok_or_else(absent)
    }
}

/// Every path of a witness and of its auditor.
pub fn witness_router(post_of: Post) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint).fallback(not_posted))
        .route("/{hash}/checkpoint", get(get_cosigned))
        .route(
            "/audit/add-checkpoint",
            post(add_checkpoint_audited).fallback(not_posted),
        )
        .route("/audit/{hash}/checkpoint", get(get_audited))
        .route("/healthz", get(get_health))
        .fallback(|| async { Problem::of(Kind::NotFound).because("no such path") })
        .method_not_allowed_fallback(|| async { Problem::of(Kind::MethodNotAllowed) })
        .layer(from_fn_with_state(Framing::default(), frame))
        .with_state(post_of)
}

async fn add_checkpoint(State(state): State<Post>, request: Request) -> Result<Response, Problem> {
    let body = match read_body(request.into_body(), REQUEST_BYTES_MAX).await {
        Ok(body) => body,
        Err(problem) => return Ok(line_of(&problem)),
    };
    answer(move || state.witness.add_checkpoint(&body)).await
}

async fn add_checkpoint_audited(
    State(state): State<Post>,
    request: Request,
) -> Result<Response, Problem> {
    let body = match read_body(request.into_body(), REQUEST_BYTES_MAX).await {
        Ok(body) => body,
        Err(problem) => return Ok(line_of(&problem)),
    };
    let auditor = state.auditor()?;
    answer(move || auditor.add_checkpoint(&body)).await
}

async fn answer(
    cosign: impl FnOnce() -> Result<String, CosignFault> + Send + 'static,
) -> Result<Response, Problem> {
    let answered = tokio::task::spawn_blocking(cosign).await;
    match answered.map_err(|fault| Problem::internal(&fault))? {
        Ok(line) => Ok(text(StatusCode::OK, TEXT_TYPE, line)),
        Err(CosignFault::Refused(refusal)) => Ok(refused(&refusal)),
        Err(fault @ CosignFault::Disk(_)) => Err(Problem::internal(&fault)),
    }
}

/// Other people's logs read one line of text, whatever is wrong with a request.
fn line_of(problem: &Problem) -> Response {
    text(
        problem.status(),
        TEXT_TYPE,
        format!("{}\n", problem.words()),
    )
}

async fn not_posted() -> Response {
    let mut response = line_of(&Problem::of(Kind::MethodNotAllowed));
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn get_cosigned(
    State(state): State<Post>,
    Named(hash): Named<String>,
) -> Result<Response, Problem> {
    newest(&state.witness, &hash)
}

async fn get_audited(
    State(state): State<Post>,
    Named(hash): Named<String>,
) -> Result<Response, Problem> {
    newest(state.auditor()?.cosigner(), &hash)
}

fn newest(cosigner: &Cosigner, hash: &str) -> Result<Response, Problem> {
    let absent = || Problem::of(Kind::NotFound).because("no checkpoint was cosigned of such a log");
    let note = Hash::from_hex(hash).and_then(|hash| cosigner.newest(hash));
    let mut response = text(StatusCode::OK, TEXT_TYPE, note.ok_or_else(absent)?);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn get_health(State(state): State<Post>) -> Result<Response, Problem> {
    if state.is_stopped() {
        return Err(Problem::of(Kind::Stopped));
    }
    Ok(json("{\"status\":\"ok\"}".to_owned()))
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    text(status, refusal.media_type(), refusal.body())
}

fn text(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let media_type = HeaderValue::from_static(media_type);
    (status, [(CONTENT_TYPE, media_type)], body).into_response()
}

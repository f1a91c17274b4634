//! What operators and their tools ask: is it alive, does it take commands, what can it do.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use crate::http::answer::json;
use crate::http::openapi;
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{Description, GateProblems, Health, ServiceProblems, StoppedProblems};
use crate::service::Registry;

/// The description, which never changes while the program runs.
static DOCUMENT: LazyLock<Arc<Value>> = LazyLock::new(|| Arc::new(openapi()));

/// The same as it is served.
static OPENAPI: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// Returns the description, for pages that show it to people.
pub(crate) fn document() -> Arc<Value> {
    Arc::clone(&DOCUMENT)
}

/// Whether the program runs
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "it runs", body = Health), GateProblems)
)]
pub(crate) async fn get_health() -> Response {
    json("{\"status\":\"ok\"}".to_owned())
}

/// Whether the registry takes commands
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "it does", body = Health),
        StoppedProblems,
    )
)]
pub(crate) async fn get_readiness(
    State(registry): State<Arc<Registry>>,
) -> Result<Response, Problem> {
    if registry.is_stopped() {
        return Err(Problem::of(Kind::Stopped));
    }
    if registry.is_waiting() {
        return Err(Problem::of(Kind::Waiting));
    }
    if registry.is_clock_behind() {
        return Err(Problem::of(Kind::ClockBehind));
    }
    Ok(json("{\"status\":\"ready\"}".to_owned()))
}

/// This description
#[utoipa::path(
    get, path = "/openapi.json", tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1", body = Description), ServiceProblems)
)]
pub(crate) async fn get_openapi() -> Response {
    json(OPENAPI.clone())
}

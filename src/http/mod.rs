//! JSON in, JSON out: every route on one page, and the frame around every request.
//!
//! The only room that knows axum and tokio; async stops here. A handler takes its request apart, asks the registry and writes
//! the answer; it decides nothing. Everything that fails is `application/problem+json`, also what no route knows.

pub mod alerts;
mod answer;
mod certificates;
mod check;
mod commands;
mod compressed;
mod description;
mod disclosed;
mod drafts;
mod events;
mod evidence;
mod export_about;
mod export_asked;
mod export_columns;
mod export_freezes;
mod export_kept;
mod export_log;
mod export_record;
mod export_standing;
mod export_watch;
mod exports;
mod extract;
mod failures;
mod findings;
mod form_token;
mod gate;
mod log;
mod metrics;
mod monthly;
mod openings;
mod operations;
mod person;
mod prefer;
mod problem;
mod receipt;
mod reconciliation;
mod records;
mod schema;
pub mod server;
mod sessions;
mod statistics;
mod webhooks;
pub mod witness;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::compressed::Kept;
use crate::http::events::Streams;
use crate::http::gate::Gate;
use crate::http::metrics::Answers;
use crate::http::problem::{Cause, Kind, Problem};
pub use crate::http::server::serve_routes;
use crate::primitives::limits;
use crate::service::Registry;

/// The number that the log lines of a request carry.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an answer for programs may load and who may frame it: nothing and nobody.
const NOTHING: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// How long one request may take.
const REQUEST_TIME: Duration = Duration::from_secs(limits::REQUEST_SECONDS_MAX);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "greenlien",
        description = "A registry of environmental rights and of the pledges over them. Commands are signed by the institutions that give them; every answer to one carries its entry and its proof. What is for no operation is answered as `x-otherwise` says."
    ),
    tags(
        (name = "commands", description = "signed commands and questions"),
        (name = "rights", description = "environmental rights"),
        (name = "pledges", description = "pledges and reservations"),
        (name = "parties", description = "institutions and persons"),
        (name = "drafts", description = "the inbox: commands that wait for signatures"),
        (name = "sessions", description = "signing in with a key, and what only members see"),
        (name = "events", description = "notices of decided commands"),
        (name = "alerts", description = "what should be looked at, and prices"),
        (name = "statistics", description = "tables by position of the log"),
        (name = "evidence", description = "files that verify offline"),
        (name = "certificates", description = "search certificates (查询证明)"),
        (name = "log", description = "the log (C2SP tlog-tiles)"),
        (name = "operations", description = "for operators"),
    )
)]
struct Description;

/// Every route, on one page.
fn described_routes() -> OpenApiRouter<Arc<Registry>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(commands::submit_command))
        .routes(routes!(commands::submit_command_batch))
        .routes(routes!(commands::get_receipt))
        .routes(routes!(check::check_command))
        .routes(routes!(records::list_rights))
        .routes(routes!(records::get_right))
        .routes(routes!(records::list_right_history))
        .routes(routes!(records::list_pledges))
        .routes(routes!(records::get_pledge))
        .routes(routes!(records::list_pledge_history))
        .routes(routes!(records::list_parties))
        .routes(routes!(records::get_party))
        .routes(routes!(records::list_party_history))
        .routes(routes!(openings::get_openings))
        .routes(routes!(openings::list_opening_reads))
        .routes(routes!(openings::get_person_openings))
        .routes(routes!(openings::list_person_opening_reads))
        .routes(routes!(drafts::add_draft, drafts::list_drafts))
        .routes(routes!(drafts::get_draft, drafts::end_draft))
        .routes(routes!(drafts::add_draft_decline))
        .routes(routes!(drafts::list_draft_reads))
        .routes(routes!(sessions::make_challenge))
        .routes(routes!(
            sessions::open_session,
            sessions::get_session,
            sessions::end_session
        ))
        .routes(routes!(events::stream_events))
        .routes(routes!(webhooks::list_webhooks))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::replay_webhook))
        .routes(routes!(webhooks::post_watch))
        .routes(routes!(alerts::list_alerts, alerts::ask_alerts))
        .routes(routes!(alerts::add_prices))
        .routes(routes!(reconciliation::list_reconciliation))
        .routes(routes!(
            statistics::get_statistics,
            statistics::ask_statistics
        ))
        .routes(routes!(statistics::list_statistics_lines))
        .routes(routes!(exports::get_export))
        .routes(routes!(evidence::get_right_evidence))
        .routes(routes!(evidence::get_pledge_evidence))
        .routes(routes!(evidence::get_absence_evidence))
        .routes(routes!(evidence::post_answer_evidence))
        .routes(routes!(certificates::issue_certificate))
        .routes(routes!(certificates::get_certificate))
        .routes(routes!(log::get_entry))
        .routes(routes!(log::get_entry_proof))
        .routes(routes!(log::get_consistency))
        .routes(routes!(log::get_checkpoint))
        .routes(routes!(log::get_log))
        .routes(routes!(log::get_tile))
        .routes(routes!(operations::get_health))
        .routes(routes!(operations::get_readiness))
        .routes(routes!(metrics::get_metrics))
        .routes(routes!(operations::get_openapi))
}

/// Makes the whole service over a registry, with the pages for people beside it.
pub fn router(registry: Arc<Registry>, pages: axum::Router<Arc<Registry>>) -> axum::Router {
    router_behind(registry, pages, &[])
}

/// Makes the whole service; `proxies` are those before it whose word about the address of a client is taken.
pub fn router_behind(
    registry: Arc<Registry>,
    pages: axum::Router<Arc<Registry>>,
    proxies: &[IpAddr],
) -> axum::Router {
    let gate = Gate {
        registry: Arc::clone(&registry),
        proxies: proxies.into(),
    };
    let streams = Streams::of(&registry);
    let framing = Framing::default();
    let answers = Arc::clone(&framing.answers);
    let (routes, _) = described_routes().split_for_parts();
    let nowhere = TowerToHyperService::new(pages.clone().with_state(Arc::clone(&registry)));
    routes
        .merge(pages)
        .fallback(move |request: Request| not_found(nowhere.clone(), request))
        .method_not_allowed_fallback(async |request: Request| {
            extract::drain(request.into_body()).await;
            Problem::of(Kind::MethodNotAllowed)
        })
        .layer(Extension(streams))
        .layer(Extension(answers))
        // What pages for people show of the interface; they know nothing of its handlers.
        .layer(Extension(operations::document()))
        .layer(from_fn_with_state(Kept::default(), compressed::compress))
        .layer(from_fn_with_state(gate, gate::pass))
        .layer(from_fn_with_state(framing, frame))
        .with_state(registry)
}

/// Returns the description of the service, OpenAPI 3.1, made from the handlers.
pub fn openapi() -> serde_json::Value {
    let (_, api) = described_routes().split_for_parts();
    // Writing strings and maps with string keys cannot fail; an empty document would show in the snapshot test.
    description::complete(serde_json::to_value(&api).unwrap_or_default())
}

/// Answers at an address that is nobody's: a person gets the page that says so, a program a problem.
async fn not_found(nowhere: TowerToHyperService<axum::Router>, request: Request) -> Response {
    let path = request.uri().path();
    let is_page = request.method() == Method::GET && path != "/v1" && !path.starts_with("/v1/");
    if is_page && person::wants_page(request.headers()) {
        let shown = nowhere.call(request).await;
        return shown.unwrap_or_else(|never| match never {});
    }
    extract::drain(request.into_body()).await;
    let problem = Problem::of(Kind::NotFound).because("no such path");
    problem.into_response()
}

/// Serves a registry: [`serve_routes`] with [`router`]. The registry is the caller's to stop afterwards.
pub async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    pages: axum::Router<Arc<Registry>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_routes(listener, router(registry, pages), shutdown).await
}

/// What the frame counts; requests have numbers from 0.
#[derive(Clone, Default)]
struct Framing {
    requests: Arc<AtomicU64>,
    answers: Arc<Answers>,
}

/// The frame around every request: a number, a time limit, safe headers, and one log line where the failure is ours.
async fn frame(State(framing): State<Framing>, request: Request, next: Next) -> Response {
    let id = framing.requests.fetch_add(1, Ordering::Relaxed);
    let began = Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::of(Kind::Timeout).into_response(),
    };
    if let Some(Cause(cause)) = response.extensions_mut().remove::<Cause>() {
        // The path without the query: a query may name a person.
        let path = uri.path();
        tracing::error!(request.id = id, http.method = %method, http.path = ?path, "no answer: {cause}");
    }
    let status = response.status().as_u16();
    framing.answers.count(status, began.elapsed());
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from(id));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A page says more exactly what it needs; everything else needs nothing, even where a browser shows it as a page.
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, NOTHING),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_an_operation_id_of_its_own_and_documents_its_failures() {
        let api = openapi();
        let text = api.to_string();
        let paths = api["paths"].as_object().unwrap();
        assert_eq!(paths.len(), 50);
        assert!(paths.contains_key("/tile/{path}") && paths.contains_key("/v1/commands:batch"));
        let mut ids = std::collections::BTreeSet::new();
        for (path, item) in paths {
            for operation in item.as_object().unwrap().values() {
                assert!(
                    ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                    "{path}"
                );
                let responses = operation["responses"].as_object().unwrap();
                assert!(path == "/healthz" || responses.len() > 1, "{path}");
            }
        }
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(api["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn written_answers_have_no_member_that_the_description_lacks() {
        let api = openapi();
        let finding = crate::domain::finding::Finding::of(crate::domain::finding::Code::SecondRank);
        let problem = Problem::refused(&[finding.on_line(0).with("P41.0")], 7, "{}".to_owned());
        let problem: serde_json::Value = serde_json::from_str(&problem.to_text()).unwrap();
        for (name, value) in [("Problem", &problem), ("Finding", &problem["findings"][0])] {
            let known = &api["components"]["schemas"][name]["properties"];
            for member in value.as_object().unwrap().keys() {
                assert!(known.get(member).is_some(), "{name}.{member}");
            }
        }
    }
}

//! The question "may I?": the same checks as for a command, with every signature supposed, and nothing written.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::domain::entry::Outcome;
use crate::domain::wire::{event_json, parse_question};
use crate::http::answer::{json, read};
use crate::http::extract::{CommandBody, JsonBody};
use crate::http::findings::{finding_views, notice_views};
use crate::http::problem::Problem;
use crate::http::schema::{BodyProblems, CheckAnswer, Question};
use crate::primitives::canonical::Json;
use crate::service::Registry;
use crate::service::notices::Notice;
use crate::service::query::Considered;

/// Ask what the registry would decide
///
/// Nothing is written and no id is consumed. A refusal names the records in the way and the largest admissible alternative.
#[utoipa::path(
    post, path = "/v1/check", tag = "commands", request_body = Question,
    responses(
        (status = 200, description = "the answer, as of the published checkpoint", body = CheckAnswer),
        BodyProblems,
    )
)]
pub(crate) async fn check_command(
    State(registry): State<Arc<Registry>>,
    JsonBody(question): CommandBody,
) -> Result<Response, Problem> {
    let (org, body) = parse_question(question)?;
    let answer = read(registry, move |registry| {
        let considered = registry.consider(org, body)?;
        let notices = match &considered.outcome {
            Outcome::Accepted { event, .. } => {
                let mut notices = registry.notices(event)?;
                notices.extend(registry.notice_of_claim(event, None)?);
                notices
            }
            Outcome::Refused(_) => Vec::new(),
        };
        Ok(check_json(&considered, &notices))
    });
    Ok(json(answer.await?.to_canonical()))
}

fn check_json(considered: &Considered, notices: &[Notice]) -> Json {
    let as_of = Json::object([
        ("size", Json::count(considered.size)),
        ("time", Json::Text(considered.time.to_string())),
    ]);
    let (admissible, findings, warnings, event) = match &considered.outcome {
        Outcome::Accepted { event, warnings } => (
            true,
            Json::list([]),
            finding_views(warnings),
            Some(event_json(event)),
        ),
        Outcome::Refused(findings) => (false, finding_views(findings), Json::list([]), None),
    };
    Json::object([
        ("admissible", Json::Bool(admissible)),
        ("as_of", as_of),
        ("findings", findings),
        ("warnings", warnings),
    ])
    .with("event", event)
    .with(
        "notices",
        (!notices.is_empty()).then(|| notice_views(notices)),
    )
}

//! Evidence files: what a person carries away and verifies offline with `greenlien verify`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;

use crate::domain::facts::StateKey;
use crate::domain::question::Question as Asked;
use crate::domain::wire::parse_question;
use crate::http::answer::{header, json, read};
use crate::http::extract::{CommandBody, JsonBody, Named, Params};
use crate::http::problem::Problem;
use crate::http::records::identity;
use crate::http::schema::{
    BodyProblems, Evidence, ReadProblems, RegisterPledgeQuestion, UnknownProblems,
};
use crate::primitives::id::{PledgeId, RightId};
use crate::service::Registry;
use crate::service::evidence::{Basis, Wanted};

/// Says whether the file is of a cosigned checkpoint, and if not, why not.
const CHECKPOINT: HeaderName = HeaderName::from_static("greenlien-checkpoint");

/// Evidence for a right
///
/// The record, its complete history, its state proof and the signed checkpoint; for land, all neighbors too.
#[utoipa::path(
    get, path = "/v1/evidence/rights/{id}", tag = "evidence",
    params(
        ("id" = String, Path, description = "the id of the right", example = "R41"),
        ("old" = Option<u64>, Query, description = "the size of an older checkpoint; adds the proof that nothing before it was rewritten"),
        ("checkpoint" = Option<String>, Query, description = "`cosigned` (the default) for the version that the quorum of the witnesses has cosigned, `signed` for the newest"),
    ),
    responses((status = 200, description = "the evidence file (docs/FORMATS.md)", body = Evidence), UnknownProblems, ReadProblems)
)]
pub(crate) async fn get_right_evidence(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    params: Params,
) -> Result<Response, Problem> {
    let right =
        RightId::parse(&id).ok_or_else(|| Problem::field("id", "must be an id such as R41"))?;
    evidence(registry, StateKey::Right(right), params).await
}

/// Evidence for a pledge
#[utoipa::path(
    get, path = "/v1/evidence/pledges/{id}", tag = "evidence",
    params(
        ("id" = String, Path, description = "the id of the pledge", example = "P57"),
        ("old" = Option<u64>, Query, description = "the size of an older checkpoint; adds the proof that nothing before it was rewritten"),
        ("checkpoint" = Option<String>, Query, description = "`cosigned` (the default) for the version that the quorum of the witnesses has cosigned, `signed` for the newest"),
    ),
    responses((status = 200, description = "the evidence file (docs/FORMATS.md)", body = Evidence), UnknownProblems, ReadProblems)
)]
pub(crate) async fn get_pledge_evidence(
    State(registry): State<Arc<Registry>>,
    Named(id): Named<String>,
    params: Params,
) -> Result<Response, Problem> {
    let pledge =
        PledgeId::parse(&id).ok_or_else(|| Problem::field("id", "must be an id such as P57"))?;
    evidence(registry, StateKey::Pledge(pledge), params).await
}

/// Evidence that an identity is not registered
#[utoipa::path(
    get, path = "/v1/evidence/absence", tag = "evidence",
    params(
        ("identity" = String, Query, description = "`<scheme>:<value>` in normal form"),
        ("old" = Option<u64>, Query, description = "the size of an older checkpoint; adds the proof that nothing before it was rewritten"),
        ("checkpoint" = Option<String>, Query, description = "`cosigned` (the default) for the version that the quorum of the witnesses has cosigned, `signed` for the newest"),
    ),
    responses((status = 200, description = "the evidence file (docs/FORMATS.md)", body = Evidence), UnknownProblems, ReadProblems)
)]
pub(crate) async fn get_absence_evidence(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
) -> Result<Response, Problem> {
    let identity =
        identity(&mut params)?.ok_or_else(|| Problem::field("identity", "is missing"))?;
    evidence(registry, StateKey::identity(&identity), params).await
}

/// Evidence of an answer
///
/// The evidence about a right, with the question whether it may be pledged so, and the answer as of the state. The file proves
/// what the answer rests on, and a verifier answers again. Every line of the question is on one right.
#[utoipa::path(
    post, path = "/v1/evidence/answers", tag = "evidence", request_body = RegisterPledgeQuestion,
    params(
        ("old" = Option<u64>, Query, description = "the size of an older checkpoint; adds the proof that nothing before it was rewritten"),
        ("checkpoint" = Option<String>, Query, description = "`cosigned` (the default) for the version that the quorum of the witnesses has cosigned, `signed` for the newest"),
    ),
    responses((status = 200, description = "the evidence file (docs/FORMATS.md)", body = Evidence), UnknownProblems, BodyProblems)
)]
pub(crate) async fn post_answer_evidence(
    State(registry): State<Arc<Registry>>,
    mut params: Params,
    JsonBody(question): CommandBody,
) -> Result<Response, Problem> {
    let old = params.count("old")?;
    let wanted = wanted(&mut params)?;
    params.finish()?;
    let (org, body) = parse_question(question)?;
    let question = Asked::new(org, body)?;
    let name = format!("answer-{}", question.right());
    let (text, basis) = read(registry, move |registry| {
        let basis = registry.basis(wanted, old);
        let text = registry.evidence_of_answer(&basis.version, &question, old)?;
        Ok((text, basis))
    })
    .await?;
    Ok(file(text, &name, basis))
}

async fn evidence(
    registry: Arc<Registry>,
    subject: StateKey,
    mut params: Params,
) -> Result<Response, Problem> {
    let old = params.count("old")?;
    let wanted = wanted(&mut params)?;
    params.finish()?;
    let name = match &subject {
        // An identity may hold any character; a file name may not.
        StateKey::Identity(_) => "absence".to_owned(),
        _ => subject.name(),
    };
    let (text, basis) = read(registry, move |registry| {
        let basis = registry.basis(wanted, old);
        let text = registry.evidence_on(&basis.version, &subject, old)?;
        Ok((text, basis))
    })
    .await?;
    Ok(file(text, &name, basis))
}

/// Takes which version is asked for.
fn wanted(params: &mut Params) -> Result<Wanted, Problem> {
    let wanted = params.parsed("checkpoint", "cosigned or signed", |word| match word {
        "cosigned" => Some(Wanted::Cosigned),
        "signed" => Some(Wanted::Signed),
        _ => None,
    })?;
    Ok(wanted.unwrap_or(Wanted::Cosigned))
}

fn file(text: String, name: &str, basis: Basis) -> Response {
    let disposition = format!("attachment; filename=\"evidence-{name}.json\"");
    let checkpoint = match basis.provisional {
        None => "cosigned".to_owned(),
        Some(why) => format!("signed; {why}"),
    };
    let response = header(json(text), CONTENT_DISPOSITION, &disposition);
    header(response, CHECKPOINT, &checkpoint)
}

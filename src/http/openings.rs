//! The openings of a pledge for its parties and supervisors, those of a natural person for who relies on it, and the lists of who
//! has seen them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::http::answer::{json, page, read};
use crate::http::extract::{Named, Params};
use crate::http::gate::Member;
use crate::http::problem::{Kind, Problem};
use crate::http::schema::{
    MemberProblems, OpeningReadPage, OpeningsView, PersonOpeningsView, QuotaProblems, ReadProblems,
    UnknownProblems,
};
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, PledgeId, parse_index};
use crate::service::Registry;
use crate::service::openings::reading::{Capacity, Kept, OpeningRead, Shown};
use crate::service::sessions::Session;

/// The hidden values of a pledge
///
/// For its pledgee, its pledgor, guarantors whose guarantee is registered on it, and authorities with the duty of the kind of a
/// pledged right. The access is written down before the answer is given.
#[utoipa::path(
    get, path = "/v1/pledges/{id}/openings", tag = "sessions",
    params(("id" = String, Path, description = "the id of the pledge", example = "P57")),
    responses((status = 200, description = "each hidden member, with its opening, or why there is none", body = OpeningsView), UnknownProblems, MemberProblems, QuotaProblems, ReadProblems)
)]
pub(crate) async fn get_openings(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    read(registry, move |registry| {
        let (pledge, capacity) = seen_by(registry, id, &session, Capacity::opens)?;
        registry
            .count_opening_read(&session)
            .map_err(|seconds| Problem::of(Kind::TooManyRequests).retry_after(seconds))?;
        let shown = registry.show_openings(id, &pledge, (&session, capacity))?;
        let answer = Json::object([
            ("as", Json::text(capacity.name())),
            ("items", Json::list(shown.iter().map(shown_json))),
            ("pledge", Json::Text(id.to_string())),
        ]);
        Ok(json(answer.to_canonical()))
    })
    .await
}

/// Who has seen the hidden values of a pledge
///
/// For its pledgee, its pledgor, guarantors whose guarantee is registered on it, and the registrar.
#[utoipa::path(
    get, path = "/v1/pledges/{id}/openings/reads", tag = "sessions",
    params(
        ("id" = String, Path, description = "the id of the pledge", example = "P57"),
        ("before" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = OpeningReadPage), UnknownProblems, MemberProblems, ReadProblems)
)]
pub(crate) async fn list_opening_reads(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(id): Named<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let before = params.parsed("before", "the cursor of the page before", parse_index)?;
    let limit = params.limit()?;
    params.finish()?;
    let reads = read(registry, move |registry| {
        seen_by(registry, id, &session, Capacity::lists_reads)?;
        Ok(registry.opening_reads(id.0, before, limit)?)
    })
    .await?;
    Ok(reads_page(
        &reads,
        limit,
        &format!("/v1/pledges/{id}/openings/reads"),
    ))
}

/// The hidden values of a natural person
///
/// For the person, the pledgee and the guarantors of an open pledge that the person gave or whose debtor it is, and authorities
/// with the duty of the kind of a right that it holds. The access is written down before the answer is given.
#[utoipa::path(
    get, path = "/v1/parties/{id}/openings", tag = "sessions",
    params(("id" = String, Path, description = "the id of the person", example = "M12")),
    responses((status = 200, description = "each hidden member, with its opening, or why there is none", body = PersonOpeningsView), UnknownProblems, MemberProblems, QuotaProblems, ReadProblems)
)]
pub(crate) async fn get_person_openings(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let id = parse_person(&id)?;
    read(registry, move |registry| {
        let (person, capacity) = known_to(registry, id, &session, Capacity::opens)?;
        registry
            .count_opening_read(&session)
            .map_err(|seconds| Problem::of(Kind::TooManyRequests).retry_after(seconds))?;
        let shown = registry.show_person(id, &person, (&session, capacity))?;
        let answer = Json::object([
            ("as", Json::text(capacity.name())),
            ("items", Json::list(shown.iter().map(shown_json))),
            ("party", Json::Text(id.to_string())),
        ]);
        Ok(json(answer.to_canonical()))
    })
    .await
}

/// Who has seen the hidden values of a natural person
///
/// For the person, the creditors who rely on it, and the registrar.
#[utoipa::path(
    get, path = "/v1/parties/{id}/openings/reads", tag = "sessions",
    params(
        ("id" = String, Path, description = "the id of the person", example = "M12"),
        ("before" = Option<String>, Query, description = "the cursor `next` of the page before"),
        ("limit" = Option<u64>, Query, description = "rows of the page, 1 to 200; 50 if absent"),
    ),
    responses((status = 200, description = "a page, newest first", body = OpeningReadPage), UnknownProblems, MemberProblems, ReadProblems)
)]
pub(crate) async fn list_person_opening_reads(
    State(registry): State<Arc<Registry>>,
    Member(session): Member,
    Named(id): Named<String>,
    mut params: Params,
) -> Result<Response, Problem> {
    let id = parse_person(&id)?;
    let before = params.parsed("before", "the cursor of the page before", parse_index)?;
    let limit = params.limit()?;
    params.finish()?;
    let reads = read(registry, move |registry| {
        known_to(registry, id, &session, Capacity::lists_reads)?;
        Ok(registry.opening_reads(id.0, before, limit)?)
    })
    .await?;
    Ok(reads_page(
        &reads,
        limit,
        &format!("/v1/parties/{id}/openings/reads"),
    ))
}

/// Writes a page of accesses with the way to the next.
fn reads_page(reads: &[OpeningRead], limit: usize, path: &str) -> Response {
    let next = reads
        .last()
        .filter(|last| reads.len() == limit && last.number > 0);
    let next = next.map(|last| {
        let path = format!("{path}?before={}&limit={limit}", last.number);
        (last.number, path)
    });
    page(reads.iter().map(read_json).collect(), next)
}

fn parse_person(id: &str) -> Result<PartyId, Problem> {
    PartyId::parse(id).ok_or_else(|| Problem::field("id", "must be an id such as M12"))
}

/// Finds the person for a member who knows it in a capacity that is enough.
pub(super) fn known_to(
    registry: &Registry,
    id: PartyId,
    session: &Session,
    is_enough: impl Fn(Capacity) -> bool,
) -> Result<(Party, Capacity), Problem> {
    let absent =
        || Problem::of(Kind::NotFound).because(format!("{id} is no party with hidden values"));
    let person = registry.person(id)?.ok_or_else(absent)?;
    let capacity = registry.capacity_for_person(id, session.org)?;
    let capacity = capacity.filter(|capacity| is_enough(*capacity));
    let capacity = capacity.ok_or_else(|| among_none(&id, session))?;
    Ok((person, capacity))
}

/// The answer to who may not see this.
fn among_none(id: &impl std::fmt::Display, session: &Session) -> Problem {
    let why = format!(
        "{} is not among those who may see this of {id}",
        session.org
    );
    Problem::of(Kind::Forbidden).because(why)
}

fn parse(id: &str) -> Result<PledgeId, Problem> {
    PledgeId::parse(id).ok_or_else(|| Problem::field("id", "must be an id such as P57"))
}

/// Finds the pledge for a member who sees it in a capacity that is enough.
pub(super) fn seen_by(
    registry: &Registry,
    id: PledgeId,
    session: &Session,
    is_enough: impl Fn(Capacity) -> bool,
) -> Result<(Pledge, Capacity), Problem> {
    let absent = || Problem::of(Kind::NotFound).because(format!("{id} is not found"));
    let pledge = registry.pledge(id)?.ok_or_else(absent)?;
    let capacity = registry.capacity_of(&pledge, session.org)?;
    let capacity = capacity.filter(|capacity| is_enough(*capacity));
    let capacity = capacity.ok_or_else(|| among_none(&id, session))?;
    Ok((pledge, capacity))
}

fn shown_json(shown: &Shown) -> Json {
    let json = Json::object([
        ("claim", Json::text(&*shown.claim)),
        ("digest", Json::Text(shown.digest.to_string())),
    ]);
    match &shown.state {
        Kept::Open(opening) => {
            let Json::Object(members) = opening.to_json() else {
                return json;
            };
            members
                .into_iter()
                .fold(json, |json, (name, value)| match name.as_str() {
                    "salt" => json.with("salt", Some(value)),
                    "value" => json.with("value", Some(value)),
                    _ => json,
                })
        }
        Kept::Erased(entry) => json.with("erased", Some(Json::count(*entry))),
        Kept::Lost => json.with("lost", Some(Json::Bool(true))),
    }
}

pub(crate) fn read_json(read: &OpeningRead) -> Json {
    Json::object([
        ("as", Json::text(&*read.capacity)),
        ("claims", Json::list(read.claims.iter().map(Json::text))),
        ("kid", Json::Text(read.kid.to_string())),
        ("number", Json::count(read.number)),
        ("org", Json::Text(read.org.to_string())),
        ("person", Json::text(&*read.person)),
        ("time", Json::Text(read.time.to_string())),
    ])
}
